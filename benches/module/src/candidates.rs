//! The candidates, in safe Rust.
#![forbid(unsafe_code)]

use crate::bench::{BenchBlock, BenchTurn, BenchWeigh};

/// Both routines.
pub struct Candidates;

impl BenchWeigh for Candidates {
    fn bench_weigh(block: &BenchBlock, x: f64) -> f64 {
        block.v[0] * x + block.v[14]
    }
}

impl BenchTurn for Candidates {
    fn bench_turn(block: &mut BenchBlock) {
        block.v[0] = block.v[1] + block.v[14];
    }
}
