//! A call of each shape in three ways: written by hand with the same care, through `Control`, through cxx.

use crate::bridge;
use crate::calls::Case;
use crate::linked::*;
use cmp_bridge::support::Text;
use std::ffi::CStr;
use std::hint::black_box;

/// As a person writes them who reads the C header.
mod hand {
    use crate::linked::{LinkedPoint, LinkedState};

    // SAFETY: as linked.h declares them.
    unsafe extern "C-unwind" {
        pub fn linked_add(a: i32, b: i32) -> i32;
        pub fn linked_turn(p: LinkedPoint, k: f64) -> LinkedPoint;
        pub fn linked_move(s: LinkedState, dt: f64) -> LinkedState;
        pub fn linked_blanks_(text: *const u8, length: usize) -> i32;
        pub fn linked_count(text: *const u8) -> i32;
        pub fn linked_last(values: *const f64, n: i32) -> f64;
        pub fn linked_might(n: i32) -> i32;
    }
}

/// All of them.
pub const CASES: [Case; 20] = [
    ("scalar_hand", scalar_hand),
    ("scalar_control", scalar_control),
    ("scalar_cxx", scalar_cxx),
    ("record_hand", record_hand),
    ("record_control", record_control),
    ("record_cxx", record_cxx),
    ("memory_hand", memory_hand),
    ("memory_control", memory_control),
    ("memory_cxx", memory_cxx),
    ("chars_hand", chars_hand),
    ("chars_control", chars_control),
    ("chars_cxx", chars_cxx),
    ("text_hand", text_hand),
    ("text_control", text_control),
    ("slice_hand", slice_hand),
    ("slice_control", slice_control),
    ("slice_cxx", slice_cxx),
    ("raising_hand", raising_hand),
    ("raising_control", raising_control),
    ("raising_cxx", raising_cxx),
];

/// Writes the routines' addresses where the agent would: without effect where `Control` is linked.
pub fn fill_slots() {
    let addresses = [
        hand::linked_add as *const () as *mut _,
        hand::linked_turn as *const () as *mut _,
        hand::linked_move as *const () as *mut _,
        hand::linked_blanks_ as *const () as *mut _,
        hand::linked_count as *const () as *mut _,
        hand::linked_last as *const () as *mut _,
        hand::linked_might as *const () as *mut _,
    ];
    for (slot, address) in CONTROLS.iter().zip(addresses) {
        // SAFETY: the slot leads to a static of the generated code; the routines come in the same order as their slots.
        unsafe { (*slot.address).store(address, std::sync::atomic::Ordering::Release) };
    }
}

#[inline(never)]
fn scalar_hand(calls: u64) -> f64 {
    // SAFETY: it only computes.
    f64::from((0..calls).fold(1, |x, _| unsafe { hand::linked_add(x, 2) }))
}

#[inline(never)]
fn scalar_control(calls: u64) -> f64 {
    f64::from((0..calls).fold(1, |x, _| Control::linked_add(x, 2)))
}

#[inline(never)]
fn scalar_cxx(calls: u64) -> f64 {
    f64::from((0..calls).fold(1, |x, _| bridge::add(x, 2)))
}

#[inline(never)]
fn record_hand(calls: u64) -> f64 {
    // SAFETY: it only computes.
    (0..calls).fold(LinkedPoint { x: 1.0, y: 2.0 }, |p, _| unsafe { hand::linked_turn(p, 0.5) }).x
}

#[inline(never)]
fn record_control(calls: u64) -> f64 {
    (0..calls).fold(LinkedPoint { x: 1.0, y: 2.0 }, |p, _| Control::linked_turn(p, 0.5)).x
}

#[inline(never)]
fn record_cxx(calls: u64) -> f64 {
    (0..calls).fold(bridge::Point { x: 1.0, y: 2.0 }, |p, _| bridge::turn(p, 0.5)).x
}

#[inline(never)]
fn memory_hand(calls: u64) -> f64 {
    let start = LinkedState { t: 0.0, v: [1.0, 2.0, 3.0] };
    // SAFETY: it only computes.
    (0..calls).fold(start, |s, _| unsafe { hand::linked_move(s, 0.5) }).t
}

#[inline(never)]
fn memory_control(calls: u64) -> f64 {
    let start = LinkedState { t: 0.0, v: [1.0, 2.0, 3.0] };
    (0..calls).fold(start, |s, _| Control::linked_move(s, 0.5)).t
}

#[inline(never)]
fn memory_cxx(calls: u64) -> f64 {
    let start = bridge::State { t: 0.0, v: [1.0, 2.0, 3.0] };
    (0..calls).fold(start, |s, _| bridge::step(s, 0.5)).t
}

#[inline(never)]
fn chars_hand(calls: u64) -> f64 {
    let text: &[u8] = black_box(b"SPOT5 ");
    // SAFETY: it reads as many bytes as the slice has.
    f64::from((0..calls).fold(0, |n, _| n + unsafe { hand::linked_blanks_(text.as_ptr(), text.len()) }))
}

#[inline(never)]
fn chars_control(calls: u64) -> f64 {
    let text: &[u8] = black_box(b"SPOT5 ");
    f64::from((0..calls).fold(0, |n, _| n + Control::linked_blanks(Text::new(text))))
}

#[inline(never)]
fn chars_cxx(calls: u64) -> f64 {
    let text: &str = black_box("SPOT5 ");
    f64::from((0..calls).fold(0, |n, _| n + bridge::blanks(text)))
}

#[inline(never)]
fn text_hand(calls: u64) -> f64 {
    let text: &CStr = black_box(c"SPOT5");
    // SAFETY: it reads up to the NUL.
    f64::from(
        (0..calls).fold(0_i32, |n, _| n.wrapping_add(unsafe { hand::linked_count(text.as_ptr().cast()) })),
    )
}

#[inline(never)]
fn text_control(calls: u64) -> f64 {
    let text: &CStr = black_box(c"SPOT5");
    f64::from((0..calls).fold(0_i32, |n, _| n.wrapping_add(Control::linked_count(text))))
}

#[inline(never)]
fn slice_hand(calls: u64) -> f64 {
    let values: &[f64] = black_box(&[1.0, 2.0, 3.0]);
    (0..calls).fold(0.0, |sum, _| {
        let Ok(n) = i32::try_from(values.len()) else { panic!("too long") };
        // SAFETY: `n` is the length of the slice.
        sum + unsafe { hand::linked_last(values.as_ptr(), n) }
    })
}

#[inline(never)]
fn slice_control(calls: u64) -> f64 {
    let values: &[f64] = black_box(&[1.0, 2.0, 3.0]);
    (0..calls).fold(0.0, |sum, _| sum + Control::linked_last(values))
}

#[inline(never)]
fn slice_cxx(calls: u64) -> f64 {
    let values: &[f64] = black_box(&[1.0, 2.0, 3.0]);
    (0..calls).fold(0.0, |sum, _| sum + bridge::last(values))
}

#[inline(never)]
fn raising_hand(calls: u64) -> f64 {
    // SAFETY: it only computes, and an exception would end the process.
    f64::from((0..calls).fold(0, |n, _| unsafe { hand::linked_might(n) }))
}

#[inline(never)]
fn raising_control(calls: u64) -> f64 {
    f64::from((0..calls).fold(0, |n, _| Control::linked_might(n).unwrap_or(-1)))
}

#[inline(never)]
fn raising_cxx(calls: u64) -> f64 {
    f64::from((0..calls).fold(0, |n, _| bridge::might(n).unwrap_or(-1)))
}
