//! The right to call stays in its thread.
use cmp_bridge::support::Serial;
use cmp_bridge_carried::carried_c::Control;

fn main() {
    let serial = Serial::lock();
    std::thread::scope(|scope| {
        scope.spawn(|| Control::ouvertes(&serial));
    });
}
