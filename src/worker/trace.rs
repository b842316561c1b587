//! What a watched call touched, access by access.

use super::message::{In, Out};
use std::io;

/// Bytes of code sent for each accessing instruction: no instruction of x86-64 is longer.
pub const CODE_BYTES: usize = 15;

/// What one watched call touched of its areas and of the images' writable data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Trace {
    /// Address of the copy of each area; 0 where null was passed, and for state, which is live.
    pub areas: Vec<u64>,
    /// What was added to the link-time addresses of each image of the plan.
    pub biases: Vec<u64>,
    /// The accessing instructions, each once: address, and the bytes there.
    pub code: Vec<(u64, [u8; CODE_BYTES])>,
    /// Accesses in their order.
    pub touches: Vec<Touch>,
    /// There were more accesses than are kept: what comes after the last one is not known.
    pub overflow: bool,
    /// Numbers of the system calls that were refused.
    pub system_calls: Vec<u32>,
    /// Of the sites of the request, by their index, those that ran.
    pub reached: Vec<u32>,
}

/// One access.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Touch {
    /// The first byte of it on a page that was watched.
    pub address: u64,
    /// Index in [`Trace::code`].
    pub code: u32,
    /// The processor asked to write.
    pub write: bool,
}

impl Trace {
    pub(super) fn write(&self, out: &mut Out) {
        for list in [&self.areas, &self.biases] {
            out.u64(list.len() as u64);
            list.iter().for_each(|value| out.u64(*value));
        }
        out.u64(self.code.len() as u64);
        for (address, bytes) in &self.code {
            out.u64(*address);
            out.bytes(bytes);
        }
        out.u64(self.touches.len() as u64);
        for touch in &self.touches {
            out.u64(touch.address);
            out.u64(u64::from(touch.code) << 1 | u64::from(touch.write));
        }
        out.u64(u64::from(self.overflow));
        out.u64(self.system_calls.len() as u64);
        self.system_calls.iter().for_each(|number| out.u64(u64::from(*number)));
        out.u64(self.reached.len() as u64);
        self.reached.iter().for_each(|index| out.u64(u64::from(*index)));
    }

    pub(super) fn read(message: &mut In<'_>) -> io::Result<Trace> {
        let mut trace = Trace { areas: message.u64s()?, biases: message.u64s()?, ..Trace::default() };
        for _ in 0..message.u64()? {
            let address = message.u64()?;
            let bytes = message.bytes()?.try_into().map_err(|_| super::message::broken())?;
            trace.code.push((address, bytes));
        }
        for _ in 0..message.u64()? {
            let (address, rest) = (message.u64()?, message.u64()?);
            trace.touches.push(Touch { address, code: (rest >> 1) as u32, write: rest & 1 != 0 });
        }
        trace.overflow = message.u64()? != 0;
        trace.system_calls = message.u64s()?.into_iter().map(|number| number as u32).collect();
        trace.reached = message.u64s()?.into_iter().map(|index| index as u32).collect();
        Ok(trace)
    }
}
