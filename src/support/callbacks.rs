//! Closures that legacy code calls back, for the time of one call.

use super::status::CallError;
use super::values::Address;
use std::any::Any;
use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread::LocalKey;

thread_local! {
    /// Its address tells one thread from another.
    static THREAD: u8 = const { 0 };
}

fn this_thread() -> usize {
    THREAD.with(|mark| &raw const *mark as usize)
}

/// A closure lent to legacy code.
///
/// A panic of the closure ends in it: from then on the closure is not called again, the legacy code is told to stop where
/// its contract says how, and the panic goes on once the legacy code has returned ([`Lending::finish`]).
pub struct Lending<F: ?Sized> {
    closure: *mut F,
    thread: usize,
    busy: Cell<bool>,
    panic: Cell<Option<Box<dyn Any + Send>>>,
    /// A call back that could not reach the closure.
    refused: AtomicBool,
    /// Those that did not even reach the loan, and how many there were before it.
    lost: (&'static Lost, usize),
}

/// Counts the calls back that found no closure: on a thread that was lent none, or when the loan was over.
#[derive(Debug, Default)]
pub struct Lost(AtomicUsize);

impl Lost {
    /// None yet.
    pub const fn new() -> Lost {
        Lost(AtomicUsize::new(0))
    }

    /// Where a loan was found; null is counted.
    #[inline]
    pub fn found(&self, lent: Address) -> Address {
        if lent == Address(0) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
        lent
    }

    fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl<F: ?Sized> std::fmt::Debug for Lending<F> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Lending").field("refused", &self.refused).finish_non_exhaustive()
    }
}

/// The panic that [`Lending::finish`] continues, to be told from a panic of anybody else.
struct Relayed(Box<dyn Any + Send>);

impl<F: ?Sized> Lending<F> {
    /// Lends a closure. What is `lost` until the loan ends makes the call an error: it may have been meant for it.
    pub fn new(closure: *mut F, lost: &'static Lost) -> Self {
        Lending {
            lost: (lost, lost.count()),
            closure,
            thread: this_thread(),
            busy: Cell::new(false),
            panic: Cell::new(None),
            refused: AtomicBool::new(false),
        }
    }

    /// What the legacy code hands on.
    pub fn address(&self) -> Address {
        Address(&raw const *self as usize)
    }

    /// What is lent at an address; `None` for null.
    ///
    /// # Safety
    /// The address is null or comes from [`Lending::address`] of a loan of the same type that has not ended.
    pub unsafe fn at<'a>(address: Address) -> Option<&'a Self> {
        // SAFETY: the caller's promise.
        unsafe { (address.0 as *const Self).as_ref() }
    }

    /// Lets `call` have the closure. `None`: it panicked, now or before, or it cannot be called here: it runs already, or
    /// this is another thread.
    pub fn call<T>(&self, call: impl FnOnce(&mut F) -> T) -> Option<T> {
        if self.thread != this_thread() {
            self.refuse();
            return None;
        }
        let earlier = self.panic.take();
        let panicked = earlier.is_some();
        self.panic.set(earlier);
        if panicked {
            return None;
        }
        if self.busy.replace(true) {
            self.refuse();
            return None;
        }
        // SAFETY: the closure is borrowed for the time of the loan, and `busy` says that nobody else uses it now.
        let outcome = catch_unwind(AssertUnwindSafe(|| call(unsafe { &mut *self.closure })));
        self.busy.set(false);
        match outcome {
            Ok(value) => Some(value),
            Err(payload) => {
                self.panic.set(Some(payload));
                None
            }
        }
    }

    /// Notes a call back that did not reach the closure.
    pub fn refuse(&self) {
        self.refused.store(true, Ordering::Relaxed);
    }

    /// Ends the loan.
    ///
    /// # Panics
    /// When the closure did, or could not be called.
    pub fn finish(self) {
        if let Some(payload) = self.panic.take() {
            resume_unwind(Box::new(Relayed(payload)));
        }
        let (lost, before) = self.lost;
        if self.refused.load(Ordering::Relaxed) || lost.count() != before {
            let what =
                "it was called back with arguments the contract excludes, while it ran, or on another thread";
            resume_unwind(Box::new(Relayed(Box::new(what))));
        }
    }
}

/// Runs a call that lends closures: a panic of one of them becomes an error. Any other panic goes on.
pub fn relayed<T>(call: impl FnOnce() -> T) -> Result<T, CallError> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(value) => Ok(value),
        Err(payload) => match payload.downcast::<Relayed>() {
            Ok(relayed) => Err(CallError::Callback(message(&*relayed.0))),
            Err(payload) => resume_unwind(payload),
        },
    }
}

/// What a panic says.
fn message(payload: &(dyn Any + Send)) -> String {
    let text = payload.downcast_ref::<&str>().map(|text| (*text).to_string());
    text.or_else(|| payload.downcast_ref::<String>().cloned()).unwrap_or_else(|| "no message".into())
}

/// The place where a trampoline finds what is lent, for routines that hand no user data on.
pub type Place = LocalKey<Cell<Address>>;

/// While it lives, the loan is at its place.
#[derive(Debug)]
pub struct Placed {
    place: &'static Place,
    before: Address,
}

/// Puts a loan at its place, for this thread.
pub fn place(place: &'static Place, address: Address) -> Placed {
    Placed { place, before: place.replace(address) }
}

impl Drop for Placed {
    fn drop(&mut self) {
        self.place.set(self.before);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    type Step<'a> = dyn FnMut(i32) -> i32 + 'a;
    static LOST: Lost = Lost::new();

    #[test]
    fn a_panic_waits_until_the_legacy_code_has_returned() {
        let mut calls = 0;
        let mut step = |x: i32| -> i32 {
            calls += 1;
            assert!(x < 3, "x is {x}");
            2 * x
        };
        let outcome = relayed(|| {
            let closure: &mut Step<'_> = &mut step;
            let lending = Lending::new(std::ptr::from_mut(closure), &LOST);
            let found: Vec<_> = (1..6).map(|x| lending.call(|step| step(x))).collect();
            assert_eq!(found, [Some(2), Some(4), None, None, None]);
            lending.finish();
        });
        assert_eq!(outcome, Err(CallError::Callback("x is 3".into())));
        assert_eq!(calls, 3);
    }

    #[test]
    fn a_closure_is_not_entered_twice_nor_from_another_thread() {
        let mut step = |x: i32| x;
        let closure: &mut Step<'_> = &mut step;
        let lending = Lending::new(std::ptr::from_mut(closure), &LOST);
        assert_eq!(lending.call(|_| lending.call(|step| step(1))), Some(None));
        let address = lending.address();
        let elsewhere = std::thread::spawn(move || {
            // SAFETY: the loan lasts until the thread is joined.
            let lending = unsafe { Lending::<Step<'_>>::at(address) }.unwrap();
            lending.call(|step| step(1))
        });
        assert_eq!(elsewhere.join().unwrap(), None);
        assert!(relayed(|| lending.finish()).is_err());
    }

    #[test]
    fn a_call_back_that_finds_no_closure_is_an_error() {
        static HERE: Lost = Lost::new();
        let mut step = |x: i32| x;
        let closure: &mut Step<'_> = &mut step;
        let closure = std::ptr::from_mut(closure);
        HERE.found(Address(0));
        assert_eq!(relayed(|| Lending::new(closure, &HERE).finish()), Ok(()));
        let lost = relayed(|| {
            let lending = Lending::new(closure, &HERE);
            HERE.found(lending.address());
            std::thread::scope(|scope| drop(scope.spawn(|| HERE.found(Address(0)))));
            lending.finish();
        });
        assert!(matches!(lost, Err(CallError::Callback(_))), "{lost:?}");
    }

    #[test]
    fn other_panics_go_on() {
        let outcome = std::panic::catch_unwind(|| relayed(|| -> () { std::panic::panic_any(7) }));
        assert_eq!(outcome.unwrap_err().downcast_ref::<i32>(), Some(&7));
    }
}
