//! What the source's own profile adds to a contract: the order and the modes of Ada's `out` scalars, which are no arguments of
//! the call. It is a hint: where it does not fit the contract, it is not used.

use super::routine::Draft;
use super::text::Mode;
use cmp_bridge_contract::model::{By, Routine};

/// The parameters of `pkg.name (a : in out natural; b : out boolean) return boolean`, and whether there is a result.
fn read(source: &str) -> Option<(Vec<(&str, Mode)>, bool)> {
    let (_, list) = source.split_once(" (")?;
    let (list, tail) = list.rsplit_once(')')?;
    let list = list.split("; ").map(|text| {
        let (name, ty) = text.split_once(" : ")?;
        let mode = match ty {
            ty if ty.starts_with("in out ") => Mode::InOut,
            ty if ty.starts_with("out ") => Mode::Out,
            _ => Mode::In,
        };
        Some((name, mode))
    });
    Some((list.collect::<Option<_>>()?, tail.starts_with(" return ")))
}

/// The one scalar that comes back as the returned value of a procedure.
pub(super) fn only_output(routine: &Routine) -> Option<(String, Mode)> {
    let (list, function) = read(routine.source.as_deref()?)?;
    let comes_back =
        |(name, mode): &&(&str, Mode)| match routine.params.iter().find(|param| param.name == *name) {
            None => *mode == Mode::Out,
            Some(param) => *mode == Mode::InOut && param.by == By::Value,
        };
    let mut outputs = list.iter().filter(comes_back);
    match (outputs.next(), outputs.next(), function) {
        (Some((name, mode)), None, false) => Some((name.to_string(), *mode)),
        _ => None,
    }
}

/// Puts the parameters in the order of the source.
pub(super) fn order(draft: &mut Draft<'_, '_>) {
    let Some((list, _)) = draft.routine.source.as_deref().filter(|_| draft.is_ada()).and_then(read) else {
        return;
    };
    let place = |key: &str| list.iter().position(|(name, _)| *name == key);
    let known = |key: &str| key == "RETVAL" || place(key).is_some();
    if draft.sub.formals.iter().all(|formal| known(&formal.key)) {
        draft.sub.formals.sort_by_key(|formal| place(&formal.key).unwrap_or(usize::MAX));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_of_the_source() {
        let (list, function) =
            read("p.f (a : in out natural; b : out boolean; c : float) return boolean").unwrap();
        assert_eq!(list, [("a", Mode::InOut), ("b", Mode::Out), ("c", Mode::In)]);
        assert!(function);
        assert!(read("p.f").is_none());
        assert!(read("plan::operator&(plan::Creneau const&)").is_none());
    }
}
