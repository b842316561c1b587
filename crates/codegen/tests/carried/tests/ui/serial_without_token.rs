//! A routine for one thread at a time is not called without the right to.
use cmp_bridge_carried::carried_c::Control;

fn main() {
    Control::ouvertes();
}
