//! What one machine instruction does to memory: how many bytes, and whether it reads or writes them.

use iced_x86::{Decoder, DecoderOptions, InstructionInfoFactory, OpAccess};

/// What an instruction does to the memory it faulted at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// Bytes.
    pub size: u64,
    /// It reads them.
    pub read: bool,
    /// It writes them.
    pub write: bool,
}

/// Reads the instruction at the start of `code`, which stands at `address`. `faulted_writing` tells its operands apart
/// where it has two in memory. What cannot be decoded is taken to read and write one byte.
pub fn access(code: &[u8], address: u64, faulted_writing: bool) -> Access {
    let mut decoder = Decoder::with_ip(64, code, address, DecoderOptions::NONE);
    let instruction = decoder.decode();
    let mut factory = InstructionInfoFactory::new();
    let mut found: Option<Access> = None;
    for memory in factory.info(&instruction).used_memory() {
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
            found = Some(Access { size, read, write });
        }
    }
    found.unwrap_or(Access { size: 1, read: true, write: faulted_writing })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_and_directions() {
        // From `as` and `objdump -d`.
        let cases: [(&[u8], bool, Access); 7] = [
            (&[0x8b, 0x07], false, Access { size: 4, read: true, write: false }), // mov eax, [rdi]
            (&[0x89, 0x07], true, Access { size: 4, read: false, write: true }),  // mov [rdi], eax
            (&[0x01, 0x07], false, Access { size: 4, read: true, write: true }),  // add [rdi], eax
            (&[0xf2, 0x0f, 0x10, 0x07], false, Access { size: 8, read: true, write: false }), // movsd
            (&[0x0f, 0x11, 0x07], true, Access { size: 16, read: false, write: true }), // movups [rdi], xmm0
            (&[0xf3, 0xa4], true, Access { size: 1, read: false, write: true }), // rep movsb, its destination
            (&[0xf3, 0xa4], false, Access { size: 1, read: true, write: false }), // and its source
        ];
        for (code, writing, expected) in cases {
            assert_eq!(access(code, 0x1000, writing), expected, "{code:x?}");
        }
        assert_eq!(access(&[0x06], 0, false), Access { size: 1, read: true, write: false });
    }
}
