//! Calls the routines of classes through the generated `Control`.

use crate::classes::Control;
use cmp_bridge::support::Serial;

fn scaled(x: f64) -> i32 {
    (100.0 * x) as i32
}

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let mut a = Control::slot_construct(&serial, 1.0, 5.0);
    println!("slot {}", scaled(Control::slot_length(&serial, &a)));
    let b = Control::slot_construct(&serial, 3.0, 8.0);
    let c = Control::common(&serial, &a, &b);
    println!("common {} {}", scaled(c.begin), scaled(c.end));
    Control::shift(&serial, &mut a, 0.5);
    println!("shift {} {}", scaled(a.begin), scaled(a.end));
    let label = Control::label_of(&serial, 42);
    println!("label {} {}", label.id, label.copies);
}
