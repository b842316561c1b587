//! Typed access to the tables of a document. Every error is collected, with its position, and reading goes on.

use crate::diagnostics::{Diagnostic, Diagnostics, Excerpt};
use crate::names::nearest;
use crate::syntax::Word;
use crate::validate::Issue;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use toml_edit::{Item, TableLike, Value};

/// A table of the document.
#[derive(Clone)]
pub(super) struct Section<'d> {
    /// Its keys from the top of the file, joined with dots.
    pub path: String,
    table: &'d dyn TableLike,
}

impl<'d> Section<'d> {
    pub fn root(table: &'d dyn TableLike) -> Section<'d> {
        Section { path: String::new(), table }
    }

    /// The path of a key.
    pub fn at(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_string() } else { format!("{}.{key}", self.path) }
    }

    pub fn has(&self, key: &str) -> bool {
        self.table.contains_key(key)
    }

    /// The value at `key` as it is written.
    pub fn text(&self, key: &str) -> Option<String> {
        self.table.get(key).and_then(Item::as_value).map(|value| value.to_string().trim().to_string())
    }
}

/// The document's text, the errors found in it, and where each key stands.
pub(super) struct Reader<'t> {
    file: &'t str,
    text: &'t str,
    /// Offset of the first byte of each line.
    lines: Vec<usize>,
    errors: Vec<(usize, Diagnostic)>,
    spans: BTreeMap<String, Range<usize>>,
    /// Paths below which an error was found while reading.
    broken: BTreeSet<String>,
}

impl<'t> Reader<'t> {
    pub fn new(file: &'t str, text: &'t str) -> Reader<'t> {
        let starts = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n').map(|(at, _)| at + 1);
        Reader {
            file,
            text,
            lines: std::iter::once(0).chain(starts).collect(),
            errors: Vec::new(),
            spans: BTreeMap::new(),
            broken: BTreeSet::new(),
        }
    }

    /// Nothing wrong so far.
    pub fn is_clean(&self) -> bool {
        self.errors.is_empty()
    }

    /// All errors, in the order of the text.
    pub fn into_diagnostics(mut self) -> Diagnostics {
        self.errors.sort_by_key(|(at, _)| *at);
        Diagnostics(self.errors.into_iter().map(|(_, diagnostic)| diagnostic).collect())
    }

    /// Reports the semantic issues of all parts that could be read completely.
    pub fn report_issues(&mut self, issues: Vec<Issue>) {
        for issue in issues {
            let mut part = issue.path.splitn(3, '.');
            let part = [part.next(), part.next()].into_iter().flatten().collect::<Vec<_>>().join(".");
            let whole = part.split('.').next().unwrap_or_default();
            if self.broken.contains(&part) || self.broken.contains(whole) || self.is_echo(&issue) {
                continue;
            }
            let at = self.position(&issue.path);
            let Issue { path: _, code, message, expected, found, hint } = issue;
            self.push(at, code, message, expected, found, hint);
        }
    }

    /// What is not defined here could not be read there.
    fn is_echo(&self, issue: &Issue) -> bool {
        let table = match issue.code {
            "C105" => "type",
            "C126" => "state",
            "C115" | "C143" => return self.broken.contains("component.language"),
            _ => return false,
        };
        self.broken.contains(table) || self.broken.contains(&format!("{table}.{}", issue.found))
    }

    /// Reports an error at `path` while reading.
    pub fn error(
        &mut self,
        path: &str,
        code: &'static str,
        message: String,
        expected: impl Into<String>,
        found: impl Into<String>,
        hint: impl Into<String>,
    ) {
        let part: Vec<&str> = path.splitn(3, '.').take(2).collect();
        self.broken.insert(part.join("."));
        let at = self.position(path);
        self.push(at, code, message, expected.into(), found.into(), hint.into());
    }

    /// Reports an error at a byte of the text.
    pub fn push(
        &mut self,
        at: usize,
        code: &'static str,
        message: String,
        expected: String,
        found: String,
        hint: String,
    ) {
        let (line, column) = self.line_column(at);
        let file = self.file.to_string();
        let found = if found.is_empty() { "nothing".to_string() } else { found };
        let excerpt = self.excerpt(line, column);
        self.errors
            .push((at, Diagnostic { file, line, column, code, message, expected, found, hint, excerpt }));
    }

    /// Line and column of a byte of the text.
    pub fn line_column(&self, at: usize) -> (usize, usize) {
        let mut at = at.min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        let line = self.lines.partition_point(|start| *start <= at);
        (line, self.text[self.lines[line - 1]..at].chars().count() + 1)
    }

    /// A line of the text with a mark under a place of it.
    pub fn excerpt(&self, line: usize, column: usize) -> Option<Excerpt> {
        let start = *self.lines.get(line.checked_sub(1)?)?;
        let end = self.lines.get(line).copied().unwrap_or(self.text.len());
        Some(Excerpt::of_line(self.text.get(start..end)?, line, column))
    }

    /// Where `path` stands, or the nearest part of it that stands anywhere.
    pub fn position(&self, path: &str) -> usize {
        let mut path = path;
        loop {
            if let Some(span) = self.spans.get(path) {
                return span.start;
            }
            match path.rsplit_once('.') {
                Some((parent, _)) => path = parent,
                None => return 0,
            }
        }
    }

    /// Notes where the keys of a section stand and reports those that do not belong there.
    pub fn keys(&mut self, section: &Section, known: &[&str]) {
        self.note(section);
        for (key, _) in section.table.iter() {
            if known.contains(&key) {
                continue;
            }
            let hint = match nearest(key, known.iter().copied()) {
                Some(near) => format!("did you mean `{near}`?"),
                None => format!("remove it; a note belongs in a comment, after `{}`", '#'),
            };
            let expected = format!("one of {}", list(known.iter().copied()));
            let path = section.at(key);
            let span = section.table.key(key).and_then(|key| key.span());
            self.spans.extend(span.map(|span| (path.clone(), span)));
            self.error(&path, "C003", format!("unknown key `{}`", shown(key)), expected, shown(key), hint);
        }
    }

    /// Notes where the keys of a section stand.
    fn note(&mut self, section: &Section) {
        for (key, item) in section.table.iter() {
            let key_span = || section.table.key(key).and_then(|key| key.span());
            // A table is found at its own header, a value at itself.
            let span = if item.is_table() { item.span().or_else(key_span) } else { item.span() };
            if let Some(span) = span.or_else(key_span) {
                self.spans.insert(section.at(key), span);
            }
        }
    }

    /// The sections below `key`, each with its name: `[type.a]`, `[type.b]`.
    pub fn named<'d>(&mut self, section: &Section<'d>, key: &str) -> Vec<(String, Section<'d>)> {
        let Some(parent) = self.table(section, key) else { return Vec::new() };
        self.note(&parent);
        let names: Vec<String> = parent.table.iter().map(|(name, _)| name.to_string()).collect();
        let mut found = Vec::new();
        for name in names {
            if let Some(child) = self.table(&parent, &name) {
                found.push((name, child));
            }
        }
        found
    }

    /// The table at `key`.
    pub fn table<'d>(&mut self, section: &Section<'d>, key: &str) -> Option<Section<'d>> {
        let item = section.table.get(key)?;
        let path = section.at(key);
        match item.as_table_like() {
            Some(table) => Some(Section { path, table }),
            None => {
                self.kind(&path, key, "a table", item);
                None
            }
        }
    }

    /// The inline tables of the array at `key`.
    pub fn tables<'d>(&mut self, section: &Section<'d>, key: &str) -> Vec<Section<'d>> {
        let Some(item) = section.table.get(key) else { return Vec::new() };
        let path = section.at(key);
        if let Some(array) = item.as_array_of_tables() {
            let each = array.iter().enumerate();
            return each.map(|(i, table)| Section { path: format!("{path}.{i}"), table }).collect();
        }
        let Some(array) = item.as_array() else {
            self.kind(&path, key, "an array of inline tables `[ { ... }, ... ]`", item);
            return Vec::new();
        };
        let mut sections = Vec::new();
        for (i, value) in array.iter().enumerate() {
            let path = format!("{path}.{i}");
            self.spans.extend(value.span().map(|span| (path.clone(), span)));
            match value.as_inline_table() {
                Some(table) => sections.push(Section { path, table }),
                None => self.wrong(&path, key, "an inline table `{ ... }`", value_name(value)),
            }
        }
        sections
    }

    /// All integers of a table, in order.
    pub fn integers(&mut self, section: &Section) -> Vec<(String, i64)> {
        self.note(section);
        let mut values = Vec::new();
        for (key, item) in section.table.iter() {
            match item.as_integer() {
                Some(value) => values.push((key.to_string(), value)),
                None => self.kind(&section.at(key), key, "an integer", item),
            }
        }
        values
    }

    /// The pair of integers `[a, b]` at `key`.
    pub fn pair(&mut self, section: &Section, key: &str) -> Option<(u32, u32)> {
        let item = section.table.get(key)?;
        let numbers: Option<Vec<u32>> = item.as_array().and_then(|array| {
            array.iter().map(|value| value.as_integer().and_then(|n| u32::try_from(n).ok())).collect()
        });
        match numbers.as_deref() {
            Some([first, count]) => Some((*first, *count)),
            _ => {
                let found = item.to_string();
                self.error(
                    &section.at(key),
                    "C010",
                    format!("`{key}` is not a pair of small integers"),
                    "[first bit, number of bits]",
                    shown(found.trim()),
                    format!("write `{key} = [0, 4]` for the four lowest bits"),
                );
                None
            }
        }
    }

    /// The string at `key`.
    pub fn string(&mut self, section: &Section, key: &str) -> Option<String> {
        let item = section.table.get(key)?;
        let text = item.as_str().map(str::to_string);
        if text.is_none() {
            self.kind(&section.at(key), key, "a string in quotes", item);
        }
        text
    }

    /// The integer at `key`.
    pub fn integer(&mut self, section: &Section, key: &str) -> Option<i64> {
        let item = section.table.get(key)?;
        if item.as_integer().is_none() {
            self.kind(&section.at(key), key, "an integer", item);
        }
        item.as_integer()
    }

    /// The integer at `key`, which counts something.
    pub fn count(&mut self, section: &Section, key: &str) -> Option<u64> {
        let value = self.integer(section, key)?;
        let count = u64::try_from(value).ok();
        if count.is_none() {
            let message = format!("`{key}` is negative");
            let hint = "sizes and offsets are numbers of bytes";
            self.error(&section.at(key), "C009", message, "0 or more", value.to_string(), hint);
        }
        count
    }

    /// The truth value at `key`.
    pub fn boolean(&mut self, section: &Section, key: &str) -> Option<bool> {
        let item = section.table.get(key)?;
        if item.as_bool().is_none() {
            self.kind(&section.at(key), key, "true or false", item);
        }
        item.as_bool()
    }

    /// The number at `key`.
    pub fn number(&mut self, section: &Section, key: &str) -> Option<f64> {
        let item = section.table.get(key)?;
        let number = item.as_float().or_else(|| item.as_integer().map(|n| n as f64));
        if number.is_none() {
            self.kind(&section.at(key), key, "a number", item);
        }
        number
    }

    /// The word at `key`.
    pub fn word<W: Word>(&mut self, section: &Section, key: &str) -> Option<W> {
        let text = self.string(section, key)?;
        let word = W::from_name(&text);
        if word.is_none() {
            let words = || W::WORDS.iter().map(|(word, _)| *word);
            let hint = match nearest(&text, words()) {
                Some(near) => format!("did you mean \"{near}\"?"),
                None => "see the list above".to_string(),
            };
            let message = format!("`{key}` cannot be \"{}\"", shown(&text));
            self.error(
                &section.at(key),
                "C006",
                message,
                format!("one of {}", list(words())),
                shown(&text),
                hint,
            );
        }
        word
    }

    /// The text at `key`, read by `parse`.
    pub fn parsed<T, E: std::fmt::Display>(
        &mut self,
        section: &Section,
        key: &str,
        code: &'static str,
        expected: &str,
        parse: impl Fn(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.string(section, key)?;
        match parse(&text) {
            Ok(value) => Some(value),
            Err(error) => {
                let hint = format!("write {expected}");
                self.error(&section.at(key), code, shown(&error.to_string()), expected, shown(&text), hint);
                None
            }
        }
    }

    /// Reports `key` as missing from the section, unless it stands there (and was reported as wrong).
    pub fn required<T>(
        &mut self,
        section: &Section,
        key: &str,
        example: &str,
        value: Option<T>,
    ) -> Option<T> {
        if value.is_none() && !section.has(key) {
            let message = match section.path.as_str() {
                "" => format!("`{key}` is missing"),
                path => format!("`{key}` is missing from `{}`", shown(path)),
            };
            let expected = format!("`{key} = {example}`");
            self.error(
                &section.path.clone(),
                "C004",
                message,
                expected,
                "nothing",
                format!("add `{key} = {example}`"),
            );
        }
        value
    }

    fn kind(&mut self, path: &str, key: &str, expected: &str, item: &Item) {
        let found = item.as_value().map_or(item.type_name(), value_name);
        self.wrong(path, key, expected, found);
    }

    fn wrong(&mut self, path: &str, key: &str, expected: &str, found: &str) {
        let message = format!("`{}` has the wrong kind of value", shown(key));
        self.error(path, "C005", message, expected, found, format!("make it {expected}"));
    }
}

fn value_name(value: &Value) -> &'static str {
    value.type_name()
}

/// Words in quotes, with commas.
pub(crate) fn list<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// Foreign text as it may be printed on one line of a terminal.
pub(crate) fn shown(text: &str) -> String {
    const MOST: usize = 80;
    let mut shown: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST).is_some() {
        shown.push_str("...");
    }
    shown
}
