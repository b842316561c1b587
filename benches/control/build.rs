//! Generates `Control` and compiles the routines that it calls.

use cmp_bridge_codegen::Module;
use std::error::Error;
use std::path::Path;

fn main() -> Result<(), Box<dyn Error>> {
    let benches = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let host = benches.join("host");
    let generated = Module::new(benches.join("bench.toml"))
        .routines(["bench_weigh", "bench_code", "bench_sum"])
        .generate(std::env::var("OUT_DIR")?)?;
    generated.tell_cargo();
    println!("cargo:rerun-if-changed={}", host.display());
    cc::Build::new().file(host.join("routines.c")).opt_level(2).compile("routines");
    Ok(())
}
