//! The analytical propagation of the reference CMP in safe Rust, which `cmp-bridge serve` offers to other machines.
//!
//! [`series`] initialises the model, [`orbit`] evaluates it. Nothing here knows from which machine a call comes.
#![deny(warnings, missing_docs)]

pub mod flight_dynamics {
    //! Flight dynamics, generated from its contract.
    include!(concat!(env!("OUT_DIR"), "/flight_dynamics.rs"));
}

pub mod orbit;
pub mod series;

/// Eckstein and Hechler's theory: near-circular orbits, zonal harmonics J2 to J6.
pub struct Propagation;

cmp_bridge::module! {
    flight_dynamics { Propagation: ehinit, ehosc, ehposv }
}
