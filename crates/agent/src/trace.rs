//! Watching one call of a legacy routine access by access, in a worker.
//!
//! The areas of the call and the writable data of the images are made inaccessible. Each access faults, is noted, is let
//! through as a single step, and the page is closed again. What the routine asks of the system is refused and noted: a
//! call that is watched must not do anything outside its process.

use cmp_bridge::images::Loaded;
use cmp_bridge::memory::MemoryMap;
use cmp_bridge::worker::{CODE_BYTES, Touch, Trace};
use std::io;
use std::os::fd::RawFd;
use std::sync::atomic::{AtomicPtr, Ordering};

const PAGE: u64 = 4096;
/// Most accesses kept of one call.
const TOUCHES: usize = 1 << 16;
/// Most accessing instructions kept of one call.
const INSTRUCTIONS: usize = 1 << 12;
/// Slots of the table by which they are found: a power of two.
const SLOTS: usize = 1 << 14;
/// Most refused system calls kept of one call.
const SYSTEM_CALLS: usize = 16;
/// The trap flag of the processor's flags.
const TRAP: i64 = 0x100;
/// `int3`.
const BREAKPOINT: u8 = 0xcc;
/// The fault was a write, in the error code of a page fault.
const WRITE: i64 = 2;

/// System calls that do nothing outside the process. `read` and `write` are allowed on our own pipes.
const ALLOWED: [i64; 18] = [
    libc::SYS_mprotect,
    libc::SYS_mmap,
    libc::SYS_munmap,
    libc::SYS_mremap,
    libc::SYS_madvise,
    libc::SYS_brk,
    libc::SYS_rt_sigreturn,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_sigaltstack,
    libc::SYS_process_vm_readv,
    libc::SYS_futex,
    libc::SYS_sched_yield,
    libc::SYS_gettid,
    libc::SYS_getpid,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_restart_syscall,
];

/// What the signal handlers see.
struct State {
    thread: i64,
    memory: MemoryMap,
    /// Pages that are closed during the present call; none between calls.
    closed: Vec<(u64, u64)>,
    /// Pages that are open for the present instruction.
    open: [u64; 16],
    open_count: usize,
    table: Vec<u32>,
    /// Instructions with a breakpoint: address, and the byte that was there. Ascending.
    sites: Vec<(u64, u8)>,
    /// Those of them that ran.
    reached: Vec<bool>,
    trace: Trace,
}

static STATE: AtomicPtr<State> = AtomicPtr::new(std::ptr::null_mut());

/// A worker that can watch.
pub struct Tracer {
    /// Writable pages of the images.
    data: Vec<(u64, u64)>,
    biases: Vec<u64>,
    /// Code of the images.
    code: Vec<(u64, u64)>,
}

impl Tracer {
    /// Makes this process one that can watch, and that can no longer do anything outside: for good.
    pub fn new(images: &[Loaded], pipes: (RawFd, RawFd)) -> io::Result<Tracer> {
        let (data, code) = (pages(images, "rw-")?, pages(images, "r-x")?);
        // SAFETY: asks the kernel for a number.
        let thread = unsafe { libc::syscall(libc::SYS_gettid) };
        let state = State {
            thread,
            memory: MemoryMap::of_this_process(),
            closed: Vec::with_capacity(64),
            open: [0; 16],
            open_count: 0,
            table: vec![0; SLOTS],
            sites: Vec::new(),
            reached: Vec::new(),
            trace: empty(),
        };
        STATE.store(Box::into_raw(Box::new(state)), Ordering::Release);
        install(libc::SIGSEGV, on_fault)?;
        install(libc::SIGTRAP, on_step)?;
        install(libc::SIGSYS, on_system_call)?;
        restrict(pipes)?;
        Ok(Tracer { data, biases: images.iter().map(|image| image.bias).collect(), code })
    }

    /// Runs `call` and notes what it touches of `areas` (pages of the arena) and of the images' data, and which of the
    /// instructions at `sites` it reaches.
    pub fn watch(&self, areas: (u64, u64), sites: &[(u16, u64)], call: impl FnOnce()) -> Trace {
        let state = STATE.load(Ordering::Acquire);
        // SAFETY: made by `new`, never freed; the handlers run in this thread only, and not now.
        unsafe {
            (*state).table.fill(0);
            (*state).trace = empty();
            (*state).closed.clear();
            (*state).closed.extend(self.data.iter().copied().chain([areas]));
        }
        let places: Vec<u64> = sites.iter().map(|site| self.address(*site)).collect();
        self.plant(&places);
        self.protect(areas, libc::PROT_NONE);
        call();
        self.protect(areas, libc::PROT_READ | libc::PROT_WRITE);
        let reached = self.lift(&places);
        // SAFETY: as above; all pages are open again.
        let mut trace = unsafe {
            (*state).closed.clear();
            std::mem::take(&mut (*state).trace)
        };
        trace.biases.clone_from(&self.biases);
        trace.reached = reached;
        trace
    }

    /// The live address of a site; 0 where it is in no image's code.
    fn address(&self, (image, address): (u16, u64)) -> u64 {
        let Some(bias) = self.biases.get(usize::from(image)) else { return 0 };
        let live = address.wrapping_add(*bias);
        if self.code.iter().any(|(low, high)| (*low..*high).contains(&live)) { live } else { 0 }
    }

    /// Puts a breakpoint on each of these instructions.
    fn plant(&self, places: &[u64]) {
        let mut sorted: Vec<u64> = places.iter().copied().filter(|place| *place != 0).collect();
        sorted.sort_unstable();
        sorted.dedup();
        if !self.open_code(&sorted, libc::PROT_READ | libc::PROT_WRITE) {
            // The system does not allow it: none of them is ever told to have run.
            self.open_code(&sorted, libc::PROT_READ | libc::PROT_EXEC);
            return;
        }
        // SAFETY: code of images that stay loaded, writable now; nothing else runs. The state as in `watch`.
        unsafe {
            let state = &mut *STATE.load(Ordering::Acquire);
            state.sites = sorted.iter().map(|place| (*place, *(*place as *const u8))).collect();
            state.reached = vec![false; sorted.len()];
            sorted.iter().for_each(|place| *(*place as *mut u8) = BREAKPOINT);
        }
        self.open_code(&sorted, libc::PROT_READ | libc::PROT_EXEC);
    }

    /// Takes the breakpoints away; which of `places`, by index, were reached.
    fn lift(&self, places: &[u64]) -> Vec<u32> {
        // SAFETY: as in `plant`.
        let state = unsafe { &mut *STATE.load(Ordering::Acquire) };
        let sorted: Vec<u64> = state.sites.iter().map(|(place, _)| *place).collect();
        self.open_code(&sorted, libc::PROT_READ | libc::PROT_WRITE);
        for (place, byte) in &state.sites {
            // SAFETY: as in `plant`.
            unsafe { *(*place as *mut u8) = *byte };
        }
        self.open_code(&sorted, libc::PROT_READ | libc::PROT_EXEC);
        let ran = |place: &u64| {
            state.sites.binary_search_by_key(place, |(place, _)| *place).is_ok_and(|at| state.reached[at])
        };
        let each = places.iter().enumerate().filter(|(_, place)| ran(place));
        let reached = each.map(|(index, _)| index as u32).collect();
        state.sites.clear();
        reached
    }

    /// Changes the protection of the pages that hold these instructions; whether all could be changed.
    fn open_code(&self, places: &[u64], protection: i32) -> bool {
        let mut pages: Vec<u64> = places.iter().map(|place| place / PAGE * PAGE).collect();
        pages.dedup();
        pages.into_iter().fold(true, |all, page| {
            // SAFETY: pages of code of an image; the agent's own code is in others, and nothing else runs.
            let changed = unsafe { libc::mprotect(page as *mut libc::c_void, PAGE as usize, protection) };
            all && changed == 0
        })
    }

    fn protect(&self, areas: (u64, u64), protection: i32) {
        for (start, end) in self.data.iter().copied().chain([areas]) {
            // SAFETY: writable pages of an image that is never unloaded, or of the arena; only this thread runs.
            unsafe { libc::mprotect(start as *mut libc::c_void, (end - start) as usize, protection) };
        }
    }
}

/// A trace with all the room that the handlers may use: they do not allocate.
fn empty() -> Trace {
    Trace {
        code: Vec::with_capacity(INSTRUCTIONS),
        touches: Vec::with_capacity(TOUCHES),
        system_calls: Vec::with_capacity(SYSTEM_CALLS),
        ..Trace::default()
    }
}

/// The pages of the images with that access now: of those that can be written, without what became read-only after
/// relocation.
fn pages(images: &[Loaded], wanted: &str) -> io::Result<Vec<(u64, u64)>> {
    let maps = std::fs::read_to_string("/proc/self/maps")?;
    let mut pages: Vec<(u64, u64)> = Vec::new();
    for line in maps.lines() {
        let mut words = line.split_whitespace();
        let (Some(range), Some(access)) = (words.next(), words.next()) else { continue };
        let number = |text: &str| u64::from_str_radix(text, 16).ok();
        let Some((Some(start), Some(end))) = range.split_once('-').map(|(a, b)| (number(a), number(b)))
        else {
            continue;
        };
        if !access.starts_with(wanted) {
            continue;
        }
        let of =
            |image: &Loaded| if wanted == "rw-" { image.writable.clone() } else { image.readable.clone() };
        for (low, high) in images.iter().flat_map(of) {
            let low = (low / PAGE * PAGE).max(start);
            let high = high.next_multiple_of(PAGE).min(end);
            if low < high {
                pages.push((low, high));
            }
        }
    }
    Ok(pages)
}

type Action = extern "C" fn(i32, *mut libc::siginfo_t, *mut libc::c_void);

fn install(signal: i32, action: Action) -> io::Result<()> {
    // SAFETY: a zeroed action with a function of the type that SA_SIGINFO asks for.
    let installed = unsafe {
        let mut wanted: libc::sigaction = std::mem::zeroed();
        wanted.sa_sigaction = action as *const () as usize;
        wanted.sa_flags = libc::SA_SIGINFO | libc::SA_NODEFER;
        libc::sigaction(signal, &wanted, std::ptr::null_mut())
    };
    if installed == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// From now on a system call that is not allowed raises SIGSYS instead.
fn restrict(pipes: (RawFd, RawFd)) -> io::Result<()> {
    const LOAD: u16 = 0x20;
    const EQUAL: u16 = 0x15;
    const RETURN: u16 = 0x06;
    const NUMBER: u32 = 0;
    const FIRST_ARGUMENT: u32 = 16;
    let line = |code, jt, jf, k| libc::sock_filter { code, jt, jf, k };
    let allow = || line(RETURN, 0, 0, libc::SECCOMP_RET_ALLOW);
    let trap = || line(RETURN, 0, 0, libc::SECCOMP_RET_TRAP);
    let mut filter = vec![line(LOAD, 0, 0, NUMBER)];
    for number in ALLOWED {
        filter.extend([line(EQUAL, 0, 1, number as u32), allow()]);
    }
    for (number, descriptor) in [(libc::SYS_read, pipes.0), (libc::SYS_write, pipes.1)] {
        let on_pipe = line(EQUAL, 0, 1, descriptor as u32);
        filter.extend([
            line(EQUAL, 0, 4, number as u32),
            line(LOAD, 0, 0, FIRST_ARGUMENT),
            on_pipe,
            allow(),
            trap(),
        ]);
    }
    filter.push(trap());
    let program = libc::sock_fprog { len: filter.len() as u16, filter: filter.as_mut_ptr() };
    // SAFETY: a filter as the kernel reads it; it copies it.
    let refused = unsafe {
        libc::prctl(libc::PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0
            || libc::prctl(libc::PR_SET_SECCOMP, libc::SECCOMP_MODE_FILTER, &program) != 0
    };
    if refused { Err(io::Error::last_os_error()) } else { Ok(()) }
}

/// # Safety
/// From a signal handler, with the context that the kernel passed.
unsafe fn register(context: *mut libc::c_void, index: i32) -> *mut i64 {
    // SAFETY: the caller's promise.
    unsafe { &raw mut (*context.cast::<libc::ucontext_t>()).uc_mcontext.gregs[index as usize] }
}

extern "C" fn on_fault(signal: i32, info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: the kernel's siginfo and context; the state was stored before the handler was installed. Other threads only
    // come here for pages that are closed: they try again until they are open.
    unsafe {
        let state = STATE.load(Ordering::Acquire);
        let address = (*info).si_addr() as u64;
        if !(*state).closed.iter().any(|(low, high)| (*low..*high).contains(&address)) {
            // The routine's own fault: it happens again, and ends the process.
            libc::signal(signal, libc::SIG_DFL);
            return;
        }
        if libc::syscall(libc::SYS_gettid) != (*state).thread {
            libc::sched_yield();
            return;
        }
        let state = &mut *state;
        let write = *register(context, libc::REG_ERR) & WRITE != 0;
        if state.trace.overflow {
            // Enough was seen to know that it is too much: the call runs on unwatched.
            for (start, end) in &state.closed {
                let size = (end - start) as usize;
                libc::mprotect(*start as *mut libc::c_void, size, libc::PROT_READ | libc::PROT_WRITE);
            }
            return;
        }
        state.note(address, *register(context, libc::REG_RIP) as u64, write);
        let page = address / PAGE * PAGE;
        libc::mprotect(page as *mut libc::c_void, PAGE as usize, libc::PROT_READ | libc::PROT_WRITE);
        if state.open_count < state.open.len() {
            state.open[state.open_count] = page;
            state.open_count += 1;
        }
        *register(context, libc::REG_EFL) |= TRAP;
    }
}

extern "C" fn on_step(_signal: i32, _info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: as above.
    unsafe {
        let state = &mut *STATE.load(Ordering::Acquire);
        let before = (*register(context, libc::REG_RIP) as u64).wrapping_sub(1);
        if let Ok(at) = state.sites.binary_search_by_key(&before, |(place, _)| *place)
            && !state.reached[at]
            && *(before as *const u8) == BREAKPOINT
        {
            // It is told once; from now on the instruction runs as it is.
            state.reached[at] = true;
            let page = (before / PAGE * PAGE) as *mut libc::c_void;
            libc::mprotect(page, PAGE as usize, libc::PROT_READ | libc::PROT_WRITE);
            *(before as *mut u8) = state.sites[at].1;
            libc::mprotect(page, PAGE as usize, libc::PROT_READ | libc::PROT_EXEC);
            *register(context, libc::REG_RIP) = before as i64;
            // A single step that ended at the breakpoint has closed its pages already.
            return;
        }
        for page in &state.open[..state.open_count] {
            libc::mprotect(*page as *mut libc::c_void, PAGE as usize, libc::PROT_NONE);
        }
        state.open_count = 0;
        *register(context, libc::REG_EFL) &= !TRAP;
    }
}

extern "C" fn on_system_call(_signal: i32, _info: *mut libc::siginfo_t, context: *mut libc::c_void) {
    // SAFETY: as above. The kernel leaves the number of the call in rax.
    unsafe {
        let state = &mut *STATE.load(Ordering::Acquire);
        let number = *register(context, libc::REG_RAX) as u32;
        let calls = &mut state.trace.system_calls;
        if !calls.contains(&number) && calls.len() < calls.capacity() {
            calls.push(number);
        }
        *register(context, libc::REG_RAX) = -i64::from(libc::EPERM);
    }
}

impl State {
    fn note(&mut self, address: u64, instruction: u64, write: bool) {
        let code = self.instruction(instruction);
        match code {
            Some(code) if self.trace.touches.len() < TOUCHES => {
                self.trace.touches.push(Touch { address, code, write });
            }
            _ => self.trace.overflow = true,
        }
    }

    /// The index of an instruction, whose bytes are kept when it is met first.
    fn instruction(&mut self, address: u64) -> Option<u32> {
        let mut slot = (address.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 50) as usize % SLOTS;
        loop {
            match self.table[slot] {
                0 => break,
                found if self.trace.code[found as usize - 1].0 == address => return Some(found - 1),
                _ => slot = (slot + 1) % SLOTS,
            }
        }
        if self.trace.code.len() >= INSTRUCTIONS {
            return None;
        }
        let mut bytes = [0; CODE_BYTES];
        // SAFETY: room for as many bytes as are asked for; what cannot be read stays zero.
        unsafe { self.memory.read(address, CODE_BYTES as u64, u64::MAX, bytes.as_mut_ptr()) };
        self.trace.code.push((address, bytes));
        let number = self.trace.code.len() as u32;
        self.table[slot] = number;
        Some(number - 1)
    }
}
