//! Reading our orders from the environment, and removing every trace of them: children must not inherit us.

use cmp_bridge::launch::UNBUFFERED;
use cmp_bridge::session::{SESSION_VARIABLE, WORKER_VARIABLE};
use std::ffi::{CStr, OsStr, c_char};
use std::os::fd::RawFd;
use std::os::unix::ffi::OsStrExt;
use std::path::PathBuf;

/// What `cmp-bridge` wants of this process.
pub struct Orders {
    /// Directory of the session.
    pub session: PathBuf,
    /// What to do as a worker, when this process is one.
    pub worker: Option<WorkerOrders>,
}

/// What a worker is told.
#[derive(Debug, Clone, Copy)]
pub struct WorkerOrders {
    /// The pipe of the requests.
    pub read: RawFd,
    /// The pipe of the replies.
    pub write: RawFd,
    /// What a routine prints must be out when it has returned, or crashed.
    pub unbuffered: bool,
}

/// The orders, if there are any. Afterwards the environment is what it would have been without us, for the program and in
/// the block that the kernel shows in /proc.
///
/// # Safety
/// `environment` is null or the loader's null-terminated array of writable strings, which nobody else uses meanwhile.
pub unsafe fn take_orders(environment: *mut *mut c_char) -> Option<Orders> {
    if environment.is_null() {
        return None;
    }
    // SAFETY: the caller's promise.
    let (session, worker) = unsafe {
        let session = take(environment, SESSION_VARIABLE)?;
        let worker = take(environment, WORKER_VARIABLE);
        restore_preload(environment);
        (session, worker)
    };
    let worker = worker.and_then(|value| {
        let mut fields = value.split(',');
        let mut descriptor = || fields.next()?.parse().ok();
        let (read, write) = (descriptor()?, descriptor()?);
        Some(WorkerOrders { read, write, unbuffered: fields.next() == Some(UNBUFFERED) })
    });
    Some(Orders { session: PathBuf::from(OsStr::from_bytes(session.as_bytes())), worker })
}

// SAFETY: libc's variables of these names and types.
unsafe extern "C" {
    static mut environ: *mut *mut c_char;
    static mut program_invocation_name: *mut c_char;
    static mut program_invocation_short_name: *mut c_char;
}

/// Tells libc early what its own constructor will be told later. Loading a module runs that constructor, once and for all,
/// and hands it what libc knows by then: without this, `getenv` finds nothing in the program for the rest of its life.
///
/// # Safety
/// The loader's own arrays, from a constructor.
pub unsafe fn tell_libc(arguments: *mut *mut c_char, environment: *mut *mut c_char) {
    // SAFETY: the only thread; the variables are pointers that libc sets to these very values.
    unsafe {
        environ = environment;
        if arguments.is_null() || (*arguments).is_null() {
            return;
        }
        let name = *arguments;
        let slash = CStr::from_ptr(name).to_bytes().iter().rposition(|byte| *byte == b'/');
        program_invocation_name = name;
        program_invocation_short_name = name.add(slash.map_or(0, |at| at + 1));
    }
}

/// The value of a variable, which is then removed.
///
/// # Safety
/// As for [`take_orders`].
unsafe fn take(environment: *mut *mut c_char, name: &str) -> Option<String> {
    let mut found = None;
    // SAFETY: the caller's promise; entries only move towards the front.
    unsafe {
        let (mut from, mut to) = (environment, environment);
        while !(*from).is_null() {
            match value_of(*from, name) {
                Some(value) => {
                    found = Some(String::from_utf8_lossy(value).into_owned());
                    erase(*from);
                }
                None => {
                    *to = *from;
                    to = to.add(1);
                }
            }
            from = from.add(1);
        }
        *to = std::ptr::null_mut();
    }
    found
}

/// Cuts our library off the front of `LD_PRELOAD`; removes the variable if nothing else was in it.
///
/// # Safety
/// As for [`take_orders`].
unsafe fn restore_preload(environment: *mut *mut c_char) {
    const NAME: &str = "LD_PRELOAD";
    // SAFETY: the caller's promise; the value only becomes shorter.
    unsafe {
        let mut at = environment;
        while !(*at).is_null() {
            let Some(value) = value_of(*at, NAME) else {
                at = at.add(1);
                continue;
            };
            let Some(colon) = value.iter().position(|byte| *byte == b':') else {
                take(environment, NAME);
                return;
            };
            let (rest, length) = (value[colon + 1..].to_vec(), value.len());
            let start = (*at).add(NAME.len() + 1).cast::<u8>();
            std::ptr::copy_nonoverlapping(rest.as_ptr(), start, rest.len());
            start.add(rest.len()).write_bytes(0, length - rest.len());
            return;
        }
    }
}

/// # Safety
/// `entry` is a C string.
unsafe fn value_of<'a>(entry: *mut c_char, name: &str) -> Option<&'a [u8]> {
    // SAFETY: the caller's promise.
    let text = unsafe { CStr::from_ptr(entry) }.to_bytes();
    text.strip_prefix(name.as_bytes())?.strip_prefix(b"=")
}

/// # Safety
/// `entry` is a writable C string.
unsafe fn erase(entry: *mut c_char) {
    // SAFETY: the caller's promise.
    unsafe {
        let length = CStr::from_ptr(entry).to_bytes().len();
        entry.write_bytes(0, length);
    }
}
