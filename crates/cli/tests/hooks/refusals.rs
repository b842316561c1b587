//! What the agent cannot use it refuses, and says why: the program runs exactly as without us.

use crate::support::{Case, Done, agent, start};
use cmp_bridge::control::{AgentState, ControlPage, Route};
use cmp_bridge::launch;
use cmp_bridge::plan::Plan;
use cmp_bridge::ring::Rings;
use cmp_bridge::session::Session;
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::planner::{PlanRequest, RoutineRequest, plan};
use cmp_bridge_inspect::scan::{ScanOptions, scan};
use std::ffi::CString;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::Duration;

/// A session made by hand, removed at the end.
struct Rig {
    session: Session,
    plan: Plan,
    page: ControlPage,
    _rings: Rings,
}

impl Drop for Rig {
    fn drop(&mut self) {
        self.session.remove();
    }
}

impl Rig {
    fn new(case: &Case, program: &str, change: impl FnOnce(&mut Plan)) -> Rig {
        let executable = Binary::open(case.path(program)).expect("an executable");
        let contracts = scan(&executable, &ScanOptions::default()).expect("a scan").contracts;
        let requests = contracts.iter().flat_map(|contract| {
            let request = move |routine| {
                let (route, module) = (Route::Record, None);
                RoutineRequest { contract, routine, route, module, verified: true }
            };
            contract.routines.iter().map(request)
        });
        let request = PlanRequest {
            executable: &executable,
            libraries: &[],
            routines: requests.collect(),
            modules: Vec::new(),
        };
        let mut plan = plan(&request).plan;
        assert!(!plan.routines.is_empty());
        change(&mut plan);
        let session = Session::create().expect("a session");
        session.write(&session.plan(), &plan.encode()).expect("a plan");
        let routines: Vec<_> =
            plan.routines.iter().map(|r| (r.name.as_str(), Route::from_byte(r.route), r.allowed)).collect();
        let page = ControlPage::create(&session.control(), &routines).expect("a control page");
        let rings = Rings::create(&session.rings(), 4, 1 << 16).expect("rings");
        Rig { session, plan, page, _rings: rings }
    }

    fn run(&self, case: &Case, program: &str) -> Done {
        let mut command = launch::command(Path::new(program), &[], agent(), &self.session);
        start(command.current_dir(case.path(""))).done(Duration::from_secs(20))
    }
}

fn build(test: &str) -> (Case, Done) {
    let case = Case::new("unwinding", &format!("refusals-{test}"));
    case.make("gcc -g -O2 -fexceptions -c routines.c");
    case.make("g++ -O2 main.cpp routines.o -o leaving");
    let native = case.native(&["./leaving"]).exited(4);
    (case, native)
}

#[test]
fn the_rig_itself_installs_hooks() {
    let (case, native) = build("rig");
    let rig = Rig::new(&case, "leaving", |_| {});
    assert_eq!(rig.run(&case, "./leaving"), native);
    assert_eq!(rig.page.state(), AgentState::Installed);
    let recorded: u64 = (0..rig.page.routine_count()).map(|index| rig.page.counts(index).recorded).sum();
    assert!(recorded > 0);
}

#[test]
fn a_plan_for_other_code_is_refused() {
    let (case, native) = build("plan");
    type Change = fn(&mut Plan);
    let changes: [(Change, &str); 5] = [
        (|plan| plan.routines[1].patch.original[0] ^= 1, "is not what the plan expects"),
        (
            |plan| *plan.routines[4].patch.original.last_mut().expect("bytes") ^= 0x80,
            "is not what the plan expects",
        ),
        (
            |plan| plan.images[0].build_id[3] ^= 1,
            "the executable is another build than the plan was made for",
        ),
        (|plan| plan.images[0].build_id.clear(), "the executable is another build"),
        (
            |plan| {
                let image = cmp_bridge::plan::Image { name: "libabsent.so".into(), ..plan.images[0].clone() };
                plan.images.push(image);
            },
            "libabsent.so is not loaded in this process",
        ),
    ];
    for (change, reason) in changes {
        let rig = Rig::new(&case, "leaving", change);
        assert_eq!(rig.run(&case, "./leaving"), native);
        let AgentState::Refused(said) = rig.page.state() else { panic!("{reason}: {:?}", rig.page.state()) };
        assert!(said.contains(reason), "{said}");
        assert!((0..rig.page.routine_count()).all(|index| rig.page.counts(index).recorded == 0));
    }
}

#[test]
fn a_damaged_plan_is_refused() {
    let (case, native) = build("damage");
    let rig = Rig::new(&case, "leaving", |_| {});
    let bytes = rig.plan.encode();
    let mut flipped = bytes.clone();
    flipped[bytes.len() / 2] ^= 4;
    for (what, bytes) in [("half", &bytes[..bytes.len() / 2]), ("empty", &[][..]), ("flipped", &flipped)] {
        std::fs::write(rig.session.plan(), bytes).expect("a plan");
        assert_eq!(rig.run(&case, "./leaving"), native, "{what}");
        let AgentState::Refused(said) = rig.page.state() else { panic!("{what}: {:?}", rig.page.state()) };
        assert!(said.contains("the plan is not usable"), "{what}: {said}");
    }
    std::fs::remove_file(rig.session.plan()).expect("removed");
    assert_eq!(rig.run(&case, "./leaving"), native);
    let AgentState::Refused(said) = rig.page.state() else { panic!("{:?}", rig.page.state()) };
    assert!(said.contains("plan: No such file"), "{said}");
}

#[test]
fn foreign_and_damaged_files_of_a_session_are_refused() {
    let (case, native) = build("foreign");
    let mode =
        |path: &Path, mode| std::fs::set_permissions(path, PermissionsExt::from_mode(mode)).expect("a mode");
    let refused = |rig: &Rig, reason: &str| {
        assert_eq!(rig.run(&case, "./leaving"), native, "{reason}");
        let AgentState::Refused(said) = rig.page.state() else { panic!("{reason}: {:?}", rig.page.state()) };
        assert!(said.contains(reason), "{said}");
    };
    let rig = Rig::new(&case, "leaving", |_| {});
    mode(&rig.session.plan(), 0o644);
    refused(&rig, "plan: other users may open it");
    let rig = Rig::new(&case, "leaving", |_| {});
    mode(&rig.session.rings(), 0o640);
    refused(&rig, "rings: other users may open it");
    let rig = Rig::new(&case, "leaving", |_| {});
    std::fs::File::options()
        .write(true)
        .open(rig.session.rings())
        .and_then(|f| f.set_len(8192))
        .expect("cut");
    refused(&rig, "rings: damaged");
    // Without a control page that it may touch the agent has no way to say why.
    let silent = |rig: &Rig, what: &str| {
        assert_eq!(rig.run(&case, "./leaving"), native, "{what}");
        assert_eq!(rig.page.state(), AgentState::Waiting, "{what}");
    };
    let rig = Rig::new(&case, "leaving", |_| {});
    mode(&rig.session.control(), 0o644);
    silent(&rig, "control page of mode 644");
    assert!(ControlPage::open(&rig.session.control()).is_err(), "an operator's command refuses it, too");
    let rig = Rig::new(&case, "leaving", |_| {});
    mode(rig.session.directory(), 0o755);
    silent(&rig, "directory that others may enter");
    let rig = Rig::new(&case, "leaving", |_| {});
    let control = std::fs::read(rig.session.control()).expect("a page");
    std::fs::write(rig.session.control(), &control[..100]).expect("a page");
    assert_eq!(rig.run(&case, "./leaving"), native);
    let rig = Rig::new(&case, "leaving", |_| {});
    let name = CString::new(rig.session.control().as_os_str().as_bytes()).expect("a path");
    // SAFETY: a valid C string.
    match unsafe { libc::chown(name.as_ptr(), 65534, 65534) } {
        0 => silent(&rig, "control page of another user"),
        _ => eprintln!("only root can give a file away: the page of another user is not tested"),
    }
}

/// Static and 32-bit executables, and those with privileges, are refused by name before they start.
#[test]
fn what_cannot_be_preloaded_is_refused_before_the_start() {
    let (case, _) = build("kinds");
    case.write("one.c", "#include <stdio.h>\nlong one(long n) { return n + 1; }\nint main(void) { return !printf(\"%ld\\n\", one(1)); }\n");
    case.make("gcc -g -static one.c -o static");
    case.make("gcc -g -static-pie -fPIE one.c -o static-pie");
    case.make("gcc -g one.c -o setuid");
    case.make("gcc -g one.c -o setgid");
    case.make("gcc -g one.c -o narrow");
    for (file, mode) in [("setuid", 0o4755), ("setgid", 0o2755)] {
        std::fs::set_permissions(case.path(file), PermissionsExt::from_mode(mode)).expect("a mode");
    }
    // An ELF header of class 32: no compiler for it is at hand.
    let mut bytes = std::fs::read(case.path("narrow")).expect("an executable");
    bytes[4] = 1;
    std::fs::write(case.path("narrow"), bytes).expect("an executable");
    for (program, reason) in [
        ("static", "static"),
        ("static-pie", "static"),
        ("setuid", "setuid"),
        ("setgid", "setgid"),
        ("narrow", "32-bit"),
    ] {
        let run = case.record(&[&format!("./{program}")]);
        assert!(run.done.out.is_empty(), "{program} was started");
        run.done.exited(2).says(&[program, reason, "hint: "]);
    }
}
