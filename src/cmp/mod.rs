//! The reference CMP, linked with this library and called from Rust. Only with the feature `cmp`.
//!
//! A stand-in for the real CMP, which is not public: see `legacy/README`. Its four components are built by its own Makefile;
//! what is here is generated from their contracts:
//!
//! | component | language | shapes |
//! |---|---|---|
//! | [`flight_dynamics`] | Fortran 77 and 90 | COMMON blocks as arguments, texts, status codes, complex numbers |
//! | [`telemetry`] | C | slices, records by value and by address, bit fields; constants out of the vendor header |
//! | [`ccs`] | Ada | exceptions as errors, discriminated records, fixed point, RETURN records |
//! | [`planning`] | C++ | exceptions as errors, references, classes with virtual functions |
//!
//! Each has `Control`, whose functions call the legacy code: outputs are returned, state of the legacy code is an argument, and
//! a routine marked "called by one thread at a time" is given a [`Serial`](crate::support::Serial), which one thread has.
//!
//! ```
//! use cmp_bridge::cmp::telemetry::Control;
//! use cmp_bridge::support::Serial;
//!
//! let serial = Serial::lock();
//! // The published vector of CRC-16 with polynomial 0x1021, preset 0xFFFF.
//! assert_eq!(Control::tm_crc16(&serial, b"123456789"), 0x29b1);
//! ```
//!
//! A contract that disagrees with the vendor's header, a header that disagrees with the contract, or a bridge to a class
//! that is not as C++ declares it: none of these compiles. See `build/cmp.rs`.

/// Reads the storage of the legacy code as it is now, while nobody lends it another one.
macro_rules! stored {
    ($(#[$doc:meta])* $name:ident: $ty:ty = $symbol:literal) => {
        $(#[$doc])*
        pub fn $name(_serial: &crate::support::Serial) -> $ty {
            // SAFETY: the storage of that symbol has at least the size of its view, which is plain data.
            unsafe extern "C" {
                #[link_name = $symbol]
                static AREA: $ty;
            }
            // SAFETY: legacy code that writes it is called with the token only, and so is what lends it another one.
            unsafe { AREA }
        }
    };
}

/// The routines as the vendor's headers declare them, for rustc to hold against the contract.
macro_rules! declared {
    ($component:literal) => {
        #[doc(hidden)]
        #[allow(
            missing_docs,
            non_camel_case_types,
            non_upper_case_globals,
            clippy::all,
            reason = "C's names, printed by bindgen"
        )]
        pub mod declared {
            include!(concat!(env!("OUT_DIR"), "/", $component, "_declared.rs"));
        }
    };
}

/// The types of C, as a contract has them.
#[doc(hidden)]
#[allow(missing_docs, non_camel_case_types, reason = "C's names")]
pub mod c {
    pub use core::ffi::{
        c_double, c_float, c_int, c_long, c_schar, c_short, c_uint, c_ulong, c_ushort, c_void,
    };
    pub type c_char = u8;
    pub type c_uchar = u8;
}

pub mod ccs;
mod classes;
pub mod flight_dynamics;
pub mod planning;
pub mod telemetry;
