//! Calls Fortran's scalars, by reference, through the generated `Control`.

use crate::byref::Control;
use cmp_bridge::support::{Complex, Done, Failure, Logical, Serial};

fn hundredths(x: f64) -> i32 {
    (100.0 * x) as i32
}

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let mut n = 7;
    // It is free for all threads: no `Serial`.
    let sum = Control::add(1.5, 2.5, &mut n);
    println!("add {} {n}", hundredths(sum));
    let even = |n: i32| i32::from(Control::even(&serial, n));
    println!("even {} {}", even(3), even(4));
    let mut flag = Logical::from(false);
    let mut toggle = |on: bool| {
        Control::toggle(&serial, &mut flag, on);
        flag.0
    };
    println!("toggle {} {} {}", toggle(true), toggle(true), toggle(false));
    let product = Control::product(&serial, Complex { re: 1.0, im: 2.0 }, Complex { re: 3.0, im: 4.0 });
    println!("product {} {}", hundredths(product.re), hundredths(product.im));
    let half = Control::half(&serial, Complex { re: 3.0, im: -1.0 });
    println!("half {} {}", hundredths(half.re.into()), hundredths(half.im.into()));
    println!("mean {}", hundredths(Control::mean(&serial, 2.0, 3.0).into()));
    println!("cube {}", Control::cube(&serial, 2000));
    for x in [9.0, -4.0, 0.0] {
        match Control::root(&serial, x) {
            Ok((root, Done::Ok)) => println!("root 0 {}", hundredths(root)),
            Ok((root, Done::Warning(code))) => println!("root {code} {}", hundredths(root)),
            Err(Failure(code)) => println!("root {code}"),
        }
    }
}
