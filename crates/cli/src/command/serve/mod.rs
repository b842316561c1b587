//! `cmp-bridge serve`: the routines of contracts, answered by Rust for callers on other machines.

mod answering;
mod candidate;
mod connection;
mod metrics;
mod modules;
mod seens;
mod service;
mod serving;
pub mod status;
mod system;

use crate::config::{Config, ConfigError, Serve};
use crate::error::{Ending, Explain, FileError};
use crate::output::{note, print};
use crate::report::{Align, Table};
use answering::Office;
pub use answering::is_serve;
use cmp_bridge::loader::LoadError;
use cmp_bridge_contract::Diagnostics;
use cmp_bridge_inspect::binary::BinaryError;
use seens::{Seens, Start, StartError};
use service::{Program, Service};
use serving::{ROOM, Server, Signals};
use status::Vitals;
use std::io;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use system::{PassedError, Supervisor};

/// Answers calls of other machines with the candidates of modules
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge serve --config bridge.toml
  cmp-bridge serve --config bridge.toml --explain
  cmp-bridge status --server localhost:7117

bridge.toml (paths are relative to the file):
  contracts = [\"contracts/flight_dynamics.toml\"]
  modules   = [\"target/release/librewrite_three.so\"]
  [serve]
  listen  = [\"10.1.2.9:7117\"]  # 127.0.0.1:7117 if nothing is said
  allow   = [
    \"10.1.2.0/24\",
    { from = \"10.1.3.7\", uids = [500], machines = [\"cmp*\"] },
  ]
  journal = \"seen.journal\"  # calls that recorders and shadows tell of
  report  = \"shadow.json\"  # what comparing them came to
  [serve.limits]
  connections = 4096
  message     = \"16 MiB\"  # one message
  queued      = \"4 MiB\"  # answers a connection leaves unread
  memory      = \"512 MiB\"  # all that waits
  record      = \"30 s\"  # a message from its first byte to its last
  unread      = \"60 s\"  # answers of which nothing is read
  busy_poll   = \"0 us\"  # waiting for the next call without sleeping

SIGHUP loads modules that changed, between two calls; connections stay. SIGTERM ends it when what has begun is finished.
Under systemd its sockets may be passed (LISTEN_FDS), and it says when it is ready (NOTIFY_SOCKET).
Exit status: 0 it was asked to stop, 2 an error.")]
pub struct Args {
    /// Contracts, modules, and the table [serve]
    #[arg(long, value_name = "FILE")]
    config: PathBuf,
    /// Only says which routines would be answered, by whom, and which not and why
    #[arg(long, visible_alias = "dry-run")]
    explain: bool,
}

/// Why nothing is served.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// No contract.
    #[error("{}: no contract is named", config.display())]
    NoContract {
        /// The configuration.
        config: PathBuf,
    },
    /// A contract.
    #[error("{} cannot be used", file.display())]
    Contract {
        /// The contract.
        file: PathBuf,
        /// Every error in it.
        source: Diagnostics,
    },
    /// Two contracts that callers cannot tell apart.
    #[error("{} and {} are one program ({number:#x}) to callers", first.display(), second.display())]
    SameProgram {
        /// One contract.
        first: PathBuf,
        /// The other.
        second: PathBuf,
        /// The number, which is made of the component's name.
        number: u32,
    },
    /// A module that cannot be copied.
    #[error("{}: the module cannot be read", module.display())]
    Copy {
        /// The module.
        module: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// A module that cannot be loaded.
    #[error("{}: the module cannot be used", module.display())]
    Module {
        /// The module.
        module: PathBuf,
        /// Why.
        source: LoadError,
    },
    /// A module that is no library.
    #[error("{}: the module cannot be read", module.display())]
    Binary {
        /// The module.
        module: PathBuf,
        /// Why.
        source: BinaryError,
    },
    /// A module that calls legacy code.
    #[error(
        "{}: the rewrite of `{routine}` calls the legacy {} through Control, and there is no legacy code here",
        module.display(), legacy.join(", ")
    )]
    NeedsControl {
        /// The module.
        module: PathBuf,
        /// The routine whose rewrite it is.
        routine: String,
        /// The legacy routines.
        legacy: Vec<String>,
    },
    /// A module of another contract.
    #[error(
        "{}: `{routine}` was built for contract hash {found:016x}, but {} has {expected:016x}",
        module.display(), contract.display()
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
    /// The calls made elsewhere.
    #[error("calls made elsewhere cannot be taken")]
    Seens(#[from] StartError),
    /// An address.
    #[error("{address} cannot be listened on")]
    Listen {
        /// Which.
        address: SocketAddr,
        /// The system's reason.
        source: io::Error,
    },
    /// Sockets that were passed.
    #[error(transparent)]
    Passed(#[from] PassedError),
    /// The loop.
    #[error("the system does not let this process wait for its callers")]
    Loop(#[source] io::Error),
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[source] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        Some(match self {
            Error::File(error) => return error.hint(),
            Error::Config(ConfigError::File(error)) => return error.hint(),
            Error::Seens(StartError::File(error)) => return error.hint(),
            Error::Config(_) | Error::Seens(_) | Error::Loop(_) | Error::Output(_) => return None,
            Error::NoContract { .. } => "write contracts = [\"FILE\"]".to_owned(),
            Error::Contract { .. } => "`cmp-bridge check` explains each code".to_owned(),
            Error::SameProgram { .. } => "serve one of them, or give it another component name".to_owned(),
            Error::Module { source, .. } => super::run::module_hint(source).to_owned(),
            Error::Copy { .. } | Error::Binary { .. } => super::run::MODULE_HINT.to_owned(),
            Error::NeedsControl { .. } => {
                "leave it out of the module, or answer this routine where the legacy code is".to_owned()
            }
            Error::OtherContract { .. } => "build the module from this contract".to_owned(),
            Error::Listen { source, .. } => match source.kind() {
                io::ErrorKind::AddrInUse => "another process listens there: choose another port".to_owned(),
                io::ErrorKind::AddrNotAvailable => "the address must be one of this machine".to_owned(),
                io::ErrorKind::PermissionDenied => "ports below 1024 are for root".to_owned(),
                _ => return None,
            },
            Error::Passed(_) => "ListenStream= with Accept=no passes such a socket".to_owned(),
        })
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    // Before anything else is opened, which could have the number of one that was not passed after all.
    let passed = system::passed_listeners()?;
    let config = Config::read(&args.config)?;
    let serve = config.serve.clone().unwrap_or_default();
    let service = Service::open(&config)?;
    unheeded(&config).into_iter().chain(service.doubles()).for_each(|what| note(&what));
    Seens::require_places(serve.journal.as_deref(), serve.report.as_deref())?;
    if args.explain {
        print(&explain(&service)).map_err(Error::Output)?;
        return Ok(Ending::Good);
    }
    let signals = Signals::keep().map_err(Error::Loop)?;
    let supervisor = Supervisor::of_environment();
    let sockets = sockets(passed, &serve)?;
    let limits = limits(&serve);
    let listening = sockets.iter().filter_map(|socket| socket.local_addr().ok());
    let listening: Vec<String> = listening.map(|address| address.to_string()).collect();
    let poll = mio::Poll::new().map_err(Error::Loop)?;
    let seens = seens(&service, &serve, &poll)?;
    let vitals = Vitals::new(listening.clone(), limits.connections);
    let office = Office::new(service, serve, seens, vitals);
    let server = Server::new(poll, sockets, office, (limits, signals, supervisor)).map_err(Error::Loop)?;
    let lines: String = listening.iter().map(|address| format!("listening on {address}\n")).collect();
    print(&lines).map_err(Error::Output)?;
    server.run().map_err(Error::Loop)?;
    Ok(Ending::Good)
}

/// What the configuration says that counts for `run` alone.
fn unheeded(config: &Config) -> Option<String> {
    let what = match (config.routes.is_empty(), &config.journal) {
        (false, None) => "[routes] is",
        (true, Some(_)) => "`journal` outside of [serve] is",
        (false, Some(_)) => "[routes], and `journal` outside of [serve], are",
        (true, None) => return None,
    };
    Some(format!(
        "{}: {what} for `cmp-bridge run`: here callers choose their routes, and whatever has a candidate is answered",
        config.file.display()
    ))
}

fn seens(service: &Service, serve: &Serve, poll: &mio::Poll) -> Result<Seens, Error> {
    let waker = mio::Waker::new(poll.registry(), ROOM).map_err(Error::Loop)?;
    let room = Box::new(move || {
        let _ = waker.wake();
    });
    let (journal, report) = (serve.journal.as_deref(), serve.report.as_deref());
    Ok(Seens::start(Start { service, journal, report, limits: &serve.limits, room })?)
}

/// The sockets that were passed, or those of the configuration.
fn sockets(passed: Vec<TcpListener>, serve: &Serve) -> Result<Vec<TcpListener>, Error> {
    if !passed.is_empty() {
        return Ok(passed);
    }
    serve.listen.iter().map(|address| listen(*address)).collect()
}

fn listen(address: SocketAddr) -> Result<TcpListener, Error> {
    use socket2::{Domain, Socket, Type};
    /// Connections that wait to be accepted: as many as the system allows.
    const BACKLOG: i32 = 4096;
    let open = || {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        // A restart must not wait for the connections of before.
        socket.set_reuse_address(true)?;
        if address.is_ipv6() {
            socket.set_only_v6(true)?;
        }
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok(socket.into())
    };
    open().map_err(|source| Error::Listen { address, source })
}

/// The limits, with no more connections than there can be descriptors.
fn limits(serve: &Serve) -> crate::config::Limits {
    /// For the sockets that are listened on, modules, journals, workers.
    const OTHERS: u64 = 128;
    let wanted = serve.limits.connections as u64 + OTHERS;
    let there = system::raise_descriptor_limit(wanted);
    let mut limits = serve.limits;
    if there < wanted {
        limits.connections = there.saturating_sub(OTHERS).max(1) as usize;
        note(&format!(
            "the system allows {there} descriptors: at most {} connections, not {}; LimitNOFILE= or ulimit -n sets more",
            limits.connections, serve.limits.connections
        ));
    }
    limits
}

/// What would be served.
fn explain(service: &Service) -> String {
    let mut out = String::new();
    for program in &service.programs {
        out += &format!(
            "{} ({}), program {:#x}\n",
            program.contract.component.name,
            program.file.display(),
            program.number
        );
        out += &routines(service, program).render("  ");
        for routine in &program.routines {
            if let Err(why) = &routine.way {
                out += &format!("does not travel: `{}`: {why}\n", routine.name);
            }
        }
    }
    out
}

fn routines(service: &Service, program: &Program) -> Table {
    use Align::{Left, Right};
    let mut table =
        Table::new(&[("routine", Left), ("procedure", Right), ("hash", Left), ("answered by", Left)]);
    for (number, routine) in (0..).zip(&program.routines) {
        let Ok(way) = &routine.way else { continue };
        let module = service.modules.iter().find(|loaded| loaded.module.candidate(&routine.name).is_some());
        let module = module.filter(|_| routine.candidate.is_some());
        let file = module.map(|loaded| file_name(&loaded.path));
        table.row(vec![
            routine.name.clone(),
            (cmp_bridge_contract::wire::PROCEDURE_FIRST + 2 * number).to_string(),
            format!("{:016x}", way.hash),
            file.unwrap_or_else(|| "-".to_owned()),
        ]);
    }
    table
}

fn file_name(path: &Path) -> String {
    super::run::file_name(path)
}
