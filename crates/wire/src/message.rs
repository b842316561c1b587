//! What the procedures of the program take and answer, apart from the values of routines.

use crate::xdr::{DecodeError, Decoder, Encoder};
use cmp_bridge_contract::wire::{MAX_NAME, MAX_REASON, MAX_ROUTINES, MAX_WHAT};

/// A text of the other end as it may be shown: one line, and nothing that a terminal obeys.
pub fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_control() || matches!(c, '\u{2028}' | '\u{2029}') { '\u{fffd}' } else { c })
        .collect()
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// It calls.
    Caller,
    /// It tells of calls made elsewhere.
    Recorder,
}

/// A routine as one end knows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    /// The procedure by which it is called.
    pub procedure: u32,
    /// Its name.
    pub name: String,
    /// Hash of its shape.
    pub hash: u64,
}

/// The arguments of the first exchange.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hello {
    /// Name of the contract's component.
    pub component: String,
    /// Who says hello: the `@(#)` line of a generated file, or a command and its version.
    pub what: String,
    /// What the connection is for.
    pub role: Role,
    /// The routines that will be called or told of.
    pub routines: Vec<Known>,
}

impl Hello {
    /// Writes it.
    pub fn encode(&self, out: &mut Encoder) {
        out.text(&self.component, MAX_NAME);
        out.text(&self.what, MAX_WHAT);
        out.u32(match self.role {
            Role::Caller => 0,
            Role::Recorder => 1,
        });
        let routines = &self.routines[..self.routines.len().min(MAX_ROUTINES as usize)];
        out.u32(routines.len() as u32);
        for routine in routines {
            out.u32(routine.procedure);
            out.text(&routine.name, MAX_NAME);
            out.u64(routine.hash);
        }
    }

    /// Reads it.
    pub fn decode(input: &mut Decoder<'_>) -> Result<Hello, DecodeError> {
        let (component, what) = (input.text(MAX_NAME)?, input.text(MAX_WHAT)?);
        let at = input.position();
        let role = match input.u32()? {
            0 => Role::Caller,
            1 => Role::Recorder,
            found => return Err(DecodeError::Word { at, expected: "0 or 1, a role", found }),
        };
        let count = input.length(MAX_ROUTINES, 16)?;
        let mut routines = Vec::with_capacity(count);
        for _ in 0..count {
            let (procedure, name, hash) = (input.u32()?, input.text(MAX_NAME)?, input.u64()?);
            routines.push(Known { procedure, name, hash });
        }
        Ok(Hello { component, what, role, routines })
    }
}

/// What a hello is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Welcome {
    /// All of its routines are accepted.
    Accepted {
        /// Who answers.
        what: String,
    },
    /// Nothing is accepted.
    Refused {
        /// A number that is not 0.
        code: u32,
        /// Why, in words.
        reason: String,
    },
}

impl Welcome {
    /// Writes it. A refusal by 0 is one by 1.
    pub fn encode(&self, out: &mut Encoder) {
        match self {
            Welcome::Accepted { what } => {
                out.u32(0);
                out.text(what, MAX_WHAT);
            }
            Welcome::Refused { code, reason } => {
                out.u32((*code).max(1));
                out.text(reason, MAX_REASON);
            }
        }
    }

    /// Reads it.
    pub fn decode(input: &mut Decoder<'_>) -> Result<Welcome, DecodeError> {
        Ok(match input.u32()? {
            0 => Welcome::Accepted { what: input.text(MAX_WHAT)? },
            code => Welcome::Refused { code, reason: input.text(MAX_REASON)? },
        })
    }
}

/// The head of a call's result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// The routine returned: its outputs follow.
    Returned,
    /// This routine must be answered elsewhere, and nothing was done: why.
    Declined(String),
    /// An exception ended it: what it says.
    Exception(String),
    /// Not possible now, and nothing was done: why.
    NotNow(String),
}

impl Answer {
    /// Writes it.
    pub fn encode(&self, out: &mut Encoder) {
        let (status, text) = match self {
            Answer::Returned => return out.u32(0),
            Answer::Declined(why) => (1, why),
            Answer::Exception(what) => (2, what),
            Answer::NotNow(why) => (3, why),
        };
        out.u32(status);
        out.text(text, MAX_REASON);
    }

    /// Reads it. If it is [`Answer::Returned`], the outputs are next.
    pub fn decode(input: &mut Decoder<'_>) -> Result<Answer, DecodeError> {
        let at = input.position();
        Ok(match input.u32()? {
            0 => Answer::Returned,
            1 => Answer::Declined(input.text(MAX_REASON)?),
            2 => Answer::Exception(input.text(MAX_REASON)?),
            3 => Answer::NotNow(input.text(MAX_REASON)?),
            found => return Err(DecodeError::Word { at, expected: "0 to 3, a status", found }),
        })
    }
}

/// What stands before the inputs of a call that was made elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SeenHead {
    /// Number of the call in its process.
    pub number: u64,
    /// Calls that were not told since the last one that was.
    pub dropped: u32,
}

impl SeenHead {
    /// Writes it.
    pub fn encode(&self, out: &mut Encoder) {
        out.u64(self.number);
        out.u32(self.dropped);
    }

    /// Reads it. The inputs are next, then an [`Ending`], then the outputs.
    pub fn decode(input: &mut Decoder<'_>) -> Result<SeenHead, DecodeError> {
        Ok(SeenHead { number: input.u64()?, dropped: input.u32()? })
    }
}

/// How a call that was made elsewhere ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Ending {
    /// It returned: the outputs follow.
    Returned,
    /// An exception ended it.
    Exception,
}

impl Ending {
    /// Writes it.
    pub fn encode(self, out: &mut Encoder) {
        out.u32(match self {
            Ending::Returned => 0,
            Ending::Exception => 2,
        });
    }

    /// Reads it.
    pub fn decode(input: &mut Decoder<'_>) -> Result<Ending, DecodeError> {
        let at = input.position();
        match input.u32()? {
            0 => Ok(Ending::Returned),
            2 => Ok(Ending::Exception),
            found => Err(DecodeError::Word { at, expected: "0 or 2, an ending", found }),
        }
    }
}
