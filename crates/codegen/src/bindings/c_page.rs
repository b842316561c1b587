//! A page of C or C++: indentation, comments that end where they should, declarations that fit the page.

/// Longest line.
const WIDTH: usize = 100;

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
            // A preprocessor's line starts at the margin.
            let depth = if line.starts_with('#') { 0 } else { self.depth };
            self.text.push_str(&"    ".repeat(depth));
            self.text.push_str(line);
        }
        self.text.push('\n');
    }

    /// An empty line, unless there is one already.
    pub fn gap(&mut self) {
        if !self.text.ends_with("\n\n") {
            self.line("");
        }
    }

    /// Lines as they are.
    pub fn lines(&mut self, text: &str) {
        text.lines().for_each(|line| self.line(line));
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

    /// Ends an indentation without a line.
    pub fn end(&mut self) {
        self.depth = self.depth.saturating_sub(1);
    }

    /// One comment, a paragraph an item; short ones stand on one line.
    pub fn comment(&mut self, paragraphs: &[String]) {
        let room = WIDTH.saturating_sub(4 * self.depth + 3);
        let lines: Vec<String> = paragraphs.iter().flat_map(|text| wrapped(&harmless(text), room)).collect();
        if let [only] = lines.as_slice()
            && only.len() + 6 <= room
        {
            return self.line(&format!("/* {only} */"));
        }
        self.line("/*");
        for line in lines {
            self.line(format!(" * {line}").trim_end());
        }
        self.line(" */");
    }

    /// `head(item, item)tail`: on one line if it fits, else one item a line.
    pub fn list(&mut self, head: &str, items: &[String], tail: &str) {
        let joined = format!("{head}{}{tail}", items.join(", "));
        if self.depth * 4 + joined.len() <= WIDTH {
            return self.line(&joined);
        }
        self.line(head);
        for (i, item) in items.iter().enumerate() {
            let end = if i + 1 == items.len() { tail } else { "," };
            self.line(&format!("    {item}{end}"));
        }
    }
}

/// Breaks a text between words. What follows the first line of an indented paragraph is indented, too.
fn wrapped(text: &str, room: usize) -> Vec<String> {
    if text.len() <= room {
        // Columns stay columns.
        return vec![text.trim_end().to_string()];
    }
    let indent = text.len() - text.trim_start().len();
    let mut lines = Vec::new();
    let mut line = " ".repeat(indent);
    let mut empty = true;
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        if !empty && line.len() + 1 + word.len() > room {
            lines.push(std::mem::replace(&mut line, " ".repeat(if indent == 0 { 0 } else { indent + 4 })));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    lines.push(line);
    lines
}

/// Text that neither ends a comment nor starts another, and continues on no other line.
pub(crate) fn harmless(text: &str) -> String {
    let odd = |c: char| c.is_control() || c == '\\' || super::words::is_invisible(c);
    let plain: String = text.chars().map(|c| if odd(c) { ' ' } else { c }).collect();
    plain.replace("*/", "* /").replace("/*", "/ *").replace("??", "? ?")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_end_where_they_should() {
        let mut page = Page::default();
        page.comment(&["a */ int x; /* b \\".to_string()]);
        assert_eq!(page.finish(), "/* a * / int x; / * b */\n");
        let mut page = Page::default();
        page.comment(&["word ".repeat(30), "  name  in".to_string()]);
        let text = page.finish();
        assert!(text.lines().all(|line| line.len() <= WIDTH && !line.ends_with(' ')), "{text}");
        assert!(text.starts_with("/*\n * word") && text.ends_with(" */\n"), "{text}");
    }
}
