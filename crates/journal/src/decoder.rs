//! Entries become calls.

use crate::call::{Call, Outcome};
use crate::cursor::Cursor;
use crate::writer::Header;
use cmp_bridge::entry::{Head, Kind};
use std::collections::HashMap;

/// Entries that the agent cannot have written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EntryError {
    /// Too few bytes are left.
    #[error("an entry is cut")]
    Cut,
    /// Its length is impossible.
    #[error("an entry of {0} bytes does not fit")]
    Length(u32),
    /// No entry has this kind.
    #[error("unknown entry kind {0}")]
    Kind(u8),
    /// Its parts do not add up.
    #[error("the {kind:?} entry of call {number} of thread {thread} is inconsistent")]
    Inconsistent {
        /// Kind of the entry.
        kind: Kind,
        /// The thread.
        thread: u32,
        /// The call.
        number: u64,
    },
    /// Begin and end of a call speak of different routines.
    #[error("call {number} of thread {thread} ends in another routine than it began")]
    OtherRoutine {
        /// The thread.
        thread: u32,
        /// The call.
        number: u64,
    },
}

/// Puts the entries of all threads together into calls, from a journal or live from the rings.
#[derive(Debug)]
pub struct Decoder {
    routines: usize,
    only: Option<Vec<bool>>,
    open: HashMap<(u32, u64), Call>,
    begun: u64,
}

impl Decoder {
    /// A decoder for the routines of that header.
    pub fn new(header: &Header) -> Decoder {
        Decoder { routines: header.routines.len(), only: None, open: HashMap::new(), begun: 0 }
    }

    /// The same, passing over the entries of routines for which `wanted` is false: decoding costs more than recording.
    pub fn only(self, wanted: Vec<bool>) -> Decoder {
        Decoder { only: Some(wanted), ..self }
    }

    /// Takes the first entry of a thread off `entries`; returns the call that it ends. After an error the rest of
    /// `entries` cannot be read.
    pub fn next(&mut self, thread: u32, entries: &mut &[u8]) -> Result<Option<Call>, EntryError> {
        let head = Cursor(entries).head().ok_or(EntryError::Cut)?;
        let fits = |length: &usize| {
            *length >= size_of::<Head>() && length.is_multiple_of(8) && *length <= entries.len()
        };
        let length = Some(head.length as usize).filter(fits).ok_or(EntryError::Length(head.length))?;
        let (entry, rest) = entries.split_at(length);
        *entries = rest;
        if self.only.as_ref().is_some_and(|wanted| wanted.get(usize::from(head.routine)) == Some(&false)) {
            return Ok(None);
        }
        self.entry(thread, &head, Cursor(&entry[size_of::<Head>()..]))
    }

    fn entry(&mut self, thread: u32, head: &Head, mut body: Cursor<'_>) -> Result<Option<Call>, EntryError> {
        let kind = Kind::from_byte(head.kind).ok_or(EntryError::Kind(head.kind))?;
        let broken = || EntryError::Inconsistent { kind, thread, number: head.number };
        match kind {
            Kind::Pad => Ok(None),
            Kind::Enter => {
                let call = body
                    .enter(thread, head)
                    .filter(|call| call.routine < self.routines)
                    .ok_or_else(broken)?;
                self.begun += 1;
                // The same number twice: the first one never ended.
                Ok(self.open.insert((thread, head.number), call))
            }
            Kind::Leave => {
                let (returned, after) = body.leave(head).ok_or_else(broken)?;
                self.ends(thread, head, Outcome::Returned { returned, after })
            }
            Kind::Candidate => {
                let candidate = body.candidate(head).ok_or_else(broken)?;
                if let Some(call) = self.open.get_mut(&(thread, head.number)) {
                    call.candidate = Some(candidate);
                }
                Ok(None)
            }
            Kind::Abandoned => self.ends(thread, head, Outcome::Abandoned),
        }
    }

    /// The call that an entry ends. Its begin may be missing where a block was damaged: then it is not evidence.
    fn ends(&mut self, thread: u32, head: &Head, outcome: Outcome) -> Result<Option<Call>, EntryError> {
        let key = (thread, head.number);
        if self.open.get(&key).is_some_and(|call| call.routine != usize::from(head.routine)) {
            return Err(EntryError::OtherRoutine { thread, number: head.number });
        }
        Ok(self.open.remove(&key).map(|call| Call { outcome, ..call }))
    }

    /// Calls begun so far.
    pub fn begun(&self) -> u64 {
        self.begun
    }

    /// The calls that have not ended, in the order of threads and numbers. They are forgotten.
    pub fn unfinished(&mut self) -> Vec<Call> {
        let mut rest: Vec<Call> = self.open.drain().map(|(_, call)| call).collect();
        rest.sort_by_key(|call| (call.thread, call.number));
        rest
    }
}
