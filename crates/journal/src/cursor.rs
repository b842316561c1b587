//! Reading the pieces of a file, none of which is taken for granted.

use crate::call::{Call, CandidateCall, Captured, Outcome};
use cmp_bridge::entry::{self, Completeness, Returned};
use cmp_bridge::module::Answer;

/// The unread rest of a piece of the file.
pub(crate) struct Cursor<'a>(pub(crate) &'a [u8]);

impl<'a> Cursor<'a> {
    pub(crate) fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(taken)
    }

    pub(crate) fn array<const N: usize>(&mut self) -> Option<[u8; N]> {
        self.take(N)?.try_into().ok()
    }

    pub(crate) fn u16(&mut self) -> Option<u16> {
        Some(u16::from_le_bytes(self.array()?))
    }

    pub(crate) fn u32(&mut self) -> Option<u32> {
        Some(u32::from_le_bytes(self.array()?))
    }

    pub(crate) fn u64(&mut self) -> Option<u64> {
        Some(u64::from_le_bytes(self.array()?))
    }

    pub(crate) fn u64s<const N: usize>(&mut self) -> Option<[u64; N]> {
        let mut values = [0; N];
        for value in &mut values {
            *value = self.u64()?;
        }
        Some(values)
    }

    pub(crate) fn bytes(&mut self) -> Option<&'a [u8]> {
        let length = self.u32()?;
        self.take(length as usize)
    }

    pub(crate) fn text(&mut self) -> Option<String> {
        String::from_utf8(self.bytes()?.to_vec()).ok()
    }

    pub(crate) fn head(&mut self) -> Option<entry::Head> {
        Some(entry::Head {
            length: self.u32()?,
            kind: self.array::<1>()?[0],
            captures: self.array::<1>()?[0],
            routine: self.u16()?,
            number: self.u64()?,
        })
    }

    pub(crate) fn enter(&mut self, thread: u32, head: &entry::Head) -> Option<Call> {
        let depth = self.u32()?;
        let stack_bytes = self.u32()? as usize;
        let mxcsr = self.u32()?;
        let x87_control = self.u32()? as u16;
        let _sp = self.u64()?;
        let gpr = self.u64s()?;
        let xmm = self.u64s()?;
        let stack = self.take(stack_bytes)?.to_vec();
        self.take(entry::padded(stack_bytes) - stack_bytes)?;
        Some(Call {
            thread,
            number: head.number,
            depth,
            routine: head.routine as usize,
            gpr,
            xmm,
            stack,
            mxcsr,
            x87_control,
            before: self.captures(head)?,
            outcome: Outcome::Unfinished,
            candidate: None,
        })
    }

    pub(crate) fn returned(&mut self) -> Option<Returned> {
        Some(Returned { gpr: self.u64s()?, xmm: self.u64s()?, x87: [self.array()?, self.array()?] })
    }

    pub(crate) fn leave(&mut self, head: &entry::Head) -> Option<(Returned, Vec<Captured>)> {
        Some((self.returned()?, self.captures(head)?))
    }

    pub(crate) fn candidate(&mut self, head: &entry::Head) -> Option<CandidateCall> {
        let answer = Answer(self.u32()?);
        let overrun = self.u32()?.checked_sub(1).map(|area| area as u16);
        let control_ticks = self.u64()?;
        let candidate_ticks = self.u64()?;
        let (returned, after) = self.leave(head)?;
        Some(CandidateCall { answer, returned, after, overrun, control_ticks, candidate_ticks })
    }

    /// The captures, which fill the rest of the entry.
    pub(crate) fn captures(&mut self, head: &entry::Head) -> Option<Vec<Captured>> {
        let mut captures = Vec::with_capacity(head.captures as usize);
        for _ in 0..head.captures {
            let address = self.u64()?;
            let length = self.u32()? as usize;
            let area = self.u16()?;
            let completeness = Completeness::from_byte(self.array::<2>()?[0])?;
            let bytes = self.take(length)?.to_vec();
            self.take(entry::padded(length) - length)?;
            captures.push(Captured { area, address, completeness, bytes });
        }
        self.0.is_empty().then_some(captures)
    }
}
