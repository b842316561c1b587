//! What the agent writes for each call: the entries of a ring, and so of a journal.
//!
//! Entries are little-endian, target-native, 8-byte aligned and never cross the end of a ring. A call is an [`Kind::Enter`]
//! and a [`Kind::Leave`] of the same number; calls made meanwhile by the routine stand between the two. A call without
//! `Leave` was abandoned by an exception or a longjmp, or the process died in it.

use crate::frame::Frame;

/// Kind of an entry, in [`Head::kind`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum Kind {
    /// Filler up to the end of the ring.
    Pad = 0,
    /// [`Enter`], stack arguments, captures.
    Enter = 1,
    /// [`Leave`], captures of written areas.
    Leave = 2,
    /// [`CandidateAnswer`], captures of written areas as the candidate left them, and of those it should not have written and
    /// did.
    Candidate = 3,
    /// The call was abandoned: only a head.
    Abandoned = 4,
}

impl Kind {
    /// The kind of that byte.
    pub fn from_byte(byte: u8) -> Option<Kind> {
        [Kind::Pad, Kind::Enter, Kind::Leave, Kind::Candidate, Kind::Abandoned]
            .into_iter()
            .find(|k| *k as u8 == byte)
    }
}

/// First 16 bytes of every entry.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Head {
    /// Bytes of the whole entry, this head included: a multiple of 8.
    pub length: u32,
    /// [`Kind`].
    pub kind: u8,
    /// Number of captures that follow, at most 255.
    pub captures: u8,
    /// Index of the routine in the plan.
    pub routine: u16,
    /// Number of the call in its thread, from 1.
    pub number: u64,
}

/// Body of [`Kind::Enter`]. `stack_bytes` bytes of stack arguments follow, then the captures.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Enter {
    /// The head.
    pub head: Head,
    /// Number of hooked calls of this thread that this one is inside of.
    pub depth: u32,
    /// Bytes of stack arguments.
    pub stack_bytes: u32,
    /// SSE control and status register.
    pub mxcsr: u32,
    /// x87 control word.
    pub x87_control: u32,
    /// Stack pointer on entry.
    pub sp: u64,
    /// rdi, rsi, rdx, rcx, r8, r9.
    pub gpr: [u64; 6],
    /// Low 8 bytes of xmm0 ... xmm7: a contract has no wider register argument.
    pub xmm: [u64; 8],
}

/// Return registers.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Returned {
    /// rax, rdx.
    pub gpr: [u64; 2],
    /// Low 8 bytes of xmm0, xmm1.
    pub xmm: [u64; 2],
    /// st0, st1 where the routine returns them; 10 significant bytes each.
    pub x87: [[u8; 16]; 2],
}

impl Returned {
    /// The return registers that a signature uses (`returns` as in the plan). The others are left out, so that noise is not
    /// taken for an answer.
    #[inline(always)]
    pub fn of(frame: &Frame, returns: u8) -> Returned {
        let used = |bit: usize| returns >> bit & 1 != 0;
        let low = |&[a, b, c, d, e, f, g, h, ..]: &[u8; 16]| u64::from_le_bytes([a, b, c, d, e, f, g, h]);
        let ten = |register: &[u8; 16]| std::array::from_fn(|i| if i < 10 { register[i] } else { 0 });
        // Most routines return nothing in x87 registers: asking once is cheaper than asking for each.
        let x87 = if returns >> 4 == 0 {
            [[0; 16]; 2]
        } else {
            [0, 1].map(|i| if used(4 + i) { ten(&frame.ret_x87[i]) } else { [0; 16] })
        };
        Returned {
            gpr: [0, 1].map(|i| if used(i) { frame.ret_gpr[i] } else { 0 }),
            xmm: [0, 1].map(|i| if used(2 + i) { low(&frame.ret_xmm[i]) } else { 0 }),
            x87,
        }
    }
}

/// Body of [`Kind::Leave`].
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Leave {
    /// The head.
    pub head: Head,
    /// What the legacy routine returned.
    pub returned: Returned,
}

/// Body of [`Kind::Candidate`].
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CandidateAnswer {
    /// The head.
    pub head: Head,
    /// [`crate::module::Answer`].
    pub answer: u32,
    /// Index of an area, plus 1, beyond whose extent the candidate wrote; 0 for none.
    pub overrun: u32,
    /// Time stamp counter ticks spent in the legacy routine.
    pub control_ticks: u64,
    /// Time stamp counter ticks spent in the candidate.
    pub candidate_ticks: u64,
    /// What the candidate returned.
    pub returned: Returned,
}

/// Head of one captured area. `length` bytes follow, padded to a multiple of 8.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CaptureHead {
    /// Address of the area in the legacy process.
    pub address: u64,
    /// Captured bytes.
    pub length: u32,
    /// Index of the area in the routine's captures.
    pub area: u16,
    /// [`Completeness`].
    pub completeness: u8,
    /// Zero.
    pub reserved: u8,
}

/// How much of an area was captured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Completeness {
    /// All of it.
    Full = 0,
    /// The extent is not known: at least these bytes belong to it.
    Partial = 1,
    /// Only the mapped bytes, or as many as the limit of one capture allows.
    Clamped = 2,
    /// The address was null.
    Null = 3,
    /// Nothing is mapped at the address.
    Unreadable = 4,
}

impl Completeness {
    /// The completeness of that byte.
    pub fn from_byte(byte: u8) -> Option<Completeness> {
        use Completeness::*;
        [Full, Partial, Clamped, Null, Unreadable].into_iter().find(|c| *c as u8 == byte)
    }
}

/// Most bytes captured of one area.
pub const CAPTURE_LIMIT: u64 = 1 << 16;

/// `length` rounded up to a multiple of 8.
pub const fn padded(length: usize) -> usize {
    (length + 7) & !7
}
