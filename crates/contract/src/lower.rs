//! Values as written become bytes of the legacy process: the way back of [`crate::lift`].

use crate::layout::scalar_size_align;
use crate::lift::{FloatKind, MAX_DEPTH, element_size, is_signed};
use crate::literal::Literal;
use crate::model::{Contract, Extent, Field, Language, Type, TypeKind};
use crate::names::nearest;

/// Most bytes that one literal may become.
const MAX_BYTES: usize = 16 << 20;

/// Why a value has no bytes of that type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`: expected {expected}, found {found}{hint}")]
pub struct LowerError {
    /// The place: `bulletin.a`, `elt[2]`.
    pub path: String,
    /// What the type takes.
    pub expected: String,
    /// What was written.
    pub found: String,
    /// A sentence that may help, or nothing.
    pub hint: String,
}

/// The bytes of a value of type `ty`, in little-endian order. An array has as many elements as were written; a text as many
/// bytes, and a NUL where the type is `cstr`. `path` names the value in errors.
pub fn lower(contract: &Contract, path: &str, ty: &Type, literal: &Literal) -> Result<Vec<u8>, LowerError> {
    let mut lowerer = Lowerer { contract, path: path.to_owned() };
    let size = lowerer.size(ty, literal)?;
    let mut bytes = vec![0; size];
    lowerer.write(ty, literal, &mut bytes, 0)?;
    Ok(bytes)
}

/// Writes a value over what is there: fields that a record does not name stay as they are.
pub fn lower_into(
    contract: &Contract,
    path: &str,
    ty: &Type,
    literal: &Literal,
    bytes: &mut [u8],
) -> Result<(), LowerError> {
    let mut lowerer = Lowerer { contract, path: path.to_owned() };
    let size = lowerer.size(ty, literal)?;
    match bytes.get_mut(..size) {
        Some(bytes) => lowerer.write(ty, literal, bytes, 0),
        None => Err(lowerer.refuse(&format!("at most {} bytes", bytes.len()), literal)),
    }
}

struct Lowerer<'a> {
    contract: &'a Contract,
    path: String,
}

impl Lowerer<'_> {
    fn refuse(&self, expected: &str, literal: &Literal) -> LowerError {
        let (expected, found) = (expected.to_owned(), literal.what());
        LowerError { path: self.path.clone(), expected, found, hint: String::new() }
    }

    fn within<T>(&mut self, step: &str, write: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(step);
        let done = write(self);
        self.path.truncate(length);
        done
    }

    /// How many bytes the value takes.
    fn size(&self, ty: &Type, literal: &Literal) -> Result<usize, LowerError> {
        let size = match (self.contract.size_align(ty), ty, literal) {
            (None, _, Literal::Room(room)) => self.contract.size_align(room).map(|(size, _)| size as usize),
            (None, Type::Chars, Literal::Text(text) | Literal::Bytes(text)) => Some(text.len()),
            (None, Type::Cstr, Literal::Text(text)) => Some(text.len() + 1),
            (None, Type::Cstr, Literal::Bytes(bytes)) => Some(bytes.len()),
            (None, Type::Array(..), Literal::Bytes(bytes)) => Some(bytes.len()),
            (None, Type::Array(element, _), literal) => {
                let (_, each) = element_size(self.contract, element)
                    .ok_or_else(|| self.refuse("elements of known size", literal))?;
                let (items, _) = self.items(element, literal)?;
                items.checked_mul(each)
            }
            (None, ..) => None,
            (Some((size, _)), ..) => usize::try_from(size).ok(),
        };
        size.filter(|size| *size <= MAX_BYTES).ok_or_else(|| self.refuse(&describe(ty), literal))
    }

    /// How many elements there are, and the elements where they are an array: nested ones run together if the type does so.
    fn items<'l>(
        &self,
        element: &Type,
        literal: &'l Literal,
    ) -> Result<(usize, Option<Vec<&'l Literal>>), LowerError> {
        match literal {
            Literal::Array(items) => {
                let mut items: Vec<&Literal> = items.iter().collect();
                let (innermost, _) = element_size(self.contract, element)
                    .ok_or_else(|| self.refuse("elements of known size", literal))?;
                let mut level = element;
                while level != innermost
                    && let Type::Array(inner, _) = level
                {
                    level = inner;
                    let nested = items.iter().all(|item| matches!(item, Literal::Array(_)));
                    if nested {
                        let flat = items.iter().flat_map(|item| match item {
                            Literal::Array(inner) => inner.iter().collect::<Vec<_>>(),
                            other => vec![*other],
                        });
                        items = flat.collect();
                    }
                }
                Ok((items.len(), Some(items)))
            }
            Literal::Text(text) if is_byte(element) => Ok((text.len(), None)),
            other => {
                Err(self.refuse(&describe(&Type::Array(Box::new(element.clone()), Extent::Unknown)), other))
            }
        }
    }

    fn write(&mut self, ty: &Type, literal: &Literal, out: &mut [u8], depth: u32) -> Result<(), LowerError> {
        if depth > MAX_DEPTH {
            return Err(self.refuse("a type that does not contain itself", literal));
        }
        match literal {
            Literal::Room(_) => return Ok(()),
            Literal::Bytes(bytes) if bytes.len() == out.len() => {
                out.copy_from_slice(bytes);
                return Ok(());
            }
            Literal::Bytes(_) => return Err(self.refuse(&format!("{} bytes ({ty})", out.len()), literal)),
            _ => {}
        }
        match ty {
            Type::Chars | Type::Cstr => self.text(ty, literal, out),
            Type::Array(element, _) => self.array(ty, element, literal, out, depth),
            Type::Named(name) => match self.contract.type_def(name).map(|def| &def.kind) {
                Some(TypeKind::Struct(fields)) => self.record(fields, literal, out, depth),
                Some(TypeKind::Union(fields)) => match literal {
                    Literal::Record(named) if named.len() == 1 => self.record(fields, literal, out, depth),
                    other => Err(self.refuse("one of its members, as {member=value}, or hex:...", other)),
                },
                Some(TypeKind::Enum { repr, values }) => {
                    let literal = self.enumerated(values, literal)?;
                    self.scalar(repr, &literal, out)
                }
                Some(TypeKind::Range { repr, first, last }) => {
                    if let Literal::Int(number) = literal
                        && !(i128::from(*first)..=i128::from(*last)).contains(number)
                    {
                        return Err(
                            self.refuse(&format!("an integer of {name} ({first} to {last})"), literal)
                        );
                    }
                    self.scalar(repr, literal, out)
                }
                Some(TypeKind::Fixed { repr, small }) => {
                    let literal = self.fixed(*small, literal)?;
                    self.scalar(repr, &literal, out)
                }
                Some(TypeKind::Function { .. }) => self.scalar(&Type::Fn, literal, out),
                Some(TypeKind::Packed { element, bits, count }) => {
                    self.packed(element, *bits, *count, literal, out)
                }
                Some(TypeKind::Opaque { .. }) => {
                    Err(self
                        .refuse(&format!("memory as it is, as hex:... ({name} is not described)"), literal))
                }
                None => Err(self.refuse(&format!("a type that the contract defines, not {name}"), literal)),
            },
            scalar => self.scalar(scalar, literal, out),
        }
    }

    fn text(&self, ty: &Type, literal: &Literal, out: &mut [u8]) -> Result<(), LowerError> {
        let Literal::Text(text) = literal else { return Err(self.refuse(&describe(ty), literal)) };
        if *ty == Type::Cstr && text.contains(&0) {
            return Err(self.refuse("a text without a NUL", literal));
        }
        out[..text.len()].copy_from_slice(text);
        Ok(())
    }

    fn array(
        &mut self,
        ty: &Type,
        element: &Type,
        literal: &Literal,
        out: &mut [u8],
        depth: u32,
    ) -> Result<(), LowerError> {
        let (inner, size) = element_size(self.contract, element)
            .ok_or_else(|| self.refuse("elements of known size", literal))?;
        let inner = inner.clone();
        let (count, items) = self.items(element, literal)?;
        let room = out.len() / size;
        if count > room || (count < room && items.is_some()) {
            return Err(self.refuse(&format!("{room} elements ({ty})"), literal));
        }
        let Some(items) = items else {
            let Literal::Text(text) = literal else { return Ok(()) };
            let padding = if self.contract.component.language == Language::Fortran { b' ' } else { 0 };
            out.fill(if *element == Type::Char { padding } else { 0 });
            out[..text.len()].copy_from_slice(text);
            return Ok(());
        };
        for (i, (item, out)) in items.into_iter().zip(out.chunks_exact_mut(size)).enumerate() {
            self.within(&format!("[{i}]"), |lowerer| lowerer.write(&inner, item, out, depth + 1))?;
        }
        Ok(())
    }

    fn record(
        &mut self,
        fields: &[Field],
        literal: &Literal,
        out: &mut [u8],
        depth: u32,
    ) -> Result<(), LowerError> {
        let Literal::Record(named) = literal else {
            return Err(self.refuse("a record, as {field=value, ...}", literal));
        };
        for (name, value) in named {
            let Some(field) = fields.iter().find(|field| field.name == *name) else {
                return Err(self.no_field(fields, name));
            };
            self.within(&format!(".{name}"), |lowerer| lowerer.field(field, value, out, depth))?;
        }
        Ok(())
    }

    fn no_field(&self, fields: &[Field], name: &str) -> LowerError {
        let known = || fields.iter().map(|field| field.name.as_str());
        let hint = match nearest(name, known()) {
            Some(near) => format!("; is `{near}` meant?"),
            None => String::new(),
        };
        let expected = format!("one of its fields {}", known().collect::<Vec<_>>().join(", "));
        LowerError { path: self.path.clone(), expected, found: format!("`{name}`"), hint }
    }

    fn field(
        &mut self,
        field: &Field,
        value: &Literal,
        out: &mut [u8],
        depth: u32,
    ) -> Result<(), LowerError> {
        let place = usize::try_from(field.offset).ok();
        if let Some((first, count)) = field.bits {
            let number = self.bit_field(field, value, count)?;
            let unit = place.and_then(|at| out.get_mut(at..));
            return match unit {
                Some(unit) => {
                    put_bits(unit, first, count, number);
                    Ok(())
                }
                None => Err(self.refuse("a field inside its record", value)),
            };
        }
        let size = self.contract.size_align(&field.ty).and_then(|(size, _)| usize::try_from(size).ok());
        let bytes = match (place, size) {
            (Some(at), Some(size)) => at.checked_add(size).and_then(|end| out.get_mut(at..end)),
            _ => None,
        };
        match bytes {
            Some(bytes) => self.write(&field.ty, value, bytes, depth + 1),
            None => Err(self.refuse("a field of known size inside its record", value)),
        }
    }

    /// A fixed-point number: an integer is the one underneath, one with a point is the number itself.
    fn fixed(&self, small: (u64, u64), literal: &Literal) -> Result<Literal, LowerError> {
        let Literal::Float { double, .. } = literal else { return Ok(literal.clone()) };
        let (numerator, denominator) = small;
        let units = double * denominator as f64 / numerator.max(1) as f64;
        let rounded = units.round();
        if !rounded.is_finite() || rounded.abs() > 1e18 || (units - rounded).abs() > 1e-6 {
            let expected = format!("a multiple of {numerator}/{denominator}");
            return Err(self.refuse(&expected, literal));
        }
        Ok(Literal::Int(rounded as i128))
    }

    fn packed(
        &self,
        element: &Type,
        bits: u32,
        count: u64,
        literal: &Literal,
        out: &mut [u8],
    ) -> Result<(), LowerError> {
        let Literal::Array(items) = literal else {
            return Err(self.refuse(&format!("an array of {count} elements"), literal));
        };
        if items.len() as u64 != count {
            return Err(self.refuse(&format!("{count} elements"), literal));
        }
        let signed = is_signed(self.contract.scalar(element));
        for (i, item) in items.iter().enumerate() {
            let number = match (item, truth(item)) {
                (Literal::Int(number), _) => *number,
                (_, Some(truth)) => i128::from(truth),
                _ => return Err(self.refuse("integers", item)),
            };
            let number = self.fits(number, bits.clamp(1, 64), signed, &format!("a number of {bits} bits"))?;
            put_bits(out, i as u32 * bits, bits, number);
        }
        Ok(())
    }

    /// A bit field's value, which fits.
    fn bit_field(&self, field: &Field, value: &Literal, count: u32) -> Result<i128, LowerError> {
        let value = match self.contract.scalar(&field.ty) {
            ty if *ty != field.ty => match &field.ty {
                Type::Named(name) => match self.contract.type_def(name).map(|def| &def.kind) {
                    Some(TypeKind::Enum { values, .. }) => self.enumerated(values, value)?,
                    _ => value.clone(),
                },
                _ => value.clone(),
            },
            _ => value.clone(),
        };
        let number = match (&value, truth(&value)) {
            (Literal::Int(number), _) => *number,
            (_, Some(truth)) => i128::from(truth),
            _ => return Err(self.refuse("an integer", &value)),
        };
        let signed = is_signed(self.contract.scalar(&field.ty));
        self.fits(number, count.min(64), signed, &format!("a number of {count} bits"))
    }

    fn enumerated(&self, values: &[(String, i64)], literal: &Literal) -> Result<Literal, LowerError> {
        let Literal::Name(name) = literal else { return Ok(literal.clone()) };
        let exactly = values.iter().find(|(known, _)| known == name);
        let found = exactly.or_else(|| values.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)));
        match found {
            Some((_, value)) => Ok(Literal::Int(i128::from(*value))),
            None => {
                let known: Vec<&str> = values.iter().map(|(name, _)| name.as_str()).take(20).collect();
                Err(self.refuse(&format!("an integer or one of {}", known.join(", ")), literal))
            }
        }
    }

    fn fits(&self, number: i128, bits: u32, signed: bool, what: &str) -> Result<i128, LowerError> {
        // An unsigned pattern of the same width is accepted for a signed type where it is written in full (0xffff).
        let (low, high) = if signed {
            (-(1i128 << (bits - 1)), (1i128 << (bits - 1)) - 1)
        } else {
            (0, (1i128 << bits) - 1)
        };
        if number < low || number > high {
            return Err(self.refuse(&format!("{what} ({low} to {high})"), &Literal::Int(number)));
        }
        Ok(number)
    }

    fn scalar(&self, ty: &Type, literal: &Literal, out: &mut [u8]) -> Result<(), LowerError> {
        let refuse = || self.refuse(&describe(ty), literal);
        let (size, _) = scalar_size_align(ty).ok_or_else(refuse)?;
        let out = out.get_mut(..size as usize).ok_or_else(refuse)?;
        match ty {
            Type::F32 | Type::F64 | Type::F80 => float_bytes(ty, literal, out).ok_or_else(refuse),
            Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80 => {
                let part = match ty {
                    Type::ComplexF32 => Type::F32,
                    Type::ComplexF80 => Type::F80,
                    _ => Type::F64,
                };
                let (re, im) = match literal {
                    Literal::Pair(re, im) => ((**re).clone(), (**im).clone()),
                    Literal::Array(items) if items.len() == 2 => (items[0].clone(), items[1].clone()),
                    other => (other.clone(), Literal::Int(0)),
                };
                let half = out.len() / 2;
                float_bytes(&part, &re, &mut out[..half]).ok_or_else(refuse)?;
                float_bytes(&part, &im, &mut out[half..]).ok_or_else(refuse)
            }
            Type::Char => match literal {
                Literal::Text(text) if text.len() == 1 => {
                    out[0] = text[0];
                    Ok(())
                }
                _ => self.integer(ty, literal, out),
            },
            _ => self.integer(ty, literal, out),
        }
    }

    fn integer(&self, ty: &Type, literal: &Literal, out: &mut [u8]) -> Result<(), LowerError> {
        let number = match (literal, ty) {
            (Literal::Int(number), _) => *number,
            (Literal::Null, Type::Ptr | Type::Fn) => 0,
            (_, Type::Bool | Type::Logical(_)) => {
                i128::from(truth(literal).ok_or_else(|| self.refuse(&describe(ty), literal))?)
            }
            // A whole number may be written as one with a point only where nothing is lost: nowhere. It is a mistake.
            _ => return Err(self.refuse(&describe(ty), literal)),
        };
        let signed = is_signed(ty);
        let bits = if *ty == Type::Bool { 1 } else { 8 * out.len() as u32 };
        let number = self.fits(number, bits, signed, &describe(ty))?;
        let length = out.len();
        out.copy_from_slice(&number.to_le_bytes()[..length]);
        Ok(())
    }
}

fn is_byte(ty: &Type) -> bool {
    matches!(ty, Type::Char | Type::Int(1, _))
}

fn truth(literal: &Literal) -> Option<bool> {
    match literal {
        Literal::Name(name) => match name.to_ascii_lowercase().as_str() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        },
        _ => None,
    }
}

/// Puts the lowest `count` bits of a number at bit `first` of the unit.
fn put_bits(unit: &mut [u8], first: u32, count: u32, number: i128) {
    for bit in 0..count.min(128) {
        let at = (first + bit) as usize;
        if let Some(byte) = unit.get_mut(at / 8) {
            let mask = 1 << (at % 8);
            *byte = if number >> bit & 1 == 1 { *byte | mask } else { *byte & !mask };
        }
    }
}

/// A floating-point number in its format. Integers are numbers, too, if nothing is lost.
fn float_bytes(ty: &Type, literal: &Literal, out: &mut [u8]) -> Option<()> {
    let (double, single) = match literal {
        Literal::Float { double, single } => (*double, *single),
        Literal::Int(number) => (exact(*number)?, exact(*number)? as f32),
        Literal::Bits { bits, kind } => {
            let (wanted, length) = match ty {
                Type::F32 => (FloatKind::F32, 4),
                Type::F64 => (FloatKind::F64, 8),
                _ => (FloatKind::F80, 10),
            };
            if *kind != wanted {
                return None;
            }
            out[..length].copy_from_slice(&bits.to_le_bytes()[..length]);
            return Some(());
        }
        _ => return None,
    };
    match ty {
        Type::F32 => out.copy_from_slice(&single.to_le_bytes()),
        Type::F64 => out.copy_from_slice(&double.to_le_bytes()),
        _ => out[..10].copy_from_slice(&extended(double).to_le_bytes()[..10]),
    }
    Some(())
}

/// An integer as a double, if it is one.
fn exact(number: i128) -> Option<f64> {
    let double = number as f64;
    (double as i128 == number).then_some(double)
}

/// The x87 extended number of a double: always exact.
fn extended(double: f64) -> u128 {
    let bits = double.to_bits();
    let (sign, exponent, fraction) = (u128::from(bits >> 63), bits >> 52 & 0x7ff, bits & ((1 << 52) - 1));
    let (exponent, mantissa) = match (exponent, fraction) {
        (0, 0) => (0, 0),
        (0, subnormal) => {
            let shift = subnormal.leading_zeros();
            (16383 - 1022 - 52 + u64::from(63 - shift), subnormal << shift)
        }
        (0x7ff, fraction) => (0x7fff, 1 << 63 | fraction << 11),
        (exponent, fraction) => (exponent + 16383 - 1023, 1 << 63 | fraction << 11),
    };
    sign << 79 | u128::from(exponent) << 64 | u128::from(mantissa)
}

/// What a type takes, in words.
fn describe(ty: &Type) -> String {
    match ty {
        Type::Int(..) => format!("an integer ({ty})"),
        Type::F32 | Type::F64 | Type::F80 => format!("a number ({ty})"),
        Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80 => {
            format!("a complex number ({ty}), as (re, im)")
        }
        Type::Bool | Type::Logical(_) => format!("true or false ({ty})"),
        Type::Char => "one character".to_owned(),
        Type::Chars | Type::Cstr => format!("a text ({ty}), as \"...\""),
        Type::Ptr | Type::Fn => format!("null or an address ({ty})"),
        Type::Array(..) => format!("an array ({ty}), as [...], or room, as [f64; 3]"),
        Type::Named(name) => format!("a value of {name}"),
    }
}
