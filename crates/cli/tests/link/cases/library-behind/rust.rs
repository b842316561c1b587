//! Rust in place of the legacy routine.

/// What legacy triples, Rust multiplies by a hundred: one sees who answers.
#[unsafe(no_mangle)]
pub extern "C" fn scale(x: i32) -> i32 {
    x * 100
}

