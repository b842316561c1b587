//! Complex numbers, implemented in Rust.

use crate::phasor::{self, Scale, Sum, Turn, TurnSingle};
use cmp_bridge::support::Complex;

/// The routines.
pub struct Numbers;

impl Turn for Numbers {
    fn turn(z: Complex<f64>) -> Complex<f64> {
        Complex { re: -z.im, im: z.re }
    }
}

impl TurnSingle for Numbers {
    fn turn_single(z: Complex<f32>, k: f32) -> Complex<f32> {
        Complex { re: -k * z.im, im: k * z.re }
    }
}

impl Scale for Numbers {
    fn scale(z: &mut Complex<f64>, by: Complex<f64>) {
        *z = Complex { re: z.re * by.re - z.im * by.im, im: z.re * by.im + z.im * by.re };
    }
}

impl Sum for Numbers {
    fn sum(z: &[Complex<f64>]) -> Complex<f64> {
        z.iter().fold(Complex::default(), |sum, z| Complex { re: sum.re + z.re, im: sum.im + z.im })
    }
}

phasor::export! { Numbers: turn, turn_single, scale, sum }
