//! Finding the files that a binary's debug information was moved to.
//!
//! They are looked for where gdb looks for them. A file that is found must belong to the binary: its build-id must be
//! the binary's, or its checksum the one the binary was given. An error names every place that was looked at.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

use super::DwarfError;
use crate::binary::image::Image;
use crate::binary::{Binary, BinaryError};

/// Where debug files are looked for, beside the folder of the binary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Search {
    /// Folders with the debug files of the system; each is searched as `/usr/lib/debug` is.
    pub roots: Vec<PathBuf>,
}

impl Default for Search {
    fn default() -> Self {
        Search { roots: vec![PathBuf::from("/usr/lib/debug")] }
    }
}

impl Search {
    /// `folder` before the folders of the system.
    pub fn with_root(folder: impl Into<PathBuf>) -> Search {
        let mut search = Search::default();
        search.roots.insert(0, folder.into());
        search
    }

    /// The folders of the system, after the one given to the binary.
    pub(super) fn of(binary: &Binary) -> Search {
        binary.debug_root().map_or_else(Search::default, Search::with_root)
    }

    fn by_build_id(&self, id: &[u8]) -> Vec<PathBuf> {
        let hex = hex(id);
        let Some((first, rest)) = hex.split_at_checked(2).filter(|(_, rest)| !rest.is_empty()) else {
            return Vec::new();
        };
        self.roots.iter().map(|r| r.join(format!(".build-id/{first}/{rest}.debug"))).collect()
    }
}

/// What a file must be to be taken.
enum Proof<'a> {
    BuildId(&'a [u8]),
    Checksum(u32),
}

/// The debug file of a binary that was stripped, if it is where the system or the caller keeps such files.
pub(crate) fn debug_file_of(binary: &Binary) -> Option<Image> {
    debug_file(binary.image(), &Search::of(binary)).ok()
}

/// The debug file of a binary that has no debug information itself.
pub(super) fn debug_file(image: &Image, search: &Search) -> Result<Image, DwarfError> {
    let id = image.build_id().filter(|id| id.len() > 2);
    let mut looked = Vec::new();
    if let Some(id) = &id {
        for path in search.by_build_id(id) {
            if let Some(found) = take(&path, &Proof::BuildId(id), &mut looked) {
                return Ok(found);
            }
        }
    }
    if let Some((name, checksum)) = image.debug_link() {
        let mut places = Vec::new();
        let folder = folder_of(image.path());
        if let Some(name) = plain_name(&name) {
            places.extend([folder.join(name), folder.join(".debug").join(name)]);
            let absolute = std::fs::canonicalize(&folder).unwrap_or(folder);
            let below = absolute.strip_prefix("/").unwrap_or(&absolute);
            places.extend(search.roots.iter().map(|r| r.join(below).join(name)));
        }
        for path in places {
            let own = same_file(&path, image.path());
            if own {
                continue;
            }
            // A build-id says more than a checksum, and costs no reading of the whole file.
            let proof = match &id {
                Some(id) if has_build_id(&path) => Proof::BuildId(id),
                _ => Proof::Checksum(checksum),
            };
            if let Some(found) = take(&path, &proof, &mut looked) {
                return Ok(found);
            }
        }
    }
    Err(DwarfError::None { path: image.path().to_path_buf(), looked })
}

/// The file that holds what several debug files share (dwz), if the image names one.
pub(super) fn supplementary_file(image: &Image, search: &Search) -> Result<Option<Image>, DwarfError> {
    let Some((name, id)) = image.alternate_link().or_else(|| supplementary_link(image)) else {
        return Ok(None);
    };
    let name = Path::new(OsStr::from_bytes(&name));
    let mut places = vec![folder_of(image.path()).join(name)];
    if let Ok(real) = std::fs::canonicalize(image.path()) {
        places.push(folder_of(&real).join(name));
    }
    if let Ok(below) = name.strip_prefix("/") {
        places.extend(search.roots.iter().map(|r| r.join(below)));
        let below_root = below.strip_prefix("usr/lib/debug");
        places.extend(below_root.iter().flat_map(|b| search.roots.iter().map(move |r| r.join(b))));
    }
    if let Some(last) = name.file_name() {
        places.extend(search.roots.iter().map(|r| r.join(".dwz").join(last)));
    }
    places.extend(search.by_build_id(&id));
    places.dedup();
    let mut looked = Vec::new();
    for path in places {
        if let Some(found) = take(&path, &Proof::BuildId(&id), &mut looked) {
            return Ok(Some(found));
        }
    }
    Err(DwarfError::Supplementary { path: image.path().to_path_buf(), name: name.to_path_buf(), looked })
}

/// `.debug_sup` of DWARF 5: version, whether this is the supplementary file itself, name, checksum (its build-id).
fn supplementary_link(image: &Image) -> Option<(Vec<u8>, Vec<u8>)> {
    let bytes = image.section_bytes(".debug_sup").ok()??;
    let rest = bytes.get(2..)?;
    let (&supplementary, rest) = rest.split_first()?;
    let end = rest.iter().position(|&b| b == 0)?;
    let (name, rest) = (rest.get(..end)?, rest.get(end + 1..)?);
    let (&length, rest) = rest.split_first()?;
    let id = rest.get(..usize::from(length))?;
    (supplementary == 0 && length < 0x80 && !name.is_empty()).then(|| (name.to_vec(), id.to_vec()))
}

/// Opens the file at `path` if it is what it must be; says otherwise what is wrong with it.
fn take(path: &Path, proof: &Proof<'_>, looked: &mut Vec<String>) -> Option<Image> {
    let mut wrong = |what: String| {
        let text = format!("{}: {what}", path.display());
        if !looked.contains(&text) {
            looked.push(text);
        }
        None
    };
    if !path.exists() {
        return wrong("not there".into());
    }
    let image = match Binary::open_image(path) {
        Ok(image) => image,
        Err(BinaryError::NotElf { .. }) => return wrong("not an ELF file".into()),
        Err(error) => return wrong(error.to_string()),
    };
    match proof {
        Proof::BuildId(id) => match image.build_id().or_else(|| supplementary_id(&image)) {
            Some(found) if found == *id => {}
            Some(found) => return wrong(format!("of another build: {}, not {}", hex(&found), hex(id))),
            None => return wrong("has no build-id".into()),
        },
        Proof::Checksum(expected) => {
            let found = crc32fast::hash(image.data());
            if found != *expected {
                return wrong(format!("of another build: checksum {found:08x}, not {expected:08x}"));
            }
        }
    }
    if !image.has_section(".debug_info") && !image.has_section(".zdebug_info") {
        return wrong("has no debug information either".into());
    }
    Some(image)
}

/// The identity that a supplementary file of DWARF 5 gives itself.
fn supplementary_id(image: &Image) -> Option<Vec<u8>> {
    let bytes = image.section_bytes(".debug_sup").ok()??;
    let rest = bytes.get(3..)?;
    let end = rest.iter().position(|&b| b == 0)?;
    let (&length, rest) = rest.get(end + 1..)?.split_first()?;
    Some(rest.get(..usize::from(length))?.to_vec())
}

fn has_build_id(path: &Path) -> bool {
    path.exists() && Binary::open_image(path).is_ok_and(|image| image.build_id().is_some())
}

/// A name that leads into no other folder.
fn plain_name(name: &[u8]) -> Option<&Path> {
    let name = Path::new(OsStr::from_bytes(name));
    (name.file_name() == Some(name.as_os_str())).then_some(name)
}

fn same_file(a: &Path, b: &Path) -> bool {
    matches!((std::fs::canonicalize(a), std::fs::canonicalize(b)), (Ok(a), Ok(b)) if a == b)
}

pub(super) fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

pub(super) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}
