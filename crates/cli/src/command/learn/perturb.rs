//! Whether what a call reads of an area that it also writes matters: it is made again with other bytes there.
//!
//! A bit field is set by reading the word around it. What is read and put back is no input.

use super::Error;
use super::facts::{Matters, Sample};
use super::watch::{INPUT, Seen, WRITTEN};
use crate::evidence::Known;
use cmp_bridge::worker::{Reply, Request};
use cmp_bridge_contract::model::Type;
use cmp_bridge_harness::worker::{Answer, Worker};

/// Tries every area that was read and written. Returns whether there was one.
pub fn perturb(
    worker: &mut Worker,
    request: &Request,
    seen: &Seen,
    known: &Known<'_>,
    sample: &mut Sample,
) -> Result<bool, Error> {
    let mut any = false;
    for (index, area) in seen.areas.iter().enumerate().take(known.areas.len()) {
        if area.null || !area.any(WRITTEN) || !area.any(INPUT) {
            continue;
        }
        any = true;
        let bytes = &request.areas[index].bytes;
        let inputs: Vec<usize> = (0..bytes.len()).filter(|at| area.flags[*at] & INPUT != 0).collect();
        let mut verdict = Matters::No;
        for bytes in [complement(bytes, &inputs), next(bytes, known, index, &inputs)] {
            let mut other = request.clone();
            other.sites.clear();
            other.areas[index].bytes = bytes;
            let matters = match worker.ask(&other)? {
                Answer::Died(_) => Matters::Yes,
                Answer::Reply(reply) if !reply.problem.is_empty() => Matters::Yes,
                Answer::Reply(reply) => compare((request, &other), index, &seen.reply, &reply),
            };
            verdict = verdict.max(matters);
        }
        sample.areas[index].matters = Some(verdict);
    }
    Ok(any)
}

/// Every bit of the inputs is another.
fn complement(bytes: &[u8], inputs: &[usize]) -> Vec<u8> {
    let mut other = bytes.to_vec();
    inputs.iter().for_each(|at| other[*at] = !other[*at]);
    other
}

/// Every number among the inputs is another of about its size: a sum shows that, where a far larger one swallows it.
fn next(bytes: &[u8], known: &Known<'_>, index: usize, inputs: &[usize]) -> Vec<u8> {
    let mut element = &known.areas[index].ty;
    while let Type::Array(inner, _) = element {
        element = inner;
    }
    let mut other = bytes.to_vec();
    let touched =
        |start: usize, size: usize| (start..start + size).all(|at| inputs.binary_search(&at).is_ok());
    match known.contract.scalar(element) {
        Type::F64 => {
            for (number, chunk) in other.chunks_exact_mut(8).enumerate().filter(|(n, _)| touched(n * 8, 8)) {
                let value = f64::from_le_bytes(bytes[number * 8..][..8].try_into().unwrap_or_default());
                let changed = if value.is_finite() && value.abs() < 1e15 { value + 1.0 } else { 3.0 };
                chunk.copy_from_slice(&changed.to_le_bytes());
            }
        }
        Type::F32 => {
            for (number, chunk) in other.chunks_exact_mut(4).enumerate().filter(|(n, _)| touched(n * 4, 4)) {
                let value = f32::from_le_bytes(bytes[number * 4..][..4].try_into().unwrap_or_default());
                let changed = if value.is_finite() && value.abs() < 1e6 { value + 1.0 } else { 3.0 };
                chunk.copy_from_slice(&changed.to_le_bytes());
            }
        }
        Type::Int(size, _) => {
            let size = usize::from(*size);
            for (_, chunk) in
                other.chunks_exact_mut(size).enumerate().filter(|(n, _)| touched(n * size, size))
            {
                for byte in chunk {
                    *byte = byte.wrapping_add(1);
                    if *byte != 0 {
                        break;
                    }
                }
            }
        }
        _ => return complement(bytes, inputs),
    }
    other
}

/// How the answers to two calls with other bytes in one area differ.
fn compare(asked: (&Request, &Request), index: usize, first: &Reply, second: &Reply) -> Matters {
    if first.returned != second.returned {
        return Matters::Yes;
    }
    let mut matters = Matters::No;
    for ((area, a), (_, b)) in first.after.iter().zip(&second.after) {
        if usize::from(*area) != index {
            if a != b {
                return Matters::Yes;
            }
            continue;
        }
        let (then, now) = (&asked.0.areas[index].bytes, &asked.1.areas[index].bytes);
        for at in 0..a.len().min(b.len()) {
            // A bit that differs is what stood there, in both answers; or it was made of it.
            let differs = a[at] ^ b[at];
            if differs & ((a[at] ^ then[at]) | (b[at] ^ now[at])) != 0 {
                return Matters::Yes;
            }
            if differs != 0 {
                matters = Matters::PutBack;
            }
        }
    }
    matters
}
