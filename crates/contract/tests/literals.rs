//! Values as written: what is read is what was printed, and what was lifted goes back to the same value.

use cmp_bridge_contract::lift::{Endian, lift};
use cmp_bridge_contract::literal::Literal;
use cmp_bridge_contract::lower::{lower, lower_into};
use cmp_bridge_contract::model::{Contract, Type};
use proptest::prelude::*;

const CONTRACT: &str = r#"
contract = 1
[component]
name = "c"
language = "c"
[type.colour]
kind = "enum"
repr = "u32"
values = { RED = 0, GREEN = 5 }
[type.point]
kind = "struct"
size = 16
align = 8
fields = [{ name = "x", type = "f64", offset = 0 }, { name = "n", type = "i16", offset = 8 }]
[type.mix]
kind = "struct"
size = 64
align = 8
fields = [
  { name = "tag", type = "[char; 8]", offset = 0 },
  { name = "c", type = "colour", offset = 8 },
  { name = "a", type = "u32", offset = 12, bits = [0, 3] },
  { name = "b", type = "i32", offset = 12, bits = [3, 7] },
  { name = "f", type = "f32", offset = 16 },
  { name = "z", type = "complex_f32", offset = 20 },
  { name = "p", type = "[point; 2]", offset = 32 },
]
[type.either]
kind = "union"
size = 4
align = 4
fields = [{ name = "u", type = "u32", offset = 0 }, { name = "f", type = "f32", offset = 0 }]
"#;

fn contract() -> Contract {
    Contract::from_toml(CONTRACT, "c.toml").expect("a contract")
}

fn ty(text: &str) -> Type {
    Type::parse(text).expect("a type")
}

const TYPES: [&str; 16] = [
    "i8",
    "u16",
    "i32",
    "u64",
    "i64",
    "f32",
    "f64",
    "f80",
    "complex_f64",
    "logical32",
    "colour",
    "mix",
    "either",
    "[point; 2]",
    "[f32; ?]",
    "[[i16; 2]; 2]",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    /// Bytes to value to text to value to bytes: the value is the same.
    #[test]
    fn lifted_values_go_back(which in 0..TYPES.len(), bytes in proptest::collection::vec(any::<u8>(), 64)) {
        let (contract, ty) = (contract(), ty(TYPES[which]));
        let size = contract.size_align(&ty).map_or(64, |(size, _)| size as usize);
        let value = lift(&contract, &ty, &bytes[..size], Endian::Little).expect("a value");
        let literal = Literal::from(&value);
        let text = literal.to_string();
        let read = Literal::parse(&text).unwrap_or_else(|error| panic!("{text}: {error}"));
        let back = lower(&contract, "v", &ty, &read).unwrap_or_else(|error| panic!("{text}: {error}"));
        prop_assert_eq!(lift(&contract, &ty, &back, Endian::Little).expect("a value"), value, "{}", text);
    }

    /// Any text is read or refused, with a place inside it.
    #[test]
    fn no_text_is_too_much(text in "[-+a-fpx0-9.,:=()\\[\\]{}\"\\\\ ;né]{0,40}") {
        match Literal::parse(&text) {
            Ok(literal) => {
                let again = literal.to_string();
                // What is not a number is not equal to itself: it is printed the same way.
                prop_assert_eq!(Literal::parse(&again).map(|l| l.to_string()), Ok(again));
            }
            Err(error) => prop_assert!(error.at <= text.chars().count() + 1),
        }
    }

    /// Doubles keep their bits.
    #[test]
    fn doubles_are_exact(bits in any::<u64>()) {
        let literal = Literal::from(f64::from_bits(bits));
        let text = literal.to_string();
        let read = lower(&contract(), "v", &Type::F64, &Literal::parse(&text).expect("a number")).expect("bytes");
        let read = f64::from_le_bytes(read.try_into().expect("eight bytes"));
        prop_assert!(read.to_bits() == bits || read.is_nan() && f64::from_bits(bits).is_nan(), "{}", text);
    }
}

#[test]
fn brackets_inside_each_other_end() {
    let error = Literal::parse(&"[".repeat(100_000)).expect_err("too deep");
    assert_eq!(error.expected, "fewer brackets inside each other");
}

#[test]
fn numbers_as_people_write_them() {
    let double = |text: &str| {
        let bytes =
            lower(&contract(), "v", &Type::F64, &Literal::parse(text).expect("a number")).expect("bytes");
        f64::from_le_bytes(bytes.try_into().expect("eight bytes"))
    };
    // C99 6.4.4.2: 0x1.8p3 is 1.5 times 8; the smallest subnormal is 0x1p-1074.
    for (text, expected) in [
        ("0x1.8p3", 12.0),
        ("0x1p-1074", 5e-324),
        ("-0x.8p0", -0.5),
        ("1D3", 1000.0),
        ("1_000", 1000.0),
        (".5", 0.5),
        ("-inf", f64::NEG_INFINITY),
        ("f64:0x4009_21fb", f64::NAN),
    ] {
        if expected.is_nan() {
            assert!(Literal::parse(text).is_err(), "{text}");
        } else {
            assert_eq!(double(text), expected, "{text}");
        }
    }
    // Extended numbers are those of the Intel manual: 1 is 3fff8000000000000000.
    let one = lower(&contract(), "v", &Type::F80, &Literal::parse("1").expect("a number")).expect("bytes");
    assert_eq!(one[..10], 0x3fff_8000_0000_0000_0000_u128.to_le_bytes()[..10]);
    let least = lower(&contract(), "v", &Type::F80, &Literal::from(5e-324)).expect("bytes");
    assert_eq!(least[..10], 0x3bcd_8000_0000_0000_0000_u128.to_le_bytes()[..10]);
}

#[test]
fn what_a_record_does_not_name_stays() {
    let (contract, mix) = (contract(), ty("mix"));
    let mut bytes = vec![0xff; 64];
    let literal = Literal::parse("{a=0, p=[{x=1}, {n=2}]}").expect("a record");
    lower_into(&contract, "m", &mix, &literal, &mut bytes).expect("bytes");
    assert_eq!(bytes[12], 0xf8);
    assert_eq!(bytes[32..40], 1f64.to_le_bytes());
    assert_eq!(bytes[40..48], [0xff; 8]);
    assert_eq!(bytes[56..58], [2, 0]);
}

#[test]
fn what_does_not_fit_is_named() {
    let contract = contract();
    for (of, text, place, expected) in [
        ("i8", "128", "`v`", "-128 to 127"),
        ("u16", "-1", "`v`", "0 to 65535"),
        ("mix", "{b=64}", "`v.b`", "-64 to 63"),
        ("mix", "{p=[{x=\"a\"},{}]}", "`v.p[0].x`", "a number (f64)"),
        ("mix", "{p=[{}]}", "`v.p`", "2 elements"),
        ("mix", "{q=1}", "`v`", "one of its fields tag, c, a"),
        ("colour", "GREY", "`v`", "RED, GREEN"),
        ("either", "5", "`v`", "{member=value}"),
        ("f32", "f64:0x0", "`v`", "a number (f32)"),
        ("cstr", "\"a\\0b\"", "`v`", "without a NUL"),
        ("ptr", "1.5", "`v`", "null or an address"),
    ] {
        let error =
            lower(&contract, "v", &ty(of), &Literal::parse(text).expect(text)).expect_err(text).to_string();
        assert!(error.contains(place) && error.contains(expected), "{text}: {error}");
    }
}
