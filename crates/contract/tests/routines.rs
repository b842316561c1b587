//! What is derived of a routine: its areas, its hash, what it still lacks, and what cannot be lowered.

mod support;

use cmp_bridge_contract::abi::{self, AbiError, Place, ReturnPlace, Role};
use cmp_bridge_contract::areas::{self, Bytes, Owner};
use cmp_bridge_contract::hash::{contract_hash, format_hash, routine_hash};
use cmp_bridge_contract::model::*;
use cmp_bridge_contract::readiness::{Purpose, missing};
use cmp_bridge_contract::toml::locate;
use cmp_bridge_contract::wire::{self, Count, Xdr};
use support::FULL;

fn read(text: &str) -> Contract {
    Contract::from_toml(text, "c.toml").unwrap_or_else(|errors| panic!("{errors}"))
}

/// A contract of one C routine.
fn routine(lines: &str) -> Contract {
    read(&format!(
        "contract = 1\n[component]\nname = \"c\"\nlanguage = \"c\"\n[type.big]\nkind = \"struct\"\nsize = 24\nalign = 8\nfields = [ {{ name = \"p\", type = \"ptr\", offset = 0 }} ]\n[state.s]\nsymbol = \"s\"\nsize = 40\nkind = \"global\"\n[routine.r]\nsymbol = \"r\"\n{lines}\n"
    ))
}

#[test]
fn areas_of_the_full_contract() {
    let contract = read(FULL);
    let areas = areas::of(&contract, &contract.routines[0]).unwrap();
    let shown: Vec<String> = areas
        .iter()
        .map(|area| {
            let bytes = match &area.bytes {
                Bytes::Fixed(size) => size.to_string(),
                Bytes::Counted { element, count } => format!("{element} * ({count})"),
                other => format!("{other:?}"),
            };
            format!("{:?} {bytes} align {} written {}", area.owner, area.align, area.written)
        })
        .collect();
    assert_eq!(
        shown,
        [
            "Param(0) 4 align 4 written false",
            "Param(1) 8 * (n) align 8 written false",
            "Param(2) 8 align 8 written false",
            "Param(3) 24 * (2*n-1) align 8 written true",
            "Param(4) 56 align 8 written true",
            "Param(5) HiddenLength align 1 written false",
            "Param(6) 4 align 4 written true",
            "State(0) 24 align 8 written false",
            "State(1) 4 align 4 written true",
        ]
    );
}

#[test]
fn sizes_of_areas() {
    for (ty, expected) in [
        ("[[f64; n]; m]", "Counted { element: 8, count: m*n }"),
        ("[[f64; n]; 3]", "Counted { element: 8, count: 3*n }"),
        ("[[f64; 3]; n]", "Counted { element: 24, count: n }"),
        ("[[f64; ?]; 3]", "Unknown { element: 8 }"),
        ("[[f64; 3]; ?]", "Unknown { element: 24 }"),
        ("[f64; 2*3]", "Fixed(48)"),
        ("cstr", "ToNul"),
        ("ptr", "Fixed(8)"),
    ] {
        let contract = routine(&format!(
            "params = [ {{ name = \"n\", type = \"i32\", use = \"in\" }}, {{ name = \"m\", type = \"i32\", use = \"in\" }}, {{ name = \"a\", type = \"{ty}\", by = \"reference\", use = \"unknown\" }} ]"
        ));
        let areas = areas::of(&contract, &contract.routines[0]).unwrap();
        assert_eq!(areas.len(), 1);
        assert!(areas[0].written);
        let found = match &areas[0].bytes {
            Bytes::Counted { element, count } => format!("Counted {{ element: {element}, count: {count} }}"),
            other => format!("{other:?}"),
        };
        assert_eq!(found, expected, "{ty}");
    }
}

/// Two extents that are negative are no elements, and not as many as their product.
#[test]
fn negative_extents_are_no_elements() {
    let contract = routine(
        "params = [ { name = \"n\", type = \"i32\", use = \"in\" }, { name = \"m\", type = \"i32\", use = \"in\" }, \
         { name = \"a\", type = \"[[f64; n-1]; m-1]\", by = \"reference\", use = \"inout\" } ]\neffects = \"none\"",
    );
    let areas = areas::of(&contract, &contract.routines[0]).unwrap();
    let Bytes::Counted { count, .. } = &areas[0].bytes else { panic!("{areas:?}") };
    let shape = wire::shape(&contract, &contract.routines[0]).unwrap();
    let Xdr::Array(_, Count::Expr(travels)) = &shape.inputs[2].ty else { panic!("{shape:?}") };
    for (n, m, expected) in [(3, 4, 6), (0, 0, 0), (-5, -7, 0), (0, 4, 0), (1, 4, 0)] {
        let value = |name: &str| Some(if name == "n" { n } else { m });
        assert_eq!(count.evaluate(&value), Some(expected), "{n} {m}");
        assert_eq!(travels.evaluate(&value), Some(expected), "{n} {m} on the wire");
    }
}

#[test]
fn a_record_returned_in_memory_is_an_area() {
    let contract =
        routine("params = [ { name = \"x\", type = \"big\", use = \"in\" } ]\nreturns = { type = \"big\" }");
    let routine = &contract.routines[0];
    let areas = areas::of(&contract, routine).unwrap();
    assert_eq!(
        areas.iter().map(|area| (area.owner, area.bytes.clone())).collect::<Vec<_>>(),
        [(Owner::Return, Bytes::Fixed(24))]
    );
    let lowered = abi::lower(&contract, routine).unwrap();
    assert_eq!(lowered.arguments[0].role, Role::ReturnAddress);
    assert_eq!(lowered.arguments[0].pieces[0].place, Place::Gpr(0));
    assert_eq!((lowered.stack_bytes, lowered.returns.len()), (24, 0));
}

#[test]
fn what_cannot_be_lowered() {
    let good =
        routine("params = [ { name = \"x\", type = \"f64\", use = \"in\" } ]\nreturns = { type = \"i16\" }");
    assert_eq!(abi::lower(&good, &good.routines[0]).unwrap().returns, [(ReturnPlace::Gpr(0), 0, 2)]);
    let with = |ty: Type| {
        let mut contract = good.clone();
        contract.routines[0].params[0].ty = ty;
        abi::lower(&contract, &contract.routines[0])
    };
    assert_eq!(with(Type::Named("nowhere".into())), Err(AbiError::Undefined("nowhere".into())));
    assert_eq!(with(Type::Chars), Err(AbiError::ByValue("chars".into())));
    assert_eq!(with(Type::parse("[f64; 2]").unwrap()), Err(AbiError::ByValue("[f64; 2]".into())));
    let mut contract = good.clone();
    contract.types[0].size = 4;
    contract.routines[0].params[0].ty = Type::Named("big".into());
    assert_eq!(abi::lower(&contract, &contract.routines[0]), Err(AbiError::Inconsistent("big".into())));
    contract.types[0].size = u64::MAX;
    assert!(abi::lower(&contract, &contract.routines[0]).is_err());
    // Unions in unions have more parts than bytes: the search for them ends.
    let text: String = (0..30)
        .map(|i| {
            let inner = if i == 29 { "i64".to_string() } else { format!("u{}_", i + 1) };
            let field = |name: &str| format!("{{ name = \"{name}\", type = \"{inner}\", offset = 0 }}");
            format!(
                "[type.u{i}_]\nkind = \"union\"\nsize = 8\nalign = 8\nfields = [ {}, {} ]\n",
                field("a"),
                field("b")
            )
        })
        .collect();
    let contract = routine(&format!("params = [ {{ name = \"x\", type = \"u0_\", use = \"in\" }} ]\n{text}"));
    assert_eq!(abi::lower(&contract, &contract.routines[0]), Err(AbiError::Inconsistent("u0_".into())));
    let mut contract = read(FULL);
    contract.state.clear();
    assert_eq!(areas::of(&contract, &contract.routines[0]), Err(AbiError::UndefinedState("cst".into())));
}

/// Changes that a hash must see, and changes it must not see.
#[test]
fn hashes() {
    let contract = read(FULL);
    let hash = |contract: &Contract| routine_hash(contract, &contract.routines[0]);
    type Change = fn(&mut Contract);
    let fields = |contract: &mut Contract, change: fn(&mut Vec<Field>)| match &mut contract.types[0].kind {
        TypeKind::Struct(fields) => change(fields),
        _ => unreachable!(),
    };
    let seen: [Change; 17] = [
        |c| c.routines[0].name = "x".into(),
        |c| c.routines[0].symbol = "x".into(),
        |c| c.routines[0].params.swap(0, 2),
        |c| c.routines[0].params[0].name = "m".into(),
        |c| c.routines[0].params[0].ty = Type::Int(8, true),
        |c| c.routines[0].params[0].by = By::Value,
        |c| c.routines[0].params[0].usage = Use::InOut,
        |c| c.routines[0].params[0].nullable = true,
        |c| c.routines[0].returns = Some(Returns::new(Type::F64, Use::Out)),
        |c| c.routines[0].status = None,
        |c| c.routines[0].state[0].usage = Use::Out,
        |c| c.state[0].size = 56,
        |c| c.types[0].size = 64,
        |c| c.types[3].align = 16,
        |c| c.component.language = Language::C,
        |c| match &mut c.types[2].kind {
            TypeKind::Enum { values, .. } => values[1].1 = 2,
            _ => unreachable!(),
        },
        |c| c.routines[0].status.as_mut().unwrap().panic = None,
    ];
    for (i, change) in seen.into_iter().enumerate() {
        let mut changed = contract.clone();
        change(&mut changed);
        assert_ne!(hash(&changed), hash(&contract), "change {i}");
        assert_ne!(contract_hash(&changed), contract_hash(&contract), "change {i}");
    }
    for change in
        [(|f| f[0].offset = 1) as fn(&mut Vec<Field>), |f| f[2].bits = None, |f| f[4].usage = Use::InOut]
    {
        let mut changed = contract.clone();
        fields(&mut changed, change);
        assert_ne!(hash(&changed), hash(&contract));
    }
    let unseen: [Change; 8] = [
        |c| c.routines[0].at = None,
        |c| c.routines[0].params[2].unit = None,
        |c| c.routines[0].params[3].tolerance = None,
        |c| c.component.build_id = None,
        |c| c.component.binary = None,
        |c| c.types.reverse(),
        |c| c.types[1].size = 16,
        |c| c.state.reverse(),
    ];
    for (i, change) in unseen.into_iter().enumerate() {
        let mut changed = contract.clone();
        change(&mut changed);
        assert_eq!(hash(&changed), hash(&contract), "change {i}");
    }
    let mut reordered = contract.clone();
    reordered.routines.reverse();
    assert_eq!(contract_hash(&reordered), contract_hash(&contract));
    assert_eq!(format_hash(0xab), "00000000000000ab");
    // What a module built yesterday was given must stay what it is: a change of this number is a change of the format.
    assert_eq!(format_hash(hash(&contract)), "6fa744d98501a19e");
}

/// The last key of each path that is missing.
fn lacks(contract: &Contract, purpose: Purpose) -> Vec<String> {
    let found = missing(contract, &contract.routines[0], purpose);
    found.into_iter().map(|missing| missing.path.strip_prefix("routine.r.").unwrap().to_string()).collect()
}

#[test]
fn what_routes_need() {
    let all = [Purpose::Replay, Purpose::Shadow, Purpose::Rust];
    for (lines, expected) in [
        ("effects = \"none\"", vec![]),
        ("", vec!["effects"]),
        (
            "params = [ { name = \"x\", type = \"f64\", use = \"unknown\" } ]\neffects = \"none\"",
            vec!["params.0.use"],
        ),
        (
            "params = [ { name = \"x\", type = \"[[f64; ?]; 3]\", use = \"in\" } ]\neffects = \"none\"",
            vec!["params.0.type"],
        ),
        (
            "params = [ { name = \"x\", type = \"cstr\", use = \"out\" } ]\neffects = \"none\"",
            vec!["params.0.type"],
        ),
        ("params = [ { name = \"x\", type = \"cstr\", use = \"in\" } ]\neffects = \"none\"", vec![]),
        (
            "params = [ { name = \"x\", type = \"ptr\", use = \"in\" } ]\neffects = \"none\"",
            vec!["params.0.type"],
        ),
        ("params = [ { name = \"x\", type = \"ptr\", use = \"ignored\" } ]\neffects = \"none\"", vec![]),
        (
            "params = [ { name = \"x\", type = \"fn\", use = \"in\" } ]\neffects = \"none\"",
            vec!["params.0.type"],
        ),
        (
            "params = [ { name = \"x\", type = \"[big; 2]\", use = \"in\" } ]\neffects = \"none\"",
            vec!["params.0.type"],
        ),
        ("returns = { type = \"i32\", use = \"unknown\" }\neffects = \"none\"", vec!["returns.use"]),
        ("returns = { type = \"ptr\" }\neffects = \"none\"", vec!["returns.type"]),
        (
            "state = [ { area = \"s\", view = \"i32\", use = \"unknown\" } ]\neffects = \"none\"",
            vec!["state.0.use"],
        ),
        (
            "state = [ { area = \"s\", view = \"big\", use = \"in\" } ]\neffects = \"none\"",
            vec!["state.0.view"],
        ),
    ] {
        let contract = routine(lines);
        for purpose in all {
            assert_eq!(lacks(&contract, purpose), expected, "{lines}");
        }
        assert_eq!(lacks(&contract, Purpose::Record), Vec::<String>::new());
    }
    let io = routine("effects = \"io\"");
    assert_eq!(lacks(&io, Purpose::Shadow), ["effects"]);
    assert_eq!(lacks(&io, Purpose::Replay), ["effects"]);
    assert_eq!(lacks(&io, Purpose::Rust), Vec::<String>::new());
}

#[test]
fn what_is_missing_is_found_in_the_text() {
    let contract = read(FULL);
    let found = missing(&contract, &contract.routines[1], Purpose::Rust);
    let lines: Vec<&str> =
        found.iter().map(|m| FULL.lines().nth(locate(FULL, &m.path).0 - 1).unwrap()).collect();
    assert!(lines[0].contains("name = \"z\""), "{}", lines[0]);
    // Not written at all: the routine itself.
    assert_eq!(lines[1], "[routine.kepler]");
    assert!(found[0].message.starts_with("parameter `z`: `use` is unknown; write "), "{}", found[0].message);
}
