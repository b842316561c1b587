//! Record, replay, compare: a module that is right, and one wrong in each way there is.

use crate::support::Bench;

/// What is wrong with a candidate, and what replay says of it: the routine's row starts with, the mismatching field.
const WRONG: &[(&str, &str, &str)] = &[
    ("status", "-DSCALE_STATUS(n)=0", "scale call 1:13: return"),
    ("out", "-DSCALE_VALUE(in,factor)=((in)*(factor)+(n==4&&i==2?0.75:0.5))", "scale call 1:13: out[2]"),
    ("last bit", "-DNORM(v)=((v)->x*(v)->x+(v)->y*(v)->y+(v)->n)*(1+0x1p-52)", "norm2 call 1:3: return"),
    ("record", "-DCRUNCH_N(n)=(n)^4", "crunch call 1:2: v.n"),
    ("tolerance", "-DCRUNCH_X(x)=(x)+1e-8", "crunch call 1:2: v.x"),
];

#[test]
fn a_right_module_is_equal_and_each_wrong_one_is_named() {
    let bench = Bench::new("cycle");
    bench.record("j");
    bench.module("right.so", &[]);
    let right = bench.bridge(&["replay", "j", "--module", "right.so"]).ended(0);
    right.prints(&["@(#) small module by hand", "=> equal: 60 of 60 calls compared"]);
    for (name, define, says) in WRONG {
        bench.module("wrong.so", &[define]);
        let did = bench.bridge(&["replay", "j", "--module", "wrong.so"]).ended(1);
        let [place, field] = says.rsplit_once(": ").map(<[&str; 2]>::from).expect("a place and a field");
        did.prints(&[&format!("mismatch {place}: {field}\n"), "control    ", "candidate  ", "tolerance  "]);
        let call = place.rsplit(' ').next().expect("a call");
        bench.bridge(&["journal", "j", "--call", call]).ended(0).prints(&[&format!("call {call} of ")]);
        assert!(!name.is_empty());
    }
}

#[test]
fn within_the_tolerance_is_told_apart_from_equal() {
    let bench = Bench::new("within");
    bench.record("j");
    bench.module("near.so", &["-DCRUNCH_X(x)=(x)+1e-12"]);
    let did = bench.bridge(&["replay", "j", "--module", "near.so", "--routine", "crunch"]).ended(0);
    did.prints(&["=> equal within the tolerances: 20 of 20", "crunch.v.x"]);
}

#[test]
fn the_program_answers_its_own_journal() {
    let bench = Bench::new("control");
    bench.record("j");
    bench.module("right.so", &[]);
    let did = bench.bridge(&["replay", "j", "--control", "--exe", "small", "--module", "right.so"]).ended(0);
    let did = did.prints(&["control against itself: small", "candidate: right.so"]);
    assert_eq!(did.out.matches("=> equal: 60 of 60 calls compared").count(), 2, "{}", did.out);
    assert!(!did.out.contains("not measured"), "{}", did.out);
}

/// The legacy routine has state that its contract does not mention: only control against control can know.
#[test]
fn hidden_state_is_found_by_control_against_control() {
    let bench = Bench::new("hidden");
    let hidden = crate::support::PROGRAM
        .replace("return n > 3 ? 1 : 0;", "return crunched & 1;")
        .replace("static int calls_made;", "static int calls_made, crunched;")
        .replace("int i;\n  for (i = 0; i < k;", "int i;\n  crunched++;\n  for (i = 0; i < k;");
    bench.write("small.c", &hidden);
    bench.cc("small.c", &["-g", "-O2", "-fno-inline", "-o", "small"]);
    bench.record("j");
    // With every call of the run, in its order, the counter is what it was; that `crunch` changes it is seen all the same.
    let did = bench.bridge(&["replay", "j", "--control", "--exe", "small"]).ended(1);
    let did = did.prints(&[
        "crunched+0\n    control    not in the contract\n    candidate  changed\n",
        "crunched`, which is not declared: declare it under the routine's `state`",
    ]);
    assert!(!did.out.contains("mismatch scale"), "{}", did.out);
    // Without the calls of `crunch` the counter is not what it was.
    let did = bench.bridge(&["replay", "j", "--control", "--exe", "small", "--routine", "scale"]).ended(1);
    did.prints(&["mismatch scale call 1:4: return\n    control    1\n    candidate  0\n"]);
}

#[test]
fn another_build_does_not_answer_for_the_recorded_one() {
    let bench = Bench::new("build");
    bench.record("j");
    bench.write("small.c", &crate::support::PROGRAM.replace("0.25", "0.125"));
    bench.cc("small.c", &["-g", "-O2", "-fno-inline", "-o", "small"]);
    let did = bench.bridge(&["replay", "j", "--control", "--exe", "small"]).ended(2);
    did.says(&["is build", "was recorded from build", "hint: name the executable that was recorded"]);
}

#[test]
fn a_crash_costs_one_call_and_is_attributed() {
    let bench = Bench::new("crash");
    bench.record("j");
    for (define, how) in [
        ("-DBEFORE(n)=if(n==2)*(volatile int*)8=1", "SIGSEGV"),
        ("-DBEFORE(n)=if(n==2)abort()", "SIGABRT"),
        ("-DBEFORE(n)=if(n==2)_Exit(3)", "exit 3"),
        ("-DBEFORE(n)=if(n==2)for(volatile int i=0;;i=i)", "no answer within 300 ms"),
        ("-DANSWER=n==2?3:0", "panicked"),
    ] {
        bench.module("crash.so", &[define]);
        let did =
            bench.bridge(&["replay", "j", "--module", "crash.so", "--timeout", "300", "--json"]).ended(1);
        let json: serde_json::Value = serde_json::from_str(&did.out).expect("JSON");
        let routines = json["subjects"][0]["routines"].as_array().expect("routines");
        let scale = routines.iter().find(|routine| routine["routine"] == "scale").expect("scale");
        assert_eq!(
            (&scale["calls"], &scale["crashed"], &scale["equal"]),
            (&20.into(), &4.into(), &16.into()),
            "{how}"
        );
        assert_eq!(scale["crashes"][0], serde_json::json!({ "call": "1:7", "how": how }));
        assert!(routines.iter().filter(|r| r["routine"] != "scale").all(|r| r["equal"] == 20), "{}", did.out);
    }
}

#[test]
fn what_is_not_replayed_is_counted_by_reason() {
    let bench = Bench::new("skipped");
    bench.bridge(&["run", "--quiet", "--record", "scale", "--journal", "j", "--", "./small", "6"]).ended(0);
    // The scanned contract knows no extents and no directions.
    let did = bench.bridge(&["replay", "j", "--control", "--exe", "small"]).ended(2);
    let did = did.says(&["not one call was compared", "hint: "]);
    did.prints(&[
        "scale: 6 calls not replayable: the contract does not say enough: ",
        "nothing was compared",
    ]);
    // A candidate that steps aside is no evidence either.
    bench.record("k");
    bench.module("shy.so", &["-DANSWER=2"]);
    let did = bench.bridge(&["replay", "k", "--module", "shy.so", "--routine", "scale"]).ended(2);
    did.says(&["not one call was compared"]);
}

#[test]
fn writing_beyond_an_extent_is_a_mismatch() {
    let bench = Bench::new("beyond");
    bench.record("j");
    bench.module("beyond.so", &["-DBEFORE(n)=out[n]=9.0"]);
    let did = bench.bridge(&["replay", "j", "--module", "beyond.so", "--routine", "scale"]).ended(1);
    did.prints(&["out (beyond its extent)"]);
}

#[test]
fn writing_what_is_declared_in_is_a_mismatch() {
    let bench = Bench::new("input");
    bench.record("j");
    bench.module("input.so", &["-DBEFORE(n)=if(n>0)((double*)in)[0]+=1"]);
    let did = bench.bridge(&["replay", "j", "--module", "input.so", "--routine", "scale"]).ended(1);
    let did = did.prints(&["in (declared in, written)", "=> different: 20 of 20 calls compared\n"]);
    assert!(!did.out.contains("the contract is wrong"), "{}", did.out);
}

/// A candidate of which nothing was compared is not passed over because others are right.
#[test]
fn a_candidate_that_was_never_put_to_the_test_is_named() {
    let bench = Bench::new("untested");
    bench.record("j");
    bench.module("shy.so", &["-DANSWER=2"]);
    let did = bench.bridge(&["replay", "j", "--module", "shy.so", "--html", "e.html"]).ended(1);
    let verdict = "equal in what was compared: 40 of 60 calls; 20 calls of 1 routine not compared; 0 lost";
    did.prints(&["not one call was compared of scale\n", verdict]);
    let page = std::fs::read_to_string(bench.path("e.html")).expect("the page");
    assert!(page.contains("Not one call was compared of scale"), "{page}");
}

#[test]
fn routines_that_no_module_has_are_one_line() {
    let bench = Bench::new("others");
    bench.record("j");
    bench.module("one.so", &["-DCOUNT=1"]);
    let did = bench.bridge(&["replay", "j", "--module", "one.so", "--html", "e.html"]).ended(0);
    let line = "2 other routines of the journal have no candidate (40 calls)";
    let verdict =
        "=> equal in what was compared: 20 of 60 calls; 40 calls of 2 routines not compared; 0 lost";
    let did = did.prints(&[line, verdict]);
    let page = std::fs::read_to_string(bench.path("e.html")).expect("the page");
    assert!(page.contains(line) && page.contains("Equal in what was compared: 20 of 60 calls"), "{page}");
    for text in [did.out, page] {
        assert!(text.contains("scale") && !text.contains("norm2") && !text.contains("crunch"), "{text}");
    }
}

/// The legacy routine itself writes what the contract calls an input: the contract is wrong.
#[test]
fn control_against_control_finds_a_wrong_use() {
    let bench = Bench::new("use");
    let wrong = crate::support::CONTRACT
        .replace("\"vec\", by = \"reference\", use = \"inout\"", "\"vec\", by = \"reference\", use = \"in\"");
    assert_ne!(wrong, crate::support::CONTRACT);
    bench.write("small.toml", &wrong);
    bench.record("j");
    let did = bench.bridge(&["replay", "j", "--control", "--exe", "small"]).ended(1);
    did.prints(&[
        ": v (declared in, written)\n",
        "the contract is wrong: crunch: the legacy routine writes `v`, which is declared `in`: correct its `use`",
        "=> different: 60 of 60 calls compared\n",
    ]);
}

#[test]
fn a_returned_reference_is_shown_as_the_address_it_is() {
    let bench = Bench::new("by-reference");
    bench.write(
        "pick.cpp",
        "double cells[3] = {1.5, 2.5, 3.5};\n\
         __attribute__((noipa)) double &pick(int i) { return cells[i]; }\n\
         int main() { pick(1) = 4.5; return cells[1] != 4.5; }\n",
    );
    bench.cc("pick.cpp", &["-g", "-O1", "-no-pie", "-o", "pick"]);
    bench.bridge(&["run", "--quiet", "--record", "pick", "--journal", "j", "--", "./pick"]).ended(0);
    let nm = std::process::Command::new("nm").arg(bench.path("pick")).output().expect("nm");
    let symbols = String::from_utf8(nm.stdout).expect("UTF-8");
    let cells = symbols.lines().find_map(|line| line.strip_suffix(" D cells")).expect("the symbol");
    let address = u64::from_str_radix(cells, 16).expect("an address") + 8;
    bench.bridge(&["journal", "j"]).ended(0).prints(&[&format!("return={address:#x}")]);
}
