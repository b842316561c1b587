//! `unsafe` stands in listed files only, and says why it is sound.

use super::Finding;
use super::rust::{Source, is_word};
use super::tree::Tree;

const LIST: &str = "tests/support/tidy/lists.rs";
/// How far above an `unsafe` its comment may begin, unless lines of comment lead further up.
const REACH: usize = 4;

/// Every `unsafe` outside `allowed` or without its comment, and every line of `allowed` that is
/// not needed.
pub fn check(tree: &Tree, allowed: &[(&str, &str)]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut used = Vec::new();
    for file in tree.rust() {
        let source = Source::parse(&file.text());
        let Some(first) = source.code_words("unsafe").next() else {
            continue;
        };
        let listed = allowed.iter().find(|(path, _)| covers(path, &file.path));
        used.extend(listed.map(|(path, _)| *path));
        if listed.is_none() {
            let what = format!("`unsafe` in a file that UNSAFE_FILES of {LIST} does not list");
            findings.push(Finding::new(&file.path, source.line_of(first), what));
        }
        findings.extend(uncommented(&file.path, &source));
    }
    for (path, reason) in allowed {
        if !used.contains(path) {
            findings.push(Finding::new(LIST, 0, format!("UNSAFE_FILES lists {path}, which has no `unsafe`")));
        }
        if reason.trim().is_empty() {
            findings.push(Finding::new(LIST, 0, format!("UNSAFE_FILES gives no reason for {path}")));
        }
    }
    findings
}

/// A line that ends with `/` speaks of all files below that folder.
fn covers(listed: &str, path: &str) -> bool {
    listed == path || listed.ends_with('/') && path.starts_with(listed)
}

fn uncommented(path: &str, source: &Source) -> Vec<Finding> {
    let mut findings = Vec::new();
    for at in source.code_words("unsafe") {
        let line = source.line_of(at);
        let Some(kind) = kind_of(&source.code[at + "unsafe".len()..]) else {
            continue;
        };
        if !explained(source, line) {
            let what = match kind {
                "fn" => "unsafe fn without a `# Safety` section or a SAFETY comment".to_owned(),
                _ => format!("unsafe {kind} without a SAFETY comment"),
            };
            findings.push(Finding::new(path, line, what));
        }
    }
    findings
}

/// What the word `unsafe` begins, where that has to be explained: attributes and the types of
/// function pointers have not.
fn kind_of(after: &str) -> Option<&'static str> {
    let mut after = after.trim_start();
    if let Some(rest) = after.strip_prefix("extern") {
        after = rest.trim_start().trim_start_matches('"').trim_start().trim_start_matches('"').trim_start();
        if after.starts_with('{') {
            return Some("extern block");
        }
    }
    if after.starts_with('{') {
        return Some("block");
    }
    let word: String = after.chars().take_while(|&c| is_word(c)).collect();
    match word.as_str() {
        "impl" => Some("impl"),
        "trait" => Some("trait"),
        // A name after `fn` makes it an item; without one it is a type.
        "fn" if after[2..].trim_start().starts_with(|c| is_word(c) || c == '$') => Some("fn"),
        _ => None,
    }
}

/// Looks on the line, on the lines just above, and on through the comments and attributes that
/// those belong to.
fn explained(source: &Source, line: usize) -> bool {
    let says = |line: usize| {
        let comment = source.comment_line(line);
        comment.contains("SAFETY") || comment.contains("# Safety")
    };
    let leads_on = |line: usize| {
        let code = source.code_line(line).trim();
        code.starts_with('#') || code.is_empty() && !source.comment_line(line).trim().is_empty()
    };
    let mut above = line;
    while above > 0 && !says(above) {
        let further = line - above < REACH || leads_on(above) && leads_on(above - 1);
        above = if further { above - 1 } else { 0 };
    }
    above > 0
}

#[cfg(test)]
mod tests {
    use super::super::assert_found;
    use super::super::scratch::Scratch;
    use super::*;

    #[test]
    fn a_file_must_be_listed_and_a_listed_file_used() {
        let scratch = Scratch::new("unsafe-list");
        scratch.file("src/a.rs", "fn f() {\n    // SAFETY: nothing is read\n    unsafe { g() }\n}\n");
        scratch.file("tests/deep/d.rs", "fn f() {\n    // SAFETY: nothing is read\n    unsafe { g() }\n}\n");
        scratch.file("src/b.rs", "#![forbid(unsafe_code)]\n// unsafe\nconst A: &str = \"unsafe\";\n");
        assert_found(
            check(
                &scratch.tree(),
                &[("src/b.rs", "reads"), ("src/c.rs", " "), ("tests/", "calls"), ("more/", "no")],
            ),
            &[
                "src/a.rs:3: `unsafe` in a file that UNSAFE_FILES of tests/support/tidy/lists.rs does not list",
                "tests/support/tidy/lists.rs: UNSAFE_FILES gives no reason for src/c.rs",
                "tests/support/tidy/lists.rs: UNSAFE_FILES lists more/, which has no `unsafe`",
                "tests/support/tidy/lists.rs: UNSAFE_FILES lists src/b.rs, which has no `unsafe`",
                "tests/support/tidy/lists.rs: UNSAFE_FILES lists src/c.rs, which has no `unsafe`",
            ],
        );
    }

    #[test]
    fn each_kind_needs_its_comment() {
        let scratch = Scratch::new("unsafe-kinds");
        let text = "fn f() { unsafe { g() } }\n\
                    unsafe impl Send for T {}\n\
                    pub unsafe fn h() {}\n\
                    unsafe extern \"C\" { fn i(); }\n\
                    #[unsafe(no_mangle)]\n\
                    pub unsafe extern \"C\" fn j() {}\n\
                    type P = unsafe extern \"C\" fn();\n\
                    unsafe trait U {}\n";
        scratch.file("a.rs", text);
        assert_found(
            check(&scratch.tree(), &[("a.rs", "a test")]),
            &[
                "a.rs:1: unsafe block without a SAFETY comment",
                "a.rs:2: unsafe impl without a SAFETY comment",
                "a.rs:3: unsafe fn without a `# Safety` section or a SAFETY comment",
                "a.rs:4: unsafe extern block without a SAFETY comment",
                "a.rs:6: unsafe fn without a `# Safety` section or a SAFETY comment",
                "a.rs:8: unsafe trait without a SAFETY comment",
            ],
        );
    }

    #[test]
    fn a_comment_counts_from_near_or_through_its_own_lines() {
        let scratch = Scratch::new("unsafe-near");
        let far = "// SAFETY: one\n\n\n\n\nfn f() { unsafe { g() } }\n";
        let near =
            "// SAFETY: one\n// 2\n// 3\n// 4\n// 5\n// 6\n#[inline]\nfn f() {\n    unsafe { g() }\n}\n";
        let doc = "/// # Safety\n/// 1\n/// 2\n/// 3\n/// 4\n/// 5\n#[cold]\npub unsafe fn f() {}\n";
        let same = "fn f() {\n    unsafe { g() } // SAFETY: g reads nothing\n}\n";
        scratch.file("far.rs", far).file("near.rs", near).file("doc.rs", doc).file("same.rs", same);
        let allowed = ["far.rs", "near.rs", "doc.rs", "same.rs"].map(|path| (path, "a test"));
        assert_found(check(&scratch.tree(), &allowed), &["far.rs:6: unsafe block without a SAFETY comment"]);
    }
}
