//! Contracts as TOML: [`Contract::from_toml`], [`Contract::to_toml`] and [`merge_into`].

mod accept;
mod merge;
mod propose;
mod read;
mod refine;
pub(crate) mod section;
mod types;
mod write;

use crate::diagnostics::{Diagnostics, Excerpt};
use crate::model::Contract;
use crate::validate::validate;
use section::Reader;

pub use accept::{AcceptError, Accepted, Choice, accept};
pub use merge::merge_into;
pub use propose::propose;

impl Contract {
    /// Reads a contract and checks it. `file` only names the text in messages.
    pub fn from_toml(text: &str, file: &str) -> Result<Contract, Diagnostics> {
        let mut reader = Reader::new(file, text);
        let contract = read::read(&mut reader, text);
        if let Some(contract) = &contract {
            reader.report_issues(validate(contract));
        }
        match contract {
            Some(contract) if reader.is_clean() => Ok(contract),
            _ => Err(reader.into_diagnostics()),
        }
    }

    /// Prints the contract, its name and hash on the first line.
    pub fn to_toml(&self) -> String {
        write::write(self)
    }
}

/// Reads a contract without the semantic checks: what a re-scan needs of one that people are still completing.
fn read_unchecked(text: &str, file: &str) -> Result<Contract, Diagnostics> {
    let mut reader = Reader::new(file, text);
    match read::read(&mut reader, text) {
        Some(contract) if reader.is_clean() => Ok(contract),
        _ => Err(reader.into_diagnostics()),
    }
}

/// Names and symbols of the routines in a contract file, complete or not.
pub fn routine_symbols(text: &str, file: &str) -> Result<Vec<(String, String)>, Diagnostics> {
    let contract = read_unchecked(text, file)?;
    Ok(contract.routines.into_iter().map(|routine| (routine.name, routine.symbol)).collect())
}

/// Line and column, from 1, of what `path` names in a contract file: `routine.eck_hec.params.2.use`, or the nearest part of
/// it that is written out. For more than one place, see [`Places`].
pub fn locate(text: &str, path: &str) -> (usize, usize) {
    Places::new(text).locate(path)
}

/// Where everything stands in a contract file.
pub struct Places<'t>(Reader<'t>);

impl<'t> Places<'t> {
    /// Reads the file. What is wrong in it does not matter.
    pub fn new(text: &'t str) -> Places<'t> {
        let mut reader = Reader::new("", text);
        read::read(&mut reader, text);
        Places(reader)
    }

    /// Line and column, from 1, of `routine.eck_hec.params.2.use`, or of the nearest part of it that is written out.
    pub fn locate(&self, path: &str) -> (usize, usize) {
        self.0.line_column(self.0.position(path))
    }

    /// A line with a mark under a place of it.
    pub fn excerpt(&self, line: usize, column: usize) -> Option<Excerpt> {
        self.0.excerpt(line, column)
    }
}
