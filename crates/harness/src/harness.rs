//! The harness: a process at its safe moment, and calls of its routines.

use crate::call::Call;
use crate::case::Case;
use crate::error::Error;
use crate::outcome::{Ended, How, Kind, Named, Outcome};
use crate::request::{ArgumentError, Arguments, Callee};
use crate::target::{Prepared, Start, Subject, Target};
use crate::worker::{Answer, Worker};
use cmp_bridge::entry::Returned;
use cmp_bridge::module::{self, MODULE_SYMBOL};
use cmp_bridge::worker::{Reply, Request};
use cmp_bridge_contract::abi::ReturnPlace;
use cmp_bridge_contract::areas::Owner;
use cmp_bridge_contract::lift::{Endian, Value, lift};
use cmp_bridge_contract::literal::Literal;
use cmp_bridge_contract::model::{By, Contract, Language, Type};
use cmp_bridge_inspect::binary::Binary;
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

/// A legacy executable at its safe moment, whose routines can be called.
///
/// The process is the harness's own, and goes on from call to call: state that one call leaves, the next one finds. A call
/// that crashes it, or ends it, costs that call; the next one has a fresh process. Threads may share a harness: calls then
/// wait for each other.
pub struct Harness {
    inner: Arc<Mutex<Inner>>,
    naming: Naming,
}

/// How a harness is written on a command line.
#[derive(Clone)]
pub(crate) struct Naming {
    file: PathBuf,
    server: Option<String>,
    contract_files: Vec<PathBuf>,
    timeout: Duration,
}

pub(crate) struct Inner {
    target: Target,
    fresh: bool,
    timeout: Duration,
    serving: Option<Serving>,
    /// A module has no state of its own, and that of a server is not read: what the calls left, by area.
    kept_state: BTreeMap<String, Vec<u8>>,
}

struct Serving {
    worker: Worker,
    prepared: Facts,
}

/// What is kept of [`Prepared`] beside the origin.
struct Facts {
    images: crate::images::Images,
    refused: Vec<(String, String)>,
}

/// How a [`Harness`] is to be started.
#[derive(Debug, Clone)]
pub struct Builder {
    file: PathBuf,
    server: Option<String>,
    contract_files: Vec<PathBuf>,
    contracts: Vec<(String, String)>,
    start: Start,
    timeout: Duration,
    fresh: bool,
}

impl Builder {
    /// Routines are called by this contract. A routine that no contract has is scanned from the debug information.
    pub fn contract(mut self, file: impl Into<PathBuf>) -> Builder {
        self.contract_files.push(file.into());
        self
    }

    /// The same with the text of a contract; `name` is what messages call it.
    pub fn contract_text(mut self, text: impl Into<String>, name: impl Into<String>) -> Builder {
        self.contracts.push((text.into(), name.into()));
        self
    }

    /// An argument of the program's command line.
    pub fn argument(mut self, argument: impl Into<OsString>) -> Builder {
        self.start.arguments.push(argument.into());
        self
    }

    /// A variable of the program's environment.
    pub fn variable(mut self, name: impl Into<OsString>, value: impl Into<OsString>) -> Builder {
        self.start.variables.push((name.into(), value.into()));
        self
    }

    /// The program's working folder.
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Builder {
        self.start.folder = Some(folder.into());
        self
    }

    /// How long a call may take (five seconds, unless it is said).
    pub fn timeout(mut self, timeout: Duration) -> Builder {
        self.timeout = timeout;
        self
    }

    /// Bytes of the longest message to a server and from it (16 MiB, unless it is said).
    pub fn message(mut self, bytes: usize) -> Builder {
        self.start.message = Some(bytes);
        self
    }

    /// Each call has a process of its own, in which no other call has left anything.
    pub fn fresh_process_each_call(mut self) -> Builder {
        self.fresh = true;
        self
    }

    /// The agent's library, if it is not beside this program, above it, in PATH or in `CMP_BRIDGE_AGENT`.
    pub fn agent(mut self, agent: impl Into<PathBuf>) -> Builder {
        self.start.agent = Some(agent.into());
        self
    }

    /// The command `cmp-bridge`, in which libraries and modules are loaded; looked for like the agent.
    pub fn command(mut self, command: impl Into<PathBuf>) -> Builder {
        self.start.command = Some(command.into());
        self
    }

    /// Reads the contracts and opens the executable. Its process starts with the first call.
    pub fn start(self) -> Result<Harness, Error> {
        let mut contracts = Vec::new();
        for file in &self.contract_files {
            let text = std::fs::read_to_string(file);
            let text = text.map_err(|source| Error::ContractFile(file.clone(), source))?;
            contracts.push(Contract::from_toml(&text, &file.display().to_string())?);
        }
        for (text, name) in &self.contracts {
            contracts.push(Contract::from_toml(text, name)?);
        }
        let subject = match &self.server {
            Some(server) if contracts.is_empty() => return Err(Error::NoContract(server.clone())),
            Some(server) => Subject::Remote(server.clone()),
            None => subject(&self.file)?,
        };
        let scanned = contracts.is_empty();
        let target = Target::open(subject, self.start, contracts)?;
        let (fresh, timeout) = (self.fresh, self.timeout);
        let mut inner = Inner { target, fresh, timeout, serving: None, kept_state: BTreeMap::new() };
        if !scanned {
            inner.prepare()?;
        }
        let naming =
            Naming { file: self.file, server: self.server, contract_files: self.contract_files, timeout };
        Ok(Harness { inner: Arc::new(Mutex::new(inner)), naming })
    }
}

/// A shared library with a module's descriptor is a module.
fn subject(file: &Path) -> Result<Subject, Error> {
    let binary = Binary::open(file)?;
    let is_module = !binary.is_executable()
        && binary.symbols().iter().any(|s| s.dynamic && s.is_function() && s.name == MODULE_SYMBOL);
    let path = file.to_owned();
    Ok(if is_module { Subject::Module(path) } else { Subject::Legacy(path) })
}

impl Harness {
    /// A harness of an executable, a shared library or a module of candidates, without contract: routines are scanned
    /// from the debug information when they are first called.
    pub fn start(file: impl AsRef<Path>) -> Result<Harness, Error> {
        Harness::of(file).start()
    }

    /// The same, with more to say.
    pub fn of(file: impl AsRef<Path>) -> Builder {
        Builder {
            file: file.as_ref().to_owned(),
            server: None,
            contract_files: Vec::new(),
            contracts: Vec::new(),
            start: Start::default(),
            timeout: Duration::from_secs(5),
            fresh: false,
        }
    }

    /// A harness of the routines that a server at `host:port` has, whatever machine it runs on. It needs their contract. What a
    /// routine has as state travels with each call, so that it must be said, once at least: what a call leaves is sent with
    /// the next one.
    pub fn remote(server: impl Into<String>) -> Builder {
        Builder { server: Some(server.into()), ..Harness::of("") }
    }

    /// The same for the file that `CMP_BRIDGE_SUBJECT` names, or else for this one: one test for the legacy executable, for the
    /// module that is to replace its routines and, as `rpc:host:port`, for a server that has them.
    pub fn of_subject(file: impl AsRef<Path>) -> Builder {
        let Some(subject) = std::env::var_os("CMP_BRIDGE_SUBJECT") else { return Harness::of(file) };
        match subject.to_str().and_then(|subject| subject.strip_prefix("rpc:")) {
            Some(server) => Harness::remote(server),
            None => Harness::of(PathBuf::from(subject)),
        }
    }

    /// A call of the routine of that name, or symbol.
    pub fn call(&self, routine: &str) -> Call<'_> {
        Call::new(self, routine)
    }

    /// A call of which the outcome is known.
    pub fn case(&self, routine: &str, title: &str) -> Case<'_> {
        Case::new(self.call(routine), title)
    }

    /// Sets state by its name in the contract, or a part of it: `cst.mu`, `table[3]`. The routine's contract says what is
    /// there.
    pub fn set_state(&self, routine: &str, path: &str, value: impl Into<Literal>) -> Result<(), Error> {
        let mut inner = self.lock();
        inner.ensure(routine)?;
        inner.change_state(routine, path, &value.into())
    }

    /// State as it is now, as the routine's contract sees it.
    pub fn state(&self, routine: &str, path: &str) -> Result<Value, Error> {
        let mut inner = self.lock();
        inner.ensure(routine)?;
        inner.read_state(routine, path)
    }

    /// Ends the process; the next call has a fresh one.
    pub fn restart(&self) {
        let mut inner = self.lock();
        inner.stop();
    }

    /// The contract of a routine; it is scanned if none is there.
    pub fn contract_of(&self, routine: &str) -> Result<Contract, Error> {
        let mut inner = self.lock();
        inner.ensure(routine)?;
        let (contract, _) = inner.target.routine(routine).ok_or_else(|| unknown(routine))?;
        Ok(contract.clone())
    }

    pub(crate) fn shared(&self) -> (Arc<Mutex<Inner>>, Naming) {
        (Arc::clone(&self.inner), self.naming.clone())
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes a call.
    pub(crate) fn run(
        &self,
        routine: &str,
        arguments: &Arguments,
        state: &[(String, Literal)],
    ) -> Result<Outcome, Error> {
        let repeat = self.naming.repeat(routine, arguments, state);
        let mut inner = self.lock();
        inner.ensure(routine)?;
        let outcome = inner.run(routine, arguments, state, repeat);
        if inner.fresh {
            inner.stop();
        }
        outcome
    }
}

impl Naming {
    /// The command that repeats a call.
    pub(crate) fn repeat(&self, routine: &str, arguments: &Arguments, state: &[(String, Literal)]) -> String {
        let mut words = vec!["cmp-bridge".to_owned(), "call".to_owned()];
        match &self.server {
            Some(server) => words.extend(["--server".to_owned(), quoted(server)]),
            None => words.push(quoted(&self.file.display().to_string())),
        }
        words.push(quoted(routine));
        words.extend(arguments.iter().map(|(name, value)| quoted(&format!("{name}={value}"))));
        for (path, value) in state {
            words.extend(["--state".to_owned(), quoted(&format!("{path}={value}"))]);
        }
        for file in &self.contract_files {
            words.extend(["--contract".to_owned(), quoted(&file.display().to_string())]);
        }
        if self.timeout != Duration::from_secs(5) {
            words.extend(["--timeout".to_owned(), self.timeout.as_millis().to_string()]);
        }
        words.join(" ")
    }
}

/// A word of a command line.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-./=:,+@%".contains(c);
    if !word.is_empty() && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', "'\\''"))
    }
}

fn unknown(routine: &str) -> Error {
    Error::UnknownRoutine { name: routine.to_owned(), hint: String::new() }
}

impl Inner {
    fn prepare(&mut self) -> Result<(), Error> {
        let Prepared { origin, images, refused, .. } = self.target.prepare()?;
        let worker = Worker::printing(origin, self.timeout);
        self.serving = Some(Serving { worker, prepared: Facts { images, refused } });
        Ok(())
    }

    /// Makes sure that the routine has a contract and the process a plan with it in it.
    pub(crate) fn ensure(&mut self, routine: &str) -> Result<(), Error> {
        if self.target.routine(routine).is_none() {
            self.target.scan(routine)?;
            self.serving = None;
        }
        if self.serving.is_none() {
            self.prepare()?;
        }
        let name = self.target.routine(routine).map(|(_, routine)| routine.name.clone());
        let serving = self.serving.as_ref();
        let refused = serving.and_then(|serving| {
            serving.prepared.refused.iter().find(|(refused, _)| Some(refused) == name.as_ref())
        });
        let (contract, found) = self.target.routine(routine).ok_or_else(|| unknown(routine))?;
        let why = if found.static_link {
            Some("it is nested in another routine, and needs that one's frame")
        } else if matches!(found.returns.as_ref().map(|returns| returns.by), Some(By::Descriptor))
            && contract.component.language == Language::Fortran
        {
            Some("it returns an array through a descriptor")
        } else {
            None
        };
        if let Some(why) = why {
            return Err(Error::NotCallable { routine: found.name.clone(), why: why.to_owned() });
        }
        match refused {
            Some((routine, why)) => Err(Error::NotCallable { routine: routine.clone(), why: why.clone() }),
            None => Ok(()),
        }
    }

    fn stop(&mut self) {
        if let Some(serving) = &mut self.serving {
            serving.worker.stop();
        }
        self.kept_state.clear();
    }

    fn ask(&mut self, request: &Request) -> Result<Answer, Error> {
        match &mut self.serving {
            Some(serving) => Ok(serving.worker.ask(request)?),
            None => Err(unknown(&request.routine)),
        }
    }

    /// State travels with the calls of a module and of a server: between them it is kept here.
    fn keeps_state(&self) -> bool {
        matches!(self.target.subject, Subject::Module(_) | Subject::Remote(_))
    }

    /// What a server is sent it stores in its live state: zeros that nobody has asked for would overwrite what is there. So
    /// all state of the routine, or what is asked, must be known, or be set as a whole.
    fn require_state(&self, routine: &str, asked: Option<&str>, set: &[&str]) -> Result<(), Error> {
        let Subject::Remote(server) = &self.target.subject else { return Ok(()) };
        let (_, found) = self.target.routine(routine).ok_or_else(|| unknown(routine))?;
        let known = |area: &str| self.kept_state.contains_key(area) || set.contains(&area);
        let mut wanted = found.state.iter().filter(|entry| asked.is_none_or(|area| entry.area == area));
        match wanted.find(|entry| !known(&entry.area)) {
            None => Ok(()),
            Some(entry) => {
                let (routine, server, area) = (found.name.clone(), server.clone(), entry.area.clone());
                Err(Error::UnknownState { routine, server, area })
            }
        }
    }

    /// The state of a routine before a call, by area.
    fn live(&mut self, routine: &str) -> Result<Vec<(usize, Vec<u8>)>, Error> {
        let (request, names) = {
            let (contract, found) = self.target.routine(routine).ok_or_else(|| unknown(routine))?;
            let callee = Callee::of(contract, found)?;
            let names = callee.areas.iter().map(|area| match area.owner {
                Owner::State(i) => Some(found.state[i].area.clone()),
                _ => None,
            });
            (callee.state_request(&[]), names.collect::<Vec<_>>())
        };
        if names.iter().all(Option::is_none) {
            return Ok(Vec::new());
        }
        if self.keeps_state() {
            let kept = names.iter().enumerate().filter_map(|(index, name)| {
                let mut bytes = request.areas[index].bytes.clone();
                if let Some(known) = self.kept_state.get(name.as_ref()?) {
                    let length = bytes.len().min(known.len());
                    bytes[..length].copy_from_slice(&known[..length]);
                }
                Some((index, bytes))
            });
            return Ok(kept.collect());
        }
        let reply = self.state_reply(&request)?;
        Ok(reply.after.into_iter().map(|(index, bytes)| (usize::from(index), bytes)).collect())
    }

    fn state_reply(&mut self, request: &Request) -> Result<Reply, Error> {
        let refused = |why: String| Error::Refused { routine: request.routine.clone(), why };
        match self.ask(request)? {
            Answer::Reply(reply) if reply.problem.is_empty() => Ok(*reply),
            Answer::Reply(reply) => Err(refused(reply.problem)),
            Answer::Died(death) => {
                Err(refused(format!("the process ended while its state was read: {death}")))
            }
        }
    }

    fn change_state(&mut self, routine: &str, path: &str, value: &Literal) -> Result<(), Error> {
        self.require_state(routine, Some(crate::place::head(path)), &[path])?;
        let mut live = self.live(routine)?;
        let (request, name, bytes) = {
            let (contract, found) = self.target.routine(routine).ok_or_else(|| unknown(routine))?;
            let callee = Callee::of(contract, found)?;
            let index = callee.set_state(&mut live, path, value)?;
            let changed: Vec<_> = live.into_iter().filter(|(i, _)| *i == index).collect();
            let bytes = changed.first().map(|(_, bytes)| bytes.clone()).unwrap_or_default();
            (callee.state_request(&changed), crate::place::head(path).to_owned(), bytes)
        };
        if self.keeps_state() {
            self.keep(name, &bytes);
            return Ok(());
        }
        self.state_reply(&request).map(|_| ())
    }

    /// A module's state: a longer view of the same area keeps what a shorter one does not see.
    fn keep(&mut self, name: String, bytes: &[u8]) {
        let kept = self.kept_state.entry(name).or_default();
        if kept.len() < bytes.len() {
            kept.resize(bytes.len(), 0);
        }
        kept[..bytes.len()].copy_from_slice(bytes);
    }

    fn read_state(&mut self, routine: &str, path: &str) -> Result<Value, Error> {
        self.require_state(routine, Some(crate::place::head(path)), &[])?;
        let live = self.live(routine)?;
        let (contract, found) = self.target.routine(routine).ok_or_else(|| unknown(routine))?;
        let callee = Callee::of(contract, found)?;
        let head = crate::place::head(path);
        let position = callee.areas.iter().position(|area| match area.owner {
            Owner::State(i) => found.state[i].area == head,
            _ => false,
        });
        let no_state = || ArgumentError::State {
            routine: routine.to_owned(),
            name: path.to_owned(),
            known: String::new(),
        };
        let index = position.ok_or_else(no_state)?;
        let bytes = live.iter().find(|(i, _)| *i == index).map(|(_, bytes)| bytes.as_slice());
        let value = lifted(contract, &callee.areas[index].ty, bytes.unwrap_or_default());
        Ok(crate::place::part(&value, path).ok_or_else(no_state)?.clone())
    }

    fn run(
        &mut self,
        routine: &str,
        arguments: &Arguments,
        state: &[(String, Literal)],
        repeat: String,
    ) -> Result<Outcome, Error> {
        let given: Vec<&str> = state.iter().map(|(path, _)| path.as_str()).collect();
        self.require_state(routine, None, &given)?;
        let mut live = self.live(routine)?;
        let set = self.keeps_state() || !state.is_empty();
        let (request, name) = {
            let (contract, found) = self.target.routine(routine).ok_or_else(|| unknown(routine))?;
            let callee = Callee::of(contract, found)?;
            for (path, value) in state {
                callee.set_state(&mut live, path, value)?;
            }
            (callee.request(arguments, &live, set)?, found.name.clone())
        };
        let (reply, printed, errors_printed) = self.exchange(&name, &request, &repeat)?;
        let outcome = self.outcome(routine, &request, &reply)?;
        if self.keeps_state() {
            for named in &outcome {
                if let Some(area) = named.name.strip_prefix("state.") {
                    self.keep(area.to_owned(), &named.bytes);
                }
            }
        }
        let beyond = self.beyond(routine, &reply)?;
        Ok(Outcome { routine: name, values: outcome, printed, errors_printed, beyond, repeat })
    }

    /// Asks, and tells a call that did not return from one that did: the reply, and what was printed.
    pub(crate) fn exchange(
        &mut self,
        name: &str,
        request: &Request,
        repeat: &str,
    ) -> Result<(Reply, String, String), Error> {
        let answer = self.ask(request)?;
        let (printed, errors_printed) =
            self.serving.as_mut().map(|serving| serving.worker.take_printed()).unwrap_or_default();
        let ended = |how| {
            let (printed, errors_printed) = (printed.clone(), errors_printed.clone());
            let (routine, repeat) = (name.to_owned(), repeat.to_owned());
            Err(Error::Ended(Box::new(Ended { routine, how, printed, errors_printed, repeat })))
        };
        let reply = match answer {
            Answer::Died(death) => return ended(How::Death(death)),
            Answer::Reply(reply) if !reply.problem.is_empty() => {
                return Err(Error::Refused { routine: name.to_owned(), why: reply.problem });
            }
            Answer::Reply(reply) => *reply,
        };
        if !reply.exception.is_empty() {
            return ended(How::Exception(reply.exception.clone()));
        }
        match reply.answer {
            module::Answer::ANSWERED | module::Answer::STATUS => {}
            module::Answer::PANICKED | module::Answer::PANICKED_RESTORED => return ended(How::Panicked),
            _ => return ended(How::Declined),
        }
        Ok((reply, printed, errors_printed))
    }

    fn outcome(&self, routine: &str, request: &Request, reply: &Reply) -> Result<Vec<Named>, Error> {
        let (contract, found) = self.target.routine(routine).ok_or_else(|| unknown(routine))?;
        let callee = Callee::of(contract, found)?;
        let after = |index: usize| {
            let after = reply.after.iter().find(|(i, _)| usize::from(*i) == index).map(|(_, bytes)| bytes);
            after.unwrap_or(&request.areas[index].bytes).clone()
        };
        let index_of = |owner| callee.areas.iter().position(|area| area.owner == owner);
        let mut values = Vec::new();
        if let Some(returns) = &found.returns {
            let bytes = match index_of(Owner::Return) {
                Some(index) => after(index),
                None if returns.by == By::Value => returned(&callee, &returns.ty, &reply.returned),
                None => returned(&callee, &Type::Ptr, &reply.returned),
            };
            values.push(Named {
                name: "return".to_owned(),
                kind: Kind::Returned,
                ty: returns.ty.clone(),
                tolerance: returns.tolerance,
                before: None,
                value: lifted(
                    contract,
                    if returns.by == By::Value { &returns.ty } else { &Type::Ptr },
                    &bytes,
                ),
                bytes,
                changed: true,
            });
        }
        let area = |index: usize, kind, tolerance| {
            let (area, before) = (&callee.areas[index], &request.areas[index]);
            let value = |bytes: &[u8]| match before.address {
                0 => Value::Address(0),
                _ => lifted(contract, &area.ty, bytes),
            };
            let bytes = after(index);
            Named {
                name: callee.label(index),
                kind,
                ty: area.ty.clone(),
                tolerance,
                before: Some(value(&before.bytes)),
                value: value(&bytes),
                changed: bytes != before.bytes,
                bytes,
            }
        };
        for (i, param) in found.params.iter().enumerate() {
            let kind = Kind::Parameter(param.usage);
            match (param.by, index_of(Owner::Param(i))) {
                (By::Reference | By::Descriptor, Some(index)) => {
                    values.push(area(index, kind, param.tolerance))
                }
                _ => {
                    let bytes = passed(&callee, i, &param.ty, request);
                    let value = lifted(contract, &param.ty, &bytes);
                    values.push(Named {
                        name: param.name.clone(),
                        kind,
                        ty: param.ty.clone(),
                        tolerance: param.tolerance,
                        before: Some(value.clone()),
                        value,
                        bytes,
                        changed: false,
                    });
                }
            }
        }
        for (i, entry) in found.state.iter().enumerate() {
            if let Some(index) = index_of(Owner::State(i)) {
                values.push(area(index, Kind::State(entry.usage), None));
            }
        }
        Ok(values)
    }

    /// What the call did that its contract does not grant.
    fn beyond(&self, routine: &str, reply: &Reply) -> Result<Vec<String>, Error> {
        let (contract, found) = self.target.routine(routine).ok_or_else(|| unknown(routine))?;
        let callee = Callee::of(contract, found)?;
        let mut beyond = Vec::new();
        for area in &reply.overruns {
            beyond.push(format!("it wrote beside `{}`", callee.label(usize::from(*area))));
        }
        for area in &reply.changed_inputs {
            beyond.push(format!(
                "it wrote `{}`, which the contract says is only read",
                callee.label(usize::from(*area))
            ));
        }
        if let Some(serving) = &self.serving {
            for (_, place) in serving.prepared.images.undeclared(&reply.undeclared) {
                beyond.push(format!("it changed {place}, which the contract does not declare as state"));
            }
        }
        Ok(beyond)
    }
}

/// The bytes of a value in return registers.
fn returned(callee: &Callee<'_>, ty: &Type, returned: &Returned) -> Vec<u8> {
    let pieces = &callee.lowered.returns;
    let end = pieces.iter().map(|(_, offset, size)| (offset + size) as usize).max().unwrap_or(0);
    let size = callee.contract.size_align(ty).map_or(end, |(size, _)| size as usize).max(end);
    let mut bytes = vec![0; size];
    for (place, offset, size) in pieces {
        let register: &[u8] = match place {
            ReturnPlace::Gpr(i) => &returned.gpr[usize::from(*i) & 1].to_le_bytes(),
            ReturnPlace::Xmm(i) => &returned.xmm[usize::from(*i) & 1].to_le_bytes(),
            ReturnPlace::X87(i) => &returned.x87[usize::from(*i) & 1],
        };
        let (offset, size) = (*offset as usize, (*size as usize).min(register.len()));
        bytes[offset..offset + size].copy_from_slice(&register[..size]);
    }
    bytes
}

/// The bytes of an argument that was passed by value.
pub(crate) fn passed(callee: &Callee<'_>, param: usize, ty: &Type, request: &Request) -> Vec<u8> {
    use cmp_bridge_contract::abi::{Place, Role};
    let size = callee.contract.size_align(ty).map_or(8, |(size, _)| size as usize);
    let mut bytes = vec![0; size];
    let argument = callee.lowered.arguments.iter().find(|argument| argument.role == Role::Param(param));
    for piece in argument.iter().flat_map(|argument| &argument.pieces) {
        let (gpr, xmm);
        let from: &[u8] = match piece.place {
            Place::Gpr(i) => {
                gpr = request.gpr.get(usize::from(i)).copied().unwrap_or(0).to_le_bytes();
                &gpr
            }
            Place::Xmm(i) => {
                xmm = request.xmm.get(usize::from(i)).copied().unwrap_or(0).to_le_bytes();
                &xmm
            }
            Place::Stack(offset) => request.stack.get(offset as usize..).unwrap_or(&[]),
        };
        let start = (piece.offset as usize).min(size);
        let length = (piece.size as usize).min(from.len()).min(size - start);
        bytes[start..start + length].copy_from_slice(&from[..length]);
    }
    bytes
}

/// A value, or its bytes where they cannot be lifted.
pub(crate) fn lifted(contract: &Contract, ty: &Type, bytes: &[u8]) -> Value {
    lift(contract, ty, bytes, Endian::Little).unwrap_or_else(|_| Value::Bytes(bytes.to_vec()))
}
