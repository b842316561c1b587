//! Every mistake is named, with the place and with what would be right; nothing is called.

use crate::legacy;
use crate::support::{call, program};
use std::path::Path;

#[track_caller]
fn refused(words: &[&str], says: &[&str]) {
    call(&program("endings"), words).ended(2).says(says);
}

#[test]
fn names_that_are_not_there() {
    refused(&["cont", "by=1"], &["no routine is named `cont`", "is `count` meant?"]);
    refused(&["count", "bi=1"], &["`count` has no parameter `bi`", "is `by` meant?", "it has by"]);
    refused(&["count", "by=1", "--state", "tot=1"], &["`count` has no state `tot`"]);
    refused(&["turn", "m=[{tug=\"\"}]"], &["`m[0]`", "is `tag` meant?"]);
    refused(&["turn", "m=[{c=GRENE}]"], &["`m[0].c`", "RED, GREEN"]);
    call(Path::new("no-such-file"), &["x"]).ended(2).says(&["no-such-file"]);
}

/// A routine may be named as its language writes it.
#[test]
fn names_of_the_source() {
    let day = legacy::built("pie").join("cmp_day");
    let missing = |name: &str, what: &str| call(&day, &[name]).ended(2).says(&[what, "is missing"]);
    missing("ccs_limites.depassement", "parameter `l` (ccs_types__limite)");
    missing("plan::Lieu::marge", "parameter `this` (Lieu)");
    call(&day, &["plan::Lieu::marges"]).ended(2).says(&["no routine is named `plan::Lieu::marges`"]);
}

#[test]
fn values_that_are_missing_or_do_not_fit() {
    refused(&["count"], &["parameter `by` (i32) is missing", "write by=0"]);
    refused(&["beyond", "n=3"], &["parameter `out`", "is missing"]);
    refused(&["count", "by=1", "by=2"], &["`by` is given twice"]);
    refused(&["count", "by=3000000000"], &["`by`", "-2147483648 to 2147483647", "3000000000"]);
    refused(&["count", "by=1.5"], &["`by`: expected an integer (i32), found the number 1.5"]);
    refused(&["count", "by=\"a\""], &["found a text of 1 bytes"]);
    refused(&["norm", "p=[1,2]"], &["`p`: expected a record"]);
    refused(&["turn", "m=[{tag=\"123456789\"}]"], &["`m[0].tag`: expected 8 elements", "a text of 9 bytes"]);
    refused(&["turn", "m=[{a=8}]"], &["`m[0].a`", "0 to 7"]);
}

#[test]
fn words_that_cannot_be_read() {
    refused(&["count", "by"], &["`by` is not an argument: write name=value"]);
    refused(&["count", "by="], &["at character 1", "found the end"]);
    refused(&["count", "by=[1"], &["at character 3"]);
    refused(&["noisy", "text=@no-such-file", "n=1"], &["no-such-file: cannot be read"]);
    refused(&["strlen8", "s=\u{20ac}"], &["no place in ISO-8859-1"]);
}

#[test]
fn extents_of_a_contract_are_kept() {
    let cmp_day = legacy::built("pie").join("cmp_day");
    let contract = legacy::root().join("contracts/flight_dynamics.toml");
    let contract = contract.to_str().expect("UTF-8");
    let elements = "elt=[7200000.0, 0.001, 0.1, 0.2, 0.3]";
    let words = ["kepcar", "xmu=3.986004415e14", elements, "--contract", contract];
    call(&cmp_day, &words)
        .ended(2)
        .says(&["`elt`: expected 6 elements ([f64; 6]), found an array of 5 elements"]);
    // A contract that was made for another build.
    let pinned = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pinned.toml");
    let text = std::fs::read_to_string(contract).expect("a contract");
    let text = text
        .replace("binary = { file = \"cmp_day\" }", "binary = { file = \"cmp_day\", build-id = \"00ff\" }");
    std::fs::write(&pinned, text).expect("a file");
    let pinned = pinned.to_str().expect("UTF-8");
    call(&cmp_day, &["caljj", "--contract", pinned]).ended(2).says(&["was made for build 00ff"]);
}
