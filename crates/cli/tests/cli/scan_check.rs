//! `scan` and `check`, as a person meets them.

use crate::support::{Bench, CONTRACT};

#[test]
fn scan_prints_a_contract_that_check_accepts() {
    let bench = Bench::new("scan");
    let did = bench.bridge(&["scan", "small", "--component", "tiny"]).ended(0);
    let did = did.says(&["4 routines described in 1 contract, 1 not described"]);
    let did = did.prints(&["name = \"tiny\"", "[routine.scale]", "# not described: main (C, small.c:"]);
    bench.write("tiny.toml", &did.out);
    let did = bench.bridge(&["check", "tiny.toml", "--binary", "small"]).ended(0);
    did.prints(&["to complete: routine.crunch.params.0.use", "1 contract, 4 routines", "0 errors"]);
}

#[test]
fn merging_keeps_what_people_wrote() {
    let bench = Bench::new("merge");
    bench.write(
        "kept.toml",
        &CONTRACT.replace("[routine.norm2]", "# checked by hand in 1997\n[routine.norm2]"),
    );
    bench
        .bridge(&["scan", "small", "--out", "kept.toml"])
        .ended(2)
        .says(&["kept.toml: cannot be written", "--merge"]);
    bench
        .bridge(&["scan", "small", "--out", "kept.toml", "--merge"])
        .ended(0)
        .says(&["brought up to date: 4 routines"]);
    let merged = std::fs::read_to_string(bench.path("kept.toml")).expect("the contract");
    for kept in ["# checked by hand in 1997", "absolute = 1e-9", "[f64; n]", "build-id = "] {
        assert!(merged.contains(kept), "`{kept}` is not in:\n{merged}");
    }
    bench.bridge(&["check", "kept.toml", "--binary", "small"]).ended(0);
    bench.write("broken.toml", "contract = 1\n[component\n");
    bench
        .bridge(&["scan", "small", "--out", "broken.toml", "--merge"])
        .ended(2)
        .says(&["it was left as it is"]);
    assert_eq!(
        std::fs::read_to_string(bench.path("broken.toml")).expect("the file"),
        "contract = 1\n[component\n"
    );
}

#[test]
fn scan_writes_folders_and_json() {
    let bench = Bench::new("scan-out");
    bench.bridge(&["scan", "small", "--routine", "norm?", "--out", "contracts/"]).ended(0);
    let text = std::fs::read_to_string(bench.path("contracts/small_c.toml")).expect("the contract");
    assert!(text.contains("[routine.norm2]") && !text.contains("[routine.scale]"));
    let did = bench.bridge(&["scan", "small", "--json"]).ended(0);
    let json: serde_json::Value = serde_json::from_str(&did.out).expect("JSON");
    assert_eq!(json["contracts"][0]["routines"][0]["routine"], "scale");
    assert_eq!(json["refused"][0]["routine"], "main");
    bench.bridge(&["scan", "small", "--routine", "main"]).ended(1).prints(&["# not described: main"]);
    bench.bridge(&["scan", "small", "--routine", "crunsh"]).ended(2).says(&["did you mean `crunch`?"]);
    let two = |second, status| {
        let did = bench.bridge(&["scan", "small", "--routine", "scale", "--routine", second, "--json"]);
        let did = did.ended(status);
        let json: serde_json::Value = serde_json::from_str(&did.out).expect("JSON");
        (json["unmatched"].clone(), did)
    };
    let (unmatched, did) = two("crunsh", 1);
    assert_eq!(unmatched, serde_json::json!(["crunsh"]));
    did.says(&["has no routine that matches `crunsh`", "did you mean `crunch`?"]);
    assert_eq!(two("norm?", 0).0, serde_json::json!([]));
}

#[test]
fn check_counts_and_fails() {
    let bench = Bench::new("check");
    bench
        .bridge(&["check", "small.toml", "--binary", "small"])
        .ended(0)
        .prints(&["3 complete enough for every route"]);
    bench.write(
        "wrong.toml",
        &CONTRACT.replace("name = \"factor\", type = \"f64\"", "name = \"factor\", type = \"f32\""),
    );
    let did = bench.bridge(&["check", "wrong.toml", "--binary", "small"]).ended(1);
    did.prints(&["wrong.toml:", ": error[B110]", "^^^^^", "1 error"]);
    bench.write("faulty.toml", &CONTRACT.replace("use = \"inout\" },", "use = \"sideways\" },"));
    bench.bridge(&["check", "faulty.toml"]).ended(1).prints(&["faulty.toml:46:55", "error[", "hint: "]);
    let did = bench.bridge(&["check", "small.toml", "faulty.toml", "--json"]).ended(1);
    let json: serde_json::Value = serde_json::from_str(&did.out).expect("JSON");
    assert_eq!((&json["errors"], &json["complete"]), (&1.into(), &3.into()));
    bench.bridge(&["check", "none.toml"]).ended(2).says(&["none.toml: cannot be read"]);
    bench.bridge(&["check", "small.toml", "--binary", "small.c"]).ended(2).says(&["is not an ELF file"]);
}
