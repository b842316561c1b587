//! The recording that `learn` reasons from: extents that are not known are captured wide, and with each call all the data
//! of the program that the routine's code mentions.

use super::{Args, Error};
use crate::command::run;
use crate::command::run::live::{self, Finished};
use crate::command::run::prepare::{Prepared, Routes, Source, Verdict, compile, header, verify};
use crate::evidence::Book;
use cmp_bridge::control::Route;
use cmp_bridge::plan::{Address, Capture, Length, Plan};
use cmp_bridge_contract::areas::Bytes;
use cmp_bridge_inspect::binary::{Binary, Symbol};
use cmp_bridge_inspect::closure::{Closure, Follower};
use cmp_bridge_journal::Header;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Largest variable captured with each call, and most bytes of all of them together.
const MAX_VARIABLE: u64 = 16 << 10;
const MAX_DATA: u64 = 48 << 10;
/// Threads that can be recorded at once, and room for the calls of one.
const RINGS: usize = 8;
const RING_BYTES: usize = 32 << 20;
/// Captures that a routine may have: a plan holds no more.
const MAX_CAPTURES: usize = 255;

/// A variable of the program that may be state of a routine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Index of its image in the plan.
    pub image: u16,
    /// Its symbol.
    pub symbol: Symbol,
}

/// What is known of a routine beside its contract.
#[derive(Debug, Clone, Default)]
pub struct Background {
    /// What its code can reach.
    pub closure: Closure,
    /// The variables captured with its calls, behind the areas of its contract.
    pub variables: Vec<Variable>,
    /// Its code mentions data too large to capture, or without a symbol.
    pub incomplete: bool,
}

/// Plans the recording.
pub fn plan(
    args: &Args,
    executable: &Binary,
    libraries: &[Binary],
    sources: &[Source],
    journal: &Path,
) -> Result<(Prepared, Vec<Background>), Error> {
    let mut routes = Routes::new();
    for (s, source) in sources.iter().enumerate() {
        for (r, routine) in source.contract.routines.iter().enumerate() {
            if args.wants(&routine.name) {
                routes.insert((s, r), Route::Record);
            }
        }
    }
    let Verdict { contradicted, unverified, .. } = verify(sources, executable, libraries, &mut routes);
    let mut outcome = compile(executable, libraries, sources, &routes, &unverified, &[])?;
    if outcome.plan.routines.is_empty() {
        let refused = outcome.refused.iter().map(ToString::to_string).chain(contradicted).collect();
        return Err(run::Error::NothingHooked { refused }.into());
    }
    outcome.plan.most_calls = args.calls;
    let header = header(executable, sources, &outcome);
    let book = Book::read(&header)?;
    let backgrounds = backgrounds(&outcome.plan, executable, libraries);
    for ((routine, known), background) in outcome.plan.routines.iter_mut().zip(book.iter()).zip(&backgrounds)
    {
        for (capture, area) in routine.captures.iter_mut().zip(known.areas) {
            capture.written |= !matches!(capture.address, Address::Image(..));
            if let Bytes::Unknown { element } = area.bytes {
                capture.length = Length::Unknown { element: element.max(args.wide) };
            }
        }
        routine.captures.extend(background.variables.iter().map(capture));
    }
    let prepared = Prepared {
        outcome,
        header,
        journal: Some(journal.to_owned()),
        unscanned: BTreeMap::new(),
        passed_by: Vec::new(),
        contradicted,
        modules: Vec::new(),
    };
    Ok((prepared, backgrounds))
}

fn capture(variable: &Variable) -> Capture {
    Capture {
        address: Address::Image(variable.image, variable.symbol.address),
        length: Length::Fixed(variable.symbol.size),
        written: false,
        align: 1,
    }
}

/// What the code of each routine of a plan reaches.
pub fn backgrounds(plan: &Plan, executable: &Binary, libraries: &[Binary]) -> Vec<Background> {
    let binaries: Vec<Option<&Binary>> =
        (0..plan.images.len()).map(|image| binary_of(plan, image, executable, libraries)).collect();
    let mut followers: Vec<Option<Follower<'_>>> =
        binaries.iter().map(|binary| binary.map(Follower::new)).collect();
    let each = plan.routines.iter().map(|routine| {
        let image = usize::from(routine.patch.image);
        let (Some(Some(follower)), Some(Some(binary))) = (followers.get_mut(image), binaries.get(image))
        else {
            return Background { incomplete: true, ..Background::default() };
        };
        let closure = follower.follow(routine.patch.entry);
        let declared: Vec<u64> = routine
            .captures
            .iter()
            .filter_map(|capture| match capture.address {
                Address::Image(i, address) if usize::from(i) == image => Some(address),
                _ => None,
            })
            .collect();
        let room = MAX_CAPTURES.saturating_sub(routine.captures.len());
        variables(binary, routine.patch.image, closure, &declared, room)
    });
    each.collect()
}

/// The binary an image of a plan was made from.
pub fn binary_of<'b>(
    plan: &Plan,
    image: usize,
    executable: &'b Binary,
    libraries: &'b [Binary],
) -> Option<&'b Binary> {
    if image == 0 {
        return Some(executable);
    }
    let name = &plan.images.get(image)?.name;
    libraries.iter().find(|binary| binary.file_name() == *name)
}

fn variables(binary: &Binary, image: u16, closure: Closure, declared: &[u64], room: usize) -> Background {
    let mut background = Background { closure, ..Background::default() };
    let mut bytes = 0;
    for address in &background.closure.data {
        let Some(symbol) = binary.object_at(*address).filter(|symbol| symbol.size > 0) else {
            background.incomplete = true;
            continue;
        };
        let known = |variable: &Variable| variable.symbol.address == symbol.address;
        if declared.contains(&symbol.address) || background.variables.iter().any(known) {
            continue;
        }
        let fits = symbol.size <= MAX_VARIABLE
            && bytes + symbol.size <= MAX_DATA
            && background.variables.len() < room;
        if fits {
            bytes += symbol.size;
            background.variables.push(Variable { image, symbol: symbol.clone() });
        } else {
            background.incomplete = true;
        }
    }
    background
}

/// Runs the program.
pub fn run(args: &Args, prepared: &Prepared) -> Result<Finished, Error> {
    let agent = run::agent(args.agent.as_deref())?;
    let start = live::Start {
        executable: Path::new(&args.command[0]),
        arguments: &args.command[1..],
        agent: &agent,
        // As much room as a run has, for fewer threads: captures are wide.
        rings: RINGS,
        ring_bytes: RING_BYTES,
        quiet: true,
        fixed: true,
    };
    Ok(live::run(prepared, &start)?)
}

/// A plan for the routines of a journal that was recorded before.
pub fn plan_of(
    header: &Header,
    book: &Book,
    executable: &Binary,
    libraries: &[Binary],
) -> Result<Plan, Error> {
    use cmp_bridge_inspect::planner::{PlanRequest, RoutineRequest, plan};
    let found = executable.build_id().unwrap_or_default();
    if found != header.build_id {
        return Err(Error::BuildId { executable: executable.path().to_owned() });
    }
    let routines = book
        .iter()
        .map(|known| RoutineRequest {
            contract: known.contract,
            routine: known.routine,
            route: Route::Legacy,
            module: None,
            verified: true,
        })
        .collect();
    Ok(plan(&PlanRequest { executable, libraries, routines, modules: Vec::new() }).plan)
}

/// A folder of our own for a journal that nobody asked for, removed at the end.
pub struct Scratch(PathBuf);

impl Scratch {
    /// Makes it.
    pub fn new() -> Result<Scratch, Error> {
        use std::os::unix::fs::DirBuilderExt;
        for attempt in 0u32..1000 {
            let path =
                std::env::temp_dir().join(format!("cmp-bridge-learn-{}-{attempt}", std::process::id()));
            match std::fs::DirBuilder::new().mode(0o700).create(&path) {
                Ok(()) => return Ok(Scratch(path)),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(crate::error::FileError::new(path, "created")(error).into()),
            }
        }
        Err(Error::Scratch)
    }

    /// The journal in it.
    pub fn journal(&self) -> PathBuf {
        self.0.join("journal")
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
