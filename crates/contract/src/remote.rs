//! What is agreed on calls of a routine that another machine answers: how long they may take, whether they may be made
//! twice, and what the caller gets when no answer comes.

use crate::model::{Condition, Effects, Routine, Status};
use crate::readiness::Missing;
use std::fmt;
use std::time::Duration;

/// Longest deadline: an hour.
pub const MAX_DEADLINE: Duration = Duration::from_secs(3600);
/// The deadline where none is written.
pub const DEFAULT_DEADLINE: Duration = Duration::from_secs(1);

/// The facts under `remote`. No part of any hash: each side keeps its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Remote {
    /// Making a call twice does no more than making it once.
    pub idempotent: bool,
    /// How long a call may take in all: connecting, sending, waiting, and trying again.
    pub deadline: Duration,
    /// What the caller gets when no answer comes.
    pub fallback: Fallback,
}

impl Default for Remote {
    fn default() -> Remote {
        Remote { idempotent: false, deadline: DEFAULT_DEADLINE, fallback: Fallback::Legacy }
    }
}

/// What the caller of a routine gets when no answer comes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Fallback {
    /// What the local legacy routine answers.
    Legacy,
    /// The routine's own error status.
    Status,
}

/// What to do when no answer comes, derived from the facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Instead {
    /// Call the local legacy routine.
    Legacy,
    /// Return with this status code.
    Status(i64),
}

/// What a caller does about a call that gets no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Policy {
    /// How long a call may take in all.
    pub deadline: Duration,
    /// A call whose connection was lost may be sent once more.
    pub again: bool,
    /// When it is certain that the other side has not made the call.
    pub unsent: Instead,
    /// When the other side may have made the call.
    pub unsure: Instead,
}

/// What a caller does about a call of `routine` that gets no answer. Refused: the call may have been made, what it does
/// outside must not be done twice, and there is no status to fail with.
pub fn policy(routine: &Routine) -> Result<Policy, Missing> {
    let Remote { idempotent, deadline, fallback } = routine.remote;
    let refuse = |key: &str, message: &str| {
        let path = format!("routine.{}.{key}", routine.name);
        Err(Missing { path, message: message.to_string() })
    };
    let code = routine.status.as_ref().and_then(Status::failure).map(Instead::Status);
    let policy = |unsent, unsure| Ok(Policy { deadline, again: idempotent, unsent, unsure });
    match (fallback, code, routine.effects) {
        (Fallback::Status, Some(code), _) => policy(code, code),
        (Fallback::Status, None, _) => refuse(
            "remote.fallback",
            "`fallback = \"status\"`: which error code that is, is not known; write `panic` in `status`",
        ),
        // It acts through its answer alone, which nobody got.
        (Fallback::Legacy, _, Effects::None | Effects::State) => policy(Instead::Legacy, Instead::Legacy),
        (Fallback::Legacy, Some(code), _) => policy(Instead::Legacy, code),
        (Fallback::Legacy, None, _) => refuse(
            "status",
            "what it does outside must not be done twice, and a call whose answer is lost may have been made: there must be \
             a code to fail with; write `status` with `panic`",
        ),
    }
}

impl Status {
    /// The error code by which the bridge itself says that a call failed: that of a panic, or the only one there is.
    pub fn failure(&self) -> Option<i64> {
        match (self.panic, self.error) {
            (Some(code), _) => Some(code),
            (None, Some(Condition::Equal(code))) => Some(code),
            _ => None,
        }
    }
}

/// Why a text is not a time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a time such as `200 ms`, `5 s` or `1 min`")]
pub struct TimeError(pub String);

/// Reads a time: a whole number of `ms`, `s` or `min`.
pub fn parse_time(text: &str) -> Result<Duration, TimeError> {
    let wrong = || TimeError(text.to_string());
    let text = text.trim();
    let digits = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    let number: u64 = text[..digits].parse().map_err(|_| wrong())?;
    let unit = match text[digits..].trim_start() {
        "ms" => 1,
        "s" => 1000,
        "min" => 60_000,
        _ => return Err(wrong()),
    };
    number.checked_mul(unit).map(Duration::from_millis).ok_or_else(wrong)
}

/// A time as [`parse_time`] reads it, in whole milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Time(pub Duration);

impl fmt::Display for Time {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_millis() {
            seconds if seconds > 0 && seconds.is_multiple_of(1000) => write!(out, "{} s", seconds / 1000),
            millis => write!(out, "{millis} ms"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Language;

    #[test]
    fn times_as_people_write_them() {
        for (text, millis) in
            [("200 ms", 200), ("200ms", 200), (" 5 s ", 5000), ("1 min", 60_000), ("0 s", 0)]
        {
            assert_eq!(parse_time(text), Ok(Duration::from_millis(millis)), "{text}");
        }
        for text in
            ["", "ms", "5", "5 h", "1.5 s", "-1 s", "99999999999999999999 s", "18446744073709551615 s"]
        {
            assert_eq!(parse_time(text), Err(TimeError(text.to_string())), "{text}");
        }
        for millis in [0, 1, 999, 1000, 1500, 60_000] {
            let time = Duration::from_millis(millis);
            assert_eq!(parse_time(&Time(time).to_string()), Ok(time));
        }
    }

    #[test]
    fn what_a_caller_does_without_an_answer() {
        use Instead::Legacy;
        let failing = Status { ok: 0, warning: None, error: Some(Condition::Less(0)), panic: Some(-9) };
        let vague = Status { panic: None, ..failing.clone() };
        let only = Status { error: Some(Condition::Equal(3)), ..vague.clone() };
        let code = |code| Some((Instead::Status(code), Instead::Status(code)));
        for (effects, status, fallback, expected) in [
            (Effects::None, None, Fallback::Legacy, Some((Legacy, Legacy))),
            (Effects::State, Some(&failing), Fallback::Legacy, Some((Legacy, Legacy))),
            (Effects::Io, Some(&failing), Fallback::Legacy, Some((Legacy, Instead::Status(-9)))),
            (Effects::Io, Some(&vague), Fallback::Legacy, None),
            (Effects::Unknown, None, Fallback::Legacy, None),
            (Effects::None, Some(&only), Fallback::Status, code(3)),
            (Effects::Io, Some(&failing), Fallback::Status, code(-9)),
            (Effects::None, None, Fallback::Status, None),
        ] {
            let mut routine = Routine::new("r", "r_", Language::Fortran);
            (routine.effects, routine.status) = (effects, status.cloned());
            routine.remote.fallback = fallback;
            let found = policy(&routine).ok().map(|policy| (policy.unsent, policy.unsure));
            assert_eq!(found, expected, "{effects} {status:?} {fallback:?}");
        }
    }
}
