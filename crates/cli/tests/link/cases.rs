//! Each folder of `cases/` is a program of real source, and `case.txt` what is expected of its plan.

use crate::support::{Scratch, text};
use std::path::{Path, PathBuf};

/// What `case.txt` says.
#[derive(Default)]
struct Case {
    name: String,
    make: Vec<String>,
    line: String,
    /// Symbol, and the way or the code of a refusal.
    routines: Vec<(String, String)>,
    keep: bool,
    /// The library is what rustc made, and no umbrella.
    open: bool,
    /// The language of the main program.
    main: Option<String>,
    /// The plan as a whole is refused for this.
    refused: Option<String>,
    notes: Vec<String>,
    legacy: String,
    rust: String,
    /// The commands that follow a refused plan all the same.
    force: Vec<String>,
    forced: Option<String>,
    forced_error: Option<String>,
    /// Who answers, by the check, in what was forced.
    check_forced: Option<String>,
    /// Objects without debug information that the plan names.
    unseen: Vec<String>,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/link/cases")
}

fn read(name: &str) -> Case {
    let file = folder().join(name).join("case.txt");
    let text = std::fs::read_to_string(&file).unwrap_or_else(|e| panic!("{}: {e}", file.display()));
    let mut case = Case { name: name.to_string(), ..Case::default() };
    for line in text.lines().filter(|l| !l.is_empty() && !l.starts_with('#')) {
        let (key, value) = line.split_once(": ").unwrap_or_else(|| panic!("{}: {line}", file.display()));
        let value = value.to_string();
        let lines = || value.replace("\\n", "\n");
        match key {
            "make" => case.make.push(value),
            "line" => case.line = value,
            "routine" => {
                let (symbol, verdict) = value.split_once(' ').expect("a symbol and a verdict");
                case.routines.push((symbol.to_string(), verdict.to_string()));
            }
            "keep" => case.keep = value == "yes",
            "umbrella" => case.open = value == "no",
            "main" => case.main = Some(value),
            "refused" => case.refused = Some(value),
            "note" => case.notes.push(value),
            "legacy" => case.legacy = lines(),
            "rust" => case.rust = lines(),
            "force" => case.force.push(value),
            "forced" => case.forced = Some(lines()),
            "check-forced" => case.check_forced = Some(value),
            "unseen" => case.unseen.push(value),
            "forced-error" => case.forced_error = Some(value),
            _ => panic!("{}: unknown key {key}", file.display()),
        }
    }
    case
}

/// Builds the program and the Rust library in a scratch folder.
fn build(case: &Case) -> Scratch {
    let scratch = Scratch::new(&case.name);
    for entry in std::fs::read_dir(folder().join(&case.name)).expect("a case") {
        let entry = entry.expect("a file");
        std::fs::copy(entry.path(), scratch.path(&entry.file_name().to_string_lossy())).expect("a copy");
    }
    case.make.iter().for_each(|line| drop(scratch.sh(line)));
    scratch.sh(&case.line);
    scratch.sh("rustc --edition 2024 -O -C panic=abort --crate-type staticlib -o librust.a rust.rs");
    let mut arguments =
        vec!["--umbrella", "librelink.a", "--library", "librust.a", "--script", "umbrella.sh"];
    case.routines.iter().for_each(|(symbol, _)| arguments.extend(["--symbol", symbol]));
    match case.open {
        true => drop(scratch.sh("mv librust.a librelink.a")),
        false => {
            scratch.plan(&arguments).ended(0);
            // What rustc made is large, and there are many cases.
            scratch.sh("sh umbrella.sh && rm librust.a");
        }
    }
    scratch
}

fn arguments(case: &Case) -> Vec<String> {
    let mut arguments: Vec<String> = vec!["--rust".into(), "librelink.a".into()];
    for (symbol, _) in &case.routines {
        arguments.extend(["--symbol".to_string(), symbol.clone()]);
    }
    arguments.extend(case.keep.then(|| "--keep-legacy".to_string()));
    arguments
}

/// The plan of a case with more arguments.
fn plan(case: &Case, scratch: &Scratch, more: &[&str]) -> crate::support::Did {
    let own = arguments(case);
    let mut all: Vec<&str> = own.iter().map(String::as_str).collect();
    all.extend(more);
    all.push("--");
    all.extend(case.line.split_whitespace());
    scratch.plan(&all)
}

fn run(name: &str) {
    let case = read(name);
    let scratch = build(&case);
    assert_eq!(scratch.sh("./prog"), case.legacy, "{name}: the legacy program");
    let refused = case.refused.is_some() || case.routines.iter().any(|(_, verdict)| verdict.starts_with('L'));
    let did = plan(&case, &scratch, &["--json", "--script", "relink.sh"]).ended(i32::from(refused));
    let json = did.json();
    verdicts(&case, &json);
    match refused {
        true => {
            assert!(!scratch.path("relink.sh").exists(), "{name}: a refused plan was written");
            by_force(&case, &scratch);
        }
        false => {
            followed(&case, &scratch);
            if !case.force.is_empty() {
                by_force(&case, &scratch);
            }
        }
    }
}

/// Holds the verdicts against what the case expects.
fn verdicts(case: &Case, json: &serde_json::Value) {
    let codes = |value: &serde_json::Value| -> Vec<String> {
        let list = value["findings"].as_array().expect("findings");
        list.iter().filter_map(|f| f["code"].as_str().map(str::to_string)).collect()
    };
    let mut all = codes(json);
    for (routine, (symbol, verdict)) in
        json["routines"].as_array().expect("routines").iter().zip(&case.routines)
    {
        let found = codes(routine);
        let means = routine["means"].as_str().unwrap_or("none");
        let fits = means == verdict || means == "none" && found.contains(verdict);
        assert!(fits, "{}: {symbol}: {verdict} was expected, not {means} {found:?}\n{json:#}", case.name);
        all.extend(found);
    }
    if let Some(main) = &case.main {
        assert_eq!(json["main"]["language"], main.as_str(), "{}", case.name);
    }
    for unit in &case.unseen {
        let text = json.to_string();
        let named =
            text.contains(&format!("{unit} has none")) || text.contains(&format!("that of {unit} cannot"));
        assert!(named, "{}: {unit} is not named\n{json:#}", case.name);
    }
    for note in case.notes.iter().chain(&case.refused) {
        assert!(all.contains(note), "{}: {note} is not among {all:?}\n{json:#}", case.name);
    }
}

/// Follows a plan: script twice, Makefile, and the look at the result.
fn followed(case: &Case, scratch: &Scratch) {
    let name = &case.name;
    let legacy = "sha256sum *.o *.a prog 2>/dev/null";
    let before = scratch.sh(legacy);
    scratch.sh("sh relink.sh");
    let first = scratch.sh("find relink -type f | sort | xargs sha256sum");
    scratch.sh("sh relink.sh");
    assert_eq!(
        scratch.sh("find relink -type f | sort | xargs sha256sum"),
        first,
        "{name}: not the same again"
    );
    assert_eq!(scratch.sh(legacy), before, "{name}: a legacy file was changed");
    assert_eq!(scratch.sh("relink/prog"), case.rust, "{name}: the relinked program");
    let did = plan(case, scratch, &["--json", "--check", "relink/prog", "--before", "prog"]);
    let did = did.ended(0);
    let answers = did.json();
    for routine in answers["routines"].as_array().expect("routines") {
        assert_eq!(routine["answers"], "rust", "{name}: {answers:#}");
    }
    // The twin: the program as it was.
    let did = plan(case, scratch, &["--json", "--check", "prog"]).ended(1).json();
    for routine in did["routines"].as_array().expect("routines") {
        assert_eq!(routine["answers"], "legacy", "{name}: {did:#}");
    }
    plan(case, scratch, &["--make", "relink.mk", "--work", "again"]).ended(0);
    scratch.sh("make -s -f relink.mk && cmp again/prog relink/prog && test -z \"$(make -f relink.mk | grep -v Nothing)\"");
}

/// Follows a refused plan, or a simpler one than was made.
fn by_force(case: &Case, scratch: &Scratch) {
    let Some((last, first)) = case.force.split_last() else {
        panic!("{}: a refusal needs its twin: what comes of following it by force", case.name);
    };
    first.iter().for_each(|line| drop(scratch.sh(line)));
    let did = scratch.try_sh(last);
    let (out, err) = (text(&did.stdout), text(&did.stderr));
    if let Some(error) = &case.forced_error {
        assert!(!did.status.success(), "{}: `{last}` did not fail", case.name);
        assert!(err.contains(error), "{}: `{last}`: no `{error}` in\n{err}", case.name);
        return;
    }
    assert!(did.status.success(), "{}: `{last}`: {err}", case.name);
    assert_eq!(Some(&out), case.forced.as_ref(), "{}: what comes of force", case.name);
    assert_ne!(out, case.rust, "{}: force did what the plan refuses", case.name);
    if let Some(answers) = &case.check_forced {
        let checked = plan(case, scratch, &["--json", "--check", "forced"]).ended(1).json();
        assert_eq!(checked["routines"][0]["answers"], answers.as_str(), "{}: {checked:#}", case.name);
    }
}

macro_rules! cases {
    ($($name:ident)+) => {
        $(#[test]
        fn $name() {
            run(&stringify!($name).replace('_', "-"));
        })+

        /// Every folder is a test.
        #[test]
        fn every_case_is_run() {
            let mut known: Vec<String> = [$(stringify!($name).replace('_', "-")),+].to_vec();
            let mut there: Vec<String> = std::fs::read_dir(folder()).expect("the cases")
                .map(|e| e.expect("a folder").file_name().to_string_lossy().into_owned()).collect();
            known.sort();
            there.sort();
            assert_eq!(known, there);
        }
    };
}

cases! {
    ada_behind ada_called ada_too_early ada_too_early_settled ada_unelaborated archive_again archive_member archive_order
    block_data callers_named clash copy cpp_inline data duplicate_member exported holders_named inlined inlined_folded
    keep_copy keep_wrap large_model left_out library_behind library_defines library_missing link_time local main_ada main_c
    main_cpp main_fortran member_initialises member_stronger merged_object names_named no_rust nowhere other_name recursive
    relied settled shared_library specialised thin_archive twice unoptimised unseen unseen_copies weak weak_default wrap
}

/// Every code is shown by a case.
#[test]
fn every_code_has_a_case() {
    let mut shown = Vec::new();
    for entry in std::fs::read_dir(folder()).expect("the cases") {
        let case = read(&entry.expect("a folder").file_name().to_string_lossy());
        shown.extend(case.routines.into_iter().map(|(_, verdict)| verdict));
        shown.extend(case.notes.into_iter().chain(case.refused));
    }
    for code in cmp_bridge_inspect::link::LinkCode::ALL {
        assert!(shown.iter().any(|s| s == code.text()), "no case shows {}", code.text());
    }
}
