//! Calls of legacy routines, through `Control` and written by hand. Reads `CASE CALLS` lines, as `benches/host/host.c`
//! does, makes that many calls in that way and answers with the nanoseconds they took.
#![deny(warnings, missing_docs)]

pub mod bench {
    //! The benchmarks' routines, generated from their contract.
    include!(concat!(env!("OUT_DIR"), "/bench.rs"));
}

pub mod linked {
    //! The routines of each shape, generated from their contract.
    include!(concat!(env!("OUT_DIR"), "/linked.rs"));
}

mod bridge;
mod calls;
mod shapes;

use std::io::{BufRead, Write};
use std::time::Instant;

fn main() -> std::io::Result<()> {
    calls::fill_slots();
    shapes::fill_slots();
    let mut out = std::io::stdout();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        let (name, count) = line.split_once(' ').unwrap_or((&line, ""));
        let case = calls::CASES.iter().chain(&shapes::CASES).find(|case| case.0 == name);
        match (case, count.parse::<u64>()) {
            (Some((_, calls)), Ok(count)) => {
                let began = Instant::now();
                std::hint::black_box(calls(count));
                writeln!(out, "{}", began.elapsed().as_nanos())?;
            }
            _ => writeln!(out, "off no such case")?,
        }
        out.flush()?;
    }
    Ok(())
}
