//! Generates the code under test and compiles the legacy routines it is held against.

use cmp_bridge_codegen::Module;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    for contract in ["raising_cpp", "raising_ada"] {
        Module::new(format!("contracts/{contract}.toml")).generate(&out)?.tell_cargo();
    }
    println!("cargo:rerun-if-changed=legacy");
    let here = std::env::current_dir()?;
    let legacy = here.join("legacy");
    run(Command::new("g++")
        .args(["-O2", "-fPIC", "-Wall", "-Werror", "-c", "-o"])
        .args([out.join("raising_cpp.o"), legacy.join("raising.cpp")]))?;
    // The compiler driver compiles Ada; gnatbind writes what elaborates it.
    let ada = |source: &Path, warnings: &str| {
        let mut gcc = Command::new("gcc");
        gcc.current_dir(&out).args(["-O2", "-fPIC", warnings, "-c"]).arg(source);
        run(&mut gcc)
    };
    ada(&legacy.join("raising.adb"), "-gnatwn")?;
    run(Command::new("gnatbind").current_dir(&out).args([
        "-n",
        "-shared",
        "-o",
        "b_raising.adb",
        "raising.ali",
    ]))?;
    ada(Path::new("b_raising.adb"), "-gnatws")?;
    for object in ["raising_cpp.o", "raising.o", "b_raising.o"] {
        println!("cargo:rustc-link-arg={}", out.join(object).display());
    }
    let libgcc = Command::new("gcc").arg("-print-libgcc-file-name").output()?.stdout;
    let libgcc = PathBuf::from(String::from_utf8(libgcc)?.trim());
    let folder = libgcc.parent().ok_or("gcc has no folder")?.join("adalib");
    println!("cargo:rustc-link-arg=-L{}", folder.display());
    // C++'s run-time in the executable itself, where it exports nothing: it is found by linking, not by name.
    for library in ["gnat", ":libstdc++.a"] {
        println!("cargo:rustc-link-arg=-l{library}");
    }
    Ok(())
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed: {status}").into()) }
}
