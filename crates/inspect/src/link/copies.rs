//! Inlined copies of routines in the objects of a program, by their debug information, each of which is read once.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::program::{self, Program, Resolved, UnitId};
use super::unit::Unit;
use crate::binary::Binary;
use crate::dwarf::{DebugInfo, Sections};
use crate::inlined::{Copy, Sources};

/// Routines without debug information that are named.
const MOST_NAMED: usize = 4;

/// What debug information says of some routines.
#[derive(Default)]
pub(super) struct Copies {
    found: HashMap<String, Vec<(UnitId, Copy)>>,
    /// Units in which copies are not seen, and why.
    pub unseen: Vec<(UnitId, String)>,
    /// Units whose compiler says that it inlined a routine; whether it lists a copy.
    said: HashMap<String, Vec<(UnitId, bool)>>,
    /// How the routines of a unit were compiled, where that is one of the routines' own.
    compiled: HashMap<UnitId, HashMap<String, Option<Compiled>>>,
}

/// How a routine was compiled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Compiled {
    /// Its compile unit: an object that `ld -r` made has several.
    pub unit: usize,
    /// The compiler may have looked at what a routine does when it compiled its callers.
    pub optimised: bool,
}

impl Copies {
    /// Reads the units that are taken.
    pub(super) fn read(program: &Program, taken: &Resolved, symbols: &[String]) -> Copies {
        let mut copies = Copies::default();
        for id in &taken.units {
            let Some(unit) = program.unit(*id) else { continue };
            if unit.sections.iter().any(|s| s.code && !s.data.is_empty()) {
                copies.unit(program, *id, unit, symbols);
            }
        }
        copies
    }

    /// The copies of a routine.
    pub(super) fn of(&self, symbol: &str) -> &[(UnitId, Copy)] {
        self.found.get(symbol).map_or(&[], Vec::as_slice)
    }

    /// Units whose compiler says that it inlined a routine, and whether it lists a copy.
    pub(super) fn said(&self, symbol: &str) -> &[(UnitId, bool)] {
        self.said.get(symbol).map_or(&[], Vec::as_slice)
    }

    /// How a routine of a unit was compiled, if that is known.
    pub(super) fn compiled(&self, id: UnitId, name: &str) -> Option<Compiled> {
        *self.compiled.get(&id)?.get(name)?
    }

    fn unit(&mut self, program: &Program, id: UnitId, unit: &Unit, symbols: &[String]) {
        let binary = program::open(&program.line.directory, unit);
        let sections = binary.as_ref().and_then(|b| Sections::load(b).ok());
        let Some(info) = sections.as_ref().map(DebugInfo::read) else {
            self.unseen.push((id, format!("{} has none", unit.name())));
            return;
        };
        let sources = Sources::read(&info);
        let lacking = binary.as_ref().map_or_else(Vec::new, |b| lacking(b, &sources));
        let problem = info.problems().first().or(sources.problems.first());
        match problem {
            Some(problem) => {
                self.unseen.push((id, format!("that of {} cannot be read whole: {problem}", unit.name())));
            }
            None if !lacking.is_empty() => {
                let names = lacking.iter().take(MOST_NAMED).cloned().collect::<Vec<_>>().join(", ");
                let more = lacking.len().saturating_sub(MOST_NAMED);
                let more = if more > 0 { format!(" and {more} more") } else { String::new() };
                self.unseen.push((id, format!("{} has none for {names}{more}", unit.name())));
            }
            None => {}
        }
        let mut by_name: HashMap<&str, BTreeSet<_>> = HashMap::new();
        for known in &sources.known {
            if let Some(name) = known.linkage_name.as_deref().or(known.name.as_deref()) {
                by_name.entry(name).or_default().insert(known.origin);
            }
        }
        for symbol in symbols {
            let origins: Vec<_> = by_name.get(symbol.as_str()).into_iter().flatten().copied().collect();
            if sources.says_inlined(&origins) {
                let listed = sources.count(&origins) > 0;
                self.said.entry(symbol.clone()).or_default().push((id, listed));
            }
            let there = sources.copies(&info, &origins).into_keys().filter(|c| &c.holder != symbol);
            self.found.entry(symbol.clone()).or_default().extend(there.map(|copy| (id, copy)));
        }
        if symbols.iter().any(|s| unit.definition(s).is_some()) {
            self.compiled.insert(id, compiled(&info, &sources));
        }
    }
}

/// How the routines of a unit were compiled, by name. `None`: there are several of that name.
fn compiled(info: &DebugInfo<'_>, sources: &Sources) -> HashMap<String, Option<Compiled>> {
    let mut by_name = HashMap::new();
    for known in sources.known.iter().filter(|k| k.entry.is_some()) {
        let Some(name) = known.linkage_name.as_ref().or(known.name.as_ref()) else { continue };
        let unit = known.die.unit;
        let optimised = !unoptimised(info.producer(unit));
        by_name.entry(name.clone()).and_modify(|k| *k = None).or_insert(Some(Compiled { unit, optimised }));
    }
    by_name
}

/// A compiler of GNU that recorded its options (`-m` ones it always adds), and was not told to optimise.
fn unoptimised(producer: &str) -> bool {
    let words = || producer.split_whitespace();
    let optimises =
        |w: &str| w.starts_with("-O") && w != "-O0" || w.starts_with("-fipa") || w.starts_with("-flto");
    producer.starts_with("GNU ") && words().any(|w| w.starts_with("-m")) && !words().any(optimises)
}

/// What the compiler adds and the source has not: parts of routines, thunks, destructors that also delete, what runs the
/// initialisers of `--coverage` and of sanitizers, types of gnatbind.
fn added(name: &str) -> bool {
    let begins = ["_ZTh", "_ZTv", "_sub_I_", "_sub_D_", "ada_main__"];
    let deletes = name.starts_with("_Z") && name.ends_with("D0Ev");
    name.contains('.') || deletes || begins.iter().any(|a| name.starts_with(a))
}

/// Routines of an object of which debug information does not have the code: written in assembler, or merged by the compiler
/// with others that are the same.
fn lacking(binary: &Binary, sources: &Sources) -> Vec<String> {
    let entries: HashSet<u64> = sources.known.iter().filter_map(|k| k.entry).collect();
    let functions = binary.symbols().iter().filter(|s| s.is_function() && s.size > 0);
    let lacking = functions.filter(|s| !added(&s.name) && !entries.contains(&s.address));
    lacking.map(|s| (s.address, s.name.clone())).collect::<BTreeMap<_, _>>().into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compiler_says_whether_it_optimised() {
        for (producer, says) in [
            ("GNU C17 12.2.0 -mtune=generic -march=x86-64 -g", true),
            ("GNU C17 12.2.0 -mtune=generic -march=x86-64 -g -O0", true),
            ("GNU C17 12.2.0 -mtune=generic -march=x86-64 -g -O2", false),
            ("GNU C17 12.2.0 -mtune=generic -march=x86-64 -g -Og", false),
            ("GNU Ada 12.2.0 -O2 -g -mtune=generic -march=x86-64", false),
            // Its options are not recorded: nobody knows.
            ("GNU C17 12.2.0", false),
            ("Debian clang version 14.0.6", false),
            ("", false),
        ] {
            assert_eq!(unoptimised(producer), says, "{producer}");
        }
    }
}
