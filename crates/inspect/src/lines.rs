//! `file:line` of an address of code, from the line programs.

use std::cell::RefCell;
use std::collections::HashMap;
use std::ops::Range;

use crate::dwarf::{Bytes, DebugInfo};
use crate::inlined::{from_source, line_program, unit_of};

/// Rows of one unit: address, file number, line; ascending.
type Rows = Vec<(u64, u64, u32)>;

/// Looks addresses up. The line program of a unit is run when it is first needed.
pub(crate) struct Lines<'a, 's> {
    info: &'a DebugInfo<'s>,
    /// Ranges of code, ascending, and their units.
    ranges: Vec<(Range<u64>, usize)>,
    tables: RefCell<HashMap<usize, Option<Table<'s>>>>,
}

/// The line program of one unit, and what it makes when run.
struct Table<'s> {
    program: gimli::IncompleteLineProgram<Bytes<'s>>,
    rows: Rows,
}

/// Ranges of one unit that are looked at: no compiler makes so many.
const MAX_RANGES: usize = 1 << 20;

impl<'a, 's> Lines<'a, 's> {
    pub(crate) fn new(info: &'a DebugInfo<'s>) -> Lines<'a, 's> {
        let mut ranges = Vec::new();
        for number in 0..info.units.len() {
            let Some((dwarf, unit)) = unit_of(info, number) else { continue };
            let Ok(mut found) = dwarf.unit_ranges(unit) else { continue };
            let before = ranges.len();
            while let Ok(Some(range)) = found.next() {
                if range.begin < range.end && range.begin != 0 {
                    ranges.push((range.begin..range.end, number));
                }
                if ranges.len() - before >= MAX_RANGES {
                    break;
                }
            }
        }
        ranges.sort_unstable_by_key(|(range, _)| range.start);
        Lines { info, ranges, tables: RefCell::default() }
    }

    /// `file:line` of the code at an address.
    pub(crate) fn at(&self, address: u64) -> Option<String> {
        let unit = self.unit_at(address)?;
        let mut tables = self.tables.borrow_mut();
        let read = || {
            let program = line_program(self.info, unit)?;
            Some(Table { rows: rows(program.clone()), program })
        };
        let table = tables.entry(unit).or_insert_with(read).as_ref()?;
        let row = table.rows[..table.rows.partition_point(|row| row.0 <= address)].last()?;
        (row.2 != 0).then_some(())?;
        Some(format!("{}:{}", self.file(unit, table.program.header(), row.1)?, row.2))
    }

    /// The unit whose code is at an address.
    pub(crate) fn unit_at(&self, address: u64) -> Option<usize> {
        let end = self.ranges.partition_point(|(range, _)| range.start <= address);
        let (range, unit) = self.ranges[..end].last()?;
        range.contains(&address).then_some(*unit)
    }

    /// Short name of a file: relative to where it was compiled, or its last part.
    fn file(&self, unit: usize, header: &gimli::LineProgramHeader<Bytes<'s>>, number: u64) -> Option<String> {
        let (dwarf, unit) = unit_of(self.info, unit)?;
        let file = header.file(number)?;
        let text = |value| Some(dwarf.attr_string(unit, value).ok()?.to_string_lossy().into_owned());
        let name = text(file.path_name())?;
        let folder = match file.directory_index() {
            0 => String::new(),
            _ => file.directory(header).and_then(text).unwrap_or_default(),
        };
        Some(match name.starts_with('/') || folder.starts_with('/') {
            true => name.rsplit('/').next().unwrap_or(&name).to_string(),
            false if folder.is_empty() => from_source(name),
            false => from_source(format!("{folder}/{name}")),
        })
    }
}

fn rows(program: gimli::IncompleteLineProgram<Bytes<'_>>) -> Rows {
    /// Rows of one unit that are kept.
    const MOST: usize = 1 << 23;
    let mut rows = Rows::new();
    let mut machine = program.rows();
    while let Ok(Some((_, row))) = machine.next_row() {
        let line = row.line().map_or(0, |l| l.get().min(u64::from(u32::MAX)) as u32);
        // The end of a sequence is where no line is known.
        rows.push((row.address(), row.file_index(), if row.end_sequence() { 0 } else { line }));
        if rows.len() >= MOST {
            break;
        }
    }
    // An end that coincides with the next beginning comes first.
    rows.sort_by_key(|row| (row.0, row.2 != 0));
    rows
}
