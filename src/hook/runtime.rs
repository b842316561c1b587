//! `enter` and `leave`: what happens on both sides of the legacy code. No allocation, lock, log or system call but the
//! reading of foreign pointers.

use super::guard::{self, ErrnoDistance};
use super::room;
use super::shadow;
use super::stub::{Context, verdict};
use super::thread::{self, OpenCall, ThreadState};
use crate::control::{Counters, Route};
use crate::entry::{self, CAPTURE_LIMIT, CaptureHead, Completeness, Head, Kind, Returned, padded};
use crate::frame::Frame;
use crate::memory::MemoryMap;
use crate::module::{Answer, Entry};
use crate::plan::{Address, Capture, Length, Op, Place, STACK_DEPTH};
use crate::ring::Rings;
use std::mem::size_of;
use std::sync::atomic::{AtomicPtr, AtomicU8, AtomicU64, Ordering};

/// Most bytes of text captured.
const TEXT_LIMIT: u64 = 4096;

/// A hooked routine, ready.
pub struct Hooked {
    /// Its byte in the control page.
    pub route: &'static AtomicU8,
    /// Its counters.
    pub counters: &'static Counters,
    /// Address of the trampoline.
    pub trampoline: u64,
    /// Bytes of stack arguments.
    pub stack_bytes: u32,
    /// Bytes above them that are passed on, too.
    pub slack: u32,
    /// Return registers, as in the plan.
    pub returns: u8,
    /// What to capture; image addresses are absolute here.
    pub captures: Vec<Capture>,
    /// Who answers in routes `shadow` and `rust`.
    pub candidate: Option<Entry>,
    /// Live addresses of the state areas, in order.
    pub state: Vec<*mut u8>,
    /// Most bytes an `Enter` entry can have.
    pub enter_bytes: usize,
}

/// Where observed calls go.
pub struct Observer {
    /// The rings.
    pub rings: &'static Rings,
    /// One for each ring.
    pub threads: *mut ThreadState,
}

/// All that `enter` and `leave` need, made once and never freed.
pub struct Runtime {
    /// The routines, by index.
    pub routines: Vec<Hooked>,
    /// How to read the program's memory.
    pub memory: MemoryMap,
    /// Where calls go, if they are ever observed.
    pub observer: Option<Observer>,
    /// Non-zero in a process that is observed: in a page that a forked child finds wiped.
    pub alive: &'static AtomicU8,
    /// Bytes that an observed call takes of the stack.
    pub frame_bytes: usize,
    /// A routine of which so many calls were recorded is recorded no more; 0: no limit.
    pub most_calls: u64,
    /// Where a thread's errno is.
    pub errno: ErrnoDistance,
}

// SAFETY: immutable after publication but for `threads`, of which each element belongs to the thread that claimed it.
unsafe impl Sync for Runtime {}
// SAFETY: as above.
unsafe impl Send for Runtime {}

static RUNTIME: AtomicPtr<Runtime> = AtomicPtr::new(std::ptr::null_mut());

/// Publishes the runtime. Before the first hook is installed, once.
pub fn publish(runtime: Runtime) {
    room::publish(&runtime.routines, runtime.alive, runtime.memory.main_stack_reach());
    RUNTIME.store(Box::into_raw(Box::new(runtime)), Ordering::Release);
}

/// The published runtime.
///
/// # Safety
/// Only from code that a hook reached.
#[inline(always)]
unsafe fn runtime() -> &'static Runtime {
    // SAFETY: hooks are installed after `publish`, and the runtime is never freed.
    unsafe { &*RUNTIME.load(Ordering::Relaxed) }
}

const RECORD: u8 = Route::Record as u8;
const SHADOW: u8 = Route::Shadow as u8;
const RUST: u8 = Route::Rust as u8;

/// Called by the stub before the legacy code.
///
/// # Safety
/// From the stub only, with its context.
pub unsafe extern "C" fn enter(context: *mut Context, index: u64) -> u32 {
    // SAFETY: the stub passes its own frame and an index pushed by a thunk that this runtime made.
    let (runtime, context, hooked) = unsafe {
        let runtime = runtime();
        (runtime, &mut *context, runtime.routines.get_unchecked(index as usize))
    };
    context.trampoline = hooked.trampoline;
    context.routine = index;
    match hooked.route.load(Ordering::Relaxed) {
        RUST => answer(runtime, hooked, context),
        RECORD => observe(runtime, hooked, context, Route::Record),
        SHADOW => observe(runtime, hooked, context, Route::Shadow),
        _ => verdict::PASS,
    }
}

/// Called by the stub after the legacy code.
///
/// # Safety
/// From the stub only, with the context that `enter` saw.
pub unsafe extern "C" fn leave(context: *mut Context) {
    // SAFETY: as for `enter`.
    let (runtime, context) = unsafe { (runtime(), &mut *context) };
    // SAFETY: the index was checked by `enter`.
    let hooked = unsafe { runtime.routines.get_unchecked(context.routine as usize) };
    let state = thread::current();
    if state.is_null() || runtime.alive.load(Ordering::Relaxed) == 0 {
        return;
    }
    // SAFETY: a thread's state belongs to it alone, and lives for ever.
    let state = unsafe { &mut *state };
    state.work(context.frame.sp);
    if context.route == Route::Shadow as u64 {
        shadow::compare(runtime, hooked, context, state);
    }
    // Calls inside this one that never left were abandoned.
    while state.depth > 0 && state.open[state.depth - 1].number > context.number {
        abandon(state);
    }
    if state.depth > 0 && state.open[state.depth - 1].number == context.number {
        state.depth -= 1;
    }
    let most = size_of::<entry::Leave>() + hooked.enter_bytes;
    let room = state.ring.as_mut().and_then(|ring| ring.reserve(most));
    match room {
        Some(room) => {
            let returned = Returned::of(&context.frame, hooked.returns);
            let mut writer = EntryWriter { start: room, length: size_of::<entry::Leave>(), captures: 0 };
            writer.written_areas(runtime, hooked, &context.frame);
            let head = writer.head(Kind::Leave, context);
            // SAFETY: the reserved room is larger than a Leave and 8-byte aligned.
            unsafe { room.cast::<entry::Leave>().write(entry::Leave { head, returned }) };
            commit(state, writer.length);
        }
        None => drop_call(hooked, state),
    }
    state.rest();
}

/// Route `record` and `shadow`: writes an `Enter` entry. Apart, so that route `rust` does not save the registers this needs.
#[inline(never)]
fn observe(runtime: &'static Runtime, hooked: &Hooked, context: &mut Context, route: Route) -> u32 {
    if runtime.alive.load(Ordering::Relaxed) == 0 {
        return verdict::PASS; // a forked child
    }
    let most = runtime.most_calls;
    // What is lost counts, too: a routine that is called all the time takes the room of all others.
    let tried = |counters: &Counters| {
        counters.recorded.load(Ordering::Relaxed) + counters.dropped.load(Ordering::Relaxed) / 2
    };
    if most != 0 && tried(hooked.counters) >= most {
        hooked.route.store(Route::Legacy as u8, Ordering::Relaxed);
        return verdict::PASS;
    }
    let mut state = thread::current();
    if state.is_null() {
        state = claim(runtime);
        if state.is_null() {
            hooked.counters.dropped.fetch_add(1, Ordering::Relaxed);
            return verdict::PASS;
        }
    }
    // SAFETY: a thread's state belongs to it alone, and lives for ever.
    let state = unsafe { &mut *state };
    let sp = context.frame.sp;
    if state.is_interrupted(sp) {
        // The candidate's own calls are none of the program's.
        if !state.in_candidate {
            drop_call(hooked, state);
        }
        return verdict::PASS;
    }
    state.work(sp);
    // A handler that interrupted a candidate may have left by longjmp.
    state.in_candidate = false;
    while state.depth > 0 && state.has_left(state.open[state.depth - 1].sp, sp) {
        abandon(state);
    }
    let verdict = match write_enter(runtime, hooked, context, state, route) {
        true => verdict::OBSERVE,
        false => {
            drop_call(hooked, state);
            verdict::PASS
        }
    };
    state.rest();
    verdict
}

fn write_enter(
    runtime: &'static Runtime,
    hooked: &Hooked,
    context: &mut Context,
    state: &mut ThreadState,
    route: Route,
) -> bool {
    let sp = context.frame.sp;
    if !state.may_nest(sp, runtime.frame_bytes) || (route == Route::Shadow && !room::has_candidate_room(sp)) {
        return false;
    }
    let Some(room) = state.ring.as_mut().and_then(|ring| ring.reserve(hooked.enter_bytes)) else {
        return false;
    };
    state.number += 1;
    context.number = state.number;
    context.route = route as u64;
    context.stack_bytes = u64::from(hooked.stack_bytes + hooked.slack);
    context.x87 = u64::from((hooked.returns >> 4 & 1) + (hooked.returns >> 5 & 1));
    let stack_bytes = hooked.stack_bytes as usize;
    let mut writer = EntryWriter { start: room, length: size_of::<entry::Enter>(), captures: 0 };
    // SAFETY: the caller's stack arguments are above the return address, as the signature says; the room was reserved.
    unsafe { crate::memory::copy(context.frame.stack, room.add(writer.length), stack_bytes) };
    writer.length += padded(stack_bytes);
    for (area, capture) in hooked.captures.iter().enumerate() {
        writer.area(runtime, &context.frame, capture, area as u16);
    }
    let enter = room.cast::<entry::Enter>();
    // SAFETY: the reserved room is larger than an Enter and 8-byte aligned. Registers are copied one by one, as the stub
    // stored them: wider loads would wait until those stores have left the processor.
    unsafe {
        (&raw mut (*enter).head).write(writer.head(Kind::Enter, context));
        (&raw mut (*enter).depth).write(state.depth as u32);
        (&raw mut (*enter).stack_bytes).write(hooked.stack_bytes);
        (&raw mut (*enter).mxcsr).write(context.environment.mxcsr);
        (&raw mut (*enter).x87_control).write(u32::from(context.environment.x87));
        (&raw mut (*enter).sp).write(context.frame.sp);
        for (i, register) in context.frame.gpr.iter().enumerate() {
            (&raw mut (*enter).gpr[i]).write_volatile(*register);
        }
        for (i, register) in context.frame.xmm.iter().enumerate() {
            (&raw mut (*enter).xmm[i]).write(low(register));
        }
    }
    let scratch_used = state.scratch_used;
    if route == Route::Shadow {
        shadow::copy_inputs(hooked, context, state, room, writer.length);
    }
    commit(state, writer.length);
    state.open[state.depth] = OpenCall {
        sp: context.frame.sp,
        number: state.number,
        routine: context.routine as u16,
        scratch_used,
    };
    state.depth += 1;
    count(&hooked.counters.recorded);
    if route == Route::Shadow {
        context.began = ticks();
    }
    true
}

/// Route `rust`: the candidate answers, or gives the call back.
#[inline]
fn answer(runtime: &Runtime, hooked: &Hooked, context: &mut Context) -> u32 {
    let Some(entry) = hooked.candidate else { return verdict::PASS };
    // Return registers that the signature does not use keep what they held.
    context.frame.ret_gpr = [context.scratch[0], context.frame.gpr[2]];
    context.frame.ret_xmm = [context.frame.xmm[0], context.frame.xmm[1]];
    let call = (entry, &raw mut context.frame, hooked.state.as_ptr());
    // SAFETY: the frame is a call of this routine by a caller compiled against it; the plan and the module agree on the
    // contract's hash, so on what the entry may touch. `state` holds the live addresses.
    let answer = unsafe { guard::call(call, runtime.errno, context.environment) };
    match answer {
        Answer::ANSWERED | Answer::STATUS => count(&hooked.counters.answered),
        Answer::PANICKED => {
            count(&hooked.counters.answered);
            count(&hooked.counters.panicked);
        }
        Answer::PANICKED_RESTORED => {
            count(&hooked.counters.panicked);
            return verdict::PASS;
        }
        _ => {
            count(&hooked.counters.declined);
            return verdict::PASS;
        }
    }
    verdict::ANSWERED
}

/// Time stamp counter.
pub(crate) fn ticks() -> u64 {
    // SAFETY: present on every x86-64.
    unsafe { std::arch::x86_64::_rdtsc() }
}

/// Counts an event. One instruction, not locked: two threads at the very same moment may count once. Drops are counted
/// exactly.
#[inline(always)]
pub(super) fn count(counter: &AtomicU64) {
    counter.store(counter.load(Ordering::Relaxed).wrapping_add(1), Ordering::Relaxed);
}

fn drop_call(hooked: &Hooked, state: &mut ThreadState) {
    hooked.counters.dropped.fetch_add(1, Ordering::Relaxed);
    if let Some(ring) = &state.ring {
        ring.count_drop();
    }
}

/// Gives this thread a ring, if one is free.
#[cold]
fn claim(runtime: &'static Runtime) -> *mut ThreadState {
    let id = thread::kernel_id();
    let claimed = runtime.observer.as_ref().and_then(|observer| Some((observer, observer.rings.claim(id)?)));
    let Some((observer, (index, ring))) = claimed else { return std::ptr::null_mut() };
    // SAFETY: `threads` has an element for each ring, and this one was just claimed for this thread.
    let state = unsafe { &mut *observer.threads.add(index) };
    state.renew(ring);
    thread::set_current(state);
    state
}

/// Notes that the innermost open call was abandoned by an exception or a longjmp.
fn abandon(state: &mut ThreadState) {
    state.depth -= 1;
    let call = state.open[state.depth];
    state.scratch_used = call.scratch_used;
    let length = size_of::<Head>();
    if let Some(room) = state.ring.as_mut().and_then(|ring| ring.reserve(length)) {
        let kind = Kind::Abandoned as u8;
        let head =
            Head { length: length as u32, kind, captures: 0, routine: call.routine, number: call.number };
        // SAFETY: the reserved room holds a head.
        unsafe { room.cast::<Head>().write(head) };
        commit(state, length);
    }
    // Without room the call stays without an end in the journal: a reader takes it for unfinished.
}

pub(super) fn commit(state: &mut ThreadState, length: usize) {
    if let Some(ring) = &mut state.ring {
        ring.commit(length);
    }
}

#[inline]
fn low(register: &[u8; 16]) -> u64 {
    let [a, b, c, d, e, f, g, h, ..] = *register;
    u64::from_le_bytes([a, b, c, d, e, f, g, h])
}

/// The eight bytes of an argument.
#[inline]
pub(super) fn argument(frame: &Frame, place: Place) -> u64 {
    match place {
        // A checked plan has no other register; a remainder would take longer than the comparison.
        Place::Gpr(i) => frame.gpr.get(usize::from(i)).copied().unwrap_or(0),
        Place::Xmm(i) => low(&frame.xmm[usize::from(i) % 8]),
        // SAFETY: the plan was checked: the offset is inside the stack arguments of the signature.
        Place::Stack(offset) => unsafe { frame.stack.add(offset as usize).cast::<u64>().read_unaligned() },
    }
}

/// Bytes of an area as the arguments say, the limit of a capture, and whether the extent is known.
fn extent(runtime: &Runtime, frame: &Frame, length: &Length) -> Option<(u64, bool)> {
    match length {
        Length::Fixed(bytes) => Some((*bytes, true)),
        Length::Unknown { element } => Some((*element, false)),
        Length::ToNul => Some((TEXT_LIMIT, true)),
        Length::Counted { element, program } => {
            let count = run(runtime, frame, program)?;
            Some((element.saturating_mul(count.max(0) as u64), true))
        }
    }
}

/// Runs a length program. `None` when a by-reference argument cannot be read. Apart, like texts: an area of fixed size needs
/// few registers.
#[inline(never)]
fn run(runtime: &Runtime, frame: &Frame, program: &[Op]) -> Option<i64> {
    let mut stack = [0i64; STACK_DEPTH + 1];
    let mut depth = 0usize;
    for op in program {
        let pushed = match op {
            Op::Const(value) => *value,
            Op::Argument { place, by_reference: false, size, signed } => {
                widened(argument(frame, *place), *size, *signed)
            }
            Op::Argument { place, by_reference: true, size, signed } => {
                load(runtime, frame, *place, 0, *size, *signed)?
            }
            Op::Load { place, offset, size, signed } => {
                load(runtime, frame, *place, *offset, *size, *signed)?
            }
            _ => {
                let top = stack[depth.wrapping_sub(1) % STACK_DEPTH];
                let below = stack[depth.wrapping_sub(2) % STACK_DEPTH];
                let result = match op {
                    Op::Add => below.checked_add(top),
                    Op::Sub => below.checked_sub(top),
                    Op::Mul => below.checked_mul(top),
                    Op::Require if top < 0 => return None,
                    _ => Some(top.max(0)),
                };
                // The result takes the place of what it was made of.
                depth = depth.wrapping_sub(if matches!(op, Op::Clamp | Op::Require) { 1 } else { 2 });
                result.unwrap_or(0)
            }
        };
        stack[depth % STACK_DEPTH] = pushed;
        depth = depth.wrapping_add(1);
    }
    Some(stack[0])
}

/// The integer at an offset in what an argument leads to. `None` when it cannot be read.
fn load(runtime: &Runtime, frame: &Frame, place: Place, offset: u16, size: u8, signed: bool) -> Option<i64> {
    let address = argument(frame, place);
    if address == 0 {
        return None;
    }
    let (address, mut bytes) = (address.wrapping_add(u64::from(offset)), 0u64);
    // SAFETY: `size` is at most 8; reading little-endian into the low bytes.
    let got = unsafe { runtime.memory.read(address, u64::from(size), frame.sp, (&raw mut bytes).cast()) };
    (got == u64::from(size)).then(|| widened(bytes, size, signed))
}

/// The lowest `size` bytes as a number.
fn widened(bits: u64, size: u8, signed: bool) -> i64 {
    let shift = 64 - 8 * u32::from(size);
    if signed { (bits << shift) as i64 >> shift } else { (bits << shift >> shift) as i64 }
}

/// Fills reserved room of a ring.
pub(super) struct EntryWriter {
    pub start: *mut u8,
    pub length: usize,
    pub captures: u8,
}

impl EntryWriter {
    pub(super) fn head(&self, kind: Kind, context: &Context) -> Head {
        Head {
            length: self.length as u32,
            kind: kind as u8,
            captures: self.captures,
            routine: context.routine as u16,
            number: context.number,
        }
    }

    fn written_areas(&mut self, runtime: &Runtime, hooked: &Hooked, frame: &Frame) {
        for (area, capture) in hooked.captures.iter().enumerate().filter(|(_, capture)| capture.written) {
            self.area(runtime, frame, capture, area as u16);
        }
    }

    /// Captures one area from the live memory.
    #[inline(always)]
    fn area(&mut self, runtime: &Runtime, frame: &Frame, capture: &Capture, area: u16) {
        let address = match capture.address {
            Address::Argument(place) => argument(frame, place),
            Address::Image(_, address) => address,
            // What cannot be read is reported as unreadable below: no image and no stack is at address 1.
            Address::Through(place, offset) => match argument(frame, place) {
                0 => 0,
                _ => load(runtime, frame, place, offset, 8, false).unwrap_or(1) as u64,
            },
        };
        let (wanted, known) = extent(runtime, frame, &capture.length).unwrap_or((0, false));
        let limited = wanted.min(CAPTURE_LIMIT);
        // SAFETY: `enter_bytes` reserved a head and CAPTURE_LIMIT (or the fixed size) for each capture.
        let to = unsafe { self.start.add(self.length + size_of::<CaptureHead>()) };
        let (got, whole) = if address == 0 {
            (0, false)
        } else if capture.length == Length::ToNul {
            // SAFETY: as above; the ring is never part of what the program passes.
            unsafe { runtime.memory.read_to_nul(address, limited, frame.sp, to) }
        } else {
            // SAFETY: as above.
            let got = unsafe { runtime.memory.read(address, limited, frame.sp, to) };
            (got, got == wanted)
        };
        let completeness = match (address, known, whole) {
            (0, ..) => Completeness::Null,
            _ if got == 0 && wanted > 0 => Completeness::Unreadable,
            (_, false, _) => Completeness::Partial,
            (_, _, true) => Completeness::Full,
            _ => Completeness::Clamped,
        };
        self.capture_head(area, address, got, completeness);
    }

    /// Completes a capture whose `length` bytes already stand behind the place of its head.
    pub(super) fn capture_head(&mut self, area: u16, address: u64, length: u64, completeness: Completeness) {
        let head = CaptureHead {
            address,
            length: length as u32,
            area,
            completeness: completeness as u8,
            reserved: 0,
        };
        let end = self.length + size_of::<CaptureHead>() + length as usize;
        let padded_end = self.length + size_of::<CaptureHead>() + padded(length as usize);
        // SAFETY: inside the reserved room; padding is written so that no stale ring bytes reach a journal.
        unsafe {
            self.start.add(self.length).cast::<CaptureHead>().write(head);
            for at in end..padded_end {
                self.start.add(at).write(0);
            }
        }
        self.length = padded_end;
        self.captures += 1;
    }
}

/// Most bytes of an entry that holds all captures.
pub fn most_bytes(captures: &[Capture], stack_bytes: u32) -> usize {
    let areas = captures.iter().map(|capture| {
        let most = match capture.length {
            Length::Fixed(bytes) => bytes,
            Length::Unknown { element } => element,
            Length::ToNul => TEXT_LIMIT,
            Length::Counted { .. } => CAPTURE_LIMIT,
        };
        size_of::<CaptureHead>() + padded(most.min(CAPTURE_LIMIT) as usize)
    });
    size_of::<entry::CandidateAnswer>().max(size_of::<entry::Enter>())
        + padded(stack_bytes as usize)
        + areas.sum::<usize>()
}
