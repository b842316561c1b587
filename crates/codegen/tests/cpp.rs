//! What C++ callers make of the header, where the matrix does not go: each case compiled as C++98 and C++20, and run.

use cmp_bridge_codegen::bindings::{Bindings, Lang};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

fn cases() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cpp")
}

/// The C++ header of a contract beside what it was made of.
fn generated(contract: &Path, name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cpp").join(name);
    Bindings::new(contract).generate(Lang::Cpp, &folder).unwrap();
    folder
}

fn run(command: &mut Command) -> Output {
    command.env("LC_ALL", "C").output().unwrap_or_else(|error| panic!("{command:?}: {error}"))
}

#[track_caller]
fn succeeds(command: &mut Command) {
    let output = run(command);
    let text = [output.stdout, output.stderr].concat();
    assert!(output.status.success(), "{command:?}\n{}", String::from_utf8_lossy(&text));
}

/// Compiles a host and the routines, warnings as errors; the program.
#[track_caller]
fn built(folder: &Path, host: &str, routines: &str, compiler: &str, standard: &str) -> PathBuf {
    let (object, program) = (folder.join(format!("{routines}.o")), folder.join(format!("host-{standard}")));
    let source = cases().join(routines);
    succeeds(Command::new(compiler).args(["-c", "-g", "-I"]).arg(folder).arg(source).arg("-o").arg(&object));
    let mut command = Command::new("g++");
    command
        .args([&format!("-std={standard}"), "-Wall", "-Wextra", "-Wpedantic", "-Werror", "-I"])
        .arg(folder);
    succeeds(command.arg(cases().join(host)).arg(object).args(["-lgfortran", "-lm", "-o"]).arg(&program));
    program
}

#[test]
fn answers_lengths_and_statuses_are_what_they_are() {
    let folder = generated(&cases().join("odd.toml"), "odd");
    for standard in ["c++98", "c++20"] {
        succeeds(&mut Command::new(built(&folder, "host.cpp", "odd.c", "gcc", standard)));
    }
}

#[test]
fn a_text_of_fixed_length_has_that_room() {
    let folder = generated(&cases().join("fixed.toml"), "fixed");
    succeeds(&mut Command::new(built(&folder, "fixed.cpp", "fixed.f", "gfortran", "c++98")));
    let header = std::fs::read_to_string(folder.join("fixed.h")).unwrap();
    assert!(header.contains("the room for the answer: 8, whatever it says here"), "{header}");
}

#[test]
fn arrays_of_a_derived_class_do_not_compile() {
    let folder = generated(&cases().join("odd.toml"), "slice");
    for standard in ["-std=c++98", "-std=c++20"] {
        let mut command = Command::new("g++");
        let output =
            run(command.args([standard, "-fsyntax-only", "-I"]).arg(&folder).arg(cases().join("slice.cpp")));
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(!output.status.success() && said.contains("marked"), "{said}");
    }
}

#[test]
fn the_symbols_are_at_file_scope_for_those_who_want_them_there() {
    let folder = generated(&cases().join("odd.toml"), "scope");
    let both = folder.join("both.cpp");
    let text = "#include \"odd.h\"\n#include \"odd.hpp\"\nint main() { return ::find(9) != odd::find(9); }\n";
    std::fs::write(&both, text).unwrap();
    succeeds(
        Command::new("g++")
            .args(["-std=c++98", "-Wall", "-Werror", "-fsyntax-only", "-I"])
            .arg(&folder)
            .arg(both),
    );
}

#[test]
fn names_that_headers_and_namespaces_cannot_have_are_refused() {
    let text = std::fs::read_to_string(cases().join("odd.toml")).unwrap();
    let said = [
        ("string", "`string.h` would hide the system's <string.h>; rename the component"),
        ("cmp_bridge", "`cmp_bridge.h` is the header that all have in common; rename the component"),
        (
            "system",
            "`system` is a name of the C library, which a namespace cannot have; rename the component",
        ),
    ];
    for (name, reason) in said {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cpp");
        std::fs::create_dir_all(&folder).unwrap();
        let contract = folder.join(format!("{name}.toml"));
        std::fs::write(&contract, text.replace("name = \"odd\"", &format!("name = {name:?}"))).unwrap();
        let error = Bindings::new(&contract).print(Lang::Cpp).unwrap_err().to_string();
        assert!(error.contains(reason), "{error}");
    }
}

/// The repository's own contract of arrays that carry their bounds: texts are elements, not a dimension.
#[test]
fn arrays_of_texts_have_the_rank_of_their_bounds() {
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/carried/contracts/carried_fortran.toml");
    let folder = generated(&contract, "carried");
    let includes = folder.join("includes.cpp");
    std::fs::write(&includes, "#include \"carried_fortran.hpp\"\n").unwrap();
    let mut command = Command::new("g++");
    command.args(["-std=c++98", "-Wall", "-Wextra", "-Werror", "-fsyntax-only", "-I"]);
    succeeds(command.arg(&folder).arg(&includes));
}
