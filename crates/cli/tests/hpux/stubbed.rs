//! Legacy programs linked with the C89 stub, by the compilers of each machine.

use crate::legacy;
use crate::machine::{Machine, good};
use crate::served::bridge;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The routines of the propagation.
pub const PROPAGATION: [&str; 3] = ["ehinit", "ehosc", "ehposv"];

/// Generates the stub of a contract's routines into `folder/stub` and compiles it; its objects.
#[track_caller]
pub fn stub(machine: &Machine, folder: &Path, contract: &Path, routines: &[&str]) -> Vec<PathBuf> {
    let out = folder.join("stub");
    let mut generate = bridge();
    generate.args(["generate", "--lang", "c89"]).arg(contract).arg("--out").arg(&out);
    routines.iter().for_each(|routine| {
        generate.args(["--routine", routine]);
    });
    good(&mut generate);
    let name = contract.file_stem().expect("a name").to_string_lossy().into_owned();
    let sources = [format!("{name}_stub.c"), "cmpb_runtime.c".to_owned()];
    let mut compiler = machine.tool("gcc");
    compiler.args(["-std=c89", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O2", "-g", "-fPIC", "-c"]);
    good(compiler.current_dir(&out).args(&sources));
    sources.iter().map(|source| out.join(source).with_extension("o")).collect()
}

/// The reference CMP of a machine, linked once more by its own Makefile: its propagation goes through the stub, which has the
/// legacy routines behind it. Nothing is compiled again.
#[track_caller]
pub fn cmp(machine: &Machine, folder: &Path) -> PathBuf {
    let contract = legacy::root().join("contracts/flight_dynamics.toml");
    let objects = stub(machine, folder, &contract, &PROPAGATION);
    let out = folder.join("cmp");
    good(Command::new("cp").arg("-a").arg(machine.legacy()).arg(&out));
    rename(machine, &out.join("obj/fd/ehech.o"));
    let program = out.join("cmp_day");
    std::fs::remove_file(&program).expect("the program without the stub");
    let objects: Vec<String> = objects.iter().map(|object| object.display().to_string()).collect();
    let link = format!("LIEN={} -Wl,--build-id {}", machine.link(), objects.join(" "));
    let mut make = machine.make(&out);
    good(make.arg(&link).arg(&program));
    program
}

/// The legacy routines get the names by which the stub calls them.
fn rename(machine: &Machine, object: &Path) {
    let mut objcopy = machine.tool("objcopy");
    for routine in PROPAGATION {
        objcopy.arg("--redefine-sym").arg(format!("{routine}_=legacy_{routine}_"));
    }
    good(objcopy.arg(object));
}

/// A process of that machine which answers with its own legacy propagation.
#[track_caller]
pub fn host(machine: &Machine, folder: &Path) -> PathBuf {
    let contract = legacy::root().join("contracts/flight_dynamics.toml");
    let mut objects = stub(machine, folder, &contract, &PROPAGATION);
    let fortran = folder.join("fd");
    good(Command::new("cp").arg("-a").arg(machine.legacy().join("obj/fd")).arg(&fortran));
    rename(machine, &fortran.join("ehech.o"));
    let all = std::fs::read_dir(&fortran).expect("objects").flatten().map(|entry| entry.path());
    objects.extend(all.filter(|path| path.extension().is_some_and(|e| e == "o")));
    let program = folder.join("host");
    let mut compiler = machine.tool("gcc");
    compiler.args(["-std=c89", "-O2", "-fPIC"]).arg(folder.join("stub/flight_dynamics_serve.c"));
    good(
        compiler
            .args(&objects)
            .arg("-o")
            .arg(&program)
            .args(machine.link().split(' '))
            .args(["-lgfortran", "-lm"]),
    );
    program
}

/// ledger.c with its stub.
#[track_caller]
pub fn ledger(machine: &Machine, folder: &Path) -> PathBuf {
    let source = legacy::root().join("tests/modules/ledger");
    let objects = stub(machine, folder, &source.join("ledger.toml"), &[]);
    let program = folder.join("ledger");
    let mut compiler = machine.tool("gcc");
    compiler.args(["-std=c89", "-O2"]).arg(source.join("ledger.c")).args(&objects);
    good(compiler.arg("-o").arg(&program));
    program
}
