//! After the agent's constructor the process shows nothing of us, point by point; nor do calls in any route.

use crate::support::{Case, Done, Run, returned, start};
use cmp_bridge::control::Route;
use cmp_bridge::module::Answer;
use std::os::unix::process::CommandExt;
use std::process::Command;
use std::time::Duration;

fn build(test: &str) -> Case {
    let case = Case::new("invisible", test);
    case.make("gcc -g -O2 -c routine.c");
    case.make("gcc -O2 show.c routine.o -o show");
    case.module("routine.toml", "routine_module.c", "-O2");
    case
}

/// Runs what is started in a process as a daemon or a script may have made it.
fn unusual(command: &mut Command) -> Done {
    // SAFETY: plain system calls between fork and exec.
    unsafe {
        command.pre_exec(|| {
            libc::signal(libc::SIGHUP, libc::SIG_IGN);
            libc::signal(libc::SIGPIPE, libc::SIG_IGN);
            libc::signal(libc::SIGUSR1, libc::SIG_IGN);
            let mut set: libc::sigset_t = std::mem::zeroed();
            libc::sigemptyset(&mut set);
            libc::sigaddset(&mut set, libc::SIGUSR2);
            libc::sigaddset(&mut set, libc::SIGRTMIN() + 3);
            libc::sigprocmask(libc::SIG_BLOCK, &set, std::ptr::null_mut());
            libc::umask(0o27);
            libc::dup2(1, 9);
            Ok(())
        });
    }
    start(command).done(Duration::from_secs(30))
}

/// Lines that differ, for a message that can be read.
#[track_caller]
fn is_same(under: &Done, native: &Done, what: &str) {
    let differ = |a: &str, b: &str| {
        let (a, b): (Vec<&str>, Vec<&str>) = (a.lines().collect(), b.lines().collect());
        let only = |x: &[&str], y: &[&str]| {
            x.iter().filter(|l| !y.contains(*l)).map(|l| l.to_string()).collect::<Vec<_>>()
        };
        (only(&a, &b), only(&b, &a))
    };
    let (out, err) = (differ(&under.out, &native.out), differ(&under.err, &native.err));
    assert!(
        under == native,
        "{what}: {} {}\nonly under the agent, only alone: {out:#?} {err:#?}",
        under.status,
        native.status
    );
}

#[test]
fn a_program_sees_no_difference() {
    let case = build("show");
    let module = "routine_module.so";
    for (how, run) in [
        ("as usual", (|command| start(command).done(Duration::from_secs(30))) as fn(&mut Command) -> Done),
        ("as a daemon", unusual),
    ] {
        let shown = |command: &mut Command| run(command.env("SHOWN", "yes").env("ZERO", ""));
        let native = shown(&mut case.command(&["./show", "a b", ""])).exited(6);
        for route in Route::ALL {
            let config = case.config(route, &["routine.toml".to_owned()], &[module]);
            let (mut bridge, journal) = case.bridge(&["--config", &config], &["./show", "a b", ""]);
            let mut under = Run::of(shown(&mut bridge), journal);
            if route == Route::Rust {
                // Exception flags are those of the candidate's own computation, and errno stays as it was.
                under.done.out = without_flags(&under.done.out);
                let expected = without_flags(&native.out).replace("errno 33", "errno 7");
                is_same(&under.done, &Done { out: expected, err: native.err.clone(), ..native }, "rust");
                continue;
            }
            is_same(&under.done, &native, &format!("{how}, {}", route.name()));
            assert_eq!(
                under.all().iter().filter(|call| returned(&call.outcome)).count(),
                match route {
                    Route::Legacy => 0,
                    _ => 5,
                }
            );
        }
    }
}

/// The text without the exception flags of MXCSR.
fn without_flags(text: &str) -> String {
    let words = text.split_inclusive([' ', '\n']).scan(false, |control, word| {
        let shown = match u32::from_str_radix(word.trim(), 16) {
            Ok(value) if *control => format!("{:x} ", value & 0xffc0),
            _ => word.to_owned(),
        };
        *control = word == "mxcsr ";
        Some(shown)
    });
    words.collect()
}

#[test]
fn the_floating_point_environment_is_the_programs() {
    let case = build("fp");
    case.make("gcc -O2 -c fp.c");
    case.make("gcc fp.o routine.o -o usual -lm");
    // What matters is that the link is made with -Ofast: crtfastmath.o sets FTZ and DAZ for the process.
    case.make("gcc -Ofast fp.o routine.o -o fast -lm");
    for (program, mode) in [
        ("./usual", "plain"),
        ("./usual", "traps"),
        ("./usual", "down"),
        ("./fast", "plain"),
        ("./fast", "traps"),
    ] {
        for route in Route::ALL {
            // A candidate may raise flags of its own where it answers; beside the legacy routine it may not.
            let flags = if route == Route::Rust { &[][..] } else { &["flags"][..] };
            let words = [&[program, mode], flags].concat();
            let native = case.native(&words).exited(0);
            assert_eq!(
                native.out.contains("mxcsr 9fc0") || native.out.contains("mxcsr 9fe0"),
                words[..2] == ["./fast", "plain"]
            );
            let contracts = ["routine.toml".to_owned()];
            let mut run = case.route(route, &contracts, &["routine_module.so"], &words);
            if route == Route::Rust {
                // Nor is errno: the legacy routine sets it in its last two calls.
                for kept in ["errno 14", "errno 15"] {
                    assert_eq!(run.done.out.matches(kept).count(), 1, "{mode}: {:?}", run.done);
                    run.done.out = run.done.out.replace(kept, "errno 33");
                }
            }
            is_same(&run.done, &native, &format!("{program} {mode} {}", route.name()));
            if route == Route::Shadow {
                let answers = run
                    .calls("scale")
                    .iter()
                    .filter_map(|call| call.candidate.as_ref().map(|c| c.answer))
                    .collect::<Vec<_>>();
                assert_eq!(
                    answers,
                    [Answer::ANSWERED; 5],
                    "{program} {mode}: the candidate's environment is not Rust's"
                );
            }
            if matches!(route, Route::Record | Route::Shadow) {
                let expected = if program == "./fast" { 0x8040 } else { 0 };
                assert!(run.all().iter().all(|call| call.mxcsr & 0x8040 == expected), "the journal says so");
            }
        }
    }
}
