//! `cmp-bridge schema`: the form of a contract, for editors.

mod contract;

use crate::error::{Ending, Explain};
use crate::output::print;
use std::io;

pub use contract::contract_schema;

/// Prints the JSON schema of contracts, for editors
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge schema > contract.schema.json

An editor with TOML support (taplo, Even Better TOML) completes and checks a contract whose first lines hold
  #:schema contract.schema.json
What only the whole contract can tell (undefined types, overlapping fields) is left to `cmp-bridge check`.

Exit status: 0, or 2 where standard output cannot be written.")]
pub struct Args {}

/// Why nothing was printed.
#[derive(Debug, thiserror::Error)]
#[error("standard output cannot be written")]
pub struct Error(#[from] io::Error);

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        None
    }
}

/// Runs the command.
pub fn run(_: &Args) -> Result<Ending, Error> {
    print(&format!("{:#}\n", contract_schema()))?;
    Ok(Ending::Good)
}
