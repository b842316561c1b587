//! Ada, end to end: tasks, exceptions as normal outcomes, fat pointers, variants, copies returned.

use crate::legacy;
use crate::support::{Folder, Program, run};

#[test]
fn ada_is_recorded_and_answers_its_own_journal() {
    let folder = Folder::new("ada");
    let program = Program::new("pie", "mini_ada");
    let contract = legacy::root().join("contracts/ccs.toml").display().to_string();
    // Written for another program with the same component: the findings are copies inlined elsewhere.
    folder.bridge(&["check", &contract, "--binary", &Program::new("pie", "cmp_day").words[0]]).ended(0);
    let config = format!("contracts = [{contract:?}]\n[routes]\n\"ccs_*\" = \"record\"\n");
    std::fs::write(folder.path("ccs.toml"), config).expect("a configuration");
    let recorded =
        run(&mut program.under(&folder, &["--quiet", "--config", "ccs.toml", "--journal", "ada.journal"]));
    assert_eq!(recorded.out, program.alone().out);
    recorded.ended(0);
    let calls = folder.bridge(&["journal", "ada.journal", "--routine", "ccs_automate__suivant"]).ended(0);
    calls.prints(&["mode=normal (2) ev=separation (1) -> abandoned by an exception"]);
    folder
        .bridge(&["journal", "ada.journal", "--routine", "ccs_batterie__integrer"])
        .ended(0)
        .prints(&["return={b={charge=", "rendement="]);
    let replayed =
        folder.bridge(&["replay", "ada.journal", "--control", "--exe", &program.words[0], "--json"]);
    let json = replayed.ended(0).json();
    let routines = json["subjects"][0]["routines"].as_array().expect("routines");
    let equal = routines.iter().filter(|r| r["equal"].as_u64() > Some(0)).count();
    assert!(equal >= 25, "{equal} routines of {} answered their own calls: {json:#}", routines.len());
}

/// Whatever debug information says of the whole program: the tasks and handlers in it work as without us.
#[test]
fn every_ada_routine_is_recorded() {
    let folder = Folder::new("ada-all");
    let program = Program::new("pie", "mini_ada");
    let options = ["--record", "*", "--journal", "all.journal"];
    let recorded = run(&mut program.under(&folder, &options));
    assert_eq!(recorded.out, program.alone().out);
    let hooked = recorded.err.lines().find(|line| line.contains("routines hooked")).unwrap_or_default();
    let hooked = hooked.split_whitespace().nth(1).and_then(|n| n.parse::<usize>().ok());
    assert!(hooked.is_some_and(|n| n >= 200), "{}", recorded.err);
    let calls = folder.bridge(&["journal", "all.journal", "--routine", "ccs_thermique__reguler"]).ended(0);
    calls.prints(&["bounds of t=[1, 3]", "chauffe=[true, true, false"]);
}
