//! A journal that is not as it was written: every change is noticed, and costs no more than the block it is in.

use crate::header;
use crate::support::{Entries, Scratch, write};
use cmp_bridge_journal::{Call, Damage, Journal, JournalError, Summary};
use proptest::prelude::*;
use std::path::{Path, PathBuf};

/// Two threads, four blocks of two calls, closed.
fn sample(scratch: &Scratch) -> PathBuf {
    let entries: Vec<Entries> = (0..4u64)
        .map(|block| {
            let mut entries = Entries::default();
            for number in [block * 2 + 1, block * 2 + 2] {
                entries.enter(0, number, 0, [number; 6], &[(0, 0x1000, 0, &number.to_le_bytes())]);
                entries.leave(0, number, number * 3, 0, &[(0, 0x1000, 0, b"CMPB after")]);
            }
            entries
        })
        .collect();
    let blocks: Vec<_> = entries.iter().enumerate().map(|(i, e)| (1 + i as u32 % 2, 0, e)).collect();
    write(scratch, "sample", &header("contract = 1", 9), &blocks, true)
}

fn read(path: &Path) -> Result<(Vec<Call>, Summary), JournalError> {
    let journal = Journal::open(path)?;
    let mut calls = journal.calls();
    let found = calls.by_ref().collect();
    Ok((found, calls.summary().clone()))
}

#[test]
fn every_changed_byte_is_noticed_and_costs_one_block() {
    let scratch = Scratch::new("flip");
    let path = sample(&scratch);
    let (whole, _) = read(&path).expect("a whole journal");
    let bytes = std::fs::read(&path).expect("bytes");
    let header_length = 16 + u32::from_le_bytes(bytes[8..12].try_into().expect("four bytes")) as usize;
    let changed = scratch.path("changed");
    for at in 0..bytes.len() {
        for flip in [0x01, 0x80, 0xff] {
            let mut copy = bytes.clone();
            copy[at] ^= flip;
            std::fs::write(&changed, &copy).expect("write");
            match read(&changed) {
                Err(_) => assert!(at < header_length, "byte {at} is not in the header, and nothing was read"),
                Ok((calls, summary)) => {
                    assert!(at >= header_length, "a change of byte {at} of the header went unnoticed");
                    assert!(!summary.damage.is_empty(), "a change of byte {at} went unnoticed");
                    assert!(calls.iter().all(|call| whole.contains(call)), "byte {at}: a call differs");
                    assert!(calls.len() + 2 >= whole.len(), "byte {at}: {} calls left", calls.len());
                }
            }
        }
    }
}

#[test]
fn cut_anywhere_all_whole_blocks_are_read() {
    let scratch = Scratch::new("cut");
    let path = sample(&scratch);
    let (whole, _) = read(&path).expect("a whole journal");
    let bytes = std::fs::read(&path).expect("bytes");
    let cut = scratch.path("cut");
    let mut most = 0;
    for length in 0..bytes.len() {
        std::fs::write(&cut, &bytes[..length]).expect("write");
        match read(&cut) {
            Err(error) => assert_eq!(most, 0, "after {length} bytes: {error}"),
            Ok((calls, summary)) => {
                assert!(calls.len() >= most, "fewer calls in more bytes");
                most = calls.len();
                assert_eq!(calls[..], whole[..most]);
                let [damage] = &summary.damage[..] else { panic!("{length}: {:?}", summary.damage) };
                assert!(!damage.is_corruption(), "{length}: {damage}");
            }
        }
    }
    assert_eq!(most, whole.len());
}

#[test]
fn missing_repeated_and_appended_blocks_are_noticed() {
    let scratch = Scratch::new("blocks");
    let path = sample(&scratch);
    let bytes = std::fs::read(&path).expect("bytes");
    let starts: Vec<usize> = (0..bytes.len() - 4)
        .filter(|at| bytes[*at..].starts_with(b"CMPB") && !bytes[*at..].starts_with(b"CMPB after"))
        .collect();
    assert_eq!(starts.len(), 4);
    let (one, two) = (&bytes[starts[1]..starts[2]], &bytes[starts[2]..starts[3]]);
    let missing = [&bytes[..starts[1]], &bytes[starts[2]..]].concat();
    let repeated = [&bytes[..starts[2]], one, &bytes[starts[2]..]].concat();
    let swapped = [&bytes[..starts[1]], two, one, &bytes[starts[3]..]].concat();
    let appended = [&bytes[..], one].concat();
    for (name, bytes, says) in [
        ("missing", missing, "block 2 where block 1 is expected"),
        ("repeated", repeated, "block 1 where block 2 is expected"),
        ("swapped", swapped, "block 2 where block 1 is expected"),
        ("appended", appended, "bytes after the closing block"),
    ] {
        let path = scratch.path(name);
        std::fs::write(&path, bytes).expect("write");
        let (_, summary) = read(&path).expect("readable");
        let damage = summary.damage.first().map(Damage::to_string).unwrap_or_default();
        assert!(damage.contains(says), "{name}: {damage}");
        assert!(summary.damage.iter().all(Damage::is_corruption), "{name}");
    }
}

#[test]
fn what_is_no_journal_is_refused_by_name() {
    let scratch = Scratch::new("refused");
    let path = sample(&scratch);
    let mut version = std::fs::read(&path).expect("bytes");
    version[7] = b'2';
    for (name, bytes, says) in [
        ("empty", Vec::new(), "not a journal"),
        ("text", b"hello, this is text".to_vec(), "not a journal"),
        ("version", version, "journal version '2'"),
        ("short", b"CMPJRNL1\x40\0\0\0".to_vec(), "header is damaged (it ends early)"),
    ] {
        let path = scratch.path(name);
        std::fs::write(&path, bytes).expect("write");
        let error = Journal::open(&path).expect_err("refused").to_string();
        assert!(error.contains(says) && error.contains(name), "{name}: {error}");
    }
    assert!(matches!(Journal::open(&scratch.0), Err(JournalError::Io { .. })), "a folder");
    assert!(matches!(Journal::open(&scratch.path("none")), Err(JournalError::Io { .. })), "no file");
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Any bytes at all: an error, or calls and a statement of the damage; never a panic.
    #[test]
    fn any_bytes_are_survived(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        let scratch = Scratch::new("any");
        let path = scratch.path("any");
        for start in [&b""[..], b"CMPJRNL1"] {
            std::fs::write(&path, [start, &bytes].concat()).expect("write");
            prop_assert!(read(&path).is_err());
        }
    }

    /// Any entries inside a block that is itself whole.
    #[test]
    fn any_entries_are_survived(words in proptest::collection::vec(any::<u32>(), 0..200), small in any::<bool>()) {
        let scratch = Scratch::new("entries");
        let mut entries = Entries::default();
        entries.enter(0, 1, 0, [0; 6], &[]);
        for (index, word) in words.iter().enumerate() {
            // Mostly plausible heads, so that the bodies are reached, too.
            let word = if small && index % 8 == 0 { word % 256 * 8 } else { *word };
            entries.0.extend(word.to_le_bytes());
        }
        let path = write(&scratch, "entries", &header("", 0), &[(1, 0, &entries)], true);
        let (calls, summary) = read(&path).expect("a header");
        prop_assert!(!calls.is_empty());
        prop_assert!(words.len() < 4 || summary.calls >= 1);
    }

    /// Any number of changes at once.
    #[test]
    fn many_changes_never_yield_a_false_call(changes in proptest::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..20)) {
        let scratch = Scratch::new("many");
        let path = sample(&scratch);
        let (whole, _) = read(&path).expect("a whole journal");
        let bytes = std::fs::read(&path).expect("bytes");
        let mut copy = bytes.clone();
        for (index, flip) in &changes {
            copy[index.index(bytes.len())] ^= flip;
        }
        std::fs::write(&path, &copy).expect("write");
        if let Ok((calls, summary)) = read(&path) {
            prop_assert!(copy == bytes || !summary.damage.is_empty());
            prop_assert!(calls.iter().all(|call| whole.contains(call)));
        }
    }
}
