//! One side of a comparison: a contract, and what there is beside it.

use std::collections::{HashMap, HashSet};

use cmp_bridge_contract::model::Contract;

use crate::binary::Binary;
use crate::scan::{ScanReport, clone_suffix};

/// What a scan found and could not describe. That nothing is described is not that nothing is there.
#[derive(Debug, Clone, Default)]
pub struct Undescribed {
    /// Why, by symbol.
    symbols: HashMap<String, String>,
    /// What is said of routines and types that could not be described.
    remarks: Vec<String>,
}

impl Undescribed {
    /// What `report` leaves out of the routines of `binary`.
    pub fn of(binary: &Binary, report: &ScanReport) -> Undescribed {
        let mut symbols = HashMap::new();
        for refusal in &report.refused {
            let why = match refusal.detail.is_empty() {
                true => refusal.reason.text().to_owned(),
                false => format!("{} ({})", refusal.reason.text(), refusal.detail),
            };
            let Some(symbol) = &refusal.symbol else { continue };
            // Of what is left of a routine only as a copy, the routine's own symbol is gone, and the routine is not.
            if clone_suffix(symbol).is_some()
                && let Some((base, _)) = symbol.split_once('.')
            {
                symbols.entry(base.to_owned()).or_insert_with(|| why.clone());
            }
            symbols.insert(symbol.clone(), why);
        }
        let described = report.contracts.iter().flat_map(|c| &c.routines);
        let entries: HashSet<u64> =
            described.flat_map(|r| binary.symbols_named(&r.symbol)).map(|s| s.address).collect();
        for symbol in binary.symbols().iter().filter(|s| s.is_function()) {
            let why = || match entries.contains(&symbol.address) {
                true => "it is another name of a routine that is described".to_owned(),
                false => crate::scan::Reason::NoDebugInformation.text().to_owned(),
            };
            symbols.entry(symbol.name.clone()).or_insert_with(why);
        }
        let refused = report.refused.iter().map(ToString::to_string);
        Undescribed { symbols, remarks: refused.chain(report.notes.iter().cloned()).collect() }
    }

    /// Why the routine of this symbol, which is there, is not described.
    pub(super) fn routine(&self, symbol: &str) -> Option<&str> {
        self.symbols.get(symbol).map(String::as_str)
    }

    /// Why a type is not described: the first remark that names it.
    pub(super) fn type_remark(&self, name: &str) -> Option<&str> {
        let part = |c: char| !(c.is_ascii_alphanumeric() || c == '_');
        let names = |remark: &&String| remark.split(part).any(|word| word == name);
        self.remarks.iter().find(names).map(String::as_str)
    }
}

/// One side of a comparison.
#[derive(Debug, Clone, Copy)]
pub struct Side<'a> {
    /// What is described.
    pub contract: &'a Contract,
    /// What is there beside it, where that is known.
    pub undescribed: Option<&'a Undescribed>,
}

impl<'a> From<&'a Contract> for Side<'a> {
    fn from(contract: &'a Contract) -> Side<'a> {
        Side { contract, undescribed: None }
    }
}
