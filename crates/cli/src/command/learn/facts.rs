//! What the calls of a routine have shown, before anything is concluded from it.

use super::watch::{INPUT, Seen, WRITTEN};
use crate::evidence::Known;
use cmp_bridge::entry::Completeness;
use cmp_bridge_contract::abi::Role;
use cmp_bridge_contract::areas::{Bytes, Owner};
use cmp_bridge_contract::model::{By, Type};
use cmp_bridge_journal::{Call, Captured, Outcome};
use std::collections::{BTreeMap, BTreeSet};

/// Distinct values kept of one integer.
const VALUES: usize = 64;
/// Bytes from the start of an area of unknown extent in which a change makes a call worth watching.
const NEAR: usize = 64;
/// Calls that are watched because they differ from all before, and those that are watched besides: at most, of a routine.
const DISTINCT: usize = 300;

/// All recorded calls of a routine, counted.
#[derive(Debug, Default)]
pub struct Tally {
    /// Calls that returned.
    pub calls: u64,
    /// Calls that did not.
    pub unfinished: u64,
    /// For each parameter, how often its address was null.
    pub nulls: BTreeMap<usize, u64>,
    /// For each parameter, the values it had: of an integer, or of the bits of any other value.
    pub values: BTreeMap<usize, Values>,
    /// Integer values after the call: by parameter, and of the returned value under [`RETURN`].
    pub outcomes: BTreeMap<usize, Values>,
    /// Areas of which bytes changed, and in how many calls.
    pub changed: BTreeMap<usize, u64>,
    /// Pairs of areas that overlapped.
    pub aliased: BTreeMap<(usize, usize), u64>,
    keys: BTreeSet<Key>,
    stride: u64,
    /// Which calls to watch: by their number among the calls of the routine.
    pub chosen: BTreeSet<u64>,
    regular: BTreeSet<u64>,
}

/// The returned value, where values are numbered by parameter.
pub const RETURN: usize = usize::MAX;

type Key = (Vec<Option<i64>>, Vec<Option<i64>>, Vec<usize>);

/// Values that were seen, each with how often.
#[derive(Debug, Clone, Default)]
pub struct Values {
    /// The first few.
    pub seen: BTreeMap<i64, u64>,
    /// There were more.
    pub more: bool,
}

impl Values {
    fn add(&mut self, value: i64) {
        if self.seen.len() < VALUES || self.seen.contains_key(&value) {
            *self.seen.entry(value).or_default() += 1;
        } else {
            self.more = true;
        }
    }

    /// The one value, where there was no other.
    pub fn constant(&self) -> Option<i64> {
        match (self.more, self.seen.len()) {
            (false, 1) => self.seen.keys().next().copied(),
            _ => None,
        }
    }
}

/// One watched call that did what was recorded.
#[derive(Debug, Clone)]
pub struct Sample {
    /// Integers on entry, by parameter.
    pub integers: Vec<Option<i64>>,
    /// Integers after the call, by parameter passed by reference.
    pub after: Vec<Option<i64>>,
    /// The integer returned.
    pub returned: Option<i64>,
    /// What it did, by area.
    pub areas: Vec<AreaSample>,
}

/// What a watched call did to an area.
#[derive(Debug, Clone)]
pub struct AreaSample {
    /// Null was passed.
    pub null: bool,
    /// Bytes captured.
    pub captured: usize,
    /// Something was read before it was written.
    pub input: bool,
    /// Something was written.
    pub written: bool,
    /// All of it was written.
    pub whole: bool,
    /// The bytes that were touched, and those that were written: from, and up to.
    pub touched: Vec<(u32, u32)>,
    /// The written ones.
    pub writes: Vec<(u32, u32)>,
    /// One past the last byte surely touched, and perhaps touched.
    pub ends: (usize, usize),
    /// Touched under a mask: how far is not known.
    pub masked: bool,
    /// Position of the first NUL, where all before it is printable.
    pub text: Option<usize>,
    /// A digest of the bytes after the call, as far as they were touched.
    pub content: u64,
    /// A digest of all captured bytes before it.
    pub before: u64,
    /// Whether what is read of it before it is written matters; none where that was not tried.
    pub matters: Option<Matters>,
}

/// Whether bytes that are read of an area that is written, too, matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Matters {
    /// All of them are overwritten, and nothing else depends on them.
    No,
    /// It puts back what stood there, or some bits of it: another call may change them.
    PutBack,
    /// With other bytes there the call does something else.
    Yes,
}

/// The integer in `bytes`, of a type that has one.
pub fn integer(known: &Known<'_>, ty: &Type, bytes: &[u8]) -> Option<i64> {
    let &Type::Int(size, signed) = known.contract.scalar(ty) else { return None };
    let bytes = bytes.get(..usize::from(size))?;
    let mut wide = [0; 8];
    wide[..bytes.len()].copy_from_slice(bytes);
    let shift = 64 - 8 * u32::from(size);
    let bits = u64::from_le_bytes(wide) << shift;
    Some(if signed { bits as i64 >> shift } else { (bits >> shift) as i64 })
}

/// The area of a parameter.
pub fn area_of(known: &Known<'_>, param: usize) -> Option<usize> {
    known.areas.iter().position(|area| area.owner == Owner::Param(param))
}

fn captured(list: &[Captured], area: usize) -> Option<&Captured> {
    list.iter().find(|captured| usize::from(captured.area) == area)
}

/// Integers on entry, by parameter.
fn integers(known: &Known<'_>, call: &Call) -> Vec<Option<i64>> {
    let each = known.routine.params.iter().enumerate().map(|(i, param)| match param.by {
        By::Value => integer(known, &param.ty, &known.argument(call, Role::Param(i))?),
        By::Reference => integer(known, &param.ty, &captured(&call.before, area_of(known, i)?)?.bytes),
        By::Descriptor => None,
    });
    each.collect()
}

fn integers_after(known: &Known<'_>, after: &[Captured]) -> Vec<Option<i64>> {
    let each = known.routine.params.iter().enumerate().map(|(i, param)| match param.by {
        By::Value | By::Descriptor => None,
        By::Reference => integer(known, &param.ty, &captured(after, area_of(known, i)?)?.bytes),
    });
    each.collect()
}

fn returned(known: &Known<'_>, call: &Call) -> Option<i64> {
    let Outcome::Returned { returned, .. } = &call.outcome else { return None };
    let (ty, bytes) = known.returned(returned)?;
    integer(known, ty, &bytes)
}

impl Tally {
    /// Counts a call, and chooses whether to watch it.
    pub fn add(&mut self, known: &Known<'_>, call: &Call) {
        let Outcome::Returned { after, .. } = &call.outcome else {
            self.unfinished += 1;
            return;
        };
        let entry = integers(known, call);
        let exit = integers_after(known, after);
        for (i, param) in known.routine.params.iter().enumerate() {
            let bits = || {
                let bytes = known.argument(call, Role::Param(i))?;
                let mut wide = [0; 8];
                let length = bytes.len().min(8);
                wide[..length].copy_from_slice(&bytes[..length]);
                (bytes.len() <= 8).then(|| i64::from_le_bytes(wide))
            };
            let value = entry[i].or_else(|| if param.by == By::Value { bits() } else { None });
            value.iter().for_each(|value| self.values.entry(i).or_default().add(*value));
            exit[i].iter().for_each(|value| self.outcomes.entry(i).or_default().add(*value));
        }
        let answer = returned(known, call);
        answer.iter().for_each(|value| self.outcomes.entry(RETURN).or_default().add(*value));
        let mut touched = Vec::new();
        for (index, area) in known.areas.iter().enumerate() {
            let Some(before) = captured(&call.before, index) else { continue };
            if let (Owner::Param(i), Completeness::Null) = (area.owner, before.completeness) {
                *self.nulls.entry(i).or_default() += 1;
                touched.push(index + known.areas.len());
            }
            let Some(after) = captured(after, index) else { continue };
            // Of an area of unknown extent only the first element is surely the routine's.
            let own = match area.bytes {
                Bytes::Unknown { element } => element as usize,
                _ => before.bytes.len(),
            };
            let changed = |most: usize| {
                let end = most.min(before.bytes.len()).min(after.bytes.len());
                before.bytes[..end] != after.bytes[..end]
            };
            if changed(own) {
                *self.changed.entry(index).or_default() += 1;
            }
            if changed(own.max(NEAR)) {
                touched.push(index);
            }
        }
        self.overlaps(known, call);
        self.choose((entry, exit, touched), answer);
    }

    fn overlaps(&mut self, known: &Known<'_>, call: &Call) {
        let sure = |index: usize| {
            let captured = captured(&call.before, index)?;
            let size = match known.areas[index].bytes {
                Bytes::Unknown { element } => element,
                _ => captured.bytes.len() as u64,
            };
            let there = captured.completeness != Completeness::Null && size > 0;
            there.then(|| (captured.address, captured.address.saturating_add(size)))
        };
        let is_bounds = |index: usize| matches!(known.areas[index].owner, Owner::Bounds(_));
        for a in 0..known.areas.len() {
            for b in a + 1..known.areas.len() {
                if !is_bounds(a)
                    && !is_bounds(b)
                    && let (Some(x), Some(y)) = (sure(a), sure(b))
                    && x.0 < y.1
                    && y.0 < x.1
                {
                    *self.aliased.entry((a, b)).or_default() += 1;
                }
            }
        }
    }

    /// A call that is like none before is watched; of the others, some at regular distances.
    fn choose(&mut self, mut key: Key, answer: Option<i64>) {
        let number = self.calls;
        self.calls += 1;
        key.1.push(answer);
        if self.keys.len() < DISTINCT && self.keys.insert(key) {
            self.chosen.insert(number);
            return;
        }
        self.stride = self.stride.max(1);
        if number.is_multiple_of(self.stride) {
            self.regular.insert(number);
        }
        if self.regular.len() > DISTINCT / 3 {
            self.stride *= 2;
            let stride = self.stride;
            self.regular.retain(|number| number.is_multiple_of(stride));
        }
    }

    /// Which calls to watch, at most so many.
    pub fn watched(&self, most: usize) -> BTreeSet<u64> {
        let all: Vec<u64> =
            self.chosen.iter().chain(&self.regular).copied().collect::<BTreeSet<_>>().into_iter().collect();
        let step = all.len().div_ceil(most.max(1)).max(1);
        all.into_iter().step_by(step).collect()
    }
}

impl Sample {
    /// From a watched call.
    pub fn of(known: &Known<'_>, call: &Call, seen: &Seen) -> Sample {
        let Outcome::Returned { after, .. } = &call.outcome else {
            return Sample { integers: Vec::new(), after: Vec::new(), returned: None, areas: Vec::new() };
        };
        let areas = seen.areas.iter().enumerate().map(|(index, area)| {
            let before = captured(&call.before, index).map_or(&[][..], |captured| &captured.bytes);
            let nul = before.iter().position(|byte| *byte == 0);
            let printable =
                |byte: &u8| *byte >= 0x20 && *byte != 0x7f || matches!(byte, b'\t' | b'\n' | b'\r');
            AreaSample {
                null: area.null,
                captured: area.captured,
                input: area.any(INPUT),
                written: area.any(WRITTEN),
                whole: area.flags[..area.captured].iter().all(|flags| flags & WRITTEN != 0),
                touched: runs(&area.flags, INPUT | WRITTEN),
                writes: runs(&area.flags, WRITTEN),
                ends: (area.end, area.soft_end),
                masked: area.masked,
                text: nul.filter(|nul| before[..*nul].iter().all(printable)),
                content: digest(&area.after[..area.end.min(area.after.len())]),
                before: digest(before),
                matters: None,
            }
        });
        Sample {
            integers: integers(known, call),
            after: integers_after(known, after),
            returned: returned(known, call),
            areas: areas.collect(),
        }
    }
}

/// The runs of bytes with any of these flags.
fn runs(flags: &[u8], any: u8) -> Vec<(u32, u32)> {
    let mut runs: Vec<(u32, u32)> = Vec::new();
    for at in (0..flags.len()).filter(|at| flags[*at] & any != 0) {
        match runs.last_mut() {
            Some((_, end)) if *end as usize == at => *end += 1,
            _ => runs.push((at as u32, at as u32 + 1)),
        }
    }
    runs
}

/// FNV-1a.
pub fn digest(bytes: &[u8]) -> u64 {
    bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x100_0000_01b3))
}
