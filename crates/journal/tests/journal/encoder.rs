//! What was only told of becomes entries, and these become the same call again.

use crate::header;
use crate::support::{Entries, Scratch};
use cmp_bridge::entry::{Completeness, Returned};
use cmp_bridge_journal::{Call, Captured, Decoder, EncodeError, Journal, Outcome, Writer, encode};
use proptest::prelude::*;

fn captured() -> impl Strategy<Value = Captured> {
    let bytes = proptest::collection::vec(any::<u8>(), 0..40);
    (0..20_u16, any::<u64>(), any::<bool>(), bytes).prop_map(|(area, address, null, bytes)| match null {
        true => Captured { area, address: 0, completeness: Completeness::Null, bytes: Vec::new() },
        false => Captured { area, address, completeness: Completeness::Full, bytes },
    })
}

fn outcome() -> impl Strategy<Value = Outcome> {
    let returned = (any::<[u64; 2]>(), any::<[u64; 2]>(), any::<[[u8; 16]; 2]>());
    let returned = returned.prop_map(|(gpr, xmm, x87)| Returned { gpr, xmm, x87 });
    let returned = (returned, proptest::collection::vec(captured(), 0..5));
    prop_oneof![
        Just(Outcome::Abandoned),
        returned.prop_map(|(returned, after)| Outcome::Returned { returned, after })
    ]
}

fn call() -> impl Strategy<Value = Call> {
    let registers = (any::<[u64; 6]>(), any::<[u64; 8]>(), proptest::collection::vec(any::<u8>(), 0..5));
    let head = (1..9_u32, any::<u64>(), 0..9_u32, 0..2_usize, any::<u32>(), any::<u16>());
    let areas = proptest::collection::vec(captured(), 0..5);
    (registers, head, areas, outcome()).prop_map(|((gpr, xmm, stack), head, before, outcome)| {
        let (thread, number, depth, routine, mxcsr, x87_control) = head;
        let stack = stack.repeat(8);
        let candidate = None;
        Call {
            thread,
            number,
            depth,
            routine,
            gpr,
            xmm,
            stack,
            mxcsr,
            x87_control,
            before,
            outcome,
            candidate,
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_call_is_the_same_again(call in call()) {
        let mut entries = Vec::new();
        encode(&call, &mut entries).expect("entries");
        let mut decoder = Decoder::new(&header("", 0));
        let mut rest = entries.as_slice();
        let mut calls = Vec::new();
        while !rest.is_empty() {
            calls.extend(decoder.next(call.thread, &mut rest).expect("entries"));
        }
        prop_assert_eq!(calls, vec![call]);
    }
}

/// Byte for byte what the test's own encoder makes, and a journal holds it.
#[test]
fn it_is_what_the_agent_writes() {
    let area = |area, bytes: &[u8]| Captured {
        area,
        address: 0x1000,
        completeness: Completeness::Full,
        bytes: bytes.to_vec(),
    };
    let returned = Returned { gpr: [7, 0], xmm: [8, 0], x87: [[0; 16]; 2] };
    let call = Call {
        thread: 3,
        number: 42,
        depth: 1,
        routine: 1,
        gpr: [1, 2, 3, 4, 5, 6],
        xmm: std::array::from_fn(|i| 0x4000_0000_0000_0000 + i as u64),
        stack: vec![9; 16],
        mxcsr: 0x1f80,
        x87_control: 0x37f,
        before: vec![area(0, b"before"), area(1, b"")],
        outcome: Outcome::Returned { returned, after: vec![area(1, b"after...!")] },
        candidate: None,
    };
    let mut ours = Vec::new();
    encode(&call, &mut ours).expect("entries");
    let mut theirs = Entries::default();
    let before = [(0, 0x1000, 0, &b"before"[..]), (1, 0x1000, 0, b"")];
    theirs.enter_with_stack(1, 42, 1, call.gpr, &call.stack, &before);
    theirs.leave(1, 42, 7, 8, &[(1, 0x1000, 0, b"after...!")]);
    // But for the stack pointer, which nobody knows.
    ours[16 + 16..][..8].copy_from_slice(&theirs.0[16 + 16..][..8]);
    assert_eq!(ours, theirs.0);
    let scratch = Scratch::new("encoder");
    let mut writer = Writer::create(&scratch.path("j"), &header("", 0)).expect("a journal");
    writer.block(3, 0, &ours).expect("a block");
    writer.finish(0).expect("an end");
    let journal = Journal::open(&scratch.path("j")).expect("a journal");
    assert_eq!(journal.calls().collect::<Vec<_>>(), [call]);
}

#[test]
fn what_does_not_fit_is_refused_and_leaves_nothing() {
    let area = Captured { area: 0, address: 1, completeness: Completeness::Full, bytes: Vec::new() };
    let mut call = Call {
        thread: 1,
        number: 1,
        depth: 0,
        routine: 0,
        gpr: [0; 6],
        xmm: [0; 8],
        stack: Vec::new(),
        mxcsr: 0,
        x87_control: 0,
        before: vec![area; 255],
        outcome: Outcome::Abandoned,
        candidate: None,
    };
    let mut out = vec![1, 2, 3];
    encode(&call, &mut out).expect("entries");
    out.truncate(3);
    call.before.push(call.before[0].clone());
    assert_eq!(encode(&call, &mut out), Err(EncodeError::Areas(256)));
    call.before.clear();
    call.routine = 65_536;
    assert_eq!(encode(&call, &mut out), Err(EncodeError::Routine(65_536)));
    assert_eq!(out, [1, 2, 3]);
}
