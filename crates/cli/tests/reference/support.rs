//! Programs of the reference CMP and the command, each run within a time limit.

use crate::legacy;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::OnceLock;
use std::thread::JoinHandle;
use std::time::{Duration, Instant, SystemTime};

/// Longest anything here may take, on a loaded machine.
const LIMIT: Duration = Duration::from_secs(60);

/// Whether whole matrices are asked for.
pub fn long() -> bool {
    std::env::var("CMP_BRIDGE_LONG").is_ok_and(|value| value == "1")
}

/// The contracts of the reference CMP, as a list of TOML.
pub fn contracts() -> String {
    let file = |name: &str| legacy::root().join("contracts").join(name).display().to_string();
    format!("{:?}", [file("telemetry.toml"), file("flight_dynamics.toml"), file("planning.toml")])
}

/// The packages of the agent and of the modules of these tests, and their libraries.
const LIBRARIES: [(&str, &str); 4] = [
    ("cmp-bridge-agent", "libcmp_bridge_agent.so"),
    ("one-bit", "libone_bit.so"),
    ("rewrite-three", "librewrite_three.so"),
    ("rewrite-three-wrong", "librewrite_three_wrong.so"),
];

/// What they are made from.
const SOURCES: [&str; 7] = [
    "src",
    "crates/agent",
    "crates/codegen/src",
    "crates/contract/src",
    "contracts",
    "examples",
    "tests/modules",
];

/// The folder of what cargo builds, with the agent and the modules of these tests in it, up to date.
///
/// Nothing is built that is newer than its sources: `make build` did it for the whole workspace, with features that are
/// not those of a few packages, and a library must not be replaced while other tests load it.
pub fn built() -> &'static Path {
    static BUILT: OnceLock<&Path> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_BIN_EXE_cmp-bridge")).parent().expect("a target folder");
        let made = LIBRARIES.iter().map(|(_, file)| modified(&folder.join(file))).min().flatten();
        let changed = SOURCES.iter().filter_map(|source| newest(&legacy::root().join(source))).max();
        if made >= changed {
            return folder;
        }
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet"]);
        for (package, _) in LIBRARIES {
            cargo.args(["-p", package]);
        }
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        let target = folder.parent().expect("a target folder");
        let built = cargo.env("CARGO_TARGET_DIR", target).current_dir(legacy::root()).status();
        assert!(built.expect("cargo").success(), "failed, repeat with\n  {cargo:?}");
        folder
    })
}

fn modified(file: &Path) -> Option<SystemTime> {
    file.metadata().and_then(|metadata| metadata.modified()).ok()
}

/// When the newest file below a folder was changed.
fn newest(path: &Path) -> Option<SystemTime> {
    match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().filter_map(|entry| newest(&entry.path())).max(),
        Err(_) => modified(path),
    }
}

/// A module of these tests.
pub fn module(name: &str) -> PathBuf {
    built().join(format!("lib{name}.so"))
}

/// What a command did.
#[derive(PartialEq, Eq)]
pub struct Did {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

impl std::fmt::Debug for Did {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Each byte became a character, so that characters can be counted.
        let tail =
            |text: &str| text.chars().skip(text.chars().count().saturating_sub(4000)).collect::<String>();
        write!(f, "{}\n--- stdout\n{}--- stderr\n{}", self.status, tail(&self.out), tail(&self.err))
    }
}

impl Did {
    #[track_caller]
    pub fn ended(self, code: i32) -> Did {
        assert_eq!(self.status.code(), Some(code), "{self:?}");
        assert!(!self.err.contains("panicked at"), "{self:?}");
        self
    }

    #[track_caller]
    pub fn prints(self, parts: &[&str]) -> Did {
        parts.iter().for_each(|part| assert!(self.out.contains(part), "no `{part}` in {self:?}"));
        self
    }

    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Did {
        parts.iter().for_each(|part| assert!(self.err.contains(part), "no `{part}` in {self:?}"));
        self
    }

    /// Standard output as JSON.
    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    pub fn signal(&self) -> Option<i32> {
        self.status.signal()
    }
}

/// A child in a process group of its own, ended with all it started when it is dropped.
pub struct Running {
    child: Child,
    pub out: Option<ChildStdout>,
    err: Option<JoinHandle<String>>,
    began: Instant,
}

fn reader(mut from: impl Read + Send + 'static) -> JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        // What was read until an error is what there is.
        let _ = from.read_to_end(&mut bytes);
        // Programs print ISO-8859-1.
        bytes.into_iter().map(char::from).collect()
    })
}

/// Starts a command. Its standard output is there to be read; one that fills the pipe waits.
#[track_caller]
pub fn start(command: &mut Command) -> Running {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    let err = child.stderr.take().map(reader);
    Running { out: child.stdout.take(), child, err, began: Instant::now() }
}

/// Runs a command to its end.
#[track_caller]
pub fn run(command: &mut Command) -> Did {
    start(command).end(&format!("{command:?}"))
}

impl Running {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end, with what it still prints.
    #[track_caller]
    pub fn end(mut self, what: &str) -> Did {
        let out = self.out.take().map(reader);
        let status = self.wait(what);
        let text = |reader: Option<JoinHandle<String>>| {
            reader.map(|r| r.join().expect("a reader")).unwrap_or_default()
        };
        Did { status, out: text(out), err: text(self.err.take()) }
    }

    /// Waits for its end, leaving its output to what it started.
    #[track_caller]
    pub fn wait(&mut self, what: &str) -> ExitStatus {
        loop {
            match self.child.try_wait().expect("a child") {
                Some(status) => return status,
                None if self.began.elapsed() > LIMIT => panic!("{what} did not end within {LIMIT:?}"),
                None => std::thread::sleep(Duration::from_millis(2)),
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // SAFETY: the group was made for this child; if all of it has ended the number is not in use.
        unsafe { libc::kill(-(self.child.id() as i32), libc::SIGKILL) };
        let _ = self.child.wait();
    }
}

/// Sends one process a signal.
pub fn send(pid: u32, signal: i32) {
    // SAFETY: a process of this test, alive or not.
    unsafe { libc::kill(pid as i32, signal) };
}

/// Waits until something holds.
#[track_caller]
pub fn until<T>(what: &str, mut holds: impl FnMut() -> Option<T>) -> T {
    let end = Instant::now() + LIMIT;
    loop {
        if let Some(value) = holds() {
            return value;
        }
        assert!(Instant::now() < end, "waited in vain: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// A folder of one test, removed at its end.
pub struct Folder(PathBuf);

impl Folder {
    pub fn new(test: &str) -> Folder {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("reference-{test}"));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Writes a configuration: routes by the contracts of the reference CMP.
    pub fn config(&self, name: &str, modules: &[&str], routes: &[(&str, &str)]) {
        let modules: Vec<String> = modules.iter().map(|name| module(name).display().to_string()).collect();
        let mut text = format!("contracts = {}\nmodules = {modules:?}\n[routes]\n", contracts());
        for (routine, route) in routes {
            text += &format!("{routine:?} = {route:?}\n");
        }
        std::fs::write(self.path(name), text).expect("a configuration");
    }

    /// `cmp-bridge` in this folder, with nothing of the environment that would change it.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cmp-bridge"));
        command.current_dir(&self.0).args(arguments);
        command.env("CMP_BRIDGE_AGENT", built().join("libcmp_bridge_agent.so"));
        command.env_remove("NO_COLOR").env_remove("LD_PRELOAD").env_remove("CMP_BRIDGE_FAULT");
        command
    }

    #[track_caller]
    pub fn bridge(&self, arguments: &[&str]) -> Did {
        run(&mut self.command(arguments))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }
}

/// A program of the reference CMP, and what it is given.
pub struct Program {
    pub words: Vec<String>,
}

impl Program {
    pub fn new(variant: &str, name: &str) -> Program {
        let mut words = vec![legacy::built(variant).join(name).display().to_string()];
        if name == "cmp_day" {
            words.push(legacy::root().join("legacy/data/spot5.day").display().to_string());
        }
        Program { words }
    }

    /// With more arguments.
    pub fn with(mut self, arguments: &[&str]) -> Program {
        self.words.extend(arguments.iter().map(|&argument| argument.to_owned()));
        self
    }

    /// The program by itself.
    #[track_caller]
    pub fn alone(&self) -> Did {
        run(Command::new(&self.words[0]).args(&self.words[1..]))
    }

    /// `cmp-bridge run` with these options, and this program.
    pub fn under(&self, folder: &Folder, options: &[&str]) -> Command {
        let mut command = folder.command(&["run"]);
        command.args(options).arg("--").args(&self.words);
        command
    }
}

/// `cmp_day --loop` under `cmp-bridge run`, its output read as it comes.
pub struct Days {
    running: Running,
    lines: BufReader<ChildStdout>,
    text: String,
}

impl Days {
    /// Starts it; it waits `period` milliseconds between two days.
    #[track_caller]
    pub fn start(
        folder: &Folder,
        variant: &str,
        period: &str,
        options: &[&str],
        fault: Option<&str>,
    ) -> Days {
        let program = Program::new(variant, "cmp_day").with(&["--loop", "--period-ms", period]);
        let mut command = program.under(folder, options);
        command.envs(fault.map(|fault| ("CMP_BRIDGE_FAULT", fault)));
        let mut running = start(&mut command);
        let lines = BufReader::new(running.out.take().expect("its output"));
        Days { running, lines, text: String::new() }
    }

    /// The process id of `cmp-bridge run`.
    pub fn pid(&self) -> u32 {
        self.running.pid()
    }

    /// Reads on until that many more days have begun.
    #[track_caller]
    pub fn see(&mut self, days: usize) {
        let mut begun = 0;
        while begun < days {
            let line = self.line().unwrap_or_else(|| panic!("no more days after\n{}", self.text));
            begun += usize::from(line.starts_with("=== JOUR "));
        }
    }

    fn line(&mut self) -> Option<String> {
        let mut bytes = Vec::new();
        self.lines.read_until(b'\n', &mut bytes).expect("its output");
        let line: String = bytes.into_iter().map(char::from).collect();
        self.text += &line;
        (!line.is_empty()).then_some(line)
    }

    /// Reads what comes until it has ended, and with it whoever has its output.
    #[track_caller]
    pub fn end(mut self) -> Did {
        while self.line().is_some() {}
        let mut did = self.running.end("cmp_day under cmp-bridge run");
        did.out = self.text;
        did
    }

    /// Only `cmp-bridge run` has ended: what it said.
    #[track_caller]
    pub fn without_command(&mut self) -> ExitStatus {
        self.running.wait("cmp-bridge run")
    }
}

/// The days that a program printed before it said how many they were, as it prints them alone.
#[track_caller]
pub fn same_days_alone(variant: &str, did: &Did) -> usize {
    let last = did.out.lines().last().unwrap_or_default();
    let days = last.strip_prefix("=== FIN apres ").and_then(|rest| rest.split(' ').next());
    let days = days.unwrap_or_else(|| panic!("no end in {did:?}"));
    let program = Program::new(variant, "cmp_day").with(&["--loop", "--period-ms", "0", "--days", days]);
    let alone = program.alone().ended(0);
    assert!(alone.out == did.out, "{days} days are not those of the program alone: {did:?}");
    days.parse().expect("a number")
}

/// What `cmp-bridge status` says of a routine.
#[track_caller]
pub fn status(folder: &Folder, pid: u32, routine: &str) -> serde_json::Value {
    let json = folder.bridge(&["status", &pid.to_string(), "--json"]).ended(0).json();
    let routines = json[0]["routines"].as_array().expect("routines");
    routines.iter().find(|known| known["routine"] == routine).expect("the routine").clone()
}

/// One of its counters.
#[track_caller]
pub fn counter(folder: &Folder, pid: u32, routine: &str, name: &str) -> u64 {
    status(folder, pid, routine)[name].as_u64().expect("a number")
}
