//! `cmp-bridge link-plan`: plans for real objects, followed, and looked at; and what comes of following a refused one.

mod answers;
mod cases;
mod damage;
mod example;
#[path = "../../../../tests/support/legacy.rs"]
mod legacy;
mod support;
mod umbrella;
