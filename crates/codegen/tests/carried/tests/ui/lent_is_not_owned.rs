//! What is somebody else's is not released.
use cmp_bridge::support::Serial;
use cmp_bridge_carried::carried_c::Control;

fn main() {
    let serial = Serial::lock();
    Control::fermer(&serial, Control::courante(&serial));
}
