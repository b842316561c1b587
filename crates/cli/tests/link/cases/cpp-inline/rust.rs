//! Rust in place of a C++ inline function.

/// What legacy triples, Rust multiplies by a hundred.
#[unsafe(export_name = "_Z5scalei")]
pub extern "C" fn scale(x: i32) -> i32 {
    x * 100
}
