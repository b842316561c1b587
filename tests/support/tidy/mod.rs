//! The checks behind `tests/tidy.rs`: each takes a tree of files, real or made up for a test, and
//! returns what it found. Every module ends with the deliberately wrong tree that its check must
//! report, with the exact file and line.

use std::fmt;

pub mod agent;
pub mod dependencies;
pub mod encoding;
pub mod generated;
pub mod legacy;
pub mod lengths;
pub mod links;
pub mod lists;
pub mod platform;
pub mod rust;
pub mod tools;
pub mod tree;
pub mod unsafety;
pub mod words;

#[cfg(test)]
pub mod scratch;

/// One breach of an invariant.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Relative to the root of the tree, with `/` between its parts.
    pub path: String,
    /// From 1; 0 where the whole file is meant.
    pub line: usize,
    /// What is wrong, and what to do where that is not plain.
    pub what: String,
}

impl Finding {
    pub fn new(path: &str, line: usize, what: impl Into<String>) -> Self {
        Finding { path: path.to_owned(), line, what: what.into() }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.line == 0 {
            write!(out, "{}: {}", self.path, self.what)
        } else {
            write!(out, "{}:{}: {}", self.path, self.line, self.what)
        }
    }
}

/// Fails the test with every finding on a line of its own.
#[track_caller]
pub fn assert_tidy(mut findings: Vec<Finding>) {
    findings.sort();
    let text: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert!(text.is_empty(), "{} finding(s):\n{}\n", text.len(), text.join("\n"));
}

/// Fails unless exactly these findings, in the order of file and line, were made.
#[track_caller]
pub fn assert_found(mut findings: Vec<Finding>, expected: &[&str]) {
    findings.sort();
    let found: Vec<String> = findings.iter().map(Finding::to_string).collect();
    assert_eq!(found, expected, "found, then expected");
}
