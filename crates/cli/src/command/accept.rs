//! `cmp-bridge accept`: what `learn` and `calibrate` propose becomes part of the contract.

use crate::error::{Ending, Explain, FileError, read_text};
use crate::names::{matches, nearest};
use crate::output::{Paint, print};
use cmp_bridge_contract::Diagnostics;
use cmp_bridge_contract::model::{Contract, Proposal};
use cmp_bridge_contract::toml::{AcceptError, Accepted, Choice, accept};
use std::io;
use std::path::{Path, PathBuf};

/// Makes proposals of `learn` and `calibrate` part of a contract, or rejects them
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge accept contracts/flight_dynamics.toml --list
  cmp-bridge accept contracts/flight_dynamics.toml ehposv
  cmp-bridge accept contracts/flight_dynamics.toml ehposv.dt
  cmp-bridge accept contracts/flight_dynamics.toml ehposv.status 'caljj*'
  cmp-bridge accept contracts/flight_dynamics.toml --all
  cmp-bridge accept contracts/flight_dynamics.toml ehposv.dt --reject

All that is proposed for a routine is named by ROUTINE, one parameter by ROUTINE.PARAM.

A proposal that contradicts what a person wrote is a conflict: --all leaves it where it is, and it is applied only when it
is named by ROUTINE.PARAM. Comments and blanks of the file stay. Exit status: 0 done; 1 nothing matched, or conflicts
remain; 2 an error, and the file is as it was.")]
pub struct Args {
    /// The contract
    #[arg(value_name = "CONTRACT")]
    contract: PathBuf,
    /// ROUTINE, ROUTINE.PARAM, or ROUTINE.returns, .status, .effects, .state.AREA; `*` and `?` stand for any characters
    #[arg(value_name = "ROUTINE[.PARAM]")]
    what: Vec<String>,
    /// Everything but conflicts
    #[arg(long, conflicts_with_all = ["what", "list"])]
    all: bool,
    /// Only lists what is proposed
    #[arg(long)]
    list: bool,
    /// Rejects instead: it is not proposed again
    #[arg(long)]
    reject: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Why nothing was accepted.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file.
    #[error(transparent)]
    File(#[from] FileError),
    /// What stands in it, or would stand in it.
    #[error("{} cannot be used", file.display())]
    Contract {
        /// The contract.
        file: PathBuf,
        /// Every error in it.
        source: Diagnostics,
    },
    /// A proposal without a place.
    #[error("{}: {source}", file.display())]
    Accept {
        /// The contract.
        file: PathBuf,
        /// Which, and why.
        source: AcceptError,
    },
    /// Neither names nor `--all` nor `--list`.
    #[error("nothing is named to accept")]
    Nothing,
    /// A pattern that matches no proposal.
    #[error("no proposal in {} matches `{pattern}`", file.display())]
    NoMatch {
        /// The contract.
        file: PathBuf,
        /// The pattern.
        pattern: String,
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
            Error::File(error) => error.hint(),
            Error::Contract { .. } => {
                Some("the file was not changed; correct it, or accept the proposals one by one".to_owned())
            }
            Error::Accept { .. } => Some("remove it by hand, or run `cmp-bridge learn` again".to_owned()),
            Error::Nothing => {
                Some("name ROUTINE or ROUTINE.PARAM, or say --all; --list shows them".to_owned())
            }
            Error::NoMatch { hint, .. } => Some(hint.clone()),
            Error::Output(_) => None,
        }
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let file = &args.contract;
    let text = read_text(file)?;
    let name = file.display().to_string();
    let unusable = |source| Error::Contract { file: file.clone(), source };
    let contract = Contract::from_toml(&text, &name).map_err(unusable)?;
    require_matches(args, &contract.proposals)?;
    if args.list {
        let shown: Vec<&Proposal> =
            contract.proposals.iter().filter(|p| args.what.is_empty() || named(args, p)).collect();
        return tell_list(args, &shown);
    }
    if !args.all && args.what.is_empty() {
        return Err(Error::Nothing);
    }
    let choice = if args.reject { Choice::Reject } else { Choice::Accept };
    let choose = |proposal: &Proposal| match () {
        () if proposal.rejected && args.all => Choice::Reject,
        () if args.all && (proposal.conflict.is_none() || args.reject) => choice,
        () if named(args, proposal) && (args.reject || insisted(args, proposal)) => choice,
        () if proposal.rejected => Choice::Reject,
        () => Choice::Leave,
    };
    let accepted = accept(&text, &name, &choose).map_err(|error| match error {
        AcceptError::Contract(source) => unusable(source),
        source => Error::Accept { file: file.clone(), source },
    })?;
    write_whole(file, &accepted.text)?;
    tell(args, &accepted)
}

/// What a person says of one proposal: by its routine, its parameter, or in full.
fn names_of(proposal: &Proposal) -> Vec<String> {
    let place = proposal.place();
    let mut names = vec![place.clone()];
    if let Some(routine) = &proposal.routine {
        names.push(routine.clone());
        let parts: Vec<&str> = proposal.set.split('.').collect();
        match parts[..] {
            ["params", param, ..] => names.push(format!("{routine}.{param}")),
            [first, ..] => names.push(format!("{routine}.{first}")),
            [] => {}
        }
    }
    names
}

fn named(args: &Args, proposal: &Proposal) -> bool {
    names_of(proposal).iter().any(|name| args.what.iter().any(|pattern| matches(pattern, name)))
}

/// A conflict needs a name of its own: a routine's is not enough.
fn insisted(args: &Args, proposal: &Proposal) -> bool {
    let own = |name: &String| proposal.routine.as_ref() != Some(name);
    let exact = |name: String| args.what.contains(&name);
    !proposal.rejected && proposal.conflict.is_none() || names_of(proposal).into_iter().filter(own).any(exact)
}

fn require_matches(args: &Args, proposals: &[Proposal]) -> Result<(), Error> {
    for pattern in &args.what {
        let names: Vec<String> = proposals.iter().flat_map(names_of).collect();
        if !names.iter().any(|name| matches(pattern, name)) {
            let hint = match nearest(pattern, names.iter().map(String::as_str)) {
                Some(name) => format!("did you mean `{name}`?"),
                None => "`--list` shows what is proposed".to_owned(),
            };
            return Err(Error::NoMatch { file: args.contract.clone(), pattern: pattern.clone(), hint });
        }
    }
    Ok(())
}

/// A file is replaced at once or not at all.
pub fn write_whole(file: &Path, text: &str) -> Result<(), FileError> {
    let beside = file.with_extension("toml.new");
    std::fs::write(&beside, text).map_err(FileError::new(&beside, "written"))?;
    if let Ok(meta) = std::fs::metadata(file) {
        let _ = std::fs::set_permissions(&beside, meta.permissions());
    }
    std::fs::rename(&beside, file).map_err(FileError::new(file, "replaced"))
}

fn tell_list(args: &Args, proposals: &[&Proposal]) -> Result<Ending, Error> {
    if args.json {
        let all: Vec<_> = proposals.iter().map(|proposal| json(proposal)).collect();
        print(&format!("{}\n", serde_json::to_string_pretty(&all).map_err(io::Error::other)?))?;
        return Ok(Ending::Good);
    }
    let paint = Paint::stdout();
    let mut out = String::new();
    for proposal in proposals {
        out += &line(proposal, paint);
    }
    if proposals.is_empty() {
        out += "nothing is proposed\n";
    }
    print(&out)?;
    Ok(Ending::Good)
}

/// A proposal on one line, and a conflict on a second.
pub fn line(proposal: &Proposal, paint: Paint) -> String {
    let mark = if proposal.rejected { " (rejected)" } else { "" };
    let mut out = format!("{} = {}{mark}  # {}\n", proposal.place(), proposal.value, proposal.why);
    if let Some(conflict) = &proposal.conflict {
        out += &format!("  {} {conflict}\n", paint.doubtful("conflict:"));
    }
    out
}

/// A proposal as JSON.
pub fn json(proposal: &Proposal) -> serde_json::Value {
    serde_json::json!({
        "routine": proposal.routine, "set": proposal.set, "value": proposal.value, "calls": proposal.calls,
        "by": proposal.by, "why": proposal.why, "conflict": proposal.conflict, "rejected": proposal.rejected,
    })
}

fn tell(args: &Args, accepted: &Accepted) -> Result<Ending, Error> {
    let open = accepted.left.iter().filter(|proposal| proposal.conflict.is_some()).count();
    if args.json {
        let each = |list: &[Proposal]| list.iter().map(json).collect::<Vec<_>>();
        let all = serde_json::json!({
            "accepted": each(&accepted.accepted), "rejected": each(&accepted.rejected), "left": each(&accepted.left),
        });
        print(&format!("{}\n", serde_json::to_string_pretty(&all).map_err(io::Error::other)?))?;
    } else {
        let paint = Paint::stdout();
        let mut out = String::new();
        for (verb, list) in [("accepted", &accepted.accepted), ("rejected", &accepted.rejected)] {
            for proposal in list {
                out += &format!("{verb} {} = {}\n", proposal.place(), proposal.value);
            }
        }
        for proposal in accepted.left.iter().filter(|proposal| proposal.conflict.is_some()) {
            out += &format!("left {}", line(proposal, paint));
        }
        let left = accepted.left.len();
        out += &format!("{} accepted, {left} left, {open} of them conflicts\n", accepted.accepted.len());
        print(&out)?;
    }
    Ok(if args.all && open > 0 { Ending::Findings } else { Ending::Good })
}
