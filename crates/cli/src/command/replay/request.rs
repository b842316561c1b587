//! A recorded call becomes a request to a worker, if it can.

use crate::evidence::{Known, LostEnds};
use cmp_bridge::entry::Completeness;
use cmp_bridge::plan::Place;
use cmp_bridge::worker::{Lead, Request, RequestArea};
use cmp_bridge_contract::abi::{self, ReturnPlace, Role};
use cmp_bridge_contract::areas::Owner;
use cmp_bridge_contract::model::{By, Language};
use cmp_bridge_contract::readiness::{Purpose, missing};
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
            lead: lead(known, area.owner, areas.len())?,
            address: if null { 0 } else { captured.address },
            bytes: captured.bytes.clone(),
            written: area.written,
        });
    }
    Ok(Request {
        routine: known.routine.name.clone(),
        gpr: call.gpr,
        xmm: call.xmm,
        stack: call.stack.clone(),
        mxcsr: call.mxcsr,
        x87_control: call.x87_control,
        returns: returns(known),
        areas,
    })
}

/// Where the address of area number `index` stands.
fn lead(known: &Known<'_>, owner: Owner, index: usize) -> Result<Lead, String> {
    let fortran = known.contract.component.language == Language::Fortran;
    let by_descriptor = |i: usize| known.routine.params.get(i).is_some_and(|p| p.by == By::Descriptor);
    let (role, word) = match owner {
        // The data of a Fortran descriptor, which is the area before.
        Owner::Param(i) if fortran && by_descriptor(i) => {
            let descriptor = index.checked_sub(1).and_then(|before| u16::try_from(before).ok());
            return descriptor.map(|area| Lead::Area(area, 0)).ok_or_else(|| "too many areas".to_owned());
        }
        Owner::Param(i) => (Role::Param(i), 0),
        Owner::Bounds(i) => (Role::Param(i), u32::from(!fortran)),
        Owner::Return => (Role::ReturnAddress, 0),
        Owner::State(_) => return Ok(Lead::State),
    };
    let place = known.lowered.word(role, word);
    Ok(Lead::Argument(
        match place.ok_or_else(|| "an area without an argument that leads to it".to_owned())? {
            abi::Place::Gpr(i) => Place::Gpr(i),
            abi::Place::Xmm(i) => Place::Xmm(i),
            abi::Place::Stack(offset) => Place::Stack(offset),
        },
    ))
}

/// The return registers in use, as the plan has them.
fn returns(known: &Known<'_>) -> u8 {
    known.lowered.returns.iter().fold(0, |bits, (place, ..)| {
        let bit = match place {
            ReturnPlace::Gpr(i) => *i,
            ReturnPlace::Xmm(i) => 2 + i,
            ReturnPlace::X87(i) => 4 + i,
        };
        bits | 1u8.checked_shl(bit.into()).unwrap_or(0)
    })
}
