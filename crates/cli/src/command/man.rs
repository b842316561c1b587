//! `cmp-bridge man`: the manual pages, printed from what `--help` is printed from.

use crate::error::{Ending, Explain};
use crate::output::print;
use std::io;
use std::path::PathBuf;

/// Prints the manual page, or writes those of all subcommands to a folder
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge man | man -l -
  cmp-bridge man --out /usr/local/share/man/man1

`make install` does the latter.

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
    let grammar = crate::grammar();
    match &args.out {
        Some(path) => {
            let failed = |source| Error::Folder { path: path.clone(), source };
            std::fs::create_dir_all(path).map_err(failed)?;
            clap_mangen::generate_to(grammar, path).map_err(failed)?;
        }
        None => {
            let mut page = Vec::new();
            clap_mangen::Man::new(grammar).render(&mut page)?;
            print(&String::from_utf8_lossy(&page))?;
        }
    }
    Ok(Ending::Good)
}
