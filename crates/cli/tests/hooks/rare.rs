//! Shapes of C that are rare: x87 and complex values, bits and unions by value, callbacks, forty parameters.

use crate::support::{Case, Done, Run, lifted, start};
use cmp_bridge::control::Route;
use serde_json::{Value, json};
use std::time::Duration;

fn build(test: &str, flags: &str) -> (Case, Done) {
    let case = Case::new("rare", test);
    case.make(&format!("gcc -g {flags} -c rare.c"));
    case.make(&format!("gcc -g {flags} -c main.c"));
    case.make(&format!("gcc {flags} main.o rare.o -o rare -lm"));
    let native = case.native(&["./rare"]).exited(0);
    // 80 bits are printed in full: half of them lost would show.
    let seen =
        ["0.30000000000000000001", "-3.5 1.25 ", "adcc56789abcdef0", "\n-3650.5\n119 -62\n", "\n4321\n"];
    (case, native.prints(&seen))
}

const BUILDS: [(&str, &str); 2] = [("O2", "-O2"), ("O0", "-O0 -no-pie")];

/// Calls by routine: what is to be in the journal.
fn expected() -> Vec<(&'static str, Value, Value)> {
    let bits = |low, middle, wide: u64| json!({"low": low, "middle": middle, "high": 300, "wide": wide});
    vec![
        ("turned", json!({"z": [1.25, 3.5]}), json!([-3.5, 1.25])),
        ("from_polar", json!({"r": 0.1, "scale": 3.0}), json!([0.3, 0.2])),
        ("paired", json!({"p": {"x": 2.75, "ok": true}, "flip": true}), json!({"x": -2.75, "ok": false})),
        ("paired", json!({"p": {"x": 2.75, "ok": true}, "flip": false}), json!({"x": -2.75, "ok": true})),
        ("mixed", json!({"b": bits(6, -9, 0xab_cdef_0123), "add": 1}), bits(7, -10, 0xab_cdef_024f)),
        ("exchanged", json!({"w": "f0debc9a78563412", "v": "000000000000f8bf"}), json!("f0debc9a7856ccad")),
        ("stretched", json!({"x": 0.1, "by": 3}), json!(0.3)),
        ("weighted", json!({"x": 3.0}), json!(1.5)),
        ("summed", json!({"n": 9}), json!(18.0)),
        (
            "forty",
            json!({"a0": 0.5, "a35": 35.0, "i0": -1, "i1": -2, "i2": -3, "i3": "\u{fc}"}),
            json!(-3650.5),
        ),
        ("words", json!({"a0": 100, "a6": 6, "a37": 37, "a38": 38}), json!(119)),
    ]
}

fn holds(wanted: &Value, found: &Value) -> bool {
    match wanted {
        Value::Object(fields) => fields.iter().all(|(name, value)| holds(value, &found[name])),
        other => other == found,
    }
}

#[test]
fn rare_shapes_are_recorded_as_they_are() {
    for (test, flags) in BUILDS {
        let (case, native) = build(test, flags);
        case.record(&["./rare"]).is(&native);
        let calls = lifted(&case.path("0.journal"));
        for (routine, before, returned) in expected() {
            let of: Vec<&Value> = calls.iter().filter(|call| call["routine"] == routine).collect();
            let found = |call: &&&Value| {
                holds(&before, &call["before"]) && holds(&returned, &call["after"]["return"])
            };
            assert!(of.iter().any(|call| found(&call)), "{test}: {routine} {before} {returned}: {of:#?}");
        }
        let both = calls.iter().filter(|call| call["routine"] == "both").map(|call| &call["after"]["return"]);
        assert_eq!(both.filter(|answer| **answer == json!(true)).count(), 1);
        // The callback is called nine times inside `summed`, and once by itself.
        let depths: Vec<i64> = calls
            .iter()
            .filter(|call| call["routine"] == "weighted")
            .map(|call| call["depth"].as_i64().expect("a depth"))
            .collect();
        assert_eq!((depths.iter().filter(|d| **d == 1).count(), depths.len()), (9, 10), "{depths:?}");
    }
}

/// Routines whose arguments are not known in number are left alone, and it is said why.
#[test]
fn variable_arguments_are_refused_with_their_reason() {
    let (case, native) = build("varargs", "-O2");
    let (mut command, journal) = case.bridge(&["--record", "*"], &["./rare"]);
    let run = Run::of(start(&mut command).done(Duration::from_secs(30)).exited(0), journal);
    assert_eq!(run.done.out, native.out);
    assert!(!run.hooked().contains(&"added".to_owned()), "{:?}", run.hooked());
    let (mut told, _) = case.bridge(&["--record", "*", "--explain"], &["./rare"]);
    let told = start(&mut told).done(Duration::from_secs(30)).exited(0);
    told.prints(&["not hooked: H215: `added` cannot be hooked", "it takes variable arguments"]);
    let (mut alone, _) = case.bridge(&["--record", "added"], &["./rare"]);
    let alone = start(&mut alone).done(Duration::from_secs(30)).exited(2);
    assert_eq!(alone.out, "", "the program was started");
    alone.says(&["`added`", "it takes variable arguments", "hint: "]);
}

/// The parts that are complete as scanned answer their journal again, to the last of their 80 bits.
#[test]
fn rare_shapes_answer_their_journal_again() {
    for (test, flags) in BUILDS {
        let (case, native) = build(&format!("replay-{test}"), flags);
        let files = case.scanned("rare");
        let text = std::fs::read_to_string(case.path(&files[0])).expect("a contract");
        case.write("rare.toml", &text.replace("effects = \"unknown\"", "effects = \"none\""));
        case.route(Route::Record, &["rare.toml".into()], &[], &["./rare"]).is(&native);
        let replay = [env!("CARGO_BIN_EXE_cmp-bridge"), "replay", "0.journal", "--control", "--json"];
        let done =
            start(case.command(&replay).args(["--exe", "rare"])).done(Duration::from_secs(60)).exited(0);
        let json: Value = serde_json::from_str(&done.out).expect("JSON");
        let routines = json["subjects"][0]["routines"].as_array().expect("routines");
        for name in
            ["turned", "from_polar", "paired", "mixed", "exchanged", "grown", "stretched", "both", "forty"]
        {
            let one = routines.iter().find(|one| one["routine"] == name);
            let one = one.unwrap_or_else(|| panic!("no {name} in {json:#}"));
            assert!(one["calls"].as_u64() > Some(0) && one["equal"] == one["calls"], "{test}: {one:#}");
        }
    }
}
