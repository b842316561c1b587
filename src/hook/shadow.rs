//! Route `shadow`: the candidate runs after the legacy routine, on a copy of what that saw.

use super::guard;
use super::runtime::{EntryWriter, Hooked, Runtime, commit, count, ticks};
use super::stub::Context;
use super::thread::{SCRATCH_BYTES, ThreadState};
use crate::entry::{self, CaptureHead, Completeness, Kind, padded};
use crate::frame::Frame;
use crate::memory::copy;
use crate::module::Answer;
use crate::plan::{Address, Length, Place};
use std::mem::size_of;

/// At the start of a call's part of the scratch memory, followed by a [`Copied`] for each area.
#[repr(C)]
struct CopiesHead {
    /// Every area is there, whole.
    usable: u64,
    areas: u64,
}

/// One copied area.
#[repr(C)]
#[derive(Clone, Copy)]
struct Copied {
    /// Address in the program; 0 for a null argument.
    address: u64,
    length: u64,
    /// The copy.
    to: *mut u8,
    /// A second copy, for an area that is only read: null where there is none.
    pristine: *mut u8,
    /// 1 where the copy stands alone, between two gaps that nobody may write.
    alone: u64,
}

impl Copied {
    const NONE: Copied =
        Copied { address: 0, length: 0, to: std::ptr::null_mut(), pristine: std::ptr::null_mut(), alone: 0 };
}

/// Bytes before and after a copy that stands alone.
const GAP: usize = 64;
const GAP_WORD: u64 = 0xa5a5_a5a5_a5a5_a5a5;

/// Copies the areas of a freshly written `Enter` entry, before the legacy code runs.
pub(super) fn copy_inputs(
    hooked: &Hooked,
    context: &mut Context,
    state: &mut ThreadState,
    entry_start: *mut u8,
    entry_length: usize,
) {
    let begin = padded(state.scratch_used);
    let areas = hooked.captures.len();
    let tables = size_of::<CopiesHead>() + areas * size_of::<Copied>();
    context.copies = begin as u64;
    if begin + tables > SCRATCH_BYTES {
        context.copies = u64::MAX;
        return;
    }
    // SAFETY: the scratch memory is this thread's own, 8-byte aligned, and the tables fit by the check above.
    let (head, table) = unsafe {
        let start = state.scratch.add(begin);
        let table =
            std::slice::from_raw_parts_mut(start.add(size_of::<CopiesHead>()).cast::<Copied>(), areas);
        (&mut *start.cast::<CopiesHead>(), table)
    };
    *head = CopiesHead { usable: u64::from(hooked.candidate.is_some()), areas: areas as u64 };
    let mut used = begin + tables;
    let mut at = entry_start.wrapping_add(size_of::<entry::Enter>() + padded(hooked.stack_bytes as usize));
    let end = entry_start.wrapping_add(entry_length);
    for (index, capture) in hooked.captures.iter().enumerate() {
        if at >= end {
            head.usable = 0;
            break;
        }
        // SAFETY: the entry was just written: a capture head stands here, with its bytes behind it.
        let (source, bytes) = unsafe { (at.cast::<CaptureHead>().read(), at.add(size_of::<CaptureHead>())) };
        let (address, length) = (source.address, u64::from(source.length));
        let whole = source.completeness == Completeness::Full as u8
            || source.completeness == Completeness::Null as u8;
        // A text to write into ends where its old content ends: its room is not known.
        if !whole || (capture.written && capture.length == Length::ToNul) {
            head.usable = 0;
        }
        let placed = place_copy(&table[..index], address, length, used);
        match placed {
            Some(Placed::New(offset)) if offset + 2 * length as usize + 2 * GAP <= SCRATCH_BYTES => {
                let (to, end) = (state.scratch.wrapping_add(offset), offset + length as usize);
                let kept = if capture.written { 0 } else { length as usize };
                let pristine = if capture.written {
                    std::ptr::null_mut()
                } else {
                    to.wrapping_add(length as usize + GAP)
                };
                used = end + GAP + kept;
                // SAFETY: all inside the scratch memory by the check above; the source stands in the ring.
                unsafe {
                    copy(bytes, to, length as usize);
                    copy(bytes, pristine, kept);
                    fill_gap(to.sub(GAP));
                    fill_gap(to.add(length as usize));
                }
                table[index] = Copied { address, length, to, pristine, alone: 1 };
            }
            Some(Placed::Inside(to)) => {
                table[index] = Copied { address, length, to, pristine: std::ptr::null_mut(), alone: 0 };
            }
            _ => {
                head.usable = 0;
                table[index] = Copied::NONE;
            }
        }
        at = at.wrapping_add(size_of::<CaptureHead>() + padded(length as usize));
    }
    state.scratch_used = padded(used);
}

/// Where a copy goes.
enum Placed {
    /// At this offset of the scratch memory.
    New(usize),
    /// Inside the copy of an area that contains this one: arguments that overlapped still do.
    Inside(*mut u8),
}

/// `None` when two areas overlap in a way that copies cannot keep.
fn place_copy(before: &[Copied], address: u64, length: u64, used: usize) -> Option<Placed> {
    for other in before.iter().filter(|other| other.address != 0 && address != 0) {
        let (low, high) = (other.address, other.address + other.length);
        if address >= low && address + length <= high {
            return Some(Placed::Inside(other.to.wrapping_add((address - low) as usize)));
        }
        if address < high && address + length > low {
            return None;
        }
    }
    // The same address modulo 64, so that alignment is the program's.
    Some(Placed::New((used + GAP).next_multiple_of(64) + (address % 64) as usize))
}

/// # Safety
/// `at` is valid for [`GAP`] bytes.
unsafe fn fill_gap(at: *mut u8) {
    for word in 0..GAP / 8 {
        // SAFETY: the caller's promise.
        unsafe { at.cast::<u64>().add(word).write_unaligned(GAP_WORD) };
    }
}

/// # Safety
/// `at` is valid for [`GAP`] bytes.
unsafe fn gap_is_whole(at: *const u8) -> bool {
    // SAFETY: the caller's promise.
    (0..GAP / 8).all(|word| unsafe { at.cast::<u64>().add(word).read_unaligned() } == GAP_WORD)
}

/// The first area, counted from 1, beside which the candidate wrote; 0 for none.
fn overrun(table: &[Copied]) -> u32 {
    let torn = |copied: &Copied| {
        // SAFETY: a copy that stands alone has a gap on both sides.
        copied.alone == 1
            && unsafe {
                !gap_is_whole(copied.to.sub(GAP)) || !gap_is_whole(copied.to.add(copied.length as usize))
            }
    };
    table.iter().position(torn).map_or(0, |index| index as u32 + 1)
}

/// Whether the candidate wrote an area that is only read, and that no written one shares.
fn changed_input(hooked: &Hooked, table: &[Copied], index: usize) -> bool {
    let copied = &table[index];
    if copied.pristine.is_null() || copied.address == 0 {
        return false;
    }
    let shared = table.iter().zip(&hooked.captures).any(|(other, capture)| {
        capture.written
            && other.address != 0
            && other.address < copied.address + copied.length
            && copied.address < other.address + other.length
    });
    let same = |at: usize| {
        // SAFETY: both copies have `length` bytes.
        unsafe { copied.to.add(at).read() == copied.pristine.add(at).read() }
    };
    !shared && !(0..copied.length as usize).all(same)
}

/// Runs the candidate on the copies and writes a `Candidate` entry.
pub(super) fn compare(runtime: &Runtime, hooked: &Hooked, context: &Context, state: &mut ThreadState) {
    let control_ticks = ticks().wrapping_sub(context.began);
    let mut answer = Answer::DECLINED;
    let mut frame = context.frame.clone();
    let mut candidate_ticks = 0;
    let begin = context.copies as usize;
    let table: &[Copied] = if context.copies == u64::MAX {
        &[]
    } else {
        // SAFETY: written by `copy_inputs` of this very call; nested calls use the memory above.
        unsafe {
            let start = state.scratch.add(begin);
            let head = &*start.cast::<CopiesHead>();
            let areas = if head.usable != 0 { head.areas as usize } else { 0 };
            std::slice::from_raw_parts(start.add(size_of::<CopiesHead>()).cast::<Copied>(), areas)
        }
    };
    if let (Some(entry), true) =
        (hooked.candidate, table.len() == hooked.captures.len() && context.copies != u64::MAX)
        && let Some(areas) = arrange(hooked, state, &mut frame, table)
    {
        frame.ret_gpr = [0; 2];
        frame.ret_xmm = [[0; 16]; 2];
        state.in_candidate = true;
        let began = ticks();
        // SAFETY: every address in the frame leads to a whole copy; the state addresses do, too.
        answer = unsafe { guard::call_unseen((entry, &raw mut frame, areas), runtime.errno) };
        candidate_ticks = ticks().wrapping_sub(began);
        state.in_candidate = false;
        count(&hooked.counters.shadowed);
        match answer {
            Answer::DECLINED | Answer::RAISED => count(&hooked.counters.declined),
            Answer::PANICKED | Answer::PANICKED_RESTORED => count(&hooked.counters.panicked),
            _ => {}
        }
    } else {
        count(&hooked.counters.declined);
    }
    write_candidate(hooked, context, state, table, &frame, answer, [control_ticks, candidate_ticks]);
    if context.copies != u64::MAX {
        state.scratch_used = begin;
    }
}

/// Points the frame's addresses at the copies; returns the list of state addresses, in scratch memory.
fn arrange(
    hooked: &Hooked,
    state: &mut ThreadState,
    frame: &mut Frame,
    table: &[Copied],
) -> Option<*const *mut u8> {
    let stack_at = state.scratch_used.next_multiple_of(64) + frame.stack as usize % 64;
    let list_at = padded(stack_at + hooked.stack_bytes as usize);
    if list_at + table.len() * size_of::<*mut u8>() > SCRATCH_BYTES {
        return None;
    }
    let stack = state.scratch.wrapping_add(stack_at);
    let list = state.scratch.wrapping_add(list_at).cast::<*mut u8>();
    // SAFETY: both fit into the scratch memory by the check above; the source is the caller's stack arguments.
    unsafe { copy(frame.stack, stack, hooked.stack_bytes as usize) };
    frame.stack = stack;
    let mut states = 0;
    for (capture, copied) in hooked.captures.iter().zip(table) {
        let to = if copied.address == 0 { 0 } else { copied.to as u64 };
        match capture.address {
            Address::Argument(Place::Gpr(i)) => frame.gpr[usize::from(i) % 6] = to,
            // SAFETY: the plan was checked: the offset is inside the stack arguments just copied.
            Address::Argument(Place::Stack(offset)) => unsafe {
                stack.add(offset as usize).cast::<u64>().write_unaligned(to);
            },
            Address::Argument(Place::Xmm(_)) | Address::Through(..) => return None,
            Address::Image(..) => {
                // SAFETY: at most as many as captures, for which there is room.
                unsafe { list.add(states).write(copied.to) };
                states += 1;
            }
        }
    }
    Some(list)
}

fn write_candidate(
    hooked: &Hooked,
    context: &Context,
    state: &mut ThreadState,
    table: &[Copied],
    frame: &Frame,
    answer: Answer,
    [control_ticks, candidate_ticks]: [u64; 2],
) {
    let Some(room) = state.ring.as_mut().and_then(|ring| ring.reserve(hooked.enter_bytes)) else {
        hooked.counters.dropped.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        return;
    };
    let mut writer = EntryWriter { start: room, length: size_of::<entry::CandidateAnswer>(), captures: 0 };
    let answered = matches!(answer, Answer::ANSWERED | Answer::STATUS | Answer::PANICKED);
    for (area, (capture, copied)) in hooked.captures.iter().zip(table).enumerate() {
        if !answered || !(capture.written || changed_input(hooked, table, area)) {
            continue;
        }
        let completeness = if copied.address == 0 { Completeness::Null } else { Completeness::Full };
        let to = room.wrapping_add(writer.length + size_of::<CaptureHead>());
        // SAFETY: `enter_bytes` reserved room for every capture; the copy has `length` bytes.
        unsafe { copy(copied.to, to, copied.length as usize) };
        writer.capture_head(area as u16, copied.address, copied.length, completeness);
    }
    let entry = entry::CandidateAnswer {
        head: writer.head(Kind::Candidate, context),
        answer: answer.0,
        overrun: if answered { overrun(table) } else { 0 },
        control_ticks,
        candidate_ticks,
        returned: entry::Returned::of(frame, hooked.returns),
    };
    // SAFETY: the reserved room is larger than the entry and 8-byte aligned.
    unsafe { room.cast::<entry::CandidateAnswer>().write(entry) };
    commit(state, writer.length);
}
