//! Planning (C++): sites and what is seen from them, the Sun, shadows, slots of time.
//!
//! # Routines
//!
//! A C++ exception is an error with its type and message.
//!
//! ```
//! use cmp_bridge::cmp::planning::*;
//! use cmp_bridge::support::Serial;
//!
//! let serial = Serial::lock();
//! let slot = Control::creneau_construct(&serial, 100.0, 400.0)?;
//! let (mut from, mut to) = (0.0, 0.0);
//! let other = Creneau { debut: 300.0, fin: 900.0 };
//! assert!(Control::creneau_commun(&serial, &slot, &other, &mut from, &mut to)?);
//! assert_eq!((from, to), (300.0, 400.0));
//!
//! // Nothing in common: the operator throws.
//! let error = Control::creneau_intersection(&serial, &slot, &Creneau { debut: 500.0, fin: 600.0 }).unwrap_err();
//! assert_eq!(error.kind(), "std::domain_error");
//! // A slot that ends before it begins: so does the constructor.
//! assert!(Control::creneau_construct(&serial, 2.0, 1.0).is_err());
//! # Ok::<(), cmp_bridge::support::Exception>(())
//! ```
//!
//! The Sun and refraction, against Meeus:
//!
//! ```
//! use cmp_bridge::cmp::planning::*;
//! use cmp_bridge::support::Serial;
//!
//! let serial = Serial::lock();
//! let sun = Control::soleil_equatoriales(&serial, 15_626.0)?; // 1992-10-13, 0h
//! assert!((sun.alpha - 198.380_83).abs() < 0.01 && (sun.delta + 7.785_07).abs() < 0.01);
//! assert!((Control::soleil_temps_sideral(&serial, 13_613.0)? - 197.693_195).abs() < 1e-6); // 1987-04-10, 0h
//!
//! // The last answer is kept, here by the caller.
//! let (mut day, mut kept) = (0.0, Vecteur3::ZERO);
//! let position = Control::soleil_terrestre(&serial, 15_626.0, &mut day, &mut kept)?;
//! assert_eq!((day, kept), (15_626.0, position));
//! # Ok::<(), cmp_bridge::support::Exception>(())
//! ```
//!
//! # Classes
//!
//! Those that keep their data in `std::string` and have virtual functions come through cxx, which has the C++ compiler check
//! every signature.
//!
//! ```
//! use cmp_bridge::cmp::planning::{elevation, station, station_name};
//! use cmp_bridge::support::Serial;
//!
//! let serial = Serial::lock();
//! let aussaguel = station(&serial, "AUSSAGUEL", 43.4287, 1.4975, 260.0, 5.0)?;
//! assert_eq!(station_name(&serial, &aussaguel).to_str(), Ok("AUSSAGUEL"));
//! // The pole stands as high as the station's latitude; far above it the two directions are one.
//! assert!((elevation(&serial, &aussaguel, 0.0, 0.0, 1e15)? - 43.4287).abs() < 1e-6);
//! assert!(station(&serial, "NULLE PART", 123.0, 0.0, 0.0, 5.0).is_err());
//! # Ok::<(), cxx::Exception>(())
//! ```
//!
//! # What is here
#![doc = include_str!(concat!(env!("OUT_DIR"), "/planning_left_out.md"))]

pub use super::classes::{Station, elevation, station, station_name};

declared!("planning");

/// The classes as their own headers declare them, for rustc to hold against the contract.
#[doc(hidden)]
#[allow(
    missing_docs,
    non_camel_case_types,
    non_snake_case,
    non_upper_case_globals,
    unsafe_op_in_unsafe_fn,
    clippy::all,
    reason = "C++'s names, printed by bindgen"
)]
pub mod declared_classes {
    include!(concat!(env!("OUT_DIR"), "/classes_declared.rs"));
}

include!(concat!(env!("OUT_DIR"), "/planning.rs"));
