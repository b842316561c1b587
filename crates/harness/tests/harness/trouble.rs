//! What goes wrong costs one call, and says what repeats it.

use crate::cmp::{cmp_day, start, with_tools};
use crate::legacy;
use cmp_bridge_harness::death::Death;
use cmp_bridge_harness::{Error, Harness, How, NULL, Value};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;
use std::time::Duration;

/// The program whose routines end in every way, which the tests of the command call as well.
fn endings() -> &'static Path {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    PROGRAM.get_or_init(|| {
        let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("endings-{}", std::process::id()));
        let source = legacy::root().join("crates/cli/tests/call/endings.c");
        let status = Command::new("gcc").args(["-g", "-O1", "-o"]).arg(&out).arg(source).status();
        assert!(status.expect("gcc").success());
        out
    })
}

fn harness() -> Harness {
    start(with_tools(Harness::of(endings())).timeout(Duration::from_millis(1000)))
}

fn how(error: Error) -> (How, String) {
    match error {
        Error::Ended(ended) => (ended.how, ended.repeat),
        other => panic!("{other}"),
    }
}

#[test]
fn a_crash_a_stop_and_an_endless_call_each_cost_one_call() {
    let harness = harness();
    let crash = harness.call("crash").arg("p", [1]).try_run().expect_err("it crashes");
    let (ended, repeat) = how(crash);
    assert_eq!(ended, How::Death(Death::Signal(11)));
    assert!(repeat.starts_with("cmp-bridge call ") && repeat.contains("crash 'p=[1]'"), "{repeat}");
    let (ended, _) = how(harness.call("stop").arg("code", 9).try_run().expect_err("it ends the process"));
    assert_eq!(ended, How::Death(Death::Exit(9)));
    let (ended, _) = how(harness.call("hang").try_run().expect_err("it hangs"));
    assert_eq!(ended, How::Death(Death::Timeout(Duration::from_millis(1000))));
    assert_eq!(harness.call("strlen8").arg("s", NULL).run().i64("return"), -1);
}

#[test]
fn a_process_goes_on_from_call_to_call_until_it_is_started_anew() {
    let harness = harness();
    let total = |by: i32| harness.call("count").arg("by", by).run().i64("return");
    // Scanned before the first call: each scan starts a fresh process.
    assert_eq!((total(1), total(2)), (1, 3));
    harness.restart();
    assert_eq!(total(5), 5);
    let _ = harness.call("crash").arg("p", [1]).try_run();
    assert_eq!(total(5), 5);
    let fresh = start(with_tools(Harness::of(endings())).fresh_process_each_call());
    let each = [1, 2].map(|by| fresh.call("count").arg("by", by).run().i64("return"));
    assert_eq!(each, [1, 2]);
}

#[test]
fn threads_share_a_harness() {
    let harness = &harness();
    std::thread::scope(|scope| {
        for number in 0..8_i64 {
            scope.spawn(move || {
                let text = "x".repeat(number as usize);
                assert_eq!(harness.call("strlen8").arg("s", text.as_str()).run().i64("return"), number);
            });
        }
    });
}

#[test]
fn what_is_printed_belongs_to_its_call() {
    let harness = harness();
    let first = harness.call("noisy").arg("text", "one").arg("n", 2).run();
    let second = harness.call("noisy").arg("text", "two").arg("n", 1).run();
    assert_eq!((first.printed.as_str(), first.errors_printed.as_str()), ("one\none\n", "done\n"));
    assert_eq!(second.printed, "two\n");
    // More than a pipe holds.
    let many = harness.call("noisy").arg("text", "a line of thirty-two characters..").arg("n", 9000).run();
    assert_eq!(many.printed.len(), 34 * 9000);
}

#[test]
fn state_is_set_and_read_by_name() {
    let cmp = cmp_day();
    let mu = |value: Value| match value {
        Value::Float { bits, .. } => f64::from_bits(bits as u64),
        other => panic!("{other:?}"),
    };
    cmp.call("inicst").arg("modele", "MSLIB").run();
    assert_eq!(mu(cmp.state("inicst", "cst.xmu").expect("state")), 3.986_004_415e14);
    // COMMON is storage: EDICST sees it as TAB(8).
    cmp.set_state("inicst", "cst.xmu", 1.5).expect("state");
    assert_eq!(cmp.call("edicst").arg("n", 8).run().f64s("v")[0], 1.5);
    let outcome = cmp.call("kepler").arg("xm", 1.0).arg("exc", 0.1).state("kepcpt.nitmax", 77).run();
    assert!(outcome.i64("state.kepcpt.nitmax") >= 77);
    let wrong = cmp.set_state("inicst", "cst.nu", 1.5).expect_err("no such field");
    assert!(wrong.to_string().contains("one of its fields"), "{wrong}");
}

#[test]
#[should_panic(expected = "repeat with: cmp-bridge call ")]
fn a_failed_test_says_what_repeats_it() {
    harness().call("crash").arg("p", [1]).run();
}

#[test]
#[should_panic(expected = "it has ian, mois, jour, jj50, ier")]
fn values_that_are_not_there_are_named() {
    cmp_day().call("caljj").arg("ian", 2004).arg("mois", 4).arg("jour", 6).run().i64("jj");
}
