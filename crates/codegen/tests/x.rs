//! The RPC language file: what is printed, that rpcgen and a C compiler take it, and what is refused. That what rpcgen makes of
//! it speaks as we do is tested with the codec, in crates/wire.

use cmp_bridge_codegen::Error;
use cmp_bridge_codegen::bindings::{Bindings, Lang};
use cmp_bridge_contract::model::Contract;
use cmp_bridge_contract::wire;
use std::path::{Path, PathBuf};
use std::process::Command;

fn here(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join(path)
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("x").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap()
}

/// Runs a program in a folder; what it says where it fails.
fn run(folder: &Path, program: &str, arguments: &[&str]) -> Result<(), String> {
    let mut command = Command::new("timeout");
    command.arg("60").arg(program).args(arguments).current_dir(folder).env("LC_ALL", "C");
    let output = command.output().unwrap();
    let said =
        String::from_utf8_lossy(&output.stderr).into_owned() + &String::from_utf8_lossy(&output.stdout);
    // rpcgen says what it cannot read, and may end well all the same.
    if output.status.success() && output.stderr.is_empty() {
        Ok(())
    } else {
        Err(format!("{command:?}\n{said}"))
    }
}

/// rpcgen reads the file and the C compiler what it makes of it: types, codec, client and server.
fn compiles(folder: &Path, file: &str) -> Result<(), String> {
    let stem = file.strip_suffix(".x").unwrap();
    run(folder, "rpcgen", &[file])?;
    for part in ["xdr", "clnt", "svc"] {
        let source = format!("{stem}_{part}.c");
        let warnings = ["-Wall", "-Wno-unused-variable", "-Wno-cast-function-type", "-Werror"];
        let mut arguments = vec!["-c", "-I/usr/include/tirpc"];
        arguments.extend(warnings);
        arguments.push(&source);
        run(folder, "gcc", &arguments)?;
    }
    Ok(())
}

/// The routines of a contract that can be called from elsewhere.
fn callable(file: &Path) -> Vec<String> {
    let contract = Contract::from_toml(&read(file), "contract").unwrap();
    let able = contract.routines.iter().filter(|routine| wire::shape(&contract, routine).is_ok());
    able.map(|routine| routine.name.clone()).collect()
}

fn printed(name: &str, contract: &str) -> (PathBuf, String) {
    let folder = scratch(name);
    std::fs::write(folder.join("contract.toml"), contract).unwrap();
    let files = Bindings::new(folder.join("contract.toml")).generate(Lang::X, &folder).unwrap();
    (folder, read(&files[0]))
}

#[test]
fn rpcgen_and_gcc_take_the_reference_contracts() {
    let mut routines = 0;
    for component in ["telemetry", "flight_dynamics", "planning", "ccs"] {
        let (folder, contract) = (scratch(component), here(&format!("../../contracts/{component}.toml")));
        let names = callable(&contract);
        routines += names.len();
        Bindings::new(contract).routines(names).generate(Lang::X, &folder).unwrap();
        compiles(&folder, &format!("{component}_rpc.x")).unwrap();
    }
    assert!(routines > 60, "{routines} routines of the reference contracts can be called from elsewhere");
}

#[test]
fn the_sample_prints_as_agreed() {
    let folder = scratch("sample");
    let contract = here("tests/x/sample.toml");
    Bindings::new(contract).generate(Lang::X, &folder).unwrap();
    let (found, golden) = (read(&folder.join("sample_rpc.x")), here("tests/x/sample_rpc.x"));
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&golden, &found).unwrap();
    }
    let expected = std::fs::read_to_string(&golden).unwrap_or_default();
    assert!(expected == found, "{} differs from what is printed; see UPDATE_EXPECT=1", golden.display());
    compiles(&folder, "sample_rpc.x").unwrap();
}

/// A contract with one routine of these parameters.
fn contract(rest: &str) -> String {
    format!("contract = 1\n[component]\nname = \"odd\"\nlanguage = \"c\"\n{rest}")
}

#[test]
fn names_that_c_or_rpcgen_keep_are_changed() {
    let words = [
        "class",
        "string",
        "opaque",
        "program",
        "version",
        "hyper",
        "quadruple",
        "default",
        "switch",
        "int",
        "errno",
        "linux",
        "TRUE",
        "stdin",
        "union",
        "void",
        "bool",
        "h_addr",
    ];
    let params: Vec<String> = words
        .iter()
        .map(|word| format!("{{ name = \"{word}\", type = \"i32\", by = \"reference\", use = \"inout\" }}"))
        .collect();
    let fields: Vec<String> = words
        .iter()
        .enumerate()
        .map(|(i, word)| format!("{{ name = \"{word}\", type = \"i32\", offset = {} }}", 4 * i))
        .collect();
    let types: Vec<String> = ["string", "hello", "CLIENT", "timeval", "f_in", "F", "complex_float"]
        .iter()
        .map(|name| {
            let (size, fields) = (4 * words.len(), fields.join(", "));
            format!("[type.{name}]\nkind = \"struct\"\nsize = {size}\nalign = 4\nfields = [{fields}]\n")
        })
        .collect();
    let records: Vec<String> = ["string", "hello", "CLIENT", "timeval", "f_in", "F", "complex_float"]
        .iter()
        .enumerate()
        .map(|(i, name)| {
            format!("{{ name = \"p{i}\", type = \"{name}\", by = \"reference\", use = \"in\" }}")
        })
        .collect();
    let routine = |name: &str, params: &str| {
        format!("[routine.{name}]\nsymbol = \"{name}\"\neffects = \"none\"\nparams = [{params}]\n")
    };
    // They meet what is made of another's name, and the file's own names.
    let mut text = types.concat();
    for name in ["f", "f_in", "hello", "status", "returned", "program", "f_seen"] {
        text += &routine(name, &params.join(", "));
    }
    text += &routine("g", &records.join(", "));
    let (folder, text) = printed("names", &contract(&text));
    compiles(&folder, "odd_rpc.x").unwrap();
    for changed in ["int class_;", "int string_;", "int TRUE_;", "struct odd_hello__ {", "odd_f_in__in "] {
        assert!(text.contains(changed), "{changed} in\n{text}");
    }
}

/// A wrong twin: without the change rpcgen or the C compiler refuses the file.
#[test]
fn a_name_that_is_kept_and_not_changed_is_noticed() {
    let (folder, text) = printed(
        "kept",
        &contract(
            "[routine.f]\nsymbol = \"f\"\neffects = \"none\"\nparams = [{ name = \"string\", type = \"i32\", by = \"reference\", use = \"in\" }]",
        ),
    );
    assert!(text.contains("int string_;"), "{text}");
    compiles(&folder, "odd_rpc.x").unwrap();
    std::fs::write(folder.join("odd_rpc.x"), text.replace("int string_;", "int string;")).unwrap();
    assert!(compiles(&folder, "odd_rpc.x").is_err());
}

#[test]
fn what_is_documented_survives_rpcgen() {
    let odd = "unit = \"m */ int x; /* ' \\\" µ ??/\"";
    let text = format!(
        "[routine.f]\nsymbol = \"f\"\neffects = \"none\"\nat = \"f.c:1\"\nparams = [{{ name = \"x\", type = \"f64\", by = \"reference\", use = \"in\", {odd} }}]"
    );
    let (folder, text) = printed("remarks", &contract(&text));
    compiles(&folder, "odd_rpc.x").unwrap();
    assert!(text.contains("/* f (f.c:1)") || text.contains(" * f (f.c:1)"), "{text}");
    assert!(text.starts_with("/* @(#) odd contract "), "{text}");
}

#[test]
fn what_cannot_travel_is_refused_with_the_reason() {
    let text = contract(
        "[type.u]\nkind = \"union\"\nsize = 4\nalign = 4\nfields = [{ name = \"i\", type = \"i32\", offset = 0 }]\n\
         [routine.f]\nsymbol = \"f\"\neffects = \"none\"\nparams = [{ name = \"a\", type = \"ptr\", by = \"value\", use = \"in\" }, \
         { name = \"b\", type = \"u\", by = \"reference\", use = \"in\" }]",
    );
    let folder = scratch("refused");
    std::fs::write(folder.join("contract.toml"), text).unwrap();
    let error = Bindings::new(folder.join("contract.toml")).generate(Lang::X, &folder).unwrap_err();
    let Error::Unsupported(list) = &error else { panic!("{error}") };
    assert_eq!(list.len(), 2, "{error}");
    let text = error.to_string();
    assert!(
        text.contains("an address that leads to nothing described")
            && text.contains("which of a union's fields"),
        "{text}"
    );
    assert!(!folder.join("odd_rpc.x").exists());
}
