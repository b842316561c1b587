//! Candidates for ledger.c that tell each time they ran: a line in the file of `LEDGER_REMOTE`, which outlives the process
//! that wrote it.
#![deny(warnings, missing_docs)]

mod candidates;

pub mod ledger {
    //! The ledger, generated from its contract.
    include!(concat!(env!("OUT_DIR"), "/ledger.rs"));
}

cmp_bridge::module! {
    ledger { candidates::Ledger: ledger_post, ledger_sum }
}
