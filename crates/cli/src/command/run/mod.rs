//! `cmp-bridge run`: the unmodified program, with routes.

pub(in crate::command) mod live;
pub(in crate::command) mod prepare;
mod tell;

pub use prepare::file_name;

use crate::config::ConfigError;
use crate::error::{Ending, Explain, FileError};
use crate::evidence::BookError;
use crate::output::{note, print};
use cmp_bridge::loader::LoadError;
use cmp_bridge::session::sessions_directory;
use cmp_bridge::shared::SharedError;
use cmp_bridge_contract::Diagnostics;
use cmp_bridge_inspect::binary::BinaryError;
use cmp_bridge_inspect::dwarf::DwarfError;
use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

/// Runs an unmodified program, recording, shadowing or replacing its routines
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge run --config bridge.toml -- legacy/build/pie/cmp_day legacy/data/spot5.day
  cmp-bridge run --record '*' --journal day.journal -- legacy/build/pie/cmp_day legacy/data/spot5.day
  cmp-bridge run --config bridge.toml --explain -- legacy/build/pie/cmp_day

bridge.toml (paths are relative to the file):
  contracts = [\"contracts/flight_dynamics.toml\"]
  modules   = [\"target/release/librewrite_three.so\"]
  journal   = \"day.journal\"
  [routes]
  ehposv = \"record\"
  \"eh*\"  = \"shadow\"

A routine that no line of [routes] and no --record speaks of is left alone. The exit status is the program's own; 2 if
it could not be started, or if it ended well but was not hooked, calls could not be read, or its journal is not whole.")]
pub struct Args {
    /// Contracts, modules, journal and routes
    #[arg(long, value_name = "FILE", required_unless_present = "record")]
    config: Option<PathBuf>,
    /// Records these routines as well, by the contracts or by what debug information says; `*` and `?` stand for any
    /// characters
    #[arg(long, value_name = "PATTERN")]
    record: Vec<String>,
    /// Where the calls go; the file must not exist
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Room for the calls of one thread until they are fetched, in MiB: a power of two. More room, fewer drops; 8 where
    /// calls are fetched from the start, else 1
    #[arg(long, value_name = "N", value_parser = ring_mib)]
    ring_mib: Option<usize>,
    /// Only says what would be hooked, and what not and why, with all names
    #[arg(long, visible_alias = "dry-run")]
    explain: bool,
    /// Says nothing unless something is wrong
    #[arg(long, short)]
    quiet: bool,
    /// The agent, if it is not beside this command
    #[arg(long, value_name = "FILE", env = "CMP_BRIDGE_AGENT")]
    agent: Option<PathBuf>,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, value_names = ["EXE", "ARGS"])]
    command: Vec<OsString>,
}

impl Args {
    /// What a patch is made by: a program, of which nothing is recorded.
    pub(in crate::command) fn of_program(executable: &Path) -> Args {
        Args {
            config: None,
            record: Vec::new(),
            journal: None,
            ring_mib: None,
            explain: false,
            quiet: false,
            agent: None,
            command: vec![executable.into()],
        }
    }

    fn executable(&self) -> &Path {
        Path::new(&self.command[0])
    }
}

fn ring_mib(text: &str) -> Result<usize, String> {
    let number = text.parse::<usize>().ok().filter(|n| n.is_power_of_two() && *n <= 1024);
    number.ok_or_else(|| "write a power of two from 1 to 1024".to_owned())
}

/// What a module is, for who names something else.
pub const MODULE_HINT: &str =
    "a module is a shared library for this machine, built from the module template (crate-type cdylib)";

/// What to do about a module that cannot be loaded.
pub fn module_hint(error: &LoadError) -> &'static str {
    match error {
        LoadError::Part { .. } => {
            "copy it whole: under another name first, then `mv` it to its own; a full disk cuts files, too"
        }
        _ => MODULE_HINT,
    }
}

/// Why the program was not run.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The executable or one of its libraries.
    #[error(transparent)]
    Binary(#[from] BinaryError),
    /// Its debug information.
    #[error(transparent)]
    Dwarf(#[from] DwarfError),
    /// A contract.
    #[error("{} cannot be used", file.display())]
    Contract {
        /// The contract.
        file: PathBuf,
        /// Every error in it.
        source: Diagnostics,
    },
    /// A contract of another build.
    #[error("{} is for build {pinned}, but {} is build {found}", contract.display(), binary.display())]
    BuildId {
        /// The contract.
        contract: PathBuf,
        /// The build it is for.
        pinned: String,
        /// The binary.
        binary: PathBuf,
        /// The build it is.
        found: String,
    },
    /// No program of that name.
    #[error("`{}` was not found in PATH", name.display())]
    NotFound {
        /// The name.
        name: PathBuf,
    },
    /// An executable that the agent cannot enter.
    #[error("{} {why}", path.display())]
    Executable {
        /// The file.
        path: PathBuf,
        /// What it is.
        why: String,
        /// What to do.
        hint: &'static str,
    },
    /// A route for a routine that no contract has.
    #[error("{}:{line}:{column}: no routine matches `{pattern}`", file.display())]
    UnknownRoutine {
        /// The configuration.
        file: PathBuf,
        /// Line in it.
        line: usize,
        /// Column in it.
        column: usize,
        /// The name or pattern.
        pattern: String,
        /// What may have been meant.
        hint: String,
    },
    /// `--record` for a routine that the program does not have.
    #[error("{} has no routine that matches `{pattern}`", executable.display())]
    NothingToRecord {
        /// The name or pattern.
        pattern: String,
        /// The program.
        executable: PathBuf,
        /// What may have been meant.
        hint: String,
    },
    /// A module.
    #[error(transparent)]
    Module(#[from] LoadError),
    /// A module of another contract.
    #[error(
        "{}: `{routine}` was built for contract hash {found:016x}, but {} has {expected:016x}",
        module.display(),
        contract.display()
    )]
    OtherContract {
        /// The module.
        module: PathBuf,
        /// The routine.
        routine: String,
        /// The contract.
        contract: PathBuf,
        /// Its hash.
        expected: u64,
        /// The module's.
        found: u64,
    },
    /// Not one routine can be hooked.
    #[error("no routine can be hooked\n  {}", refused.join("\n  "))]
    NothingHooked {
        /// Each with its reason.
        refused: Vec<String>,
    },
    /// Route `record` without a journal.
    #[error("routines are to be recorded, but no journal is named")]
    NoJournal,
    /// The agent.
    #[error("{}: {why}", path.display())]
    Agent {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        why: &'static str,
    },
    /// The agent inside this command cannot be unpacked.
    #[error("the agent cannot be unpacked to the cache folder")]
    Bundle {
        /// What the system said.
        source: std::io::Error,
    },
    /// The session.
    #[error(transparent)]
    Session(#[from] SharedError),
    /// The contracts, read back.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The program cannot be started.
    #[error("{} cannot be started", executable.display())]
    Start {
        /// The program.
        executable: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The end of the program cannot be seen.
    #[error("the program cannot be waited for")]
    Wait {
        /// The system's reason.
        source: io::Error,
    },
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Error::File(error) => return error.hint(),
            Error::UnknownRoutine { hint, .. } | Error::NothingToRecord { hint, .. } => hint.clone(),
            Error::Executable { hint, .. } => (*hint).to_owned(),
            Error::Binary(_) => "the program must be an ELF executable for x86-64 Linux".to_owned(),
            Error::Dwarf(_) => {
                "without debug information name the routines' contracts in bridge.toml".to_owned()
            }
            Error::Contract { file, .. } => {
                format!("`cmp-bridge check {}` says what to complete", file.display())
            }
            Error::BuildId { contract, binary, .. } => format!(
                "run the build it is for, or bring it up to date: `cmp-bridge scan {} --merge --out {}`",
                binary.display(),
                contract.display()
            ),
            Error::NotFound { name } => format!("for a file in this folder write ./{}", name.display()),
            Error::OtherContract { .. } => "build the module again from this contract".to_owned(),
            Error::NothingHooked { .. } => {
                "the program was not started; without us it runs as it is".to_owned()
            }
            Error::NoJournal => "add --journal FILE, or `journal = \"FILE\"` to bridge.toml".to_owned(),
            Error::Agent { .. } => {
                "build it (`cargo build -p cmp-bridge-agent`), or name it with --agent or CMP_BRIDGE_AGENT"
                    .to_owned()
            }
            Error::Bundle { .. } => "set XDG_CACHE_HOME to a folder that you may write to".to_owned(),
            Error::Session(SharedError::Io { source, .. }) if live::is_no_room(source) => format!(
                "the session needs a few MiB, whatever --ring-mib says: make room on the disk of {}, or set \
                 XDG_RUNTIME_DIR to a private folder of yours where there is room",
                sessions_directory().display()
            ),
            Error::Session(_) => {
                "set XDG_RUNTIME_DIR to a private folder of yours, or remove what is in the way".to_owned()
            }
            Error::Start { .. } => "check that the file may be executed".to_owned(),
            Error::Config(ConfigError::File(error)) => return error.hint(),
            Error::Module(error) => module_hint(error).to_owned(),
            Error::Config(_) | Error::Book(_) | Error::Wait { .. } | Error::Output(_) => return None,
        };
        Some(hint)
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let prepared = prepare::prepare(args)?;
    if args.explain {
        print(&tell::explain(&prepared))?;
        return Ok(Ending::Good);
    }
    let agent = agent(args.agent.as_deref())?;
    if !args.quiet {
        tell::before(&prepared).iter().for_each(|line| note(line));
    }
    let start = live::Start {
        executable: args.executable(),
        arguments: &args.command[1..],
        agent: &agent,
        rings: live::RINGS,
        ring_bytes: args.ring_mib.unwrap_or_else(|| prepared.ring_mib()) << 20,
        quiet: args.quiet,
        fixed: false,
    };
    let finished = live::run(&prepared, &start)?;
    tell::after(&prepared, &finished, args.quiet).iter().for_each(|line| note(line));
    Ok(finished.ending())
}

/// The agent's library, checked: named, or where this command was installed.
pub fn agent(named: Option<&Path>) -> Result<PathBuf, Error> {
    let path = crate::agent::find(named).map_err(|source| Error::Bundle { source })?;
    match crate::agent::fault(&path) {
        Some(why) => Err(Error::Agent { path, why }),
        None => Ok(path),
    }
}
