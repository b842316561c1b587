//! What one side of a comparison has and does not say is told, never passed over.

use crate::support::{Bench, CONTRACT};
use std::process::Command;

const ONE: &str = "int wide(int a) { return a; }\nint same(int a) { return a; }\n";
const OTHER: &str = "int wide(_Float128 a) { return a; }\nint same(int a) { return a; }\n";

#[test]
fn a_routine_that_one_release_does_not_describe_is_not_new() {
    let bench = Bench::new("undescribed");
    bench.write("one.c", ONE);
    bench.write("other.c", OTHER);
    bench.cc("one.c", &["-g", "-shared", "-fPIC", "-o", "one.so"]);
    bench.cc("other.c", &["-g", "-shared", "-fPIC", "-o", "other.so"]);
    let told = |new: &str, old: &str| {
        let did = bench.bridge(&["check", new, "--against", old]).ended(1);
        assert!(!did.out.contains("nothing to adapt") && !did.out.contains("routine.same"), "{}", did.out);
        did.prints(&["error[A134]: a routine cannot be compared", "routine.wide", "(a: _Float128)"]);
    };
    told("one.so", "other.so");
    told("other.so", "one.so");
    // Without debug information, all of it is unknown.
    bench.write("none.c", "int other(int a) { return a; }\n");
    bench.cc("one.c", &["-shared", "-fPIC", "-c", "-o", "bare.o"]);
    bench.cc("none.c", &["-g", "-shared", "-fPIC", "bare.o", "-o", "bare.so"]);
    let did = bench.bridge(&["check", "one.so", "--against", "bare.so"]).ended(1);
    did.prints(&["A134", "routine.same", "no debug information"]);
    // The right twin: what is not there at all was added.
    bench.cc("none.c", &["-g", "-shared", "-fPIC", "-o", "none.so"]);
    let did = bench.bridge(&["check", "one.so", "--against", "none.so"]).ended(1);
    did.prints(&["note[A102]: a routine was added", "nothing to adapt", "error[A101]"]);
}

#[test]
fn two_machines_are_compared_by_layout_only() {
    let bench = Bench::new("machines");
    bench.write("l.c", "struct big { int a; long double x; };\nint f(struct big *b) { return b->a; }\n");
    bench.cc("l.c", &["-g", "-c", "-o", "l64.o"]);
    bench.cc("l.c", &["-g", "-m32", "-c", "-o", "l32.o"]);
    let did = bench.bridge(&["check", "l64.o", "--against", "l32.o"]).ended(2);
    did.says(&["l64.o is for x86-64, and l32.o for i386", "--layout"]);
    let did = bench.bridge(&["check", "l64.o", "--layout", "l32.o"]).ended(0);
    did.prints(&["warning[L103]", "a type that is not described", "big: x: long double"]);
    bench.bridge(&["check", "l64.o", "--against", "l64.o"]).ended(0);
}

#[test]
fn what_is_no_file_is_not_read() {
    let bench = Bench::new("no-file");
    let made = Command::new("mkfifo").arg(bench.path("pipe")).status().expect("mkfifo");
    assert!(made.success());
    for arguments in [
        &["check", "pipe"][..],
        &["check", "/dev/zero"],
        &["check", "pipe", "--against", "small"],
        &["check", "small", "--against", "/dev/zero"],
        &["explain", "small", "scale", "--contract", "/dev/zero"],
        &["check", "small.toml", "--header", "pipe"],
        &["check", "small.toml", "--header", "/dev/zero"],
        &["run", "--config", "/dev/zero", "--journal", "j", "--", "./small"],
    ] {
        bench.bridge(arguments).ended(2).says(&["cannot be read"]);
    }
    let huge = std::fs::File::create(bench.path("huge.toml")).expect("a file");
    huge.set_len(1 << 40).expect("a hole");
    bench.bridge(&["check", "huge.toml"]).ended(2).says(&["64 MiB"]);
    bench.bridge(&["check", "small.toml", "--header", "huge.toml"]).ended(2).says(&["64 MiB"]);
    bench.bridge(&["check", "small.toml"]).ended(0);
}

#[test]
fn merging_names_what_is_gone() {
    let bench = Bench::new("gone");
    bench.bridge(&["scan", "small", "--out", "kept.toml"]).ended(0);
    let did = bench.bridge(&["scan", "small", "--out", "kept.toml", "--merge"]).ended(0);
    assert!(!did.err.contains("left as it was"), "{}", did.err);
    let text = std::fs::read_to_string(bench.path("kept.toml")).expect("a contract");
    let gone = "\n[routine.f2]\nsymbol = \"f2\"\nparams = []\n";
    bench.write("kept.toml", &(text + gone));
    let did = bench.bridge(&["scan", "small", "--out", "kept.toml", "--merge"]).ended(0);
    did.says(&["`f2` is in the file and no longer in the binary; left as it was"]);
    let text = std::fs::read_to_string(bench.path("kept.toml")).expect("a contract");
    assert!(text.contains("[routine.f2]"), "{text}");
    assert!(!CONTRACT.contains("f2"));
}

#[test]
fn names_that_scan_gives_are_known_everywhere() {
    let bench = Bench::new("scanned-names");
    bench.write(
        "names.cc",
        "struct VB { int a; VB(); };\nVB::VB() : a(1) {}\n\
         struct Log { int n; int add(int *); int add(double *); };\n\
         int Log::add(int *p) { return *p + n; }\nint Log::add(double *) { return n; }\n\
         namespace a { int f(int x) { return x; } }\nnamespace b { int f(int x) { return x; } }\n",
    );
    bench.cc("names.cc", &["-g", "-shared", "-fPIC", "-o", "names.so"]);
    for symbol in ["_ZN2VBC1Ev", "_ZN2VBC2Ev"] {
        let did = bench.bridge(&["scan", "names.so", "--routine", symbol]).ended(0);
        did.prints(&["[routine.vb_construct]"]);
    }
    for name in ["log_add_int_ptr", "log_add_double_ptr", "a_f", "b_f", "vb_construct"] {
        bench.bridge(&["scan", "names.so", "--routine", name]).ended(0);
        let did = bench.bridge(&["explain", "names.so", name]);
        assert!(did.code != Some(2), "{name}: {}", did.err);
    }
    bench.bridge(&["explain", "names.so", "log_add_float_ptr"]).ended(2);
    bench.bridge(&["scan", "names.so", "--routine", "nosuch*"]).ended(2);
    let help = bench.bridge(&["scan", "--help"]).ended(0);
    help.prints(&["2 nothing matches at all"]);
}
