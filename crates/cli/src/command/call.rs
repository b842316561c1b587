//! `cmp-bridge call`: one call of a routine of an executable or a library.

use crate::error::{Ending, Explain};
use crate::output::{Paint, print};
use crate::show;
use cmp_bridge_contract::literal::{Literal, LiteralError};
use cmp_bridge_contract::model::{Contract, Type, Use};
use cmp_bridge_harness::death::Death;
use cmp_bridge_harness::outcome::{Kind, Named};
use cmp_bridge_harness::{Builder, Ended, Harness, How, Outcome};
use serde_json::{Map, json};
use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::time::Duration;

/// Calls one routine of an executable or a library, and shows what came of it
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge call legacy/build/pie/cmp_day caljj ian=2004 mois=4 jour=6 --contract contracts/flight_dynamics.toml
  cmp-bridge call legacy/build/pie/cmp_day tm_crc16 'buf=\"123456789\"' lg=9
  cmp-bridge call legacy/build/shared/libcmp_fd.so caljj ian=2004 mois=4 jour=6 --contract contracts/flight_dynamics.toml --json
  cmp-bridge call legacy/build/pie/cmp_day ehposv dt=0.5 --state ehbul.a=7200e3 --contract contracts/flight_dynamics.toml
  cmp-bridge call --server hpux1:4710 caljj ian=2004 mois=4 jour=6 --contract contracts/flight_dynamics.toml

Values: 12  0x1f  1.5  0x1.8p3  nan  true  null  NAME  \"text\"  [1, 2]  {a=1, b=2}  (re, im)  hex:00ff  @FILE (its bytes)
and [f64; 3], room for an output whose extent is not known. What a record does not name is zero. A count may be left out
where the array it counts is given. Without a contract every address is taken for input and output. A C char is a number,
or a character: c=65  c=A  c='\"2\"'. A fixed-point number is written with a point (2.0), or is its raw integer, as shown.

The program is stopped at its safe moment (main, MAIN__, _ada_<main>), before its own code runs; a library is loaded into
a process of ours. With --server nothing is started: the routine is called where it is, by its contract; state travels with
the call, so that --state must say all of it, area by area.

Exit status: 0 it returned, 2 an error, 3 it crashed, 4 it ended the process (STOP, exit), 5 it raised an exception, 6 it did
not return in time, 7 the connection to the server was lost, or what came is no answer: what it did is not known.")]
#[command(override_usage = "cmp-bridge call [OPTIONS] <EXE> <ROUTINE> [NAME=VALUE]...
       cmp-bridge call [OPTIONS] --server <HOST:PORT> --contract <FILE> <ROUTINE> [NAME=VALUE]...")]
pub struct Args {
    /// An executable, a shared library, or a module of candidates; not with --server
    #[arg(value_name = "EXE")]
    first: OsString,
    /// The routine: its name in the contract, or its symbol
    #[arg(value_name = "ROUTINE", required_unless_present = "server")]
    second: Option<String>,
    /// Values of the parameters
    #[arg(value_name = "NAME=VALUE")]
    arguments: Vec<String>,
    /// Calls the routine that the server at this address has
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["argument", "folder"])]
    server: Option<String>,
    /// The contract; otherwise the routine is scanned
    #[arg(long, value_name = "FILE")]
    contract: Vec<PathBuf>,
    /// State before the call: area.field=value
    #[arg(long, value_name = "PLACE=VALUE")]
    state: Vec<String>,
    /// An argument of the program's command line
    #[arg(long, value_name = "TEXT", allow_hyphen_values = true)]
    argument: Vec<OsString>,
    /// The program's working folder
    #[arg(long, value_name = "FOLDER")]
    folder: Option<PathBuf>,
    /// How long the call may take, in milliseconds
    #[arg(long, value_name = "MS", default_value_t = 5000, value_parser = clap::value_parser!(u64).range(1..))]
    timeout: u64,
    /// Longest message to the server and from it, in MiB, where `message` of its bridge.toml allows more than the usual 16
    #[arg(long, value_name = "MIB", requires = "server", value_parser = clap::value_parser!(u16).range(1..2048))]
    message: Option<u16>,
    /// The agent, if it is not beside this command
    #[arg(long, value_name = "FILE", env = "CMP_BRIDGE_AGENT")]
    agent: Option<PathBuf>,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Why nothing was called.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The call.
    #[error(transparent)]
    Call(#[from] cmp_bridge_harness::Error),
    /// A name that is none.
    #[error("`{}` is not the name of a routine", .0.to_string_lossy())]
    Name(OsString),
    /// An argument without a value.
    #[error("`{0}` is not an argument: write name=value")]
    NoValue(String),
    /// A value that cannot be read.
    #[error("`{text}`: its value cannot be read")]
    Value {
        /// The argument.
        text: String,
        /// Where.
        source: LiteralError,
    },
    /// A text that the legacy code cannot have.
    #[error("`{0}`: a character has no place in ISO-8859-1")]
    Latin1(String),
    /// A file with bytes.
    #[error(transparent)]
    File(#[from] crate::error::FileError),
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Error::Call(error) => error.hint(),
            Error::NoValue(_) | Error::Value { .. } => Some(
                "`cmp-bridge call --help` shows how values are written; quote them for the shell".to_owned(),
            ),
            Error::File(error) => error.hint(),
            Error::Name(_) => Some("with --server no executable is named".to_owned()),
            Error::Latin1(_) | Error::Output(_) => None,
        }
    }
}

/// What is called: by whom, which routine, with what. With `--server` the first word is the routine.
fn words(args: &Args) -> Result<(Builder, String, Vec<&String>), Error> {
    let Some(server) = &args.server else {
        let routine = args.second.clone().unwrap_or_default();
        return Ok((Harness::of(PathBuf::from(&args.first)), routine, args.arguments.iter().collect()));
    };
    let routine = args.first.to_str().ok_or_else(|| Error::Name(args.first.clone()))?;
    Ok((Harness::remote(server), routine.to_owned(), args.second.iter().chain(&args.arguments).collect()))
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let (builder, routine, arguments) = words(args)?;
    let mut builder = builder.timeout(Duration::from_millis(args.timeout));
    builder = args.contract.iter().fold(builder, |builder, file| builder.contract(file));
    builder = args.argument.iter().fold(builder, |builder, argument| builder.argument(argument));
    if let Some(mebibytes) = args.message {
        builder = builder.message(usize::from(mebibytes) << 20);
    }
    if let Some(folder) = &args.folder {
        builder = builder.folder(folder);
    }
    if let Some(agent) = &args.agent {
        builder = builder.agent(agent);
    }
    // Libraries and modules are loaded into this very command.
    if let Ok(command) = std::env::current_exe() {
        builder = builder.command(command);
    }
    let harness = builder.start()?;
    let contract = harness.contract_of(&routine)?;
    let mut call = harness.call(&routine);
    for text in arguments {
        let (name, value) = text.split_once('=').ok_or_else(|| Error::NoValue(text.clone()))?;
        let ty = type_of(&contract, &routine, name);
        call = call.arg(name, value_of(text, value, ty)?);
    }
    for text in &args.state {
        let (place, value) = text.split_once('=').ok_or_else(|| Error::NoValue(text.clone()))?;
        call = call.state(place, value_of(text, value, None)?);
    }
    match call.try_run() {
        Ok(outcome) => {
            print(&if args.json { returned_json(&outcome) } else { returned(&outcome) })?;
            Ok(Ending::Good)
        }
        Err(cmp_bridge_harness::Error::Ended(ended)) => {
            print(&if args.json { ended_json(&ended) } else { ended_text(&ended) })?;
            Ok(Ending::Status(status(&ended.how)))
        }
        Err(error) => Err(error.into()),
    }
}

fn type_of<'c>(contract: &'c Contract, routine: &str, name: &str) -> Option<&'c Type> {
    let mut routines = contract.routines.iter();
    // The contract of a scan has no other routine.
    let only = contract.routines.first().filter(|_| contract.routines.len() == 1);
    let found = routines.find(|known| known.name == routine || known.symbol == routine).or(only)?;
    found.params.iter().find(|param| param.name == name).map(|param| &param.ty)
}

/// A value as written. Where a text is wanted, it needs no quotes.
fn value_of(text: &str, value: &str, ty: Option<&Type>) -> Result<Literal, Error> {
    let is_text = match ty {
        Some(Type::Chars | Type::Cstr) => true,
        // A digit is a number: `c=2` and `c=12` are of one kind. The character is written `c='"2"'`.
        Some(Type::Char) => value.chars().count() == 1 && !value.starts_with(|c: char| c.is_ascii_digit()),
        Some(Type::Array(element, _)) => **element == Type::Char,
        _ => false,
    };
    if let Some(file) = value.strip_prefix('@') {
        let bytes = std::fs::read(file).map_err(crate::error::FileError::new(file, "read"))?;
        return Ok(if is_text { Literal::Text(bytes) } else { Literal::Bytes(bytes) });
    }
    let written = value.starts_with(['"', '[', '{']) || value.starts_with("hex:") || value == "null";
    if is_text && !written {
        return Literal::latin1(value).ok_or_else(|| Error::Latin1(text.to_owned()));
    }
    Literal::parse(value).map_err(|source| Error::Value { text: text.to_owned(), source })
}

fn status(how: &How) -> u8 {
    match how {
        How::Death(Death::Signal(_)) | How::Panicked => 3,
        How::Death(Death::Exit(_)) => 4,
        How::Exception(_) => 5,
        How::Death(Death::Timeout(_)) => 6,
        How::Death(Death::Lost | Death::NoAnswer(_)) => 7,
        How::Declined => 1,
    }
}

/// Whether a value belongs to what came out.
fn is_output(named: &Named) -> bool {
    match named.kind {
        Kind::Returned => true,
        Kind::Parameter(Use::Out | Use::InOut | Use::Status) => true,
        Kind::Parameter(_) | Kind::State(_) => named.changed,
    }
}

fn returned(outcome: &Outcome) -> String {
    let paint = Paint::stdout();
    let mut out = format!("{} returned\n", paint.title(&outcome.routine));
    for named in outcome.values.iter().filter(|named| is_output(named)) {
        let was = match &named.before {
            Some(before) if named.changed && !matches!(named.kind, Kind::Parameter(Use::Out)) => {
                format!("  (was {})", show::text(before))
            }
            Some(_) if !named.changed && named.kind == Kind::Parameter(Use::InOut) => {
                "  (as before)".to_owned()
            }
            _ => String::new(),
        };
        out += &format!("  {} = {}{was}\n", named.name, show::text(&named.value));
    }
    out += &printed("printed", &outcome.printed);
    out += &printed("printed on standard error", &outcome.errors_printed);
    outcome
        .beyond
        .iter()
        .for_each(|what| out += &format!("  {} {what}\n", paint.doubtful("beyond its contract:")));
    out
}

fn printed(title: &str, text: &str) -> String {
    if text.trim().is_empty() {
        return String::new();
    }
    let lines: String = text.lines().map(|line| format!("    {line}\n")).collect();
    format!("  {title}:\n{lines}")
}

fn ended_text(ended: &Ended) -> String {
    let paint = Paint::stdout();
    let mut out = format!("{} {}\n", paint.title(&ended.routine), paint.bad(&ended.how.to_string()));
    out += &printed("printed", &ended.printed);
    out += &printed("printed on standard error", &ended.errors_printed);
    out
}

fn returned_json(outcome: &Outcome) -> String {
    let values = |wanted: &dyn Fn(&Named) -> bool| -> serde_json::Value {
        let values = outcome.values.iter().filter(|named| wanted(named));
        values.map(|named| (named.name.clone(), show::json_value(&named.value))).collect::<Map<_, _>>().into()
    };
    let changed: Vec<&str> = outcome
        .values
        .iter()
        .filter(|named| named.changed && named.kind != Kind::Returned)
        .map(|named| named.name.as_str())
        .collect();
    pretty(&json!({
        "routine": outcome.routine,
        "ended": "returned",
        "outputs": values(&is_output),
        "values": values(&|_| true),
        "changed": changed,
        "printed": outcome.printed,
        "printed_on_stderr": outcome.errors_printed,
        "beyond": outcome.beyond,
    }))
}

fn ended_json(ended: &Ended) -> String {
    let (word, detail) = match &ended.how {
        How::Exception(text) => ("exception", json!(text)),
        How::Death(Death::Signal(signal)) => {
            ("signal", json!(cmp_bridge_harness::death::signal_name(*signal)))
        }
        How::Death(Death::Exit(code)) => ("exit", json!(code)),
        How::Death(Death::Timeout(limit)) => ("timeout", json!(limit.as_millis() as u64)),
        How::Death(Death::Lost) => ("lost", json!(null)),
        How::Death(Death::NoAnswer(why)) => ("no answer", json!(why)),
        How::Panicked => ("panic", json!(null)),
        How::Declined => ("declined", json!(null)),
    };
    pretty(&json!({
        "routine": ended.routine,
        "ended": word,
        "detail": detail,
        "printed": ended.printed,
        "printed_on_stderr": ended.errors_printed,
    }))
}

fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}
