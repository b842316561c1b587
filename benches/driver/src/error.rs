//! Why there are no figures.

use std::io;
use std::path::PathBuf;

/// What went wrong.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The command line.
    #[error("usage: {0}")]
    Usage(&'static str),
    /// A program cannot be started or talked to.
    #[error("{program}: {source}")]
    Program {
        /// The program.
        program: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A program does not do what it is asked for.
    #[error("`{case}` of {program} cannot be measured: {answer}")]
    Unmeasured {
        /// The program.
        program: PathBuf,
        /// The case.
        case: String,
        /// What it said.
        answer: String,
    },
    /// The contract does not read.
    #[error("{0}")]
    Contract(#[from] cmp_bridge_contract::Diagnostics),
    /// The executable does not read.
    #[error("{0}")]
    Binary(#[from] cmp_bridge_inspect::binary::BinaryError),
    /// A file of the session.
    #[error("{0}")]
    Session(#[from] cmp_bridge::shared::SharedError),
    /// A routine is not hooked, or a route is closed.
    #[error("the routines of the benchmark cannot be hooked: {0}")]
    Plan(String),
    /// A route was not taken by every call: the figure would be of something else.
    #[error("`{case}`: of {calls} calls {seen} were {what}")]
    Untrue {
        /// The case.
        case: &'static str,
        /// What was asked for.
        calls: u64,
        /// What was counted.
        seen: u64,
        /// As what.
        what: &'static str,
    },
    /// The rings.
    #[error("draining the rings: {0}")]
    Rings(io::Error),
}
