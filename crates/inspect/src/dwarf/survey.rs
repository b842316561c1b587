//! Asks everything of debug information that can be asked, once: what a fuzzer and the tests of damaged files do.

use gimli::constants::*;

use super::evaluate::Memory;
use super::routines::Index;
use super::{DebugInfo, Die, DieRef};

/// Entries that are visited.
const MAX_ENTRIES: usize = 20_000;
/// How deep they are nested.
const MAX_DEPTH: usize = 64;

/// Memory in which every byte is its address.
struct Everywhere;

impl Memory for Everywhere {
    fn read(&self, address: u64, bytes: &mut [u8]) -> bool {
        bytes.iter_mut().zip(address..).for_each(|(byte, address)| *byte = address as u8);
        true
    }
}

/// What was there.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Survey {
    /// Entries visited.
    pub entries: usize,
    /// Attributes that had a value, a place, a name or another entry.
    pub answers: usize,
    /// Errors.
    pub errors: usize,
}

/// Visits the entries, at most some 20,000 of them.
pub fn survey(info: &DebugInfo<'_>) -> Survey {
    let mut survey = Survey::default();
    for unit in 0..info.units.len() {
        let root = info.root(unit);
        let mut waiting = vec![(root, 0)];
        while let Some((at, depth)) = waiting.pop() {
            if survey.entries >= MAX_ENTRIES {
                return survey;
            }
            match at.and_then(|at| Ok((info.die(at)?, info.children(at)?))) {
                Ok((die, children)) => {
                    survey.ask(info, &die);
                    if depth < MAX_DEPTH {
                        waiting.extend(children.into_iter().map(|child| (Ok(child.at), depth + 1)));
                    }
                }
                Err(_) => survey.errors += 1,
            }
        }
    }
    let index = Index::build(info);
    survey.errors += index.problems.len();
    for subprogram in index.subprograms.iter().take(MAX_ENTRIES) {
        survey.answers += index.copies(info, subprogram.origin).len();
        survey.answers += usize::from(info.unit_at(subprogram.address).is_some());
    }
    survey
}

impl Survey {
    fn ask<'s>(&mut self, info: &DebugInfo<'s>, die: &Die<'s>) {
        self.entries += 1;
        self.answers += info.origins(die).map_or(0, |chain| chain.len());
        let texts = [info.name(die), info.linkage_name(die), info.declared_at(die)];
        self.answers += texts.into_iter().flatten().count();
        self.answers += usize::from(info.static_address(die).is_some() || info.home(die, 0).is_some());
        self.answers += usize::from(info.passing(die, 0) != super::location::Passing::Unknown);
        for attribute in [DW_AT_location, DW_AT_upper_bound, DW_AT_count] {
            self.answers += usize::from(info.value_at_entry(die, attribute, 0, &[]).is_some());
        }
        for attribute in die.entry.attrs().iter().take(512) {
            self.evaluate(info, die.at, attribute.name());
        }
    }

    fn evaluate(&mut self, info: &DebugInfo<'_>, at: DieRef, attribute: gimli::DwAt) {
        self.answers += usize::from(info.evaluate_constant(at, attribute).is_some());
        let live = info.evaluate_with(at, attribute, &Everywhere, Some(0x1000));
        self.answers += usize::from(live.is_some());
    }
}
