//! Reading the tables of an ELF file.

use std::path::Path;

use gimli::UnwindSection;
use object::read::elf::{ElfFile, FileHeader, ProgramHeader, SectionHeader, Sym, SymbolTable};
use object::{Endianness, Object, ObjectSection, elf};

use super::place::Placement;
use super::{BinaryError, Binding, DynamicFacts, Function, Section, Segment, Symbol, SymbolKind};

/// A header of any class.
pub(super) trait Header: FileHeader<Endian = Endianness> {}

impl<H: FileHeader<Endian = Endianness>> Header for H {}

pub(super) fn segments<H: Header>(
    path: &Path,
    file: &ElfFile<'_, H>,
    size: u64,
) -> Result<Vec<Segment>, BinaryError> {
    let endian = file.endian();
    let mut segments = Vec::new();
    for header in file.elf_program_headers().iter().filter(|h| h.p_type(endian) == elf::PT_LOAD) {
        let (offset, length) = header.file_range(endian);
        let end = offset.saturating_add(length);
        if end > size {
            let what = format!("the segment at address {:#x}", header.p_vaddr(endian).into());
            return Err(BinaryError::Truncated {
                path: path.to_path_buf(),
                what,
                expected: end,
                found: size,
            });
        }
        let flags = header.p_flags(endian);
        segments.push(Segment {
            address: header.p_vaddr(endian).into(),
            size: header.p_memsz(endian).into(),
            file: (offset, length),
            readable: flags.contains(elf::PF_R),
            writable: flags.contains(elf::PF_W),
            executable: flags.contains(elf::PF_X),
        });
    }
    Ok(segments)
}

/// Sections of a relocatable file have the addresses it was given.
pub(super) fn sections<H: Header>(file: &ElfFile<'_, H>, placement: Option<&Placement>) -> Vec<Section> {
    let (table, endian) = (file.elf_section_table(), file.endian());
    let read = |(index, header): (object::SectionIndex, &H::SectionHeader)| {
        let name = table.section_name(endian, header).unwrap_or_default();
        let flags = header.sh_flags(endian);
        let loaded = flags.contains(elf::SHF_ALLOC);
        Section {
            name: String::from_utf8_lossy(name).into_owned(),
            address: match placement {
                Some(placement) if loaded => placement.section(index.0),
                _ => header.sh_addr(endian).into(),
            },
            size: header.sh_size(endian).into(),
            file: header.file_range(endian).unwrap_or((header.sh_offset(endian).into(), 0)),
            executable: flags.contains(elf::SHF_EXECINSTR),
            writable: flags.contains(elf::SHF_WRITE),
        }
    };
    // The first entry of the table, which stands for no section, keeps its place: symbols name sections by index.
    let first = table.iter().take(1).map(|header| read((object::SectionIndex(0), header)));
    first.chain(table.enumerate().map(read)).collect()
}

/// What a loader would map of a relocatable file, had it been linked alone: each section for itself.
pub(super) fn placed_segments(
    path: &Path,
    sections: &[Section],
    placement: &Placement,
    size: u64,
) -> Result<Vec<Segment>, BinaryError> {
    let mut segments = Vec::new();
    for section in sections.iter().filter(|s| s.address != 0) {
        let expected = section.file.0.saturating_add(section.file.1);
        if section.file.1 != 0 && expected > size {
            let what = format!("section {}", section.name);
            return Err(BinaryError::Truncated { path: path.to_path_buf(), what, expected, found: size });
        }
        segments.push(Segment {
            address: section.address,
            size: section.size,
            file: (section.file.0, section.file.1.min(section.size)),
            readable: true,
            writable: section.writable,
            executable: section.executable,
        });
    }
    let (start, end) = placement.common_range;
    if start < end {
        let (size, file) = (end - start, (0, 0));
        let (readable, writable, executable) = (true, true, false);
        segments.push(Segment { address: start, size, file, readable, writable, executable });
    }
    Ok(segments)
}

pub(super) fn dynamic<H: Header>(
    file: &ElfFile<'_, H>,
    damaged: &dyn Fn(String) -> BinaryError,
) -> Result<DynamicFacts, BinaryError> {
    let table = file.elf_dynamic_table().map_err(|e| damaged(format!("dynamic section: {e}")))?;
    let mut facts = DynamicFacts { present: !table.is_empty(), ..DynamicFacts::default() };
    for entry in table.iter() {
        let text = || {
            let bytes = table.string(entry).map_err(|e| damaged(format!("dynamic section: {e}")))?;
            Ok::<_, BinaryError>(String::from_utf8_lossy(bytes).into_owned())
        };
        match entry.tag {
            elf::DT_NEEDED => facts.needed.push(text()?),
            elf::DT_SONAME => facts.soname = Some(text()?),
            elf::DT_RUNPATH => facts.runpath = Some(text()?),
            elf::DT_RPATH => facts.rpath = Some(text()?),
            elf::DT_SYMBOLIC => facts.symbolic = true,
            elf::DT_FLAGS => facts.symbolic |= entry.val & elf::DF_SYMBOLIC.0 != 0,
            elf::DT_FLAGS_1 => facts.pie |= entry.val & elf::DF_1_PIE.0 != 0,
            _ => {}
        }
    }
    Ok(facts)
}

pub(super) fn interpreter<H: Header>(file: &ElfFile<'_, H>) -> Option<String> {
    let endian = file.endian();
    let header = file.elf_program_headers().iter().find(|h| h.p_type(endian) == elf::PT_INTERP)?;
    let bytes = header.interpreter(endian, file.data()).ok().flatten()?;
    Some(String::from_utf8_lossy(bytes).into_owned())
}

/// The symbols of `.symtab`, or of `.dynsym`.
pub(super) fn symbols<H: Header>(
    file: &ElfFile<'_, H>,
    section_count: usize,
    dynamic: bool,
    placement: Option<&Placement>,
) -> Vec<Symbol> {
    let table = if dynamic { file.elf_dynamic_symbol_table() } else { file.elf_symbol_table() };
    let mut symbols = Vec::new();
    collect_symbols(file, table, (section_count, dynamic), placement, &mut symbols);
    symbols
}

/// Adds those of `.dynsym` that are not known, and marks the others.
pub(super) fn add_exported(symbols: &mut Vec<Symbol>, exported: Vec<Symbol>) {
    let global = |(_, s): &(usize, &Symbol)| s.binding != Binding::Local;
    let mut known = std::collections::HashMap::new();
    for (index, symbol) in symbols.iter().enumerate().filter(global) {
        known.insert((symbol.name.as_str(), symbol.address), index);
    }
    let places: Vec<Option<usize>> =
        exported.iter().map(|s| known.get(&(s.name.as_str(), s.address)).copied()).collect();
    for (symbol, place) in exported.into_iter().zip(places) {
        match place {
            Some(index) => symbols[index].dynamic = true,
            None => symbols.push(symbol),
        }
    }
}

fn collect_symbols<H: Header>(
    file: &ElfFile<'_, H>,
    table: &SymbolTable<'_, H>,
    (section_count, dynamic): (usize, bool),
    placement: Option<&Placement>,
    symbols: &mut Vec<Symbol>,
) {
    let endian = file.endian();
    let mut source = None;
    for (index, symbol) in table.enumerate() {
        let name = || Some(String::from_utf8_lossy(table.symbol_name(endian, symbol).ok()?).into_owned());
        let kind = match symbol.st_type() {
            elf::STT_FILE => {
                source = name();
                continue;
            }
            elf::STT_FUNC => SymbolKind::Function,
            elf::STT_GNU_IFUNC => SymbolKind::IndirectFunction,
            elf::STT_OBJECT | elf::STT_COMMON => SymbolKind::Object,
            elf::STT_TLS => SymbolKind::ThreadLocal,
            elf::STT_NOTYPE => SymbolKind::Untyped,
            _ => continue,
        };
        let binding = match symbol.st_bind() {
            elf::STB_LOCAL => Binding::Local,
            elf::STB_WEAK => Binding::Weak,
            _ => Binding::Global,
        };
        if symbol.is_undefined(endian) {
            continue;
        }
        let section = table.symbol_section(endian, symbol, index).ok().flatten().map(|s| s.0);
        let value: u64 = symbol.st_value(endian).into();
        let address = match (placement, section) {
            (None, _) => value,
            (Some(placement), Some(section)) if kind != SymbolKind::ThreadLocal => {
                placement.section(section).wrapping_add(value)
            }
            (Some(placement), _) => placement.common(index.0).unwrap_or(value),
        };
        let Some(name) = name().filter(|n| !n.is_empty()) else {
            continue;
        };
        symbols.push(Symbol {
            name,
            address,
            size: symbol.st_size(endian).into(),
            kind,
            binding,
            section: section.filter(|&s| s < section_count),
            file: if binding == Binding::Local { source.clone() } else { None },
            dynamic,
        });
    }
}

/// Ranges of the FDEs. A damaged table yields those before the damage: they are only a fallback for extents.
pub(super) fn frames<H: Header>(file: &ElfFile<'_, H>, sections: &[Section]) -> Vec<(u64, u64)> {
    let Some(section) = file.section_by_name(".eh_frame") else {
        return Vec::new();
    };
    let Ok(data) = section.data() else {
        return Vec::new();
    };
    let address_of = |name: &str| sections.iter().find(|s| s.name == name).map_or(0, |s| s.address);
    let bases = gimli::BaseAddresses::default()
        .set_eh_frame(address_of(".eh_frame"))
        .set_eh_frame_hdr(address_of(".eh_frame_hdr"))
        .set_text(address_of(".text"))
        .set_got(address_of(".got"));
    let order =
        if file.is_little_endian() { gimli::RunTimeEndian::Little } else { gimli::RunTimeEndian::Big };
    let mut frame = gimli::EhFrame::new(data, order);
    frame.set_address_size(if file.is_64() { 8 } else { 4 });
    let mut entries = frame.entries(&bases);
    let mut ranges = Vec::new();
    while let Ok(Some(entry)) = entries.next() {
        let gimli::CieOrFde::Fde(partial) = entry else {
            continue;
        };
        let Ok(fde) = partial.parse(gimli::EhFrame::cie_from_offset) else {
            continue;
        };
        let start = fde.initial_address();
        ranges.push((start, start.saturating_add(fde.len())));
    }
    ranges.sort_unstable();
    ranges.dedup();
    ranges
}

pub(super) fn sorted_by(
    symbols: &[Symbol],
    order: impl Fn(&Symbol, &Symbol) -> std::cmp::Ordering,
) -> Vec<usize> {
    let mut indices: Vec<usize> = (0..symbols.len()).collect();
    indices.sort_by(|&a, &b| order(&symbols[a], &symbols[b]));
    indices
}

/// One entry for each address a function symbol or an FDE begins at.
pub(super) fn list_functions(
    symbols: &[Symbol],
    by_address: &[usize],
    frames: &[(u64, u64)],
) -> Vec<Function> {
    let mut functions: Vec<Function> = Vec::new();
    for &index in by_address.iter().filter(|&&i| symbols[i].is_function()) {
        let symbol = &symbols[index];
        match functions.last_mut().filter(|f| f.address == symbol.address) {
            Some(function) => {
                function.size = function.size.max(symbol.size);
                function.symbols.push(index);
            }
            None => {
                functions.push(Function { address: symbol.address, size: symbol.size, symbols: vec![index] })
            }
        }
    }
    let mut unnamed = Vec::new();
    for &(start, end) in frames {
        match functions.binary_search_by_key(&start, |f| f.address) {
            Ok(at) if functions[at].size == 0 => functions[at].size = end - start,
            Ok(_) => {}
            Err(at) => {
                // A range inside a known function describes a part of it (`.cold` in place, a PLT stub), not a new one.
                let inside = at > 0 && start - functions[at - 1].address < functions[at - 1].size;
                if !inside {
                    unnamed.push(Function { address: start, size: end - start, symbols: Vec::new() });
                }
            }
        }
    }
    functions.extend(unnamed);
    functions.sort_by_key(|f| f.address);
    functions
}
