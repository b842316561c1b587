//! Loading a Module.

use crate::module::{Candidate, ControlSlot, Entry, MODULE_ABI, MODULE_SYMBOL, Module};
use std::ffi::{CStr, CString, c_void};
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

impl LoadedModule {
    /// Loads a module and calls its `start`.
    pub fn open(path: &Path) -> Result<LoadedModule, LoadError> {
        let damaged = |what| LoadError::Damaged { path: path.to_owned(), what };
        let open = |reason: String| LoadError::Open { path: path.to_owned(), reason };
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
