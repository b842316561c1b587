//! The routines on a COMMON block, implemented in Rust, and the block itself.

use crate::blocks::{self, Count, Cst, CstCount, Init, Ratio};

/// The COMMON block. No legacy object is left that would define it.
#[unsafe(export_name = "blocks_cst_")]
pub static mut CST: Cst = Cst::ZERO;

/// The routines.
pub struct Blocks;

impl Init for Blocks {
    fn init(mu: f64, ae: f64, model: i32, cst: &mut Cst) {
        *cst = Cst { mu, ae, calls: 0, model };
    }
}

impl Ratio for Blocks {
    fn ratio(a: f64, cst: &mut Cst) -> f64 {
        cst.calls += 1;
        a / cst.ae
    }
}

impl Count for Blocks {
    fn count(calls: &mut i32, model: &mut i32, cst: &CstCount) {
        [*calls, *model] = cst.num;
    }
}

blocks::export! { Blocks: init, ratio, count }
