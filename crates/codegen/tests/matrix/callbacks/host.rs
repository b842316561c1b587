//! Calls the routines that call back through the generated `Control`.

use crate::callbacks::Control;
use cmp_bridge::support::{Address, Serial};

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let slope = 2.0;
    // SAFETY: the address is handed on, and comes back to a closure that does not look at it.
    let integral = unsafe { Control::integrate(&serial, |x, _| slope * x, Address(0), 0.0, 4.0, 8) };
    println!("integrate {}", integral.map_or(-1, |integral| (100.0 * integral) as i32));
    let (mut values, mut sum) = ([10, 20, 30, 40], 40);
    let add_rank = |rank: i32, value: &mut i32, _: Address| {
        if rank > 3 {
            return 1;
        }
        *value += rank;
        sum += *value;
        0
    };
    // SAFETY: as above.
    let visited = unsafe { Control::each(&serial, &mut values, add_rank, Address(0)) }.unwrap_or(-1);
    println!("each {visited} {} {} {} {} {sum}", values[0], values[1], values[2], values[3]);
}
