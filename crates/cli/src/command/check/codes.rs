//! Every code of `check`, with its meaning.

use crate::output::Paint;
use cmp_bridge_contract::validate::CODES;
use cmp_bridge_inspect::finding::Code;
use serde_json::json;

/// What is said of one code.
pub struct Rule {
    /// Stable: `B110`.
    pub id: &'static str,
    /// `error`, `warning` or `note`.
    pub severity: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// What it means and what to do.
    pub help: &'static str,
}

/// All of them: the errors of a contract file, then the findings.
pub fn rules() -> Vec<Rule> {
    let own = CODES.iter().map(|(id, title)| Rule {
        id,
        severity: "error",
        title,
        help: match id.as_bytes() {
            [b'C', b'0', ..] => "The file cannot be read as a contract at this place: the message says what should stand there.",
            _ => "The contract was read and contradicts itself here: the message says what should stand there.",
        },
    });
    let findings = Code::ALL.iter().map(|code| Rule {
        id: code.text(),
        severity: code.severity().name(),
        title: code.title(),
        help: code.help(),
    });
    own.chain(findings).collect()
}

/// The family a code belongs to.
fn family(id: &str) -> &'static str {
    match id.as_bytes().first() {
        Some(b'C') => "The contract itself",
        Some(b'B') => "Contract against binary (and, for signatures and types, header)",
        Some(b'H') => "Contract against header",
        Some(b'M') => "Contract against module",
        Some(b'A') => "Release against the release before: errors are breaking, notes compatible",
        Some(b'L') => "Records on two machines",
        _ => "Other",
    }
}

/// For people.
pub fn text(paint: Paint) -> String {
    let mut out = String::new();
    let mut last = "";
    for rule in rules() {
        let family = family(rule.id);
        if family != last {
            let gap = if last.is_empty() { "" } else { "\n" };
            out += &format!("{gap}{}\n", paint.title(family));
            last = family;
        }
        out += &format!("  {} {:<7} {}\n", rule.id, rule.severity, rule.title);
        if !rule.id.starts_with('C') {
            out += &format!("               {}\n", rule.help);
        }
    }
    out
}

/// For programs.
pub fn json() -> String {
    let rules: Vec<_> = rules()
        .iter()
        .map(|rule| {
            json!({ "code": rule.id, "severity": rule.severity, "title": rule.title, "help": rule.help })
        })
        .collect();
    format!("{:#}\n", json!({ "codes": rules }))
}
