//! Ada: what is scanned is held against running code, against gnat's own word on layouts, and against expectations.
//!
//! A new shape of type goes into `prelude.ads` and `generate.rs`, and into `layouts.ads`; a new kind of subprogram into
//! a folder of `../cases-ada`, with its expectation beside it.

mod calls;
mod check;
mod generate;
mod golden;
mod json;
mod memory;
mod oracle;
mod support;
mod values;
