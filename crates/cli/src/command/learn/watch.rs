//! A recorded call, made again in the executable while every access is watched.

use super::Error;
use crate::command::replay::request::returns;
use crate::evidence::Known;
use cmp_bridge::entry::Completeness;
use cmp_bridge::plan::{Address, Routine};
use cmp_bridge::worker::{Lead, Reply, Request, RequestArea, Trace};
use cmp_bridge_contract::areas::Owner;
use cmp_bridge_contract::compare::Comparer;
use cmp_bridge_contract::model::Type;
use cmp_bridge_harness::death::Death;
use cmp_bridge_harness::lead;
use cmp_bridge_harness::worker::{Answer, Worker};
use cmp_bridge_inspect::access::access;
use cmp_bridge_journal::{Call, Outcome};
use std::collections::BTreeSet;

/// It was read before it was written.
pub const INPUT: u8 = 1;
/// It was written.
pub const WRITTEN: u8 = 2;
/// Bytes beyond an area that are still told to be beyond this one.
const BEYOND: usize = 64;
const PAGE: u64 = 4096;
/// Reads at least that wide, by code of a run-time library, may be wider than what is looked at.
const WIDE_READ: u64 = 16;

/// What a watched call did to one area.
#[derive(Debug, Clone, Default)]
pub struct AreaSeen {
    /// Null was passed.
    pub null: bool,
    /// [`INPUT`] and [`WRITTEN`] of each byte, some of them beyond the captured ones.
    pub flags: Vec<u8>,
    /// Captured bytes.
    pub captured: usize,
    /// One past the last byte surely touched.
    pub end: usize,
    /// One past the last byte perhaps touched: vector reads of library code.
    pub soft_end: usize,
    /// Touched under a mask: how far is not known.
    pub masked: bool,
    /// The bytes after the call.
    pub after: Vec<u8>,
}

impl AreaSeen {
    /// Any byte with this flag.
    pub fn any(&self, flag: u8) -> bool {
        self.flags.iter().any(|flags| flags & flag != 0)
    }
}

/// What a watched call did.
#[derive(Debug, Clone)]
pub struct Seen {
    /// To each capture of the plan, in order.
    pub areas: Vec<AreaSeen>,
    /// Data of images outside these: image of the plan and link-time address.
    pub elsewhere: Vec<(u16, u64)>,
    /// It asked the system for something.
    pub system_calls: Vec<u32>,
    /// Instructions that wrote to an area, at their addresses in the images; none for code of others.
    pub writers: BTreeSet<Option<(u16, u64)>>,
    /// What was written that is no area: data of an image that was not captured; none for what is beside an area.
    pub wrote_elsewhere: BTreeSet<Option<(u16, u64)>>,
    /// Of the sites of the request, by their index, those that ran.
    pub reached: Vec<u32>,
    /// More accesses than are kept.
    pub overflow: bool,
    /// Where it did not do what the recorded call did.
    pub unlike: Option<String>,
    /// The answer.
    pub reply: Reply,
}

/// Why a call says nothing that took longer than `--timeout`.
pub const TOO_LONG: &str = "made again it takes longer than --timeout";

/// Why a call says nothing.
pub type Unfit = String;

/// The request for a call: each area has memory of its own, whatever lay beside it.
pub fn request(known: &Known<'_>, routine: &Routine, call: &Call) -> Result<Request, Unfit> {
    if !matches!(call.outcome, Outcome::Returned { .. }) {
        return Err("it did not return".to_owned());
    }
    let mut areas: Vec<RequestArea> = Vec::with_capacity(routine.captures.len());
    for (index, capture) in routine.captures.iter().enumerate() {
        let captured = call.before.iter().find(|captured| usize::from(captured.area) == index);
        let captured = captured.ok_or("an area was not captured")?;
        if captured.completeness == Completeness::Unreadable {
            return Err("an area was not readable".to_owned());
        }
        let null = captured.completeness == Completeness::Null;
        let lead = match (capture.address, known.areas.get(index)) {
            (Address::Image(..), _) | (_, None) => Lead::State,
            (_, Some(area)) => lead(known.contract, known.routine, known.lowered, area.owner, index)
                .ok_or("an area without an argument that leads to it")?,
        };
        let apart = ((index as u64 + 1) << 32) + captured.address % PAGE;
        let bytes = captured.bytes.clone();
        areas.push(RequestArea {
            lead,
            address: if null { 0 } else { apart },
            bytes,
            written: true,
            set: true,
        });
    }
    Ok(Request {
        routine: known.routine.name.clone(),
        contract_hash: 0,
        call: true,
        gpr: call.gpr,
        xmm: call.xmm,
        stack: call.stack.clone(),
        mxcsr: call.mxcsr,
        x87_control: call.x87_control,
        returns: returns(known),
        areas,
        trace: true,
        sites: Vec::new(),
    })
}

/// Makes the call.
pub fn watch(
    worker: &mut Worker,
    request: &Request,
    known: &Known<'_>,
    routine: &Routine,
    call: &Call,
    spans: &[(u64, u64)],
) -> Result<Result<Seen, Unfit>, Error> {
    let reply = match worker.ask(request)? {
        Answer::Died(Death::Timeout(_)) => return Ok(Err(TOO_LONG.to_owned())),
        Answer::Died(how) => return Ok(Err(format!("made again it ends with {how}"))),
        Answer::Reply(reply) if !reply.problem.is_empty() => return Ok(Err(reply.problem)),
        Answer::Reply(reply) if !reply.exception.is_empty() => {
            return Ok(Err(format!("made again it ends with the exception {}", reply.exception)));
        }
        Answer::Reply(reply) => reply,
    };
    let Some(trace) = &reply.trace else { return Ok(Err("it was not watched".to_owned())) };
    let mut seen = lay_out(request, routine, trace, spans);
    for (index, bytes) in &reply.after {
        if let Some(area) = seen.areas.get_mut(usize::from(*index)) {
            area.after.clone_from(bytes);
        }
    }
    seen.unlike = unlike(known, call, &seen, &reply);
    seen.reply = Reply { trace: None, ..*reply };
    Ok(Ok(seen))
}

/// Where each area is in the worker: (start, index), ascending.
fn starts(request: &Request, routine: &Routine, trace: &Trace) -> Vec<(u64, usize)> {
    let mut starts = Vec::new();
    for (index, (capture, area)) in routine.captures.iter().zip(&request.areas).enumerate() {
        let start = match capture.address {
            Address::Image(image, address) => {
                trace.biases.get(usize::from(image)).map_or(0, |bias| bias.wrapping_add(address))
            }
            Address::Argument(_) | Address::Through(..) => trace.areas.get(index).copied().unwrap_or(0),
        };
        if start != 0 && (area.lead != Lead::State || !area.bytes.is_empty()) {
            starts.push((start, index));
        }
    }
    starts.sort_unstable();
    starts
}

/// Attributes every access to an area.
fn lay_out(request: &Request, routine: &Routine, trace: &Trace, spans: &[(u64, u64)]) -> Seen {
    let mut areas: Vec<AreaSeen> = request
        .areas
        .iter()
        .map(|area| AreaSeen {
            null: area.lead != Lead::State && area.address == 0,
            flags: vec![0; area.bytes.len() + BEYOND],
            captured: area.bytes.len(),
            ..AreaSeen::default()
        })
        .collect();
    let starts = starts(request, routine, trace);
    let mut elsewhere = Vec::new();
    let (mut writers, mut wrote_elsewhere) = (BTreeSet::new(), BTreeSet::new());
    let own_code = |address: u64| {
        let inside = |(bias, span): (&u64, &(u64, u64))| {
            address >= bias.wrapping_add(span.0) && address < bias.wrapping_add(span.1)
        };
        trace.biases.iter().zip(spans).any(inside)
    };
    let mut last: Option<(u32, u64, u64)> = None;
    for touch in &trace.touches {
        let Some((at, code)) = trace.code.get(touch.code as usize) else { continue };
        let what = access(code, *at, touch.write);
        // The second page of an access that began on the one before: seen already.
        let again = last.is_some_and(|(code, address, size)| {
            code == touch.code
                && touch.address % PAGE == 0
                && address < touch.address
                && address + size > touch.address
        });
        last = Some((touch.code, touch.address, what.size));
        if again {
            continue;
        }
        let found = starts.partition_point(|(start, _)| *start <= touch.address).checked_sub(1);
        let found = found.map(|at| starts[at]).filter(|(start, index)| {
            let state = request.areas[*index].lead == Lead::State;
            touch.address - start < (areas[*index].captured + if state { 0 } else { BEYOND }) as u64
        });
        let Some((start, index)) = found else {
            elsewhere.extend(link_address(trace, spans, touch.address));
            if what.write {
                wrote_elsewhere.insert(link_address(trace, spans, touch.address));
            }
            continue;
        };
        if what.write {
            writers.insert(link_address(trace, spans, *at));
            if touch.address - start >= areas[index].captured as u64 {
                wrote_elsewhere.insert(None);
            }
        }
        let soft = !what.write && what.size >= WIDE_READ && !own_code(*at);
        let area = &mut areas[index];
        area.masked |= what.masked;
        // Of what is written under a mask only the byte that faulted is sure.
        let size = if what.masked && what.write { 1 } else { what.size as usize };
        area.mark((touch.address - start) as usize, size, what.read, what.write, soft || what.masked);
    }
    elsewhere.sort_unstable();
    elsewhere.dedup();
    Seen {
        areas,
        elsewhere,
        writers,
        wrote_elsewhere,
        system_calls: trace.system_calls.clone(),
        overflow: trace.overflow,
        reached: trace.reached.clone(),
        unlike: None,
        reply: Reply::refused(String::new()),
    }
}

fn link_address(trace: &Trace, spans: &[(u64, u64)], address: u64) -> Option<(u16, u64)> {
    let each = trace.biases.iter().zip(spans).enumerate();
    let mut inside = each.filter_map(|(image, (bias, span))| {
        let linked = address.wrapping_sub(*bias);
        (linked >= span.0 && linked < span.1).then_some((image as u16, linked))
    });
    inside.next()
}

impl AreaSeen {
    fn mark(&mut self, at: usize, size: usize, read: bool, write: bool, soft: bool) {
        let end = (at + size).min(self.flags.len());
        for flags in self.flags.get_mut(at..end).unwrap_or_default() {
            if read && *flags & WRITTEN == 0 {
                *flags |= INPUT;
            }
            if write {
                *flags |= WRITTEN;
            }
        }
        self.end = self.end.max(if soft { at + 1 } else { at + size });
        self.soft_end = self.soft_end.max(at + size);
    }
}

/// Where the repeated call did something else than the recorded one: what it depends on was not the same. Padding and
/// fields that the contract ignores do not count.
fn unlike(known: &Known<'_>, call: &Call, seen: &Seen, reply: &Reply) -> Option<String> {
    let Outcome::Returned { returned, after } = &call.outcome else { return None };
    let mut comparer = Comparer::new(known.contract);
    let mut differs = |ty: &Type, then: &[u8], now: &[u8]| {
        then != now && !comparer.compare("", ty, None, then, now).is_empty()
    };
    if let (Some((ty, then)), Some((_, now))) = (known.returned(returned), known.returned(&reply.returned))
        && !matches!(ty, Type::Ptr | Type::Fn)
        && differs(ty, &then, &now)
    {
        return Some("another value was returned".to_owned());
    }
    for captured in after {
        let index = usize::from(captured.area);
        let (Some(seen), Some(area)) = (seen.areas.get(index), known.areas.get(index)) else { continue };
        // Bounds hold the address of the elements, which is another in the worker.
        if matches!(area.owner, Owner::Bounds(_)) {
            continue;
        }
        let both = captured.bytes.len().min(seen.after.len());
        let whole = if is_exact(captured.completeness) {
            both
        } else {
            // Beyond what it wrote stands what others did.
            let end = seen.flags.iter().rposition(|flags| flags & WRITTEN != 0).map_or(0, |at| at + 1);
            let element = element_size(known, &area.ty);
            end.next_multiple_of(element).min(both / element * element)
        };
        if differs(&area.ty, &captured.bytes[..whole], &seen.after[..whole]) {
            return Some(format!("`{}` is another after the call", known.label(index)));
        }
    }
    None
}

/// Bytes of one element of an array.
fn element_size(known: &Known<'_>, ty: &Type) -> usize {
    let element = match ty {
        Type::Array(element, _) => element,
        other => other,
    };
    known.contract.size_align(element).map_or(1, |(size, _)| size.max(1) as usize)
}

/// All bytes belong to the area: none is somebody else's.
fn is_exact(completeness: Completeness) -> bool {
    completeness == Completeness::Full
}
