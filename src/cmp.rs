//! Components of the reference CMP, compiled in and called from Rust. Only with the feature `cmp`.
//!
//! A stand-in for the real CMP, which is not public: see `legacy/README`. What the vendor headers say comes from bindgen,
//! C++ classes from cxx; the contracts are held against both by `tests/cmp.rs`.

pub mod planning;
pub mod telemetry;
