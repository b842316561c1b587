//! Routines that another machine answers, asked as a worker process is asked: a request's registers and areas become a
//! message, and what comes back becomes registers and areas.

use crate::death::Death;
use crate::harness::passed;
use crate::request::{ArgumentError, Callee};
use crate::worker::Answer;
use cmp_bridge::entry::Returned;
use cmp_bridge::module;
use cmp_bridge::worker::{Reply, Request};
use cmp_bridge_contract::abi::{Lowered, ReturnPlace};
use cmp_bridge_contract::model::{By, Contract, Routine};
use cmp_bridge_contract::readiness::Missing;
use cmp_bridge_contract::wire;
use cmp_bridge_wire::client::{self, Client, ClientError, Options};
use cmp_bridge_wire::message::{self, Known, Role, printable};
use cmp_bridge_wire::rpc::Reply as RpcReply;
use cmp_bridge_wire::{Converter, MESSAGE_LIMIT, Native};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::io::ErrorKind;
use std::time::{Duration, Instant};

/// What this side says that it is.
const WHAT: &str = concat!("@(#) cmp-bridge ", env!("CARGO_PKG_VERSION"));

/// Why a server cannot be asked.
#[derive(Debug, thiserror::Error)]
pub enum RemoteError {
    /// The client.
    #[error("`{routine}` at {server}: {source}")]
    Client {
        /// The routine.
        routine: String,
        /// The server.
        server: String,
        /// Why.
        source: Box<ClientError>,
    },
    /// No contract says what it is.
    #[error("no contract says what `{0}` takes and returns: over a wire nothing can be scanned")]
    NoContract(String),
    /// It does not travel.
    #[error("calls of `{routine}` do not travel: {why}")]
    Shape {
        /// The routine.
        routine: String,
        /// Every reason.
        why: String,
    },
    /// The signature.
    #[error(transparent)]
    Signature(#[from] ArgumentError),
}

/// What failed, be it in the first exchange.
fn first_cause(error: &ClientError) -> &ClientError {
    match error {
        ClientError::Greeting(error) => first_cause(error),
        error => error,
    }
}

impl RemoteError {
    /// It is about this routine: another one of the same server may be called.
    pub fn is_of_routine(&self) -> bool {
        match self {
            RemoteError::Client { source, .. } => match first_cause(source) {
                ClientError::Reply(RpcReply::Unauthenticated(_)) => false,
                error => matches!(error, ClientError::Refused { .. } | ClientError::Reply(_)),
            },
            RemoteError::NoContract(_) | RemoteError::Shape { .. } | RemoteError::Signature(_) => true,
        }
    }

    /// What to do about it.
    pub fn hint(&self) -> Option<&'static str> {
        match self {
            RemoteError::Client { source, .. } => Some(match first_cause(source) {
                ClientError::Connect { .. } | ClientError::Resting { .. } => {
                    "is the server there? `cmp-bridge serve` on Linux, the stub's own process elsewhere; write HOST:PORT"
                }
                ClientError::Refused { .. } => {
                    "both ends must be made from one contract: generate the stub, or build the module, from this one"
                }
                ClientError::Reply(RpcReply::Unauthenticated(_)) => {
                    "`allow` of the server's bridge.toml does not speak of this user of this machine"
                }
                ClientError::Reply(_) => {
                    "another program answers at this address, or one of another contract"
                }
                _ => return None,
            }),
            RemoteError::NoContract(_) => Some("name the contract that the server was made from"),
            RemoteError::Shape { .. } => {
                Some("complete the contract; `cmp-bridge generate --lang x` lists the reasons")
            }
            RemoteError::Signature(_) => None,
        }
    }
}

/// A server, and the routines that are asked of it.
pub struct Remote {
    server: String,
    contracts: Vec<Contract>,
    /// Bytes of the longest message.
    message: usize,
    /// One connection a contract.
    clients: BTreeMap<usize, Client>,
    asked: BTreeMap<String, Asked>,
}

/// A routine that was asked for. The server is greeted for each: one that has it need not have others.
struct Asked {
    contract: usize,
    routine: Routine,
    known: Known,
    converter: Converter,
    native: Native,
    call: client::Call,
}

impl Remote {
    /// The server at `host:port`, whose routines these contracts describe. Nothing is connected yet.
    pub fn new(server: impl Into<String>, contracts: Vec<Contract>) -> Remote {
        let (message, clients, asked) = (MESSAGE_LIMIT, BTreeMap::new(), BTreeMap::new());
        Remote { server: server.into(), contracts, message, clients, asked }
    }

    /// Lets messages be as long. It counts for routines that were not asked for yet.
    pub fn set_message(&mut self, bytes: usize) {
        self.message = bytes;
    }

    /// Its address, as it was written.
    pub fn server(&self) -> &str {
        &self.server
    }

    /// Connects for a routine, and says what the server says that it is.
    pub fn greet(&mut self, routine: &str, timeout: Duration) -> Result<String, RemoteError> {
        let (_, client, _) = self.asked(routine, timeout)?;
        Ok(client.server().to_owned())
    }

    /// Lets the server answer a call.
    pub fn ask(&mut self, request: &Request, timeout: Duration) -> Result<Answer, RemoteError> {
        if !request.call {
            // What is live in the server cannot be read: its routine gets all of its state with each call.
            let problem = "state that is live in a server cannot be read or set".to_owned();
            return Ok(Answer::Reply(Box::new(Reply::refused(problem))));
        }
        let began = Instant::now();
        let server = self.server.clone();
        let (asked, client, contract) = self.asked(&request.routine, timeout)?;
        let callee = Callee::of(contract, &asked.routine)?;
        fill(&callee, request, &asked.converter, &mut asked.native);
        asked.call.deadline = timeout.saturating_sub(began.elapsed());
        let began = Instant::now();
        let outcome = client.call_routine(asked.call, &asked.converter, &mut asked.native);
        let nanoseconds = began.elapsed().as_nanos() as u64;
        let answer = match outcome {
            Ok(answer) => answer,
            Err(error) => return failed(client, error, &request.routine, &server, timeout),
        };
        let reply = match answer {
            message::Answer::Returned => Reply { nanoseconds, ..returned(&callee, request, &asked.native) },
            message::Answer::Declined(why) => {
                Reply::refused(format!("the server declined: {}", printable(&why)))
            }
            message::Answer::NotNow(why) => Reply::refused(format!("the server cannot: {}", printable(&why))),
            message::Answer::Exception(what) if what.is_empty() => {
                raised("an exception of no name".to_owned())
            }
            message::Answer::Exception(what) => raised(printable(&what)),
        };
        Ok(Answer::Reply(Box::new(reply)))
    }

    /// A routine for which hello was said, on the connection of its contract.
    fn asked(
        &mut self,
        name: &str,
        timeout: Duration,
    ) -> Result<(&mut Asked, &mut Client, &Contract), RemoteError> {
        let unknown = || RemoteError::NoContract(name.to_owned());
        if !self.asked.contains_key(name) {
            let asked = self.first(name)?;
            self.asked.insert(name.to_owned(), asked);
        }
        let asked = self.asked.get_mut(name).ok_or_else(unknown)?;
        let contract = asked.contract;
        let client = self.clients.get_mut(&contract).ok_or_else(unknown)?;
        let greeted = client.also(asked.known.clone(), timeout);
        if let Err(source) = greeted {
            client.disconnect();
            return Err(client_error(name, &self.server, source));
        }
        Ok((asked, client, &self.contracts[contract]))
    }

    fn first(&mut self, name: &str) -> Result<Asked, RemoteError> {
        let found = self.contracts.iter().position(|contract| contract.routine(name).is_some());
        let place = found.and_then(|i| Some((i, self.contracts[i].routine(name)?)));
        let (contract, routine) = place.ok_or_else(|| RemoteError::NoContract(name.to_owned()))?;
        let known = &self.contracts[contract];
        let shape =
            |missing: Vec<Missing>| RemoteError::Shape { routine: name.to_owned(), why: told(&missing) };
        let converter = Converter::new(known, routine).map_err(shape)?;
        let hash = wire::shape(known, routine).map_err(shape)?.hash(known, routine);
        let procedure = wire::call_procedure(known, routine).unwrap_or_default();
        if let Entry::Vacant(vacant) = self.clients.entry(contract) {
            let mut options = Options::new(known, WHAT, Role::Caller);
            options.hello.routines.clear();
            options.limit = self.message;
            let client = Client::new(&self.server, options);
            vacant.insert(client.map_err(|source| client_error(name, &self.server, source))?);
        }
        let call = client::Call { procedure, deadline: Duration::ZERO, again: routine.remote.idempotent };
        let (mut native, routine) = (converter.native(), routine.clone());
        native.allow_messages(self.message, usize::MAX);
        let known = Known { procedure, name: routine.name.clone(), hash };
        Ok(Asked { contract, routine, known, converter, native, call })
    }
}

fn client_error(routine: &str, server: &str, source: ClientError) -> RemoteError {
    RemoteError::Client { routine: routine.to_owned(), server: server.to_owned(), source: Box::new(source) }
}

fn raised(exception: String) -> Reply {
    Reply { exception, ..Reply::refused(String::new()) }
}

/// Why a routine's calls do not travel; `None` where they do.
pub fn refusal(contract: &Contract, routine: &Routine) -> Option<String> {
    wire::shape(contract, routine).err().map(|missing| told(&missing))
}

fn told(missing: &[Missing]) -> String {
    let lines: Vec<String> = missing.iter().map(|one| format!("{}: {}", one.path, one.message)).collect();
    lines.join("; ")
}

/// What a failure means for the call.
fn failed(
    client: &mut Client,
    error: ClientError,
    routine: &str,
    server: &str,
    timeout: Duration,
) -> Result<Answer, RemoteError> {
    // Whoever tests and replays wants each call tried.
    client.disconnect();
    match error {
        ClientError::Unwritten(_)
        | ClientError::TooLong(_)
        | ClientError::Reply(RpcReply::GarbageArguments) => {
            Ok(Answer::Reply(Box::new(Reply::refused(error.to_string()))))
        }
        ClientError::Lost { unsent: false, source } => Ok(Answer::Died(match source.kind() {
            ErrorKind::TimedOut | ErrorKind::WouldBlock => Death::Timeout(timeout),
            _ => Death::Lost,
        })),
        error if !error.is_unsent() => Ok(Answer::Died(Death::NoAnswer(error.to_string()))),
        error => Err(client_error(routine, server, error)),
    }
}

/// A request as memory.
fn fill(callee: &Callee<'_>, request: &Request, converter: &Converter, native: &mut Native) {
    converter.reset(native);
    for (i, param) in callee.routine.params.iter().enumerate().filter(|(_, param)| param.by == By::Value) {
        native.set_value(i, &passed(callee, i, &param.ty, request));
    }
    for (index, area) in request.areas.iter().enumerate() {
        if native.returned_area() != Some(index) {
            native.set_area(index, (area.address != 0).then_some(area.bytes.as_slice()));
        }
    }
}

/// Memory after a call that returned, as a worker tells it.
fn returned(callee: &Callee<'_>, request: &Request, native: &Native) -> Reply {
    let written = request.areas.iter().enumerate().filter(|(_, area)| area.written && area.address != 0);
    let after = written.filter_map(|(index, _)| Some((index as u16, native.area(index)?.to_vec()))).collect();
    Reply {
        answer: module::Answer::ANSWERED,
        returned: registers(&callee.lowered, native.returned()),
        after,
        ..Reply::refused(String::new())
    }
}

/// A returned value in the registers in which it is returned here.
fn registers(lowered: &Lowered, bytes: &[u8]) -> Returned {
    let mut returned = Returned::default();
    for (place, offset, size) in &lowered.returns {
        let start = (*offset as usize).min(bytes.len());
        let part = &bytes[start..(start + *size as usize).min(bytes.len())];
        let mut register = [0; 16];
        let length = part.len().min(16);
        register[..length].copy_from_slice(&part[..length]);
        let low = u64::from_le_bytes(*register.first_chunk().unwrap_or(&[0; 8]));
        match place {
            ReturnPlace::Gpr(i) => returned.gpr[usize::from(*i) & 1] = low,
            ReturnPlace::Xmm(i) => returned.xmm[usize::from(*i) & 1] = low,
            ReturnPlace::X87(i) => returned.x87[usize::from(*i) & 1] = register,
        }
    }
    returned
}
