//! The harness on the reference CMP: published figures, state, crashes that cost one call, tests side by side.

mod cmp;
mod figures;
#[path = "../../../../tests/support/legacy.rs"]
mod legacy;
mod modules;
#[path = "../../../../tests/support/tools.rs"]
mod tools;
mod trouble;
