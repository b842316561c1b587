//! Records of Ada: variants, bit fields, and what is known of storage by its address only.

use cmp_bridge_contract::layout::MAX_SIZE;
use cmp_bridge_contract::model::{Condition, Field, Type, TypeDef, TypeKind, Use, When};
use gimli::constants::*;
use gimli::{AttributeValue, Reader};

use super::ada_types::{plain_name, refuse};
use super::names::identifier;
use super::refusal::{Problem, Reason};
use super::types::{Draft, unique};
use crate::dwarf::{Bytes, Die, DieRef, flag, integer};

/// Most arrays of arrays.
const MAX_ARRAYS: u32 = 24;
/// Most components of a record.
const MAX_FIELDS: usize = 4096;

impl<'s> Draft<'_, 's> {
    /// A record; storage of which only the address is known where its inside cannot be described.
    pub(super) fn ada_record(
        &mut self,
        die: &Die<'s>,
        alias: Option<String>,
        hint: &str,
        is_volatile: bool,
        depth: u32,
    ) -> Result<Type, Problem> {
        if let Some(known) = self.known.get(&die.at).filter(|_| !is_volatile) {
            return Ok(known.clone());
        }
        if let Some(packed) = self.encoded_packed(die, depth)? {
            return Ok(packed);
        }
        let name = self.ada_name(die, alias, hint);
        if flag(die, DW_AT_declaration) {
            return refuse(format!("{name} is only declared here"));
        }
        if !self.open.insert(die.at) {
            return refuse(format!("{name}, inside itself"));
        }
        let def = self.ada_definition(die, name, depth);
        self.open.remove(&die.at);
        let mut def = def?;
        def.trivial &= !is_volatile || def.size > 16;
        if matches!(&def.kind, TypeKind::Opaque { of: Some(of) } if of.ends_with(VARIABLE)) {
            // A type of a contract has a size, and there is none that is true of all its objects.
            return refuse(format!("{}, {VARIABLE}", def.name));
        }
        let ty = self.define(def);
        if !is_volatile {
            self.known.insert(die.at, ty.clone());
        }
        Ok(ty)
    }

    /// Where its address is what travels: GNAT passes and returns in memory, whatever its size, what is volatile or atomic
    /// or has a part that is, what has a size that depends on discriminants, and what holds such a record.
    fn by_address(&self, members: &[Die<'s>], fields: &[Field], sized: bool) -> Result<bool, Problem> {
        if !sized || fields.iter().any(|f| self.travels_by_address(&f.ty)) {
            return Ok(true);
        }
        let mut open: Vec<Die<'s>> = members.to_vec();
        while let Some(die) = open.pop() {
            match die.tag() {
                DW_TAG_member if self.is_volatile(self.info.reference(&die, DW_AT_type)?)? => {
                    return Ok(true);
                }
                DW_TAG_variant_part | DW_TAG_variant => open.extend(self.info.children(die.at)?),
                _ => {}
            }
        }
        Ok(false)
    }

    /// The type, or that of the elements of an array, is volatile.
    pub(super) fn is_volatile(&self, mut at: Option<DieRef>) -> Result<bool, Problem> {
        for _ in 0..MAX_ARRAYS {
            match self.plain(at)? {
                Some(plain) if plain.is_volatile => return Ok(true),
                Some(plain) if plain.die.tag() == DW_TAG_array_type => {
                    at = self.info.reference(&plain.die, DW_AT_type)?;
                }
                _ => return Ok(false),
            }
        }
        Ok(false)
    }

    /// A record of which GNAT passes and returns the address, or an array of them.
    pub(super) fn travels_by_address(&self, ty: &Type) -> bool {
        match ty {
            Type::Array(element, _) => self.travels_by_address(element),
            Type::Named(name) => self.contract.type_def(name).is_some_and(|def| !def.trivial),
            _ => false,
        }
    }

    /// Refuses a value of which it cannot be told whether it travels in registers: its inside is not described.
    pub(super) fn certain_place(&self, ty: &Type) -> Result<(), Problem> {
        let small = self.contract.size_align(ty).is_some_and(|(size, _)| size <= 16);
        let Type::Named(name) = ty else {
            return match ty {
                Type::Array(element, _) if small => self.certain_place(element),
                _ => Ok(()),
            };
        };
        match self.contract.type_def(name).map(|def| &def.kind) {
            Some(TypeKind::Opaque { of: Some(of) }) if small && of.ends_with(')') => {
                Err(Problem::new(Reason::PassingUnknown, format!("whether {of} is in registers")))
            }
            Some(TypeKind::Struct(fields) | TypeKind::Union(fields)) if small => {
                fields.iter().try_for_each(|field| self.certain_place(&field.ty))
            }
            _ => Ok(()),
        }
    }

    pub(super) fn ada_definition(
        &mut self,
        die: &Die<'s>,
        name: String,
        depth: u32,
    ) -> Result<TypeDef, Problem> {
        let size = self.byte_size(die).filter(|s| *s <= MAX_SIZE);
        if size == Some(0) {
            return refuse(format!("{name}, which is empty"));
        }
        let source = name.replace("__", ".");
        let members = self.info.children(die.at)?;
        let has = |wanted: &[&str]| {
            members.iter().any(|m| self.info.name(m).is_some_and(|n| wanted.contains(&n.as_str())))
        };
        let kind = match () {
            _ if has(&["_tag", "_parent"]) => Some("a tagged type"),
            _ if has(&["_object"]) => Some("a protected object"),
            _ if has(&["_task_id"]) => Some("a task"),
            _ => None,
        };
        if let Some(kind) = kind {
            return Ok(opaque(name, size, &format!("{source}, {kind}")));
        }
        let union = die.tag() == DW_TAG_union_type;
        let mut fields = Vec::new();
        if let Err(problem) = self.components(&members, &name, None, &mut fields, depth) {
            if problem.reason == Reason::Damaged {
                return Err(problem.within(&name));
            }
            return Ok(opaque(name, size, &format!("{source} ({})", problem.detail)));
        }
        if !union {
            fields.sort_by_key(|f| (f.when.is_some(), f.offset, f.bits.map_or(0, |(first, _)| first)));
        }
        self.tighten(&mut fields, size);
        let align = die.entry.attr_value(DW_AT_alignment).as_ref().and_then(integer);
        let align = align.and_then(|a| u64::try_from(a).ok()).filter(|a| a.is_power_of_two());
        let end = fields.iter().filter_map(|f| self.field_end(f)).max().unwrap_or(0);
        // The size of a record with defaults for its discriminants depends on them: storage is made for the largest.
        let sized = size.is_some();
        let size = match size {
            Some(size) => size,
            None => end.next_multiple_of(align.unwrap_or_else(|| self.largest_align(&fields))),
        };
        if end > size || size == 0 {
            let text = format!("{source} (components outside its {size} bytes)");
            return Ok(opaque(name, Some(size.max(1)), &text));
        }
        let align =
            align.filter(|a| size.is_multiple_of(*a)).unwrap_or_else(|| self.natural_align(&fields, size));
        // What is larger is in memory as it is.
        let trivial = size > 16 || !self.by_address(&members, &fields, sized)?;
        let kind = if union { TypeKind::Union(fields) } else { TypeKind::Struct(fields) };
        Ok(TypeDef { trivial, ..TypeDef::new(name, kind, size, align) })
    }

    /// A packed array in a record may have fewer bytes than an object of its type: what follows says so.
    fn tighten(&mut self, fields: &mut [Field], size: Option<u64>) {
        for i in 0..fields.len() {
            let (offset, Type::Named(name)) = (fields[i].offset, &fields[i].ty) else {
                continue;
            };
            let Some(def) = self.contract.type_def(name).cloned() else {
                continue;
            };
            let TypeKind::Packed { bits, count, .. } = def.kind else {
                continue;
            };
            let next = fields.iter().map(|f| f.offset).filter(|o| *o > offset).min();
            let room = next.or(size).map(|end| end.saturating_sub(offset));
            let bytes = (u64::from(bits) * count).div_ceil(8);
            if room.is_some_and(|room| room < def.size && bytes <= room) {
                let name = self.made_up_name(format!("{}_tight", def.name));
                fields[i].ty = self.define(TypeDef { name, size: bytes, align: 1, ..def });
            }
        }
    }

    fn field_end(&self, field: &Field) -> Option<u64> {
        match field.bits {
            Some((first, count)) => Some(field.offset + u64::from(first + count).div_ceil(8)),
            None => field.offset.checked_add(self.contract.size_align(&field.ty)?.0),
        }
    }

    fn largest_align(&self, fields: &[Field]) -> u64 {
        fields
            .iter()
            .filter_map(|f| self.contract.size_align(&f.ty))
            .map(|(_, align)| align)
            .max()
            .unwrap_or(1)
    }

    /// Components, those of variants included.
    fn components(
        &mut self,
        members: &[Die<'s>],
        record: &str,
        when: Option<&When>,
        fields: &mut Vec<Field>,
        depth: u32,
    ) -> Result<(), Problem> {
        for member in members {
            match member.tag() {
                DW_TAG_member => {
                    if fields.len() >= MAX_FIELDS {
                        return refuse(format!("more than {MAX_FIELDS} components"));
                    }
                    let field = self.component(member, record, fields, depth)?;
                    fields.push(Field { when: when.cloned(), ..field });
                }
                DW_TAG_variant_part => {
                    if when.is_some() {
                        return refuse("variants inside variants");
                    }
                    self.variants(member, members, record, fields, depth)?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn component(
        &mut self,
        die: &Die<'s>,
        record: &str,
        fields: &[Field],
        depth: u32,
    ) -> Result<Field, Problem> {
        let name = self.info.name(die).unwrap_or_default();
        let name = unique(identifier(plain_name(&name), "component"), fields);
        let at = self.info.reference(die, DW_AT_type)?;
        let ty = self.ada_type(at, &format!("{record}__{name}"), depth + 1).map_err(|p| p.within(&name))?;
        let Some((size, _)) = self.contract.size_align(&ty) else {
            return refuse(format!("{name} has a size that depends on a discriminant"));
        };
        let (offset, bits) = match self.place(die, size) {
            Ok(place) => place,
            Err(_) => return refuse(format!("{name} is at an offset that depends on a discriminant")),
        };
        let scalar = matches!(self.contract.scalar(&ty), Type::Int(..) | Type::Bool | Type::Char);
        let (offset, bits) = match bits {
            Some((first, count)) if !scalar => match (first % 8, u64::from(count) == size * 8) {
                (0, true) => (offset + u64::from(first / 8), None),
                _ => return refuse(format!("{name} is packed to {count} bits")),
            },
            // Whole bytes at their place need no bits.
            Some((first, count)) if first % 8 == 0 && u64::from(count) == size * 8 => {
                (offset + u64::from(first / 8), None)
            }
            other => (offset, other),
        };
        let ty = match bits {
            Some((_, count)) => self.extended(ty, count).map_err(|p| p.within(&name))?,
            None => ty,
        };
        let usage = if self.is_address(&ty) { Use::Ignored } else { Use::InOut };
        Ok(Field { bits, usage, ..Field::new(name, ty, offset) })
    }

    /// The type of a bit field: GNAT extends a range without negative values with zeros.
    fn extended(&mut self, ty: Type, bits: u32) -> Result<Type, Problem> {
        let Type::Named(name) = &ty else {
            return Ok(ty);
        };
        let Some(def) = self.contract.type_def(name).cloned() else {
            return Ok(ty);
        };
        let TypeKind::Range { repr: Type::Int(size, true), first: first @ 0.., last } = def.kind else {
            return Ok(ty);
        };
        if bits < 63 && last >> bits != 0 {
            return refuse("a biased representation");
        }
        let name = self.made_up_name(format!("{}_field", def.name));
        let kind = TypeKind::Range { repr: Type::Int(size, false), first, last };
        Ok(self.define(TypeDef { name, kind, ..def }))
    }

    fn variants(
        &mut self,
        part: &Die<'s>,
        members: &[Die<'s>],
        record: &str,
        fields: &mut Vec<Field>,
        depth: u32,
    ) -> Result<(), Problem> {
        let discriminant = self.info.reference(part, DW_AT_discr)?;
        let member = members.iter().find(|m| Some(m.at) == discriminant);
        let Some(discriminant) = member.and_then(|m| self.info.name(m)) else {
            return refuse("a variant without discriminant");
        };
        let field = identifier(plain_name(&discriminant), "component");
        let Some(governs) = fields.iter().find(|f| f.name == field) else {
            return refuse("a variant before its discriminant");
        };
        let signed = matches!(self.contract.scalar(&governs.ty), Type::Int(_, true));
        let mut all = Vec::new();
        let variants = self.info.children(part.at)?;
        let mut conditions = Vec::new();
        for variant in &variants {
            let any_of = self.conditions(variant, signed)?;
            all.extend(any_of.iter().copied());
            conditions.push(any_of);
        }
        for (variant, any_of) in variants.iter().zip(conditions) {
            let when = match (any_of.is_empty(), all.is_empty()) {
                (true, true) => None,
                (true, false) => Some(When { field: field.clone(), negated: true, any_of: all.clone() }),
                (false, _) => Some(When { field: field.clone(), negated: false, any_of }),
            };
            let inside = self.info.children(variant.at)?;
            self.components(&inside, record, when.as_ref(), fields, depth)?;
        }
        Ok(())
    }

    /// The values of the discriminant that choose a variant; none for the one of all others.
    fn conditions(&self, variant: &Die<'s>, signed: bool) -> Result<Vec<Condition>, Problem> {
        if let Some(value) = variant.entry.attr_value(DW_AT_discr_value) {
            return match integer(&value) {
                Some(value) => Ok(vec![Condition::Equal(value)]),
                None => refuse("a discriminant that is no integer"),
            };
        }
        let Some(list) = variant.entry.attr_value(DW_AT_discr_list) else {
            return Ok(Vec::new());
        };
        let AttributeValue::Block(mut bytes) = list else {
            return refuse("a list of discriminants in another form");
        };
        let number = |bytes: &mut Bytes<'s>| match signed {
            true => bytes.read_sleb128().ok(),
            false => bytes.read_uleb128().ok().and_then(|v| i64::try_from(v).ok()),
        };
        let mut conditions = Vec::new();
        while !bytes.is_empty() {
            let label = bytes.read_u8().unwrap_or(u8::MAX);
            let first = number(&mut bytes);
            let condition = match (label, first) {
                (0, Some(value)) => Some(Condition::Equal(value)),
                (1, Some(first)) => number(&mut bytes).map(|last| Condition::Between(first, last)),
                _ => None,
            };
            match condition {
                Some(condition) => conditions.push(condition),
                None => return Err(Problem::new(Reason::Damaged, "a list of discriminants")),
            }
        }
        Ok(conditions)
    }
}

/// How the description of storage ends whose size is not constant.
const VARIABLE: &str = "of a size that varies";

/// Storage of which only the address means something. It is never in registers.
fn opaque(name: String, size: Option<u64>, of: &str) -> TypeDef {
    let of = if size.is_some() { of.to_string() } else { format!("{of}, {VARIABLE}") };
    let size = size.unwrap_or(1);
    let align = 1 << size.trailing_zeros().min(3);
    TypeDef { trivial: false, ..TypeDef::new(name, TypeKind::Opaque { of: Some(of) }, size, align) }
}
