//! Writing a journal.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

/// First bytes of every journal.
pub(crate) const MAGIC: [u8; 8] = *b"CMPJRNL1";
/// First bytes of a block of entries.
pub(crate) const BLOCK: u32 = u32::from_le_bytes(*b"CMPB");
/// First bytes of the block that closes a journal.
pub(crate) const END: u32 = u32::from_le_bytes(*b"CMPE");
/// Bytes of a block head: kind, thread, length, CRC-32, drops so far, number of the block from 0.
pub(crate) const BLOCK_HEAD: usize = 32;

/// What a journal says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Header {
    /// Target ABI of the bytes, such as `x86_64-linux-gnu`.
    pub target: String,
    /// File name of the executable.
    pub executable: String,
    /// Its build-id.
    pub build_id: Vec<u8>,
    /// The contracts the calls are read with.
    pub components: Vec<Component>,
    /// The routines, in the order of the plan.
    pub routines: Vec<RoutineHead>,
}

/// A contract inside a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Component {
    /// Its file name.
    pub file: String,
    /// Its text.
    pub contract: String,
}

/// A routine of a journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RoutineHead {
    /// Name in its contract.
    pub name: String,
    /// Index in [`Header::components`].
    pub component: u32,
    /// `routine_hash` of the contract at the time of recording.
    pub contract_hash: u64,
}

impl Header {
    fn encode(&self) -> Vec<u8> {
        let mut out = Vec::new();
        bytes(&mut out, self.target.as_bytes());
        bytes(&mut out, self.executable.as_bytes());
        bytes(&mut out, &self.build_id);
        out.extend((self.components.len() as u32).to_le_bytes());
        for component in &self.components {
            bytes(&mut out, component.file.as_bytes());
            bytes(&mut out, component.contract.as_bytes());
        }
        out.extend((self.routines.len() as u32).to_le_bytes());
        for routine in &self.routines {
            bytes(&mut out, routine.name.as_bytes());
            out.extend(routine.component.to_le_bytes());
            out.extend(routine.contract_hash.to_le_bytes());
        }
        out
    }
}

fn bytes(out: &mut Vec<u8>, value: &[u8]) {
    out.extend((value.len() as u32).to_le_bytes());
    out.extend_from_slice(value);
}

/// Appends blocks to a journal file.
pub struct Writer {
    file: File,
    written: u64,
    blocks: u64,
}

impl Writer {
    /// Creates a journal. The file must not exist: evidence is never overwritten. Its mode is 0600.
    pub fn create(path: &Path, header: &Header) -> io::Result<Writer> {
        use std::os::unix::fs::OpenOptionsExt;
        let mut file = File::options().write(true).create_new(true).mode(0o600).open(path)?;
        let body = header.encode();
        let mut head = Vec::with_capacity(16 + body.len());
        head.extend(MAGIC);
        head.extend((body.len() as u32).to_le_bytes());
        head.extend(crc32fast::hash(&body).to_le_bytes());
        head.extend(body);
        if let Err(error) = file.write_all(&head) {
            // Half a header is no journal, and it would be in the way of the next try. The file is ours: it was not there.
            let _ = std::fs::remove_file(path);
            return Err(error);
        }
        Ok(Writer { file, written: head.len() as u64, blocks: 0 })
    }

    /// Appends a block of whole entries of one thread. `dropped` is the number of calls that thread has lost so far.
    pub fn block(&mut self, thread: u32, dropped: u64, entries: &[u8]) -> io::Result<()> {
        self.append(BLOCK, thread, dropped, entries)
    }

    /// Closes the journal. `dropped` is the number of calls lost in all threads.
    pub fn finish(mut self, dropped: u64) -> io::Result<u64> {
        self.append(END, 0, dropped, &[])?;
        self.file.sync_all()?;
        Ok(self.written)
    }

    /// Bytes written so far.
    pub fn written(&self) -> u64 {
        self.written
    }

    fn append(&mut self, kind: u32, thread: u32, dropped: u64, entries: &[u8]) -> io::Result<()> {
        let mut block = Vec::with_capacity(BLOCK_HEAD + entries.len());
        block.extend(kind.to_le_bytes());
        block.extend(thread.to_le_bytes());
        block.extend((entries.len() as u32).to_le_bytes());
        block.extend([0; 4]);
        block.extend(dropped.to_le_bytes());
        block.extend(self.blocks.to_le_bytes());
        block.extend_from_slice(entries);
        let crc = crc32fast::hash(&block);
        block[12..16].copy_from_slice(&crc.to_le_bytes());
        // One write: a reader never sees a head without its entries unless the disk is full or the process dies in it.
        if let Err(error) = self.file.write_all(&block) {
            // A partial block at the end is what a reader expects after a crash; give back its room if possible.
            let _ = self.file.set_len(self.written);
            return Err(error);
        }
        self.written += block.len() as u64;
        self.blocks += 1;
        Ok(())
    }
}
