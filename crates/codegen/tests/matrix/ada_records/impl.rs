//! Ada's records, implemented in Rust.

use crate::ada_records::{
    self, Advance, AmpereHour, Battery, Become, Cross, Decimal, Decode, Encode, Excess, Kind, Limit, Load,
    LoadReturn, Mask, Natural, Number, Ones, Pair, Standard, Swap, Track, VectorValue, Word,
};

/// The routines.
pub struct Records;

impl Excess for Records {
    fn excess(l: &Limit, x: f64) -> f64 {
        // What the record has says which kind it is of.
        if let (Some(least), Some(most)) = (l.least(), l.most()) {
            return x - x.clamp(least, most);
        }
        match (l.threshold(), l.value()) {
            (Some(threshold), _) if l.kind() == Kind::LOW => (x - threshold).min(0.0),
            (Some(threshold), _) => (x - threshold).max(0.0),
            (_, Some(value)) => x - f64::from(value),
            _ => 0.0,
        }
    }
}

impl Become for Records {
    fn become_(l: &mut Limit, new_kind: Kind, l_constrained: bool) {
        if l_constrained || new_kind != Kind::LOW {
            return;
        }
        if let (Some(least), Some(most)) = (l.least(), l.most()) {
            l.set_kind(new_kind);
            l.set_threshold((least + most) / 2.0);
        }
    }
}

impl Standard for Records {
    fn standard(n: Natural) -> Limit {
        let mut l = Limit::ZERO;
        l.set_persistence(Natural(2));
        if n.0 % 2 == 1 {
            l.set_kind(Kind::STATE);
            l.set_value(n.0);
        } else {
            l.set_kind(Kind::BAND);
            l.set_least(-f64::from(n.0) / 2.0);
            l.set_most(1.5 * f64::from(n.0));
        }
        l
    }
}

impl Advance for Records {
    fn advance(t: &mut Track, by: f64) {
        t.position.iter_mut().for_each(|x| *x += by);
        t.rank += 1;
        t.name = *b"SPOT5   ";
        t.valid.set(true);
    }
}

impl Swap for Records {
    fn swap(p: Pair) -> Pair {
        Pair { first: p.second, second: p.first }
    }
}

impl Load for Records {
    fn load(mut b: Battery, amount: AmpereHour) -> LoadReturn {
        let charge = b.charge.0 + amount.0;
        let full = charge >= 2000;
        b.charge = AmpereHour(charge.min(2000));
        b.cycles.0 += i32::from(full);
        b.discharging.set(false);
        LoadReturn { b, full: full.into() }
    }
}

impl Decode for Records {
    fn decode(w: u16) -> Word {
        let [low, high] = w.to_le_bytes();
        let mut decoded = Word::ZERO;
        decoded.set_sensor(low & 15);
        decoded.set_turning(low >> 4 & 7);
        decoded.set_heating(low >> 7 == 1);
        decoded.counter = high;
        decoded
    }
}

impl Encode for Records {
    fn encode(w: Word) -> u16 {
        let low = w.sensor() | w.turning() << 4 | u8::from(w.heating()) << 7;
        u16::from_le_bytes([low, w.counter])
    }
}

impl Ones for Records {
    fn ones(m: Mask) -> Natural {
        Natural((0..Mask::COUNT).map(|i| i32::from(m.get(i))).sum())
    }
}

impl Number for Records {
    fn number(d: Decimal) -> i64 {
        (0..Decimal::COUNT).rev().fold(0, |number, i| 10 * number + i64::from(d.get(i)))
    }
}

impl Cross for Records {
    fn cross(a: &[f64; 3], b: &[f64; 3]) -> VectorValue {
        let value = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
        VectorValue { value }
    }
}

ada_records::export! {
    Records: excess, become_, standard, advance, swap, load, decode, encode, ones, number, cross
}
