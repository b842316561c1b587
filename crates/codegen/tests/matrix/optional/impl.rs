//! Addresses that may be null, implemented in Rust.

use crate::optional::{self, Point, Present};

/// The routine.
pub struct Optional;

impl Present for Optional {
    fn present(by: Option<f64>, out: Option<&mut f64>, p: Option<&mut Point>) -> i32 {
        let k = by.unwrap_or(1.0);
        let present = i32::from(by.is_some()) + 2 * i32::from(out.is_some()) + 4 * i32::from(p.is_some());
        if let Some(out) = out {
            *out = 10.0 * k;
        }
        if let Some(p) = p {
            p.x += k;
        }
        present
    }
}

optional::export! { Optional: present }
