//! A stub that turns any call into a frame, as the agent's does: the compiler's own calls are the oracle for where
//! arguments are.

use cmp_bridge::frame::Frame;
use cmp_bridge::module::{Answer, Candidate};
use std::cell::Cell;
use std::ffi::c_void;

thread_local! {
    static CANDIDATE: Cell<Option<&'static Candidate>> = const { Cell::new(None) };
    static STATE: Cell<[*mut u8; 4]> = const { Cell::new([std::ptr::null_mut(); 4]) };
    static ANSWER: Cell<u32> = const { Cell::new(u32::MAX) };
}

// Frame: gpr 0, xmm 48, ret_gpr 176, ret_xmm 192, ret_x87 224, stack 256, sp 264; 272 bytes.
std::arch::global_asm!(
    ".globl cmp_bridge_test_stub",
    "cmp_bridge_test_stub:",
    "push rbp",
    "mov rbp, rsp",
    "sub rsp, 272",
    "mov [rsp], rdi",
    "mov [rsp + 8], rsi",
    "mov [rsp + 16], rdx",
    "mov [rsp + 24], rcx",
    "mov [rsp + 32], r8",
    "mov [rsp + 40], r9",
    "movups [rsp + 48], xmm0",
    "movups [rsp + 64], xmm1",
    "movups [rsp + 80], xmm2",
    "movups [rsp + 96], xmm3",
    "movups [rsp + 112], xmm4",
    "movups [rsp + 128], xmm5",
    "movups [rsp + 144], xmm6",
    "movups [rsp + 160], xmm7",
    "lea rax, [rbp + 16]",
    "mov [rsp + 256], rax",
    "lea rax, [rbp + 8]",
    "mov [rsp + 264], rax",
    "mov rdi, rsp",
    "call {answer}",
    "mov rax, [rsp + 176]",
    "mov rdx, [rsp + 184]",
    "movups xmm0, [rsp + 192]",
    "movups xmm1, [rsp + 208]",
    "leave",
    "ret",
    answer = sym answer,
);

// SAFETY: the assembly above; only its address is used.
unsafe extern "C" {
    fn cmp_bridge_test_stub();
}

/// # Safety
/// From the stub only, with the frame it made.
unsafe extern "C" fn answer(frame: *mut Frame) {
    let Some(candidate) = CANDIDATE.get() else { return };
    let state = STATE.get();
    // SAFETY: the stub made the frame of a call of this candidate's routine; the test gave its state.
    let answer = unsafe { (candidate.entry)(frame, state.as_ptr()) };
    ANSWER.set(answer.0);
}

/// The address of code that has every signature: it answers through `candidate`, with `state`.
pub fn routed(candidate: &'static Candidate, state: &[*mut u8]) -> *const c_void {
    let mut areas = [std::ptr::null_mut(); 4];
    areas[..state.len()].copy_from_slice(state);
    CANDIDATE.set(Some(candidate));
    STATE.set(areas);
    ANSWER.set(u32::MAX);
    cmp_bridge_test_stub as *const c_void
}

/// What the last call on this thread was answered with.
pub fn last_answer() -> Answer {
    Answer(ANSWER.get())
}
