//! `cmp-bridge new`: a module crate that builds, with a method to fill for each routine.

use crate::error::{Ending, Explain, FileError, open_regular, read_text};
use crate::names::{did_you_mean, matches};
use crate::output::print;
use cmp_bridge_codegen::{Module, is_taken, rust_name};
use cmp_bridge_contract::Diagnostics;
use cmp_bridge_contract::model::Contract;
use cmp_bridge_journal::{Journal, JournalError};
use std::fmt::Write as _;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// Writes a module crate for chosen routines, with a method to fill for each
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:
  cmp-bridge new orbits --contract contracts/flight_dynamics.toml --routine ehposv --header vendor-headers/flight_dynamics.h
  cmp-bridge new frames --contract contracts/telemetry.toml --routine 'tm_c*' --journal day.journal

The crate stands in a folder of its name: Cargo.toml, build.rs (which generates traits and Control from the contract, and has
the C compiler hold the headers against it), src/lib.rs, src/rewrite.rs with the methods to fill and, with --journal,
tests/replay.rs, which fails until the rewrite answers the journal as the legacy code did. Contract, headers and journal stay
where they are.

Exit status: 0 written, 2 an error, and nothing was written.")]
pub struct Args {
    /// Name of the crate, and of its folder
    name: String,
    /// The contract of the routines
    #[arg(long, value_name = "FILE")]
    contract: PathBuf,
    /// The routines to rewrite; `*` and `?` stand for any characters
    #[arg(long, value_name = "PATTERN", required = true)]
    routine: Vec<String>,
    /// The vendor's C headers to hold the contract against, when the crate is built
    #[arg(long, value_name = "HEADER")]
    header: Vec<PathBuf>,
    /// A journal that the rewrite must answer as the legacy code did
    #[arg(long, value_name = "FILE")]
    journal: Option<PathBuf>,
    /// Folder in which the crate's folder is made
    #[arg(long, value_name = "DIR", default_value = ".")]
    out: PathBuf,
    /// Where the sources of cmp-bridge are [default: where this command was built]
    #[arg(long, value_name = "DIR")]
    source: Option<PathBuf>,
}

/// Why nothing was written.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The name.
    #[error("`{0}` cannot be the name of a crate")]
    Name(String),
    /// A name that means something else.
    #[error("`{0}` cannot be the name of a crate: Rust has it, or cmp-bridge")]
    Taken(String),
    /// What is given as a header.
    #[error("{} is no C header", .0.display())]
    Header(PathBuf),
    /// The journal.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The folder.
    #[error("{} exists already", .0.display())]
    Exists(PathBuf),
    /// A file.
    #[error(transparent)]
    File(#[from] FileError),
    /// What stands in the contract.
    #[error("{} cannot be used", file.display())]
    Contract {
        /// The contract.
        file: PathBuf,
        /// Every error in it.
        source: Diagnostics,
    },
    /// A pattern that matches no routine.
    #[error("no routine in {} matches `{pattern}`", file.display())]
    NoMatch {
        /// The contract.
        file: PathBuf,
        /// The pattern.
        pattern: String,
        /// What may have been meant.
        hint: String,
    },
    /// The sources of cmp-bridge.
    #[error("{} does not hold the sources of cmp-bridge", .0.display())]
    Source(PathBuf),
    /// The printer.
    #[error(transparent)]
    Generate(#[from] cmp_bridge_codegen::Error),
    /// Standard output.
    #[error("standard output cannot be written")]
    Output(#[from] io::Error),
}

impl Explain for Error {
    fn hint(&self) -> Option<String> {
        match self {
            Error::Name(_) => {
                Some("use lower-case letters, digits, `-` and `_`, beginning with a letter".to_owned())
            }
            Error::Taken(_) => Some("choose another name".to_owned()),
            Error::Header(_) => Some("name a file of C declarations: --header FILE.h".to_owned()),
            Error::Journal(_) => Some("name a journal that `cmp-bridge run` wrote".to_owned()),
            Error::Exists(_) => {
                Some("choose another name or --out, or move it away: nothing is overwritten".to_owned())
            }
            Error::File(error) => error.hint(),
            Error::Contract { .. } => Some("`cmp-bridge check` explains each error".to_owned()),
            Error::NoMatch { hint, .. } => Some(hint.clone()),
            Error::Source(_) => Some("name the folder of a checkout: --source DIR".to_owned()),
            Error::Generate(_) => Some("leave these routines out, or complete the contract".to_owned()),
            Error::Output(_) => None,
        }
    }
}

/// Runs the command.
pub fn run(args: &Args) -> Result<Ending, Error> {
    let plan = Plan::of(args)?;
    let files = plan.files()?;
    write(&plan.folder, &files)?;
    print(&plan.farewell())?;
    Ok(Ending::Good)
}

/// Writes all files, or none: they are put together beside the folder, which appears when they are complete.
fn write(folder: &Path, files: &[(String, String)]) -> Result<(), FileError> {
    let parent = folder.parent().unwrap_or(Path::new("/"));
    let missing: Vec<&Path> = parent.ancestors().take_while(|path| !path.exists()).collect();
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let unfinished = parent.join(format!(".{name}.{}", std::process::id()));
    let written = fill(folder, &unfinished, files)
        .and_then(|()| std::fs::rename(&unfinished, folder).map_err(FileError::new(folder, "written")));
    if written.is_err() {
        // What cannot be removed either is said by nothing better than the first error.
        let _ = std::fs::remove_dir_all(&unfinished);
        missing.iter().for_each(|path| drop(std::fs::remove_dir(path)));
    }
    written
}

fn fill(folder: &Path, unfinished: &Path, files: &[(String, String)]) -> Result<(), FileError> {
    for (name, text) in files {
        let path = unfinished.join(name);
        let made = path.parent().map_or(Ok(()), std::fs::create_dir_all);
        made.and_then(|()| std::fs::write(&path, text))
            .map_err(FileError::new(folder.join(name), "written"))?;
    }
    Ok(())
}

/// What is written, and what it refers to: paths as seen from the crate.
struct Plan<'a> {
    args: &'a Args,
    folder: PathBuf,
    component: String,
    routines: Vec<String>,
    contract: String,
    headers: Vec<String>,
    journal: Option<String>,
    source: String,
}

impl<'a> Plan<'a> {
    fn of(args: &'a Args) -> Result<Plan<'a>, Error> {
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if !args.name.starts_with(|c: char| c.is_ascii_lowercase()) || !args.name.chars().all(fits) {
            return Err(Error::Name(args.name.clone()));
        }
        if is_taken(&args.name) {
            return Err(Error::Taken(args.name.clone()));
        }
        let folder = absolute(&args.out).join(&args.name);
        if folder.exists() {
            return Err(Error::Exists(folder));
        }
        let text = read_text(&args.contract)?;
        let unusable = |source| Error::Contract { file: args.contract.clone(), source };
        let contract = Contract::from_toml(&text, &args.contract.to_string_lossy()).map_err(unusable)?;
        let seen = |path: &Path| -> Result<String, Error> {
            let found = std::fs::canonicalize(path).map_err(FileError::new(path, "read"))?;
            Ok(relative(&folder, &found))
        };
        args.header.iter().try_for_each(|header| is_header(header))?;
        args.journal.iter().try_for_each(|journal| is_journal(journal))?;
        Ok(Plan {
            args,
            component: rust_name(&contract.component.name),
            routines: chosen(args, &contract)?,
            contract: seen(&args.contract)?,
            headers: args.header.iter().map(|header| seen(header)).collect::<Result<_, _>>()?,
            journal: args.journal.as_deref().map(seen).transpose()?,
            source: relative(&folder, &source(args)?),
            folder,
        })
    }

    /// The module of what a person writes.
    fn own(&self) -> &'static str {
        if self.component == "rewrite" { "rewritten" } else { "rewrite" }
    }

    fn files(&self) -> Result<Vec<(String, String)>, Error> {
        let skeleton = Module::new(&self.args.contract).routines(self.routines.clone()).skeleton()?;
        let mut files = vec![
            ("Cargo.toml".to_owned(), self.cargo()),
            ("build.rs".to_owned(), self.build()),
            ("src/lib.rs".to_owned(), self.lib()),
            (format!("src/{}.rs", self.own()), skeleton),
        ];
        let replay = |journal: &String| ("tests/replay.rs".to_owned(), self.replay(journal));
        files.extend(self.journal.as_ref().map(replay));
        Ok(files)
    }

    fn cargo(&self) -> String {
        let (name, source) = (&self.args.name, &self.source);
        let cc = if self.headers.is_empty() { "" } else { "cc = \"1\"\n" };
        format!(
            "[package]\nname = \"{name}\"\nversion = \"0.1.0\"\nedition = \"2024\"\npublish = false\n\n\
             [lib]\ncrate-type = [\"cdylib\"]\n\n\
             [features]\n# The rewrites under their legacy symbols, for a program that is linked again.\nrelink = []\n\n\
             [dependencies]\ncmp-bridge = {{ path = {source:?} }}\n\n\
             [build-dependencies]\n{cc}cmp-bridge-codegen = {{ path = {:?} }}\n\n\
             # A workspace of its own, wherever it stands.\n[workspace]\n",
            format!("{source}/crates/codegen")
        )
    }

    fn build(&self) -> String {
        let routines: Vec<String> = self.routines.iter().map(|name| format!("{name:?}")).collect();
        let mut chain = String::new();
        for header in &self.headers {
            let _ = write!(chain, "\n        .proof_header(root.join({header:?}))");
        }
        let proof = if self.headers.is_empty() {
            String::new()
        } else {
            "    // Where a header and the contract disagree, this does not compile.\n    \
             cc::Build::new().files(&generated.proof).warnings_into_errors(true).compile(\"proof\");\n"
                .to_owned()
        };
        format!(
            "//! Generates the traits of the routines that this module rewrites, from their contract.\n\n\
             use cmp_bridge_codegen::{{Module, Revision}};\nuse std::error::Error;\nuse std::path::Path;\n\n\
             fn main() -> Result<(), Box<dyn Error>> {{\n    \
             let root = Path::new(env!(\"CARGO_MANIFEST_DIR\"));\n    \
             Revision::of(root).tell_cargo();\n    \
             let generated = Module::new(root.join({:?}))\n        .routines([{}]){chain}\n        \
             .generate(std::env::var(\"OUT_DIR\")?)?;\n    generated.tell_cargo();\n{proof}    Ok(())\n}}\n",
            self.contract,
            routines.join(", ")
        )
    }

    fn lib(&self) -> String {
        let (component, own) = (&self.component, self.own());
        let routines: Vec<String> = self.routines.iter().map(|name| rust_name(name)).collect();
        format!(
            "//! Rewrites of routines of `{component}`: what a person writes is in [`{own}`].\n\n\
             pub mod {component} {{\n    //! Generated from the contract.\n    \
             include!(concat!(env!(\"OUT_DIR\"), \"/{component}.rs\"));\n}}\n\n\
             pub mod {own};\n\n{component}::export! {{ {own}::Rewrite: {} }}\n",
            routines.join(", ")
        )
    }

    fn replay(&self, journal: &str) -> String {
        let library = format!("lib{}.so", self.args.name.replace('-', "_"));
        format!(
            "//! The rewrite answers a journal as the legacy code did.\n\n\
             use std::path::Path;\nuse std::process::Command;\n\n\
             /// Needs `cmp-bridge` on the PATH, or its place in CMP_BRIDGE_COMMAND. To see more of a mismatch, run the command that\n\
             /// a failure prints.\n#[test]\nfn the_journal_is_answered_as_the_legacy_code_did() {{\n    \
             let root = Path::new(env!(\"CARGO_MANIFEST_DIR\"));\n    \
             let built = Command::new(env!(\"CARGO\")).args([\"build\", \"--quiet\"]).current_dir(root).status();\n    \
             assert!(built.expect(\"cargo\").success());\n    \
             // A test is in target/PROFILE/deps; `cargo build` wrote to target/debug.\n    \
             let test = std::env::current_exe().expect(\"a path\");\n    \
             let library = test.ancestors().nth(3).expect(\"a target folder\").join(\"debug/{library}\");\n    \
             let command = std::env::var_os(\"CMP_BRIDGE_COMMAND\").unwrap_or(\"cmp-bridge\".into());\n    \
             let mut replay = Command::new(command);\n    \
             replay.args([\"replay\", {journal:?}, \"--module\"]).arg(library).current_dir(root);\n{}    \
             let replayed = replay.output().expect(\"cmp-bridge is not on the PATH: set CMP_BRIDGE_COMMAND\");\n    \
             let (out, err) = (String::from_utf8_lossy(&replayed.stdout), String::from_utf8_lossy(&replayed.stderr));\n    \
             assert!(replayed.status.success(), \"{{replay:?}}\\n{{out}}{{err}}\");\n}}\n",
            self.routines
                .iter()
                .map(|name| format!("    replay.args([\"--routine\", {name:?}]);\n"))
                .collect::<String>()
        )
    }

    fn farewell(&self) -> String {
        let folder = self.folder.display();
        let test = if self.journal.is_some() {
            "cargo test                      # fails until the rewrite answers as the legacy code did\n  "
        } else {
            ""
        };
        format!(
            "{folder}: {} to rewrite in src/{}.rs\n\n  cd {folder}\n  cargo build\n  {test}\
             cmp-bridge check {} --module target/debug/lib{}.so\n",
            self.routines.join(", "),
            self.own(),
            self.contract,
            self.args.name.replace('-', "_")
        )
    }
}

/// The names of the routines that were asked for, in the order of the contract.
fn chosen(args: &Args, contract: &Contract) -> Result<Vec<String>, Error> {
    let names: Vec<&str> = contract.routines.iter().map(|routine| routine.name.as_str()).collect();
    if let Some(pattern) =
        args.routine.iter().find(|pattern| !names.iter().any(|name| matches(pattern, name)))
    {
        let hint = did_you_mean(pattern, names.iter().copied());
        return Err(Error::NoMatch { file: args.contract.clone(), pattern: pattern.clone(), hint });
    }
    let wanted = |name: &&str| args.routine.iter().any(|pattern| matches(pattern, name));
    Ok(names.into_iter().filter(wanted).map(str::to_owned).collect())
}

/// The folder of the sources.
fn source(args: &Args) -> Result<PathBuf, Error> {
    let built = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let folder = args.source.clone().unwrap_or_else(built);
    match std::fs::canonicalize(&folder) {
        Ok(found) if found.join("crates/codegen/Cargo.toml").is_file() => Ok(found),
        _ => Err(Error::Source(folder)),
    }
}

/// A text that a C compiler may read: a file that does not hold zero bytes where it begins.
fn is_header(path: &Path) -> Result<(), Error> {
    let mut start = Vec::new();
    let read = open_regular(path)?.take(1 << 20).read_to_end(&mut start);
    read.map_err(FileError::new(path, "read"))?;
    if start.contains(&0) { Err(Error::Header(path.to_owned())) } else { Ok(()) }
}

fn is_journal(path: &Path) -> Result<(), Error> {
    open_regular(path)?;
    Ok(Journal::open(path).map(drop)?)
}

/// A path without links and detours, as far as its folders are there; the rest of it is taken by its words.
fn absolute(path: &Path) -> PathBuf {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    let mut found = PathBuf::new();
    for part in path.components() {
        if part == Component::ParentDir {
            found.pop();
            continue;
        }
        found.push(part);
        found = std::fs::canonicalize(&found).unwrap_or(found);
    }
    found
}

/// A path as seen from a folder; both are absolute and without detours.
fn relative(from: &Path, to: &Path) -> String {
    let (from, to): (Vec<Component<'_>>, Vec<Component<'_>>) =
        (from.components().collect(), to.components().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    // With nothing but the root in common, the whole path says it better.
    if shared <= 1 {
        return to.iter().collect::<PathBuf>().to_string_lossy().into_owned();
    }
    let up = from[shared..].iter().map(|_| Component::ParentDir);
    up.chain(to[shared..].iter().copied()).collect::<PathBuf>().to_string_lossy().into_owned()
}
