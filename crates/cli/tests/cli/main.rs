//! The `cmp-bridge` command, from outside: the built command on programs and modules compiled for the purpose.

mod bad_input;
mod bits;
mod check;
mod cycle;
mod doctor;
#[path = "../../../journal/tests/journal/support.rs"]
mod encode;
mod explain;
mod generate;
mod import;
mod install;
mod learn;
mod live;
mod new;
mod remote;
mod report;
mod scan_check;
mod scan_source;
mod schema;
#[path = "../../../wire/tests/support/server.rs"]
mod server;
mod stub;
mod support;
mod two_sides;
