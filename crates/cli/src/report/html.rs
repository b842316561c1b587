//! Evidence as one self-contained HTML page: no script, no outside resource, readable in print and in the dark.

use super::text::medians;
use super::{Report, count, distance, others};
use crate::evidence::{Evidence, Kind, RoutineEvidence};
use maud::{DOCTYPE, Markup, PreEscaped, html};

const STYLE: &str = include_str!("page.css");

/// The page.
pub fn render(report: &Report) -> String {
    let totals = report.totals();
    let verdict = report.verdict(&report.subjects);
    let class = if verdict.good { "good" } else { "bad" };
    let page = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { "cmp-bridge evidence: " (report.journal) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                h1 { "Evidence of " (report.executable) }
                p class=(format!("verdict {class}")) {
                    (capitalized(&verdict.word)) ": " (verdict.sums) "; "
                    (totals.mismatched) " mismatched, " (totals.crashed) " crashed, "
                    (totals.declined) " declined, " (totals.skipped) " not replayable"
                }
                @for subject in &report.subjects { (subject_section(report, subject)) }
                (environment(report))
            }
        }
    };
    let mut text = page.into_string();
    text.push('\n');
    text
}

fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn environment(report: &Report) -> Markup {
    html! {
        section {
            h2 { "Where it comes from" }
            table class="facts" {
                tr { th { "journal" } td { (report.journal) } }
                tr { th { "calls recorded" } td { (report.recorded) } }
                tr { th { "calls lost while recording" } td { (report.dropped) } }
                @for damage in &report.damage { tr { th { "damage" } td class="bad" { (damage) } } }
                tr { th { "executable" } td { (report.executable) } }
                tr { th { "build-id" } td { code { (report.build_id) } } }
                tr { th { "target" } td { (report.target) } }
                @for (file, hash) in &report.contracts {
                    tr { th { "contract" } td { (file) " " code { (hash) } } }
                }
                @for subject in &report.subjects {
                    tr { th { (kind(subject.kind)) } td { (subject.name) " " code { (subject.what.as_deref().unwrap_or("")) } } }
                }
                tr { th { "cmp-bridge" } td { (report.version) } }
                @if let Some(date) = &report.date { tr { th { "date" } td { (date) } } }
            }
        }
    }
}

fn kind(kind: Kind) -> &'static str {
    match kind {
        Kind::Control => "control against itself",
        Kind::Candidate => "candidate",
        Kind::Shadow => "shadow",
    }
}

fn subject_section(report: &Report, subject: &Evidence) -> Markup {
    html! {
        section {
            h2 { (kind(subject.kind)) ": " (subject.name) }
            table {
                thead { tr {
                    th { "routine" } th { "calls" } th { "equal" } th { "within tolerance" } th { "mismatched" }
                    th { "crashed" } th { "declined" } th { "not replayable" }
                    th { "control, median" } th { "candidate, median" }
                } }
                tbody { @for routine in &subject.routines { (routine_row(subject.kind, routine)) } }
            }
            @if let Some(line) = others(subject) { p { (line) } }
            @for routine in subject.unproven() {
                p class="bad" { "Not one call was compared of " (routine.routine) }
            }
            @for routine in &subject.routines { (routine_section(report, routine)) }
        }
    }
}

fn routine_row(kind: Kind, routine: &RoutineEvidence) -> Markup {
    let totals = &routine.totals;
    let (control, candidate) = medians(kind, routine);
    let bad = |number: u64| if number > 0 { "bad" } else { "" };
    html! {
        tr {
            td { (routine.routine) }
            td { (totals.calls) } td { (totals.equal) } td { (totals.within) }
            td class=(bad(totals.mismatched)) { (totals.mismatched) }
            td class=(bad(totals.crashed)) { (totals.crashed) }
            td { (totals.declined) } td { (totals.skipped) }
            td { (control) } td { (candidate) }
        }
    }
}

fn routine_section(report: &Report, routine: &RoutineEvidence) -> Markup {
    html! {
        h3 { (routine.routine) " " code { (routine.contract_hash) } }
        @if !routine.not_replayable.is_empty() {
            ul { @for (reason, calls) in &routine.not_replayable {
                li { (count(*calls, "call")) " not replayable: " (reason) }
            } }
        }
        @for fault in &routine.contract_faults { p class="bad" { "The contract is wrong: " (fault) } }
        @if routine.fields.is_empty() && routine.mismatches.is_empty() {
            p { "No field differed in any call compared." }
        }
        @if !routine.fields.is_empty() {
            table {
                caption { "Values that differed; fields that are not listed never did." }
                thead { tr {
                    th { "field" } th { "within tolerance" } th { "mismatched" }
                    th { "worst absolute" } th { "worst relative" } th { "worst ulp" }
                } }
                tbody { @for field in &routine.fields {
                    tr {
                        td { code { (field.path) } } td { (field.within) }
                        td class=(if field.mismatched > 0 { "bad" } else { "" }) { (field.mismatched) }
                        td { (distance(field.absolute)) } td { (distance(field.relative)) } td { (field.ulp) }
                    }
                } }
            }
        }
        @if !routine.crashes.is_empty() {
            table {
                thead { tr { th { "call" } th { "how the candidate ended" } } }
                tbody { @for crash in &routine.crashes { tr { td { (crash.call) } td class="bad" { (crash.how) } } } }
            }
        }
        @if !routine.mismatches.is_empty() { (examples(report, routine)) }
    }
}

fn examples(report: &Report, routine: &RoutineEvidence) -> Markup {
    let optional = |value: Option<f64>| value.map_or_else(|| "-".to_owned(), distance);
    html! {
        table {
            caption { "The first mismatches. Each is shown by " code { "cmp-bridge journal " (report.journal) " --call CALL" } }
            thead { tr {
                th { "call" } th { "field" } th { "control" } th { "candidate" }
                th { "absolute" } th { "relative" } th { "ulp" } th { "tolerance" }
            } }
            tbody { @for example in &routine.mismatches {
                tr {
                    td { (example.call) } td { code { (example.path) } }
                    td class="value" { (example.control) } td class="value bad" { (example.candidate) }
                    td { (optional(example.absolute)) } td { (optional(example.relative)) }
                    td { (example.ulp.map_or_else(|| "-".to_owned(), |ulp| ulp.to_string())) }
                    td { (example.tolerance) }
                }
            } }
        }
    }
}
