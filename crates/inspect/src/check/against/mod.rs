//! Two releases of a component: what changed in the ABI.
//!
//! Errors are breaking: callers of the old release, or storage shared with it, do not work with the new one. Notes are
//! compatible. Warnings change what a call means or what a rewrite needs, not how it is made.

mod params;
mod types;

use std::collections::{BTreeSet, HashMap, HashSet};

use cmp_bridge_contract::model::{Contract, Routine, StateArea, StateKind, Status, Type, Use};

use super::state::{Scalar, scalars};
use super::{Findings, Side, Undescribed, reach};
use crate::finding::{Code, Finding};

/// Compares a release with the one before it. `expected` of a finding is the old release, `found` the new one.
/// Of a side that was scanned, what it has and does not describe is told as not comparable.
pub fn check_against<'a>(new: impl Into<Side<'a>>, old: impl Into<Side<'a>>) -> Vec<Finding> {
    let (new_side, old_side) = (new.into(), old.into());
    let (new, old) = (new_side.contract, old_side.contract);
    let mut release = Release {
        new,
        old,
        beside_new: new_side.undescribed,
        beside_old: old_side.undescribed,
        findings: Findings::default(),
        pairs: Vec::new(),
        known: HashSet::new(),
        touched: HashMap::new(),
    };
    if new.component.language != old.component.language {
        release.report(
            Code::LanguageChanged,
            None,
            "component.language",
            old.component.language.to_string(),
            new.component.language.to_string(),
            "compare components of one language",
        );
        return release.findings.all;
    }
    release.touched = release.touched();
    release.areas();
    release.routines();
    release.types();
    release.findings.all
}

/// Two releases under comparison.
struct Release<'a> {
    new: &'a Contract,
    old: &'a Contract,
    /// What the releases have and do not describe.
    beside_new: Option<&'a Undescribed>,
    beside_old: Option<&'a Undescribed>,
    findings: Findings,
    /// Names of definitions, old and new, that stand for each other.
    pairs: Vec<(&'a str, &'a str)>,
    known: HashSet<(&'a str, &'a str)>,
    /// Of each definition, the new release's routines that it is part of.
    touched: HashMap<String, Vec<&'a str>>,
}

impl<'a> Release<'a> {
    fn report(
        &mut self,
        code: Code,
        routine: Option<&str>,
        declared: &str,
        expected: String,
        found: String,
        hint: &str,
    ) {
        self.findings.push(Finding {
            code,
            routine: routine.map(str::to_owned),
            declared: declared.to_owned(),
            found_at: None,
            expected,
            found,
            hint: hint.to_owned(),
        });
    }

    fn routines(&mut self) {
        let (new, old) = (self.new, self.old);
        let symbols: HashSet<&str> = new.routines.iter().map(|r| r.symbol.as_str()).collect();
        let olds: HashMap<&str, &'a Routine> = old.routines.iter().map(|r| (r.symbol.as_str(), r)).collect();
        let names: HashMap<&str, &'a Routine> = old.routines.iter().map(|r| (r.name.as_str(), r)).collect();
        let mut matched: Vec<(&'a Routine, &'a Routine)> = Vec::new();
        for routine in &new.routines {
            let by_symbol = olds.get(routine.symbol.as_str()).copied();
            // A name whose own symbol is still there belongs to that one.
            let kept = |r: &&Routine| !symbols.contains(r.symbol.as_str());
            let by_name = || names.get(routine.name.as_str()).copied().filter(kept);
            match by_symbol.or_else(by_name) {
                Some(before) => matched.push((before, routine)),
                None => self.added(routine),
            }
        }
        let found: HashSet<&str> = matched.iter().map(|(old, _)| old.symbol.as_str()).collect();
        for before in &old.routines {
            if !found.contains(before.symbol.as_str()) {
                self.removed(before);
            }
        }
        for (old, new) in matched {
            self.routine(old, new);
        }
    }

    /// What the old release does not describe is new only if it is not there.
    fn added(&mut self, routine: &Routine) {
        let (name, path) = (Some(routine.name.as_str()), format!("routine.{}", routine.name));
        match self.beside_old.and_then(|beside| beside.routine(&routine.symbol)) {
            Some(why) => {
                let expected = format!("not described in the old release: {why}");
                let hint = "compare the two by hand, or give a contract of the old release that describes it";
                self.report(Code::RoutineUncompared, name, &path, expected, routine.symbol.clone(), hint);
            }
            None => {
                let (none, symbol) = ("no such routine".into(), routine.symbol.clone());
                self.report(Code::RoutineAdded, name, &path, none, symbol, "nothing to adapt");
            }
        }
    }

    fn removed(&mut self, before: &Routine) {
        let (name, path) = (Some(before.name.as_str()), format!("routine.{}", before.name));
        match self.beside_new.and_then(|beside| beside.routine(&before.symbol)) {
            Some(why) => {
                let found = format!("not described in the new release: {why}");
                let hint =
                    "compare the two by hand: a routine that cannot be described cannot be hooked either";
                self.report(Code::RoutineUncompared, name, &path, before.symbol.clone(), found, hint);
            }
            None => {
                let hint = match self.beside_new {
                    Some(_) => "its callers no longer link: keep it, or change them",
                    // What a scan refused is a comment of the file at most.
                    None => {
                        "its callers no longer link: keep it, or change them. If the new contract lists it under \
                         `# not described`, it is there and cannot be compared: check against the binary says so (A134)"
                    }
                };
                let (symbol, none) = (before.symbol.clone(), "no such routine".into());
                self.report(Code::RoutineRemoved, name, &path, symbol, none, hint);
            }
        }
    }

    fn routine(&mut self, old: &'a Routine, new: &'a Routine) {
        let path = format!("routine.{}", new.name);
        let name = Some(new.name.as_str());
        if old.symbol != new.symbol {
            self.report(
                Code::SymbolRenamed,
                name,
                &format!("{path}.symbol"),
                old.symbol.clone(),
                new.symbol.clone(),
                "give the new release an alias of the old name",
            );
        } else if old.name != new.name {
            let hint = "rename it in bridge.toml as well: routes go by this name";
            self.report(Code::RoutineRenamed, name, &path, old.name.clone(), new.name.clone(), hint);
        }
        if (old.varargs, old.static_link) != (new.varargs, new.static_link) {
            let text = |r: &Routine| match (r.varargs, r.static_link) {
                (true, _) => "variable arguments".to_owned(),
                (_, true) => "a hidden link to the enclosing routine's frame".to_owned(),
                _ => "plain arguments".to_owned(),
            };
            let hint = "rebuild every caller with the new declaration";
            self.report(Code::ConventionChanged, name, &path, text(old), text(new), hint);
        }
        if old.exceptions != new.exceptions {
            let texts = (old.exceptions.to_string(), new.exceptions.to_string());
            let hint = "look at the callers: who catches it?";
            self.report(Code::ExceptionsChanged, name, &format!("{path}.exceptions"), texts.0, texts.1, hint);
        }
        self.params(old, new);
        self.returns(old, new);
        if let (Some(before), Some(after)) = (&old.status, &new.status)
            && before != after
        {
            let text = status_words;
            let hint = "callers decide by these codes: look at each of them";
            self.report(
                Code::StatusChanged,
                name,
                &format!("{path}.status"),
                text(before),
                text(after),
                hint,
            );
        }
        self.state_uses(old, new);
    }

    fn areas(&mut self) {
        let (new, old) = (self.new, self.old);
        for before in old.state.iter().filter(|area| shared(area)) {
            let path = format!("state.{}", before.name);
            match new.state.iter().find(|a| shared(a) && a.symbol == before.symbol) {
                None => {
                    let hint = "whoever shares this storage no longer finds it";
                    let found = match new.state_area(&before.name) {
                        Some(area) => area.symbol.clone(),
                        None => "no such symbol".into(),
                    };
                    self.report(Code::StateRemoved, None, &path, before.symbol.clone(), found, hint);
                }
                Some(after) if after.size != before.size => {
                    let hint = "rebuild everything that shares this storage";
                    let (before, after) = (format!("{} bytes", before.size), format!("{} bytes", after.size));
                    self.report(Code::StateResized, None, &format!("{path}.size"), before, after, hint);
                }
                Some(_) => {}
            }
        }
        for after in new.state.iter().filter(|area| shared(area)) {
            let known = old.state.iter().any(|a| a.symbol == after.symbol || a.name == after.name);
            if !known {
                let path = format!("state.{}", after.name);
                let hint = "nothing to adapt";
                self.report(
                    Code::StateAdded,
                    None,
                    &path,
                    "no such symbol".into(),
                    after.symbol.clone(),
                    hint,
                );
            }
        }
    }

    /// Views of storage, and which storage a routine uses at all.
    fn state_uses(&mut self, old: &'a Routine, new: &'a Routine) {
        let path = format!("routine.{}.state", new.name);
        let key = |contract: &Contract, area: &str| {
            let area = contract.state_area(area)?;
            // The compiler numbers local names anew at each build.
            Some(if shared(area) { area.symbol.clone() } else { area.name.clone() })
        };
        for before in &old.state {
            let wanted = key(self.old, &before.area);
            let Some(after) = new.state.iter().find(|u| key(self.new, &u.area) == wanted) else {
                let texts = (before.area.clone(), "not declared".to_owned());
                self.state_use(new, &path, texts);
                continue;
            };
            let unknown = before.usage == Use::Unknown || after.usage == Use::Unknown;
            if before.usage != after.usage && !unknown {
                let text = |usage: Use| format!("{} ({usage})", after.area);
                self.state_use(new, &path, (text(before.usage), text(after.usage)));
            }
            let views = (scalars(self.old, &before.view), scalars(self.new, &after.view));
            if let Some((expected, found)) = view_change(&views.0, &views.1) {
                let hint = "every routine that shares this storage must see it the same way";
                let path = format!("{path}.{}", after.area);
                self.report(Code::ViewChanged, Some(&new.name), &path, expected, found, hint);
            }
        }
        for after in &new.state {
            let wanted = key(self.new, &after.area);
            if !old.state.iter().any(|u| key(self.old, &u.area) == wanted) {
                self.state_use(new, &path, ("not declared".to_owned(), after.area.clone()));
            }
        }
    }

    fn state_use(&mut self, routine: &Routine, path: &str, (expected, found): (String, String)) {
        let hint = "generate its trait again: a rewrite receives state as arguments";
        self.report(Code::StateUseChanged, Some(&routine.name), path, expected, found, hint);
    }

    /// Of each definition, the new release's routines that it is part of.
    fn touched(&self) -> HashMap<String, Vec<&'a str>> {
        let mut touched: HashMap<String, Vec<&'a str>> = HashMap::new();
        for routine in &self.new.routines {
            let mut names = BTreeSet::new();
            let returns = routine.returns.iter().map(|r| &r.ty);
            let params = routine.params.iter().map(|p| &p.ty);
            for ty in params.chain(returns).chain(routine.state.iter().map(|u| &u.view)) {
                reach(self.new, ty, &mut names);
            }
            for name in names {
                touched.entry(name).or_default().push(&routine.name);
            }
        }
        touched
    }
}

fn status_words(status: &Status) -> String {
    let mut text = format!("ok {}", status.ok);
    for (word, condition) in [("warning", status.warning), ("error", status.error)] {
        text += &condition.map_or(String::new(), |c| format!(", {word} {c}"));
    }
    text + &status.panic.map_or(String::new(), |code| format!(", panic {code}"))
}

/// Storage that others can reach by its symbol.
fn shared(area: &StateArea) -> bool {
    matches!(area.kind, StateKind::Common | StateKind::Global)
}

/// The first place at which two views of a storage differ.
fn view_change(old: &[Scalar], new: &[Scalar]) -> Option<(String, String)> {
    let text = |scalar: Option<&Scalar>| match scalar {
        Some(s) => format!("{} at offset {} ({})", s.ty, s.offset, s.field.trim_start_matches('.')),
        None => "nothing".to_owned(),
    };
    let bytes = |ty: &Type| matches!(ty, Type::Char | Type::Int(1, _));
    let same =
        |a: &Scalar, b: &Scalar| a.offset == b.offset && (a.ty == b.ty || bytes(&a.ty) && bytes(&b.ty));
    let longest = old.len().max(new.len());
    (0..longest).map(|i| (old.get(i), new.get(i))).find_map(|(a, b)| match (a, b) {
        (Some(a), Some(b)) if same(a, b) => None,
        _ => Some((text(a), text(b))),
    })
}
