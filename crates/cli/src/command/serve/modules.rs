//! Modules, loaded again and again while connections stay.

use super::Error;
use super::system::PrivateCopy;
use cmp_bridge::loader::LoadedModule;
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::references::referred;
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
        .map_err(|source| Error::Module { module: path.to_owned(), source })
        .and_then(|module| needed_controls(path, &copy, &module).map(|needed| (module, needed)));
    match opened {
        Ok((module, needed)) if needed.is_empty() => Ok(Loaded { path: path.to_owned(), copy, module }),
        refused => {
            // The loader may know it by now.
            std::mem::forget(copy);
            let needs = |(_, routines)| Error::NeedsControl { module: path.to_owned(), routines };
            Err(refused.map(needs).unwrap_or_else(|error| error))
        }
    }
}

/// The legacy routines that the module's code calls through its Control.
fn needed_controls(path: &Path, copy: &PrivateCopy, module: &LoadedModule) -> Result<Vec<String>, Error> {
    let places = module.control_places();
    if places.is_empty() {
        return Ok(Vec::new());
    }
    let binary = Binary::open_to_read(copy.path())
        .map_err(|source| Error::Binary { module: path.to_owned(), source })?;
    let found = referred(&binary, &places.iter().map(|(_, address)| *address).collect());
    Ok(places.into_iter().filter(|(_, address)| found.contains(address)).map(|(name, _)| name).collect())
}
