//! The raw arguments and results of one intercepted call.

/// Argument registers, stack arguments and return registers of one call (System V x86-64).
///
/// The common stub lays it out on the stack of the calling thread; `repr(C)` because assembly and modules read it. Aligned to
/// 8 bytes only: gcc calls a local routine with a misaligned stack when it knows that routine not to care.
#[repr(C)]
#[derive(Debug, Clone)]
pub struct Frame {
    /// rdi, rsi, rdx, rcx, r8, r9 on entry.
    pub gpr: [u64; 6],
    /// Low 16 bytes of xmm0 ... xmm7 on entry.
    pub xmm: [[u8; 16]; 8],
    /// rax, rdx on return.
    pub ret_gpr: [u64; 2],
    /// xmm0, xmm1 on return.
    pub ret_xmm: [[u8; 16]; 2],
    /// st0, st1 on return (10 significant bytes each).
    pub ret_x87: [[u8; 16]; 2],
    /// First stack argument.
    pub stack: *const u8,
    /// Stack pointer on entry: the address of the return address.
    pub sp: u64,
}
