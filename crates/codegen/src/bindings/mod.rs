//! Prints a contract in the languages of a legacy build: what its C, C++, Ada and Fortran callers need to call the routines,
//! whatever the routines are written in.
//!
//! ```no_run
//! use cmp_bridge_codegen::bindings::{Bindings, Lang};
//! # fn main() -> Result<(), cmp_bridge_codegen::Error> {
//! let written = Bindings::new("contracts/telemetry.toml").routines(["tm_crc16"]).generate(Lang::C, "include")?;
//! # Ok(())
//! # }
//! ```
//!
//! One file a language. A printer prints: where arguments travel is asked of `cmp_bridge_contract::abi` (through
//! [`signature`]), and how records lie of `cmp_bridge_contract::layout`.

mod ada;
mod c;
mod c89;
mod c89_names;
mod c89_routine;
mod c89_types;
mod c_names;
mod c_page;
mod c_record;
mod c_types;
mod cpp;
mod cpp_routine;
mod fortran;
mod fortran77;
mod fortran77_adapter;
mod fortran77_arrays;
mod fortran77_callback;
mod fortran77_steps;
mod fortran90;
mod fortran90_arrays;
mod fortran90_dummy;
mod fortran90_routine;
mod fortran90_types;
pub(crate) mod signature;
pub(crate) mod words;
mod x;

use crate::error::{Error, Unsupported};
use crate::read;
use cmp_bridge_contract::model::{Contract, Routine};
use std::path::{Path, PathBuf};

/// Declares the languages: name of the variant, its name on the command line, what it is, its printer.
macro_rules! languages {
    ($($variant:ident, $name:literal, $title:literal, $print:path;)*) => {
        /// A language that bindings are printed in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[non_exhaustive]
        pub enum Lang {
            $(#[doc = $title] $variant,)*
        }

        impl Lang {
            /// All of them.
            pub const ALL: &'static [Lang] = &[$(Lang::$variant),*];

            /// Its name on the command line.
            pub fn name(self) -> &'static str {
                match self {
                    $(Lang::$variant => $name,)*
                }
            }

            /// What is printed, for people.
            pub fn title(self) -> &'static str {
                match self {
                    $(Lang::$variant => $title,)*
                }
            }

            fn print(self, contract: &Contract, routines: &[&Routine]) -> Result<Vec<File>, Vec<Unsupported>> {
                match self {
                    $(Lang::$variant => $print(contract, routines),)*
                }
            }
        }
    };
}

// A new language: its module above, and one line here.
languages! {
    C, "c", "a C header (C89 and later)", c::print;
    Cpp, "cpp", "a C++ header (C++98 and later) over the C header", cpp::print;
    Ada, "ada", "an Ada package (Ada 95 and later)", ada::print;
    Fortran77, "fortran77", "declarations for Fortran 77, and a C89 adapter", fortran77::print;
    Fortran90, "fortran90", "a module for Fortran 90 and later", fortran90::print;
    X, "x", "an RPC language file for rpcgen: calls from and to other machines", x::print;
    C89, "c89", "a C89 stub that carries calls to and from a machine without Rust", c89::print;
}

/// A word that is no language.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is no language that bindings are printed in; there are: {known}")]
pub struct UnknownLang {
    /// The word.
    pub found: String,
    /// The names of the languages.
    pub known: String,
}

impl std::str::FromStr for Lang {
    type Err = UnknownLang;

    fn from_str(text: &str) -> Result<Lang, UnknownLang> {
        Lang::ALL.iter().copied().find(|lang| lang.name() == text).ok_or_else(|| UnknownLang {
            found: text.to_string(),
            known: Lang::ALL.iter().map(|lang| lang.name()).collect::<Vec<_>>().join(", "),
        })
    }
}

/// A printed file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Its name, without folders.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// Prints the files of a language for all routines of a contract that is no file.
pub fn print(contract: &Contract, lang: Lang) -> Result<Vec<File>, Error> {
    let routines: Vec<&Routine> = contract.routines.iter().collect();
    lang.print(contract, &routines).map_err(Error::Unsupported)
}

/// The routines of a C89 stub that are compiled on some machines only.
pub fn not_everywhere(files: &[File]) -> Vec<&str> {
    let lines = files.iter().flat_map(|file| file.text.lines());
    lines
        .filter_map(|line| line.trim().strip_prefix("CMPB_NOT_HERE(\"")?.split('"').next())
        .filter(|name| *name != "name")
        .collect()
}

/// What to print: the routines of one contract.
#[derive(Debug, Clone)]
pub struct Bindings {
    contract: PathBuf,
    routines: Option<Vec<String>>,
}

impl Bindings {
    /// The contract's file.
    pub fn new(contract: impl Into<PathBuf>) -> Bindings {
        Bindings { contract: contract.into(), routines: None }
    }

    /// The routines to print; without this, all of the contract.
    pub fn routines<S: Into<String>>(mut self, routines: impl IntoIterator<Item = S>) -> Bindings {
        self.routines = Some(routines.into_iter().map(Into::into).collect());
        self
    }

    /// Without the routines that the language cannot say, and why it cannot. An error if none is left.
    pub fn without_unsupported(mut self, lang: Lang) -> Result<(Bindings, Vec<Unsupported>), Error> {
        let mut left_out: Vec<Unsupported> = Vec::new();
        loop {
            let faults = match self.print(lang) {
                Ok(_) => return Ok((self, left_out)),
                Err(Error::Unsupported(faults)) => faults,
                Err(error) => return Err(error),
            };
            let text = read(&self.contract)?;
            let contract = Contract::from_toml(&text, &self.contract.to_string_lossy())?;
            let asked = |name: &String| self.routines.as_ref().is_none_or(|wanted| wanted.contains(name));
            let names = contract.routines.iter().map(|routine| routine.name.clone()).filter(asked);
            let before: Vec<String> = names.collect();
            let fault = |name: &String| faults.iter().any(|fault| fault.routine == *name);
            let after: Vec<String> = before.iter().filter(|name| !fault(name)).cloned().collect();
            left_out.extend(faults);
            if after.is_empty() || after.len() == before.len() {
                return Err(Error::Unsupported(left_out));
            }
            self.routines = Some(after);
        }
    }

    /// Prints the files of a language, and writes nothing.
    pub fn print(&self, lang: Lang) -> Result<Vec<File>, Error> {
        let text = read(&self.contract)?;
        let contract = Contract::from_toml(&text, &self.contract.to_string_lossy())?;
        let routines = match &self.routines {
            None => contract.routines.iter().collect(),
            Some(names) => {
                let found = names.iter().map(|name| {
                    contract.routine(name).ok_or_else(|| Error::UnknownRoutine {
                        contract: self.contract.clone(),
                        routine: name.clone(),
                        known: contract
                            .routines
                            .iter()
                            .map(|r| r.name.as_str())
                            .collect::<Vec<_>>()
                            .join(", "),
                    })
                });
                found.collect::<Result<Vec<&Routine>, Error>>()?
            }
        };
        lang.print(&contract, &routines).map_err(Error::Unsupported)
    }

    /// Writes the files of a language to a folder, which is made if need be: all of them or, where one cannot be written, none.
    /// A file that has its text already is not touched, so that `make` rebuilds only what changed.
    pub fn generate(&self, lang: Lang, folder: impl AsRef<Path>) -> Result<Vec<PathBuf>, Error> {
        Ok(self.update(lang, folder)?.into_iter().map(|(path, _)| path).collect())
    }

    /// As [`Bindings::generate`], with what became of each file.
    pub fn update(&self, lang: Lang, folder: impl AsRef<Path>) -> Result<Vec<(PathBuf, Change)>, Error> {
        let (folder, files) = (folder.as_ref(), self.print(lang)?);
        std::fs::create_dir_all(folder)
            .map_err(|source| Error::Write { path: folder.to_path_buf(), source })?;
        let become_of = |file: &File| {
            let path = folder.join(&file.name);
            let change = match (holds(&path, &file.text), path.exists()) {
                (true, _) => Change::Unchanged,
                (false, true) => Change::Replaced,
                (false, false) => Change::Written,
            };
            (path, change)
        };
        let told = files.iter().map(become_of).collect();
        let changed: Vec<(PathBuf, PathBuf, &File)> = files
            .iter()
            .map(|file| (folder.join(&file.name), folder.join(format!(".{}.new", file.name)), file))
            .filter(|(path, _, file)| !holds(path, &file.text))
            .collect();
        let made = changed.iter().try_for_each(|(path, beside, file)| {
            std::fs::write(beside, &file.text).map_err(|source| Error::Write { path: path.clone(), source })
        });
        let placed = made.and_then(|()| {
            changed.iter().try_for_each(|(path, beside, _)| {
                std::fs::rename(beside, path).map_err(|source| Error::Write { path: path.clone(), source })
            })
        });
        if placed.is_err() {
            // What is not there need not be removed.
            changed.iter().for_each(|(_, beside, _)| drop(std::fs::remove_file(beside)));
        }
        placed?;
        Ok(told)
    }

    /// The files of a folder that are missing or are not what would be printed now.
    pub fn differing(&self, lang: Lang, folder: impl AsRef<Path>) -> Result<Vec<PathBuf>, Error> {
        let files = self.print(lang)?.into_iter();
        let with_paths = files.map(|file| (folder.as_ref().join(&file.name), file.text));
        Ok(with_paths.filter(|(path, text)| !holds(path, text)).map(|(path, _)| path).collect())
    }
}

/// What became of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was not there.
    Written,
    /// It had another text.
    Replaced,
    /// It had its text already, and was not touched.
    Unchanged,
}

/// The file is there and has this text.
fn holds(path: &Path, text: &str) -> bool {
    std::fs::read(path).is_ok_and(|found| found == text.as_bytes())
}
