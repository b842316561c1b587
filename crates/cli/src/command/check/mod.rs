//! `cmp-bridge check`: contracts against themselves, and against what speaks of the same routines.

mod codes;
mod report;
mod sarif;
mod subject;

use crate::error::{Ending, Explain, FileError};
use crate::output::{Paint, print};
use cmp_bridge_contract::Diagnostic;
use cmp_bridge_contract::model::{Contract, Target};
use cmp_bridge_contract::readiness::{self, Purpose};
use cmp_bridge_contract::toml;
use cmp_bridge_inspect::binary::{Binary, BinaryError};
use cmp_bridge_inspect::check::{self, ModuleFile, Side};
use cmp_bridge_inspect::dwarf::DwarfError;
use cmp_bridge_inspect::finding::{Finding, Severity};
use cmp_bridge_inspect::header::{self, HeaderError};
use std::io;
use std::path::PathBuf;
use subject::Subject;

/// Holds contracts against themselves, a binary, headers, modules, or another release
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge check contracts/*.toml --binary legacy/build/pie/cmp_day
  cmp-bridge check contracts/telemetry.toml --header vendor-headers/telemetry.h -- -DHPUX
  cmp-bridge check contracts/*.toml --module target/release/librewrite_three.so
  cmp-bridge check new/cmp_day --against old/cmp_day  # what changed in the ABI
  cmp-bridge check linux.toml --layout hppa.toml  # the records on two machines
  cmp-bridge check contracts/*.toml --binary legacy/build/pie/cmp_day --strict --sarif > check.sarif
  cmp-bridge check --list-codes

Exit status: 0 no error (with --strict: and no warning), 1 findings, 2 nothing could be checked.")]
pub struct Args {
    /// Contracts; with --against and --layout, also binaries with debug information
    #[arg(required_unless_present = "list_codes", value_name = "CONTRACT")]
    contracts: Vec<PathBuf>,
    /// The executable or library the contracts speak of
    #[arg(long, value_name = "EXE")]
    binary: Option<PathBuf>,
    /// C headers that declare the routines; may be given several times
    #[arg(long, value_name = "HEADER")]
    header: Vec<PathBuf>,
    /// Modules that are to answer for the routines; may be given several times
    #[arg(long, value_name = "MODULE")]
    module: Vec<PathBuf>,
    /// The release before: a contract or a binary. Findings say what changed since
    #[arg(long, value_name = "OLD", conflicts_with = "layout")]
    against: Option<PathBuf>,
    /// The same component on another machine: a contract or a binary. Findings say which records differ
    #[arg(long, value_name = "OTHER")]
    layout: Option<PathBuf>,
    /// Warnings fail, too
    #[arg(long)]
    strict: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// As SARIF 2.1.0, for code-review tools
    #[arg(long, conflicts_with = "json")]
    sarif: bool,
    /// Prints every code with its meaning
    #[arg(long)]
    list_codes: bool,
    /// For the compiler that reads the headers, such as -I include
    #[arg(last = true, requires = "header", value_name = "OPTIONS")]
    compiler: Vec<String>,
}

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A contract cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// A binary or a module cannot be read.
    #[error(transparent)]
    Binary(#[from] BinaryError),
    /// A binary that was given instead of a contract.
    #[error(transparent)]
    Dwarf(#[from] DwarfError),
    /// A header cannot be read.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// A release or a machine to compare with is itself faulty.
    #[error("{} cannot be compared with\n{text}", path.display())]
    Other {
        /// The file.
        path: PathBuf,
        /// Its errors.
        text: String,
    },
    /// Two files of which nothing corresponds.
    #[error("{} and {} have no component of one language", new.display(), old.display())]
    NothingInCommon {
        /// The file.
        new: PathBuf,
        /// What it was to be compared with.
        old: PathBuf,
    },
    /// Two machines.
    #[error("{} is for {new_target}, and {} for {old_target}: --against compares two releases for one machine", new.display(), old.display())]
    OtherTarget {
        /// The file.
        new: PathBuf,
        /// Its machine.
        new_target: Target,
        /// What it was to be compared with.
        old: PathBuf,
        /// The machine of that.
        old_target: Target,
    },
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Error::File(error) => return error.hint(),
            Error::Binary(_) => "an ELF executable or shared library for x86-64 Linux is needed",
            Error::Dwarf(_) => "give the file from before `strip`, or a contract",
            Error::Header(error) => error.hint(),
            Error::Other { .. } => "`cmp-bridge check` on that file alone says more",
            Error::NothingInCommon { .. } => "were the files mixed up?",
            Error::OtherTarget { .. } => "--layout compares the records of two machines",
            Error::Output(_) => return None,
        };
        Some(hint.to_owned())
    }
}

/// What was found out about one contract.
struct Checked {
    subject: Subject,
    /// Disagreements.
    findings: Vec<Finding>,
    /// Facts that routes beyond `record` need.
    missing: Vec<ToComplete>,
    routines: u64,
    complete: u64,
}

/// A fact that is missing.
struct ToComplete {
    routine: String,
    line: usize,
    column: usize,
    place: String,
    message: String,
}

impl Checked {
    fn new(subject: Subject) -> Checked {
        Checked { subject, findings: Vec::new(), missing: Vec::new(), routines: 0, complete: 0 }
    }

    fn diagnostics(&self) -> &[Diagnostic] {
        self.subject.contract.as_ref().err().map_or(&[], |d| &d.0)
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    if args.list_codes {
        let text = if args.json { codes::json() } else { codes::text(Paint::stdout()) };
        print(&text)?;
        return Ok(Ending::Good);
    }
    let binaries_too = args.against.is_some() || args.layout.is_some();
    let mut checked = Vec::new();
    for file in &args.contracts {
        for subject in subject::open(file, binaries_too)? {
            checked.push(Checked::new(subject));
        }
    }
    hold(args, &mut checked)?;
    let sums = Sums::of(&checked);
    let text = match (args.json, args.sarif) {
        (true, _) => format!("{:#}\n", report::json(&checked, &sums)),
        (_, true) => format!("{:#}\n", sarif::log(&checked)),
        _ => report::text(&checked, &sums, Paint::stdout()),
    };
    print(&text)?;
    let failed = sums.errors > 0 || args.strict && sums.warnings > 0;
    Ok(if failed { Ending::Findings } else { Ending::Good })
}

/// Holds every contract that could be read against all that was given.
fn hold(args: &Args, checked: &mut Vec<Checked>) -> Result<(), Error> {
    let binary = args.binary.as_deref().map(Binary::open).transpose()?;
    let modules = args.module.iter().map(|path| ModuleFile::open(path)).collect::<Result<Vec<_>, _>>()?;
    let compared = [&args.against, &args.layout];
    let mut other =
        compared.into_iter().flatten().next().map(|path| other(path).map(|o| (path, o))).transpose()?;
    if let Some((_, others)) = &mut other {
        complement(checked, others);
    }
    let header = match args.header.as_slice() {
        [] => None,
        headers => Some(header::read(headers, &args.compiler)?),
    };
    let mut common = other.is_none();
    for checked in &mut *checked {
        let Ok(contract) = &checked.subject.contract else { continue };
        checked.routines = contract.routines.len() as u64;
        if let Some(binary) = &binary {
            checked.findings.extend(check::check(contract, binary));
        }
        if let Some(header) = &header {
            checked.findings.extend(check::check_header(contract, header));
        }
        if let Some((_, others)) = &other {
            common |= compare(args, checked, others)?;
        } else {
            complete(checked);
        }
    }
    hold_modules(&modules, checked);
    match other {
        Some((old, _)) if !common && checked.iter().any(|c| c.subject.contract.is_ok()) => {
            let new = checked[0].subject.file.clone();
            Err(Error::NothingInCommon { new, old: old.clone() })
        }
        _ => Ok(()),
    }
}

/// Compares a contract with those of the other file that are of its language. False: there is none.
fn compare(args: &Args, checked: &mut Checked, others: &[Subject]) -> Result<bool, Error> {
    let Some(side) = checked.subject.side() else { return Ok(false) };
    let (language, target) = (side.contract.component.language, side.contract.component.target);
    let mut findings = Vec::new();
    let sides: Vec<Side<'_>> = others.iter().filter_map(Subject::side).collect();
    for other in sides.iter().filter(|other| other.contract.component.language == language) {
        if args.layout.is_some() {
            findings.push(check::check_layout(side, *other));
            continue;
        }
        if other.contract.component.target != target {
            return Err(Error::OtherTarget {
                new: checked.subject.file.clone(),
                new_target: target,
                old: args.against.clone().unwrap_or_default(),
                old_target: other.contract.component.target,
            });
        }
        findings.push(check::check_against(side, *other));
    }
    let common = !findings.is_empty();
    checked.findings.extend(findings.into_iter().flatten());
    Ok(common)
}

/// Two files that were scanned may each describe nothing of a language that the other one has: an empty contract stands for
/// it, so that what is missing is told.
fn complement(checked: &mut Vec<Checked>, old: &mut Vec<Subject>) {
    let has = |all: &[&Contract], like: &Contract| {
        all.iter().any(|c| c.component.language == like.component.language)
    };
    let news: Vec<&Contract> = checked.iter().filter_map(|c| c.subject.contract.as_ref().ok()).collect();
    let olds: Vec<&Contract> = old.iter().filter_map(|s| s.contract.as_ref().ok()).collect();
    // A contract file speaks of one language and says nothing of the others.
    let scanned = checked.first().filter(|_| checked.iter().all(|c| c.subject.undescribed.is_some()));
    let missing = olds.iter().filter(|o| !has(&news, o));
    let more_new: Vec<Subject> =
        missing.filter_map(|o| scanned.and_then(|c| c.subject.without_routines(o))).collect();
    let missing = news.iter().filter(|n| !has(&olds, n));
    let more_old: Vec<Subject> =
        missing.filter_map(|n| old.first().and_then(|s| s.without_routines(n))).collect();
    old.extend(more_old);
    checked.extend(more_new.into_iter().map(Checked::new));
}

fn hold_modules(modules: &[ModuleFile], checked: &mut [Checked]) {
    for module in modules {
        let good: Vec<usize> = (0..checked.len()).filter(|i| checked[*i].subject.contract.is_ok()).collect();
        let contracts: Vec<&Contract> =
            good.iter().filter_map(|i| checked[*i].subject.contract.as_ref().ok()).collect();
        if contracts.is_empty() {
            return;
        }
        for (at, finding) in check::check_module(&contracts, module) {
            checked[good[at]].findings.push(finding);
        }
    }
}

/// The contracts of a file to compare with.
fn other(path: &std::path::Path) -> Result<Vec<Subject>, Error> {
    let subjects = subject::open(path, true)?;
    match subjects.iter().find_map(|subject| subject.contract.as_ref().err()) {
        Some(faults) => Err(Error::Other { path: path.to_owned(), text: faults.to_string() }),
        None => Ok(subjects),
    }
}

/// Lists what a person still has to write.
fn complete(checked: &mut Checked) {
    let (Ok(contract), Some(text)) = (&checked.subject.contract, &checked.subject.text) else { return };
    let places = toml::Places::new(text);
    for routine in &contract.routines {
        let missing = readiness::missing(contract, routine, Purpose::Rust);
        checked.complete += u64::from(missing.is_empty());
        checked.missing.extend(missing.into_iter().map(|fact| {
            let (line, column) = places.locate(&fact.path);
            let routine = routine.name.clone();
            ToComplete { routine, line, column, place: fact.path, message: fact.message }
        }));
    }
}

#[derive(Default)]
struct Sums {
    contracts: u64,
    routines: u64,
    complete: u64,
    errors: u64,
    warnings: u64,
    notes: u64,
}

impl Sums {
    fn of(checked: &[Checked]) -> Sums {
        let mut sums = Sums { contracts: checked.len() as u64, ..Sums::default() };
        for contract in checked {
            sums.routines += contract.routines;
            sums.complete += contract.complete;
            sums.errors += contract.diagnostics().len() as u64;
            for finding in &contract.findings {
                match finding.severity() {
                    Severity::Error => sums.errors += 1,
                    Severity::Warning => sums.warnings += 1,
                    Severity::Note => sums.notes += 1,
                }
            }
        }
        sums
    }
}
