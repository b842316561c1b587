//! Contracts scanned from real sources, compared with the expectation beside them.

use std::path::Path;

use cmp_bridge_contract::model::{Contract, Language, Type};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::check::check;
use cmp_bridge_inspect::finding::Severity;
use cmp_bridge_inspect::scan::{Reason, ScanOptions, ScanReport, scan};

use crate::support;

fn scan_case(test: &str, name: &str, extra: &[&str]) -> ScanReport {
    let out = support::fresh(&format!("scan-{test}-{name}{}", extra.concat()));
    let binary = Binary::open(support::build(name, &out, extra)).expect("an ELF file");
    scan(&binary, &ScanOptions::default()).expect("debug information")
}

fn compare(name: &str) {
    let report = scan_case("golden", name, &[]);
    for contract in &report.contracts {
        let file = format!("expected.{}.toml", contract.component.name);
        let text = contract.to_toml();
        support::expect(&support::case(name).join(file), &text);
        assert_eq!(Contract::from_toml(&text, name).as_ref(), Ok(contract), "read back");
    }
    let mut text = String::new();
    for refusal in &report.refused {
        text.push_str(&format!("refused [{}]: {refusal}\n", refusal.reason.name()));
    }
    for note in &report.notes {
        text.push_str(&format!("note: {note}\n"));
    }
    support::expect(&support::case(name).join("expected.txt"), &text);
}

#[test]
fn c_shapes() {
    compare("c_shapes");
}

#[test]
fn cpp_shapes() {
    compare("cpp_shapes");
}

#[test]
fn fortran_shapes() {
    compare("fortran_shapes");
}

#[test]
fn fortran_arguments() {
    compare("fortran_arguments");
}

#[test]
fn fortran_module() {
    compare("fortran_module");
}

/// A contract's text without what depends on the build.
fn text(report: &ScanReport) -> String {
    // Its first line holds the hash of the rest.
    report.contracts.iter().map(|c| c.to_toml().split_once('\n').expect("lines").1.to_string()).collect()
}

#[test]
fn every_form_of_debug_information_says_the_same() {
    for case in ["c_shapes", "fortran_shapes", "fortran_arguments", "fortran_module"] {
        let expected = text(&scan_case("forms", case, &[]));
        for form in [
            &["-gdwarf-2"][..],
            &["-gdwarf-3"],
            &["-gdwarf-4"],
            &["-gdwarf-5"],
            &["-gdwarf64"],
            &["-gz=zlib"],
            &["-gz=zlib-gnu"],
            &["-gdwarf-4", "-fdebug-types-section"],
            &["-gdwarf-5", "-fdebug-types-section"],
            &["-gno-variable-location-views"],
            &["-g3"],
        ] {
            let found = text(&scan_case("forms", case, form));
            let differs = found.lines().zip(expected.lines()).find(|(f, e)| f != e);
            assert!(found == expected, "{case} {form:?}: {differs:?}");
        }
    }
}

/// Optimisation moves things about; types and passing must not change with it, only what can be proved of extents.
#[test]
fn every_optimisation_has_the_same_signatures() {
    for case in ["c_shapes", "fortran_shapes", "fortran_arguments", "fortran_module"] {
        let expected = scan_case("levels", case, &[]);
        for level in ["-O0", "-O1", "-O3", "-Os", "-fno-omit-frame-pointer", "-flto"] {
            let found = scan_case("levels", case, &[level]);
            for (expected, found) in expected.contracts.iter().zip(&found.contracts) {
                for routine in &expected.routines {
                    let other = found.routine(&routine.name);
                    if other.is_none() && level == "-flto" {
                        // Inlined everywhere: it has no code of its own any more.
                        continue;
                    }
                    let other =
                        other.unwrap_or_else(|| panic!("{case} {level}: {} is missing", routine.name));
                    let passing = |r: &cmp_bridge_contract::model::Routine| -> Vec<_> {
                        r.params.iter().map(|p| (p.name.clone(), innermost(&p.ty), p.by)).collect()
                    };
                    assert_eq!(passing(other), passing(routine), "{case} {level} {}", routine.name);
                    assert_eq!(other.returns, routine.returns, "{case} {level} {}", routine.name);
                }
            }
        }
    }
}

fn innermost(ty: &Type) -> Type {
    match ty {
        Type::Array(element, _) => innermost(element),
        other => other.clone(),
    }
}

#[test]
fn patterns_and_sources_choose() {
    let out = support::fresh("scan-choose");
    let binary = Binary::open(support::build("copies", &out, &[])).expect("an ELF file");
    let names = |options: &ScanOptions| -> Vec<String> {
        let report = scan(&binary, options).expect("debug information");
        report.contracts.iter().flat_map(|c| c.routines.iter().map(|r| r.name.clone())).collect()
    };
    let patterns = |list: &[&str]| list.iter().map(|p| p.to_string()).collect::<Vec<_>>();
    let by_name = ScanOptions { patterns: patterns(&["*with*", "aliased"]), ..ScanOptions::default() };
    assert_eq!(names(&by_name), ["with_small", "aliased"]);
    let by_source = ScanOptions { sources: patterns(&["two.c"]), ..ScanOptions::default() };
    assert_eq!(names(&by_source), ["other_twin"]);
    let language = ScanOptions { language: Some(Language::Fortran), ..ScanOptions::default() };
    assert_eq!(names(&language), Vec::<String>::new());
    let component = ScanOptions { component: Some("tm".into()), ..ScanOptions::default() };
    let report = scan(&binary, &component).expect("debug information");
    assert_eq!(report.contracts[0].component.name, "tm");
    let reasons: Vec<(&str, Reason)> = report.refused.iter().map(|r| (r.name.as_str(), r.reason)).collect();
    assert!(reasons.contains(&("twin", Reason::AmbiguousSymbol)), "{reasons:?}");
    assert!(reasons.contains(&("weighted", Reason::Copy)), "{reasons:?}");
    let missing = ScanOptions { patterns: patterns(&["_init"]), ..ScanOptions::default() };
    let report = scan(&binary, &missing).expect("debug information");
    assert_eq!(report.refused[0].reason, Reason::NoDebugInformation);
}

#[test]
fn other_languages_are_refused_by_name() {
    let out = support::fresh("scan-languages");
    std::fs::write(
        out.join("a.cc"),
        "int plus(int a) { return a + 1; }\nextern \"C\" int c_plus(int a) { return a; }\n",
    )
    .expect("a source");
    std::fs::write(out.join("b.adb"), "procedure B (X : in out Integer) is\nbegin\n   X := X + 1;\nend B;\n")
        .expect("a source");
    support::run("g++", &["-g", "-O2", "-fPIC", "-c", "a.cc"], &out);
    support::run("gnatmake", &["-q", "-g", "-O2", "-fPIC", "-c", "b.adb"], &out);
    support::run("gcc", &["-shared", "a.o", "b.o", "-o", "both"], &out);
    let report = scan(&Binary::open(out.join("both")).expect("an ELF file"), &ScanOptions::default());
    let report = report.expect("debug information");
    let languages: Vec<Language> = report.contracts.iter().map(|c| c.component.language).collect();
    assert_eq!(languages, [Language::Cpp, Language::Ada]);
    assert_eq!(report.contracts[1].routines[0].symbol, "_ada_b");
    assert!(report.refused.is_empty(), "{}", report.refused[0]);
}

#[test]
fn routines_of_rust_and_without_symbol_are_refused() {
    let out = support::fresh("scan-odd");
    let rust = "#![no_std]\n#[unsafe(no_mangle)]\npub extern \"C\" fn in_rust(x: i32) -> i32 { x ^ 3 }\n";
    std::fs::write(out.join("a.rs"), rust).expect("a source");
    let c = "static __attribute__((noinline)) int gone(int x) { return x * x; }\n\
        int kept(int x) { return gone(x + 1) + 1; }\n";
    std::fs::write(out.join("b.c"), c).expect("a source");
    support::run("rustc", &["-g", "--edition=2024", "--crate-type=lib", "--emit=obj", "a.rs"], &out);
    support::run("gcc", &["-g", "-O2", "-shared", "-fPIC", "a.o", "b.c", "-o", "odd"], &out);
    support::run("objcopy", &["--strip-symbol=gone", "odd", "without"], &out);
    let report = scan(&Binary::open(out.join("without")).expect("an ELF file"), &ScanOptions::default());
    let report = report.expect("debug information");
    let reasons: Vec<(&str, Reason)> = report.refused.iter().map(|r| (r.name.as_str(), r.reason)).collect();
    assert_eq!(reasons, [("gone", Reason::NoSymbol), ("in_rust", Reason::OtherLanguage)]);
    assert_eq!(report.refused[1].language, "Rust");
    assert_eq!(report.contracts[0].routines.len(), 1);
}

#[test]
fn without_debug_information() {
    let out = support::fresh("scan-none");
    std::fs::write(out.join("a.c"), "int main(void) { return 0; }\n").expect("a source");
    support::run("gcc", &["a.c", "-o", "a"], &out);
    let error = scan(&Binary::open(out.join("a")).expect("an ELF file"), &ScanOptions::default());
    assert!(error.expect_err("no debug information").to_string().contains("rebuild with -g"));
}

/// The C and Fortran components of the reference CMP.
#[test]
fn reference_components() {
    let out = support::fresh("scan-legacy");
    let legacy = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../legacy");
    let files = |folder: &str, extension: &str| -> Vec<String> {
        let list = std::fs::read_dir(legacy.join(folder)).expect("a component");
        let mut list: Vec<String> = list
            .map(|e| e.expect("an entry").file_name().to_string_lossy().into_owned())
            .filter(|n| n.ends_with(extension))
            .map(|n| format!("{folder}/{n}"))
            .collect();
        list.sort();
        list
    };
    let target = |name: &str| out.join(name).to_str().expect("UTF-8").to_string();
    let build = |compiler: &str, options: &[&str], sources: Vec<String>, name: &str| {
        let (to, name) = (target(""), target(name));
        let mut arguments = vec!["-g", "-O2", "-w", "-shared", "-fPIC"];
        arguments.extend(options);
        if compiler == "gfortran" {
            arguments.extend(["-J", &to]);
        }
        arguments.extend(sources.iter().map(String::as_str));
        arguments.extend(["-o", &name]);
        support::run(compiler, &arguments, &legacy);
        Binary::open(&name).expect("an ELF file")
    };
    let headers = ["-std=gnu89", "-I../vendor-headers", "-Itelemetry"];
    let telemetry = build("gcc", &headers, files("telemetry", ".c"), "telemetry");
    let sources = [files("flight_dynamics", ".f90"), files("flight_dynamics", ".f")].concat();
    let dynamics = build("gfortran", &["-Iflight_dynamics"], sources, "dynamics");
    for (binary, language, least) in [(telemetry, Language::C, 20), (dynamics, Language::Fortran, 40)] {
        let report = scan(&binary, &ScanOptions::default()).expect("debug information");
        assert_eq!(report.contracts.len(), 1);
        let contract = &report.contracts[0];
        assert_eq!(contract.component.language, language);
        assert!(contract.routines.len() >= least, "{} routines", contract.routines.len());
        let text = contract.to_toml();
        assert_eq!(Contract::from_toml(&text, "scanned").as_ref(), Ok(contract));
        let errors: Vec<_> =
            check(contract, &binary).into_iter().filter(|f| f.severity() == Severity::Error).collect();
        assert!(errors.is_empty(), "{}", errors[0]);
        for routine in contract.routines.iter().filter(|routine| !routine.varargs) {
            cmp_bridge_contract::abi::lower(contract, routine).expect(&routine.name);
            cmp_bridge_contract::areas::of(contract, routine).expect(&routine.name);
        }
    }
}

fn scan_text(test: &str, compiler: &str, file: &str, text: &str, pattern: &str) -> ScanReport {
    let out = support::fresh(&format!("scan-text-{test}"));
    std::fs::write(out.join(file), text).expect("a source");
    support::run(compiler, &["-g", "-shared", "-fPIC", "-o", "lib.so", file], &out);
    let binary = Binary::open(out.join("lib.so")).expect("an ELF file");
    let options = ScanOptions { patterns: vec![pattern.into()], ..ScanOptions::default() };
    scan(&binary, &options).expect("debug information")
}

#[test]
fn a_callback_around_its_own_record_is_an_address() {
    for (compiler, file) in [("gcc", "own.c"), ("g++", "own.cc")] {
        let text = "typedef struct own own;\nstruct own { int n; own (*cb)(own); };\n\
                    int use(own *o) { return o->n; }\n";
        let report = scan_text(&format!("own-{compiler}"), compiler, file, text, "use");
        let notes = report.notes.join("\n");
        assert!(notes.contains("own by value, which holds this callback"), "{notes}");
        assert!(!notes.contains("damaged"), "{notes}");
        let text = report.contracts[0].to_toml();
        assert!(text.contains("\"fn\""), "{text}");
    }
}

#[test]
fn text_of_a_length_that_may_change_is_called_so() {
    let text = "subroutine grow(c)\n character(len=:), allocatable, intent(out) :: c\n c = 'hello'\nend\n\
                subroutine calls(f)\n character(len=5), external :: f\n print *, f(1)\nend\n";
    let report = scan_text("deferred", "gfortran", "deferred.f90", text, "*");
    let detail = |name: &str| {
        let refused = report.refused.iter().find(|r| r.name == name);
        refused.unwrap_or_else(|| panic!("{name} is described")).detail.clone()
    };
    assert!(detail("grow").contains("LEN=:"), "{}", detail("grow"));
}

#[test]
fn the_cold_part_of_a_routine_is_no_other_routine() {
    let text = "void abort(void);\nextern int log_it(int) __attribute__((cold));\nint log_it(int a) { return a; }\n\
                __attribute__((noinline)) int warm(int a) {\n  if (__builtin_expect(a < 0, 0)) { log_it(a); abort(); }\n\
                return a * 3; }\n";
    let out = support::fresh("scan-cold");
    std::fs::write(out.join("cold.c"), text).expect("a source");
    support::run("gcc", &["-g", "-O2", "-shared", "-fPIC", "-o", "lib.so", "cold.c"], &out);
    let binary = Binary::open(out.join("lib.so")).expect("an ELF file");
    assert!(binary.symbol("warm.cold").is_some());
    let options = ScanOptions { patterns: vec!["warm*".into()], ..ScanOptions::default() };
    let report = scan(&binary, &options).expect("debug information");
    assert!(report.refused.is_empty(), "{}", report.refused[0]);
    assert_eq!(report.contracts[0].routines.len(), 1);
}

#[test]
fn an_indirect_function_is_not_its_resolver() {
    let text = "static int one(int a) { return a; }\nstatic void *pick(void) { return (void *)one; }\n\
                int chosen(int) __attribute__((ifunc(\"pick\")));\nint user(int a) { return chosen(a); }\n";
    let report = scan_text("ifunc", "gcc", "ifunc.c", text, "chosen");
    assert!(report.contracts.is_empty());
    let refused: Vec<(&str, Reason)> = report.refused.iter().map(|r| (r.name.as_str(), r.reason)).collect();
    assert_eq!(refused, [("chosen", Reason::IndirectFunction)]);
    let report = scan_text("ifunc", "gcc", "ifunc.c", text, "pick");
    assert_eq!((report.contracts[0].routines[0].name.as_str(), report.refused.len()), ("pick", 0));
}
