//! Jump tables: data that leads into code.

use std::ops::Range;

use super::{Branch, Via, code_ranges, contains};
use crate::binary::Binary;

/// How the entries of a jump table are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum TableForm {
    /// 32-bit distances from the table.
    Distances,
    /// 64-bit addresses.
    Addresses,
}

/// A place that may be a table: address, form, and the jump through a register of the same function.
pub(super) type Candidate = (u64, TableForm, u64);

/// More entries than any `switch` has: bounds the reading of data that is no table.
const MAX_TABLE_ENTRIES: usize = 65_536;
/// Entries of all tables together: data that poses as tables cannot cost more than this.
const MAX_ENTRIES: usize = 1 << 24;

/// Reads the tables among `tables`. A table ends where the next address that code mentions (`mentioned`) begins.
pub(super) fn read(
    binary: &Binary,
    mut mentioned: Vec<u64>,
    mut tables: Vec<Candidate>,
    branches: &mut Vec<Branch>,
) {
    mentioned.sort_unstable();
    mentioned.dedup();
    tables.sort_unstable();
    tables.dedup();
    let code = code_ranges(binary);
    let mut left = MAX_ENTRIES;
    for (table, form, source) in tables.into_iter().filter(|(a, ..)| !contains(&code, *a)) {
        let next = mentioned.partition_point(|m| *m <= table);
        let end = mentioned.get(next).copied().unwrap_or(u64::MAX);
        let before = branches.len();
        read_table(binary, table..end, form, left, &code, |target| {
            branches.push(Branch { target, source, via: Via::Table });
        });
        left -= branches.len() - before;
    }
}

/// Reads entries as long as they lead to code.
fn read_table(
    binary: &Binary,
    table: Range<u64>,
    form: TableForm,
    most: usize,
    code: &[Range<u64>],
    mut found: impl FnMut(u64),
) {
    let entry_size = match form {
        TableForm::Distances => 4,
        TableForm::Addresses => 8,
    };
    let entries = (table.end - table.start) as usize / entry_size;
    for index in 0..entries.min(MAX_TABLE_ENTRIES).min(most) {
        let address = table.start + (index * entry_size) as u64;
        let Some(bytes) = binary.bytes_at(address, entry_size) else { return };
        let target = match *bytes {
            [a, b, c, d] => {
                let distance = i64::from(i32::from_le_bytes([a, b, c, d]));
                table.start.wrapping_add_signed(distance)
            }
            [a, b, c, d, e, f, g, h] => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
            _ => return,
        };
        if !contains(code, target) {
            return;
        }
        found(target);
    }
}
