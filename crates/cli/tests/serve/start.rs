//! What `serve` says before it serves, and why it does not.

use crate::support::*;

#[track_caller]
fn refused(bench: &Bench, parts: &[&str]) {
    let (code, out, err) = bench.bridge(&["serve", "--config", "bridge.toml"]);
    assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
    parts.iter().for_each(|part| assert!(err.contains(part), "`{part}` is not in:\n{err}"));
}

#[test]
fn what_cannot_be_served_is_refused_with_a_hint() {
    let bench = Bench::new("refused");
    bench.module("m.so", &[]);
    let (code, _, err) = bench.bridge(&["serve"]);
    assert!(code == Some(2) && err.contains("--config"), "{err}");
    bench.config("lissen = 3\n");
    refused(&bench, &["bridge.toml:5:1: `lissen` is not a key of `serve`", "did you mean `listen`?"]);
    bench.write("bridge.toml", "[serve]\n");
    refused(&bench, &["no contract is named", "hint: write contracts"]);
    bench.write("bridge.toml", "contracts = [\"served.toml\", \"served.toml\"]\n");
    refused(&bench, &["are one program", "give it another component name"]);
    bench.write("bridge.toml", "contracts = [\"none.toml\"]\n");
    refused(&bench, &["none.toml: cannot be read", "hint: "]);
    bench.write("bridge.toml", "contracts = [\"served.toml\"]\nmodules = [\"none.so\"]\n");
    refused(&bench, &["none.so: the module cannot be read", "because No such file"]);
    bench.write("bridge.toml", "contracts = [\"served.toml\"]\nmodules = [\"served.toml\"]\n");
    refused(&bench, &["served.toml: the module cannot be used", "hint: a module is a shared library"]);
    bench.config("journal = \"nowhere/j\"\n");
    refused(&bench, &["calls made elsewhere cannot be taken", "nowhere/j: cannot be created"]);
    // What is written at the end is looked at before: by then it is too late.
    for (line, says) in [
        ("report = \"nowhere/r.json\"\n", "nowhere/r.json: cannot be written as a report"),
        ("report = \".\"\n", "it is a folder, not a file"),
        ("journal = \".\"\n", "it is a folder, not a file"),
        ("report = \"/dev/null\"\n", "it is a pipe or a device, not a file"),
    ] {
        bench.config(line);
        refused(&bench, &["calls made elsewhere cannot be taken", says]);
        let (code, ..) = bench.bridge(&["serve", "--config", "bridge.toml", "--explain"]);
        assert_eq!(code, Some(2), "{line}");
    }
    let many: Vec<String> = (0..65).map(|_| "\"127.0.0.1:0\"".to_owned()).collect();
    bench.write(
        "bridge.toml",
        &format!("contracts = [\"served.toml\"]\n[serve]\nlisten = [{}]\n", many.join(", ")),
    );
    refused(&bench, &["`listen` has 65 addresses, where 64 are possible"]);
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
    let address = taken.local_addr().expect("its address");
    bench.write("bridge.toml", &format!("contracts = [\"served.toml\"]\n[serve]\nlisten = \"{address}\"\n"));
    refused(&bench, &[&format!("{address} cannot be listened on"), "another process listens there"]);
    bench.write(
        "bridge.toml",
        "contracts = [\"served.toml\"]\n[serve]\nlisten = \"192.0.2.1:0\"\nallow = \"192.0.2.0/24\"\n",
    );
    refused(&bench, &["192.0.2.1:0 cannot be listened on", "must be one of this machine"]);
}

/// A module that was built for another contract, and one that calls legacy code, of which there is none.
#[test]
fn a_module_that_cannot_answer_here_is_refused() {
    let bench = Bench::new("other-module");
    bench.module("m.so", &["-DCALLS_CONTROL"]);
    bench.config("");
    refused(
        &bench,
        &[
            "m.so: the rewrite of `crunch` calls the legacy crunch through Control, and there is no legacy code here",
            "hint: ",
        ],
    );
    // Its twin has the same places for legacy code, and never looks there.
    bench.module("m.so", &[]);
    let (code, _, err) = bench.bridge(&["serve", "--config", "bridge.toml", "--explain"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let changed = CONTRACT.replace("name = \"k\", type = \"i32\"", "name = \"k\", type = \"u32\"");
    bench.write("served.toml", &changed);
    refused(&bench, &["`crunch` was built for contract hash", "build the module from this contract"]);
}

#[test]
fn it_explains_what_would_be_answered() {
    let bench = Bench::new("explain");
    bench.module("m.so", &[]);
    bench.config("");
    let (code, out, err) = bench.bridge(&["serve", "--config", "bridge.toml", "--explain"]);
    assert_eq!((code, err.as_str()), (Some(0), ""));
    let line =
        |name: &str| out.lines().find(|line| line.trim_start().starts_with(name)).expect("a line").to_owned();
    let words = |name: &str| line(name).split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    let client = contract();
    let hash = |name: &str| {
        let routine = client.routine(name).expect("a routine");
        let shape = cmp_bridge_contract::wire::shape(&client, routine).expect("it travels");
        format!("{:016x}", shape.hash(&client, routine))
    };
    assert_eq!(words("scale"), ["scale", "16", &hash("scale"), "m.so"]);
    assert_eq!(words("unserved"), ["unserved", "28", &hash("unserved"), "-"]);
    let program = cmp_bridge_contract::wire::program(&client);
    assert!(out.starts_with(&format!("served (served.toml), program {program:#x}\n")), "{out}");
    assert!(line("does not travel: `points`").contains("leads to nothing described"));
}

/// What stands in the configuration and counts for nothing here.
#[test]
fn what_is_not_heeded_is_said() {
    let bench = Bench::new("unheeded");
    bench.module("m.so", &[]);
    bench.module("m2.so", &["-DBUILD=2"]);
    bench.write(
        "bridge.toml",
        "contracts = [\"served.toml\"]\nmodules = [\"m2.so\", \"m.so\"]\n[routes]\nanswers = \"legacy\"\n",
    );
    let (code, out, err) = bench.bridge(&["serve", "--config", "bridge.toml", "--explain"]);
    assert_eq!(code, Some(0), "{err}");
    assert!(out.contains("m2.so"), "{out}");
    assert!(err.contains("[routes] is for `cmp-bridge run`: here callers choose their routes"), "{err}");
    assert!(err.contains("`answers` is answered by ") && err.contains("m.so has it, too"), "{err}");
}

/// The status of a server, as an operator asks for it.
#[test]
fn status_shows_a_server() {
    let (bench, mut server) = Bench::served("status", "");
    let mut client = server.caller();
    for how in [0, 0, 2] {
        let _ = client.integer("answers", how);
    }
    let address = server.address.to_string();
    let (code, out, err) = bench.bridge(&["status", "--server", &address]);
    assert_eq!((code, err.as_str()), (Some(0), ""), "{out}");
    for part in [
        "cmp-bridge serve",
        "2 connections of 4096 open",
        "module: ",
        "m.so (served module by hand)",
        "p99 us",
    ] {
        assert!(out.contains(part), "`{part}` is not in\n{out}");
    }
    let row = out.lines().find(|line| line.trim_start().starts_with("answers ")).expect("a row");
    assert_eq!(row.split_whitespace().take(5).collect::<Vec<_>>(), ["answers", "candidate", "3", "2", "1"]);
    let (code, out, _) = bench.bridge(&["status", "--server", &address, "--json"]);
    let json: serde_json::Value = serde_json::from_str(&out).expect("JSON");
    assert_eq!((code, &routine(&json, "answers")["calls"]), (Some(0), &3.into()));
    server.stop();
    let (code, out, err) = bench.bridge(&["status", "--server", &address]);
    assert_eq!((code, out.as_str()), (Some(2), ""));
    assert!(err.contains(&address) && err.contains("hint: "), "{err}");
    let (code, _, err) = bench.bridge(&["status", "--server", "here"]);
    assert!(code == Some(2) && err.contains("HOST:PORT"), "{err}");
    // Somebody who listens and is none of ours.
    let other = std::net::TcpListener::bind("127.0.0.1:0").expect("a socket");
    let address = other.local_addr().expect("its address").to_string();
    let answering = std::thread::spawn(move || {
        use std::io::Write;
        let (mut stream, _) = other.accept().expect("a caller");
        let _ = stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n");
    });
    let (code, _, err) = bench.bridge(&["status", "--server", &address]);
    assert!(code == Some(2) && err.contains(&address), "{err}");
    answering.join().expect("the other");
}

/// What the documents say is what the command takes.
#[test]
fn the_documented_configuration_is_one() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let read = |name: &str| std::fs::read_to_string(root.join(name)).expect("a document");
    let text = read("docs/hpux.md");
    let block =
        text.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("a block of TOML");
    let bench = Bench::new("documented");
    bench.module("m.so", &[]);
    let block = block.replace("flight_dynamics.toml", "served.toml").replace("librewrite.so", "m.so");
    bench.write("bridge.toml", &block);
    let (code, out, err) = bench.bridge(&["serve", "--config", "bridge.toml", "--explain"]);
    assert!(code == Some(0) && out.contains("m.so"), "{err}");
    // A key that is none is told: the block is read, not passed over.
    bench.write("bridge.toml", &block.replace("busy_poll", "busy_pool"));
    refused(&bench, &["did you mean `busy_poll`?"]);
    // The one of the help, too.
    let (_, help, _) = bench.bridge(&["serve", "--help"]);
    let block: String = help
        .lines()
        .skip_while(|line| !line.starts_with("bridge.toml (paths"))
        .skip(1)
        .take_while(|line| !line.is_empty())
        .map(|line| format!("{}\n", line.trim_start()))
        .collect();
    let block = block
        .replace("contracts/flight_dynamics.toml", "served.toml")
        .replace("target/release/librewrite_three.so", "m.so");
    bench.write("bridge.toml", &block);
    let (code, _, err) = bench.bridge(&["serve", "--config", "bridge.toml", "--explain"]);
    assert_eq!(code, Some(0), "{err}\n{block}");
    let unit = read("docs/systemd/cmp-bridge-serve.service");
    let start = unit
        .lines()
        .find_map(|line| line.strip_prefix("ExecStart=/usr/local/bin/cmp-bridge "))
        .expect("a start");
    let words: Vec<&str> =
        start.split(' ').map(|word| word.strip_prefix("/etc/cmp-bridge/").unwrap_or(word)).collect();
    let (code, ..) = bench.bridge(&[&words[..], &["--explain"]].concat());
    assert_eq!(code, Some(0));
}
