//! The component libraries of an executable: those the loader finds through DT_RPATH, DT_RUNPATH or LD_LIBRARY_PATH.
//!
//! Libraries of the system (those only the loader's cache or its built-in folders know) are never hooked, and not looked
//! for. The order is that of the loader: breadth first, in the order of DT_NEEDED, so that the first definition of a
//! symbol is the one in use.

use std::collections::HashSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use crate::binary::{Binary, BinaryError};

/// Folders whose libraries belong to the system.
const SYSTEM: [&str; 4] = ["/lib", "/lib64", "/usr/lib", "/usr/lib64"];

/// The component libraries of an executable.
#[derive(Debug, Default)]
pub struct Libraries {
    /// In the loader's order.
    pub found: Vec<Binary>,
    /// Files that are there and cannot be read.
    pub unreadable: Vec<BinaryError>,
    /// Needed names that no search path knows: libraries of the system, or missing ones.
    pub elsewhere: Vec<String>,
}

/// Finds the component libraries of `executable`. `library_path` is the value of LD_LIBRARY_PATH it will run with.
pub fn find_libraries(executable: &Binary, library_path: Option<&OsStr>) -> Libraries {
    let mut libraries = Libraries::default();
    let mut known: HashSet<String> = HashSet::new();
    let environment: Vec<PathBuf> =
        library_path.map(|p| std::env::split_paths(p).collect()).unwrap_or_default();
    let mut at = 0;
    let mut current = Some(Wants::of(executable));
    while let Some(wants) = current {
        for name in &wants.needed {
            if !known.insert(name.clone()) {
                continue;
            }
            match wants.search(name, executable, &environment) {
                Some(path) => match Binary::open(&path) {
                    Ok(binary) => libraries.found.push(binary),
                    Err(error) => libraries.unreadable.push(error),
                },
                None => libraries.elsewhere.push(name.clone()),
            }
        }
        current = libraries.found.get(at).map(Wants::of);
        at += 1;
    }
    libraries
}

/// What an image needs, and where it says to look.
struct Wants {
    needed: Vec<String>,
    rpath: Vec<PathBuf>,
    runpath: Vec<PathBuf>,
}

impl Wants {
    fn of(binary: &Binary) -> Wants {
        let runpath = folders(binary, binary.runpath());
        // An image with DT_RUNPATH has its DT_RPATH ignored.
        let rpath = if binary.runpath().is_some() { Vec::new() } else { folders(binary, binary.rpath()) };
        Wants { needed: binary.needed().to_vec(), rpath, runpath }
    }

    fn search(&self, name: &str, executable: &Binary, environment: &[PathBuf]) -> Option<PathBuf> {
        if name.contains('/') {
            return Some(PathBuf::from(name)).filter(|p| is_component(p));
        }
        // The loader also follows the DT_RPATH of whoever loaded this image; the executable is the one that has it.
        let inherited = if self.runpath.is_empty() { Wants::of(executable).rpath } else { Vec::new() };
        let folders = self.rpath.iter().chain(&inherited).chain(environment).chain(&self.runpath);
        folders.map(|folder| folder.join(name)).find(|path| is_component(path))
    }
}

/// A file outside the folders of the system.
fn is_component(path: &Path) -> bool {
    let real = path.canonicalize();
    real.is_ok_and(|real| real.is_file() && !SYSTEM.iter().any(|folder| real.starts_with(folder)))
}

/// The folders of a search path, with `$ORIGIN` replaced. Other tokens of the loader are left alone: no such folder.
fn folders(binary: &Binary, path: Option<&str>) -> Vec<PathBuf> {
    let real = binary.path().canonicalize().unwrap_or_else(|_| binary.path().to_path_buf());
    let origin = real.parent().unwrap_or(Path::new("/")).to_string_lossy().into_owned();
    let expand = |entry: &str| PathBuf::from(entry.replace("${ORIGIN}", &origin).replace("$ORIGIN", &origin));
    path.map(|p| p.split(':').filter(|e| !e.is_empty()).map(expand).collect()).unwrap_or_default()
}
