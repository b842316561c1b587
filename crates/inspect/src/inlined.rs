//! What debug information says of the routines of a source beyond their signatures: which have code, which were inlined,
//! where, and into what that is really there.
//!
//! One walk over all units; names are borrowed, and places are put into words only for the routine asked about.

#![expect(non_upper_case_globals, reason = "patterns are the constants of the DWARF standard, by its names")]

use std::collections::{BTreeMap, HashMap, HashSet};

use gimli::AttributeValue;
use gimli::constants::*;

use crate::dwarf::{Bytes, DebugInfo, Die, DieRef, DwarfError, Language, flag};

/// A routine of the source, with code or without.
#[derive(Debug, Clone)]
pub(crate) struct Known {
    /// Its DIE.
    pub die: DieRef,
    /// The DIE that declares it, after all references.
    pub origin: DieRef,
    pub name: Option<String>,
    pub linkage_name: Option<String>,
    /// Its code.
    pub entry: Option<u64>,
}

/// An inlined copy.
#[derive(Debug, Clone, Copy)]
struct Site {
    die: DieRef,
    /// Position of the routine with code that holds it.
    holder: u32,
    /// Position of the inlined copy that holds it.
    outer: Option<u32>,
}

/// An inlined copy, in words.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Copy {
    /// The routine whose code holds it: its symbol, or its name in the source.
    pub holder: String,
    /// `file:line` of the call it replaces.
    pub at: Option<String>,
    /// Other routines it was inlined through, the innermost first.
    pub through: Vec<String>,
}

/// All of it.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    pub known: Vec<Known>,
    /// Copies by the DIE that declares the routine.
    sites: HashMap<DieRef, Vec<u32>>,
    /// Routines that the compiler says it inlined, by the DIE that declares them.
    said: HashSet<DieRef>,
    all: Vec<Site>,
    by_entry: HashMap<u64, Vec<u32>>,
    /// Units that could not be read to their end.
    pub problems: Vec<String>,
}

/// A level of the walk that is a routine, or a copy of one.
#[derive(Clone, Copy)]
struct Level {
    depth: isize,
    holder: Option<u32>,
    outer: Option<u32>,
}

impl Sources {
    /// Walks all units.
    pub(crate) fn read(info: &DebugInfo<'_>) -> Sources {
        let mut sources = Sources::default();
        let mut origins = Origins { info, last: HashMap::new() };
        for unit in 0..info.units.len() {
            if let Err(error) = sources.unit(&mut origins, unit) {
                sources.problems.push(error.to_string());
            }
        }
        sources.add_unlisted(info);
        for (i, known) in sources.known.iter().enumerate() {
            if let Some(entry) = known.entry {
                sources.by_entry.entry(entry).or_default().push(i as u32);
            }
        }
        sources
    }

    fn unit(&mut self, origins: &mut Origins<'_, '_>, unit: usize) -> Result<(), DwarfError> {
        let info = origins.info;
        let root = DieRef { unit, offset: 0 };
        let Some((_, found)) = unit_of(info, unit) else { return Ok(()) };
        let mut entries = found.entries();
        let mut around: Vec<Level> = Vec::new();
        while let Some(entry) = entries.next_dfs().map_err(|e| info.damaged(root, e))? {
            let depth = entry.depth();
            while around.last().is_some_and(|level| level.depth >= depth) {
                around.pop();
            }
            let tag = entry.tag();
            if tag != DW_TAG_subprogram && tag != DW_TAG_inlined_subroutine {
                continue;
            }
            let die = Die { at: DieRef { unit, offset: entry.offset().0 }, entry: entry.clone() };
            let outer = around.last().copied();
            if tag == DW_TAG_subprogram {
                let holder = self.subprogram(origins, &die);
                around.push(Level { depth, holder, outer: None });
            } else if let Some(Level { holder: Some(holder), outer, .. }) = outer {
                let site = self.site(origins, &die, holder, outer);
                around.push(Level { depth, holder: Some(holder), outer: site.or(outer) });
            }
        }
        Ok(())
    }

    fn subprogram<'s>(&mut self, origins: &mut Origins<'_, 's>, die: &Die<'s>) -> Option<u32> {
        let info = origins.info;
        let entry = entry_address(info, die);
        let inline = die.entry.attr_value(DW_AT_inline).is_some();
        if entry.is_none() && !inline || flag(die, DW_AT_declaration) {
            return None;
        }
        let chain = match info.origins(die) {
            Ok(chain) => chain,
            Err(error) => {
                self.problems.push(error.to_string());
                return None;
            }
        };
        let number = u32::try_from(self.known.len()).ok()?;
        let origin = chain.last().map_or(die.at, |d| d.at);
        if info.says_inlined(die) {
            self.said.insert(origin);
        }
        self.known.push(Known {
            die: die.at,
            origin,
            name: chain.iter().find_map(|d| info.name(d)),
            linkage_name: chain.iter().find_map(|d| info.linkage_name(d)),
            entry,
        });
        Some(number)
    }

    /// Routines of which only copies are left and that nothing marks as inlined: a link-time optimizer leaves the mark
    /// in a unit of its own.
    fn add_unlisted(&mut self, info: &DebugInfo<'_>) {
        let listed: HashSet<DieRef> = self.known.iter().map(|k| k.origin).collect();
        let mut origins: Vec<DieRef> = self.sites.keys().filter(|o| !listed.contains(o)).copied().collect();
        origins.sort_unstable();
        for origin in origins {
            let Ok(die) = info.die(origin) else { continue };
            self.known.push(Known {
                die: origin,
                origin,
                name: info.name(&die),
                linkage_name: info.linkage_name(&die),
                entry: None,
            });
        }
    }

    fn site<'s>(
        &mut self,
        origins: &mut Origins<'_, 's>,
        die: &Die<'s>,
        holder: u32,
        outer: Option<u32>,
    ) -> Option<u32> {
        let target = origins.info.reference(die, DW_AT_abstract_origin).ok()??;
        let origin = origins.last(target)?;
        let number = u32::try_from(self.all.len()).ok()?;
        self.all.push(Site { die: die.at, holder, outer });
        self.sites.entry(origin).or_default().push(number);
        Some(number)
    }

    /// The routines whose code begins at an address.
    pub(crate) fn at(&self, entry: u64) -> impl Iterator<Item = &Known> {
        self.by_entry.get(&entry).into_iter().flatten().filter_map(|&i| self.known.get(i as usize))
    }

    /// Position of the first of them.
    pub(crate) fn index_at(&self, entry: u64) -> Option<usize> {
        self.by_entry.get(&entry)?.first().map(|&i| i as usize)
    }

    /// How many inlined copies there are of the routines declared at these DIEs.
    pub(crate) fn count(&self, origins: &[DieRef]) -> usize {
        origins.iter().filter_map(|o| self.sites.get(o)).map(Vec::len).sum()
    }

    /// The compiler says that it inlined one of the routines declared at these DIEs. Where no copy of it is listed, there
    /// are some of which no instruction is left on its own: merged with others, or folded to a number.
    pub(crate) fn says_inlined(&self, origins: &[DieRef]) -> bool {
        origins.iter().any(|o| self.said.contains(o))
    }

    /// The inlined copies of the routines declared at these DIEs, each place once with the number of copies there.
    pub(crate) fn copies(&self, info: &DebugInfo<'_>, origins: &[DieRef]) -> BTreeMap<Copy, usize> {
        let mut copies = BTreeMap::new();
        for &number in origins.iter().filter_map(|o| self.sites.get(o)).flatten() {
            let Some(site) = self.all.get(number as usize) else { continue };
            let Ok(die) = info.die(site.die) else { continue };
            let copy = Copy {
                holder: self.holder(site.holder),
                at: info.place(&die, DW_AT_call_file, DW_AT_call_line).map(from_source),
                through: self.through(info, site.outer),
            };
            *copies.entry(copy).or_insert(0) += 1;
        }
        copies
    }

    fn holder(&self, number: u32) -> String {
        let Some(known) = self.known.get(number as usize) else { return String::new() };
        known.linkage_name.clone().or_else(|| known.name.clone()).unwrap_or_default()
    }

    /// Names of the inlined copies around another one.
    fn through(&self, info: &DebugInfo<'_>, mut outer: Option<u32>) -> Vec<String> {
        /// Levels that are named.
        const DEEPEST: usize = 32;
        let mut names = Vec::new();
        while let Some(site) = outer.and_then(|o| self.all.get(o as usize)) {
            let name = info.die(site.die).and_then(|die| info.origins(&die)).ok();
            names.push(name.and_then(|c| c.iter().find_map(|d| info.name(d))).unwrap_or_default());
            outer = site.outer;
            if names.len() >= DEEPEST {
                break;
            }
        }
        names
    }
}

/// A unit and the sections it is in.
pub(crate) fn unit_of<'i, 's>(
    info: &'i DebugInfo<'s>,
    unit: usize,
) -> Option<(&'i gimli::Dwarf<Bytes<'s>>, &'i gimli::Unit<Bytes<'s>>)> {
    let (dwarf, opened) = info.unit(unit)?;
    Some((dwarf, &opened.unit))
}

/// The line program of a unit.
pub(crate) fn line_program<'s>(
    info: &DebugInfo<'s>,
    unit: usize,
) -> Option<gimli::IncompleteLineProgram<Bytes<'s>>> {
    let (dwarf, unit) = unit_of(info, unit)?;
    let root = unit.entry(unit.header.root_offset()).ok()?;
    let Some(AttributeValue::DebugLineRef(offset)) = root.attr_value(DW_AT_stmt_list) else { return None };
    dwarf.debug_line.program(offset, unit.header.address_size(), unit.comp_dir, unit.name).ok()
}

/// A path as seen from where the linker ran (link-time optimization) says nothing to a reader but its last part.
pub(crate) fn from_source(path: String) -> String {
    match path.starts_with("..") {
        true => path.rsplit('/').next().unwrap_or(&path).to_string(),
        false => path,
    }
}

/// Ends of chains of references, each followed once.
struct Origins<'a, 's> {
    info: &'a DebugInfo<'s>,
    last: HashMap<DieRef, DieRef>,
}

impl Origins<'_, '_> {
    fn last(&mut self, at: DieRef) -> Option<DieRef> {
        if let Some(last) = self.last.get(&at) {
            return Some(*last);
        }
        let die = self.info.die(at).ok()?;
        let last = self.info.origins(&die).ok()?.last()?.at;
        self.last.insert(at, last);
        Some(last)
    }
}

/// Address of the entry of a routine, `None` when it has no code.
fn entry_address<'s>(info: &DebugInfo<'s>, die: &Die<'s>) -> Option<u64> {
    let (dwarf, unit) = unit_of(info, die.at.unit)?;
    for attribute in [DW_AT_low_pc, DW_AT_entry_pc] {
        if let Some(value) = die.entry.attr_value(attribute)
            && let Ok(Some(address)) = dwarf.attr_address(unit, value)
        {
            // A linker that drops a section leaves 0 or the highest address in its debug information.
            return (address != 0 && !unit.header.is_tombstone_address(address)).then_some(address);
        }
    }
    let mut ranges = dwarf.die_ranges(unit, &die.entry).ok()?;
    let first = ranges.next().ok()??;
    (first.begin != 0 && first.begin < first.end).then_some(first.begin)
}

/// What a routine's DIEs say of how it is called.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Calling {
    /// `DW_AT_calling_convention`, where it is not the usual one.
    pub convention: Option<String>,
    /// It receives the frame of the routine around it.
    pub static_link: bool,
    /// It takes variable arguments.
    pub variadic: bool,
    /// Names the linker knows in this unit only: `static`.
    pub external: bool,
    /// `file:line` of its declaration.
    pub at: Option<String>,
    /// Full path of its source.
    pub source: Option<String>,
    pub language: Option<Language>,
    /// What compiled it, with the options it was given.
    pub producer: String,
}

/// Reads them.
pub(crate) fn calling(info: &DebugInfo<'_>, known: &Known) -> Calling {
    let Ok(chain) = info.die(known.die).and_then(|die| info.origins(&die)) else {
        return Calling::default();
    };
    let convention = chain.iter().find_map(|d| match d.entry.attr_value(DW_AT_calling_convention)? {
        AttributeValue::CallingConvention(DW_CC_normal) => None,
        // Not a convention: the main program of Fortran is marked so.
        AttributeValue::CallingConvention(DW_CC_program) => None,
        AttributeValue::CallingConvention(code) => {
            Some(code.static_string().map_or_else(|| format!("{:#x}", code.0), str::to_string))
        }
        _ => None,
    });
    let variadic = chain.iter().any(|d| {
        let children = info.children(d.at).unwrap_or_default();
        children.iter().any(|c| c.tag() == DW_TAG_unspecified_parameters)
    });
    let declares = chain.iter().find(|d| info.declared_at(d).is_some());
    let unit = known.die.unit;
    Calling {
        convention,
        static_link: chain.iter().any(|d| d.entry.attr_value(DW_AT_static_link).is_some()),
        variadic,
        external: chain.iter().any(|d| flag(d, DW_AT_external)),
        at: declares.and_then(|d| info.declared_at(d)),
        source: declares.and_then(|d| info.file(d, DW_AT_decl_file)).map(|(full, _)| full),
        language: Some(info.language(known.origin.unit)),
        // The unit of a link-time optimizer knows how the code was made, that of the source with which options.
        producer: match (info.producer(unit), info.producer(known.origin.unit)) {
            (code, source) if code == source || code.is_empty() => source.to_string(),
            (code, source) => format!("{source} {code}").trim().to_string(),
        },
    }
}
