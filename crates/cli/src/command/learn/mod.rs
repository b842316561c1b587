//! `cmp-bridge learn`: what real calls show of a contract, as proposals that a person accepts.

mod extent;
mod facts;
mod infer;
mod perturb;
pub(in crate::command) mod record;
mod state;
mod status;
mod tell;
mod watch;

use super::run;
use super::run::prepare::{Source, open_executable, read_contract, require_build};
use crate::config::{Config, ConfigError};
use crate::error::{Ending, Explain, FileError};
use crate::evidence::{Book, BookError, Known};
use crate::names::matches;
use crate::output::note;
use cmp_bridge::launch::WorkerStart;
use cmp_bridge::plan::{Plan, Routine};
use cmp_bridge_contract::Diagnostics;
use cmp_bridge_contract::model::{Contract, Proposal, Type};
use cmp_bridge_contract::toml::propose;
use cmp_bridge_harness::worker::{ControlSession, Origin, Worker, WorkerError};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::closure::Site;
use cmp_bridge_inspect::libraries::find_libraries;
use cmp_bridge_inspect::scan::{self, ScanOptions};
use cmp_bridge_journal::{Call, Journal, JournalError};
use facts::{Sample, Tally};
use indicatif::{ProgressBar, ProgressStyle};
use infer::{Case, Learnt};
use record::{Background, Scratch};
use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Watched calls of one routine that may end the process before its others are left alone.
const CRASHES: u64 = 5;
/// Watched calls of one routine that may take too long before its others are left alone.
const TIMEOUTS: u64 = 2;
/// Places elsewhere that are kept of one call.
const ELSEWHERE: usize = 4096;
/// Calls of one routine of which inputs are changed, to see whether they matter.
const PERTURBED: u64 = 24;

/// Watches real calls and proposes directions, extents, state, status conventions and effects
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge learn --contract contracts/flight_dynamics.toml -- legacy/build/pie/cmp_day legacy/data/spot5.day
  cmp-bridge learn --config bridge.toml --routine 'eh*' --journal day.journal -- legacy/build/pie/cmp_day legacy/data/spot5.day
  cmp-bridge learn --contract contracts/flight_dynamics.toml --journal day.journal -- legacy/build/pie/cmp_day
  cmp-bridge accept contracts/flight_dynamics.toml --list

Where the journal exists already, the program is not run. Otherwise it runs once, as it always does but at addresses that do not change, and its calls are recorded with the data
that their code mentions. Then calls of each kind are made again in a worker process, access by access; there, anything asked of the system is refused.
Proposals go to the end of the contracts as [[proposal]]; `cmp-bridge accept` makes them facts. Learning again updates
them. What the calls cannot tell is listed and never proposed. The program's output stays on standard output, what is
learnt is told on standard error. Exit status: 0 done; 1 if proposals contradict what a person wrote; 2 an error; a
program that ends badly ends `learn` as it would end `run`, after what it showed was written.")]
pub struct Args {
    /// A contract to complete
    #[arg(long, value_name = "FILE", required_unless_present = "config")]
    contract: Vec<PathBuf>,
    /// The contracts that this bridge.toml names
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Reads this journal if it is there; else the calls are recorded to it, and it is kept
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Only the routines that match; `*` and `?` stand for any characters
    #[arg(long, value_name = "PATTERN")]
    routine: Vec<String>,
    /// Calls recorded of each routine, about
    #[arg(long, value_name = "N", default_value_t = 1000)]
    calls: u64,
    /// Calls of each routine that are made again and watched, at most
    #[arg(long, value_name = "N", default_value_t = 200)]
    watch: usize,
    /// Bytes captured of an area of unknown extent, as far as it is mapped
    #[arg(long, value_name = "BYTES", default_value_t = 4096, value_parser = clap::value_parser!(u64).range(64..=65536))]
    wide: u64,
    /// How long a watched call may take, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 2000, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Changes no file
    #[arg(long)]
    dry_run: bool,
    /// Writes what was learnt as JSON; `-` is standard output
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// Says also what cannot be told, and notes
    #[arg(long, short)]
    verbose: bool,
    /// The agent, if it is not beside this command
    #[arg(long, value_name = "FILE", env = "CMP_BRIDGE_AGENT")]
    agent: Option<PathBuf>,
    /// The program and its arguments
    #[arg(required = true, trailing_var_arg = true, value_names = ["EXE", "ARGS"])]
    command: Vec<OsString>,
}

impl Args {
    /// Whether a routine is asked for.
    fn wants(&self, name: &str) -> bool {
        self.routine.is_empty() || self.routine.iter().any(|pattern| matches(pattern, name))
    }
}

/// Why nothing was learnt.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// The configuration.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The recording.
    #[error(transparent)]
    Run(#[from] run::Error),
    /// A worker.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Its contracts.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The journal of another build.
    #[error("{}: the journal was recorded from another build", executable.display())]
    BuildId {
        /// The executable.
        executable: PathBuf,
    },
    /// No place to stop the executable at.
    #[error("{} cannot be stopped before its own code runs: {why}", executable.display())]
    NoSafeMoment {
        /// The file.
        executable: PathBuf,
        /// Why.
        why: String,
    },
    /// A contract that changed meanwhile.
    #[error("{} cannot be used", file.display())]
    Contract {
        /// The contract.
        file: PathBuf,
        /// Every error in it.
        source: Diagnostics,
    },
    /// No folder for the recording.
    #[error("no folder for the recording can be made in {}", std::env::temp_dir().display())]
    Scratch,
    /// Standard output.
    #[error("the answer cannot be written")]
    Output(#[from] std::io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Error::File(error) => error.hint(),
            Error::Run(error) => error.hint(),
            Error::Worker(_) => Some("`cmp-bridge run --explain` says what can be hooked in it".to_owned()),
            Error::Journal(error) => Some(super::journal::journal_hint(error).to_owned()),
            Error::BuildId { .. } => {
                Some("name the executable that was recorded, or record this one".to_owned())
            }
            Error::NoSafeMoment { .. } => {
                Some("`cmp-bridge run --explain` says what can be hooked in it".to_owned())
            }
            Error::Contract { file, .. } => Some(format!("`cmp-bridge check {}`", file.display())),
            Error::Scratch => Some("set TMPDIR to a folder of yours".to_owned()),
            Error::Config(_) | Error::Book(_) | Error::Output(_) => None,
        }
    }
}

/// A recording, and what is needed to make its calls again.
struct Recording {
    journal: Journal,
    book: Book,
    plan: Plan,
    backgrounds: Vec<Background>,
    /// How the program ended, where it was run.
    ending: Ending,
    /// Calls that were lost.
    dropped: u64,
    _scratch: Option<Scratch>,
}

/// What was learnt of one routine.
struct RoutineLearnt {
    name: String,
    calls: u64,
    watched: usize,
    /// Calls that could not be made again, by reason.
    unfit: BTreeMap<String, u64>,
    learnt: Learnt,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let executable = open_executable(Path::new(&args.command[0]))?;
    let library_path = std::env::var_os("LD_LIBRARY_PATH");
    let libraries = find_libraries(&executable, library_path.as_deref()).found;
    let sources = sources(args, &executable, &libraries)?;
    let recording = recording(args, &executable, &libraries, &sources)?;
    if let Some(ending) = interrupted(recording.ending) {
        return Ok(ending);
    }
    let learnt = learn(args, &recording, &executable, &libraries)?;
    if let Some(ending) = interrupted(recording.ending) {
        return Ok(ending);
    }
    let mut standing = Vec::new();
    for source in &sources {
        standing.extend(write(args, source, &learnt)?);
    }
    tell::tell(args, &learnt, &standing)?;
    if recording.dropped > 0 {
        let lost = crate::report::count(recording.dropped, "call");
        note(&format!("note: {lost} came faster than they could be fetched, and were not seen"));
    }
    match recording.ending {
        Ending::Good if standing.iter().any(|p| p.conflict.is_some() && !p.rejected) => Ok(Ending::Findings),
        ending => Ok(ending),
    }
}

/// Somebody asked to stop: what was seen so far is no evidence, and no contract changes.
fn interrupted(ending: Ending) -> Option<Ending> {
    let by = match ending {
        Ending::Signal(signal) if crate::signals::asks_to_stop(signal) => Some(signal),
        _ => crate::signals::interrupted(),
    }?;
    note("cmp-bridge: interrupted: nothing was learnt, and no contract was changed");
    Some(Ending::Status(128 + by as u8))
}

fn sources(args: &Args, executable: &Binary, libraries: &[Binary]) -> Result<Vec<Source>, Error> {
    let mut files = args.contract.clone();
    if let Some(config) = &args.config {
        files.extend(Config::read(config)?.contracts);
    }
    let sources = files.iter().map(|file| read_contract(file)).collect::<Result<Vec<_>, _>>()?;
    for source in &sources {
        require_build(source, executable, libraries)?;
    }
    Ok(sources)
}

fn recording(
    args: &Args,
    executable: &Binary,
    libraries: &[Binary],
    sources: &[Source],
) -> Result<Recording, Error> {
    if let Some(path) = args.journal.as_ref().filter(|path| path.exists()) {
        let journal = Journal::open(path)?;
        let dropped = journal.summary().dropped;
        let book = Book::read(journal.header())?;
        let plan = record::plan_of(journal.header(), &book, executable, libraries)?;
        let mut backgrounds = record::backgrounds(&plan, executable, libraries);
        // The journal holds the areas of its contracts and no more.
        for background in &mut backgrounds {
            background.incomplete |= !background.variables.is_empty();
            background.variables.clear();
        }
        return Ok(Recording {
            journal,
            book,
            plan,
            backgrounds,
            ending: Ending::Good,
            dropped,
            _scratch: None,
        });
    }
    let scratch = if args.journal.is_none() { Some(Scratch::new()?) } else { None };
    let path = args.journal.clone().or(scratch.as_ref().map(Scratch::journal)).unwrap_or_default();
    let (prepared, backgrounds) = record::plan(args, executable, libraries, sources, &path)?;
    for refusal in &prepared.outcome.refused {
        note(&format!("not learnt: {refusal}"));
    }
    if let Some(refusal) = &prepared.outcome.no_safe_moment {
        return Err(Error::NoSafeMoment {
            executable: executable.path().to_owned(),
            why: refusal.to_string(),
        });
    }
    let finished = record::run(args, &prepared)?;
    let ending = match finished.ending() {
        Ending::Status(0) => Ending::Good,
        other => other,
    };
    let journal = Journal::open(&path)?;
    let book = Book::read(journal.header())?;
    let plan = prepared.outcome.plan;
    let dropped = finished.dropped;
    Ok(Recording { journal, book, plan, backgrounds, ending, dropped, _scratch: scratch })
}

fn learn(
    args: &Args,
    recording: &Recording,
    executable: &Binary,
    libraries: &[Binary],
) -> Result<Vec<RoutineLearnt>, Error> {
    let Recording { journal, book, plan, backgrounds, .. } = recording;
    let mut tallies: Vec<Tally> = (0..book.routine_count()).map(|_| Tally::default()).collect();
    for call in journal.calls() {
        tallies[call.routine].add(&book.known(call.routine), &call);
    }
    let watched: Vec<BTreeSet<u64>> = tallies.iter().map(|tally| tally.watched(args.watch)).collect();
    let mut watchers = watch_all(args, recording, executable, &watched)?;
    let symbols = book.iter().map(|known| known.routine.symbol.clone()).collect();
    let scanned = scanned(executable, libraries, symbols);
    let (types, none) = (types_of_variables(recording, executable, libraries), BTreeMap::new());
    let mut all = Vec::new();
    for (index, known) in book.iter().enumerate() {
        if !args.wants(&known.routine.name) {
            continue;
        }
        let Some(planned) = plan.routines.iter().position(|routine| routine.name == known.routine.name)
        else {
            continue;
        };
        let watcher = std::mem::take(&mut watchers[index]);
        let image = usize::from(plan.routines[planned].patch.image);
        let binary = record::binary_of(plan, image, executable, libraries).unwrap_or(executable);
        let case = Case {
            known,
            tally: &tallies[index],
            samples: &watcher.samples,
            system_calls: watcher.system_calls,
            numbers: watcher.numbers.iter().copied().collect(),
            elsewhere: &watcher.elsewhere,
            unreached: &watcher.unreached,
            unread: &watcher.unread,
            hidden: watcher.hidden.as_deref(),
            background: &backgrounds[planned],
            binary,
            scanned: &scanned,
            types: types.get(&image).unwrap_or(&none),
        };
        let learnt = infer::infer(&case);
        let (name, calls) = (known.routine.name.clone(), case.tally.calls);
        all.push(RoutineLearnt { name, calls, watched: watcher.samples.len(), unfit: watcher.unfit, learnt });
    }
    Ok(all)
}

/// Types of the variables that were captured with the calls: by image of the plan, and by address.
fn types_of_variables(
    recording: &Recording,
    executable: &Binary,
    libraries: &[Binary],
) -> BTreeMap<usize, BTreeMap<u64, Type>> {
    let mut addresses: BTreeMap<usize, BTreeSet<u64>> = BTreeMap::new();
    for variable in recording.backgrounds.iter().flat_map(|background| &background.variables) {
        addresses.entry(usize::from(variable.image)).or_default().insert(variable.symbol.address);
    }
    let each = addresses.into_iter().filter_map(|(image, addresses)| {
        let binary = record::binary_of(&recording.plan, image, executable, libraries)?;
        Some((image, scan::variable_types(binary, &addresses)))
    });
    each.collect()
}

/// What the debug information says of these routines: their views of state.
fn scanned(executable: &Binary, libraries: &[Binary], symbols: Vec<String>) -> Vec<Contract> {
    let options = ScanOptions { patterns: symbols, ..ScanOptions::default() };
    let binaries = std::iter::once(executable).chain(libraries);
    binaries
        .filter_map(|binary| scan::scan(binary, &options).ok())
        .flat_map(|report| report.contracts)
        .collect()
}

/// What the watched calls of one routine showed.
#[derive(Default)]
struct Watched {
    samples: Vec<Sample>,
    unfit: BTreeMap<String, u64>,
    system_calls: u64,
    numbers: BTreeSet<u32>,
    elsewhere: BTreeSet<(u16, u64)>,
    /// Places that may write and that no watched call reached.
    unreached: Vec<Site>,
    /// Places that may read and that no watched call reached.
    unread: Vec<Site>,
    /// All places that may write, where some may write what nobody sees.
    writes: Vec<Site>,
    /// Why a watched call may have written what the comparison does not see.
    hidden: Option<String>,
    /// Tables of the linker in the executable.
    linkage: Vec<(u64, u64)>,
    timeouts: u64,
    crashes: u64,
    perturbed: u64,
}

impl Watched {
    /// Makes one call again; why it says nothing, if so.
    fn watch(
        &mut self,
        worker: &mut Worker,
        known: &Known<'_>,
        routine: &Routine,
        call: &Call,
        spans: &[(u64, u64)],
    ) -> Result<Option<String>, Error> {
        let request = watch::request(known, routine, call).map(|mut request| {
            let image = routine.patch.image;
            let each = self.unreached.iter().chain(&self.unread).chain(&self.writes);
            request.sites = each.map(|site| (image, site.address)).collect();
            request
        });
        let request = match request {
            Ok(request) => request,
            Err(why) => return Ok(Some(why)),
        };
        let seen = match watch::watch(worker, &request, known, routine, call, spans)? {
            Ok(seen) => seen,
            Err(why) => {
                self.crashes += 1;
                self.timeouts += u64::from(why == watch::TOO_LONG);
                return Ok(Some(why));
            }
        };
        // The first call of a function of a library fills its place in a table of the linker's.
        let of_linker = |at: &Option<(u16, u64)>| {
            at.is_some_and(|(image, address)| {
                image == 0 && self.linkage.iter().any(|(low, high)| (*low..*high).contains(&address))
            })
        };
        if !seen.wrote_elsewhere.iter().all(of_linker) {
            self.hidden = Some("a watched call wrote data that was not captured".to_owned());
        }
        let own = |at: &&(u16, u64)| at.0 == routine.patch.image;
        self.elsewhere.extend(seen.elsewhere.iter().filter(own).take(ELSEWHERE));
        if !seen.system_calls.is_empty() {
            self.system_calls += 1;
            self.numbers.extend(&seen.system_calls);
        }
        if seen.overflow {
            return Ok(Some("it touches more than can be watched".to_owned()));
        }
        if let Some(why) = &seen.unlike {
            return Ok(Some(format!("made again it is not the same: {why}")));
        }
        let ran: BTreeSet<usize> = seen.reached.iter().map(|index| *index as usize).collect();
        let all = self.unreached.len() + self.unread.len();
        let wrote: Vec<Site> =
            (all..).zip(&self.writes).filter(|(at, _)| ran.contains(at)).map(|(_, s)| *s).collect();
        if let Some(why) = unseen(&wrote, routine.patch.image, &seen) {
            self.hidden = Some(why);
        }
        let mut at = 0..;
        self.unreached.retain(|_| at.next().is_some_and(|at| !ran.contains(&at)));
        self.unread.retain(|_| at.next().is_some_and(|at| !ran.contains(&at)));
        let mut sample = Sample::of(known, call, &seen);
        if self.perturbed < PERTURBED && perturb::perturb(worker, &request, &seen, known, &mut sample)? {
            self.perturbed += 1;
        }
        self.samples.push(sample);
        Ok(None)
    }
}

/// Whether one of the places that ran wrote something that is no area; what, if so.
fn unseen(wrote: &[Site], image: u16, seen: &watch::Seen) -> Option<String> {
    // What a function of another image wrote cannot be told from what a second one wrote.
    let foreign = wrote.iter().filter(|site| site.width == 0).count();
    if foreign > 1 || (foreign == 1 && !seen.writers.contains(&None)) {
        return Some("a function of a library may have written what is not watched".to_owned());
    }
    let own = wrote.iter().filter(|site| site.width > 0);
    let mut hidden = own.filter(|site| !seen.writers.contains(&Some((image, site.address))));
    hidden.next().map(|_| "a watched call wrote through an address to what is not watched".to_owned())
}

/// Makes the chosen calls again.
fn watch_all(
    args: &Args,
    recording: &Recording,
    executable: &Binary,
    chosen: &[BTreeSet<u64>],
) -> Result<Vec<Watched>, Error> {
    let Recording { journal, book, plan, .. } = recording;
    let agent = run::agent(args.agent.as_deref())?;
    let session = ControlSession::create(plan).map_err(WorkerError::Session)?;
    let tables = executable.sections().iter().filter(|section| section.name.starts_with(".got"));
    let linkage: Vec<(u64, u64)> = tables.map(|s| (s.address, s.address.saturating_add(s.size))).collect();
    let executable = executable.path().to_owned();
    let origin = Origin::Control {
        executable,
        start: WorkerStart { fixed: true, ..WorkerStart::default() },
        folder: None,
        agent,
        session,
    };
    let mut worker = Worker::new(origin, Duration::from_millis(args.timeout));
    let spans: Vec<(u64, u64)> = plan.images.iter().map(|image| image.span).collect();
    let fresh = |index: usize| {
        let name = &book.known(index).routine.name;
        let planned = plan.routines.iter().position(|routine| routine.name == *name);
        let Some(at) = planned else { return Watched::default() };
        let background = &recording.backgrounds[at];
        let unreached: Vec<Site> = background.closure.sites.iter().copied().collect();
        let writes = if infer::has_other_addresses(&book.known(index), background) {
            unreached.clone()
        } else {
            Vec::new()
        };
        let unread = background.closure.loads.iter().copied().collect();
        Watched { unreached, unread, writes, linkage: linkage.clone(), ..Watched::default() }
    };
    let mut all: Vec<Watched> = (0..chosen.len()).map(fresh).collect();
    let mut numbers = vec![0u64; chosen.len()];
    let bar = bar(chosen.iter().map(BTreeSet::len).sum::<usize>() as u64);
    for call in journal.calls() {
        if !matches!(call.outcome, cmp_bridge_journal::Outcome::Returned { .. }) {
            continue;
        }
        let number = numbers[call.routine];
        numbers[call.routine] += 1;
        let known = book.known(call.routine);
        let planned = plan.routines.iter().find(|routine| routine.name == known.routine.name);
        let (Some(routine), true) = (planned, chosen[call.routine].contains(&number)) else { continue };
        bar.inc(1);
        let watched = &mut all[call.routine];
        if crate::signals::interrupted().is_some() {
            break;
        }
        if watched.crashes >= CRASHES || watched.timeouts >= TIMEOUTS || !args.wants(&known.routine.name) {
            continue;
        }
        if let Some(why) = watched.watch(&mut worker, &known, routine, &call, &spans)? {
            *watched.unfit.entry(why).or_default() += 1;
        }
    }
    bar.finish_and_clear();
    Ok(all)
}

/// A bar on standard error, drawn on terminals only.
fn bar(calls: u64) -> ProgressBar {
    let bar = ProgressBar::new(calls);
    if let Ok(style) = ProgressStyle::with_template("watching [{bar:40}] {pos} of {len} calls, {eta} left") {
        bar.set_style(style.progress_chars("=> "));
    }
    bar
}

/// Puts the proposals into a contract. Returns those that stand in it.
fn write(args: &Args, source: &Source, learnt: &[RoutineLearnt]) -> Result<Vec<Proposal>, Error> {
    let mine = |name: &str| source.contract.routine(name).is_some();
    let new: Vec<Proposal> = learnt
        .iter()
        .filter(|routine| mine(&routine.name))
        .flat_map(|routine| routine.learnt.proposals.iter().cloned())
        .collect();
    let about =
        |name: Option<&str>| name.is_none_or(|name| learnt.iter().any(|routine| routine.name == name));
    let unusable = |source_error| Error::Contract { file: source.file.clone(), source: source_error };
    let file = source.file.display().to_string();
    let (text, standing) = propose(&source.text, &file, "learn", &about, &new).map_err(unusable)?;
    if !args.dry_run && text != source.text {
        super::accept::write_whole(&source.file, &text)?;
    }
    Ok(standing)
}
