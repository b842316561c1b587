//! Small programs whose routines are called.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::OnceLock;

/// What a command did.
pub struct Did {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Did {
    #[track_caller]
    pub fn ended(self, code: i32) -> Did {
        assert_eq!(self.code, Some(code), "\n--- stdout\n{}--- stderr\n{}", self.out, self.err);
        assert!(!self.err.contains("panicked at"), "{}", self.err);
        self
    }

    #[track_caller]
    pub fn prints(self, parts: &[&str]) -> Did {
        parts.iter().for_each(|part| assert!(self.out.contains(part), "`{part}` is not in:\n{}", self.out));
        self
    }

    #[track_caller]
    pub fn says(self, parts: &[&str]) -> Did {
        parts.iter().for_each(|part| assert!(self.err.contains(part), "`{part}` is not in:\n{}", self.err));
        self
    }

    #[track_caller]
    pub fn json(self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}", self.out))
    }
}

/// `cmp-bridge call`.
pub fn call(file: &Path, words: &[&str]) -> Did {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cmp-bridge"));
    command.env("CMP_BRIDGE_AGENT", agent()).env("NO_COLOR", "1").env_remove("LD_PRELOAD");
    command.current_dir(here()).arg("call").arg(file).args(words);
    did(command.output().expect("cmp-bridge"))
}

pub fn did(output: Output) -> Did {
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("UTF-8");
    Did { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// The folder of these sources.
pub fn here() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/call")
}

/// The agent, built if it is not there: tests of this package alone do not build it.
pub fn agent() -> &'static Path {
    static AGENT: OnceLock<PathBuf> = OnceLock::new();
    AGENT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_BIN_EXE_cmp-bridge")).parent().expect("a target folder");
        let library = folder.join("libcmp_bridge_agent.so");
        if !library.is_file() {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args(["build", "--quiet", "-p", "cmp-bridge-agent"]);
            if folder.ends_with("release") {
                cargo.arg("--release");
            }
            let target = folder.parent().expect("a target folder");
            let built =
                cargo.env("CARGO_TARGET_DIR", target).current_dir(env!("CARGO_MANIFEST_DIR")).status();
            assert!(built.expect("cargo").success(), "the agent does not build");
        }
        library
    })
}

/// A program made of one of the sources here, once.
pub fn program(name: &'static str) -> PathBuf {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    let folder = FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("call-{}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        for (compiler, arguments) in [
            ("gcc", &["-g", "-O1", "-o", "endings", "endings.c"][..]),
            ("gcc", &["-g", "-O1", "-shared", "-fPIC", "-o", "libendings.so", "endings.c"]),
            ("g++", &["-g", "-O1", "-o", "throws", "throws.cpp"]),
            ("gfortran", &["-g", "-O1", "-o", "stops", "stops.f"]),
            ("gfortran", &["-g", "-O1", "-o", "carried", "carried.f90"]),
            ("gnatmake", &["-q", "-g", "-o", "raises", "raises.adb"]),
        ] {
            let mut command = Command::new(compiler);
            let source = here();
            command.current_dir(&folder).args(&arguments[..arguments.len() - 1]);
            let output = command.arg(source.join(arguments[arguments.len() - 1])).output().expect(compiler);
            assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&output.stderr));
        }
        folder
    });
    folder.join(name)
}
