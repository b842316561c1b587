//! What is served: the routines of contracts, and who answers them.

use super::Error;
use super::metrics::Counts;
use super::modules::{self, Loaded};
use crate::carried::Layout;
use crate::config::{Config, Limits};
use crate::error::read_text;
use cmp_bridge::loader::LoadedCandidate;
use cmp_bridge_contract::hash::routine_hash;
use cmp_bridge_contract::model::{Contract, Effects, Routine as Description};
use cmp_bridge_contract::wire;
use cmp_bridge_wire::{Converter, Native};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Memory that a routine keeps from one call to the next.
const KEPT: usize = 1 << 20;

/// Everything that is served.
#[derive(Debug)]
pub struct Service {
    /// A program for each contract.
    pub programs: Vec<Program>,
    /// The modules that answer.
    pub modules: Vec<Arc<Loaded>>,
    paths: Vec<PathBuf>,
    /// All that were ever loaded. Nothing is unloaded: a thread may have used a module's thread-local storage.
    ever: Vec<Arc<Loaded>>,
}

/// The routines of one contract: a program of ONC RPC.
#[derive(Debug)]
pub struct Program {
    /// Its number.
    pub number: u32,
    /// The contract.
    pub contract: Arc<Contract>,
    /// Its file.
    pub file: PathBuf,
    /// Its text.
    pub text: String,
    /// Its routines, in order.
    pub routines: Vec<Routine>,
}

/// One routine.
#[derive(Debug)]
pub struct Routine {
    /// Its name.
    pub name: String,
    /// How its calls travel, or why they do not.
    pub way: Result<Way, String>,
    /// Who answers.
    pub candidate: Option<LoadedCandidate>,
    /// It must not run twice, so what has begun is not answered elsewhere.
    pub once: bool,
    /// What happened to its calls.
    pub counts: Counts,
}

/// How the calls of a routine travel.
#[derive(Debug)]
pub struct Way {
    /// Hash of what travels.
    pub hash: u64,
    /// Between message and memory.
    pub converter: Converter,
    /// Between memory and registers.
    pub layout: Layout,
    /// Memory for one call at a time.
    pub native: Native,
}

impl Service {
    /// Reads the contracts of a configuration and loads its modules.
    pub fn open(config: &Config) -> Result<Service, Error> {
        if config.contracts.is_empty() {
            return Err(Error::NoContract { config: config.file.clone() });
        }
        let limits = config.serve.as_ref().map(|serve| serve.limits).unwrap_or_default();
        let open = |file: &PathBuf| Program::open(file, &limits);
        let programs = config.contracts.iter().map(open).collect::<Result<Vec<_>, _>>()?;
        for (i, program) in programs.iter().enumerate() {
            if let Some(other) = programs[..i].iter().find(|other| other.number == program.number) {
                let (first, second) = (other.file.clone(), program.file.clone());
                return Err(Error::SameProgram { first, second, number: program.number });
            }
        }
        let mut service =
            Service { programs, modules: Vec::new(), paths: config.modules.clone(), ever: Vec::new() };
        service.reload()?;
        Ok(service)
    }

    /// Loads what has changed of the modules. On an error everything stays as it was.
    pub fn reload(&mut self) -> Result<usize, Error> {
        let modules = modules::load(&self.paths, &mut self.ever)?;
        let mut found = Vec::new();
        for program in &self.programs {
            for (routine, description) in program.routines.iter().zip(&program.contract.routines) {
                found.push(candidate(program, routine, description, &modules)?);
            }
        }
        let mut found = found.into_iter();
        let routines = self.programs.iter_mut().flat_map(|program| &mut program.routines);
        routines.zip(&mut found).for_each(|(routine, candidate)| routine.candidate = candidate);
        let is_new = |module: &&Arc<Loaded>| !self.modules.iter().any(|known| Arc::ptr_eq(known, module));
        let new = modules.iter().filter(is_new).count();
        self.modules = modules;
        Ok(new)
    }

    /// Routines that several modules have, in words: the first of them answers.
    pub fn doubles(&self) -> Vec<String> {
        let names = self.programs.iter().flat_map(|program| &program.routines).map(|routine| &routine.name);
        let doubles = names.filter_map(|name| {
            let has = |loaded: &&Arc<Loaded>| loaded.module.candidate(name).is_some();
            let mut files = self.modules.iter().filter(has).map(|loaded| loaded.path.display().to_string());
            let (first, others) = (files.next()?, files.collect::<Vec<_>>());
            (!others.is_empty())
                .then(|| format!("`{name}` is answered by {first}; {} has it, too", others.join(", ")))
        });
        doubles.collect()
    }

    /// The program of that number.
    pub fn program(&self, number: u32) -> Option<usize> {
        self.programs.iter().position(|program| program.number == number)
    }
}

/// The candidate of a routine. A module built from another contract is refused.
fn candidate(
    program: &Program,
    routine: &Routine,
    description: &Description,
    modules: &[Arc<Loaded>],
) -> Result<Option<LoadedCandidate>, Error> {
    let expected = routine_hash(&program.contract, description);
    for loaded in modules {
        let Some(candidate) = loaded.module.candidate(&routine.name) else { continue };
        if candidate.contract_hash != expected || candidate.state_count as usize != description.state.len() {
            return Err(Error::OtherContract {
                module: loaded.path.clone(),
                routine: routine.name.clone(),
                contract: program.file.clone(),
                expected,
                found: candidate.contract_hash,
            });
        }
        return Ok(Some(candidate.clone()));
    }
    Ok(None)
}

impl Program {
    fn open(file: &Path, limits: &Limits) -> Result<Program, Error> {
        let text = read_text(file)?;
        let contract = Contract::from_toml(&text, &file.display().to_string())
            .map_err(|source| Error::Contract { file: file.to_owned(), source })?;
        let routines = contract.routines.iter().map(|routine| Routine {
            name: routine.name.clone(),
            way: Way::of(&contract, routine, limits),
            candidate: None,
            once: matches!(routine.effects, Effects::Io | Effects::Unknown),
            counts: Counts::default(),
        });
        let routines = routines.collect();
        let number = wire::program(&contract);
        Ok(Program { number, contract: Arc::new(contract), file: file.to_owned(), text, routines })
    }

    /// The routine of a procedure, and whether it is called or told of.
    pub fn routine(&self, procedure: u32) -> Option<(usize, bool)> {
        let number = procedure.checked_sub(wire::PROCEDURE_FIRST)?;
        let position = number as usize / 2;
        (position < self.routines.len()).then_some((position, number.is_multiple_of(2)))
    }
}

impl Way {
    /// That of a routine whose messages keep to these limits, or why there is none.
    pub fn of(contract: &Contract, routine: &Description, limits: &Limits) -> Result<Way, String> {
        let because = |missing: Vec<cmp_bridge_contract::readiness::Missing>| {
            let reasons: Vec<String> =
                missing.iter().map(|missing| format!("{}: {}", missing.path, missing.message)).collect();
            reasons.join("; ")
        };
        let shape = wire::shape(contract, routine).map_err(because)?;
        let hash = shape.hash(contract, routine);
        let converter = Converter::new(contract, routine).map_err(because)?;
        let layout = Layout::of(contract, routine).map_err(|error| error.to_string())?;
        let mut native = converter.native();
        native.allow_messages(limits.message, limits.memory);
        Ok(Way { hash, converter, layout, native })
    }

    /// Gives back what only a long call needed.
    pub fn settle(&mut self) {
        self.native.shrink_to(KEPT);
    }
}
