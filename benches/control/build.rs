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
    Module::new(benches.join("linked.toml")).generate(std::env::var("OUT_DIR")?)?.tell_cargo();
    let mut bridge = cxx_build::bridge("src/bridge.rs");
    bridge.file(host.join("linked_cxx.cpp")).include(&host).opt_level(2).std("c++14").compile("linked_cxx");
    println!("cargo:rerun-if-changed=src/bridge.rs");
    let sources = ["routines.c", "linked.c"].map(|file| host.join(file));
    cc::Build::new().files(sources).opt_level(2).compile("routines");
    Ok(())
}
