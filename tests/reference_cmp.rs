//! The reference CMP by itself: it builds, it says the same at every run, and its figures are the
//! published ones. Nothing of ours is loaded here.

#[path = "support/legacy.rs"]
mod legacy;

use legacy::{built, root};
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

/// Programs whose whole output is golden, and their exit status.
const SMALL: [(&str, i32); 6] = [
    ("mini_c", 0),
    ("mini_cpp", 0),
    ("mini_ada", 0),
    ("mini_fortran", 0),
    ("mini_static", 0),
    ("bad_pointers", 3),
];

/// Octets and their CRC-16, polynomial 1021, preset FFFF. The first four are those of ECSS-E-70-41A,
/// annex A; the last is the check value of CRC-16/IBM-3740 (`123456789`).
const CRC_VECTORS: [(&str, &str); 5] = [
    ("0000", "1D0F"),
    ("000000", "CC9C"),
    ("ABCDEF01", "04A2"),
    ("1456F89A0001", "7FD5"),
    ("313233343536373839", "29B1"),
];

/// Octets and their ISO checksum: ECSS-E-70-41A, annex A.
const ISO_VECTORS: [(&str, &str); 4] =
    [("0000", "FFFF"), ("000000", "FFFF"), ("ABCDEF01", "9CF8"), ("1456F89A0001", "24DC")];

#[test]
fn a_day_is_the_same_at_every_run() {
    let programs = built("pie");
    let first = day(&programs);
    for word in ["bulletin", "PASSAGE AUSSAGUEL", "trames 719", "ALARM", "prochaine manoeuvre"] {
        assert!(first.contains(word), "no `{word}` in the day:\n{first}");
    }
    assert_eq!(first, day(&programs), "two runs of cmp_day differ");
}

#[test]
fn every_variant_computes_the_same_day() {
    let all = std::env::var("CMP_BRIDGE_LONG").is_ok_and(|long| long == "1");
    let sample = ["shared"].as_slice();
    let variants = if all { ["nopie", "shared", "static-libgcc"].as_slice() } else { sample };
    let expected = day(&built("pie"));
    for variant in variants {
        assert_eq!(day(&built(variant)), expected, "variant {variant} against pie");
    }
}

#[test]
fn days_follow_each_other_until_told() {
    let output = run(cmp_day(&built("pie")).args(["--loop", "--period-ms", "0", "--days", "3"]));
    let text = text(&output.stdout);
    let days: Vec<_> = text.lines().filter(|line| line.starts_with("=== ")).collect();
    assert_eq!(
        days,
        [
            "=== JOUR 1 (jj50 19116) SPOT5 ===",
            "=== JOUR 2 (jj50 19117) SPOT5 ===",
            "=== JOUR 3 (jj50 19118) SPOT5 ===",
            "=== FIN apres 3 jour(s) ===",
        ]
    );
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn days_end_cleanly_on_a_signal() {
    for signal in ["TERM", "INT"] {
        let mut looping = cmp_day(&built("pie"));
        looping.args(["--loop", "--period-ms", "60000"]).stdout(Stdio::piped());
        let mut child = looping.spawn().expect("cmp_day starts");
        let mut lines = BufReader::new(child.stdout.take().expect("piped"));
        let mut line = String::new();
        lines.read_line(&mut line).expect("a line");
        assert_eq!(line, "=== JOUR 1 (jj50 19116) SPOT5 ===\n");
        let kill = format!("kill -{signal} {}", child.id());
        assert!(run(Command::new("sh").args(["-c", &kill])).status.success(), "{kill}");
        let mut rest = String::new();
        lines.read_to_string(&mut rest).expect("text");
        assert!(rest.ends_with("\n=== FIN apres 1 jour(s) ===\n"), "after {kill}:\n{rest}");
        assert_eq!(child.wait().expect("ended").code(), Some(0));
    }
}

#[test]
fn small_programs_print_what_is_golden() {
    let programs = built("pie");
    for (name, status) in SMALL {
        let mut program = Command::new(programs.join(name));
        let output = run(&mut program);
        assert_eq!(output.status.code(), Some(status), "{program:?}");
        assert_golden(name, &text(&output.stdout), &program);
    }
}

#[test]
fn crc_gives_the_published_vectors() {
    let published = CRC_VECTORS.map(|(_, crc)| crc);
    assert_eq!(checksums("FFFF", &CRC_VECTORS), published);
}

#[test]
fn iso_checksum_gives_the_published_vectors() {
    let published = ISO_VECTORS.map(|(_, sum)| sum);
    assert_eq!(checksums("iso", &ISO_VECTORS), published);
}

#[test]
fn twin_crc_with_another_preset_gives_none_of_them() {
    let wrong = checksums("0000", &CRC_VECTORS);
    let agreeing = CRC_VECTORS.iter().zip(&wrong).filter(|((_, crc), wrong)| crc == wrong).count();
    assert_eq!((wrong.len(), agreeing), (CRC_VECTORS.len(), 0), "{wrong:?}");
}

/// What makes the reference worth having is in the binaries, whatever the compiler does with it.
#[test]
fn hard_shapes_are_in_the_binaries() {
    let programs = built("pie");
    let tool = |tool: &str, options: &[&str], program: &str| {
        text(&run(Command::new(tool).args(options).arg(programs.join(program))).stdout)
    };
    let symbols = tool("nm", &[], "cmp_day");
    assert!(symbols.contains(" t rang\n"), "a static routine with callers that know its registers");
    let code = tool("objdump", &["-d", "--disassemble=lecture__brute"], "mini_ada");
    let first = code.lines().skip_while(|line| !line.ends_with("<lecture__brute>:")).nth(1);
    assert!(first.is_some_and(|line| line.ends_with("mov    (%rdi),%eax")), "a first fault:\n{code}");
    let needed = tool("readelf", &["-d"], "mini_static");
    assert!(needed.contains("libc.so.6") && !needed.contains("libgcc_s"), "{needed}");
    let strings = std::fs::read(programs.join("cmp_day")).expect("cmp_day");
    assert!(text(&strings).contains("@(#)cmp_day.c"), "what(1) finds nothing in cmp_day");
}

fn cmp_day(programs: &Path) -> Command {
    let mut command = Command::new(programs.join("cmp_day"));
    command.arg(root().join("legacy/data/spot5.day"));
    command
}

fn day(programs: &Path) -> String {
    let mut command = cmp_day(programs);
    let output = run(&mut command);
    assert_eq!(output.status.code(), Some(0), "{command:?}\n{}", text(&output.stderr));
    assert_eq!(text(&output.stderr), "", "{command:?}");
    text(&output.stdout)
}

/// The checksum of each vector's octets, as the legacy objects compute it.
fn checksums(how: &str, vectors: &[(&str, &str)]) -> Vec<String> {
    let mut command = Command::new(checksum_driver(how));
    let output = run(command.arg(how).args(vectors.iter().map(|(octets, _)| octets)));
    assert!(output.status.success(), "{command:?}");
    text(&output.stdout).lines().map(str::to_owned).collect()
}

/// Built once for each test, which are processes of their own under some runners.
fn checksum_driver(how: &str) -> PathBuf {
    let driver = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("crc-vectors-{how}"));
    let objects = built("pie").join("obj/tm");
    let mut gcc = Command::new("gcc");
    gcc.arg("-I").arg(root().join("vendor-headers")).arg("-o").arg(&driver);
    gcc.arg(root().join("tests/reference/crc_vectors.c"));
    for object in ["crc16.o", "telecommande.o", "bits.o", "datation.o"] {
        gcc.arg(objects.join(object));
    }
    gcc.arg("-lm");
    let output = run(&mut gcc);
    assert!(output.status.success(), "{gcc:?}\n{}", text(&output.stderr));
    driver
}

/// `UPDATE_EXPECT=1` writes what is printed now; the difference is for review.
fn assert_golden(name: &str, printed: &str, program: &Command) {
    let path = root().join("tests/golden").join(format!("{name}.txt"));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, printed).expect("golden file");
    }
    let golden = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(golden == printed, "{} is not what this prints:\n  {program:?}\n{printed}", path.display());
}

fn run(command: &mut Command) -> Output {
    command.output().unwrap_or_else(|error| panic!("cannot run {command:?}: {error}"))
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}
