//! The legacy system is what it would be without us: it knows nothing of Rust or of the bridge.

use super::Finding;
use super::tree::Tree;

/// In lower case. A letter before or after one makes it another word, as in "robustness".
const LANGUAGE: &[&str] = &["rust", "rustc", "rustup"];
/// These are part of no other word.
const BRIDGE: &[&str] = &["cmp-bridge", "cmp_bridge", "cmpbridge"];

pub fn check(tree: &Tree, folders: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.below(folders) {
        for (index, line) in file.text().to_lowercase().lines().enumerate() {
            let language = LANGUAGE.iter().filter(|word| stands_in(line, word));
            for word in language.chain(BRIDGE.iter().filter(|word| line.contains(**word))) {
                let what = format!("legacy code knows nothing of us, but says `{word}`");
                findings.push(Finding::new(&file.path, index + 1, what));
            }
        }
        findings.extend(not_latin_1(&file.path, &file.bytes));
    }
    findings
}

fn stands_in(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(at, _)| {
        !line[..at].ends_with(char::is_alphabetic)
            && !line[at + word.len()..].starts_with(char::is_alphabetic)
    })
}

/// Accents are one byte each there. Text in ISO-8859-1 is hardly ever UTF-8 by chance.
fn not_latin_1(path: &str, bytes: &[u8]) -> Option<Finding> {
    if bytes.is_ascii() || std::str::from_utf8(bytes).is_err() {
        return None;
    }
    let at = bytes.iter().position(|byte| !byte.is_ascii())?;
    let line = bytes[..at].iter().filter(|&&byte| byte == b'\n').count() + 1;
    Some(Finding::new(path, line, "UTF-8; legacy sources are in ISO-8859-1"))
}

#[cfg(test)]
mod tests {
    use super::super::assert_found;
    use super::super::scratch::Scratch;
    use super::*;

    #[test]
    fn legacy_code_does_not_know_us() {
        let scratch = Scratch::new("legacy");
        scratch.file("legacy/a.c", "/* robust, trust, frustum, rustique */\n/* for RUST_ */\n");
        scratch.file("legacy/Makefile", "all:\n\tcc -lcmp_bridge\n");
        scratch.file("vendor-headers/a.h", "int cmp_day(void);\n/* see CMP-Bridge */\n");
        scratch.file("src/lib.rs", "// Rust\n");
        assert_found(
            check(&scratch.tree(), &["legacy/", "vendor-headers/"]),
            &[
                "legacy/Makefile:2: legacy code knows nothing of us, but says `cmp_bridge`",
                "legacy/a.c:2: legacy code knows nothing of us, but says `rust`",
                "vendor-headers/a.h:2: legacy code knows nothing of us, but says `cmp-bridge`",
            ],
        );
    }

    #[test]
    fn legacy_accents_are_latin_1() {
        let scratch = Scratch::new("legacy-accents");
        scratch.file("legacy/a.f", b"C mise \xe0 poste\n").file("legacy/b.f", "C x\nC mise à poste\n");
        assert_found(
            check(&scratch.tree(), &["legacy/"]),
            &["legacy/b.f:2: UTF-8; legacy sources are in ISO-8859-1"],
        );
    }
}
