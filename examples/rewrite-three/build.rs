//! Generates the traits of the routines that this module rewrites, and proves the vendor's headers equal to the contracts.

use cmp_bridge_codegen::{Module, Revision};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    Revision::of(env!("CARGO_MANIFEST_DIR")).tell_cargo();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let out = std::env::var("OUT_DIR")?;
    let headers = root.join("vendor-headers");
    let orbits = Module::new(root.join("contracts/flight_dynamics.toml"))
        .routines(["ehposv"])
        .proof_header(headers.join("flight_dynamics.h"))
        .generate(&out)?;
    let frames = Module::new(root.join("contracts/telemetry.toml"))
        .routines(["tm_coder_trame", "tm_cds_jj50"])
        .proof_header(headers.join("telemetry.h"))
        .generate(&out)?;
    let mut proofs = cc::Build::new();
    for generated in [orbits, frames] {
        generated.tell_cargo();
        proofs.files(generated.proof);
    }
    proofs.warnings_into_errors(true).compile("proofs");
    Ok(())
}
