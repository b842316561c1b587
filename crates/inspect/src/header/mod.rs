//! From a C header to a contract: what its prototypes and records say, read by libclang.
//!
//! The result is what [`crate::scan`] makes of debug information, by the same decisions: a pointer to data is `[T; ?]`, a
//! pointer to `const` is `in`, `void *` and what is only declared are `ptr`. Where a header writes an extent in a
//! parameter (`double pos[3]`), that is taken for its extent. Macros are not read.
//!
//! libclang is loaded when a header is read, and only then.

mod types;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use clang::diagnostic::Severity;
use clang::{CallingConvention, Clang, Entity, EntityKind, EntityVisitResult, Index, StorageClass, TypeKind};
use cmp_bridge_contract::model::{self, Component, Contract, Param, Returns, Routine, Type, Use};

use crate::binary::Binary;
use crate::scan::{
    Problem, Reason, Refusal, ScanOptions, ScanReport, identifier, matches, matches_path, routine_beside,
};
use types::Draft;

/// Most messages of the compiler that are repeated.
const MAX_MESSAGES: usize = 8;
/// Most bytes of a header.
const MAX_HEADER: u64 = 64 << 20;

/// Why a header cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum HeaderError {
    /// The library is not there.
    #[error("libclang cannot be loaded, and only it reads headers: {reason}")]
    NoLibclang {
        /// What the loader said.
        reason: String,
    },
    /// The file.
    #[error("{}: cannot be read: {source}", path.display())]
    Unreadable {
        /// The header.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The compiler refuses it.
    #[error("{}: is no header that compiles by itself\n{}", path.display(), messages.join("\n"))]
    Faults {
        /// The header.
        path: PathBuf,
        /// `file:line:column: message`, at most eight of them.
        messages: Vec<String>,
    },
}

impl HeaderError {
    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match self {
            HeaderError::NoLibclang { .. } => {
                "install it (Debian: libclang-dev, Red Hat: clang-devel), or name its folder in LIBCLANG_PATH"
            }
            HeaderError::Unreadable { .. } => "check the path",
            HeaderError::Faults { .. } => {
                "give the options it is compiled with after `--`, such as `-- -I include -DHPUX`"
            }
        }
    }
}

/// What headers say.
#[derive(Debug)]
pub struct Header {
    /// Every prototype that can be described, with the types it leads to. `symbol` is the linkage name.
    pub contract: Contract,
    /// Symbols of routines that are declared as `int f();`, which says nothing of their parameters.
    pub(crate) unprototyped: BTreeSet<String>,
    /// `file:line` of the parameters, by the symbol of their routine.
    pub(crate) param_at: HashMap<String, Vec<Option<String>>>,
    /// Names of types that are not those of the source.
    pub(crate) made_up: Vec<String>,
    /// Prototypes that a contract cannot express.
    pub refused: Vec<Refusal>,
    /// Facts that a contract cannot hold.
    pub notes: Vec<String>,
    /// Symbols that stand in the headers themselves, not in what they include.
    own: BTreeSet<String>,
    /// The header of each routine.
    sources: BTreeMap<String, String>,
    /// Types of the variables it declares, by symbol, and where. COMMON blocks appear as such.
    pub(crate) variables: BTreeMap<String, (Type, Option<String>)>,
}

/// Reads headers, each by itself, as C or, by their extension or `-x c++`, as C++. `arguments` go to the compiler: `-I`,
/// `-D`, `-x`, `--target`.
pub fn read(headers: &[PathBuf], arguments: &[String]) -> Result<Header, HeaderError> {
    /// libclang is one for the whole process.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _turn = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    for path in headers {
        readable(path).map_err(|source| HeaderError::Unreadable { path: path.clone(), source })?;
    }
    let library = Clang::new().map_err(|reason| HeaderError::NoLibclang { reason })?;
    let index = Index::new(&library, false, false);
    let mut reader = Reader::new(match headers.iter().any(|path| is_plus(path)) || asks_plus(arguments) {
        true => model::Language::Cpp,
        false => model::Language::C,
    });
    for path in headers {
        reader.read(&index, path, arguments)?;
    }
    Ok(reader.finish())
}

/// A regular file of a sane size: libclang would read a pipe or a device to its end, if that has one.
fn readable(path: &Path) -> std::io::Result<()> {
    let about = std::fs::metadata(path)?;
    if !about.is_file() {
        return Err(std::io::Error::other("it is not a regular file"));
    }
    if about.len() > MAX_HEADER {
        return Err(std::io::Error::other("it has more than 64 MiB, which no header has"));
    }
    std::fs::File::open(path).map(drop)
}

/// What a scan of headers reports: signatures from the headers, symbols from the binary, if there is one.
pub fn scan_headers(
    headers: &[PathBuf],
    arguments: &[String],
    binary: Option<&Binary>,
    options: &ScanOptions,
) -> Result<ScanReport, HeaderError> {
    let mut header = read(headers, arguments)?;
    let stem =
        headers.first().and_then(|path| path.file_stem()).unwrap_or_default().to_string_lossy().into_owned();
    let wanted = options.component.clone().unwrap_or(stem);
    let component = &mut header.contract.component;
    let language = component.language;
    component.name = identifier(&wanted, "component");
    component.binary = binary.map(Binary::file_name);
    component.build_id = binary.and_then(Binary::build_id_hex);
    let asked = |name: &str, symbol: &str| {
        options.patterns.is_empty() || options.patterns.iter().any(|p| matches(p, name) || matches(p, symbol))
    };
    let (own, sources) = (header.own, header.sources);
    let here = |symbol: &str| {
        own.contains(symbol)
            && (options.sources.is_empty()
                || sources.get(symbol).is_some_and(|s| options.sources.iter().any(|p| matches_path(p, s))))
    };
    let mut refused: Vec<Refusal> = header.refused;
    refused.retain(|r| r.symbol.as_deref().is_some_and(|symbol| here(symbol) && asked(&r.name, symbol)));
    header.contract.routines.retain(|r| here(&r.symbol) && asked(&r.name, &r.symbol));
    let refusal = |routine: Routine, reason| Refusal {
        name: routine.name,
        symbol: Some(routine.symbol),
        language: language.to_string(),
        at: routine.at,
        reason,
        detail: String::new(),
    };
    let unprototyped = &header.unprototyped;
    for routine in header.contract.routines.extract_if(.., |r| unprototyped.contains(&r.symbol)) {
        refused.push(refusal(routine, Reason::NoPrototype));
    }
    if let Some(binary) = binary {
        let linked = |symbol: &str| binary.symbols_named(symbol).any(|s| s.is_function());
        for routine in header.contract.routines.extract_if(.., |r| !linked(&r.symbol)) {
            refused.push(refusal(routine, Reason::NotLinked));
        }
    }
    // Which routine uses which variable is not in a header: without users, they are left out.
    types::drop_unused(&mut header.contract);
    let contracts = if header.contract.routines.is_empty() { Vec::new() } else { vec![header.contract] };
    Ok(ScanReport { contracts, refused, notes: header.notes, ..ScanReport::default() })
}

/// The machine the compiler lays records out for, by `--target` or its own.
fn target(triple: &str, pointer_width: usize) -> model::Target {
    let arch = triple.split('-').next().unwrap_or_default();
    let big = ["powerpc", "ppc", "sparc", "mips", "s390", "m68k", "hppa", "armeb", "aarch64_be"];
    let little = arch.ends_with("le") || arch.ends_with("el");
    match (arch, big.iter().any(|b| arch.starts_with(b)) && !little, pointer_width) {
        ("x86_64", _, 64) => model::Target::X86_64,
        ("i386" | "i486" | "i586" | "i686", ..) => model::Target::I386,
        ("hppa", _, 32) => model::Target::PaRisc,
        (_, false, 64) => model::Target::Other64Little,
        (_, true, 64) => model::Target::Other64Big,
        (_, false, _) => model::Target::Other32Little,
        (_, true, _) => model::Target::Other32Big,
    }
}

/// C++ by its name.
fn is_plus(path: &Path) -> bool {
    path.extension().is_some_and(|e| ["hh", "hpp", "hxx", "H"].iter().any(|x| e == *x))
}

/// C++ by an option.
fn asks_plus(arguments: &[String]) -> bool {
    let pairs = arguments.windows(2).any(|pair| pair[0] == "-x" && pair[1].starts_with("c++"));
    pairs || arguments.iter().any(|a| a.starts_with("-xc++"))
}

struct Reader {
    draft: Draft,
    header: Header,
}

impl Reader {
    fn new(language: model::Language) -> Reader {
        let component = Component::new("header", language);
        let contract = Contract::new(component);
        let header = Header {
            contract: contract.clone(),
            unprototyped: BTreeSet::new(),
            param_at: HashMap::new(),
            made_up: Vec::new(),
            refused: Vec::new(),
            notes: Vec::new(),
            own: BTreeSet::new(),
            sources: BTreeMap::new(),
            variables: BTreeMap::new(),
        };
        Reader { draft: Draft::new(contract), header }
    }

    fn read(&mut self, index: &Index<'_>, path: &Path, arguments: &[String]) -> Result<(), HeaderError> {
        let mut words = vec!["-x", if is_plus(path) { "c++" } else { "c" }, "-w"];
        words.extend(arguments.iter().map(String::as_str));
        let mut parser = index.parser(path);
        parser.arguments(&words).skip_function_bodies(true);
        let unit = parser.parse().map_err(|error| HeaderError::Faults {
            path: path.to_owned(),
            messages: vec![format!("  {error}")],
        })?;
        let faults = unit.get_diagnostics().into_iter().filter(|d| d.get_severity() >= Severity::Error);
        let messages: Vec<String> = faults.take(MAX_MESSAGES).map(|d| format!("  {d}")).collect();
        if !messages.is_empty() {
            return Err(HeaderError::Faults { path: path.to_owned(), messages });
        }
        let machine = unit.get_target();
        self.draft.contract.component.target = target(&machine.triple, machine.pointer_width);
        let mut found = Vec::new();
        unit.get_entity().visit_children(|entity, _| match entity.get_kind() {
            EntityKind::FunctionDecl | EntityKind::VarDecl => {
                found.push(entity);
                EntityVisitResult::Continue
            }
            EntityKind::LinkageSpec | EntityKind::UnexposedDecl | EntityKind::Namespace => {
                EntityVisitResult::Recurse
            }
            _ => EntityVisitResult::Continue,
        });
        for entity in found.into_iter().filter(|entity| !entity.is_in_system_header()) {
            match entity.get_kind() {
                EntityKind::VarDecl => self.variable(entity),
                _ => self.function(entity, path),
            }
        }
        Ok(())
    }

    /// Storage that others share. A type that a contract cannot express is none of its business.
    fn variable(&mut self, entity: Entity<'_>) {
        let (Some(name), Some(ty)) = (entity.get_name(), entity.get_type()) else { return };
        if entity.get_storage_class() != Some(StorageClass::Static)
            && let Ok(Some(ty)) = self.draft.value(ty, &name)
        {
            self.header.variables.entry(name).or_insert((ty, types::place(entity)));
        }
    }

    fn function(&mut self, entity: Entity<'_>, path: &Path) {
        let Some(name) = entity.get_name() else { return };
        // Without linkage there is nothing a caller could reach.
        if entity.get_storage_class() == Some(StorageClass::Static) {
            return;
        }
        let symbol =
            entity.get_mangled_name().filter(|m| m.starts_with("_Z")).unwrap_or_else(|| name.clone());
        if entity.get_location().is_some_and(|location| location.is_in_main_file()) {
            self.header.own.insert(symbol.clone());
        }
        let prototyped = entity.get_type().is_none_or(|ty| ty.get_kind() != TypeKind::FunctionNoPrototype);
        let known = self.draft.contract.routines.iter().any(|r| r.symbol == symbol);
        if known && !(prototyped && self.header.unprototyped.remove(&symbol)) {
            return;
        }
        self.draft.contract.routines.retain(|r| r.symbol != symbol);
        if !prototyped {
            self.header.unprototyped.insert(symbol.clone());
        }
        self.header.sources.insert(symbol.clone(), path.display().to_string());
        let at = types::place(entity);
        match self.describe(entity, &name, &symbol) {
            Ok((routine, param_at)) => {
                self.header.param_at.insert(symbol, param_at);
                self.draft.contract.routines.push(routine);
            }
            Err(problem) => {
                if self.header.refused.iter().any(|r| r.symbol.as_ref() == Some(&symbol)) {
                    return;
                }
                self.header.refused.push(Refusal {
                    name,
                    symbol: Some(symbol),
                    language: self.header.contract.component.language.to_string(),
                    at,
                    reason: problem.reason,
                    detail: problem.detail,
                });
            }
        }
    }

    fn describe(
        &mut self,
        entity: Entity<'_>,
        name: &str,
        symbol: &str,
    ) -> Result<(Routine, Vec<Option<String>>), Problem> {
        // `sysv_abi` is the convention of C here.
        let convention = entity.get_type().and_then(|ty| ty.get_calling_convention());
        if let Some(other) =
            convention.filter(|c| !matches!(c, CallingConvention::Cdecl | CallingConvention::SysV64))
        {
            return Err(Problem::new(Reason::CallingConvention, format!("{other:?}")));
        }
        let (mut params, mut places): (Vec<Param>, _) = (Vec::new(), Vec::new());
        for (i, argument) in entity.get_arguments().unwrap_or_default().into_iter().enumerate() {
            let fallback = format!("arg{}", i + 1);
            let base = identifier(&argument.get_name().unwrap_or_default(), &fallback);
            let taken = |name: &str| params.iter().any(|p| p.name == name);
            let name = match taken(&base) {
                true => (2..).map(|n| format!("{base}_{n}")).find(|n| !taken(n)).unwrap_or(fallback),
                false => base,
            };
            let ty = argument.get_type().ok_or_else(|| Problem::new(Reason::Type, name.clone()))?;
            let (ty, by, usage) = self.draft.param(ty, &name).map_err(|p| p.within(&name))?;
            params.push(Param::new(name, ty, by, usage));
            places.push(types::place(argument));
        }
        let returns = self.returns(entity, name).map_err(|p| p.within("returned value"))?;
        let unique = routine_beside(&self.draft.contract.routines, &identifier(name, "routine"));
        let routine = Routine {
            at: types::place(entity),
            params,
            returns,
            varargs: entity.is_variadic(),
            ..Routine::new(unique, symbol, self.header.contract.component.language)
        };
        Ok((routine, places))
    }

    fn returns(&mut self, entity: Entity<'_>, name: &str) -> Result<Option<Returns>, Problem> {
        let Some(ty) = entity.get_result_type() else { return Ok(None) };
        let Some(ty) = self.draft.value(ty, &format!("{name}_result"))? else { return Ok(None) };
        let usage = if matches!(ty, Type::Ptr | Type::Fn) { Use::Unknown } else { Use::Out };
        Ok(Some(Returns::new(ty, usage)))
    }

    fn finish(self) -> Header {
        let Reader { draft, header } = self;
        Header { contract: draft.contract, made_up: draft.made_up, notes: draft.notes, ..header }
    }
}
