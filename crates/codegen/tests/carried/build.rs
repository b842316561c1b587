//! Generates the code under test and compiles the legacy routines it is held against.

use cmp_bridge_codegen::Module;
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

fn main() -> Result<(), Box<dyn Error>> {
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    for contract in ["carried_ada", "carried_fortran", "carried_c"] {
        Module::new(format!("contracts/{contract}.toml")).generate(&out)?.tell_cargo();
    }
    println!("cargo:rerun-if-changed=legacy");
    let legacy = std::env::current_dir()?.join("legacy");
    let compile = |compiler: &str, flags: &[&str], source: &Path| {
        let mut command = Command::new(compiler);
        command.current_dir(&out).args(["-O2", "-fPIC"]).args(flags).arg("-c").arg(source);
        run(&mut command)
    };
    compile("gcc", &["-Wall", "-Werror", "-o", "carried_c.o"], &legacy.join("carried.c"))?;
    compile("gfortran", &["-Wall", "-Werror", "-o", "carried_f.o"], &legacy.join("carried.f90"))?;
    // The compiler driver compiles Ada; gnatbind writes what elaborates it.
    compile("gcc", &["-gnatws"], &legacy.join("carried.adb"))?;
    run(Command::new("gnatbind").current_dir(&out).args([
        "-n",
        "-shared",
        "-o",
        "b_carried.adb",
        "carried.ali",
    ]))?;
    compile("gcc", &["-gnatws"], Path::new("b_carried.adb"))?;
    for object in ["carried_c.o", "carried_f.o", "carried.o", "b_carried.o"] {
        println!("cargo:rustc-link-arg={}", out.join(object).display());
    }
    let libgcc = Command::new("gcc").arg("-print-libgcc-file-name").output()?.stdout;
    let libgcc = PathBuf::from(String::from_utf8(libgcc)?.trim());
    let folder = libgcc.parent().ok_or("gcc has no folder")?.join("adalib");
    println!("cargo:rustc-link-arg=-L{}", folder.display());
    for library in ["gnat", "gfortran"] {
        println!("cargo:rustc-link-arg=-l{library}");
    }
    Ok(())
}

fn run(command: &mut Command) -> Result<(), Box<dyn Error>> {
    let status = command.status()?;
    if status.success() { Ok(()) } else { Err(format!("{command:?} failed: {status}").into()) }
}
