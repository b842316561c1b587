//! The sums of many comparisons.

use super::book::Book;
use super::ends::ending;
use super::pair::{Answered, Beyond, Verdict, compare};
use cmp_bridge_contract::compare::{Comparer, Mismatch};
use cmp_bridge_contract::model::Tolerance;
use cmp_bridge_journal::{Call, CandidateCall, Outcome};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// Durations kept of one routine: a median of more says nothing new.
const DURATIONS: usize = 1 << 20;

/// Which call of a journal, as `--call` takes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CallId {
    /// Its thread.
    pub thread: u32,
    /// Its number in the thread.
    pub number: u64,
}

impl CallId {
    /// Which call this is.
    pub fn of(call: &Call) -> CallId {
        CallId { thread: call.thread, number: call.number }
    }
}

impl fmt::Display for CallId {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}", self.thread, self.number)
    }
}

impl std::str::FromStr for CallId {
    type Err = String;

    fn from_str(text: &str) -> Result<CallId, String> {
        let (thread, number) = text.split_once(':').ok_or("write THREAD:NUMBER, such as 1:42")?;
        let thread = thread.parse().map_err(|_| format!("`{thread}` is not the number of a thread"))?;
        let number = number.parse().map_err(|_| format!("`{number}` is not the number of a call"))?;
        Ok(CallId { thread, number })
    }
}

/// What was held against the recorded answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Kind {
    /// The legacy routine itself: the noise floor.
    Control,
    /// A module, replayed.
    Candidate,
    /// A module, while the program ran.
    Shadow,
}

/// Unit of a duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub enum Unit {
    /// Nanoseconds.
    #[serde(rename = "ns")]
    Nanoseconds,
    /// Ticks of the time stamp counter.
    #[serde(rename = "ticks")]
    Ticks,
}

/// The middle of many durations.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Median {
    /// The duration.
    pub value: u64,
    /// Its unit.
    pub unit: Unit,
    /// How many were measured.
    pub of: usize,
}

impl fmt::Display for Median {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = match self.unit {
            Unit::Nanoseconds => "ns",
            Unit::Ticks => "ticks",
        };
        write!(out, "{} {unit}", self.value)
    }
}

/// All that was found out about one subject.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Evidence {
    /// What it is.
    pub kind: Kind,
    /// Its file name, or the executable's.
    pub name: String,
    /// Its `@(#)` identification.
    pub what: Option<String>,
    /// By routine; only those with calls.
    pub routines: Vec<RoutineEvidence>,
    /// Those that no module has a candidate of; unknown while the program runs.
    pub without_candidate: Without,
}

/// Routines of a journal that nobody is there to answer.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize)]
pub struct Without {
    /// Their names; only those with calls.
    pub routines: Vec<String>,
    /// Their calls.
    pub calls: u64,
}

/// What was found out about one routine.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub struct RoutineEvidence {
    /// Its name.
    pub routine: String,
    /// Hash of its part of the contract.
    pub contract_hash: String,
    /// The sums.
    #[serde(flatten)]
    pub totals: Totals,
    /// Calls that could not be replayed, by reason.
    pub not_replayable: BTreeMap<String, u64>,
    /// Median duration of the control.
    pub control: Option<Median>,
    /// Median duration of the candidate.
    pub candidate: Option<Median>,
    /// By field; those that never differed are absent.
    pub fields: Vec<FieldEvidence>,
    /// The first mismatches.
    pub mismatches: Vec<Example>,
    /// The first crashes.
    pub crashes: Vec<Crash>,
    /// What the legacy routine did against its contract, and what to correct there.
    pub contract_faults: BTreeSet<String>,
}

/// Numbers of calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
pub struct Totals {
    /// All of them.
    pub calls: u64,
    /// Equal in every field.
    pub equal: u64,
    /// Different within the tolerances.
    pub within: u64,
    /// Different beyond them.
    pub mismatched: u64,
    /// The candidate crashed, panicked, exited or did not come back.
    pub crashed: u64,
    /// The candidate stepped aside.
    pub declined: u64,
    /// Not replayed.
    pub skipped: u64,
}

impl Totals {
    /// Calls that were answered twice, or should have been.
    pub fn compared(&self) -> u64 {
        self.equal + self.within + self.mismatched + self.crashed
    }

    /// Whether something is wrong.
    pub fn bad(&self) -> bool {
        self.mismatched + self.crashed > 0
    }

    /// Adds the numbers of another.
    pub fn add(&mut self, other: &Totals) {
        self.calls += other.calls;
        self.equal += other.equal;
        self.within += other.within;
        self.mismatched += other.mismatched;
        self.crashed += other.crashed;
        self.declined += other.declined;
        self.skipped += other.skipped;
    }
}

/// What was seen of one field in all calls.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FieldEvidence {
    /// Its path, without array indices.
    pub path: String,
    /// Different within the tolerance.
    pub within: u64,
    /// Different beyond it.
    pub mismatched: u64,
    /// Worst absolute distance.
    pub absolute: f64,
    /// Worst relative distance.
    pub relative: f64,
    /// Worst distance in units in the last place.
    pub ulp: u64,
}

/// One mismatch.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Example {
    /// The call.
    pub call: String,
    /// The field.
    pub path: String,
    /// The control's value.
    pub control: String,
    /// The candidate's value.
    pub candidate: String,
    /// Absolute distance.
    pub absolute: Option<f64>,
    /// Relative distance.
    pub relative: Option<f64>,
    /// Distance in units in the last place.
    pub ulp: Option<u64>,
    /// The tolerance it exceeds.
    pub tolerance: String,
}

/// A call the candidate did not survive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Crash {
    /// The call.
    pub call: String,
    /// How it ended: `SIGSEGV`, `exit 3`, `no answer within 5 s`, `panicked`.
    pub how: String,
}

/// Sums up the comparisons of one subject.
pub struct Ledger<'a> {
    book: &'a Book,
    kind: Kind,
    limit: usize,
    unit: Unit,
    accounts: Vec<Account<'a>>,
}

struct Account<'a> {
    evidence: RoutineEvidence,
    comparer: Comparer<'a>,
    control: Vec<u64>,
    candidate: Vec<u64>,
    /// Calls without an answer of a candidate, because no module has one or because none was recorded.
    unanswered: u64,
}

impl<'a> Ledger<'a> {
    /// An empty ledger; it keeps the first `limit` mismatches of each routine.
    pub fn new(book: &'a Book, kind: Kind, limit: usize) -> Ledger<'a> {
        let accounts = book
            .iter()
            .map(|known| Account {
                evidence: RoutineEvidence {
                    routine: known.routine.name.clone(),
                    contract_hash: format!(
                        "{:016x}",
                        cmp_bridge_contract::hash::routine_hash(known.contract, known.routine)
                    ),
                    ..RoutineEvidence::default()
                },
                comparer: Comparer::new(known.contract),
                control: Vec::new(),
                candidate: Vec::new(),
                unanswered: 0,
            })
            .collect();
        let unit = if kind == Kind::Shadow { Unit::Ticks } else { Unit::Nanoseconds };
        Ledger { book, kind, limit, unit, accounts }
    }

    /// Compares one call's answers. `beyond` is what is wrong before anything is compared.
    pub fn answered(
        &mut self,
        call: &Call,
        control: &Answered<'_>,
        candidate: &Answered<'_>,
        beyond: &[Beyond],
        duration: u64,
    ) {
        let known = self.book.known(call.routine);
        let account = &mut self.accounts[call.routine];
        if self.kind == Kind::Control {
            account.evidence.contract_faults.extend(beyond.iter().map(|what| what.correction(&known)));
        }
        let beyond = beyond.iter().map(|what| what.mismatch(&known)).collect();
        let totals = &mut account.evidence.totals;
        totals.calls += 1;
        // 0: not measured.
        if duration > 0 && account.candidate.len() < DURATIONS {
            account.candidate.push(duration);
        }
        match compare(&known, &mut account.comparer, control, candidate, beyond) {
            Verdict::Equal => totals.equal += 1,
            Verdict::Within => totals.within += 1,
            Verdict::Mismatched(mismatches) => {
                totals.mismatched += 1;
                let room = self.limit.saturating_sub(account.evidence.mismatches.len());
                let examples = mismatches.into_iter().take(room).map(|mismatch| example(call, mismatch));
                account.evidence.mismatches.extend(examples);
            }
        }
    }

    /// Notes how long the control took, where somebody measured it.
    pub fn control_took(&mut self, routine: usize, duration: u64) {
        let durations = &mut self.accounts[routine].control;
        if durations.len() < DURATIONS {
            durations.push(duration);
        }
    }

    /// The durations noted as the candidate's, routine by routine: in a ledger of the control, those of the control.
    pub fn durations(&self) -> impl Iterator<Item = &[u64]> {
        self.accounts.iter().map(|account| account.candidate.as_slice())
    }

    /// The candidate did not survive the call.
    pub fn crashed(&mut self, call: &Call, how: String) {
        let evidence = &mut self.accounts[call.routine].evidence;
        evidence.totals.calls += 1;
        evidence.totals.crashed += 1;
        if evidence.crashes.len() < self.limit {
            evidence.crashes.push(Crash { call: CallId::of(call).to_string(), how });
        }
    }

    /// The candidate stepped aside.
    pub fn declined(&mut self, call: &Call) {
        let totals = &mut self.accounts[call.routine].evidence.totals;
        totals.calls += 1;
        totals.declined += 1;
    }

    /// The call cannot be replayed.
    pub fn skipped(&mut self, call: &Call, reason: &str) {
        let evidence = &mut self.accounts[call.routine].evidence;
        evidence.totals.calls += 1;
        evidence.totals.skipped += 1;
        *evidence.not_replayable.entry(reason.to_owned()).or_default() += 1;
    }

    /// No module has a candidate of the routine.
    pub fn without_candidate(&mut self, call: &Call) {
        self.accounts[call.routine].unanswered += 1;
    }

    /// Compares what route `shadow` recorded of a call. False where it recorded no candidate.
    pub fn shadow(&mut self, call: &Call) -> bool {
        let Some(candidate) = &call.candidate else {
            self.accounts[call.routine].unanswered += 1;
            return false;
        };
        let Outcome::Returned { returned, after } = &call.outcome else {
            self.skipped(call, ending(&call.outcome));
            return true;
        };
        use cmp_bridge::module::Answer;
        match candidate.answer {
            Answer::ANSWERED | Answer::STATUS => self.shadow_answered(call, candidate, returned, after),
            Answer::PANICKED | Answer::PANICKED_RESTORED => self.crashed(call, "panicked".to_owned()),
            _ => self.declined(call),
        }
        true
    }

    fn shadow_answered(
        &mut self,
        call: &Call,
        candidate: &CandidateCall,
        returned: &cmp_bridge::entry::Returned,
        after: &[cmp_bridge_journal::Captured],
    ) {
        let control = Answered::captured(returned, after);
        let answered = Answered::captured(&candidate.returned, &candidate.after);
        let areas = self.book.known(call.routine).areas;
        let only_read = |area: &u16| areas.get(usize::from(*area)).is_some_and(|area| !area.written);
        let inputs = candidate.after.iter().map(|captured| captured.area).filter(only_read);
        let beyond: Vec<Beyond> =
            candidate.overrun.map(Beyond::Overrun).into_iter().chain(inputs.map(Beyond::Input)).collect();
        self.control_took(call.routine, candidate.control_ticks);
        self.answered(call, &control, &answered, &beyond, candidate.candidate_ticks);
    }

    /// The sums of one routine, by its index in the book.
    pub fn of(&self, routine: usize) -> &Totals {
        &self.accounts[routine].evidence.totals
    }

    /// The sums of all routines.
    pub fn totals(&self) -> Totals {
        let mut sum = Totals::default();
        self.accounts.iter().for_each(|account| sum.add(&account.evidence.totals));
        sum
    }

    /// The sums.
    pub fn close(self, name: String, what: Option<String>) -> Evidence {
        let (kind, unit) = (self.kind, self.unit);
        let mut without_candidate = Without::default();
        let mut routines = Vec::new();
        for mut account in self.accounts {
            if account.evidence.totals.calls > 0 {
                account.enter_unanswered();
                routines.push(account.close(unit));
            } else if account.unanswered > 0 && kind != Kind::Shadow {
                without_candidate.calls += account.unanswered;
                without_candidate.routines.push(account.evidence.routine);
            }
        }
        Evidence { kind, name, what, routines, without_candidate }
    }
}

impl Account<'_> {
    /// Where a routine has a candidate's answers, calls without one are missing.
    fn enter_unanswered(&mut self) {
        if self.unanswered > 0 {
            let evidence = &mut self.evidence;
            evidence.totals.calls += self.unanswered;
            evidence.totals.skipped += self.unanswered;
            evidence
                .not_replayable
                .insert("no answer of the candidate was recorded".to_owned(), self.unanswered);
        }
    }

    fn close(mut self, unit: Unit) -> RoutineEvidence {
        self.evidence.control = median(self.control, unit);
        self.evidence.candidate = median(self.candidate, unit);
        let fields = self.comparer.tally.fields.into_iter().map(|(path, field)| FieldEvidence {
            path,
            within: field.within,
            mismatched: field.mismatched,
            absolute: field.absolute,
            relative: field.relative,
            ulp: field.ulp,
        });
        self.evidence.fields = fields.collect();
        self.evidence
    }
}

impl Evidence {
    /// The sums of all routines.
    pub fn totals(&self) -> Totals {
        let (calls, skipped) = (self.without_candidate.calls, self.without_candidate.calls);
        let mut sum = Totals { calls, skipped, ..Totals::default() };
        self.routines.iter().for_each(|routine| sum.add(&routine.totals));
        sum
    }

    /// The routines that have a candidate of which not one call was compared.
    pub fn unproven(&self) -> impl Iterator<Item = &RoutineEvidence> {
        let candidates = if self.kind == Kind::Control { &[] } else { self.routines.as_slice() };
        candidates.iter().filter(|routine| routine.totals.compared() == 0)
    }

    /// The routines with calls that were not compared.
    pub fn incomplete(&self) -> impl Iterator<Item = &str> {
        let part = self.routines.iter().filter(|routine| routine.totals.compared() < routine.totals.calls);
        let part = part.map(|routine| routine.routine.as_str());
        part.chain(self.without_candidate.routines.iter().map(String::as_str))
    }
}

fn median(mut durations: Vec<u64>, unit: Unit) -> Option<Median> {
    let of = durations.len();
    let middle = of.checked_sub(1)? / 2;
    let (_, value, _) = durations.select_nth_unstable(middle);
    Some(Median { value: *value, unit, of })
}

fn example(call: &Call, mismatch: Mismatch) -> Example {
    Example {
        call: CallId::of(call).to_string(),
        path: mismatch.path,
        control: mismatch.control,
        candidate: mismatch.candidate,
        absolute: mismatch.absolute,
        relative: mismatch.relative,
        ulp: mismatch.ulp,
        tolerance: tolerance(mismatch.tolerance.as_ref()),
    }
}

/// A tolerance as it is read aloud.
fn tolerance(tolerance: Option<&Tolerance>) -> String {
    let mut parts = Vec::new();
    if let Some(tolerance) = tolerance {
        parts.extend(tolerance.absolute.map(|limit| format!("absolute {limit:e}")));
        parts.extend(tolerance.relative.map(|limit| format!("relative {limit:e}")));
        parts.extend(tolerance.ulp.map(|limit| format!("{limit} ulp")));
        if tolerance.signed_zero {
            parts.push("signed zeros differ".to_owned());
        }
    }
    if parts.is_empty() { "none: must be equal".to_owned() } else { parts.join(" or ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn call_names_are_read_back() {
        assert_eq!("3:42".parse(), Ok(CallId { thread: 3, number: 42 }));
        for (text, says) in
            [("42", "THREAD:NUMBER"), ("a:1", "not the number of a thread"), ("1:-1", "of a call")]
        {
            let error = text.parse::<CallId>().expect_err(text);
            assert!(error.contains(says), "{error}");
        }
    }

    #[test]
    fn medians_take_the_lower_middle() {
        for (values, expected) in
            [(vec![], None), (vec![7], Some(7)), (vec![9, 1, 5], Some(5)), (vec![4, 1], Some(1))]
        {
            assert_eq!(median(values, Unit::Nanoseconds).map(|median| median.value), expected);
        }
    }

    #[test]
    fn tolerances_are_read_aloud() {
        let all = Tolerance { absolute: Some(1e-6), relative: Some(0.5), ulp: Some(4), signed_zero: true };
        assert_eq!(tolerance(Some(&all)), "absolute 1e-6 or relative 5e-1 or 4 ulp or signed zeros differ");
        assert_eq!(tolerance(None), "none: must be equal");
    }
}
