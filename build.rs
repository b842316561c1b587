//! Builds the reference CMP behind a feature, for those who call it from Rust. Without it, as in the agent, nothing is built.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    #[cfg(feature = "cmp")]
    if let Err(error) = cmp::build() {
        panic!("the reference CMP: {error}");
    }
}

#[cfg(feature = "cmp")]
#[path = "build/cmp.rs"]
mod cmp;
