//! C++ and Ada exceptions become errors, errors become exceptions, and nothing is left behind.

use cmp_bridge::support::{CallError, Done, Exception, Failure, Serial, caught};
use cmp_bridge_raising::raising_ada;
use cmp_bridge_raising::raising_cpp::{self, Point};
use cmp_bridge_raising::rewrite::DROPPED;
use std::ffi::{CStr, c_char};
use std::process::Command;
use std::sync::atomic::Ordering;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

// SAFETY: as the legacy sources define them.
unsafe extern "C-unwind" {
    fn adainit();
    fn raising_uncaught() -> i32;
    fn raising_vivants() -> i32;
    fn raising_regard() -> i32;
    fn raising_hote(kind: i32, text: *mut c_char, length: usize);
    fn raising_hote_gater(kind: i32, x: *mut f64, text: *mut c_char, length: usize);
    fn raising_hote_ada(kind: i32, text: *mut c_char, length: i32);
    fn raising_annuler() -> i32;
    fn raising_point_d_arret();
}

/// One test at a time, since they count what lives; Ada is elaborated, panics are quiet.
fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    static READY: Once = Once::new();
    let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    // SAFETY: once, before any Ada code runs.
    READY.call_once(|| unsafe { adainit() });
    turn
}

/// What a host makes of a call of Rust.
fn host(call: impl FnOnce(*mut c_char)) -> String {
    let mut text = [0u8; 1024];
    call(text.as_mut_ptr().cast());
    let text = CStr::from_bytes_until_nul(&text).unwrap();
    text.to_bytes().iter().map(|byte| char::from(*byte)).collect()
}

fn cpp_host(kind: i32) -> String {
    // SAFETY: the text has that length.
    host(|text| unsafe { raising_hote(kind, text, 1024) })
}

fn ada_host(kind: i32) -> String {
    // SAFETY: the text has that length.
    host(|text| unsafe { raising_hote_ada(kind, text, 1024) })
}

/// Objects of C++ that live, and exceptions in flight.
fn left_behind() -> (i32, i32) {
    // SAFETY: they only count.
    unsafe { (raising_vivants(), raising_uncaught()) }
}

#[test]
fn a_cpp_exception_is_an_error_with_type_and_message() {
    let _turn = turn();
    let control = raising_cpp::Control::lancer;
    assert_eq!(control(21), Ok(42));
    let long = "x".repeat(900);
    for (kind, ty, message) in [
        (1, "std::domain_error", "division par zero"),
        (2, "raising::Depassement", "hors de l'\u{e9}ph\u{e9}m\u{e9}ride"),
        (3, "int", ""),
        (4, "char const*", ""),
        (5, "raising::Nu", ""),
        (6, "raising::Depassement", "hors de l'\u{e9}ph\u{e9}m\u{e9}ride"),
        (7, "std::runtime_error", long.as_str()),
        (8, "raising::Depassement", "hors de l'\u{e9}ph\u{e9}m\u{e9}ride"),
        (10, "std::runtime_error", ""),
        (12, "std::logic_error", "dans un traitement"),
    ] {
        let found = control(kind).unwrap_err();
        assert_eq!((found.kind(), found.message()), (ty, message), "kind {kind}");
        assert_eq!(found, Exception::cpp(ty, message));
    }
    let template = control(9).unwrap_err();
    assert!(template.kind().starts_with("raising::Gabarit<std::"), "{template}");
    assert_eq!(control(1).unwrap_err().to_string(), "std::domain_error: division par zero");
    assert_eq!(left_behind(), (0, 0));
}

#[test]
fn a_message_that_is_too_long_is_cut() {
    let _turn = turn();
    let found = raising_cpp::Control::lancer(11).unwrap_err();
    assert_eq!(found.kind(), "std::runtime_error");
    assert!(found.message().len() >= 1000 && found.message().chars().all(|c| c == 'y'), "{found}");
}

#[test]
fn every_kind_of_answer_has_its_exceptions() {
    let _turn = turn();
    assert_eq!(raising_cpp::Control::statuer(15), Ok((30.0, Done::Ok)));
    assert_eq!(raising_cpp::Control::statuer(-4), Err(CallError::Failure(Failure(-4))));
    assert!(matches!(raising_cpp::Control::statuer(50), Ok((_, Done::Warning(3)))));
    assert!(matches!(raising_cpp::Control::statuer(1), Err(CallError::Exception(_))));
    assert_eq!(raising_cpp::Control::pair(4), Ok(true));
    assert_eq!(raising_cpp::Control::pair(-1), Err(Exception::cpp("std::invalid_argument", "negatif")));
    let mut point = Point { x: 1.0, y: 2.0 };
    assert_eq!(raising_cpp::Control::deplacer(&mut point, 0), Ok(()));
    assert!(raising_cpp::Control::deplacer(&mut point, 1).is_err());
    assert_eq!(point.x, 5.0);
}

#[test]
fn state_that_was_lent_comes_back_with_the_exception() {
    let _turn = turn();
    let (serial, mut mine) = (Serial::lock(), 1);
    assert_eq!(raising_cpp::Control::compter(&serial, &mut mine), Ok(()));
    assert_eq!(raising_cpp::Control::compter(&serial, &mut mine).unwrap_err().kind(), "std::length_error");
    assert_eq!(mine, 3);
}

#[test]
fn an_ada_exception_is_an_error_with_name_and_message() {
    let _turn = turn();
    assert_eq!(raising_ada::Control::diviser(42, 6), Ok(7));
    let zero = raising_ada::Control::diviser(1, 0).unwrap_err();
    assert_eq!(zero.kind(), "constraint_error");
    assert!(
        zero.message().starts_with("raising.adb:") && zero.message().contains("divide by zero"),
        "{zero}"
    );
    let long = "z".repeat(200);
    for (kind, name, message) in [
        (1, "raising.hors_limites", "altitude \u{e9}lev\u{e9}e"),
        (2, "constraint_error", "range check failed"),
        (3, "constraint_error", "access check failed"),
        (4, "constraint_error", "check failed"),
        (5, "program_error", long.as_str()),
        (6, "raising.hors_limites", "raising.adb:"),
        (7, "raising.hors_limites", "altitude \u{e9}lev\u{e9}e"),
        (8, "storage_error", "apres RAISING.HORS_LIMITES"),
    ] {
        let found = raising_ada::Control::lever(kind).unwrap_err();
        assert_eq!(found.kind(), name, "kind {kind}: {found}");
        assert!(found.message().contains(message), "kind {kind}: {found}");
    }
    assert_eq!(raising_ada::Control::lever(5).unwrap_err().message().len(), 200);
    assert_eq!(raising_ada::Control::lever(10), Ok(30));
}

/// Legacy calls a rewrite, which calls legacy, which throws: the same object arrives, with what only it knows.
#[test]
fn an_exception_crosses_a_rewrite_as_itself() {
    let _turn = turn();
    let dropped = DROPPED.load(Ordering::Relaxed);
    assert_eq!(cpp_host(20), "41");
    for (kind, expected) in [
        (1, "std::domain_error: division par zero"),
        (2, "Depassement de 12.5"),
        (3, "int 42"),
        (4, "char const*"),
        (5, "raising::Nu"),
        (6, "Depassement de 12.5"),
        (8, "Depassement de 1"),
        (12, "std::logic_error: dans un traitement"),
    ] {
        assert_eq!(cpp_host(kind), expected, "kind {kind}");
    }
    assert_eq!(DROPPED.load(Ordering::Relaxed), dropped + 9);
    assert_eq!(left_behind(), (0, 0));
    assert_eq!(ada_host(10), " 31");
    assert_eq!(ada_host(1), "hors limites: altitude \u{e9}lev\u{e9}e");
    assert!(ada_host(2).starts_with("CONSTRAINT_ERROR: raising.adb:"));
    assert_eq!(ada_host(5), format!("PROGRAM_ERROR: {}", "z".repeat(200)));
    assert_eq!(ada_host(7), "hors limites: altitude \u{e9}lev\u{e9}e");
}

#[test]
fn a_rewrite_raises_in_the_language_of_its_caller() {
    let _turn = turn();
    std::panic::set_hook(Box::new(|_| {}));
    for (kind, expected) in [
        (100, "std::out_of_range: de Rust"),
        (101, "std::runtime_error: plan::Conflit: avec un passage"),
        (102, "std::runtime_error: constraint_error: d'Ada"),
        (103, "std::runtime_error: cmp-bridge: no answer from the rewrite of relayer"),
        (104, "std::logic_error: fin pr\u{e9}matur\u{e9}e"),
    ] {
        assert_eq!(cpp_host(kind), expected);
    }
    for (kind, expected) in [
        (100, "hors limites: de Rust"),
        (101, "CONSTRAINT_ERROR: de Rust"),
        (102, "PROGRAM_ERROR: nulle_part.inconnue: de Rust"),
        (103, "PROGRAM_ERROR: std::out_of_range: de C++"),
        (104, "PROGRAM_ERROR: cmp-bridge: no answer from the rewrite of transmettre"),
    ] {
        assert_eq!(ada_host(kind), expected);
    }
    drop(std::panic::take_hook());
}

/// What a failed rewrite wrote is as it was, whether it panicked or raised.
#[test]
fn what_a_raising_rewrite_wrote_is_restored() {
    let _turn = turn();
    std::panic::set_hook(Box::new(|_| {}));
    let gate = |kind| {
        let mut x = 0.0;
        // SAFETY: the text has that length, and `x` is a number.
        let said = host(|text| unsafe { raising_hote_gater(kind, &raw mut x, text, 1024) });
        (said, x)
    };
    assert_eq!(gate(0), ("code 0".into(), 5.0));
    assert_eq!(gate(200), ("code -7".into(), 77.0));
    // The contract names a status for a panic: then nothing is promised of what was written.
    assert_eq!(gate(100).0, "code -99");
    assert_eq!(gate(1), ("std::domain_error: division par zero".into(), 1.0));
    drop(std::panic::take_hook());
}

#[test]
fn barriers_nest_and_let_panics_through() {
    let _turn = turn();
    assert_eq!(caught(|| 42), Ok(42));
    let nested = caught(|| {
        let inner = raising_cpp::Control::lancer(1).unwrap_err();
        assert_eq!(inner.kind(), "std::domain_error");
        raising_ada::Control::lever(1).unwrap_err()
    });
    assert_eq!(nested.unwrap().kind(), "raising.hors_limites");
    let panicked = std::panic::catch_unwind(|| caught(|| caught(|| panic!("ours"))));
    assert_eq!(panicked.unwrap_err().downcast_ref::<&str>(), Some(&"ours"));
    assert_eq!(left_behind(), (0, 0));
}

/// What a destructor asks while an exception passes is true again after many: each one was really caught.
#[test]
fn the_language_knows_that_the_exception_was_caught() {
    let _turn = turn();
    for kind in 1..13 {
        assert!(raising_cpp::Control::lancer(kind).is_err());
        // SAFETY: it only counts.
        let seen = unsafe { raising_regard() };
        assert!((1..=2).contains(&seen), "kind {kind}: {seen} exceptions in flight");
    }
    assert_eq!(raising_cpp::Control::lancer(0), Ok(0));
    // SAFETY: it only counts.
    assert_eq!(unsafe { raising_regard() }, 0);
    assert_eq!(left_behind(), (0, 0));
}

#[test]
fn an_error_may_outlive_its_call_and_its_thread() {
    let _turn = turn();
    let error = std::thread::spawn(|| raising_cpp::Control::lancer(2).unwrap_err()).join().unwrap();
    // SAFETY: it only counts.
    assert_eq!(unsafe { raising_vivants() }, 1);
    let copy = error.clone();
    drop(error);
    // SAFETY: it only counts.
    assert_eq!(unsafe { raising_vivants() }, 1);
    assert_eq!(copy.kind(), "raising::Depassement");
    drop(copy);
    // SAFETY: it only counts.
    assert_eq!(unsafe { raising_vivants() }, 0);
}

/// Called by C++ in a thread that is being cancelled.
///
/// # Safety
/// From C++ only.
#[unsafe(no_mangle)]
unsafe extern "C-unwind" fn raising_attendre() {
    // SAFETY: it waits for ever.
    let outcome = caught(|| unsafe { raising_point_d_arret() });
    unreachable!("the thread is cancelled: {outcome:?}");
}

#[test]
fn what_cancels_a_thread_goes_on() {
    let _turn = turn();
    // SAFETY: the thread has no Rust frame that catches.
    assert_eq!(unsafe { raising_annuler() }, 1);
}

/// Everything that raises, again and again; the next test runs it under valgrind. The wrong twin forgets one.
#[test]
fn many() {
    let _turn = turn();
    std::panic::set_hook(Box::new(|_| {}));
    for _ in 0..20 {
        (1..13).for_each(|kind| drop(raising_cpp::Control::lancer(kind)));
        (1..9).for_each(|kind| drop(raising_ada::Control::lever(kind)));
        for kind in (1..13).chain(100..105) {
            cpp_host(kind);
            ada_host(kind);
        }
    }
    drop(std::panic::take_hook());
    if std::env::var_os("RAISING_FORGETS").is_some() {
        std::mem::forget(raising_cpp::Control::lancer(2));
    }
}

/// No memory of an exception is lost, none is used when it is gone.
#[test]
fn valgrind_has_nothing_to_say() {
    let run = |twin: bool| {
        let mut valgrind = Command::new("valgrind");
        valgrind.args(["--quiet", "--error-exitcode=9", "--leak-check=full", "--show-leak-kinds=definite"]);
        valgrind.arg("--errors-for-leak-kinds=definite").arg(std::env::current_exe().unwrap());
        valgrind.args(["--exact", "many", "--test-threads=1"]);
        if twin {
            valgrind.env("RAISING_FORGETS", "1");
        }
        let output = valgrind.output().unwrap();
        assert!(String::from_utf8_lossy(&output.stdout).contains("1 passed"), "{output:?}");
        (output.status.code(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    assert_eq!(run(false), (Some(0), String::new()));
    let (status, said) = run(true);
    assert!(status == Some(9) && said.contains("__cxa_allocate_exception"), "{said}");
}
