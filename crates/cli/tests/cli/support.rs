//! A small legacy program, modules for it written in C (so that the module boundary is held against another compiler),
//! and the command.

use crate::encode::Scratch;
use cmp_bridge_contract::hash::routine_hash;
use cmp_bridge_contract::model::Contract;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

pub const PROGRAM: &str = include_str!("small.c");
pub const MODULE: &str = include_str!("module.c");
pub const CONTRACT: &str = include_str!("small.toml");

/// A scratch folder with the program and its contract.
pub struct Bench {
    scratch: Scratch,
}

/// What a command did.
pub struct Did {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Did {
    pub fn of(output: Output) -> Did {
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
        Did { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }

    #[track_caller]
    pub fn ended(self, code: i32) -> Did {
        assert_eq!(self.code, Some(code), "\n--- stdout\n{}--- stderr\n{}", self.out, self.err);
        assert!(!self.err.contains("panicked at"), "{}", self.err);
        self
    }

    /// Standard error holds each of these.
    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Did {
        parts.iter().for_each(|part| assert!(self.err.contains(part), "`{part}` is not in:\n{}", self.err));
        self
    }

    /// Standard output holds each of these.
    #[track_caller]
    pub fn prints(self, parts: &[&str]) -> Did {
        parts.iter().for_each(|part| assert!(self.out.contains(part), "`{part}` is not in:\n{}", self.out));
        self
    }
}

/// The command, with nothing of the environment that would change it.
pub fn cmp_bridge() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cmp-bridge"));
    command.env("CMP_BRIDGE_AGENT", agent()).env_remove("NO_COLOR").env_remove("LD_PRELOAD");
    command
}

/// The agent, built if it is not there: tests of this package alone do not build it.
pub fn agent() -> &'static Path {
    static AGENT: OnceLock<PathBuf> = OnceLock::new();
    AGENT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_BIN_EXE_cmp-bridge")).parent().expect("a target folder");
        let library = folder.join("libcmp_bridge_agent.so");
        // `make build` has made it, and up to date; a test of this package alone finds it missing.
        if library.is_file() {
            return library;
        }
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "-p", "cmp-bridge-agent"]);
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        let target = folder.parent().expect("a target folder");
        let built = cargo.env("CARGO_TARGET_DIR", target).current_dir(env!("CARGO_MANIFEST_DIR")).status();
        assert!(built.expect("cargo").success(), "the agent does not build");
        library
    })
}

#[track_caller]
fn run(command: &mut Command) {
    let output = command.output().expect("a compiler");
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
}

impl Bench {
    /// The program, compiled with debug information, and its contract.
    pub fn new(name: &str) -> Bench {
        let bench = Bench { scratch: Scratch::new(&format!("cli-{name}")) };
        std::fs::write(bench.path("small.c"), PROGRAM).expect("small.c");
        std::fs::write(bench.path("small.toml"), CONTRACT).expect("small.toml");
        bench.cc("small.c", &["-g", "-O2", "-fno-inline", "-o", "small"]);
        bench
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.scratch.path(name)
    }

    pub fn cc(&self, source: &str, arguments: &[&str]) {
        run(Command::new("gcc").current_dir(&self.scratch.0).arg(source).args(arguments));
    }

    pub fn write(&self, name: &str, text: &str) {
        std::fs::write(self.path(name), text).expect("a file");
    }

    /// A module with a candidate of each routine; `defines` make it wrong in one way.
    pub fn module(&self, name: &str, defines: &[&str]) {
        let contract = Contract::from_toml(CONTRACT, "small.toml").expect("a contract");
        let hash = |name: &str| {
            let routine = contract.routine(name).expect("a routine");
            format!("-DHASH_{}=0x{:016x}ull", name.to_uppercase(), routine_hash(&contract, routine))
        };
        self.write("module.c", MODULE);
        let hashes = [hash("scale"), hash("norm2"), hash("crunch")];
        let mut arguments = vec!["-shared", "-fPIC", "-O2", "-ffp-contract=off", "-o", name];
        arguments.extend(hashes.iter().map(String::as_str));
        arguments.extend(defines);
        self.cc("module.c", &arguments);
    }

    /// `cmp-bridge` in the folder.
    #[track_caller]
    pub fn bridge(&self, arguments: &[&str]) -> Did {
        let output = cmp_bridge().current_dir(&self.scratch.0).args(arguments).output().expect("cmp-bridge");
        Did::of(output)
    }

    /// The same, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = cmp_bridge();
        command.current_dir(&self.scratch.0).args(arguments);
        command
    }

    /// Records some calls of every routine by the contract.
    pub fn record(&self, journal: &str) {
        self.write("record.toml", "contracts = [\"small.toml\"]\n[routes]\n\"*\" = \"record\"\n");
        self.bridge(&[
            "run",
            "--quiet",
            "--config",
            "record.toml",
            "--journal",
            journal,
            "--",
            "./small",
            "20",
        ])
        .ended(0);
    }
}
