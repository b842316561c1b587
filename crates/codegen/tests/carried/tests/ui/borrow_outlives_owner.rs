//! What belongs to something lasts no longer than it.
use cmp_bridge::support::Serial;
use cmp_bridge_carried::carried_c::Control;

fn main() {
    let serial = Serial::lock();
    let name = {
        let session = Control::ouvrir(&serial, 1).unwrap();
        Control::nom(&serial, &session)
    };
    println!("{name:?}");
}
