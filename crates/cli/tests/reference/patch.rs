//! A patch of `cmp_day`, built, installed and started as on a machine that has neither the command, nor Rust, nor debug
//! information.

use crate::legacy;
use crate::support::{Did, Folder, Running, built, contracts, long, module, run, send, start, until};
use std::io::{BufRead, BufReader};
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A target in a folder: the stripped program, and what is installed for it.
pub struct Target {
    pub folder: Folder,
}

/// Routes of the delivered routines.
pub const ROUTES: &str = "ehposv = \"rust\"\ntm_coder_trame = \"rust\"\ntm_cds_jj50 = \"legacy\"\n";

impl Target {
    /// With the program stripped as `strip` with this option does.
    pub fn new(test: &str, strip: &str) -> Target {
        let target = Target { folder: Folder::new(&format!("patch-{test}")) };
        let program = target.program();
        std::fs::copy(legacy::built("pie").join("cmp_day"), &program).expect("the program");
        run(Command::new("strip").arg(strip).arg(&program)).ended(0);
        target
    }

    /// The program there.
    pub fn program(&self) -> PathBuf {
        self.path("cmp_day")
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path(name)
    }

    /// `patch build` with these options, by a configuration with these routes.
    pub fn build(&self, routes: &str, options: &[&str]) -> Command {
        let module = module("rewrite_three").display().to_string();
        let text = format!("contracts = {}\nmodules = [{module:?}]\n[routes]\n{routes}", contracts());
        std::fs::write(self.path("bridge.toml"), text).expect("a configuration");
        let mut command = self.folder.command(&["patch", "build", "--config", "bridge.toml", "--out", "out"]);
        command.arg("--exe").arg(legacy::built("pie").join("cmp_day"));
        let defaults = [
            ("--anomaly", PathBuf::from("FT-1234")),
            ("--sessions", self.path("sessions")),
            ("--target-exe", self.program()),
        ];
        for (option, value) in defaults.iter().filter(|(option, _)| !options.contains(option)) {
            command.arg(option).arg(value);
        }
        command.args(options);
        command
    }

    /// Builds, unpacks and installs the patch.
    #[track_caller]
    pub fn install(&self, options: &[&str]) {
        run(&mut self.build(ROUTES, &[])).ended(0);
        run(Command::new("tar").current_dir(self.path("out")).args(["xzf", "cmp_day-FT-1234-1.tar.gz"]))
            .ended(0);
        self.installer(options).ended(0).says(&["installed: start "]);
    }

    #[track_caller]
    pub fn installer(&self, options: &[&str]) -> Did {
        let mut command = Command::new(self.path("out/cmp_day-FT-1234-1/install.sh"));
        run(command.arg("--prefix").arg(self.path("opt")).args(options))
    }

    /// A file of the installed patch.
    pub fn installed(&self, name: &str) -> PathBuf {
        self.path("opt/cmp_day/FT-1234").join(name)
    }

    /// A program with arguments, in the environment of an ordinary machine.
    pub fn command(&self, program: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(program);
        command.env_clear().env("PATH", "/usr/bin:/bin").args(arguments);
        command.arg(legacy::root().join("legacy/data/spot5.day"));
        command
    }

    #[track_caller]
    pub fn alone(&self, arguments: &[&str]) -> Did {
        run(&mut self.command(&self.program(), arguments))
    }

    #[track_caller]
    pub fn patched(&self, arguments: &[&str]) -> Did {
        run(&mut self.command(&self.installed("bin/cmp_day"), arguments))
    }

    #[track_caller]
    pub fn route(&self, arguments: &[&str]) -> Did {
        run(Command::new(self.installed("bin/route")).args(arguments))
    }

    /// Folders of sessions of the present user.
    pub fn sessions(&self) -> Vec<PathBuf> {
        // SAFETY: geteuid cannot fail.
        let user = unsafe { libc::geteuid() };
        let entries = std::fs::read_dir(self.path("sessions").join(user.to_string()));
        entries.into_iter().flatten().flatten().map(|entry| entry.path()).collect()
    }

    /// How often Rust answered a routine of the one running program.
    #[track_caller]
    pub fn answered(&self, routine: &str) -> u64 {
        let status = self.route(&["status"]).ended(0);
        let line = status.out.lines().find(|line| line.split_whitespace().next() == Some(routine));
        let line = line.unwrap_or_else(|| panic!("no `{routine}` in {status:?}"));
        line.split_whitespace().nth(2).and_then(|word| word.parse().ok()).expect("a number")
    }
}

/// A program that prints day after day, and how many it has begun.
pub struct Days {
    pub running: Running,
    lines: BufReader<std::process::ChildStdout>,
    text: String,
}

impl Days {
    #[track_caller]
    pub fn start(command: &mut Command) -> Days {
        let mut running = start(command);
        let lines = BufReader::new(running.out.take().expect("its output"));
        Days { running, lines, text: String::new() }
    }

    #[track_caller]
    pub fn see(&mut self, days: usize) {
        let mut begun = 0;
        while begun < days {
            let mut bytes = Vec::new();
            self.lines.read_until(b'\n', &mut bytes).expect("its output");
            assert!(!bytes.is_empty(), "no more days after {}", self.text);
            let line: String = bytes.into_iter().map(char::from).collect();
            begun += usize::from(line.starts_with("=== JOUR "));
            self.text += &line;
        }
    }

    #[track_caller]
    pub fn end(mut self) -> Did {
        let mut rest = Vec::new();
        std::io::Read::read_to_end(&mut self.lines, &mut rest).expect("its output");
        let mut did = self.running.end("cmp_day with the patch");
        did.out = self.text + &rest.into_iter().map(char::from).collect::<String>();
        did
    }
}

const LOOP: [&str; 4] = ["--loop", "--period-ms", "150", "--days"];

/// Rust at the start, legacy in the running program, and Rust again: the output is that of the program alone.
#[test]
fn a_stripped_program_is_patched_and_rolled_back_while_it_runs() {
    for strip in if long() { &["-s", "-g"][..] } else { &["-s"] } {
        let target = Target::new(&format!("live{strip}"), strip);
        target.install(&[]);
        let before = std::fs::read(target.program()).expect("the program");
        let alone = target.alone(&[&LOOP[..], &["24"]].concat()).ended(0);
        let mut days = Days::start(
            &mut target.command(&target.installed("bin/cmp_day"), &[&LOOP[..], &["24"]].concat()),
        );
        days.see(2);
        assert!(target.answered("ehposv") > 0 && target.answered("tm_coder_trame") > 0);
        assert_eq!(target.answered("tm_cds_jj50"), 0, "delivered, and left to the legacy code");
        target
            .route(&["legacy"])
            .ended(0)
            .prints(&["legacy answers now: 1 running, and those started from now on"]);
        days.see(2);
        let rolled_back = target.answered("ehposv");
        // While it is so, programs are started as if there were no patch.
        let untouched = target.patched(&[]).ended(0).says(&["it was switched off by bin/route"]);
        assert_eq!(untouched.out, target.alone(&[]).out);
        days.see(2);
        assert_eq!(target.answered("ehposv"), rolled_back, "legacy answers");
        target.route(&["rust"]).ended(0);
        days.see(3);
        assert!(target.answered("ehposv") > rolled_back, "Rust answers again");
        assert_eq!(target.answered("tm_cds_jj50"), 0, "it was not delivered so");
        target.route(&["rust", "tm_cds_jj50"]).ended(0);
        days.see(3);
        assert!(target.answered("tm_cds_jj50") > 0, "one routine by its name");
        let did = days.end().ended(0);
        assert!(did == alone, "{strip}: {did:?}");
        assert!(before == std::fs::read(target.program()).expect("the program"), "the program was changed");
    }
}

/// The process is the program: its number, its end by a signal, its exit status, its arguments and its environment.
#[test]
fn the_start_script_becomes_the_program() {
    let target = Target::new("becomes", "-s");
    target.install(&[]);
    let mut days =
        Days::start(&mut target.command(&target.installed("bin/cmp_day"), &["--loop", "--period-ms", "100"]));
    days.see(1);
    let pid = days.running.pid();
    let running = std::fs::read_link(format!("/proc/{pid}/exe")).expect("a process");
    assert_eq!(running.canonicalize().ok(), target.program().canonicalize().ok());
    let read = |name: &str| std::fs::read(format!("/proc/{pid}/{name}")).expect("a process");
    let text = |name: &str| String::from_utf8_lossy(&read(name)).replace('\0', "\n");
    let variables = text("environ");
    assert!(!variables.contains("CMP_BRIDGE") && !variables.contains("LD_PRELOAD="), "{variables}");
    assert!(variables.contains("PATH=/usr/bin:/bin\n"), "{variables}");
    assert!(text("cmdline").contains("--period-ms\n100\n"), "{}", text("cmdline"));
    // The name of the session is that of the process, and nobody else may look at it.
    let sessions = target.sessions();
    assert!(sessions.len() == 1 && sessions[0].ends_with(format!("{pid}-0")), "{sessions:?}");
    for name in ["plan", "control"] {
        assert_eq!(sessions[0].join(name).metadata().expect("a file").mode() & 0o777, 0o600);
    }
    send(pid, libc::SIGKILL);
    assert_eq!(days.end().signal(), Some(libc::SIGKILL));
    let wrong = run(Command::new(target.installed("bin/cmp_day")).arg("/no/such day's file"));
    let alone = run(Command::new(target.program()).arg("/no/such day's file"));
    assert!(
        wrong.status == alone.status && wrong.out == alone.out && !alone.status.success(),
        "{wrong:?}\n{alone:?}"
    );
    // A library of the user's stays, and a variable that has the name of one of the script's own.
    let mut command = target.command(&target.installed("bin/cmp_day"), &["--loop", "--period-ms", "100"]);
    let mut days =
        Days::start(command.env("here", "mine").env("EXECUTABLE", "mine").env("LD_PRELOAD", "libm.so.6"));
    days.see(1);
    let variables = std::fs::read(format!("/proc/{}/environ", days.running.pid())).expect("a process");
    let variables = String::from_utf8_lossy(&variables).replace('\0', "\n");
    for line in ["here=mine\n", "EXECUTABLE=mine\n", "LD_PRELOAD=libm.so.6\n"] {
        assert!(variables.contains(line), "{variables}");
    }
    send(days.running.pid(), libc::SIGKILL);
    days.end();
    // Sessions of programs that are gone are removed by the next start.
    target.patched(&[]).ended(0);
    assert_eq!(target.sessions().len(), 1, "{:?}", target.sessions());
}

#[test]
fn many_start_at_once() {
    let target = Target::new("many", "-s");
    target.install(&[]);
    let alone = target.alone(&[]);
    let started: Vec<Running> =
        (0..8).map(|_| start(&mut target.command(&target.installed("bin/cmp_day"), &[]))).collect();
    for running in started {
        let did = running.end("one of many");
        assert!(did == alone, "{did:?}");
    }
}

/// Whatever is wrong, the program runs as it is, and standard error says why before its first line.
#[test]
fn without_the_patch_the_program_runs_as_it_is() {
    let target = Target::new("refused", "-s");
    target.install(&[]);
    let alone = target.alone(&[]);
    let untouched = |why: &str| {
        let did = target.patched(&[]);
        assert!(did.status == alone.status && did.out == alone.out, "{why}: {did:?}");
        let first = did.err.lines().next().unwrap_or_default();
        assert!(first.starts_with("patch") && first.contains(": not applied: "), "{why}: {did:?}");
        assert!(first.contains(why), "{why}: {did:?}");
    };
    let files = [
        "lib/librewrite_three.so",
        "lib/libcmp_bridge_agent.so",
        "lib/common.sh",
        "patch.conf",
        "plan",
        "control",
        "routes",
    ];
    for file in files {
        let (there, away) = (target.installed(file), target.installed("away"));
        std::fs::rename(&there, &away).expect("a file");
        untouched(&format!("{file} is not there, or cannot be read"));
        std::fs::rename(&away, &there).expect("a file");
    }
    // Before the first line of the program: both go to one pipe.
    std::fs::rename(target.installed("plan"), target.installed("away")).expect("a file");
    let line = format!("{} $0 2>&1 | head -n 1", target.installed("bin/cmp_day").display());
    let data = legacy::root().join("legacy/data/spot5.day");
    run(Command::new("sh").arg("-c").arg(line).arg(data)).prints(&["patch FT-1234: not applied: "]);
    std::fs::rename(target.installed("away"), target.installed("plan")).expect("a file");
    // A session that others could enter is not used.
    // SAFETY: geteuid cannot fail.
    let user = unsafe { libc::geteuid() };
    let own = target.path("sessions").join(user.to_string());
    target.patched(&[]).ended(0);
    std::fs::set_permissions(&own, PermissionsExt::from_mode(0o755)).expect("a folder");
    let elsewhere = target.patched(&[]);
    let fallback = PathBuf::from(format!("/tmp/cmp-bridge-{user}"));
    assert!(elsewhere.out == alone.out, "{elsewhere:?}");
    assert!(elsewhere.err.is_empty() || elsewhere.err.contains("not applied"), "{elsewhere:?}");
    clean(&fallback);
    std::fs::set_permissions(&own, PermissionsExt::from_mode(0o700)).expect("a folder");
    another_build(&target, &untouched);
    broken_module(&target, &alone);
}

/// Removes what this test left in the folder that other tests use, too.
fn clean(fallback: &Path) {
    for entry in std::fs::read_dir(fallback).into_iter().flatten().flatten() {
        let patch = std::fs::read_to_string(entry.path().join("patch")).unwrap_or_default();
        if patch.starts_with("cmp_day FT-1234 ") {
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

fn another_build(target: &Target, untouched: &dyn Fn(&str)) {
    let mut bytes = std::fs::read(target.program()).expect("the program");
    let note = b"\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0";
    let at = bytes.windows(note.len()).position(|part| part == note).expect("a build-id") + note.len();
    bytes[at] ^= 1;
    std::fs::write(target.path("other"), &bytes).expect("a program");
    std::fs::set_permissions(target.path("other"), PermissionsExt::from_mode(0o755)).expect("a program");
    std::fs::rename(target.program(), target.path("mine")).expect("the program");
    std::fs::rename(target.path("other"), target.program()).expect("a program");
    untouched("is another build than the patch was made for");
    target
        .installer(&[])
        .ended(1)
        .says(&["is another build than the patch was made for", "nothing was installed"]);
    std::fs::rename(target.path("mine"), target.program()).expect("the program");
}

/// A module that cannot be loaded is only seen by the agent, which says nothing to the program.
fn broken_module(target: &Target, alone: &Did) {
    std::fs::write(target.installed("lib/librewrite_three.so"), "not a library").expect("a file");
    let did = target.patched(&[]);
    assert!(did == *alone, "{did:?}");
    let mut days =
        Days::start(&mut target.command(&target.installed("bin/cmp_day"), &["--loop", "--period-ms", "100"]));
    days.see(1);
    target.route(&["status"]).ended(0).prints(&[
        "hooks are in place: ",
        "librewrite_three.so",
        "legacy  0 answered",
    ]);
    // Without a candidate the route is not possible.
    target.route(&["rust", "ehposv"]).ended(3).says(&["not switched"]);
    send(days.running.pid(), libc::SIGTERM);
    days.end();
}

/// The program runs as an ordinary user, who may not write where the patch is; root rolls back all of them.
#[test]
fn another_user_starts_it_and_root_rolls_back() {
    // SAFETY: geteuid cannot fail.
    if unsafe { libc::geteuid() } != 0 {
        // Only root can be two users. What an ordinary user does is what all other tests then do.
        return;
    }
    let target = Target::new("users", "-s");
    target.install(&[]);
    let visible = target.path("");
    run(Command::new("chmod").arg("a+rX").arg(&visible)).ended(0);
    let mut command = target.command(&target.installed("bin/cmp_day"), &["--loop", "--period-ms", "100"]);
    let mut days = Days::start(command.uid(65534).gid(65534));
    days.see(2);
    let session = target.path("sessions/65534").join(format!("{}-0", days.running.pid()));
    assert_eq!(session.metadata().expect("a session").uid(), 65534, "the session is that user's");
    assert!(target.answered("ehposv") > 0);
    // That user cannot decide for programs to come.
    let own = |word: &str| run(Command::new(target.installed("bin/route")).arg(word).uid(65534).gid(65534));
    own("legacy").ended(1).prints(&["legacy answers now: 1 running, but not those started from now on"]);
    own("rust").ended(1);
    target.route(&["legacy"]).ended(0).prints(&["legacy answers now: 1 running"]);
    let rolled_back = target.answered("ehposv");
    days.see(3);
    assert_eq!(target.answered("ehposv"), rolled_back);
    send(days.running.pid(), libc::SIGTERM);
    days.end();
}

#[test]
fn installing_and_rolling_back_can_be_repeated() {
    let target = Target::new("install", "-s");
    let link = target.path("bin/cmp_day");
    std::fs::create_dir(target.path("bin")).expect("a folder");
    std::fs::hard_link(target.program(), &link).expect("what people start");
    run(&mut target.build(ROUTES, &["--link", link.to_str().expect("UTF-8")])).ended(0);
    run(Command::new("tar").current_dir(target.path("out")).args(["xzf", "cmp_day-FT-1234-1.tar.gz"]))
        .ended(0);
    target.installer(&["--dry-run"]).ended(0).prints(&["would: write all files to ", "would: ln -s --"]);
    assert!(!target.path("opt").exists() && !target.path("sessions").exists() && !link.is_symlink());
    // A file that is not what was delivered.
    let module = target.path("out/cmp_day-FT-1234-1/lib/librewrite_three.so");
    let good = std::fs::read(&module).expect("a module");
    std::fs::write(&module, &good[1..]).expect("a module");
    target
        .installer(&[])
        .ended(1)
        .says(&["lib/librewrite_three.so: FAILED", "not those that were delivered"]);
    std::fs::write(&module, &good).expect("a module");
    assert!(!target.path("opt").exists());

    let alone = target.alone(&[]).ended(0);
    let through_link = || run(&mut target.command(&link, &[]));
    for _ in 0..3 {
        target.installer(&[]).ended(0).says(&["installed: start "]);
        assert!(link.is_symlink());
        let did = through_link();
        assert!(did == alone, "{did:?}");
        assert_eq!(target.sessions().len(), 1, "the patch was in it");
    }
    rolled_back(&target, &link, &alone, &through_link);
}

fn rolled_back(target: &Target, link: &Path, alone: &Did, through_link: &dyn Fn() -> Did) {
    let kept = target.path("bin/cmp_day.before-FT-1234");
    assert_eq!(
        kept.metadata().expect("what was there").ino(),
        target.program().metadata().expect("a program").ino()
    );
    let rollback = |options: &[&str]| run(Command::new(target.installed("rollback.sh")).args(options));
    rollback(&["--dry-run"]).ended(0).prints(&["would: mv -f -T --"]);
    assert!(link.is_symlink());
    rollback(&[]).ended(0).says(&["rolled back"]);
    assert!(!link.is_symlink() && !kept.exists(), "what was there is there again");
    assert!(through_link() == *alone);
    rollback(&[]).ended(0);
    // The script itself starts the program without the patch, until it is installed again.
    target.patched(&[]).ended(0).says(&["switched off"]);
    target.installer(&[]).ended(0);
    let did = target.patched(&[]);
    assert!(did == *alone, "{did:?}");
    rollback(&["--remove"]).ended(0);
    assert!(!target.path("opt/cmp_day").exists() && !link.is_symlink() && through_link() == *alone);
}

/// Callers that hold a copy of the routine's code keep that: the delivery says which, and so does its release note.
#[test]
fn copies_that_a_patch_does_not_reach_are_said() {
    let target = Target::new("copies", "-s");
    let module = module("one_bit").display().to_string();
    let config = |routine: &str| {
        format!("contracts = {}\nmodules = [{module:?}]\n[routes]\n{routine} = \"rust\"\n", contracts())
    };
    let build = |routine: &str| {
        std::fs::write(target.path("bridge.toml"), config(routine)).expect("a configuration");
        let mut command =
            target.folder.command(&["patch", "build", "--config", "bridge.toml", "--out", "out"]);
        command.args(["--anomaly", routine, "--target-exe", "/opt/cmp/cmp_day", "--exe"]);
        run(command.arg(legacy::built("pie").join("cmp_day"))).ended(0)
    };
    let line = "B126: `tm_interpoler`: inlined into tm_table_lineaire";
    build("tm_interpoler").says(&[line, "keeps the legacy code"]);
    let mut tar = Command::new("tar");
    tar.current_dir(target.path("out")).args(["xzOf", "cmp_day-tm_interpoler-1.tar.gz"]);
    let note = run(tar.arg("cmp_day-tm_interpoler-1/RELEASE-NOTE.md")).ended(0);
    assert!(note.out.contains(line), "{note:?}");
    let without = build("tm_crc16");
    assert!(!without.err.contains("B126"), "{without:?}");
}

#[test]
fn what_cannot_be_delivered_is_refused() {
    let target = Target::new("bad", "-s");
    let build = |routes: &str, options: &[&str]| run(&mut target.build(routes, options));
    build("ehposv = \"shadow\"\n", &[]).ended(2).says(&["`ehposv` has route shadow", "hint: "]);
    build("ehposv = \"legacy\"\n", &[]).ended(2).says(&["no routine has route rust"]);
    build("ehposv = \"rust\"\ncaljj = \"rust\"\n", &[]).ended(1).says(&[
        "not possible: ",
        "caljj",
        "no module",
    ]);
    build(ROUTES, &["--anomaly", "../x"]).ended(2).says(&["letters, digits"]);
    build(ROUTES, &["--evidence", "nothing.html"]).ended(2).says(&["nothing.html: cannot be read"]);
    build(ROUTES, &["--target", "rhel7"]).ended(1).says(&["error[D102]", "at most GLIBC_2.17"]);
    std::fs::write(target.path("bad name.txt"), "x").expect("a file");
    build(ROUTES, &["--evidence", "bad name.txt"]).ended(2).says(&["bad name.txt cannot be delivered"]);
    assert!(!target.path("out").exists(), "nothing was made");
    std::fs::write(target.path("note.txt"), "x").expect("a file");
    let did = build(ROUTES, &["--evidence", "note.txt", "--json"]).ended(0);
    did.says(&["note: note.txt does not name the build-id of the program", "it was not looked into"]);
    assert_eq!(std::fs::read_dir(target.path("out")).expect("a folder").count(), 1);
    // By its module and contracts alone.
    let module = module("rewrite_three");
    let contract = |name: &str| legacy::root().join("contracts").join(name);
    let mut command =
        target.folder.command(&["patch", "build", "--out", "by-module", "--anomaly", "A", "--exe"]);
    command.arg(target.program().with_file_name("bridge.toml"));
    command.arg("--module").arg(&module).arg("--contract").arg(contract("telemetry.toml"));
    run(&mut command).ended(2).says(&["answers `ehposv`, which none of the contracts has"]);
    run(command.arg("--contract").arg(contract("flight_dynamics.toml")))
        .ended(2)
        .says(&["is not an ELF file"]);
}

#[test]
fn the_same_inputs_give_the_same_bytes() {
    let target = Target::new("same", "-s");
    let mut build = target.build(ROUTES, &["--format", "tar.gz,rpm,deb"]);
    let mut made: Vec<Vec<Vec<u8>>> = Vec::new();
    for _ in 0..2 {
        let _ = std::fs::remove_dir_all(target.path("out"));
        run(&mut build).ended(0);
        // By another user, so to say.
        let mut shell = Command::new("sh");
        shell.args(["-c", "umask 027; exec \"$0\" \"$@\""]).arg(build.get_program()).args(build.get_args());
        shell.current_dir(target.path("")).env("CMP_BRIDGE_AGENT", built().join("libcmp_bridge_agent.so"));
        build = shell;
        let mut files: Vec<PathBuf> = std::fs::read_dir(target.path("out"))
            .expect("a folder")
            .flatten()
            .map(|entry| entry.path())
            .collect();
        files.sort();
        assert_eq!(files.len(), 3);
        made.push(files.iter().map(|file| std::fs::read(file).expect("a file")).collect());
        // Another second, and another process.
        until("the next second", || {
            let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("a clock");
            (now.subsec_millis() < 100).then_some(())
        });
    }
    for (index, name) in ["rpm", "deb", "tar.gz"].into_iter().enumerate() {
        assert!(made[0][index] == made[1][index], "{name}, or another of them, differs");
    }
    let dated = run(target.build(ROUTES, &[]).env("SOURCE_DATE_EPOCH", "1000000000")).ended(0);
    drop(dated);
    let list =
        run(Command::new("tar").args(["--utc", "-tvzf"]).arg(target.path("out/cmp_day-FT-1234-1.tar.gz")))
            .ended(0);
    assert!(
        list.out.lines().all(|line| line.contains("2001-09-09 01:46") && line.contains("0/0")),
        "{list:?}"
    );
}

/// shellcheck has nothing to say about any script of a patch, as it is delivered.
#[test]
fn its_scripts_are_clean() {
    let target = Target::new("clean", "-s");
    run(&mut target.build("ehposv = \"rust\"\n", &["--format", "tar.gz,deb"])).ended(0);
    let unpacked = target.path("out/cmp_day-FT-1234-1");
    run(Command::new("tar").current_dir(target.path("out")).args(["xzf", "cmp_day-FT-1234-1.tar.gz"]))
        .ended(0);
    let deb = std::fs::read_dir(target.path("out")).expect("a folder").flatten().map(|entry| entry.path());
    let deb = deb.into_iter().find(|path| path.extension().is_some_and(|e| e == "deb")).expect("a package");
    run(Command::new("dpkg-deb").arg("-e").arg(&deb).arg(unpacked.join("DEBIAN"))).ended(0);
    let mut check = Command::new("shellcheck");
    // With what the installation writes.
    run(Command::new(unpacked.join("install.sh")).arg("--prefix").arg(target.path("opt"))).ended(0);
    std::fs::copy(target.installed("bin/cmp_day"), unpacked.join("bin/cmp_day")).expect("the start script");
    check.current_dir(unpacked.join("lib")).args([
        "-x",
        "../install.sh",
        "../rollback.sh",
        "../patch.conf",
        "common.sh",
    ]);
    check.args([
        "../bin/route",
        "../bin/cmp_day",
        "../DEBIAN/preinst",
        "../DEBIAN/postinst",
        "../DEBIAN/prerm",
    ]);
    run(&mut check).ended(0);
    // The standard's shell, not bash: dash refuses what is not in it.
    for script in ["install.sh", "rollback.sh", "lib/common.sh", "bin/route", "bin/cmp_day", "DEBIAN/preinst"]
    {
        run(Command::new("dash").arg("-n").arg(unpacked.join(script))).ended(0);
    }
}
