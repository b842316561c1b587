//! Fortran's arrays, implemented in Rust.

use crate::grids::{self, Count, Horner, Scale, Trace, Transpose};
use cmp_bridge::support::{Complex, Logical};

/// The routines.
pub struct Grids;

impl Trace for Grids {
    fn trace(a: &[f64], lda: i32, n: i32) -> f64 {
        let (lda, n) = (lda as usize, n as usize);
        // The diagonal: one element further in each column.
        a.iter().step_by(lda + 1).take(n.min(lda)).sum()
    }
}

impl Transpose for Grids {
    fn transpose(m: i32, n: i32, a: &[f64], b: &mut [f64]) {
        let (m, n) = (m as usize, n as usize);
        for (at, x) in a.iter().enumerate() {
            b[at % m * n + at / m] = *x;
        }
    }
}

impl Scale for Grids {
    fn scale(x: &mut [f64], factor: f64) {
        x.iter_mut().for_each(|x| *x *= factor);
    }
}

impl Horner for Grids {
    fn horner(_: i32, c: &[Complex<f64>], z: Complex<f64>) -> Complex<f64> {
        c.iter().rev().fold(Complex::default(), |sum, c| Complex {
            re: sum.re * z.re - sum.im * z.im + c.re,
            im: sum.re * z.im + sum.im * z.re + c.im,
        })
    }
}

impl Count for Grids {
    fn count(flags: &[Logical<i32>]) -> i32 {
        flags.iter().filter(|flag| flag.get() == Some(true)).count() as i32
    }
}

grids::export! { Grids: trace, transpose, scale, horner, count }
