//! cmp-bridge-contract
//!
//! The model ([`model`]), its TOML ([`toml`]), what makes it consistent ([`validate`]), what an ABI makes of it
//! ([`layout`], [`abi`], [`areas`]), what travels to another machine ([`wire`]) and what is agreed on it ([`remote`]), what a route still needs ([`readiness`]), and what is done with values: [`lift`] and
//! [`compare`].
#![deny(missing_docs)]

pub mod abi;
pub mod areas;
pub mod compare;
pub mod diagnostics;
pub mod expr;
pub mod float;
pub mod hash;
pub mod layout;
pub mod lift;
pub mod literal;
pub mod lower;
pub mod model;
pub mod names;
pub mod proposal;
pub mod readiness;
pub mod remote;
pub mod syntax;
pub mod toml;
pub mod validate;
pub mod wire;

pub use diagnostics::{Diagnostic, Diagnostics, Excerpt};
