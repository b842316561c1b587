//! `cmp-bridge scan`: contracts out of a binary's own debug information.

use super::scan_source::{self, Sources};
use crate::error::{Ending, Explain, FileError, read_text};
use crate::names::{matches, nearest};
use crate::output::{Paint, note, print};
use crate::report::count;
use cmp_bridge_contract::Diagnostics;
use cmp_bridge_contract::model::{Contract, Language};
use cmp_bridge_contract::toml::{merge_into, routine_symbols};
use cmp_bridge_inspect::binary::{Binary, BinaryError};
use cmp_bridge_inspect::dwarf::DwarfError;
use cmp_bridge_inspect::header::{HeaderError, scan_headers};
use cmp_bridge_inspect::scan::{Coverage, Reason, Refusal, ScanOptions, ScanReport, coverage, scan};
use serde_json::json;
use similar::TextDiff;
use std::fs::File;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Reads contracts out of a binary's debug information
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge scan legacy/build/pie/cmp_day
  cmp-bridge scan legacy/build/pie/cmp_day --routine ehposv --routine 'caljj*' --component flight_dynamics
  cmp-bridge scan legacy/build/pie/cmp_day --source legacy/telemetry --out contracts/telemetry.toml
  cmp-bridge scan legacy/build/pie/cmp_day --routine '*' --out contracts/ --merge
  cmp-bridge scan legacy/build/pie/cmp_day --out contracts/ --merge --dry-run
  cmp-bridge scan legacy/build/pie/cmp_day --summary
  cmp-bridge scan stripped --fortran legacy/flight_dynamics/cst.f legacy/flight_dynamics/ehech.f -- -fno-automatic
  cmp-bridge scan stripped --ada-spec legacy/ccs/ccs_limites.ads
  cmp-bridge scan --header vendor-headers/telemetry.h --binary legacy/build/pie/cmp_day -- -I vendor-headers

Without debug information, --header takes the signatures from C headers and the symbols from the binary.

With --merge, what changes is shown as a diff on standard error, and each routine is named that the file has and the
binary no longer has: it is left as it was.

What the binary cannot say is written as `unknown`: `cmp-bridge check` says what to complete.

Exit status: 0 described; 1 a routine that was named cannot be described, or one of several patterns matches nothing;
2 nothing matches at all, or a file cannot be read or written.")]
pub struct Args {
    /// An executable, a shared library, an object file or a member of an archive, `lib.a(member.o)`
    #[arg(value_name = "EXE", required_unless_present = "header", conflicts_with = "binary")]
    exe: Option<PathBuf>,
    /// Signatures from this C header instead of from debug information; may be given several times
    #[arg(long, value_name = "HEADER", conflicts_with_all = ["language", "fortran", "ada_spec"])]
    header: Vec<PathBuf>,
    /// With --header: only what this executable or library has, whose build the contract is tied to
    #[arg(long, value_name = "EXE", requires = "header")]
    binary: Option<PathBuf>,
    /// Only these routines: names or symbols; `*` and `?` stand for any characters
    #[arg(long, value_name = "PATTERN")]
    routine: Vec<String>,
    /// Only these source files or folders
    #[arg(long, value_name = "PATH")]
    source: Vec<String>,
    /// Only this language
    #[arg(long, value_parser = language, value_name = "c|c++|fortran|ada")]
    language: Option<Language>,
    /// Compiles these Fortran sources with -g and reads that: for an executable without debug information
    #[arg(long, value_name = "FILE", num_args = 1.., conflicts_with = "ada_spec")]
    fortran: Vec<PathBuf>,
    /// The same for Ada specifications, or bodies
    #[arg(long, value_name = "FILE", num_args = 1..)]
    ada_spec: Vec<PathBuf>,
    /// Options of the compiler for --header, --fortran and --ada-spec
    #[arg(last = true, value_name = "FLAGS")]
    flags: Vec<String>,
    /// Name of the component
    #[arg(long, value_name = "NAME")]
    component: Option<String>,
    /// Keeps the index of the binary in this folder, so that the next question to it is quick [default: with --out, a folder
    /// .cmp-bridge beside the contract]
    #[arg(long, value_name = "DIR")]
    index: Option<PathBuf>,
    /// Writes here instead of to standard output: a folder, or a file for a single contract
    #[arg(long, value_name = "PATH")]
    out: Option<PathBuf>,
    /// Brings existing files up to date, keeping what people wrote into them
    #[arg(long, requires = "out")]
    merge: bool,
    /// With --merge: shows what would change, and writes nothing
    #[arg(long, requires = "merge")]
    dry_run: bool,
    /// Only counts: for each language the functions described, and those not described by reason
    #[arg(long, conflicts_with = "out")]
    summary: bool,
    /// As JSON
    #[arg(long, conflicts_with = "out")]
    json: bool,
}

fn language(text: &str) -> Result<Language, String> {
    match text {
        "c" => Ok(Language::C),
        "c++" | "cpp" => Ok(Language::Cpp),
        "fortran" => Ok(Language::Fortran),
        "ada" => Ok(Language::Ada),
        other => Err(format!("`{other}` cannot be scanned: write c, c++, fortran or ada")),
    }
}

/// Why nothing was scanned.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The binary.
    #[error(transparent)]
    Binary(#[from] BinaryError),
    /// Its debug information.
    #[error(transparent)]
    Dwarf(#[from] DwarfError),
    /// Sources to compile.
    #[error(transparent)]
    Sources(#[from] scan_source::Error),
    /// A header.
    #[error(transparent)]
    Header(#[from] HeaderError),
    /// No such routine.
    #[error("{} has no routine that matches `{pattern}`", binary.display())]
    NoRoutine {
        /// The binary.
        binary: PathBuf,
        /// What was asked for.
        pattern: String,
        /// What may have been meant.
        hint: String,
    },
    /// Several contracts for one file.
    #[error("{} contracts cannot go into one file: {names}", number)]
    OneFile {
        /// How many.
        number: usize,
        /// Their components.
        names: String,
    },
    /// A file to merge into that is not a contract.
    #[error("{} cannot be brought up to date", file.display())]
    Merge {
        /// The file.
        file: PathBuf,
        /// Every error in it.
        source: Diagnostics,
    },
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Error::NoRoutine { hint, .. } => Some(hint.clone()),
            Error::OneFile { .. } => {
                Some("name a folder, or add --language c or --language fortran".to_owned())
            }
            Error::Merge { file, .. } => Some(format!("mend {} first; it was left as it is", file.display())),
            Error::File(error) if error.source.kind() == io::ErrorKind::AlreadyExists => {
                Some("--merge brings it up to date and keeps what people wrote into it".to_owned())
            }
            Error::File(error) => error.hint(),
            Error::Binary(_) => {
                Some("scan reads ELF executables and shared libraries for x86-64 Linux".to_owned())
            }
            Error::Sources(error) => error.hint(),
            Error::Dwarf(DwarfError::None { .. }) => Some(
                "rebuild with -g, or say what it was made of: --header, --fortran or --ada-spec".to_owned(),
            ),
            Error::Header(error) => Some(error.hint().to_owned()),
            Error::Dwarf(_) | Error::Output(_) => None,
        }
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let options = ScanOptions {
        patterns: args.routine.clone(),
        sources: args.source.clone(),
        language: args.language,
        component: args.component.clone(),
        index: args.index.clone().or_else(|| beside(args.out.as_deref()?)),
    };
    let binary = args.exe.as_ref().or(args.binary.as_ref()).map(Binary::open_to_scan).transpose()?;
    let Some(binary) = binary.as_ref().filter(|_| args.header.is_empty()) else {
        return run_headers(args, binary.as_ref(), &options);
    };
    let report = match (args.fortran.as_slice(), args.ada_spec.as_slice()) {
        ([], []) => scan(binary, &options)?,
        (files, []) => scan_source::report(binary, Sources::Fortran(files), &args.flags, &options)?,
        (_, files) => scan_source::report(binary, Sources::Ada(files), &args.flags, &options)?,
    };
    if report.contracts.is_empty() && report.refused.is_empty() {
        return Err(nothing(
            args.routine.first().or(args.source.first()).map_or("*", String::as_str),
            binary,
        ));
    }
    let unmatched = unmatched(binary, &options, &report)?;
    write_report(args, &report, Some(binary), &unmatched)?;
    for pattern in &unmatched {
        note(&format!("{} {}", Paint::stderr().bad("error:"), nothing(pattern, binary)));
        note(&format!("  {} {}", Paint::stderr().title("hint:"), likely(pattern, binary)));
    }
    Ok(ending(args, &report, &unmatched))
}

/// Signatures from headers, symbols from the binary, if there is one.
fn run_headers(args: &Args, binary: Option<&Binary>, options: &ScanOptions) -> Result<Ending, Error> {
    let report = scan_headers(&args.header, &args.flags, binary, options)?;
    let described = report.contracts.iter().flat_map(|contract| &contract.routines);
    let refused = report.refused.iter().flat_map(|r| std::iter::once(&r.name).chain(&r.symbol));
    let names: Vec<&String> = described.flat_map(|r| [&r.name, &r.symbol]).chain(refused).collect();
    let known = |pattern: &&String| names.iter().any(|name| matches(pattern, name));
    let unmatched: Vec<String> = options.patterns.iter().filter(|p| !known(p)).cloned().collect();
    if let Some(pattern) = unmatched.first().filter(|_| names.is_empty()) {
        let (binary, pattern) = (args.header[0].clone(), pattern.clone());
        let hint = "is it declared in a header that this one includes? Name that one as well".to_owned();
        return Err(Error::NoRoutine { binary, pattern, hint });
    }
    write_report(args, &report, binary, &unmatched)?;
    for pattern in &unmatched {
        let text = format!("no header declares a routine that matches `{pattern}`");
        note(&format!("{} {text}", Paint::stderr().bad("error:")));
    }
    Ok(ending(args, &report, &unmatched))
}

fn write_report(
    args: &Args,
    report: &ScanReport,
    binary: Option<&Binary>,
    unmatched: &[String],
) -> Result<(), Error> {
    if args.summary {
        let coverage = coverage(report);
        print(&match args.json {
            true => format!("{:#}\n", json_summary(report, &coverage)),
            false => text_summary(report, &coverage),
        })?;
    } else if args.json {
        print(&format!("{:#}\n", json_report(report, unmatched)))?;
    } else {
        match &args.out {
            Some(out) => write_contracts(args, report, binary, out)?,
            None => print(&text_report(report))?,
        }
        tell(report);
    }
    Ok(())
}

fn ending(args: &Args, report: &ScanReport, unmatched: &[String]) -> Ending {
    // Asked for everything, a refusal is a fact; asked for a routine by its name, it is a finding.
    let named = |refusal: &Refusal| {
        args.routine.iter().any(|p| *p == refusal.name || Some(p) == refusal.symbol.as_ref())
    };
    let missed = report.contracts.is_empty() || report.refused.iter().any(named) || !unmatched.is_empty();
    if missed { Ending::Findings } else { Ending::Good }
}

/// The folder of the index beside what is written.
fn beside(out: &Path) -> Option<PathBuf> {
    let folder = match out.is_dir() {
        true => out,
        false => out.parent().filter(|parent| parent.is_dir()).unwrap_or(Path::new(".")),
    };
    let kept = folder.join(".cmp-bridge");
    // A folder that cannot be made is no reason not to scan.
    let made = kept.is_dir() || std::fs::create_dir(&kept).is_ok();
    made.then_some(kept)
}

/// The patterns that are nobody's, though others are somebody's.
fn unmatched(binary: &Binary, options: &ScanOptions, report: &ScanReport) -> Result<Vec<String>, DwarfError> {
    let mut unmatched = Vec::new();
    for pattern in options.patterns.iter().filter(|_| options.patterns.len() > 1) {
        let described = report.contracts.iter().flat_map(|contract| &contract.routines);
        let refused = report.refused.iter().flat_map(|r| std::iter::once(&r.name).chain(&r.symbol));
        let mut names = described.flat_map(|r| [&r.name, &r.symbol]).chain(refused);
        if names.any(|name| matches(pattern, name)) {
            continue;
        }
        // A name that only the source has, as of a routine in a module: the scan itself knows.
        let alone = ScanOptions { patterns: vec![pattern.clone()], ..options.clone() };
        let report = scan(binary, &alone)?;
        if report.contracts.is_empty() && report.refused.is_empty() {
            unmatched.push(pattern.clone());
        }
    }
    Ok(unmatched)
}

fn nothing(pattern: &str, binary: &Binary) -> Error {
    let (pattern, hint) = (pattern.to_owned(), likely(pattern, binary));
    Error::NoRoutine { binary: binary.path().to_owned(), pattern, hint }
}

fn likely(pattern: &str, binary: &Binary) -> String {
    let names =
        binary.symbols().iter().filter(|symbol| symbol.is_function()).map(|symbol| symbol.name.as_str());
    match nearest(pattern, names) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("`cmp-bridge scan {}` lists the routines it has", binary.path().display()),
    }
}

/// The contracts one after the other, and what has no place in them as comments.
fn text_report(report: &ScanReport) -> String {
    let mut out = String::new();
    for contract in &report.contracts {
        if report.contracts.len() > 1 {
            out += &format!("# ==== {} ====\n", file_name(contract));
        }
        out += &contract.to_toml();
        out.push('\n');
    }
    for refusal in &report.refused {
        out += &format!("# not described: {refusal}\n");
    }
    for text in &report.notes {
        out += &format!("# note: {text}\n");
    }
    out
}

/// The coverage table: one block a language.
fn text_summary(report: &ScanReport, coverage: &[Coverage]) -> String {
    let paint = Paint::stdout();
    let mut out = String::new();
    for of in coverage {
        let figures = format!(
            "{} of {} described ({:.1} %)",
            of.described,
            count(of.functions as u64, "function"),
            of.percent()
        );
        out += &format!("{} {figures}\n", paint.title(&format!("{:<9}", of.language)));
        for (reason, number) in &of.refused {
            out += &format!("{number:>9}  {:<21} {}\n", reason.name(), reason.text());
        }
        if of.copies > 0 {
            out += &format!(
                "{:>9}  {:<21} {} (not counted)\n",
                of.copies,
                Reason::Copy.name(),
                Reason::Copy.text()
            );
        }
    }
    if report.undescribed > 0 {
        let functions = count(report.undescribed as u64, "function");
        out += &format!("{functions} without debug information (start-up code, other people's objects)\n");
    }
    for text in &report.notes {
        out += &format!("note: {text}\n");
    }
    out
}

fn json_summary(report: &ScanReport, coverage: &[Coverage]) -> serde_json::Value {
    let languages = coverage.iter().map(|of| {
        let refused: serde_json::Map<_, _> =
            of.refused.iter().map(|(reason, number)| (reason.name().to_owned(), json!(number))).collect();
        json!({
            "language": of.language, "functions": of.functions, "described": of.described, "percent": of.percent(),
            "refused": refused, "copies": of.copies,
        })
    });
    json!({
        "languages": languages.collect::<Vec<_>>(), "without-debug-information": report.undescribed,
        "notes": report.notes,
    })
}

fn tell(report: &ScanReport) {
    let paint = Paint::stderr();
    if !report.refused.is_empty() {
        let mut reasons = std::collections::BTreeMap::<&str, u64>::new();
        report.refused.iter().for_each(|refusal| *reasons.entry(refusal.reason.text()).or_default() += 1);
        for (reason, number) in reasons {
            note(&format!("{} {}: {reason}", paint.doubtful("not described:"), count(number, "routine")));
        }
    }
    let routines: usize = report.contracts.iter().map(|contract| contract.routines.len()).sum();
    note(&format!(
        "{} described in {}, {} not described",
        count(routines as u64, "routine"),
        count(report.contracts.len() as u64, "contract"),
        report.refused.len()
    ));
}

fn file_name(contract: &Contract) -> String {
    format!("{}.toml", contract.component.name)
}

fn write_contracts(
    args: &Args,
    report: &ScanReport,
    binary: Option<&Binary>,
    out: &Path,
) -> Result<(), Error> {
    let folder = out.is_dir() || out.as_os_str().as_encoded_bytes().ends_with(b"/");
    if !folder && report.contracts.len() > 1 {
        let names: Vec<String> =
            report.contracts.iter().map(|contract| contract.component.name.clone()).collect();
        return Err(Error::OneFile { number: report.contracts.len(), names: names.join(", ") });
    }
    if folder {
        std::fs::create_dir_all(out).map_err(FileError::new(out, "created"))?;
    }
    for contract in &report.contracts {
        let file = if folder { out.join(file_name(contract)) } else { out.to_owned() };
        let existing = args.merge && file.exists();
        if existing {
            merge(&file, contract, args.dry_run)?;
            tell_gone(&file, report, binary);
            if args.dry_run {
                continue;
            }
        } else {
            create(&file, &contract.to_toml())?;
        }
        let verb = if existing { "brought up to date" } else { "written" };
        note(&format!("{} {verb}: {}", file.display(), count(contract.routines.len() as u64, "routine")));
    }
    for refusal in &report.refused {
        note(&format!("not described: {refusal}"));
    }
    Ok(())
}

fn create(file: &Path, text: &str) -> Result<(), FileError> {
    let written = File::options()
        .write(true)
        .create_new(true)
        .open(file)
        .and_then(|mut f| f.write_all(text.as_bytes()));
    written.map_err(FileError::new(file, "written"))
}

/// Replaces the file only once the new text is whole: hand-written facts must survive a full disk.
fn merge(file: &Path, contract: &Contract, dry_run: bool) -> Result<(), Error> {
    let existing = read_text(file)?;
    let merged = merge_into(&existing, &file.display().to_string(), contract);
    let merged = merged.map_err(|source| Error::Merge { file: file.to_owned(), source })?;
    tell_changes(file, &existing, &merged);
    if dry_run || merged == existing {
        return Ok(());
    }
    let mut beside = file.as_os_str().to_owned();
    beside.push(".new");
    let beside = PathBuf::from(beside);
    let written = create(&beside, &merged)
        .and_then(|()| std::fs::rename(&beside, file).map_err(FileError::new(file, "replaced")));
    if let Err(error) = written {
        if error.source.kind() != io::ErrorKind::AlreadyExists {
            let _ = std::fs::remove_file(&beside);
        }
        return Err(error.into());
    }
    Ok(())
}

/// What a file still says of routines that the binary no longer has, or that can no longer be described: the file is tied
/// to the new build now, and what it says of them is of the old one.
fn tell_gone(file: &Path, report: &ScanReport, binary: Option<&Binary>) {
    let (Some(binary), Ok(text)) = (binary, read_text(file)) else { return };
    let Ok(routines) = routine_symbols(&text, &file.display().to_string()) else { return };
    for (name, symbol) in routines {
        let why = match binary.symbols_named(&symbol).any(|s| s.is_function()) {
            false => "is in the file and no longer in the binary".to_owned(),
            true => match report.refused.iter().find(|r| r.symbol.as_ref() == Some(&symbol)) {
                Some(refusal) => {
                    format!("is in the file and not described any more ({})", refusal.reason.text())
                }
                None => continue,
            },
        };
        let word = Paint::stderr().doubtful("note:");
        note(&format!("{word} {}: `{name}` {why}; left as it was", file.display()));
    }
}

/// What a re-scan changes in a file that people edit: the lines, with those around them.
fn tell_changes(file: &Path, existing: &str, merged: &str) {
    let paint = Paint::stderr();
    if existing == merged {
        return note(&format!("{}: nothing changes", file.display()));
    }
    let changes = TextDiff::from_lines(existing, merged);
    let name = file.display().to_string();
    let unified =
        changes.unified_diff().context_radius(2).header(&name, "the same, brought up to date").to_string();
    for line in unified.lines() {
        note(&match line.bytes().next() {
            Some(b'+') => paint.good(line),
            Some(b'-') => paint.bad(line),
            Some(b'@') => paint.title(line),
            _ => line.to_owned(),
        });
    }
}

fn json_report(report: &ScanReport, unmatched: &[String]) -> serde_json::Value {
    let contracts = report.contracts.iter().map(|contract| {
        let routines = contract
            .routines
            .iter()
            .map(|routine| json!({ "routine": routine.name, "symbol": routine.symbol, "at": routine.at }));
        json!({
            "component": contract.component.name, "language": contract.component.language.to_string(),
            "routines": routines.collect::<Vec<_>>(), "toml": contract.to_toml(),
        })
    });
    let refused = report.refused.iter().map(|refusal| {
        json!({
            "routine": refusal.name, "symbol": refusal.symbol, "at": refusal.at, "language": refusal.language,
            "reason": refusal.reason.name(), "message": refusal.reason.text(), "detail": refusal.detail,
        })
    });
    json!({
        "contracts": contracts.collect::<Vec<_>>(), "refused": refused.collect::<Vec<_>>(), "notes": report.notes,
        "unmatched": unmatched,
    })
}
