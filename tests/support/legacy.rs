//! Builds the reference CMP with its own Makefile, for tests that run its programs.

use std::io::ErrorKind;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixListener};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::Duration;

/// Folder of the programs of one variant of the Makefile (`pie`, `nopie`, `shared`, `static-libgcc`).
pub fn built(variant: &str) -> PathBuf {
    built_for("", variant, &[])
}

/// The same by the compilers of another machine, whose names begin with `cross`. `more` goes to the Makefile; where that
/// changes what is built, the name of the folder must say so, too.
pub fn built_for(cross: &str, variant: &str, more: &[&str]) -> PathBuf {
    let mark: String = more.concat().chars().filter(char::is_ascii_alphanumeric).collect();
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("legacy-{cross}{variant}{mark}"));
    let _alone = alone(&out);
    let mut make = Command::new("make");
    make.args(["--silent", "--no-print-directory", "-j2", "-C"]).arg(root().join("legacy"));
    make.arg(format!("OUT={}", out.display())).arg(format!("VARIANT={variant}")).args(more);
    if !cross.is_empty() {
        make.arg(format!("CROSS={cross}"));
    }
    // The tests may themselves run under a make, whose options are not for this one.
    make.env_remove("MAKEFLAGS").env_remove("MAKELEVEL").env_remove("MFLAGS");
    let output = make.output().unwrap_or_else(|error| panic!("cannot run {make:?}: {error}"));
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "failed, repeat with\n  {make:?}\n{said}");
    out
}

/// The repository, whichever of its packages the test belongs to.
pub fn root() -> &'static Path {
    let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    folders.find(|folder| folder.join("legacy/Makefile").is_file()).expect("the repository")
}

/// Waits until no other test builds into this folder; a name that the kernel frees with the process.
fn alone(out: &Path) -> UnixListener {
    let name = format!("cmp-bridge test {}", out.display());
    let address = SocketAddr::from_abstract_name(short(&name)).expect("an abstract name");
    loop {
        match UnixListener::bind_addr(&address) {
            Ok(listener) => return listener,
            Err(error) if error.kind() == ErrorKind::AddrInUse => sleep(Duration::from_millis(20)),
            Err(error) => panic!("cannot take turns to build in {}: {error}", out.display()),
        }
    }
}

/// An abstract name has at most 107 bytes; the end of a path is what tells it apart.
fn short(name: &str) -> &[u8] {
    &name.as_bytes()[name.len().saturating_sub(100)..]
}
