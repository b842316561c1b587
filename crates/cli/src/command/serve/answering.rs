//! What a message is answered.

use super::candidate;
use super::seens::{Seens, Told};
use super::service::{Routine, Service, Way};
use super::status::{self, Vitals};
use crate::config::{Rule, Serve};
use crate::output::note;
use cmp_bridge::module;
use cmp_bridge_contract::wire::{
    PROCEDURE_HELLO, PROCEDURE_LOST, PROCEDURE_NULL, PROCEDURE_STATUS, SERVER, VERSION,
};
use cmp_bridge_wire::message::{Answer, Hello, Role, SeenHead, Welcome, printable};
use cmp_bridge_wire::rpc::{
    AUTH_BADCRED, AUTH_TOOWEAK, CallHead, Credential, HeadError, RPC_VERSION, Reply, ReplyHead,
    SysCredential, begin_record, end_record,
};
use cmp_bridge_wire::{Decoder, Encoder};
use std::net::IpAddr;
use std::time::{Duration, Instant};

/// Longest record that ONC RPC can mark.
const LONGEST: usize = 0x7fff_ffff;
/// Notes on what callers do wrong in such a time; what they do beyond that is only counted.
const NOTES: u32 = 100;
const NOTES_TIME: Duration = Duration::from_secs(600);

/// What is known of who is at the other end of a connection.
#[derive(Debug)]
pub struct Caller {
    address: IpAddr,
    /// A rule lets in whoever calls from there.
    trusted: bool,
    /// Who was let in last.
    known: Option<SysCredential>,
    /// The routines of its HELLOs, program by program.
    accepted: Vec<Vec<bool>>,
    /// What it says it is.
    pub what: String,
    /// Under which number its calls are recorded; 0: it has told of none.
    thread: u32,
    /// Calls that it did not tell of.
    untold: u64,
}

/// A message that is no call: nothing on the connection can be trusted to be one.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a call of ONC RPC: {0}")]
pub struct NoCall(String);

/// Everything that answers.
pub struct Office {
    /// What is served.
    pub service: Service,
    /// What happened so far, beside calls.
    pub vitals: Vitals,
    /// The calls made elsewhere.
    pub seens: Seens,
    /// Nothing is begun any more.
    pub stopping: bool,
    serve: Serve,
    candidates: candidate::Caller,
    threads: u32,
    /// The routine whose candidate was asked by the message that is being answered, by program.
    asked: Option<(usize, usize)>,
    /// Notes written, and since when they are counted.
    notes: (u32, Instant),
}

impl Caller {
    /// Somebody at that address; `None`: nobody there may call.
    pub fn at(address: IpAddr, rules: &[Rule]) -> Option<Caller> {
        let mut its = rules.iter().filter(|rule| rule.has(address)).peekable();
        its.peek()?;
        let (known, accepted, what, thread, untold) = (None, Vec::new(), String::new(), 0, 0);
        Some(Caller { address, trusted: its.any(|rule| !rule.asks()), known, accepted, what, thread, untold })
    }

    /// Whether it has told of calls.
    pub fn tells(&self) -> bool {
        self.thread > 0
    }

    fn has_accepted(&self, program: usize, routine: usize) -> bool {
        self.accepted.get(program).and_then(|routines| routines.get(routine)).copied().unwrap_or(false)
    }

    fn accept(&mut self, program: usize, routine: usize, of: usize) {
        if self.accepted.len() <= program {
            self.accepted.resize(program + 1, Vec::new());
        }
        self.accepted[program].resize(of, false);
        self.accepted[program][routine] = true;
    }

    /// Whether it may call under this credential.
    fn may(&mut self, credential: &Credential, rules: &[Rule]) -> bool {
        match credential {
            _ if self.trusted => true,
            Credential::Sys(sys) if self.known.as_ref() == Some(sys) => true,
            Credential::Sys(sys) => {
                let its = |rule: &&Rule| rule.has(self.address);
                let known = rules.iter().filter(its).any(|rule| rule.knows(sys.uid, &sys.machine));
                if known {
                    self.known = Some(sys.clone());
                }
                known
            }
            Credential::None | Credential::Other(_) => false,
        }
    }
}

/// Writes a whole reply without a result.
fn reply(out: &mut Encoder, xid: u32, reply: Reply) {
    let at = begin_record(out);
    ReplyHead { xid, reply }.encode(out);
    // A head is never too long.
    let _ = end_record(out, at, LONGEST);
}

/// Writes a whole reply with its result. A result that is too long becomes an error.
fn success(out: &mut Encoder, xid: u32, limit: usize, result: impl FnOnce(&mut Encoder)) {
    let at = begin_record(out);
    ReplyHead { xid, reply: Reply::Success }.encode(out);
    result(out);
    if end_record(out, at, limit).is_err() {
        reply(out, xid, Reply::SystemError);
    }
}

impl Office {
    /// An office that has not answered anything.
    pub fn new(service: Service, serve: Serve, seens: Seens, vitals: Vitals) -> Office {
        let candidates = candidate::Caller::default();
        let (stopping, threads, notes, asked) = (false, 0, (0, Instant::now()), None);
        Office { service, vitals, seens, stopping, serve, candidates, threads, notes, asked }
    }

    /// Whom to let in.
    pub fn rules(&self) -> &[Rule] {
        &self.serve.allow
    }

    /// Says what somebody did wrong, unless too much was said of that. What strangers call themselves is in it.
    pub fn remark(&mut self, text: impl FnOnce() -> String) {
        if self.notes.1.elapsed() > NOTES_TIME {
            self.notes = (0, Instant::now());
        }
        match self.notes.0 {
            0..NOTES => note(&printable(&text())),
            NOTES => note(
                "further remarks on callers are not written for ten minutes: `cmp-bridge status --server` counts them",
            ),
            _ => return,
        }
        self.notes.0 += 1;
    }

    /// Answers one message, which was there at `began`; what is answered goes behind what is in `out`. Returns when it was done.
    pub fn answer(
        &mut self,
        caller: &mut Caller,
        (message, began): (&[u8], Instant),
        out: &mut Encoder,
    ) -> Result<Instant, NoCall> {
        self.asked = None;
        self.reply_to(caller, message, out)?;
        let now = Instant::now();
        if let Some((program, routine)) = self.asked {
            self.service.programs[program].routines[routine].counts.took(now - began);
        }
        Ok(now)
    }

    fn reply_to(&mut self, caller: &mut Caller, message: &[u8], out: &mut Encoder) -> Result<(), NoCall> {
        let mut input = Decoder::new(message);
        let head = match CallHead::decode(&mut input) {
            Ok(head) => head,
            Err(HeadError::Version { xid, .. }) => {
                let (low, high) = (RPC_VERSION, RPC_VERSION);
                reply(out, xid, Reply::VersionOfRpc { low, high });
                return Ok(());
            }
            Err(HeadError::Credential { xid, .. }) => {
                self.vitals.unauthenticated += 1;
                reply(out, xid, Reply::Unauthenticated(AUTH_BADCRED));
                return Ok(());
            }
            Err(error) => return Err(NoCall(error.to_string())),
        };
        let program = self.service.program(head.program);
        if head.program != SERVER && program.is_none() {
            reply(out, head.xid, Reply::NoProgram);
        } else if head.version != VERSION {
            reply(out, head.xid, Reply::VersionOfProgram { low: VERSION, high: VERSION });
        } else if head.procedure == PROCEDURE_NULL {
            reply(out, head.xid, Reply::Success);
        } else if !caller.may(&head.credential, &self.serve.allow) {
            self.refuse(caller, &head, program, out);
        } else {
            self.procedure(caller, &head, program, input, out);
        }
        Ok(())
    }

    /// The caller may not. Who tells of a call is never answered.
    fn refuse(&mut self, caller: &Caller, head: &CallHead, program: Option<usize>, out: &mut Encoder) {
        self.vitals.unauthenticated += 1;
        let (address, credential) = (caller.address, &head.credential);
        let who = match credential {
            Credential::Sys(sys) => format!("user {} of `{}`", sys.uid, sys.machine),
            Credential::None => "a caller that does not say who it is".to_owned(),
            Credential::Other(flavor) => format!("a caller with a credential of kind {flavor}"),
        };
        self.remark(|| format!("{address}: {who} may not call: no rule of `allow` speaks of it"));
        if !self.is_seen(head, program) {
            reply(out, head.xid, Reply::Unauthenticated(AUTH_TOOWEAK));
        }
    }

    fn is_seen(&self, head: &CallHead, program: Option<usize>) -> bool {
        let routine = program.and_then(|program| self.service.programs[program].routine(head.procedure));
        routine.is_some_and(|(_, called)| !called)
    }

    fn procedure(
        &mut self,
        caller: &mut Caller,
        head: &CallHead,
        program: Option<usize>,
        mut input: Decoder<'_>,
        out: &mut Encoder,
    ) {
        let limit = self.serve.limits.message;
        match (head.procedure, program) {
            (PROCEDURE_STATUS, _) if input.finish().is_ok() => {
                let text = status::json(&self.service, &self.vitals, &self.seens).to_string();
                success(out, head.xid, LONGEST, |out| out.opaque(text.as_bytes()));
            }
            (PROCEDURE_HELLO, Some(program)) => match Hello::decode(&mut input) {
                Ok(hello) if input.finish().is_ok() => {
                    let welcome = self.hello(caller, program, &hello);
                    success(out, head.xid, limit, |out| welcome.encode(out));
                }
                _ => reply(out, head.xid, Reply::GarbageArguments),
            },
            // Of the program that every server has, no routine can be named.
            (PROCEDURE_HELLO, None) => match Hello::decode(&mut input) {
                Ok(hello) if input.finish().is_ok() && hello.routines.is_empty() => {
                    caller.what = hello.what;
                    success(out, head.xid, limit, |out| Welcome::Accepted { what: what() }.encode(out));
                }
                _ => reply(out, head.xid, Reply::GarbageArguments),
            },
            (PROCEDURE_STATUS, _) => reply(out, head.xid, Reply::GarbageArguments),
            // As of what was seen, nothing is answered.
            (PROCEDURE_LOST, Some(_)) => match (input.u32(), input.finish()) {
                (Ok(calls), Ok(())) => self.seens.lost(calls),
                _ => self.remark(|| format!("{}: a LOST that is none", caller.address)),
            },
            (procedure, Some(program)) => match self.service.programs[program].routine(procedure) {
                Some((routine, true)) => self.call(caller, head.xid, (program, routine), input, out),
                Some((routine, false)) => self.seen(caller, (program, routine), input),
                None => reply(out, head.xid, Reply::NoProcedure),
            },
            _ => reply(out, head.xid, Reply::NoProcedure),
        }
    }

    /// The first exchange: all of the routines are accepted, or none is.
    fn hello(&mut self, caller: &mut Caller, program: usize, hello: &Hello) -> Welcome {
        let served = &self.service.programs[program];
        let of = served.routines.len();
        caller.what.clone_from(&hello.what);
        let mut reasons = Vec::new();
        if hello.component != served.contract.component.name {
            let (theirs, ours) = (&hello.component, &served.contract.component.name);
            reasons.push(format!("component `{theirs}` is not `{ours}`, whose program this is"));
        }
        let mut positions = Vec::new();
        for known in &hello.routines {
            let routine = served.routine(known.procedure).filter(|(_, called)| *called);
            match routine.map(|(position, _)| (position, &served.routines[position])) {
                Some((position, routine)) if routine.name == known.name => {
                    match difference(routine, known.hash) {
                        None => positions.push(position),
                        Some(why) => reasons.push(why),
                    }
                }
                _ => reasons.push(format!(
                    "procedure {} is not `{}` here: the contracts name other routines, or in another order",
                    known.procedure, known.name
                )),
            }
        }
        if reasons.is_empty() {
            positions.into_iter().for_each(|position| caller.accept(program, position, of));
            return Welcome::Accepted { what: what() };
        }
        let reason = reasons.join("; ");
        let (address, what) = (caller.address, &hello.what);
        let role = if hello.role == Role::Caller { "calls" } else { "records" };
        self.vitals.hellos_refused += 1;
        self.remark(|| format!("{address} ({what}, which {role}) is refused: {reason}"));
        Welcome::Refused { code: 1, reason }
    }

    fn call(
        &mut self,
        caller: &Caller,
        xid: u32,
        (program, position): (usize, usize),
        mut input: Decoder<'_>,
        out: &mut Encoder,
    ) {
        let limit = self.serve.limits.message;
        let routine = &mut self.service.programs[program].routines[position];
        routine.counts.calls += 1;
        let refused = if self.stopping {
            Some("the server is being stopped".to_owned())
        } else if !caller.has_accepted(program, position) {
            Some(format!("no HELLO of this connection has named `{}`", routine.name))
        } else {
            None
        };
        if let Some(why) = refused {
            routine.counts.refused += 1;
            return success(out, xid, limit, |out| Answer::NotNow(why).encode(out));
        }
        let (Ok(way), Some(candidate)) = (&mut routine.way, &routine.candidate) else {
            routine.counts.declined += 1;
            let why = format!("no module here has a candidate of `{}`", routine.name);
            return success(out, xid, limit, |out| Answer::Declined(why).encode(out));
        };
        let decoded =
            way.converter.decode_inputs(&mut input, &mut way.native).map_err(|error| error.to_string());
        if let Err(error) = decoded.and_then(|()| input.finish().map_err(|error| error.to_string())) {
            routine.counts.garbage += 1;
            way.settle();
            let (address, name) = (caller.address, routine.name.clone());
            self.remark(|| format!("{address}: arguments that are not those of `{name}`: {error}"));
            return reply(out, xid, Reply::GarbageArguments);
        }
        let answer = self.candidates.call(candidate, &way.layout, &mut way.native);
        let answer = meaning(answer, routine.once);
        match &answer {
            Answer::Returned => routine.counts.answered += 1,
            Answer::Exception(_) => routine.counts.exceptions += 1,
            _ => routine.counts.declined += 1,
        }
        give(way, &answer, xid, limit, out);
        way.settle();
        self.asked = Some((program, position));
    }

    /// A call that was made elsewhere. It is never answered.
    fn seen(&mut self, caller: &mut Caller, (program, position): (usize, usize), mut input: Decoder<'_>) {
        let Routine { counts, name, .. } = &mut self.service.programs[program].routines[position];
        if !caller.has_accepted(program, position) {
            counts.refused += 1;
            return;
        }
        let Ok(head) = SeenHead::decode(&mut input) else {
            return self.seens.unreadable((program, position), name, "it is cut short");
        };
        counts.seen += 1;
        counts.untold += u64::from(head.dropped);
        if caller.thread == 0 {
            self.threads += 1;
            caller.thread = self.threads;
        }
        caller.untold += u64::from(head.dropped);
        let rest = input.take(input.left()).unwrap_or_default().to_vec();
        let (thread, untold, number) = (caller.thread, (head.dropped, caller.untold), head.number);
        self.seens.tell(Told { program, routine: position, thread, untold, number, rest });
    }
}

/// Writes what a candidate answered.
fn give(way: &Way, answer: &Answer, xid: u32, limit: usize, out: &mut Encoder) {
    let at = begin_record(out);
    ReplyHead { xid, reply: Reply::Success }.encode(out);
    answer.encode(out);
    let encoded = match answer {
        Answer::Returned => way.converter.encode_outputs(&way.native, out).is_ok(),
        _ => true,
    };
    if !encoded {
        out.truncate(at);
    } else if end_record(out, at, limit).is_ok() {
        return;
    }
    reply(out, xid, Reply::SystemError);
}

/// Why a routine is not the one that the other end knows.
fn difference(routine: &Routine, theirs: u64) -> Option<String> {
    let name = &routine.name;
    match &routine.way {
        Err(why) => Some(format!("`{name}` does not travel by the contract here: {why}")),
        Ok(way) if way.hash == theirs => None,
        Ok(way) => Some(format!(
            "`{name}` has the hash {:016x} here, {theirs:016x} there: generate the other end again, from the contract here",
            way.hash
        )),
    }
}

/// What a candidate's answer is to the caller. A routine that must not run twice is never answered elsewhere once it has
/// begun.
fn meaning(answer: module::Answer, once: bool) -> Answer {
    use module::Answer as Given;
    match answer {
        Given::ANSWERED | Given::STATUS => Answer::Returned,
        Given::PANICKED if once => Answer::Returned,
        Given::PANICKED | Given::PANICKED_RESTORED if !once => {
            Answer::Declined("the candidate panicked".to_owned())
        }
        Given::PANICKED_RESTORED => Answer::Exception("the candidate panicked".to_owned()),
        Given::RAISED if once => Answer::Exception("the candidate raised an exception".to_owned()),
        Given::RAISED => Answer::Declined("the candidate raised an exception".to_owned()),
        _ => Answer::Declined("the candidate declined: an argument is outside the contract".to_owned()),
    }
}

/// What every version of this end says that it is.
const WHAT: &str = "@(#)cmp-bridge serve ";

/// What this end says that it is.
pub fn what() -> String {
    format!("{WHAT}{}", env!("CARGO_PKG_VERSION"))
}

/// Whether it is such an end that says so.
pub fn is_serve(what: &str) -> bool {
    what.starts_with(WHAT)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_must_not_run_twice_is_answered_elsewhere_only_if_nothing_was_begun() {
        use module::Answer as Given;
        let declined = |answer| matches!(answer, Answer::Declined(_));
        for given in [Given::DECLINED, Given(77)] {
            assert!(declined(meaning(given, true)) && declined(meaning(given, false)));
        }
        for given in [Given::PANICKED, Given::PANICKED_RESTORED, Given::RAISED] {
            assert!(declined(meaning(given, false)) && !declined(meaning(given, true)), "{given:?}");
        }
        for given in [Given::ANSWERED, Given::STATUS] {
            assert_eq!(meaning(given, true), Answer::Returned);
        }
        // What became the routine's own error status is an answer.
        assert_eq!(meaning(Given::PANICKED, true), Answer::Returned);
    }
}
