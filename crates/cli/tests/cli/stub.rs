//! The whole way with the generated C89 stub, on this machine: recorded there and imported, hosted there and called, replayed
//! and compared from here; and the same journal answered by `cmp-bridge serve`.

use crate::import::{essence, module, unpadded};
use crate::remote::bench;
use crate::support::{Bench, PROGRAM};
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

/// The program in two files: its routines, and who calls them. The routines may be wrong in one way.
fn stubbed(name: &str, flaw: (&str, &str)) -> Bench {
    let bench = bench(name);
    let program = PROGRAM.replace("static int calls_made", "int calls_made");
    let (routines, rest) = program.split_once("static inline").expect("a caller");
    let routines = routines.replace(flaw.0, flaw.1);
    let head = &routines[..routines.find("struct vec").expect("a record")];
    let declared = "struct vec { double x, y; int n; };\nextern int calls_made;\n\
        int scale(int n, const double *in, double *out, double factor);\n\
        double norm2(const struct vec *v);\nvoid crunch(struct vec *v, int k);\n";
    bench.write("routines.c", &routines);
    bench.write("caller.c", &format!("{head}{declared}static inline{rest}"));
    bench.bridge(&["generate", "--lang", "c89", "small.toml", "--out", "stub"]).ended(0);
    let renamed = ["-Dscale=legacy_scale", "-Dnorm2=legacy_norm2", "-Dcrunch=legacy_crunch"];
    bench.cc("routines.c", &[&["-O2", "-fno-inline", "-c", "-o", "legacy.o"][..], &renamed].concat());
    let stub = ["-std=c89", "-O2", "-Istub", "stub/small_stub.c", "stub/cmpb_runtime.c", "legacy.o", "-o"];
    bench.cc("stub/small_serve.c", &[&stub[..], &["host"]].concat());
    let stub = ["-O2", "-Istub", "stub/small_stub.c", "stub/cmpb_runtime.c", "legacy.o", "-o"];
    bench.cc("caller.c", &[&stub[..], &["stubbed"]].concat());
    bench
}

/// Nothing is wrong.
const RIGHT: (&str, &str) = ("", "");

/// A process that serves, ended with its test.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    /// Of a command that prints `before`, and where it listens.
    fn start(mut command: Command, before: &str, host: &str) -> Serving {
        let mut child = command.stdout(Stdio::piped()).spawn().expect("a server");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("a pipe")).read_line(&mut line).expect("a line");
        let port = line.trim().strip_prefix(before).unwrap_or_else(|| panic!("it said `{line}`"));
        Serving { child, address: format!("{host}{port}") }
    }

    fn host(bench: &Bench) -> Serving {
        Serving::start(Command::new(bench.path("host")), "", "127.0.0.1:")
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn run(bench: &Bench, variables: &[(&str, PathBuf)]) -> String {
    let mut command = Command::new(bench.path("stubbed"));
    command.arg("20").env("CMP_BRIDGE_VERBOSE", "1");
    let output =
        command.envs(variables.iter().map(|(name, value)| (name, value))).output().expect("the program");
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    String::from_utf8(output.stdout).expect("text")
}

#[test]
fn what_the_stub_recorded_is_what_the_agent_recorded() {
    let bench = stubbed("stub-record", RIGHT);
    bench.record("j");
    let alone = run(&bench, &[]);
    let file = bench.path("pass.rec");
    let printed = run(&bench, &[("CMP_BRIDGE_ROUTES", "*=record".into()), ("CMP_BRIDGE_JOURNAL", file)]);
    assert_eq!(printed, alone, "who records is not noticed");
    let words = ["journal", "import", "pass.rec", "--contract", "small.toml", "-o", "i"];
    bench.bridge(&words).ended(0).prints(&["60 calls imported, 0 lost while recording"]);
    assert_eq!(unpadded(essence(&bench, "i")), unpadded(essence(&bench, "j")));
    module(&bench, "right.so", &[]);
    let did = bench.bridge(&["replay", "i", "--module", "right.so"]).ended(0);
    did.prints(&["=> equal: 60 of 60 calls compared"]);
}

#[test]
fn the_hosted_legacy_routines_answer_their_own_journal() {
    let bench = stubbed("stub-host", RIGHT);
    bench.record("j");
    let serving = Serving::host(&bench);
    let did = bench.bridge(&["replay", "j", "--control", "--server", &serving.address]).ended(0);
    did.prints(&[
        "control against itself: 127.0.0.1:",
        "@(#) small contract",
        "=> equal: 60 of 60 calls compared",
    ]);
    // Asked by somebody who has no contract.
    let did = bench.bridge(&["status", "--server", &serving.address]).ended(0);
    did.prints(&["small contract", "scale", "legacy"]);
    let words = ["call", "--server", &serving.address, "--contract", "small.toml"];
    let words = [&words[..], &["scale", "in=[1.0, 2.0]", "factor=2.0", "--state", "calls_made=6"]].concat();
    bench.bridge(&words).ended(0).prints(&["return = 0", "out = [2.5, 4.5]", "state.calls_made = 7"]);
}

#[test]
fn another_build_of_the_hosted_routines_is_noticed() {
    let bench = stubbed("stub-flaw", ("v->y += 0.25", "v->y += 0.125"));
    bench.record("j");
    let serving = Serving::host(&bench);
    let did = bench.bridge(&["replay", "j", "--control", "--server", &serving.address]).ended(1);
    did.prints(&["mismatch crunch call 1:5: v.y"]);
}

#[test]
fn a_server_of_modules_answers_a_recorded_journal() {
    let bench = bench("serve");
    bench.record("j");
    module(&bench, "m.so", &[]);
    bench.write(
        "serve.toml",
        "contracts = [\"small.toml\"]\nmodules = [\"m.so\"]\n[serve]\nlisten = [\"127.0.0.1:0\"]\n",
    );
    let serving = Serving::start(bench.command(&["serve", "--config", "serve.toml"]), "listening on ", "");
    let did = bench.bridge(&["replay", "j", "--server", &serving.address]).ended(0);
    did.prints(&["candidate: 127.0.0.1:", "=> equal: 60 of 60 calls compared"]);
    let words =
        ["call", "--server", &serving.address, "norm2", "v={x=3.0, y=4.0, n=5}", "--contract", "small.toml"];
    bench.bridge(&words).ended(0).prints(&["return = 30"]);
    drop(serving);
    module(&bench, "m.so", &["-DCRUNCH_N(n)=(n)^4"]);
    let serving = Serving::start(bench.command(&["serve", "--config", "serve.toml"]), "listening on ", "");
    let did = bench.bridge(&["replay", "j", "--server", &serving.address]).ended(1);
    did.prints(&["mismatch crunch call 1:2: v.n"]);
}
