//! `learn`, `calibrate` and `accept` on routines whose facts are known, right ones and misleading ones.

use crate::support::Bench;
use cmp_bridge_contract::model::{Contract, Effects, Routine, Use};
use std::process::Command;

const TWINS: &str = include_str!("learn/twins.c");

/// The program, and its contract as it is scanned.
fn twins(name: &str) -> Bench {
    let bench = Bench::new(name);
    bench.write("twins.c", TWINS);
    let flags = ["-g", "-O2", "-fno-inline", "-fno-ipa-cp", "-fno-ipa-sra", "-fno-ipa-icf", "-o", "twins"];
    bench.cc("twins.c", &flags);
    bench
        .bridge(&["scan", "twins", "--source", "twins.c", "--component", "twins", "--out", "twins.toml"])
        .ended(0);
    bench
}

fn contract(bench: &Bench) -> Contract {
    let text = std::fs::read_to_string(bench.path("twins.toml")).expect("the contract");
    Contract::from_toml(&text, "twins.toml").expect("a contract")
}

fn json(bench: &Bench, file: &str) -> serde_json::Value {
    serde_json::from_str(&std::fs::read_to_string(bench.path(file)).expect("JSON")).expect("JSON")
}

/// What could not be told of a routine.
fn silent(json: &serde_json::Value, routine: &str, what: &str) -> String {
    let routines = json["routines"].as_array().expect("routines");
    let found = routines.iter().find(|r| r["routine"] == routine).expect("the routine");
    let facts = found["silent"].as_array().expect("facts").iter();
    let mut about = facts.filter(|fact| fact["what"].as_str().is_some_and(|text| text.contains(what)));
    about.next().map_or(String::new(), |fact| fact["why"].as_str().unwrap_or_default().to_owned())
}

#[track_caller]
fn usage(contract: &Contract, routine: &str, param: &str) -> (Use, String) {
    let routine = contract.routine(routine).expect("the routine");
    let param = routine.params.iter().find(|p| p.name == param).expect("the parameter");
    (param.usage, param.ty.to_string())
}

fn routine<'a>(contract: &'a Contract, name: &str) -> &'a Routine {
    contract.routine(name).expect("the routine")
}

#[test]
fn what_calls_show_is_proposed_and_what_they_do_not_show_is_not() {
    let bench = twins("learn");
    let plain = Command::new(bench.path("twins")).output().expect("the program").stdout;
    let plain = String::from_utf8(plain).expect("text");
    let learn = ["learn", "--contract", "twins.toml", "--json", "learnt.json", "--", "./twins"];
    let did = bench.bridge(&learn).ended(0);
    assert_eq!(did.out, plain, "the program's output");
    let learnt = json(&bench, "learnt.json");
    bench.bridge(&["accept", "twins.toml", "--all"]).ended(0);
    let facts = contract(&bench);
    let is = |routine: &str, param: &str, wanted: Use, ty: &str| {
        assert_eq!(usage(&facts, routine, param), (wanted, ty.to_owned()), "{routine}.{param}\n{}", did.err);
    };
    is("sum_n", "x", Use::In, "[f64; n]");
    is("odd", "y", Use::Out, "[f64; 2*m-1]");
    is("grid", "g", Use::InOut, "[f64; n*m]");
    is("three", "v", Use::Out, "[f64; 3]");
    is("set_all", "b", Use::Out, "bits");
    is("halve", "y", Use::Out, "i32");
    is("spaces", "s", Use::In, "cstr");
    is("maybe", "p", Use::Out, "i32");
    assert!(routine(&facts, "maybe").params[0].nullable);
    assert!(!routine(&facts, "halve").params[1].nullable);
    // One call in a thousand writes it: that is seen, or else that its code could.
    assert_ne!(usage(&facts, "rarely", "cell").0, Use::In);
    is("never", "cell", Use::In, "i32");
    // Two lengths that are the same in most calls.
    is("dot", "a", Use::In, "[f64; ?]");
    // What cannot be told.
    is("sum_six", "x", Use::In, "[f64; ?]");
    assert!(silent(&learnt, "sum_six", "x.type").contains("`n` never changed: cannot tell"), "{learnt:#}");
    assert_eq!(usage(&facts, "set_count", "b").0, Use::Unknown);
    assert!(silent(&learnt, "set_count", "b.use").contains("put back"));
    assert!(silent(&learnt, "always", "status").contains("0 in all"));
    // Status.
    let status = routine(&facts, "halve").status.clone().expect("a status");
    assert_eq!((status.ok, status.error.map(|c| c.to_string())), (0, Some("< 0".to_owned())));
    assert!(routine(&facts, "rest_of").status.is_none() && routine(&facts, "always").status.is_none());
    // State and effects.
    let state = |name: &str| {
        let entries = routine(&facts, name).state.iter();
        entries.map(|entry| (entry.area.as_str(), entry.usage)).collect::<Vec<_>>()
    };
    assert_eq!(state("count_calls"), [("counter", Use::InOut)]);
    assert_eq!(state("gain"), [("gains", Use::In)]);
    let effects = |name: &str| routine(&facts, name).effects;
    assert_eq!(effects("count_calls"), Effects::State);
    assert_eq!(
        (effects("sum_n"), effects("say"), effects("quiet")),
        (Effects::None, Effects::Io, Effects::Unknown)
    );
    assert!(silent(&learnt, "quiet", "effects").contains("puts"));
    let notes = learnt["routines"].as_array().expect("routines").iter().find(|r| r["routine"] == "copy_n");
    assert!(notes.expect("copy_n")["notes"].to_string().contains("overlap in 1 calls"), "{learnt:#}");
    // Again: nothing new, and nothing twice.
    let before = std::fs::read_to_string(bench.path("twins.toml")).expect("the contract");
    bench.bridge(&learn).ended(0);
    assert_eq!(std::fs::read_to_string(bench.path("twins.toml")).expect("the contract"), before);
}

#[test]
fn a_person_is_never_overruled() {
    let bench = twins("learn-conflict");
    let text = std::fs::read_to_string(bench.path("twins.toml")).expect("the contract");
    let place = text.find("[routine.odd]").expect("odd");
    let wrong = text[..place].to_owned() + &text[place..].replacen("use = \"unknown\"", "use = \"in\"", 1);
    assert_ne!(wrong, text);
    bench.write("twins.toml", &wrong);
    let learn =
        ["learn", "--contract", "twins.toml", "--routine", "odd", "--routine", "halve", "--", "./twins"];
    bench.bridge(&learn).ended(1).says(&["odd.params.y.use = \"out\"", "conflict: the contract says \"in\""]);
    let proposed = std::fs::read_to_string(bench.path("twins.toml")).expect("the contract");
    assert!(proposed.starts_with(&wrong), "{proposed}");
    bench.bridge(&["accept", "twins.toml", "--list"]).ended(0).prints(&["odd.params.y.use", "halve.status"]);
    bench
        .bridge(&["accept", "twins.toml", "--all"])
        .ended(1)
        .prints(&["left odd.params.y.use", "1 left, 1 of them"]);
    assert_eq!(usage(&contract(&bench), "odd", "y").0, Use::In);
    // A routine's name is not enough; the parameter's is.
    bench.bridge(&["accept", "twins.toml", "odd"]).ended(0).prints(&["0 accepted, 1 left"]);
    bench.bridge(&["accept", "twins.toml", "odd.z"]).ended(2).says(&["no proposal", "did you mean `odd.y`?"]);
    bench.bridge(&["accept", "twins.toml"]).ended(2).says(&["nothing is named to accept"]);
    bench.bridge(&["accept", "twins.toml", "odd.y"]).ended(0).prints(&["1 accepted, 0 left"]);
    assert_eq!(usage(&contract(&bench), "odd", "y").0, Use::Out);
}

#[test]
fn a_journal_that_is_there_is_read_and_not_written() {
    let bench = twins("learn-journal");
    let learn = |json: &'static str| {
        [
            "learn",
            "--contract",
            "twins.toml",
            "--dry-run",
            "--journal",
            "j",
            "--routine",
            "o*",
            "--json",
            json,
            "--",
            "./twins",
        ]
    };
    bench.bridge(&learn("first.json")).ended(0);
    let again = bench.bridge(&learn("second.json")).ended(0);
    assert_eq!(again.out, "", "the program was not run");
    let (first, second) = (json(&bench, "first.json"), json(&bench, "second.json"));
    assert_eq!(first["proposals"], second["proposals"]);
    assert!(first["proposals"].to_string().contains("2*m-1"), "{first:#}");
    assert!(!contract(&bench).proposals.iter().any(|_| true), "--dry-run");
}

#[test]
fn noise_gets_a_tolerance_and_addresses_are_ignored() {
    let bench = twins("calibrate");
    bench.bridge(&["learn", "--contract", "twins.toml", "--", "./twins"]).ended(0);
    bench.bridge(&["accept", "twins.toml", "--all"]).ended(0);
    // What learning could not tell of these.
    let text = std::fs::read_to_string(bench.path("twins.toml")).expect("the contract");
    let complete = text
        .replace("\"a\",  type = \"[f64; ?]", "\"a\", type = \"[f64; na]")
        .replace("\"b\",  type = \"[f64; ?]", "\"b\", type = \"[f64; nb]")
        .replace("[f64; ?]", "[f64; n]")
        .replace("; ?]", "; 1]")
        .replace("use = \"unknown\"", "use = \"inout\"")
        .replace("effects = \"unknown\"", "effects = \"none\"");
    bench.write("twins.toml", &complete);
    bench.write("r.toml", "contracts = [\"twins.toml\"]\n[routes]\n\"*\" = \"record\"\n");
    bench.bridge(&["run", "--quiet", "--config", "r.toml", "--journal", "j", "--", "./twins"]).ended(0);
    // `wild` cannot be explained.
    let did = bench
        .bridge(&["calibrate", "--runs", "12", "--contract", "twins.toml", "--journal", "j", "--", "./twins"])
        .ended(1);
    let did = did.prints(&[
        "type.handle.fields.where.use = \"ignored\"",
        "noisy.returns.tolerance = { absolute = ",
        "cannot tell: wild: return",
    ]);
    assert_eq!(did.out.matches(" = ").count(), 3, "nothing else is noisy:\n{}", did.out);
    bench.bridge(&["accept", "twins.toml", "--all"]).ended(0);
    let accepted =
        ["calibrate", "--contract", "twins.toml", "--journal", "j", "--routine", "noisy", "--", "./twins"];
    bench.bridge(&accepted).ended(0);
}

/// Programs that mislead, and their contract as it is scanned.
fn misleading(name: &str) -> Bench {
    let bench = Bench::new(name);
    bench.write("twins.c", include_str!("learn/misleading.c"));
    let flags =
        ["-g", "-O1", "-fno-inline", "-fno-ipa-cp", "-fno-ipa-sra", "-fno-ipa-icf", "-fno-ipa-pure-const"];
    bench.cc("twins.c", &[&flags[..], &["-o", "twins"]].concat());
    bench
        .bridge(&["scan", "twins", "--source", "twins.c", "--component", "twins", "--out", "twins.toml"])
        .ended(0);
    bench
}

#[test]
fn too_little_is_concluded_rather_than_too_much() {
    let bench = misleading("learn-misleading");
    let learn = ["learn", "--contract", "twins.toml", "--verbose", "--json", "learnt.json", "--", "./twins"];
    let did = bench.bridge(&learn).ended(0);
    let learnt = json(&bench, "learnt.json");
    bench.bridge(&["accept", "twins.toml", "--all"]).ended(0);
    let facts = contract(&bench);
    // What is written where no comparison looks.
    for name in ["set_thread", "add_thread", "through", "on_heap", "rarely_through"] {
        assert_eq!(routine(&facts, name).effects, Effects::Unknown, "{name}\n{}", did.err);
    }
    assert!(silent(&learnt, "set_thread", "effects").contains("variables of its thread"), "{learnt:#}");
    assert!(silent(&learnt, "on_heap", "effects").contains("what is not watched"), "{learnt:#}");
    for name in ["only_mine", "add", "norm", "copy"] {
        assert_eq!(routine(&facts, name).effects, Effects::None, "{name}\n{}", did.err);
    }
    let ty = |routine: &str, param: &str| usage(&facts, routine, param).1;
    // State is seen as the debug information describes it; an address is bytes.
    let view = |name: &str| routine(&facts, name).state[0].view.to_string();
    assert_eq!((view("only_mine"), view("on_heap")), ("i32".to_owned(), "[u8; 8]".to_owned()), "{}", did.err);
    // Text ends where its NUL was looked at.
    assert_eq!(ty("copy", "from"), "[char; n]", "{}", did.err);
    assert_eq!(ty("add", "p"), "[char; n]", "{}", did.err);
    assert_eq!(ty("length", "s"), "cstr", "{}", did.err);
    // Which elements are touched depends on data; and does not.
    assert_eq!(ty("histogram", "h"), "[i32; ?]", "{}", did.err);
    assert_eq!(ty("scatter", "a"), "[f64; ?]", "{}", did.err);
    assert_eq!(ty("norm", "x"), "[f64; 3]", "{}", did.err);
    // What a mask leaves out is not touched.
    assert_eq!(ty("clear_masked", "b"), "[f64; ?]", "{}", did.err);
    assert!(silent(&learnt, "clear_masked", "params.b.type").contains("under a mask"), "{learnt:#}");
    assert_ne!(usage(&facts, "clear_masked", "b").0, Use::Out, "{}", did.err);
    assert_eq!(ty("clear", "b"), "[f64; m]", "{}", did.err);
    // A part keeps what it held.
    let way = |routine: &str, param: &str| usage(&facts, routine, param).0;
    assert_eq!(way("part", "p"), Use::InOut, "{}", did.err);
    assert_eq!(way("both", "p"), Use::Out, "{}", did.err);
    assert_eq!(way("may_read", "o"), Use::InOut, "{}", did.err);
}

#[test]
fn interrupted_learning_changes_nothing() {
    let bench = misleading("learn-interrupted");
    bench.bridge(&["learn", "--contract", "twins.toml", "--", "./twins"]).ended(0);
    let before = std::fs::read_to_string(bench.path("twins.toml")).expect("the contract");
    assert!(before.contains("[[proposal]]"));
    bench
        .bridge(&["learn", "--contract", "twins.toml", "--", "./twins", "interrupt"])
        .ended(143)
        .says(&["interrupted: nothing was learnt, and no contract was changed"]);
    assert_eq!(std::fs::read_to_string(bench.path("twins.toml")).expect("the contract"), before);
}

#[test]
fn assumed_shape_arrays_are_learnt() {
    let bench = Bench::new("learn-assumed-shape");
    bench.write("shape.f90", include_str!("learn/shape.f90"));
    let flags = ["-g", "-O1", "-fno-inline", "-fno-ipa-sra", "-fno-ipa-cp", "shape.f90", "-o", "shape"];
    let compiled = Command::new("gfortran").args(flags).current_dir(bench.path("")).status();
    assert!(compiled.expect("gfortran").success());
    bench.bridge(&["scan", "shape", "--out", "twins.toml"]).ended(0);
    let did = bench.bridge(&["learn", "--verbose", "--contract", "twins.toml", "--", "./shape"]).ended(0);
    assert!(!did.err.contains("overlap") && !did.err.contains("left out"), "{}", did.err);
    bench.bridge(&["accept", "twins.toml", "--all"]).ended(0);
    let facts = contract(&bench);
    let way = |routine: &str, param: &str| usage(&facts, routine, param).0;
    assert_eq!((way("m_twice", "a"), way("m_twice", "b")), (Use::In, Use::Out), "{}", did.err);
    // Every other element keeps what it held.
    assert_eq!(way("m_sparse", "b"), Use::InOut, "{}", did.err);
}
