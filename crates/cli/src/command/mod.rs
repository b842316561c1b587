//! The subcommands.

pub mod accept;
mod ada_body;
pub mod calibrate;
pub mod call;
pub mod check;
pub mod completions;
pub mod doctor;
pub mod explain;
pub mod generate;
pub mod journal;
pub mod journal_import;
pub mod journal_tests;
pub mod learn;
pub mod link_plan;
pub mod man;
pub mod new;
pub mod patch;
pub mod replay;
pub mod route;
pub mod run;
pub mod scan;
mod scan_source;
pub mod schema;
pub mod serve;
pub mod status;
pub mod what;
pub mod worker;
