//! The figures, against their marks.

use crate::measure::Samples;
use cmp_bridge_bench::instructions::Count;
use serde_json::{Value, json};
use std::fmt::Write;

/// What a figure must not exceed.
struct Mark {
    key: &'static str,
    limit: f64,
    /// The limit is on what the call costs more than its base.
    over: bool,
}

/// The marks, in nanoseconds.
const MARKS: [Mark; 3] = [
    Mark { key: "idle", limit: 0.7, over: true },
    Mark { key: "rust", limit: 8.0, over: true },
    Mark { key: "record", limit: 40.0, over: false },
];

/// One line of the table.
struct Row {
    key: &'static str,
    title: &'static str,
    base: &'static str,
    /// Median of the rounds.
    nanoseconds: f64,
    /// First and third quartile.
    spread: [f64; 2],
    ratio: f64,
    over: f64,
    mark: Option<(&'static Mark, bool)>,
}

/// All figures of one run.
pub struct Report {
    rounds: usize,
    rows: Vec<Row>,
    absent: Vec<(&'static str, String)>,
    counts: Vec<Count>,
}

impl Report {
    /// Medians of the samples, held against the marks.
    pub fn new(
        rounds: usize,
        samples: &[Samples],
        absent: &[(&'static str, String)],
        counts: Vec<Count>,
    ) -> Report {
        let measured = samples.iter().filter(|samples| !samples.times.is_empty());
        let rows = measured.map(|of_case| row(of_case, samples)).collect();
        Report { rounds, rows, absent: absent.to_vec(), counts }
    }

    /// For people.
    pub fn text(&self) -> String {
        let mut text = format!(
            "Nanoseconds a call: medians of {} interleaved rounds, quartiles beside them.\n\n",
            self.rounds
        );
        let _ =
            writeln!(text, "{:<46} {:>9}  {:<19} {:>8} {:>10}  mark", "", "ns", "quartiles", "ratio", "over");
        for row in &self.rows {
            let [low, high] = row.spread;
            let spread = format!("{low:.2} - {high:.2}");
            let (title, ns, ratio, over) = (row.title, row.nanoseconds, row.ratio, row.over);
            let _ = write!(text, "{title:<46} {ns:>9.2}  {spread:<19} {ratio:>8.2}");
            let _ = match row.base == row.key {
                true => write!(text, " {:>10}", ""),
                false => write!(text, " {over:>10.2}"),
            };
            if let Some((mark, passed)) = &row.mark {
                let what = if mark.over { "over" } else { "ns" };
                let _ = write!(text, "  {what} <= {}: {}", mark.limit, verdict(*passed));
            }
            text.truncate(text.trim_end().len());
            text.push('\n');
        }
        text.push_str("\nInstructions of a call from Rust to legacy code, by callgrind (the loop and the routine included):\n\n");
        let _ = writeln!(text, "{}", Count::heading());
        for count in &self.counts {
            let _ = writeln!(text, "{}", count.line());
        }
        if !self.absent.is_empty() {
            text.push_str("\nNot measured:\n");
        }
        for (what, why) in &self.absent {
            let _ = writeln!(text, "  {what}: {why}");
        }
        text
    }

    /// For programs.
    pub fn json(&self) -> String {
        let rows: Vec<Value> = self.rows.iter().map(Row::json).collect();
        let counts: Vec<Value> = self
            .counts
            .iter()
            .map(|c| {
                json!({
                    "arguments": c.title, "hand": c.hand, "control": c.control, "agent": c.slot, "cxx": c.cxx,
                    "more": c.more, "pass": c.kept(),
                })
            })
            .collect();
        let absent: Vec<Value> =
            self.absent.iter().map(|(what, why)| json!({ "what": what, "why": why })).collect();
        let all =
            json!({ "rounds": self.rounds, "nanoseconds": rows, "instructions": counts, "absent": absent });
        format!("{all:#}")
    }
}

impl Row {
    fn json(&self) -> Value {
        let mark = self.mark.as_ref().map(|(mark, pass)| {
            json!({ "limit": mark.limit, "on": if mark.over { "over" } else { "median" }, "pass": pass })
        });
        json!({
            "key": self.key, "title": self.title.trim(), "base": self.base, "median": self.nanoseconds,
            "quartiles": self.spread, "ratio": self.ratio, "over": self.over, "mark": mark,
        })
    }
}

fn verdict(passed: bool) -> &'static str {
    if passed { "PASS" } else { "MISS" }
}

fn row(samples: &Samples, all: &[Samples]) -> Row {
    let case = samples.case;
    let nanoseconds = quantile(&samples.times, 0.5);
    let base =
        all.iter().find(|other| other.case.key == case.base).map_or(&samples.times, |other| &other.times);
    let base_ns = quantile(base, 0.5);
    let over = nanoseconds - base_ns;
    let mark = MARKS.iter().find(|mark| mark.key == case.key);
    let mark = mark.map(|mark| (mark, (if mark.over { over } else { nanoseconds }) <= mark.limit));
    let spread = [quantile(&samples.times, 0.25), quantile(&samples.times, 0.75)];
    Row {
        key: case.key,
        title: case.title,
        base: case.base,
        nanoseconds,
        spread,
        ratio: nanoseconds / base_ns,
        over,
        mark,
    }
}

fn quantile(times: &[f64], part: f64) -> f64 {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = (sorted.len().saturating_sub(1)) as f64 * part;
    sorted.get(at.round() as usize).copied().unwrap_or(f64::NAN)
}
