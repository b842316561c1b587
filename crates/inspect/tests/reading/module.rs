//! For each code of `check --module`, a module that is wrong in that one way, and nothing else is reported.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use cmp_bridge_contract::hash::routine_hash;
use cmp_bridge_contract::model::Contract;
use cmp_bridge_inspect::check::{ModuleFile, check_module};
use cmp_bridge_inspect::finding::{Code, Finding};

use crate::support;

const CONTRACT: &str = "contract = 1\n[component]\nname = \"small\"\nlanguage = \"c\"\n\
    [state.calls]\nsymbol = \"calls\"\nsize = 4\nkind = \"global\"\n\
    [routine.scale]\nsymbol = \"legacy_scale\"\n\
    params = [{ name = \"x\", type = \"f64\", use = \"in\" }]\n\
    state = [{ area = \"calls\", view = \"i32\", use = \"inout\" }]\n\
    [routine.norm]\nsymbol = \"legacy_norm\"\nparams = []\nreturns = { type = \"f64\" }\n";
const OTHER: &str = "contract = 1\n[component]\nname = \"other\"\nlanguage = \"c\"\n\
    [routine.angle]\nsymbol = \"legacy_angle\"\nparams = []\n";

fn contract(text: &str) -> Contract {
    Contract::from_toml(text, "small.toml").unwrap_or_else(|e| panic!("{e}"))
}

fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases-module").join(name)
}

fn build(name: &str, options: &[&str]) -> ModuleFile {
    let out = support::fresh(&format!("module-{name}"));
    let contract = contract(CONTRACT);
    let hash = |name: &str| {
        let routine = contract.routine(name).expect(name);
        format!("-DHASH_{}=0x{:016x}ull", name.to_uppercase(), routine_hash(&contract, routine))
    };
    let hashes = [hash("scale"), hash("norm")];
    let file = source("module.c");
    let mut words = vec!["-shared", "-fPIC", "-O2", "-o", "module.so", file.to_str().expect("UTF-8")];
    // The last definition of a macro counts.
    words.extend(hashes.iter().map(String::as_str));
    words.extend(options);
    support::run("gcc", &words, &out);
    ModuleFile::open(&out.join("module.so")).unwrap_or_else(|e| panic!("{e}"))
}

fn text(findings: &[(usize, Finding)]) -> String {
    findings.iter().map(|(at, f)| format!("{at}: {f}")).collect::<Vec<_>>().join("\n")
}

const TWINS: &[(Code, &str, &[&str])] = &[
    (Code::ModuleDescriptor, "another symbol", &["-DFUNCTION=describe"]),
    (Code::ModuleDescriptor, "a function that does more", &["-DCODE=if (address) return 0;"]),
    (Code::ModuleDescriptor, "too many candidates", &["-DCOUNT=4000000000u"]),
    (Code::ModuleDescriptor, "candidates outside the file", &["-DCOUNT=60000"]),
    (Code::ModuleAbi, "the next one", &["-DABI=2"]),
    (Code::CandidateMissing, "one less", &["-DCOUNT=1"]),
    (Code::CandidateUnknown, "one more", &["-DSECOND=\"norms\"", "-DCALLED=\"norm\""]),
    (Code::CandidateTwice, "the same again", &["-DSECOND=\"scale\""]),
    (Code::CandidateHash, "of another contract", &["-UHASH_SCALE", "-DHASH_SCALE=1"]),
    (Code::CandidateState, "none", &["-DSTATES=0"]),
    (Code::ControlUnbound, "an unknown routine", &["-DCALLED=\"angle\""]),
    (Code::ControlUnbound, "another contract's", &["-DCALLED=\"scale\""]),
    (Code::ModuleUndefined, "a legacy routine", &["-DCALL=legacy_norm"]),
    (Code::ModuleUndefined, "legacy state", &["-DCALL=calls"]),
    (Code::ModuleUndefined, "nobody's", &["-DCALL=mistyped"]),
    (Code::ModuleExports, "one more", &["-DVISIBLE="]),
];

#[test]
fn every_code_has_a_wrong_twin() {
    let contract = contract(CONTRACT);
    for options in
        [&["-O0"][..], &["-O2"], &["-fcf-protection=full"], &["-Wl,-z,pack-relative-relocs"], &["-s"]]
    {
        let findings = check_module(&[&contract], &build("right", options));
        assert_eq!(text(&findings), "", "{options:?}");
    }
    let mut covered = BTreeSet::new();
    for (code, what, options) in TWINS {
        let findings = check_module(&[&contract], &build("twin", options));
        let mut codes: BTreeSet<Code> = findings.iter().map(|(_, f)| f.code).collect();
        // A candidate of another name is one that is missing as well.
        if matches!(code, Code::CandidateUnknown | Code::CandidateTwice) {
            assert!(codes.remove(&Code::CandidateMissing), "{what}");
        }
        assert_eq!(codes, BTreeSet::from([*code]), "{what}:\n{}", text(&findings));
        covered.insert(*code);
    }
    // Only rustc can be wrong about panics: below.
    covered.insert(Code::ModulePanic);
    let all: BTreeSet<Code> = Code::ALL.iter().copied().filter(|c| c.text().starts_with('M')).collect();
    assert_eq!(covered, all, "codes without a wrong twin");
}

#[test]
fn rust_that_aborts_is_found() {
    let other = contract(OTHER);
    let hash = format!("const HASH: u64 = 0x{:x};\n", routine_hash(&other, &other.routines[0]));
    for (strategy, optimised, expected) in
        [("unwind", "0", &[][..]), ("unwind", "3", &[]), ("abort", "3", &[Code::ModulePanic])]
    {
        let out = support::fresh(&format!("module-{strategy}-{optimised}"));
        let text = hash.clone() + &std::fs::read_to_string(source("module.rs")).expect("a source");
        std::fs::write(out.join("module.rs"), text).expect("a source");
        let panic = format!("panic={strategy}");
        let level = format!("opt-level={optimised}");
        let words = [
            "--edition",
            "2024",
            "--crate-type",
            "cdylib",
            "-C",
            &panic,
            "-C",
            &level,
            "module.rs",
            "-o",
            "m.so",
        ];
        support::run("rustc", &words, &out);
        let module = ModuleFile::open(&out.join("m.so")).unwrap_or_else(|e| panic!("{e}"));
        assert_eq!(module.routines().collect::<Vec<_>>(), ["angle"]);
        let findings = check_module(&[&other], &module);
        assert_eq!(
            findings.iter().map(|(_, f)| f.code).collect::<Vec<_>>(),
            expected,
            "{}",
            self::text(&findings)
        );
    }
}

#[test]
fn a_module_may_serve_several_contracts() {
    let (small, other) = (contract(CONTRACT), contract(OTHER));
    let findings = check_module(&[&other, &small], &build("several", &["-DCALL=legacy_norm"]));
    let codes: Vec<(usize, Code)> = findings.iter().map(|(at, f)| (*at, f.code)).collect();
    assert_eq!(codes, [(1, Code::ModuleUndefined), (0, Code::CandidateMissing)], "{}", text(&findings));
}

#[test]
fn damaged_modules_are_findings() {
    drop(build("damage", &[]));
    let built = Path::new(env!("CARGO_TARGET_TMPDIR")).join("module-damage/module.so");
    let whole = std::fs::read(built).expect("a module");
    let out = support::fresh("module-damaged");
    let contract = contract(CONTRACT);
    let mut seed = 0x9e37_79b9_7f4a_7c15u64;
    for round in 0..200 {
        let mut bytes = whole.clone();
        for _ in 0..=round % 8 {
            seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
            let at = (seed >> 33) as usize % bytes.len();
            bytes[at] ^= 1 << (seed & 7);
        }
        let file = out.join("damaged.so");
        std::fs::write(&file, &bytes).expect("a file");
        if let Ok(module) = ModuleFile::open(&file) {
            check_module(&[&contract], &module);
        }
    }
}
