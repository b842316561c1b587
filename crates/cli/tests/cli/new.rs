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
    check.args(["check", "small.toml", "--module"]).arg(&library).current_dir(bench.path(""));
    Did::of(check.output().expect("cmp-bridge")).ended(0);
    revisions(&bench, &library.display().to_string());
}

/// Puts the crate under version control, and reads in the module what it was built from.
fn revisions(bench: &Bench, library: &str) {
    let svn = |words: &[&str]| {
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(bench.path("scaler")).env("HOME", bench.path(""));
        Did::of(command.output().expect("svn")).ended(0)
    };
    let built = || {
        Did::of(cargo(bench, &["build", "--quiet"]).output().expect("cargo")).ended(0);
        let what = bench.bridge(&["what", library]).ended(0).out;
        what.split_whitespace().skip_while(|word| *word != "svn").nth(1).map(str::to_owned)
    };
    let url = format!("file://{}", bench.path("store").display());
    svn(&["svnadmin", "create", &bench.path("store").display().to_string()]);
    svn(&["svn", "checkout", "-q", &url, "."]);
    let lib = bench.path("scaler/src/lib.rs");
    let text = std::fs::read_to_string(&lib).expect("the crate's root");
    std::fs::write(&lib, format!("{text}\nmod extra;\n")).expect("the crate's root");
    svn(&["svn", "add", "-q", "Cargo.toml", "build.rs", "src", "tests"]);
    svn(&["svn", "commit", "-q", "-m", "one"]);
    svn(&["svn", "update", "-q"]);
    // The file is compiled in, and in no revision.
    std::fs::write(bench.path("scaler/src/extra.rs"), "//! More.\n").expect("a source");
    assert_eq!(built().as_deref(), Some("r1M"));
    svn(&["svn", "add", "-q", "src/extra.rs"]);
    svn(&["svn", "commit", "-q", "-m", "two"]);
    svn(&["svn", "update", "-q"]);
    assert_eq!(built().as_deref(), Some("r2"), "target and Cargo.lock are no sources");
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
