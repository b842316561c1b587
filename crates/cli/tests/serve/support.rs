//! A module compiled for the purpose, a server of it, and a client made of the wire's parts.

use cmp_bridge_contract::hash::routine_hash;
use cmp_bridge_contract::model::Contract;
use cmp_bridge_contract::wire::{self, PROCEDURE_HELLO, VERSION};
use cmp_bridge_wire::message::{Answer, Ending, Hello, Known, Role, SeenHead, Welcome};
use cmp_bridge_wire::rpc::{
    CallHead, Credential, Records, Reply, ReplyHead, SysCredential, begin_record, end_record,
};
use cmp_bridge_wire::{Converter, Decoder, Encoder, Native};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

pub const CONTRACT: &str = include_str!("served.toml");
const MODULE: &str = include_str!("module.c");
/// How long anything may take that is not measured: machines are busy.
pub const PATIENCE: Duration = Duration::from_secs(30);

pub fn contract() -> Contract {
    Contract::from_toml(CONTRACT, "served.toml").expect("a contract")
}

/// A folder with a contract, modules and a configuration, removed at the end.
pub struct Bench(PathBuf);

impl Drop for Bench {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Bench {
    pub fn new(name: &str) -> Bench {
        let folder = std::env::temp_dir().join(format!("cmp-bridge-serve-{}-{name}", std::process::id()));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        let bench = Bench(folder);
        bench.write("served.toml", CONTRACT);
        bench
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file");
    }

    /// A build of the module.
    pub fn module(&self, name: &str, defines: &[&str]) {
        let contract = contract();
        self.write("module.c", MODULE);
        let mut gcc = Command::new("gcc");
        gcc.current_dir(&self.0).args([
            "-shared",
            "-fPIC",
            "-O2",
            "-ffp-contract=off",
            "-o",
            name,
            "module.c",
        ]);
        for routine in &contract.routines {
            let hash = routine_hash(&contract, routine);
            gcc.arg(format!("-DHASH_{}=0x{hash:016x}ull", routine.name.to_uppercase()));
        }
        let output = gcc.args(defines).output().expect("gcc");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    /// A configuration with more lines under `[serve]`.
    pub fn config(&self, lines: &str) {
        let head =
            "contracts = [\"served.toml\"]\nmodules = [\"m.so\"]\n[serve]\nlisten = [\"127.0.0.1:0\"]\n";
        self.write("bridge.toml", &format!("{head}{lines}"));
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cmp-bridge"));
        command.current_dir(&self.0).args(arguments).env_remove("NOTIFY_SOCKET").env_remove("LISTEN_FDS");
        command
    }

    /// What a command says that ends by itself: status, standard output, standard error.
    pub fn bridge(&self, arguments: &[&str]) -> (Option<i32>, String, String) {
        let output = self.command(arguments).output().expect("cmp-bridge");
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        (output.status.code(), text(output.stdout), text(output.stderr))
    }

    /// A server by `bridge.toml`.
    pub fn serve(&self) -> Server {
        Server::start(self.command(&["serve", "--config", "bridge.toml"]))
    }

    /// The module as it should be, and a server of it.
    pub fn served(name: &str, lines: &str) -> (Bench, Server) {
        let bench = Bench::new(name);
        bench.module("m.so", &[]);
        bench.config(lines);
        let server = bench.serve();
        (bench, server)
    }
}

/// A server, killed at the end if it still runs.
pub struct Server {
    pub child: Child,
    pub address: SocketAddr,
    said: Arc<Mutex<String>>,
}

impl Server {
    pub fn start(mut command: Command) -> Server {
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("a server");
        let said = Arc::new(Mutex::new(String::new()));
        let (mut errors, to) = (BufReader::new(child.stderr.take().expect("its errors")), Arc::clone(&said));
        std::thread::spawn(move || {
            let mut line = String::new();
            while errors.read_line(&mut line).is_ok_and(|read| read > 0) {
                to.lock().expect("a lock").push_str(&line);
                line.clear();
            }
        });
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("its output"));
        out.read_line(&mut line).expect("a line");
        std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        let address = line.trim().strip_prefix("listening on ").and_then(|address| address.parse().ok());
        let address = address.unwrap_or_else(|| {
            let _ = child.wait();
            std::thread::sleep(Duration::from_millis(100));
            panic!("the server said `{line}`: {}", said.lock().expect("a lock"))
        });
        Server { child, address, said }
    }

    pub fn signal(&self, signal: i32) {
        // SAFETY: a signal to a child that was not waited for.
        assert_eq!(unsafe { libc::kill(self.child.id() as i32, signal) }, 0);
    }

    /// What it wrote to standard error so far.
    pub fn said(&self) -> String {
        self.said.lock().expect("a lock").clone()
    }

    #[track_caller]
    pub fn says(&self, part: &str) {
        let in_time = eventually(|| self.said().contains(part));
        assert!(in_time, "`{part}` is not in:\n{}", self.said());
    }

    /// Waits for its end: its status.
    #[track_caller]
    pub fn ended(&mut self) -> Option<i32> {
        let mut status = None;
        eventually(|| {
            status = self.child.try_wait().expect("its status");
            status.is_some()
        });
        status.unwrap_or_else(|| panic!("it does not end:\n{}", self.said())).code()
    }

    /// Asks it to stop, as a supervisor does, and waits.
    #[track_caller]
    pub fn stop(&mut self) {
        self.signal(libc::SIGTERM);
        assert_eq!(self.ended(), Some(0), "{}", self.said());
        assert!(!self.said().contains("panicked"), "{}", self.said());
    }

    pub fn client(&self) -> Client {
        Client::to(self.address)
    }

    /// One that has said hello for all routines that travel.
    pub fn caller(&self) -> Client {
        let mut client = self.client();
        client.hello();
        client
    }

    pub fn status(&self) -> serde_json::Value {
        self.client().status()
    }

    /// Resident memory in KiB.
    pub fn memory(&self) -> u64 {
        let text = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).expect("its status");
        let line = text.lines().find(|line| line.starts_with("VmRSS:")).expect("its memory");
        line.split_whitespace().nth(1).and_then(|number| number.parse().ok()).expect("a number")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether it becomes true before patience ends.
pub fn eventually(mut holds: impl FnMut() -> bool) -> bool {
    let until = Instant::now() + PATIENCE;
    while !holds() {
        if Instant::now() > until {
            return false;
        }
        std::thread::sleep(Duration::from_millis(10));
    }
    true
}

/// A client, made of the wire's parts: heads, records, converters.
pub struct Client {
    pub stream: TcpStream,
    pub contract: Contract,
    pub credential: Credential,
    records: Records,
    xid: u32,
}

pub fn user(uid: u32, machine: &str) -> Credential {
    Credential::Sys(SysCredential { stamp: 1, machine: machine.to_owned(), uid, gid: 100, gids: vec![100] })
}

impl Client {
    pub fn to(address: SocketAddr) -> Client {
        let stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        stream.set_nodelay(true).expect("no delay");
        let (contract, credential) = (contract(), user(500, "cmphp1"));
        Client { stream, contract, credential, records: Records::new(64 << 20), xid: 0 }
    }

    /// A record of a call, of which `arguments` writes the arguments.
    pub fn message(&mut self, program: u32, procedure: u32, arguments: impl FnOnce(&mut Encoder)) -> Vec<u8> {
        self.xid += 1;
        let mut out = Encoder::new();
        let at = begin_record(&mut out);
        let (xid, version, credential) = (self.xid, VERSION, self.credential.clone());
        CallHead { xid, program, version, procedure, credential }.encode(&mut out);
        arguments(&mut out);
        end_record(&mut out, at, 1 << 30).expect("a short message");
        out.into_bytes()
    }

    pub fn send(&mut self, bytes: &[u8]) {
        self.stream.write_all(bytes).expect("sent");
    }

    /// The next message; `None` where the connection ends.
    pub fn next(&mut self) -> Option<Vec<u8>> {
        loop {
            if let Some(message) = self.records.next_record().expect("a record") {
                return Some(message.to_vec());
            }
            match self.records.read_from(&mut self.stream) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return None,
                Err(error) => panic!("no answer: {error}"),
            }
        }
    }

    /// The head of the next reply, and its result.
    #[track_caller]
    pub fn reply(&mut self) -> (ReplyHead, Vec<u8>) {
        let message = self.next().expect("a reply");
        let mut input = Decoder::new(&message);
        let head = ReplyHead::decode(&mut input).expect("a reply");
        (head, input.take(input.left()).expect("the rest").to_vec())
    }

    pub fn program(&self) -> u32 {
        wire::program(&self.contract)
    }

    /// What the routines of the contract that travel are known by.
    pub fn known(&self) -> Vec<Known> {
        let contract = &self.contract;
        let known = contract.routines.iter().filter_map(|routine| {
            let hash = wire::shape(contract, routine).ok()?.hash(contract, routine);
            let procedure = wire::call_procedure(contract, routine)?;
            Some(Known { procedure, name: routine.name.clone(), hash })
        });
        known.collect()
    }

    pub fn greet(&mut self, component: &str, routines: Vec<Known>) -> Welcome {
        let (component, what) = (component.to_owned(), "@(#)a test".to_owned());
        let hello = Hello { component, what, role: Role::Caller, routines };
        let message = self.message(self.program(), PROCEDURE_HELLO, |out| hello.encode(out));
        self.send(&message);
        let (head, result) = self.reply();
        assert_eq!(head.reply, Reply::Success);
        let mut input = Decoder::new(&result);
        let welcome = Welcome::decode(&mut input).expect("a welcome");
        input.finish().expect("nothing more");
        welcome
    }

    #[track_caller]
    pub fn hello(&mut self) {
        let welcome = self.greet("served", self.known());
        assert!(matches!(welcome, Welcome::Accepted { .. }), "{welcome:?}");
    }

    pub fn converter(&self, name: &str) -> Converter {
        let routine = self.contract.routine(name).expect("a routine");
        Converter::new(&self.contract, routine).expect("it travels")
    }

    pub fn procedure(&self, name: &str) -> u32 {
        let routine = self.contract.routine(name).expect("a routine");
        wire::call_procedure(&self.contract, routine).expect("a procedure")
    }

    /// The record of a call.
    pub fn call_message(&mut self, name: &str, native: &Native) -> Vec<u8> {
        let converter = self.converter(name);
        let (program, procedure) = (self.program(), self.procedure(name));
        self.message(program, procedure, |out| converter.encode_inputs(native, out).expect("inputs"))
    }

    /// The answer to a call; outputs go to `native`.
    #[track_caller]
    pub fn answer(&mut self, name: &str, native: &mut Native) -> Answer {
        let (head, result) = self.reply();
        assert_eq!(head.reply, Reply::Success);
        let mut input = Decoder::new(&result);
        let answer = Answer::decode(&mut input).expect("an answer");
        if answer == Answer::Returned {
            self.converter(name).decode_outputs(&mut input, native).expect("outputs");
        }
        input.finish().expect("nothing more");
        answer
    }

    #[track_caller]
    pub fn call(&mut self, name: &str, native: &mut Native) -> Answer {
        let message = self.call_message(name, native);
        self.send(&message);
        self.answer(name, native)
    }

    /// The record of a call made elsewhere: its inputs, and its outputs if it returned.
    pub fn seen_message(
        &mut self,
        name: &str,
        number: u64,
        dropped: u32,
        before: &Native,
        after: Option<&Native>,
    ) -> Vec<u8> {
        let converter = self.converter(name);
        let (program, procedure) = (self.program(), self.procedure(name) + 1);
        self.message(program, procedure, |out| {
            SeenHead { number, dropped }.encode(out);
            converter.encode_inputs(before, out).expect("inputs");
            match after {
                Some(after) => {
                    Ending::Returned.encode(out);
                    converter.encode_outputs(after, out).expect("outputs");
                }
                None => Ending::Exception.encode(out),
            }
        })
    }

    pub fn status(&mut self) -> serde_json::Value {
        let message = self.message(wire::SERVER, wire::PROCEDURE_STATUS, |_| ());
        self.send(&message);
        let (head, result) = self.reply();
        assert_eq!(head.reply, Reply::Success);
        let text = Decoder::new(&result).opaque(u32::MAX).expect("a text").to_vec();
        serde_json::from_slice(&text).expect("JSON")
    }

    /// An integer routine of one integer.
    #[track_caller]
    pub fn integer(&mut self, name: &str, value: i32) -> Result<i32, Answer> {
        let mut native = self.converter(name).native();
        native.set_value(0, &value.to_le_bytes());
        match self.call(name, &mut native) {
            Answer::Returned => Ok(i32::from_le_bytes(native.returned().try_into().expect("four bytes"))),
            other => Err(other),
        }
    }

    /// Waits for the end of the connection.
    #[track_caller]
    pub fn ends(&mut self) {
        let mut rest = Vec::new();
        match self.stream.read_to_end(&mut rest) {
            Ok(_) => {}
            Err(error) => assert_eq!(error.kind(), std::io::ErrorKind::ConnectionReset, "{error}"),
        }
    }
}

/// The routine of that name in a status.
pub fn routine<'s>(status: &'s serde_json::Value, name: &str) -> &'s serde_json::Value {
    let routines = status["programs"][0]["routines"].as_array().expect("routines");
    routines.iter().find(|routine| routine["routine"] == name).expect("the routine")
}

pub fn doubles(bytes: &[u8]) -> Vec<f64> {
    bytes.chunks_exact(8).map(|chunk| f64::from_le_bytes(chunk.try_into().expect("eight"))).collect()
}

pub fn bytes(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// A call of `scale`: n, in, out, factor, and the state.
pub fn scale(client: &Client, values: &[f64], factor: f64, calls: i32) -> Native {
    let mut native = client.converter("scale").native();
    native.set_value(0, &(values.len() as i32).to_le_bytes());
    native.set_value(3, &factor.to_le_bytes());
    native.set_area(0, Some(&bytes(values)));
    native.set_area(1, Some(&bytes(&vec![-1.0; values.len()])));
    native.set_area(2, Some(&calls.to_le_bytes()));
    native
}

/// A call of `crunch`: the record and a number.
pub fn crunch(client: &Client, (x, y, n): (f64, f64, i32), k: i32) -> Native {
    let mut native = client.converter("crunch").native();
    let mut record = [bytes(&[x, y]), n.to_le_bytes().to_vec(), vec![0; 4]].concat();
    record.resize(24, 0);
    native.set_area(0, Some(&record));
    native.set_value(1, &k.to_le_bytes());
    native
}

/// What the legacy routine makes of it.
pub fn crunched(client: &Client, (mut x, mut y, mut n): (f64, f64, i32), k: i32) -> Native {
    for i in 0..k {
        x = x * 0.5 - y;
        y += 0.25;
        n ^= i;
    }
    let mut native = crunch(client, (x, y, n), k);
    native.returned_mut().copy_from_slice(&(x + y).to_le_bytes());
    native
}
