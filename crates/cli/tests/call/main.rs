//! `cmp-bridge call`, from outside: routines of every language that return, crash, stop, raise, and never return.

mod answers;
mod endings;
mod errors;
mod journal_tests;
#[path = "../../../../tests/support/legacy.rs"]
mod legacy;
mod support;
