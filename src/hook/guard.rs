//! Calling a candidate so that the program's errno and floating-point environment do not show it.

use crate::frame::Frame;
use crate::module::{Answer, Entry};
use std::arch::asm;
use std::mem::MaybeUninit;

/// A call of a candidate: what [`Entry`] takes.
pub(super) type Call = (Entry, *mut Frame, *const *mut u8);

/// MXCSR and x87 control word, as the stub stores them.
#[repr(C)]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Environment {
    /// Control and exception flags of SSE.
    pub mxcsr: u32,
    /// Control word of the x87.
    pub x87: u16,
}

/// Control bits of MXCSR: rounding, flush to zero, denormals are zero, exception masks. The others are exception flags.
const CONTROL_BITS: u32 = 0xffc0;
/// What Rust is compiled for.
const MXCSR: u32 = 0x1f80;
const X87: u16 = 0x037f;
/// The exception flags in the status word of the x87, and their masks in its control word.
const X87_FLAGS: u16 = 0x3f;

/// Calls a candidate in route `rust`: with errno preserved, and with the floating-point environment it was compiled for.
///
/// A `caller` that has that environment already keeps it without a second look, which would cost as much as saving all
/// registers: Rust code never returns with other control bits than it was called with. Exception flags stay raised, as
/// the legacy routine's would.
///
/// # Safety
/// As for [`Entry`]; `caller` is the present environment.
#[inline(always)]
pub(super) unsafe fn call(call: Call, errno: ErrnoDistance, caller: Environment) -> Answer {
    let (entry, frame, state) = call;
    // SAFETY: the caller's promise.
    unsafe {
        let kept = errno.read();
        let usual = caller.mxcsr & CONTROL_BITS == MXCSR && caller.x87 == X87;
        let answer = if usual { entry(frame, state) } else { call_in_default(call, caller, CONTROL_BITS) };
        errno.write(kept);
        answer
    }
}

/// The same so that not even an exception flag shows it, as in route `shadow`.
///
/// # Safety
/// As for [`Entry`].
pub(super) unsafe fn call_unseen(call: Call, errno: ErrnoDistance) -> Answer {
    // SAFETY: the caller's promise.
    unsafe {
        let kept = errno.read();
        let answer = call_in_default(call, environment(), u32::MAX);
        errno.write(kept);
        answer
    }
}

/// Calls a candidate in the environment it was compiled for, and gives back those bits of MXCSR that `kept` names, and
/// the x87 control word. Reloads only what differs. Flags that the candidate raised in the x87 are lowered where somebody
/// could tell: where all of MXCSR is kept, and where they would trap in the caller's environment.
///
/// # Safety
/// As for [`Entry`]; `caller` is the present environment.
#[inline(never)]
unsafe fn call_in_default((entry, frame, state): Call, caller: Environment, kept: u32) -> Answer {
    // SAFETY: the caller's promise; control registers get their defaults, then valid values of before.
    unsafe {
        if caller.mxcsr & CONTROL_BITS != MXCSR {
            set_mxcsr(MXCSR);
        }
        if caller.x87 != X87 {
            set_x87(X87);
        }
        let status = x87_status();
        let answer = entry(frame, state);
        let now = environment();
        let raised = x87_status() & !status & X87_FLAGS;
        let trapping = if kept == u32::MAX { X87_FLAGS } else { !caller.x87 };
        if raised & trapping != 0 {
            lower_x87_flags(raised);
        }
        if (now.mxcsr ^ caller.mxcsr) & kept != 0 {
            set_mxcsr(caller.mxcsr & kept | now.mxcsr & !kept);
        }
        if now.x87 != caller.x87 {
            set_x87(caller.x87);
        }
        answer
    }
}

/// The present environment.
fn environment() -> Environment {
    // Read back in the very sizes they were stored in: anything else waits until the stores have left the processor.
    let (mut mxcsr, mut x87) = (MaybeUninit::<u32>::uninit(), MaybeUninit::<u16>::uninit());
    // SAFETY: two stores of control registers to locals, which they initialise.
    unsafe {
        asm!("stmxcsr dword ptr [{}]", "fnstcw word ptr [{}]", in(reg) mxcsr.as_mut_ptr(), in(reg) x87.as_mut_ptr(),
            options(nostack, preserves_flags));
        Environment { mxcsr: mxcsr.assume_init(), x87: x87.assume_init() }
    }
}

/// The status word of the x87.
fn x87_status() -> u16 {
    let status: u16;
    // SAFETY: reads one word of the processor.
    unsafe { asm!("fnstsw ax", out("ax") status, options(nostack, nomem, preserves_flags)) };
    status
}

/// Lowers exception flags of the x87, and the summary of those that are not masked.
///
/// # Safety
/// All exceptions of the x87 are masked.
#[cold]
unsafe fn lower_x87_flags(flags: u16) {
    const SUMMARY: u16 = 0x8080;
    // Control word, status word, and five more, in four bytes each.
    let mut all = [0u32; 7];
    // SAFETY: stores 28 bytes of the x87's environment to a local and loads them again, some flags lowered.
    unsafe {
        asm!("fnstenv [{}]", in(reg) all.as_mut_ptr(), options(nostack, preserves_flags));
        all[1] &= !u32::from(flags | SUMMARY);
        asm!("fldenv [{}]", in(reg) all.as_ptr(), options(nostack, preserves_flags));
    }
}

/// # Safety
/// `value` must be a valid MXCSR value.
unsafe fn set_mxcsr(value: u32) {
    // SAFETY: the caller's promise.
    unsafe { asm!("ldmxcsr dword ptr [{}]", in(reg) &raw const value, options(nostack, preserves_flags)) };
}

/// # Safety
/// The x87 stack is as the ABI wants it.
unsafe fn set_x87(value: u16) {
    // SAFETY: any 16 bits are a valid control word.
    unsafe { asm!("fldcw word ptr [{}]", in(reg) &raw const value, options(nostack, preserves_flags)) };
}

/// Distance from a thread's pointer to its errno: the same for all threads, since libc's errno is initial-exec.
#[derive(Debug, Clone, Copy)]
pub struct ErrnoDistance(isize);

impl ErrnoDistance {
    /// Measured in this thread.
    pub fn of_this_process() -> ErrnoDistance {
        let pointer: usize;
        // SAFETY: the thread pointer stands at its own address, by the ABI; libc's errno of this thread.
        let errno = unsafe {
            asm!("mov {}, qword ptr fs:[0]", out(reg) pointer, options(nostack, preserves_flags, readonly));
            libc::__errno_location() as usize
        };
        ErrnoDistance(errno.wrapping_sub(pointer) as isize)
    }

    #[inline(always)]
    fn read(self) -> i32 {
        let value: i32;
        // SAFETY: this thread's own errno.
        unsafe {
            asm!("mov {0:e}, dword ptr fs:[{1}]", out(reg) value, in(reg) self.0,
                options(nostack, preserves_flags, readonly));
        }
        value
    }

    #[inline(always)]
    fn write(self, value: i32) {
        // SAFETY: this thread's own errno.
        unsafe {
            asm!("mov dword ptr fs:[{0}], {1:e}", in(reg) self.0, in(reg) value, options(nostack, preserves_flags));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errno() -> i32 {
        // SAFETY: libc's errno of this thread.
        unsafe { *libc::__errno_location() }
    }

    #[test]
    fn errno_is_as_far_in_every_thread() {
        let distance = ErrnoDistance::of_this_process();
        let check = move || {
            for value in [0, 7, -1] {
                distance.write(value);
                assert_eq!((errno(), distance.read()), (value, value));
            }
        };
        check();
        assert!(std::thread::spawn(check).join().is_ok());
    }

    /// # Safety
    /// `frame` is valid.
    /// A candidate that says what environment it runs in, breaks errno and raises a flag.
    ///
    /// # Safety
    /// `frame` is one.
    unsafe extern "C" fn looks(frame: *mut Frame, _: *const *mut u8) -> Answer {
        // SAFETY: the test's own frame; an errno of this thread; a division that raises a flag.
        unsafe {
            let seen = environment();
            (*frame).ret_gpr = [u64::from(seen.mxcsr & CONTROL_BITS), u64::from(seen.x87)];
            *libc::__errno_location() = 99;
            asm!("divss {0}, {1}", inout(xmm_reg) 1.0_f32 => _, in(xmm_reg) 3.0_f32);
        }
        Answer::ANSWERED
    }

    /// What is left of an environment after a candidate ran in it.
    fn after(mxcsr: u32, x87: u16, unseen: bool) -> Environment {
        let distance = ErrnoDistance::of_this_process();
        let usual = environment();
        let mut frame = Frame {
            gpr: [0; 6],
            xmm: [[0; 16]; 8],
            ret_gpr: [0; 2],
            ret_xmm: [[0; 16]; 2],
            ret_x87: [[0; 16]; 2],
            stack: std::ptr::null(),
            sp: 0,
        };
        let what: Call = (looks, &raw mut frame, std::ptr::null());
        distance.write(5);
        // SAFETY: valid values, the usual ones put back; `looks` touches the frame only.
        let left = unsafe {
            set_mxcsr(mxcsr);
            set_x87(x87);
            match unseen {
                true => call_unseen(what, distance),
                false => call(what, distance, environment()),
            };
            let left = environment();
            set_mxcsr(usual.mxcsr);
            set_x87(usual.x87);
            left
        };
        assert_eq!(distance.read(), 5);
        assert_eq!(frame.ret_gpr, [u64::from(MXCSR), u64::from(X87)], "the candidate's environment");
        left
    }

    #[test]
    fn a_candidate_runs_in_rusts_environment_and_its_caller_keeps_its_own() {
        const INEXACT: u32 = 0x20;
        // Flush to zero and denormals are zero; rounding down; the x87 in double precision.
        for mxcsr in [MXCSR, MXCSR | 0x8040, MXCSR | 0x2000] {
            for x87 in [X87, 0x027f] {
                assert_eq!(after(mxcsr, x87, false), Environment { mxcsr: mxcsr | INEXACT, x87 });
                assert_eq!(after(mxcsr, x87, true), Environment { mxcsr, x87 });
            }
        }
    }
}
