//! Objects that only their addresses stand for, implemented in Rust: each address is a key.

use crate::handles::{self, Change, Close, Living, Next, Open};
use cmp_bridge::support::{Address, Done, Failure};
use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Value and step of those that are open.
static OPEN: Mutex<BTreeMap<usize, (i32, i32)>> = Mutex::new(BTreeMap::new());

fn open() -> MutexGuard<'static, BTreeMap<usize, (i32, i32)>> {
    OPEN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The routines.
pub struct Counters;

impl Open for Counters {
    fn open(first: i32, step: i32) -> Address {
        let mut open = open();
        let key = open.keys().last().map_or(1, |last| last + 1);
        open.insert(key, (first, step));
        Address(key)
    }
}

impl Next for Counters {
    fn next(counter: Address) -> i32 {
        let mut open = open();
        let Some((value, step)) = open.get_mut(&counter.0) else { return -1 };
        *value += *step;
        *value - *step
    }
}

impl Change for Counters {
    fn change(counter: Address, new: i32) -> Result<Done, Failure> {
        match open().get_mut(&counter.0) {
            Some((_, step)) if new != 0 => *step = new,
            _ => return Err(Failure(-1)),
        }
        Ok(Done::Ok)
    }
}

impl Close for Counters {
    fn close(counter: Address) {
        open().remove(&counter.0);
    }
}

impl Living for Counters {
    fn living() -> i32 {
        open().len() as i32
    }
}

handles::export! { Counters: open, next, change, close, living }
