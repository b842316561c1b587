//! Links the agent so that it is initialised before every other library and never unloaded.

fn main() {
    println!("cargo::rerun-if-changed=build.rs");
    for option in ["initfirst", "nodelete", "now"] {
        println!("cargo::rustc-cdylib-link-arg=-Wl,-z,{option}");
    }
}
