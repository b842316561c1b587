//! An executable or a library with its contracts, as far as calling its routines needs it.

use crate::error::Error;
use crate::images::Images;
use crate::remote::{self, Remote};
use crate::tools;
use crate::worker::{ControlSession, Origin};
use cmp_bridge::launch::{WorkerStart, preload_accepts};
use cmp_bridge_contract::model::{Contract, Routine, Target as Machine};
use cmp_bridge_contract::names::nearest;
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::libraries::find_libraries;
use cmp_bridge_inspect::planner::{PlanRequest, RoutineRequest, plan_calls};
use cmp_bridge_inspect::scan::{ScanOptions, scan};
use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Who answers the calls.
#[derive(Debug, Clone)]
pub enum Subject {
    /// The routines of an executable or a shared library.
    Legacy(PathBuf),
    /// The candidates of a module.
    Module(PathBuf),
    /// The routines that the server at this address has.
    Remote(String),
}

/// How the process is started.
#[derive(Debug, Clone, Default)]
pub struct Start {
    /// Arguments of its command line.
    pub arguments: Vec<OsString>,
    /// Variables added to its environment.
    pub variables: Vec<(OsString, OsString)>,
    /// Its working folder.
    pub folder: Option<PathBuf>,
    /// The agent, if it is not where it is usual.
    pub agent: Option<PathBuf>,
    /// The command, if it is not where it is usual.
    pub command: Option<PathBuf>,
    /// Bytes of the longest message to a server and from it.
    pub message: Option<usize>,
}

/// The contracts of a subject.
pub struct Target {
    /// Who answers.
    pub subject: Subject,
    start: Start,
    /// The contracts, those that were scanned on the spot behind those that were given.
    pub contracts: Vec<Contract>,
    /// The binary, for legacy subjects.
    binary: Option<Binary>,
    /// Names in the source of routines that are called otherwise in their contract: `weigh` of `carried_weigh`.
    aliases: BTreeMap<String, String>,
}

/// What a worker of a target is made of.
pub struct Prepared {
    /// Where its process comes from.
    pub origin: Origin,
    /// The images, to name what a call changes in them.
    pub images: Images,
    /// Routines that cannot be called, and why.
    pub refused: Vec<(String, String)>,
}

impl Target {
    /// Opens the subject.
    pub fn open(subject: Subject, start: Start, contracts: Vec<Contract>) -> Result<Target, Error> {
        let binary = match &subject {
            Subject::Legacy(path) => Some(Binary::open(path)?),
            Subject::Module(_) | Subject::Remote(_) => None,
        };
        if let (Subject::Remote(_), Some(other)) = (&subject, contracts.iter().find(|c| !is_of_here(c))) {
            let component = &other.component;
            let (contract, target) = (component.name.clone(), component.target.to_string());
            return Err(Error::OtherMachine { contract, target });
        }
        let mut target = Target { subject, start, contracts, binary, aliases: BTreeMap::new() };
        target.require_build()?;
        Ok(target)
    }

    /// A contract for another build says nothing of this one. One that names no binary is taken for this one.
    fn require_build(&mut self) -> Result<(), Error> {
        let Some(binary) = &self.binary else { return Ok(()) };
        let found = binary.build_id_hex().unwrap_or_default();
        for contract in &mut self.contracts {
            let component = &mut contract.component;
            let name = component.name.clone();
            if component.binary.is_none() && !binary.is_executable() {
                component.binary = Some(binary.file_name());
            }
            if let Some(expected) = component.build_id.clone()
                && expected != found
                && component.binary.as_deref().is_none_or(|file| file == binary.file_name())
            {
                let executable = binary.path().to_owned();
                return Err(Error::BuildId { executable, contract: name, expected, found });
            }
        }
        Ok(())
    }

    /// The routine of that name or symbol, and its contract.
    pub fn routine(&self, name: &str) -> Option<(&Contract, &Routine)> {
        let name = self.aliases.get(name).map_or(name, String::as_str);
        let by = |same: &dyn Fn(&Routine) -> bool| {
            self.contracts.iter().find_map(|contract| {
                contract.routines.iter().find(|routine| same(routine)).map(|routine| (contract, routine))
            })
        };
        by(&|routine| routine.name == name).or_else(|| by(&|routine| routine.symbol == name))
    }

    /// Reads the contract of a routine out of the debug information.
    pub fn scan(&mut self, name: &str) -> Result<(), Error> {
        let unknown = |hint| Error::UnknownRoutine { name: name.to_owned(), hint };
        let Some(binary) = &self.binary else { return Err(unknown(self.near(name, &[]))) };
        let options = ScanOptions { patterns: vec![name.to_owned()], ..ScanOptions::default() };
        let mut report = scan(binary, &options)?;
        if report.contracts.is_empty() && report.refused.is_empty() && name.contains(['.', ':']) {
            // A name as its language writes it: `plan::Lieu::marge`, `ccs_limites.pire`.
            report = scan(binary, &ScanOptions::default())?;
            report.refused.clear();
            for contract in &mut report.contracts {
                contract.routines.retain(|routine| is_source_name(routine, name));
            }
            report.contracts.retain(|contract| !contract.routines.is_empty());
        }
        if report.contracts.is_empty() {
            if let Some(refusal) = report.refused.first() {
                return Err(Error::NotCallable { routine: name.to_owned(), why: refusal.to_string() });
            }
            let symbols: Vec<&str> =
                binary.symbols().iter().filter(|s| s.is_function()).map(|s| s.name.as_str()).collect();
            return Err(unknown(self.near(name, &symbols)));
        }
        let found: Vec<&Routine> = report.contracts.iter().flat_map(|contract| &contract.routines).collect();
        if !found.iter().any(|routine| routine.name == name || routine.symbol == name) {
            let [only] = found[..] else {
                let names: Vec<&str> = found.iter().map(|routine| routine.name.as_str()).take(20).collect();
                return Err(unknown(format!("; it may be one of {}", names.join(", "))));
            };
            self.aliases.insert(name.to_owned(), only.name.clone());
        }
        self.contracts.extend(report.contracts);
        self.require_build()
    }

    /// What may have been meant.
    fn near(&self, name: &str, symbols: &[&str]) -> String {
        let declared = self.contracts.iter().flat_map(|contract| &contract.routines);
        let known = declared.map(|routine| routine.name.as_str()).chain(symbols.iter().copied());
        let held =
            || symbols.iter().copied().find(|symbol| symbol.to_lowercase().contains(&name.to_lowercase()));
        match nearest(name, known).or_else(held) {
            Some(near) => format!("; is `{near}` meant?"),
            None if self.binary.as_ref().is_some_and(Binary::stripped) => "; it is stripped".to_owned(),
            None => String::new(),
        }
    }

    /// Compiles the plan, and says how to start a worker.
    pub fn prepare(&self) -> Result<Prepared, Error> {
        match &self.subject {
            Subject::Legacy(path) => self.legacy(path),
            Subject::Module(path) => {
                let module = std::path::absolute(path).unwrap_or_else(|_| path.clone());
                let origin = Origin::Module { command: self.command()?, module };
                let images = Images::default();
                Ok(Prepared { origin, images, refused: Vec::new() })
            }
            Subject::Remote(server) => Ok(self.remote(server)),
        }
    }

    /// What does not travel is known before anything is connected.
    fn remote(&self, server: &str) -> Prepared {
        let routines =
            self.contracts.iter().flat_map(|contract| contract.routines.iter().map(move |r| (contract, r)));
        let refused = routines
            .filter_map(|(contract, routine)| {
                Some((routine.name.clone(), remote::refusal(contract, routine)?))
            })
            .collect();
        let mut remote = Remote::new(server, self.contracts.clone());
        if let Some(bytes) = self.start.message {
            remote.set_message(bytes);
        }
        let origin = Origin::Remote(Box::new(remote));
        Prepared { origin, images: Images::default(), refused }
    }

    fn command(&self) -> Result<PathBuf, Error> {
        tools::command(self.start.command.as_deref()).ok_or(Error::NoTool("command `cmp-bridge`"))
    }

    fn legacy(&self, path: &Path) -> Result<Prepared, Error> {
        let agent = tools::agent(self.start.agent.as_deref()).ok_or(Error::NoTool("agent"))?;
        if !preload_accepts(&agent) {
            return Err(Error::Preload(agent));
        }
        let mut start = WorkerStart {
            arguments: self.start.arguments.clone(),
            variables: self.start.variables.clone(),
            library: None,
            unbuffered: true,
            fixed: false,
        };
        // What Fortran prints must be out before the next call.
        start.variables.push(("GFORTRAN_UNBUFFERED_PRECONNECTED".into(), "y".into()));
        let library_path = self.start.variables.iter().rev().find(|(name, _)| name == "LD_LIBRARY_PATH");
        let library_path =
            library_path.map(|(_, value)| value.clone()).or_else(|| std::env::var_os("LD_LIBRARY_PATH"));
        let binary = Binary::open(path)?;
        let mut libraries = find_libraries(&binary, library_path.as_deref()).found;
        let executable = if binary.is_executable() {
            binary
        } else {
            let library = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
            if !preload_accepts(&library) {
                return Err(Error::Preload(library));
            }
            start.library = Some(library);
            libraries.insert(0, binary);
            Binary::open(self.command()?)?
        };
        let routines = self.contracts.iter().flat_map(|contract| {
            contract.routines.iter().map(move |routine| RoutineRequest {
                contract,
                routine,
                route: cmp_bridge::control::Route::Legacy,
                module: None,
                verified: true,
            })
        });
        let request = PlanRequest {
            executable: &executable,
            libraries: &libraries,
            routines: routines.collect(),
            modules: Vec::new(),
        };
        let outcome = plan_calls(&request);
        if let Some(refusal) = outcome.no_safe_moment {
            let executable = executable.path().to_owned();
            return Err(Error::NoSafeMoment { executable, why: refusal.hazard.to_string() });
        }
        let refused = outcome.refused.iter().map(|r| (r.routine.clone(), r.hazard.to_string())).collect();
        let origin = Origin::Control {
            executable: executable.path().to_owned(),
            start,
            folder: self.start.folder.clone(),
            agent,
            session: ControlSession::create(&outcome.plan).map_err(crate::worker::WorkerError::Session)?,
        };
        let images = Images::of(&outcome.plan, executable, libraries);
        Ok(Prepared { origin, images, refused })
    }
}

fn is_of_here(contract: &Contract) -> bool {
    contract.component.target == Machine::X86_64
}

/// The routine is called so in its language: with its parameters, or without where it is meant alone.
fn is_source_name(routine: &Routine, name: &str) -> bool {
    let Some(source) = &routine.source else { return false };
    let squeeze = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
    let (source, name) = (squeeze(source), squeeze(name));
    source == name || source.split('(').next() == Some(name.as_str())
}
