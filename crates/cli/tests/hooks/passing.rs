//! What passes through the frame of a hook: exceptions, longjmp, the end of a thread, recursion, tail calls, and stacks as
//! gcc leaves them.

use crate::support::{Case, abandoned, returned};
use cmp_bridge::control::Route;
use cmp_bridge_journal::Outcome;
use std::collections::BTreeMap;

/// Deepest nesting that is recorded in one thread.
const MAX_DEPTH: usize = 1024;

fn unwinding(test: &str, flags: &str) -> Case {
    let case = Case::new("unwinding", test);
    case.make("gcc -g -O2 -fexceptions -c routines.c");
    case.make(&format!("g++ -g {flags} main.cpp routines.o -o leaving"));
    case
}

#[test]
fn exceptions_and_longjmp_pass_and_are_recorded_as_such() {
    // Without optimisation every frame above a hook needs its frame pointer back.
    for (test, flags) in
        [("shared", "-O2"), ("static", "-O2 -static-libgcc -static-libstdc++"), ("nopie", "-O0 -no-pie")]
    {
        let case = unwinding(test, flags);
        let native = case.native(&["./leaving"]).exited(4);
        let run = case.record(&["./leaving"]).is(&native);
        // The C++ routines around it are calls themselves: here the outcomes of one routine count.
        let left = run.count("apply", abandoned);
        let open = run.count("apply", |outcome| matches!(outcome, Outcome::Unfinished));
        // 10 exceptions through one frame, one through two, 10 longjmps, and a thread that left: whether that one is seen depends on
        // what the thread still calls.
        assert_eq!(left + open, 10 + 2 + 10 + 1, "{test}");
        assert!(open <= 1, "{test}: {open} calls without an end");
        // After each of those one that is right, then `nested` with its four inner ones, and the last.
        let right: Vec<_> = run.calls("apply").into_iter().filter(|call| returned(&call.outcome)).collect();
        assert_eq!(right.len(), 11 + 10 + 5 + 1, "{test}");
        // Without inlining the routines of the library around them have depths of their own.
        if test == "nopie" {
            continue;
        }
        let depths = right.iter().fold(BTreeMap::new(), |mut depths, call| {
            *depths.entry(call.depth).or_insert(0) += 1;
            depths
        });
        // The C++ routine around eleven of them, and so around the inner ones, is a recorded call itself.
        assert_eq!(depths, BTreeMap::from([(0, 12), (1, 11), (2, 4)]), "{test}");
    }
}

#[test]
fn an_idle_hook_lets_everything_pass() {
    let case = unwinding("idle", "-O2");
    let native = case.native(&["./leaving"]).exited(4);
    let run = case.route(Route::Legacy, &case.scanned("leaving"), &[], &["./leaving"]).is(&native);
    assert_eq!(run.hooked().len(), 13);
    assert_eq!(run.summary().calls, 0);
}

#[test]
fn recursion_deeper_than_the_journal_is_counted() {
    let case = unwinding("deep", "-O2");
    let native = case.native(&["./leaving"]).exited(4);
    let run = case.run(&["--record", "sum_down"], &["./leaving"]).is(&native);
    let calls = run.calls("sum_down");
    // As deep as a 32nd of the stack allows; 1,024 would take most of a megabyte of it.
    assert!((100..MAX_DEPTH).contains(&calls.len()), "{}", calls.len());
    assert_eq!(run.summary().dropped as usize, 2001 - calls.len());
    let outermost = calls.iter().find(|call| call.depth == 0).expect("the outermost call");
    assert_eq!((outermost.gpr[0], outermost.number), (2000, 1));
    assert!(calls.iter().all(|call| returned(&call.outcome) && call.gpr[0] == 2000 - u64::from(call.depth)));
}

/// Each observed call takes room on the program's own stack: never so much that it misses it.
#[test]
fn stacks_that_are_nearly_full_do_not_overflow() {
    let case = Case::new("small_stack", "full");
    case.make("gcc -g -O2 -pthread -o small_stack small_stack.c");
    let native = case.native(&["./small_stack"]).exited(0);
    assert!(native.out.starts_with("thread 220\n"), "{native:?}");
    let run = case.record(&["./small_stack"]).is(&native);
    for name in ["descend", "deep"] {
        // A small stack has room for few observed calls inside each other.
        assert!(!run.calls(name).is_empty(), "{name}");
    }
    assert!(run.summary().dropped > 500);
}

#[test]
fn a_tail_call_is_a_call_inside() {
    let case = unwinding("tail", "-O2");
    let code = case.make("objdump -d --no-show-raw-insn --disassemble=front leaving");
    assert!(code.contains("jmp ") && !code.contains("call "), "{code}");
    let run = case.record(&["./leaving"]);
    let (front, back) = (run.calls("front"), run.calls("back"));
    assert_eq!((front.len(), back.len()), (1, 1));
    assert_eq!((front[0].depth, back[0].depth, back[0].gpr[0], back[0].gpr[1] as u32), (0, 1, 21, 5));
    for call in [front[0], back[0]] {
        let Outcome::Returned { returned, .. } = &call.outcome else { panic!("{call:?}") };
        assert_eq!(returned.gpr[0] as u32, 47);
    }
}

/// gcc may call a local routine with a stack that is misaligned by 8: what the hook calls must not feel it.
#[test]
fn a_misaligned_stack_is_no_trap() {
    let case = Case::new("misaligned", "c");
    let flags = "-g -O2";
    case.make(&format!("gcc {flags} eight.c -o eight"));
    let code = case.make("objdump -d --no-show-raw-insn --disassemble=outer eight");
    let first = code.lines().find_map(|line| line.split_once(":\t")).expect("code").1;
    assert!(first.trim().starts_with("call"), "outer() aligns its stack: this proves nothing\n{code}");
    let native = case.native(&["./eight"]).exited(0);
    let module = case.module("eight.toml", "eight_module.c", "-O2");
    for route in Route::ALL {
        let run = case.route(route, &["eight.toml".to_owned()], &[&module], &["./eight"]).is(&native);
        let candidates = |routine| run.calls(routine).into_iter().filter(|call| answered(call)).count();
        if route == Route::Shadow {
            assert_eq!((candidates("inner"), candidates("eight")), (50, 50));
        }
    }
}

fn answered(call: &cmp_bridge_journal::Call) -> bool {
    call.candidate.as_ref().is_some_and(|candidate| {
        let Outcome::Returned { returned, .. } = &call.outcome else { return false };
        candidate.answer == cmp_bridge::module::Answer::ANSWERED && candidate.returned == *returned
    })
}
