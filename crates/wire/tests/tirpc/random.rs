//! Random calls: any bits, but counts that are small, so that extents are.

use cmp_bridge_contract::areas::{self, Area, Bytes, Owner};
use cmp_bridge_contract::model::{By, Contract, Param, Routine, Type};
use cmp_bridge_wire::{Converter, Native};
use std::cell::RefCell;
use std::collections::BTreeMap;

/// xorshift64*: the same numbers at every run.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    pub fn below(&mut self, limit: u64) -> u64 {
        (self.next() >> 16) % limit
    }

    /// Any bytes; among them infinities, zeros with a sign, the smallest numbers, and NaNs with something in them.
    pub fn bytes(&mut self, length: usize) -> Vec<u8> {
        const ODD: [u64; 8] = [
            0x7ff0_0000_0000_0000,
            0x8000_0000_0000_0000,
            1,
            0x7ff8_0000_0000_1234,
            0xfff4_0000_0000_0001,
            0x7fa0_0000_ff80_0000,
            0x8000_0000_7fc1_2345,
            u64::MAX,
        ];
        let mut out = Vec::with_capacity(length + 8);
        while out.len() < length {
            let word = match self.below(6) {
                0 => ODD[self.below(8) as usize],
                _ => self.next(),
            };
            out.extend(word.to_le_bytes());
        }
        out.truncate(length);
        out
    }
}

/// Memory for a call.
pub fn call(contract: &Contract, routine: &Routine, converter: &Converter, random: &mut Random) -> Native {
    let areas = areas::of(contract, routine).expect("areas");
    let mut counts = counts(&areas, random);
    for param in &routine.params {
        if let (Some(count), Type::Int(_, false)) = (counts.get_mut(&param.name), contract.scalar(&param.ty))
        {
            *count = (*count).max(0);
        }
    }
    let mut native = converter.native();
    for (i, param) in routine.params.iter().enumerate().filter(|(_, param)| param.by == By::Value) {
        let bytes = value(contract, &param.ty, native.value(i).len(), counts.get(&param.name), random);
        native.set_value(i, &bytes);
    }
    for (i, area) in areas.iter().enumerate() {
        let bytes = match area.owner {
            Owner::Return | Owner::Bounds(_) => continue,
            // What counts is there: without it no extent is known, and the call does not travel.
            Owner::Param(p) if absent(&routine.params[p], &counts, random) => None,
            Owner::Param(p) => {
                let count = counts.get(&routine.params[p].name);
                Some(value(contract, &area.ty, length(area, &counts, random), count, random))
            }
            Owner::State(_) => Some(value(contract, &area.ty, length(area, &counts, random), None, random)),
        };
        native.set_area(i, bytes.as_deref());
    }
    native
}

fn absent(param: &Param, counts: &BTreeMap<String, i64>, random: &mut Random) -> bool {
    param.nullable && !counts.contains_key(&param.name) && random.below(3) == 0
}

/// Other bytes where the routine may write; sizes stay.
pub fn outcome(contract: &Contract, routine: &Routine, native: &mut Native, random: &mut Random) {
    for (i, area) in areas::of(contract, routine).expect("areas").iter().enumerate() {
        if !area.written || area.owner == Owner::Return {
            continue;
        }
        if let Some(memory) = native.area_mut(i)
            && random.below(4) > 0
        {
            memory.copy_from_slice(&value(contract, &area.ty, memory.len(), None, random));
        }
    }
    let returned = native.returned_mut();
    if let Some(returns) = &routine.returns {
        let bytes = value(contract, &returns.ty, returned.len(), None, random);
        returned.copy_from_slice(&bytes);
    }
}

/// Small values for the parameters that count.
fn counts(areas: &[Area], random: &mut Random) -> BTreeMap<String, i64> {
    let names = RefCell::new(BTreeMap::new());
    for area in areas {
        if let Bytes::Counted { count, .. } = &area.bytes {
            count.evaluate(&|name| {
                names.borrow_mut().insert(name.to_string(), 0);
                Some(1)
            });
        }
    }
    let mut names = names.into_inner();
    names.values_mut().for_each(|count| *count = random.below(7) as i64 - i64::from(random.below(9) == 0));
    names
}

fn length(area: &Area, counts: &BTreeMap<String, i64>, random: &mut Random) -> usize {
    match &area.bytes {
        Bytes::Fixed(size) => *size as usize,
        Bytes::Counted { element, count } => {
            let times = count.evaluate(&|name| counts.get(name).copied()).expect("an extent");
            *element as usize * times.max(0) as usize
        }
        Bytes::HiddenLength => random.below(13) as usize,
        Bytes::ToNul => 1 + random.below(13) as usize,
        Bytes::Carried { .. } | Bytes::Unknown { .. } => 0,
    }
}

fn value(contract: &Contract, ty: &Type, length: usize, count: Option<&i64>, random: &mut Random) -> Vec<u8> {
    if let (Some(count), Type::Int(size, _)) = (count, contract.scalar(ty)) {
        return count.to_le_bytes()[..usize::from(*size)].to_vec();
    }
    let mut bytes = random.bytes(length);
    if *ty == Type::Cstr {
        bytes.iter_mut().for_each(|byte| *byte = (*byte).max(1));
        if let Some(last) = bytes.last_mut() {
            *last = 0;
        }
    }
    bytes
}
