//! Calls the routines on titles through the generated `Control`.

use crate::titles::Control;
use cmp_bridge::support::{Serial, Text};

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    for n in [1, 4] {
        let name = Control::day(&serial, n);
        println!("day {}", String::from_utf8_lossy(&name).replace(' ', "."));
    }
    let table = [*b"ASH ", *b"ASV ", *b"PVT "];
    for name in ["ASV", "AS"] {
        println!("find {}", Control::find(&serial, &table, Text::new(name.as_bytes())));
    }
    let mut letter = b'A';
    Control::next(&serial, &mut letter);
    println!("next {}", char::from(letter));
}
