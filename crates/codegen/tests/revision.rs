//! The revision of a module, from real working copies of Subversion and git.

use cmp_bridge_codegen::Revision;
use std::path::{Path, PathBuf};
use std::process::Command;

struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Folder {
        let path = std::env::temp_dir().join(format!("cmp-bridge-revision-{name}-{}", std::process::id()));
        let _ = std::fs::remove_dir_all(&path);
        std::fs::create_dir_all(&path).expect("a folder");
        Folder(path)
    }

    #[track_caller]
    fn run(&self, inside: &str, line: &str) -> String {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).current_dir(self.0.join(inside));
        let done = command.env("HOME", &self.0).env("GIT_CONFIG_NOSYSTEM", "1").output().expect("a tool");
        assert!(done.status.success(), "{line}: {}", String::from_utf8_lossy(&done.stderr));
        String::from_utf8(done.stdout).expect("UTF-8").trim().to_owned()
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }

    fn revision(&self, inside: &str) -> String {
        Revision::of(self.0.join(inside)).to_string()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn a_subversion_working_copy_gives_revision_and_url() {
    let folder = Folder::new("svn");
    folder.run("", "svnadmin create store");
    let url = format!("file://{}/store", folder.0.display());
    folder.run("", &format!("svn checkout -q {url} copy"));
    folder.write("copy/module/src/lib.rs", "// 1\n");
    folder.write("copy/module/Cargo.toml", "");
    folder.write("copy/other/src/lib.rs", "// 1\n");
    folder.run("copy", "svn add -q module other");
    folder.run("copy", "svn commit -q -m one");
    folder.run("copy", "svn update -q");
    assert_eq!(folder.revision("copy/module"), format!("svn r1 {url}/module"));
    // A change elsewhere is none of this module's.
    folder.write("copy/other/src/lib.rs", "// 2\n");
    assert_eq!(folder.revision("copy/module"), format!("svn r1 {url}/module"));
    folder.write("copy/module/src/lib.rs", "// 2\n");
    assert_eq!(folder.revision("copy/module"), format!("svn r1M {url}/module"));
    // Nobody added the file, but it is compiled; what cargo made is not.
    folder.run("copy", "svn revert -q module/src/lib.rs");
    folder.write("copy/module/Cargo.lock", "");
    folder.write("copy/module/target/CACHEDIR.TAG", "");
    folder.write("copy/other/new.rs", "");
    assert_eq!(folder.revision("copy/module"), format!("svn r1 {url}/module"));
    folder.write("copy/module/src/deep er/extra.rs", "");
    assert_eq!(folder.revision("copy/module"), format!("svn r1M {url}/module"));
    folder.run("copy/module", "svn propset -q svn:ignore deep* src");
    folder.run("copy", "svn commit -q -m ignored");
    folder.run("copy", "svn update -q");
    assert_eq!(folder.revision("copy/module"), format!("svn r2 {url}/module"));
    folder.write("copy/module/src/lib.rs", "// 2\n");
    // What is not under version control has no revision, even inside a working copy.
    folder.write("copy/target/x", "");
    assert_eq!(folder.revision("copy/target"), "outside of any working copy");
    let lines = Revision::of(folder.0.join("copy/module")).cargo_lines();
    let watched = |path: &str| format!("cargo:rerun-if-changed={}\n", folder.0.join(path).display());
    for path in ["copy/.svn/wc.db", "copy/module/src", "copy/module/Cargo.toml"] {
        assert!(lines.contains(&watched(path)), "{path} is not in\n{lines}");
    }
    assert!(
        lines.ends_with(&format!("cargo:rustc-env=CMP_BRIDGE_REVISION=svn r2M {url}/module\n")),
        "{lines}"
    );
}

#[test]
fn a_git_working_copy_gives_commit_and_remote() {
    let folder = Folder::new("git");
    let git = |line: &str| folder.run("copy", &format!("git -c user.name=n -c user.email=e {line}"));
    folder.write("copy/module/src/lib.rs", "// 1\n");
    folder.write("copy/other/lib.rs", "// 1\n");
    git("init -q");
    git("add module other");
    git("commit -q -m one");
    let commit = git("rev-parse --short=12 HEAD");
    assert_eq!(folder.revision("copy/module"), format!("git {commit} (no remote)"));
    git("remote add origin https://jean:secret@git.cmp/cmp.git");
    folder.write("copy/other/lib.rs", "// 2\n");
    assert_eq!(folder.revision("copy/module"), format!("git {commit} https://git.cmp/cmp.git"));
    folder.write("copy/module/src/lib.rs", "// 2\n");
    assert_eq!(folder.revision("copy/module"), format!("git {commit}-dirty https://git.cmp/cmp.git"));
    git("checkout -q module");
    folder.write("copy/module/Cargo.lock", "");
    folder.write("copy/module/target/CACHEDIR.TAG", "");
    folder.write("copy/other/new.rs", "");
    assert_eq!(folder.revision("copy/module"), format!("git {commit} https://git.cmp/cmp.git"));
    folder.write("copy/module/src/\u{e9}t\u{e9}.rs", "");
    assert_eq!(folder.revision("copy/module"), format!("git {commit}-dirty https://git.cmp/cmp.git"));
    folder.write("copy/.gitignore", "\u{e9}*.rs\n");
    assert_eq!(folder.revision("copy/module"), format!("git {commit} https://git.cmp/cmp.git"));
    git("tag v1.2");
    assert_eq!(folder.revision("copy/module"), format!("git {commit} https://git.cmp/cmp.git"));
    git("tag -a v1.3 -m release");
    assert_eq!(folder.revision("copy/module"), "git v1.3 https://git.cmp/cmp.git");
    folder.write("copy/target/x", "");
    assert_eq!(folder.revision("copy/target"), "outside of any working copy");
    let head = folder.0.join("copy/.git/HEAD");
    let lines = Revision::of(folder.0.join("copy/module")).cargo_lines();
    assert!(watches(&lines, &head), "{lines}");
}

fn watches(lines: &str, file: &Path) -> bool {
    let same = |path: &str| Path::new(path).canonicalize().ok() == file.canonicalize().ok();
    lines.lines().filter_map(|line| line.strip_prefix("cargo:rerun-if-changed=")).any(same)
}

#[test]
fn without_a_working_copy_it_says_so() {
    let folder = Folder::new("none");
    assert_eq!(folder.revision(""), "outside of any working copy");
    assert_eq!(Revision::of(folder.0.join("no such folder")).to_string(), "outside of any working copy");
}
