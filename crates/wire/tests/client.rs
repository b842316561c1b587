//! The client against servers that answer, die, hang, refuse and lie: deadlines are kept, and no call is made twice that must
//! not be.

use cmp_bridge_wire::client::{Call, Client, ClientError, Options};
use cmp_bridge_wire::message::{Hello, Known, Role, Welcome};
use cmp_bridge_wire::rpc::{CallHead, Records, Reply, ReplyHead, begin_record, end_record};
use cmp_bridge_wire::{Decoder, Encoder, MESSAGE_LIMIT};
use std::io::Write;
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

/// What a server does with one connection after the other; the last is done with all that follow.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Does {
    /// Answers each call with its argument plus one, in pieces.
    Answer,
    /// Closes as soon as hello was said.
    CloseAfterHello,
    /// Takes calls and never answers.
    Hang,
    /// Takes a call and closes.
    CloseAfterCall,
    /// Refuses the hello.
    Refuse,
    /// Closes before the hello is answered.
    CloseBeforeHello,
    /// Answers with another call's number.
    Stray,
    /// Answers with something that is no record.
    Garbage,
    /// Cannot give what the routine returned.
    SystemError,
    /// Has no such procedure.
    NoProcedure,
    /// Answers a byte at a time, each after a while.
    Drip,
    /// Answers in fragments of three bytes.
    Fragments,
}

struct Server {
    address: String,
    calls: Arc<AtomicUsize>,
    connections: Arc<AtomicUsize>,
}

impl Server {
    fn new(script: &[Does]) -> Server {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address").to_string();
        let (calls, connections) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
        let server = Server { address, calls: calls.clone(), connections: connections.clone() };
        let script = script.to_vec();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let i = connections.fetch_add(1, Ordering::SeqCst);
                let does = script[i.min(script.len() - 1)];
                let calls = calls.clone();
                std::thread::spawn(move || serve(stream, does, &calls));
            }
        });
        server
    }

    fn client(&self) -> Client {
        let known = Known { procedure: 16, name: "one".into(), hash: 0x0123_4567_89ab_cdef };
        let hello = Hello {
            component: "test".into(),
            what: "a test".into(),
            role: Role::Caller,
            routines: vec![known],
        };
        let options =
            Options { program: 0x2000_0001, hello, credential: Default::default(), limit: MESSAGE_LIMIT };
        Client::new(&self.address, options).expect("a client")
    }

    fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }
}

fn serve(mut stream: TcpStream, does: Does, calls: &AtomicUsize) {
    let mut records = Records::new(MESSAGE_LIMIT);
    let mut out = Encoder::new();
    loop {
        while let Ok(Some(record)) = records.next_record() {
            let mut input = Decoder::new(record);
            let head = CallHead::decode(&mut input).expect("a call");
            out.clear();
            let at = begin_record(&mut out);
            if head.procedure == 1 {
                Hello::decode(&mut input).expect("a hello");
                ReplyHead { xid: head.xid, reply: Reply::Success }.encode(&mut out);
                let reason = "another contract".to_string();
                match does {
                    Does::CloseBeforeHello => return,
                    Does::Refuse => Welcome::Refused { code: 3, reason }.encode(&mut out),
                    _ => Welcome::Accepted { what: "a server".into() }.encode(&mut out),
                }
                end_record(&mut out, at, MESSAGE_LIMIT).expect("short");
                if stream.write_all(out.bytes()).is_err() || does == Does::CloseAfterHello {
                    return;
                }
                continue;
            }
            calls.fetch_add(1, Ordering::SeqCst);
            let xid = if does == Does::Stray { head.xid.wrapping_add(7) } else { head.xid };
            let reply = match does {
                Does::NoProcedure => Reply::NoProcedure,
                Does::SystemError => Reply::SystemError,
                _ => Reply::Success,
            };
            ReplyHead { xid, reply }.encode(&mut out);
            if reply == Reply::Success {
                out.u32(input.u32().unwrap_or_default() + 1);
            }
            end_record(&mut out, at, MESSAGE_LIMIT).expect("short");
            match does {
                Does::Hang => continue,
                Does::CloseAfterCall => return,
                Does::Garbage => out.set_u32(0, 0xffff_ffff),
                _ => (),
            }
            if does == Does::Fragments {
                let message = out.bytes()[4..].to_vec();
                out.clear();
                for (i, piece) in message.chunks(3).enumerate() {
                    let last = if 3 * (i + 1) >= message.len() { 0x8000_0000 } else { 0 };
                    out.u32(piece.len() as u32 | last);
                    out.room(piece.len()).copy_from_slice(piece);
                }
            }
            if does == Does::Drip {
                for byte in out.bytes() {
                    std::thread::sleep(DEADLINE / 10);
                    if stream.write_all(&[*byte]).is_err() {
                        return;
                    }
                }
                continue;
            }
            // In pieces, as networks do.
            let (first, rest) = out.bytes().split_at(6);
            if stream.write_all(first).and_then(|()| stream.write_all(rest)).is_err() {
                return;
            }
        }
        if !matches!(records.read_from(&mut stream), Ok(1..)) {
            return;
        }
    }
}

const DEADLINE: Duration = Duration::from_millis(400);

fn call(client: &mut Client, again: bool) -> Result<u32, ClientError> {
    let began = Instant::now();
    let call = Call { procedure: 16, deadline: DEADLINE, again };
    let outcome = client.call(
        call,
        |out| {
            out.u32(41);
            Ok(())
        },
        |result| Ok(result.u32()?),
    );
    let took = began.elapsed();
    assert!(took < DEADLINE + Duration::from_millis(250), "{took:?}");
    outcome
}

#[test]
fn one_connection_serves_many_calls() {
    let server = Server::new(&[Does::Answer]);
    let mut client = server.client();
    for _ in 0..50 {
        assert_eq!(call(&mut client, false).expect("an answer"), 42);
    }
    client.null(DEADLINE).expect_err("this server answers null with a number, which is too much");
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
    assert_eq!(client.server(), "a server");
}

#[test]
fn a_connection_that_died_between_calls_is_opened_again() {
    let server = Server::new(&[Does::CloseAfterHello, Does::Answer]);
    let mut client = server.client();
    client.connect(DEADLINE).expect("a connection");
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(call(&mut client, false).expect("nothing had been sent"), 42);
    assert_eq!(server.calls(), 1);
}

#[test]
fn what_may_have_been_called_is_called_again_only_if_idempotent() {
    for (again, calls) in [(false, 1), (true, 2)] {
        let server = Server::new(&[Does::CloseAfterCall, Does::Answer]);
        let mut client = server.client();
        let outcome = call(&mut client, again);
        assert_eq!(server.calls(), calls);
        match outcome {
            Ok(answer) => assert!(again && answer == 42),
            Err(error) => {
                assert!(!again && !error.is_unsent(), "{error}");
                assert!(error.to_string().contains("may have been made"), "{error}");
            }
        }
    }
}

#[test]
fn an_idempotent_call_is_not_made_a_third_time() {
    let server = Server::new(&[Does::CloseAfterCall]);
    let error = call(&mut server.client(), true).expect_err("both were lost");
    assert!(!error.is_unsent(), "{error}");
    assert_eq!(server.calls(), 2);
}

#[test]
fn a_server_that_hangs_costs_one_deadline() {
    for again in [false, true] {
        let server = Server::new(&[Does::Hang]);
        let mut client = server.client();
        let error = call(&mut client, again).expect_err("no answer");
        assert!(error.to_string().contains("deadline") && !error.is_unsent(), "{error}");
        let began = Instant::now();
        for _ in 0..100 {
            let error = call(&mut client, again).expect_err("it rests");
            assert!(matches!(error, ClientError::Resting { .. }) && error.is_unsent(), "{error}");
        }
        assert!(began.elapsed() < DEADLINE / 2, "{:?}", began.elapsed());
        assert_eq!(server.calls(), 1, "the deadline has passed: no second try");
    }
}

#[test]
fn a_server_that_drips_costs_one_deadline() {
    let server = Server::new(&[Does::Drip]);
    let error = call(&mut server.client(), false).expect_err("too slow");
    assert!(error.to_string().contains("deadline") && !error.is_unsent(), "{error}");
}

#[test]
fn an_answer_in_fragments() {
    let server = Server::new(&[Does::Fragments]);
    let mut client = server.client();
    assert_eq!(call(&mut client, false).expect("an answer"), 42);
    assert_eq!(call(&mut client, false).expect("another"), 42);
}

#[test]
fn calls_made_elsewhere_are_told_and_not_answered() {
    let server = Server::new(&[Does::CloseAfterHello, Does::Hang]);
    let mut client = server.client();
    client.connect(DEADLINE).expect("a connection");
    std::thread::sleep(Duration::from_millis(50));
    let began = Instant::now();
    for number in 0..20 {
        let write = |out: &mut Encoder| {
            out.u32(number);
            Ok(())
        };
        client.seen(17, DEADLINE, write).expect("it is told");
    }
    assert!(began.elapsed() < DEADLINE, "nobody waits for an answer");
    while server.calls() < 20 {
        assert!(began.elapsed() < Duration::from_secs(5), "{}", server.calls());
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(server.connections.load(Ordering::SeqCst), 2);
}

#[test]
fn nobody_listens() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("an address").to_string();
    drop(listener);
    let server = Server { address, ..Server::new(&[Does::Answer]) };
    let mut client = server.client();
    let error = call(&mut client, false).expect_err("nobody");
    assert!(matches!(error, ClientError::Connect { .. }) && error.is_unsent(), "{error}");
    assert!(matches!(call(&mut client, false), Err(ClientError::Resting { .. })));
}

#[test]
fn refusals_and_lies_are_told_apart() {
    for (does, unsent, text) in [
        (Does::Refuse, true, "another contract"),
        (Does::CloseBeforeHello, true, "the server closed the connection; the call was not made"),
        (Does::NoProcedure, true, "no such procedure"),
        (Does::SystemError, false, "could not give the result"),
        (Does::Stray, false, "an answer to call"),
        (Does::Garbage, false, "at most"),
    ] {
        let server = Server::new(&[does]);
        let mut client = server.client();
        let error = call(&mut client, false).expect_err("no answer");
        assert_eq!(error.is_unsent(), unsent, "{does:?}: {error}");
        assert!(error.to_string().contains(text), "{does:?}: {error}");
        let fatal = !matches!(does, Does::NoProcedure | Does::SystemError);
        assert_eq!(matches!(call(&mut client, false), Err(ClientError::Resting { .. })), fatal, "{does:?}");
    }
}

#[test]
fn after_a_rest_it_comes_back() {
    let server = Server::new(&[Does::CloseAfterCall, Does::Answer]);
    let mut client = server.client();
    call(&mut client, false).expect_err("lost");
    let began = Instant::now();
    while call(&mut client, false).is_err() {
        assert!(began.elapsed() < Duration::from_secs(5));
        std::thread::sleep(Duration::from_millis(50));
    }
    assert!(began.elapsed() > Duration::from_millis(900), "{:?}", began.elapsed());
}

#[test]
fn a_call_that_cannot_be_written_sends_nothing() {
    let server = Server::new(&[Does::Answer]);
    let mut client = server.client();
    let long = |out: &mut Encoder| {
        out.room(MESSAGE_LIMIT + 1);
        Ok(())
    };
    let wanted = Call { procedure: 16, deadline: DEADLINE, again: false };
    let error = client.call(wanted, long, |_| Ok(())).expect_err("too long");
    assert!(matches!(error, ClientError::TooLong(_)) && error.is_unsent(), "{error}");
    assert_eq!(call(&mut client, false).expect("it goes on"), 42);
    assert_eq!(server.calls(), 1);
}

#[test]
fn calls_in_a_pipeline() {
    let server = Server::new(&[Does::Answer]);
    let mut client = server.client();
    let mut answers = vec![0; 5000];
    let calls = vec![16; answers.len()];
    let write = |i: usize, out: &mut Encoder| {
        out.u32(i as u32);
        // Longer than what sockets hold, so that both sides must read and write at the same time.
        out.room(if i.is_multiple_of(100) { 200_000 } else { 40 });
        Ok(())
    };
    let read = |i: usize, result: &mut Decoder<'_>| {
        answers[i] = result.u32()?;
        Ok(())
    };
    client.pipeline(&calls, Duration::from_secs(20), write, read).expect("all answers");
    assert!(answers.iter().enumerate().all(|(i, answer)| *answer == i as u32 + 1));
    assert_eq!(server.connections.load(Ordering::SeqCst), 1);
    assert_eq!(call(&mut client, false).expect("it goes on"), 42);
}

#[test]
fn a_pipeline_that_breaks_says_how_far_it_came() {
    let server = Server::new(&[Does::CloseAfterCall]);
    let mut client = server.client();
    let error = client.pipeline(
        &[16; 10],
        DEADLINE,
        |i, out| {
            out.u32(i as u32);
            Ok(())
        },
        |_, _| Ok(()),
    );
    let error = error.expect_err("closed");
    assert_eq!((error.answered, error.calls), (0, 10), "{error}");
    assert_eq!(server.calls(), 1, "nothing is sent twice");
}
