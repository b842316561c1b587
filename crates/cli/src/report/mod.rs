//! What evidence looks like: text for a terminal, JSON for a program, one HTML page for a file.

mod html;
mod table;
mod text;

pub use html::render as html;
pub use table::{Align, Table};
pub use text::render as text;

use crate::evidence::{Evidence, Kind, Totals};
use serde::Serialize;
use std::collections::BTreeSet;

/// All that one replay found out.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The journal, as it was named.
    pub journal: String,
    /// The executable it was recorded from.
    pub executable: String,
    /// Its build-id.
    pub build_id: String,
    /// The target ABI.
    pub target: String,
    /// Contract files inside the journal, and their hashes.
    pub contracts: Vec<(String, String)>,
    /// Calls in the journal.
    pub recorded: u64,
    /// Calls that the recording lost.
    pub dropped: u64,
    /// Where the journal is not as it was written.
    pub damage: Vec<String>,
    /// When the evidence was made.
    pub date: Option<String>,
    /// Version of this command.
    pub version: &'static str,
    /// What was held against the recorded answers.
    pub subjects: Vec<Evidence>,
}

impl Report {
    /// The sums over all subjects.
    pub fn totals(&self) -> Totals {
        let mut sum = Totals::default();
        for subject in &self.subjects {
            sum.add(&subject.totals());
        }
        sum
    }
}

impl Report {
    /// Whether there is a candidate of which not one call was compared.
    pub fn unproven(&self) -> bool {
        self.subjects.iter().any(|subject| subject.unproven().next().is_some())
    }

    /// What these subjects of the report come to.
    pub fn verdict(&self, subjects: &[Evidence]) -> Verdict {
        let mut totals = Totals::default();
        subjects.iter().for_each(|subject| totals.add(&subject.totals()));
        let incomplete: BTreeSet<&str> = subjects.iter().flat_map(Evidence::incomplete).collect();
        let unproven = subjects.iter().any(|subject| subject.unproven().next().is_some());
        let left = totals.calls - totals.compared();
        let whole = left == 0 && self.dropped == 0;
        let word = match (totals.bad(), totals.compared()) {
            (true, _) => "different",
            (false, 0) => "nothing was compared",
            (false, _) if totals.within > 0 => "equal within the tolerances",
            (false, _) => "equal",
        };
        let good = !totals.bad() && totals.compared() > 0;
        let (word, of) = (word.to_owned(), count(totals.calls, "call"));
        let mut sums = format!("{} of {of}", totals.compared());
        let word = if good && !whole { word + " in what was compared" } else { word };
        if !good || whole {
            sums += " compared";
        }
        if !whole {
            if left > 0 {
                let routines = count(incomplete.len() as u64, "routine");
                sums += &format!("; {} of {routines} not compared", count(left, "call"));
            }
            sums += &format!("; {} lost while recording", self.dropped);
        }
        Verdict { good: good && !unproven, word, sums }
    }
}

/// What one or more subjects come to.
pub struct Verdict {
    /// Nothing is wrong, and every candidate was put to the test.
    pub good: bool,
    /// `equal`, `different`, ...
    pub word: String,
    /// How much was compared, and what was not.
    pub sums: String,
}

/// Routines without a candidate, in one line; `None` where there are none.
fn others(subject: &Evidence) -> Option<String> {
    let without = &subject.without_candidate;
    let number = without.routines.len() as u64;
    let (noun, has) = if number == 1 { ("routine", "has") } else { ("routines", "have") };
    (subject.kind == Kind::Candidate && number > 0).then(|| {
        format!("{number} other {noun} of the journal {has} no candidate ({})", count(without.calls, "call"))
    })
}

/// A distance, short: `0`, `3`, `1.20e-7`.
pub fn distance(value: f64) -> String {
    let whole = value.fract() == 0.0 && value.abs() < 1e6;
    if whole { format!("{value:.0}") } else { format!("{value:.2e}") }
}

/// A plural, where English needs one.
pub fn count(number: u64, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}
