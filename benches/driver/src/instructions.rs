//! Instructions of a call, counted by callgrind: two runs of different length, so that all but the calls cancels out.

use crate::error::Error;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

/// Calls of the short run and of the long one: of as many digits.
const CALLS: [u64; 2] = [1000, 3000];

/// The kinds of call: in the names of the cases, and for a reader; whether cxx has it too; and how many instructions
/// `Control` takes more than the call written by hand.
pub const KINDS: [(&str, &str, bool, f64); 10] = [
    ("scalar", "two integers", true, 0.0),
    ("record", "a record in registers, in and out", true, 0.0),
    ("memory", "a record in memory, in and out", true, 0.0),
    ("chars", "a text with its length", true, 0.0),
    ("text", "a text up to its NUL", false, 0.0),
    ("slice", "a slice, handed on", true, 0.0),
    ("pointer", "an address", false, 0.0),
    ("status", "references and a status", false, 0.0),
    ("array", "an array and its length, summed", false, 0.0),
    ("raising", "an integer, where exceptions end", true, 22.0),
];

/// A call in all ways.
pub struct Count {
    /// What kind of arguments.
    pub title: &'static str,
    /// Instructions of the call written by hand, the loop around it and the routine included.
    pub hand: f64,
    /// The same through `Control`, linked.
    pub control: f64,
    /// The same through `Control`, under the agent; `None` where that program is not there.
    pub slot: Option<f64>,
    /// The same through cxx, where that can pass it.
    pub cxx: Option<f64>,
    /// How many instructions `Control` may take more than the call by hand.
    pub more: f64,
}

/// Counts every kind of call. `folder` holds `control-linked` and, under the agent's way, `control-slot`.
pub fn count(folder: &Path) -> Result<Vec<Count>, Error> {
    some(folder, &|_| true)
}

/// Counts the kinds of call that are wanted.
pub fn some(folder: &Path, wanted: &dyn Fn(&str) -> bool) -> Result<Vec<Count>, Error> {
    let slot = folder.join("control-slot").exists();
    KINDS
        .into_iter()
        .filter(|(kind, ..)| wanted(kind))
        .map(|(kind, title, cxx, more)| {
            let by = |program: &str, way: &str| instructions(folder, program, &format!("{kind}_{way}"));
            Ok(Count {
                title,
                hand: by("control-linked", "hand")?,
                control: by("control-linked", "control")?,
                slot: slot.then(|| by("control-slot", "control")).transpose()?,
                cxx: cxx.then(|| by("control-linked", "cxx")).transpose()?,
                more,
            })
        })
        .collect()
}

impl Count {
    /// `Control` takes as many instructions as were foreseen, and no more.
    pub fn kept(&self) -> bool {
        self.control <= self.hand + self.more
    }

    /// A line of the table.
    pub fn line(&self) -> String {
        let Count { title, hand, control, slot, cxx, more } = self;
        let figure = |figure: &Option<f64>| figure.map_or("-".to_owned(), |figure| format!("{figure:.1}"));
        let verdict = if self.kept() { "PASS" } else { "MISS" };
        let mark = if *more == 0.0 {
            "Control = by hand".into()
        } else {
            format!("not by hand, {more} more at most")
        };
        let (slot, cxx) = (figure(slot), figure(cxx));
        format!("{title:<46} {hand:>9.1} {control:>9.1} {slot:>13} {cxx:>9}  {mark}: {verdict}")
    }

    /// The heading of the table.
    pub fn heading() -> String {
        format!("{:<46} {:>9} {:>9} {:>13} {:>9}  mark", "", "by hand", "Control", "under agent", "cxx")
    }
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
    command.arg(folder.join(program)).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().map_err(fail)?;
    if let Some(mut input) = child.stdin.take() {
        writeln!(input, "{case} {calls}").map_err(fail)?;
    }
    let answer = String::from_utf8_lossy(&child.wait_with_output().map_err(fail)?.stdout).into_owned();
    let unmeasured =
        |answer: String| Error::Unmeasured { program: folder.join(program), case: case.to_owned(), answer };
    if answer.trim().parse::<u64>().is_err() {
        return Err(unmeasured(answer));
    }
    let text = std::fs::read_to_string(&profile).map_err(fail)?;
    let total = text.lines().find_map(|line| line.strip_prefix("summary: ")?.trim().parse().ok());
    total.ok_or_else(|| unmeasured("callgrind gives no total".to_owned()))
}
