//! Records that hold addresses are not exchanged behind the back of who releases them.
#![allow(unused_mut)]
use cmp_bridge::support::Serial;
use cmp_bridge_carried::carried_c::Control;

fn main() {
    let serial = Serial::lock();
    let mut a = Control::liste_creer(&serial, 3).unwrap();
    let b = Control::liste_creer(&serial, 4).unwrap();
    *a = *b;
}
