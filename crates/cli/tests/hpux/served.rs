//! `cmp-bridge serve` with the modules of these tests.

use crate::legacy;
use crate::machine::{LIMIT, good};
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::{Instant, SystemTime};

/// The packages of the modules and of the agent, and their libraries.
const MODULES: [(&str, &str); 3] = [
    ("propagation-remote", "libpropagation_remote.so"),
    ("ledger", "libledger.so"),
    ("cmp-bridge-agent", "libcmp_bridge_agent.so"),
];
/// What they are made from.
const SOURCES: [&str; 7] = [
    "src",
    "crates/agent",
    "crates/codegen/src",
    "crates/contract/src",
    "contracts",
    "examples/propagation-remote",
    "tests/modules/ledger",
];

/// A folder of one test.
pub fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("hpux-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    folder
}

/// The command, with nothing of the environment that would change it.
pub fn bridge() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cmp-bridge"));
    command.env_remove("CMP_BRIDGE_SERVER").env_remove("CMP_BRIDGE_ROUTES").env_remove("LISTEN_FDS");
    command
}

/// The folder of the modules, built unless `make build` did it.
fn modules() -> &'static Path {
    static BUILT: OnceLock<&Path> = OnceLock::new();
    BUILT.get_or_init(|| {
        let folder = Path::new(env!("CARGO_BIN_EXE_cmp-bridge")).parent().expect("a target folder");
        let made = MODULES.iter().map(|(_, file)| modified(&folder.join(file))).min().flatten();
        let changed = SOURCES.iter().filter_map(|source| newest(&legacy::root().join(source))).max();
        if made < changed {
            let mut cargo = Command::new(env!("CARGO"));
            cargo.args(["build", "--quiet"]).current_dir(legacy::root());
            MODULES.iter().for_each(|(package, _)| {
                cargo.args(["-p", package]);
            });
            if folder.ends_with("release") {
                cargo.arg("--release");
            }
            good(cargo.env("CARGO_TARGET_DIR", folder.parent().expect("a target folder")));
        }
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

/// A module's library.
pub fn module(package: &str) -> PathBuf {
    let (_, file) = MODULES.iter().find(|(name, _)| *name == package).expect("a module of these tests");
    modules().join(file)
}

/// The agent's library.
pub fn agent() -> PathBuf {
    module("cmp-bridge-agent")
}

/// A server of one module; ended when it is dropped.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts it in `folder`, with more lines under `[serve]`.
    #[track_caller]
    pub fn start(
        folder: &Path,
        contract: &Path,
        package: &str,
        lines: &str,
        environment: &[(&str, &Path)],
    ) -> Server {
        let config = format!(
            "contracts = [{contract:?}]\nmodules = [{:?}]\n[serve]\nlisten = [\"127.0.0.1:0\"]\n{lines}",
            module(package)
        );
        let file = folder.join("serve.toml");
        std::fs::write(&file, config).expect("a configuration");
        let mut command = bridge();
        command.arg("serve").arg("--config").arg(&file).envs(environment.iter().copied());
        Server::of(&mut command)
    }

    /// Any program that prints its port or its address.
    #[track_caller]
    pub fn of(command: &mut Command) -> Server {
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("cannot start {command:?}: {error}"));
        let mut line = String::new();
        let mut out = BufReader::new(child.stdout.take().expect("piped"));
        out.read_line(&mut line).expect("a line");
        let word = line.split_whitespace().last().unwrap_or_default();
        let address = word.parse().ok().or_else(|| format!("127.0.0.1:{word}").parse().ok());
        // What it says later must not stop it.
        std::thread::spawn(move || std::io::copy(&mut out, &mut std::io::sink()));
        match address {
            Some(address) => Server { child, address },
            None => panic!("{command:?} said `{line}`"),
        }
    }

    /// No farewell: the process is gone.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }

    /// As an operator stops it.
    pub fn stop(mut self) {
        // SAFETY: the process is a child of this one that nobody has waited for.
        unsafe { libc::kill(self.child.id() as i32, libc::SIGTERM) };
        let began = Instant::now();
        while self.child.try_wait().expect("a child").is_none() {
            assert!(began.elapsed() < LIMIT, "the server does not stop");
            std::thread::sleep(std::time::Duration::from_millis(5));
        }
    }

    /// What it counted, by `cmp-bridge status --server`.
    pub fn status(&self) -> serde_json::Value {
        let text = good(bridge().args(["status", "--json", "--server"]).arg(self.address.to_string()));
        serde_json::from_str(&text).expect("JSON")
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}
