//! The machines that legacy programs are compiled for, and how their programs run here.

use crate::legacy;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

/// Longest anything here may take, on a loaded machine.
pub const LIMIT: Duration = Duration::from_secs(120);

/// A machine, by what its compilers' names begin with.
#[derive(Debug)]
pub struct Machine {
    pub name: &'static str,
    cross: &'static str,
    /// The variant of the legacy Makefile: binutils for PA-RISC cannot link all of it as PIE, nor was HP-UX's code such.
    variant: &'static str,
    /// What starts its programs.
    runner: &'static [&'static str],
}

/// x86-64, where Rust is.
pub static HERE: Machine = Machine { name: "x86-64", cross: "", variant: "pie", runner: &[] };

/// The processor runs it itself; libraries and loader are those of the cross compiler.
pub static I386: Machine = Machine {
    name: "i386",
    cross: "i686-linux-gnu-",
    variant: "pie",
    runner: &["/usr/i686-linux-gnu/lib/ld-linux.so.2", "--library-path", "/usr/i686-linux-gnu/lib"],
};

/// Big-endian, 32 bits, doubles aligned to 8, the other form of NaN: HP-UX's processor under Linux's ABI.
pub static HPPA: Machine = Machine {
    name: "PA-RISC",
    cross: "hppa-linux-gnu-",
    variant: "nopie",
    runner: &["qemu-hppa", "-L", "/usr/hppa-linux-gnu"],
};

impl Machine {
    /// Folder of the reference CMP's programs for this machine, built by their own Makefile.
    pub fn legacy(&self) -> PathBuf {
        self.legacy_with(&[])
    }

    /// With more arguments for the Makefile.
    pub fn legacy_with(&self, more: &[&str]) -> PathBuf {
        match (self.cross, more) {
            ("", []) => legacy::built(self.variant),
            _ => legacy::built_for(self.cross, self.variant, more),
        }
    }

    /// One of its compilers or binary tools.
    pub fn tool(&self, name: &str) -> Command {
        Command::new(format!("{}{name}", self.cross))
    }

    /// How its programs are linked, as in the legacy Makefile.
    pub fn link(&self) -> &'static str {
        if self.variant == "pie" { "-pie" } else { "-no-pie" }
    }

    /// The legacy Makefile, for a folder of its own.
    pub fn make(&self, out: &Path) -> Command {
        let mut make = Command::new("make");
        make.args(["--silent", "--no-print-directory", "-C"]).arg(legacy::root().join("legacy"));
        make.arg(format!("OUT={}", out.display())).arg(format!("VARIANT={}", self.variant));
        if !self.cross.is_empty() {
            make.arg(format!("CROSS={}", self.cross));
        }
        make.env_remove("MAKEFLAGS").env_remove("MAKELEVEL").env_remove("MFLAGS");
        make
    }

    /// What starts its programs here, as one text.
    pub fn runner(&self) -> Option<String> {
        (!self.runner.is_empty()).then(|| self.runner.join(" "))
    }

    /// A program of this machine, to be started here.
    pub fn command(&self, program: &Path) -> Command {
        let mut words = self.runner.iter().map(OsStr::new).chain([program.as_os_str()]);
        let mut command = Command::new(words.next().expect("a program"));
        command.args(words);
        command
    }
}

/// Whether whole matrices are asked for.
pub fn long() -> bool {
    std::env::var("CMP_BRIDGE_LONG").is_ok_and(|value| value == "1")
}

/// Runs a command to its end, which must come in time.
#[track_caller]
pub fn run(command: &mut Command) -> Output {
    let began = Instant::now();
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
    // Read while it runs: a full pipe would stop it.
    let read = |mut from: Box<dyn std::io::Read + Send>| {
        std::thread::spawn(move || {
            let mut bytes = Vec::new();
            let _ = from.read_to_end(&mut bytes);
            bytes
        })
    };
    let out = read(Box::new(child.stdout.take().expect("piped")));
    let err = read(Box::new(child.stderr.take().expect("piped")));
    let status = loop {
        match child.try_wait().expect("a child") {
            Some(status) => break status,
            None if began.elapsed() > LIMIT => {
                let _ = child.kill();
                panic!("{command:?} did not end within {LIMIT:?}");
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let stderr = err.join().expect("a reader");
    Output { status, stdout: out.join().expect("a reader"), stderr }
}

/// Runs a command that must succeed; what it printed, each byte a character (the legacy programs print ISO-8859-1).
#[track_caller]
pub fn good(command: &mut Command) -> String {
    let output = run(command);
    let said = |bytes: Vec<u8>| bytes.into_iter().map(char::from).collect::<String>();
    assert!(output.status.success(), "{command:?}: {}\n{}", output.status, said(output.stderr));
    said(output.stdout)
}

/// The day of the reference CMP on a machine.
#[track_caller]
pub fn day(machine: &Machine, folder: &Path, more: &[&str]) -> String {
    good(
        machine.command(&folder.join("cmp_day")).arg(legacy::root().join("legacy/data/spot5.day")).args(more),
    )
}
