//! `bridge.toml`: which contracts, which modules, and who answers each routine.

mod serve;

pub use serve::{LISTENERS, Limits, Rule, Serve};

use crate::error::{FileError, read_text};
use crate::names::nearest;
use cmp_bridge::control::Route;
use cmp_bridge_contract::Excerpt;
use std::fmt;
use std::ops::Range;
use std::path::{Path, PathBuf};
use toml_edit::{Document, Item, Value};

const KEYS: [&str; 5] = ["contracts", "modules", "journal", "routes", "serve"];

/// The configuration of a run. Paths are complete: they were relative to the file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Config {
    /// The file, for messages.
    pub file: PathBuf,
    /// Contracts.
    pub contracts: Vec<PathBuf>,
    /// Modules.
    pub modules: Vec<PathBuf>,
    /// Where the calls go.
    pub journal: Option<PathBuf>,
    /// Routes at start, in the order of the file: a later line counts for what it matches.
    pub routes: Vec<RouteLine>,
    /// Calls from other machines; `None` where nothing is said of them.
    pub serve: Option<Serve>,
}

/// A line of `[routes]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteLine {
    /// Name or pattern.
    pub pattern: String,
    /// Who answers.
    pub route: Route,
    /// Where the line stands.
    pub place: Place,
}

/// A place in the file, from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column in characters.
    pub column: usize,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// Errors in it, all of them.
    #[error("{} cannot be used\n{}", file.display(), list(.faults))]
    Faults {
        /// The file.
        file: PathBuf,
        /// What is wrong.
        faults: Vec<Fault>,
    },
}

/// One error in a configuration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The file.
    pub file: PathBuf,
    /// Where in it.
    pub place: Place,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// The line it stands in.
    pub excerpt: Option<Excerpt>,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Place { line, column } = self.place;
        writeln!(out, "  {}:{line}:{column}: {}", self.file.display(), self.message)?;
        if let Some(excerpt) = &self.excerpt {
            excerpt.to_string().lines().try_for_each(|line| writeln!(out, "  {line}"))?;
        }
        write!(out, "    hint: {}", self.hint)
    }
}

fn list(faults: &[Fault]) -> String {
    faults.iter().map(Fault::to_string).collect::<Vec<_>>().join("\n")
}

impl Config {
    /// Reads a configuration.
    pub fn read(file: &Path) -> Result<Config, ConfigError> {
        let text = read_text(file)?;
        Config::parse(&text, file)
    }

    /// Reads the text of a configuration; `file` gives its messages a name and its paths a folder.
    pub fn parse(text: &str, file: &Path) -> Result<Config, ConfigError> {
        let mut reader = Reader { text, file, faults: Vec::new() };
        let config = reader.config();
        if reader.faults.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError::Faults { file: file.to_owned(), faults: reader.faults })
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    file: &'a Path,
    faults: Vec<Fault>,
}

impl Reader<'_> {
    fn place(&self, span: Option<Range<usize>>) -> Place {
        let before = self.text.get(..span.map_or(0, |span| span.start)).unwrap_or("");
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        Place { line, column: before.rsplit('\n').next().unwrap_or("").chars().count() + 1 }
    }

    fn fault(&mut self, span: Option<Range<usize>>, message: String, hint: &str) {
        let place = self.place(span);
        let excerpt = Excerpt::new(self.text, place.line, place.column);
        self.faults.push(Fault {
            file: self.file.to_owned(),
            place,
            message,
            hint: hint.to_owned(),
            excerpt,
        });
    }

    fn config(&mut self) -> Config {
        let mut config = Config { file: self.file.to_owned(), ..Config::default() };
        let document = match Document::parse(self.text) {
            Ok(document) => document,
            Err(error) => {
                self.fault(
                    error.span(),
                    error.message().to_owned(),
                    "the file must be TOML; see `cmp-bridge run --help`",
                );
                return config;
            }
        };
        for (key, item) in document.iter() {
            let span = document.key(key).and_then(|key| key.span()).or_else(|| item.span());
            match key {
                "contracts" => config.contracts = self.paths(key, item),
                "modules" => config.modules = self.paths(key, item),
                "journal" => config.journal = self.path(key, item.as_value(), span),
                "routes" => config.routes = self.routes(item, span),
                "serve" => config.serve = Some(self.serve(item, span)),
                other => {
                    let hint = match nearest(other, KEYS) {
                        Some(key) => format!("did you mean `{key}`?"),
                        None => format!("the keys are {}", KEYS.join(", ")),
                    };
                    self.fault(span, format!("`{other}` is not a key of this file"), &hint);
                }
            }
        }
        config
    }

    fn paths(&mut self, key: &str, item: &Item) -> Vec<PathBuf> {
        let Some(array) = item.as_array() else {
            let example = format!("write {key} = [\"path\"]");
            self.fault(
                item.span(),
                format!("`{key}` must be a list of paths, found {}", item.type_name()),
                &example,
            );
            return Vec::new();
        };
        array.iter().filter_map(|value| self.path(key, Some(value), value.span())).collect()
    }

    fn path(&mut self, key: &str, value: Option<&Value>, span: Option<Range<usize>>) -> Option<PathBuf> {
        match value.and_then(Value::as_str) {
            Some(path) => Some(self.file.parent().unwrap_or(Path::new("")).join(path)),
            None => {
                let found = value.map_or("a table", Value::type_name);
                let message = format!("a path is expected in `{key}`, found {found}");
                self.fault(span, message, "write it in quotes");
                None
            }
        }
    }

    fn routes(&mut self, item: &Item, span: Option<Range<usize>>) -> Vec<RouteLine> {
        let Some(table) = item.as_table_like() else {
            let message = format!("`routes` must be a table, found {}", item.type_name());
            self.fault(span, message, "write [routes], then lines such as eck_hec = \"record\"");
            return Vec::new();
        };
        let mut lines = Vec::new();
        for (pattern, item) in table.iter() {
            let span = item.span().or_else(|| table.key(pattern).and_then(|key| key.span()));
            let names = Route::ALL.map(Route::name);
            match item.as_str().and_then(Route::from_name) {
                Some(route) => {
                    let key = table.key(pattern).and_then(|key| key.span()).or(span);
                    lines.push(RouteLine { pattern: pattern.to_owned(), route, place: self.place(key) });
                }
                None => {
                    let found =
                        item.as_str().map_or_else(|| item.type_name().to_owned(), |name| format!("`{name}`"));
                    let hint = match item.as_str().and_then(|name| nearest(name, names)) {
                        Some(name) => format!("did you mean \"{name}\"?"),
                        None => format!("a route is one of {}", names.join(", ")),
                    };
                    self.fault(span, format!("`{pattern}`: a route is expected, found {found}"), &hint);
                }
            }
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(text: &str) -> String {
        match Config::parse(text, Path::new("day/bridge.toml")) {
            Ok(config) => panic!("accepted: {config:?}"),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn paths_are_relative_to_the_file() {
        let text = "contracts = [\"c/fd.toml\", \"/abs.toml\"]\nmodules = [\"../lib.so\"]\njournal = \"j\"\n\
                    [routes]\neck_hec = \"record\"\n\"jj_*\" = \"shadow\"\n";
        let config = Config::parse(text, Path::new("day/bridge.toml")).expect("a configuration");
        assert_eq!(config.contracts, [Path::new("day/c/fd.toml"), Path::new("/abs.toml")]);
        assert_eq!(config.modules, [Path::new("day/../lib.so")]);
        assert_eq!(config.journal.as_deref(), Some(Path::new("day/j")));
        let routes: Vec<_> =
            config.routes.iter().map(|r| (r.pattern.as_str(), r.route, r.place.line)).collect();
        assert_eq!(routes, [("eck_hec", Route::Record, 5), ("jj_*", Route::Shadow, 6)]);
    }

    #[test]
    fn every_fault_is_told_with_its_place_and_a_hint() {
        let text =
            "contract = []\nmodules = \"x\"\njournal = 3\ncontracts = [1]\n[routes]\na = \"shadwo\"\nb = 2\n";
        let told = faults(text);
        for expected in [
            "day/bridge.toml:1:1: `contract` is not a key of this file\n    1 | contract = []\n      | ^^^^^^^^\n    hint: did you mean `contracts`?",
            "day/bridge.toml:2:11: `modules` must be a list of paths, found string",
            "day/bridge.toml:3:1: a path is expected in `journal`, found integer",
            "day/bridge.toml:4:14: a path is expected in `contracts`, found integer",
            "day/bridge.toml:6:5: `a`: a route is expected, found `shadwo`\n    6 | a = \"shadwo\"\n      |     ^^^^^^^^\n    hint: did you mean \"shadow\"?",
            "day/bridge.toml:7:5: `b`: a route is expected, found integer\n    7 | b = 2\n      |     ^\n    hint: a route is one of legacy, record",
        ] {
            assert!(told.contains(expected), "{expected}\n--- not in ---\n{told}");
        }
        assert!(faults("routes = 1\n").contains("write [routes]"));
        assert!(
            faults("a = [\n").contains("bridge.toml:2:1") || faults("a = [\n").contains("bridge.toml:1:")
        );
    }

    proptest::proptest! {
        /// Any text, and any small change of a good one, is read or refused with places inside it; never a panic.
        #[test]
        fn any_text_is_survived(noise in "\\PC{0,60}", at in 0usize..90, cut in 0usize..20) {
            let good = "contracts = [\"c/fd.toml\"]\njournal = \"j\"\n[routes]\nécart = \"record\"\n\"jj_*\" = \"shadow\"\n";
            let (head, tail): (String, String) = (good.chars().take(at).collect(), good.chars().skip(at + cut).collect());
            for text in [noise.clone(), head + &noise + &tail] {
                if let Err(ConfigError::Faults { faults, .. }) = Config::parse(&text, Path::new("b.toml")) {
                    let lines = text.lines().count() + 1;
                    proptest::prop_assert!(faults.iter().all(|f| (1..=lines).contains(&f.place.line) && f.place.column > 0));
                    proptest::prop_assert!(faults.iter().all(|f| !f.message.is_empty() && !f.hint.is_empty()));
                }
            }
        }
    }
}
