//! Thunks: the few instructions between a patched entry and its trampoline, written next to the image.

use super::unwind::Row;
use crate::plan::{FixupKind, Patch};

/// `cmp byte [rip + route], 0; jne slow`.
const FAST: usize = 13;
/// `push index; jmp [rip + stub]`.
const SLOW: usize = 11;

/// Where the parts of one thunk are.
#[derive(Debug, Clone, Copy)]
pub struct Placement {
    /// Address of the thunk.
    pub thunk: u64,
    /// Address of the routine's byte in the control page.
    pub route: u64,
    /// Address of the eight bytes that hold the stub's address.
    pub stub_slot: u64,
    /// Load bias of the image.
    pub bias: u64,
}

/// A finished thunk.
pub struct Thunk {
    /// Its code, trampoline included.
    pub code: Vec<u8>,
    /// Address of the trampoline.
    pub trampoline: u64,
    /// Unwind rows, ascending.
    pub rows: Vec<Row>,
}

/// Bytes a thunk of that patch takes, rounded up.
pub fn size(patch: &Patch) -> usize {
    (FAST + patch.code.len() + SLOW).next_multiple_of(16)
}

fn displacement(from_end: u64, target: u64) -> Option<[u8; 4]> {
    i32::try_from(target.wrapping_sub(from_end) as i64).ok().map(i32::to_le_bytes)
}

/// Five bytes that jump from `at` to `target`, or `None` when it is out of reach.
pub fn jump(at: u64, target: u64) -> Option<[u8; 5]> {
    let [a, b, c, d] = displacement(at.wrapping_add(5), target)?;
    Some([0xe9, a, b, c, d])
}

/// The thunk of a patch, or `None` when something is out of reach.
pub fn build(patch: &Patch, index: u32, placement: Placement) -> Option<Thunk> {
    let Placement { thunk, route, stub_slot, bias } = placement;
    let entry = patch.entry.wrapping_add(bias);
    let trampoline = thunk + FAST as u64;
    let slow = trampoline + patch.code.len() as u64;
    let mut code = Vec::with_capacity(size(patch));
    // cmp byte ptr [rip + route], 0: the displacement counts from the end, which is one byte after it.
    code.extend([0x80, 0x3d]);
    code.extend(displacement(thunk + 7, route)?);
    code.push(0);
    code.extend([0x0f, 0x85]);
    code.extend(displacement(trampoline, slow)?);
    code.extend(relocated(patch, trampoline, bias)?);
    code.push(0x68);
    code.extend(index.to_le_bytes());
    code.extend([0xff, 0x25]);
    code.extend(displacement(slow + SLOW as u64, stub_slot)?);
    let mut rows = vec![Row { at: 0, original: entry, pushed: 0 }];
    let moved = |row: &crate::plan::Row| Row {
        at: (FAST + usize::from(row.code)) as u32,
        original: entry + u64::from(row.original),
        pushed: 0,
    };
    rows.extend(patch.rows.iter().map(moved));
    let slow_at = (FAST + patch.code.len()) as u32;
    rows.push(Row { at: slow_at, original: entry, pushed: 0 });
    rows.push(Row { at: slow_at + 5, original: entry, pushed: 8 });
    Some(Thunk { code, trampoline, rows })
}

/// The relocated prologue, completed for its address.
fn relocated(patch: &Patch, at: u64, bias: u64) -> Option<Vec<u8>> {
    let mut code = patch.code.clone();
    for fixup in &patch.fixups {
        let target = fixup.target.wrapping_add(bias);
        let start = usize::from(fixup.at);
        match fixup.kind {
            FixupKind::Relative32 => {
                let bytes = displacement(at + u64::from(fixup.end), target)?;
                code.get_mut(start..start + 4)?.copy_from_slice(&bytes);
            }
            FixupKind::Absolute64 => code.get_mut(start..start + 8)?.copy_from_slice(&target.to_le_bytes()),
        }
    }
    Some(code)
}
