//! Who refers to a routine, and through what: its name, which the linker can turn to another routine, or something that
//! was settled before the linker sees it.

use std::ops::Range;

use iced_x86::{Decoder, DecoderOptions, Instruction, OpKind};
use object::elf;

use super::unit::{Place, Reloc, Symbol, Unit};

/// Through what a place leads to a routine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// Its name.
    Name,
    /// Its distance from the start of its section.
    Section,
    /// Another name of it.
    Alias(String),
    /// Nothing: the assembler wrote the distance.
    Resolved,
}

/// A place that leads to a routine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reference {
    /// Section and offset.
    pub at: (usize, u64),
    /// Through what.
    pub how: How,
    /// The function it is in.
    pub holder: Option<String>,
    /// A call or a jump; otherwise its address is taken.
    pub branch: bool,
}

impl Reference {
    /// `in f` or `at .data+0x8`.
    pub fn place(&self, unit: &Unit) -> String {
        match &self.holder {
            Some(holder) => format!("{} ({})", holder, unit.name()),
            None => {
                let section = unit.sections.get(self.at.0).map_or("", |s| s.name.as_str());
                format!("{section}+{:#x} ({})", self.at.1, unit.name())
            }
        }
    }
}

/// Sections whose references call nothing: unwind rows and notes.
fn is_table(name: &str) -> bool {
    let tables =
        [".eh_frame", ".gcc_except_table", ".note", ".comment", "__patchable", "__mcount", ".stack_sizes"];
    tables.iter().any(|t| name.starts_with(t))
}

/// A relocation as the distance from an instruction: what to add to reach the end of the field.
pub(super) fn relative(kind: u32) -> Option<i64> {
    match object::elf::RelocationType(kind) {
        elf::R_X86_64_PC32 | elf::R_X86_64_PLT32 => Some(4),
        elf::R_X86_64_PC64 => Some(8),
        elf::R_X86_64_PC16 => Some(2),
        elf::R_X86_64_PC8 => Some(1),
        _ => None,
    }
}

/// What is written has to do with a slot for the symbol, whatever is added.
fn through_table(kind: u32) -> bool {
    let kinds = [
        elf::R_X86_64_GOTPCREL,
        elf::R_X86_64_GOTPCRELX,
        elf::R_X86_64_REX_GOTPCRELX,
        elf::R_X86_64_GOTPCREL64,
        elf::R_X86_64_GOT32,
        elf::R_X86_64_GOT64,
        elf::R_X86_64_GOTPLT64,
        elf::R_X86_64_PLTOFF64,
    ];
    kinds.iter().any(|k| k.0 == kind)
}

/// An address, or its distance from a place that has nothing to do with it.
fn absolute(kind: u32) -> bool {
    let kinds = [
        elf::R_X86_64_64,
        elf::R_X86_64_32,
        elf::R_X86_64_32S,
        elf::R_X86_64_16,
        elf::R_X86_64_8,
        elf::R_X86_64_GOTOFF64,
    ];
    kinds.iter().any(|k| k.0 == kind)
}

/// It leads nowhere: nothing is written, or the size of the symbol.
fn leads_nowhere(kind: u32) -> bool {
    [elf::R_X86_64_NONE, elf::R_X86_64_SIZE32, elf::R_X86_64_SIZE64].iter().any(|k| k.0 == kind)
}

/// Code of 64-bit models calls through a register: such a reference in code may be a call.
fn wide(kind: u32) -> bool {
    let narrow = relative(kind).is_some_and(|end| end < 8)
        || [elf::R_X86_64_32, elf::R_X86_64_32S, elf::R_X86_64_16, elf::R_X86_64_8]
            .iter()
            .any(|k| k.0 == kind)
        || [elf::R_X86_64_GOTPCREL, elf::R_X86_64_GOTPCRELX, elf::R_X86_64_REX_GOTPCRELX]
            .iter()
            .any(|k| k.0 == kind);
    !narrow
}

/// Whether a relocation leads to a place of its own sections. One of a kind that is not known here may mean any place
/// that its symbol and what is added can stand for.
fn leads_to(unit: &Unit, reloc: &Reloc, place: (usize, u64)) -> bool {
    let Some(symbol) = unit.target(reloc) else { return false };
    if symbol.place != Place::Section(place.0) || leads_nowhere(reloc.kind) {
        return false;
    }
    let is = |added: i64| symbol.value.wrapping_add_signed(added) == place.1;
    match relative(reloc.kind) {
        Some(end) => is(reloc.addend.wrapping_add(end)),
        None if through_table(reloc.kind) => is(0),
        None if absolute(reloc.kind) => is(reloc.addend),
        None => is(0) || [0, 4, 8].iter().any(|end| is(reloc.addend.wrapping_add(*end))),
    }
}

/// The code of a symbol.
pub(super) fn body(symbol: &Symbol) -> Option<(usize, Range<u64>)> {
    let Place::Section(section) = symbol.place else { return None };
    Some((section, symbol.value..symbol.value.saturating_add(symbol.size)))
}

/// `x` and `x.cold`: parts of one routine.
pub(super) fn part_of(holder: &str, symbol: &str) -> bool {
    holder == symbol || holder.strip_prefix(symbol).is_some_and(|rest| rest.starts_with(".cold"))
}

/// References to a routine from inside the object that defines it; those from its own code are left out.
pub fn inside(unit: &Unit, symbol: &Symbol) -> Vec<Reference> {
    let mut found = all_inside(unit, symbol);
    found.retain(|r| !r.holder.as_deref().is_some_and(|holder| part_of(holder, &symbol.name)));
    found
}

/// References to a routine from its own code, in which it calls itself.
pub fn own(unit: &Unit, symbol: &Symbol) -> Vec<Reference> {
    let mut found = all_inside(unit, symbol);
    found.retain(|r| r.branch && r.holder.as_deref().is_some_and(|holder| part_of(holder, &symbol.name)));
    found
}

fn all_inside(unit: &Unit, symbol: &Symbol) -> Vec<Reference> {
    let Place::Section(home) = symbol.place else { return Vec::new() };
    let mut found = Vec::new();
    for reloc in &unit.relocs {
        let in_table = unit.sections.get(reloc.section).is_none_or(|s| is_table(&s.name));
        if in_table || !leads_to(unit, reloc, (home, symbol.value)) {
            continue;
        }
        let Some(named) = unit.target(reloc) else { continue };
        let how = match named {
            s if s.kind == elf::STT_SECTION.0 => How::Section,
            s if s.name == symbol.name && s.binding == symbol.binding => How::Name,
            s => How::Alias(s.name.clone()),
        };
        found.push(reference(unit, reloc, how));
    }
    found.extend(resolved(unit, home, symbol.value));
    found
}

/// References by name from an object that does not define it.
pub fn outside(unit: &Unit, name: &str) -> Vec<Reference> {
    let is = |r: &&Reloc| unit.target(r).is_some_and(|s| s.name == name && s.place == Place::Undefined);
    unit.relocs.iter().filter(is).map(|reloc| reference(unit, reloc, How::Name)).collect()
}

fn reference(unit: &Unit, reloc: &Reloc, how: How) -> Reference {
    let holder = unit.function_at(reloc.section, reloc.offset).map(|s| s.name.clone());
    let section = unit.sections.get(reloc.section);
    // The bytes before the field: e8 call, e9 jmp, 0f 8x jcc, ff 15 and ff 25 through a slot.
    let before = |n: u64| {
        let at = usize::try_from(reloc.offset.checked_sub(n)?).ok()?;
        section?.data.get(at).copied()
    };
    let branch = section.is_some_and(|s| s.code)
        && (matches!(before(1), Some(0xe8 | 0xe9))
            || wide(reloc.kind)
            || matches!(
                (before(2), before(1)),
                (Some(0x0f), Some(0x80..=0x8f)) | (Some(0xff), Some(0x15 | 0x25))
            ));
    Reference { at: (reloc.section, reloc.offset), how, holder, branch }
}

/// Branches, and addresses taken, that carry no relocation.
fn resolved(unit: &Unit, section: usize, value: u64) -> Vec<Reference> {
    let mut found = Vec::new();
    instructions(unit, section, |instruction, holder| {
        let branch = matches!(instruction.op0_kind(), OpKind::NearBranch64 | OpKind::NearBranch32);
        let leads = match branch {
            true => instruction.near_branch_target() == value,
            false => instruction.is_ip_rel_memory_operand() && instruction.ip_rel_memory_address() == value,
        };
        let bytes = instruction.ip()..instruction.next_ip();
        if leads && unit.relocs_in(section, bytes).is_empty() {
            let holder = holder.map(str::to_string);
            found.push(Reference { at: (section, instruction.ip()), how: How::Resolved, holder, branch });
        }
    });
    found
}

/// Decodes the code of a section, afresh at each function, and shows each instruction with the function it is in.
pub(super) fn instructions(unit: &Unit, section: usize, mut see: impl FnMut(&Instruction, Option<&str>)) {
    let Some(code) = unit.sections.get(section).filter(|s| s.code) else { return };
    let here = |s: &&Symbol| s.place == Place::Section(section) && s.function();
    let mut starts: Vec<(u64, &str)> =
        unit.symbols.iter().filter(here).map(|s| (s.value, s.name.as_str())).collect();
    starts.sort_unstable();
    starts.dedup_by_key(|s| s.0);
    let first = starts.first().map_or(u64::MAX, |s| s.0);
    let mut parts = Vec::new();
    if first > 0 {
        parts.push((0, None));
    }
    parts.extend(starts.iter().map(|(start, name)| (*start, Some(*name))));
    for (i, (start, name)) in parts.iter().enumerate() {
        let end = parts.get(i + 1).map_or(code.data.len() as u64, |next| next.0);
        let (Ok(from), Ok(to)) = (usize::try_from(*start), usize::try_from(end)) else { continue };
        let Some(bytes) = code.data.get(from..to.min(code.data.len())) else { continue };
        let mut decoder = Decoder::with_ip(64, bytes, *start, DecoderOptions::NONE);
        let mut instruction = Instruction::default();
        while decoder.can_decode() {
            decoder.decode_out(&mut instruction);
            see(&instruction, *name);
        }
    }
}
