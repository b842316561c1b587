//! Calls the routines on assumed-shape arrays through the generated `Control`, which writes the descriptors.

use crate::shaped::Control;
use cmp_bridge::support::{Serial, ViewMut};

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let x = [1.0, 2.0, 3.0];
    for w in [None, Some(&x[..])] {
        println!("total {}", (100.0 * Control::total(&serial, &x, w)) as i32);
    }
    let mut r = [0; 3];
    Control::ramp(&serial, &mut r, 5);
    println!("ramp {} {} {}", r[0], r[1], r[2]);
    // Columns of three.
    let mut m = [0.0, 0.0, 0.0, 1.0, 1.0, 1.0];
    if let Some(mut m) = ViewMut::shaped(&mut m, [1, 1], [3, 2]) {
        Control::add(&serial, &mut m, 1.0);
    }
    let m = m.map(|x| x as i32);
    println!("add {} {} {} {} {} {}", m[0], m[1], m[2], m[3], m[4], m[5]);
}
