//! cmp-bridge-wire
//!
//! How a call travels to another machine: [`xdr`] is the codec (RFC 4506), [`rpc`] the heads of calls and replies and their
//! records on a stream (RFC 5531), [`message`] what the program's procedures take and answer, [`convert`] the way between a
//! message and memory as one machine lays it out, [`client`] makes calls and keeps to their deadlines. What travels of a routine is said in [`cmp_bridge_contract::wire`] alone.
//!
//! Everything here reads what strangers send: every length is checked against what is left of the message before anything
//! is allocated for it.
#![deny(missing_docs)]
#![forbid(unsafe_code)]

pub mod client;
pub mod convert;
pub mod message;
pub mod rpc;
pub mod xdr;

pub use client::{Client, ClientError};
pub use convert::{ConvertError, Converter, Native};
pub use xdr::{DecodeError, Decoder, Encoder};

/// Longest message that is read or written where nothing else is said: 16 MiB.
pub const MESSAGE_LIMIT: usize = 16 << 20;
