//! The packages of a patch, installed and removed by dpkg and rpm in a small root of their own: their scripts run there as
//! on a target, with nothing but a shell and the usual tools, and this machine stays as it is.

use crate::legacy;
use crate::patch::Target;
use crate::support::{Did, run};
use std::collections::BTreeSet;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the scripts of a patch use, and what looks at the result.
const TOOLS: [&str; 26] = [
    "/bin/sh",
    "cat",
    "chmod",
    "cp",
    "dd",
    "dirname",
    "env",
    "grep",
    "id",
    "ln",
    "ls",
    "mkdir",
    "mv",
    "od",
    "printf",
    "readlink",
    "rm",
    "rmdir",
    "sha256sum",
    "su",
    "sync",
    "tail",
    "tr",
    "true",
    "uname",
    "sleep",
];

/// A root with these tools, the program, and their libraries.
struct Root(PathBuf);

impl Root {
    #[track_caller]
    fn new(target: &Target) -> Root {
        let root = Root(target.path("root"));
        for folder in [
            "bin",
            "cmp/bin",
            "cmp/data",
            "etc",
            "proc",
            "tmp",
            "dev",
            "var/lib/dpkg/info",
            "var/lib/dpkg/updates",
        ] {
            std::fs::create_dir_all(root.0.join(folder)).expect("a folder");
        }
        std::fs::set_permissions(root.0.join("tmp"), PermissionsExt::from_mode(0o1777)).expect("a folder");
        for file in ["var/lib/dpkg/status", "var/lib/dpkg/available", "dev/null", "etc/group"] {
            std::fs::write(root.0.join(file), "").expect("a file");
        }
        std::fs::write(root.0.join("etc/passwd"), "root:x:0:0:root:/:/bin/sh\n").expect("a file");
        let day = root.0.join("cmp/data/spot5.day");
        std::fs::copy(legacy::root().join("legacy/data/spot5.day"), day).expect("a day");
        let mut files: Vec<PathBuf> = TOOLS.iter().map(|tool| root.tool(tool)).collect();
        root.put(&target.program(), Path::new("cmp/bin/cmp_day"));
        files.push(target.program());
        let libraries: BTreeSet<PathBuf> = files.iter().flat_map(|file| libraries(file)).collect();
        for library in libraries {
            root.put(&library, library.strip_prefix("/").expect("an absolute path"));
        }
        root
    }

    /// Puts a tool into /bin, whatever it is a link to.
    #[track_caller]
    fn tool(&self, name: &str) -> PathBuf {
        let found = ["/usr/bin", "/bin"]
            .iter()
            .map(|folder| Path::new(folder).join(name))
            .find(|path| path.is_file());
        let path = found.unwrap_or_else(|| PathBuf::from(name)).canonicalize().expect("a tool");
        let name = Path::new(name).file_name().expect("a name");
        self.put(&path, &Path::new("bin").join(name));
        path
    }

    #[track_caller]
    fn put(&self, from: &Path, to: &Path) {
        let to = self.0.join(to);
        std::fs::create_dir_all(to.parent().expect("a folder")).expect("a folder");
        std::fs::copy(from, to).unwrap_or_else(|error| panic!("{}: {error}", from.display()));
    }

    /// A command line inside of it, with /proc as there is on every machine, unmounted at the end.
    #[track_caller]
    fn inside(&self, line: &str) -> Did {
        self.around(&format!("chroot {} /bin/sh -c '{line}'", self.0.display()))
    }

    /// A command line beside it, in which the root has a /proc.
    #[track_caller]
    fn around(&self, line: &str) -> Did {
        let root = self.0.display();
        let line = format!("mount -t proc proc {root}/proc && {line}");
        let mut command = Command::new("unshare");
        command.args(own_user()).args(["--mount", "--pid", "--fork", "--kill-child", "sh", "-c", &line]);
        run(command.env_clear().env("PATH", "/usr/bin:/bin:/usr/sbin:/sbin"))
    }
}

/// A user other than root needs a user namespace to mount anything; root needs none, and in a chroot the kernel gives it
/// none.
fn own_user() -> Option<&'static str> {
    // SAFETY: always succeeds and touches no memory.
    (unsafe { libc::geteuid() } != 0).then_some("--map-root-user")
}

/// The libraries of a program, and its loader.
fn libraries(program: &Path) -> Vec<PathBuf> {
    let done = run(Command::new("ldd").arg(program)).ended(0);
    let paths = done.out.split_whitespace().filter(|word| word.starts_with('/'));
    paths.map(PathBuf::from).filter(|path| path.is_file() && path.as_path() != program).collect()
}

/// Builds a package for the root: a release of the patch of an anomaly.
#[track_caller]
fn package(target: &Target, format: &str, anomaly: &str, release: &str) -> PathBuf {
    let sessions = cmp_bridge::session::PATCH_SESSIONS;
    let options = ["--target-exe", "/cmp/bin/cmp_day", "--link", "/cmp/bin/jour", "--sessions", sessions];
    let more = ["--format", format, "--anomaly", anomaly, "--release", release];
    let options = [&options[..], &more].concat();
    let _ = std::fs::remove_dir_all(target.path("out"));
    run(&mut target.build("ehposv = \"rust\"\ntm_coder_trame = \"rust\"\n", &options)).ended(0);
    let files = std::fs::read_dir(target.path("out")).expect("a folder").flatten().map(|entry| entry.path());
    let made =
        files.into_iter().find(|path| path.extension().is_some_and(|e| e == format)).expect("a package");
    let kept = target.path(made.file_name().expect("a name").to_str().expect("UTF-8"));
    std::fs::rename(&made, &kept).expect("a package");
    kept
}

/// What the program prints there alone, with the patch, and by what the package put in the place people start.
const RUN: &str = "/cmp/bin/cmp_day /cmp/data/spot5.day";
const PATCHED: &str = "/cmp/bin/jour /cmp/data/spot5.day";
/// Whether Rust answered, asked while the program runs.
const LIVE: &str = "/cmp/bin/jour --loop --period-ms 20 --days 200 /cmp/data/spot5.day >/tmp/days & sleep 2; \
                    /opt/cmp-bridge/cmp_day/FT-1234/bin/route status; /opt/cmp-bridge/cmp_day/FT-1234/bin/route legacy; \
                    /opt/cmp-bridge/cmp_day/FT-1234/bin/route status; /opt/cmp-bridge/cmp_day/FT-1234/bin/route rust >/tmp/rust; kill $!";

#[track_caller]
fn works(root: &Root) {
    let alone = root.inside(RUN).ended(0);
    assert!(alone.out.contains("=== JOUR "), "{alone:?}");
    let patched = root.inside(PATCHED);
    assert!(patched == alone, "{patched:?}");
    assert!(root.0.join("cmp/bin/jour").is_symlink());
    let live = root.inside(LIVE);
    let counts: Vec<&str> = live.out.lines().filter(|line| line.contains("  ehposv ")).collect();
    assert!(counts.len() == 2 && counts[0].contains(" rust ") && counts[1].contains(" legacy "), "{live:?}");
    assert!(!counts[0].contains(" 0 answered"), "{live:?}");
    assert!(root.0.join("var/lib/cmp-bridge/sessions").is_dir());
}

/// Whether the patch in operation says this of itself.
fn installed(root: &Root, text: &str) -> bool {
    let conf = std::fs::read_to_string(root.0.join("opt/cmp-bridge/cmp_day/FT-1234/patch.conf"));
    conf.expect("an installed patch").contains(text)
}

/// Nothing of the patch is left but the empty folder of sessions.
#[track_caller]
fn gone(root: &Root) {
    assert!(!root.0.join("opt/cmp-bridge/cmp_day").exists());
    assert!(!root.0.join("cmp/bin/jour").exists() && !root.0.join("cmp/bin/jour").is_symlink());
    root.inside(RUN).ended(0);
}

#[test]
fn a_debian_package_is_installed_and_removed() {
    let target = Target::new("deb", "-s");
    let root = Root::new(&target);
    let deb = package(&target, "deb", "FT-1234", "1");
    let name = "cmp-bridge-patch-cmp-day-ft-1234";
    let dpkg = |what: &str| {
        let options = "--force-not-root --force-bad-path --force-depends --log=/dev/null";
        root.around(&format!("dpkg --root={} {options} {what}", root.0.display()))
    };
    // Another build of the program: nothing is unpacked.
    let program = root.0.join("cmp/bin/cmp_day");
    std::fs::rename(&program, root.0.join("cmp/away")).expect("the program");
    dpkg(&format!("-i {}", deb.display()))
        .ended(1)
        .says(&["/cmp/bin/cmp_day is not there; nothing was installed"]);
    assert!(!root.0.join("opt/cmp-bridge/cmp_day").exists());
    std::fs::rename(root.0.join("cmp/away"), &program).expect("the program");
    for _ in 0..2 {
        dpkg(&format!("-i {}", deb.display())).ended(0).says(&["installed: start "]);
        works(&root);
    }
    dpkg(&format!("-V {name}")).ended(0);
    // Another release that fails to install leaves the first one in operation; one that does not takes its place.
    let second = package(&target, "deb", "FT-1234", "2").display().to_string();
    let sync = root.0.join("bin/sync");
    std::fs::rename(&sync, root.0.join("bin/away")).expect("a tool");
    assert!(!dpkg(&format!("-i {second}")).status.success(), "it could not be written");
    assert!(installed(&root, "release 1"), "the first release");
    works(&root);
    std::fs::rename(root.0.join("bin/away"), &sync).expect("a tool");
    dpkg(&format!("-i {second}")).ended(0).says(&["installed: start "]);
    assert!(installed(&root, "release 2"), "the second release");
    works(&root);
    // Another patch of the program takes nothing out of operation: it is refused, and can be removed.
    let other = package(&target, "deb", "FT-2", "1").display().to_string();
    dpkg(&format!("-i {other}")).ended(1).says(&["FT-1234", "is in operation for this program"]);
    works(&root);
    dpkg("-r cmp-bridge-patch-cmp-day-ft-2").ended(0);
    let like_it = package(&target, "deb", "FT_1234", "3").display().to_string();
    dpkg(&format!("-i {like_it}")).ended(1).says(&["the package of this name that is installed is not for"]);
    works(&root);
    dpkg(&format!("-r {name}")).ended(0).says(&["rolled back"]);
    gone(&root);
}

#[test]
fn a_red_hat_package_is_installed_and_removed() {
    let target = Target::new("rpm", "-s");
    let root = Root::new(&target);
    let package_of = |anomaly: &str, release: &str| package(&target, "rpm", anomaly, release);
    let package = package_of("FT-1234", "1");
    let rpm = |what: &str| {
        root.around(&format!("rpm --root={} --dbpath=/var/lib/rpm --nosignature {what}", root.0.display()))
    };
    let program = root.0.join("cmp/bin/cmp_day");
    std::fs::rename(&program, root.0.join("cmp/away")).expect("the program");
    // No package of the root has /bin/sh, and rpm looks for one.
    rpm(&format!("-i --nodeps {}", package.display()))
        .says(&["/cmp/bin/cmp_day is not there; nothing was installed"]);
    assert!(!root.0.join("opt/cmp-bridge/cmp_day").exists());
    std::fs::rename(root.0.join("cmp/away"), &program).expect("the program");
    rpm(&format!("-i --nodeps {}", package.display())).ended(0).says(&["installed: start "]);
    works(&root);
    rpm("-V --nodeps cmp-bridge-patch-cmp-day-ft-1234").ended(0);
    rpm(&format!("-U --nodeps {}", package_of("FT-1234", "2").display())).ended(0);
    assert!(installed(&root, "release 2"), "the second release");
    works(&root);
    let second = rpm(&format!("-i --nodeps {}", package_of("FT-2", "1").display()));
    let second = second.says(&["FT-1234", "is in operation for this program"]);
    works(&root);
    // rpm would count as installed what a script after unpacking refuses.
    assert!(!second.status.success(), "{second:?}");
    rpm("-q cmp-bridge-patch-cmp-day-ft-2").ended(1);
    works(&root);
    // Names of packages have small letters only: another patch with the same one takes nothing away.
    let like_it = rpm(&format!("-U --nodeps {}", package_of("FT_1234", "3").display()));
    like_it.says(&["the package of this name that is installed is not for /opt/cmp-bridge/cmp_day/FT_1234"]);
    rpm("-q cmp-bridge-patch-cmp-day-ft-1234").ended(0).prints(&["ft-1234-2-1"]);
    works(&root);
    rpm("-e cmp-bridge-patch-cmp-day-ft-1234").ended(0).says(&["rolled back"]);
    gone(&root);
}
