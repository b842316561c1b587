//! Installing all hooks of a plan, before the program has a second thread. Everything that can be refused is refused
//! before the first byte of the program changes.

use super::guard::ErrnoDistance;
use super::runtime::{self, Hooked, Observer, Runtime};
use super::thread::{SCRATCH_BYTES, ThreadState};
use super::thunk::{self, Placement};
use super::{place, stub, unwind};
use crate::control::{ControlPage, ROUTES_OFFSET, Route};
use crate::images::{Loaded, loaded_images};
use crate::loader::{LegacyRoutine, LoadedModule};
use crate::memory::MemoryMap;
use crate::plan::{Address, Plan};
use crate::ring::Rings;
use crate::session::Session;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::atomic::{AtomicPtr, AtomicU8, Ordering};

/// Why nothing was installed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// The plan cannot be used.
    #[error("the plan is not usable: {0}")]
    Plan(#[from] crate::plan::PlanError),
    /// A file of the session cannot be used.
    #[error(transparent)]
    Session(#[from] crate::shared::SharedError),
    /// A system call failed.
    #[error("{what}: {source}")]
    System {
        /// What was attempted.
        what: &'static str,
        /// The reason.
        source: io::Error,
    },
    /// Threads exist before the program began.
    #[error("the program already has {0} threads before its first line: hooks would not be safe to install")]
    Threads(usize),
    /// An image of the plan is not loaded.
    #[error("{0} is not loaded in this process")]
    NotLoaded(String),
    /// Another build of an image is loaded.
    #[error("{0} is another build than the plan was made for (build-id differs)")]
    OtherBuild(String),
    /// The code is not what the plan says.
    #[error("the code at the entry of `{0}` is not what the plan expects")]
    OtherCode(String),
    /// No memory near enough.
    #[error("no room for thunks within reach of {0}")]
    NoRoom(String),
    /// The kernel does not let the process read itself.
    #[error(
        "this kernel or a security filter forbids process_vm_readv: foreign pointers could not be read safely"
    )]
    NoForeignReads,
    /// The kernel is too old.
    #[error(
        "this kernel has no MADV_WIPEONFORK (Linux 4.14): a forked child could not be told from its parent"
    )]
    NoWipeOnFork,
}

fn system(what: &'static str) -> Refusal {
    Refusal::System { what, source: io::Error::last_os_error() }
}

/// A range of code made by us, and its unwind tables.
pub struct Region {
    /// Its first address.
    pub start: u64,
    /// The first address behind it.
    pub end: u64,
    /// Its `.eh_frame_hdr`.
    pub tables: u64,
    /// The same as the program headers of an object at address 0.
    pub headers: [libc::Elf64_Phdr; 2],
}

impl Region {
    fn new(start: u64, end: u64, (tables, length): (u64, u64)) -> Region {
        let header = |p_type, p_flags, address, size| libc::Elf64_Phdr {
            p_type,
            p_flags,
            p_offset: 0,
            p_vaddr: address,
            p_paddr: address,
            p_filesz: size,
            p_memsz: size,
            p_align: 4096,
        };
        let code = header(libc::PT_LOAD, libc::PF_R | libc::PF_X, start, end - start);
        let unwind = header(libc::PT_GNU_EH_FRAME, libc::PF_R, tables, length);
        Region { start, end, tables, headers: [code, unwind] }
    }
}

static REGIONS: AtomicPtr<Vec<Region>> = AtomicPtr::new(std::ptr::null_mut());

/// The regions of thunks in this process.
pub fn regions() -> &'static [Region] {
    // SAFETY: null, or a vector that is never changed nor freed.
    unsafe { REGIONS.load(Ordering::Acquire).as_ref() }.map_or(&[], Vec::as_slice)
}

/// The region of thunks that holds `pc`.
pub fn find_region(pc: u64) -> Option<&'static Region> {
    regions().iter().find(|r| pc >= r.start && pc < r.end)
}

/// Installs the plan of a session in this process.
pub fn install(session: &Session, page: &'static ControlPage, plan: &Plan) -> Result<(), Refusal> {
    let threads = std::fs::read_dir("/proc/self/task").map(Iterator::count).unwrap_or(0);
    if threads != 1 {
        return Err(Refusal::Threads(threads));
    }
    let images = match_images(plan)?;
    let mut memory = MemoryMap::of_this_process();
    images.iter().flat_map(|image| image.readable.iter()).for_each(|range| memory.add(*range));
    if plan.observes() && !memory.can_read_foreign() {
        return Err(Refusal::NoForeignReads);
    }
    compare_code(plan, &images)?;
    let made = write_thunks(session, page, plan, &images)?;
    let modules = load_modules(page, plan);
    let routines = hooked_routines(page, plan, &images, &made.trampolines, &modules);
    bind_controls(plan, &routines, &modules);
    let (observer, alive) = match plan.observes() {
        true => (Some(observer(session)?), alive_page()?),
        false => (None, &NOBODY),
    };
    let errno = ErrnoDistance::of_this_process();
    let frame_bytes = plan.images.iter().map(|image| stub::frame_bytes(image.vector)).max().unwrap_or(1);
    let most_calls = plan.most_calls;
    let runtime = Runtime { routines, memory, observer, alive, frame_bytes, most_calls, errno };
    runtime::publish(runtime);
    REGIONS.store(Box::into_raw(Box::new(made.regions)), Ordering::Release);
    write_patches(plan, &images, &made.thunks)
}

fn match_images(plan: &Plan) -> Result<Vec<Loaded>, Refusal> {
    let loaded = loaded_images();
    plan.images
        .iter()
        .enumerate()
        .map(|(index, image)| {
            let title = || if index == 0 { "the executable".to_owned() } else { image.name.clone() };
            let same = |l: &&Loaded| if index == 0 { l.is_executable } else { l.file_name() == image.name };
            let found = loaded.iter().find(same).ok_or_else(|| Refusal::NotLoaded(title()))?;
            if found.build_id != image.build_id {
                return Err(Refusal::OtherBuild(title()));
            }
            Ok(found.clone())
        })
        .collect()
}

fn compare_code(plan: &Plan, images: &[Loaded]) -> Result<(), Refusal> {
    for routine in &plan.routines {
        let image = &images[usize::from(routine.patch.image)];
        let address = routine.patch.entry.wrapping_add(image.bias);
        let end = address + routine.patch.original.len() as u64;
        let mapped = image.readable.iter().any(|(low, high)| address >= *low && end <= *high);
        // SAFETY: the range is inside a readable segment of a loaded image.
        let same = mapped
            && unsafe {
                std::slice::from_raw_parts(address as *const u8, routine.patch.original.len())
                    == routine.patch.original
            };
        if !same {
            return Err(Refusal::OtherCode(routine.name.clone()));
        }
    }
    Ok(())
}

struct Made {
    /// Address of each routine's thunk.
    thunks: Vec<u64>,
    trampolines: Vec<u64>,
    regions: Vec<Region>,
}

/// Makes the thunks of all images.
fn write_thunks(
    session: &Session,
    page: &ControlPage,
    plan: &Plan,
    images: &[Loaded],
) -> Result<Made, Refusal> {
    let count = plan.routines.len();
    let mut made = Made { thunks: vec![0; count], trampolines: vec![0; count], regions: Vec::new() };
    for (index, image) in images.iter().enumerate() {
        let of_image = |i: &usize| usize::from(plan.routines[*i].patch.image) == index;
        let members: Vec<usize> = (0..count).filter(of_image).collect();
        if !members.is_empty() {
            write_image_thunks(session, page, plan, (index, image), &members, &mut made)?;
        }
    }
    Ok(made)
}

/// One mapping near the image: the route bytes of the control page, then the stub's address, then the thunks.
fn write_image_thunks(
    session: &Session,
    page: &ControlPage,
    plan: &Plan,
    (index, image): (usize, &Loaded),
    members: &[usize],
    made: &mut Made,
) -> Result<(), Refusal> {
    const SLOT: u64 = 16;
    let title = || if index == 0 { "the executable".to_owned() } else { plan.images[index].name.clone() };
    let routes_bytes = page.routes_bytes() as u64;
    let code_bytes: usize = members.iter().map(|i| thunk::size(&plan.routines[*i].patch)).sum();
    let code_bytes = (SLOT + code_bytes as u64).next_multiple_of(4096);
    let maps = std::fs::read_to_string("/proc/self/maps")
        .map_err(|source| Refusal::System { what: "reading the process's mappings", source })?;
    let base = place::find(&maps, image.span.0, image.span.1, routes_bytes + code_bytes)
        .ok_or_else(|| Refusal::NoRoom(title()))?;
    map_at(base, routes_bytes + code_bytes, None)?;
    let control = File::open(session.control())
        .map_err(|source| Refusal::System { what: "opening the control page", source })?;
    map_at(base, routes_bytes, Some(&control))?;
    let start = base + routes_bytes;
    let stub = stub::address(plan.images[index].vector);
    let mut code = stub.to_le_bytes().to_vec();
    code.resize(SLOT as usize, 0xcc);
    let mut ranges = Vec::new();
    for &i in members {
        let patch = &plan.routines[i].patch;
        let at = start + code.len() as u64;
        let placement = Placement { thunk: at, route: base + i as u64, stub_slot: start, bias: image.bias };
        let thunk = thunk::build(patch, i as u32, placement).ok_or_else(|| Refusal::NoRoom(title()))?;
        made.thunks[i] = at;
        made.trampolines[i] = thunk.trampoline;
        ranges.push(unwind::Range { start: at, length: thunk.code.len() as u32, rows: thunk.rows });
        code.extend(thunk.code);
        code.resize(code.len().next_multiple_of(16), 0xcc);
    }
    // SAFETY: the mapping was just made, is writable and at least this long.
    unsafe { std::ptr::copy_nonoverlapping(code.as_ptr(), start as *mut u8, code.len()) };
    // SAFETY: our own mapping.
    let code =
        unsafe { libc::mprotect(start as *mut _, code_bytes as usize, libc::PROT_READ | libc::PROT_EXEC) };
    if code != 0 {
        return Err(system("making thunks executable"));
    }
    let tables = write_tables(&ranges, base)?;
    made.regions.push(Region::new(start, start + code_bytes, tables));
    Ok(())
}

/// Writes unwind tables near the thunks; returns the address of their header, and their length.
fn write_tables(ranges: &[unwind::Range], near: u64) -> Result<(u64, u64), Refusal> {
    let length = unwind::size(ranges).next_multiple_of(4096) as u64;
    let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
    let at =
        place::find(&maps, near, near + 4096, length).ok_or_else(|| Refusal::NoRoom("the thunks".into()))?;
    map_at(at, length, None)?;
    let tables = unwind::build(ranges, at).ok_or_else(|| Refusal::NoRoom("the thunks".into()))?;
    // SAFETY: our own fresh mapping, long enough by `unwind::size`.
    unsafe { std::ptr::copy_nonoverlapping(tables.as_ptr(), at as *mut u8, tables.len()) };
    // SAFETY: as above.
    if unsafe { libc::mprotect(at as *mut _, length as usize, libc::PROT_READ) } != 0 {
        return Err(system("protecting unwind tables"));
    }
    Ok((at, length))
}

/// Maps fresh memory at a free address, or the route bytes of the control page over memory of ours.
fn map_at(at: u64, length: u64, control: Option<&File>) -> Result<(), Refusal> {
    let (protection, flags, fd, offset) = match control {
        None => {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED_NOREPLACE;
            (libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0)
        }
        Some(file) => (libc::PROT_READ, libc::MAP_SHARED | libc::MAP_FIXED, file.as_raw_fd(), ROUTES_OFFSET),
    };
    // SAFETY: NOREPLACE never hits an existing mapping; the fixed one covers memory that this module just mapped.
    let address =
        unsafe { libc::mmap(at as *mut _, length as usize, protection, flags, fd, offset as libc::off_t) };
    if address as u64 != at {
        return Err(system("mapping memory near the program"));
    }
    Ok(())
}

/// Sends whoever reaches `address` in `image` to `code`, for good. Five bytes of the program change.
pub fn divert(image: &Loaded, address: u64, code: &[u8]) -> Result<(), Refusal> {
    let maps = std::fs::read_to_string("/proc/self/maps")
        .map_err(|source| Refusal::System { what: "reading the process's mappings", source })?;
    let no_room = || Refusal::NoRoom("the safe moment".into());
    let length = (code.len() as u64).next_multiple_of(4096);
    let at = place::find(&maps, image.span.0, image.span.1, length).ok_or_else(no_room)?;
    map_at(at, length, None)?;
    // SAFETY: our own fresh mapping, long enough.
    unsafe { std::ptr::copy_nonoverlapping(code.as_ptr(), at as *mut u8, code.len()) };
    // SAFETY: as above.
    if unsafe { libc::mprotect(at as *mut _, length as usize, libc::PROT_READ | libc::PROT_EXEC) } != 0 {
        return Err(system("making code executable"));
    }
    let jump = thunk::jump(address, at).ok_or_else(no_room)?;
    let write = || File::options().write(true).open("/proc/self/mem")?.write_all_at(&jump, address);
    write().map_err(|source| Refusal::System { what: "writing the safe moment", source })
}

/// A module that cannot be loaded leaves its routines to the legacy code, and the page says why.
fn load_modules(page: &ControlPage, plan: &Plan) -> Vec<Option<LoadedModule>> {
    let load = |path: &String| match LoadedModule::open(Path::new(path)) {
        Ok(module) => Some(module),
        Err(error) => {
            page.remark(&error.to_string());
            None
        }
    };
    plan.modules.iter().map(load).collect()
}

fn hooked_routines(
    page: &'static ControlPage,
    plan: &Plan,
    images: &[Loaded],
    trampolines: &[u64],
    modules: &[Option<LoadedModule>],
) -> Vec<Hooked> {
    let bias = |image: u16| images[usize::from(image)].bias;
    let build = |(index, routine): (usize, &crate::plan::Routine)| {
        let mut captures = routine.captures.clone();
        for capture in &mut captures {
            if let Address::Image(image, address) = &mut capture.address {
                *address = address.wrapping_add(bias(*image));
            }
        }
        let state: Vec<*mut u8> = captures
            .iter()
            .filter_map(|capture| match capture.address {
                Address::Image(_, address) => Some(address as *mut u8),
                Address::Argument(_) | Address::Through(..) => None,
            })
            .collect();
        let candidate = routine
            .module
            .and_then(|m| modules.get(usize::from(m))?.as_ref()?.candidate(&routine.name))
            .filter(|c| c.contract_hash == routine.contract_hash && c.state_count as usize == state.len())
            .map(|c| c.entry);
        if candidate.is_none() {
            page.forbid(index, Route::Shadow.bit() | Route::Rust.bit());
            if matches!(page.route(index), Route::Shadow | Route::Rust) {
                let _ = page.set_route(index, Route::Legacy);
            }
        }
        Hooked {
            route: page.route_byte(index),
            counters: page.counters(index),
            trampoline: trampolines[index],
            stack_bytes: routine.stack_bytes,
            slack: routine.slack,
            returns: routine.returns,
            enter_bytes: runtime::most_bytes(&captures, routine.stack_bytes),
            captures,
            candidate,
            state,
        }
    };
    plan.routines.iter().enumerate().map(build).collect()
}

/// `Control` reaches legacy code through trampolines: through the patched entry it would come back to Rust.
fn bind_controls(plan: &Plan, routines: &[Hooked], modules: &[Option<LoadedModule>]) {
    let find = |name: &str| {
        let index = plan.routines.iter().position(|routine| routine.name == name)?;
        Some(LegacyRoutine {
            contract_hash: plan.routines[index].contract_hash,
            address: routines[index].trampoline,
            state: routines[index].state.clone(),
        })
    };
    modules.iter().flatten().for_each(|module| module.bind(&find));
}

/// Where the calls of this process go.
fn observer(session: &Session) -> Result<Observer, Refusal> {
    let rings: &'static Rings = Box::leak(Box::new(Rings::open(&session.rings())?));
    Ok(Observer { rings, threads: thread_states(rings.count())? })
}

/// What stands for the page of [`alive_page`] where nobody is observed.
static NOBODY: AtomicU8 = AtomicU8::new(0);

fn thread_states(count: usize) -> Result<*mut ThreadState, Refusal> {
    let length = count * SCRATCH_BYTES;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
    // SAFETY: fresh memory at an address of the system's choice.
    let scratch =
        unsafe { libc::mmap(std::ptr::null_mut(), length, libc::PROT_READ | libc::PROT_WRITE, flags, -1, 0) };
    if scratch == libc::MAP_FAILED {
        return Err(system("reserving scratch memory"));
    }
    let state = |index: usize| ThreadState::new(scratch.cast::<u8>().wrapping_add(index * SCRATCH_BYTES));
    let states: Vec<ThreadState> = (0..count).map(state).collect();
    Ok(Box::leak(states.into_boxed_slice()).as_mut_ptr())
}

/// A byte that is 1 here and 0 in a forked child.
fn alive_page() -> Result<&'static AtomicU8, Refusal> {
    let protection = libc::PROT_READ | libc::PROT_WRITE;
    let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS;
    // SAFETY: fresh memory at an address of the system's choice, never unmapped; a zeroed atomic is valid.
    unsafe {
        let page = libc::mmap(std::ptr::null_mut(), 4096, protection, flags, -1, 0);
        if page == libc::MAP_FAILED {
            return Err(system("mapping a page"));
        }
        if libc::madvise(page, 4096, libc::MADV_WIPEONFORK) != 0 {
            return Err(Refusal::NoWipeOnFork);
        }
        let byte = &*page.cast::<AtomicU8>();
        byte.store(1, Ordering::Relaxed);
        Ok(byte)
    }
}

/// Writes the jumps. Through /proc/self/mem: the pages keep their protection, and are never writable and executable.
fn write_patches(plan: &Plan, images: &[Loaded], thunks: &[u64]) -> Result<(), Refusal> {
    let memory = File::options()
        .write(true)
        .open("/proc/self/mem")
        .map_err(|source| Refusal::System { what: "opening /proc/self/mem", source })?;
    let mut done: Vec<(u64, &[u8])> = Vec::new();
    for (routine, thunk) in plan.routines.iter().zip(thunks) {
        let address = routine.patch.entry.wrapping_add(images[usize::from(routine.patch.image)].bias);
        let mut bytes = vec![0xcc; routine.patch.original.len()];
        let jump = thunk::jump(address, *thunk);
        let written = match jump {
            Some(jump) => {
                bytes[..5].copy_from_slice(&jump);
                memory
                    .write_all_at(&bytes, address)
                    .map_err(|source| Refusal::System { what: "writing code", source })
            }
            None => Err(Refusal::NoRoom(routine.name.clone())),
        };
        if let Err(refusal) = written {
            for (address, original) in done {
                let _ = memory.write_all_at(original, address);
            }
            return Err(refusal);
        }
        done.push((address, &routine.patch.original));
    }
    Ok(())
}
