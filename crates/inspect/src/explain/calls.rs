//! Who calls a routine, and what it calls.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::ops::Range;

use super::codes::HazardCode;
use super::{Survey, known};
use crate::binary::Function;
use crate::code::{SlotUse, Via};
use crate::linkage::Slot;

/// How a call arrives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Arrival {
    /// `call entry`.
    Direct,
    /// `jmp entry` from another routine.
    Tail,
    /// Through a stub or a slot that the dynamic linker fills in.
    Linked,
}

/// What a call goes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Callee {
    /// A routine of this image.
    Here(u64),
    /// A routine by name, through the dynamic linker.
    Named(String),
}

impl Survey<'_, '_> {
    /// The addresses from which a routine is called, with how.
    pub(super) fn callers(&self, function: &Function) -> Vec<(u64, Arrival)> {
        let entry = function.address;
        let own = self.own_range(function);
        let mut found = Vec::new();
        for branch in self.code.branches_into(entry..entry.saturating_add(1)) {
            match branch.via {
                Via::Call => found.push((branch.source, Arrival::Direct)),
                Via::Jump if !own.contains(&branch.source) => found.push((branch.source, Arrival::Tail)),
                _ => {}
            }
        }
        for slot in self.slots_of(function) {
            for stub in self.linkage.stubs_of(slot) {
                let through = self.code.branches_into(stub..stub.saturating_add(1));
                found.extend(through.iter().map(|b| (b.source, Arrival::Linked)));
            }
            let calls = self.code.slot_uses(slot).iter().filter(|u| u.what != SlotUse::Load);
            found.extend(calls.filter(|u| !self.is_stub(u.source)).map(|u| (u.source, Arrival::Linked)));
        }
        found.sort_unstable();
        found.dedup();
        found
    }

    /// Slots that will hold the routine's address.
    pub(super) fn slots_of(&self, function: &Function) -> Vec<u64> {
        let mut slots: Vec<u64> = self.linkage.slots_here(function.address).collect();
        for symbol in self.binary.symbols_at(function.address).filter(|s| s.dynamic && s.is_own_code()) {
            slots.extend(self.linkage.slots_named(&symbol.name));
        }
        slots.sort_unstable();
        slots.dedup();
        slots
    }

    fn is_stub(&self, address: u64) -> bool {
        let within = |s: &&crate::binary::Section| address >= s.address && address - s.address < s.size;
        self.binary.sections().iter().find(within).is_some_and(|s| s.name.starts_with(".plt"))
    }

    pub(super) fn own_range(&self, function: &Function) -> Range<u64> {
        function.address..function.address.saturating_add(function.size)
    }

    /// The routine's code: itself, and the part moved out (`x.cold`).
    pub(super) fn parts(&self, function: &Function) -> Vec<Range<u64>> {
        let mut parts = vec![self.own_range(function)];
        for symbol in self.binary.symbols_at(function.address) {
            let cold = format!("{}.cold", symbol.name);
            let cold = self.binary.symbols_named(&cold).filter(|s| s.size > 0);
            parts.extend(cold.map(|s| s.address..s.address.saturating_add(s.size)));
        }
        parts
    }

    /// What the code in `range` calls: where from, and what.
    pub(super) fn callees(&self, range: Range<u64>) -> Vec<(u64, Callee)> {
        let mut found = Vec::new();
        for branch in self.code.branches_from(range.clone()) {
            if branch.via == Via::Jump && range.contains(&branch.target) {
                continue;
            }
            let callee = match self.linkage.stub(branch.target).and_then(|slot| self.linkage.slot(slot)) {
                Some(Slot::Named(name)) => Callee::Named(name.clone()),
                Some(Slot::Here(address)) => Callee::Here(*address),
                None => Callee::Here(branch.target),
            };
            found.push((branch.source, callee));
        }
        let from = self.slots_by_source.partition_point(|u| u.source < range.start);
        let uses = self.slots_by_source[from..].iter().take_while(|u| u.source < range.end);
        for access in uses.filter(|u| u.what != SlotUse::Load) {
            match self.linkage.slot(access.slot) {
                Some(Slot::Named(name)) => found.push((access.source, Callee::Named(name.clone()))),
                Some(Slot::Here(address)) => found.push((access.source, Callee::Here(*address))),
                None => {}
            }
        }
        found
    }

    /// Name of a callee; of several the one that is known to matter.
    pub(super) fn callee_name(&self, callee: &Callee) -> Option<String> {
        match callee {
            Callee::Named(name) => Some(name.clone()),
            Callee::Here(address) => {
                let names = || self.binary.symbols_at(*address).filter(|s| s.is_own_code()).map(|s| &s.name);
                let telling = names().find(|n| known::meaning(n).is_some() || known::takes_handler(n));
                telling.or_else(|| names().next()).cloned()
            }
        }
    }

    /// Whether the calls of a callee are looked at. A library linked into the program (`-static`) is not: what `malloc`
    /// does when memory ends is not what its callers do.
    fn is_followed(&self, address: u64) -> bool {
        let Some(debug) = &self.debug else { return self.binary.static_linking().is_none() };
        self.binary.static_linking().is_none() || debug.sources.at(address).next().is_some()
    }

    /// What the routine's calls mean: by code, the places and what is called there. Calls of its callees count, as far as
    /// they can be followed, with the way there.
    pub(super) fn meanings(&self, function: &Function) -> BTreeMap<HazardCode, Vec<String>> {
        /// Routines that are looked into.
        const FURTHEST: usize = 4096;
        let mut found: BTreeMap<HazardCode, Vec<String>> = BTreeMap::new();
        let mut seen = HashSet::from([function.address]);
        let mut queue = VecDeque::from([(function.clone(), Vec::<String>::new())]);
        let mut looked = 0;
        while let Some((current, way)) = queue.pop_front() {
            looked += 1;
            if looked > FURTHEST {
                break;
            }
            for (source, callee) in self.parts(&current).into_iter().flat_map(|part| self.callees(part)) {
                let Some(name) = self.callee_name(&callee) else { continue };
                if let Some(code) = known::meaning(&name) {
                    let at = self.place(source);
                    let text = match way.is_empty() {
                        true => format!("{at}: {name}"),
                        false => format!("{at}: {name}, through {}", way.join(" and ")),
                    };
                    // The nearest way to each is enough.
                    let places = found.entry(code).or_default();
                    let same = |p: &String| p.contains(&format!(": {name},")) && !way.is_empty();
                    if !places.contains(&text) && !places.iter().any(same) {
                        places.push(text);
                    }
                    continue;
                }
                // What this image defines itself is most likely what the dynamic linker finds, too.
                let here = |name: &str| self.binary.symbols_named(name).find(|s| s.is_function());
                let address = match &callee {
                    Callee::Here(address) => *address,
                    Callee::Named(name) => match here(name) {
                        Some(symbol) => symbol.address,
                        None => continue,
                    },
                };
                if let Ok(at) = self.binary.functions().binary_search_by_key(&address, |f| f.address)
                    && self.is_followed(address)
                    && seen.insert(address)
                {
                    let mut further = way.clone();
                    further.push(name);
                    queue.push_back((self.binary.functions()[at].clone(), further));
                }
            }
        }
        found
    }

    /// The routines of this image that give the address of `function` to `signal` or `sigaction`.
    pub(super) fn handler_uses(&self, taken: &[u64]) -> Vec<(u64, String, bool)> {
        let mut found = Vec::new();
        for &at in taken {
            let Some(around) = self.binary.function_at(at) else { continue };
            let callees = self.callees(self.own_range(around));
            let mut later: Vec<(u64, String)> = callees
                .iter()
                .filter_map(|(source, callee)| Some((*source, self.callee_name(callee)?)))
                .collect();
            later.sort();
            // The next call gets it, or (a record filled in first) one that comes later in the same routine.
            let next = later.iter().find(|(source, _)| *source > at);
            let certain = next.filter(|(_, name)| known::takes_handler(name) && name != "sigaction");
            let likely = later.iter().find(|(source, name)| *source > at && known::takes_handler(name));
            if let Some((_, name)) = certain.or(likely) {
                found.push((at, name.clone(), certain.is_some()));
            }
        }
        found
    }
}
