//! Debian 11 (glibc 2.31, gcc 10), as `scripts/old-machine.sh` made it below target/, and what `scripts/old-glibc.sh` built for
//! machines of that age. Its libc has no `_dl_find_object`, and its unwinder asks `dl_iterate_phdr`.

use crate::root;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn machine() -> PathBuf {
    let machine = root().join("target/old-machine/root");
    assert!(machine.is_dir(), "{} is not there: run `make test-real`", machine.display());
    machine
}

/// A file that was built for it.
fn built(name: &str) -> PathBuf {
    root().join("target/old-glibc/x86_64-unknown-linux-gnu/debug").join(name)
}

fn text(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

/// A command line inside of it.
#[track_caller]
fn inside(line: &str) -> Output {
    let machine = machine();
    let path = machine.display();
    let line = format!(
        "mount -t proc proc {path}/proc && exec chroot {path} /usr/bin/env -i PATH=/usr/bin:/bin /bin/sh -c '{line}'"
    );
    let mut command = Command::new("timeout");
    command.args([
        "120",
        "unshare",
        "--map-root-user",
        "--mount",
        "--pid",
        "--fork",
        "--kill-child",
        "sh",
        "-c",
        &line,
    ]);
    command.output().expect("unshare")
}

/// The same, which must succeed; returns what it prints.
#[track_caller]
fn good(line: &str) -> String {
    let output = inside(line);
    assert!(output.status.success(), "{line}: {}{}", text(&output.stdout), text(&output.stderr));
    text(&output.stdout)
}

#[track_caller]
fn bridge(arguments: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cmp-bridge"));
    let output = command.current_dir(root()).args(arguments).output().expect("the command");
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
}

#[test]
fn a_patch_answers_and_is_rolled_back_there() {
    let machine = machine();
    let (agent, module) = (built("libcmp_bridge_agent.so"), built("librewrite_three.so"));
    let (agent, module) = (agent.display().to_string(), module.display().to_string());
    bridge(&["doctor", &agent, &module, "--target", "rhel7"]);
    let out = machine.join("delivery");
    let _ = std::fs::remove_dir_all(&out);
    let exe = machine.join("cmp/legacy/build/pie/cmp_day").display().to_string();
    let mut build = vec!["patch", "build", "--module", &module, "--exe", &exe, "--agent", &agent];
    build.extend(["--contract", "contracts/telemetry.toml", "--contract", "contracts/flight_dynamics.toml"]);
    build.extend([
        "--anomaly",
        "FT-11",
        "--target",
        "rhel7",
        "--target-exe",
        "/cmp/legacy/build/pie/cmp_day",
    ]);
    let place = out.display().to_string();
    build.extend(["--out", &place]);
    bridge(&build);
    let unpacked =
        Command::new("tar").current_dir(&out).args(["xzf", "cmp_day-FT-11-1.tar.gz"]).status().expect("tar");
    assert!(unpacked.success());
    good("/delivery/cmp_day-FT-11-1/install.sh --dry-run && /delivery/cmp_day-FT-11-1/install.sh");
    let days = "--loop --period-ms 20 --days 60 /cmp/legacy/data/spot5.day";
    let alone = good(&format!("/cmp/legacy/build/pie/cmp_day {days}"));
    let patched = "/opt/cmp-bridge/cmp_day/FT-11/bin";
    let live = good(&format!(
        "{patched}/cmp_day {days} >/tmp/days & sleep 1; {patched}/route status; {patched}/route legacy; wait; cat /tmp/days"
    ));
    let (status, printed) = live.split_at(live.find("legacy answers now: 1 running").expect("a roll-back"));
    assert!(status.contains("hooks are in place") && !status.contains(" 0 answered"), "{status}");
    assert!(printed.ends_with(&alone), "{printed}");
    good("/opt/cmp-bridge/cmp_day/FT-11/rollback.sh --remove");
    assert!(!machine.join("opt/cmp-bridge/cmp_day").exists());
}

/// A fault in a relocated prologue becomes the Ada exception that the program handles, by its shared and by its static libgcc.
#[test]
fn unwinders_of_that_age_find_our_tables() {
    let machine = machine();
    for name in ["cmp-bridge", "libcmp_bridge_agent.so"] {
        std::fs::create_dir_all(machine.join("bridge")).expect("a folder");
        std::fs::copy(built(name), machine.join("bridge").join(name)).expect("a file");
    }
    for link in ["shared", "static"] {
        let program = machine.join("ada").join(format!("nul-{link}"));
        assert!(asks_the_old_way(&program, link == "shared"), "{link}");
        let alone = inside(&format!("cd /ada && ./nul-{link}"));
        assert!(text(&alone.stderr).contains("raised STORAGE_ERROR") && !alone.stdout.is_empty());
        for route in ["legacy", "record"] {
            let config = format!("contracts = [\"nul.toml\"]\n[routes]\n\"*\" = \"{route}\"\n");
            std::fs::write(machine.join("ada/bridge.toml"), config).expect("a configuration");
            let line = format!(
                "cd /ada && rm -f j && /bridge/cmp-bridge run --quiet --config bridge.toml --journal j -- ./nul-{link}"
            );
            let hooked = inside(&line);
            assert_eq!(hooked, alone, "{link} {route}: {}", text(&hooked.stderr));
            assert!(
                machine.join("ada/j").metadata().is_ok_and(|about| about.len() > 100),
                "it was not hooked"
            );
        }
    }
}

/// `dl_iterate_phdr`, in the program or in its shared libgcc.
fn asks_the_old_way(program: &Path, shared: bool) -> bool {
    let asked =
        if shared { machine().join("lib/x86_64-linux-gnu/libgcc_s.so.1") } else { program.to_owned() };
    let output = Command::new("nm").args(["-D", "--undefined-only"]).arg(asked).output().expect("nm");
    let symbols = text(&output.stdout);
    symbols.contains("dl_iterate_phdr") && !symbols.contains("_dl_find_object")
}
