//! Records as C declares them so that they lie as the contract says. The layout assertions of the header have the last word.

use super::c_names::plain;
use super::c_types::Types;
use cmp_bridge_contract::layout::scalar_size_align;
use cmp_bridge_contract::model::{Contract, Field, Type, TypeDef, TypeKind};

/// How a record is declared.
pub(crate) enum Record {
    /// Member by member.
    Members {
        /// The lines between the braces.
        lines: Vec<String>,
        /// Members are not aligned: `#pragma pack(1)`.
        packed: bool,
        /// An alignment that its members do not give it.
        aligned: Option<u64>,
    },
    /// As bytes, with one macro a field: its members share storage or lie where C puts none.
    Bytes,
}

/// Declares a record or a union.
pub(crate) fn declare(types: &Types, def: &TypeDef) -> Result<Record, String> {
    match &def.kind {
        TypeKind::Struct(fields) => match members(types, def, fields)? {
            Some(record) => Ok(record),
            None => Ok(Record::Bytes),
        },
        TypeKind::Union(fields) if fields.iter().all(|field| field.offset == 0 && starts(field)) => {
            let lines = fields.iter().map(|field| member(types, field)).collect::<Result<Vec<_>, _>>()?;
            let align = fields.iter().map(|field| align(types.contract, &field.ty)).max().unwrap_or(1);
            let aligned = (align < def.align).then_some(def.align);
            Ok(Record::Members { lines, packed: align > def.align, aligned })
        }
        _ => Ok(Record::Bytes),
    }
}

/// A bit field of a union that starts with it.
fn starts(field: &Field) -> bool {
    field.bits.is_none_or(|(first, _)| first == 0)
}

fn align(contract: &Contract, ty: &Type) -> u64 {
    contract.size_align(ty).map_or(1, |(_, align)| align)
}

/// One member as it is written.
fn member(types: &Types, field: &Field) -> Result<String, String> {
    let (base, dims) =
        types.stored(&field.ty).map_err(|reason| format!("field `{}`: {reason}", field.name))?;
    let name = plain(&field.name);
    let mut line = match field.bits {
        Some((_, count)) => {
            let usual = matches!(types.contract.scalar(&field.ty), Type::Int(4, _));
            let extension = if usual { "" } else { "CMP_EXTENSION " };
            format!("{extension}{base} {name} : {count};")
        }
        None => format!("{base} {name}{dims};"),
    };
    let unit = field.unit.iter().map(|unit| super::c_page::harmless(unit));
    let range = types.range(&field.ty).into_iter();
    let remarks: Vec<String> = unit.chain(range).collect();
    if !remarks.is_empty() {
        line.push_str(&format!(" /* {} */", remarks.join(", ")));
    }
    Ok(line)
}

/// The members with their padding; `None` where C has no way to say it.
fn members(types: &Types, def: &TypeDef, fields: &[Field]) -> Result<Option<Record>, String> {
    let contract = types.contract;
    if fields.iter().any(|field| field.when.is_some()) {
        return Ok(None);
    }
    let natural = fields.iter().map(|field| align(contract, &field.ty)).max().unwrap_or(1);
    let strays = |field: &Field| {
        field.bits.is_none() && !field.offset.is_multiple_of(align(contract, &field.ty).max(1))
    };
    let packed = natural > def.align || fields.iter().any(strays);
    let mut cursor = Cursor { at: 0, packed, lines: Vec::new(), paddings: 0 };
    for field in fields {
        let fits = match field.bits {
            Some((first, count)) => {
                let size = contract.size_align(&field.ty).map_or(4, |(size, _)| size);
                cursor.reach_bit(8 * field.offset + u64::from(first), u64::from(count), 8 * size)
            }
            None => cursor.reach_byte(field.offset, align(contract, &field.ty)),
        };
        if !fits {
            return Ok(None);
        }
        cursor.lines.push(member(types, field)?);
        cursor.at += match field.bits {
            Some((_, count)) => u64::from(count),
            None => 8 * contract.size_align(&field.ty).map_or(0, |(size, _)| size),
        };
    }
    let least = if packed { 1 } else { natural };
    let aligned = (least < def.align).then_some(def.align);
    let end = cursor.at.div_ceil(8);
    if end > def.size {
        return Ok(None);
    }
    if end.next_multiple_of(def.align.max(1)) < def.size {
        cursor.pad_bytes(end, def.size);
    }
    Ok(Some(Record::Members { lines: cursor.lines, packed, aligned }))
}

/// Where the next member would lie, in bits.
struct Cursor {
    at: u64,
    packed: bool,
    lines: Vec<String>,
    paddings: u32,
}

impl Cursor {
    fn pad_bytes(&mut self, from: u64, to: u64) {
        self.paddings += 1;
        self.lines.push(format!("char padding_{}[{}];", self.paddings, to - from));
        self.at = 8 * to;
    }

    /// Pads up to a byte. False if members lie there already.
    fn reach_byte(&mut self, offset: u64, align: u64) -> bool {
        let end = self.at.div_ceil(8);
        let next = if self.packed { end } else { end.next_multiple_of(align.max(1)) };
        if offset < end {
            return false;
        }
        if next < offset {
            self.pad_bytes(end, offset);
        }
        self.at = 8 * offset;
        true
    }

    /// Pads up to a bit: a compiler puts a bit field behind the last one, unless it would cross a unit of its type.
    fn reach_bit(&mut self, bit: u64, count: u64, unit: u64) -> bool {
        let crosses = |at: u64| !self.packed && at / unit != (at + count - 1) / unit;
        if bit < self.at || crosses(bit) {
            return false;
        }
        let natural = if crosses(self.at) { self.at.next_multiple_of(unit) } else { self.at };
        if natural != bit {
            while self.at < bit {
                let step = (bit - self.at).min(32 - self.at % 32);
                self.lines.push(format!("unsigned int : {step};"));
                self.at += step;
            }
        }
        self.at = bit;
        true
    }
}

/// A scalar that gives storage this alignment, where C has one.
pub(crate) fn aligning(align: u64) -> Option<&'static str> {
    Some(match align {
        2 => "cmp_i16",
        4 => "cmp_i32",
        8 => "cmp_i64",
        16 => "long double",
        _ => return None,
    })
}

/// The size of the scalar that [`aligning`] names.
pub(crate) fn fits_aligning(def: &TypeDef) -> bool {
    let size = scalar_size_align(&Type::F80).map_or(16, |(size, _)| size);
    def.size >= def.align.min(size)
}
