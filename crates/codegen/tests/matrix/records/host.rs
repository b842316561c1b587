//! Calls the routines on records through the generated `Control`.

use crate::records::{Control, Date, Limits, Point, Range, Track, Vector};
use cmp_bridge::support::Serial;

fn hundredths(x: f64) -> i32 {
    (100.0 * x) as i32
}

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let p = |x: f64, y: f64| Point { x, y };
    let r = |first: i64, last: i64| Range { first, last };
    println!("norm {}", hundredths(Control::norm(&serial, p(3.0, 4.0))));
    let middle = Control::middle(&serial, p(1.0, -3.0), p(4.0, 1.0));
    println!("middle {} {}", hundredths(middle.x), hundredths(middle.y));
    let date = |day: i32, sec: f64| Date { day, sec, ..Date::ZERO };
    let later = Control::later(&serial, date(19116, 86400.0 - 1.25), 2.5);
    println!("later {} {}", later.day, hundredths(later.sec));
    let through = Control::through(&serial, p(1.0, 1.0), p(3.0, 5.0));
    println!("through {} {}", hundredths(through.slope.into()), hundredths(through.origin.into()));
    let wider = Control::wider(&serial, r(0, 100), 5);
    println!("wider {} {}", wider.first, wider.last);
    let (a, b) = (Vector { x: 1.0, y: 2.0, z: 3.0 }, Vector { x: 4.0, y: 5.0, z: 6.0 });
    let c = Control::cross(&serial, a, b);
    println!("cross {} {} {}", hundredths(c.x), hundredths(c.y), hundredths(c.z));
    let v = Control::widen(&serial, Limits { v: [10.0; 5] }, 1.0).v.map(|x| (10.0 * x) as i32);
    println!("widen {} {} {} {} {}", v[0], v[1], v[2], v[3], v[4]);
    println!("spill {}", Control::spill(&serial, r(7, 6), r(5, 4), 3, r(1, 1), date(1, 0.5)));
    let mut t = Track { from: p(1.0, 4.0), at: date(19115, 0.0), code: 3, rank: 70, weight: 3.0, ..Track::ZERO };
    let copy = Control::advance(&serial, &mut t, &p(2.0, 1.0));
    let from = (hundredths(t.from.x), hundredths(t.from.y));
    println!("advance {} {} {} {} {} {}", from.0, from.1, t.at.day, t.code, t.rank, hundredths(t.weight));
    println!("copy {} {}", hundredths(copy.x), hundredths(copy.y));
}
