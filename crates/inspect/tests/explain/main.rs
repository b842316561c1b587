//! What `explain` says of routines: every code has a routine that has it and a twin that has it not, and what is counted
//! is counted again by readelf, nm and objdump.
//!
//! `cases` holds the folders of `cases-explain` against their expectations; `oracles` counts on them, `reference` on the reference CMP;
//! `damage` reads hostile images and a large one.

mod cases;
mod damage;
#[path = "../../../../tests/support/legacy.rs"]
mod legacy;
mod oracles;
mod reference;
mod support;
