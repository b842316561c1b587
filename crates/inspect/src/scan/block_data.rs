//! COMMON blocks that a routine does not have.
//!
//! gfortran has no place for the blocks of a BLOCK DATA, and lists them with one of the routines of the file. They are
//! declared outside of its lines. Where the declaration is in an INCLUDE file, the code tells: a block that has values when
//! the program starts, and that the routine's own code never mentions, is left out.

use std::collections::hash_map::Entry;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

use gimli::constants::*;

use super::refusal::Problem;
use super::types::Draft;
use crate::binary::{Binary, Symbol};
use crate::closure::Follower;
use crate::dwarf::routines::ranges;
use crate::dwarf::{DebugInfo, Die, flag};
use crate::inlined::line_program;

/// Modules, and routines inside routines, that are looked into.
const MAX_DEPTH: u32 = 4;
/// Rows of the line program of one unit that are kept.
const MAX_ROWS: usize = 1 << 22;

/// What is known of the lines of a unit.
#[derive(Default)]
pub(super) struct UnitLines {
    /// File and line of each routine.
    starts: BTreeSet<(String, u64)>,
    /// The same by name.
    named: HashMap<String, (String, u64)>,
    /// Address, name of the file without folders, line.
    rows: Vec<(u64, Rc<str>, u64)>,
}

/// Where a routine stands, and its code.
pub(super) struct Place<'b> {
    binary: &'b Binary,
    file: String,
    lines: std::ops::RangeInclusive<u64>,
    ranges: Vec<(u64, u64)>,
    follower: Option<Follower<'b>>,
}

/// What a COMMON block is to the routine that lists it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Belongs {
    /// It declares it.
    Own,
    /// A BLOCK DATA does.
    Other,
    /// It may include it, and does not use it.
    Unused,
}

impl<'b> Place<'b> {
    /// The place of the routine `die` whose code is at `ranges`; `None` if that is not described.
    pub(super) fn of<'s>(
        draft: &mut Draft<'_, 's>,
        binary: &'b Binary,
        die: &Die<'s>,
        code: &[(u64, u64)],
    ) -> Result<Option<Place<'b>>, Problem> {
        let chain = draft.info.origins(die)?;
        let mut units: Vec<usize> = chain.iter().map(|d| d.at.unit).collect();
        units.dedup();
        // The body of a routine with ENTRY points begins where the first of them does, and they are inside of it.
        let name = chain.iter().find_map(|d| draft.info.name(d)).unwrap_or_default();
        let entry = name.strip_prefix("master.").and_then(|rest| rest.split_once('.')).map(|(_, name)| name);
        let mut start = None;
        for (unit, entry) in units.iter().zip(std::iter::repeat(entry)).filter_map(|(u, e)| Some((u, e?))) {
            start = start.or(unit_lines(draft, *unit)?.named.get(entry).cloned());
        }
        let own = || chain.iter().find_map(|d| declared(draft.info, d)).filter(|_| entry.is_none());
        let Some((file, first)) = start.or_else(own) else {
            return Ok(None);
        };
        let mut next = u64::MAX;
        for unit in units.iter().filter(|_| entry.is_none()) {
            let lines = unit_lines(draft, *unit)?;
            let after = lines.starts.range((file.clone(), first.saturating_add(1))..).next();
            let after = after.filter(|(other, _)| *other == file).map(|(_, line)| *line);
            next = next.min(after.unwrap_or(u64::MAX));
        }
        // A routine declares before it does anything: whatever is behind its last code is not its own.
        let own = if code.is_empty() { ranges(draft.info, die) } else { code.to_vec() };
        let name = file.rsplit('/').next().unwrap_or(&file);
        let mut last = None;
        for unit in &units {
            let rows = &unit_lines(draft, *unit)?.rows;
            for (from, to) in &own {
                let here = &rows[rows.partition_point(|r| r.0 < *from)..rows.partition_point(|r| r.0 < *to)];
                let lines = here.iter().filter(|r| &*r.1 == name && r.2 >= first && r.2 < next).map(|r| r.2);
                last = last.max(lines.max());
            }
        }
        let lines = first..=last.unwrap_or(next.saturating_sub(1));
        Ok(Some(Place { binary, file, lines, ranges: own, follower: None }))
    }

    /// Whose a block is. Its own line is that of the last routine that names it: those of its variables tell.
    pub(super) fn belongs<'s>(
        &mut self,
        info: &DebugInfo<'s>,
        variables: &[Die<'s>],
        symbol: &Symbol,
    ) -> Result<Belongs, Problem> {
        let (mut outside, mut included) = (false, false);
        for variable in variables {
            let chain = info.origins(variable)?;
            match chain.iter().find_map(|d| declared(info, d)) {
                Some((file, line)) if file == self.file && self.lines.contains(&line) => {
                    return Ok(Belongs::Own);
                }
                Some((file, _)) if file == self.file => outside = true,
                Some(_) => included = true,
                None => {}
            }
        }
        match (outside, included) {
            (_, true) => Ok(self.included(symbol)),
            (true, false) => Ok(Belongs::Other),
            (false, false) => Ok(Belongs::Own),
        }
    }

    /// Whose a block of an INCLUDE file is.
    fn included(&mut self, symbol: &Symbol) -> Belongs {
        let has_values = self.binary.bytes_at(symbol.address, 1).is_some();
        if !has_values || self.ranges.is_empty() {
            return Belongs::Own;
        }
        let follower = self.follower.get_or_insert_with(|| Follower::new(self.binary));
        // The address of an array may be that of an element before its first.
        let from = symbol.address.saturating_sub(symbol.size);
        let place = from..symbol.address.saturating_add(symbol.size);
        match self.ranges.iter().any(|range| follower.mentions(*range, &place, &symbol.name)) {
            true => Belongs::Own,
            false => Belongs::Unused,
        }
    }
}

/// Full path and line of a declaration.
fn declared<'s>(info: &DebugInfo<'s>, die: &Die<'s>) -> Option<(String, u64)> {
    let line = die.entry.attr_value(DW_AT_decl_line)?.udata_value()?;
    Some((info.file(die, DW_AT_decl_file)?.0, line))
}

fn unit_lines<'d>(draft: &'d mut Draft<'_, '_>, unit: usize) -> Result<&'d UnitLines, Problem> {
    let info = draft.info;
    match draft.lines.entry(unit) {
        Entry::Occupied(known) => Ok(known.into_mut()),
        Entry::Vacant(place) => {
            let mut lines = UnitLines { rows: rows(info, unit), ..UnitLines::default() };
            starts(info, info.root(unit)?, &mut lines, 0)?;
            Ok(place.insert(lines))
        }
    }
}

fn starts(
    info: &DebugInfo<'_>,
    at: crate::dwarf::DieRef,
    found: &mut UnitLines,
    depth: u32,
) -> Result<(), Problem> {
    for die in info.children(at)? {
        if !matches!(die.tag(), DW_TAG_subprogram | DW_TAG_module) {
            continue;
        }
        let name = info.name(&die).unwrap_or_default();
        // A routine that is only called here is said to be where it is mentioned.
        let is_here = die.tag() == DW_TAG_subprogram && !flag(&die, DW_AT_declaration);
        let place = declared(info, &die).filter(|_| is_here);
        if let Some(place) = place.filter(|_| !name.starts_with("master.")) {
            // Of namesakes in several modules, the first: rather too many lines than too few.
            found
                .named
                .entry(name)
                .and_modify(|known| *known = place.clone().min(known.clone()))
                .or_insert_with(|| place.clone());
            found.starts.insert(place);
        }
        if depth < MAX_DEPTH {
            starts(info, die.at, found, depth + 1)?;
        }
    }
    Ok(())
}

/// What the line program says, by address.
fn rows(info: &DebugInfo<'_>, unit: usize) -> Vec<(u64, Rc<str>, u64)> {
    let (Some((dwarf, opened)), Some(program)) = (info.unit(unit), line_program(info, unit)) else {
        return Vec::new();
    };
    let mut names: Vec<(u64, Rc<str>)> = Vec::new();
    let mut rows = Vec::new();
    let mut machine = program.rows();
    while let Ok(Some((header, row))) = machine.next_row() {
        let (index, line) = (row.file_index(), row.line().map_or(0, |line| line.get()));
        let known = names.iter().find(|(number, _)| *number == index).map(|(_, name)| Rc::clone(name));
        let name = known.unwrap_or_else(|| {
            let path = header.file(index).map(|file| file.path_name());
            let text = path.and_then(|path| dwarf.attr_string(&opened.unit, path).ok());
            let text = text.map(|text| text.to_string_lossy().into_owned()).unwrap_or_default();
            let name: Rc<str> = text.rsplit('/').next().unwrap_or_default().into();
            names.push((index, Rc::clone(&name)));
            name
        });
        if !row.end_sequence() && rows.len() < MAX_ROWS {
            rows.push((row.address(), name, line));
        }
    }
    rows.sort_by_key(|row| row.0);
    rows
}
