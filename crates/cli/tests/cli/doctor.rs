//! `doctor` and `what`: files compiled for the purpose, each wrong in one way, and readelf as the oracle of good ones.

use crate::encode::Scratch;
use crate::support::{Did, agent, cmp_bridge};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

const LIBRARY: &str =
    "static const char what[] __attribute__((used)) = \"@(#)twin 1.0\";\nint one(void) { return 1; }\n";
/// A library about which nothing can be said.
const GOOD: &[&str] = &["-shared", "-fPIC", "-nostdlib", "-Wl,-z,now", "-Wl,--build-id"];

struct Files(Scratch);

impl Files {
    fn new(name: &str) -> Files {
        Files(Scratch::new(&format!("cli-{name}")))
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path(name)
    }

    #[track_caller]
    fn cc(&self, out: &str, compiler: &str, source: &str, text: &str, options: &[&str]) -> PathBuf {
        std::fs::write(self.path(source), text).expect("a source");
        let mut command = Command::new(compiler);
        command.current_dir(&self.0.0).arg(source).args(options).args(["-o", out]);
        let done = command.output().expect("a compiler");
        assert!(done.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&done.stderr));
        self.path(out)
    }

    /// The library, with more text or other options.
    #[track_caller]
    fn library(&self, more: &str, options: &[&str]) -> PathBuf {
        let options: Vec<&str> = GOOD.iter().chain(options).copied().collect();
        self.cc("twin.so", "gcc", "twin.c", &format!("{LIBRARY}{more}"), &options)
    }
}

#[track_caller]
fn bridge(arguments: &[&str]) -> Did {
    Did::of(cmp_bridge().args(arguments).output().expect("cmp-bridge"))
}

/// The codes of the findings about a file.
#[track_caller]
fn codes(file: &Path, target: &str) -> BTreeSet<String> {
    let did = bridge(&["doctor", &file.display().to_string(), "--target", target, "--json"]);
    let json: Value =
        serde_json::from_str(&did.out).unwrap_or_else(|e| panic!("{e}: {}{}", did.out, did.err));
    let findings = json["files"][0]["findings"].as_array().expect("findings");
    let serious = findings.iter().any(|f| f["severity"] != "note");
    assert_eq!(did.code, Some(i32::from(serious)), "{}", did.out);
    findings.iter().map(|f| f["code"].as_str().expect("a code").to_owned()).collect()
}

#[track_caller]
fn found(file: &Path, target: &str, expected: &[&str]) {
    let expected: BTreeSet<String> = expected.iter().map(|code| (*code).to_owned()).collect();
    assert_eq!(codes(file, target), expected, "{} on {target}", file.display());
}

#[test]
fn a_good_library_has_no_finding_and_its_twins_have_one_each() {
    let files = Files::new("doctor");
    found(&files.library("", &[]), "rhel7", &[]);
    let twins: [(&str, &[&str], &str); 12] = [
        ("", &["-Wl,-rpath,."], "D106"),
        ("", &["-Wl,-rpath,$ORIGIN/lib:"], "D106"),
        ("", &["-Wl,-rpath,/srv/build/lib"], "D107"),
        ("", &["-Wl,-z,execstack"], "D108"),
        ("__asm__(\".text\\nmovabs $one,%rax\");", &["-Wl,-z,notext", "-Wl,-Bsymbolic"], "D109"),
        ("int *place = (int *)one;", &["-Wl,-z,pack-relative-relocs", "-Wl,-Bsymbolic"], "D112"),
        ("__thread int own; int two(void) { return own; }", &["-ftls-model=initial-exec"], "D113"),
        ("", &["-Wl,-z,x86-64-v3"], "D114"),
        ("", &["-Wl,-z,norelro"], "D115"),
        ("", &["-Wl,-z,lazy"], "D116"),
        (
            "__asm__(\".section .note.ABI-tag,\\\"a\\\",@note\\n.long 4,16,1\\n.asciz \\\"GNU\\\"\\n.long 0,6,1,0\\n.text\");",
            &[],
            "D117",
        ),
        ("", &["-Wl,--build-id=none"], "D119"),
    ];
    for (more, options, code) in twins {
        found(&files.library(more, options), "rhel7", &[code]);
    }
    // What RHEL 9 demands of its machines anyway is no finding there.
    let newer = files.library("", &["-Wl,-z,x86-64-v2"]);
    found(&newer, "rhel8", &["D114"]);
    found(&newer, "rhel9", &[]);
    // An $ORIGIN alone is as it should be.
    found(&files.library("", &["-Wl,-rpath,$ORIGIN"]), "rhel7", &[]);
    let silent = files.cc("silent.so", "gcc", "silent.c", "int one(void) { return 1; }\n", GOOD);
    found(&silent, "rhel7", &["D118"]);
}

#[test]
fn newer_symbols_and_other_libraries_are_found() {
    let files = Files::new("doctor-versions");
    let needs = |text: &str, more: &[&str]| {
        let mut options = vec!["-shared", "-fPIC", "-Wl,-z,now", "-Wl,--build-id"];
        options.extend(more);
        files.cc("needs.so", "gcc", "needs.c", &format!("{LIBRARY}{text}"), &options)
    };
    let newer = needs("int gettid(void); int two(void) { return gettid(); }\n", &[]);
    found(&newer, "rhel7", &["D102"]);
    found(&newer, "rhel8", &["D102"]);
    found(&newer, "rhel9", &[]);
    let did = bridge(&["doctor", &newer.display().to_string(), "--target", "rhel8"]).ended(1);
    did.prints(&[
        "GLIBC_2.30       of libc.so.6 (gettid)",
        "error[D102]: the file needs a newer version of a library\n  expected: at most GLIBC_2.28 on RHEL 8 (glibc 2.28)\n  \
         found:    GLIBC_2.30 (libc.so.6: gettid)",
        "will not run there: 1 error, 0 warnings",
    ]);
    // Few linkers mark such a version, but the loader knows the mark. Behind the version's hash stand its flags.
    let mut bytes = std::fs::read(&newer).expect("a library");
    let at = bytes.windows(4).position(|w| w == hash("GLIBC_2.30").to_le_bytes()).expect("the version");
    bytes[at + 4] = 2;
    std::fs::write(files.path("weak.so"), bytes).expect("a library");
    found(&files.path("weak.so"), "rhel7", &["D121"]);
    found(
        &needs("void __libc_early_init(int); void two(void) { __libc_early_init(1); }\n", &[]),
        "rhel7",
        &["D103"],
    );
    let fortran = "      SUBROUTINE S\n      PRINT *, '@(#)f 1'\n      END\n";
    let options = ["-shared", "-fPIC", "-Wl,-z,now", "-Wl,--build-id"];
    let fortran = files.cc("f.so", "gfortran", "f.f", fortran, &options);
    found(&fortran, "rhel7", &["D104"]);
    found(&fortran, "rhel8", &["D123"]);
    files.cc("libtheirs.so", "gcc", "theirs.c", "int theirs(void) { return 1; }\n", GOOD);
    let theirs = needs("int theirs(void); int two(void) { return theirs(); }\n", &["-L.", "-ltheirs"]);
    found(&theirs, "rhel7", &["D105"]);
    bridge(&["doctor", &theirs.display().to_string()]).ended(1).prints(&["doubtful: 0 errors, 1 warning"]);
    let other =
        ["-Wl,--dynamic-linker,/opt/old/ld.so", "-Wl,-z,now", "-nostdlib", "-Wl,--build-id", "-Wl,-e,one"];
    found(&files.cc("exe", "gcc", "exe.c", LIBRARY, &other), "rhel7", &["D111"]);
}

/// Each library is held against what that library has there, and what is not known is never good.
#[test]
fn versions_are_known_by_library_or_said_to_be_unknown() {
    let files = Files::new("doctor-libraries");
    let none: &[&str] = &[];
    // Compiler, source, libraries, and the codes on each system.
    type Case = (&'static str, &'static str, &'static [&'static str], [&'static [&'static str]; 3]);
    let cases: [Case; 5] = [
        // crypt@XCRYPT_2.0: in RHEL 9's libcrypt.so.2, and in RHEL 8's libcrypt.so.1.
        (
            "gcc",
            "char *crypt(const char *, const char *); char *f(const char *a) { return crypt(a, \"ab\"); }",
            &["-lcrypt"],
            [&["D102"], none, &["D104"]],
        ),
        // QUADMATH_1.2 came with gcc 9.
        (
            "gcc",
            "extern __float128 exp2q(__float128); __float128 f(__float128 a) { return exp2q(a); }",
            &["-lquadmath"],
            [&["D102", "D123"], &["D102", "D123"], &["D123"]],
        ),
        // CXXABI_FLOAT128 has no number; RHEL 7's libstdc++ does not have it.
        (
            "g++",
            "#include <typeinfo>\nconst char *f() { return typeid(__float128).name(); }",
            none,
            [&["D102"], none, none],
        ),
        // GOMP_4.5 came to RHEL 7 with some update, or did not.
        (
            "gcc",
            "void f(int *a, int n) {\n#pragma omp parallel for schedule(nonmonotonic: dynamic)\n\
             for (int i = 0; i < n; i++) a[i]++;\n}",
            &["-fopenmp"],
            [&["D122", "D123"], &["D123"], &["D123"]],
        ),
        // Vector mathematics came with glibc 2.22: nothing is known of such a library on RHEL 7.
        (
            "gcc",
            "double _ZGVbN2v_sin(double); double f(double a) { return _ZGVbN2v_sin(a); }",
            &["-lmvec"],
            [&["D105"], none, none],
        ),
    ];
    for (index, (compiler, text, libraries, expected)) in cases.into_iter().enumerate() {
        let mut options = vec!["-shared", "-fPIC", "-O1", "-Wl,-z,now", "-Wl,--build-id"];
        options.extend(libraries);
        let (out, source) = (format!("{index}.so"), if compiler == "g++" { "l.cpp" } else { "l.c" });
        let what = "extern const char what[]; const char what[] __attribute__((used)) = \"@(#)l 1\";\n";
        let file = files.cc(&out, compiler, source, &format!("{what}{text}\n"), &options);
        for (system, expected) in ["rhel7", "rhel8", "rhel9"].into_iter().zip(expected) {
            found(&file, system, expected);
        }
    }
    let ada = "procedure Twin is begin raise Program_Error; end Twin;\n";
    std::fs::write(files.path("twin.adb"), ada).expect("a source");
    let mut make = Command::new("gnatmake");
    make.args(["-q", "twin.adb", "-bargs", "-shared"]).current_dir(&files.0.0);
    assert!(make.status().expect("gnatmake").success());
    bridge(&["doctor", &files.path("twin").display().to_string(), "--target", "rhel9"]).ended(1).prints(&[
        "error[D104]",
        "expected: libgnat-11.so\n",
        "found:    libgnat-1",
    ]);
}

/// What parts of a path mean is tested where it is decided; here that the linker's text gets there.
#[test]
fn paths_that_only_look_harmless_are_found() {
    let files = Files::new("doctor-paths");
    for (path, code) in [
        ("/opt/../tmp/x", "D106"),
        ("/dev/shm/x", "D106"),
        ("$ORIGIN/../../../tmp", "D106"),
        ("$ORIGINAL/x", "D106"),
        ("$ORIGIN/../../lib", "D107"),
        ("/usr/lib64x", "D107"),
    ] {
        found(&files.library("", &[&format!("-Wl,-rpath,{path}")]), "rhel7", &[code]);
    }
    found(&files.library("", &["-Wl,-rpath,$ORIGIN/../lib:/opt/cmp/lib"]), "rhel7", &[]);
}

#[test]
fn other_machines_and_damaged_files_are_told_in_words() {
    let files = Files::new("doctor-machines");
    let i386 = files.cc("i386.so", "gcc", "one.c", LIBRARY, &["-m32", "-shared", "-nostdlib", "-fPIC"]);
    found(&i386, "rhel7", &["D101"]);
    let words = bridge(&["doctor", &i386.display().to_string()]).ended(1);
    words.prints(&[
        "32-bit little-endian i386 shared library",
        "no agent and no module can enter a 32-bit process",
        "`cmp-bridge generate --lang c89`",
        "`check A --layout B`",
    ]);
    let pa = files.cc("pa.so", "hppa-linux-gnu-gcc", "one.c", LIBRARY, &["-shared", "-nostdlib", "-fPIC"]);
    found(&pa, "rhel7", &["D101"]);
    let object = files.cc("one.o", "gcc", "one.c", LIBRARY, &["-c"]);
    bridge(&["doctor", &object.display().to_string()])
        .ended(2)
        .says(&["is a relocatable file", "before it is linked"]);
    bridge(&["doctor", &files.path("one.c").display().to_string()]).ended(2).says(&["is not an ELF file"]);
    let missing = bridge(&["doctor", "nothing"]).ended(2).says(&["nothing: cannot be read"]);
    assert!(!missing.err.contains("hint"), "{}", missing.err);
    // One that cannot be read hides no other.
    let three = ["doctor", "nothing", &i386.display().to_string(), "nobody"];
    let did = bridge(&three).ended(2).says(&["nothing: cannot be read", "nobody: cannot be read"]);
    assert!(did.out.contains("i386 shared library"), "{}", did.out);
    let did = bridge(&[&three[..], &["--json"]].concat()).ended(2);
    let did: serde_json::Value = serde_json::from_str(&did.out).expect("JSON");
    assert_eq!(did["files"][0]["file"], "nothing");
    assert!(did["files"][0]["error"].as_str().is_some_and(|error| error.contains("cannot be read")), "{did}");
    assert_eq!(did["files"][1]["findings"][0]["code"], "D101");
    bridge(&["doctor", "nothing", "--target", "sles"]).ended(2).says(&["one of rhel7, rhel8, rhel9"]);
    // Without any table of symbols, and without section headers, as packers leave a file.
    let library = files.library("int gettid(void); int two(void) { return gettid(); }\n", &[]);
    let bytes = std::fs::read(&library).expect("a library");
    let tag = 0x6fff_fef5u64.to_le_bytes();
    let at = bytes.windows(8).position(|w| w == tag).expect("DT_GNU_HASH");
    let mut blind = bytes.clone();
    blind[at..at + 8].copy_from_slice(&0x6fff_ff00u64.to_le_bytes());
    std::fs::write(files.path("blind.so"), &blind).expect("a file");
    assert!(codes(&files.path("blind.so"), "rhel7").contains("D110"));
    let mut packed = bytes.clone();
    packed[40..48].fill(0);
    packed[58..64].fill(0);
    std::fs::write(files.path("packed.so"), &packed).expect("a file");
    let found = codes(&files.path("packed.so"), "rhel7");
    assert!(found.contains("D120"), "{found:?}");
}

/// The hash by which the loader compares versions.
fn hash(name: &str) -> u32 {
    let step = |hash: u32, byte: u8| {
        let hash = (hash << 4).wrapping_add(u32::from(byte));
        let high = hash & 0xf000_0000;
        (hash ^ high >> 24) & !high
    };
    name.bytes().fold(0, step)
}

/// Every code has a twin above.
#[test]
fn no_code_is_without_a_twin() {
    let tests = include_str!("doctor.rs");
    for code in cmp_bridge_inspect::doctor::Code::ALL {
        assert!(tests.contains(&format!("\"{}\"", code.text())), "{} has no twin", code.text());
    }
}

/// What readelf says of the versions that a file needs, and of its stack.
fn oracle(file: &Path) -> (BTreeMap<String, (u32, u32, u32)>, bool) {
    let readelf = |option: &str| {
        let done = Command::new("readelf").args([option, "-W"]).arg(file).output().expect("readelf");
        String::from_utf8_lossy(&done.stdout).into_owned()
    };
    let mut highest = BTreeMap::new();
    let text = readelf("-V");
    let needs = text.split("Version needs section").nth(1).unwrap_or_default();
    for name in needs.split_whitespace().skip_while(|word| *word != "Name:") {
        let Some((series, version)) = name.split_once('_') else { continue };
        let mut parts = version.split('.').map(str::parse::<u32>);
        let mut part = || parts.next().map_or(Some(0), Result::ok);
        if let (Some(a), Some(b), Some(c)) = (part(), part(), part()) {
            let known = highest.entry(series.to_owned()).or_insert((a, b, c));
            *known = (*known).max((a, b, c));
        }
    }
    let stack =
        readelf("-l").lines().find(|line| line.contains("GNU_STACK")).is_none_or(|l| l.contains("RWE"));
    (highest, stack)
}

#[test]
fn real_files_are_read_as_readelf_reads_them() {
    let system = |name: &str| {
        let done = Command::new("gcc").arg(format!("-print-file-name={name}")).output().expect("gcc");
        PathBuf::from(String::from_utf8_lossy(&done.stdout).trim())
    };
    let mut files: Vec<PathBuf> = ["libstdc++.so.6", "libgfortran.so.5", "libm.so.6", "libgcc_s.so.1"]
        .into_iter()
        .map(system)
        .collect();
    files.push(agent().to_owned());
    files.push(PathBuf::from(env!("CARGO_BIN_EXE_cmp-bridge")));
    files.push(PathBuf::from("/bin/sh"));
    for file in files {
        let did = bridge(&["doctor", &file.display().to_string(), "--json"]);
        let json: Value = serde_json::from_str(&did.out).unwrap_or_else(|e| panic!("{e}: {}", did.err));
        let json = &json["files"][0];
        let mut highest = BTreeMap::new();
        for wanted in json["highest_versions"].as_array().expect("versions") {
            let (series, version) =
                wanted["version"].as_str().and_then(|v| v.split_once('_')).expect("a version");
            let mut parts = version.split('.').map(str::parse::<u32>);
            let mut part = || parts.next().map_or(Some(0), Result::ok);
            if let (Some(a), Some(b), Some(c)) = (part(), part(), part()) {
                let known = highest.entry(series.to_owned()).or_insert((a, b, c));
                *known = (*known).max((a, b, c));
            }
        }
        let (expected, stack) = oracle(&file);
        assert!(!expected.is_empty() || file.ends_with("libc.so.6"), "{}", file.display());
        assert_eq!(highest, expected, "{}", file.display());
        assert_eq!(json["executable_stack"], stack, "{}", file.display());
    }
}

/// The agent, linked for RHEL 7 as users do it. Takes minutes, and zig from PyPI.
#[test]
fn what_old_glibc_links_runs_on_all_of_them() {
    if std::env::var("CMP_BRIDGE_LONG").is_ok_and(|value| value == "1") {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        let folder = Path::new(env!("CARGO_BIN_EXE_cmp-bridge")).ancestors().nth(2).expect("a target folder");
        let mut script = Command::new(root.join("scripts/old-glibc.sh"));
        let done = script
            .args(["-p", "cmp-bridge-agent"])
            .env("CARGO_TARGET_DIR", folder)
            .output()
            .expect("the script");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        let agent = folder.join("old-glibc/x86_64-unknown-linux-gnu/debug/libcmp_bridge_agent.so");
        for target in ["rhel7", "rhel8", "rhel9"] {
            found(&agent, target, &[]);
        }
        let highest = oracle(&agent).0["GLIBC"];
        assert!(highest <= (2, 17, 0), "{highest:?}");
    }
    // Linked as usual on a newer machine, it does not.
    let newer = oracle(agent()).0["GLIBC"] > (2, 17, 0);
    assert_eq!(codes(agent(), "rhel7").contains("D102"), newer);
}

/// SCCS's own `what`, as Debian packages it.
fn sccs_what(file: &Path) -> Vec<String> {
    let done = Command::new("sccs").arg("what").arg(file).output().expect("sccs");
    let text: String = done.stdout.iter().map(|byte| char::from(*byte)).collect();
    text.lines().skip(1).map(|line| line.strip_prefix('\t').unwrap_or(line).to_owned()).collect()
}

#[test]
fn what_prints_what_sccs_prints() {
    let files = Files::new("what");
    let texts: [(&str, &[u8]); 4] = [
        ("source.c", b"/* @(#)source.c 1.3 90/11/02 */\nchar x[] = \"@(#)two\"; /* @(#)three>four */\n"),
        ("latin.f", b"C @(#)orbite.f r\xe9vision 1.4\n"),
        ("bytes", b"\0\0@(#)a\0@(#)b\\c\0@@(#)d\n"),
        ("empty", b"@(#)\n"),
    ];
    for (name, text) in texts {
        std::fs::write(files.path(name), text).expect("a file");
    }
    let library = files.library("", &[]);
    let mut all: Vec<PathBuf> = texts.iter().map(|(name, _)| files.path(name)).collect();
    all.extend([library, files.cc("one.o", "gcc", "one.c", LIBRARY, &["-c"])]);
    for file in all {
        let json = bridge(&["what", "--json", &file.display().to_string()]).ended(0).out;
        let json: Value = serde_json::from_str(&json).expect("JSON");
        let found: Vec<&str> =
            json["files"][0]["what"].as_array().expect("a list").iter().filter_map(Value::as_str).collect();
        assert_eq!(found, sccs_what(&file), "{}", file.display());
    }
    std::fs::write(files.path("nothing"), "@(# \n").expect("a file");
    let both = [files.path("nothing").display().to_string(), files.path("bytes").display().to_string()];
    let did = bridge(&["what", &both[0], &both[1]]).ended(1);
    assert_eq!(did.out, format!("{}:\n{}:\n\ta\n\tb\n\td\n", both[0], both[1]));
    bridge(&["what", "-s", &both[1]]).ended(0).prints(&["\ta\n"]);
    bridge(&["what", "no/such"]).ended(2).says(&["cannot be read"]);
}
