//! A network that breaks and a server that dies: nothing is lost, nothing runs twice, the legacy program goes on.
//!
//! `ledger.c` posts numbers by a routine that must not run twice. Who runs it, Rust or the legacy routine, writes the number
//! into a file of its own. So the two files and what the program was told must agree.

use crate::legacy;
use crate::machine::{HERE, HPPA, I386, LIMIT, Machine, good, long};
use crate::proxy::{Proxy, Weather};
use crate::served::{Server, scratch};
use crate::stubbed;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

/// Posted by nobody, or it is not known: the status of a rewrite's panic, which the contract names.
const UNSURE: i32 = -99;

struct Bench {
    folder: PathBuf,
    program: PathBuf,
    machine: &'static Machine,
}

impl Bench {
    fn new(machine: &'static Machine, name: &str) -> Bench {
        let folder = scratch(&format!("{name}-{}", machine.name));
        let program = stubbed::ledger(machine, &folder);
        Bench { folder, program, machine }
    }

    fn server(&self) -> Server {
        let contract = legacy::root().join("tests/modules/ledger/ledger.toml");
        let remote = self.folder.join("remote");
        Server::start(&self.folder, &contract, "ledger", "", &[("LEDGER_REMOTE", remote.as_path())])
    }

    /// The program, whose calls go to `server`.
    fn command(&self, server: &str, count: u32, pause: u32) -> Command {
        let mut command = self.machine.command(&self.program);
        command.args([count.to_string(), pause.to_string()]);
        command.env("CMP_BRIDGE_SERVER", server).env("CMP_BRIDGE_ROUTES", "*=rust");
        command.env("LEDGER_LOCAL", self.folder.join("local")).env_remove("CMP_BRIDGE_JOURNAL");
        command
    }

    /// How often each number stands in the file of one side.
    fn ran(&self, side: &str) -> BTreeMap<u32, u32> {
        let text = std::fs::read_to_string(self.folder.join(side)).unwrap_or_default();
        let mut counts = BTreeMap::new();
        for line in text.lines() {
            *counts.entry(line.parse().unwrap_or_else(|_| panic!("`{line}` in {side}"))).or_default() += 1;
        }
        counts
    }

    /// Holds what the program was told against what ran; how many were run by Rust, by the legacy routine, and were unsure.
    #[track_caller]
    fn settled(&self, said: &str, count: u32) -> [usize; 3] {
        let (remote, local) = (self.ran("remote"), self.ran("local"));
        assert!(said.ends_with(&format!("end {count}\n")) && !said.contains("wrong sum"), "{said}");
        let times = |number: u32| {
            [&remote, &local].map(|side| side.get(&number).copied().unwrap_or(0)).iter().sum::<u32>()
        };
        let mut unsure = 0;
        for number in 1..=count {
            let line = said.lines().find_map(|line| line.strip_prefix(&format!("post {number} ")));
            let status: i32 =
                line.and_then(|line| line.parse().ok()).unwrap_or_else(|| panic!("no {number} in {said}"));
            match (status, times(number)) {
                (0, 1) => {}
                // It was made, or it was not: the program knows that nobody knows.
                (UNSURE, 0 | 1) => unsure += 1,
                (status, times) => {
                    panic!("posting {number} ended with {status} and ran {times} times\n{said}")
                }
            }
        }
        assert!(remote.keys().chain(local.keys()).all(|number| (1..=count).contains(number)));
        [remote.len(), local.len(), unsure]
    }
}

/// A program that is watched while it runs.
struct Running {
    child: Child,
    out: BufReader<ChildStdout>,
    said: String,
}

impl Running {
    fn start(command: &mut Command) -> Running {
        let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().expect("a program");
        let out = BufReader::new(child.stdout.take().expect("piped"));
        Running { child, out, said: String::new() }
    }

    /// Waits until it has posted this number.
    #[track_caller]
    fn until(&mut self, number: u32) {
        let wanted = format!("post {number} ");
        while !self.said.lines().any(|line| line.starts_with(&wanted)) {
            let read = self.out.read_line(&mut self.said).expect("its output");
            assert!(read > 0, "it ended before {number}: {}", self.said);
        }
    }

    #[track_caller]
    fn end(mut self) -> String {
        while self.out.read_line(&mut self.said).expect("its output") > 0 {}
        assert!(self.child.wait().expect("a child").success(), "{}", self.said);
        std::mem::take(&mut self.said)
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Twelve postings in one weather: run by Rust, by the legacy routine, unsure.
#[track_caller]
fn posted(bench: &Bench, proxy: &Proxy, weather: Weather) -> [usize; 3] {
    for side in ["remote", "local"] {
        let _ = std::fs::remove_file(bench.folder.join(side));
    }
    proxy.set(weather);
    let began = Instant::now();
    let said = good(&mut bench.command(&proxy.address(), 12, 1));
    // A deadline is 400 ms, and there are pauses after a failure: no call waits for long.
    assert!(began.elapsed() < Duration::from_secs(30), "{weather:?}");
    proxy.set(Weather::default());
    proxy.cut();
    // What was on its way to the server is there, or will never be.
    std::thread::sleep(Duration::from_millis(100));
    bench.settled(&said, 12)
}

/// Every weather of the proxy, while calls are made.
#[track_caller]
fn weathers(machine: &'static Machine) {
    let bench = Bench::new(machine, "weathers");
    let server = bench.server();
    let proxy = Proxy::new(server.address);
    let calm = Weather::default();
    for weather in
        [calm, Weather { pieces: 40, ..calm }, Weather { delay: Duration::from_millis(20), ..calm }]
    {
        // This machine may be so busy that a deadline passes. Not five times.
        let rust = (0..5).any(|_| posted(&bench, &proxy, weather) == [12, 0, 0]);
        assert!(rust, "{weather:?}: Rust does not answer");
    }
    for weather in [
        Weather { delay: Duration::from_millis(700), ..calm },
        Weather { deaf: true, ..calm },
        Weather { held: true, ..calm },
        Weather { refused: true, ..calm },
        Weather { cut_at_reply: true, ..calm },
        Weather { cut_after: Some(700), ..calm },
    ] {
        let [remote, local, unsure] = posted(&bench, &proxy, weather);
        assert!(remote < 12 && local + unsure > 0, "{weather:?}: {remote} {local} {unsure}");
    }
}

#[test]
fn whatever_the_network_does_pa_risc_posts_once() {
    weathers(&HPPA);
}

#[test]
fn whatever_the_network_does_i386_and_x86_64_post_once() {
    if long() {
        weathers(&I386);
        weathers(&HERE);
    }
}

/// The server is killed in the middle of a call, stays away for a while, and is started again elsewhere.
#[track_caller]
fn killed_and_back(machine: &'static Machine) {
    let bench = Bench::new(machine, "killed");
    let mut server = bench.server();
    let proxy = Proxy::new(server.address);
    let mut running = Running::start(&mut bench.command(&proxy.address(), 600, 30));
    running.until(20);
    // Number 21 takes its time on the server.
    wait_for(&bench.folder.join("remote"), "21");
    server.kill();
    running.until(30);
    let away = bench.ran("local").len();
    assert!(away > 0, "nobody posted while the server was away");
    let server = bench.server();
    proxy.lead_to(server.address);
    let said = running.end();
    let [remote, local, unsure] = bench.settled(&said, 600);
    assert!(said.contains(&format!("post 21 {UNSURE}\n")), "the call in which it was killed: {said}");
    assert!(unsure == 1 && remote + local >= 599, "{remote} {local} {unsure}");
    assert!(bench.ran("remote").keys().any(|number| *number > 30), "Rust did not come back: {said}");
}

fn wait_for(file: &Path, line: &str) {
    let began = Instant::now();
    while !std::fs::read_to_string(file).unwrap_or_default().lines().any(|known| known == line) {
        assert!(began.elapsed() < LIMIT, "no {line} in {}", file.display());
        std::thread::sleep(Duration::from_millis(1));
    }
}

#[test]
fn a_server_that_is_killed_in_mid_call_comes_back_to_pa_risc() {
    killed_and_back(&HPPA);
}

#[test]
fn a_server_that_is_killed_in_mid_call_comes_back_to_i386() {
    if long() {
        killed_and_back(&I386);
    }
}

/// The wrong twin: a proxy that has the request executed twice is seen, so the count of executions does count.
#[test]
fn a_call_that_ran_twice_would_be_seen() {
    let bench = Bench { folder: scratch("twice"), program: PathBuf::new(), machine: &HERE };
    std::fs::write(bench.folder.join("remote"), "1\n2\n2\n").expect("a file");
    let said = "post 1 0\npost 2 0\nend 2\n";
    assert!(std::panic::catch_unwind(|| bench.settled(said, 2)).is_err(), "2 ran twice");
    std::fs::write(bench.folder.join("remote"), "1\n").expect("a file");
    assert!(std::panic::catch_unwind(|| bench.settled(said, 2)).is_err(), "2 was lost");
    std::fs::write(bench.folder.join("local"), "2\n").expect("a file");
    assert_eq!(bench.settled(said, 2), [1, 1, 0]);
}
