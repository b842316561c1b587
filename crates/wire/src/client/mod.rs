//! A client that blocks, and that never lets a call take longer than its deadline.
//!
//! One deadline holds for all of a call: connecting, the first exchange, sending, waiting, and trying again. What was
//! certainly not received may always be sent again; what may have been received is sent again only if the caller says that
//! it is idempotent. After a failure no new connection is tried for a while, so that a dead server costs one deadline, and
//! not one a call.

mod connection;
mod pipeline;

pub use pipeline::PipelineError;

use crate::convert::{ConvertError, Converter, Native};
use crate::message::{Answer, Hello, Known, Role, Welcome, printable};
use crate::rpc::{
    CallHead, Credential, RecordError, Reply, ReplyHead, SysCredential, begin_record, end_record,
};
use crate::xdr::{DecodeError, Decoder, Encoder};
use cmp_bridge_contract::model::Contract;
use cmp_bridge_contract::wire;
use connection::{Connection, left};
use std::io::{self, ErrorKind};
use std::net::{SocketAddr, ToSocketAddrs};
use std::time::{Duration, Instant};

/// Shortest and longest time for which no connection is tried after a failure: it doubles.
const REST: (Duration, Duration) = (Duration::from_secs(1), Duration::from_secs(30));
/// What a buffer keeps after a long message.
const KEPT: usize = 256 << 10;

/// Why a call was not answered.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No connection.
    #[error("no connection to {address}: {source}")]
    Connect {
        /// Where to.
        address: String,
        /// Why.
        source: io::Error,
    },
    /// No connection is tried now, because the last one failed.
    #[error("the last try to reach {address} failed; the next one is in {} ms", next.as_millis())]
    Resting {
        /// Where to.
        address: String,
        /// Time to the next one.
        next: Duration,
    },
    /// The first exchange was answered by a refusal.
    #[error("refused: {reason} (code {code})")]
    Refused {
        /// A number that is not 0.
        code: u32,
        /// Why, in words.
        reason: String,
    },
    /// The first exchange failed.
    #[error("no first exchange: {0}")]
    Greeting(Box<ClientError>),
    /// The connection ended, or the deadline passed.
    #[error("{}; {}", what(source), fate(*unsent))]
    Lost {
        /// Nothing of the call went out.
        unsent: bool,
        /// What happened; [`ErrorKind::TimedOut`] for the deadline.
        source: io::Error,
    },
    /// The program did not get as far as the procedure.
    #[error("the server answers: {0}")]
    Reply(Reply),
    /// The values do not become a message, or the answer does not become values.
    #[error(transparent)]
    Convert(#[from] ConvertError),
    /// The answer is not well formed.
    #[error("an answer that is none: {0}")]
    Decode(#[from] DecodeError),
    /// The answer is too long.
    #[error(transparent)]
    Record(#[from] RecordError),
    /// The call is too long; nothing was sent.
    #[error("the call is too long: {0}")]
    TooLong(RecordError),
    /// An answer to another call.
    #[error("an answer to call {found:#x}, where {expected:#x} was made")]
    Stray {
        /// Number of the call.
        expected: u32,
        /// Number of the answer.
        found: u32,
    },
    /// The inputs were not written, before anything was sent.
    #[error("the call cannot be written: {0}")]
    Unwritten(ConvertError),
}

fn what(source: &io::Error) -> String {
    match source.kind() {
        ErrorKind::TimedOut | ErrorKind::WouldBlock => "the deadline has passed".into(),
        ErrorKind::UnexpectedEof => "the server closed the connection".into(),
        _ => format!("the connection was lost: {source}"),
    }
}

fn fate(unsent: bool) -> &'static str {
    if unsent { "the call was not made" } else { "the call may have been made" }
}

impl ClientError {
    fn lost(sent: bool, source: io::Error) -> ClientError {
        ClientError::Lost { unsent: !sent, source }
    }

    /// What fails before a call is sent leaves it unsent.
    fn greeting(self) -> ClientError {
        match self {
            before @ (ClientError::Refused { .. }
            | ClientError::Connect { .. }
            | ClientError::Resting { .. }
            | ClientError::Greeting(_)) => before,
            ClientError::Lost { source, .. } => {
                ClientError::Greeting(Box::new(ClientError::Lost { unsent: true, source }))
            }
            other => ClientError::Greeting(Box::new(other)),
        }
    }

    /// It is certain that the routine was not called.
    pub fn is_unsent(&self) -> bool {
        match self {
            ClientError::Connect { .. }
            | ClientError::Resting { .. }
            | ClientError::Refused { .. }
            | ClientError::Greeting(_)
            | ClientError::TooLong(_)
            | ClientError::Unwritten(_) => true,
            ClientError::Lost { unsent, .. } => *unsent,
            // The server says that it did not come to calling anything, but for a failure of its own.
            ClientError::Reply(reply) => !matches!(reply, Reply::Success | Reply::SystemError),
            ClientError::Convert(_)
            | ClientError::Decode(_)
            | ClientError::Record(_)
            | ClientError::Stray { .. } => false,
        }
    }

    /// Somebody answers, who does not have the program that was asked for.
    pub fn is_of_another_program(&self) -> bool {
        match self {
            ClientError::Greeting(error) => error.is_of_another_program(),
            error => matches!(error, ClientError::Reply(Reply::NoProgram)),
        }
    }

    /// The connection cannot be used any more.
    fn is_fatal(&self) -> bool {
        !matches!(
            self,
            ClientError::Reply(_)
                | ClientError::Unwritten(_)
                | ClientError::TooLong(_)
                | ClientError::Convert(_)
                | ClientError::Resting { .. }
        )
    }
}

/// What a client says of itself.
#[derive(Debug, Clone)]
pub struct Options {
    /// Number of the program: [`wire::program`] of the contract.
    pub program: u32,
    /// Who says hello, what for, and which routines. More than a HELLO holds are said in several.
    pub hello: Hello,
    /// Who calls.
    pub credential: SysCredential,
    /// Longest message.
    pub limit: usize,
}

impl Options {
    /// For all routines of a contract that can travel.
    pub fn new(contract: &Contract, what: impl Into<String>, role: Role) -> Options {
        let known = contract.routines.iter().filter_map(|routine| {
            let hash = wire::shape(contract, routine).ok()?.hash(contract, routine);
            let procedure = wire::call_procedure(contract, routine)?;
            Some(Known { procedure, name: routine.name.clone(), hash })
        });
        let component = contract.component.name.clone();
        let hello = Hello { component, what: what.into(), role, routines: known.collect() };
        Options {
            program: wire::program(contract),
            hello,
            credential: own_credential(),
            limit: crate::MESSAGE_LIMIT,
        }
    }
}

impl Options {
    /// For what needs no contract: whether a server is there, and how it is.
    pub fn of_server(what: impl Into<String>) -> Options {
        let (component, routines) = (String::new(), Vec::new());
        let hello = Hello { component, what: what.into(), role: Role::Caller, routines };
        Options { program: wire::SERVER, hello, credential: own_credential(), limit: crate::MESSAGE_LIMIT }
    }
}

/// The credential of this process.
fn own_credential() -> SysCredential {
    let uname = rustix::system::uname();
    SysCredential {
        stamp: std::process::id(),
        machine: uname.nodename().to_string_lossy().into_owned(),
        uid: rustix::process::geteuid().as_raw(),
        gid: rustix::process::getegid().as_raw(),
        gids: Vec::new(),
    }
}

/// How one call is made.
#[derive(Debug, Clone, Copy)]
pub struct Call {
    /// Its procedure.
    pub procedure: u32,
    /// How long it may take in all.
    pub deadline: Duration,
    /// It may be made twice.
    pub again: bool,
}

/// A client of one server.
#[derive(Debug)]
pub struct Client {
    name: String,
    addresses: Vec<SocketAddr>,
    options: Options,
    connection: Option<Connection>,
    out: Encoder,
    /// The head of a call.
    head: Vec<u8>,
    xid: u32,
    /// After a failure: when the next connection may be tried, and for how long none was.
    resting: Option<(Instant, Duration)>,
    greeted: String,
}

impl Client {
    /// Of the server at `address`, as `host:port`. Its name is looked up now, and no connection is opened yet.
    pub fn new(address: &str, options: Options) -> Result<Client, ClientError> {
        let failed = |source| ClientError::Connect { address: address.to_string(), source };
        let addresses: Vec<SocketAddr> = address.to_socket_addrs().map_err(failed)?.collect();
        let mut head = Encoder::new();
        let (program, version) = (options.program, wire::VERSION);
        let credential = Credential::Sys(options.credential.clone());
        CallHead { xid: 0, program, version, procedure: 0, credential }.encode(&mut head);
        Ok(Client {
            name: address.to_string(),
            addresses,
            options,
            connection: None,
            out: Encoder::new(),
            head: head.into_bytes(),
            // Calls of two processes are told apart in a trace.
            xid: std::process::id() << 16,
            resting: None,
            greeted: String::new(),
        })
    }

    /// Opens a connection and says hello, unless there is one.
    pub fn connect(&mut self, deadline: Duration) -> Result<(), ClientError> {
        self.open(Instant::now() + deadline).map(|_| ())
    }

    /// Says hello for one more routine, on this connection and on those to come. If it is refused, the client goes on as it
    /// was.
    pub fn also(&mut self, known: Known, deadline: Duration) -> Result<(), ClientError> {
        let until = Instant::now() + deadline;
        let outcome = self.twice(until, true, |client, until| {
            if client.options.hello.routines.contains(&known) {
                return Ok(Ok(()));
            }
            let hello = Hello { routines: vec![known.clone()], ..client.options.hello.clone() };
            let Some(mut connection) = client.connection.take() else { return Err(closed()) };
            match client.hello(&mut connection, &hello, until) {
                // A refusal says nothing of the connection.
                outcome @ (Ok(()) | Err(ClientError::Refused { .. })) => {
                    client.connection = Some(connection);
                    Ok(outcome)
                }
                Err(error) => Err(error),
            }
        });
        outcome.map_err(ClientError::greeting)??;
        if !self.options.hello.routines.contains(&known) {
            self.options.hello.routines.push(known);
        }
        Ok(())
    }

    /// What the server says that it is, once it was spoken to.
    pub fn server(&self) -> &str {
        &self.greeted
    }

    /// Closes the connection. The next call opens another one at once.
    pub fn disconnect(&mut self) {
        (self.connection, self.resting) = (None, None);
    }

    /// The procedure that says nothing: the server is there.
    pub fn null(&mut self, deadline: Duration) -> Result<(), ClientError> {
        let call = Call { procedure: wire::PROCEDURE_NULL, deadline, again: true };
        self.call(call, |_| Ok(()), |result| Ok(result.finish()?))
    }

    /// The server's own report: JSON.
    pub fn status(&mut self, deadline: Duration) -> Result<String, ClientError> {
        let call = Call { procedure: wire::PROCEDURE_STATUS, deadline, again: true };
        self.call(call, |_| Ok(()), |result| Ok(result.text(u32::MAX)?))
    }

    /// Calls a routine with the values in `native`. If it returned, its outputs are there.
    pub fn call_routine(
        &mut self,
        call: Call,
        converter: &Converter,
        native: &mut Native,
    ) -> Result<Answer, ClientError> {
        let until = Instant::now() + call.deadline;
        let xid = self.write(call.procedure, |out| converter.encode_inputs(native, out))?;
        self.answer(xid, until, call.again, |result| {
            let answer = Answer::decode(result)?;
            if answer == Answer::Returned {
                converter.decode_outputs(result, native)?;
            }
            result.finish()?;
            Ok(answer)
        })
    }

    /// Calls a procedure: `write` writes its arguments, `read` reads its result.
    pub fn call<T>(
        &mut self,
        call: Call,
        write: impl FnOnce(&mut Encoder) -> Result<(), ConvertError>,
        read: impl FnMut(&mut Decoder<'_>) -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        let until = Instant::now() + call.deadline;
        let xid = self.write(call.procedure, write)?;
        self.answer(xid, until, call.again, read)
    }

    /// Tells of a call made elsewhere. Nothing is answered; what is lost with the connection is lost.
    pub fn seen(
        &mut self,
        procedure: u32,
        deadline: Duration,
        write: impl FnOnce(&mut Encoder) -> Result<(), ConvertError>,
    ) -> Result<(), ClientError> {
        let until = Instant::now() + deadline;
        self.write(procedure, write)?;
        self.twice(until, false, Client::send)
    }

    /// Sends what was written and reads the answer to it.
    fn answer<T>(
        &mut self,
        xid: u32,
        until: Instant,
        again: bool,
        mut read: impl FnMut(&mut Decoder<'_>) -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        self.twice(until, again, |client, until| {
            client.send(until)?;
            let Some(connection) = &mut client.connection else { return Err(closed()) };
            let mut input = Decoder::new(connection.receive(until)?);
            result(xid, &mut input)?;
            read(&mut input)
        })
    }

    /// Does it, and once more on another connection if the first one was lost and that is allowed.
    fn twice<T>(
        &mut self,
        until: Instant,
        again: bool,
        mut once: impl FnMut(&mut Client, Instant) -> Result<T, ClientError>,
    ) -> Result<T, ClientError> {
        let mut attempt = |client: &mut Client| {
            let outcome = client.open(until).and_then(|()| once(client, until));
            if outcome.as_ref().is_err_and(ClientError::is_fatal) {
                client.connection = None;
            }
            outcome
        };
        let mut outcome = attempt(self);
        let lost =
            |error: &ClientError| matches!(error, ClientError::Lost { unsent, .. } if *unsent || again);
        if outcome.as_ref().is_err_and(lost) && left(until).is_some() {
            outcome = attempt(self);
        }
        self.settle(&outcome);
        self.out.shrink_to(KEPT);
        outcome
    }

    /// What an outcome means for the next connection.
    fn settle<T>(&mut self, outcome: &Result<T, ClientError>) {
        match outcome {
            Err(error) if error.is_fatal() => {
                let pause = self.resting.map_or(REST.0, |(_, pause)| (2 * pause).min(REST.1));
                self.resting = Some((Instant::now() + pause, pause));
            }
            // It rests, or the call could not be written: nothing new is known.
            Err(ClientError::Resting { .. } | ClientError::Unwritten(_) | ClientError::TooLong(_)) => (),
            _ => self.resting = None,
        }
    }

    /// Writes a call, as the one record in `out`.
    fn write(
        &mut self,
        procedure: u32,
        write: impl FnOnce(&mut Encoder) -> Result<(), ConvertError>,
    ) -> Result<u32, ClientError> {
        self.out.clear();
        self.append(procedure, write)
    }

    /// Writes a call behind what is in `out`.
    fn append(
        &mut self,
        procedure: u32,
        write: impl FnOnce(&mut Encoder) -> Result<(), ConvertError>,
    ) -> Result<u32, ClientError> {
        self.xid = self.xid.wrapping_add(1);
        let at = begin_record(&mut self.out);
        // All that comes before the arguments but the first and the sixth word is the same in every call.
        let start = self.out.len();
        self.out.opaque_fixed(&self.head);
        self.out.set_u32(start, self.xid);
        self.out.set_u32(start + 20, procedure);
        write(&mut self.out).map_err(ClientError::Unwritten)?;
        end_record(&mut self.out, at, self.options.limit).map_err(ClientError::TooLong)?;
        Ok(self.xid)
    }

    /// Sends what is in `out`.
    fn send(&mut self, until: Instant) -> Result<(), ClientError> {
        let Some(connection) = &mut self.connection else { return Err(closed()) };
        connection.send(self.out.bytes(), until)
    }

    /// There is a connection on which hello was said.
    fn open(&mut self, until: Instant) -> Result<(), ClientError> {
        let now = Instant::now();
        if self.connection.as_ref().is_some_and(|connection| connection.is_open(now)) {
            return Ok(());
        }
        self.connection = None;
        if let Some((next, _)) = self.resting
            && let Some(next) = next.checked_duration_since(now)
        {
            return Err(ClientError::Resting { address: self.name.clone(), next });
        }
        let failed = |source| ClientError::Connect { address: self.name.clone(), source };
        let mut connection = Connection::open(&self.addresses, self.options.limit, until).map_err(failed)?;
        self.greet(&mut connection, until).map_err(ClientError::greeting)?;
        self.connection = Some(connection);
        Ok(())
    }

    /// Says hello, as often as all routines need.
    fn greet(&mut self, connection: &mut Connection, until: Instant) -> Result<(), ClientError> {
        let Hello { component, what, role, routines } = &self.options.hello;
        let mut lists: Vec<&[Known]> = routines.chunks(wire::MAX_ROUTINES as usize).collect();
        if lists.is_empty() {
            lists.push(&[]);
        }
        let hellos: Vec<Hello> = lists
            .into_iter()
            .map(|list| {
                let (component, what) = (component.clone(), what.clone());
                Hello { component, what, role: *role, routines: list.to_vec() }
            })
            .collect();
        hellos.iter().try_for_each(|hello| self.hello(connection, hello, until))
    }

    fn hello(
        &mut self,
        connection: &mut Connection,
        hello: &Hello,
        until: Instant,
    ) -> Result<(), ClientError> {
        self.xid = self.xid.wrapping_add(1);
        let mut out = Encoder::new();
        let at = begin_record(&mut out);
        let (program, version) = (self.options.program, wire::VERSION);
        let procedure = wire::PROCEDURE_HELLO;
        let credential = Credential::Sys(self.options.credential.clone());
        CallHead { xid: self.xid, program, version, procedure, credential }.encode(&mut out);
        hello.encode(&mut out);
        end_record(&mut out, at, self.options.limit).map_err(ClientError::TooLong)?;
        connection.send(out.bytes(), until)?;
        let mut input = Decoder::new(connection.receive(until)?);
        result(self.xid, &mut input)?;
        match Welcome::decode(&mut input)? {
            Welcome::Accepted { what } => self.greeted = printable(&what),
            Welcome::Refused { code, reason } => {
                return Err(ClientError::Refused { code, reason: printable(&reason) });
            }
        }
        Ok(input.finish()?)
    }
}

/// The head of the answer to a call; the result is next.
fn result(xid: u32, input: &mut Decoder<'_>) -> Result<(), ClientError> {
    let head = ReplyHead::decode(input)?;
    match head.reply {
        _ if head.xid != xid => Err(ClientError::Stray { expected: xid, found: head.xid }),
        Reply::Success => Ok(()),
        reply => Err(ClientError::Reply(reply)),
    }
}

fn closed() -> ClientError {
    ClientError::lost(false, ErrorKind::NotConnected.into())
}
