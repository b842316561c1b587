//! Hooks are in place before any thread exists, whatever the program's libraries do before main.

use crate::support::{Case, returned, start};
use std::collections::BTreeSet;
use std::time::Duration;

#[test]
fn a_thread_of_a_static_initialiser_comes_after_the_hooks() {
    let case = Case::new("early", "thread");
    case.make("gcc -g -O2 -fPIC -c work.c");
    case.make("g++ -g -O2 -shared -fPIC early.cpp work.o -o libearly.so");
    case.make("gcc -g -O2 main.c -L. -learly -Wl,-rpath,$ORIGIN -o early");
    case.make("gcc -shared -fPIC count.c -o count.so");
    // A preloaded library with a plain constructor comes too late.
    let count = start(case.command(&["./early"]).env("LD_PRELOAD", case.path("count.so")));
    count.done(Duration::from_secs(10)).says(&["2 threads\n"]);
    let native = case.native(&["./early"]).exited(0);
    let run = case.record(&["./early"]).is(&native);
    let calls = run.calls("early_work");
    assert_eq!((calls.len(), run.summary().dropped), (201, 0));
    assert!(calls.iter().all(|call| returned(&call.outcome)));
    let threads: BTreeSet<u32> = calls.iter().map(|call| call.thread).collect();
    assert_eq!(threads.len(), 2);
}

#[test]
fn calls_of_library_level_tasks_during_elaboration_are_recorded() {
    let case = Case::new("early", "ada");
    case.make("gcc -g -O2 -c mesure.c");
    case.make("gnatmake -q -g -O2 princ.adb -largs mesure.o");
    let native = case.native(&["./princ"]).exited(0);
    let run = case.record(&["./princ"]).is(&native);
    let calls = run.calls("mesurer");
    let arguments: BTreeSet<u64> = calls.iter().map(|call| call.gpr[0]).collect();
    assert_eq!((calls.len(), arguments), (51, (1..=51).collect()));
    // 1 is called by the elaboration, 51 by the main program, the others by the task.
    let of = |argument| calls.iter().find(|call| call.gpr[0] == argument).expect("a call").thread;
    assert_eq!((of(1), of(51)), (1, 1));
    assert!((2..=50).all(|argument| of(argument) == 2));
}
