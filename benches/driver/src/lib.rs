//! What the drivers of the benchmarks share with a test.
#![deny(warnings, missing_docs)]

pub mod error;
pub mod instructions;
