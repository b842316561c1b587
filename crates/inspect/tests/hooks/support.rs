//! Builds the cases and reads what they expect.

use std::path::{Path, PathBuf};
use std::process::Command;

use cmp_bridge_inspect::binary::Binary;

/// What a case expects of a symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// It is moved; how many bytes, if the case says it.
    Moved(Option<usize>),
    /// It is refused with this code.
    Refused(String),
}

/// A built case.
pub struct Case {
    /// The shared library.
    pub library: PathBuf,
    /// Symbol and expectation, in the order of the files.
    pub expected: Vec<(String, Expected)>,
}

pub fn cases_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases-hooks")
}

/// A folder of this test for built files.
pub fn output(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("hooks").join(name);
    std::fs::create_dir_all(&folder).expect("create the folder of built files");
    folder
}

/// Runs a tool; what it prints is the answer.
pub fn run(tool: &str, arguments: &[&str], folder: &Path) -> String {
    let output = Command::new(tool)
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap_or_else(|e| panic!("{tool}: {e}"));
    assert!(
        output.status.success(),
        "{tool} {}: {}",
        arguments.join(" "),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// Builds the case `name` for the test `test` (tests run at the same time, each has its own copy).
pub fn build(name: &str, test: &str) -> Case {
    build_with(name, test, &["-O2"])
}

/// The same, with these flags for the C compiler.
pub fn build_with(name: &str, test: &str, flags: &[&str]) -> Case {
    let folder = cases_folder().join(name);
    let mut sources: Vec<PathBuf> = std::fs::read_dir(&folder)
        .expect("the case's folder")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| matches!(path.extension().and_then(|e| e.to_str()), Some("s" | "c")))
        .collect();
    sources.sort();
    let expected = sources.iter().flat_map(|source| read_expectations(source)).collect();
    let library = output(test).join(format!("{name}.so"));
    let mut arguments: Vec<String> =
        ["-shared", "-nostdlib", "-fPIC", "-Wa,-I..", "-Wl,--build-id", "../probe.s"]
            .map(String::from)
            .to_vec();
    arguments.extend(flags.iter().map(|f| f.to_string()));
    arguments.push("-o".to_string());
    arguments.push(library.display().to_string());
    arguments.extend(sources.iter().map(|s| s.display().to_string()));
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    run("gcc", &arguments, &folder);
    Case { library, expected }
}

fn read_expectations(source: &Path) -> Vec<(String, Expected)> {
    let text = std::fs::read_to_string(source).expect("a source file");
    let lines = text.lines().filter_map(|line| line.strip_prefix("#! "));
    let read = |line: &str| {
        let (symbol, what) = line.split_once(": ").unwrap_or_else(|| panic!("{}: {line}", source.display()));
        let expected = match what.trim().split_once(' ') {
            None if what.trim() == "moved" => Expected::Moved(None),
            Some(("moved", bytes)) => Expected::Moved(Some(bytes.parse().expect("a number of bytes"))),
            _ => Expected::Refused(what.trim().to_string()),
        };
        (symbol.to_string(), expected)
    };
    lines.map(read).collect()
}

/// All cases, by folder.
pub fn case_names() -> Vec<String> {
    let entries = std::fs::read_dir(cases_folder()).expect("the cases' folder");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

pub fn open(path: &Path) -> Binary {
    Binary::open(path).unwrap_or_else(|e| panic!("{e}"))
}

/// Instruction addresses and mnemonics as objdump reads the file.
pub fn objdump(path: &Path) -> std::collections::BTreeMap<u64, String> {
    let file = path.display().to_string();
    let text = run("objdump", &["-d", "--no-show-raw-insn", &file], Path::new("/"));
    let line = |line: &str| {
        let (address, rest) = line.trim_start().split_once(':')?;
        let address = u64::from_str_radix(address, 16).ok()?;
        let instruction = rest.trim();
        (!instruction.is_empty()).then(|| (address, instruction.to_string()))
    };
    text.lines().filter_map(line).collect()
}
