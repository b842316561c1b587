//! Records as they arrive: in any pieces, of any fragments; and heads of calls and replies, from anybody.

use cmp_bridge_wire::message::{Answer, Ending, Hello, Known, Role, SeenHead, Welcome};
use cmp_bridge_wire::rpc::{
    CallHead, Credential, HeadError, RecordError, Records, Reply, ReplyHead, SysCredential, begin_record,
    end_record,
};
use cmp_bridge_wire::{DecodeError, Decoder, Encoder};
use proptest::prelude::*;

/// A message in fragments that end at these places.
fn fragments(message: &[u8], cuts: &[usize]) -> Vec<u8> {
    let mut ends: Vec<usize> = cuts.iter().map(|cut| cut % (message.len() + 1)).collect();
    ends.sort_unstable();
    ends.push(message.len());
    let (mut out, mut start) = (Vec::new(), 0);
    for (i, end) in ends.iter().enumerate() {
        let last = if i + 1 == ends.len() { 0x8000_0000 } else { 0 };
        out.extend(((end - start) as u32 | last).to_be_bytes());
        out.extend(&message[start..*end]);
        start = *end;
    }
    out
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn messages_in_any_pieces(
        messages in proptest::collection::vec(
            (proptest::collection::vec(any::<u8>(), 0..40), proptest::collection::vec(0usize..40, 0..5)), 0..8),
        pieces in proptest::collection::vec(1usize..30, 1..20),
    ) {
        let stream: Vec<u8> = messages.iter().flat_map(|(message, cuts)| fragments(message, cuts)).collect();
        let mut records = Records::new(100);
        let (mut found, mut rest) = (Vec::new(), &stream[..]);
        for length in pieces.iter().cycle() {
            let (piece, behind) = rest.split_at((*length).min(rest.len()));
            records.push(piece);
            rest = behind;
            while let Some(record) = records.next_record().expect("within the limit") {
                found.push(record.to_vec());
            }
            if rest.is_empty() {
                break;
            }
        }
        let expected: Vec<Vec<u8>> = messages.into_iter().map(|(message, _)| message).collect();
        prop_assert_eq!(found, expected);
        prop_assert!(records.is_between());
        prop_assert_eq!(records.held(), 0);
    }

    #[test]
    fn any_stream(stream in proptest::collection::vec(prop_oneof![any::<u8>(), Just(0), Just(0x80)], 0..300)) {
        let mut records = Records::new(64);
        for byte in stream {
            records.push(&[byte]);
            loop {
                match records.next_record() {
                    Ok(Some(record)) => prop_assert!(record.len() <= 64),
                    Ok(None) => break,
                    Err(_) => return Ok(()),
                }
            }
            prop_assert!(records.held() <= 64 + 4, "{}", records.held());
        }
    }

    #[test]
    fn any_head(bytes in proptest::collection::vec(prop_oneof![any::<u8>(), 0u8..3], 0..120)) {
        let _ = CallHead::decode(&mut Decoder::new(&bytes));
        let _ = ReplyHead::decode(&mut Decoder::new(&bytes));
        let _ = Hello::decode(&mut Decoder::new(&bytes));
        let _ = Welcome::decode(&mut Decoder::new(&bytes));
        let _ = Answer::decode(&mut Decoder::new(&bytes));
        let _ = SeenHead::decode(&mut Decoder::new(&bytes));
        let _ = Ending::decode(&mut Decoder::new(&bytes));
    }
}

#[test]
fn a_record_beyond_the_limit_is_refused_by_its_head() {
    let mut records = Records::new(100);
    records.push(&0x8000_0065u32.to_be_bytes());
    assert_eq!(records.next_record(), Err(RecordError::TooLong { found: 101, limit: 100 }));
    // Fragments of nothing come to an end, too.
    let mut records = Records::new(100);
    records.push(&fragments(&[7; 100], &[30, 60]));
    assert_eq!(records.next_record(), Ok(Some(&[7; 100][..])), "the limit is that of the message");
    for _ in 0..27 {
        records.push(&[0; 4]);
    }
    assert!(records.next_record().is_err());
    let mut out = Encoder::new();
    out.u32(7);
    let at = begin_record(&mut out);
    out.room(101);
    assert_eq!(end_record(&mut out, at, 100), Err(RecordError::TooLong { found: 101, limit: 100 }));
    assert_eq!(out.bytes(), [0, 0, 0, 7]);
}

#[test]
fn memory_goes_back_after_a_long_message() {
    let mut records = Records::new(10 << 20);
    records.push(&fragments(&vec![1; 9 << 20], &[5, 1 << 20]));
    assert_eq!(records.next_record().expect("a record").map(<[u8]>::len), Some(9 << 20));
    records.push(&[0]);
    assert_eq!(records.next_record(), Ok(None));
    let size = format!("{records:?}").len();
    assert!(size < 1 << 20, "the buffer is still there: {size}");
}

/// What is written is what is read, and nothing shorter is.
fn both_ways<T: PartialEq + std::fmt::Debug, E: std::fmt::Debug>(
    value: &T,
    encode: impl Fn(&T, &mut Encoder),
    decode: impl Fn(&mut Decoder<'_>) -> Result<T, E>,
) {
    let mut out = Encoder::new();
    encode(value, &mut out);
    assert_eq!(out.len() % 4, 0);
    let mut input = Decoder::new(out.bytes());
    assert_eq!(&decode(&mut input).expect("what was written"), value);
    input.finish().expect("all of it");
    for length in 0..out.len() {
        decode(&mut Decoder::new(&out.bytes()[..length])).expect_err("too short");
    }
}

#[test]
fn heads_and_messages_both_ways() {
    let sys = SysCredential { stamp: 1, machine: "hpux".into(), uid: 100, gid: 20, gids: vec![20, 30] };
    for credential in [Credential::None, Credential::Sys(sys)] {
        let head = CallHead { xid: 9, program: 0x2000_0001, version: 1, procedure: 16, credential };
        both_ways(&head, CallHead::encode, CallHead::decode);
    }
    for reply in [
        Reply::Success,
        Reply::NoProgram,
        Reply::VersionOfProgram { low: 1, high: 2 },
        Reply::NoProcedure,
        Reply::GarbageArguments,
        Reply::SystemError,
        Reply::VersionOfRpc { low: 2, high: 2 },
        Reply::Unauthenticated(5),
    ] {
        both_ways(&ReplyHead { xid: 8, reply }, ReplyHead::encode, ReplyHead::decode);
    }
    let known = |name: &str| Known { procedure: 16, name: name.into(), hash: u64::MAX };
    let routines = vec![known("a"), known("eck_hec")];
    let hello = Hello { component: "c".into(), what: "w".into(), role: Role::Recorder, routines };
    both_ways(&hello, Hello::encode, Hello::decode);
    both_ways(&Welcome::Accepted { what: "é".into() }, Welcome::encode, Welcome::decode);
    both_ways(&Welcome::Refused { code: 2, reason: "no".into() }, Welcome::encode, Welcome::decode);
    for answer in [
        Answer::Returned,
        Answer::Declined("a".into()),
        Answer::Exception("b".into()),
        Answer::NotNow("c".into()),
    ] {
        both_ways(&answer, Answer::encode, Answer::decode);
    }
    both_ways(&SeenHead { number: 1 << 40, dropped: 3 }, SeenHead::encode, SeenHead::decode);
    both_ways(&Ending::Exception, |ending, out| ending.encode(out), Ending::decode);
}

#[test]
fn what_no_call_may_be() {
    let head = CallHead { xid: 9, program: 5, version: 1, procedure: 16, credential: Credential::None };
    let mut out = Encoder::new();
    head.encode(&mut out);
    let other = |at: usize, word: u32| {
        let mut bytes = out.bytes().to_vec();
        bytes[at..at + 4].copy_from_slice(&word.to_be_bytes());
        CallHead::decode(&mut Decoder::new(&bytes))
    };
    assert!(matches!(other(4, 1), Err(HeadError::Decode(DecodeError::Word { at: 4, .. }))), "a reply");
    assert_eq!(other(8, 3), Err(HeadError::Version { xid: 9, found: 3 }));
    assert!(matches!(other(24, 1), Err(HeadError::Credential { xid: 9, .. })), "an AUTH_SYS of no bytes");
    assert_eq!(other(24, 6).map(|head| head.credential), Ok(Credential::Other(6)));
    assert!(matches!(
        other(28, 401),
        Err(HeadError::Decode(DecodeError::TooLong { at: 28, limit: 400, .. }))
    ));
    // Texts are cut to what the declaration allows, between characters.
    let mut out = Encoder::new();
    Answer::Declined("é".repeat(600)).encode(&mut out);
    let Ok(Answer::Declined(why)) = Answer::decode(&mut Decoder::new(out.bytes())) else {
        panic!("cut wrongly")
    };
    assert_eq!(why, "é".repeat(512));
    // Padding is zero.
    assert_eq!(Decoder::new(&[0, 0, 0, 1, 65, 0, 1, 0]).opaque(9), Err(DecodeError::Padding { at: 5 }));
}
