//! Installing, updating, rolling back and removing a patch, each ended at every step: the program must start, the patch must
//! not be silently out of operation, and the next attempt must do the rest.

use crate::legacy;
use crate::patch::{Days, ROUTES, Target};
use crate::support::{Did, long, run, send};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Tools that the scripts call: each can fail.
const TOOLS: [&str; 21] = [
    "basename",
    "cat",
    "chmod",
    "cp",
    "dd",
    "dirname",
    "grep",
    "id",
    "ln",
    "ls",
    "mkdir",
    "mv",
    "od",
    "readlink",
    "rm",
    "rmdir",
    "sed",
    "sha256sum",
    "sync",
    "tail",
    "tr",
];

/// A program with a link of the patch in its own place.
struct Linked {
    target: Target,
}

impl Linked {
    /// With these releases of the patch, unpacked.
    fn new(test: &str, releases: &[&str]) -> Linked {
        let linked = Linked { target: Target::new(test, "-s") };
        let link = linked.target.program().display().to_string();
        for release in releases {
            linked.build("FT-1234", &["--release", release, "--link", &link]);
        }
        linked.tools();
        linked
    }

    fn build(&self, anomaly: &str, options: &[&str]) {
        let options = [&["--anomaly", anomaly], options].concat();
        run(&mut self.target.build(ROUTES, &options)).ended(0);
        for entry in std::fs::read_dir(self.target.path("out")).expect("a folder").flatten() {
            run(Command::new("tar").current_dir(self.target.path("out")).arg("xzf").arg(entry.path()))
                .ended(0);
            std::fs::remove_file(entry.path()).ok();
            let folder = entry.file_name().to_string_lossy().trim_end_matches(".tar.gz").to_owned();
            let (from, to) = (self.target.path("out").join(&folder), self.target.path(&folder));
            std::fs::rename(from, to).expect("a delivery");
        }
    }

    /// Tools before the real ones, which count their calls, and fail or kill their caller at one of them.
    fn tools(&self) {
        std::fs::create_dir(self.target.path("tools")).expect("a folder");
        let count = self.target.path("count").display().to_string();
        for tool in TOOLS {
            let text = format!(
                "#!/bin/sh\necho >>{count}\nn=$(/usr/bin/stat -c %s {count})\n\
                 if [ $n -eq $STEP ]; then [ $HOW = fail ] || kill -9 0; exit 1; fi\nPATH=/usr/bin:/bin exec {tool} \"$@\"\n"
            );
            let path = self.target.path("tools").join(tool);
            std::fs::write(&path, text).expect("a tool");
            std::fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).expect("a tool");
        }
    }

    /// A script, ended at a step (none is 0): what it did, and how many steps it had.
    fn script(&self, path: &Path, options: &[&str], step: usize, how: &str) -> (Did, usize) {
        let count = self.target.path("count");
        std::fs::write(&count, "").expect("a file");
        let mut command = Command::new(path);
        command.args(options).env("STEP", step.to_string()).env("HOW", how);
        command.env("PATH", format!("{}:/usr/bin:/bin", self.target.path("tools").display()));
        let did = run(&mut command);
        (did, std::fs::read(count).expect("a file").len())
    }

    fn install(&self, release: &str, step: usize, how: &str) -> (Did, usize) {
        let script = self.target.path(&format!("cmp_day-FT-1234-{release}/install.sh"));
        self.script(&script, &["--prefix", self.target.path("opt").to_str().expect("UTF-8")], step, how)
    }

    /// The program, as people start it.
    fn started(&self) -> Did {
        run(&mut self.target.command(&self.target.program(), &[]))
    }

    /// It starts with the patch in it.
    #[track_caller]
    fn patched(&self, alone: &Did, when: &str) {
        let sessions = self.target.path("sessions");
        let _ = std::fs::remove_dir_all(&sessions);
        std::fs::create_dir(&sessions).expect("a folder");
        let did = self.started();
        assert!(did == *alone, "{when}: {did:?}");
        assert_eq!(self.target.sessions().len(), 1, "{when}: the patch is silently out of operation");
    }

    /// Everything is as it was before.
    #[track_caller]
    fn untouched(&self, alone: &Did, when: &str) {
        assert!(self.target.program().symlink_metadata().expect("the program").is_file(), "{when}");
        let did = self.started();
        assert!(did == *alone, "{when}: {did:?}");
        assert!(!self.target.path("opt/cmp_day").exists(), "{when}: files are left");
        assert!(!self.target.path("cmp_day.before-FT-1234").exists(), "{when}: a second name is left");
    }

    /// Removes it by whichever of its scripts is left.
    #[track_caller]
    fn remove(&self, when: &str) {
        let folders = std::fs::read_dir(self.target.path("opt/cmp_day")).into_iter().flatten().flatten();
        let mut scripts: Vec<PathBuf> = folders.map(|entry| entry.path().join("rollback.sh")).collect();
        // The link without a number first: it is the one in operation.
        scripts.sort_by_key(|path| path.as_os_str().len());
        let installed = |script: &PathBuf| script.with_file_name("etc/installed").exists();
        scripts.retain(|script| installed(script) && !script.to_string_lossy().contains("+gone/"));
        if let Some(script) = scripts.into_iter().find(|script| script.exists()) {
            let (did, _) = self.script(&script, &["--remove"], 0, "fail");
            assert!(did.status.success(), "{when}: {did:?}");
        }
        // What is left of folders that were being written or removed, and were never or no longer in operation.
        assert!(!self.target.path("opt/cmp_day/FT-1234").is_symlink(), "{when}");
        let _ = std::fs::remove_dir_all(self.target.path("opt/cmp_day"));
    }
}

/// All steps, or some of them; each way of ending at them.
fn each_step(steps: usize, mut check: impl FnMut(usize, &str)) {
    assert!(steps > 10, "{steps} steps");
    if steps < 30 {
        ["fail", "kill"].into_iter().for_each(|how| (1..=steps).for_each(|step| check(step, how)));
        return;
    }
    for (how, offset) in [("fail", 0), ("kill", 3)] {
        for step in (1 + offset..=steps).step_by(if long() { 1 } else { 7 }) {
            check(step, how);
        }
    }
    // The last ones change what people start.
    if !long() {
        for step in steps.saturating_sub(12)..=steps {
            check(step, if step % 2 == 0 { "fail" } else { "kill" });
        }
    }
}

#[test]
fn a_first_installation_may_end_at_every_step() {
    let linked = Linked::new("first", &["1"]);
    let alone = linked.started().ended(0);
    let (did, steps) = linked.install("1", 0, "fail");
    did.ended(0).says(&["installed: start "]);
    linked.patched(&alone, "installed");
    linked.remove("installed");
    linked.untouched(&alone, "removed");
    each_step(steps, |step, how| {
        let when = format!("step {step} of {steps}, {how}");
        let (did, _) = linked.install("1", step, how);
        let started = linked.started();
        assert!(started == alone, "{when}: {did:?} {started:?}");
        if step % 2 == 0 {
            let (did, _) = linked.install("1", 0, "fail");
            assert!(did.status.success(), "{when}: cannot be repeated: {did:?}");
            linked.patched(&alone, &when);
        }
        linked.remove(&when);
        linked.untouched(&alone, &when);
    });
}

#[test]
fn an_update_may_end_at_every_step() {
    let linked = Linked::new("update", &["1", "2"]);
    let alone = linked.started().ended(0);
    linked.install("1", 0, "fail").0.ended(0);
    let (did, steps) = linked.install("2", 0, "fail");
    did.ended(0);
    linked.patched(&alone, "updated");
    each_step(steps, |step, how| {
        let when = format!("step {step} of {steps}, {how}");
        let release = if step % 2 == 0 { "1" } else { "2" };
        linked.install(release, step, how);
        linked.patched(&alone, &when);
    });
    linked.install("1", 0, "fail").0.ended(0);
    linked.patched(&alone, "at the end");
    // Nothing but the present and the one before is kept.
    let folders = std::fs::read_dir(linked.target.path("opt/cmp_day")).expect("a folder").count();
    assert_eq!(folders, 3);
    linked.remove("at the end");
    linked.untouched(&alone, "at the end");
}

#[test]
fn a_removal_may_end_at_every_step() {
    let linked = Linked::new("removal", &["1"]);
    let alone = linked.started().ended(0);
    let remove = |step: usize, how: &str| {
        assert!(linked.install("1", 0, "fail").0.status.success(), "before step {step}");
        linked.script(&linked.target.installed("rollback.sh"), &["--remove"], step, how)
    };
    let (did, steps) = remove(0, "fail");
    did.ended(0).says(&["rolled back"]);
    linked.untouched(&alone, "removed");
    each_step(steps, |step, how| {
        let when = format!("step {step} of {steps}, {how}");
        remove(step, how);
        let started = linked.started();
        assert!(started.status == alone.status && started.out == alone.out, "{when}: {started:?}");
        linked.remove(&when);
        linked.untouched(&alone, &when);
    });
}

#[test]
fn one_patch_at_a_time_is_in_operation() {
    let linked = Linked::new("one", &["1"]);
    let alone = linked.started().ended(0);
    let (link, other) = (linked.target.program().display().to_string(), linked.target.path("other"));
    linked.build("FT-2", &["--link", &link]);
    let second = linked.target.path("cmp_day-FT-2-1/install.sh");
    let opt = linked.target.path("opt").display().to_string();
    let install =
        |options: &[&str]| linked.script(&second, &[&["--prefix", &opt], options].concat(), 0, "").0;
    linked.install("1", 0, "").0.ended(0);
    // In the place of the first one, beside it, and without a link.
    let elsewhere = linked.target.path("elsewhere").display().to_string();
    for options in [&[][..], &["--link", other.to_str().expect("UTF-8")], &["--prefix", &elsewhere]] {
        install(options).ended(1).says(&["FT-1234", "is in operation for this program"]);
        linked.patched(&alone, "the first one");
    }
    // The same patch keeps its link, and takes no other one.
    let again = |options: &[&str]| {
        let script = linked.target.path("cmp_day-FT-1234-1/install.sh");
        linked.script(&script, &[&["--prefix", &opt], options].concat(), 0, "").0
    };
    again(&["--link", other.to_str().expect("UTF-8")]).ended(1).says(&["roll it back first"]);
    again(&[]).ended(0);
    // Switched off, it still has its link.
    run(Command::new(linked.target.installed("bin/route")).arg("legacy")).ended(0);
    again(&["--link", other.to_str().expect("UTF-8")]).ended(1).says(&["roll it back first"]);
    again(&[]).ended(0);
    linked.patched(&alone, "installed again after it was switched off");
    // Rolled back, the other one can be installed; rolled back in any order, nothing is left.
    run(&mut Command::new(linked.target.installed("rollback.sh"))).ended(0);
    install(&[]).ended(0);
    linked.patched(&alone, "the second one");
    run(Command::new(linked.target.installed("rollback.sh")).arg("--remove")).ended(0);
    linked.patched(&alone, "the second one alone");
    run(Command::new(linked.target.path("opt/cmp_day/FT-2/rollback.sh")).arg("--remove")).ended(0);
    linked.untouched(&alone, "both removed");
}

/// A link beside the program is not forgotten where the patch was switched off in between, and goes with it.
#[test]
fn what_was_switched_off_keeps_its_link() {
    let linked = Linked::new("off", &[]);
    let jour = linked.target.path("jour");
    std::os::unix::fs::symlink(linked.target.program(), &jour).expect("a link");
    linked.build("FT-1234", &[]);
    let script = linked.target.path("cmp_day-FT-1234-1/install.sh");
    let opt = linked.target.path("opt").display().to_string();
    let install =
        |options: &[&str]| linked.script(&script, &[&["--prefix", &opt], options].concat(), 0, "").0;
    install(&["--link", jour.to_str().expect("UTF-8")]).ended(0);
    run(Command::new(linked.target.installed("bin/route")).arg("legacy")).ended(0);
    install(&[]).ended(0);
    run(Command::new(linked.target.installed("rollback.sh")).arg("--remove")).ended(0);
    assert_eq!(std::fs::read_link(&jour).expect("a link"), linked.target.program());
    assert!(!linked.target.path("jour.before-FT-1234").is_symlink());
}

/// A build that the program's own team has put in the place of the link stays, and what it replaced is named.
#[test]
fn another_build_in_the_place_of_the_link() {
    let linked = Linked::new("replaced", &["1"]);
    linked.install("1", 0, "").0.ended(0);
    let (program, kept) = (linked.target.program(), linked.target.path("cmp_day.before-FT-1234"));
    std::fs::remove_file(&program).expect("a link");
    std::fs::copy("/bin/true", &program).expect("a program");
    let rollback = run(Command::new(linked.target.installed("rollback.sh")).arg("--remove"));
    rollback.ended(0).says(&["cmp_day.before-FT-1234, which stood there before: remove it"]);
    assert!(kept.exists());
    std::fs::remove_file(&program).expect("a program");
    std::fs::copy(&kept, &program).expect("a program");
    std::fs::write(&kept, "an older build").expect("a file");
    linked.install("1", 0, "").0.ended(1).says(&["move it away if nobody needs it"]);
}

/// One anomaly of two programs is two patches, which do not meet.
#[test]
fn an_anomaly_of_two_programs() {
    let target = Target::new("two", "-s");
    target.install(&[]);
    let alone = target.alone(&[]);
    let other = target.path("cmp_night");
    std::fs::copy(target.program(), &other).expect("a program");
    run(&mut target.build(ROUTES, &["--target-exe", other.to_str().expect("UTF-8")])).ended(0);
    run(Command::new("tar").current_dir(target.path("out")).args(["xzf", "cmp_night-FT-1234-1.tar.gz"]))
        .ended(0);
    let mut install = Command::new(target.path("out/cmp_night-FT-1234-1/install.sh"));
    run(install.arg("--prefix").arg(target.path("opt"))).ended(0);
    assert!(target.patched(&[]) == alone);
    let night = run(&mut target.command(&target.path("opt/cmp_night/FT-1234/bin/cmp_night"), &[]));
    assert!(night == alone, "{night:?}");
    run(Command::new(target.installed("rollback.sh")).arg("--remove")).ended(0);
    assert!(run(&mut target.command(&target.path("opt/cmp_night/FT-1234/bin/cmp_night"), &[])) == alone);
}

/// Programs that were started by release 1 are reached by the scripts of release 2; sessions that nobody uses stop nothing.
#[test]
fn rolling_back_reaches_earlier_releases_and_is_stopped_by_nobody() {
    let linked = Linked::new("releases", &["1", "2"]);
    linked.install("1", 0, "").0.ended(0);
    let arguments = ["--loop", "--period-ms", "100"];
    let mut days = Days::start(&mut linked.target.command(&linked.target.program(), &arguments));
    days.see(2);
    linked.install("2", 0, "").0.ended(0);
    let before = linked.target.answered("ehposv");
    assert!(before > 0);
    // Anybody's folder with the patch's text, and the page of somebody who is gone.
    let patch = std::fs::read_to_string(linked.target.sessions()[0].join("patch")).expect("a session");
    for name in ["4711/1-1", "4711/x-1", "x y/1-1"] {
        let folder = linked.target.path("sessions").join(name);
        std::fs::create_dir_all(&folder).expect("a folder");
        std::fs::write(folder.join("patch"), &patch).expect("a file");
        std::fs::write(folder.join("control"), "").expect("a file");
    }
    let did = run(Command::new(linked.target.installed("rollback.sh")).arg("--remove"));
    did.ended(0).prints(&["legacy answers now: 1 running"]).says(&["rolled back"]);
    assert!(!linked.target.path("opt/cmp_day").exists());
    days.see(1);
    let page = linked.target.sessions()[0].join("control");
    let answered = |page: &Path| std::fs::read(page).expect("a page");
    let then = answered(&page);
    days.see(2);
    assert!(answered(&page) == then, "Rust answers no longer");
    send(days.running.pid(), libc::SIGTERM);
    days.end();
}

/// What cannot have the patch is refused where it is installed, and says so where it is started.
#[test]
fn a_program_that_cannot_have_the_patch_says_so() {
    let linked = Linked::new("rights", &["1"]);
    let alone = linked.started().ended(0);
    let program = linked.target.program();
    let mode = |path: &Path, mode: u32| {
        std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("permissions");
    };
    mode(&program, 0o4755);
    linked.install("1", 0, "").0.ended(1).says(&["is setuid or setgid", "nothing was installed"]);
    mode(&program, 0o755);
    // As getcap of a program with a capability says.
    let getcap = linked.target.path("tools/getcap");
    std::fs::write(&getcap, "#!/bin/sh\nprintf '%s cap_net_raw=ep\\n' \"$2\"\n").expect("a tool");
    mode(&getcap, 0o755);
    linked.install("1", 0, "").0.ended(1).says(&["has capabilities"]);
    std::fs::remove_file(&getcap).expect("a tool");
    linked.install("1", 0, "").0.ended(0);
    linked.patched(&alone, "installed");
    let refused = |why: &str| {
        let did = linked.started();
        assert!((did.status, &did.out) == (alone.status, &alone.out), "{did:?}");
        did.says(&["not applied: ", why, "Starting the program without it."]);
    };
    mode(&linked.target.path("cmp_day.before-FT-1234"), 0o2755);
    refused("is setuid or setgid");
    mode(&linked.target.path("cmp_day.before-FT-1234"), 0o755);
    // A disk without room for a session: no file may be longer than this.
    let line = format!("ulimit -f 0; exec {} \"$0\"", program.display());
    let limited = run(&mut linked.target.command(Path::new("/bin/sh"), &["-c", &line]));
    assert!((limited.status, &limited.out) == (alone.status, &alone.out), "{limited:?}");
    limited.says(&["the session cannot be written in", "Starting the program without it."]);
}

/// The start script needs nothing to start the program but the shell that runs it.
#[test]
fn the_start_script_needs_nothing_but_the_shell() {
    let linked = Linked::new("shell", &["1"]);
    let alone = linked.started().ended(0);
    linked.install("1", 0, "").0.ended(0);
    run(Command::new("chmod").arg("a+rX").arg(linked.target.path(""))).ended(0);
    let day = legacy::root().join("legacy/data/spot5.day");
    for shell in [&["dash"][..], &["bash", "--posix"]] {
        let with = |words: &[&str], path: &str| {
            let mut command = Command::new("/usr/bin/env");
            command.arg(format!("PATH={path}")).args(words);
            command.arg(Path::new("/usr/bin").join(shell[0])).args(&shell[1..]);
            command.arg(linked.target.program()).arg(&day);
            command
        };
        let did = run(&mut with(&[], "/cmp/bin"));
        assert!(did == alone, "{shell:?} without tools in PATH: {did:?}");
        // Not one process can be made. bash tries for a quarter of a minute.
        if shell[0] == "dash" || long() {
            let mut command = with(&["/usr/bin/prlimit", "--nproc=0"], "/usr/bin");
            // SAFETY: geteuid cannot fail. The limit is not one for root.
            if unsafe { libc::geteuid() } == 0 {
                command.uid(65534).gid(65534);
            }
            let did = run(&mut command);
            assert!(
                did.status == alone.status && did.out == alone.out,
                "{shell:?} without a process: {did:?}"
            );
        }
        let folder = std::fs::read_link(linked.target.path("opt/cmp_day/FT-1234")).expect("a link");
        let (there, away) = (linked.target.path("opt/cmp_day").join(folder), linked.target.path("away"));
        for name in ["lib", "patch.conf", "etc", "bin/route"] {
            std::fs::rename(there.join(name), &away).expect("a file");
            let did = run(&mut with(&[], "/usr/bin"));
            assert!(did.status == alone.status && did.out == alone.out, "{shell:?} without {name}: {did:?}");
            std::fs::rename(&away, there.join(name)).expect("a file");
        }
        // No endless loop where the program itself is lost.
        let kept = linked.target.path("cmp_day.before-FT-1234");
        std::fs::rename(&kept, &away).expect("the program");
        run(&mut with(&[], "/usr/bin")).ended(127).says(&["the program is gone"]);
        run(Command::new(linked.target.installed("rollback.sh")).arg("--remove"))
            .ended(1)
            .says(&["there is nothing to put back", "nothing was removed"]);
        std::fs::rename(&away, &kept).expect("the program");
        linked.install("1", 0, "").0.ended(0);
    }
}

#[test]
fn what_a_script_or_a_tool_would_misread_is_refused() {
    let target = Target::new("misread", "-s");
    let build = |options: &[&str]| run(&mut target.build("ehposv = \"rust\"\n", options));
    for folder in ["/../../x", "/opt/it's", "opt", "/opt/a b"] {
        build(&["--prefix", folder]).ended(2).says(&["--prefix ", "cannot be delivered", "hint: "]);
        build(&["--sessions", folder]).ended(2).says(&["--sessions ", "cannot be delivered", "hint: "]);
    }
    build(&["--link", "bin/x"]).ended(2).says(&["it must be a whole path"]);
    build(&["--target-exe", "bin/x"]).ended(2).says(&["it must be a whole path"]);
    build(&["--release", "1..2"]).ended(2).says(&["write a number such as"]);
    build(&["--anomaly", "A.."]).ended(2).says(&["letters, digits"]);
    run(Command::new("mkfifo").arg(target.path("pipe"))).ended(0);
    build(&["--evidence", "pipe"]).ended(2).says(&["a pipe or a device"]);
    for date in ["99999999999999", "abc"] {
        let mut command = target.build("ehposv = \"rust\"\n", &["--format", "deb"]);
        run(command.env("SOURCE_DATE_EPOCH", date)).ended(2).says(&["SOURCE_DATE_EPOCH", "date +%s"]);
    }
    // Evidence against the patch is not delivered without a word.
    let page = "<title>cmp-bridge evidence: j</title><p class=\"verdict bad\">Different: 719 of 719 calls compared</p>";
    std::fs::write(target.path("report.html"), page).expect("a file");
    build(&["--evidence", "report.html"]).ended(2).says(&["719 of 719 calls", "--differences-agreed"]);
    assert!(!target.path("out").exists(), "nothing was made");
    build(&["--evidence", "report.html", "--differences-agreed", "the anomaly, FT-1234"])
        .ended(0)
        .says(&["note: report.html: Different: 719 of 719"]);
    run(Command::new("tar").current_dir(target.path("out")).args(["xzf", "cmp_day-FT-1234-1.tar.gz"]))
        .ended(0);
    let note = target.path("out/cmp_day-FT-1234-1/RELEASE-NOTE.md");
    let note = std::fs::read_to_string(note).expect("a note");
    assert!(note.contains("719 of 719") && note.contains("the anomaly, FT-1234"), "{note}");
    // CDPATH makes `cd` print; and a name without `/` is a file here, not a command of PATH.
    let mut install = Command::new("sh");
    install.current_dir(target.path("out")).env("CDPATH", ".:").arg("cmp_day-FT-1234-1/install.sh");
    run(install.arg("--prefix").arg(target.path("opt"))).ended(0);
    std::fs::copy(legacy::built("pie").join("cmp_day"), target.path("here")).expect("a program");
    let options = ["--config", "bridge.toml", "--exe", "here", "--anomaly", "A", "--out", "by-name"];
    run(&mut target.folder.command(&[&["patch", "build"], &options[..]].concat())).ended(0);
}
