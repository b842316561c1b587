//! A plan and its outcome, for people and for programs.

use crate::output::Paint;
use crate::report::count;
use cmp_bridge_inspect::finding::Severity;
use cmp_bridge_inspect::link::{Answers, Lacking, LinkFinding, Outcome, Plan, Planned};
use serde_json::{Value, json};
use std::path::Path;

/// Several libraries with routines that only one thread may be in.
pub(super) const LOCKS: &str = "each hold a lock of their own for routines that only one thread may be in: two threads would be in legacy code";

/// Places of one finding that are named.
const MOST: usize = 6;

/// A plan in words.
pub(super) fn text(plan: &Plan, paint: Paint) -> String {
    let mut out = paint.title(&plan.program.line.result());
    if let Some((language, unit)) = &plan.main {
        out += &format!(": main program in {language} ({unit})");
    }
    out += "\n";
    for routine in &plan.routines {
        out += &one(routine, paint);
    }
    if !plan.needs.is_empty() {
        out += &format!("\nThe Rust library needs of the legacy objects: {}\n", plan.needs.join(", "));
    }
    if !plan.findings.is_empty() {
        out += "\n";
        plan.findings.iter().for_each(|finding| out += &found(finding, paint));
    }
    let can = plan.routines.iter().filter(|r| r.means.is_some()).count() as u64;
    let all = count(plan.routines.len() as u64, "routine");
    out += &format!("\n{all}: Rust can take the place of {can}\n");
    out
}

fn one(routine: &Planned, paint: Paint) -> String {
    let verdict = match routine.means {
        Some(means) => paint.good(&format!("{:6}", means.name())),
        None => paint.bad(&format!("{:6}", "no")),
    };
    let mut out = format!("\n  {verdict} {}", paint.title(&routine.symbol));
    if let Some(unit) = &routine.defined_in {
        out += &format!(", defined in {unit}");
    }
    out += &format!("\n         {}\n", routine.why);
    for (unit, times) in routine.callers.iter().take(MOST) {
        out += &format!("         - {} in {unit}\n", count(*times as u64, "reference"));
    }
    if routine.callers.len() > MOST {
        out += &format!("         - and in {} more objects\n", routine.callers.len() - MOST);
    }
    routine.findings.iter().for_each(|finding| out += &found(finding, paint));
    out
}

fn found(finding: &LinkFinding, paint: Paint) -> String {
    let severity = finding.code.severity();
    let head = format!("{} {}", finding.code.text(), severity.name());
    let head = match severity {
        Severity::Error => paint.bad(&head),
        Severity::Warning => paint.doubtful(&head),
        Severity::Note => head,
    };
    let mut out = format!("    {head}: {}\n         {}\n", finding.code.title(), finding.text);
    finding.places.iter().take(MOST).for_each(|place| out += &format!("         - {place}\n"));
    if finding.places.len() > MOST {
        out += &format!("         - and {} more\n", finding.places.len() - MOST);
    }
    out
}

fn finding_json(finding: &LinkFinding) -> Value {
    json!({
        "code": finding.code.text(), "severity": finding.code.severity().name(), "title": finding.code.title(),
        "message": finding.text, "places": finding.places,
    })
}

/// A plan for programs.
pub(super) fn json(plan: &Plan) -> Value {
    let routine = |r: &Planned| {
        json!({
            "symbol": r.symbol, "defined_in": r.defined_in, "means": r.means.map(|m| m.name()), "why": r.why,
            "callers": r.callers, "findings": r.findings.iter().map(finding_json).collect::<Vec<_>>(),
        })
    };
    json!({
        "program": plan.program.line.result(),
        "main": plan.main.as_ref().map(|(language, unit)| json!({ "language": language, "unit": unit })),
        "routines": plan.routines.iter().map(routine).collect::<Vec<_>>(),
        "needs": plan.needs,
        "findings": plan.findings.iter().map(finding_json).collect::<Vec<_>>(),
        "whole": plan.is_whole(),
    })
}

/// What came of it, in words.
pub(super) fn outcome_text(file: &Path, outcome: &Outcome, paint: Paint) -> String {
    let mut out = format!("{}\n", paint.title(&file.display().to_string()));
    for routine in &outcome.routines {
        let word = format!("{:8}", routine.answers.name());
        let word = match routine.answers {
            Answers::Rust => paint.good(&word),
            Answers::Unknown => paint.doubtful(&word),
            Answers::Legacy | Answers::Both => paint.bad(&word),
        };
        out += &format!("  {word} {}", routine.symbol);
        if let Some((name, at)) = &routine.at {
            out += &format!(", {name} at {at:#x}");
        }
        out += &format!(": {}\n", routine.why);
        if let (Some(at), true) = (routine.legacy_at, routine.answers == Answers::Rust) {
            out += &format!("           the legacy code is at {at:#x}; no legacy code leads there\n");
        }
        routine.places.iter().take(MOST).for_each(|place| out += &format!("           - {place}\n"));
        if routine.places.len() > MOST {
            out += &format!("           - and {} more\n", routine.places.len() - MOST);
        }
    }
    for (symbol, finding) in &outcome.refused {
        let whose = symbol.as_ref().map_or_else(|| "the plan".to_string(), |s| format!("the plan for {s}"));
        out += &format!("  {whose} is refused for these objects, which a program does not show:\n");
        out += &found(finding, paint);
    }
    outcome.identified.iter().for_each(|text| out += &format!("  {text}\n"));
    out += &format!("  {} routines and data of the legacy objects are as they were\n", outcome.same);
    for change in &outcome.changes {
        let what = if change.expected { "as Rust needs" } else { "not meant" };
        let line = format!("  changed, {what}: {}\n", change.what);
        out += &if change.expected { line } else { paint.bad(&line) };
    }
    out
}

/// What came of it, for programs.
pub(super) fn outcome_json(outcome: &Outcome) -> Value {
    let routines = outcome.routines.iter().map(|r| {
        json!({
            "symbol": r.symbol, "answers": r.answers.name(), "why": r.why,
            "name": r.at.as_ref().map(|a| &a.0), "address": r.at.as_ref().map(|a| a.1),
            "legacy_address": r.legacy_at, "places": r.places,
        })
    });
    let changes = outcome.changes.iter().map(|c| json!({ "what": c.what, "expected": c.expected }));
    let refused = outcome.refused.iter().map(|(symbol, finding)| {
        let mut value = finding_json(finding);
        value["symbol"] = json!(symbol);
        value
    });
    json!({
        "refused": refused.collect::<Vec<_>>(),
        "routines": routines.collect::<Vec<_>>(), "identified": outcome.identified, "same": outcome.same,
        "changes": changes.collect::<Vec<_>>(), "good": outcome.is_good(),
    })
}

/// Why no umbrella library can be made.
pub(super) fn lacking(lacking: &Lacking) -> String {
    let mut parts = Vec::new();
    if !lacking.undefined.is_empty() {
        parts.push(format!("no library defines {}", lacking.undefined.join(", ")));
    }
    for (symbol, files) in &lacking.twice {
        let files: Vec<String> = files.iter().map(|f| f.display().to_string()).collect();
        parts.push(format!("`{symbol}` is defined by {}", files.join(" and ")));
    }
    for file in &lacking.useless {
        parts.push(format!("{} defines none of the symbols", file.display()));
    }
    if !lacking.serial.is_empty() {
        let files: Vec<String> = lacking.serial.iter().map(|f| f.display().to_string()).collect();
        parts.push(format!("{} {LOCKS}", files.join(" and ")));
    }
    parts.join("; ")
}
