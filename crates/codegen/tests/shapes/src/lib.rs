//! Generated code under test.
#![deny(warnings)]

pub mod shapes_c {
    include!(concat!(env!("OUT_DIR"), "/shapes_c.rs"));
}

pub mod shapes_fortran {
    include!(concat!(env!("OUT_DIR"), "/shapes_fortran.rs"));
}

pub mod frames;

/// Rewrites that only have to be there.
pub mod rewrite {
    use crate::shapes_c::{Dot, Scale, Tally, Tick};

    /// Without state.
    pub struct Numbers;
    /// With state.
    pub struct Counter;

    impl Scale for Numbers {
        fn scale(x: f64, k: i32) -> f64 {
            x * f64::from(k)
        }
    }

    impl Dot for Numbers {
        fn dot(a: &[f64], b: &[f64]) -> f64 {
            a.iter().zip(b).map(|(a, b)| a * b).sum()
        }
    }

    impl Tick for Counter {
        fn tick(step: i32, the_tally: &mut Tally, _the_table: &[i32; 4]) -> i32 {
            the_tally.calls += step;
            the_tally.calls
        }
    }
}

shapes_c::export! {
    rewrite::Numbers: scale, dot;
    rewrite::Counter: tick;
}
