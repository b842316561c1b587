//! The Ada package of a contract: what is printed, that GNAT accepts it as Ada 95 and as Ada 2012 without a warning, what is
//! refused and why.

use cmp_bridge_codegen::Error;
use cmp_bridge_codegen::bindings::{Bindings, Lang};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

fn crate_folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("ada").join(name);
    let _ = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// Compares with a golden file; UPDATE_EXPECT=1 writes it anew.
fn expect(name: &str, found: &str) {
    let file = crate_folder().join("tests/golden").join(name);
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, found).unwrap();
    }
    let expected = std::fs::read_to_string(&file).unwrap_or_default();
    assert!(expected == found, "{} differs from what is printed; see UPDATE_EXPECT=1", file.display());
}

/// Compiles a unit; the compiler's messages if it fails or warns.
fn compile(folder: &Path, unit: &str, standard: &str) -> Result<(), String> {
    let objects = folder.join(standard);
    std::fs::create_dir_all(&objects).unwrap();
    let mut gnat = Command::new("gcc");
    gnat.env("LC_ALL", "C").current_dir(&objects).args(["-c", "-O1", "-gnatwa", "-gnatwe"]);
    let output =
        gnat.arg(format!("-gnat{standard}")).arg("-I..").arg(format!("../{unit}.adb")).output().unwrap();
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() && messages.is_empty() { Ok(()) } else { Err(messages) }
}

/// Generates from a contract given as text.
fn generate(name: &str, contract: &str) -> Result<PathBuf, Error> {
    let folder = scratch(name);
    let file = folder.join("contract.toml");
    std::fs::write(&file, contract).unwrap();
    Bindings::new(file).generate(Lang::Ada, &folder)?;
    Ok(folder)
}

#[test]
fn the_sample_prints_as_agreed() {
    let folder = scratch("sample");
    let written =
        Bindings::new(crate_folder().join("tests/golden/sample.toml")).generate(Lang::Ada, &folder).unwrap();
    let names: Vec<_> =
        written.iter().map(|path| path.file_name().unwrap().to_str().unwrap().to_string()).collect();
    assert_eq!(names, ["sample.ads", "sample.adb"]);
    for (path, name) in written.iter().zip(&names) {
        let text = std::fs::read_to_string(path).unwrap();
        assert!(text.starts_with("--  @(#) sample contract "), "{name}");
        assert!(text.lines().all(|line| line.len() <= 79), "{name} has a line of more than 79 characters");
        expect(name, &text);
    }
    for standard in ["95", "2012"] {
        compile(&folder, "sample", standard).unwrap();
    }
    let object = std::fs::read(folder.join("95/sample.o")).unwrap();
    let mark = b"@(#) sample contract ";
    assert!(object.windows(mark.len()).any(|window| window == mark), "the object does not say what it is");
}

/// The routines of a contract that are refused, with the reasons.
fn refused(contract: &Path) -> BTreeMap<String, Vec<String>> {
    let mut list: BTreeMap<String, Vec<String>> = BTreeMap::new();
    if let Err(Error::Unsupported(faults)) = Bindings::new(contract).print(Lang::Ada) {
        for fault in faults {
            list.entry(fault.routine).or_default().push(format!("{}: {}", fault.part, fault.reason));
        }
    }
    list
}

/// Every routine of the reference CMP's contracts that has an Ada form compiles; the others say why.
#[test]
fn the_reference_contracts_compile() {
    let contracts = crate_folder().join("../../contracts");
    let mut found = String::new();
    for component in ["ccs", "flight_dynamics", "planning", "telemetry"] {
        let file = contracts.join(format!("{component}.toml"));
        let refused = refused(&file);
        let text = std::fs::read_to_string(&file).unwrap();
        let all: Vec<&str> =
            text.lines().filter_map(|line| line.strip_prefix("[routine.")?.strip_suffix(']')).collect();
        let printed: Vec<&str> = all.iter().copied().filter(|name| !refused.contains_key(*name)).collect();
        let folder = scratch(component);
        Bindings::new(&file).routines(printed.clone()).generate(Lang::Ada, &folder).unwrap();
        for standard in ["95", "2012"] {
            compile(&folder, component, standard)
                .unwrap_or_else(|messages| panic!("{component}\n{messages}"));
        }
        found.push_str(&format!("{component}: {} of {} routines\n", printed.len(), all.len()));
        for (routine, reasons) in refused {
            reasons.iter().for_each(|reason| found.push_str(&format!("  {routine}, {reason}\n")));
        }
    }
    expect("ada_refused.txt", &found);
}

/// The oracle is the legacy CCS itself: each call is made in its own words, and through the package.
#[test]
fn the_package_calls_the_legacy_ccs() {
    let contract = crate_folder().join("../../contracts/ccs.toml");
    let folder = scratch("calls");
    let text = std::fs::read_to_string(&contract).unwrap();
    let refused = refused(&contract);
    let all = text.lines().filter_map(|line| line.strip_prefix("[routine.")?.strip_suffix(']'));
    let printed: Vec<&str> = all.filter(|name| !refused.contains_key(*name)).collect();
    Bindings::new(&contract).routines(printed).generate(Lang::Ada, &folder).unwrap();
    let legacy = crate_folder().join("../../legacy/ccs");
    for standard in ["95", "2012"] {
        let objects = folder.join(format!("calls-{standard}"));
        std::fs::create_dir_all(&objects).unwrap();
        // The legacy code is Ada 2005 and later, and has its own warnings: only what is printed is held to a standard here.
        let unit = |name: &str, arguments: &[&str]| {
            let mut gcc = Command::new("gcc");
            gcc.env("LC_ALL", "C").current_dir(&objects).args(["-c", "-O2"]).args(arguments).arg("-I..");
            let output = gcc.arg(format!("-I{}", legacy.display())).arg(name).output().unwrap();
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        };
        unit("../ccs.adb", &[&format!("-gnat{standard}"), "-gnatwae"]);
        let mut gnatmake = Command::new("gnatmake");
        gnatmake.env("LC_ALL", "C").current_dir(&objects).arg("-q");
        gnatmake
            .arg(crate_folder().join("tests/ada/calls.adb"))
            .arg("-aI..")
            .arg(format!("-aI{}", legacy.display()));
        let output = gnatmake.args(["-o", "calls", "-cargs", "-O2"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let output = Command::new("timeout").args(["60", "./calls"]).current_dir(&objects).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout), " 65 answers, 0 differ\n");
    }
}

#[test]
fn what_is_there_already_is_not_written_again() {
    let folder = scratch("twice");
    let bindings = Bindings::new(crate_folder().join("tests/golden/sample.toml"));
    let written = bindings.generate(Lang::Ada, &folder).unwrap();
    let times = |paths: &[PathBuf]| -> Vec<_> {
        paths.iter().map(|path| std::fs::metadata(path).unwrap().modified().unwrap()).collect()
    };
    let before = times(&written);
    assert_eq!(bindings.generate(Lang::Ada, &folder).unwrap(), written);
    assert_eq!(times(&written), before);
}

/// A contract whose layout is impossible is no Ada.
#[test]
fn a_record_that_cannot_lie_so_does_not_compile() {
    let contract = |size: u32, bits: &str| {
        format!(
            r#"
contract = 1
[component]
name = "twin"
language = "c"
[type.state]
kind = "enum"
repr = "u8"
values = {{ off = 1, standby = 2, on = 4, failed = 8 }}
[type.word]
kind = "struct"
size = {size}
align = 4
fields = [
  {{ name = "state", type = "state", offset = 0, bits = {bits} }},
  {{ name = "value", type = "f32", offset = 4 }},
]
[routine.put]
symbol = "put"
params = [{{ name = "w", type = "word", by = "reference", use = "in" }}]
effects = "none"
"#
        )
    };
    let right = generate("right", &contract(8, "[0, 4]")).unwrap();
    compile(&right, "twin", "95").unwrap();
    // Five bits where the next field starts: told before anything is printed.
    assert!(generate("overlap", &contract(4, "[0, 4]")).unwrap_err().to_string().contains("outside"));
    // One byte more at the end, or one field moved, is a layout as good as any: the contract's own check finds it.
    for (from, to) in [("'Size use 8 * 8", "'Size use 7 * 8"), ("at 4 range 0 .. 31", "at 0 range 2 .. 33")] {
        let spec = right.join("twin.ads");
        let text = std::fs::read_to_string(&spec).unwrap();
        assert!(text.contains(from), "{text}");
        std::fs::write(&spec, text.replace(from, to)).unwrap();
        let messages = compile(&right, "twin", "95").unwrap_err();
        assert!(
            messages.contains("out of range of specified size") || messages.contains("overlaps"),
            "{messages}"
        );
        std::fs::write(&spec, text).unwrap();
    }
}
