//! How many functions a scan described, and why not the others.

use std::collections::BTreeMap;

use super::{Reason, ScanReport};

/// The functions of one language.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coverage {
    /// The language.
    pub language: String,
    /// Functions of the source that have code of their own and debug information.
    pub functions: usize,
    /// Those with a complete signature.
    pub described: usize,
    /// The others, by reason.
    pub refused: BTreeMap<Reason, usize>,
    /// Specialised copies of functions counted above, which are no functions of the source.
    pub copies: usize,
}

impl Coverage {
    /// Described functions of a hundred. A language without functions is covered.
    pub fn percent(&self) -> f64 {
        match self.functions {
            0 => 100.0,
            functions => 100.0 * self.described as f64 / functions as f64,
        }
    }
}

/// The coverage of each language that a scan met, by name. Every function is either described or counted under a reason.
pub fn coverage(report: &ScanReport) -> Vec<Coverage> {
    let mut languages: BTreeMap<String, Coverage> = BTreeMap::new();
    let mut of = |language: &str, count: &mut dyn FnMut(&mut Coverage)| {
        let new = || Coverage {
            language: language.to_string(),
            functions: 0,
            described: 0,
            refused: BTreeMap::new(),
            copies: 0,
        };
        count(languages.entry(language.to_string()).or_insert_with(new));
    };
    for contract in &report.contracts {
        let language = crate::dwarf::Language::from(contract.component.language).name();
        of(&language, &mut |coverage| {
            coverage.functions += contract.routines.len();
            coverage.described += contract.routines.len();
        });
    }
    for refusal in report.refused.iter().filter(|r| is_counted(r.reason)) {
        of(&refusal.language, &mut |coverage| match refusal.reason {
            Reason::Copy => coverage.copies += 1,
            reason => {
                coverage.functions += 1;
                *coverage.refused.entry(reason).or_default() += 1;
            }
        });
    }
    languages.into_values().collect()
}

/// It is a function of the source that the debug information describes.
fn is_counted(reason: Reason) -> bool {
    !matches!(reason, Reason::NoDebugInformation | Reason::IndirectFunction)
}
