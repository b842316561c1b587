//! Calls the routines on Ada's records through the generated `Control`.

use crate::ada_records::{AmpereHour, Battery, Control, Decimal, Kind, Limit, Mask, Natural, Pair, Track};
use cmp_bridge::support::Serial;

fn hundredths(x: f64) -> i32 {
    (100.0 * x) as i32
}

/// A part that a record of its kind has, in hundredths.
fn part(x: Option<f64>) -> i32 {
    x.map_or(-1, hundredths)
}

fn made(kind: Kind) -> Limit {
    let mut l = Limit::ZERO;
    l.set_kind(kind);
    l.set_persistence(Natural(3));
    l
}

fn band() -> Limit {
    let mut l = made(Kind::BAND);
    l.set_least(1.0);
    l.set_most(2.0);
    l
}

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let (mut low, mut state) = (made(Kind::LOW), made(Kind::STATE));
    low.set_threshold(1.0);
    state.set_value(3);
    let excess = |l: &Limit, x: f64| hundredths(Control::excess(&serial, l, x));
    let (above, within) = (excess(&band(), 2.5), excess(&band(), 1.5));
    println!("excess {above} {within} {} {}", excess(&low, 0.75), excess(&state, 4.0));
    let mut l = band();
    Control::become_(&serial, &mut l, Kind::LOW, false);
    println!("become {} {} {}", l.kind().0, l.persistence().0, part(l.threshold()));
    let mut l = band();
    Control::become_(&serial, &mut l, Kind::LOW, true);
    println!("become {} {} {}", l.kind().0, part(l.least()), part(l.most()));
    let l = Control::standard(&serial, Natural(7));
    println!("standard {} {} {}", l.kind().0, l.persistence().0, l.value().unwrap_or(-1));
    let l = Control::standard(&serial, Natural(2));
    println!("standard {} {} {}", l.kind().0, part(l.least()), part(l.most()));
    let mut t = Track { position: [1.0, 2.0, 3.0], rank: 7, ..Track::ZERO };
    Control::advance(&serial, &mut t, 0.5);
    let (p, name) = (t.position.map(hundredths), String::from_utf8_lossy(&t.name));
    println!("advance {} {} {} {} {} {}", p[0], p[1], p[2], t.rank, name.trim_end(), t.valid.0);
    let p = Control::swap(&serial, Pair { first: -7, second: 8 });
    println!("swap {} {}", p.first, p.second);
    let mut b = Battery { charge: AmpereHour(1000), cycles: Natural(3), discharging: true.into() };
    for amount in [500, 1000] {
        let loaded = Control::load(&serial, b, AmpereHour(amount));
        b = loaded.b;
        println!("load {} {} {} {}", b.charge.0, b.cycles.0, b.discharging.0, loaded.full.0);
    }
    let w = Control::decode(&serial, 10964);
    println!("decode {} {} {} {}", w.sensor(), w.turning(), i32::from(w.heating()), w.counter);
    println!("encode {}", Control::encode(&serial, w));
    let mut m = Mask::ZERO;
    for i in [0, 5, 15] {
        m.set(i, true);
    }
    println!("ones {}", Control::ones(&serial, m).0);
    let mut d = Decimal::ZERO;
    for i in 0..Decimal::COUNT {
        d.set(i, i as u8);
    }
    println!("number {}", Control::number(&serial, d));
    let v = Control::cross(&serial, &[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]).value.map(hundredths);
    println!("cross {} {} {}", v[0], v[1], v[2]);
}
