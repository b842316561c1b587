//! Errors of a contract file: all of them, each with where, what, expected, found and one hint.

use std::fmt;

/// One error in a contract file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The file, as it was named.
    pub file: String,
    /// Line, from 1. 0 when there is no text to point at (a contract that was built, not read).
    pub line: usize,
    /// Column in characters, from 1; 0 like `line`.
    pub column: usize,
    /// Stable code, such as `C012`.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
    /// What should stand there.
    pub expected: String,
    /// What stands there.
    pub found: String,
    /// What to do.
    pub hint: String,
    /// The line it stands in. `None` when there is no text.
    pub excerpt: Option<Excerpt>,
}

/// A line of a file with a mark under one place of it, as it may be printed on a terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    /// Line, from 1.
    pub line: usize,
    /// Its text, or the part of it around the place, without control characters.
    pub text: String,
    /// How many characters stand before the place.
    pub before: usize,
    /// How many characters are marked; at least one.
    pub marked: usize,
}

/// Most characters of a line that are shown.
const MAX_SHOWN: usize = 110;

impl Excerpt {
    /// The line and the place in `text`; both count from 1, columns in characters. `None` when there is no such line.
    pub fn new(text: &str, line: usize, column: usize) -> Option<Excerpt> {
        Some(Excerpt::of_line(text.lines().nth(line.checked_sub(1)?)?, line, column))
    }

    /// The same of a line that was found already; `line` is its number.
    pub fn of_line(whole: &str, line: usize, column: usize) -> Excerpt {
        let whole = whole.trim_end_matches(['\r', '\n']);
        let place = column.saturating_sub(1);
        // A line of a megabyte is shown around the place only.
        let first = if place >= MAX_SHOWN { place - MAX_SHOWN / 2 } else { 0 };
        let rest = |from: usize| whole.chars().skip(from);
        let mut shown: String =
            rest(first).take(MAX_SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
        let marked = token(rest(place)).clamp(1, (first + MAX_SHOWN).saturating_sub(place).max(1));
        if rest(first + MAX_SHOWN).next().is_some() {
            shown.push_str("...");
        }
        let mut before = place - first;
        if first > 0 {
            shown.insert_str(0, "...");
            before += 3;
        }
        Excerpt { line, text: shown, before, marked }
    }

    /// The marks: as many blanks as stand before the place, then carets.
    pub fn carets(&self) -> String {
        format!("{}{}", " ".repeat(self.before), "^".repeat(self.marked))
    }
}

impl fmt::Display for Excerpt {
    /// Two lines, the second with the marks.
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let number = self.line.to_string();
        writeln!(out, "  {number} | {}", self.text)?;
        write!(out, "  {} | {}", " ".repeat(number.len()), self.carets())
    }
}

/// Characters of the TOML word that begins here: a string with its quotes, a key or number, or one other character.
fn token(mut text: impl Iterator<Item = char>) -> usize {
    let Some(first) = text.next() else { return 1 };
    let bare = |c: &char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+');
    match first {
        '"' | '\'' => {
            let inner: Vec<char> = text.by_ref().take(MAX_SHOWN).take_while(|c| *c != first).collect();
            inner.len() + 2
        }
        '[' => {
            // The header of a table and a short array are one thing; a longer one begins here.
            let rest: Vec<char> =
                text.take(MAX_SHOWN).take_while(|c| bare(c) || matches!(c, '[' | ']')).collect();
            if rest.last() == Some(&']') { rest.len() + 1 } else { 1 }
        }
        c if bare(&c) => 1 + text.take(MAX_SHOWN).take_while(bare).count(),
        _ => 1,
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(out, "{}: ", self.file)?,
            line => write!(out, "{}:{line}:{}: ", self.file, self.column)?,
        }
        writeln!(out, "error[{}]: {}", self.code, self.message)?;
        if let Some(excerpt) = &self.excerpt {
            writeln!(out, "{excerpt}")?;
        }
        writeln!(out, "  expected {}", self.expected)?;
        writeln!(out, "  found {}", self.found)?;
        write!(out, "  hint: {}", self.hint)
    }
}

/// All errors of a contract file, in the order of their positions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostics(pub Vec<Diagnostic>);

impl fmt::Display for Diagnostics {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, diagnostic) in self.0.iter().enumerate() {
            if i > 0 {
                writeln!(out)?;
            }
            write!(out, "{diagnostic}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostics {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn excerpts() {
        let text = "a = 1\n\tname = \"x y\", b\n[type.t]\nc = [1]\n";
        let shown = |line, column| Excerpt::new(text, line, column).map(|e| e.to_string());
        assert_eq!(shown(1, 5).as_deref(), Some("  1 | a = 1\n    |     ^"));
        assert_eq!(shown(2, 9).as_deref(), Some("  2 |  name = \"x y\", b\n    |         ^^^^^"));
        assert_eq!(shown(3, 1).as_deref(), Some("  3 | [type.t]\n    | ^^^^^^^^"));
        assert_eq!(shown(4, 5).as_deref(), Some("  4 | c = [1]\n    |     ^^^"));
        assert_eq!(shown(4, 99).as_deref().map(|s| s.ends_with('^')), Some(true));
        assert_eq!((shown(0, 1), shown(5, 1)), (None, None));
    }

    #[test]
    fn long_lines_are_cut_around_the_place() {
        let text = format!("{}wrong{}", "x ".repeat(1000), " y".repeat(1000));
        let excerpt = Excerpt::new(&text, 1, 2001).unwrap();
        assert!(excerpt.text.starts_with("...") && excerpt.text.ends_with("...") && excerpt.text.len() < 120);
        assert_eq!(&excerpt.text[excerpt.before..excerpt.before + excerpt.marked], "wrong");
    }
}
