//! What `check` found, for people and as JSON.

use super::subject::Places;
use super::{Checked, Sums};
use crate::output::Paint;
use crate::report::count;
use cmp_bridge_contract::Excerpt;
use cmp_bridge_inspect::finding::{Finding, Severity};
use serde_json::json;

/// For people.
pub fn text(checked: &[Checked], sums: &Sums, paint: Paint) -> String {
    let mut out = String::new();
    for contract in checked {
        for diagnostic in contract.diagnostics() {
            out += &coloured(&diagnostic.to_string(), diagnostic.excerpt.as_ref(), Severity::Error, paint);
            out += "\n\n";
        }
        let places = contract.subject.places();
        for finding in &contract.findings {
            out += &told(contract, places.as_ref(), finding, paint);
        }
        for fact in &contract.missing {
            let (file, note) = (contract.subject.file.display(), paint.doubtful("to complete:"));
            out +=
                &format!("{file}:{}:{}: {note} {}: {}\n", fact.line, fact.column, fact.place, fact.message);
        }
    }
    out + &line(sums, paint)
}

/// A finding behind its place in the contract, with the line it stands in.
fn told(contract: &Checked, places: Option<&Places<'_>>, finding: &Finding, paint: Paint) -> String {
    let file = contract.subject.file.display();
    let place = places.and_then(|places| places.locate(&finding.declared));
    let excerpt = places.zip(place).and_then(|(places, place)| places.excerpt(place));
    let text = finding.to_string();
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let text = match (place, &excerpt) {
        (Some((line, column)), Some(excerpt)) => {
            format!("{file}:{line}:{column}: {first}\n{excerpt}\n{rest}")
        }
        _ => format!("{file}: {first}\n{rest}"),
    };
    coloured(&text, excerpt.as_ref(), finding.severity(), paint) + "\n\n"
}

/// Colours the first line's severity and the marks.
fn coloured(text: &str, excerpt: Option<&Excerpt>, severity: Severity, paint: Paint) -> String {
    let colour = |text: &str| match severity {
        Severity::Error => paint.bad(text),
        Severity::Warning => paint.doubtful(text),
        Severity::Note => paint.title(text),
    };
    let word = format!("{}[", severity.name());
    let text = match text.split_once(&word).and_then(|(before, after)| Some((before, after.split_once(']')?)))
    {
        Some((before, (code, after))) => format!("{before}{}{after}", colour(&format!("{word}{code}]"))),
        None => text.to_owned(),
    };
    match excerpt {
        Some(excerpt) => {
            let carets = "^".repeat(excerpt.marked);
            text.replacen(
                &format!("| {}", excerpt.carets()),
                &format!("| {}{}", " ".repeat(excerpt.before), colour(&carets)),
                1,
            )
        }
        None => text,
    }
}

fn line(sums: &Sums, paint: Paint) -> String {
    let numbers = format!(
        "{}, {}, {}",
        count(sums.errors, "error"),
        count(sums.warnings, "warning"),
        count(sums.notes, "note")
    );
    let numbers = if sums.errors > 0 { paint.bad(&numbers) } else { paint.good(&numbers) };
    format!(
        "{}, {}, {} complete enough for every route: {numbers}\n",
        count(sums.contracts, "contract"),
        count(sums.routines, "routine"),
        sums.complete
    )
}

/// For programs.
pub fn json(checked: &[Checked], sums: &Sums) -> serde_json::Value {
    let contracts: Vec<_> = checked.iter().map(json_contract).collect();
    json!({
        "contracts": contracts, "routines": sums.routines, "complete": sums.complete,
        "errors": sums.errors, "warnings": sums.warnings, "notes": sums.notes,
    })
}

fn json_contract(checked: &Checked) -> serde_json::Value {
    let diagnostics = checked.diagnostics().iter().map(|d| {
        json!({
            "severity": "error", "code": d.code, "line": d.line, "column": d.column, "message": d.message,
            "expected": d.expected, "found": d.found, "hint": d.hint,
        })
    });
    let places = checked.subject.places();
    let findings = checked.findings.iter().map(|f| {
        let place = places.as_ref().and_then(|places| places.locate(&f.declared));
        json!({
            "severity": f.severity().name(), "code": f.code.text(), "message": f.code.title(), "routine": f.routine,
            "line": place.map(|p| p.0), "column": place.map(|p| p.1),
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
        "file": checked.subject.file.display().to_string(),
        "findings": diagnostics.chain(findings).collect::<Vec<_>>(),
        "to_complete": missing.collect::<Vec<_>>(),
    })
}
