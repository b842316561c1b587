//! `check` against headers, modules, another release and another machine; SARIF; exit codes.

use crate::support::{Bench, CONTRACT, Did};
use serde_json::Value;
use std::path::Path;

const HEADER: &str = "struct vec { double x, y; int n; };\n\
    int scale(int n, const double *in, double *out, double factor);\n\
    double norm2(const struct vec *v);\n\
    #ifdef CRUNCH\nvoid crunch(struct vec *v, int k);\n#endif\n";

fn codes(did: &Did) -> Vec<String> {
    let json: Value = serde_json::from_str(&did.out).expect("JSON");
    let contracts = json["contracts"].as_array().expect("contracts").iter();
    let findings = contracts.flat_map(|c| c["findings"].as_array().expect("findings"));
    findings.map(|f| f["code"].as_str().expect("a code").to_owned()).collect()
}

fn write(bench: &Bench, name: &str, from: &str, to: &str) {
    assert!(CONTRACT.contains(from), "{from}");
    bench.write(name, &CONTRACT.replacen(from, to, 1));
}

#[test]
fn headers() {
    let bench = Bench::new("check-header");
    bench.write("small.h", HEADER);
    let did = bench.bridge(&["check", "small.toml", "--header", "small.h"]).ended(0);
    did.prints(&["warning[H101]: the header does not declare the routine", "1 warning"]);
    bench.bridge(&["check", "small.toml", "--header", "small.h", "--strict"]).ended(1);
    let options = ["check", "small.toml", "--strict", "--header", "small.h", "--", "-DCRUNCH"];
    bench.bridge(&options).ended(0).prints(&["0 errors, 0 warnings, 0 notes"]);
    bench.write("wrong.h", &HEADER.replace("double factor", "float factor"));
    let did = bench.bridge(&["check", "small.toml", "--header", "wrong.h", "--", "-DCRUNCH"]).ended(1);
    let line = CONTRACT.lines().position(|line| line.contains("factor")).expect("a line") + 1;
    did.prints(&[
        &format!("small.toml:{line}:29: error[B110]: the type of a parameter differs"),
        &format!("  {line} |   {{ name = \"factor\", type = \"f64\""),
        "|                             ^^^^^",
        "found at: wrong.h:2",
    ]);
    bench.write("bad.h", "int f(nothing x);\n");
    let did = bench.bridge(&["check", "small.toml", "--header", "bad.h"]).ended(2);
    did.says(&["bad.h:1:7: error: unknown type name", "hint: give the options"]);
    bench.bridge(&["check", "small.toml", "--header", "none.h"]).ended(2).says(&["none.h: cannot be read"]);
    let command = &mut bench.command(&["check", "small.toml", "--header", "small.h"]);
    let output = command.env("LIBCLANG_PATH", "/nonexistent").output().expect("cmp-bridge");
    Did::of(output).ended(2).says(&["libclang cannot be loaded", "libclang-dev"]);
    bench.bridge(&["check", "small.toml", "--", "-DX"]).ended(2).says(&["--header"]);
}

#[test]
fn signatures_from_headers_and_symbols_from_a_stripped_binary() {
    let bench = Bench::new("scan-header");
    bench.write("small.h", &format!("{HEADER}int absent(void);\n"));
    bench.cc("small.c", &["-O2", "-fno-inline", "-o", "bare"]);
    let did = bench.bridge(&["scan", "--header", "small.h", "--binary", "bare", "--", "-DCRUNCH"]).ended(0);
    let did = did.prints(&["name = \"small\"", "build-id = ", "[routine.crunch]", "# not described: absent"]);
    bench.write("scanned.toml", &did.out);
    bench
        .bridge(&["check", "scanned.toml", "--binary", "small", "--header", "small.h"])
        .ended(1)
        .prints(&["B101"]);
    bench.bridge(&["check", "scanned.toml", "--binary", "bare"]).ended(0).prints(&["warning[B105]"]);
    let did =
        bench.bridge(&["scan", "--header", "small.h", "--routine", "norm2", "--routine", "narm2"]).ended(1);
    did.says(&["no header declares a routine that matches `narm2`"]).prints(&["[routine.norm2]"]);
    bench.bridge(&["scan", "--header", "small.h", "--routine", "zzz"]).ended(2).says(&["`zzz`"]);
    bench.bridge(&["scan"]).ended(2);
}

#[test]
fn releases() {
    let bench = Bench::new("check-against");
    bench
        .bridge(&["check", "small.toml", "--against", "small.toml"])
        .ended(0)
        .prints(&["0 errors, 0 warnings"]);
    write(
        &bench,
        "new.toml",
        "{ name = \"n\", type = \"i32\", offset = 16 }",
        "{ name = \"n\", type = \"i32\", offset = 20 }",
    );
    let did = bench.bridge(&["check", "new.toml", "--against", "small.toml"]).ended(1);
    did.prints(&["error[A118]: a field moved", "touches norm2, crunch", "offset = 20", "1 error"]);
    write(&bench, "named.toml", "name = \"factor\"", "name = \"gain\"");
    bench.bridge(&["check", "named.toml", "--against", "small.toml"]).ended(0).prints(&["note[A108]"]);
    // Two builds, without a contract; one of them with another record.
    let source = std::fs::read_to_string(bench.path("small.c")).expect("a source");
    bench.write("other.c", &source.replace("double x, y; int n;", "double x, y, z; int n;"));
    bench.cc("other.c", &["-g", "-O2", "-fno-inline", "-o", "other"]);
    let did = bench.bridge(&["check", "other", "--against", "small", "--json"]).ended(1);
    assert_eq!(codes(&did), ["A117", "A118", "A120"], "{}", did.out);
    bench.bridge(&["check", "small", "--against", "small"]).ended(0);
    bench.bridge(&["check", "small", "--against", "small.toml"]).ended(0).prints(&["small: note[A102]"]);
    let did = bench.bridge(&["check", "small.toml", "--against", "small"]).ended(1);
    did.prints(&["small.toml: error[A101]: a routine was removed\n  declared: routine.on_signal"]);
    bench.bridge(&["check", "small.toml", "--against", "none"]).ended(2).says(&["none: cannot be read"]);
    bench
        .bridge(&["check", "small.toml", "--against", "small.c"])
        .ended(2)
        .says(&["small.c cannot be compared"]);
    write(&bench, "fortran.toml", "language = \"c\"", "language = \"fortran\"");
    let did = bench.bridge(&["check", "small.toml", "--against", "fortran.toml"]).ended(2);
    did.says(&["have no component of one language"]);
}

#[test]
fn machines() {
    let bench = Bench::new("check-layout");
    bench.bridge(&["check", "small.toml", "--layout", "small.toml"]).ended(0);
    write(&bench, "hppa.toml", "language = \"c\"", "language = \"c\"\ntarget = \"pa-risc\"");
    let did = bench.bridge(&["check", "small.toml", "--layout", "hppa.toml", "--json"]).ended(0);
    assert_eq!(codes(&did), ["L101", "L102"]);
    let changed = CONTRACT.replace("size = 24\nalign = 8", "size = 20\nalign = 4");
    bench.write("i386.toml", &changed.replace("language = \"c\"", "language = \"c\"\ntarget = \"i386\""));
    let did = bench.bridge(&["check", "--layout", "i386.toml", "small.toml"]).ended(1);
    did.prints(&["error[L105]", "expected: x86-64: 24 bytes", "found:    i386: 20 bytes"]);
}

#[test]
fn modules() {
    let bench = Bench::new("check-module");
    bench.module("right.so", &[]);
    bench.bridge(&["check", "small.toml", "--module", "right.so", "--strict"]).ended(0);
    for (define, code) in [("-DABI=7", "M102"), ("-DCOUNT=2", "M103"), ("-DCOUNT=70000", "M101")] {
        bench.module("wrong.so", &[define]);
        let status = i32::from(code != "M103");
        let did = bench.bridge(&["check", "small.toml", "--module", "wrong.so", "--json"]).ended(status);
        assert_eq!(codes(&did), [code], "{define}");
    }
    write(&bench, "new.toml", "name = \"factor\", type = \"f64\"", "name = \"factor\", type = \"f32\"");
    let did = bench.bridge(&["check", "new.toml", "--module", "right.so"]).ended(1);
    did.prints(&["error[M105]: the candidate was generated from another contract", "[routine.scale]"]);
    bench.bridge(&["check", "small.toml", "--module", "small.c"]).ended(2).says(&["is not an ELF file"]);
}

#[test]
fn exit_codes_are_those_of_the_help() {
    let bench = Bench::new("check-exit");
    let help = bench.bridge(&["check", "--help"]).ended(0).out;
    assert!(
        help.contains("Exit status: 0 no error (with --strict: and no warning), 1 findings, 2"),
        "{help}"
    );
    bench.bridge(&["check", "small.toml"]).ended(0);
    bench.write("broken.toml", "contract = 1\n");
    bench.bridge(&["check", "broken.toml"]).ended(1);
    bench.bridge(&["check", "absent.toml"]).ended(2);
    bench.bridge(&["check"]).ended(2);
    bench.bridge(&["check", "small.toml", "--json", "--sarif"]).ended(2);
    bench.bridge(&["check", "small.toml", "--against", "small.toml", "--layout", "small.toml"]).ended(2);
}

#[test]
fn every_code_is_listed_with_its_meaning() {
    let bench = Bench::new("check-codes");
    let text = bench.bridge(&["check", "--list-codes"]).ended(0).out;
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/codes.txt");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, &text).expect("a writable file");
    }
    let kept = std::fs::read_to_string(&file).expect("the list; UPDATE_EXPECT=1 writes it");
    assert_eq!(kept, text, "{} differs; UPDATE_EXPECT=1 writes it anew", file.display());
    let json = bench.bridge(&["check", "--list-codes", "--json"]).ended(0).out;
    let json: Value = serde_json::from_str(&json).expect("JSON");
    let rules = json["codes"].as_array().expect("codes");
    let mut ids: Vec<&str> = rules.iter().map(|r| r["code"].as_str().expect("a code")).collect();
    for rule in rules {
        let of = |key: &str| rule[key].as_str().unwrap_or_default();
        assert!(["error", "warning", "note"].contains(&of("severity")), "{rule}");
        assert!(!of("title").is_empty() && of("help").len() > 10, "{rule}");
        assert!(text.contains(&format!("  {} {:<7} {}", of("code"), of("severity"), of("title"))), "{rule}");
    }
    let listed = ids.len();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!((ids.len(), listed > 140), (listed, true));
}

/// The schema that OASIS publishes with the standard.
fn sarif_faults(text: &str) -> (Value, Vec<String>) {
    let mut schema: Value =
        serde_json::from_str(include_str!("schemas/sarif-schema-2.1.0.json")).expect("a schema");
    // An erratum of the standard: this pattern is no regular expression. We write no language.
    for owner in ["run", "toolComponent"] {
        let language = schema.pointer_mut(&format!("/definitions/{owner}/properties/language"));
        let language = language.and_then(Value::as_object_mut).expect("a schema");
        language.remove("pattern").expect("the erratum");
    }
    let validator =
        jsonschema::draft7::options().should_validate_formats(true).build(&schema).expect("a schema");
    let log: Value = serde_json::from_str(text).expect("JSON");
    let faults = validator.iter_errors(&log).map(|e| format!("{}: {e}", e.instance_path())).collect();
    (log, faults)
}

#[test]
fn sarif_is_what_the_standard_says() {
    let bench = Bench::new("check-sarif");
    std::fs::create_dir(bench.path("a folder")).expect("a folder");
    bench.write("a folder/broken é.toml", &CONTRACT.replace("use = \"inout\" },", "use = \"sideways\" },"));
    write(&bench, "wrong.toml", "name = \"factor\", type = \"f64\"", "name = \"factor\", type = \"f32\"");
    bench.write("small.h", HEADER);
    let options = ["--binary", "small", "--header", "small.h", "--sarif"];
    let files = ["check", "a folder/broken é.toml", "wrong.toml", "small.toml"];
    let did = bench.bridge(&[&files[..], &options].concat()).ended(1);
    let (log, faults) = sarif_faults(&did.out);
    assert_eq!(faults, Vec::<String>::new(), "{}", did.out);
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    let results = run["results"].as_array().expect("results");
    for result in results {
        let index = result["ruleIndex"].as_u64().expect("an index") as usize;
        assert_eq!(rules[index]["id"], result["ruleId"]);
    }
    let of = |code: &str| {
        results.iter().find(|r| r["ruleId"] == code).unwrap_or_else(|| panic!("{code}: {log:#}"))
    };
    let place = |result: &Value| result["locations"][0]["physicalLocation"].clone();
    let broken = place(of("C006"));
    assert_eq!(broken["artifactLocation"]["uri"], "a%20folder/broken%20%C3%A9.toml");
    assert_eq!((&broken["region"]["startLine"], &broken["region"]["startColumn"]), (&46.into(), &55.into()));
    let wrong = of("B110");
    let line = CONTRACT.lines().position(|line| line.contains("factor")).expect("a line") + 1;
    assert_eq!(place(wrong)["region"]["startLine"], line);
    assert_eq!(wrong["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"], "small.c");
    assert_eq!(of("H101")["level"], "warning");
    // Nothing found is a log as well.
    let did = bench.bridge(&["check", "small.toml", "--sarif"]).ended(0);
    let (log, faults) = sarif_faults(&did.out);
    assert_eq!((faults, &log["runs"][0]["results"]), (Vec::new(), &serde_json::json!([])));
    // A wrong twin: the validator is awake.
    assert!(!sarif_faults(&did.out.replace("\"results\"", "\"result\"")).1.is_empty());
}
