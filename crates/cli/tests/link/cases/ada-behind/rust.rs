//! Rust in place of a C routine; the C routine that it calls back calls Ada code, which adainit must have made ready.

// SAFETY: the signature is that of the C routine.
unsafe extern "C" {
    fn helper() -> i32;
}

/// A hundred times what Ada says.
#[unsafe(no_mangle)]
pub extern "C" fn scale(x: i32) -> i32 {
    // SAFETY: it takes nothing and returns what Ada says.
    x * 100 * unsafe { helper() }
}
