//! Rust in place of a C routine; it calls back Ada code, which adainit must have made ready.

// SAFETY: the signature is that of the Ada function.
unsafe extern "C" {
    fn rates__rate() -> i32;
}

/// A hundred times what Ada says.
#[unsafe(no_mangle)]
pub extern "C" fn scale(x: i32) -> i32 {
    // SAFETY: it takes nothing and reads a package variable.
    x * 100 * unsafe { rates__rate() }
}
