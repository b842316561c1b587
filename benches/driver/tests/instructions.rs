//! `Control` costs what the call written by hand costs, counted in instructions of an optimised program.

use cmp_bridge_bench::instructions::{Count, some};
use std::fs;
use std::path::Path;
use std::process::Command;

#[test]
fn control_takes_the_instructions_of_the_call_by_hand() {
    let target = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().to_path_buf();
    let mut cargo = Command::new(env!("CARGO"));
    cargo
        .args(["build", "--offline", "--quiet", "--release", "-p", "bench-control", "--target-dir"])
        .arg(&target);
    assert!(cargo.status().unwrap().success(), "{cargo:?}");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("instructions");
    fs::create_dir_all(&folder).unwrap();
    fs::copy(target.join("release/bench-control"), folder.join("control-linked")).unwrap();
    let long = std::env::var_os("CMP_BRIDGE_LONG").is_some_and(|value| value == "1");
    let counts = some(&folder, &|kind| long || ["scalar", "chars", "raising"].contains(&kind)).unwrap();
    let table: String = counts.iter().map(|count| count.line() + "\n").collect();
    let missed = counts.iter().filter(|count| !count.kept()).count();
    assert_eq!(missed, 0, "{}\n{table}", Count::heading());
    // The twin: what cxx adds, a call of its own, is seen.
    assert!(
        counts.iter().filter_map(|count| Some(count.cxx? - count.hand)).all(|more| more >= 1.0),
        "{table}"
    );
}
