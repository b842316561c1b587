//! Bad input of every kind: a clear message with what to do, exit status 2, nothing lost, never a panic.

use crate::support::{Bench, CONTRACT, Did};
use std::os::unix::fs::PermissionsExt;

fn config(bench: &Bench, text: &str) {
    bench.write("bridge.toml", text);
}

const RUN: [&str; 6] = ["run", "--config", "bridge.toml", "--journal", "j", "--"];

#[track_caller]
fn run(bench: &Bench, program: &str) -> Did {
    let did = bench.bridge(&[&RUN[..], &[program]].concat());
    assert!(!bench.path("j").exists(), "a journal was left behind");
    did.ended(2).says(&["error: ", "hint: "])
}

#[test]
fn unknown_routines_and_faulty_configurations() {
    let bench = Bench::new("bad-config");
    for (text, says) in [
        (
            "contracts = [\"small.toml\"]\n[routes]\nscalle = \"record\"\n",
            &["bridge.toml:3:1: no routine matches `scalle`", "did you mean `scale`?"][..],
        ),
        (
            "contracts = [\"small.toml\"]\n[routes]\nscale = \"recrod\"\n",
            &[
                "bridge.toml:3:9:",
                "3 | scale = \"recrod\"\n      |         ^^^^^^^^",
                "did you mean \"record\"?",
            ],
        ),
        ("contracts = [\"small.toml\"\n", &["bridge.toml:"]),
        (
            "contracts = [\"none.toml\"]\n",
            &["none.toml: cannot be read", "because No such file", "check the path"],
        ),
        ("contracts = [\"small.c\"]\n[routes]\n", &["small.c cannot be used", "cmp-bridge check"]),
        (
            "contracts = [\"small.toml\"]\nmodules = [\"none.so\"]\n[routes]\nscale = \"rust\"\n",
            &["none.so: cannot be loaded"],
        ),
        (
            "contracts = [\"small.toml\"]\nmodules = [\"small\"]\n[routes]\nscale = \"rust\"\n",
            &["small: cannot be loaded"],
        ),
        (
            "contracts = [\"small.toml\"]\n[routes]\nscale = \"rust\"\n",
            &["no routine can be hooked", "no module with a candidate"],
        ),
    ] {
        config(&bench, text);
        let did = bench.bridge(&[&RUN[..], &["./small"]].concat()).ended(2);
        did.says(&["error: "]).says(says);
    }
    bench
        .bridge(&["run", "--record", "scalle", "--journal", "j", "--", "./small"])
        .ended(2)
        .says(&["has no routine that matches `scalle`", "hint: did you mean `scale`?"]);
    bench
        .bridge(&["run", "--record", "scale", "--", "./small"])
        .ended(2)
        .says(&["no journal is named", "--journal FILE"]);
    bench.bridge(&["run", "--", "./small"]).ended(2).says(&["--config"]);
    bench
        .bridge(&["run", "--record", "*", "--ring-mib", "3", "--", "./small"])
        .ended(2)
        .says(&["power of two"]);
}

#[test]
fn programs_that_cannot_be_entered() {
    let bench = Bench::new("bad-program");
    config(&bench, "contracts = [\"small.toml\"]\n[routes]\n\"*\" = \"record\"\n");
    bench.cc("small.c", &["-g", "-O2", "-static", "-o", "static"]);
    bench.cc("small.c", &["-g", "-O2", "-shared", "-fPIC", "-o", "shared.so"]);
    bench.write("script", "#!/bin/sh\n");
    bench.write("empty", "");
    std::fs::copy(bench.path("small"), bench.path("setuid")).expect("a copy");
    std::fs::set_permissions(bench.path("setuid"), PermissionsExt::from_mode(0o4755)).expect("setuid");
    let mut bytes = std::fs::read(bench.path("small")).expect("the program");
    std::fs::write(bench.path("cut"), &bytes[..bytes.len() / 2]).expect("half a program");
    bytes[4] = 1;
    std::fs::write(bench.path("elf32"), bytes).expect("a 32-bit header");
    for (program, says) in [
        ("./static", "static"),
        ("./shared.so", "shared library"),
        ("./script", "is not an ELF file"),
        ("./empty", "is empty"),
        ("./setuid", "is setuid"),
        ("./cut", "./cut: "),
        ("./elf32", "32-bit"),
        ("./none", "cannot be read"),
        (".", "not found in PATH"),
        ("./", "is a directory"),
        ("no-such-program", "was not found in PATH"),
    ] {
        run(&bench, program).says(&[says]);
    }
}

#[test]
fn stripped_or_other_builds() {
    let bench = Bench::new("bad-build");
    config(&bench, "contracts = [\"small.toml\"]\n[routes]\n\"*\" = \"record\"\n");
    bench.cc("small.c", &["-O2", "-s", "-o", "stripped"]);
    run(&bench, "./stripped").says(&["no routine can be hooked", "H201"]);
    bench
        .bridge(&["run", "--record", "*", "--journal", "j", "--", "./stripped"])
        .ended(2)
        .says(&["has no debug information", "hint: without debug information name the routines' contracts"]);
    bench.bridge(&["scan", "stripped"]).ended(2).says(&["has no debug information; rebuild with -g"]);
    let pinned = CONTRACT.replace("{ file = \"small\" }", "{ file = \"small\", build-id = \"00ff\" }");
    bench.write("small.toml", &pinned);
    run(&bench, "./small").says(&["is for build 00ff, but", "--merge --out"]);
}

#[test]
fn contracts_that_the_binary_contradicts() {
    let bench = Bench::new("bad-contract");
    bench.write(
        "small.toml",
        &CONTRACT.replace("name = \"factor\", type = \"f64\"", "name = \"factor\", type = \"f32\""),
    );
    config(&bench, "contracts = [\"small.toml\"]\n[routes]\nscale = \"record\"\n");
    run(&bench, "./small")
        .says(&["no routine can be hooked", "B110: `scale`: the type of a parameter differs"]);
    config(&bench, "contracts = [\"small.toml\"]\n[routes]\n\"*\" = \"record\"\n");
    let did = bench.bridge(&[&RUN[..], &["./small"]].concat()).ended(0);
    did.says(&["not hooked: B110: `scale`", "2 routines hooked, 1 refused (1 B110)"]);
}

/// A record without a field would be compared in part: whoever uses it is not hooked.
#[test]
fn contracts_that_leave_out_a_field() {
    let bench = Bench::new("bad-field");
    let field = "  { name = \"n\", type = \"i32\", offset = 16 },\n";
    assert!(CONTRACT.contains(field));
    bench.write("small.toml", &CONTRACT.replace(field, ""));
    config(&bench, "contracts = [\"small.toml\"]\n[routes]\n\"*\" = \"record\"\n");
    let did = bench.bridge(&[&RUN[..], &["./small"]].concat()).ended(0);
    did.says(&["B120: `norm2`", "B120: `crunch`", "n (", "1 routine hooked, 2 refused (2 B120)"]);
    std::fs::remove_file(bench.path("j")).expect("the journal");
    // `--record` does not bring back what was refused.
    config(&bench, "contracts = [\"small.toml\"]\n[routes]\n");
    let record = ["run", "--record", "crunch", "--config", "bridge.toml", "--journal", "j", "--", "./small"];
    bench.bridge(&record).ended(2).says(&["no routine can be hooked", "B120: `crunch`"]);
}

#[test]
fn nothing_to_hook_says_why() {
    let bench = Bench::new("bad-nothing");
    config(&bench, "contracts = [\"small.toml\"]\n[routes]\n");
    run(&bench, "./small").says(&["no line of [routes] and no --record asks for one"]);
    bench.write("only.c", "int main(void) { return 0; }\n");
    bench.cc("only.c", &["-g", "-O2", "-o", "only"]);
    let record = |program| bench.bridge(&["run", "--record", "*", "--journal", "j", "--", program]).ended(2);
    record("./only").says(&["no routine can be hooked", "main: the program's entry"]);
    bench.cc("small.c", &["-g", "-gsplit-dwarf", "-O2", "-fno-inline", "-o", "split"]);
    let halves = std::fs::read_dir(bench.path("")).expect("the folder").flatten();
    for half in halves.filter(|entry| entry.path().extension().is_some_and(|e| e == "dwo")) {
        std::fs::remove_file(half.path()).expect("the other half of the debug information");
    }
    record("./split").says(&["no routine can be hooked", "-gsplit-dwarf", "split-small.dwo", "looked in"]);
}

/// What is not the agent is refused; what looks like it and does not work is told when the program has ended.
#[test]
fn agents_that_are_none() {
    let bench = Bench::new("bad-agent");
    bench.module("m.so", &[]);
    bench.write("fake.c", "int _dl_find_object(void *a, void *b) { return -(a != b || !a); }\n");
    bench.cc("fake.c", &["-shared", "-fPIC", "-o", "late.so"]);
    bench.cc("fake.c", &["-shared", "-fPIC", "-Wl,-z,initfirst", "-o", "fake.so"]);
    let run = |agent: &str, more: &[&str]| {
        let start = ["run", "--agent", agent, "--record", "*", "--journal", "j", "--", "./small", "1"];
        bench.bridge(&[&start[..], more].concat())
    };
    for agent in ["small.c", "small", "m.so", "late.so"] {
        let did = run(agent, &[]).ended(2).says(&["not the agent of cmp-bridge", "hint: "]);
        assert_eq!(did.out, "", "the program was started");
        assert!(!bench.path("j").exists());
    }
    let did =
        run("fake.so", &[]).ended(2).says(&["ran without hooks: the agent never spoke", "exit status 2"]);
    did.prints(&["sum="]);
    std::fs::remove_file(bench.path("j")).expect("the journal");
    run("fake.so", &["exit", "3"]).ended(3).says(&["the agent never spoke"]);
}

/// The shell's limit stands for a full disk: smaller rings, and at last none.
#[test]
fn no_room_for_the_rings() {
    let bench = Bench::new("bad-room");
    let run = |blocks: u32, options: &str| {
        let text = format!(
            "trap '' XFSZ; ulimit -f {blocks}; exec \"$0\" run {options} --record '*' --journal j -- ./small 20"
        );
        let command = bench.command(&[]);
        let mut shell = std::process::Command::new("sh");
        shell.args(["-c", &text]).arg(command.get_program()).current_dir(bench.path(""));
        shell.env("CMP_BRIDGE_AGENT", crate::support::agent()).env_remove("LD_PRELOAD");
        let did = Did::of(shell.output().expect("a shell"));
        let _ = std::fs::remove_file(bench.path("j"));
        did
    };
    let did = run(40000, "").ended(0);
    did.says(&["for 32 rings of 8.0 MiB: they have 512.0 KiB; --ring-mib", "60 calls recorded, 0 dropped"]);
    assert_eq!(run(40000, "--quiet").ended(0).err, "");
    assert!(!run(100_000, "--ring-mib 1").ended(0).err.contains("no room"));
    let did = run(200, "--ring-mib 1").ended(2);
    assert_eq!(did.out, "", "the program was started");
    did.says(&["rings: File too large", "whatever --ring-mib says: make room", "XDG_RUNTIME_DIR"]);
}

#[test]
fn signatures_that_nothing_confirms() {
    let bench = Bench::new("bad-unconfirmed");
    config(&bench, "contracts = [\"small.toml\"]\n[routes]\n\"*\" = \"record\"\n");
    bench.cc("small.c", &["-O2", "-fno-inline", "-o", "bare"]);
    let run = |program: &str| {
        let did = bench.bridge(&[&RUN[..], &[program]].concat()).ended(0);
        std::fs::remove_file(bench.path("j")).expect("the journal");
        did
    };
    let line = "signature of 3 routines not confirmed by debug information: scale, norm2, crunch\n";
    run("./bare").says(&[line, "30 calls recorded"]);
    assert!(!run("./small").err.contains("not confirmed"));
}

#[test]
fn modules_of_another_contract() {
    let bench = Bench::new("bad-module");
    bench.record("day");
    bench.module("m.so", &["-DABI=99"]);
    config(&bench, "contracts = [\"small.toml\"]\nmodules = [\"m.so\"]\n[routes]\nscale = \"shadow\"\n");
    let both = |bench: &Bench, says: &[&str]| {
        bench.bridge(&["run", "--config", "bridge.toml", "--", "./small"]).ended(2).says(says);
        bench.bridge(&["replay", "day", "--module", "m.so"]).ended(2).says(says);
    };
    both(&bench, &["m.so: built for module boundary 99"]);
    bench.module("m.so", &["-UHASH_SCALE", "-DHASH_SCALE=7"]);
    both(&bench, &["`scale` was built for contract hash 0000000000000007, but", "hint: build the module"]);
    bench.write("none.c", "int nothing;\n");
    bench.cc("none.c", &["-shared", "-fPIC", "-o", "m.so"]);
    both(&bench, &["m.so: not a module: it does not export `cmp_bridge_module`"]);
    bench.write("m.so", "text");
    both(&bench, &["m.so: cannot be loaded: ", "file too short", "hint: a module is"]);
    // Cut in its table of segments, in a segment, and in what stands behind all of them.
    bench.module("whole.so", &[]);
    let whole = std::fs::read(bench.path("whole.so")).expect("the module");
    for length in [100, whole.len() / 3, whole.len() - 100] {
        std::fs::write(bench.path("m.so"), &whole[..length]).expect("a part of it");
        let part = format!("m.so: it is not whole: it has {length} bytes");
        both(&bench, &[&part, "hint: copy it whole"]);
    }
}

#[test]
fn damaged_journals_are_refused_or_salvaged() {
    let bench = Bench::new("bad-journal");
    bench.record("day");
    bench.module("m.so", &[]);
    let bytes = std::fs::read(bench.path("day")).expect("the journal");
    let mut changed = bytes.clone();
    let last = changed.len() - 100;
    changed[last] ^= 1;
    std::fs::write(bench.path("changed"), changed).expect("write");
    bench.bridge(&["journal", "changed"]).ended(1).says(&["damaged: block at byte", "checksum"]);
    bench
        .bridge(&["replay", "changed", "--module", "m.so"])
        .ended(2)
        .says(&["damaged in 1 places", "--salvage"]);
    std::fs::write(bench.path("cut"), &bytes[..bytes.len() - 10]).expect("write");
    bench.bridge(&["journal", "cut"]).ended(1).says(&["incomplete: cut short"]);
    // A killed recording is evidence as far as it goes.
    bench.bridge(&["replay", "cut", "--module", "m.so"]).ended(0).prints(&["damaged: cut short"]);
    for (file, says) in [("small.c", "not a journal"), ("none", "No such file"), (".", "hint: ")] {
        bench.bridge(&["journal", file]).ended(2).says(&["error: ", says]);
        bench.bridge(&["replay", file, "--module", "m.so"]).ended(2).says(&["error: ", says]);
    }
    bench.bridge(&["replay", "."]).ended(2).says(&[".: is a folder, not a journal", "hint: name the file"]);
    bench
        .bridge(&["replay", "day", "--module", "m.so", "--timeout", "0"])
        .ended(2)
        .says(&["'0' for '--timeout <MS>'"]);
    bench.bridge(&["replay", "day"]).ended(2).says(&["nobody is named to answer", "--module FILE"]);
    bench
        .bridge(&["replay", "day", "--control"])
        .ended(2)
        .says(&["--control needs the executable", "add --exe"]);
    bench
        .bridge(&["replay", "day", "--module", "m.so", "--routine", "scal"])
        .ended(2)
        .says(&["did you mean `scale`?"]);
    bench
        .bridge(&["replay", "day", "--module", "m.so", "--html", "none/e.html"])
        .ended(2)
        .says(&["cannot be written"]);
}

#[test]
fn evidence_is_never_overwritten() {
    let bench = Bench::new("bad-overwrite");
    bench.record("j");
    let before = std::fs::read(bench.path("j")).expect("the journal");
    config(&bench, "contracts = [\"small.toml\"]\n[routes]\n\"*\" = \"record\"\n");
    bench
        .bridge(&[&RUN[..], &["./small"]].concat())
        .ended(2)
        .says(&["j: cannot be created as a journal", "never overwritten"]);
    assert_eq!(std::fs::read(bench.path("j")).expect("the journal"), before);
}

#[test]
fn processes_that_are_not_ours() {
    let bench = Bench::new("bad-pid");
    bench
        .bridge(&["status", "1"])
        .ended(2)
        .says(&["process 1 was not started by `cmp-bridge run`", "hint: "]);
    bench.bridge(&["route", "1", "a=rust"]).ended(2).says(&["process 1 was not started"]);
    bench.bridge(&["route", "1", "a=best"]).ended(2).says(&["legacy, record, shadow, rust"]);
    bench.bridge(&["worker", "m.so", "88", "89"]).ended(2).says(&["descriptor 88 is not open"]);
}
