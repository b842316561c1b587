//! Routines that a server answers, called as those of an executable are. The server is a small one of the wire's own tests.

use crate::sample;
use crate::server::Server;
use cmp_bridge_contract::model::Contract;
use cmp_bridge_harness::death::Death;
use cmp_bridge_harness::{Error, Harness, How, NULL, bytes, record, value};
use cmp_bridge_wire::message::Answer;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

const SAMPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../codegen/tests/x/sample.toml");

fn contract(change: impl Fn(&str) -> String) -> Contract {
    let text = change(&std::fs::read_to_string(SAMPLE).expect("a contract"));
    Contract::from_toml(&text, "sample").expect("a contract")
}

fn server() -> Server {
    Server::start(contract(str::to_string), sample::answer)
}

fn harness(server: &Server) -> Harness {
    let builder = Harness::remote(server.address.to_string()).contract(SAMPLE);
    builder.timeout(Duration::from_secs(20)).start().expect("a harness")
}

/// A call of `fit` with everything that it needs but its state.
fn fit<'h>(harness: &'h Harness, title: &str) -> cmp_bridge_harness::Call<'h> {
    harness
        .call("fit")
        .arg("x", [1.5, -2.25, 1e300].to_vec())
        .arg("y", vec![0.0; 6])
        .arg("title", title)
        .arg("track", record([("phase", value("(3, 4)"))]))
        .arg("weight", 0.5)
        .arg("mask", bytes(&[1, 2, 0x80]))
}

#[test]
fn every_kind_of_value_goes_there_and_comes_back() {
    let server = server();
    let harness = harness(&server);
    let outcome = fit(&harness, "a title").state("counter", 41).run();
    assert_eq!(outcome.i64("return"), 3);
    assert_eq!(outcome.f64s("y"), [3.0, -4.5, 2e300, -1.5, 2.25, -1e300]);
    assert_eq!(outcome.text("track.name"), "a title\0");
    assert_eq!((outcome.f64("track.points[2].x"), outcome.i64("track.points[2].flags")), (2.5, 7));
    let phase = cmp_bridge_harness::Literal::from(outcome.value("track.phase"));
    assert_eq!(phase, value("(6.0, -4.0)"));
    assert_eq!(outcome.i64s("mask"), [0xfe, 0xfd, 0x7f]);
    assert_eq!(outcome.i64("many"), -0x0123_4567_89ab_cdef);
    assert_eq!(outcome.i64("state.counter"), 42);
    let repeat = format!("cmp-bridge call --server {} fit", server.address);
    assert!(outcome.repeat.starts_with(&repeat), "{}", outcome.repeat);
    assert!(outcome.beyond.is_empty() && outcome.printed.is_empty());
    harness.call("tick").run();
    assert_eq!(server.calls().len(), 2);
    assert!(server.seen().is_empty() && server.traffic().iter().any(|piece| piece.from_client));
}

#[test]
fn state_is_said_once_and_then_goes_from_call_to_call() {
    let server = server();
    let harness = harness(&server);
    // Zeros that nobody has asked for would overwrite what is live there.
    let error = fit(&harness, "a").try_run().expect_err("unknown state");
    assert!(matches!(&error, Error::UnknownState { area, .. } if area == "counter"), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("--state")));
    assert!(harness.state("fit", "counter").is_err());
    assert_eq!(server.calls().len(), 0, "nothing is sent");
    harness.set_state("fit", "counter", 7).expect("state");
    assert_eq!(fit(&harness, "a").run().i64("state.counter"), 8);
    assert_eq!(fit(&harness, "a").run().i64("state.counter"), 9);
    assert_eq!(harness.state("fit", "counter").expect("state"), value_of(9));
    harness.restart();
    assert!(harness.state("fit", "counter").is_err(), "after a restart nothing is known");
}

fn value_of(number: i64) -> cmp_bridge_harness::Value {
    cmp_bridge_harness::Value::Int(number.into())
}

#[test]
fn what_may_be_absent_is_absent_there() {
    let server = server();
    let harness = harness(&server);
    let call = || {
        harness
            .call("fit")
            .arg("x", vec![1.0])
            .arg("y", vec![0.0; 2])
            .arg("title", "t")
            .arg("track", record([]))
    };
    let outcome = call().arg("weight", NULL).arg("mask", NULL).state("counter", 0).run();
    assert_eq!(outcome.i64("return"), -1);
    let error = harness
        .call("fit")
        .arg("n", 0)
        .arg("x", NULL)
        .arg("y", vec![0.0; 0])
        .arg("title", "t")
        .arg("track", record([]));
    let error = error.arg("weight", NULL).arg("mask", NULL).try_run().expect_err("a null address");
    assert!(error.to_string().contains("`x` is absent"), "{error}");
    assert_eq!(server.calls().len(), 1, "what the contract forbids is not sent");
}

#[test]
fn how_a_call_ends_there_is_told() {
    let server = server();
    let harness = harness(&server);
    harness.set_state("fit", "counter", 0).expect("state");
    let how = |title| match fit(&harness, title).try_run() {
        Err(Error::Ended(ended)) => ended.how,
        Err(error) => panic!("{error}"),
        Ok(_) => panic!("it returned"),
    };
    assert_eq!(how("raise"), How::Exception("CONSTRAINT_ERROR".into()));
    assert_eq!(how("die"), How::Death(Death::Lost));
    let error = fit(&harness, "decline").try_run().expect_err("it declines");
    assert!(error.to_string().contains("the server declined: not mine"), "{error}");
    assert_eq!(fit(&harness, "on").run().i64("state.counter"), 1, "the next call has a connection again");
}

#[test]
fn a_call_ends_in_time() {
    let server = Server::start(contract(str::to_string), |_, _, _| {
        std::thread::sleep(Duration::from_secs(30));
        None
    });
    let builder = Harness::remote(server.address.to_string()).contract(SAMPLE);
    let harness = builder.timeout(Duration::from_millis(150)).start().expect("a harness");
    match harness.call("tick").try_run() {
        Err(Error::Ended(ended)) => {
            assert_eq!(ended.how, How::Death(Death::Timeout(Duration::from_millis(150))))
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(server.calls().len(), 1, "it is not made twice");
}

/// A server that dies in its first call, and a contract that says whether a call may be made twice.
fn calls_made(idempotent: bool) -> (u32, Result<(), Error>) {
    static CALLS: [AtomicU32; 2] = [AtomicU32::new(0), AtomicU32::new(0)];
    let calls = &CALLS[usize::from(idempotent)];
    let said = format!("[routine.tick]\nremote = {{ idempotent = {idempotent} }}\n");
    let change = |text: &str| text.replace("[routine.tick]\n", &said);
    let server = Server::start(contract(change), |_, _, _| {
        (calls.fetch_add(1, Ordering::SeqCst) > 0).then_some(Answer::Returned)
    });
    let text = change(&std::fs::read_to_string(SAMPLE).expect("a contract"));
    let harness =
        Harness::remote(server.address.to_string()).contract_text(text, "sample").start().expect("a harness");
    let outcome = harness.call("tick").try_run().map(drop);
    (calls.load(Ordering::SeqCst), outcome)
}

#[test]
fn only_what_is_idempotent_is_called_twice() {
    let (calls, outcome) = calls_made(true);
    assert_eq!(calls, 2);
    outcome.expect("the second answers");
    let (calls, outcome) = calls_made(false);
    assert_eq!(calls, 1);
    assert!(matches!(outcome, Err(Error::Ended(ended)) if ended.how == How::Death(Death::Lost)));
}

#[test]
fn another_contract_is_refused_with_the_reason() {
    let server = Server::start(
        contract(|text| text.replace("\"[f64; 2*n]\", use = \"inout\"", "\"[f64; 2*n]\", use = \"in\"")),
        sample::answer,
    );
    let harness = harness(&server);
    harness.set_state("fit", "counter", 0).expect("state");
    let error = fit(&harness, "a").try_run().expect_err("another contract");
    assert!(error.to_string().contains("`fit` is "), "{error}");
    assert!(error.hint().is_some_and(|hint| hint.contains("one contract")), "{error}");
    assert_eq!(server.calls().len(), 0);
    // What is the same in both is called.
    harness.call("tick").run();

    let other =
        Server::start(contract(|text| text.replace("name = \"sample\"", "name = \"other\"")), sample::answer);
    let builder = Harness::remote(other.address.to_string()).contract(SAMPLE).start().expect("a harness");
    let error = builder.call("tick").try_run().expect_err("another program");
    assert!(error.to_string().contains("no such program"), "{error}");
    assert!(error.hint().is_some(), "{error}");
}

#[test]
fn what_cannot_be_asked_says_why() {
    let error = Harness::remote("127.0.0.1:1").start().err().expect("no contract");
    assert!(matches!(&error, Error::NoContract(server) if server == "127.0.0.1:1") && error.hint().is_some());
    let text = std::fs::read_to_string(SAMPLE).expect("a contract");
    let text = text.replace("language = \"c\"", "language = \"c\"\ntarget = \"64-bit-big\"");
    let error =
        Harness::remote("127.0.0.1:1").contract_text(text, "sample").start().err().expect("another machine");
    assert!(matches!(&error, Error::OtherMachine { target, .. } if target == "64-bit-big"), "{error}");
    // A port that nobody listens on any more.
    let port = std::net::TcpListener::bind("127.0.0.1:0").and_then(|l| l.local_addr()).expect("a port");
    let harness = Harness::remote(port.to_string()).contract(SAMPLE).start().expect("a harness");
    for _ in 0..2 {
        let error = harness.call("tick").try_run().expect_err("nobody is there");
        assert!(error.to_string().contains("no connection"), "{error}");
        assert!(error.hint().is_some_and(|hint| hint.contains("HOST:PORT")));
    }
    let error = harness.call("tock").try_run().expect_err("no such routine");
    assert!(error.to_string().contains("is `tick` meant?"), "{error}");
    let text = "contract = 1\n[component]\nname = \"sample\"\nlanguage = \"c\"\n[routine.f]\nsymbol = \"f\"\neffects = \"none\"\n\
                params = [{ name = \"a\", type = \"ptr\", by = \"value\", use = \"in\" }]\n";
    let harness = Harness::remote(port.to_string()).contract_text(text, "sample").start().expect("a harness");
    let error = harness.call("f").arg("a", 0).try_run().expect_err("an address");
    assert!(
        error.to_string().contains("`f` cannot be called") && error.to_string().contains("params.0"),
        "{error}"
    );
}
