//! What Fortran 90 brought: arrays that travel with their bounds, functions that return text and arrays, ENTRY. The
//! journal holds what the caller gave and got, and the routines answer the journal as they answered the program.

use crate::support::{Case, Done, lifted, start};
use serde_json::{Value, json};
use std::time::Duration;

const BUILDS: [(&str, &str); 2] = [("O2", "-O2"), ("O0", "-O0 -no-pie")];

fn build(test: &str, flags: &str) -> (Case, Done) {
    let case = Case::new("fortran90", test);
    // Two units: the compiler must not see both sides of a call.
    case.make(&format!("gfortran -g {flags} -c routines.f90"));
    case.make(&format!("gfortran -g {flags} -c main.f90"));
    case.make(&format!("gfortran {flags} main.o routines.o -o f90"));
    let native = case.native(&["./f90"]).exited(0);
    (case, native.prints(&["   10055.000    3015.000    4022.000       0.000\n", "AUSSAGUEL, PASSE 3"]))
}

fn numbers(first: i32, step: i32, count: i32) -> Value {
    (0..count).map(|i| f64::from(first + i * step)).collect::<Vec<_>>().into()
}

/// Routine, arguments as it was called, and what it answered: written by hand from the sources. A section is shown with
/// what stands between its elements.
fn expected() -> Vec<(&'static str, Value, Value)> {
    let doubled = [2.0, 4.0, 6.0, 8.0, 10.0, 12.0, 14.0, 16.0, 18.0, 20.0];
    let negated = [-2.0, 4.0, 6.0, 8.0, -10.0, 12.0, 14.0, 16.0, -18.0];
    let halved = [5.25, 4.0, 6.0, 8.0, -10.0, 12.0, 14.0, 16.0, -18.0, 6.75];
    let quarters: Vec<f64> = (1..=12).map(|i| f64::from(i) / 4.0).collect();
    vec![
        ("travelling_summed", json!({"x": numbers(1, 1, 10)}), json!({"return": 10055.0})),
        ("travelling_summed", json!({"x": numbers(2, 1, 7)}), json!({"return": 3015.0})),
        // Backwards: its address is that of its last element.
        ("travelling_summed", json!({}), json!({"return": 4022.0})),
        ("travelling_summed", json!({"x": []}), json!({"return": 0.0})),
        ("travelling_scaled", json!({"x": numbers(1, 1, 10), "factor": 2.0}), json!({"x": doubled})),
        ("travelling_scaled", json!({"x": doubled[..9], "factor": -1.0}), json!({"x": negated})),
        ("travelling_scaled", json!({"x": [], "factor": 7.0}), json!({"x": []})),
        ("travelling_rows", json!({"m": quarters}), json!({"sums": [5.5, 6.5, 7.5]})),
        ("travelling_rows", json!({"m": quarters[3..]}), json!({"sums": halved})),
        (
            "travelling_counted",
            json!({"x": [1, 4, 9, 16, 25, 36], "w": {"note": "null"}}),
            json!({"return": 89}),
        ),
        ("travelling_counted", json!({"x": [4, 9, 16, 25, 36], "w": [0.5, 0.25]}), json!({"return": 804})),
        ("travelling_held", json!({"list": {"note": "null"}}), json!({"return": -1})),
        ("travelling_grown", json!({"list": {"note": "null"}, "by": 3}), json!({"list": [-1, -2, -3]})),
        ("travelling_held", json!({"list": [-1, -2, -3]}), json!({"return": -6})),
        ("travelling_grown", json!({"list": [-1, -2, -3], "by": 2}), json!({"list": [-1, -2, -3, -4, -5]})),
        ("travelling_held", json!({"list": [-1, -2, -3, -4, -5]}), json!({"return": -15})),
        ("travelling_day", json!({"k": 3}), json!({"return": "jeudi   "})),
        ("travelling_upper", json!({"text": "Aussaguel, passe 3"}), json!({"return": "AUSSAGUEL, PASSE 3"})),
        ("travelling_upper", json!({"text": ""}), json!({"return": ""})),
        // What is returned with its bounds is not captured.
        ("travelling_ramp", json!({"n": 5, "step": 1.5}), json!({})),
        ("travelling_ramp", json!({"n": 2, "step": -0.25}), json!({})),
        ("mean", json!({"n": 4, "x": halved[..4]}), json!({"m": 5.8125})),
        ("spread", json!({"n": 7, "x": halved[..7]}), json!({"s": 24.0})),
    ]
}

/// Every named value is the one found.
#[track_caller]
fn holds(wanted: &Value, found: &Value, what: &str) {
    for (name, value) in wanted.as_object().expect("values") {
        assert_eq!(value, &found[name], "{what}: {name}");
    }
}

#[test]
fn fortran_90_is_recorded_as_it_is() {
    for (test, flags) in BUILDS {
        let (case, native) = build(test, flags);
        case.route(cmp_bridge::control::Route::Record, &["f90.toml".into()], &[], &["./f90"]).is(&native);
        let calls = lifted(&case.path("0.journal"));
        let expected = expected();
        assert_eq!(calls.len(), expected.len());
        // The order of two functions in one list of output is the compiler's.
        let mut left: Vec<&Value> = calls.iter().collect();
        for (routine, before, after) in &expected {
            let at = left.iter().position(|call| call["routine"] == *routine);
            let call = left.remove(at.unwrap_or_else(|| panic!("no more calls of {routine}")));
            holds(before, &call["before"], &format!("{test}: {routine} {} before", call["call"]));
            holds(after, &call["after"], &format!("{test}: {routine} {} after", call["call"]));
        }
    }
}

/// With contracts as scanned, whose extents are not known: all but one are hooked, nothing changes.
#[test]
fn fortran_90_is_recorded_without_a_contract() {
    for (test, flags) in BUILDS {
        let (case, native) = build(&format!("scanned-{test}"), flags);
        let run = case.record(&["./f90"]).is(&native);
        assert_eq!(run.summary().calls, 23);
        let hooked = run.hooked();
        assert_eq!(hooked.len(), 11, "{hooked:?}");
        let (mut told, _) = case.bridge(&["--record", "*", "--explain"], &["./f90"]);
        let told = start(&mut told).done(Duration::from_secs(30)).exited(0);
        told.prints(&[
            "not hooked: shifted: a type that a contract cannot express (x: x is only declared here)",
        ]);
    }
}

fn replayed(case: &Case, journal: &str) -> Done {
    let mut replay =
        case.command(&[env!("CARGO_BIN_EXE_cmp-bridge"), "replay", journal, "--control", "--json"]);
    start(replay.args(["--exe", "f90"])).done(Duration::from_secs(60))
}

/// Calls of each routine that replay answered equally, and that it could not lay out.
fn equal_and_not(done: &Done) -> Vec<(String, u64, u64, u64)> {
    let json: Value = serde_json::from_str(&done.out).unwrap_or_else(|error| panic!("{error}: {done:?}"));
    let routines = json["subjects"][0]["routines"].as_array().expect("routines");
    let number =
        |routine: &Value, what: &str| routine[what].as_u64().unwrap_or_else(|| panic!("{what}: {routine:#}"));
    let line = |routine: &Value| {
        let name = routine["routine"].as_str().expect("a name").to_owned();
        (name, number(routine, "calls"), number(routine, "equal"), number(routine, "mismatched"))
    };
    routines.iter().map(line).collect()
}

#[test]
fn fortran_90_answers_its_journal_again() {
    for (test, flags) in BUILDS {
        let (case, native) = build(&format!("replay-{test}"), flags);
        case.route(cmp_bridge::control::Route::Record, &["f90.toml".into()], &[], &["./f90"]).is(&native);
        let done = replayed(&case, "0.journal").exited(0);
        let found = equal_and_not(&done);
        // One array that runs backwards; one that is allocated anew; arrays returned with their bounds.
        let expected = [
            ("travelling_summed", 4, 3),
            ("travelling_scaled", 3, 3),
            ("travelling_rows", 2, 2),
            ("travelling_counted", 2, 2),
            ("travelling_grown", 2, 0),
            ("travelling_held", 3, 3),
            ("travelling_day", 1, 1),
            ("travelling_upper", 2, 2),
            ("travelling_ramp", 2, 0),
            ("mean", 1, 1),
            ("spread", 1, 1),
        ];
        let expected = expected.map(|(name, calls, equal)| (name.to_owned(), calls, equal, 0));
        assert_eq!(found, expected, "{test}");
    }
}

/// The twins: what a contract says wrongly of such an array is found by replay.
#[test]
fn a_wrong_contract_of_an_array_with_its_bounds_is_found() {
    let (case, native) = build("twin", "-O2");
    let right = std::fs::read_to_string(case.path("f90.toml")).expect("the contract");
    let wrong = [
        // Written, and declared to be read.
        (
            "use = \"inout\" },\n  { name = \"factor\"",
            "use = \"in\" },\n  { name = \"factor\"",
            "travelling_scaled",
        ),
        // It allocates, and is said not to.
        ("effects = \"unknown\"", "effects = \"none\"", "travelling_grown"),
    ];
    for (run, (from, to, routine)) in wrong.into_iter().enumerate() {
        let changed = right.replacen(from, to, 1);
        assert_ne!(changed, right, "{routine}");
        case.write("wrong.toml", &changed);
        case.route(cmp_bridge::control::Route::Record, &["wrong.toml".into()], &[], &["./f90"]).is(&native);
        let done = replayed(&case, &format!("{run}.journal")).exited(1);
        let json: Value = serde_json::from_str(&done.out).expect("JSON");
        let routines = json["subjects"][0]["routines"].as_array().expect("routines");
        for one in routines {
            let bad = one["mismatched"].as_u64().unwrap_or(0) + one["crashed"].as_u64().unwrap_or(0);
            assert_eq!(bad > 0, one["routine"] == routine, "{one:#}");
        }
    }
}
