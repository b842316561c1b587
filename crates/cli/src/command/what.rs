//! `cmp-bridge what`: the identification of any file.

use crate::error::{Ending, Explain, FileError, open_regular};
use crate::output::print;
use cmp_bridge_inspect::doctor::identifications_in;
use serde_json::json;
use std::io;
use std::path::PathBuf;

/// Prints the @(#) identification of modules, agents, executables, objects and sources
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge what target/release/librewrite_three.so
  cmp-bridge what legacy/build/pie/cmp_day legacy/telemetry/crc16.c
  cmp-bridge what --json *.so

It prints each text that follows @(#) up to a quote, a `>`, a backslash, a line end or a NUL, as the command `what` of SCCS
and HP-UX does. A module names its crate, its contracts and their hashes, and the revision and URL of the working copy it
was built from (Subversion or git), or says that it was built outside of one.

Exit status: 0 every file has one; 1 a file has none; 2 a file cannot be read.")]
pub struct Args {
    /// Any files
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Only the first of each file
    #[arg(long, short = 's')]
    single: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
pub enum Error {
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
            Error::File(error) => error.hint(),
            Error::Output(_) => None,
        }
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let mut ending = Ending::Good;
    let mut all = Vec::new();
    for path in &args.files {
        let most = if args.single { 1 } else { usize::MAX };
        let found = identifications_in(open_regular(path)?, most).map_err(FileError::new(path, "read"))?;
        if found.is_empty() {
            ending = Ending::Findings;
        }
        match args.json {
            true => all.push(json!({ "file": path.display().to_string(), "what": found })),
            false => {
                let lines: String = found.iter().map(|text| format!("\t{text}\n")).collect();
                print(&format!("{}:\n{lines}", path.display()))?;
            }
        }
    }
    if args.json {
        print(&format!("{:#}\n", json!({ "files": all })))?;
    }
    Ok(ending)
}
