//! Random values of a contract's types: their bytes, and which bits of them count.

use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::model::{Contract, Extent, Field, Type, TypeKind};

use crate::generate::Random;

/// Bytes, and a mask of those bits that are not padding.
#[derive(Debug, Clone, PartialEq)]
pub struct Bits {
    pub bytes: Vec<u8>,
    pub mask: Vec<u8>,
}

impl Bits {
    fn new(size: usize) -> Bits {
        Bits { bytes: vec![0; size], mask: vec![0; size] }
    }

    fn whole(bytes: Vec<u8>) -> Bits {
        Bits { mask: vec![0xff; bytes.len()], bytes }
    }

    fn put(&mut self, at: usize, other: &Bits) {
        self.bytes[at..at + other.bytes.len()].copy_from_slice(&other.bytes);
        self.mask[at..at + other.mask.len()].copy_from_slice(&other.mask);
    }

    fn put_bits(&mut self, first: usize, count: usize, value: u64) {
        for i in 0..count {
            let (byte, bit) = ((first + i) / 8, (first + i) % 8);
            self.mask[byte] |= 1 << bit;
            self.bytes[byte] = self.bytes[byte] & !(1 << bit) | ((value >> i & 1) as u8) << bit;
        }
    }

    /// The bits that count are the same in `other`, which may be longer.
    pub fn is(&self, other: &[u8]) -> bool {
        other.len() >= self.bytes.len()
            && self.bytes.iter().zip(other).zip(&self.mask).all(|((a, b), mask)| (a ^ b) & mask == 0)
    }
}

/// A value that the type's own rules allow.
pub fn value(contract: &Contract, ty: &Type, random: &mut Random) -> Bits {
    let integer = |value: u64, size: u8| Bits::whole(value.to_le_bytes()[..usize::from(size)].to_vec());
    match ty {
        Type::Int(size, _) => integer(random.next(), *size),
        Type::F32 => Bits::whole((random.below(2_000_000) as f32 / 7.0 - 1e5).to_le_bytes().to_vec()),
        Type::F64 => Bits::whole((random.below(2_000_000) as f64 / 7.0 - 1e5).to_le_bytes().to_vec()),
        Type::F80 => {
            let mut bytes = (random.next() | 1 << 63).to_le_bytes().to_vec();
            bytes.extend([random.next() as u8, 0x40]);
            let mut bits = Bits::new(16);
            bits.put(0, &Bits::whole(bytes));
            bits
        }
        Type::Bool => integer(random.below(2) as u64, 1),
        Type::Char => integer(random.next(), 1),
        Type::Ptr | Type::Fn => integer(random.next(), 8),
        Type::Array(element, Extent::Expr(Expr::Const(count))) => {
            let elements: Vec<Bits> = (0..*count).map(|_| value(contract, element, random)).collect();
            let mut bits = Bits::new(elements.iter().map(|e| e.bytes.len()).sum());
            let mut at = 0;
            for element in elements {
                bits.put(at, &element);
                at += element.bytes.len();
            }
            bits
        }
        Type::Named(name) => named(contract, name, random),
        other => panic!("no values of {other}"),
    }
}

fn named(contract: &Contract, name: &str, random: &mut Random) -> Bits {
    let def = contract.type_def(name).expect(name);
    let sized = |repr: &Type, value: i64| {
        let (size, _) = contract.size_align(repr).expect("a size");
        Bits::whole(value.to_le_bytes()[..size as usize].to_vec())
    };
    match &def.kind {
        TypeKind::Enum { repr, values } => sized(repr, random.pick(values).1),
        TypeKind::Range { repr, first, last } => {
            let span = last.abs_diff(*first).saturating_add(1);
            sized(repr, first.wrapping_add((random.next() % span) as i64))
        }
        TypeKind::Fixed { repr, .. } => value(contract, repr, random),
        TypeKind::Function { .. } => value(contract, &Type::Fn, random),
        TypeKind::Packed { element, bits, count } => {
            let mut packed = Bits::new(def.size as usize);
            for i in 0..*count {
                let one = value(contract, element, random);
                packed.put_bits(i as usize * *bits as usize, *bits as usize, number(&one));
            }
            packed
        }
        // Which of its members is there is not known: no bit counts.
        TypeKind::Union(_) => Bits::new(def.size as usize),
        TypeKind::Struct(fields) => record(contract, fields, def.size as usize, random),
        other => panic!("no values of {name}: {other:?}"),
    }
}

fn number(bits: &Bits) -> u64 {
    bits.bytes.iter().rev().fold(0, |n, byte| n << 8 | u64::from(*byte))
}

fn record(contract: &Contract, fields: &[Field], size: usize, random: &mut Random) -> Bits {
    let mut bits = Bits::new(size);
    let mut chosen: Vec<(&str, i64)> = Vec::new();
    for field in fields {
        if let Some(when) = &field.when {
            let discriminant = chosen.iter().find(|(name, _)| *name == when.field).expect("a discriminant").1;
            if !when.holds(discriminant) {
                continue;
            }
        }
        let one = value(contract, &field.ty, random);
        if one.bytes.len() <= 8 {
            chosen.push((&field.name, number(&one) as i64));
        }
        match field.bits {
            None => bits.put(field.offset as usize, &one),
            Some((first, count)) => {
                let first = field.offset as usize * 8 + first as usize;
                bits.put_bits(first, count as usize, number(&one));
            }
        }
    }
    bits
}
