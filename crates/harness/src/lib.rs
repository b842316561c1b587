//! Calls of the routines of a legacy executable, from ordinary Rust tests.
//!
//! A [`Harness`] starts the executable, stops it at its safe moment (the entry of its main program, when the run-times of its
//! languages are ready) and calls its routines there, by name, checked against the contract. Each harness is a process of its
//! own: a routine that crashes, stops or ends the process fails that test, and leaves the rest.
//!
//! ```no_run
//! use cmp_bridge_harness::Harness;
//!
//! #[test]
//! fn julian_day_of_6_april_2004() {
//!     let cmp = Harness::of("legacy/build/pie/cmp_day").contract("contracts/flight_dynamics.toml").start().unwrap();
//!     let outcome = cmp.call("caljj").arg("ian", 2004).arg("mois", 4).arg("jour", 6).run();
//!     assert_eq!(outcome.i64("jj50"), 19819);
//! }
//! ```
//!
//! The routines may be elsewhere, in a server on a machine that no Rust runs on: [`Harness::remote`].
//!
//! The process needs the agent, and libraries need the command `cmp-bridge`: both are looked for beside the test, in the
//! folders above it (`target/debug`), and in PATH; `CMP_BRIDGE_AGENT` and `CMP_BRIDGE_COMMAND` name them.
#![deny(missing_docs)]

mod call;
mod case;
pub mod death;
mod error;
mod harness;
pub mod images;
pub mod outcome;
pub mod pipes;
mod place;
pub mod remote;
mod request;
mod target;
mod texts;
mod thunk;
pub mod tools;
mod typed;
pub mod worker;

pub use call::{Call, NULL, bytes, name, record, room, text, value};
pub use case::Case;
pub use cmp_bridge_contract::lift::Value;
pub use cmp_bridge_contract::literal::Literal;
pub use error::Error;
pub use harness::{Builder, Harness};
pub use outcome::{Ended, How, Outcome};
pub use request::{ArgumentError, lead};
pub use typed::Bound;
