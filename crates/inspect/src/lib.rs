//! cmp-bridge-inspect
//!
//! What a built executable or library says of itself: [`binary`] reads ELF, [`dwarf`] reads the debug information,
//! [`scan`] makes a contract of it, and [`check`] holds a contract against it, which yields [`finding::Finding`]s. [`header`]
//! makes a contract of C headers.

#![deny(missing_docs)]

pub mod access;
pub mod binary;
pub mod check;
pub mod closure;
pub mod doctor;
pub mod dwarf;
pub mod explain;
pub mod finding;
pub mod header;
pub mod scan;

mod captures;
pub mod code;
pub mod hazard;
mod image;
mod inlined;
mod landing;
pub mod libraries;
mod lines;
pub mod link;
pub mod linkage;
mod names;
pub mod planner;
pub mod prologue;
pub mod references;
pub mod storage;
