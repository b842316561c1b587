//! What one thread of the legacy program owns while calls are observed.

use super::room;
use crate::ring::Appender;
use std::arch::{asm, global_asm};
use std::sync::atomic::{AtomicU64, Ordering, compiler_fence};

/// Deepest nesting of observed calls in one thread.
pub const MAX_DEPTH: usize = 1024;
/// Bytes for the candidate's copies of one thread.
pub const SCRATCH_BYTES: usize = 1 << 20;

/// A call that has begun and not ended.
#[derive(Clone, Copy)]
pub struct OpenCall {
    /// Stack pointer on entry.
    pub sp: u64,
    /// Number of the call in its thread.
    pub number: u64,
    /// Index of the routine.
    pub routine: u16,
    /// How much scratch memory was in use before it.
    pub scratch_used: usize,
}

/// State of one thread. Made before the program runs; handed out with a ring.
pub struct ThreadState {
    /// Where calls are written.
    pub ring: Option<Appender>,
    /// Stack pointer of the `enter` or `leave` at work, or 0. A signal handler that calls a hooked routine meanwhile is not
    /// recorded. One that left by longjmp is recognised by its stack pointer.
    busy: AtomicU64,
    /// The signal stack, once a handler was seen to run on it.
    signal_stack: (u64, u64),
    /// The candidate is at work beside the legacy routine: what it calls is no call of the program.
    pub in_candidate: bool,
    /// Number of the last call.
    pub number: u64,
    /// How many of `open` are in use.
    pub depth: usize,
    /// How many may be: each takes room on the program's stack.
    depth_limit: usize,
    /// The floor of the stack for which that was found out.
    floor: u64,
    /// Calls that have begun.
    pub open: [OpenCall; MAX_DEPTH],
    /// Memory for the candidate's copies.
    pub scratch: *mut u8,
    /// How much of it is in use.
    pub scratch_used: usize,
}

impl ThreadState {
    /// The state of a thread to come, with its part of the memory for copies.
    pub fn new(scratch: *mut u8) -> ThreadState {
        ThreadState {
            ring: None,
            busy: AtomicU64::new(0),
            signal_stack: (0, 0),
            in_candidate: false,
            number: 0,
            depth: 0,
            depth_limit: 0,
            floor: 0,
            open: [OpenCall { sp: 0, number: 0, routine: 0, scratch_used: 0 }; MAX_DEPTH],
            scratch,
            scratch_used: 0,
        }
    }

    /// Makes the state of a thread that is gone that of a new one.
    pub fn renew(&mut self, ring: Appender) {
        *self.busy.get_mut() = 0;
        self.signal_stack = (0, 0);
        self.in_candidate = false;
        self.number = 0;
        self.depth = 0;
        self.depth_limit = 0;
        self.floor = 0;
        self.scratch_used = 0;
        self.ring = Some(ring);
    }

    /// Whether one more call, at `sp`, may be open, each of which takes so many bytes of the stack it is made on.
    #[inline]
    pub fn may_nest(&mut self, sp: u64, frame_bytes: usize) -> bool {
        let floor = room::floor();
        if floor != self.floor {
            self.look_at_room(sp, floor, frame_bytes);
        }
        self.depth < self.depth_limit
    }

    /// On another stack, or in another part of it.
    #[cold]
    fn look_at_room(&mut self, sp: u64, floor: u64, frame_bytes: usize) {
        self.floor = floor;
        let more = (room::for_nested(sp, floor) as usize / frame_bytes.max(1)).max(1);
        self.depth_limit = self.depth.saturating_add(more).min(MAX_DEPTH);
    }

    /// From now on, until [`ThreadState::rest`], nobody else works on this state: not a signal handler either.
    #[inline]
    pub fn work(&self, sp: u64) {
        self.busy.store(sp, Ordering::Relaxed);
        compiler_fence(Ordering::SeqCst);
    }

    /// The work is done.
    #[inline]
    pub fn rest(&self) {
        compiler_fence(Ordering::SeqCst);
        self.busy.store(0, Ordering::Relaxed);
    }

    /// Whether this is a signal handler that interrupted the work on this state.
    #[inline]
    pub fn is_interrupted(&mut self, sp: u64) -> bool {
        let busy = self.busy.load(Ordering::Relaxed);
        busy != 0 && !self.has_left(busy, sp)
    }

    /// Whether the frame whose stack pointer was `mark` is gone, for code that runs at `sp`.
    #[inline]
    pub fn has_left(&mut self, mark: u64, sp: u64) -> bool {
        if mark > sp {
            // The usual case, a frame further up. Whoever is back on the thread's own stack has left the signal stack.
            return self.on_signal_stack(mark) && !self.on_signal_stack(sp);
        }
        // On one stack it is gone. But a signal stack may be above the thread's own.
        self.look_for_signal_stack();
        self.on_signal_stack(mark) || !self.on_signal_stack(sp)
    }

    fn on_signal_stack(&self, address: u64) -> bool {
        address >= self.signal_stack.0 && address < self.signal_stack.1
    }

    /// Asks the kernel, by a bare system call, whether this code runs on a signal stack, and remembers where that is.
    #[cold]
    fn look_for_signal_stack(&mut self) {
        let mut stack = libc::stack_t { ss_sp: std::ptr::null_mut(), ss_flags: 0, ss_size: 0 };
        let result: i64;
        // SAFETY: sigaltstack(NULL, &stack) writes to `stack` only.
        unsafe {
            asm!("syscall", inlateout("rax") libc::SYS_sigaltstack => result, in("rdi") 0u64, in("rsi") &raw mut stack,
                lateout("rcx") _, lateout("r11") _, options(nostack));
        }
        if result == 0 && stack.ss_flags & libc::SS_ONSTACK != 0 {
            let low = stack.ss_sp as u64;
            self.signal_stack = (low, low.saturating_add(stack.ss_size as u64));
        }
    }
}

// Initial-exec thread-local storage: one load, no call, no destructor. `thread_local!` would call __tls_get_addr.
global_asm!(
    ".section .tbss,\"awT\",@nobits",
    ".p2align 3",
    ".globl cmp_bridge_thread",
    ".hidden cmp_bridge_thread",
    ".type cmp_bridge_thread, @object",
    ".size cmp_bridge_thread, 8",
    "cmp_bridge_thread: .zero 8",
    ".text",
);

/// This thread's state, or null before its first observed call.
#[inline(always)]
pub fn current() -> *mut ThreadState {
    let state;
    // SAFETY: reads this thread's own eight bytes of TLS.
    unsafe {
        asm!("mov {0}, qword ptr [rip + cmp_bridge_thread@GOTTPOFF]", "mov {0}, qword ptr fs:[{0}]", out(reg) state,
            options(nostack, preserves_flags, readonly));
    }
    state
}

/// Gives this thread a state.
pub fn set_current(state: *mut ThreadState) {
    // SAFETY: writes this thread's own eight bytes of TLS.
    unsafe {
        asm!("mov {0}, qword ptr [rip + cmp_bridge_thread@GOTTPOFF]", "mov qword ptr fs:[{0}], {1}", out(reg) _,
            in(reg) state, options(nostack, preserves_flags));
    }
}

/// Kernel id of this thread, by a bare system call.
pub fn kernel_id() -> u32 {
    let id: u64;
    // SAFETY: gettid has no arguments and touches no memory.
    unsafe {
        asm!("syscall", inlateout("rax") libc::SYS_gettid => id, lateout("rcx") _, lateout("r11") _, options(nostack));
    }
    id as u32
}
