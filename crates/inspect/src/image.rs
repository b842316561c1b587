//! The data of a shared library as the loader would leave it, read from the file: relocations are followed, nothing runs.

use std::collections::HashMap;

use iced_x86::{Code as Opcode, Decoder, DecoderOptions, Mnemonic, OpKind, Register};
use object::read::elf::ElfFile64;
use object::{LittleEndian, Object, ObjectSymbol, ObjectSymbolTable, RelocationFlags, elf};

use crate::binary::{Binary, BinaryError};

/// Most instructions of a function that only returns an address.
const MAX_INSTRUCTIONS: usize = 16;
/// Longest text that is read.
const MAX_TEXT: usize = 512;

/// A symbol that another image must define.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Import {
    pub name: String,
    /// The loader does not mind if nobody defines it.
    pub weak: bool,
    /// It names a version, and with it the library.
    pub versioned: bool,
}

/// A shared library, for reading its data.
pub(crate) struct Image<'b> {
    binary: &'b Binary,
    /// Addresses that the loader writes: where, and which.
    relocated: HashMap<u64, u64>,
    imports: Vec<Import>,
    exports: Vec<String>,
}

impl<'b> Image<'b> {
    pub fn read(binary: &'b Binary) -> Result<Image<'b>, BinaryError> {
        let damaged = |error: object::Error| BinaryError::Damaged {
            path: binary.path().into(),
            what: error.to_string(),
        };
        let file = ElfFile64::<LittleEndian>::parse(binary.data()).map_err(damaged)?;
        let endian = LittleEndian;
        let versions = file.elf_section_table().versions(endian, binary.data()).map_err(damaged)?;
        let (mut imports, mut exports) = (Vec::new(), Vec::new());
        for symbol in file.dynamic_symbols() {
            let Ok(name) = symbol.name() else { continue };
            if name.is_empty() {
                continue;
            }
            if symbol.is_undefined() {
                let version = versions.as_ref().map(|v| v.version_index(endian, symbol.index()).index());
                let versioned = version.is_some_and(|index| index > elf::VER_NDX_GLOBAL);
                imports.push(Import { name: name.to_owned(), weak: symbol.is_weak(), versioned });
            } else if symbol.is_global() {
                exports.push(name.to_owned());
            }
        }
        let mut relocated = HashMap::new();
        let table = file.dynamic_symbol_table();
        for (at, relocation) in file.dynamic_relocations().into_iter().flatten() {
            let RelocationFlags::Elf { r_type } = relocation.flags() else { continue };
            let defined = || match relocation.target() {
                object::RelocationTarget::Symbol(index) => {
                    let symbol = table.as_ref()?.symbol_by_index(index).ok()?;
                    (!symbol.is_undefined()).then(|| symbol.address())
                }
                _ => None,
            };
            let value = match r_type {
                elf::R_X86_64_RELATIVE => Some(relocation.addend() as u64),
                elf::R_X86_64_64 | elf::R_X86_64_GLOB_DAT => {
                    defined().map(|address| address.wrapping_add_signed(relocation.addend()))
                }
                _ => None,
            };
            if let Some(value) = value {
                relocated.insert(at, value);
            }
        }
        Ok(Image { binary, relocated, imports, exports })
    }

    /// What it needs from others.
    pub fn imports(&self) -> &[Import] {
        &self.imports
    }

    /// What others can bind to.
    pub fn exports(&self) -> &[String] {
        &self.exports
    }

    fn bytes(&self, at: u64, most: usize) -> Option<&'b [u8]> {
        let segment = self.binary.segments().iter().find(|s| {
            let within = at.checked_sub(s.address);
            within.is_some_and(|within| within < s.file.1)
        })?;
        let start = usize::try_from(segment.file.0.checked_add(at - segment.address)?).ok()?;
        let end = usize::try_from(segment.file.0.checked_add(segment.file.1)?).ok()?;
        let data = self.binary.data();
        data.get(start..end.min(data.len()).min(start.checked_add(most)?))
    }

    pub fn u32(&self, at: u64) -> Option<u32> {
        Some(u32::from_le_bytes(self.bytes(at, 4)?.try_into().ok()?))
    }

    pub fn u64(&self, at: u64) -> Option<u64> {
        Some(u64::from_le_bytes(self.bytes(at, 8)?.try_into().ok()?))
    }

    /// The address that stands at `at` once the library is loaded, counted from the library's start. Packed relocations
    /// (RELR) leave it in place.
    pub fn pointer(&self, at: u64) -> Option<u64> {
        self.relocated.get(&at).copied().or_else(|| self.u64(at))
    }

    /// Text up to its NUL.
    pub fn text(&self, at: u64) -> Option<String> {
        let bytes = self.bytes(at, MAX_TEXT)?;
        let end = bytes.iter().position(|b| *b == 0)?;
        String::from_utf8(bytes[..end].to_vec()).ok()
    }

    /// The address that a function without arguments returns, if that is all it does.
    pub fn returned_address(&self, function: u64) -> Option<u64> {
        let code = self.bytes(function, 128)?;
        let mut answer = None;
        for instruction in
            Decoder::with_ip(64, code, function, DecoderOptions::NONE).iter().take(MAX_INSTRUCTIONS)
        {
            let to_rax =
                instruction.op0_kind() == OpKind::Register && instruction.op0_register() == Register::RAX;
            match instruction.mnemonic() {
                Mnemonic::Lea if to_rax && instruction.is_ip_rel_memory_operand() => {
                    answer = Some(instruction.ip_rel_memory_address());
                }
                Mnemonic::Mov if to_rax && instruction.is_ip_rel_memory_operand() => {
                    answer = Some(self.pointer(instruction.ip_rel_memory_address())?);
                }
                Mnemonic::Ret => return answer,
                Mnemonic::Endbr64 | Mnemonic::Push | Mnemonic::Pop | Mnemonic::Nop | Mnemonic::Leave
                    if !to_rax => {}
                Mnemonic::Mov if instruction.code() == Opcode::Mov_r64_rm64 && !to_rax => {}
                Mnemonic::Mov if instruction.code() == Opcode::Mov_rm64_r64 && !to_rax => {}
                _ => return None,
            }
        }
        None
    }
}
