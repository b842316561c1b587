//! Relocatable files (`.o`): what a linker would have done to the debug information of one file alone.
//!
//! Sections that are loaded get addresses, one after the other; sections of the same name are joined, as `.text` and
//! `.debug_types` of one file can be several. Relocations are then applied to the debug sections, so that the rest of
//! the reader sees what it sees in an executable.

use std::collections::HashMap;

use object::read::elf::{ElfFile, ElfSection, FileHeader, SectionHeader, Sym};
use object::{
    Endianness, Object, ObjectSection, RelocationFlags, RelocationKind, RelocationTarget, SymbolIndex, elf,
};

use super::image::{full_name, is_loaded};

/// Where the first section is put: debug information takes address 0 for code that was dropped.
const FIRST: u64 = 0x1_0000;
/// No more sections, symbols and padding than this: addresses stay below 4 GB in a 32-bit file.
const LAST: u64 = 0xf000_0000;

/// The addresses given to one relocatable file.
#[derive(Debug, Default)]
pub(super) struct Placement {
    /// By section: its address, or for one that is not loaded, its offset among those of its name.
    sections: Vec<u64>,
    /// Addresses of common symbols, by index.
    commons: HashMap<usize, u64>,
    /// Where the common symbols begin and end.
    pub(super) common_range: (u64, u64),
}

impl Placement {
    pub(super) fn new<H: FileHeader<Endian = Endianness>>(
        file: &ElfFile<'_, H>,
    ) -> Result<Placement, super::BinaryError> {
        let endian = file.endian();
        let table = file.elf_section_table();
        let mut placement = Placement::default();
        let mut next = FIRST;
        let mut joined: HashMap<Vec<u8>, u64> = HashMap::new();
        for (index, header) in table.enumerate() {
            let size: u64 = header.sh_size(endian).into();
            if is_loaded(file, header) {
                let place = aligned(next, header.sh_addralign(endian).into());
                placement.sections.push(place);
                next = place.saturating_add(size).min(LAST);
                continue;
            }
            let name = table.section_name(endian, header).unwrap_or_default();
            let offset = joined.entry(full_name(name).into_owned()).or_default();
            placement.sections.push(*offset);
            let unpacked = file.section_by_index(index).and_then(|s| s.compressed_data());
            *offset = offset.saturating_add(unpacked.map_or(size, |d| d.uncompressed_size));
        }
        placement.common_range.0 = next;
        for (index, symbol) in file.elf_symbol_table().enumerate() {
            if symbol.st_shndx(endian) == elf::SHN_COMMON {
                // The value of a common symbol is its alignment.
                let place = aligned(next, symbol.st_value(endian).into());
                placement.commons.insert(index.0, place);
                next = place.saturating_add(symbol.st_size(endian).into()).min(LAST);
            }
        }
        placement.common_range.1 = next;
        Ok(placement)
    }

    /// Address of a section, or its offset among those of its name.
    pub(super) fn section(&self, index: usize) -> u64 {
        self.sections.get(index).copied().unwrap_or(0)
    }

    /// Address of a common symbol.
    pub(super) fn common(&self, symbol: usize) -> Option<u64> {
        self.commons.get(&symbol).copied()
    }

    /// Applies the relocations of a section to its bytes.
    pub(super) fn relocate<'d, H: FileHeader<Endian = Endianness>>(
        &self,
        file: &ElfFile<'d, H>,
        section: &ElfSection<'d, '_, H>,
        bytes: &mut [u8],
    ) -> Result<(), String> {
        let machine = file.elf_header().e_machine(file.endian());
        for (offset, relocation) in section.relocations() {
            let RelocationFlags::Elf { r_type } = relocation.flags() else {
                continue;
            };
            let (kind, size) = match (machine, relocation.kind()) {
                (elf::EM_PARISC, _) => pa_risc(r_type),
                (elf::EM_X86_64, _) if matches!(r_type, elf::R_X86_64_DTPOFF32) => (Some(Kind::Thread), 4),
                (elf::EM_X86_64, _) if matches!(r_type, elf::R_X86_64_DTPOFF64) => (Some(Kind::Thread), 8),
                (_, RelocationKind::None) => continue,
                (_, RelocationKind::Absolute) => (Some(Kind::Absolute), relocation.size() / 8),
                (_, RelocationKind::Relative) => (Some(Kind::Relative), relocation.size() / 8),
                _ => (None, 0),
            };
            let Some(kind) = kind else {
                return Err(format!("relocation of type {} at {offset:#x} is not known", r_type.0));
            };
            if size == 0 {
                continue;
            }
            let target = self.value(file, relocation.target(), kind);
            let place = self.section(section.index().0).wrapping_add(offset);
            let implicit = relocation.has_implicit_addend();
            patch(file.endian(), bytes, offset, size, |there| {
                let value = target.wrapping_add_signed(relocation.addend());
                let value = value.wrapping_add(if implicit { there } else { 0 });
                if kind == Kind::Relative { value.wrapping_sub(place) } else { value }
            })
            .ok_or_else(|| format!("relocation at {offset:#x} lies outside"))?;
        }
        Ok(())
    }

    fn value<H: FileHeader<Endian = Endianness>>(
        &self,
        file: &ElfFile<'_, H>,
        target: RelocationTarget,
        kind: Kind,
    ) -> u64 {
        let SymbolIndex(index) = match target {
            RelocationTarget::Symbol(index) => index,
            RelocationTarget::Section(index) => return self.section(index.0),
            _ => return 0,
        };
        let table = file.elf_symbol_table();
        let Ok(symbol) = table.symbol(SymbolIndex(index)) else {
            return 0;
        };
        if let Some(address) = self.common(index) {
            return address;
        }
        let value = symbol.st_value(file.endian()).into();
        match table.symbol_section(file.endian(), symbol, SymbolIndex(index)) {
            // The offset of a thread-local variable is one in its own storage.
            Ok(Some(section)) if kind != Kind::Thread => self.section(section.0).wrapping_add(value),
            _ => value,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Absolute,
    Relative,
    Thread,
}

/// The relocations of debug information on PA-RISC, and their size in bytes.
fn pa_risc(kind: elf::RelocationType) -> (Option<Kind>, u8) {
    match kind {
        elf::R_PARISC_NONE => (Some(Kind::Absolute), 0),
        // Relative to the segment: in a file of its own, segments begin where addresses do.
        elf::R_PARISC_DIR32 | elf::R_PARISC_SEGREL32 | elf::R_PARISC_SECREL32 => (Some(Kind::Absolute), 4),
        elf::R_PARISC_DIR64 | elf::R_PARISC_SEGREL64 | elf::R_PARISC_SECREL64 => (Some(Kind::Absolute), 8),
        elf::R_PARISC_PCREL32 => (Some(Kind::Relative), 4),
        elf::R_PARISC_TLS_DTPOFF32 => (Some(Kind::Thread), 4),
        _ => (None, 0),
    }
}

/// Replaces a field of 1 to 8 bytes by what `new` makes of it.
fn patch(
    endian: Endianness,
    bytes: &mut [u8],
    offset: u64,
    size: u8,
    new: impl FnOnce(u64) -> u64,
) -> Option<()> {
    let start = usize::try_from(offset).ok()?;
    let field = bytes.get_mut(start..start.checked_add(usize::from(size))?)?;
    let mut whole = [0u8; 8];
    match endian {
        Endianness::Little => whole[..field.len()].copy_from_slice(field),
        Endianness::Big => whole[8 - field.len()..].copy_from_slice(field),
    }
    match endian {
        Endianness::Little => {
            let whole = new(u64::from_le_bytes(whole)).to_le_bytes();
            field.copy_from_slice(&whole[..field.len()]);
        }
        Endianness::Big => {
            let whole = new(u64::from_be_bytes(whole)).to_be_bytes();
            field.copy_from_slice(&whole[8 - field.len()..]);
        }
    }
    Some(())
}

fn aligned(address: u64, alignment: u64) -> u64 {
    let alignment = alignment.clamp(1, 1 << 20);
    address.checked_next_multiple_of(alignment).unwrap_or(LAST).min(LAST)
}
