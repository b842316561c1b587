//! What a routine hands back is not used after what it was given is released.
use cmp_bridge::support::Serial;
use cmp_bridge_carried::carried_c::Control;

fn main() {
    let serial = Serial::lock();
    let session = Control::ouvrir(&serial, 1).unwrap();
    let same = Control::meme(&serial, &session);
    drop(session);
    println!("{same:?}");
}
