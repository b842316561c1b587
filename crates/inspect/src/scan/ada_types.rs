//! Types of Ada (as GNAT lays them out and describes them).
//!
//! GNAT's default description is standard DWARF; `-fgnat-encodings=all` hides scales and parallel types in names, of
//! which the scale of fixed-point numbers is read.

use cmp_bridge_contract::layout::MAX_SIZE;
use cmp_bridge_contract::model::{Extent, Field, Index, Param, Returns, Type, TypeDef, TypeKind, Use};
use gimli::AttributeValue;
use gimli::constants::*;

use super::ada::{Passed, passed, returned};
use super::names::identifier;
use super::refusal::{Problem, Reason};
use super::types::{Draft, constant};
use crate::dwarf::{Die, DieRef, integer};

/// How deep definitions are followed.
const MAX_DEPTH: u32 = 24;
/// Most values of an enumeration.
const MAX_VALUES: usize = 4096;
/// Name of the definition of an access value that carries its bounds.
pub(super) const FAT_POINTER: &str = "fat_pointer";

/// The name a person gave a type: without GNAT's encodings.
pub(super) fn plain_name(name: &str) -> &str {
    name.split("___").next().unwrap_or(name)
}

/// This type cannot be described.
pub(super) fn refuse<T>(detail: impl Into<String>) -> Result<T, Problem> {
    Err(Problem::new(Reason::Type, detail))
}

impl<'s> Draft<'_, 's> {
    /// The type at `at`. `hint` names a definition that has no name of its own.
    pub(super) fn ada_type(&mut self, at: Option<DieRef>, hint: &str, depth: u32) -> Result<Type, Problem> {
        if depth > MAX_DEPTH {
            return Err(Problem::new(Reason::Damaged, "a type without end"));
        }
        let Some(plain) = self.plain(at)? else {
            return refuse("no type");
        };
        let die = plain.die;
        match die.tag() {
            DW_TAG_base_type => self.ada_scalar(&die, hint),
            DW_TAG_subrange_type => self.ada_subrange(&die, hint, depth),
            DW_TAG_enumeration_type => self.ada_enumeration(&die, hint, None),
            DW_TAG_structure_type if self.is_fat(&die)? => Ok(self.fat_pointer()),
            DW_TAG_structure_type | DW_TAG_class_type | DW_TAG_union_type => {
                self.ada_record(&die, plain.alias, hint, plain.is_volatile, depth)
            }
            DW_TAG_array_type => self.ada_array(&die, plain.alias, hint, depth),
            DW_TAG_pointer_type => {
                let target = self.info.reference(&die, DW_AT_type)?;
                match self.plain(target)? {
                    Some(target) if target.die.tag() == DW_TAG_subroutine_type => {
                        let name = plain.alias.or_else(|| self.info.name(&die));
                        Ok(self.ada_function(&target.die, name.as_deref().unwrap_or(hint), depth))
                    }
                    _ => Ok(Type::Ptr),
                }
            }
            DW_TAG_reference_type => Ok(Type::Ptr),
            other => {
                let name = other.static_string().unwrap_or("an unknown tag");
                refuse(name.trim_start_matches("DW_TAG_").replace('_', " "))
            }
        }
    }

    pub(super) fn ada_name(&mut self, die: &Die<'s>, alias: Option<String>, hint: &str) -> String {
        let named = self.info.name(die).or(alias);
        let name = identifier(plain_name(named.as_deref().unwrap_or(hint)), "unnamed");
        match Type::parse(&name) {
            Ok(Type::Named(_)) => {}
            // A type named like a built-in one would be read back as that.
            _ => return self.made_up_name(format!("{name}_t")),
        }
        if named.is_none() { self.made_up_name(name) } else { name }
    }

    pub(super) fn made_up_name(&mut self, name: String) -> String {
        if !self.made_up.contains(&name) {
            self.made_up.push(name.clone());
        }
        name
    }

    fn ada_scalar(&mut self, die: &Die<'s>, hint: &str) -> Result<Type, Problem> {
        let name = self.info.name(die).unwrap_or_default();
        let size = self.byte_size(die).and_then(|s| u8::try_from(s).ok());
        let (Some(size), Some(AttributeValue::Encoding(encoding))) =
            (size, die.entry.attr_value(DW_AT_encoding))
        else {
            return refuse(name);
        };
        let integer_size = matches!(size, 1 | 2 | 4 | 8);
        if let Some(small) = self.scale(die)?.filter(|_| integer_size) {
            let signed = matches!(encoding, DW_ATE_signed_fixed | DW_ATE_signed);
            return Ok(self.fixed(die, Type::Int(size, signed), small, hint));
        }
        Ok(match (encoding, size) {
            (DW_ATE_boolean, 1) => Type::Bool,
            (DW_ATE_boolean, _) if integer_size => {
                let values = vec![("false".to_string(), 0), ("true".to_string(), 1)];
                let kind = TypeKind::Enum { repr: Type::Int(size, false), values };
                let name = self.made_up_name(format!("boolean_{}", u32::from(size) * 8));
                self.define(TypeDef::new(name, kind, size.into(), size.into()))
            }
            (DW_ATE_unsigned_char | DW_ATE_signed_char, 1) => Type::Char,
            (DW_ATE_unsigned, 8) if plain_name(&name) == "system__address" => Type::Ptr,
            (DW_ATE_signed | DW_ATE_signed_char | DW_ATE_signed_fixed, _) if integer_size => {
                Type::Int(size, true)
            }
            (DW_ATE_unsigned | DW_ATE_unsigned_char | DW_ATE_UTF | DW_ATE_unsigned_fixed, _)
                if integer_size =>
            {
                Type::Int(size, false)
            }
            (DW_ATE_signed, 16) => self.wide("integer_128", true),
            (DW_ATE_unsigned, 16) => self.wide("unsigned_128", false),
            (DW_ATE_float, 4) => Type::F32,
            (DW_ATE_float, 8) => Type::F64,
            // On this machine GNAT has no other float of that size.
            (DW_ATE_float, 16) => Type::F80,
            (DW_ATE_complex_float, 8) => Type::ComplexF32,
            (DW_ATE_complex_float, 16) => Type::ComplexF64,
            (DW_ATE_complex_float, 32) => Type::ComplexF80,
            _ => return refuse(name),
        })
    }

    /// An integer of 128 bits: in registers it is two words, on the stack it is aligned to its size.
    fn wide(&mut self, name: &str, signed: bool) -> Type {
        let fields =
            vec![Field::new("low", Type::Int(8, false), 0), Field::new("high", Type::Int(8, signed), 8)];
        let name = self.made_up_name(name.to_string());
        self.define(TypeDef::new(name, TypeKind::Struct(fields), 16, 16))
    }

    /// The value of the last bit of a fixed-point type, where it can be expressed.
    fn scale(&self, die: &Die<'s>) -> Result<Option<(u64, u64)>, Problem> {
        let number = |d: &Die<'s>, attribute| d.entry.attr_value(attribute).as_ref().and_then(integer);
        let power = |base: u64, exponent: i64| -> Option<(u64, u64)> {
            let magnitude = base.checked_pow(u32::try_from(exponent.unsigned_abs()).ok()?)?;
            Some(if exponent < 0 { (1, magnitude) } else { (magnitude, 1) })
        };
        if let Some(exponent) = number(die, DW_AT_binary_scale) {
            return Ok(power(2, exponent));
        }
        if let Some(exponent) = number(die, DW_AT_decimal_scale) {
            return Ok(power(10, exponent));
        }
        if let Some(at) = self.info.reference(die, DW_AT_small)? {
            let small = self.info.die(at)?;
            let part = |attribute| number(&small, attribute).and_then(|n| u64::try_from(n).ok());
            let parts = (part(DW_AT_GNU_numerator), part(DW_AT_GNU_denominator));
            return Ok(parts.0.zip(parts.1).filter(|(n, d)| *n > 0 && *d > 0));
        }
        Ok(self.info.name(die).as_deref().and_then(encoded_scale))
    }

    fn fixed(&mut self, die: &Die<'s>, repr: Type, small: (u64, u64), hint: &str) -> Type {
        let size = self.contract.size_align(&repr).map_or(8, |(size, _)| size);
        let name = self.ada_name(die, None, hint);
        self.define(TypeDef::new(name, TypeKind::Fixed { repr, small }, size, size))
    }

    /// A bound that is a constant.
    fn constant_bound(&self, die: &Die<'s>, attribute: gimli::DwAt) -> Option<i64> {
        match (die.entry.attr_value(attribute), attribute) {
            (None, DW_AT_lower_bound) => Some(1),
            (None, _) => None,
            (Some(AttributeValue::Udata(v)), _) => i64::try_from(v).ok(),
            (Some(value), _) => integer(&value),
        }
    }

    fn ada_subrange(&mut self, die: &Die<'s>, hint: &str, depth: u32) -> Result<Type, Problem> {
        let at = self.info.reference(die, DW_AT_type)?;
        let Some(base) = self.plain(at)? else {
            return refuse("a subrange of nothing");
        };
        let has_bounds = die.entry.has_attr(DW_AT_lower_bound) || die.entry.has_attr(DW_AT_upper_bound);
        let bounds = (
            self.constant_bound(die, DW_AT_lower_bound).filter(|_| has_bounds),
            self.constant_bound(die, DW_AT_upper_bound),
        );
        if base.die.tag() == DW_TAG_enumeration_type {
            let range = bounds.0.zip(bounds.1);
            let own = self.info.name(die).is_some();
            return self.ada_enumeration(
                if own { die } else { &base.die },
                hint,
                range.map(|r| (base.die.clone(), r)),
            );
        }
        if base.die.tag() == DW_TAG_base_type
            && let Some(small) =
                self.scale(&base.die)?.or(self.info.name(die).as_deref().and_then(encoded_scale))
            && let Some(repr) = self.integer_of(&base.die, self.byte_size(die))
        {
            return Ok(self.fixed(die, repr, small, hint));
        }
        let base = self.ada_type(at, hint, depth + 1)?;
        if die.entry.has_attr(DW_AT_GNU_bias) {
            return refuse("a biased representation");
        }
        let resized = self.byte_size(die).and_then(|s| u8::try_from(s).ok());
        let natural = bounds.0.is_some_and(|first| first >= 0);
        let repr = match (&base, resized) {
            // GNAT extends what cannot be negative with zeros.
            (Type::Int(_, signed), Some(size @ (1 | 2 | 4 | 8))) => Type::Int(size, *signed && !natural),
            (Type::Named(name), _) => match self.contract.type_def(name).map(|d| &d.kind) {
                Some(TypeKind::Range { repr, .. }) => repr.clone(),
                _ => return Ok(base),
            },
            _ => base.clone(),
        };
        let (Type::Int(size, signed), (Some(first), Some(last))) = (&repr, bounds) else {
            return Ok(base);
        };
        let full = limits(*size, *signed);
        if first <= last && ((first, last) == full || first < full.0 || (full.1 > 0 && last > full.1)) {
            return Ok(repr);
        }
        let size = u64::from(*size);
        let name = self.ada_name(die, None, hint);
        let ty = self.define(TypeDef::new(name, TypeKind::Range { repr, first, last }, size, size));
        Ok(ty)
    }

    /// The integer under a fixed-point base type.
    fn integer_of(&self, die: &Die<'s>, resized: Option<u64>) -> Option<Type> {
        let size = resized.or(self.byte_size(die)).filter(|s| matches!(s, 1 | 2 | 4 | 8))?;
        let unsigned = matches!(
            die.entry.attr_value(DW_AT_encoding),
            Some(AttributeValue::Encoding(DW_ATE_unsigned | DW_ATE_unsigned_fixed))
        );
        Some(Type::Int(size as u8, !unsigned))
    }

    /// An enumeration, or the subtype of one that has the values of a range.
    fn ada_enumeration(
        &mut self,
        die: &Die<'s>,
        hint: &str,
        of: Option<(Die<'s>, (i64, i64))>,
    ) -> Result<Type, Problem> {
        if let Some(known) = self.known.get(&die.at) {
            return Ok(known.clone());
        }
        let base = of.as_ref().map_or(die, |(base, _)| base);
        let mut values: Vec<(String, i64)> = Vec::new();
        for child in self.info.children(base.at)?.iter().filter(|c| c.tag() == DW_TAG_enumerator) {
            let value = child.entry.attr_value(DW_AT_const_value).as_ref().and_then(integer);
            let (Some(name), Some(value)) = (self.info.name(child), value) else {
                continue;
            };
            if of.as_ref().is_some_and(|(_, (first, last))| !(*first..=*last).contains(&value)) {
                continue;
            }
            // GNAT qualifies literals; a name of Ada has no two underscores in a row.
            let short = identifier(name.rsplit("__").next().unwrap_or(&name), "literal");
            let taken = |n: &str| values.iter().any(|(v, _)| v.eq_ignore_ascii_case(n));
            let name = match taken(&short) {
                false => short,
                true => (2..).map(|i| format!("{short}_{i}")).find(|n| !taken(n)).unwrap_or(short),
            };
            values.push((name, value));
        }
        let size = self.byte_size(die).or(self.byte_size(base)).filter(|s| matches!(s, 1 | 2 | 4 | 8));
        let Some(size) = size else {
            return refuse("an enumeration without size");
        };
        let signed = values.iter().any(|(_, value)| *value < 0);
        let repr = Type::Int(size as u8, signed);
        if values.is_empty() || values.len() > MAX_VALUES {
            return Ok(repr);
        }
        let name = self.ada_name(die, None, hint);
        let ty = self.define(TypeDef::new(name, TypeKind::Enum { repr, values }, size, size));
        self.known.insert(die.at, ty.clone());
        Ok(ty)
    }

    /// The address of a subprogram of this profile; `fn` where that cannot be described.
    fn ada_function(&mut self, die: &Die<'s>, name: &str, depth: u32) -> Type {
        match self.profile(die, name, depth) {
            Ok((params, returns)) => {
                let name = identifier(plain_name(name), "subprogram");
                self.define(TypeDef::new(name, TypeKind::Function { params, returns }, 8, 8))
            }
            Err(_) => Type::Fn,
        }
    }

    fn profile(
        &mut self,
        die: &Die<'s>,
        name: &str,
        depth: u32,
    ) -> Result<(Vec<Param>, Option<Returns>), Problem> {
        let mut params = Vec::new();
        for child in self.info.children(die.at)? {
            if child.tag() != DW_TAG_formal_parameter {
                continue;
            }
            let at = self.info.reference(&child, DW_AT_type)?;
            let param = format!("arg{}", params.len() + 1);
            let Passed { ty, by, usage, nullable } = passed(self, at, &format!("{name}_{param}"), depth + 1)?;
            params.push(Param { nullable, ..Param::new(param, ty, by, usage) });
        }
        let at = self.info.reference(die, DW_AT_type)?;
        Ok((params, returned(self, at, name, depth + 1)?))
    }

    /// GNAT's pair of addresses of an array and of its bounds.
    pub(super) fn is_fat(&self, die: &Die<'s>) -> Result<bool, Problem> {
        let members = self.info.children(die.at)?;
        let names = members.iter().filter(|m| m.tag() == DW_TAG_member).map(|m| self.info.name(m));
        Ok(names.flatten().eq(["P_ARRAY", "P_BOUNDS"]))
    }

    /// Both addresses as a value.
    pub(super) fn fat_pointer(&mut self) -> Type {
        let address =
            |name: &str, offset| Field { usage: Use::Ignored, ..Field::new(name, Type::Ptr, offset) };
        let fields = vec![address("data", 0), address("bounds", 8)];
        let name = self.made_up_name(FAT_POINTER.to_string());
        self.define(TypeDef::new(name, TypeKind::Struct(fields), 16, 8))
    }

    /// The array behind a fat pointer, with the types of its bounds.
    pub(super) fn fat_array(&mut self, die: &Die<'s>, hint: &str, depth: u32) -> Result<Type, Problem> {
        let (mut array, mut bounds) = (None, Vec::new());
        for member in self.info.children(die.at)? {
            let at = self.info.reference(&member, DW_AT_type)?;
            let Some(pointer) = self.plain(at)?.filter(|p| p.die.tag() == DW_TAG_pointer_type) else {
                continue;
            };
            let target = self.plain(self.info.reference(&pointer.die, DW_AT_type)?)?;
            match (self.info.name(&member).as_deref(), target) {
                (Some("P_ARRAY"), Some(target)) => array = Some(target.die),
                (Some("P_BOUNDS"), Some(target)) => bounds = self.info.children(target.die.at)?,
                _ => {}
            }
        }
        let Some(array) = array.filter(|a| a.tag() == DW_TAG_array_type) else {
            return refuse("an unconstrained array of which only the address is known");
        };
        let element = self.info.reference(&array, DW_AT_type)?;
        let mut ty = self.ada_type(element, hint, depth + 1)?;
        self.stride(&array, &ty)?;
        let mut indices = Vec::new();
        for member in &bounds {
            let name = self.info.name(member).unwrap_or_default();
            if !name.starts_with("LB") {
                continue;
            }
            let index = self.ada_type(self.info.reference(member, DW_AT_type)?, hint, depth + 1)?;
            let index = match self.contract.scalar(&index) {
                Type::Int(size, signed) => Index { size: *size, signed: *signed },
                Type::Bool | Type::Char => Index { size: 1, signed: false },
                other => return refuse(format!("an index of type {other}")),
            };
            indices.push(Extent::Carried(index));
        }
        if indices.is_empty() {
            return refuse("bounds that are not described");
        }
        for extent in self.storage_order(&array, indices) {
            ty = Type::Array(Box::new(ty), extent);
        }
        Ok(ty)
    }

    /// Innermost first: the last subscript varies fastest, but for arrays of convention Fortran.
    fn storage_order(&self, array: &Die<'s>, mut extents: Vec<Extent>) -> Vec<Extent> {
        let column = AttributeValue::Ordering(DW_ORD_col_major);
        if array.entry.attr_value(DW_AT_ordering) != Some(column) {
            extents.reverse();
        }
        extents
    }

    /// Bits from one element to the next, when that is not the element's size.
    fn strange_stride(&self, array: &Die<'s>, element: &Type) -> Result<Option<u64>, Problem> {
        let number = |attribute| match array.entry.attr_value(attribute) {
            None => Ok(None),
            Some(value) => match integer(&value).and_then(|n| u64::try_from(n).ok()) {
                Some(n) => Ok(Some(n)),
                None => refuse("elements of a size that is not constant"),
            },
        };
        let bits = match (number(DW_AT_bit_stride)?, number(DW_AT_byte_stride)?) {
            (Some(bits), _) => bits,
            (None, Some(bytes)) => bytes.saturating_mul(8),
            (None, None) => return Ok(None),
        };
        let natural = self.contract.size_align(element).map(|(size, _)| size * 8);
        Ok((natural != Some(bits)).then_some(bits))
    }

    fn stride(&self, array: &Die<'s>, element: &Type) -> Result<(), Problem> {
        match self.strange_stride(array, element)? {
            Some(bits) => refuse(format!("an unconstrained array of elements of {bits} bits")),
            None => Ok(()),
        }
    }

    fn ada_array(
        &mut self,
        die: &Die<'s>,
        alias: Option<String>,
        hint: &str,
        depth: u32,
    ) -> Result<Type, Problem> {
        let element_at = self.info.reference(die, DW_AT_type)?;
        let element = self.ada_type(element_at, hint, depth + 1)?;
        let mut extents = Vec::new();
        for child in self.info.children(die.at)? {
            match child.tag() {
                DW_TAG_subrange_type => {
                    let (first, last) = self.dimension(&child)?;
                    extents.push(first.zip(last).map(|(f, l)| l.saturating_sub(f).saturating_add(1).max(0)));
                }
                DW_TAG_enumeration_type => {
                    let values = self.info.children(child.at)?;
                    let count = values.iter().filter(|c| c.tag() == DW_TAG_enumerator).count();
                    extents.push(i64::try_from(count).ok());
                }
                _ => {}
            }
        }
        if extents.is_empty() {
            return refuse("an array without dimensions");
        }
        if let Some(bits) = self.strange_stride(die, &element)? {
            let counts: Option<Vec<i64>> = extents.into_iter().collect();
            let Some(counts) = counts else {
                return refuse("a packed array of a size that is not constant");
            };
            return self.packed(die, alias, hint, element, bits, &counts);
        }
        let extents = extents.into_iter().map(|e| match e {
            Some(count) => constant(count.unsigned_abs()),
            None => Extent::Unknown,
        });
        let mut ty = element;
        for extent in self.storage_order(die, extents.collect()) {
            ty = Type::Array(Box::new(ty), extent);
        }
        Ok(ty)
    }

    /// First and last value of an index, as far as they are constant.
    fn dimension(&self, die: &Die<'s>) -> Result<(Option<i64>, Option<i64>), Problem> {
        if die.entry.has_attr(DW_AT_upper_bound) || die.entry.has_attr(DW_AT_lower_bound) {
            let bounds = (DW_AT_lower_bound, DW_AT_upper_bound);
            return Ok((self.constant_bound(die, bounds.0), self.constant_bound(die, bounds.1)));
        }
        // The index type's own bounds.
        let Some(index) = self.plain(self.info.reference(die, DW_AT_type)?)? else {
            return Ok((None, None));
        };
        match index.die.tag() {
            DW_TAG_subrange_type if index.die.entry.has_attr(DW_AT_upper_bound) => self.dimension(&index.die),
            DW_TAG_enumeration_type => {
                let values = self.info.children(index.die.at)?;
                let count = values.iter().filter(|c| c.tag() == DW_TAG_enumerator).count();
                Ok((Some(1), i64::try_from(count).ok()))
            }
            _ => Ok((None, None)),
        }
    }

    /// `..___XP4`: a packed array in the words of `-fgnat-encodings=all`, with the bits of an element; the array it stands
    /// for is beside it.
    pub(super) fn encoded_packed(&mut self, die: &Die<'s>, depth: u32) -> Result<Option<Type>, Problem> {
        let name = self.info.name(die).unwrap_or_default();
        let Some((_, rest)) = name.split_once("___XP") else {
            return Ok(None);
        };
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next().unwrap_or_default();
        let array = self.plain(self.info.reference(die, DW_AT_GNAT_descriptive_type)?)?;
        let (Ok(bits), Some(array)) = (digits.parse::<u64>(), array) else {
            return Ok(None);
        };
        if array.die.tag() != DW_TAG_array_type {
            return Ok(None);
        }
        let element = self.info.reference(&array.die, DW_AT_type)?;
        let element = self.ada_type(element, &name, depth + 1)?;
        let mut counts = Vec::new();
        for child in self.info.children(array.die.at)?.iter().filter(|c| c.tag() == DW_TAG_subrange_type) {
            match self.dimension(child)? {
                (Some(first), Some(last)) => counts.push(last.saturating_sub(first).saturating_add(1).max(0)),
                _ => return Ok(None),
            }
        }
        self.packed(die, None, &name, element, bits, &counts).map(Some)
    }

    fn packed(
        &mut self,
        die: &Die<'s>,
        alias: Option<String>,
        hint: &str,
        element: Type,
        bits: u64,
        counts: &[i64],
    ) -> Result<Type, Problem> {
        let mut count = 1u64;
        for n in counts {
            count = count.saturating_mul(n.unsigned_abs());
        }
        let scalar = matches!(self.contract.scalar(&element), Type::Int(..) | Type::Bool | Type::Char);
        let total = count.checked_mul(bits).filter(|t| *t > 0 && *t <= MAX_SIZE);
        let (Some(total), true, 1..=64) = (total, scalar, bits) else {
            return refuse(format!("a packed array of {count} elements of {bits} bits"));
        };
        let name = self.ada_name(die, alias, hint);
        let kind = TypeKind::Packed { element, bits: bits as u32, count };
        let size = self.byte_size(die).unwrap_or(0).max(total.div_ceil(8));
        // Up to 128 bits are an integer, with its size and alignment.
        let (size, align) = match size {
            0..=16 => (size.next_power_of_two(), size.next_power_of_two()),
            _ => (size, 1),
        };
        Ok(self.define(TypeDef::new(name, kind, size, align)))
    }
}

/// `..___XF_1_8`: the scale of a fixed-point type in its name (`-fgnat-encodings=all`).
fn encoded_scale(name: &str) -> Option<(u64, u64)> {
    let (_, parts) = name.split_once("___XF_")?;
    let numbers: Vec<u64> = parts.split('_').map_while(|p| p.parse().ok()).collect();
    // Four numbers give delta and small, two a small that is the delta.
    let (numerator, denominator) = match numbers.as_slice() {
        [n, d] => (*n, *d),
        [_, _, n, d] => (*n, *d),
        _ => return None,
    };
    (numerator > 0 && denominator > 0).then_some((numerator, denominator))
}

/// Least and greatest value of an integer type, as far as they are 64-bit signed integers; 0 above that.
fn limits(size: u8, signed: bool) -> (i64, i64) {
    let bits = 8 * u32::from(size);
    match (signed, bits) {
        (true, _) => (i64::MIN >> (64 - bits), i64::MAX >> (64 - bits)),
        (false, 64) => (0, 0),
        (false, _) => (0, (1 << bits) - 1),
    }
}
