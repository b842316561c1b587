//! Scalars, implemented in Rust.

use crate::scalars::{self, Halve, Many, Narrow, Negate, Single, Wide};

/// The routines.
pub struct Scalars;

impl Many for Scalars {
    #[allow(clippy::too_many_arguments, reason = "that is the shape")]
    fn many(
        a: f64, k: i32, b: f64, l: i64, c: f32, m: i32, d: f64, n: i16, e: f64, o: i32, f: f64, p: i32, g: f64, q: i8,
        h: f64, r: i16, x: f64, s: i64,
    ) -> f64 {
        let reals = [a, b, f64::from(c), d, e, f, g, h, x];
        let integers = [k.into(), l, m.into(), n.into(), o.into(), p.into(), q.into(), r.into(), s];
        let terms = reals.iter().zip(integers).enumerate();
        terms.map(|(i, (real, integer))| (i + 1) as f64 * (real + integer as f64)).sum()
    }
}

impl Narrow for Scalars {
    fn narrow(a: i8, b: u8, c: i16, d: u16) -> i32 {
        i32::from(a) + i32::from(b) + i32::from(c) - i32::from(d)
    }
}

impl Wide for Scalars {
    fn wide(a: i64, b: i64) -> i64 {
        a * b
    }
}

impl Single for Scalars {
    fn single(x: f32) -> f32 {
        -x / 2.0
    }
}

impl Negate for Scalars {
    fn negate(b: bool) -> bool {
        !b
    }
}

impl Halve for Scalars {
    fn halve(x: f64, y: &mut f64, count: &mut i32) {
        *y = x / 2.0;
        *count += 1;
    }
}

scalars::export! { Scalars: many, narrow, wide, single, negate, halve }
