//! Small results that GNAT returns in memory all the same: where each comes is asked of the running code.

use std::path::Path;

use cmp_bridge_contract::abi::{Role, lower};
use cmp_bridge_contract::model::Contract;
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::scan::{ScanOptions, scan};

use crate::support::{fresh, run};

/// Compiles the case with these flags; returns its folder.
fn build(name: &str, flags: &[&str]) -> std::path::PathBuf {
    let folder = fresh(name);
    let here = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases-ada/memory");
    for file in ["memory.ads", "memory.adb", "driver.c"] {
        std::fs::copy(here.join(file), folder.join(file)).expect("a file of the case");
    }
    let mut arguments = vec!["-q", "-c", "-g", "-fPIC", "-gnat2012", "-gnatws", "-fno-ipa-icf"];
    arguments.extend(flags);
    arguments.push("memory.adb");
    run("gnatmake", &arguments, &folder);
    run("gcc", &["-shared", "memory.o", "-lgnat", "-o", "libmemory.so"], &folder);
    run("gcc", &["driver.c", "-ldl", "-o", "driver"], &folder);
    folder
}

/// Whether the contract has the result of a routine in memory.
fn in_memory(contract: &Contract, name: &str) -> bool {
    let routine = contract.routines.iter().find(|r| r.symbol == name);
    let routine = routine.unwrap_or_else(|| panic!("{name} is missing"));
    let lowered = lower(contract, routine).unwrap_or_else(|e| panic!("{name}: {e}"));
    lowered.arguments.iter().any(|a| a.role == Role::ReturnAddress)
}

#[test]
fn small_results_come_where_the_contract_says() {
    let sets: [&[&str]; 6] =
        [&["-O0"], &["-O1"], &["-O2"], &["-O3"], &["-O2", "-gdwarf-4"], &["-O0", "-fgnat-encodings=all"]];
    for flags in sets {
        let folder = build(&format!("memory{}", flags.concat()), flags);
        let binary = Binary::open(folder.join("libmemory.so")).expect("a library");
        let report = scan(&binary, &ScanOptions::default()).expect("debug information");
        let contract = &report.contracts[0];
        let tested =
            |n: &&str| n.starts_with("memory__") && !n.starts_with("memory__p_") || n.starts_with("m_");
        let mine =
            |n: &&str| n.contains("__m_") || n.contains("__r_") || n.contains("__f_") || n.starts_with("m_");
        let symbols = binary.symbols().iter().map(|s| s.name.as_str());
        let mut names: Vec<&str> = symbols.filter(|n| tested(n) && mine(n)).collect();
        names.sort_unstable();
        names.dedup();
        assert!(names.len() >= 28, "{names:?}");
        let refused: Vec<&str> = report.refused.iter().filter_map(|r| r.symbol.as_deref()).collect();
        let answers = run("./driver", &names, &folder);
        for (name, answer) in names.iter().zip(answers.lines()) {
            // What these encodings hide is not described at all.
            if flags.contains(&"-fgnat-encodings=all") && refused.contains(name) {
                continue;
            }
            let said = if in_memory(contract, name) { "memory" } else { "registers" };
            assert_eq!(*answer, format!("{name} {said}"), "{flags:?}");
        }
        assert!(
            names.iter().filter(|n| answers.contains(&format!("{n} registers\n"))).count() >= 8,
            "{answers}"
        );
        let copies = contract.routines.iter().find(|r| r.symbol == "memory__p_vol").expect("p_vol");
        let copies = lower(contract, copies).expect("a place");
        assert!(!copies.returns.is_empty(), "{flags:?}: copies of volatile scalars come in registers");
    }
}
