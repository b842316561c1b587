//! The frame that stands between Rust and legacy code that may raise.

use super::{Exception, Runtime, personality};
use std::arch::global_asm;
use std::ffi::c_void;
use std::mem::{ManuallyDrop, MaybeUninit};

global_asm!(
    ".section .text.cmp_bridge_barrier,\"ax\",@progbits",
    ".p2align 4",
    ".globl cmp_bridge_barrier", ".hidden cmp_bridge_barrier", ".type cmp_bridge_barrier, @function",
    "cmp_bridge_barrier:",
    ".cfi_startproc",
    ".cfi_personality 0x1b, {personality}",
    // In place of a table: where to go on with the exception in rax.
    ".cfi_lsda 0x1b, cmp_bridge_barrier_caught",
    "push rbp", ".cfi_def_cfa_offset 16", ".cfi_offset rbp, -16",
    "mov rbp, rsp", ".cfi_def_cfa_register rbp",
    "mov rax, rdi", "mov rdi, rsi",
    "call rax",
    "xor eax, eax",
    "cmp_bridge_barrier_caught:",
    "pop rbp", ".cfi_def_cfa rsp, 8",
    "ret",
    ".cfi_endproc",
    ".size cmp_bridge_barrier, . - cmp_bridge_barrier",
    ".text",
    personality = sym personality::foreign_exception,
);

// SAFETY: as the assembly above takes its arguments.
unsafe extern "C-unwind" {
    /// Calls `run` with `data`. Null when that returned, else the exception that came out of it.
    fn cmp_bridge_barrier(run: unsafe extern "C-unwind" fn(*mut c_void), data: *mut c_void) -> *mut u8;
}

struct Job<F, R> {
    call: ManuallyDrop<F>,
    result: MaybeUninit<R>,
}

/// Runs `call`, which may let C++ and Ada exceptions out of the legacy code that it calls: they end here. A panic of `call`
/// goes on, and so does what cancels a thread.
///
/// What `call` owns is dropped while an exception passes, as for a panic.
#[inline]
pub fn caught<R>(call: impl FnOnce() -> R) -> Result<R, Exception> {
    ended(call, None)
}

/// The same where the C++ run-time is linked: it need not export anything.
#[inline]
pub fn caught_by<R>(runtime: &Runtime, call: impl FnOnce() -> R) -> Result<R, Exception> {
    ended(call, Some(runtime))
}

#[inline(always)]
fn ended<R>(call: impl FnOnce() -> R, linked: Option<&Runtime>) -> Result<R, Exception> {
    let mut job = Job { call: ManuallyDrop::new(call), result: MaybeUninit::uninit() };
    let run = runner(&job);
    // SAFETY: `run` is called once, with this very job, which outlives the call.
    let exception = unsafe { cmp_bridge_barrier(run, (&raw mut job).cast()) };
    if exception.is_null() {
        // SAFETY: `run` has returned, and so written its result.
        Ok(unsafe { job.result.assume_init() })
    } else {
        // SAFETY: it was delivered to the barrier's frame.
        Err(unsafe { Exception::take(exception, linked) })
    }
}

fn runner<F: FnOnce() -> R, R>(_: &Job<F, R>) -> unsafe extern "C-unwind" fn(*mut c_void) {
    /// # Safety
    /// From the barrier only, once, with the job of `caught`.
    unsafe extern "C-unwind" fn run<F: FnOnce() -> R, R>(data: *mut c_void) {
        let job = data.cast::<Job<F, R>>();
        // SAFETY: `caught` passes its own job, of this very type, and uses it again only after this has returned; the call
        // is taken out of it here and nowhere else.
        unsafe {
            let call = ManuallyDrop::take(&mut (*job).call);
            (*job).result.write(call());
        }
    }
    run::<F, R>
}
