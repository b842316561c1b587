//! Ways to tell success, warnings and errors, implemented in Rust.

use crate::status::{self, Root, Verify};
use cmp_bridge::support::{Done, Failure};

/// The routines.
pub struct Checks;

impl Verify for Checks {
    fn verify(x: i32, copy: &mut u8) -> Result<Done, Failure> {
        if x < 0 {
            return Err(Failure(5));
        }
        *copy = (x & 255) as u8;
        Ok(if x > 255 { Done::Warning(1) } else { Done::Ok })
    }
}

impl Root for Checks {
    fn root(x: f64) -> (f64, Result<Done, Failure>) {
        if x < 0.0 {
            return (0.0, Err(Failure(-1)));
        }
        let n = x.sqrt().floor();
        (n, Ok(if n * n < x { Done::Warning(3) } else { Done::Ok }))
    }
}

status::export! { Checks: verify, root }
