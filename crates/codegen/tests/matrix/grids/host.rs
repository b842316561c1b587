//! Calls the routines on Fortran's arrays through the generated `Control`.

use crate::grids::Control;
use cmp_bridge::support::{Complex, Logical, Serial};

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let square = [5.0, 0.0, 0.0, 0.0, 0.0, 5.0, 0.0, 0.0, 0.0, 0.0, 5.0, 0.0];
    println!("trace {}", (100.0 * Control::trace(&serial, &square, 4, 3)) as i32);
    let mut b = [0.0; 6];
    Control::transpose(&serial, 2, 3, &[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &mut b);
    let b = b.map(|x| (100.0 * x) as i32);
    println!("transpose {} {} {} {} {} {}", b[0], b[1], b[2], b[3], b[4], b[5]);
    let mut x = [1.0, 2.0, 3.0];
    Control::scale(&serial, &mut x, 2.0);
    let x = x.map(|x| (10.0 * x) as i32);
    println!("scale {} {} {}", x[0], x[1], x[2]);
    let c = [1.0, 0.0, 1.0].map(|re| Complex { re, im: 0.0 });
    let value = Control::horner(&serial, 2, &c, Complex { re: 1.0, im: 2.0 });
    println!("horner {} {}", (100.0 * value.re) as i32, (100.0 * value.im) as i32);
    let flags = [true, false, true, false].map(Logical::from);
    println!("count {}", Control::count(&serial, &flags));
}
