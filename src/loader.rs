//! Loading a Module.

use crate::module::{Candidate, ControlSlot, Entry, MODULE_ABI, MODULE_SYMBOL, Module};
use std::ffi::{CStr, CString, c_void};
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;

/// Why a module is refused.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The dynamic loader's refusal.
    #[error("{}: cannot be loaded: {reason}", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The loader's words.
        reason: String,
    },
    /// A part of a file.
    #[error("{}: it is not whole: it has {found} bytes, and its header speaks of {expected}", path.display())]
    Part {
        /// The file.
        path: PathBuf,
        /// Its length.
        found: u64,
        /// The length it must have.
        expected: u64,
    },
    /// A shared library, but no module.
    #[error("{}: not a module: it does not export `{MODULE_SYMBOL}` (is the export! macro missing?)", path.display())]
    NotAModule {
        /// The file.
        path: PathBuf,
    },
    /// A module of another version of the boundary.
    #[error("{}: built for module boundary {found}, this is {MODULE_ABI}: rebuild the module with this cmp-bridge", path.display())]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
    },
    /// A descriptor that cannot be right.
    #[error("{}: its descriptor is damaged: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
}

impl LoadError {
    /// The same, of the file by its own name, where a copy of it was loaded.
    pub fn of(mut self, file: &Path) -> LoadError {
        let (LoadError::Open { path, .. }
        | LoadError::Part { path, .. }
        | LoadError::NotAModule { path }
        | LoadError::Version { path, .. }
        | LoadError::Damaged { path, .. }) = &mut self;
        *path = file.to_owned();
        self
    }
}

/// A loaded module. Never unloaded: a thread may have used its thread-local storage.
#[derive(Debug)]
pub struct LoadedModule {
    path: PathBuf,
    what: String,
    candidates: Vec<LoadedCandidate>,
}

/// One candidate of a loaded module.
#[derive(Debug, Clone)]
pub struct LoadedCandidate {
    /// Name of the routine.
    pub routine: String,
    /// Hash of the contract it was generated from.
    pub contract_hash: u64,
    /// Its entry.
    pub entry: Entry,
    /// How many state areas the entry expects.
    pub state_count: u32,
    descriptor: &'static Candidate,
}

/// How to reach a legacy routine, for [`LoadedModule::bind`].
#[derive(Debug, Clone)]
pub struct LegacyRoutine {
    /// Hash of the contract of the process.
    pub contract_hash: u64,
    /// Address of the trampoline, or of an entry that is not hooked.
    pub address: u64,
    /// Live addresses of its state areas.
    pub state: Vec<*mut u8>,
}

/// Refuses a file that ends before what its header speaks of, such as one that is still being copied: the dynamic loader
/// would map what is not there, and the process would die of it. All else that may be wrong with a file the loader says.
fn require_whole(path: &Path) -> Result<(), LoadError> {
    let open = |error: io::Error| LoadError::Open { path: path.to_owned(), reason: error.to_string() };
    // A pipe would be waited for.
    if !std::fs::metadata(path).map_err(open)?.is_file() {
        return Err(open(io::Error::other("not a regular file")));
    }
    let file = File::open(path).map_err(open)?;
    let found = file.metadata().map_err(open)?.len();
    let Some(expected) = length_by_header(&file).map_err(open)? else { return Ok(()) };
    match found < expected {
        true => Err(LoadError::Part { path: path.to_owned(), found, expected }),
        false => Ok(()),
    }
}

/// The least length of an ELF file of this machine: that of what its two tables lead to. `None`: it is none.
fn length_by_header(file: &File) -> io::Result<Option<u64>> {
    const HEADER: usize = size_of::<libc::Elf64_Ehdr>();
    const SEGMENT: usize = size_of::<libc::Elf64_Phdr>();
    let half =
        |bytes: &[u8], at: usize| bytes[at..][..2].iter().rev().fold(0, |n, b| (n << 8) | u64::from(*b));
    let long =
        |bytes: &[u8], at: usize| bytes[at..][..8].iter().rev().fold(0, |n, b| (n << 8) | u64::from(*b));
    let mut header = [0; HEADER];
    match file.read_exact_at(&mut header, 0) {
        // ELF, of 64 bits, least significant byte first.
        Ok(()) if header.starts_with(b"\x7fELF\x02\x01") => {}
        Ok(()) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(error) => return Err(error),
    }
    let table = |offset, size, count| {
        long(&header, offset).saturating_add(half(&header, size) * half(&header, count))
    };
    let (segments, sections) = (table(32, 54, 56), table(40, 58, 60));
    let mut length = segments.max(sections);
    if half(&header, 54) != SEGMENT as u64 {
        return Ok(Some(length));
    }
    let mut segment = [0; SEGMENT];
    for number in 0..half(&header, 56) {
        let at = long(&header, 32).saturating_add(number * SEGMENT as u64);
        match file.read_exact_at(&mut segment, at) {
            // Offset and bytes in the file.
            Ok(()) => length = length.max(long(&segment, 8).saturating_add(long(&segment, 32))),
            // The table itself is cut off.
            Err(_) => break,
        }
    }
    Ok(Some(length))
}

impl LoadedModule {
    /// Loads a module and calls its `start`.
    pub fn open(path: &Path) -> Result<LoadedModule, LoadError> {
        let damaged = |what| LoadError::Damaged { path: path.to_owned(), what };
        let open = |reason: String| LoadError::Open { path: path.to_owned(), reason };
        require_whole(path)?;
        // A name without a slash would be looked up in the library path.
        let absolute = std::path::absolute(path).map_err(|error| open(error.to_string()))?;
        let name = CString::new(absolute.as_os_str().as_encoded_bytes())
            .map_err(|_| open("a NUL in its name".into()))?;
        // SAFETY: a valid C string; loading runs the module's initialisers, which is what the operator asked for.
        let handle = unsafe { libc::dlopen(name.as_ptr(), libc::RTLD_NOW | libc::RTLD_LOCAL) };
        if handle.is_null() {
            return Err(open(loader_words()));
        }
        let symbol = CString::new(MODULE_SYMBOL).map_err(|_| damaged("symbol name"))?;
        // SAFETY: a valid handle and C string.
        let function = unsafe { libc::dlsym(handle, symbol.as_ptr()) };
        if function.is_null() {
            return Err(LoadError::NotAModule { path: path.to_owned() });
        }
        // SAFETY: the symbol is the module boundary's only export and has this type in every version.
        let module = unsafe {
            let describe: extern "C" fn() -> *const Module = std::mem::transmute(function);
            describe().as_ref()
        };
        let module = module.ok_or_else(|| damaged("it is null"))?;
        if module.abi != MODULE_ABI {
            return Err(LoadError::Version { path: path.to_owned(), found: module.abi });
        }
        if module.candidates.is_null() || module.what.is_null() || module.candidate_count > 1 << 16 {
            return Err(damaged("candidates"));
        }
        // SAFETY: a descriptor of this version: `candidates` leads to that many immutable entries.
        let descriptors =
            unsafe { std::slice::from_raw_parts(module.candidates, module.candidate_count as usize) };
        let candidates = descriptors.iter().map(|descriptor| LoadedCandidate {
            // SAFETY: as above: a NUL-terminated static string.
            routine: unsafe { CStr::from_ptr(descriptor.routine) }.to_string_lossy().into_owned(),
            contract_hash: descriptor.contract_hash,
            entry: descriptor.entry,
            state_count: descriptor.state_count,
            descriptor,
        });
        // SAFETY: as above.
        let what = unsafe { CStr::from_ptr(module.what) }.to_string_lossy().into_owned();
        let loaded = LoadedModule { path: path.to_owned(), what, candidates: candidates.collect() };
        (module.start)();
        Ok(loaded)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Its `@(#)` identification.
    pub fn what(&self) -> &str {
        &self.what
    }

    /// Its candidates.
    pub fn candidates(&self) -> &[LoadedCandidate] {
        &self.candidates
    }

    /// The candidate of a routine.
    pub fn candidate(&self, routine: &str) -> Option<&LoadedCandidate> {
        self.candidates.iter().find(|candidate| candidate.routine == routine)
    }

    /// Tells the module how to reach the legacy routines it may call. Those `find` does not know, or knows by another
    /// contract, stay unbound: calling them is an error of the candidate, not of the process.
    pub fn bind(&self, find: &dyn Fn(&str) -> Option<LegacyRoutine>) {
        for candidate in &self.candidates {
            for slot in candidate.slots() {
                // SAFETY: a NUL-terminated static string.
                let name = unsafe { CStr::from_ptr(slot.routine) }.to_string_lossy();
                if let Some(legacy) = find(&name).filter(|legacy| legacy.contract_hash == slot.contract_hash)
                {
                    bind_slot(slot, &legacy);
                }
            }
        }
    }
}

impl LoadedCandidate {
    /// Where its entry is in the module's file.
    pub fn entry_place(&self) -> u64 {
        let address = self.entry as *const () as u64;
        address.wrapping_sub(start_of_image(address as *const c_void))
    }

    /// Where its descriptor is in the module's file.
    pub fn descriptor_place(&self) -> std::ops::Range<u64> {
        let address: *const Candidate = self.descriptor;
        let start = (address as u64).wrapping_sub(start_of_image(address.cast()));
        start..start.saturating_add(size_of::<Candidate>() as u64)
    }

    /// The legacy routines that it has a place for: their names, and where each place is in the module's file. Whether it
    /// ever looks there, only its code can say.
    pub fn control_places(&self) -> impl Iterator<Item = (String, u64)> {
        self.slots().iter().map(|slot| {
            // SAFETY: a NUL-terminated static string.
            let name = unsafe { CStr::from_ptr(slot.routine) }.to_string_lossy().into_owned();
            (name, (slot.address as u64).wrapping_sub(start_of_image(slot.address.cast())))
        })
    }

    /// Where it looks for legacy routines.
    fn slots(&self) -> &'static [ControlSlot] {
        let count = self.descriptor.control_count as usize;
        if count == 0 || self.descriptor.controls.is_null() {
            return &[];
        }
        // SAFETY: a descriptor of this version: `controls` leads to that many immutable entries.
        unsafe { std::slice::from_raw_parts(self.descriptor.controls, count) }
    }
}

/// Where the image begins that holds this address: 0 where it is not known.
fn start_of_image(address: *const c_void) -> u64 {
    // SAFETY: plain data, for which zero is valid, and which the loader writes.
    unsafe {
        let mut about: libc::Dl_info = std::mem::zeroed();
        if libc::dladdr(address, &mut about) == 0 { 0 } else { about.dli_fbase as u64 }
    }
}

fn bind_slot(slot: &ControlSlot, legacy: &LegacyRoutine) {
    if legacy.state.len() != slot.state_count as usize {
        return;
    }
    for (index, address) in legacy.state.iter().enumerate() {
        // SAFETY: `state` leads to `state_count` atomics.
        unsafe { (*slot.state.add(index)).store(*address, Ordering::Release) };
    }
    // SAFETY: `address` leads to an atomic.
    unsafe { (*slot.address).store(legacy.address as *mut c_void, Ordering::Release) };
}

fn loader_words() -> String {
    // SAFETY: dlerror returns null or a C string valid until the next call of the loader in this thread.
    unsafe {
        let words = libc::dlerror();
        if words.is_null() {
            "no reason given".into()
        } else {
            CStr::from_ptr(words).to_string_lossy().into_owned()
        }
    }
}
