//! Calling a candidate in this process.

use crate::carried::{Arguments, Layout};
use cmp_bridge::entry::Returned;
use cmp_bridge::frame::Frame;
use cmp_bridge::loader::LoadedCandidate;
use cmp_bridge::module::Answer;
use cmp_bridge_wire::Native;

/// What calls need, used for one after the other.
#[derive(Debug, Default)]
pub struct Caller {
    arguments: Arguments,
    state: Vec<*mut u8>,
}

impl Caller {
    /// Has a candidate answer the call in `native`, and puts what comes back of it there, too.
    ///
    /// The candidate was generated from the contract that `layout` and `native` were made of: who found it compared hashes, and
    /// the number of state areas.
    pub fn call(&mut self, candidate: &LoadedCandidate, layout: &Layout, native: &mut Native) -> Answer {
        layout.arguments(native, &mut self.arguments);
        self.state.clear();
        self.state.extend(layout.state(native));
        let mut xmm = [[0; 16]; 8];
        for (register, word) in xmm.iter_mut().zip(self.arguments.xmm) {
            register[..8].copy_from_slice(&word.to_le_bytes());
        }
        let stack = self.arguments.stack.as_ptr();
        let mut frame = Frame {
            gpr: self.arguments.gpr,
            xmm,
            ret_gpr: [0; 2],
            ret_xmm: [[0; 16]; 2],
            ret_x87: [[0; 16]; 2],
            stack,
            sp: 0,
        };
        // SAFETY: registers, stack arguments and state are those of a call of the routine that the entry was generated for;
        // each address in them is null or that of an area of `native`, which has the size that the contract says (held
        // against it when the message was decoded) and is nobody else's meanwhile.
        let answer = unsafe { (candidate.entry)(&raw mut frame, self.state.as_ptr()) };
        layout.give(&Returned::of(&frame, layout.returns()), native);
        answer
    }
}
