//! The program under the agent: started, routed and drained as `cmp-bridge run` does it.

use crate::Args;
use crate::subject::Subject;
use cmp_bridge::control::{AgentState, ControlPage, Counts, Route};
use cmp_bridge::launch;
use cmp_bridge::plan::Plan;
use cmp_bridge::ring::Rings;
use cmp_bridge::session::Session;
use cmp_bridge_bench::error::Error;
use cmp_bridge_contract::model::Contract;
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::planner::{self, PlanRequest, RoutineRequest};

/// Bytes of a ring: the default of `cmp-bridge run`.
const RING_BYTES: usize = 32 << 20;
/// The routines that are hooked.
const ROUTINES: [&str; 2] = ["bench_weigh", "bench_turn"];

/// The hooked program.
pub struct Bridged {
    // Fields are dropped in this order: the program ends before its session goes.
    subject: Subject,
    page: ControlPage,
    rings: Rings,
    _session: Guard,
}

/// A session, removed at the end.
struct Guard(Session);

impl Drop for Guard {
    fn drop(&mut self) {
        self.0.remove();
    }
}

impl Bridged {
    /// Plans the hooks and starts the program with the agent in it.
    pub fn start(args: &Args) -> Result<Bridged, Error> {
        let host = args.folder.join("host");
        let plan = plan(args)?;
        let guard = Guard(Session::create()?);
        let session = &guard.0;
        session.write(&session.plan(), &plan.encode())?;
        let routines: Vec<_> =
            plan.routines.iter().map(|r| (r.name.as_str(), Route::Legacy, r.allowed)).collect();
        let page = ControlPage::create(&session.control(), &routines)?;
        let rings = Rings::create(&session.rings(), 4, RING_BYTES)?;
        let subject = Subject::start(&host, launch::command(&host, &[], &args.agent, session))?;
        let mut bridged = Bridged { subject, page, rings, _session: guard };
        bridged.subject.run("direct", 1)?;
        match bridged.page.state() {
            AgentState::Installed => Ok(bridged),
            other => Err(Error::Plan(format!("the agent says {other:?}"))),
        }
    }

    /// Makes calls of a hooked routine in a route; nanoseconds by call. An error if not every call took that route.
    pub fn run(
        &mut self,
        name: &'static str,
        case: &str,
        (routine, route): (&str, Route),
        calls: u64,
    ) -> Result<f64, Error> {
        let index =
            self.page.index_of(routine).ok_or_else(|| Error::Plan(format!("{routine} is not hooked")))?;
        self.page.set_route(index, route).map_err(|error| Error::Plan(error.to_string()))?;
        let before = self.page.counts(index);
        let time = self.subject.run(case, calls)?;
        let after = self.page.counts(index);
        self.rings.drain(&|_| true, &mut |_, _, _| Ok(())).map_err(Error::Rings)?;
        expect(name, route, calls, before, after)?;
        Ok(time)
    }

    /// Makes calls that no hook sees.
    pub fn run_direct(&mut self, case: &str, calls: u64) -> Result<f64, Error> {
        self.subject.run(case, calls)
    }
}

/// Whether every call was counted as what its route makes of it, and none as anything else.
fn expect(case: &'static str, route: Route, calls: u64, before: Counts, after: Counts) -> Result<(), Error> {
    let [recorded, shadowed, answered] = match route {
        Route::Legacy => [0, 0, 0],
        Route::Record => [calls, 0, 0],
        Route::Shadow => [calls, calls, 0],
        Route::Rust => [0, 0, calls],
    };
    let seen = [
        (recorded, after.recorded - before.recorded, "recorded"),
        (shadowed, after.shadowed - before.shadowed, "shadowed"),
        (answered, after.answered - before.answered, "answered by the candidate"),
        (0, after.dropped - before.dropped, "dropped"),
        (0, after.declined - before.declined, "declined"),
        (0, after.panicked - before.panicked, "panicked"),
    ];
    match seen.into_iter().find(|(expected, found, _)| expected != found) {
        None => Ok(()),
        Some((_, seen, what)) => Err(Error::Untrue { case, calls, seen, what }),
    }
}

fn plan(args: &Args) -> Result<Plan, Error> {
    let text = std::fs::read_to_string(&args.contract)
        .map_err(|source| Error::Program { program: args.contract.clone(), source })?;
    let contract = Contract::from_toml(&text, &args.contract.to_string_lossy())?;
    let executable = Binary::open(args.folder.join("host"))?;
    let request = |name| {
        let routine =
            contract.routine(name).ok_or_else(|| Error::Plan(format!("the contract lacks {name}")))?;
        Ok(RoutineRequest {
            contract: &contract,
            routine,
            route: Route::Legacy,
            module: Some(0),
            verified: true,
        })
    };
    let outcome = planner::plan(&PlanRequest {
        executable: &executable,
        libraries: &[],
        routines: ROUTINES.into_iter().map(request).collect::<Result<_, Error>>()?,
        modules: vec![args.module.to_string_lossy().into_owned()],
    });
    match outcome.refused.first() {
        Some(refusal) => Err(Error::Plan(refusal.to_string())),
        None => Ok(outcome.plan),
    }
}
