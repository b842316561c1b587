//! The same routines through cxx.

#[cxx::bridge(namespace = "linked")]
mod ffi {
    #[derive(Clone, Copy)]
    struct Point {
        x: f64,
        y: f64,
    }

    #[derive(Clone, Copy)]
    struct State {
        t: f64,
        v: [f64; 3],
    }

    // SAFETY: cxx has the C++ compiler check every signature.
    unsafe extern "C++" {
        include!("linked_cxx.hpp");

        fn add(a: i32, b: i32) -> i32;
        fn turn(p: Point, k: f64) -> Point;
        fn step(s: State, dt: f64) -> State;
        fn blanks(text: &str) -> i32;
        fn last(values: &[f64]) -> f64;
        fn might(n: i32) -> Result<i32>;
    }
}

pub use ffi::{Point, State, add, blanks, last, might, step, turn};
