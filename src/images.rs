//! The ELF images loaded in this process.

use std::ffi::{CStr, c_int, c_void};

/// A loaded image.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// The main program.
    pub is_executable: bool,
    /// Path, as the loader knows it.
    pub path: String,
    /// What to add to a link-time address.
    pub bias: u64,
    /// Lowest and one-past-highest address.
    pub span: (u64, u64),
    /// Its readable segments.
    pub readable: Vec<(u64, u64)>,
    /// Its writable segments.
    pub writable: Vec<(u64, u64)>,
    /// GNU build-id, if it has one.
    pub build_id: Vec<u8>,
}

impl Loaded {
    /// The last part of its path.
    pub fn file_name(&self) -> &str {
        self.path.rsplit('/').next().unwrap_or(&self.path)
    }
}

/// All images, the executable first.
pub fn loaded_images() -> Vec<Loaded> {
    let mut images: Vec<Loaded> = Vec::new();
    // SAFETY: the callback gets this very vector back and does not keep it.
    unsafe { libc::dl_iterate_phdr(Some(collect), (&raw mut images).cast()) };
    images
}

/// # Safety
/// From `dl_iterate_phdr` only, with a vector as data.
unsafe extern "C" fn collect(info: *mut libc::dl_phdr_info, _size: usize, data: *mut c_void) -> c_int {
    // SAFETY: dl_iterate_phdr passes a valid info and the data given to it; program headers are `dlpi_phnum` long.
    let (images, info, headers) = unsafe {
        let info = &*info;
        let headers = std::slice::from_raw_parts(info.dlpi_phdr, usize::from(info.dlpi_phnum));
        (&mut *data.cast::<Vec<Loaded>>(), info, headers)
    };
    let bias = info.dlpi_addr;
    let loads = || headers.iter().filter(|h| h.p_type == libc::PT_LOAD);
    let range =
        |h: &libc::Elf64_Phdr| (bias.wrapping_add(h.p_vaddr), bias.wrapping_add(h.p_vaddr + h.p_memsz));
    let low = loads().map(|h| range(h).0).min().unwrap_or(0);
    let high = loads().map(|h| range(h).1).max().unwrap_or(0);
    let having = |flag| loads().filter(move |h| h.p_flags & flag != 0).map(range).collect::<Vec<_>>();
    let (readable, writable) = (having(libc::PF_R), having(libc::PF_W));
    // SAFETY: the loader's name of an image is null or a C string.
    let path = unsafe {
        if info.dlpi_name.is_null() {
            String::new()
        } else {
            CStr::from_ptr(info.dlpi_name).to_string_lossy().into_owned()
        }
    };
    let notes = headers.iter().filter(|h| h.p_type == libc::PT_NOTE);
    let build_id = notes.filter_map(|h| {
        // SAFETY: a note segment of a loaded image is mapped readable.
        let bytes = unsafe { std::slice::from_raw_parts(range(h).0 as *const u8, h.p_memsz as usize) };
        build_id(bytes)
    });
    let build_id = build_id.into_iter().next().unwrap_or_default();
    images.push(Loaded {
        is_executable: images.is_empty(),
        path,
        bias,
        span: (low, high),
        readable,
        writable,
        build_id,
    });
    0
}

/// The GNU build-id among notes.
fn build_id(mut notes: &[u8]) -> Option<Vec<u8>> {
    const NT_GNU_BUILD_ID: u32 = 3;
    while notes.len() >= 12 {
        let word = |at: usize| u32::from_le_bytes([notes[at], notes[at + 1], notes[at + 2], notes[at + 3]]);
        let (name, description, kind) = (word(0) as usize, word(4) as usize, word(8));
        let start = 12 + name.next_multiple_of(4);
        let found = notes.get(start..start.checked_add(description)?)?;
        if kind == NT_GNU_BUILD_ID && notes.get(12..16) == Some(b"GNU\0") {
            return Some(found.to_vec());
        }
        notes = notes.get(start + description.next_multiple_of(4)..)?;
    }
    None
}
