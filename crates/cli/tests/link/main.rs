//! `cmp-bridge link-plan`: plans for real objects, followed, and looked at; and what comes of following a refused one.

mod cases;
mod support;
