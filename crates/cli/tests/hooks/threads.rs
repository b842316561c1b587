//! Many threads, routes that change under them, signals at every moment: the answers stay right, and what is not recorded
//! is counted.

use crate::support::{Case, Run, abandoned, long, returned, start};
use cmp_bridge::control::{AgentState, ControlPage, Route};
use cmp_bridge::session::Session;
use cmp_bridge_journal::{Call, Outcome};
use std::collections::HashSet;
use std::time::{Duration, Instant};

fn build(test: &str) -> Case {
    let case = Case::new("threads", test);
    case.make("gcc -g -O2 -c routines.c");
    case.make("gcc -O2 hammer.c routines.o -o hammer -pthread");
    case.make("gcc -O2 signals.c routines.o -o signals -pthread");
    case
}

/// The control page of a running `cmp-bridge run`, once the hooks are in place.
fn page(run: u32) -> ControlPage {
    let until = Instant::now() + Duration::from_secs(20);
    while Instant::now() < until {
        let page = Session::find(run).and_then(|session| ControlPage::open(&session.control()).ok());
        if let Some(page) = page.filter(|page| page.state() == AgentState::Installed) {
            return page;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("no hooks are in place");
}

fn rax(call: &Call) -> u64 {
    let Outcome::Returned { returned, .. } = &call.outcome else { panic!("{call:?}") };
    returned.gpr[0]
}

/// What the journal says of every call of `mix`, `fill` and `tick` is right.
fn is_right(run: &Run) {
    let summary = run.summary();
    assert!(summary.damage.is_empty(), "{:?}", summary.damage);
    for call in run.calls("mix").iter().filter(|call| returned(&call.outcome)) {
        let expected = call.gpr[0].wrapping_mul(7).wrapping_add((f64::from_bits(call.xmm[0]) * 4.0) as u64);
        assert_eq!(rax(call), expected, "{call:?}");
    }
    for call in run.calls("fill").iter().filter(|call| returned(&call.outcome)) {
        let Outcome::Returned { returned, after } = &call.outcome else { unreachable!("filtered") };
        let (x, n) = (f64::from_bits(call.xmm[0]), call.gpr[1] as u32);
        assert_eq!(
            f64::from_bits(returned.xmm[0]),
            f64::from(n) * x + f64::from(n * (n - 1) / 2),
            "{call:?}"
        );
        assert_eq!(
            after.first().map(|area| area.bytes[..8].to_vec()),
            Some(x.to_le_bytes().to_vec()),
            "{call:?}"
        );
    }
    for call in run.calls("tick").iter().filter(|call| returned(&call.outcome)) {
        assert_eq!(rax(call), call.gpr[0] * call.gpr[0] + 3, "{call:?}");
    }
    let mut seen = HashSet::new();
    for call in run.all() {
        assert!(
            seen.insert((call.thread, call.number)),
            "number {} of thread {} twice",
            call.number,
            call.thread
        );
    }
}

#[test]
fn routes_flip_under_eight_threads() {
    let case = build("flip");
    let flips = if long() { 100_000 } else { 10_000 };
    let config = case.config(Route::Legacy, &case.scanned("hammer"), &[]);
    let (mut command, journal) = case.bridge(&["--config", &config], &["./hammer", "8", "0"]);
    let mut child = start(&mut command);
    let page = page(child.pid());
    for flip in 0..flips {
        let route = if flip % 2 == 0 { Route::Record } else { Route::Legacy };
        for index in 0..page.routine_count() {
            page.set_route(index, route).expect("an open route");
        }
        // Long enough for some calls, short enough for many flips inside of calls.
        for _ in 0..flip % 64 * 4 {
            std::hint::spin_loop();
        }
    }
    assert!(child.is_running(), "it ended before the flips did");
    case.write("stop", "");
    let run = Run::of(child.done(Duration::from_secs(60)).exited(0), journal);
    assert_eq!(run.done.out, "wrong 0\n");
    assert!(run.summary().calls > 1000, "{:?}", run.summary());
    is_right(&run);
}

#[test]
fn threads_without_a_ring_are_counted() {
    let case = build("homeless");
    let run = case.record(&["./hammer", "100", "50"]);
    assert_eq!(run.done.out, "wrong 0\n");
    let summary = run.summary();
    assert_eq!(summary.calls + summary.dropped, 100 * 50 * 2, "{summary:?}");
    // There are 32 rings.
    assert!(summary.dropped >= 68 * 50 * 2, "{summary:?}");
    is_right(&run);
}

/// The program with signals in one mode, of which each route is recorded.
fn signals(case: &Case, mode: &str, route: Route) -> Run {
    let count = if long() { "50000" } else { "1000" };
    let program = ["./signals", mode, count];
    let module = case.module("routines.toml", "routines_module.c", "-O2");
    let run = case.route(route, &["routines.toml".to_owned()], &[&module], &program);
    assert_eq!(
        (run.done.out.as_str(), run.done.status.code()),
        ("wrong 0\n", Some(0)),
        "{mode}: {:?}",
        run.done
    );
    is_right(&run);
    assert_eq!(run.count("last", returned), 10, "{mode}: recording did not recover");
    if route == Route::Shadow {
        assert!(
            run.calls("last").iter().all(|call| call.candidate.is_some()),
            "{mode}: shadow did not recover"
        );
    }
    run
}

#[test]
fn handlers_call_hooked_routines_at_any_moment() {
    let case = build("signals");
    for (mode, route) in [
        ("plain", Route::Record),
        ("above", Route::Record),
        ("below", Route::Record),
        ("plain", Route::Shadow),
        ("above", Route::Shadow),
    ] {
        let run = signals(&case, mode, route);
        for name in ["fill", "mix", "tick"] {
            assert_eq!(run.count(name, abandoned), 0, "{mode}: nothing was abandoned");
        }
        // The end of a call may be lost, too, and is counted.
        let unfinished = run.all().iter().filter(|call| matches!(call.outcome, Outcome::Unfinished)).count();
        assert!(unfinished as u64 <= run.summary().dropped, "{mode}: {unfinished} {:?}", run.summary());
        let ticks = run.calls("tick");
        assert!(!ticks.is_empty(), "{mode}: {:?}", run.summary());
        if route == Route::Record {
            assert!(ticks.iter().any(|call| call.depth > 0), "{mode}: no signal came inside of a call");
        }
    }
}

#[test]
fn a_handler_may_leave_by_siglongjmp() {
    let case = build("jump");
    for route in [Route::Record, Route::Shadow] {
        let run = signals(&case, "jump", route);
        assert!(run.count("fill", abandoned) + run.count("mix", abandoned) > 0, "{:?}", run.done.err);
    }
}
