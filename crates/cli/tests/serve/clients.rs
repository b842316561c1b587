//! `call`, `replay` and `status` against servers, ours and others.

use crate::support::*;
use cmp_bridge_contract::wire::PROCEDURE_HELLO;
use cmp_bridge_wire::message::Welcome;
use cmp_bridge_wire::rpc::{AUTH_TOOWEAK, CallHead, Records, Reply, ReplyHead, begin_record, end_record};
use cmp_bridge_wire::{Decoder, Encoder};
use std::io::Write;
use std::net::TcpListener;

/// What a server of no sense says to a call.
#[derive(Debug, Clone, Copy)]
enum Says {
    Reply(Reply),
    /// The answer to another call.
    Stray,
    /// A success with bytes that are no outputs.
    Nonsense,
    /// Nothing, and not to the hello either.
    Nothing,
}

/// Its address. It ends with the test.
fn server(says: Says) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a socket");
    let address = listener.local_addr().expect("its address").to_string();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().flatten() {
            let mut records = Records::new(1 << 20);
            loop {
                while let Ok(Some(record)) = records.next_record() {
                    let head = CallHead::decode(&mut Decoder::new(record)).expect("a call");
                    let mut out = Encoder::new();
                    let at = begin_record(&mut out);
                    match (head.procedure, says) {
                        (_, Says::Nothing) => continue,
                        (PROCEDURE_HELLO, _) => {
                            ReplyHead { xid: head.xid, reply: Reply::Success }.encode(&mut out);
                            Welcome::Accepted { what: "a fake\x1b[2J".to_owned() }.encode(&mut out);
                        }
                        (_, Says::Reply(reply)) => ReplyHead { xid: head.xid, reply }.encode(&mut out),
                        (_, Says::Stray) => {
                            ReplyHead { xid: head.xid ^ 1, reply: Reply::Success }.encode(&mut out)
                        }
                        (_, Says::Nonsense) => {
                            ReplyHead { xid: head.xid, reply: Reply::Success }.encode(&mut out);
                            out.u32(77);
                        }
                    }
                    end_record(&mut out, at, 1 << 20).expect("short");
                    let _ = stream.write_all(out.bytes());
                }
                if !matches!(records.read_from(&mut stream), Ok(1..)) {
                    break;
                }
            }
        }
    });
    address
}

fn call(bench: &Bench, address: &str) -> (Option<i32>, String, String) {
    bench.bridge(&[
        "call",
        "--server",
        address,
        "--contract",
        "served.toml",
        "--timeout",
        "1000",
        "prints",
        "how=1",
    ])
}

/// `prints` does output: who repeats it because of an exit status must know that it was not run.
#[test]
fn an_exit_status_tells_what_may_have_run_from_what_did_not() {
    let bench = Bench::new("exit");
    for (says, code, part) in [
        (Says::Reply(Reply::SystemError), 7, "it could not give the result (SYSTEM_ERR)"),
        (Says::Stray, 7, "an answer to call"),
        (Says::Nonsense, 7, "what it did is not known"),
        (Says::Reply(Reply::NoProcedure), 2, "it has no such procedure (PROC_UNAVAIL)"),
        (Says::Reply(Reply::Unauthenticated(AUTH_TOOWEAK)), 2, "hint: `allow` of the server's bridge.toml"),
        (Says::Nothing, 2, "no first exchange: the deadline has passed; the call was not made"),
    ] {
        let (found, out, err) = call(&bench, &server(says));
        assert_eq!(found, Some(code), "{says:?}: {out}{err}");
        assert!(format!("{out}{err}").contains(part), "{says:?}: `{part}` is not in\n{out}{err}");
        assert_eq!(err.contains("another program"), matches!(says, Says::Reply(Reply::NoProcedure)), "{err}");
    }
    // What a server calls itself is shown, and obeyed by no terminal.
    let (_, out, err) = bench.bridge(&["status", "--server", &server(Says::Reply(Reply::NoProgram))]);
    assert!(err.contains("PROG_UNAVAIL") && err.contains("hosts legacy routines"), "{out}{err}");
}

/// A server that allows longer messages than is usual is asked by a client that does, too.
#[test]
fn a_longer_message_is_sent_if_that_is_said() {
    let (bench, mut server) = Bench::served("longer", "[serve.limits]\nmessage = \"64 MiB\"\n");
    let count = 2 << 20;
    std::fs::write(bench.path("zeros"), vec![0; 8 * count]).expect("a file");
    let address = server.address.to_string();
    let (n, out) = (format!("n={count}"), format!("out=[f64; {count}]"));
    let arguments =
        ["--server", &address, "--contract", "served.toml", "--timeout", "60000", "--state", "calls_made=0"];
    let values = ["scale", &n, "in=@zeros", &out, "factor=2.0"];
    let (code, out, err) = bench.bridge(&[&["call"], &arguments[..], &values].concat());
    assert!(code == Some(2) && format!("{out}{err}").contains("too long"), "{err}");
    let (code, _, err) = bench.bridge(&[&["call", "--message", "64"], &arguments[..], &values].concat());
    assert_eq!(code, Some(0), "{err}");
    server.stop();
}
