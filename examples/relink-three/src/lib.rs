//! Three routines of the reference CMP in Rust, to be linked into it: see README.md.
//!
//! An umbrella holds no code of its own. It names the modules, so that they become one static library.
#![deny(warnings, missing_docs)]

#[cfg(feature = "umbrella")]
pub use rewrite_three;

#[cfg(feature = "shadow")]
pub mod flight_dynamics {
    //! Flight dynamics, generated from its contract.
    include!(concat!(env!("OUT_DIR"), "/flight_dynamics.rs"));
}

#[cfg(feature = "shadow")]
pub mod telemetry {
    //! Telemetry, generated from its contract.
    include!(concat!(env!("OUT_DIR"), "/telemetry.rs"));
}

#[cfg(all(feature = "shadow", not(feature = "shadow-wrong")))]
#[path = "../../rewrite-three/src/rewrite.rs"]
pub mod rewrite;

#[cfg(feature = "shadow-wrong")]
#[path = "../../rewrite-three-wrong/src/rewrite.rs"]
pub mod rewrite;

#[cfg(feature = "shadow")]
pub mod shadow;

#[cfg(feature = "shadow")]
cmp_bridge::module! {
    flight_dynamics { shadow::Shadow: ehposv }
    telemetry { shadow::Shadow: tm_coder_trame, tm_cds_jj50 }
}
