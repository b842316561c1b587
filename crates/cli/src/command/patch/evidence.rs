//! What a report of `replay` found, as far as a delivery must not hide it.

use crate::report::count;
use serde_json::Value;

/// The verdict of a report.
#[derive(Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Nothing differed, and every candidate was put to the test.
    pub good: bool,
    /// In words.
    pub text: String,
}

/// The verdict of a page or of the JSON that `replay` wrote; nothing of any other file.
pub fn verdict(bytes: &[u8]) -> Option<Verdict> {
    let text = std::str::from_utf8(bytes).ok()?;
    of_page(text).or_else(|| of_json(text))
}

fn of_page(text: &str) -> Option<Verdict> {
    let (_, rest) = text.split_once("<title>cmp-bridge evidence: ")?;
    let (_, rest) = rest.split_once("<p class=\"verdict ")?;
    let (class, rest) = rest.split_once("\">")?;
    let (text, _) = rest.split_once("</p>")?;
    Some(Verdict { good: class == "good", text: text.to_owned() })
}

fn of_json(text: &str) -> Option<Verdict> {
    let report: Value = serde_json::from_str(text).ok()?;
    report.get("journal")?;
    let (mut calls, mut compared, mut bad, mut unproven) = (0, 0, 0, false);
    for subject in report.get("subjects")?.as_array()? {
        for routine in subject.get("routines")?.as_array()? {
            let number = |name: &str| routine.get(name)?.as_u64();
            let wrong = number("mismatched")?.saturating_add(number("crashed")?);
            let same = number("equal")?.saturating_add(number("within")?);
            calls = number("calls")?.saturating_add(calls);
            compared = same.saturating_add(wrong).saturating_add(compared);
            bad = wrong.saturating_add(bad);
            unproven |= number("calls")? > 0 && same.saturating_add(wrong) == 0;
        }
    }
    let good = bad == 0 && compared > 0 && !unproven;
    let text = format!("{bad} of {compared} compared differ, of {}", count(calls, "call"));
    Some(Verdict { good, text })
}

#[cfg(test)]
mod tests {
    use super::verdict;
    use serde_json::json;

    const EVIDENCE: &str = "3 of 6 compared differ, of 8 calls";

    #[test]
    fn a_report_says_what_it_found_and_nothing_else_does() {
        let page = |class: &str| {
            format!(
                "<!DOCTYPE html><title>cmp-bridge evidence: j</title><p class=\"verdict {class}\">Equal: 7</p>"
            )
        };
        let found = |text: &str| verdict(text.as_bytes());
        assert!(found(&page("good")).is_some_and(|v| v.good && v.text == "Equal: 7"));
        assert!(found(&page("bad")).is_some_and(|v| !v.good));
        // A report as `replay --json` writes it, and what it would say of a good candidate.
        let report = include_str!("../../../tests/golden/evidence.json");
        assert!(found(report).is_some_and(|v| !v.good && v.text == EVIDENCE), "{:?}", found(report));
        let routine = |calls: u64, equal: u64| {
            let routine =
                json!({ "calls": calls, "equal": equal, "within": 0, "mismatched": 0, "crashed": 0 });
            json!({ "journal": "j", "subjects": [{ "routines": [routine] }] }).to_string()
        };
        assert!(found(&routine(7, 7)).is_some_and(|v| v.good));
        assert!(found(&routine(7, 0)).is_some_and(|v| !v.good), "nothing was compared");
        assert!(found("{}").is_none() && found("all is well").is_none() && verdict(b"\xff").is_none());
    }
}
