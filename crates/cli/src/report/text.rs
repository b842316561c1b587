//! Evidence as text.

use super::{Align, Report, Table, count, distance, others};
use crate::evidence::{Evidence, Kind, RoutineEvidence};
use crate::output::Paint;
use std::fmt::Write;

/// The report as text. `examples` limits the mismatches shown of each routine.
pub fn render(report: &Report, examples: usize, paint: Paint) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "{}: {} of {} (build-id {}), {} lost while recording",
        report.journal,
        count(report.recorded, "call"),
        report.executable,
        report.build_id,
        report.dropped
    );
    for damage in &report.damage {
        let _ = writeln!(out, "{} {damage}", paint.bad("damaged:"));
    }
    for subject in &report.subjects {
        out += &subject_text(report, subject, examples, paint);
    }
    out
}

fn title(subject: &Evidence) -> String {
    let what = subject.what.as_deref().map(|what| format!(" ({what})")).unwrap_or_default();
    match subject.kind {
        Kind::Control => format!("control against itself: {}{what}", subject.name),
        Kind::Candidate => format!("candidate: {}{what}", subject.name),
        Kind::Shadow => format!("shadow, while the program ran: {}{what}", subject.name),
    }
}

fn subject_text(report: &Report, subject: &Evidence, examples: usize, paint: Paint) -> String {
    use Align::{Left, Right};
    let mut out = format!("\n{}\n", paint.title(&title(subject)));
    let mut table = Table::new(&[
        ("routine", Left),
        ("calls", Right),
        ("equal", Right),
        ("within tolerance", Right),
        ("mismatched", Right),
        ("crashed", Right),
        ("declined", Right),
        ("not replayable", Right),
        ("control", Right),
        ("candidate", Right),
    ]);
    for routine in &subject.routines {
        let totals = &routine.totals;
        let numbers = [
            totals.calls,
            totals.equal,
            totals.within,
            totals.mismatched,
            totals.crashed,
            totals.declined,
            totals.skipped,
        ];
        let mut cells = vec![routine.routine.clone()];
        cells.extend(numbers.iter().map(u64::to_string));
        let (control, candidate) = medians(subject.kind, routine);
        cells.extend([control, candidate]);
        table.row(cells);
    }
    out += &table.render("  ");
    out += &fields(subject);
    for routine in &subject.routines {
        out += &details(report, routine, examples, paint);
    }
    if let Some(line) = others(subject) {
        let _ = writeln!(out, "  {line}");
    }
    for routine in subject.unproven() {
        let _ = writeln!(out, "  {} {}", paint.bad("not one call was compared of"), routine.routine);
    }
    let verdict = report.verdict(std::slice::from_ref(subject));
    let word = if verdict.good { paint.good(&verdict.word) } else { paint.bad(&verdict.word) };
    let _ = writeln!(out, "  => {word}: {}", verdict.sums);
    out
}

/// Median durations of control and candidate. A subject that is the control itself has only one.
pub fn medians(kind: Kind, routine: &RoutineEvidence) -> (String, String) {
    let text = |median: &Option<crate::evidence::Median>| {
        median.as_ref().map_or_else(|| "not measured".to_owned(), ToString::to_string)
    };
    match kind {
        Kind::Control => (text(&routine.candidate), "-".to_owned()),
        _ => (text(&routine.control), text(&routine.candidate)),
    }
}

/// The worst distances, of the fields that differ at all.
fn fields(subject: &Evidence) -> String {
    use Align::{Left, Right};
    let mut table = Table::new(&[
        ("field that differs", Left),
        ("within", Right),
        ("mismatched", Right),
        ("worst absolute", Right),
        ("relative", Right),
        ("ulp", Right),
    ]);
    for routine in &subject.routines {
        for field in &routine.fields {
            table.row(vec![
                format!("{}.{}", routine.routine, field.path),
                field.within.to_string(),
                field.mismatched.to_string(),
                distance(field.absolute),
                distance(field.relative),
                field.ulp.to_string(),
            ]);
        }
    }
    if table.is_empty() { String::new() } else { format!("\n{}", table.render("  ")) }
}

fn details(report: &Report, routine: &RoutineEvidence, examples: usize, paint: Paint) -> String {
    let mut out = String::new();
    for (reason, calls) in &routine.not_replayable {
        let _ = writeln!(out, "  {}: {} not replayable: {reason}", routine.routine, count(*calls, "call"));
    }
    for crash in routine.crashes.iter().take(examples) {
        let _ = writeln!(
            out,
            "\n  {} {} call {}: {}",
            paint.bad("crash"),
            routine.routine,
            crash.call,
            crash.how
        );
        let _ = writeln!(out, "    look at it: cmp-bridge journal {} --call {}", report.journal, crash.call);
    }
    for example in routine.mismatches.iter().take(examples) {
        let place = format!("{} call {}: {}", routine.routine, example.call, example.path);
        let _ = writeln!(out, "\n  {} {place}", paint.bad("mismatch"));
        let _ = writeln!(out, "    control    {}", example.control);
        let _ = writeln!(out, "    candidate  {}", example.candidate);
        let mut distances: Vec<String> = Vec::new();
        distances.extend(example.absolute.map(|d| format!("absolute {}", distance(d))));
        distances.extend(example.relative.map(|d| format!("relative {}", distance(d))));
        distances.extend(example.ulp.map(|d| format!("{d} ulp")));
        if !distances.is_empty() {
            let _ = writeln!(out, "    distance   {}", distances.join(", "));
        }
        let _ = writeln!(out, "    tolerance  {}", example.tolerance);
        let _ =
            writeln!(out, "    look at it: cmp-bridge journal {} --call {}", report.journal, example.call);
    }
    for fault in &routine.contract_faults {
        let _ = writeln!(out, "\n  {} {}: {fault}", paint.bad("the contract is wrong:"), routine.routine);
    }
    out
}
