//! The routine `fit` of the sample contract, answered in memory: the same as `c/server.c` answers.

use cmp_bridge_contract::areas::{self, Owner};
use cmp_bridge_contract::model::{Contract, Routine};
use cmp_bridge_wire::Native;
use cmp_bridge_wire::message::Answer;

/// The index of a parameter's area.
pub fn area(contract: &Contract, routine: &Routine, name: &str) -> usize {
    let owner = match routine.params.iter().position(|param| param.name == name) {
        Some(param) => Owner::Param(param),
        None => Owner::State(0),
    };
    let areas = areas::of(contract, routine).expect("areas");
    areas.iter().position(|area| area.owner == owner).expect("an area")
}

fn doubles(bytes: &[u8]) -> Vec<f64> {
    bytes.chunks_exact(8).map(|bytes| f64::from_le_bytes(bytes.try_into().expect("eight"))).collect()
}

/// Answers a call of any routine of the sample.
pub fn answer(contract: &Contract, routine: &Routine, native: &mut Native) -> Option<Answer> {
    if routine.name == "tick" {
        return Some(Answer::Returned);
    }
    let at = |name: &str| area(contract, routine, name);
    let title = native.area(at("title")).expect("a title").to_vec();
    match title.as_slice() {
        b"decline\0" => return Some(Answer::Declined("not mine".into())),
        b"raise\0" => return Some(Answer::Exception("CONSTRAINT_ERROR".into())),
        b"die\0" => return None,
        _ => {}
    }
    let n = i32::from_le_bytes(native.value(0).try_into().expect("four"));
    let x = doubles(native.area(at("x")).expect("x"));
    let y: Vec<u8> =
        x.iter().map(|x| 2.0 * x).chain(x.iter().map(|x| -x)).flat_map(f64::to_le_bytes).collect();
    native.area_mut(at("y")).expect("y").copy_from_slice(&y);
    track(native.area_mut(at("track")).expect("a track"), &title);
    if let Some(mask) = native.area_mut(at("mask")) {
        mask.iter_mut().for_each(|byte| *byte = !*byte);
    }
    let many = -0x0123_4567_89ab_cdef_i64;
    native.area_mut(at("many")).expect("many").copy_from_slice(&many.to_le_bytes());
    let counter = native.area_mut(at("counter")).expect("a counter");
    let count = u32::from_le_bytes((&*counter).try_into().expect("four")).wrapping_add(1);
    counter.copy_from_slice(&count.to_le_bytes());
    let result = if native.area(at("weight")).is_some() { n } else { -1 };
    native.returned_mut().copy_from_slice(&result.to_le_bytes());
    Some(Answer::Returned)
}

/// A record: text of 8 bytes, three points of 24, a complex number.
fn track(track: &mut [u8], title: &[u8]) {
    let phase = [80, 84].map(|at| f32::from_le_bytes(track[at..at + 4].try_into().expect("four")));
    track[..80].fill(0);
    let length = title.len().min(8);
    track[..length].copy_from_slice(&title[..length]);
    for (i, point) in track[8..80].chunks_exact_mut(24).enumerate() {
        point[..8].copy_from_slice(&(i as f64 + 0.5).to_le_bytes());
        // Bits 3 to 7.
        let flags = (3 * i as u32 + 1) << 3;
        point[8..12].copy_from_slice(&flags.to_le_bytes());
        point[12..16].copy_from_slice(&1u32.to_le_bytes());
    }
    track[80..84].copy_from_slice(&(2.0 * phase[0]).to_le_bytes());
    track[84..88].copy_from_slice(&(-phase[1]).to_le_bytes());
}
