//! The reference CMP of another machine, with its propagation answered by Rust here; recorded there and replayed here, and
//! the other way round.

use crate::legacy;
use crate::machine::{HERE, HPPA, I386, Machine, day, good, long};
use crate::served::{Server, agent, bridge, module, scratch};
use crate::stubbed;
use serde_json::Value;
use std::path::{Path, PathBuf};

fn contract() -> PathBuf {
    legacy::root().join("contracts/flight_dynamics.toml")
}

/// The contract with the tolerances that a machine needs. x87 computes in 80 bits: the coefficients of the theory, which
/// everywhere else are the same to the last bit, end with another one there (at most 8 ulp of 1e-16 were seen).
fn contract_for(machine: &Machine, folder: &Path) -> PathBuf {
    if machine.name != I386.name {
        return contract();
    }
    let mut text = std::fs::read_to_string(contract()).expect("the contract");
    let tolerance = ", tolerance = { relative = 1e-14 } },";
    for field in ["xn", "dg", "dp", "dl", "eps1", "eps2", "coef"] {
        let line =
            text.lines().find(|line| line.contains(&format!("{{ name = \"{field}\", type"))).expect(field);
        let (head, tail) = line.rsplit_once(" }").expect("the end of a field");
        let new = format!("{head}{tolerance}{}", tail.trim_start_matches(','));
        text = text.replacen(line, &new, 1);
    }
    let file = folder.join("flight_dynamics.toml");
    std::fs::write(&file, text).expect("a contract");
    file
}

/// Of `cmp_day`.
const ONE_DAY: &[&str] = &["--loop", "--period-ms", "0", "--days", "1"];

/// Calls of a day. Those within the routines' own source file pass no stub: no linker can lead them elsewhere.
const CALLS: [(&str, u64); 3] = [("ehinit", 2), ("ehosc", 5), ("ehposv", 4322)];

/// The day of a program with the stub, in a route.
fn day_with(machine: &Machine, program: &Path, server: &Server, route: &str) -> String {
    let mut command = machine.command(program);
    command.arg(legacy::root().join("legacy/data/spot5.day")).args(ONE_DAY);
    command
        .env("CMP_BRIDGE_SERVER", server.address.to_string())
        .env("CMP_BRIDGE_ROUTES", format!("*={route}"));
    good(command.env_remove("CMP_BRIDGE_JOURNAL"))
}

/// A counter of each routine of the propagation, in a server's status.
fn counts(status: &Value, key: &str) -> Vec<(String, u64)> {
    let programs = status["programs"].as_array().expect("programs").iter();
    let routines = programs.flat_map(|program| program["routines"].as_array().expect("routines"));
    let of = |routine: &Value| {
        Some((routine["routine"].as_str()?.to_owned(), routine[key].as_u64()?))
            .filter(|(_, count)| *count > 0)
    };
    let mut counts: Vec<_> = routines.filter_map(of).collect();
    counts.sort();
    counts
}

/// Of a replay's JSON: calls, and those that were the same or within the contract's tolerances.
fn compared(json: &str) -> Vec<(String, u64, u64)> {
    let json: Value = serde_json::from_str(json).unwrap_or_else(|error| panic!("{error}: {json}"));
    let routines = json["subjects"][0]["routines"].as_array().expect("routines").iter();
    let number = |routine: &Value, key: &str| {
        routine[key].as_u64().unwrap_or_else(|| panic!("no {key} in {routine:#}"))
    };
    let of = |routine: &Value| {
        let name = routine["routine"].as_str().expect("a name").to_owned();
        (name, number(routine, "calls"), number(routine, "equal") + number(routine, "within"))
    };
    let mut list: Vec<_> = routines.map(of).filter(|(_, calls, _)| *calls > 0).collect();
    list.sort();
    list
}

fn expected() -> Vec<(String, u64)> {
    CALLS.iter().map(|(name, count)| ((*name).to_owned(), *count)).collect()
}

/// Its output in route rust is its own output, and it was Rust who answered.
#[track_caller]
fn is_answered(machine: &Machine) {
    let folder = scratch(&format!("answered-{}", machine.name));
    let program = stubbed::cmp(machine, &folder);
    let own = day(machine, &machine.legacy(), ONE_DAY);
    let linked = day(machine, program.parent().expect("a folder"), ONE_DAY);
    assert_eq!(linked, own, "{}: the stub alone changes what is printed", machine.name);
    let server = Server::start(&folder, &contract(), "propagation-remote", "", &[]);
    let answered = day_with(machine, &program, &server, "rust");
    assert_eq!(answered, own, "{}: Rust's answers change what is printed", machine.name);
    assert_eq!(counts(&server.status(), "answered"), expected());
    server.stop();
}

#[test]
fn the_propagation_of_a_pa_risc_executable_is_answered_by_rust() {
    is_answered(&HPPA);
}

#[test]
fn the_propagation_of_an_i386_executable_is_answered_by_rust() {
    if long() {
        is_answered(&I386);
    }
}

/// Where a program of another machine records.
#[derive(Clone, Copy)]
enum To {
    /// The portable recording, which is imported here.
    File,
    /// The server, whose journal is an ordinary one.
    Server,
}

/// What the legacy routines did there is replayed through the rewrite here: field by field, within the tolerances that
/// the contract declares.
#[track_caller]
fn is_recorded_there(machine: &Machine, to: To) {
    let folder = scratch(&format!("recorded-{}-{}", machine.name, to as u8));
    let program = stubbed::cmp(machine, &folder);
    let (contract, journal) = (contract_for(machine, &folder), folder.join("day.journal"));
    let printed = match to {
        To::Server => {
            let lines = format!("journal = {journal:?}\n");
            let server = Server::start(&folder, &contract, "propagation-remote", &lines, &[]);
            let printed = day_with(machine, &program, &server, "record");
            server.stop();
            printed
        }
        To::File => {
            let recording = folder.join("day.rec");
            let mut command = machine.command(&program);
            command.arg(legacy::root().join("legacy/data/spot5.day")).args(ONE_DAY);
            command.env("CMP_BRIDGE_JOURNAL", &recording).env("CMP_BRIDGE_ROUTES", "*=record");
            let printed = good(command.env_remove("CMP_BRIDGE_SERVER"));
            let mut import = bridge();
            import.args(["journal", "import"]).arg(&recording).arg("--contract").arg(&contract);
            good(import.arg("-o").arg(&journal));
            printed
        }
    };
    assert_eq!(printed, day(machine, &machine.legacy(), ONE_DAY), "recording changes what is printed");
    let mut replay = bridge();
    replay.arg("replay").arg(&journal).args(["--json", "--module"]).arg(module("propagation-remote"));
    let json = good(&mut replay);
    let expected: Vec<_> = expected().into_iter().map(|(name, calls)| (name, calls, calls)).collect();
    assert_eq!(compared(&json), expected, "{json}");
}

#[test]
fn what_pa_risc_recorded_is_replayed_here() {
    is_recorded_there(&HPPA, To::File);
    if long() {
        is_recorded_there(&HPPA, To::Server);
    }
}

#[test]
fn what_i386_recorded_is_replayed_here() {
    if long() {
        is_recorded_there(&I386, To::File);
        is_recorded_there(&I386, To::Server);
    }
}

/// Calls that the agent recorded here are made again there, by the legacy routines themselves in a process of that machine.
#[track_caller]
fn is_replayed_there(machine: &Machine) {
    let folder = scratch(&format!("replayed-{}", machine.name));
    let host = stubbed::host(machine, &folder);
    let server = Server::of(&mut machine.command(&host));
    let routes: String =
        stubbed::PROPAGATION.iter().map(|routine| format!("{routine} = \"record\"\n")).collect();
    let config = folder.join("record.toml");
    std::fs::write(
        &config,
        format!("contracts = [{:?}]\n[routes]\n{routes}", contract_for(machine, &folder)),
    )
    .expect("a configuration");
    let journal = folder.join("day.journal");
    let mut run = bridge();
    run.env("CMP_BRIDGE_AGENT", agent())
        .args(["run", "--quiet", "--config"])
        .arg(&config)
        .arg("--journal")
        .arg(&journal);
    run.arg("--").arg(HERE.legacy().join("cmp_day")).arg(legacy::root().join("legacy/data/spot5.day"));
    assert_eq!(good(&mut run), day(&HERE, &HERE.legacy(), &[]));
    let mut replay = bridge();
    replay
        .arg("replay")
        .arg(&journal)
        .args(["--json", "--control", "--server"])
        .arg(server.address.to_string());
    let json = good(&mut replay);
    let all = compared(&json);
    assert_eq!(all.iter().map(|one| one.0.as_str()).collect::<Vec<_>>(), stubbed::PROPAGATION, "{json}");
    assert!(all.iter().all(|(_, calls, same)| calls == same) && all[2].1 > 4000, "{json}");
}

#[test]
fn what_was_recorded_here_is_replayed_on_pa_risc() {
    is_replayed_there(&HPPA);
}

#[test]
fn what_was_recorded_here_is_replayed_on_i386() {
    if long() {
        is_replayed_there(&I386);
    }
}
