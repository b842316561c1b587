//! Lending declared state to the legacy code for the time of one call.

use crate::module::Answer;
use std::ffi::c_void;
use std::mem::MaybeUninit;
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
    saved: Option<Box<MaybeUninit<T>>>,
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

/// The same for state that the legacy code only reads. If the storage holds the same bytes, nothing is moved either.
///
/// # Panics
/// When `live` is null: the agent does not know the storage.
///
/// # Safety
/// As for [`lend`].
#[inline(always)]
pub unsafe fn lend_read<'a, T: Copy>(live: *mut u8, borrowed: &'a T) -> Lent<'a, T> {
    // SAFETY: the caller's promise.
    let saved = if unsafe { is_stored(live, borrowed) } {
        None
    } else {
        // SAFETY: the caller's promise.
        unsafe { move_in(live.cast(), borrowed) }
    };
    Lent { live: live.cast(), borrowed: None, saved }
}

/// Refuses to call legacy code with other state than its storage holds: code that any number of threads may be in may read it
/// now, so it stays as it is. The same bytes are the same state, and so are values that are equal.
///
/// # Panics
/// When the state differs, or `live` is null: the agent does not know the storage.
///
/// # Safety
/// `live` is null or the aligned address of a `T` that nobody writes now.
#[inline(always)]
pub unsafe fn expect_stored<T: Copy + PartialEq>(area: &str, live: *mut u8, given: &T) {
    // SAFETY: the caller's promise. What a record has between its fields may differ.
    if !unsafe { is_stored(live, given) || !live.is_null() && *live.cast::<T>() == *given } {
        differs(area, live.is_null());
    }
}

#[cold]
fn differs(area: &str, unknown: bool) -> ! {
    assert!(!unknown, "Control does not know where the legacy routine keeps `{area}`");
    panic!(
        "`{area}` is given other state than its storage holds, and that is not replaced for a routine that several \
         threads may be in: write `threads = \"serial\"` in the contract"
    );
}

/// Whether the storage is this state, or holds the same bytes.
///
/// # Safety
/// `live` is null or the aligned address of a `T` that nobody writes now.
#[inline(always)]
unsafe fn is_stored<T: Copy>(live: *mut u8, given: &T) -> bool {
    let address = (&raw const *given).cast::<u8>();
    show(address);
    // SAFETY: both have the size of a `T`; after `show`, nothing is known of the bytes but that they are there.
    live.cast_const() == address
        || !live.is_null() && unsafe { libc::memcmp(live.cast(), address.cast(), size_of::<T>()) } == 0
}

/// Tells the compiler that others may know this address: the legacy code is about to use what it leads to.
#[inline(always)]
fn show(address: *const u8) {
    // SAFETY: an empty instruction.
    unsafe { core::arch::asm!("/* {0} */", in(reg) address, options(nostack, preserves_flags)) };
}

/// Saves the live storage and fills it with the borrowed state, unless they are the same.
///
/// # Safety
/// As for [`lend`].
#[inline(always)]
unsafe fn move_in<T: Copy>(live: *mut T, borrowed: &T) -> Option<Box<MaybeUninit<T>>> {
    let address = &raw const *borrowed;
    show(address.cast());
    if live.cast_const() == address {
        return None;
    }
    // SAFETY: the caller's promise.
    Some(unsafe { replace(live, borrowed) })
}

/// # Safety
/// As for [`lend`].
#[cold]
unsafe fn replace<T: Copy>(live: *mut T, borrowed: &T) -> Box<MaybeUninit<T>> {
    assert!(!live.is_null(), "Control does not know where the legacy routine keeps its state");
    // From place to place: a COMMON block may be larger than a stack.
    let mut saved = Box::new_uninit();
    // SAFETY: not null, and the caller's promise.
    unsafe {
        std::ptr::copy_nonoverlapping(live, saved.as_mut_ptr(), 1);
        std::ptr::copy_nonoverlapping(borrowed, live, 1);
    }
    saved
}

impl<T: Copy> Drop for Lent<'_, T> {
    #[inline(always)]
    fn drop(&mut self) {
        if let Some(saved) = self.saved.take() {
            // SAFETY: `live` is valid for as long as the loan, see `lend`.
            unsafe {
                if let Some(borrowed) = &mut self.borrowed {
                    std::ptr::copy_nonoverlapping(self.live, &raw mut **borrowed, 1);
                }
                std::ptr::copy_nonoverlapping(saved.as_ptr(), self.live, 1);
            }
        }
    }
}

/// Ends the process: a relinked routine could neither answer nor say so. The default action of SIGABRT is restored
/// first, because GNAT and gfortran run-times catch it.
pub fn unanswered(routine: &str, answer: Answer) -> ! {
    let why: &[u8] = match answer {
        Answer::DECLINED => {
            b": the arguments are outside its contract (null, misaligned, overlapping, no truth value)"
        }
        Answer::RAISED => b": it raised an exception, which the language has none of",
        _ => b": it panicked, and its contract names no code to say so",
    };
    let lines = [b"cmp-bridge: no answer from the rewrite of ".as_slice(), routine.as_bytes(), why, b"\n"];
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
    fn a_block_larger_than_the_stack_is_lent() {
        const COUNT: usize = 1 << 20;
        fn block() -> Box<[f64; COUNT]> {
            vec![0.5; COUNT].into_boxed_slice().try_into().unwrap()
        }
        let run = || {
            let (mut live, mut copy) = (block(), block());
            copy[COUNT - 1] = 2.5;
            let storage = &raw mut *live;
            // SAFETY: `live` is used through `storage` only while the loan lasts.
            let lent = unsafe { lend(storage.cast(), &mut *copy) };
            // SAFETY: what legacy code would do.
            unsafe { (*storage)[0] = (*storage)[COUNT - 1] };
            drop(lent);
            assert_eq!((copy[0], live[0], live[COUNT - 1]), (2.5, 0.5, 0.5));
        };
        std::thread::Builder::new().stack_size(256 * 1024).spawn(run).unwrap().join().unwrap();
    }

    #[test]
    fn what_several_threads_may_read_stays() {
        let mut live = [1_i32, 2];
        let storage = &raw mut live;
        // SAFETY: nobody else knows it.
        unsafe {
            expect_stored("block", storage.cast(), &[1, 2]);
            assert!(lend_read(storage.cast(), &[1, 2]).saved.is_none());
        }
        // SAFETY: as above.
        let other = crate::support::guarded(|| unsafe { expect_stored("block", storage.cast(), &[1, 3]) });
        assert_eq!((other, live), (None, [1, 2]));
        // SAFETY: null is allowed.
        let unknown = crate::support::guarded(|| unsafe { expect_stored("block", std::ptr::null_mut(), &1) });
        assert_eq!(unknown, None);
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
