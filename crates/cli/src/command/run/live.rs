//! The run itself: the program is started, its calls are fetched, and its end is ours.

use super::Error;
use super::prepare::Prepared;
use super::tell::size;
use crate::command::journal::hex;
use crate::error::{Ending, FileError};
use crate::evidence::{Book, Evidence, Kind, Ledger};
use crate::output::{Paint, note};
use crate::signals;
use cmp_bridge::control::{AgentState, ControlPage, Route};
use cmp_bridge::launch;
use cmp_bridge::ring::Rings;
use cmp_bridge::session::{Session, sessions_directory};
use cmp_bridge::shared::SharedError;
use cmp_bridge_journal::{Decoder, Writer};
use std::ffi::OsString;
use std::io;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::time::Duration;

/// Threads that can be recorded at once; a thread that ends makes room.
pub const RINGS: usize = 32;
/// Bytes of the smallest ring.
const LEAST: usize = 1 << 16;
/// Mismatches kept of each routine.
const EXAMPLES: usize = 3;
/// How long the rings may wait, at least and at most.
const SHORT: Duration = Duration::from_micros(100);
const LONG: Duration = Duration::from_millis(1);

/// What to start.
pub struct Start<'a> {
    /// The program, as it was named.
    pub executable: &'a Path,
    /// Its arguments.
    pub arguments: &'a [OsString],
    /// The agent.
    pub agent: &'a Path,
    /// Threads that can be recorded at once.
    pub rings: usize,
    /// Bytes of one ring, where there is room.
    pub ring_bytes: usize,
    /// Only what is wrong is told.
    pub quiet: bool,
    /// At the same addresses at every start.
    pub fixed: bool,
}

/// What came of a run.
pub struct Finished {
    /// How the program ended.
    pub status: ExitStatus,
    /// What the agent said.
    pub state: AgentState,
    /// Calls in the journal.
    pub recorded: u64,
    /// Calls that were lost.
    pub dropped: u64,
    /// The journal: its file, and its length.
    pub journal: Option<(PathBuf, u64)>,
    /// Why the journal ends before the program did.
    pub journal_failure: Option<io::Error>,
    /// Why calls could not be read from the rings.
    pub ring_failure: Option<io::Error>,
    /// Control against candidate, where route `shadow` was in use.
    pub shadow: Option<Evidence>,
}

/// The session's directory, removed whatever happens.
struct Guard(Session);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.remove();
    }
}

/// Starts the program and stays with it to its end.
pub fn run(prepared: &Prepared, start: &Start<'_>) -> Result<Finished, Error> {
    let book = if prepared.modules.is_empty() { None } else { Some(Book::read(&prepared.header)?) };
    let guard = Guard(Session::create()?);
    let session = &guard.0;
    session.write(&session.plan(), &prepared.outcome.plan.encode())?;
    let routines: Vec<_> = prepared.outcome.plan.routines.iter().collect();
    let routines: Vec<_> =
        routines.iter().map(|r| (r.name.as_str(), Route::from_byte(r.route), r.allowed)).collect();
    let page = ControlPage::create(&session.control(), &routines)?;
    let rings = rings(&session.rings(), start)?;
    let create = |path: &PathBuf| {
        Writer::create(path, &prepared.header).map_err(FileError::new(path.clone(), "created as a journal"))
    };
    let candidates = prepared.outcome.plan.routines.iter().map(|routine| routine.module.is_some()).collect();
    let writer = prepared.journal.as_ref().map(create).transpose()?;
    let mut sink = Sink {
        writer,
        written: 0,
        failure: None,
        decoder: Decoder::new(&prepared.header).only(candidates),
        ledger: book.as_ref().map(|book| Ledger::new(book, Kind::Shadow, EXAMPLES)),
        shadowed: false,
        ring_failure: None,
    };
    // The first look at the rings brings their pages in, which takes longer than many a program runs.
    sink.fetch(&rings, 0);
    signals::keep();
    let mut command = launch::command(start.executable, start.arguments, start.agent, session);
    signals::inherit(&mut command);
    if start.fixed {
        launch::keep_layout(&mut command);
    }
    let child = command.spawn().map_err(|source| {
        // Nothing was recorded: an empty journal would only be in the way of the next try.
        prepared.journal.iter().for_each(|path| drop(std::fs::remove_file(path)));
        Error::Start { executable: start.executable.to_owned(), source }
    })?;
    signals::send_to(child.id());
    let status = stay(child, &rings, &mut sink)?;
    signals::stop_sending();
    leave(&page, &session.control());
    Ok(finish(prepared, status, &page, sink))
}

/// Gives every routine back to the legacy code: processes that the program left behind share its routes, and nobody could
/// switch them once the session is gone.
fn leave(page: &ControlPage, control: &Path) {
    let answered = (0..page.routine_count()).any(|index| page.route(index) != Route::Legacy);
    for index in 0..page.routine_count() {
        // Route legacy is always possible.
        let _ = page.set_route(index, Route::Legacy);
    }
    let left = users(control);
    if answered && !left.is_empty() {
        let pids: Vec<String> = left.iter().map(ToString::to_string).collect();
        note(&format!(
            "{} the program has ended, and processes that it started go on ({}): from now on legacy code alone answers them",
            Paint::stderr().doubtful("note:"),
            pids.join(", "),
        ));
    }
}

/// Other processes of ours that share a file of the session.
fn users(file: &Path) -> Vec<u32> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let name = file.as_os_str().as_encoded_bytes();
    let shares = |pid: &u32| {
        // What ended meanwhile, or belongs to another user, cannot be read.
        let maps = std::fs::read(format!("/proc/{pid}/maps")).unwrap_or_default();
        maps.split(|byte| *byte == b'\n').any(|line| line.ends_with(name))
    };
    pids.filter(|pid| *pid != std::process::id()).filter(shares).collect()
}

/// The rings: smaller ones than asked for where there is no room for these.
fn rings(path: &Path, start: &Start<'_>) -> Result<Rings, Error> {
    let mut bytes = start.ring_bytes;
    loop {
        match Rings::create(path, start.rings, bytes) {
            Ok(rings) => {
                if bytes < start.ring_bytes && !start.quiet {
                    note(&format!(
                        "{} no room below {} for {} rings of {}: they have {}; --ring-mib sets how much they ask for",
                        Paint::stderr().doubtful("note:"),
                        sessions_directory().display(),
                        start.rings,
                        size(start.ring_bytes as u64),
                        size(bytes as u64),
                    ));
                }
                return Ok(rings);
            }
            Err(SharedError::Io { source, .. }) if bytes > LEAST && is_no_room(&source) => bytes /= 2,
            Err(error) => return Err(error.into()),
        }
        // A file that could be made and not be mapped would be in the way.
        let _ = std::fs::remove_file(path);
    }
}

/// Whether the system has no disk, no memory, or no more of either for this user.
pub fn is_no_room(error: &io::Error) -> bool {
    let reasons = [libc::ENOSPC, libc::ENOMEM, libc::EDQUOT, libc::EFBIG];
    error.raw_os_error().is_some_and(|code| reasons.contains(&code))
}

/// Where the calls go.
struct Sink<'a> {
    writer: Option<Writer>,
    written: u64,
    failure: Option<io::Error>,
    decoder: Decoder,
    ledger: Option<Ledger<'a>>,
    shadowed: bool,
    ring_failure: Option<io::Error>,
}

impl Sink<'_> {
    /// Fetches what the rings hold; returns the number of bytes.
    fn fetch(&mut self, rings: &Rings, pid: u32) -> usize {
        let alive = |thread: u32| Path::new(&format!("/proc/{pid}/task/{thread}")).exists();
        let fetched = rings.drain(&alive, &mut |thread, dropped, entries| {
            self.block(thread, dropped, entries);
            Ok(())
        });
        fetched.unwrap_or_else(|error| {
            self.ring_failure.get_or_insert(error);
            0
        })
    }

    fn block(&mut self, thread: u32, dropped: u64, entries: &[u8]) {
        if let Some(mut writer) = self.writer.take() {
            match writer.block(thread, dropped, entries) {
                Ok(()) => self.writer = Some(writer),
                // The program goes on; its journal ends with the last whole block.
                Err(error) => {
                    self.written = writer.written();
                    self.failure = Some(error);
                }
            }
        }
        let Some(ledger) = &mut self.ledger else { return };
        let mut rest = entries;
        while !rest.is_empty() {
            match self.decoder.next(thread, &mut rest) {
                Ok(Some(call)) => self.shadowed |= ledger.shadow(&call),
                Ok(None) => {}
                Err(error) => {
                    self.ring_failure.get_or_insert(io::Error::new(io::ErrorKind::InvalidData, error));
                    return;
                }
            }
        }
    }
}

/// Fetches calls until the program has ended, and what is left then.
fn stay(mut child: Child, rings: &Rings, sink: &mut Sink<'_>) -> Result<ExitStatus, Error> {
    let pid = child.id();
    let mut wait = SHORT;
    loop {
        let ended = child.try_wait().map_err(|source| Error::Wait { source })?;
        let fetched = sink.fetch(rings, pid);
        match (ended, fetched) {
            (Some(status), 0) => return Ok(status),
            (Some(_), _) => {}
            // A full piece: more may be there already.
            (None, many) if many >= 1 << 20 => wait = SHORT,
            (None, some) => {
                wait = if some > 0 { SHORT.max(wait / 2) } else { LONG.min(wait * 2) };
                std::thread::sleep(wait);
            }
        }
    }
}

fn finish(prepared: &Prepared, status: ExitStatus, page: &ControlPage, mut sink: Sink<'_>) -> Finished {
    let counts: Vec<_> = (0..page.routine_count()).map(|index| page.counts(index)).collect();
    let dropped: u64 = counts.iter().map(|counts| counts.dropped).sum();
    if let Some(writer) = sink.writer.take() {
        let written = writer.written();
        match writer.finish(dropped) {
            Ok(length) => sink.written = length,
            Err(error) => {
                sink.written = written;
                sink.failure = Some(error);
            }
        }
    }
    let shadow = sink.ledger.filter(|_| sink.shadowed).map(|ledger| {
        let names: Vec<&str> = prepared.modules.iter().map(|(name, _)| name.as_str()).collect();
        let whats: Vec<&str> = prepared.modules.iter().map(|(_, what)| what.as_str()).collect();
        ledger.close(names.join(", "), Some(whats.join("; ")))
    });
    Finished {
        status,
        state: page.state(),
        recorded: counts.iter().map(|counts| counts.recorded).sum(),
        dropped,
        journal: prepared.journal.clone().map(|path| (path, sink.written)),
        journal_failure: sink.failure,
        ring_failure: sink.ring_failure,
        shadow,
    }
}

impl Finished {
    /// Whether something is missing that was asked for: the hooks, calls, or the end of the journal.
    pub fn failed(&self) -> bool {
        matches!(self.state, AgentState::Refused(_) | AgentState::Waiting)
            || self.ring_failure.is_some()
            || self.journal_failure.is_some()
    }

    /// How `cmp-bridge run` ends: as the program did, unless that would hide that the run failed.
    pub fn ending(&self) -> Ending {
        match (self.status.code(), self.status.signal()) {
            (Some(0), _) if self.failed() => Ending::Status(2),
            (Some(code), _) => Ending::Status(code as u8),
            (None, Some(signal)) => Ending::Signal(signal),
            (None, None) => Ending::Status(2),
        }
    }
}

/// The build-id of a prepared run, for messages.
pub fn build_id(prepared: &Prepared) -> String {
    hex(&prepared.header.build_id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_failed_does_not_end_well() {
        let lost = || io::Error::new(io::ErrorKind::InvalidData, "overwritten");
        let refused = || AgentState::Refused("no".to_owned());
        for (status, state, ring, journal, ending) in [
            (0, AgentState::Installed, None, None, Ending::Status(0)),
            (0, AgentState::Waiting, None, None, Ending::Status(2)),
            (0, refused(), None, None, Ending::Status(2)),
            (0, AgentState::Installed, Some(lost()), None, Ending::Status(2)),
            (0, AgentState::Installed, None, Some(lost()), Ending::Status(2)),
            // The program's own failure is what its callers know.
            (3 << 8, refused(), None, None, Ending::Status(3)),
            (9, AgentState::Waiting, None, None, Ending::Signal(9)),
        ] {
            let (told, journal_failure, ring_failure) = (format!("{state:?} {status}"), journal, ring);
            let status = ExitStatus::from_raw(status);
            let (recorded, dropped, journal, shadow) = (0, 0, None, None);
            let finished =
                Finished { status, state, recorded, dropped, journal, journal_failure, ring_failure, shadow };
            assert_eq!(finished.ending(), ending, "{told}");
        }
    }
}
