//! `_dl_find_object`: how the unwinder, in a shared or a static libgcc, finds the tables of our thunks.

use cmp_bridge::hook::install::find_region;
use std::ffi::{c_int, c_void};
use std::sync::atomic::{AtomicPtr, Ordering};

/// `struct dl_find_object` of glibc 2.35 and later on x86-64.
#[repr(C)]
pub struct FoundObject {
    flags: u64,
    map_start: *mut c_void,
    map_end: *mut c_void,
    link_map: *mut c_void,
    eh_frame: *mut c_void,
    reserved: [u64; 7],
}

type FindObject = unsafe extern "C" fn(*mut c_void, *mut FoundObject) -> c_int;

static NEXT: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());

/// Looks up libc's own function; false when this libc has none.
pub fn available() -> bool {
    // SAFETY: a valid C string.
    let next = unsafe { libc::dlsym(libc::RTLD_NEXT, c"_dl_find_object".as_ptr()) };
    NEXT.store(next, Ordering::Release);
    !next.is_null()
}

/// Finds the object that holds `pc`: a region of thunks, or what libc knows.
///
/// # Safety
/// As for libc's function: `result` is valid for writes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _dl_find_object(pc: *mut c_void, result: *mut FoundObject) -> c_int {
    if let Some((start, end, tables)) = find_region(pc as u64) {
        let found = FoundObject {
            flags: 0,
            map_start: start as *mut c_void,
            map_end: end as *mut c_void,
            link_map: std::ptr::null_mut(),
            eh_frame: tables as *mut c_void,
            reserved: [0; 7],
        };
        // SAFETY: the caller's promise.
        unsafe { result.write(found) };
        return 0;
    }
    let mut next = NEXT.load(Ordering::Acquire);
    if next.is_null() {
        // Without orders `available` was never called; the process must still unwind.
        available();
        next = NEXT.load(Ordering::Acquire);
        if next.is_null() {
            return -1;
        }
    }
    // SAFETY: libc's symbol of this name has this type.
    let next: FindObject = unsafe { std::mem::transmute(next) };
    // SAFETY: the caller's promise, passed on.
    unsafe { next(pc, result) }
}
