//! Instructions of a call, counted by callgrind: two runs of different length, so that all but the calls cancels out.

use crate::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Calls of the short run and of the long one: of as many digits.
const CALLS: [u64; 2] = [1000, 3000];

/// A call through `Control` and the same by hand.
pub struct Count {
    /// What kind of arguments.
    pub title: &'static str,
    /// Instructions of the call written by hand, the loop around it and the routine included.
    pub hand: f64,
    /// The same through `Control`, linked.
    pub control: f64,
    /// The same through `Control`, under the agent.
    pub slot: f64,
}

/// Counts all kinds of call.
pub fn count(folder: &Path) -> Result<Vec<Count>, Error> {
    let kinds = [
        ("pointer", "an address"),
        ("status", "references and a status"),
        ("array", "an array and its length"),
    ];
    kinds
        .into_iter()
        .map(|(kind, title)| {
            let by = |program: &str, way: &str| instructions(folder, program, &format!("{kind}_{way}"));
            Ok(Count {
                title,
                hand: by("control-linked", "hand")?,
                control: by("control-linked", "control")?,
                slot: by("control-slot", "control")?,
            })
        })
        .collect()
}

/// Instructions by call, to a tenth.
fn instructions(folder: &Path, program: &str, case: &str) -> Result<f64, Error> {
    let [short, long] = CALLS;
    let [few, many] = [run(folder, program, case, short)?, run(folder, program, case, long)?];
    Ok((many.saturating_sub(few) as f64 / (long - short) as f64 * 10.0).round() / 10.0)
}

/// Instructions of a whole run.
fn run(folder: &Path, program: &str, case: &str, calls: u64) -> Result<u64, Error> {
    let fail = |source| Error::Program { program: "valgrind".into(), source };
    let profile = folder.join("callgrind.out");
    let mut command = Command::new("valgrind");
    command.args(["--quiet", "--tool=callgrind"]).arg(format!("--callgrind-out-file={}", profile.display()));
    command.arg(folder.join(program)).stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(fail)?;
    if let Some(mut input) = child.stdin.take() {
        writeln!(input, "{case} {calls}").map_err(fail)?;
    }
    child.wait().map_err(fail)?;
    let text = std::fs::read_to_string(&profile).map_err(fail)?;
    let total = text.lines().find_map(|line| line.strip_prefix("summary: ")?.trim().parse().ok());
    total.ok_or_else(|| Error::Unmeasured {
        program: folder.join(program),
        case: case.to_owned(),
        answer: "callgrind gives no total".to_owned(),
    })
}
