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
    for program in ["facts", "codec", "sockets", "wire", "routines", "loading", "fortran"] {
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

/// By the very line that run.sh names as an example. A recording that was brought back is read here.
#[test]
fn what_the_kit_recorded_is_brought_back() {
    let kit = unpacked("recorded", &[]);
    let script = std::fs::read_to_string(kit.join("run.sh")).expect("run.sh");
    let example =
        script.lines().find(|line| line.starts_with("#   sh run.sh CC=hppa") && line.contains("-static"));
    let example = example.expect("an example").trim_start_matches("#   ");
    let output = run(Command::new("/bin/sh").args(["-c", example]).current_dir(&kit));
    let report = std::fs::read_to_string(kit.join("report.txt")).expect("a report");
    assert_eq!(output.status.code(), Some(0), "{report}");
    assert!(report.contains("note   not looked at: a static program loads no library\n"), "{report}");
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

/// A way to be wrong, and the program of the kit that must notice: what stands in the runtime, and what instead.
type Flaw = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

const FLAWS: [Flaw; 9] = [
    ("fragments are not joined", "wire", &[("if (mark >> 31) return 1;", "return 1;")]),
    ("no limit of a message", "wire", &[("if (length > LIMIT || in->size + length > LIMIT) return -1;", "")]),
    ("hashes are not compared", "wire", &[("== r->hash_low", ">= 0u")]),
    (
        "what may run once is sent twice",
        "wire",
        &[(" || (outcome == UNKNOWN && !(r->facts & CMPB_IDEMPOTENT))", "")],
    ),
    ("what may run twice is sent once", "wire", &[("!(r->facts & CMPB_IDEMPOTENT))) break;", "1)) break;")]),
    (
        "a child uses the connection of its parent",
        "wire",
        &[("if (p->owner != (long)getpid()) {", "if (p->owner == 0) {")],
    ),
    // Where MSG_NOSIGNAL is missing, as on HP-UX.
    (
        "SIGPIPE is not kept away",
        "wire",
        &[
            ("#if defined(MSG_NOSIGNAL) && !defined(CMPB_NO_NOSIGNAL)", "#if 0"),
            ("ignore.sa_handler = SIG_IGN;", "ignore.sa_handler = SIG_DFL;"),
        ],
    ),
    ("signs of bit fields are not looked at", "codec", &[("(high | (high >> 1))", "0u")]),
    (
        "overlapping arguments travel",
        "routines",
        &[(
            "(size_t)other->from < (size_t)from + size)\n            *bad = 1;",
            "(size_t)other->from < (size_t)from + size)\n            *bad |= 0;",
        )],
    ),
];

/// Compiles one program of the kit, and runs it: whether it is content, and what it says.
fn content(kit: &Path, program: &str) -> (bool, String) {
    let flags = "CFLAGS=-std=c89 -DCMPB_NO_NOSIGNAL";
    good(Command::new("make").current_dir(kit).args(["-f", "Makefile", "CC=gcc", flags, program]));
    let output = run(Command::new("timeout").arg("60").arg(format!("./{program}")).current_dir(kit));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    (
        output.status.success()
            && said.contains(&format!("\ndone   {program}: "))
            && !said.contains("\nFAILED "),
        said,
    )
}

/// The kit's verdict is worth something: each of these runtimes fails it, and the right one passes, without MSG_NOSIGNAL.
#[test]
fn wrong_runtimes_are_noticed_on_site() {
    let kit = unpacked("flaws", &[]);
    let file = kit.join("cmpb_runtime.c");
    let right = std::fs::read_to_string(&file).expect("the runtime");
    for program in ["codec", "wire", "routines"] {
        let (content, said) = content(&kit, program);
        assert!(content, "{said}");
    }
    for (what, program, changes) in FLAWS {
        let mut wrong = right.clone();
        for (from, to) in changes {
            assert!(wrong.contains(from), "{what}: the runtime has no `{from}`");
            wrong = wrong.replace(from, to);
        }
        std::fs::write(&file, wrong).expect("a file");
        // make compares times of whole seconds.
        let _ = std::fs::remove_file(kit.join("cmpb_runtime.o"));
        let _ = std::fs::remove_file(kit.join(program));
        let (content, said) = content(&kit, program);
        assert!(!content, "{what}: not noticed\n{said}");
    }
}

/// A second run, with other compilers, is one of theirs.
#[test]
fn a_second_run_tests_nothing_of_the_first() {
    let kit = unpacked("again", &[]);
    for object in ["codec.o", "report.o", "cmpb_runtime.o", "facts", "layouts_x"] {
        std::fs::write(kit.join(object), "of another machine").expect("a file");
    }
    let (status, report) = reported(&HERE, &kit);
    assert_eq!(status, Some(0), "{report}");
    let script = run(Command::new("/bin/sh").args(["run.sh", "CC=gcc -no-such-option"]).current_dir(&kit));
    let report = std::fs::read_to_string(kit.join("report.txt")).expect("a report");
    assert_eq!(script.status.code(), Some(1), "{report}");
    assert!(report.contains("FAILED codec: cannot be built") && !report.contains("done   codec"), "{report}");
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
