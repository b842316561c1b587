//! What routines a binary has, by readelf and nm alone.

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::process::Command;

/// The languages, each with DWARF's numbers of it, whatever the year.
const LANGUAGES: [(&str, &[u32]); 4] = [
    ("C", &[0x1, 0x2, 0xc, 0x1d, 0x2c]),
    ("C++", &[0x4, 0x19, 0x1a, 0x21, 0x2a, 0x2b]),
    ("Fortran", &[0x7, 0x8, 0xe, 0x22, 0x23]),
    ("Ada", &[0x3, 0xd, 0x2e, 0x2f]),
];

/// A routine that has code.
pub struct Routine {
    /// The language of its unit.
    pub language: &'static str,
    /// Its names, and those of what it is an instance of.
    pub names: Vec<String>,
}

#[derive(Default)]
struct Entry {
    /// The language of its unit; none for a declaration.
    language: Option<&'static str>,
    name: Option<String>,
    linkage: Option<String>,
    origin: Option<u64>,
    low: Option<u64>,
    /// It has code in several places.
    ranges: bool,
}

fn output(tool: &str, arguments: &[&str], file: &Path) -> String {
    let output =
        Command::new(tool).args(arguments).arg(file).output().unwrap_or_else(|e| panic!("{tool}: {e}"));
    assert!(output.status.success(), "{tool} {arguments:?} {}", file.display());
    output.stdout.into_iter().map(char::from).collect()
}

fn hex(text: &str) -> Option<u64> {
    u64::from_str_radix(text.trim().trim_start_matches("0x"), 16).ok()
}

/// Each routine that has code, by the address of its entry.
pub fn routines(file: &Path) -> BTreeMap<u64, Routine> {
    let entries = entries(&output("readelf", &["--debug-dump=info"], file));
    let symbols: HashMap<String, u64> = output("nm", &[], file)
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let (address, kind, name) = (hex(words.next()?)?, words.next()?, words.next()?);
            matches!(kind, "T" | "t" | "W" | "w").then(|| (name.to_owned(), address))
        })
        .collect();
    let mut routines = BTreeMap::new();
    for entry in entries.values().filter(|entry| entry.low.is_some() || entry.ranges) {
        let Some(language) = entry.language else { continue };
        let names = names(&entries, entry);
        // What gnatbind writes to start the program is in no source of it.
        if names.iter().any(|name| name.starts_with("ada_main")) {
            continue;
        }
        let symbol = || names.iter().find_map(|name| symbols.get(name).copied());
        // What is local to its unit has no name for the linker in debug information, but a mangled symbol.
        let mangled = || names.iter().find_map(|name| mangled(&symbols, name));
        let Some(at) = entry.low.or_else(symbol).or_else(mangled) else {
            // Only specialised copies are left of it; and an instance of a template for a type of this unit has no name.
            let copy = |name: &String| symbols.keys().any(|s| s.contains(name.as_str()) && s.contains('.'));
            assert!(names.iter().any(|name| name.contains('<') || copy(name)), "no address of {names:?}");
            continue;
        };
        // What the linker threw away stands at 0.
        if at != 0 {
            routines.insert(at, Routine { language, names });
        }
    }
    routines
}

/// Address of the one symbol that is this name, mangled.
fn mangled(symbols: &HashMap<String, u64>, name: &str) -> Option<u64> {
    let part = format!("{}{name}", name.len());
    let is_it = |symbol: &str| symbol.starts_with("_Z") && symbol.contains(&part) && !symbol.contains('.');
    let mut found = symbols.iter().filter(|(symbol, _)| is_it(symbol));
    let (_, address) = found.next()?;
    found.next().is_none().then_some(*address)
}

/// The names of an entry and of what it is an instance of.
fn names(entries: &HashMap<u64, Entry>, entry: &Entry) -> Vec<String> {
    let mut names = Vec::new();
    let mut next = Some(entry);
    while let Some(entry) = next {
        names.extend([&entry.linkage, &entry.name].into_iter().flatten().cloned());
        next = entry.origin.and_then(|origin| entries.get(&origin));
    }
    names
}

/// Every entry that is a subprogram, by its offset.
fn entries(dump: &str) -> HashMap<u64, Entry> {
    let mut entries: HashMap<u64, Entry> = HashMap::new();
    let (mut at, mut tag, mut language) = (0, "", None);
    for line in dump.lines().map(str::trim_start) {
        if let Some((head, rest)) = line.split_once(": Abbrev Number:") {
            at = head.rsplit_once('<').and_then(|(_, offset)| hex(offset.trim_end_matches('>'))).unwrap_or(0);
            tag = rest.split_once("(DW_TAG_").map_or("", |(_, tag)| tag.trim_end().trim_end_matches(')'));
            if tag == "subprogram" {
                entries.insert(at, Entry { language, ..Entry::default() });
            }
            continue;
        }
        let Some((_, attribute)) = line.split_once(">   DW_AT_") else { continue };
        let Some((attribute, value)) = attribute.split_once(':') else { continue };
        if tag == "compile_unit" && attribute.trim() == "language" {
            let number = value.split_whitespace().next().and_then(|number| number.parse().ok());
            let known = |number: u32| LANGUAGES.iter().find(|(_, numbers)| numbers.contains(&number));
            language = number.and_then(known).map(|(name, _)| *name);
        }
        if tag != "subprogram" {
            continue;
        }
        let entry = entries.entry(at).or_default();
        // A string stands behind its form, if that is said.
        let text = || value.rsplit("): ").next().unwrap_or(value).trim().to_owned();
        match attribute.trim() {
            "name" => entry.name = Some(text()),
            "linkage_name" => entry.linkage = Some(text()),
            "abstract_origin" | "specification" => entry.origin = hex(value.trim().trim_matches(['<', '>'])),
            "low_pc" => entry.low = hex(value),
            "ranges" => entry.ranges = true,
            "declaration" => entry.language = None,
            _ => {}
        }
    }
    entries
}
