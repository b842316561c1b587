//! Flight dynamics (Fortran 77 and 90): dates, orbits, Eckstein-Hechler propagation, phasing, manoeuvres, attitude.
//!
//! # Dates
//!
//! Status codes are results: an error is `Err` with its code, a warning is kept.
//!
//! ```
//! use cmp_bridge::cmp::flight_dynamics::{Caljj, Control, Ecrdat, Lecdat};
//! use cmp_bridge::support::{Done, Failure, Text};
//!
//! let mut day = 0;
//! assert_eq!(Control::caljj(2004, 4, 6, &mut day), Ok(Done::Ok));
//! assert_eq!(day, 19819); // CNES julian day 1950
//! assert_eq!(Control::caljj(2003, 2, 29, &mut day), Err(Failure(-3)));
//!
//! let (mut day, mut seconds) = (0, 0.0);
//! Control::lecdat(Text::new(b"2002-05-04 11:45:15.695"), &mut day, &mut seconds)?;
//! assert_eq!((day, seconds), (19116, 42315.695));
//!
//! let mut text = [0; 23];
//! Control::ecrdat(day, seconds, Text::new_mut(&mut text))?;
//! assert_eq!(&text, b"2002-05-04 11:45:15.695");
//! // A text that is too short is cut, with a warning.
//! assert_eq!(Control::ecrdat(day, seconds, Text::new_mut(&mut [0; 10])), Ok(Done::Warning(1)));
//! # Ok::<(), cmp_bridge::support::Failure>(())
//! ```
//!
//! # Orbits
//!
//! Published figures of the CNES MSLIB, and there and back:
//!
//! ```
//! use cmp_bridge::cmp::flight_dynamics::{Carcir, Circar, Control, constants};
//!
//! let circular = [7_204_535.848, 1e-3, -2e-4, 1.7, 0.4, 2.0];
//! let (mut position, mut velocity, mut again) = ([0.0; 3], [0.0; 3], [0.0; 6]);
//! let mu = constants().xmu;
//! Control::circar(mu, &circular, &mut position, &mut velocity)?;
//! Control::carcir(mu, &position, &velocity, &mut again)?;
//! assert!((again[0] - circular[0]).abs() < 1e-6);
//! assert!(circular.iter().zip(&again).skip(1).all(|(a, b)| (a - b).abs() < 1e-12));
//! # Ok::<(), cmp_bridge::support::Failure>(())
//! ```
//!
//! # COMMON blocks are arguments
//!
//! The propagator keeps its bulletin in COMMON. A caller in Rust owns it, and may have as many as it likes: the legacy code
//! finds it in its own storage for the time of each call.
//!
//! ```
//! use cmp_bridge::cmp::flight_dynamics::{Control, Ehbul, Ehinit, Ehposv, Ehsec, Ehser, constants};
//!
//! let propagator = |inclination: f64| {
//!     let (mut bulletin, mut secular, mut series) = (Ehbul::ZERO, Ehsec::ZERO, Ehser::ZERO);
//!     let elements = [7_200_000.0, 1e-3, 0.0, inclination, 0.5, 1.0];
//!     Control::ehinit(19116, 0.0, &elements, &constants(), &mut bulletin, &mut secular, &mut series)?;
//!     Ok((bulletin, secular, series))
//! };
//! let (polar, sun_synchronous) = (propagator(1.57)?, propagator(1.72)?);
//!
//! let radius = |(bulletin, secular, series): &(_, _, _), after: f64| {
//!     let (mut position, mut velocity) = ([0.0; 3], [0.0; 3]);
//!     Control::ehposv(after, &mut position, &mut velocity, bulletin, secular, series)?;
//!     Ok(position.iter().map(|part: &f64| part * part).sum::<f64>().sqrt())
//! };
//! // The two do not disturb each other.
//! let before = radius(&polar, 3600.0)?;
//! radius(&sun_synchronous, 3600.0)?;
//! assert_eq!(radius(&polar, 3600.0)?, before);
//! assert!((before - 7_200_000.0).abs() < 30_000.0);
//! # Ok::<(), cmp_bridge::support::Failure>(())
//! ```
//!
//! # Functions, arrays, complex numbers, derived types
//!
//! ```
//! use cmp_bridge::cmp::flight_dynamics::*;
//! use cmp_bridge::support::Complex;
//!
//! // CIRA 1972, half-way through the tranche of 500 km.
//! assert!((Control::densit(550e3, &atmosphere()) - 3.182_782e-13).abs() < 1e-18);
//! assert!(Control::lbissx(2004) && !Control::lbissx(2003));
//!
//! let (mut mean, mut deviation) = (0.0, 0.0);
//! Control::moyect(&[1.0, 2.0, 3.0, 4.0], &mut mean, &mut deviation)?;
//! assert_eq!(mean, 2.5);
//!
//! // 1 + 2 z + 3 z2 at z = i
//! let i = Complex { re: 0.0, im: 1.0 };
//! let coefficients = [1.0, 2.0, 3.0].map(|re| Complex { re, im: 0.0 });
//! assert_eq!(Control::zpoly(2, &coefficients, i), Complex { re: -2.0, im: 2.0 });
//!
//! let turn = Quaternion { q0: 0.5, q: [0.5, 0.5, 0.5] };
//! let none = Control::attitude_quat_produit(&turn, &Control::attitude_quat_conjugue(&turn));
//! assert_eq!(none, Quaternion { q0: 1.0, q: [0.0; 3] });
//! # Ok::<(), cmp_bridge::support::Failure>(())
//! ```
//!
//! # Routines
#![doc = include_str!(concat!(env!("OUT_DIR"), "/flight_dynamics_left_out.md"))]

stored! {
    /// COMMON `CST`: the constants of the Earth, as BLOCK DATA sets them or as `inicst` chose them last.
    constants: Cst = "cst_"
}

stored! {
    /// COMMON `PHASE`: the reference ground track.
    phase: Phase = "phase_"
}

stored! {
    /// COMMON `ATMOS`: the tranches of the atmosphere, CIRA 1972.
    atmosphere: Atmos = "atmos_"
}

declared!("flight_dynamics");

include!(concat!(env!("OUT_DIR"), "/flight_dynamics.rs"));
