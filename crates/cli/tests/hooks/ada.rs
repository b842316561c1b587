//! A fault in the first instructions of a hooked Ada routine happens in a copy of them, and must still become the exception
//! that the program handles.

use crate::support::{Case, Done, Run, agent, returned, root, start};
use cmp_bridge::control::Route;
use std::time::Duration;

/// How a program is linked: the unwinder is in a shared library, or in the program; the last one is that of gcc 11, which
/// knows nothing of `_dl_find_object`, as all on RHEL 7, 8 and 9.
const BUILDS: [(&str, &str, bool); 3] = [
    ("shared", "-bargs -shared -largs -shared-libgcc", true),
    ("static", "-bargs -static -largs -static-libgcc", false),
    ("older", "-bargs -static -largs -static-libgcc -L/usr/lib/gcc/x86_64-linux-gnu/11", false),
];

fn build(test: &str, link: &str, shared: bool) -> Case {
    let case = Case::new("ada_null", test);
    case.make(&format!("gnatmake -q -g -O2 -I{}/legacy/main nul.adb {link}", root().display()));
    let needed = case.make("readelf -d nul");
    assert_eq!(needed.contains("libgcc_s"), shared, "{needed}");
    let asks = case.make("nm -D --undefined-only nul");
    let newer = asks.contains("_dl_find_object");
    assert_eq!(
        (newer, asks.contains("dl_iterate_phdr")),
        (test.ends_with("static"), test.ends_with("older")),
        "{asks}"
    );
    // The reads stand among the bytes that a hook replaces: else this proves nothing.
    for (routine, bytes) in [("lecture__brute", "8b 07"), ("premier__somme", "8b ")] {
        let code = case.make(&format!("objdump -d --disassemble={routine} nul"));
        let lines: Vec<&str> = code.lines().filter(|line| line.contains(":\t")).take(2).collect();
        assert!(lines.iter().any(|line| line.contains(bytes) && line.contains("(%rdi)")), "{code}");
    }
    case
}

fn native(case: &Case) -> Done {
    let native = case.native(&["./nul"]).exited(1).says(&["raised STORAGE_ERROR"]);
    native.prints(&["lire_ou 1951-2\n", "somme 15599-1\n", "rattrapee\n"])
}

#[test]
fn a_null_dereference_in_a_relocated_prologue_is_an_ada_exception() {
    for (test, link, shared) in BUILDS {
        let case = build(test, link, shared);
        let native = native(&case);
        for route in [Route::Legacy, Route::Record] {
            let run: Run = case.route(route, &["nul.toml".to_owned()], &[], &["./nul"]).is(&native);
            assert_eq!(run.hooked(), ["somme", "lire_ou", "brute"], "{test}");
            if route == Route::Record {
                assert_eq!(run.count("somme", returned), 40, "{test}");
                assert_eq!(run.count("lire_ou", returned), 40, "{test}");
                // Of `brute` only the 20 with an address return: 20 faults in lire_ou, 20 and one in the main program.
                assert_eq!((run.count("brute", returned), run.calls("brute").len()), (20, 61), "{test}");
            }
        }
    }
}

/// The twin: the same programs die once the unwinder does not see our rows.
#[test]
fn without_our_unwind_rows_the_program_dies() {
    for (test, link, shared) in BUILDS {
        let case = build(&format!("blind-{test}"), link, shared);
        let native = native(&case);
        case.make("gcc -O2 -shared -fPIC blind.c -o blind.so");
        // By itself it changes nothing.
        let blind = start(case.command(&["./nul"]).env("LD_PRELOAD", case.path("blind.so")));
        assert_eq!(blind.done(Duration::from_secs(10)), native);
        for route in [Route::Legacy, Route::Record] {
            let config = case.config(route, &["nul.toml".to_owned()], &[]);
            // In front of the agent, which the command takes for a library of the user.
            let (mut bridge, _) =
                case.bridge_with(&case.path("blind.so"), &["--config", &config], &["./nul"]);
            let done = start(bridge.env("LD_PRELOAD", agent()));
            let done = done.done(Duration::from_secs(30));
            assert!(
                done.out != native.out && !done.out.contains("somme"),
                "{test} {}: {done:?}",
                route.name()
            );
        }
    }
}
