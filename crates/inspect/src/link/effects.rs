//! What a member of an archive does for a program beyond the names that make the linker take it: it would be lost, and
//! nobody would be told, if the member stayed out.

use std::collections::HashMap;

use super::program::{Library, Program, Resolved, UnitId};
use super::unit::{Place, Symbol, Unit};

/// How a unit has a name that gives way to another, or does without it.
#[derive(Clone, Copy)]
enum Yields {
    Weak,
    /// A reference that may stay without an answer.
    Optional,
    /// Storage of that size and alignment.
    Common(u64, u64),
}

/// The names in a program that a definition elsewhere changes without being asked for.
pub(super) struct Effects<'a> {
    program: &'a Program,
    yields: HashMap<&'a str, Vec<(UnitId, Yields)>>,
}

impl<'a> Effects<'a> {
    /// Reads the names of the units that are taken.
    pub(super) fn read(program: &'a Program, taken: &Resolved) -> Effects<'a> {
        let mut yields: HashMap<&str, Vec<(UnitId, Yields)>> = HashMap::new();
        for id in &taken.units {
            for symbol in program.unit(*id).into_iter().flat_map(|u| &u.symbols).filter(|s| s.global()) {
                let how = match symbol.place {
                    Place::Undefined if symbol.weak() => Yields::Optional,
                    Place::Undefined => continue,
                    Place::Common => Yields::Common(symbol.size, symbol.value),
                    _ if symbol.weak() => Yields::Weak,
                    _ => continue,
                };
                yields.entry(symbol.name.as_str()).or_default().push((*id, how));
            }
        }
        Effects { program, yields }
    }

    /// What a unit does beyond its names, in words. `replaced`: names that Rust answers.
    pub(super) fn of(&self, id: UnitId, replaced: &[String]) -> Vec<String> {
        let Some(unit) = self.program.unit(id) else { return Vec::new() };
        let own = unit.name();
        if unit.link_time {
            return vec![format!("{own}: what it does is decided at link time")];
        }
        let mut found = Vec::new();
        for section in unit.sections.iter().filter(|s| s.loaded && !s.data.is_empty()) {
            if runs(&section.name) {
                found.push(format!("{own}: {} runs without being called", section.name));
            } else if collected(&section.name) {
                found.push(format!("{own}: the linker collects the sections `{}`", section.name));
            }
        }
        for symbol in unit.symbols.iter().filter(|s| s.global() && s.defined() && !shared(unit, s)) {
            if !replaced.contains(&symbol.name) {
                found.extend(self.name(id, symbol).map(|what| format!("{own}: {what}")));
            }
        }
        found
    }

    /// What a definition changes for others.
    fn name(&self, id: UnitId, symbol: &Symbol) -> Option<String> {
        let name = &symbol.name;
        for (other, how) in self.yields.get(name.as_str()).into_iter().flatten().filter(|(o, _)| *o != id) {
            let there = self.program.unit(*other).map(Unit::name).unwrap_or_default();
            let what = match (how, symbol.place) {
                (Yields::Common(size, align), Place::Common) => {
                    if symbol.size <= *size && symbol.value <= *align {
                        continue;
                    }
                    format!("`{name}` is larger here than in {there}")
                }
                (Yields::Common(..), _) => format!("`{name}` has its values from here, not from {there}"),
                (Yields::Weak, _) => format!("`{name}` may go before the weak one of {there}"),
                (Yields::Optional, _) => format!("{there} has `{name}` only if something else brings it"),
            };
            return Some(what);
        }
        if self.program.line.exports {
            return Some(format!("the program shows `{name}` to what it loads"));
        }
        let means = |l: &&Library| l.defined.contains(name) || l.undefined.contains(name);
        let library = self.program.libraries().find(means)?;
        Some(format!("{} may mean this `{name}`", library.path.display()))
    }
}

/// The linker keeps one of several copies, whoever brings them.
fn shared(unit: &Unit, symbol: &Symbol) -> bool {
    let Place::Section(section) = symbol.place else { return false };
    unit.sections.get(section).is_some_and(|s| s.group.is_some())
}

/// Its contents are run when the program starts or ends.
fn runs(section: &str) -> bool {
    let lists = [".init_array", ".preinit_array", ".fini_array", ".ctors", ".dtors"];
    lists.iter().any(|l| section.starts_with(l)) || [".init", ".fini"].contains(&section)
}

/// The linker gives such sections a beginning and an end (`__start_x`), so that a program finds what all objects put in.
fn collected(section: &str) -> bool {
    section.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_')
        && section.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}
