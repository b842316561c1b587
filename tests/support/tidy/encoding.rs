//! How files are written: no stray white space, no path of one developer's machine.

use super::Finding;
use super::tree::{File, Tree};

/// Folders where people keep their work. Split, so that this file does not hold them.
const PRIVATE: &[&str] = &[concat!("/ho", "me/"), concat!("/ro", "ot/")];

/// Tabs and white space at the end of a line, in Rust and Markdown; Rust that is not UTF-8.
pub fn white_space(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| file.has_extension(&["rs", "md"])) {
        if std::str::from_utf8(&file.bytes).is_err() {
            findings.push(Finding::new(&file.path, 0, "not UTF-8"));
        }
        for (index, line) in file.text().split('\n').enumerate() {
            if line.contains('\t') {
                findings.push(Finding::new(&file.path, index + 1, "a tab"));
            }
            if line.ends_with([' ', '\t', '\r']) {
                findings.push(Finding::new(&file.path, index + 1, "white space at the end of the line"));
            }
        }
    }
    findings
}

/// Paths below a private folder, and the path of this very checkout.
pub fn private_paths(tree: &Tree) -> Vec<Finding> {
    let checkout = tree.root.to_str().filter(|root| root.matches('/').count() > 1);
    let patterns: Vec<&str> = PRIVATE.iter().copied().chain(checkout).collect();
    tree.files.iter().flat_map(|file| private_paths_in(file, &patterns)).collect()
}

fn private_paths_in(file: &File, patterns: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in file.text().lines().enumerate() {
        for pattern in patterns {
            if line.match_indices(pattern).any(|(at, _)| is_absolute(line, at, pattern)) {
                let what = format!("a path of one machine: {pattern}");
                findings.push(Finding::new(&file.path, index + 1, what));
            }
        }
    }
    findings
}

/// Whether the path at `at` begins there and its last name ends where `pattern` does.
fn is_absolute(line: &str, at: usize, pattern: &str) -> bool {
    let in_name = |c: char| c.is_alphanumeric() || "._-$})~*".contains(c);
    let continues = line[at + pattern.len()..].starts_with(in_name);
    !line[..at].ends_with(in_name) && (pattern.ends_with('/') || !continues)
}

#[cfg(test)]
mod tests {
    use super::super::assert_found;
    use super::super::scratch::Scratch;
    use super::*;

    #[test]
    fn white_space_is_clean() {
        let scratch = Scratch::new("white-space");
        scratch.file("a.rs", "fn f() {}\n\tg();\n").file("b.md", "one \ntwo\n").file("c.rs", b"// \xe9\n");
        scratch.file("Makefile", "a:\n\tb\n");
        assert_found(
            white_space(&scratch.tree()),
            &["a.rs:2: a tab", "b.md:1: white space at the end of the line", "c.rs: not UTF-8"],
        );
    }

    #[test]
    fn no_path_of_one_machine() {
        let scratch = Scratch::new("paths");
        let (home, root) = (PRIVATE[0], scratch.root().to_str().expect("a path in UTF-8"));
        scratch.file("a.sh", format!("cd {home}someone\ncd \"$HOME{home}x\"\ncd ./a{home}\n"));
        scratch.file("b.txt", format!("ok\nat {root}/src\nat {root}-old\n"));
        assert_found(
            private_paths(&scratch.tree()),
            &[
                &format!("a.sh:1: a path of one machine: {home}"),
                &format!("b.txt:2: a path of one machine: {root}"),
            ],
        );
    }
}
