//! Calls the routines on CHARACTER arguments through the generated `Control`.

use crate::characters::Control;
use cmp_bridge::support::{Done, Failure, Serial, Text};

fn dots(text: &[u8]) -> String {
    String::from_utf8_lossy(text).replace(' ', ".")
}

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let join = |first: &[u8], second: &[u8], room: usize| {
        let mut joined = vec![b'*'; room];
        let verdict = Control::join(&serial, Text::new(first), Text::new(second), Text::new_mut(&mut joined));
        let code = match verdict {
            Ok(Done::Ok) => 0,
            Ok(Done::Warning(code)) | Err(Failure(code)) => code,
        };
        println!("join {code} {}", dots(&joined));
    };
    join(b"abc  ", b"def", 8);
    join(b"abc", b"def", 4);
    println!("count {}", Control::count(&serial, Text::new(b"station keeping"), Text::new(b"ai")));
    let mut text = *b"Spot 5  ";
    Control::upper(&serial, Text::new_mut(&mut text));
    println!("upper {}..", String::from_utf8_lossy(&text[..6]));
}
