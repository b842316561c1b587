//! The part of cmp-bridge that lives in the legacy process, and what both sides of that border share.
#![deny(missing_docs)]
// What a vendor's header declares and what a contract says must be the same.
#![cfg_attr(feature = "cmp", deny(clashing_extern_declarations))]

// Generated code names this library from outside.
#[cfg(feature = "cmp")]
extern crate self as cmp_bridge;

#[cfg(feature = "cmp")]
pub mod cmp;
pub mod control;
pub mod entry;
pub mod exception;
pub mod frame;
pub mod hook;
pub mod images;
pub mod launch;
pub mod loader;
pub mod memory;
pub mod module;
pub mod plan;
pub mod ring;
pub mod session;
pub mod shared;
pub mod support;
pub mod worker;
