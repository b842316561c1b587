//! `generate`: files, `--check`, patterns, refusals and exit codes.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn contract(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts").join(name)
}

fn folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("generate").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    folder
}

fn generate(arguments: &[&str], contract: &Path, out: &Path) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cmp-bridge"));
    command.arg("generate").args(arguments).arg(contract).arg("--out").arg(out);
    command.env("NO_COLOR", "1").output().unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

#[test]
fn writes_says_what_and_checks() {
    let out = folder("files");
    let telemetry = contract("telemetry.toml");
    let first = generate(&["--lang", "cpp", "--routine", "tm_c*"], &telemetry, &out);
    assert_eq!(first.status.code(), Some(0), "{}", text(&first.stderr));
    for file in ["telemetry.hpp", "telemetry.h", "cmp_bridge.h", "cmp_bridge.hpp"] {
        assert!(text(&first.stdout).contains(&format!("{file} is written")), "{}", text(&first.stdout));
        assert!(out.join(file).exists());
    }
    let header = std::fs::read_to_string(out.join("telemetry.h")).unwrap();
    assert!(header.contains(" tm_crc16(") && !header.contains(" tm_archive_ouvrir("), "{header}");
    let same = generate(&["--lang", "cpp", "--routine", "tm_c*", "--check"], &telemetry, &out);
    assert_eq!((same.status.code(), text(&same.stdout)), (Some(0), String::new()));
    std::fs::write(out.join("telemetry.h"), "older").unwrap();
    let other = generate(&["--lang", "cpp", "--routine", "tm_c*", "--check", "--json"], &telemetry, &out);
    assert_eq!(other.status.code(), Some(1));
    let json: serde_json::Value = serde_json::from_slice(&other.stdout).unwrap();
    assert_eq!(json["lang"], "cpp");
    assert_eq!(json["differing"].as_array().unwrap().len(), 1);
    // --check has written nothing.
    assert_eq!(std::fs::read_to_string(out.join("telemetry.h")).unwrap(), "older");
    std::fs::remove_file(out.join("cmp_bridge.hpp")).unwrap();
    let lacking = generate(&["--lang", "cpp", "--routine", "tm_c*", "--check"], &telemetry, &out);
    let said = text(&lacking.stdout);
    assert!(said.contains("telemetry.h differs") && said.contains("cmp_bridge.hpp is missing"), "{said}");
    let again = generate(&["--lang", "cpp", "--routine", "tm_c*"], &telemetry, &out);
    let said = text(&again.stdout);
    for line in ["telemetry.h is replaced", "cmp_bridge.hpp is written", "cmp_bridge.h is up to date"] {
        assert!(said.contains(line), "{said}");
    }
    // A file in the place of the folder: with its own hint.
    let file = generate(&["--lang", "c", "--routine", "tm_c*"], &telemetry, &out.join("telemetry.h"));
    assert!(text(&file.stderr).contains("--out names a folder"), "{}", text(&file.stderr));
}

#[test]
fn what_is_wrong_is_said() {
    let out = folder("wrong");
    let telemetry = contract("telemetry.toml");
    let unknown = generate(&["--lang", "cobol"], &telemetry, &out);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(text(&unknown.stderr).contains("`cobol` is no language"), "{}", text(&unknown.stderr));
    let none = generate(&["--lang", "c", "--routine", "tm_crc61"], &telemetry, &out);
    assert_eq!(none.status.code(), Some(2));
    assert!(text(&none.stderr).contains("did you mean `tm_crc16`?"), "{}", text(&none.stderr));
    let missing = generate(&["--lang", "c"], Path::new("no-such.toml"), &out);
    assert_eq!(missing.status.code(), Some(2));
    let refused = std::env::temp_dir().join(format!("refused-{}.toml", std::process::id()));
    let routine = "[routine.run]\nsymbol = \"run.5\"\neffects = \"none\"\n";
    std::fs::write(&refused, format!("contract = 1\n[component]\nname = \"x\"\nlanguage = \"c\"\n{routine}"))
        .unwrap();
    let unsupported = generate(&["--lang", "c"], &refused, &out);
    std::fs::remove_file(refused).unwrap();
    assert_eq!(unsupported.status.code(), Some(2));
    let said = text(&unsupported.stderr);
    assert!(said.contains("routine `run`, its symbol") && said.contains("nothing was written"), "{said}");
    assert!(!out.exists(), "nothing is written where anything is refused");
}

#[test]
fn the_help_has_examples_and_languages() {
    let help = Command::new(env!("CARGO_BIN_EXE_cmp-bridge")).args(["generate", "--help"]).output().unwrap();
    let help = text(&help.stdout);
    for word in ["Examples:", "--check", "Exit status:", "cpp: a C++"] {
        assert!(help.contains(word), "{word}\n{help}");
    }
}

#[test]
fn what_a_language_cannot_say_is_left_out_and_named() {
    let out = folder("left-out");
    let telemetry = contract("telemetry.toml");
    let strict = generate(&["--lang", "c89"], &telemetry, &out);
    assert_eq!(strict.status.code(), Some(2));
    assert!(text(&strict.stderr).contains("--skip-unsupported"), "{}", text(&strict.stderr));
    assert!(!out.exists(), "nothing is written");
    let some = generate(&["--lang", "c89", "--skip-unsupported", "--json"], &telemetry, &out);
    assert_eq!(some.status.code(), Some(0), "{}", text(&some.stderr));
    assert!(text(&some.stderr).contains("left out: routine `tm_decommuter`, "), "{}", text(&some.stderr));
    let elsewhere = text(&some.stderr);
    let elsewhere = elsewhere.lines().find(|line| line.starts_with("not compiled on every machine")).unwrap();
    assert!(elsewhere.contains("tm_crc16") && !elsewhere.contains("tm_rouler"), "{elsewhere}");
    let json: serde_json::Value = serde_json::from_slice(&some.stdout).unwrap();
    let left_out = json["left-out"].as_array().unwrap();
    assert!(left_out.iter().any(|fault| fault["routine"] == "tm_decommuter"), "{json}");
    let stub = std::fs::read_to_string(out.join("telemetry_stub.c")).unwrap();
    assert!(stub.contains("tm_crc16_suite(") && !stub.contains("tm_decommuter"), "{stub}");
    for file in ["telemetry_stub.h", "telemetry_serve.c", "cmpb_runtime.c", "cmpb_runtime.h", "Makefile"] {
        assert!(out.join(file).exists(), "{file}");
    }
}
