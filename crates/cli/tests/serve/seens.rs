//! Calls made elsewhere: recorded, given to candidates, compared.

use crate::support::*;
use cmp_bridge_contract::wire;
use cmp_bridge_wire::Encoder;
use cmp_bridge_wire::message::Answer;

const LINES: &str = "journal = \"seen.journal\"\nreport = \"shadow.json\"\n";

/// Tells of calls of `crunch` made elsewhere, the first of number 1.
fn tell(client: &mut Client, count: i32) {
    for i in 0..count {
        let values = (1.5 * f64::from(i), 2.0, i);
        let (before, after) = (crunch(client, values, i), crunched(client, values, i));
        let message = client.seen_message("crunch", i as u64 + 1, 0, &before, Some(&after));
        client.send(&message);
    }
}

/// Waits until so many calls of `crunch` were compared.
#[track_caller]
fn compared(server: &Server, calls: u64) -> serde_json::Value {
    let mut client = server.client();
    let mut status = client.status();
    let in_time = eventually(|| {
        status = client.status();
        routine(&status, "crunch")["compared"]["calls"] == calls
    });
    assert!(in_time, "{status:#}\n{}", server.said());
    status
}

#[test]
fn calls_made_elsewhere_are_recorded_and_compared() {
    let (bench, mut server) = Bench::served("seen", LINES);
    let mut client = server.caller();
    tell(&mut client, 50);
    let status = compared(&server, 50);
    assert_eq!(routine(&status, "crunch")["compared"]["equal"], 50);
    assert_eq!(
        (&routine(&status, "crunch")["seen"], &routine(&status, "crunch")["calls"]),
        (&50.into(), &0.into())
    );
    // The state, the return register, a warning; then one that was not told, and an exception.
    let before = scale(&client, &[1.0, 2.0], 2.0, 5);
    let mut after = scale(&client, &[1.0, 2.0], 2.0, 6);
    after.set_area(1, Some(&bytes(&[2.0, 4.0])));
    let message = client.seen_message("scale", 51, 0, &before, Some(&after));
    client.send(&message);
    let message = client.seen_message("scale", 60, 8, &before, None);
    client.send(&message);
    // A caller on the same connection is answered still.
    assert_eq!(client.integer("answers", 0), Ok(4711));
    assert!(eventually(|| client.status()["journal"]["calls"] == 52));
    assert_eq!(routine(&client.status(), "scale")["untold"], 8);
    // Behind the last one, three more are not told; and a recorder says so in a way that nobody understands.
    for words in [&[3][..], &[], &[3, 0]] {
        let program = client.program();
        let write = |out: &mut Encoder| words.iter().for_each(|word| out.u32(*word));
        let message = client.message(program, wire::PROCEDURE_LOST, write);
        client.send(&message);
    }
    assert_eq!(client.integer("answers", 0), Ok(4711));
    drop(client);
    server.stop();
    server.says("equal");
    server.says("11 lost while recording");
    // An ordinary journal.
    let (code, out, err) = bench.bridge(&["journal", "seen.journal"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("crunch") && out.contains("scale"), "{out}");
    let (code, out, err) = bench.bridge(&["replay", "seen.journal", "--module", "m.so", "--json"]);
    assert_eq!(code, Some(0), "{out}{err}");
    let replayed: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    let routines = replayed["subjects"][0]["routines"].as_array().expect("routines");
    let of = |name: &str| routines.iter().find(|routine| routine["routine"] == name).expect("the routine");
    assert_eq!((&of("crunch")["equal"], &of("scale")["equal"]), (&50.into(), &1.into()));
    assert_eq!((&of("scale")["skipped"], &replayed["dropped"]), (&1.into(), &11.into()));
    // What was compared while it ran is the same.
    let report: serde_json::Value =
        serde_json::from_slice(&std::fs::read(bench.path("shadow.json")).expect("a report")).expect("JSON");
    let shadow = &report["subjects"][0];
    assert_eq!((&shadow["kind"], &shadow["routines"][1]["equal"]), (&"shadow".into(), &50.into()));
    // The wrong twin: replayed by a candidate of which one bit is wrong.
    bench.module("wrong.so", &["-DBIT=4"]);
    let (code, out, _) =
        bench.bridge(&["replay", "seen.journal", "--module", "wrong.so", "--routine", "crunch"]);
    assert_eq!(code, Some(1), "{out}");
    assert!(out.contains("v.n"), "{out}");
}

#[test]
fn a_candidate_that_is_wrong_is_found_and_one_that_crashes_costs_one_call() {
    let bench = Bench::new("wrong");
    bench.module("m.so", &["-DBIT=1", "-DCRASHES"]);
    bench.config(LINES);
    let mut server = bench.serve();
    let mut client = server.caller();
    tell(&mut client, 20);
    let status = compared(&server, 20);
    let sums = &routine(&status, "crunch")["compared"];
    assert_eq!((&sums["mismatched"], &sums["crashed"], &sums["equal"]), (&19.into(), &1.into(), &0.into()));
    assert_eq!(client.integer("answers", 0), Ok(4711));
    // A better build is loaded, and what is told from now on is given to that.
    bench.module("m.so", &[]);
    server.signal(libc::SIGHUP);
    assert!(eventually(|| client.status()["reloads"]["good"] == 1));
    tell(&mut client, 20);
    let status = compared(&server, 20);
    assert_eq!(routine(&status, "crunch")["compared"]["equal"], 20);
    server.stop();
    let report = std::fs::read_to_string(bench.path("shadow.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let subjects = report["subjects"].as_array().expect("subjects");
    let sums: Vec<_> =
        subjects.iter().map(|of| (&of["routines"][0]["mismatched"], &of["routines"][0]["equal"])).collect();
    assert_eq!(sums, [(&19.into(), &0.into()), (&0.into(), &20.into())]);
    assert_eq!(subjects[0]["routines"][0]["crashes"][0]["how"], "SIGABRT");
    let paths: Vec<_> = subjects[0]["routines"][0]["mismatches"]
        .as_array()
        .expect("some")
        .iter()
        .map(|m| &m["path"])
        .collect();
    assert!(paths.iter().all(|path| **path == "v.n"), "{paths:?}");
}

/// Nothing that was recorded is overwritten, and what was written is whole, whatever ended the server.
#[test]
fn each_start_has_a_journal_of_its_own() {
    let (bench, mut server) = Bench::served("journals", LINES);
    tell(&mut server.caller(), 10);
    compared(&server, 10);
    assert!(eventually(|| server.status()["journal"]["bytes"].as_u64() > Some(4000)), "{}", server.status());
    server.signal(libc::SIGKILL);
    server.ended();
    let mut server = bench.serve();
    tell(&mut server.caller(), 3);
    compared(&server, 3);
    server.stop();
    for (name, calls) in [("seen.journal", 10), ("seen.2.journal", 3)] {
        let (_, out, err) = bench.bridge(&["journal", name, "--json"]);
        let shown = serde_json::Deserializer::from_str(&out).into_iter::<serde_json::Value>().count();
        assert!(out.matches("\"crunch\"").count() >= calls, "{name}: {shown}\n{out}\n{err}");
    }
    let (code, ..) = bench.bridge(&["replay", "seen.journal", "--module", "m.so"]);
    assert_eq!(code, Some(0));
}

#[test]
fn what_cannot_be_read_and_what_no_hello_named_is_counted_and_never_answered() {
    let (bench, mut server) = Bench::served("seen-wrong", "report = \"shadow.json\"\n");
    let mut client = server.client();
    let (before, after) = (crunch(&client, (1.0, 2.0, 3), 1), crunched(&client, (1.0, 2.0, 3), 1));
    let message = client.seen_message("crunch", 1, 0, &before, Some(&after));
    client.send(&message);
    client.hello();
    let mut cut = client.seen_message("crunch", 2, 0, &before, Some(&after));
    cut.truncate(cut.len() - 8);
    let length = (cut.len() as u32 - 4) | 0x8000_0000;
    cut[..4].copy_from_slice(&length.to_be_bytes());
    client.send(&cut);
    let message = client.message(client.program(), client.procedure("crunch") + 1, |_| ());
    client.send(&message);
    // The next reply is that to a call: none of these was answered.
    assert_eq!(client.integer("answers", 0), Ok(4711));
    assert!(eventually(|| client.status()["seens_not_readable"] == 2));
    let status = client.status();
    let counts = ["refused", "seen", "garbage"].map(|key| routine(&status, "crunch")[key].as_u64());
    assert_eq!(counts, [Some(1), Some(1), Some(2)]);
    assert!(status["journal"].is_null());
    let (_, out, _) = bench.bridge(&["status", "--server", &server.address.to_string()]);
    assert!(out.contains("made elsewhere and not readable: 2 calls"), "{out}");
    server.says("`crunch`: a call made elsewhere cannot be read, and is in no table");
    let (before, after) = (crunch(&client, (1.0, 2.0, 3), 1), crunched(&client, (1.0, 2.0, 3), 1));
    let message = client.seen_message("crunch", 3, 0, &before, Some(&after));
    client.send(&message);
    compared(&server, 1);
    drop(client);
    server.stop();
    // Nor does the evidence pass over them.
    let report = std::fs::read_to_string(bench.path("shadow.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["dropped"], 2);
    assert_eq!(report["damage"][0], "2 calls that came from elsewhere could not be read");
    server.says("2 lost while recording");
}

/// A recorder is slowed down rather than lost, and nobody else waits for it.
#[test]
fn many_are_taken_as_fast_as_they_can_be_and_none_is_lost() {
    let (bench, mut server) = Bench::served(
        "seen-many",
        &format!("{LINES}[serve.limits]\nmessage = \"64 KiB\"\nmemory = \"256 KiB\"\n"),
    );
    let (mut teller, mut other) = (server.caller(), server.caller());
    let values = vec![1.0; 1000];
    let before = scale(&teller, &values, 2.0, 0);
    let mut after = scale(&teller, &values, 2.0, 1);
    after.set_area(1, Some(&bytes(&vec![2.0; 1000])));
    after.returned_mut().copy_from_slice(&1_i32.to_le_bytes());
    let messages: Vec<Vec<u8>> =
        (1..=400).map(|number| teller.seen_message("scale", number, 0, &before, Some(&after))).collect();
    let mut stream = teller.stream.try_clone().expect("a clone");
    let telling = std::thread::spawn(move || {
        use std::io::Write;
        messages.iter().try_for_each(|message| stream.write_all(message))
    });
    for _ in 0..50 {
        assert!(matches!(
            other.call("scale", &mut scale(&server.client(), &[1.0], 1.0, 0)),
            Answer::Returned
        ));
    }
    telling.join().expect("the teller").expect("told");
    assert!(eventually(|| other.status()["journal"]["calls"] == 400));
    drop(teller);
    server.stop();
    let (code, out, err) = bench.bridge(&["replay", "seen.journal", "--module", "m.so", "--json"]);
    assert_eq!(code, Some(0), "{err}");
    let replayed: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!(replayed["subjects"][0]["routines"][0]["equal"], 400);
}

/// What is told last is recorded, even if there is no time to compare it.
#[test]
fn comparing_does_not_keep_the_server_from_stopping() {
    let (bench, mut server) = Bench::served("seen-stop", LINES);
    let mut client = server.caller();
    let mut native = client.converter("pause").native();
    native.set_value(0, &1400_i32.to_le_bytes());
    let mut after = client.converter("pause").native();
    after.returned_mut().copy_from_slice(&1401_i32.to_le_bytes());
    for number in 1..=30 {
        let message = client.seen_message("pause", number, 0, &native, Some(&after));
        client.send(&message);
    }
    assert!(eventually(|| routine(&client.status(), "pause")["seen"] == 30));
    let began = std::time::Instant::now();
    drop(client);
    server.stop();
    assert!(began.elapsed().as_secs() < 20, "{:?}", began.elapsed());
    let report = std::fs::read_to_string(bench.path("shadow.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    let sums = &report["subjects"][0]["routines"][0];
    assert!(sums["equal"].as_u64() > Some(0) && sums["skipped"].as_u64() > Some(0), "{sums:#}");
    assert_eq!((&sums["calls"], &report["recorded"]), (&30.into(), &30.into()));
    assert_eq!(sums["not_replayable"]["the server was being stopped"], sums["skipped"]);
}

/// A call that comes now and then is written soon, and does not wait until enough of them have come.
#[test]
fn a_kill_costs_what_came_last_and_no_more() {
    let bench = Bench::new("seen-kill");
    // Nothing is compared: that would have each call written.
    bench.write(
        "bridge.toml",
        &format!("contracts = [\"served.toml\"]\n[serve]\nlisten = \"127.0.0.1:0\"\n{LINES}"),
    );
    let mut server = bench.serve();
    let mut client = server.caller();
    for _ in 0..25 {
        tell(&mut client, 1);
        std::thread::sleep(std::time::Duration::from_millis(100));
    }
    let said = client.status()["journal"]["calls"].as_u64().expect("calls");
    server.signal(libc::SIGKILL);
    server.ended();
    assert!(said >= 10, "{said} of 25 calls were written after two and a half seconds");
    let (_, out, err) = bench.bridge(&["journal", "seen.journal", "--json"]);
    let shown = out.matches("\"call\":").count() as u64;
    assert!(shown >= said, "{said}: {out}{err}");
}

/// What is not in the journal is not counted as if it were.
#[test]
fn a_full_disk_is_said_with_what_is_lost() {
    let bench = Bench::new("seen-full");
    bench.module("m.so", &[]);
    bench.config(LINES);
    // No file may grow beyond 40 KiB, which the module has room in.
    let script = "trap '' XFSZ; ulimit -f 40; exec \"$0\" serve --config bridge.toml";
    let mut shell = std::process::Command::new("bash");
    shell.current_dir(bench.path("")).args(["-c", script]).arg(env!("CARGO_BIN_EXE_cmp-bridge"));
    shell.env_remove("NOTIFY_SOCKET").env_remove("LISTEN_FDS");
    let mut server = Server::start(shell);
    let mut client = server.caller();
    tell(&mut client, 5);
    assert!(eventually(|| client.status()["journal"]["calls"] == 5), "{}", server.said());
    let values = vec![1.0; 1000];
    let (before, after) = (scale(&client, &values, 2.0, 0), scale(&client, &values, 2.0, 1));
    for number in 1..=20 {
        let message = client.seen_message("scale", number, 0, &before, Some(&after));
        client.send(&message);
    }
    assert!(
        eventually(|| routine(&client.status(), "scale")["compared"]["calls"] == 20),
        "{}",
        server.said()
    );
    let journal = client.status()["journal"].clone();
    let (calls, lost) = (journal["calls"].as_u64().expect("calls"), journal["not_recorded"].as_u64());
    assert_eq!((calls + lost.expect("calls"), journal["failure"].is_string()), (25, true), "{journal}");
    let (_, out, _) = bench.bridge(&["status", "--server", &server.address.to_string()]);
    assert!(out.contains(&format!("{} calls after that are not in it: ", 25 - calls)), "{out}");
    drop(client);
    server.stop();
    let (_, out, _) = bench.bridge(&["journal", "seen.journal", "--json"]);
    let shown = out.matches("\"call\":").count() as u64;
    assert_eq!(shown, calls, "{out}");
    let report = std::fs::read_to_string(bench.path("shadow.json")).expect("a report");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["recorded"], calls);
    let damage = report["damage"][0].as_str().expect("damage");
    assert!(damage.contains("could not be written to the journal"), "{damage}");
}

/// What candidates answer is no evidence of what the legacy routine does.
#[test]
fn a_server_of_candidates_is_no_control() {
    let (bench, mut server) = Bench::served("no-control", LINES);
    tell(&mut server.caller(), 3);
    compared(&server, 3);
    let address = server.address.to_string();
    assert!(eventually(|| server.status()["journal"]["calls"] == 3));
    let replay = |more: &[&str]| {
        bench.bridge(&[&["replay", "seen.journal", "--salvage", "--server", &address][..], more].concat())
    };
    let (code, _, err) = replay(&["--control"]);
    assert_eq!(code, Some(2), "{err}");
    assert!(err.contains("is cmp-bridge serve") && err.contains("hint: leave --control out"), "{err}");
    let (code, out, err) = replay(&[]);
    assert_eq!(code, Some(0), "{out}{err}");
    server.stop();
}
