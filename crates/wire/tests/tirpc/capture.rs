//! What tshark sees of a conversation. The capture file is made of the very bytes that went over the connection, so that
//! nobody needs the right to listen on an interface.

use crate::conversation::{Ours, client, talk};
use crate::sample;
use crate::server::{Piece, Server};
use crate::stub;
use crate::tools::{self, Subject, run};
use cmp_bridge_contract::wire;
use cmp_bridge_wire::rpc::{CallHead, Credential, Records, Reply, ReplyHead};
use cmp_bridge_wire::{Decoder, MESSAGE_LIMIT};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::Duration;

/// The port of the server in the capture.
const PORT: u16 = 20_480;

/// Writes a capture file: every piece as one TCP segment, between two addresses of documentation (RFC 5737).
fn write_capture(path: &Path, pieces: &[Piece]) {
    let mut file = Vec::new();
    // Magic, version 2.4, zone, accuracy, longest packet, Ethernet.
    for word in [0xa1b2_c3d4_u32, 0x0004_0002, 0, 0, 1 << 18, 1] {
        file.extend(word.to_le_bytes());
    }
    let mut next = [1u32, 1];
    let mut seconds = 0u32;
    for piece in pieces {
        // A segment holds less than 64 KiB.
        for bytes in piece.bytes.chunks(1400) {
            let (mine, other) = if piece.from_client { (0, 1) } else { (1, 0) };
            let packet = packet(piece.from_client, next[mine], next[other], bytes);
            next[mine] = next[mine].wrapping_add(bytes.len() as u32);
            let length = packet.len() as u32;
            for word in [1_000_000_000, seconds, length, length] {
                file.extend(word.to_le_bytes());
            }
            seconds += 1;
            file.extend(packet);
        }
    }
    std::fs::write(path, file).expect("a capture");
}

fn packet(from_client: bool, sequence: u32, acknowledged: u32, bytes: &[u8]) -> Vec<u8> {
    let (client, server) = ([192, 0, 2, 1], [192, 0, 2, 2]);
    let ends = if from_client { (client, server, 40_000, PORT) } else { (server, client, PORT, 40_000) };
    // Ethernet: addresses, IPv4.
    let mut out = vec![2, 0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 2, 8, 0];
    let total = (40 + bytes.len()) as u16;
    out.extend([0x45, 0]);
    out.extend(total.to_be_bytes());
    // No fragments, 64 hops, TCP, checksum not checked.
    out.extend([0, 0, 0x40, 0, 64, 6, 0, 0]);
    out.extend(ends.0);
    out.extend(ends.1);
    out.extend(u16::to_be_bytes(ends.2));
    out.extend(u16::to_be_bytes(ends.3));
    out.extend(sequence.to_be_bytes());
    out.extend(acknowledged.to_be_bytes());
    // Header of 20 bytes, PSH and ACK, window.
    out.extend([0x50, 0x18, 0xff, 0xff, 0, 0, 0, 0]);
    out.extend(bytes);
    out
}

/// What is asked of tshark, for each frame that holds messages.
const FIELDS: [&str; 11] = [
    "rpc.fraglen",
    "rpc.lastfrag",
    "rpc.xid",
    "rpc.msgtyp",
    "rpc.program",
    "rpc.programversion",
    "rpc.procedure",
    "rpc.version",
    "rpc.auth.machinename",
    "rpc.auth.uid",
    "rpc.state_accept",
];

/// A message as a frame has it: its values of [`FIELDS`], or nothing where it has none.
type Message = [String; FIELDS.len()];

/// What tshark says of each message.
fn seen_by_tshark(folder: &Path, pieces: &[Piece]) -> Vec<Message> {
    write_capture(&folder.join("conversation.pcap"), pieces);
    let port = format!("tcp.port=={PORT},rpc");
    let mut arguments = vec!["-n", "-r", "conversation.pcap", "-d", &port];
    // Programs that it has no name of.
    arguments.extend(["-o", "rpc.dissect_unknown_programs:TRUE"]);
    arguments.extend(["-Y", "rpc", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=,"]);
    FIELDS.iter().for_each(|field| arguments.extend(["-e", field]));
    let text = run(folder, "tshark", &arguments);
    text.lines().flat_map(messages).collect()
}

/// The messages of a frame. A field may stand in it more than once a message, or in none of its messages.
fn messages(line: &str) -> Vec<Message> {
    let fields: Vec<Vec<&str>> = line.split('\t').map(|field| field.split(',').collect()).collect();
    let count = fields[0].len();
    let message = |i: usize| {
        std::array::from_fn(|field| {
            let values = &fields[field];
            values.get(i * values.len() / count).copied().unwrap_or_default().to_string()
        })
    };
    (0..count).map(message).collect()
}

/// What each message is, as we read it.
fn expected(pieces: &[Piece]) -> Vec<Message> {
    let mut calls = BTreeMap::new();
    let mut out = Vec::new();
    for piece in pieces {
        let mut records = Records::new(MESSAGE_LIMIT);
        records.push(&piece.bytes);
        while let Some(record) = records.next_record().expect("records") {
            let (length, mut input) = (record.len().to_string(), Decoder::new(record));
            let mut message: Message = Default::default();
            let head = if piece.from_client {
                let call = CallHead::decode(&mut input).expect("a call");
                let Credential::Sys(who) = &call.credential else { panic!("{call:?}") };
                message[7..10].clone_from_slice(&["2".to_string(), who.machine.clone(), who.uid.to_string()]);
                let head = (call.program, call.version, call.procedure);
                calls.insert(call.xid, head);
                (call.xid, "0", head)
            } else {
                let reply = ReplyHead::decode(&mut input).expect("a reply");
                message[10] = match reply.reply {
                    Reply::Success => "0".into(),
                    Reply::GarbageArguments => "4".into(),
                    other => panic!("{other:?}"),
                };
                (reply.xid, "1", calls[&reply.xid])
            };
            let (xid, kind, (program, version, procedure)) = head;
            let numbers = [program, version, procedure].map(|number| number.to_string());
            message[..4].clone_from_slice(&[length, "1".into(), format!("0x{xid:08x}"), kind.into()]);
            message[4..7].clone_from_slice(&numbers);
            out.push(message);
        }
        assert!(records.is_between(), "a message in two pieces");
    }
    out
}

/// Consecutive pieces of one side as one: a client waits for its answer before it goes on.
fn joined(pieces: Vec<Piece>) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for piece in pieces {
        match out.last_mut() {
            Some(last) if last.from_client == piece.from_client => last.bytes.extend(piece.bytes),
            _ => out.push(piece),
        }
    }
    out
}

#[test]
fn tshark_understands_an_rpcgen_client_and_our_server() {
    let (subject, program) = client("capture", str::to_string);
    let number = wire::program(&subject.contract);
    let server = Server::start(subject.contract, sample::answer);
    let (text, content) = talk(&program, &server);
    assert!(content, "{text}");
    let pieces = joined(server.traffic());
    let folder = tools::scratch("capture_file");
    let (found, expected) = (seen_by_tshark(&folder, &pieces), expected(&pieces));
    assert_eq!(found, expected);
    // In words, once: a call of procedure 16 of the program by hpux_host, and its answer.
    assert!(found.len() >= 20, "{}", found.len());
    assert_eq!(found[2][3..], ["0", &number.to_string(), "1", "16", "2", "hpux_host", "1234", ""]);
    assert_eq!(found[3][2], found[2][2], "the answer has the number of the call");
    assert_eq!(found[3][3..], ["1", &number.to_string(), "1", "16", "", "", "", "0"]);
}

#[test]
fn tshark_understands_our_client_and_our_server() {
    let subject = Subject::open("../codegen/tests/x/sample.toml");
    let server = Server::start(Subject::open("../codegen/tests/x/sample.toml").contract, sample::answer);
    let mut ours = Ours::new(&subject, &server.address.to_string());
    for title in ["a", "raise", "decline", "b"] {
        ours.call(&subject, title).expect("an answer");
    }
    ours.client.status(Duration::from_secs(20)).expect("a status");
    let pieces = joined(server.traffic());
    let found = seen_by_tshark(&tools::scratch("capture_ours"), &pieces);
    assert_eq!(found, expected(&pieces));
    let procedures: Vec<&str> = found.iter().map(|message| message[6].as_str()).collect();
    // HELLO, four calls, STATUS: each with its answer.
    assert_eq!(procedures, ["1", "1", "16", "16", "16", "16", "16", "16", "16", "16", "2", "2"]);
    let uid = found[0][9].parse::<u32>().expect("a user");
    assert!(!found[0][8].is_empty() && found.iter().step_by(2).all(|call| call[9] == uid.to_string()));
}

#[test]
fn tshark_understands_the_stub() {
    let server = Server::start(Subject::open("../codegen/tests/x/sample.toml").contract, sample::answer);
    let folder = tools::scratch("capture_stub");
    let alone = stub::program(&folder, "alone", &["caller.c", "counter.c"], &["-DCMPB_WITHOUT_LEGACY"]);
    let address = server.address.to_string();
    let rust = [("CMP_BRIDGE_SERVER", address.as_str()), ("CMP_BRIDGE_ROUTES", "*=rust")];
    assert_eq!(stub::call(&alone, 5, &rust), ("content\n".to_string(), true));
    let pieces = joined(server.traffic());
    let found = seen_by_tshark(&folder, &pieces);
    assert_eq!(found, expected(&pieces));
    // A HELLO for each routine, five calls of each.
    assert_eq!(found.len(), 2 * (2 + 10));
}

/// Wrong twins of a conversation: tshark sees each otherwise.
#[test]
fn tshark_sees_what_is_wrong() {
    let (subject, program) = client("capture_twin", str::to_string);
    let server = Server::start(subject.contract, sample::answer);
    let (text, content) = talk(&program, &server);
    assert!(content, "{text}");
    let pieces = joined(server.traffic());
    let folder = tools::scratch("capture_twins");
    let expected = expected(&pieces);
    // Of the second answer: the bit that says that a fragment is the last, the number of the call, that it is an answer.
    for (byte, what) in [(0, "record marking"), (7, "number"), (11, "kind")] {
        let mut twin = pieces.clone();
        twin[3].bytes[byte] ^= 0x80;
        assert_ne!(seen_by_tshark(&folder, &twin), expected, "{what}");
    }
}
