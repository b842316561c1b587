//! What the command says of lines that it cannot read, and of programs that were linked otherwise than planned.

use crate::support::{Did, Scratch};

const MAIN: &str = "int scale(int), both(int);\nint main(void) { return scale(1) + both(2); }\n";
const SCALE: &str = "extern int rate(void);\n__attribute__((noinline)) int scale(int x) { return x * rate(); }\n\
                     int both(int x) { return scale(x) + 1; }\n";
const RUST: &str = "//! Rust.\n\n/// A hundred times.\n#[unsafe(no_mangle)]\npub extern \"C\" fn scale(x: i32) -> i32 {\n    \
                    x * 100\n}\n";

fn built(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    for (file, text) in
        [("main.c", MAIN), ("scale.c", SCALE), ("rate.c", "int rate(void) { return 3; }\n"), ("r.rs", RUST)]
    {
        std::fs::write(scratch.path(file), text).expect("a source");
    }
    scratch.sh("gcc -O2 -g -c main.c scale.c rate.c && gcc -o prog main.o scale.o rate.o");
    scratch
}

fn with_rust(scratch: &Scratch) {
    scratch.sh("rustc --edition 2024 -O -C panic=abort --crate-type staticlib -o libr.a r.rs");
    let script =
        scratch.plan(&["--umbrella", "rust.a", "--library", "libr.a", "--symbol", "scale"]).ended(0).out;
    std::fs::write(scratch.path("umbrella.sh"), script).expect("a script");
    scratch.sh("sh umbrella.sh");
}

fn says(did: Did, parts: &[&str]) {
    let did = did.ended(2);
    parts.iter().for_each(|part| assert!(did.err.contains(part), "no `{part}` in\n{}", did.err));
}

#[test]
fn what_cannot_be_read_is_told() {
    let scratch = built("answers");
    let plan = |arguments: &[&str]| scratch.plan(arguments);
    says(plan(&["--symbol", "scale"]), &["no link line", "--help"]);
    says(plan(&["--", "gcc", "main.o"]), &["no routine is named"]);
    says(plan(&["--routine", "scale", "--", "gcc", "main.o"]), &["--routine needs the --contract"]);
    says(
        plan(&["--symbol", "scale", "--", "gcc", "-o", "x", "none.o"]),
        &["none.o: cannot be read", "build the program first"],
    );
    says(
        plan(&["--symbol", "scale", "--", "gcc", "-c", "main.c"]),
        &["does not link", "that links the executable"],
    );
    says(
        plan(&["--symbol", "scale", "--", "gcc", "-o", "x", "main.c"]),
        &["compiles main.c while it links", "to an object first"],
    );
    says(plan(&["--symbol", "scale", "--rust", "main.o", "--", "gcc", "main.o"]), &["main.o: "]);
    says(
        plan(&["--symbol", "scale", "--", "sh", "-c", "gcc -o x main.o"]),
        &["calls sh", "the line that it runs"],
    );
    std::fs::write(scratch.path("make.log"), "gcc -o a main.o\ngcc -o b main.o\ngcc -o c $(objects)\n")
        .expect("a log");
    says(plan(&["--symbol", "scale", "--from", "make.log"]), &["links several programs: a, b", "--program"]);
    says(plan(&["--symbol", "scale", "--from", "make.log", "--program", "d"]), &["no link line of d"]);
    says(
        plan(&["--symbol", "scale", "--script", "s.sh", "--", "gcc", "main.o", "scale.o", "rate.o"]),
        &["--rust"],
    );
    assert!(!scratch.path("s.sh").exists());
}

#[test]
fn a_log_with_a_response_file_in_another_folder_is_followed() {
    let scratch = built("log");
    with_rust(&scratch);
    scratch.sh("mkdir sub && mv *.o sub && printf 'main.o scale.o\\n\"rate.o\"\\n' >sub/objects");
    let log = "make[1]: Entering directory 'sub'\ncc -c x.c\ngcc \\\n  -o prog @objects -Wl,-rpath,'$ORIGIN'\nmake[1]: Leaving directory 'sub'\n";
    std::fs::write(scratch.path("make.log"), log).expect("a log");
    let did = scratch
        .plan(&["--symbol", "scale", "--rust", "rust.a", "--from", "make.log", "--script", "relink.sh"])
        .ended(0);
    assert!(did.out.contains("copy   scale, defined in scale.o"), "{}", did.out);
    scratch.sh("sh relink.sh");
    let did = scratch.try_sh("sub/relink/prog");
    assert_eq!(did.status.code(), Some((100 + 201) % 256));
    assert!(scratch.sh("readelf -d sub/relink/prog").contains("[$ORIGIN]"));
}

/// Where a caller in the object was left out, the check says who still reaches the legacy code.
#[test]
fn a_program_in_which_both_answer_is_told() {
    let scratch = built("both");
    with_rust(&scratch);
    scratch.sh("objcopy --redefine-sym scale=__wrap_scale rust.a wrapped.a");
    scratch.sh("gcc -o forced -Wl,--wrap=scale -Wl,-u,__wrap_scale wrapped.a main.o scale.o rate.o");
    let line = [
        "--symbol", "scale", "--rust", "rust.a", "--check", "forced", "--", "gcc", "-o", "prog", "main.o",
        "scale.o", "rate.o",
    ];
    let did = scratch.plan(&line).ended(1);
    assert!(did.out.contains("  both     scale, __wrap_scale at 0x"), "{}", did.out);
    assert!(did.out.contains("- both (0x"), "{}", did.out);
    // A program of other objects is told as well.
    scratch.sh("sed -i 's/ + 1/ + 2/' scale.c && gcc -O2 -g -c scale.c && gcc -o prog main.o scale.o rate.o");
    let did = scratch.plan(&line).ended(1);
    assert!(did.out.contains("changed, not meant: both is not what scale.o holds"), "{}", did.out);
}

/// No file of the line, nor its result, is written over; a map goes beside the relinked program.
#[test]
fn what_legacy_has_is_not_written_over() {
    let scratch = built("spared");
    with_rust(&scratch);
    let line = ["--", "gcc", "-o", "prog", "-Wl,-Map", "-Wl,prog.map", "main.o", "scale.o", "rate.o"];
    let plan = |arguments: &[&str]| {
        let all = [&["--symbol", "scale", "--rust", "rust.a"], arguments, &line[..]].concat();
        scratch.plan(&all)
    };
    scratch.sh("gcc -o prog -Wl,-Map -Wl,prog.map main.o scale.o rate.o && mkdir sub && ln -s .. sub/up");
    let files = "sha256sum main.o scale.o rate.o rust.a prog prog.map";
    let before = scratch.sh(files);
    for wrong in [
        &["--work", ".", "--script", "s.sh"][..],
        &["--work", "sub/up", "--script", "s.sh"],
        &["--out", "prog", "--script", "s.sh"],
        &["--out", "./sub/../main.o", "--script", "s.sh"],
        &["--script", "main.o"],
        &["--make", "rust.a"],
        &["--script", "s.sh", "--make", "prog.map"],
    ] {
        says(plan(wrong), &["would be written over", "give another --work"]);
        assert!(!scratch.path("s.sh").exists(), "{wrong:?}");
    }
    says(plan(&["--script", "s.sh", "--make", "s.mk", "--work", "a b"]), &["cannot stand in a Makefile"]);
    assert!(!scratch.path("s.sh").exists(), "one of two was written");
    plan(&["--script", "s.sh"]).ended(0);
    scratch.sh("sh s.sh && test -s relink/prog.map");
    assert_eq!(scratch.sh(files), before);
    let did = scratch.plan(&["--umbrella", "libr.a", "--library", "libr.a", "--symbol", "scale"]);
    says(did, &["would be written over"]);
}

/// What GNAT's tools call is not in the log, and files that are none are told.
#[test]
fn gnat_and_files_that_are_none() {
    let scratch = built("gnat");
    says(
        scratch.plan(&["--symbol", "x", "--", "gnatlink", "prog.ali"]),
        &["makes the link line itself", "-v -g"],
    );
    std::fs::write(scratch.path("make.log"), "gcc -c prog.adb\ngnatbind -x prog.ali\ngnatlink prog.ali\n")
        .expect("a log");
    says(scratch.plan(&["--symbol", "x", "--from", "make.log"]), &["make.log:3 calls gnatlink", "-v -g"]);
    says(scratch.plan(&["--symbol", "", "--", "gcc", "main.o"]), &["--symbol is empty"]);
    std::fs::write(scratch.path("nul.o"), [0; 64]).expect("a file");
    says(scratch.plan(&["--symbol", "x", "--", "gcc", "nul.o"]), &["nul.o: is neither"]);
}

/// The line strips the program: the commands do so in the end, and leave one to look at.
#[test]
fn a_line_that_strips_leaves_a_program_to_look_at() {
    let scratch = built("stripped");
    with_rust(&scratch);
    let objects = ["main.o", "scale.o", "rate.o"];
    for options in [&["-s"][..], &["-Wl,-s,-x"], &["-Xlinker", "--strip-all", "-Wl,--strip-all"]] {
        let mut line = vec!["--symbol", "scale", "--rust", "rust.a", "--script", "r.sh", "--", "gcc"];
        line.extend(options.iter().chain(&["-o", "prog"]).chain(&objects));
        scratch.plan(&line).ended(0);
        assert_eq!(
            scratch.sh("sh r.sh && nm relink/prog 2>&1").trim(),
            "nm: relink/prog: no symbols",
            "{options:?}"
        );
        scratch.sh("relink/prog; test $? = $((301 & 255))");
        line.splice(4..6, ["--check", "relink/prog.unstripped"]);
        scratch.plan(&line).ended(0);
        // What is stripped cannot be looked at.
        line[5] = "relink/prog";
        assert!(scratch.plan(&line).ended(1).out.contains(".unstripped"), "{options:?}");
    }
}

#[test]
fn an_umbrella_is_not_written_over_by_its_script() {
    let scratch = built("umbrella-over");
    with_rust(&scratch);
    for option in ["--script", "--make"] {
        let plan = ["--umbrella", "u.a", "--library", "libr.a", "--symbol", "scale", option, "./u.a"];
        says(scratch.plan(&plan), &["u.a would be written over", "the umbrella library itself"]);
    }
}
