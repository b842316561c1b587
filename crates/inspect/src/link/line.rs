//! A link line: what the compiler driver or the linker is given, in order.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::words;

/// Why a link line cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Nothing in it links.
    #[error("{origin} has no link line{wanted}")]
    None {
        /// `make.log`, or `the command line`.
        origin: String,
        /// ` of cmp_day`, or nothing.
        wanted: String,
    },
    /// Several executables are linked.
    #[error("{origin} links several programs: {}", programs.join(", "))]
    Several {
        /// The log.
        origin: String,
        /// What they are called.
        programs: Vec<String>,
    },
    /// Only a shell could have said what it means.
    #[error("{origin}: the link line holds `$` or a backquote, which only a shell replaces")]
    Unexpanded {
        /// Where.
        origin: String,
    },
    /// It links no executable.
    #[error("{origin} {what}")]
    NotAProgram {
        /// Where.
        origin: String,
        /// `links a shared library (-shared)`, ...
        what: &'static str,
    },
    /// A tool of GNAT, which makes the link line itself.
    #[error("{origin} calls {tool}, which makes the link line itself")]
    Gnat {
        /// Where.
        origin: String,
        /// `gnatlink` or `gnatmake`.
        tool: String,
    },
    /// A shell that runs it.
    #[error("{origin} calls {shell}, which takes the line apart itself")]
    Shell {
        /// Where.
        origin: String,
        /// `sh`.
        shell: String,
    },
    /// A source is compiled on it.
    #[error("{origin} compiles {} while it links: what comes of it cannot be read beforehand", source_file)]
    Source {
        /// Where.
        origin: String,
        /// The source file.
        source_file: String,
    },
    /// A response file cannot be read.
    #[error("{}: the response file cannot be read", path.display())]
    Response {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
}

/// A file on the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Item {
    /// Named by its path.
    File(PathBuf),
    /// `-lNAME`.
    Library(String),
}

/// An input of the linker.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// The word it stands in.
    pub word: usize,
    /// What it names.
    pub item: Item,
    /// All members of the archive are taken.
    pub whole: bool,
    /// The group (`--start-group`) it is in, if any.
    pub group: Option<usize>,
    /// `-lNAME` means an archive only.
    pub archives_only: bool,
}

/// A file that the linker writes beside the program.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The word it stands in.
    pub word: usize,
    /// Its name.
    pub path: String,
}

/// A link line, read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LinkLine {
    /// Where it comes from, for messages.
    pub origin: String,
    /// The folder it runs in.
    pub directory: PathBuf,
    /// Its words; response files are replaced by what they hold.
    pub words: Vec<String>,
    /// The word that names the result, and what of the word comes before the name (`-o`, or nothing).
    pub output: Option<(usize, &'static str)>,
    /// What is linked, in order.
    pub inputs: Vec<Input>,
    /// `-L`, in order.
    pub search: Vec<PathBuf>,
    /// `-rpath-link` and `-rpath`: where libraries are that the libraries of the line need.
    pub behind: Vec<String>,
    /// Symbols that `--wrap` already stands for.
    pub wrapped: Vec<String>,
    /// Symbols that `-u` asks for.
    pub wanted: Vec<String>,
    /// The map and the like.
    pub writes: Vec<Written>,
    /// What the program loads finds the program's routines by name.
    pub exports: bool,
    /// The linker itself is called, not a compiler driver.
    pub is_ld: bool,
    /// Result and position for all that is not linked with `--whole-archive` and the like.
    state: State,
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct State {
    whole: bool,
    group: Option<usize>,
    groups: usize,
    archives_only: bool,
    shared: bool,
    partial: bool,
    compiles: bool,
    /// An option of the linker whose argument is in the next of `-Wl,` or `-Xlinker`.
    pending: Option<String>,
}

/// Options of the drivers and the linker whose argument is the next word.
const WITH_ARGUMENT: &[&str] = &[
    "-T",
    "-z",
    "-e",
    "-I",
    "-x",
    "-B",
    "-J",
    "-D",
    "-U",
    "-G",
    "-MF",
    "-MT",
    "-MQ",
    "-include",
    "-isystem",
    "-idirafter",
    "-iquote",
    "-aux-info",
    "-Xassembler",
    "-Xpreprocessor",
    "--param",
    "-dumpbase",
    "-dumpdir",
    "-specs",
];
/// Of the linker alone.
const WITH_ARGUMENT_LD: &[&str] = &[
    "-rpath",
    "--rpath",
    "-rpath-link",
    "--rpath-link",
    "-soname",
    "-h",
    "-m",
    "--version-script",
    "-dynamic-linker",
    "--dynamic-linker",
    "-y",
    "-Y",
    "-F",
    "-f",
    "--defsym",
    "-defsym",
    "-init",
    "-fini",
    "--entry",
    "--script",
    "--exclude-libs",
    "-plugin",
    "--plugin",
    "-plugin-opt",
    "--hash-style",
    "-b",
    "-A",
    "-a",
    "-R",
    "-P",
];

/// Options of the linker with `=` that matter beside its inputs.
const BESIDE: &[&str] =
    &["Map", "dependency-file", "dynamic-list", "export-dynamic-symbol", "export-dynamic-symbol-list"];

/// Most bytes of response files, and how deep one may name another.
const MAX_WORDS: usize = 1 << 20;
const MAX_DEPTH: usize = 8;

impl LinkLine {
    /// Reads the words of a command.
    pub fn parse(origin: &str, directory: &Path, words: &[String]) -> Result<LinkLine, LineError> {
        let mut expanded = Vec::new();
        for word in words {
            expand(word, directory, 0, &mut expanded)?;
        }
        let mut line = LinkLine {
            origin: origin.to_string(),
            directory: directory.to_path_buf(),
            ..LinkLine::default()
        };
        let program = expanded.iter().position(|w| linker(w).is_some());
        if let Some(tool) = expanded.first().and_then(|w| gnat(w)).filter(|_| program.is_none()) {
            return Err(LineError::Gnat { origin: origin.to_string(), tool });
        }
        if let Some(shell) = expanded.first().and_then(|w| shell(w)).filter(|_| {
            expanded.get(1).is_some_and(|o| o.starts_with('-') && !o.starts_with("--") && o.ends_with('c'))
        }) {
            return Err(LineError::Shell { origin: origin.to_string(), shell });
        }
        line.is_ld = program.is_some_and(|p| linker(&expanded[p]) == Some(true));
        line.words = expanded;
        line.read(program.map_or(1, |p| p + 1));
        let refused = |what| Err(LineError::NotAProgram { origin: line.origin.clone(), what });
        match (line.state.compiles, line.state.shared, line.state.partial) {
            (true, ..) => return refused("compiles and does not link (-c, -S or -E)"),
            (_, true, _) => return refused("links a shared library (-shared)"),
            (.., true) => return refused("links no program but another object (-r)"),
            _ => {}
        }
        let source = line.inputs.iter().find_map(|input| match &input.item {
            Item::File(path) if is_source(path) => Some(path.display().to_string()),
            _ => None,
        });
        match source {
            Some(source_file) => Err(LineError::Source { origin: line.origin, source_file }),
            None => Ok(line),
        }
    }

    /// The link line among the commands of a log; `program` chooses among several.
    pub fn find(
        origin: &str,
        text: &str,
        start: &Path,
        program: Option<&str>,
    ) -> Result<LinkLine, LineError> {
        let mut found: Vec<(LinkLine, bool)> = Vec::new();
        let mut last = None;
        for command in words::commands(text, start) {
            let called = command.words.iter().take(3).any(|w| linker(w).is_some());
            let place = format!("{origin}:{}", command.line);
            if !called {
                if let Some(tool) = command.words.first().and_then(|w| gnat(w)) {
                    last = Some(LineError::Gnat { origin: place, tool });
                }
                continue;
            }
            match LinkLine::parse(&place, &command.directory, &command.words) {
                Ok(line) if !line.inputs.is_empty() => found.push((line, command.unexpanded)),
                Ok(_) | Err(LineError::NotAProgram { .. }) => {}
                Err(error) => last = Some(error),
            }
        }
        let is = |line: &LinkLine| match program {
            None => true,
            Some(name) => {
                line.result() == name || Path::new(&line.result()).file_name() == Some(name.as_ref())
            }
        };
        found.retain(|(line, _)| is(line));
        // A log may hold several runs of make: the last says how it is linked today.
        let mut by_name: HashMap<PathBuf, (LinkLine, bool)> = HashMap::new();
        for (line, unexpanded) in found {
            by_name.insert(line.directory.join(line.result()), (line, unexpanded));
        }
        let mut found: Vec<_> = by_name.into_values().collect();
        found.sort_by(|a, b| a.0.origin.cmp(&b.0.origin));
        match (found.len(), last) {
            (0, Some(error)) => Err(error),
            (0, None) => {
                let wanted = program.map_or_else(String::new, |p| format!(" of {p}"));
                Err(LineError::None { origin: origin.to_string(), wanted })
            }
            (1, _) => match found.remove(0) {
                (line, true) => Err(LineError::Unexpanded { origin: line.origin }),
                (line, false) => Ok(line),
            },
            _ => {
                let programs = found.iter().map(|(line, _)| line.result()).collect();
                Err(LineError::Several { origin: origin.to_string(), programs })
            }
        }
    }

    /// The name of the result.
    pub fn result(&self) -> String {
        let named = self.output.and_then(|(word, before)| self.words.get(word)?.strip_prefix(before));
        named.unwrap_or("a.out").to_string()
    }

    fn read(&mut self, first: usize) {
        let mut at = first;
        while let Some(word) = self.words.get(at).cloned() {
            let next = self.words.get(at + 1).cloned();
            let took = if let Some(list) = word.strip_prefix("-Wl,") {
                let parts: Vec<&str> = list.split(',').collect();
                let mut part = 0;
                while let Some(option) = parts.get(part) {
                    part += self.passed(at, option, parts.get(part + 1).copied());
                }
                1
            } else if word == "-Xlinker" {
                if let Some(option) = &next {
                    self.passed(at + 1, option, None);
                }
                2
            } else {
                self.option(at, &word, next.as_deref())
            };
            at += took;
        }
    }

    /// A word that the driver passes to the linker, with the next one in the same word of the line.
    fn passed(&mut self, at: usize, word: &str, next: Option<&str>) -> usize {
        if let Some(option) = self.state.pending.take() {
            self.linker_option(at, &option, Some(word), true);
            return 1;
        }
        let took = self.linker_option(at, word, next, true);
        self.state.pending = (took == 2 && next.is_none()).then(|| word.to_string());
        took
    }

    /// A word of the driver; how many words it took.
    fn option(&mut self, at: usize, word: &str, next: Option<&str>) -> usize {
        match word {
            "-o" | "--output" => {
                self.output = next.map(|_| (at + 1, ""));
                return 2;
            }
            "-c" | "-S" | "-E" | "-M" | "-MM" | "-fsyntax-only" => self.state.compiles = !self.is_ld,
            _ if WITH_ARGUMENT.contains(&word) => return 2,
            _ => return self.linker_option(at, word, next, false),
        }
        1
    }

    /// An option of the linker, of which the driver takes some itself; how many words it took.
    fn linker_option(&mut self, at: usize, word: &str, next: Option<&str>, inside: bool) -> usize {
        let long = word.strip_prefix("--").or_else(|| word.strip_prefix('-')).unwrap_or(word);
        match long {
            "start-group" | "(" => {
                self.state.groups += 1;
                self.state.group = Some(self.state.groups);
            }
            "end-group" | ")" => self.state.group = None,
            "whole-archive" => self.state.whole = true,
            "no-whole-archive" => self.state.whole = false,
            "Bstatic" | "dn" | "non_shared" | "static" => self.state.archives_only = true,
            "Bdynamic" | "dy" | "call_shared" => self.state.archives_only = false,
            "shared" | "Bshareable" => self.state.shared = true,
            "r" | "relocatable" | "i" => self.state.partial = true,
            "wrap" | "undefined" | "u" | "require-defined" => {
                if let Some(symbol) = next {
                    self.symbol_option(long, symbol);
                }
                return 2;
            }
            "L" | "library-path" | "l" | "library" => {
                if let Some(value) = next {
                    self.place_or_library(at + usize::from(!inside), &long[..1], value);
                }
                return 2;
            }
            "rpath" | "rpath-link" if inside || self.is_ld => {
                self.behind.extend(next.map(str::to_string));
                return 2;
            }
            "rdynamic" | "export-dynamic" => self.exports = true,
            "E" if inside || self.is_ld => self.exports = true,
            "dynamic-list" | "export-dynamic-symbol" | "export-dynamic-symbol-list" => {
                self.exports = true;
                return 2;
            }
            "Map" | "dependency-file" if inside || self.is_ld => {
                if let Some(value) = next {
                    self.written(at + usize::from(!inside), value);
                }
                return 2;
            }
            _ if self.is_ld || inside => {
                if WITH_ARGUMENT_LD.contains(&word) || WITH_ARGUMENT.contains(&word) {
                    return 2;
                }
                self.joined(at, word, long);
            }
            _ => self.joined(at, word, long),
        }
        1
    }

    /// Options whose argument is part of the word, and files.
    fn joined(&mut self, at: usize, word: &str, long: &str) {
        if !word.starts_with('-') {
            self.input(at, Item::File(PathBuf::from(word)));
        } else if let Some((option @ ("wrap" | "undefined" | "require-defined"), symbol)) =
            long.split_once('=')
        {
            self.symbol_option(option, symbol);
        } else if let Some((option, value)) = long.split_once('=').filter(|(o, _)| BESIDE.contains(o)) {
            match option {
                "Map" | "dependency-file" => self.written(at, value),
                _ => self.exports = true,
            }
        } else if let Some(("rpath" | "rpath-link", value)) = long.split_once('=') {
            self.behind.push(value.to_string());
        } else if let Some(symbol) = word.strip_prefix("-u").filter(|_| !word.starts_with("-un")) {
            self.symbol_option("u", symbol);
        } else if let Some(value) = word.strip_prefix("-L").or_else(|| word.strip_prefix("--library-path=")) {
            self.place_or_library(at, "L", value);
        } else if let Some(value) = word.strip_prefix("-l").or_else(|| word.strip_prefix("--library=")) {
            self.place_or_library(at, "l", value);
        } else if let Some(name) = word.strip_prefix("-o").filter(|n| !n.is_empty()) {
            // `-o` alone is read before; `-omagic` of the linker is not written so by anybody.
            let _ = name;
            self.output = Some((at, "-o"));
        }
    }

    /// `-` is standard output.
    fn written(&mut self, word: usize, path: &str) {
        if path != "-" && !path.is_empty() {
            self.writes.push(Written { word, path: path.to_string() });
        }
    }

    fn symbol_option(&mut self, option: &str, symbol: &str) {
        let list = if option == "wrap" { &mut self.wrapped } else { &mut self.wanted };
        list.push(symbol.to_string());
    }

    fn place_or_library(&mut self, at: usize, option: &str, value: &str) {
        match option {
            "L" => self.search.push(PathBuf::from(value)),
            _ => self.input(at, Item::Library(value.to_string())),
        }
    }

    fn input(&mut self, word: usize, item: Item) {
        let State { whole, group, archives_only, .. } = self.state;
        self.inputs.push(Input { word, item, whole, group, archives_only });
    }
}

/// Replaces `@file` by the words it holds.
fn expand(word: &str, directory: &Path, depth: usize, out: &mut Vec<String>) -> Result<(), LineError> {
    let path = word.strip_prefix('@').map(|name| directory.join(name)).filter(|path| path.is_file());
    let Some(path) = path.filter(|_| depth < MAX_DEPTH && out.len() < MAX_WORDS) else {
        out.push(word.to_string());
        return Ok(());
    };
    let bytes = std::fs::read(&path).map_err(|source| LineError::Response { path, source })?;
    for word in words::response(&String::from_utf8_lossy(&bytes)) {
        expand(&word, directory, depth + 1, out)?;
    }
    Ok(())
}

/// A program that links: `Some(true)` for the linker itself, `Some(false)` for a compiler driver.
fn linker(word: &str) -> Option<bool> {
    let name = Path::new(word).file_name()?.to_str()?;
    // x86_64-linux-gnu-gcc-12
    let name = name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '-');
    let is =
        |program: &str| name == program || name.strip_suffix(program).is_some_and(|rest| rest.ends_with('-'));
    let drivers = ["gcc", "g++", "gfortran", "cc", "c++", "f77", "g", "f95", "fort77", "clang", "clang++"];
    if ["ld", "ld.bfd", "ld.gold", "ld.lld", "gold"].into_iter().any(is) {
        return Some(true);
    }
    // `g77` and `f95` lose their digits.
    let named = drivers.into_iter().any(is) || ["g77", "f77", "f90", "f95"].contains(&word);
    named.then_some(false).filter(|_| name != "g" || word.ends_with("g77"))
}

/// A tool of GNAT that links.
fn gnat(word: &str) -> Option<String> {
    let name = Path::new(word).file_name()?.to_str()?;
    let is = ["gnatlink", "gnatmake", "gprbuild"]
        .iter()
        .any(|t| name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '-').ends_with(t));
    is.then(|| name.to_string())
}

/// A shell.
fn shell(word: &str) -> Option<String> {
    let name = Path::new(word).file_name()?.to_str()?;
    ["sh", "bash", "dash", "ksh", "zsh", "busybox"].contains(&name).then(|| name.to_string())
}

fn is_source(path: &Path) -> bool {
    const SOURCES: &[&str] = &[
        "c", "cc", "cp", "cpp", "cxx", "C", "CPP", "c++", "i", "ii", "f", "for", "ftn", "f77", "f90", "f95",
        "f03", "f08", "F", "F77", "F90", "F95", "adb", "ads", "s", "S",
    ];
    path.extension().and_then(|e| e.to_str()).is_some_and(|e| SOURCES.contains(&e))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn parse(line: &str) -> Result<LinkLine, LineError> {
        let words = words::split(line).remove(0).words;
        LinkLine::parse("here", Path::new("."), &words)
    }

    fn names(line: &LinkLine) -> Vec<String> {
        let name = |i: &Input| match &i.item {
            Item::File(path) => path.display().to_string(),
            Item::Library(name) => format!("-l{name}"),
        };
        line.inputs.iter().map(name).collect()
    }

    #[test]
    fn inputs_are_read_in_order() {
        let line = parse(
            "x86_64-linux-gnu-gcc-12 -pie -o day a.o -L sub -Llib -Wl,--start-group b.a -lfd -Wl,--end-group \
             -Wl,-Bstatic,-ltm,-Bdynamic -Wl,--whole-archive c.a -Wl,--no-whole-archive -Xlinker -u -Xlinker s -z now \
             -Wl,--wrap=p -Wl,-rpath,/x -u q -lm -Iinc",
        )
        .unwrap();
        assert_eq!(names(&line), ["a.o", "b.a", "-lfd", "-ltm", "c.a", "-lm"]);
        let facts: Vec<_> = line.inputs.iter().map(|i| (i.group, i.archives_only, i.whole)).collect();
        assert_eq!(facts[1], (Some(1), false, false));
        assert_eq!(facts[3], (None, true, false));
        assert_eq!(facts[4], (None, false, true));
        assert_eq!(facts[5], (None, false, false));
        assert_eq!(line.search, [PathBuf::from("sub"), PathBuf::from("lib")]);
        assert_eq!((line.wrapped, line.wanted), (vec!["p".into()], vec!["s".into(), "q".into()]));
        assert!(!line.is_ld && !line.exports);
    }

    #[test]
    fn an_argument_may_be_in_the_next_word_for_the_linker() {
        let line = parse(
            "gcc -Wl,-Map -Wl,p.map -Wl,-rpath -Wl,/opt -Xlinker -rpath -Xlinker /lib -Wl,-z -Wl,now -Xlinker --wrap \
             -Xlinker f -Wl,--defsym -Wl,foo=0 -Wl,-l -Wl,tm -o p a.o",
        )
        .unwrap();
        assert_eq!(names(&line), ["-ltm", "a.o"]);
        assert_eq!(line.wrapped, ["f"]);
        assert_eq!(line.writes, [Written { word: 2, path: "p.map".into() }]);
        for (option, shows) in [
            ("-rdynamic", true),
            ("-Wl,-E", true),
            ("-Wl,--export-dynamic", true),
            ("-Xlinker --dynamic-list=x", true),
            ("-Wl,--dynamic-list -Wl,x", true),
            ("-Wl,-z,now", false),
        ] {
            assert_eq!(parse(&format!("gcc {option} -o p a.o")).unwrap().exports, shows, "{option}");
        }
    }

    #[test]
    fn gnat_makes_its_line_itself() {
        assert!(matches!(parse("gnatlink prog.ali"), Err(LineError::Gnat { .. })));
        let log = LinkLine::find("log", "gcc -c p.adb\ngnatlink-12 p.ali\n", Path::new("."), None);
        assert!(matches!(log, Err(LineError::Gnat { .. })), "{log:?}");
    }

    #[test]
    fn the_linker_itself_may_be_called() {
        let line = parse("ld -dynamic-linker /lib/l.so -o x crt1.o a.o '-(' b.a '-)' -lc").unwrap();
        assert_eq!(names(&line), ["crt1.o", "a.o", "b.a", "-lc"]);
        assert!(line.is_ld);
        assert_eq!(line.result(), "x");
    }

    #[test]
    fn what_is_no_program_is_refused() {
        for (line, says) in [
            ("sh -c 'gcc -o a a.o'", "calls sh"),
            ("gcc -c a.c", "does not link"),
            ("gcc -shared -o a.so a.o", "shared library"),
            ("ld -r -o b.o a.o", "another object"),
            ("gcc -o a main.c b.o", "compiles main.c while it links"),
        ] {
            let error = parse(line).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn the_line_is_found_in_a_log() {
        let log = "gcc -c a.c\ngcc -o a a.o\ncd sub && g++ -o b b.o -lm\nar rc x.a y.o\ngcc -o a a.o c.o\n";
        let find = |program| LinkLine::find("log", log, Path::new("."), program);
        assert_eq!(names(&find(Some("a")).unwrap()), ["a.o", "c.o"]);
        assert_eq!(find(Some("b")).unwrap().directory, Path::new("./sub"));
        assert!(find(None).unwrap_err().to_string().contains("several programs"));
        assert!(find(Some("z")).unwrap_err().to_string().contains("no link line of z"));
        let shell = LinkLine::find("log", "gcc -o a $(objs) b.o", Path::new("."), None);
        assert!(shell.unwrap_err().to_string().contains("only a shell"));
    }

    proptest! {
        #[test]
        fn any_words_are_read(words in proptest::collection::vec("[-a-zA-Z0-9@=,./]{0,12}", 0..12)) {
            if let Ok(line) = LinkLine::parse("here", Path::new("/nonexistent"), &words) {
                prop_assert!(line.inputs.iter().all(|i| i.word < line.words.len()));
            }
        }
    }
}
