//! `cmp-bridge journal`: what a journal holds, call by call.

use crate::error::{Ending, Explain};
use crate::evidence::{Book, BookError, CallId};
use crate::names::{did_you_mean, matches};
use crate::output::{Paint, note, print};
use crate::report::count;
use crate::show;
use cmp_bridge_journal::{Call, Journal, JournalError, Summary};
use std::io;
use std::path::PathBuf;

/// Shows the calls of a journal with their values
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge journal day.journal
  cmp-bridge journal day.journal --routine 'eh*'
  cmp-bridge journal day.journal --call 1:42
  cmp-bridge journal day.journal --json | jq .after.pos
  cmp-bridge journal tests day.journal --exe legacy/build/pie/cmp_day --out tests/from_journal.rs
  cmp-bridge journal import pass1.rec --contract contracts/flight_dynamics.toml -o pass1.journal")]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub struct Args {
    #[command(subcommand)]
    what: Option<What>,
    /// The journal
    #[arg(value_name = "FILE", required = true)]
    journal: Option<PathBuf>,
    /// Only the routines that match; `*` and `?` stand for any characters
    #[arg(long, value_name = "PATTERN")]
    routine: Option<String>,
    /// Only this call, with every value in full
    #[arg(long, value_name = "THREAD:NUMBER")]
    call: Option<CallId>,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

/// What else is made of a journal.
#[derive(Debug, clap::Subcommand)]
enum What {
    Tests(super::journal_tests::Args),
    Import(super::journal_import::Args),
}

/// Why a journal cannot be shown.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot be opened.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Its contracts cannot be used.
    #[error(transparent)]
    Book(#[from] BookError),
    /// No routine of that name.
    #[error("no routine of {} matches `{pattern}`", journal.display())]
    Routine {
        /// What was asked for.
        pattern: String,
        /// The journal.
        journal: PathBuf,
        /// What may have been meant, and what there is.
        hint: String,
    },
    /// No such call.
    #[error("{}: there is no call {call}", journal.display())]
    Call {
        /// The journal.
        journal: PathBuf,
        /// What was asked for.
        call: CallId,
    },
    /// Its tests.
    #[error(transparent)]
    Tests(#[from] super::journal_tests::Error),
    /// A recording.
    #[error(transparent)]
    Import(#[from] super::journal_import::Error),
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Error::Journal(error) => Some(journal_hint(error).to_owned()),
            Error::Book(_) => {
                Some("use the cmp-bridge that recorded the journal, or record it again".to_owned())
            }
            Error::Routine { hint, .. } => Some(hint.clone()),
            Error::Call { journal, .. } => {
                Some(format!("`cmp-bridge journal {}` lists the calls there are", journal.display()))
            }
            Error::Tests(error) => error.hint(),
            Error::Import(error) => error.hint(),
            Error::Output(_) => None,
        }
    }
}

/// What to do about a journal that cannot be opened.
pub fn journal_hint(error: &JournalError) -> &'static str {
    match error {
        JournalError::Io { .. } => "check the path and the permissions",
        JournalError::NotAJournal { .. } => "journals are written by `cmp-bridge run --journal FILE`",
        JournalError::Version { .. } => "see `cmp-bridge --version`",
        JournalError::Header { .. } => "restore the file from a copy, or record again",
    }
}

/// Refuses a pattern that no routine of the journal matches.
pub fn require_match(journal: &Journal, pattern: &str) -> Result<(), Error> {
    let names = || journal.header().routines.iter().map(|routine| routine.name.as_str());
    if names().any(|name| matches(pattern, name)) {
        return Ok(());
    }
    let there: Vec<&str> = names().take(20).collect();
    let hint = format!("{} the journal has: {}", did_you_mean(pattern, names()), there.join(", "));
    let hint = hint.trim_start().to_owned();
    Err(Error::Routine { pattern: pattern.to_owned(), journal: journal.path().to_owned(), hint })
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    match &args.what {
        Some(What::Tests(args)) => return Ok(super::journal_tests::run(args)?),
        Some(What::Import(args)) => return Ok(super::journal_import::run(args)?),
        None => {}
    }
    let path = args.journal.clone().unwrap_or_default();
    let journal = Journal::open(&path)?;
    if let Some(pattern) = &args.routine {
        require_match(&journal, pattern)?;
    }
    let book = Book::read(journal.header())?;
    let wanted = |call: &Call| {
        let name = &journal.header().routines[call.routine].name;
        args.call.is_none_or(|id| id == CallId::of(call))
            && args.routine.as_ref().is_none_or(|pattern| matches(pattern, name))
    };
    let mut calls = journal.calls();
    let mut shown = 0;
    let mut page = String::new();
    for call in calls.by_ref().filter(wanted) {
        shown += 1;
        let known = book.known(call.routine);
        page += &match (args.json, args.call.is_some()) {
            (true, _) => format!("{}\n", show::json_call(&known, &call)),
            (false, true) => show::whole(&known, &call),
            (false, false) => format!("{}\n", show::line(&known, &call, 120)),
        };
        if page.len() > 1 << 16 {
            print(&std::mem::take(&mut page))?;
        }
    }
    print(&page)?;
    let summary = calls.summary();
    tell_damage(summary);
    if let (0, Some(call)) = (shown, args.call) {
        return Err(Error::Call { journal: path, call });
    }
    if !args.json && args.call.is_none() {
        let header = journal.header();
        note(&format!(
            "{} of {} shown; recorded from {} (build-id {}); {} lost while recording",
            shown,
            count(summary.calls, "call"),
            header.executable,
            hex(&header.build_id),
            summary.dropped
        ));
    }
    Ok(if summary.damage.is_empty() { Ending::Good } else { Ending::Findings })
}

/// Says on standard error where a journal is not as it was written.
pub fn tell_damage(summary: &Summary) {
    let paint = Paint::stderr();
    for damage in &summary.damage {
        let word = if damage.is_corruption() { paint.bad("damaged:") } else { paint.doubtful("incomplete:") };
        note(&format!("{word} {damage}"));
    }
}

/// Bytes in hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
