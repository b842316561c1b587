//! What evidence looks like, from a journal whose every byte is known. `UPDATE_EXPECT=1` writes the files anew.

use crate::encode::{Entries, Scratch, write};
use crate::support::{CONTRACT, Did, cmp_bridge};
use cmp_bridge_contract::hash::routine_hash;
use cmp_bridge_contract::model::Contract;
use cmp_bridge_journal::{Component, Header, RoutineHead};
use std::path::Path;

const GOLDEN: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden");

fn header() -> Header {
    let contract = Contract::from_toml(CONTRACT, "small.toml").expect("a contract");
    let head = |name: &str| RoutineHead {
        name: name.to_owned(),
        component: 0,
        contract_hash: routine_hash(&contract, contract.routine(name).expect("a routine")),
    };
    Header {
        target: "x86_64-linux-gnu".to_owned(),
        executable: "small".to_owned(),
        build_id: vec![0xab; 20],
        components: vec![Component { file: "small.toml".to_owned(), contract: CONTRACT.to_owned() }],
        routines: ["scale", "norm2", "crunch"].map(head).to_vec(),
    }
}

fn record(x: f64, y: f64, n: i32) -> Vec<u8> {
    let mut bytes = [x.to_le_bytes(), y.to_le_bytes()].concat();
    bytes.extend(n.to_le_bytes());
    bytes.resize(24, 0);
    bytes
}

fn doubles(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Two threads: equal, within, mismatched in three fields, declined, panicked, abandoned.
fn entries() -> (Entries, Entries) {
    let (mut one, mut two) = (Entries::default(), Entries::default());
    let (input, output) = (doubles(&[1.0, 2.0]), doubles(&[0.0, 0.0]));
    for (number, candidate, status) in [(1, [1.5, 2.5], 0u64), (2, [1.5, -2.5], 1), (3, [f64::NAN, 2.5], 0)] {
        let before = [(0, 0x1000, 0, input.as_slice()), (1, 0x2000, 0, output.as_slice())];
        one.enter(0, number, 0, [2, 0x1000, 0x2000, 0, 0, 0], &before);
        one.candidate(0, number, 0, status, 0, &[(1, 0x2000, 0, &doubles(&candidate))]);
        one.leave(0, number, 0, 0, &[(1, 0x2000, 0, &doubles(&[1.5, 2.5]))]);
    }
    let vec = record(3.0, 4.0, 1);
    for (number, answer, bits) in [(1, 0, 26.0f64.to_bits()), (2, 2, 0), (3, 4, 0)] {
        two.enter(1, number, 0, [0x3000, 0, 0, 0, 0, 0], &[(0, 0x3000, 0, &vec)]);
        two.candidate(1, number, answer, 0, bits, &[]);
        two.leave(1, number, 0, 26.0f64.to_bits(), &[]);
    }
    for (number, x) in [(4, 1.0 + 1e-10), (5, 1.0)] {
        two.enter(2, number, 1, [0x3000, 1, 0, 0, 0, 0], &[(0, 0x3000, 0, &vec)]);
        two.candidate(2, number, 0, 0, 0, &[(0, 0x3000, 0, &record(x, 2.0, 3))]);
        if number == 4 {
            two.leave(2, number, 0, 0, &[(0, 0x3000, 0, &record(1.0, 2.0, 3))]);
        } else {
            two.abandoned(2, number);
        }
    }
    (one, two)
}

fn journal(scratch: &Scratch) {
    let (one, two) = entries();
    write(scratch, "day.journal", &header(), &[(1, 0, &one), (2, 7, &two)], true);
}

fn replay(scratch: &Scratch, arguments: &[&str]) -> Did {
    let mut command = cmp_bridge();
    command
        .current_dir(&scratch.0)
        .args(["replay", "day.journal", "--date", "on a fixed date"])
        .args(arguments);
    Did::of(command.output().expect("cmp-bridge"))
}

/// What route `shadow` saw beside the values: an input written, a write beyond an extent, no answer, no end.
#[test]
fn what_is_wrong_with_a_shadow_beside_its_values() {
    let scratch = Scratch::new("cli-shadow");
    let mut one = Entries::default();
    let (input, output, right) = (doubles(&[1.0, 2.0]), doubles(&[0.0, 0.0]), doubles(&[1.5, 2.5]));
    let changed = doubles(&[9.0, 2.0]);
    for number in 1..=4 {
        let before = [(0, 0x1000, 0, input.as_slice()), (1, 0x2000, 0, output.as_slice())];
        one.enter(0, number, 0, [2, 0x1000, 0x2000, 0, 0, 0], &before);
        let after = (1, 0x2000, 0, right.as_slice());
        let start = one.0.len();
        match number {
            1 => one.candidate(0, number, 0, 0, 0, &[(0, 0x1000, 0, &changed), after]),
            2 => {
                one.candidate(0, number, 0, 0, 0, &[after]);
                // After the head and the answer: the area, plus 1.
                one.0[start + 20] = 2;
            }
            _ => {}
        }
        one.leave(0, number, 0, 0, &[after]);
    }
    write(&scratch, "day.journal", &header(), &[(1, 0, &one)], true);
    let did = replay(&scratch, &[]).ended(1);
    did.prints(&[
        "mismatch scale call 1:1: in (declared in, written)\n",
        "mismatch scale call 1:2: out (beyond its extent)\n",
        "scale: 2 calls not replayable: no answer of the candidate was recorded\n",
        "=> different: 2 of 4 calls compared; 2 calls of 1 routine not compared; 0 lost while recording\n",
    ]);
}

/// A call whose end was lost is told apart from one that the recording ended in.
#[test]
fn lost_ends_are_told_apart() {
    let scratch = Scratch::new("cli-ends");
    let bench = crate::support::Bench::new("ends");
    bench.module("m.so", &[]);
    let vec = record(3.0, 4.0, 1);
    let mut one = Entries::default();
    // The last call is inside the one before: that one may have gone on to the end.
    for (number, depth, ends) in [(1, 0, false), (2, 0, true), (3, 0, false), (4, 1, true)] {
        one.enter(1, number, depth, [0x3000, 0, 0, 0, 0, 0], &[(0, 0x3000, 0, &vec)]);
        if ends {
            one.leave(1, number, 0, 26.0f64.to_bits(), &[]);
        }
    }
    write(&scratch, "day.journal", &header(), &[(1, 1, &one)], true);
    let module = bench.path("m.so");
    let did = replay(&scratch, &["--module", module.to_str().expect("UTF-8")]).ended(0);
    did.prints(&[
        "norm2: 1 call not replayable: unfinished: its end was not recorded (dropped)\n",
        "norm2: 1 call not replayable: unfinished: the recording ends inside it\n",
        "=> equal in what was compared: 2 of 4 calls; 2 calls of 1 routine not compared; 1 lost while recording\n",
    ]);
}

#[track_caller]
fn expect(name: &str, found: &str) {
    let path = Path::new(GOLDEN).join(name);
    let found = found.replace(env!("CARGO_PKG_VERSION"), "VERSION");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, &found).expect("the golden file");
    }
    let expected = std::fs::read_to_string(&path).expect("the golden file; UPDATE_EXPECT=1 writes it");
    assert_eq!(found, expected, "{} differs; UPDATE_EXPECT=1 writes it anew", path.display());
}

#[test]
fn text_and_json() {
    let scratch = Scratch::new("cli-text");
    journal(&scratch);
    expect("evidence.txt", &replay(&scratch, &[]).ended(1).out);
    expect("evidence.json", &replay(&scratch, &["--json"]).ended(1).out);
}

#[test]
fn one_page_that_needs_nothing_else() {
    let scratch = Scratch::new("cli-html");
    journal(&scratch);
    replay(&scratch, &["--html", "e.html"]).ended(1).says(&["evidence: e.html"]);
    let page = std::fs::read_to_string(scratch.path("e.html")).expect("the page");
    for outside in ["http://", "https://", "<script", "<link", "url(", "@import", "src="] {
        assert!(!page.contains(outside), "the page refers to `{outside}`");
    }
    expect("evidence.html", &page);
    replay(&scratch, &["--html", "again.html"]).ended(1);
    assert_eq!(
        std::fs::read_to_string(scratch.path("again.html")).expect("the page"),
        page,
        "the page is not the same"
    );
}

#[test]
fn names_from_outside_cannot_become_markup() {
    let scratch = Scratch::new("cli-markup");
    let (one, two) = entries();
    let header = Header { executable: "<b>small</b>&".to_owned(), ..header() };
    write(&scratch, "day.journal", &header, &[(1, 0, &one), (2, 7, &two)], true);
    replay(&scratch, &["--html", "e.html"]).ended(1);
    let page = std::fs::read_to_string(scratch.path("e.html")).expect("the page");
    assert!(page.contains("&lt;b&gt;small&lt;/b&gt;&amp;") && !page.contains("<b>"));
}

#[test]
fn journals_are_listed() {
    let scratch = Scratch::new("cli-list");
    journal(&scratch);
    let list = |arguments: &[&str]| {
        let mut command = cmp_bridge();
        command.current_dir(&scratch.0).args(["journal", "day.journal"]).args(arguments);
        Did::of(command.output().expect("cmp-bridge"))
    };
    expect("journal.txt", &list(&[]).ended(0).says(&["8 of 8 calls shown", "7 lost while recording"]).out);
    expect("call.txt", &list(&["--call", "1:2"]).ended(0).out);
    expect("journal.json", &list(&["--json", "--routine", "norm?"]).ended(0).out);
    list(&["--call", "9:9"])
        .ended(2)
        .says(&["there is no call 9:9", "hint: `cmp-bridge journal day.journal` lists"]);
    list(&["--call", "nine"]).ended(2).says(&["THREAD:NUMBER"]);
}
