//! Calls the routines with a status through the generated `Control`.

use crate::status::Control;
use cmp_bridge::support::{Done, Failure, Serial};

fn code(done: Done) -> i64 {
    match done {
        Done::Ok => 0,
        Done::Warning(code) => code,
    }
}

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    for x in [200, 300, -1] {
        let mut copy = 7;
        let verdict = Control::verify(&serial, x, &mut copy).map_or_else(|Failure(code)| code, code);
        println!("verify {verdict} {copy}");
    }
    for x in [9.0, 2.0, -4.0] {
        match Control::root(&serial, x) {
            Ok((n, done)) => println!("root {} {}", code(done), (100.0 * n) as i32),
            Err(Failure(code)) => println!("root {code}"),
        }
    }
}
