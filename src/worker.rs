//! The conversation between `cmp-bridge replay` and a worker process, over two pipes.
//!
//! A worker answers recorded calls from the same bytes: either the legacy executable itself, stopped at its safe moment
//! (the agent serves), or a process that has loaded a module. It is a process of its own so that a crash costs one call.

mod arena;
mod call;
mod message;
mod trace;

pub use arena::{Arena, ArenaError, Prepared};
pub use call::call_legacy;
pub use message::{
    Lead, Reply, Request, RequestArea, UNDECLARED_LIMIT, read_reply, read_request, write_reply, write_request,
};
pub use trace::{CODE_BYTES, Touch, Trace};

use crate::frame::Frame;
use std::io::{self, Read, Write};

/// Answers requests until the other side closes its pipe. `answer` gets the prepared call and says how it went.
pub fn serve(
    input: &mut dyn Read,
    output: &mut dyn Write,
    answer: &mut dyn FnMut(&Request, &mut Prepared<'_>) -> Reply,
) -> io::Result<()> {
    let mut arena = Arena::new()?;
    while let Some(request) = read_request(input)? {
        let reply = match arena.prepare(&request) {
            Ok(mut prepared) => answer(&request, &mut prepared),
            Err(error) => Reply::refused(error.to_string()),
        };
        write_reply(output, &reply)?;
        output.flush()?;
    }
    Ok(())
}

/// Nanoseconds per time stamp tick, measured for a few milliseconds.
pub fn nanoseconds_per_tick() -> f64 {
    let (began, ticks) = (std::time::Instant::now(), crate::hook::runtime::ticks());
    while began.elapsed() < std::time::Duration::from_millis(3) {
        std::hint::spin_loop();
    }
    began.elapsed().as_nanos() as f64 / (crate::hook::runtime::ticks() - ticks).max(1) as f64
}

/// Runs `call` once and returns its value with the nanoseconds it took.
pub fn timed<T>(nanoseconds_per_tick: f64, call: impl FnOnce() -> T) -> (T, u64) {
    let began = crate::hook::runtime::ticks();
    let value = call();
    let ticks = crate::hook::runtime::ticks() - began;
    (value, (ticks as f64 * nanoseconds_per_tick) as u64)
}

/// A frame with nothing in it.
pub(crate) fn empty_frame() -> Frame {
    Frame {
        gpr: [0; 6],
        xmm: [[0; 16]; 8],
        ret_gpr: [0; 2],
        ret_xmm: [[0; 16]; 2],
        ret_x87: [[0; 16]; 2],
        stack: std::ptr::null(),
        sp: 0,
    }
}
