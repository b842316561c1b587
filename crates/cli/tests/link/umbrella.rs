//! Umbrella libraries: only the wanted symbols are visible, two of them do not clash, and a folder without Rust links them.

use crate::support::Scratch;

/// A module with state, allocation and a panic that is caught: much of the standard library.
fn module(name: &str, factor: i32) -> String {
    format!(
        "//! A module.\nuse std::sync::Mutex;\nstatic SEEN: Mutex<Vec<String>> = Mutex::new(Vec::new());\n\
         /// Answers.\n#[unsafe(no_mangle)]\npub extern \"C\" fn {name}(x: i32) -> i32 {{\n    \
         let seen = std::panic::catch_unwind(|| {{\n        let mut seen = SEEN.lock().unwrap();\n        \
         seen.push(format!(\"{{x}}\"));\n        assert!(x < 1000);\n        seen.len() as i32\n    }});\n    \
         x * {factor} + seen.unwrap_or(-1)\n}}\n\
         /// Nobody asked for it.\n#[unsafe(no_mangle)]\npub extern \"C\" fn {name}_extra() -> i32 {{ 7 }}\n"
    )
}

const MAIN: &str = "#include <stdio.h>\nint one(int), two(int);\n\
                    int main(void) { int a = one(1), b = two(1), c = one(5); printf(\"%d %d %d\\n\", a, b, c); return 0; }\n";
const LEGACY: &str = "int one(int x) { return x; }\n";

fn built(name: &str) -> Scratch {
    let scratch = Scratch::new(name);
    for (module_name, factor) in [("one", 10), ("two", 100)] {
        std::fs::write(scratch.path(&format!("{module_name}.rs")), module(module_name, factor))
            .expect("a source");
        scratch.sh(&format!(
            "rustc --edition 2024 --crate-type staticlib -o lib{module_name}.a {module_name}.rs"
        ));
    }
    std::fs::write(scratch.path("main.c"), MAIN).expect("a source");
    std::fs::write(scratch.path("legacy.c"), LEGACY).expect("a source");
    std::fs::write(scratch.path("legacy2.c"), LEGACY.replace("one", "two")).expect("a source");
    scratch.sh("gcc -g -O2 -c main.c legacy.c legacy2.c && gcc -o prog main.o legacy.o legacy2.o");
    scratch
}

fn shown(scratch: &Scratch, library: &str) -> Vec<String> {
    // `nm` would try its plugins on the compiler's own form of the code, and fail.
    let out = scratch.sh(&format!("readelf -sW {library}"));
    let global = |line: &str| {
        let words: Vec<&str> = line.split_whitespace().collect();
        let is = matches!(words.get(4), Some(&("GLOBAL" | "WEAK"))) && words.get(6) != Some(&"UND");
        words.get(7).filter(|_| is).map(|name| name.to_string())
    };
    out.lines().filter_map(global).collect()
}

const EXPECTED: &str = "11 101 52\n";

#[test]
fn two_modules_become_one_library_that_shows_the_wanted_symbols_only() {
    let scratch = built("umbrella");
    // The twin: as rustc makes them they show each other's insides.
    assert!(shown(&scratch, "libone.a").len() > 100);
    let arguments = [
        "--umbrella",
        "both.a",
        "--library",
        "libone.a",
        "--library",
        "libtwo.a",
        "--symbol",
        "one",
        "--symbol",
        "two",
    ];
    let script = scratch.plan(&arguments).ended(0).out;
    std::fs::write(scratch.path("umbrella.sh"), script).expect("a script");
    scratch.sh("sh umbrella.sh");
    assert_eq!(shown(&scratch, "both.a"), ["one", "two"]);
    let hidden = scratch.sh("nm both.a | grep -c __rust_alloc");
    assert_ne!(hidden.trim(), "0", "the allocator is there, and hidden");
    let before = scratch.sh("sha256sum both.a");
    scratch.sh("sh umbrella.sh");
    assert_eq!(scratch.sh("sha256sum both.a"), before, "not the same again");
    scratch.sh("gcc -o both main.o both.a -lm");
    assert_eq!(scratch.sh("./both"), EXPECTED);
    let symbols = scratch.sh("nm -g --defined-only both | grep -c -e rust -e extra || true");
    assert_eq!(symbols.trim(), "0");
}

#[test]
fn two_umbrellas_do_not_clash() {
    let scratch = built("umbrellas");
    for name in ["one", "two"] {
        let (output, library, script) = (format!("{name}.a"), format!("lib{name}.a"), format!("{name}.sh"));
        scratch
            .plan(&[
                "--umbrella",
                &output,
                "--library",
                &library,
                "--symbol",
                name,
                "--script",
                &script,
                "--debug",
            ])
            .ended(0);
        scratch.sh(&format!("sh {script}"));
    }
    scratch.sh("gcc -o both main.o one.a two.a -lm");
    assert_eq!(scratch.sh("./both"), EXPECTED);
}

#[test]
fn what_no_library_defines_or_several_do_is_refused() {
    let scratch = built("lacking");
    let umbrella =
        |more: &[&str]| scratch.plan(&[&["--umbrella", "x.a", "--library", "libone.a"], more].concat());
    let did = umbrella(&["--symbol", "three"]).ended(2);
    assert!(did.err.contains("no library defines three") && did.err.contains("`relink`"), "{}", did.err);
    scratch.sh("cp libone.a again.a");
    let did = umbrella(&["--library", "again.a", "--symbol", "one"]).ended(2);
    assert!(did.err.contains("`one` is defined by libone.a and again.a"), "{}", did.err);
    let did = umbrella(&["--library", "libtwo.a", "--symbol", "one"]).ended(2);
    assert!(did.err.contains("libtwo.a defines none"), "{}", did.err);
    assert!(!scratch.path("x.a").exists());
}

/// A delivery is a library, a piece of a Makefile and the legacy objects: make and the C tools are all it needs.
#[test]
fn a_folder_without_rust_links_a_delivery() {
    let scratch = built("delivery");
    let arguments = [
        "--umbrella",
        "both.a",
        "--library",
        "libone.a",
        "--library",
        "libtwo.a",
        "--symbol",
        "one",
        "--symbol",
        "two",
    ];
    scratch.plan(&[&arguments[..], &["--script", "umbrella.sh"]].concat()).ended(0);
    scratch.sh("sh umbrella.sh");
    let line = [
        "--rust",
        "both.a",
        "--symbol",
        "one",
        "--symbol",
        "two",
        "--make",
        "relink.mk",
        "--",
        "gcc",
        "-o",
        "prog",
    ];
    scratch.plan(&[&line[..], &["main.o", "legacy.o", "legacy2.o"]].concat()).ended(0);
    scratch.sh("mkdir target bin && mv both.a relink.mk target && cp main.o legacy.o legacy2.o target");
    for tool in ["sh", "make", "gcc", "ld", "as", "objcopy", "ar", "mkdir"] {
        scratch.sh(&format!("ln -s \"$(command -v {tool})\" bin/{tool}"));
    }
    let with = |line: &str| format!("cd target && env -i PATH=\"$PWD/../bin\" sh -c '{line}'");
    let without = scratch.try_sh(&with("cargo --version || rustc --version || cmp-bridge --version"));
    assert!(!without.status.success(), "there is a Rust on that path");
    scratch.sh(&with("make -f relink.mk"));
    assert_eq!(scratch.sh("target/relink/prog"), EXPECTED);
    // The twin: a folder whose library is another one.
    scratch.sh("cd target && cp ../libone.a both.a");
    assert!(!scratch.try_sh(&with("make -f relink.mk")).status.success());
}

/// Each library would bring a lock of its own for routines that only one thread may be in.
#[test]
fn several_libraries_with_serial_routines_are_refused() {
    let scratch = Scratch::new("serial");
    std::fs::write(
        scratch.path("cmp_bridge.rs"),
        "//! The lock.\npub mod support {\n    pub mod serial {\n        pub struct Serial;\n        impl Serial {\n            \
         #[inline(never)]\n            pub fn lock() -> Serial { Serial }\n        }\n    }\n}\n",
    )
    .expect("a source");
    scratch.sh("rustc --edition 2024 --crate-type rlib cmp_bridge.rs");
    for (name, body) in [("one", "cmp_bridge::support::serial::Serial::lock();"), ("two", ""), ("three", "")]
    {
        let body = if name == "three" { "cmp_bridge::support::serial::Serial::lock();" } else { body };
        let text = format!(
            "//! A module.\nextern crate cmp_bridge;\n/// Answers.\n#[unsafe(no_mangle)]\npub extern \"C\" fn {name}() {{ {body} }}\n"
        );
        std::fs::write(scratch.path(&format!("{name}.rs")), text).expect("a source");
        scratch.sh(&format!("rustc --edition 2024 --crate-type staticlib -L . -o lib{name}.a {name}.rs"));
    }
    let umbrella = |second: &str| {
        let library = format!("lib{second}.a");
        let first = ["--umbrella", "x.a", "--library", "libone.a", "--symbol", "one", "--library"];
        scratch.plan(&[&first[..], &[&library, "--symbol", second]].concat())
    };
    let did = umbrella("three").ended(2);
    assert!(did.err.contains("libone.a and libthree.a each hold a lock"), "{}", did.err);
    assert!(did.err.contains("one static library of a crate"), "{}", did.err);
    // The twin: only one of them is serial.
    umbrella("two").ended(0);
}
