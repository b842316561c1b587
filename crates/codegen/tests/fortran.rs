//! The Fortran bindings: golden files, the reference contracts compiled whole, wrong twins, names.

use cmp_bridge_codegen::Error;
use cmp_bridge_codegen::bindings::{Bindings, File, Lang};
use cmp_bridge_contract::model::Contract;
use std::path::{Path, PathBuf};
use std::process::Command;

/// A folder of the repository.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A folder for what a test builds.
fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("fortran").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Prints all routines of a contract that can be printed, and the refusals of the others.
fn print_all(contract: &Path, lang: Lang) -> (Vec<File>, Vec<String>) {
    let text = std::fs::read_to_string(contract).unwrap();
    let parsed = Contract::from_toml(&text, &contract.to_string_lossy()).unwrap();
    let mut names: Vec<String> = parsed.routines.iter().map(|routine| routine.name.clone()).collect();
    match Bindings::new(contract).print(lang) {
        Ok(files) => (files, Vec::new()),
        Err(Error::Unsupported(list)) => {
            names.retain(|name| !list.iter().any(|fault| fault.routine == *name));
            let files = Bindings::new(contract).routines(names).print(lang).unwrap();
            (files, list.iter().map(ToString::to_string).collect())
        }
        Err(error) => panic!("{error}"),
    }
}

fn write(folder: &Path, files: &[File]) {
    for file in files {
        std::fs::write(folder.join(&file.name), &file.text).unwrap();
    }
}

/// Runs a compiler: what it says if it fails.
fn compile(folder: &Path, program: &str, args: &[&str]) -> Result<(), String> {
    let output = Command::new(program).current_dir(folder).args(args).output().unwrap();
    if output.status.success() {
        return Ok(());
    }
    Err(format!("{program} {}\n{}", args.join(" "), String::from_utf8_lossy(&output.stderr)))
}

const C89: &[&str] = &["-std=c89", "-pedantic", "-Wall", "-Wextra", "-Werror", "-O1", "-c"];

/// Compiles what was printed of a component for Fortran 77: the adapter in C89, and a program that includes everything.
fn compile_77(folder: &Path, component: &str, files: &[File]) -> Result<(), String> {
    let adapter = format!("{component}_f77.c");
    compile(folder, "gcc", &[C89, &[adapter.as_str()]].concat())?;
    let int = ["-DCMP_BRIDGE_LENGTH=int", "-DCMP_BRIDGE_TRUE=-1", "-o", "int.o", adapter.as_str()];
    compile(folder, "gcc", &[C89, &int].concat())?;
    let mut host = String::from("      PROGRAM HOST\n      IMPLICIT NONE\n");
    host.push_str(&format!("      INCLUDE '{component}.inc'\n      END\n"));
    for (i, file) in files.iter().filter(|file| file.name.ends_with(".inc")).enumerate().skip(1) {
        host.push_str(&format!(
            "      SUBROUTINE S{i}\n      IMPLICIT NONE\n      INCLUDE '{}'\n      END\n",
            file.name
        ));
    }
    std::fs::write(folder.join("host.f"), host).unwrap();
    compile(folder, "gfortran", &["-std=legacy", "-ffixed-form", "-Wall", "-Werror", "-c", "host.f"])
}

fn compile_90(folder: &Path, component: &str, standard: &str) -> Result<(), String> {
    let standard = format!("-std={standard}");
    compile(
        folder,
        "gfortran",
        &[&standard, "-Wall", "-Wextra", "-Werror", "-c", &format!("{component}.f90")],
    )
}

/// Routines of a reference contract that are refused: how many, and words of each reason with their number.
fn reference(component: &str, lang: Lang, expected: &[(usize, &str)]) {
    let contract = root().join("contracts").join(format!("{component}.toml"));
    let (files, refused) = print_all(&contract, lang);
    let folder = scratch(&format!("reference-{component}-{}", lang.name()));
    write(&folder, &files);
    let (again, _) = print_all(&contract, lang);
    assert_eq!(files, again, "printing is not idempotent");
    let result = match lang {
        Lang::Fortran77 => compile_77(&folder, component, &files),
        _ => compile_90(&folder, component, "f2008"),
    };
    if let Err(error) = result {
        panic!("{}\n{error}", folder.display());
    }
    let object = match lang {
        Lang::Fortran77 => format!("{component}_f77.o"),
        _ => format!("{component}.o"),
    };
    let bytes = std::fs::read(folder.join(object)).unwrap();
    let mark = format!("@(#) {component} contract ");
    assert!(bytes.windows(mark.len()).any(|window| window == mark.as_bytes()), "{mark} is not in the object");
    let mut left: Vec<&String> = refused.iter().collect();
    for (count, reason) in expected {
        let before = left.len();
        left.retain(|text| !text.contains(reason));
        assert_eq!(before - left.len(), *count, "refused for `{reason}`: {refused:#?}");
    }
    assert!(left.is_empty(), "refused: {left:#?}");
}

#[test]
fn telemetry_in_fortran_77() {
    reference("telemetry", Lang::Fortran77, &[]);
}

#[test]
fn telemetry_in_fortran_90() {
    reference("telemetry", Lang::Fortran90, &[]);
}

#[test]
fn flight_dynamics_in_fortran_77() {
    reference(
        "flight_dynamics",
        Lang::Fortran77,
        &[(2, "the shape of an array returned through a descriptor")],
    );
}

#[test]
fn flight_dynamics_in_fortran_90() {
    reference(
        "flight_dynamics",
        Lang::Fortran90,
        &[(2, "the shape of an array returned through a descriptor")],
    );
}

#[test]
fn ccs_in_fortran_77() {
    reference(
        "ccs",
        Lang::Fortran77,
        &[(8, "on Ada's secondary stack"), (1, "has 32 characters, and compilers of Fortran 77")],
    );
}

#[test]
fn ccs_in_fortran_90() {
    reference("ccs", Lang::Fortran90, &[(8, "on Ada's secondary stack")]);
}

#[test]
fn planning_in_fortran_77() {
    reference("planning", Lang::Fortran77, &[]);
}

#[test]
fn planning_in_fortran_90() {
    reference("planning", Lang::Fortran90, &[]);
}
