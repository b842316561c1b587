//! Contracts scanned from Ada sources, compared with the expectation beside them.

use std::path::Path;

use cmp_bridge_contract::model::{Contract, Routine};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::scan::{ScanOptions, ScanReport, scan};

use crate::support::{expect, fresh, run};

/// Builds the program `main.adb` of a case and scans it.
fn scan_case(test: &str, case: &str, flags: &[&str]) -> ScanReport {
    let folder = fresh(&format!("ada-{test}-{case}{}", flags.concat()));
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases-ada").join(case);
    for file in std::fs::read_dir(&sources).expect("a case") {
        let file = file.expect("a file").path();
        if file.extension().is_some_and(|e| e == "ads" || e == "adb") {
            std::fs::copy(&file, folder.join(file.file_name().expect("a name"))).expect("a copy");
        }
    }
    let mut arguments = vec!["-q", "-g", "-gnatws"];
    arguments.extend(if flags.is_empty() { &["-O2"] } else { flags });
    arguments.extend(["main.adb", "-largs", "-Wl,--build-id=0xc0ffee"]);
    run("gnatmake", &arguments, &folder);
    let binary = Binary::open(folder.join("main")).expect("an ELF file");
    let report = scan(&binary, &ScanOptions::default()).expect("debug information");
    for contract in &report.contracts {
        assert_eq!(Contract::from_toml(&contract.to_toml(), case).as_ref(), Ok(contract), "read back");
    }
    report
}

#[test]
fn shapes() {
    let report = scan_case("golden", "shapes", &[]);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases-ada/shapes");
    let [contract] = report.contracts.as_slice() else { panic!("{} contracts", report.contracts.len()) };
    expect(&folder.join("expected.toml"), &contract.to_toml());
    let mut text = String::new();
    for refusal in &report.refused {
        text.push_str(&format!("refused [{}]: {refusal}\n", refusal.reason.name()));
    }
    for note in &report.notes {
        text.push_str(&format!("note: {note}\n"));
    }
    expect(&folder.join("expected.txt"), &text);
}

/// What a routine is does not depend on how it was compiled, or how that was written down.
#[test]
fn every_level_and_form_says_the_same() {
    let expected = scan_case("levels", "shapes", &[]);
    let expected = &expected.contracts[0];
    for flags in [&["-O0"][..], &["-O1"], &["-Os"], &["-O2", "-gdwarf-4"], &["-O2", "-fgnat-encodings=gdb"]] {
        let found = scan_case("levels", "shapes", flags);
        let found = &found.contracts[0];
        let signature = |r: &Routine| (r.source.clone(), r.params.clone(), r.returns.clone());
        let mut compared = 0;
        for routine in &expected.routines {
            // Some are inlined away, or folded, at one level and not at another.
            if let Some(other) = found.routine(&routine.name) {
                assert_eq!(signature(other), signature(routine), "{flags:?}");
                compared += 1;
            }
        }
        assert!(compared > 55, "{flags:?}: {compared} routines");
    }
}
