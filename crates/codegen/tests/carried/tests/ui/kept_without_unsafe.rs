//! A closure is not lent in safe code to a routine that may keep it.
use cmp_bridge::support::Serial;
use cmp_bridge_carried::carried_c::Control;

fn main() {
    let mut seen = 0;
    let _ = Control::inscrire(&Serial::lock(), |_, _| {
        seen += 1;
        0
    });
}
