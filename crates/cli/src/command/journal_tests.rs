//! `cmp-bridge journal tests`: recorded calls become ordinary Rust tests.

use super::journal::{hex, journal_hint};
use super::replay::request;
use crate::error::{Ending, Explain, FileError};
use crate::evidence::{Book, BookError, CallId, Known, LostEnds};
use crate::names::matches;
use crate::output::{note, print};
use crate::report::count;
use cmp_bridge::entry::Completeness;
use cmp_bridge_contract::Diagnostics;
use cmp_bridge_contract::abi::Role;
use cmp_bridge_contract::areas::Owner;
use cmp_bridge_contract::lift::{Endian, FloatKind, Value, lift};
use cmp_bridge_contract::literal::Literal;
use cmp_bridge_contract::model::{By, Contract, Language, Type, Use};
use cmp_bridge_journal::{Call, Captured, Header, Journal, JournalError, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io;
use std::path::{Path, PathBuf};

/// Writes recorded calls as Rust tests
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge journal tests day.journal --exe legacy/build/pie/cmp_day --contract contracts/flight_dynamics.toml \\
      --out tests/from_journal.rs
  CMP_BRIDGE_SUBJECT=target/debug/librewrite_three.so cargo test --test from_journal

The package needs cmp-bridge-harness among its dev-dependencies. Of each routine the first call and the last, one of each
status and of each set of outputs that changed are taken. Without --contract the contracts inside the journal are written
beside the tests.")]
pub struct Args {
    /// The journal
    #[arg(value_name = "FILE")]
    journal: PathBuf,
    /// The executable or module the tests call; CMP_BRIDGE_SUBJECT names another when they run
    #[arg(long, value_name = "EXE")]
    exe: PathBuf,
    /// The contract the tests call it by
    #[arg(long, value_name = "FILE")]
    contract: Vec<PathBuf>,
    /// Where the tests go; standard output unless it is named
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Only the routines that match; `*` and `?` stand for any characters
    #[arg(long, value_name = "PATTERN")]
    routine: Option<String>,
    /// At most so many calls of each routine
    #[arg(long, value_name = "N", default_value_t = 8)]
    most: usize,
}

/// Why no tests were written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The journal cannot be opened.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// Its contracts cannot be used.
    #[error(transparent)]
    Book(#[from] BookError),
    /// No call of it can be a test.
    #[error("{}: no call can be made a test{why}", journal.display())]
    Nothing {
        /// The journal.
        journal: PathBuf,
        /// Why not.
        why: String,
    },
    /// A contract that was given.
    #[error("a contract cannot be used")]
    Contract(#[source] Diagnostics),
    /// Contracts have no place beside standard output.
    #[error("without --out there is no place for the contracts inside the journal")]
    NoPlace,
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
            Error::Journal(error) => Some(journal_hint(error).to_owned()),
            Error::Nothing { .. } => Some(
                "`cmp-bridge check` says what a contract lacks for replay; tests need as much".to_owned(),
            ),
            Error::NoPlace => Some("add --contract FILE, or --out FILE".to_owned()),
            Error::File(error) => error.hint(),
            Error::Contract(_) => Some("mend it first: `cmp-bridge check` shows where".to_owned()),
            Error::Book(_) | Error::Output(_) => None,
        }
    }
}

/// What is chosen of one routine, by the order of the calls.
#[derive(Default)]
struct Sample {
    /// By status and changed outputs.
    paths: BTreeMap<(Option<i128>, Vec<u16>), Call>,
    first: Option<Call>,
    last: Option<Call>,
    skipped: BTreeMap<String, u64>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let journal = Journal::open(&args.journal)?;
    let book = Book::read(journal.header())?;
    let ends = LostEnds::of(journal.calls());
    let given = given(&args.contract)?;
    let mut samples: Vec<Sample> = (0..book.routine_count()).map(|_| Sample::default()).collect();
    for call in journal.calls() {
        let known = book.known(call.routine);
        if args.routine.as_ref().is_none_or(|pattern| matches(pattern, &known.routine.name)) {
            match given.as_ref().is_none_or(|given| {
                given.contains(&(known.routine.name.clone(), known.routine.symbol.clone()))
            }) {
                true => samples[call.routine].consider(&known, call, &ends, args.most),
                false => *samples[call.routine].skipped.entry(OTHER.into()).or_insert(0) += 1,
            }
        }
    }
    let mut skipped = BTreeMap::new();
    let mut page = String::new();
    let (mut routines, mut tests) = (0, 0);
    for (index, sample) in samples.into_iter().enumerate() {
        let known = book.known(index);
        for (why, calls) in &sample.skipped {
            *skipped.entry(format!("{}: {why}", known.routine.name)).or_insert(0) += calls;
        }
        let chosen = sample.chosen(args.most);
        routines += u64::from(!chosen.is_empty());
        tests += chosen.len() as u64;
        chosen.iter().for_each(|call| page += &test(&known, call, &args.journal));
    }
    if tests == 0 {
        let why = skipped.keys().take(10).fold(String::new(), |all, why| format!("{all}\n    {why}"));
        return Err(Error::Nothing { journal: args.journal.clone(), why });
    }
    let contracts = contracts(args, journal.header())?;
    let page = format!("{}{page}", head(args, journal.header(), &contracts));
    match &args.out {
        Some(path) => write(path, &page)?,
        None => print(&page)?,
    }
    for (why, calls) in &skipped {
        note(&format!("left out: {}, {why}", count(*calls, "call")));
    }
    note(&format!("{} of {} written", count(tests, "test"), count(routines, "routine")));
    Ok(Ending::Good)
}

/// Why a call is no test.
const OTHER: &str = "the contracts given do not describe it";

/// Names and symbols of the routines of the contracts given; `None` where none is.
fn given(files: &[PathBuf]) -> Result<Option<BTreeSet<(String, String)>>, Error> {
    let mut routines = BTreeSet::new();
    for file in files {
        let text = std::fs::read_to_string(file).map_err(FileError::new(file, "read"))?;
        let contract = Contract::from_toml(&text, &file.display().to_string()).map_err(Error::Contract)?;
        routines.extend(contract.routines.into_iter().map(|routine| (routine.name, routine.symbol)));
    }
    Ok((!files.is_empty()).then_some(routines))
}

fn write(path: &Path, text: &str) -> Result<(), FileError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(FileError::new(folder, "made"))?;
    }
    std::fs::write(path, text).map_err(FileError::new(path, "written"))
}

/// The contracts the tests name: those given, or those of the journal, in a folder beside the tests.
fn contracts(args: &Args, header: &Header) -> Result<Vec<PathBuf>, Error> {
    if !args.contract.is_empty() {
        return Ok(args.contract.clone());
    }
    let out = args.out.as_ref().ok_or(Error::NoPlace)?;
    let mut files = Vec::new();
    for component in &header.components {
        let name = Path::new(&component.file).file_name().unwrap_or_default();
        let path = out.with_extension("").join(name);
        write(&path, &component.contract)?;
        files.push(path);
    }
    Ok(files)
}

impl Sample {
    fn consider(&mut self, known: &Known<'_>, call: Call, ends: &LostEnds, most: usize) {
        let why = request::closed(known)
            .or_else(|| unwritable(known))
            .or_else(|| request::of(known, &call, ends).err());
        if let Some(why) = why {
            *self.skipped.entry(why).or_insert(0) += 1;
            return;
        }
        let key = (status(known, &call), changed(&call));
        if self.paths.len() < most {
            self.paths.entry(key).or_insert_with(|| call.clone());
        }
        self.first.get_or_insert_with(|| call.clone());
        self.last = Some(call);
    }

    fn chosen(self, most: usize) -> Vec<Call> {
        let mut chosen: Vec<Call> = Vec::new();
        for call in self.first.into_iter().chain(self.last).chain(self.paths.into_values()) {
            let same = |other: &Call| CallId::of(other) == CallId::of(&call);
            if !chosen.iter().any(same) && chosen.len() < most {
                chosen.push(call);
            }
        }
        chosen.sort_by_key(|call| (call.thread, call.number));
        chosen
    }
}

/// Why no call of a routine can be written down.
fn unwritable(known: &Known<'_>) -> Option<String> {
    let fortran = known.contract.component.language == Language::Fortran;
    let carried = known.routine.params.iter().find(|param| param.by == By::Descriptor && fortran)?;
    Some(format!(
        "`{}` travels with a descriptor, of which lower bounds and strides are not written",
        carried.name
    ))
}

/// The status code a call answered with.
fn status(known: &Known<'_>, call: &Call) -> Option<i128> {
    let Outcome::Returned { returned, after } = &call.outcome else { return None };
    let by_return = known.routine.returns.as_ref().filter(|returns| returns.usage == Use::Status);
    let value = match by_return {
        Some(_) => {
            let (ty, bytes) = known.returned(returned)?;
            lift(known.contract, ty, &bytes, Endian::Little).ok()?
        }
        None => {
            let i = known.routine.params.iter().position(|param| param.usage == Use::Status)?;
            let area = known.areas.iter().position(|area| area.owner == Owner::Param(i))?;
            let captured = after.iter().find(|captured| usize::from(captured.area) == area)?;
            lift(known.contract, &known.areas[area].ty, &captured.bytes, Endian::Little).ok()?
        }
    };
    match value {
        Value::Int(number) | Value::Enum { value: number, .. } => Some(number),
        _ => None,
    }
}

/// The areas a call changed.
fn changed(call: &Call) -> Vec<u16> {
    let Outcome::Returned { after, .. } = &call.outcome else { return Vec::new() };
    let before = |area| call.before.iter().find(|captured| captured.area == area);
    let differs =
        |captured: &&Captured| before(captured.area).is_none_or(|before| before.bytes != captured.bytes);
    after.iter().filter(differs).map(|captured| captured.area).collect()
}

fn head(args: &Args, header: &Header, contracts: &[PathBuf]) -> String {
    let journal = args.journal.file_name().unwrap_or_default().to_string_lossy();
    let named = contracts.iter().fold(String::new(), |all, file| {
        format!("{all}\n        .contract({:?})", file.display().to_string())
    });
    format!(
        "// @(#) tests from {journal}, recorded from {} (build-id {}), generated by cmp-bridge {}\n\
         //! Recorded calls, made again: each output must be what the legacy routine answered, within the tolerances of the\n\
         //! contract. `CMP_BRIDGE_SUBJECT` names a module, or another executable, to be held to the same.\n\n\
         #![allow(clippy::all, clippy::pedantic, unused_imports)]\n\n\
         use cmp_bridge_harness::{{Harness, Literal, NULL, bytes, name, record, value}};\n\n\
         fn harness() -> Harness {{\n    Harness::of_subject({:?}){named}\n        .start()\n        \
         .unwrap_or_else(|error| panic!(\"{{error}}\"))\n}}\n",
        header.executable,
        hex(&header.build_id),
        env!("CARGO_PKG_VERSION"),
        args.exe.display().to_string(),
    )
}

/// One test.
fn test(known: &Known<'_>, call: &Call, journal: &Path) -> String {
    let (routine, id) = (&known.routine.name, CallId::of(call));
    let journal = journal.file_name().unwrap_or_default().to_string_lossy();
    let mut out = format!(
        "\n#[test]\nfn {}_{}_{}() {{\n    harness()\n        .case({routine:?}, \"call {id} of {journal}\")\n",
        routine.to_lowercase(),
        call.thread,
        call.number
    );
    for (i, param) in known.routine.params.iter().enumerate() {
        let given = match param.by {
            By::Value => known.argument(call, Role::Param(i)).map(|bytes| literal(known, &param.ty, &bytes)),
            _ => input(known, call, Owner::Param(i), matches!(param.usage, Use::Out | Use::Status)),
        };
        if let Some(given) = given {
            let _ = writeln!(out, "        .arg({:?}, {})", param.name, rust(&given));
        }
        if let Some(range) =
            input(known, call, Owner::Bounds(i), false).filter(|_| param.by == By::Descriptor)
        {
            let _ = writeln!(out, "        .arg({:?}, {})", format!("{}'range", param.name), rust(&range));
        }
    }
    for (i, state) in known.routine.state.iter().enumerate() {
        if let Some(given) = input(known, call, Owner::State(i), false) {
            let _ = writeln!(out, "        .state({:?}, {})", state.area, rust(&given));
        }
    }
    if let Outcome::Returned { returned, after } = &call.outcome {
        // An address is another one in each process.
        if known
            .routine
            .returns
            .as_ref()
            .is_some_and(|returns| returns.usage != Use::Ignored && returns.by == By::Value)
            && let Some((ty, bytes)) = known.returned(returned)
        {
            let expected = literal(known, ty, &bytes);
            let _ = writeln!(out, "        .expect(\"return\", {})", rust(&expected));
        }
        for captured in after.iter().filter(|captured| captured.completeness == Completeness::Full) {
            let Some(area) = known.areas.get(usize::from(captured.area)) else { continue };
            let expected = literal(known, &area.ty, &captured.bytes);
            let label = known.label(captured.area.into());
            let _ = writeln!(out, "        .expect({label:?}, {})", rust(&expected));
        }
    }
    out + "        .check();\n}\n"
}

/// What an area held before the call. Zeros need not be written for what is only written.
fn input(known: &Known<'_>, call: &Call, owner: Owner, only_written: bool) -> Option<Literal> {
    let area = known.areas.iter().position(|area| area.owner == owner)?;
    let captured = call.before.iter().find(|captured| usize::from(captured.area) == area)?;
    if captured.completeness == Completeness::Null {
        return Some(Literal::Null);
    }
    if only_written && captured.bytes.iter().all(|byte| *byte == 0) && known.areas[area].ty != Type::Chars {
        return None;
    }
    Some(literal(known, &known.areas[area].ty, &captured.bytes))
}

fn literal(known: &Known<'_>, ty: &Type, bytes: &[u8]) -> Literal {
    match lift(known.contract, ty, bytes, Endian::Little) {
        Ok(value) => Literal::from(&value),
        Err(_) => Literal::Bytes(bytes.to_vec()),
    }
}

/// A value as Rust: something that becomes a literal.
fn rust(literal: &Literal) -> String {
    match literal {
        Literal::Null => "NULL".to_owned(),
        Literal::Int(number) => match i32::try_from(*number) {
            Ok(number) => number.to_string(),
            Err(_) => format!("{number}_i128"),
        },
        Literal::Float { double, .. } if double.is_infinite() => {
            format!("{}f64::INFINITY", if *double < 0.0 { "-" } else { "" })
        }
        Literal::Float { double, .. } => format!("{double:?}"),
        Literal::Bits { kind: FloatKind::F32 | FloatKind::F64 | FloatKind::F80, .. } | Literal::Pair(..) => {
            format!("value({:?})", literal.to_string())
        }
        Literal::Text(text) => {
            let text: String = text.iter().map(|byte| char::from(*byte)).collect();
            format!("\"{}\"", text.escape_default())
        }
        Literal::Bytes(bytes) => {
            let bytes: Vec<String> = bytes.iter().map(|byte| format!("{byte:#04x}")).collect();
            format!("bytes(&[{}])", bytes.join(", "))
        }
        Literal::Array(items) => array(items),
        Literal::Record(fields) => {
            let field = |(name, value): &(String, Literal)| format!("({name:?}, {})", as_literal(value));
            format!("record([{}])", fields.iter().map(field).collect::<Vec<_>>().join(", "))
        }
        Literal::Name(name) if name == "true" || name == "false" => name.clone(),
        Literal::Name(name) => format!("name({name:?})"),
        Literal::Room(ty) => format!("room({:?})", ty.to_string()),
    }
}

/// Elements that Rust gives one type stand as they are.
fn array(items: &[Literal]) -> String {
    let list = |each: &dyn Fn(&Literal) -> String| items.iter().map(each).collect::<Vec<_>>().join(", ");
    let small = |item: &Literal| matches!(item, Literal::Int(number) if i32::try_from(*number).is_ok());
    let plain = items.iter().all(small)
        || items.iter().all(|item| matches!(item, Literal::Float { double, .. } if double.is_finite()))
        || items.iter().all(|item| matches!(item, Literal::Text(_)));
    match (items.is_empty(), plain) {
        (true, _) => "Literal::Array(vec![])".to_owned(),
        (false, true) => format!("[{}]", list(&rust)),
        (false, false) => format!("[{}]", list(&as_literal)),
    }
}

/// A value as Rust, already a literal.
fn as_literal(literal: &Literal) -> String {
    let text = rust(literal);
    match literal {
        Literal::Null | Literal::Bits { .. } | Literal::Pair(..) | Literal::Bytes(_) | Literal::Record(_) => {
            text
        }
        Literal::Name(name) if name != "true" && name != "false" => text,
        _ => format!("Literal::from({text})"),
    }
}
