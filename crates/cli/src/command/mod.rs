//! The subcommands.

pub mod check;
pub mod journal;
pub mod replay;
pub mod route;
pub mod run;
pub mod scan;
pub mod status;
pub mod worker;
