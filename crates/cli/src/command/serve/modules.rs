//! Modules, loaded again and again while connections stay.

use super::Error;
use super::system::PrivateCopy;
use cmp_bridge::loader::{LoadedCandidate, LoadedModule};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::references::References;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A module as it was when it was loaded. The dynamic loader takes a file of a known name for the one it has, and a file that
/// is overwritten changes under who runs it: so what is loaded is a copy that nobody else can reach.
#[derive(Debug)]
pub struct Loaded {
    /// The file.
    pub path: PathBuf,
    /// The copy. It is never closed, as the module is never unloaded, and its name must not become another one's.
    pub copy: PrivateCopy,
    /// What was loaded.
    pub module: LoadedModule,
}

/// Loads modules, and adds to `ever` those that were not. One of the same bytes as before is not loaded again.
pub fn load(paths: &[PathBuf], ever: &mut Vec<Arc<Loaded>>) -> Result<Vec<Arc<Loaded>>, Error> {
    let mut modules = Vec::new();
    for path in paths {
        let unreadable = |source| Error::Copy { module: path.clone(), source };
        let copy = PrivateCopy::of(path).map_err(unreadable)?;
        let known = ever.iter().find(|known| known.path == *path && known.copy.is_like(&copy));
        let module = match known {
            Some(known) => Arc::clone(known),
            None => {
                let module = Arc::new(open(path, copy)?);
                ever.push(Arc::clone(&module));
                module
            }
        };
        modules.push(module);
    }
    Ok(modules)
}

fn open(path: &Path, copy: PrivateCopy) -> Result<Loaded, Error> {
    let opened = LoadedModule::open(&copy.path())
        .map_err(|source| Error::Module { module: path.to_owned(), source: source.of(path) })
        .and_then(|module| require_no_control(path, &copy, &module).map(|()| module));
    match opened {
        Ok(module) => Ok(Loaded { path: path.to_owned(), copy, module }),
        Err(error) => {
            // The loader may know it by now.
            std::mem::forget(copy);
            Err(error)
        }
    }
}

/// Refuses a module whose candidates call legacy code through their Control: there is none here.
fn require_no_control(path: &Path, copy: &PrivateCopy, module: &LoadedModule) -> Result<(), Error> {
    if module.candidates().iter().all(|candidate| candidate.control_places().next().is_none()) {
        return Ok(());
    }
    let binary = Binary::open_to_read(copy.path())
        .map_err(|source| Error::Binary { module: path.to_owned(), source })?;
    // A descriptor also leads to what a relinked program calls, which does pass on to legacy code.
    let descriptors: Vec<_> = module.candidates().iter().map(LoadedCandidate::descriptor_place).collect();
    let references = References::new(&binary, &descriptors);
    for candidate in module.candidates() {
        let places: BTreeMap<u64, String> = candidate.control_places().map(|(name, at)| (at, name)).collect();
        let found = references.reached(candidate.entry_place(), &places.keys().copied().collect());
        let legacy: Vec<String> = found.iter().filter_map(|at| places.get(at).cloned()).collect();
        if !legacy.is_empty() {
            let (module, routine) = (path.to_owned(), candidate.routine.clone());
            return Err(Error::NeedsControl { module, routine, legacy });
        }
    }
    Ok(())
}
