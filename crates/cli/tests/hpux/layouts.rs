//! The records of the reference CMP on two machines, out of the debug information of both builds.

use crate::legacy;
use crate::machine::{HERE, HPPA, I386, Machine, run};
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

/// What `check --layout` finds, as `severity code place`.
fn found(subject: &Path, machine: &Machine, program: &str) -> BTreeSet<String> {
    let mut bridge = Command::new(env!("CARGO_BIN_EXE_cmp-bridge"));
    bridge.arg("check").arg(subject).arg("--layout").arg(machine.legacy().join(program)).arg("--json");
    let output = run(&mut bridge);
    let json: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let contracts = json["contracts"].as_array().expect("a list").iter();
    let findings = contracts.flat_map(|contract| contract["findings"].as_array().expect("a list"));
    let word = |finding: &Value, key: &str| finding[key].as_str().expect("text").to_owned();
    findings.map(|one| ["severity", "code", "declared"].map(|key| word(one, key)).join(" ")).collect()
}

fn set(list: &[&str]) -> BTreeSet<String> {
    list.iter().map(|one| (*one).to_owned()).collect()
}

/// What differs between the telemetry's records on x86-64 and PA-RISC: byte order and addresses, and nothing else moves.
#[test]
fn the_records_of_c_differ_by_their_addresses_only_on_pa_risc() {
    let expected = set(&[
        "note L101 component",
        "note L102 component",
        "error L108 type.tm_etalonnage_u.points",
        "error L105 type.tm_flux",
        "note L106 type.tm_flux",
        // An unsigned long.
        "error L108 type.tm_flux.jetes",
        "error L107 type.tm_flux.octets",
        "error L108 type.tm_flux.octets",
    ]);
    assert_eq!(found(&HERE.legacy().join("mini_c"), &HPPA, "mini_c"), expected);
}

/// On i386 a double in a record is aligned to 4: dates and all that holds one move.
#[test]
fn records_with_doubles_move_on_i386() {
    let found = found(&HERE.legacy().join("mini_c"), &I386, "mini_c");
    for place in
        ["L105 type.tm_date", "L107 type.tm_date.sec", "L105 type.tm_bilan", "L107 type.tc_poussee.dv"]
    {
        assert!(found.contains(&format!("error {place}")), "no {place} in {found:#?}");
    }
    assert!(!found.contains("note L101 component"), "the byte order is that of x86-64");
}

/// The contract of flight dynamics, which was written for x86-64, holds for the records of the PA-RISC executable.
#[test]
fn the_contract_of_the_propagation_holds_on_pa_risc() {
    let contract = legacy::root().join("contracts/flight_dynamics.toml");
    let wrong = |found: BTreeSet<String>| found.into_iter().filter(|one| one.starts_with("error")).collect();
    let there: Vec<String> = wrong(found(&contract, &HPPA, "cmp_day"));
    assert!(there.is_empty(), "{there:#?}");
    let there: Vec<String> = wrong(found(&contract, &I386, "cmp_day"));
    assert!(there.iter().all(|one| one.contains("type.bulletin")) && there.len() == 4, "{there:#?}");
}

/// COMMON blocks of the two executables: views that both scans describe have the same members in the same places. A scan for
/// layouts alone describes fewer of them, and says which it has not seen.
#[test]
fn common_blocks_have_the_same_members_on_pa_risc() {
    let found = found(&HERE.legacy().join("mini_fortran"), &HPPA, "mini_fortran");
    let errors: Vec<_> = found.iter().filter(|one| one.starts_with("error")).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    for (block, seen) in [("type.ehsec_view", true), ("type.ehser_view", true), ("type.sccsdv_view", false)] {
        let missing = found.contains(&format!("warning L103 {block}"));
        assert_eq!(missing, !seen, "{block} in {found:#?}");
    }
}
