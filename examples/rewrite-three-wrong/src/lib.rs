//! Three routines of the reference CMP, rewritten with one mistake each.
//!
//! This file only puts together what was generated and what was written: see [`rewrite`].
#![deny(warnings, missing_docs)]

pub mod flight_dynamics {
    //! Flight dynamics, generated from its contract.
    include!(concat!(env!("OUT_DIR"), "/flight_dynamics.rs"));
}

pub mod telemetry {
    //! Telemetry, generated from its contract.
    include!(concat!(env!("OUT_DIR"), "/telemetry.rs"));
}

pub mod rewrite;

cmp_bridge::module! {
    flight_dynamics { rewrite::Orbits: ehposv }
    telemetry { rewrite::Frames: tm_coder_trame, tm_cds_jj50 }
}
