//! Children of the program know nothing of us, and what the program does in them is not recorded.

use crate::support::{Case, Run, returned, start};
use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

fn build(test: &str) -> Case {
    let case = Case::new("children", test);
    case.make("gcc -g -O2 -c work.c");
    case.make("gcc -O2 children.c work.o -o children");
    case.make("gcc -O2 parent.c work.o -o parent");
    case.make("gcc -shared -fPIC user.c -o user.so");
    case
}

/// Arguments of the recorded calls of `work`, all of one thread.
fn arguments(run: &Run) -> BTreeSet<u64> {
    let calls = run.calls("work");
    assert!(calls.iter().all(|call| call.thread == 1 && returned(&call.outcome)));
    assert_eq!(run.summary().dropped, 0);
    calls.iter().map(|call| call.gpr[0]).collect()
}

#[test]
fn a_forked_child_works_and_is_not_recorded() {
    let case = build("forks");
    let native = case.native(&["./children", "forks"]).exited(3);
    let run = case.record(&["./children", "forks"]).is(&native);
    assert_eq!(arguments(&run), (1..=20).collect());
    // Both processes return from it; one of them is recorded.
    assert_eq!(run.count("split", returned), 1);
}

#[test]
fn children_that_run_another_program() {
    let case = build("programs");
    let native = case.native(&["./children", "programs"]).exited(3);
    let run = case.record(&["./children", "programs"]).is(&native);
    assert_eq!(arguments(&run), (1..=20).collect());
}

#[test]
fn children_inherit_nothing_of_us() {
    let case = build("environment");
    let native = case.native(&["./children", "environment"]).exited(3);
    assert!(native.out.contains("own PATH=") && native.out.contains("\nPATH="), "{native:?}");
    let run = case.record(&["./children", "environment"]).is(&native);
    for ours in ["LD_PRELOAD", "CMP_BRIDGE_SESSION", "libcmp_bridge_agent"] {
        assert!(!run.done.out.contains(ours), "{:?}", run.done);
    }
}

#[test]
fn a_program_that_runs_itself_again_is_not_hooked_again() {
    let case = build("again");
    let native = case.native(&["./children", "again"]).exited(8);
    let run = case.record(&["./children", "again"]).is(&native);
    assert!(run.done.out.contains("second: agent not mapped"), "{:?}", run.done);
    assert_eq!(arguments(&run), (1..=10).collect());
}

#[test]
fn a_preload_of_the_user_stays() {
    let case = build("preload");
    let user = case.path("user.so");
    let run = |preload: &str| {
        let native =
            start(case.command(&["./parent"]).env("LD_PRELOAD", preload)).done(Duration::from_secs(10));
        let (mut bridge, journal) = case.bridge(&["--record", "*"], &["./parent"]);
        let done = start(bridge.env("LD_PRELOAD", preload)).done(Duration::from_secs(30));
        let run = Run::of(done, journal).is(&native);
        assert_eq!(arguments(&run), BTreeSet::from([20]));
        assert!(run.done.out.contains(&format!("LD_PRELOAD={preload}\n")), "{:?}", run.done);
        run.done.out
    };
    let named = user.display().to_string();
    assert!(run(&named).starts_with("41 1\n"));
    let twice = format!("{named}:{named}");
    assert!(run(&twice).starts_with("41 1\n"));
    // The loader splits at spaces, too.
    let spaced = format!("{named} {named}");
    assert!(Path::new(&named).exists() && run(&spaced).starts_with("41 1\n"));
}
