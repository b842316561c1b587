//! The common stub: from a thunk to `enter`, the legacy code, `leave`, and back to the caller.
//!
//! The legacy code runs with all registers as the caller left them, and the caller gets all registers as the legacy code
//! left them: `gcc -O2` lets a caller keep values in registers that it knows the callee not to write (`-fipa-ra`). While
//! the legacy code runs there is only this assembly frame on the stack, with unwind information, so that exceptions and
//! longjmp pass. Stack arguments are copied to an address that is the same modulo 64.

use super::guard::Environment;
use crate::frame::Frame;
use std::arch::global_asm;
use std::mem::offset_of;

/// What [`super::runtime::enter`] tells the stub to do.
pub mod verdict {
    /// Go to the trampoline as if nobody had been here.
    pub const PASS: u32 = 0;
    /// Call the trampoline, then `leave`.
    pub const OBSERVE: u32 = 1;
    /// Return to the caller with the return registers of the frame.
    pub const ANSWERED: u32 = 2;
}

/// The stub's stack frame. `enter` and `leave` see it; the assembly below knows its offsets.
#[repr(C)]
pub struct Context {
    /// Arguments and return registers.
    pub frame: Frame,
    /// rax, r10, r11 on entry.
    pub(super) scratch: [u64; 3],
    /// rcx, rsi, rdi, r8, r9, r10, r11 as the legacy code left them.
    after: [u64; 7],
    /// xmm8 ... xmm15 on entry, then xmm2 ... xmm15 as the legacy code left them.
    high: [[u8; 16]; 14],
    /// Where the legacy code is reached: set by `enter`.
    pub(super) trampoline: u64,
    /// Bytes of stack arguments to copy: set by `enter`.
    pub(super) stack_bytes: u64,
    /// Number of x87 return registers to keep: set by `enter`.
    pub(super) x87: u64,
    /// Index of the routine.
    pub(super) routine: u64,
    /// Number of the call in its thread: set by `enter`, read by `leave`.
    pub(super) number: u64,
    /// Route of this call, so that one that changes meanwhile does not tear it.
    pub(super) route: u64,
    /// Start of the candidate's copies in the thread's scratch memory, in route `shadow`.
    pub(super) copies: u64,
    /// Time stamp at which the legacy code began, in route `shadow`.
    pub(super) began: u64,
    /// Floating-point environment on entry.
    pub(super) environment: Environment,
    _end: u64,
}

/// Bytes the stub needs below rbp for vector registers wider than xmm.
const WIDE: usize = 32 * 64 + 64;
/// rbp is 8 modulo 16 in a conforming call; this keeps the context 16-byte aligned there, which is fastest.
const NARROW_SIZE: usize = size_of::<Context>() + 8;
const WIDE_SIZE: usize = NARROW_SIZE + WIDE;

const _: () = assert!(size_of::<Context>().is_multiple_of(16));

/// Assembly text that loads the registers as they were on entry, but for those that may carry a result.
macro_rules! load_others {
    () => {
        "movups xmm2, [rbp - {size} + {xmm} + 32]
        movups xmm3, [rbp - {size} + {xmm} + 48]
        movups xmm4, [rbp - {size} + {xmm} + 64]
        movups xmm5, [rbp - {size} + {xmm} + 80]
        movups xmm6, [rbp - {size} + {xmm} + 96]
        movups xmm7, [rbp - {size} + {xmm} + 112]
        movups xmm8, [rbp - {size} + {high}]
        movups xmm9, [rbp - {size} + {high} + 16]
        movups xmm10, [rbp - {size} + {high} + 32]
        movups xmm11, [rbp - {size} + {high} + 48]
        movups xmm12, [rbp - {size} + {high} + 64]
        movups xmm13, [rbp - {size} + {high} + 80]
        movups xmm14, [rbp - {size} + {high} + 96]
        movups xmm15, [rbp - {size} + {high} + 112]
        mov rdi, [rbp - {size} + {gpr}]
        mov rsi, [rbp - {size} + {gpr} + 8]
        mov rcx, [rbp - {size} + {gpr} + 24]
        mov r8, [rbp - {size} + {gpr} + 32]
        mov r9, [rbp - {size} + {gpr} + 40]
        mov r10, [rbp - {size} + {scratch} + 8]
        mov r11, [rbp - {size} + {scratch} + 16]"
    };
}

/// Those that may carry a result, as they were on entry.
macro_rules! load_returns {
    () => {
        "movups xmm0, [rbp - {size} + {xmm}]
        movups xmm1, [rbp - {size} + {xmm} + 16]
        mov rax, [rbp - {size} + {scratch}]
        mov rdx, [rbp - {size} + {gpr} + 16]"
    };
}

/// Assembly text of one stub. `$size`: bytes below rbp. `$save`, `$load`: wide vector registers, in the `{wide}` area.
macro_rules! stub {
    ($name:literal, $size:expr, [$($save:literal),*], [$($load:literal),*]) => {
        global_asm!(
            concat!(".section .text.", $name, ",\"ax\",@progbits"), ".p2align 6",
            concat!(".globl ", $name), concat!(".hidden ", $name), concat!(".type ", $name, ", @function"),
            concat!($name, ":"),
            ".cfi_startproc",
            // On the stack: the routine's index (pushed by the thunk), the return address, the stack arguments.
            ".cfi_def_cfa rsp, 16",
            "push rbp", ".cfi_def_cfa_offset 24", ".cfi_offset rbp, -24", ".cfi_remember_state",
            // Is there room on this stack?
            "mov rbp, [rip + cmp_bridge_stack@GOTTPOFF]",
            "cmp rsp, fs:[rbp]", "jb 80f", "cmp rsp, fs:[rbp + 8]", "jae 80f",
            "10:",
            "mov rbp, rsp", ".cfi_def_cfa_register rbp",
            "lea rsp, [rbp - {size}]",
            // First, since reading MXCSR waits for all that came before: long before anybody looks at what it says.
            "stmxcsr [rbp - {size} + {mxcsr}]", "fnstcw [rbp - {size} + {x87_control}]",
            "mov [rbp - {size} + {gpr}], rdi", "mov [rbp - {size} + {gpr} + 8], rsi",
            "mov [rbp - {size} + {gpr} + 16], rdx", "mov [rbp - {size} + {gpr} + 24], rcx",
            "mov [rbp - {size} + {gpr} + 32], r8", "mov [rbp - {size} + {gpr} + 40], r9",
            "mov [rbp - {size} + {scratch}], rax", "mov [rbp - {size} + {scratch} + 8], r10",
            "mov [rbp - {size} + {scratch} + 16], r11",
            "movups [rbp - {size} + {xmm}], xmm0", "movups [rbp - {size} + {xmm} + 16], xmm1",
            "movups [rbp - {size} + {xmm} + 32], xmm2", "movups [rbp - {size} + {xmm} + 48], xmm3",
            "movups [rbp - {size} + {xmm} + 64], xmm4", "movups [rbp - {size} + {xmm} + 80], xmm5",
            "movups [rbp - {size} + {xmm} + 96], xmm6", "movups [rbp - {size} + {xmm} + 112], xmm7",
            "movups [rbp - {size} + {high}], xmm8", "movups [rbp - {size} + {high} + 16], xmm9",
            "movups [rbp - {size} + {high} + 32], xmm10", "movups [rbp - {size} + {high} + 48], xmm11",
            "movups [rbp - {size} + {high} + 64], xmm12", "movups [rbp - {size} + {high} + 80], xmm13",
            "movups [rbp - {size} + {high} + 96], xmm14", "movups [rbp - {size} + {high} + 112], xmm15",
            $($save,)*
            "lea rax, [rbp + 24]", "mov [rbp - {size} + {stack}], rax",
            "lea rax, [rbp + 16]", "mov [rbp - {size} + {sp}], rax",
            "lea rdi, [rbp - {size}]", "mov rsi, [rbp + 8]",
            "and rsp, -16",
            "call {enter}",
            "cmp eax, 1", "je 20f", "ja 60f",
            // PASS: the index's place becomes the address to return to, which is the trampoline.
            "mov rax, [rbp - {size} + {trampoline}]", "mov [rbp + 8], rax",
            $($load,)*
            load_others!(), load_returns!(),
            "mov rsp, rbp", "pop rbp",
            ".cfi_remember_state", ".cfi_def_cfa rsp, 16", ".cfi_restore rbp",
            "ret",
            ".cfi_restore_state",
            // OBSERVE: copy the stack arguments, call the legacy code, keep what it leaves.
            "20:",
            "mov rcx, [rbp - {size} + {stack_bytes}]", "lea rsi, [rbp + 24]",
            "lea rdx, [rbp - {size}]", "sub rdx, rcx",
            "mov rax, rdx", "sub rax, rsi", "and eax, 63", "sub rdx, rax", "mov rsp, rdx",
            "test rcx, rcx", "jz 40f",
            "30:", "mov rax, [rsi + rcx - 8]", "mov [rdx + rcx - 8], rax", "sub rcx, 8", "jnz 30b",
            "40:",
            $($load,)*
            load_others!(), load_returns!(),
            "call [rbp - {size} + {trampoline}]",
            "mov [rbp - {size} + {ret_gpr}], rax", "mov [rbp - {size} + {ret_gpr} + 8], rdx",
            "mov [rbp - {size} + {after}], rcx", "mov [rbp - {size} + {after} + 8], rsi",
            "mov [rbp - {size} + {after} + 16], rdi", "mov [rbp - {size} + {after} + 24], r8",
            "mov [rbp - {size} + {after} + 32], r9", "mov [rbp - {size} + {after} + 40], r10",
            "mov [rbp - {size} + {after} + 48], r11",
            "movups [rbp - {size} + {ret_xmm}], xmm0", "movups [rbp - {size} + {ret_xmm} + 16], xmm1",
            "movups [rbp - {size} + {high}], xmm2", "movups [rbp - {size} + {high} + 16], xmm3",
            "movups [rbp - {size} + {high} + 32], xmm4", "movups [rbp - {size} + {high} + 48], xmm5",
            "movups [rbp - {size} + {high} + 64], xmm6", "movups [rbp - {size} + {high} + 80], xmm7",
            "movups [rbp - {size} + {high} + 96], xmm8", "movups [rbp - {size} + {high} + 112], xmm9",
            "movups [rbp - {size} + {high} + 128], xmm10", "movups [rbp - {size} + {high} + 144], xmm11",
            "movups [rbp - {size} + {high} + 160], xmm12", "movups [rbp - {size} + {high} + 176], xmm13",
            "movups [rbp - {size} + {high} + 192], xmm14", "movups [rbp - {size} + {high} + 208], xmm15",
            $($save,)*
            "cmp qword ptr [rbp - {size} + {x87}], 0", "je 50f",
            // Nothing there, whatever the contract says: storing it would put garbage there for good.
            "fxam", "fnstsw ax", "and ah, 0x45", "cmp ah, 0x41", "jne 45f",
            "mov qword ptr [rbp - {size} + {x87}], 0", "jmp 50f",
            "45:",
            "fstp tbyte ptr [rbp - {size} + {ret_x87}]",
            "cmp qword ptr [rbp - {size} + {x87}], 1", "je 50f",
            "fstp tbyte ptr [rbp - {size} + {ret_x87} + 16]",
            "50:",
            "lea rdi, [rbp - {size}]",
            "and rsp, -16",
            "call {leave}",
            "cmp qword ptr [rbp - {size} + {x87}], 0", "je 57f",
            "cmp qword ptr [rbp - {size} + {x87}], 1", "je 55f",
            "fld tbyte ptr [rbp - {size} + {ret_x87} + 16]",
            "55:", "fld tbyte ptr [rbp - {size} + {ret_x87}]",
            "57:",
            $($load,)*
            "mov rax, [rbp - {size} + {ret_gpr}]", "mov rdx, [rbp - {size} + {ret_gpr} + 8]",
            "mov rcx, [rbp - {size} + {after}]", "mov rsi, [rbp - {size} + {after} + 8]",
            "mov rdi, [rbp - {size} + {after} + 16]", "mov r8, [rbp - {size} + {after} + 24]",
            "mov r9, [rbp - {size} + {after} + 32]", "mov r10, [rbp - {size} + {after} + 40]",
            "mov r11, [rbp - {size} + {after} + 48]",
            "movups xmm0, [rbp - {size} + {ret_xmm}]", "movups xmm1, [rbp - {size} + {ret_xmm} + 16]",
            "movups xmm2, [rbp - {size} + {high}]", "movups xmm3, [rbp - {size} + {high} + 16]",
            "movups xmm4, [rbp - {size} + {high} + 32]", "movups xmm5, [rbp - {size} + {high} + 48]",
            "movups xmm6, [rbp - {size} + {high} + 64]", "movups xmm7, [rbp - {size} + {high} + 80]",
            "movups xmm8, [rbp - {size} + {high} + 96]", "movups xmm9, [rbp - {size} + {high} + 112]",
            "movups xmm10, [rbp - {size} + {high} + 128]", "movups xmm11, [rbp - {size} + {high} + 144]",
            "movups xmm12, [rbp - {size} + {high} + 160]", "movups xmm13, [rbp - {size} + {high} + 176]",
            "movups xmm14, [rbp - {size} + {high} + 192]", "movups xmm15, [rbp - {size} + {high} + 208]",
            "70:",
            "mov rsp, rbp", "pop rbp",
            ".cfi_remember_state", ".cfi_def_cfa rsp, 16", ".cfi_restore rbp",
            "lea rsp, [rsp + 8]", ".cfi_def_cfa_offset 8",
            "ret",
            ".cfi_restore_state",
            // ANSWERED: all registers as on entry, but for the return registers of the frame. Those come in halves: modules
            // write halves, and one load of both would wait until the stores have left the processor.
            "60:",
            $($load,)*
            load_others!(),
            "movsd xmm0, [rbp - {size} + {ret_xmm}]", "movhps xmm0, [rbp - {size} + {ret_xmm} + 8]",
            "movsd xmm1, [rbp - {size} + {ret_xmm} + 16]", "movhps xmm1, [rbp - {size} + {ret_xmm} + 24]",
            "mov rax, [rbp - {size} + {ret_gpr}]", "mov rdx, [rbp - {size} + {ret_gpr} + 8]",
            "jmp 70b",
            // Look. Without room: as PASS, but nothing was touched.
            "80:", ".cfi_restore_state",
            "call cmp_bridge_look", "jnc 10b",
            "pop rbp", ".cfi_def_cfa_offset 16", ".cfi_restore rbp",
            "ret",
            ".cfi_endproc",
            concat!(".size ", $name, ", . - ", $name), ".text",
            size = const $size,
            gpr = const offset_of!(Context, frame) + offset_of!(Frame, gpr),
            xmm = const offset_of!(Context, frame) + offset_of!(Frame, xmm),
            ret_gpr = const offset_of!(Context, frame) + offset_of!(Frame, ret_gpr),
            ret_xmm = const offset_of!(Context, frame) + offset_of!(Frame, ret_xmm),
            ret_x87 = const offset_of!(Context, frame) + offset_of!(Frame, ret_x87),
            stack = const offset_of!(Context, frame) + offset_of!(Frame, stack),
            sp = const offset_of!(Context, frame) + offset_of!(Frame, sp),
            scratch = const offset_of!(Context, scratch),
            after = const offset_of!(Context, after),
            high = const offset_of!(Context, high),
            trampoline = const offset_of!(Context, trampoline),
            stack_bytes = const offset_of!(Context, stack_bytes),
            x87 = const offset_of!(Context, x87),
            mxcsr = const offset_of!(Context, environment) + offset_of!(Environment, mxcsr),
            x87_control = const offset_of!(Context, environment) + offset_of!(Environment, x87),
            enter = sym super::runtime::enter,
            leave = sym super::runtime::leave,
        );
    };
}

stub!("cmp_bridge_stub_xmm", NARROW_SIZE, [], []);

// The wide area lies above the context: at rbp - 2120 ... rbp - 8.
stub!(
    "cmp_bridge_stub_ymm",
    WIDE_SIZE,
    [
        "vmovups [rbp - 2120], ymm0",
        "vmovups [rbp - 2088], ymm1",
        "vmovups [rbp - 2056], ymm2",
        "vmovups [rbp - 2024], ymm3",
        "vmovups [rbp - 1992], ymm4",
        "vmovups [rbp - 1960], ymm5",
        "vmovups [rbp - 1928], ymm6",
        "vmovups [rbp - 1896], ymm7",
        "vmovups [rbp - 1864], ymm8",
        "vmovups [rbp - 1832], ymm9",
        "vmovups [rbp - 1800], ymm10",
        "vmovups [rbp - 1768], ymm11",
        "vmovups [rbp - 1736], ymm12",
        "vmovups [rbp - 1704], ymm13",
        "vmovups [rbp - 1672], ymm14",
        "vmovups [rbp - 1640], ymm15"
    ],
    [
        "vmovups ymm0, [rbp - 2120]",
        "vmovups ymm1, [rbp - 2088]",
        "vmovups ymm2, [rbp - 2056]",
        "vmovups ymm3, [rbp - 2024]",
        "vmovups ymm4, [rbp - 1992]",
        "vmovups ymm5, [rbp - 1960]",
        "vmovups ymm6, [rbp - 1928]",
        "vmovups ymm7, [rbp - 1896]",
        "vmovups ymm8, [rbp - 1864]",
        "vmovups ymm9, [rbp - 1832]",
        "vmovups ymm10, [rbp - 1800]",
        "vmovups ymm11, [rbp - 1768]",
        "vmovups ymm12, [rbp - 1736]",
        "vmovups ymm13, [rbp - 1704]",
        "vmovups ymm14, [rbp - 1672]",
        "vmovups ymm15, [rbp - 1640]"
    ]
);

stub!(
    "cmp_bridge_stub_zmm",
    WIDE_SIZE,
    [
        "vmovups [rbp - 2120], zmm0",
        "vmovups [rbp - 2056], zmm1",
        "vmovups [rbp - 1992], zmm2",
        "vmovups [rbp - 1928], zmm3",
        "vmovups [rbp - 1864], zmm4",
        "vmovups [rbp - 1800], zmm5",
        "vmovups [rbp - 1736], zmm6",
        "vmovups [rbp - 1672], zmm7",
        "vmovups [rbp - 1608], zmm8",
        "vmovups [rbp - 1544], zmm9",
        "vmovups [rbp - 1480], zmm10",
        "vmovups [rbp - 1416], zmm11",
        "vmovups [rbp - 1352], zmm12",
        "vmovups [rbp - 1288], zmm13",
        "vmovups [rbp - 1224], zmm14",
        "vmovups [rbp - 1160], zmm15",
        "vmovups [rbp - 1096], zmm16",
        "vmovups [rbp - 1032], zmm17",
        "vmovups [rbp - 968], zmm18",
        "vmovups [rbp - 904], zmm19",
        "vmovups [rbp - 840], zmm20",
        "vmovups [rbp - 776], zmm21",
        "vmovups [rbp - 712], zmm22",
        "vmovups [rbp - 648], zmm23",
        "vmovups [rbp - 584], zmm24",
        "vmovups [rbp - 520], zmm25",
        "vmovups [rbp - 456], zmm26",
        "vmovups [rbp - 392], zmm27",
        "vmovups [rbp - 328], zmm28",
        "vmovups [rbp - 264], zmm29",
        "vmovups [rbp - 200], zmm30",
        "vmovups [rbp - 136], zmm31",
        "kmovq [rbp - 72], k0",
        "kmovq [rbp - 64], k1",
        "kmovq [rbp - 56], k2",
        "kmovq [rbp - 48], k3",
        "kmovq [rbp - 40], k4",
        "kmovq [rbp - 32], k5",
        "kmovq [rbp - 24], k6",
        "kmovq [rbp - 16], k7"
    ],
    [
        "vmovups zmm0, [rbp - 2120]",
        "vmovups zmm1, [rbp - 2056]",
        "vmovups zmm2, [rbp - 1992]",
        "vmovups zmm3, [rbp - 1928]",
        "vmovups zmm4, [rbp - 1864]",
        "vmovups zmm5, [rbp - 1800]",
        "vmovups zmm6, [rbp - 1736]",
        "vmovups zmm7, [rbp - 1672]",
        "vmovups zmm8, [rbp - 1608]",
        "vmovups zmm9, [rbp - 1544]",
        "vmovups zmm10, [rbp - 1480]",
        "vmovups zmm11, [rbp - 1416]",
        "vmovups zmm12, [rbp - 1352]",
        "vmovups zmm13, [rbp - 1288]",
        "vmovups zmm14, [rbp - 1224]",
        "vmovups zmm15, [rbp - 1160]",
        "vmovups zmm16, [rbp - 1096]",
        "vmovups zmm17, [rbp - 1032]",
        "vmovups zmm18, [rbp - 968]",
        "vmovups zmm19, [rbp - 904]",
        "vmovups zmm20, [rbp - 840]",
        "vmovups zmm21, [rbp - 776]",
        "vmovups zmm22, [rbp - 712]",
        "vmovups zmm23, [rbp - 648]",
        "vmovups zmm24, [rbp - 584]",
        "vmovups zmm25, [rbp - 520]",
        "vmovups zmm26, [rbp - 456]",
        "vmovups zmm27, [rbp - 392]",
        "vmovups zmm28, [rbp - 328]",
        "vmovups zmm29, [rbp - 264]",
        "vmovups zmm30, [rbp - 200]",
        "vmovups zmm31, [rbp - 136]",
        "kmovq k0, [rbp - 72]",
        "kmovq k1, [rbp - 64]",
        "kmovq k2, [rbp - 56]",
        "kmovq k3, [rbp - 48]",
        "kmovq k4, [rbp - 40]",
        "kmovq k5, [rbp - 32]",
        "kmovq k6, [rbp - 24]",
        "kmovq k7, [rbp - 16]"
    ]
);

// SAFETY: defined above; only their addresses are used.
unsafe extern "C" {
    fn cmp_bridge_stub_xmm();
    fn cmp_bridge_stub_ymm();
    fn cmp_bridge_stub_zmm();
}

/// Bytes of the program's stack that an observed call takes while it lasts, about.
pub fn frame_bytes(vector: crate::plan::Vector) -> usize {
    let size = if vector == crate::plan::Vector::Xmm { NARROW_SIZE } else { WIDE_SIZE };
    size + 64 + 3 * size_of::<u64>()
}

/// Address of the stub that preserves vector registers of that width, or of what the processor has.
pub fn address(vector: crate::plan::Vector) -> u64 {
    use crate::plan::Vector;
    let stub: unsafe extern "C" fn() = match vector {
        Vector::Zmm if is_x86_feature_detected!("avx512f") && is_x86_feature_detected!("avx512bw") => {
            cmp_bridge_stub_zmm
        }
        Vector::Ymm | Vector::Zmm if is_x86_feature_detected!("avx") => cmp_bridge_stub_ymm,
        _ => cmp_bridge_stub_xmm,
    };
    stub as *const () as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_wide_area_and_the_context_do_not_meet() {
        const { assert!(NARROW_SIZE % 16 == 8 && WIDE_SIZE % 16 == 8) };
        // Context: rbp - WIDE_SIZE up to rbp - WIDE_SIZE + size_of::<Context>(); the wide area begins at rbp - 2120.
        assert!(WIDE_SIZE - size_of::<Context>() >= 2120);
    }
}
