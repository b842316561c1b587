//! Procedures as arguments, called from Rust.

use crate::quadrature::{self, Field, Integrand, Simpson, Walk};

/// The routines.
pub struct Quadrature;

impl Simpson for Quadrature {
    fn simpson(f: &mut Integrand<'_>, a: f64, b: f64, n: i32) -> f64 {
        let h = (b - a) / f64::from(2 * n);
        let mut sum = f(a) + f(b);
        for i in 1..2 * n {
            let weight = if i % 2 == 1 { 4.0 } else { 2.0 };
            sum += weight * f(a + f64::from(i) * h);
        }
        sum * h / 3.0
    }
}

impl Walk for Quadrature {
    fn walk(g: &mut Field<'_>, dt: f64, n: i32, x: &mut [f64; 2]) {
        for i in 0..n {
            let mut v = [0.0; 2];
            g(f64::from(i) * dt, &mut v);
            x[0] += dt * v[0];
            x[1] += dt * v[1];
        }
    }
}

quadrature::export! { Quadrature: simpson, walk }
