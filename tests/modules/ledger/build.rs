//! Generates the traits of the routines that this module answers.

use cmp_bridge_codegen::Module;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("ledger.toml");
    Module::new(contract).generate(std::env::var("OUT_DIR")?)?.tell_cargo();
    Ok(())
}
