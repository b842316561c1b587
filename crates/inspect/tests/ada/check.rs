//! `check` holds a contract of Ada routines against the binary: a twin that is wrong in one place yields that finding.

use std::path::Path;

use cmp_bridge_contract::model::{By, Condition, Contract, Extent, Index, Type, TypeKind};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::check::check;
use cmp_bridge_inspect::finding::{Code, Severity};
use cmp_bridge_inspect::scan::{ScanOptions, scan};

use crate::support::{fresh, run};

fn case() -> (Contract, Binary) {
    let folder = fresh("ada-check");
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases-ada/shapes");
    for file in ["shapes.ads", "shapes.adb", "main.adb"] {
        std::fs::copy(sources.join(file), folder.join(file)).expect("a source");
    }
    run("gnatmake", &["-q", "-g", "-O2", "-gnatws", "main.adb"], &folder);
    let binary = Binary::open(folder.join("main")).expect("an ELF file");
    let report = scan(&binary, &ScanOptions::default()).expect("debug information");
    (report.contracts.into_iter().next().expect("a contract"), binary)
}

fn kind<'c>(contract: &'c mut Contract, name: &str) -> &'c mut TypeKind {
    &mut contract.types.iter_mut().find(|def| def.name == name).expect(name).kind
}

/// Errors of a twin, as codes and the places they speak of.
fn errors(contract: &Contract, binary: &Binary) -> Vec<(Code, String)> {
    let findings = check(contract, binary).into_iter().filter(|f| f.severity() == Severity::Error);
    findings.map(|f| (f.code, f.declared)).collect()
}

/// One change, and the finding it must yield.
type Twin = (fn(&mut Contract), Code, &'static str);

fn routine<'c>(contract: &'c mut Contract, name: &str) -> &'c mut cmp_bridge_contract::model::Routine {
    contract.routines.iter_mut().find(|r| r.name == name).expect(name)
}

const TWINS: [Twin; 9] = [
    (
        |c| routine(c, "shapes__arru").params[0].by = By::Reference,
        Code::Passing,
        "routine.shapes__arru.params.v.by",
    ),
    (
        |c| {
            let index = Extent::Carried(Index { size: 1, signed: true });
            routine(c, "shapes__arrp").params[2].ty = Type::Array(Box::new(Type::Int(4, true)), index);
        },
        Code::ParameterType,
        "routine.shapes__arrp.params.e.type",
    ),
    (
        |c| routine(c, "shapes__nest__inner").static_link = false,
        Code::Passing,
        "routine.shapes__nest__inner.static-link",
    ),
    (|c| routine(c, "shapes__fstr").returns = None, Code::Returns, "routine.shapes__fstr.returns"),
    (
        |c| {
            if let TypeKind::Fixed { small, .. } = kind(c, "shapes__volt") {
                small.1 = 16;
            }
        },
        Code::TypeSize,
        "type.shapes__volt",
    ),
    (
        |c| {
            if let TypeKind::Range { last, .. } = kind(c, "shapes__percent") {
                *last = 99;
            }
        },
        Code::TypeSize,
        "type.shapes__percent",
    ),
    (
        |c| {
            if let TypeKind::Packed { bits, .. } = kind(c, "shapes__nibs") {
                *bits = 5;
            }
        },
        Code::TypeSize,
        "type.shapes__nibs",
    ),
    (
        |c| {
            if let TypeKind::Struct(fields) = kind(c, "shapes__shape") {
                fields[2].when.as_mut().expect("a variant").any_of = vec![Condition::Equal(2)];
            }
        },
        Code::FieldType,
        "type.shapes__shape.radius.when",
    ),
    (
        |c| {
            if let TypeKind::Enum { values, .. } = kind(c, "shapes__coded") {
                values[1].1 = 11;
            }
        },
        Code::EnumValue,
        "type.shapes__coded.values.ten",
    ),
];

#[test]
fn a_scanned_contract_agrees_and_each_twin_does_not() {
    let (contract, binary) = case();
    assert_eq!(errors(&contract, &binary), []);
    for (change, code, place) in TWINS {
        let mut twin = contract.clone();
        change(&mut twin);
        assert_ne!(twin, contract, "{place}");
        assert_eq!(errors(&twin, &binary), [(code, place.to_string())]);
    }
}
