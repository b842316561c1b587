//! Libraries from Debian's source packages and their own test programs, as `scripts/real.sh` built them: zlib (C), MINPACK
//! (Fortran) and Ahven (Ada). What a scan describes of them is compared with a golden summary; and with every routine
//! recorded that can be, the programs print what they print without us.

mod old_machine;

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// A program, what it reads on standard input, and the language and least percentage of its library.
struct Real {
    program: &'static str,
    /// Another program of the folder is its input.
    input: Option<&'static str>,
    /// Language, and percent of its functions that must be described.
    covered: (&'static str, f64),
}

const fn real(program: &'static str, language: &'static str, least: f64) -> Real {
    Real { program, input: None, covered: (language, least) }
}

const REAL: [Real; 14] = [
    real("zlib-example", "C", 98.0),
    Real { input: Some("zlib-example"), ..real("zlib-minigzip", "C", 98.0) },
    real("minpack-tchkder", "Fortran", 95.0),
    real("minpack-thybrd", "Fortran", 95.0),
    real("minpack-thybrd1", "Fortran", 95.0),
    real("minpack-thybrj", "Fortran", 95.0),
    real("minpack-thybrj1", "Fortran", 95.0),
    real("minpack-tlmder", "Fortran", 95.0),
    real("minpack-tlmder1", "Fortran", 95.0),
    real("minpack-tlmdif", "Fortran", 95.0),
    real("minpack-tlmdif1", "Fortran", 95.0),
    real("minpack-tlmstr", "Fortran", 95.0),
    real("minpack-tlmstr1", "Fortran", 95.0),
    real("ahven-tap-tester", "Ada", 90.0),
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the repository")
}

fn programs() -> PathBuf {
    let folder = root().join("target/real/bin");
    assert!(folder.is_dir(), "{} is not there: run `make test-real`", folder.display());
    folder
}

/// Runs a command with a file as its input.
fn run(command: &mut Command, input: Option<&str>) -> Output {
    match input {
        Some(file) => command.stdin(std::fs::File::open(programs().join(file)).expect(file)),
        None => command.stdin(Stdio::null()),
    };
    command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

fn bridge() -> Command {
    let mut command = Command::new("timeout");
    command.args(["300", env!("CARGO_BIN_EXE_cmp-bridge")]);
    command
}

#[test]
fn coverage_is_what_it_was() {
    let golden = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/real-summary.txt");
    let mut found = String::new();
    for Real { program, covered, .. } in &REAL {
        let exe = programs().join(program);
        let summary = run(bridge().arg("scan").arg(&exe).arg("--summary"), None);
        let text = String::from_utf8_lossy(&summary.stdout).into_owned();
        // Notes name places of the source, which change with the compiler.
        let lines = text.lines().filter(|line| !line.starts_with("note:"));
        found += &format!("== {program}\n{}\n", lines.collect::<Vec<_>>().join("\n"));
        let json = run(bridge().arg("scan").arg(&exe).args(["--summary", "--json"]), None);
        let json: serde_json::Value = serde_json::from_slice(&json.stdout).expect("JSON");
        let languages = json["languages"].as_array().expect("languages");
        let of = languages.iter().find(|of| of["language"] == covered.0).expect("the language");
        // The test program's `main` is no function of the library.
        let entry = of["refused"]["program-entry"].as_f64().unwrap_or(0.0);
        let functions = of["functions"].as_f64().unwrap_or(f64::INFINITY) - entry;
        let percent = 100.0 * of["described"].as_f64().unwrap_or(0.0) / functions;
        assert!(
            percent >= covered.1,
            "{program}: {percent:.1} % of its {} functions are described",
            covered.0
        );
    }
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&golden, &found).expect("the golden summary");
    }
    let expected = std::fs::read_to_string(&golden).expect("the golden summary");
    assert!(
        found == expected,
        "differs from {}; after review, UPDATE_EXPECT=1. Found:\n{found}",
        golden.display()
    );
}

#[test]
fn recorded_programs_print_what_they_print_without_us() {
    let scratch = Path::new(env!("CARGO_TARGET_TMPDIR")).join("real");
    let _ = std::fs::remove_dir_all(&scratch);
    std::fs::create_dir_all(&scratch).expect("a scratch folder");
    for Real { program, input, .. } in &REAL {
        let exe = programs().join(program);
        let plain = || run(Command::new("timeout").arg("300").arg(&exe).current_dir(&scratch), *input);
        let (first, second) = (plain(), plain());
        assert!(first.status.success(), "{program} fails without us: {:?}", first.status);
        assert_eq!(first.stdout, second.stdout, "{program} does not print the same twice");
        let journal = scratch.join(format!("{program}.journal"));
        let mut command = bridge();
        command.args(["run", "--record", "*", "--journal"]).arg(&journal).arg("--").arg(&exe);
        let recorded = run(command.current_dir(&scratch), *input);
        let said = String::from_utf8_lossy(&recorded.stderr);
        assert!(recorded.status.success(), "{program}: {:?}\n{said}", recorded.status);
        assert!(recorded.stdout == first.stdout, "{program} prints something else\n{said}");
        let calls = said.split(" calls recorded").next().and_then(|text| text.rsplit(' ').next());
        let calls: u64 = calls.and_then(|number| number.replace(',', "").parse().ok()).unwrap_or(0);
        assert!(calls > 0, "{program}: no call was recorded\n{said}");
    }
}
