//! What came of linking again: who answers, and whether anything else changed.
//!
//! Code of an object is found again in the program by its bytes, less what the linker filled in.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use object::elf;

use super::codes::{LinkCode, LinkFinding};
use super::plan::{Means, Plan};
use super::steps::legacy_name;
use super::umbrella::WHAT;
use super::unit::{Place, Symbol, Unit};
use crate::binary::Binary;
use crate::code::CodeMap;
use crate::linkage::Linkage;

/// Who answers a routine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answers {
    /// The Rust library.
    Rust,
    /// The legacy code.
    Legacy,
    /// Rust for some callers, legacy for others.
    Both,
    /// It could not be told.
    Unknown,
}

impl Answers {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Answers::Rust => "rust",
            Answers::Legacy => "legacy",
            Answers::Both => "both",
            Answers::Unknown => "unknown",
        }
    }
}

/// One routine in the program.
#[derive(Debug, Clone)]
pub struct Found {
    /// Its symbol.
    pub symbol: String,
    /// Who answers it.
    pub answers: Answers,
    /// How that is known.
    pub why: String,
    /// The name and address of the code that answers.
    pub at: Option<(String, u64)>,
    /// Where the legacy code still is.
    pub legacy_at: Option<u64>,
    /// Places that still lead to the legacy code.
    pub places: Vec<String>,
}

/// Something that changed and was not meant to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// What.
    pub what: String,
    /// It was to be expected, and changes no answer.
    pub expected: bool,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub struct Outcome {
    /// The routines.
    pub routines: Vec<Found>,
    /// What the Rust library says of itself, as it stands in the program.
    pub identified: Vec<String>,
    /// Routines and data of the legacy objects that are in the program as they were.
    pub same: usize,
    /// What changed.
    pub changes: Vec<Change>,
    /// What the plan refuses for these objects and a program does not show, by routine.
    pub refused: Vec<(Option<String>, LinkFinding)>,
}

impl Outcome {
    /// Rust answers every routine and nothing else changed.
    pub fn is_good(&self) -> bool {
        self.routines.iter().all(|r| r.answers == Answers::Rust)
            && self.changes.iter().all(|c| c.expected)
            && self.refused.is_empty()
    }
}

/// Looks at a linked program; `before` is the one that legacy made.
pub fn outcome(plan: &Plan, program: &Binary, before: Option<&Binary>) -> Outcome {
    let looker = Looker::new(plan, program);
    let mut outcome = Outcome { refused: refused(plan), ..Outcome::default() };
    for routine in &plan.routines {
        let found =
            looker.routine(&routine.symbol, routine.means, routine.home.and_then(|h| plan.program.unit(h)));
        outcome.routines.push(found);
    }
    looker.identified(&mut outcome);
    looker.unchanged(&mut outcome);
    if let Some(before) = before {
        compare(before, program, &kept_names(plan), &mut outcome.changes);
    }
    outcome
}

/// Copies of legacy code that have no name, what callers rely on, and what runs too early: the plan sees it in the objects.
fn refused(plan: &Plan) -> Vec<(Option<String>, LinkFinding)> {
    const UNSHOWN: &[LinkCode] = &[
        LinkCode::Inlined,
        LinkCode::Copies,
        LinkCode::Relied,
        LinkCode::Shared,
        LinkCode::LinkTime,
        LinkCode::TooEarly,
        LinkCode::NoElaboration,
    ];
    let unshown = |f: &&LinkFinding| UNSHOWN.contains(&f.code);
    let of_routines = plan.routines.iter().flat_map(|r| {
        let found = r.findings.iter().filter(unshown);
        found.map(|f| (Some(r.symbol.clone()), f.clone()))
    });
    of_routines.chain(plan.findings.iter().filter(unshown).map(|f| (None, f.clone()))).collect()
}

struct Looker<'a> {
    plan: &'a Plan,
    program: &'a Binary,
    code: CodeMap,
    linkage: Linkage,
    by_name: HashMap<&'a str, Vec<u64>>,
}

impl<'a> Looker<'a> {
    fn new(plan: &'a Plan, program: &'a Binary) -> Looker<'a> {
        let mut by_name: HashMap<&str, Vec<u64>> = HashMap::new();
        for symbol in program.symbols() {
            by_name.entry(symbol.name.as_str()).or_default().push(symbol.address);
        }
        let (code, linkage) = (CodeMap::sweep(program), Linkage::read(program));
        Looker { plan, program, code, linkage, by_name }
    }

    fn addresses(&self, name: &str) -> &[u64] {
        self.by_name.get(name).map_or(&[], Vec::as_slice)
    }

    fn rust_units(&self) -> impl Iterator<Item = &'a Unit> {
        self.plan.request.rust.iter().flat_map(|a| &a.members)
    }

    fn routine(&self, symbol: &str, means: Option<Means>, home: Option<&Unit>) -> Found {
        let legacy = home.and_then(|unit| Some((unit, unit.definition(symbol)?)));
        let wrapped = format!("__wrap_{symbol}");
        let is_wrapped = !self.addresses(&wrapped).is_empty();
        let name = if is_wrapped { wrapped } else { symbol.to_string() };
        let mut found = Found {
            symbol: symbol.to_string(),
            answers: Answers::Unknown,
            why: String::new(),
            at: None,
            legacy_at: None,
            places: Vec::new(),
        };
        let Some(&at) = self.addresses(&name).first() else {
            found.why = match means {
                Some(_) => format!(
                    "the program has no symbol `{name}`; look at it before it is stripped (the commands keep it as .unstripped)"
                ),
                None => format!("the program has no symbol `{name}`"),
            };
            return found;
        };
        found.at = Some((name, at));
        let rust = self.rust_units().find_map(|u| Some((u, u.definition(symbol).filter(|s| s.global())?)));
        let is_rust = rust.is_some_and(|(unit, s)| self.same_bytes(unit, s, at));
        let is_legacy = legacy.is_some_and(|(unit, s)| self.same_bytes(unit, s, at));
        found.legacy_at = legacy.and_then(|(unit, s)| self.legacy_code(unit, s));
        found.places =
            found.legacy_at.map_or_else(Vec::new, |a| self.leading_to(a, legacy.map_or(1, |l| l.1.size), at));
        if let Some(legacy) = found.legacy_at.filter(|legacy| *legacy != at) {
            let shown = |s: &&crate::binary::Symbol| s.dynamic && s.name == symbol && s.address == legacy;
            let shown = self.program.symbols().iter().any(|s| shown(&s));
            found.places.extend(
                shown.then(|| format!("the name `{symbol}` that the program shows to what it loads")),
            );
        }
        (found.answers, found.why) = match (is_rust, is_legacy, found.places.is_empty()) {
            (true, false, true) => (Answers::Rust, "its code is that of the Rust library".to_string()),
            (true, false, false) => (
                Answers::Both,
                "its code is that of the Rust library, but some places lead to the legacy code".to_string(),
            ),
            (false, true, _) => (Answers::Legacy, "its code is that of the legacy object".to_string()),
            (true, true, _) => (
                Answers::Unknown,
                "its code is the same in the Rust library and in the legacy object".to_string(),
            ),
            (false, false, _) => (
                Answers::Unknown,
                "its code is neither that of the Rust library nor that of the legacy object".to_string(),
            ),
        };
        found
    }

    /// Where the legacy code of a routine is in the program, under whatever name or none.
    fn legacy_code(&self, unit: &Unit, symbol: &Symbol) -> Option<u64> {
        let own = [legacy_name(&symbol.name), symbol.name.clone()];
        let named = own.iter().flat_map(|n| self.addresses(n)).copied();
        let neighbours =
            unit.symbols.iter().filter(|s| s.place == symbol.place && s.function() && s.name != symbol.name);
        // The object's other routines of that section tell where the section is.
        let by_neighbours = neighbours.flat_map(|n| {
            let offset = symbol.value.wrapping_sub(n.value);
            self.addresses(&n.name).iter().map(move |a| a.wrapping_add(offset))
        });
        named
            .chain(by_neighbours)
            .find(|at| self.same_bytes(unit, symbol, *at))
            .or_else(|| self.searched(unit, symbol))
    }

    /// The code of a routine that has neither name nor neighbour, from one end of the program's code to the other.
    fn searched(&self, unit: &Unit, symbol: &Symbol) -> Option<u64> {
        let Place::Section(section) = symbol.place else { return None };
        let first = *unit.sections.get(section)?.data.get(usize::try_from(symbol.value).ok()?)?;
        for range in crate::code::code_ranges(self.program) {
            let length = usize::try_from(range.end - range.start).ok()?;
            let Some(bytes) = self.program.bytes_at(range.start, length) else { continue };
            let begins = bytes.iter().enumerate().filter(|(_, byte)| **byte == first);
            let mut places = begins.map(|(offset, _)| range.start + offset as u64);
            if let Some(at) = places.find(|at| self.same_bytes(unit, symbol, *at)) {
                return Some(at);
            }
        }
        None
    }

    /// Legacy places that lead to the legacy code: branches, addresses in code and in data. Those in the `rust` routine
    /// are its own business.
    fn leading_to(&self, at: u64, size: u64, rust: u64) -> Vec<String> {
        let own = at..at.saturating_add(size.max(1));
        let mut sources: BTreeSet<u64> =
            self.code.branches_into(at..at.saturating_add(1)).iter().map(|b| b.source).collect();
        sources.extend(self.code.taken(at));
        for slot in self.linkage.slots_here(at) {
            sources.extend(self.code.slot_uses(slot).iter().map(|u| u.source));
        }
        let legacy: BTreeSet<&str> = self.legacy_functions();
        let mut places: Vec<String> = Vec::new();
        for source in sources.into_iter().filter(|s| !own.contains(s)) {
            let function = self.program.function_at(source);
            if function.is_some_and(|f| f.address == rust) {
                continue;
            }
            let names =
                function.iter().flat_map(|f| &f.symbols).filter_map(|&i| self.program.symbols().get(i));
            let names: Vec<&str> = names.map(|s| s.name.as_str()).collect();
            match names.iter().find(|n| legacy.contains(**n)) {
                Some(name) => places.push(format!("{name} ({source:#x})")),
                // Rust itself may call what it was given the name of.
                None if !names.is_empty() => {}
                None => places.push(format!("{source:#x}")),
            }
        }
        places.extend(self.linkage.held(at).map(|place| format!("data at {place:#x}")));
        places
    }

    fn legacy_functions(&self) -> BTreeSet<&'a str> {
        let plan = self.plan;
        let units = plan.resolved().units;
        let units = units.into_iter().filter_map(move |id| plan.program.unit(id));
        units
            .flat_map(|u| u.symbols.iter().filter(|s| s.function() && s.defined()))
            .map(|s| s.name.as_str())
            .collect()
    }

    /// The bytes of a symbol are those at an address, less what the linker fills in.
    fn same_bytes(&self, unit: &Unit, symbol: &Symbol, at: u64) -> bool {
        let Place::Section(section) = symbol.place else { return false };
        let (Ok(start), Ok(size)) = (usize::try_from(symbol.value), usize::try_from(symbol.size)) else {
            return false;
        };
        let bytes = unit.sections.get(section).and_then(|s| s.data.get(start..start.checked_add(size)?));
        let (Some(bytes), Some(there)) = (bytes, self.program.bytes_at(at, size)) else { return false };
        if size == 0 || there.len() != size {
            return false;
        }
        let mut free = vec![false; size];
        for reloc in unit.relocs_in(section, symbol.value..symbol.value.saturating_add(symbol.size)) {
            let (before, after) = filled(reloc.kind);
            let offset = usize::try_from(reloc.offset - symbol.value).unwrap_or(usize::MAX);
            let end = offset.saturating_add(after).min(size);
            free.get_mut(offset.saturating_sub(before).min(end)..end)
                .into_iter()
                .flatten()
                .for_each(|f| *f = true);
        }
        bytes.iter().zip(there).zip(free).all(|((a, b), free)| free || a == b)
    }

    fn identified(&self, outcome: &mut Outcome) {
        let mut wanted: BTreeMap<&str, Option<String>> = BTreeMap::new();
        for unit in self.rust_units() {
            for symbol in unit.symbols.iter().filter(|s| s.defined() && s.name.starts_with(WHAT)) {
                let at = self.addresses(&symbol.name).first().copied();
                let size = usize::try_from(symbol.size).unwrap_or(0);
                let text = at.and_then(|at| self.program.bytes_at(at, size));
                let text = text.map(|b| String::from_utf8_lossy(b).trim_end_matches('\0').to_string());
                wanted.insert(symbol.name.as_str(), text);
            }
        }
        for (name, text) in wanted {
            match text {
                Some(text) => outcome.identified.push(text),
                None => {
                    let what = format!("`{name}` of the Rust library is not in the program");
                    outcome.changes.push(Change { what, expected: false });
                }
            }
        }
    }

    /// Holds the legacy objects against the program. The plan says which members stay out: those that do nothing else.
    fn unchanged(&self, outcome: &mut Outcome) {
        // The linker was told to drop what nobody needs.
        let drops = self.plan.program.line.words.iter().any(|w| w.contains("--gc-sections"));
        let replaced: BTreeSet<&str> = self.plan.routines.iter().map(|r| r.symbol.as_str()).collect();
        let units = self.plan.resolved().units;
        let units: Vec<&Unit> = units.into_iter().filter_map(|id| self.plan.program.unit(id)).collect();
        // Of weak ones the first is linked, and gives way to one that is not weak.
        let strong = |s: &&Symbol| s.global() && s.defined() && !s.weak();
        let symbols = units.iter().flat_map(|u| &u.symbols);
        let mut taken: BTreeSet<&str> = symbols.filter(strong).map(|s| s.name.as_str()).collect();
        for unit in units.iter().copied() {
            let kept = |s: &&Symbol| !s.weak() || !taken.contains(s.name.as_str());
            let own: Vec<&Symbol> =
                unit.symbols.iter().filter(|s| comparable(unit, s)).filter(kept).collect();
            taken.extend(own.iter().filter(|s| s.weak()).map(|s| s.name.as_str()));
            for symbol in own {
                let at = self.addresses(&symbol.name);
                let moved =
                    || replaced.contains(symbol.name.as_str()) && self.legacy_code(unit, symbol).is_some();
                if at.iter().any(|at| self.same_bytes(unit, symbol, *at)) || moved() {
                    outcome.same += 1;
                } else {
                    let what = match at.is_empty() {
                        true => format!("{} of {} is not in the program", symbol.name, unit.name()),
                        false => format!("{} is not what {} holds", symbol.name, unit.name()),
                    };
                    let expected = at.is_empty() && drops;
                    outcome.changes.push(Change { what, expected });
                }
            }
        }
    }
}

/// A routine or data with bytes of its own, of which the linker keeps this copy.
fn comparable(unit: &Unit, symbol: &Symbol) -> bool {
    let Place::Section(section) = symbol.place else { return false };
    let section = unit.sections.get(section);
    let kept = section.is_some_and(|s| s.loaded && !s.data.is_empty() && s.group.is_none());
    let data = symbol.kind == elf::STT_OBJECT.0 && symbol.size > 0;
    kept && symbol.size > 0 && (symbol.function() || data)
}

/// Bytes that the linker may change: before the place of a relocation (instructions it replaces), and from there.
fn filled(kind: u32) -> (usize, usize) {
    match elf::RelocationType(kind) {
        elf::R_X86_64_64
        | elf::R_X86_64_PC64
        | elf::R_X86_64_TPOFF64
        | elf::R_X86_64_DTPOFF64
        | elf::R_X86_64_GOTOFF64
        | elf::R_X86_64_GOTPC64
        | elf::R_X86_64_GOT64
        | elf::R_X86_64_GOTPCREL64
        | elf::R_X86_64_GOTPLT64
        | elf::R_X86_64_PLTOFF64
        | elf::R_X86_64_SIZE64 => (0, 8),
        elf::R_X86_64_16 | elf::R_X86_64_PC16 => (0, 2),
        elf::R_X86_64_8 | elf::R_X86_64_PC8 => (0, 1),
        elf::R_X86_64_GOTPCREL | elf::R_X86_64_GOTPCRELX | elf::R_X86_64_REX_GOTPCRELX => (3, 4),
        elf::R_X86_64_TLSGD | elf::R_X86_64_TLSLD | elf::R_X86_64_GOTTPOFF => (4, 12),
        _ => (0, 4),
    }
}

/// Names that the copies give to legacy code.
fn kept_names(plan: &Plan) -> Vec<String> {
    plan.routines.iter().map(|r| legacy_name(&r.symbol)).collect()
}

/// What two programs show to the system and to each other.
fn compare(before: &Binary, after: &Binary, kept: &[String], changes: &mut Vec<Change>) {
    let mut differ = |what: &str, old: Vec<String>, new: Vec<String>, expected: &[&str]| {
        for name in new.iter().filter(|n| !old.contains(n)) {
            changes.push(Change {
                what: format!("{what} {name} was added"),
                expected: expected.contains(&name.as_str()),
            });
        }
        for name in old.iter().filter(|n| !new.contains(n)) {
            changes.push(Change { what: format!("{what} {name} is gone"), expected: false });
        }
    };
    // What Rust's standard library is linked with.
    let runtime =
        ["libc.so.6", "libgcc_s.so.1", "libm.so.6", "libpthread.so.0", "libdl.so.2", "ld-linux-x86-64.so.2"];
    differ("the needed library", before.needed().to_vec(), after.needed().to_vec(), &runtime);
    let kept: Vec<&str> = kept.iter().map(String::as_str).collect();
    let exported = |b: &Binary| -> Vec<String> {
        let names: BTreeSet<String> =
            b.symbols().iter().filter(|s| s.dynamic && s.is_function()).map(|s| s.name.clone()).collect();
        names.into_iter().collect()
    };
    differ("the exported routine", exported(before), exported(after), &kept);
    let one = |value: Option<&str>| value.map(str::to_string).into_iter().collect::<Vec<_>>();
    differ("the interpreter", one(before.interpreter()), one(after.interpreter()), &[]);
    differ("the library path", one(before.runpath()), one(after.runpath()), &[]);
    let kind = |b: &Binary| vec![format!("{:?}", b.kind())];
    differ("the kind of file", kind(before), kind(after), &[]);
}
