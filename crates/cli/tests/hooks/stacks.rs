//! Small stacks and nearly full ones: what does not fit is not observed, and counted; the program never notices.

use crate::support::{Case, returned};

/// The program does what it does alone; how many calls of `nest` were recorded, all others being counted as dropped.
#[track_caller]
fn recorded(case: &Case, program: &[&str], calls: u64) -> usize {
    let native = case.native(program).exited(0);
    let run = case.record(program).is(&native);
    let summary = run.summary();
    assert!(summary.damage.is_empty(), "{:?}", summary.damage);
    assert_eq!(summary.calls + summary.dropped, calls, "{program:?}: {summary:?}");
    run.count("nest", returned)
}

fn build(test: &str) -> Case {
    let case = Case::new("stacks", test);
    case.make("gcc -g -O2 stacks.c -o stacks -pthread");
    case
}

#[test]
fn threads_with_little_room_run_as_alone() {
    let case = build("threads");
    // `thread` itself is one call more.
    assert_eq!(recorded(&case, &["./stacks", "thread", "100", "16384"], 102), 0);
    let nearly_full = recorded(&case, &["./stacks", "thread", "1000", "65536"], 1002);
    assert!(nearly_full < 10, "{nearly_full} frames on 64 KiB");
    // The twin with much room: not one is lost.
    assert_eq!(recorded(&case, &["./stacks", "thread", "3", "1048576"], 5), 4);
}

#[test]
fn handlers_on_small_signal_stacks_run_as_alone() {
    let case = build("signals");
    // Three calls of `nest` after the handler, on the first thread's stack, are recorded in any case. The least signal
    // stack grows with the processor's registers.
    // SAFETY: getauxval touches no memory.
    let least = unsafe { libc::getauxval(libc::AT_MINSIGSTKSZ) }.max(2048);
    for bytes in [least + 640, least + 1024, 4096.max(least + 1024), 8192, 16384] {
        let bytes = bytes.next_multiple_of(16).to_string();
        assert_eq!(recorded(&case, &["./stacks", "signal", "1", &bytes], 3 + 3), 3, "{bytes}");
    }
    assert_eq!(recorded(&case, &["./stacks", "signal", "1", "262144"], 3 + 3), 5);
}

#[test]
fn stacks_that_are_not_what_they_look_like_run_as_alone() {
    let case = build("odd");
    for what in ["open", "given", "disarmed", "coroutine"] {
        let threads = if what == "open" { 8 } else { 1 };
        for depth in [12, 20, 24] {
            let before = if what == "coroutine" { 3 + 2 } else { 0 };
            let calls = (depth + 1 + 2) * threads + before;
            // `run`, `odd` and the functions around are calls, too: only what `wide` and `nest` do is counted here.
            let program = ["./stacks", what, &depth.to_string(), "20480"].map(str::to_owned);
            let program: Vec<&str> = program.iter().map(String::as_str).collect();
            let native = case.native(&program).exited(0);
            let run = case.record(&program).is(&native);
            let summary = run.summary();
            assert!(summary.damage.is_empty(), "{:?}", summary.damage);
            let seen = run.count("nest", returned) + run.count("wide", returned);
            assert!(seen < 6, "{what}: {seen} of {calls} calls were observed on 20 KiB");
            assert!(summary.dropped as usize >= calls - seen, "{what}: {summary:?}");
        }
    }
    // The twins: a thread on its own memory with room, and one without a closed page, lose nothing.
    for what in ["open", "given"] {
        let run = case.record(&["./stacks", what, "3", "65536"]);
        let threads = if what == "open" { 8 } else { 1 };
        assert_eq!(run.count("wide", returned), 4 * threads, "{what}: {:?}", run.summary());
    }
}

#[test]
fn tasks_with_little_room_run_as_alone() {
    let case = Case::new("stacks", "tasks");
    case.make("gnatmake -q -g -O1 tasks.adb");
    let native = case.native(&["./tasks"]).exited(0);
    assert_eq!(native.out, " 120 3\n");
    let run = case.record(&["./tasks"]).is(&native);
    let (summary, name) = (run.summary(), "tasks__nest");
    let hooked = run.hooked();
    let name = hooked.iter().find(|hooked| hooked.contains("nest")).map_or(name, String::as_str);
    assert_eq!(run.count(name, returned), 4, "the task with much room");
    assert!(summary.dropped >= 121, "{summary:?}");
}
