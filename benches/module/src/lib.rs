//! Candidates that do what the routines of `benches/host/routines.c` do.
#![deny(warnings, missing_docs)]

pub mod bench {
    //! The benchmarks' routines, generated from their contract.
    include!(concat!(env!("OUT_DIR"), "/bench.rs"));
}

pub mod candidates;

cmp_bridge::module! {
    bench { candidates::Candidates: bench_weigh, bench_turn }
}
