//! Contracts for an executable without debug information, from the sources it was made of: they are compiled with `-g`
//! into a scratch library, which is scanned; the executable says which of the symbols it has.

use cmp_bridge_contract::model::Contract;
use cmp_bridge_inspect::binary::{Binary, BinaryError};
use cmp_bridge_inspect::dwarf::DwarfError;
use cmp_bridge_inspect::scan::{Reason, Refusal, ScanOptions, ScanReport, scan};
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Sources to compile.
#[derive(Debug, Clone, Copy)]
pub enum Sources<'a> {
    /// Fortran files, in the order in which they must be compiled.
    Fortran(&'a [PathBuf]),
    /// Ada specifications or bodies.
    Ada(&'a [PathBuf]),
}

/// Why sources say nothing.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The compiler could not be started.
    #[error("{program} cannot be run")]
    Compiler {
        /// The compiler.
        program: String,
        /// What the system says.
        source: io::Error,
    },
    /// It refused the source.
    #[error("{program} does not compile this:\n{message}")]
    Refused {
        /// The compiler.
        program: String,
        /// What it said.
        message: String,
    },
    /// A specification for which no empty body can be made.
    #[error("{}: no empty body can be made for it: {what}", file.display())]
    Specification {
        /// The file.
        file: PathBuf,
        /// What stands in the way.
        what: String,
    },
    /// A file.
    #[error("{} cannot be used", file.display())]
    File {
        /// The file.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The scratch library.
    #[error(transparent)]
    Binary(#[from] BinaryError),
    /// Its debug information.
    #[error(transparent)]
    Dwarf(#[from] DwarfError),
}

impl Error {
    /// What to do.
    pub fn hint(&self) -> Option<String> {
        match self {
            Error::Compiler { program, .. } => {
                Some(format!("install {program}, or scan a build made with -g"))
            }
            Error::Refused { .. } => Some(
                "give the options of the original compilation after `--`, such as -I or -fdefault-real-8"
                    .into(),
            ),
            Error::Specification { .. } => Some("name the body, x.adb, instead".into()),
            _ => None,
        }
    }
}

/// Compiles the sources and scans them; keeps the routines that `binary` has.
pub fn report(
    binary: &Binary,
    sources: Sources<'_>,
    flags: &[String],
    options: &ScanOptions,
) -> Result<ScanReport, Error> {
    let scratch = Scratch::new()?;
    let library = match sources {
        Sources::Fortran(files) => fortran(&scratch, files, flags)?,
        Sources::Ada(files) => ada(&scratch, files, flags)?,
    };
    let compiled = Binary::open(&library)?;
    let stem = binary.file_name();
    let stem = stem.split('.').next().unwrap_or(&stem).to_owned();
    let component = options.component.clone().or(Some(stem));
    let mut report = scan(&compiled, &ScanOptions { component, ..options.clone() })?;
    let mut missing = Vec::new();
    for contract in &mut report.contracts {
        missing.extend(keep_present(contract, binary));
    }
    report.contracts.retain(|contract| !contract.routines.is_empty());
    report.refused.extend(missing);
    report.notes.push("types and passing are those of the sources as compiled here; nothing confirms that the executable was made of them, with these options".into());
    Ok(report)
}

/// Leaves the routines that the executable has, and returns the others.
fn keep_present(contract: &mut Contract, binary: &Binary) -> Vec<Refusal> {
    contract.component.binary = Some(binary.file_name());
    contract.component.build_id = binary.build_id_hex();
    let present = |symbol: &str| binary.symbols_named(symbol).any(|s| s.is_function());
    let (kept, missing): (Vec<_>, Vec<_>) =
        std::mem::take(&mut contract.routines).into_iter().partition(|routine| present(&routine.symbol));
    contract.routines = kept;
    let used = |name: &String| {
        contract.routines.iter().any(|routine| routine.state.iter().any(|entry| entry.area == *name))
    };
    let used: Vec<String> = contract.state.iter().map(|area| area.name.clone()).filter(used).collect();
    contract.state.retain(|area| used.contains(&area.name));
    let language = contract.component.language.to_string();
    let refuse = |routine: cmp_bridge_contract::model::Routine| Refusal {
        name: routine.name,
        symbol: Some(routine.symbol),
        language: language.clone(),
        at: routine.at,
        reason: Reason::NoSymbol,
        detail: format!("{} has no such function", binary.file_name()),
    };
    missing.into_iter().map(refuse).collect()
}

/// A folder that goes away.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Scratch, Error> {
        let base = std::env::temp_dir();
        // A folder that exists belongs to somebody else.
        for number in 0.. {
            let folder = base.join(format!("cmp-bridge-scan-{}-{number}", std::process::id()));
            match std::fs::create_dir(&folder) {
                Ok(()) => return Ok(Scratch(folder)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists && number < 1000 => {}
                Err(source) => return Err(Error::File { file: folder, source }),
            }
        }
        unreachable!("the loop ends by a return")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

fn absolute(file: &Path) -> Result<PathBuf, Error> {
    file.canonicalize().map_err(|source| Error::File { file: file.to_owned(), source })
}

fn compile(program: &str, scratch: &Scratch, arguments: &mut Command) -> Result<(), Error> {
    let failed = |source| Error::Compiler { program: program.to_owned(), source };
    let output = arguments.current_dir(&scratch.0).output().map_err(failed)?;
    match output.status.success() {
        true => Ok(()),
        false => Err(Error::Refused {
            program: program.to_owned(),
            message: String::from_utf8_lossy(&output.stderr).trim_end().to_owned(),
        }),
    }
}

/// A flag that names a folder means it from where the user stands.
fn from_here(flags: &[String]) -> Vec<String> {
    let here = std::env::current_dir().unwrap_or_default();
    let each = |flag: &String| match flag.strip_prefix("-I") {
        Some(folder) if !folder.is_empty() => format!("-I{}", here.join(folder).display()),
        _ => flag.clone(),
    };
    flags.iter().map(each).collect()
}

/// Links what was compiled; what it calls elsewhere stays open.
const OPEN: [&str; 4] = ["-shared", "-fPIC", "-Wl,--unresolved-symbols=ignore-all", "-Wl,-Bsymbolic"];

fn fortran(scratch: &Scratch, files: &[PathBuf], flags: &[String]) -> Result<PathBuf, Error> {
    let library = scratch.0.join("sources.so");
    // Without optimisation debug information does not say what the extent of an adjustable array was computed from.
    let mut command = Command::new("gfortran");
    command.args(["-g", "-O1", "-w"]).args(from_here(flags)).args(OPEN).arg("-o").arg(&library);
    for file in files {
        command.arg(absolute(file)?);
    }
    compile("gfortran", scratch, &mut command)?;
    Ok(library)
}

fn ada(scratch: &Scratch, files: &[PathBuf], flags: &[String]) -> Result<PathBuf, Error> {
    let mut link = Command::new("gcc");
    let library = scratch.0.join("sources.so");
    link.args(OPEN).arg("-o").arg(&library);
    for file in files {
        let file = absolute(file)?;
        let folder = file.parent().unwrap_or(Path::new("/")).to_owned();
        let body = match file.extension().is_some_and(|e| e == "ads") {
            true => body_of(scratch, &file)?,
            false => file,
        };
        let mut command = Command::new("gnatmake");
        let include = format!("-I{}", folder.display());
        command.args(["-q", "-c", "-u", "-f", "-g", "-O0", "-fPIC", "-gnatws", &include]);
        compile("gnatmake", scratch, command.args(from_here(flags)).arg(&body))?;
        link.arg(scratch.0.join(body.with_extension("o").file_name().unwrap_or_default()));
    }
    compile("gcc", scratch, &mut link)?;
    Ok(library)
}

/// The body beside a specification, or an empty one that is made here.
fn body_of(scratch: &Scratch, spec: &Path) -> Result<PathBuf, Error> {
    let beside = spec.with_extension("adb");
    if beside.exists() {
        return Ok(beside);
    }
    let bytes = std::fs::read(spec).map_err(|source| Error::File { file: spec.to_owned(), source })?;
    // Identifiers are what matters here: any encoding that has ASCII will do.
    let text: String = bytes.iter().map(|byte| char::from(*byte)).collect();
    let body = super::ada_body::empty_body(&text);
    let body = body.map_err(|what| Error::Specification { file: spec.to_owned(), what })?;
    let made = scratch.0.join(beside.file_name().unwrap_or_default());
    std::fs::write(&made, body.chars().map(|c| c as u8).collect::<Vec<_>>())
        .map_err(|source| Error::File { file: made.clone(), source })?;
    Ok(made)
}
