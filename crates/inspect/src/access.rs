//! What one machine instruction does to memory: how many bytes, and whether it reads or writes them.

use iced_x86::{Decoder, DecoderOptions, InstructionInfoFactory, Mnemonic, OpAccess};

/// What an instruction does to the memory it faulted at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Bytes.
    pub size: u64,
    /// It reads them.
    pub read: bool,
    /// It writes them.
    pub write: bool,
    /// Only some of them, as a mask says, or others, too, as an index register says: no width can be concluded from it.
    pub masked: bool,
}

/// Moves whose mask is an ordinary vector register.
const MASKED_MOVES: [Mnemonic; 7] = [
    Mnemonic::Maskmovq,
    Mnemonic::Maskmovdqu,
    Mnemonic::Vmaskmovdqu,
    Mnemonic::Vmaskmovps,
    Mnemonic::Vmaskmovpd,
    Mnemonic::Vpmaskmovd,
    Mnemonic::Vpmaskmovq,
];

/// Reads the instruction at the start of `code`, which stands at `address`. `faulted_writing` tells its operands apart
/// where it has two in memory. What cannot be decoded is taken to read and write one byte.
pub fn access(code: &[u8], address: u64, faulted_writing: bool) -> Access {
    let mut decoder = Decoder::with_ip(64, code, address, DecoderOptions::NONE);
    let instruction = decoder.decode();
    let mut factory = InstructionInfoFactory::new();
    let mut found: Option<Access> = None;
    let masked =
        instruction.has_op_mask() || instruction.is_vsib() || MASKED_MOVES.contains(&instruction.mnemonic());
    // A string instruction that faulted has a count.
    let counted = instruction.has_rep_prefix() || instruction.has_repne_prefix();
    for memory in factory.info(&instruction).used_memory() {
        let conditional =
            matches!(memory.access(), OpAccess::CondRead | OpAccess::CondWrite | OpAccess::ReadCondWrite);
        let masked = masked || conditional && !counted;
        let (read, write) = match memory.access() {
            OpAccess::Read | OpAccess::CondRead => (true, false),
            OpAccess::Write | OpAccess::CondWrite => (false, true),
            OpAccess::ReadWrite | OpAccess::ReadCondWrite => (true, true),
            OpAccess::None | OpAccess::NoMemAccess => continue,
        };
        if if faulted_writing { !write } else { !read } {
            continue;
        }
        let size = (memory.memory_size().size() as u64).max(1);
        // Of two operands that fit, such as those of `cmps`, the larger one.
        if found.is_none_or(|other| size > other.size) {
            found = Some(Access { size, read, write, masked });
        }
    }
    found.unwrap_or(Access { size: 1, read: true, write: faulted_writing, masked: false })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_directions() {
        // From `as` and `objdump -d`.
        let reads = |size| Access { size, read: true, write: false, masked: false };
        let writes = |size| Access { size, read: false, write: true, masked: false };
        let masked = |access| Access { masked: true, ..access };
        let cases: [(&[u8], bool, Access); 15] = [
            (&[0x8b, 0x07], false, reads(4)),                           // mov eax, [rdi]
            (&[0x89, 0x07], true, writes(4)),                           // mov [rdi], eax
            (&[0x01, 0x07], false, Access { write: true, ..reads(4) }), // add [rdi], eax
            (&[0xf2, 0x0f, 0x10, 0x07], false, reads(8)),               // movsd xmm0, [rdi]
            (&[0x0f, 0x11, 0x07], true, writes(16)),                    // movups [rdi], xmm0
            (&[0xf3, 0xa4], true, writes(1)),                           // rep movsb, its destination
            (&[0xf3, 0xa4], false, reads(1)),                           // and its source
            (&[0x62, 0xe1, 0x7f, 0x28, 0x7f, 0x07], true, writes(32)),  // vmovdqu8 [rdi], ymm16
            (&[0x62, 0xe1, 0x7f, 0x29, 0x7f, 0x07], true, masked(writes(32))), // vmovdqu8 [rdi]{k1}, ymm16
            (&[0x62, 0xe1, 0x7f, 0xa9, 0x6f, 0x07], false, masked(reads(32))), // vmovdqu8 ymm16{k1}{z}, [rdi]
            (&[0xc4, 0xe2, 0x75, 0x2e, 0x07], true, masked(writes(32))), // vmaskmovps [rdi], ymm1, ymm0
            (&[0xc4, 0xe2, 0x75, 0x2c, 0x17], false, masked(reads(32))), // vmaskmovps ymm2, ymm1, [rdi]
            (&[0x66, 0x0f, 0xf7, 0xc1], true, masked(writes(16))),      // maskmovdqu xmm0, xmm1
            (&[0x62, 0xf2, 0x7d, 0x49, 0x63, 0x0f], true, masked(writes(64))), // vpcompressb [rdi]{k1}, zmm1
            (&[0xc4, 0xe2, 0x75, 0x90, 0x1c, 0x97], false, masked(reads(4))), // vpgatherdd ymm3, [rdi+ymm2*4], ymm1
        ];
        for (code, writing, expected) in cases {
            assert_eq!(access(code, 0x1000, writing), expected, "{code:x?}");
        }
        assert_eq!(access(&[0x06], 0, false), reads(1));
    }
}
