//! Each call twice: through `Control`, and written by hand with the same care.

use crate::bench::{BenchBlock, Control};
use cmp_bridge::support::Done;
use std::hint::black_box;

/// As a person writes them who reads the C header.
mod hand {
    use crate::bench::BenchBlock;

    // SAFETY: as the header of the host declares them.
    unsafe extern "C-unwind" {
        pub fn bench_weigh(block: *const BenchBlock, x: f64) -> f64;
        pub fn bench_code(dt: *const f64, pos: *mut [f64; 3]) -> i32;
        pub fn bench_sum(values: *const f64, n: i32) -> f64;
    }
}

/// Name, and so many calls.
pub type Case = (&'static str, fn(u64) -> f64);

/// All of them.
pub const CASES: [Case; 6] = [
    ("pointer_hand", pointer_hand),
    ("pointer_control", pointer_control),
    ("status_hand", status_hand),
    ("status_control", status_control),
    ("array_hand", array_hand),
    ("array_control", array_control),
];

/// Writes the routines' addresses where the agent would: without effect where `Control` is linked.
pub fn fill_slots() {
    let addresses = [
        hand::bench_weigh as *const () as *mut _,
        hand::bench_code as *const () as *mut _,
        hand::bench_sum as *const () as *mut _,
    ];
    for (slot, address) in crate::bench::CONTROLS.iter().zip(addresses) {
        // SAFETY: the slot leads to a static of the generated code; the routines come in the same order as their slots.
        unsafe { (*slot.address).store(address, std::sync::atomic::Ordering::Release) };
    }
}

fn block() -> BenchBlock {
    let mut block = BenchBlock { v: [1.0; 15] };
    block.v[0] = 0.5;
    black_box(block)
}

#[inline(never)]
fn pointer_hand(calls: u64) -> f64 {
    let block = block();
    // SAFETY: the block lives across the call, which only reads it.
    (0..calls).fold(1.0, |x, _| unsafe { hand::bench_weigh(&block, x) })
}

#[inline(never)]
fn pointer_control(calls: u64) -> f64 {
    let block = block();
    (0..calls).fold(1.0, |x, _| Control::bench_weigh(&block, x))
}

#[inline(never)]
fn status_hand(calls: u64) -> f64 {
    (0..calls).fold(1.0, |x, _| {
        let mut pos = [0.0; 3];
        // SAFETY: the routine reads one number and writes three.
        match unsafe { hand::bench_code(&x, &mut pos) } {
            0 => pos[0],
            _ => f64::NAN,
        }
    })
}

#[inline(never)]
fn status_control(calls: u64) -> f64 {
    (0..calls).fold(1.0, |x, _| match Control::bench_code(x) {
        Ok((pos, Done::Ok)) => pos[0],
        _ => f64::NAN,
    })
}

#[inline(never)]
fn array_hand(calls: u64) -> f64 {
    let values: &[f64] = black_box(&[1.0, 2.0, 3.0]);
    (0..calls).fold(0.0, |sum, _| {
        let Ok(n) = i32::try_from(values.len()) else { panic!("too long") };
        // SAFETY: `n` is the length of the slice.
        sum + unsafe { hand::bench_sum(values.as_ptr(), n) }
    })
}

#[inline(never)]
fn array_control(calls: u64) -> f64 {
    let values: &[f64] = black_box(&[1.0, 2.0, 3.0]);
    (0..calls).fold(0.0, |sum, _| sum + Control::bench_sum(values))
}
