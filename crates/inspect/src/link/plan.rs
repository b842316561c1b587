//! How Rust takes the place of routines when a program is linked again, and where it cannot.

use std::collections::{BTreeMap, BTreeSet, HashSet};

use object::elf;

use super::codes::{LinkCode, LinkFinding};
use super::copies::Copies;
use super::effects::Effects;
use super::order::Order;
use super::program::{self, Archive, Given, Program, Resolved, UnitId};
use super::references::{self, How, Reference, part_of};
use super::reliance;
use super::unit::{Place, Symbol, Unit};
use crate::finding::Severity;
use crate::scan::is_copy_of;

/// What is asked for.
#[derive(Debug, Clone, Default)]
pub struct Request {
    /// The symbols of the routines that Rust is to answer.
    pub symbols: Vec<String>,
    /// The library of the rewrites, where it is at hand.
    pub rust: Option<Archive>,
    /// The legacy routines stay callable, as `legacy_x`.
    pub keep_legacy: bool,
}

/// How Rust takes a routine's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Means {
    /// The Rust library stands before the archive, whose member is then not taken.
    Order,
    /// References from other objects are turned by `--wrap`.
    Wrap,
    /// The name is weakened in a copy of the object.
    Copy,
}

impl Means {
    /// The word in reports.
    pub fn name(self) -> &'static str {
        match self {
            Means::Order => "order",
            Means::Wrap => "wrap",
            Means::Copy => "copy",
        }
    }
}

/// What is planned for one routine.
#[derive(Debug, Clone)]
pub struct Planned {
    /// Its symbol.
    pub symbol: String,
    /// The unit that defines it.
    pub home: Option<UnitId>,
    /// The name of that unit.
    pub defined_in: Option<String>,
    /// How Rust takes its place; `None`: it cannot.
    pub means: Option<Means>,
    /// The member of an archive that it is in is asked for by the legacy routine's other name.
    pub pinned: bool,
    /// Why so.
    pub why: String,
    /// What is worth knowing, errors first.
    pub findings: Vec<LinkFinding>,
    /// Calls and other references by unit.
    pub callers: BTreeMap<String, usize>,
}

/// What is planned for a link line.
#[derive(Debug)]
pub struct Plan {
    /// The line and its files.
    pub program: Program,
    /// What was asked for.
    pub request: Request,
    /// The routines, in the order they were asked for.
    pub routines: Vec<Planned>,
    /// What concerns all of them.
    pub findings: Vec<LinkFinding>,
    /// The main program's language, and where it is.
    pub main: Option<(&'static str, String)>,
    /// Symbols that the Rust library needs of the legacy objects.
    pub needs: Vec<String>,
}

impl Plan {
    /// Makes the plan.
    pub fn make(program: Program, request: Request) -> Plan {
        let planner = Planner::new(&program, &request);
        let mut routines: Vec<Planned> = request.symbols.iter().map(|s| planner.routine(s)).collect();
        let mut findings = planner.clashes(&routines);
        findings.extend(planner.left_out());
        findings.extend(planner.ends());
        let order = Order::read(&program, &planner.today);
        let needs = planner.needs();
        order.judge(&mut routines, &mut findings, &needs);
        let unread = program.unread();
        if !unread.is_empty() {
            let text = format!("{}: nobody can say whether they call it", unread.join(" "));
            findings.push(LinkFinding::new(LinkCode::Unread, text, Vec::new()));
        }
        for routine in &mut routines {
            routine.findings.sort_by_key(|f| f.code);
            if let Some(error) = routine.findings.iter().find(|f| f.code.severity() == Severity::Error) {
                routine.means = None;
                routine.why = format!("{}: {}", error.code.text(), error.code.title());
            }
        }
        if !program.missing.is_empty() {
            let text = "a library that the program loads needs them; where one means a routine by name, --wrap would not turn \
                        that. Say where they are with -rpath-link";
            findings.push(LinkFinding::new(LinkCode::Behind, text, program.missing.clone()));
        }
        let main = order.main.clone();
        drop(planner);
        Plan { program, request, routines, findings, main, needs }
    }

    /// Every routine can be replaced.
    pub fn is_whole(&self) -> bool {
        self.routines.iter().all(|r| r.means.is_some())
            && self.findings.iter().all(|f| f.code.severity() != Severity::Error)
    }

    /// The units that the linker takes when it follows the plan.
    pub fn resolved(&self) -> Resolved {
        self.program.resolve(&self.given())
    }

    /// What the Rust library brings.
    fn given(&self) -> Given {
        let wraps = |r: &&Planned| r.means == Some(Means::Wrap);
        let wrapped: HashSet<String> = self.routines.iter().filter(wraps).map(|r| r.symbol.clone()).collect();
        let mut given = given(&self.request, wrapped);
        given.pinned = self.routines.iter().filter(|r| r.pinned).filter_map(|r| r.home).collect();
        given
    }
}

/// What the Rust library brings where these references are turned.
fn given(request: &Request, wrapped: HashSet<String>) -> Given {
    let renamed = |s: &String| if wrapped.contains(s) { format!("__wrap_{s}") } else { s.clone() };
    let mut given = Given { defined: request.symbols.iter().map(renamed).collect(), ..Given::default() };
    for unit in request.rust.iter().flat_map(|a| &a.members) {
        for symbol in unit.symbols.iter().filter(|s| s.global() && !s.name.is_empty()) {
            let list = if symbol.defined() { &mut given.defined } else { &mut given.undefined };
            list.insert(renamed(&symbol.name));
        }
    }
    given.wrapped = wrapped;
    given
}

struct Planner<'a> {
    program: &'a Program,
    request: &'a Request,
    /// The units taken today.
    today: Resolved,
    /// The units taken when Rust stands first and nothing is wrapped.
    first: HashSet<UnitId>,
    /// What units do beyond their names.
    effects: Effects<'a>,
    /// Inlined copies.
    copies: Copies,
}

impl<'a> Planner<'a> {
    fn new(program: &'a Program, request: &'a Request) -> Planner<'a> {
        let today = program.resolve(&Given::default());
        let first = program.resolve(&given(request, HashSet::new())).units.into_iter().collect();
        let effects = Effects::read(program, &today);
        let copies = Copies::read(program, &today, &request.symbols);
        Planner { program, request, today, first, effects, copies }
    }

    /// What would be lost with the member that holds a routine, and with those that are taken for it alone.
    fn lost(&self, home: UnitId) -> Vec<String> {
        let gone = self.units().filter(|(id, _)| !self.first.contains(id));
        let asked =
            |u: &Unit| self.request.symbols.iter().any(|s| u.definition(s).is_some_and(Symbol::global));
        let gone = gone.filter(|(id, unit)| *id == home || !asked(unit));
        gone.flat_map(|(id, _)| self.effects.of(id, &self.request.symbols)).collect()
    }

    fn units(&self) -> impl Iterator<Item = (UnitId, &'a Unit)> {
        self.today.units.iter().filter_map(|id| Some((*id, self.program.unit(*id)?)))
    }

    fn routine(&self, name: &str) -> Planned {
        let mut planned = Planned {
            symbol: name.to_string(),
            home: None,
            defined_in: None,
            means: None,
            pinned: false,
            why: String::new(),
            findings: Vec::new(),
            callers: BTreeMap::new(),
        };
        self.rust_defines(&mut planned);
        let Some((home, unit, symbol)) = self.definition(&mut planned) else { return planned };
        planned.home = Some(home);
        planned.defined_in = Some(unit.name());
        self.callers(&mut planned);
        let needless = !self.first.contains(&home);
        let lost = if needless { self.lost(home) } else { Vec::new() };
        let leaves = !self.request.keep_legacy && needless && lost.is_empty();
        let member = matches!(self.program.loaded.get(home.0), Some(program::Loaded::Archive(_)));
        planned.pinned = member && !leaves && needless;
        if !lost.is_empty() {
            let text = "left out with the routine, this would be missing, and nobody would be told";
            planned.findings.push(LinkFinding::new(LinkCode::Stays, text, lost));
        }
        let inside = references::inside(unit, symbol);
        planned.callers.extend((!inside.is_empty()).then(|| (unit.name(), inside.len())));
        plain(&mut planned, unit, symbol);
        self.inlined(&mut planned, home, leaves);
        let yielding = self.yielding(name, home);
        if leaves {
            planned.means = Some(Means::Order);
            planned.why = format!(
                "the linker takes {} for it alone: with the Rust library named before the archive, the member stays out",
                unit.name()
            );
            return planned;
        }
        for (unit, references) in &yielding {
            planned.callers.insert(unit.name(), references.len());
        }
        self.inner(&mut planned, home, symbol, &inside);
        let by_name = !inside.is_empty() || !yielding.is_empty();
        self.means(&mut planned, home, symbol, by_name);
        planned
    }

    fn rust_defines(&self, planned: &mut Planned) {
        let Some(rust) = &self.request.rust else { return };
        let defines = |u: &Unit| u.definition(&planned.symbol).is_some_and(Symbol::global);
        if !rust.members.iter().any(defines) {
            let text = format!(
                "{} has no global symbol `{}`: was the module built with its feature `relink`, and is the symbol kept?",
                rust.path.display(),
                planned.symbol
            );
            planned.findings.push(LinkFinding::new(LinkCode::NoRust, text, Vec::new()));
        }
    }

    /// The unit that answers today.
    fn definition(&self, planned: &mut Planned) -> Option<(UnitId, &'a Unit, &'a Symbol)> {
        let name = planned.symbol.as_str();
        let all: Vec<_> =
            self.units().filter_map(|(id, unit)| Some((id, unit, unit.definition(name)?))).collect();
        let global: Vec<_> = all.iter().filter(|(_, _, s)| s.global()).copied().collect();
        let strong: Vec<_> = global.iter().filter(|(_, _, s)| !s.weak()).copied().collect();
        let places = |list: &[(UnitId, &Unit, &Symbol)]| list.iter().map(|(_, u, _)| u.name()).collect();
        let mut refuse =
            |code, text: String, places| planned.findings.push(LinkFinding::new(code, text, places));
        match (strong.as_slice(), global.as_slice(), all.as_slice()) {
            ([one], ..) | ([], [one, ..], _) => return Some(*one),
            ([_, _, ..], ..) => {
                let text = "the linker refuses that today, or was told to take the first".to_string();
                refuse(LinkCode::Twice, text, places(&strong));
            }
            ([], [], [_, ..]) => {
                let text =
                    "`static`, or without a name for others: its callers were settled when it was compiled; \
                            change the source so that it is declared there and defined elsewhere"
                        .to_string();
                refuse(LinkCode::Local, text, places(&all));
            }
            ([], [], []) if self.units().any(|(_, unit)| unit.link_time) => {
                let places = self.units().filter(|(_, u)| u.link_time).map(|(_, u)| u.name()).collect();
                let text =
                    "what these define is decided at link time; compile them without -flto".to_string();
                refuse(LinkCode::LinkTime, text, places);
            }
            ([], [], []) => {
                let text = self.elsewhere(name);
                refuse(LinkCode::Nowhere, text, Vec::new());
            }
        }
        None
    }

    /// Who has a symbol that no unit taken defines.
    fn elsewhere(&self, name: &str) -> String {
        if let Some(library) = self.program.libraries().find(|l| l.defined.contains(name)) {
            return format!(
                "the shared library {} defines it: plan the link line of that library's objects instead",
                library.path.display()
            );
        }
        for loaded in &self.program.loaded {
            if let program::Loaded::Archive(archive) = loaded {
                let has = |u: &&Unit| u.definition(name).is_some();
                if let Some(unit) = archive.members.iter().find(has) {
                    return format!("{} does, but nothing that is linked calls it", unit.name());
                }
            }
        }
        let names: BTreeSet<&str> = self
            .units()
            .flat_map(|(_, u)| u.symbols.iter().filter(|s| s.global() && s.defined() && s.function()))
            .map(|s| s.name.as_str())
            .collect();
        let bare = name.trim_matches('_');
        let near = names.iter().find(|n| n.trim_matches('_').eq_ignore_ascii_case(bare));
        near.map_or_else(
            || "check the name: `nm` lists those of an object".to_string(),
            |n| format!("did you mean `{n}`?"),
        )
    }

    /// Other units with a definition of their own that gives way (weak), and who means it by name there: the linker leads
    /// them to the definition that wins, and `--wrap` does not turn what an object itself defines.
    fn yielding(&self, name: &str, home: UnitId) -> Vec<(&'a Unit, Vec<Reference>)> {
        let mut found = Vec::new();
        for (_, unit) in self.units().filter(|(id, _)| *id != home) {
            let Some(symbol) = unit.definition(name).filter(|s| s.global()) else { continue };
            let mut references = references::inside(unit, symbol);
            references.retain(|r| r.how == How::Name);
            if !references.is_empty() {
                found.push((unit, references));
            }
        }
        found
    }

    fn callers(&self, planned: &mut Planned) {
        for (_, unit) in self.units() {
            let count = references::outside(unit, &planned.symbol).len();
            if count > 0 {
                planned.callers.insert(unit.name(), count);
            }
        }
        let (mut needs, mut has) = (Vec::new(), Vec::new());
        for library in self.program.libraries() {
            if library.undefined.contains(&planned.symbol) {
                needs.push(library.path.display().to_string());
            } else if library.defined.contains(&planned.symbol) {
                has.push(library.path.display().to_string());
            }
        }
        let mut note = |text: &str, places: Vec<String>| {
            if !places.is_empty() {
                planned.findings.push(LinkFinding::new(LinkCode::FromLibrary, text, places));
            }
        };
        note("it finds the routine in the program when that is started; `--wrap` does not turn that", needs);
        note(
            "it has a routine of that name itself, before which that of the program goes when it is started; `--wrap` does \
             not turn that",
            has,
        );
    }

    /// Inlined copies in what stays linked and is not itself replaced.
    fn inlined(&self, planned: &mut Planned, home: UnitId, leaves: bool) {
        let stays = |id: &UnitId| !(leaves && *id == home);
        let unseen: Vec<String> =
            self.copies.unseen.iter().filter(|(id, _)| stays(id)).map(|(_, why)| why.clone()).collect();
        if !unseen.is_empty() {
            let text = "debug information would tell";
            planned.findings.push(LinkFinding::new(LinkCode::Unseen, text, unseen));
        }
        let mut places = Vec::new();
        for (id, copy) in self.copies.of(&planned.symbol).iter().filter(|(id, _)| stays(id)) {
            let Some(unit) = self.program.unit(*id).filter(|u| !self.is_replaced(u, &copy.holder)) else {
                continue;
            };
            let at = copy.at.clone().unwrap_or_else(|| unit.name());
            places.push(format!("{at} in {}", copy.holder));
        }
        self.unlisted(planned, places.is_empty(), &stays);
        if !places.is_empty() {
            let text = "these copies go on as they are; replace the routines that hold them as well, or compile them again \
                        with -fno-inline";
            planned.findings.push(LinkFinding::new(LinkCode::Inlined, text, places));
        }
    }

    /// Inlined copies that no debug information lists: they were merged with the code around them, or folded to a number.
    fn unlisted(&self, planned: &mut Planned, none_listed: bool, stays: &dyn Fn(&UnitId) -> bool) {
        let (mut certain, mut possible) = (Vec::new(), Vec::new());
        for (id, listed) in self.copies.said(&planned.symbol).iter().filter(|(id, _)| stays(id)) {
            let Some(unit) = self.program.unit(*id) else { continue };
            let copied = unit.symbols.iter().any(|s| is_copy_of(&s.name, &planned.symbol));
            let others = |s: &&Symbol| s.function() && s.defined() && !part_of(&s.name, &planned.symbol);
            if unit.symbols.iter().filter(others).any(|s| !self.is_replaced(unit, &s.name)) {
                if *listed || copied { &mut possible } else { &mut certain }.push(unit.name());
            }
        }
        if !certain.is_empty() {
            let text = "the compiler says that it inlined it there, and lists no copy: it was merged with the code around it, or \
                        folded to a number, and goes on as it is. Compile that again with -fno-inline, or without the routine";
            planned.findings.push(LinkFinding::new(LinkCode::Inlined, text, certain));
        } else if none_listed && !possible.is_empty() {
            let text = "the compiler inlined it there, or made copies of it, and lists those of which an instruction is left on its \
                        own: none that stays. Compile that again with -fno-inline to be sure that there are no others";
            planned.findings.push(LinkFinding::new(LinkCode::Unseen, text, possible));
        }
    }

    /// A routine of this unit that Rust is to answer, too.
    fn is_replaced(&self, unit: &Unit, name: &str) -> bool {
        let asked = |s: &String| part_of(name, s);
        let symbol = self.request.symbols.iter().find(|s| asked(s));
        symbol.is_some_and(|s| unit.definition(s).is_some_and(Symbol::global))
    }

    fn means(&self, planned: &mut Planned, home: UnitId, symbol: &Symbol, by_name: bool) {
        let Some(unit) = self.program.unit(home) else { return };
        let from_library = planned.findings.iter().any(|f| f.code == LinkCode::FromLibrary);
        let shown = from_library || self.program.line.exports;
        if !by_name && !planned.callers.is_empty() && !shown && !symbol.weak() {
            planned.means = Some(Means::Wrap);
            planned.why =
                "its callers are in other objects: the linker turns their references to Rust".to_string();
            return;
        }
        if let Some(program::Loaded::Archive(archive)) = self.program.loaded.get(home.0) {
            copyable(planned, archive, unit);
        }
        planned.means = Some(Means::Copy);
        planned.why = match !by_name {
            true if shown => format!(
                "what the program loads finds it by name, which --wrap does not turn: it is weakened in a copy of {}",
                unit.name()
            ),
            true => format!("Rust's definition goes before the weakened one in a copy of {}", unit.name()),
            false => format!(
                "callers in an object that defines it go through its name: weakened in a copy of {}, it leads them to Rust",
                unit.name()
            ),
        };
        let own = references::own(unit, symbol);
        if !own.is_empty() && self.request.keep_legacy {
            let text = "in the copy its inner calls go through the weakened name, to Rust";
            let places = own.iter().map(|r| r.place(unit)).collect();
            planned.findings.push(LinkFinding::new(LinkCode::Recursive, text, places));
        }
    }

    /// Whether all references inside its object go through its name, and its callers there keep to the ABI.
    fn inner(&self, planned: &mut Planned, home: UnitId, symbol: &Symbol, inside: &[Reference]) {
        let Some(unit) = self.program.unit(home) else { return };
        let places = |wanted: &dyn Fn(&Reference) -> bool| -> Vec<String> {
            inside.iter().filter(|r| wanted(r)).map(|r| r.place(unit)).collect()
        };
        let settled = places(&|r| match &r.how {
            How::Section | How::Resolved => true,
            How::Alias(name) => unit.definition(name).is_none_or(|s| !s.global()),
            How::Name => false,
        });
        let mut refuse = |code, text: &str, places: Vec<String>| {
            if !places.is_empty() {
                planned.findings.push(LinkFinding::new(code, text, places));
            }
        };
        let text = "they hold no name that the linker could turn to Rust; compile the object again without the routine";
        refuse(LinkCode::Settled, text, settled);
        let others: Vec<String> = unit
            .symbols
            .iter()
            .filter(|s| {
                s.global() && s.place == symbol.place && s.value == symbol.value && s.name != symbol.name
            })
            .filter(|s| !self.request.symbols.contains(&s.name))
            .map(|s| s.name.clone())
            .collect();
        refuse(LinkCode::OtherName, "calls of that name would still reach the legacy code", others);
        let copies = specialised(unit, symbol);
        refuse(
            LinkCode::Copies,
            "such a copy goes on as it is; compile the object again without the routine",
            copies,
        );
        // The legacy code of a routine that Rust answers as well is not run, unless it is kept.
        let runs = |r: &Reference| {
            self.request.keep_legacy || !r.holder.as_deref().is_some_and(|h| self.is_replaced(unit, h))
        };
        let callers =
            places(&|r| r.how == How::Name && r.branch && runs(r) && !self.is_apart(home, unit, symbol, r));
        if callers.is_empty() {
            return;
        }
        if symbol.weak() || reliance::calls_outside(unit, symbol) {
            let text = "they go through its name. Where the compiler saw that it is pure, or leaves some memory alone, they may \
                        rely on that: the rewrite must keep it so";
            refuse(LinkCode::Known, text, callers);
        } else {
            let text = "it calls nothing outside of its object, so that the compiler knew which registers it leaves alone and \
                        how much stack alignment it needs (-fipa-ra): Rust keeps to the ABI only. Replace the callers as well, \
                        or compile the object again with -fno-ipa-ra and -fno-inline, or without the routine";
            refuse(LinkCode::Relied, text, callers);
        }
    }

    /// A caller in the object of a routine that was compiled without a look at it: in another compile unit (`ld -r` puts
    /// several into one object), or without optimisation.
    fn is_apart(&self, home: UnitId, unit: &Unit, symbol: &Symbol, reference: &Reference) -> bool {
        let Some(holder) = reference.holder.as_deref() else { return false };
        let of = |name: &str| self.copies.compiled(home, name);
        let Some((routine, caller)) = of(&symbol.name).zip(of(holder)) else { return false };
        let framed = || unit.definition(holder).is_some_and(|s| reliance::has_frame(unit, s));
        routine.unit != caller.unit || !caller.optimised && framed()
    }

    /// What Rust and the legacy objects both define, beyond the routines.
    fn clashes(&self, routines: &[Planned]) -> Vec<LinkFinding> {
        let wanted: HashSet<&str> = routines.iter().map(|r| r.symbol.as_str()).collect();
        let strong = |s: &&Symbol| s.global() && !s.weak() && s.defined() && s.place != Place::Common;
        let rust = self.request.rust.iter().flat_map(|a| &a.members);
        let brings: BTreeSet<&str> =
            rust.flat_map(|u| u.symbols.iter().filter(strong)).map(|s| s.name.as_str()).collect();
        let mut places = Vec::new();
        for (_, unit) in self.units() {
            for symbol in unit.symbols.iter().filter(strong) {
                if brings.contains(symbol.name.as_str()) && !wanted.contains(symbol.name.as_str()) {
                    places.push(format!("{} in {}", symbol.name, unit.name()));
                }
            }
        }
        if places.is_empty() {
            return Vec::new();
        }
        let text =
            "the linker would refuse it: keep only the wanted symbols (--umbrella), or name them as routines";
        vec![LinkFinding::new(LinkCode::Clash, text, places)]
    }

    /// Legacy routines that Rust calls by the name under which they are kept.
    fn left_out(&self) -> Option<LinkFinding> {
        let rust = self.request.rust.iter().flat_map(|a| &a.members);
        let needed: BTreeSet<&str> =
            rust.flat_map(|u| u.symbols.iter().filter(|s| !s.defined())).map(|s| s.name.as_str()).collect();
        let kept = self.request.symbols.iter().map(|s| super::steps::legacy_name(s));
        let places: Vec<String> = kept.filter(|name| needed.contains(name.as_str())).collect();
        if self.request.keep_legacy || places.is_empty() {
            return None;
        }
        let text =
            "the module was generated with `keep_legacy`, or calls them itself: plan with --keep-legacy";
        Some(LinkFinding::new(LinkCode::LeftOut, text, places))
    }

    /// Routines that Rust cannot leave to legacy.
    fn ends(&self) -> Option<LinkFinding> {
        let rust = self.request.rust.as_ref()?;
        let has = |name: &str| rust.members.iter().any(|u| u.symbols.iter().any(|s| s.name == name));
        let alone = |s: &&String| !has(&super::steps::legacy_name(s));
        let places: Vec<String> = self.request.symbols.iter().filter(alone).cloned().collect();
        if places.is_empty() {
            return None;
        }
        let text = "the rewrite has no legacy routine to leave a call to. Where the contract has no status that says no, what \
                    legacy accepts and the rewrite does not (a value out of its type, an extent that does not fit, arguments \
                    that overlap, a panic) aborts; generate the module with `keep_legacy` and plan with --keep-legacy";
        Some(LinkFinding::new(LinkCode::Ends, text, places))
    }

    /// Symbols of the legacy objects that Rust needs.
    fn needs(&self) -> Vec<String> {
        let legacy: HashSet<&str> = self
            .units()
            .flat_map(|(_, u)| u.symbols.iter().filter(|s| s.global() && s.defined()))
            .map(|s| s.name.as_str())
            .collect();
        let rust = self.request.rust.iter().flat_map(|a| &a.members);
        let needed: BTreeSet<String> = rust
            .flat_map(|u| u.symbols.iter().filter(|s| !s.defined() && s.global()))
            .filter(|s| legacy.contains(s.name.as_str()))
            .map(|s| s.name.clone())
            .collect();
        needed.into_iter().collect()
    }
}

/// The symbol is a plain routine.
fn plain(planned: &mut Planned, unit: &Unit, symbol: &Symbol) {
    let mut refuse =
        |code, text: &str| planned.findings.push(LinkFinding::new(code, text, vec![unit.name()]));
    if unit.link_time {
        refuse(
            LinkCode::LinkTime,
            "what is linked is decided when it is compiled, at link time; compile it without -flto",
        );
    }
    if symbol.kind == elf::STT_GNU_IFUNC.0 {
        refuse(LinkCode::NotCode, "the version in use is chosen when the program starts (ifunc)");
    } else if !symbol.function() && symbol.kind != elf::STT_NOTYPE.0 || matches!(symbol.place, Place::Common)
    {
        refuse(LinkCode::NotCode, "it is data");
    }
    let Place::Section(section) = symbol.place else { return };
    if unit.sections.get(section).is_some_and(|s| s.group.is_some()) {
        refuse(
            LinkCode::Shared,
            "it is in a COMDAT group (a C++ inline function or template): the linker keeps one of several copies, and the \
             compiler may have inlined it anywhere",
        );
    }
}

/// Copies of a routine that others than itself call.
fn specialised(unit: &Unit, symbol: &Symbol) -> Vec<String> {
    let beginning = format!("{}.", symbol.name);
    let mut found = Vec::new();
    for copy in unit.symbols.iter().filter(|s| s.function() && s.name.starts_with(&beginning)) {
        if !is_copy_of(&copy.name, &symbol.name) {
            continue;
        }
        let callers = references::inside(unit, copy);
        let own = |r: &Reference| {
            r.holder.as_deref().is_some_and(|h| h == symbol.name || h.starts_with(&beginning))
        };
        found.extend(
            callers.iter().filter(|r| !own(r)).map(|r| format!("{} in {}", copy.name, r.place(unit))),
        );
    }
    found
}

/// The archive of a unit can be copied with one member replaced.
fn copyable(planned: &mut Planned, archive: &Archive, unit: &Unit) {
    let text = if archive.thin {
        "it is a thin archive, which names its members by path: make a whole one of it (`ar -M` with ADDLIB)"
    } else if archive.members.iter().filter(|m| m.member == unit.member).count() > 1 {
        "several of its members have that name: give them different ones"
    } else {
        return;
    };
    let places = vec![archive.path.display().to_string()];
    planned.findings.push(LinkFinding::new(LinkCode::Uncopied, text, places));
}
