//! The routines that have code, and the copies of them that were inlined.
//!
//! [`Index::build`] walks all units, several at once. Most entries of a unit are types and variables: they are stepped
//! over by the lengths of their attributes, or with all that is below them where the compiler says where they end.
//! [`Index::of_symbols`] reads the units of a few routines only; [`Index::load_or_build`] keeps the result on disk.

use std::collections::HashMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use gimli::AttributeValue;
use gimli::constants::*;

use super::{Bytes, DebugInfo, Die, DieRef, DwarfError, flag};
use crate::binary::Binary;

/// Copies of one routine that are named; the rest is counted.
const MAX_NAMED_COPIES: usize = 16;
/// Ranges of one routine that are kept.
const MAX_RANGES: usize = 16;
/// Attributes of one entry; compilers write a dozen. Entries without bytes would let a small file take long.
const MAX_ATTRIBUTES: usize = 512;
/// Bytes of names and paths that are kept for each byte of a unit. Real units need less than one.
const MAX_TEXT: usize = 64;
/// Symbols related to a name that are looked up one by one.
const MAX_RELATED: usize = 1000;
/// Threads that read units.
const MAX_THREADS: usize = 16;

/// A routine with code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subprogram {
    /// Its DIE.
    pub die: DieRef,
    /// The DIE that declares it: the same, or its abstract origin.
    pub origin: DieRef,
    /// Name in the source.
    pub name: Option<String>,
    /// Name for the linker, where it differs.
    pub linkage_name: Option<String>,
    /// Address of its entry.
    pub address: u64,
    /// Its code: first address and one past the last, the part with the entry first where the compiler lists it so.
    pub ranges: Vec<(u64, u64)>,
    /// `file:line` of its declaration.
    pub at: Option<String>,
    /// Full path of the source file.
    pub source: Option<String>,
    /// Other units can call it.
    pub external: bool,
    /// Declared with a prototype. False for K&R definitions.
    pub prototyped: bool,
    /// Made by the compiler.
    pub artificial: bool,
    /// The main program of a Fortran unit.
    pub main: bool,
    /// Inside another routine: it receives a hidden link to the frame of that one.
    pub nested: bool,
}

/// A copy of a routine inside another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InlinedCopy {
    /// `file:line` of the call it replaces.
    pub at: Option<String>,
    /// Name of the routine that contains it.
    pub within: Option<String>,
}

/// The inlined copies of a routine.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Inlined {
    /// How many.
    pub count: usize,
    /// The first of them; [`Index::copies`] says where they are.
    pub(super) copies: Vec<Copy>,
}

/// A copy: its DIE, and the routine that contains it, as an index in [`Index::subprograms`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Copy {
    pub(super) die: DieRef,
    pub(super) within: Option<usize>,
}

/// The routines of a binary.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Index {
    /// Those with code, in the order of the debug information.
    pub subprograms: Vec<Subprogram>,
    /// Inlined copies, by the DIE that declares the routine.
    pub inlined: HashMap<DieRef, Inlined>,
    /// Units that could not be read to their end.
    pub problems: Vec<String>,
    by_address: HashMap<u64, usize>,
}

impl Index {
    /// Reads all compilation units. The same as [`Index::build`].
    pub fn read(info: &DebugInfo<'_>) -> Index {
        Index::build(info)
    }

    /// Reads all compilation units, on as many threads as there are processors.
    pub fn build(info: &DebugInfo<'_>) -> Index {
        let units: Vec<usize> = info.units_with_code().collect();
        Index::of_units(info, &units)
    }

    /// The routine of one function symbol, by exact name, with the others of its unit. `None` when it is no symbol with
    /// debug information, so that only the whole index can answer.
    ///
    /// Copies inlined into other units are not counted.
    pub fn of_symbol(info: &DebugInfo<'_>, binary: &Binary, name: &str) -> Option<Index> {
        Index::of_names(info, binary, &[name])
    }

    /// The same for several symbols, and for every other routine whose symbol contains one of these names: namesakes,
    /// specialised copies, what other languages make of the name.
    pub fn of_names(info: &DebugInfo<'_>, binary: &Binary, names: &[&str]) -> Option<Index> {
        let mut entries = Vec::new();
        for name in names {
            let before = entries.len();
            entries.extend(binary.symbols_named(name).filter(|s| s.is_function()).map(|s| s.address));
            if entries.len() == before {
                return None;
            }
        }
        let mut units = Vec::new();
        for address in &entries {
            units.push(info.unit_at(*address)?);
        }
        let related = |text: &str| names.iter().any(|name| text.contains(name));
        let related = binary.symbols().iter().filter(|s| s.is_function() && related(&s.name));
        for (number, symbol) in related.enumerate() {
            if number >= MAX_RELATED {
                return None;
            }
            units.extend(info.unit_at(symbol.address));
        }
        units.sort_unstable();
        units.dedup();
        let index = Index::of_units(info, &units);
        entries.iter().all(|a| index.at(*a).is_some()).then_some(index)
    }

    fn of_units(info: &DebugInfo<'_>, units: &[usize]) -> Index {
        let next = AtomicUsize::new(0);
        let read_some = || {
            let mut found = Vec::new();
            while let Some(&unit) = units.get(next.fetch_add(1, Ordering::Relaxed)) {
                found.push((unit, UnitIndex::read(info, unit)));
            }
            found
        };
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let threads = processors.min(MAX_THREADS).min(units.len());
        let mut parts = match threads {
            0 | 1 => read_some(),
            _ => std::thread::scope(|scope| {
                let workers: Vec<_> = (0..threads).map(|_| scope.spawn(read_some)).collect();
                // A worker that panicked would be an error of ours, and must not pass for an empty unit.
                let joined =
                    workers.into_iter().map(|w| w.join().unwrap_or_else(|e| std::panic::resume_unwind(e)));
                joined.flatten().collect()
            }),
        };
        parts.sort_by_key(|(unit, _)| *unit);
        let mut index = Index::default();
        parts.into_iter().for_each(|(_, part)| index.add(part));
        index
    }

    fn add(&mut self, part: UnitIndex) {
        let first = self.subprograms.len();
        self.subprograms.extend(part.subprograms);
        self.problems.extend(part.problems);
        for (origin, inlined) in part.inlined {
            let all = self.inlined.entry(origin).or_default();
            all.count += inlined.count;
            let room = MAX_NAMED_COPIES.saturating_sub(all.copies.len());
            let copies = inlined.copies.into_iter().take(room);
            all.copies.extend(copies.map(|c| Copy { within: c.within.map(|w| first + w), ..c }));
        }
        for (at, subprogram) in self.subprograms.iter().enumerate().skip(first) {
            self.by_address.entry(subprogram.address).or_insert(at);
        }
    }

    /// From its parts, as they were kept on disk.
    pub(super) fn from_parts(
        subprograms: Vec<Subprogram>,
        inlined: HashMap<DieRef, Inlined>,
        problems: Vec<String>,
    ) -> Index {
        let mut by_address = HashMap::with_capacity(subprograms.len());
        for (at, subprogram) in subprograms.iter().enumerate() {
            by_address.entry(subprogram.address).or_insert(at);
        }
        Index { subprograms, inlined, problems, by_address }
    }

    /// The routine whose entry is at `address`.
    pub fn at(&self, address: u64) -> Option<&Subprogram> {
        self.by_address.get(&address).map(|&i| &self.subprograms[i])
    }

    /// Where the copies of a routine are, the first of them; `origin` is [`Subprogram::origin`].
    pub fn copies(&self, info: &DebugInfo<'_>, origin: DieRef) -> Vec<InlinedCopy> {
        let Some(inlined) = self.inlined.get(&origin) else {
            return Vec::new();
        };
        let place = |copy: &Copy| InlinedCopy {
            at: info.die(copy.die).ok().and_then(|d| info.place(&d, DW_AT_call_file, DW_AT_call_line)),
            within: copy.within.and_then(|w| self.subprograms.get(w)?.name.clone()),
        };
        inlined.copies.iter().map(place).collect()
    }
}

/// The routines of one unit.
#[derive(Default)]
struct UnitIndex {
    subprograms: Vec<Subprogram>,
    /// `within` counts in the list above.
    inlined: Vec<(DieRef, Inlined)>,
    problems: Vec<String>,
    /// Bytes of names and paths.
    text: usize,
}

/// The routines around the current entry: its depth, and its index if it has code.
type Around = Vec<(isize, Option<usize>)>;

impl UnitIndex {
    fn read(info: &DebugInfo<'_>, unit: usize) -> UnitIndex {
        let mut index = UnitIndex::default();
        if let Err(error) = index.walk(info, unit) {
            index.problems.push(error.to_string());
        }
        index
    }

    fn walk<'s>(&mut self, info: &DebugInfo<'s>, unit: usize) -> Result<(), DwarfError> {
        let opened = info.opened(unit)?;
        let damaged = |offset: usize| move |source| info.damaged(DieRef { unit, offset }, source);
        // Compilers of the GNU collection put no code below a type, but for types inside routines; others do (rustc).
        let may_skip_types = opened.producer.starts_with("GNU ");
        let mut raw = opened.unit.entries_raw(None).map_err(damaged(0))?;
        let (mut around, mut origins) = (Around::new(), HashMap::new());
        let mut attributes = Vec::new();
        let mut base = 0;
        let room = info.units[unit].length().saturating_mul(MAX_TEXT).saturating_add(1 << 20);
        while !raw.is_empty() {
            let (offset, depth) = (raw.next_offset().0, base + raw.next_depth());
            let Some(abbreviation) = raw.read_abbreviation().map_err(damaged(offset))? else {
                continue;
            };
            if abbreviation.attributes().len() > MAX_ATTRIBUTES || self.text > room {
                return Err(DwarfError::Excessive { what: info.place_name(DieRef { unit, offset }) });
            }
            // Any entry ends the routines that are not around it: a Fortran module after a program, too.
            while around.last().is_some_and(|(outer, _)| *outer >= depth) {
                around.pop();
            }
            let tag = abbreviation.tag();
            let skipped = may_skip_types && abbreviation.has_children() && is_type(tag);
            if tag != DW_TAG_subprogram && tag != DW_TAG_inlined_subroutine && !skipped {
                raw.skip_attributes(abbreviation.attributes()).map_err(damaged(offset))?;
                continue;
            }
            raw.read_attributes(abbreviation.attributes(), &mut attributes).map_err(damaged(offset))?;
            let at = DieRef { unit, offset };
            match tag {
                DW_TAG_inlined_subroutine => {
                    let within = around.last().and_then(|(_, index)| *index);
                    self.add_inlined(info, at, &attributes, within, &mut origins);
                }
                DW_TAG_subprogram => {
                    // C++ has no routines inside routines: these are members of classes there.
                    let nested = !around.is_empty() && opened.language != super::Language::Cpp;
                    let index = self.add_subprogram(info, at, &attributes, nested);
                    around.push((depth, index));
                }
                _ => {
                    let sibling = sibling(&attributes).filter(|s| s.0 > raw.next_offset().0);
                    let sibling = sibling.filter(|_| around.is_empty() || !has_members(tag));
                    if let Some(sibling) = sibling {
                        base = depth;
                        raw = opened.unit.entries_raw(Some(sibling)).map_err(damaged(offset))?;
                    }
                }
            }
        }
        self.inlined.sort_unstable_by_key(|(origin, _)| *origin);
        Ok(())
    }

    /// Adds a routine if it has code. Returns its index.
    fn add_subprogram<'s>(
        &mut self,
        info: &DebugInfo<'s>,
        at: DieRef,
        attributes: &[gimli::Attribute<Bytes<'s>>],
        nested: bool,
    ) -> Option<usize> {
        let mut code = false;
        for attribute in attributes {
            match (attribute.name(), attribute.value()) {
                (DW_AT_low_pc | DW_AT_ranges | DW_AT_entry_pc, _) => code = true,
                (DW_AT_declaration, AttributeValue::Flag(true)) => return None,
                _ => {}
            }
        }
        // gfortran calls the merged body of a routine with ENTRY points `master.0.first`.
        let named = attributes.iter().any(|a| a.name() == DW_AT_name);
        let may_be_master = named && info.language(at.unit) == super::Language::Fortran;
        if !code && !may_be_master {
            return None;
        }
        match self.describe(info, at, nested) {
            Ok(subprogram) => {
                let subprogram = subprogram?;
                let texts = [&subprogram.name, &subprogram.linkage_name, &subprogram.at, &subprogram.source];
                self.text += texts.into_iter().flatten().map(String::len).sum::<usize>();
                self.subprograms.push(subprogram);
                Some(self.subprograms.len() - 1)
            }
            Err(error) => {
                self.problems.push(error.to_string());
                None
            }
        }
    }

    fn describe(
        &mut self,
        info: &DebugInfo<'_>,
        at: DieRef,
        nested: bool,
    ) -> Result<Option<Subprogram>, DwarfError> {
        let die = info.die(at)?;
        let chain = info.origins(&die)?;
        let name = chain.iter().find_map(|d| info.name(d));
        let Some(address) = entry_address(info, &die) else {
            return Ok(None);
        };
        let declared = chain.iter().find_map(|d| Some((d, info.declared_at(d)?)));
        Ok(Some(Subprogram {
            die: at,
            origin: chain.last().map_or(at, |d| d.at),
            name,
            linkage_name: chain.iter().find_map(|d| info.linkage_name(d)),
            address,
            ranges: ranges(info, &die),
            source: declared.as_ref().and_then(|(d, _)| info.file(d, DW_AT_decl_file)).map(|(full, _)| full),
            at: declared.map(|(_, at)| at),
            external: chain.iter().any(|d| flag(d, DW_AT_external)),
            prototyped: chain.iter().any(|d| flag(d, DW_AT_prototyped)),
            artificial: chain.iter().any(|d| flag(d, DW_AT_artificial)),
            main: chain.iter().any(|d| flag(d, DW_AT_main_subprogram)),
            nested,
        }))
    }

    fn add_inlined<'s>(
        &mut self,
        info: &DebugInfo<'s>,
        at: DieRef,
        attributes: &[gimli::Attribute<Bytes<'s>>],
        within: Option<usize>,
        origins: &mut HashMap<DieRef, Option<usize>>,
    ) {
        let origin = attributes.iter().find(|a| a.name() == DW_AT_abstract_origin);
        let Some(first) = origin.and_then(|a| info.resolve(at, &a.value()).ok().flatten()) else {
            return;
        };
        // Many copies have one origin, whose own origins are followed once.
        let place = *origins.entry(first).or_insert_with(|| {
            let last = info.origins(&info.die(first).ok()?).ok()?.last()?.at;
            self.inlined.push((last, Inlined::default()));
            Some(self.inlined.len() - 1)
        });
        let Some((_, inlined)) = place.and_then(|p| self.inlined.get_mut(p)) else {
            return;
        };
        inlined.count += 1;
        if inlined.copies.len() < MAX_NAMED_COPIES {
            inlined.copies.push(Copy { die: at, within });
        }
    }
}

/// Types that can have routines as members.
fn has_members(tag: gimli::DwTag) -> bool {
    matches!(tag, DW_TAG_structure_type | DW_TAG_class_type | DW_TAG_union_type | DW_TAG_interface_type)
}

/// Entries below which compilers of the GNU collection put no code, but for classes inside routines.
fn is_type(tag: gimli::DwTag) -> bool {
    matches!(
        tag,
        DW_TAG_structure_type
            | DW_TAG_class_type
            | DW_TAG_union_type
            | DW_TAG_interface_type
            | DW_TAG_enumeration_type
            | DW_TAG_array_type
            | DW_TAG_subroutine_type
            | DW_TAG_call_site
            | DW_TAG_GNU_call_site
    )
}

fn sibling(attributes: &[gimli::Attribute<Bytes<'_>>]) -> Option<gimli::UnitOffset> {
    match attributes.iter().rev().find(|a| a.name() == DW_AT_sibling)?.value() {
        AttributeValue::UnitRef(offset) => Some(offset),
        _ => None,
    }
}

/// The code of a routine.
pub(crate) fn ranges<'s>(info: &DebugInfo<'s>, die: &Die<'s>) -> Vec<(u64, u64)> {
    let Some((dwarf, opened)) = info.unit(die.at.unit) else {
        return Vec::new();
    };
    let mut all = Vec::new();
    if let Ok(mut ranges) = dwarf.die_ranges(&opened.unit, &die.entry) {
        while let Ok(Some(range)) = ranges.next() {
            all.push((range.begin, range.end));
            if all.len() >= MAX_RANGES {
                break;
            }
        }
    }
    all
}

/// Address of the entry of a routine, `None` when it has no code.
fn entry_address<'s>(info: &DebugInfo<'s>, die: &Die<'s>) -> Option<u64> {
    let (dwarf, opened) = info.unit(die.at.unit)?;
    let unit = &opened.unit;
    for attribute in [DW_AT_low_pc, DW_AT_entry_pc] {
        if let Some(value) = die.entry.attr_value(attribute)
            && let Ok(Some(address)) = dwarf.attr_address(unit, value)
        {
            // A linker that drops a section leaves 0 or the highest address in its debug information.
            return (address != 0 && !unit.header.is_tombstone_address(address)).then_some(address);
        }
    }
    let mut ranges = dwarf.die_ranges(unit, &die.entry).ok()?;
    let first = ranges.next().ok()??;
    (first.begin != 0 && first.begin < first.end).then_some(first.begin)
}
