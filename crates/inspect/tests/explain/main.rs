//! What `explain` says of routines: every code has a routine that has it and a twin that has it not, and what is counted
//! is counted again by readelf, nm and objdump.
//!
//! `cases` holds the folders of `cases-explain` against their expectations; `oracles` counts on them, `reference` on the reference CMP;
//! `sizes` reads a large image and a hostile one.

mod cases;
#[path = "../../../../tests/support/legacy.rs"]
mod legacy;
mod oracles;
mod reference;
mod support;
