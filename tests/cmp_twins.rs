//! A header, a contract or a bridge that is wrong in one place does not compile: each check of the build, against its twin.
#![cfg(feature = "cmp")]

use cmp_bridge_codegen::Module;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What the build script wrote.
fn built() -> &'static Path {
    Path::new(env!("OUT_DIR"))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("twins").join(name);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// A file's text, ISO-8859-1 or not, changed in one place.
fn changed(file: &Path, (from, to): (&str, &str)) -> String {
    let text: String = fs::read(file).unwrap().into_iter().map(char::from).collect();
    assert!(text.contains(from), "{} has no `{from}`", file.display());
    text.replacen(from, to, 1)
}

/// What a compiler says against it.
fn refused(command: &mut Command) -> String {
    let output = command.env("LC_ALL", "C").output().unwrap();
    if output.status.success() { String::new() } else { String::from_utf8_lossy(&output.stderr).into_owned() }
}

/// The proof of telemetry against a copy of the vendor's headers.
fn c_compiler(name: &str, header: (&str, &str), contract: (&str, &str)) -> String {
    let folder = scratch(name);
    for file in ["telemetry.h", "telecommand.h", "archive.h"] {
        let change = if file == "telemetry.h" { header } else { ("#include", "#include") };
        fs::write(folder.join(file), changed(&root().join("vendor-headers").join(file), change)).unwrap();
    }
    fs::write(folder.join("contract.toml"), changed(&root().join("contracts/telemetry.toml"), contract))
        .unwrap();
    let mut module =
        Module::new(folder.join("contract.toml")).routines(["tm_crc16", "tm_jj50_cds", "tm_coder_trame"]);
    for file in ["telemetry.h", "telecommand.h", "archive.h"] {
        module = module.proof_header(folder.join(file));
    }
    let proof = module.generate(&folder).unwrap().proof.unwrap();
    refused(Command::new("gcc").args(["-Wall", "-Werror", "-fsyntax-only"]).arg(proof))
}

const SAME: (&str, &str) = ("e", "e");

#[test]
fn a_wrong_header_or_contract_is_the_c_compilers_error() {
    assert_eq!(c_compiler("c-right", SAME, SAME), "");
    let header = c_compiler(
        "c-header",
        ("tm_crc16(const unsigned char *buf, size_t", "tm_crc16(const unsigned char *buf, int"),
        SAME,
    );
    assert!(header.contains("conflicting types for 'tm_crc16'"), "{header}");
    let contract = c_compiler(
        "c-contract",
        SAME,
        ("{ name = \"lg\", type = \"u64\"", "{ name = \"lg\", type = \"u32\""),
    );
    assert!(contract.contains("conflicting types for 'tm_crc16'"), "{contract}");
    let record = c_compiler("c-record", ("} tm_cds;", " char encore; } tm_cds;"), SAME);
    assert!(record.contains("size_of_tm_cds"), "{record}");
}

/// A crate with what was generated of a component and what bindgen declared, each changed in one place; rustc's errors.
fn rust_compiler(component: &str, declared: (&str, &str), contract: (&str, &str)) -> String {
    let folder = scratch(component);
    let source = folder.join("src");
    fs::create_dir_all(&source).unwrap();
    let bridge = root().display();
    let manifest = format!(
        "[package]\nname = \"twin\"\nedition = \"2024\"\n[features]\ndefault = [\"relink\"]\nrelink = []\n[dependencies]\n\
         cmp-bridge = {{ path = \"{bridge}\" }}\nlibc = \"0.2\"\n[workspace]\n"
    );
    fs::write(folder.join("Cargo.toml"), manifest).unwrap();
    fs::copy(root().join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    let file = root().join(format!("contracts/{component}.toml"));
    fs::write(folder.join("contract.toml"), changed(&file, contract)).unwrap();
    let routines = match component {
        "telemetry" => vec!["tm_crc16", "tm_jj50_cds", "tm_situer"],
        _ => vec!["creneau_decaler", "scalaire", "soleil_equatoriales"],
    };
    let generated = Module::new(folder.join("contract.toml")).routines(routines).generate(&source).unwrap();
    let types: String =
        generated.types.iter().map(|(c, rust)| format!("pub use super::{rust} as {c};\n")).collect();
    let file = if component == "planning" { "classes_declared.rs" } else { "telemetry_declared.rs" };
    let mut text = changed(&built().join(file), declared);
    if component == "telemetry" {
        // Of the routines above alone: other types are not generated here.
        text = format!("{types}{}", functions(&text, &["tm_crc16", "tm_jj50_cds", "tm_situer"]));
    }
    fs::write(source.join("declared.rs"), text).unwrap();
    let c = fs::read_to_string(root().join("src/cmp/mod.rs")).unwrap();
    let (_, c) = c.split_once("pub mod c {").unwrap();
    let (c, _) = c.split_once("\n}\n").unwrap();
    let crate_ = format!(
        "#![allow(warnings)]\n#![deny(clashing_extern_declarations)]\n\
         pub mod {component} {{ include!(\"{component}.rs\"); pub mod declared {{ include!(\"declared.rs\"); }} }}\n\
         pub mod cmp {{ pub mod c {{ {c} }} }}\n"
    );
    fs::write(source.join("lib.rs"), crate_).unwrap();
    let mut cargo = Command::new(env!("CARGO"));
    cargo.current_dir(&folder).args(["check", "--offline", "--quiet", "--target-dir"]).arg(scratch("target"));
    refused(cargo.env_remove("RUSTFLAGS"))
}

/// The declarations of some routines in what bindgen wrote.
fn functions(text: &str, names: &[&str]) -> String {
    let mut kept = String::new();
    for block in text.split("unsafe extern \"C-unwind\" {").skip(1) {
        let (block, _) = block.split_once("\n}").unwrap();
        if names.iter().any(|name| block.contains(&format!("pub fn {name}("))) {
            kept.push_str(&format!("unsafe extern \"C-unwind\" {{{block}\n}}\n"));
        }
    }
    kept + "pub type size_t = u64;\n"
}

/// It is said of this symbol alone that it is declared in two ways.
fn clash(said: &str, symbol: &str) -> bool {
    said.contains(&format!("`{symbol}`")) && said.matches("different signature").count() == 1
}

#[test]
fn a_wrong_header_or_contract_is_rustcs_error() {
    assert_eq!(rust_compiler("telemetry", SAME, SAME), "");
    let header = rust_compiler(
        "telemetry",
        ("lg: size_t) -> crate::cmp::c::c_ushort", "lg: size_t) -> crate::cmp::c::c_short"),
        SAME,
    );
    assert!(clash(&header, "tm_crc16"), "{header}");
    let contract = rust_compiler(
        "telemetry",
        SAME,
        ("{ name = \"lg\", type = \"u64\"", "{ name = \"lg\", type = \"u32\""),
    );
    assert!(clash(&contract, "tm_crc16"), "{contract}");
}

#[test]
fn a_wrong_class_or_contract_is_rustcs_error() {
    assert_eq!(rust_compiler("planning", SAME, SAME), "");
    let class = rust_compiler("planning", ("pub fin_: f64", "pub fin_: f32"), SAME);
    assert!(clash(&class, "_ZN4plan7Creneau7decalerEd"), "{class}");
    let dt = ("{ name = \"dt\",   type = \"f64\"", "{ name = \"dt\",   type = \"f32\"");
    let contract = rust_compiler("planning", SAME, dt);
    assert!(clash(&contract, "_ZN4plan7Creneau7decalerEd"), "{contract}");
}

/// What cxx generated of the bridge against a copy of its C++ side.
fn cpp_compiler(name: &str, change: (&str, &str)) -> String {
    let folder = scratch(name);
    fs::write(folder.join("classes.hpp"), changed(&root().join("src/cmp/classes.hpp"), change)).unwrap();
    let bridge = built().join("cxxbridge");
    let mut gcc = Command::new("g++");
    gcc.args(["-std=c++14", "-fsyntax-only", "-I"]).arg(&folder).arg("-I").arg(bridge.join("include"));
    for folder in ["legacy/planning", "legacy/telemetry", "vendor-headers"] {
        gcc.arg("-I").arg(root().join(folder));
    }
    refused(gcc.arg(bridge.join("sources/cmp-bridge/src/cmp/classes.rs.cc")))
}

#[test]
fn a_wrong_bridge_is_the_cpp_compilers_error() {
    assert_eq!(cpp_compiler("cpp-right", SAME), "");
    for (from, to) in [
        ("inline double elevation(", "inline float elevation("),
        ("elevation(const Station &station, double x", "elevation(Station &station, double x"),
        ("const std::string &station_name", "std::string station_name"),
    ] {
        let said = cpp_compiler("cpp-wrong", (from, to));
        assert!(
            said.contains("error:") && (said.contains("elevation") || said.contains("station_name")),
            "{from}: {said}"
        );
    }
}
