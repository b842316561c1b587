//! A scratch folder, and commands in it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// A folder of its own for one test.
pub struct Scratch(pub PathBuf);

impl Scratch {
    pub fn new(name: &str) -> Scratch {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("link").join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).expect("a scratch folder of ours");
        }
        std::fs::create_dir_all(&folder).expect("a scratch folder");
        Scratch(folder)
    }

    /// The same, with what an earlier run left there: a target folder of cargo.
    pub fn kept(name: &str) -> Scratch {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("link").join(name);
        std::fs::create_dir_all(&folder).expect("a scratch folder");
        Scratch(folder)
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Runs a line of shell in the folder; it must succeed.
    #[track_caller]
    pub fn sh(&self, line: &str) -> String {
        let did = self.try_sh(line);
        let out = text(&did.stdout);
        assert!(
            did.status.success(),
            "`{line}` in {}: {}\n{out}{}",
            self.0.display(),
            did.status,
            text(&did.stderr)
        );
        out
    }

    pub fn try_sh(&self, line: &str) -> Output {
        self.try_sh_for(line, 120)
    }

    /// The same within so many seconds.
    pub fn try_sh_for(&self, line: &str, seconds: u32) -> Output {
        let mut command = Command::new("timeout");
        command.args([&seconds.to_string(), "sh", "-c", line]).current_dir(&self.0);
        command
            .env("CMP_BRIDGE", env!("CARGO_BIN_EXE_cmp-bridge"))
            .env_remove("MAKEFLAGS")
            .env_remove("MAKELEVEL");
        command.output().expect("sh")
    }

    /// Runs `cmp-bridge link-plan` in the folder.
    pub fn plan(&self, arguments: &[&str]) -> Did {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cmp-bridge"));
        command.arg("link-plan").args(arguments).current_dir(&self.0);
        let output = command.output().expect("cmp-bridge");
        let (out, err) = (text(&output.stdout), text(&output.stderr));
        assert!(!err.contains("panicked at"), "{err}");
        Did { code: output.status.code(), out, err }
    }
}

/// What the command did.
pub struct Did {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Did {
    #[track_caller]
    pub fn ended(self, code: i32) -> Did {
        assert_eq!(self.code, Some(code), "\n--- stdout\n{}--- stderr\n{}", self.out, self.err);
        self
    }

    #[track_caller]
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|e| panic!("{e}\n{}{}", self.out, self.err))
    }
}

pub fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
