//! Records that travel by value: what is inside decides in which registers, and how they are aligned on the stack. Debug
//! information leaves out unnamed bit fields, and before version 5 alignments: what they leave behind is a gap.

use cmp_bridge_contract::abi::{self, Place, Role};
use cmp_bridge_contract::model::{By, Param, Routine, Target, Type, Use};
use gimli::constants::*;

use super::refusal::{Problem, Reason};
use super::types::Draft;
use crate::dwarf::{Die, DieRef, flag, integer};

/// How many records inside each other are looked into.
const MAX_DEPTH: u32 = 16;

/// What is not described in a record.
#[derive(Default)]
struct Gaps {
    /// Bytes that nothing explains, from and to.
    inside: Vec<(u64, u64)>,
    /// More bytes at the end than the alignment of what is described needs.
    tail: bool,
    /// A member without bytes, of which the class may count all the same.
    left_out: bool,
    /// A member is aligned more than its type is.
    aligned: bool,
}

impl<'s> Draft<'_, 's> {
    /// Refuses a value of the type at `at`, described as `ty`, of which a part that decides how it travels is unknown.
    pub(super) fn whole_by_value(&mut self, at: Option<DieRef>, ty: &Type) -> Result<(), Problem> {
        let refuse = |text: &str| Err(Problem::new(Reason::Type, format!("{ty} by value {text}")));
        let known = self.contract.size_align(ty);
        let Some((size, align)) = known.filter(|_| self.contract.component.target == Target::X86_64) else {
            return Ok(());
        };
        if self.wanted_align(at)?.is_some_and(|wanted| wanted > align) {
            return refuse("is aligned more than a contract can say");
        }
        let Some(plain) = self.plain(at)? else {
            return Ok(());
        };
        let record = matches!(plain.die.tag(), DW_TAG_structure_type | DW_TAG_class_type | DW_TAG_union_type);
        if !record || !matches!(ty, Type::Named(_)) {
            return Ok(());
        }
        let mut gaps = Gaps::default();
        self.find_gaps(&plain.die, 0, &mut gaps, 0)?;
        if gaps.aligned || (gaps.tail && size.is_multiple_of(16)) {
            return refuse("may be aligned more than the debug information says");
        }
        if size > 16 {
            return Ok(());
        }
        if gaps.left_out {
            return refuse("has a member without bytes");
        }
        let integers = self.integer_words(ty);
        let decides = |(from, to): &(u64, u64)| (from / 8..=(to - 1) / 8).any(|w| !integers.contains(&w));
        match gaps.inside.iter().any(decides) {
            true => refuse("may hold unnamed bit fields"),
            false => Ok(()),
        }
    }

    /// The eightbytes that travel in general registers: an unnamed bit field changes nothing there.
    fn integer_words(&self, ty: &Type) -> Vec<u64> {
        let param = Param::new("value", ty.clone(), By::Value, Use::In);
        let language = self.contract.component.language;
        let routine = Routine { params: vec![param], ..Routine::new("probe", "probe", language) };
        let Ok(lowered) = abi::lower(&self.contract, &routine) else {
            return Vec::new();
        };
        let argument = lowered.arguments.iter().find(|a| a.role == Role::Param(0));
        let pieces = argument.map(|a| a.pieces.as_slice()).unwrap_or_default();
        let integer = pieces.iter().filter(|p| matches!(p.place, Place::Gpr(_)));
        integer.map(|p| u64::from(p.offset) / 8).collect()
    }

    /// The alignment that a typedef on the way, or the type itself, asks for.
    fn wanted_align(&self, at: Option<DieRef>) -> Result<Option<u64>, Problem> {
        let mut next = at;
        let mut wanted = None;
        for _ in 0..MAX_DEPTH {
            let Some(at) = next else { break };
            let die = self.info.die(at)?;
            wanted = wanted.max(alignment(&die));
            let through = matches!(
                die.tag(),
                DW_TAG_typedef | DW_TAG_const_type | DW_TAG_volatile_type | DW_TAG_atomic_type
            );
            next = if through { self.info.reference(&die, DW_AT_type)? } else { None };
        }
        Ok(wanted)
    }

    /// Gaps of the record at `base`.
    fn find_gaps(&mut self, die: &Die<'s>, base: u64, gaps: &mut Gaps, depth: u32) -> Result<(), Problem> {
        let Some(size) = self.byte_size(die).filter(|_| depth < MAX_DEPTH) else {
            return Ok(());
        };
        let members = self.members(die, base, gaps, depth)?;
        let natural = members.iter().map(|m| m.align).max().unwrap_or(1);
        // In bits from the start of the record.
        let mut end = 0u64;
        for member in members {
            let explained = |unit: u64| member.first <= end.next_multiple_of(unit.max(1).saturating_mul(8));
            let unit = if member.is_bits { member.size } else { member.align };
            if die.tag() != DW_TAG_union_type && member.first > end && !explained(unit) {
                gaps.inside.push((base + end / 8, base + member.first.div_ceil(8)));
            }
            end = end.max(member.first.saturating_add(member.bits));
        }
        let bytes = end.div_ceil(8).max(1);
        let align = alignment(die).unwrap_or(natural);
        if size > bytes.next_multiple_of(align.max(1)) {
            gaps.inside.push((base + bytes, base + size));
            gaps.tail = true;
        }
        Ok(())
    }

    /// The bases and members of a record in their order; what is a record itself is looked into.
    fn members(
        &mut self,
        die: &Die<'s>,
        base: u64,
        gaps: &mut Gaps,
        depth: u32,
    ) -> Result<Vec<Member>, Problem> {
        let mut members = Vec::new();
        for child in self.info.children(die.at)? {
            let counts = match child.tag() {
                DW_TAG_inheritance => true,
                DW_TAG_member => !flag(&child, DW_AT_external) && !flag(&child, DW_AT_declaration),
                _ => false,
            };
            if !counts {
                continue;
            }
            let Some(field) = self.field(&child, "member".into(), "value", 0)? else {
                gaps.left_out = true;
                continue;
            };
            let Some((size, align)) = self.contract.size_align(&field.ty) else {
                gaps.left_out = true;
                continue;
            };
            let at = self.info.reference(&child, DW_AT_type)?;
            let wanted = self.wanted_align(at)?.max(alignment(&child));
            gaps.aligned |= wanted.is_some_and(|w| w > align) && alignment(die).is_none();
            let (first, bits) = field.bits.map_or((0, size.saturating_mul(8)), |(f, n)| (f.into(), n.into()));
            let first = field.offset.saturating_mul(8).saturating_add(first);
            let align = align.max(wanted.unwrap_or(1));
            members.push(Member { first, bits, size, align, is_bits: field.bits.is_some() });
            if let Some(plain) = self.plain(at)?
                && matches!(plain.die.tag(), DW_TAG_structure_type | DW_TAG_class_type | DW_TAG_union_type)
            {
                self.find_gaps(&plain.die, base + field.offset, gaps, depth + 1)?;
            }
        }
        members.sort_by_key(|m| m.first);
        Ok(members)
    }
}

/// A base or a member.
struct Member {
    /// First bit, and how many.
    first: u64,
    bits: u64,
    /// Bytes of its type, and their alignment.
    size: u64,
    align: u64,
    is_bits: bool,
}

/// The alignment that a DIE says.
fn alignment(die: &Die<'_>) -> Option<u64> {
    let said = die.entry.attr_value(DW_AT_alignment).as_ref().and_then(integer)?;
    u64::try_from(said).ok().filter(|align| align.is_power_of_two())
}
