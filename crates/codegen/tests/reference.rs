//! The reference CMP's contracts: which routines cannot be generated, and the proof against the vendor's headers.

use cmp_bridge_codegen::{Error, Module};
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

fn scratch(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// What no header declares: internal routines, static functions and one with alternate returns.
const INTERNAL: [&str; 7] = ["ang2pi", "denlim", "puissance", "depointage", "moment", "gradient", "gaz"];

/// Names of the routines in a contract.
fn routines(contract: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(contract).unwrap();
    let named = text.lines().filter_map(|line| line.strip_prefix("[routine."));
    named.map(|rest| rest.trim_end_matches(']').to_string()).collect()
}

/// Compiles a proof; the compiler's messages.
fn prove(proof: &Path) -> Result<(), String> {
    let out = proof.with_extension("o");
    let output = Command::new("gcc")
        .env("LC_ALL", "C")
        .args(["-Wall", "-Wextra", "-Werror", "-c"])
        .arg(proof)
        .arg("-o")
        .arg(out)
        .output();
    let output = output.unwrap();
    let messages = String::from_utf8_lossy(&output.stderr).into_owned();
    if output.status.success() { Ok(()) } else { Err(messages) }
}

/// Generates all that can be, checks what cannot, and compiles the proof.
fn check(contract: &str, headers: &[&str], refused: &[&str]) -> PathBuf {
    let folder = scratch(contract);
    let file = root().join(format!("contracts/{contract}.toml"));
    let all = routines(&file);
    let Err(Error::Unsupported(list)) = Module::new(&file).generate(&folder) else {
        panic!("{refused:?} should be refused");
    };
    let mut found: Vec<String> = list.into_iter().map(|unsupported| unsupported.routine).collect();
    found.dedup();
    assert_eq!(found, refused);
    let left_out = |name: &str| {
        // Procedures of Fortran modules are nothing for C, either.
        let module = name.starts_with("attitude_") || name.starts_with("ephemeride_");
        module || refused.contains(&name) || INTERNAL.contains(&name)
    };
    let supported = all.iter().filter(|name| !left_out(name)).cloned();
    // A view of a type that the header knows by another name.
    let module = Module::new(&file).routines(supported).spelled("tm_parametre_limites", "tm_parametre");
    // COMMON blocks that the header declares.
    let module = module.spelled("cst", "struct cmp_cst").spelled("phase", "struct cmp_phase");
    // A pointer is `void *` to the contract.
    let module =
        module.spelled("tm_texte_date.return", "char *").spelled("tm_nom_derive.return", "const char *");
    let add = |module: Module, header: &&str| module.proof_header(root().join("vendor-headers").join(header));
    let module = headers.iter().fold(module, add);
    let proof = module.generate(&folder).unwrap().proof.unwrap();
    prove(&proof).unwrap();
    proof
}

#[test]
fn flight_dynamics() {
    // `ang2pi` is internal: the header does not declare it.
    let folder = scratch("ang2pi");
    let header = root().join("vendor-headers/flight_dynamics.h");
    let file = root().join("contracts/flight_dynamics.toml");
    let error = Module::new(&file).routines(["ang2pi"]).proof_header(header).generate(&folder).unwrap_err();
    assert!(error.to_string().contains("does not declare `ang2pi_`"), "{error}");
    // Returned through a descriptor whose extent nobody says.
    check("flight_dynamics", &["flight_dynamics.h"], &["attitude_quat_tourner", "attitude_att_ecarts"]);
}

#[test]
fn telemetry() {
    check("telemetry", &["telemetry.h", "telecommand.h", "archive.h"], &["tm_ecart_dates", "tm_variance"]);
}

/// Each routine of the reference CMP generates by itself, but for these.
#[test]
fn what_the_reference_generates() {
    let (mut all, mut refused) = (0, Vec::new());
    for contract in ["flight_dynamics", "telemetry", "ccs", "planning"] {
        let file = root().join(format!("contracts/{contract}.toml"));
        let names = routines(&file);
        all += names.len();
        for name in names {
            match Module::new(&file).routines([&name]).generate(scratch("each")) {
                Ok(_) => (),
                Err(Error::Unsupported(list)) => refused.extend(list.iter().map(ToString::to_string)),
                Err(error) => panic!("{error}"),
            }
        }
    }
    let reasons = [
        // The caller has room for them, and no contract can say yet that there are as many as its argument has.
        ("attitude_quat_tourner", "how many elements its caller has room for is not known"),
        ("attitude_att_ecarts", "how many elements its caller has room for is not known"),
        ("tm_ecart_dates", "the returned value: a long double"),
        ("tm_variance", "parameter `somme`: a long double"),
        ("tm_variance", "parameter `carres`: a long double"),
        ("tm_variance", "the returned value: a long double"),
        // Elements in an order that only its Ada caller knows.
        ("ccs_c__pire", "its direction is not known"),
    ];
    assert_eq!(refused.len(), reasons.len(), "{refused:#?}");
    for ((routine, reason), found) in reasons.iter().zip(&refused) {
        assert!(found.contains(routine) && found.contains(reason), "{found}");
    }
    assert_eq!(all, 251);
}
