//! Calls that are left by longjmp, and calls in the middle of others: the next one works again, and two never go in at once.
//! And who is asked at all: the words of `CMP_BRIDGE_ROUTES`.

use crate::faults::{Between, Case, Fault, SLACK};
use crate::support::{STUBS, X86_64};
use std::sync::atomic::Ordering;

/// An alarm leaves the first call, which waits for a server that does not answer; the connection is not trusted any more.
#[test]
fn a_call_that_is_left_by_longjmp_harms_no_other() {
    let case = Case::new("jump", &[]);
    let call = |options: &[&str]| {
        let between = Between::start(&case.host.address, Fault::NoAnswerOnce);
        let lines = case.call(&between.address, "tableaux", 4, options);
        assert_eq!(lines.len(), 3, "{options:?}: {lines:?}");
        assert!(lines.iter().all(|line| line.result == 1 && line.undisturbed), "{options:?}: {lines:?}");
        assert!(lines.iter().all(|line| line.ms < SLACK), "{options:?}: {lines:?}");
        (between.calls.load(Ordering::SeqCst), between.connections.load(Ordering::SeqCst))
    };
    assert_eq!(call(&["jump"]), (4, 2));
    // From deeper frames it is not seen that the call is over, until its deadline has passed.
    assert_eq!(call(&["jump", "deep", "pause"]), (4, 2));
    assert_eq!(call(&["jump", "deep"]), (1, 1), "the legacy routine answers");
    let said = |options: &[&str]| {
        let between = Between::start(&case.host.address, Fault::NoAnswerOnce);
        case.said(&between.address, "*=rust", "tableaux", 4, options)
    };
    assert_eq!(said(&["jump"]), "cmp-bridge: formes: a call was left by longjmp or an exception\n");
    assert_eq!(
        said(&["jump", "deep"]),
        "cmp-bridge: formes: a call came while another one was inside: nobody but legacy is asked\n\
         cmp-bridge: formes: a call was left by longjmp or an exception\n\
         cmp-bridge: formes: 3 calls were not answered by the server\n"
    );
}

/// One thread waits for an answer; the other one's calls are answered by legacy, at once.
#[test]
fn two_threads_never_go_in() {
    let run = |name: &str, changes: &[(&str, &str)]| {
        let case = Case::changed(name, &[], changes);
        let sources = [&["fils.c", "formes.c"], &STUBS[..]].concat();
        let program = X86_64.build(&case.folder, "fils", &sources, &["-DSTUBBED", "-pthread"]);
        let between = Between::start(&case.host.address, Fault::NoAnswer);
        let mut command = X86_64.run(&program);
        command.env("CMP_BRIDGE_SERVER", &between.address).env("CMP_BRIDGE_ROUTES", "*=rust");
        let output = command.env_remove("CMP_BRIDGE_VERBOSE").output().unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        (text, between.connections.load(Ordering::SeqCst))
    };
    let (text, connections) = run("threads", &[]);
    let (answered, ms) = text.trim().split_once(' ').unwrap();
    assert_eq!((answered, connections), ("20", 1), "{text}");
    assert!(ms.parse::<i64>().unwrap() < 400, "{text}");
    // A wrong twin takes the other thread's frame for one that was left.
    let (_, connections) =
        run("threads-twin", &[("thread == (const void *)&errno && (late", "thread != 0 && (late")]);
    assert!(connections > 1, "{connections}");
}

#[test]
fn a_route_is_a_name_or_how_names_begin() {
    let case = Case::new("routes", &[]);
    for (routes, asked) in [
        ("tab*=rust *=legacy", 1),
        ("tableaux=rust", 1),
        ("tableau=rust", 0),
        ("*eaux=rust", 0),
        ("tableaux*=rust", 1),
        ("tableauxx*=rust", 0),
        ("tab*=legacy,tableaux=rust;*=rust", 0),
        ("tableaux=rsut *=rust", 0),
        ("tableaux *=rust", 0),
        ("tableaux= *=rust", 0),
        (" ; *=Rust", 0),
        (" ; *=rust", 1),
    ] {
        let between = Between::start(&case.host.address, Fault::None);
        let lines = case.routed(&between.address, routes, "tableaux", 1, &[]);
        assert_eq!((lines[0].result, between.calls.load(Ordering::SeqCst)), (1, asked), "{routes}");
    }
    let said = |routes: &str| case.said("127.0.0.1:1", routes, "tableaux", 1, &[]);
    for good in ["", "tableaux=legacy *=record", "tab*=legacy *=legacy", "*=legacy"] {
        assert_eq!(said(good), "", "{good}");
    }
    assert_eq!(
        said("tableaux=rsut eta?s=rust tab*=legacy etats *=Record"),
        "cmp-bridge: formes: in CMP_BRIDGE_ROUTES, tableaux=rsut is no route: legacy\n\
         cmp-bridge: formes: in CMP_BRIDGE_ROUTES, eta?s=rust is the first to fit no routine here\n\
         cmp-bridge: formes: in CMP_BRIDGE_ROUTES, tab*=legacy is the first to fit no routine here\n\
         cmp-bridge: formes: in CMP_BRIDGE_ROUTES, etats is no route: legacy\n\
         cmp-bridge: formes: in CMP_BRIDGE_ROUTES, *=Record is no route: legacy\n"
    );
    // An address is one to its end.
    for address in ["127.0.0.1:12x", "127.0.0.1:"] {
        let said = case.said(address, "*=rust", "tableaux", 1, &[]);
        assert!(said.contains(&format!("{address}: no address of a server")), "{said}");
    }
}
