//! The loops: numbers of memory to numbers of the wire and back, without looking at types again.

use crate::xdr::{canonical_f32, canonical_f64, padding};
use cmp_bridge_contract::model::Target;
use std::ops::Range;

/// The machine whose memory it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Machine {
    big: bool,
    nan: (u32, u64),
}

/// A value of fixed size: its runs, in the order of the wire.
#[derive(Debug, Clone)]
pub(super) struct Element {
    /// Bytes in memory.
    pub memory: usize,
    /// Bytes on the wire.
    pub wire: usize,
    /// Every byte of memory is written when it is decoded.
    pub dense: bool,
    pub runs: Vec<Run>,
}

/// Numbers of one kind, side by side in memory and on the wire.
#[derive(Debug, Clone)]
pub(super) struct Run {
    /// Offset of the first in memory.
    pub at: usize,
    pub count: usize,
    pub kind: Kind,
}

#[derive(Debug, Clone)]
pub(super) enum Kind {
    F32,
    F64,
    /// Integers of so many bytes in memory, and of 4 or 8 on the wire.
    Int {
        size: u8,
        signed: bool,
        wide: bool,
    },
    /// Bytes, padded on the wire to a multiple of four. `count` is their number.
    Bytes,
    /// A bit field: bytes of its unit, first bit, number of bits.
    Bits {
        unit: usize,
        first: u32,
        bits: u32,
        signed: bool,
        wide: bool,
    },
    /// Elements, side by side.
    Elements(Box<Element>),
}

/// Why a value of the wire has no place in memory.
pub(super) enum Unfit {
    Integer {
        found: i64,
        bits: u32,
    },
    /// Padding that is not zero, with so many bytes from there to the end of the value.
    Padding {
        left: usize,
    },
}

impl Run {
    /// Bytes on the wire. `None`: more than there are numbers.
    pub fn wire(&self) -> Option<usize> {
        match &self.kind {
            Kind::Bytes => self.count.checked_add(padding(self.count)),
            kind => self.count.checked_mul(kind.wire()),
        }
    }

    /// Bytes in memory.
    pub fn memory(&self) -> Option<usize> {
        self.count.checked_mul(self.kind.memory())
    }

    /// Every byte of it is written when it is decoded.
    pub fn is_dense(&self) -> bool {
        match &self.kind {
            Kind::Bits { .. } => false,
            Kind::Elements(element) => element.dense,
            _ => true,
        }
    }
}

impl Kind {
    /// Bytes of one on the wire, without padding.
    fn wire(&self) -> usize {
        match self {
            Kind::F32 => 4,
            Kind::F64 => 8,
            Kind::Int { wide, .. } | Kind::Bits { wide, .. } => word(*wide),
            Kind::Bytes => 1,
            Kind::Elements(element) => element.wire,
        }
    }

    /// Bytes of one in memory.
    fn memory(&self) -> usize {
        match self {
            Kind::F32 => 4,
            Kind::F64 => 8,
            Kind::Int { size, .. } => usize::from(*size),
            Kind::Bytes => 1,
            Kind::Bits { unit, .. } => *unit,
            Kind::Elements(element) => element.memory,
        }
    }

    /// Numbers, of which any count has one form.
    fn is_number(&self) -> bool {
        matches!(self, Kind::F32 | Kind::F64 | Kind::Int { .. })
    }

    /// Another run of the same numbers.
    pub fn continues(&self, other: &Kind) -> bool {
        match (self, other) {
            (Kind::F32, Kind::F32) | (Kind::F64, Kind::F64) => true,
            (Kind::Int { size: a, signed: b, wide: c }, Kind::Int { size: d, signed: e, wide: f }) => {
                (a, b, c) == (d, e, f)
            }
            _ => false,
        }
    }
}

impl Element {
    /// It is numbers of one kind without a gap: any count of it is one loop.
    pub fn is_one_run(&self) -> bool {
        matches!(&self.runs[..], [run] if self.dense && run.kind.is_number())
    }

    /// Where its runs are on the wire and in memory: ends that [`super::compile`] has seen to be numbers.
    fn parts(&self) -> impl Iterator<Item = (&Run, Range<usize>, Range<usize>)> {
        self.runs.iter().scan(0, |from, run| {
            let start = *from;
            *from += run.wire().unwrap_or_default();
            Some((run, start..*from, run.at..run.at + run.memory().unwrap_or_default()))
        })
    }
}

impl Machine {
    pub fn of(target: Target) -> Machine {
        let nan = match target {
            // A quiet NaN has the first bit of its fraction clear there, and another one set.
            Target::PaRisc => (0x7fa0_0000, 0x7ff4_0000_0000_0000),
            _ => (0x7fc0_0000, 0x7ff8_0000_0000_0000),
        };
        Machine { big: target.is_big_endian(), nan }
    }

    /// As many elements as there are bytes of memory for. `wire` is as long as they need.
    pub fn encode(&self, element: &Element, memory: &[u8], wire: &mut [u8]) {
        if let [run] = &element.runs[..]
            && element.is_one_run()
        {
            return self.encode_run(&run.kind, memory, wire);
        }
        if element.memory == 0 || element.wire == 0 {
            return;
        }
        for (memory, wire) in memory.chunks_exact(element.memory).zip(wire.chunks_exact_mut(element.wire)) {
            for (run, to, from) in element.parts() {
                self.encode_run(&run.kind, &memory[from], &mut wire[to]);
            }
        }
    }

    fn encode_run(&self, kind: &Kind, memory: &[u8], wire: &mut [u8]) {
        match (kind, self.big) {
            (Kind::F64, false) => each(memory, wire, |m| canonical_f64(u64::from_le_bytes(m)).to_be_bytes()),
            (Kind::F64, true) => each(memory, wire, |m| canonical_f64(u64::from_be_bytes(m)).to_be_bytes()),
            (Kind::F32, false) => each(memory, wire, |m| canonical_f32(u32::from_le_bytes(m)).to_be_bytes()),
            (Kind::F32, true) => each(memory, wire, |m| canonical_f32(u32::from_be_bytes(m)).to_be_bytes()),
            (Kind::Int { size: 4, wide: false, .. }, false) => {
                each(memory, wire, |m| u32::from_le_bytes(m).to_be_bytes());
            }
            (Kind::Int { size: 8, wide: true, .. }, false) => {
                each(memory, wire, |m| u64::from_le_bytes(m).to_be_bytes());
            }
            (Kind::Int { size: 4, wide: false, .. } | Kind::Int { size: 8, wide: true, .. }, true) => {
                wire.copy_from_slice(memory);
            }
            (Kind::Int { size, signed, wide }, _) => {
                let memory = memory.chunks_exact(usize::from(*size).max(1));
                for (memory, wire) in memory.zip(wire.chunks_exact_mut(word(*wide))) {
                    put(wire, self.integer(memory, 8 * u32::from(*size), *signed, 0));
                }
            }
            (Kind::Bytes, _) => wire[..memory.len()].copy_from_slice(memory),
            (Kind::Bits { first, bits, signed, .. }, _) => {
                put(wire, self.integer(memory, *bits, *signed, *first));
            }
            (Kind::Elements(element), _) => self.encode(element, memory, wire),
        }
    }

    /// As many elements as there are bytes of memory for. `KEEP`: what would travel as what came keeps its bits. Only floats
    /// need it; all else has one form in memory.
    pub fn decode<const KEEP: bool>(
        &self,
        element: &Element,
        wire: &[u8],
        memory: &mut [u8],
    ) -> Result<(), Unfit> {
        if let [run] = &element.runs[..]
            && element.is_one_run()
        {
            return self.decode_run::<KEEP>(&run.kind, wire, memory);
        }
        if element.memory == 0 || element.wire == 0 {
            return Ok(());
        }
        let mut left = wire.len();
        for (memory, wire) in memory.chunks_exact_mut(element.memory).zip(wire.chunks_exact(element.wire)) {
            for (run, from, to) in element.parts() {
                left -= from.len();
                self.decode_run::<KEEP>(&run.kind, &wire[from], &mut memory[to]).map_err(
                    |unfit| match unfit {
                        Unfit::Padding { left: inner } => Unfit::Padding { left: left + inner },
                        integer => integer,
                    },
                )?;
            }
        }
        Ok(())
    }

    fn decode_run<const KEEP: bool>(&self, kind: &Kind, wire: &[u8], memory: &mut [u8]) -> Result<(), Unfit> {
        match (kind, self.big) {
            (Kind::F64, false) => {
                float_f64::<KEEP>(wire, memory, self.nan.1, u64::from_le_bytes, u64::to_le_bytes);
            }
            (Kind::F64, true) => {
                float_f64::<KEEP>(wire, memory, self.nan.1, u64::from_be_bytes, u64::to_be_bytes);
            }
            (Kind::F32, false) => {
                float_f32::<KEEP>(wire, memory, self.nan.0, u32::from_le_bytes, u32::to_le_bytes);
            }
            (Kind::F32, true) => {
                float_f32::<KEEP>(wire, memory, self.nan.0, u32::from_be_bytes, u32::to_be_bytes);
            }
            (Kind::Int { size: 4, wide: false, .. }, false) => {
                each(wire, memory, |w| u32::from_be_bytes(w).to_le_bytes());
            }
            (Kind::Int { size: 8, wide: true, .. }, false) => {
                each(wire, memory, |w| u64::from_be_bytes(w).to_le_bytes());
            }
            (Kind::Int { size: 4, wide: false, .. } | Kind::Int { size: 8, wide: true, .. }, true) => {
                memory.copy_from_slice(wire);
            }
            (Kind::Int { size, signed, wide }, _) => {
                let memory = memory.chunks_exact_mut(usize::from(*size).max(1));
                for (memory, wire) in memory.zip(wire.chunks_exact(word(*wide))) {
                    let bits = 8 * u32::from(*size);
                    let number = get(wire, bits, *signed)?;
                    self.set_bits(memory, 0, bits, number);
                }
            }
            (Kind::Bytes, _) => {
                let (bytes, zeros) = wire.split_at(memory.len());
                if zeros.iter().any(|byte| *byte != 0) {
                    return Err(Unfit::Padding { left: zeros.len() });
                }
                memory.copy_from_slice(bytes);
            }
            (Kind::Bits { first, bits, signed, .. }, _) => {
                let number = get(wire, *bits, *signed)?;
                self.set_bits(memory, *first, *bits, number);
            }
            (Kind::Elements(element), _) => self.decode::<KEEP>(element, wire, memory)?,
        }
        Ok(())
    }

    /// `bits` bits from bit `first` on, counted from the least significant one; extended to 64 by their sign.
    pub fn integer(&self, memory: &[u8], bits: u32, signed: bool, first: u32) -> u64 {
        let number = self.unit(memory) >> first.min(127);
        let high = 64 - bits.clamp(1, 64);
        let shifted = (number as u64) << high;
        if signed { ((shifted as i64) >> high) as u64 } else { shifted >> high }
    }

    /// At most 16 bytes as a number.
    fn unit(&self, memory: &[u8]) -> u128 {
        let join = |number: u128, byte: &u8| (number << 8) | u128::from(*byte);
        match self.big {
            true => memory.iter().fold(0, join),
            false => memory.iter().rev().fold(0, join),
        }
    }

    /// Writes `bits` bits from bit `first` on. The other bits of the unit stay.
    fn set_bits(&self, memory: &mut [u8], first: u32, bits: u32, number: u64) {
        let first = first.min(127);
        let mask = (u128::from(u64::MAX >> (64 - bits.clamp(1, 64)))) << first;
        let unit = self.unit(memory) & !mask | (u128::from(number) << first) & mask;
        let length = memory.len();
        let byte = |i: usize| unit.checked_shr(8 * i as u32).unwrap_or(0) as u8;
        for (i, out) in memory.iter_mut().enumerate() {
            *out = byte(if self.big { length - 1 - i } else { i });
        }
    }
}

/// Bytes of an integer on the wire.
fn word(wide: bool) -> usize {
    if wide { 8 } else { 4 }
}

/// The low end of a number as the four or eight bytes of `wire`.
fn put(wire: &mut [u8], number: u64) {
    let bytes = number.to_be_bytes();
    wire.copy_from_slice(&bytes[bytes.len() - wire.len()..]);
}

/// A number of the wire, if `bits` bits can hold it.
fn get(wire: &[u8], bits: u32, signed: bool) -> Result<u64, Unfit> {
    let number = wire.iter().fold(0u64, |number, byte| (number << 8) | u64::from(*byte));
    let high = 64 - bits.clamp(1, 64);
    // An `int` is extended by its sign first.
    let number = if signed && wire.len() == 4 { number as u32 as i32 as i64 as u64 } else { number };
    let kept = if signed { (((number << high) as i64) >> high) as u64 } else { number << high >> high };
    if kept == number { Ok(number) } else { Err(Unfit::Integer { found: number as i64, bits }) }
}

/// Each of `from` to its place in `to`: a loop of whole arrays, which becomes vector code.
fn each<const N: usize>(from: &[u8], to: &mut [u8], convert: impl Fn([u8; N]) -> [u8; N]) {
    let ((from, _), (to, _)) = (from.as_chunks::<N>(), to.as_chunks_mut::<N>());
    for (from, to) in from.iter().zip(to) {
        *to = convert(*from);
    }
}

fn float_f64<const KEEP: bool>(
    wire: &[u8],
    memory: &mut [u8],
    nan: u64,
    read: impl Fn([u8; 8]) -> u64,
    write: impl Fn(u64) -> [u8; 8],
) {
    let ((wire, _), (memory, _)) = (wire.as_chunks::<8>(), memory.as_chunks_mut::<8>());
    for (wire, memory) in wire.iter().zip(memory) {
        let came = canonical_f64(u64::from_be_bytes(*wire));
        let own = if came == crate::xdr::NAN_F64 { nan } else { came };
        let old = read(*memory);
        *memory = write(if KEEP && canonical_f64(old) == came { old } else { own });
    }
}

fn float_f32<const KEEP: bool>(
    wire: &[u8],
    memory: &mut [u8],
    nan: u32,
    read: impl Fn([u8; 4]) -> u32,
    write: impl Fn(u32) -> [u8; 4],
) {
    let ((wire, _), (memory, _)) = (wire.as_chunks::<4>(), memory.as_chunks_mut::<4>());
    for (wire, memory) in wire.iter().zip(memory) {
        let came = canonical_f32(u32::from_be_bytes(*wire));
        let own = if came == crate::xdr::NAN_F32 { nan } else { came };
        let old = read(*memory);
        *memory = write(if KEEP && canonical_f32(old) == came { old } else { own });
    }
}
