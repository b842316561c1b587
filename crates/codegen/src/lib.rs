//! Prints a contract as Rust, for the build script of a module.
//!
//! ```no_run
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let out = std::env::var("OUT_DIR")?;
//! let generated = cmp_bridge_codegen::Module::new("contracts/flight_dynamics.toml")
//!     .routines(["eck_hec", "jj_cal"])
//!     .proof_header("vendor-headers/flight_dynamics.h")
//!     .generate(out)?;
//! generated.tell_cargo();
//! # Ok(())
//! # }
//! ```
//!
//! The Rust file holds, for each routine, a trait to implement, `Control` which implements it by calling the legacy
//! code, and what the agent needs to call a rewrite. It is included at the root of the module's crate:
//!
//! ```text
//! pub mod flight_dynamics {
//!     include!(concat!(env!("OUT_DIR"), "/flight_dynamics.rs"));
//! }
//! mod rewrite; // begins with #![forbid(unsafe_code)]
//!
//! flight_dynamics::export! { rewrite::Orbits: eck_hec, jj_cal }
//! ```
//!
//! The crate declares a feature `relink`: with it the rewrites are exported under the legacy symbols, and `Control` and
//! state are linked instead of filled in by the agent.
//!
//! The C proof file includes the vendor's header and declares each routine once more, from the contract: where the two
//! disagree, the C compiler says "conflicting types". The build script compiles it with the crate `cc`.
#![deny(missing_docs)]

mod accessors;
mod answer;
pub mod bindings;
mod callbacks;
mod calls;
mod carried;
mod control;
mod entry;
mod error;
mod names;
mod owners;
mod page;
mod proof;
mod raise;
mod revision;
mod rust;
mod shape;
mod skeleton;
mod traits;
mod types;

pub use error::{Error, Unsupported};
pub use revision::Revision;

use cmp_bridge_contract::model::{Contract, Routine, Type, TypeDef};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The Rust name of a routine or a component of a contract: its function, its module.
pub fn rust_name(name: &str) -> String {
    names::variable(name)
}

/// Whether a name means something to Rust or Cargo already, so that no crate can have it.
pub fn is_taken(krate: &str) -> bool {
    names::is_taken(krate)
}

/// What to generate: one component's part of a module.
#[derive(Debug, Clone)]
pub struct Module {
    contract: PathBuf,
    routines: Option<Vec<String>>,
    headers: Vec<PathBuf>,
    spellings: BTreeMap<String, String>,
    kept: Vec<String>,
}

/// The files that were written, and those they were made from.
#[derive(Debug, Clone)]
pub struct Generated {
    /// The Rust file, `<component>.rs`.
    pub rust: PathBuf,
    /// The C file that proves the vendor header and the contract equal, `<component>_proof.c`.
    pub proof: Option<PathBuf>,
    /// The files read.
    pub sources: Vec<PathBuf>,
    /// The types of the contract that were printed, by their names there and in Rust: what bindgen must not define once
    /// more where it declares routines for the compiler to compare.
    pub types: Vec<(String, String)>,
}

impl Module {
    /// The contract's file.
    pub fn new(contract: impl Into<PathBuf>) -> Module {
        Module {
            contract: contract.into(),
            routines: None,
            headers: Vec::new(),
            spellings: BTreeMap::new(),
            kept: Vec::new(),
        }
    }

    /// The routines to generate; without this, all of the contract.
    pub fn routines<S: Into<String>>(mut self, routines: impl IntoIterator<Item = S>) -> Module {
        self.routines = Some(routines.into_iter().map(Into::into).collect());
        self
    }

    /// A C header of the vendor's to hold the contract against. A component may have several.
    pub fn proof_header(mut self, header: impl Into<PathBuf>) -> Module {
        self.headers.push(header.into());
        self
    }

    /// Routines whose legacy code a relinked build keeps, as `legacy_SYMBOL` (`cmp-bridge link-plan --keep-legacy`): Rust
    /// has taken the symbol itself. `Control` calls it under that name, and a rewrite that declines passes its call on.
    pub fn keep_legacy<S: Into<String>>(mut self, routines: impl IntoIterator<Item = S>) -> Module {
        self.kept = routines.into_iter().map(Into::into).collect();
        self
    }

    /// How C spells something in the proof, where the header does not tell: a type of the contract (`"bulletin"`), a
    /// parameter (`"tm_open.session"`) or a returned value (`"tm_open.return"`).
    pub fn spelled(mut self, what: impl Into<String>, c: impl Into<String>) -> Module {
        self.spellings.insert(what.into(), c.into());
        self
    }

    /// Name and symbol of each routine that was chosen, or of all.
    pub fn names(&self) -> Result<Vec<(String, String)>, Error> {
        let contract = self.contract()?;
        let pair = |routine: &Routine| (routine.name.clone(), routine.symbol.clone());
        Ok(self.chosen(&contract)?.into_iter().map(pair).collect())
    }

    /// What cannot be generated of these routines, and why; `relink` says whether the module is to be linked with the legacy
    /// code, which reaches no state that is local to an object file.
    pub fn unsupported(&self, relink: bool) -> Result<Vec<Unsupported>, Error> {
        let contract = self.contract()?;
        let mut found = Vec::new();
        for routine in self.chosen(&contract)? {
            let shape = shape::analyse(&contract, routine);
            let mut faults = match &shape {
                Err(faults) => faults.clone(),
                Ok(shape) => types::print(&contract, std::slice::from_ref(shape), &mut page::Page::default())
                    .err()
                    .unwrap_or_default(),
            };
            let local = shape.iter().flat_map(|shape| &shape.state).filter(|state| state.local && relink);
            faults.extend(local.map(|state| Unsupported {
                routine: routine.name.clone(),
                part: format!("state `{}`", state.area),
                reason: "it is local to its object file: a relinked build cannot reach it".into(),
            }));
            found.extend(faults);
        }
        Ok(found)
    }

    fn contract(&self) -> Result<Contract, Error> {
        Ok(Contract::from_toml(&read(&self.contract)?, &self.contract.to_string_lossy())?)
    }

    /// Writes the Rust file, and the C proof file if a header was given, to a folder.
    pub fn generate(&self, folder: impl AsRef<Path>) -> Result<Generated, Error> {
        let contract = self.contract()?;
        let mut header = String::new();
        for path in &self.headers {
            header.push_str(&String::from_utf8_lossy(&read_bytes(path)?));
        }
        let shapes = self.shapes(&contract)?;
        let routines = callbacks::routines(&contract);
        let functions = functions(&contract, &shapes, &routines)?;
        let rust_text = rust::print(&contract, &shapes, &functions).map_err(Error::Unsupported)?;
        let component = names::variable(&contract.component.name);
        let rust = folder.as_ref().join(format!("{component}.rs"));
        write(&rust, &rust_text)?;
        let mut sources = vec![self.contract.clone()];
        let mut proof = None;
        if !self.headers.is_empty() {
            let file = folder.as_ref().join(format!("{component}_proof.c"));
            let (paths, spellings) = (&self.headers, &self.spellings);
            let text = proof::Proof { contract: &contract, paths, header: &header, spellings }.print(&shapes);
            write(&file, &text.map_err(Error::Unsupported)?)?;
            sources.extend_from_slice(&self.headers);
            proof = Some(file);
        }
        let stored = |name: &&str| contract.scalar(&Type::Named(name.to_string())) != &Type::Fn;
        let types = types::reached(&contract, &shapes).into_iter().filter(stored);
        let types = types.map(|name| (name.to_owned(), names::type_name(name))).collect();
        Ok(Generated { rust, proof, sources, types })
    }

    /// The Rust file that a person completes: a method to fill for each routine that was chosen, `todo!()` inside.
    pub fn skeleton(&self) -> Result<String, Error> {
        let contract = self.contract()?;
        let shapes = self.shapes(&contract)?;
        // Nobody is to complete what cannot be generated.
        let routines = callbacks::routines(&contract);
        let functions = functions(&contract, &shapes, &routines)?;
        rust::print(&contract, &shapes, &functions).map_err(Error::Unsupported)?;
        let asked = |shape: &&shape::Shape| {
            self.routines.as_ref().is_none_or(|names| names.contains(&shape.routine.name))
        };
        let shapes: Vec<&shape::Shape> = shapes.iter().filter(asked).collect();
        Ok(skeleton::print(&contract, &shapes))
    }

    fn shapes<'a>(&self, contract: &'a Contract) -> Result<Vec<shape::Shape<'a>>, Error> {
        let mut faults = Vec::new();
        let mut shapes = Vec::new();
        for routine in self.chosen(contract)? {
            match shape::analyse(contract, routine) {
                Ok(shape) => shapes.push(shape::Shape { kept: self.kept.contains(&routine.name), ..shape }),
                Err(more) => faults.extend(more),
            }
        }
        if faults.is_empty() { Ok(shapes) } else { Err(Error::Unsupported(faults)) }
    }

    fn chosen<'a>(&self, contract: &'a Contract) -> Result<Vec<&'a Routine>, Error> {
        let Some(mut names) = self.routines.clone() else { return Ok(contract.routines.iter().collect()) };
        // With what gives something away goes what releases it.
        for name in owners::needed(contract, &names) {
            if !names.iter().any(|known| known == name) {
                names.push(name.to_string());
            }
        }
        let known = |name: &String| {
            contract.routine(name).ok_or_else(|| Error::UnknownRoutine {
                contract: self.contract.clone(),
                routine: name.clone(),
                known: contract.routines.iter().map(|r| r.name.as_str()).collect::<Vec<_>>().join(", "),
            })
        };
        names.iter().map(known).collect()
    }
}

/// The signatures that the routines call back.
fn functions<'a>(
    contract: &'a Contract,
    shapes: &[shape::Shape],
    routines: &'a [(Routine, &'a TypeDef)],
) -> Result<Vec<shape::Shape<'a>>, Error> {
    let (mut functions, mut faults) = (Vec::new(), Vec::new());
    for (routine, def) in routines {
        let module = names::variable(&def.name);
        let calls =
            |shape: &&shape::Shape| callbacks::of(shape).any(|(_, callback)| callback.module == module);
        let Some(user) = shapes.iter().find(calls) else { continue };
        match shape::analyse_as(contract, routine, Some(def)) {
            Ok(shape) => functions.push(shape),
            Err(more) => faults.extend(more.into_iter().map(|fault| Unsupported {
                routine: user.routine.name.clone(),
                part: format!("type `{}`, {}", def.name, fault.part),
                reason: fault.reason,
            })),
        }
    }
    if faults.is_empty() { Ok(functions) } else { Err(Error::Unsupported(faults)) }
}

impl Generated {
    /// The lines that tell cargo to run the build script again when a source changes.
    pub fn cargo_lines(&self) -> String {
        self.sources.iter().map(|path| format!("cargo:rerun-if-changed={}\n", path.display())).collect()
    }

    /// Prints [`Generated::cargo_lines`] to standard output, where cargo reads what a build script says.
    pub fn tell_cargo(&self) {
        use std::io::Write;
        // Without a standard output there is no cargo to tell.
        let _ = std::io::stdout().write_all(self.cargo_lines().as_bytes());
    }
}

fn read_bytes(path: &Path) -> Result<Vec<u8>, Error> {
    std::fs::read(path).map_err(|source| Error::Read { path: path.to_path_buf(), source })
}

fn read(path: &Path) -> Result<String, Error> {
    std::fs::read_to_string(path).map_err(|source| Error::Read { path: path.to_path_buf(), source })
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    std::fs::write(path, text).map_err(|source| Error::Write { path: path.to_path_buf(), source })
}
