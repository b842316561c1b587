//! The harness on the reference CMP: published figures, state, crashes that cost one call, tests side by side.

mod cmp;
mod figures;
#[path = "../../../../tests/support/legacy.rs"]
mod legacy;
mod modules;
mod remote;
#[path = "../../../wire/tests/tirpc/sample.rs"]
mod sample;
#[path = "../../../wire/tests/support/server.rs"]
mod server;
#[path = "../../../../tests/support/tools.rs"]
mod tools;
mod trouble;
