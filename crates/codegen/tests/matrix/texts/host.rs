//! Calls the routines on text through the generated `Control`.

use crate::texts::Control;
use cmp_bridge::support::{Done, Failure, Serial};
use std::ffi::CStr;

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    println!("length {} {}", Control::length(&serial, c"cinq!"), Control::length(&serial, c""));
    let mut text = *b"abc-XyZ";
    Control::upper(&serial, &mut text);
    println!("upper {}", String::from_utf8_lossy(&text));
    let join = |first: &CStr, second: &CStr, room: usize| {
        let mut joined = vec![b'.'; room];
        let status = match Control::join(&serial, first, second, &mut joined) {
            Ok(Done::Ok) => 0,
            Ok(Done::Warning(code)) | Err(Failure(code)) => code,
        };
        println!("join {status} {}", String::from_utf8_lossy(&joined));
    };
    join(c"SPOT", c" 5", 6);
    join(c"SPOT", c" 5", 4);
    join(c"", c"", 4);
    println!("stamp {}", String::from_utf8_lossy(&Control::stamp(&serial, 42)));
}
