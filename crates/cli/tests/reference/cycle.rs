//! The whole cycle on `cmp_day`: check, record, replay, shadow, switch while it runs, roll back.

use crate::legacy;
use crate::support::{Days, Folder, Program, counter, module, run, same_days_alone, send, status};

/// The routines of the example, each with the fields that its wrong twin gets wrong.
const ROUTINES: [(&str, &[&str]); 3] = [
    ("ehposv", &["pos[0]", "pos[1]", "pos[2]", "vit[0]", "vit[1]", "vit[2]"]),
    ("tm_coder_trame", &["trame[126]", "trame[127]"]),
    ("tm_cds_jj50", &["return.jour"]),
];

#[test]
fn from_check_to_roll_back() {
    let folder = Folder::new("cycle");
    let program = Program::new("pie", "cmp_day");
    let executable = std::fs::read(&program.words[0]).expect("the executable");
    checked(&program);
    recorded(&folder, &program);
    replayed(&folder, &program);
    switched(&folder);
    assert!(
        executable == std::fs::read(&program.words[0]).expect("the executable"),
        "the executable was changed"
    );
}

fn routes(route: &'static str) -> Vec<(&'static str, &'static str)> {
    ROUTINES.iter().map(|(routine, _)| (*routine, route)).collect()
}

fn checked(program: &Program) {
    let folder = Folder::new("cycle-check");
    let contracts = ["telemetry.toml", "flight_dynamics.toml", "planning.toml"];
    let contracts = contracts.map(|name| legacy::root().join("contracts").join(name).display().to_string());
    folder
        .bridge(&["check", &contracts[0], &contracts[1], &contracts[2], "--binary", &program.words[0]])
        .ended(0);
}

fn recorded(folder: &Folder, program: &Program) {
    folder.config("record.toml", &[], &routes("record"));
    let options = ["--quiet", "--config", "record.toml", "--journal", "day.journal"];
    let recorded = run(&mut program.under(folder, &options));
    assert_eq!(recorded, program.alone());
}

fn replayed(folder: &Folder, program: &Program) {
    let (right, wrong) = (module("rewrite_three"), module("rewrite_three_wrong"));
    let replay = |with: &[&str]| folder.bridge(&[&["replay", "day.journal", "--json"], with].concat());
    let did = replay(&["--module", right.to_str().expect("UTF-8")]).ended(0);
    totals(&did.json(), "mismatched", 0);
    let did = replay(&["--control", "--exe", &program.words[0]]).ended(0);
    totals(&did.json(), "mismatched", 0);
    let did = replay(&["--module", wrong.to_str().expect("UTF-8"), "--examples", "1000"]).ended(1).json();
    for (name, fields) in ROUTINES {
        let routine = routine(&did, name);
        let told = routine["mismatches"].as_array().expect("mismatches");
        let told: Vec<&str> = told.iter().map(|one| one["path"].as_str().expect("a path")).collect();
        assert!(!told.is_empty() && told.iter().all(|path| fields.contains(path)), "{name}: {told:?}");
        assert!(fields.iter().all(|field| told.contains(field)), "{name}: {told:?}");
    }
}

/// Constructors, operators, members, results through hidden addresses: legacy C++ answers what it answered.
#[test]
fn the_planning_answers_its_own_journal() {
    let folder = Folder::new("cycle-planning");
    let program = Program::new("pie", "cmp_day");
    let contract =
        std::fs::read_to_string(legacy::root().join("contracts/planning.toml")).expect("a contract");
    let name = |line: &'_ str| line.strip_prefix("[routine.")?.strip_suffix(']').map(str::to_owned);
    let names: Vec<String> = contract.lines().filter_map(name).collect();
    let routes: Vec<(&str, &str)> = names.iter().map(|name| (name.as_str(), "record")).collect();
    folder.config("record.toml", &[], &routes);
    let options = ["--quiet", "--config", "record.toml", "--ring-mib", "64", "--journal", "day.journal"];
    let recorded = run(&mut program.under(&folder, &options));
    assert_eq!(recorded, program.alone());
    let did = folder.bridge(&["replay", "day.journal", "--json", "--control", "--exe", &program.words[0]]);
    let json = did.ended(0).json();
    let routines = json["subjects"][0]["routines"].as_array().expect("routines");
    for routine in routines {
        assert_eq!(routine["equal"], routine["calls"], "{routine:#}");
    }
    assert!(routines.len() >= 20, "only {} routines were called", routines.len());
}

fn routine<'a>(json: &'a serde_json::Value, name: &str) -> &'a serde_json::Value {
    let routines = json["subjects"][0]["routines"].as_array().expect("routines");
    routines
        .iter()
        .find(|routine| routine["routine"] == name)
        .unwrap_or_else(|| panic!("no {name} in {json:#}"))
}

/// Every routine was called, every call compared, and that many were so.
fn totals(json: &serde_json::Value, what: &str, expected: u64) {
    for (name, _) in ROUTINES {
        let routine = routine(json, name);
        let number = |what: &str| routine[what].as_u64().expect("a number");
        assert!(number("calls") >= 719, "a day has 719 frames or more: {routine:#}");
        assert_eq!(number("equal") + number("within") + number("mismatched"), number("calls"), "{routine:#}");
        assert_eq!(number(what), expected, "{routine:#}");
    }
}

/// In one process: shadow, Rust, legacy again.
fn switched(folder: &Folder) {
    folder.config("live.toml", &["rewrite_three"], &routes("shadow"));
    let mut days = Days::start(folder, "pie", "100", &["--config", "live.toml"], None);
    let pid = days.pid();
    days.see(3);
    for (name, _) in ROUTINES {
        let state = status(folder, pid, name);
        assert_eq!((&state["route"], &state["answered"]), (&"shadow".into(), &0.into()), "{state}");
        assert!(counter(folder, pid, name, "shadowed") >= 2 * 719, "{state}");
    }
    let told = folder.bridge(&["route", &pid.to_string(), "ehposv=rust", "tm_*=rust"]).ended(0);
    told.prints(&[
        "ehposv: shadow -> rust\n",
        "tm_coder_trame: shadow -> rust\n",
        "tm_cds_jj50: shadow -> rust\n",
    ]);
    // The first may have been on its way before the switch.
    days.see(1);
    let before = ROUTINES.map(|(name, _)| counter(folder, pid, name, "answered"));
    days.see(2);
    for ((name, _), before) in ROUTINES.into_iter().zip(before) {
        assert!(counter(folder, pid, name, "answered") >= before + 719, "{}", status(folder, pid, name));
    }
    folder.bridge(&["route", &pid.to_string(), "*=legacy"]).ended(0);
    days.see(1);
    let before = ROUTINES.map(|(name, _)| status(folder, pid, name));
    days.see(2);
    let after = ROUTINES.map(|(name, _)| status(folder, pid, name));
    assert_eq!(before, after, "the legacy routines answer again");
    assert!(after.iter().all(|routine| routine["route"] == "legacy"), "{after:?}");
    let told = folder.bridge(&["status", &pid.to_string(), "--json"]).ended(0).json();
    let legacy = told[0]["pid"].as_u64().expect("the program's own id") as u32;
    assert_ne!(legacy, pid);
    send(legacy, libc::SIGTERM);
    let did = days.end().ended(0).says(&["=> equal: ", "rewrite-three"]);
    assert!(same_days_alone("pie", &did) >= 9, "{did:?}");
    folder.bridge(&["status", &pid.to_string()]).ended(2).says(&["it has ended"]);
}
