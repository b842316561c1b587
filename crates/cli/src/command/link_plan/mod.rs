//! `cmp-bridge link-plan`: how Rust takes the place of routines when a program is linked again.

mod report;

use crate::error::{Ending, Explain, FileError, read_text};
use crate::names::nearest;
use crate::output::{Paint, note, print};
use cmp_bridge_contract::Diagnostics;
use cmp_bridge_contract::model::Contract;
use cmp_bridge_inspect::binary::{Binary, BinaryError};
use cmp_bridge_inspect::link::{
    Archive, LineError, LinkLine, Places, Plan, Program, ProgramError, Request, Step, StepError, Umbrella,
    archive, contents, make_text, outcome, script_text, spared, steps, umbrella,
};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

/// Says how to link Rust in place of routines, writes the commands, and looks at the result
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge link-plan --symbol ehposv_ -- gcc -o cmp_day day.o hec.o -Llib -lfd -lm
  cmp-bridge link-plan --routine ehposv --contract contracts/flight_dynamics.toml --from make.log --program cmp_day
  cmp-bridge link-plan --umbrella librelink.a --library target/release/librelink_three.a --symbol ehposv_ --script umbrella.sh
  cmp-bridge link-plan --symbol ehposv_ --rust librelink.a --script relink.sh -- gcc -o cmp_day day.o hec.o -lm
  cmp-bridge link-plan --symbol ehposv_ --rust librelink.a --keep-legacy --make relink.mk --from make.log
  cmp-bridge link-plan --symbol ehposv_ --rust librelink.a --check relink/cmp_day --before cmp_day --from make.log

It runs none of the commands. They change no legacy file: what must differ is done in copies below --work; a --work, --out,
--script or --make that would write over what is on the link line, or over its result, is refused. The codes it gives (L101 and up) are explained in docs/link-plan.md.

Exit status: 0 Rust can take the place of every routine (with --check: answers every routine, and nothing else changed);
1 it cannot, or something changed; 2 the line or a file cannot be read.")]
pub struct Args {
    /// A routine of a contract that Rust is to answer
    #[arg(long, value_name = "NAME")]
    routine: Vec<String>,
    /// A contract that says which symbol a routine has
    #[arg(long, value_name = "FILE")]
    contract: Vec<PathBuf>,
    /// A routine by its symbol
    #[arg(long, value_name = "SYMBOL")]
    symbol: Vec<String>,
    /// The Rust library that answers them, best an umbrella library
    #[arg(long, value_name = "LIB")]
    rust: Option<PathBuf>,
    /// Keeps the legacy routines callable, as `legacy_SYMBOL`
    #[arg(long)]
    keep_legacy: bool,
    /// Takes the link line from a make log or a list of commands
    #[arg(long, value_name = "FILE", conflicts_with = "line")]
    from: Option<PathBuf>,
    /// The program whose link line is meant, where the file has several
    #[arg(long, value_name = "NAME", requires = "from")]
    program: Option<String>,
    /// The folder the link line runs in
    #[arg(long, short = 'C', value_name = "DIR")]
    directory: Option<PathBuf>,
    /// Writes the commands as a POSIX shell script
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// Writes the commands as a piece of a Makefile, whose goal is `relink`
    #[arg(long, value_name = "FILE")]
    make: Option<PathBuf>,
    /// The folder that the commands write to
    #[arg(long, value_name = "DIR", default_value = "relink")]
    work: String,
    /// The program that the commands link [default: its own name, in --work]
    #[arg(long, value_name = "FILE")]
    out: Option<String>,
    /// Looks at a program that was linked so: who answers, and whether anything else changed
    #[arg(long, value_name = "EXE", requires = "rust", conflicts_with_all = ["script", "make"])]
    check: Option<PathBuf>,
    /// Holds --check against the program that legacy linked
    #[arg(long, value_name = "EXE", requires = "check")]
    before: Option<PathBuf>,
    /// Makes one library of Rust static libraries, of which only the wanted symbols are visible
    #[arg(long, value_name = "LIB", conflicts_with_all = ["rust", "from", "line", "check", "keep_legacy"])]
    umbrella: Option<String>,
    /// A Rust static library that goes into the umbrella
    #[arg(long, value_name = "LIB", requires = "umbrella")]
    library: Vec<PathBuf>,
    /// Keeps debug information in the umbrella
    #[arg(long, requires = "umbrella")]
    debug: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
    /// The link line, as make prints it
    #[arg(last = true, value_name = "LINE")]
    line: Vec<String>,
}

/// Why there is no plan.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing to plan.
    #[error("{0}")]
    Incomplete(&'static str),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// A contract is not one.
    #[error("{} is not a contract", file.display())]
    Contract {
        /// The file.
        file: PathBuf,
        /// Every error in it.
        source: Box<Diagnostics>,
    },
    /// No contract has the routine.
    #[error("no contract here has a routine `{name}`")]
    NoRoutine {
        /// The routine.
        name: String,
        /// What may have been meant.
        hint: String,
    },
    /// The link line.
    #[error(transparent)]
    Line(#[from] LineError),
    /// What it names.
    #[error(transparent)]
    Program(#[from] ProgramError),
    /// The commands.
    #[error(transparent)]
    Step(#[from] StepError),
    /// The umbrella.
    #[error("the umbrella library cannot be made: {0}")]
    Umbrella(String),
    /// A program.
    #[error(transparent)]
    Binary(#[from] BinaryError),
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        let hint = match self {
            Error::Incomplete(_) => "see `cmp-bridge link-plan --help`",
            Error::File(error) => return error.hint(),
            Error::Contract { file, .. } => {
                return Some(format!("`cmp-bridge check {}` says more", file.display()));
            }
            Error::NoRoutine { hint, .. } => return Some(hint.clone()),
            Error::Line(LineError::Several { .. }) => "say which with --program",
            Error::Line(LineError::Unexpanded { .. }) => "give the line as the shell sees it, after `--`",
            Error::Line(LineError::Shell { .. }) => "give the line that it runs, each word on its own",
            Error::Line(LineError::Source { .. }) => {
                "compile it to an object first, and name that on the line"
            }
            Error::Line(LineError::NotAProgram { .. } | LineError::None { .. }) => {
                "give the line that links the executable, as make prints it"
            }
            Error::Line(LineError::Gnat { .. }) => {
                "run `gnatlink -v -g` once, and give the gcc line that it prints (-g keeps the binder's object)"
            }
            Error::Program(ProgramError::Unreadable { .. }) => {
                "the line's files must be there: build the program first, and say with -C where its line runs"
            }
            Error::Umbrella(text) if text.contains(report::LOCKS) => {
                "build one static library of a crate that names all modules (examples/relink-three)"
            }
            Error::Umbrella(_) => "build the modules with their feature `relink`, as `staticlib`",
            Error::Step(StepError::Overwrites { .. }) => "give another --work, --out, --script or --make",
            Error::Step(StepError::Refused { .. }) => "the report says why; leave those routines out",
            _ => return None,
        };
        Some(hint.to_owned())
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let symbols = symbols(args)?;
    if let Some(output) = &args.umbrella {
        return make_umbrella(args, symbols, output);
    }
    let line = line(args)?;
    let directory = line.directory.clone();
    let rust = args.rust.as_deref().map(read_library).transpose()?;
    let program = Program::load(line)?;
    let plan = Plan::make(program, Request { symbols, rust, keep_legacy: args.keep_legacy });
    if let Some(file) = &args.check {
        return check(args, &plan, file);
    }
    match args.json {
        true => print(&format!("{:#}\n", report::json(&plan)))?,
        false => print(&report::text(&plan, Paint::stdout()))?,
    }
    if !plan.is_whole() {
        if args.script.is_some() || args.make.is_some() {
            note("nothing is written: a plan is followed whole, or not at all");
        }
        return Ok(Ending::Findings);
    }
    if args.script.is_some() || args.make.is_some() {
        let places = places(args, &plan, &directory)?;
        let steps = steps(&plan, &places)?;
        for file in args.script.iter().chain(&args.make) {
            let file = std::path::absolute(file).map_err(FileError::new(file, "found"))?;
            spared(&plan, &places.rust, &file)?;
        }
        let what: Vec<String> = plan
            .routines
            .iter()
            .map(|r| format!("{} ({})", r.symbol, r.means.map_or("", |m| m.name())))
            .collect();
        let program = plan.program.line.result();
        let head = [
            format!("@(#) relink {program} by cmp-bridge link-plan {}", env!("CARGO_PKG_VERSION")),
            format!("Links {program} with Rust in place of {}.", what.join(", ")),
            format!("Writes {} and below {} only. May be run again.", places.output, args.work),
        ];
        write(args, &steps, &head, &directory)?;
    }
    Ok(Ending::Good)
}

/// The symbols asked for, in order, each once.
fn symbols(args: &Args) -> Result<Vec<String>, Error> {
    let mut contracts = Vec::new();
    for file in &args.contract {
        let text = read_text(file)?;
        let contract = Contract::from_toml(&text, &file.display().to_string());
        let wrong = |source| Error::Contract { file: file.clone(), source: Box::new(source) };
        contracts.push(contract.map_err(wrong)?);
    }
    let mut symbols = Vec::new();
    for name in &args.routine {
        let found = contracts.iter().find_map(|c| c.routine(name));
        match found {
            Some(routine) => symbols.push(routine.symbol.clone()),
            None if contracts.is_empty() => {
                return Err(Error::Incomplete(
                    "--routine needs the --contract that says which symbol it has",
                ));
            }
            None => {
                let known = contracts.iter().flat_map(|c| &c.routines).map(|r| r.name.as_str());
                let near = nearest(name, known).map(|n| format!("did you mean `{n}`?"));
                return Err(Error::NoRoutine { name: name.clone(), hint: near.unwrap_or_default() });
            }
        }
    }
    if args.symbol.iter().any(|s| s.trim().is_empty()) {
        return Err(Error::Incomplete("--symbol is empty: a routine is named by its symbol"));
    }
    symbols.extend(args.symbol.iter().cloned());
    let mut seen = std::collections::HashSet::new();
    symbols.retain(|s| seen.insert(s.clone()));
    match symbols.is_empty() {
        true => Err(Error::Incomplete("no routine is named: --routine with --contract, or --symbol")),
        false => Ok(symbols),
    }
}

fn line(args: &Args) -> Result<LinkLine, Error> {
    let directory = args.directory.clone().unwrap_or_else(|| PathBuf::from("."));
    match &args.from {
        Some(file) => {
            let text = String::from_utf8_lossy(&contents(file)?).into_owned();
            let origin = file.display().to_string();
            Ok(LinkLine::find(&origin, &text, &directory, args.program.as_deref())?)
        }
        None if args.line.is_empty() => {
            Err(Error::Incomplete("no link line: give it after `--`, or with --from a make log"))
        }
        None => Ok(LinkLine::parse("the link line", &directory, &args.line)?),
    }
}

fn read_library(path: &Path) -> Result<Archive, Error> {
    let bytes = contents(path)?;
    Ok(archive(Path::new("."), path, &bytes)?)
}

/// Where things are, as seen from the folder that the link line runs in.
fn places(args: &Args, plan: &Plan, directory: &Path) -> Result<Places, Error> {
    let Some(rust) = &args.rust else {
        return Err(Error::Incomplete("the commands need to know the Rust library: --rust"));
    };
    let rust = match directory == Path::new(".") || rust.is_absolute() {
        true => rust.clone(),
        false => std::path::absolute(rust).map_err(FileError::new(rust, "found"))?,
    };
    let result = plan.program.line.result();
    let name =
        Path::new(&result).file_name().map_or_else(|| result.clone(), |n| n.to_string_lossy().into_owned());
    let output = args.out.clone().unwrap_or_else(|| format!("{}/{name}", args.work));
    Ok(Places { work: args.work.clone(), rust: rust.display().to_string(), output })
}

fn write(args: &Args, steps: &[Step], head: &[String], directory: &Path) -> Result<(), Error> {
    // Both or none.
    let make = args.make.as_ref().map(|_| make_text(steps, head, "relink")).transpose()?;
    let elsewhere = (directory != Path::new(".")).then(|| directory.display().to_string());
    if let Some(file) = &args.script {
        std::fs::write(file, script_text(steps, head, elsewhere.as_deref()))
            .and_then(|()| std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755)))
            .map_err(FileError::new(file, "written"))?;
    }
    if let (Some(file), Some(text)) = (&args.make, make) {
        std::fs::write(file, text).map_err(FileError::new(file, "written"))?;
    }
    Ok(())
}

fn check(args: &Args, plan: &Plan, file: &Path) -> Result<Ending, Error> {
    let program = Binary::open(file)?;
    let before = args.before.as_deref().map(Binary::open).transpose()?;
    let outcome = outcome(plan, &program, before.as_ref());
    match args.json {
        true => print(&format!("{:#}\n", report::outcome_json(&outcome)))?,
        false => print(&report::outcome_text(file, &outcome, Paint::stdout()))?,
    }
    Ok(if outcome.is_good() { Ending::Good } else { Ending::Findings })
}

fn make_umbrella(args: &Args, symbols: Vec<String>, output: &str) -> Result<Ending, Error> {
    if args.library.is_empty() {
        return Err(Error::Incomplete("an umbrella library is made of Rust static libraries: --library"));
    }
    let libraries = args.library.iter().map(|path| read_library(path)).collect::<Result<Vec<_>, _>>()?;
    let real = |path: &Path| path.canonicalize().ok();
    let written = [Some(Path::new(output)), args.script.as_deref(), args.make.as_deref()];
    for file in written.into_iter().flatten() {
        if real(file).is_some_and(|f| args.library.iter().any(|l| real(l).as_ref() == Some(&f))) {
            let what = "it is one of the libraries that the umbrella is made of";
            return Err(StepError::Overwrites { path: file.display().to_string(), what }.into());
        }
    }
    let place = |path: &Path| std::path::absolute(path).ok();
    for file in [&args.script, &args.make].into_iter().flatten() {
        if place(file) == place(Path::new(output)) {
            let what = "it is the umbrella library itself";
            return Err(StepError::Overwrites { path: file.display().to_string(), what }.into());
        }
    }
    let head = [
        format!("@(#) {output} by cmp-bridge link-plan {}", env!("CARGO_PKG_VERSION")),
        format!("One library that shows {} only.", symbols.join(", ")),
    ];
    let wanted = Umbrella { libraries, symbols, output: output.to_string(), debug: args.debug };
    let steps = umbrella(&wanted).map_err(|lacking| Error::Umbrella(report::lacking(&lacking)))?;
    if args.script.is_none() && args.make.is_none() {
        print(&script_text(&steps, &head, None))?;
    }
    write(args, &steps, &head, Path::new("."))?;
    Ok(Ending::Good)
}
