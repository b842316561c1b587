//! The bytes of an ELF file of any class, byte order and machine, and its sections by name.

use std::borrow::Cow;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use memmap2::Mmap;
use object::read::elf::{ElfFile, ElfFile32, ElfFile64, FileHeader, SectionHeader};
use object::{Endianness, Object, ObjectSection, elf};

use super::BinaryError;
use super::place::Placement;

/// A section is not believed to hold more than this many times its compressed bytes, and some.
const MAX_EXPANSION: u64 = 64;

/// The bytes of a file.
#[derive(Debug, Clone)]
pub(super) enum Data {
    /// A part of a mapped file: all of it, or a member of an archive.
    Map(Arc<Mmap>, Range<usize>),
    /// Bytes that were given.
    Given(Arc<Vec<u8>>),
}

impl std::ops::Deref for Data {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Data::Map(map, range) => map.get(range.clone()).unwrap_or_default(),
            Data::Given(bytes) => bytes,
        }
    }
}

/// What a file was compiled for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Target {
    /// Size of an address: 32 or 64.
    pub bits: u8,
    /// The most significant byte comes first.
    pub big_endian: bool,
    /// Number of the machine in the ELF header (`EM_...`).
    pub machine: u16,
}

impl From<Target> for cmp_bridge_contract::model::Target {
    fn from(target: Target) -> Self {
        match (target.machine, target.bits, target.big_endian) {
            (m, 64, false) if m == elf::EM_X86_64.0 => Self::X86_64,
            (m, 32, false) if m == elf::EM_386.0 => Self::I386,
            (m, 32, true) if m == elf::EM_PARISC.0 => Self::PaRisc,
            (_, 64, false) => Self::Other64Little,
            (_, 64, true) => Self::Other64Big,
            (_, _, false) => Self::Other32Little,
            (_, _, true) => Self::Other32Big,
        }
    }
}

impl Target {
    /// The one target whose code the bridge can hook and call.
    pub fn is_x86_64(self) -> bool {
        self == Target { bits: 64, big_endian: false, machine: elf::EM_X86_64.0 }
    }

    /// Its name, such as `32-bit big-endian PA-RISC`.
    pub fn name(self) -> String {
        let order = if self.big_endian { "big-endian" } else { "little-endian" };
        format!("{}-bit {order} {}", self.bits, machine_name(self.machine))
    }
}

pub(super) fn machine_name(machine: u16) -> String {
    match machine {
        2 | 18 | 43 => "SPARC".into(),
        3 => "i386".into(),
        8 => "MIPS".into(),
        15 => "PA-RISC".into(),
        20 | 21 => "PowerPC".into(),
        22 => "S/390".into(),
        40 => "ARM".into(),
        50 => "Itanium".into(),
        62 => "x86-64".into(),
        183 => "AArch64".into(),
        243 => "RISC-V".into(),
        other => format!("machine {other}"),
    }
}

/// An ELF file.
#[derive(Debug)]
pub(crate) struct Image {
    path: PathBuf,
    data: Data,
    target: Target,
    /// Addresses given to the sections of a relocatable file.
    placement: Option<Placement>,
}

/// Runs an expression with `$file`, an [`ElfFile`] of the class of the image.
macro_rules! with_elf {
    ($image:expr, |$file:ident| $body:expr) => {
        match $image.target().bits {
            64 => $crate::binary::image::parsed::<object::elf::FileHeader64<object::Endianness>>($image)
                .and_then(|$file| $body),
            _ => $crate::binary::image::parsed::<object::elf::FileHeader32<object::Endianness>>($image)
                .and_then(|$file| $body),
        }
    };
}
pub(super) use with_elf;

/// The file with its tables, which are looked at again at each use: nothing is copied.
pub(super) fn parsed<H: FileHeader<Endian = Endianness>>(
    image: &Image,
) -> Result<ElfFile<'_, H>, BinaryError> {
    ElfFile::parse(&*image.data).map_err(|e| image.damaged(e.to_string()))
}

impl Image {
    /// Looks at the header. The file must begin as an ELF file does.
    pub(super) fn new(path: PathBuf, data: Data) -> Result<Image, BinaryError> {
        let damaged =
            |e: object::read::Error| BinaryError::Damaged { path: path.clone(), what: e.to_string() };
        let (target, relocatable) = match data.get(4) {
            Some(1) => target_of(&ElfFile32::parse(&*data).map_err(damaged)?, 32),
            _ => target_of(&ElfFile64::parse(&*data).map_err(damaged)?, 64),
        };
        let mut image = Image { path, data, target, placement: None };
        if relocatable {
            image.placement = Some(
                with_elf!(&image, |file| Placement::new(&file)).map_err(|e| image.damaged(e.to_string()))?,
            );
        }
        Ok(image)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn data(&self) -> &[u8] {
        &self.data
    }

    pub(crate) fn target(&self) -> Target {
        self.target
    }

    pub(super) fn placement(&self) -> Option<&Placement> {
        self.placement.as_ref()
    }

    pub(super) fn damaged(&self, what: String) -> BinaryError {
        BinaryError::Damaged { path: self.path.clone(), what }
    }

    pub(crate) fn build_id(&self) -> Option<Vec<u8>> {
        with_elf!(self, |file| Ok(file.build_id().ok().flatten().map(<[u8]>::to_vec))).ok().flatten()
    }

    /// The debug file it names (`.gnu_debuglink`), and the checksum that one must have.
    pub(crate) fn debug_link(&self) -> Option<(Vec<u8>, u32)> {
        let link = with_elf!(self, |file| Ok(file
            .gnu_debuglink()
            .ok()
            .flatten()
            .map(|(name, crc)| (name.to_vec(), crc))));
        link.ok().flatten()
    }

    /// The supplementary file it names (`.gnu_debugaltlink`), and the build-id that one must have.
    pub(crate) fn alternate_link(&self) -> Option<(Vec<u8>, Vec<u8>)> {
        let link = with_elf!(self, |file| Ok(file
            .gnu_debugaltlink()
            .ok()
            .flatten()
            .map(|(name, id)| (name.to_vec(), id.to_vec()))));
        link.ok().flatten()
    }

    /// It has a section of that name, compressed or not.
    pub(crate) fn has_section(&self, name: &str) -> bool {
        with_elf!(self, |file| Ok(file.section_by_name(name).is_some())).unwrap_or(false)
    }

    /// The bytes of a section, decompressed where needed, relocated in a relocatable file. `None` when there is no such
    /// section.
    pub(crate) fn section_bytes(&self, name: &str) -> Result<Option<Cow<'_, [u8]>>, BinaryError> {
        with_elf!(self, |file| match &self.placement {
            None => match file.section_by_name(name) {
                Some(section) => self.plain_bytes(&section, name).map(Some),
                None => Ok(None),
            },
            Some(placement) => self.placed_bytes(&file, placement, name),
        })
    }

    fn plain_bytes<'d>(
        &self,
        section: &impl ObjectSection<'d>,
        name: &str,
    ) -> Result<Cow<'d, [u8]>, BinaryError> {
        let damaged = |what: String| self.damaged(format!("section {name}: {what}"));
        let data = section.compressed_data().map_err(|e| damaged(e.to_string()))?;
        // Debug information shrinks to a third or so. A header that promises far more would only cost the memory.
        let ceiling = (data.data.len() as u64).saturating_mul(MAX_EXPANSION).saturating_add(1 << 20);
        if data.uncompressed_size > ceiling {
            let (packed, said) = (data.data.len(), data.uncompressed_size);
            return Err(damaged(format!(
                "{packed} compressed bytes are said to hold {said} bytes, which is not believed"
            )));
        }
        data.decompress().map_err(|e| damaged(e.to_string()))
    }

    /// All sections of that name one after the other, as a linker would have put them.
    fn placed_bytes<'d, H: FileHeader<Endian = Endianness>>(
        &'d self,
        file: &ElfFile<'d, H>,
        placement: &Placement,
        name: &str,
    ) -> Result<Option<Cow<'d, [u8]>>, BinaryError> {
        let mut joined: Option<Vec<u8>> = None;
        for section in
            file.sections().filter(|s| *full_name(s.name_bytes().unwrap_or_default()) == *name.as_bytes())
        {
            let mut bytes = self.plain_bytes(&section, name)?.into_owned();
            placement
                .relocate(file, &section, &mut bytes)
                .map_err(|what| self.damaged(format!("section {name}: {what}")))?;
            match &mut joined {
                Some(before) => before.extend_from_slice(&bytes),
                None => joined = Some(bytes),
            }
        }
        Ok(joined.map(Cow::Owned))
    }
}

/// The name of a section, also of one that older tools have compressed: `.zdebug_info` is `.debug_info`.
pub(super) fn full_name(name: &[u8]) -> Cow<'_, [u8]> {
    match name.strip_prefix(b".zdebug_") {
        Some(rest) => Cow::Owned([b".debug_", rest].concat()),
        None => Cow::Borrowed(name),
    }
}

fn target_of<H: FileHeader<Endian = Endianness>>(file: &ElfFile<'_, H>, bits: u8) -> (Target, bool) {
    let (header, endian) = (file.elf_header(), file.endian());
    let machine = header.e_machine(endian).0;
    let big_endian = endian == Endianness::Big;
    (Target { bits, big_endian, machine }, header.e_type(endian) == elf::ET_REL)
}

/// Whether a section takes room in memory at run time.
pub(super) fn is_loaded<H: FileHeader<Endian = Endianness>>(
    file: &ElfFile<'_, H>,
    header: &H::SectionHeader,
) -> bool {
    header.sh_flags(file.endian()).contains(elf::SHF_ALLOC)
}
