//! The agent, the command and the modules of the examples, for tests of packages that do not build them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The folder of what cargo builds. Tests of this package alone build neither the agent nor the command nor the modules.
pub fn tools() -> &'static Path {
    static TOOLS: OnceLock<PathBuf> = OnceLock::new();
    TOOLS.get_or_init(|| {
        let test = std::env::current_exe().expect("this test");
        let folder = test.ancestors().nth(2).expect("a target folder").to_owned();
        let files =
            ["libcmp_bridge_agent.so", "cmp-bridge", "librewrite_three.so", "librewrite_three_wrong.so"];
        if files.iter().all(|file| folder.join(file).is_file()) {
            return folder;
        }
        let mut folders = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
        let root = folders.find(|folder| folder.join("legacy/Makefile").is_file()).expect("the repository");
        let mut cargo = Command::new(env!("CARGO"));
        cargo.args(["build", "--quiet", "-p", "cmp-bridge-agent", "-p", "cmp-bridge-cli"]);
        cargo.args(["-p", "rewrite-three", "-p", "rewrite-three-wrong"]);
        if folder.ends_with("release") {
            cargo.arg("--release");
        }
        cargo.env("CARGO_TARGET_DIR", folder.parent().expect("a target folder")).current_dir(root);
        assert!(cargo.status().expect("cargo").success(), "failed, repeat with\n  {cargo:?}");
        folder
    })
}
