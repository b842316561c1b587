//! Types of the debug information as types of a contract.

use std::collections::{HashMap, HashSet};

use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::model::{
    Component, Contract, Extent, Field, Index, Language, Type, TypeDef, TypeKind, Use,
};
use gimli::AttributeValue;
use gimli::constants::*;

use super::block_data::UnitLines;
use super::cpp_types::Classes;
use super::names::identifier;
use super::refusal::{Problem, Reason};
use super::signature;
use crate::dwarf::location::{Arrival, extent};
use crate::dwarf::{DebugInfo, Die, DieRef, flag, integer};

/// How many typedefs, qualifiers and array levels are followed.
const MAX_DEPTH: u32 = 48;
/// Most dimensions of an array. Fortran allows 15.
const MAX_DIMENSIONS: usize = 15;
/// Most fields of a record.
const MAX_FIELDS: usize = 8192;
/// Names of x87 80-bit types: other 16-byte floats are IEEE quadruple precision.
const X87_NAMES: [&str; 4] = ["long double", "real(kind=10)", "_Float64x", "__float80"];

/// Complex numbers of such parts.
const X87_COMPLEX_NAMES: [&str; 2] = ["complex long double", "complex(kind=10)"];

/// Byte offset of a field, and for a bit field its first bit and number of bits.
type Place = (u64, Option<(u32, u32)>);

/// What the bounds of an array may refer to.
#[derive(Clone, Copy, Default)]
pub(crate) struct Scope<'a> {
    /// The routine's parameters, at its entry.
    pub arrivals: &'a [Arrival],
    /// Address of the entry.
    pub entry: u64,
    /// An extent that is not known is `?` instead of a problem.
    pub unknown_extents: bool,
}

/// A type with typedefs and qualifiers removed.
pub(crate) struct Plain<'s> {
    pub die: Die<'s>,
    /// Name of the innermost typedef on the way.
    pub alias: Option<String>,
    /// `const` on the way.
    pub is_const: bool,
    /// `volatile` or atomic on the way.
    pub is_volatile: bool,
}

/// The contract that grows while routines are read into it.
pub(crate) struct Draft<'a, 's> {
    pub info: &'a DebugInfo<'s>,
    pub contract: Contract,
    /// Facts that a contract cannot hold.
    pub notes: Vec<String>,
    /// Type names that are not those of the source.
    pub made_up: Vec<String>,
    /// State areas in which variables of other types share storage (EQUIVALENCE).
    pub shared: Vec<String>,
    /// What is known of C++ classes beside their definition.
    pub(crate) classes: Classes,
    /// Lines of units, as far as they were asked for.
    pub(super) lines: HashMap<usize, UnitLines>,
    pub(super) known: HashMap<DieRef, Type>,
    pub(super) open: HashSet<DieRef>,
}

impl<'a, 's> Draft<'a, 's> {
    pub(crate) fn new(info: &'a DebugInfo<'s>, component: Component) -> Draft<'a, 's> {
        let contract = Contract::new(component);
        Draft {
            info,
            contract,
            notes: Vec::new(),
            made_up: Vec::new(),
            shared: Vec::new(),
            classes: Classes::default(),
            lines: HashMap::new(),
            known: HashMap::new(),
            open: HashSet::new(),
        }
    }

    /// The record is being described.
    pub(crate) fn is_open(&self, at: DieRef) -> bool {
        self.open.contains(&at)
    }

    /// The record is being described, here or where it is defined.
    pub(super) fn is_open_somewhere(&mut self, die: &Die<'s>) -> bool {
        match flag(die, DW_AT_declaration) {
            true => self.definition(die).is_some_and(|definition| self.is_open(definition.at)),
            false => self.is_open(die.at),
        }
    }

    pub(crate) fn is_fortran(&self) -> bool {
        self.contract.component.language == Language::Fortran
    }

    /// A class of which nothing can be said here: it is only declared, or being described.
    pub(super) fn is_hidden_now(&mut self, die: &Die<'s>) -> bool {
        match flag(die, DW_AT_declaration) {
            true => self.definition(die).is_none_or(|definition| self.is_open(definition.at)),
            false => self.is_open(die.at),
        }
    }

    pub(crate) fn is_cpp(&self) -> bool {
        self.contract.component.language == Language::Cpp
    }

    /// Removes typedefs and qualifiers. `None` for `void`.
    pub(crate) fn plain(&self, at: Option<DieRef>) -> Result<Option<Plain<'s>>, Problem> {
        let (mut alias, mut is_const, mut is_volatile) = (None, false, false);
        let mut next = at;
        for _ in 0..MAX_DEPTH {
            let Some(at) = next else {
                return Ok(None);
            };
            let die = self.info.die(at)?;
            match die.tag() {
                DW_TAG_typedef => alias = self.info.name(&die),
                DW_TAG_const_type => is_const = true,
                DW_TAG_volatile_type | DW_TAG_atomic_type => is_volatile = true,
                DW_TAG_restrict_type | DW_TAG_packed_type => {}
                // With -fdebug-types-section, what stands here only points to the definition.
                _ if die.entry.has_attr(DW_AT_signature) => {
                    next = self.info.reference(&die, DW_AT_signature)?;
                    continue;
                }
                _ => return Ok(Some(Plain { die, alias, is_const, is_volatile })),
            }
            next = self.info.reference(&die, DW_AT_type)?;
        }
        Err(Problem::new(Reason::Damaged, "typedefs without end"))
    }

    /// The type at `at`. `hint` names a record or enumeration that has no name of its own.
    pub(crate) fn convert(
        &mut self,
        at: Option<DieRef>,
        hint: &str,
        scope: Scope<'_>,
    ) -> Result<Type, Problem> {
        self.convert_at(at, hint, scope, 0)
    }

    fn convert_at(
        &mut self,
        at: Option<DieRef>,
        hint: &str,
        scope: Scope<'_>,
        depth: u32,
    ) -> Result<Type, Problem> {
        if depth > MAX_DEPTH {
            return Err(Problem::new(Reason::Damaged, "a type without end"));
        }
        let Some(Plain { die, alias, .. }) = self.plain(at)? else {
            return Err(Problem::new(Reason::Type, "void"));
        };
        let code = |target: &Plain<'s>| target.die.tag() == DW_TAG_subroutine_type;
        match die.tag() {
            DW_TAG_base_type => self.scalar(&die),
            DW_TAG_enumeration_type => self.enumeration(&die, alias, hint),
            DW_TAG_structure_type | DW_TAG_class_type | DW_TAG_union_type if self.is_cpp() => {
                self.class(&die, alias, hint, depth)
            }
            DW_TAG_structure_type | DW_TAG_class_type | DW_TAG_union_type => {
                self.record(&die, alias, hint, depth)
            }
            DW_TAG_array_type => self.array(&die, hint, scope, depth),
            DW_TAG_string_type => match self.byte_size(&die) {
                Some(1) => Ok(Type::Char),
                Some(size) => Ok(Type::Array(Box::new(Type::Char), constant(size))),
                None if scope.unknown_extents => Ok(Type::Array(Box::new(Type::Char), Extent::Unknown)),
                None => Err(Problem::new(Reason::Type, "CHARACTER of a length that is not constant")),
            },
            DW_TAG_pointer_type => {
                let target = self.info.reference(&die, DW_AT_type)?;
                Ok(match self.plain(target)?.filter(code) {
                    Some(target) => self.function(&target.die, alias.or(target.alias), hint, depth),
                    None => Type::Ptr,
                })
            }
            DW_TAG_reference_type | DW_TAG_rvalue_reference_type if self.is_cpp() => Ok(Type::Ptr),
            DW_TAG_ptr_to_member_type => self.member_pointer(&die),
            // `std::nullptr_t`.
            DW_TAG_unspecified_type if self.is_cpp() => Ok(Type::Ptr),
            other => {
                let name = other.static_string().unwrap_or("an unknown tag");
                Err(Problem::new(Reason::Type, name.trim_start_matches("DW_TAG_").replace('_', " ")))
            }
        }
    }

    /// The address of a routine, with its signature where that can be described. What cannot is noted: the address is one
    /// all the same.
    fn function(&mut self, die: &Die<'s>, alias: Option<String>, hint: &str, depth: u32) -> Type {
        if let Some(known) = self.known.get(&die.at) {
            return known.clone();
        }
        // A callback that receives a record that holds this callback.
        if depth > MAX_DEPTH / 2 || self.is_fortran() || !self.open.insert(die.at) {
            return Type::Fn;
        }
        let name = self.type_name(die, alias, &format!("{hint}_fn"));
        let kind = signature::function(self, die, &name);
        self.open.remove(&die.at);
        let ty = match kind {
            Ok(kind) => self.define(TypeDef::new(name, kind, 8, 8)),
            Err(problem) => {
                self.notes.push(format!("{name}: its signature is not described: {}", problem.text()));
                Type::Fn
            }
        };
        self.known.insert(die.at, ty.clone());
        ty
    }

    pub(crate) fn byte_size(&self, die: &Die<'s>) -> Option<u64> {
        self.info.evaluate_constant(die.at, DW_AT_byte_size).and_then(|s| u64::try_from(s).ok())
    }

    fn scalar(&self, die: &Die<'s>) -> Result<Type, Problem> {
        let name = self.info.name(die).unwrap_or_default();
        let unknown = || Problem::new(Reason::Type, name.clone());
        let size = self.byte_size(die).and_then(|s| u8::try_from(s).ok()).ok_or_else(unknown)?;
        let encoding = match die.entry.attr_value(DW_AT_encoding) {
            Some(AttributeValue::Encoding(encoding)) => encoding,
            _ => return Err(unknown()),
        };
        let integer_size = matches!(size, 1 | 2 | 4 | 8);
        Ok(match (encoding, size) {
            (DW_ATE_boolean, 1 | 2 | 4 | 8) if self.is_fortran() => Type::Logical(size),
            (DW_ATE_boolean, 1) => Type::Bool,
            (DW_ATE_signed_char | DW_ATE_unsigned_char, 1) if name == "char" => Type::Char,
            (DW_ATE_signed | DW_ATE_signed_char, _) if integer_size => Type::Int(size, true),
            (DW_ATE_unsigned | DW_ATE_unsigned_char | DW_ATE_UTF, _) if integer_size => {
                Type::Int(size, false)
            }
            (DW_ATE_float, 4) => Type::F32,
            (DW_ATE_float, 8) => Type::F64,
            // Quadruple precision under the same name.
            (DW_ATE_float | DW_ATE_complex_float, _) if self.is_quadruple(die, &name) => {
                return Err(unknown());
            }
            (DW_ATE_float, 16) if X87_NAMES.contains(&name.as_str()) => Type::F80,
            (DW_ATE_complex_float, 8) => Type::ComplexF32,
            (DW_ATE_complex_float, 16) => Type::ComplexF64,
            (DW_ATE_complex_float, 32) if X87_COMPLEX_NAMES.contains(&name.as_str()) => Type::ComplexF80,
            _ => return Err(unknown()),
        })
    }

    fn is_quadruple(&self, die: &Die<'s>, name: &str) -> bool {
        name.contains("long double") && self.info.producer(die.at.unit).contains("-mlong-double-128")
    }

    fn enumeration(&mut self, die: &Die<'s>, alias: Option<String>, hint: &str) -> Result<Type, Problem> {
        if let Some(known) = self.known.get(&die.at) {
            return Ok(known.clone());
        }
        let name = self.type_name(die, alias, hint);
        let mut values = Vec::new();
        for child in self.info.children(die.at)?.iter().filter(|c| c.tag() == DW_TAG_enumerator) {
            let value = child.entry.attr_value(DW_AT_const_value).as_ref().and_then(integer);
            if let (Some(name), Some(value)) = (self.info.name(child), value) {
                values.push((name, value));
            }
        }
        let size = self.byte_size(die).filter(|s| matches!(s, 1 | 2 | 4 | 8));
        let size = size.ok_or_else(|| Problem::new(Reason::Type, format!("enum {name} without size")))?;
        let signed = match self.info.reference(die, DW_AT_type)? {
            Some(repr) => matches!(self.scalar(&self.info.die(repr)?)?, Type::Int(_, true)),
            None => values.iter().any(|(_, value)| *value < 0),
        };
        let kind = TypeKind::Enum { repr: Type::Int(size as u8, signed), values };
        let ty = self.define(TypeDef::new(name, kind, size, size));
        self.known.insert(die.at, ty.clone());
        Ok(ty)
    }

    pub(super) fn type_name(&mut self, die: &Die<'s>, alias: Option<String>, hint: &str) -> String {
        let named = self.info.name(die).or(alias);
        let name = match self.is_cpp() {
            true => self.cpp_name(die, named.as_deref().unwrap_or(hint)),
            false => identifier(named.as_deref().unwrap_or(hint), "unnamed"),
        };
        // A record named like a built-in type would be read back as that type.
        let name = match Type::parse(&name) {
            Ok(Type::Named(_)) => name,
            _ => format!("{name}_t"),
        };
        if named.as_deref() != Some(name.as_str()) {
            self.made_up.push(name.clone());
        }
        name
    }

    /// Adds a definition, or finds the same one. Another one of the same name gets a number.
    pub(crate) fn define(&mut self, mut def: TypeDef) -> Type {
        let base = def.name.clone();
        for number in 2.. {
            match self.contract.type_def(&def.name) {
                Some(earlier) if *earlier == def => break,
                Some(_) => def.name = format!("{base}_{number}"),
                None => {
                    self.contract.types.push(def.clone());
                    break;
                }
            }
        }
        Type::Named(def.name)
    }

    fn record(
        &mut self,
        die: &Die<'s>,
        alias: Option<String>,
        hint: &str,
        depth: u32,
    ) -> Result<Type, Problem> {
        if let Some(known) = self.known.get(&die.at) {
            return Ok(known.clone());
        }
        let name = self.type_name(die, alias, hint);
        if flag(die, DW_AT_declaration) {
            return Err(Problem::new(Reason::Type, format!("{name} is only declared here")));
        }
        if !self.open.insert(die.at) {
            return Err(Problem::new(Reason::Damaged, format!("{name} contains itself")));
        }
        let fields = self.fields(die, &name, depth);
        self.open.remove(&die.at);
        let fields = fields.map_err(|p| p.within(&name))?;
        let size = self.byte_size(die).filter(|s| *s > 0 && *s <= cmp_bridge_contract::layout::MAX_SIZE);
        let size = size.ok_or_else(|| Problem::new(Reason::Type, format!("{name} has no size")))?;
        let declared = die.entry.attr_value(DW_AT_alignment).as_ref().and_then(integer);
        let align = match declared.and_then(|a| u64::try_from(a).ok()).filter(|a| a.is_power_of_two()) {
            Some(align) => align,
            None => self.natural_align(&fields, size),
        };
        for field in &fields {
            let end = self.contract.size_align(&field.ty).and_then(|(s, _)| field.offset.checked_add(s));
            if field.bits.is_none() && end.is_none_or(|end| end > size) {
                return Err(Problem::new(
                    Reason::Damaged,
                    format!("{name}.{} ends outside {name}", field.name),
                ));
            }
        }
        let kind = match die.tag() {
            DW_TAG_union_type => TypeKind::Union(fields),
            _ => TypeKind::Struct(fields),
        };
        let ty = self.define(TypeDef::new(name, kind, size, align));
        self.known.insert(die.at, ty.clone());
        Ok(ty)
    }

    /// The largest alignment that all offsets and the size agree with: less than natural for a packed record.
    ///
    /// The debug information does not tell a packed `{int, int}` from one that is not: this is then more than the alignment
    /// of the objects. What makes a reference of an address looks at the address first, and steps aside.
    pub(crate) fn natural_align(&self, fields: &[Field], size: u64) -> u64 {
        let natural = |f: &Field| {
            let align = self.contract.size_align(&f.ty).map_or(1, |(_, align)| align);
            match f.offset.trailing_zeros() {
                // A record that stands at less than its alignment is packed itself, and says nothing of those beside it.
                zeros @ 0..=6 if self.holds_record(&f.ty) => align.min(1 << zeros),
                _ => align,
            }
        };
        let mut align = fields.iter().map(natural).max().unwrap_or(1);
        let fits = |align: u64| {
            size.is_multiple_of(align)
                && fields.iter().all(|f| f.bits.is_some() || f.offset.is_multiple_of(natural(f).min(align)))
        };
        while align > 1 && !fits(align) {
            align /= 2;
        }
        align
    }

    /// A record, or an array of records.
    fn holds_record(&self, ty: &Type) -> bool {
        match ty {
            Type::Array(element, _) => self.holds_record(element),
            Type::Named(name) => self
                .contract
                .type_def(name)
                .is_some_and(|def| matches!(def.kind, TypeKind::Struct(_) | TypeKind::Union(_))),
            _ => false,
        }
    }

    fn fields(&mut self, die: &Die<'s>, record: &str, depth: u32) -> Result<Vec<Field>, Problem> {
        let mut fields: Vec<Field> = Vec::new();
        for member in self.info.children(die.at)? {
            match member.tag() {
                DW_TAG_member if !flag(&member, DW_AT_external) => {}
                DW_TAG_variant_part => return Err(Problem::new(Reason::Type, "a variant record")),
                _ => continue,
            }
            if fields.len() >= MAX_FIELDS {
                return Err(Problem::new(Reason::Type, format!("more than {MAX_FIELDS} fields")));
            }
            let name = self.info.name(&member);
            let unnamed = format!("unnamed_{}", fields.len());
            let name = unique(identifier(name.as_deref().unwrap_or(&unnamed), &unnamed), &fields);
            match self.field(&member, name.clone(), record, depth) {
                Ok(Some(field)) => fields.push(field),
                Ok(None) => self.notes.push(format!("{record}.{name}: a flexible array member is left out")),
                Err(problem) => return Err(problem.within(&name)),
            }
        }
        if die.tag() != DW_TAG_union_type {
            fields.sort_by_key(first_bit);
        }
        Ok(fields)
    }

    /// One field; `None` for a flexible array member, which is not part of the record's size.
    pub(super) fn field(
        &mut self,
        die: &Die<'s>,
        name: String,
        record: &str,
        depth: u32,
    ) -> Result<Option<Field>, Problem> {
        let at = self.info.reference(die, DW_AT_type)?;
        let scope = Scope { unknown_extents: true, ..Scope::default() };
        let ty = self.convert_at(at, &format!("{record}_{name}"), scope, depth + 1)?;
        if let Type::Array(_, Extent::Unknown | Extent::Expr(Expr::Const(..=0))) = ty {
            return Ok(None);
        }
        if contains_unknown(&ty) {
            return Err(Problem::new(Reason::Type, "an array without constant extents inside a record"));
        }
        let (size, _) = self.contract.size_align(&ty).ok_or_else(|| Problem::new(Reason::Type, "no size"))?;
        let (offset, bits) = self.place(die, size)?;
        let usage = if self.is_address(&ty) { Use::Ignored } else { Use::InOut };
        Ok(Some(Field { bits, usage, ..Field::new(name, ty, offset) }))
    }

    /// An address, or an array of addresses: different at every run.
    pub(super) fn is_address(&self, ty: &Type) -> bool {
        match self.contract.scalar(ty) {
            Type::Ptr | Type::Fn => true,
            Type::Array(element, _) => self.is_address(element),
            _ => false,
        }
    }

    /// Byte offset, and for a bit field its first bit and number of bits.
    pub(super) fn place(&self, die: &Die<'s>, unit: u64) -> Result<Place, Problem> {
        let number = |attribute| {
            let value = die.entry.attr_value(attribute).as_ref().and_then(integer)?;
            u64::try_from(value).ok().filter(|v| *v <= cmp_bridge_contract::layout::MAX_SIZE)
        };
        let outside = || Problem::new(Reason::Damaged, "a bit field outside its storage");
        let offset = match die.entry.attr_value(DW_AT_data_member_location) {
            None => 0,
            Some(AttributeValue::Exprloc(e)) => plus_constant(e.0.slice()).ok_or_else(outside)?,
            Some(AttributeValue::Block(b)) => plus_constant(b.slice()).ok_or_else(outside)?,
            Some(_) => number(DW_AT_data_member_location).ok_or_else(outside)?,
        };
        let Some(count) = number(DW_AT_bit_size) else {
            return Ok((offset, None));
        };
        let count = u32::try_from(count).map_err(|_| outside())?;
        if let Some(from_top) = die.entry.attr_value(DW_AT_bit_offset).as_ref().and_then(integer) {
            // DWARF 2 and 3 count from the most significant bit of the storage unit; below zero is outside of it.
            let unit = number(DW_AT_byte_size).unwrap_or(unit);
            let first = match self.contract.component.target.is_big_endian() {
                true => Some(from_top),
                false => {
                    (unit as i64 * 8).checked_sub(from_top).and_then(|f| f.checked_sub(i64::from(count)))
                }
            };
            let first = first.and_then(|f| u32::try_from(f).ok()).ok_or_else(outside)?;
            return Ok((offset, Some((first, count))));
        }
        let unit = unit.max(1);
        let bit = number(DW_AT_data_bit_offset).unwrap_or(offset * 8);
        let start = bit / (unit * 8) * unit;
        let first = bit - start * 8;
        match first + u64::from(count) <= unit * 8 {
            true => Ok((start, Some((first as u32, count)))),
            // A packed bit field across two units: counted from its own first byte.
            false => Ok((bit / 8, Some(((bit % 8) as u32, count)))),
        }
    }

    fn array(&mut self, die: &Die<'s>, hint: &str, scope: Scope<'_>, depth: u32) -> Result<Type, Problem> {
        if [DW_AT_data_location, DW_AT_allocated, DW_AT_associated, DW_AT_rank]
            .iter()
            .any(|a| die.entry.has_attr(*a))
        {
            return Err(Problem::new(Reason::ArrayDescriptor, ""));
        }
        if flag(die, DW_AT_GNU_vector) {
            return Err(Problem::new(Reason::Type, "a vector register"));
        }
        let element = self.info.reference(die, DW_AT_type)?;
        let mut ty = self.convert_at(element, hint, scope, depth + 1)?;
        let mut extents = Vec::new();
        for child in self.info.children(die.at)? {
            match child.tag() {
                DW_TAG_subrange_type | DW_TAG_enumeration_type => extents.push(self.extent(&child, scope)?),
                DW_TAG_generic_subrange => return Err(Problem::new(Reason::ArrayDescriptor, "")),
                _ => {}
            }
        }
        if extents.len() > MAX_DIMENSIONS {
            return Err(Problem::new(Reason::Damaged, "an array of too many dimensions"));
        }
        if extents.is_empty() {
            extents.push(Extent::Unknown);
        }
        // Storage order: in Fortran the first subscript varies fastest, elsewhere the last.
        if !self.is_fortran() {
            extents.reverse();
        }
        for extent in extents {
            ty = Type::Array(Box::new(ty), extent);
        }
        Ok(ty)
    }

    /// An array that carries its bounds: `[T; :]` for each dimension.
    pub(crate) fn described_array(&mut self, die: &Die<'s>, hint: &str) -> Result<Type, Problem> {
        if die.entry.has_attr(DW_AT_rank) {
            return Err(Problem::new(Reason::ArrayDescriptor, "of any rank"));
        }
        let element = self.info.reference(die, DW_AT_type)?;
        let scope = Scope { unknown_extents: true, ..Scope::default() };
        let mut ty = self.convert_at(element, hint, scope, 0)?;
        let children = self.info.children(die.at)?;
        let rank = children.iter().filter(|c| c.tag() == DW_TAG_subrange_type).count();
        if rank == 0 || rank > MAX_DIMENSIONS {
            return Err(Problem::new(Reason::ArrayDescriptor, format!("of {rank} dimensions")));
        }
        // How far apart the elements of a POINTER are is in a word of its descriptor that is not always set.
        let extent = match die.entry.has_attr(DW_AT_associated) {
            true => Extent::Unknown,
            false => Extent::Carried(Index::default()),
        };
        for _ in 0..rank {
            ty = Type::Array(Box::new(ty), extent.clone());
        }
        Ok(ty)
    }

    fn extent(&self, subrange: &Die<'s>, scope: Scope<'_>) -> Result<Extent, Problem> {
        let default = if self.is_fortran() { 1 } else { 0 };
        let count = self.bound(subrange, DW_AT_count, scope)?;
        let upper = self.bound(subrange, DW_AT_upper_bound, scope)?;
        let lower = match subrange.entry.has_attr(DW_AT_lower_bound) {
            true => self.bound(subrange, DW_AT_lower_bound, scope)?,
            false => Some(Expr::Const(default)),
        };
        let known = match (count, upper, lower) {
            (Some(count), _, _) => Some(count),
            (None, Some(upper), Some(lower)) => Some(extent(upper, lower)),
            _ => None,
        };
        match known {
            Some(known) => Ok(Extent::Expr(known)),
            None if scope.unknown_extents => Ok(Extent::Unknown),
            None => Err(Problem::new(Reason::Type, "an array without extent")),
        }
    }

    /// A bound: a constant, or what it was computed from at the entry.
    fn bound(
        &self,
        die: &Die<'s>,
        attribute: gimli::DwAt,
        scope: Scope<'_>,
    ) -> Result<Option<Expr>, Problem> {
        let Some(value) = die.entry.attr_value(attribute) else {
            return Ok(None);
        };
        if let Some(constant) = self.info.evaluate_constant(die.at, attribute) {
            return Ok(Some(Expr::Const(constant)));
        }
        let Some(at) = self.info.resolve(die.at, &value)? else {
            return Ok(self.info.value_at_entry(die, attribute, scope.entry, scope.arrivals));
        };
        let variable = self.info.die(at)?;
        if variable.tag() == DW_TAG_formal_parameter
            && let Some(name) = self.info.name(&variable).map(|n| identifier(&n, ""))
            && scope.arrivals.iter().any(|a| a.name == name && a.integer_size.is_some())
        {
            return Ok(Some(Expr::Param(name)));
        }
        Ok(self.info.value_at_entry(&variable, DW_AT_location, scope.entry, scope.arrivals))
    }
}

/// `DW_OP_plus_uconst n`, the form DWARF 2 gives a member's offset in.
fn plus_constant(bytes: &[u8]) -> Option<u64> {
    let (&first, rest) = bytes.split_first()?;
    let mut value = 0u64;
    for (i, byte) in rest.iter().enumerate().take(6) {
        value |= u64::from(byte & 0x7f) << (7 * i);
        if byte & 0x80 == 0 {
            return (first == DW_OP_plus_uconst.0 && i + 2 == bytes.len()).then_some(value);
        }
    }
    None
}

/// A constant extent.
pub(crate) fn constant(value: u64) -> Extent {
    Extent::Expr(Expr::Const(i64::try_from(value).unwrap_or(i64::MAX)))
}

/// Whether an extent anywhere in an array is not a constant.
fn contains_unknown(ty: &Type) -> bool {
    match ty {
        Type::Array(_, Extent::Unknown) => true,
        Type::Array(element, Extent::Expr(e)) => !matches!(e, Expr::Const(_)) || contains_unknown(element),
        _ => false,
    }
}

/// Where a field begins, in bits: a bit field need not begin where its storage unit does.
pub(super) fn first_bit(field: &Field) -> u64 {
    field.offset.saturating_mul(8).saturating_add(field.bits.map_or(0, |(first, _)| u64::from(first)))
}

/// A field name that no earlier field has.
pub(super) fn unique(name: String, fields: &[Field]) -> String {
    let taken = |candidate: &str| fields.iter().any(|f| f.name == candidate);
    match taken(&name) {
        false => name,
        true => (2..).map(|n| format!("{name}_{n}")).find(|n| !taken(n)).unwrap_or(name),
    }
}
