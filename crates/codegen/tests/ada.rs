//! The Ada package of a contract: what is printed, that GNAT accepts it as Ada 95 and as Ada 2012 without a warning, what is
//! refused and why.

use cmp_bridge_codegen::Error;
use cmp_bridge_codegen::bindings::{Bindings, Lang};
use proptest::prelude::*;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn crate_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ada").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Compares with a golden file; UPDATE_EXPECT=1 writes it anew.
fn expect(name: &str, found: &str) {
    let file = crate_folder().join("tests/golden").join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, found).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(expected == found, "{} differs from what is printed; see UPDATE_EXPECT=1", file.display());
}

/// Compiles a unit; the compiler's messages if it fails or warns.
fn compile(folder: &Path, unit: &str, standard: &str) -> Result<(), String> {
    let objects = folder.join(standard);
    std::fs::create_dir_all(&objects).unwrap();
    let mut gnat = Command::new("gcc");
    gnat.env("LC_ALL", "C").current_dir(&objects).args(["-c", "-O1", "-gnatwa", "-gnatwe"]);
    let output =
        gnat.arg(format!("-gnat{standard}")).arg("-I..").arg(format!("../{unit}.adb")).output().unwrap();
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() && messages.is_empty() { Ok(()) } else { Err(messages) }
}

/// Generates from a contract given as text.
fn generate(name: &str, contract: &str) -> Result<PathBuf, Error> {
    let folder = scratch(name);
    let file = folder.join("contract.toml");
    std::fs::write(&file, contract).unwrap();
    Bindings::new(file).generate(Lang::Ada, &folder)?;
    Ok(folder)
}

#[test]
fn the_sample_prints_as_agreed() {
    let folder = scratch("sample");
    let written =
        Bindings::new(crate_folder().join("tests/golden/sample.toml")).generate(Lang::Ada, &folder).unwrap();
    let names: Vec<_> =
        written.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_string()).collect();
    assert_eq!(names, ["sample.ads", "sample.adb"]);
    for (path, name) in written.iter().zip(&names) {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.starts_with("--  @(#) sample contract "), "{name}");
        assert!(text.lines().all(|line| line.len() <= 79), "{name} has a line of more than 79 characters");
        expect(name, &text);
    }
    for standard in ["95", "2012"] {
        compile(&folder, "sample", standard).unwrap();
    }
    let object = std::fs::read(folder.join("95/sample.o")).unwrap();
    let mark = b"@(#) sample contract ";
    assert!(object.windows(mark.len()).any(|window| window == mark), "the object does not say what it is");
}

/// The routines of a contract that are refused, with the reasons.
fn refused(contract: &Path) -> BTreeMap<String, Vec<String>> {
    let mut list: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if let Err(Error::Unsupported(faults)) = Bindings::new(contract).print(Lang::Ada) {
        for fault in faults {
            list.entry(fault.routine).or_default().push(format!("{}: {}", fault.part, fault.reason));
        }
    }
    list
}

/// Every routine of the reference CMP's contracts that has an Ada form compiles; the others say why.
#[test]
fn the_reference_contracts_compile() {
    let contracts = crate_folder().join("../../contracts");
    let mut found = String::new();
    for component in ["ccs", "flight_dynamics", "planning", "telemetry"] {
        let file = contracts.join(format!("{component}.toml"));
        let refused = refused(&file);
        let text = std::fs::read_to_string(&file).unwrap();
        let all: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix("[routine.")?.strip_suffix(']')).collect();
        let printed: Vec<&str> = all.iter().copied().filter(|name| !refused.contains_key(*name)).collect();
        let folder = scratch(component);
        Bindings::new(&file).routines(printed.clone()).generate(Lang::Ada, &folder).unwrap();
        for standard in ["95", "2012"] {
            compile(&folder, component, standard)
                .unwrap_or_else(|messages| panic!("{component}\n{messages}"));
        }
        found.push_str(&format!("{component}: {} of {} routines\n", printed.len(), all.len()));
        for (routine, reasons) in refused {
            reasons.iter().for_each(|reason| found.push_str(&format!("  {routine}, {reason}\n")));
        }
    }
    expect("ada_refused.txt", &found);
}

/// The oracle is the legacy CCS itself: each call is made in its own words, and through the package.
#[test]
fn the_package_calls_the_legacy_ccs() {
    let contract = crate_folder().join("../../contracts/ccs.toml");
    let folder = scratch("calls");
    let text = std::fs::read_to_string(&contract).unwrap();
    let refused = refused(&contract);
    let all = text.lines().filter_map(|line| line.strip_prefix("[routine.")?.strip_suffix(']'));
    let printed: Vec<&str> = all.filter(|name| !refused.contains_key(*name)).collect();
    Bindings::new(&contract).routines(printed).generate(Lang::Ada, &folder).unwrap();
    let legacy = crate_folder().join("../../legacy/ccs");
    for standard in ["95", "2012"] {
        let objects = folder.join(format!("calls-{standard}"));
        std::fs::create_dir_all(&objects).unwrap();
        // The legacy code is Ada 2005 and later, and has its own warnings: only what is printed is held to a standard here.
        let unit = |name: &str, arguments: &[&str]| {
            let mut gcc = Command::new("gcc");
            gcc.env("LC_ALL", "C").current_dir(&objects).args(["-c", "-O2"]).args(arguments).arg("-I..");
            let output = gcc.arg(format!("-I{}", legacy.display())).arg(name).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        unit("../ccs.adb", &[&format!("-gnat{standard}"), "-gnatwae"]);
        let mut gnatmake = Command::new("gnatmake");
        gnatmake.env("LC_ALL", "C").current_dir(&objects).arg("-q");
        gnatmake
            .arg(crate_folder().join("tests/ada/calls.adb"))
            .arg("-aI..")
            .arg(format!("-aI{}", legacy.display()));
        let output = gnatmake.args(["-o", "calls", "-cargs", "-O2"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let output = Command::new("timeout").args(["60", "./calls"]).current_dir(&objects).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), " 65 answers, 0 differ\n");
    }
}

#[test]
fn what_is_there_already_is_not_written_again() {
    let folder = scratch("twice");
    let bindings = Bindings::new(crate_folder().join("tests/golden/sample.toml"));
    let written = bindings.generate(Lang::Ada, &folder).unwrap();
    let times = |paths: &[PathBuf]| -> Vec<_> {
        paths.iter().map(|path| std::fs::metadata(path).unwrap().modified().unwrap()).collect()
    };
    let before = times(&written);
    assert_eq!(bindings.generate(Lang::Ada, &folder).unwrap(), written);
    assert_eq!(times(&written), before);
}

/// A contract whose layout is impossible is no Ada.
/// A contract with one routine that says how it ended by an integer of this type.
fn ending(ty: &str, status: &str) -> String {
    format!(
        "contract = 1\n[component]\nname = \"ends\"\nlanguage = \"c\"\n[routine.act]\nsymbol = \"act\"\nparams = []\n\
         returns = {{ type = \"{ty}\", use = \"status\" }}\nstatus = {{ {status} }}\n"
    )
}

#[test]
fn codes_are_tested_within_what_their_type_holds() {
    let rules = [
        ("u8", "ok = 0, warning = \"200..255\"", "if Integer (Back) in 1 .. 199 then"),
        ("u8", "ok = 0, warning = \"1..199\"", "if Integer (Back) > 199 then"),
        ("i8", "ok = 0, warning = \"> 0\"", "if Integer (Back) < 0 then"),
        ("u16", "ok = 7", "if Integer (Back) /= 7 then"),
        ("i16", "ok = -5, warning = \"> -5\"", "if Integer (Back) < -5 then"),
        ("i32", "ok = 0, warning = \"1..9\"", "if Status < 0 or else Status > 9 then"),
    ];
    for (i, (ty, rule, test)) in rules.iter().enumerate() {
        let folder = generate(&format!("ending-{i}"), &ending(ty, rule)).unwrap();
        let body = std::fs::read_to_string(folder.join("ends.adb")).unwrap().replace("Status_Raw", "Back");
        assert!(body.contains(test), "{ty} {rule}: no `{test}` in\n{body}");
        compile(&folder, "ends", "95").unwrap();
    }
    // Nothing is an error: nothing is raised.
    let folder = generate("ending-all", &ending("u8", "ok = 0, warning = \"> 0\"")).unwrap();
    compile(&folder, "ends", "95").unwrap();
    for ty in ["u32", "i64", "u64"] {
        let error = generate("ending-wide", &ending(ty, "ok = 0, warning = \">= 2147483648\"")).unwrap_err();
        assert!(error.to_string().contains("more than an Integer of Ada holds"), "{error}");
    }
}

#[test]
fn a_record_that_cannot_lie_so_does_not_compile() {
    let contract = |size: u32, bits: &str| {
        format!(
            r#"
contract = 1
[component]
name = "twin"
language = "c"
[type.state]
kind = "enum"
repr = "u8"
values = {{ off = 1, standby = 2, on = 4, failed = 8 }}
[type.word]
kind = "struct"
size = {size}
align = 4
fields = [
  {{ name = "state", type = "state", offset = 0, bits = {bits} }},
  {{ name = "value", type = "f32", offset = 4 }},
]
[routine.put]
symbol = "put"
params = [{{ name = "w", type = "word", by = "reference", use = "in" }}]
effects = "none"
"#
        )
    };
    let right = generate("right", &contract(8, "[0, 4]")).unwrap();
    compile(&right, "twin", "95").unwrap();
    // Five bits where the next field starts: told before anything is printed.
    assert!(generate("overlap", &contract(4, "[0, 4]")).unwrap_err().to_string().contains("outside"));
    // One byte more at the end, or one field moved, is a layout as good as any: the contract's own check finds it.
    for (from, to) in [("'Size use 8 * 8", "'Size use 7 * 8"), ("at 4 range 0 .. 31", "at 0 range 2 .. 33")] {
        let spec = right.join("twin.ads");
        let text = std::fs::read_to_string(&spec).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(&spec, text.replace(from, to)).unwrap();
        let messages = compile(&right, "twin", "95").unwrap_err();
        assert!(
            messages.contains("out of range of specified size") || messages.contains("overlaps"),
            "{messages}"
        );
        std::fs::write(&spec, text).unwrap();
    }
}

/// Definitions of every kind, with names that Ada keeps for itself, or that differ only in their case.
const TYPES: &str = r#"
[type.integer]
kind = "enum"
repr = "u8"
values = { begin = 1, END = 2, Begin = 4, error = 4 }
[type.Record]
kind = "struct"
size = 24
align = 8
fields = [
  { name = "type", type = "i16", offset = 0 },
  { name = "Type", type = "u32", offset = 4, bits = [3, 7] },
  { name = "integer", type = "integer", offset = 8 },
  { name = "real", type = "f64", offset = 16, unit = "m\u00b3 -- \"x\"" },
]
[type.RECORD]
kind = "struct"
size = 16
align = 8
fields = [
  { name = "kind", type = "integer", offset = 0 },
  { name = "all", type = "f64", offset = 8, when = "kind = 1" },
  { name = "others", type = "i32", offset = 8, when = "kind not = 1" },
]
[type.union]
kind = "union"
size = 8
align = 8
fields = [{ name = "view", type = "f64", offset = 0 }, { name = "u", type = "[u8; 8]", offset = 0 }]
[type.positive]
kind = "range"
repr = "i16"
first = -3
last = 300
[type.delta]
kind = "fixed"
repr = "i32"
small = "3/1000"
[type.mask]
kind = "packed"
size = 4
align = 4
element = "bool"
bits = 1
count = 32
[type.procedure]
kind = "function"
params = [
  { name = "x", type = "f64", by = "reference", use = "in" },
  { name = "out", type = "[i32; 4]", use = "out" },
  { name = "r", type = "Record", by = "reference", use = "inout" },
]
returns = { type = "i32" }
[type.hidden]
kind = "opaque"
size = 8
align = 8
of = "a class"
[state.s]
symbol = "s_"
size = 24
kind = "common"
"#;

/// A parameter: type, passing, direction, whether it may be absent.
fn parameter() -> impl Strategy<Value = (&'static str, &'static str, &'static str, bool)> {
    let by_value = prop::sample::select(vec![
        "i8",
        "u16",
        "i32",
        "u64",
        "f32",
        "f64",
        "f80",
        "complex_f32",
        "complex_f64",
        "bool",
        "char",
        "ptr",
        "Record",
        "integer",
        "positive",
        "delta",
        "mask",
        "procedure",
        "union",
    ]);
    let by_address = prop::sample::select(vec![
        "i32",
        "i64",
        "f64",
        "f80",
        "logical8",
        "logical32",
        "complex_f64",
        "char",
        "bool",
        "ptr",
        "Record",
        "RECORD",
        "union",
        "integer",
        "positive",
        "delta",
        "mask",
        "hidden",
        "[f64; 3]",
        "[[f32; 3]; n]",
        "[Record; n]",
        "[f64; 2*n-1]",
        "[[f64; n]; m]",
        "[char; n]",
        "[[char; 4]; n]",
        "[i64; (n-1)*m+n]",
        "[logical32; 5]",
        "chars",
        "[[[i32; 2]; 3]; 4]",
    ]);
    let usage = prop::sample::select(vec!["in", "out", "inout"]);
    let carried =
        prop::sample::select(vec!["[f64; :]", "[char; :]", "[[i32; :]; :]", "[Record; :]", "[u8; :]"]);
    prop_oneof![
        2 => by_value.prop_map(|ty| (ty, "value", "in", false)),
        4 => (by_address, usage.clone(), any::<bool>()).prop_map(|(ty, usage, null)| (ty, "reference", usage, null)),
        1 => (carried, usage).prop_map(|(ty, usage)| (ty, "descriptor", usage, false)),
        1 => any::<bool>().prop_map(|null| ("cstr", "reference", "in", null)),
    ]
}

/// One routine that takes all that.
fn routine(
    language: &str,
    params: &[(&str, &str, &str, bool)],
    names: &[&str],
    returns: &str,
    status: bool,
) -> String {
    let mut text =
        format!("contract = 1\n[component]\nname = \"random\"\nlanguage = \"{language}\"\n{TYPES}");
    text.push_str("[routine.Random]\nsymbol = \"random_\"\neffects = \"state\"\n");
    text.push_str("state = [{ area = \"s\", view = \"Record\", use = \"inout\" }]\n");
    if status {
        text.push_str("status = { ok = 0, warning = \"1..9\", error = \"< 0\" }\n");
    }
    if !returns.is_empty() {
        text.push_str(&format!("returns = {{ type = \"{returns}\" }}\n"));
    }
    text.push_str(
        "params = [\n  { name = \"n\", type = \"i32\", use = \"in\" }, { name = \"m\", type = \"u16\", use = \"in\" },\n",
    );
    for (i, (ty, by, usage, null)) in params.iter().enumerate() {
        let by = match (*by, ty.starts_with('[') || matches!(*ty, "chars" | "cstr")) {
            ("reference", true) => String::new(),
            (by, _) => format!("by = \"{by}\", "),
        };
        let name = names[i % names.len()];
        let null = if *null { ", nullable = true" } else { "" };
        // The first of a name has it as it is.
        let name = if i < names.len() { name.to_string() } else { format!("{name}{i}") };
        text.push_str(&format!("  {{ name = \"{name}\", type = \"{ty}\", {by}use = \"{usage}\"{null} }},\n"));
    }
    if status {
        text.push_str("  { name = \"ier\", type = \"i32\", by = \"reference\", use = \"status\" },\n");
    }
    text + "]\n"
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: if std::env::var_os("CMP_BRIDGE_LONG").is_some() { 400 } else { 24 },
        max_shrink_iters: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]

    /// Whatever a contract says, it is refused with a reason or becomes a package that compiles without a warning.
    #[test]
    fn a_contract_becomes_ada_or_a_reason(
        params in prop::collection::vec(parameter(), 0..9),
        names in Just(vec!["in", "Call", "Result", "record", "x", "X_", "status", "_2", "Long_Float"]).prop_shuffle(),
        returns in prop::sample::select(vec!["", "f64", "bool", "Record", "integer", "positive", "complex_f32", "mask"]),
        status in any::<bool>(),
        language in prop::sample::select(vec!["c", "c++", "fortran", "ada"]),
    ) {
        let carries = matches!(language, "fortran" | "ada");
        let fits = |param: &(&str, &str, &str, bool)| {
            (carries || param.1 != "descriptor") && (language == "fortran" || param.0 != "chars")
        };
        let params: Vec<_> = params.into_iter().filter(fits).collect();
        let text = routine(language, &params, &names, returns, status);
        match generate("random", &text) {
            Ok(folder) => for standard in ["95", "2012"] {
                if let Err(messages) = compile(&folder, "random", standard) {
                    prop_assert!(false, "{messages}\n{text}");
                }
            },
            Err(error @ Error::Contract(_)) => {
                prop_assert!(false, "the test's own contract is wrong: {error}\n{text}");
            }
            Err(error) => prop_assert!(matches!(error, Error::Unsupported(_)), "{error}"),
        }
    }
}
