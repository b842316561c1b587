//! A recorded call becomes a request to a worker, if it can.

use crate::evidence::{Known, LostEnds};
use cmp_bridge::entry::Completeness;
use cmp_bridge::worker::{Request, RequestArea};
use cmp_bridge_contract::abi::ReturnPlace;
use cmp_bridge_contract::readiness::{Purpose, missing};
use cmp_bridge_harness::lead;
use cmp_bridge_journal::{Call, Outcome};

/// Why no call of a routine can be replayed; `None` where calls can.
pub fn closed(known: &Known<'_>) -> Option<String> {
    let missing = missing(known.contract, known.routine, Purpose::Replay);
    let first = missing.first()?;
    let more = match missing.len() {
        1 => String::new(),
        many => format!(" (and {} more: see `cmp-bridge check`)", many - 1),
    };
    Some(format!("the contract does not say enough: {}: {}{more}", first.path, first.message))
}

/// The request for a call, or why it cannot be replayed.
pub fn of(known: &Known<'_>, call: &Call, ends: &LostEnds) -> Result<Request, String> {
    let Outcome::Returned { after, .. } = &call.outcome else {
        return Err(ends.ending(call).to_owned());
    };
    for captured in call.before.iter().chain(after) {
        let label = || known.label(captured.area.into());
        match captured.completeness {
            Completeness::Full | Completeness::Null => {}
            Completeness::Partial => return Err(format!("the extent of `{}` is not known", label())),
            Completeness::Clamped => return Err(format!("`{}` was not captured whole", label())),
            Completeness::Unreadable => return Err(format!("`{}` was not readable", label())),
        }
    }
    let mut areas = Vec::with_capacity(known.areas.len());
    for (index, area) in known.areas.iter().enumerate() {
        let captured = call.before.iter().find(|captured| usize::from(captured.area) == index);
        let captured = captured.ok_or_else(|| format!("`{}` was not captured", known.label(index)))?;
        if area.written && !after.iter().any(|captured| usize::from(captured.area) == index) {
            return Err(format!("`{}` was not captured after the call", known.label(index)));
        }
        let null = captured.completeness == Completeness::Null;
        areas.push(RequestArea {
            lead: lead(known.contract, known.routine, known.lowered, area.owner, areas.len())
                .ok_or_else(|| "an area without an argument that leads to it".to_owned())?,
            address: if null { 0 } else { captured.address },
            bytes: captured.bytes.clone(),
            written: area.written,
            set: true,
        });
    }
    Ok(Request {
        routine: known.routine.name.clone(),
        // Compared once, before the first call.
        contract_hash: 0,
        call: true,
        gpr: call.gpr,
        xmm: call.xmm,
        stack: call.stack.clone(),
        mxcsr: call.mxcsr,
        x87_control: call.x87_control,
        returns: returns(known),
        areas,
        trace: false,
        sites: Vec::new(),
    })
}

/// The return registers in use, as the plan has them.
pub fn returns(known: &Known<'_>) -> u8 {
    known.lowered.returns.iter().fold(0, |bits, (place, ..)| {
        let bit = match place {
            ReturnPlace::Gpr(i) => *i,
            ReturnPlace::Xmm(i) => 2 + i,
            ReturnPlace::X87(i) => 4 + i,
        };
        bits | 1u8.checked_shl(bit.into()).unwrap_or(0)
    })
}
