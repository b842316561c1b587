//! `cmp-bridge calibrate`: how much the legacy routines differ from themselves, as tolerances that a person accepts.

use super::learn::{self, record::plan_of};
use super::replay::request::{closed, of};
use super::run::prepare::{Source, open_executable, read_contract};
use super::{accept, run};
use crate::error::{Ending, FileError};
use crate::evidence::{Book, BookError, Known, LostEnds};
use crate::names::matches;
use crate::output::{Paint, note, print};
use crate::report::count;
use cmp_bridge::launch::WorkerStart;
use cmp_bridge::worker::Reply;
use cmp_bridge_contract::compare::{Comparer, FieldTally, Tally};
use cmp_bridge_contract::model::{Contract, Proposal, Type, TypeKind, Use};
use cmp_bridge_contract::toml::propose;
use cmp_bridge_harness::worker::{Answer, ControlSession, Origin, Worker, WorkerError};
use cmp_bridge_inspect::libraries::find_libraries;
use cmp_bridge_journal::{Call, Header, Journal, Outcome};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Noise above this share of a value is no rounding: something else is the matter.
const NOISE: f64 = 1e-6;

/// Measures how much legacy routines differ from themselves and proposes tolerances
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge calibrate --contract contracts/flight_dynamics.toml --journal day.journal -- legacy/build/pie/cmp_day
  cmp-bridge calibrate --contract contracts/flight_dynamics.toml --journal day.journal --runs 8 --routine 'eh*' -- legacy/build/pie/cmp_day
  cmp-bridge accept contracts/flight_dynamics.toml --all

Calls of the journal are answered by several processes of the executable, two of them with the same addresses and the
others each with its own. Where all answers are the same bits nothing is proposed. Floating-point fields that differ a
little get a tolerance, fields that hold an address are to be ignored. What differs from the journal in the same way every
time is no noise but hidden state: `cmp-bridge learn`. Exit status: 0 done, 1 if noise exceeds what a person wrote or
cannot be explained, 2 an error.")]
pub struct Args {
    /// A contract to complete
    #[arg(long, value_name = "FILE", required = true)]
    contract: Vec<PathBuf>,
    /// The journal
    #[arg(long, value_name = "JOURNAL")]
    journal: PathBuf,
    /// Only the routines that match; `*` and `?` stand for any characters
    #[arg(long, value_name = "PATTERN")]
    routine: Option<String>,
    /// Processes that answer
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u64).range(3..=32))]
    runs: u64,
    /// Calls of each routine, at most
    #[arg(long, value_name = "N", default_value_t = 200)]
    calls: u64,
    /// How long a call may take, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 5000, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Changes no file
    #[arg(long)]
    dry_run: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// The agent, if it is not beside this command
    #[arg(long, value_name = "FILE", env = "CMP_BRIDGE_AGENT")]
    agent: Option<PathBuf>,
    /// The executable the journal was recorded from
    #[arg(last = true, required = true, value_name = "EXE")]
    executable: PathBuf,
}

/// What was measured of one routine.
struct Noise<'a> {
    /// Processes with the same addresses, against each other.
    same: Comparer<'a>,
    /// Processes with other addresses.
    moved: Comparer<'a>,
    /// The journal against a process.
    recorded: Comparer<'a>,
    calls: u64,
    skipped: BTreeMap<String, u64>,
}

/// What comes of a calibration.
#[derive(Default)]
struct Found {
    proposals: Vec<Proposal>,
    /// What cannot be explained.
    unclear: Vec<String>,
    /// Hidden state.
    hidden: Vec<String>,
    /// Routines of which all answers were the same bits.
    quiet: u64,
    calls: u64,
    skipped: BTreeMap<String, u64>,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, learn::Error> {
    let executable = open_executable(&args.executable)?;
    let library_path = std::env::var_os("LD_LIBRARY_PATH");
    let libraries = find_libraries(&executable, library_path.as_deref()).found;
    let sources = args.contract.iter().map(|file| read_contract(file)).collect::<Result<Vec<_>, _>>()?;
    let journal = Journal::open(&args.journal)?;
    let book = book(journal.header(), &sources)?;
    let plan = plan_of(journal.header(), &book, &executable, &libraries)?;
    let agent = run::agent(args.agent.as_deref())?;
    let mut workers = Vec::new();
    for run in 0..args.runs {
        let session = ControlSession::create(&plan).map_err(WorkerError::Session)?;
        let (executable, agent) = (executable.path().to_owned(), agent.clone());
        let origin = Origin::Control {
            executable,
            start: WorkerStart { fixed: run < 2, ..WorkerStart::default() },
            folder: None,
            agent,
            session,
        };
        workers.push(Worker::new(origin, Duration::from_millis(args.timeout)));
    }
    let noise = measure(args, &journal, &book, &mut workers)?;
    let mut found = Found::default();
    for (known, noise) in book.iter().zip(&noise) {
        conclude(&known, noise, &mut found);
    }
    let mut standing = Vec::new();
    for source in &sources {
        standing.extend(write(args, source, &found)?);
    }
    tell(args, &found, &standing)?;
    let conflict = |p: &Proposal| p.by == "calibrate" && p.conflict.is_some() && !p.rejected;
    let bad = standing.iter().any(conflict) || !found.unclear.is_empty();
    Ok(if bad { Ending::Findings } else { Ending::Good })
}

/// The routines of the journal, with the tolerances that the contracts have now: some may have been accepted since.
fn book(header: &Header, sources: &[Source]) -> Result<Book, BookError> {
    let mut now = header.clone();
    for component in &mut now.components {
        let same = |source: &&Source| run::file_name(&source.file) == component.file;
        let old = Contract::from_toml(&component.contract, &component.file);
        if let (Some(source), Ok(mut contract)) = (sources.iter().find(same), old) {
            take_tolerances(&mut contract, &source.contract);
            component.contract = contract.to_toml();
        }
    }
    Book::read(&now)
}

/// No part of a routine's hash: the calls are the same.
fn take_tolerances(contract: &mut Contract, from: &Contract) {
    for routine in &mut contract.routines {
        let Some(now) = from.routine(&routine.name) else { continue };
        for param in &mut routine.params {
            let same = now.params.iter().find(|other| other.name == param.name);
            param.tolerance = same.and_then(|other| other.tolerance);
        }
        if let (Some(returns), Some(now)) = (&mut routine.returns, &now.returns) {
            returns.tolerance = now.tolerance;
        }
    }
    for def in &mut contract.types {
        let now = from.type_def(&def.name).map(|def| &def.kind);
        if let (TypeKind::Struct(fields), Some(TypeKind::Struct(now))) = (&mut def.kind, now) {
            for field in fields {
                let same = now.iter().find(|other| other.name == field.name);
                field.tolerance = same.and_then(|other| other.tolerance);
            }
        }
    }
}

fn measure<'a>(
    args: &Args,
    journal: &Journal,
    book: &'a Book,
    workers: &mut [Worker],
) -> Result<Vec<Noise<'a>>, learn::Error> {
    let ends = LostEnds::of(journal.calls());
    let mut all: Vec<Noise<'_>> = book
        .iter()
        .map(|known| Noise {
            same: Comparer::new(known.contract),
            moved: Comparer::new(known.contract),
            recorded: Comparer::new(known.contract),
            calls: 0,
            skipped: BTreeMap::new(),
        })
        .collect();
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("measuring: {pos} calls") {
        bar.set_style(style);
    }
    for call in journal.calls() {
        let known = book.known(call.routine);
        let noise = &mut all[call.routine];
        let wanted = args.routine.as_deref().is_none_or(|pattern| matches(pattern, &known.routine.name));
        if !wanted || noise.calls >= args.calls {
            continue;
        }
        let request = closed(&known).map_or_else(|| of(&known, &call, &ends), Err);
        let request = match request {
            Ok(request) => request,
            Err(why) => {
                *noise.skipped.entry(why).or_default() += 1;
                continue;
            }
        };
        bar.inc(1);
        noise.calls += 1;
        let mut replies = Vec::new();
        for worker in workers.iter_mut() {
            match worker.ask(&request)? {
                Answer::Reply(reply) if reply.problem.is_empty() && reply.exception.is_empty() => {
                    replies.push(*reply);
                }
                Answer::Reply(reply) => {
                    noise.skipped.entry(reply.problem + &reply.exception).or_insert(1);
                }
                Answer::Died(how) => {
                    noise.skipped.entry(format!("it ends with {how}")).or_insert(1);
                }
            }
        }
        if replies.len() == workers.len() {
            compare(&known, &call, &replies, noise);
        }
    }
    bar.finish_and_clear();
    Ok(all)
}

fn compare(known: &Known<'_>, call: &Call, replies: &[Reply], noise: &mut Noise<'_>) {
    for (index, reply) in replies.iter().enumerate().skip(1) {
        let comparer = if index == 1 { &mut noise.same } else { &mut noise.moved };
        pair(known, comparer, &replies[0], reply);
    }
    let Outcome::Returned { returned, after } = &call.outcome else { return };
    let after = after.iter().map(|captured| (captured.area, captured.bytes.clone())).collect();
    let recorded = Reply { returned: *returned, after, ..Reply::refused(String::new()) };
    pair(known, &mut noise.recorded, &recorded, &replies[0]);
}

fn pair(known: &Known<'_>, comparer: &mut Comparer<'_>, one: &Reply, other: &Reply) {
    if let Some(returns) = known.routine.returns.as_ref().filter(|returns| returns.usage != Use::Ignored)
        && let (Some((ty, a)), Some((_, b))) =
            (known.returned(&one.returned), known.returned(&other.returned))
    {
        comparer.compare("return", ty, returns.tolerance.as_ref(), &a, &b);
    }
    for (index, bytes) in &one.after {
        let at = usize::from(*index);
        let Some(area) = known.areas.get(at).filter(|area| area.written) else { continue };
        if let Some((_, others)) = other.after.iter().find(|(other, _)| other == index) {
            comparer.compare(&known.label(at), &area.ty, known.tolerance(at), bytes, others);
        }
    }
}

/// What one field is in the contract: where its facts stand, and its type.
struct Place<'a> {
    routine: Option<String>,
    prefix: String,
    ty: &'a Type,
}

fn conclude(known: &Known<'_>, noise: &Noise<'_>, found: &mut Found) {
    found.calls += noise.calls;
    for (why, calls) in &noise.skipped {
        *found.skipped.entry(why.clone()).or_default() += calls;
    }
    let beyond = |tally: &Tally, path: &str| tally.fields.get(path).filter(|f| f.mismatched > 0).cloned();
    let mut paths: Vec<&String> =
        noise.same.tally.fields.keys().chain(noise.moved.tally.fields.keys()).collect();
    paths.sort();
    paths.dedup();
    let mut noisy = false;
    for path in &paths {
        let (same, moved) = (beyond(&noise.same.tally, path), beyond(&noise.moved.tally, path));
        if same.is_none() && moved.is_none() {
            continue;
        }
        noisy = true;
        let name = &known.routine.name;
        let Some(place) = place(known, path) else {
            found
                .unclear
                .push(format!("{name}: {path} differs from run to run, and no field of the contract is it"));
            continue;
        };
        match field(known.contract, &place, same.as_ref(), moved.as_ref(), noise.calls) {
            Ok(proposal) => merge(&mut found.proposals, proposal),
            Err(why) => found.unclear.push(format!("{name}: {path} {why}")),
        }
    }
    for (path, field) in &noise.recorded.tally.fields {
        if field.mismatched > 0 && !paths.contains(&path) {
            found.hidden.push(format!(
                "{}: {path} differs from the journal in {}, the same way every time: state that the contract does not \
                 mention (`cmp-bridge learn`)",
                known.routine.name,
                count(field.mismatched, "value")
            ));
        }
    }
    if noise.calls > 0 && !noisy {
        found.quiet += 1;
    }
}

/// The proposal for one noisy field; or why there is none.
fn field(
    contract: &Contract,
    place: &Place<'_>,
    same: Option<&FieldTally>,
    moved: Option<&FieldTally>,
    calls: u64,
) -> Result<Proposal, String> {
    let mut worst = FieldTally::default();
    same.into_iter().chain(moved).for_each(|tally| worst.add(tally));
    let proposal = |key: &str, value: String, why: String| Proposal {
        routine: place.routine.clone(),
        set: format!("{}.{key}", place.prefix),
        value,
        calls,
        by: "calibrate".to_owned(),
        why,
        conflict: None,
        rejected: false,
    };
    match contract.scalar(place.ty) {
        Type::F32 | Type::F64 | Type::F80 | Type::ComplexF32 | Type::ComplexF64 => {
            if worst.relative.is_nan() || worst.relative > NOISE {
                return Err(format!(
                    "differs by {:.1e} of its value from run to run: no rounding, but memory that is not set, or state",
                    worst.relative
                ));
            }
            let value = format!("{{ absolute = {:e} }}", above(worst.absolute));
            let why = format!(
                "differs from itself by up to {:.3e}, {} ULP, in {} values",
                worst.absolute, worst.ulp, worst.mismatched
            );
            Ok(proposal("tolerance", value, why))
        }
        Type::Int(4 | 8, _) | Type::Ptr | Type::Fn => match (same, moved) {
            (None, Some(moved)) => {
                let why = format!(
                    "the same at the same addresses, another in {} values at others: it holds an address",
                    moved.mismatched
                );
                Ok(proposal("use", "\"ignored\"".to_owned(), why))
            }
            _ => Err("differs at every run, at the same addresses too: no tolerance fits".to_owned()),
        },
        _ => Err("differs from run to run, and is no number with a tolerance".to_owned()),
    }
}

/// Twice the worst, rounded up to one digit.
fn above(worst: f64) -> f64 {
    let twice = worst * 2.0;
    let scale = 10f64.powf(twice.log10().floor());
    (twice / scale).ceil() * scale
}

/// The larger of two proposals for one field.
fn merge(all: &mut Vec<Proposal>, new: Proposal) {
    let tolerance = |p: &Proposal| {
        let value: Option<toml_edit::Value> = p.value.parse().ok();
        value.and_then(|value| value.as_inline_table()?.get("absolute")?.as_float()).unwrap_or(0.0)
    };
    match all.iter_mut().find(|old| old.routine == new.routine && old.set == new.set) {
        Some(old) if tolerance(&new) > tolerance(old) => *old = new,
        Some(_) => {}
        None => all.push(new),
    }
}

/// Where the facts of a compared path stand.
fn place<'a>(known: &Known<'a>, path: &str) -> Option<Place<'a>> {
    let routine = known.routine;
    // Elements of an array have no facts of their own.
    let path = &path.replace("[]", "");
    let (mut ty, mut prefix, rest) = if let Some(rest) = path.strip_prefix("state.") {
        let entry = routine.state.iter().find(|entry| {
            rest.strip_prefix(entry.area.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        })?;
        (&entry.view, None, rest.strip_prefix(entry.area.as_str())?)
    } else if let Some(rest) = path.strip_prefix("return") {
        (&routine.returns.as_ref()?.ty, Some("returns".to_owned()), rest)
    } else {
        let name = path.split('.').next().unwrap_or_default();
        let param = routine.params.iter().find(|param| param.name == name)?;
        (&param.ty, Some(format!("params.{name}")), path.strip_prefix(name)?)
    };
    let mut of_type = false;
    for part in rest.split('.').filter(|part| !part.is_empty()) {
        let Type::Named(name) = element(ty) else { return None };
        let TypeKind::Struct(fields) = &known.contract.type_def(name)?.kind else { return None };
        ty = &fields.iter().find(|field| field.name == part)?.ty;
        prefix = Some(format!("type.{name}.fields.{part}"));
        of_type = true;
    }
    let routine = (!of_type).then(|| routine.name.clone());
    Some(Place { routine, prefix: prefix?, ty: element(ty) })
}

fn element(ty: &Type) -> &Type {
    match ty {
        Type::Array(inner, _) => element(inner),
        other => other,
    }
}

fn write(args: &Args, source: &Source, found: &Found) -> Result<Vec<Proposal>, learn::Error> {
    let mine = |proposal: &&Proposal| match &proposal.routine {
        Some(name) => source.contract.routine(name).is_some(),
        None => {
            let name = proposal.set.split('.').nth(1).unwrap_or_default();
            source.contract.type_def(name).is_some()
        }
    };
    let new: Vec<Proposal> = found.proposals.iter().filter(mine).cloned().collect();
    let about = |name: Option<&str>| match (name, &args.routine) {
        (Some(name), Some(pattern)) => matches(pattern, name),
        (None, Some(_)) => false,
        (_, None) => true,
    };
    let file = source.file.display().to_string();
    let unusable = |error| learn::Error::Contract { file: source.file.clone(), source: error };
    let (text, standing) = propose(&source.text, &file, "calibrate", &about, &new).map_err(unusable)?;
    if !args.dry_run && text != source.text {
        accept::write_whole(Path::new(&source.file), &text).map_err(|error: FileError| error)?;
    }
    Ok(standing.into_iter().filter(|proposal| proposal.by == "calibrate").collect())
}

fn tell(args: &Args, found: &Found, standing: &[Proposal]) -> Result<(), learn::Error> {
    if args.json {
        let all = serde_json::json!({
            "calls": found.calls, "routines_without_noise": found.quiet,
            "proposals": standing.iter().map(accept::json).collect::<Vec<_>>(),
            "unclear": found.unclear, "hidden_state": found.hidden, "left_out": found.skipped,
        });
        print(&format!("{}\n", serde_json::to_string_pretty(&all).map_err(std::io::Error::other)?))?;
        return Ok(());
    }
    let paint = Paint::stdout();
    let mut out = String::new();
    standing.iter().for_each(|proposal| out += &accept::line(proposal, paint));
    for text in &found.unclear {
        out += &format!("{} {text}\n", paint.doubtful("cannot tell:"));
    }
    for text in &found.hidden {
        out += &format!("{} {text}\n", paint.bad("not noise:"));
    }
    out += &format!(
        "{} answered by {} processes: {} without noise, {}\n",
        count(found.calls, "call"),
        args.runs,
        count(found.quiet, "routine"),
        count(standing.len() as u64, "proposal")
    );
    print(&out)?;
    for (why, calls) in &found.skipped {
        note(&format!("left out: {}: {why}", count(*calls, "call")));
    }
    Ok(())
}
