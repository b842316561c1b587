//! Inlined copies of routines in the objects of a program, by their debug information, each of which is read once.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::program::{self, Program, Resolved, UnitId};
use super::unit::Unit;
use crate::dwarf::{DebugInfo, Sections};
use crate::inlined::{Copy, Sources};

/// What debug information says of some routines.
#[derive(Default)]
pub(super) struct Copies {
    found: HashMap<String, Vec<(UnitId, Copy)>>,
    /// Units in which copies are not seen, and why.
    pub unseen: Vec<(UnitId, String)>,
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

    fn unit(&mut self, program: &Program, id: UnitId, unit: &Unit, symbols: &[String]) {
        let binary = program::open(&program.line.directory, unit);
        let sections = binary.as_ref().and_then(|b| Sections::load(b).ok());
        let Some(info) = sections.as_ref().map(DebugInfo::read) else {
            self.unseen.push((id, format!("{} has none", unit.name())));
            return;
        };
        let sources = Sources::read(&info);
        let there = sources.known.iter().filter(|k| k.entry.is_some()).count();
        let problem = info.problems().first().or(sources.problems.first());
        match (problem, routines(unit)) {
            (Some(problem), _) => {
                self.unseen.push((id, format!("that of {} cannot be read whole: {problem}", unit.name())));
            }
            (None, all) if there < all => {
                self.unseen.push((id, format!("{} has it for {there} of {all} routines", unit.name())));
            }
            (None, _) => {}
        }
        let mut by_name: HashMap<&str, BTreeSet<_>> = HashMap::new();
        for known in &sources.known {
            if let Some(name) = known.linkage_name.as_deref().or(known.name.as_deref()) {
                by_name.entry(name).or_default().insert(known.origin);
            }
        }
        for symbol in symbols {
            let origins: Vec<_> = by_name.get(symbol.as_str()).into_iter().flatten().copied().collect();
            let there = sources.copies(&info, &origins).into_keys().filter(|c| &c.holder != symbol);
            self.found.entry(symbol.clone()).or_default().extend(there.map(|copy| (id, copy)));
        }
    }
}

/// Routines of a unit that debug information should have. Parts of routines, and what the compiler adds, are none.
fn routines(unit: &Unit) -> usize {
    let own = |name: &str| !name.contains('.') && !name.starts_with("_ZTh") && !name.starts_with("_ZTv");
    let functions = unit.symbols.iter().filter(|s| s.function() && s.defined() && s.size > 0 && own(&s.name));
    let places: HashSet<(String, u64)> = functions.map(|s| (format!("{:?}", s.place), s.value)).collect();
    places.len()
}
