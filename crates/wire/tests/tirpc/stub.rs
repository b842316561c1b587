//! The generated C89 stub against programs of rpcgen, each as client and each as server; and its recordings, read by libtirpc.

use crate::codec::Trial;
use crate::conversation::{Ours, RpcgenServer, client};
use crate::tools::{self, Subject, run};
use cmp_bridge_codegen::bindings::{Bindings, Lang};
use cmp_bridge_contract::wire;
use cmp_bridge_wire::rpc::{CallHead, Records};
use cmp_bridge_wire::{Decoder, MESSAGE_LIMIT};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

const SAMPLE: &str = "../codegen/tests/x/sample.toml";

/// A program of the stub, and sources of ours; the routines themselves are `legacy_fit` and `legacy_tick`.
pub fn program(folder: &Path, name: &str, sources: &[&str], flags: &[&str]) -> PathBuf {
    let ours = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/tirpc/c");
    let text = |path: PathBuf| path.display().to_string();
    Bindings::new(Subject::open(SAMPLE).path).generate(Lang::C89, folder).expect("a stub");
    let legacy = text(ours.join("legacy.c"));
    run(
        folder,
        "gcc",
        &["-Wall", "-Werror", "-Dfit=legacy_fit", "-Dtick=legacy_tick", "-c", "-o", "legacy.o", &legacy],
    );
    let mut arguments = vec!["-std=c89", "-Wall", "-Werror", "-o", name, "sample_stub.c", "cmpb_runtime.c"];
    arguments.extend(flags);
    let sources: Vec<String> = sources
        .iter()
        .map(
            |source| if ours.join(source).exists() { text(ours.join(source)) } else { (*source).to_string() },
        )
        .collect();
    arguments.extend(sources.iter().map(String::as_str));
    run(folder, "gcc", &arguments);
    folder.join(name)
}

/// Runs the legacy program with its stub.
pub fn call(program: &Path, rounds: u32, variables: &[(&str, &str)]) -> (String, bool) {
    let mut command = Command::new("timeout");
    command.arg("60").arg(program).arg(rounds.to_string()).env("CMP_BRIDGE_VERBOSE", "1");
    let output = command.envs(variables.iter().copied()).output().expect("the program");
    let text =
        String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    (text, output.status.success())
}

#[test]
fn an_rpcgen_client_calls_the_stub() {
    let folder = tools::scratch("stub_server");
    let host = program(&folder, "host", &["sample_serve.c", "legacy.o"], &[]);
    let server = RpcgenServer::of(&host);
    let (_, client) = client("stub_client", str::to_string);
    let port = server.address.rsplit(':').next().expect("a port");
    let client = client.display().to_string();
    let text = run(&folder, &client, &[port, "plain"]);
    assert!(text.contains("refused: ") && text.contains("server: @(#) sample contract"), "{text}");
    assert!(text.contains("too few: fit: RPC: Server can't decode arguments"), "{text}");
    // And so does our client.
    let subject = Subject::open(SAMPLE);
    let mut ours = Ours::new(&subject, &server.address);
    assert_eq!(ours.compare(&subject, tools::rounds(100)), []);
}

#[test]
fn the_stub_calls_an_rpcgen_server_and_tells_it() {
    let (subject, server) = RpcgenServer::start("stub_to_rpcgen", str::to_string);
    let folder = tools::scratch("stub_caller");
    // There is nobody else who could answer.
    let alone = program(&folder, "alone", &["caller.c", "counter.c"], &["-DCMPB_WITHOUT_LEGACY"]);
    let rust = [("CMP_BRIDGE_SERVER", server.address.as_str()), ("CMP_BRIDGE_ROUTES", "*=rust")];
    let rounds = tools::rounds(100);
    assert_eq!(call(&alone, rounds, &rust), ("content\n".to_string(), true));
    // The legacy routine answers, and the server is told.
    let both = program(&folder, "both", &["caller.c", "legacy.o"], &[]);
    let record = [("CMP_BRIDGE_SERVER", server.address.as_str()), ("CMP_BRIDGE_ROUTES", "*=record")];
    assert_eq!(call(&both, 3, &record), ("content\n".to_string(), true));
    let mut ours = Ours::new(&subject, &server.address);
    let mut status = String::new();
    for _ in 0..100 {
        status = ours.client.status(Duration::from_secs(20)).expect("a status");
        if status == "{\"seens\": 6}" {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert_eq!(status, "{\"seens\": 6}", "three calls of each routine");
}

#[test]
fn the_stub_notices_an_rpcgen_server_of_a_wrong_file() {
    let exchanged = |text: &str| text.replace("    float re;\n    float im;", "    float im;\n    float re;");
    let (_, server) = RpcgenServer::start("stub_to_twin", exchanged);
    let folder = tools::scratch("stub_twin_caller");
    let alone = program(&folder, "alone", &["caller.c", "counter.c"], &["-DCMPB_WITHOUT_LEGACY"]);
    let rust = [("CMP_BRIDGE_SERVER", server.address.as_str()), ("CMP_BRIDGE_ROUTES", "*=rust")];
    let (text, content) = call(&alone, 3, &rust);
    assert!(!content && text.contains("track.phase[0] == 2 * re"), "{text}");
}

#[test]
fn recordings_of_the_stub_are_what_libtirpc_writes() {
    let folder = tools::scratch("stub_recorder");
    let both = program(&folder, "both", &["caller.c", "legacy.o"], &[]);
    let file = folder.join("pass.rec").display().to_string();
    let rounds = tools::rounds(100);
    let record = [("CMP_BRIDGE_JOURNAL", file.as_str()), ("CMP_BRIDGE_ROUTES", "*=record")];
    assert_eq!(call(&both, rounds, &record), ("content\n".to_string(), true));
    let subject = Subject::open(SAMPLE);
    let mut trial = Trial::new(&subject, "stub_recorded", str::to_string);
    let mut records = Records::new(MESSAGE_LIMIT);
    records.push(&std::fs::read(&file).expect("a recording"));
    let mut counts = [0; 3];
    while let Some(record) = records.next_record().expect("records") {
        let mut input = Decoder::new(record);
        let head = CallHead::decode(&mut input).expect("a call");
        let (kind, message) = match head.procedure {
            wire::PROCEDURE_HELLO => (0, trial.hello),
            17 => (1, trial.seen("fit")),
            19 => (2, trial.seen("tick")),
            // One number, which no file of an RPC language needs a type for: nothing is missing.
            wire::PROCEDURE_LOST => {
                assert_eq!(record[input.position()..], [0; 4]);
                continue;
            }
            other => panic!("procedure {other}"),
        };
        counts[kind] += 1;
        let body = &record[input.position()..];
        let answer = trial.oracle.read(message, body).expect("libtirpc understands it");
        assert_eq!(answer.xdr, body, "record {counts:?}");
    }
    assert!(records.is_between() && counts[0] > 0);
    assert_eq!(counts[1..], [rounds, rounds]);
}
