//! Reading executables: ELF, debug information, contracts scanned from it and held against it.
//!
//! A new kind of source goes into a folder of `cases/` with its expectation beside it; a new finding needs a wrong twin
//! in the file of its family (`check`, `header`, `module`, `against`, `layout`); what a tool can confirm goes into `oracles.rs`
//! or `cpp_oracles.rs`; `cpp_calls.rs` calls what was scanned.

mod against;
mod binary;
mod check;
mod convention;
mod cpp_calls;
mod cpp_generate;
mod cpp_oracles;
mod damage;
mod fortran;
mod header;
mod layout;
mod module;
mod oracles;
mod reader;
mod scan;
mod separate;
mod state;
mod support;
