//! The host: what it accepts by a hello, and what it lives through: callers without end, a routine that does not return.

use crate::support::{Host, Machine, STUBS, X86_64, cases};
use cmp_bridge_contract::model::Contract;
use cmp_bridge_contract::wire;
use cmp_bridge_wire::message::{Hello, Known, Role};
use cmp_bridge_wire::rpc::{CallHead, Credential, begin_record, end_record};
use cmp_bridge_wire::{Encoder, MESSAGE_LIMIT};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread;
use std::time::Duration;

fn formes() -> Contract {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c89/formes.toml");
    Contract::from_toml(&std::fs::read_to_string(file).unwrap(), "formes.toml").unwrap()
}

struct Caller {
    stream: TcpStream,
    contract: Contract,
}

impl Caller {
    fn new(address: &str) -> Caller {
        let stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        Caller { stream, contract: formes() }
    }

    /// The words of a reply behind its number; none: the connection has ended.
    fn ask(&mut self, program: u32, procedure: u32, arguments: &[u8]) -> Option<Vec<u32>> {
        let mut out = Encoder::new();
        let at = begin_record(&mut out);
        let head =
            CallHead { xid: 9, program, version: wire::VERSION, procedure, credential: Credential::None };
        head.encode(&mut out);
        arguments.chunks(4).for_each(|word| out.u32(u32::from_be_bytes(word.try_into().unwrap())));
        end_record(&mut out, at, MESSAGE_LIMIT).unwrap();
        self.stream.write_all(out.bytes()).ok()?;
        let mut mark = [0; 4];
        self.stream.read_exact(&mut mark).ok()?;
        let mut reply = vec![0; (u32::from_be_bytes(mark) & 0x7fff_ffff) as usize];
        self.stream.read_exact(&mut reply).ok()?;
        let words = reply.chunks(4).map(|word| u32::from_be_bytes(word.try_into().unwrap()));
        Some(words.skip(1).collect())
    }

    /// How RPC answers a HELLO, and whether it is refused.
    fn hello(&mut self, bytes: &[u8]) -> (u32, Option<u32>) {
        let words = self.ask(wire::program(&self.contract), wire::PROCEDURE_HELLO, bytes).unwrap();
        assert_eq!(words[..4], [1, 0, 0, 0]);
        (words[4], words.get(5).copied())
    }

    /// The status of a call of `strict`, and its answer.
    fn strict(&mut self) -> Option<(u32, u32)> {
        let words = self.call("strict", &[1])?;
        assert_eq!(words[..5], [1, 0, 0, 0, 0]);
        Some((words[5], words[6]))
    }

    fn call(&mut self, routine: &str, arguments: &[u32]) -> Option<Vec<u32>> {
        let procedure = known(&self.contract, routine).procedure;
        let bytes: Vec<u8> = arguments.iter().flat_map(|word| word.to_be_bytes()).collect();
        self.ask(wire::program(&self.contract), procedure, &bytes)
    }
}

fn known(contract: &Contract, routine: &str) -> Known {
    let routine = contract.routine(routine).unwrap();
    let hash = wire::shape(contract, routine).unwrap().hash(contract, routine);
    Known { procedure: wire::call_procedure(contract, routine).unwrap(), name: routine.name.clone(), hash }
}

fn hello(routines: Vec<Known>) -> Vec<u8> {
    let (component, what) = ("formes".to_owned(), "test".to_owned());
    let mut out = Encoder::new();
    Hello { component, what, role: Role::Caller, routines }.encode(&mut out);
    out.bytes().to_vec()
}

fn host(name: &str, machine: Machine, flags: &[&str]) -> Host {
    Host::run(machine, &program(name, flags))
}

fn program(name: &str, flags: &[&str]) -> PathBuf {
    let sources = [&["formes.c", "hote.c"], &STUBS[..]].concat();
    X86_64.build(&cases(&format!("serving-{name}")), "hote", &sources, &[&["-DSTUBBED"], flags].concat())
}

/// A hello is accepted as a whole, or nothing of it is.
#[test]
fn what_a_refused_hello_names_is_not_called() {
    let (host, contract) = (host("hello", X86_64, &[]), formes());
    let good = || known(&contract, "strict");
    let wrong = Known { hash: 1, ..known(&contract, "etats") };
    let unknown = Known { procedure: 400, ..known(&contract, "etats") };
    let whole = hello(vec![good()]);
    // Component and what: four words of `formes`, and two of `test`.
    let (what, role) = (12, 20);
    let changed = |at: usize, word: u32| {
        let mut bytes = whole.clone();
        bytes[at..at + 4].copy_from_slice(&word.to_be_bytes());
        bytes
    };
    let behind = [&whole[..], &[0; 4]].concat();
    for (bytes, expected) in [
        (hello(vec![good(), wrong.clone()]), (0, Some(1))),
        (hello(vec![wrong.clone(), good()]), (0, Some(1))),
        (hello(vec![good(), unknown]), (0, Some(1))),
        (changed(4, 0x5858_5858), (0, Some(1))),
        (behind, (4, None)),
        (changed(role, 77), (4, None)),
        (changed(what, 0xffff_ffff), (4, None)),
        (changed(what, 0xffff_fffd), (4, None)),
        (whole[..whole.len() - 4].to_vec(), (4, None)),
        (changed(role + 4, 0xffff_ffff), (4, None)),
    ] {
        let mut caller = Caller::new(&host.address);
        assert_eq!(caller.hello(&bytes), expected, "{bytes:02x?}");
        assert_eq!(caller.strict().unwrap().0, 3, "{bytes:02x?}");
        // And what was accepted before stays so.
        assert_eq!(caller.hello(&whole), (0, Some(0)));
        assert_eq!(caller.strict(), Some((0, 0)));
        assert_eq!(caller.hello(&bytes), expected);
        assert_eq!(caller.strict(), Some((0, 0)));
    }
}

/// The program that every server has: how it is, asked by somebody who has no contract.
#[test]
fn who_has_no_contract_asks_how_it_is() {
    let host = host("status", X86_64, &[]);
    let mut caller = Caller::new(&host.address);
    assert_eq!(caller.ask(wire::SERVER, wire::PROCEDURE_NULL, &[]), Some(vec![1, 0, 0, 0, 0]));
    assert_eq!(caller.hello(&hello(vec![known(&formes(), "strict")])), (0, Some(0)));
    caller.strict().unwrap();
    caller.strict().unwrap();
    let words = caller.ask(wire::SERVER, wire::PROCEDURE_STATUS, &[]).unwrap();
    let text: Vec<u8> = words[6..].iter().flat_map(|word| word.to_be_bytes()).collect();
    let text = String::from_utf8(text).unwrap();
    assert!(text.contains(r#"{"routine":"strict","answers":"legacy","calls":2,"answered":2}"#), "{text}");
    // Both components are in it; their own programs tell of one each.
    assert!(text.contains("centre"), "{text}");
    let words = caller.ask(wire::program(&formes()), wire::PROCEDURE_STATUS, &[]).unwrap();
    assert!((words[5] as usize) + 50 < text.len(), "{words:?}");
    // Nobody's routines can be named to it.
    let greeted = |caller: &mut Caller, bytes: &[u8]| {
        caller.ask(wire::SERVER, wire::PROCEDURE_HELLO, bytes).unwrap()[4..].first_chunk::<2>().copied()
    };
    assert_eq!(greeted(&mut caller, &hello(Vec::new())), Some([0, 0]));
    let named = hello(vec![known(&formes(), "strict")]);
    assert_eq!(caller.ask(wire::SERVER, wire::PROCEDURE_HELLO, &named), Some(vec![1, 0, 0, 0, 4]));
    assert_eq!(caller.ask(wire::SERVER, wire::PROCEDURE_HELLO, &[]), Some(vec![1, 0, 0, 0, 4]));
    assert_eq!(caller.ask(wire::SERVER, 16, &[]), Some(vec![1, 0, 0, 0, 3]));
    assert_eq!(caller.ask(0x2123_4567, wire::PROCEDURE_NULL, &[]), Some(vec![1, 0, 0, 0, 1]));
}

/// A routine that leaves by longjmp to the loop of its program: its caller learns that no answer comes, the others go on.
#[test]
fn a_routine_that_does_not_return_ends_its_own_connection() {
    let sources = [&["boucle.c", "formes.c"], &STUBS[..]].concat();
    let program = X86_64.build(&cases("serving-jump"), "boucle", &sources, &["-DSTUBBED"]);
    let mut process =
        X86_64.run(&program).arg("jump").stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = format!("127.0.0.1:{}", line.trim());
    let contract = formes();
    let greeting = hello(vec![known(&contract, "strict"), known(&contract, "etats")]);
    let mut other = Caller::new(&address);
    other.hello(&greeting);
    let state = wire::shape(&contract, contract.routine("etats").unwrap()).unwrap();
    assert!(!state.inputs.is_empty());
    for _ in 0..3 {
        let mut caller = Caller::new(&address);
        caller.hello(&greeting);
        assert_eq!(caller.strict(), None);
        // No arguments of `etats`: it is answered, as what it is.
        assert_eq!(other.call("etats", &[]), Some(vec![1, 0, 0, 0, 4]));
    }
    drop(process.stdin.take());
    assert!(process.wait().unwrap().success());
}

fn cpu_ticks(process: u32) -> u64 {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap();
    let fields: Vec<&str> = text.rsplit(')').next().unwrap().split_whitespace().collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}

/// More callers than it has descriptors: it waits, and does not spin; and answers when there are less.
#[test]
fn a_host_without_descriptors_waits() {
    let few = cases("serving-few").join("few.sh");
    std::fs::write(&few, "ulimit -n 12\nexec \"$@\"\n").unwrap();
    let program = program("few", &[]);
    let mut command = std::process::Command::new("timeout");
    command.args(["60", "sh"]).arg(&few).arg(&program).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = command.spawn().unwrap();
    let mut line = String::new();
    BufReader::new(process.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    let address = format!("127.0.0.1:{}", line.trim());
    let host = std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", process.id())).unwrap();
    let host: u32 = host.trim().parse().unwrap();
    let callers: Vec<Caller> = (0..20).map(|_| Caller::new(&address)).collect();
    thread::sleep(Duration::from_millis(300));
    let before = cpu_ticks(host);
    thread::sleep(Duration::from_millis(1200));
    let spent = cpu_ticks(host) - before;
    assert!(spent < 20, "{spent} ticks of a hundredth of a second");
    drop(callers);
    assert!(Caller::new(&address).ask(wire::SERVER, wire::PROCEDURE_NULL, &[]).is_some());
    process.kill().unwrap();
    process.wait().unwrap();
    std::process::Command::new("kill").arg(host.to_string()).status().unwrap();
}

/// As many callers as there are places, who say nothing: who comes next is refused at once, and has the place of one of them
/// when they have been silent for long.
#[test]
fn silent_callers_make_room() {
    let null = |address: &str| Caller::new(address).ask(wire::SERVER, wire::PROCEDURE_NULL, &[]);
    let host = host("silent", X86_64, &["-DCMPB_SILENT=1500ul"]);
    let mut busy = Caller::new(&host.address);
    let silent: Vec<Caller> = (0..62).map(|_| Caller::new(&host.address)).collect();
    assert_eq!(null(&host.address), None);
    thread::sleep(Duration::from_millis(800));
    assert!(busy.ask(wire::SERVER, wire::PROCEDURE_NULL, &[]).is_some());
    thread::sleep(Duration::from_millis(1000));
    assert!(null(&host.address).is_some());
    assert!(busy.ask(wire::SERVER, wire::PROCEDURE_NULL, &[]).is_some());
    drop(silent);
}

/// What a long message took is given back.
#[test]
fn a_long_message_is_not_kept() {
    let program = program("long", &[]);
    let sh = Machine { runner: None, ..X86_64 };
    let host = Host::run(sh, &program);
    let long = vec![0; 12 << 20];
    let mut callers: Vec<Caller> = (0..10).map(|_| Caller::new(&host.address)).collect();
    for caller in &mut callers {
        // There is no such procedure.
        assert_eq!(caller.ask(wire::SERVER, 5, &long), Some(vec![1, 0, 0, 0, 3]));
    }
    let status = std::fs::read_to_string(format!("/proc/{}/status", host.process_id())).unwrap();
    let line = status.lines().find(|line| line.starts_with("VmRSS")).unwrap();
    let kib: u64 = line.split_whitespace().nth(1).unwrap().parse().unwrap();
    assert!(kib < 40 << 10, "{line}");
}
