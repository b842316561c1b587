//! Many calls on their way at once.

use super::connection::left;
use super::{Client, ClientError, KEPT, closed};
use crate::convert::ConvertError;
use crate::rpc::{Reply, ReplyHead};
use crate::xdr::{Decoder, Encoder};
use std::io::ErrorKind;
use std::time::{Duration, Instant};

/// Most calls that are sent and not yet answered.
const WINDOW: usize = 1024;
/// Bytes that are written ahead of the socket.
const AHEAD: usize = 64 << 10;

/// How a batch of calls ended early.
#[derive(Debug, thiserror::Error)]
#[error("{error}, after {answered} of {calls} answers")]
pub struct PipelineError {
    /// Number of calls that were answered: each was given to `read`. The others may have been made, or not.
    pub answered: usize,
    /// Number of calls of the batch.
    pub calls: usize,
    /// Why it ended.
    pub error: ClientError,
}

/// Where a batch is.
struct Progress {
    base: u32,
    /// Calls that were written.
    written: usize,
    answered: Vec<bool>,
    count: usize,
}

impl Client {
    /// Makes many calls without waiting for the answer of one before sending the next. `write` writes the arguments of call
    /// `i`, which goes to `procedures[i]`; `read` reads the result of call `i`, in the order in which answers come. Nothing is
    /// sent twice. The deadline is that of the whole batch.
    pub fn pipeline(
        &mut self,
        procedures: &[u32],
        deadline: Duration,
        mut write: impl FnMut(usize, &mut Encoder) -> Result<(), ConvertError>,
        mut read: impl FnMut(usize, &mut Decoder<'_>) -> Result<(), ClientError>,
    ) -> Result<(), PipelineError> {
        let until = Instant::now() + deadline;
        let calls = procedures.len();
        let mut progress = Progress { base: 0, written: 0, answered: vec![false; calls], count: 0 };
        let outcome = self
            .open(until)
            .and_then(|()| self.stream(procedures, until, &mut progress, &mut write, &mut read));
        if outcome.is_err() {
            // Answers may be on their way that nobody waits for.
            self.connection = None;
        }
        self.settle(&outcome);
        self.out.clear();
        self.out.shrink_to(KEPT);
        outcome.map_err(|error| PipelineError { answered: progress.count, calls, error })
    }

    fn stream(
        &mut self,
        procedures: &[u32],
        until: Instant,
        progress: &mut Progress,
        write: &mut impl FnMut(usize, &mut Encoder) -> Result<(), ConvertError>,
        read: &mut impl FnMut(usize, &mut Decoder<'_>) -> Result<(), ClientError>,
    ) -> Result<(), ClientError> {
        progress.base = self.xid.wrapping_add(1);
        self.out.clear();
        let mut sent = 0;
        while progress.count < procedures.len() {
            if sent == self.out.len() {
                self.out.clear();
                sent = 0;
            }
            while progress.written < procedures.len()
                && progress.written - progress.count < WINDOW
                && self.out.len() < AHEAD
            {
                let i = progress.written;
                self.append(procedures[i], |out| write(i, out))?;
                progress.written += 1;
            }
            if left(until).is_none() {
                return Err(ClientError::lost(true, ErrorKind::TimedOut.into()));
            }
            let Client { connection: Some(connection), out, .. } = self else { return Err(closed()) };
            sent += connection.exchange(&out.bytes()[sent..], until)?;
            while let Some(record) = connection.received()? {
                let mut input = Decoder::new(record);
                let i = progress.note(ReplyHead::decode(&mut input)?)?;
                read(i, &mut input)?;
            }
        }
        Ok(())
    }
}

impl Progress {
    /// Which call an answer is of.
    fn note(&mut self, head: ReplyHead) -> Result<usize, ClientError> {
        let i = head.xid.wrapping_sub(self.base) as usize;
        let expected = self.base.wrapping_add(self.count as u32);
        match self.answered.get_mut(i) {
            Some(answered) if i < self.written && !*answered => *answered = true,
            _ => return Err(ClientError::Stray { expected, found: head.xid }),
        }
        self.count += 1;
        match head.reply {
            Reply::Success => Ok(i),
            reply => Err(ClientError::Reply(reply)),
        }
    }
}
