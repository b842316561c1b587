//! For shadow: the traits of the three routines, and a `Control` that calls the legacy code under its kept name.

use cmp_bridge_codegen::{Module, Revision};
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    Revision::of(env!("CARGO_MANIFEST_DIR")).tell_cargo();
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let out = std::env::var("OUT_DIR")?;
    let parts = [("flight_dynamics", &["ehposv"][..]), ("telemetry", &["tm_coder_trame", "tm_cds_jj50"])];
    for (component, routines) in parts {
        Module::new(root.join(format!("contracts/{component}.toml")))
            .routines(routines.iter().copied())
            .keep_legacy(routines.iter().copied())
            .generate(&out)?
            .tell_cargo();
    }
    Ok(())
}
