//! Recorded calls: what is told, to a file and to a server, and that the legacy program never waits for either.

use crate::support::{HPPA, Machine, STUBS, X86_64, bare_cases, cases};
use cmp_bridge_contract::model::Contract;
use cmp_bridge_contract::wire;
use cmp_bridge_wire::message::{Ending, Hello, Known, Role, SeenHead, Welcome};
use cmp_bridge_wire::rpc::{CallHead, Records, Reply, ReplyHead, begin_record, end_record};
use cmp_bridge_wire::{Converter, Decoder, Encoder, MESSAGE_LIMIT};
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::{Duration, Instant};

/// One call as it was told.
#[derive(Debug, Clone, PartialEq)]
struct Told {
    routine: String,
    number: u64,
    dropped: u32,
    /// The returned value; none if it did not return.
    returned: Option<Vec<u8>>,
}

fn formes() -> Contract {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/c89/formes.toml");
    Contract::from_toml(&std::fs::read_to_string(file).unwrap(), "formes.toml").unwrap()
}

/// What a recorder says but for calls.
enum Other {
    /// By this number.
    Hello(u32),
    /// So many calls are told of by nothing else.
    Lost(u32),
}

/// Reads a message of a recorder: a hello is kept, a call that was told is returned.
fn read(contract: &Contract, message: &[u8], greeted: &mut Vec<Known>) -> Result<Told, Other> {
    let mut input = Decoder::new(message);
    let head = CallHead::decode(&mut input).unwrap();
    assert_eq!((head.program, head.version), (wire::program(contract), wire::VERSION));
    if head.procedure == wire::PROCEDURE_HELLO {
        let hello = Hello::decode(&mut input).unwrap();
        input.finish().unwrap();
        assert_eq!((hello.component.as_str(), hello.role), ("formes", Role::Recorder));
        greeted.extend(hello.routines);
        return Err(Other::Hello(head.xid));
    }
    if head.procedure == wire::PROCEDURE_LOST {
        let count = input.u32().unwrap();
        input.finish().unwrap();
        return Err(Other::Lost(count));
    }
    let routine = contract
        .routines
        .iter()
        .find(|routine| wire::seen_procedure(contract, routine) == Some(head.procedure))
        .unwrap();
    let shape = wire::shape(contract, routine).unwrap();
    let known = greeted.iter().find(|known| known.name == routine.name).expect("a hello came first");
    assert_eq!(known.hash, shape.hash(contract, routine));
    assert_eq!(Some(known.procedure), wire::call_procedure(contract, routine));
    let converter = Converter::new(contract, routine).unwrap();
    let mut native = converter.native();
    let seen = SeenHead::decode(&mut input).unwrap();
    converter.decode_inputs(&mut input, &mut native).unwrap();
    let ended = Ending::decode(&mut input).unwrap();
    let returned = (ended == Ending::Returned).then(|| {
        converter.decode_outputs(&mut input, &mut native).unwrap();
        native.returned().to_vec()
    });
    input.finish().unwrap();
    Ok(Told { routine: routine.name.clone(), number: seen.number, dropped: seen.dropped, returned })
}

/// Everything in a recording file, which ends with a whole record and says that it is whole.
fn file(path: &Path) -> Vec<Told> {
    let (all, lost, whole) = file_with_losses(path);
    assert!(whole, "{} ends inside a record", path.display());
    assert_eq!(lost, 0, "{}", path.display());
    all
}

/// The calls in a recording file, how many it says it lacks beside those that its calls say, and whether its last record is
/// whole.
fn file_with_losses(path: &Path) -> (Vec<Told>, u64, bool) {
    let (contract, mut greeted, mut all, mut lost) = (formes(), Vec::new(), Vec::new(), 0);
    let mut records = Records::new(MESSAGE_LIMIT);
    records.push(&std::fs::read(path).unwrap());
    while let Some(message) = records.next_record().unwrap() {
        match read(&contract, message, &mut greeted) {
            Ok(told) => all.push(told),
            Err(Other::Hello(_)) => (),
            Err(Other::Lost(count)) => lost += u64::from(count),
        }
    }
    (all, lost, records.is_between())
}

/// What a server does with recorders.
#[derive(Clone, Copy, PartialEq)]
enum Manner {
    Good,
    /// It accepts connections and reads nothing.
    Deaf,
    /// It refuses every hello.
    Refuses,
    /// It ends each connection after so many calls told.
    EndsAfter(usize),
}

struct Listener {
    address: String,
    told: Arc<Mutex<Vec<Told>>>,
    lost: Arc<Mutex<u64>>,
    connections: Arc<Mutex<usize>>,
}

impl Listener {
    fn start(manner: Manner) -> Listener {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (told, connections) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(0)));
        let lost = Arc::new(Mutex::new(0));
        let (list, losses, count) = (told.clone(), lost.clone(), connections.clone());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                *count.lock().unwrap() += 1;
                let (list, losses) = (list.clone(), losses.clone());
                thread::spawn(move || listen(stream, manner, &list, &losses));
            }
        });
        Listener { address, told, lost, connections }
    }

    /// What was told so far, once nothing more comes.
    fn all(&self) -> Vec<Told> {
        let (mut before, mut quiet) = (0, Instant::now());
        while quiet.elapsed() < Duration::from_millis(300) {
            thread::sleep(Duration::from_millis(20));
            let now = self.told.lock().unwrap().len();
            if now != before {
                (before, quiet) = (now, Instant::now());
            }
        }
        self.told.lock().unwrap().clone()
    }
}

fn listen(mut stream: TcpStream, manner: Manner, told: &Mutex<Vec<Told>>, lost: &Mutex<u64>) {
    if manner == Manner::Deaf {
        thread::sleep(Duration::from_secs(20));
        return;
    }
    let (contract, mut greeted, mut count) = (formes(), Vec::new(), 0);
    let mut records = Records::new(MESSAGE_LIMIT);
    let mut buffer = [0; 65536];
    loop {
        let Ok(length @ 1..) = stream.read(&mut buffer) else { return };
        records.push(&buffer[..length]);
        while let Some(message) = records.next_record().unwrap() {
            match read(&contract, message, &mut greeted) {
                Ok(call) => told.lock().unwrap().push(call),
                Err(Other::Lost(count)) => *lost.lock().unwrap() += u64::from(count),
                Err(Other::Hello(xid)) => {
                    let mut out = Encoder::new();
                    let at = begin_record(&mut out);
                    ReplyHead { xid, reply: Reply::Success }.encode(&mut out);
                    match manner {
                        Manner::Refuses => Welcome::Refused { code: 1, reason: "no".into() }.encode(&mut out),
                        _ => Welcome::Accepted { what: "test".into() }.encode(&mut out),
                    }
                    end_record(&mut out, at, MESSAGE_LIMIT).unwrap();
                    let _ = stream.write_all(out.bytes());
                    continue;
                }
            }
            count += 1;
            if let Manner::EndsAfter(most) = manner
                && count == most
            {
                return;
            }
        }
    }
}

struct Suite {
    machine: Machine,
    folder: PathBuf,
    program: PathBuf,
}

impl Suite {
    fn new(machine: Machine, name: &str, flags: &[&str]) -> Suite {
        let folder = cases(&format!("recording-{name}"));
        let sources = [&["suite.c", "formes.c"], &STUBS[..]].concat();
        let program = machine.build(&folder, "suite", &sources, &[&["-DSTUBBED"], flags].concat());
        Suite { machine, folder, program }
    }

    /// Runs it; nanoseconds a call and the longest call in microseconds, where it says that.
    fn run(&self, arguments: &[&str], environment: &[(&str, &str)]) -> Option<(f64, f64)> {
        let mut command = self.machine.run(&self.program);
        command.args(arguments).env_remove("CMP_BRIDGE_VERBOSE").envs(environment.iter().copied());
        let output = command.output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", output.status);
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{arguments:?}");
        let text = String::from_utf8(output.stdout).unwrap();
        let (each, longest) = text.trim().split_once(' ')?;
        Some((each.parse().unwrap(), longest.parse().unwrap()))
    }

    /// A file that is not there yet.
    fn journal(&self, name: &str) -> PathBuf {
        let path = self.folder.join(name);
        for entry in std::fs::read_dir(&self.folder).unwrap() {
            let entry = entry.unwrap().path();
            if entry.file_name().unwrap().to_str().unwrap().starts_with(name) {
                std::fs::remove_file(entry).unwrap();
            }
        }
        path
    }
}

/// Every call of `etats` in a row: numbers and values without a gap.
fn in_order(told: &[Told], first: u64) {
    for (i, call) in told.iter().enumerate() {
        assert_eq!((call.number, call.dropped), (first + i as u64, 0), "{call:?}");
        assert_eq!(call.returned, Some((-5 + call.number as i32).to_ne_bytes().to_vec()), "{call:?}");
    }
}

#[test]
fn a_file_holds_every_call() {
    let suite = Suite::new(X86_64, "file", &[]);
    let journal = suite.journal("calls.rec");
    let environment = [("CMP_BRIDGE_JOURNAL", journal.to_str().unwrap()), ("CMP_BRIDGE_ROUTES", "*=record")];
    suite.run(&["loop", "5000"], &environment);
    let told = file(&journal);
    assert_eq!(told.len(), 5000);
    in_order(&told, 1);
    // What exists is not written over: the next process has a file of its own.
    let before = std::fs::read(&journal).unwrap();
    suite.run(&["loop", "3"], &environment);
    assert_eq!(std::fs::read(&journal).unwrap(), before);
    let others: Vec<PathBuf> = std::fs::read_dir(&suite.folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.file_name().unwrap().to_str().unwrap().starts_with("calls.rec.formes."))
        .collect();
    assert_eq!(others.len(), 1, "{others:?}");
    in_order(&file(&others[0]), 1);
    // So has a child.
    let journal = suite.journal("fork.rec");
    suite.run(
        &["fork", "10"],
        &[("CMP_BRIDGE_JOURNAL", journal.to_str().unwrap()), ("CMP_BRIDGE_ROUTES", "etats=record")],
    );
    assert_eq!(file(&journal).len(), 11);
    let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().path();
    let child = std::fs::read_dir(&suite.folder)
        .unwrap()
        .map(name)
        .find(|path| path.file_name().unwrap().to_str().unwrap().starts_with("fork.rec."));
    let told = file(&child.unwrap());
    assert_eq!((told.len(), told[0].number), (1, 1));
    // A file that cannot be written, or may not grow: the calls go on.
    for place in ["/no-such-folder/calls.rec", "/dev/full"] {
        suite.run(&["loop", "1000"], &[("CMP_BRIDGE_JOURNAL", place), ("CMP_BRIDGE_ROUTES", "*=record")]);
    }
}

#[test]
fn a_file_from_pa_risc_reads_the_same() {
    let suite = Suite::new(HPPA, "hppa", &[]);
    let journal = suite.journal("calls.rec");
    let environment = [("CMP_BRIDGE_JOURNAL", journal.to_str().unwrap()), ("CMP_BRIDGE_ROUTES", "*=record")];
    suite.run(&["loop", "300"], &environment);
    let told = file(&journal);
    assert_eq!(told.len(), 300);
    in_order(&told, 1);
    for mode in ["nest", "jump"] {
        let journal = suite.journal(mode);
        let environment =
            [("CMP_BRIDGE_JOURNAL", journal.to_str().unwrap()), ("CMP_BRIDGE_ROUTES", "*=record")];
        suite.run(&[mode, "40"], &environment);
        within(&file(&journal), mode, 40);
    }
}

/// Calls within calls: each is told when it ends; one that is left by longjmp is told as ended so, before the next one is made.
fn within(told: &[Told], mode: &str, count: u64) {
    let names: Vec<&str> = told.iter().map(|call| call.routine.as_str()).collect();
    if mode == "nest" {
        assert_eq!(names, ["etats", "etats", "strict"].repeat(count as usize));
        let numbers: Vec<u64> = told.iter().take(6).map(|call| call.number).collect();
        assert_eq!(numbers, [2, 3, 1, 5, 6, 4]);
    } else {
        let mut expected = ["etats", "strict"].repeat(count as usize);
        expected.push("etats");
        assert_eq!(names, expected);
        assert!(told.iter().all(|call| call.returned.is_some() == (call.routine == "etats")), "{told:?}");
    }
    assert!(told.iter().all(|call| call.dropped == 0), "{told:?}");
}

#[test]
fn calls_within_calls_are_told() {
    let suite = Suite::new(X86_64, "within", &[]);
    for mode in ["nest", "jump"] {
        let listener = Listener::start(Manner::Good);
        let environment =
            [("CMP_BRIDGE_SERVER", listener.address.as_str()), ("CMP_BRIDGE_ROUTES", "*=shadow")];
        suite.run(&[mode, "100"], &environment);
        within(&listener.all(), mode, 100);
    }
}

#[test]
fn a_server_is_told_and_never_waited_for() {
    let suite = Suite::new(X86_64, "server", &[]);
    let shadow = |address: &str, arguments: &[&str]| {
        suite.run(arguments, &[("CMP_BRIDGE_SERVER", address), ("CMP_BRIDGE_ROUTES", "*=shadow")])
    };
    let listener = Listener::start(Manner::Good);
    let (each, _) = shadow(&listener.address, &["loop", "2000", "20"]).unwrap();
    let told = listener.all();
    assert_eq!(told.len(), 2000, "each {each} ns");
    in_order(&told, 1);
    assert_eq!(*listener.connections.lock().unwrap(), 1);
    // Nobody there, somebody who does not listen, somebody who refuses: no call takes long.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let deaf = Listener::start(Manner::Deaf);
    let refusing = Listener::start(Manner::Refuses);
    for address in [&nobody, &deaf.address] {
        let started = Instant::now();
        let (each, longest) = shadow(address, &["loop", "20000"]).unwrap();
        assert!(each < 100_000.0 && longest < 100_000.0, "{address}: {each} ns, at most {longest} us");
        assert!(started.elapsed() < Duration::from_secs(10));
    }
    // The refusal reaches the stub before long: most calls are not even told.
    shadow(&refusing.address, &["loop", "300", "3000"]).unwrap();
    let told = refusing.all().len();
    assert!(told < 150, "{told}");
}

#[test]
fn what_does_not_fit_is_counted_and_a_lost_connection_is_made_again() {
    let suite = Suite::new(X86_64, "lost", &["-DCMPB_NO_NOSIGNAL"]);
    // Large calls, to somebody who reads: what was told and what was dropped is all there was.
    let listener = Listener::start(Manner::Good);
    let environment = [("CMP_BRIDGE_SERVER", listener.address.as_str()), ("CMP_BRIDGE_ROUTES", "*=record")];
    suite.run(&["large", "3000"], &environment);
    let told = listener.all();
    let dropped: u64 = told.iter().map(|call| u64::from(call.dropped)).sum();
    let last = told.last().unwrap().number;
    assert!(told.windows(2).all(|pair| pair[0].number + 1 + u64::from(pair[1].dropped) == pair[1].number));
    let lost = *listener.lost.lock().unwrap();
    assert_eq!(told.len() as u64 + dropped, last);
    assert_eq!(told.len() as u64 + dropped + lost, 3000, "{lost} lost at the end");
    assert!(dropped > 0 && told.len() > 10, "{dropped} dropped, {} told", told.len());
    // A connection that ends is made again after a second, and greeted again; no call is told twice.
    let listener = Listener::start(Manner::EndsAfter(50));
    let environment = [("CMP_BRIDGE_SERVER", listener.address.as_str()), ("CMP_BRIDGE_ROUTES", "*=record")];
    suite.run(&["loop", "260", "10000"], &environment);
    let told = listener.all();
    assert!(told.windows(2).all(|pair| pair[0].number < pair[1].number), "{told:?}");
    assert!(*listener.connections.lock().unwrap() >= 2 && told.len() > 50, "{}", told.len());
}

/// A file that may not grow any more: it is said, once; the file tells how many calls it lacks, and goes on when it may.
#[test]
fn a_full_disk_is_said_and_what_is_lost_is_counted() {
    let suite = Suite::new(X86_64, "full", &[]);
    let journal = suite.journal("calls.rec");
    let mut command = std::process::Command::new("sh");
    command.args(["-c", "ulimit -f 16; exec timeout 60 \"$@\"", "sh"]).arg(&suite.program);
    command.args(["loop", "20000"]).env("CMP_BRIDGE_JOURNAL", &journal).env("CMP_BRIDGE_ROUTES", "*=record");
    let output = command.env("CMP_BRIDGE_VERBOSE", "1").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    let (told, lost, whole) = file_with_losses(&journal);
    assert!(!whole && told.len() > 10, "{}", told.len());
    assert!(told.iter().all(|call| call.dropped == 0));
    assert_eq!(told.len() as u64 + lost, 20000);
    let said = String::from_utf8(output.stderr).unwrap();
    let expected = format!(
        "cmp-bridge: the recording: File too large\ncmp-bridge: formes: {lost} calls are missing from what was recorded\n"
    );
    assert_eq!(said, expected);
    // With room again, what waited is written, and nothing is missing.
    let journal = suite.journal("room.rec");
    let environment = [("CMP_BRIDGE_JOURNAL", journal.to_str().unwrap()), ("CMP_BRIDGE_ROUTES", "*=record")];
    suite.run(&["room", "200"], &environment);
    in_order(&file(&journal), 1);
    assert_eq!(file(&journal).len(), 400);
}

/// Calls that are too long for the buffer, and one in which the program ends: no call comes behind them that could say so.
#[test]
fn what_is_lost_last_is_counted_too() {
    let suite = Suite::new(X86_64, "last", &["-DCMPB_BUFFER=3000"]);
    let journal = suite.journal("calls.rec");
    let to_file = [("CMP_BRIDGE_JOURNAL", journal.to_str().unwrap()), ("CMP_BRIDGE_ROUTES", "*=record")];
    suite.run(&["large", "5"], &to_file);
    assert_eq!(file_with_losses(&journal), (Vec::new(), 5, true));
    let journal = suite.journal("exit.rec");
    let to_file = [("CMP_BRIDGE_JOURNAL", journal.to_str().unwrap()), ("CMP_BRIDGE_ROUTES", "*=record")];
    suite.run(&["exit", "4"], &to_file);
    let (told, lost, whole) = file_with_losses(&journal);
    assert_eq!((told.len(), lost, whole), (4, 1, true));
    let listener = Listener::start(Manner::Good);
    let to_server = [("CMP_BRIDGE_SERVER", listener.address.as_str()), ("CMP_BRIDGE_ROUTES", "*=record")];
    suite.run(&["large", "5"], &to_server);
    assert_eq!((listener.all(), *listener.lost.lock().unwrap()), (Vec::new(), 5));
}

/// A call whose arguments cannot be read is left by a signal's routine in the middle of being recorded: the others are told.
#[test]
fn a_fault_while_recording_is_survived() {
    let suite = Suite::new(X86_64, "fault", &[]);
    let journal = suite.journal("calls.rec");
    let environment = [("CMP_BRIDGE_JOURNAL", journal.to_str().unwrap()), ("CMP_BRIDGE_ROUTES", "*=record")];
    suite.run(&["fault", "30"], &environment);
    let told = file(&journal);
    assert_eq!(
        told.iter().map(|call| call.number).collect::<Vec<_>>(),
        (1..=30).map(|i| 2 * i).collect::<Vec<_>>()
    );
    assert!(told.iter().all(|call| call.routine == "etats" && call.returned.is_some()));
}

/// A matrix without elements may lie anywhere, also behind the last byte that there is.
#[test]
fn extents_that_are_negative_are_no_elements() {
    let folder = bare_cases("vides", "vides.toml");
    let sources = ["vides.c", "vides_stub.c", "cmpb_runtime.c"];
    for machine in [X86_64, HPPA] {
        let program = machine.build(&folder, "vides", &sources, &["-DSTUBBED"]);
        let recording = folder.join("vides.rec");
        let _ = std::fs::remove_file(&recording);
        let mut command = machine.run(&program);
        command.env("CMP_BRIDGE_JOURNAL", &recording).env("CMP_BRIDGE_ROUTES", "*=record");
        let output = command.env("CMP_BRIDGE_VERBOSE", "1").output().unwrap();
        assert!(output.status.success(), "{}: {output:?}", machine.name);
        let lines = "lisser 0 0\nlisser -3 -7\nlisser 2 3\n1\n";
        assert_eq!(String::from_utf8_lossy(&output.stdout), lines, "{}", machine.name);
        assert!(!String::from_utf8_lossy(&output.stderr).contains("missing"), "{output:?}");
    }
}
