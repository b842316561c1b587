//! Everything that is settled before the program starts: files read, modules matched, the plan compiled.

use super::tell::{NAMES, listed};
use super::{Args, Error};
use crate::config::{Config, RouteLine};
use crate::error::read_text;
use crate::names::{matches, nearest};
use cmp_bridge::control::Route;
use cmp_bridge::loader::LoadedModule;
use cmp_bridge_contract::hash::routine_hash;
use cmp_bridge_contract::model::{Contract, Routine};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::check::check;
use cmp_bridge_inspect::finding::{Code, Finding, Severity};
use cmp_bridge_inspect::libraries::find_libraries;
use cmp_bridge_inspect::planner::{PlanOutcome, PlanRequest, RoutineRequest, plan};
use cmp_bridge_inspect::scan::{self, ScanOptions};
use cmp_bridge_journal::{Component, Header, RoutineHead};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A contract in use.
pub struct Source {
    /// Its file name, or that of the one a scan would write.
    pub file: PathBuf,
    /// Its text.
    pub text: String,
    /// What the text says.
    pub contract: Contract,
}

/// Routines without a plan, before anything is planned: names by reason.
pub type Unscanned = BTreeMap<String, Vec<String>>;

/// A run, ready to start.
pub struct Prepared {
    /// The plan, and what is not in it.
    pub outcome: PlanOutcome,
    /// What the journal says of itself.
    pub header: Header,
    /// Where the calls go.
    pub journal: Option<PathBuf>,
    /// Routines that `--record` matched and no contract can be made of.
    pub unscanned: Unscanned,
    /// Routines whose contracts say something else than the binary, and what.
    pub contradicted: Vec<String>,
    /// Routines of which calls pass the entry by, and where.
    pub passed_by: Vec<String>,
    /// File names and identifications of the modules.
    pub modules: Vec<(String, String)>,
}

impl Prepared {
    /// MiB a ring should have: little where no call is fetched before an operator switches a route.
    pub fn ring_mib(&self) -> usize {
        let fetched = |route: u8| matches!(Route::from_byte(route), Route::Record | Route::Shadow);
        let busy =
            self.journal.is_some() || self.outcome.plan.routines.iter().any(|routine| fetched(routine.route));
        if busy { 8 } else { 1 }
    }
}

/// Settles everything.
pub fn prepare(args: &Args) -> Result<Prepared, Error> {
    let config = args.config.as_deref().map(Config::read).transpose()?.unwrap_or_default();
    settle(config, args)
}

/// Settles everything by this configuration.
pub fn settle(config: Config, args: &Args) -> Result<Prepared, Error> {
    let executable = open_executable(args.executable())?;
    let library_path = std::env::var_os("LD_LIBRARY_PATH");
    let libraries = find_libraries(&executable, library_path.as_deref()).found;
    let mut sources =
        config.contracts.iter().map(|file| read_contract(file)).collect::<Result<Vec<_>, _>>()?;
    for source in &sources {
        require_build(source, &executable, &libraries)?;
    }
    let mut routes = routes(&config, &sources)?;
    let given = sources.len();
    let Recorded { unscanned, notes } = record(args, &executable, &libraries, &mut sources, &mut routes)?;
    let Verdict { contradicted, passed_by, unverified } =
        verify(&sources[..given], &executable, &libraries, &mut routes);
    let modules =
        config.modules.iter().map(|file| LoadedModule::open(file)).collect::<Result<Vec<_>, _>>()?;
    let outcome = compile(&executable, &libraries, &sources, &routes, &unverified, &modules)?;
    if outcome.plan.routines.is_empty() {
        let most = if args.explain { usize::MAX } else { NAMES };
        let unscanned = unscanned.iter().map(|(why, names)| format!("{}: {why}", listed(names, most)));
        let refused = outcome.refused.iter().map(ToString::to_string).chain(contradicted).chain(unscanned);
        return Err(Error::NothingHooked { refused: reasons(refused.chain(notes).collect()) });
    }
    let journal = args.journal.clone().or(config.journal);
    let records = |route: u8| Route::from_byte(route) == Route::Record;
    if journal.is_none() && outcome.plan.routines.iter().any(|routine| records(routine.route)) {
        return Err(Error::NoJournal);
    }
    let header = header(&executable, &sources, &outcome);
    let what = |module: &LoadedModule| (file_name(module.path()), module.what().to_owned());
    Ok(Prepared {
        outcome,
        header,
        journal,
        unscanned,
        contradicted,
        passed_by,
        modules: modules.iter().map(what).collect(),
    })
}

/// Why nothing is hooked, which is never nothing.
fn reasons(mut refused: Vec<String>) -> Vec<String> {
    if refused.is_empty() {
        refused.push("no line of [routes] and no --record asks for one".to_owned());
    }
    refused
}

/// The file name of a path, as text.
pub fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The file the system would run for that name, if it is one that the agent can enter.
pub fn open_executable(name: &Path) -> Result<Binary, Error> {
    let path = find_executable(name)?;
    let binary = Binary::open(&path)?;
    let unsuitable =
        |why: String, hint: &'static str| Err(Error::Executable { path: path.clone(), why, hint });
    if !binary.is_executable() {
        return unsuitable(
            "is a shared library, expected an executable".to_owned(),
            "name the program that loads it",
        );
    }
    if let Some(how) = binary.static_linking() {
        let hint = "link it against the shared libc; nothing can be preloaded into a static executable";
        return unsuitable(format!("is {how}"), hint);
    }
    if binary.privileges().any() {
        let why = "is setuid, setgid or has file capabilities: the loader ignores LD_PRELOAD".to_owned();
        return unsuitable(why, "run a copy without these privileges");
    }
    Ok(binary)
}

/// Looks where `execvp` looks.
fn find_executable(name: &Path) -> Result<PathBuf, Error> {
    if name.as_os_str().as_encoded_bytes().contains(&b'/') {
        return Ok(name.to_owned());
    }
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file());
    found.ok_or_else(|| Error::NotFound { name: name.to_owned() })
}

pub fn read_contract(file: &Path) -> Result<Source, Error> {
    let text = read_text(file)?;
    let contract = Contract::from_toml(&text, &file.display().to_string());
    let contract = contract.map_err(|source| Error::Contract { file: file.to_owned(), source })?;
    Ok(Source { file: file.to_owned(), text, contract })
}

/// A contract that is pinned to a build is refused for any other.
pub fn require_build(source: &Source, executable: &Binary, libraries: &[Binary]) -> Result<(), Error> {
    let component = &source.contract.component;
    let Some(pinned) = &component.build_id else { return Ok(()) };
    let named = |binary: &&Binary| component.binary.as_deref() == Some(binary.file_name().as_str());
    let binary = libraries.iter().find(named).unwrap_or(executable);
    let found = binary.build_id_hex();
    if found.as_ref() == Some(pinned) {
        return Ok(());
    }
    Err(Error::BuildId {
        contract: source.file.clone(),
        pinned: pinned.clone(),
        binary: binary.path().to_owned(),
        found: found.unwrap_or_else(|| "none".to_owned()),
    })
}

/// Which routine of which contract has which route. A routine that no line speaks of is not hooked.
pub type Routes = BTreeMap<(usize, usize), Route>;

fn routes(config: &Config, sources: &[Source]) -> Result<Routes, Error> {
    let mut routes = Routes::new();
    for line in &config.routes {
        let mut found = false;
        for (s, source) in sources.iter().enumerate() {
            for (r, routine) in source.contract.routines.iter().enumerate() {
                if matches(&line.pattern, &routine.name) {
                    routes.insert((s, r), line.route);
                    found = true;
                }
            }
        }
        if !found {
            return Err(unknown_routine(config, line, sources));
        }
    }
    Ok(routes)
}

fn unknown_routine(config: &Config, line: &RouteLine, sources: &[Source]) -> Error {
    let names = || sources.iter().flat_map(|s| &s.contract.routines).map(|r| r.name.as_str());
    let hint = match nearest(&line.pattern, names()) {
        Some(name) => format!("did you mean `{name}`?"),
        None if sources.is_empty() => "name its contract under `contracts`".to_owned(),
        None => format!("the contracts have {}", names().take(30).collect::<Vec<_>>().join(", ")),
    };
    let (file, place) = (config.file.clone(), line.place);
    Error::UnknownRoutine {
        file,
        line: place.line,
        column: place.column,
        pattern: line.pattern.clone(),
        hint,
    }
}

/// What the debug information says of the contracts in use.
#[derive(Default)]
pub struct Verdict {
    /// Routines whose contracts say something else, and what.
    pub contradicted: Vec<String>,
    /// Routines with copies that were inlined, and where.
    pub passed_by: Vec<String>,
    /// Routines whose signature it does not speak of.
    pub unverified: BTreeSet<(usize, usize)>,
}

/// Takes away the routines whose contracts the debug information contradicts: their bytes would be misread, or a candidate
/// called with the wrong ones. Symbols, state and builds are judged elsewhere.
pub fn verify(sources: &[Source], executable: &Binary, libraries: &[Binary], routes: &mut Routes) -> Verdict {
    let mut verdict = Verdict::default();
    for (s, source) in sources.iter().enumerate() {
        let defines = |binary: &&Binary| {
            source
                .contract
                .routines
                .iter()
                .any(|routine| binary.symbols_named(&routine.symbol).next().is_some())
        };
        let binary = std::iter::once(executable).chain(libraries).find(defines);
        let findings = binary.map(|binary| check(&source.contract, binary)).unwrap_or_default();
        let matter = |f: &&Finding| contradicts(f) || leaves_unverified(f.code) || f.code == Code::Inlined;
        for finding in findings.iter().filter(matter) {
            let routines = source.contract.routines.iter().enumerate();
            for (r, routine) in routines.filter(|(_, routine)| concerns(finding, &source.contract, routine)) {
                if leaves_unverified(finding.code) {
                    verdict.unverified.insert((s, r));
                }
                if finding.code == Code::Inlined && routes.contains_key(&(s, r)) {
                    let name = &routine.name;
                    verdict.passed_by.push(format!("{}: `{name}`: {}", finding.code.text(), finding.found));
                }
                if contradicts(finding) && routes.remove(&(s, r)).is_some() {
                    verdict.contradicted.push(format!(
                        "{}: `{}`: {} ({}: expected {}, found {}); see `cmp-bridge check`",
                        finding.code.text(),
                        routine.name,
                        finding.code.title(),
                        finding.declared,
                        finding.expected,
                        finding.found
                    ));
                }
            }
        }
    }
    verdict
}

/// Whether a finding is about a routine: about itself, about a type it uses (of ten routines that use a type, only the first
/// is named), or about all.
fn concerns(finding: &Finding, contract: &Contract, routine: &Routine) -> bool {
    let Some(name) = finding.declared.strip_prefix("type.").and_then(|rest| rest.split('.').next()) else {
        return finding.routine.as_deref().is_none_or(|name| name == routine.name);
    };
    // The hash reaches every type that a call leads to: it changes exactly if this one is among them.
    let mut without = contract.clone();
    without.types.retain(|def| def.name != name);
    routine_hash(&without, routine) != routine_hash(contract, routine)
}

/// Whether a finding means that the signature was not compared.
fn leaves_unverified(code: Code) -> bool {
    matches!(
        code,
        Code::NoDebugInformation
            | Code::NotDescribable
            | Code::Language
            | Code::SymbolMissing
            | Code::NotAFunction
    )
}

/// Whether a finding says that bytes would be passed or read otherwise than the routine does.
fn contradicts(finding: &Finding) -> bool {
    let of_bytes = [
        Code::Varargs,
        Code::ParameterCount,
        Code::ParameterType,
        Code::Passing,
        Code::HiddenLength,
        Code::Extent,
        Code::Returns,
        Code::TypeSize,
        Code::TypeKind,
        Code::FieldOffset,
        Code::FieldType,
        Code::FieldMissing,
    ];
    finding.severity() == Severity::Error && of_bytes.contains(&finding.code)
}

/// What `--record` did not find a contract for.
#[derive(Default)]
struct Recorded {
    unscanned: Unscanned,
    /// What the scans had to say of the debug information.
    notes: Vec<String>,
}

/// Adds what `--record` asks for: routines of the contracts, and of contracts scanned for the purpose.
fn record(
    args: &Args,
    executable: &Binary,
    libraries: &[Binary],
    sources: &mut Vec<Source>,
    routes: &mut Routes,
) -> Result<Recorded, Error> {
    let Recorded { mut unscanned, mut notes } = Recorded::default();
    if args.record.is_empty() {
        return Ok(Recorded { unscanned, notes });
    }
    let given = sources.len();
    let mut found = vec![false; args.record.len()];
    let options = ScanOptions { patterns: args.record.clone(), ..ScanOptions::default() };
    for binary in std::iter::once(executable).chain(libraries) {
        // A library without debug information has nothing to record; the program itself must have some.
        let report = match scan::scan(binary, &options) {
            Ok(report) => report,
            Err(_) if !std::ptr::eq(binary, executable) => continue,
            Err(error) => return Err(error.into()),
        };
        notes.extend(report.notes.iter().map(|note| format!("{}: {note}", binary.path().display())));
        for refusal in &report.refused {
            let mut why = refusal.reason.text().to_owned();
            if !refusal.detail.is_empty() {
                why += &format!(" ({})", refusal.detail);
            }
            unscanned.entry(why).or_default().push(refusal.name.clone());
        }
        for mut contract in report.contracts {
            let stands = |routine: &Routine| {
                sources[..given].iter().flat_map(|s| &s.contract.routines).any(|r| r.symbol == routine.symbol)
            };
            contract.routines.retain(|routine| !stands(routine));
            let file = PathBuf::from(format!("{}.toml", contract.component.name));
            sources.push(Source { file, text: contract.to_toml(), contract });
        }
    }
    for (s, source) in sources.iter().enumerate() {
        for (r, routine) in source.contract.routines.iter().enumerate() {
            let asked =
                |pattern: &String| matches(pattern, &routine.name) || matches(pattern, &routine.symbol);
            let hits: Vec<usize> = (0..found.len()).filter(|i| asked(&args.record[*i])).collect();
            hits.iter().for_each(|i| found[*i] = true);
            // A line of bridge.toml says more than a pattern.
            if s >= given || !hits.is_empty() {
                routes.entry((s, r)).or_insert(Route::Record);
            }
        }
    }
    for (pattern, found) in args.record.iter().zip(found) {
        let refused = || unscanned.values().flatten().any(|name| matches(pattern, name));
        if !found && !refused() {
            return Err(nothing_to_record(pattern, executable));
        }
    }
    Ok(Recorded { unscanned, notes })
}

fn nothing_to_record(pattern: &str, executable: &Binary) -> Error {
    let names =
        executable.symbols().iter().filter(|symbol| symbol.is_function()).map(|symbol| symbol.name.as_str());
    let hint = match nearest(pattern, names) {
        Some(name) => format!("did you mean `{name}`?"),
        None => format!("`cmp-bridge scan {}` lists the routines it has", executable.path().display()),
    };
    Error::NothingToRecord { pattern: pattern.to_owned(), executable: executable.path().to_owned(), hint }
}

pub fn compile(
    executable: &Binary,
    libraries: &[Binary],
    sources: &[Source],
    routes: &Routes,
    unverified: &BTreeSet<(usize, usize)>,
    modules: &[LoadedModule],
) -> Result<PlanOutcome, Error> {
    let mut routines = Vec::new();
    for ((s, r), route) in routes {
        let contract = &sources[*s].contract;
        let routine = &contract.routines[*r];
        let module = module_of(&sources[*s], routine, modules)?;
        let verified = !unverified.contains(&(*s, *r));
        routines.push(RoutineRequest { contract, routine, route: *route, module, verified });
    }
    let absolute = |module: &LoadedModule| {
        std::path::absolute(module.path()).unwrap_or_else(|_| module.path().to_owned()).display().to_string()
    };
    let modules = modules.iter().map(absolute).collect();
    Ok(plan(&PlanRequest { executable, libraries, routines, modules }))
}

/// The module that holds a routine's candidate. One that was built for another contract is refused.
fn module_of(source: &Source, routine: &Routine, modules: &[LoadedModule]) -> Result<Option<u16>, Error> {
    let hash = routine_hash(&source.contract, routine);
    for (index, module) in modules.iter().enumerate() {
        match module.candidate(&routine.name) {
            Some(candidate) if candidate.contract_hash == hash => return Ok(u16::try_from(index).ok()),
            Some(candidate) => {
                return Err(Error::OtherContract {
                    module: module.path().to_owned(),
                    routine: routine.name.clone(),
                    contract: source.file.clone(),
                    expected: hash,
                    found: candidate.contract_hash,
                });
            }
            None => {}
        }
    }
    Ok(None)
}

pub fn header(executable: &Binary, sources: &[Source], outcome: &PlanOutcome) -> Header {
    let component =
        |source: &Source| Component { file: file_name(&source.file), contract: source.text.clone() };
    let head = |planned: &cmp_bridge::plan::Routine| {
        let stands = |source: &Source| {
            let routine = source.contract.routine(&planned.name);
            routine.is_some_and(|routine| routine_hash(&source.contract, routine) == planned.contract_hash)
        };
        let component = sources.iter().position(stands).unwrap_or(0) as u32;
        RoutineHead { name: planned.name.clone(), component, contract_hash: planned.contract_hash }
    };
    Header {
        target: "x86_64-linux-gnu".to_owned(),
        executable: executable.file_name(),
        build_id: executable.build_id().unwrap_or_default().to_vec(),
        components: sources.iter().map(component).collect(),
        routines: outcome.plan.routines.iter().map(head).collect(),
    }
}
