//! Memory in which a worker lays out the areas of a recorded call.

use super::empty_frame;
use super::message::{Lead, Request, RequestArea};
use crate::frame::Frame;
use crate::plan::Place;
use std::io;

const BYTES: usize = 64 << 20;
/// Bytes between areas, which nobody may write: at least, and behind a large area.
const GAP: usize = 64;
const WIDE_GAP: usize = 8 << 10;
const GAP_BYTE: u8 = 0xa5;

/// Why a call cannot be laid out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ArenaError {
    /// More bytes than the arena has.
    #[error("the areas of this call take more than {BYTES} bytes")]
    TooLarge,
    /// Areas that overlap in a way that copies cannot keep.
    #[error("areas {0} and {1} of this call overlap in part")]
    Overlap(usize, usize),
    /// An address in a register that cannot hold one, or outside the stack arguments.
    #[error("the address of area {0} is not an argument of the call")]
    Place(usize),
}

/// Memory for one call at a time.
pub struct Arena {
    start: *mut u8,
}

/// A call whose arguments lead into the arena.
pub struct Prepared<'a> {
    /// The call.
    pub frame: Frame,
    /// Address of the copy of each area; null for a null argument.
    pub areas: Vec<*mut u8>,
    /// Addresses of the state areas, in order.
    pub state: Vec<*mut u8>,
    /// The bytes of each area as the call began.
    initial: Vec<Vec<u8>>,
    spans: Vec<(usize, usize)>,
    used: usize,
    arena: &'a mut Arena,
    _stack: Vec<u64>,
}

impl Arena {
    /// Reserves the memory.
    pub fn new() -> io::Result<Arena> {
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        // SAFETY: fresh memory at an address of the system's choice.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), BYTES, protection, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            return Err(io::Error::last_os_error());
        }
        Ok(Arena { start: start.cast() })
    }

    /// Lays out a call: every area at an address that is the recorded one modulo 64, overlaps kept.
    pub fn prepare(&mut self, request: &Request) -> Result<Prepared<'_>, ArenaError> {
        let mut offsets: Vec<Option<usize>> = Vec::with_capacity(request.areas.len());
        let mut spans = Vec::new();
        let mut used = GAP;
        for (index, area) in request.areas.iter().enumerate() {
            let offset = place(&request.areas[..index], &offsets, area, index)?;
            let offset = offset.unwrap_or_else(|| {
                let at = used.next_multiple_of(64) + GAP + (area.address % 64) as usize;
                spans.push((at, at + area.bytes.len()));
                used = at + area.bytes.len() + gap(area.bytes.len());
                at
            });
            offsets.push((area.address != 0).then_some(offset));
            if used + GAP > BYTES {
                return Err(ArenaError::TooLarge);
            }
        }
        let areas: Vec<*mut u8> =
            offsets.iter().map(|o| o.map_or(std::ptr::null_mut(), |o| self.start.wrapping_add(o))).collect();
        let initial = redirected(request, &areas)?;
        self.fill(&initial, &offsets, used);
        let states = request.areas.iter().zip(&areas).filter(|(area, _)| area.lead == Lead::State);
        let state = states.map(|(_, address)| *address).collect();
        // u64s, so that the stack arguments are aligned.
        let mut stack = vec![0u64; request.stack.len().div_ceil(8)];
        for (word, bytes) in stack.iter_mut().zip(request.stack.chunks(8)) {
            let mut full = [0; 8];
            full[..bytes.len()].copy_from_slice(bytes);
            *word = u64::from_le_bytes(full);
        }
        let mut frame = empty_frame();
        frame.gpr = request.gpr;
        for (register, value) in frame.xmm.iter_mut().zip(request.xmm) {
            register[..8].copy_from_slice(&value.to_le_bytes());
        }
        for (index, (area, address)) in request.areas.iter().zip(&areas).enumerate() {
            match area.lead {
                Lead::Argument(Place::Gpr(i)) if i < 6 => frame.gpr[usize::from(i)] = *address as u64,
                Lead::Argument(Place::Stack(offset))
                    if (offset as usize / 8) < stack.len() && offset % 8 == 0 =>
                {
                    stack[offset as usize / 8] = *address as u64;
                }
                Lead::Argument(_) => return Err(ArenaError::Place(index)),
                Lead::State | Lead::Area(..) => {}
            }
        }
        frame.stack = stack.as_ptr().cast();
        Ok(Prepared { frame, areas, state, initial, spans, used, arena: self, _stack: stack })
    }

    fn fill(&mut self, initial: &[Vec<u8>], offsets: &[Option<usize>], used: usize) {
        // SAFETY: `used` is inside the arena; nobody else has a reference into it while `self` is borrowed.
        let memory = unsafe { std::slice::from_raw_parts_mut(self.start, used + GAP) };
        memory.fill(GAP_BYTE);
        for (bytes, offset) in initial.iter().zip(offsets) {
            if let Some(offset) = offset {
                memory[*offset..*offset + bytes.len()].copy_from_slice(bytes);
            }
        }
    }
}

/// Bytes behind an area of that size: who takes it for larger than it is may write far behind its end.
fn gap(length: usize) -> usize {
    length.clamp(GAP, WIDE_GAP)
}

/// The bytes of each area, with the addresses in them that lead to other areas changed to those of the copies.
fn redirected(request: &Request, areas: &[*mut u8]) -> Result<Vec<Vec<u8>>, ArenaError> {
    let mut initial: Vec<Vec<u8>> = request.areas.iter().map(|area| area.bytes.clone()).collect();
    for (index, area) in request.areas.iter().enumerate() {
        let Lead::Area(holder, offset) = area.lead else { continue };
        let (holder, at) = (usize::from(holder), usize::from(offset));
        // An argument that is null leads nowhere.
        if request.areas.get(holder).is_some_and(|holder| holder.address == 0) {
            continue;
        }
        let word = initial.get_mut(holder).and_then(|bytes| bytes.get_mut(at..at + 8));
        word.ok_or(ArenaError::Place(index))?.copy_from_slice(&(areas[index] as u64).to_le_bytes());
    }
    Ok(initial)
}

/// The place of an area inside an earlier one that contains it.
fn place(
    before: &[RequestArea],
    offsets: &[Option<usize>],
    area: &RequestArea,
    index: usize,
) -> Result<Option<usize>, ArenaError> {
    let end = |a: &RequestArea| a.address.saturating_add(a.bytes.len() as u64);
    for (other_index, (other, offset)) in before.iter().zip(offsets).enumerate() {
        let Some(offset) = offset else { continue };
        if area.address >= other.address && end(area) <= end(other) && area.address < end(other) {
            return Ok(Some(offset + (area.address - other.address) as usize));
        }
        if area.address < end(other) && end(area) > other.address {
            return Err(ArenaError::Overlap(other_index, index));
        }
    }
    Ok(None)
}

impl Prepared<'_> {
    /// The whole pages that hold the areas and what lies beside them, and nothing else.
    pub fn pages(&self) -> (u64, u64) {
        let start = self.arena.start as u64;
        (start, start + (self.used + GAP).next_multiple_of(4096) as u64)
    }

    /// The bytes of an area as they are now.
    pub fn bytes(&self, index: usize) -> Vec<u8> {
        match self.areas.get(index) {
            // SAFETY: an address made by `prepare`, valid for the length of the area.
            Some(address) if !address.is_null() => unsafe {
                std::slice::from_raw_parts(*address, self.initial[index].len()).to_vec()
            },
            _ => Vec::new(),
        }
    }

    /// Areas that are not declared to be written, and were. One that lies in a written area, or holds one, may be.
    pub fn changed_inputs(&self, request: &Request) -> Vec<u16> {
        let range = |index: usize| {
            let start = self.areas[index] as usize;
            (start, start + self.initial[index].len())
        };
        let shared = |index: usize| {
            let (low, high) = range(index);
            request.areas.iter().enumerate().any(|(other, area)| {
                let (start, end) = range(other);
                area.written && other != index && start < high && low < end
            })
        };
        let each = request.areas.iter().enumerate().filter(|(_, area)| !area.written && area.address != 0);
        each.filter(|(index, _)| self.bytes(*index) != self.initial[*index] && !shared(*index))
            .map(|(i, _)| i as u16)
            .collect()
    }

    /// Areas beside which something was written.
    pub fn overruns(&self) -> Vec<u16> {
        // SAFETY: the filled part of the arena.
        let memory = unsafe { std::slice::from_raw_parts(self.arena.start, self.used + GAP) };
        // The spans ascend and do not overlap: what is between them is nobody's.
        let ends = std::iter::once(0).chain(self.spans.iter().map(|(_, end)| *end));
        let starts = self.spans.iter().map(|(start, _)| *start).chain([memory.len()]);
        let touched: Vec<usize> =
            ends.zip(starts).flat_map(|(low, high)| low..high).filter(|at| memory[*at] != GAP_BYTE).collect();
        let nearest = |at: usize| {
            let distance = |address: &*mut u8, length: usize| {
                let offset = (*address as usize).wrapping_sub(self.arena.start as usize);
                if address.is_null() {
                    usize::MAX
                } else {
                    at.abs_diff(offset).min(at.abs_diff(offset + length))
                }
            };
            let each = self.areas.iter().zip(&self.initial).enumerate();
            each.min_by_key(|(_, (address, bytes))| distance(address, bytes.len()))
                .map(|(index, _)| index as u16)
        };
        let mut areas: Vec<u16> = touched.into_iter().filter_map(nearest).collect();
        areas.sort_unstable();
        areas.dedup();
        areas
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        // SAFETY: our own mapping, to which no `Prepared` can still refer.
        unsafe { libc::munmap(self.start.cast(), BYTES) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_far_behind_an_area_is_an_overrun() {
        let area = RequestArea {
            lead: Lead::Argument(Place::Gpr(0)),
            address: 0x1000,
            bytes: vec![0; 476],
            written: true,
            set: false,
        };
        let request = Request { areas: vec![area], ..Request::default() };
        let mut arena = Arena::new().expect("memory");
        for (offset, expected) in [(475, vec![]), (476, vec![0]), (4 * 200, vec![0])] {
            let prepared = arena.prepare(&request).expect("a call");
            // SAFETY: inside the area, or the gap behind it.
            unsafe { *prepared.areas[0].add(offset) = 1 };
            assert_eq!(prepared.overruns(), expected, "a write at {offset}");
        }
    }
}
