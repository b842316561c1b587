//! Telemetry and telecommand (C): frames, bit fields, calibration curves, dates, packets, archive.
//!
//! # Buffers and lengths
//!
//! A slice carries its length; what the C routine says by its code is a result.
//!
//! ```
//! use cmp_bridge::cmp::telemetry::Control;
//! use cmp_bridge::support::{Done, Failure, Serial};
//!
//! let serial = Serial::lock();
//! let mut word = [0_u8; 4];
//! assert_eq!(Control::tm_inserer_bits(&serial, &mut word, 4, 6, 0b101101), Ok(Done::Ok));
//! assert_eq!(word, [0b0000_1011, 0b0100_0000, 0, 0]);
//! assert_eq!(Control::tm_extraire_bits(&serial, &word, 4, 6)?, (0b101101, Done::Ok));
//! // Six bits do not hold 100: a warning, and the largest value.
//! assert_eq!(Control::tm_inserer_bits(&serial, &mut word, 4, 6, 100), Ok(Done::Warning(3)));
//! // A field beyond the buffer is an error.
//! assert_eq!(Control::tm_extraire_bits(&serial, &word, 30, 6), Err(Failure(-2)));
//! # Ok::<(), Failure>(())
//! ```
//!
//! # A frame, there and back
//!
//! Constants and plain types of the vendor's header are in [`header`], read by bindgen; records are those of the contract.
//!
//! ```
//! use cmp_bridge::cmp::telemetry::*;
//! use cmp_bridge::support::Serial;
//!
//! let serial = Serial::lock();
//! let date = Control::tm_jj50_cds(&serial, TmDate { jour: 19116, sec: 42315.5 });
//! let head = TmEntete { date, ..TmEntete::ZERO };
//! let mut frame = [0; header::TM_LG_TRAME as usize];
//! Control::tm_coder_trame(&serial, &head, b"housekeeping", &mut frame)?;
//! Control::tm_verifier_trame(&serial, &frame)?;
//! let (again, _) = Control::tm_decoder_entete(&serial, &frame)?;
//! assert_eq!(Control::tm_cds_jj50(&serial, again.date).jour, 19116);
//! // One bit wrong, and the checksum says so.
//! frame[40] ^= 1;
//! assert!(Control::tm_verifier_trame(&serial, &frame).is_err());
//! # Ok::<(), cmp_bridge::support::Failure>(())
//! ```
//!
//! # Records by value, curves, telecommands
//!
//! ```
//! use cmp_bridge::cmp::telemetry::*;
//! use cmp_bridge::support::{Done, Serial};
//!
//! let serial = Serial::lock();
//! // CCSDS day segmented time counts days from 1958.
//! let cds = Control::tm_jj50_cds(&serial, TmDate { jour: 19116, sec: 1.5 });
//! assert_eq!(Control::tm_cds_jj50(&serial, cds), TmDate { jour: 19116, sec: 1.5 });
//!
//! let curve = [(0.0, 0.0), (10.0, 5.0), (20.0, 25.0)].map(|(x, y)| TmPoint { x, y });
//! assert_eq!(Control::tm_table_lineaire(&serial, &curve, 15.0), Ok((15.0, Done::Ok)));
//! assert!(matches!(Control::tm_table_lineaire(&serial, &curve, 30.0), Ok((_, Done::Warning(2)))));
//!
//! let mut packet = [0; 64];
//! let (length, _) = Control::tc_construire(&serial, &mut packet, 100, 7, 8, 1, b"\x01\x02")?;
//! Control::tc_verifier(&serial, &packet[..length as usize])?;
//! # Ok::<(), cmp_bridge::support::Failure>(())
//! ```
//!
//! # State of the legacy code
//!
//! ```
//! use cmp_bridge::cmp::telemetry::{Control, table};
//! use cmp_bridge::support::Serial;
//!
//! let serial = Serial::lock();
//! // A table of our own: what is changed in it does not change the legacy one.
//! let mut mine = table(&serial);
//! assert_eq!(Control::tm_chercher(&serial, c"U_BAT", &mine), 2);
//! mine[2].nom = *b"U_BATTERIE\0\0";
//! assert_eq!(Control::tm_chercher(&serial, c"U_BATTERIE", &mine), 2);
//! assert_eq!(Control::tm_chercher(&serial, c"U_BATTERIE", &table(&serial)), -6);
//! ```
//!
//! # Routines
#![doc = include_str!(concat!(env!("OUT_DIR"), "/telemetry_left_out.md"))]

/// What bindgen makes of the vendor header.
#[allow(
    missing_docs,
    non_camel_case_types,
    non_upper_case_globals,
    clippy::all,
    clippy::pedantic,
    reason = "the header's own names, printed by bindgen"
)]
pub mod header {
    include!(concat!(env!("OUT_DIR"), "/telemetry_header.rs"));
}

declared!("telemetry");

stored! {
    /// The table of parameters.
    table: [TmParametreLimites; 18] = "tm_table_parametres"
}

include!(concat!(env!("OUT_DIR"), "/telemetry.rs"));
