//! Calls the routines on complex numbers through the generated `Control`.

use crate::phasor::Control;
use cmp_bridge::support::{Complex, Serial};

fn show(name: &str, z: Complex<f64>) {
    println!("{name} {} {}", (100.0 * z.re) as i32, (100.0 * z.im) as i32);
}

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let z = |re: f64, im: f64| Complex { re, im };
    show("turn", Control::turn(&serial, z(3.0, 4.0)));
    let single = Control::turn_single(&serial, Complex { re: 0.25, im: 0.75 }, 2.0);
    show("turn_single", z(single.re.into(), single.im.into()));
    let mut scaled = z(3.0, 4.0);
    Control::scale(&serial, &mut scaled, z(1.0, 2.0));
    show("scale", scaled);
    show("sum", Control::sum(&serial, &[z(1.0, 0.5), z(2.0, -1.0), z(3.0, -2.0)]));
}
