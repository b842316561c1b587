//! The routines that have code, and the copies of them that were inlined.

use std::collections::HashMap;

use gimli::constants::*;

use super::{DebugInfo, Die, DieRef, DwarfError, flag};

/// Copies of one routine that are named; the rest is counted.
const MAX_NAMED_COPIES: usize = 16;

/// A routine with code.
#[derive(Debug, Clone)]
pub struct Subprogram {
    /// Its DIE.
    pub die: DieRef,
    /// The DIE that declares it: the same, or its abstract origin.
    pub origin: DieRef,
    /// Name in the source.
    pub name: Option<String>,
    /// Name for the linker, where it differs.
    pub linkage_name: Option<String>,
    /// Address of its entry.
    pub address: u64,
    /// `file:line` of its declaration.
    pub at: Option<String>,
    /// Full path of the source file.
    pub source: Option<String>,
    /// Other units can call it.
    pub external: bool,
    /// Declared with a prototype. False for K&R definitions.
    pub prototyped: bool,
    /// Made by the compiler.
    pub artificial: bool,
    /// The main program of a Fortran unit.
    pub main: bool,
    /// Inside another routine: it receives a hidden link to the frame of that one.
    pub nested: bool,
}

/// A copy of a routine inside another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlinedCopy {
    /// `file:line` of the call it replaces.
    pub at: Option<String>,
    /// Name of the routine that contains it.
    pub within: Option<String>,
}

/// The inlined copies of a routine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inlined {
    /// How many.
    pub count: usize,
    /// The first of them.
    pub copies: Vec<InlinedCopy>,
}

/// The routines of a binary.
#[derive(Debug, Default)]
pub struct Index {
    /// Those with code, in the order of the debug information.
    pub subprograms: Vec<Subprogram>,
    /// Inlined copies, by the DIE that declares the routine.
    pub inlined: HashMap<DieRef, Inlined>,
    /// Fortran routines with ENTRY points: name of the first entry, by unit.
    pub masters: Vec<(usize, String)>,
    /// Units that could not be read to their end.
    pub problems: Vec<String>,
    by_address: HashMap<u64, usize>,
}

impl Index {
    /// Reads all compilation units.
    pub fn read<'s>(info: &DebugInfo<'s>) -> Index {
        let mut index = Index::default();
        for unit in 0..info.units.len() {
            if let Err(error) = index.read_unit(info, unit) {
                index.problems.push(error.to_string());
            }
        }
        index
    }

    /// The routine whose entry is at `address`.
    pub fn at(&self, address: u64) -> Option<&Subprogram> {
        self.by_address.get(&address).map(|&i| &self.subprograms[i])
    }

    fn read_unit<'s>(&mut self, info: &DebugInfo<'s>, unit: usize) -> Result<(), DwarfError> {
        let root = DieRef { unit, offset: 0 };
        let mut entries = info.opened(unit)?.unit.entries();
        // The routines around the current entry: depth, and name.
        let mut around: Vec<(isize, Option<String>)> = Vec::new();
        while let Some(entry) = entries.next_dfs().map_err(|e| info.damaged(root, e))? {
            let depth = entry.depth();
            while around.last().is_some_and(|(outer, _)| *outer >= depth) {
                around.pop();
            }
            let tag = entry.tag();
            if tag != DW_TAG_subprogram && tag != DW_TAG_inlined_subroutine {
                continue;
            }
            let die = Die { at: DieRef { unit, offset: entry.offset().0 }, entry: entry.clone() };
            if tag == DW_TAG_inlined_subroutine {
                self.add_inlined(info, &die, around.last().and_then(|(_, name)| name.clone()));
                continue;
            }
            let name = self.add_subprogram(info, &die, !around.is_empty());
            around.push((depth, name));
        }
        Ok(())
    }

    fn add_subprogram<'s>(&mut self, info: &DebugInfo<'s>, die: &Die<'s>, nested: bool) -> Option<String> {
        let chain = match info.origins(die) {
            Ok(chain) => chain,
            Err(error) => {
                self.problems.push(error.to_string());
                return None;
            }
        };
        let name = chain.iter().find_map(|d| info.name(d));
        if let Some(first) = name.as_deref().and_then(|n| n.strip_prefix("master.")) {
            // gfortran calls the merged body of a routine with ENTRY points `master.0.first`.
            let first = first.split_once('.').map_or(first, |(_, rest)| rest);
            self.masters.push((die.at.unit, first.to_string()));
        }
        let Some(address) = entry_address(info, die).filter(|_| !flag(die, DW_AT_declaration)) else {
            return name;
        };
        let declares = chain.iter().find(|d| info.declared_at(d).is_some());
        self.by_address.entry(address).or_insert(self.subprograms.len());
        self.subprograms.push(Subprogram {
            die: die.at,
            origin: chain.last().map_or(die.at, |d| d.at),
            name: name.clone(),
            linkage_name: chain.iter().find_map(|d| info.linkage_name(d)),
            address,
            at: declares.and_then(|d| info.declared_at(d)),
            source: declares.and_then(|d| info.file(d, DW_AT_decl_file)).map(|(full, _)| full),
            external: chain.iter().any(|d| flag(d, DW_AT_external)),
            prototyped: chain.iter().any(|d| flag(d, DW_AT_prototyped)),
            artificial: chain.iter().any(|d| flag(d, DW_AT_artificial)),
            main: chain.iter().any(|d| flag(d, DW_AT_main_subprogram)),
            nested,
        });
        name
    }

    fn add_inlined<'s>(&mut self, info: &DebugInfo<'s>, die: &Die<'s>, within: Option<String>) {
        let Ok(chain) = info.origins(die) else {
            return;
        };
        let Some(origin) = chain.last().filter(|d| d.at != die.at) else {
            return;
        };
        let inlined = self.inlined.entry(origin.at).or_default();
        inlined.count += 1;
        if inlined.copies.len() < MAX_NAMED_COPIES {
            inlined
                .copies
                .push(InlinedCopy { at: info.place(die, DW_AT_call_file, DW_AT_call_line), within });
        }
    }
}

/// Address of the entry of a routine, `None` when it has no code.
fn entry_address<'s>(info: &DebugInfo<'s>, die: &Die<'s>) -> Option<u64> {
    let (dwarf, opened) = info.unit(die.at.unit)?;
    let unit = &opened.unit;
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
