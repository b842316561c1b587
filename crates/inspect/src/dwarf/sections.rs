//! The debug sections of a binary, wherever they are: in the file, in a debug file of its own, in the supplementary
//! file that several share (dwz), in the `.dwo` files or the `.dwp` package of `-gsplit-dwarf`.

use std::borrow::Cow;
use std::path::PathBuf;
use std::sync::Arc;

use gimli::{EndianSlice, RunTimeEndian};

use super::separate::{self, Search};
use super::{Bytes, DwarfError};
use crate::binary::Binary;
use crate::binary::image::Image;

/// The bytes of a section.
pub(super) enum Content<'b> {
    /// Of a file that the caller holds, or decompressed.
    Here(Cow<'b, [u8]>),
    /// A range of a file that was opened for its debug information.
    There(Arc<Image>, std::ops::Range<usize>),
}

impl Default for Content<'_> {
    fn default() -> Self {
        Content::Here(Cow::Borrowed(&[]))
    }
}

impl std::ops::Deref for Content<'_> {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Content::Here(bytes) => bytes,
            Content::There(image, range) => image.data().get(range.clone()).unwrap_or_default(),
        }
    }
}

pub(super) type FileSections<'b> = gimli::DwarfSections<Content<'b>>;

/// The debug sections of a binary, decompressed.
pub struct Sections<'b> {
    pub(super) endian: RunTimeEndian,
    pub(super) main: FileSections<'b>,
    pub(super) supplementary: Option<FileSections<'b>>,
    pub(super) splits: super::split::Splits,
    problems: Vec<String>,
    found_in: PathBuf,
}

impl<'b> Sections<'b> {
    /// Loads them from where a debugger would find them, and below the binary's own debug root. An error when there is
    /// no debug information at all.
    pub fn load(binary: &'b Binary) -> Result<Sections<'b>, DwarfError> {
        Sections::load_with(binary, &Search::of(binary))
    }

    /// Loads them, looking for other files as `search` says.
    pub fn load_with(binary: &'b Binary, search: &Search) -> Result<Sections<'b>, DwarfError> {
        let image = binary.image();
        let endian = match image.target().big_endian {
            true => RunTimeEndian::Big,
            false => RunTimeEndian::Little,
        };
        if image.has_section(".debug_info") || image.has_section(".zdebug_info") {
            let main = FileSections::load(|id| {
                let bytes = image.section_bytes(id.name())?;
                Ok::<_, DwarfError>(Content::Here(bytes.unwrap_or_default()))
            })?;
            return Sections::complete(image, main, endian, search);
        }
        let debug = Arc::new(separate::debug_file(image, search)?);
        let main = load_owned(&debug, |id| Some(id.name()))?;
        Sections::complete(&debug, main, endian, search)
    }

    /// Adds the files that the main one leads to.
    fn complete(
        image: &Image,
        main: FileSections<'b>,
        endian: RunTimeEndian,
        search: &Search,
    ) -> Result<Sections<'b>, DwarfError> {
        let mut problems = Vec::new();
        let supplementary = match separate::supplementary_file(image, search)? {
            Some(file) => Some(load_owned(&Arc::new(file), |id| Some(id.name()))?),
            None => None,
        };
        let dwarf = main.borrow(|bytes| EndianSlice::new(bytes, endian));
        let splits = super::split::Splits::find(&dwarf, image, search, &mut problems);
        let found_in = image.path().to_path_buf();
        Ok(Sections { endian, main, supplementary, splits, problems, found_in })
    }

    /// The file that has the debug information: the binary itself, or its debug file.
    pub fn found_in(&self) -> &std::path::Path {
        &self.found_in
    }

    /// Files that are missing, in words.
    pub(super) fn problems(&self) -> &[String] {
        &self.problems
    }

    pub(super) fn bytes<'s>(&'s self, bytes: &'s Content<'b>) -> Bytes<'s> {
        EndianSlice::new(bytes, self.endian)
    }
}

/// Sections that outlive the borrow of their file.
pub(super) fn load_owned(
    image: &Arc<Image>,
    name: impl Fn(gimli::SectionId) -> Option<&'static str>,
) -> Result<FileSections<'static>, DwarfError> {
    FileSections::load(|id| match name(id) {
        Some(name) => content(image, name),
        None => Ok(Content::default()),
    })
}

pub(super) fn content(image: &Arc<Image>, name: &str) -> Result<Content<'static>, DwarfError> {
    Ok(match image.section_bytes(name)? {
        None => Content::default(),
        Some(Cow::Owned(bytes)) => Content::Here(Cow::Owned(bytes)),
        Some(Cow::Borrowed(bytes)) => {
            // Mapped, not copied: the place is kept, and the file with it.
            let start = (bytes.as_ptr() as usize).saturating_sub(image.data().as_ptr() as usize);
            Content::There(Arc::clone(image), start..start.saturating_add(bytes.len()))
        }
    })
}
