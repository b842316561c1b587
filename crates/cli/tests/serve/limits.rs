//! What callers may take, and what is done with those who take more.

use crate::support::*;
use cmp_bridge_contract::wire;
use cmp_bridge_wire::message::Answer;
use cmp_bridge_wire::rpc::{Reply, ReplyHead};
use cmp_bridge_wire::{Decoder, Encoder};
use proptest::test_runner::{Config, TestRunner};
use std::io::{ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Whether everything of this is wanted; a part of it is tested always.
fn long() -> bool {
    std::env::var_os("CMP_BRIDGE_LONG").is_some_and(|value| value == "1")
}

/// As many descriptors for this process as there may be.
fn raise_limit() -> u64 {
    let mut limit = libc::rlimit { rlim_cur: 0, rlim_max: 0 };
    // SAFETY: system calls that read and write a struct of ours.
    unsafe {
        libc::getrlimit(libc::RLIMIT_NOFILE, &mut limit);
        limit.rlim_cur = limit.rlim_max;
        libc::setrlimit(libc::RLIMIT_NOFILE, &limit);
    }
    limit.rlim_cur
}

#[test]
fn thousands_of_connections_cost_little_and_are_all_answered() {
    assert!(raise_limit() > 4500, "this test opens 2,000 connections");
    let (_bench, mut server) = Bench::served("thousands", "");
    let mut first = server.caller();
    assert_eq!(first.integer("answers", 0), Ok(4711));
    let before = server.memory();
    let mut clients: Vec<Client> = (0..2000).map(|_| server.client()).collect();
    assert!(eventually(|| first.status()["connections"]["open"] == 2001));
    // Some of them are used, all of them are there.
    for client in clients.iter_mut().step_by(20) {
        client.hello();
        assert_eq!(client.integer("answers", 0), Ok(4711));
    }
    let grown = server.memory().saturating_sub(before);
    assert!(grown < 16 << 10, "{grown} KiB for 2,000 connections");
    assert_eq!(first.status()["connections"]["waiting_bytes"], 0);
    let began = Instant::now();
    assert_eq!(first.integer("answers", 0), Ok(4711));
    assert!(began.elapsed() < Duration::from_secs(2));
    drop(clients);
    assert!(eventually(|| first.status()["connections"]["open"] == 1));
    server.stop();
}

#[test]
fn connections_come_and_go() {
    raise_limit();
    let (_bench, mut server) = Bench::served("come-and-go", "");
    let rounds = if long() { 100 } else { 15 };
    let mut first = server.caller();
    let mut memory = 0;
    for round in 0..rounds {
        let mut some: Vec<TcpStream> =
            (0..100).map(|_| TcpStream::connect(server.address).expect("a connection")).collect();
        // Some say something, some half of it, some nothing.
        for (number, stream) in some.iter_mut().enumerate().filter(|(number, _)| number % 3 > 0) {
            let _ = stream.write_all(&[0x80, 0, 0, 40, 0, 0][..2 + 2 * (number % 3)]);
        }
        drop(some);
        assert_eq!(first.integer("answers", 0), Ok(4711));
        if round == rounds / 2 {
            memory = server.memory();
        }
    }
    assert!(eventually(|| first.status()["connections"]["open"] == 1));
    let status = first.status();
    assert_eq!(
        (&status["connections"]["accepted"], &status["connections"]["waiting_bytes"]),
        (&(1 + 100 * rounds).into(), &0.into())
    );
    assert!(server.memory() < memory + (8 << 10), "{} after {memory} KiB", server.memory());
    server.stop();
}

#[test]
fn beyond_the_limit_connections_are_closed_and_others_stay() {
    let (_bench, mut server) = Bench::served("limit", "[serve.limits]\nconnections = 3\n");
    let mut clients: Vec<Client> = (0..3).map(|_| server.caller()).collect();
    for _ in 0..5 {
        server.client().ends();
    }
    assert_eq!(clients[0].status()["connections"]["too_many"], 5);
    clients.iter_mut().for_each(|client| assert_eq!(client.integer("answers", 0), Ok(4711)));
    server.says("closed at once: 3 connections are open already");
    // One leaves, another one comes.
    clients.pop();
    assert!(eventually(|| clients[0].status()["connections"]["open"] == 2));
    assert_eq!(server.caller().integer("answers", 0), Ok(4711));
    server.stop();
}

/// Lengths that lie: refused before anything is allocated, and never waited for beyond the limit of time.
#[test]
fn lies_in_lengths_cost_nothing() {
    let lines = "[serve.limits]\nmessage = \"64 KiB\"\nrecord = \"300 ms\"\n";
    let (_bench, mut server) = Bench::served("lies", lines);
    let mut first = server.caller();
    let before = server.memory();
    for head in [0xffff_ffff_u32, 0x7fff_ffff, 0x8001_0001, 0x0001_0001, 0x8001_fffc] {
        let mut stream = TcpStream::connect(server.address).expect("a connection");
        stream.write_all(&head.to_be_bytes()).expect("a head");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        assert!(matches!(stream.read(&mut [0; 10]), Ok(0)), "{head:#x}");
    }
    assert_eq!(first.status()["connections"]["too_large"], 5);
    // Fragments that add up to too much, and ones of nothing at all without end.
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    let fragment = [&0x0000_4000_u32.to_be_bytes()[..], &[0; 0x4000]].concat();
    let sent = (0..100).find(|_| stream.write_all(&fragment).is_err());
    assert!(sent.is_some() || !stream.read(&mut [0; 10]).is_ok_and(|read| read > 0));
    let mut stream = TcpStream::connect(server.address).expect("a connection");
    let empty = [0; 4096];
    let sent = (0..10_000).find(|_| stream.write_all(&empty).is_err());
    assert!(sent.is_some(), "fragments of nothing are taken without end");
    // Lengths inside a message: of a credential, of an array.
    let native = scale(&first, &[1.0, 2.0], 1.0, 0);
    let message = first.call_message("scale", &native);
    for at in (4..message.len()).step_by(4) {
        for lie in [0xffff_ffff_u32, 0x7fff_ffff, 0x1000_0000, 3, 0] {
            let mut stream = server.client();
            let mut wrong = message.clone();
            wrong[at..at + 4].copy_from_slice(&lie.to_be_bytes());
            stream.send(&wrong);
            stream.stream.shutdown(std::net::Shutdown::Write).expect("half closed");
            stream.ends();
        }
    }
    // Half a message is waited for, but not for ever.
    let mut stream = server.client();
    stream.send(&message[..message.len() - 1]);
    assert!(eventually(|| first.status()["connections"]["waiting_bytes"].as_u64() > Some(0)));
    stream.ends();
    server.says("a message did not come to its end");
    assert_eq!(first.call("scale", &mut scale(&server.client(), &[1.0], 1.0, 0)), Answer::Returned);
    let status = first.status();
    assert_eq!(
        (&status["connections"]["waiting_bytes"], &status["connections"]["too_slow"]),
        (&0.into(), &1.into())
    );
    assert!(server.memory() < before + (8 << 10), "{} after {before} KiB", server.memory());
    server.stop();
}

/// A byte now and then keeps nobody's connection open, and costs only what came.
#[test]
fn slow_messages_time_out() {
    let (_bench, mut server) = Bench::served("slow", "[serve.limits]\nrecord = \"400 ms\"\n");
    let mut first = server.caller();
    let mut slow: Vec<Client> = (0..50).map(|_| server.client()).collect();
    let before = server.memory();
    let message = {
        let native = scale(&first, &[1.0; 100], 1.0, 0);
        first.call_message("scale", &native)
    };
    let mut closed = 0;
    for byte in message.chunks(1).take(200) {
        for client in &mut slow {
            closed += usize::from(client.stream.write_all(byte).is_err());
        }
        if closed > 0 {
            break;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    assert!(closed > 0, "a message takes as long as it likes");
    assert!(eventually(|| first.status()["connections"]["open"] == 1));
    assert_eq!(first.status()["connections"]["too_slow"], 50);
    assert!(server.memory() < before + (4 << 10));
    // An idle connection is nobody's message.
    std::thread::sleep(Duration::from_millis(600));
    assert_eq!(first.integer("answers", 0), Ok(4711));
    server.stop();
}

/// Who does not read answers is not read any more, and in the end closed; others do not notice.
#[test]
fn who_does_not_read_is_not_read() {
    let lines = "[serve.limits]\nqueued = \"64 KiB\"\nunread = \"1 s\"\nmemory = \"64 MiB\"\n";
    let (_bench, mut server) = Bench::served("unread", lines);
    let mut first = server.caller();
    let mut greedy = server.caller();
    let before = server.memory();
    let native = scale(&greedy, &[1.5; 4000], 1.0, 0);
    let message = greedy.call_message("scale", &native);
    greedy.stream.set_write_timeout(Some(Duration::from_millis(500))).expect("a timeout");
    let (mut sent, began) = (0_u64, Instant::now());
    let stuck = loop {
        match greedy.stream.write(&message) {
            Ok(written) => sent += written as u64,
            Err(error) => break error,
        }
        assert!(sent < 1 << 30, "it reads on and on");
    };
    assert!(
        matches!(stuck.kind(), ErrorKind::WouldBlock | ErrorKind::ConnectionReset | ErrorKind::BrokenPipe),
        "{stuck}"
    );
    assert!(server.memory() < before + (16 << 10), "{} after {before} KiB", server.memory());
    let calling = Instant::now();
    assert_eq!(first.integer("answers", 0), Ok(4711));
    assert!(calling.elapsed() < Duration::from_secs(2));
    assert!(eventually(|| first.status()["connections"]["too_slow"] == 1));
    assert!(began.elapsed() > Duration::from_millis(900));
    server.says("answers were not read, in time");
    server.stop();
}

/// The same with somebody who reads late, and all of it.
#[test]
fn answers_that_wait_are_all_delivered_in_order() {
    let (_bench, mut server) = Bench::served("late", "[serve.limits]\nqueued = \"32 KiB\"\n");
    let mut client = server.caller();
    let native = scale(&client, &[1.5; 500], 1.0, 0);
    let messages: Vec<Vec<u8>> = (0..3000).map(|_| client.call_message("scale", &native)).collect();
    let first = client.message(0, 0, |_| ()).len();
    assert!(first > 0);
    let mut writer = client.stream.try_clone().expect("a clone");
    let writing =
        std::thread::spawn(move || messages.iter().try_for_each(|message| writer.write_all(message)));
    std::thread::sleep(Duration::from_millis(500));
    let mut last = 0;
    for _ in 0..3000 {
        let (ReplyHead { xid, reply }, _) = client.reply();
        assert_eq!(reply, Reply::Success);
        assert!(xid > last, "{xid} after {last}");
        last = xid;
    }
    writing.join().expect("the writer").expect("sent");
    server.stop();
}

#[test]
fn all_that_waits_together_is_limited() {
    let lines = "[serve.limits]\nmessage = \"1 MiB\"\nmemory = \"4 MiB\"\nrecord = \"20 s\"\n";
    let (_bench, mut server) = Bench::served("memory", lines);
    let mut first = server.caller();
    // Each sends nearly a message.
    let head = (0x8000_0000_u32 | 1_000_000).to_be_bytes();
    let part = [&head[..], &vec![0; 900_000]].concat();
    let mut clients: Vec<Client> = (0..12).map(|_| server.client()).collect();
    for client in &mut clients {
        let _ = client.stream.write_all(&part);
    }
    assert!(eventually(|| first.status()["connections"]["too_large"].as_u64() >= Some(5)));
    let waiting = first.status()["connections"]["waiting_bytes"].as_u64().expect("a number");
    assert!((500_000..=4 << 20).contains(&waiting), "{waiting}");
    assert_eq!(first.integer("answers", 0), Ok(4711));
    drop(clients);
    assert!(eventually(|| first.status()["connections"]["waiting_bytes"] == 0));
    server.stop();
}

/// Random bytes, random records, and messages changed at random: the server stays, and answers who makes sense.
#[test]
fn damage_is_survived() {
    let (_bench, mut server) =
        Bench::served("damage", "[serve.limits]\nmessage = \"64 KiB\"\nrecord = \"200 ms\"\n");
    let mut first = server.caller();
    let native = scale(&first, &[1.0, 2.0, 3.0], 1.0, 0);
    let good = first.call_message("scale", &native);
    let hello = first.message(first.program(), wire::PROCEDURE_HELLO, |_| ());
    let (address, cases) = (server.address, if long() { 3000 } else { 300 });
    let mut runner = TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let noise = proptest::collection::vec(proptest::prelude::any::<u8>(), 0..300);
    let changes = proptest::collection::vec((0..good.len(), proptest::prelude::any::<u8>()), 0..6);
    let kind = 0..4_u8;
    let outcome = runner.run(&(noise, changes, kind), |(noise, changes, kind)| {
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.set_read_timeout(Some(PATIENCE)).expect("a timeout");
        let mut bytes = match kind {
            0 => noise,
            1 => [&(0x8000_0000 | noise.len() as u32).to_be_bytes()[..], &noise].concat(),
            2 => [good.clone(), noise].concat(),
            _ => [hello.clone(), good.clone()].concat(),
        };
        for (at, value) in changes.into_iter().filter(|_| kind >= 2) {
            bytes[at] = value;
        }
        let _ = stream.write_all(&bytes);
        let _ = stream.shutdown(std::net::Shutdown::Write);
        // Whatever it was: it is answered or not, and the connection ends.
        let mut rest = Vec::new();
        match stream.read_to_end(&mut rest) {
            Ok(_) => Ok(()),
            Err(error) => {
                proptest::prop_assert_eq!(error.kind(), ErrorKind::ConnectionReset);
                Ok(())
            }
        }
    });
    outcome.expect("no harm");
    assert_eq!(first.call("scale", &mut scale(&server.client(), &[1.0], 1.0, 0)), Answer::Returned);
    assert!(eventually(|| first.status()["connections"]["open"] == 1));
    server.stop();
}

/// Pieces of messages: byte by byte, in fragments, many in one write.
#[test]
fn messages_come_in_any_pieces() {
    let (_bench, mut server) = Bench::served("pieces", "");
    let mut client = server.caller();
    let mut native = scale(&client, &[1.0, 2.0], 4.0, 0);
    let message = client.call_message("scale", &native);
    for byte in message.chunks(1) {
        client.send(byte);
    }
    assert_eq!(client.answer("scale", &mut native), Answer::Returned);
    assert_eq!(doubles(native.area(1).expect("out")), [4.0, 8.0]);
    // One message, a fragment a word; an empty one in between.
    let mut native = scale(&client, &[1.0, 2.0], 5.0, 0);
    let message = client.call_message("scale", &native);
    let mut pieces = Vec::new();
    for word in message[4..].chunks(4) {
        pieces.extend([&4_u32.to_be_bytes()[..], word, &[0; 4]].concat());
    }
    pieces.extend(0x8000_0000_u32.to_be_bytes());
    client.send(&pieces);
    assert_eq!(client.answer("scale", &mut native), Answer::Returned);
    assert_eq!(doubles(native.area(1).expect("out")), [5.0, 10.0]);
    // A thousand at once are answered, in order.
    let native = scale(&client, &[1.0], 1.0, 0);
    let many: Vec<u8> = (0..1000).flat_map(|_| client.call_message("scale", &native)).collect();
    let mut writer = client.stream.try_clone().expect("a clone");
    let writing = std::thread::spawn(move || writer.write_all(&many));
    let mut xids = Vec::new();
    for _ in 0..1000 {
        let message = client.next().expect("an answer");
        xids.push(ReplyHead::decode(&mut Decoder::new(&message)).expect("a reply").xid);
    }
    assert!(xids.is_sorted() && xids.first() < xids.last());
    writing.join().expect("the writer").expect("sent");
    let mut out = Encoder::new();
    out.u32(1);
    assert_eq!(out.bytes(), [0, 0, 0, 1]);
    server.stop();
}

/// Values take as much memory as the longest message that is allowed, and not as one of the usual length.
#[test]
fn a_message_as_long_as_is_allowed_is_answered() {
    let lines = "[serve.limits]\nmessage = \"128 MiB\"\n";
    let (_bench, mut server) = Bench::served("long-message", lines);
    let mut client = server.caller();
    let values = vec![1.5; (36 << 20) / 8];
    let mut native = scale(&client, &values, 2.0, 0);
    assert_eq!(client.call("scale", &mut native), Answer::Returned);
    assert_eq!(native.area(1).map(|out| out[..8].to_vec()), Some(bytes(&[3.0])));
    // Told of, it is read as well.
    let message = client.seen_message("scale", 1, 0, &native, Some(&native));
    client.send(&message);
    assert!(eventually(|| routine(&client.status(), "scale")["compared"]["calls"] == 1), "{}", server.said());
    server.stop();
}
