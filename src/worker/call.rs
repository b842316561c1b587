//! Calling any routine from a frame.

use crate::exception::{self, Exception};
use crate::frame::Frame;
use std::arch::{asm, global_asm};
use std::mem::offset_of;

global_asm!(
    ".section .text.cmp_bridge_call,\"ax\",@progbits",
    ".p2align 4",
    ".globl cmp_bridge_call", ".hidden cmp_bridge_call", ".type cmp_bridge_call, @function",
    "cmp_bridge_call:",
    ".cfi_startproc",
    // An exception that leaves the routine ends here: the personality sends it, in rax, to where the other line says.
    ".cfi_personality 0x1b, {personality}",
    ".cfi_lsda 0x1b, cmp_bridge_caught",
    "push rbp", ".cfi_def_cfa_offset 16", ".cfi_offset rbp, -16",
    "mov rbp, rsp", ".cfi_def_cfa_register rbp",
    "push rbx", ".cfi_offset rbx, -24",
    "push r12", ".cfi_offset r12, -32",
    "push r13", ".cfi_offset r13, -40",
    "push r14", ".cfi_offset r14, -48",
    "mov rbx, rdi", "mov r12, rsi", "mov r13, rcx",
    // Stack arguments begin at a multiple of 64, as at most ABIs' strictest argument.
    "sub rsp, rdx", "and rsp, -64",
    "mov rsi, [rbx + {stack}]",
    "2:", "test rdx, rdx", "jz 3f",
    "mov rax, [rsi + rdx - 8]", "mov [rsp + rdx - 8], rax", "sub rdx, 8", "jmp 2b",
    "3:",
    "movups xmm0, [rbx + {xmm}]", "movups xmm1, [rbx + {xmm} + 16]", "movups xmm2, [rbx + {xmm} + 32]",
    "movups xmm3, [rbx + {xmm} + 48]", "movups xmm4, [rbx + {xmm} + 64]", "movups xmm5, [rbx + {xmm} + 80]",
    "movups xmm6, [rbx + {xmm} + 96]", "movups xmm7, [rbx + {xmm} + 112]",
    "mov rdi, [rbx + {gpr}]", "mov rsi, [rbx + {gpr} + 8]", "mov rdx, [rbx + {gpr} + 16]",
    "mov rcx, [rbx + {gpr} + 24]", "mov r8, [rbx + {gpr} + 32]", "mov r9, [rbx + {gpr} + 40]",
    "mov eax, 8",
    "call r12",
    "mov [rbx + {ret_gpr}], rax", "mov [rbx + {ret_gpr} + 8], rdx",
    "movups [rbx + {ret_xmm}], xmm0", "movups [rbx + {ret_xmm} + 16], xmm1",
    "test r13, r13", "jz 4f", "fstp tbyte ptr [rbx + {ret_x87}]",
    "cmp r13, 1", "je 4f", "fstp tbyte ptr [rbx + {ret_x87} + 16]",
    "4:",
    "xor eax, eax",
    "6:",
    "lea rsp, [rbp - 32]", "pop r14", "pop r13", "pop r12", "pop rbx", "pop rbp",
    ".cfi_def_cfa rsp, 8",
    "ret",
    "cmp_bridge_caught:",
    ".cfi_def_cfa rbp, 16",
    "jmp 6b",
    ".cfi_endproc",
    ".size cmp_bridge_call, . - cmp_bridge_call",
    ".text",
    stack = const offset_of!(Frame, stack),
    gpr = const offset_of!(Frame, gpr),
    xmm = const offset_of!(Frame, xmm),
    ret_gpr = const offset_of!(Frame, ret_gpr),
    ret_xmm = const offset_of!(Frame, ret_xmm),
    ret_x87 = const offset_of!(Frame, ret_x87),
    personality = sym exception::any_exception,
);

// SAFETY: as the assembly above takes its arguments.
unsafe extern "C-unwind" {
    fn cmp_bridge_call(frame: *mut Frame, function: u64, stack_bytes: u64, x87: u64) -> *mut u8;
}

/// Calls `function` with the arguments of a frame, and puts its return registers there. `returns` says which, as in the
/// plan: x87 registers must be popped if and only if the routine returns them. The routine runs with the rounding, masks and
/// denormal treatment of `environment` (MXCSR and x87 control word), as its recorded caller left them. An exception that
/// leaves it ends here; the frame then holds no answer.
///
/// # Safety
/// `function` is a routine whose signature the frame follows, with `stack_bytes` (a multiple of 8) of stack arguments.
pub unsafe fn call_legacy(
    function: u64,
    frame: &mut Frame,
    stack_bytes: usize,
    returns: u8,
    environment: (u32, u16),
) -> Option<Exception> {
    /// Everything but the exception flags, which would trap at once where they are unmasked; and no reserved bit.
    const CONTROL: u32 = 0xffc0;
    let x87 = u64::from((returns >> 4 & 1) + (returns >> 5 & 1));
    let (mut kept, wanted) = (0u32, environment.0 & CONTROL);
    let (mut kept_x87, wanted_x87) = (0u16, environment.1);
    // SAFETY: the caller's promise; no reserved bit of MXCSR is set.
    unsafe {
        asm!("stmxcsr [{}]", in(reg) &raw mut kept, options(nostack, preserves_flags));
        asm!("ldmxcsr [{}]", in(reg) &raw const wanted, options(nostack, preserves_flags));
        asm!("fnstcw [{}]", "fldcw [{}]", in(reg) &raw mut kept_x87, in(reg) &raw const wanted_x87, options(nostack));
        let caught = cmp_bridge_call(frame, function, stack_bytes as u64, x87);
        asm!("fldcw [{}]", in(reg) &raw const kept_x87, options(nostack));
        asm!("ldmxcsr [{}]", in(reg) &raw const kept, options(nostack, preserves_flags));
        (!caught.is_null()).then(|| Exception::take(caught, None))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    extern "C" fn sum(a: u64, b: u64, c: u64, d: u64, e: u64, f: u64, g: u64, h: u64, x: f64) -> f64 {
        (a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f + 7 * g + 8 * h) as f64 + x
    }

    #[test]
    fn registers_and_stack_arguments_arrive() {
        let stack = [7u64, 8];
        let mut frame = crate::worker::empty_frame();
        frame.gpr = [1, 2, 3, 4, 5, 6];
        frame.xmm[0][..8].copy_from_slice(&0.5f64.to_le_bytes());
        frame.stack = stack.as_ptr().cast();
        // SAFETY: the frame follows the signature of `sum`.
        let exception = unsafe { call_legacy(sum as *const () as u64, &mut frame, 16, 4, (0x1f80, 0x37f)) };
        assert!(exception.is_none());
        let mut low = [0; 8];
        low.copy_from_slice(&frame.ret_xmm[0][..8]);
        assert_eq!(f64::from_le_bytes(low), 204.5);
    }
}
