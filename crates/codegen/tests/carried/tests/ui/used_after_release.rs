//! What is released is not used again.
use cmp_bridge::support::Serial;
use cmp_bridge_carried::carried_c::Control;

fn main() {
    let serial = Serial::lock();
    let session = Control::ouvrir(&serial, 1).unwrap();
    Control::fermer(&serial, session);
    Control::nom(&serial, &session);
}
