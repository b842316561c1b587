//! Bytes of the legacy process become neutral values. Nothing is assumed of foreign bits: every pattern has a value.

use crate::float::Float;
use crate::layout::scalar_size_align;
use crate::model::{Contract, Field, Type, TypeKind, Use};

/// How deep values may contain each other.
pub(crate) const MAX_DEPTH: u32 = 64;

/// Byte order of the target that wrote the bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Endian {
    /// Least significant byte first (x86-64).
    #[default]
    Little,
    /// Most significant byte first (PA-RISC).
    Big,
}

/// Format of a floating-point number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FloatKind {
    /// IEEE single.
    F32,
    /// IEEE double.
    F64,
    /// x87 extended: 80 bits.
    F80,
}

/// A neutral value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Any integer or LOGICAL.
    Int(i128),
    /// A floating-point number, by its bits. [`Float`] knows its class and its distance from others.
    Float {
        /// The bits, in the low end.
        bits: u128,
        /// Their format.
        kind: FloatKind,
    },
    /// A complex number: real and imaginary part, by their bits.
    Complex {
        /// Bits of the real part.
        re: u128,
        /// Bits of the imaginary part.
        im: u128,
        /// Format of each.
        kind: FloatKind,
    },
    /// The byte of a `bool`: 0 and 1 are the valid ones.
    Bool(u8),
    /// Bytes of text (ISO-8859-1), without the NUL of a `cstr`.
    Text(Vec<u8>),
    /// An address.
    Address(u64),
    /// Bytes that are only compared: a union's.
    Bytes(Vec<u8>),
    /// Elements of an array.
    Array(Vec<Value>),
    /// Fields of a record: name and value. Ignored fields are absent.
    Record(Vec<(String, Value)>),
    /// An enumeration: the integer, and its name if it has one.
    Enum {
        /// The integer.
        value: i128,
        /// Its name in the contract.
        name: Option<String>,
    },
}

/// Why bytes cannot be lifted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum LiftError {
    /// Fewer bytes than the type has.
    #[error("`{path}` needs {expected} bytes, found {found}")]
    Short {
        /// Path to the field, from the value given.
        path: String,
        /// Size of its type.
        expected: u64,
        /// Bytes there are.
        found: u64,
    },
    /// A type without definition or size.
    #[error("`{path}`: type `{ty}` has no known size")]
    Unsized {
        /// Path to the field, from the value given.
        path: String,
        /// Its type.
        ty: String,
    },
}

/// Lifts a value of type `ty`. An array has as many whole elements as the bytes hold.
pub fn lift(contract: &Contract, ty: &Type, bytes: &[u8], endian: Endian) -> Result<Value, LiftError> {
    Lifter { contract, endian, path: String::new() }.value(ty, bytes, 0)
}

struct Lifter<'a> {
    contract: &'a Contract,
    endian: Endian,
    path: String,
}

impl Lifter<'_> {
    fn value(&mut self, ty: &Type, bytes: &[u8], depth: u32) -> Result<Value, LiftError> {
        if depth > MAX_DEPTH {
            return Err(self.unsized_type(ty));
        }
        match ty {
            Type::Chars => Ok(Value::Text(bytes.to_vec())),
            Type::Cstr => Ok(Value::Text(until_nul(bytes).to_vec())),
            Type::Array(element, _) if **element == Type::Char => Ok(Value::Text(bytes.to_vec())),
            Type::Array(element, _) => self.array(element, bytes, depth),
            Type::Named(name) => match self.contract.type_def(name).map(|def| (&def.kind, def.size)) {
                Some((TypeKind::Struct(fields), size)) => {
                    let bytes = self.exactly(bytes, size)?;
                    self.record(fields, bytes, depth)
                }
                Some((TypeKind::Range { .. } | TypeKind::Fixed { .. } | TypeKind::Function { .. }, _)) => {
                    self.value(self.contract.scalar(ty), bytes, depth + 1)
                }
                Some((TypeKind::Packed { element, bits, count }, size)) => {
                    Ok(self.packed(element, *bits, *count, self.exactly(bytes, size)?))
                }
                // Nothing in it has a meaning.
                Some((TypeKind::Opaque { .. }, _)) => Ok(Value::Record(Vec::new())),
                Some((TypeKind::Union(_), size)) => Ok(Value::Bytes(self.exactly(bytes, size)?.to_vec())),
                Some((TypeKind::Enum { repr, values }, _)) => {
                    let bytes = self.scalar_bytes(repr, bytes)?;
                    let value = integer(bytes, is_signed(repr), self.endian);
                    let name = values.iter().find(|(_, known)| i128::from(*known) == value);
                    Ok(Value::Enum { value, name: name.map(|(name, _)| name.clone()) })
                }
                None => Err(self.unsized_type(ty)),
            },
            scalar => {
                let bytes = self.scalar_bytes(scalar, bytes)?;
                Ok(scalar_value(scalar, bytes, self.endian))
            }
        }
    }

    fn array(&mut self, element: &Type, bytes: &[u8], depth: u32) -> Result<Value, LiftError> {
        let (element, size) =
            element_size(self.contract, element).ok_or_else(|| self.unsized_type(element))?;
        let mut values = Vec::new();
        for (i, bytes) in bytes.chunks_exact(size).enumerate() {
            values.push(self.within(&format!("[{i}]"), |lifter| lifter.value(element, bytes, depth + 1))?);
        }
        Ok(Value::Array(values))
    }

    fn packed(&self, element: &Type, bits: u32, count: u64, bytes: &[u8]) -> Value {
        let scalar = self.contract.scalar(element);
        // No more elements than there are bits, whatever the count says.
        let count = count.min(8 * bytes.len() as u64 / u64::from(bits.max(1)));
        let read = |i: u64| {
            let first = i * u64::from(bits);
            let at = (first / 8, ((first % 8) as u32, bits));
            bit_field(bytes, at.0, at.1, is_signed(scalar), self.endian)
        };
        let value = |i| if *scalar == Type::Bool { Value::Bool(read(i) as u8) } else { Value::Int(read(i)) };
        Value::Array((0..count).map(value).collect())
    }

    fn record(&mut self, fields: &[Field], bytes: &[u8], depth: u32) -> Result<Value, LiftError> {
        let mut values = Vec::new();
        let shown = |field: &&Field| {
            field.usage != Use::Ignored && is_there(self.contract, fields, field, bytes, self.endian)
        };
        for field in fields.iter().filter(shown).collect::<Vec<_>>() {
            let value = self.within(&format!(".{}", field.name), |lifter| match field.bits {
                Some(bits) => {
                    let signed = is_signed(lifter.contract.scalar(&field.ty));
                    Ok(Value::Int(bit_field(bytes, field.offset, bits, signed, lifter.endian)))
                }
                None => {
                    let (size, _) = lifter
                        .contract
                        .size_align(&field.ty)
                        .ok_or_else(|| lifter.unsized_type(&field.ty))?;
                    let bytes = slice(bytes, field.offset, size).ok_or_else(|| lifter.short(size, 0))?;
                    lifter.value(&field.ty, bytes, depth + 1)
                }
            })?;
            values.push((field.name.clone(), value));
        }
        Ok(Value::Record(values))
    }

    fn within<T>(&mut self, step: &str, read: impl FnOnce(&mut Self) -> T) -> T {
        let length = self.path.len();
        self.path.push_str(step);
        let value = read(self);
        self.path.truncate(length);
        value
    }

    fn scalar_bytes<'b>(&self, ty: &Type, bytes: &'b [u8]) -> Result<&'b [u8], LiftError> {
        let (size, _) = scalar_size_align(ty).ok_or_else(|| self.unsized_type(ty))?;
        self.exactly(bytes, size)
    }

    /// The first `size` bytes.
    fn exactly<'b>(&self, bytes: &'b [u8], size: u64) -> Result<&'b [u8], LiftError> {
        slice(bytes, 0, size).ok_or_else(|| self.short(size, bytes.len() as u64))
    }

    fn short(&self, expected: u64, found: u64) -> LiftError {
        LiftError::Short { path: self.path.clone(), expected, found }
    }

    fn unsized_type(&self, ty: &Type) -> LiftError {
        LiftError::Unsized { path: self.path.clone(), ty: ty.to_string() }
    }
}

/// `size` bytes from `offset` on, if there are so many.
pub(crate) fn slice(bytes: &[u8], offset: u64, size: u64) -> Option<&[u8]> {
    let start = usize::try_from(offset).ok()?;
    let end = usize::try_from(offset.checked_add(size)?).ok()?;
    bytes.get(start..end)
}

/// A field of a variant is there when the discriminant says so.
pub(crate) fn is_there(
    contract: &Contract,
    fields: &[Field],
    field: &Field,
    record: &[u8],
    endian: Endian,
) -> bool {
    let Some(when) = &field.when else { return true };
    let Some(discriminant) = fields.iter().find(|other| other.name == when.field) else { return true };
    let scalar = contract.scalar(&discriminant.ty);
    let bits = discriminant.bits.or_else(|| {
        let (size, _) = scalar_size_align(scalar)?;
        Some((0, 8 * u32::try_from(size).ok()?))
    });
    let Some(bits) = bits else { return true };
    let value = bit_field(record, discriminant.offset, bits, is_signed(scalar), endian);
    i64::try_from(value).is_ok_and(|value| when.holds(value))
}

/// The bytes before the first NUL.
pub(crate) fn until_nul(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    &bytes[..end]
}

/// The outermost element type of known size, not 0: inner extents that are not constant are run together.
pub(crate) fn element_size<'a>(contract: &Contract, element: &'a Type) -> Option<(&'a Type, usize)> {
    match (contract.size_align(element), element) {
        (Some((size, _)), _) => Some((element, usize::try_from(size).ok().filter(|size| *size > 0)?)),
        (None, Type::Array(inner, _)) => element_size(contract, inner),
        (None, _) => None,
    }
}

pub(crate) fn is_signed(ty: &Type) -> bool {
    matches!(ty, Type::Int(_, true) | Type::Logical(_))
}

/// A scalar that is exactly as long as its type. No pattern of bits is refused.
fn scalar_value(ty: &Type, bytes: &[u8], endian: Endian) -> Value {
    match ty {
        Type::F32 | Type::F64 | Type::F80 => {
            let Float { bits, kind } = float(ty, bytes, endian);
            Value::Float { bits, kind }
        }
        Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80 => {
            let (re, im) = complex(ty, bytes, endian);
            Value::Complex { re: re.bits, im: im.bits, kind: re.kind }
        }
        Type::Bool => Value::Bool(bytes.first().copied().unwrap_or_default()),
        Type::Char => Value::Text(bytes.to_vec()),
        Type::Ptr | Type::Fn => Value::Address(unsigned(bytes, endian) as u64),
        ty => Value::Int(integer(bytes, is_signed(ty), endian)),
    }
}

/// Both parts of a complex number.
pub(crate) fn complex(ty: &Type, bytes: &[u8], endian: Endian) -> (Float, Float) {
    let part = match ty {
        Type::ComplexF32 => Type::F32,
        Type::ComplexF80 => Type::F80,
        _ => Type::F64,
    };
    let (re, im) = bytes.split_at(bytes.len() / 2);
    (float(&part, re, endian), float(&part, im, endian))
}

/// A floating-point number. The padding behind an f80 is not part of it.
pub(crate) fn float(ty: &Type, bytes: &[u8], endian: Endian) -> Float {
    let (kind, size) = match ty {
        Type::F32 => (FloatKind::F32, 4),
        Type::F80 => (FloatKind::F80, 10),
        _ => (FloatKind::F64, 8),
    };
    Float { bits: unsigned(bytes.get(..size).unwrap_or(bytes), endian), kind }
}

/// At most 16 bytes as an unsigned number.
pub(crate) fn unsigned(bytes: &[u8], endian: Endian) -> u128 {
    let join = |number: u128, byte: &u8| (number << 8) | u128::from(*byte);
    match endian {
        Endian::Little => bytes.iter().rev().fold(0, join),
        Endian::Big => bytes.iter().fold(0, join),
    }
}

/// At most 15 bytes as a number.
pub(crate) fn integer(bytes: &[u8], signed: bool, endian: Endian) -> i128 {
    extend(unsigned(bytes, endian), 8 * bytes.len() as u32, signed)
}

/// The lowest `bits` bits as a number.
fn extend(number: u128, bits: u32, signed: bool) -> i128 {
    match bits {
        0 => 0,
        1..=127 => {
            let high = 128 - bits;
            let shifted = number << high;
            if signed { (shifted as i128) >> high } else { (shifted >> high) as i128 }
        }
        _ => number as i128,
    }
}

/// A bit field: bits counted from the least significant one at `offset`, on a big-endian target from the most significant.
pub(crate) fn bit_field(
    record: &[u8],
    offset: u64,
    (first, count): (u32, u32),
    signed: bool,
    endian: Endian,
) -> i128 {
    let start = usize::try_from(offset).unwrap_or(usize::MAX).min(record.len());
    let size = (first.saturating_add(count)).div_ceil(8).min(16) as usize;
    let end = start.saturating_add(size).min(record.len());
    let unit = unsigned(&record[start..end], endian);
    let below = match endian {
        Endian::Little => first,
        Endian::Big => (8 * (end - start) as u32).saturating_sub(first).saturating_sub(count),
    };
    extend(unit.checked_shr(below).unwrap_or(0), count.min(127), signed)
}
