//! How much room a call has on the stack it is made on, found out before the stub takes any of it.
//!
//! The stub compares its stack pointer with what is known of the stack this thread runs on. Only where that is unknown
//! does it look: on the signal stack, as the kernel tells it; on the first thread's, as its limit says; on another thread's,
//! as its descriptor says. A stack that is none of these is not known to end anywhere: what can be read below it may be the
//! program's data. So nothing is observed there. Looking takes a system call and some 160 bytes of the stack, and is in
//! assembly for that reason: a handler on a signal stack may have a few hundred left.

use super::runtime::Hooked;
use crate::control::Route;
use std::arch::{asm, global_asm};
use std::sync::atomic::{AtomicPtr, AtomicU8, AtomicU64, Ordering};

/// What observing a call may take at the most, with a margin: the frame of the stub, `enter` and `leave` (below 6 KiB,
/// and twice that without optimisation), copies of stack arguments.
const NEEDED: u64 = 24 << 10;
/// The same with a candidate, of which nothing is known, on top.
const NEEDED_BY_CANDIDATE: u64 = 64 << 10;
/// Nested observed calls may take this part of a large stack, such as the first thread's ...
const PART: u64 = 32;
/// ... but as much as this part of the first so many bytes, or of a smaller one.
const SMALL_PART: u64 = 16;
const SMALL: u64 = 256 << 10;

/// Words of a thread's descriptor that are searched for the place of its stack. In glibc 2.36 the descriptor ends with its block,
/// 296 words on, and the place is word 210. It is known by what it says: address, size and closed bytes of a block that ends just
/// above the descriptor and in which the stack pointer lies.
const DESCRIPTOR_WORDS: u64 = 256;
/// The block of a thread ends at most so far above its descriptor.
const ABOVE_DESCRIPTOR: u64 = 8 << 10;

/// What the assembly needs of a routine.
#[repr(C)]
struct Exit {
    trampoline: u64,
    dropped: *const AtomicU64,
    route: *const AtomicU8,
    _reserved: u64,
}

static EXITS: AtomicPtr<Exit> = AtomicPtr::new(std::ptr::null_mut());
static ALIVE: AtomicPtr<AtomicU8> = AtomicPtr::new(std::ptr::null_mut());
static MAIN_LOW: AtomicU64 = AtomicU64::new(0);
static MAIN_HIGH: AtomicU64 = AtomicU64::new(0);

/// Publishes what the assembly needs. Before the first hook is installed, once.
pub(super) fn publish(routines: &[Hooked], alive: &'static AtomicU8, main_stack: (u64, u64)) {
    let exit = |hooked: &Hooked| Exit {
        trampoline: hooked.trampoline,
        dropped: &raw const hooked.counters.dropped,
        route: std::ptr::from_ref(hooked.route),
        _reserved: 0,
    };
    let exits: Vec<Exit> = routines.iter().map(exit).collect();
    EXITS.store(Box::leak(exits.into_boxed_slice()).as_mut_ptr(), Ordering::Release);
    ALIVE.store(std::ptr::from_ref(alive).cast_mut(), Ordering::Release);
    MAIN_LOW.store(main_stack.0, Ordering::Release);
    MAIN_HIGH.store(main_stack.1, Ordering::Release);
}

/// The stack pointer below which this thread is not observed, on the stack it runs on.
#[inline(always)]
pub(super) fn floor() -> u64 {
    let floor;
    // SAFETY: reads this thread's own eight bytes of TLS.
    unsafe {
        asm!("mov {0}, qword ptr [rip + cmp_bridge_stack@GOTTPOFF]", "mov {0}, qword ptr fs:[{0}]", out(reg) floor,
            options(nostack, preserves_flags, readonly));
    }
    floor
}

/// Whether a candidate may run beside the legacy routine, for a call at `sp`.
pub(super) fn has_candidate_room(sp: u64) -> bool {
    sp.saturating_sub(floor()) >= NEEDED_BY_CANDIDATE - NEEDED
}

/// Bytes that observed calls inside one at `sp` may take.
pub(super) fn for_nested(sp: u64, floor: u64) -> u64 {
    let room = sp.saturating_sub(floor).saturating_add(NEEDED);
    (room.min(SMALL) / SMALL_PART).max(room / PART)
}

// This thread's stack: the floor, and the first address that is not known to belong to it. Both 0 at first. The second is 0 for
// a signal stack, which the program may put elsewhere at any time: every call there looks. The first is -1 where nothing is known.
global_asm!(
    ".section .tbss,\"awT\",@nobits",
    ".p2align 4",
    ".globl cmp_bridge_stack",
    ".hidden cmp_bridge_stack",
    ".type cmp_bridge_stack, @object",
    ".size cmp_bridge_stack, 16",
    "cmp_bridge_stack: .zero 16",
    ".text",
);

// Called by the stub, all registers as the caller left them but rbp, which leads to `cmp_bridge_stack`. On the stack: the
// address in the stub, the caller's rbp, the routine's index. Leaves all registers. Carry clear: there is room. Carry set:
// the index's place holds the trampoline's address, and the call is counted.
global_asm!(
    ".section .text.cmp_bridge_look,\"ax\",@progbits", ".p2align 4",
    ".globl cmp_bridge_look", ".hidden cmp_bridge_look", ".type cmp_bridge_look, @function",
    "cmp_bridge_look:",
    ".cfi_startproc",
    "push rax", ".cfi_adjust_cfa_offset 8", "push rcx", ".cfi_adjust_cfa_offset 8",
    "push rdx", ".cfi_adjust_cfa_offset 8", "push rsi", ".cfi_adjust_cfa_offset 8",
    "push rdi", ".cfi_adjust_cfa_offset 8", "push r8", ".cfi_adjust_cfa_offset 8",
    "push r9", ".cfi_adjust_cfa_offset 8", "push r10", ".cfi_adjust_cfa_offset 8",
    "push r11", ".cfi_adjust_cfa_offset 8", "sub rsp, 64", ".cfi_adjust_cfa_offset 64",
    "mov rax, [rsp + 152]", "shl rax, 5", "add rax, [rip + {exits}]", "mov [rsp + 56], rax",
    // In route `rust` the candidate answers, wherever it is called. The first such call of a thread looks all the same, so
    // that the next ones do not come here.
    "lea rdx, [rsp + 144]",
    "mov rcx, [rax + 16]", "cmp byte ptr [rcx], {rust}", "jne 1f",
    "cmp qword ptr fs:[rbp], 0", "je 2f", "jmp 8f",
    "1:",
    // A forked child is not observed.
    "mov rcx, [rip + {alive}]", "cmp byte ptr [rcx], 0", "je 7f",
    // Known, and too little?
    "mov rsi, fs:[rbp]", "sub rsi, {needed}", "cmp rdx, rsi", "jb 2f",
    "cmp rdx, fs:[rbp + 8]", "jb 6f",
    // sigaltstack(NULL, rsp)
    "2:", "xor edi, edi", "mov rsi, rsp", "mov eax, {sigaltstack}", "syscall",
    "test eax, eax", "jnz 3f", "test byte ptr [rsp + 8], {onstack}", "jz 3f",
    "mov rsi, [rsp]", "xor edi, edi", "jmp 5f",
    "3:", "mov rsi, [rip + {main_low}]", "mov rdi, [rip + {main_high}]",
    "cmp rdx, rsi", "jb 30f", "cmp rdx, rdi", "jb 5f",
    // The descriptor of the thread leads to itself at 16.
    "30:", "mov rdi, fs:[16]", "xor eax, eax",
    "31:", "mov rsi, [rdi + 8 * rax]", "mov rcx, [rdi + 8 * rax + 8]", "mov r8, [rdi + 8 * rax + 16]",
    "test rsi, rsi", "jz 32f", "mov r9, rcx", "shr r9, 40", "jnz 32f", "cmp r8, rcx", "jae 32f",
    "mov r9, rsi", "add r9, rcx", "jc 32f",
    "sub r9, rdi", "jbe 32f", "cmp r9, {above}", "ja 32f",
    "test r8, 4095", "jnz 32f", "add rsi, r8", "jc 32f",
    "cmp rdx, rsi", "jb 32f", "cmp rdx, rdi", "jb 5f",
    "32:", "inc eax", "cmp eax, {words}", "jb 31b",
    "mov qword ptr fs:[rbp], -1", "mov qword ptr fs:[rbp + 8], 0", "jmp 6f",
    // From rsi to rdi. A signal handler in between may have looked, too: its half of the answer must not stay.
    "5:", "add rsi, {needed}",
    "50:", "mov qword ptr fs:[rbp], -1", "mov fs:[rbp + 8], rdi", "mov fs:[rbp], rsi",
    "cmp fs:[rbp], rsi", "jne 50b", "cmp fs:[rbp + 8], rdi", "jne 50b",
    "cmp rdx, rsi", "jae 8f",
    "6:", "mov rax, [rsp + 56]", "mov rcx, [rax + 16]", "cmp byte ptr [rcx], {rust}", "je 8f",
    "mov rcx, [rax + 8]", "lock inc qword ptr [rcx]",
    "7:", "mov rax, [rsp + 56]", "mov rax, [rax]", "mov [rsp + 152], rax", "stc", "jmp 9f",
    "8:", "clc",
    "9:", "lea rsp, [rsp + 64]", ".cfi_adjust_cfa_offset -64",
    "pop r11", ".cfi_adjust_cfa_offset -8", "pop r10", ".cfi_adjust_cfa_offset -8",
    "pop r9", ".cfi_adjust_cfa_offset -8", "pop r8", ".cfi_adjust_cfa_offset -8",
    "pop rdi", ".cfi_adjust_cfa_offset -8", "pop rsi", ".cfi_adjust_cfa_offset -8",
    "pop rdx", ".cfi_adjust_cfa_offset -8", "pop rcx", ".cfi_adjust_cfa_offset -8",
    "pop rax", ".cfi_adjust_cfa_offset -8",
    "ret",
    ".cfi_endproc",
    ".size cmp_bridge_look, . - cmp_bridge_look", ".text",
    exits = sym EXITS,
    alive = sym ALIVE,
    main_low = sym MAIN_LOW,
    main_high = sym MAIN_HIGH,
    rust = const Route::Rust as u8,
    needed = const NEEDED,
    above = const ABOVE_DESCRIPTOR,
    words = const DESCRIPTOR_WORDS,
    onstack = const libc::SS_ONSTACK,
    sigaltstack = const libc::SYS_sigaltstack,
);
