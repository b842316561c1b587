//! Rings: how calls leave the legacy process. One file of the session, mapped by the agent and drained by `cmp-bridge run`.
//!
//! Each thread owns one ring and only appends to it; the reader only consumes. No lock, no system call, no allocation.
//! A ring that is full loses the call and counts it. The thread owes nothing when it ends: the reader frees the rings of
//! threads that are gone.

use crate::entry::{Head as EntryHead, Kind};
use crate::shared::{Shared, SharedError};
use std::io;
use std::path::Path;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};

const MAGIC: u64 = u64::from_le_bytes(*b"CMPRING1");
const PAGE: usize = 4096;
/// Most bytes handed to the sink at once.
const PIECE: usize = 1 << 20;

#[repr(C)]
struct FileHead {
    magic: AtomicU64,
    rings: AtomicU32,
    ring_bytes: AtomicU32,
    next_thread: AtomicU32,
}

/// Head of one ring.
#[repr(C, align(64))]
struct RingHead {
    /// Kernel id of the owning thread; 0 when free.
    tid: AtomicU32,
    /// Number of the owning thread, from 1.
    thread: AtomicU32,
    /// Calls lost by the owning thread.
    dropped: AtomicU64,
    _line: [u64; 6],
    /// Bytes appended since the ring exists.
    head: AtomicU64,
    _line2: [u64; 7],
    /// Bytes consumed since the ring exists.
    tail: AtomicU64,
}

/// Takes what a ring held: thread, calls dropped by that thread, entries.
pub type Sink<'a> = dyn FnMut(u32, u64, &[u8]) -> io::Result<()> + 'a;

/// The mapped file of rings.
#[derive(Debug)]
pub struct Rings {
    map: Shared,
    rings: usize,
    ring_bytes: usize,
}

impl Rings {
    /// Creates the file. `ring_bytes` must be a power of two, at least 64 KiB.
    pub fn create(path: &Path, rings: usize, ring_bytes: usize) -> Result<Rings, SharedError> {
        assert!(ring_bytes.is_power_of_two() && ring_bytes >= 1 << 16 && rings > 0);
        let map = Shared::create(path, PAGE + rings * (PAGE + ring_bytes))?;
        let file = Rings { map, rings, ring_bytes };
        file.file_head().rings.store(rings as u32, Ordering::Relaxed);
        file.file_head().ring_bytes.store(ring_bytes as u32, Ordering::Relaxed);
        file.file_head().magic.store(MAGIC, Ordering::Release);
        Ok(file)
    }

    /// Opens the file, from the agent.
    pub fn open(path: &Path) -> Result<Rings, SharedError> {
        let map = Shared::open(path)?;
        let damaged = |what| SharedError::Damaged { path: path.to_owned(), what };
        if map.len() < PAGE {
            return Err(damaged("too short for rings"));
        }
        let mut file = Rings { map, rings: 0, ring_bytes: 0 };
        file.rings = file.file_head().rings.load(Ordering::Relaxed) as usize;
        file.ring_bytes = file.file_head().ring_bytes.load(Ordering::Relaxed) as usize;
        let size = file.rings.checked_mul(PAGE + file.ring_bytes).and_then(|size| size.checked_add(PAGE));
        let sound = file.file_head().magic.load(Ordering::Acquire) == MAGIC
            && file.ring_bytes.is_power_of_two()
            && file.ring_bytes >= 1 << 16
            && size == Some(file.map.len());
        if sound { Ok(file) } else { Err(damaged("its sizes do not fit")) }
    }

    fn file_head(&self) -> &FileHead {
        // SAFETY: the file is at least a page long and page-aligned; FileHead is made of atomics.
        unsafe { &*self.map.address().cast::<FileHead>() }
    }

    fn ring_head(&self, index: usize) -> &RingHead {
        assert!(index < self.rings);
        // SAFETY: inside the mapping by the size check of `open`; page-aligned; atomics and unread padding.
        unsafe { &*self.map.address().add(PAGE + index * (PAGE + self.ring_bytes)).cast::<RingHead>() }
    }

    fn data(&self, index: usize) -> *mut u8 {
        assert!(index < self.rings);
        // SAFETY: inside the mapping by the size check of `open`.
        unsafe { self.map.address().add(PAGE + index * (PAGE + self.ring_bytes) + PAGE) }
    }

    /// Number of rings.
    pub fn count(&self) -> usize {
        self.rings
    }

    /// Takes a free ring for a thread. No allocation, no lock.
    pub fn claim(&'static self, tid: u32) -> Option<(usize, Appender)> {
        for index in 0..self.rings {
            let head = self.ring_head(index);
            if head.tid.compare_exchange(0, tid, Ordering::AcqRel, Ordering::Relaxed).is_ok() {
                let thread = self.file_head().next_thread.fetch_add(1, Ordering::Relaxed) + 1;
                head.dropped.store(0, Ordering::Relaxed);
                head.thread.store(thread, Ordering::Release);
                let written = head.head.load(Ordering::Relaxed);
                let ring = Appender {
                    data: self.data(index),
                    mask: self.ring_bytes as u64 - 1,
                    head,
                    written,
                    free_until: 0,
                };
                return Some((index, ring));
            }
        }
        None
    }

    /// Hands what was appended since to `sink(thread, calls dropped by that thread, entries)`, and frees the rings of
    /// threads that `alive` does not know any more. Returns the number of bytes.
    pub fn drain(&self, alive: &dyn Fn(u32) -> bool, sink: &mut Sink<'_>) -> io::Result<usize> {
        let mut total = 0;
        for index in 0..self.rings {
            let head = self.ring_head(index);
            let tid = head.tid.load(Ordering::Acquire);
            if tid == 0 {
                continue;
            }
            let gone = !alive(tid);
            total += self.drain_ring(index, sink)?;
            if gone && head.head.load(Ordering::Acquire) == head.tail.load(Ordering::Relaxed) {
                head.tid.store(0, Ordering::Release);
            }
        }
        Ok(total)
    }

    fn drain_ring(&self, index: usize, sink: &mut Sink<'_>) -> io::Result<usize> {
        let head = self.ring_head(index);
        let end = head.head.load(Ordering::Acquire);
        let mut tail = head.tail.load(Ordering::Relaxed);
        let thread = head.thread.load(Ordering::Acquire);
        let mut total = 0;
        // A wild store of the legacy program may have hit the ring: nothing read here is trusted.
        if end.wrapping_sub(tail) > self.ring_bytes as u64 {
            head.tail.store(end, Ordering::Release);
            return Err(io::Error::new(io::ErrorKind::InvalidData, "a ring was overwritten by the program"));
        }
        while tail < end {
            let offset = (tail & (self.ring_bytes as u64 - 1)) as usize;
            let contiguous = (self.ring_bytes - offset).min((end - tail) as usize);
            // SAFETY: `offset + contiguous` is inside the ring; the owning thread does not write below `head`.
            let bytes = unsafe { std::slice::from_raw_parts(self.data(index).add(offset), contiguous) };
            let piece = contiguous.min(PIECE);
            let (mut entries, mut consumed) = whole_entries(&bytes[..piece], piece < contiguous);
            if consumed == 0 && piece < contiguous {
                // One entry larger than a piece.
                (entries, consumed) = whole_entries(bytes, false);
            }
            if consumed == 0 {
                head.tail.store(end, Ordering::Release);
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "a ring was overwritten by the program",
                ));
            }
            if !entries.is_empty() {
                sink(thread, head.dropped.load(Ordering::Relaxed), entries)?;
            }
            tail += consumed as u64;
            total += entries.len();
            head.tail.store(tail, Ordering::Release);
        }
        Ok(total)
    }

    /// Calls lost by the owner of a ring: `(thread, calls)`, when it has one.
    pub fn dropped(&self, index: usize) -> Option<(u32, u64)> {
        let head = self.ring_head(index);
        let thread = head.thread.load(Ordering::Acquire);
        (thread != 0).then(|| (thread, head.dropped.load(Ordering::Relaxed)))
    }
}

/// The whole entries at the start of a piece (padding cut off), and the bytes consumed with padding. `cut` says that the
/// piece may end inside an entry. Nothing consumed means that the bytes are not entries.
fn whole_entries(bytes: &[u8], cut: bool) -> (&[u8], usize) {
    let mut at = 0;
    while let Some(head) = bytes.get(at..at + 16) {
        let length = u32::from_le_bytes([head[0], head[1], head[2], head[3]]) as usize;
        if length < 8 || !length.is_multiple_of(8) || length > bytes.len() - at {
            break;
        }
        if head[4] == Kind::Pad as u8 {
            return (&bytes[..at], at + length);
        }
        at += length;
    }
    // Padding of 8 bytes has no room for a whole head.
    if at + 8 == bytes.len() && bytes.get(at + 4) == Some(&(Kind::Pad as u8)) {
        return (&bytes[..at], bytes.len());
    }
    if at == bytes.len() || cut { (&bytes[..at], at) } else { (&[], 0) }
}

/// The writing end of a ring, owned by one thread.
pub struct Appender {
    data: *mut u8,
    mask: u64,
    head: &'static RingHead,
    written: u64,
    free_until: u64,
}

impl Appender {
    /// Room for an entry of at most `most` bytes (a multiple of 8, at most half the ring), or `None` when the ring is full.
    /// The room is at a fixed place until the next call; nothing is visible before [`Appender::commit`].
    #[inline]
    pub fn reserve(&mut self, most: usize) -> Option<*mut u8> {
        let size = self.mask + 1;
        if most as u64 > size / 2 {
            return None;
        }
        let offset = self.written & self.mask;
        let to_end = size - offset;
        let pad = if to_end < most as u64 { to_end } else { 0 };
        let needed = self.written + pad + most as u64;
        if needed > self.free_until {
            self.free_until = self.head.tail.load(Ordering::Acquire) + size;
            if needed > self.free_until {
                return None;
            }
        }
        if pad > 0 {
            let word = pad | u64::from(Kind::Pad as u8) << 32;
            // SAFETY: `offset + 8 <= size`, since offsets and lengths are multiples of 8; this thread owns the ring.
            unsafe { self.data.add(offset as usize).cast::<u64>().write(word) };
            self.written += pad;
            self.head.head.store(self.written, Ordering::Release);
        }
        // SAFETY: inside the ring.
        Some(unsafe { self.data.add((self.written & self.mask) as usize) })
    }

    /// Makes the first `length` bytes of the reserved room visible to the reader.
    #[inline]
    pub fn commit(&mut self, length: usize) {
        self.written += length as u64;
        self.head.head.store(self.written, Ordering::Release);
    }

    /// Counts a lost call.
    #[inline]
    pub fn count_drop(&self) {
        self.head.dropped.fetch_add(1, Ordering::Relaxed);
    }
}

const _: () = assert!(size_of::<EntryHead>() == 16 && size_of::<RingHead>() <= PAGE);
