//! Why a call was not made, or did not return.

use crate::outcome::Ended;
use crate::request::ArgumentError;
use crate::worker::WorkerError;
use cmp_bridge_contract::Diagnostics;
use cmp_bridge_inspect::binary::BinaryError;
use cmp_bridge_inspect::dwarf::DwarfError;
use std::io;
use std::path::PathBuf;

/// Why a call was not made, or did not return.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The executable, the library.
    #[error(transparent)]
    Binary(#[from] BinaryError),
    /// Its debug information.
    #[error(transparent)]
    Dwarf(#[from] DwarfError),
    /// A contract that cannot be read.
    #[error("{}: the contract cannot be read", .0.display())]
    ContractFile(PathBuf, #[source] io::Error),
    /// A file that is no contract.
    #[error(transparent)]
    Contract(#[from] Diagnostics),
    /// A contract for another build.
    #[error(
        "{} is build {}, but contract `{contract}` was made for build {expected}", executable.display(),
        if found.is_empty() { "?" } else { found }
    )]
    BuildId {
        /// The file.
        executable: PathBuf,
        /// The contract.
        contract: String,
        /// The build it speaks of.
        expected: String,
        /// The file's build.
        found: String,
    },
    /// No such routine.
    #[error("no routine is named `{name}`{hint}")]
    UnknownRoutine {
        /// The name.
        name: String,
        /// What may have been meant.
        hint: String,
    },
    /// A routine that cannot be called.
    #[error("`{routine}` cannot be called: {why}")]
    NotCallable {
        /// The routine.
        routine: String,
        /// Why.
        why: String,
    },
    /// The executable has no place to stop at.
    #[error("{} cannot be stopped before its own code runs: {why}", executable.display())]
    NoSafeMoment {
        /// The file.
        executable: PathBuf,
        /// Why.
        why: String,
    },
    /// A part of ours is missing.
    #[error("the {0} of cmp-bridge is not beside this program, above it, or in PATH")]
    NoTool(&'static str),
    /// A path that cannot be preloaded.
    #[error("{}: the loader cannot preload a file with a space or a colon in its path", .0.display())]
    Preload(PathBuf),
    /// What was given to the routine.
    #[error(transparent)]
    Argument(#[from] ArgumentError),
    /// The process.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// Over a wire nothing can be scanned.
    #[error("no contract says what the routines at {0} take and return")]
    NoContract(String),
    /// A contract with another machine's layouts.
    #[error("contract `{contract}` describes layouts of {target}, and values are laid out here as on x86-64")]
    OtherMachine {
        /// The contract.
        contract: String,
        /// Its machine.
        target: String,
    },
    /// State that travels with every call, and of which nobody has said what it is.
    #[error(
        "`{routine}` at {server} is sent `state.{area}` with each call, and what that holds is not known here"
    )]
    UnknownState {
        /// The routine.
        routine: String,
        /// The server.
        server: String,
        /// The state.
        area: String,
    },
    /// The worker could not begin.
    #[error("`{routine}` could not be called: {why}")]
    Refused {
        /// The routine.
        routine: String,
        /// The worker's words.
        why: String,
    },
    /// The routine did not return.
    #[error("{0}")]
    Ended(Box<Ended>),
}

impl Error {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Error::Binary(_) => "name an ELF executable or shared library for x86-64 Linux",
            Error::UnknownRoutine { .. } => "`cmp-bridge scan EXE` lists the routines",
            Error::BuildId { .. } => "scan this build (`cmp-bridge scan --merge`), or name the other",
            Error::NoTool(_) => {
                "build it (`cargo build -p cmp-bridge-agent -p cmp-bridge-cli`), and set CMP_BRIDGE_AGENT or \
                 CMP_BRIDGE_COMMAND to its path"
            }
            Error::Argument(error) => return error.hint(),
            Error::NoContract(_) => "name it: Builder::contract, or --contract FILE",
            Error::OtherMachine { .. } => {
                "name the contract of a build for x86-64: the server takes it if the same values travel, which the hashes say"
            }
            Error::UnknownState { .. } => {
                "give it whole with the call: Call::state, or --state AREA=VALUE; what it leaves is known for the next"
            }
            Error::Worker(WorkerError::Remote(error)) => return error.hint().map(str::to_owned),
            Error::Worker(WorkerError::Session(_)) => {
                "set XDG_RUNTIME_DIR to a private folder of yours, or remove what is in the way"
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}
