//! Fortran's CHARACTER arguments, implemented in Rust.

use crate::characters::{self, Count, Join, Upper};
use cmp_bridge::support::{Done, Failure, Text};

/// The routines.
pub struct Characters;

impl Join for Characters {
    fn join(first: &Text, second: &Text, joined: &mut Text) -> Result<Done, Failure> {
        let whole = joined.assign(&[first.trimmed(), second.trimmed()].concat());
        Ok(if whole { Done::Ok } else { Done::Warning(1) })
    }
}

impl Count for Characters {
    fn count(text: &Text, n: &mut i32, letters: &Text) {
        *n = text.bytes().iter().filter(|byte| letters.bytes().contains(byte)).count() as i32;
    }
}

impl Upper for Characters {
    fn upper(text: &mut Text) {
        text.bytes_mut().make_ascii_uppercase();
    }
}

characters::export! { Characters: join, count, upper }
