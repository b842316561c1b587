//! Nobody in safe code looks into what legacy code gave away, or makes one.
use cmp_bridge::support::Serial;
use cmp_bridge_carried::carried_c::{Control, Session};

fn main() {
    let serial = Serial::lock();
    let mut one = Control::ouvrir(&serial, 1).unwrap();
    one.bytes[0] = 1;
    let _ = Session::ZERO;
}
