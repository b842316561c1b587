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

/// A routine of a few shapes, by its parameters in TOML.
fn routine(target: &str, params: &str) -> Contract {
    let text = format!(
        "contract = 1\n[component]\nname = \"c\"\nlanguage = \"fortran\"\ntarget = \"{target}\"\n[type.flags]\nsize = 4\nalign = 4\n\
         fields = [{{ name = \"a\", type = \"u32\", offset = 0, bits = [0, 3] }}]\n[routine.r]\nsymbol = \"r\"\nparams = [{params}]\n\
         effects = \"none\"\n"
    );
    Contract::from_toml(&text, "c.toml").unwrap_or_else(|errors| panic!("{errors}"))
}

/// Doubles before the call, those that come, and those after it, by their bits; nothing for the machine's own NaN.
const DOUBLES: [(u64, u64, Option<u64>); 9] = [
    // A NaN that stays one keeps its payload, and its sign.
    (0x7ff8_0000_dead_beef, 0x7ff8_0000_0000_0000, Some(0x7ff8_0000_dead_beef)),
    (0xfff0_0000_0000_0001, 0x7ff8_0000_0000_0000, Some(0xfff0_0000_0000_0001)),
    // A number that becomes one, by whatever bits, becomes the machine's own.
    (0x3ff0_0000_0000_0000, 0x7ff8_0000_0000_0000, None),
    (0x3ff0_0000_0000_0000, 0xffff_ffff_ffff_ffff, None),
    // All else is exact.
    (0x7ff8_0000_dead_beef, 0x3ff0_0000_0000_0000, Some(0x3ff0_0000_0000_0000)),
    (0x8000_0000_0000_0000, 0x0000_0000_0000_0000, Some(0x0000_0000_0000_0000)),
    (0x0000_0000_0000_0000, 0x8000_0000_0000_0000, Some(0x8000_0000_0000_0000)),
    (0x3ff0_0000_0000_0000, 0x0000_0000_0000_0001, Some(0x0000_0000_0000_0001)),
    (0x3ff0_0000_0000_0000, 0xfff0_0000_0000_0000, Some(0xfff0_0000_0000_0000)),
];

#[test]
fn doubles_of_every_kind() {
    for (target, nan) in [("x86-64", 0x7ff8_0000_0000_0000u64), ("pa-risc", 0x7ff4_0000_0000_0000)] {
        let contract = routine(target, "{ name = \"v\", type = \"[f64; 9]\", use = \"inout\" }");
        let converter = converter(&contract);
        let bytes = |bits: u64| if target == "pa-risc" { bits.to_be_bytes() } else { bits.to_le_bytes() };
        let mut native = converter.native();
        native.set_area(0, Some(&DOUBLES.map(|(before, ..)| bytes(before)).concat()));
        let message = DOUBLES.map(|(_, comes, _)| comes.to_be_bytes()).concat();
        decode_outputs(&converter, &message, &mut native).expect("nine doubles");
        let after = DOUBLES.map(|(.., after)| bytes(after.unwrap_or(nan)));
        assert_eq!(native.area(0), Some(&after.concat()[..]), "{target}");
        // What goes out again has one form.
        let sent = outputs(&converter, &native);
        let (first, _) = sent.as_chunks::<8>();
        assert_eq!(u64::from_be_bytes(first[0]), 0x7ff8_0000_0000_0000);
        assert_eq!(u64::from_be_bytes(first[3]), 0x7ff8_0000_0000_0000);
    }
}

/// One thing wrong in memory each, and what is said of it.
#[test]
fn calls_that_cannot_be_written() {
    let small = "{ name = \"n\", type = \"i32\", use = \"in\" }, ";
    let counted = format!("{small}{{ name = \"v\", type = \"[f64; 2*n]\", use = \"inout\" }}");
    for (params, n, area, said) in [
        (counted.as_str(), 1, Some(16), ""),
        (&counted, -1, Some(0), ""),
        (&counted, 1, Some(8), "`v` has 1 elements, where the contract's extent is 2"),
        (&counted, 1, Some(17), "`v` has 17 bytes in memory, where the contract says 16"),
        (&counted, 1, None, "`v` is absent: its address is null, which the contract does not allow"),
        (&counted, 1 << 30, Some(0), "`v` has 0 elements, where the contract's extent is 2147483648"),
        (
            &counted.replace("2*n", "n*n*n*n"),
            i32::MAX,
            Some(0),
            "`v` has 0 elements, where the contract's extent is not known",
        ),
        (
            &counted.replace("[f64; 2*n]", "[f64; 2]"),
            1,
            Some(8),
            "`v` has 8 bytes in memory, where the contract says 16",
        ),
        (
            &counted.replace("[f64; 2*n]", "cstr").replace("inout", "in"),
            1,
            Some(4),
            "`v`: a text ends with its only NUL",
        ),
    ] {
        let contract = routine("x86-64", params);
        let converter = converter(&contract);
        let mut native = converter.native();
        native.set_value(0, &i32::to_le_bytes(n));
        native.set_area(0, area.map(|length| vec![1; length]).as_deref());
        let outcome = converter.encode_inputs(&native, &mut Encoder::new());
        assert_eq!(
            outcome.map_or_else(|error| error.to_string(), |()| String::new()),
            said,
            "{params} {n} {area:?}"
        );
    }
}

/// One word of a message wrong each, and what is said of it.
#[test]
fn messages_that_say_what_cannot_be() {
    let one = |ty: &str| format!("{{ name = \"v\", type = \"{ty}\", by = \"reference\", use = \"inout\" }}");
    let list = format!("{{ name = \"n\", type = \"i32\", use = \"in\" }}, {}", one("[u8; n]"));
    let text = one("cstr").replace("inout", "in");
    let nullable = one("i32").replace("use", "nullable = true, use");
    for (params, words, said) in [
        (one("i8"), &[127u32][..], ""),
        (one("i8"), &[-128i32 as u32], ""),
        (one("i8"), &[128], "`v`: 128 does not fit into 8 bits"),
        (one("u8"), &[256], "`v`: 256 does not fit into 8 bits"),
        (one("bool"), &[255], ""),
        (one("bool"), &[-1i32 as u32], "`v`: 4294967295 does not fit into 8 bits"),
        (one("logical16"), &[-32769i32 as u32], "`v`: -32769 does not fit into 16 bits"),
        (one("flags"), &[7], ""),
        (one("flags"), &[8], "`v`: 8 does not fit into 3 bits"),
        (one("[[flags; 2]; 2]"), &[1, 2, 3, 9], "`v`: 9 does not fit into 3 bits"),
        (one("[char; 3]"), &[0x4142_4300], ""),
        (one("[char; 3]"), &[0x4142_4301], "at byte 3: padding that is not zero"),
        (list.clone(), &[1, 1, 0x4100_0000], ""),
        (list.clone(), &[1, 2, 0x4142_0000], "`v` has 2 elements, where the contract's extent is 1"),
        (list.clone(), &[1, 1, 0x4100_0001], "at byte 9: padding that is not zero"),
        (list, &[1, 5, 0x4142_0000], "at byte 8: 5 bytes expected, 4 are left"),
        (text.clone(), &[2, 0x4142_0000], ""),
        (text, &[2, 0x4100_0000], "`v`: a text ends with its only NUL"),
        (nullable.clone(), &[0], ""),
        (nullable.clone(), &[1, 5], ""),
        (nullable, &[2, 5], "at byte 0: expected 0 or 1, found 2"),
        (one("i32"), &[5, 6], "at byte 4: 4 bytes behind the end"),
    ] {
        let contract = routine("x86-64", &params);
        let converter = converter(&contract);
        let message: Vec<u8> = words.iter().flat_map(|word| word.to_be_bytes()).collect();
        let outcome = decode_inputs(&converter, &message, &mut converter.native());
        assert_eq!(
            outcome.map_or_else(|error| error.to_string(), |()| String::new()),
            said,
            "{params} {words:x?}"
        );
    }
}

#[test]
fn what_is_present_stays_so_and_memory_has_a_limit() {
    let value = "{ name = \"v\", type = \"[f64; 4]\", use = \"out\", nullable = true }";
    let contract = routine("x86-64", value);
    let converter = converter(&contract);
    let mut native = converter.native();
    let mut present = vec![0, 0, 0, 1];
    present.extend([0; 32]);
    let absent = decode_outputs(&converter, &present, &mut native).expect_err("it has nowhere to go");
    assert_eq!(absent.to_string(), "`v` is present on one side of the call only");
    native.set_area(0, Some(&[0; 32]));
    assert!(decode_outputs(&converter, &[0; 4], &mut native).is_err());
    native.set_limit(31);
    let error = decode_inputs(&converter, &present, &mut native).expect_err("beyond the limit");
    assert_eq!(error.to_string(), "`v` needs 32 bytes of memory, with the others more than are allowed");
    native.set_limit(32);
    decode_inputs(&converter, &present, &mut native).expect("as much as is allowed");
    assert_eq!(native.area_pointer(0).align_offset(16), 0);
}
