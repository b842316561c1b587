//! Record marking (RFC 5531, section 11): a message is one or more fragments, each behind its length.

use crate::xdr::Encoder;
use std::io::{self, Read};
use std::ops::Range;

/// The bit of a fragment's head that says it is the last.
const LAST: u32 = 0x8000_0000;
/// Bytes asked of a stream at a time.
const CHUNK: usize = 64 << 10;

/// Why a stream can be read no more.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RecordError {
    /// A message longer than the limit. What follows it on the stream cannot be found.
    #[error("a message of {found} bytes or more, where at most {limit} are read")]
    TooLong {
        /// Its length, as far as it is known.
        found: u64,
        /// Longest allowed.
        limit: usize,
    },
}

/// Leaves room for the head of a record, and says where it is.
pub fn begin_record(out: &mut Encoder) -> usize {
    let at = out.len();
    out.u32(0);
    at
}

/// Makes what was written since [`begin_record`] one record of a single fragment. What is longer than the limit is taken
/// back.
pub fn end_record(out: &mut Encoder, at: usize, limit: usize) -> Result<(), RecordError> {
    let length = out.len().saturating_sub(at + 4);
    match u32::try_from(length) {
        Ok(head) if length <= limit && head & LAST == 0 => {
            out.set_u32(at, head | LAST);
            Ok(())
        }
        _ => {
            out.truncate(at);
            Err(RecordError::TooLong { found: length as u64, limit })
        }
    }
}

/// Takes bytes as they arrive, and gives messages. Made for an event loop: it never waits, and holds no more memory than
/// twice what has arrived of one message and a chunk.
#[derive(Debug)]
pub struct Records {
    /// What has arrived and is not yet given away: `start..end`.
    buffer: Vec<u8>,
    start: usize,
    end: usize,
    /// The fragments before the last, of a message that comes in several.
    gathered: Vec<u8>,
    /// Such a message is on its way; and the bytes of its fragments' heads, which count, too.
    pieces: usize,
    /// `gathered` was given away, and goes with the next question.
    given: bool,
    limit: usize,
}

impl Records {
    /// Of messages of at most `limit` bytes.
    pub fn new(limit: usize) -> Records {
        let (buffer, gathered) = (Vec::new(), Vec::new());
        Records { buffer, start: 0, end: 0, gathered, pieces: 0, given: false, limit }
    }

    /// Reads once from a stream. 0: it has ended.
    pub fn read_from(&mut self, stream: &mut impl Read) -> io::Result<usize> {
        self.make_room(CHUNK);
        let read = stream.read(&mut self.buffer[self.end..])?;
        self.end += read;
        Ok(read)
    }

    /// Takes bytes that were read elsewhere.
    pub fn push(&mut self, bytes: &[u8]) {
        self.make_room(bytes.len());
        self.buffer[self.end..][..bytes.len()].copy_from_slice(bytes);
        self.end += bytes.len();
    }

    /// Bytes that are held and were not given away yet.
    pub fn held(&self) -> usize {
        self.end - self.start + if self.given { 0 } else { self.gathered.len() }
    }

    /// Bytes of memory in use, whatever is in them.
    pub fn memory(&self) -> usize {
        self.buffer.capacity() + self.gathered.capacity()
    }

    /// Gives back most of the memory that what is held does not need: for those who keep many.
    pub fn settle(&mut self) {
        if self.memory() <= 2 * self.held() + 1024 {
            return;
        }
        self.buffer.truncate(self.end);
        self.buffer.drain(..self.start);
        (self.start, self.end) = (0, self.buffer.len());
        self.buffer.shrink_to_fit();
        if self.given {
            (self.given, self.gathered) = (false, Vec::new());
        }
        self.gathered.shrink_to_fit();
    }

    /// The stream may end here: it is between two messages.
    pub fn is_between(&self) -> bool {
        self.held() == 0 && self.pieces == 0
    }

    /// A whole message has arrived: [`Records::next_record`] gives it.
    pub fn has_record(&mut self) -> Result<bool, RecordError> {
        if self.given {
            self.given = false;
            self.gathered.clear();
            self.gathered.shrink_to(CHUNK);
        }
        while let Some((body, last)) = self.fragment()? {
            if last {
                return Ok(true);
            }
            self.gather(body);
        }
        Ok(false)
    }

    /// The next whole message, if it has arrived.
    pub fn next_record(&mut self) -> Result<Option<&[u8]>, RecordError> {
        if !self.has_record()? {
            return Ok(None);
        }
        let Some((body, _)) = self.fragment()? else { return Ok(None) };
        if self.pieces == 0 {
            self.start = body.end;
            return Ok(Some(&self.buffer[body]));
        }
        self.gather(body);
        (self.pieces, self.given) = (0, true);
        Ok(Some(&self.gathered))
    }

    /// Puts a fragment behind those before it.
    fn gather(&mut self, body: Range<usize>) {
        self.start = body.end;
        self.gathered.extend_from_slice(&self.buffer[body]);
        self.pieces += 4;
    }

    /// The next fragment, if all of it is there: where, and whether it is the last.
    fn fragment(&self) -> Result<Option<(Range<usize>, bool)>, RecordError> {
        let Some(head) = self.buffer[self.start..self.end].first_chunk::<4>() else { return Ok(None) };
        let head = u32::from_be_bytes(*head);
        let length = u64::from(head & !LAST);
        let found = length + self.gathered.len() as u64;
        // Heads count for themselves, so that fragments of nothing come to an end.
        if found > self.limit as u64 || self.pieces > self.limit {
            return Err(RecordError::TooLong { found, limit: self.limit });
        }
        let start = self.start + 4;
        // Below the limit, which is a number of bytes in memory.
        let end = start + length as usize;
        Ok((end <= self.end).then_some((start..end, head & LAST != 0)))
    }

    /// Makes room for so many bytes behind the end: what was given away goes, and the buffer grows only as bytes arrive.
    fn make_room(&mut self, length: usize) {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
            // After a long message the memory goes back.
            if self.buffer.len() > 4 * CHUNK && length <= CHUNK {
                self.buffer.truncate(CHUNK);
                self.buffer.shrink_to_fit();
            }
        }
        if self.buffer.len() - self.end >= length {
            return;
        }
        self.buffer.copy_within(self.start..self.end, 0);
        (self.start, self.end) = (0, self.end - self.start);
        let wanted = (self.end + length).max(2 * self.end);
        if self.buffer.len() < wanted {
            self.buffer.resize(wanted, 0);
        }
    }
}
