//! Calls the procedures of a Fortran module through the generated `Control`.

use crate::modules::{Control, Pair};
use cmp_bridge::support::{Serial, Text};

fn hundredths(x: f64) -> i32 {
    (100.0 * x) as i32
}

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let pair = |x: f64, n: i32| Pair { x, n };
    let (mut a, mut b) = (pair(1.0, 1), pair(2.0, 2));
    Control::swap(&serial, &mut a, &mut b);
    println!("swap {} {} {} {}", hundredths(a.x), a.n, hundredths(b.x), b.n);
    let list = [pair(1.0, 0), pair(7.0, 0), pair(3.0, 0)];
    let mut place = 0;
    let most = Control::heaviest(&serial, &list, Some(&mut place));
    println!("heaviest {} {place}", hundredths(most));
    println!("heaviest {}", hundredths(Control::heaviest(&serial, &list, None)));
    let mut text = *b"******";
    Control::label(&serial, 5, Text::new_mut(&mut text));
    println!("label {}..", String::from_utf8_lossy(&text[..3]));
    let positive = |x: f64| i32::from(Control::positive(&serial, x));
    println!("positive {} {}", positive(1.0), positive(-1.0));
}
