//! Reading debug information (DWARF 2 to 5) without ever trusting it.
//!
//! [`Sections`] owns the bytes, [`DebugInfo`] the units; [`routines`] lists the routines that have code, [`location`]
//! says how a parameter arrives. Every walk is bounded: depth limits, visited sets, no allocation by a number read
//! from the file.

#![expect(non_upper_case_globals, reason = "patterns are the constants of the DWARF standard, by its names")]

mod cache;
pub mod evaluate;
pub mod location;
mod lookup;
pub mod routines;
mod sections;
mod separate;
mod split;
pub mod survey;
mod unit;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::OnceLock;

use gimli::{AttributeValue, DebuggingInformationEntry, EndianSlice, RunTimeEndian, Section, UnitOffset};

pub use cache::Kept;
pub use sections::Sections;
pub use separate::Search;
pub(crate) use separate::debug_file_of;
use unit::{Opened, Unit};

use crate::binary::BinaryError;

/// How the bytes are read.
pub(crate) type Bytes<'s> = EndianSlice<'s, RunTimeEndian>;
/// A DIE as gimli has it.
pub(crate) type Entry<'s> = DebuggingInformationEntry<Bytes<'s>>;

/// How many origins or specifications are followed from one DIE.
const MAX_ORIGINS: usize = 8;
/// How many children of one DIE are read.
const MAX_CHILDREN: usize = 65_536;

/// Why debug information cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DwarfError {
    /// There is none, neither in the file nor in one of its own.
    #[error("{}: has no debug information; rebuild with -g, or use the file from before `strip`{}", path.display(), looked_at(looked))]
    None {
        /// The file.
        path: PathBuf,
        /// Where a debug file was looked for, and what was there.
        looked: Vec<String>,
    },
    /// The file that several debug files share (dwz) is not there: names and types are in it.
    #[error("{}: its debug information needs the supplementary file {}, which was not found{}", path.display(), name.display(), looked_at(looked))]
    Supplementary {
        /// The file that needs it.
        path: PathBuf,
        /// The file, as the link names it.
        name: PathBuf,
        /// Where it was looked for, and what was there.
        looked: Vec<String>,
    },
    /// A section cannot be read.
    #[error(transparent)]
    Section(#[from] BinaryError),
    /// It contradicts itself.
    #[error("{what}: damaged debug information: {source}")]
    Damaged {
        /// Where.
        what: String,
        /// What the reader said.
        source: gimli::Error,
    },
    /// More than any compiler writes.
    #[error("{what}: damaged debug information: more attributes or longer names than a compiler writes")]
    Excessive {
        /// Where.
        what: String,
    },
    /// A reference that leads nowhere.
    #[error("damaged debug information: the entry at {from:#x} refers to nothing")]
    Reference {
        /// Offset of the entry in its section.
        from: usize,
    },
}

fn looked_at(places: &[String]) -> String {
    match places {
        [] => String::new(),
        places => format!(" (looked at {})", places.join("; ")),
    }
}

/// Source language of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Language {
    /// C of any standard.
    C,
    /// Fortran of any standard.
    Fortran,
    /// C++ of any standard.
    Cpp,
    /// Ada of any standard.
    Ada,
    /// Another one, or none stated.
    Other(Option<gimli::DwLang>),
}

impl Language {
    fn of(code: Option<gimli::DwLang>) -> Language {
        use gimli::constants::*;
        match code {
            Some(DW_LANG_C89 | DW_LANG_C | DW_LANG_C99 | DW_LANG_C11 | DW_LANG_C17) => Language::C,
            Some(
                DW_LANG_Fortran77 | DW_LANG_Fortran90 | DW_LANG_Fortran95 | DW_LANG_Fortran03
                | DW_LANG_Fortran08 | DW_LANG_Fortran18,
            ) => Language::Fortran,
            Some(
                DW_LANG_C_plus_plus
                | DW_LANG_C_plus_plus_03
                | DW_LANG_C_plus_plus_11
                | DW_LANG_C_plus_plus_14
                | DW_LANG_C_plus_plus_17
                | DW_LANG_C_plus_plus_20,
            ) => Language::Cpp,
            Some(DW_LANG_Ada83 | DW_LANG_Ada95 | DW_LANG_Ada2005 | DW_LANG_Ada2012) => Language::Ada,
            other => Language::Other(other),
        }
    }

    /// Its name.
    pub fn name(self) -> String {
        match self {
            Language::C => "C".into(),
            Language::Fortran => "Fortran".into(),
            Language::Cpp => "C++".into(),
            Language::Ada => "Ada".into(),
            Language::Other(Some(code)) => match code.static_string() {
                Some(name) => name.trim_start_matches("DW_LANG_").replace('_', " "),
                None => format!("language {:#x}", code.0),
            },
            Language::Other(None) => "an unstated language".into(),
        }
    }
}

impl From<cmp_bridge_contract::model::Language> for Language {
    fn from(language: cmp_bridge_contract::model::Language) -> Language {
        use cmp_bridge_contract::model::Language as Spoken;
        match language {
            Spoken::C => Language::C,
            Spoken::Cpp => Language::Cpp,
            Spoken::Fortran => Language::Fortran,
            Spoken::Ada => Language::Ada,
        }
    }
}

/// Place of a DIE.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DieRef {
    /// Index of its unit.
    pub unit: usize,
    /// Offset in the unit.
    pub offset: usize,
}

/// A DIE and its place.
#[derive(Clone)]
pub(crate) struct Die<'s> {
    pub(crate) at: DieRef,
    pub(crate) entry: Entry<'s>,
}

impl Die<'_> {
    pub(crate) fn tag(&self) -> gimli::DwTag {
        self.entry.tag()
    }
}

/// A file with debug information.
struct File<'s> {
    dwarf: gimli::Dwarf<Bytes<'s>>,
    /// Its units in `.debug_info`, in the order of their offsets.
    info: std::ops::Range<usize>,
}

/// All units of a binary.
pub struct DebugInfo<'s> {
    files: Vec<File<'s>>,
    pub(crate) units: Vec<Unit<'s>>,
    signatures: HashMap<u64, DieRef>,
    problems: Vec<String>,
    /// Index of the file that several debug files share.
    supplementary: Option<usize>,
    missing_splits: usize,
    aranges: OnceLock<lookup::Aranges>,
}

impl<'s> DebugInfo<'s> {
    /// Reads the unit headers. What cannot be read is named in [`DebugInfo::problems`]; damage within a unit is found
    /// when that unit is asked for.
    pub fn read(sections: &'s Sections<'_>) -> DebugInfo<'s> {
        let mut info = DebugInfo {
            files: Vec::new(),
            units: Vec::new(),
            signatures: HashMap::new(),
            problems: sections.problems().to_vec(),
            supplementary: None,
            missing_splits: 0,
            aranges: OnceLock::new(),
        };
        let shared = sections.supplementary.as_ref();
        info.add_file(sections.main.borrow_with_sup(shared, |bytes| sections.bytes(bytes)));
        if let Some(file) = shared {
            info.supplementary = Some(info.files.len());
            info.add_file(file.borrow(|bytes| sections.bytes(bytes)));
        }
        info.add_splits(sections);
        info
    }

    /// Reads the headers of the units of one file. Returns those of its `.debug_info`.
    fn add_file(&mut self, mut dwarf: gimli::Dwarf<Bytes<'s>>) -> std::ops::Range<usize> {
        dwarf.populate_abbreviations_cache(gimli::AbbreviationsCacheStrategy::Duplicates);
        let (file, first) = (self.files.len(), self.units.len());
        let mut headers = dwarf.units();
        loop {
            match headers.next() {
                Ok(Some(header)) => self.add_unit(Unit::new(header, file)),
                Ok(None) => break,
                Err(error) => {
                    self.problems.push(format!(".debug_info: {error}; the units after it are not read"));
                    break;
                }
            }
        }
        let info = first..self.units.len();
        let mut headers = dwarf.type_units();
        while let Ok(Some(header)) = headers.next() {
            self.add_unit(Unit::new(header, file));
        }
        self.files.push(File { dwarf, info: info.clone() });
        info
    }

    /// Adds the units that `-gsplit-dwarf` kept out of the binary, each tied to its skeleton.
    fn add_splits(&mut self, sections: &'s Sections<'_>) {
        let splits = &sections.splits;
        let mut added: HashMap<usize, std::ops::Range<usize>> = HashMap::new();
        let package = splits.package.as_ref().map(|p| p.borrow(|b| sections.bytes(b), Bytes::default()));
        let package = match package {
            Some(Ok(package)) => Some(package),
            Some(Err(error)) => {
                self.problems.push(format!(".dwp package: {error}"));
                None
            }
            None => None,
        };
        for wanted in &splits.wanted {
            let units = match (&package, wanted.file) {
                (Some(package), _) => match package.find_cu(gimli::DwoId(wanted.id), &self.files[0].dwarf) {
                    Ok(Some(dwarf)) => self.add_file(dwarf),
                    _ => continue,
                },
                (None, Some(file)) => match added.get(&file) {
                    Some(units) => units.clone(),
                    None => {
                        let mut dwarf = splits.files[file].borrow(|bytes| sections.bytes(bytes));
                        dwarf.make_dwo(&self.files[0].dwarf);
                        let units = self.add_file(dwarf);
                        added.insert(file, units.clone());
                        units
                    }
                },
                (None, None) => continue,
            };
            self.tie(wanted, units);
        }
        self.missing_splits = splits.wanted.len() - self.units.iter().filter(|u| u.split.is_some()).count();
        if let Some(package) = package {
            for row in 1..=package.tu_index.unit_count() {
                if let Ok(dwarf) = package.tu_sections(row, &self.files[0].dwarf) {
                    self.add_file(dwarf);
                }
            }
        }
    }

    fn tie(&mut self, wanted: &split::Wanted, units: std::ops::Range<usize>) {
        let Some(skeleton) = self.at_offset(0, wanted.skeleton).map(|at| at.unit) else {
            return;
        };
        let same = |unit: &usize| {
            let found = &self.units[*unit];
            let dwarf = &self.files[found.file].dwarf;
            split::dwo_id(dwarf, found.header()).is_ok_and(|id| id == Some(wanted.id))
        };
        match units.clone().find(same) {
            Some(unit) => {
                self.units[unit].skeleton = Some(skeleton);
                self.units[skeleton].split = Some(unit);
            }
            None => {
                let what = format!("unit at {:#x}: its .dwo file is of another compilation", wanted.skeleton);
                self.problems.push(what);
            }
        }
    }

    fn add_unit(&mut self, unit: Unit<'s>) {
        if let Some((signature, offset)) = unit.type_signature() {
            self.signatures.entry(signature).or_insert(DieRef { unit: self.units.len(), offset });
        }
        self.units.push(unit);
    }

    /// The entries and their abbreviations, of all files.
    fn section_bytes(&self) -> impl Iterator<Item = &'s [u8]> {
        let sections = |f: &File<'s>| {
            [
                f.dwarf.debug_info.reader().slice(),
                f.dwarf.debug_types.reader().slice(),
                f.dwarf.debug_abbrev.reader().slice(),
            ]
        };
        self.files.iter().flat_map(sections)
    }

    /// The sections that a unit is in.
    pub(crate) fn dwarf(&self, unit: usize) -> Option<&gimli::Dwarf<Bytes<'s>>> {
        Some(&self.files.get(self.units.get(unit)?.file)?.dwarf)
    }

    /// Abbreviations and root entry of a unit, read now if they have not been.
    pub(crate) fn opened(&self, unit: usize) -> Result<&Opened<'s>, DwarfError> {
        let nowhere = DwarfError::Reference { from: 0 };
        let (Some(found), Some(dwarf)) = (self.units.get(unit), self.dwarf(unit)) else {
            return Err(nowhere);
        };
        let skeleton = match found.skeleton {
            Some(skeleton) if self.units.get(skeleton).is_some_and(|s| s.skeleton.is_none()) => {
                Some(&self.opened(skeleton)?.unit)
            }
            _ => None,
        };
        let what = || format!("unit at {:#x}", found.start);
        found.opened(dwarf, skeleton).map_err(|source| DwarfError::Damaged { what: what(), source })
    }

    /// A unit and its sections, if it can be read.
    pub(crate) fn unit(&self, unit: usize) -> Option<(&gimli::Dwarf<Bytes<'s>>, &Opened<'s>)> {
        Some((self.dwarf(unit)?, self.opened(unit).ok()?))
    }

    /// What could not be read, in words.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// Units kept out of the binary (`-gsplit-dwarf`) whose files were not found.
    pub fn split_units(&self) -> usize {
        self.missing_splits
    }

    /// Source language of a unit.
    pub fn language(&self, unit: usize) -> Language {
        self.opened(unit).map_or(Language::Other(None), |u| u.language)
    }

    /// Compiler and options of a unit (`DW_AT_producer`).
    pub fn producer(&self, unit: usize) -> &str {
        self.opened(unit).map_or("", |u| u.producer.as_str())
    }

    /// Name of a unit: its source file.
    pub fn unit_name(&self, unit: usize) -> &str {
        self.opened(unit).map_or("", |u| u.name.as_str())
    }

    /// The DIE of a unit itself.
    pub fn root(&self, unit: usize) -> Result<DieRef, DwarfError> {
        let found = self.units.get(unit).ok_or(DwarfError::Reference { from: unit })?;
        Ok(DieRef { unit, offset: found.header().root_offset().0 })
    }

    pub(crate) fn die(&self, at: DieRef) -> Result<Die<'s>, DwarfError> {
        let unit = &self.opened(at.unit)?.unit;
        let entry = unit.entry(UnitOffset(at.offset)).map_err(|source| self.damaged(at, source))?;
        if entry.is_null() {
            return Err(DwarfError::Reference { from: self.section_offset(at) });
        }
        Ok(Die { at, entry })
    }

    /// Where an entry is in its section.
    fn section_offset(&self, at: DieRef) -> usize {
        self.units.get(at.unit).map_or(0, |u| u.start).saturating_add(at.offset)
    }

    /// A place, for a message.
    fn place_name(&self, at: DieRef) -> String {
        let name = self.opened(at.unit).map_or("", |u| u.name.as_str());
        format!("{name}, entry {:#x}", self.section_offset(at))
    }

    pub(crate) fn damaged(&self, at: DieRef, source: gimli::Error) -> DwarfError {
        DwarfError::Damaged { what: self.place_name(at), source }
    }

    /// The DIEs directly below one.
    pub(crate) fn children(&self, at: DieRef) -> Result<Vec<Die<'s>>, DwarfError> {
        let unit = &self.opened(at.unit)?.unit;
        let damaged = |source| self.damaged(at, source);
        let mut tree = unit.entries_tree(Some(UnitOffset(at.offset))).map_err(damaged)?;
        let mut nodes = tree.root().map_err(damaged)?.children();
        let mut children = Vec::new();
        while let Some(node) = nodes.next().map_err(damaged)? {
            let entry = node.entry().clone();
            children.push(Die { at: DieRef { unit: at.unit, offset: entry.offset().0 }, entry });
            if children.len() >= MAX_CHILDREN {
                break;
            }
        }
        Ok(children)
    }

    /// The DIE an attribute refers to.
    pub(crate) fn reference(
        &self,
        die: &Die<'s>,
        attribute: gimli::DwAt,
    ) -> Result<Option<DieRef>, DwarfError> {
        match die.entry.attr_value(attribute) {
            Some(value) => self.resolve(die.at, &value),
            None => Ok(None),
        }
    }

    /// The DIE a value refers to; `None` when the value is not a reference.
    pub(crate) fn resolve(
        &self,
        from: DieRef,
        value: &AttributeValue<Bytes<'s>>,
    ) -> Result<Option<DieRef>, DwarfError> {
        let nowhere = DwarfError::Reference { from: from.offset };
        match value {
            AttributeValue::UnitRef(offset) => Ok(Some(DieRef { unit: from.unit, offset: offset.0 })),
            AttributeValue::DebugInfoRef(offset) => {
                let file = self.units.get(from.unit).ok_or(DwarfError::Reference { from: from.offset })?.file;
                self.at_offset(file, offset.0).map(Some).ok_or(nowhere)
            }
            AttributeValue::DebugTypesRef(signature) => match self.signatures.get(&signature.0) {
                Some(place) => Ok(Some(*place)),
                None => Err(nowhere),
            },
            AttributeValue::DebugInfoRefSup(offset) => {
                let found = self.supplementary.and_then(|file| self.at_offset(file, offset.0));
                found.map(Some).ok_or(nowhere)
            }
            _ => Ok(None),
        }
    }

    /// The entry at an offset of `.debug_info` of a file.
    fn at_offset(&self, file: usize, offset: usize) -> Option<DieRef> {
        let units = &self.files.get(file)?.info;
        let after = self.units.get(units.clone())?.partition_point(|u| u.start <= offset);
        let unit = units.start + after.checked_sub(1)?;
        (offset < self.units[unit].end()).then(|| DieRef { unit, offset: offset - self.units[unit].start })
    }

    /// A DIE and those it completes: abstract origins and specifications, nearest first.
    pub(crate) fn origins(&self, die: &Die<'s>) -> Result<Vec<Die<'s>>, DwarfError> {
        let mut chain = vec![die.clone()];
        while chain.len() < MAX_ORIGINS {
            let last = &chain[chain.len() - 1];
            let next = match self.reference(last, gimli::DW_AT_abstract_origin)? {
                Some(next) => Some(next),
                None => self.reference(last, gimli::DW_AT_specification)?,
            };
            match next {
                Some(next) if chain.iter().all(|d| d.at != next) => chain.push(self.die(next)?),
                _ => break,
            }
        }
        Ok(chain)
    }

    /// The compiler says that it inlined the routine, on the routine itself: a copy of which no instruction is left on its
    /// own is listed nowhere else.
    pub(crate) fn says_inlined(&self, die: &Die<'s>) -> bool {
        let inlined = |value| {
            matches!(value, AttributeValue::Inline(gimli::DW_INL_inlined | gimli::DW_INL_declared_inlined))
        };
        let chain = self.origins(die).unwrap_or_default();
        chain.iter().any(|d| d.entry.attr_value(gimli::DW_AT_inline).is_some_and(inlined))
    }

    pub(crate) fn text(&self, die: &Die<'s>, attribute: gimli::DwAt) -> Option<String> {
        let value = die.entry.attr_value(attribute)?;
        let (dwarf, opened) = self.unit(die.at.unit)?;
        Some(dwarf.attr_string(&opened.unit, value).ok()?.to_string_lossy().into_owned())
    }

    pub(crate) fn name(&self, die: &Die<'s>) -> Option<String> {
        self.text(die, gimli::DW_AT_name).filter(|n| !n.is_empty())
    }

    /// Name for the linker, in the standard's attribute or in the one compilers used before it.
    pub(crate) fn linkage_name(&self, die: &Die<'s>) -> Option<String> {
        self.text(die, gimli::DW_AT_linkage_name).or_else(|| self.text(die, gimli::DW_AT_MIPS_linkage_name))
    }

    /// `file:line` of the declaration, the file without absolute folders.
    pub(crate) fn declared_at(&self, die: &Die<'s>) -> Option<String> {
        self.place(die, gimli::DW_AT_decl_file, gimli::DW_AT_decl_line)
    }

    pub(crate) fn place(&self, die: &Die<'s>, file: gimli::DwAt, line: gimli::DwAt) -> Option<String> {
        let (_, name) = self.file(die, file)?;
        let line = die.entry.attr_value(line)?.udata_value()?;
        Some(format!("{name}:{line}"))
    }

    /// The file an attribute names: its full path, and its path below the folder of the compilation.
    pub(crate) fn file(&self, die: &Die<'s>, attribute: gimli::DwAt) -> Option<(String, String)> {
        let (dwarf, unit) = self.unit(die.at.unit)?;
        let index = match die.entry.attr_value(attribute)? {
            AttributeValue::FileIndex(index) => index,
            other => other.udata_value()?,
        };
        let header = unit.lines(dwarf)?;
        let file = header.file(index)?;
        let text = |value| Some(dwarf.attr_string(&unit.unit, value).ok()?.to_string_lossy().into_owned());
        let name = text(file.path_name())?;
        // Folder 0 is the folder of the compilation itself.
        let folder = match file.directory_index() {
            0 => String::new(),
            _ => file.directory(header).and_then(text).unwrap_or_default(),
        };
        let short = match name.starts_with('/') || folder.starts_with('/') {
            true => name.rsplit('/').next().unwrap_or(&name).to_string(),
            false if folder.is_empty() => name.clone(),
            false => format!("{folder}/{name}"),
        };
        let full =
            [unit.folder.as_str(), folder.as_str(), name.as_str()].into_iter().fold(String::new(), join);
        Some((full, short))
    }
}

/// Appends a path to a folder; an absolute path replaces it.
fn join(folder: String, path: &str) -> String {
    match (folder.is_empty() || path.starts_with('/'), path.is_empty()) {
        (_, true) => folder,
        (true, false) => path.to_string(),
        (false, false) => format!("{folder}/{path}"),
    }
}

/// An integer attribute, read unsigned where its form does not say.
pub(crate) fn integer(value: &AttributeValue<Bytes<'_>>) -> Option<i64> {
    match value {
        AttributeValue::Data1(v) => Some(i64::from(*v)),
        AttributeValue::Data2(v) => Some(i64::from(*v)),
        AttributeValue::Data4(v) => Some(i64::from(*v)),
        AttributeValue::Data8(v) | AttributeValue::Udata(v) => Some(*v as i64),
        AttributeValue::Sdata(v) => Some(*v),
        _ => None,
    }
}

/// A flag attribute.
pub(crate) fn flag(die: &Die<'_>, attribute: gimli::DwAt) -> bool {
    matches!(die.entry.attr_value(attribute), Some(AttributeValue::Flag(true)))
}

#[cfg(test)]
mod tests;
