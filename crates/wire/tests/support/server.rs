//! A small server for tests: one thread a connection, one routine after the other. What the real one has beside (limits,
//! permissions, back-pressure) it has not.

use cmp_bridge_contract::model::{Contract, Routine};
use cmp_bridge_contract::wire;
use cmp_bridge_wire::message::{Answer, Ending, Hello, SeenHead, Welcome};
use cmp_bridge_wire::rpc::{CallHead, HeadError, Records, Reply, ReplyHead, begin_record, end_record};
use cmp_bridge_wire::{Converter, Decoder, Encoder, MESSAGE_LIMIT, Native};
use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// Answers a call in memory. `None`: the connection ends without an answer, as if the server had died in the call.
pub type Answering = dyn Fn(&Contract, &Routine, &mut Native) -> Option<Answer> + Send + Sync;

/// A server, as long as the process lives.
pub struct Server {
    pub address: SocketAddr,
    shared: Arc<Shared>,
}

/// Bytes of a conversation, in their order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    pub from_client: bool,
    pub bytes: Vec<u8>,
}

/// What a server was told of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    pub routine: String,
    pub head: SeenHead,
    pub ending: Ending,
}

struct Shared {
    contract: Contract,
    answer: Box<Answering>,
    traffic: Mutex<Vec<Piece>>,
    calls: Mutex<Vec<(String, CallHead)>>,
    seen: Mutex<Vec<Seen>>,
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Server {
    /// Serves the routines of a contract on a port of the system's choice, on loopback.
    pub fn start(
        contract: Contract,
        answer: impl Fn(&Contract, &Routine, &mut Native) -> Option<Answer> + Send + Sync + 'static,
    ) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        let (traffic, calls, seen) = Default::default();
        let shared = Arc::new(Shared { contract, answer: Box::new(answer), traffic, calls, seen });
        let served = Arc::clone(&shared);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let shared = Arc::clone(&served);
                std::thread::spawn(move || drop(Connection::new(&shared, stream).serve()));
            }
        });
        Server { address, shared }
    }

    /// Everything that went over its connections.
    pub fn traffic(&self) -> Vec<Piece> {
        lock(&self.shared.traffic).clone()
    }

    /// The calls of routines so far.
    pub fn calls(&self) -> Vec<(String, CallHead)> {
        lock(&self.shared.calls).clone()
    }

    /// What it was told of so far.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.shared.seen).clone()
    }
}

struct Connection<'s> {
    shared: &'s Shared,
    stream: TcpStream,
    accepted: BTreeSet<u32>,
}

/// The connection is at its end.
struct Over;

impl<'s> Connection<'s> {
    fn new(shared: &'s Shared, stream: TcpStream) -> Connection<'s> {
        let _ = stream.set_nodelay(true);
        let _ = stream.set_read_timeout(Some(Duration::from_secs(60)));
        Connection { shared, stream, accepted: BTreeSet::new() }
    }

    fn serve(mut self) -> Result<(), Over> {
        let mut records = Records::new(MESSAGE_LIMIT);
        let mut chunk = vec![0; 1 << 16];
        loop {
            let read = self.stream.read(&mut chunk).map_err(|_| Over)?;
            if read == 0 {
                return Ok(());
            }
            self.log(true, &chunk[..read]);
            records.push(&chunk[..read]);
            while let Some(record) = records.next_record().map_err(|_| Over)? {
                let mut out = Encoder::new();
                let at = begin_record(&mut out);
                if self.message(record, &mut out)? {
                    end_record(&mut out, at, MESSAGE_LIMIT).map_err(|_| Over)?;
                    self.log(false, out.bytes());
                    self.stream.write_all(out.bytes()).map_err(|_| Over)?;
                }
            }
        }
    }

    fn log(&self, from_client: bool, bytes: &[u8]) {
        lock(&self.shared.traffic).push(Piece { from_client, bytes: bytes.to_vec() });
    }

    /// Answers a message. False: with nothing.
    fn message(&mut self, record: &[u8], out: &mut Encoder) -> Result<bool, Over> {
        let mut input = Decoder::new(record);
        let head = match CallHead::decode(&mut input) {
            Ok(head) => head,
            Err(HeadError::Version { xid, .. }) => {
                ReplyHead { xid, reply: Reply::VersionOfRpc { low: 2, high: 2 } }.encode(out);
                return Ok(true);
            }
            Err(_) => return Err(Over),
        };
        let contract = &self.shared.contract;
        let mut reply = |reply| ReplyHead { xid: head.xid, reply }.encode(out);
        if head.program != wire::program(contract) {
            reply(Reply::NoProgram);
        } else if head.version != wire::VERSION {
            reply(Reply::VersionOfProgram { low: wire::VERSION, high: wire::VERSION });
        } else {
            return self.procedure(&head, &mut input, out);
        }
        Ok(true)
    }

    fn procedure(
        &mut self,
        head: &CallHead,
        input: &mut Decoder<'_>,
        out: &mut Encoder,
    ) -> Result<bool, Over> {
        let mut reply = |reply| ReplyHead { xid: head.xid, reply }.encode(out);
        match head.procedure {
            wire::PROCEDURE_NULL => reply(Reply::Success),
            wire::PROCEDURE_HELLO => match Hello::decode(input) {
                Ok(hello) => {
                    reply(Reply::Success);
                    self.welcome(&hello).encode(out);
                }
                Err(_) => reply(Reply::GarbageArguments),
            },
            wire::PROCEDURE_STATUS => {
                reply(Reply::Success);
                out.text(&format!("{{\"calls\": {}}}", lock(&self.shared.calls).len()), u32::MAX);
            }
            number => {
                let position = number.checked_sub(wire::PROCEDURE_FIRST).map(|number| number / 2);
                let shared = self.shared;
                match position.and_then(|position| shared.contract.routines.get(position as usize)) {
                    None => reply(Reply::NoProcedure),
                    Some(routine) if number % 2 == 0 => self.call(routine, head, input, out)?,
                    Some(routine) => {
                        self.told(routine, head, input)?;
                        return Ok(false);
                    }
                }
            }
        }
        Ok(true)
    }

    fn welcome(&mut self, hello: &Hello) -> Welcome {
        let contract = &self.shared.contract;
        let refused = |reason: String| Welcome::Refused { code: 1, reason };
        if hello.component != contract.component.name {
            return refused(format!("`{}` is not served here", hello.component));
        }
        for known in &hello.routines {
            let routine = contract.routine(&known.name);
            let hash = routine.and_then(|r| Some(wire::shape(contract, r).ok()?.hash(contract, r)));
            let procedure = routine.and_then(|routine| wire::call_procedure(contract, routine));
            if hash != Some(known.hash) || procedure != Some(known.procedure) {
                let (hash, known) = (hash.unwrap_or_default(), known.hash);
                return refused(format!(
                    "`{}` is {hash:016x} here, and not {known:016x}",
                    hello.routines[0].name
                ));
            }
        }
        self.accepted.extend(hello.routines.iter().map(|known| known.procedure));
        Welcome::Accepted { what: "a server for tests".into() }
    }

    fn call(
        &mut self,
        routine: &Routine,
        head: &CallHead,
        input: &mut Decoder<'_>,
        out: &mut Encoder,
    ) -> Result<(), Over> {
        let contract = &self.shared.contract;
        lock(&self.shared.calls).push((routine.name.clone(), head.clone()));
        let mut reply = |reply| ReplyHead { xid: head.xid, reply }.encode(out);
        if !self.accepted.contains(&head.procedure) {
            reply(Reply::Success);
            Answer::NotNow("no HELLO has named it".into()).encode(out);
            return Ok(());
        }
        let converter = Converter::new(contract, routine).map_err(|_| Over)?;
        let mut native = converter.native();
        let read = converter.decode_inputs(input, &mut native);
        if read.is_err() || input.finish().is_err() {
            reply(Reply::GarbageArguments);
            return Ok(());
        }
        let answer = (self.shared.answer)(contract, routine, &mut native).ok_or(Over)?;
        reply(Reply::Success);
        answer.encode(out);
        if answer == Answer::Returned {
            converter.encode_outputs(&native, out).map_err(|_| Over)?;
        }
        Ok(())
    }

    fn told(&mut self, routine: &Routine, head: &CallHead, input: &mut Decoder<'_>) -> Result<(), Over> {
        if !self.accepted.contains(&(head.procedure - 1)) {
            return Err(Over);
        }
        let converter = Converter::new(&self.shared.contract, routine).map_err(|_| Over)?;
        let mut native = converter.native();
        let head = SeenHead::decode(input).map_err(|_| Over)?;
        converter.decode_inputs(input, &mut native).map_err(|_| Over)?;
        let ending = Ending::decode(input).map_err(|_| Over)?;
        if ending == Ending::Returned {
            converter.decode_outputs(input, &mut native).map_err(|_| Over)?;
        }
        input.finish().map_err(|_| Over)?;
        lock(&self.shared.seen).push(Seen { routine: routine.name.clone(), head, ending });
        Ok(())
    }
}
