//! Machine code that takes a call of any signature: it keeps the argument registers in a frame, lets [`crate::typed`] answer,
//! and returns what the frame then says.

use cmp_bridge::frame::Frame;
use std::arch::global_asm;
use std::mem::offset_of;

/// How many routines can be bound at a time.
pub(crate) const THUNKS: usize = 512;
/// Bytes of one thunk.
const THUNK_BYTES: usize = 10;

global_asm!(
    ".section .text.cmp_bridge_harness,\"ax\",@progbits",
    ".p2align 4",
    ".type cmp_bridge_harness_common, @function",
    "cmp_bridge_harness_common:",
    ".cfi_startproc",
    // Above: the number of the thunk, the return address, the stack arguments.
    ".cfi_def_cfa_offset 16",
    "push rbp", ".cfi_def_cfa_offset 24", ".cfi_offset rbp, -24",
    "mov rbp, rsp", ".cfi_def_cfa_register rbp",
    "sub rsp, {size}", "and rsp, -16",
    "mov [rsp + {gpr}], rdi", "mov [rsp + {gpr} + 8], rsi", "mov [rsp + {gpr} + 16], rdx",
    "mov [rsp + {gpr} + 24], rcx", "mov [rsp + {gpr} + 32], r8", "mov [rsp + {gpr} + 40], r9",
    "movups [rsp + {xmm}], xmm0", "movups [rsp + {xmm} + 16], xmm1", "movups [rsp + {xmm} + 32], xmm2",
    "movups [rsp + {xmm} + 48], xmm3", "movups [rsp + {xmm} + 64], xmm4", "movups [rsp + {xmm} + 80], xmm5",
    "movups [rsp + {xmm} + 96], xmm6", "movups [rsp + {xmm} + 112], xmm7",
    "lea rax, [rbp + 24]", "mov [rsp + {stack}], rax",
    "lea rax, [rbp + 16]", "mov [rsp + {sp}], rax",
    "mov rdi, rsp", "mov rsi, [rbp + 8]",
    "call {answer}",
    // How many values are returned on the x87 stack: st0 is pushed last.
    "cmp eax, 2", "jb 2f", "fld tbyte ptr [rsp + {ret_x87} + 16]",
    "2:", "cmp eax, 1", "jb 3f", "fld tbyte ptr [rsp + {ret_x87}]",
    "3:",
    "mov rax, [rsp + {ret_gpr}]", "mov rdx, [rsp + {ret_gpr} + 8]",
    "movups xmm0, [rsp + {ret_xmm}]", "movups xmm1, [rsp + {ret_xmm} + 16]",
    "leave", ".cfi_def_cfa rsp, 16",
    "add rsp, 8", ".cfi_def_cfa_offset 8",
    "ret",
    ".cfi_endproc",
    ".size cmp_bridge_harness_common, . - cmp_bridge_harness_common",
    ".p2align 4",
    ".globl cmp_bridge_harness_thunks", ".hidden cmp_bridge_harness_thunks",
    "cmp_bridge_harness_thunks:",
    ".set cmp_bridge_harness_number, 0",
    ".rept {thunks}",
    // push number; jmp common
    ".byte 0x68", ".long cmp_bridge_harness_number",
    ".byte 0xe9", ".long cmp_bridge_harness_common - . - 4",
    ".set cmp_bridge_harness_number, cmp_bridge_harness_number + 1",
    ".endr",
    ".text",
    size = const size_of::<Frame>(),
    gpr = const offset_of!(Frame, gpr),
    xmm = const offset_of!(Frame, xmm),
    stack = const offset_of!(Frame, stack),
    sp = const offset_of!(Frame, sp),
    ret_gpr = const offset_of!(Frame, ret_gpr),
    ret_xmm = const offset_of!(Frame, ret_xmm),
    ret_x87 = const offset_of!(Frame, ret_x87),
    thunks = const THUNKS,
    answer = sym crate::typed::answer,
);

// SAFETY: the label of the assembly above.
unsafe extern "C" {
    static cmp_bridge_harness_thunks: u8;
}

/// The address of a thunk.
pub(crate) fn address(number: usize) -> *mut u8 {
    (&raw const cmp_bridge_harness_thunks).cast_mut().wrapping_add(number * THUNK_BYTES)
}
