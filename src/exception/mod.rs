//! Exceptions of C++ and Ada on their way into Rust, which must not see them: caught, named, given back; and raised again.
//!
//! No C++ is needed for that: a frame of a few instructions has a personality routine of ours, which takes the exceptions of
//! every language. What they say is read from the layouts of libstdc++ and GNAT.

mod barrier;
mod name;
mod original;
mod personality;

pub use barrier::{caught, caught_by};
pub use original::{Demangle, Reference, Runtime};
pub(crate) use personality::any_exception;

use crate::memory::MemoryMap;
use original::Original;
use std::fmt;

/// Whose exception it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Origin {
    /// C++.
    Cpp,
    /// Ada (GNAT).
    Ada,
    /// Another language.
    Other,
}

/// An exception that came out of legacy code, or one that a rewrite raises.
#[derive(Debug, Clone)]
pub struct Exception {
    origin: Origin,
    kind: String,
    message: String,
    original: Option<Original>,
}

impl Exception {
    /// A C++ exception of a class of `<stdexcept>`, such as `std::out_of_range`. In a relinked build any other type is raised
    /// as a `std::runtime_error` whose message begins with the type.
    pub fn cpp(kind: impl Into<String>, message: impl Into<String>) -> Exception {
        Exception::new(Origin::Cpp, kind.into(), message.into())
    }

    /// An Ada exception, by its full name in lower case: `constraint_error`, `ccs_types.mesure_invalide`. Of the message
    /// GNAT keeps 200 characters. In a relinked build a name that the program does not know is raised as a `program_error`
    /// whose message begins with the name.
    pub fn ada(name: impl Into<String>, message: impl Into<String>) -> Exception {
        Exception::new(Origin::Ada, name.into().to_lowercase(), message.into())
    }

    fn new(origin: Origin, kind: String, message: String) -> Exception {
        Exception { origin, kind, message, original: None }
    }

    /// Whose exception it is.
    pub fn origin(&self) -> Origin {
        self.origin
    }

    /// Its type: a C++ type as it is written (`plan::Conflit`), an Ada exception's full name in lower case
    /// (`constraint_error`).
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// What it says: `what()` of a `std::exception`, the message of an Ada occurrence. Each byte is the character that
    /// ISO-8859-1 gives it. Empty for a C++ type that does not derive from `std::exception`.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// The object itself, where it is a C++ exception that legacy code threw, as a `std::exception_ptr` holds it.
    ///
    /// For the code that `cmp-bridge-codegen` prints: a rewrite that passes on what its `Control` met raises that very object.
    pub fn object(&self) -> Option<*mut std::ffi::c_void> {
        self.original.as_ref().map(Original::object)
    }

    /// What the unwinder delivered: named, and given back to its language. From then on it is caught.
    ///
    /// # Safety
    /// An exception that the unwinder has just delivered to a frame of ours, and that nobody uses afterwards.
    #[cold]
    pub(crate) unsafe fn take(exception: *mut u8, linked: Option<&Runtime>) -> Exception {
        // SAFETY: the caller's promise.
        unsafe {
            let class = name::word(&MemoryMap::elsewhere(), exception as u64).unwrap_or(0);
            let cpp = class & !1 == name::CPP;
            let runtime = if cpp { Runtime::of(exception, linked) } else { None };
            let named = Exception::read(exception, class, runtime.as_ref());
            let original = original::release(exception, named.origin, runtime.as_ref());
            Exception { original, ..named }
        }
    }

    /// What an exception says; it stays as it is.
    ///
    /// # Safety
    /// As for [`Exception::take`].
    unsafe fn read(exception: *const u8, class: u64, runtime: Option<&Runtime>) -> Exception {
        let memory = MemoryMap::elsewhere();
        let address = exception as u64;
        let (origin, said) = match class {
            name::ADA => (Origin::Ada, name::ada(&memory, address)),
            // SAFETY: an exception of that class is laid out by libstdc++.
            class if class & !1 == name::CPP => {
                (Origin::Cpp, unsafe { name::cpp(&memory, address, runtime) })
            }
            _ => (Origin::Other, None),
        };
        let (kind, message) =
            said.unwrap_or_else(|| (format!("an exception of class {class:016x}"), String::new()));
        Exception::new(origin, kind, message)
    }
}

impl fmt::Display for Exception {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.kind.as_str(), self.message.as_str()) {
            (kind, "") => f.write_str(kind),
            (kind, message) => write!(f, "{kind}: {message}"),
        }
    }
}

impl std::error::Error for Exception {}

/// Equal when they say the same, whichever object says it.
impl PartialEq for Exception {
    fn eq(&self, other: &Exception) -> bool {
        (self.origin, &self.kind, &self.message) == (other.origin, &other.kind, &other.message)
    }
}

impl Eq for Exception {}

/// Where an exception of the unwinder keeps its class and the routine that frees it.
#[repr(C)]
struct Header {
    class: u64,
    cleanup: *const std::ffi::c_void,
}
