//! A call, as a test writes it.

use crate::error::Error;
use crate::harness::Harness;
use crate::outcome::Outcome;
use crate::request::{ArgumentError, Arguments};
use cmp_bridge_contract::literal::Literal;

/// A call that is not made yet.
#[must_use = "a call is made by `run` or `try_run`"]
pub struct Call<'h> {
    harness: &'h Harness,
    pub(crate) routine: String,
    arguments: Arguments,
    state: Vec<(String, Literal)>,
    wrong: Option<Error>,
}

impl<'h> Call<'h> {
    pub(crate) fn new(harness: &'h Harness, routine: &str) -> Call<'h> {
        let routine = routine.to_owned();
        Call { harness, routine, arguments: Arguments::new(), state: Vec::new(), wrong: None }
    }

    /// Gives a parameter its value: a number, a text, an array, a [`record`], [`Literal::Null`] for a null address.
    /// Outputs whose extent is known need none; others get [`room`].
    pub fn arg(mut self, name: &str, value: impl Into<Literal>) -> Call<'h> {
        if self.arguments.insert(name.to_owned(), value.into()).is_some() {
            self.wrong.get_or_insert(ArgumentError::Twice(name.to_owned()).into());
        }
        self
    }

    /// The value of state before the call: `cst.mu`, `table[3]`. What is not named is as earlier calls left it.
    pub fn state(mut self, path: &str, value: impl Into<Literal>) -> Call<'h> {
        let path = path.strip_prefix("state.").unwrap_or(path);
        self.state.push((path.to_owned(), value.into()));
        self
    }

    /// Makes the call.
    ///
    /// # Panics
    /// Where it cannot be made, and where the routine does not return: it crashed, ended the process, raised an exception.
    #[track_caller]
    pub fn run(self) -> Outcome {
        match self.try_run() {
            Ok(outcome) => outcome,
            Err(error) => panic!("{}", told(&error)),
        }
    }

    /// Makes the call. That the routine did not return is [`Error::Ended`].
    pub fn try_run(self) -> Result<Outcome, Error> {
        match self.wrong {
            Some(error) => Err(error),
            None => self.harness.run(&self.routine, &self.arguments, &self.state),
        }
    }

    pub(crate) fn harness(&self) -> &'h Harness {
        self.harness
    }
}

/// An error with its causes and its hint.
fn told(error: &Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(&format!("\n  because {error}"));
        cause = error.source();
    }
    if let Some(hint) = error.hint() {
        text.push_str(&format!("\n  hint: {hint}"));
    }
    text
}

/// A record: what is not named is zero.
pub fn record<const N: usize>(fields: [(&str, Literal); N]) -> Literal {
    Literal::Record(fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
}

/// Room for an output whose extent the contract does not know: `room("[f64; 3]")`.
///
/// # Panics
/// Where the text is not a type of known size.
#[track_caller]
pub fn room(ty: &str) -> Literal {
    match Literal::parse(ty) {
        Ok(room @ Literal::Room(_)) => room,
        _ => panic!("`{ty}` is no room: write it as \"[f64; 3]\""),
    }
}

/// A value as on the command line: `[1, 2]`, `{a=1.5}`, `f80:0x3fff8000000000000000`.
///
/// # Panics
/// Where the text is no value.
#[track_caller]
pub fn value(text: &str) -> Literal {
    match Literal::parse(text) {
        Ok(literal) => literal,
        Err(error) => panic!("`{text}` is no value: {error}"),
    }
}

/// A name of an enumeration.
pub fn name(name: &str) -> Literal {
    Literal::Name(name.to_owned())
}

/// Memory as it is.
pub fn bytes(bytes: &[u8]) -> Literal {
    Literal::Bytes(bytes.to_vec())
}

/// Text of ISO-8859-1 from its bytes.
pub fn text(bytes: &[u8]) -> Literal {
    Literal::Text(bytes.to_vec())
}

/// A null address.
pub const NULL: Literal = Literal::Null;
