//! The part of cmp-bridge that lives in the legacy process, and what both sides of that border share.
#![deny(missing_docs)]

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
