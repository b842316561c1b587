//! Routines inside routines find the variables around them through an address in r10, of which no C ABI speaks: it
//! reaches the routine as the caller left it.

use crate::support::{Case, Done, Run, abandoned, lifted, returned, start};
use serde_json::Value;
use std::time::Duration;

/// The first instructions of a function: address, bytes, text.
fn code(case: &Case, program: &str, function: &str) -> Vec<(u64, usize, String)> {
    let text = case.make(&format!("objdump -d --disassemble={function} {program}"));
    let line = |line: &str| {
        let mut parts = line.splitn(3, '\t');
        let address = u64::from_str_radix(parts.next()?.trim().strip_suffix(':')?, 16).ok()?;
        Some((address, parts.next()?.split_whitespace().count(), parts.next()?.to_owned()))
    };
    text.lines().filter_map(line).collect()
}

/// These functions read memory through r10 before they write r10: else the test proves nothing.
fn reads_r10(case: &Case, program: &str, functions: &[&str]) {
    for function in functions {
        let code = code(case, program, function);
        let first = code.iter().find(|(_, _, text)| text.contains("%r10")).map(|(_, _, text)| text.as_str());
        let read = first.is_some_and(|text| text.contains("(%r10)") || !text.ends_with(",%r10"));
        assert!(read, "{function}: {code:#?}");
    }
}

/// The program does what it does alone, with these routines recorded that many times.
fn hold(case: &Case, program: &str, expected: &[(&str, usize)]) -> (Done, Run) {
    let native = case.native(&[program]).exited(0);
    let run = case.record(&[program]).is(&native);
    for (routine, calls) in expected {
        assert_eq!(run.count(routine, returned), *calls, "{routine}");
    }
    assert_eq!(run.summary().dropped, 0);
    (native, run)
}

/// What the journal has of a routine: argument and result of each call.
fn said(case: &Case, routine: &str, argument: &str) -> Vec<(Value, Value)> {
    let calls = lifted(&case.path("0.journal"));
    let calls = calls.iter().filter(|call| call["routine"] == routine);
    calls.map(|call| (call["before"][argument].clone(), call["after"]["return"].clone())).collect()
}

#[test]
fn nested_functions_of_c_keep_the_address_of_the_frame_around_them() {
    for (test, flags) in [("c", "-O2"), ("c-O0", "-O0 -no-pie")] {
        let case = Case::new("static_link", test);
        case.make(&format!("gcc -g -w {flags} -fno-ipa-cp -fno-ipa-sra -z execstack nested.c -o nested"));
        reads_r10(&case, "nested", &["inner.0", "innermost.2"]);
        // `inner` once directly and n times through a trampoline, for n from 0 to 4.
        let expected = [("enclose", 5), ("inner", 15), ("apply", 5), ("middle", 4), ("innermost", 8)];
        let (native, _) = hold(&case, "./nested", &expected);
        native.prints(&["3 13214\n", "4.1875 62\n"]);
        let inner = said(&case, "inner", "x");
        let pairs: Vec<(i64, i64)> = inner
            .iter()
            .map(|(x, y)| (x.as_i64().expect("a number"), y.as_i64().expect("a number")))
            .collect();
        // x * (7 - n) and the number of calls: only the frame around it knows both.
        for pair in [(2, 11), (0, 2), (1, 7), (3, 14)] {
            assert!(pairs.contains(&pair), "{pair:?} in {pairs:?}");
        }
    }
}

/// The twin: a hook that uses r10 on its way changes the answers.
#[test]
fn a_hook_that_uses_r10_is_noticed() {
    let case = Case::new("static_link", "spoilt");
    case.make("gcc -g -w -O2 -fno-ipa-cp -fno-ipa-sra -z execstack -no-pie nested.c -o nested");
    case.make("gcc -O2 -shared -fPIC spoil.c -o spoil.so");
    let native = case.native(&["./nested"]).exited(0);
    let code = code(&case, "nested", "inner.0");
    let mut length = 0;
    for (_, bytes, _) in code.iter().take_while(|(_, _, text)| !text.starts_with("ret")) {
        if length < 14 {
            length += bytes;
        }
    }
    let spoil = format!("{:#x} {length}", code[0].0);
    let preloaded = |spoil: &str| {
        let mut command = case.command(&["./nested"]);
        start(command.env("LD_PRELOAD", case.path("spoil.so")).env("SPOIL", spoil))
            .done(Duration::from_secs(10))
    };
    assert_eq!(preloaded("nothing"), native, "the library alone changes nothing");
    let spoilt = preloaded(&spoil).exited(0);
    assert_ne!(spoilt.out, native.out);
}

#[test]
fn internal_procedures_of_fortran_keep_the_address_of_their_host() {
    for (test, flags) in [("fortran", "-O2 -fno-inline -fno-ipa-cp -fno-ipa-sra"), ("fortran-O0", "-O0")] {
        let case = Case::new("static_link", test);
        case.make(&format!("gfortran -g {flags} nested.f90 -o nested"));
        reads_r10(&case, "nested", &["inner.1", "twice.0"]);
        let (native, _) = hold(&case, "./nested", &[("hosts_host", 5), ("inner", 10), ("twice", 5)]);
        native.prints(&["90005\n", "126009\n"]);
        let inner = said(&case, "inner", "x");
        assert_eq!(inner[0], (1.into(), 9.into()));
        assert_eq!(inner.last(), Some(&(21000.into(), 84002.into())));
    }
}

/// What works on another routine's frame cannot be called again: replay says so.
#[test]
fn what_has_a_static_link_is_not_replayed() {
    let case = Case::new("static_link", "replay");
    case.make("gfortran -g -O2 -fno-inline -fno-ipa-cp -fno-ipa-sra nested.f90 -o nested");
    let run = case.run(&["--record", "inner"], &["./nested"]);
    assert_eq!(run.calls("inner").len(), 10);
    let mut replay = case.command(&[env!("CARGO_BIN_EXE_cmp-bridge"), "replay", "0.journal", "--control"]);
    let did = start(replay.args(["--exe", "nested"])).done(Duration::from_secs(30));
    did.exited(2).prints(&["routine.inner.static-link: it works on the frame of the routine it stands in"]);
}

/// Nested subprograms of Ada, one of a local generic instance; an exception passes through one and is handled in another.
#[test]
fn nested_subprograms_of_ada_keep_the_address_of_the_frame_around_them() {
    for (test, flags) in [("ada", "-O2 -fno-ipa-cp -fno-ipa-sra"), ("ada-O0", "-O0")] {
        let case = Case::new("static_link", test);
        case.make(&format!("gnatmake -q -g {flags} emboites.adb"));
        let symbols = case.make("nm emboites");
        let local = |stem: &str| {
            let names = symbols.lines().filter_map(|line| line.split_whitespace().nth(2));
            let mut names = names.filter(|name| name.starts_with(stem) && !name.ends_with(".cold"));
            names.next().unwrap_or_else(|| panic!("no {stem}")).to_owned()
        };
        let nested =
            ["hotes__cumuler__interne.", "hotes__cumuler__locale.", "hotes__essayer__diviser."].map(local);
        reads_r10(&case, "emboites", &nested.each_ref().map(String::as_str));
        let expected = [
            ("hotes__cumuler", 5),
            ("hotes__cumuler__interne", 5),
            ("hotes__cumuler__locale", 5),
            ("hotes__essayer", 2),
            ("hotes__essayer__garder", 2),
            ("hotes__essayer__diviser", 1),
        ];
        let (native, run) = hold(&case, "./emboites", &expected);
        native.prints(&[" 8100111\n", " 10500511\n", "-1001 143\n"]);
        assert_eq!(run.count("hotes__essayer__diviser", abandoned), 1, "the exception passes through it");
        let locale = said(&case, "hotes__cumuler__locale", "b");
        assert_eq!(locale.first(), Some(&(9000.into(), 72001.into())));
    }
}
