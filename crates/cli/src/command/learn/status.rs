//! Status conventions: a code that is 0 in most calls, and the outputs that are left alone when it is not.

use super::facts::{Sample, area_of};
use super::infer::{Case, Learnt, outcomes};
use cmp_bridge_contract::areas::Owner;
use cmp_bridge_contract::model::{By, Type, Use};

/// Most different codes.
const MOST_CODES: usize = 12;
/// Calls that must have succeeded.
const FOR_OK: u64 = 3;

/// Who may carry the code: a parameter, or the returned value.
type Carrier = Option<usize>;

/// Proposes a convention where the calls show one. Returns the parameter that carries it.
pub fn infer(case: &Case<'_>, learnt: &mut Learnt) -> Carrier {
    if case.known.routine.status.is_some() {
        return None;
    }
    let mut found = Vec::new();
    for carrier in carriers(case) {
        match convention(case, carrier) {
            Ok(convention) => found.push((carrier, convention)),
            Err(Some(why)) => learnt.silent(&format!("status ({})", name(case, carrier)), why),
            Err(None) => {}
        }
    }
    match &found[..] {
        [] => None,
        [(carrier, convention)] => {
            let value =
                format!("{{ carrier = \"{}\", ok = 0{} }}", name(case, *carrier), convention.conditions);
            learnt.propose(case, "status", value, convention.calls, convention.why.clone());
            *carrier
        }
        several => {
            let names: Vec<String> = several.iter().map(|(carrier, _)| name(case, *carrier)).collect();
            learnt.silent("status", format!("{} all look like it", names.join(" and ")));
            None
        }
    }
}

fn name(case: &Case<'_>, carrier: Carrier) -> String {
    carrier.map_or("return".to_owned(), |param| case.known.routine.params[param].name.clone())
}

/// Integers that come out and never go in.
fn carriers(case: &Case<'_>) -> Vec<Carrier> {
    let known = &case.known;
    let is_integer =
        |ty: &Type| matches!(known.contract.scalar(ty), Type::Int(4 | 8 | 2, true)) && !named(ty);
    let mut carriers: Vec<Carrier> = Vec::new();
    if let Some(returns) = &known.routine.returns
        && is_integer(&returns.ty)
        && matches!(returns.usage, Use::Out | Use::Unknown)
    {
        carriers.push(None);
    }
    for (i, param) in known.routine.params.iter().enumerate() {
        let outwards = matches!(param.usage, Use::Unknown | Use::Out);
        if param.by == By::Reference && is_integer(&param.ty) && outwards {
            let area = area_of(known, i).unwrap_or(usize::MAX);
            let areas = || case.samples.iter().filter_map(|sample| sample.areas.get(area));
            if areas().count() > 0 && areas().all(|area| area.written && !area.input) {
                carriers.push(Some(i));
            }
        }
    }
    carriers
}

fn named(ty: &Type) -> bool {
    matches!(ty, Type::Named(_))
}

struct Convention {
    conditions: String,
    calls: u64,
    why: String,
}

/// The convention a carrier shows; or why it cannot be told, where it looks like one.
fn convention(case: &Case<'_>, carrier: Carrier) -> Result<Convention, Option<String>> {
    let values = outcomes(case, carrier).ok_or(None)?;
    let total: u64 = values.seen.values().sum();
    let ok = values.seen.get(&0).copied().unwrap_or(0);
    if values.more || values.seen.len() > MOST_CODES || ok < FOR_OK || ok * 2 < total {
        return Err(None);
    }
    if values.seen.len() == 1 {
        return Err(Some(format!("0 in all {total} calls: it may be a status")));
    }
    let code = |sample: &Sample| match carrier {
        Some(param) => sample.after.get(param).copied().flatten(),
        None => sample.returned,
    };
    let outputs = outputs(case, carrier);
    let good: Vec<&Sample> = case.samples.iter().filter(|sample| code(sample) == Some(0)).collect();
    // The outputs that success always writes.
    let always: Vec<usize> = outputs
        .into_iter()
        .filter(|area| !good.is_empty() && good.iter().all(|sample| sample.areas[*area].written))
        .collect();
    if always.is_empty() {
        return Err(Some(
            "some codes are not 0, but no output depends on it: it may be a status or a value".to_owned(),
        ));
    }
    let judged = |test: &dyn Fn(i64) -> bool| {
        let those: Vec<&Sample> =
            case.samples.iter().filter(|sample| code(sample).is_some_and(test)).collect();
        let wrote = |sample: &&&Sample| always.iter().any(|area| sample.areas[*area].written);
        let all = |sample: &&&Sample| always.iter().all(|area| sample.areas[*area].written);
        match (those.len(), those.iter().filter(wrote).count(), those.iter().filter(all).count()) {
            (0, ..) => Verdict::Unseen,
            (_, 0, _) => Verdict::Error(those.len()),
            (many, _, whole) if many == whole => Verdict::Warning(many),
            _ => Verdict::Mixed,
        }
    };
    conditions(judged(&|code| code < 0), judged(&|code| code > 0), ok, total)
}

#[derive(Clone, Copy, PartialEq)]
enum Verdict {
    Unseen,
    /// No output was written.
    Error(usize),
    /// All were.
    Warning(usize),
    Mixed,
}

fn conditions(
    negative: Verdict,
    positive: Verdict,
    ok: u64,
    total: u64,
) -> Result<Convention, Option<String>> {
    use Verdict::{Error, Mixed, Unseen, Warning};
    let (conditions, why) = match (negative, positive) {
        (Error(n), Unseen) => {
            (", error = \"< 0\"", format!("below 0, and no output written, in {n} watched calls"))
        }
        (Unseen, Error(n)) => {
            (", error = \"> 0\"", format!("above 0, and no output written, in {n} watched calls"))
        }
        (Error(n), Error(m)) => {
            (", error = \"!= 0\"", format!("not 0, and no output written, in {} watched calls", n + m))
        }
        (Error(n), Warning(m)) => (
            ", warning = \"> 0\", error = \"< 0\"",
            format!("below 0, and no output written, in {n} watched calls; above 0, and all written, in {m}"),
        ),
        (Mixed, _) | (_, Mixed) => {
            return Err(Some("codes other than 0 with and without outputs: it may be a status".to_owned()));
        }
        // Codes that go with valid outputs only may be values as well.
        (Unseen | Warning(_), _) => {
            return Err(Some("no call left its outputs unwritten: it may be a status or a value".to_owned()));
        }
    };
    Ok(Convention {
        conditions: conditions.to_owned(),
        calls: total,
        why: format!("0 in {ok} of {total} calls; {why}"),
    })
}

/// The areas that are written at all, but for the carrier's own.
fn outputs(case: &Case<'_>, carrier: Carrier) -> Vec<usize> {
    let own = carrier.and_then(|param| area_of(&case.known, param));
    let areas = case.known.areas.iter().enumerate();
    let written = |index: usize| case.samples.iter().any(|sample| sample.areas[index].written);
    areas
        .filter(|(index, area)| {
            Some(*index) != own && !matches!(area.owner, Owner::State(_)) && written(*index)
        })
        .map(|(index, _)| index)
        .collect()
}
