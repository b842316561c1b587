//! A page of Rust: indentation and line breaks.

/// Longest line.
const WIDTH: usize = 110;

/// Text under construction.
#[derive(Default)]
pub(crate) struct Page {
    text: String,
    depth: usize,
}

impl Page {
    /// The finished text.
    pub fn finish(self) -> String {
        self.text
    }

    /// A line; an empty one has no blanks.
    pub fn line(&mut self, line: &str) {
        if !line.is_empty() {
            self.text.push_str(&"    ".repeat(self.depth));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    /// An empty line.
    pub fn gap(&mut self) {
        self.line("");
    }

    /// A line after which the text is indented.
    pub fn open(&mut self, line: &str) {
        self.line(line);
        self.depth += 1;
    }

    /// The line that ends an indentation.
    pub fn close(&mut self, line: &str) {
        self.depth = self.depth.saturating_sub(1);
        self.line(line);
    }

    /// Comment lines, broken between words.
    pub fn comment(&mut self, mark: &str, text: &str) {
        let room = WIDTH - self.depth * 4;
        let mut line = mark.to_string();
        for word in text.split(' ') {
            if line.len() + 1 + word.len() > room && line != mark {
                self.line(&line);
                line = mark.to_string();
            }
            line.push(' ');
            line.push_str(word);
        }
        self.line(&line);
    }

    /// A list between brackets: on one line if it fits, else one item a line.
    pub fn list(&mut self, head: &str, items: &[String], tail: &str) {
        let joined = format!("{head}{}{tail}", items.join(", "));
        if self.depth * 4 + joined.len() <= WIDTH {
            return self.line(&joined);
        }
        self.open(head);
        for item in items {
            self.line(&format!("{item},"));
        }
        self.close(tail);
    }

    /// A function's head, like [`Page::list`], after which the text is indented.
    pub fn open_list(&mut self, head: &str, items: &[String], tail: &str) {
        self.list(head, items, tail);
        self.depth += 1;
    }
}

/// `one`, or `(one, two)`.
pub(crate) fn tuple(items: &[String]) -> String {
    match items {
        [one] => one.clone(),
        more => format!("({})", more.join(", ")),
    }
}
