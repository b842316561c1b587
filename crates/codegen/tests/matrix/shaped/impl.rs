//! Assumed-shape arrays, implemented in Rust.

use crate::shaped::{self, Add, Ramp, Total};
use cmp_bridge::support::ViewMut;

/// The routines.
pub struct Shaped;

impl Total for Shaped {
    fn total(x: &[f64], w: Option<&[f64]>) -> f64 {
        match w {
            Some(w) => x.iter().zip(w).map(|(x, w)| x * w).sum(),
            None => x.iter().sum(),
        }
    }
}

impl Ramp for Shaped {
    fn ramp(x: &mut [i32], first: i32) {
        for (x, value) in x.iter_mut().zip(first..) {
            *x = value;
        }
    }
}

impl Add for Shaped {
    fn add(m: &mut ViewMut<'_, f64, 2>, k: f64) {
        let [rows, _] = m.extents();
        for (at, x) in m.iter_mut().enumerate() {
            let (row, column) = (at % rows, at / rows);
            *x += 100.0 * (row + 1) as f64 + 10.0 * column as f64 + k;
        }
    }
}

shaped::export! { Shaped: total, ramp, add }
