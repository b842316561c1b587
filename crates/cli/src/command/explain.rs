//! `cmp-bridge explain`: what a routine is, whether and how it can be replaced, and why.

use crate::error::{Ending, Explain, FileError, read_text};
use crate::names::nearest;
use crate::output::{Paint, note, print};
use crate::report::count;
use cmp_bridge_contract::model::Contract;
use cmp_bridge_contract::readiness::Missing;
use cmp_bridge_contract::{Diagnostics, toml};
use cmp_bridge_inspect::binary::{Binary, BinaryError};
use cmp_bridge_inspect::dwarf::{DebugInfo, DwarfError, Sections};
use cmp_bridge_inspect::explain::{Explanation, HazardFinding, RouteVerdict, Subject, Survey, Verdict};
use cmp_bridge_inspect::finding::Severity;
use serde_json::json;
use std::io;
use std::path::{Path, PathBuf};

/// Says what a routine is, whether and how it can be replaced, and why
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge explain legacy/build/pie/cmp_day ehposv
  cmp-bridge explain legacy/build/pie/cmp_day ehposv --contract contracts/flight_dynamics.toml
  cmp-bridge explain legacy/build/pie/cmp_day ccs_limites.surveiller
  cmp-bridge explain legacy/build/shared/libcmp_plan.so Creneau::decaler --json
  cmp-bridge explain legacy/build/pie/cmp_day tm_crc16 --source legacy/telemetry/crc16.c
  cmp-bridge explain legacy/build/pie/cmp_day 'eh*'

It reads the file and changes nothing. Each hazard has a stable code (H201 and up) and says where it was seen. Calls
through pointers and calls from other files are not visible in a file.

Exit status: 0 the routine can be hooked, and the hook sees every call that is seen in the file; 1 it cannot, or some
calls escape the hook, or the name means several routines; 2 there is no such routine, or a file cannot be read.")]
pub struct Args {
    /// An executable or a shared library
    #[arg(value_name = "EXE")]
    binary: PathBuf,
    /// A name as its language, the linker or `scan` writes it, or an address (0x1234); `*` and `?` stand for any characters
    /// and give a table
    #[arg(value_name = "ROUTINE")]
    routine: String,
    /// Judges the routes by this contract instead of by a fresh scan
    #[arg(long, value_name = "CONTRACT")]
    contract: Option<PathBuf>,
    /// Only the routine in this source file or folder
    #[arg(long, value_name = "PATH")]
    source: Option<String>,
    /// Names every place, however many there are
    #[arg(long)]
    all: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Why nothing was explained.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The binary.
    #[error(transparent)]
    Binary(#[from] BinaryError),
    /// The contract cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The contract is not one.
    #[error("{} is not a contract", file.display())]
    Contract {
        /// The file.
        file: PathBuf,
        /// Every error in it.
        source: Diagnostics,
    },
    /// No such routine.
    #[error("{} has no routine `{wanted}`", binary.display())]
    NoRoutine {
        /// The binary.
        binary: PathBuf,
        /// What was asked for.
        wanted: String,
        /// What may have been meant.
        hint: String,
    },
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Error::NoRoutine { hint, .. } => Some(hint.clone()),
            Error::Binary(_) => {
                Some("explain reads ELF executables and shared libraries for x86-64 Linux".to_owned())
            }
            Error::File(error) => error.hint(),
            Error::Contract { file, .. } => Some(format!("`cmp-bridge check {}` says more", file.display())),
            Error::Output(_) => None,
        }
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let binary = Binary::open(&args.binary)?;
    let contract = args.contract.as_deref().map(read_contract).transpose()?;
    let sections = sections(&binary);
    let info = sections.as_ref().map(DebugInfo::read);
    let survey = Survey::read(&binary, info.as_ref());
    survey.problems().iter().for_each(|problem| note(&format!("note: {problem}")));
    let wanted = wanted(&args.routine, contract.as_ref());
    let mut subjects = survey.subjects(wanted, args.source.as_deref());
    if subjects.is_empty()
        && let Some(symbol) = survey.symbol_of_scanned(wanted)
    {
        subjects = survey.subjects(&symbol, args.source.as_deref());
    }
    let explained = |subject: &Subject| survey.explain(subject, contract.as_ref().map(|c| &c.contract));
    let lines = Lines { contract: contract.as_ref(), all: args.all };
    match subjects.as_slice() {
        [] => Err(missing(&survey, args)),
        [one] => {
            let explanation = explained(one);
            match args.json {
                true => print(&format!("{:#}\n", lines.json(&explanation)))?,
                false => print(&lines.text(&explanation, Paint::stdout()))?,
            }
            Ok(ending(&explanation))
        }
        several if args.routine.contains(['*', '?']) => {
            if contract.is_none() {
                survey.scan_all();
            }
            let explanations: Vec<Explanation> = several.iter().map(explained).collect();
            match args.json {
                true => {
                    let all: Vec<_> = explanations.iter().map(|e| lines.json(e)).collect();
                    print(&format!("{:#}\n", json!({ "routines": all })))?;
                }
                false => print(&table(&explanations, Paint::stdout()))?,
            }
            let good = explanations.iter().all(|e| matches!(ending(e), Ending::Good));
            Ok(if good { Ending::Good } else { Ending::Findings })
        }
        several => {
            if args.json {
                let all: Vec<_> = several.iter().map(json_subject).collect();
                print(&format!("{:#}\n", json!({ "several": all })))?;
            } else {
                print(&choices(args, several))?;
            }
            Ok(Ending::Findings)
        }
    }
}

/// Debug information, if there is any; a note says why not.
fn sections(binary: &Binary) -> Option<Sections<'_>> {
    match Sections::load(binary) {
        Ok(sections) => Some(sections),
        Err(error @ DwarfError::None { .. }) => {
            note(&format!("note: {error}; what follows is from symbols and instructions only"));
            None
        }
        Err(error) => {
            note(&format!("note: {error}; what follows is from symbols and instructions only"));
            None
        }
    }
}

/// A contract, and its text to find lines in.
struct Judged {
    file: PathBuf,
    text: String,
    contract: Contract,
}

fn read_contract(file: &Path) -> Result<Judged, Error> {
    let text = read_text(file)?;
    let contract = Contract::from_toml(&text, &file.display().to_string());
    let contract = contract.map_err(|source| Error::Contract { file: file.to_owned(), source })?;
    Ok(Judged { file: file.to_owned(), text, contract })
}

/// A name of the contract means the symbol that stands there.
fn wanted<'a>(name: &'a str, contract: Option<&'a Judged>) -> &'a str {
    let routine = contract.and_then(|c| c.contract.routine(name));
    routine.map_or(name, |routine| routine.symbol.as_str())
}

fn ending(explanation: &Explanation) -> Ending {
    let good = explanation.ways.first().is_some_and(|way| way.verdict == Verdict::Yes);
    if good { Ending::Good } else { Ending::Findings }
}

fn missing(survey: &Survey<'_, '_>, args: &Args) -> Error {
    let names = survey.names();
    let others = if args.source.is_some() { survey.subjects(&args.routine, None) } else { Vec::new() };
    let hint = match (others.first(), nearest(&args.routine, names.iter().map(String::as_str))) {
        (Some(other), _) => format!("there is one elsewhere: {}", other.line()),
        (None, Some(name)) => format!("did you mean `{name}`?"),
        (None, None) => {
            format!("`cmp-bridge explain {} '*'` lists the routines it has", args.binary.display())
        }
    };
    Error::NoRoutine { binary: args.binary.clone(), wanted: args.routine.clone(), hint }
}

fn choices(args: &Args, several: &[Subject]) -> String {
    let mut out = format!("`{}` means {}:\n", args.routine, count(several.len() as u64, "routine"));
    several.iter().for_each(|subject| out += &format!("  {}\n", subject.line()));
    out += "Say which: by its symbol, by its address (0x...), or with --source FILE.\n";
    out
}

/// One line a routine: can it be hooked, and the codes of what is worth knowing.
fn table(explanations: &[Explanation], paint: Paint) -> String {
    let width = explanations.iter().map(|e| e.subject.name.chars().count()).max().unwrap_or(0).min(48);
    let mut out = String::new();
    let mut sums = [0u64; 3];
    for explanation in explanations {
        let verdict = explanation.ways.first().map_or(Verdict::No, |way| way.verdict);
        sums[verdict as usize] += 1;
        let codes: Vec<&str> = explanation.findings.iter().map(|f| f.code).collect();
        let name = format!("{:width$}", explanation.subject.name);
        let at = explanation.subject.at.as_deref().unwrap_or("-");
        out += &format!("{} {name}  {at}  {}\n", painted(verdict, paint), codes.join(" "));
    }
    let [yes, partly, no] = sums;
    out += &format!(
        "{}: {yes} can be hooked, {partly} for some of their calls, {no} not\n",
        count(explanations.len() as u64, "routine")
    );
    out
}

fn painted(verdict: Verdict, paint: Paint) -> String {
    let text = format!("{:6}", verdict.name());
    match verdict {
        Verdict::Yes => paint.good(&text),
        Verdict::Partly => paint.doubtful(&text),
        Verdict::No => paint.bad(&text),
    }
}

/// How an explanation is written.
struct Lines<'a> {
    contract: Option<&'a Judged>,
    all: bool,
}

impl Lines<'_> {
    fn text(&self, explanation: &Explanation, paint: Paint) -> String {
        let Explanation { subject, ways, findings, routes, .. } = explanation;
        let mut out = paint.title(&subject.name) + &what_it_is(explanation) + "\n";
        if let Some(signature) = &explanation.signature {
            signature.lines().for_each(|line| out += &format!("    {line}\n"));
        }
        out += &format!("\n{}\n", paint.title("How it can be replaced"));
        for way in ways {
            out += &format!("  {} {}\n", painted(way.verdict, paint), way.means.title());
            out += &wrapped(&way.why, 9);
        }
        out += &self.holders(explanation);
        out += &format!("\n{}\n", paint.title("What to know about it"));
        if findings.is_empty() {
            out += "  Nothing was found that would stand in the way.\n";
        }
        findings.iter().for_each(|finding| out += &self.finding(finding, paint));
        out += &format!("\n{}\n", paint.title("Routes: who may answer its calls"));
        let mut told: &[Missing] = &[];
        for route in routes {
            out += &self.route(route, told, paint);
            if !route.missing.is_empty() {
                told = &route.missing;
            }
        }
        out
    }

    fn holders(&self, explanation: &Explanation) -> String {
        let mut out = String::new();
        let most = if self.all { usize::MAX } else { 8 };
        for holder in explanation.holders.iter().take(most) {
            let copies = count(holder.copies as u64, "inlined copy").replace("copys", "copies");
            let can = match &holder.obstacle {
                None => "can be hooked".to_owned(),
                Some(why) => why.clone(),
            };
            out += &wrapped(&format!("- {} ({copies}): {can}", holder.name), 9);
        }
        if explanation.holders.len() > most {
            out += &format!("         - and {} more (--all names them)\n", explanation.holders.len() - most);
        }
        out
    }

    fn finding(&self, finding: &HazardFinding, paint: Paint) -> String {
        let head = format!("{} {}", finding.code, finding.severity.name());
        let head = match finding.severity {
            Severity::Error => paint.bad(&head),
            Severity::Warning => paint.doubtful(&head),
            Severity::Note => head,
        };
        let mut out = format!("  {head}: {}\n", finding.title);
        if !finding.text.is_empty() {
            out += &wrapped(&finding.text, 7);
        }
        let most = if self.all { usize::MAX } else { 6 };
        finding.places.iter().take(most).for_each(|place| out += &wrapped(&format!("- {place}"), 7));
        let named = finding.places.len().min(most);
        if finding.places.len() > named {
            out += &format!("       - and {} more (--all names them)\n", finding.places.len() - named);
        }
        out
    }

    /// One route; facts that were just `told` are not told again.
    fn route(&self, route: &RouteVerdict, told: &[Missing], paint: Paint) -> String {
        let meaning = match route.route {
            "legacy" => "the legacy code answers",
            "record" => "the legacy code answers, and each call is written down",
            "shadow" => "the legacy code answers, and the rewrite is compared with it",
            "lead" => "the rewrite answers, and the legacy code is compared with it",
            _ => "the rewrite answers alone",
        };
        let mut out =
            format!("  {} {:7} {meaning}: {}\n", painted(route.verdict, paint), route.route, route.why);
        if !route.missing.is_empty() && route.missing == told {
            return out + &wrapped("- the same as above", 9);
        }
        for fact in &route.missing {
            let place = match self.contract {
                Some(judged) => {
                    let (line, column) = toml::locate(&judged.text, &fact.path);
                    format!("{}:{line}:{column}", judged.file.display())
                }
                None => fact.path.clone(),
            };
            out += &wrapped(&format!("- {place}: {}", fact.message), 9);
        }
        out
    }

    fn json(&self, explanation: &Explanation) -> serde_json::Value {
        let findings = explanation.findings.iter().map(|f| {
            json!({
                "code": f.code, "severity": f.severity.name(), "title": f.title, "message": f.text,
                "places": f.places, "count": f.count,
            })
        });
        let ways = explanation
            .ways
            .iter()
            .map(|way| json!({ "means": way.means.name(), "verdict": way.verdict.name(), "why": way.why }));
        let holders = explanation.holders.iter().map(
            |holder| json!({ "routine": holder.name, "copies": holder.copies, "obstacle": holder.obstacle }),
        );
        let routes = explanation.routes.iter().map(|route| {
            let missing = route.missing.iter().map(|fact| {
                let line = self.contract.map(|judged| toml::locate(&judged.text, &fact.path).0);
                json!({ "declared": fact.path, "line": line, "message": fact.message })
            });
            json!({
                "route": route.route, "verdict": route.verdict.name(), "why": route.why,
                "missing": missing.collect::<Vec<_>>(),
            })
        });
        let mut value = json_subject(&explanation.subject);
        let more = json!({
            "language": explanation.language, "signature": explanation.signature, "size": explanation.size,
            "producer": explanation.producer, "findings": findings.collect::<Vec<_>>(),
            "ways": ways.collect::<Vec<_>>(), "holders": holders.collect::<Vec<_>>(),
            "routes": routes.collect::<Vec<_>>(),
        });
        if let (Some(value), serde_json::Value::Object(more)) = (value.as_object_mut(), more) {
            value.extend(more);
        }
        value
    }
}

fn what_it_is(explanation: &Explanation) -> String {
    let subject = &explanation.subject;
    let mut parts = vec![match explanation.language.as_str() {
        "an unstated language" => " is a routine of which only the code is known".to_owned(),
        language => format!(" is a routine in {language}"),
    }];
    parts.extend(subject.at.as_ref().map(|at| format!("declared at {at}")));
    match (subject.entry, &subject.symbol) {
        (Some(entry), Some(symbol)) => {
            let size = explanation.size.map_or_else(String::new, |size| format!("{size} bytes "));
            parts.push(format!("{size}of code at {entry:#x}, symbol {symbol}"));
        }
        _ => parts.push("without code of its own".to_owned()),
    }
    parts.join(", ") + "."
}

/// Text in lines of 100 characters, indented.
fn wrapped(text: &str, indent: usize) -> String {
    const WIDTH: usize = 100;
    let mut out = String::new();
    let mut line = String::new();
    for word in text.split_whitespace() {
        if !line.is_empty() && indent + line.chars().count() + 1 + word.chars().count() > WIDTH {
            out += &format!("{:indent$}{line}\n", "");
            line = if text.starts_with("- ") { "  ".to_owned() } else { String::new() };
        }
        if !line.is_empty() && !line.ends_with("  ") {
            line.push(' ');
        }
        line += word;
    }
    out + &format!("{:indent$}{line}\n", "")
}

fn json_subject(subject: &Subject) -> serde_json::Value {
    let clones = subject.clones.iter().map(|(symbol, entry)| json!({ "symbol": symbol, "entry": entry }));
    json!({
        "routine": subject.name, "symbol": subject.symbol, "entry": subject.entry, "at": subject.at,
        "clones": clones.collect::<Vec<_>>(),
    })
}
