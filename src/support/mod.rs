//! What generated code is made of: the types a rewrite sees, and the few operations between a frame and a trait.
//!
//! Everything a rewrite needs is here: [`Done`] and [`Failure`], [`Text`], [`Logical`], [`Complex`], [`Address`] and
//! [`X87`]. The rest serves the code that `cmp-bridge-codegen` prints. On the fast path nothing allocates, locks or
//! formats.

mod areas;
mod arrays;
mod call;
mod callbacks;
mod export;
mod lend;
mod panics;
mod raise;
mod returned;
mod serial;
mod status;
mod text;
mod values;

pub use crate::exception::{Exception, Runtime, caught, caught_by};
pub use crate::frame::Frame;
pub use crate::plan::Place;
pub use areas::{
    Area, Snapshot, c_text, count, disjoint, expect_length, extent, length, read, read_nullable, slice,
    slice_mut,
};
pub use arrays::{
    Array, Bound, Carried, Descriptor, Fat, View, ViewMut, bounds, copied, described, fat, laid_down,
};
pub use call::{argument, gathered, give, zero};
pub use callbacks::{Lending, Lost, Placed, place, relayed};
pub use export::{joined, joined_length};
pub use lend::{Lent, expect_stored, lend, lend_read, no_control, unanswered};
pub use panics::{guarded, silence};
pub use raise::{Throw, raise_ada, throw};
pub use returned::{Lasting, Mark, Marked, Owned, OwnedText, Plain, SecondaryStack, free};
pub use serial::Serial;
pub use status::{CallError, Done, Failure, code};
pub use text::{NotLatin1, Text};
pub use values::{Address, Complex, Logical, X87, bits, load, logical, set_bits, signed_bits, store};
