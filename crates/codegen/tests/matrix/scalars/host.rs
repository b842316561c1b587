//! Calls the scalars through the generated `Control`.

use crate::scalars::Control;
use cmp_bridge::support::Serial;

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let many = Control::many(1.5, 1, 2.5, 20, 3.5, 3, 4.5, -4, 5.5, 5, 6.5, 6, 7.5, -7, 8.5, 8, 9.5, 90);
    println!("many {}", (10.0 * many) as i64);
    println!("narrow {}", Control::narrow(&serial, -5, 250, -300, 32490));
    println!("wide {}", Control::wide(&serial, 3_000_000, 3_000_000));
    println!("single {}", (100.0 * Control::single(&serial, 5.0)) as i32);
    let negated = [true, false].map(|b| u8::from(Control::negate(&serial, b)));
    println!("negate {} {}", negated[0], negated[1]);
    let mut count = 7;
    let y = Control::halve(&serial, 7.5, &mut count);
    println!("halve {} {count}", (100.0 * y) as i32);
}
