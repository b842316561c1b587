//! What came of a call.

use crate::death::Death;
use crate::place;
use cmp_bridge_contract::float::Float;
use cmp_bridge_contract::lift::{FloatKind, Value};
use cmp_bridge_contract::literal::Literal;
use cmp_bridge_contract::model::{Tolerance, Type, Use};
use std::fmt;

/// Where a value belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// What the routine returned.
    Returned,
    /// A parameter of that direction.
    Parameter(Use),
    /// State of that direction.
    State(Use),
}

/// A value after the call.
#[derive(Debug, Clone)]
pub struct Named {
    /// `pos`, `return`, `state.cst`.
    pub name: String,
    /// Where it belongs.
    pub kind: Kind,
    /// Its type.
    pub ty: Type,
    /// How far it may be from what is expected.
    pub tolerance: Option<Tolerance>,
    /// The value before the call; `None` for what is returned.
    pub before: Option<Value>,
    /// The value.
    pub value: Value,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// It is not as it was before the call.
    pub changed: bool,
}

/// What came of a call that returned.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The routine.
    pub routine: String,
    /// What it returned, its parameters in order, its state.
    pub values: Vec<Named>,
    /// What it printed on standard output.
    pub printed: String,
    /// What it printed on standard error.
    pub errors_printed: String,
    /// What it did beyond its contract: inputs it wrote, bytes beside an area, state it does not declare.
    pub beyond: Vec<String>,
    /// The command that repeats the call.
    pub repeat: String,
}

/// How a call ended that did not return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum How {
    /// With an exception that nobody caught: its name and message.
    Exception(String),
    /// With the end of the process.
    Death(Death),
    /// The candidate panicked.
    Panicked,
    /// The candidate declined: what it was given is outside its contract.
    Declined,
}

/// A call that did not return.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// The routine.
    pub routine: String,
    /// How it ended.
    pub how: How,
    /// What it had printed on standard output.
    pub printed: String,
    /// What it had printed on standard error.
    pub errors_printed: String,
    /// The command that repeats the call.
    pub repeat: String,
}

impl fmt::Display for How {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            How::Exception(text) => write!(out, "raised {text}"),
            How::Death(Death::Signal(signal)) => {
                write!(out, "crashed with {}", crate::death::signal_name(*signal))
            }
            How::Death(Death::Exit(code)) => write!(out, "ended the process with status {code}"),
            How::Death(Death::Timeout(limit)) => {
                write!(out, "did not return within {} ms", limit.as_millis())
            }
            How::Death(Death::Lost) => {
                write!(
                    out,
                    "was called, and the connection was lost before an answer came: what it did is not known"
                )
            }
            How::Death(Death::NoAnswer(why)) => {
                write!(
                    out,
                    "was called, and gave no answer that can be read: {why}: what it did is not known"
                )
            }
            How::Panicked => write!(out, "panicked"),
            How::Declined => write!(out, "declined: the arguments are outside its contract"),
        }
    }
}

impl fmt::Display for Ended {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "`{}` {}", self.routine, self.how)?;
        for (stream, text) in [("printed", &self.printed), ("printed on stderr", &self.errors_printed)] {
            if !text.trim().is_empty() {
                write!(out, "\n  it {stream}: {}", text.trim_end().replace('\n', "\n    "))?;
            }
        }
        write!(out, "\n  repeat with: {}", self.repeat)
    }
}

impl Outcome {
    /// A value, or a part of one: `return`, `pos[2]`, `bulletin.mu`, `state.cst.mu`.
    ///
    /// # Panics
    /// Where there is no such value.
    #[track_caller]
    pub fn value(&self, path: &str) -> &Value {
        match self.find(path) {
            Some(value) => value,
            None => {
                let known: Vec<&str> = self.values.iter().map(|named| named.name.as_str()).collect();
                panic!("`{}` has no value `{path}`; it has {}", self.routine, known.join(", "))
            }
        }
    }

    /// The same; `None` where there is no such value.
    pub fn find(&self, path: &str) -> Option<&Value> {
        let rest = path.strip_prefix("state.");
        let head = place::head(rest.unwrap_or(path));
        let same = |named: &&Named| match rest {
            Some(_) => named.name.strip_prefix("state.") == Some(head),
            None => named.name == head,
        };
        place::part(&self.values.iter().find(same)?.value, rest.unwrap_or(path))
    }

    /// An integer.
    ///
    /// # Panics
    /// Where the value is not one, or there is none.
    #[track_caller]
    pub fn i64(&self, path: &str) -> i64 {
        match integer(self.value(path)) {
            Some(number) => number,
            None => self.not(path, "an integer"),
        }
    }

    /// A truth value.
    ///
    /// # Panics
    /// Where the value is not 0 or 1, or there is none.
    #[track_caller]
    pub fn bool(&self, path: &str) -> bool {
        match self.value(path) {
            Value::Bool(0) | Value::Int(0) => false,
            Value::Bool(1) | Value::Int(1) => true,
            _ => self.not(path, "true or false"),
        }
    }

    /// A floating-point number (an `f80` rounded to a double).
    ///
    /// # Panics
    /// Where the value is not one, or there is none.
    #[track_caller]
    pub fn f64(&self, path: &str) -> f64 {
        match number(self.value(path)) {
            Some(number) => number,
            None => self.not(path, "a number"),
        }
    }

    /// An array of floating-point numbers.
    ///
    /// # Panics
    /// Where the value is not one, or there is none.
    #[track_caller]
    pub fn f64s(&self, path: &str) -> Vec<f64> {
        let numbers = match self.value(path) {
            Value::Array(items) => items.iter().map(number).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        numbers.unwrap_or_else(|| self.not(path, "an array of numbers"))
    }

    /// An array of integers.
    ///
    /// # Panics
    /// Where the value is not one, or there is none.
    #[track_caller]
    pub fn i64s(&self, path: &str) -> Vec<i64> {
        let numbers = match self.value(path) {
            Value::Array(items) => items.iter().map(integer).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        numbers.unwrap_or_else(|| self.not(path, "an array of integers"))
    }

    /// A text, as it is: with its padding.
    ///
    /// # Panics
    /// Where the value is not one, or there is none.
    #[track_caller]
    pub fn text(&self, path: &str) -> String {
        match self.value(path) {
            Value::Text(bytes) => bytes.iter().map(|byte| char::from(*byte)).collect(),
            _ => self.not(path, "a text"),
        }
    }

    #[track_caller]
    fn not(&self, path: &str, what: &str) -> ! {
        panic!("`{path}` of `{}` is not {what}: {}", self.routine, Literal::from(self.value(path)))
    }
}

fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Int(number) | Value::Enum { value: number, .. } => i64::try_from(*number).ok(),
        Value::Bool(truth) => Some(i64::from(*truth)),
        Value::Address(address) => i64::try_from(*address).ok(),
        _ => None,
    }
}

fn number(value: &Value) -> Option<f64> {
    match value {
        Value::Float { bits, kind: FloatKind::F80 } => {
            let distance = Float { bits: *bits, kind: FloatKind::F80 };
            let zero = Float { bits: 0, kind: FloatKind::F80 };
            let magnitude = zero.distances(distance)?.absolute;
            Some(if distance.is_negative() { -magnitude } else { magnitude })
        }
        Value::Float { bits, kind: FloatKind::F64 } => Some(f64::from_bits(*bits as u64)),
        Value::Float { bits, kind: FloatKind::F32 } => Some(f64::from(f32::from_bits(*bits as u32))),
        _ => None,
    }
}
