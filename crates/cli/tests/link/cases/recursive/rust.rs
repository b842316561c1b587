//! Rust in place of the legacy routine, which it can still call.

// SAFETY: the signature is that of the C source.
unsafe extern "C" {
    fn legacy_scale(x: i32) -> i32;
}

/// A hundred times, and the legacy answer beside it.
#[unsafe(no_mangle)]
pub extern "C" fn scale(x: i32) -> i32 {
    // SAFETY: the legacy routine takes any number.
    x * 100 + unsafe { legacy_scale(x) }
}
