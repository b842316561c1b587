//! `scripts/setup.sh` says what is missing, and that it would install it.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::{env, fs};

/// Runs the script with these tools on the PATH, or with all of the machine's.
fn setup(argument: &str, path: Option<&Path>) -> Output {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/setup.sh");
    let mut command = Command::new("/bin/sh");
    command.arg(script).arg(argument);
    if let Some(path) = path {
        command.env("PATH", path);
    }
    command.output().expect("there is a shell")
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).expect("the script prints UTF-8")
}

/// A folder that leads to the tools the script looks for, less some, and to `extra` ones.
fn tools_without(name: &str, missing: &[&str], extra: &[&str]) -> PathBuf {
    let folder = env::temp_dir().join(format!("cmp-bridge-setup-{name}-{}", std::process::id()));
    fs::create_dir_all(&folder).expect("a folder for the tools");
    let listing = text(&setup("--list", None).stdout);
    let mut names: BTreeSet<&str> =
        listing.lines().filter_map(|line| line.split_whitespace().nth(1)).collect();
    names.extend(extra);
    for name in names.into_iter().filter(|name| !missing.contains(name)) {
        let search = env::var_os("PATH").expect("a PATH");
        // The needs that are files and not commands are found nowhere, and stay as they are.
        if let Some(tool) = env::split_paths(&search).map(|part| part.join(name)).find(|tool| tool.is_file())
        {
            std::os::unix::fs::symlink(tool, folder.join(name)).expect("a link to a tool");
        }
    }
    folder
}

#[test]
fn a_complete_machine_needs_nothing() {
    let output = setup("--dry-run", None);
    assert_eq!(text(&output.stdout), "setup: everything needed is here\n");
    assert!(output.status.success());
}

#[test]
fn each_missing_tool_is_named_with_its_package_and_its_reason() {
    let folder = tools_without("apt", &["gfortran", "readelf", "strip"], &["cat", "apt-get"]);
    let output = setup("--dry-run", Some(&folder));
    fs::remove_dir_all(&folder).expect("the folder goes");
    let expected = "\
setup:   gfortran is missing (the Fortran components): package gfortran
setup:   readelf is missing (oracle of the ELF and DWARF tests): package binutils
setup:   strip is missing (stripped executables for the tests): package binutils
setup: would install: gfortran binutils
";
    assert_eq!(text(&output.stdout), expected);
    assert_eq!(output.status.code(), Some(1), "something is missing");
}

#[test]
fn without_a_package_manager_it_fails_and_names_the_packages() {
    let folder = tools_without("none", &["gnatmake"], &["cat", "cargo", "rustc"]);
    let output = setup("--dry-run", Some(&folder));
    assert!(text(&output.stdout).ends_with("setup: would install: gnat\n"));
    let output = setup("install", Some(&folder));
    fs::remove_dir_all(&folder).expect("the folder goes");
    assert!(text(&output.stderr).ends_with("install what Debian calls: gnat\n"), "{}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(1), "nothing was installed");
}

/// A command that stands in for a tool of another machine.
fn fake(folder: &Path, name: &str, text: &str) {
    use std::os::unix::fs::PermissionsExt;
    fs::write(folder.join(name), format!("#!/bin/sh\n{text}\n")).expect("a script");
    fs::set_permissions(folder.join(name), PermissionsExt::from_mode(0o755)).expect("a script");
}

/// RHEL 8 and 9 have no apt-get: dnf is asked for the packages by the names they have there.
#[test]
fn dnf_is_asked_for_the_packages_of_red_hat() {
    let missing = ["gfortran", "gnatmake", "pahole", "g++", "rpmbuild", "shellcheck"];
    let folder = tools_without("dnf", &missing, &["cat", "cargo", "rustc"]);
    fake(&folder, "id", "echo 0");
    // It installs nothing at first, and then everything.
    let log = folder.join("asked");
    fake(&folder, "dnf", "exit 1");
    let output = setup("install", Some(&folder));
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stderr).contains("CodeReady Builder"), "{}", text(&output.stderr));
    let make = missing.map(|tool| format!("/bin/cp \"$0\" {}", folder.join(tool).display())).join("\n");
    fake(&folder, "dnf", &format!("printf '%s' \"$*\" >{}\n{make}", log.display()));
    let output = setup("install", Some(&folder));
    let asked =
        fs::read_to_string(&log).unwrap_or_else(|_| panic!("dnf was not called: {}", text(&output.stderr)));
    let said = text(&output.stdout);
    fs::remove_dir_all(&folder).expect("the folder goes");
    assert_eq!(
        asked,
        "--assumeyes --quiet install gcc-c++ gcc-gfortran gcc-gnat dwarves ShellCheck rpm-build"
    );
    assert!(
        said.ends_with("installed: gcc-c++ gcc-gfortran gcc-gnat dwarves ShellCheck rpm-build\n"),
        "{said}"
    );
    assert!(said.contains("gnatmake is missing (the Ada components): package gcc-gnat"), "{said}");
    assert_eq!(output.status.code(), Some(0));
}

/// Every need has a package on both systems.
#[test]
fn every_need_has_a_package_of_both_systems() {
    for set in [&["--list"][..], &["bench", "--list"]] {
        let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/setup.sh");
        let output = Command::new("/bin/sh").arg(script).args(set).output().expect("there is a shell");
        for line in text(&output.stdout).lines() {
            let words: Vec<&str> = line.split_whitespace().collect();
            assert!(words.len() > 4 && ["present", "missing"].contains(&words[0]), "{line}");
        }
    }
}

#[test]
fn the_scripts_are_clean() {
    let scripts = fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts")).expect("the scripts");
    let scripts = scripts
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|e| e == "sh"));
    let output = Command::new("shellcheck").args(scripts).output().expect("shellcheck");
    assert!(output.status.success(), "{}", text(&output.stdout));
}

#[test]
fn an_unknown_option_is_refused() {
    let output = setup("--everything", None);
    assert!(text(&output.stderr).starts_with("usage: "));
    assert_eq!(output.status.code(), Some(2), "as a shell's own commands do");
}

/// The compilers of other machines are in no archive of Red Hat's: that is said, and stops nothing.
#[test]
fn what_no_archive_has_is_said_and_stops_nothing() {
    let folder = tools_without("none-there", &["i686-linux-gnu-g++"], &["cat", "cargo", "rustc"]);
    fake(&folder, "id", "echo 0");
    fake(&folder, "dnf", "exit 1");
    let output = setup("install", Some(&folder));
    fs::remove_dir_all(&folder).expect("the folder goes");
    let said = text(&output.stdout);
    assert!(
        said.contains("i686-linux-gnu-g++ is missing (C++ for i386): package none in the archives"),
        "{said}"
    );
    assert!(said.ends_with("nothing that could be installed is missing\n"), "{said}");
    assert!(output.status.success());
}
