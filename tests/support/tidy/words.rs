//! Words that unfinished work, hidden tests and impolite libraries are made of.

use super::Finding;
use super::rust::{Source, words};
use super::tree::{File, Tree};

/// Marks of unfinished work, in comments and prose. Split, so that this file does not hold them.
const MARKS: &[&str] = &[concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];
/// Macros that stand for work that is not done.
const UNFINISHED: &[&str] = &["todo", "unimplemented", "dbg"];
/// Macros that print.
const PRINTING: &[&str] = &["print", "println", "eprint", "eprintln"];
/// Files where a mark of unfinished work is looked for, beside Rust's.
const PROSE: &[&str] = &[
    "md", "toml", "sh", "c", "h", "cc", "cpp", "hpp", "f", "f90", "adb", "ads", "s", "S", "py", "yml",
    "yaml", "json",
];

/// `commands` names the folders below `crates/` whose code is no library.
pub fn check(tree: &Tree, commands: &[&str]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in &tree.files {
        if file.has_extension(&["rs"]) {
            let source = Source::parse(&file.text());
            marks(&file.path, &source.comments, &mut findings);
            unfinished(&file.path, &source, &mut findings);
            hidden(&file.path, &source, &mut findings);
            if is_library(file) && !file.is_below(commands) {
                impolite(&file.path, &source, &mut findings);
            }
        } else if is_prose(file) {
            marks(&file.path, &file.text(), &mut findings);
        }
    }
    findings
}

/// Build scripts and tests stand outside `src`.
fn is_library(file: &File) -> bool {
    file.is_below(&["src/"]) || file.is_below(&["crates/"]) && file.path.contains("/src/")
}

fn is_prose(file: &File) -> bool {
    file.has_extension(PROSE) || file.path.ends_with("Makefile")
}

fn marks(path: &str, text: &str, findings: &mut Vec<Finding>) {
    for (index, line) in text.lines().enumerate() {
        for mark in MARKS {
            if words(line, mark).next().is_some() {
                findings.push(Finding::new(path, index + 1, format!("{mark}: finish it, or open an issue")));
            }
        }
    }
}

fn unfinished(path: &str, source: &Source, findings: &mut Vec<Finding>) {
    for name in UNFINISHED {
        for at in macro_calls(source, name) {
            findings.push(Finding::new(path, source.line_of(at), format!("{name}! is left over")));
        }
    }
}

/// What keeps a test, a warning or an example from being seen.
fn hidden(path: &str, source: &Source, findings: &mut Vec<Finding>) {
    for (at, text) in source.attributes() {
        let line = source.line_of(at);
        let says = |word| words(text, word).next().is_some();
        if says("ignore") && (text.starts_with("ignore") || text.starts_with("cfg_attr")) {
            findings.push(Finding::new(
                path,
                line,
                "an ignored test; run it, or let CMP_BRIDGE_LONG=1 widen it",
            ));
        }
        if (says("allow") || says("expect")) && (says("dead_code") || says("unused")) {
            findings.push(Finding::new(
                path,
                line,
                "a warning about unused code is silenced; remove the code",
            ));
        }
    }
    for (index, line) in source.comments.lines().enumerate() {
        if line.contains("```ignore") || line.contains("```rust,ignore") {
            findings.push(Finding::new(
                path,
                index + 1,
                "an example that is never compiled; `no_run` compiles it",
            ));
        }
    }
}

/// Library code does not print, end the process, or hold mutable globals.
fn impolite(path: &str, source: &Source, findings: &mut Vec<Finding>) {
    let mut report = |at: usize, what: String| findings.push(Finding::new(path, source.line_of(at), what));
    for name in PRINTING {
        macro_calls(source, name)
            .for_each(|at| report(at, format!("{name}! in library code; return it or log it")));
    }
    words(&source.code, "process::exit")
        .for_each(|at| report(at, "process::exit in library code; return an error".to_owned()));
    for at in source.code_words("static") {
        let lifetime = source.code[..at].ends_with('\'');
        let item = source.code[at + "static".len()..].split(';').next().unwrap_or_default();
        // Without a value it is a foreign one, in an extern block.
        if !lifetime && item.trim_start().starts_with("mut ") && item.contains('=') {
            report(at, "static mut in library code; pass it as an argument".to_owned());
        }
    }
}

fn macro_calls<'a>(source: &'a Source, name: &'a str) -> impl Iterator<Item = usize> + 'a {
    source.code_words(name).filter(move |at| source.code[at + name.len()..].starts_with('!'))
}

#[cfg(test)]
mod tests {
    use super::super::assert_found;
    use super::super::scratch::Scratch;
    use super::*;

    #[test]
    fn unfinished_work_is_found_in_code_and_prose() {
        let scratch = Scratch::new("words-unfinished");
        let mark = MARKS[0];
        scratch.file(
            "a.rs",
            format!("// {mark}: later\nfn f() {{ todo!() }}\nfn g() {{ dbg!(1); \"todo!\"; }}\n"),
        );
        scratch.file("b.md", format!("fine\n\n{mark} write this\n{mark}S is another word\n"));
        scratch.file("legacy/c.f", format!("C {}\n", MARKS[2]));
        assert_found(
            check(&scratch.tree(), &[]),
            &[
                &format!("a.rs:1: {mark}: finish it, or open an issue"),
                "a.rs:2: todo! is left over",
                "a.rs:3: dbg! is left over",
                &format!("b.md:3: {mark}: finish it, or open an issue"),
                &format!("legacy/c.f:1: {}: finish it, or open an issue", MARKS[2]),
            ],
        );
    }

    #[test]
    fn nothing_is_hidden() {
        let scratch = Scratch::new("words-hidden");
        let text = "#[test]\n#[ignore = \"slow\"]\nfn a() {}\n#[cfg_attr(b, ignore)]\nfn c() {}\n\
                    #[allow(dead_code)]\nfn ignore() {}\n#![expect(unused)]\n/// ```ignore\n/// ```\n";
        scratch.file("a.rs", text);
        assert_found(
            check(&scratch.tree(), &[]),
            &[
                "a.rs:2: an ignored test; run it, or let CMP_BRIDGE_LONG=1 widen it",
                "a.rs:4: an ignored test; run it, or let CMP_BRIDGE_LONG=1 widen it",
                "a.rs:6: a warning about unused code is silenced; remove the code",
                "a.rs:8: a warning about unused code is silenced; remove the code",
                "a.rs:9: an example that is never compiled; `no_run` compiles it",
            ],
        );
    }

    #[test]
    fn a_library_is_polite_and_a_command_may_speak() {
        let scratch = Scratch::new("words-impolite");
        let text = "fn f() {\n    println!();\n    std::process::exit(1);\n}\nstatic mut N: u8 = 0;\n\
                    fn g(x: &'static mut u8) { eprint!(\"\") }\n";
        scratch
            .file("src/lib.rs", text)
            .file("crates/cli/src/main.rs", text)
            .file("crates/new/build.rs", text)
            .file("crates/new/src/lib.rs", "fn f() { print!() }\n");
        assert_found(
            check(&scratch.tree(), &["crates/cli/"]),
            &[
                "crates/new/src/lib.rs:1: print! in library code; return it or log it",
                "src/lib.rs:2: println! in library code; return it or log it",
                "src/lib.rs:3: process::exit in library code; return an error",
                "src/lib.rs:5: static mut in library code; pass it as an argument",
                "src/lib.rs:6: eprint! in library code; return it or log it",
            ],
        );
    }
}
