//! Generates the traits of the routines that this module answers.

use cmp_bridge_codegen::{Module, Revision};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    Revision::of(env!("CARGO_MANIFEST_DIR")).tell_cargo();
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts/flight_dynamics.toml");
    let out = std::env::var("OUT_DIR")?;
    Module::new(contract).routines(["ehinit", "ehosc", "ehposv"]).generate(&out)?.tell_cargo();
    Ok(())
}
