//! With the feature `bundle-agent`: builds the agent, which then travels inside the command.

use std::path::PathBuf;
use std::process::Command;

fn main() {
    println!("cargo:rerun-if-changed=build.rs");
    if std::env::var_os("CARGO_FEATURE_BUNDLE_AGENT").is_none() {
        return;
    }
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR")).join("agent");
    for part in ["src", "crates/agent"] {
        println!("cargo:rerun-if-changed={}", root.join(part).display());
    }
    let cargo = std::env::var_os("CARGO").expect("cargo sets CARGO");
    let built = Command::new(cargo)
        .args(["build", "--release", "--quiet", "--package", "cmp-bridge-agent", "--manifest-path"])
        .arg(root.join("Cargo.toml"))
        .arg("--target-dir")
        .arg(&out)
        // What cargo said to this build script is not meant for that build.
        .env_remove("CARGO_ENCODED_RUSTFLAGS")
        .env_remove("CARGO_MAKEFLAGS")
        .status()
        .expect("cargo starts");
    assert!(built.success(), "the agent was not built");
    println!(
        "cargo:rustc-env=CMP_BRIDGE_BUNDLED_AGENT={}",
        out.join("release/libcmp_bridge_agent.so").display()
    );
}
