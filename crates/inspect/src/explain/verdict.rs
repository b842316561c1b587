//! Whether and how a routine can be replaced, and which routes are open to it.

use std::collections::BTreeMap;

use cmp_bridge::control::Route;
use cmp_bridge_contract::model::{Contract, Routine};
use cmp_bridge_contract::readiness::{self, Missing, Purpose};

use super::calls::Arrival;
use super::codes::{HazardCode, HazardFinding};
use super::facts::Facts;
use super::subject::Subject;
use super::{Explanation, Survey, words};
use crate::binary::Kind;
use crate::finding::Severity;
use crate::hazard::{Hazard, hookable};
use crate::scan::{ScanOptions, ScanReport, scan};

/// An answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// It can.
    Yes,
    /// It can, for some of the calls, or with something to mind.
    Partly,
    /// It cannot.
    No,
}

impl Verdict {
    /// `yes`, `partly` or `no`.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Yes => "yes",
            Verdict::Partly => "partly",
            Verdict::No => "no",
        }
    }
}

/// A way to replace a routine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Means {
    /// A jump at its entry, in the running process.
    EntryHook,
    /// A library that the dynamic linker finds first.
    Preload,
    /// Another object file in the executable.
    Relink,
    /// The routine that holds the inlined copies.
    Enclosing,
}

impl Means {
    /// A word for scripts.
    pub fn name(self) -> &'static str {
        match self {
            Means::EntryHook => "entry-hook",
            Means::Preload => "preload",
            Means::Relink => "relink",
            Means::Enclosing => "enclosing",
        }
    }

    /// What it is, for a person.
    pub fn title(self) -> &'static str {
        match self {
            Means::EntryHook => "a hook at its entry, in the running program",
            Means::Preload => "a library found first by the dynamic linker (LD_PRELOAD)",
            Means::Relink => "linking the program again with the new routine",
            Means::Enclosing => "taking a routine that contains it instead",
        }
    }
}

/// Whether one way is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Way {
    /// The way.
    pub means: Means,
    /// Whether it is open.
    pub verdict: Verdict,
    /// The reason.
    pub why: String,
}

/// A routine that holds inlined copies of another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holder {
    /// Its symbol, or its name.
    pub name: String,
    /// Copies in it.
    pub copies: usize,
    /// Why it cannot be hooked itself.
    pub obstacle: Option<String>,
}

/// Whether one route is open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteVerdict {
    /// `legacy`, `record`, `shadow`, `lead` or `rust`.
    pub route: &'static str,
    /// Whether it is open.
    pub verdict: Verdict,
    /// The reason.
    pub why: String,
    /// Facts the contract does not have yet.
    pub missing: Vec<Missing>,
}

/// The contract of a routine, or why it has none.
enum Described {
    Yes(Box<(Contract, Routine)>),
    No(String),
}

impl Survey<'_, '_> {
    /// All about one routine. `contract` is the one to judge readiness by; without it, what a scan would write.
    pub fn explain(&self, subject: &Subject, contract: Option<&Contract>) -> Explanation {
        let mut facts = Facts::gather(self, subject);
        let function = facts.function();
        let file = subject.at.as_deref().map(|at| at.rsplit_once(':').map_or(at, |(file, _)| file));
        let hook = match &subject.symbol {
            Some(symbol) if self.starts_program(symbol) => Err(Hazard::SafeMoment { symbol: symbol.clone() }),
            Some(symbol) => hookable(self.binary, &self.code, symbol, file).map(|_| ()),
            None => Err(self.no_entry(subject)),
        };
        if let Err(hazard) = &hook
            && (subject.entry.is_some() || matches!(hazard, Hazard::IndirectFunction { .. }))
        {
            facts.found.insert(0, refusal(hazard));
        }
        let described = self.described(subject, contract);
        let holders = self.holders(subject);
        let ways = self.ways(&facts, subject, &hook, &holders);
        let routes = routes(&facts, &ways[0], &described);
        let known = subject.known.and_then(|i| self.known().get(i));
        let signature = match (&self.debug, known) {
            (Some(debug), Some(known)) => words::signature(debug.info, known, facts.language()),
            _ => None,
        };
        Explanation {
            subject: subject.clone(),
            language: facts.language().name(),
            signature,
            size: function.map(|f| f.size),
            producer: Some(facts.calling.producer.clone()).filter(|p| !p.is_empty()),
            findings: facts.found,
            ways,
            holders,
            routes,
        }
    }

    /// The entries at which the bridge waits until the languages of the program are ready.
    fn starts_program(&self, symbol: &str) -> bool {
        self.binary.is_executable() && (symbol == "main" || symbol == "MAIN__" || symbol.starts_with("_ada_"))
    }

    fn no_entry(&self, subject: &Subject) -> Hazard {
        let hint = match subject.clones.first() {
            Some((copy, _)) => format!(": only copies such as {copy} exist, with other parameters"),
            None => ": it was inlined everywhere".to_string(),
        };
        Hazard::NoSuchSymbol { symbol: subject.name.clone(), image: self.binary.file_name(), hint }
    }

    fn described(&self, subject: &Subject, contract: Option<&Contract>) -> Described {
        let symbol = subject.symbol.as_deref();
        if let Some(contract) = contract {
            let is = |r: &&Routine| Some(r.symbol.as_str()) == symbol || r.name == subject.name;
            return match contract.routines.iter().find(is) {
                Some(routine) => Described::Yes(Box::new((contract.clone(), routine.clone()))),
                None => Described::No("the contract does not have this routine".to_string()),
            };
        }
        if let Some(all) = self.scanned.get() {
            return find_described(subject, all);
        }
        find_described(subject, &self.scan_for(symbol.unwrap_or(&subject.name)))
    }

    /// Scans all routines at once, which is faster than one by one when many of them are to be explained.
    pub fn scan_all(&self) {
        self.scanned.get_or_init(|| self.scan_for("*"));
    }

    /// The symbol of the routine that a scan of the image gives this name.
    pub fn symbol_of_scanned(&self, name: &str) -> Option<String> {
        self.scan_all();
        let report = self.scanned.get()?.as_ref().ok()?;
        let routine = report.contracts.iter().find_map(|contract| contract.routine(name))?;
        Some(routine.symbol.clone())
    }

    fn scan_for(&self, pattern: &str) -> Result<ScanReport, String> {
        let options = ScanOptions { patterns: vec![pattern.to_string()], ..ScanOptions::default() };
        scan(self.binary, &options).map_err(|error| error.to_string())
    }

    fn holders(&self, subject: &Subject) -> Vec<Holder> {
        let Some(debug) = &self.debug else { return Vec::new() };
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for (copy, times) in debug.sources.copies(debug.info, &subject.origins) {
            *counts.entry(copy.holder).or_default() += times;
        }
        let holder = |(name, copies): (String, usize)| {
            let hook = match self.starts_program(&name) {
                true => Err(Hazard::SafeMoment { symbol: name.clone() }),
                false => hookable(self.binary, &self.code, &name, None).map(|_| ()),
            };
            let obstacle = hook.err().map(|hazard| hazard.to_string());
            Holder { name, copies, obstacle }
        };
        let mut holders: Vec<Holder> = counts.into_iter().map(holder).collect();
        holders.sort_by_key(|h| (h.obstacle.is_some(), std::cmp::Reverse(h.copies)));
        holders
    }

    fn ways(
        &self,
        facts: &Facts<'_, '_, '_>,
        subject: &Subject,
        hook: &Result<(), Hazard>,
        holders: &[Holder],
    ) -> Vec<Way> {
        let mut ways = vec![
            self.entry_hook(facts, subject, hook),
            self.preload(facts, subject),
            self.relink(facts, subject),
        ];
        if !holders.is_empty() {
            let open: Vec<&str> =
                holders.iter().filter(|h| h.obstacle.is_none()).map(|h| h.name.as_str()).collect();
            let named = list(&open);
            let (verdict, why) = match (open.is_empty(), subject.entry) {
                (true, _) => (Verdict::No, "none of the routines that hold a copy can be hooked".to_string()),
                (false, None) => (Verdict::Yes, format!("replace {named}: the copy is part of it")),
                (false, Some(_)) => {
                    (Verdict::Yes, format!("replace {named} as well, for the calls that were inlined"))
                }
            };
            ways.push(Way { means: Means::Enclosing, verdict, why });
        }
        ways
    }

    fn entry_hook(&self, facts: &Facts<'_, '_, '_>, subject: &Subject, hook: &Result<(), Hazard>) -> Way {
        let (verdict, why) = match hook {
            Err(hazard) => (Verdict::No, format!("{}: {hazard}", hazard.code())),
            Ok(()) => match (self.closed_image(), blocking(&facts.found)) {
                (Some(why), _) => (Verdict::No, why),
                (None, Some(finding)) => {
                    (Verdict::No, format!("{}: {}; {}", finding.code, finding.title, finding.text))
                }
                (None, None) => escaping(&facts.found, subject),
            },
        };
        Way { means: Means::EntryHook, verdict, why }
    }

    /// Why nothing can be loaded into the program.
    fn closed_image(&self) -> Option<String> {
        if let Some(linking) = self.binary.static_linking() {
            return Some(format!("the program is linked {linking}: no library can be loaded into it"));
        }
        let privileged = self.binary.is_executable() && self.binary.privileges().any();
        privileged.then(|| {
            "the program runs with another user's rights (setuid): the dynamic linker loads no library of ours into it"
                .to_string()
        })
    }

    fn preload(&self, facts: &Facts<'_, '_, '_>, subject: &Subject) -> Way {
        let way = |verdict, why: String| Way { means: Means::Preload, verdict, why };
        if is_indirect(&facts.found) {
            return way(Verdict::No, VERSIONS.to_string());
        }
        let Some(function) = facts.function() else {
            return way(
                Verdict::No,
                "it has no code of its own, so no symbol to take the place of".to_string(),
            );
        };
        if let Some(why) = self.closed_image() {
            return way(Verdict::No, why);
        }
        if self.binary.kind() != Kind::SharedLibrary {
            let why = "it is defined in the executable, which the dynamic linker asks first: a preloaded library of the \
                       same name is never reached";
            return way(Verdict::No, why.to_string());
        }
        if !facts.exported() {
            return way(Verdict::No, "the library does not export it (static, or hidden)".to_string());
        }
        let symbol = subject.symbol.as_deref().unwrap_or_default();
        if self.binary.is_symbolic() || self.linkage.is_protected(symbol) {
            let why = "the library was linked so that its own calls stay inside (-Bsymbolic, or protected visibility); \
                       calls from other images can be caught";
            return way(Verdict::Partly, why.to_string());
        }
        let direct: Vec<String> = self
            .callers(function)
            .into_iter()
            .filter(|(source, arrival)| {
                *arrival != Arrival::Linked && !self.own_range(function).contains(source)
            })
            .map(|(source, _)| self.place(source))
            .collect();
        let inlined = facts.found.iter().any(|f| f.code == HazardCode::Inlined.text());
        match (direct.is_empty(), inlined) {
            (true, false) => way(
                Verdict::Yes,
                "every call of it that is seen goes through the dynamic linker: a preloaded library that exports the \
                 symbol takes its place. A preloaded routine cannot be switched back while the program runs"
                    .to_string(),
            ),
            (false, _) => way(
                Verdict::Partly,
                format!("calls inside the library go straight to it, past the dynamic linker: {}", first(&direct)),
            ),
            (true, true) => {
                way(Verdict::Partly, "inlined copies inside the library stay what they are".to_string())
            }
        }
    }

    fn relink(&self, facts: &Facts<'_, '_, '_>, subject: &Subject) -> Way {
        let way = |verdict, why: String| Way { means: Means::Relink, verdict, why };
        let file =
            subject.at.as_deref().map_or("its source file", |at| at.rsplit_once(':').map_or(at, |(f, _)| f));
        let has = |code: HazardCode| facts.found.iter().any(|f| f.code == code.text());
        if is_indirect(&facts.found) {
            return way(Verdict::No, VERSIONS.to_string());
        }
        if let Some(finding) = blocking(&facts.found) {
            return way(Verdict::No, format!("{}: {}", finding.code, finding.title));
        }
        let local = subject.symbol.as_deref().and_then(|s| {
            let entry = subject.entry?;
            self.binary.symbols_at(entry).find(|symbol| symbol.name == s)
        });
        let local = local.is_some_and(|s| s.binding == crate::binary::Binding::Local);
        let mut why = match (subject.entry.is_none(), local) {
            (true, _) => format!(
                "if {file} can be compiled again: take its body out and leave the declaration, so that its callers call \
                 the new routine; whoever holds a copy must be compiled again, too"
            ),
            (false, true) => format!(
                "it is local to {file}: the source must be changed so that it is declared there and defined elsewhere"
            ),
            (false, false) => format!(
                "if {file} can be compiled again: take its body out of it, and link the library with the new routine, \
                 which has the same symbol"
            ),
        };
        if has(HazardCode::Inlined) || has(HazardCode::Copies) {
            why += "; the units that hold copies of it must be compiled again, too";
        }
        let verdict = if local || subject.entry.is_none() { Verdict::Partly } else { Verdict::Yes };
        way(verdict, why)
    }
}

fn find_described(subject: &Subject, report: &Result<ScanReport, String>) -> Described {
    let report = match report {
        Ok(report) => report,
        Err(error) => return Described::No(format!("no contract can be scanned: {error}")),
    };
    let symbol = subject.symbol.as_deref();
    let is = |r: &&Routine| Some(r.symbol.as_str()) == symbol;
    if let Some((contract, routine)) =
        report.contracts.iter().find_map(|c| Some((c, c.routines.iter().find(is)?)))
    {
        return Described::Yes(Box::new((contract.clone(), routine.clone())));
    }
    let refused = report.refused.iter().find(|r| r.symbol.as_deref() == symbol || r.name == subject.name);
    Described::No(match refused {
        Some(refused) if refused.detail.is_empty() => refused.reason.text().to_string(),
        Some(refused) => format!("{} ({})", refused.reason.text(), refused.detail),
        None => "no debug information describes it".to_string(),
    })
}

/// A refusal of the hook as a finding.
fn refusal(hazard: &Hazard) -> HazardFinding {
    HazardFinding {
        code: hazard.code(),
        severity: Severity::Error,
        title: "its entry cannot be hooked",
        text: hazard.to_string(),
        places: Vec::new(),
        count: 0,
    }
}

/// Why an indirect function is not replaced under its own name.
const VERSIONS: &str = "which code its calls reach is decided by a resolver when the program is loaded: replace the versions \
                        it chooses from, each by its own name";

/// The routine is chosen among several when the program is loaded.
fn is_indirect(findings: &[HazardFinding]) -> bool {
    findings.iter().any(|f| f.code == "H203")
}

/// What closes every way that passes arguments on.
fn blocking(findings: &[HazardFinding]) -> Option<&HazardFinding> {
    let codes = [HazardCode::Convention, HazardCode::StaticLink, HazardCode::Variadic];
    findings.iter().find(|f| codes.iter().any(|c| c.text() == f.code))
}

/// A hook that is possible: does it see every call?
fn escaping(findings: &[HazardFinding], subject: &Subject) -> (Verdict, String) {
    let escapes = [HazardCode::Inlined, HazardCode::Copies];
    let found: Vec<&HazardFinding> =
        findings.iter().filter(|f| escapes.iter().any(|c| c.text() == f.code)).collect();
    if found.is_empty() {
        let (verdict, why) = if findings.iter().any(|f| f.code == HazardCode::Folded.text()) {
            (Verdict::Partly, "calls of the routines that share its code are caught as well (H303)")
        } else if subject.known.is_none() {
            let why = "its entry can be redirected and put back while the program runs; without debug information it is \
                       not known whether copies of it were inlined elsewhere, which a hook does not see";
            (Verdict::Partly, why)
        } else {
            let why = "every call that is seen in this file arrives at its entry, which can be redirected and put back \
                       while the program runs";
            (Verdict::Yes, why)
        };
        return (verdict, why.to_string());
    }
    let each = found.iter().map(|f| {
        let what = if f.code == HazardCode::Inlined.text() { "inlined copies" } else { "specialised copies" };
        let count = if f.count == 0 { "unlisted".to_string() } else { f.count.to_string() };
        format!("{count} {what} ({}): {}", f.code, first(&f.places))
    });
    let each: Vec<String> = each.collect();
    if findings.iter().any(|f| f.code == HazardCode::Uncalled.text()) {
        let why = format!(
            "no call that is seen in this image arrives at its entry; there are {}",
            each.join(" and ")
        );
        return (Verdict::Partly, why);
    }
    (Verdict::Partly, format!("calls of {} are caught, except {}", subject.name, each.join("; and ")))
}

fn routes(facts: &Facts<'_, '_, '_>, hook: &Way, described: &Described) -> Vec<RouteVerdict> {
    let has = |code: HazardCode| facts.found.iter().find(|f| f.code == code.text());
    let route = |route, verdict, why: String| RouteVerdict { route, verdict, why, missing: Vec::new() };
    let mut routes = vec![route("legacy", Verdict::Yes, "what runs today".to_string())];
    let names: [(&'static str, Purpose); 4] = [
        ("record", Purpose::Record),
        ("shadow", Purpose::Shadow),
        ("lead", Purpose::Shadow),
        ("rust", Purpose::Rust),
    ];
    for (name, purpose) in names {
        if !Route::ALL.iter().any(|r| r.name() == name) {
            let why = "this version does not offer it; it needs what `shadow` needs".to_string();
            routes.push(route(name, Verdict::No, why));
            continue;
        }
        if hook.verdict == Verdict::No {
            routes.push(route(name, Verdict::No, "its entry cannot be hooked".to_string()));
            continue;
        }
        if let Some(handler) = has(HazardCode::SignalHandler) {
            routes.push(route(name, Verdict::No, format!("{} ({})", handler.title, handler.code)));
            continue;
        }
        let (contract, routine) = match described {
            Described::Yes(both) => (&both.0, &both.1),
            Described::No(why) => {
                routes.push(route(name, Verdict::No, format!("no contract can describe it: {why}")));
                continue;
            }
        };
        let missing = readiness::missing(contract, routine, purpose);
        let twice = match purpose {
            Purpose::Shadow => has(HazardCode::InputOutput).or(has(HazardCode::Starts)),
            _ => None,
        };
        let (verdict, why) = match (twice, missing.len()) {
            (Some(finding), _) => {
                (Verdict::No, format!("{} ({}): it must not be run twice", finding.title, finding.code))
            }
            (None, 0) if hook.verdict == Verdict::Partly => {
                (Verdict::Partly, "open for the calls the hook sees".to_string())
            }
            (None, 0) => (Verdict::Yes, "the contract says all it needs".to_string()),
            (None, 1) => (Verdict::No, "one fact is missing in the contract".to_string()),
            (None, n) => (Verdict::No, format!("{n} facts are missing in the contract")),
        };
        routes.push(RouteVerdict { route: name, verdict, why, missing });
    }
    routes
}

/// The first of several places, and how many more.
fn first(places: &[String]) -> String {
    match places {
        [] => "at unknown places".to_string(),
        [one] => one.clone(),
        [one, two] => format!("{one}; {two}"),
        [one, two, rest @ ..] => format!("{one}; {two}; and {} more", rest.len()),
    }
}

fn list(names: &[&str]) -> String {
    match names {
        [rest @ .., last] if !rest.is_empty() && names.len() <= 6 => {
            format!("{} and {last}", rest.join(", "))
        }
        [a, b, c, rest @ ..] if !rest.is_empty() => format!("{a}, {b}, {c} and {} more", rest.len()),
        _ => names.join(", "),
    }
}
