//! Which routine is meant by a name.

use std::collections::{BTreeMap, BTreeSet};

use super::{Survey, words};
use crate::binary::Symbol;
use crate::dwarf::{DieRef, Language};
use crate::inlined::Known;
use crate::scan::{clone_suffix, matches, matches_path, routine_name};

/// A routine to explain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// Its name, as its language writes it.
    pub name: String,
    /// Its symbol; `None` if no code is its own.
    pub symbol: Option<String>,
    /// Address of its code.
    pub entry: Option<u64>,
    /// `file:line` of its declaration.
    pub at: Option<String>,
    /// Full path of its source.
    pub(super) source: Option<String>,
    /// Symbols and addresses of the copies the compiler specialised.
    pub clones: Vec<(String, u64)>,
    /// DIEs that declare it.
    pub(super) origins: Vec<DieRef>,
    /// Position of the DIE that describes it.
    pub(super) known: Option<usize>,
}

impl Subject {
    /// One line that tells it from others of its name.
    pub fn line(&self) -> String {
        let at = self.at.as_deref().unwrap_or("no debug information");
        let code = match (self.entry, self.clones.first()) {
            (Some(entry), _) => format!("code at {entry:#x}"),
            (None, Some((copy, _))) => format!("only as {copy}"),
            (None, None) => "inlined only".to_string(),
        };
        let symbol = self.symbol.as_deref().filter(|s| *s != self.name).map(|s| format!(", symbol {s}"));
        format!("{} ({at}; {code}{})", self.name, symbol.unwrap_or_default())
    }
}

/// What makes a routine of the source the same in several units: its name for the linker, and where it is declared.
type Key = (String, Option<String>);

/// What belongs to one key.
#[derive(Default)]
struct Group {
    known: Vec<usize>,
    entries: BTreeMap<u64, usize>,
}

impl Survey<'_, '_> {
    /// The routines a name, a symbol, an address (`0x1234`) or a pattern means, in `source` if that is given. Those in the
    /// order of their source.
    pub fn subjects(&self, wanted: &str, source: Option<&str>) -> Vec<Subject> {
        let exact = self.collect(wanted, false);
        let found = if exact.is_empty() { self.collect(wanted, true) } else { exact };
        let here = |subject: &Subject| match (source, &subject.source) {
            (None, _) => true,
            (Some(wanted), Some(found)) => matches_path(wanted, found),
            (Some(_), None) => false,
        };
        let mut found: Vec<Subject> = found.into_iter().filter(here).collect();
        found.sort_by_cached_key(|s| (s.source.clone(), line_of(&s.at), s.entry));
        found
    }

    fn collect(&self, wanted: &str, any_case: bool) -> Vec<Subject> {
        let address = wanted.strip_prefix("0x").and_then(|hex| u64::from_str_radix(hex, 16).ok());
        let dotted = wanted.replace('.', "__");
        let is = |name: &str| match any_case {
            false => name == wanted || name == dotted || matches(wanted, name),
            true => name.eq_ignore_ascii_case(wanted) || name.eq_ignore_ascii_case(&dotted),
        };
        let mut groups: BTreeMap<Key, Group> = BTreeMap::new();
        let mut entries = BTreeSet::new();
        for (i, known) in self.known().iter().enumerate() {
            let by_address = address.is_some() && known.entry == address;
            if by_address || self.names_of(known).iter().any(|name| is(name)) {
                let group = groups.entry(self.key(known)).or_default();
                group.known.push(i);
                group.entries.extend(known.entry.map(|entry| (entry, i)));
                entries.extend(known.entry);
            }
        }
        let mut found: Vec<Subject> =
            groups.into_iter().flat_map(|(key, group)| self.split(key, group)).collect();
        found.extend(self.by_symbol(&is, address, &entries));
        found
    }

    /// Every name a person may use.
    fn names_of(&self, known: &Known) -> Vec<String> {
        let mut names: Vec<String> = known.name.iter().chain(&known.linkage_name).cloned().collect();
        let language = self.language(known);
        names.extend(words::qualified(known, language));
        if let Some(name) = &known.name {
            names.push(routine_name(name, known.linkage_name.as_deref()));
        }
        if let Some(entry) = known.entry {
            let symbols = self.binary.symbols_at(entry).filter(|s| s.is_own_code());
            names.extend(symbols.map(|s| s.name.clone()));
        }
        names
    }

    fn language(&self, known: &Known) -> Language {
        self.debug.as_ref().map_or(Language::Other(None), |d| d.info.language(known.origin.unit))
    }

    /// By the name that declares it: the forms of a constructor have names of their own, and one declaration.
    fn key(&self, known: &Known) -> Key {
        let declared = self.debug.as_ref().and_then(|debug| {
            let die = debug.info.die(known.origin).ok()?;
            debug.info.linkage_name(&die).or_else(|| debug.info.name(&die))
        });
        let own = || known.linkage_name.clone().or_else(|| known.name.clone());
        (declared.or_else(own).unwrap_or_default(), self.declared(known).0)
    }

    /// `file:line` and full path of the declaration.
    fn declared(&self, known: &Known) -> (Option<String>, Option<String>) {
        let Some(debug) = &self.debug else { return (None, None) };
        let calling = crate::inlined::calling(debug.info, known);
        (calling.at, calling.source)
    }

    /// One subject for each code that is the routine's own; its clones belong to all of them.
    fn split(&self, key: Key, group: Group) -> Vec<Subject> {
        let mut clones = Vec::new();
        let mut own = Vec::new();
        for (&entry, &known) in &group.entries {
            let symbols: Vec<&str> =
                self.binary.symbols_at(entry).filter(|s| s.is_own_code()).map(|s| s.name.as_str()).collect();
            match symbols.iter().find(|s| clone_suffix(s).is_some()) {
                Some(clone) if symbols.iter().all(|s| clone_suffix(s).is_some()) => {
                    clones.push((clone.to_string(), entry));
                }
                _ => own.push((entry, known, self.symbol_for(entry, &self.known()[known]))),
            }
        }
        let origins: BTreeSet<DieRef> = group.known.iter().map(|&i| self.known()[i].origin).collect();
        let first = group.known.first().copied();
        let describe = |entry: Option<u64>, known: Option<usize>, symbol: Option<String>| {
            let described = known.map(|i| &self.known()[i]);
            let language = described.map_or(Language::Other(None), |k| self.language(k));
            Subject {
                name: described.and_then(|k| words::qualified(k, language)).unwrap_or_else(|| key.0.clone()),
                symbol,
                entry,
                at: key.1.clone(),
                source: described.and_then(|k| self.declared(k).1),
                clones: clones.clone(),
                origins: origins.iter().copied().collect(),
                known,
            }
        };
        match own.is_empty() {
            true => vec![describe(None, first, None)],
            false => own.into_iter().map(|(entry, known, s)| describe(Some(entry), Some(known), s)).collect(),
        }
    }

    /// The symbol of an entry: by the routine's own name if there is one.
    fn symbol_for(&self, entry: u64, known: &Known) -> Option<String> {
        let name = known.linkage_name.as_ref().or(known.name.as_ref());
        let mut symbols = self.binary.symbols_at(entry).filter(|s| s.is_own_code());
        let first = symbols.next()?;
        let own = std::iter::once(first).chain(symbols).find(|s| Some(&s.name) == name);
        Some(own.unwrap_or(first).name.clone())
    }

    /// Routines that only have a symbol.
    fn by_symbol(
        &self,
        is: &impl Fn(&str) -> bool,
        address: Option<u64>,
        entries: &BTreeSet<u64>,
    ) -> Vec<Subject> {
        // An indirect function is none of the routines at its address, which is that of its resolver.
        let indirect = |s: &Symbol| s.is_function() && !s.is_own_code();
        let symbols = self.binary.symbols().iter();
        let symbols = symbols.filter(|s| s.is_function() && (indirect(s) || !entries.contains(&s.address)));
        let mut found: BTreeMap<(u64, &str), Subject> = BTreeMap::new();
        for symbol in symbols {
            // A clone is found by the name it was made of, too, where nothing else has that name.
            let base = clone_suffix(&symbol.name).and_then(|_| symbol.name.split_once('.')).map(|(b, _)| b);
            let by_address = address == Some(symbol.address) && !indirect(symbol);
            if !by_address && !is(&symbol.name) && !base.is_some_and(is) {
                continue;
            }
            let clone = base.filter(|base| is(base) && self.binary.symbol(base).is_none());
            let part = base.is_some() && clone.is_none() && !is(&symbol.name);
            if part || symbol.name.contains(".cold") && !is(&symbol.name) {
                continue;
            }
            let own = if indirect(symbol) { symbol.name.as_str() } else { "" };
            found.entry((symbol.address, own)).or_insert_with(|| Subject {
                name: clone.unwrap_or(&symbol.name).to_string(),
                symbol: clone.is_none().then(|| symbol.name.clone()),
                entry: (clone.is_none() && !indirect(symbol)).then_some(symbol.address),
                at: None,
                source: symbol.file.clone(),
                clones: clone.map(|_| (symbol.name.clone(), symbol.address)).into_iter().collect(),
                origins: Vec::new(),
                known: self.known_at(symbol.address).filter(|_| !indirect(symbol)),
            });
        }
        found.into_values().collect()
    }

    fn known_at(&self, entry: u64) -> Option<usize> {
        self.debug.as_ref()?.sources.index_at(entry)
    }

    /// Names that people could have meant, for suggestions.
    pub fn names(&self) -> BTreeSet<String> {
        let symbols = self.binary.symbols().iter().filter(|s| s.is_function()).map(|s| s.name.clone());
        symbols.chain(self.known().iter().filter_map(|k| words::qualified(k, self.language(k)))).collect()
    }
}

fn line_of(at: &Option<String>) -> Option<u64> {
    at.as_deref()?.rsplit_once(':')?.1.parse().ok()
}
