//! The reference CMP, and the parts of ours that its harness needs.

use crate::legacy;
pub use crate::tools::tools;
use cmp_bridge_harness::{Builder, Harness};

/// `cmp_day` by its contracts.
pub fn cmp_day() -> Harness {
    start(of("pie", "cmp_day"))
}

/// A program or library of a variant, by the contracts of the reference CMP.
pub fn of(variant: &str, file: &str) -> Builder {
    contracts(with_tools(Harness::of(legacy::built(variant).join(file))))
}

pub fn contracts(builder: Builder) -> Builder {
    let folder = legacy::root().join("contracts");
    builder.contract(folder.join("flight_dynamics.toml")).contract(folder.join("telemetry.toml"))
}

#[track_caller]
pub fn start(builder: Builder) -> Harness {
    builder.start().unwrap_or_else(|error| panic!("{error}"))
}

/// The agent and the command are those that cargo has just built.
pub fn with_tools(builder: Builder) -> Builder {
    let folder = tools();
    builder.agent(folder.join("libcmp_bridge_agent.so")).command(folder.join("cmp-bridge"))
}

#[track_caller]
pub fn near(found: &[f64], expected: &[f64], distance: f64) {
    assert_eq!(found.len(), expected.len());
    for (found, expected) in found.iter().zip(expected) {
        assert!((found - expected).abs() <= distance, "{found} is not within {distance} of {expected}");
    }
}
