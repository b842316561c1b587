//! Calls without an end: was the program still in them, or was their end lost?

use super::ledger::CallId;
use cmp_bridge_journal::{Call, Outcome};
use std::collections::{HashMap, HashSet};

/// Why a call that did not return is no evidence.
pub fn ending(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Abandoned => "abandoned by an exception or a longjmp",
        Outcome::Unfinished => "unfinished: its end was not recorded",
        Outcome::Returned { .. } => "returned",
    }
}

/// The calls whose end was lost: their thread is seen to have gone on after them.
#[derive(Debug, Default)]
pub struct LostEnds(HashSet<CallId>);

impl LostEnds {
    /// Those of a journal.
    pub fn of(calls: impl Iterator<Item = Call>) -> LostEnds {
        let mut last: HashMap<(u32, u32), u64> = HashMap::new();
        let mut unfinished = Vec::new();
        for call in calls {
            let number = last.entry((call.thread, call.depth)).or_default();
            *number = call.number.max(*number);
            if call.outcome == Outcome::Unfinished {
                unfinished.push((CallId::of(&call), call.depth));
            }
        }
        // A later call that is not inside this one.
        let went_on = |(id, depth): &(CallId, u32)| {
            let after = |((thread, level), number): (&(u32, u32), &u64)| {
                *thread == id.thread && *level <= *depth && *number > id.number
            };
            last.iter().any(after)
        };
        LostEnds(unfinished.into_iter().filter(went_on).map(|(id, _)| id).collect())
    }

    /// Why a call that did not return is no evidence.
    pub fn ending(&self, call: &Call) -> &'static str {
        match call.outcome {
            Outcome::Unfinished if self.0.contains(&CallId::of(call)) => {
                "unfinished: its end was not recorded (dropped)"
            }
            Outcome::Unfinished => "unfinished: the recording ends inside it",
            _ => ending(&call.outcome),
        }
    }
}
