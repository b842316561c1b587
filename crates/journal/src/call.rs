//! One recorded call, decoded.

use cmp_bridge::entry::{Completeness, Returned};
use cmp_bridge::module::Answer;

/// One invocation and what came of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Call {
    /// Thread of the legacy process: numbered from 1 in the order of their first recorded call.
    pub thread: u32,
    /// Number of the call in its thread, from 1.
    pub number: u64,
    /// Number of recorded calls of this thread that this one is inside of.
    pub depth: u32,
    /// Index in [`crate::Header::routines`].
    pub routine: usize,
    /// rdi, rsi, rdx, rcx, r8, r9 on entry.
    pub gpr: [u64; 6],
    /// Low 8 bytes of xmm0 ... xmm7 on entry.
    pub xmm: [u64; 8],
    /// Stack arguments.
    pub stack: Vec<u8>,
    /// SSE control and status register on entry.
    pub mxcsr: u32,
    /// x87 control word on entry.
    pub x87_control: u16,
    /// Every area before the call.
    pub before: Vec<Captured>,
    /// What the legacy routine did.
    pub outcome: Outcome,
    /// What the candidate did, in route `shadow`.
    pub candidate: Option<CandidateCall>,
}

/// What came of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// It returned.
    Returned {
        /// The return registers.
        returned: Returned,
        /// The written areas after the call.
        after: Vec<Captured>,
    },
    /// An exception or a longjmp passed through it.
    Abandoned,
    /// The journal ends inside it, or the block with its end is damaged.
    Unfinished,
}

/// What the candidate did on a copy of the inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CandidateCall {
    /// How it answered.
    pub answer: Answer,
    /// The return registers.
    pub returned: Returned,
    /// The written areas; and among them each that the contract says is only read, if the candidate wrote it.
    pub after: Vec<Captured>,
    /// Area beyond whose extent it wrote.
    pub overrun: Option<u16>,
    /// Time stamp counter ticks spent in the legacy routine.
    pub control_ticks: u64,
    /// Time stamp counter ticks spent in the candidate.
    pub candidate_ticks: u64,
}

/// The bytes of one area.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Captured {
    /// Index of the area in the routine's areas.
    pub area: u16,
    /// Its address in the legacy process.
    pub address: u64,
    /// How much of it these bytes are.
    pub completeness: Completeness,
    /// The bytes.
    pub bytes: Vec<u8>,
}
