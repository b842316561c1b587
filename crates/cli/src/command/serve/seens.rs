//! Calls made elsewhere: they go to a journal, and the candidates are given them, too, and compared.
//!
//! A thread of its own, which takes them from a queue, so that no caller waits for a disk or for a comparison. The candidates
//! run in processes of their own, as in a replay: one that crashes costs one call, and no connection.

use super::modules::Loaded;
use super::service::{Program, Service, Way};
use crate::command::replay::subject::{Subject, of_modules};
use crate::config::Limits;
use crate::error::FileError;
use crate::evidence::{Book, BookError, Evidence, Kind, Ledger, LostEnds, Totals};
use crate::output::{Paint, note};
use crate::report::{self, Report, count};
use cmp_bridge_contract::hash::{contract_hash, format_hash, routine_hash};
use cmp_bridge_journal::{Call, Component, Header, RoutineHead, Writer, encode};
use cmp_bridge_wire::{ConvertError, Decoder};
use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How long a candidate may take for a call that is only compared.
const TIMEOUT: Duration = Duration::from_secs(2);
/// How long what is in the queue is still compared when the server is asked to stop. All of it is recorded.
const HURRY: Duration = Duration::from_secs(5);
/// Mismatches kept of each routine.
const EXAMPLES: usize = 10;
/// Bytes of entries that are gathered to a block of the journal, and how long at most: so much a crash may cost.
const BLOCK: usize = 1 << 18;
const FLUSH: Duration = Duration::from_millis(500);

/// A call made elsewhere, as it came.
#[derive(Debug)]
pub struct Told {
    /// Whose routine: position of the program.
    pub program: usize,
    /// Position of the routine.
    pub routine: usize,
    /// The connection it came on, from 1.
    pub thread: u32,
    /// Calls of that connection that were not told: since the last one that was, and in all.
    pub untold: (u32, u64),
    /// Number of the call in its process.
    pub number: u64,
    /// Inputs, ending and outputs.
    pub rest: Vec<u8>,
}

enum Order {
    Told(Told),
    /// So many calls will not be told.
    Lost(u32),
    Modules(Vec<Arc<Loaded>>),
}

/// What came of the calls so far.
#[derive(Debug, Clone, Default)]
pub struct Sums {
    /// By routine: what the comparison came to.
    pub totals: BTreeMap<(usize, usize), Totals>,
    /// The journal, if there is one, and the bytes in it.
    pub journal: Option<(PathBuf, u64)>,
    /// Calls in it.
    pub recorded: u64,
    /// Calls that should be in it and are not.
    pub unrecorded: u64,
    /// Why it is not whole.
    pub failure: Option<String>,
    /// By routine: calls that could not be read.
    pub unreadable: BTreeMap<(usize, usize), u64>,
}

impl Sums {
    /// Calls that could not be read, of all routines.
    pub fn all_unreadable(&self) -> u64 {
        self.unreadable.values().sum()
    }
}

#[derive(Debug, Default)]
struct Shared {
    sums: Mutex<Sums>,
    /// Bytes of the calls in the queue.
    queued: AtomicUsize,
    /// Nothing more will be told: since when.
    ending: Mutex<Option<Instant>>,
}

/// The end of the queue that callers fill.
pub struct Seens {
    orders: Option<Sender<Order>>,
    shared: Arc<Shared>,
    limit: usize,
    keeper: Option<JoinHandle<()>>,
}

/// What the thread needs to begin.
pub struct Start<'a> {
    /// What is served.
    pub service: &'a Service,
    /// Where the calls go.
    pub journal: Option<&'a Path>,
    /// Where what they came to goes.
    pub report: Option<&'a Path>,
    /// What callers may take: a quarter of the memory may be in the queue.
    pub limits: &'a Limits,
    /// Called when there is room in the queue again.
    pub room: Box<dyn Fn() + Send>,
}

/// Why calls made elsewhere cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The contracts.
    #[error(transparent)]
    Book(#[from] BookError),
    /// The journal.
    #[error(transparent)]
    File(#[from] FileError),
    /// The candidates' processes.
    #[error(transparent)]
    Subject(#[from] crate::command::replay::Error),
    /// The thread.
    #[error("a thread cannot be started")]
    Thread(#[from] io::Error),
}

impl Seens {
    /// Looks whether journal and report can be written where they are to be: at the end it would be too late to say so.
    pub fn require_places(journal: Option<&Path>, report: Option<&Path>) -> Result<(), StartError> {
        for (place, verb) in [(journal, "created as a journal"), (report, "written as a report")] {
            if let Some(path) = place {
                require_place(path).map_err(FileError::new(path, verb))?;
            }
        }
        Ok(())
    }

    /// Starts the thread.
    pub fn start(start: Start<'_>) -> Result<Seens, StartError> {
        let shared = Arc::new(Shared::default());
        let limit = start.limits.memory / 4;
        let mut keeper = Keeper::new(&start, Arc::clone(&shared))?;
        keeper.watch(&start.service.modules)?;
        let room = start.room;
        let (orders, queue) = channel();
        let work = move || keeper.work(&queue, limit, &*room);
        let keeper = std::thread::Builder::new().name("seens".to_owned()).spawn(work)?;
        Ok(Seens { orders: Some(orders), shared, limit, keeper: Some(keeper) })
    }

    /// Whether nothing more should be told now.
    pub fn is_full(&self) -> bool {
        self.shared.queued.load(Ordering::Acquire) > self.limit
    }

    /// Counts a call of a routine that cannot be read.
    pub fn unreadable(&self, place: (usize, usize), name: &str, why: &str) {
        self.shared.unreadable(place, name, why);
    }

    /// Takes a call.
    pub fn tell(&self, told: Told) {
        self.shared.queued.fetch_add(told.size(), Ordering::AcqRel);
        self.order(Order::Told(told));
    }

    /// Takes the number of calls that nobody will tell of.
    pub fn lost(&self, calls: u32) {
        self.order(Order::Lost(calls));
    }

    /// From now on these modules are compared.
    pub fn watch(&self, modules: Vec<Arc<Loaded>>) {
        lock(&self.shared.sums).totals.clear();
        self.order(Order::Modules(modules));
    }

    fn order(&self, order: Order) {
        // The thread ends after this end of the queue does.
        if let Some(orders) = &self.orders {
            let _ = orders.send(order);
        }
    }

    /// What came of the calls so far.
    pub fn sums(&self) -> Sums {
        lock(&self.shared.sums).clone()
    }

    /// Waits until all that was told is written and compared.
    pub fn finish(&mut self) {
        *lock(&self.shared.ending) = Some(Instant::now());
        drop(self.orders.take());
        if self.keeper.take().is_some_and(|keeper| keeper.join().is_err()) {
            note(
                "the thread that records and compares has ended too early: its journal and report are not whole",
            );
        }
    }
}

impl Shared {
    /// Counts a call that cannot be read, and says why of the first of each routine.
    fn unreadable(&self, place: (usize, usize), name: &str, why: &str) {
        let mut sums = lock(&self.sums);
        let number = sums.unreadable.entry(place).or_default();
        *number += 1;
        if *number == 1 {
            note(&format!(
                "`{name}`: a call made elsewhere cannot be read, and is in no table: {why}; further ones are only counted"
            ));
        }
    }
}

impl Told {
    fn size(&self) -> usize {
        self.rest.len() + size_of::<Told>()
    }
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
    // Numbers are never left half changed.
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The thread.
struct Keeper {
    shared: Arc<Shared>,
    /// How the calls of each routine of each program are read, and its number in the journal.
    ways: Vec<Vec<Option<(Way, usize)>>>,
    /// Lives as long as the process: the ledgers refer to it, and there is one.
    book: &'static Book,
    header: Header,
    report: Option<PathBuf>,
    journal: Option<Writer>,
    block: Block,
    /// What was told and recorded, and is to be compared.
    due: VecDeque<Due>,
    /// Calls that were not told, of all threads.
    untold: u64,
    watched: Vec<(Subject, Ledger<'static>)>,
    /// What modules came to that are no longer watched.
    past: Vec<Evidence>,
}

/// Entries that are not written yet.
#[derive(Default)]
struct Block {
    entries: Vec<u8>,
    calls: u64,
    /// The thread they are of, and what that has not told.
    thread: u32,
    untold: u64,
    /// When the first of them came.
    since: Option<Instant>,
}

/// What is done when nothing waits to be recorded, in the order in which it came.
enum Due {
    /// As it came: in memory a call may be much longer.
    Compare(Told),
    Modules(Vec<Arc<Loaded>>),
}

impl Keeper {
    fn new(start: &Start<'_>, shared: Arc<Shared>) -> Result<Keeper, StartError> {
        let programs = &start.service.programs;
        let header = header(programs);
        let book: &'static Book = Box::leak(Box::new(Book::read(&header)?));
        let mut number = 0..;
        let mut way = |program: &Program, position: usize| {
            let way = Way::of(&program.contract, &program.contract.routines[position], start.limits).ok()?;
            Some((way, number.next()?))
        };
        let ways = programs
            .iter()
            .map(|program| (0..program.routines.len()).map(|position| way(program, position)).collect())
            .collect();
        let path = start.journal.map(free_name);
        let journal = match &path {
            Some(path) => {
                let made = Writer::create(path, &header);
                Some(made.map_err(FileError::new(path.clone(), "created as a journal"))?)
            }
            None => None,
        };
        lock(&shared.sums).journal = path.zip(journal.as_ref().map(Writer::written));
        let report = start.report.map(Path::to_owned);
        let (block, due, watched, past) = (Block::default(), VecDeque::new(), Vec::new(), Vec::new());
        Ok(Keeper { shared, ways, book, header, report, journal, block, due, untold: 0, watched, past })
    }

    /// Gives the calls that follow to these modules; what others came to is kept.
    fn watch(&mut self, modules: &[Arc<Loaded>]) -> Result<(), crate::command::replay::Error> {
        let files = modules.iter().map(|loaded| (loaded.path.as_path(), loaded.copy.path(), &loaded.module));
        let subjects = of_modules((self.book, TIMEOUT), Kind::Shadow, files)?;
        self.close();
        lock(&self.shared.sums).totals.clear();
        let ledger = |subject| (subject, Ledger::new(self.book, Kind::Shadow, EXAMPLES));
        self.watched = subjects.into_iter().map(ledger).collect();
        Ok(())
    }

    /// Takes orders until nobody is left to give them. What has come is recorded before anything is compared: a comparison may
    /// take long, and what is not written is lost if the server is.
    fn work(mut self, queue: &Receiver<Order>, limit: usize, room: &dyn Fn()) {
        let mut open = true;
        while open || !self.due.is_empty() {
            let order = match self.due.is_empty() {
                true => {
                    queue.recv_timeout(self.patience()).map_err(|end| end == RecvTimeoutError::Disconnected)
                }
                false => queue.try_recv().map_err(|end| end == TryRecvError::Disconnected),
            };
            match order {
                Ok(Order::Told(told)) => match self.take(&told) {
                    true => self.due.push_back(Due::Compare(told)),
                    false => self.give_back(&told, limit, room),
                },
                Ok(Order::Lost(calls)) => self.untold += u64::from(calls),
                Ok(Order::Modules(modules)) => self.due.push_back(Due::Modules(modules)),
                Err(ended) => {
                    open = !ended;
                    self.do_next(limit, room);
                }
            }
            if self.patience().is_zero() {
                self.flush();
            }
        }
        self.finish();
    }

    /// How long what is gathered may still wait to be written.
    fn patience(&self) -> Duration {
        self.block.since.map_or(FLUSH, |since| FLUSH.saturating_sub(since.elapsed()))
    }

    /// Does the next of what is due.
    fn do_next(&mut self, limit: usize, room: &dyn Fn()) {
        match self.due.pop_front() {
            Some(Due::Compare(told)) => {
                if let Some(Ok(call)) = self.read(&told) {
                    self.compare(&call, (told.program, told.routine));
                }
                self.give_back(&told, limit, room);
            }
            Some(Due::Modules(modules)) => {
                if let Err(error) = self.watch(&modules) {
                    note(&format!(
                        "calls made elsewhere go on being compared with the modules before: {error}"
                    ));
                }
                self.write_report();
            }
            None => {}
        }
    }

    /// A call waits no more.
    fn give_back(&self, told: &Told, limit: usize, room: &dyn Fn()) {
        let size = told.size();
        let before = self.shared.queued.fetch_sub(size, Ordering::AcqRel);
        if before > limit / 2 && before - size <= limit / 2 {
            room();
        }
    }

    /// What was told; `None` of a routine that does not travel.
    fn read(&mut self, told: &Told) -> Option<Result<Call, ConvertError>> {
        let (way, routine) = self.ways[told.program][told.routine].as_mut()?;
        let call = call(way, *routine, told);
        way.settle();
        Some(call)
    }

    /// The name of its routine.
    fn name(&self, told: &Told) -> &str {
        let way = self.ways[told.program][told.routine].as_ref();
        way.map_or("", |(_, routine)| &self.header.routines[*routine].name)
    }

    /// Records a call; whether it can be compared.
    fn take(&mut self, told: &Told) -> bool {
        self.untold += u64::from(told.untold.0);
        match self.read(told) {
            Some(Ok(call)) => {
                self.record(&call, told.untold.1);
                true
            }
            Some(Err(error)) => {
                let name = self.name(told);
                self.shared.unreadable((told.program, told.routine), name, &error.to_string());
                false
            }
            None => false,
        }
    }

    /// Gives a call to the candidates.
    fn compare(&mut self, call: &Call, place: (usize, usize)) {
        if !self.watched.is_empty() {
            // It may take seconds.
            self.flush();
        }
        let mut totals = Totals::default();
        let hurry = lock(&self.shared.ending).is_some_and(|since| since.elapsed() > HURRY);
        for (subject, ledger) in &mut self.watched {
            if hurry {
                ledger.skipped(call, "the server was being stopped");
            } else if let Err(error) = subject.answer(self.book, &LostEnds::default(), call, ledger) {
                ledger.skipped(call, &error.to_string());
            }
            totals.add(ledger.of(call.routine));
        }
        lock(&self.shared.sums).totals.insert(place, totals);
    }

    fn record(&mut self, call: &Call, untold: u64) {
        if self.block.thread != call.thread || self.block.entries.len() > BLOCK {
            self.flush();
        }
        if self.journal.is_none() {
            let mut sums = lock(&self.shared.sums);
            sums.unrecorded += u64::from(sums.journal.is_some());
            return;
        }
        let block = &mut self.block;
        (block.thread, block.untold) = (call.thread, untold);
        match encode(call, &mut block.entries) {
            Ok(()) => {
                block.calls += 1;
                block.since.get_or_insert_with(Instant::now);
            }
            Err(error) => {
                let mut sums = lock(&self.shared.sums);
                sums.unrecorded += 1;
                if sums.failure.is_none() {
                    note(&format!("a call that the journal cannot hold is not in it: {error}"));
                    sums.failure = Some(error.to_string());
                }
            }
        }
    }

    /// Writes the entries that are gathered.
    fn flush(&mut self) {
        let Some(writer) = self.journal.as_mut().filter(|_| self.block.calls > 0) else { return };
        let Block { entries, calls, thread, untold, since } = &mut self.block;
        let written = writer.block(*thread, *untold, entries);
        let calls = std::mem::take(calls);
        entries.clear();
        entries.shrink_to(BLOCK);
        *since = None;
        match written {
            Ok(()) => self.note_written(calls),
            Err(error) => self.lose(calls, &error.to_string()),
        }
    }

    fn note_written(&self, calls: u64) {
        let mut sums = lock(&self.shared.sums);
        sums.recorded += calls;
        if let (Some(writer), Some((_, length))) = (&self.journal, &mut sums.journal) {
            *length = writer.written();
        }
    }

    /// The journal ends here, without the calls that were not written yet; callers do not.
    fn lose(&mut self, calls: u64, why: &str) {
        self.journal = None;
        note(&format!("the journal ends with its last whole block: {why}"));
        let mut sums = lock(&self.shared.sums);
        sums.unrecorded += calls;
        sums.failure = Some(why.to_owned());
    }

    /// Closes the books of the modules that are watched.
    fn close(&mut self) {
        for (mut subject, ledger) in std::mem::take(&mut self.watched) {
            subject.stop();
            if ledger.totals().calls > 0 {
                self.past.push(ledger.close(subject.name, subject.what));
            }
        }
    }

    fn finish(&mut self) {
        self.flush();
        if let Some(writer) = self.journal.take() {
            match writer.finish(self.lost()) {
                Ok(length) => {
                    if let Some((_, known)) = &mut lock(&self.shared.sums).journal {
                        *known = length;
                    }
                }
                Err(error) => self.lose(0, &error.to_string()),
            }
        }
        self.close();
        self.write_report();
        if !self.past.is_empty() {
            // Its first line speaks of a whole journal.
            let text = report::text(&self.evidence(), 3, Paint::stderr());
            text.lines().skip(1).for_each(note);
        }
    }

    /// Calls that were made elsewhere and are in no table: those that were not told, and those that cannot be read.
    fn lost(&self) -> u64 {
        self.untold + lock(&self.shared.sums).all_unreadable()
    }

    /// What is not as it should be with what was told, in words.
    fn damage(&self) -> Vec<String> {
        let sums = lock(&self.shared.sums);
        let mut damage = Vec::new();
        if let Some(why) = sums.failure.as_ref().filter(|_| sums.unrecorded > 0) {
            let calls = count(sums.unrecorded, "call");
            damage
                .push(format!("{calls} that came from elsewhere could not be written to the journal: {why}"));
        }
        if sums.all_unreadable() > 0 {
            let calls = count(sums.all_unreadable(), "call");
            damage.push(format!("{calls} that came from elsewhere could not be read"));
        }
        damage
    }

    fn evidence(&self) -> Report {
        let (lost, damage) = (self.lost(), self.damage());
        let sums = lock(&self.shared.sums);
        let contracts = self.header.components.iter().map(|component| {
            let known = cmp_bridge_contract::model::Contract::from_toml(&component.contract, &component.file);
            (
                component.file.clone(),
                known.map(|contract| format_hash(contract_hash(&contract))).unwrap_or_default(),
            )
        });
        Report {
            journal: sums
                .journal
                .as_ref()
                .map_or_else(|| "(no journal)".to_owned(), |(path, _)| path.display().to_string()),
            executable: self.header.executable.clone(),
            build_id: String::new(),
            target: self.header.target.clone(),
            contracts: contracts.collect(),
            recorded: sums.recorded,
            dropped: lost,
            damage,
            date: None,
            version: env!("CARGO_PKG_VERSION"),
            subjects: self.past.clone(),
        }
    }

    /// Writes the report whole, or leaves the one before.
    fn write_report(&self) {
        let Some(path) = &self.report else { return };
        let new = extended(path, "new");
        let json = serde_json::to_vec_pretty(&self.evidence()).map_err(io::Error::other);
        let written =
            json.and_then(|json| std::fs::write(&new, json)).and_then(|()| std::fs::rename(&new, path));
        if let Err(error) = written {
            note(&format!("{}: the report cannot be written: {error}", path.display()));
        }
    }
}

/// A call, of what was told of it.
fn call(way: &mut Way, routine: usize, told: &Told) -> Result<Call, ConvertError> {
    let mut input = Decoder::new(&told.rest);
    let call = way.layout.told(&way.converter, &mut way.native, &mut input)?;
    Ok(Call { thread: told.thread, number: told.number, routine, ..call })
}

/// What the journal says of itself: the routines that travel, program by program.
fn header(programs: &[Program]) -> Header {
    let mut header = Header { target: "x86_64-linux-gnu".to_owned(), ..Header::default() };
    let names = programs.iter().filter_map(|program| program.contract.component.binary.clone());
    header.executable = names.collect::<Vec<_>>().join(", ");
    for (component, program) in (0..).zip(programs) {
        let file = program.file.file_name().unwrap_or_default().to_string_lossy().into_owned();
        header.components.push(Component { file, contract: program.text.clone() });
        for (routine, known) in program.contract.routines.iter().zip(&program.routines) {
            if known.way.is_ok() {
                let contract_hash = routine_hash(&program.contract, routine);
                header.routines.push(RoutineHead { name: routine.name.clone(), component, contract_hash });
            }
        }
    }
    header
}

fn extended(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// There can be a file of this name, and one beside it that takes its place.
fn require_place(path: &Path) -> io::Result<()> {
    match std::fs::metadata(path) {
        Ok(about) if about.is_dir() => return Err(io::Error::other("it is a folder, not a file")),
        Ok(about) if !about.is_file() => {
            return Err(io::Error::other("it is a pipe or a device, not a file"));
        }
        _ => {}
    }
    if path.file_name().is_none() {
        return Err(io::Error::other("it is not the name of a file"));
    }
    let probe = extended(path, &std::process::id().to_string());
    File::options().write(true).create_new(true).open(&probe)?;
    std::fs::remove_file(&probe)
}

/// The name, or the first of `name.2`, `name.3` ... that is free: evidence is never overwritten, and a restart must not fail.
fn free_name(path: &Path) -> PathBuf {
    let numbered = |number: u32| match (path.file_stem(), path.extension()) {
        (Some(stem), Some(extension)) => {
            let name = format!("{}.{number}.{}", stem.to_string_lossy(), extension.to_string_lossy());
            path.with_file_name(name)
        }
        _ => extended(path, &number.to_string()),
    };
    std::iter::once(path.to_owned())
        .chain((2..10_000).map(numbered))
        .find(|path| !path.exists())
        .unwrap_or_else(|| path.to_owned())
}
