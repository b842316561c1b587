//! Bindings: what is printed, that it compiles in every standard, that it stays the same, and what is refused.
//! What it does when it runs is in the matrix.

#[path = "../../contract/tests/support/generate.rs"]
mod generate;

use cmp_bridge_codegen::Error;
use cmp_bridge_codegen::bindings::{Bindings, Lang};
use cmp_bridge_contract::hash::{contract_hash, format_hash};
use cmp_bridge_contract::model::Contract;
use proptest::prelude::*;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The languages of this file; the others have tests of their own.
const C_LIKE: [Lang; 2] = [Lang::C, Lang::Cpp];

fn golden(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bindings").join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Compares with a golden file; UPDATE_EXPECT=1 writes it anew.
fn expect(name: &str, found: &str) {
    let file = golden(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, found).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(expected == found, "{} differs from what is printed; see UPDATE_EXPECT=1", file.display());
}

/// The compilers, with warnings as errors.
const STANDARDS: [(&str, &[&str]); 5] = [
    ("gcc", &["-x", "c", "-std=c89", "-pedantic"]),
    ("gcc", &["-x", "c", "-std=c11", "-pedantic"]),
    ("g++", &["-x", "c++", "-std=c++98", "-Wpedantic"]),
    ("g++", &["-x", "c++", "-std=c++20", "-Wpedantic"]),
    ("g++", &["-x", "c++", "-std=c++98", "-Wpedantic", "-fno-exceptions"]),
];

/// Compiles a file that includes a header, twice, so that its guard is tried.
fn compile(folder: &Path, header: &str, (compiler, flags): (&str, &[&str])) -> Result<(), String> {
    let source = folder.join("includes.c");
    std::fs::write(&source, format!("#include \"{header}\"\n#include \"{header}\"\n")).unwrap();
    let mut command = Command::new(compiler);
    command.env("LC_ALL", "C").args(flags).args(["-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I"]);
    let output = command.arg(folder).arg(&source).output().unwrap();
    match output.status.success() {
        true => Ok(()),
        false => Err(format!("{command:?}\n{}", String::from_utf8_lossy(&output.stderr))),
    }
}

/// Both headers of a contract, in every standard.
fn compile_all(folder: &Path, component: &str) -> Result<(), String> {
    for (compiler, flags) in STANDARDS {
        compile(folder, &format!("{component}.h"), (compiler, flags))?;
        if compiler == "g++" {
            compile(folder, &format!("{component}.hpp"), (compiler, flags))?;
        }
    }
    Ok(())
}

#[test]
fn the_sample_prints_as_agreed() {
    let folder = scratch("sample");
    let written = Bindings::new(golden("sample.toml")).generate(Lang::Cpp, &folder).unwrap();
    let names: Vec<_> = written.iter().map(|path| path.file_name().unwrap().to_str().unwrap()).collect();
    assert_eq!(names, ["sample.hpp", "sample.h", "cmp_bridge.h", "cmp_bridge.hpp"]);
    expect("sample_bindings.h", &std::fs::read_to_string(folder.join("sample.h")).unwrap());
    expect("sample_bindings.hpp", &std::fs::read_to_string(folder.join("sample.hpp")).unwrap());
    compile_all(&folder, "sample").unwrap();
}

#[test]
fn the_reference_contracts_compile_in_every_standard() {
    for component in ["telemetry", "flight_dynamics", "planning", "ccs"] {
        let contract =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../contracts/{component}.toml"));
        let folder = scratch("reference");
        Bindings::new(contract).generate(Lang::Cpp, &folder).unwrap();
        compile_all(&folder, component).unwrap();
    }
}

/// All components in one program: their headers do not disturb each other.
#[test]
fn components_stand_beside_each_other() {
    let folder = scratch("together");
    let mut both = String::new();
    for component in ["telemetry", "flight_dynamics"] {
        let contract =
            Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../contracts/{component}.toml"));
        Bindings::new(contract).generate(Lang::Cpp, &folder).unwrap();
        both.push_str(&format!("#include \"{component}.hpp\"\n"));
    }
    std::fs::write(folder.join("both.hpp"), both).unwrap();
    compile(&folder, "both.hpp", STANDARDS[2]).unwrap();
}

#[test]
fn what_is_up_to_date_is_not_touched() {
    let folder = scratch("again");
    for lang in C_LIKE {
        let bindings = Bindings::new(golden("sample.toml"));
        let written = bindings.generate(lang, &folder).unwrap();
        let times = || -> Vec<_> {
            written.iter().map(|path| std::fs::metadata(path).unwrap().modified().unwrap()).collect()
        };
        let before = times();
        assert_eq!(bindings.generate(lang, &folder).unwrap(), written);
        assert_eq!(times(), before);
        assert_eq!(bindings.differing(lang, &folder).unwrap(), Vec::<PathBuf>::new());
        // Somebody changed one by hand, and removed another.
        std::fs::write(&written[0], "changed").unwrap();
        std::fs::remove_file(&written[1]).unwrap();
        assert_eq!(bindings.differing(lang, &folder).unwrap(), written[..2]);
        assert_eq!(bindings.generate(lang, &folder).unwrap(), written);
        assert_eq!(bindings.differing(lang, &folder).unwrap(), Vec::<PathBuf>::new());
    }
}

/// What `what` prints of a file: from `@(#)` to the first `"`, `>`, `\`, line end or NUL.
fn what(bytes: &[u8]) -> Vec<String> {
    let mark = b"@(#)";
    let starts = (0..bytes.len().saturating_sub(mark.len())).filter(|at| bytes[*at..].starts_with(mark));
    let text = |at: usize| {
        let rest = bytes[at + mark.len()..].iter().copied();
        let text: Vec<u8> = rest.take_while(|byte| !b"\">\\\n\0".contains(byte)).collect();
        String::from_utf8_lossy(&text).trim().to_string()
    };
    starts.map(text).collect()
}

#[test]
fn sources_objects_and_executables_say_what_they_are() {
    let folder = scratch("what");
    Bindings::new(golden("sample.toml")).generate(Lang::Cpp, &folder).unwrap();
    let text = std::fs::read_to_string(golden("sample.toml")).unwrap();
    let hash = format_hash(contract_hash(&Contract::from_toml(&text, "sample.toml").unwrap()));
    let line = format!("sample contract {hash} generated by cmp-bridge");
    for file in ["sample.h", "sample.hpp"] {
        assert!(what(&std::fs::read(folder.join(file)).unwrap())[0].starts_with(&line), "{file}");
    }
    let source = folder.join("main.c");
    std::fs::write(&source, "#include \"sample.h\"\nint main(void) { return 0; }\n").unwrap();
    for optimised in ["-O0", "-O2"] {
        let program = folder.join("main");
        let mut gcc = Command::new("gcc");
        gcc.args([optimised, "-I"]).arg(&folder).arg(&source).arg("-o").arg(&program);
        assert!(gcc.status().unwrap().success());
        assert!(what(&std::fs::read(&program).unwrap()).contains(&line), "{optimised}");
        let strings = Command::new("strings").arg(&program).output().unwrap().stdout;
        assert!(String::from_utf8_lossy(&strings).contains(&format!("@(#) {line}")));
    }
}

/// A contract of one routine.
fn one(language: &str, rest: &str) -> String {
    format!(
        "contract = 1\n[component]\nname = \"probe\"\nlanguage = \"{language}\"\n[routine.run]\nsymbol = \"run\"\n{rest}\n"
    )
}

/// What is printed of a contract, or the refusal.
fn print(contract: &str, lang: Lang) -> Result<String, String> {
    let file =
        scratch("print").join(format!("{:x}.toml", contract.len() * 31 + contract.matches('e').count()));
    std::fs::write(&file, contract).unwrap();
    match Bindings::new(file).print(lang) {
        Ok(files) => Ok(files[0].text.clone()),
        Err(error @ (Error::Unsupported(_) | Error::Contract(_))) => Err(error.to_string()),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn what_c_cannot_say_is_refused_with_its_reason() {
    let variants = "params = [{ name = \"r\", type = \"rec\", use = \"in\" }]\n[type.rec]\nkind = \"struct\"\nsize = 16\nalign = 8\n\
                    fields = [{ name = \"k\", type = \"i32\", offset = 0 }, { name = \"a\", type = \"f64\", offset = 8, when = \"k = 1\" },\n\
                    { name = \"b\", type = \"i64\", offset = 8, when = \"k = 2\" }]";
    let cases = [
        (one("ada", "static-link = true"), "its static link: it works on the frame of the routine around it"),
        (one("c", "").replace("\"run\"\n", "\"run.5\"\n"), "its symbol: `run.5` is no name that C can call"),
        (
            one("c", "").replace("symbol = \"run\"", "symbol = \"int\""),
            "its symbol: `int` is no name that C can call",
        ),
        (one("ada", variants), "parameter `r`: `rec` has members that share storage"),
    ];
    for (contract, reason) in cases {
        for lang in C_LIKE {
            let refusal = print(&contract, lang).expect_err(reason);
            assert!(refusal.contains(reason), "{contract}\n{refusal}");
        }
    }
}

/// Every refusal of a contract at once.
#[test]
fn refusals_are_all_told() {
    let contract = one("c", "static-link = true\n[routine.other]\nsymbol = \"other.1\"");
    let refusal = print(&contract, Lang::C).unwrap_err();
    assert_eq!(refusal.lines().count(), 2, "{refusal}");
}

#[test]
fn names_that_c_keeps_are_changed() {
    let contract = one(
        "c",
        "params = [{ name = \"class\", type = \"i32\", use = \"in\" }, { name = \"linux\", type = \"default\", use = \"in\" },\n\
         { name = \"point\", type = \"point\", use = \"in\" }]\n\
         [type.default]\nkind = \"enum\"\nrepr = \"i32\"\nvalues = { auto = 0, run = 1 }\n\
         [type.point]\nkind = \"struct\"\nsize = 8\nalign = 4\nfields = [{ name = \"new\", type = \"i32\", offset = 0 },\n\
         { name = \"y\", type = \"i32\", offset = 4 }]",
    );
    let header = print(&contract, Lang::C).unwrap();
    assert!(header.contains("extern void run(cmp_i32 class_, default_ linux_, point point_);"), "{header}");
    // A routine has the name of this value already.
    assert!(header.contains("auto_ = 0,") && header.contains("default_run = 1"), "{header}");
    let folder = scratch("names");
    std::fs::write(folder.join("names.toml"), contract).unwrap();
    Bindings::new(folder.join("names.toml")).generate(Lang::Cpp, &folder).unwrap();
    compile_all(&folder, "probe").unwrap();
}

/// No text of a contract ends a comment, starts a line or makes a trigraph.
#[test]
fn hostile_words_stay_comments() {
    let contract = one(
        "c",
        "source = \"*/ #error /* ??/ \\\\\"\nat = \"a.c:1\"\nparams = [{ name = \"x\", type = \"f64\", use = \"in\", unit = \"*/ int y; /*\\n#error\" }]",
    );
    let folder = scratch("hostile");
    std::fs::write(folder.join("hostile.toml"), contract).unwrap();
    Bindings::new(folder.join("hostile.toml")).generate(Lang::Cpp, &folder).unwrap();
    compile_all(&folder, "probe").unwrap();
}

/// A variable number of arguments is C's own business.
#[test]
fn variable_arguments_are_declared() {
    let params = "params = [{ name = \"format\", type = \"cstr\", use = \"in\" }]\nvarargs = true";
    let header = print(&one("c", params), Lang::C).unwrap();
    assert!(header.contains("extern void run(const char *format, ...);"), "{header}");
    let wrapper = print(&one("c", params), Lang::Cpp).unwrap();
    assert!(wrapper.contains("using ::run;"), "{wrapper}");
}

/// Random contracts to try: each is compiled twice.
fn cases() -> u32 {
    if std::env::var_os("CMP_BRIDGE_LONG").is_some_and(|value| value == "1") { 150 } else { 12 }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: cases(), failure_persistence: None, ..ProptestConfig::default() })]

    /// Whatever a contract says, it is refused with a reason or becomes headers that compile, with their layout held
    /// against the contract's by the compiler.
    #[test]
    fn a_contract_becomes_headers_that_compile_or_a_reason(mut contract in generate::contract()) {
        contract.routines.iter_mut().for_each(|routine| routine.static_link = false);
        let folder = scratch("random");
        let text = contract.to_toml();
        std::fs::write(folder.join("contract.toml"), &text).unwrap();
        match Bindings::new(folder.join("contract.toml")).generate(Lang::Cpp, &folder) {
            Ok(_) => {
                for (header, standard) in [("h", STANDARDS[0]), ("hpp", STANDARDS[2])] {
                    let compiled = compile(&folder, &format!("flight_dynamics.{header}"), standard);
                    prop_assert!(compiled.is_ok(), "{text}\n{}", compiled.unwrap_err());
                }
            }
            Err(Error::Unsupported(list)) => prop_assert!(!list.is_empty()),
            Err(error) => prop_assert!(false, "{error}\n{text}"),
        }
    }

    /// The same for an array or scalar of any type, by its address.
    #[test]
    fn any_type_is_declared_or_refused(
        ty in generate::any_type(vec!["n".to_string(), "m".to_string()]),
        usage in prop::sample::select(vec!["in", "out"]),
    ) {
        let folder = scratch("any_type");
        let n = |name| format!("{{ name = \"{name}\", type = \"i32\", use = \"in\" }}");
        let x = format!("{{ name = \"x\", type = \"{ty}\", by = \"reference\", use = \"{usage}\" }}");
        let text = one("c", &format!("params = [{}, {}, {x}]", n("n"), n("m")));
        std::fs::write(folder.join("contract.toml"), &text).unwrap();
        match Bindings::new(folder.join("contract.toml")).generate(Lang::Cpp, &folder) {
            Ok(_) => {
                let compiled = compile(&folder, "probe.hpp", STANDARDS[2]);
                prop_assert!(compiled.is_ok(), "{text}\n{}", compiled.unwrap_err());
            }
            Err(Error::Unsupported(_) | Error::Contract(_)) => (),
            Err(error) => prop_assert!(false, "{error}\n{text}"),
        }
    }
}

/// All files or none: what was there stays whole where one of them cannot be written.
#[test]
fn a_failed_generation_leaves_what_was_there() {
    let folder = scratch("half");
    let contract = folder.join("contract.toml");
    let text = std::fs::read_to_string(golden("sample.toml")).unwrap();
    std::fs::write(&contract, &text).unwrap();
    let written = Bindings::new(&contract).generate(Lang::Cpp, &folder).unwrap();
    let before: Vec<Vec<u8>> = written.iter().map(|path| std::fs::read(path).unwrap()).collect();
    // Every file is to be written anew, and the room of one of them is taken by a folder.
    for path in &written {
        std::fs::write(path, "old").unwrap();
    }
    let taken = folder.join(".cmp_bridge.hpp.new");
    std::fs::create_dir_all(&taken).unwrap();
    let error = Bindings::new(&contract).generate(Lang::Cpp, &folder).unwrap_err();
    assert!(error.to_string().contains("cmp_bridge.hpp"), "{error}");
    for path in &written {
        assert_eq!(std::fs::read(path).unwrap(), b"old", "{}", path.display());
    }
    let left = std::fs::read_dir(&folder).unwrap().flatten().map(|entry| entry.path());
    let left: Vec<_> = left.filter(|path| path.extension().is_some_and(|e| e == "new")).collect();
    assert_eq!(left, std::slice::from_ref(&taken));
    std::fs::remove_dir(taken).unwrap();
    Bindings::new(&contract).generate(Lang::Cpp, &folder).unwrap();
    let after: Vec<Vec<u8>> = written.iter().map(|path| std::fs::read(path).unwrap()).collect();
    assert_eq!(after, before);
}
