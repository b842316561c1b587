//! The procedures of a Fortran module, implemented in Rust.

use crate::modules::{self, Heaviest, Label, Pair, Positive, Swap};
use cmp_bridge::support::Text;

/// The routines.
pub struct Procedures;

impl Swap for Procedures {
    fn swap(a: &mut Pair, b: &mut Pair) {
        core::mem::swap(a, b);
    }
}

impl Heaviest for Procedures {
    fn heaviest(list: &[Pair], place: Option<&mut i32>) -> f64 {
        let Some((at, heaviest)) = list.iter().enumerate().max_by(|a, b| a.1.x.total_cmp(&b.1.x)) else {
            return f64::MIN;
        };
        if let Some(place) = place {
            *place = at as i32 + 1;
        }
        heaviest.x
    }
}

impl Label for Procedures {
    fn label(n: i32, text: &mut Text) {
        text.assign(format!("n={n}").as_bytes());
    }
}

impl Positive for Procedures {
    fn positive(x: f64) -> bool {
        x > 0.0
    }
}

modules::export! { Procedures: swap, heaviest, label, positive }
