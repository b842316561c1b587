//! Lends closures to the routines that take procedures, through the generated `Control`.

use crate::quadrature::Control;
use cmp_bridge::support::Serial;

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let integral = Control::simpson(&serial, |x| x * x, 0.0, 3.0, 4);
    println!("simpson {}", integral.map_or(-1.0, |integral| (100.0 * integral).round()));
    let mut x = [1.0, 5.0];
    let turn = |t: f64, v: &mut [f64; 2]| *v = [2.0, 2.0 * t];
    let walked = Control::walk(&serial, turn, 0.5, 2, &mut x);
    let x = x.map(|x| (100.0 * x) as i32);
    println!("{} {} {}", if walked.is_ok() { "walk" } else { "panic" }, x[0], x[1]);
}
