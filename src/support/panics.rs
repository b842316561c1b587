//! No panic of a candidate leaves it.

use std::panic::{AssertUnwindSafe, catch_unwind, set_hook};

/// Runs a candidate. `None`: it panicked.
#[inline(always)]
pub fn guarded<T>(candidate: impl FnOnce() -> T) -> Option<T> {
    // Unwind safety: what the candidate may have left half written is restored or declared an error by the caller.
    match catch_unwind(AssertUnwindSafe(candidate)) {
        Ok(value) => Some(value),
        Err(payload) => {
            discard(payload);
            None
        }
    }
}

/// Drops a panic's payload, which may panic in turn.
#[cold]
fn discard(payload: Box<dyn std::any::Any + Send>) {
    if let Err(second) = catch_unwind(AssertUnwindSafe(|| drop(payload))) {
        std::mem::forget(second);
    }
}

/// Silences the panic messages of this copy of std: a module's panics are not the host's stderr.
pub extern "C" fn silence() {
    set_hook(Box::new(|_| {}));
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Spiteful;

    impl Drop for Spiteful {
        fn drop(&mut self) {
            panic!("even this");
        }
    }

    #[test]
    fn a_panic_ends_here_even_if_its_payload_panics() {
        assert_eq!(guarded(|| 3), Some(3));
        assert_eq!(guarded(|| -> i32 { std::panic::panic_any(Spiteful) }), None);
    }
}
