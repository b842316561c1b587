//! What belongs to something does not outlast a change of it.
use cmp_bridge::support::Serial;
use cmp_bridge_carried::carried_c::Control;

fn main() {
    let serial = Serial::lock();
    let mut session = Control::ouvrir(&serial, 1).unwrap();
    let name = Control::nom(&serial, &session);
    let _ = Control::renommer(&serial, &mut session, c"HELIOS");
    println!("{name:?}");
}
