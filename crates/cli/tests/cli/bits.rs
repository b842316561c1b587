//! The test of all evidence: a candidate wrong in one bit of one output is reported with that field's name, in replay and
//! in shadow, whatever the bit.

use crate::support::{Bench, Did};

/// An output: routine, its number in `module.c`, bits, and what is to be said of a bit.
const OUTPUTS: &[(&str, u32, u32, Says)] = &[
    ("scale", 0, 32, |_| Some("return")),
    ("scale", 1, 256, |bit| Some(["out[0]", "out[1]", "out[2]", "out[3]"][bit as usize / 64])),
    ("scale", 2, 32, |_| Some("state.calls_made")),
    ("norm2", 0, 64, |_| Some("return")),
    ("crunch", 0, 192, |bit| match bit {
        // 1e-9 is tolerated; the values are between 1 and 16.
        0..20 => Some("within"),
        26..64 => Some("v.x"),
        64..128 => Some("v.y"),
        128..160 => Some("v.n"),
        // Padding is nobody's.
        160.. => Some("equal"),
        _ => None,
    }),
];

type Says = fn(u32) -> Option<&'static str>;

/// All bits where the whole matrix is asked for, else a sample that meets every byte of a word.
fn bits(of: u32) -> impl Iterator<Item = u32> {
    let step = if std::env::var("CMP_BRIDGE_LONG").is_ok_and(|value| value == "1") { 1 } else { 13 };
    (0..of).step_by(step).chain([of - 1])
}

fn flipped(bench: &Bench, flip: &str, arguments: &[&str]) -> Did {
    let mut command = bench.command(arguments);
    Did::of(command.env("CMP_FLIP", flip).output().expect("cmp-bridge"))
}

fn check(bench: &Bench, told: &mut dyn FnMut(&str) -> (Option<i32>, serde_json::Value)) {
    let _ = bench;
    for (routine, area, of, says) in OUTPUTS {
        for bit in bits(*of) {
            let Some(expected) = says(bit) else { continue };
            let flip = format!("{routine}:{area}:{bit}");
            let (code, json) = told(&flip);
            let subject = json["subjects"][0]["routines"].as_array().expect("routines");
            let of = |name: &str| subject.iter().find(|r| r["routine"] == name).expect("the routine");
            let wrong: Vec<_> =
                subject.iter().filter(|r| r["mismatched"] != 0).map(|r| &r["routine"]).collect();
            match expected {
                "equal" => {
                    assert_eq!((code, &of(routine)["equal"]), (Some(0), &of(routine)["calls"]), "{flip}")
                }
                "within" => assert!(code == Some(0) && of(routine)["within"] != 0, "{flip}: {json:#}"),
                field => {
                    assert_eq!(
                        (code, wrong),
                        (Some(1), vec![&serde_json::Value::from(*routine)]),
                        "{flip}: {json:#}"
                    );
                    let mismatches = of(routine)["mismatches"].as_array().expect("mismatches");
                    assert!(
                        !mismatches.is_empty() && mismatches.iter().all(|m| m["path"] == field),
                        "{flip}: {json:#}"
                    );
                }
            }
        }
    }
}

#[test]
fn one_wrong_bit_in_replay() {
    let bench = Bench::new("bits-replay");
    bench.record("j");
    bench.module("m.so", &[]);
    check(&bench, &mut |flip| {
        let did = flipped(&bench, flip, &["replay", "j", "--module", "m.so", "--json"]);
        (did.code, serde_json::from_str(&did.out).expect("JSON"))
    });
}

#[test]
fn one_wrong_bit_in_shadow() {
    let bench = Bench::new("bits-shadow");
    bench.module("m.so", &[]);
    bench.write(
        "bridge.toml",
        "contracts = [\"small.toml\"]\nmodules = [\"m.so\"]\n[routes]\n\"*\" = \"shadow\"\n",
    );
    let plain = std::process::Command::new(bench.path("small")).arg("20").output().expect("the program");
    check(&bench, &mut |flip| {
        let _ = std::fs::remove_file(bench.path("j"));
        let run = [
            "run",
            "--quiet",
            "--ring-mib",
            "1",
            "--config",
            "bridge.toml",
            "--journal",
            "j",
            "--",
            "./small",
            "20",
        ];
        let did = flipped(&bench, flip, &run).ended(0);
        assert_eq!(did.out.as_bytes(), plain.stdout, "{flip}: the caller noticed");
        let did = bench.bridge(&["replay", "j", "--json"]);
        (did.code, serde_json::from_str(&did.out).expect("JSON"))
    });
}
