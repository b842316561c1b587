//! The texts behind `--help`: written in lines of source, shown in lines of the terminal.

use clap::Command;

/// Columns of a line that a terminal of 80 shows whole.
const COLUMNS: usize = 78;
/// What a command line that goes on in the next line ends with, and how that one begins.
const GOES_ON: &str = " \\\n      ";

/// The same grammar with its texts laid out: paragraphs are one line each, which clap breaks where the terminal ends, and
/// examples are broken as a shell reads them, so that they can be pasted from a narrow terminal.
pub fn laid_out(mut command: Command) -> Command {
    if let Some(text) = command.get_after_help().map(ToString::to_string) {
        command = command.after_help(layout(&text));
    }
    command.mut_subcommands(laid_out)
}

fn layout(text: &str) -> String {
    let text = text.replace(GOES_ON, " ");
    let mut out = String::new();
    let mut before = "";
    for line in text.lines() {
        let is_text = |line: &str| !line.is_empty() && !line.starts_with(' ');
        if is_text(line) && is_text(before) && !before.ends_with(':') {
            out.push(' ');
        } else if !out.is_empty() {
            out.push('\n');
        }
        out += &broken(line);
        before = line;
    }
    out
}

/// An example in lines that fit; anything else as it is.
fn broken(line: &str) -> String {
    let is_command = ["  cmp-bridge ", "  CMP_BRIDGE_"].iter().any(|begin| line.starts_with(begin));
    if !is_command || line.len() <= COLUMNS {
        return line.to_owned();
    }
    let mut out = String::from(" ");
    let mut width = out.len();
    for word in words(line) {
        if width + 1 + word.len() > COLUMNS - 2 {
            out += GOES_ON;
            width = GOES_ON.len() - 3;
        } else {
            out.push(' ');
            width += 1;
        }
        out += word;
        width += word.len();
    }
    out
}

/// The words of a command line, with their quotes.
pub(crate) fn words(line: &str) -> Vec<&str> {
    let (mut words, mut start, mut quote) = (Vec::new(), None, None);
    for (at, c) in line.char_indices() {
        match (c, quote) {
            (' ' | '\t', None) => words.extend(start.take().map(|start| &line[start..at])),
            ('\'' | '"', None) => (start, quote) = (start.or(Some(at)), Some(c)),
            (c, Some(open)) if c == open => quote = None,
            _ => start = start.or(Some(at)),
        }
    }
    words.extend(start.map(|start| &line[start..]));
    words
}

#[cfg(test)]
mod tests {
    use super::{COLUMNS, layout, words};
    use std::path::{Path, PathBuf};

    #[test]
    fn paragraphs_are_joined_and_examples_broken() {
        assert_eq!(
            layout("One\ntwo\n\nThree:\n  four\n  five\nsix"),
            "One two\n\nThree:\n  four\n  five\nsix"
        );
        let long = format!("  cmp-bridge a 'b  {}' --c 'd e'", "x".repeat(60));
        assert_eq!(
            layout(&long),
            format!("  cmp-bridge a \\\n      'b  {}' --c \\\n      'd e'", "x".repeat(60))
        );
        assert_eq!(words("a 'b c'd \"e'\" "), ["a", "'b c'd", "\"e'\""]);
    }

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
    }

    /// Every subcommand by its names, and what is shown behind its options.
    fn texts() -> Vec<(String, String)> {
        fn collect(command: &clap::Command, name: &str, texts: &mut Vec<(String, String)>) {
            texts.extend(command.get_after_help().map(|text| (name.to_owned(), text.to_string())));
            for inner in command.get_subcommands() {
                collect(inner, &format!("{name} {}", inner.get_name()), texts);
            }
        }
        let mut texts = Vec::new();
        collect(&crate::grammar(), "cmp-bridge", &mut texts);
        texts
    }

    /// The command lines among the examples, whole.
    fn examples() -> Vec<(String, Vec<String>)> {
        let mut examples = Vec::new();
        for (name, text) in texts() {
            for line in text.replace("\\\n", "").lines().filter(|line| line.starts_with("  cmp-bridge ")) {
                let end = |word: &&str| !["#", "|", ">"].contains(word);
                let line: Vec<String> =
                    words(line).into_iter().take_while(end).map(|word| word.replace('\'', "")).collect();
                examples.push((name.clone(), line));
            }
        }
        examples
    }

    #[test]
    fn a_terminal_of_eighty_columns_shows_examples_that_can_be_pasted() {
        for (name, text) in texts() {
            let mut before = "";
            for line in text.lines() {
                let indented = line.starts_with(' ');
                assert!(!indented || line.len() <= COLUMNS, "{name}: too long for a terminal: {line}");
                let went_on = !line.is_empty() && !indented && !before.is_empty() && !before.starts_with(' ');
                assert!(!went_on || before.ends_with(':'), "{name}: a paragraph broken by hand: {line}");
                before = line;
            }
        }
    }

    #[test]
    fn each_example_is_a_command_line_of_ours() {
        let examples = examples();
        assert!(examples.len() > 60, "{}", examples.len());
        for (name, words) in examples {
            let parsed = crate::grammar().try_get_matches_from(&words);
            assert!(parsed.is_ok(), "{name} --help: {}\n{}", words.join(" "), parsed.unwrap_err());
        }
    }

    /// What the repository has is named by its path; what a user makes has a name without one.
    #[test]
    fn files_that_examples_name_exist() {
        let makefile = std::fs::read(root().join("legacy/Makefile")).expect("legacy/Makefile");
        let makefile = String::from_utf8_lossy(&makefile);
        let manifests: String = ["examples/rewrite-three", "examples/relink-three", "crates/agent"]
            .map(|folder| std::fs::read_to_string(root().join(folder).join("Cargo.toml")).expect("a package"))
            .concat()
            .replace('-', "_");
        for (name, words) in examples() {
            for word in
                words.iter().skip(1).filter(|word| word.contains('/') && !word.starts_with(['/', '~']))
            {
                let there = if let Some(program) = word.strip_prefix("legacy/build/") {
                    makefile.contains(program.rsplit('/').next().expect("a name"))
                } else if let Some(built) = word.strip_prefix("target/release/lib") {
                    manifests.contains(&format!("\"{}\"", built.split('.').next().expect("a name")))
                } else if let Some((folder, "*.toml")) = word.rsplit_once('/') {
                    root().join(folder).is_dir()
                } else if ["contracts", "legacy", "vendor-headers"].iter().any(|part| word.starts_with(part))
                {
                    root().join(word).exists()
                } else {
                    // What the command makes, or a place of the reader's.
                    ["tests/", "relink/", "new/", "old/", "src/"].iter().any(|own| word.starts_with(own))
                };
                assert!(there, "{name} --help names {word}, which does not exist");
            }
        }
    }

    /// Routines are those of the reference CMP.
    #[test]
    fn routines_that_examples_name_exist() {
        let contracts: String = ["ccs", "flight_dynamics", "planning", "telemetry"]
            .map(|name| std::fs::read_to_string(root().join(format!("contracts/{name}.toml"))).expect("one"))
            .concat();
        let routines: Vec<&str> = contracts
            .lines()
            .filter_map(|line| line.strip_prefix("[routine.")?.strip_suffix(']'))
            .filter(|name| !name.contains('.'))
            .collect();
        let known = |pattern: &str| routines.iter().any(|routine| crate::names::matches(pattern, routine));
        let check = |name: &str, pattern: &str| {
            let plain = pattern.split(['=', '.']).next().unwrap_or(pattern).trim_end_matches('_');
            let whole = pattern.split('=').next().unwrap_or(pattern).replace('.', "__").replace("::", "__");
            assert!(
                known(plain) || known(&whole.to_lowercase()) || contracts.contains(&format!("::{pattern}(")),
                "{name} --help names the routine {pattern}, which does not exist"
            );
        };
        let mut seen = 0;
        for (name, words) in examples() {
            let matches = crate::grammar().try_get_matches_from(&words).expect("tested above");
            let (_, inner) = matches.subcommand().expect("a subcommand");
            for id in ["routine", "symbol", "routes", "what"] {
                let Ok(Some(values)) = inner.try_get_raw(id) else { continue };
                for value in values.filter_map(|value| value.to_str()) {
                    check(&name, value);
                    seen += 1;
                }
            }
        }
        assert!(seen > 15, "{seen}: are the options still called so?");
    }
}
