//! Comparing and lifting: what must be equal is, and one wrong bit is named by its field.

#[path = "support/generate.rs"]
mod generate;

use cmp_bridge_contract::compare::{Comparer, MAX_MISMATCHES, compare};
use cmp_bridge_contract::float::{Float, FloatClass};
use cmp_bridge_contract::lift::{Endian, FloatKind, LiftError, Value, lift};
use cmp_bridge_contract::model::*;
use proptest::prelude::*;

fn contract(types: &str) -> Contract {
    let head = "contract = 1\n[component]\nname = \"c\"\nlanguage = \"fortran\"\n";
    Contract::from_toml(&format!("{head}{types}"), "c.toml").unwrap_or_else(|errors| panic!("{errors}"))
}

const TYPES: &str = r#"
[type.mode]
kind = "enum"
repr = "i16"
values = { NOMINAL = 0, SAFE = -1 }

[type.point]
kind = "struct"
size = 16
align = 8
fields = [
  { name = "x", type = "f64", offset = 0, tolerance = { absolute = 1e-3 } },
  { name = "n", type = "i32", offset = 8 },
]

[type.value]
kind = "union"
size = 8
align = 8
fields = [ { name = "i", type = "i64", offset = 0 }, { name = "f", type = "f64", offset = 0 } ]

[type.all]
kind = "struct"
size = 96
align = 8
fields = [
  { name = "mu",    type = "f64",        offset = 0 },
  { name = "low",   type = "u32",        offset = 8, bits = [0, 5] },
  { name = "high",  type = "i32",        offset = 8, bits = [5, 20] },
  { name = "next",  type = "ptr",        offset = 16, use = "ignored" },
  { name = "pts",   type = "[point; 2]", offset = 24 },
  { name = "mode",  type = "mode",       offset = 56 },
  { name = "name",  type = "[char; 5]",  offset = 58 },
  { name = "ok",    type = "bool",       offset = 63 },
  { name = "value", type = "value",      offset = 64 },
  { name = "z",     type = "complex_f32", offset = 72 },
  { name = "log",   type = "logical32",  offset = 80 },
  { name = "at",    type = "ptr",        offset = 88 },
]
"#;

fn all() -> (Contract, Type) {
    (contract(TYPES), Type::Named("all".into()))
}

/// The field a byte of `all` belongs to; `None` for padding and ignored bytes. Bit fields have a test of their own.
fn owner(byte: usize) -> Option<&'static str> {
    Some(match byte {
        0..8 => "r.mu",
        24..32 => "r.pts[0].x",
        32..36 => "r.pts[0].n",
        40..48 => "r.pts[1].x",
        48..52 => "r.pts[1].n",
        56..58 => "r.mode",
        58..63 => "r.name",
        63 => "r.ok",
        64..72 => "r.value",
        72..76 => "r.z.re",
        76..80 => "r.z.im",
        80..84 => "r.log",
        88..96 => "r.at",
        _ => return None,
    })
}

fn paths(contract: &Contract, ty: &Type, a: &[u8], b: &[u8]) -> Vec<String> {
    compare(contract, "r", ty, None, a, b).into_iter().map(|mismatch| mismatch.path).collect()
}

#[test]
fn one_wrong_bit_is_named() {
    let (contract, ty) = all();
    let control: Vec<u8> = (0..96).map(|i| (i * 37 + 11) as u8 & 0x3f).collect();
    for byte in 0..96 {
        for bit in 0..8 {
            let mut candidate = control.clone();
            candidate[byte] ^= 1 << bit;
            let expected: Vec<&str> = match 8 * byte + bit {
                64..69 => vec!["r.low"],
                69..89 => vec!["r.high"],
                // A small number with a flipped low bit is within the point's own tolerance.
                _ if matches!(byte, 24..32 | 40..48) => continue,
                _ => owner(byte).into_iter().collect(),
            };
            assert_eq!(paths(&contract, &ty, &control, &candidate), expected, "byte {byte} bit {bit}");
        }
    }
}

#[test]
fn values_are_shown_as_what_they_are() {
    let (contract, ty) = all();
    let control = [0u8; 96];
    let shown = |byte: usize, new: &[u8]| {
        let mut candidate = control;
        candidate[byte..byte + new.len()].copy_from_slice(new);
        let found = compare(&contract, "r", &ty, None, &control, &candidate);
        assert_eq!(found.len(), 1);
        (found[0].control.clone(), found[0].candidate.clone())
    };
    let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
    assert_eq!(shown(0, &1.5f64.to_le_bytes()), pair("0.0", "1.5"));
    assert_eq!(shown(0, &f64::NAN.to_le_bytes()), pair("0.0", "NaN (0x7ff8000000000000)"));
    assert_eq!(shown(56, &[0xff, 0xff]), pair("NOMINAL (0)", "SAFE (-1)"));
    assert_eq!(shown(56, &[7, 0]), pair("NOMINAL (0)", "7"));
    assert_eq!(shown(63, &[1]), pair("false", "true"));
    assert_eq!(shown(63, &[2]), pair("false", "neither false nor true (2)"));
    assert_eq!(shown(88, &[16]), pair("0x0", "0x10"));
}

#[test]
fn bit_fields() {
    let (contract, ty) = all();
    let mut bytes = [0u8; 96];
    // low = 21, high = -2 (20 bits), the rest of the word set: it belongs to nobody.
    let word = 21u32 | (0xffffe << 5) & (0xfffff << 5) | 0x7f << 25;
    bytes[8..12].copy_from_slice(&word.to_le_bytes());
    let Value::Record(fields) = lift(&contract, &ty, &bytes, Endian::Little).unwrap() else { panic!() };
    assert_eq!(fields[1], ("low".into(), Value::Int(21)));
    assert_eq!(fields[2], ("high".into(), Value::Int(-2)));
    assert!(fields.iter().all(|(name, _)| name != "next"));
    let mut other = bytes;
    other[11] ^= 0x80;
    assert_eq!(paths(&contract, &ty, &bytes, &other), Vec::<String>::new());
}

/// A tolerance.
fn within(absolute: Option<f64>, relative: Option<f64>, ulp: Option<u64>) -> Tolerance {
    Tolerance { absolute, relative, ulp, signed_zero: false }
}

#[test]
fn the_rules_for_floats() {
    let contract = contract("");
    let equal = |a: f64, b: f64, tolerance: Option<Tolerance>| {
        let found =
            compare(&contract, "x", &Type::F64, tolerance.as_ref(), &a.to_le_bytes(), &b.to_le_bytes());
        found.is_empty()
    };
    let signalling = f64::from_bits(0x7ff0_0000_0000_0001);
    let payload = f64::from_bits(0x7ff8_0000_0000_0123);
    let loose = Some(within(Some(1e300), Some(1e300), Some(u64::MAX)));
    let next = 1.0f64.next_up();
    for (a, b, tolerance, expected) in [
        (1.0, 1.0, None, true),
        (1.0, next, None, false),
        (1.0, next, Some(within(None, None, Some(1))), true),
        (1.0, next.next_up(), Some(within(None, None, Some(1))), false),
        (1.0, 1.001, Some(within(Some(1e-2), None, Some(0))), true),
        (1.0, 1.001, Some(within(Some(1e-4), Some(1e-2), None)), true),
        (1.0, 1.001, Some(within(Some(1e-4), Some(1e-4), Some(9))), false),
        // Relative to the control.
        (100.0, 110.0, Some(within(None, Some(0.1), None)), true),
        (110.0, 100.0, Some(within(None, Some(0.0909), None)), false),
        // ULP alone fails near zero: an absolute tolerance does not.
        (1e-300, -1e-300, Some(within(None, None, Some(1000))), false),
        (1e-300, -1e-300, Some(within(Some(1e-200), None, None)), true),
        (0.0, -0.0, None, false),
        (0.0, -0.0, Some(Tolerance::default()), true),
        (
            0.0,
            -0.0,
            Some(Tolerance { signed_zero: true, absolute: Some(1.0), ..Tolerance::default() }),
            false,
        ),
        (f64::NAN, payload, None, true),
        (f64::NAN, -f64::NAN, None, true),
        (f64::NAN, signalling, loose, false),
        (f64::NAN, 1.0, loose, false),
        (1.0, f64::NAN, loose, false),
        (f64::INFINITY, f64::INFINITY, None, true),
        (f64::INFINITY, f64::NEG_INFINITY, loose, false),
        (f64::INFINITY, f64::MAX, loose, false),
        (f64::MAX, f64::INFINITY, loose, false),
    ] {
        assert_eq!(equal(a, b, tolerance), expected, "{a:?} {b:?} {tolerance:?}");
    }
}

#[test]
fn all_three_distances_are_reported() {
    let contract = contract("");
    let tolerance = within(Some(1e-9), None, None);
    let found =
        compare(&contract, "x", &Type::F64, Some(&tolerance), &2.0f64.to_le_bytes(), &2.5f64.to_le_bytes());
    assert_eq!((found[0].absolute, found[0].relative, found[0].ulp), (Some(0.5), Some(0.25), Some(1 << 50)));
    assert_eq!(found[0].tolerance, Some(tolerance));
    let found = compare(&contract, "x", &Type::F64, None, &0.0f64.to_le_bytes(), &1.0f64.to_le_bytes());
    assert_eq!(found[0].relative, Some(f64::INFINITY));
    let found =
        compare(&contract, "ier", &Type::Int(4, true), None, &(-3i32).to_le_bytes(), &4i32.to_le_bytes());
    assert_eq!((found[0].absolute, found[0].ulp), (Some(7.0), None));
}

#[test]
fn a_tolerance_reaches_the_fields_below_it_unless_they_have_their_own() {
    let (contract, ty) = all();
    let (mut control, mut candidate) = ([0u8; 96], [0u8; 96]);
    control[0..8].copy_from_slice(&1.0f64.to_le_bytes());
    candidate[0..8].copy_from_slice(&1.5f64.to_le_bytes());
    control[24..32].copy_from_slice(&1.0f64.to_le_bytes());
    candidate[24..32].copy_from_slice(&1.5f64.to_le_bytes());
    let tolerance = within(Some(1.0), None, None);
    let found = compare(&contract, "r", &ty, Some(&tolerance), &control, &candidate);
    assert_eq!(found.iter().map(|m| m.path.as_str()).collect::<Vec<_>>(), ["r.pts[0].x"]);
}

#[test]
fn the_tally_keeps_the_worst() {
    let contract = contract("");
    let ty = Type::parse("[f64; ?]").unwrap();
    let bytes = |values: [f64; 3]| values.into_iter().flat_map(f64::to_le_bytes).collect::<Vec<u8>>();
    let mut comparer = Comparer::new(&contract);
    let tolerance = within(Some(0.3), None, None);
    let found =
        comparer.compare("pos", &ty, Some(&tolerance), &bytes([1.0, 2.0, 3.0]), &bytes([1.25, 2.5, 3.0]));
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].path, "pos[1]");
    let tally = comparer.tally.fields["pos[]"];
    assert_eq!((tally.within, tally.mismatched, tally.absolute, tally.relative), (1, 1, 0.5, 0.25));
    let mut sum = comparer.tally.clone();
    sum.add(&comparer.tally);
    assert_eq!(sum.fields["pos[]"].within, 2);
}

#[test]
fn many_mismatches_are_counted_and_not_all_returned() {
    let contract = contract("");
    let ty = Type::parse("[u8; n]").unwrap();
    let mut comparer = Comparer::new(&contract);
    let found = comparer.compare("buf", &ty, None, &[0; 5000], &[1; 5000]);
    assert_eq!(found.len(), MAX_MISMATCHES);
    assert_eq!(comparer.tally.fields["buf[]"].mismatched, 5000);
}

#[test]
fn texts_and_lengths() {
    let contract = contract("");
    let compare = |ty: &str, a: &[u8], b: &[u8]| {
        let found = compare(&contract, "t", &Type::parse(ty).unwrap(), None, a, b);
        found.into_iter().map(|m| (m.path, m.control, m.candidate)).collect::<Vec<_>>()
    };
    let one = |path: &str, a: &str, b: &str| vec![(path.to_string(), a.to_string(), b.to_string())];
    assert_eq!(compare("cstr", b"abc\0x", b"abc\0yz"), []);
    assert_eq!(compare("cstr", b"abc\0", b"abd\0"), one("t", "\"abc\" (3 bytes)", "\"abd\" (3 bytes)"));
    assert_eq!(
        compare("chars", b"\xe9t\xe9 ", b"\xe9t\xe9\0"),
        one("t", "\"été \" (4 bytes)", "\"été\\0\" (4 bytes)")
    );
    assert_eq!(compare("[char; n]", b"ab", b"a"), one("t", "\"ab\" (2 bytes)", "\"a\" (1 bytes)"));
    let two = compare("[i16; n]", &[1, 0, 2, 0], &[1, 0]);
    assert_eq!(two[0].0, "t[1]");
    assert_eq!(compare("[[i16; m]; n]", &[1, 0, 2, 0], &[1, 0, 3, 0]), one("t[1]", "2", "3"));
    assert_eq!(compare("[[i16; 2]; n]", &[1, 0, 2, 0], &[1, 0, 3, 0]), one("t[0][1]", "2", "3"));
    assert_eq!(compare("i32", &[1, 0], &[2, 0])[0].0, "t");
}

#[test]
fn extended_numbers() {
    let contract = contract("");
    let f80 = |mantissa: u64, exponent: u16| {
        let mut bytes = [0xaau8; 16];
        bytes[..8].copy_from_slice(&mantissa.to_le_bytes());
        bytes[8..10].copy_from_slice(&exponent.to_le_bytes());
        bytes
    };
    let one = f80(1 << 63, 16383);
    let mut padded = one;
    padded[10..].fill(0);
    assert_eq!(compare(&contract, "x", &Type::F80, None, &one, &padded), []);
    // One unit in the last place: far below what an f64 can show.
    let found = compare(&contract, "x", &Type::F80, None, &one, &f80((1 << 63) + 1, 16383));
    let epsilon = 2f64.powi(-63);
    assert_eq!((found[0].absolute, found[0].relative, found[0].ulp), (Some(epsilon), Some(epsilon), Some(1)));
    // Beyond the range of f64, a relative distance still is one.
    let found = compare(&contract, "x", &Type::F80, None, &f80(1 << 63, 30000), &f80(3 << 62, 30000));
    assert_eq!((found[0].absolute, found[0].relative), (Some(f64::INFINITY), Some(0.5)));
    let found = compare(&contract, "x", &Type::F80, None, &f80(1 << 63, 1), &f80(3 << 62, 1));
    assert_eq!((found[0].absolute, found[0].relative), (Some(f64::from_bits(1)), Some(0.5)));
    let class = |bytes: [u8; 16]| {
        let Value::Float { bits, kind } = lift(&contract, &Type::F80, &bytes, Endian::Little).unwrap() else {
            panic!()
        };
        Float { bits, kind }.class()
    };
    assert_eq!(class(f80(0, 0)), FloatClass::Zero);
    assert_eq!(class(f80(1, 0)), FloatClass::Finite);
    assert_eq!(class(f80(1 << 63, 0x7fff)), FloatClass::Infinite);
    assert_eq!(class(f80(3 << 62, 0x7fff)), FloatClass::QuietNan);
    assert_eq!(class(f80(5 << 61, 0x7fff)), FloatClass::SignallingNan);
    assert_eq!(class(f80(1, 16383)), FloatClass::SignallingNan, "an unnormal, which x87 refuses");
}

/// As the C compiler for PA-RISC lays out `{ 0x15, -700, 0xbeef, 5, 9, 0x1a3 }`, and says so by `DW_AT_data_bit_offset`.
#[test]
fn bit_fields_are_counted_from_the_top_where_bytes_are() {
    let mut contract = Contract::new(Component::new("bits", Language::C));
    contract.component.target = Target::PaRisc;
    let field = |name: &str, ty: &str, offset, bits| Field {
        bits: Some(bits),
        ..Field::new(name, Type::parse(ty).unwrap(), offset)
    };
    let fields = vec![
        field("low", "u32", 0, (0, 5)),
        field("high", "i32", 0, (5, 11)),
        field("rest", "u32", 0, (16, 16)),
        field("a", "u8", 4, (0, 3)),
        field("b", "u8", 4, (3, 4)),
        field("c", "u16", 4, (7, 9)),
    ];
    contract.types.push(TypeDef::new("r", TypeKind::Struct(fields), 8, 4));
    let bytes = [0xad, 0x44, 0xbe, 0xef, 0xb3, 0xa3, 0, 0];
    let value = lift(&contract, &Type::Named("r".into()), &bytes, Endian::Big).unwrap();
    let Value::Record(values) = value else { panic!() };
    let values: Vec<Value> = values.into_iter().map(|(_, value)| value).collect();
    assert_eq!(values, [0x15, -700, 0xbeef, 5, 9, 0x1a3].map(Value::Int));
}

#[test]
fn lifting_in_both_byte_orders() {
    let (contract, _) = all();
    let ty = |text: &str| Type::parse(text).unwrap();
    let lifted = |text: &str, bytes: &[u8], endian| lift(&contract, &ty(text), bytes, endian).unwrap();
    assert_eq!(lifted("i16", &[0xff, 0xfe], Endian::Little), Value::Int(-257));
    assert_eq!(lifted("i16", &[0xff, 0xfe], Endian::Big), Value::Int(-2));
    assert_eq!(lifted("u64", &[0xff; 8], Endian::Big), Value::Int(i128::from(u64::MAX)));
    let one = Value::Float { bits: u128::from(1f64.to_bits()), kind: FloatKind::F64 };
    assert_eq!(lifted("f64", &1f64.to_be_bytes(), Endian::Big), one);
    assert_eq!(lifted("bool", &[0x80], Endian::Little), Value::Bool(0x80));
    assert_eq!(
        lifted("[i8; n]", &[1, 255], Endian::Little),
        Value::Array(vec![Value::Int(1), Value::Int(-1)])
    );
    assert_eq!(lifted("[i16; n]", &[1, 0, 9], Endian::Little), Value::Array(vec![Value::Int(1)]));
    assert_eq!(lifted("cstr", b"ab\0cd", Endian::Little), Value::Text(b"ab".to_vec()));
    assert_eq!(lifted("value", &[7; 8], Endian::Little), Value::Bytes(vec![7; 8]));
    let safe = Value::Enum { value: -1, name: Some("SAFE".into()) };
    assert_eq!(lifted("mode", &[0xff, 0xff], Endian::Little), safe);
    let short = LiftError::Short { path: String::new(), expected: 8, found: 3 };
    assert_eq!(lift(&contract, &Type::F64, &[0; 3], Endian::Little), Err(short));
    assert!(matches!(
        lift(&contract, &ty("[nowhere; 2]"), &[0; 3], Endian::Little),
        Err(LiftError::Unsized { .. })
    ));
}

fn value_of(contract: &Contract, seed: &[u8], ty: &Type) -> Vec<u8> {
    let (size, _) = contract.size_align(ty).unwrap();
    seed.iter().cycle().take(size as usize).copied().collect()
}

proptest! {
    #[test]
    fn distances_agree_with_the_machine(a in any::<f64>(), b in any::<f64>(), c in any::<f32>(), d in any::<f32>()) {
        let double = |x: f64| Float { bits: u128::from(x.to_bits()), kind: FloatKind::F64 };
        match double(a).distances(double(b)) {
            None => prop_assert!(a.is_nan() || b.is_nan()),
            Some(distances) => {
                prop_assert_eq!(distances.absolute, if a == b { 0.0 } else { (a - b).abs() });
                let relative = (a - b).abs() / a.abs();
                if relative.is_finite() && a.is_normal() {
                    prop_assert!((distances.relative - relative).abs() <= relative * 1e-15);
                }
            }
        }
        let single = |x: f32| Float { bits: u128::from(x.to_bits()), kind: FloatKind::F32 };
        if let Some(distances) = single(c).distances(single(d)) {
            let exact = (f64::from(c) - f64::from(d)).abs();
            if exact.is_finite() {
                prop_assert_eq!(distances.absolute, exact);
            }
        }
    }

    #[test]
    fn neighbours_are_one_apart(a in any::<f64>()) {
        prop_assume!(a.is_finite() && a.next_up().is_finite());
        let double = |x: f64| Float { bits: u128::from(x.to_bits()), kind: FloatKind::F64 };
        let distances = double(a).distances(double(a.next_up())).unwrap();
        prop_assert_eq!(distances.ulp, 1);
        prop_assert!(distances.absolute > 0.0);
    }

    #[test]
    fn comparing_with_itself_finds_nothing(contract in generate::contract(), seed in proptest::collection::vec(any::<u8>(), 1..64)) {
        for ty in ["rec", "other", "mode", "[rec; ?]", "[f80; n]", "chars", "cstr"] {
            let ty = Type::parse(ty).unwrap();
            let bytes = match contract.size_align(&ty) {
                Some(_) => value_of(&contract, &seed, &ty),
                None => seed.clone(),
            };
            prop_assert_eq!(compare(&contract, "r", &ty, None, &bytes, &bytes), vec![]);
            prop_assert!(lift(&contract, &ty, &bytes, Endian::Big).is_ok());
        }
    }

    /// Any two images, of any length, of any type: no panic; and what is reported is a difference.
    #[test]
    fn no_bytes_panic(contract in generate::contract(), a in proptest::collection::vec(any::<u8>(), 0..80), b in proptest::collection::vec(any::<u8>(), 0..80), ty in generate::any_type(vec!["rec".into(), "mode".into(), "nowhere".into()])) {
        let found = compare(&contract, "r", &ty, None, &a, &b);
        prop_assert!(a != b || found.is_empty());
        let _ = lift(&contract, &ty, &a, Endian::Little);
    }

    /// Without tolerances, a flipped bit is reported, and by the field it is in.
    #[test]
    fn a_flipped_bit_is_reported(contract in generate::contract(), seed in proptest::collection::vec(0u8..0x3f, 1..64), bit in any::<proptest::sample::Index>()) {
        let mut contract = contract;
        let def = &mut contract.types[0];
        let (TypeKind::Struct(fields) | TypeKind::Union(fields)) = &mut def.kind else { unreachable!() };
        fields.iter_mut().for_each(|field| field.tolerance = None);
        let (fields, union) = (fields.clone(), matches!(def.kind, TypeKind::Union(_)));
        let ty = Type::Named("rec".into());
        let mut control = value_of(&contract, &seed, &ty);
        // An f80 keeps its integer bit, or it is a NaN before and after.
        for field in fields.iter().filter(|field| field.ty == Type::F80) {
            control[field.offset as usize + 7] |= 0x80;
        }
        let bit = bit.index(8 * control.len());
        let mut candidate = control.clone();
        candidate[bit / 8] ^= 1 << (bit % 8);
        let found = paths(&contract, &ty, &control, &candidate);
        if union {
            prop_assert_eq!(found, ["r"]);
            return Ok(());
        }
        let at = bit as u64 / 8;
        let owner = fields.iter().find(|field| {
            let size = contract.size_align(&field.ty).unwrap().0;
            (field.offset..field.offset + size).contains(&at)
        });
        match owner {
            Some(field) if field.usage != Use::Ignored => {
                let significant = |ty: &Type, offset: u64| *ty != Type::F80 || offset % 16 < 10;
                let element = match &field.ty { Type::Array(element, _) => element, ty => ty };
                // An f80 in an array may be a NaN of another payload.
                let certain = significant(element, at - field.offset)
                    && *element != Type::ComplexF80
                    && !matches!(&field.ty, Type::Array(e, _) if **e == Type::F80);
                if certain {
                    prop_assert_eq!(found.len(), 1);
                    prop_assert!(found[0].starts_with(&format!("r.{}", field.name)), "{}", found[0]);
                }
            }
            _ => prop_assert_eq!(found, Vec::<String>::new()),
        }
    }
}
