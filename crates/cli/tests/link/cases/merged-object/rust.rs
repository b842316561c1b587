//! Rust in place of the legacy routine.

use std::hint::black_box;

/// What legacy triples, Rust multiplies by a hundred, with some work that takes registers.
#[unsafe(no_mangle)]
pub extern "C" fn scale(x: i32) -> i32 {
    let table: Vec<i32> = (0..100).map(|_| black_box(x)).collect();
    table.iter().sum()
}
