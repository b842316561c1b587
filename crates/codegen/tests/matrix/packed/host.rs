//! Calls the routines on packed records through the generated `Control`.

use crate::packed::{Control, Sparse};
use cmp_bridge::support::Serial;

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let first = Control::pack(&serial, b'A' as i8, 2.5, -300);
    let (value, rank) = (first.value, first.rank);
    println!("pack {} {} {rank}", char::from(first.tag), (100.0 * value) as i32);
    let second = Control::pack(&serial, b'@' as i8, 1.0, 500);
    println!("unpack {}", (100.0 * Control::unpack(&serial, &[first, second])) as i32);
    let mut s = Sparse { a: 7, b: 0.225, c: -3, ..Sparse::ZERO };
    Control::spread(&serial, &mut s, 10);
    println!("spread {} {} {}", s.a, (100.0 * s.b) as i32, s.c);
}
