//! The routines on arrays, implemented in Rust.

use crate::arrays::{self, Cross, Divide, Dot, Fill, Parse, RowSums, Stamp, Window};
use cmp_bridge::support::{Done, Failure};
use std::ffi::CStr;

/// The routines.
pub struct Arrays;

impl Dot for Arrays {
    fn dot(a: &[f64], b: &[f64]) -> f64 {
        a.iter().zip(b).map(|(a, b)| a * b).sum()
    }
}

impl Fill for Arrays {
    fn fill(out: &mut [f64], value_: f64) {
        out.fill(value_);
    }
}

impl Window for Arrays {
    fn window(x: &[i32], _m: i32) -> i64 {
        x.iter().map(|x| i64::from(*x)).sum()
    }
}

impl RowSums for Arrays {
    fn row_sums(m: &[[f64; 3]], sums: &mut [f64]) {
        for (sum, row) in sums.iter_mut().zip(m) {
            *sum = row.iter().sum();
        }
    }
}

impl Cross for Arrays {
    fn cross(a: &[f64; 3], b: &[f64; 3], c: &mut [f64; 3]) {
        *c = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    }
}

impl Parse for Arrays {
    fn parse(text: &CStr, value_: &mut i32) -> Result<Done, Failure> {
        let bytes = text.to_bytes();
        let digits = bytes.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let number = std::str::from_utf8(&bytes[..digits]).ok().and_then(|digits| digits.parse().ok());
        *value_ = number.ok_or(Failure(-2))?;
        Ok(if digits == bytes.len() { Done::Ok } else { Done::Warning(1) })
    }
}

impl Divide for Arrays {
    fn divide(a: f64, b: f64, q: &mut f64) -> Result<Done, Failure> {
        if b == 0.0 {
            return Err(Failure(-1));
        }
        *q = a / b;
        Ok(if a == 0.0 { Done::Warning(2) } else { Done::Ok })
    }
}

impl Stamp for Arrays {
    fn stamp(buf: &mut [u8]) -> i32 {
        for (byte, letter) in buf.iter_mut().zip((b'A'..=b'Z').cycle()) {
            *byte = letter;
        }
        buf.len() as i32
    }
}

arrays::export! { Arrays: dot, fill, window, row_sums, cross, parse, divide, stamp }
