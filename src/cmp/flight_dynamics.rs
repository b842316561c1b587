//! Flight dynamics (Fortran 77 and 90): dates, orbits, Eckstein-Hechler propagation, phasing, manoeuvres, attitude.
//!
//! # Dates
//!
//! Status codes are results: an error is `Err` with its code, a warning is kept.
//!
//! ```
//! use cmp_bridge::cmp::flight_dynamics::{Control, LecdatOutputs};
//! use cmp_bridge::support::{Done, Failure, Serial, Text};
//!
//! let serial = Serial::lock();
//! assert_eq!(Control::caljj(&serial, 2004, 4, 6), Ok((19819, Done::Ok))); // CNES julian day 1950
//! assert_eq!(Control::caljj(&serial, 2003, 2, 29), Err(Failure(-3)));
//!
//! let (LecdatOutputs { jj50, sec }, _) = Control::lecdat(&serial, Text::new(b"2002-05-04 11:45:15.695"))?;
//! assert_eq!((jj50, sec), (19116, 42315.695));
//!
//! let mut text = [0; 23];
//! Control::ecrdat(&serial, jj50, sec, Text::new_mut(&mut text))?;
//! assert_eq!(&text, b"2002-05-04 11:45:15.695");
//! // A text that is too short is cut, with a warning.
//! assert_eq!(Control::ecrdat(&serial, jj50, sec, Text::new_mut(&mut [0; 10])), Ok(Done::Warning(1)));
//! # Ok::<(), cmp_bridge::support::Failure>(())
//! ```
//!
//! # Orbits
//!
//! Published figures of the CNES MSLIB, and there and back:
//!
//! ```
//! use cmp_bridge::cmp::flight_dynamics::{CircarOutputs, Control, constants};
//! use cmp_bridge::support::Serial;
//!
//! let serial = Serial::lock();
//! let circular = [7_204_535.848, 1e-3, -2e-4, 1.7, 0.4, 2.0];
//! let mu = constants(&serial).xmu;
//! let (CircarOutputs { pos, vit }, _) = Control::circar(&serial, mu, &circular)?;
//! let (again, _) = Control::carcir(&serial, mu, &pos, &vit)?;
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
//! use cmp_bridge::cmp::flight_dynamics::{Control, Ehbul, Ehsec, Ehser, constants};
//! use cmp_bridge::support::Serial;
//!
//! let serial = Serial::lock();
//! let propagator = |inclination: f64| {
//!     let (mut bulletin, mut secular, mut series) = (Ehbul::ZERO, Ehsec::ZERO, Ehser::ZERO);
//!     let elements = [7_200_000.0, 1e-3, 0.0, inclination, 0.5, 1.0];
//!     Control::ehinit(&serial, 19116, 0.0, &elements, &constants(&serial), &mut bulletin, &mut secular, &mut series)?;
//!     Ok((bulletin, secular, series))
//! };
//! let (polar, sun_synchronous) = (propagator(1.57)?, propagator(1.72)?);
//!
//! let radius = |(bulletin, secular, series): &(_, _, _), after: f64| {
//!     let (at, _) = Control::ehposv(&serial, after, bulletin, secular, series)?;
//!     Ok(at.pos.iter().map(|part: &f64| part * part).sum::<f64>().sqrt())
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
//! use cmp_bridge::support::{Complex, Serial};
//!
//! let serial = Serial::lock();
//! // CIRA 1972, half-way through the tranche of 500 km.
//! assert!((Control::densit(&serial, 550e3, &atmosphere(&serial)) - 3.182_782e-13).abs() < 1e-18);
//! assert!(Control::lbissx(&serial, 2004) && !Control::lbissx(&serial, 2003));
//!
//! assert_eq!(Control::moyect(&serial, &[1.0, 2.0, 3.0, 4.0])?.0.xmoy, 2.5);
//!
//! // 1 + 2 z + 3 z2 at z = i
//! let i = Complex { re: 0.0, im: 1.0 };
//! let coefficients = [1.0, 2.0, 3.0].map(|re| Complex { re, im: 0.0 });
//! assert_eq!(Control::zpoly(&serial, 2, &coefficients, i), Complex { re: -2.0, im: 2.0 });
//!
//! let turn = Quaternion { q0: 0.5, q: [0.5, 0.5, 0.5] };
//! let none = Control::attitude_quat_produit(&serial, &turn, &Control::attitude_quat_conjugue(&serial, &turn));
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
