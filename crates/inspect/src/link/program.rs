//! What a link line puts together: its objects, the members that archives contribute, and the shared libraries it names.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use object::read::archive::ArchiveFile;

use super::line::{Input, Item, LinkLine};
use super::unit::{Place, Symbol, Unit};
use crate::binary::Binary;

/// Why the files of a link line cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ProgramError {
    /// A file cannot be read.
    #[error("{}: cannot be read", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// A file is not what a linker takes.
    #[error("{}: {what}", path.display())]
    NotLinkable {
        /// The file, or `lib.a(member.o)`.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
}

/// An archive.
#[derive(Debug, Clone, Default)]
pub struct Archive {
    /// Its file.
    pub path: PathBuf,
    /// It names files instead of holding them.
    pub thin: bool,
    /// Its objects, in order.
    pub members: Vec<Unit>,
}

/// A shared library.
#[derive(Debug, Clone, Default)]
pub struct Library {
    /// Its file.
    pub path: PathBuf,
    /// Names it defines.
    pub defined: HashSet<String>,
    /// Names it needs from others.
    pub undefined: HashSet<String>,
    /// Libraries it needs, by name.
    pub needed: Vec<String>,
    /// Where it says they are.
    pub search: Vec<PathBuf>,
}

/// An input, read.
#[derive(Debug, Clone)]
pub enum Loaded {
    /// An object.
    Object(Unit),
    /// An archive.
    Archive(Archive),
    /// A shared library.
    Shared(Library),
    /// A library of the system, or a linker script: not looked into.
    Unread(String),
}

/// A unit of a program: the input, and the member of an archive.
pub type UnitId = (usize, usize);

/// Everything on a link line.
#[derive(Debug, Clone)]
pub struct Program {
    /// The line.
    pub line: LinkLine,
    /// Its inputs, as in [`LinkLine::inputs`].
    pub loaded: Vec<Loaded>,
    /// Libraries that the libraries of the line need.
    pub behind: Vec<Library>,
    /// Those of them that were not found.
    pub missing: Vec<String>,
}

/// Where the system has its libraries.
const SYSTEM: &[&str] =
    &["/lib/x86_64-linux-gnu", "/usr/lib/x86_64-linux-gnu", "/lib64", "/usr/lib64", "/lib", "/usr/lib"];
/// Largest file that is read.
const MAX_FILE: u64 = 2 << 30;
/// Members that are looked at.
const MAX_MEMBERS: usize = 1 << 16;

impl Program {
    /// Reads every input.
    pub fn load(line: LinkLine) -> Result<Program, ProgramError> {
        let loaded: Vec<Loaded> =
            line.inputs.iter().map(|input| load(&line, input)).collect::<Result<_, _>>()?;
        let (behind, missing) = behind(&line, &loaded);
        Ok(Program { line, loaded, behind, missing })
    }

    /// The shared libraries of the line, and those behind them.
    pub fn libraries(&self) -> impl Iterator<Item = &Library> {
        let named = self.loaded.iter().filter_map(|loaded| match loaded {
            Loaded::Shared(library) => Some(library),
            _ => None,
        });
        named.chain(&self.behind)
    }

    /// A unit by its place.
    pub fn unit(&self, (input, member): UnitId) -> Option<&Unit> {
        match self.loaded.get(input)? {
            Loaded::Object(unit) => (member == 0).then_some(unit),
            Loaded::Archive(archive) => archive.members.get(member),
            _ => None,
        }
    }

    /// The units that the linker takes, in its order. `given`: what is defined, and what is needed, before the first input.
    pub fn resolve(&self, given: &Given) -> Resolved {
        let mut linking = Linking { program: self, ..Linking::default_of(self) };
        linking.wanted.insert("main".to_string());
        linking.wanted.extend(self.line.wanted.iter().cloned());
        linking.give(given);
        let mut at = 0;
        while at < self.loaded.len() {
            let group = self.line.inputs[at].group;
            let inputs = &self.line.inputs[at..];
            let length = match group {
                None => 1,
                group => inputs.iter().take_while(|i| i.group == group).count(),
            };
            loop {
                let before = linking.resolved.units.len();
                (at..at + length).for_each(|input| linking.input(input));
                if group.is_none() || linking.resolved.units.len() == before {
                    break;
                }
            }
            at += length;
        }
        linking.resolved
    }

    /// Names of libraries that were not looked into.
    pub fn unread(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for loaded in &self.loaded {
            if let Loaded::Unread(name) = loaded {
                names.push(name.as_str());
            }
        }
        names
    }
}

/// What another library brings.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// Names it defines.
    pub defined: HashSet<String>,
    /// Names it needs.
    pub undefined: HashSet<String>,
    /// Names that references are turned to: `--wrap`.
    pub wrapped: HashSet<String>,
    /// Members that are asked for by a name of their own.
    pub pinned: HashSet<UnitId>,
}

/// What the linker takes.
#[derive(Debug, Clone, Default)]
pub struct Resolved {
    /// The units, in order.
    pub units: Vec<UnitId>,
}

struct Linking<'a> {
    program: &'a Program,
    resolved: Resolved,
    taken: HashSet<UnitId>,
    defined: HashSet<String>,
    wanted: HashSet<String>,
    wrapped: HashSet<String>,
    /// Storage that no unit gives values to so far.
    common: HashSet<String>,
    pinned: HashSet<UnitId>,
}

impl<'a> Linking<'a> {
    fn default_of(program: &'a Program) -> Linking<'a> {
        let wrapped = program.line.wrapped.iter().cloned().collect();
        let (defined, wanted) = (HashSet::new(), HashSet::new());
        let (common, pinned) = (HashSet::new(), HashSet::new());
        let (resolved, taken) = (Resolved::default(), HashSet::new());
        Linking { program, resolved, taken, defined, wanted, wrapped, common, pinned }
    }

    fn give(&mut self, given: &Given) {
        self.wrapped.extend(given.wrapped.iter().cloned());
        self.pinned.extend(given.pinned.iter().copied());
        for name in &given.defined {
            self.define(name);
        }
        for name in &given.undefined {
            self.want(name.clone());
        }
    }

    fn define(&mut self, name: &str) {
        self.wanted.remove(name);
        self.defined.insert(name.to_string());
    }

    fn want(&mut self, name: String) {
        if !self.defined.contains(&name) {
            self.wanted.insert(name);
        }
    }

    fn input(&mut self, index: usize) {
        match &self.program.loaded[index] {
            Loaded::Object(unit) => self.take((index, 0), unit),
            Loaded::Archive(archive) => self.archive(index, archive),
            Loaded::Shared(Library { defined, undefined, .. }) => {
                defined.iter().for_each(|name| self.define(name));
                undefined.iter().for_each(|name| self.want(name.clone()));
            }
            Loaded::Unread(_) => {}
        }
    }

    fn archive(&mut self, index: usize, archive: &Archive) {
        let whole = self.program.line.inputs[index].whole;
        loop {
            let before = self.resolved.units.len();
            for (number, unit) in archive.members.iter().enumerate() {
                let needed = |s: &Symbol| {
                    s.global() && s.defined() && (self.wanted.contains(&s.name) || self.gives_values(s))
                };
                let pinned = self.pinned.contains(&(index, number));
                if whole || pinned || unit.symbols.iter().any(needed) {
                    self.take((index, number), unit);
                }
            }
            if self.resolved.units.len() == before {
                return;
            }
        }
    }

    /// The linker also takes a member for data of which it has storage without values so far.
    fn gives_values(&self, symbol: &Symbol) -> bool {
        let values = !matches!(symbol.place, Place::Common | Place::Undefined);
        values && !symbol.function() && self.common.contains(&symbol.name)
    }

    fn take(&mut self, id: UnitId, unit: &Unit) {
        if !self.taken.insert(id) {
            return;
        }
        self.resolved.units.push(id);
        for symbol in unit.symbols.iter().filter(|s| s.global() && s.defined()) {
            match symbol.place == Place::Common {
                true if !self.defined.contains(&symbol.name) => drop(self.common.insert(symbol.name.clone())),
                true => {}
                false => drop(self.common.remove(&symbol.name)),
            }
            self.define(&symbol.name);
        }
        for symbol in unit.symbols.iter().filter(|s| s.place == Place::Undefined && !s.weak()) {
            if !symbol.name.is_empty() {
                let name = self.turned(&symbol.name);
                self.want(name);
            }
        }
    }

    /// What `--wrap` makes of a reference.
    fn turned(&self, name: &str) -> String {
        match name.strip_prefix("__real_") {
            Some(real) if self.wrapped.contains(real) => real.to_string(),
            _ if self.wrapped.contains(name) => format!("__wrap_{name}"),
            _ => name.to_string(),
        }
    }
}

fn load(line: &LinkLine, input: &Input) -> Result<Loaded, ProgramError> {
    match &input.item {
        Item::File(path) => read(&line.directory, path),
        Item::Library(name) => match find(line, input, name) {
            Some(path) => read(&line.directory, &path),
            None => Ok(Loaded::Unread(format!("-l{name}"))),
        },
    }
}

/// The file of `-lNAME` in the folders that the line names. Those of the compiler are not known here.
fn find(line: &LinkLine, input: &Input, name: &str) -> Option<PathBuf> {
    let exact = name.strip_prefix(':');
    let files = match (exact, input.archives_only) {
        (Some(file), _) => vec![file.to_string()],
        (None, true) => vec![format!("lib{name}.a")],
        (None, false) => vec![format!("lib{name}.so"), format!("lib{name}.a")],
    };
    line.search
        .iter()
        .flat_map(|folder| files.iter().map(move |file| folder.join(file)))
        .find(|path| line.directory.join(path).is_file())
}

/// Reads one file; its path is kept as the line writes it.
fn read(directory: &Path, path: &Path) -> Result<Loaded, ProgramError> {
    let bytes = contents(&directory.join(path))?;
    let not_linkable = |what: String| ProgramError::NotLinkable { path: path.to_path_buf(), what };
    if bytes.starts_with(b"!<arch>\n") || bytes.starts_with(b"!<thin>\n") {
        return archive(directory, path, &bytes).map(Loaded::Archive);
    }
    if bytes.starts_with(b"BC\xc0\xde") || bytes.get(16..18) == Some(&[1, 0]) && bytes.starts_with(b"\x7fELF")
    {
        return Unit::read(path, None, &bytes).map(Loaded::Object).map_err(not_linkable);
    }
    if bytes.starts_with(b"\x7fELF") {
        return shared(path, &directory.join(path), bytes).map(Loaded::Shared);
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) if !text.contains('\0') => Ok(Loaded::Unread(path.display().to_string())),
        _ => Err(not_linkable("is neither an object, an archive, a library nor a linker script".to_string())),
    }
}

/// `path` as the line writes it, `there` as it is found.
fn shared(path: &Path, there: &Path, bytes: Vec<u8>) -> Result<Library, ProgramError> {
    use object::{Object, ObjectSymbol};
    let not_linkable = |what: String| ProgramError::NotLinkable { path: path.to_path_buf(), what };
    let file = object::read::elf::ElfFile64::<object::Endianness>::parse(&*bytes);
    let file = file.map_err(|e| not_linkable(e.to_string()))?;
    let mut library = Library { path: path.to_path_buf(), ..Library::default() };
    for symbol in file.dynamic_symbols() {
        let Ok(name) = symbol.name() else { continue };
        let names = if symbol.is_undefined() { &mut library.undefined } else { &mut library.defined };
        if !name.is_empty() {
            names.insert(name.to_string());
        }
    }
    let binary = Binary::from_bytes(there, bytes).map_err(|e| not_linkable(e.to_string()))?;
    library.needed = binary.needed().to_vec();
    let own = [binary.runpath(), binary.rpath()];
    library.search = own.into_iter().flatten().flat_map(|p| folders(p, there)).collect();
    Ok(library)
}

/// The folders of a search path, with `$ORIGIN` replaced: the folder of the file that says it.
pub(super) fn folders(path: &str, file: &Path) -> Vec<PathBuf> {
    let real = file.canonicalize().unwrap_or_else(|_| file.to_path_buf());
    let origin = real.parent().unwrap_or(Path::new(".")).to_string_lossy().into_owned();
    let entries = path.split(':').filter(|e| !e.is_empty());
    entries.map(|e| PathBuf::from(e.replace("${ORIGIN}", &origin).replace("$ORIGIN", &origin))).collect()
}

/// Libraries that the libraries of a line need, each once, and the names of those that were not found. The loader's own
/// settings (ld.so.conf, LD_LIBRARY_PATH) are those of another machine.
fn behind(line: &LinkLine, loaded: &[Loaded]) -> (Vec<Library>, Vec<String>) {
    let named = loaded.iter().filter_map(|l| match l {
        Loaded::Shared(library) => Some(library),
        _ => None,
    });
    let mut known: HashSet<String> =
        named.clone().filter_map(|l| Some(l.path.file_name()?.to_string_lossy().into_owned())).collect();
    let result = line.directory.join(line.result());
    let said: Vec<PathBuf> = line.behind.iter().flat_map(|p| folders(p, &result)).collect();
    let (mut found, mut missing): (Vec<Library>, Vec<String>) = (Vec::new(), Vec::new());
    let mut wants: Vec<Library> = named.cloned().collect();
    while let Some(library) = wants.pop() {
        let folders: Vec<&Path> = said
            .iter()
            .chain(&library.search)
            .chain(&line.search)
            .map(PathBuf::as_path)
            .chain(SYSTEM.iter().map(Path::new))
            .collect();
        for name in &library.needed {
            if !known.insert(name.clone()) || known.len() > MAX_MEMBERS {
                continue;
            }
            // A name with a slash is a path, and no folder is looked through.
            let in_folders = folders.iter().map(|f| line.directory.join(f).join(name));
            let there = match name.contains('/') {
                true => Some(line.directory.join(name)).filter(|p| p.is_file()),
                false => in_folders.into_iter().find(|p| p.is_file()),
            };
            let read = there.and_then(|p| Some((contents(&p).ok()?, p)));
            match read.and_then(|(bytes, path)| shared(&path, &path, bytes).ok()) {
                Some(next) => {
                    found.push(next.clone());
                    wants.push(next);
                }
                None => missing.push(format!("{name}, which {} needs", library.path.display())),
            }
        }
    }
    (found, missing)
}

/// Reads an archive.
pub fn archive(directory: &Path, path: &Path, bytes: &[u8]) -> Result<Archive, ProgramError> {
    let not_linkable = |what: String| ProgramError::NotLinkable { path: path.to_path_buf(), what };
    let file = ArchiveFile::parse(bytes).map_err(|e| not_linkable(e.to_string()))?;
    let thin = file.is_thin();
    let mut members = Vec::new();
    for member in file.members().take(MAX_MEMBERS) {
        let member = member.map_err(|e| not_linkable(e.to_string()))?;
        let name = String::from_utf8_lossy(member.name()).into_owned();
        let own;
        let data = match thin {
            true => {
                own = contents(&directory.join(path).parent().unwrap_or(Path::new("")).join(&name))?;
                own.as_slice()
            }
            false => member.data(bytes).map_err(|e| not_linkable(format!("member {name}: {e}")))?,
        };
        if !data.starts_with(b"\x7fELF") && !data.starts_with(b"BC\xc0\xde") {
            continue;
        }
        let unit = Unit::read(path, Some(&name), data);
        members.push(unit.map_err(|what| not_linkable(format!("member {name}: {what}")))?);
    }
    Ok(Archive { path: path.to_path_buf(), thin, members })
}

/// The bytes of a regular file of a sane size.
pub fn contents(path: &Path) -> Result<Vec<u8>, ProgramError> {
    let unreadable = |source| ProgramError::Unreadable { path: path.to_path_buf(), source };
    let about = std::fs::metadata(path).map_err(unreadable)?;
    let what = match (about.is_file(), about.len() > MAX_FILE) {
        (false, _) => "is not a file",
        (true, true) => "has more than 2 GiB",
        (true, false) => return std::fs::read(path).map_err(unreadable),
    };
    Err(ProgramError::NotLinkable { path: path.to_path_buf(), what: what.to_string() })
}

/// Opens a unit with its debug information.
pub fn open(directory: &Path, unit: &Unit) -> Option<Binary> {
    let bytes = match &unit.member {
        None => contents(&directory.join(&unit.file)).ok()?,
        Some(_) => return Binary::open_to_read(directory.join(unit.name())).ok(),
    };
    Binary::from_bytes(unit.name(), bytes).ok()
}
