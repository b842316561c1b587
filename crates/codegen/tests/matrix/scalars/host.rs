//! Calls the scalars through the generated `Control`.

use crate::scalars::{Control, Halve, Many, Narrow, Negate, Single, Wide};

/// Prints what `expected.txt` holds.
pub fn run() {
    let many = Control::many(1.5, 1, 2.5, 20, 3.5, 3, 4.5, -4, 5.5, 5, 6.5, 6, 7.5, -7, 8.5, 8, 9.5, 90);
    println!("many {}", (10.0 * many) as i64);
    println!("narrow {}", Control::narrow(-5, 250, -300, 32490));
    println!("wide {}", Control::wide(3_000_000, 3_000_000));
    println!("single {}", (100.0 * Control::single(5.0)) as i32);
    println!("negate {} {}", u8::from(Control::negate(true)), u8::from(Control::negate(false)));
    let (mut y, mut count) = (0.0, 7);
    Control::halve(7.5, &mut y, &mut count);
    println!("halve {} {count}", (100.0 * y) as i32);
}
