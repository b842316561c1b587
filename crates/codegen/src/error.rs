//! What can go wrong between a contract and its Rust.

use cmp_bridge_contract::Diagnostics;
use std::fmt;
use std::path::PathBuf;

/// Why nothing was generated.
#[derive(thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file could not be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The contract has errors.
    #[error("{0}")]
    Contract(#[from] Diagnostics),
    /// The contract has no routine of that name.
    #[error("{contract} has no routine `{routine}`; it has: {known}")]
    UnknownRoutine {
        /// The contract's file.
        contract: PathBuf,
        /// The routine asked for.
        routine: String,
        /// The routines there are.
        known: String,
    },
    /// Some routines have shapes for which no code can be generated. Nothing is generated for any.
    #[error("{}", list(.0))]
    Unsupported(Vec<Unsupported>),
}

impl fmt::Debug for Error {
    /// The message itself: it is what a build script shows whose `main` returns this error.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

/// One shape for which no code can be generated.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("routine `{routine}`, {part}: {reason}")]
pub struct Unsupported {
    /// The routine in the contract.
    pub routine: String,
    /// Which part of it: a parameter, the returned value, a state area, a type.
    pub part: String,
    /// Why, and what to do.
    pub reason: String,
}

fn list(unsupported: &[Unsupported]) -> String {
    unsupported.iter().map(Unsupported::to_string).collect::<Vec<_>>().join("\n")
}
