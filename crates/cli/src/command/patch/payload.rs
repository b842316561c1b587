//! The files of a patch.

use super::evidence;
use super::texts;
use super::{BuildArgs, Error};
use crate::command::journal::hex;
use crate::command::run::file_name;
use crate::command::run::prepare::{Prepared, open_executable};
use crate::error::{FileError, open_regular};
use crate::output::note;
use cmp_bridge::control::{ControlPage, Route};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::doctor::target::System;
use cmp_bridge_inspect::doctor::{Facts, diagnose};
use cmp_bridge_inspect::finding::Severity;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

const START: &str = include_str!("scripts/start.sh");
const ROUTE: &str = include_str!("scripts/route.sh");
/// What the scripts share, and the scripts of packages hold themselves.
pub const COMMON: &str = include_str!("scripts/common.sh");
/// What installing asks before it changes anything, and the packages before they are unpacked.
pub const CHECKS: &str = include_str!("scripts/checks.sh");
const INSTALL: &str = include_str!("scripts/install.sh");
const ROLLBACK: &str = include_str!("scripts/rollback.sh");

/// A file of a patch.
pub struct Entry {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// It may be executed.
    pub executable: bool,
}

/// All of a patch, in memory: what is written is sorted, and holds nothing of this machine.
#[derive(Default)]
pub struct Payload {
    /// The files, by their path in the patch.
    pub files: BTreeMap<String, Entry>,
    /// What sessions of this very patch are marked with.
    pub id: String,
    /// The anomaly, and which delivery.
    pub anomaly: String,
    /// Which delivery.
    pub release: String,
    /// Where patches are on the target.
    pub prefix: String,
    /// File name of the program.
    pub program: String,
    /// Its build-id.
    pub build_id: String,
    /// The note that holds it.
    pub build_id_note: String,
    /// How many blocks of 4096 bytes hold that.
    pub build_id_blocks: usize,
    /// Routines and their routes, in the order of the plan.
    pub routines: Vec<(String, Route)>,
    /// Paths of the modules in the patch.
    pub modules: Vec<String>,
    /// Their `@(#)` texts.
    pub whats: Vec<String>,
    /// Paths of the contracts in the patch.
    pub contracts: Vec<String>,
    /// Paths of the evidence in the patch, each with what it found.
    pub evidence: Vec<(String, Option<String>)>,
    /// What one should know.
    pub notes: Vec<String>,
    /// The date of all files, in seconds.
    pub time: u64,
}

/// SHA-256, in hexadecimal.
pub fn sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Most bytes of one file of a patch.
const MAX_FILE: u64 = 1 << 30;

fn read(path: &Path) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::new();
    open_regular(path)?.take(MAX_FILE + 1).read_to_end(&mut bytes).map_err(FileError::new(path, "read"))?;
    match bytes.len() as u64 > MAX_FILE {
        true => Err(Error::Unfit {
            what: path.display().to_string(),
            why: "it has more than 1 GiB",
            hint: "deliver a part of it",
        }),
        false => Ok(bytes),
    }
}

/// What was asked for and is not in the plan, each with its reason.
pub fn left_out(prepared: &Prepared) -> Vec<String> {
    let refused = prepared.outcome.refused.iter().map(ToString::to_string);
    refused.chain(prepared.contradicted.iter().cloned()).collect()
}

/// Whether the agent and the modules run on a system; says what stands in the way.
pub fn runs_on(system: &System, agent: &Path, prepared: &Prepared) -> Result<bool, Error> {
    let mut fine = true;
    let modules = prepared.outcome.plan.modules.iter().map(PathBuf::from);
    for path in std::iter::once(agent.to_owned()).chain(modules) {
        let binary = Binary::open(&path)?;
        let facts = Facts::of(&binary)?;
        for finding in diagnose(&binary, &facts, system) {
            note(&format!("{}: {finding}", path.display()));
            fine &= finding.code.severity() != Severity::Error;
        }
    }
    Ok(fine)
}

impl Payload {
    /// Puts everything together.
    pub fn collect(args: &BuildArgs, prepared: Prepared, agent: &Path) -> Result<Payload, Error> {
        let mut payload = Payload {
            anomaly: args.anomaly.clone(),
            release: args.release.clone(),
            prefix: texts::plain("--prefix", &args.prefix)?,
            ..Payload::default()
        };
        payload.identify(&args.executable(), args.target_exe.as_deref())?;
        payload.date(args, &prepared, agent)?;
        payload.libraries(&prepared, agent)?;
        for component in &prepared.header.components {
            let path =
                payload.add_unique("contracts", &component.file, component.contract.clone().into_bytes())?;
            payload.contracts.push(path);
        }
        for file in &args.evidence {
            payload.evidence_of(file, args.differences_agreed.as_deref())?;
        }
        let passed_by = prepared.passed_by.iter().map(|what| {
            format!("{what}; what calls it there keeps the legacy code, see `cmp-bridge explain`")
        });
        payload.notes.extend(passed_by);
        payload.plan(prepared, args)?;
        let scripts = [
            ("lib/start.sh".to_owned(), START, false),
            ("bin/route".to_owned(), ROUTE, true),
            ("lib/common.sh".to_owned(), COMMON, false),
            ("lib/checks.sh".to_owned(), CHECKS, false),
            ("install.sh".to_owned(), INSTALL, true),
            ("rollback.sh".to_owned(), ROLLBACK, true),
        ];
        for (path, text, executable) in scripts {
            payload.files.insert(path, Entry { bytes: text.as_bytes().to_vec(), executable });
        }
        let conf = texts::conf(&payload, args)?;
        payload.add("patch.conf", conf.into_bytes());
        payload.add("bridge.toml", texts::bridge_toml(&payload).into_bytes());
        payload.add("RELEASE-NOTE.md", texts::release_note(&payload, args).into_bytes());
        let sums = payload.files.iter().map(|(path, entry)| format!("{}  {path}\n", sha256(&entry.bytes)));
        let sums = sums.collect::<String>();
        payload.add("SHA256SUMS", sums.into_bytes());
        Ok(payload)
    }

    /// `FOLDER/NAME` of a delivery file, less its ending.
    pub fn stem(&self) -> String {
        format!("{}-{}-{}", self.program, self.anomaly, self.release)
    }

    /// Where it is installed on the target.
    pub fn installed(&self) -> String {
        format!("{}/{}/{}", self.prefix.trim_end_matches('/'), self.program, self.anomaly)
    }

    /// Where packages put it, for its own install.sh: nothing that runs depends on files that a package's tool replaces.
    pub fn folder(&self) -> String {
        self.installed() + "+package"
    }

    fn add(&mut self, path: &str, bytes: Vec<u8>) {
        self.files.insert(path.to_owned(), Entry { bytes, executable: false });
    }

    /// Adds a file of the user's, under its own name.
    fn add_unique(&mut self, folder: &str, name: &str, bytes: Vec<u8>) -> Result<String, Error> {
        let unfit = |why| Err(Error::Unfit { what: name.to_owned(), why, hint: "rename it" });
        let fits = |c: char| c.is_ascii_alphanumeric() || "._-+".contains(c);
        if !name.chars().all(fits)
            || name.starts_with(['.', '-'])
            || ["common.sh", "checks.sh", "start.sh"].contains(&name)
        {
            return unfit("in a patch, file names have letters, digits, `.`, `_`, `-` and `+` only");
        }
        let path = format!("{folder}/{name}");
        if self.files.contains_key(&path) {
            return unfit("another file has this name");
        }
        self.add(&path, bytes);
        Ok(path)
    }

    /// The program, and where its build-id stands in the file.
    fn identify(&mut self, executable: &Path, target: Option<&Path>) -> Result<(), Error> {
        let binary = open_executable(executable)?;
        let no_build_id = || Error::NoBuildId { path: binary.path().to_owned() };
        let id = binary.build_id().filter(|id| !id.is_empty()).ok_or_else(no_build_id)?;
        let length = u32::try_from(id.len()).map_err(|_| no_build_id())?;
        let mut note = [4u32, length, 3].map(u32::to_le_bytes).concat();
        note.extend(b"GNU\0");
        note.extend(id);
        let at = binary.data().windows(note.len()).position(|bytes| bytes == note).ok_or_else(no_build_id)?;
        self.build_id = hex(id);
        self.build_id_note = hex(&note);
        self.build_id_blocks = (at + note.len()).div_ceil(4096);
        let program = target.map_or_else(|| binary.file_name(), file_name);
        self.program = texts::name(&program).map_err(|_| Error::Unfit {
            what: program,
            why: "the name of the program must have letters, digits, `.`, `_` and `-` only",
            hint: "name a copy of it with --target-exe",
        })?;
        match self.program.as_str() {
            "route" => {
                let why = "bin/route is a script of the patch";
                Err(Error::Unfit {
                    what: self.program.clone(),
                    why,
                    hint: "name a copy of it with --target-exe",
                })
            }
            _ => Ok(()),
        }
    }

    /// `SOURCE_DATE_EPOCH`, or the date of the newest input.
    fn date(&mut self, args: &BuildArgs, prepared: &Prepared, agent: &Path) -> Result<(), Error> {
        if let Some(text) = std::env::var_os("SOURCE_DATE_EPOCH") {
            let number = text.to_str().and_then(|text| text.parse::<u32>().ok());
            let why = "it must be a number of seconds since 1970, of 32 bits as in a package";
            let hint = "set it to what `date +%s` prints, or unset it";
            let what = "SOURCE_DATE_EPOCH".to_owned();
            self.time = number.ok_or(Error::Unfit { what, why, hint })?.into();
            return Ok(());
        }
        let modules = prepared.outcome.plan.modules.iter().map(PathBuf::from);
        let inputs = [agent.to_owned(), args.exe.clone()].into_iter().chain(modules);
        let others = args.evidence.iter().chain(&args.contract).chain(&args.config).cloned();
        for path in inputs.chain(others) {
            let about = std::fs::metadata(&path).map_err(FileError::new(&path, "read"))?;
            let time = about.modified().map_err(FileError::new(&path, "read"))?;
            self.time = self.time.max(time.duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs()));
        }
        Ok(())
    }

    fn libraries(&mut self, prepared: &Prepared, agent: &Path) -> Result<(), Error> {
        self.add_unique("lib", "libcmp_bridge_agent.so", read(agent)?)?;
        for (module, (name, what)) in prepared.outcome.plan.modules.iter().zip(&prepared.modules) {
            let path = self.add_unique("lib", name, read(Path::new(module))?)?;
            self.modules.push(path);
            self.whats.push(format!("`{name}`: {}", what.trim_start_matches("@(#)")));
        }
        Ok(())
    }

    fn evidence_of(&mut self, file: &Path, agreed: Option<&str>) -> Result<(), Error> {
        let bytes = read(file)?;
        let name = file_name(file);
        let build_id = self.build_id.as_bytes();
        if !bytes.windows(build_id.len().max(1)).any(|part| part == build_id) {
            self.notes.push(format!(
                "{name} does not name the build-id of the program: it may speak of another build"
            ));
        }
        let verdict = evidence::verdict(&bytes);
        match &verdict {
            Some(verdict) if verdict.good => {}
            Some(verdict) if agreed.is_none() => {
                return Err(Error::Different { file: file.to_owned(), verdict: verdict.text.clone() });
            }
            Some(verdict) => self.notes.push(format!("{name}: {}", verdict.text)),
            None => self.notes.push(format!("{name} is no report of a replay: it was not looked into")),
        }
        let path = self.add_unique("evidence", &name, bytes)?;
        self.evidence.push((path, verdict.map(|verdict| verdict.text)));
        Ok(())
    }

    /// The plan without what only `run` needs, and the control page that sessions begin with.
    fn plan(&mut self, prepared: Prepared, args: &BuildArgs) -> Result<(), Error> {
        let mut plan = prepared.outcome.plan;
        (plan.safe_moment, plan.elaborate) = (None, None);
        // Beside the agent.
        for module in &mut plan.modules {
            *module = file_name(Path::new(module));
        }
        for routine in &mut plan.routines {
            let route = Route::from_byte(routine.route);
            if matches!(route, Route::Record | Route::Shadow) {
                return Err(Error::Observed { routine: routine.name.clone(), route: route.name() });
            }
            routine.allowed &= Route::Legacy.bit() | Route::Rust.bit();
            self.routines.push((routine.name.clone(), route));
        }
        if !self.routines.iter().any(|(_, route)| *route == Route::Rust) {
            return Err(Error::NothingPatched);
        }
        let bytes = plan.encode();
        self.id = format!("{} {} {} {}", self.program, args.anomaly, args.release, &sha256(&bytes)[..16]);
        self.add("plan", bytes);
        let page: Vec<_> = plan
            .routines
            .iter()
            .map(|routine| (routine.name.as_str(), Route::from_byte(routine.route), routine.allowed))
            .collect();
        let scratch = Scratch::new()?;
        let file = scratch.0.join("control");
        drop(ControlPage::create(&file, &page)?);
        self.add("control", read(&file)?);
        let names = self.routines.iter().map(|(name, _)| format!("{name}\n")).collect::<String>();
        self.add("routes", names.into_bytes());
        Ok(())
    }
}

/// A private folder, removed at the end.
pub struct Scratch(pub PathBuf);

impl Scratch {
    /// Makes one.
    pub fn new() -> Result<Scratch, Error> {
        use std::os::unix::fs::DirBuilderExt;
        let mut number = 0;
        loop {
            let path = std::env::temp_dir().join(format!("cmp-bridge-patch-{}-{number}", std::process::id()));
            match std::fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Scratch(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists && number < 1000 => {
                    number += 1
                }
                Err(source) => return Err(FileError::new(path, "made")(source).into()),
            }
        }
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
