//! From contracts and programs in C, Fortran and Ada to a plan.

use std::path::{Path, PathBuf};

use cmp_bridge::control::Route;
use cmp_bridge::plan::{Address, Capture, Length, Op, Place, Plan};
use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::model::{By, Contract, Extent, Param, Type};
use cmp_bridge_inspect::binary::Binary;
use cmp_bridge_inspect::hazard::Refusal;
use cmp_bridge_inspect::libraries::find_libraries;
use cmp_bridge_inspect::planner::{Closed, PlanOutcome, PlanRequest, RoutineRequest, plan};

use crate::support::{open, output, run};

fn sources() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cases-plan")
}

fn contract(name: &str) -> Contract {
    let text = std::fs::read_to_string(sources().join(name)).expect("a contract");
    Contract::from_toml(&text, name).unwrap_or_else(|e| panic!("{e:?}"))
}

/// Links a program of the sources into the folder of `test`.
fn link(test: &str, compiler: &str, arguments: &str, name: &str) -> PathBuf {
    let file = output(test).join(name);
    std::fs::create_dir_all(file.parent().expect("a folder")).expect("create a folder");
    let path = file.display().to_string();
    let folder = output(test).display().to_string();
    let arguments: Vec<String> = arguments.split(' ').map(|a| a.replace("OUT", &folder)).collect();
    let mut all: Vec<&str> = arguments.iter().map(String::as_str).collect();
    all.extend(["-g", "-O2", "-Wl,--build-id", "-o", &path]);
    run(compiler, &all, &sources());
    file
}

/// Address of a symbol as `nm` sees it.
fn nm(file: &Path, symbol: &str) -> u64 {
    let text = run("nm", &[&file.display().to_string()], Path::new("/"));
    let line =
        text.lines().find(|l| l.ends_with(&format!(" {symbol}"))).unwrap_or_else(|| panic!("{symbol}"));
    u64::from_str_radix(line.split(' ').next().unwrap_or(""), 16).expect("an address")
}

fn request<'a>(
    executable: &'a Binary,
    libraries: &'a [Binary],
    contracts: &[&'a Contract],
) -> PlanRequest<'a> {
    let every = contracts.iter().flat_map(|&contract| {
        let wanted = |routine| {
            let (route, module) = (Route::Record, None);
            RoutineRequest { contract, routine, route, module, verified: true }
        };
        contract.routines.iter().map(wanted)
    });
    PlanRequest { executable, libraries, routines: every.collect(), modules: Vec::new() }
}

fn codes(outcome: &PlanOutcome) -> Vec<(&str, &str)> {
    outcome.refused.iter().map(|r: &Refusal| (r.routine.as_str(), r.hazard.code())).collect()
}

fn integer(place: Place, by_reference: bool, size: u8, signed: bool) -> Op {
    Op::Argument { place, by_reference, size, signed }
}

fn capture(address: Address, length: Length, written: bool, align: u16) -> Capture {
    Capture { address, length, written, align }
}

#[test]
fn fortran_routine_with_common_and_hidden_length() {
    for pie in ["-no-pie", "-pie"] {
        let program = link("fortran", "gfortran", &format!("{pie} -fPIE fly.f prog.f"), &format!("day{pie}"));
        let binary = open(&program);
        let fly = contract("fly.toml");
        let outcome = plan(&request(&binary, &[], &[&fly]));
        assert_eq!(codes(&outcome), []);
        let plan = outcome.plan;
        assert_eq!(Plan::decode(&plan.encode()).as_ref(), Ok(&plan), "the agent accepts it");
        assert_eq!(plan.safe_moment.as_ref().map(|p| (p.image, p.entry)), Some((0, nm(&program, "MAIN__"))));
        assert_eq!((plan.images.len(), plan.images[0].name.as_str()), (1, ""));
        assert_eq!(Some(plan.images[0].build_id.as_slice()), binary.build_id());
        assert_eq!(plan.images[0].span, binary.span());
        let propag = &plan.routines[0];
        assert_eq!((propag.name.as_str(), propag.patch.entry), ("propag", nm(&program, "propag_")));
        assert_eq!((propag.stack_bytes, propag.returns, propag.allowed), (8, 0, 0b0011));
        assert_eq!(propag.contract_hash, cmp_bridge_contract::hash::routine_hash(&fly, &fly.routines[0]));
        let argument = |n| Address::Argument(Place::Gpr(n));
        let n = integer(Place::Gpr(0), true, 4, true);
        let m = integer(Place::Gpr(2), true, 4, true);
        let counted = |element, program| Length::Counted { element, program };
        let twice = vec![Op::Const(2), m, Op::Mul, Op::Const(1), Op::Sub];
        let length = integer(Place::Stack(0), false, 8, true);
        assert_eq!(
            propag.captures,
            [
                capture(argument(0), Length::Fixed(4), false, 4),
                capture(argument(1), counted(8, vec![n]), false, 8),
                capture(argument(2), Length::Fixed(4), false, 4),
                capture(argument(3), counted(1, vec![length]), false, 1),
                capture(argument(4), counted(8, twice), true, 8),
                capture(argument(5), Length::Fixed(4), true, 4),
                capture(Address::Image(0, nm(&program, "cstblk_")), Length::Fixed(32), true, 8),
            ]
        );
        let turn = &plan.routines[1];
        assert_eq!((turn.returns, turn.stack_bytes), (0b1100, 0), "complex in xmm0:xmm1");
    }
}

#[test]
fn c_routines_with_record_in_memory_and_local_state() {
    let program = link("c", "gcc", "main.c tele.c tele2.c", "tele");
    let binary = open(&program);
    let tele = contract("tele.toml");
    let outcome = plan(&request(&binary, &[], &[&tele]));
    assert_eq!(codes(&outcome), []);
    let plan = outcome.plan;
    assert_eq!(plan.safe_moment.as_ref().map(|p| p.entry), Some(nm(&program, "main")));
    let [record, long, count] = &plan.routines[..] else { panic!("three routines") };
    let argument = |n| Address::Argument(Place::Gpr(n));
    let length = Length::Counted { element: 1, program: vec![integer(Place::Gpr(2), false, 2, false)] };
    assert_eq!(
        record.captures,
        [
            capture(argument(1), length, false, 1),
            capture(argument(3), Length::ToNul, false, 1),
            capture(argument(0), Length::Fixed(40), true, 8),
            capture(Address::Image(0, nm(&program, "tm_table")), Length::Fixed(32), false, 4),
        ]
    );
    assert_eq!((record.returns, record.stack_bytes), (0b1, 0), "the address comes back in rax");
    assert_eq!((long.returns, long.stack_bytes, long.captures.len()), (0b1_0000, 16, 0));
    // `count.0` exists twice; the debug information is the oracle for which is whose.
    let dump = run("objdump", &["-t", &program.display().to_string()], Path::new("/"));
    let second = dump.split("tele2.c").nth(1).expect("the symbols of tele2.c");
    let line = second.lines().find(|l| l.ends_with(" count.0")).expect("its counter");
    let address = u64::from_str_radix(&line[..16], 16).expect("an address");
    assert_eq!(count.captures, [capture(Address::Image(0, address), Length::Fixed(4), true, 4)]);
}

#[test]
fn ada_program_is_safe_in_its_own_main() {
    let folder = output("ada");
    let source = sources().join("prog_ada.adb").display().to_string();
    run("gnatmake", &["-q", "-O2", &source, "-o", "prog_ada"], &folder);
    let program = folder.join("prog_ada");
    let outcome = plan(&request(&open(&program), &[], &[]));
    let safe = outcome.plan.safe_moment.expect("a safe moment");
    assert_eq!(safe.entry, nm(&program, "_ada_prog_ada"));
    assert!(outcome.no_safe_moment.is_none());
}

#[test]
fn without_main_there_is_no_safe_moment() {
    let library = link("nomain", "gcc", "-shared -fPIC tele.c", "libtele.so");
    let outcome = plan(&request(&open(&library), &[], &[]));
    assert_eq!(outcome.plan.safe_moment, None);
    assert_eq!(
        outcome.no_safe_moment.map(|r| (r.routine, r.hazard.code())),
        Some(("main".to_string(), "H201"))
    );
}

/// Where nothing confirms a signature, arguments that the contract does not know must still arrive.
#[test]
fn unverified_signatures_have_slack() {
    let program = link("slack", "gcc", "main.c tele.c tele2.c", "tele");
    let (binary, tele) = (open(&program), contract("tele.toml"));
    let mut wanted = request(&binary, &[], &[&tele]);
    wanted.routines[1].verified = false;
    let plan = plan(&wanted).plan;
    assert_eq!(plan.routines.iter().map(|r| r.slack).collect::<Vec<_>>(), [0, 128, 0]);
    assert_eq!(Plan::decode(&plan.encode()).as_ref(), Ok(&plan), "the agent accepts it");
}

/// Routes open only to routines with a module and a complete contract; the reasons are returned.
#[test]
fn routes_are_open_when_their_needs_are_met() {
    let program = link("routes", "gfortran", "fly.f prog.f", "day");
    let binary = open(&program);
    let fly = contract("fly.toml");
    let mut wanted = request(&binary, &[], &[&fly]);
    wanted.modules = vec!["libfly_rust.so".to_string()];
    wanted.routines.iter_mut().for_each(|r| r.module = Some(0));
    let outcome = plan(&wanted);
    let allowed: Vec<u8> = outcome.plan.routines.iter().map(|r| r.allowed).collect();
    assert_eq!(allowed, [0b1111, 0b0011], "{:?}", outcome.withheld);
    assert_eq!(outcome.plan.modules, ["libfly_rust.so"]);
    let routes: Vec<_> = outcome.withheld.iter().map(|w| (w.routine.as_str(), w.route)).collect();
    assert_eq!(routes, [("turn", Route::Shadow), ("turn", Route::Rust)]);
    let Closed::Incomplete(missing) = &outcome.withheld[0].why else { panic!("{:?}", outcome.withheld) };
    assert_eq!(missing[0].path, "routine.turn.params.1.use");
    // Asked for at start, a closed route is a refusal.
    wanted.routines.iter_mut().for_each(|r| r.route = Route::Rust);
    let outcome = plan(&wanted);
    assert_eq!(codes(&outcome), [("turn", "H221")]);
    assert!(outcome.refused[0].to_string().contains("routine.turn.params.1.use"), "{}", outcome.refused[0]);
    wanted.routines.iter_mut().for_each(|r| r.module = None);
    assert_eq!(codes(&plan(&wanted)), [("propag", "H221"), ("turn", "H221")]);
}

/// One wrong contract for each code that needs one.
#[test]
fn wrong_twins_of_contracts() {
    let program = link("wrong", "gfortran", "fly.f prog.f tele.c tele2.c", "day");
    let binary = open(&program);
    let check = |name: &str, spoil: &dyn Fn(&mut Contract), expected: &[(&str, &str)]| {
        let mut spoilt = contract(name);
        spoil(&mut spoilt);
        let outcome = plan(&request(&binary, &[], &[&spoilt]));
        let messages: Vec<String> = outcome.refused.iter().map(Refusal::to_string).collect();
        assert_eq!(codes(&outcome), expected, "{messages:?}");
        assert_eq!(outcome.plan.routines.len() + expected.len(), spoilt.routines.len());
        messages.concat()
    };
    check("fly.toml", &|_| (), &[]);
    check("tele.toml", &|_| (), &[]);
    let fly = |spoil: &dyn Fn(&mut Contract), code: &str| check("fly.toml", spoil, &[("propag", code)]);
    let tele =
        |spoil: &dyn Fn(&mut Contract), code: &str| check("tele.toml", spoil, &[("tm_count_again", code)]);
    fly(&|c| c.routines[0].symbol = "propagate_".into(), "H201");
    let shared = check("fly.toml", &|c| c.routines[1].symbol = "propag_".into(), &[("turn", "H213")]);
    assert!(shared.contains("`propag` is at the same address"));
    fly(&|c| c.routines[0].symbol = "MAIN__".into(), "H214");
    fly(&|c| c.routines[0].params[0].ty = Type::Named("nothing".into()), "H215");
    fly(&|c| c.routines[0].state[0].area = "nothing".into(), "H215");
    let extent = fly(&|c| c.routines[0].params[0].ty = Type::F64, "H217");
    assert!(extent.contains("the extent of `elt` ([f64; n]) needs `n`"), "{extent}");
    let state = |spoil: &dyn Fn(&mut Contract), says: &str| {
        let message = tele(spoil, "H216");
        assert!(message.contains(says), "{message}");
    };
    state(&|c| c.state[1].file = None, "is in several places: ");
    state(&|c| c.state[1].symbol = "tm_own".into(), "is thread-local");
    state(&|c| c.state[1].symbol = "tm_long".into(), "is code, not storage");
    state(
        &|c| c.state[1].symbol = "nothing".into(),
        "none of the program's images defines its symbol `nothing`",
    );
    state(&|c| c.state[1].size = 8, "has 4 bytes, the contract says 8");
    check(
        "tele.toml",
        &|c| {
            c.types[0].align = 1 << 20;
            c.types[0].size = 1 << 20;
        },
        &[("tm_record", "H219")],
    );
    let area = |c: &Contract| c.routines[0].params[0].clone();
    let many = |c: &mut Contract| {
        let more = area(c);
        c.routines[0].params.extend(std::iter::repeat_n(more, 300));
    };
    fly(&many, "H219");
    let by_value = |c: &mut Contract| {
        let value = Param { by: By::Value, ..area(c) };
        c.routines[0].params.extend(std::iter::repeat_n(value, 600));
    };
    fly(&by_value, "H219");
    let long = |c: &mut Contract| {
        let sum =
            (0..40).fold(Expr::Const(1), |e, _| Expr::Add(Box::new(e), Box::new(Expr::Param("n".into()))));
        c.routines[0].params[1].ty = Type::Array(Box::new(Type::F64), Extent::Expr(sum));
    };
    fly(&long, "H219");
    let deep = |c: &mut Contract| {
        let sum =
            (0..17).fold(Expr::Const(1), |e, _| Expr::Add(Box::new(Expr::Param("n".into())), Box::new(e)));
        c.routines[0].params[1].ty = Type::Array(Box::new(Type::F64), Extent::Expr(sum));
    };
    fly(&deep, "H219");
    check("fly.toml", &|c| c.routines.push(c.routines[0].clone()), &[("propag", "H220")]);
}

/// Component libraries are found as the loader finds them, and their routines planned in their own image.
#[test]
fn routines_and_state_of_component_libraries() {
    link("libraries", "gcc", "-shared -fPIC tele.c tele2.c -Wl,-soname,libtele.so.1", "lib/libtele.so.1");
    let fly = "-shared -fPIC fly.f -Wl,-soname,libfly.so -Wl,--no-as-needed OUT/lib/libtele.so.1 -Wl,-rpath,$ORIGIN";
    let fly = link("libraries", "gfortran", fly, "lib/libfly.so");
    let program = "prog.f OUT/lib/libfly.so -Wl,-rpath,$ORIGIN/lib -Wl,-rpath-link,OUT/lib";
    let program = link("libraries", "gfortran", program, "day");
    let binary = open(&program);
    let libraries = find_libraries(&binary, None);
    let names: Vec<String> = libraries.found.iter().map(Binary::file_name).collect();
    assert_eq!(
        (names.as_slice(), libraries.unreadable.len()),
        (&["libfly.so".into(), "libtele.so.1".into()][..], 0)
    );
    assert!(libraries.elsewhere.iter().any(|n| n == "libc.so.6"), "{:?}", libraries.elsewhere);
    // The loader's own answer.
    let ldd = run("ldd", &[&program.display().to_string()], Path::new("/"));
    for library in &libraries.found {
        let resolved = library.path().canonicalize().expect("a file").display().to_string();
        let line = ldd.lines().find(|l| l.contains(&library.file_name())).expect("in ldd's list");
        let path = line.split(" => ").nth(1).unwrap_or("").split(' ').next().unwrap_or("").trim();
        assert_eq!(Path::new(path).canonicalize().expect("a file").display().to_string(), resolved);
    }
    let (fly_contract, tele) = (contract("fly.toml"), contract("tele.toml"));
    let outcome = plan(&request(&binary, &libraries.found, &[&fly_contract, &tele]));
    assert_eq!(codes(&outcome), []);
    let images: Vec<&str> = outcome.plan.images.iter().map(|i| i.name.as_str()).collect();
    assert_eq!(images, ["", "libfly.so", "libtele.so.1"]);
    let propag = &outcome.plan.routines[0];
    assert_eq!((propag.patch.image, propag.patch.entry), (1, nm(&fly, "propag_")));
    // The program has the COMMON block, too: the loader makes both use that one.
    assert_eq!(propag.captures[6].address, Address::Image(0, nm(&program, "cstblk_")));
    assert_eq!(outcome.plan.routines[4].patch.image, 2);
    let mut lost = fly_contract.clone();
    lost.routines[0].symbol = "nowhere_".into();
    let outcome = plan(&request(&binary, &libraries.found, &[&lost]));
    assert_eq!(codes(&outcome), [("propag", "H218")]);
    assert!(outcome.refused[0].to_string().contains("(day, libfly.so, libtele.so.1) defines `nowhere_`"));
}

#[test]
fn search_paths_of_libraries() {
    link("search", "gcc", "-shared -fPIC tele2.c -Wl,-soname,libtele.so", "one/libtele.so");
    link("search", "gcc", "-shared -fPIC tele.c tele2.c -Wl,-soname,libtele.so", "two/libtele.so");
    let found = |flags: &str, environment: Option<&str>, name: &str| {
        let program = link("search", "gcc", &format!("main.c OUT/two/libtele.so {flags}"), name);
        let folder = output("search").display().to_string();
        let environment = environment.map(|e| e.replace("OUT", &folder));
        let libraries = find_libraries(&open(&program), environment.as_deref().map(std::ffi::OsStr::new));
        let short = |b: &Binary| b.path().strip_prefix(&folder).expect("inside").display().to_string();
        libraries.found.iter().map(short).collect::<Vec<_>>()
    };
    let new = "-Wl,--enable-new-dtags -Wl,-rpath,OUT/one";
    let old = "-Wl,--disable-new-dtags -Wl,-rpath,${ORIGIN}/one";
    assert_eq!(found("-L.", None, "none"), [""; 0], "not found at all");
    assert_eq!(found(new, None, "new"), ["one/libtele.so"]);
    assert_eq!(
        found(new, Some("OUT/nowhere:OUT/two"), "new"),
        ["two/libtele.so"],
        "the environment is before RUNPATH"
    );
    assert_eq!(found(old, Some("OUT/two"), "old"), ["one/libtele.so"], "RPATH is before the environment");
    // A damaged library is reported, not skipped.
    std::fs::create_dir_all(output("search").join("bad")).expect("create a folder");
    std::fs::write(output("search").join("bad/libtele.so"), "no library").expect("write a file");
    let program = link("search", "gcc", "main.c OUT/two/libtele.so", "bad-program");
    let bad = output("search").join("bad");
    let libraries = find_libraries(&open(&program), Some(bad.as_os_str()));
    assert_eq!((libraries.found.len(), libraries.unreadable.len()), (0, 1));
}
