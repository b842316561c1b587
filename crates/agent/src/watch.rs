//! Finding state that a contract does not declare: what a legacy routine changes in the data of its images.

use cmp_bridge::images::Loaded;
use cmp_bridge::worker::UNDECLARED_LIMIT;
use std::collections::HashMap;

/// With more writable data than this, only the first calls of each routine are watched.
const MUCH: usize = 1 << 20;
/// How many calls those are.
const FIRST_CALLS: u32 = 64;
/// Every so many calls of a routine one is left alone, so that it can be timed: watching empties the caches.
const TIMED: u32 = 4;
const WORD: usize = 8;

/// A writable segment, and what it held before the call.
struct Segment {
    image: u16,
    bias: u64,
    start: u64,
    length: usize,
    before: Vec<u8>,
}

/// Watches the writable data of the images of a plan.
pub struct Watch {
    segments: Vec<Segment>,
    calls: HashMap<String, u32>,
    watching: bool,
}

impl Watch {
    /// The data of these images, in the order of the plan.
    pub fn of(images: &[Loaded]) -> Watch {
        let segments = images.iter().enumerate().flat_map(|(image, loaded)| {
            loaded.writable.iter().map(move |(start, end)| {
                let length = (end - start) as usize / WORD * WORD;
                Segment {
                    image: image as u16,
                    bias: loaded.bias,
                    start: *start,
                    length,
                    before: vec![0; length],
                }
            })
        });
        Watch { segments: segments.collect(), calls: HashMap::new(), watching: false }
    }

    /// Whether the present call is watched, and so not fit to be timed.
    pub fn is_watching(&self) -> bool {
        self.watching
    }

    /// Remembers what the data hold now, just before a call.
    pub fn before(&mut self, routine: &str) {
        let much = self.segments.iter().map(|segment| segment.length).sum::<usize>() > MUCH;
        let calls = self.calls.entry(routine.to_owned()).or_default();
        *calls += 1;
        self.watching = !calls.is_multiple_of(TIMED) && (!much || *calls <= FIRST_CALLS);
        if self.watching {
            self.segments.iter_mut().for_each(Segment::remember);
        }
    }

    /// Where they changed since, outside the `declared` ranges: image and link-time address, the first of each run.
    pub fn after(&self, declared: &[(u64, u64)]) -> Vec<(u16, u64)> {
        let mut found = Vec::new();
        if !self.watching {
            return found;
        }
        for segment in &self.segments {
            let pages = segment.before.chunks(4096).zip(segment.now().chunks(4096)).enumerate();
            let mut last = usize::MAX - WORD;
            for (page, _) in pages.filter(|(_, (before, now))| before != now) {
                let start = page * 4096;
                let end = segment.before.len().min(start + 4096);
                for offset in (start..end).step_by(WORD) {
                    let Some(at) = segment.changed_byte(offset, declared) else { continue };
                    if offset != last + WORD && found.len() < UNDECLARED_LIMIT {
                        let address = segment.start + at as u64;
                        found.push((segment.image, address.wrapping_sub(segment.bias)));
                    }
                    last = offset;
                }
            }
        }
        found
    }
}

impl Segment {
    fn remember(&mut self) {
        let mut before = std::mem::take(&mut self.before);
        // SAFETY: as in `now`.
        let now = unsafe { std::slice::from_raw_parts(self.start as *const u8, self.length) };
        before.copy_from_slice(now);
        self.before = before;
    }

    /// The first byte of a word that changed, and that is not declared.
    fn changed_byte(&self, word: usize, declared: &[(u64, u64)]) -> Option<usize> {
        let now = self.now();
        if self.before[word..word + WORD] == now[word..word + WORD] {
            return None;
        }
        (word..word + WORD).find(|at| {
            let address = self.start + *at as u64;
            self.before[*at] != now[*at]
                && !declared.iter().any(|(low, high)| (*low..*high).contains(&address))
        })
    }

    fn now(&self) -> &[u8] {
        // SAFETY: a writable segment of an image that is never unloaded; only this thread runs, and between calls.
        unsafe { std::slice::from_raw_parts(self.start as *const u8, self.length) }
    }
}
