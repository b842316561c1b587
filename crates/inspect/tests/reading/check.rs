//! For each code of `check`, a contract or a binary that is wrong in that one way, and nothing else is reported.

use std::collections::BTreeSet;

use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::model::*;
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::check::check;
use cmp_bridge_inspect::finding::{Code, Finding, Severity};
use cmp_bridge_inspect::scan::{ScanOptions, scan};

use crate::support;

struct Subject {
    binary: Binary,
    contract: Contract,
}

impl Subject {
    fn new(case: &str, test: &str, extra: &[&str]) -> Subject {
        let out = support::fresh(&format!("check-{test}-{case}{}", extra.concat()));
        let binary = Binary::open(support::build(case, &out, extra)).expect("an ELF file");
        let report = scan(&binary, &ScanOptions::default()).expect("debug information");
        let contract = report.contracts.into_iter().next().expect("a contract");
        Subject { binary, contract }
    }

    /// What a change of the contract adds to the findings.
    fn added(&self, change: &dyn Fn(&mut Contract)) -> Vec<Finding> {
        let before = check(&self.contract, &self.binary);
        let mut contract = self.contract.clone();
        change(&mut contract);
        check(&contract, &self.binary).into_iter().filter(|f| !before.contains(f)).collect()
    }
}

fn routine<'c>(contract: &'c mut Contract, name: &str) -> &'c mut Routine {
    contract.routines.iter_mut().find(|r| r.name == name).expect(name)
}

fn param<'c>(contract: &'c mut Contract, name: &str, param: &str) -> &'c mut Param {
    routine(contract, name).params.iter_mut().find(|p| p.name == param).expect(param)
}

fn record<'c>(contract: &'c mut Contract, name: &str) -> &'c mut TypeDef {
    contract.types.iter_mut().find(|t| t.name == name).expect(name)
}

fn fields<'c>(contract: &'c mut Contract, name: &str) -> &'c mut Vec<Field> {
    match &mut record(contract, name).kind {
        TypeKind::Struct(fields) | TypeKind::Union(fields) => fields,
        _ => panic!("{name} has no fields"),
    }
}

fn state<'c>(contract: &'c mut Contract, name: &str) -> &'c mut StateArea {
    contract.state.iter_mut().find(|s| s.name == name).expect(name)
}

fn ty(text: &str) -> Type {
    Type::parse(text).expect(text)
}

type Twin = (Code, &'static str, &'static dyn Fn(&mut Contract));

const C_TWINS: &[Twin] = &[
    (Code::BuildId, "another build", &|c| c.component.build_id = Some("0123".into())),
    (Code::SymbolMissing, "no such symbol", &|c| routine(c, "nothing").symbol = "Nothing_".into()),
    (Code::NotAFunction, "a table", &|c| routine(c, "nothing").symbol = "table".into()),
    (Code::NotDescribable, "128-bit integers", &|c| routine(c, "nothing").symbol = "wide".into()),
    (Code::Language, "Fortran", &|c| c.component.language = Language::Fortran),
    (Code::Varargs, "log_line", &|c| routine(c, "nothing").symbol = "log_line".into()),
    (Code::ParameterCount, "one less", &|c| drop(routine(c, "widths").params.pop())),
    (Code::ParameterType, "signedness", &|c| param(c, "widths", "b").ty = ty("i16")),
    (Code::ParameterType, "width", &|c| param(c, "widths", "d").ty = ty("i32")),
    (Code::ParameterType, "a float for a double behind a pointer", &|c| {
        param(c, "all_kinds", "d").ty = ty("[f32; ?]")
    }),
    (Code::ParameterType, "code for data", &|c| param(c, "all_kinds", "user").ty = ty("fn")),
    (Code::ParameterType, "K&R float", &|c| param(c, "k_and_r", "b").ty = ty("f32")),
    (Code::Passing, "a pointer for a value", &|c| param(c, "widths", "d").by = By::Reference),
    (Code::Passing, "a value for a pointer", &|c| {
        let param = param(c, "all_kinds", "d");
        (param.ty, param.by) = (ty("f64"), By::Value);
    }),
    (Code::Returns, "a value for nothing", &|c| {
        routine(c, "nothing").returns = routine(c, "widths").returns.clone();
    }),
    (Code::Returns, "nothing for a value", &|c| routine(c, "widths").returns = None),
    (Code::Returns, "another type", &|c| {
        routine(c, "widths").returns = routine(c, "packed_sum").returns.clone();
    }),
    (Code::TypeSize, "larger", &|c| record(c, "tm_frame").size += 16),
    (Code::TypeSize, "less aligned", &|c| record(c, "tm_frame").align = 8),
    (Code::TypeSize, "enum", &|c| match &mut record(c, "tm_mode").kind {
        TypeKind::Enum { repr, .. } => *repr = ty("u8"),
        _ => panic!("no enum"),
    }),
    (Code::TypeKind, "a union", &|c| {
        let fields = fields(c, "point").clone();
        record(c, "point").kind = TypeKind::Union(fields);
    }),
    (Code::FieldOffset, "moved", &|c| fields(c, "tm_frame")[1].offset += 1),
    (Code::FieldOffset, "a bit further", &|c| fields(c, "tm_header")[3].bits = Some((4, 7))),
    (Code::FieldType, "width", &|c| fields(c, "point")[0].ty = ty("i32")),
    (Code::FieldType, "shorter table", &|c| fields(c, "tm_frame")[1].ty = ty("[char; 15]")),
    (Code::FieldType, "transposed", &|c| fields(c, "tm_frame")[0].ty = ty("[[f64; 2]; 3]")),
    (Code::FieldMissing, "left out", &|c| drop(fields(c, "tm_frame").remove(3))),
    (Code::FieldExtra, "one more", &|c| {
        let mut field = fields(c, "point")[1].clone();
        (field.name, field.offset) = ("z".into(), 8);
        fields(c, "point").push(field);
    }),
    (Code::EnumValue, "another value", &|c| match &mut record(c, "tm_mode").kind {
        TypeKind::Enum { values, .. } => values[1].1 = 6,
        _ => panic!("no enum"),
    }),
    (Code::EnumValue, "one less", &|c| match &mut record(c, "band").kind {
        TypeKind::Enum { values, .. } => drop(values.pop()),
        _ => panic!("no enum"),
    }),
    (Code::StateMissing, "another number", &|c| {
        let mut area = state(c, "to_file_buffer").clone();
        (area.name, area.symbol) = ("other".into(), "buffer.99".into());
        c.state.push(area);
    }),
    (Code::StateSize, "too large", &|c| state(c, "to_file_buffer").size = 21),
    (Code::StateUndeclared, "forgotten", &|c| routine(c, "to_file").state.clear()),
    (Code::Name, "a parameter", &|c| param(c, "widths", "b").name = "bb".into()),
];

const FORTRAN_TWINS: &[Twin] = &[
    (Code::HiddenLength, "bytes for CHARACTER", &|c| param(c, "adder", "tag").ty = ty("[u8; 8]")),
    (Code::HiddenLength, "CHARACTER for an integer", &|c| param(c, "adder", "ier").ty = ty("chars")),
    (Code::Extent, "one more", &|c| param(c, "adder", "b").ty = ty("[f64; 6]")),
    (Code::Extent, "another row length", &|c| param(c, "other", "y").ty = ty("[[f64; 4]; ?]")),
    (Code::ExtentShorter, "one less", &|c| param(c, "adder", "b").ty = ty("[f64; 4]")),
    (Code::Passing, "a value", &|c| {
        let param = param(c, "adder", "ier");
        param.by = By::Value;
    }),
    (Code::ParameterType, "LOGICAL is no INTEGER", &|c| param(c, "other", "flag").ty = ty("i32")),
    (Code::ParameterType, "an array of a scalar", &|c| param(c, "adder", "ier").ty = ty("[i32; 2]")),
    (Code::FieldType, "COMMON", &|c| fields(c, "cst_view")[1].ty = ty("i64")),
    (Code::FieldOffset, "COMMON", &|c| fields(c, "cst_view")[1].offset = 12),
    (Code::StateUndeclared, "COMMON", &|c| drop(routine(c, "adder").state.remove(0))),
    (Code::StateSize, "COMMON", &|c| state(c, "cst").size = 4096),
];

const CPP_TWINS: &[Twin] = &[
    (Code::SymbolMissing, "another overload", &|c| {
        routine(c, "lieu_cap_int_const").symbol = "_ZNK4plan4Lieu3capEf".into();
    }),
    (Code::ParameterType, "the overload beside it", &|c| {
        routine(c, "lieu_cap_int_const").symbol = "_ZNK4plan4Lieu3capEd".into();
        param(c, "lieu_cap_int_const", "i").name = "d".into();
    }),
    (Code::NotDescribable, "a class on the stack", &|c| {
        routine(c, "quiet").symbol = "_ZN4plan12on_the_stackENS_5HoldsE".into();
    }),
    (Code::Language, "C", &|c| c.component.language = Language::C),
    (Code::ParameterCount, "this forgotten", &|c| drop(routine(c, "autre_second").params.remove(0))),
    (Code::ParameterCount, "a hidden table forgotten", &|c| {
        drop(routine(c, "gauche_construct_base").params.remove(1));
    }),
    (Code::Passing, "a reference for a value", &|c| param(c, "references", "count").by = By::Value),
    (Code::Passing, "a class that is not trivial by value", &|c| param(c, "travels", "b").by = By::Value),
    (Code::Passing, "a class that is trivial by address", &|c| param(c, "travels", "a").by = By::Reference),
    (Code::TypeKind, "taken for trivial", &|c| record(c, "Copied").trivial = true),
    (Code::TypeKind, "taken for one that is not", &|c| record(c, "Small").trivial = false),
    (Code::TypeSize, "another string", &|c| record(c, "std_string").size = 8),
    (Code::Returns, "a reference for a value", &|c| {
        routine(c, "counter_operator_increment").returns.as_mut().expect("a value").by = By::Value;
    }),
    (Code::FieldOffset, "behind the tail padding", &|c| {
        let fields = fields(c, "Reuse");
        (fields[2].offset, fields[3].offset) = (8, 10);
    }),
    (Code::FieldMissing, "a base", &|c| drop(fields(c, "Station").remove(1))),
    (Code::FieldOffset, "bases exchanged", &|c| {
        let fields = fields(c, "Many");
        (fields[0].offset, fields[1].offset) = (8, 0);
    }),
    (Code::EnumValue, "another value", &|c| match &mut record(c, "Mode").kind {
        TypeKind::Enum { values, .. } => values[1].1 = 8,
        _ => panic!("no enum"),
    }),
    (Code::Varargs, "a fixed list", &|c| routine(c, "printed").varargs = false),
    (Code::Name, "a parameter", &|c| param(c, "autre_second", "i").name = "n".into()),
];

fn run(subject: &Subject, twins: &[Twin], covered: &mut BTreeSet<Code>) {
    for finding in check(&subject.contract, &subject.binary) {
        assert!(finding.severity() != Severity::Error, "the contract as scanned: {finding}");
    }
    for (code, what, change) in twins {
        let added = subject.added(change);
        let codes: BTreeSet<Code> = added.iter().map(|f| f.code).collect();
        let text: Vec<String> = added.iter().map(Finding::to_string).collect();
        assert_eq!(codes, BTreeSet::from([*code]), "{what}:\n{}", text.join("\n"));
        covered.insert(*code);
    }
}

#[test]
fn every_code_has_a_wrong_twin() {
    let mut covered = BTreeSet::new();
    run(&Subject::new("c_shapes", "twins", &[]), C_TWINS, &mut covered);
    run(&Subject::new("cpp_shapes", "twins", &[]), CPP_TWINS, &mut covered);
    run(&Subject::new("fortran_shapes", "twins", &[]), FORTRAN_TWINS, &mut covered);
    for code in [
        Code::SymbolAmbiguous,
        Code::NoDebugInformation,
        Code::Inlined,
        Code::SharedAddress,
        Code::Clone,
        Code::FloatingPoint,
    ] {
        // Those that are wrong in the binary have a test of their own below.
        assert!(covered.insert(code), "{code:?}");
    }
    let own = Code::ALL.iter().copied().filter(|c| c.text().starts_with('B')).collect();
    assert_eq!(covered, own, "codes without a wrong twin");
}

/// Each family of codes has its twins in a file of its own: `header`, `module`, `against`, `layout`.
#[test]
fn codes_are_distinct_and_ascending() {
    let texts: Vec<&str> = Code::ALL.iter().map(|c| c.text()).collect();
    let families: Vec<&[&str]> = texts.chunk_by(|a, b| a[..1] == b[..1]).collect();
    assert_eq!(families.iter().map(|f| &f[0][..1]).collect::<Vec<_>>(), ["B", "H", "M", "A", "L"]);
    assert!(families.iter().all(|f| f.windows(2).all(|w| w[0] < w[1])), "{texts:?}");
    for code in Code::ALL {
        let help = code.help();
        assert!(
            help.len() > 10 && help.ends_with(['.', '?']) && !help.contains("  "),
            "{}: {help}",
            code.text()
        );
    }
}

fn codes_of(findings: &[Finding], routine: &str) -> BTreeSet<Code> {
    findings.iter().filter(|f| f.routine.as_deref() == Some(routine)).map(|f| f.code).collect()
}

#[test]
fn copies_that_a_hook_misses() {
    let subject = Subject::new("copies", "copies", &[]);
    let mut contract = subject.contract.clone();
    let mut twin = contract.routine("small").expect("small").clone();
    (twin.name, twin.symbol) = ("twin".into(), "twin".into());
    contract.routines.push(twin);
    let findings = check(&contract, &subject.binary);
    assert_eq!(codes_of(&findings, "small"), [Code::Inlined].into());
    let places: Vec<&str> = findings
        .iter()
        .filter(|f| f.code == Code::Inlined && f.routine.as_deref() == Some("small"))
        .filter_map(|f| f.found_at.as_deref())
        .collect();
    assert_eq!(places, ["one.c:6", "one.c:6"]);
    assert_eq!(codes_of(&findings, "aliased"), [Code::SharedAddress].into());
    assert_eq!(codes_of(&findings, "weighted"), [Code::Clone].into());
    assert_eq!(codes_of(&findings, "twin"), [Code::SymbolAmbiguous].into());
    assert_eq!(codes_of(&findings, "with_small"), BTreeSet::new());
    let unlisted = findings.iter().find(|f| f.routine.as_deref() == Some("tripled")).expect("a finding");
    assert_eq!(unlisted.code, Code::Inlined);
    assert!(unlisted.found.contains("lists no copy"), "{unlisted:?}");
    assert_eq!(codes_of(&findings, "sextupled"), BTreeSet::new());
}

#[test]
fn relaxed_and_fused_arithmetic() {
    for option in ["-Ofast", "-mfma", "-march=haswell"] {
        let subject = Subject::new("fortran_shapes", "float", &[option]);
        let findings = check(&subject.contract, &subject.binary);
        assert!(codes_of(&findings, "adder").contains(&Code::FloatingPoint), "{option}");
    }
}

#[test]
fn without_debug_information_only_symbols_are_verified() {
    let subject = Subject::new("c_shapes", "strip", &[]);
    let out = support::fresh("check-stripped");
    let (from, to) = (subject.binary.path().to_str().expect("UTF-8"), "stripped");
    support::run("strip", &["-g", from, "-o", to], &out);
    let binary = Binary::open(out.join(to)).expect("an ELF file");
    let findings = check(&subject.contract, &binary);
    let codes: BTreeSet<Code> = findings.iter().map(|f| f.code).collect();
    assert_eq!(codes, [Code::NoDebugInformation].into());

    // One unit with, one without.
    let folder = support::case("copies");
    support::run(
        "gcc",
        &["-g", "-fPIC", "-c", "one.c", "-o", out.join("one.o").to_str().expect("UTF-8")],
        &folder,
    );
    support::run("gcc", &["-fPIC", "-c", "two.c", "-o", out.join("two.o").to_str().expect("UTF-8")], &folder);
    support::run("gcc", &["-shared", "one.o", "two.o", "-o", "mixed"], &out);
    let binary = Binary::open(out.join("mixed")).expect("an ELF file");
    let mut contract = scan(&binary, &ScanOptions::default()).expect("debug information").contracts.remove(0);
    contract.component.build_id = None;
    let mut other = contract.routine("small").expect("small").clone();
    (other.name, other.symbol) = ("other_twin".into(), "other_twin".into());
    contract.routines.push(other);
    let findings = check(&contract, &binary);
    assert_eq!(codes_of(&findings, "other_twin"), [Code::NoDebugInformation].into());
    assert_eq!(codes_of(&findings, "small"), BTreeSet::new());
}

#[test]
fn what_a_person_completes_is_no_disagreement() {
    let subject = Subject::new("c_shapes", "completed", &[]);
    let added = subject.added(&|c| {
        c.component.build_id = None;
        param(c, "all_kinds", "cs").ty = ty("cstr");
        let n = Expr::Param("u8".into());
        param(c, "all_kinds", "buf").ty = Type::Array(Box::new(ty("u8")), Extent::Expr(n));
        param(c, "all_kinds", "s").ty = ty("[u8; 12]");
        param(c, "all_kinds", "d").ty = ty("f64");
        param(c, "all_kinds", "h").ty = ty("tm_header");
        param(c, "all_kinds", "axis").ty = ty("[f64; 3]");
        param(c, "matrix", "a").ty = ty("[i32; 6]");
        let user = param(c, "all_kinds", "user");
        (user.ty, user.by) = (ty("tm_frame"), By::Reference);
        param(c, "all_kinds", "f").usage = Use::InOut;
        let link = param(c, "all_kinds", "link");
        link.usage = Use::Ignored;
        let frame = fields(c, "tm_frame");
        frame[2].ty = ty("[u8; 8]");
        routine(c, "widths").effects = Effects::None;
    });
    let text: Vec<String> = added.iter().map(Finding::to_string).collect();
    assert!(added.is_empty(), "{}", text.join("\n"));
}

#[test]
fn findings_read_well() {
    let subject = Subject::new("c_shapes", "text", &[]);
    let added = subject.added(&|c| fields(c, "point")[0].ty = ty("i32"));
    let text: Vec<String> = added.iter().map(Finding::to_string).collect();
    let file = support::case("c_shapes").join("expected.finding.txt");
    support::expect(&file, &(text.join("\n") + "\n"));
}
