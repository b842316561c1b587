//! Calls with addresses that may be null through the generated `Control`.

use crate::optional::{Control, Point};
use cmp_bridge::support::Serial;

fn scaled(x: f64) -> i32 {
    (100.0 * x) as i32
}

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let (mut out, mut p) = (0.0, Point { x: 1.0, y: 0.0 });
    let present = Control::present(&serial, Some(2.5), Some(&mut out), Some(&mut p));
    println!("present {present} {} {}", scaled(out), scaled(p.x));
    println!("present {}", Control::present(&serial, None, None, None));
    let present = Control::present(&serial, None, Some(&mut out), None);
    println!("present {present} {}", scaled(out));
    let present = Control::present(&serial, Some(1.0), None, Some(&mut p));
    println!("present {present} {}", scaled(p.x));
}
