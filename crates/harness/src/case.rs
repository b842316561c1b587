//! A call of which the outcome is known, such as one from a journal.

use crate::call::Call;
use crate::harness::Harness;
use crate::outcome::Outcome;
use cmp_bridge_contract::compare::{Mismatch, compare};
use cmp_bridge_contract::literal::Literal;
use cmp_bridge_contract::lower::lower;

/// A call and what is expected of it.
#[must_use = "a case is checked by `check`"]
pub struct Case<'h> {
    call: Call<'h>,
    title: String,
    expected: Vec<(String, Literal)>,
}

impl<'h> Case<'h> {
    pub(crate) fn new(call: Call<'h>, title: &str) -> Case<'h> {
        Case { call, title: title.to_owned(), expected: Vec::new() }
    }

    /// See [`Call::arg`].
    pub fn arg(mut self, name: &str, value: impl Into<Literal>) -> Case<'h> {
        self.call = self.call.arg(name, value);
        self
    }

    /// See [`Call::state`].
    pub fn state(mut self, path: &str, value: impl Into<Literal>) -> Case<'h> {
        self.call = self.call.state(path, value);
        self
    }

    /// The value of an output, of `return` or of `state.cst` after the call, within the contract's tolerances.
    pub fn expect(mut self, name: &str, value: impl Into<Literal>) -> Case<'h> {
        self.expected.push((name.to_owned(), value.into()));
        self
    }

    /// Makes the call and compares.
    ///
    /// # Panics
    /// Where the call cannot be made or does not return, and where an output is not what is expected. The message holds the
    /// command that repeats the call.
    #[track_caller]
    pub fn check(self) {
        let (harness, routine) = (self.call.harness(), self.call.routine.clone());
        let outcome = self.call.run();
        let mut wrong = Vec::new();
        for (name, literal) in &self.expected {
            wrong.extend(differences(harness, &routine, &outcome, name, literal));
        }
        if !wrong.is_empty() {
            panic!(
                "{}: `{routine}`\n  {}\n  repeat with: {}",
                self.title,
                wrong.join("\n  "),
                outcome.repeat
            );
        }
    }
}

/// In what an output is not what is expected.
fn differences(
    harness: &Harness,
    routine: &str,
    outcome: &Outcome,
    name: &str,
    literal: &Literal,
) -> Vec<String> {
    let Some(found) = outcome.values.iter().find(|named| named.name == name) else {
        return vec![format!("`{name}` is not a value of `{routine}`")];
    };
    let contract = match harness.contract_of(routine) {
        Ok(contract) => contract,
        Err(error) => return vec![error.to_string()],
    };
    let expected = match lower(&contract, name, &found.ty, literal) {
        Ok(expected) => expected,
        Err(error) => return vec![error.to_string()],
    };
    let mismatches = compare(&contract, name, &found.ty, found.tolerance.as_ref(), &expected, &found.bytes);
    mismatches.iter().map(told).collect()
}

fn told(mismatch: &Mismatch) -> String {
    let mut text = format!("{}: expected {}, found {}", mismatch.path, mismatch.control, mismatch.candidate);
    if let (Some(absolute), Some(relative)) = (mismatch.absolute, mismatch.relative) {
        text.push_str(&format!(" ({absolute:.3e} apart, relatively {relative:.3e})"));
    }
    text
}
