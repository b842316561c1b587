//! Rust in place of the legacy routine.

/// What legacy triples, Rust multiplies by a hundred: one sees who answers.
#[unsafe(no_mangle)]
pub extern "C" fn scale(x: i32) -> i32 {
    x * 100
}

/// The caller, replaced as well.
#[unsafe(no_mangle)]
pub extern "C" fn both(x: i32) -> i32 {
    scale(x) + 1
}
