//! `cmp-bridge replay`: recorded calls, answered again from the same bytes and compared.

pub(crate) mod request;
pub(in crate::command) mod subject;

use super::journal::{self, hex, journal_hint, require_match};
use super::run::{self, file_name};
use crate::error::{Ending, Explain, FileError};
use crate::evidence::{Book, BookError, Evidence, Kind, Ledger, LostEnds};
use crate::names::matches;
use crate::output::{Paint, note, print};
use crate::report::{self, Report};
use cmp_bridge::loader::LoadError;
use cmp_bridge_contract::hash::contract_hash;
use cmp_bridge_contract::model::Contract;
use cmp_bridge_harness::worker::WorkerError;
use cmp_bridge_inspect::binary::BinaryError;
use cmp_bridge_journal::{Call, Journal, JournalError, Summary};
use indicatif::{ProgressBar, ProgressStyle};
use std::io;
use std::path::{Path, PathBuf};

/// Answers recorded calls again, with a module or the program itself, and compares
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge replay day.journal --module target/release/librewrite_three.so
  cmp-bridge replay day.journal --control --exe legacy/build/pie/cmp_day
  cmp-bridge replay day.journal --module target/release/librewrite_three.so --control --exe legacy/build/pie/cmp_day --html evidence.html
  cmp-bridge replay day.journal  # what route shadow recorded
  cmp-bridge replay day.journal --server rustbox:4710  # candidates that another machine hosts
  cmp-bridge replay day.journal --control --server hpux1:4710  # the legacy routine, hosted by the generated stub

--control lets the legacy routine answer its own journal: any difference is noise, or state that the contract does not
mention. Exit status: 0 equal or within the tolerances, 1 mismatches, crashes, or a candidate of which not one call was
compared, 2 an error.")]
pub struct Args {
    /// The journal
    #[arg(value_name = "JOURNAL")]
    journal: PathBuf,
    /// A module whose candidates answer
    #[arg(long, value_name = "MODULE")]
    module: Vec<PathBuf>,
    /// The legacy routine answers its own journal
    #[arg(long)]
    control: bool,
    /// The executable the journal was recorded from, for --control
    #[arg(long, value_name = "EXE", requires = "control")]
    exe: Option<PathBuf>,
    /// The server at this address answers: with --control it hosts the legacy routine, else the candidate. Each call brings
    /// its state: name no process that is in operation
    #[arg(long, value_name = "HOST:PORT", conflicts_with = "exe")]
    server: Option<String>,
    /// Longest message to the server and from it, in MiB, where `message` of its bridge.toml allows more than the usual 16
    #[arg(long, value_name = "MIB", requires = "server", value_parser = clap::value_parser!(u16).range(1..2048))]
    message: Option<u16>,
    /// The agent, if it is not beside this command
    #[arg(long, value_name = "FILE", env = "CMP_BRIDGE_AGENT")]
    agent: Option<PathBuf>,
    /// Only the routines that match; `*` and `?` stand for any characters
    #[arg(long, value_name = "PATTERN")]
    routine: Option<String>,
    /// Only the first N calls
    #[arg(long, value_name = "N")]
    limit: Option<u64>,
    /// Mismatches shown of each routine
    #[arg(long, value_name = "N", default_value_t = 3)]
    examples: usize,
    /// How long a call may take, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 5000, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Uses what can be read of a damaged journal
    #[arg(long)]
    salvage: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// Writes the evidence as one self-contained page
    #[arg(long, value_name = "FILE")]
    html: Option<PathBuf>,
    /// The date the page bears; otherwise the journal's
    #[arg(long, value_name = "TEXT")]
    date: Option<String>,
}

/// Why nothing was replayed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Not a file.
    #[error("{}: is a folder, not a journal", .0.display())]
    Folder(PathBuf),
    /// Its contracts.
    #[error(transparent)]
    Book(#[from] BookError),
    /// A pattern that matches nothing.
    #[error(transparent)]
    Routine(#[from] journal::Error),
    /// The journal changed since it was written.
    #[error("{}: damaged in {places} places", path.display())]
    Damaged {
        /// The journal.
        path: PathBuf,
        /// In how many places.
        places: usize,
    },
    /// A module.
    #[error(transparent)]
    Module(#[from] LoadError),
    /// A module of another contract.
    #[error("{}: `{routine}` was built for contract hash {found:016x}, but the journal has {expected:016x}", module.display())]
    OtherContract {
        /// The module.
        module: PathBuf,
        /// The routine.
        routine: String,
        /// The journal's hash.
        expected: u64,
        /// The module's.
        found: u64,
    },
    /// A module with no candidate for any routine of the journal.
    #[error("{}: no routine of the journal has a candidate in it", module.display())]
    NoCandidate {
        /// The module.
        module: PathBuf,
        /// What it has and what there is.
        hint: String,
    },
    /// Nobody to answer.
    #[error("nobody is named to answer the calls, and the journal holds none of route `shadow`")]
    NobodyAnswers,
    /// `--control`, and a server of candidates.
    #[error(
        "--control is answered by the legacy routine, and {server} is {what}, which has candidates alone"
    )]
    NotLegacy {
        /// The server.
        server: String,
        /// What it says that it is.
        what: String,
    },
    /// `--control` without the executable.
    #[error("--control needs the executable the journal was recorded from ({executable})")]
    NoExecutable {
        /// Its file name.
        executable: String,
    },
    /// Another build of it.
    #[error("{} is build {found}, but the journal was recorded from build {recorded}", executable.display())]
    BuildId {
        /// The file.
        executable: PathBuf,
        /// Its build-id.
        found: String,
        /// The journal's.
        recorded: String,
    },
    /// The executable.
    #[error(transparent)]
    Binary(#[from] BinaryError),
    /// The executable has no place to stop at.
    #[error("{} cannot be stopped before its own code runs: {why}", executable.display())]
    NoSafeMoment {
        /// The file.
        executable: PathBuf,
        /// Why.
        why: String,
    },
    /// The agent.
    #[error(transparent)]
    Agent(#[from] run::Error),
    /// A worker.
    #[error(transparent)]
    Worker(#[from] WorkerError),
    /// Not one call could be compared.
    #[error("not one call was compared: that is no evidence")]
    NothingCompared,
    /// The page.
    #[error(transparent)]
    File(#[from] FileError),
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Error::Journal(error) => journal_hint(error).to_owned(),
            Error::Folder(_) => "name the file that `cmp-bridge run --journal FILE` wrote".to_owned(),
            Error::Book(_) => "use the cmp-bridge that recorded the journal, or record it again".to_owned(),
            Error::Routine(error) => return error.hint(),
            Error::Damaged { path, .. } => {
                format!(
                    "`cmp-bridge journal {}` shows where; --salvage replays what is whole",
                    path.display()
                )
            }
            Error::OtherContract { .. } => {
                "build the module from the contract the journal was recorded with, or record again".to_owned()
            }
            Error::NoCandidate { hint, .. } => hint.clone(),
            Error::NobodyAnswers => "add --module FILE, --control --exe EXE or --server HOST:PORT".to_owned(),
            Error::NotLegacy { .. } => {
                "leave --control out, or name the process that hosts the legacy routine".to_owned()
            }
            Error::NoExecutable { .. } => {
                "add --exe EXE, or --server HOST:PORT where another machine hosts the routine".to_owned()
            }
            Error::Worker(WorkerError::Remote(error)) => return error.hint().map(str::to_owned),
            Error::BuildId { .. } => "name the executable that was recorded, or record this one".to_owned(),
            Error::Agent(error) => return error.hint(),
            Error::Worker(WorkerError::Start { .. } | WorkerError::Refused { .. })
            | Error::NoSafeMoment { .. } => {
                "`cmp-bridge run --explain` says what can be hooked in it".to_owned()
            }
            Error::NothingCompared => {
                "the reasons are in the table above; `cmp-bridge check` says what to complete".to_owned()
            }
            Error::File(error) => return error.hint(),
            Error::Binary(_) => "the program must be an ELF executable for x86-64 Linux".to_owned(),
            Error::Worker(WorkerError::Session(_)) => {
                "set XDG_RUNTIME_DIR to a private folder of yours, or remove what is in the way".to_owned()
            }
            Error::Module(error) => run::module_hint(error).to_owned(),
            Error::Worker(WorkerError::Reach(_)) | Error::Output(_) => return None,
        };
        Some(hint)
    }
}

/// What all subjects of one replay share.
struct Replay<'a> {
    args: &'a Args,
    journal: &'a Journal,
    book: &'a Book,
    summary: &'a Summary,
    ends: &'a LostEnds,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    if args.journal.is_dir() {
        return Err(Error::Folder(args.journal.clone()));
    }
    let journal = Journal::open(&args.journal)?;
    if let Some(pattern) = &args.routine {
        require_match(&journal, pattern)?;
    }
    let book = Book::read(journal.header())?;
    let mut calls = journal.calls();
    let ends = LostEnds::of(calls.by_ref());
    let summary = calls.summary();
    let corrupt = summary.damage.iter().filter(|damage| damage.is_corruption()).count();
    if corrupt > 0 && !args.salvage {
        journal::tell_damage(summary);
        return Err(Error::Damaged { path: args.journal.clone(), places: corrupt });
    }
    let replay = Replay { args, journal: &journal, book: &book, summary, ends: &ends };
    let (subjects, gone) = replay.subjects()?;
    let report = replay.report(subjects);
    if args.json {
        let json = serde_json::to_string_pretty(&report).map_err(io::Error::other)?;
        print(&format!("{json}\n"))?;
    } else {
        print(&report::text(&report, args.examples, Paint::stdout()))?;
    }
    if let Some(path) = &args.html {
        std::fs::write(path, report::html(&report)).map_err(FileError::new(path.clone(), "written"))?;
        if !args.json {
            note(&format!("evidence: {}", path.display()));
        }
    }
    if let Some(error) = gone {
        return Err(error);
    }
    let totals = report.totals();
    match totals.compared() {
        0 => Err(Error::NothingCompared),
        _ if totals.bad() || report.unproven() => Ok(Ending::Findings),
        _ => Ok(Ending::Good),
    }
}

impl<'a> Replay<'a> {
    /// What they all answered, and why one could not be asked to the end.
    fn subjects(&self) -> Result<(Vec<Evidence>, Option<Error>), Error> {
        let (mut subjects, mut gone) = (Vec::new(), None);
        let mut control_durations = Vec::new();
        if let Some(server) = &self.args.server {
            let mut subject = subject::remote(self, server)?;
            let ledger = self.ask_all(&mut subject)?;
            gone = subject.gone.take();
            if self.args.control {
                control_durations = ledger.durations().map(<[u64]>::to_vec).collect();
            }
            subjects.push(ledger.close(subject.name, subject.what));
        } else if self.args.control {
            let mut subject = subject::control(self)?;
            let ledger = self.ask_all(&mut subject)?;
            control_durations = ledger.durations().map(<[u64]>::to_vec).collect();
            subjects.push(ledger.close(subject.name, subject.what));
        }
        let modules = subject::modules(self)?;
        for mut subject in modules {
            let mut ledger = self.ask_all(&mut subject)?;
            for (routine, durations) in control_durations.iter().enumerate() {
                durations.iter().for_each(|duration| ledger.control_took(routine, *duration));
            }
            subjects.push(ledger.close(subject.name, subject.what));
        }
        if subjects.is_empty() {
            subjects.push(self.shadow().ok_or(Error::NobodyAnswers)?);
        }
        Ok((subjects, gone))
    }

    /// The calls that are asked for.
    fn calls(&self) -> impl Iterator<Item = Call> + use<'a> {
        let (pattern, header) = (self.args.routine.as_deref(), self.journal.header());
        let wanted = move |call: &Call| {
            pattern.is_none_or(|pattern| matches(pattern, &header.routines[call.routine].name))
        };
        self.journal.calls().filter(wanted).take(self.args.limit.map_or(usize::MAX, |limit| limit as usize))
    }

    fn ask_all(&self, subject: &mut subject::Subject) -> Result<Ledger<'a>, Error> {
        let mut ledger = Ledger::new(self.book, subject.kind, self.args.examples.max(20));
        let bar = self.bar(&subject.name);
        for call in self.calls() {
            subject.answer(self.book, self.ends, &call, &mut ledger)?;
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(ledger)
    }

    /// A bar on standard error, drawn on terminals only.
    fn bar(&self, name: &str) -> ProgressBar {
        let calls = self.summary.calls.min(self.args.limit.unwrap_or(u64::MAX));
        let bar = ProgressBar::new(calls);
        let style = ProgressStyle::with_template("{msg} [{bar:40}] {pos} of {len} calls, {eta} left");
        if let Ok(style) = style {
            bar.set_style(style.progress_chars("=> "));
        }
        bar.set_message(name.to_owned());
        bar
    }

    /// What route `shadow` recorded.
    fn shadow(&self) -> Option<Evidence> {
        let mut ledger = Ledger::new(self.book, Kind::Shadow, self.args.examples.max(20));
        let mut any = false;
        for call in self.calls() {
            any |= ledger.shadow(&call);
        }
        any.then(|| ledger.close("as recorded".to_owned(), None))
    }

    fn report(&self, subjects: Vec<Evidence>) -> Report {
        let header = self.journal.header();
        let contracts = header.components.iter().map(|component| {
            let contract = Contract::from_toml(&component.contract, &component.file);
            let hash = contract.map_or_else(|_| "?".to_owned(), |c| format!("{:016x}", contract_hash(&c)));
            (component.file.clone(), hash)
        });
        Report {
            journal: self.args.journal.display().to_string(),
            executable: header.executable.clone(),
            build_id: hex(&header.build_id),
            target: header.target.clone(),
            contracts: contracts.collect(),
            recorded: self.summary.calls,
            dropped: self.summary.dropped,
            damage: self.summary.damage.iter().map(ToString::to_string).collect(),
            date: self.args.date.clone().or_else(|| modified(&self.args.journal)),
            version: env!("CARGO_PKG_VERSION"),
            subjects,
        }
    }
}

/// When a file was last written, in universal time: the same however often the page is made.
fn modified(path: &Path) -> Option<String> {
    let time = std::fs::metadata(path).ok()?.modified().ok()?;
    let seconds = time.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs();
    Some(format!("journal of {}", utc(seconds)))
}

/// Seconds since 1970 as `2026-03-01 12:34:56 UTC` (Fliegel and Van Flandern's calendar arithmetic).
pub(super) fn utc(seconds: u64) -> String {
    let (days, rest) = (seconds / 86_400, seconds % 86_400);
    let l = days as i64 + 2_440_588 + 68_569;
    let n = 4 * l / 146_097;
    let l = l - (146_097 * n + 3) / 4;
    let i = 4000 * (l + 1) / 1_461_001;
    let l = l - 1461 * i / 4 + 31;
    let j = 80 * l / 2447;
    let (day, l) = (l - 2447 * j / 80, j / 11);
    let (month, year) = (j + 2 - 12 * l, 100 * (n - 49) + i + l);
    format!("{year:04}-{month:02}-{day:02} {:02}:{:02}:{:02} UTC", rest / 3600, rest / 60 % 60, rest % 60)
}

/// File name of a path, for a heading.
fn title(path: &Path) -> String {
    file_name(path)
}

#[cfg(test)]
mod tests {
    use super::utc;

    #[test]
    fn dates() {
        // From `date -u -d @N`.
        for (seconds, expected) in [
            (0, "1970-01-01 00:00:00 UTC"),
            (951_782_400, "2000-02-29 00:00:00 UTC"),
            (1_772_368_496, "2026-03-01 12:34:56 UTC"),
            (4_102_444_799, "2099-12-31 23:59:59 UTC"),
        ] {
            assert_eq!(utc(seconds), expected);
        }
    }
}
