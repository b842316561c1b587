//! SUMMARY.md lists every chapter; links lead to chapters and to headings in them.

use crate::legacy;
use std::path::{Path, PathBuf};

/// The folder of the chapters.
pub fn folder() -> PathBuf {
    legacy::root().join("docs/guide/src")
}

/// The files of the folder that are chapters, in order.
pub fn files() -> Vec<String> {
    let entries = std::fs::read_dir(folder()).expect("the guide");
    let names = entries.map(|entry| entry.expect("an entry").file_name().into_string().expect("a name"));
    let mut names: Vec<String> = names.filter(|name| name != "SUMMARY.md").collect();
    names.sort();
    names
}

/// The chapters that SUMMARY.md lists, in order.
pub fn listed() -> Vec<String> {
    let summary = std::fs::read_to_string(folder().join("SUMMARY.md")).expect("SUMMARY.md");
    let mut names: Vec<String> = targets(&summary).into_iter().map(|(_, target)| target).collect();
    names.sort();
    names
}

/// `file:line: link` of each link that leads nowhere.
pub fn broken() -> Vec<String> {
    let mut broken = Vec::new();
    for name in files() {
        let text = std::fs::read_to_string(folder().join(&name)).expect("a chapter");
        for (line, target) in targets(&text) {
            if !leads(&name, &target) {
                broken.push(format!("docs/guide/src/{name}:{line}: {target} leads nowhere"));
            }
        }
    }
    broken
}

/// Lines and targets of the links outside of blocks and of `code`.
fn targets(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut fenced = false;
    for (index, line) in text.lines().enumerate() {
        if line.starts_with("```") {
            fenced = !fenced;
        }
        let prose: String = line.split('`').step_by(2).collect::<Vec<_>>().join("code");
        for (at, _) in prose.match_indices("](").filter(|_| !fenced) {
            found.push((index + 1, prose[at + 2..].split(')').next().unwrap_or_default().to_owned()));
        }
    }
    found
}

fn leads(from: &str, target: &str) -> bool {
    // mdBook makes pages of the chapters alone: a link out of their folder leads nowhere in the book.
    if target.contains("..") {
        return false;
    }
    if target.starts_with("https://") {
        return true;
    }
    let (file, anchor) = target.split_once('#').unwrap_or((target, ""));
    let path = folder().join(if file.is_empty() { from } else { file });
    path.exists() && (anchor.is_empty() || anchors(&path).iter().any(|known| known == anchor))
}

/// The headings of a file, as mdBook and code forges write them in addresses.
fn anchors(file: &Path) -> Vec<String> {
    let text = std::fs::read_to_string(file).unwrap_or_default();
    let headings = text.lines().filter(|line| line.starts_with('#'));
    let word = |c: &char| c.is_alphanumeric() || matches!(c, '-' | '_' | ' ');
    headings
        .map(|line| {
            let title: String = line.trim_start_matches('#').trim().chars().filter(word).collect();
            title.to_lowercase().replace(' ', "-")
        })
        .collect()
}

#[test]
fn links_are_seen_and_followed() {
    let text = "[a](introduction.md)\n```sh\n[b](none.md)\n```\n`[c](none.md)` [d](none.md#x)\n";
    let found = targets(text);
    assert_eq!(found, [(1, "introduction.md".to_owned()), (5, "none.md#x".to_owned())]);
    assert!(leads("introduction.md", "machines.md#old-machines"));
    assert!(!leads("introduction.md", "machines.md#none"));
    assert!(!leads("introduction.md", "../../hazards.md#hazards"));
    assert!(!leads("introduction.md", "none.md"));
    assert!(!leads("introduction.md", "#no-such-heading"));
}
