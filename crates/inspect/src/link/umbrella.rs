//! One library of all rewrites of a program, of which only the wanted symbols are visible.
//!
//! A Rust static library shows its own insides and those of the standard library, so that two of them clash. Here each is
//! linked within itself (`ld -r`), all names but the wanted ones are made local, and what nothing reaches is left out.

use std::collections::BTreeSet;
use std::path::PathBuf;

use super::program::Archive;
use super::steps::{Command, Step};
use super::unit::Symbol;

/// How the symbols begin by which a module says what it is.
pub const WHAT: &str = "cmp_bridge_what_";

/// What an umbrella library is made of.
#[derive(Debug, Clone)]
pub struct Umbrella {
    /// The Rust static libraries.
    pub libraries: Vec<Archive>,
    /// The symbols to keep.
    pub symbols: Vec<String>,
    /// The library to write.
    pub output: String,
    /// Debug information is kept.
    pub debug: bool,
}

/// What is wrong with an umbrella.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lacking {
    /// Symbols that no library defines.
    pub undefined: Vec<String>,
    /// Symbols that several define, with them.
    pub twice: Vec<(String, Vec<PathBuf>)>,
    /// Libraries that define none of them.
    pub useless: Vec<PathBuf>,
    /// Several libraries with routines that only one thread may be in: each would have a lock of its own.
    pub serial: Vec<PathBuf>,
}

impl Lacking {
    /// Nothing is wrong.
    pub fn is_empty(&self) -> bool {
        self.undefined.is_empty()
            && self.twice.is_empty()
            && self.useless.is_empty()
            && self.serial.is_empty()
    }
}

/// The commands that make an umbrella library.
pub fn umbrella(umbrella: &Umbrella) -> Result<Vec<Step>, Lacking> {
    let mut lacking = Lacking::default();
    for symbol in &umbrella.symbols {
        let has: Vec<PathBuf> =
            umbrella.libraries.iter().filter(|l| defines(l, symbol)).map(|l| l.path.clone()).collect();
        match has.len() {
            0 => lacking.undefined.push(symbol.clone()),
            1 => {}
            _ => lacking.twice.push((symbol.clone(), has)),
        }
    }
    let serial = umbrella.libraries.iter().filter(|l| is_serial(l)).map(|l| l.path.clone());
    lacking.serial = serial.collect();
    if lacking.serial.len() < 2 {
        lacking.serial.clear();
    }
    let mut commands = vec![Command::new(["rm", "-f", &umbrella.output])];
    let mut objects = Vec::new();
    for (number, library) in umbrella.libraries.iter().enumerate() {
        let mut symbols: Vec<String> =
            umbrella.symbols.iter().filter(|s| defines(library, s)).cloned().collect();
        if symbols.is_empty() {
            lacking.useless.push(library.path.clone());
            continue;
        }
        symbols.extend(says(library));
        let object = format!("{}.{}.o", umbrella.output, number + 1);
        commands.extend(closed(library, &symbols, &object, umbrella.debug));
        objects.push(object);
    }
    if !lacking.is_empty() {
        return Err(lacking);
    }
    let mut archive = vec!["ar".to_string(), "rcD".to_string(), umbrella.output.clone()];
    archive.extend(objects.iter().cloned());
    commands.push(Command::new(archive));
    let mut remove = vec!["rm".to_string(), "-f".to_string()];
    remove.extend(objects);
    commands.push(Command::new(remove));
    let inputs = umbrella.libraries.iter().map(|l| l.path.display().to_string()).collect();
    let why = "Each library linked within itself; all names but the wanted ones made local.".to_string();
    Ok(vec![Step { why, output: umbrella.output.clone(), inputs, commands }])
}

fn defines(library: &Archive, symbol: &str) -> bool {
    library.members.iter().any(|u| u.definition(symbol).is_some_and(Symbol::global))
}

/// It has routines that only one thread may be in, by the mangled name of the lock.
fn is_serial(library: &Archive) -> bool {
    const LOCK: [&str; 2] = ["7support6serial6Serial4lock", "7support6serial5TAKEN"];
    let lock = |s: &&Symbol| LOCK.iter().any(|l| s.name.contains(l));
    library.members.iter().any(|unit| {
        // Of what is linked within itself, or was by the link-time optimiser, only what is used is left.
        let module = unit.symbols.iter().any(|s| s.defined() && s.name.starts_with(WHAT));
        let caller = |s: &Symbol| !s.defined() && s.name.contains(LOCK[0]);
        unit.symbols.iter().filter(lock).any(|s| module || caller(s))
    })
}

/// The symbols by which the modules in a library say what they are.
fn says(library: &Archive) -> BTreeSet<String> {
    let symbols = library.members.iter().flat_map(|u| &u.symbols);
    symbols
        .filter(|s| s.global() && s.defined() && s.name.starts_with(WHAT))
        .map(|s| s.name.clone())
        .collect()
}

fn closed(library: &Archive, symbols: &[String], object: &str, debug: bool) -> Vec<Command> {
    let words = |list: &[&str]| list.iter().map(|w| w.to_string()).collect::<Vec<_>>();
    let mut link = words(&["ld", "-r", "--gc-sections", "--force-group-allocation"]);
    link.extend(symbols.iter().map(|s| format!("--undefined={s}")));
    link.extend([String::from("-o"), object.to_string(), library.path.display().to_string()]);
    // The standard library carries the compiler's own form of its code, which other tools stumble over.
    let mut hide = words(&["objcopy", "-D", "--remove-section=.llvmbc", "--remove-section=.llvmcmd"]);
    match debug {
        true => {
            hide.extend(words(&["--wildcard", "--strip-unneeded-symbol=*"]));
            hide.extend(symbols.iter().map(|s| format!("--keep-symbol={s}")));
        }
        false => hide.extend(words(&["--strip-unneeded"])),
    }
    hide.extend(symbols.iter().map(|s| format!("--keep-global-symbol={s}")));
    hide.push(object.to_string());
    vec![Command::new(link), Command::new(hide)]
}
