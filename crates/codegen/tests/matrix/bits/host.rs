//! Calls the routines on bit fields, enumerations and unions through the generated `Control`.

use crate::bits::{Control, Header, Mode, Word};
use cmp_bridge::support::Serial;

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    println!("modes {} {} {}", Mode::MODE_OFF.0, Mode::MODE_ON.0, Mode::MODE_SAFE.0);
    let next = |mode: Mode, safe: bool| Control::next_mode(&serial, mode, safe).0;
    let (off, on) = (next(Mode::MODE_OFF, false), next(Mode::MODE_ON, true));
    println!("next_mode {off} {on} {}", next(Mode::MODE_SAFE, false));
    let mut h = Header::ZERO;
    h.set_version(3);
    h.set_satellite(1000);
    h.set_gain(7);
    h.channel = 165;
    h.rate = 250;
    h.set_count(700);
    h.set_last(15);
    Control::retune(&serial, &mut h, -5);
    let (version, satellite, gain) = (h.version(), h.satellite(), h.gain());
    println!("retune {version} {satellite} {gain} {} {} {} {}", h.channel, h.rate, h.count(), h.last());
    h.rate = 987;
    h.set_gain(0);
    h.channel = 85;
    println!("digest {}", Control::digest(&serial, h));
    let mut w = Word::ZERO;
    w.set_u(1_082_130_431);
    println!("inverse {}", Control::inverse(&serial, w));
    let w = Control::set_real(&serial, 1.5);
    println!("set_real {} {}", w.u(), (100.0 * w.f()) as i32);
}
