//! Control against candidate, call by call, added up. Replay and live shadow both keep their books here.

mod book;
mod ends;
mod ledger;
mod pair;

pub use book::{Book, BookError, Known};
pub use ends::{LostEnds, ending};
pub use ledger::{
    CallId, Crash, Evidence, Example, FieldEvidence, Kind, Ledger, Median, RoutineEvidence, Totals, Unit,
    Without,
};
pub use pair::{Answered, Beyond, Verdict, compare};
