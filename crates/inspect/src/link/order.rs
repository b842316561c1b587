//! What runs when: C++ static initialisers and Ada elaboration come before the main program, and code of theirs may call
//! a routine that Rust is to answer.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet, VecDeque};

use iced_x86::OpKind;
use object::elf;

use super::codes::{LinkCode, LinkFinding};
use super::plan::Planned;
use super::program::{Program, Resolved};
use super::unit::{Place, Reloc, Symbol, Unit};

/// A function: its name, and for a local one the unit it is in.
type Function = (Option<usize>, String);

/// What each function leads to. Data is in it as well: a table of functions leads to them.
type Calls = HashMap<Function, BTreeSet<Function>>;

/// Who runs before the main program.
pub(super) struct Order {
    /// The main program: its language, and where it is.
    pub main: Option<(&'static str, String)>,
    /// Functions that C++ and C initialisers reach, and from whom.
    initialised: HashMap<Function, Function>,
    /// Functions that Ada elaboration reaches, and from whom.
    elaborated: HashMap<Function, Function>,
    /// Symbols of Ada units that need elaboration, and the unit.
    ada: BTreeMap<String, String>,
    /// Functions that call `adainit`, and their units.
    starters: BTreeSet<String>,
    /// Who calls whom, or takes the address of what it may call.
    calls: Calls,
}

impl Order {
    /// Reads the calls of all units.
    pub(super) fn read(program: &Program, taken: &Resolved) -> Order {
        let units: Vec<&Unit> = taken.units.iter().filter_map(|id| program.unit(*id)).collect();
        let mut calls = Calls::new();
        let mut initialisers = BTreeSet::new();
        let mut starters = BTreeSet::new();
        let mut ada = BTreeMap::new();
        for (number, unit) in units.iter().enumerate() {
            for reloc in &unit.relocs {
                let Some(to) = leads_to(unit, number, reloc) else { continue };
                let from = match unit.sections.get(reloc.section) {
                    Some(s) if runs_first(&s.name) => {
                        initialisers.insert(to);
                        continue;
                    }
                    Some(s) if s.code => unit.function_at(reloc.section, reloc.offset),
                    Some(_) => object_at(unit, reloc.section, reloc.offset),
                    None => continue,
                };
                let Some(from) = from else { continue };
                if to.1 == "adainit" {
                    starters.insert(format!("{} ({})", from.name, unit.name()));
                }
                calls.entry(key(number, from)).or_default().insert(to);
            }
            settled(unit, number, &mut calls);
            if needs_elaboration(unit) {
                let defined = unit.symbols.iter().filter(|s| s.global() && s.defined());
                ada.extend(defined.map(|s| (s.name.clone(), unit.name())));
            }
        }
        let elaborators: BTreeSet<Function> = calls
            .keys()
            .filter(|(_, name)| name.ends_with("___elabb") || name.ends_with("___elabs"))
            .cloned()
            .collect();
        let main = units.iter().find_map(|unit| main_of(unit));
        let (initialised, elaborated) = (reached(&calls, initialisers), reached(&calls, elaborators));
        Order { main, initialised, elaborated, ada, starters, calls }
    }

    /// Adds what it means for the routines and for the Rust library, which `needs` symbols of the legacy objects.
    pub(super) fn judge(&self, routines: &mut [Planned], findings: &mut Vec<LinkFinding>, needs: &[String]) {
        let ada = self.ada_behind(needs);
        if !ada.is_empty() {
            let starters: Vec<String> = self.starters.iter().cloned().collect();
            let (code, text) = match (self.main.as_ref().map(|m| m.0), starters.is_empty()) {
                (Some("Ada"), _) => (
                    LinkCode::Elaborated,
                    "the main program that gnatbind made runs adainit before the Ada main program"
                        .to_string(),
                ),
                (_, false) => (
                    LinkCode::Elaborated,
                    format!("Rust must not answer before adainit has run; {} runs it", starters.join(", ")),
                ),
                (_, true) => (LinkCode::NoElaboration, "nothing on the line calls adainit".to_string()),
            };
            findings.push(LinkFinding::new(code, text, ada.clone()));
        }
        for routine in routines {
            let function = (None, routine.symbol.clone());
            for (reached, what) in
                [(&self.initialised, "static initialisers"), (&self.elaborated, "Ada elaboration")]
            {
                let Some(path) = path(reached, &function) else { continue };
                let places = vec![path.join(" -> ")];
                let text =
                    format!("{what} may call it: the rewrite must not need what the main program sets up");
                routine.findings.push(LinkFinding::new(LinkCode::BeforeMain, text, places.clone()));
                if !ada.is_empty() {
                    let text = format!("{what} may call it before adainit has ended; {}", ada.join(", "));
                    routine.findings.push(LinkFinding::new(LinkCode::TooEarly, text, places));
                }
            }
        }
    }
}

impl Order {
    /// Ada code that is reached from symbols, directly or through other legacy routines.
    fn ada_behind(&self, needs: &[String]) -> Vec<String> {
        let unit = |name: &str| self.ada.get(name);
        let mut found: Vec<String> =
            needs.iter().filter_map(|name| Some(format!("{name} in {}", unit(name)?))).collect();
        let roots: BTreeSet<Function> = needs.iter().map(|name| (None, name.clone())).collect();
        let reached = reached(&self.calls, roots);
        let mut behind: Vec<&Function> = reached.keys().filter(|(unit, _)| unit.is_none()).collect();
        behind.sort_unstable();
        for function in behind {
            let Some((in_unit, path)) = unit(&function.1).zip(path(&reached, function)) else { continue };
            // What comes behind Ada code is its own business.
            if path.iter().rev().skip(1).any(|name| unit(name).is_some()) {
                continue;
            }
            found.push(format!("{} in {in_unit}: {}", function.1, path.join(" -> ")));
        }
        found
    }
}

/// Calls, and addresses taken, inside one section: the assembler wrote the distance, and no relocation tells.
fn settled(unit: &Unit, number: usize, calls: &mut Calls) {
    for (section, code) in unit.sections.iter().enumerate() {
        if !code.code {
            continue;
        }
        // The function that was found last, in which most branches stay.
        let mut last: Option<&Symbol> = None;
        super::references::instructions(unit, section, |instruction, _| {
            let branch = matches!(instruction.op0_kind(), OpKind::NearBranch64 | OpKind::NearBranch32);
            let target = match branch {
                true => instruction.near_branch_target(),
                false if instruction.is_ip_rel_memory_operand() => instruction.ip_rel_memory_address(),
                false => return,
            };
            let bytes = instruction.ip()..instruction.next_ip();
            let within = |s: &Symbol, at: u64| at >= s.value && at - s.value < s.size;
            if !last.is_some_and(|s| within(s, instruction.ip())) {
                last = unit.function_at(section, instruction.ip());
            }
            let Some(from) = last.filter(|s| !within(s, target)) else { return };
            if !unit.relocs_in(section, bytes).is_empty() {
                return;
            }
            let Some(to) = unit.function_at(section, target) else { return };
            if from.name != to.name {
                calls.entry(key(number, from)).or_default().insert(key(number, to));
            }
        });
    }
}

/// The datum that an offset of a section is in.
fn object_at(unit: &Unit, section: usize, offset: u64) -> Option<&Symbol> {
    let inside = |s: &&Symbol| {
        let object = s.kind == elf::STT_OBJECT.0 && s.place == Place::Section(section);
        object && offset >= s.value && offset - s.value < s.size
    };
    unit.symbols.iter().filter(inside).max_by_key(|s| s.global())
}

fn runs_first(section: &str) -> bool {
    [".init_array", ".preinit_array", ".ctors"].iter().any(|s| section.starts_with(s))
}

fn key(unit: usize, symbol: &Symbol) -> Function {
    ((!symbol.global()).then_some(unit), symbol.name.clone())
}

/// The function or the datum that a relocation leads to.
fn leads_to(unit: &Unit, number: usize, reloc: &Reloc) -> Option<Function> {
    let symbol = unit.target(reloc)?;
    if symbol.place == Place::Undefined || symbol.function() || symbol.kind == elf::STT_OBJECT.0 {
        return (!symbol.name.is_empty()).then(|| key(number, symbol)).map(|(local, name)| {
            if symbol.place == Place::Undefined { (None, name) } else { (local, name) }
        });
    }
    // By the distance from its section.
    let Place::Section(section) = symbol.place else { return None };
    let added = super::references::relative(reloc.kind).unwrap_or(0);
    let at = symbol.value.wrapping_add_signed(reloc.addend.wrapping_add(added));
    let function = unit.function_at(section, at).or_else(|| object_at(unit, section, at))?;
    Some(key(number, function))
}

/// Everything that is reached from these functions, and from whom first.
fn reached(calls: &Calls, roots: BTreeSet<Function>) -> HashMap<Function, Function> {
    let mut from = HashMap::new();
    let mut seen: HashSet<Function> = roots.iter().cloned().collect();
    let mut next: VecDeque<Function> = roots.into_iter().collect();
    while let Some(function) = next.pop_front() {
        for callee in calls.get(&function).into_iter().flatten() {
            if seen.insert(callee.clone()) {
                from.insert(callee.clone(), function.clone());
                next.push_back(callee.clone());
            }
        }
    }
    from
}

/// The calls that lead to a function.
fn path(reached: &HashMap<Function, Function>, function: &Function) -> Option<Vec<String>> {
    /// Calls that are named.
    const LONGEST: usize = 32;
    let mut names = vec![function.1.clone()];
    let mut at = reached.get(function)?;
    names.push(at.1.clone());
    while let Some(before) = reached.get(at).filter(|_| names.len() < LONGEST) {
        names.push(before.1.clone());
        at = before;
    }
    names.reverse();
    Some(names)
}

/// A GNAT unit with code or data that elaboration sets up.
fn needs_elaboration(unit: &Unit) -> bool {
    let elaborates =
        |s: &Symbol| s.defined() && (s.name.ends_with("___elabb") || s.name.ends_with("___elabs"));
    let raises =
        |s: &Symbol| !s.defined() && (s.name.starts_with("__gnat_") || s.name.starts_with("system__"));
    let binder = unit.symbols.iter().any(|s| s.name == "adainit" && s.defined());
    !binder && (unit.symbols.iter().any(elaborates) || unit.symbols.iter().any(raises))
}

/// The language of the main program, if this unit holds it.
fn main_of(unit: &Unit) -> Option<(&'static str, String)> {
    unit.definition("main").filter(|s| s.global())?;
    let has = |name: &str| unit.symbols.iter().any(|s| s.name == name);
    let cpp = unit.symbols.iter().any(|s| s.name.starts_with("_Z") || s.name.starts_with("__gxx_"));
    let language = match () {
        () if unit.definition("adainit").is_some() => "Ada",
        () if has("_gfortran_set_args") || has("MAIN__") => "Fortran",
        () if cpp => "C++",
        () => "C",
    };
    Some((language, unit.name()))
}
