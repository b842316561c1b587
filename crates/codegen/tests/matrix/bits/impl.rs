//! Bit fields, enumerations and unions, implemented in Rust.

use crate::bits::{self, Digest, Header, Inverse, Mode, NextMode, Retune, SetReal, Word};

/// The routines.
pub struct Bits;

impl NextMode for Bits {
    fn next_mode(m: Mode, safe: bool) -> Mode {
        match (safe, m) {
            (true, _) => Mode::MODE_SAFE,
            (false, Mode::MODE_OFF) => Mode::MODE_ON,
            (false, _) => Mode::MODE_OFF,
        }
    }
}

impl Retune for Bits {
    fn retune(h: &mut Header, gain: i32) {
        h.set_gain(gain);
        h.set_count(h.count() + h.satellite());
        h.channel ^= 0xff;
        h.rate = -h.rate;
        h.set_last(9);
    }
}

impl Digest for Bits {
    fn digest(h: Header) -> u32 {
        let signed = h.gain() as u32 + h.rate as u32;
        h.version() + 10 * h.satellite() + 1000 * u32::from(h.channel) + h.count() + signed + h.last()
    }
}

impl Inverse for Bits {
    fn inverse(w: Word) -> u32 {
        !w.u()
    }
}

impl SetReal for Bits {
    fn set_real(w: &mut Word, f: f32) {
        w.set_f(f);
    }
}

bits::export! { Bits: next_mode, retune, digest, inverse, set_real }
