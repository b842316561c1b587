//! Values of every shape, between three machines, both ways; and messages that are cut short, damaged, or lie.

#[path = "support/generate.rs"]
mod generate;

use cmp_bridge_contract::model::{Contract, Target};
use cmp_bridge_contract::wire;
use cmp_bridge_wire::{ConvertError, Converter, Decoder, Encoder, Native};
use generate::{TARGETS, contract, drafts, fill, values};
use proptest::prelude::*;

fn converter(contract: &Contract) -> Converter {
    Converter::new(contract, &contract.routines[0]).unwrap_or_else(|missing| panic!("{missing:?}"))
}

fn inputs(converter: &Converter, native: &Native) -> Vec<u8> {
    let mut out = Encoder::new();
    converter.encode_inputs(native, &mut out).expect("inputs of the right sizes");
    out.into_bytes()
}

fn outputs(converter: &Converter, native: &Native) -> Vec<u8> {
    let mut out = Encoder::new();
    converter.encode_outputs(native, &mut out).expect("outputs of the right sizes");
    out.into_bytes()
}

/// All memory of a call.
fn memory(native: &Native) -> Vec<Option<Vec<u8>>> {
    let areas = (0..native.areas()).map(|i| native.area(i).map(<[u8]>::to_vec));
    areas.chain([Some(native.returned().to_vec())]).collect()
}

fn decode_inputs(converter: &Converter, message: &[u8], native: &mut Native) -> Result<(), ConvertError> {
    let mut input = Decoder::new(message);
    converter.decode_inputs(&mut input, native)?;
    Ok(input.finish()?)
}

fn decode_outputs(converter: &Converter, message: &[u8], native: &mut Native) -> Result<(), ConvertError> {
    let mut input = Decoder::new(message);
    converter.decode_outputs(&mut input, native)?;
    Ok(input.finish()?)
}

proptest! {
    #![proptest_config(generate::cases(200))]

    /// One machine calls, another answers: what the one sent is what the other has, and the other way.
    #[test]
    fn two_machines_understand_each_other(
        drafts in drafts(),
        pair in (0..3usize, 0..3usize),
        n in -2i16..5,
        seeds in (proptest::collection::vec(any::<u8>(), 257), proptest::collection::vec(any::<u8>(), 263)),
    ) {
        let (here, there) = (contract(&drafts, TARGETS[pair.0]), contract(&drafts, TARGETS[pair.1]));
        let hash = |contract: &Contract| {
            let routine = &contract.routines[0];
            wire::shape(contract, routine).expect("it travels").hash(contract, routine)
        };
        prop_assert_eq!(hash(&here), hash(&there));
        let (caller, callee) = (converter(&here), converter(&there));
        let mut called = fill(&here, &caller, n, &seeds.0);
        let sent = inputs(&caller, &called);
        let mut received = callee.native();
        decode_inputs(&callee, &sent, &mut received).expect("a message of ours");
        prop_assert_eq!(values(&here, &caller, &called, false), values(&there, &callee, &received, false));
        prop_assert_eq!(&sent, &inputs(&callee, &received));

        // The callee writes what it likes, of the same sizes; even over the count.
        let written = fill(&there, &callee, n, &seeds.1);
        for i in 0..written.areas() {
            if let (Some(to), Some(from)) = (received.area_mut(i), written.area(i)) {
                let length = to.len().min(from.len());
                to[..length].copy_from_slice(&from[..length]);
            }
        }
        let returned = written.returned().to_vec();
        received.returned_mut().copy_from_slice(&returned);
        let answered = outputs(&callee, &received);
        decode_outputs(&caller, &answered, &mut called).expect("an answer of ours");
        prop_assert_eq!(values(&here, &caller, &called, true), values(&there, &callee, &received, true));
        prop_assert_eq!(&answered, &outputs(&caller, &called));
    }

    /// What the routine left as it was keeps its very bits, and so does what does not travel.
    #[test]
    fn what_did_not_change_is_not_touched(
        drafts in drafts(),
        target in 0..3usize,
        n in -2i16..5,
        seed in proptest::collection::vec(prop_oneof![any::<u8>(), Just(0xff), Just(0x7f)], 97),
    ) {
        let contract = contract(&drafts, TARGETS[target]);
        let converter = converter(&contract);
        let mut native = fill(&contract, &converter, n, &seed);
        let before = memory(&native);
        let mut other = converter.native();
        decode_inputs(&converter, &inputs(&converter, &native), &mut other).expect("a message of ours");
        let same = native.returned().to_vec();
        other.returned_mut().copy_from_slice(&same);
        decode_outputs(&converter, &outputs(&converter, &other), &mut native).expect("an answer of ours");
        prop_assert_eq!(memory(&native), before);
    }

    /// A message that is cut short is refused, wherever it is cut; and so is one with something behind it.
    #[test]
    fn every_prefix_is_refused(
        drafts in drafts(),
        n in -2i16..5,
        seed in proptest::collection::vec(any::<u8>(), 101),
    ) {
        let contract = contract(&drafts, Target::X86_64);
        let converter = converter(&contract);
        let mut native = fill(&contract, &converter, n, &seed);
        let mut message = inputs(&converter, &native);
        let mut other = converter.native();
        for length in 0..message.len() {
            prop_assert!(decode_inputs(&converter, &message[..length], &mut other).is_err(), "{}", length);
        }
        let answer = outputs(&converter, &native);
        for length in 0..answer.len() {
            prop_assert!(decode_outputs(&converter, &answer[..length], &mut native).is_err(), "{}", length);
        }
        message.extend([0; 4]);
        prop_assert!(decode_inputs(&converter, &message, &mut other).is_err());
    }

    /// A damaged message is refused, or is another message: then it is its own only form, but for NaNs.
    #[test]
    fn damaged_messages(
        drafts in drafts(),
        n in -2i16..5,
        seed in proptest::collection::vec(any::<u8>(), 101),
        damage in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        words in proptest::collection::vec((any::<prop::sample::Index>(), prop_oneof![
            Just(u32::MAX), Just(0x8000_0000), Just(0x7fff_ffff), any::<u32>(), 0u32..9
        ]), 0..2),
    ) {
        let contract = contract(&drafts, Target::X86_64);
        let converter = converter(&contract);
        let native = fill(&contract, &converter, n, &seed);
        let mut message = inputs(&converter, &native);
        if message.is_empty() {
            return Ok(());
        }
        for (at, bits) in damage {
            let at = at.index(message.len());
            message[at] ^= bits;
        }
        for (at, word) in words {
            let at = at.index(message.len() / 4) * 4;
            message[at..at + 4].copy_from_slice(&word.to_be_bytes());
        }
        let mut other = converter.native();
        if decode_inputs(&converter, &message, &mut other).is_ok() {
            let again = inputs(&converter, &other);
            prop_assert_eq!(again.len(), message.len());
            let mut third = converter.native();
            decode_inputs(&converter, &again, &mut third).expect("a message of ours");
            prop_assert_eq!(inputs(&converter, &third), again);
        }
        let mut native = native;
        let _ = decode_outputs(&converter, &message, &mut native);
    }

    /// Any bytes at all.
    #[test]
    fn any_bytes(drafts in drafts(), message in proptest::collection::vec(any::<u8>(), 0..200)) {
        let contract = contract(&drafts, Target::PaRisc);
        let converter = converter(&contract);
        let mut native = converter.native();
        let _ = decode_inputs(&converter, &message, &mut native);
        let _ = decode_outputs(&converter, &message, &mut native);
    }
}
