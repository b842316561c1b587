//! Calls become entries, for those who were told of a call and did not see it.

use crate::call::{Call, Captured, Outcome};
use cmp_bridge::entry::{Kind, padded};

/// Why a call has no entries.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum EncodeError {
    /// More areas than an entry can count.
    #[error("a call with {0} areas, where an entry has at most 255")]
    Areas(usize),
    /// More bytes than an entry can have.
    #[error("a call of {0} bytes, where an entry has less than 4 GiB")]
    Length(usize),
    /// A routine that an entry cannot name.
    #[error("routine number {0}, where an entry has at most 65535")]
    Routine(usize),
}

/// Writes the entries of a call behind those in `out`, as the agent would have written them. What a candidate did is not
/// written. After an error `out` is as it was.
pub fn encode(call: &Call, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let start = out.len();
    let written = enter(call, out).and_then(|()| leave(call, out));
    if written.is_err() {
        out.truncate(start);
    }
    written
}

fn enter(call: &Call, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    let mut body = Vec::new();
    body.extend(call.depth.to_le_bytes());
    body.extend((call.stack.len() as u32).to_le_bytes());
    body.extend(call.mxcsr.to_le_bytes());
    body.extend(u32::from(call.x87_control).to_le_bytes());
    // The stack pointer: nobody reads it.
    body.extend(0_u64.to_le_bytes());
    call.gpr.iter().chain(&call.xmm).for_each(|word| body.extend(word.to_le_bytes()));
    aligned(&mut body, &call.stack);
    entry(Kind::Enter, call, body, &call.before, out)
}

fn leave(call: &Call, out: &mut Vec<u8>) -> Result<(), EncodeError> {
    match &call.outcome {
        Outcome::Unfinished => Ok(()),
        Outcome::Abandoned => entry(Kind::Abandoned, call, Vec::new(), &[], out),
        Outcome::Returned { returned, after } => {
            let mut body = Vec::new();
            returned.gpr.iter().chain(&returned.xmm).for_each(|word| body.extend(word.to_le_bytes()));
            returned.x87.iter().for_each(|register| body.extend(register));
            entry(Kind::Leave, call, body, after, out)
        }
    }
}

fn entry(
    kind: Kind,
    call: &Call,
    mut body: Vec<u8>,
    areas: &[Captured],
    out: &mut Vec<u8>,
) -> Result<(), EncodeError> {
    for area in areas {
        let length = u32::try_from(area.bytes.len()).map_err(|_| EncodeError::Length(area.bytes.len()))?;
        body.extend(area.address.to_le_bytes());
        body.extend(length.to_le_bytes());
        body.extend(area.area.to_le_bytes());
        body.extend([area.completeness as u8, 0]);
        aligned(&mut body, &area.bytes);
    }
    let length = u32::try_from(16 + body.len()).map_err(|_| EncodeError::Length(body.len()))?;
    let count = u8::try_from(areas.len()).map_err(|_| EncodeError::Areas(areas.len()))?;
    let routine = u16::try_from(call.routine).map_err(|_| EncodeError::Routine(call.routine))?;
    out.extend(length.to_le_bytes());
    out.extend([kind as u8, count]);
    out.extend(routine.to_le_bytes());
    out.extend(call.number.to_le_bytes());
    out.extend(body);
    Ok(())
}

/// Bytes, and zeros up to a multiple of eight.
fn aligned(out: &mut Vec<u8>, bytes: &[u8]) {
    out.extend_from_slice(bytes);
    out.extend(std::iter::repeat_n(0, padded(bytes.len()) - bytes.len()));
}
