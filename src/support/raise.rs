//! Raising an exception in a relinked program, with the functions of its language's run-time.

use crate::exception::{Exception, Origin};
use std::ffi::{CString, c_char, c_void};

/// A function of libstdc++ that throws an exception of one class.
pub type Throw = unsafe extern "C-unwind" fn(*const c_char) -> !;

/// What an exception says, in ISO-8859-1, without its NULs.
fn latin(text: &str) -> Vec<u8> {
    text.chars().filter(|c| *c != '\0').map(|c| u8::try_from(c).unwrap_or(b'?')).collect()
}

/// Said where the rewrite itself says nothing.
fn unanswered(routine: &str) -> Exception {
    Exception::cpp("cmp-bridge", format!("no answer from the rewrite of {routine}"))
}

/// Throws. The very object that legacy code threw, if it is one; else an exception of one of these classes; else a
/// `std::runtime_error`, whose message begins with the type.
///
/// # Safety
/// `again` is `std::rethrow_exception`; the others throw what they are called.
pub unsafe fn throw(
    raised: Option<Exception>,
    routine: &str,
    again: unsafe extern "C-unwind" fn(*const *mut c_void) -> !,
    classes: &[(&str, Throw)],
) -> ! {
    let raised = raised.unwrap_or_else(|| unanswered(routine));
    if let Some(object) = raised.object() {
        // SAFETY: `raised` keeps the object alive, and is dropped when the exception passes this frame.
        unsafe { again(&raw const object) };
    }
    let class = |kind: &str| classes.iter().find(|(name, _)| *name == kind).map(|(_, throw)| *throw);
    let known = class(raised.kind()).filter(|_| raised.origin() == Origin::Cpp);
    let text = if known.is_some() { raised.message().to_owned() } else { raised.to_string() };
    let what = CString::new(latin(&text)).unwrap_or_default();
    match known.or_else(|| class("std::runtime_error")) {
        // SAFETY: a NUL-terminated text, which is copied; `what` is dropped when the exception passes this frame.
        Some(throw) => unsafe { throw(what.as_ptr()) },
        None => super::unanswered(routine, crate::module::Answer::RAISED),
    }
}

/// Raises the Ada exception of that full name; where the program knows none, `otherwise` with a message that begins with
/// the name.
///
/// # Safety
/// `named` is `System.Exception_Table.Internal_Exception`, `raise` is `Ada.Exceptions.Raise_Exception`, and `otherwise` an
/// exception.
pub unsafe fn raise_ada(
    raised: Option<Exception>,
    routine: &str,
    otherwise: *const c_void,
    named: unsafe extern "C-unwind" fn(*const u8, *const [i32; 2], u8) -> *const c_void,
    raise: unsafe extern "C-unwind" fn(*const c_void, *const u8, *const [i32; 2]) -> !,
) -> ! {
    let raised = raised.unwrap_or_else(|| unanswered(routine));
    let bounds = |text: &[u8]| [1, i32::try_from(text.len()).unwrap_or(0)];
    let name = latin(&raised.kind().to_uppercase());
    let known = if raised.origin() == Origin::Ada {
        // SAFETY: a text and its bounds; nothing is created.
        unsafe { named(name.as_ptr(), &bounds(&name), 0) }
    } else {
        std::ptr::null()
    };
    let (id, text) =
        if known.is_null() { (otherwise, raised.to_string()) } else { (known, raised.message().to_owned()) };
    let text = latin(&text);
    // SAFETY: an exception, a text and its bounds, which are copied; what this frame owns is dropped when it passes.
    unsafe { raise(id, text.as_ptr(), &bounds(&text)) }
}
