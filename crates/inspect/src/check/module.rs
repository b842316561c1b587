//! A contract held against a module, without loading it: the descriptor is read out of the file.

use std::collections::BTreeSet;
use std::mem::{offset_of, size_of};
use std::path::Path;

use cmp_bridge::module::{Candidate, ControlSlot, MODULE_ABI, MODULE_SYMBOL, Module};
use cmp_bridge_contract::hash::{format_hash, routine_hash};
use cmp_bridge_contract::model::{Contract, Routine};

use crate::binary::{Binary, BinaryError};
use crate::finding::{Code, Finding};
use crate::image::{Image, Import};

/// Most candidates of a module, and most controls of a candidate.
const MAX_ENTRIES: u32 = 1 << 16;
/// Libraries that give all their symbols a version: what has none is not from there.
const VERSIONED: [&str; 9] = [
    "libc.so",
    "libm.so",
    "libgcc_s.so",
    "libpthread.so",
    "libdl.so",
    "librt.so",
    "ld-linux-x86-64.so",
    "libstdc++.so",
    "libgfortran.so",
];
/// Names that linkers export on their own.
const LINKERS: [&str; 6] = ["_init", "_fini", "_edata", "_end", "__bss_start", "rust_eh_personality"];

/// A module's file, and what its descriptor says.
#[derive(Debug)]
pub struct ModuleFile {
    name: String,
    descriptor: Result<Descriptor, (Code, String)>,
    imports: Vec<Import>,
    exports: Vec<String>,
    /// `rustc` built it, and what it would unwind with is not there.
    aborts: bool,
    /// All libraries it needs give their symbols a version.
    closed: bool,
}

#[derive(Debug)]
struct Descriptor {
    candidates: Vec<CandidateFacts>,
}

#[derive(Debug)]
struct CandidateFacts {
    routine: String,
    hash: u64,
    state_count: u32,
    controls: Vec<(String, u64)>,
}

impl ModuleFile {
    /// Reads a module. What is wrong with its descriptor is a finding of [`check_module`].
    pub fn open(path: &Path) -> Result<ModuleFile, BinaryError> {
        let binary = Binary::open(path)?;
        let image = Image::read(&binary)?;
        let comment = binary.section_bytes(".comment")?.unwrap_or_default();
        let rust = String::from_utf8_lossy(&comment).contains("rustc version");
        let imports = image.imports().to_vec();
        let raises = imports.iter().any(|i| i.name == "_Unwind_RaiseException");
        let closed = binary.needed().iter().all(|name| VERSIONED.iter().any(|known| name.starts_with(known)));
        Ok(ModuleFile {
            name: binary.file_name(),
            descriptor: read_descriptor(&binary, &image),
            imports,
            exports: image.exports().to_vec(),
            aborts: rust && !raises,
            closed,
        })
    }

    /// The routines it has candidates of.
    pub fn routines(&self) -> impl Iterator<Item = &str> {
        self.descriptor.iter().flat_map(|d| d.candidates.iter().map(|c| c.routine.as_str()))
    }
}

/// Compares contracts with a module that is to answer for their routines. The findings that concern one contract follow
/// those that concern the module; the number is the place of the contract in the list, 0 for the module's own.
pub fn check_module(contracts: &[&Contract], module: &ModuleFile) -> Vec<(usize, Finding)> {
    let mut checker = Checker { module, contracts, findings: Vec::new() };
    checker.module();
    if let Ok(descriptor) = &module.descriptor {
        checker.strangers(descriptor);
        for (i, contract) in contracts.iter().enumerate() {
            for routine in &contract.routines {
                checker.routine(i, contract, routine, descriptor);
            }
            checker.missing(i, contract, descriptor);
        }
    }
    checker.findings
}

struct Checker<'a> {
    module: &'a ModuleFile,
    contracts: &'a [&'a Contract],
    findings: Vec<(usize, Finding)>,
}

impl Checker<'_> {
    fn report(
        &mut self,
        contract: usize,
        code: Code,
        routine: Option<&str>,
        field: &str,
        (expected, found): (String, String),
        hint: &str,
    ) {
        let declared = match routine {
            Some(name) => format!("routine.{name}{field}"),
            None => "component".to_owned(),
        };
        self.findings.push((
            contract,
            Finding {
                code,
                routine: routine.map(str::to_owned),
                declared,
                found_at: Some(self.module.name.clone()),
                expected,
                found,
                hint: hint.to_owned(),
            },
        ));
    }

    /// What concerns the module whatever its contracts are.
    fn module(&mut self) {
        if let Err((code, found)) = &self.module.descriptor {
            let (expected, hint) = match code {
                Code::ModuleAbi => {
                    (format!("module boundary {MODULE_ABI}"), "rebuild it with this cmp-bridge")
                }
                _ => (
                    format!("a descriptor behind `{MODULE_SYMBOL}`"),
                    "is the `module!` or `export!` macro missing?",
                ),
            };
            self.report(0, *code, None, "", (expected, found.clone()), hint);
        }
        if self.module.aborts {
            let expected = "panic = \"unwind\"".to_owned();
            let found = "no unwinder: panic = \"abort\"".to_owned();
            let hint = "remove `panic = \"abort\"` from the profile: a panic would end the legacy process";
            self.report(0, Code::ModulePanic, None, "", (expected, found), hint);
        }
        for import in self.module.imports.iter().filter(|i| !i.weak) {
            let owner =
                self.contracts.iter().enumerate().find_map(|(i, c)| Some((i, owner(c, &import.name)?)));
            let lonely = self.module.closed && !import.versioned;
            if owner.is_none() && !lonely {
                continue;
            }
            let contract = owner.as_ref().map_or(0, |(i, _)| *i);
            let found = match owner {
                Some((_, what)) => format!("{}, which is {what}", import.name),
                None => format!("{}, which no library it needs exports", import.name),
            };
            let hint = "reach legacy code through `Control`, and state through the arguments of the trait";
            let expected = "no undefined symbol".to_owned();
            self.report(contract, Code::ModuleUndefined, None, "", (expected, found), hint);
        }
        let expected = |name: &str| name == MODULE_SYMBOL || LINKERS.contains(&name);
        let more: Vec<&str> =
            self.module.exports.iter().map(String::as_str).filter(|n| !expected(n)).collect();
        if !more.is_empty() && self.module.descriptor.is_ok() {
            let found = more.into_iter().take(8).collect::<Vec<_>>().join(", ");
            let hint = "the executable's own symbol of that name would be taken instead: remove `no_mangle`";
            let expected = format!("`{MODULE_SYMBOL}` alone");
            self.report(0, Code::ModuleExports, None, "", (expected, found), hint);
        }
    }

    /// Candidates that no contract asks for, and those that are there twice.
    fn strangers(&mut self, descriptor: &Descriptor) {
        let mut seen = BTreeSet::new();
        for candidate in &descriptor.candidates {
            let name = candidate.routine.as_str();
            let contract = self.contracts.iter().position(|c| c.routine(name).is_some());
            if !seen.insert(name) {
                let hint = "list the routine once in the `module!` macro";
                let texts = ("one candidate".to_owned(), "two".to_owned());
                let at = contract.unwrap_or(0);
                self.report(at, Code::CandidateTwice, Some(name), "", texts, hint);
            } else if contract.is_none() {
                let hint = "name its contract as well, or remove the candidate";
                let expected = "a routine of these contracts".to_owned();
                self.report(
                    0,
                    Code::CandidateUnknown,
                    Some(name),
                    "",
                    (expected, "none of that name".into()),
                    hint,
                );
            }
        }
    }

    /// The routines that stay legacy code, in one finding: most modules have a few of many.
    fn missing(&mut self, at: usize, contract: &Contract, descriptor: &Descriptor) {
        let lacks = |routine: &&Routine| !descriptor.candidates.iter().any(|c| c.routine == routine.name);
        let missing: Vec<&str> = contract.routines.iter().filter(lacks).map(|r| r.name.as_str()).collect();
        if missing.is_empty() {
            return;
        }
        let expected = format!("candidates of {} routines", contract.routines.len());
        let mut found = format!("none of {}", missing.iter().take(8).copied().collect::<Vec<_>>().join(", "));
        if missing.len() > 8 {
            found += &format!(" and {} more", missing.len() - 8);
        }
        let hint = "nothing, where they are to stay legacy code";
        self.report(at, Code::CandidateMissing, None, "", (expected, found), hint);
    }

    fn routine(&mut self, at: usize, contract: &Contract, routine: &Routine, descriptor: &Descriptor) {
        let name = Some(routine.name.as_str());
        let Some(candidate) = descriptor.candidates.iter().find(|c| c.routine == routine.name) else {
            return;
        };
        let hash = routine_hash(contract, routine);
        if candidate.hash != hash {
            let hint = "generate the code again from this contract, and rebuild the module";
            let texts = (format_hash(hash), format_hash(candidate.hash));
            return self.report(at, Code::CandidateHash, name, "", texts, hint);
        }
        if candidate.state_count as usize != routine.state.len() {
            let hint = "the module was not made by the generator: rebuild it";
            let areas = |n: usize| format!("{n} state areas");
            let texts = (areas(routine.state.len()), areas(candidate.state_count as usize));
            self.report(at, Code::CandidateState, name, ".state", texts, hint);
        }
        for (control, hash) in &candidate.controls {
            let found = self.contracts.iter().find_map(|c| Some(routine_hash(c, c.routine(control)?)));
            if found == Some(*hash) {
                continue;
            }
            let (expected, found) = match found {
                Some(known) => {
                    (format!("{control} {}", format_hash(known)), format!("{control} {}", format_hash(*hash)))
                }
                None => ("a routine of these contracts".to_owned(), control.clone()),
            };
            let hint = "generate the code again, or name the contract of the routine that is called";
            self.report(at, Code::ControlUnbound, name, "", (expected, found), hint);
        }
    }
}

/// What a contract calls a symbol.
fn owner(contract: &Contract, symbol: &str) -> Option<String> {
    let routine = contract.routines.iter().find(|r| r.symbol == symbol);
    let area = contract.state.iter().find(|a| a.symbol == symbol);
    match (routine, area) {
        (Some(routine), _) => Some(format!("the legacy routine {}", routine.name)),
        (None, Some(area)) => Some(format!("the legacy state {}", area.name)),
        (None, None) => None,
    }
}

fn read_descriptor(binary: &Binary, image: &Image<'_>) -> Result<Descriptor, (Code, String)> {
    let damaged = |what: &str| (Code::ModuleDescriptor, what.to_owned());
    let function = binary
        .symbols_named(MODULE_SYMBOL)
        .find(|s| s.dynamic && s.is_function())
        .ok_or_else(|| damaged("no such symbol"))?;
    let at = image
        .returned_address(function.address)
        .ok_or_else(|| damaged("its function does not simply return an address"))?;
    let field = |offset: usize| at.checked_add(offset as u64);
    let word = |offset| {
        field(offset).and_then(|at| image.u32(at)).ok_or_else(|| damaged("it ends outside the file"))
    };
    let abi = word(offset_of!(Module, abi))?;
    if abi != MODULE_ABI {
        return Err((Code::ModuleAbi, format!("module boundary {abi}")));
    }
    let count = word(offset_of!(Module, candidate_count))?;
    if count > MAX_ENTRIES {
        return Err(damaged(&format!("{count} candidates")));
    }
    let list = field(offset_of!(Module, candidates)).and_then(|at| image.pointer(at));
    let list = list.filter(|at| *at != 0 || count == 0).ok_or_else(|| damaged("no candidates"))?;
    let mut candidates = Vec::new();
    for i in 0..u64::from(count) {
        let at = list.checked_add(i * size_of::<Candidate>() as u64);
        let candidate = at.and_then(|at| read_candidate(image, at));
        candidates.push(candidate.ok_or_else(|| damaged(&format!("candidate {i} cannot be read")))?);
    }
    Ok(Descriptor { candidates })
}

fn read_candidate(image: &Image<'_>, at: u64) -> Option<CandidateFacts> {
    let field = |offset: usize| at.checked_add(offset as u64);
    let count = image.u32(field(offset_of!(Candidate, control_count))?)?;
    let list = image.pointer(field(offset_of!(Candidate, controls))?)?;
    let mut controls = Vec::new();
    for i in 0..u64::from(count.min(MAX_ENTRIES)) {
        let slot = list.checked_add(i * size_of::<ControlSlot>() as u64)?;
        let name = image.text(image.pointer(slot.checked_add(offset_of!(ControlSlot, routine) as u64)?)?)?;
        let hash = image.u64(slot.checked_add(offset_of!(ControlSlot, contract_hash) as u64)?)?;
        controls.push((name, hash));
    }
    Some(CandidateFacts {
        routine: image.text(image.pointer(field(offset_of!(Candidate, routine))?)?)?,
        hash: image.u64(field(offset_of!(Candidate, contract_hash))?)?,
        state_count: image.u32(field(offset_of!(Candidate, state_count))?)?,
        controls,
    })
}
