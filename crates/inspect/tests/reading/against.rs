//! For each code of `check --against`, a new release that differs in that one way, and nothing else is reported.

use std::collections::BTreeSet;

use cmp_bridge_contract::model::*;
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::check::{Side, Undescribed, check_against};
use cmp_bridge_inspect::finding::{Code, Finding, Severity};
use cmp_bridge_inspect::scan::{ScanOptions, scan};

use crate::support;

const OLD: &str = include_str!("against.toml");

fn old() -> Contract {
    Contract::from_toml(OLD, "against.toml").unwrap_or_else(|e| panic!("{e}"))
}

fn routine<'c>(contract: &'c mut Contract, name: &str) -> &'c mut Routine {
    contract.routines.iter_mut().find(|r| r.name == name).expect(name)
}

fn params(contract: &mut Contract) -> &mut Vec<Param> {
    &mut routine(contract, "propagate").params
}

fn def<'c>(contract: &'c mut Contract, name: &str) -> &'c mut TypeDef {
    contract.types.iter_mut().find(|t| t.name == name).expect(name)
}

fn fields<'c>(contract: &'c mut Contract, name: &str) -> &'c mut Vec<Field> {
    match &mut def(contract, name).kind {
        TypeKind::Struct(fields) | TypeKind::Union(fields) => fields,
        other => panic!("{name}: {other:?}"),
    }
}

fn values(contract: &mut Contract) -> &mut Vec<(String, i64)> {
    match &mut def(contract, "mode").kind {
        TypeKind::Enum { values, .. } => values,
        other => panic!("{other:?}"),
    }
}

fn ty(text: &str) -> Type {
    Type::parse(text).expect(text)
}

type Twin = (Code, &'static str, &'static dyn Fn(&mut Contract));

const TWINS: &[Twin] = &[
    (Code::RoutineRemoved, "gone", &|c| c.routines.retain(|r| r.name != "version")),
    (Code::RoutineAdded, "new", &|c| {
        let mut new = routine(c, "version").clone();
        (new.name, new.symbol) = ("release".into(), "release_".into());
        c.routines.push(new);
    }),
    (Code::SymbolRenamed, "underscores", &|c| routine(c, "version").symbol = "version__".into()),
    (Code::RoutineRenamed, "the name only", &|c| routine(c, "version").name = "vers".into()),
    (Code::ParameterAdded, "last", &|c| {
        params(c).push(Param::new("extra", Type::F64, By::Reference, Use::In));
    }),
    (Code::ParameterAdded, "first", &|c| {
        params(c).insert(0, Param::new("extra", Type::F64, By::Reference, Use::In));
    }),
    (Code::ParameterRemoved, "in the middle", &|c| drop(params(c).remove(1))),
    (Code::ParametersReordered, "two of one type", &|c| params(c).swap(1, 2)),
    (Code::ParameterRenamed, "by another name", &|c| params(c)[1].name = "duration".into()),
    (Code::ParameterChanged, "width", &|c| params(c)[1].ty = Type::F32),
    (Code::ParameterChanged, "signedness", &|c| params(c)[0].ty = ty("u32")),
    (Code::ParameterChanged, "a callback's signature", &|c| match &mut def(c, "tick").kind {
        TypeKind::Function { params, .. } => drop(params.pop()),
        other => panic!("{other:?}"),
    }),
    (Code::PassingChanged, "a value", &|c| params(c)[0].by = By::Value),
    (Code::LengthChanged, "bytes for CHARACTER", &|c| params(c)[5].ty = ty("[u8; 8]")),
    (Code::ExtentGrown, "one more", &|c| params(c)[3].ty = ty("[f64; 7]")),
    (Code::ExtentShrunk, "one less", &|c| params(c)[3].ty = ty("[f64; 5]")),
    (Code::DirectionChanged, "written", &|c| params(c)[1].usage = Use::InOut),
    (Code::ReturnsChanged, "nothing", &|c| routine(c, "angle").returns = None),
    (Code::ReturnsChanged, "another type", &|c| {
        routine(c, "angle").returns = Some(Returns::new(Type::F32, Use::Out));
    }),
    (Code::StatusChanged, "warnings became errors", &|c| {
        let status = routine(c, "propagate").status.as_mut().expect("a status");
        (status.warning, status.error) = (None, Some(Condition::NotEqual(0)));
    }),
    (Code::RecordSize, "longer", &|c| def(c, "bulletin").size += 8),
    (Code::RecordSize, "a narrower enumeration", &|c| match &mut def(c, "mode").kind {
        TypeKind::Enum { repr, .. } => *repr = ty("u32"),
        other => panic!("{other:?}"),
    }),
    (Code::FieldMoved, "apart", &|c| fields(c, "bulletin")[1].offset = 20),
    (Code::FieldChanged, "width", &|c| fields(c, "bulletin")[1].ty = ty("f32")),
    (Code::FieldAdded, "into the padding", &|c| {
        fields(c, "bulletin").push(Field::new("quality", ty("i32"), 28));
    }),
    (Code::FieldRemoved, "the last", &|c| drop(fields(c, "bulletin").pop())),
    (Code::FieldRenamed, "the last", &|c| fields(c, "bulletin")[2].name = "regime".into()),
    (Code::EnumChanged, "another number", &|c| values(c)[1].1 = 7),
    (Code::EnumChanged, "gone", &|c| drop(values(c).pop())),
    (Code::EnumAdded, "one more", &|c| values(c).push(("SAFE".into(), 9))),
    (Code::KindChanged, "a union", &|c| {
        let fields = fields(c, "date").clone();
        def(c, "date").kind = TypeKind::Union(fields);
    }),
    (Code::StateRemoved, "gone", &|c| c.state.retain(|a| a.name != "unused")),
    (Code::StateRemoved, "by another symbol", &|c| c.state[1].symbol = "other_".into()),
    (Code::StateAdded, "one more", &|c| {
        let mut area = c.state[1].clone();
        (area.name, area.symbol) = ("third".into(), "third_".into());
        c.state.push(area);
    }),
    (Code::StateResized, "longer", &|c| c.state[0].size = 80),
    (Code::ViewChanged, "a field shifted in", &|c| {
        fields(c, "cst_view").insert(1, Field::new("j2", ty("f64"), 8));
        fields(c, "cst_view")[2].offset = 16;
    }),
    (Code::ViewChanged, "an integer for a real", &|c| fields(c, "cst_view")[1].ty = ty("i64")),
    (Code::StateUseChanged, "no longer", &|c| routine(c, "propagate").state.clear()),
    (Code::StateUseChanged, "written", &|c| routine(c, "propagate").state[0].usage = Use::InOut),
    (Code::LanguageChanged, "C", &|c| c.component.language = Language::C),
    (Code::ConventionChanged, "variable arguments", &|c| routine(c, "version").varargs = true),
    (Code::ExceptionsChanged, "one may come", &|c| {
        routine(c, "version").exceptions = Exceptions::Possible;
    }),
];

fn text(findings: &[Finding]) -> String {
    findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn every_code_has_a_wrong_twin() {
    let old = old();
    assert_eq!(text(&check_against(&old, &old)), "", "a release is compatible with itself");
    let mut covered = BTreeSet::new();
    for (code, what, change) in TWINS {
        let mut new = old.clone();
        change(&mut new);
        let findings = check_against(&new, &old);
        let codes: BTreeSet<Code> = findings.iter().map(|f| f.code).collect();
        assert_eq!(codes, BTreeSet::from([*code]), "{what}:\n{}", text(&findings));
        covered.insert(*code);
    }
    // It needs two builds: `a_routine_that_is_not_described_is_not_new`.
    covered.insert(Code::RoutineUncompared);
    let all: BTreeSet<Code> = Code::ALL.iter().copied().filter(|c| c.text().starts_with('A')).collect();
    assert_eq!(covered, all, "codes without a wrong twin");
}

#[test]
fn a_type_names_the_routines_it_is_part_of() {
    let old = old();
    let mut new = old.clone();
    fields(&mut new, "date")[1].ty = ty("f32");
    let findings = check_against(&new, &old);
    // `date` is inside `bulletin`, which `propagate` receives; `angle` takes neither.
    let hints: Vec<&str> = findings.iter().map(|f| f.hint.as_str()).collect();
    assert_eq!(hints, ["touches propagate, print"], "{}", text(&findings));
    assert_eq!(findings[0].declared, "type.date.seconds.type");
}

#[test]
fn several_changes_of_one_signature() {
    let old = old();
    let mut new = old.clone();
    let list = params(&mut new);
    list.remove(2);
    list[0].name = "count".into();
    list.push(Param::new("extra", Type::F64, By::Reference, Use::In));
    let found: Vec<(Code, String)> =
        check_against(&new, &old).into_iter().map(|f| (f.code, f.declared)).collect();
    let at = |name: &str| format!("routine.propagate.params{name}");
    let expected = [
        (Code::ParameterRenamed, at(".count")),
        (Code::ParameterRemoved, at("")),
        (Code::ParameterAdded, at(".extra")),
    ];
    assert_eq!(found, expected);
}

#[test]
fn two_builds_of_one_source_and_of_a_changed_one() {
    let out = support::fresh("against");
    let build = |name: &str, text: &str| {
        let file = format!("{name}.c");
        std::fs::write(out.join(&file), text).expect("a source");
        support::run("gcc", &["-g", "-O1", "-shared", "-fPIC", "-o", name, &file], &out);
        let binary = Binary::open(out.join(name)).expect("an ELF file");
        scan(&binary, &ScanOptions::default()).expect("debug information").contracts.remove(0)
    };
    const SOURCE: &str = "typedef struct { int day; double s; } date;\n\
        typedef struct { date when; double a[6]; } orbit;\n\
        int table[4];\n\
        double drift(const orbit *o, int n) { static int calls; calls++; return o->a[n] + table[n & 3]; }\n\
        int day(const date *d) { return d->day; }\n";
    let old = build("old", SOURCE);
    assert_eq!(text(&check_against(&build("same", SOURCE), &old)), "");
    let changed = SOURCE.replace("int day; double s;", "int day, zone; double s;");
    let findings = check_against(&build("padding", &changed), &old);
    assert_eq!(text(&findings).lines().next(), Some("note[A120]: a field was added"), "{}", text(&findings));
    assert!(findings.iter().all(|f| f.severity() == Severity::Note && f.hint == "touches drift, day"));
    let changed = SOURCE.replace("double s;", "float s;").replace("int n)", "long n)");
    let codes: BTreeSet<Code> =
        check_against(&build("broken", &changed), &old).iter().map(|f| f.code).collect();
    let expected = [Code::ParameterChanged, Code::RecordSize, Code::FieldMoved, Code::FieldChanged];
    assert_eq!(codes, expected.into());
}

#[test]
fn a_routine_that_is_not_described_is_not_new() {
    let out = support::fresh("against-undescribed");
    let build = |name: &str, text: &str| {
        let file = format!("{name}.c");
        std::fs::write(out.join(&file), text).expect("a source");
        support::run("gcc", &["-g", "-shared", "-fPIC", "-o", name, &file], &out);
        let binary = Binary::open(out.join(name)).expect("an ELF file");
        let report = scan(&binary, &ScanOptions::default()).expect("debug information");
        let undescribed = Undescribed::of(&binary, &report);
        (report.contracts.into_iter().next().expect("a contract"), undescribed)
    };
    let whole = build("whole", "int f(int a) { return a; }\nint g(int a) { return a; }\n");
    let part = build("part", "int f(_Float128 a) { return a; }\nint g(int a) { return a; }\n");
    let side = |of: &'static str| -> Side<'_> {
        let (contract, undescribed) = if of == "whole" { &whole } else { &part };
        Side { contract, undescribed: Some(undescribed) }
    };
    for (new, old) in [("whole", "part"), ("part", "whole")] {
        let findings = check_against(side(new), side(old));
        let codes: Vec<Code> = findings.iter().map(|f| f.code).collect();
        assert_eq!(codes, [Code::RoutineUncompared], "{}", text(&findings));
        assert!(text(&findings).contains("_Float128"), "{}", text(&findings));
    }
    // The wrong twin: contracts alone know nothing of what was refused.
    let codes = |new: &Contract, old: &Contract| check_against(new, old)[0].code;
    assert_eq!(codes(&whole.0, &part.0), Code::RoutineAdded);
    assert_eq!(codes(&part.0, &whole.0), Code::RoutineRemoved);
}
