//! What differs between platforms stands in a file a platform, behind one small trait.

use super::Finding;
use super::rust::{Function, Source, words};
use super::tree::Tree;

/// Conditions that name a system or a processor.
const CONDITIONS: &[&str] =
    &["target_os", "target_arch", "target_env", "target_family", "target_endian", "target_pointer_width"];
/// Those of them that are whole options.
const SYSTEMS: &[&str] = &["unix", "windows"];

/// Every condition on the platform inside a function.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.rust() {
        let source = Source::parse(&file.text());
        let functions = source.functions();
        for (at, condition) in conditions(&source) {
            // The innermost function is the one to name.
            let inside = functions.iter().rfind(|function: &&Function| function.body.contains(&at));
            if let Some(function) = inside {
                let what = format!("cfg({condition}) inside fn {}; one file a platform", function.name);
                findings.push(Finding::new(&file.path, source.line_of(at), what));
            }
        }
    }
    findings
}

/// Conditions of `#[cfg]`, `#[cfg_attr]` and `cfg!`.
fn conditions(source: &Source) -> Vec<(usize, &'static str)> {
    let mut found = Vec::new();
    for (at, text) in source.attributes() {
        if text.trim_start().starts_with("cfg") {
            found.extend(condition_in(text).map(|condition| (at, condition)));
        }
    }
    for at in source.code_words("cfg").filter(|at| source.code[at + 3..].starts_with("!(")) {
        let text = source.code[at..].split(')').next().unwrap_or_default();
        found.extend(condition_in(text).map(|condition| (at, condition)));
    }
    found
}

fn condition_in(text: &str) -> Option<&'static str> {
    CONDITIONS.iter().chain(SYSTEMS).copied().find(|condition| words(text, condition).next().is_some())
}

#[cfg(test)]
mod tests {
    use super::super::assert_found;
    use super::super::scratch::Scratch;
    use super::*;

    #[test]
    fn a_platform_is_chosen_outside_functions() {
        let scratch = Scratch::new("platform");
        let text = "#[cfg(target_os = \"linux\")]\nmod linux;\n\
                    fn a() {\n    #[cfg(all(test, target_arch = \"x86_64\"))]\n    b();\n}\n\
                    fn c() -> bool {\n    fn d() -> bool { cfg!(unix) }\n    cfg!(test)\n}\n\
                    #[cfg(windows)]\nfn e() {}\n// cfg!(unix)\n";
        scratch.file("a.rs", text);
        assert_found(
            check(&scratch.tree()),
            &[
                "a.rs:4: cfg(target_arch) inside fn a; one file a platform",
                "a.rs:8: cfg(unix) inside fn d; one file a platform",
            ],
        );
    }
}
