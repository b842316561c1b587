//! `cmp-bridge new`: the crate it writes builds, declines to lie, and is what a person completes.

use crate::support::{Bench, Did, agent, cmp_bridge};
use std::path::Path;
use std::process::Command;

/// The workspace's lock file: the crate builds from what is there already.
fn cargo(bench: &Bench, words: &[&str]) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = bench.path("scaler");
    let _ = std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"));
    let mut command = Command::new(env!("CARGO"));
    command.args(words).arg("--offline").current_dir(&folder).env_remove("CARGO_TARGET_DIR");
    command.env("CMP_BRIDGE_COMMAND", env!("CARGO_BIN_EXE_cmp-bridge")).env("CMP_BRIDGE_AGENT", agent());
    command
}

#[test]
fn a_new_crate_builds_fails_its_test_and_passes_it_when_it_is_filled() {
    let bench = Bench::new("new");
    bench.record("j");
    bench.write("small.h", "double norm2(const struct vec *v);\n");
    let words = ["new", "scaler", "--contract", "small.toml", "--routine", "norm2", "--journal", "j"];
    bench.bridge(&words).ended(0).prints(&["norm2 to rewrite in src/rewrite.rs", "cargo test"]);
    let before = Did::of(cargo(&bench, &["test", "--quiet"]).output().expect("cargo"));
    let before = before.ended(101);
    assert!(
        before.out.contains("declined") || before.out.contains("panicked"),
        "{}{}",
        before.out,
        before.err
    );

    let rewrite = bench.path("scaler/src/rewrite.rs");
    let text = std::fs::read_to_string(&rewrite).expect("the skeleton");
    assert!(
        text.contains("#![forbid(unsafe_code)]") && text.contains("todo!(\"rewrite `norm2`\")"),
        "{text}"
    );
    let filled = text.replace("todo!(\"rewrite `norm2`\")", "v.x * v.x + v.y * v.y + f64::from(v.n)");
    std::fs::write(&rewrite, filled).expect("the rewrite");
    Did::of(cargo(&bench, &["test", "--quiet"]).output().expect("cargo")).ended(0);
    let library = bench.path("scaler/target/debug/libscaler.so");
    let mut check = cmp_bridge();
    check.args(["check", "small.toml", "--module"]).arg(library).current_dir(bench.path(""));
    Did::of(check.output().expect("cmp-bridge")).ended(0);
}

#[test]
fn nothing_is_overwritten_and_what_is_wrong_is_said() {
    let bench = Bench::new("new-wrong");
    let new = |name: &str, routine: &str| {
        bench.bridge(&["new", name, "--contract", "small.toml", "--routine", routine]).ended(2)
    };
    new("Scaler", "norm2").says(&["`Scaler` cannot be the name of a crate", "lower-case"]);
    new("../away", "norm2").says(&["cannot be the name of a crate"]);
    new("scaler", "norm").says(&["matches `norm`", "norm2"]);
    std::fs::create_dir(bench.path("scaler")).expect("a folder");
    new("scaler", "norm2").says(&["exists already", "nothing is overwritten"]);
    bench
        .bridge(&["new", "other", "--contract", "none.toml", "--routine", "*"])
        .ended(2)
        .says(&["none.toml"]);
    let words = ["new", "other", "--contract", "small.toml", "--routine", "*", "--source", "."];
    bench.bridge(&words).ended(2).says(&["does not hold the sources", "--source DIR"]);
    assert!(!bench.path("other").exists());
}
