//! One thread at a time in legacy code that does not bear more.

use std::cell::Cell;
use std::marker::PhantomData;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// The right to call routines that only one thread may be in. While it lives, no other thread has it.
///
/// There is one for all components of a process, whose routines share run-times and storage; a shared library that links this
/// library has its own. Legacy code that runs in other threads by itself knows nothing of it.
///
/// It stays in its thread. A thread that has it may take it again, as a callback does.
#[derive(Debug)]
pub struct Serial {
    stays: PhantomData<*mut ()>,
}

static TAKEN: Mutex<bool> = Mutex::new(false);
static RETURNED: Condvar = Condvar::new();

thread_local! {
    /// How often this thread has it.
    static HELD: Cell<usize> = const { Cell::new(0) };
}

fn taken() -> MutexGuard<'static, bool> {
    TAKEN.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Serial {
    /// Waits until no other thread has it.
    pub fn lock() -> Serial {
        let held = HELD.get();
        if held == 0 {
            let mut taken = taken();
            while *taken {
                taken = RETURNED.wait(taken).unwrap_or_else(PoisonError::into_inner);
            }
            *taken = true;
        }
        HELD.set(held + 1);
        Serial { stays: PhantomData }
    }
}

impl Drop for Serial {
    fn drop(&mut self) {
        let held = HELD.get() - 1;
        HELD.set(held);
        if held == 0 {
            *taken() = false;
            RETURNED.notify_one();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    #[test]
    fn one_thread_at_a_time_has_it_and_may_take_it_again() {
        static INSIDE: AtomicU32 = AtomicU32::new(0);
        let visit = || {
            for _ in 0..200 {
                let first = Serial::lock();
                let second = Serial::lock();
                // The first goes before the second.
                drop(first);
                assert_eq!(INSIDE.fetch_add(1, SeqCst), 0);
                std::hint::spin_loop();
                INSIDE.fetch_sub(1, SeqCst);
                drop(second);
            }
        };
        std::thread::scope(|scope| (0..4).for_each(|_| drop(scope.spawn(visit))));
    }
}
