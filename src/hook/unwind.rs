//! Unwind information of thunks: an `.eh_frame` and `.eh_frame_hdr` made in memory.
//!
//! A fault in a relocated prologue must still become the exception that the routine's own handler catches. So each row
//! describes the thunk's instruction as a frame that was "called" by the original instruction, with the same stack pointer
//! and all registers unchanged: the unwinder steps from the copy to the original, and goes on with the routine's own rows
//! and handlers. (The routine's own FDE moved would not do: its handlers' addresses are relative to the routine's start.)
//! The address it steps to is one past the original: as of any caller, the unwinder looks at the byte before it. (The
//! augmentation `S`, which would have it look at the address itself, makes the copy and the original one frame to libgcc,
//! which names frames by stack pointer and that flag: it would look for the routine's own handler in the copy, and abort.)

/// From offset `at` of a thunk on, the program is as if at `original`, with `pushed` more bytes on the stack.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Row {
    /// Offset in the thunk.
    pub at: u32,
    /// Address in the routine.
    pub original: u64,
    /// Bytes the thunk itself has pushed.
    pub pushed: u8,
}

/// The range of one thunk.
#[derive(Debug, Clone)]
pub struct Range {
    /// Its address.
    pub start: u64,
    /// Its length in bytes.
    pub length: u32,
    /// Its rows.
    pub rows: Vec<Row>,
}

const DW_CFA_ADVANCE_LOC2: u8 = 0x03;
const DW_CFA_DEF_CFA: u8 = 0x0c;
const DW_CFA_VAL_EXPRESSION: u8 = 0x16;
const DW_OP_CONST8U: u8 = 0x0e;
const RSP: u8 = 7;
const RETURN_ADDRESS: u8 = 16;

/// Size of the tables for these ranges.
pub fn size(ranges: &[Range]) -> usize {
    let fdes: usize = ranges.iter().map(fde_size).sum();
    header_size(ranges.len()).next_multiple_of(8) + CIE.len() + fdes + 4
}

fn header_size(count: usize) -> usize {
    12 + 8 * count
}

/// CIE: version 1, augmentation "zR", code alignment 1, data alignment -8, return address column 16, absolute pointers.
const CIE: [u8; 24] = [
    20, 0, 0, 0, // length
    0, 0, 0, 0, // this is a CIE
    1, b'z', b'R', 0, 1, 0x78, 16, 1, 0x00, // DW_EH_PE_absptr
    0, 0, 0, 0, 0, 0, 0, // DW_CFA_nop
];

fn instructions(range: &Range) -> Vec<u8> {
    let mut out = Vec::new();
    let mut at = 0;
    for row in &range.rows {
        if row.at > at {
            out.push(DW_CFA_ADVANCE_LOC2);
            out.extend(((row.at - at) as u16).to_le_bytes());
            at = row.at;
        }
        out.extend([DW_CFA_DEF_CFA, RSP, row.pushed]);
        out.extend([DW_CFA_VAL_EXPRESSION, RETURN_ADDRESS, 9, DW_OP_CONST8U]);
        out.extend((row.original + 1).to_le_bytes());
    }
    out
}

fn fde_size(range: &Range) -> usize {
    (4 + 4 + 8 + 8 + 1 + instructions(range).len()).next_multiple_of(8)
}

/// The tables, to be placed at `address`: the header first. Ranges must ascend.
pub fn build(ranges: &[Range], address: u64) -> Option<Vec<u8>> {
    let frames_at = header_size(ranges.len()).next_multiple_of(8);
    let mut out = Vec::with_capacity(size(ranges));
    // Version 1; .eh_frame pointer pc-relative sdata4; count udata4; table data-relative sdata4.
    out.extend([1, 0x1b, 0x03, 0x3b]);
    out.extend((frames_at as i32 - 4).to_le_bytes());
    out.extend((ranges.len() as u32).to_le_bytes());
    let mut fde_at = frames_at + CIE.len();
    for range in ranges {
        let start = i32::try_from(range.start.wrapping_sub(address) as i64).ok()?;
        out.extend(start.to_le_bytes());
        out.extend((fde_at as i32).to_le_bytes());
        fde_at += fde_size(range);
    }
    out.resize(frames_at, 0);
    out.extend(CIE);
    for range in ranges {
        let at = out.len();
        let length = fde_size(range);
        out.extend((length as u32 - 4).to_le_bytes());
        out.extend(((at + 4 - frames_at) as u32).to_le_bytes());
        out.extend(range.start.to_le_bytes());
        out.extend(u64::from(range.length).to_le_bytes());
        out.push(0); // no augmentation data
        out.extend(instructions(range));
        out.resize(at + length, 0);
    }
    out.extend([0; 4]);
    Some(out)
}
