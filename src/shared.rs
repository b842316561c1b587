//! Files of a session, mapped shared: private to their user, and refused otherwise.

use std::fs::{File, OpenOptions};
use std::io;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Why a file of a session is refused.
#[derive(Debug, thiserror::Error)]
pub enum SharedError {
    /// The system's refusal.
    #[error("{}: {source}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The reason.
        source: io::Error,
    },
    /// The file belongs to somebody else, or others may open it.
    #[error("{}: {what}: a session's files must be private to their user (owner {uid}, mode 0600)", path.display())]
    Foreign {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
        /// The user who asked.
        uid: u32,
    },
    /// The content is not what was written.
    #[error("{}: damaged: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: &'static str,
    },
}

/// The effective user.
pub fn user() -> u32 {
    // SAFETY: geteuid has no preconditions and cannot fail.
    unsafe { libc::geteuid() }
}

/// Refuses what is not a private regular file of this user.
pub(crate) fn require_private(path: &Path, file: &File) -> Result<u64, SharedError> {
    let meta = file.metadata().map_err(|source| SharedError::Io { path: path.to_owned(), source })?;
    let foreign = |what| Err(SharedError::Foreign { path: path.to_owned(), what, uid: user() });
    if !meta.is_file() {
        return foreign("not a regular file");
    }
    if meta.uid() != user() {
        return foreign("it belongs to another user");
    }
    if meta.mode() & 0o777 != 0o600 {
        return foreign("other users may open it");
    }
    Ok(meta.len())
}

/// A file mapped for reading and writing, shared between processes.
#[derive(Debug)]
pub struct Shared {
    address: *mut u8,
    length: usize,
}

// SAFETY: the mapping is plain memory valid until drop; all concurrent access goes through atomics.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    /// Creates a file of that length, mode 0600, with its disk space reserved: writing to the map later can then not
    /// fail for want of space (which would be a SIGBUS in the legacy process).
    pub fn create(path: &Path, length: usize) -> Result<Shared, SharedError> {
        let io = |source| SharedError::Io { path: path.to_owned(), source };
        let file =
            OpenOptions::new().read(true).write(true).create_new(true).mode(0o600).open(path).map_err(io)?;
        // SAFETY: a plain system call on an open descriptor.
        let code = unsafe { libc::posix_fallocate(file.as_raw_fd(), 0, length as libc::off_t) };
        if code != 0 {
            let _ = std::fs::remove_file(path);
            return Err(io(io::Error::from_raw_os_error(code)));
        }
        Shared::map(path, &file, length)
    }

    /// Maps an existing private file.
    pub fn open(path: &Path) -> Result<Shared, SharedError> {
        let io = |source| SharedError::Io { path: path.to_owned(), source };
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .custom_flags(libc::O_NOFOLLOW | libc::O_CLOEXEC)
            .open(path)
            .map_err(io)?;
        let length = require_private(path, &file)?;
        Shared::map(path, &file, length as usize)
    }

    fn map(path: &Path, file: &File, length: usize) -> Result<Shared, SharedError> {
        if length == 0 {
            return Err(SharedError::Damaged { path: path.to_owned(), what: "it is empty" });
        }
        let protection = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: a fresh mapping at an address of the system's choice aliases nothing of ours.
        let address = unsafe {
            libc::mmap(std::ptr::null_mut(), length, protection, libc::MAP_SHARED, file.as_raw_fd(), 0)
        };
        if address == libc::MAP_FAILED {
            return Err(SharedError::Io { path: path.to_owned(), source: io::Error::last_os_error() });
        }
        Ok(Shared { address: address.cast(), length })
    }

    /// First byte.
    pub fn address(&self) -> *mut u8 {
        self.address
    }

    /// Number of bytes.
    #[expect(clippy::len_without_is_empty, reason = "an empty file is refused")]
    pub fn len(&self) -> usize {
        self.length
    }

    /// Copies bytes into the map.
    pub fn copy_in(&self, offset: usize, bytes: &[u8]) {
        assert!(offset + bytes.len() <= self.length);
        // SAFETY: the range was checked; the source is a separate slice.
        unsafe { std::ptr::copy_nonoverlapping(bytes.as_ptr(), self.address.add(offset), bytes.len()) }
    }

    /// Copies bytes out of the map.
    pub fn copy_out(&self, offset: usize, length: usize) -> Vec<u8> {
        assert!(offset + length <= self.length);
        let mut bytes = vec![0; length];
        // SAFETY: the range was checked; the destination is ours alone.
        unsafe { std::ptr::copy_nonoverlapping(self.address.add(offset), bytes.as_mut_ptr(), length) }
        bytes
    }

    /// Keeps the mapping for the life of the process.
    pub fn leak(self) -> &'static Shared {
        Box::leak(Box::new(self))
    }
}

impl Drop for Shared {
    fn drop(&mut self) {
        // SAFETY: the mapping is ours and nothing borrows from it past `self`.
        unsafe { libc::munmap(self.address.cast(), self.length) };
    }
}
