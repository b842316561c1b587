//! How many elements an array has, as far as what was touched of it tells.

use cmp_bridge_contract::expr::Expr;
use std::collections::BTreeSet;

/// Calls that must speak for a constant.
const FOR_CONSTANT: usize = 5;
/// Calls that must speak for an expression.
const FOR_EXPRESSION: usize = 3;

/// What one call touched of an array: whole elements, surely and perhaps; and the integers it was called with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reach {
    /// Surely.
    pub least: i64,
    /// Perhaps.
    pub most: i64,
    /// Elements that were captured: no more can be seen.
    pub captured: i64,
    /// Values of the integer parameters, in their order.
    pub integers: Vec<i64>,
    /// What stood in it.
    pub content: u64,
    /// The elements that were touched, as a digest: the same set has the same.
    pub set: u64,
    /// All elements up to the last one were touched.
    pub dense: bool,
}

/// What the calls say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extent {
    /// An expression, and how many calls touched exactly as many elements.
    Is(String, usize),
    /// The evidence does not tell; why.
    Unclear(String),
}

/// Finds the expression over `names` that agrees with all calls, if the calls can tell it from any other.
pub fn infer(names: &[&str], calls: &[Reach]) -> Extent {
    let unclear = |why: String| Extent::Unclear(why);
    if calls.is_empty() {
        return unclear("it was never touched".to_owned());
    }
    if calls.iter().any(|call| call.most >= call.captured) {
        return unclear("it is touched as far as it was captured".to_owned());
    }
    if let Some(call) = calls.iter().find(|call| !call.dense) {
        return unclear(format!("some of {} elements only are touched: which is data", call.least));
    }
    let tried = candidates(names, calls);
    let exact: Vec<&Tried> = tried.iter().filter(|tried| tried.exact == calls.len()).collect();
    let distinct = |tried: &Tried| tried.values.iter().collect::<BTreeSet<_>>().len();
    let (low, high) = bounds(calls);
    if low == high {
        return constant(names, calls, low, &exact);
    }
    // Calls that end early touch less: the bound must be met exactly by most, and by several values of it.
    let mostly = |tried: &&Tried| tried.exact * 10 >= calls.len() * 6 && tried.met.len() >= 3;
    let bounding: Vec<&Tried> = tried.iter().filter(mostly).collect();
    match exact[..] {
        [_] if bounding.len() > 1 => return unclear(format!("{} agree with most calls", list(&bounding))),
        [one] if distinct(one) >= 2 && calls.len() >= FOR_EXPRESSION => {
            return Extent::Is(one.text.clone(), calls.len());
        }
        [] => {}
        [one] => return unclear(format!("`{}`, but in {} calls only", one.text, calls.len())),
        _ => return unclear(format!("{} agree with all {} calls", list(&exact), calls.len())),
    }
    match bounding[..] {
        [one] => Extent::Is(one.text.clone(), one.exact),
        [] => unclear(format!("{low} to {high} elements are touched, as no integer parameter says")),
        _ => unclear(format!("{} agree with most calls", list(&bounding))),
    }
}

fn bounds(calls: &[Reach]) -> (i64, i64) {
    let low = calls.iter().map(|call| call.least).min().unwrap_or(0);
    let high = calls.iter().map(|call| call.least).max().unwrap_or(0);
    (low, high)
}

fn list(tried: &[&Tried]) -> String {
    tried.iter().take(4).map(|tried| format!("`{}`", tried.text)).collect::<Vec<_>>().join(" and ")
}

/// The same in all calls: a constant only if no integer parameter can be what it is.
fn constant(names: &[&str], calls: &[Reach], size: i64, exact: &[&Tried]) -> Extent {
    let unclear = |why: String| Extent::Unclear(why);
    let many = calls.len();
    if let Some(first) = exact.first() {
        let named = names.iter().filter(|name| first.text.contains(*name)).map(|name| format!("`{name}`"));
        let named = named.collect::<Vec<_>>().join(" and ");
        return unclear(format!("extent {size} in all {many} calls; {named} never changed: cannot tell"));
    }
    if calls.iter().any(|call| call.most != size) {
        return unclear(format!("{size} elements or a few more are touched in all {many} calls"));
    }
    if calls.iter().any(|call| call.set != calls[0].set) {
        return unclear(format!("up to {size} elements, and not the same ones in all {many} calls"));
    }
    if many < FOR_CONSTANT {
        return unclear(format!("extent {size}, but in {many} calls only"));
    }
    for (index, name) in names.iter().enumerate() {
        let values: BTreeSet<i64> = calls.iter().map(|call| call.integers[index]).collect();
        let excluded = values.iter().any(|value| *value < size) || values.len() > 1;
        if !excluded {
            let value = values.first().copied().unwrap_or(0);
            return unclear(format!(
                "{size} elements touched in all {many} calls; `{name}` was always {value}: it may be the bound"
            ));
        }
    }
    let contents: BTreeSet<u64> = calls.iter().map(|call| call.content).collect();
    if size > 1 && contents.len() < 3 {
        return unclear(format!(
            "extent {size} in all {many} calls, but with {} contents only",
            contents.len()
        ));
    }
    Extent::Is(size.to_string(), many)
}

/// An expression that never falls short of what was touched.
struct Tried {
    text: String,
    values: Vec<i64>,
    /// Calls that touched exactly as much.
    exact: usize,
    /// The values that were met exactly.
    met: BTreeSet<i64>,
}

fn candidates(names: &[&str], calls: &[Reach]) -> Vec<Tried> {
    let mut texts = Vec::new();
    for (i, a) in names.iter().enumerate() {
        for form in ["{}", "{}+1", "{}-1", "2*{}", "2*{}-1", "2*{}+1", "3*{}", "{}*{}"] {
            texts.push(form.replace("{}", a));
        }
        for b in &names[i + 1..] {
            texts.extend([format!("{a}*{b}"), format!("{a}+{b}"), format!("{a}+{b}-1")]);
            texts.extend([
                format!("{b}-{a}+1"),
                format!("{a}-{b}+1"),
                format!("{b}-{a}"),
                format!("{a}-{b}"),
            ]);
        }
    }
    texts.into_iter().filter_map(|text| attempt(text, names, calls)).collect()
}

fn attempt(text: String, names: &[&str], calls: &[Reach]) -> Option<Tried> {
    let expr = Expr::parse(&text).ok()?;
    let mut tried = Tried { text, values: Vec::new(), exact: 0, met: BTreeSet::new() };
    for call in calls {
        let value = |name: &str| {
            let index = names.iter().position(|known| *known == name)?;
            call.integers.get(index).copied()
        };
        let count = expr.evaluate(&value)?;
        if count < call.least {
            return None;
        }
        if count <= call.most {
            tried.exact += 1;
            tried.met.insert(count);
        }
        tried.values.push(count);
    }
    Some(tried)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(least: i64, integers: &[i64]) -> Reach {
        Reach {
            least,
            most: least,
            captured: 500,
            integers: integers.to_vec(),
            content: least as u64,
            set: least as u64,
            dense: true,
        }
    }

    fn calls(names: &[&str], list: &[(i64, &[i64])]) -> Extent {
        let mut calls: Vec<Reach> = list.iter().map(|(least, integers)| reach(*least, integers)).collect();
        calls.iter_mut().enumerate().for_each(|(i, call)| call.content = i as u64);
        infer(names, &calls)
    }

    #[test]
    fn what_the_calls_can_tell() {
        let is = |text: &str, many| Extent::Is(text.to_owned(), many);
        assert_eq!(calls(&["n"], &[(3, &[3]), (7, &[7]), (7, &[7])]), is("n", 3));
        assert_eq!(calls(&["m"], &[(5, &[3]), (13, &[7]), (5, &[3])]), is("2*m-1", 3));
        assert_eq!(calls(&["degre"], &[(3, &[2]), (4, &[3]), (5, &[4])]), is("degre+1", 3));
        assert_eq!(calls(&["n", "m"], &[(6, &[2, 3]), (20, &[4, 5]), (9, &[3, 3])]), is("n*m", 3));
        // It stops early sometimes.
        let early: &[(i64, &[i64])] = &[(3, &[3]), (7, &[7]), (2, &[9]), (11, &[11]), (12, &[12])];
        assert_eq!(calls(&["n"], early), is("n", 4));
        // A constant, which the parameter is not.
        assert_eq!(calls(&["n"], &[(6, &[1]), (6, &[2]), (6, &[9]), (6, &[1]), (6, &[1])]), is("6", 5));
    }

    #[test]
    fn what_they_cannot_tell() {
        let unclear = |names: &[&str], list: &[(i64, &[i64])], part: &str| match calls(names, list) {
            Extent::Unclear(why) => assert!(why.contains(part), "{why}"),
            other => panic!("{other:?} from {list:?}"),
        };
        let six: &[(i64, &[i64])] = &[(6, [6].as_slice()); 40];
        unclear(&["n"], six, "extent 6 in all 40 calls; `n` never changed: cannot tell");
        unclear(&["n", "m"], &[(3, &[3, 3]), (7, &[7, 7])], "`n` and `m` agree");
        unclear(&["max"], &[(6, [80].as_slice()); 9], "may be the bound");
        unclear(&["n"], &[(6, &[1]), (6, &[2])], "2 calls only");
        unclear(&["n"], &[(1, &[1]), (2, &[2])], "`n`, but in 2 calls only");
        unclear(&["n"], &[(3, &[9]), (4, &[9]), (5, &[9])], "3 to 5 elements");
        unclear(&[], &[], "never touched");
        let all = Reach { captured: 3, ..reach(3, &[3]) };
        assert_eq!(
            infer(&["n"], &[all]),
            Extent::Unclear("it is touched as far as it was captured".to_owned())
        );
    }
}
