//! Headers: read as a scan reads debug information, and held against contracts.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cmp_bridge_contract::model::*;
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::check::{check_header, check_layout};
use cmp_bridge_inspect::finding::{Code, Finding, Severity};
use cmp_bridge_inspect::header::{Header, HeaderError, read, scan_headers};
use cmp_bridge_inspect::scan::{Reason, ScanOptions, scan};

use crate::support;

const HEADER: &str = "#include <stddef.h>\n\
    typedef enum { OFF, ON = 5 } mode;\n\
    typedef struct { double x; short n[3]; unsigned a : 3, b : 7; } part;\n\
    typedef union { int i; float f; } word;\n\
    typedef int (*each)(void *user, const part *p);\n\
    struct hidden;\n\
    double weigh(const part *p, int n, double out[3], mode m, char *text, size_t length);\n\
    part scaled(part p, float k);\n\
    int walk(struct hidden *h, each callback, void *user, word *w);\n\
    int log_line(const char *format, ...);\n";

fn header(test: &str, text: &str) -> Header {
    let out = support::fresh(&format!("header-{test}"));
    std::fs::write(out.join("parts.h"), text).expect("a header");
    read(&[out.join("parts.h")], &[]).unwrap_or_else(|e| panic!("{e}"))
}

fn text(findings: &[Finding]) -> String {
    findings.iter().map(Finding::to_string).collect::<Vec<_>>().join("\n")
}

/// Code, and the header's text before and after.
type Twin = (Code, &'static str, &'static str);

const TWINS: &[Twin] = &[
    (Code::HeaderMissing, "part scaled(", "part rescaled("),
    (Code::HeaderConst, "double out[3]", "const double out[3]"),
    (Code::HeaderPrototype, "int walk(struct hidden *h, each callback, void *user, word *w)", "int walk()"),
    (Code::Varargs, "size_t length)", "size_t length, ...)"),
    (Code::Varargs, "format, ...)", "format)"),
    (Code::NotDescribable, "float k)", "__int128 k)"),
    (Code::ParameterCount, "part p, float k", "part p"),
    (Code::ParameterType, "float k", "double k"),
    (Code::ParameterType, "int n, double", "unsigned n, double"),
    (Code::Passing, "part scaled(part p", "part scaled(part *p"),
    (Code::Extent, "double out[3]", "double out[2]"),
    (Code::ExtentShorter, "double out[3]", "double out[4]"),
    (Code::Returns, "int walk", "void walk"),
    (Code::TypeSize, "b : 7; }", "b : 7; } __attribute__((aligned(16)))"),
    (Code::TypeKind, "typedef union {", "typedef struct {"),
    (Code::FieldType, "short n[3]", "unsigned short n[3]"),
    (Code::FieldMissing, ", b : 7", ", b : 7, c : 2"),
    (Code::FieldExtra, ", b : 7", ""),
    (Code::EnumValue, "ON = 5", "ON = 6"),
    (Code::Name, "int n, double", "int count, double"),
];

#[test]
fn every_code_has_a_wrong_twin() {
    let right = header("right", HEADER);
    let mut contract = right.contract.clone();
    let weigh = contract.routines.iter_mut().find(|r| r.name == "weigh").expect("weigh");
    weigh.params[2].usage = Use::Out;
    assert_eq!(text(&check_header(&contract, &right)), "");
    let mut covered = BTreeSet::new();
    for (code, before, after) in TWINS {
        assert_eq!(HEADER.matches(before).count(), 1, "{before}");
        let wrong = header("twin", &HEADER.replace(before, after));
        let findings = check_header(&contract, &wrong);
        let mut codes: BTreeSet<Code> = findings.iter().map(|f| f.code).collect();
        // A union that becomes a record has the second field elsewhere.
        if *code == Code::TypeKind {
            codes.remove(&Code::TypeSize);
        }
        assert_eq!(codes, BTreeSet::from([*code]), "{after}:\n{}", text(&findings));
        assert!(
            findings.iter().all(|f| f.code == Code::HeaderMissing
                || f.found_at.as_ref().is_some_and(|at| at.starts_with("parts.h:"))),
            "{}",
            text(&findings)
        );
        covered.insert(*code);
    }
    let all: BTreeSet<Code> = Code::ALL.iter().copied().filter(|c| c.text().starts_with('H')).collect();
    assert!(covered.is_superset(&all), "codes without a wrong twin: {:?}", all.difference(&covered));
}

/// The same source through gcc's debug information and through libclang.
#[test]
fn a_header_says_what_debug_information_says() {
    let folder = support::case("c_shapes");
    let out = support::fresh("header-oracle");
    let binary = Binary::open(support::build("c_shapes", &out, &[])).expect("an ELF file");
    let scanned = scan(&binary, &ScanOptions::default()).expect("debug information").contracts.remove(0);
    let header = read(&[folder.join("shapes.c")], &[]).unwrap_or_else(|e| panic!("{e}"));
    let mut compared = 0;
    for found in &header.contract.routines {
        let expected = scanned.routines.iter().find(|r| r.symbol == found.symbol);
        let mut expected =
            expected.unwrap_or_else(|| panic!("{} is not in the binary", found.symbol)).clone();
        // Only the function itself has state, and only the header says how many elements a parameter has.
        expected.state.clear();
        let (mut expected, mut found) = (expected, found.clone());
        for routine in [&mut expected, &mut found] {
            for param in &mut routine.params {
                forget_extents(&mut param.ty);
            }
        }
        // A K&R definition has no prototype that a header could hold, clang knows the promoted type of none.
        if found.name != "k_and_r" {
            assert_eq!(found, expected);
        }
        compared += 1;
    }
    for found in &header.contract.types {
        let expected = scanned.type_def(&found.name);
        assert_eq!(Some(found), expected, "{}", found.name);
    }
    assert_eq!((compared, header.contract.types.len()), (scanned.routines.len() - 1, scanned.types.len()));
    let findings = check_header(&scanned, &header);
    let errors: Vec<&Finding> = findings.iter().filter(|f| f.severity() == Severity::Error).collect();
    assert!(
        errors.is_empty() || errors.iter().all(|f| f.routine.as_deref() == Some("k_and_r")),
        "{}",
        text(&findings)
    );
}

fn forget_extents(ty: &mut Type) {
    if let Type::Array(element, extent) = ty {
        *extent = Extent::Unknown;
        forget_extents(element);
    }
}

fn vendor(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vendor-headers").join(name)
}

#[test]
fn the_reference_contracts_agree_with_the_vendors_headers() {
    for (component, headers) in [
        ("telemetry", &["telemetry.h", "telecommand.h", "archive.h"][..]),
        ("flight_dynamics", &["flight_dynamics.h"]),
    ] {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../contracts/{component}.toml"));
        let toml = std::fs::read_to_string(&file).expect("a contract");
        let contract = Contract::from_toml(&toml, component).unwrap_or_else(|e| panic!("{e}"));
        let headers: Vec<PathBuf> = headers.iter().map(|name| vendor(name)).collect();
        let header = read(&headers, &[]).unwrap_or_else(|e| panic!("{e}"));
        let findings = check_header(&contract, &header);
        let wrong = findings.iter().any(|f| f.severity() == Severity::Error || f.code == Code::HeaderConst);
        assert!(!wrong, "{}", text(&findings));
        let known = contract
            .routines
            .iter()
            .filter(|r| header.contract.routines.iter().any(|h| h.symbol == r.symbol));
        // Procedures of Fortran modules are nothing for C.
        let wanted = contract.routines.iter().filter(|r| !r.symbol.contains("_MOD_")).count();
        assert!(known.count() * 10 >= wanted * 9, "{}", text(&findings));
    }
}

#[test]
fn a_fortran_routine_has_its_lengths_in_the_header() {
    let toml = std::fs::read_to_string(vendor("../contracts/flight_dynamics.toml")).expect("a contract");
    let contract = Contract::from_toml(&toml, "flight_dynamics").unwrap_or_else(|e| panic!("{e}"));
    let latin1 = std::fs::read(vendor("flight_dynamics.h")).expect("a header");
    let right: String = latin1.iter().map(|b| *b as char).collect();
    for (before, after, code) in [
        (", size_t l_modele)", ")", Code::HiddenLength),
        ("size_t l_modele)", "int l_modele)", Code::ParameterCount),
        ("void edicst_(const int32_t *n,", "void edicst_(int32_t n,", Code::Passing),
        ("double cn0[5];", "double cn0[4];", Code::StateSize),
        ("double ae; ", "int64_t ae; ", Code::FieldType),
    ] {
        assert_eq!(right.matches(before).count(), 1, "{before}");
        let wrong = header("fortran", &right.replace(before, after));
        let codes: BTreeSet<Code> = check_header(&contract, &wrong)
            .iter()
            .filter(|f| f.severity() == Severity::Error)
            .map(|f| f.code)
            .collect();
        assert_eq!(codes, BTreeSet::from([code]), "{after}");
    }
}

#[test]
fn symbols_come_from_the_binary() {
    let out = support::fresh("header-binary");
    std::fs::write(out.join("inner.h"), "int inner(int a);\n").expect("a header");
    let text = "#include \"inner.h\"\nint kept(int a);\nint gone(int a);\ntypedef int v4 __attribute__((vector_size(16)));\nint odd(v4 a);\n";
    std::fs::write(out.join("outer.h"), text).expect("a header");
    std::fs::write(out.join("a.c"), "int kept(int a) { return a; }\nint inner(int a) { return a; }\n")
        .expect("a source");
    support::run("gcc", &["-shared", "-fPIC", "-s", "-Wl,--build-id=0xabcd", "-o", "a.so", "a.c"], &out);
    let binary = Binary::open(out.join("a.so")).expect("an ELF file");
    let options = ScanOptions { component: Some("outer part".into()), ..ScanOptions::default() };
    let report = scan_headers(&[out.join("outer.h")], &[], Some(&binary), &options).expect("a header");
    let contract = &report.contracts[0];
    assert_eq!(contract.routines.iter().map(|r| r.symbol.as_str()).collect::<Vec<_>>(), ["kept"]);
    assert_eq!(contract.component.name, "outer_part");
    assert_eq!(contract.component.build_id.as_deref(), Some("abcd"));
    let refused: Vec<(&str, Reason)> = report.refused.iter().map(|r| (r.name.as_str(), r.reason)).collect();
    assert_eq!(refused, [("odd", Reason::Type), ("gone", Reason::NotLinked)]);
    let again = Contract::from_toml(&contract.to_toml(), "printed").unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(&again, contract);
}

#[test]
fn bad_headers_are_errors_with_a_place() {
    let out = support::fresh("header-bad");
    let missing = read(&[out.join("none.h")], &[]).unwrap_err();
    assert!(matches!(missing, HeaderError::Unreadable { .. }), "{missing}");
    std::fs::write(out.join("bad.h"), "int f(foo x);\n#include \"nowhere.h\"\n").expect("a header");
    let error = read(&[out.join("bad.h")], &[]).unwrap_err();
    assert!(error.to_string().contains("bad.h:1:7: error: unknown type name 'foo'"), "{error}");
    assert!(error.hint().contains("-- -I include"), "{}", error.hint());
    // What one lacks, an option may give.
    std::fs::write(out.join("bad.h"), "int f(foo x);\n").expect("a header");
    let header = read(&[out.join("bad.h")], &["-Dfoo=double".into()]).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(header.contract.routines[0].params[0].ty, Type::F64);
}

#[test]
fn classes_are_refused_and_plain_cpp_is_read() {
    let out = support::fresh("header-cpp");
    let text = "namespace n { struct P { double x, y; }; double norm(const P &p, bool b = true);\n\
        class C { public: virtual ~C(); int v; }; int use(C c); int look(C *c); }\n";
    std::fs::write(out.join("n.hpp"), text).expect("a header");
    let header = read(&[out.join("n.hpp")], &[]).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(header.contract.component.language, Language::Cpp);
    let norm = header.contract.routines.iter().find(|r| r.name == "norm").expect("norm");
    assert_eq!(norm.symbol, "_ZN1n4normERKNS_1PEb");
    assert_eq!(
        (norm.params[0].by, norm.params[0].usage, &norm.params[1].ty),
        (By::Reference, Use::In, &Type::Bool)
    );
    assert_eq!(header.refused.iter().map(|r| r.name.as_str()).collect::<Vec<_>>(), ["use"]);
    let look = header.contract.routines.iter().find(|r| r.name == "look").expect("look");
    assert_eq!(look.params[0].ty, Type::Ptr);
}

const LAYOUTS: &str = "typedef struct link { struct link *next; long count; short s; double d; unsigned a : 3, b : 7; } link;\n\
    typedef struct { char c; link inner; long long w; void (*f)(int); float v[3]; } frame;\n\
    void use(frame *f);\n";

/// Layouts of other machines, by libclang; gcc's own 32-bit layouts are the oracle.
#[test]
fn records_of_another_machine() {
    let out = support::fresh("header-target");
    std::fs::write(out.join("frame.h"), LAYOUTS).expect("a header");
    let of = |target: &str| {
        let header = read(&[out.join("frame.h")], &[format!("--target={target}")]);
        let mut contract = header.unwrap_or_else(|e| panic!("{e}")).contract;
        contract.component.name = "frame".into();
        Contract::from_toml(&contract.to_toml(), target).unwrap_or_else(|e| panic!("{e}"))
    };
    let here = of("x86_64-linux-gnu");
    for (target, options, expected) in [
        ("x86_64-linux-gnu", &["-m64"][..], Target::X86_64),
        ("i386-linux-gnu", &["-m32"], Target::I386),
        ("powerpc-linux-gnu", &[], Target::Other32Big),
        ("aarch64-linux-gnu", &[], Target::Other64Little),
    ] {
        let there = of(target);
        assert_eq!(there.component.target, expected, "{target}");
        let codes: BTreeSet<Code> = check_layout(&here, &there).iter().map(|f| f.code).collect();
        let big = codes.contains(&Code::LayoutEndian);
        let short = codes.contains(&Code::LayoutWords) && codes.contains(&Code::LayoutOffset);
        assert_eq!((big, short), (expected.is_big_endian(), expected.pointer_size() == 4), "{target}");
        assert!(short || codes.len() == usize::from(big), "{target}: {codes:?}");
        if !options.is_empty() {
            std::fs::write(out.join("proof.c"), support::layout_proof("frame.h", &there)).expect("a source");
            support::run("gcc", &[options, &["-c", "proof.c", "-o", "proof.o"]].concat(), &out);
        }
    }
    // A wrong twin: what holds for one machine does not compile for the other.
    std::fs::write(out.join("proof.c"), support::layout_proof("frame.h", &here)).expect("a source");
    let mut gcc = std::process::Command::new("gcc");
    let output =
        gcc.args(["-m32", "-c", "proof.c", "-o", "proof.o"]).current_dir(&out).output().expect("gcc");
    assert!(
        !output.status.success()
            && String::from_utf8_lossy(&output.stderr).contains("static assertion failed")
    );
}

#[test]
fn a_declaration_without_prototype_says_nothing_of_parameters() {
    const TEXT: &str = "int f();\nint g(void);\nint late();\nint late(int a);\nint call(int (*cb)());\n";
    let seen = header("unprototyped", TEXT);
    let text_of = |returns: &str| {
        format!(
            "contract = 1\n[component]\nname = \"c\"\nlanguage = \"c\"\n[routine.f]\nsymbol = \"f\"\n\
             params = [{{ name = \"a\", type = \"i32\", use = \"in\" }}]\n\
             returns = {{ type = \"{returns}\", use = \"out\" }}\n"
        )
    };
    let contract = |text: &str| Contract::from_toml(text, "c.toml").unwrap_or_else(|e| panic!("{e}"));
    // That nothing was compared is told. What it returns is said; a prototype says the rest.
    let codes =
        |text: &str| -> Vec<Code> { check_header(&contract(text), &seen).iter().map(|f| f.code).collect() };
    assert_eq!(codes(&text_of("i32")), [Code::HeaderPrototype]);
    assert_eq!(codes(&text_of("f64")), [Code::HeaderPrototype, Code::Returns]);
    assert_eq!(codes(&text_of("i32").replace("\"f\"", "\"g\"")), [Code::ParameterCount]);
    let out = support::fresh("header-unprototyped-scan");
    std::fs::write(out.join("h.h"), TEXT).expect("a header");
    let report = scan_headers(&[out.join("h.h")], &[], None, &ScanOptions::default()).expect("a header");
    let refused: Vec<(&str, Reason)> = report.refused.iter().map(|r| (r.name.as_str(), r.reason)).collect();
    assert_eq!(refused, [("f", Reason::NoPrototype)]);
    let routines = &report.contracts[0].routines;
    let arity: Vec<(&str, usize)> = routines.iter().map(|r| (r.name.as_str(), r.params.len())).collect();
    assert_eq!(arity, [("g", 0), ("late", 1), ("call", 1)]);
    assert_eq!(routines[2].params[0].ty, Type::Fn);
}

#[test]
fn routines_whose_names_are_one_in_rust_are_numbered() {
    let out = support::fresh("header-one-name");
    std::fs::write(out.join("h.h"), "int ab(int x);\nint ab_(int *x);\nint Ab(void);\nint abc(void);\n")
        .expect("a header");
    let report = scan_headers(&[out.join("h.h")], &[], None, &ScanOptions::default()).expect("a header");
    let contract = &report.contracts[0];
    let names: Vec<(&str, &str)> =
        contract.routines.iter().map(|r| (r.name.as_str(), r.symbol.as_str())).collect();
    assert_eq!(names, [("ab", "ab"), ("ab__2", "ab_"), ("Ab_3", "Ab"), ("abc", "abc")]);
    Contract::from_toml(&contract.to_toml(), "h.toml").unwrap_or_else(|e| panic!("{e}"));
}
