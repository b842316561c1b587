//! A CHARACTER function, a table of texts and a single character, implemented in Rust.

use crate::titles::{self, Day, Find, Next};
use cmp_bridge::support::Text;

const NAMES: [&[u8; 8]; 7] =
    [b"lundi   ", b"mardi   ", b"mercredi", b"jeudi   ", b"vendredi", b"samedi  ", b"dimanche"];

/// The routines.
pub struct Titles;

impl Day for Titles {
    fn day(n: i32) -> [u8; 8] {
        *NAMES[(n - 1).rem_euclid(7) as usize]
    }
}

impl Find for Titles {
    fn find(table: &[[u8; 4]], name: &Text) -> i32 {
        table.iter().position(|entry| name.is(entry)).map_or(0, |at| at as i32 + 1)
    }
}

impl Next for Titles {
    fn next(letter: &mut u8) {
        *letter += 1;
    }
}

titles::export! { Titles: day, find, next }
