//! Every routine of the reference CMP that travels, C, C++, Fortran and Ada, has its stub before it, on PA-RISC: nothing is
//! noticed, and what is recorded is the calls that were made.

use crate::legacy;
use crate::machine::{HPPA, I386, Machine, day, good, long};
use crate::served::{bridge, scratch};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

const COMPONENTS: [&str; 4] = ["ccs", "flight_dynamics", "planning", "telemetry"];

/// What `telemetry` and `ccs` have as 64-bit integers is `size_t` there and `Duration` here: the first in four bytes.
const FLAGS: [&str; 9] = [
    "-std=c89",
    "-pedantic",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-O2",
    "-fexceptions",
    "-DCMPB_TELEMETRY_LONG=4",
    "-DCMPB_CCS_LONG=8",
];

/// Global symbols that an object defines.
fn defined(machine: &Machine, object: &Path) -> BTreeSet<String> {
    let said = good(machine.tool("nm").args(["-g", "--defined-only"]).arg(object));
    said.lines()
        .filter_map(|line| {
            let (rest, name) = line.rsplit_once(' ')?;
            ["T", "W"].iter().any(|kind| rest.ends_with(kind)).then(|| name.to_owned())
        })
        .collect()
}

fn objects(folder: &Path, found: &mut Vec<PathBuf>) {
    for path in std::fs::read_dir(folder).expect("a folder").flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            objects(&path, found);
        } else if path.extension().is_some_and(|e| e == "o") {
            found.push(path);
        }
    }
}

/// The reference CMP, linked once more with all stubs; and the names that they define.
#[track_caller]
fn linked(machine: &Machine, folder: &Path) -> (PathBuf, BTreeSet<String>) {
    let stub = folder.join("stub");
    let mut all = vec!["cmpb_runtime.c".to_owned()];
    for component in COMPONENTS {
        let contract = legacy::root().join(format!("contracts/{component}.toml"));
        let generate = ["generate", "--lang", "c89", "--skip-unsupported"];
        good(bridge().args(generate).arg(contract).arg("--out").arg(&stub));
        all.push(format!("{component}_stub.c"));
    }
    good(machine.tool("gcc").current_dir(&stub).args(FLAGS).arg("-c").args(&all));
    let stubs: Vec<PathBuf> = all.iter().map(|source| stub.join(source).with_extension("o")).collect();
    let names: BTreeSet<String> = stubs.iter().skip(1).flat_map(|object| defined(machine, object)).collect();
    let out = folder.join("cmp");
    good(Command::new("cp").arg("-a").arg(machine.legacy()).arg(&out));
    let mut legacy = Vec::new();
    objects(&out.join("obj"), &mut legacy);
    for object in legacy {
        let own: Vec<String> = defined(machine, &object).intersection(&names).cloned().collect();
        if !own.is_empty() {
            // With its time: what depends on it is not compiled again.
            let mut objcopy = machine.tool("objcopy");
            objcopy.arg("--preserve-dates");
            for name in own {
                objcopy.arg("--redefine-sym").arg(format!("{name}=legacy_{name}"));
            }
            good(objcopy.arg(object));
        }
    }
    let program = out.join("cmp_day");
    std::fs::remove_file(&program).expect("the program without the stubs");
    let stubs: Vec<String> = stubs.iter().map(|object| object.display().to_string()).collect();
    let link = format!("LIEN={} -Wl,--build-id {}", machine.link(), stubs.join(" "));
    good(machine.make(&out).arg(&link).arg(&program));
    (out, names)
}

#[track_caller]
fn nothing_is_noticed(machine: &Machine) {
    let folder = scratch(&format!("languages-{}", machine.name));
    let (out, names) = linked(machine, &folder);
    let own = day(machine, &machine.legacy(), &[]);
    assert_eq!(day(machine, &out, &[]), own, "{}: all stubs, route legacy", machine.name);
    // A record that GNAT copies here and not there has none.
    assert!(!names.contains("ccs_batterie__recaler"), "{names:?}");
    for (component, some) in [
        ("ccs", "ccs_filtre__confirmer"),
        ("flight_dynamics", "ehposv_"),
        ("planning", "plan_refraction"),
        ("telemetry", "tm_crc16"),
    ] {
        assert!(names.contains(some), "{component}: no {some} in {names:?}");
    }
    let recording = folder.join("day.rec");
    let mut recorded = machine.command(&out.join("cmp_day"));
    recorded.arg(legacy::root().join("legacy/data/spot5.day"));
    recorded.env("CMP_BRIDGE_JOURNAL", &recording).env("CMP_BRIDGE_ROUTES", "*=record");
    assert_eq!(good(&mut recorded), own, "{}: recorded", machine.name);
    let mut calls = 0;
    for file in std::fs::read_dir(&folder).expect("a folder").flatten().map(|entry| entry.path()) {
        if !file.file_name().is_some_and(|name| name.to_string_lossy().starts_with("day.rec")) {
            continue;
        }
        let bytes = std::fs::read(&file).expect("a recording");
        let component =
            COMPONENTS.iter().find(|name| bytes[..400].windows(name.len()).any(|w| w == name.as_bytes()));
        let contract = legacy::root().join(format!("contracts/{}.toml", component.expect("a component")));
        let mut import = bridge();
        import.args(["journal", "import"]).arg(&file).arg("--contract").arg(contract).arg("-o");
        let said = good(import.arg(folder.join(format!("{}.journal", component.expect("a component")))));
        assert!(said.contains(", 0 lost while recording"), "{said}");
        calls += 1;
    }
    assert_eq!(calls, COMPONENTS.len(), "{}: a recording for each component", machine.name);
}

#[test]
fn all_languages_go_through_their_stubs_on_pa_risc() {
    nothing_is_noticed(&HPPA);
}

#[test]
fn all_languages_go_through_their_stubs_on_i386() {
    if long() {
        nothing_is_noticed(&I386);
    }
}
