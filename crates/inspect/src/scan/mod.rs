//! From a binary's debug information to contracts, for C, C++, Fortran and Ada (of which `ada` tells more).
//!
//! What debug information says is written down; what it does not say (directions, most extents, status conventions,
//! effects) is `unknown`, never a guess. A routine of which any part cannot be expressed is refused, by name and
//! reason, and left out.
//!
//! Decisions a reader of a scanned contract should know:
//! - A C pointer to data is `[T; ?]`, to a record as well: one element or a thousand have the same type. A pointer to
//!   `const` is `use = "in"`; any other is `unknown`. `void *`, pointers to pointers and to types that are only
//!   declared are `ptr`.
//! - A C routine in the old form (K&R) receives its `float` parameters as `f64`.
//! - C++: see `cpp.rs` for parameters, `cpp_types.rs` for classes, `cpp_names.rs` for what a routine is called.
//! - A Fortran CHARACTER with a hidden length is `chars`, of whatever declared length; without one (`bind(C)`) `u8`.
//! - A Fortran subroutine with alternate returns is, for the ABI and in the debug information, an INTEGER function
//!   whose value is the number of the label taken; it appears as such.
//! - A COMMON block is one state area, with a view for each routine that sees it differently. EQUIVALENCE names are
//!   left out of a view, and noted.

#![expect(non_upper_case_globals, reason = "patterns are the constants of the DWARF standard, by its names")]

mod ada;
mod ada_records;
mod ada_types;
mod block_data;
mod by_value;
mod convention;
mod coverage;
mod cpp;
mod cpp_names;
mod cpp_types;
mod entries;
mod entry;
mod fortran;
mod names;
mod pattern;
mod refusal;
mod signature;
mod state;
mod types;
mod widened;

use std::collections::{BTreeSet, HashMap, HashSet};

use std::path::PathBuf;

use cmp_bridge_contract::model::{self, Component, Contract};

use crate::binary::{Binary, Binding, Symbol, SymbolKind};
use crate::dwarf::routines::{Index, Subprogram};
use crate::dwarf::{DebugInfo, DwarfError, Language, Sections};

pub use coverage::{Coverage, coverage};
pub(crate) use cpp::is_same_routine;
pub(crate) use cpp_types::Classes;
pub(crate) use names::{clone_suffix, identifier, is_copy_of, routine_beside, routine_name};
pub use pattern::{matches, matches_path};
pub(crate) use refusal::Problem;
pub use refusal::{Reason, Refusal};
pub(crate) use signature::{Described, OPAQUE, Source, describe};
pub(crate) use types::Draft;

/// What to scan.
#[derive(Debug, Clone, Default)]
pub struct ScanOptions {
    /// Routines: names or symbols, with `*` and `?`. Empty means all.
    pub patterns: Vec<String>,
    /// Source files: paths, file names or folders, with `*` and `?`. Empty means all.
    pub sources: Vec<String>,
    /// Only this language (C or Fortran).
    pub language: Option<model::Language>,
    /// Name of the component. Otherwise the name of the binary and the language.
    pub component: Option<String>,
    /// A folder in which the index of the binary is kept, so that the next question need not read all of it.
    pub index: Option<PathBuf>,
}

impl ScanOptions {
    /// Nothing is left out.
    fn is_everything(&self) -> bool {
        self.patterns.is_empty() && self.sources.is_empty() && self.language.is_none()
    }
}

/// What a scan found.
#[derive(Debug, Clone, Default)]
pub struct ScanReport {
    /// One contract a language that has routines: C first, then Fortran.
    pub contracts: Vec<Contract>,
    /// What has no place in them, in the order of the debug information.
    pub refused: Vec<Refusal>,
    /// Facts that a contract cannot hold, and parts of the debug information that could not be read.
    pub notes: Vec<String>,
    /// Functions of the symbol table that no debug information describes. Counted when everything is scanned.
    pub undescribed: usize,
}

/// Reads the routines of a binary.
pub fn scan(binary: &Binary, options: &ScanOptions) -> Result<ScanReport, DwarfError> {
    let sections = Sections::load(binary)?;
    let info = DebugInfo::read(&sections);
    let index = narrow(&info, binary, options).unwrap_or_else(|| whole(&info, binary, options));
    let names = cpp::names(binary, &info, &index, &options.patterns);
    let report = ScanReport::default();
    let mut scanner = Scanner { binary, info: &info, index: &index, options, names, report };
    scanner.report.notes.extend(info.problems().iter().chain(&index.problems).cloned());
    if info.split_units() > 0 {
        let text =
            format!("{} units keep their debug information elsewhere (-gsplit-dwarf)", info.split_units());
        scanner.report.notes.push(text);
    }
    let selected = scanner.select();
    for language in [Language::C, Language::Cpp, Language::Fortran, Language::Ada] {
        scanner.scan_language(language, &selected);
    }
    scanner.refuse_undescribed();
    scanner.tell_copies(&selected);
    // Each unit has its own copy of a type, and says the same of it.
    let mut said = HashSet::new();
    scanner.report.notes.retain(|note| said.insert(note.clone()));
    Ok(scanner.report)
}

/// The types of numbers, and of tables of numbers, that the debug information gives the variables at these addresses.
pub fn variable_types(
    binary: &Binary,
    addresses: &std::collections::BTreeSet<u64>,
) -> std::collections::BTreeMap<u64, cmp_bridge_contract::model::Type> {
    let Ok(sections) = Sections::load(binary) else { return std::collections::BTreeMap::new() };
    state::numbers(binary, &DebugInfo::read(&sections), addresses)
}

/// The index of everything, kept on disk where a folder is given: that it cannot be written costs time only.
fn whole(info: &DebugInfo<'_>, binary: &Binary, options: &ScanOptions) -> Index {
    match &options.index {
        Some(folder) => Index::load_or_build(folder, info, binary).0,
        None => Index::build(info),
    }
}

/// The index of the few routines that are asked for by symbol: the rest of a large binary need not be read.
fn narrow(info: &DebugInfo<'_>, binary: &Binary, options: &ScanOptions) -> Option<Index> {
    let names: Vec<&str> = options.patterns.iter().map(String::as_str).collect();
    let exact = names.iter().all(|n| !n.is_empty() && !n.contains(['*', '?']));
    let asked = !names.is_empty() && exact && options.sources.is_empty();
    asked.then(|| Index::of_names(info, binary, &names)).flatten()
}

/// Chooses the symbol a routine is known by: its own name if it is there, else a specialised copy, else any.
pub(crate) fn symbol_of<'b>(binary: &'b Binary, subprogram: &Subprogram) -> Option<&'b Symbol> {
    let functions: Vec<&Symbol> = binary.symbols_at(subprogram.address).filter(|s| s.is_own_code()).collect();
    let wanted = [subprogram.linkage_name.as_deref(), subprogram.name.as_deref()];
    for name in wanted.into_iter().flatten() {
        if let Some(symbol) = functions.iter().find(|s| s.name == name) {
            return Some(symbol);
        }
    }
    functions.first().copied()
}

struct Scanner<'a, 's> {
    binary: &'a Binary,
    info: &'a DebugInfo<'s>,
    index: &'a Index,
    options: &'a ScanOptions,
    /// Names of the C++ routines, by address.
    names: HashMap<u64, String>,
    report: ScanReport,
}

/// A routine that is wanted, with its language, source name and symbol.
struct Candidate<'i> {
    subprogram: &'i Subprogram,
    language: Language,
    name: String,
    symbol: Option<String>,
}

impl<'a, 's> Scanner<'a, 's> {
    /// The routines that the options ask for, each address once.
    fn select(&mut self) -> Vec<Candidate<'a>> {
        let mut seen = HashSet::new();
        let mut selected = Vec::new();
        for subprogram in &self.index.subprograms {
            // The declaration's unit says the language: with LTO, the code is in a unit of the linker's.
            let language = self.info.language(subprogram.origin.unit);
            let symbol = symbol_of(self.binary, subprogram).map(|s| s.name.clone());
            let name = subprogram.name.clone().or_else(|| symbol.clone()).unwrap_or_default();
            if !self.wants(&name, subprogram, language) || !seen.insert(subprogram.address) {
                continue;
            }
            selected.push(Candidate { subprogram, language, name, symbol });
        }
        // Compilers list routines in an order of their own; a person expects that of the source.
        let line = |c: &Candidate<'_>| c.subprogram.at.as_deref().and_then(split_line);
        selected.sort_by_cached_key(|c| (c.subprogram.origin.unit, line(c), c.subprogram.address));
        selected
    }

    fn wants(&self, name: &str, subprogram: &Subprogram, language: Language) -> bool {
        let options = self.options;
        let full = self.full_name(name, subprogram);
        // A constructor goes by several symbols, of which a contract names one.
        let by_symbol = |p: &String| {
            // An indirect function is not its resolver, whose address it has.
            let mut symbols =
                self.binary.symbols_at(subprogram.address).filter(|s| s.kind == SymbolKind::Function);
            symbols.any(|s| matches(p, &s.name))
        };
        let by_name = |p: &String| matches(p, name) || matches(p, &full) || by_symbol(p);
        let by_source = |p: &String| subprogram.source.as_deref().is_some_and(|s| matches_path(p, s));
        (options.patterns.is_empty() || options.patterns.iter().any(by_name))
            && (options.sources.is_empty() || options.sources.iter().any(by_source))
            && options.language.is_none_or(|wanted| model_language(language) == Some(wanted))
    }

    /// The name of a routine in a contract, before it is made unique there.
    fn full_name(&self, name: &str, subprogram: &Subprogram) -> String {
        match self.names.get(&subprogram.address) {
            Some(name) => name.clone(),
            None => names::routine_name(name, subprogram.linkage_name.as_deref()),
        }
    }

    fn scan_language(&mut self, language: Language, selected: &[Candidate<'_>]) {
        let Some(model_language) = model_language(language) else {
            return;
        };
        let mut draft = Draft::new(self.info, self.component(model_language));
        for candidate in selected.iter().filter(|c| c.language == language) {
            if let Err(problem) = self.add(&mut draft, candidate) {
                self.refuse(candidate, problem);
            }
        }
        if language == Language::Ada {
            let units: BTreeSet<usize> = draft_units(selected, &draft);
            if let Err(problem) = ada::package_state(&mut draft, self.binary, units.into_iter()) {
                self.report.notes.push(format!("package variables: {}", problem.detail));
            }
        }
        self.report.notes.append(&mut draft.notes);
        if !draft.contract.routines.is_empty() {
            self.report.contracts.push(draft.contract);
        }
        if language == Language::Fortran {
            for candidate in selected.iter().filter(|c| {
                !matches!(c.language, Language::C | Language::Cpp | Language::Fortran | Language::Ada)
            }) {
                self.refuse(candidate, Problem::new(Reason::OtherLanguage, ""));
            }
        }
    }

    fn component(&self, language: model::Language) -> Component {
        let stem = self.binary.file_name();
        let stem = stem.split(".so").next().unwrap_or(&stem).to_string();
        let suffix = match language {
            model::Language::C => "c",
            model::Language::Cpp => "cpp",
            model::Language::Fortran => "fortran",
            model::Language::Ada => "ada",
        };
        let default = || names::identifier(&format!("{stem}_{suffix}"), "component");
        Component {
            name: self
                .options
                .component
                .as_deref()
                .map_or_else(default, |n| names::identifier(n, "component")),
            language,
            binary: Some(self.binary.file_name()),
            build_id: self.binary.build_id_hex(),
            target: self.binary.target().into(),
        }
    }

    fn add(&self, draft: &mut Draft<'_, 's>, candidate: &Candidate<'_>) -> Result<(), Problem> {
        let subprogram = candidate.subprogram;
        let symbol = admit(self.binary, self.info, subprogram)?;
        let base = self.full_name(&candidate.name, subprogram);
        let name = names::routine_beside(&draft.contract.routines, &base);
        let source = Source::read(self.info, subprogram)?;
        let described = describe(draft, self.binary, &source, name, symbol.name.clone())?;
        draft.contract.routines.push(described.routine);
        Ok(())
    }

    fn refuse(&mut self, candidate: &Candidate<'_>, problem: Problem) {
        self.report.refused.push(Refusal {
            name: candidate.name.clone(),
            symbol: candidate.symbol.clone(),
            language: candidate.language.name(),
            at: candidate.subprogram.at.clone(),
            reason: problem.reason,
            detail: problem.detail,
        });
    }

    /// A specialised copy of a routine that is there itself is not another routine.
    fn tell_copies(&mut self, selected: &[Candidate<'_>]) {
        let whole =
            |c: &&Candidate<'_>| c.symbol.as_deref().is_some_and(|s| names::clone_suffix(s).is_none());
        let present: HashSet<_> = selected.iter().filter(whole).map(|c| c.subprogram.origin).collect();
        let copies = selected.iter().filter(|c| !whole(c) && present.contains(&c.subprogram.origin));
        let copies: HashSet<&str> = copies.filter_map(|c| c.symbol.as_deref()).collect();
        for refusal in self.report.refused.iter_mut().filter(|r| r.reason == Reason::Clone) {
            if refusal.symbol.as_deref().is_some_and(|symbol| copies.contains(symbol)) {
                refusal.reason = Reason::Copy;
            }
        }
    }

    /// Where code begins that the debug information describes: routines, and what was moved out of them (`x.cold`).
    fn described(&self) -> HashSet<u64> {
        let parts = |s: &'a Subprogram| s.ranges.iter().map(|range| range.0).chain([s.address]);
        self.index.subprograms.iter().flat_map(parts).collect()
    }

    /// Symbols that were asked for by name and have no debug information.
    fn refuse_undescribed(&mut self) {
        if self.options.is_everything() {
            let described = self.described();
            let functions = self.binary.symbols().iter().filter(|s| s.is_function());
            let others: HashSet<u64> =
                functions.map(|s| s.address).filter(|a| !described.contains(a)).collect();
            self.report.undescribed = others.len();
        }
        if self.options.patterns.is_empty() || !self.options.sources.is_empty() {
            return;
        }
        let described = self.described();
        let indirect = |s: &&Symbol| s.kind == SymbolKind::IndirectFunction;
        let undescribed = |s: &&Symbol| s.is_function() && (indirect(s) || !described.contains(&s.address));
        for symbol in self.binary.symbols().iter().filter(undescribed) {
            if self.options.patterns.iter().any(|p| matches(p, &symbol.name)) {
                self.report.refused.push(Refusal {
                    name: symbol.name.clone(),
                    symbol: Some(symbol.name.clone()),
                    language: Language::Other(None).name(),
                    at: None,
                    reason: match indirect(&symbol) {
                        true => Reason::IndirectFunction,
                        false => cpp::undescribed(&symbol.name),
                    },
                    detail: String::new(),
                });
            }
        }
    }
}

/// The units of the routines that were described.
fn draft_units(selected: &[Candidate<'_>], draft: &Draft<'_, '_>) -> BTreeSet<usize> {
    let symbols: HashSet<&str> = draft.contract.routines.iter().map(|r| r.symbol.as_str()).collect();
    let described = |c: &&Candidate<'_>| c.symbol.as_deref().is_some_and(|s| symbols.contains(s));
    selected.iter().filter(described).map(|c| c.subprogram.origin.unit).collect()
}

/// `file:line` as a key to sort by.
fn split_line(at: &str) -> Option<(String, u64)> {
    let (file, line) = at.rsplit_once(':')?;
    Some((file.to_string(), line.parse().ok()?))
}

fn model_language(language: Language) -> Option<model::Language> {
    match language {
        Language::C => Some(model::Language::C),
        Language::Cpp => Some(model::Language::Cpp),
        Language::Fortran => Some(model::Language::Fortran),
        Language::Ada => Some(model::Language::Ada),
        _ => None,
    }
}

/// Refuses what is no routine of its own, before its signature is looked at. Returns its symbol.
pub(crate) fn admit<'b>(
    binary: &'b Binary,
    info: &DebugInfo<'_>,
    subprogram: &Subprogram,
) -> Result<&'b Symbol, Problem> {
    let refuse = |reason| Err(Problem::new(reason, ""));
    let Some(symbol) = symbol_of(binary, subprogram) else {
        return refuse(Reason::NoSymbol);
    };
    let name = subprogram.name.as_deref().unwrap_or_default();
    let fortran = info.language(subprogram.origin.unit) == Language::Fortran;
    if subprogram.main || matches!(symbol.name.as_str(), "main" | "MAIN__") {
        return refuse(Reason::ProgramEntry);
    }
    if names::clone_suffix(&symbol.name).is_some() {
        return Err(Problem::new(Reason::Clone, symbol.name.clone()));
    }
    let ada = info.language(subprogram.origin.unit) == Language::Ada;
    if ada {
        ada::admit(binary, info, subprogram, symbol)?;
    }
    let cpp = info.language(subprogram.origin.unit) == Language::Cpp;
    if info.producer(subprogram.origin.unit).contains("-fbuilding-libgcc") {
        return Err(Problem::new(Reason::CompilerGenerated, "part of the compiler's run-time library"));
    }
    // What a C++ class has by itself is a routine like one that is written.
    let implicit = cpp && !name.starts_with("_GLOBAL_") && !name.starts_with("__static_init");
    if (subprogram.artificial && !implicit && !ada)
        || (fortran && (name.starts_with("__") || name.starts_with("master.")))
    {
        return refuse(Reason::CompilerGenerated);
    }
    let namesakes =
        binary.symbols_named(&symbol.name).filter(|s| s.is_function() && s.address != symbol.address);
    if symbol.binding == Binding::Local && namesakes.count() > 0 {
        return Err(Problem::new(Reason::AmbiguousSymbol, symbol.name.clone()));
    }
    Ok(symbol)
}
