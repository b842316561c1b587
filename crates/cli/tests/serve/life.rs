//! The life of a server: start, reload, stop, and its supervisor.

use crate::support::*;
use cmp_bridge_wire::message::Answer;
use std::io::Write;
use std::os::fd::AsRawFd;
use std::os::unix::net::UnixDatagram;
use std::os::unix::process::CommandExt;
use std::time::{Duration, Instant};

/// The dynamic loader would give the module of before, both if the file is another one and if it was overwritten.
#[test]
fn a_module_is_loaded_again_between_two_calls() {
    let (bench, mut server) = Bench::served("reload", "");
    let mut client = server.caller();
    assert_eq!(client.integer("pause", 0), Ok(1));
    for (build, replaced) in [(2, true), (3, false), (4, true)] {
        bench.module("new.so", &[&format!("-DBUILD={build}")]);
        match replaced {
            true => std::fs::rename(bench.path("new.so"), bench.path("m.so")).map(|()| 0),
            false => std::fs::copy(bench.path("new.so"), bench.path("m.so")),
        }
        .expect("a new build");
        // Nobody has asked for it yet.
        assert_eq!(client.integer("pause", 0), Ok(build - 1));
        server.signal(libc::SIGHUP);
        assert!(eventually(|| client.status()["reloads"]["good"] == u64::from(build as u32 - 1)));
        assert_eq!(client.integer("pause", 0), Ok(build));
    }
    // The same again is not loaded again; one that cannot be used changes nothing.
    server.signal(libc::SIGHUP);
    server.says("modules loaded again: 0 of 1 are new");
    for (wrong, says) in [(&b"no module"[..], "cannot be used"), (&b""[..], "cannot be used")] {
        std::fs::write(bench.path("m.so"), wrong).expect("a wrong module");
        let failed = client.status()["reloads"]["failed"].as_u64();
        server.signal(libc::SIGHUP);
        assert!(eventually(|| client.status()["reloads"]["failed"].as_u64() > failed));
        let status = client.status();
        assert!(status["reloads"]["last_failure"].as_str().expect("why").contains(says), "{status}");
        assert_eq!(client.integer("pause", 0), Ok(4));
    }
    server.says("everything goes on with the modules before");
    server.stop();
}

#[test]
fn modules_are_loaded_again_under_load() {
    let (bench, mut server) = Bench::served("reload-load", "");
    let builds: Vec<String> = (1..=4).map(|build| format!("b{build}.so")).collect();
    for (build, name) in (1..).zip(&builds) {
        bench.module(name, &[&format!("-DBUILD={build}")]);
    }
    let stop = std::sync::atomic::AtomicBool::new(false);
    let calls = std::thread::scope(|scope| {
        let callers: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    let (mut client, mut calls, mut last) = (server.caller(), 0, 0);
                    while !stop.load(std::sync::atomic::Ordering::Relaxed) {
                        let build = client.integer("pause", 0).expect("an answer");
                        assert!((1..=4).contains(&build) && build >= last, "{build} after {last}");
                        (calls, last) = (calls + 1, build);
                    }
                    calls
                })
            })
            .collect();
        for (number, name) in (1..).zip(&builds[1..]) {
            std::fs::copy(bench.path(name), bench.path("m.so")).expect("a new build");
            server.signal(libc::SIGHUP);
            assert!(eventually(|| server.status()["reloads"]["good"] == number));
            std::thread::sleep(Duration::from_millis(100));
        }
        stop.store(true, std::sync::atomic::Ordering::Relaxed);
        callers.into_iter().map(|caller| caller.join().expect("a caller")).sum::<u64>()
    });
    assert_eq!(routine(&server.status(), "pause")["answered"], calls);
    assert!(calls > 100, "{calls}");
    server.stop();
}

#[test]
fn what_has_begun_is_finished_when_it_is_asked_to_stop() {
    let (_bench, mut server) = Bench::served("stop", "");
    let mut idle = server.caller();
    let mut client = server.caller();
    let mut native = client.converter("pause").native();
    native.set_value(0, &700_i32.to_le_bytes());
    let message = client.call_message("pause", &native);
    client.send(&message);
    // It has begun when another caller is not answered any more.
    std::thread::sleep(Duration::from_millis(200));
    server.signal(libc::SIGTERM);
    assert_eq!(client.answer("pause", &mut native), Answer::Returned);
    assert_eq!(native.returned(), 701_i32.to_le_bytes());
    // What comes now is told that it was not begun.
    match idle.integer("pause", 0) {
        Err(Answer::NotNow(why)) => assert_eq!(why, "the server is being stopped"),
        other => panic!("{other:?}"),
    }
    client.ends();
    idle.ends();
    drop((client, idle));
    assert_eq!(server.ended(), Some(0), "{}", server.said());
    server.says("asked to stop: what has begun is finished, 2 connections");
}

#[test]
fn callers_that_do_not_leave_cannot_keep_it() {
    let (_bench, mut server) = Bench::served("stay", "");
    let clients: Vec<Client> = (0..20).map(|_| server.caller()).collect();
    let began = Instant::now();
    server.stop();
    assert!(began.elapsed() < Duration::from_secs(10));
    drop(clients);
    // Asked twice, it does not wait.
    let (_bench, mut server) = Bench::served("twice", "");
    let _client = server.caller();
    server.signal(libc::SIGINT);
    std::thread::sleep(Duration::from_millis(50));
    server.stop();
}

/// Its port is free at once, whatever connections there were.
#[test]
fn it_starts_again_after_kill_9() {
    let (bench, mut server) = Bench::served("kill", "");
    let mut client = server.caller();
    assert_eq!(client.integer("answers", 0), Ok(4711));
    let address = server.address;
    server.signal(libc::SIGKILL);
    assert_eq!(server.ended(), None);
    client.ends();
    let head = "contracts = [\"served.toml\"]\nmodules = [\"m.so\"]\n[serve]\n";
    bench.write("bridge.toml", &format!("{head}listen = \"{address}\"\n"));
    let mut server = bench.serve();
    assert_eq!(server.address, address);
    assert_eq!(server.caller().integer("answers", 0), Ok(4711));
    server.stop();
}

/// A server that is passed a listening socket as descriptor 3, as systemd does.
fn activated(bench: &Bench, listener: &std::net::TcpListener, pid: &str) -> std::process::Command {
    // LISTEN_PID must be the server's own number: a shell that becomes the server says it.
    let script = format!("LISTEN_PID={pid} exec \"$0\" serve --config bridge.toml");
    let mut shell = std::process::Command::new("sh");
    shell.current_dir(bench.path("")).args(["-c", &script]).arg(env!("CARGO_BIN_EXE_cmp-bridge"));
    shell.env("LISTEN_FDS", "1");
    let socket = listener.as_raw_fd();
    // SAFETY: between fork and exec two system calls are made.
    unsafe {
        shell.pre_exec(move || {
            // It may have that number already, and would be closed with the program.
            if libc::dup2(socket, 3) == 3 && libc::fcntl(3, libc::F_SETFD, 0) == 0 {
                return Ok(());
            }
            Err(std::io::Error::last_os_error())
        });
    }
    shell
}

#[test]
fn a_supervisor_passes_sockets_and_hears_when_it_is_ready() {
    let bench = Bench::new("activation");
    bench.module("m.so", &[]);
    bench.config("");
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
    let address = listener.local_addr().expect("its address");
    let notices = UnixDatagram::bind(bench.path("notify")).expect("a socket");
    notices.set_read_timeout(Some(PATIENCE)).expect("a timeout");
    let mut command = activated(&bench, &listener, "$$");
    command.env("NOTIFY_SOCKET", bench.path("notify")).env("WATCHDOG_USEC", "400000");
    let mut server = Server::start(command);
    assert_eq!(server.address, address);
    let hear = || {
        let mut bytes = [0; 200];
        let length = notices.recv(&mut bytes).expect("a notice");
        String::from_utf8_lossy(&bytes[..length]).into_owned()
    };
    let hear_else = || std::iter::repeat_with(hear).find(|notice| notice != "WATCHDOG=1").expect("a notice");
    assert_eq!(hear(), "READY=1");
    assert_eq!(hear(), "WATCHDOG=1");
    assert_eq!(server.caller().integer("answers", 0), Ok(4711));
    server.signal(libc::SIGHUP);
    assert!(hear_else().starts_with("RELOADING=1\nMONOTONIC_USEC="));
    assert_eq!(hear_else(), "READY=1");
    server.signal(libc::SIGTERM);
    assert_eq!(hear_else(), "STOPPING=1");
    assert_eq!(server.ended(), Some(0));
    // Passed to another process, they are none of ours.
    let mut server = Server::start(activated(&bench, &listener, "1"));
    assert_ne!(server.address, address);
    server.stop();
}

#[test]
fn what_is_passed_and_is_no_listening_socket_is_refused() {
    let bench = Bench::new("no-socket");
    bench.module("m.so", &[]);
    bench.config("");
    let serve = |redirection: &str, count: &str| {
        let script =
            format!("LISTEN_PID=$$ LISTEN_FDS={count} exec \"$0\" serve --config bridge.toml {redirection}");
        let mut shell = std::process::Command::new("sh");
        shell.current_dir(bench.path("")).args(["-c", &script]).arg(env!("CARGO_BIN_EXE_cmp-bridge"));
        let output = shell.output().expect("a shell");
        assert_eq!(output.status.code(), Some(2));
        String::from_utf8(output.stderr).expect("UTF-8")
    };
    assert!(
        serve("3</dev/null", "1")
            .contains("descriptor 3, which was passed to be listened on, is not a listening")
    );
    assert!(serve("3>&-", "1").contains("descriptor 3"));
    for count in ["0", "-1", "65", "x", ""] {
        assert!(serve("", count).contains("LISTEN_FDS is"), "{count}");
    }
}

/// Reading is not everything: a half-closed connection is answered, too.
#[test]
fn who_sends_no_more_is_answered_still() {
    let (_bench, mut server) = Bench::served("half", "");
    let mut client = server.caller();
    let mut native = client.converter("pause").native();
    native.set_value(0, &50_i32.to_le_bytes());
    let messages: Vec<u8> = (0..3).flat_map(|_| client.call_message("pause", &native)).collect();
    client.stream.write_all(&messages).expect("sent");
    client.stream.shutdown(std::net::Shutdown::Write).expect("half closed");
    for _ in 0..3 {
        assert_eq!(client.answer("pause", &mut native), Answer::Returned);
    }
    client.ends();
    assert!(eventually(|| server.status()["connections"]["open"] == 1));
    server.stop();
}

/// The dynamic loader dies of a file that ends too early: a build that is still being copied, or one on a full disk.
#[test]
fn a_part_of_a_module_is_refused_and_harms_nobody() {
    let (bench, mut server) = Bench::served("part", "");
    let whole = std::fs::read(bench.path("m.so")).expect("the module");
    let mut client = server.caller();
    for length in [60, 100, 3000, whole.len() / 2, whole.len() - 2000, whole.len() - 1] {
        std::fs::write(bench.path("m.so"), &whole[..length]).expect("a part");
        let failed = client.status()["reloads"]["failed"].as_u64();
        server.signal(libc::SIGHUP);
        assert!(eventually(|| client.status()["reloads"]["failed"].as_u64() > failed), "{length}");
        assert_eq!(client.integer("pause", 0), Ok(1));
        let status = client.status();
        let why = status["reloads"]["last_failure"].as_str().expect("why").to_owned();
        let says = if length < 64 { "file too short".to_owned() } else { format!("it has {length} bytes") };
        assert!(why.contains("m.so: ") && why.contains(&says), "{why}");
        let (code, _, err) = bench.bridge(&["serve", "--config", "bridge.toml"]);
        assert!(code == Some(2) && err.contains(&says) && err.contains("hint: "), "{code:?} {err}");
    }
    std::fs::write(bench.path("m.so"), &whole).expect("all of it");
    server.signal(libc::SIGHUP);
    assert!(eventually(|| client.status()["reloads"]["good"] == 1));
    server.stop();
}

/// However many callers wait, the next call to begin is told that nothing is begun any more, and a supervisor hears that all
/// is well.
#[test]
fn signals_and_the_supervisor_wait_for_one_call_and_not_for_all() {
    let bench = Bench::new("round");
    bench.module("m.so", &[]);
    bench.config("");
    let notices = UnixDatagram::bind(bench.path("notify")).expect("a socket");
    notices.set_nonblocking(true).expect("no waiting");
    let mut command = bench.command(&["serve", "--config", "bridge.toml"]);
    command.env("NOTIFY_SOCKET", bench.path("notify")).env("WATCHDOG_USEC", "400000");
    let mut server = Server::start(command);
    let mut callers: Vec<Client> = (0..12).map(|_| server.caller()).collect();
    for client in &mut callers {
        let mut native = client.converter("pause").native();
        native.set_value(0, &400_i32.to_le_bytes());
        let message = client.call_message("pause", &native);
        client.send(&message);
    }
    let heard = || {
        let mut bytes = [0; 200];
        std::iter::from_fn(|| notices.recv(&mut bytes).ok().map(|length| bytes[..length] == *b"WATCHDOG=1"))
            .filter(|watchdog| *watchdog)
            .count()
    };
    heard();
    std::thread::sleep(Duration::from_millis(1500));
    assert!(heard() >= 2, "nothing was heard for a second and a half");
    server.signal(libc::SIGTERM);
    let answers: Vec<Answer> = callers
        .iter_mut()
        .map(|client| {
            let mut native = client.converter("pause").native();
            client.answer("pause", &mut native)
        })
        .collect();
    let begun = answers.iter().filter(|answer| **answer == Answer::Returned).count();
    assert!((3..=9).contains(&begun), "{begun} of 12 were begun");
    let refused =
        |answer: &&Answer| matches!(answer, Answer::NotNow(why) if why == "the server is being stopped");
    assert_eq!(answers.iter().filter(refused).count(), 12 - begun);
    drop(callers);
    assert_eq!(server.ended(), Some(0), "{}", server.said());
}
