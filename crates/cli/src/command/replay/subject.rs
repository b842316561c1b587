//! Who answers: the executable itself, or a module.

use super::{Error, Replay, request, title};
use crate::command::serve::is_serve;
use crate::command::{journal::hex, run};
use crate::evidence::{Answered, Beyond, Book, Kind, Ledger, LostEnds};
use crate::names::matches;
use crate::output::note;
use cmp_bridge::control::Route;
use cmp_bridge::launch::WorkerStart;
use cmp_bridge::loader::LoadedModule;
use cmp_bridge::module;
use cmp_bridge::worker::Reply;
use cmp_bridge_contract::hash::routine_hash;
use cmp_bridge_harness::images::Images;
use cmp_bridge_harness::remote::Remote;
use cmp_bridge_harness::worker::{Answer, ControlSession, Origin, Worker, WorkerError};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::libraries::find_libraries;
use cmp_bridge_inspect::planner::{PlanRequest, RoutineRequest, plan};
use cmp_bridge_journal::{Call, Outcome};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Crashes of one routine after which its other calls are not replayed: each costs a new process.
const CRASHES: u64 = 200;

/// Somebody who answers the calls of a journal.
pub struct Subject {
    /// What it is.
    pub kind: Kind,
    /// Its file name.
    pub name: String,
    /// Its identification.
    pub what: Option<String>,
    worker: Worker,
    /// For each routine of the journal, why it is not asked; `None` where it is.
    closed: Vec<Option<Closed>>,
    crashes: Vec<u64>,
    /// It has answered, or tried to.
    asked: bool,
    /// Why it cannot be asked any more.
    pub gone: Option<Error>,
    /// The images a legacy routine may change; of none for a module.
    images: Images,
}

#[derive(Clone)]
enum Closed {
    /// Another subject answers it.
    Elsewhere,
    /// No module has a candidate of it.
    NoCandidate,
    /// Nobody can.
    Because(String),
}

impl Subject {
    fn new(
        (book, timeout): (&Book, Duration),
        kind: Kind,
        path: &Path,
        what: Option<String>,
        origin: Origin,
    ) -> Subject {
        let closed = book.iter().map(|known| request::closed(&known).map(Closed::Because)).collect();
        Subject {
            kind,
            name: title(path),
            what,
            worker: Worker::new(origin, timeout),
            closed,
            crashes: vec![0; book.routine_count()],
            asked: false,
            gone: None,
            images: Images::default(),
        }
    }

    /// Lets the worker answer a call, and enters what comes of it.
    pub fn answer(
        &mut self,
        book: &Book,
        ends: &LostEnds,
        call: &Call,
        ledger: &mut Ledger<'_>,
    ) -> Result<(), Error> {
        match &self.closed[call.routine] {
            Some(Closed::Elsewhere) => return Ok(()),
            Some(Closed::NoCandidate) => {
                ledger.without_candidate(call);
                return Ok(());
            }
            Some(Closed::Because(reason)) => {
                ledger.skipped(call, reason);
                return Ok(());
            }
            None => {}
        }
        let known = book.known(call.routine);
        let request = match request::of(&known, call, ends) {
            Ok(request) => request,
            Err(reason) => {
                ledger.skipped(call, &reason);
                return Ok(());
            }
        };
        if self.crashes[call.routine] >= CRASHES {
            ledger.skipped(call, &format!("it crashed in {CRASHES} calls before"));
            return Ok(());
        }
        let answer = match self.worker.ask(&request) {
            Ok(answer) => answer,
            Err(error @ WorkerError::Remote(_)) if self.asked => {
                // What was compared so far is evidence still.
                let why = format!("the server could not be asked any more: {error}");
                ledger.skipped(call, &why);
                self.closed.iter_mut().filter(|closed| closed.is_none()).for_each(|closed| {
                    *closed = Some(Closed::Because(why.clone()));
                });
                self.gone = Some(error.into());
                return Ok(());
            }
            Err(error) => return Err(error.into()),
        };
        self.asked = true;
        match answer {
            Answer::Died(how) => {
                self.crashes[call.routine] += 1;
                ledger.crashed(call, how.to_string());
            }
            Answer::Reply(reply) if !reply.problem.is_empty() => ledger.skipped(call, &reply.problem),
            Answer::Reply(reply) => self.enter(call, &reply, ledger),
        }
        Ok(())
    }

    /// Ends its process.
    pub fn stop(&mut self) {
        self.worker.stop();
    }

    fn enter(&self, call: &Call, reply: &Reply, ledger: &mut Ledger<'_>) {
        use module::Answer;
        if !reply.exception.is_empty() {
            return ledger.crashed(call, format!("exception {}", reply.exception));
        }
        match reply.answer {
            Answer::ANSWERED | Answer::STATUS => {}
            Answer::PANICKED | Answer::PANICKED_RESTORED => {
                return ledger.crashed(call, "panicked".to_owned());
            }
            _ => return ledger.declined(call),
        }
        let Outcome::Returned { returned, after } = &call.outcome else { return };
        let control = Answered::captured(returned, after);
        let after = reply.after.iter().map(|(area, bytes)| (*area, bytes.as_slice())).collect();
        let candidate = Answered { returned: &reply.returned, after };
        let mut beyond: Vec<Beyond> = reply.overruns.iter().copied().map(Beyond::Overrun).collect();
        beyond.extend(reply.changed_inputs.iter().copied().map(Beyond::Input));
        let undeclared = self.images.undeclared(&reply.undeclared).into_iter();
        beyond.extend(undeclared.map(|(symbol, place)| Beyond::Undeclared { symbol, place }));
        ledger.answered(call, &control, &candidate, &beyond, reply.nanoseconds);
    }
}

/// A server. It is greeted for each routine before the first call: one that it does not have, or knows by another contract, is
/// not asked.
pub(super) fn remote(replay: &Replay<'_>, server: &str) -> Result<Subject, Error> {
    let timeout = Duration::from_millis(replay.args.timeout);
    let kind = if replay.args.control { Kind::Control } else { Kind::Candidate };
    let mut remote = Remote::new(server, replay.book.contracts().to_vec());
    if let Some(mebibytes) = replay.args.message {
        remote.set_message(usize::from(mebibytes) << 20);
    }
    let (mut greeted, mut refused, mut closed) = (None, None, Vec::new());
    for known in replay.book.iter() {
        let name = &known.routine.name;
        let wanted = replay.args.routine.as_deref().is_none_or(|pattern| matches(pattern, name));
        let mut why = request::closed(&known);
        if wanted && why.is_none() {
            match remote.greet(name, timeout) {
                Ok(what) => greeted = Some(what),
                // Nobody is there for the others either.
                Err(error) if !error.is_of_routine() => return Err(Error::Worker(error.into())),
                Err(error) => {
                    why = Some(error.to_string());
                    refused = Some(error);
                }
            }
        }
        closed.push(why);
    }
    if let (None, Some(error)) = (&greeted, refused) {
        return Err(Error::Worker(error.into()));
    }
    if let Some(what) = greeted.as_ref().filter(|what| replay.args.control && is_serve(what)) {
        return Err(Error::NotLegacy {
            server: server.to_owned(),
            what: what.trim_start_matches("@(#)").to_owned(),
        });
    }
    let mut subject = Subject::new(
        (replay.book, timeout),
        kind,
        Path::new(server),
        greeted,
        Origin::Remote(Box::new(remote)),
    );
    subject.name = server.to_owned();
    subject.closed = closed.into_iter().map(|why| why.map(Closed::Because)).collect();
    Ok(subject)
}

/// The modules that were named. A routine that none of them answers is told with the first.
pub(super) fn modules(replay: &Replay<'_>) -> Result<Vec<Subject>, Error> {
    let mut opened = Vec::new();
    for path in &replay.args.module {
        let module = LoadedModule::open(path)?;
        require_contract(replay, &module)?;
        let absolute = std::path::absolute(path).unwrap_or_else(|_| path.clone());
        opened.push((path.as_path(), absolute, module));
    }
    let opened = opened.iter().map(|(path, absolute, module)| (*path, absolute.clone(), module));
    of_modules((replay.book, Duration::from_millis(replay.args.timeout)), Kind::Candidate, opened)
}

/// Modules: the file that is named, the one that is loaded, and what is in it. A routine that none of them answers is told
/// with the first.
pub fn of_modules<'m>(
    (book, timeout): (&Book, Duration),
    kind: Kind,
    modules: impl Iterator<Item = (&'m Path, PathBuf, &'m LoadedModule)>,
) -> Result<Vec<Subject>, Error> {
    let mut subjects = Vec::new();
    let command = std::env::current_exe().map_err(WorkerError::Reach)?;
    for (path, file, module) in modules {
        let what = Some(module.what().to_owned());
        let origin = Origin::Module { command: command.clone(), module: file };
        let mut subject = Subject::new((book, timeout), kind, path, what, origin);
        for (known, closed) in book.iter().zip(&mut subject.closed) {
            if module.candidate(&known.routine.name).is_none() {
                *closed = Some(Closed::Elsewhere);
            }
        }
        subjects.push(subject);
    }
    for routine in 0..book.routine_count() {
        let nobody = subjects.iter().all(|s| matches!(s.closed[routine], Some(Closed::Elsewhere)));
        if let (true, Some(first)) = (nobody, subjects.first_mut()) {
            first.closed[routine] = Some(Closed::NoCandidate);
        }
    }
    Ok(subjects)
}

/// Refuses a module that was built for another contract than the journal's, or for none of its routines.
fn require_contract(replay: &Replay<'_>, module: &LoadedModule) -> Result<(), Error> {
    let mut common = 0;
    for known in replay.book.iter() {
        let Some(candidate) = module.candidate(&known.routine.name) else { continue };
        common += 1;
        let expected = routine_hash(known.contract, known.routine);
        if candidate.contract_hash != expected {
            return Err(Error::OtherContract {
                module: module.path().to_owned(),
                routine: known.routine.name.clone(),
                expected,
                found: candidate.contract_hash,
            });
        }
    }
    if common == 0 {
        let has: Vec<&str> = module.candidates().iter().map(|candidate| candidate.routine.as_str()).collect();
        let there: Vec<&str> = replay.book.iter().map(|known| known.routine.name.as_str()).take(20).collect();
        let hint = format!("it has {}; the journal has {}", has.join(", "), there.join(", "));
        return Err(Error::NoCandidate { module: module.path().to_owned(), hint });
    }
    Ok(())
}

/// The executable the journal was recorded from.
pub(super) fn control<'a>(replay: &Replay<'a>) -> Result<Subject, Error> {
    let header = replay.journal.header();
    let path = replay.args.exe.as_deref();
    let path = path.ok_or_else(|| Error::NoExecutable { executable: header.executable.clone() })?;
    let executable = Binary::open(path)?;
    let found = executable.build_id().unwrap_or_default();
    if found != header.build_id {
        let (found, recorded) = (hex(found), hex(&header.build_id));
        return Err(Error::BuildId { executable: path.to_owned(), found, recorded });
    }
    let library_path = std::env::var_os("LD_LIBRARY_PATH");
    let libraries = find_libraries(&executable, library_path.as_deref()).found;
    let wanted = |known: crate::evidence::Known<'a>| RoutineRequest {
        contract: known.contract,
        routine: known.routine,
        route: Route::Legacy,
        module: None,
        // Nobody calls it with more arguments than were recorded.
        verified: true,
    };
    let routines = replay.book.iter().map(wanted).collect();
    let outcome =
        plan(&PlanRequest { executable: &executable, libraries: &libraries, routines, modules: Vec::new() });
    if let Some(refusal) = outcome.no_safe_moment {
        return Err(Error::NoSafeMoment { executable: path.to_owned(), why: refusal.to_string() });
    }
    let agent = run::agent(replay.args.agent.as_deref())?;
    let session = ControlSession::create(&outcome.plan).map_err(WorkerError::Session)?;
    let origin = Origin::Control {
        executable: path.to_owned(),
        start: WorkerStart::default(),
        folder: None,
        agent,
        session,
    };
    let asked = (replay.book, Duration::from_millis(replay.args.timeout));
    let mut subject = Subject::new(asked, Kind::Control, path, None, origin);
    subject.images = Images::of(&outcome.plan, executable, libraries);
    for refusal in &outcome.refused {
        let at = replay.book.iter().position(|known| known.routine.name == refusal.routine);
        if let Some(at) = at.filter(|at| subject.closed[*at].is_none()) {
            subject.closed[at] = Some(Closed::Because(refusal.to_string()));
        }
    }
    if subject.closed.iter().all(Option::is_some) {
        note("no routine of the journal can be called in the executable");
    }
    Ok(subject)
}
