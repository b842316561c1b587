//! The personality routines of our frames: they decide what ends there.
//!
//! Such a frame has, in place of a table, the address where it goes on with the exception in rax.

use std::ffi::c_void;

/// Whether an exception of this class is a Rust panic: `MOZ\0RUST`, which some versions of std wrote the other way round.
pub(super) fn is_panic(class: u64) -> bool {
    let rust = u64::from_be_bytes(*b"MOZ\0RUST");
    class == rust || class == rust.swap_bytes()
}

// SAFETY: the unwinder of libgcc.
unsafe extern "C" {
    fn _Unwind_SetGR(context: *mut c_void, register: i32, value: u64);
    fn _Unwind_SetIP(context: *mut c_void, address: u64);
    fn _Unwind_GetLanguageSpecificData(context: *mut c_void) -> u64;
}

/// For a frame in which every exception ends, a Rust panic too.
pub(crate) extern "C" fn any_exception(
    _version: i32,
    actions: i32,
    _class: u64,
    exception: *const u8,
    context: *mut c_void,
) -> i32 {
    // SAFETY: the unwinder's own context.
    unsafe { decide(actions, exception, context) }
}

/// For a frame in which the exceptions of other languages end. A Rust panic goes on, to whoever catches it.
pub(super) extern "C" fn foreign_exception(
    _version: i32,
    actions: i32,
    class: u64,
    exception: *const u8,
    context: *mut c_void,
) -> i32 {
    if is_panic(class) {
        return GO_ON;
    }
    // SAFETY: the unwinder's own context.
    unsafe { decide(actions, exception, context) }
}

const GO_ON: i32 = 8;

/// What is forced goes on: a thread is being cancelled, or a frame is asked for. Everything else ends here.
///
/// # Safety
/// `context` is the unwinder's, at a frame that has the address where it goes on in place of a table.
unsafe fn decide(actions: i32, exception: *const u8, context: *mut c_void) -> i32 {
    const SEARCH: i32 = 1;
    const HANDLER: i32 = 4;
    const FORCED: i32 = 8;
    const FOUND: i32 = 6;
    const INSTALL: i32 = 7;
    if actions & FORCED != 0 {
        return GO_ON;
    }
    if actions & SEARCH != 0 {
        return FOUND;
    }
    if actions & HANDLER == 0 {
        return GO_ON;
    }
    // SAFETY: the caller's promise; in its second phase the unwinder takes what is set here.
    unsafe {
        _Unwind_SetGR(context, 0, exception as u64);
        _Unwind_SetIP(context, _Unwind_GetLanguageSpecificData(context));
    }
    INSTALL
}
