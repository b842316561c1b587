//! How the unwinder, in a shared or a static libgcc, finds the tables of our thunks: by `_dl_find_object` where it and libc
//! are new enough (gcc 12, glibc 2.35), else by `dl_iterate_phdr`. Which of them it asks is decided in the program, not here:
//! a static libgcc of before keeps to the old way on a new libc. So this library stands in front of both.

use cmp_bridge::hook::install::{find_region, regions};
use std::ffi::{c_char, c_int, c_void};
use std::mem::{offset_of, size_of};
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
type Callback = unsafe extern "C" fn(*mut libc::dl_phdr_info, usize, *mut c_void) -> c_int;
type Iterate = unsafe extern "C" fn(Callback, *mut c_void) -> c_int;

static NEXT_FIND: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());
static NEXT_ITERATE: AtomicPtr<c_void> = AtomicPtr::new(std::ptr::null_mut());
/// What our regions are called where objects are listed.
const NAME: &std::ffi::CStr = c"[cmp-bridge]";

/// libc's own function behind ours, looked up once; null where it has none. Without orders nobody has looked before, and
/// the process must still unwind.
fn next(known: &AtomicPtr<c_void>, name: &std::ffi::CStr) -> *mut c_void {
    let mut next = known.load(Ordering::Acquire);
    if next.is_null() {
        // SAFETY: a valid C string.
        next = unsafe { libc::dlsym(libc::RTLD_NEXT, name.as_ptr()) };
        known.store(next, Ordering::Release);
    }
    next
}

/// Looks both up before the program runs. An older libc lacks the first, and nobody then asks for it.
pub fn prepare() {
    next(&NEXT_FIND, c"_dl_find_object");
    next(&NEXT_ITERATE, c"dl_iterate_phdr");
}

/// Finds the object that holds `pc`: a region of thunks, or what libc knows.
///
/// # Safety
/// As for libc's function: `result` is valid for writes.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn _dl_find_object(pc: *mut c_void, result: *mut FoundObject) -> c_int {
    if let Some(region) = find_region(pc as u64) {
        let found = FoundObject {
            flags: 0,
            map_start: region.start as *mut c_void,
            map_end: region.end as *mut c_void,
            link_map: std::ptr::null_mut(),
            eh_frame: region.tables as *mut c_void,
            reserved: [0; 7],
        };
        // SAFETY: the caller's promise.
        unsafe { result.write(found) };
        return 0;
    }
    let next = next(&NEXT_FIND, c"_dl_find_object");
    if next.is_null() {
        return -1;
    }
    // SAFETY: libc's symbol of this name has this type.
    let next: FindObject = unsafe { std::mem::transmute(next) };
    // SAFETY: the caller's promise, passed on.
    unsafe { next(pc, result) }
}

/// What libc gives back to [`with_regions`] for each object.
struct Listing {
    callback: Callback,
    data: *mut c_void,
    /// Our regions are still to be listed.
    pending: bool,
}

/// Calls `callback` for each object of the process, our regions of thunks behind the executable.
///
/// # Safety
/// As for libc's function.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn dl_iterate_phdr(callback: Callback, data: *mut c_void) -> c_int {
    let next = next(&NEXT_ITERATE, c"dl_iterate_phdr");
    if next.is_null() {
        return 0;
    }
    // SAFETY: libc's symbol of this name has this type.
    let next: Iterate = unsafe { std::mem::transmute(next) };
    let mut listing = Listing { callback, data, pending: !regions().is_empty() };
    // SAFETY: the caller's promise, passed on; the listing outlives the call, which calls back from this thread only.
    unsafe { next(with_regions, (&raw mut listing).cast()) }
}

/// Called by libc for each object, under its lock: callers rely on that, and keep what they found without one of their own.
///
/// # Safety
/// From libc's function only, with the listing.
unsafe extern "C" fn with_regions(info: *mut libc::dl_phdr_info, size: usize, data: *mut c_void) -> c_int {
    // SAFETY: the listing that `dl_iterate_phdr` passed, and what libc passes.
    unsafe {
        let listing = &mut *data.cast::<Listing>();
        let answer = (listing.callback)(info, size, listing.data);
        if answer != 0 || !listing.pending {
            return answer;
        }
        listing.pending = false;
        // An older libc passes fewer fields; the counts of loaded objects, if they are there, are the same for all.
        let mut own: libc::dl_phdr_info = std::mem::zeroed();
        let size = size.min(size_of::<libc::dl_phdr_info>());
        std::ptr::copy_nonoverlapping(info.cast::<u8>(), (&raw mut own).cast::<u8>(), size);
        for region in regions() {
            own.dlpi_addr = 0;
            own.dlpi_name = NAME.as_ptr().cast::<c_char>();
            own.dlpi_phdr = region.headers.as_ptr();
            own.dlpi_phnum = region.headers.len() as u16;
            if size > offset_of!(libc::dl_phdr_info, dlpi_tls_modid) {
                own.dlpi_tls_modid = 0;
                own.dlpi_tls_data = std::ptr::null_mut();
            }
            let answer = (listing.callback)(&raw mut own, size, listing.data);
            if answer != 0 {
                return answer;
            }
        }
        0
    }
}
