//! CCS (Ada): mode automaton, limits, status words, battery, heaters, wheels, filters.
//!
//! The packages are elaborated before `main`. An exception is an error with its name and message.
//!
//! ```
//! use cmp_bridge::cmp::ccs::*;
//! use cmp_bridge::support::Serial;
//!
//! let serial = Serial::lock();
//! // A word of status bits, there and back: 23282 has the sensor on standby.
//! let state = Control::ccs_mots_decoder(&serial, 23_282)?;
//! assert_eq!(Control::ccs_mots_coder(&serial, state)?, 23_282);
//!
//! // No sensor has the state 3: the Ada code raises.
//! let error = Control::ccs_mots_decoder(&serial, 3).unwrap_err();
//! assert_eq!(error.kind(), "ccs_mots.mot_invalide");
//! assert_eq!(error.message(), "senseur 3");
//! # Ok::<(), cmp_bridge::support::Exception>(())
//! ```
//!
//! Enumerations are integers with named values, checked by the Ada code itself; scalar `out` parameters come back in a record.
//!
//! ```
//! use cmp_bridge::cmp::ccs::*;
//! use cmp_bridge::support::Serial;
//!
//! let serial = Serial::lock();
//! let mode = Control::ccs_automate_suivant(&serial, CcsTypesModeSatellite::LANCEMENT, CcsTypesEvenement::SEPARATION)?;
//! assert_eq!(mode, CcsTypesModeSatellite::ACQUISITION);
//!
//! // Package state is an argument, as COMMON blocks are.
//! let mut refused = 0;
//! let step = Control::ccs_automate_avancer(&serial, CcsTypesEvenement::FIN_POUSSEE, mode, &mut refused)?;
//! assert_eq!((step.mode, refused), (CcsTypesModeSatellite::ACQUISITION, 1));
//!
//! let word = Control::ccs_mots_tourner(&serial, 0x8000_0001, 4)?;
//! assert_eq!(word, 0x18);
//! assert!(!Control::ccs_mots_parite(&serial, word)?);
//! # Ok::<(), cmp_bridge::support::Exception>(())
//! ```
//!
//! Vectors, records with discriminants:
//!
//! ```
//! use cmp_bridge::cmp::ccs::*;
//! use cmp_bridge::support::Serial;
//!
//! let serial = Serial::lock();
//! let (x, y) = ([1.0, 0.0, 0.0], [0.0, 1.0, 0.0]);
//! assert_eq!(Control::ccs_roues_omultiply(&serial, &x, &y)?.value, [0.0, 0.0, 1.0]);
//! assert_eq!(Control::ccs_roues_omultiply_2(&serial, &x, &y)?, 0.0);
//! # Ok::<(), cmp_bridge::support::Exception>(())
//! ```
//!
//! # Routines
#![doc = include_str!(concat!(env!("OUT_DIR"), "/ccs_left_out.md"))]

// SAFETY: gnatbind writes it; it elaborates every package of the component.
unsafe extern "C" {
    fn adainit();
}

/// Elaborates the packages before `main`, in the order that gnatbind found.
#[used]
#[unsafe(link_section = ".init_array")]
static ELABORATION: unsafe extern "C" fn() = adainit;

declared!("ccs");

include!(concat!(env!("OUT_DIR"), "/ccs.rs"));
