//! What the routines of ledger.c do, here.
#![forbid(unsafe_code)]

use crate::ledger::{LedgerPost, LedgerSum};
use cmp_bridge::support::{Done, Failure};
use std::fs::OpenOptions;
use std::io::Write;
use std::time::Duration;

/// All of them.
pub struct Ledger;

impl LedgerPost for Ledger {
    fn ledger_post(number: i32, pause: i32) -> Result<Done, Failure> {
        let refused = |_| Failure(-1);
        let name = std::env::var_os("LEDGER_REMOTE").ok_or(Failure(-1))?;
        let mut file = OpenOptions::new().create(true).append(true).open(name).map_err(refused)?;
        // One write: a line is there, or it is not.
        file.write_all(format!("{number}\n").as_bytes()).map_err(refused)?;
        std::thread::sleep(Duration::from_millis(u64::try_from(pause).unwrap_or(0)));
        Ok(Done::Ok)
    }
}

impl LedgerSum for Ledger {
    fn ledger_sum(values: &[f64]) -> f64 {
        values.iter().sum()
    }
}
