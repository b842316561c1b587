//! What changed in a signature.

use cmp_bridge_contract::abi::has_hidden_length;
use cmp_bridge_contract::model::{By, Extent, Param, Routine, Type, Use};

use super::Release;
use crate::finding::Code;

/// How two parameter lists correspond.
enum Step {
    Both(usize, usize),
    Added(usize),
    Removed(usize),
}

impl<'a> Release<'a> {
    pub(super) fn params(&mut self, old: &'a Routine, new: &'a Routine) {
        let base = format!("routine.{}.params", new.name);
        let routine = Some(new.name.as_str());
        if let Some((before, after)) = reordered(&old.params, &new.params) {
            let hint = "callers pass the same arguments in the old order: restore it";
            return self.report(Code::ParametersReordered, routine, &base, before, after, hint);
        }
        for step in align(&old.params, &new.params) {
            match step {
                Step::Both(i, j) => self.param(new, &old.params[i], &new.params[j], &base),
                Step::Added(j) => {
                    let param = &new.params[j];
                    let found = format!("{} ({}), parameter {}", param.name, param.ty, j + 1);
                    let hint = "callers do not pass it: give the routine with it a new name";
                    let path = format!("{base}.{}", param.name);
                    self.report(
                        Code::ParameterAdded,
                        routine,
                        &path,
                        "no such parameter".into(),
                        found,
                        hint,
                    );
                }
                Step::Removed(i) => {
                    let param = &old.params[i];
                    let expected = format!("{} ({}), parameter {}", param.name, param.ty, i + 1);
                    let hint = "callers still pass it, and what followed it has moved";
                    let found = "no such parameter".into();
                    self.report(Code::ParameterRemoved, routine, &base, expected, found, hint);
                }
            }
        }
    }

    fn param(&mut self, routine: &Routine, old: &'a Param, new: &'a Param, base: &str) {
        let name = Some(routine.name.as_str());
        let path = format!("{base}.{}", new.name);
        if old.name != new.name {
            let hint = "nothing to adapt; rewrites name it so";
            self.report(Code::ParameterRenamed, name, &path, old.name.clone(), new.name.clone(), hint);
        }
        if passing(old) != passing(new) {
            let word = |p: &Param| format!("by {} ({})", passing(p), p.ty);
            let hint = "callers pass a value for an address, or an address for a value";
            return self.report(
                Code::PassingChanged,
                name,
                &format!("{path}.by"),
                word(old),
                word(new),
                hint,
            );
        }
        let hidden = |contract: &cmp_bridge_contract::model::Contract, p: &Param| {
            p.by == By::Reference && has_hidden_length(contract.component.language, &p.ty)
        };
        let lengths = (hidden(self.old, old), hidden(self.new, new));
        let at = format!("{path}.type");
        if lengths.0 != lengths.1 {
            let word = |hidden, p: &Param| {
                format!("{} ({})", if hidden { "a hidden length" } else { "no hidden length" }, p.ty)
            };
            let hint = "what stands behind it among the hidden arguments has moved";
            let texts = (word(lengths.0, old), word(lengths.1, new));
            return self.report(Code::LengthChanged, name, &at, texts.0, texts.1, hint);
        }
        let unknown = old.usage == Use::Unknown || new.usage == Use::Unknown;
        if old.usage != new.usage && !unknown {
            let hint = "look at the callers: what they read after the call, and what they pass";
            let (before, after) = (old.usage.to_string(), new.usage.to_string());
            self.report(Code::DirectionChanged, name, &format!("{path}.use"), before, after, hint);
        }
        // An address whose target one side does not describe.
        if (old.by == By::Value) != (new.by == By::Value) {
            return;
        }
        if !lengths.0 {
            self.value(routine, &old.ty, &new.ty, &at, old.by == By::Reference);
        }
    }

    /// Types of a parameter that travels as it did. `outer`: they stand behind an address.
    fn value(&mut self, routine: &Routine, old: &'a Type, new: &'a Type, path: &str, outer: bool) {
        let name = Some(routine.name.as_str());
        let count = |extent: &Extent| match extent {
            Extent::Expr(e) => e.constant(),
            Extent::Unknown | Extent::Carried(_) => None,
        };
        match (old, new) {
            (Type::Array(a, x), Type::Array(b, y)) if outer => {
                if let (Some(x), Some(y)) = (count(x), count(y))
                    && x != y
                {
                    let code = if y > x { Code::ExtentGrown } else { Code::ExtentShrunk };
                    let hint = match code {
                        Code::ExtentGrown => "callers provide fewer elements than the routine uses",
                        _ => "nothing to adapt",
                    };
                    self.report(code, name, path, format!("{x} elements"), format!("{y} elements"), hint);
                }
                self.value(routine, a, b, path, false);
            }
            // One element, or the first of many.
            (Type::Array(a, x), b) if outer && !matches!(b, Type::Array(..)) && count(x).is_none() => {
                self.value(routine, a, b, path, false);
            }
            (a, Type::Array(b, y)) if outer && !matches!(a, Type::Array(..)) && count(y).is_none() => {
                self.value(routine, a, b, path, false);
            }
            _ => {
                let text = outer || matches!(path.rsplit('.').next(), Some("type"));
                if !self.same(old, new, text) {
                    let hint = "callers pass other bytes than the routine reads";
                    let (before, after) = (self.describe_old(old), self.describe_new(new));
                    self.report(Code::ParameterChanged, name, path, before, after, hint);
                }
            }
        }
    }

    pub(super) fn returns(&mut self, old: &'a Routine, new: &'a Routine) {
        let path = format!("routine.{}.returns", new.name);
        let same = match (&old.returns, &new.returns) {
            (None, None) => true,
            (Some(a), Some(b)) => a.by == b.by && self.same(&a.ty, &b.ty, false),
            _ => false,
        };
        if !same {
            let before = old.returns.as_ref().map_or("nothing".into(), |r| self.describe_old(&r.ty));
            let after = new.returns.as_ref().map_or("nothing".into(), |r| self.describe_new(&r.ty));
            let hint = "callers look for the result in other registers, or with another meaning";
            self.report(Code::ReturnsChanged, Some(&new.name), &path, before, after, hint);
        }
    }
}

/// How it travels. An address is one, whether what it leads to is described or not.
fn passing(param: &Param) -> By {
    match &param.ty {
        Type::Ptr if param.by == By::Value => By::Reference,
        _ => param.by,
    }
}

/// The same parameters in another order, as two lists.
fn reordered(old: &[Param], new: &[Param]) -> Option<(String, String)> {
    let names = |params: &[Param]| params.iter().map(|p| p.name.clone()).collect::<Vec<_>>();
    let (before, after) = (names(old), names(new));
    let sorted = |names: &[String]| {
        let mut names = names.to_vec();
        names.sort();
        names
    };
    (before != after && sorted(&before) == sorted(&after)).then(|| (before.join(", "), after.join(", ")))
}

/// Parameters of one name stand for each other, in order; between two of them, those of other names one by one, and what
/// is left over came or went.
fn align(old: &[Param], new: &[Param]) -> Vec<Step> {
    let width = new.len() + 1;
    let mut longest = vec![0u16; (old.len() + 1) * width];
    for i in (0..old.len()).rev() {
        for j in (0..new.len()).rev() {
            longest[i * width + j] = match old[i].name == new[j].name {
                true => longest[(i + 1) * width + j + 1] + 1,
                false => longest[(i + 1) * width + j].max(longest[i * width + j + 1]),
            };
        }
    }
    let (mut i, mut j, mut steps) = (0, 0, Vec::new());
    while i < old.len() || j < new.len() {
        let (mut next_i, mut next_j) = (i, j);
        // To the next pair of one name, or to the end.
        while next_i < old.len() && next_j < new.len() && old[next_i].name != new[next_j].name {
            match longest[(next_i + 1) * width + next_j] >= longest[next_i * width + next_j + 1] {
                true => next_i += 1,
                false => next_j += 1,
            }
        }
        if next_i == old.len() || next_j == new.len() {
            (next_i, next_j) = (old.len(), new.len());
        }
        gap(old, new, (i..next_i, j..next_j), &mut steps);
        if next_i < old.len() {
            steps.push(Step::Both(next_i, next_j));
        }
        (i, j) = (next_i + 1, next_j + 1);
    }
    steps
}

/// Parameters of other names: as many as have a counterpart of the same type were renamed, or all when there are as many.
fn gap(
    old: &[Param],
    new: &[Param],
    (before, after): (std::ops::Range<usize>, std::ops::Range<usize>),
    steps: &mut Vec<Step>,
) {
    if before.len() == after.len() {
        return steps.extend(before.zip(after).map(|(i, j)| Step::Both(i, j)));
    }
    let (mut i, mut j) = (before.start, after.start);
    while i < before.end || j < after.end {
        let more_old = before.end - i > after.end - j;
        let alike = i < before.end && j < after.end && old[i].ty == new[j].ty && old[i].by == new[j].by;
        match (alike, more_old) {
            (true, _) => {
                steps.push(Step::Both(i, j));
                (i, j) = (i + 1, j + 1);
            }
            (false, true) => {
                steps.push(Step::Removed(i));
                i += 1;
            }
            (false, false) if j < after.end && after.end - j > before.end - i => {
                steps.push(Step::Added(j));
                j += 1;
            }
            (false, false) => {
                steps.push(Step::Both(i, j));
                (i, j) = (i + 1, j + 1);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn list(names: &[u8]) -> Vec<Param> {
        let ty = |n: u8| if n.is_multiple_of(2) { Type::F64 } else { Type::F32 };
        let names = names.iter().enumerate().filter(|(i, n)| !names[..*i].contains(n));
        names.map(|(_, n)| Param::new(format!("p{n}"), ty(*n), By::Value, Use::In)).collect()
    }

    proptest! {
        /// Every parameter of both lists appears once and in order; those of one name are paired where order allows it.
        #[test]
        fn each_parameter_is_accounted_for(
            old in proptest::collection::vec(0u8..9, 0..9),
            new in proptest::collection::vec(0u8..9, 0..9),
        ) {
            let (old, new) = (list(&old), list(&new));
            let (mut olds, mut news) = (Vec::new(), Vec::new());
            for step in align(&old, &new) {
                match step {
                    Step::Both(i, j) => {
                        olds.push(i);
                        news.push(j);
                    }
                    Step::Added(j) => news.push(j),
                    Step::Removed(i) => olds.push(i),
                }
            }
            prop_assert_eq!(olds, (0..old.len()).collect::<Vec<_>>());
            prop_assert_eq!(news, (0..new.len()).collect::<Vec<_>>());
            let same = align(&old, &old).iter().all(|s| matches!(s, Step::Both(i, j) if i == j));
            prop_assert!(same);
        }
    }
}
