//! Lending declared state to the legacy code for the time of one call.

use std::ffi::c_void;
use std::sync::atomic::AtomicPtr;

/// A control slot before the agent fills it: it leads to a function that panics, saying so. Calling through a slot
/// therefore needs no check.
pub const fn no_control() -> AtomicPtr<c_void> {
    AtomicPtr::new(no_legacy_code as *const () as *mut c_void)
}

extern "C-unwind" fn no_legacy_code() -> ! {
    panic!(
        "Control has no legacy routine to call: it is not hooked, or this process does not run under the agent"
    );
}

/// While it lives, the legacy code finds the borrowed state in its own storage.
///
/// When it is dropped, also by unwinding, the state goes back to whom it was borrowed from, and the storage is again as
/// it was. If the borrowed state *is* the storage, nothing is moved.
#[derive(Debug)]
pub struct Lent<'a, T: Copy> {
    live: *mut T,
    /// Where the state goes back to; `None` for state that is only read.
    borrowed: Option<&'a mut T>,
    saved: Option<Box<T>>,
}

/// Lends `borrowed` to the legacy code whose storage is at `live`, and takes back what it wrote.
///
/// # Panics
/// When `live` is null: the agent does not know the storage.
///
/// # Safety
/// `live` is null or the aligned address of a `T` that only the legacy code uses until the loan ends.
#[inline(always)]
pub unsafe fn lend<T: Copy>(live: *mut u8, borrowed: &mut T) -> Lent<'_, T> {
    // SAFETY: the caller's promise.
    let saved = unsafe { move_in(live.cast(), borrowed) };
    Lent { live: live.cast(), borrowed: Some(borrowed), saved }
}

/// The same for state that the legacy code only reads.
///
/// # Panics
/// When `live` is null: the agent does not know the storage.
///
/// # Safety
/// As for [`lend`].
#[inline(always)]
pub unsafe fn lend_read<'a, T: Copy>(live: *mut u8, borrowed: &'a T) -> Lent<'a, T> {
    // SAFETY: the caller's promise.
    let saved = unsafe { move_in(live.cast(), borrowed) };
    Lent { live: live.cast(), borrowed: None, saved }
}

/// Saves the live storage and fills it with the borrowed state, unless they are the same.
///
/// # Safety
/// As for [`lend`].
#[inline(always)]
unsafe fn move_in<T: Copy>(live: *mut T, borrowed: &T) -> Option<Box<T>> {
    let address = &raw const *borrowed;
    // SAFETY: an empty instruction. It tells the compiler that others may know this address: the legacy code is about
    // to use what it leads to.
    unsafe { core::arch::asm!("/* {0} */", in(reg) address, options(nostack, preserves_flags)) };
    if live.cast_const() == address {
        return None;
    }
    // SAFETY: the caller's promise.
    Some(unsafe { replace(live, borrowed) })
}

/// # Safety
/// As for [`lend`].
#[cold]
unsafe fn replace<T: Copy>(live: *mut T, borrowed: &T) -> Box<T> {
    assert!(!live.is_null(), "Control does not know where the legacy routine keeps its state");
    // SAFETY: not null, and the caller's promise.
    unsafe {
        let saved = Box::new(*live);
        *live = *borrowed;
        saved
    }
}

impl<T: Copy> Drop for Lent<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(saved) = self.saved.take() {
            // SAFETY: `live` is valid for as long as the loan, see `lend`.
            unsafe {
                if let Some(borrowed) = &mut self.borrowed {
                    **borrowed = *self.live;
                }
                *self.live = *saved;
            }
        }
    }
}

/// Ends the process: a relinked routine could neither answer nor say so. The default action of SIGABRT is restored
/// first, because GNAT and gfortran run-times catch it.
pub fn unanswered(routine: &str) -> ! {
    let lines = [b"cmp-bridge: no answer from the rewrite of ".as_slice(), routine.as_bytes(), b"\n"];
    for line in lines {
        // SAFETY: the bytes are readable; this is the last thing the process says.
        unsafe { libc::write(2, line.as_ptr().cast(), line.len()) };
    }
    // SAFETY: plain system calls.
    unsafe {
        libc::signal(libc::SIGABRT, libc::SIG_DFL);
        libc::abort()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn state_is_moved_in_and_out_and_live_storage_restored() {
        let mut live = [1_i32, 2];
        let storage = &raw mut live;
        let mut copy = [10, 20];
        {
            // SAFETY: `live` is used through `storage` only while the loan lasts.
            let _lent = unsafe { lend(storage.cast(), &mut copy) };
            // SAFETY: what legacy code would do.
            unsafe {
                assert_eq!(*storage, [10, 20]);
                (*storage)[0] = 11;
            }
        }
        assert_eq!(copy, [11, 20]);
        assert_eq!(live, [1, 2]);
    }

    #[test]
    fn storage_lent_to_itself_is_not_moved() {
        let mut live = 5_i64;
        let storage = &raw mut live;
        // SAFETY: as above.
        let lent = unsafe { lend(storage.cast(), &mut *storage) };
        assert!(lent.saved.is_none());
        drop(lent);
        assert_eq!(live, 5);
    }

    #[test]
    fn a_loan_ends_with_unwinding_too() {
        let mut live = 1_u8;
        let storage = &raw mut live;
        let mut copy = 2_u8;
        let outcome = crate::support::guarded(|| {
            // SAFETY: as above.
            let _lent = unsafe { lend(storage, &mut copy) };
            panic!("legacy code raised an exception");
        });
        assert_eq!((outcome, live, copy), (None::<()>, 1, 2));
    }

    #[test]
    #[should_panic(expected = "where the legacy routine keeps its state")]
    fn unknown_storage_is_refused() {
        let mut state = 0;
        // SAFETY: null is allowed.
        let _lent = unsafe { lend::<i32>(std::ptr::null_mut(), &mut state) };
    }
}
