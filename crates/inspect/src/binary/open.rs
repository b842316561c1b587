//! Opening a file, and telling what it is when it is not what was expected.

use std::fs::File;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use memmap2::Mmap;
use object::elf;

use super::image::{Data, machine_name};
use super::{BinaryError, Privileges};

pub(super) fn map_file(path: &Path) -> Result<(Mmap, Privileges), BinaryError> {
    let unreadable = |source| BinaryError::Unreadable { path: path.to_path_buf(), source };
    // Looked at before it is opened: opening a pipe would wait for its writer.
    let metadata = std::fs::metadata(path).map_err(unreadable)?;
    let kind = metadata.file_type();
    if !kind.is_file() {
        let what = if kind.is_dir() { "a directory" } else { "a device, a pipe or a socket" };
        return Err(BinaryError::NotAFile { path: path.to_path_buf(), what });
    }
    if metadata.len() == 0 {
        return Err(BinaryError::Empty { path: path.to_path_buf() });
    }
    let file = File::open(path).map_err(unreadable)?;
    // SAFETY: the mapping is private and read-only. Another program that truncates the file meanwhile can make a read
    // fault, as with every memory-mapped file; a linker replaces its output instead of rewriting it.
    let map = unsafe { Mmap::map(&file) }.map_err(unreadable)?;
    let privileges = Privileges {
        setuid: metadata.mode() & libc::S_ISUID != 0,
        setgid: metadata.mode() & libc::S_ISGID != 0,
        capabilities: has_capabilities(path),
    };
    Ok((map, privileges))
}

fn has_capabilities(path: &Path) -> bool {
    let Ok(path) = std::ffi::CString::new(path.as_os_str().as_bytes()) else {
        return false;
    };
    let name = c"security.capability";
    // SAFETY: both strings end in NUL, and a size of 0 asks for the length only: nothing is written.
    let length = unsafe { libc::getxattr(path.as_ptr(), name.as_ptr(), std::ptr::null_mut(), 0) };
    length > 0
}

/// All of a mapped file.
pub(super) fn whole(map: Mmap) -> Data {
    let length = map.len();
    Data::Map(std::sync::Arc::new(map), 0..length)
}

/// Refuses by name what is not an executable, a library or a relocatable file, of whatever machine.
pub(super) fn recognise_any(path: &Path, data: &[u8]) -> Result<(), BinaryError> {
    let found = data.len() as u64;
    if !data.starts_with(b"\x7fELF") {
        return Err(not_elf(path, data));
    }
    let expected = if data.get(4) == Some(&1) { 52 } else { 64 };
    if found < expected {
        let what = "the ELF header".into();
        return Err(BinaryError::Truncated { path: path.to_path_buf(), what, expected, found });
    }
    let kind = match data[5] {
        2 => u16::from_be_bytes([data[16], data[17]]),
        _ => u16::from_le_bytes([data[16], data[17]]),
    };
    let other = |what: String, hint| Err(BinaryError::OtherKind { path: path.to_path_buf(), what, hint });
    match kind {
        1..=3 => Ok(()),
        4 => other("a core file".into(), "name the executable that left it"),
        kind => other(
            format!("an ELF file of type {kind}"),
            "expected an executable, a library or an object file",
        ),
    }
}

fn not_elf(path: &Path, data: &[u8]) -> BinaryError {
    let what = match data {
        [b'#', b'!', ..] => " but a script",
        [b'!', b'<', b'a', b'r', b'c', b'h', b'>', ..] => " but a static library (archive)",
        [0x02, 0x0b | 0x10 | 0x14, ..] => " but an HP-UX SOM file",
        [0x7f, b'E', b'L'] | [0x7f, b'E'] | [0x7f] => " but its first bytes",
        _ => "",
    };
    BinaryError::NotElf { path: path.to_path_buf(), what }
}

/// Refuses by name what is not a 64-bit little-endian x86-64 executable or library.
pub(super) fn recognise(path: &Path, data: &[u8]) -> Result<(), BinaryError> {
    if !data.starts_with(b"\x7fELF") {
        return Err(not_elf(path, data));
    }
    let path = path.to_path_buf();
    let header = 64u64;
    if (data.len() as u64) < header && data.get(4) != Some(&1) {
        let found = data.len() as u64;
        return Err(BinaryError::Truncated { path, what: "the ELF header".into(), expected: header, found });
    }
    let other = |what: String, hint| Err(BinaryError::OtherKind { path: path.clone(), what, hint });
    if data.get(4) == Some(&1) {
        return other("a 32-bit ELF file".into(), "only 64-bit x86-64 Linux code is supported");
    }
    if data[5] != 1 {
        return other("a big-endian ELF file".into(), "only 64-bit x86-64 Linux code is supported");
    }
    let machine = u16::from_le_bytes([data[18], data[19]]);
    if machine != elf::EM_X86_64.0 {
        let what = format!("an ELF file for {}", machine_name(machine));
        return other(what, "only 64-bit x86-64 Linux code is supported");
    }
    match u16::from_le_bytes([data[16], data[17]]) {
        2 | 3 => tables_within(&path, data),
        1 => {
            other("a relocatable object file".into(), "link it into an executable or a shared library first")
        }
        4 => other("a core file".into(), "name the executable that left it"),
        kind => other(format!("an ELF file of type {kind}"), "expected an executable or a shared library"),
    }
}

/// The tables of segments and sections end inside the file.
fn tables_within(path: &Path, data: &[u8]) -> Result<(), BinaryError> {
    let word = |at: usize| u16::from_le_bytes([data[at], data[at + 1]]);
    let offset = |at: usize| data[at..at + 8].iter().rev().fold(0u64, |n, b| n << 8 | u64::from(*b));
    for (what, start, size, count) in [
        ("the segment table", offset(32), word(54), word(56)),
        ("the section table", offset(40), word(58), word(60)),
    ] {
        let (expected, found) = (start.saturating_add(u64::from(size) * u64::from(count)), data.len() as u64);
        if expected > found {
            return Err(BinaryError::Truncated {
                path: path.to_path_buf(),
                what: what.into(),
                expected,
                found,
            });
        }
    }
    Ok(())
}
