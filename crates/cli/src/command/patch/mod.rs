//! `cmp-bridge patch`: the delivery of a corrective-maintenance patch, which needs neither this command nor Rust where it
//! is installed.

mod archive;
mod evidence;
mod packages;
mod payload;
mod texts;

use crate::command::doctor::system;
use crate::command::run;
use crate::config::{Config, ConfigError};
use crate::error::{Ending, Explain, FileError};
use crate::output::{note, print};
use cmp_bridge::control::Route;
use cmp_bridge::loader::LoadError;
use cmp_bridge::shared::SharedError;
use cmp_bridge_inspect::binary::BinaryError;
use cmp_bridge_inspect::doctor::target::System;
use payload::Payload;
use serde_json::json;
use std::io;
use std::path::{Path, PathBuf};

/// Makes the delivery of a corrective-maintenance patch
#[derive(Debug, clap::Args)]
#[command(arg_required_else_help = true)]
pub struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Build(Box<BuildArgs>),
}

/// Makes one delivery file for a patch: modules, agent, compiled plan, contracts, evidence, scripts, checksums
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge patch build --config bridge.toml --exe legacy/build/pie/cmp_day --anomaly FT-1234 --evidence report.html --out delivery
  cmp-bridge patch build --module target/release/librewrite_three.so --contract contracts/flight_dynamics.toml --exe legacy/build/pie/cmp_day --anomaly FT-1234 \\
      --target-exe /cmp/bin/cmp_day --link /cmp/bin/cmp_day --format tar.gz,rpm,deb --target rhel7 --out delivery

With --config the routes are those of the file: rust, or legacy to have a routine switched on later. With --module every
routine of the contracts that a module answers has route rust. EXE needs the debug information that contracts are checked
against; the program on the target may be stripped of it, but must have the same build-id.

On the target nothing is needed but a shell and the usual tools (dd, od, sha256sum ...). The patch is installed in
DIR/PROGRAM/ANOMALY: bin/PROGRAM starts the untouched program with the patch in it, bin/route switches it off and on while the
program runs, install.sh and rollback.sh say what they do with --dry-run. One patch at a time can be in operation for a
program: two corrections are delivered as one patch, with a module each. The same inputs give the same bytes;
SOURCE_DATE_EPOCH sets the dates, which else are that of the newest input. rpm and deb packages are made by rpmbuild and
dpkg-deb, and install the patch as install.sh does.

Evidence that `replay` wrote (--html, --json) must have found no difference, or --differences-agreed says why it is right.

Exit status: 0 made; 1 some routine cannot be patched, or --target has an error (warnings are told); 2 an error.")]
pub struct BuildArgs {
    /// Contracts, modules and routes, as for `run`
    #[arg(long, value_name = "FILE", conflicts_with_all = ["module", "contract"], required_unless_present = "module")]
    config: Option<PathBuf>,
    /// A module; all its routines are in the patch
    #[arg(long, value_name = "FILE", requires = "contract")]
    module: Vec<PathBuf>,
    /// A contract of these routines
    #[arg(long, value_name = "FILE", requires = "module")]
    contract: Vec<PathBuf>,
    /// The executable, with debug information
    #[arg(long, value_name = "FILE")]
    exe: PathBuf,
    /// Number of the anomaly that the patch corrects: letters, digits, `.`, `_` and `-`
    #[arg(long, value_name = "NUMBER", value_parser = texts::name)]
    anomaly: String,
    /// Reports of replays, and whatever else proves the patch
    #[arg(long, value_name = "FILE")]
    evidence: Vec<PathBuf>,
    /// Why a difference that the evidence shows is right, such as the anomaly itself; stands in the release note
    #[arg(long, value_name = "WHY", requires = "evidence", value_parser = texts::remark)]
    differences_agreed: Option<String>,
    /// What is made
    #[arg(long, value_enum, value_delimiter = ',', default_value = "tar.gz")]
    format: Vec<Format>,
    /// Where it is put
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Where the executable is on the target, if elsewhere than here
    #[arg(long, value_name = "FILE")]
    target_exe: Option<PathBuf>,
    /// What people start on the target: the installation puts a link to the patch in its place
    #[arg(long, value_name = "FILE")]
    link: Option<PathBuf>,
    /// The folder on the target in which the patch gets its own
    #[arg(long, value_name = "DIR", default_value = "/opt/cmp-bridge")]
    prefix: PathBuf,
    /// The folder on the target in which each user's running programs have theirs; no cleaner of temporary files may go there
    #[arg(long, value_name = "DIR", default_value = cmp_bridge::session::PATCH_SESSIONS)]
    sessions: PathBuf,
    /// Which delivery of this patch it is
    #[arg(long, value_name = "N", default_value = "1", value_parser = texts::release)]
    release: String,
    /// Refuses files that do not run on this system (see `doctor`)
    #[arg(long, value_name = "SYSTEM", value_parser = system)]
    target: Option<System>,
    /// The agent, if it is not beside this command
    #[arg(long, value_name = "FILE", env = "CMP_BRIDGE_AGENT")]
    agent: Option<PathBuf>,
    /// Says what was made as JSON
    #[arg(long)]
    json: bool,
}

impl BuildArgs {
    /// The executable, as a file: a name without `/` is in the current folder, and not looked for as a command.
    fn executable(&self) -> PathBuf {
        match self.exe.as_os_str().as_encoded_bytes().contains(&b'/') {
            true => self.exe.clone(),
            false => Path::new(".").join(&self.exe),
        }
    }
}

/// A kind of delivery file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// Unpacked by hand, installed by its install.sh
    #[value(name = "tar.gz")]
    TarGz,
    /// A Red Hat package
    Rpm,
    /// A Debian package
    Deb,
}

/// Why no patch was made.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// What `run` would refuse as well.
    #[error(transparent)]
    Run(#[from] run::Error),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The executable, the agent or a module.
    #[error(transparent)]
    Binary(#[from] BinaryError),
    /// A module.
    #[error(transparent)]
    Module(#[from] LoadError),
    /// The control page.
    #[error(transparent)]
    Page(#[from] SharedError),
    /// Nothing to tie the patch to.
    #[error("{} has no build-id that can be found at run time", path.display())]
    NoBuildId {
        /// The executable.
        path: PathBuf,
    },
    /// A route that a patch cannot have.
    #[error("`{routine}` has route {route}: a patch knows rust and legacy only")]
    Observed {
        /// The routine.
        routine: String,
        /// Its route.
        route: &'static str,
    },
    /// Nobody answers in Rust.
    #[error("no routine has route rust: there is nothing to deliver")]
    NothingPatched,
    /// A routine of the module that no contract has.
    #[error("{} answers `{routine}`, which none of the contracts has", module.display())]
    NoContract {
        /// The module.
        module: PathBuf,
        /// The routine.
        routine: String,
    },
    /// A text that would be misread where it is written to.
    #[error("{what} cannot be delivered: {why}")]
    Unfit {
        /// The file or option.
        what: String,
        /// What is wrong.
        why: &'static str,
        /// What to do.
        hint: &'static str,
    },
    /// Evidence against the patch.
    #[error("{}: the replay says: {verdict}", file.display())]
    Different {
        /// The report.
        file: PathBuf,
        /// What it found.
        verdict: String,
    },
    /// A tool that makes packages.
    #[error("{tool} cannot be run")]
    Tool {
        /// Its name.
        tool: &'static str,
        /// The system's reason.
        source: io::Error,
    },
    /// A tool that makes packages refused.
    #[error("{tool} failed\n{text}")]
    ToolFailed {
        /// Its name.
        tool: &'static str,
        /// What it said.
        text: String,
    },
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Error::Run(error) => return error.hint(),
            Error::File(error) | Error::Config(ConfigError::File(error)) => return error.hint(),
            Error::Binary(_) => "executable, agent and modules must be ELF files for x86-64 Linux",
            Error::Module(error) => run::module_hint(error),
            Error::NoBuildId { .. } => {
                "link it with -Wl,--build-id; the patch must know the program it is for"
            }
            Error::Observed { .. } => {
                "record and shadow are for `cmp-bridge run`, which fetches the calls; write \"rust\" or \"legacy\""
            }
            Error::NothingPatched => "write `routine = \"rust\"` under [routes], or name a --module",
            Error::NoContract { .. } => {
                "name its contract with --contract, or take --config to choose routines"
            }
            Error::Unfit { hint, .. } => hint,
            Error::Different { .. } => {
                "correct the module, or say with --differences-agreed WHY that the correction is to differ"
            }
            Error::Tool { .. } => {
                "rpmbuild is in the package rpm (Debian) or rpm-build (Red Hat), dpkg-deb in dpkg"
            }
            Error::ToolFailed { .. } => "--format tar.gz needs no tool",
            Error::Config(_) | Error::Page(_) | Error::Output(_) => return None,
        };
        Some(hint.to_owned())
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let Command::Build(args) = &args.command;
    let config = match &args.config {
        Some(file) => Config::read(file)?,
        None => texts::config_of(&args.module, &args.contract)?,
    };
    let prepared = run::prepare::settle(config, &run::Args::of_program(&args.executable()))?;
    let missing = payload::left_out(&prepared);
    if !missing.is_empty() {
        missing.iter().for_each(|line| note(&format!("not possible: {line}")));
        note("  hint: a patch holds every routine it was asked for, or is not made");
        return Ok(Ending::Findings);
    }
    let agent = run::agent(args.agent.as_deref())?;
    if let Some(system) = &args.target
        && !payload::runs_on(system, &agent, &prepared)?
    {
        return Ok(Ending::Findings);
    }
    let payload = Payload::collect(args, prepared, &agent)?;
    std::fs::create_dir_all(&args.out).map_err(FileError::new(&args.out, "made"))?;
    let mut made = Vec::new();
    for format in &args.format {
        made.push(match format {
            Format::TarGz => archive::write(&payload, &args.out)?,
            Format::Rpm => packages::rpm(&payload, &args.out)?,
            Format::Deb => packages::deb(&payload, &args.out)?,
        });
    }
    payload.notes.iter().for_each(|text| note(&format!("note: {text}")));
    tell(args, &payload, &made)?;
    Ok(Ending::Good)
}

fn tell(args: &BuildArgs, payload: &Payload, made: &[PathBuf]) -> Result<(), Error> {
    let sum = |path: &Path| -> Result<String, Error> {
        Ok(payload::sha256(&std::fs::read(path).map_err(FileError::new(path, "read"))?))
    };
    if args.json {
        let files = made
            .iter()
            .map(|path| Ok(json!({ "file": path.display().to_string(), "sha256": sum(path)? })))
            .collect::<Result<Vec<_>, Error>>()?;
        let routines: Vec<_> = payload
            .routines
            .iter()
            .map(|(name, route)| json!({ "routine": name, "route": route.name() }))
            .collect();
        let whole = json!({ "anomaly": args.anomaly, "release": args.release, "executable": payload.program,
            "build_id": payload.build_id, "routines": routines, "files": files });
        return Ok(print(&format!("{whole:#}\n"))?);
    }
    let in_route = |route: Route| {
        let names: Vec<&str> =
            payload.routines.iter().filter(|(_, r)| *r == route).map(|(name, _)| name.as_str()).collect();
        if names.is_empty() { "none".to_owned() } else { names.join(", ") }
    };
    let mut text = format!(
        "patch {} release {} for {} (build-id {})\n  in Rust: {}\n  ready, and left to the legacy code: {}\n",
        args.anomaly,
        args.release,
        payload.program,
        payload.build_id,
        in_route(Route::Rust),
        in_route(Route::Legacy)
    );
    for path in made {
        text += &format!("  {}  {}\n", sum(path)?, path.display());
    }
    Ok(print(&text)?)
}
