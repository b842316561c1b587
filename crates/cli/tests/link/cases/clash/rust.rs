//! Rust in place of the legacy routine, and of one that nobody named.

/// What legacy triples, Rust multiplies by a hundred.
#[unsafe(no_mangle)]
pub extern "C" fn scale(x: i32) -> i32 {
    x * 100
}

/// The plan knows nothing of it.
#[unsafe(no_mangle)]
pub extern "C" fn both(x: i32) -> i32 {
    x
}
