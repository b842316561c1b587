//! Contracts + binaries + what the user asked for -> the plan of the agent.
//!
//! What cannot be hooked safely is left out of the plan and returned as [`Refusal`], so that the program never starts with
//! a surprise in it.

use std::collections::{HashMap, HashSet};

use cmp_bridge::control::Route;
use cmp_bridge::plan::{Address, Image, Patch, Plan, Routine, Vector};
use cmp_bridge_contract::abi::AbiError;
use cmp_bridge_contract::hash::routine_hash;
use cmp_bridge_contract::model::{self, Contract};
use cmp_bridge_contract::readiness::{self, Missing, Purpose};

use crate::binary::{Binary, Symbol};
use crate::captures;
use crate::code::CodeMap;
use crate::hazard::{self, Caution, Hazard, Hookable, Refusal, hookable};
use crate::prologue::Relocated;
use crate::storage;

/// What to plan.
#[derive(Debug)]
pub struct PlanRequest<'a> {
    /// The executable.
    pub executable: &'a Binary,
    /// Its component libraries, in the loader's order (see [`crate::libraries::find_libraries`]).
    pub libraries: &'a [Binary],
    /// The routines to hook.
    pub routines: Vec<RoutineRequest<'a>>,
    /// Paths of the modules.
    pub modules: Vec<String>,
}

/// A routine to hook.
#[derive(Debug, Clone, Copy)]
pub struct RoutineRequest<'a> {
    /// The contract it stands in.
    pub contract: &'a Contract,
    /// The routine.
    pub routine: &'a model::Routine,
    /// Its route at start.
    pub route: Route,
    /// Index of the module that holds its candidate.
    pub module: Option<u16>,
    /// Debug information confirms the signature of the contract.
    pub verified: bool,
}

/// A plan, and what is not in it.
#[derive(Debug)]
pub struct PlanOutcome {
    /// The plan.
    pub plan: Plan,
    /// Routines that are not hooked.
    pub refused: Vec<Refusal>,
    /// What to know about those that are: the routine's name, and the caution.
    pub cautions: Vec<(String, Caution)>,
    /// Routes that are not open to a hooked routine.
    pub withheld: Vec<Withheld>,
    /// Why the plan has no safe moment: no routine can be called from outside.
    pub no_safe_moment: Option<Refusal>,
}

/// A route that is not open to a hooked routine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Withheld {
    /// Name of the routine.
    pub routine: String,
    /// The route.
    pub route: Route,
    /// The reason.
    pub why: Closed,
}

/// Why a route is not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Closed {
    /// No module holds a candidate of the routine.
    NoModule,
    /// The contract does not say enough.
    Incomplete(Vec<Missing>),
}

impl std::fmt::Display for Closed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Closed::NoModule => write!(out, "no module with a candidate of it is configured"),
            Closed::Incomplete(missing) => {
                write!(out, "its contract is incomplete")?;
                for fact in missing {
                    write!(out, "; {}: {}", fact.path, fact.message)?;
                }
                Ok(())
            }
        }
    }
}

/// Bytes above the stack arguments of the contract that are passed on as well where nothing confirms its signature: room
/// for arguments that the contract does not know.
const SLACK: u32 = 128;

/// Routines a plan holds.
const MAX_ROUTINES: usize = u16::MAX as usize;

/// Compiles the plan of a worker: routines are called at the safe moment, and nothing is hooked. So routines that cannot be
/// hooked may be in it, and several of one entry.
pub fn plan_calls(request: &PlanRequest) -> PlanOutcome {
    let mut planner = Planner::new(request);
    planner.calls_only = true;
    compile(planner, request)
}

/// Compiles a plan.
pub fn plan(request: &PlanRequest) -> PlanOutcome {
    compile(Planner::new(request), request)
}

fn compile(mut planner: Planner, request: &PlanRequest) -> PlanOutcome {
    let safe_moment = planner.safe_moment();
    let mut outcome = PlanOutcome {
        plan: Plan { modules: request.modules.clone(), ..Plan::default() },
        refused: Vec::new(),
        cautions: Vec::new(),
        withheld: Vec::new(),
        no_safe_moment: None,
    };
    match safe_moment {
        Ok((symbol, patch)) => {
            let ada = symbol.starts_with("_ada_");
            planner.taken.insert((0, patch.entry), Taken::SafeMoment(symbol));
            outcome.plan.safe_moment = Some(patch);
            if !ada {
                outcome.plan.elaborate = planner.elaboration();
            }
        }
        Err(refusal) => outcome.no_safe_moment = Some(refusal),
    }
    for wanted in &request.routines {
        if outcome.plan.routines.len() >= MAX_ROUTINES {
            let hazard = Hazard::TooLarge { what: "the number of routines", limit: MAX_ROUTINES as u64 };
            outcome.refused.push(Refusal { routine: wanted.routine.name.clone(), hazard });
            continue;
        }
        match planner.routine(wanted, &mut outcome) {
            Ok(routine) => outcome.plan.routines.push(routine),
            Err(hazard) => {
                outcome.refused.push(Refusal { routine: wanted.routine.name.clone(), hazard });
            }
        }
    }
    outcome.plan.images = planner.images();
    outcome
}

/// Who has an entry already.
enum Taken {
    SafeMoment(String),
    Routine(String),
}

struct Planner<'a> {
    /// Nothing will be hooked but the safe moment.
    calls_only: bool,
    binaries: Vec<&'a Binary>,
    /// The code of each binary, once it is needed.
    code: Vec<Option<CodeMap>>,
    /// Position in the plan's images of each binary that has one.
    numbers: Vec<Option<u16>>,
    /// The binaries in the plan's images.
    listed: Vec<usize>,
    /// Hooked entries, by binary and address.
    taken: HashMap<(usize, u64), Taken>,
    /// Names of hooked routines.
    names: HashSet<String>,
}

impl<'a> Planner<'a> {
    fn new(request: &PlanRequest<'a>) -> Planner<'a> {
        let binaries: Vec<&Binary> = std::iter::once(request.executable).chain(request.libraries).collect();
        let code = binaries.iter().map(|_| None).collect();
        let mut numbers = vec![None; binaries.len()];
        numbers[0] = Some(0);
        Planner {
            calls_only: false,
            binaries,
            code,
            numbers,
            listed: vec![0],
            taken: HashMap::new(),
            names: HashSet::new(),
        }
    }

    fn code(&mut self, binary: usize) -> &CodeMap {
        self.code[binary].get_or_insert_with(|| CodeMap::sweep(self.binaries[binary]))
    }

    fn hookable(&mut self, binary: usize, symbol: &str, file: Option<&str>) -> Result<Hookable, Hazard> {
        let image = self.binaries[binary];
        if self.calls_only {
            return hazard::callable(image, symbol, file);
        }
        hookable(image, self.code(binary), symbol, file)
    }

    /// The number of an image in the plan.
    fn number(&mut self, binary: usize) -> Result<u16, Hazard> {
        if let Some(number) = self.numbers[binary] {
            return Ok(number);
        }
        let number = u16::try_from(self.listed.len())
            .map_err(|_| Hazard::TooLarge { what: "the number of images", limit: u64::from(u16::MAX) })?;
        self.numbers[binary] = Some(number);
        self.listed.push(binary);
        Ok(number)
    }

    fn images(&self) -> Vec<Image> {
        let image = |&index: &usize| {
            let binary = self.binaries[index];
            Image {
                name: if index == 0 { String::new() } else { binary.file_name() },
                build_id: binary.build_id().map(<[u8]>::to_vec).unwrap_or_default(),
                span: binary.span(),
                vector: self.code[index].as_ref().map_or(Vector::Xmm, CodeMap::vector),
            }
        };
        self.listed.iter().map(image).collect()
    }

    /// The entry at which elaboration is over: of `MAIN__` (Fortran) or `_ada_<main>` if `main` calls one, else of `main`.
    fn safe_moment(&mut self) -> Result<(String, Patch), Refusal> {
        let executable = self.binaries[0];
        let mut chosen = "main".to_string();
        if let Some(main) = executable.symbol("main").and_then(|s| executable.function_at(s.address)) {
            let main = main.address..main.address.saturating_add(main.size);
            let code = self.code(0);
            let called = |s: &&Symbol| {
                let entry = s.address..s.address.saturating_add(1);
                code.branches_into(entry).iter().any(|b| main.contains(&b.source))
            };
            let second = |s: &&Symbol| s.is_function() && (s.name == "MAIN__" || s.name.starts_with("_ada_"));
            if let Some(symbol) = executable.symbols().iter().filter(second).find(called) {
                chosen.clone_from(&symbol.name);
            }
        }
        match self.hookable(0, &chosen, None) {
            Ok(hook) => Ok((chosen, patch(0, hook))),
            Err(hazard) => Err(Refusal { routine: chosen, hazard }),
        }
    }

    /// The entry that elaborates Ada packages for a main program in another language.
    fn elaboration(&mut self) -> Option<(u16, u64)> {
        let found =
            |binary: &&Binary| binary.symbol("adainit").filter(|s| s.is_function()).map(|s| s.address);
        let (index, address) =
            self.binaries.iter().enumerate().find_map(|(index, binary)| Some((index, found(binary)?)))?;
        Some((self.number(index).ok()?, address))
    }

    fn routine(&mut self, wanted: &RoutineRequest, outcome: &mut PlanOutcome) -> Result<Routine, Hazard> {
        let RoutineRequest { contract, routine, route, module, verified } = *wanted;
        if self.names.contains(&routine.name) {
            return Err(Hazard::SharedName { symbol: routine.symbol.clone() });
        }
        let binary = self.image_of(contract, &routine.symbol)?;
        let file = routine.at.as_deref().map(|at| at.rsplit_once(':').map_or(at, |(file, _)| file));
        let hook = self.hookable(binary, &routine.symbol, file)?;
        self.check_free(binary, hook.entry)?;
        let (allowed, withheld) = open_routes(wanted);
        if let Some(closed) = withheld.iter().find(|w| w.route == route) {
            return Err(Hazard::Route { route: route.name(), why: closed.why.clone() });
        }
        let mut locate = |i: usize| self.locate_state(wanted, i, binary);
        let signature = captures::lower(contract, routine, &mut locate)?;
        let image = self.number(binary)?;
        self.taken.insert((binary, hook.entry), Taken::Routine(routine.name.clone()));
        self.names.insert(routine.name.clone());
        outcome.withheld.extend(withheld);
        outcome.cautions.extend(hook.cautions.iter().map(|c| (routine.name.clone(), c.clone())));
        Ok(Routine {
            name: routine.name.clone(),
            patch: patch(image, hook),
            stack_bytes: signature.stack_bytes,
            slack: if verified { 0 } else { SLACK },
            returns: signature.returns,
            captures: signature.captures,
            contract_hash: routine_hash(contract, routine),
            route: route as u8,
            allowed,
            module,
        })
    }

    /// The address of entry `i` of the routine's state.
    fn locate_state(&mut self, wanted: &RoutineRequest, i: usize, user: usize) -> Result<Address, Hazard> {
        let name = wanted.routine.state.get(i).map(|s| s.area.clone()).unwrap_or_default();
        let undefined = || Hazard::Signature(AbiError::UndefinedState(name.clone()));
        let area = wanted.contract.state_area(&name).ok_or_else(undefined)?;
        let found = storage::locate(&self.binaries, user, area);
        let (binary, address) = found.map_err(|why| Hazard::State { area: name, why })?;
        Ok(Address::Image(self.number(binary)?, address))
    }

    fn check_free(&self, binary: usize, entry: u64) -> Result<(), Hazard> {
        match self.taken.get(&(binary, entry)) {
            None => Ok(()),
            Some(Taken::Routine(_)) if self.calls_only => Ok(()),
            Some(Taken::SafeMoment(symbol)) => Err(Hazard::SafeMoment { symbol: symbol.clone() }),
            Some(Taken::Routine(other)) => Err(Hazard::SharedEntry { other: other.clone() }),
        }
    }

    /// The image that defines a routine: the one its contract names, else the first in the loader's order.
    fn image_of(&self, contract: &Contract, symbol: &str) -> Result<usize, Hazard> {
        let defines = |binary: &&Binary| binary.symbols_named(symbol).next().is_some();
        let named = contract.component.binary.as_deref();
        let by_name = self.binaries.iter().position(|b| named == Some(b.file_name().as_str()) && defines(b));
        if let Some(found) = by_name.or_else(|| self.binaries.iter().position(defines)) {
            return Ok(found);
        }
        // With one image, its own message is the most helpful one.
        if self.binaries.len() == 1 {
            return Ok(0);
        }
        let images: Vec<String> = self.binaries.iter().map(|b| b.file_name()).collect();
        Err(Hazard::NowhereDefined { symbol: symbol.to_string(), images: images.join(", ") })
    }
}

/// The routes open to a routine as a bit set, and those that are not, with the reason.
fn open_routes(wanted: &RoutineRequest) -> (u8, Vec<Withheld>) {
    let mut allowed = 0;
    let mut withheld = Vec::new();
    for route in Route::ALL {
        let purpose = match route {
            Route::Legacy | Route::Record => None,
            Route::Shadow => Some(Purpose::Shadow),
            Route::Rust => Some(Purpose::Rust),
        };
        match purpose.and_then(|purpose| closed(wanted, purpose)) {
            None => allowed |= route.bit(),
            Some(why) => withheld.push(Withheld { routine: wanted.routine.name.clone(), route, why }),
        }
    }
    (allowed, withheld)
}

fn closed(wanted: &RoutineRequest, purpose: Purpose) -> Option<Closed> {
    if wanted.module.is_none() {
        return Some(Closed::NoModule);
    }
    let missing = readiness::missing(wanted.contract, wanted.routine, purpose);
    (!missing.is_empty()).then_some(Closed::Incomplete(missing))
}

fn patch(image: u16, hook: Hookable) -> Patch {
    let Hookable { entry, original, relocated, .. } = hook;
    let Relocated { code, fixups, rows, .. } = relocated;
    Patch { image, entry, original, code, fixups, rows }
}
