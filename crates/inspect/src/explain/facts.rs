//! Everything worth knowing about one routine, as findings.

use std::collections::{BTreeMap, BTreeSet};

use super::calls::Arrival;
use super::codes::{HazardCode, HazardFinding};
use super::{Survey, body, options};
use crate::binary::Function;
use crate::dwarf::Language;
use crate::dwarf::location::{Home, Passing};
use crate::inlined::{Calling, Known, calling};
use crate::scan::{clone_suffix, is_copy_of};

use super::subject::Subject;

/// Where copies are that debug information does not list.
const UNLISTED: &str = "somewhere in its source file, or in what includes it";

/// Findings about one routine, in the making.
pub(super) struct Facts<'x, 'a, 's> {
    survey: &'x Survey<'a, 's>,
    subject: &'x Subject,
    pub calling: Calling,
    pub found: Vec<HazardFinding>,
}

impl<'x, 'a, 's> Facts<'x, 'a, 's> {
    pub(super) fn gather(survey: &'x Survey<'a, 's>, subject: &'x Subject) -> Facts<'x, 'a, 's> {
        let described = subject.known.and_then(|i| survey.known().get(i));
        let calling = match (&survey.debug, described) {
            (Some(debug), Some(known)) => calling(debug.info, known),
            _ => Calling::default(),
        };
        let mut facts = Facts { survey, subject, calling, found: Vec::new() };
        facts.copies();
        facts.inlined();
        facts.convention(described);
        if let Some(function) = facts.function().cloned() {
            facts.names(&function);
            facts.callers(&function);
            facts.addresses(&function);
            facts.calls(&function);
            facts.instructions(&function);
        }
        facts.options();
        facts.found.sort_by_key(|f| (std::cmp::Reverse(f.severity), f.code));
        facts
    }

    fn add(&mut self, code: HazardCode, text: impl Into<String>, places: Vec<String>) {
        self.found.push(HazardFinding::new(code, text, places));
    }

    pub(super) fn function(&self) -> Option<&'a Function> {
        let functions = self.survey.binary.functions();
        let at = functions.binary_search_by_key(&self.subject.entry?, |f| f.address).ok()?;
        functions.get(at)
    }

    /// Clones, with or without the routine itself; the part moved out.
    fn copies(&mut self) {
        let mut names: BTreeSet<(String, u64)> = self.subject.clones.iter().cloned().collect();
        let mut cold = Vec::new();
        if let Some(symbol) = &self.subject.symbol {
            let made = self.survey.made_of.get(symbol).into_iter().flatten();
            let parts = made.filter_map(|&i| self.survey.binary.symbols().get(i));
            for part in parts.filter(|s| Some(s.address) != self.subject.entry) {
                match clone_suffix(&part.name) {
                    Some("cold") => cold.push(format!("{} at {:#x}", part.name, part.address)),
                    Some(_) => drop(names.insert((part.name.clone(), part.address))),
                    None => {}
                }
            }
        }
        let mut places = Vec::new();
        for (name, entry) in &names {
            match self.copy_callers(*entry) {
                // A part that was split off and only runs from what is left of the routine.
                Some(callers) if callers.is_empty() => cold.push(format!("{name} at {entry:#x}")),
                Some(callers) => {
                    places.push(format!("{name} at {entry:#x}, called at {}", callers.join(", ")))
                }
                None => places.push(format!("{name} at {entry:#x}")),
            }
        }
        if self.subject.entry.is_none() && !places.is_empty() {
            let text = "the compiler replaced it by copies with other parameters than the source has; a hook of such \
                        a copy would pass the wrong arguments";
            self.add(HazardCode::OnlyCopies, text, places);
        } else if !places.is_empty() {
            let text = "a hook of its entry does not see calls of these copies";
            self.add(HazardCode::Copies, text, places);
        }
        if !cold.is_empty() {
            self.add(HazardCode::Cold, "it only runs from the routine itself: no harm to a hook", cold);
        }
    }

    /// Where a copy is called, except from the routine itself. `None`: nowhere that is seen.
    fn copy_callers(&self, entry: u64) -> Option<Vec<String>> {
        let functions = self.survey.binary.functions();
        let copy = functions.get(functions.binary_search_by_key(&entry, |f| f.address).ok()?)?;
        let callers = self.survey.callers(copy);
        let own = self.function().map(|f| self.survey.parts(f)).unwrap_or_default();
        let outside = |source: &&u64| !own.iter().any(|part| part.contains(source));
        let sources: Vec<u64> = callers.iter().map(|(source, _)| *source).collect();
        let from: BTreeSet<String> = sources.iter().filter(outside).map(|s| self.survey.place(*s)).collect();
        (!callers.is_empty()).then(|| from.into_iter().collect())
    }

    /// The compiler made copies of it that have code of their own.
    fn has_copies(&self) -> bool {
        let Some(symbol) = &self.subject.symbol else { return !self.subject.clones.is_empty() };
        let made = self.survey.made_of.get(symbol).into_iter().flatten();
        let mut made = made.filter_map(|&i| self.survey.binary.symbols().get(i)).map(|s| s.name.as_str());
        made.any(|name| is_copy_of(name, symbol))
            || self.subject.clones.iter().any(|(name, _)| is_copy_of(name, symbol))
    }

    fn inlined(&mut self) {
        let Some(debug) = &self.survey.debug else { return };
        let total = debug.sources.count(&self.subject.origins);
        if total == 0 {
            let declared = !self.subject.origins.is_empty();
            if declared && self.subject.entry.is_none() && self.subject.clones.is_empty() {
                let text = "the debug information declares it, and nothing of its code is left";
                self.add(HazardCode::OnlyInlined, text, Vec::new());
            } else if self.subject.entry.is_some()
                && !self.has_copies()
                && debug.sources.says_inlined(&self.subject.origins)
            {
                let text = "the compiler says that it inlined it, and lists no copy: where it was merged with the code around \
                            it, or folded to a number, nothing tells where. A hook of its entry does not see these calls";
                self.add(HazardCode::Inlined, text, vec![UNLISTED.to_string()]);
                if let Some(finding) = self.found.last_mut() {
                    finding.count = 0;
                }
            }
            return;
        }
        let places =
            debug.sources.copies(debug.info, &self.subject.origins).into_iter().map(|(copy, times)| {
                let at = copy.at.unwrap_or_else(|| "an unknown line".to_string());
                let through = match copy.through.is_empty() {
                    true => String::new(),
                    false => format!(", through {}", copy.through.join(" in ")),
                };
                let times = if times > 1 { format!(", {times} times") } else { String::new() };
                format!("{at} in {}{through}{times}", copy.holder)
            });
        let places: Vec<String> = places.collect();
        let (code, text) = match (self.subject.entry, self.subject.clones.is_empty()) {
            (None, true) => (
                HazardCode::OnlyInlined,
                "it has no code of its own: replace a routine that holds a copy of it",
            ),
            _ => (
                HazardCode::Inlined,
                "a hook of its entry does not see these calls: the legacy code answers there",
            ),
        };
        self.add(code, text, places);
        if let Some(finding) = self.found.last_mut() {
            finding.count = total;
        }
    }

    fn convention(&mut self, described: Option<&Known>) {
        if let Some(convention) = self.calling.convention.clone() {
            self.add(HazardCode::Convention, "the bridge does not speak it", vec![convention]);
        } else if let Some(place) = described.and_then(|known| self.microsoft(known)) {
            let text = "its parameters arrive as Microsoft's convention has it (`ms_abi`), which the bridge does not speak";
            self.add(HazardCode::Convention, text, vec![place]);
        }
        if self.calling.variadic {
            let text =
                "how many arguments a call has is not known; replace the routines that call it, or wrap it";
            self.add(HazardCode::Variadic, text, Vec::new());
        }
        if self.calling.static_link {
            let text = "it is nested in another routine and reaches that one's variables through a hidden argument (r10)";
            self.add(HazardCode::StaticLink, text, Vec::new());
        }
    }

    /// The first parameter is in rcx at the entry: no other convention puts it there.
    fn microsoft(&self, known: &Known) -> Option<String> {
        /// rcx, in the numbers of debug information.
        const RCX: u16 = 2;
        let info = self.survey.debug.as_ref()?.info;
        let die = info.die(known.die).ok()?;
        let children = info.children(die.at).ok()?;
        let first = children.iter().find(|c| c.tag() == gimli::DW_TAG_formal_parameter)?;
        match info.home(first, known.entry?)? {
            (Home::Register(RCX), Passing::Value) => {
                let chain = info.origins(first).ok()?;
                let name = chain.iter().find_map(|d| info.name(d)).unwrap_or_default();
                Some(format!("parameter `{name}` is in rcx"))
            }
            _ => None,
        }
    }

    /// Other symbols and other routines at the entry.
    fn names(&mut self, function: &Function) {
        let survey = self.survey;
        let entry = function.address;
        let symbols = survey.binary.symbols_at(entry).filter(|s| s.is_own_code());
        let own = self.subject.symbol.as_deref();
        let aliases: BTreeSet<String> =
            symbols.filter(|s| Some(s.name.as_str()) != own).map(|s| s.name.clone()).collect();
        // Identical code folded: routines of the source that are declared at different places.
        let declared = survey.debug.as_ref().map(|debug| {
            let known = debug.sources.at(entry).map(|k| (calling(debug.info, k).at, k.name.clone()));
            known.collect::<BTreeSet<_>>()
        });
        let declared = declared.unwrap_or_default();
        if declared.len() > 1 {
            let text =
                "the linker kept one of several identical routines: a hook catches calls of all of them";
            let place = |(at, name): &(Option<String>, Option<String>)| {
                let name = name.as_deref().unwrap_or("?");
                at.as_ref().map_or_else(|| name.to_string(), |at| format!("{name} ({at})"))
            };
            self.add(HazardCode::Folded, text, declared.iter().map(place).collect());
        }
        if !aliases.is_empty() {
            let text = "calls of these names arrive at the same code, and a hook catches them, too";
            self.add(HazardCode::Aliases, text, aliases.into_iter().collect());
        }
        if function.size > 0 && function.size < crate::prologue::PATCH_BYTES as u64 {
            let text = format!(
                "it has {} bytes, the jump of a hook needs {}: the padding behind it is used if there is enough",
                function.size,
                crate::prologue::PATCH_BYTES
            );
            self.add(HazardCode::Short, text, Vec::new());
        }
    }

    fn callers(&mut self, function: &Function) {
        let survey = self.survey;
        let own = survey.parts(function);
        let (inner, outer): (Vec<_>, Vec<_>) = survey
            .callers(function)
            .into_iter()
            .partition(|(source, _)| own.iter().any(|part| part.contains(source)));
        let places = |wanted: &dyn Fn(u64, Arrival) -> bool| -> Vec<String> {
            outer.iter().filter(|(s, a)| wanted(*s, *a)).map(|(s, _)| survey.place(*s)).collect()
        };
        let unit = |address| survey.debug.as_ref().and_then(|d| d.lines.unit_at(address));
        let home = unit(function.address);
        let same =
            |source: u64, arrival| arrival != Arrival::Linked && home.is_some() && unit(source) == home;
        let other = |source: u64, arrival| arrival == Arrival::Direct && !same(source, arrival);
        let called = match home {
            Some(_) => "a hook of its entry catches these calls",
            None => {
                "a hook of its entry catches these calls. Without debug information it is not known who was compiled with \
                 it and relies on the registers it leaves alone: the hook saves every register in any case"
            }
        };
        let found = [
            (HazardCode::Called, places(&other), called),
            (
                HazardCode::TailCalled,
                places(&|_, a| a == Arrival::Tail),
                "a hook catches these calls as well; the return address is that of the caller's caller",
            ),
            (
                HazardCode::SameUnit,
                places(&same),
                "such callers may keep values in registers that a call may overwrite, since the compiler saw that this routine \
              does not (-fipa-ra): the hook saves every register for them, a detour that does not would corrupt them",
            ),
            (
                HazardCode::Linked,
                places(&|_, a| a == Arrival::Linked),
                "these calls go to whichever image defines its name first: a preloaded library can catch them",
            ),
        ];
        for (code, places, text) in found {
            if !places.is_empty() {
                self.add(code, text, places);
            }
        }
        if !inner.is_empty() {
            let text = "each recursion is a call of its own: with a rewrite on the route, it comes back to the rewrite";
            self.add(HazardCode::Recursive, text, inner.iter().map(|(s, _)| survey.place(*s)).collect());
        }
        if outer.is_empty() && !self.addressed(function) {
            let inlined = self.found.iter().any(|f| f.code == HazardCode::Inlined.text());
            let text = match inlined {
                true => {
                    "every call of it that this image had was inlined, so that nothing may arrive at its entry"
                }
                false => "it is called through pointers made elsewhere, from another image, or not at all",
            };
            self.add(HazardCode::Uncalled, text, Vec::new());
        }
    }

    fn addressed(&self, function: &Function) -> bool {
        let survey = self.survey;
        survey.code.taken(function.address).next().is_some()
            || survey.linkage.held(function.address).next().is_some()
            || !self.loads(function).is_empty()
    }

    /// Instructions that take its address from the global offset table.
    fn loads(&self, function: &Function) -> Vec<u64> {
        let uses =
            self.survey.slots_of(function).into_iter().flat_map(|slot| self.survey.code.slot_uses(slot));
        uses.filter(|u| u.what == crate::code::SlotUse::Load).map(|u| u.source).collect()
    }

    /// Where its address is taken, and what becomes of it.
    fn addresses(&mut self, function: &Function) {
        let survey = self.survey;
        let mut taken: Vec<u64> = survey.code.taken(function.address).chain(self.loads(function)).collect();
        taken.sort_unstable();
        taken.dedup();
        let mut handlers = Vec::new();
        for (at, name, certain) in survey.handler_uses(&taken) {
            let place = survey.place(at);
            handlers.push(match certain {
                true => format!("{place}: given to {name}"),
                false => format!("{place}: {name} is called in the same routine, so probably given to it"),
            });
        }
        let mut places: Vec<String> = taken.iter().map(|at| survey.place(*at)).collect();
        let (mut tables, mut starts) = (Vec::new(), Vec::new());
        for place in survey.linkage.held(function.address) {
            let section = survey
                .binary
                .sections()
                .iter()
                .find(|s| s.address != 0 && place >= s.address && place - s.address < s.size);
            let section = section.map_or("", |s| s.name.as_str());
            let object = survey.binary.object_at(place).map(|s| s.name.as_str());
            match (section, object) {
                (".init_array" | ".preinit_array" | ".ctors" | ".fini_array" | ".dtors", _) => {
                    starts.push(section.to_string());
                }
                (_, Some(name)) if name.starts_with("_ZTV") || name.starts_with("_ZTC") => {
                    tables.push(name.to_string())
                }
                (_, Some(name)) => places.push(format!("in the data of {name}")),
                (_, None) => places.push(format!("in {section} at {place:#x}")),
            }
        }
        if !places.is_empty() {
            let text = "calls through a pointer to it arrive at its entry, and a hook catches them; a library put in its \
                        place by the dynamic linker may not";
            self.add(HazardCode::AddressTaken, text, places);
        }
        if !tables.is_empty() {
            let text = "virtual calls arrive at its entry, and a hook catches them";
            self.add(HazardCode::Virtual, text, tables);
        }
        if !starts.is_empty() {
            let text = "it runs while the image is loaded or left, when little else is ready";
            self.add(HazardCode::StartUp, text, starts);
        }
        if !handlers.is_empty() {
            let text = "it may interrupt anything, the bridge's own recording included: leave it on `legacy`";
            self.add(HazardCode::SignalHandler, text, handlers);
        }
    }

    fn calls(&mut self, function: &Function) {
        let mut meanings: BTreeMap<HazardCode, Vec<String>> = self.survey.meanings(function);
        // The stack protector and the unwinder are no acts of the routine.
        meanings.retain(|_, places| !places.is_empty());
        for (code, places) in meanings {
            self.add(code, meaning_text(code), places);
        }
    }

    fn instructions(&mut self, function: &Function) {
        let survey = self.survey;
        let body = body::read(survey.binary, function);
        let place = |at: u64| vec![survey.place(at)];
        if let Some(at) = body.x87 {
            self.add(HazardCode::X87, options::advice(HazardCode::X87), place(at));
        }
        let producer = self.calling.producer.clone();
        match (body.fused, options::may_fuse(&producer)) {
            (Some(at), _) => {
                let text = "the legacy code rounds a*b+c once; rustc rounds twice unless `mul_add` is written: the last \
                            digits of a rewrite will differ";
                self.add(HazardCode::Fused, text, place(at));
            }
            (None, Some(option)) if function.size == 0 => {
                self.add(HazardCode::Fused, "its code may round a*b+c once", vec![option.to_string()]);
            }
            _ => {}
        }
        if let Some(at) = body.variable_frame {
            let text =
                "it takes room on the stack by a number known only at run time (alloca, automatic arrays)";
            self.add(HazardCode::VariableFrame, text, place(at));
        }
        if let Some(at) = body.static_link.filter(|_| !self.calling.static_link) {
            let text = "it reads r10 at its entry: a hidden argument of routines nested in others";
            self.add(HazardCode::StaticLink, text, place(at));
        }
        if let Some(at) = body.system {
            self.add(HazardCode::InputOutput, "it enters the system by itself", place(at));
        }
        if !body.indirect.is_empty() {
            let text = "what these calls do is not seen in the file; replay needs them answered";
            self.add(HazardCode::Indirect, text, body.indirect.iter().map(|at| survey.place(*at)).collect());
        }
    }

    fn options(&mut self) {
        let survey = self.survey;
        let producer = self.calling.producer.clone();
        for finding in options::findings(&producer, &survey.recorded) {
            match self.found.iter_mut().find(|f| f.code == finding.code) {
                Some(earlier) => {
                    earlier.count += finding.count;
                    earlier.places.extend(finding.places);
                }
                None => self.found.push(finding),
            }
        }
        let flush = survey.binary.symbols_named("set_fast_math").find(|s| s.is_function());
        if flush.is_some() {
            let text = "a start-up routine of GCC (set_fast_math, linked in by -Ofast) makes denormal numbers zero in the \
                        whole process: a replay elsewhere must do the same";
            self.add(HazardCode::FlushToZero, text, Vec::new());
        }
        let traps = ["feenableexcept", "_gfortran_set_fpe"];
        let calls =
            traps.iter().flat_map(|name| survey.linkage.slots_named(name).map(move |slot| (*name, slot)));
        let places: Vec<String> = calls.map(|(name, _)| format!("this image calls {name}")).collect();
        if !places.is_empty() && !self.found.iter().any(|f| f.code == HazardCode::Traps.text()) {
            self.add(HazardCode::Traps, options::advice(HazardCode::Traps), places);
        }
    }

    /// Whether it may be called by a routine of the same name elsewhere: only exported symbols are.
    pub(super) fn exported(&self) -> bool {
        let Some(entry) = self.subject.entry else { return false };
        self.survey.binary.symbols_at(entry).any(|s| s.dynamic && s.is_own_code())
    }

    pub(super) fn language(&self) -> Language {
        self.calling.language.unwrap_or(Language::Other(None))
    }
}

fn meaning_text(code: HazardCode) -> &'static str {
    match code {
        HazardCode::ReturnsTwice => {
            "a jump back into it skips whatever runs around it; a rewrite in Rust cannot do that"
        }
        HazardCode::Jumps => {
            "a call that is left so has no answer to compare, and is journalled as abandoned"
        }
        HazardCode::Exits => "a call that ends the program has no answer to compare; a replay must expect it",
        HazardCode::Raises => {
            "a call that is left so has no answer to compare; a rewrite needs another way to fail"
        }
        HazardCode::NotReentrant => {
            "a rewrite beside the legacy routine (`shadow`) shares that hidden state with it, and disturbs it"
        }
        HazardCode::InputOutput => {
            "what it does outside must not be done twice: `shadow` and replay are closed to it"
        }
        HazardCode::Outside => {
            "a replay gets another answer: give the value as a parameter, or declare it ignored"
        }
        HazardCode::Starts => "what it starts must not be started twice",
        _ => "",
    }
}
