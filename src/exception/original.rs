//! Giving an exception back to its language: what it holds is freed, and its run-time knows that it was caught.

use super::personality::is_panic;
use super::{Header, Origin};
use std::ffi::{CStr, c_char, c_int, c_void};

// SAFETY: the unwinder of libgcc.
unsafe extern "C-unwind" {
    fn _Unwind_DeleteException(exception: *mut u8);
}

/// The run-time functions that a C++ handler is compiled to, of the libstdc++ that threw.
///
/// In a relinked build the generated code names them to the linker: a libstdc++ that was linked in exports nothing.
#[derive(Debug, Clone, Copy)]
pub struct Runtime {
    /// `__cxa_begin_catch`
    pub begin: unsafe extern "C-unwind" fn(*mut u8) -> *mut c_void,
    /// `__cxa_end_catch`
    pub end: unsafe extern "C-unwind" fn(),
    /// `std::current_exception`: the pointer is returned where the first argument says.
    pub current: unsafe extern "C-unwind" fn(*mut *mut c_void),
    /// `std::exception_ptr::_M_addref`
    pub add: Reference,
    /// `std::exception_ptr::_M_release`
    pub release: Reference,
    /// The type_info of `std::exception`.
    pub exception: *const c_void,
    /// `__cxa_demangle`
    pub demangle: Demangle,
}

// SAFETY: addresses of code and of constant data.
unsafe impl Sync for Runtime {}

/// A member function of `std::exception_ptr` without arguments.
pub type Reference = unsafe extern "C-unwind" fn(*mut *mut c_void);

/// `abi::__cxa_demangle`.
pub type Demangle = unsafe extern "C" fn(*const c_char, *mut c_char, *mut usize, *mut c_int) -> *mut c_char;

/// A C++ exception that stays alive, counted as `std::exception_ptr` counts.
#[derive(Debug)]
pub(super) struct Original {
    object: *mut c_void,
    add: Reference,
    release: Reference,
}

// SAFETY: the count is atomic; the object is only looked at by whoever catches it again.
unsafe impl Send for Original {}
// SAFETY: as above.
unsafe impl Sync for Original {}

impl Original {
    pub(super) fn object(&self) -> *mut c_void {
        self.object
    }
}

impl Clone for Original {
    fn clone(&self) -> Original {
        let mut object = self.object;
        // SAFETY: `object` is what a std::exception_ptr holds.
        unsafe { (self.add)(&raw mut object) };
        Original { ..*self }
    }
}

impl Drop for Original {
    fn drop(&mut self) {
        // SAFETY: as above; this value counted for one.
        unsafe { (self.release)(&raw mut self.object) };
    }
}

/// Catches what the unwinder delivered. A C++ object stays, for whoever passes the exception on.
///
/// # Safety
/// As for `Exception::take`; the run-time is that of the exception.
pub(super) unsafe fn release(
    exception: *mut u8,
    origin: Origin,
    runtime: Option<&Runtime>,
) -> Option<Original> {
    // SAFETY: the caller's promise.
    if exception.is_null() || is_panic(unsafe { (*exception.cast::<Header>()).class }) {
        // Whoever frees a panic that is not its own is ended by Rust.
        return None;
    }
    // SAFETY: the caller's promise. The functions belong to the run-time that threw.
    unsafe {
        if origin != Origin::Cpp {
            _Unwind_DeleteException(exception);
            return None;
        }
        let Some(runtime) = runtime else {
            // A libstdc++ inside the executable, which exports nothing. Its count of exceptions in flight stays one too
            // high, for `std::uncaught_exceptions`. What it has on its list of caught ones (it was thrown on by a
            // handler) cannot be freed behind its back.
            let handlers = exception.sub(40).cast::<i32>();
            if handlers.read() == 0 {
                _Unwind_DeleteException(exception);
            }
            return None;
        };
        (runtime.begin)(exception);
        let mut object = std::ptr::null_mut();
        (runtime.current)(&raw mut object);
        (runtime.end)();
        (!object.is_null()).then(|| Original { object, add: runtime.add, release: runtime.release })
    }
}

impl Runtime {
    /// The one that frees this exception: the one that was linked, or the one found by name; a process may hold both.
    ///
    /// # Safety
    /// An exception of libstdc++.
    pub(super) unsafe fn of(exception: *const u8, linked: Option<&Runtime>) -> Option<Runtime> {
        // SAFETY: the caller's promise.
        let thrower = library((unsafe { (*exception.cast::<Header>()).cleanup }).cast());
        if let Some(linked) = linked
            && library(linked.begin as *const c_void) == thrower
        {
            return Some(*linked);
        }
        thrower.and_then(Runtime::exported)
    }

    /// Looked up by name, and taken only if they are of this library.
    fn exported(thrower: usize) -> Option<Runtime> {
        let find = |name: &CStr| {
            // SAFETY: a lookup by name.
            let address = unsafe { libc::dlsym(libc::RTLD_DEFAULT, name.as_ptr()) };
            (!address.is_null() && library(address) == Some(thrower)).then_some(address)
        };
        let reference = |name| {
            // SAFETY: member functions of std::exception_ptr without arguments.
            find(name).map(|address| unsafe { std::mem::transmute::<*mut c_void, Reference>(address) })
        };
        // SAFETY: the Itanium C++ ABI gives these functions these signatures.
        unsafe {
            Some(Runtime {
                begin: std::mem::transmute::<*mut c_void, unsafe extern "C-unwind" fn(*mut u8) -> *mut c_void>(
                    find(c"__cxa_begin_catch")?,
                ),
                end: std::mem::transmute::<*mut c_void, unsafe extern "C-unwind" fn()>(find(
                    c"__cxa_end_catch",
                )?),
                current: reference(c"_ZSt17current_exceptionv")?,
                add: reference(c"_ZNSt15__exception_ptr13exception_ptr9_M_addrefEv")?,
                release: reference(c"_ZNSt15__exception_ptr13exception_ptr10_M_releaseEv")?,
                exception: find(c"_ZTISt9exception")?,
                demangle: std::mem::transmute::<*mut c_void, Demangle>(find(c"__cxa_demangle")?),
            })
        }
    }
}

/// Where the library that holds an address begins.
fn library(address: *const c_void) -> Option<usize> {
    let mut found = std::mem::MaybeUninit::<libc::Dl_info>::zeroed();
    // SAFETY: writes to a local; all-zero bytes are a value of it.
    let (known, info) = unsafe { (libc::dladdr(address, found.as_mut_ptr()), found.assume_init()) };
    (known != 0).then_some(info.dli_fbase as usize)
}
