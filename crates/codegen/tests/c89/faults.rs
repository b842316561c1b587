//! Whatever goes wrong between the stub and its server, the legacy program gets its answer within the deadline.
//!
//! Between the two stands a go-between, which passes the requests of a real host's callers on, and does to each answer what
//! the case says.

use crate::support::{Host, STUBS, X86_64, cases};
use std::io::{Read, Write};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::Duration;

/// What becomes of the answer to a call; the answer to the hello passes unless the case is about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Fault {
    None,
    /// Nobody reads or writes.
    Silent,
    /// The answer is never sent.
    NoAnswer,
    /// The connection ends instead of an answer.
    Ends,
    /// The connection ends in the middle of the first answer; later ones pass.
    EndsOnce,
    /// It ends after half an answer.
    EndsInside,
    /// Other bytes come.
    Garbage,
    /// A mark of a message that is too long.
    TooLong,
    /// Another number than the call's.
    OtherNumber,
    /// The values are cut short, within a message that is whole.
    CutShort,
    /// One byte at a time.
    Slow,
    /// One byte in 50 ms: not in time.
    TooSlow,
    /// The hello is refused.
    RefusedHello,
    /// The call is answered with this status.
    Status(u32),
    /// Empty fragments without end.
    EmptyFragments,
    /// The same, as fast as they are read.
    FloodOfFragments,
    /// The first call is not answered; later ones are, on other connections.
    NoAnswerOnce,
    /// The call is answered so by RPC itself (`accept_stat`).
    Accepted(u32),
    /// The first connection is closed once a call was answered; later ones stay.
    LeavesIdle,
    /// The same, and before its end comes half a message that nobody asked for.
    LeavesHalf,
    /// After the first answer comes a message that nobody asked for.
    LeavesWord,
    /// The first connection is closed once a call was answered, and there is no other.
    Gone,
    /// The first connection is refused and closed; later ones are not.
    RefusedOnce,
}

fn read_record(stream: &mut TcpStream) -> Option<Vec<u8>> {
    let mut mark = [0; 4];
    stream.read_exact(&mut mark).ok()?;
    let mut message = vec![0; (u32::from_be_bytes(mark) & 0x7fff_ffff) as usize];
    stream.read_exact(&mut message).ok()?;
    Some([&mark[..], &message].concat())
}

/// A reply of one word and a text.
fn refusal(number: &[u8], status: u32) -> Vec<u8> {
    let mut reply = [&0u32.to_be_bytes()[..], number].concat();
    for word in [1, 0, 0, 0, 0, status, 3] {
        reply.extend(u32::to_be_bytes(word));
    }
    reply.extend(b"why\0");
    let mark = 0x8000_0000 | (reply.len() as u32 - 4);
    reply[..4].copy_from_slice(&mark.to_be_bytes());
    reply
}

pub struct Between {
    pub address: String,
    pub connections: Arc<AtomicUsize>,
    pub calls: Arc<AtomicUsize>,
}

impl Between {
    pub fn start(host: &str, fault: Fault) -> Between {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (connections, calls) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let (host, counts) = (host.to_string(), (connections.clone(), calls.clone()));
        thread::spawn(move || {
            for caller in listener.incoming().flatten() {
                counts.0.fetch_add(1, Ordering::SeqCst);
                let (host, calls) = (host.clone(), counts.1.clone());
                let first = counts.0.load(Ordering::SeqCst) == 1;
                let fault = if fault == Fault::RefusedOnce && !first { Fault::None } else { fault };
                thread::spawn(move || pass(caller, &host, fault, &calls));
                if fault == Fault::Gone {
                    break;
                }
            }
        });
        Between { address, connections, calls }
    }
}

fn pass(mut caller: TcpStream, host: &str, fault: Fault, calls: &AtomicUsize) -> Option<()> {
    if fault == Fault::Silent {
        thread::sleep(Duration::from_secs(20));
        return None;
    }
    let mut host = TcpStream::connect(host).ok()?;
    loop {
        let request = read_record(&mut caller)?;
        let hello = request[24..28] == 1u32.to_be_bytes();
        if hello && fault == Fault::RefusedHello {
            caller.write_all(&refusal(&request[4..8], 1)).ok()?;
            continue;
        }
        if fault == Fault::RefusedOnce {
            return caller.write_all(&refusal(&request[4..8], 1)).ok();
        }
        if !hello {
            calls.fetch_add(1, Ordering::SeqCst);
            if let Fault::Status(status @ (1 | 3)) = fault {
                caller.write_all(&refusal(&request[4..8], status)).ok()?;
                continue;
            }
        }
        host.write_all(&request).ok()?;
        let reply = read_record(&mut host)?;
        if hello {
            caller.write_all(&reply).ok()?;
        } else {
            answer(&mut caller, &request, &reply, fault, calls.load(Ordering::SeqCst))?;
        }
    }
}

fn answer(caller: &mut TcpStream, request: &[u8], reply: &[u8], fault: Fault, call: usize) -> Option<()> {
    let bytes = |caller: &mut TcpStream, bytes: &[u8], wait: u64| {
        for byte in bytes {
            thread::sleep(Duration::from_micros(wait));
            caller.write_all(&[*byte]).ok()?;
        }
        Some(())
    };
    let ended = |caller: &mut TcpStream| {
        let _ = caller.shutdown(Shutdown::Both);
        None
    };
    match fault {
        Fault::NoAnswer => {
            thread::sleep(Duration::from_secs(20));
            None
        }
        Fault::Ends => ended(caller),
        Fault::EndsOnce | Fault::EndsInside => {
            if fault == Fault::EndsOnce && call > 1 {
                return caller.write_all(reply).ok();
            }
            caller.write_all(&reply[..reply.len() / 2]).ok()?;
            ended(caller)
        }
        Fault::Garbage => caller.write_all(&[0xa5; 300]).ok(),
        Fault::TooLong => caller.write_all(&[0xff; 64]).ok(),
        Fault::OtherNumber => {
            let mut other = reply.to_vec();
            other[7] ^= 0xff;
            caller.write_all(&other).ok()
        }
        Fault::CutShort => {
            let mut short = reply[..reply.len() - 4].to_vec();
            let mark = 0x8000_0000 | (short.len() as u32 - 4);
            short[..4].copy_from_slice(&mark.to_be_bytes());
            caller.write_all(&short).ok()
        }
        Fault::Slow => bytes(caller, reply, 100),
        Fault::TooSlow => bytes(caller, reply, 50_000),
        Fault::Status(status) => caller.write_all(&refusal(&request[4..8], status)).ok(),
        Fault::EmptyFragments => loop {
            caller.write_all(&[0; 64]).ok()?;
            thread::sleep(Duration::from_millis(1));
        },
        Fault::FloodOfFragments => loop {
            caller.write_all(&[0; 1 << 16]).ok()?;
        },
        Fault::NoAnswerOnce if call == 1 => {
            thread::sleep(Duration::from_secs(20));
            None
        }
        Fault::Accepted(status) => {
            let mut reply = refusal(&request[4..8], 0)[..28].to_vec();
            reply[3] = 24;
            reply[27] = status as u8;
            caller.write_all(&reply).ok()
        }
        Fault::LeavesIdle | Fault::LeavesHalf | Fault::LeavesWord | Fault::Gone => {
            caller.write_all(reply).ok()?;
            let word = refusal(&[9; 4], 1);
            match fault {
                _ if call > 1 => Some(()),
                Fault::LeavesWord => caller.write_all(&word).ok(),
                Fault::LeavesHalf => {
                    caller.write_all(&word[..word.len() / 2]).ok()?;
                    ended(caller)
                }
                _ => ended(caller),
            }
        }
        Fault::NoAnswerOnce | Fault::None | Fault::Silent | Fault::RefusedHello | Fault::RefusedOnce => {
            caller.write_all(reply).ok()
        }
    }
}

/// One line of what the legacy program says.
#[derive(Debug)]
pub struct Line {
    pub result: i64,
    pub ms: i64,
    pub undisturbed: bool,
    written: i64,
}

pub struct Case {
    pub folder: PathBuf,
    program: PathBuf,
    pub host: Host,
}

impl Case {
    pub fn new(name: &str, flags: &[&str]) -> Case {
        Case::changed(name, flags, &[])
    }

    /// With sources in which texts are replaced: of the runtime, a wrong twin.
    pub fn changed(name: &str, flags: &[&str], changes: &[(&str, &str)]) -> Case {
        let folder = cases(&format!("faults-{name}"));
        for (right, wrong) in changes {
            let file = ["cmpb_runtime.c", "formes_stub.c"].map(|file| folder.join(file));
            let has = |file: &&PathBuf| std::fs::read_to_string(file).unwrap().contains(right);
            let file = file.iter().find(has).unwrap_or_else(|| panic!("nowhere is `{right}`"));
            let text = std::fs::read_to_string(file).unwrap();
            std::fs::write(file, text.replace(right, wrong)).unwrap();
        }
        let with = |first: &[&'static str]| [first, &STUBS].concat();
        let flags = [&["-DSTUBBED"], flags].concat();
        let program = X86_64.build(&folder, "fautes", &with(&["fautes.c", "formes.c"]), &flags);
        let host = X86_64.build(&folder, "hote", &with(&["hote.c", "formes.c"]), &["-DSTUBBED"]);
        Case { folder, program, host: Host::run(X86_64, &host) }
    }

    /// Milliseconds that a call of `etats` takes; none: more than three seconds.
    fn slowest(&self, address: &str) -> Option<i64> {
        let output = self.folder.join("slowest.out");
        let mut command = Command::new("timeout");
        command.args(["-s", "KILL", "3"]).arg(&self.program).arg(&output).args(["etats", "1"]);
        command.env("CMP_BRIDGE_SERVER", address).env("CMP_BRIDGE_ROUTES", "*=rust");
        command.status().unwrap().success().then(|| lines(&output)[0].ms)
    }

    /// What it says on standard error if it is to say what goes wrong.
    pub fn said(&self, address: &str, routes: &str, routine: &str, times: usize, options: &[&str]) -> String {
        let mut command = X86_64.run(&self.program);
        command.arg(self.folder.join("said.out")).arg(routine).arg(times.to_string()).args(options);
        command.env("CMP_BRIDGE_SERVER", address).env("CMP_BRIDGE_ROUTES", routes).current_dir(&self.folder);
        String::from_utf8(command.output().unwrap().stderr).unwrap()
    }

    /// Calls a routine against a server at `address`.
    pub fn call(&self, address: &str, routine: &str, times: usize, options: &[&str]) -> Vec<Line> {
        self.routed(address, "*=rust", routine, times, options)
    }

    pub fn routed(
        &self,
        address: &str,
        route: &str,
        routine: &str,
        times: usize,
        options: &[&str],
    ) -> Vec<Line> {
        let output = self.folder.join(format!("{routine}.{}.out", address.replace(':', ".")));
        let mut command = X86_64.run(&self.program);
        command.arg(&output).arg(routine).arg(times.to_string()).args(options);
        command.env("CMP_BRIDGE_SERVER", address).env("CMP_BRIDGE_ROUTES", route).current_dir(&self.folder);
        command.env_remove("CMP_BRIDGE_VERBOSE");
        let ended = command.output().unwrap();
        assert!(ended.status.success(), "{routine}: {}", ended.status);
        assert_eq!(
            (ended.stdout.as_slice(), ended.stderr.as_slice()),
            (&[][..], &[][..]),
            "nothing is printed"
        );
        lines(&output)
    }
}

fn lines(file: &Path) -> Vec<Line> {
    let text = std::fs::read_to_string(file).unwrap();
    let line = |line: &str| {
        let all: Vec<i64> = line.split(' ').map(|word| word.parse().unwrap()).collect();
        Line { result: all[0], ms: all[1], undisturbed: all[2] == 1, written: all[3] }
    };
    text.lines().map(line).collect()
}

/// Milliseconds that a busy machine may add to a deadline.
pub const SLACK: i64 = 250;

/// Routine, its deadline, what it gives where the call may have been made, and where it was certainly not.
const ROUTINES: [(&str, i64, i64, i64); 4] =
    [("tableaux", 500, 1, 1), ("etats", 200, -4, -4), ("ecrire", 300, -7, 0), ("strict", 300, -8, -8)];

fn check(case: &Case, fault: Fault, unsure: bool) {
    for (routine, deadline, lost, unsent) in ROUTINES {
        let between = Between::start(&case.host.address, fault);
        let lines = case.call(&between.address, routine, 1, &[]);
        let line = &lines[0];
        let expected = if unsure { lost } else { unsent };
        assert_eq!(line.result, expected, "{routine}, {fault:?}: {line:?}");
        assert!(line.undisturbed, "{routine}, {fault:?}: {line:?}");
        assert!(line.ms <= deadline + SLACK, "{routine}, {fault:?}: {line:?}");
        // What acts outside has been run at most once: here, or by the host.
        if routine == "ecrire" {
            let there = usize::from(unsure && between.calls.load(Ordering::SeqCst) > 0);
            assert!(line.written as usize + there <= 1, "{fault:?}: {line:?}");
        }
        let most = if routine == "tableaux" { 2 } else { 1 };
        assert!(between.calls.load(Ordering::SeqCst) <= most, "{routine}, {fault:?}");
    }
}

#[test]
fn a_server_that_is_absent_costs_nothing() {
    let case = Case::new("absent", &[]);
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    for (routine, deadline, _, unsent) in ROUTINES {
        let line = &case.call(&nobody, routine, 1, &[])[0];
        assert_eq!(line.result, unsent, "{routine}: {line:?}");
        assert!(line.undisturbed && line.ms <= deadline + SLACK, "{routine}: {line:?}");
    }
    // No address, no port, a name that would have to be looked up: the same.
    for address in ["", "here", "127.0.0.1", "127.0.0.1:99999", "no-such-host.invalid:7"] {
        let line = &case.call(address, "tableaux", 1, &[])[0];
        assert!(line.result == 1 && line.ms < SLACK, "`{address}`: {line:?}");
    }
}

#[test]
fn an_answer_that_does_not_come_is_not_waited_for() {
    let case = Case::new("lost", &[]);
    check(&case, Fault::Silent, false);
    for fault in [
        Fault::NoAnswer,
        Fault::Ends,
        Fault::EndsInside,
        Fault::TooSlow,
        Fault::EmptyFragments,
        Fault::FloodOfFragments,
    ] {
        check(&case, fault, true);
    }
}

#[test]
fn an_answer_that_is_none_is_not_believed() {
    let sanitized = ["-DCMPB_NO_NOSIGNAL", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"];
    let case = Case::new("garbage", &sanitized);
    for fault in [
        Fault::Garbage,
        Fault::TooLong,
        Fault::OtherNumber,
        Fault::CutShort,
        Fault::Status(2),
        Fault::Status(9),
        // The server failed after the call: SYSTEM_ERR, and what nobody knows.
        Fault::Accepted(5),
        Fault::Accepted(9),
    ] {
        check(&case, fault, true);
    }
}

#[test]
fn a_refusal_leads_to_the_legacy_routine() {
    let case = Case::new("refused", &[]);
    for fault in
        [Fault::RefusedHello, Fault::Status(1), Fault::Status(3), Fault::Accepted(1), Fault::Accepted(4)]
    {
        check(&case, fault, false);
    }
}

/// Without a fault, the go-between is not seen; nor is one that passes byte after byte.
#[test]
fn an_answer_in_time_is_taken_in_any_state_of_the_process() {
    let case = Case::new("state", &[]);
    for (fault, options) in [
        (Fault::None, &[][..]),
        (Fault::Slow, &[]),
        (Fault::None, &["eintr"]),
        (Fault::Slow, &["eintr"]),
        (Fault::None, &["closed"]),
        (Fault::None, &["many"]),
        (Fault::None, &["many", "closed", "eintr"]),
        (Fault::Slow, &["inside"]),
    ] {
        let between = Between::start(&case.host.address, fault);
        for line in case.call(&between.address, "tableaux", 3, options) {
            assert!(
                line.result == 1 && line.undisturbed && line.ms <= 500 + SLACK,
                "{fault:?} {options:?}: {line:?}"
            );
        }
        assert_eq!(between.calls.load(Ordering::SeqCst), 3, "{fault:?} {options:?}: the server answered");
        assert_eq!(between.connections.load(Ordering::SeqCst), 1, "{fault:?} {options:?}");
    }
    // The storm of signals does not lengthen a deadline.
    let between = Between::start(&case.host.address, Fault::NoAnswer);
    let line = &case.call(&between.address, "etats", 1, &["eintr"])[0];
    assert!(line.result == -4 && line.ms <= 200 + SLACK, "{line:?}");
}

#[test]
fn a_connection_that_ends_is_made_anew_and_a_dead_server_left_alone() {
    let case = Case::new("again", &[]);
    // Idempotent: asked once more, and answered.
    let between = Between::start(&case.host.address, Fault::EndsOnce);
    let line = &case.call(&between.address, "tableaux", 1, &[])[0];
    assert!(line.result == 1, "{line:?}");
    assert_eq!(between.calls.load(Ordering::SeqCst), 2);
    // Ten calls of a server that never answers cost one deadline.
    let between = Between::start(&case.host.address, Fault::NoAnswer);
    let lines = case.call(&between.address, "etats", 10, &[]);
    let total: i64 = lines.iter().map(|line| line.ms).sum();
    assert!(total <= 200 + SLACK, "{lines:?}");
    assert_eq!(between.connections.load(Ordering::SeqCst), 1);
    // After a fork, parent and child have connections of their own.
    let between = Between::start(&case.host.address, Fault::None);
    let lines = case.call(&between.address, "tableaux", 1, &["fork"]);
    assert_eq!(lines.len(), 5);
    assert!(lines.iter().all(|line| line.result == 1 && line.undisturbed), "{lines:?}");
    assert_eq!(between.connections.load(Ordering::SeqCst), 2);
    assert_eq!(between.calls.load(Ordering::SeqCst), 5);
}

/// Calls a routine of `case` twice, with time between the two for what `fault` does to the connection.
fn twice(case: &Case, fault: Fault, routine: &str) -> (Vec<Line>, Between) {
    let between = Between::start(&case.host.address, fault);
    let lines = case.call(&between.address, routine, 2, &["pause"]);
    assert!(lines.iter().all(|line| line.undisturbed && line.ms <= 500 + SLACK), "{fault:?}: {lines:?}");
    (lines, between)
}

/// A server that closes what is idle, as one does that is started again: the next call is answered over a new connection, by
/// a program that has nobody else to ask, whether or not it may be made twice.
#[test]
fn a_connection_that_ended_while_it_was_idle_costs_no_call() {
    let case = Case::new("idle", &["-DCMPB_WITHOUT_LEGACY"]);
    thread::scope(|scope| {
        for fault in [Fault::LeavesIdle, Fault::LeavesHalf, Fault::LeavesWord] {
            for (routine, answered) in [("tableaux", 1), ("ecrire", 0)] {
                let case = &case;
                scope.spawn(move || {
                    let (lines, between) = twice(case, fault, routine);
                    let results: Vec<i64> = lines.iter().map(|line| line.result).collect();
                    assert_eq!(results, [answered; 2], "{routine}, {fault:?}: {lines:?}");
                    assert!(lines.iter().all(|line| line.written == 0), "{routine}, {fault:?}: {lines:?}");
                    assert_eq!(between.connections.load(Ordering::SeqCst), 2, "{routine}, {fault:?}");
                    // What went to the connection that had ended reached nobody; behind a word too many it did, and is
                    // asked again where that is harmless.
                    let again = usize::from(routine == "tableaux" && fault == Fault::LeavesWord);
                    let calls = between.calls.load(Ordering::SeqCst);
                    assert_eq!(calls, 2 + again, "{routine}, {fault:?}");
                });
            }
        }
        // One that refused may be another one by now: it is asked at once.
        scope.spawn(|| {
            let (lines, between) = twice(&case, Fault::RefusedOnce, "tableaux");
            assert_eq!((lines[0].result, lines[1].result), (0, 1), "{lines:?}");
            assert_eq!(between.calls.load(Ordering::SeqCst), 1);
        });
    });
}

/// The same, and nobody comes back: the call was not made, so the legacy routine is called, even where what it does outside
/// would not be done here if the server might have done it.
#[test]
fn a_server_that_is_gone_has_made_no_call() {
    let case = Case::new("gone", &[]);
    let both = Case::changed("gone-both", &[], &[(WRITES, WRITES_AGAIN)]);
    thread::scope(|scope| {
        for (case, routine, answer, written) in
            [(&case, "tableaux", 1, 0), (&case, "ecrire", 0, 1), (&both, "ecrire", 0, 1)]
        {
            scope.spawn(move || {
                let (lines, between) = twice(case, Fault::Gone, routine);
                let line = &lines[1];
                assert_eq!((line.result, line.written), (answer, written), "{routine}: {lines:?}");
                assert_eq!(between.calls.load(Ordering::SeqCst), 1, "{routine}");
            });
        }
    });
}

/// What acts outside, and the same as if its contract said that it is idempotent.
const WRITES: &str = ", CMPB_IO, 300, sizeof(cmpb_args_ecrire)";
const WRITES_AGAIN: &str = ", CMPB_IDEMPOTENT | CMPB_IO, 300, sizeof(cmpb_args_ecrire)";

/// Runtimes that do not look after an idle connection where they must.
#[test]
fn a_runtime_that_does_not_look_is_noticed() {
    const LOOKS: &str = "r->peer[0].greeted != 1 || !(r->facts & CMPB_IDEMPOTENT) || r->facts & CMPB_IO";
    let bare = "-DCMPB_WITHOUT_LEGACY";
    let never = Case::changed("twin-never", &[bare], &[(LOOKS, "0 && r")]);
    let once = Case::changed("twin-once", &[bare], &[("attempt < 2", "attempt < 1")]);
    let outside = [(WRITES, WRITES_AGAIN), (LOOKS, "!(r->facts & CMPB_IDEMPOTENT)")];
    let outside = Case::changed("twin-outside", &[], &outside);
    thread::scope(|scope| {
        scope.spawn(|| assert_eq!(twice(&never, Fault::LeavesIdle, "ecrire").0[1].result, -7));
        scope.spawn(|| assert_eq!(twice(&never, Fault::RefusedOnce, "tableaux").0[1].result, 0));
        scope.spawn(|| assert_eq!(twice(&once, Fault::LeavesIdle, "tableaux").0[1].result, 0));
        scope.spawn(|| assert_eq!(twice(&outside, Fault::Gone, "ecrire").0[1].result, -7));
    });
}

/// A program that closes every descriptor, and opens its own under their numbers, as daemons do: its files are never written
/// to, nor closed, and the calls are answered over a new connection.
#[test]
fn descriptors_that_are_the_programs_are_left_alone() {
    let case = Case::new("shut", &[]);
    for (route, options) in
        [("*=rust", &["shut"][..]), ("*=rust", &["shut", "fork"]), ("*=shadow", &["shut", "fork"])]
    {
        let between = Between::start(&case.host.address, Fault::None);
        let lines = case.routed(&between.address, route, "tableaux", 4, options);
        assert!(
            lines.iter().all(|line| line.result == 1 && line.undisturbed),
            "{route} {options:?}: {lines:?}"
        );
        let connections = between.connections.load(Ordering::SeqCst);
        assert!(connections >= 2, "{route} {options:?}: {connections}");
    }
}

/// Runtimes with one rule broken: what these tests look at shows each.
#[test]
fn a_wrong_runtime_is_noticed() {
    let twin =
        |name: &str, right: &str, wrong: &str| Case::changed(&format!("twin-{name}"), &[], &[(right, wrong)]);
    let one = |case: &Case, fault: Fault, routine: &str, times: usize| {
        let between = Between::start(&case.host.address, fault);
        case.call(&between.address, routine, times, &[])
    };
    // An answer is stored before it is known to be whole: the legacy routine then works on what it left.
    let case = twin(
        "early",
        "x->walk = CMPB_CHECK;\n    if (get(x) != number",
        "x->walk = CMPB_STORE;\n    if (get(x) != number",
    );
    assert_eq!(one(&case, Fault::CutShort, "tableaux", 1)[0].result, 0);
    // What acts outside is run here although it may have been run there.
    let case = twin("twice", "outcome == UNKNOWN && r->facts & CMPB_IO", "0");
    assert_eq!(one(&case, Fault::Ends, "ecrire", 1)[0].written, 1);
    // What is not idempotent is sent again.
    let case = twin("again", "(outcome == UNKNOWN && !(r->facts & CMPB_IDEMPOTENT))", "0");
    let between = Between::start(&case.host.address, Fault::Ends);
    case.call(&between.address, "ecrire", 1, &[]);
    assert_eq!(between.calls.load(Ordering::SeqCst), 2);
    // The deadline is that of each wait, and longer.
    let case = twin(
        "late",
        "unsigned long ms = left(since, deadline);",
        "unsigned long ms = left(since, deadline + 700);",
    );
    assert!(one(&case, Fault::NoAnswer, "etats", 1)[0].ms > 200 + SLACK);
    // Time passes while something comes.
    let passes = ("if (n > 0) return ms > 0 || deadline == 0;", "if (n > 0) return 1;");
    let comes = ("n = poll(&one, 1, ms >", "n = poll(&one, 1, ms == 0 && deadline > 0 ? 50 : ms >");
    let case = Case::changed("twin-flooded", &[], &[passes, comes]);
    let late = case.slowest(&Between::start(&case.host.address, Fault::FloodOfFragments).address);
    assert!(late.is_none_or(|ms| ms > 200 + SLACK), "{late:?}");
    // A server that failed is taken for one that did nothing.
    let case = twin("failed", "result > GARBAGE ? 2 : 0", "0");
    assert_eq!(one(&case, Fault::Accepted(5), "ecrire", 1)[0].written, 1);
    // A dead server is tried at every call.
    let case = twin("eager", "p->pause == 0 ? 1000", "p->pause == 0 ? 0");
    let total: i64 = one(&case, Fault::NoAnswer, "etats", 5).iter().map(|line| line.ms).sum();
    assert!(total > 4 * 200, "{total}");
    // errno is what the last system call left.
    let case = twin(
        "errno",
        "    errno = before;\n    if (outcome == ANSWERED)",
        "    errno = 5;\n    if (outcome == ANSWERED)",
    );
    assert!(!one(&case, Fault::None, "tableaux", 1)[0].undisturbed);
}
