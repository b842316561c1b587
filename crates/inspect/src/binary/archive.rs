//! Members of static libraries, as `lib.a(member.o)`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use memmap2::Mmap;
use object::read::archive::{ArchiveFile, ArchiveMember};

use super::image::Data;
use super::{BinaryError, Privileges, open};

/// Members that are looked at.
const MAX_MEMBERS: usize = 1 << 16;

/// Maps a file, or the member of an archive that `path` names.
pub(super) fn open(path: &Path) -> Result<(Data, Privileges), BinaryError> {
    let Some((archive, member)) = split(path).filter(|_| !path.exists()) else {
        let (map, privileges) = open::map_file(path)?;
        if is_archive(&map) {
            return Err(whole_archive(path, &map));
        }
        return Ok((open::whole(map), privileges));
    };
    let (map, _) = open::map_file(&archive)?;
    let damaged = |what: String| BinaryError::Damaged { path: archive.clone(), what };
    if !is_archive(&map) {
        let what = ", so it has no members";
        return Err(BinaryError::NotArchive { path: archive.clone(), what });
    }
    let file = ArchiveFile::parse(&*map).map_err(|e| damaged(e.to_string()))?;
    for found in file.members().take(MAX_MEMBERS) {
        let found = found.map_err(|e| damaged(e.to_string()))?;
        if found.name() == member.as_bytes() {
            return data(&archive, &map, &found).map(|data| (data, Privileges::default()));
        }
    }
    Err(damaged(format!("has no member {member}; {}", listed(&map))))
}

/// The names of the ELF files in an archive.
pub(super) fn members(path: &Path) -> Result<Vec<PathBuf>, BinaryError> {
    let (map, _) = open::map_file(path)?;
    if !is_archive(&map) {
        return Ok(Vec::new());
    }
    let damaged = |e: object::read::Error| BinaryError::Damaged { path: path.into(), what: e.to_string() };
    let file = ArchiveFile::parse(&*map).map_err(damaged)?;
    let mut names = Vec::new();
    for member in file.members().take(MAX_MEMBERS) {
        let member = member.map_err(damaged)?;
        let is_elf = match member.is_thin() {
            true => true,
            false => member.data(&*map).is_ok_and(|bytes| bytes.starts_with(b"\x7fELF")),
        };
        if is_elf {
            let name = String::from_utf8_lossy(member.name());
            names.push(PathBuf::from(format!("{}({name})", path.display())));
        }
    }
    Ok(names)
}

/// `lib.a(member.o)` as the path of the archive and the name of the member.
fn split(path: &Path) -> Option<(PathBuf, String)> {
    let text = path.to_str()?.strip_suffix(')')?;
    let (archive, member) = text.rsplit_once('(')?;
    Some((PathBuf::from(archive), member.to_string()))
}

fn is_archive(data: &[u8]) -> bool {
    data.starts_with(b"!<arch>\n") || data.starts_with(b"!<thin>\n")
}

fn data(archive: &Path, map: &Mmap, member: &ArchiveMember<'_>) -> Result<Data, BinaryError> {
    if member.is_thin() {
        // A thin archive names files, relative to where it is.
        let folder = archive.parent().unwrap_or(Path::new(""));
        let (map, _) = open::map_file(&folder.join(&*String::from_utf8_lossy(member.name())))?;
        return Ok(open::whole(map));
    }
    let damaged = |e: object::read::Error| BinaryError::Damaged { path: archive.into(), what: e.to_string() };
    // A copy: members lie at any even offset, and a member is small.
    member.data(&**map).map(|bytes| Data::Given(Arc::new(bytes.to_vec()))).map_err(damaged)
}

fn whole_archive(path: &Path, map: &Mmap) -> BinaryError {
    let what = format!("a static library (archive); {}", listed(map));
    BinaryError::OtherKind { path: path.to_path_buf(), what, hint: "name one member: library.a(member.o)" }
}

/// The first members of an archive, for a message.
fn listed(map: &Mmap) -> String {
    let Ok(file) = ArchiveFile::parse(&**map) else {
        return "its table of members is damaged".into();
    };
    let names: Vec<String> = file
        .members()
        .take(8)
        .map_while(Result::ok)
        .map(|member| String::from_utf8_lossy(member.name()).into_owned())
        .collect();
    match names.as_slice() {
        [] => "it has no members".into(),
        names => format!("its members begin with {}", names.join(", ")),
    }
}
