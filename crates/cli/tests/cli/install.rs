//! Manual pages, completions, and what `make install` puts where.

use crate::support::{Bench, Did, agent, cmp_bridge};
use std::path::Path;
use std::process::Command;

fn installer(target: &Path) -> Command {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut command = Command::new(root.join("scripts/install.sh"));
    command.env("CARGO_TARGET_DIR", target);
    command
}

/// A target folder as `cargo build --release` leaves it, in which what is tested here stands for the release.
fn built(bench: &Bench) -> std::path::PathBuf {
    let release = bench.path("target/release");
    std::fs::create_dir_all(&release).expect("a folder");
    std::fs::copy(env!("CARGO_BIN_EXE_cmp-bridge"), release.join("cmp-bridge")).expect("the command");
    std::fs::copy(agent(), release.join("libcmp_bridge_agent.so")).expect("the agent");
    bench.path("target")
}

/// All subcommands that `--help` lists.
fn subcommands() -> Vec<String> {
    let help = Did::of(cmp_bridge().arg("--help").output().expect("cmp-bridge")).ended(0).out;
    let list =
        help.split("Commands:\n").nth(1).expect("commands").lines().take_while(|line| !line.is_empty());
    // Not the lines on which a long text goes on.
    let list = list.filter(|line| line.len() > 2 && line.as_bytes()[2] != b' ');
    list.filter_map(|line| line.split_whitespace().next())
        .filter(|name| *name != "help")
        .map(str::to_owned)
        .collect()
}

#[test]
fn each_subcommand_has_a_manual_page_without_faults() {
    let bench = Bench::new("man");
    bench.bridge(&["man", "--out", "man1"]).ended(0);
    let names = subcommands();
    assert!(names.len() > 12, "{names:?}");
    for name in names {
        let page = bench.path(&format!("man1/cmp-bridge-{name}.1"));
        let text = std::fs::read_to_string(&page).expect("a page");
        assert!(text.contains(".SH DESCRIPTION"), "{text}");
        let lint =
            Command::new("mandoc").args(["-T", "lint", "-W", "error"]).arg(&page).output().expect("mandoc");
        assert!(lint.status.success(), "{}", String::from_utf8_lossy(&lint.stdout));
    }
    let doctor = std::fs::read_to_string(bench.path("man1/cmp-bridge-doctor.1")).expect("a page");
    assert!(
        doctor.contains("cmp\\-bridge doctor\\fR [\\-\\-target SYSTEM] [\\-\\-json] FILE..."),
        "{doctor}"
    );
    let mut dated = cmp_bridge();
    dated.args(["man"]).env("SOURCE_DATE_EPOCH", "951782400").current_dir(bench.path(""));
    let page = Did::of(dated.output().expect("cmp-bridge")).ended(0).out;
    assert!(page.contains(".TH cmp-bridge 1 2000-02-29 \"cmp-bridge ") && !page.contains("worker"), "{page}");
    std::fs::write(bench.path("file"), "").expect("a file");
    bench
        .bridge(&["man", "--out", "file/man1"])
        .ended(2)
        .says(&["cannot be written to file/man1", "--out DIR"]);
}

#[test]
fn bash_accepts_and_uses_the_completions() {
    let bench = Bench::new("completions");
    bench.write("completions", &bench.bridge(&["completions", "bash"]).ended(0).out);
    let complete = |words: &[&str]| {
        let (last, before) = (words[words.len() - 1], words[words.len() - 2]);
        let script = format!(
            ". ./completions || exit 3; COMP_WORDS=({}); COMP_CWORD={}; \
             _cmp__bridge cmp-bridge '{last}' '{before}'; printf '%s\\n' \"${{COMPREPLY[@]}}\"",
            words.iter().map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "),
            words.len() - 1,
        );
        let mut bash = Command::new("bash");
        Did::of(bash.args(["-c", &script]).current_dir(bench.path("")).output().expect("bash")).ended(0).out
    };
    assert_eq!(complete(&["cmp-bridge", "repl"]), "replay\n");
    assert_eq!(complete(&["cmp-bridge", "work"]), "\n", "not for people");
    assert_eq!(complete(&["cmp-bridge", "doctor", "--ta"]), "--target\n");
    assert_eq!(complete(&["cmp-bridge", "patch", "bu"]), "build\n");
    assert_eq!(complete(&["cmp-bridge", "patch", "build", "--anom"]), "--anomaly\n");
    assert_eq!(complete(&["cmp-bridge", "link-plan", "--umb"]), "--umbrella\n");
    assert!(complete(&["cmp-bridge", "completions", ""]).contains("fish"));
    // Every subcommand has options of its own.
    for name in subcommands() {
        assert!(complete(&["cmp-bridge", &name, "--"]).contains("--help\n"), "{name}");
    }
}

#[test]
fn zsh_and_fish_accept_and_use_the_completions() {
    let bench = Bench::new("completions-zsh-fish");
    for shell in ["zsh", "fish"] {
        let script = bench.bridge(&["completions", shell]).ended(0).out;
        assert!(!script.contains("worker"), "{shell}");
        bench.write(shell, &script);
        let mut syntax = Command::new(shell);
        let did = Did::of(syntax.args(["-n", shell]).current_dir(bench.path("")).output().expect("a shell"));
        assert_eq!(did.ended(0).err, "");
    }
    let fish = |line: &str| {
        let script = format!("source fish; complete --do-complete '{line}'");
        let mut fish = Command::new("fish");
        fish.args(["--no-config", "-c", &script]).current_dir(bench.path("")).env("HOME", bench.path(""));
        Did::of(fish.output().expect("fish")).ended(0).out
    };
    assert!(fish("cmp-bridge doctor --ta").starts_with("--target"), "{}", fish("cmp-bridge doctor --ta"));
    assert!(fish("cmp-bridge patch bu").starts_with("build"), "{}", fish("cmp-bridge patch bu"));
    // zsh completes at a terminal only; what can be seen without one is that the function is defined for the command.
    let script = "autoload -Uz compinit; compinit -u -D; . ./zsh; print $_comps[cmp-bridge]";
    let mut zsh = Command::new("zsh");
    zsh.args(["-f", "-c", script]).current_dir(bench.path(""));
    assert_eq!(Did::of(zsh.output().expect("zsh")).ended(0).out, "_cmp-bridge\n");
}

#[test]
fn a_help_text_that_does_not_arrive_is_an_error() {
    for words in [&["--help"][..], &["doctor", "--help"], &["--version"]] {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("/dev/full");
        let did = Did::of(cmp_bridge().args(words).stdout(full).output().expect("cmp-bridge"));
        did.ended(2).says(&["standard output cannot be written"]);
    }
}

#[test]
fn what_is_installed_works_from_there_and_is_removed_without_a_trace() {
    let bench = Bench::new("install");
    let (target, prefix) = (built(&bench), bench.path("prefix"));
    let script = installer(&target).get_program().to_owned();
    let mut careful = Command::new("sh");
    careful.args(["-c", "umask 077; exec \"$0\" \"$1\""]).arg(script).arg(&prefix);
    careful.env("CARGO_TARGET_DIR", &target);
    Did::of(careful.output().expect("sh")).ended(0).prints(&["installed below"]);
    assert_eq!(Did::of(narrow(&prefix)).out, "", "everybody may read what is installed");
    let mut command = Command::new(prefix.join("bin/cmp-bridge"));
    command.env_remove("CMP_BRIDGE_AGENT").env_remove("LD_PRELOAD").current_dir(bench.path(""));
    bench.write("record.toml", "contracts = [\"small.toml\"]\n[routes]\n\"*\" = \"record\"\n");
    command.args(["run", "--config", "record.toml", "--journal", "j", "--", "./small", "20"]);
    Did::of(command.output().expect("cmp-bridge")).ended(0);
    bench.bridge(&["journal", "j"]).ended(0).prints(&["scale"]);

    Did::of(installer(&target).arg("--remove").arg(&prefix).output().expect("sh")).ended(0);
    let left = Command::new("find").arg(&prefix).args(["-type", "f"]).output().expect("find");
    assert_eq!(Did::of(left).out, "");
}

/// What below a folder its owner alone may read.
fn narrow(folder: &Path) -> std::process::Output {
    Command::new("find").arg(folder).args(["!", "-perm", "-o=r"]).output().expect("find")
}

#[test]
fn without_a_build_the_installer_says_what_is_missing() {
    let bench = Bench::new("install-nothing");
    let did = Did::of(installer(&bench.path("target")).arg(bench.path("prefix")).output().expect("sh"));
    did.ended(1).says(&["cmp-bridge is not there", "make install"]);
    assert!(!bench.path("prefix").exists());
}

/// Some minutes: everything is built once more, in release.
#[test]
fn cargo_install_brings_the_agent_along() {
    if std::env::var_os("CMP_BRIDGE_LONG").is_none() {
        return;
    }
    let bench = Bench::new("cargo-install");
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args([
        "install",
        "--quiet",
        "--locked",
        "--features",
        "bundle-agent",
        "--path",
        env!("CARGO_MANIFEST_DIR"),
    ]);
    cargo.arg("--root").arg(bench.path("root")).env("CARGO_TARGET_DIR", bench.path("target"));
    Did::of(cargo.output().expect("cargo")).ended(0);
    let alone = bench.path("root/bin/cmp-bridge");
    assert!(!alone.with_file_name("libcmp_bridge_agent.so").exists());
    bench.write("record.toml", "contracts = [\"small.toml\"]\n[routes]\n\"*\" = \"record\"\n");
    let mut command = Command::new(alone);
    command
        .env_remove("CMP_BRIDGE_AGENT")
        .env_remove("LD_PRELOAD")
        .env("XDG_CACHE_HOME", bench.path("cache"));
    command.args(["run", "--config", "record.toml", "--journal", "j", "--", "./small", "20"]);
    Did::of(command.current_dir(bench.path("")).output().expect("cmp-bridge")).ended(0);
    bench.bridge(&["journal", "j"]).ended(0).prints(&["scale"]);
}
