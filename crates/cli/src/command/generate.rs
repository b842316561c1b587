//! `cmp-bridge generate`: what callers in other languages need, printed from a contract.

use crate::error::{Ending, Explain, FileError, read_text};
use crate::names::{did_you_mean, matches};
use crate::output::{Paint, note, print};
use cmp_bridge_codegen::Unsupported;
use cmp_bridge_codegen::bindings::{Bindings, Change, Lang, not_everywhere};
use cmp_bridge_contract::Diagnostics;
use cmp_bridge_contract::model::Contract;
use serde_json::json;
use std::io;
use std::path::PathBuf;

/// Prints what legacy callers need to call the routines of a contract, whatever these are written in
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge generate --lang c contracts/telemetry.toml --out include
  cmp-bridge generate --lang cpp contracts/flight_dynamics.toml --out include --routine 'eh*' --routine caljj
  cmp-bridge generate --lang c contracts/telemetry.toml --out include --check
  cmp-bridge generate --lang x contracts/telemetry.toml --out rpc --routine 'tm_crc*'
  cmp-bridge generate --lang c89 contracts/telemetry.toml --out hpux --skip-unsupported

A file that is up to date already is not touched, so `make` rebuilds only what changed; --check says whether all are. The
component's files begin with an @(#) line that holds its name and the hash of its contract: `what` shows it in objects and
executables.

Exit status: 0 done (--check: nothing differs); 1 with --check, if files are missing or differ; 2 an error, and nothing was
written: the contract has errors, or a routine has a shape that the language cannot say (each is named, with the reason).")]
pub struct Args {
    /// The contract
    #[arg(value_name = "CONTRACT")]
    contract: PathBuf,
    /// The language of the callers
    #[arg(long, value_parser = lang, value_name = "LANGUAGE", help = languages())]
    lang: Lang,
    /// The folder of the files; made if need be
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// Only these routines; `*` and `?` stand for any characters. Without this, all of the contract
    #[arg(long, value_name = "GLOB")]
    routine: Vec<String>,
    /// Leaves out the routines that the language cannot say, and names them, with the reason, on standard error
    #[arg(long)]
    skip_unsupported: bool,
    /// Writes nothing: are the files in DIR what would be printed now?
    #[arg(long)]
    check: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

fn lang(text: &str) -> Result<Lang, String> {
    text.parse().map_err(|error: cmp_bridge_codegen::bindings::UnknownLang| error.to_string())
}

/// The help of `--lang`.
fn languages() -> String {
    let list: Vec<String> =
        Lang::ALL.iter().map(|lang| format!("{}: {}", lang.name(), lang.title())).collect();
    format!("The language of the callers: {}", list.join("; "))
}

/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// What stands in it.
    #[error("{} cannot be used", file.display())]
    Contract {
        /// The contract.
        file: PathBuf,
        /// Every error in it.
        source: Diagnostics,
    },
    /// A pattern that matches no routine.
    #[error("no routine in {} matches `{pattern}`", file.display())]
    NoMatch {
        /// The contract.
        file: PathBuf,
        /// The pattern.
        pattern: String,
        /// What may have been meant.
        hint: String,
    },
    /// The printer.
    #[error(transparent)]
    Generate(#[from] cmp_bridge_codegen::Error),
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        use cmp_bridge_codegen::Error as Codegen;
        match self {
            Error::File(error) => error.hint(),
            Error::Contract { .. } => Some("`cmp-bridge check` explains each error".to_owned()),
            Error::NoMatch { hint, .. } => Some(hint.clone()),
            Error::Generate(Codegen::Unsupported(_)) => Some(
                "leave these routines out with --skip-unsupported or --routine, or complete the contract; nothing was written"
                    .to_owned(),
            ),
            Error::Generate(Codegen::Write { source, .. }) => unwritten(source.kind()),
            Error::Generate(_) | Error::Output(_) => None,
        }
    }
}

/// What to do about a folder that cannot be written.
fn unwritten(kind: io::ErrorKind) -> Option<String> {
    let hint = match kind {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => "make room, or write to another disk",
        io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
            "--out names a folder, and a file is in its place: name another"
        }
        io::ErrorKind::IsADirectory => "a folder is in the place of the file: move it away",
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            "check the permissions of the folder"
        }
        _ => return None,
    };
    Some(hint.to_owned())
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let mut bindings = Bindings::new(&args.contract).routines(chosen(args)?);
    let mut left_out = Vec::new();
    if args.skip_unsupported {
        (bindings, left_out) = bindings.without_unsupported(args.lang)?;
        left_out.iter().for_each(|fault| note(&format!("left out: {fault}")));
    }
    if args.check {
        let differing = bindings.differing(args.lang, &args.out)?;
        let told = |path: PathBuf| match path.exists() {
            true => (path, "differs from what is printed now"),
            false => (path, "is missing"),
        };
        tell(args, differing.iter().cloned().map(told).collect(), &left_out, "differing")?;
        return Ok(if differing.is_empty() { Ending::Good } else { Ending::Findings });
    }
    let told = |(path, change)| {
        let what = match change {
            Change::Written => "is written",
            Change::Replaced => "is replaced",
            Change::Unchanged => "is up to date",
        };
        (path, what)
    };
    let files = bindings.update(args.lang, &args.out)?;
    let printed = bindings.print(args.lang)?;
    let names = not_everywhere(&printed);
    if !names.is_empty() {
        note(&format!("not compiled on every machine (the stub says where): {}", names.join(", ")));
    }
    tell(args, files.into_iter().map(told).collect(), &left_out, "files")?;
    Ok(Ending::Good)
}

/// The names of the routines that were asked for.
fn chosen(args: &Args) -> Result<Vec<String>, Error> {
    let text = read_text(&args.contract)?;
    let unusable = |source| Error::Contract { file: args.contract.clone(), source };
    let contract = Contract::from_toml(&text, &args.contract.to_string_lossy()).map_err(unusable)?;
    let names: Vec<&str> = contract.routines.iter().map(|routine| routine.name.as_str()).collect();
    for pattern in &args.routine {
        if !names.iter().any(|name| matches(pattern, name)) {
            let hint = did_you_mean(pattern, names.iter().copied());
            return Err(Error::NoMatch { file: args.contract.clone(), pattern: pattern.clone(), hint });
        }
    }
    let wanted = |name: &&str| args.routine.is_empty() || args.routine.iter().any(|p| matches(p, name));
    Ok(names.into_iter().filter(wanted).map(str::to_owned).collect())
}

fn tell(args: &Args, files: Vec<(PathBuf, &str)>, left_out: &[Unsupported], key: &str) -> io::Result<()> {
    if args.json {
        let files: Vec<String> = files.iter().map(|(file, _)| file.display().to_string()).collect();
        let left_out: Vec<_> = left_out
            .iter()
            .map(|fault| json!({ "routine": fault.routine, "part": fault.part, "reason": fault.reason }))
            .collect();
        let mut answer = json!({ "lang": args.lang.name(), key: files });
        if args.skip_unsupported {
            answer["left-out"] = json!(left_out);
        }
        return print(&format!("{answer:#}\n"));
    }
    let paint = Paint::stdout();
    let mark = |text: String| if args.check { paint.bad(&text) } else { text };
    let lines: Vec<String> =
        files.iter().map(|(file, what)| format!("{} {what}\n", mark(file.display().to_string()))).collect();
    print(&lines.concat())
}
