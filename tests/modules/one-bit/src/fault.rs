//! `CMP_BRIDGE_FAULT="ROUTINE WHERE BIT"`: one bit of one answer, flipped after the candidate gave it.
//!
//! WHERE is a place as the ABI has it, so that this file needs to know no routine: `gpr0`, `gpr1`, `xmm0`, `xmm1` for a
//! return register; `arg2` for what the address in the third argument register leads to, `stack8` for what the one at
//! byte 8 of the stack arguments leads to; `state0` for the first state area. Instead of a place and a bit there may be
//! `panic` or `decline`.

use cmp_bridge::frame::Frame;
use cmp_bridge::module::Answer;
use std::sync::OnceLock;

struct Fault {
    routine: String,
    place: String,
    bit: usize,
}

fn fault() -> Option<&'static Fault> {
    static FAULT: OnceLock<Option<Fault>> = OnceLock::new();
    let read = || {
        let text = std::env::var("CMP_BRIDGE_FAULT").ok()?;
        let mut words = text.split(' ').map(str::to_owned);
        let (routine, place) = (words.next()?, words.next()?);
        let bit = words.next().map_or(0, |bit| bit.parse().expect("the number of a bit"));
        Some(Fault { routine, place, bit })
    };
    FAULT.get_or_init(read).as_ref()
}

/// Panics, if that is the fault asked for.
pub fn panic_in(routine: &str) {
    if fault().is_some_and(|fault| fault.routine == routine && fault.place == "panic") {
        panic!("the fault asked for");
    }
}

/// Puts the fault into an answer.
///
/// # Safety
/// As [`cmp_bridge::module::Entry`]; the bit is inside what the place leads to.
pub unsafe fn after(routine: &str, frame: *mut Frame, state: *const *mut u8, answer: Answer) -> Answer {
    let Some(fault) = fault().filter(|fault| fault.routine == routine && fault.place != "panic") else {
        return answer;
    };
    if fault.place == "decline" {
        return Answer::DECLINED;
    }
    let name = fault.place.trim_end_matches(|c: char| c.is_ascii_digit());
    let number: usize = fault.place[name.len()..].parse().expect("the number of a place");
    // SAFETY: the caller's frame; the places were written by the candidate, which had the same frame.
    unsafe {
        let frame = &mut *frame;
        let bytes: *mut u8 = match name {
            "gpr" => (&raw mut frame.ret_gpr[number]).cast(),
            "xmm" => (&raw mut frame.ret_xmm[number]).cast(),
            "arg" => frame.gpr[number] as *mut u8,
            "stack" => frame.stack.add(number).cast::<*mut u8>().read_unaligned(),
            "state" => *state.add(number),
            _ => panic!("`{}` is not a place", fault.place),
        };
        *bytes.add(fault.bit / 8) ^= 1 << (fault.bit % 8);
    }
    answer
}
