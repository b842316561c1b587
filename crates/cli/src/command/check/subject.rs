//! What is checked: a contract file, or the contracts that a scan of a binary yields.

use super::Error;
use crate::error::{FileError, open_regular, read_text};
use cmp_bridge_contract::model::{Component, Contract};
use cmp_bridge_contract::{Diagnostics, Excerpt, toml};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::check::{Side, Undescribed};
use cmp_bridge_inspect::scan::{ScanOptions, scan};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// One contract under examination.
pub struct Subject {
    /// Where it is from.
    pub file: PathBuf,
    /// Its text; `None` when it was scanned.
    pub text: Option<String>,
    /// The contract, or its own errors.
    pub contract: Result<Contract, Diagnostics>,
    /// What the scan found and could not describe; `None` where a contract was given.
    pub undescribed: Option<Rc<Undescribed>>,
}

/// Reads the contracts of a file. `binaries_too`: an ELF file is scanned, one contract a language.
pub fn open(file: &Path, binaries_too: bool) -> Result<Vec<Subject>, Error> {
    if binaries_too && is_elf(file)? {
        let binary = Binary::open_to_read(file)?;
        let report = scan(&binary, &ScanOptions::default())?;
        let undescribed = Rc::new(Undescribed::of(&binary, &report));
        let subject = |contract| Subject::scanned(file, contract, Rc::clone(&undescribed));
        return Ok(report.contracts.into_iter().map(subject).collect());
    }
    let text = read_text(file)?;
    let contract = Contract::from_toml(&text, &file.display().to_string());
    Ok(vec![Subject { file: file.to_owned(), text: Some(text), contract, undescribed: None }])
}

fn is_elf(file: &Path) -> Result<bool, FileError> {
    let mut magic = [0; 4];
    let mut opened = open_regular(file)?;
    // Anything shorter is no ELF file.
    Ok(opened.read_exact(&mut magic).is_ok() && magic == *b"\x7fELF")
}

impl Subject {
    fn scanned(file: &Path, contract: Contract, undescribed: Rc<Undescribed>) -> Subject {
        Subject { file: file.to_owned(), text: None, contract: Ok(contract), undescribed: Some(undescribed) }
    }

    /// For a comparison, if it could be read.
    pub fn side(&self) -> Option<Side<'_>> {
        let contract = self.contract.as_ref().ok()?;
        Some(Side { contract, undescribed: self.undescribed.as_deref() })
    }

    /// Of a file that was scanned, the contract of a language of which it describes nothing.
    pub fn without_routines(&self, like: &Contract) -> Option<Subject> {
        let undescribed = self.undescribed.clone()?;
        let own = self.contract.as_ref().ok()?;
        let component = Component { language: like.component.language, ..own.component.clone() };
        let contract = Contract::new(component);
        Some(Subject::scanned(&self.file, contract, undescribed))
    }

    /// Where everything stands in the file.
    pub fn places(&self) -> Option<Places<'_>> {
        let (text, contract) = (self.text.as_ref()?, self.contract.as_ref().ok()?);
        Some(Places { contract, places: toml::Places::new(text) })
    }
}

/// Where everything stands in a contract file.
pub struct Places<'s> {
    contract: &'s Contract,
    places: toml::Places<'s>,
}

impl Places<'_> {
    /// Line and column, from 1, of what a finding calls `routine.eck_hec.params.n.type`, or of the nearest part of it that
    /// is written out. `None`: it is not in this file at all.
    pub fn locate(&self, declared: &str) -> Option<(usize, usize)> {
        let contract = self.contract;
        let mut parts = declared.split('.');
        let (section, name) = (parts.next()?, parts.next().unwrap_or_default());
        let known = match section {
            "routine" => contract.routine(name).is_some(),
            "type" => contract.type_def(name).is_some(),
            "state" => contract.state_area(name).is_some(),
            _ => true,
        };
        known.then(|| self.places.locate(&numbered(contract, declared)))
    }

    /// The line with a mark under the place.
    pub fn excerpt(&self, (line, column): (usize, usize)) -> Option<Excerpt> {
        self.places.excerpt(line, column)
    }
}

/// Findings name the elements of lists, the text numbers them.
fn numbered(contract: &Contract, declared: &str) -> String {
    use cmp_bridge_contract::model::TypeKind;
    let parts: Vec<&str> = declared.splitn(4, '.').collect();
    let at = |i: usize| parts.get(i).copied().unwrap_or_default();
    let (name, rest) = match parts.get(3).and_then(|rest| rest.split_once('.')) {
        Some((name, rest)) => (name, format!(".{rest}")),
        None => (at(3), String::new()),
    };
    let found = match (at(0), at(2)) {
        ("routine", list @ ("params" | "state")) => contract.routine(at(1)).and_then(|r| match list {
            "params" => r.params.iter().position(|p| p.name == name),
            _ => r.state.iter().position(|s| s.area == name),
        }),
        ("type", field) => match contract.type_def(at(1)).map(|def| &def.kind) {
            Some(TypeKind::Struct(fields) | TypeKind::Union(fields)) => {
                let index = fields.iter().position(|f| f.name == field);
                return match index {
                    Some(index) => format!("type.{}.fields.{index}.{}", at(1), at(3)),
                    None => declared.to_owned(),
                };
            }
            _ => None,
        },
        _ => None,
    };
    match found {
        Some(index) => format!("{}.{}.{}.{index}{rest}", at(0), at(1), at(2)),
        None => declared.to_owned(),
    }
}
