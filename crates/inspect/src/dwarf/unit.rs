//! A unit, opened when something of it is asked for.
//!
//! Reading the header of a unit tells where the next one begins, and no more. Abbreviations and the root entry are read
//! on first use, the line table (for the names of files) only when a file is asked for.

use std::sync::OnceLock;

use gimli::{AttributeValue, UnitType};

use super::{Bytes, Language};

/// A unit.
pub(crate) struct Unit<'s> {
    header: gimli::UnitHeader<Bytes<'s>>,
    /// Offset in its section.
    pub(crate) start: usize,
    /// Index of the file it is in, in [`super::DebugInfo`].
    pub(crate) file: usize,
    /// Of a skeleton (`-gsplit-dwarf`): index of the unit that has the entries.
    pub(crate) split: Option<usize>,
    /// Of such a unit: index of its skeleton.
    pub(crate) skeleton: Option<usize>,
    opened: OnceLock<Result<Opened<'s>, gimli::Error>>,
}

/// What its abbreviations and its root entry say.
pub(crate) struct Opened<'s> {
    /// Without its line table.
    pub(crate) unit: gimli::Unit<Bytes<'s>>,
    pub(crate) language: Language,
    pub(crate) producer: String,
    pub(crate) name: String,
    pub(crate) folder: String,
    stmt_list: Option<gimli::DebugLineOffset>,
    lines: OnceLock<Option<gimli::IncompleteLineProgram<Bytes<'s>>>>,
}

impl<'s> Unit<'s> {
    pub(crate) fn new(header: gimli::UnitHeader<Bytes<'s>>, file: usize) -> Unit<'s> {
        Unit { start: header.offset().0, header, file, split: None, skeleton: None, opened: OnceLock::new() }
    }

    /// One past its last byte, as an offset in its section.
    pub(crate) fn end(&self) -> usize {
        self.start.saturating_add(self.header.length_including_self())
    }

    /// Signature and place of the type of a type unit.
    pub(crate) fn type_signature(&self) -> Option<(u64, usize)> {
        match self.header.type_() {
            UnitType::Type { type_signature, type_offset }
            | UnitType::SplitType { type_signature, type_offset } => Some((type_signature.0, type_offset.0)),
            _ => None,
        }
    }

    /// Its size in bytes.
    pub(super) fn length(&self) -> usize {
        self.header.length_including_self()
    }

    pub(super) fn header(&self) -> &gimli::UnitHeader<Bytes<'s>> {
        &self.header
    }

    pub(crate) fn opened(
        &self,
        dwarf: &gimli::Dwarf<Bytes<'s>>,
        skeleton: Option<&gimli::Unit<Bytes<'s>>>,
    ) -> Result<&Opened<'s>, gimli::Error> {
        self.opened.get_or_init(|| open(dwarf, self.header, skeleton)).as_ref().map_err(|error| *error)
    }
}

impl<'s> Opened<'s> {
    /// The header of its line table.
    pub(crate) fn lines(
        &self,
        dwarf: &gimli::Dwarf<Bytes<'s>>,
    ) -> Option<&gimli::LineProgramHeader<Bytes<'s>>> {
        let read = || {
            let (folder, name) = (self.unit.comp_dir, self.unit.name);
            dwarf.debug_line.program(self.stmt_list?, self.unit.header.address_size(), folder, name).ok()
        };
        Some(self.lines.get_or_init(read).as_ref()?.header())
    }
}

pub(super) fn open<'s>(
    dwarf: &gimli::Dwarf<Bytes<'s>>,
    header: gimli::UnitHeader<Bytes<'s>>,
    skeleton: Option<&gimli::Unit<Bytes<'s>>>,
) -> Result<Opened<'s>, gimli::Error> {
    let abbreviations = dwarf.abbreviations(&header)?;
    let root = header.entry(&abbreviations, header.root_offset())?;
    let value = |at| root.attr_value(at);
    let either = |a, b| root.attr_value(a).or_else(|| root.attr_value(b));
    let mut unit = unread(dwarf, header, abbreviations.clone());
    if let Some(AttributeValue::DebugStrOffsetsBase(base)) = value(gimli::DW_AT_str_offsets_base) {
        unit.str_offsets_base = base;
    }
    if let Some(AttributeValue::DebugAddrBase(base)) =
        either(gimli::DW_AT_addr_base, gimli::DW_AT_GNU_addr_base)
    {
        unit.addr_base = base;
    }
    if let Some(AttributeValue::DebugLocListsBase(base)) = value(gimli::DW_AT_loclists_base) {
        unit.loclists_base = base;
    }
    if let Some(AttributeValue::DebugRngListsBase(base)) =
        either(gimli::DW_AT_rnglists_base, gimli::DW_AT_GNU_ranges_base)
    {
        unit.rnglists_base = base;
    }
    if let (None, Some(AttributeValue::DwoId(id))) = (unit.dwo_id, value(gimli::DW_AT_GNU_dwo_id)) {
        unit.dwo_id = Some(id);
    }
    if let Some(skeleton) = skeleton {
        unit.copy_relocated_attributes(skeleton);
    }
    let text = |at, unit: &gimli::Unit<Bytes<'s>>| dwarf.attr_string(unit, value(at)?).ok();
    unit.name = text(gimli::DW_AT_name, &unit);
    unit.comp_dir = text(gimli::DW_AT_comp_dir, &unit).or_else(|| skeleton.and_then(|s| s.comp_dir));
    if let Some(low) = value(gimli::DW_AT_low_pc)
        && let Ok(Some(address)) = dwarf.attr_address(&unit, low)
    {
        unit.low_pc = address;
    }
    let owned = |bytes: Option<Bytes<'s>>| bytes.map(|b| b.to_string_lossy().into_owned());
    let stmt_list = match value(gimli::DW_AT_stmt_list) {
        Some(AttributeValue::DebugLineRef(offset)) => Some(offset),
        // The one table of a .dwo file begins where its section does.
        _ if skeleton.is_some() => Some(gimli::DebugLineOffset(0)),
        _ => None,
    };
    Ok(Opened {
        language: Language::of(match value(gimli::DW_AT_language) {
            Some(AttributeValue::Language(code)) => Some(code),
            _ => None,
        }),
        producer: owned(text(gimli::DW_AT_producer, &unit)).unwrap_or_default(),
        name: owned(unit.name).unwrap_or_default(),
        folder: owned(unit.comp_dir).unwrap_or_default(),
        stmt_list,
        lines: OnceLock::new(),
        unit,
    })
}

/// A unit of which only the header is known.
fn unread<'s>(
    dwarf: &gimli::Dwarf<Bytes<'s>>,
    header: gimli::UnitHeader<Bytes<'s>>,
    abbreviations: std::sync::Arc<gimli::Abbreviations>,
) -> gimli::Unit<Bytes<'s>> {
    let (encoding, kind) = (header.encoding(), dwarf.file_type);
    gimli::Unit {
        abbreviations,
        name: None,
        comp_dir: None,
        low_pc: 0,
        str_offsets_base: gimli::DebugStrOffsetsBase::default_for_encoding_and_file(encoding, kind),
        addr_base: gimli::DebugAddrBase(0),
        loclists_base: gimli::DebugLocListsBase::default_for_encoding_and_file(encoding, kind),
        rnglists_base: gimli::DebugRngListsBase::default_for_encoding_and_file(encoding, kind),
        line_program: None,
        dwo_id: match header.type_() {
            UnitType::Skeleton(id) | UnitType::SplitCompilation(id) => Some(id),
            _ => None,
        },
        header,
    }
}
