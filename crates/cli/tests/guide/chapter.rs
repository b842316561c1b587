//! The blocks of a chapter that are run, and what they print.

/// A block of commands.
#[derive(Debug, PartialEq, Eq)]
pub struct Block {
    /// The line of its fence, from 1.
    pub line: usize,
    pub commands: String,
    /// The exit status it ends with.
    pub status: i32,
    /// What it prints, where the chapter shows it.
    pub output: Option<String>,
}

/// Commands in a block that is not run are a mistake of the author.
const COMMANDS: &[&str] = &["cmp-bridge ", "cargo ", "make ", "gcc ", "$ "];

/// The blocks of a chapter, or `line: what is wrong`.
pub fn blocks(text: &str) -> Result<Vec<Block>, String> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut lines = text.lines().enumerate();
    // Whether nothing but empty lines came since the last block of commands.
    let mut next = false;
    while let Some((at, line)) = lines.next() {
        let Some(info) = line.strip_prefix("```") else {
            next &= line.trim().is_empty();
            continue;
        };
        let mut body = String::new();
        loop {
            match lines.next() {
                Some((_, "```")) => break,
                Some((_, line)) => body = body + line + "\n",
                None => return Err(format!("{}: the block is not closed", at + 1)),
            }
        }
        match (info.split(',').next().unwrap_or_default(), info.split_once(',')) {
            ("sh", rest) => {
                let status = match rest {
                    None => Some(0),
                    Some((_, option)) => option.strip_prefix("exit=").and_then(|n| n.parse().ok()),
                };
                let status = status.ok_or(format!("{}: `{info}`: write sh or sh,exit=N", at + 1))?;
                blocks.push(Block { line: at + 1, commands: body, status, output: None });
                next = true;
                continue;
            }
            ("text", Some((_, "output"))) => match blocks.last_mut().filter(|_| next) {
                Some(block) => block.output = Some(body),
                None => return Err(format!("{}: the output of no block of commands", at + 1)),
            },
            _ if info.is_empty() || body.lines().any(|l| COMMANDS.iter().any(|c| l.starts_with(c))) => {
                return Err(format!("{}: write sh, or the language of what is no command", at + 1));
            }
            _ => {}
        }
        next = false;
    }
    Ok(blocks)
}

/// Whether the output is as shown, with its tabs as blanks: `...` stands for any lines, within a line for any characters.
pub fn fits(shown: &str, output: &str) -> bool {
    // No document holds tabs.
    let line = |line: &str| line.trim_end().replace('\t', "        ");
    let lines = |text: &str| -> Vec<String> { text.lines().map(line).collect() };
    let (shown, output) = (lines(shown), lines(output));
    matches(&shown, &output, &|shown| shown.trim() == "...", &|shown, line| {
        let (shown, line): (Vec<&str>, Vec<char>) = (shown.split("...").collect(), line.chars().collect());
        parts(&shown, &line.iter().collect::<String>())
    })
}

/// Whether `given` follows `pattern`, some entries of which stand for any number of them.
fn matches<T>(pattern: &[T], given: &[T], any: &dyn Fn(&T) -> bool, one: &dyn Fn(&T, &T) -> bool) -> bool {
    match pattern.split_first() {
        None => given.is_empty(),
        Some((first, rest)) if any(first) => {
            (0..=given.len()).any(|skipped| matches(rest, &given[skipped..], any, one))
        }
        Some((first, rest)) => given
            .split_first()
            .is_some_and(|(line, following)| one(first, line) && matches(rest, following, any, one)),
    }
}

/// Whether a line is these parts, in this order, with anything between them.
fn parts(parts: &[&str], line: &str) -> bool {
    let [first, middle @ .., last] = parts else { return parts.first().is_some_and(|only| *only == line) };
    let Some(mut rest) = line.strip_prefix(first) else { return false };
    for part in middle {
        let Some(at) = rest.find(part) else { return false };
        rest = &rest[at + part.len()..];
    }
    rest.ends_with(last)
}

#[test]
fn blocks_are_found_with_their_status_and_output() {
    let text =
        "# T\n```sh\na\nb\n```\n\n```text,output\nx\n```\n```sh,exit=2\nc\n```\ntext\n```toml\nk = 1\n```\n";
    let block = |line, commands: &str, status, output: Option<&str>| Block {
        line,
        commands: commands.to_owned(),
        status,
        output: output.map(str::to_owned),
    };
    assert_eq!(blocks(text).unwrap(), [block(2, "a\nb\n", 0, Some("x\n")), block(10, "c\n", 2, None)]);
}

#[test]
fn blocks_that_would_not_be_run_are_refused() {
    for (text, error) in [
        ("```sh\na\n", "1: the block is not closed"),
        ("```sh,ignore\na\n```\n", "1: `sh,ignore`: write sh or sh,exit=N"),
        ("```\ncmp-bridge what x\n```\n", "1: write sh, or the language of what is no command"),
        ("```console\n$ ls\n```\n", "1: write sh, or the language of what is no command"),
        ("```sh\na\n```\nb\n```text,output\nx\n```\n", "5: the output of no block of commands"),
    ] {
        assert_eq!(blocks(text).unwrap_err(), error);
    }
}

#[test]
fn an_output_fits_with_what_was_omitted() {
    assert!(fits("a\n...\nc ... e\n", "a\nb\nb\nc d e\n"));
    assert!(fits("a\n...\n", "a\n"));
    assert!(fits("f:\n        id\n", "f:\n\tid\n"));
    assert!(!fits("a\n...\nc\n", "a\nb\n"));
    assert!(!fits("a\n", "a\nb\n"));
    assert!(!fits("a\n", "b\n"));
    assert!(!fits("one ... three", "one two"));
}
