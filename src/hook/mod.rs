//! Hooks: how a call of a legacy routine comes to its route. x86-64 Linux.
//!
//! `patched entry -> thunk -> (route legacy) trampoline`, or `-> stub -> enter -> trampoline -> leave -> caller`.

mod guard;
pub mod install;
mod place;
mod room;
pub mod runtime;
mod shadow;
mod stub;
mod thread;
pub mod thunk;
pub mod unwind;
