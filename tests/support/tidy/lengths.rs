//! No file and no function is too long to read.

use super::Finding;
use super::rust::Source;
use super::tree::{File, Tree};

const FILE_LINES: usize = 800;
const FUNCTION_LINES: usize = 80;

/// What a person writes and reads: data, recordings and lock files may be longer.
const SOURCES: &[&str] = &[
    "rs", "c", "h", "cc", "cpp", "cxx", "hh", "hpp", "hxx", "f", "for", "f77", "f90", "inc", "adb", "ads",
    "s", "S", "sh", "py", "pl", "tcl", "awk", "sql", "java", "mk",
];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in tree.files.iter().filter(|file| is_source(file)) {
        let lines = file.text().lines().count();
        if lines > FILE_LINES {
            let what = format!("{lines} lines; a file has at most {FILE_LINES}");
            findings.push(Finding::new(&file.path, FILE_LINES + 1, what));
        }
    }
    for file in tree.rust() {
        let source = Source::parse(&file.text());
        for function in source.functions() {
            let first = source.line_of(function.whole.start);
            let lines = source.line_of(function.whole.end - 1) - first + 1;
            if lines > FUNCTION_LINES {
                let what = format!("fn {} has {lines} lines; at most {FUNCTION_LINES}", function.name);
                findings.push(Finding::new(&file.path, first, what));
            }
        }
    }
    findings
}

fn is_source(file: &File) -> bool {
    file.has_extension(SOURCES) || file.path.ends_with("Makefile")
}

#[cfg(test)]
mod tests {
    use super::super::assert_found;
    use super::super::scratch::Scratch;
    use super::*;

    #[test]
    fn the_limits_are_exact() {
        let scratch = Scratch::new("lengths");
        let function = |lines: usize| format!("\nfn f() {{\n{}}}\n", "    a();\n".repeat(lines - 2));
        scratch.file("src/good.rs", function(80)).file("src/bad.rs", function(81));
        scratch.file("legacy/good.f", "C\n".repeat(800)).file("legacy/bad.f", "C\n".repeat(801));
        scratch.file("tests/golden/long.txt", "x\n".repeat(9000));
        assert_found(
            check(&scratch.tree()),
            &[
                "legacy/bad.f:801: 801 lines; a file has at most 800",
                "src/bad.rs:2: fn f has 81 lines; at most 80",
            ],
        );
    }

    #[test]
    fn braces_in_literals_do_not_shorten_a_function() {
        let scratch = Scratch::new("lengths-braces");
        let text = format!("fn f() {{\n    let s = \"}}\"; // }}\n{}}}\n", "    a();\n".repeat(90));
        scratch.file("a.rs", text);
        assert_found(check(&scratch.tree()), &["a.rs:1: fn f has 93 lines; at most 80"]);
    }
}
