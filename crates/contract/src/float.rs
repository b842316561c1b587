//! Floating-point numbers by their bits: classes and distances, without the machine's own arithmetic deciding.

use crate::lift::FloatKind;
use std::fmt;

/// A floating-point number, by its bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Float {
    /// The bits, in the low end.
    pub bits: u128,
    /// Their format.
    pub kind: FloatKind,
}

/// What kind of number it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FloatClass {
    /// Zero, of either sign.
    Zero,
    /// Any other finite number.
    Finite,
    /// Infinity, of either sign.
    Infinite,
    /// Not a number, and quiet about it.
    QuietNan,
    /// Not a number; traps when used. Bit patterns that x87 does not support count as such.
    SignallingNan,
}

/// How far apart two numbers are. `None` where one of them is not a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Distances {
    /// In absolute terms. Never rounded to 0 for numbers that differ.
    pub absolute: f64,
    /// Relative to the control's magnitude.
    pub relative: f64,
    /// In units in the last place: how many numbers lie between, plus one.
    pub ulp: u64,
}

/// A magnitude beyond the range of f64: `mantissa * 2^exponent`.
#[derive(Clone, Copy)]
struct Wide {
    mantissa: f64,
    exponent: i32,
}

impl Float {
    /// Width of the fraction and of the exponent; for f80 without its explicit integer bit.
    fn widths(self) -> (u32, u32) {
        match self.kind {
            FloatKind::F32 => (23, 8),
            FloatKind::F64 => (52, 11),
            FloatKind::F80 => (63, 15),
        }
    }

    /// Sign, biased exponent, and fraction (with the integer bit for f80).
    fn parts(self) -> (bool, u32, u64) {
        let (fraction, exponent) = self.widths();
        let stored = if self.kind == FloatKind::F80 { fraction + 1 } else { fraction };
        let sign = self.bits >> (stored + exponent) & 1 == 1;
        let biased = (self.bits >> stored) as u32 & ((1 << exponent) - 1);
        (sign, biased, (self.bits & ((1u128 << stored) - 1)) as u64)
    }

    /// Its class.
    pub fn class(self) -> FloatClass {
        let (fraction_bits, exponent_bits) = self.widths();
        let (_, exponent, stored) = self.parts();
        let explicit = self.kind == FloatKind::F80;
        let integer = stored >> 63 == 1;
        let fraction = stored & ((1u64 << fraction_bits) - 1);
        if explicit && exponent > 0 && !integer {
            return FloatClass::SignallingNan;
        }
        let quiet = fraction >> (fraction_bits - 1) == 1;
        match (exponent == (1 << exponent_bits) - 1, fraction == 0) {
            (true, true) => FloatClass::Infinite,
            (true, false) if quiet => FloatClass::QuietNan,
            (true, false) => FloatClass::SignallingNan,
            (false, _) if exponent == 0 && stored == 0 => FloatClass::Zero,
            (false, _) => FloatClass::Finite,
        }
    }

    /// Its sign bit is set.
    pub fn is_negative(self) -> bool {
        self.parts().0
    }

    /// Integer significand and the exponent of its last bit: the magnitude is `significand * 2^exponent`.
    fn significand(self) -> (u64, i32) {
        let (fraction_bits, exponent_bits) = self.widths();
        let (_, exponent, stored) = self.parts();
        let implicit = self.kind != FloatKind::F80 && exponent > 0;
        let significand = if implicit { stored | 1 << fraction_bits } else { stored };
        let bias = (1 << (exponent_bits - 1)) - 1 + fraction_bits as i32;
        (significand, exponent.max(1) as i32 - bias)
    }

    /// Its position among all numbers of its format in ascending order; both zeros at 0.
    fn ordinal(self) -> i128 {
        let (fraction_bits, _) = self.widths();
        let (negative, exponent, stored) = self.parts();
        let magnitude = match (self.kind, exponent) {
            (FloatKind::F80, 0) => i128::from(stored),
            _ => i128::from(exponent) << fraction_bits | i128::from(stored & ((1 << fraction_bits) - 1)),
        };
        if negative { -magnitude } else { magnitude }
    }

    /// How far `candidate` is from this control. `None` if one is not a number, or the formats differ.
    pub fn distances(self, candidate: Float) -> Option<Distances> {
        use FloatClass::{Infinite, QuietNan, SignallingNan};
        let classes = [self.class(), candidate.class()];
        if classes.iter().any(|class| matches!(class, QuietNan | SignallingNan))
            || self.kind != candidate.kind
        {
            return None;
        }
        let ulp = u64::try_from(self.ordinal().abs_diff(candidate.ordinal())).unwrap_or(u64::MAX);
        if classes.contains(&Infinite) {
            let distance = if ulp == 0 { 0.0 } else { f64::INFINITY };
            return Some(Distances { absolute: distance, relative: distance, ulp });
        }
        let difference = self.difference(candidate);
        let (significand, exponent) = self.significand();
        let relative = match (difference.mantissa == 0.0, significand) {
            (true, _) => 0.0,
            (false, 0) => f64::INFINITY,
            (false, _) => scale(difference.mantissa / significand as f64, difference.exponent - exponent),
        };
        let absolute = scale(difference.mantissa, difference.exponent);
        // What is too small for f64 is still not nothing.
        let absolute = if ulp != 0 && absolute == 0.0 { f64::from_bits(1) } else { absolute };
        Some(Distances { absolute, relative, ulp })
    }

    /// The magnitude of the difference, exact but for the last rounding.
    fn difference(self, other: Float) -> Wide {
        let (mut low, mut high) = (self, other);
        if low.significand().1 > high.significand().1 {
            (low, high) = (high, low);
        }
        let ((low_bits, exponent), (high_bits, high_exponent)) = (low.significand(), high.significand());
        let shift = (high_exponent - exponent) as u32;
        if shift >= 63 {
            // The smaller number is below the last bit of the larger, unless the larger is 0: it never has the larger
            // exponent then.
            return Wide { mantissa: high_bits as f64, exponent: high_exponent };
        }
        let signed = |bits: u64, float: Float, shift: u32| {
            let magnitude = i128::from(bits) << shift;
            if float.is_negative() { -magnitude } else { magnitude }
        };
        let difference = signed(high_bits, high, shift).abs_diff(signed(low_bits, low, 0));
        Wide { mantissa: difference as f64, exponent }
    }

    /// The nearest f64, for people.
    fn approximate(self) -> f64 {
        let (significand, exponent) = self.significand();
        let magnitude = scale(significand as f64, exponent);
        if self.is_negative() { -magnitude } else { magnitude }
    }
}

/// `value * 2^exponent`, in steps that neither overflow nor underflow before the result does.
fn scale(mut value: f64, mut exponent: i32) -> f64 {
    while exponent != 0 && value != 0.0 && value.is_finite() {
        let step = exponent.clamp(-1000, 1000);
        value *= 2f64.powi(step);
        exponent -= step;
    }
    value
}

impl fmt::Display for Float {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.is_negative() { "-" } else { "" };
        match (self.class(), self.kind) {
            (FloatClass::Infinite, _) => write!(out, "{sign}inf"),
            (FloatClass::QuietNan, _) => write!(out, "NaN ({:#x})", self.bits),
            (FloatClass::SignallingNan, _) => write!(out, "signalling NaN ({:#x})", self.bits),
            (_, FloatKind::F32) => write!(out, "{:?}", f32::from_bits(self.bits as u32)),
            (_, FloatKind::F64) => write!(out, "{:?}", f64::from_bits(self.bits as u64)),
            (_, FloatKind::F80) => write!(out, "{:?} ({:#022x})", self.approximate(), self.bits),
        }
    }
}
