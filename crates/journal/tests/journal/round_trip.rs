//! What is written is what is read: calls, nesting, threads, drops, and calls that never ended.

use crate::header;
use crate::support::{Entries, Scratch, write};
use cmp_bridge::entry::Completeness;
use cmp_bridge::module::Answer;
use cmp_bridge_journal::{Damage, Journal, Outcome, Writer};
use std::path::Path;

fn open(path: &Path) -> Journal {
    Journal::open(path).expect("a journal")
}

#[test]
fn every_field_of_a_call_comes_back() {
    let scratch = Scratch::new("fields");
    let mut entries = Entries::default();
    let before = [(0u16, 0x1000u64, 0u8, &[1u8, 2, 3][..]), (1, 0, 3, &[]), (2, 0x2000, 2, &[9; 16])];
    entries.enter_with_stack(1, 7, 2, [1, 2, 3, 4, 5, 6], &[8, 8, 8, 8, 8, 8, 8, 8], &before);
    entries.candidate(1, 7, 0, 40, 0x3ff0_0000_0000_0000, &[(2, 0x2000, 0, &[5; 16])]);
    entries.leave(1, 7, 42, 0x4000_0000_0000_0000, &[(2, 0x2000, 0, &[6; 16])]);
    let path = write(&scratch, "one", &header("text", 5), &[(3, 0, &entries)], true);
    let journal = open(&path);
    assert_eq!(*journal.header(), header("text", 5));
    let calls: Vec<_> = journal.calls().collect();
    let [call] = &calls[..] else { panic!("{calls:?}") };
    assert_eq!((call.thread, call.number, call.depth, call.routine), (3, 7, 2, 1));
    assert_eq!((call.gpr, call.xmm[7]), ([1, 2, 3, 4, 5, 6], 0x4000_0000_0000_0007));
    assert_eq!((call.stack.as_slice(), call.mxcsr, call.x87_control), (&[8; 8][..], 0x1f80, 0x037f));
    let areas: Vec<_> =
        call.before.iter().map(|c| (c.area, c.address, c.completeness, c.bytes.len())).collect();
    use Completeness::*;
    assert_eq!(areas, [(0, 0x1000, Full, 3), (1, 0, Null, 0), (2, 0x2000, Clamped, 16)]);
    let Outcome::Returned { returned, after } = &call.outcome else { panic!("{call:?}") };
    assert_eq!((returned.gpr[0], returned.xmm[0], after[0].bytes[0]), (42, 0x4000_0000_0000_0000, 6));
    let candidate = call.candidate.as_ref().expect("a candidate");
    assert_eq!((candidate.answer, candidate.returned.gpr[0]), (Answer::ANSWERED, 40));
    assert_eq!((candidate.control_ticks, candidate.candidate_ticks), (1000, 700));
    assert_eq!(candidate.after[0].bytes, [5; 16]);
    assert_eq!(journal.summary().damage, []);
}

#[test]
fn nested_calls_end_inside_out() {
    let scratch = Scratch::new("nested");
    let mut entries = Entries::default();
    entries.enter(0, 1, 0, [0; 6], &[]);
    entries.enter(1, 2, 1, [0; 6], &[]);
    entries.enter(1, 3, 2, [0; 6], &[]);
    entries.leave(1, 3, 0, 0, &[]);
    entries.leave(1, 2, 0, 0, &[]);
    entries.enter(1, 4, 1, [0; 6], &[]);
    entries.abandoned(1, 4);
    entries.leave(0, 1, 0, 0, &[]);
    let path = write(&scratch, "nested", &header("", 0), &[(1, 0, &entries)], true);
    let calls: Vec<_> =
        open(&path).calls().map(|c| (c.number, c.depth, c.outcome == Outcome::Abandoned)).collect();
    assert_eq!(calls, [(3, 2, false), (2, 1, false), (4, 1, true), (1, 0, false)]);
}

/// The blocks of many threads come in any order, and a call's entries may stand in different blocks.
#[test]
fn threads_interleave() {
    let scratch = Scratch::new("threads");
    let blocks: Vec<(u32, Entries)> = (0..40u64)
        .flat_map(|round| {
            (1..=4u32).flat_map(move |thread| {
                let number = round + 1;
                let mut enter = Entries::default();
                enter.enter(0, number, 0, [u64::from(thread), number, 0, 0, 0, 0], &[]);
                let mut leave = Entries::default();
                leave.leave(0, number, u64::from(thread) * 1000 + number, 0, &[]);
                [(thread, enter), (thread, leave)]
            })
        })
        .collect();
    // All the first halves of a round before the second halves: every call is open while others end.
    let mut ordered: Vec<_> = blocks.iter().enumerate().collect();
    ordered.sort_by_key(|(index, _)| (index / 8, index % 2));
    let blocks: Vec<_> =
        ordered.iter().map(|(_, (thread, entries))| (*thread, u64::from(*thread), entries)).collect();
    let path = write(&scratch, "threads", &header("", 0), &blocks, false);
    let journal = open(&path);
    let mut calls = journal.calls();
    let mut seen = vec![0; 5];
    for call in calls.by_ref() {
        let Outcome::Returned { returned, .. } = call.outcome else { panic!("{call:?}") };
        assert_eq!(returned.gpr[0], u64::from(call.thread) * 1000 + call.number);
        assert_eq!(call.gpr[..2], [u64::from(call.thread), call.number]);
        seen[call.thread as usize] += 1;
    }
    assert_eq!(seen, [0, 40, 40, 40, 40]);
    // Drops are counted per thread and only grow: 1 + 2 + 3 + 4.
    assert_eq!((calls.summary().calls, calls.summary().dropped), (160, 10));
    assert!(matches!(calls.summary().damage[..], [Damage::NotClosed { .. }]));
}

#[test]
fn calls_without_an_end_are_unfinished_and_come_last() {
    let scratch = Scratch::new("unfinished");
    let mut entries = Entries::default();
    entries.enter(0, 1, 0, [0; 6], &[]);
    entries.enter(1, 2, 1, [0; 6], &[]);
    entries.enter(1, 3, 2, [0; 6], &[]);
    entries.leave(1, 3, 0, 0, &[]);
    let path = write(&scratch, "unfinished", &header("", 0), &[(1, 0, &entries)], true);
    let calls: Vec<_> = open(&path).calls().map(|c| (c.number, c.outcome == Outcome::Unfinished)).collect();
    assert_eq!(calls, [(3, false), (1, true), (2, true)]);
}

#[test]
fn evidence_is_never_overwritten_and_is_private() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new("private");
    let path = write(&scratch, "journal", &header("", 0), &[], true);
    assert_eq!(std::fs::metadata(&path).expect("metadata").permissions().mode() & 0o777, 0o600);
    let before = std::fs::read(&path).expect("bytes");
    let error = Writer::create(&path, &header("", 0)).err().expect("the journal exists");
    assert_eq!(error.kind(), std::io::ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read(&path).expect("bytes"), before);
}

#[test]
fn an_entry_that_ends_another_routine_is_damage() {
    let scratch = Scratch::new("other");
    let mut entries = Entries::default();
    entries.enter(0, 1, 0, [0; 6], &[]);
    entries.leave(1, 1, 0, 0, &[]);
    let path = write(&scratch, "other", &header("", 0), &[(1, 0, &entries)], true);
    let summary = open(&path).summary();
    assert_eq!(summary.damage.len(), 1);
    assert!(summary.damage[0].to_string().contains("ends in another routine"), "{:?}", summary.damage);
}
