//! The journal file of cmp-bridge, version 1.
//!
//! A file is a [`Header`] and a sequence of blocks, each of whole entries of one thread (see [`cmp_bridge::entry`]) and each
//! with a CRC-32 over its head and its bytes. After a kill -9 it is readable up to its last whole block.
#![deny(missing_docs)]

mod call;
mod cursor;
mod decoder;
mod encoder;
mod reader;
mod writer;

pub use call::{Call, CandidateCall, Captured, Outcome};
pub use decoder::{Decoder, EntryError};
pub use encoder::{EncodeError, encode};
pub use reader::{Calls, Damage, Journal, JournalError, Summary};
pub use writer::{Component, Header, RoutineHead, Writer};
