//! Generates the traits of the routines that are measured.

use cmp_bridge_codegen::Module;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let contract = Path::new(env!("CARGO_MANIFEST_DIR")).join("../bench.toml");
    let generated =
        Module::new(contract).routines(["bench_weigh", "bench_turn"]).generate(std::env::var("OUT_DIR")?)?;
    generated.tell_cargo();
    Ok(())
}
