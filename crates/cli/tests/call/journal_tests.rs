//! Recorded calls become Rust tests: they compile, hold for the executable and for a rewrite, and fail for its wrong twin.

use crate::legacy;
use crate::support::{Did, agent, did};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

fn cmp_bridge(folder: &Path, words: &[&str]) -> Did {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cmp-bridge"));
    command.env("CMP_BRIDGE_AGENT", agent()).env("NO_COLOR", "1").env_remove("LD_PRELOAD");
    did(command.current_dir(folder).args(words).output().expect("cmp-bridge"))
}

/// A library that cargo has made for these tests, the newest of its name.
fn rlib(folder: &Path, name: &str) -> PathBuf {
    let entries = std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path());
    let is_it = |path: &PathBuf| {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        file.starts_with(&format!("lib{name}-")) && file.ends_with(".rlib")
    };
    let modified = |path: &PathBuf| path.metadata().and_then(|metadata| metadata.modified()).ok();
    entries.filter(is_it).max_by_key(modified).expect("the library of the harness")
}

/// Compiles tests as cargo would.
fn compile(source: &Path) -> PathBuf {
    let deps = std::env::current_exe().expect("this test").parent().expect("a folder").to_owned();
    let out = source.with_extension("test");
    let mut rustc = Command::new(std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into()));
    rustc.args(["--edition", "2024", "--test", "-D", "warnings", "-L"]);
    rustc.arg(format!("dependency={}", deps.display())).arg("--extern");
    rustc.arg(format!("cmp_bridge_harness={}", rlib(&deps, "cmp_bridge_harness").display()));
    let output = rustc.arg("-o").arg(&out).arg(source).output().expect("rustc");
    assert!(output.status.success(), "{rustc:?}\n{}", String::from_utf8_lossy(&output.stderr));
    out
}

/// Runs tests on the executable, or on another subject.
fn run(tests: &Path, subject: Option<&Path>) -> Did {
    let mut command = Command::new(tests);
    command.env("CMP_BRIDGE_AGENT", agent()).env("CMP_BRIDGE_COMMAND", env!("CARGO_BIN_EXE_cmp-bridge"));
    command.env_remove("CMP_BRIDGE_SUBJECT").env("RUST_BACKTRACE", "0");
    if let Some(subject) = subject {
        command.env("CMP_BRIDGE_SUBJECT", subject);
    }
    did(command.current_dir(legacy::root()).output().expect("the tests"))
}

/// A module of the examples, built if it is not there.
fn module(package: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_BIN_EXE_cmp-bridge")).parent().expect("a target folder");
    let library = folder.join(format!("lib{}.so", package.replace('-', "_")));
    if !library.is_file() {
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "-p", package]);
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        cargo.env("CARGO_TARGET_DIR", folder.parent().expect("a target folder")).current_dir(legacy::root());
        assert!(cargo.status().expect("cargo").success(), "{package} does not build");
    }
    library
}

/// `cmp-bridge serve` of a module, ended with its test.
struct Server {
    child: Child,
    subject: String,
}

impl Server {
    fn start(folder: &Path, contract: &str, module: &Path) -> Server {
        let text = format!(
            "contracts = [{contract:?}]\nmodules = [{module:?}]\n[serve]\nlisten = [\"127.0.0.1:0\"]\n"
        );
        std::fs::write(folder.join("serve.toml"), text).expect("a file");
        let mut command = Command::new(env!("CARGO_BIN_EXE_cmp-bridge"));
        command.current_dir(folder).args(["serve", "--config", "serve.toml"]).stdout(Stdio::piped());
        let mut child = command.spawn().expect("a server");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let address = line.trim().strip_prefix("listening on ").expect("an address");
        Server { child, subject: format!("rpc:{address}") }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_day_of_the_reference_cmp_becomes_tests() {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("journal-tests-{}", std::process::id()));
    std::fs::create_dir_all(&folder).expect("a folder");
    let file = |name: &str| legacy::root().join("contracts").join(name).display().to_string();
    let (telemetry, dynamics) = (file("telemetry.toml"), file("flight_dynamics.toml"));
    let routes = "[routes]\nehposv = \"record\"\ncaljj = \"record\"\nlecdat = \"record\"\ntm_cds_jj50 = \"record\"\n\
                  kepcar = \"record\"\ntm_jj50_calendaire = \"record\"\n";
    std::fs::write(
        folder.join("bridge.toml"),
        format!("contracts = [{telemetry:?}, {dynamics:?}]\n{routes}"),
    )
    .expect("a file");
    let program = legacy::built("pie").join("cmp_day");
    let (program, data) = (program.display().to_string(), legacy::root().join("legacy/data/spot5.day"));
    let data = data.display().to_string();
    let record =
        ["run", "--quiet", "--config", "bridge.toml", "--journal", "day.journal", "--", &program, &data];
    cmp_bridge(&folder, &record).ended(0);

    // Without --contract, the contracts of the journal stand beside the tests.
    let write =
        ["journal", "tests", "day.journal", "--exe", &program, "--out", "from_journal.rs", "--most", "3"];
    let written = cmp_bridge(&folder, &write).ended(0);
    assert!(written.err.contains("tests of ") && written.err.contains("routines written"), "{}", written.err);
    assert!(folder.join("from_journal/flight_dynamics.toml").is_file());
    // The tests run in the root of the repository: the contracts are named by their whole path.
    let whole = ["--contract", &telemetry, "--contract", &dynamics];
    cmp_bridge(&folder, &[&write[..], &whole].concat()).ended(0);
    let source = folder.join("from_journal.rs");
    let tests = compile(&source);
    run(&tests, None).ended(0).prints(&["test ehposv_1_", "test caljj_1_", "test result: ok."]);

    // The rewrite answers its routines; its twin is wrong in each of them.
    let only = ["--routine", "ehposv", "--out", "rewritten.rs"];
    let write = ["journal", "tests", "day.journal", "--exe", &program, "--contract", &dynamics];
    cmp_bridge(&folder, &[&write[..], &only].concat()).ended(0);
    let tests = compile(&folder.join("rewritten.rs"));
    run(&tests, Some(&module("rewrite-three"))).ended(0).prints(&["test result: ok."]);
    run(&tests, Some(&module("rewrite-three-wrong"))).ended(101).prints(&[
        "pos[0]: expected ",
        "repeat with: cmp-bridge call ",
        "0 passed",
    ]);

    // And so does a server of it, which the tests reach over the wire.
    let server = Server::start(&folder, &dynamics, &module("rewrite-three"));
    run(&tests, Some(Path::new(&server.subject))).ended(0).prints(&["test result: ok."]);
    let server = Server::start(&folder, &dynamics, &module("rewrite-three-wrong"));
    let did = run(&tests, Some(Path::new(&server.subject))).ended(101);
    did.prints(&["pos[0]: expected ", "repeat with: cmp-bridge call --server ", "0 passed"]);
    drop(server);

    // One recorded number changed: the executable itself does not hold it.
    let text = std::fs::read_to_string(&source).expect("the tests");
    let at = text.find(".expect(\"jj50\", ").expect("a date") + ".expect(\"jj50\", ".len();
    let twin = folder.join("twin.rs");
    std::fs::write(&twin, format!("{}1{}", &text[..at], &text[at..])).expect("a file");
    run(&compile(&twin), None).ended(101).prints(&["jj50: expected 1", "; 1 failed"]);
    std::fs::remove_dir_all(&folder).expect("the folder");
}
