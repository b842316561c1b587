//! Prints how many instructions a call of each shape takes: `linked FOLDER`, where `FOLDER` holds what `scripts/bench.sh linked`
//! built.
#![deny(warnings, missing_docs)]

use cmp_bridge_bench::instructions::{Count, count};
use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let Some(folder) = std::env::args().nth(1) else {
        eprintln!("bench: usage: linked FOLDER");
        return ExitCode::from(2);
    };
    match count(Path::new(&folder)) {
        Ok(counts) => {
            println!("{}", Count::heading());
            counts.iter().for_each(|count| println!("{}", count.line()));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("bench: error: {error}");
            ExitCode::from(2)
        }
    }
}
