//! Routines that a server answers: called from the command line, and asked for their recorded calls again. The server is the
//! small one of the wire's tests.

use crate::server::Server;
use crate::support::{Bench, CONTRACT, PROGRAM};
use cmp_bridge_contract::model::{Contract, Routine};
use cmp_bridge_wire::Native;
use cmp_bridge_wire::message::Answer;
use std::time::Duration;

/// The program and its contract, with state that has a global name: other state does not travel.
pub fn bench(name: &str) -> Bench {
    let bench = Bench::new(&format!("remote-{name}"));
    bench.write("small.c", &PROGRAM.replace("static int calls_made", "int calls_made"));
    bench.cc("small.c", &["-g", "-O2", "-fno-inline", "-o", "small"]);
    bench.write("small.toml", &contract_text());
    bench
}

pub fn contract_text() -> String {
    CONTRACT.replace("kind = \"static\"", "kind = \"global\"").replace("file = \"small.c\"\n", "")
}

fn contract(change: impl Fn(String) -> String) -> Contract {
    Contract::from_toml(&change(contract_text()), "small.toml").expect("a contract")
}

fn double(bytes: &[u8], at: usize) -> f64 {
    f64::from_le_bytes(bytes[at..at + 8].try_into().expect("eight bytes"))
}

fn int(bytes: &[u8], at: usize) -> i32 {
    i32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"))
}

/// The routines of `small.c`. `flaw` is added to what `crunch` makes of `v.n`.
fn answer(routine: &Routine, native: &mut Native, flaw: i32) -> Option<Answer> {
    match routine.name.as_str() {
        "scale" => {
            let (n, factor) = (int(native.value(0), 0), double(native.value(3), 0));
            let calls = int(native.area(2).expect("state"), 0) + 1;
            native.area_mut(2).expect("state").copy_from_slice(&calls.to_le_bytes());
            let input = native.area(0).expect("in").to_vec();
            let out = native.area_mut(1).expect("out");
            for at in (0..out.len()).step_by(8) {
                out[at..at + 8].copy_from_slice(&(double(&input, at) * factor + 0.5).to_le_bytes());
            }
            let status = if n < 0 { -1 } else { i32::from(n > 3) };
            native.returned_mut().copy_from_slice(&status.to_le_bytes());
        }
        "norm2" => {
            let v = native.area(0).expect("v");
            let norm = double(v, 0) * double(v, 0) + double(v, 8) * double(v, 8) + f64::from(int(v, 16));
            native.returned_mut().copy_from_slice(&norm.to_le_bytes());
        }
        _ => {
            let k = int(native.value(1), 0);
            let v = native.area_mut(0).expect("v");
            let (mut x, mut y, mut n) = (double(v, 0), double(v, 8), int(v, 16));
            for i in 0..k {
                (x, y, n) = (x * 0.5 - y, y + 0.25, n ^ i);
            }
            v[..8].copy_from_slice(&x.to_le_bytes());
            v[8..16].copy_from_slice(&y.to_le_bytes());
            v[16..20].copy_from_slice(&(n + flaw).to_le_bytes());
        }
    }
    Some(Answer::Returned)
}

fn server() -> (Server, String) {
    serve(|_, routine, native| answer(routine, native, 0))
}

fn serve(
    answer: impl Fn(&Contract, &Routine, &mut Native) -> Option<Answer> + Send + Sync + 'static,
) -> (Server, String) {
    let server = Server::start(contract(|text| text), answer);
    let address = server.address.to_string();
    (server, address)
}

#[test]
fn a_server_answers_the_recorded_calls() {
    let bench = bench("replay");
    bench.record("j");
    let (server, address) = server();
    let did = bench.bridge(&["replay", "j", "--server", &address]).ended(0);
    did.prints(&[
        &format!("candidate: {address}"),
        "a server for tests",
        "=> equal: 60 of 60 calls compared",
    ]);
    assert_eq!(server.calls().len(), 60);
    let did =
        bench.bridge(&["replay", "j", "--control", "--server", &address, "--routine", "crunch"]).ended(0);
    did.prints(&[&format!("control against itself: {address}"), "=> equal: 20 of 20 calls compared"]);
    assert!(server.seen().is_empty() && server.traffic().iter().any(|piece| piece.from_client));
}

#[test]
fn a_wrong_server_is_named_field_by_field() {
    let bench = bench("wrong");
    bench.record("j");
    let (_server, address) = serve(|_, routine, native| answer(routine, native, 4));
    let did = bench.bridge(&["replay", "j", "--server", &address]).ended(1);
    did.prints(&["mismatch crunch call 1:2: v.n\n", "control    ", "candidate  "]);
}

#[test]
fn a_server_that_dies_in_a_call_costs_that_call() {
    let bench = bench("dies");
    bench.record("j");
    let (server, address) = serve(|_, routine, native| {
        let dies = routine.name == "crunch" && int(native.value(1), 0) == 2;
        if dies { None } else { answer(routine, native, 0) }
    });
    let did = bench.bridge(&["replay", "j", "--server", &address]).ended(1);
    did.prints(&["the connection was lost before an answer came", "crash crunch call 1:8: ", "60 of 60"]);
    assert_eq!(server.calls().len(), 60, "no call is made twice");
}

#[test]
fn routines_of_another_contract_are_not_asked() {
    let bench = bench("hash");
    bench.record("j");
    let other =
        contract(|text| text.replace("{ name = \"k\", type = \"i32\"", "{ name = \"k\", type = \"u32\""));
    let server = Server::start(other, |_, routine, native| answer(routine, native, 0));
    let address = server.address.to_string();
    let did = bench.bridge(&["replay", "j", "--server", &address]);
    let did = did.prints(&["`crunch` is ", "40 of 60"]);
    assert_ne!(did.code, Some(2), "{}", did.err);
    bench
        .bridge(&["replay", "j", "--server", &address, "--routine", "crunch"])
        .ended(2)
        .says(&["`crunch` at ", "made from one contract"]);
}

#[test]
fn a_server_that_is_not_there_is_an_error_with_a_hint() {
    let bench = bench("nobody");
    bench.record("j");
    let address =
        std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port").to_string();
    bench.bridge(&["replay", "j", "--server", &address]).ended(2).says(&["no connection to", "HOST:PORT"]);
    let words = ["call", "--server", &address, "norm2", "v={x=1}", "--contract", "small.toml"];
    bench.bridge(&words).ended(2).says(&["no connection to", "HOST:PORT"]);
    bench
        .bridge(&["call", "--server", &address, "norm2", "v={x=1}"])
        .ended(2)
        .says(&["no contract says", "--contract"]);
    bench
        .bridge(&["call", "--server", "nowhere", "norm2", "v={}", "--contract", "small.toml"])
        .ended(2)
        .says(&["nowhere"]);
}

#[test]
fn a_routine_elsewhere_is_called_by_name() {
    let bench = bench("call");
    let (server, address) = server();
    let call = |words: &[&str]| {
        let mut all = vec!["call", "--server", &address, "--contract", "small.toml"];
        all.extend(words);
        bench.bridge(&all)
    };
    call(&["norm2", "v={x=3.0, y=4.0, n=5}"]).ended(0).prints(&["norm2 returned\n", "return = 30"]);
    let scale = ["scale", "in=[1.0, 2.0]", "factor=2.0"];
    let did = call(&scale).ended(2);
    did.says(&["state.calls_made", "--state"]);
    let did = call(&[&scale[..], &["--state", "calls_made=41", "--json"]].concat()).ended(0);
    let json: serde_json::Value = serde_json::from_str(&did.out).expect("JSON");
    assert_eq!(json["outputs"]["out"], serde_json::json!([2.5, 4.5]));
    assert_eq!(json["values"]["state.calls_made"], serde_json::json!(42));
    assert_eq!(server.calls().len(), 2);
    call(&["norm2", "v=null"]).ended(2).says(&["`v` is absent"]);
    call(&["nurm2", "v={}"]).ended(2).says(&["is `norm2` meant?"]);
    bench.bridge(&["call", "small"]).ended(2);
}

#[test]
fn how_a_call_elsewhere_ends_is_the_exit_status() {
    let bench = bench("endings");
    let ending = |name: &str, answer: fn() -> Option<Answer>, code: i32, says: &str| {
        let (_server, address) = serve(move |_, _, _| answer());
        let words =
            ["call", "--server", &address, "--contract", "small.toml", "--timeout", "300", "norm2", "v={}"];
        let did = bench.bridge(&words).ended(code);
        assert!((did.out + &did.err).contains(says), "{name}: {says}");
    };
    ending(
        "exception",
        || Some(Answer::Exception("CONSTRAINT_ERROR : s.adb:3".into())),
        5,
        "raised CONSTRAINT_ERROR : s.adb:3",
    );
    ending("lost", || None, 7, "the connection was lost");
    ending(
        "late",
        || {
            std::thread::sleep(Duration::from_secs(5));
            None
        },
        6,
        "did not return within 300 ms",
    );
    ending(
        "declined",
        || Some(Answer::Declined("n is negative".into())),
        2,
        "the server declined: n is negative",
    );
    ending("not now", || Some(Answer::NotNow("stopping".into())), 2, "stopping");
}
