//! Real programs, compiled for the purpose, run alone and with the agent in them: no difference may show.
//!
//! Every child has a time limit and a limit of output: a faulty hook in an Ada program can print for ever.

use cmp_bridge::control::Route;
use cmp_bridge_contract::hash::routine_hash;
use cmp_bridge_contract::model::Contract;
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::libraries::find_libraries;
use cmp_bridge_inspect::scan::{ScanOptions, scan};
use cmp_bridge_journal::{Call, Journal, Outcome, Summary};
use std::cell::{Cell, OnceCell};
use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// Longest a program of a case may run.
const LIMIT: Duration = Duration::from_secs(30);
/// Most bytes of output of a program of a case.
const MOST_OUTPUT: usize = 1 << 20;
/// MiB of one ring: these programs make few calls.
const RING_MIB: &str = "1";

/// The long variants of the tests run only when they are asked for.
pub fn long() -> bool {
    std::env::var("CMP_BRIDGE_LONG").is_ok_and(|long| long == "1")
}

/// What a program did.
#[derive(PartialEq, Eq)]
pub struct Done {
    pub status: ExitStatus,
    pub out: String,
    pub err: String,
}

impl std::fmt::Debug for Done {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}\n--- stdout\n{}--- stderr\n{}", self.status, tail(&self.out), tail(&self.err))
    }
}

/// The end of a long text, for messages.
fn tail(text: &str) -> &str {
    let from = text.len().saturating_sub(6000);
    text.get(from..).unwrap_or("(text cut inside a character)")
}

impl Done {
    #[track_caller]
    pub fn exited(self, code: i32) -> Done {
        assert_eq!(self.status.code(), Some(code), "{self:?}");
        self
    }

    #[track_caller]
    pub fn prints(self, parts: &[&str]) -> Done {
        parts.iter().for_each(|part| assert!(self.out.contains(part), "no `{part}` in {self:?}"));
        self
    }

    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Done {
        parts.iter().for_each(|part| assert!(self.err.contains(part), "no `{part}` in {self:?}"));
        self
    }
}

/// A child with its limits.
pub struct Limited {
    child: Child,
    readers: [std::thread::JoinHandle<Vec<u8>>; 2],
    printed: Arc<AtomicUsize>,
    ended: bool,
}

fn reader(
    mut from: impl Read + Send + 'static,
    printed: &Arc<AtomicUsize>,
) -> std::thread::JoinHandle<Vec<u8>> {
    let printed = printed.clone();
    std::thread::spawn(move || {
        let (mut all, mut piece) = (Vec::new(), vec![0; 1 << 16]);
        while let Ok(count) = from.read(&mut piece) {
            if count == 0 {
                break;
            }
            if printed.fetch_add(count, Ordering::Relaxed) < MOST_OUTPUT {
                all.extend(&piece[..count]);
            }
        }
        all
    })
}

/// Starts a command in a process group of its own, without core dumps, its input empty.
pub fn start(command: &mut Command) -> Limited {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).process_group(0);
    // SAFETY: setrlimit may be called between fork and exec.
    unsafe {
        command.pre_exec(|| {
            let none = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
            libc::setrlimit(libc::RLIMIT_CORE, &none);
            Ok(())
        });
    }
    let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    let printed = Arc::new(AtomicUsize::new(0));
    let out = reader(child.stdout.take().expect("piped"), &printed);
    let err = reader(child.stderr.take().expect("piped"), &printed);
    Limited { child, readers: [out, err], printed, ended: false }
}

impl Limited {
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    pub fn is_running(&mut self) -> bool {
        self.child.try_wait().expect("a child").is_none()
    }

    /// Waits for its end, within the limits.
    #[track_caller]
    pub fn done(mut self, limit: Duration) -> Done {
        let until = Instant::now() + limit;
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a child") {
                break status;
            }
            let much = self.printed.load(Ordering::Relaxed) > MOST_OUTPUT;
            if much || Instant::now() > until {
                self.kill();
                let why = if much { "printed without end" } else { "did not end in time" };
                let text = self.text();
                panic!("the program {why}; it began with\n{}{}", tail(&text[0]), tail(&text[1]));
            }
            std::thread::sleep(Duration::from_millis(2));
        };
        // What it left behind holds its output open.
        self.kill();
        let [out, err] = self.text();
        Done { status, out, err }
    }

    fn kill(&mut self) {
        self.ended = true;
        // SAFETY: the group was made for this child, whose number is not free before it is waited for or the group is empty.
        unsafe { libc::kill(-(self.child.id() as i32), libc::SIGKILL) };
        let _ = self.child.wait();
    }

    fn text(&mut self) -> [String; 2] {
        let empty = || std::thread::spawn(Vec::new);
        let readers = std::mem::replace(&mut self.readers, [empty(), empty()]);
        readers.map(|reader| String::from_utf8_lossy(&reader.join().expect("a reader")).into_owned())
    }
}

impl Drop for Limited {
    fn drop(&mut self) {
        if !self.ended {
            self.kill();
        }
    }
}

/// The repository.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

/// The agent: the one `CMP_BRIDGE_AGENT` names, or else built if it is not there, since tests of this package alone do not
/// build it. With a faulty one each test must fail.
pub fn agent() -> &'static Path {
    static AGENT: OnceLock<PathBuf> = OnceLock::new();
    AGENT.get_or_init(|| {
        if let Some(named) = std::env::var_os("CMP_BRIDGE_AGENT") {
            return PathBuf::from(named);
        }
        let folder = Path::new(env!("CARGO_BIN_EXE_cmp-bridge")).parent().expect("a target folder");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "-p", "cmp-bridge-agent"]);
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        let target = folder.parent().expect("a target folder");
        let built = cargo.env("CARGO_TARGET_DIR", target).current_dir(env!("CARGO_MANIFEST_DIR")).status();
        assert!(built.expect("cargo").success(), "the agent does not build");
        folder.join("libcmp_bridge_agent.so")
    })
}

/// A folder with the sources of a case, removed at the end.
pub struct Case {
    folder: PathBuf,
    runs: Cell<u32>,
}

impl Drop for Case {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let _ = std::fs::remove_dir_all(&self.folder);
        }
    }
}

fn copy_files(from: &Path, to: &Path) {
    let entries = std::fs::read_dir(from).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    for entry in entries.flatten().filter(|entry| entry.path().is_file()) {
        std::fs::copy(entry.path(), to.join(entry.file_name())).expect("a source of the case");
    }
}

/// A run with the agent in it.
pub struct Run {
    pub done: Done,
    journal: PathBuf,
    calls: OnceCell<Vec<Call>>,
}

impl Case {
    /// The sources of `tests/cases/<case>`; `test` tells the users of one case apart.
    pub fn new(case: &str, test: &str) -> Case {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hooks-{case}-{test}"));
        let _ = std::fs::remove_dir_all(&folder);
        std::fs::create_dir_all(&folder).expect("a folder");
        copy_files(&root().join("tests/cases").join(case), &folder);
        copy_files(&root().join("tests/cases/include"), &folder);
        Case { folder, runs: Cell::new(0) }
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file");
    }

    /// Runs a command line, words apart by spaces, that must succeed; returns what it prints.
    #[track_caller]
    pub fn make(&self, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        let done = start(self.command(&words).env_remove("LD_PRELOAD")).done(Duration::from_secs(120));
        assert!(done.status.success(), "{line}: {done:?}");
        done.out
    }

    /// A command in the folder of the case.
    pub fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(&self.folder);
        command
    }

    /// The program by itself.
    #[track_caller]
    pub fn native(&self, program: &[&str]) -> Done {
        start(&mut self.command(program)).done(LIMIT)
    }

    /// `cmp-bridge run` with these options, quiet, not yet started; the calls go to the returned file.
    pub fn bridge(&self, options: &[&str], program: &[&str]) -> (Command, PathBuf) {
        self.bridge_with(agent(), options, program)
    }

    /// The same with another agent. No variable of ours is set: the program would show it.
    pub fn bridge_with(&self, agent: &Path, options: &[&str], program: &[&str]) -> (Command, PathBuf) {
        let run = self.runs.get();
        self.runs.set(run + 1);
        let journal = self.path(&format!("{run}.journal"));
        let mut command = self.command(&[env!("CARGO_BIN_EXE_cmp-bridge"), "run", "--quiet"]);
        command.args(["--ring-mib", RING_MIB]).args(options).arg("--agent").arg(agent);
        command.arg("--journal").arg(&journal).arg("--").args(program);
        (command, journal)
    }

    #[track_caller]
    pub fn run(&self, options: &[&str], program: &[&str]) -> Run {
        let (mut command, journal) = self.bridge(options, program);
        Run::of(start(&mut command).done(LIMIT), journal)
    }

    /// Every routine in route `record`.
    #[track_caller]
    pub fn record(&self, program: &[&str]) -> Run {
        self.run(&["--record", "*"], program)
    }

    /// Contracts as a scan writes them, of the program and its libraries: their files.
    pub fn scanned(&self, program: &str) -> Vec<String> {
        let executable = Binary::open(self.path(program)).expect("an executable");
        let libraries = find_libraries(&executable, None).found;
        let mut files = Vec::new();
        for binary in std::iter::once(&executable).chain(&libraries) {
            let Ok(report) = scan(binary, &ScanOptions::default()) else { continue };
            for contract in report.contracts.iter().filter(|contract| !contract.routines.is_empty()) {
                let file = format!("{}-{}.toml", binary.file_name(), files.len());
                self.write(&file, &contract.to_toml());
                files.push(file);
            }
        }
        assert!(!files.is_empty(), "{program} has no routine with a contract");
        files
    }

    /// Every routine of these contracts in one route.
    #[track_caller]
    pub fn route(&self, route: Route, contracts: &[String], modules: &[&str], program: &[&str]) -> Run {
        let config = self.config(route, contracts, modules);
        self.run(&["--config", &config], program)
    }

    /// Writes that configuration; returns its file.
    pub fn config(&self, route: Route, contracts: &[String], modules: &[&str]) -> String {
        let file = format!("{}-{}.toml", route.name(), self.runs.get());
        let text = format!(
            "contracts = {contracts:?}\nmodules = {modules:?}\n[routes]\n\"*\" = \"{}\"\n",
            route.name()
        );
        self.write(&file, &text);
        file
    }

    /// A module written in C, with the hashes of the contract's routines as `HASH_<ROUTINE>`.
    #[track_caller]
    pub fn module(&self, contract: &str, source: &str, options: &str) -> String {
        let text = std::fs::read_to_string(self.path(contract)).expect("a contract");
        let parsed = Contract::from_toml(&text, contract).expect("a contract");
        let hashes = parsed.routines.iter().map(|routine| {
            format!("-DHASH_{}=0x{:x}ull ", routine.name.to_uppercase(), routine_hash(&parsed, routine))
        });
        let name = format!("{}.so", source.trim_end_matches(".c"));
        let line = format!("gcc -shared -fPIC {options} {}{source} -o {name}", hashes.collect::<String>());
        self.make(&line);
        name
    }
}

impl Run {
    pub fn of(done: Done, journal: PathBuf) -> Run {
        Run { done, journal, calls: OnceCell::new() }
    }

    /// The program did exactly what it does alone.
    #[track_caller]
    pub fn is(self, native: &Done) -> Run {
        assert!(self.done == *native, "under the agent: {:?}\nalone: {native:?}", self.done);
        self
    }

    fn open(&self) -> Journal {
        Journal::open(&self.journal).expect("the journal")
    }

    /// Every recorded call, thread by thread in the order of their ends.
    pub fn all(&self) -> &[Call] {
        self.calls.get_or_init(|| self.open().calls().collect())
    }

    /// The recorded calls of a routine.
    #[track_caller]
    pub fn calls(&self, routine: &str) -> Vec<&Call> {
        let hooked = self.hooked();
        let index = hooked.iter().position(|name| name == routine);
        let index = index.unwrap_or_else(|| panic!("`{routine}` was not hooked: {hooked:?}"));
        self.all().iter().filter(|call| call.routine == index).collect()
    }

    pub fn hooked(&self) -> Vec<String> {
        self.open().header().routines.iter().map(|routine| routine.name.clone()).collect()
    }

    pub fn summary(&self) -> Summary {
        self.open().summary()
    }

    /// Calls of a routine with that outcome.
    #[track_caller]
    pub fn count(&self, routine: &str, wanted: fn(&Outcome) -> bool) -> usize {
        self.calls(routine).iter().filter(|call| wanted(&call.outcome)).count()
    }
}

/// What `cmp-bridge journal` makes of the calls.
pub fn lifted(journal: &Path) -> Vec<serde_json::Value> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cmp-bridge"));
    let done =
        start(command.arg("journal").arg(journal).arg("--json")).done(Duration::from_secs(30)).exited(0);
    done.out.lines().map(|line| serde_json::from_str(line).expect("JSON")).collect()
}

pub fn returned(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Returned { .. })
}

pub fn abandoned(outcome: &Outcome) -> bool {
    matches!(outcome, Outcome::Abandoned)
}
