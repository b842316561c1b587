//! Words of a shell: command lines as make prints them, and response files.

use std::path::{Path, PathBuf};

/// A command of a log.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Command {
    /// Line of the log where it begins, from 1.
    pub line: usize,
    /// The folder it runs in.
    pub directory: PathBuf,
    /// Its words, without quotes.
    pub words: Vec<String>,
    /// A `$` or backquote that only the shell could have replaced.
    pub unexpanded: bool,
}

/// The commands of a make log, or of any list of commands; `start` is where it began to run.
pub fn commands(text: &str, start: &Path) -> Vec<Command> {
    let mut found = Vec::new();
    let mut folders = vec![start.to_path_buf()];
    let mut lines = text.lines().enumerate();
    while let Some((number, first)) = lines.next() {
        if let Some(folder) = entering(first) {
            folders.push(start.join(folder));
            continue;
        }
        if first.contains(": Leaving directory ") && folders.len() > 1 {
            folders.pop();
            continue;
        }
        let mut whole = first.to_string();
        while ends_open(&whole) {
            let Some((_, next)) = lines.next() else { break };
            whole.pop();
            whole.push_str(next);
        }
        let mut folder = folders.last().cloned().unwrap_or_default();
        for mut command in split(&whole) {
            if let [cd, to] = command.words.as_slice()
                && cd == "cd"
            {
                folder = folder.join(to);
                continue;
            }
            command.line = number + 1;
            command.directory.clone_from(&folder);
            found.push(command);
        }
    }
    found
}

/// The folder of `make[1]: Entering directory 'X'`.
fn entering(line: &str) -> Option<&str> {
    let rest = line.split_once(": Entering directory ")?.1.trim();
    Some(rest.trim_matches(['\'', '`', '"']))
}

/// It goes on in the next line.
fn ends_open(line: &str) -> bool {
    (line.len() - line.trim_end_matches('\\').len()) % 2 == 1
}

/// The simple commands of one line. Redirections are left out.
pub fn split(text: &str) -> Vec<Command> {
    let mut reader = Reader::default();
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                reader.begin();
                while let Some(c) = chars.next().filter(|c| *c != '\'') {
                    reader.word.push(c);
                }
            }
            '"' => {
                reader.begin();
                while let Some(c) = chars.next().filter(|c| *c != '"') {
                    match (c, chars.peek()) {
                        ('\\', Some('"' | '\\' | '$' | '`')) => reader.word.extend(chars.next()),
                        _ => reader.plain(c),
                    }
                }
            }
            '\\' => {
                reader.begin();
                reader.word.extend(chars.next());
            }
            c if c.is_whitespace() => reader.end(),
            '#' if !reader.open => break,
            ';' | '&' | '|' | '(' | ')' => {
                if matches!((c, chars.peek()), ('&', Some('>'))) {
                    continue;
                }
                reader.finish();
            }
            '<' | '>' => {
                // `2>file`: the number is no word of the command.
                if reader.word.chars().all(|c| c.is_ascii_digit()) {
                    reader.word.clear();
                    reader.open = false;
                }
                reader.end();
                while chars.peek().is_some_and(|c| matches!(c, '>' | '&')) {
                    chars.next();
                }
                reader.skip = true;
            }
            c => {
                reader.begin();
                reader.plain(c);
            }
        }
    }
    reader.finish();
    reader.commands
}

#[derive(Default)]
struct Reader {
    commands: Vec<Command>,
    now: Command,
    word: String,
    open: bool,
    /// The next word is the file of a redirection.
    skip: bool,
}

impl Reader {
    fn begin(&mut self) {
        self.open = true;
    }

    fn plain(&mut self, c: char) {
        self.now.unexpanded |= matches!(c, '$' | '`');
        self.word.push(c);
    }

    fn end(&mut self) {
        let word = std::mem::take(&mut self.word);
        if std::mem::take(&mut self.open) && !std::mem::take(&mut self.skip) {
            self.now.words.push(word);
        }
    }

    fn finish(&mut self) {
        self.end();
        let command = std::mem::take(&mut self.now);
        if !command.words.is_empty() {
            self.commands.push(command);
        }
    }
}

/// The words of a response file: white space between them, quotes and backslashes as gcc reads them.
pub fn response(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => word.get_or_insert_default().extend(chars.next()),
            c if quote == Some(c) => quote = None,
            c if quote.is_some() => word.get_or_insert_default().push(c),
            '\'' | '"' => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            c if c.is_whitespace() => words.extend(word.take()),
            c => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    words
}

/// A word as a POSIX shell reads it.
pub fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "_-+=./,:@%".contains(c);
    match !word.is_empty() && word.chars().all(plain) {
        true => word.to_string(),
        false => format!("'{}'", word.replace('\'', r"'\''")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn words(text: &str) -> Vec<Vec<String>> {
        split(text).into_iter().map(|c| c.words).collect()
    }

    #[test]
    fn a_line_is_read_as_a_shell_reads_it() {
        let read = words(
            r#"cd a && gcc -o 'my prog' "b c.o" d\ e.o -Wl,-rpath,'$ORIGIN' >log 2>&1; echo done # no"#,
        );
        assert_eq!(read[0], ["cd", "a"]);
        assert_eq!(read[1], ["gcc", "-o", "my prog", "b c.o", "d e.o", "-Wl,-rpath,$ORIGIN"]);
        assert_eq!(read[2], ["echo", "done"]);
        assert!(!split("gcc '$X'")[0].unexpanded);
        assert!(split("gcc $(objs)")[0].unexpanded);
        assert!(split("gcc \"$X\"")[0].unexpanded);
    }

    #[test]
    fn a_log_tells_where_each_command_ran() {
        let log = "make[1]: Entering directory '/l/sub'\ngcc -c a.c\ngcc \\\n  -o x a.o\nmake[1]: Leaving directory '/l/sub'\ncd y && g++ -o z b.o\n";
        let read = commands(log, Path::new("/l"));
        let read: Vec<_> =
            read.iter().map(|c| (c.line, c.directory.to_str().unwrap(), c.words.len())).collect();
        assert_eq!(read, [(2, "/l/sub", 3), (3, "/l/sub", 4), (6, "/l/y", 4)]);
    }

    #[test]
    fn response_files() {
        assert_eq!(response("a.o \"b c.o\"\n'd'e\\ f  ''"), ["a.o", "b c.o", "de f", ""]);
    }

    proptest! {
        #[test]
        fn quoting_is_undone_by_splitting(list in proptest::collection::vec("[^\\x00\n\r]{1,12}", 1..5)) {
            let line = list.iter().map(|w| quoted(w)).collect::<Vec<_>>().join(" ");
            prop_assert_eq!(words(&line), vec![list]);
        }

        #[test]
        fn any_text_is_read(text in "\\PC{0,200}") {
            commands(&text, Path::new("."));
            response(&text);
        }
    }
}
