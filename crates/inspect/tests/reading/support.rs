//! Building the sources of a test case with the compilers of the machine.

use cmp_bridge_contract::model::{Contract, TypeKind};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The folder of a case.
pub fn case(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases").join(name)
}

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

/// Compiles and links all sources of a case into `out/name`, with the words of its `flags` file or, without one, as a
/// shared library. The result depends on the sources and the compiler only.
pub fn build(name: &str, out: &Path, extra: &[&str]) -> PathBuf {
    let folder = case(name);
    let flags = std::fs::read_to_string(folder.join("flags")).unwrap_or_else(|_| "-shared -fPIC".to_string());
    let mut sources: Vec<String> = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("a case folder") {
        let file = entry.expect("an entry").file_name().to_string_lossy().into_owned();
        if [".c", ".cpp", ".f", ".f90"].iter().any(|e| file.ends_with(e)) {
            sources.push(file);
        }
    }
    sources.sort();
    let target = out.join(name);
    let map = format!("-ffile-prefix-map={}=/src", folder.display());
    let mut arguments =
        vec!["-g", "-O2", "-w", &map, "-Wl,--build-id=0xc0ffee", "-J", out.to_str().expect("UTF-8")];
    arguments.extend(flags.split_whitespace());
    arguments.extend(extra);
    arguments.extend(sources.iter().map(String::as_str));
    arguments.extend(["-o", target.to_str().expect("UTF-8")]);
    run("gfortran", &arguments, &folder);
    target
}

/// Compares with a file of the case; `UPDATE_EXPECT=1` writes it instead.
pub fn expect(file: &Path, found: &str) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(file, found).expect("the expectation to be written");
        return;
    }
    let expected = std::fs::read_to_string(file).unwrap_or_default();
    assert!(
        expected == found,
        "{} differs; after review, UPDATE_EXPECT=1 rewrites it. Found:\n{found}",
        file.display()
    );
}

/// A C file that compiles where the compiler lays the records out as the contract says.
pub fn layout_proof(include: &str, contract: &Contract) -> String {
    let mut text = format!("#include \"{include}\"\n");
    for def in &contract.types {
        let TypeKind::Struct(fields) = &def.kind else { continue };
        text += &format!("_Static_assert(sizeof({}) == {}, \"\");\n", def.name, def.size);
        text += &format!("_Static_assert(_Alignof({}) == {}, \"\");\n", def.name, def.align);
        for field in fields.iter().filter(|f| f.bits.is_none()) {
            let place = format!("__builtin_offsetof({}, {})", def.name, field.name);
            text += &format!("_Static_assert({place} == {}, \"\");\n", field.offset);
        }
    }
    text
}
