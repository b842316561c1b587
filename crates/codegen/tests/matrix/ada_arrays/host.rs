//! Calls the routines on Ada's arrays through the generated `Control`.

use crate::ada_arrays::Control;
use cmp_bridge::support::{Serial, View, ViewMut};

fn scaled(x: f64) -> i32 {
    (100.0 * x) as i32
}

/// Prints what `expected.txt` holds.
pub fn run() {
    let serial = Serial::lock();
    let v = View::from_index(5, &[1.0, 2.0, 2.5, 1.0]);
    let (w, none) = (View::from_index(-3, &[2.0]), View::from_index(5, &[]));
    let sum = |v: View<'_, f64>| scaled(Control::sum(&serial, v));
    println!("sum {} {} {}", sum(v), sum(w), sum(none));
    let greatest = |v: View<'_, f64>| Control::greatest(&serial, v);
    println!("greatest {} {} {}", greatest(v), greatest(w), greatest(none));
    let mut s = [1.0, 2.0, 3.0];
    Control::scale(&serial, &mut ViewMut::from_index(100, &mut s), 2.5);
    println!("scale {} {} {}", scaled(s[0]), scaled(s[1]), scaled(s[2]));
    let mut i = [9; 4];
    Control::number(&serial, &mut ViewMut::from_index(-2, &mut i));
    println!("number {} {} {} {}", i[0], i[1], i[2], i[3]);
    let upper = |text: &[u8], room: usize| {
        let mut upper = vec![b'?'; room];
        Control::upper(&serial, View::from(text), &mut ViewMut::from_index(21, &mut upper));
        String::from_utf8_lossy(&upper).into_owned()
    };
    println!("upper [{}] [{}] [{}]", upper(b"debut du jour", 5), upper(b"abc", 5), upper(b"x", 0));
    let tally = |text: &[u8]| Control::tally(&serial, b'e', View::from(text));
    println!("tally {} {}", tally(b"deuxieme"), tally(b""));
    let m = View::shaped(&[1.5, 2.5, 3.5, 4.5, 5.5, 21.5], [2, -1], [2, 3]);
    println!("moment {}", m.map_or(-1, |m| scaled(Control::moment(&serial, m))));
    let checksum = |first: i64, bytes: &[u8]| Control::checksum(&serial, View::from_index(first, bytes));
    println!("checksum {} {} {}", checksum(250, &[255; 6]), checksum(0, &[7]), checksum(2, &[]));
    println!("apart {}", scaled(Control::apart(&serial, 1, 2, v, 4, w, 8)));
}
