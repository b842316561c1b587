//! Reading the tables of an ELF file.

use std::path::Path;

use gimli::UnwindSection;
use object::read::elf::{ProgramHeader, SectionHeader, Sym, SymbolTable};
use object::{LittleEndian, Object, ObjectSection, elf};

use super::{BinaryError, Binding, DynamicFacts, Elf, Function, LE, Section, Segment, Symbol, SymbolKind};

pub(super) fn segments(path: &Path, file: &Elf, size: u64) -> Result<Vec<Segment>, BinaryError> {
    let mut segments = Vec::new();
    for header in file.elf_program_headers().iter().filter(|h| h.p_type(LE) == elf::PT_LOAD) {
        let (offset, length) = header.file_range(LE);
        let end = offset.saturating_add(length);
        if end > size {
            let what = format!("the segment at address {:#x}", header.p_vaddr(LE));
            return Err(BinaryError::Truncated {
                path: path.to_path_buf(),
                what,
                expected: end,
                found: size,
            });
        }
        let flags = header.p_flags(LE);
        segments.push(Segment {
            address: header.p_vaddr(LE),
            size: header.p_memsz(LE),
            file: (offset, length),
            readable: flags.contains(elf::PF_R),
            writable: flags.contains(elf::PF_W),
            executable: flags.contains(elf::PF_X),
        });
    }
    Ok(segments)
}

pub(super) fn sections(file: &Elf) -> Vec<Section> {
    let table = file.elf_section_table();
    let read = |header: &elf::SectionHeader64<LittleEndian>| {
        let name = table.section_name(LE, header).unwrap_or_default();
        let flags = header.sh_flags(LE);
        Section {
            name: String::from_utf8_lossy(name).into_owned(),
            address: header.sh_addr(LE),
            size: header.sh_size(LE),
            file: header.file_range(LE).unwrap_or((header.sh_offset(LE), 0)),
            executable: flags.contains(elf::SHF_EXECINSTR),
            writable: flags.contains(elf::SHF_WRITE),
        }
    };
    table.iter().map(read).collect()
}

pub(super) fn dynamic(
    file: &Elf,
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

pub(super) fn interpreter(file: &Elf) -> Option<String> {
    let header = file.elf_program_headers().iter().find(|h| h.p_type(LE) == elf::PT_INTERP)?;
    let bytes = header.interpreter(LE, file.data()).ok().flatten()?;
    Some(String::from_utf8_lossy(bytes).into_owned())
}

pub(super) fn symbols(file: &Elf, section_count: usize) -> Vec<Symbol> {
    let mut symbols = Vec::new();
    collect_symbols(file.elf_symbol_table(), section_count, false, &mut symbols);
    let mut exported = Vec::new();
    collect_symbols(file.elf_dynamic_symbol_table(), section_count, true, &mut exported);
    let mut known = std::collections::HashMap::new();
    for (index, symbol) in symbols.iter().enumerate().filter(|(_, s)| s.binding != Binding::Local) {
        known.insert((symbol.name.clone(), symbol.address), index);
    }
    for symbol in exported {
        match known.get(&(symbol.name.clone(), symbol.address)) {
            Some(&index) => symbols[index].dynamic = true,
            None => symbols.push(symbol),
        }
    }
    symbols
}

fn collect_symbols(
    table: &SymbolTable<'_, elf::FileHeader64<LittleEndian>>,
    section_count: usize,
    dynamic: bool,
    symbols: &mut Vec<Symbol>,
) {
    let mut source = None;
    for (index, symbol) in table.enumerate() {
        let name = || Some(String::from_utf8_lossy(table.symbol_name(LE, symbol).ok()?).into_owned());
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
        if symbol.is_undefined(LE) {
            continue;
        }
        let section = table.symbol_section(LE, symbol, index).ok().flatten().map(|s| s.0);
        let Some(name) = name().filter(|n| !n.is_empty()) else {
            continue;
        };
        symbols.push(Symbol {
            name,
            address: symbol.st_value(LE),
            size: symbol.st_size(LE),
            kind,
            binding,
            section: section.filter(|&s| s < section_count),
            file: if binding == Binding::Local { source.clone() } else { None },
            dynamic,
        });
    }
}

/// Ranges of the FDEs. A damaged table yields those before the damage: they are only a fallback for extents.
pub(super) fn frames(file: &Elf, sections: &[Section]) -> Vec<(u64, u64)> {
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
    let frame = gimli::EhFrame::new(data, gimli::LittleEndian);
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
