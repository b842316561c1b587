//! Requests and replies as bytes: a length, then little-endian fields.

use crate::entry::Returned;
use crate::module::Answer;
use crate::plan::Place;
use crate::worker::trace::Trace;
use std::io::{self, Read, Write};

/// Most places in [`Reply::undeclared`].
pub const UNDECLARED_LIMIT: usize = 16;

/// Largest message accepted.
const LIMIT: usize = 64 << 20;

/// One call to answer: recorded, or made up.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Request {
    /// Name of the routine.
    pub routine: String,
    /// Hash of the contract the call is made by; 0 where the worker need not look.
    pub contract_hash: u64,
    /// The routine is called. Otherwise its state is only set and read.
    pub call: bool,
    /// rdi, rsi, rdx, rcx, r8, r9.
    pub gpr: [u64; 6],
    /// Low 8 bytes of xmm0 ... xmm7.
    pub xmm: [u64; 8],
    /// Stack arguments.
    pub stack: Vec<u8>,
    /// MXCSR of the recorded caller.
    pub mxcsr: u32,
    /// x87 control word of the recorded caller.
    pub x87_control: u16,
    /// Return registers the signature uses, as in the plan.
    pub returns: u8,
    /// The areas, in order.
    pub areas: Vec<RequestArea>,
    /// Every access to the areas and to the images' data is to be told. Only a legacy executable does that.
    pub trace: bool,
    /// With that, instructions of which it is to be told whether they ran: image of the plan and link-time address.
    pub sites: Vec<(u16, u64)>,
}

/// One area of a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestArea {
    /// Who leads to it.
    pub lead: Lead,
    /// Its address in the recorded process: 0 for null. Areas that overlapped there overlap again.
    pub address: u64,
    /// Its bytes before the call; of live state that is left as it is, as many bytes of anything.
    pub bytes: Vec<u8>,
    /// It holds `bytes` when the call begins. Only state may be left as it is.
    pub set: bool,
    /// Its bytes after the call are wanted.
    pub written: bool,
}

/// Where the address of an area stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lead {
    /// Nowhere: a state area, known by its position among those.
    State,
    /// In an argument.
    Argument(Place),
    /// In another area of the call: its index, and the offset there.
    Area(u16, u16),
}

/// What a worker answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// How the call went; [`Answer::DECLINED`] with `problem` set when the worker could not even begin.
    pub answer: Answer,
    /// Return registers.
    pub returned: Returned,
    /// The written areas after the call.
    pub after: Vec<(u16, Vec<u8>)>,
    /// Areas beside which bytes were written that the contract does not grant.
    pub overruns: Vec<u16>,
    /// Areas that the contract says are only read, and that were written.
    pub changed_inputs: Vec<u16>,
    /// Places of the images' writable data that the legacy routine changed beside its declared state: image of the plan and
    /// link-time address, at most [`UNDECLARED_LIMIT`]. Always empty for a module.
    pub undeclared: Vec<(u16, u64)>,
    /// Time the call itself took; 0 when it was not measured.
    pub nanoseconds: u64,
    /// The exception that ended the call; empty when it returned.
    pub exception: String,
    /// Why the worker could not answer; empty when it did.
    pub problem: String,
    /// What it touched, where that was asked for.
    pub trace: Option<Box<Trace>>,
}

impl Reply {
    /// A reply that says why there is none.
    pub fn refused(problem: String) -> Reply {
        Reply {
            answer: Answer::DECLINED,
            returned: Returned::default(),
            after: Vec::new(),
            overruns: Vec::new(),
            changed_inputs: Vec::new(),
            undeclared: Vec::new(),
            nanoseconds: 0,
            exception: String::new(),
            problem,
            trace: None,
        }
    }
}

/// Sends a request.
pub fn write_request(output: &mut dyn Write, request: &Request) -> io::Result<()> {
    let mut out = Out(Vec::new());
    out.bytes(request.routine.as_bytes());
    out.u64(request.contract_hash);
    out.u64(u64::from(request.call));
    request.gpr.iter().chain(&request.xmm).for_each(|value| out.u64(*value));
    out.bytes(&request.stack);
    out.u64(u64::from(request.mxcsr));
    out.u64(u64::from(request.x87_control));
    out.u64(u64::from(request.returns));
    out.u64(request.areas.len() as u64);
    for area in &request.areas {
        let (kind, value) = match area.lead {
            Lead::State => (0, 0),
            Lead::Argument(Place::Gpr(i)) => (1, u64::from(i)),
            Lead::Argument(Place::Xmm(i)) => (2, u64::from(i)),
            Lead::Argument(Place::Stack(offset)) => (3, u64::from(offset)),
            Lead::Area(index, offset) => (4, u64::from(index) << 16 | u64::from(offset)),
        };
        out.u64(kind);
        out.u64(value);
        out.u64(area.address);
        out.u64(u64::from(area.written));
        out.u64(u64::from(area.set));
        out.bytes(&area.bytes);
    }
    out.u64(u64::from(request.trace));
    out.u64(request.sites.len() as u64);
    for (image, address) in &request.sites {
        out.u64(u64::from(*image));
        out.u64(*address);
    }
    out.send(output)
}

/// Receives a request; `None` when the other side has closed.
pub fn read_request(input: &mut dyn Read) -> io::Result<Option<Request>> {
    let Some(message) = receive(input)? else { return Ok(None) };
    let mut message = In(&message);
    let (routine, contract_hash, call) = (message.text()?, message.u64()?, message.u64()? != 0);
    let mut request = Request { routine, contract_hash, call, ..Request::default() };
    for value in request.gpr.iter_mut().chain(&mut request.xmm) {
        *value = message.u64()?;
    }
    request.stack = message.bytes()?;
    request.mxcsr = message.u64()? as u32;
    request.x87_control = message.u64()? as u16;
    request.returns = message.u64()? as u8;
    for _ in 0..message.u64()? {
        let (kind, value) = (message.u64()?, message.u64()?);
        let lead = match kind {
            0 => Lead::State,
            1 => Lead::Argument(Place::Gpr(value as u8)),
            2 => Lead::Argument(Place::Xmm(value as u8)),
            3 => Lead::Argument(Place::Stack(value as u32)),
            4 => Lead::Area((value >> 16) as u16, value as u16),
            _ => return Err(broken()),
        };
        let (address, written, set) = (message.u64()?, message.u64()? != 0, message.u64()? != 0);
        request.areas.push(RequestArea { lead, address, written, set, bytes: message.bytes()? });
    }
    request.trace = message.u64()? != 0;
    for _ in 0..message.u64()? {
        request.sites.push((message.u64()? as u16, message.u64()?));
    }
    Ok(Some(request))
}

/// Sends a reply.
pub fn write_reply(output: &mut dyn Write, reply: &Reply) -> io::Result<()> {
    let mut out = Out(Vec::new());
    out.u64(u64::from(reply.answer.0));
    reply.returned.gpr.iter().chain(&reply.returned.xmm).for_each(|value| out.u64(*value));
    reply.returned.x87.iter().for_each(|value| out.0.extend(value));
    out.u64(reply.after.len() as u64);
    for (area, bytes) in &reply.after {
        out.u64(u64::from(*area));
        out.bytes(bytes);
    }
    out.u64(reply.overruns.len() as u64);
    reply.overruns.iter().for_each(|area| out.u64(u64::from(*area)));
    out.u64(reply.changed_inputs.len() as u64);
    reply.changed_inputs.iter().for_each(|area| out.u64(u64::from(*area)));
    out.u64(reply.undeclared.len() as u64);
    for (image, address) in &reply.undeclared {
        out.u64(u64::from(*image));
        out.u64(*address);
    }
    out.u64(reply.nanoseconds);
    out.bytes(reply.exception.as_bytes());
    out.bytes(reply.problem.as_bytes());
    out.u64(u64::from(reply.trace.is_some()));
    reply.trace.iter().for_each(|trace| trace.write(&mut out));
    out.send(output)
}

/// Receives a reply. An end of file is an error: the worker died.
pub fn read_reply(input: &mut dyn Read) -> io::Result<Reply> {
    let message = receive(input)?.ok_or_else(|| io::Error::from(io::ErrorKind::UnexpectedEof))?;
    let mut message = In(&message);
    let answer = Answer(message.u64()? as u32);
    let mut returned = Returned::default();
    for value in returned.gpr.iter_mut().chain(&mut returned.xmm) {
        *value = message.u64()?;
    }
    returned.x87 = [message.array()?, message.array()?];
    let mut after = Vec::new();
    for _ in 0..message.u64()? {
        after.push((message.u64()? as u16, message.bytes()?));
    }
    let mut overruns = Vec::new();
    for _ in 0..message.u64()? {
        overruns.push(message.u64()? as u16);
    }
    let mut changed_inputs = Vec::new();
    for _ in 0..message.u64()? {
        changed_inputs.push(message.u64()? as u16);
    }
    let mut undeclared = Vec::new();
    for _ in 0..message.u64()? {
        undeclared.push((message.u64()? as u16, message.u64()?));
    }
    let (nanoseconds, exception, problem) = (message.u64()?, message.text()?, message.text()?);
    let trace = if message.u64()? != 0 { Some(Box::new(Trace::read(&mut message)?)) } else { None };
    Ok(Reply {
        answer,
        returned,
        after,
        overruns,
        changed_inputs,
        undeclared,
        nanoseconds,
        exception,
        problem,
        trace,
    })
}

pub(super) fn broken() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "a message between replay and worker is inconsistent")
}

fn receive(input: &mut dyn Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 8];
    let mut got = 0;
    while got < length.len() {
        match input.read(&mut length[got..]) {
            Ok(0) if got == 0 => return Ok(None),
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Ok(count) => got += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    let length = u64::from_le_bytes(length) as usize;
    if length > LIMIT {
        return Err(broken());
    }
    let mut message = vec![0; length];
    input.read_exact(&mut message)?;
    Ok(Some(message))
}

pub(super) struct Out(Vec<u8>);

impl Out {
    pub(super) fn u64(&mut self, value: u64) {
        self.0.extend(value.to_le_bytes());
    }

    pub(super) fn bytes(&mut self, value: &[u8]) {
        self.u64(value.len() as u64);
        self.0.extend_from_slice(value);
    }

    fn send(self, output: &mut dyn Write) -> io::Result<()> {
        let mut message = (self.0.len() as u64).to_le_bytes().to_vec();
        message.extend(self.0);
        output.write_all(&message)
    }
}

pub(super) struct In<'a>(&'a [u8]);

impl In<'_> {
    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or_else(broken)?;
        self.0 = rest;
        Ok(*taken)
    }

    pub(super) fn u64(&mut self) -> io::Result<u64> {
        Ok(u64::from_le_bytes(self.array()?))
    }

    pub(super) fn u64s(&mut self) -> io::Result<Vec<u64>> {
        let count = self.u64()?;
        (0..count).map(|_| self.u64()).collect()
    }

    pub(super) fn bytes(&mut self) -> io::Result<Vec<u8>> {
        let length = self.u64()? as usize;
        let (taken, rest) = self.0.split_at_checked(length).ok_or_else(broken)?;
        self.0 = rest;
        Ok(taken.to_vec())
    }

    fn text(&mut self) -> io::Result<String> {
        String::from_utf8(self.bytes()?).map_err(|_| broken())
    }
}
