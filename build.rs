//! Builds components of the reference CMP behind a feature. Without it, as in the agent, nothing is built.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "cmp")]
    cmp();
}

/// Telemetry (C) through bindgen and cc, planning (C++) through cxx.
#[cfg(feature = "cmp")]
fn cmp() {
    let sources = |folder: &str, extension: &str| {
        let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{folder}: {error}"));
        let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
        files.retain(|file| file.extension().is_some_and(|found| found == extension));
        files.sort();
        files
    };
    for folder in ["legacy/telemetry", "legacy/planning", "vendor-headers", "src/cmp"] {
        println!("cargo::rerun-if-changed={folder}");
    }
    cc::Build::new()
        .files(sources("legacy/telemetry", "c"))
        .include("vendor-headers")
        .std("gnu89")
        .warnings(false)
        .compile("cmp_telemetry");
    let bindings = bindgen::Builder::default()
        .header("vendor-headers/telemetry.h")
        .allowlist_item("tm_.*|TM_.*")
        .blocklist_function("tm_trace")
        .blocklist_function("tm_ecart_dates")
        .generate_comments(false)
        .layout_tests(true)
        .generate()
        .expect("bindgen reads vendor-headers/telemetry.h");
    let out = std::path::PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo sets OUT_DIR"));
    bindings.write_to_file(out.join("telemetry.rs")).expect("OUT_DIR is writable");
    cxx_build::bridge("src/cmp/planning.rs")
        .files(sources("legacy/planning", "cpp"))
        .include("legacy/planning")
        .include("legacy/telemetry")
        .include("vendor-headers")
        .include("src/cmp")
        .warnings(false)
        .compile("cmp_planning");
}
