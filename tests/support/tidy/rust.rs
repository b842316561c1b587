//! As much of Rust's syntax as the checks need: which bytes are code, comment or literal, where
//! words stand, what an attribute says, where a function begins and ends.

use std::ops::Range;

/// A Rust source split into its code and its comments.
///
/// Both have the length of the source, byte for byte, and its line ends: what does not belong to
/// one of them is spaces there. Contents of string and character literals are in neither.
pub struct Source {
    pub code: String,
    pub comments: String,
    line_starts: Vec<usize>,
}

/// A function with a body.
pub struct Function {
    pub name: String,
    /// From the word `fn` to the closing brace.
    pub whole: Range<usize>,
    /// The braces and what is between them.
    pub body: Range<usize>,
}

impl Source {
    pub fn parse(text: &str) -> Source {
        let mut lexer = Lexer::new(text.as_bytes());
        lexer.run();
        let line_starts = std::iter::once(0)
            .chain(text.bytes().enumerate().filter(|&(_, byte)| byte == b'\n').map(|(at, _)| at + 1))
            .collect();
        Source { code: ascii(lexer.code), comments: ascii(lexer.comments), line_starts }
    }

    /// The line, from 1, of a byte.
    pub fn line_of(&self, at: usize) -> usize {
        self.line_starts.partition_point(|&start| start <= at)
    }

    /// Code of one line, from 1; empty outside the file.
    pub fn code_line(&self, line: usize) -> &str {
        self.part(&self.code, line)
    }

    /// Comments of one line, from 1; empty outside the file.
    pub fn comment_line(&self, line: usize) -> &str {
        self.part(&self.comments, line)
    }

    fn part<'a>(&self, text: &'a str, line: usize) -> &'a str {
        let Some(&start) = line.checked_sub(1).and_then(|index| self.line_starts.get(index)) else {
            return "";
        };
        let end = self.line_starts.get(line).copied().unwrap_or(text.len());
        text[start..end].trim_end_matches('\n')
    }

    /// Where `word` stands in the code, not as a part of a longer identifier.
    pub fn code_words<'a>(&'a self, word: &'a str) -> impl Iterator<Item = usize> + 'a {
        words(&self.code, word)
    }

    /// Every attribute: where its `#` is, and its text between the brackets.
    pub fn attributes(&self) -> Vec<(usize, &str)> {
        let mut found = Vec::new();
        for (at, _) in self.code.match_indices('#') {
            let after = self.code[at + 1..].trim_start().trim_start_matches('!').trim_start();
            if after.starts_with('[') {
                let open = self.code.len() - after.len();
                let close = closing(self.code.as_bytes(), open);
                found.push((at, &self.code[open + 1..close]));
            }
        }
        found
    }

    /// Every function with a body, nested ones too.
    pub fn functions(&self) -> Vec<Function> {
        self.code_words("fn").filter_map(|at| self.function(at)).collect()
    }

    fn function(&self, at: usize) -> Option<Function> {
        let after = self.code[at + 2..].trim_start();
        let name_start = self.code.len() - after.len();
        let name: String = after.chars().take_while(|&c| is_word(c) || c == '$' || c == '#').collect();
        if name.is_empty() {
            return None; // the type of a function pointer
        }
        let bytes = self.code.as_bytes();
        let mut at_byte = name_start + name.len();
        while at_byte < bytes.len() {
            match bytes[at_byte] {
                b'(' | b'[' => at_byte = closing(bytes, at_byte),
                b';' => return None, // declared, not defined
                b'{' => {
                    let end = (closing(bytes, at_byte) + 1).min(bytes.len());
                    return Some(Function { name, whole: at..end, body: at_byte..end });
                }
                _ => {}
            }
            at_byte += 1;
        }
        None
    }
}

/// Where `word` stands in `text`, not as a part of a longer word.
pub fn words<'a>(text: &'a str, word: &'a str) -> impl Iterator<Item = usize> + 'a {
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(move |&at| !text[..at].ends_with(is_word) && !text[at + word.len()..].starts_with(is_word))
}

pub fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where the bracket that opens at `open` closes; the end of the text where it does not.
fn closing(bytes: &[u8], open: usize) -> usize {
    let mut depth = 0_usize;
    for (at, byte) in bytes.iter().enumerate().skip(open) {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => {
                depth = depth.saturating_sub(1);
                if depth == 0 {
                    return at;
                }
            }
            _ => {}
        }
    }
    bytes.len()
}

/// Bytes outside ASCII become `?`: one byte each, so that offsets stay.
fn ascii(bytes: Vec<u8>) -> String {
    bytes.into_iter().map(|byte| if byte.is_ascii() { char::from(byte) } else { '?' }).collect()
}

struct Lexer<'a> {
    text: &'a [u8],
    at: usize,
    code: Vec<u8>,
    comments: Vec<u8>,
}

/// What a stretch of bytes is.
#[derive(Clone, Copy, PartialEq)]
enum Part {
    Code,
    Comment,
    Literal,
}

impl<'a> Lexer<'a> {
    fn new(text: &'a [u8]) -> Self {
        Lexer { text, at: 0, code: Vec::with_capacity(text.len()), comments: Vec::with_capacity(text.len()) }
    }

    fn run(&mut self) {
        while self.at < self.text.len() {
            let rest = &self.text[self.at..];
            if rest.starts_with(b"//") {
                self.take(line_length(rest), Part::Comment);
            } else if rest.starts_with(b"/*") {
                self.take(block_comment_length(rest), Part::Comment);
            } else if let Some(hashes) = raw_string(rest).filter(|_| !self.inside_word()) {
                self.raw_string(hashes);
            } else if rest[0] == b'"' {
                self.quoted(b'"');
            } else if rest[0] == b'\'' && is_char_literal(rest) {
                self.quoted(b'\'');
            } else {
                self.take(1, Part::Code);
            }
        }
    }

    /// Moves over `length` bytes that are `part`, and space in the others.
    fn take(&mut self, length: usize, part: Part) {
        let end = (self.at + length).min(self.text.len());
        for &byte in &self.text[self.at..end] {
            let kept = |mine: bool| if mine || byte == b'\n' { byte } else { b' ' };
            self.code.push(kept(part == Part::Code));
            self.comments.push(kept(part == Part::Comment));
        }
        self.at = end;
    }

    /// A literal between two `quote`s, where a backslash takes the next byte with it.
    fn quoted(&mut self, quote: u8) {
        self.take(1, Part::Code);
        let rest = &self.text[self.at..];
        let mut length = 0;
        while length < rest.len() && rest[length] != quote {
            length += if rest[length] == b'\\' { 2 } else { 1 };
        }
        self.take(length, Part::Literal);
        self.take(1, Part::Code);
    }

    fn raw_string(&mut self, hashes: usize) {
        let quote = self.text[self.at..].iter().position(|&byte| byte == b'"').expect("raw_string saw it");
        self.take(quote + 1, Part::Code);
        let mut end = vec![b'"'];
        end.resize(hashes + 1, b'#');
        let rest = &self.text[self.at..];
        let length = rest.windows(end.len()).position(|bytes| bytes == end).unwrap_or(rest.len());
        self.take(length, Part::Literal);
        self.take(1, Part::Code);
        self.take(hashes, Part::Literal); // not code: a `#` there is no attribute
    }

    fn inside_word(&self) -> bool {
        self.at > 0 && is_word(char::from(self.text[self.at - 1]))
    }
}

fn line_length(rest: &[u8]) -> usize {
    rest.iter().position(|&byte| byte == b'\n').unwrap_or(rest.len())
}

fn block_comment_length(rest: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while at < rest.len() {
        if rest[at..].starts_with(b"/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with(b"*/") {
            depth -= 1;
            at += 2;
            if depth == 0 {
                break;
            }
        } else {
            at += 1;
        }
    }
    at
}

/// How many `#` a raw string that begins here has.
fn raw_string(rest: &[u8]) -> Option<usize> {
    let prefix = [&b"br"[..], b"cr", b"r"].into_iter().find(|prefix| rest.starts_with(prefix))?;
    let hashes = rest[prefix.len()..].iter().take_while(|&&byte| byte == b'#').count();
    (rest.get(prefix.len() + hashes) == Some(&b'"')).then_some(hashes)
}

/// Whether the `'` that `rest` begins with opens a character and not a lifetime.
fn is_char_literal(rest: &[u8]) -> bool {
    let Some(&first) = rest.get(1) else { return false };
    let width = match first {
        b'\\' => return true,
        0..=0x7f => 1,
        0x80..=0xdf => 2,
        0xe0..=0xef => 3,
        0xf0..=0xff => 4,
    };
    rest.get(1 + width) == Some(&b'\'')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_and_comments_are_no_code() {
        for (text, code) in [
            ("a(\"}\"); // }", "a(\" \");     "),
            ("'{' '\\'' 'é' 'a: &'static", "' ' '  ' '  ' 'a: &'static"),
            ("r#\"}\"}\"# + br\"\\\" }", "r#\"   \"  + br\" \" }"),
            ("/* { /* { */ } */ x", "                  x"),
            ("\"\\\\\" + \"\\\"}\"", "\"  \" + \"   \""),
            ("r#fn bar\"}\"", "r#fn bar\" \""),
            ("b'\"' c\"{\"", "b' ' c\" \""),
        ] {
            let source = Source::parse(text);
            assert_eq!(source.code, code, "{text}");
            assert_eq!(source.comments.len(), text.len(), "{text}");
        }
    }

    #[test]
    fn comments_keep_their_lines() {
        let source = Source::parse("x // one\ny /* two\nthree */ z");
        assert_eq!(source.comment_line(1).trim(), "// one");
        assert_eq!(source.comment_line(2).trim(), "/* two");
        assert_eq!(source.comment_line(3).trim(), "three */");
        assert_eq!(source.code_line(3).trim(), "z");
        assert_eq!((source.comment_line(0), source.comment_line(4)), ("", ""));
    }

    #[test]
    fn a_function_ends_at_its_own_brace() {
        let text = "trait T { fn declared(&self) -> [u8; 4]; }\n\
                    fn outer<F: Fn(u8) -> u8>(f: F)\nwhere F: Send {\n  fn inner() { \"}\"; }\n  '{';\n}\n\
                    type P = unsafe extern \"C\" fn(i32) -> i32;";
        let source = Source::parse(text);
        let spans: Vec<_> = source
            .functions()
            .into_iter()
            .map(|f| (f.name, source.line_of(f.whole.start), source.line_of(f.whole.end - 1)))
            .collect();
        assert_eq!(spans, [("outer".to_owned(), 2, 6), ("inner".to_owned(), 4, 4)]);
    }

    #[test]
    fn attributes_are_read_across_lines() {
        let source = Source::parse("#![forbid(x)]\n#[cfg(\n  all(a, b)\n)]\nfn f() { r#type; \"#[no]\" }");
        let text: Vec<_> =
            source.attributes().into_iter().map(|(at, text)| (source.line_of(at), text)).collect();
        assert_eq!(text, [(1, "forbid(x)"), (2, "cfg(\n  all(a, b)\n)")]);
    }

    #[test]
    fn words_are_whole() {
        let source = Source::parse("unsafe unsafe_code an_unsafe (unsafe)");
        assert_eq!(source.code_words("unsafe").collect::<Vec<_>>(), [0, 30]);
    }
}
