//! Rust in place of the legacy routine.

/// What legacy triples, Rust multiplies by a hundred: one sees who answers.
///
/// # Safety
///
/// `x` is the address of an INTEGER.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn scale_(x: *const i32) -> i32 {
    // SAFETY: as above.
    unsafe { *x * 100 }
}
