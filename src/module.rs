//! The boundary between the agent and a Module: a shared library of Rust candidates.
//!
//! Everything here is `repr(C)` and versioned, because the two sides may come from different compilers. Generated code
//! (crate `cmp-bridge-codegen`) fills it in; nobody writes it by hand.

use crate::frame::Frame;
use std::ffi::{c_char, c_void};

/// Version of every layout in this file. A module with another one is refused.
pub const MODULE_ABI: u32 = 1;

/// The one symbol a module exports: a function `extern "C" fn() -> *const Module`.
pub const MODULE_SYMBOL: &str = "cmp_bridge_module";

/// What a module says of itself.
#[repr(C)]
#[derive(Debug)]
pub struct Module {
    /// [`MODULE_ABI`] of the compiler run that built it.
    pub abi: u32,
    /// Number of entries at `candidates`.
    pub candidate_count: u32,
    /// The candidates.
    pub candidates: *const Candidate,
    /// NUL-terminated `@(#)` identification string.
    pub what: *const c_char,
    /// Called once, by the agent or a replay worker, before any candidate: silences the module's panic messages.
    pub start: extern "C" fn(),
}

// SAFETY: a module's descriptor is immutable static data; the pointers lead to other immutable statics.
unsafe impl Sync for Module {}

/// One candidate of a module.
#[repr(C)]
#[derive(Debug)]
pub struct Candidate {
    /// NUL-terminated name of the routine, as in the contract.
    pub routine: *const c_char,
    /// Hash of the part of the contract this candidate was generated from (`routine_hash`).
    pub contract_hash: u64,
    /// Answers a call described by a frame.
    pub entry: Entry,
    /// The same behind the routine's exact ABI, for relinking and for tests.
    pub abi_entry: *const c_void,
    /// State areas, in the order of the contract's `state` list: [`Entry`] receives as many addresses.
    pub state_count: u32,
    /// Number of entries at `controls`.
    pub control_count: u32,
    /// Legacy routines this candidate may call through `Control`: filled in by the agent.
    pub controls: *const ControlSlot,
}

// SAFETY: immutable static data, like `Module`.
unsafe impl Sync for Candidate {}

/// A place where the agent writes how to reach a legacy routine.
#[repr(C)]
#[derive(Debug)]
pub struct ControlSlot {
    /// NUL-terminated name of the routine, as in the contract.
    pub routine: *const c_char,
    /// Hash of the part of the contract the call was generated from.
    pub contract_hash: u64,
    /// Where to write the address of the *trampoline* (never of the patched entry, which would recurse).
    pub address: *const core::sync::atomic::AtomicPtr<c_void>,
    /// Where to write the live addresses of the routine's state areas, in order.
    pub state: *const core::sync::atomic::AtomicPtr<u8>,
    /// How many.
    pub state_count: u32,
}

// SAFETY: the descriptor is immutable; what it leads to is atomic.
unsafe impl Sync for ControlSlot {}

/// Answers one call.
///
/// # Safety
/// `frame` describes a call of the routine the entry was generated for: registers and stack arguments as the System V
/// ABI puts them, every address in them null or valid for the extents the contract declares. `state` holds `state_count`
/// addresses of state areas, valid for their views.
pub type Entry = unsafe extern "C" fn(frame: *mut Frame, state: *const *mut u8) -> Answer;

/// What an entry did. Any other bit pattern is taken for [`Answer::DECLINED`].
#[repr(transparent)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer(pub u32);

impl Answer {
    /// The candidate answered; outputs, state and return registers are written.
    pub const ANSWERED: Answer = Answer(0);
    /// The candidate returned an error or a warning through the status convention. Written like `ANSWERED`.
    pub const STATUS: Answer = Answer(1);
    /// An argument is outside what the contract allows (null, misaligned, overlapping, invalid): nothing was written, the
    /// legacy routine must answer.
    pub const DECLINED: Answer = Answer(2);
    /// The candidate panicked; its panic became the routine's own error status.
    pub const PANICKED: Answer = Answer(3);
    /// The candidate panicked and the routine has no way to say so: everything it may have written is restored, the legacy
    /// routine must answer.
    pub const PANICKED_RESTORED: Answer = Answer(4);
    /// The candidate raised an exception: everything it may have written is restored, the legacy routine must answer, and
    /// raises its own. To the agent this is [`Answer::DECLINED`].
    pub const RAISED: Answer = Answer(5);
}
