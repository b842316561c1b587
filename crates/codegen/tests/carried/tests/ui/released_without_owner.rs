//! A routine that releases is given what legacy code gave away.
use cmp_bridge::support::Serial;
use cmp_bridge_carried::carried_c::{Control, Mesure};

fn main() {
    Control::mesure_oublier(&Serial::lock(), Some(&mut Mesure { x: 1.0, n: 2 }));
}
