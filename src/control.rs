//! Routes, and the control page through which an operator sets them in a running process.
//!
//! The page is a file of the session, mapped shared by the agent and by the `cmp-bridge` command. Each routine has one
//! byte: changing a route is one store, effective from the next call.

use crate::shared::{Shared, SharedError};
use std::path::Path;
use std::sync::atomic::{AtomicU8, AtomicU32, AtomicU64, Ordering};

/// Who answers the calls of a routine. One byte in the control page; a byte out of range means [`Route::Legacy`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Route {
    /// The legacy code, unobserved.
    Legacy = 0,
    /// The legacy code; the call goes to the journal.
    Record = 1,
    /// The legacy code; the candidate runs on a copy, and both go to the journal.
    Shadow = 2,
    /// The candidate.
    Rust = 3,
}

impl Route {
    /// All routes, by their byte.
    pub const ALL: [Route; 4] = [Route::Legacy, Route::Record, Route::Shadow, Route::Rust];

    /// The route a byte stands for.
    pub fn from_byte(byte: u8) -> Route {
        *Self::ALL.get(byte as usize).unwrap_or(&Route::Legacy)
    }

    /// Its name, as on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Route::Legacy => "legacy",
            Route::Record => "record",
            Route::Shadow => "shadow",
            Route::Rust => "rust",
        }
    }

    /// The route of that name.
    pub fn from_name(name: &str) -> Option<Route> {
        Self::ALL.into_iter().find(|r| r.name() == name)
    }

    /// Its bit in a set of allowed routes.
    pub fn bit(self) -> u8 {
        1 << self as u8
    }
}

/// Offset of the route bytes in the page: a page of their own, which the agent maps near each hooked image.
pub const ROUTES_OFFSET: usize = 4096;
const MAGIC: u64 = u64::from_le_bytes(*b"CMPCTRL1");
/// Bytes of the counters of one routine.
pub const COUNTERS_BYTES: usize = size_of::<Counters>();
const REASON_BYTES: usize = 480;

/// First bytes of the control page.
#[repr(C)]
struct Head {
    magic: AtomicU64,
    routine_count: AtomicU32,
    pid: AtomicU32,
    state: AtomicU32,
    names_bytes: AtomicU32,
    reason: [AtomicU8; REASON_BYTES],
}

/// What became of the calls of one routine.
#[repr(C, align(64))]
#[derive(Debug, Default)]
pub struct Counters {
    /// Calls written to the journal.
    pub recorded: AtomicU64,
    /// Calls that could not be written, and say so.
    pub dropped: AtomicU64,
    /// Calls answered by the candidate, in route `rust`.
    pub answered: AtomicU64,
    /// Calls the candidate gave back to the legacy routine.
    pub declined: AtomicU64,
    /// Calls in which the candidate panicked.
    pub panicked: AtomicU64,
    /// Calls in which the candidate ran beside the legacy routine, in route `shadow`.
    pub shadowed: AtomicU64,
}

/// A reading of [`Counters`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Counts {
    /// Calls written to the journal.
    pub recorded: u64,
    /// Calls that could not be written.
    pub dropped: u64,
    /// Calls answered by the candidate.
    pub answered: u64,
    /// Calls the candidate gave back.
    pub declined: u64,
    /// Calls in which the candidate panicked.
    pub panicked: u64,
    /// Calls in which the candidate ran beside the legacy routine.
    pub shadowed: u64,
}

/// What the agent says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AgentState {
    /// The agent has not spoken yet: the process has not reached its constructors, or was started without us.
    Waiting,
    /// Hooks are in place.
    Installed,
    /// Nothing was changed in the process, for this reason.
    Refused(String),
    /// The process serves a replay.
    Worker,
}

/// A route that the plan does not allow for a routine.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("route `{route}` is not possible for `{routine}`: {reason}")]
pub struct NotAllowed {
    /// The routine.
    pub routine: String,
    /// The route asked for.
    pub route: &'static str,
    /// Why.
    pub reason: &'static str,
}

/// The control page, mapped.
#[derive(Debug)]
pub struct ControlPage {
    map: Shared,
    layout: Layout,
    names: Vec<String>,
}

/// Offsets in the page.
#[derive(Debug, Clone, Copy)]
struct Layout {
    count: usize,
    allowed: usize,
    counters: usize,
    names: usize,
}

fn round(value: usize, to: usize) -> usize {
    value.div_ceil(to) * to
}

impl Layout {
    fn of(count: usize) -> Layout {
        let allowed = ROUTES_OFFSET + round(count.max(1), 4096);
        let counters = allowed + round(count.max(1), 4096);
        Layout { count, allowed, counters, names: counters + count * size_of::<Counters>() }
    }
}

impl ControlPage {
    /// Creates the page of a session: one `(name, route, allowed routes)` for each routine of the plan.
    pub fn create(path: &Path, routines: &[(&str, Route, u8)]) -> Result<ControlPage, SharedError> {
        let names: Vec<String> = routines.iter().map(|r| r.0.to_owned()).collect();
        let text = names.join("\n");
        let layout = Layout::of(routines.len());
        let map = Shared::create(path, round(layout.names + text.len(), 4096))?;
        map.copy_in(layout.names, text.as_bytes());
        let page = ControlPage { map, layout, names };
        let head = page.head();
        head.routine_count.store(routines.len() as u32, Ordering::Relaxed);
        head.names_bytes.store(text.len() as u32, Ordering::Relaxed);
        for (index, (_, route, allowed)) in routines.iter().enumerate() {
            page.byte(page.layout.allowed, index).store(*allowed, Ordering::Relaxed);
            page.byte(ROUTES_OFFSET, index).store(*route as u8, Ordering::Relaxed);
        }
        head.magic.store(MAGIC, Ordering::Release);
        Ok(page)
    }

    /// Opens the page of a running session. Refused if it is not a private file of this user, or not a sound page.
    pub fn open(path: &Path) -> Result<ControlPage, SharedError> {
        let map = Shared::open(path)?;
        let damaged = |what| SharedError::Damaged { path: path.to_owned(), what };
        if map.len() < ROUTES_OFFSET {
            return Err(damaged("it is too short for a control page"));
        }
        // SAFETY: the map is page-aligned and at least a page long; Head is made of atomics, valid for all bits.
        let head = unsafe { &*map.address().cast::<Head>() };
        if head.magic.load(Ordering::Acquire) != MAGIC {
            return Err(damaged("it does not begin as a control page"));
        }
        let count = head.routine_count.load(Ordering::Relaxed) as usize;
        let names_bytes = head.names_bytes.load(Ordering::Relaxed) as usize;
        let layout = Layout::of(count.min(1 << 16));
        if count > 1 << 16 || layout.names + names_bytes > map.len() {
            return Err(damaged("its number of routines does not fit its size"));
        }
        let text = String::from_utf8(map.copy_out(layout.names, names_bytes));
        let text = text.map_err(|_| damaged("its routine names are not text"))?;
        let names: Vec<String> = text.lines().map(str::to_owned).collect();
        if names.len() != count {
            return Err(damaged("its routine names do not match their number"));
        }
        Ok(ControlPage { map, layout, names })
    }

    fn head(&self) -> &Head {
        // SAFETY: checked when the page was made or opened; the mapping lives as long as `self`.
        unsafe { &*self.map.address().cast::<Head>() }
    }

    fn byte(&self, region: usize, index: usize) -> &AtomicU8 {
        assert!(index < self.layout.count);
        // SAFETY: `region + index` lies inside the mapping by `Layout::of` and the checks of `open`.
        unsafe { &*self.map.address().add(region + index).cast::<AtomicU8>() }
    }

    /// Process id of the legacy program; 0 until the agent has spoken.
    pub fn pid(&self) -> u32 {
        self.head().pid.load(Ordering::Acquire)
    }

    /// What the agent says of itself.
    pub fn state(&self) -> AgentState {
        match self.head().state.load(Ordering::Acquire) {
            1 => AgentState::Installed,
            2 => AgentState::Refused(self.remarked()),
            3 => AgentState::Worker,
            _ => AgentState::Waiting,
        }
    }

    /// Says what one should know of this process, such as a module that could not be loaded. From the agent.
    pub fn remark(&self, text: &str) {
        for (slot, byte) in self.head().reason[..REASON_BYTES - 1].iter().zip(text.bytes().chain([0])) {
            slot.store(byte, Ordering::Relaxed);
        }
    }

    /// What the agent had to say, or nothing.
    pub fn remarked(&self) -> String {
        let bytes = self.head().reason.iter().map(|b| b.load(Ordering::Relaxed)).take_while(|b| *b != 0);
        String::from_utf8_lossy(&bytes.collect::<Vec<u8>>()).into_owned()
    }

    /// Where the sets of allowed routes of `count` routines stand, a byte each.
    pub fn allowed_offset(count: usize) -> usize {
        Layout::of(count).allowed
    }

    /// Where the counters of the first of `count` routines stand; those of the others follow, [`COUNTERS_BYTES`] each.
    pub fn counters_offset(count: usize) -> usize {
        Layout::of(count).counters
    }

    /// Announces the state, from the agent.
    pub fn announce(&self, state: &AgentState) {
        let head = self.head();
        let code = match state {
            AgentState::Waiting => 0,
            AgentState::Installed => 1,
            AgentState::Refused(reason) => {
                self.remark(reason);
                2
            }
            AgentState::Worker => 3,
        };
        head.pid.store(std::process::id(), Ordering::Relaxed);
        head.state.store(code, Ordering::Release);
    }

    /// Number of routines.
    pub fn routine_count(&self) -> usize {
        self.layout.count
    }

    /// Name of a routine.
    pub fn name(&self, index: usize) -> &str {
        &self.names[index]
    }

    /// Index of the routine of that name.
    pub fn index_of(&self, name: &str) -> Option<usize> {
        self.names.iter().position(|n| n == name)
    }

    /// Present route.
    pub fn route(&self, index: usize) -> Route {
        Route::from_byte(self.byte(ROUTES_OFFSET, index).load(Ordering::Relaxed))
    }

    /// Whether the plan allows a route.
    pub fn allows(&self, index: usize, route: Route) -> bool {
        self.byte(self.layout.allowed, index).load(Ordering::Relaxed) & route.bit() != 0
    }

    /// Takes away routes, from the agent: a module that did not load.
    pub fn forbid(&self, index: usize, routes: u8) {
        self.byte(self.layout.allowed, index).fetch_and(!routes, Ordering::Relaxed);
    }

    /// Sets the route, effective from the next call.
    pub fn set_route(&self, index: usize, route: Route) -> Result<(), NotAllowed> {
        if !self.allows(index, route) {
            let reason = match route {
                Route::Shadow | Route::Rust => {
                    "no module answers it, or its contract leaves facts open (see `cmp-bridge check`)"
                }
                Route::Legacy | Route::Record => "the plan does not allow it",
            };
            return Err(NotAllowed { routine: self.names[index].clone(), route: route.name(), reason });
        }
        self.byte(ROUTES_OFFSET, index).store(route as u8, Ordering::Release);
        Ok(())
    }

    /// The live byte of a route, for the agent.
    pub fn route_byte(&'static self, index: usize) -> &'static AtomicU8 {
        self.byte(ROUTES_OFFSET, index)
    }

    /// The live counters of a routine.
    pub fn counters(&self, index: usize) -> &Counters {
        assert!(index < self.layout.count);
        // SAFETY: inside the mapping by `Layout::of`; 64-byte aligned since the region begins at a page; atomics.
        unsafe { &*self.map.address().add(self.layout.counters).cast::<Counters>().add(index) }
    }

    /// A reading of the counters of a routine.
    pub fn counts(&self, index: usize) -> Counts {
        let c = self.counters(index);
        let read = |value: &AtomicU64| value.load(Ordering::Relaxed);
        Counts {
            recorded: read(&c.recorded),
            dropped: read(&c.dropped),
            answered: read(&c.answered),
            declined: read(&c.declined),
            panicked: read(&c.panicked),
            shadowed: read(&c.shadowed),
        }
    }

    /// Bytes of the route region, whole pages from [`ROUTES_OFFSET`].
    pub fn routes_bytes(&self) -> usize {
        self.layout.allowed - ROUTES_OFFSET
    }
}
