//! The patch as a `.tar.gz`, always the same for the same files.

use super::Error;
use super::payload::Payload;
use crate::error::FileError;
use flate2::{Compression, GzBuilder};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tar::{Builder, EntryType, Header};

/// Writes it; returns its path.
pub fn write(payload: &Payload, out: &Path) -> Result<PathBuf, Error> {
    let path = out.join(format!("{}.tar.gz", payload.stem()));
    let bytes = pack(payload).map_err(FileError::new(&path, "written"))?;
    deliver(&path, &bytes)
}

/// Writes a delivery file: all of it, or none.
pub fn deliver(path: &Path, bytes: &[u8]) -> Result<PathBuf, Error> {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    let new = PathBuf::from(name);
    let written = std::fs::write(&new, bytes).and_then(|()| std::fs::rename(&new, path));
    written.map_err(|source| {
        let _ = std::fs::remove_file(&new);
        FileError::new(path, "written")(source)
    })?;
    Ok(path.to_owned())
}

fn pack(payload: &Payload) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    // No name and no date in the header of gzip.
    let mut zip = GzBuilder::new().mtime(0).write(&mut bytes, Compression::default());
    {
        let mut tar = Builder::new(&mut zip);
        let top = payload.stem();
        let header = |length: u64, mode: u32, kind: EntryType| {
            let mut header = Header::new_ustar();
            header.set_size(length);
            header.set_mode(mode);
            header.set_mtime(payload.time);
            header.set_entry_type(kind);
            header
        };
        let mut folders: Vec<&str> =
            payload.files.keys().filter_map(|path| path.rsplit_once('/')).map(|(f, _)| f).collect();
        folders.dedup();
        for folder in std::iter::once("").chain(folders) {
            let name = format!("{top}/{folder}");
            tar.append_data(
                &mut header(0, 0o755, EntryType::Directory),
                name.trim_end_matches('/').to_owned() + "/",
                io::empty(),
            )?;
        }
        for (name, entry) in &payload.files {
            let mode = if entry.executable { 0o755 } else { 0o644 };
            let mut header = header(entry.bytes.len() as u64, mode, EntryType::Regular);
            tar.append_data(&mut header, format!("{top}/{name}"), entry.bytes.as_slice())?;
        }
        tar.finish()?;
    }
    zip.flush()?;
    zip.finish()?;
    Ok(bytes)
}
