//! Text, implemented in Rust.

use crate::texts::{self, Join, Length, Stamp, Upper};
use cmp_bridge::support::{Done, Failure, Text};
use std::ffi::CStr;

/// The routines.
pub struct Texts;

impl Length for Texts {
    fn length(text: &CStr) -> i32 {
        text.to_bytes().len() as i32
    }
}

impl Upper for Texts {
    fn upper(text: &mut [u8]) {
        text.make_ascii_uppercase();
    }
}

impl Join for Texts {
    fn join(first: &CStr, second: &CStr, joined: &mut [u8]) -> Result<Done, Failure> {
        let both = [first.to_bytes(), second.to_bytes()].concat();
        if joined.is_empty() || both.is_empty() {
            return Err(Failure(-1));
        }
        let whole = Text::new_mut(joined).assign(&both);
        Ok(if whole { Done::Ok } else { Done::Warning(1) })
    }
}

impl Stamp for Texts {
    fn stamp(label: &mut [u8; 8], number: i32) {
        label.copy_from_slice(format!("TM{number:06}").as_bytes());
    }
}

texts::export! { Texts: length, upper, join, stamp }
