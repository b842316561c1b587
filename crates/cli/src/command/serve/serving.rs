//! The event loop: connections take turns, and none can keep the others waiting but by the calls it makes.

use super::answering::{Caller, NoCall, Office};
use super::connection::Connection;
use super::system::{Supervisor, monotonic_microseconds};
use crate::config::{LISTENERS, Limits};
use crate::output::note;
use crate::report::count;
use cmp_bridge_wire::Encoder;
use cmp_bridge_wire::rpc::{RecordError, Records};
use mio::net::{TcpListener, UnixStream};
use mio::{Events, Interest, Poll, Token};
use slab::Slab;
use std::collections::{BTreeSet, VecDeque};
use std::io::{self, ErrorKind, Read};
use std::net::Shutdown;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

const SIGNALS: Token = Token(LISTENERS);
/// The queue of calls made elsewhere has room again.
pub const ROOM: Token = Token(LISTENERS + 1);
const CONNECTIONS: usize = LISTENERS + 2;

/// A read that brought less has brought everything.
const CHUNK: usize = 64 << 10;
/// How long a turn may begin new calls, and how many connections are accepted in one.
const TURN: Duration = Duration::from_millis(5);
const ACCEPTED_AT_ONCE: usize = 256;
/// How often it is looked who is too slow.
const TICK: Duration = Duration::from_millis(100);
/// How long calls are still told that nothing is begun any more, and callers then have to read that.
const REFUSING: Duration = Duration::from_millis(300);
const LEAVING: Duration = Duration::from_millis(1000);
/// Answers that stay in memory from one turn to the next.
const KEPT: usize = 1 << 20;
/// After so many seconds without a word a caller's machine is asked whether it is still there.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

/// Signals that arrived.
#[derive(Debug)]
pub struct Signals {
    wake: UnixStream,
    stop: Arc<AtomicBool>,
    reload: Arc<AtomicBool>,
}

/// Why a connection is closed.
#[derive(Debug, thiserror::Error)]
enum Close {
    #[error("it has ended")]
    Ended,
    #[error(transparent)]
    Io(#[from] io::Error),
    #[error(transparent)]
    NoCall(#[from] NoCall),
    #[error(transparent)]
    TooLong(#[from] RecordError),
    #[error("what waits takes more memory than is allowed")]
    Memory,
    #[error("a message did not come to its end, or answers were not read, in time")]
    TooSlow,
}

/// How far the end has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    Serving,
    /// Calls are told that nothing is begun any more, until then.
    Refusing(Instant),
    /// Answers are being read, until then.
    Leaving(Instant),
}

struct Listener {
    socket: TcpListener,
    /// There may be connections that were not accepted yet.
    again: bool,
}

/// The loop.
pub struct Server {
    poll: Poll,
    listeners: Vec<Listener>,
    connections: Slab<Connection>,
    turns: VecDeque<usize>,
    /// Those that tell of calls faster than these can be taken.
    paused: Vec<usize>,
    /// Those of which something waits.
    watched: BTreeSet<usize>,
    /// For reading: of nobody between two turns.
    spare: Option<Records>,
    answers: Encoder,
    office: Office,
    limits: Limits,
    signals: Signals,
    supervisor: Supervisor,
    phase: Phase,
    /// When something was answered last, if something was in this round.
    answered: Option<Instant>,
}

impl Signals {
    /// From now on SIGTERM and SIGINT ask to stop, SIGHUP to load modules again.
    pub fn keep() -> io::Result<Signals> {
        use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
        let (wake, woken) = std::os::unix::net::UnixStream::pair()?;
        wake.set_nonblocking(true)?;
        woken.set_nonblocking(true)?;
        let flags = [(); 2].map(|()| Arc::new(AtomicBool::new(false)));
        let [stop, reload] = &flags;
        for (signal, flag) in [(SIGTERM, stop), (SIGINT, stop), (SIGHUP, reload)] {
            // Noted first: who is woken looks at once.
            signal_hook::flag::register(signal, Arc::clone(flag))?;
            signal_hook::low_level::pipe::register(signal, woken.try_clone()?)?;
        }
        let [stop, reload] = flags;
        Ok(Signals { wake: UnixStream::from_std(wake), stop, reload })
    }
}

impl Server {
    /// A loop over these sockets.
    pub fn new(
        poll: Poll,
        sockets: Vec<std::net::TcpListener>,
        office: Office,
        (limits, mut signals, supervisor): (Limits, Signals, Supervisor),
    ) -> io::Result<Server> {
        let mut listeners = Vec::new();
        for (number, socket) in sockets.into_iter().enumerate() {
            let mut socket = TcpListener::from_std(socket);
            poll.registry().register(&mut socket, Token(number), Interest::READABLE)?;
            listeners.push(Listener { socket, again: true });
        }
        poll.registry().register(&mut signals.wake, SIGNALS, Interest::READABLE)?;
        let (connections, turns, paused, watched) =
            (Slab::new(), VecDeque::new(), Vec::new(), BTreeSet::new());
        let (answers, phase, answered) = (Encoder::new(), Phase::Serving, None);
        Ok(Server {
            poll,
            listeners,
            connections,
            turns,
            paused,
            watched,
            spare: None,
            answers,
            office,
            limits,
            signals,
            supervisor,
            phase,
            answered,
        })
    }

    /// Serves until it is asked to stop.
    pub fn run(mut self) -> io::Result<()> {
        let watchdog = self.supervisor.period();
        let mut ticked = Instant::now();
        let mut events = Events::with_capacity(1024);
        self.supervisor.tell("READY=1");
        while !self.is_over() {
            self.wait(&mut events, watchdog)?;
            for event in &events {
                self.take(event.token(), event.is_readable(), event.is_read_closed() || event.is_error());
            }
            self.accept();
            self.answered = None;
            for _ in 0..self.turns.len() {
                if let Some(key) = self.turns.pop_front() {
                    self.turn(key);
                }
                // A round takes as long as all its calls do.
                self.obey();
                self.supervisor.feed();
            }
            self.obey();
            self.supervisor.feed();
            // The clock was asked when the last answer was made.
            let now = self.answered.unwrap_or_else(Instant::now);
            if now - ticked >= TICK {
                ticked = now;
                self.tick(now);
            }
        }
        self.office.seens.finish();
        Ok(())
    }

    fn is_over(&self) -> bool {
        match self.phase {
            Phase::Serving => false,
            Phase::Refusing(_) => self.connections.is_empty(),
            Phase::Leaving(until) => self.connections.is_empty() || Instant::now() >= until,
        }
    }

    /// Waits for events; not at all where there is something to do already.
    fn wait(&mut self, events: &mut Events, watchdog: Option<Duration>) -> io::Result<()> {
        let busy = !self.turns.is_empty() || self.listeners.iter().any(|listener| listener.again);
        let slow = !self.watched.is_empty() || self.phase != Phase::Serving;
        let timeout = match (busy, slow) {
            (true, _) => Some(Duration::ZERO),
            (false, true) => Some(TICK),
            (false, false) => watchdog,
        };
        let spins = !self.limits.busy_poll.is_zero() && !busy;
        let until = self.answered.filter(|_| spins).map(|answered| answered + self.limits.busy_poll);
        loop {
            let spinning = until.is_some_and(|until| Instant::now() < until);
            let now = if spinning { Some(Duration::ZERO) } else { timeout };
            match self.poll.poll(events, now) {
                Ok(()) if !events.is_empty() || now == timeout => return Ok(()),
                Ok(()) => std::hint::spin_loop(),
                Err(error) if error.kind() == ErrorKind::Interrupted => {
                    events.clear();
                    return Ok(());
                }
                Err(error) => return Err(error),
            }
        }
    }

    fn take(&mut self, token: Token, readable: bool, closed: bool) {
        match token {
            SIGNALS => {
                let mut bytes = [0; 64];
                while matches!(self.signals.wake.read(&mut bytes), Ok(read) if read > 0) {}
            }
            ROOM => {
                for key in std::mem::take(&mut self.paused) {
                    self.list(key);
                }
            }
            Token(number) if number < LISTENERS => {
                if let Some(listener) = self.listeners.get_mut(number) {
                    listener.again = true;
                }
            }
            Token(number) => {
                let key = number - CONNECTIONS;
                // One that was closed in this round may be told of still.
                let Some(connection) = self.connections.get_mut(key) else { return };
                connection.readable |= readable || closed;
                connection.closing |= closed;
                self.list(key);
            }
        }
    }

    fn list(&mut self, key: usize) {
        if let Some(connection) = self.connections.get_mut(key).filter(|connection| !connection.listed) {
            connection.listed = true;
            self.turns.push_back(key);
        }
    }

    fn accept(&mut self) {
        for index in 0..self.listeners.len() {
            for _ in 0..ACCEPTED_AT_ONCE {
                let Some(listener) = self.listeners.get_mut(index).filter(|listener| listener.again) else {
                    break;
                };
                match listener.socket.accept() {
                    Ok((stream, peer)) => self.admit(stream, peer.ip().to_canonical()),
                    Err(error) if error.kind() == ErrorKind::WouldBlock => listener.again = false,
                    // No descriptors: a connection that ends gives one back, and the tick tries again.
                    Err(error) if matches!(error.raw_os_error(), Some(libc::EMFILE | libc::ENFILE)) => {
                        listener.again = false;
                        self.office.vitals.too_many += 1;
                    }
                    // That of a caller who is gone already.
                    Err(_) => {}
                }
            }
        }
    }

    fn admit(&mut self, mut stream: mio::net::TcpStream, address: std::net::IpAddr) {
        let Some(caller) = Caller::at(address, self.office.rules()) else {
            self.office.vitals.strangers += 1;
            self.office.remark(|| format!("{address}: may not call: no rule of `allow` speaks of it"));
            return;
        };
        if self.connections.len() >= self.limits.connections {
            self.office.vitals.too_many += 1;
            let limit = self.limits.connections;
            self.office.remark(|| format!("{address}: closed at once: {limit} connections are open already"));
            return;
        }
        let _ = stream.set_nodelay(true);
        let alive = socket2::TcpKeepalive::new().with_time(KEEP_ALIVE);
        let _ = socket2::SockRef::from(&stream).set_tcp_keepalive(&alive);
        let entry = self.connections.vacant_entry();
        let token = Token(CONNECTIONS + entry.key());
        let interest = Interest::READABLE | Interest::WRITABLE;
        if self.poll.registry().register(&mut stream, token, interest).is_ok() {
            entry.insert(Connection::new(stream, caller));
            self.office.vitals.accepted += 1;
            self.office.vitals.open = self.connections.len();
        }
    }

    fn turn(&mut self, key: usize) {
        let Some(connection) = self.connections.get_mut(key) else { return };
        connection.listed = false;
        let outcome = Self::serve(
            connection,
            (&mut self.office, &self.limits, self.phase),
            (&mut self.spare, &mut self.answers),
        );
        match outcome {
            Ok(progress) => self.settle(key, progress),
            Err(close) => self.close(key, &close),
        }
    }

    /// One turn: what has come is answered, in one piece.
    fn serve(
        connection: &mut Connection,
        (office, limits, phase): (&mut Office, &Limits, Phase),
        (spare, answers): (&mut Option<Records>, &mut Encoder),
    ) -> Result<Progress, Close> {
        let mut progress = Progress::default();
        if connection.has_pending() {
            progress.moved = connection.flush()?;
            if connection.has_pending() {
                return Ok(progress);
            }
        }
        if connection.shut {
            return drain(connection).map(|()| progress);
        }
        let records = connection.records.take().or_else(|| spare.take());
        let mut records = records.unwrap_or_else(|| Records::new(limits.message));
        answers.clear();
        let mut until = None;
        let mut answer = |records: &mut Records, connection: &mut Connection, progress: &mut Progress| {
            progress.full = office.seens.is_full() && connection.caller.tells();
            if progress.full || records.is_between() {
                return Ok(());
            }
            // Then it is asked for once a message: how long a short call takes is to be seen.
            let mut now = Instant::now();
            let until = *until.get_or_insert(now + TURN);
            while !progress.full && !progress.more {
                let Some(message) = records.next_record()? else { break };
                progress.moved = true;
                now = office.answer(&mut connection.caller, (message, now), answers)?;
                progress.answered = (!answers.is_empty()).then_some(now);
                progress.full = office.seens.is_full() && connection.caller.tells();
                progress.more = answers.len() >= limits.queued || now >= until;
            }
            Ok(())
        };
        let mut result: Result<(), Close> = answer(&mut records, connection, &mut progress);
        if result.is_ok() && connection.readable && !progress.full && !progress.more {
            result = match records.read_from(&mut connection.stream) {
                Ok(0) => {
                    (connection.readable, connection.ended) = (false, true);
                    Ok(())
                }
                Ok(read) => {
                    connection.readable = read >= CHUNK || connection.closing;
                    answer(&mut records, connection, &mut progress)
                }
                Err(error) if error.kind() == ErrorKind::WouldBlock => {
                    connection.readable = false;
                    Ok(())
                }
                Err(error) if error.kind() == ErrorKind::Interrupted => Ok(()),
                Err(error) => Err(error.into()),
            };
        }
        // What was answered is sent even if what follows cannot be read.
        connection.send(answers.bytes())?;
        result?;
        progress.more |= connection.readable && !progress.full;
        if records.is_between() {
            *spare = Some(records);
        } else {
            records.settle();
            connection.records = Some(records);
        }
        let whole = connection.records.is_none() || !progress.full && !progress.more;
        if connection.ended && whole && !connection.has_pending() {
            return Err(Close::Ended);
        }
        if matches!(phase, Phase::Leaving(_)) && !connection.has_pending() && !progress.more {
            connection.shut = true;
            connection.stream.shutdown(Shutdown::Write)?;
        }
        Ok(progress)
    }

    /// Notes what a turn has left behind.
    fn settle(&mut self, key: usize, progress: Progress) {
        self.answered = progress.answered.or(self.answered);
        if self.answers.len() > KEPT {
            self.answers.clear();
            self.answers.shrink_to(KEPT);
        }
        let Some(connection) = self.connections.get_mut(key) else { return };
        let held = connection.held();
        self.office.vitals.waiting = self.office.vitals.waiting - connection.counted + held;
        connection.counted = held;
        let waits =
            connection.records.is_some() && !progress.full && !progress.more || connection.has_pending();
        if waits && (progress.moved || connection.stalled.is_none()) {
            connection.stalled = Some(Instant::now());
            self.watched.insert(key);
        } else if !waits && connection.stalled.take().is_some() {
            self.watched.remove(&key);
        }
        if held > 0 && self.office.vitals.waiting > self.limits.memory {
            return self.close(key, &Close::Memory);
        }
        if progress.full {
            self.paused.push(key);
        } else if progress.more && !connection.has_pending() {
            self.list(key);
        }
    }

    fn close(&mut self, key: usize, why: &Close) {
        let Some(mut connection) = self.connections.try_remove(key) else { return };
        let _ = self.poll.registry().deregister(&mut connection.stream);
        self.watched.remove(&key);
        self.paused.retain(|paused| *paused != key);
        let vitals = &mut self.office.vitals;
        vitals.waiting -= connection.counted;
        vitals.open = self.connections.len();
        let count = match why {
            Close::NoCall(_) => &mut vitals.no_calls,
            Close::TooLong(_) | Close::Memory => &mut vitals.too_large,
            Close::TooSlow => &mut vitals.too_slow,
            Close::Ended | Close::Io(_) => return,
        };
        *count += 1;
        let peer =
            connection.stream.peer_addr().map_or_else(|_| "a caller".to_owned(), |peer| peer.to_string());
        let what = connection.caller.what;
        self.office.remark(|| match what.as_str() {
            "" => format!("{peer}: closed: {why}"),
            what => format!("{peer} ({what}): closed: {why}"),
        });
    }

    fn tick(&mut self, now: Instant) {
        let slow = self.watched.iter().copied().filter(|key| {
            let Some(connection) = self.connections.get(*key) else { return false };
            let limit = if connection.has_pending() { self.limits.unread } else { self.limits.record };
            connection.stalled.is_some_and(|since| now.saturating_duration_since(since) > limit)
        });
        for key in slow.collect::<Vec<_>>() {
            self.close(key, &Close::TooSlow);
        }
        if self.phase == Phase::Serving {
            self.listeners.iter_mut().for_each(|listener| listener.again = true);
        }
        match self.phase {
            Phase::Refusing(until) if now >= until => {
                self.phase = Phase::Leaving(now + LEAVING);
                self.list_all();
            }
            _ => {}
        }
    }

    fn list_all(&mut self) {
        let keys: Vec<usize> = self.connections.iter().map(|(key, _)| key).collect();
        keys.into_iter().for_each(|key| self.list(key));
    }

    /// Does what signals asked for.
    fn obey(&mut self) {
        if self.signals.reload.swap(false, Ordering::AcqRel) {
            self.reload();
        }
        if self.signals.stop.swap(false, Ordering::AcqRel) {
            match self.phase {
                Phase::Serving => {
                    self.supervisor.tell("STOPPING=1");
                    let open = count(self.connections.len() as u64, "connection");
                    note(&format!("asked to stop: what has begun is finished, {open}"));
                    for mut listener in std::mem::take(&mut self.listeners) {
                        let _ = self.poll.registry().deregister(&mut listener.socket);
                    }
                    self.office.stopping = true;
                    self.phase = Phase::Refusing(Instant::now() + REFUSING);
                    self.list_all();
                }
                // Asked twice: at once.
                _ => self.phase = Phase::Leaving(Instant::now()),
            }
        }
    }

    fn reload(&mut self) {
        self.supervisor.tell(&format!("RELOADING=1\nMONOTONIC_USEC={}", monotonic_microseconds()));
        match self.office.service.reload() {
            Ok(new) => {
                self.office.vitals.reloads.0 += 1;
                self.office.vitals.reload_failure = None;
                if new > 0 {
                    self.office.seens.watch(self.office.service.modules.clone());
                }
                let all = self.office.service.modules.len();
                note(&format!("modules loaded again: {new} of {all} are new"));
            }
            Err(error) => {
                self.office.vitals.reloads.1 += 1;
                self.office.vitals.reload_failure = Some(crate::error::chain(&error));
                crate::error::tell(&error, crate::error::Explain::hint(&error));
                note("everything goes on with the modules before");
            }
        }
        self.supervisor.tell("READY=1");
    }
}

/// What came of a turn.
#[derive(Debug, Default, Clone, Copy)]
struct Progress {
    /// There is more to do at once.
    more: bool,
    /// Calls made elsewhere cannot be taken now.
    full: bool,
    /// A message came to its end, or answers were read.
    moved: bool,
    /// When something was answered, if something was.
    answered: Option<Instant>,
}

/// Reads and forgets, until the caller has closed its end, too.
fn drain(connection: &mut Connection) -> Result<(), Close> {
    let mut bytes = [0; 4096];
    loop {
        match connection.stream.read(&mut bytes) {
            Ok(0) => return Err(Close::Ended),
            Ok(_) => {}
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error.into()),
        }
    }
}
