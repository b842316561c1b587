//! No message makes its receiver allocate more than it justifies, whatever its lengths say.

#[path = "support/generate.rs"]
mod generate;

use cmp_bridge_wire::message::Hello;
use cmp_bridge_wire::rpc::{CallHead, Records};
use cmp_bridge_wire::{Converter, Decoder, Encoder};
use generate::{TARGETS, contract, drafts, fill, values};
use proptest::prelude::*;
use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

/// Counts what one thread asks for.
struct Counting;

thread_local! {
    /// Bytes asked for since it was cleared.
    static ASKED: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: everything is the system allocator's; the count is a plain number of the thread's own, without a destructor.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = ASKED.try_with(|asked| asked.set(asked.get().saturating_add(layout.size())));
        // SAFETY: as the caller promised.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: as the caller promised.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Bytes asked for while `work` runs.
fn asked(work: impl FnOnce()) -> usize {
    ASKED.with(|asked| asked.set(0));
    work();
    ASKED.with(Cell::get)
}

/// Names in errors, an empty buffer's first bytes, and the like.
const LITTLE: usize = 4 << 10;

proptest! {
    #![proptest_config(generate::cases(150))]

    /// Every word of a message in turn is a length that lies.
    #[test]
    fn lengths_that_lie(
        drafts in drafts(),
        target in 0..3usize,
        n in 0i16..5,
        seed in proptest::collection::vec(any::<u8>(), 101),
        lie in prop_oneof![Just(u32::MAX), Just(0x7fff_ffff), Just(1 << 20), Just(1 << 24)],
    ) {
        let contract = contract(&drafts, TARGETS[target]);
        let converter = Converter::new(&contract, &contract.routines[0]).expect("it travels");
        let native = fill(&contract, &converter, n, &seed);
        prop_assert!(!values(&contract, &converter, &native, false).is_empty());
        let mut out = Encoder::new();
        converter.encode_inputs(&native, &mut out).expect("a message");
        // What a record takes in memory beyond the wire is what the contract says is ignored: a few bytes here.
        let fixed: usize = (0..native.areas()).filter_map(|i| native.area(i)).map(<[u8]>::len).sum();
        let justified = 24 * out.len() + 4 * fixed + LITTLE;
        for at in (0..out.len() / 4).map(|word| 4 * word) {
            let mut message = out.bytes().to_vec();
            message[at..at + 4].copy_from_slice(&lie.to_be_bytes());
            let mut other = converter.native();
            let asked = asked(|| {
                let _ = converter.decode_inputs(&mut Decoder::new(&message), &mut other);
            });
            prop_assert!(asked <= justified, "{} bytes for {} of a message, at {}", asked, message.len(), at);
        }
    }
}

#[test]
fn heads_that_lie() {
    for lie in [u32::MAX, 1 << 30, 400, 1024] {
        let mut message = Encoder::new();
        (0..40).for_each(|_| message.u32(lie));
        let asked = asked(|| {
            let _ = CallHead::decode(&mut Decoder::new(message.bytes()));
            let _ = Hello::decode(&mut Decoder::new(message.bytes()));
        });
        assert!(asked <= LITTLE, "{asked} bytes for {lie}");
    }
    // A record of 16 MiB is announced, and 100 bytes of it come.
    let asked = asked(|| {
        let mut records = Records::new(16 << 20);
        records.push(&0x80ff_ffffu32.to_be_bytes());
        records.push(&[0; 100]);
        assert_eq!(records.next_record(), Ok(None));
    });
    assert!(asked <= LITTLE, "{asked} bytes");
}
