//! Calls the routines on arrays through the generated `Control`.

use crate::arrays::Control;
use cmp_bridge::support::{Done, Failure, Serial};

/// The code of a status, as other languages see it.
fn code(result: Result<Done, Failure>) -> i64 {
    match result {
        Ok(Done::Ok) => 0,
        Ok(Done::Warning(code)) => code,
        Err(Failure(code)) => code,
    }
}

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    println!("dot {}", (100.0 * Control::dot(&serial, &[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0])) as i32);
    let mut out = [0.0; 3];
    Control::fill(&serial, &mut out, 2.5);
    let tenths = out.map(|x| (10.0 * x) as i32);
    println!("fill {} {} {}", tenths[0], tenths[1], tenths[2]);
    println!("window {}", Control::window(&serial, &[1, 2, 3, 4, 5], 3));
    let mut sums = [0.0; 2];
    Control::row_sums(&serial, &[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], &mut sums);
    println!("row_sums {} {}", (100.0 * sums[0]) as i32, (100.0 * sums[1]) as i32);
    let c = Control::cross(&serial, &[1.0, 2.0, 3.0], &[4.0, 5.0, 6.0]).map(|x| (100.0 * x) as i32);
    println!("cross {} {} {}", c[0], c[1], c[2]);
    for text in [c"42", c"7x", c"x"] {
        let mut value = 99;
        println!("parse {} {value}", code(Control::parse(&serial, text, &mut value)));
    }
    let mut q = 0.0;
    for (a, b) in [(3.0, 2.0), (0.0, 2.0), (1.0, 0.0)] {
        let ier = code(Control::divide(&serial, a, b, &mut q));
        println!("divide {ier} {}", (100.0 * q) as i32);
    }
    let mut text = [0; 5];
    let length = Control::stamp(&serial, &mut text);
    println!("stamp {length} {}", String::from_utf8_lossy(&text));
}
