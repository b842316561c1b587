//! The exception barrier: a C++ or Ada exception on its way into Rust becomes an error value.
//!
//! Only with the feature `barrier`: it brings libstdc++ into the process, which the agent must not.

use std::ffi::{CStr, c_char, c_int, c_void};

// SAFETY: as `src/barrier.cpp` defines it.
unsafe extern "C-unwind" {
    fn cmp_bridge_barrier(
        call: unsafe extern "C-unwind" fn(*mut c_void),
        data: *mut c_void,
        panicking: *const bool,
        kind: *mut c_char,
        kind_size: usize,
        message: *mut c_char,
        message_size: usize,
    ) -> c_int;
}

/// An exception of another language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Exception {
    /// A C++ exception.
    #[error("C++ exception {kind}: {message}")]
    Cpp {
        /// Mangled name of its type.
        kind: String,
        /// What `what()` says; empty for types that do not derive from `std::exception`.
        message: String,
    },
    /// An exception that is not C++'s, such as Ada's.
    #[error("an exception of another language than C++")]
    Foreign,
}

struct Job<F, R> {
    call: Option<F>,
    result: Option<R>,
    panicking: bool,
}

/// Runs `call`, which may let C++ and Ada exceptions out of foreign functions that it calls. A panic of `call` goes on
/// behind the barrier.
///
/// Values that `call` owns are dropped while a foreign exception passes, as for a panic.
pub fn guard<R>(call: impl FnOnce() -> R) -> Result<R, Exception> {
    let mut job = Job { call: Some(call), result: None, panicking: false };
    let (mut kind, mut message) = ([0 as c_char; 256], [0 as c_char; 1024]);
    let run = runner(&job);
    // SAFETY: the barrier calls `run` once with `job`, which outlives the call; the buffers have the given sizes and are
    // NUL-terminated by it.
    let outcome = unsafe {
        let job = &raw mut job;
        let panicking = &raw const (*job).panicking;
        cmp_bridge_barrier(
            run,
            job.cast::<c_void>(),
            panicking,
            kind.as_mut_ptr(),
            kind.len(),
            message.as_mut_ptr(),
            message.len(),
        )
    };
    // SAFETY: NUL-terminated by the barrier, or still all zero.
    let text = |buffer: &[c_char]| unsafe { CStr::from_ptr(buffer.as_ptr()) }.to_string_lossy().into_owned();
    match (outcome, job.result) {
        (0, Some(result)) => Ok(result),
        (1 | 2, _) => Err(Exception::Cpp { kind: text(&kind), message: text(&message) }),
        _ => Err(Exception::Foreign),
    }
}

/// Tells a panic from a foreign exception, while either unwinds past it.
struct Watch(*mut bool);

impl Drop for Watch {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // SAFETY: the job outlives the call that this watches.
            unsafe { *self.0 = true };
        }
    }
}

fn runner<F: FnOnce() -> R, R>(_: &Job<F, R>) -> unsafe extern "C-unwind" fn(*mut c_void) {
    /// # Safety
    /// From the barrier only, with the job of `guard`.
    unsafe extern "C-unwind" fn run<F: FnOnce() -> R, R>(data: *mut c_void) {
        // SAFETY: `guard` passes its own job, of this very type, and uses it again only after this has returned.
        let job = unsafe { &mut *data.cast::<Job<F, R>>() };
        let _watch = Watch(&raw mut job.panicking);
        let Some(call) = job.call.take() else { return };
        job.result = Some(call());
    }
    run::<F, R>
}
