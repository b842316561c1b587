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

/// What RHEL 8 and 9 have of our needs in BaseOS and AppStream, and what their CodeReady Builder repository and EPEL add: from
/// the package lists that Red Hat and Fedora publish.
const BASE: &str = "binutils clang clang-devel dwz gcc gcc-c++ gcc-gfortran glibc-devel make python3-pip rpm rpm-build subversion valgrind wireshark-cli zsh";
const BUILDER: &str = "dwarves gcc-gnat libtirpc-devel rpcgen";
const EPEL: &str = "ShellCheck dpkg fish mandoc";

/// Runs the script where dnf installs the packages of these repositories, as a dnf that is not strict does.
fn with_repositories(name: &str, arguments: &[&str], repositories: &str, missing: &[&str]) -> Output {
    let folder = tools_without(name, missing, &["cat", "cargo", "rustc"]);
    fake(&folder, "id", "echo 0");
    let listing = text(&setup("--list", None).stdout);
    let mut script = String::from(
        "for package; do case \" $known \" in *\" $package \"*) ;; *) continue ;; esac; case $package in\n",
    );
    for line in listing.lines() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let package = words[3].split('@').next().expect("a package");
        if missing.contains(&words[1]) {
            script += &format!("{package}) /bin/cp \"$0\" {} ;;\n", folder.join(words[1]).display());
        }
    }
    fake(&folder, "dnf", &format!("known='{repositories}'\n{script}esac; done"));
    let setup = Path::new(env!("CARGO_MANIFEST_DIR")).join("scripts/setup.sh");
    let output = Command::new("/bin/sh").arg(setup).args(arguments).env("PATH", &folder).output();
    fs::remove_dir_all(&folder).expect("the folder goes");
    output.expect("there is a shell")
}

/// Tools whose packages are in as many places as there are.
const SOME: [&str; 6] = ["gfortran", "gnatmake", "shellcheck", "sccs", "hppa-linux-gnu-gcc", "dpkg-deb"];

#[test]
fn red_hat_needs_only_compilers_to_build() {
    let output = with_repositories("dnf-build", &["build"], &format!("{BASE} {BUILDER}"), &SOME);
    let said = text(&output.stdout);
    assert!(said.ends_with("setup: installed: gcc-gfortran gcc-gnat\n"), "{said}{}", text(&output.stderr));
    assert_eq!(output.status.code(), Some(0));
    assert!(!said.contains("shellcheck") && !said.contains("sccs"), "{said}");
}

#[test]
fn red_hat_is_told_which_repositories_lack_and_what_is_lost() {
    // Without EPEL the rest is installed all the same.
    let output = with_repositories("dnf-no-epel", &["install"], &format!("{BASE} {BUILDER}"), &SOME);
    let said = text(&output.stderr);
    assert!(said.ends_with("still missing after the installation: ShellCheck dpkg\n"), "{said}");
    assert_eq!(output.status.code(), Some(1));
    let output = with_repositories("dnf-base", &["build"], BASE, &SOME);
    assert!(text(&output.stderr).ends_with("still missing after the installation: gcc-gnat\n"));
    assert!(text(&output.stdout).contains("package gcc-gnat, of the CodeReady Builder repository"));
    assert!(text(&output.stderr).contains("gcc-gnat, of the CodeReady Builder repository"));
    // With all of them, what no repository has is told and keeps nothing out.
    let output = with_repositories("dnf-all", &["install"], &format!("{BASE} {BUILDER} {EPEL}"), &SOME);
    let said = text(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{said}{}", text(&output.stderr));
    assert!(said.contains(
        "sccs is missing (oracle of the identification tests): no package of Red Hat or of EPEL has it"
    ));
    assert!(said.ends_with("installed: gcc-gfortran gcc-gnat ShellCheck dpkg\n"), "{said}");
}

/// The table and the repositories agree: each name is in the one that the table says.
#[test]
fn every_package_of_red_hat_is_in_the_repository_that_is_said() {
    for line in text(&setup("--list", None).stdout).lines() {
        let package = line.split_whitespace().nth(3).expect("a package");
        let (name, repository) = match package.split_once('@') {
            Some((name, "crb")) => (name, BUILDER),
            Some((name, "epel")) => (name, EPEL),
            _ => (package, BASE),
        };
        assert!(package == "-" || repository.split(' ').any(|known| known == name), "{line}");
    }
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
    assert!(text(&output.stdout).contains("CodeReady Builder"), "{}", text(&output.stdout));
    let make = missing.map(|tool| format!("/bin/cp \"$0\" {}", folder.join(tool).display())).join("\n");
    fake(&folder, "dnf", &format!("printf '%s' \"$*\" >{}\n{make}", log.display()));
    let output = setup("install", Some(&folder));
    let asked =
        fs::read_to_string(&log).unwrap_or_else(|_| panic!("dnf was not called: {}", text(&output.stderr)));
    let said = text(&output.stdout);
    fs::remove_dir_all(&folder).expect("the folder goes");
    assert_eq!(
        asked,
        "--assumeyes --quiet --setopt=strict=0 install gcc-c++ gcc-gfortran gcc-gnat dwarves ShellCheck rpm-build"
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
