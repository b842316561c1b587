//! Checks of definitions under `[type.*]`.

use super::{Check, MAX_COUNT, Place};
use crate::layout::{MAX_SIZE, scalar_size_align};
use crate::model::*;
use crate::syntax::BUILT_IN;
use crate::toml::section::shown;
use std::collections::BTreeMap;

/// How deep definitions may contain each other.
pub(super) const MAX_NESTING: u32 = 32;
/// Largest alignment: a page.
const MAX_ALIGN: u64 = 4096;
/// Furthest bit of a bit field, from its storage unit.
const MAX_BITS: u32 = 128;

impl Check<'_> {
    pub(super) fn type_def(&mut self, def: &TypeDef) {
        let path = format!("type.{}", def.name);
        if BUILT_IN.iter().any(|(name, _)| *name == def.name) {
            let message = format!("`{}` is a built-in type", def.name);
            self.issue(&path, "C104", message, "a name of its own", def.name.as_str(), "rename it");
        }
        match &def.kind {
            TypeKind::Struct(fields) | TypeKind::Union(fields) => {
                self.size_align(&path, def);
                self.fields(&path, def, fields);
            }
            TypeKind::Enum { repr, values } => self.enumeration(&path, repr, values),
            TypeKind::Opaque { .. } => {
                self.size_align(&path, def);
                self.release(&path, &def.release);
            }
            TypeKind::Packed { element, bits, count } => {
                self.size_align(&path, def);
                self.packed(&path, def, element, *bits, *count);
            }
            TypeKind::Range { repr, first, last } => self.range(&path, repr, *first, *last),
            TypeKind::Fixed { repr, small } => self.fixed(&path, repr, *small),
            TypeKind::Function { params, returns } => {
                self.signature(&path, params, returns);
                self.user_data(&path, params, &def.user_data);
                self.stop(&path, returns, def.stop);
            }
        }
    }

    fn size_align(&mut self, path: &str, def: &TypeDef) {
        if !def.align.is_power_of_two() || def.align > MAX_ALIGN {
            let message = "impossible alignment".to_string();
            let expected = format!("a power of two, at most {MAX_ALIGN}");
            let hint = "a packed record has alignment 1";
            self.issue(&format!("{path}.align"), "C107", message, expected, def.align.to_string(), hint);
        } else if def.size == 0 || def.size > MAX_SIZE || !def.size.is_multiple_of(def.align) {
            let message = "impossible size".to_string();
            let expected = format!("a multiple of the alignment, {}, from 1 to {MAX_SIZE}", def.align);
            let hint = "a view of a COMMON block whose end is not padded has a smaller alignment";
            self.issue(&format!("{path}.size"), "C107", message, expected, def.size.to_string(), hint);
        }
    }

    fn fields(&mut self, path: &str, def: &TypeDef, fields: &[Field]) {
        let path = format!("{path}.fields");
        self.count(&path, fields.len(), MAX_COUNT);
        self.listed_names(&path, "name", fields.iter().map(|field| field.name.as_str()));
        // The last bit taken so far, and by whom.
        let mut taken = (0, 0, "");
        for (i, field) in fields.iter().enumerate() {
            let path = format!("{path}.{i}");
            self.field(&path, field);
            if !self.bits(&path, field) {
                continue;
            }
            let Some((first, last)) = self.field_bits(&path, def, field) else { continue };
            if let Some(when) = &field.when {
                self.when(&path, when, &fields[..i]);
            }
            if matches!(def.kind, TypeKind::Union(_)) {
                continue;
            }
            // Components of different variants share storage: they are held against what comes before all variants.
            if field.when.is_some() {
                continue;
            }
            let (taken_first, taken_last, by) = taken;
            if first < taken_last && last > taken_first {
                let message = format!("`{}` overlaps `{}`", shown(&field.name), shown(by));
                let hint = "storage with several meanings is a union";
                let expected = format!("an offset from {} on", taken_last.div_ceil(8));
                self.issue(
                    &format!("{path}.offset"),
                    "C109",
                    message,
                    expected,
                    field.offset.to_string(),
                    hint,
                );
            } else if first < taken_first {
                let message =
                    format!("`{}` stands after `{}`, and lies before it", shown(&field.name), shown(by));
                let hint = "list the fields by ascending offset";
                self.issue(
                    &format!("{path}.offset"),
                    "C110",
                    message,
                    "ascending offsets",
                    field.offset.to_string(),
                    hint,
                );
            }
            taken = (first, last.max(taken_last), &field.name);
        }
    }

    fn field(&mut self, path: &str, field: &Field) {
        self.ty(&format!("{path}.type"), &field.ty, Place::Stored);
        self.tolerance(path, &field.ty, &field.tolerance);
        if !matches!(field.usage, Use::InOut | Use::Ignored) {
            let message = "a field has no direction of its own".to_string();
            let hint = "directions belong to parameters; `ignored` masks a field in comparisons";
            self.issue(
                &format!("{path}.use"),
                "C130",
                message,
                "`inout` or `ignored`",
                field.usage.to_string(),
                hint,
            );
        }
    }

    /// A bit field has bits that its type has. True for any other field.
    fn bits(&mut self, path: &str, field: &Field) -> bool {
        let Some((first, count)) = field.bits else { return true };
        let width = match self.contract.scalar(&field.ty) {
            scalar @ (Type::Int(..) | Type::Bool | Type::Logical(_) | Type::Char) => {
                scalar_size_align(scalar)
            }
            _ => None,
        };
        let width = width.map_or(0, |(size, _)| 8 * size);
        let end = first.checked_add(count).filter(|end| *end <= MAX_BITS);
        let possible = count > 0 && u64::from(count) <= width && end.is_some();
        if !possible {
            let message = format!("`{}` cannot be that bit field", shown(&field.name));
            let expected = match width {
                0 => "no bits: the type is no integer".to_string(),
                width => format!("1 to {width} bits, the last before bit {MAX_BITS}"),
            };
            let found = format!("{count} bits from bit {first}");
            let hint = "count bits from the least significant one at `offset`";
            self.issue(&format!("{path}.bits"), "C111", message, expected, found, hint);
        }
        possible
    }

    /// First bit of a field and the one after its last. `None` if it has no size; reported if it is outside.
    fn field_bits(&mut self, path: &str, def: &TypeDef, field: &Field) -> Option<(u64, u64)> {
        let (size, _) = self.contract.size_align(&field.ty)?;
        // Sizes are limited, offsets are not yet: only this sum can overflow.
        let end =
            |first: u64, bits: u64| first.checked_add(bits).filter(|end| *end <= def.size.saturating_mul(8));
        let first = field.offset.checked_mul(8);
        let range = first.and_then(|first| match field.bits {
            None => Some((first, end(first, 8 * size)?)),
            Some((skip, count)) => {
                let first = first.checked_add(u64::from(skip))?;
                Some((first, end(first, u64::from(count))?))
            }
        });
        if range.is_none() {
            let message = format!("`{}` ends outside `{}`", shown(&field.name), shown(&def.name));
            let expected = format!("a field within {} bytes", def.size);
            let found = format!("{size} bytes at offset {}", field.offset);
            let hint = "correct `offset`, or `size` of the record";
            self.issue(&format!("{path}.offset"), "C108", message, expected, found, hint);
        }
        range
    }

    /// A discriminant is an integer field before what it governs.
    fn when(&mut self, path: &str, when: &When, before: &[Field]) {
        let discriminant = before.iter().find(|field| field.name == when.field);
        let governs = discriminant.is_some_and(|field| {
            let scalar = self.contract.scalar(&field.ty);
            matches!(scalar, Type::Int(..) | Type::Bool | Type::Logical(_) | Type::Char)
        });
        if !governs || when.any_of.is_empty() {
            let message = format!("`{}` cannot say whether this field is there", shown(&when.field));
            let hint = "name an integer or enumeration that stands before it, as in `when = \"kind = 1\"`";
            let expected = "an integer field before this one";
            self.issue(&format!("{path}.when"), "C144", message, expected, when.to_string(), hint);
        }
    }

    fn integer_repr(&mut self, path: &str, repr: &Type) -> Option<(u8, bool)> {
        if let Type::Int(size @ (1 | 2 | 4 | 8), signed) = *repr {
            return Some((size, signed));
        }
        let hint = "correct `repr`";
        let message = format!("`{repr}` cannot be underneath");
        self.issue(&format!("{path}.repr"), "C145", message, "an integer type", repr.to_string(), hint);
        None
    }

    fn range(&mut self, path: &str, repr: &Type, first: i64, last: i64) {
        let Some((size, signed)) = self.integer_repr(path, repr) else { return };
        for (key, value) in [("first", first), ("last", last)] {
            // An empty range, last before first, is legal and may end outside; no value is ever of it.
            if first <= last && !fits(value, size, signed) {
                let message = format!("`{key}` does not fit `{repr}`");
                let expected = format!("a value of `{repr}`");
                let hint = "correct the value or `repr`";
                self.issue(&format!("{path}.{key}"), "C145", message, expected, value.to_string(), hint);
            }
        }
    }

    fn fixed(&mut self, path: &str, repr: &Type, (numerator, denominator): (u64, u64)) {
        self.integer_repr(path, repr);
        if numerator == 0 || denominator == 0 {
            let message = "the last bit has no value".to_string();
            let hint = "write for instance \"1/16\"";
            let found = format!("{numerator}/{denominator}");
            self.issue(&format!("{path}.small"), "C145", message, "two numbers above 0", found, hint);
        }
    }

    fn packed(&mut self, path: &str, def: &TypeDef, element: &Type, bits: u32, count: u64) {
        self.ty(&format!("{path}.element"), element, Place::Stored);
        let scalar = self.contract.scalar(element);
        let integer = matches!(scalar, Type::Int(..) | Type::Bool | Type::Logical(_) | Type::Char);
        let end = u64::from(bits).checked_mul(count);
        if !integer || !(1..=64).contains(&bits) || end.is_none_or(|end| end > def.size.saturating_mul(8)) {
            let message = "the elements do not fit".to_string();
            let expected = format!("integers of 1 to 64 bits, all within {} bytes", def.size);
            let found = format!("{count} times {bits} bits of `{element}`");
            let hint = "correct `bits`, `count` or `size`";
            self.issue(&format!("{path}.bits"), "C145", message, expected, found, hint);
        }
    }

    fn enumeration(&mut self, path: &str, repr: &Type, values: &[(String, i64)]) {
        let values_path = format!("{path}.values");
        self.count(&values_path, values.len(), MAX_COUNT);
        self.names(&values_path, values.iter().map(|(name, _)| name.as_str()), crate::names::rust_name);
        let &Type::Int(size @ (1 | 2 | 4 | 8), signed) = repr else {
            let message = "an enumeration is made of integers".to_string();
            let hint = "C enumerations without negative values are \"u32\"";
            return self.issue(
                &format!("{path}.repr"),
                "C131",
                message,
                "\"i8\" to \"u64\"",
                repr.to_string(),
                hint,
            );
        };
        if values.is_empty() {
            let hint = "list the names and their values, or use the integer type itself";
            self.issue(&values_path, "C131", "no values".into(), "at least one name", "{}", hint);
        }
        for (name, value) in values {
            if !fits(*value, size, signed) {
                let message = format!("`{}` does not fit `{repr}`", shown(name));
                let hint = "correct the value or `repr`";
                self.issue(
                    &format!("{values_path}.{name}"),
                    "C131",
                    message,
                    format!("a value of `{repr}`"),
                    value.to_string(),
                    hint,
                );
            }
        }
    }

    /// No definition contains itself, or nests beyond reason.
    pub(super) fn nesting(&mut self) {
        let types = &self.contract.types;
        let index: BTreeMap<&str, usize> =
            types.iter().enumerate().map(|(i, def)| (def.name.as_str(), i)).collect();
        let inner: Vec<Vec<usize>> = types
            .iter()
            .map(|def| members(def).filter_map(|name| index.get(name).copied()).collect())
            .collect();
        // One more level is seen in each round; a loop never ends, and grows past the limit like a chain too long.
        let mut depths = vec![1; types.len()];
        for _ in 0..=MAX_NESTING {
            let depth = |inner: &Vec<usize>| 1 + inner.iter().map(|i| depths[*i]).max().unwrap_or(0);
            depths = inner.iter().map(depth).collect();
        }
        for (def, depth) in types.iter().zip(depths) {
            if depth > MAX_NESTING {
                let message = format!("`{}` contains itself, or nests too deep", shown(&def.name));
                let expected = format!("at most {MAX_NESTING} definitions inside each other");
                let hint = "a link to another record is a \"ptr\"";
                self.issue(&format!("type.{}", def.name), "C106", message, expected, "a longer chain", hint);
            }
        }
    }
}

/// The names of the definitions that stand in `def` by value.
fn members(def: &TypeDef) -> impl Iterator<Item = &str> {
    let fields: &[Field] = match &def.kind {
        TypeKind::Struct(fields) | TypeKind::Union(fields) => fields,
        _ => &[],
    };
    fields.iter().filter_map(|field| {
        let mut ty = &field.ty;
        while let Type::Array(element, _) = ty {
            ty = element;
        }
        match ty {
            Type::Named(name) => Some(name.as_str()),
            _ => None,
        }
    })
}

/// The value is one of an integer type's.
pub(super) fn fits(value: i64, size: u8, signed: bool) -> bool {
    let bits = 8 * u32::from(size);
    let value = i128::from(value);
    let (low, high) =
        if signed { (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1) } else { (0, (1i128 << bits) - 1) };
    (low..=high).contains(&value)
}
