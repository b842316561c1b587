//! Reading a journal, whole, cut short or damaged.

use crate::call::Call;
use crate::cursor::Cursor;
use crate::decoder::Decoder;
use crate::writer::{BLOCK, BLOCK_HEAD, Component, END, Header, MAGIC, RoutineHead};
use std::collections::HashMap;
use std::path::{Path, PathBuf};

/// Why a journal cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum JournalError {
    /// The file cannot be read.
    #[error("{path}: {source}")]
    Io {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The first bytes are not a journal's.
    #[error("{path}: not a journal of cmp-bridge (expected the file to begin with {MAGIC_TEXT:?})")]
    NotAJournal {
        /// The file.
        path: PathBuf,
    },
    /// A journal, but of another version.
    #[error(
        "{path}: journal version {found:?}, this program reads version 1: use the cmp-bridge that wrote it"
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: char,
    },
    /// The header is damaged; nothing can be read.
    #[error("{path}: the journal's header is damaged ({what}): no call can be read from this file")]
    Header {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
}

const MAGIC_TEXT: &str = "CMPJRNL1";

/// A place where the file is not what was written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Damage {
    /// The file ends inside a block, or without the closing block: the recording was killed. All calls before are whole.
    #[error("cut short at byte {offset}: {lost} bytes of an unfinished block were ignored")]
    CutShort {
        /// Where the last whole block ends.
        offset: u64,
        /// Bytes after it.
        lost: u64,
    },
    /// The recording was not closed, but every block is whole.
    #[error("not closed: the recording was killed after the last whole block, at byte {offset}")]
    NotClosed {
        /// Length of the file.
        offset: u64,
    },
    /// A block whose bytes changed since it was written.
    #[error("block at byte {offset}: {what}")]
    Block {
        /// Where the block begins.
        offset: u64,
        /// What is wrong.
        what: String,
    },
}

impl Damage {
    /// Whether the file changed after it was written, as opposed to a recording that was killed.
    pub fn is_corruption(&self) -> bool {
        matches!(self, Damage::Block { .. })
    }
}

/// What a journal holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Calls begun.
    pub calls: u64,
    /// Calls lost because a ring was full or a thread had none.
    pub dropped: u64,
    /// Places that are not as written.
    pub damage: Vec<Damage>,
}

/// An open journal.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    header: Header,
    map: memmap2::Mmap,
    first_block: usize,
}

impl Journal {
    /// Opens a journal and reads its header.
    pub fn open(path: &Path) -> Result<Journal, JournalError> {
        let io = |source| JournalError::Io { path: path.to_owned(), source };
        let file = std::fs::File::open(path).map_err(io)?;
        // SAFETY: a journal is append-only, written by one process; a reader that maps it while it grows sees only the
        // length it had. Truncating it meanwhile is outside what any reader of mapped files can survive; documented.
        let map = unsafe { memmap2::Mmap::map(&file) }.map_err(io)?;
        let not = || JournalError::NotAJournal { path: path.to_owned() };
        let damaged = |what| JournalError::Header { path: path.to_owned(), what };
        let magic = map.get(..8).ok_or_else(not)?;
        if magic != MAGIC {
            return Err(match magic.strip_prefix(&MAGIC[..7]) {
                Some([version]) => JournalError::Version { path: path.to_owned(), found: *version as char },
                _ => not(),
            });
        }
        let length = u32_at(&map, 8).ok_or_else(|| damaged("it ends early"))? as usize;
        let crc = u32_at(&map, 12).ok_or_else(|| damaged("it ends early"))?;
        let body =
            map.get(16..).and_then(|rest| rest.get(..length)).ok_or_else(|| damaged("it ends early"))?;
        if crc32fast::hash(body) != crc {
            return Err(damaged("checksum"));
        }
        let header = decode_header(&mut Cursor(body)).ok_or_else(|| damaged("a field is out of range"))?;
        Ok(Journal { path: path.to_owned(), header, first_block: 16 + length, map })
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What the journal says of itself.
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The calls, each once its outcome is known, thread by thread in the order of their ends.
    pub fn calls(&self) -> Calls<'_> {
        Calls {
            bytes: &self.map,
            offset: self.first_block,
            block: &[],
            block_offset: 0,
            thread: 0,
            decoder: Decoder::new(&self.header),
            ready: Vec::new(),
            drops: HashMap::new(),
            expected: Some(0),
            summary: Summary::default(),
            done: false,
        }
    }

    /// Reads through the whole file.
    pub fn summary(&self) -> Summary {
        let mut calls = self.calls();
        calls.by_ref().for_each(drop);
        calls.summary
    }
}

fn decode_header(cursor: &mut Cursor<'_>) -> Option<Header> {
    let target = cursor.text()?;
    let executable = cursor.text()?;
    let build_id = cursor.bytes()?.to_vec();
    let components = (0..cursor.u32()?)
        .map(|_| Some(Component { file: cursor.text()?, contract: cursor.text()? }))
        .collect::<Option<Vec<_>>>()?;
    let routines = (0..cursor.u32()?)
        .map(|_| {
            Some(RoutineHead { name: cursor.text()?, component: cursor.u32()?, contract_hash: cursor.u64()? })
        })
        .collect::<Option<Vec<_>>>()?;
    let known = routines.iter().all(|r| (r.component as usize) < components.len());
    (cursor.0.is_empty() && known).then_some(Header { target, executable, build_id, components, routines })
}

/// A whole block: its head, checked.
struct Block {
    kind: u32,
    thread: u32,
    length: usize,
    dropped: u64,
    sequence: u64,
}

/// Why there is no block at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unreadable {
    /// The file ends there.
    Nothing,
    /// It does not begin like a block.
    NoBlock,
    /// The file ends inside it.
    Cut,
    /// Its checksum is wrong.
    Changed,
}

/// The block that begins at `offset`.
fn block_at(bytes: &[u8], offset: usize) -> Result<Block, Unreadable> {
    let rest = bytes.get(offset..).filter(|rest| !rest.is_empty()).ok_or(Unreadable::Nothing)?;
    let known = [BLOCK.to_le_bytes(), END.to_le_bytes()];
    if !known.iter().any(|kind| rest.starts_with(kind) || kind.starts_with(rest)) {
        return Err(Unreadable::NoBlock);
    }
    let head = rest.get(..BLOCK_HEAD).ok_or(Unreadable::Cut)?;
    let mut cursor = Cursor(head);
    let mut number = || cursor.u32().ok_or(Unreadable::Cut);
    let (kind, thread, length, crc) = (number()?, number()?, number()? as usize, number()?);
    let mut number = || cursor.u64().ok_or(Unreadable::Cut);
    let (dropped, sequence) = (number()?, number()?);
    let entries = rest[BLOCK_HEAD..].get(..length).ok_or(Unreadable::Cut)?;
    let mut hash = crc32fast::Hasher::new();
    hash.update(&head[..12]);
    hash.update(&[0; 4]);
    hash.update(&head[16..]);
    hash.update(entries);
    let whole = hash.finalize() == crc;
    whole.then_some(Block { kind, thread, length, dropped, sequence }).ok_or(Unreadable::Changed)
}

/// Iterator over the calls of a journal.
pub struct Calls<'a> {
    bytes: &'a [u8],
    offset: usize,
    block: &'a [u8],
    block_offset: usize,
    thread: u32,
    decoder: Decoder,
    ready: Vec<Call>,
    drops: HashMap<u32, u64>,
    /// Number of the next block, unless damage hides it.
    expected: Option<u64>,
    summary: Summary,
    done: bool,
}

impl Calls<'_> {
    /// What has been read so far; complete once the iterator has ended.
    pub fn summary(&self) -> &Summary {
        &self.summary
    }

    /// Bytes of the file read so far, and its length: for a progress bar.
    pub fn progress(&self) -> (u64, u64) {
        ((self.offset - self.block.len()) as u64, self.bytes.len() as u64)
    }

    fn damage(&mut self, what: impl Into<String>) {
        self.summary.damage.push(Damage::Block { offset: self.block_offset as u64, what: what.into() });
    }

    /// Moves to the next block; false at the end of the file.
    fn next_block(&mut self) -> bool {
        self.block_offset = self.offset;
        let offset = self.offset as u64;
        match block_at(self.bytes, self.offset) {
            Ok(block) => self.enter_block(&block),
            Err(Unreadable::Nothing) => {
                self.summary.damage.push(Damage::NotClosed { offset });
                false
            }
            Err(reason) => self.resume(reason),
        }
    }

    fn enter_block(&mut self, block: &Block) -> bool {
        let entries = self.offset + BLOCK_HEAD..self.offset + BLOCK_HEAD + block.length;
        if self.expected.is_some_and(|expected| expected != block.sequence) {
            let expected = self.expected.unwrap_or(0);
            self.damage(format!(
                "block {} where block {expected} is expected: some are missing",
                block.sequence
            ));
        }
        self.expected = Some(block.sequence.wrapping_add(1));
        self.offset = entries.end;
        if block.kind == END {
            self.summary.dropped = block.dropped;
            if self.offset != self.bytes.len() {
                self.block_offset = self.offset;
                self.damage("bytes after the closing block");
            }
            return false;
        }
        self.drops.insert(block.thread, block.dropped);
        self.summary.dropped = self.drops.values().fold(0, |sum, drops| sum.saturating_add(*drops));
        self.thread = block.thread;
        self.block = &self.bytes[entries];
        true
    }

    /// Notes the damage at the current offset and moves to the next whole block; false where there is none.
    fn resume(&mut self, reason: Unreadable) -> bool {
        let from = self.offset + 1;
        let next = (from..self.bytes.len()).find(|at| block_at(self.bytes, *at).is_ok());
        let lost = (next.unwrap_or(self.bytes.len()) - self.offset) as u64;
        // A length that leads past the end is a changed byte where whole blocks follow; otherwise the file was cut.
        if reason == Unreadable::Cut && next.is_none() {
            self.summary.damage.push(Damage::CutShort { offset: self.offset as u64, lost });
            return false;
        }
        let what = match reason {
            Unreadable::Changed => "checksum: its bytes changed since they were written",
            _ => "its head changed since it was written",
        };
        let then = if next.is_some() { "reading goes on behind them" } else { "no whole block follows" };
        self.damage(format!("{what}; {lost} bytes were skipped, {then}"));
        self.expected = None;
        self.offset = next.unwrap_or(self.bytes.len());
        next.is_some()
    }

    fn advance(&mut self) {
        if self.block.is_empty() {
            self.done = !self.next_block();
        } else {
            match self.decoder.next(self.thread, &mut self.block) {
                Ok(call) => self.ready.extend(call),
                Err(error) => {
                    self.damage(error.to_string());
                    self.block = &[];
                }
            }
            self.summary.calls = self.decoder.begun();
        }
        if self.done {
            self.ready = self.decoder.unfinished();
            self.ready.reverse();
        }
    }
}

impl Iterator for Calls<'_> {
    type Item = Call;

    fn next(&mut self) -> Option<Call> {
        loop {
            if let Some(call) = self.ready.pop() {
                return Some(call);
            }
            if self.done {
                return None;
            }
            self.advance();
        }
    }
}

fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
