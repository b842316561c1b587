//! One call, answered twice.

use super::book::Known;
use cmp_bridge::entry::{Completeness, Returned};
use cmp_bridge_contract::compare::{Comparer, Mismatch};
use cmp_bridge_contract::model::Use;
use cmp_bridge_journal::Captured;

/// What one side made of a call.
pub struct Answered<'a> {
    /// The return registers.
    pub returned: &'a Returned,
    /// The written areas, by their index.
    pub after: Vec<(u16, &'a [u8])>,
}

impl<'a> Answered<'a> {
    /// From the captures of a journal.
    pub fn captured(returned: &'a Returned, after: &'a [Captured]) -> Answered<'a> {
        // Where the caller passed null there is nothing to compare.
        let there = after.iter().filter(|area| area.completeness != Completeness::Null);
        Answered { returned, after: there.map(|area| (area.area, area.bytes.as_slice())).collect() }
    }

    fn area(&self, index: u16) -> Option<&'a [u8]> {
        self.after.iter().find(|(area, _)| *area == index).map(|(_, bytes)| *bytes)
    }
}

/// What is wrong with an answer beside the values that are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beyond {
    /// Something was written next to this area.
    Overrun(u16),
    /// This area was written, and the contract says that it is only read.
    Input(u16),
    /// Data of the program changed that the contract does not mention.
    Undeclared {
        /// The symbol; several, where it is not known which.
        symbol: String,
        /// The same with how far in it is: `ehbul_+16`.
        place: String,
    },
}

impl Beyond {
    /// As a mismatch: the recorded call did not do this, as far as its contract says.
    pub fn mismatch(&self, known: &Known<'_>) -> Mismatch {
        let label = |area: &u16| known.label(usize::from(*area));
        let (path, control, candidate) = match self {
            Beyond::Overrun(area) => {
                (format!("{} (beyond its extent)", label(area)), "not written", "written")
            }
            Beyond::Input(area) => {
                (format!("{} (declared in, written)", label(area)), "only read", "written")
            }
            Beyond::Undeclared { place, .. } => {
                (format!("undeclared state: {place}"), "not in the contract", "changed")
            }
        };
        Mismatch {
            path,
            control: control.to_owned(),
            candidate: candidate.to_owned(),
            absolute: None,
            relative: None,
            ulp: None,
            tolerance: None,
        }
    }

    /// What to correct in the contract where the legacy routine itself does this.
    pub fn correction(&self, known: &Known<'_>) -> String {
        let label = |area: &u16| known.label(usize::from(*area));
        match self {
            Beyond::Overrun(area) => {
                format!("the legacy routine writes beyond the extent of `{}`: correct it", label(area))
            }
            Beyond::Input(area) => {
                format!(
                    "the legacy routine writes `{}`, which is declared `in`: correct its `use`",
                    label(area)
                )
            }
            Beyond::Undeclared { symbol, .. } => format!(
                "the legacy routine changes `{symbol}`, which is not declared: declare it under the routine's \
                 `state`, or write `effects = \"io\"` and do not replay it"
            ),
        }
    }
}

/// How two answers to one call relate.
#[derive(Debug, Clone, PartialEq)]
pub enum Verdict {
    /// Every field is equal.
    Equal,
    /// Some fields differ, all within their tolerance.
    Within,
    /// These fields differ.
    Mismatched(Vec<Mismatch>),
}

/// Compares two answers of a routine field by field; `comparer` keeps the statistics. `mismatches` are those known already.
pub fn compare(
    known: &Known<'_>,
    comparer: &mut Comparer<'_>,
    control: &Answered<'_>,
    candidate: &Answered<'_>,
    mut mismatches: Vec<Mismatch>,
) -> Verdict {
    let within =
        |comparer: &Comparer<'_>| comparer.tally.fields.values().map(|field| field.within).sum::<u64>();
    let before = within(comparer);
    if let Some(returns) = known.routine.returns.as_ref().filter(|returns| returns.usage != Use::Ignored)
        && let (Some((ty, left)), Some((_, right))) =
            (known.returned(control.returned), known.returned(candidate.returned))
    {
        mismatches.extend(comparer.compare("return", ty, returns.tolerance.as_ref(), &left, &right));
    }
    for (index, left) in &control.after {
        let at = usize::from(*index);
        let Some(area) = known.areas.get(at).filter(|area| area.written) else { continue };
        let path = known.label(at);
        match candidate.area(*index) {
            Some(right) => {
                mismatches.extend(comparer.compare(&path, &area.ty, known.tolerance(at), left, right))
            }
            None => mismatches.push(Mismatch {
                path,
                control: format!("{} bytes", left.len()),
                candidate: "nothing".to_owned(),
                absolute: None,
                relative: None,
                ulp: None,
                tolerance: None,
            }),
        }
    }
    match (mismatches.is_empty(), within(comparer) > before) {
        (true, false) => Verdict::Equal,
        (true, true) => Verdict::Within,
        (false, _) => Verdict::Mismatched(mismatches),
    }
}
