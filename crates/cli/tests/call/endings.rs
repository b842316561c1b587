//! Every way in which a call can end has its own exit status and its own words, and is never a crash of ours.

use crate::support::{call, program};
use serde_json::json;

#[test]
fn a_crash_is_told_with_what_was_printed_before() {
    call(&program("endings"), &["crash", "p=[1]"])
        .ended(3)
        .prints(&["crash crashed with SIGSEGV", "before the crash"]);
    let told = call(&program("endings"), &["crash", "p=[1]", "--json"]).ended(3).json();
    assert_eq!((&told["ended"], &told["detail"]), (&json!("signal"), &json!("SIGSEGV")));
    // The wrong twin: an address that may be read and written is no crash, only something beyond the contract.
    call(&program("endings"), &["count", "by=1"]).ended(0);
}

#[test]
fn exit_and_stop_end_the_process_and_are_told() {
    call(&program("endings"), &["stop", "code=7"])
        .ended(4)
        .prints(&["stop ended the process with status 7", "bye"]);
    call(&program("stops"), &["halt", "n=3"]).ended(4).prints(&[
        "with status 3",
        "STOP 3",
        "N =           3",
    ]);
    call(&program("stops"), &["halt", "n=4"]).ended(4).prints(&["with status 0", "STOP END"]);
    call(&program("stops"), &["halt", "n=5"]).ended(0).prints(&["halt returned", "N =           5"]);
    let told = call(&program("endings"), &["stop", "code=0", "--json"]).ended(4).json();
    assert_eq!(
        (&told["ended"], &told["detail"], &told["printed"]),
        (&json!("exit"), &json!(0), &json!("bye\n"))
    );
}

#[test]
fn a_call_that_never_returns_is_ended() {
    call(&program("endings"), &["hang", "--timeout", "300"])
        .ended(6)
        .prints(&["did not return within 300 ms"]);
    let told = call(&program("endings"), &["hang", "--timeout", "200", "--json"]).ended(6).json();
    assert_eq!((&told["ended"], &told["detail"]), (&json!("timeout"), &json!(200)));
}

#[test]
fn exceptions_of_cpp_are_named() {
    let throws = |n: &str| call(&program("throws"), &["throws", n, "--contract", "throws.toml"]);
    throws("n=0").ended(0).prints(&["return = 0", "n=0"]);
    throws("n=1").ended(5).prints(&["throws raised std::out_of_range: too far"]);
    throws("n=2").ended(5).prints(&["throws raised space::Failure: broken"]);
    throws("n=3").ended(5).prints(&["throws raised int"]);
}

#[test]
fn exceptions_of_ada_are_named() {
    let raises = |n: &str| call(&program("raises"), &["check", n, "--contract", "raises.toml"]);
    raises("n=3").ended(0).prints(&["check returned", "checking\n     3"]);
    raises("n=7").ended(5).prints(&["check raised alarms.failure: seven", "checking"]);
    raises("n=11").ended(5).prints(&["check raised constraint_error: alarms.adb:9 range check failed"]);
}
