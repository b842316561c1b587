//! The cases, and their rounds.

use crate::bridged::Bridged;
use crate::peers::{Peer, Peers};
use cmp_bridge::control::Route;
use cmp_bridge_bench::error::Error;

/// A way to make a call.
pub struct Case {
    /// Its key in the report.
    pub key: &'static str,
    /// What a reader calls it.
    pub title: &'static str,
    /// What it is compared with: the key of a case.
    pub base: &'static str,
    /// Who makes the calls, and how.
    way: Way,
    /// Calls in a round: a millisecond or two where a ring holds so many.
    calls: u64,
}

enum Way {
    /// The program under the agent, a routine that is not hooked.
    Direct(&'static str),
    /// The program under the agent, a hooked routine in a route.
    Routed(&'static str, &'static str, Route),
    /// Another program.
    Peer(Peer, &'static str),
}

const fn case(key: &'static str, title: &'static str, base: &'static str, way: Way, calls: u64) -> Case {
    Case { key, title, base, way, calls }
}

use Way::{Direct, Peer as Other, Routed};

const WEIGH: &str = "bench_weigh";
const TURN: &str = "bench_turn";

/// All cases, in the order of the report.
pub const CASES: &[Case] = &[
    case("direct", "direct call", "direct", Direct("direct"), 500_000),
    case("naive", "naive jump to C, preserving nothing", "direct", Direct("naive"), 500_000),
    case("idle", "hooked, route legacy", "direct", Routed("hooked", WEIGH, Route::Legacy), 500_000),
    case("rust", "route rust", "direct", Routed("hooked", WEIGH, Route::Rust), 100_000),
    case(
        "record",
        "route record, 120 bytes on the stack",
        "direct",
        Routed("hooked", WEIGH, Route::Record),
        50_000,
    ),
    case("record_heap", "  the 120 bytes on the heap", "direct", Routed("heap", WEIGH, Route::Record), 5_000),
    case(
        "shadow",
        "route shadow, 120 bytes on the stack",
        "direct",
        Routed("hooked", WEIGH, Route::Shadow),
        25_000,
    ),
    case(
        "turn_direct",
        "direct call that writes the 120 bytes",
        "turn_direct",
        Direct("turn_direct"),
        500_000,
    ),
    case("turn_rust", "  route rust", "turn_direct", Routed("turn_hooked", TURN, Route::Rust), 100_000),
    case(
        "turn_record",
        "  route record, before and after",
        "turn_direct",
        Routed("turn_hooked", TURN, Route::Record),
        50_000,
    ),
    case(
        "turn_shadow",
        "  route shadow, before and after",
        "turn_direct",
        Routed("turn_hooked", TURN, Route::Shadow),
        25_000,
    ),
    case(
        "lttng",
        "LTTng-UST event of the 120 bytes, entry only",
        "direct",
        Other(Peer::Lttng, "lttng"),
        10_000,
    ),
    case("uprobe", "uprobe that only counts", "direct", Other(Peer::Plain, "uprobe"), 100),
    case("ltrace", "ltrace of a library call, no data", "direct", Other(Peer::Ltrace, "shared"), 40),
    case(
        "pointer_hand",
        "Rust to legacy by hand, an address",
        "pointer_hand",
        Other(Peer::Linked, "pointer_hand"),
        500_000,
    ),
    case(
        "pointer_control",
        "  Control, linked",
        "pointer_hand",
        Other(Peer::Linked, "pointer_control"),
        500_000,
    ),
    case(
        "pointer_slot",
        "  Control, under the agent",
        "pointer_hand",
        Other(Peer::Slot, "pointer_control"),
        500_000,
    ),
];

/// Nanoseconds by call of a case, one a round; none where the peer is not there.
pub struct Samples {
    /// The case.
    pub case: &'static Case,
    /// In the order of the rounds.
    pub times: Vec<f64>,
}

/// Runs all cases in turn, as often as `rounds` says, each round beginning with another case.
pub fn rounds(bridged: &mut Bridged, peers: &mut Peers, rounds: usize) -> Result<Vec<Samples>, Error> {
    let mut all: Vec<Samples> = CASES.iter().map(|case| Samples { case, times: Vec::new() }).collect();
    warm(bridged)?;
    for round in 0..rounds {
        for i in 0..all.len() {
            let samples = &mut all[(i + round) % CASES.len()];
            if let Some(time) = run(samples.case, bridged, peers)? {
                samples.times.push(time);
            }
        }
    }
    Ok(all)
}

fn run(case: &Case, bridged: &mut Bridged, peers: &mut Peers) -> Result<Option<f64>, Error> {
    match case.way {
        Direct(way) => bridged.run_direct(way, case.calls).map(Some),
        Routed(way, routine, route) => bridged.run(case.key, way, (routine, route), case.calls).map(Some),
        Other(peer, way) => peers.run(peer, case.key, way, case.calls),
    }
}

/// Goes once through the whole ring: its first pages cost the kernel's time, once.
fn warm(bridged: &mut Bridged) -> Result<(), Error> {
    for _ in 0..4 {
        bridged.run("warm", "hooked", (WEIGH, Route::Record), 50_000)?;
    }
    Ok(())
}
