//! `run`, `status` and `route`: what the user of the program sees of us is nothing.

use crate::support::{Bench, Did};
use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::process::{Child, Stdio};

const RECORD: [&str; 6] = ["run", "--quiet", "--record", "*", "--journal", "j"];

fn spawn(bench: &Bench, arguments: &[&str]) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut command = bench.command(arguments);
    // Tests that run under nohup hand on a SIGHUP that is ignored, and `run` leaves it so.
    // SAFETY: between fork and exec one system call is made.
    unsafe {
        command.pre_exec(|| {
            libc::signal(libc::SIGHUP, libc::SIG_DFL);
            Ok(())
        });
    }
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("run");
    let out = BufReader::new(child.stdout.take().expect("its output"));
    (child, out)
}

fn send(child: &Child, signal: i32) {
    let kill = format!("kill -{signal} {}", child.id());
    assert!(std::process::Command::new("sh").args(["-c", &kill]).status().expect("kill").success());
}

fn line(out: &mut impl BufRead) -> String {
    let mut text = String::new();
    out.read_line(&mut text).expect("a line");
    text
}

#[test]
fn output_and_exit_status_are_the_programs_own() {
    let bench = Bench::new("live-status");
    let plain = std::process::Command::new(bench.path("small")).arg("10").output().expect("the program");
    for status in [0, 1, 3, 255] {
        let _ = std::fs::remove_file(bench.path("j"));
        let text = status.to_string();
        let did =
            bench.bridge(&[&RECORD[..], &["--", "./small", "10", "exit", &text]].concat()).ended(status);
        assert_eq!((did.out.as_bytes(), did.err.as_str()), (plain.stdout.as_slice(), ""));
    }
    let _ = std::fs::remove_file(bench.path("j"));
    let told = bench.bridge(&["run", "--record", "*", "--journal", "j", "--", "./small"]).ended(0);
    assert_eq!(told.out.as_bytes(), plain.stdout);
    told.says(&[
        "not hooked: main: ",
        "cmp-bridge: 4 routines hooked",
        "30 calls recorded, 0 dropped; journal j",
    ]);
}

#[test]
fn it_dies_as_the_program_died() {
    let bench = Bench::new("live-die");
    for signal in [libc::SIGSEGV, libc::SIGABRT, libc::SIGKILL, libc::SIGTERM] {
        let _ = std::fs::remove_file(bench.path("j"));
        let mut command =
            bench.command(&[&RECORD[..], &["--", "./small", "10", "die", &signal.to_string()]].concat());
        let output = command.output().expect("run");
        assert_eq!(output.status.signal(), Some(signal));
        assert!(!output.status.core_dumped());
        // What was recorded before is whole.
        bench.bridge(&["journal", "j"]).ended(0).says(&["30 of 30 calls shown"]);
    }
}

#[test]
fn signals_reach_the_program() {
    let bench = Bench::new("live-signals");
    let (mut child, mut out) = spawn(&bench, &[&RECORD[..], &["--", "./small", "1", "wait"]].concat());
    let program = line(&mut out);
    assert!(program.starts_with("sum="), "{program}");
    assert_eq!(line(&mut out), "ready\n");
    for signal in [libc::SIGHUP, libc::SIGUSR1, libc::SIGUSR2, libc::SIGTERM] {
        send(&child, signal);
        assert_eq!(line(&mut out), format!("signal {signal:02}\n"));
    }
    assert_eq!(child.wait().expect("its end").code(), Some(7));
}

#[test]
fn a_routine_is_switched_and_rolled_back_while_the_program_runs() {
    let bench = Bench::new("live-route");
    bench.module("m.so", &["-DSCALE_VALUE(in,factor)=((in)*(factor)+100)"]);
    bench.write(
        "bridge.toml",
        "contracts = [\"small.toml\"]\nmodules = [\"m.so\"]\n[routes]\nscale = \"legacy\"\n",
    );
    let (mut child, mut out) =
        spawn(&bench, &["run", "--config", "bridge.toml", "--", "./small", "1", "loop"]);
    let mut input = child.stdin.take().expect("its input");
    line(&mut out);
    let mut ask = |out: &mut BufReader<_>| {
        input.write_all(b"2\n").expect("a question");
        line(out)
    };
    assert_eq!(ask(&mut out), "2.5\n");
    let pid = child.id().to_string();
    let did = bench.bridge(&["route", &pid, "scale=rust"]).ended(0);
    assert_eq!(did.out, "scale: legacy -> rust\n");
    assert_eq!(ask(&mut out), "102\n");
    bench.bridge(&["route", &pid, "sc*=legacy"]).ended(0);
    assert_eq!(ask(&mut out), "2.5\n");
    let did = bench.bridge(&["status", &pid, "--json"]).ended(0);
    let json: serde_json::Value = serde_json::from_str(&did.out).expect("JSON");
    let scale = &json[0]["routines"][0];
    assert_eq!(
        (&scale["routine"], &scale["route"], &scale["answered"]),
        (&"scale".into(), &"legacy".into(), &1.into())
    );
    bench.bridge(&["status", &pid]).ended(0).prints(&["hooks are in place", "scale"]);
    bench
        .bridge(&["route", &pid, "scael=rust"])
        .ended(2)
        .says(&["did you mean `scale`?", "nothing was switched"]);
    drop(input);
    let output = child.wait_with_output().expect("its end");
    assert_eq!(output.status.code(), Some(0));
}

#[test]
fn routes_without_a_candidate_are_refused() {
    let bench = Bench::new("live-refused");
    let arguments = ["run", "--quiet", "--record", "scale", "--journal", "j", "--", "./small", "1", "wait"];
    let (mut child, mut out) = spawn(&bench, &arguments);
    line(&mut out);
    let pid = child.id().to_string();
    let did = bench.bridge(&["route", &pid, "scale=record", "scale=rust"]).ended(2);
    did.says(&["nothing was switched", "because route `rust` is not possible for `scale`", "hint: "]);
    send(&child, libc::SIGTERM);
    child.wait().expect("its end");
}

/// A program whose `cmp-bridge run` was killed goes on, and `status` does not say that all is well.
#[test]
fn status_knows_that_the_recorder_is_gone() {
    let bench = Bench::new("live-gone");
    let arguments = ["run", "--quiet", "--record", "scale", "--journal", "j", "--", "./small", "1", "wait"];
    let (mut child, mut out) = spawn(&bench, &arguments);
    line(&mut out);
    line(&mut out);
    let status =
        |more: &[&str]| bench.bridge(&[&["status", &child.id().to_string()], more].concat()).ended(0).out;
    assert!(!status(&[]).contains("is gone"));
    let json: serde_json::Value = serde_json::from_str(&status(&["--json"])).expect("JSON");
    assert_eq!(json[0]["recorder"], true);
    let program = json[0]["pid"].as_u64().expect("a process").to_string();
    let run = child.id();
    child.kill().expect("kill");
    child.wait().expect("its end");
    let did = bench.bridge(&["status", &program]).ended(0);
    did.prints(&[&format!("its `cmp-bridge run` ({run}) is gone: no call is recorded any more")]);
    let kill = std::process::Command::new("sh").args(["-c", &format!("kill -9 {program}")]).status();
    assert!(kill.expect("kill").success());
}

/// What the program leaves behind shares its routes. Nobody can switch them any more: the legacy code answers it.
#[test]
fn a_child_that_outlives_the_run_is_answered_by_legacy_code() {
    let bench = Bench::new("live-child");
    let text = std::fs::read_to_string(bench.path("small.c")).expect("small.c");
    bench.write(
        "small.c",
        &text.replace("!strcmp(argv[2], \"loop\")", "!strcmp(argv[2], \"loop\") && !fork()"),
    );
    bench.cc("small.c", &["-g", "-O2", "-fno-inline", "-o", "small"]);
    bench.module("m.so", &["-DSCALE_VALUE(in,factor)=((in)*(factor)+100)"]);
    let config = "contracts = [\"small.toml\"]\nmodules = [\"m.so\"]\n[routes]\nscale = \"rust\"\n";
    bench.write("bridge.toml", config);
    let (mut child, mut out) =
        spawn(&bench, &["run", "--config", "bridge.toml", "--quiet", "--", "./small", "2", "loop"]);
    let mut input = child.stdin.take().expect("its input");
    let mut said = child.stderr.take().expect("its messages");
    assert!(line(&mut out).contains("out=102 "), "Rust answers while the run lasts");
    assert_eq!(child.wait().expect("its end").code(), Some(0));
    input.write_all(b"2\n").expect("a question");
    assert_eq!(line(&mut out), "2.5\n");
    drop(input);
    let mut text = String::new();
    said.read_to_string(&mut text).expect("its messages");
    assert!(
        text.contains("processes that it started go on (") && text.contains("legacy code alone"),
        "{text}"
    );
}

#[test]
fn shadow_compares_while_the_program_runs() {
    let bench = Bench::new("live-shadow");
    bench.module("right.so", &[]);
    bench.module("wrong.so", &["-DCRUNCH_N(n)=(n)^1"]);
    let shadow = |module: &str, journal: &str| -> Did {
        let text =
            format!("contracts = [\"small.toml\"]\nmodules = [\"{module}\"]\n[routes]\n\"*\" = \"shadow\"\n");
        bench.write("bridge.toml", &text);
        bench
            .bridge(&["run", "--config", "bridge.toml", "--journal", journal, "--", "./small", "20"])
            .ended(0)
    };
    let plain = std::process::Command::new(bench.path("small")).arg("20").output().expect("the program");
    let right = shadow("right.so", "j");
    assert_eq!(right.out.as_bytes(), plain.stdout);
    right.says(&["shadow, while the program ran: right.so", "=> equal: 60 of 60 calls compared"]);
    let wrong = shadow("wrong.so", "k");
    assert_eq!(wrong.out.as_bytes(), plain.stdout, "the legacy answer is what the caller gets");
    wrong.says(&["mismatch crunch call 1:2: v.n", "=> different: 60 of 60"]);
    bench
        .bridge(&["replay", "k"])
        .ended(1)
        .prints(&["mismatch crunch call 1:2: v.n", "crunch      20      0                 0          20"]);
}

/// Loading a module before libc's own constructor has run must not keep the program from knowing its environment.
#[test]
fn libc_knows_what_it_would_know_without_a_module() {
    let bench = Bench::new("live-libc");
    bench.module("m.so", &[]);
    bench.write(
        "bridge.toml",
        "contracts = [\"small.toml\"]\nmodules = [\"m.so\"]\n[routes]\n\"*\" = \"rust\"\n",
    );
    // The same environment for both, in an order that is not the alphabet's, with a preload of the user's own in it.
    let did = |mut command: std::process::Command| {
        command.env_clear();
        let shell = "export ZEBRA=1 LD_PRELOAD=libm.so.6 AARDVARK=2 HOME=/there; exec \"$@\"";
        let mut outer = std::process::Command::new("env");
        outer.args(["-i", "sh", "-c", shell, "sh"]).arg(command.get_program()).args(command.get_args());
        outer.current_dir(bench.path(""));
        Did::of(outer.output().expect("the program")).ended(0).out
    };
    let agent = crate::support::agent().to_str().expect("a path").to_owned();
    let run = ["run", "--quiet", "--agent", &agent, "--config", "bridge.toml", "--", "./small", "3", "libc"];
    let mut plain = std::process::Command::new("./small");
    plain.args(["3", "libc"]);
    let plain = did(plain);
    assert!(plain.contains("/there") && plain.contains("LD_PRELOAD=libm.so.6"), "{plain}");
    assert_eq!(did(bench.command(&run)), plain);
}

/// A full disk: the program goes on, its journal ends with the last whole block.
#[test]
fn a_full_disk_costs_the_journal_not_the_program() {
    let bench = Bench::new("live-full");
    // Stands between the command and the system: no room after 100000 bytes of a journal.
    bench.write(
        "full.c",
        "#define _GNU_SOURCE\n#include <errno.h>\n#include <stdio.h>\n#include <string.h>\n#include <sys/syscall.h>\n\
         #include <unistd.h>\nstatic size_t room = 100000;\n\
         ssize_t write(int fd, const void *bytes, size_t count) {\n\
           char link[64], name[512]; ssize_t n;\n\
           snprintf(link, sizeof link, \"/proc/self/fd/%d\", fd);\n\
           n = readlink(link, name, sizeof name - 1);\n\
           if (n > 8 && !memcmp(name + n - 8, \".journal\", 8)) {\n\
             if (count > room) count = room;\n\
             if (!count) { errno = ENOSPC; return -1; }\n\
             room -= count;\n\
           }\n\
           return syscall(SYS_write, fd, bytes, count);\n\
         }\n",
    );
    bench.cc("full.c", &["-shared", "-fPIC", "-o", "full.so"]);
    let run = |status: &str, journal: &str| {
        let arguments =
            ["run", "--record", "*", "--journal", journal, "--", "./small", "5000", "exit", status];
        let mut command = bench.command(&arguments);
        command.env("LD_PRELOAD", bench.path("full.so"));
        Did::of(command.output().expect("run"))
    };
    let plain = std::process::Command::new(bench.path("small")).arg("5000").output().expect("the program");
    let did = run("0", "a.journal").ended(2).says(&[
        "No space left on device",
        "the program went on",
        "last whole block",
    ]);
    assert_eq!(did.out.as_bytes(), plain.stdout);
    run("5", "b.journal").ended(5).says(&["No space left on device"]);
    let did = bench.bridge(&["journal", "a.journal", "--json"]).ended(1).says(&["incomplete: not closed"]);
    assert!(did.out.lines().count() < 15000);
}

#[test]
fn a_reader_that_goes_away_is_no_panic() {
    let bench = Bench::new("live-pipe");
    bench.bridge(&[&RECORD[..], &["--", "./small", "3000"]].concat()).ended(0);
    for arguments in [&["journal", "j"][..], &["journal", "j", "--json"], &["scan", "small"]] {
        let (mut child, out) = spawn(&bench, arguments);
        drop(out);
        child.stdin.take();
        let output = child.wait_with_output().expect("its end");
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!told.contains("panicked") && !told.contains("error:"), "{told}");
        assert_eq!(output.status.code(), Some(141), "{arguments:?}: {told}");
    }
}

#[test]
fn help_has_examples() {
    let bench = Bench::new("live-help");
    for command in ["scan", "check", "run", "status", "route", "replay", "journal"] {
        bench.bridge(&[command, "--help"]).ended(0).prints(&["Examples:\n  cmp-bridge "]);
    }
}
