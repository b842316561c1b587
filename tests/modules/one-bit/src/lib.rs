//! Right candidates for routines of the reference CMP that have, together, every place an answer can stand in. The
//! environment makes one of them wrong, in one bit: see [`fault`].
#![deny(warnings, missing_docs)]

pub mod flight_dynamics {
    //! Flight dynamics, generated from its contract.
    include!(concat!(env!("OUT_DIR"), "/flight_dynamics.rs"));
}

pub mod telemetry {
    //! Telemetry, generated from its contract.
    include!(concat!(env!("OUT_DIR"), "/telemetry.rs"));
}

pub mod candidates;
pub mod fault;
#[path = "../../../../examples/rewrite-three/src/rewrite.rs"]
pub mod rewrite;

/// The module's descriptor, with a [`fault`] behind each candidate's answer.
macro_rules! module {
    ($( $component:ident { $( $rewrite:ty : $( $routine:ident ),+ ; )+ } )+) => {
        mod entries {
            use super::{candidates, rewrite};
            use cmp_bridge::{frame::Frame, module::Answer};
            $($($(
                /// The generated entry, and then the fault.
                ///
                /// # Safety
                /// As [`cmp_bridge::module::Entry`].
                pub unsafe extern "C" fn $routine(frame: *mut Frame, state: *const *mut u8) -> Answer {
                    let entry = super::$component::$routine::candidate::<$rewrite>().entry;
                    // SAFETY: what the caller promises to one it promises to the other.
                    unsafe { super::fault::after(stringify!($routine), frame, state, entry(frame, state)) }
                }
            )+)+)+
        }

        /// The module's descriptor, for the agent and the replay worker.
        #[unsafe(no_mangle)]
        pub extern "C" fn cmp_bridge_module() -> *const cmp_bridge::module::Module {
            use cmp_bridge::module::{Candidate, MODULE_ABI, Module};
            static CANDIDATES: &[Candidate] = &[$($($(
                Candidate { entry: entries::$routine, ..$component::$routine::candidate::<$rewrite>() },
            )+)+)+];
            static MODULE: Module = Module {
                abi: MODULE_ABI,
                candidate_count: CANDIDATES.len() as u32,
                candidates: CANDIDATES.as_ptr(),
                what: c"@(#)one-bit".as_ptr(),
                start: cmp_bridge::support::silence,
            };
            &MODULE
        }
    };
}

module! {
    flight_dynamics {
        rewrite::Orbits: ehposv;
        candidates::Figures: inicst, jjcal, horner, moyajt, moyval;
    }
    telemetry {
        candidates::Frames: tm_coder_trame, tm_cds_jj50;
        candidates::Figures: tm_crc16, tm_decoder_entete, tm_jj50_calendaire, tm_interpoler, tm_bilan_mesures, tm_modifier_limites;
    }
}
