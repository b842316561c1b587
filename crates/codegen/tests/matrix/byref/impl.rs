//! Fortran's scalars, by reference, implemented in Rust.

use crate::byref::{self, Add, Cube, Even, Half, Mean, Product, Root, Toggle};
use cmp_bridge::support::{Complex, Done, Failure, Logical};

/// The routines.
pub struct Scalars;

impl Add for Scalars {
    fn add(a: f64, b: f32, n: &mut i32, c: &mut f64) {
        *c = a + f64::from(b);
        *n += 1;
    }
}

impl Even for Scalars {
    fn even(n: i32) -> bool {
        n % 2 == 0
    }
}

impl Toggle for Scalars {
    fn toggle(flag: &mut Logical<i32>, on: bool) {
        flag.set(on && flag.get() == Some(false));
    }
}

impl Product for Scalars {
    fn product(z: Complex<f64>, w: Complex<f32>) -> Complex<f64> {
        let (re, im) = (f64::from(w.re), f64::from(w.im));
        Complex { re: z.re * re - z.im * im, im: z.re * im + z.im * re }
    }
}

impl Half for Scalars {
    fn half(z: Complex<f32>) -> Complex<f32> {
        Complex { re: z.re / 2.0, im: z.im / 2.0 }
    }
}

impl Mean for Scalars {
    fn mean(a: f32, b: f32) -> f32 {
        (a + b) / 2.0
    }
}

impl Cube for Scalars {
    fn cube(n: i32) -> i64 {
        i64::from(n).pow(3)
    }
}

impl Root for Scalars {
    fn root(x: f64) -> (f64, Result<Done, Failure>) {
        let verdict = match x {
            0.0 => Err(Failure(-1)),
            x if x < 0.0 => Ok(Done::Warning(1)),
            _ => Ok(Done::Ok),
        };
        (x.abs().sqrt(), verdict)
    }
}

byref::export! { Scalars: add, even, toggle, product, half, mean, cube, root }
