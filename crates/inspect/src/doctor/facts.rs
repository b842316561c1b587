//! What an ELF file asks of the machine it is to run on.

use super::identification::identifications;
use crate::binary::{Binary, BinaryError};
use object::read::elf::{ElfFile, ElfFile32, ElfFile64, FileHeader, ProgramHeader, Sym};
use object::{Endianness, elf};
use std::collections::BTreeMap;

/// Symbols named of one version.
const NAMED: usize = 6;

/// A version of a library's symbols that the file asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The library, as the file names it.
    pub library: String,
    /// The version, such as `GLIBC_2.17`.
    pub version: String,
    /// Only weak symbols have it: the loader goes on without.
    pub weak: bool,
    /// Some of the symbols.
    pub symbols: Vec<String>,
}

/// How relocations are protected once the loader is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Relro {
    /// Not at all.
    #[default]
    None,
    /// All but the table that lazy binding fills.
    Partial,
    /// All of them: symbols are bound at start.
    Full,
}

/// Tables by which the loader finds symbols.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Hash {
    /// `DT_GNU_HASH`.
    pub gnu: bool,
    /// `DT_HASH`.
    pub sysv: bool,
}

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// It has a dynamic section.
    pub dynamic: bool,
    /// The table of wanted versions could be read; a file without section headers does not show it.
    pub versions_known: bool,
    /// Versions, by library.
    pub wanted: Vec<Wanted>,
    /// Pages of the stack may be executed: asked for, or not excluded.
    pub executable_stack: bool,
    /// The loader must write into code.
    pub text_relocations: bool,
    /// Packed relocations.
    pub packed_relocations: bool,
    /// How symbols are found.
    pub hash: Hash,
    /// Protection of relocations.
    pub relro: Relro,
    /// Thread-local storage of its own.
    pub has_tls: bool,
    /// Its thread-local storage must be there from the start of the process.
    pub static_tls: bool,
    /// It is initialised before all others: made to be preloaded.
    pub initfirst: bool,
    /// The x86-64 levels that its note asks for, as a bit set; nothing where no note says.
    pub cpu_needed: Option<u32>,
    /// Oldest kernel its note allows.
    pub kernel: Option<(u32, u32, u32)>,
    /// `@(#)` texts.
    pub what: Vec<String>,
}

impl Facts {
    /// Reads them.
    pub fn of(binary: &Binary) -> Result<Facts, BinaryError> {
        let damaged = |e: object::read::Error| BinaryError::Damaged {
            path: binary.path().to_owned(),
            what: e.to_string(),
        };
        let data = binary.data();
        let mut facts = match binary.target().bits {
            64 => read(&ElfFile64::<Endianness>::parse(data).map_err(damaged)?).map_err(damaged)?,
            _ => read(&ElfFile32::<Endianness>::parse(data).map_err(damaged)?).map_err(damaged)?,
        };
        facts.what = identifications(data);
        Ok(facts)
    }

    /// Highest version of each series, in the order of the alphabet: series, version, and who asks for it.
    pub fn highest(&self) -> Vec<&Wanted> {
        let mut highest: BTreeMap<(&str, &str), &Wanted> = BTreeMap::new();
        for wanted in &self.wanted {
            let (series, _) = super::target::series(&wanted.version);
            let key = (wanted.library.as_str(), series);
            let number = |w: &Wanted| super::target::numbers(super::target::series(&w.version).1);
            let known = highest.entry(key).or_insert(wanted);
            if number(known) < number(wanted) {
                *known = wanted;
            }
        }
        highest.into_values().collect()
    }
}

fn read<H: FileHeader<Endian = Endianness>>(file: &ElfFile<'_, H>) -> object::read::Result<Facts> {
    // Without a segment that says otherwise, the loader makes the stack executable.
    let mut facts = Facts { executable_stack: true, ..Facts::default() };
    let endian = file.endian();
    let mut relro = false;
    for header in file.elf_program_headers() {
        match header.p_type(endian) {
            elf::PT_GNU_STACK => facts.executable_stack = header.p_flags(endian).contains(elf::PF_X),
            elf::PT_GNU_RELRO => relro = true,
            elf::PT_DYNAMIC => facts.dynamic = true,
            elf::PT_TLS => facts.has_tls = true,
            elf::PT_NOTE => notes(header, file, &mut facts)?,
            _ => {}
        }
    }
    let now = dynamic(file, &mut facts)?;
    facts.relro = match (relro, now) {
        (false, _) => Relro::None,
        (true, false) => Relro::Partial,
        (true, true) => Relro::Full,
    };
    versions(file, &mut facts)?;
    Ok(facts)
}

/// Reads the dynamic section; returns whether symbols are bound at start.
fn dynamic<H: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'_, H>,
    facts: &mut Facts,
) -> object::read::Result<bool> {
    let table = file.elf_dynamic_table()?;
    let mut now = false;
    for entry in table.iter() {
        match entry.tag {
            elf::DT_HASH => facts.hash.sysv = true,
            elf::DT_GNU_HASH => facts.hash.gnu = true,
            elf::DT_TEXTREL => facts.text_relocations = true,
            elf::DT_RELR => facts.packed_relocations = true,
            elf::DT_BIND_NOW => now = true,
            elf::DT_FLAGS => {
                now |= entry.val & elf::DF_BIND_NOW.0 != 0;
                facts.text_relocations |= entry.val & elf::DF_TEXTREL.0 != 0;
                facts.static_tls |= entry.val & elf::DF_STATIC_TLS.0 != 0;
            }
            elf::DT_FLAGS_1 => {
                now |= entry.val & elf::DF_1_NOW.0 != 0;
                facts.initfirst |= entry.val & elf::DF_1_INITFIRST.0 != 0;
            }
            _ => {}
        }
    }
    Ok(now)
}

fn notes<H: FileHeader<Endian = Endianness>>(
    header: &H::ProgramHeader,
    file: &ElfFile<'_, H>,
    facts: &mut Facts,
) -> object::read::Result<()> {
    let endian = file.endian();
    let Some(mut notes) = header.notes(endian, file.data())? else { return Ok(()) };
    while let Some(note) = notes.next()? {
        if note.name() != b"GNU" {
            continue;
        }
        if note.n_type(endian) == elf::NT_GNU_ABI_TAG {
            let word = |at: usize| {
                let bytes = note.desc().get(4 * at..4 * at + 4)?.try_into().ok()?;
                Some(if file.endian() == Endianness::Big {
                    u32::from_be_bytes(bytes)
                } else {
                    u32::from_le_bytes(bytes)
                })
            };
            // The first word is the system: 0 is Linux.
            if word(0) == Some(0) {
                facts.kernel = word(1).zip(word(2)).zip(word(3)).map(|((a, b), c)| (a, b, c));
            }
        }
        let Some(mut properties) = note.gnu_properties(endian) else { continue };
        while let Some(property) = properties.next()? {
            if property.pr_type() == elf::GNU_PROPERTY_X86_ISA_1_NEEDED {
                facts.cpu_needed = Some(property.data_u32(endian)?);
            }
        }
    }
    Ok(())
}

fn versions<H: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'_, H>,
    facts: &mut Facts,
) -> object::read::Result<()> {
    let (endian, sections) = (file.endian(), file.elf_section_table());
    facts.versions_known = !sections.is_empty() || !facts.dynamic;
    let Some((mut needs, link)) = sections.gnu_verneed(endian, file.data())? else { return Ok(()) };
    let strings = sections.strings(endian, file.data(), link)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    // Places in `wanted`, by the index that symbols have.
    let mut places = BTreeMap::new();
    while let Some((need, mut versions)) = needs.next()? {
        let library = text(need.file(endian, strings)?);
        while let Some(version) = versions.next()? {
            places.insert(version.vna_other(endian).index().0, facts.wanted.len());
            facts.wanted.push(Wanted {
                library: library.clone(),
                version: text(version.name(endian, strings)?),
                weak: version.vna_flags.get(endian).contains(elf::VER_FLG_WEAK),
                symbols: Vec::new(),
            });
        }
    }
    let Some(table) = sections.versions(endian, file.data())? else { return Ok(()) };
    let symbols = file.elf_dynamic_symbol_table();
    for (index, symbol) in symbols.enumerate().filter(|(_, symbol)| symbol.is_undefined(endian)) {
        let version = table.version_index(endian, index).index().0;
        let wanted = places.get(&version).and_then(|place| facts.wanted.get_mut(*place));
        if let (Some(wanted), Ok(name)) = (wanted, symbols.symbol_name(endian, symbol))
            && wanted.symbols.len() < NAMED
        {
            wanted.symbols.push(text(name));
        }
    }
    Ok(())
}
