//! `explain`, as a person meets it.

use crate::support::{Bench, CONTRACT};

#[test]
fn a_routine_is_explained_in_plain_words() {
    let bench = Bench::new("explain");
    let did = bench.bridge(&["explain", "small", "scale"]).ended(0);
    did.prints(&[
        "scale is a routine in C, declared at small.c:12, ",
        "    int scale(int n, const double *in, double *out, double factor)\n",
        "How it can be replaced\n  yes    a hook at its entry, in the running program\n",
        "  no     a library found first by the dynamic linker (LD_PRELOAD)\n",
        "H310 note: routines compiled with it call it directly",
        "small.c:32 (main)",
        "  yes    legacy  the legacy code answers",
        "  yes    record ",
        "  no     rust    the rewrite answers alone: 4 facts are missing in the contract\n",
        "- routine.scale.params.2.use: parameter `out`: `use` is unknown",
    ]);
    // The twin: a call that was inlined is not there to be hooked, and the routine that is there is named.
    let did = bench.bridge(&["explain", "small", "work"]).ended(1);
    did.prints(&[
        "work is a routine in C, declared at small.c:27, without code of its own.",
        "H305 error: it exists only as inlined copies",
        "- small.c:50 in main",
        "taking a routine that contains it instead",
        "- main (1 inlined copy): its entry is where the bridge waits",
        "  no     record ",
    ]);
    let did = bench.bridge(&["explain", "small", "on_signal"]).ended(0);
    did.prints(&[
        "H317 warning: it is used as a signal handler",
        "small.c:55 (main): given to signal",
        "leave it on `legacy`",
    ]);
}

#[test]
fn a_contract_decides_which_routes_are_open() {
    let bench = Bench::new("explain-contract");
    let explain = |routine: &str| bench.bridge(&["explain", "small", routine, "--contract", "small.toml"]);
    explain("norm2").ended(0).prints(&[
        "  yes    shadow ",
        "  yes    rust ",
        "the contract says all it needs",
    ]);
    bench.write("small.toml", &CONTRACT.replace("effects = \"none\"", "effects = \"unknown\""));
    let did = explain("norm2").ended(0);
    did.prints(&["  no     rust ", "small.toml:", "`effects` is unknown"]);
    bench.write("small.toml", "contract = 1\n[component\n");
    explain("norm2").ended(2).says(&["small.toml is not a contract", "cmp-bridge check small.toml"]);
    bench
        .bridge(&["explain", "small", "norm2", "--contract", "none.toml"])
        .ended(2)
        .says(&["none.toml: cannot be read"]);
}

#[test]
fn names_that_are_unknown_or_several_are_answered() {
    let bench = Bench::new("explain-names");
    bench
        .bridge(&["explain", "small", "scalle"])
        .ended(2)
        .says(&["small has no routine `scalle`", "did you mean `scale`?"]);
    bench.bridge(&["explain", "small", "zzzzzzzzzz"]).ended(2).says(&["explain small '*'` lists"]);
    bench.bridge(&["explain", "none", "scale"]).ended(2).says(&["none: cannot be read"]);
    bench.bridge(&["explain", "small.c", "scale"]).ended(2).says(&["not an ELF file"]);
    bench.write("one.c", "static __attribute__((noinline)) int twin(int x) { return x * 7; }\nint one(int x) { return twin(x) + 1; }\n");
    bench.write("two.c", "static __attribute__((noinline)) int twin(int x) { return x * 9; }\nint two(int x) { return twin(x) + 2; }\n");
    bench.cc("one.c", &["two.c", "-g", "-O2", "-shared", "-fPIC", "-o", "twins.so"]);
    let did = bench.bridge(&["explain", "twins.so", "twin"]).ended(1);
    did.prints(&[
        "`twin` means 2 routines:\n",
        "  twin (one.c:1; code at 0x",
        "  twin (two.c:1; code at 0x",
        "--source FILE",
    ]);
    let did = bench.bridge(&["explain", "twins.so", "twin", "--source", "two.c"]).ended(0);
    did.prints(&["declared at two.c:1"]);
    let did = bench.bridge(&["explain", "twins.so", "twin", "--source", "three.c"]).ended(2);
    did.says(&["there is one elsewhere: twin (one.c:1"]);
    let did = bench.bridge(&["explain", "twins.so", "twin", "--json"]).ended(1);
    let json: serde_json::Value = serde_json::from_str(&did.out).expect("JSON");
    assert_eq!(json["several"][1]["at"], "two.c:1");
    let did = bench.bridge(&["explain", "twins.so", "t*"]).ended(0);
    did.prints(&[
        "yes    twin  one.c:1  H310\n",
        "3 routines: 3 can be hooked, 0 for some of their calls, 0 not\n",
    ]);
}

#[test]
fn scripts_read_json() {
    let bench = Bench::new("explain-json");
    let json = |routine: &str, code: i32| -> serde_json::Value {
        let did =
            bench.bridge(&["explain", "small", routine, "--json", "--contract", "small.toml"]).ended(code);
        serde_json::from_str(&did.out).expect("JSON")
    };
    let scale = json("scale", 0);
    assert_eq!((&scale["routine"], &scale["language"]), (&"scale".into(), &"C".into()));
    assert_eq!(
        scale["ways"][0],
        serde_json::json!({
            "means": "entry-hook", "verdict": "yes",
            "why": "every call that is seen in this file arrives at its entry, which can be redirected and put back while the program runs",
        })
    );
    assert_eq!(scale["routes"][1]["route"], "record");
    assert_eq!(scale["findings"][0]["code"], "H310");
    let work = json("work", 1);
    assert_eq!(work["holders"][0]["routine"], "main");
    assert_eq!(work["symbol"], serde_json::Value::Null);
    let all = json("*", 1);
    assert!(all["routines"].as_array().is_some_and(|r| r.len() > 5));
}

#[test]
fn without_debug_information_it_says_what_is_missing() {
    let bench = Bench::new("explain-bare");
    bench.cc("small.c", &["-O2", "-fno-inline", "-o", "bare"]);
    let did = bench.bridge(&["explain", "bare", "scale"]).ended(1);
    let did = did.says(&["has no debug information", "from symbols and instructions only"]);
    did.prints(&[
        "scale is a routine of which only the code is known",
        "main+0x",
        "no contract can describe it",
    ]);
}
