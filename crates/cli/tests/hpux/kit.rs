//! The acceptance kit: on three machines here, as on site, and with a runtime that is wrong on purpose.

use crate::legacy;
use crate::machine::{HERE, HPPA, I386, Machine, good, long, run};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Makes the kit and unpacks it, as its README says.
fn unpacked(name: &str, contracts: &[&str]) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("kit-{name}"));
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder");
    let contracts = contracts.iter().map(|name| legacy::root().join("contracts").join(name));
    let mut bridge = Command::new(env!("CARGO_BIN_EXE_cmp-bridge"));
    good(bridge.current_dir(&folder).arg("kit").args(contracts).args(["--out", "kit.tar"]));
    good(Command::new("tar").current_dir(&folder).args(["xf", "kit.tar"]));
    folder.join("cmp-bridge-kit")
}

/// What run.sh is told on a machine. Strict, so that what is compiled there is C89 and no more.
fn words(machine: &Machine) -> Vec<String> {
    let compiler = machine.tool("gcc").get_program().to_string_lossy().into_owned();
    let fortran = machine.tool("gfortran").get_program().to_string_lossy().into_owned();
    let mut words = vec![
        format!("CC={compiler}"),
        format!("FC={fortran}"),
        "CFLAGS=-std=c89 -pedantic -Wall -Wextra -Werror -Wno-unused-function -O2".to_owned(),
    ];
    if let Some(runner) = machine.runner() {
        words.push(format!("RUN={runner}"));
    }
    words
}

/// Runs the kit: its exit status and its report.
fn reported(machine: &Machine, kit: &Path) -> (Option<i32>, String) {
    let output = run(Command::new("/bin/sh").arg("run.sh").args(words(machine)).current_dir(kit));
    let report = std::fs::read_to_string(kit.join("report.txt")).unwrap_or_else(|error| {
        panic!("{error}\n{}", String::from_utf8_lossy(&output.stderr));
    });
    (output.status.code(), report)
}

fn passes(machine: &Machine, contracts: &[&str]) -> String {
    let (status, report) = reported(machine, &unpacked(machine.name, contracts));
    assert!(status == Some(0) && report.ends_with("== verdict: passed\n"), "{}\n{report}", machine.name);
    for program in ["facts", "codec", "sockets", "routines", "loading", "fortran"] {
        assert!(report.contains(&format!("done   {program}: ")), "no {program} in\n{report}");
    }
    report
}

#[test]
fn the_kit_passes_on_pa_risc() {
    let report = passes(&HPPA, &["flight_dynamics.toml"]);
    for fact in [
        "byte order: most significant first",
        "0/0 in memory: 7ff4000000000000",
        "size of long: 4",
        "bit fields begin at: the most significant bit",
        "of them moved: 0",
    ] {
        assert!(report.contains(&format!("fact   {fact}\n")), "no `{fact}` in\n{report}");
    }
}

#[test]
fn the_kit_passes_on_i386_and_here() {
    if long() {
        let report = passes(&I386, &["telemetry.toml"]);
        let moved = "fact   offsetof(tm_date, sec): 4 here, 8 in the contract (its values travel by name)\n";
        assert!(report.contains(moved), "{report}");
        passes(&HERE, &["flight_dynamics.toml", "telemetry.toml"]);
    }
}

/// A recording that was brought back is read here.
#[test]
fn what_the_kit_recorded_is_brought_back() {
    let kit = unpacked("recorded", &[]);
    let (status, report) = reported(&HPPA, &kit);
    assert_eq!(status, Some(0), "{report}");
    let mut import = Command::new(env!("CARGO_BIN_EXE_cmp-bridge"));
    import.args(["journal", "import", "kit.record", "--contract", "kit.toml", "-o", "kit.journal"]);
    let said = good(import.current_dir(&kit));
    assert!(said.contains("100 calls imported, 0 lost while recording"), "{said}");
}

/// The octets of a word the wrong way round, in the runtime's encoder: the report says so, and with which values.
#[test]
fn a_runtime_with_a_byte_order_error_is_reported() {
    let kit = unpacked("wrong", &[]);
    let runtime = kit.join("cmpb_runtime.c");
    let text = std::fs::read_to_string(&runtime).expect("the runtime");
    let right = "    to[0] = (unsigned char)(word >> 24);\n";
    assert!(text.contains(right), "the line that is made wrong");
    std::fs::write(&runtime, text.replace(right, "    to[0] = (unsigned char)(word >> 16);\n"))
        .expect("a file");
    let (status, report) = reported(&HERE, &kit);
    assert_eq!(status, Some(1), "{report}");
    let line = "FAILED unsigned int 0x81020304: expected 81020304, found 02020304\n";
    assert!(report.contains(line) && report.contains("== verdict: FAILED ("), "{report}");
}

#[test]
fn two_contracts_of_one_component_are_refused() {
    let contract = legacy::root().join("contracts/telemetry.toml");
    let output = run(Command::new(env!("CARGO_BIN_EXE_cmp-bridge"))
        .arg("kit")
        .args([&contract, &contract])
        .arg("--out")
        .arg("/dev/null"));
    assert_eq!(output.status.code(), Some(2));
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.contains("there is another component `telemetry` in the kit"), "{said}");
}
