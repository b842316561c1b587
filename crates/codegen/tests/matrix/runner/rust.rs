//! The Rust sides of all shapes: one archive of hosts and one of implementations.

use super::Shape;
use cmp_bridge_codegen::Module;
use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::Command;

fn root() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("matrix-rust")
}

/// The archive of the hosts or of the implementations.
pub fn archive(side: &str) -> PathBuf {
    root().join("target/debug").join(format!("libmatrix_{side}.a"))
}

/// Builds both archives; cargo knows what is up to date.
pub fn build(shapes: &[Shape]) {
    for side in ["host", "impl"] {
        let folder = root().join(side);
        std::fs::create_dir_all(folder.join("src")).unwrap();
        let file = format!("{side}.rs");
        let chosen: Vec<&Shape> = shapes.iter().filter(|shape| shape.has(&file)).collect();
        keep(&folder.join("Cargo.toml"), &manifest(side));
        keep(&folder.join("src/lib.rs"), &library(side, &chosen, &folder));
        let bridge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        std::fs::copy(bridge.join("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .current_dir(&folder)
            .args(["build", "--offline", "--quiet", "--target-dir"])
            .arg(root().join("target"));
        let output = cargo.env("RUSTFLAGS", "-Dwarnings").output().unwrap();
        assert!(
            output.status.success(),
            "(cd {} && RUSTFLAGS=-Dwarnings {})\n{}",
            folder.display(),
            super::sh(&cargo),
            String::from_utf8_lossy(&output.stderr)
        );
    }
}

fn manifest(side: &str) -> String {
    let bridge = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    format!(
        "[package]\nname = \"matrix_{side}\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\
         [features]\ndefault = [\"relink\"]\nrelink = []\n[lib]\ncrate-type = [\"staticlib\"]\n\
         [dependencies]\ncmp-bridge = {{ path = {bridge:?} }}\n[workspace]\n"
    )
}

/// A crate has one module descriptor; here it has many shapes, each of which exports its routines.
const EXPORTED: &str = "//! Written by the runner of the matrix.
#[allow(unused_macros, reason = \"the hosts export nothing\")]
macro_rules! exported {
    ($component:ident { $( $rewrite:ty : $( $routine:ident ),+ );+ $(;)? }) => {
        $($( $component::symbol!($routine, $rewrite); )+)+
    };
}
#[allow(unused_imports, reason = \"the hosts export nothing\")]
pub(crate) use exported;
";

/// The crate's root: for each shape the generated code and the file of the matrix.
fn library(side: &str, shapes: &[&Shape], folder: &Path) -> String {
    let mut text = String::from(EXPORTED);
    for shape in shapes {
        let name = &shape.name;
        let generated = Module::new(shape.contract()).generate(shape.scratch("rust"));
        let generated = generated.unwrap_or_else(|error| panic!("{name}: {error}"));
        let code = std::fs::read_to_string(generated.rust).unwrap();
        let code = code.replace("::cmp_bridge::module! {", "crate::exported! {");
        keep(&folder.join("src").join(format!("{name}.rs")), &code);
        let source = shape.folder.join(format!("{side}.rs"));
        // Writing to a String cannot fail.
        let _ = write!(
            text,
            "\n#[allow(dead_code, reason = \"each side uses its half\")]\npub mod {name} {{\n    include!(\"{name}.rs\");\n}}\n\
             #[path = {source:?}]\npub mod {name}_{side};\n"
        );
        if side == "host" {
            let _ = write!(
                text,
                "/// Called by main.\n#[unsafe(no_mangle)]\npub extern \"C\" fn {name}_host() {{\n    {name}_host::run();\n}}\n"
            );
        }
    }
    text
}

/// Writes a file unless it has this text: cargo looks at its time.
fn keep(file: &Path, text: &str) {
    if std::fs::read_to_string(file).is_ok_and(|found| found == text) {
        return;
    }
    std::fs::write(file, text).unwrap();
}
