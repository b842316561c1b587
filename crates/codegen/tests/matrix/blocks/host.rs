//! Calls the routines on a COMMON block through the generated `Control`, which lends them the state.

use crate::blocks::{Control, Cst, CstCount};
use cmp_bridge::support::Serial;

/// The state as `count` sees it.
fn seen(cst: &Cst) -> CstCount {
    CstCount { v: [cst.mu, cst.ae], num: [cst.calls, cst.model] }
}

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let mut cst = Cst::ZERO;
    Control::init(&serial, 398_600.0, 6378.0, 7, &mut cst);
    let first = Control::count(&serial, &seen(&cst));
    println!("count {} {}", first.calls, first.model);
    for a in [12756.0, 3189.0] {
        println!("ratio {}", (100.0 * Control::ratio(&serial, a, &mut cst)) as i32);
    }
    let last = Control::count(&serial, &seen(&cst));
    println!("count {} {}", last.calls, last.model);
}
