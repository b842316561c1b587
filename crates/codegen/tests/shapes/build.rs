//! Generates the code under test and compiles the legacy routines it is held against.

use cmp_bridge_codegen::Module;
use std::error::Error;
use std::path::PathBuf;
use std::process::Command;

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    let c = Module::new("contracts/shapes_c.toml").proof_header("legacy/shapes.h").generate(&out)?;
    c.tell_cargo();
    Module::new("contracts/shapes_fortran.toml").generate(&out)?.tell_cargo();
    let mut proof = cc::Build::new();
    proof.warnings_into_errors(true).files(&c.proof).compile("shapes_proof");

    cc::Build::new().file("legacy/shapes.c").opt_level(2).compile("shapes");
    let object = out.join("shapes_f.o");
    let status = Command::new("gfortran")
        .args(["-O2", "-fPIC", "-c", "legacy/shapes.f", "-o"])
        .arg(&object)
        .status()?;
    if !status.success() {
        return Err("gfortran failed".into());
    }
    println!("cargo:rerun-if-changed=legacy");
    println!("cargo:rustc-link-arg={}", object.display());
    println!("cargo:rustc-link-lib=gfortran");
    Ok(())
}
