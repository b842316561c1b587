//! `cmp-bridge link-plan`: plans for real objects, followed, and looked at; and what comes of following a refused one.

mod cases;
mod example;
#[path = "../../../../tests/support/legacy.rs"]
mod legacy;
mod support;
mod umbrella;
