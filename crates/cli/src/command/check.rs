//! `cmp-bridge check`: contracts against themselves and against the binary they speak of.

use crate::error::{Ending, Explain, FileError};
use crate::output::{Paint, print};
use crate::report::count;
use cmp_bridge_contract::model::Contract;
use cmp_bridge_contract::readiness::{self, Purpose};
use cmp_bridge_contract::{Diagnostic, Diagnostics, toml};
use cmp_bridge_inspect::binary::{Binary, BinaryError};
use cmp_bridge_inspect::check;
use cmp_bridge_inspect::finding::{Finding, Severity};
use serde_json::json;
use std::io;
use std::path::{Path, PathBuf};

/// Holds contracts against themselves and against the binary
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge check contracts/flight_dynamics.toml
  cmp-bridge check contracts/*.toml --binary legacy/bin/cmp_day
  cmp-bridge check contracts/*.toml --binary legacy/bin/cmp_day --strict --json

Exit status: 1 where an error is found, or with --strict a warning.")]
pub struct Args {
    /// Contracts
    #[arg(required = true, value_name = "CONTRACT")]
    contracts: Vec<PathBuf>,
    /// The executable or library the contracts speak of
    #[arg(long, value_name = "EXE")]
    binary: Option<PathBuf>,
    /// Warnings fail, too
    #[arg(long)]
    strict: bool,
    /// As JSON
    #[arg(long)]
    json: bool,
}

/// Why nothing could be checked.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A contract cannot be read.
    #[error(transparent)]
    File(#[from] FileError),
    /// The binary cannot be read.
    #[error(transparent)]
    Binary(#[from] BinaryError),
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Error::File(error) => error.hint(),
            Error::Binary(_) => {
                Some("--binary names an ELF executable or shared library for x86-64 Linux".to_owned())
            }
            Error::Output(_) => None,
        }
    }
}

/// What was found out about one contract.
struct Checked {
    file: PathBuf,
    /// The contract's own errors.
    diagnostics: Vec<Diagnostic>,
    /// Disagreements with the binary.
    findings: Vec<Finding>,
    /// Facts that routes beyond `record` need.
    missing: Vec<ToComplete>,
    routines: u64,
    complete: u64,
}

/// A fact that is missing.
struct ToComplete {
    routine: String,
    line: usize,
    column: usize,
    place: String,
    message: String,
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let binary = args.binary.as_deref().map(Binary::open).transpose()?;
    let checked: Vec<Checked> =
        args.contracts.iter().map(|file| check(file, binary.as_ref())).collect::<Result<_, _>>()?;
    let sums = Sums::of(&checked);
    if args.json {
        print(&format!("{:#}\n", json_report(&checked, &sums)))?;
    } else {
        print(&text_report(&checked, &sums, Paint::stdout()))?;
    }
    let failed = sums.errors > 0 || args.strict && sums.warnings > 0;
    Ok(if failed { Ending::Findings } else { Ending::Good })
}

fn check(file: &Path, binary: Option<&Binary>) -> Result<Checked, Error> {
    let text = std::fs::read_to_string(file).map_err(FileError::new(file, "read"))?;
    let mut checked = Checked {
        file: file.to_owned(),
        diagnostics: Vec::new(),
        findings: Vec::new(),
        missing: Vec::new(),
        routines: 0,
        complete: 0,
    };
    let contract = match Contract::from_toml(&text, &file.display().to_string()) {
        Ok(contract) => contract,
        Err(Diagnostics(diagnostics)) => {
            checked.diagnostics = diagnostics;
            return Ok(checked);
        }
    };
    if let Some(binary) = binary {
        checked.findings = check::check(&contract, binary);
    }
    for routine in &contract.routines {
        let missing = readiness::missing(&contract, routine, Purpose::Rust);
        checked.routines += 1;
        checked.complete += u64::from(missing.is_empty());
        checked.missing.extend(missing.into_iter().map(|fact| {
            let (line, column) = toml::locate(&text, &fact.path);
            ToComplete {
                routine: routine.name.clone(),
                line,
                column,
                place: fact.path,
                message: fact.message,
            }
        }));
    }
    Ok(checked)
}

#[derive(Default)]
struct Sums {
    contracts: u64,
    routines: u64,
    complete: u64,
    errors: u64,
    warnings: u64,
    notes: u64,
}

impl Sums {
    fn of(checked: &[Checked]) -> Sums {
        let mut sums = Sums { contracts: checked.len() as u64, ..Sums::default() };
        for contract in checked {
            sums.routines += contract.routines;
            sums.complete += contract.complete;
            sums.errors += contract.diagnostics.len() as u64;
            for finding in &contract.findings {
                match finding.severity() {
                    Severity::Error => sums.errors += 1,
                    Severity::Warning => sums.warnings += 1,
                    Severity::Note => sums.notes += 1,
                }
            }
        }
        sums
    }

    fn line(&self, paint: Paint) -> String {
        let numbers = format!(
            "{}, {}, {}",
            count(self.errors, "error"),
            count(self.warnings, "warning"),
            count(self.notes, "note")
        );
        let numbers = if self.errors > 0 { paint.bad(&numbers) } else { paint.good(&numbers) };
        format!(
            "{}, {}, {} complete enough for every route: {numbers}\n",
            count(self.contracts, "contract"),
            count(self.routines, "routine"),
            self.complete
        )
    }
}

fn text_report(checked: &[Checked], sums: &Sums, paint: Paint) -> String {
    let mut out = String::new();
    for contract in checked {
        contract.diagnostics.iter().for_each(|diagnostic| out += &format!("{diagnostic}\n\n"));
        contract
            .findings
            .iter()
            .for_each(|finding| out += &format!("{}: {finding}\n\n", contract.file.display()));
        for fact in &contract.missing {
            let (file, note) = (contract.file.display(), paint.doubtful("to complete:"));
            out +=
                &format!("{file}:{}:{}: {note} {}: {}\n", fact.line, fact.column, fact.place, fact.message);
        }
    }
    out + &sums.line(paint)
}

fn json_report(checked: &[Checked], sums: &Sums) -> serde_json::Value {
    let contracts: Vec<_> = checked.iter().map(json_contract).collect();
    json!({
        "contracts": contracts, "routines": sums.routines, "complete": sums.complete,
        "errors": sums.errors, "warnings": sums.warnings, "notes": sums.notes,
    })
}

fn json_contract(checked: &Checked) -> serde_json::Value {
    let diagnostics = checked.diagnostics.iter().map(|d| {
        json!({
            "severity": "error", "code": d.code, "line": d.line, "column": d.column, "message": d.message,
            "expected": d.expected, "found": d.found, "hint": d.hint,
        })
    });
    let findings = checked.findings.iter().map(|f| {
        json!({
            "severity": f.severity().name(), "code": f.code.text(), "message": f.code.title(), "routine": f.routine,
            "declared": f.declared, "found_at": f.found_at, "expected": f.expected, "found": f.found, "hint": f.hint,
        })
    });
    let missing = checked.missing.iter().map(|fact| {
        json!({
            "routine": fact.routine, "line": fact.line, "column": fact.column, "declared": fact.place,
            "message": fact.message,
        })
    });
    json!({
        "file": checked.file.display().to_string(),
        "findings": diagnostics.chain(findings).collect::<Vec<_>>(),
        "to_complete": missing.collect::<Vec<_>>(),
    })
}
