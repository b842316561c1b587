//! The build script's part: the legacy components by their own Makefile, and all that is generated of their contracts and
//! headers. Where contract, header and bridge disagree, nothing of this compiles.

use cmp_bridge_codegen::{Generated, Module};
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What happened, for a person.
type Outcome<T> = Result<T, Box<dyn Error>>;

/// Names and symbols of routines.
type Names = Vec<(String, String)>;

/// Components and their C headers.
const COMPONENTS: [(&str, &[&str]); 4] = [
    ("flight_dynamics", &["flight_dynamics.h"]),
    ("telemetry", &["telemetry.h", "telecommand.h", "archive.h"]),
    ("ccs", &["ccs.h"]),
    ("planning", &["planning.h"]),
];

/// What could be generated, and must not be called with just any values of its Rust types.
const LEFT_OUT: [(&str, &str); 12] = [
    ("tm_etalonner", TABLE),
    ("tm_inverser", TABLE),
    ("tm_mesurer", TABLE),
    ("tm_nom_derive", "it returns the address of a constant text"),
    ("denlim", "it takes the places to go to in its caller (alternate returns)"),
    ("attitude_att_orbitale", "it is an argument for `attitude_att_integrer`"),
    ("ccs_c__message", "its contract takes a text for one character"),
    ("ccs_roues__couple__2", TAGGED),
    ("ccs_roues__couple__3", TAGGED),
    ("ccs_roues__desaturer", TAGGED),
    ("ccs_senseurs__etalonner", "its record has a size that depends on a discriminant"),
    ("ccs_senseurs__inverser", "its record has a size that depends on a discriminant"),
];
const TABLE: &str = "it follows an address inside a record: `TmEtalonnage` may name a table";
const TAGGED: &str = "it takes an object of a tagged type, which only Ada makes";

/// What rustc finds different that is not: an array of fixed size where C has its first element, C's own `bool`, a text
/// that is returned, what is called back, a missing `const`. The C compiler holds these against the contract.
#[rustfmt::skip]
const PROVED_IN_C: [&str; 32] = [
    "kepcar", "carkep", "circar", "ceqcar", "carcir", "j2veis", "rotax", "ehinit", "ehosc", "ehposv",
    "ehmoy", "acczon", "extnum", "ajupar", "masini", "ephjou", "noejou", "attgeo", "attjou",
    "tm_trame_exploitable", "tm_bcd_jj50", "tm_texte_date", "tm_bilan_mesures", "tm_deriver",
    "tm_projeter", "tm_moyenne_glissante", "nomjou",
    "rk4pas", "zerof", "tm_decommuter", "tm_archive_parcourir", "tm_calcul_de",
];

/// Builds and generates everything.
pub fn build() -> Outcome<()> {
    for input in ["legacy", "vendor-headers", "contracts", "src/cmp", "build"] {
        println!("cargo::rerun-if-changed={input}");
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    bridge();
    for (component, headers) in COMPONENTS {
        let (generated, names) = generate(component, headers, &out)?;
        declare(component, headers, &generated, &names, &out)?;
    }
    header(&out)?;
    declare_classes(&out)?;
    // Last: the linker wants those who call before those who are called.
    legacy(&out)
}

/// The components' objects, as the legacy system itself builds them, and the run-times of their languages.
fn legacy(out: &Path) -> Outcome<()> {
    let built = out.join("legacy");
    let program = built.join("cmp_day");
    let mut make = Command::new("make");
    make.args(["--silent", "--no-print-directory", "-j2", "-C", "legacy"]);
    make.arg(format!("OUT={}", built.display())).arg(&program);
    // Cargo may itself run under a make, whose options are not for this one.
    make.env_remove("MAKEFLAGS").env_remove("MAKELEVEL").env_remove("MFLAGS");
    run(&mut make)?;
    let mut objects = Vec::new();
    for part in ["tm", "fd", "ada", "plan"] {
        for entry in std::fs::read_dir(built.join("obj").join(part))? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension == "o") {
                objects.push(path);
            }
        }
    }
    objects.sort();
    let archive = out.join("libcmp_legacy.a");
    if archive.exists() {
        std::fs::remove_file(&archive)?;
    }
    run(Command::new("ar").arg("crs").arg(&archive).args(&objects))?;
    println!("cargo::rustc-link-search=native={}", out.display());
    println!("cargo::rustc-link-lib=static=cmp_legacy");
    let libgcc = Command::new("gcc").arg("-print-libgcc-file-name").output()?.stdout;
    let libgcc = PathBuf::from(String::from_utf8(libgcc)?.trim());
    let folder = libgcc.parent().ok_or("gcc has no folder")?;
    println!("cargo::rustc-link-search=native={}", folder.display());
    println!("cargo::rustc-link-search=native={}", folder.join("adalib").display());
    for library in ["gnarl", "gnat", "gfortran", "stdc++", "m"] {
        println!("cargo::rustc-link-lib=dylib={library}");
    }
    Ok(())
}

fn run(command: &mut Command) -> Outcome<()> {
    let output = command.output().map_err(|error| format!("{command:?}: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if output.status.success() {
        Ok(())
    } else {
        Err(format!("{command:?}: {}\n{said}", output.status).into())
    }
}

/// Every routine of a contract that can be called from Rust; the others are in the component's documentation.
fn generate(component: &str, headers: &[&str], out: &Path) -> Outcome<(Generated, Names)> {
    let contract = format!("contracts/{component}.toml");
    let all = Module::new(&contract);
    let mut names = all.names()?;
    let mut refused: BTreeMap<String, String> = BTreeMap::new();
    for one in all.unsupported(true)? {
        refused.entry(one.routine).or_insert(format!("{}: {}", one.part, one.reason));
    }
    for (name, reason) in LEFT_OUT {
        if names.iter().any(|(known, _)| known == name) {
            refused.entry(name.to_owned()).or_insert(reason.to_owned());
        }
    }
    names.retain(|(name, _)| !refused.contains_key(name));
    let mut text =
        format!("\n{} routines are here. These are not:\n\n| routine | why |\n|---|---|\n", names.len());
    for (name, reason) in &refused {
        text.push_str(&format!("| `{name}` | {} |\n", reason.replace('|', "\\|").replace('[', "\\[")));
    }
    std::fs::write(out.join(format!("{component}_left_out.md")), text)?;
    let generated = all.routines(names.iter().map(|(name, _)| name)).generate(out)?;
    prove(component, headers, &names, out)?;
    Ok((generated, names))
}

/// The C compiler holds contract and headers against each other, for all that the headers declare.
fn prove(component: &str, headers: &[&str], names: &Names, out: &Path) -> Outcome<()> {
    let mut declared = String::new();
    for header in headers {
        declared.push_str(&String::from_utf8_lossy(&std::fs::read(format!("vendor-headers/{header}"))?));
    }
    let words: BTreeSet<&str> = declared.split(|c: char| !c.is_alphanumeric() && c != '_').collect();
    let known = names.iter().filter(|(_, symbol)| words.contains(symbol.as_str())).map(|(name, _)| name);
    let mut module = Module::new(format!("contracts/{component}.toml")).routines(known);
    // A view of a type that the header knows by another name.
    module = module.spelled("tm_parametre_limites", "tm_parametre").spelled("tm_texte_date.return", "char *");
    module = module.spelled("tm_nom_derive.return", "char *").spelled("cst", "struct cmp_cst");
    module = module.spelled("phase", "struct cmp_phase");
    for header in headers {
        module = module.proof_header(format!("vendor-headers/{header}"));
    }
    let folder = out.join("proof");
    std::fs::create_dir_all(&folder)?;
    let proof = module.generate(&folder)?.proof.ok_or("no proof")?;
    let mut c = cc::Build::new();
    c.file(proof).warnings_into_errors(true).try_compile(&format!("cmp_proof_{component}"))?;
    Ok(())
}

/// What only the header of telemetry says, through bindgen.
fn header(out: &Path) -> Outcome<()> {
    let reader = bindgen::Builder::default().header("vendor-headers/telemetry.h").generate_comments(false);
    let types = reader.allowlist_item("tm_.*|TM_.*").ignore_functions().ignore_methods();
    Ok(types.generate()?.write_to_file(out.join("telemetry_header.rs"))?)
}

/// Every routine once more, as the vendor's headers declare it, through bindgen and with the contract's types. rustc compares
/// the two declarations of a routine, and where they differ nothing compiles.
fn declare(
    component: &str,
    headers: &[&str],
    generated: &Generated,
    names: &Names,
    out: &Path,
) -> Outcome<()> {
    // Texts are bytes in a contract.
    let mut reader = bindgen::Builder::default().generate_comments(false);
    // The hidden length of a Fortran text; elsewhere a contract says u64.
    reader = reader.size_t_is_usize(component == "flight_dynamics");
    reader =
        reader.ctypes_prefix("crate::cmp::c").override_abi(bindgen::Abi::CUnwind, ".*").layout_tests(false);
    for header in headers {
        reader = reader.header(format!("vendor-headers/{header}"));
    }
    for (c, rust) in &generated.types {
        reader = reader.blocklist_type(c).raw_line(format!("pub use super::{rust} as {c};"));
    }
    for (_, symbol) in names.iter().filter(|(name, _)| !PROVED_IN_C.contains(&name.as_str())) {
        reader = reader.allowlist_function(symbol);
    }
    Ok(reader.generate()?.write_to_file(out.join(format!("{component}_declared.rs")))?)
}

/// The same for C++: free functions and member functions by their mangled names, as the classes' own headers declare them.
/// Records are compared field by field.
fn declare_classes(out: &Path) -> Outcome<()> {
    let mut reader = bindgen::Builder::default().generate_comments(false).layout_tests(false);
    reader = reader.ctypes_prefix("crate::cmp::c").override_abi(bindgen::Abi::CUnwind, ".*");
    reader = reader.clang_args(["-x", "c++", "-std=gnu++98", "-Ilegacy/planning", "-Ivendor-headers"]);
    reader = reader.opaque_type("std::.*").generate_inline_functions(false);
    for header in ["affectation.hpp", "ombre.hpp", "recherche.hpp", "soleil.hpp"] {
        reader = reader.header(format!("legacy/planning/{header}"));
    }
    reader = reader.allowlist_function("plan::.*");
    // C++'s own `bool`; a virtual function, whose object bindgen does not type; a class that is returned through an address.
    for function in
        ["plan::Creneau_coupe", "plan::Creneau_commun", "plan::Ombre.*_eclairement", "plan::ombre_terrestre"]
    {
        reader = reader.blocklist_function(function);
    }
    // Names as the linker has them.
    let text = reader.generate()?.to_string().replace("\\u{1}", "");
    Ok(std::fs::write(out.join("classes_declared.rs"), text)?)
}

/// The classes of planning, through cxx.
fn bridge() {
    cxx_build::bridge("src/cmp/classes.rs")
        .include("legacy/planning")
        .include("legacy/telemetry")
        .include("vendor-headers")
        .include("src/cmp")
        .warnings(false)
        .compile("cmp_classes");
}
