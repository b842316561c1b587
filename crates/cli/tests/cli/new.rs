//! `cmp-bridge new`: the crate it writes builds, declines to lie, and is what a person completes.

use crate::support::{Bench, Did, agent, cmp_bridge};
use cmp_bridge_codegen::Module;
use std::path::{Path, PathBuf};
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

/// Compiles a crate that was written, in a target folder that several share.
fn compiles(bench: &Bench, name: &str) {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = bench.path(name);
    let _ = std::fs::copy(root.join("Cargo.lock"), folder.join("Cargo.lock"));
    let mut check = Command::new(env!("CARGO"));
    check.args(["check", "--quiet", "--offline"]).current_dir(&folder).env("RUSTFLAGS", "-Dwarnings");
    check.env("CARGO_TARGET_DIR", bench.path("shared"));
    Did::of(check.output().expect("cargo")).ended(0);
}

/// The crate of all that can be rewritten of a component compiles, whatever the names.
fn whole_component(bench: &Bench, component: &str) -> usize {
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("../../contracts/{component}.toml"));
    let module = Module::new(&contract);
    let refused = module.unsupported(false).expect("a contract");
    let mut words: Vec<String> = ["new", &format!("all-{component}"), "--contract"].map(String::from).into();
    words.push(contract.to_string_lossy().into_owned());
    let names = module.names().expect("a contract");
    let wanted = names.iter().filter(|(name, _)| refused.iter().all(|refused| refused.routine != *name));
    words.extend(wanted.flat_map(|(name, _)| ["--routine".to_owned(), name.clone()]));
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    bench.bridge(&words).ended(0);
    compiles(bench, &format!("all-{component}"));
    names.len()
}

#[test]
fn a_new_crate_compiles_whatever_the_names_in_the_contract() {
    let bench = Bench::new("new-names");
    whole_component(&bench, "ccs");
    // Names that Rust writes in another way, or has already.
    for (component, routine) in [("type", "Move"), ("Flight", "Yield"), ("rewrite", "jjCal__2")] {
        let contract = format!(
            "contract = 1\n[component]\nname = \"{component}\"\nlanguage = \"c\"\n[routine.{routine}]\n\
             symbol = \"r\"\nparams = [{{ name = \"buf\", type = \"[u8; buf_length]\", use = \"in\", nullable = true }},\n\
             {{ name = \"buf_length\", type = \"i32\", use = \"in\" }}]\neffects = \"none\"\nthreads = \"free\"\n"
        );
        bench.write("odd.toml", &contract);
        let name = format!("odd-{}", component.to_lowercase());
        bench.bridge(&["new", &name, "--contract", "odd.toml", "--routine", routine]).ended(0);
        compiles(&bench, &name);
    }
}

#[test]
fn the_new_crates_of_all_reference_components_compile() {
    if std::env::var_os("CMP_BRIDGE_LONG").is_none() {
        return;
    }
    let bench = Bench::new("new-all");
    let components = ["flight_dynamics", "telemetry", "ccs", "planning"];
    assert!(components.iter().map(|component| whole_component(&bench, component)).sum::<usize>() >= 251);
}

#[test]
fn a_crate_is_written_whole_or_not_at_all() {
    let bench = Bench::new("new-whole");
    let new = |name: &str, more: &[&str]| {
        let words = ["new", name, "--contract", "small.toml", "--routine", "norm2"];
        bench.bridge(&[&words, more].concat())
    };
    for name in ["fn", "std", "test", "cmp-bridge", "cmp_bridge"] {
        new(name, &[]).ended(2).says(&["cannot be the name of a crate", "choose another"]);
    }
    new("a", &["--journal", "."]).ended(2).says(&["a folder, not a file"]);
    new("a", &["--journal", "small.toml"]).ended(2).says(&["small.toml", "journal"]);
    new("a", &["--header", "/bin/ls"]).ended(2).says(&["/bin/ls is no C header"]);
    new("a", &["--header", "."]).ended(2).says(&["a folder, not a file"]);
    // A detour through a folder that is not there.
    new("a", &["--out", "here/../there"]).ended(0);
    let manifest = std::fs::read_to_string(bench.path("there/a/Cargo.toml")).expect("a manifest");
    assert!(!bench.path("here").exists());
    let source =
        manifest.lines().find_map(|line| line.strip_prefix("cmp-bridge = { path = \"")).expect("a path");
    let source = PathBuf::from(source.trim_end_matches("\" }"));
    assert!(bench.path("there/a").join(source).join("crates/codegen/Cargo.toml").is_file(), "{manifest}");

    // No room: a file may have 400 bytes.
    let command = env!("CARGO_BIN_EXE_cmp-bridge");
    let script = format!(
        "ulimit -f 1; trap '' XFSZ; exec {command} new b --contract small.toml --routine norm2 --out full/deep"
    );
    let contract = std::fs::read_to_string(bench.path("small.toml")).expect("the contract");
    let many: String = (0..40)
        .map(|i| {
            let routine = contract.split_once("[routine.norm2]").expect("the routine").1;
            let end = routine.find("\n[").unwrap_or(routine.len());
            format!(
                "\n[routine.norm2_{i}]{}",
                routine[..end].replacen("\"norm2\"", &format!("\"norm2_{i}\""), 1)
            )
        })
        .collect();
    bench.write("small.toml", &(contract + &many));
    let script = script.replace("--routine norm2", "--routine 'norm2*'");
    let mut shell = Command::new("bash");
    shell.args(["-c", &script]).current_dir(bench.path(""));
    Did::of(shell.output().expect("bash")).ended(2).says(&["cannot be written"]);
    assert!(!bench.path("full").exists());
}
