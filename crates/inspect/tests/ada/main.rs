//! Ada: what is scanned is held against running code, against gnat's own word on layouts, and against expectations.
//!
//! A new shape of type goes into `prelude.ads` and `generate.rs`; a new kind of subprogram into `cases/ada_*`.

mod calls;
mod generate;
#[path = "../reading/support.rs"]
mod support;
mod values;
