//! One relocatable object, on its own or as the member of an archive: what the linker sees of it.

use std::path::{Path, PathBuf};

use object::read::elf::{ElfFile64, FileHeader, SectionHeader, Sym};
use object::{Endianness, Object, ObjectSection, RelocationFlags, RelocationTarget, elf};

/// A section of an object.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// Its name.
    pub name: String,
    /// It is in memory when the program runs.
    pub loaded: bool,
    /// It holds machine code.
    pub code: bool,
    /// Its bytes, where it is loaded and has some.
    pub data: Vec<u8>,
    /// The name of the group it is in, of which the linker keeps one copy (COMDAT).
    pub group: Option<String>,
}

/// Where a symbol is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In another object.
    Undefined,
    /// Storage that the linker joins by name (COMMON).
    Common,
    /// A number.
    Absolute,
    /// In a section of this object, by index.
    Section(usize),
}

/// A symbol of an object.
#[derive(Debug, Clone)]
pub struct Symbol {
    /// Its name; that of its section for a section symbol.
    pub name: String,
    /// Where it is.
    pub place: Place,
    /// Offset in its section.
    pub value: u64,
    /// Size in bytes.
    pub size: u64,
    /// ELF binding and type.
    pub binding: u8,
    /// `STT_FUNC` and the like.
    pub kind: u8,
}

impl Symbol {
    /// Other objects see it.
    pub fn global(&self) -> bool {
        self.binding != elf::STB_LOCAL.0
    }

    /// It gives way to another definition.
    pub fn weak(&self) -> bool {
        self.binding == elf::STB_WEAK.0
    }

    /// It names code.
    pub fn function(&self) -> bool {
        self.kind == elf::STT_FUNC.0
    }

    /// It is here.
    pub fn defined(&self) -> bool {
        self.place != Place::Undefined
    }
}

/// A place that the linker fills in.
#[derive(Debug, Clone, Copy)]
pub struct Reloc {
    /// The section it is in.
    pub section: usize,
    /// Offset in that section.
    pub offset: u64,
    /// `R_X86_64_PLT32` and the like.
    pub kind: u32,
    /// The symbol, by index.
    pub symbol: usize,
    /// What is added.
    pub addend: i64,
}

/// An object file.
#[derive(Debug, Clone, Default)]
pub struct Unit {
    /// The file it is in.
    pub file: PathBuf,
    /// The member of an archive.
    pub member: Option<String>,
    /// Its sections.
    pub sections: Vec<Section>,
    /// Its symbols.
    pub symbols: Vec<Symbol>,
    /// Relocations of loaded sections, ascending by section and offset.
    pub relocs: Vec<Reloc>,
    /// It holds the code of a link-time optimiser.
    pub link_time: bool,
}

/// Most of anything in one object.
const MOST: usize = 1 << 22;

impl Unit {
    /// Reads an x86-64 object. The error says what it is instead.
    pub fn read(file: &Path, member: Option<&str>, bytes: &[u8]) -> Result<Unit, String> {
        if bytes.starts_with(b"BC\xc0\xde") {
            let member = member.map(str::to_string);
            return Ok(Unit { file: file.to_path_buf(), member, link_time: true, ..Unit::default() });
        }
        let elf = ElfFile64::<Endianness>::parse(bytes).map_err(|e| e.to_string())?;
        let endian = elf.endian();
        let header = elf.elf_header();
        if header.e_type(endian) != elf::ET_REL {
            return Err("it is no relocatable object".to_string());
        }
        if header.e_machine(endian) != elf::EM_X86_64 {
            return Err("it is for another machine than x86-64".to_string());
        }
        let mut unit =
            Unit { file: file.to_path_buf(), member: member.map(str::to_string), ..Unit::default() };
        unit.sections(&elf)?;
        unit.symbols(&elf);
        unit.relocations(&elf);
        Ok(unit)
    }

    fn sections(&mut self, elf: &ElfFile64<'_, Endianness>) -> Result<(), String> {
        let (table, endian, data) = (elf.elf_section_table(), elf.endian(), elf.data());
        let symbols = elf.elf_symbol_table();
        let mut groups = Vec::new();
        for (index, header) in table.iter().enumerate().take(MOST) {
            let name = table.section_name(endian, header).unwrap_or_default();
            let name = String::from_utf8_lossy(name).into_owned();
            let flags = header.sh_flags(endian);
            let loaded = flags.contains(elf::SHF_ALLOC);
            self.link_time |= name.starts_with(".gnu.lto_");
            if let Ok(Some((flag, members))) = header.group(endian, data) {
                let signature = symbols.symbol(object::SymbolIndex(header.sh_info(endian) as usize));
                let signature = signature.and_then(|s| symbols.symbol_name(endian, s));
                let signature = String::from_utf8_lossy(signature.unwrap_or_default()).into_owned();
                if flag.0 & elf::GRP_COMDAT.0 != 0 {
                    groups.extend(members.iter().map(|m| (m.get(endian) as usize, signature.clone())));
                }
            }
            let data = match loaded {
                true => header.data(endian, data).map_err(|e| format!("section {index}: {e}"))?.to_vec(),
                false => Vec::new(),
            };
            self.sections.push(Section {
                name,
                loaded,
                code: flags.contains(elf::SHF_EXECINSTR),
                data,
                group: None,
            });
        }
        for (member, signature) in groups {
            if let Some(section) = self.sections.get_mut(member) {
                section.group = Some(signature);
            }
        }
        Ok(())
    }

    fn symbols(&mut self, elf: &ElfFile64<'_, Endianness>) {
        let (table, endian) = (elf.elf_symbol_table(), elf.endian());
        for (index, symbol) in table.enumerate().take(MOST) {
            let name = table.symbol_name(endian, symbol).unwrap_or_default();
            let mut name = String::from_utf8_lossy(name).into_owned();
            let place = match symbol.st_shndx(endian) {
                elf::SHN_UNDEF => Place::Undefined,
                elf::SHN_COMMON => Place::Common,
                elf::SHN_ABS => Place::Absolute,
                _ => match table.symbol_section(endian, symbol, index) {
                    Ok(Some(section)) => Place::Section(section.0),
                    _ => Place::Absolute,
                },
            };
            if let (true, Place::Section(section)) = (symbol.st_type() == elf::STT_SECTION, place) {
                name = self.sections.get(section).map(|s| s.name.clone()).unwrap_or_default();
            }
            self.symbols.push(Symbol {
                name,
                place,
                value: symbol.st_value(endian),
                size: symbol.st_size(endian),
                binding: symbol.st_bind().0,
                kind: symbol.st_type().0,
            });
        }
    }

    fn relocations(&mut self, elf: &ElfFile64<'_, Endianness>) {
        for section in elf.sections() {
            let index = section.index().0;
            if !self.sections.get(index).is_some_and(|s| s.loaded) {
                continue;
            }
            for (offset, relocation) in section.relocations() {
                let RelocationFlags::Elf { r_type } = relocation.flags() else { continue };
                let RelocationTarget::Symbol(symbol) = relocation.target() else { continue };
                let (kind, addend) = (r_type.0, relocation.addend());
                self.relocs.push(Reloc { section: index, offset, kind, symbol: symbol.0, addend });
            }
        }
        self.relocs.sort_unstable_by_key(|r| (r.section, r.offset));
    }

    /// `a.o`, or `libx.a(b.o)`.
    pub fn name(&self) -> String {
        match &self.member {
            Some(member) => format!("{}({member})", self.file.display()),
            None => self.file.display().to_string(),
        }
    }

    /// The symbol of that name which is defined here; one that others see before one that is local.
    pub fn definition(&self, name: &str) -> Option<&Symbol> {
        let mut named =
            self.symbols.iter().filter(|s| s.name == name && s.defined() && s.kind != elf::STT_FILE.0);
        let first = named.next()?;
        if first.global() { Some(first) } else { named.find(|s| s.global()).or(Some(first)) }
    }

    /// The function that an offset of a section is in.
    pub fn function_at(&self, section: usize, offset: u64) -> Option<&Symbol> {
        let inside = |s: &&Symbol| {
            s.place == Place::Section(section)
                && s.function()
                && offset >= s.value
                && offset - s.value < s.size.max(1)
        };
        self.symbols.iter().filter(inside).max_by_key(|s| s.global())
    }

    /// Relocations in a part of a section.
    pub fn relocs_in(&self, section: usize, range: std::ops::Range<u64>) -> &[Reloc] {
        let start = self.relocs.partition_point(|r| (r.section, r.offset) < (section, range.start));
        let end = self.relocs.partition_point(|r| (r.section, r.offset) < (section, range.end));
        &self.relocs[start..end.max(start)]
    }

    /// The symbol of a relocation.
    pub fn target(&self, reloc: &Reloc) -> Option<&Symbol> {
        self.symbols.get(reloc.symbol)
    }
}
