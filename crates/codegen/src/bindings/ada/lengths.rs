//! Lengths: which parameters an array's own length gives, and what must hold between the others.

use super::types::dimensions;
use cmp_bridge_contract::expr::{Expr, Step};
use cmp_bridge_contract::model::{Contract, Extent, Language, Param, Routine, Type, Use};
use std::collections::BTreeMap;

/// What a routine's arrays say of its integer parameters.
pub(super) struct Lengths {
    /// Parameters that callers do not give: the Ada expression that does, by name.
    pub given: BTreeMap<String, String>,
}

impl Lengths {
    /// Looks for arrays of extent `n` where `n` is only read. `formal` gives a parameter's Ada name.
    pub fn of(contract: &Contract, routine: &Routine, formal: &dyn Fn(&str) -> String) -> Lengths {
        let mut given = BTreeMap::new();
        for param in routine.params.iter().filter(|param| has_length(param)) {
            for (extent, length) in extents(contract, &param.ty, &formal(&param.name)) {
                let Extent::Expr(Expr::Param(name)) = extent else { continue };
                let hides =
                    routine.params.iter().any(|other| other.name == *name && is_only_read(contract, other));
                if hides {
                    given.entry(name.clone()).or_insert(length);
                }
            }
        }
        Lengths { given }
    }
}

/// Callers pass its array with its length.
fn has_length(param: &Param) -> bool {
    !param.nullable
        && matches!(param.ty, Type::Array(..))
        && !matches!(param.usage, Use::Ignored | Use::Unknown)
}

fn is_only_read(contract: &Contract, param: &Param) -> bool {
    matches!(contract.scalar(&param.ty), Type::Int(..)) && param.usage == Use::In && !param.nullable
}

/// Each extent of an array, and what Ada calls it: `X'Length`, `X'Length (2)`.
pub(super) fn extents<'t>(contract: &Contract, ty: &'t Type, formal: &str) -> Vec<(&'t Extent, String)> {
    let (list, _) = dimensions(ty);
    let rank = list.len();
    let fortran = contract.component.language == Language::Fortran;
    let name = |i: usize| match rank {
        1 => format!("{formal}'Length"),
        rank => format!("{formal}'Length ({})", if fortran { rank - i } else { i + 1 }),
    };
    list.into_iter().enumerate().map(|(i, extent)| (extent, name(i))).collect()
}

/// The extent cannot be told when the routine is called.
pub(super) fn unknown(routine: &Routine, extent: &Extent) -> Option<String> {
    let Extent::Expr(expr) = extent else {
        return Some("its extent is not known; complete it in the contract".into());
    };
    expr.params().into_iter().find_map(|name| match routine.params.iter().find(|param| param.name == name) {
        Some(param) if param.nullable => Some(format!("its extent needs `{name}`, which may be absent")),
        Some(param) if matches!(param.usage, Use::In | Use::InOut) => None,
        _ => Some(format!("its extent needs `{name}`, which has no value when the routine is called")),
    })
}

/// An extent in Ada. `value` gives a parameter's value; `plain`: all of them are of type Integer.
pub(super) fn expression(expr: &Expr, plain: bool, value: &dyn Fn(&str) -> String) -> String {
    let mut stack: Vec<(String, u8)> = Vec::new();
    for step in expr.postfix() {
        let item = match step {
            Step::Const(n) if n < 0 => (format!("({n})"), 3),
            Step::Const(n) => (n.to_string(), 3),
            Step::Param(name) if plain => (value(name), 3),
            Step::Param(name) => (format!("Long_Long_Integer ({})", value(name)), 3),
            Step::Clamp => {
                let (text, _) = stack.pop().unwrap_or_default();
                let ty = if plain { "Integer" } else { "Long_Long_Integer" };
                (format!("{ty}'Max (0, {text})"), 3)
            }
            Step::Add | Step::Sub | Step::Mul => {
                let (right, left) = (stack.pop().unwrap_or_default(), stack.pop().unwrap_or_default());
                let (sign, rank) = match step {
                    Step::Add => ("+", 1),
                    Step::Sub => ("-", 1),
                    _ => ("*", 2),
                };
                let wrap = |(text, strength): (String, u8), least: u8| {
                    if strength < least { format!("({text})") } else { text }
                };
                (format!("{} {sign} {}", wrap(left, rank), wrap(right, rank + 1)), rank)
            }
        };
        stack.push(item);
    }
    stack.pop().map(|(text, _)| text).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extents_keep_their_meaning() {
        let show = |text: &str| {
            let expr = Expr::parse(text).unwrap();
            expression(&expr, true, &|name: &str| name.to_ascii_uppercase())
        };
        assert_eq!(show("2*m-1"), "2 * M - 1");
        assert_eq!(show("(n-1)*lda+n"), "(N - 1) * LDA + N");
        assert_eq!(show("n-(m-1)"), "N - (M - 1)");
        assert_eq!(show("n-(-3)"), "N - (-3)");
    }
}
