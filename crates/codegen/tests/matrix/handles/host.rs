//! Calls the routines on an object by its address through the generated `Control`.

use crate::handles::Control;
use cmp_bridge::support::{Address, Done, Failure, Serial};

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let (a, b) = (Control::open(&serial, 10, 5), Control::open(&serial, 100, 1));
    // SAFETY: `open` gave these addresses, and they are not closed yet.
    let next = |counter: Address| unsafe { Control::next(&serial, counter) };
    // SAFETY: as above.
    let change = |step: i32| match unsafe { Control::change(&serial, a, step) } {
        Ok(Done::Ok) => 0,
        Ok(Done::Warning(code)) | Err(Failure(code)) => code,
    };
    println!("living {}", Control::living(&serial));
    println!("next {} {} {}", next(a), next(a), next(b));
    println!("change {} {} {}", change(2), next(a), next(a));
    println!("change {} {}", change(0), next(a));
    // SAFETY: as above; nobody uses them afterwards.
    unsafe {
        Control::close(&serial, a);
        Control::close(&serial, b);
    }
    println!("living {}", Control::living(&serial));
}
