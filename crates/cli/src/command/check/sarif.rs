//! What `check` found as SARIF 2.1.0, the format of code-review tools.

use super::codes::{Rule, rules};
use super::{Checked, Subject};
use cmp_bridge_contract::Diagnostic;
use cmp_bridge_inspect::finding::Finding;
use serde_json::{Value, json};
use std::path::Path;

/// A log of one run. It names the rules that were broken.
pub fn log(checked: &[Checked]) -> Value {
    let broken = |rule: &Rule| {
        checked.iter().any(|c| {
            c.diagnostics().iter().any(|d| d.code == rule.id)
                || c.findings.iter().any(|f| f.code.text() == rule.id)
        })
    };
    let rules: Vec<Rule> = rules().into_iter().filter(broken).collect();
    let mut results = Vec::new();
    for contract in checked {
        results.extend(contract.diagnostics().iter().map(|d| diagnostic(contract, d, &rules)));
        let places = contract.subject.places();
        let place = |f: &Finding| places.as_ref().and_then(|places| places.locate(&f.declared));
        results.extend(contract.findings.iter().map(|f| finding(&contract.subject, place(f), f, &rules)));
    }
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "cmp-bridge",
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules.iter().map(descriptor).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    })
}

fn descriptor(rule: &Rule) -> Value {
    json!({
        "id": rule.id,
        "shortDescription": { "text": rule.title },
        "fullDescription": { "text": rule.help },
        "help": { "text": rule.help },
        "defaultConfiguration": { "level": rule.severity },
    })
}

fn index(rules: &[Rule], id: &str) -> usize {
    rules.iter().position(|rule| rule.id == id).unwrap_or_default()
}

fn diagnostic(checked: &Checked, found: &Diagnostic, rules: &[Rule]) -> Value {
    let text =
        format!("{}: expected {}, found {}. {}", found.message, found.expected, found.found, found.hint);
    json!({
        "ruleId": found.code,
        "ruleIndex": index(rules, found.code),
        "level": "error",
        "message": { "text": text },
        "locations": [{ "physicalLocation": {
            "artifactLocation": { "uri": uri(&checked.subject.file) },
            "region": { "startLine": found.line.max(1), "startColumn": found.column.max(1) },
        } }],
    })
}

fn finding(subject: &Subject, place: Option<(usize, usize)>, found: &Finding, rules: &[Rule]) -> Value {
    let code = found.code.text();
    let title = found.code.title();
    let text = format!("{title}: expected {}, found {}. {}", found.expected, found.found, found.hint);
    let mut physical = json!({ "artifactLocation": { "uri": uri(&subject.file) } });
    if let Some((line, column)) = place {
        physical["region"] = json!({ "startLine": line, "startColumn": column });
    }
    let mut result = json!({
        "ruleId": code,
        "ruleIndex": index(rules, code),
        "level": found.severity().name(),
        "message": { "text": text },
        "locations": [{
            "physicalLocation": physical,
            "logicalLocations": [{ "fullyQualifiedName": found.declared }],
        }],
        // The same finding of another day: what it is about, not what stands there now.
        "partialFingerprints": { "cmpBridge/v1": format!("{code}:{}", found.declared) },
    });
    if let Some((file, line)) = found.found_at.as_deref().and_then(source_place) {
        result["relatedLocations"] = json!([{
            "message": { "text": "found here" },
            "physicalLocation": {
                "artifactLocation": { "uri": uri(Path::new(file)) },
                "region": { "startLine": line },
            },
        }]);
    }
    result
}

/// `file:line`.
fn source_place(text: &str) -> Option<(&str, u64)> {
    let (file, line) = text.rsplit_once(':')?;
    let line = line.parse().ok().filter(|line| *line > 0)?;
    (!file.is_empty()).then_some((file, line))
}

/// A path as a URI reference: complete paths with their scheme, others relative to the folder of the run.
fn uri(path: &Path) -> String {
    let mut text = String::new();
    if path.is_absolute() {
        text.push_str("file://");
    }
    for byte in path.as_os_str().as_encoded_bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'/' | b'-' | b'.' | b'_' | b'~' => {
                text.push(*byte as char)
            }
            other => text.push_str(&format!("%{other:02X}")),
        }
    }
    text
}
