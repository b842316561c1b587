//! An ELF file, memory-mapped: what the rest of the project asks of it without its debug information.
//!
//! [`Binary::open`] takes executables and shared libraries for x86-64 Linux, whose code can be hooked and called. Other
//! kinds of file are refused by name: a wrong one is far more often a wrong path than a damaged file, and the message
//! should say so. [`Binary::open_to_read`] takes relocatable files, members of archives and files of other machines as
//! well, of which signatures or layouts are read. Tables that not every question needs are read on first use.

mod archive;
pub(crate) mod image;
mod open;
mod place;
mod read;

use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use object::read::elf::{ElfFile, FileHeader};
use object::{Object, elf};

pub use image::Target;
use image::{Data, Image, with_elf};

/// Why a file cannot be inspected.
#[derive(Debug, thiserror::Error)]
pub enum BinaryError {
    /// It cannot be opened or mapped.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A directory, a device, a pipe.
    #[error("{}: is {what}, expected an executable or a shared library", path.display())]
    NotAFile {
        /// The file.
        path: PathBuf,
        /// `a directory`, ...
        what: &'static str,
    },
    /// Nothing in it.
    #[error("{}: is empty, expected an executable or a shared library", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// It does not begin with the ELF magic.
    #[error("{}: is not an ELF file{what}; expected an executable or a shared library", path.display())]
    NotElf {
        /// The file.
        path: PathBuf,
        /// What it seems to be, such as ` but a script`, or nothing.
        what: &'static str,
    },
    /// ELF, but of a kind the bridge has no use for.
    #[error("{}: is {what}; {hint}", path.display())]
    OtherKind {
        /// The file.
        path: PathBuf,
        /// `a 32-bit ELF file`, `an ELF file for AArch64`, ...
        what: String,
        /// What to do about it.
        hint: &'static str,
    },
    /// A member of it was asked for, and it is no archive.
    #[error("{}: is not a static library (archive){what}", path.display())]
    NotArchive {
        /// The file.
        path: PathBuf,
        /// What follows from that.
        what: &'static str,
    },
    /// Shorter than its own headers say.
    #[error("{}: is truncated: {what} ends at byte {expected}, the file at byte {found}; copy it again", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// `the section table`, ...
        what: String,
        /// Where it should end.
        expected: u64,
        /// Size of the file.
        found: u64,
    },
    /// A table in it cannot be read.
    #[error("{}: is damaged: {what}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// Which table, and what is wrong.
        what: String,
    },
}

/// What kind of image a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An executable at a fixed address.
    Executable,
    /// A position-independent executable.
    PieExecutable,
    /// A shared library.
    SharedLibrary,
    /// A relocatable file (`.o`). Its sections have addresses of our choosing.
    Object,
}

/// A PT_LOAD segment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Segment {
    /// Virtual address.
    pub address: u64,
    /// Size in memory.
    pub size: u64,
    /// Where its bytes are in the file: offset and length.
    pub file: (u64, u64),
    /// Mapped readable.
    pub readable: bool,
    /// Mapped writable.
    pub writable: bool,
    /// Mapped executable.
    pub executable: bool,
}

/// A section.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its name, such as `.text`.
    pub name: String,
    /// Virtual address; 0 when it is not loaded.
    pub address: u64,
    /// Size in memory (of the compressed bytes, for a compressed one).
    pub size: u64,
    /// Where its bytes are in the file: offset and length. Length 0 for `.bss`.
    pub file: (u64, u64),
    /// Holds machine code.
    pub executable: bool,
    /// Writable at run time.
    pub writable: bool,
}

/// What a symbol names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SymbolKind {
    /// Code.
    Function,
    /// Code chosen by a resolver at load time (`STT_GNU_IFUNC`): the address is the resolver's.
    IndirectFunction,
    /// Data.
    Object,
    /// A thread-local variable: the address is an offset.
    ThreadLocal,
    /// No type.
    Untyped,
}

/// Who sees a symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Binding {
    /// Everybody.
    Global,
    /// Everybody, unless another definition is there.
    Weak,
    /// Its own translation unit.
    Local,
}

/// A defined symbol.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Symbol {
    /// Its name, without version.
    pub name: String,
    /// Virtual address.
    pub address: u64,
    /// Size in bytes; 0 when the assembler did not say.
    pub size: u64,
    /// What it names.
    pub kind: SymbolKind,
    /// Who sees it.
    pub binding: Binding,
    /// Index in [`Binary::sections`].
    pub section: Option<usize>,
    /// For a local symbol, the source file named before it in the symbol table.
    pub file: Option<String>,
    /// It is in the dynamic symbol table: other images can bind to it.
    pub dynamic: bool,
}

impl Symbol {
    /// It names code.
    pub fn is_function(&self) -> bool {
        matches!(self.kind, SymbolKind::Function | SymbolKind::IndirectFunction)
    }

    /// Whether it names the code at its address: an indirect function has that of its resolver.
    pub fn is_own_code(&self) -> bool {
        self.kind == SymbolKind::Function
    }
}

/// A stretch of code with one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Function {
    /// Virtual address of its entry.
    pub address: u64,
    /// Size in bytes; 0 when neither a symbol nor an unwind row says it.
    pub size: u64,
    /// The symbols at that address, global ones first. Empty when only an unwind row (FDE) knows the function.
    pub symbols: Vec<usize>,
}

/// Why a loader treats the file specially: `LD_PRELOAD` does nothing for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Privileges {
    /// The set-user-id bit.
    pub setuid: bool,
    /// The set-group-id bit.
    pub setgid: bool,
    /// File capabilities (`security.capability`).
    pub capabilities: bool,
}

impl Privileges {
    /// Any of them.
    pub fn any(self) -> bool {
        self.setuid || self.setgid || self.capabilities
    }
}

/// An executable, a shared library or, for reading, another ELF file.
#[derive(Debug)]
pub struct Binary {
    image: Image,
    kind: Kind,
    entry: u64,
    interpreter: Option<String>,
    build_id: Option<Vec<u8>>,
    dynamic: DynamicFacts,
    segments: Vec<Segment>,
    sections: Vec<Section>,
    stripped: bool,
    privileges: Privileges,
    debug_root: Option<PathBuf>,
    tables: OnceLock<Tables>,
    frames: OnceLock<Vec<(u64, u64)>>,
    functions: OnceLock<Vec<Function>>,
}

/// The symbols, and their order by address and by name.
#[derive(Debug, Default)]
struct Tables {
    symbols: Vec<Symbol>,
    by_address: Vec<usize>,
    by_name: Vec<usize>,
}

/// What the dynamic section says.
#[derive(Debug, Default)]
struct DynamicFacts {
    present: bool,
    pie: bool,
    symbolic: bool,
    needed: Vec<String>,
    soname: Option<String>,
    runpath: Option<String>,
    rpath: Option<String>,
}

/// What the headers say, read at once.
struct Facts {
    kind: Kind,
    entry: u64,
    interpreter: Option<String>,
    dynamic: DynamicFacts,
    segments: Vec<Segment>,
    sections: Vec<Section>,
    stripped: bool,
}

impl Facts {
    fn read<H: FileHeader<Endian = object::Endianness>>(
        image: &Image,
        file: &ElfFile<'_, H>,
    ) -> Result<Facts, BinaryError> {
        let size = image.data().len() as u64;
        let sections = read::sections(file, image.placement());
        let segments = match image.placement() {
            Some(placement) => read::placed_segments(image.path(), &sections, placement, size)?,
            None => read::segments(image.path(), file, size)?,
        };
        let dynamic = read::dynamic(file, &|what| image.damaged(what))?;
        let interpreter = read::interpreter(file);
        let kind = match file.elf_header().e_type(file.endian()) {
            elf::ET_REL => Kind::Object,
            elf::ET_EXEC => Kind::Executable,
            // Older linkers do not set DF_1_PIE; a library with an interpreter of its own (libc.so.6) has a soname.
            _ if dynamic.pie || (interpreter.is_some() && dynamic.soname.is_none()) => Kind::PieExecutable,
            _ => Kind::SharedLibrary,
        };
        let (entry, stripped) = (file.entry(), file.elf_symbol_table().is_empty());
        Ok(Facts { kind, entry, interpreter, dynamic, segments, sections, stripped })
    }
}

impl Binary {
    /// Maps and reads the executable or shared library for x86-64 at `path`.
    pub fn open(path: impl AsRef<Path>) -> Result<Binary, BinaryError> {
        let path = path.as_ref().to_path_buf();
        let (map, privileges) = open::map_file(&path)?;
        open::recognise(&path, &map)?;
        Binary::read(Image::new(path, open::whole(map))?, privileges)
    }

    /// Maps and reads an ELF file of any machine, also a relocatable one, and members of archives: `lib.a(member.o)`.
    pub fn open_to_read(path: impl AsRef<Path>) -> Result<Binary, BinaryError> {
        let path = path.as_ref();
        let (data, privileges) = archive::open(path)?;
        open::recognise_any(path, &data)?;
        Binary::read(Image::new(path.to_path_buf(), data)?, privileges)
    }

    /// Maps and reads what signatures can be scanned from: what [`Binary::open`] takes, and for the same machine object
    /// files and members of archives, `lib.a(member.o)`.
    pub fn open_to_scan(path: impl AsRef<Path>) -> Result<Binary, BinaryError> {
        let path = path.as_ref();
        Binary::open(path).or_else(|error| match error {
            BinaryError::OtherKind { .. } | BinaryError::NotElf { .. } | BinaryError::Unreadable { .. } => {
                let binary = Binary::open_to_read(path)?;
                if binary.target().is_x86_64() {
                    return Ok(binary);
                }
                let hint = "only layouts can be read from it; a contract is of 64-bit x86-64 Linux code";
                Err(BinaryError::OtherKind { path: path.into(), what: binary.target().name(), hint })
            }
            error => Err(error),
        })
    }

    /// Maps a file of debug information, whose other tables are not looked at.
    pub(crate) fn open_image(path: &Path) -> Result<Image, BinaryError> {
        let (map, _) = open::map_file(path)?;
        open::recognise_any(path, &map)?;
        Image::new(path.to_path_buf(), open::whole(map))
    }

    /// Names of the members of an archive that are ELF files, as `lib.a(member.o)`. Nothing when `path` is no archive.
    pub fn members(path: impl AsRef<Path>) -> Result<Vec<PathBuf>, BinaryError> {
        archive::members(path.as_ref())
    }

    /// Reads bytes that are already in memory, whatever ELF file they are. `name` stands for them in messages.
    pub fn from_bytes(name: impl AsRef<Path>, bytes: Vec<u8>) -> Result<Binary, BinaryError> {
        open::recognise_any(name.as_ref(), &bytes)?;
        let image = Image::new(name.as_ref().to_path_buf(), Data::Given(Arc::new(bytes)))?;
        Binary::read(image, Privileges::default())
    }

    fn read(image: Image, privileges: Privileges) -> Result<Binary, BinaryError> {
        with_elf!(&image, |file| Facts::read(&image, &file)).map(|facts| Binary {
            kind: facts.kind,
            entry: facts.entry,
            interpreter: facts.interpreter,
            build_id: image.build_id(),
            dynamic: facts.dynamic,
            segments: facts.segments,
            sections: facts.sections,
            stripped: facts.stripped,
            privileges,
            debug_root: None,
            tables: OnceLock::new(),
            frames: OnceLock::new(),
            functions: OnceLock::new(),
            image,
        })
    }

    fn tables(&self) -> &Tables {
        self.tables.get_or_init(|| {
            let (count, placement) = (self.sections.len(), self.image.placement());
            let read = |image: &Image, dynamic| {
                let symbols = with_elf!(image, |file| Ok(read::symbols(&file, count, dynamic, placement)));
                symbols.unwrap_or_default()
            };
            // What `strip` took away is in the debug file, if there is one.
            let debug = if self.stripped { crate::dwarf::debug_file_of(self) } else { None };
            let mut symbols = read(debug.as_ref().unwrap_or(&self.image), false);
            read::add_exported(&mut symbols, read(&self.image, true));
            let by_address =
                read::sorted_by(&symbols, |a, b| (a.address, a.binding).cmp(&(b.address, b.binding)));
            let by_name = read::sorted_by(&symbols, |a, b| (&a.name, a.binding).cmp(&(&b.name, b.binding)));
            Tables { symbols, by_address, by_name }
        })
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        self.image.path()
    }

    /// What it was compiled for.
    pub fn target(&self) -> Target {
        self.image.target()
    }

    /// Looks for debug files below `folder` before it looks where the system keeps them.
    pub fn with_debug_root(mut self, folder: impl Into<PathBuf>) -> Binary {
        self.debug_root = Some(folder.into());
        self
    }

    /// The folder given to [`Binary::with_debug_root`].
    pub fn debug_root(&self) -> Option<&Path> {
        self.debug_root.as_deref()
    }

    pub(crate) fn image(&self) -> &Image {
        &self.image
    }

    /// Its name without folders.
    pub fn file_name(&self) -> String {
        self.path().file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
    }

    /// All bytes of the file.
    pub fn data(&self) -> &[u8] {
        self.image.data()
    }

    /// Executable, position-independent executable or shared library.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// A position-independent executable.
    pub fn is_pie(&self) -> bool {
        self.kind == Kind::PieExecutable
    }

    /// An executable of either kind.
    pub fn is_executable(&self) -> bool {
        matches!(self.kind, Kind::Executable | Kind::PieExecutable)
    }

    /// Virtual address of the first instruction the loader jumps to.
    pub fn entry(&self) -> u64 {
        self.entry
    }

    /// The program interpreter (dynamic loader) it asks for.
    pub fn interpreter(&self) -> Option<&str> {
        self.interpreter.as_deref()
    }

    /// `-static` or `-static-pie`: no loader runs, and nothing can be preloaded. The text says which.
    pub fn static_linking(&self) -> Option<&'static str> {
        match (self.kind, self.interpreter.is_some(), self.dynamic.present) {
            (Kind::Executable, false, _) => Some("-static"),
            (Kind::PieExecutable, false, _) => Some("-static-pie"),
            _ => None,
        }
    }

    /// GNU build-id.
    pub fn build_id(&self) -> Option<&[u8]> {
        self.build_id.as_deref()
    }

    /// GNU build-id in lower-case hex.
    pub fn build_id_hex(&self) -> Option<String> {
        self.build_id.as_ref().map(|id| id.iter().map(|b| format!("{b:02x}")).collect())
    }

    /// Libraries it needs (`DT_NEEDED`), in order.
    pub fn needed(&self) -> &[String] {
        &self.dynamic.needed
    }

    /// Its name as a library (`DT_SONAME`).
    pub fn soname(&self) -> Option<&str> {
        self.dynamic.soname.as_deref()
    }

    /// Search path for its libraries (`DT_RUNPATH`).
    pub fn runpath(&self) -> Option<&str> {
        self.dynamic.runpath.as_deref()
    }

    /// Old-style search path for its libraries (`DT_RPATH`).
    pub fn rpath(&self) -> Option<&str> {
        self.dynamic.rpath.as_deref()
    }

    /// Linked with `-Bsymbolic`: its own calls do not go through the dynamic symbol table.
    pub fn is_symbolic(&self) -> bool {
        self.dynamic.symbolic
    }

    /// PT_LOAD segments, as in the file.
    pub fn segments(&self) -> &[Segment] {
        &self.segments
    }

    /// Lowest and one-past-highest virtual address of its PT_LOAD segments.
    pub fn span(&self) -> (u64, u64) {
        let low = self.segments.iter().map(|s| s.address).min().unwrap_or(0);
        let high = self.segments.iter().map(|s| s.address.saturating_add(s.size)).max().unwrap_or(0);
        (low, high)
    }

    /// Sections, as in the file.
    pub fn sections(&self) -> &[Section] {
        &self.sections
    }

    /// The first section of that name.
    pub fn section(&self, name: &str) -> Option<&Section> {
        self.sections.iter().find(|s| s.name == name)
    }

    /// The bytes of a section, decompressed where needed. `None` when there is no such section.
    pub fn section_bytes(&self, name: &str) -> Result<Option<Cow<'_, [u8]>>, BinaryError> {
        self.image.section_bytes(name)
    }

    /// Defined symbols of `.symtab` (of the debug file where that of the binary was stripped) and, where it has others,
    /// of `.dynsym`.
    pub fn symbols(&self) -> &[Symbol] {
        &self.tables().symbols
    }

    /// It has no `.symtab` (`strip`): without a debug file, only exported symbols are known.
    pub fn stripped(&self) -> bool {
        self.stripped
    }

    /// All symbols of that name, global ones first.
    pub fn symbols_named<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Symbol> + use<'a> {
        let start = self.tables().by_name.partition_point(|&i| self.tables().symbols[i].name.as_str() < name);
        let end = self.tables().by_name.partition_point(|&i| self.tables().symbols[i].name.as_str() <= name);
        self.tables().by_name[start..end].iter().map(|&i| &self.tables().symbols[i])
    }

    /// The symbol of that name, a global one if there is.
    pub fn symbol(&self, name: &str) -> Option<&Symbol> {
        self.symbols_named(name).next()
    }

    /// All symbols exactly at `address` (several names of one place), global ones first.
    pub fn symbols_at(&self, address: u64) -> impl Iterator<Item = &Symbol> {
        let start = self.tables().by_address.partition_point(|&i| self.tables().symbols[i].address < address);
        self.tables().by_address[start..]
            .iter()
            .map(|&i| &self.tables().symbols[i])
            .take_while(move |s| s.address == address)
            .filter(|s| s.kind != SymbolKind::ThreadLocal)
    }

    /// The function symbol that covers `address`.
    pub fn symbol_at(&self, address: u64) -> Option<&Symbol> {
        let function = self.function_at(address)?;
        function.symbols.first().map(|&i| &self.tables().symbols[i])
    }

    /// The data symbol that covers `address`.
    pub fn object_at(&self, address: u64) -> Option<&Symbol> {
        let end = self.tables().by_address.partition_point(|&i| self.tables().symbols[i].address <= address);
        self.tables().by_address[..end]
            .iter()
            .rev()
            .map(|&i| &self.tables().symbols[i])
            .take(64)
            .filter(|s| s.kind == SymbolKind::Object)
            .find(|s| address == s.address || address - s.address < s.size)
    }

    /// Functions, ascending by address.
    pub fn functions(&self) -> &[Function] {
        let tables = self.tables();
        self.functions
            .get_or_init(|| read::list_functions(&tables.symbols, &tables.by_address, self.frames()))
    }

    /// The function that covers `address`.
    pub fn function_at(&self, address: u64) -> Option<&Function> {
        let end = self.functions().partition_point(|f| f.address <= address);
        let function = self.functions()[..end].last()?;
        let inside = address == function.address || address - function.address < function.size;
        inside.then_some(function)
    }

    /// Code ranges of the unwind table (`.eh_frame`): first address and one past the last, ascending.
    pub fn frames(&self) -> &[(u64, u64)] {
        self.frames.get_or_init(|| {
            with_elf!(&self.image, |file| Ok(read::frames(&file, &self.sections))).unwrap_or_default()
        })
    }

    /// `len` bytes of the file as they are loaded at virtual address `address`, before relocation. `None` when any of
    /// them does not come from the file.
    pub fn bytes_at(&self, address: u64, len: usize) -> Option<&[u8]> {
        let segment =
            self.segments.iter().find(|s| address >= s.address && address - s.address < s.file.1)?;
        let skip = address - segment.address;
        if (len as u64) > segment.file.1 - skip {
            return None;
        }
        let start = usize::try_from(segment.file.0.checked_add(skip)?).ok()?;
        self.image.data().get(start..start.checked_add(len)?)
    }

    /// Whether `address` is in an executable segment.
    pub fn is_code(&self, address: u64) -> bool {
        self.segments.iter().any(|s| s.executable && address >= s.address && address - s.address < s.size)
    }

    /// Set-user-id, set-group-id and file capabilities.
    pub fn privileges(&self) -> Privileges {
        self.privileges
    }
}
