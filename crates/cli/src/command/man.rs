//! `cmp-bridge man`: the manual pages, printed from what `--help` is printed from.

use crate::error::{Ending, Explain};
use crate::output::print;
use clap::{Arg, ArgAction, Command};
use std::io;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

/// Prints the manual page, or writes those of all subcommands to a folder
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge man | man -l -
  cmp-bridge man --out /usr/local/share/man/man1

`make install` does the latter. The pages bear the day on which the command was built, or that of SOURCE_DATE_EPOCH.

Exit status: 0, or 2 where they cannot be written.")]
pub struct Args {
    /// Folder to write cmp-bridge.1 and a page for each subcommand to; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: Option<PathBuf>,
}

/// Why there are no manual pages.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The folder.
    #[error("the manual pages cannot be written to {}", path.display())]
    Folder {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Error::Folder { .. } => Some("name a folder that you may write to: --out DIR".to_owned()),
            Error::Output(_) => None,
        }
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let mut grammar = crate::grammar().disable_help_subcommand(true);
    grammar.build();
    let date = super::replay::utc(made()).split(' ').next().unwrap_or_default().to_owned();
    match &args.out {
        Some(path) => {
            let failed = |source| Error::Folder { path: path.clone(), source };
            std::fs::create_dir_all(path).map_err(failed)?;
            write(&grammar, path, &date).map_err(failed)?;
        }
        None => {
            let mut text = Vec::new();
            page(&grammar, &date).render(&mut text)?;
            print(&String::from_utf8_lossy(&text))?;
        }
    }
    Ok(Ending::Good)
}

/// Seconds since 1970: what packagers say, or when this command was built.
fn made() -> u64 {
    let said = std::env::var("SOURCE_DATE_EPOCH").ok().and_then(|text| text.parse().ok());
    let built = || {
        let modified = std::fs::metadata(std::env::current_exe().ok()?).ok()?.modified().ok()?;
        Some(modified.duration_since(UNIX_EPOCH).ok()?.as_secs())
    };
    said.or_else(built).unwrap_or_default()
}

fn write(command: &Command, folder: &Path, date: &str) -> io::Result<()> {
    page(command, date).generate_to(folder)?;
    command.get_subcommands().try_for_each(|inner| write(inner, folder, date))
}

fn page(command: &Command, date: &str) -> clap_mangen::Man {
    let version = concat!("cmp-bridge ", env!("CARGO_PKG_VERSION"));
    let command = command.clone().override_usage(synopsis(command));
    clap_mangen::Man::new(command).date(date).source(version).manual("cmp-bridge")
}

/// The command with its options and their values, which clap_mangen would leave out.
fn synopsis(command: &Command) -> String {
    let mut line = command.get_bin_name().unwrap_or_else(|| command.get_name()).to_owned();
    let shown = |argument: &&Arg| {
        !argument.is_hide_set() && !["help", "version"].contains(&argument.get_id().as_str())
    };
    let (places, options): (Vec<&Arg>, Vec<&Arg>) =
        command.get_arguments().filter(shown).partition(|argument| argument.is_positional());
    for argument in options.into_iter().chain(places) {
        let several = matches!(argument.get_action(), ArgAction::Append) || several(argument);
        let values = argument.get_value_names().filter(|_| argument.get_action().takes_values());
        let values = values.map(|names| names.join(" ")).unwrap_or_default();
        let name = argument.get_long().map(|long| format!("--{long}"));
        let name = name.or_else(|| argument.get_short().map(|short| format!("-{short}")));
        let text = [name.unwrap_or_default(), values].join(" ").trim().to_owned();
        let more = if several { "..." } else { "" };
        let dashes = if argument.is_last_set() { "-- " } else { "" };
        line += &match argument.is_required_set() {
            true => format!(" {dashes}{text}{more}"),
            false => format!(" [{dashes}{text}]{more}"),
        };
    }
    match (command.has_subcommands(), command.is_subcommand_required_set()) {
        (false, _) => line,
        (true, true) => line + " COMMAND",
        (true, false) => line + " [COMMAND]",
    }
}

fn several(argument: &Arg) -> bool {
    argument.is_trailing_var_arg_set() || argument.get_num_args().is_some_and(|range| range.max_values() > 1)
}
