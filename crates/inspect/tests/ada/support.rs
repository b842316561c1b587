//! Running compilers and comparing with expectations.

use std::path::{Path, PathBuf};
use std::process::Command;

/// A fresh folder for what a test builds.
pub fn fresh(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).expect("a folder for the test's files");
    folder
}

/// Runs a command that must succeed, and returns what it printed.
pub fn run(program: &str, arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(program).args(arguments).current_dir(folder).output();
    let output = output.unwrap_or_else(|e| panic!("{program}: {e}"));
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{program} {}\n{text}{errors}", arguments.join(" "));
    text
}

/// Compares with a file of the case; `UPDATE_EXPECT=1` writes it instead.
pub fn expect(file: &Path, found: &str) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(file, found).expect("the expectation to be written");
        return;
    }
    let expected = std::fs::read_to_string(file).unwrap_or_default();
    let differs = expected.lines().zip(found.lines()).find(|(e, f)| e != f);
    assert!(
        expected == found,
        "{} differs ({differs:?}); after review, UPDATE_EXPECT=1 rewrites it",
        file.display()
    );
}
