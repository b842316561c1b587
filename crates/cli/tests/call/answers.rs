//! What comes back, and how it is written.

use crate::legacy;
use crate::support::{call, program};
use serde_json::json;

#[test]
fn crc_16_of_the_catalogue() {
    // CRC-16/CCITT-FALSE (0x1021, preset FFFF) of "123456789" is 0x29b1: Williams' "painless guide", and ECSS-E-ST-70-41.
    let cmp_day = legacy::built("pie").join("cmp_day");
    call(&cmp_day, &["tm_crc16", "buf=\"123456789\"", "lg=9"]).ended(0).prints(&["return = 10673"]);
    // ECSS: two zero bytes give 0x1d0f, and three of them 0xcc9c.
    let told = call(&cmp_day, &["tm_crc16", "buf=hex:0000", "lg=2", "--json"]).ended(0).json();
    assert_eq!(told["outputs"]["return"], json!(0x1d0f));
    let told = call(&cmp_day, &["tm_crc16", "buf=[0,0,0]", "lg=0x3", "--json"]).ended(0).json();
    assert_eq!(told["outputs"]["return"], json!(0xcc9c));
    call(&cmp_day, &["tm_crc16", "buf=\"123456780\"", "lg=9"]).ended(0).prints(&["return = "]);
}

#[test]
fn a_julian_day_by_contract_by_scan_and_out_of_a_library() {
    let contract = legacy::root().join("contracts/flight_dynamics.toml");
    let contract = contract.to_str().expect("UTF-8");
    let date = ["ian=2004", "mois=4", "jour=6"];
    let words = [&["caljj"][..], &date, &["--contract", contract]].concat();
    call(&legacy::built("pie").join("cmp_day"), &words).ended(0).prints(&["jj50 = 19819", "ier = 0"]);
    call(&legacy::built("shared").join("libcmp_fd.so"), &words).ended(0).prints(&["jj50 = 19819"]);
    call(&legacy::built("shared").join("cmp_day"), &words).ended(0).prints(&["jj50 = 19819"]);
    let words = [&["caljj_"][..], &date, &["jj50=0", "ier=0"]].concat();
    call(&legacy::built("nopie").join("cmp_day"), &words).ended(0).prints(&["jj50 = 19819  (was 0)"]);
    // The wrong twin: 30 February.
    let words = ["caljj", "ian=2004", "mois=2", "jour=30", "--contract", contract];
    call(&legacy::built("pie").join("cmp_day"), &words).ended(0).prints(&["ier = -3"]);
}

#[test]
fn records_bit_fields_and_texts_go_in_and_come_out() {
    let record = r#"m=[{tag="ab", c=GREEN, a=6, b=31, f=1.5, p=[{x=1},{y=2}]}]"#;
    let told = call(&program("endings"), &["turn", record, "--json"]).ended(0).json();
    let expected = json!({
        "tag": "turned\0\0", "c": { "value": "5", "name": "GREEN" }, "a": 7, "b": 31, "f": 3.0,
        "p": [{ "x": 2.0, "y": 0.0 }, { "x": 0.0, "y": 2.0 }],
    });
    assert_eq!(told["outputs"]["return"], expected);
    call(&program("endings"), &["norm", "p={x=3,y=4}"]).ended(0).prints(&["return = 25.0"]);
    call(&program("endings"), &["ld", "x=1.5", "s=-2", "c=200", "f=0.25"])
        .ended(0)
        .prints(&["return = 201.25"]);
    // A char is a number like any other, and a letter.
    for (written, shown) in [("c=2", 2), ("c=12", 12), ("c=0x41", 65), ("c=A", 65), ("c=\"2\"", 50)] {
        call(&program("endings"), &["same_char", written]).ended(0).prints(&[&format!("return = {shown}\n")]);
    }
    call(&program("endings"), &["strlen8", "s=null"]).ended(0).prints(&["return = -1"]);
    call(&program("endings"), &["strlen8", "s=four"]).ended(0).prints(&["return = 4"]);
}

#[test]
fn what_a_call_prints_and_what_it_does_beyond_its_contract_is_shown() {
    call(&program("endings"), &["noisy", "text=abc", "n=2"]).ended(0).prints(&[
        "return = 2",
        "printed:\n    abc\n    abc",
        "printed on standard error:\n    done",
    ]);
    call(&program("endings"), &["beyond", "out=[f64;3]", "n=3"]).ended(0).prints(&["it wrote beside `out`"]);
    call(&program("endings"), &["count", "by=3"]).ended(0).prints(&["return = 3", "it changed total+0"]);
    let quiet = call(&program("endings"), &["beyond", "out=[f64;4]", "n=3"]).ended(0);
    assert!(!quiet.out.contains("beyond its contract"), "{}", quiet.out);
}

#[test]
fn arrays_that_carry_their_bounds() {
    // Fortran: the elements of a(2,3), stored by columns, each times 10 i + j; b times the number of rows.
    let words = ["carried_weigh", "a=[[1,2],[3,4],[5,6]]", "b=[1,2,3]", "total=0"];
    let total = 11 + 2 * 21 + 3 * 12 + 4 * 22 + 5 * 13 + 6 * 23;
    call(&program("carried"), &words)
        .ended(0)
        .prints(&[&format!("total = {total}.0"), "b = [2, 4, 6]  (was [1, 2, 3])"]);
    call(&program("carried"), &["carried_weigh", "a=[[1,2],[3]]", "b=[1]", "total=0"])
        .ended(2)
        .says(&["the bounds of `a`", "every row as long as the others"]);
    call(&program("carried"), &["weigh", "a=[[1]]", "b=[1]", "total=0"]).ended(0).prints(&["total = 11.0"]);
    call(&program("carried"), &["MOD_wei"]).ended(2).says(&["is `__carried_MOD_weigh` meant?"]);
    // Ada: a String from 1 on, and a slice with its own bounds.
    let mark = |words: &[&str]| {
        let words = [&["mark"][..], words, &["--contract", "raises.toml"]].concat();
        call(&program("raises"), &words).ended(0)
    };
    mark(&["text=SPOT", "c=O"]).prints(&["return = 3", "printed:\n    SPOT"]);
    mark(&["text=SPOT", "text'range=[105,108]", "c=O"]).prints(&["return = 107"]);
    mark(&["text=\"\"", "c=O"]).prints(&["return = 1000"]);
}

#[test]
fn state_is_set_and_shown() {
    let contract = legacy::root().join("crates/cli/tests/call/endings.toml");
    let contract = contract.to_str().expect("UTF-8");
    let words = ["count", "by=3", "--state", "total=4", "--contract", contract];
    for file in ["endings", "libendings.so"] {
        call(&program(file), &words).ended(0).prints(&["return = 7", "state.total = 7  (was 4)"]);
    }
}
