//! What the tests of this crate share.

use cmp_bridge_contract::areas::{self, Area, Bytes, Owner};
use cmp_bridge_contract::model::{By, Contract, Routine, Type};
use cmp_bridge_wire::{Converter, Native};
use std::path::Path;

/// A contract file.
pub struct File {
    pub name: String,
    pub text: String,
}

/// The contracts of the reference CMP.
pub fn reference() -> Vec<File> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../contracts");
    let mut files: Vec<File> = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("contracts") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|extension| extension == "toml") {
            let text = std::fs::read_to_string(&path).expect("a contract");
            files.push(File { name: path.display().to_string(), text });
        }
    }
    files.sort_by(|a, b| a.name.cmp(&b.name));
    files
}

/// Memory for a call, in which every integer that counts is `count`, and all else bytes that differ.
pub fn filled(contract: &Contract, routine: &Routine, converter: &Converter, count: i64) -> Native {
    let mut native = converter.native();
    let mut seed = 1u8;
    for (i, param) in routine.params.iter().enumerate() {
        if param.by == By::Value {
            let length = native.value(i).len();
            let bytes = bytes(contract, &param.ty, length, count, &mut seed);
            native.set_value(i, &bytes);
        }
    }
    for (i, area) in areas::of(contract, routine).expect("areas").iter().enumerate() {
        if area.owner != Owner::Return {
            let bytes = bytes(contract, &area.ty, length(area, count), count, &mut seed);
            native.set_area(i, Some(&bytes));
        }
    }
    native
}

/// Bytes of an area if every parameter is `count`.
fn length(area: &Area, count: i64) -> usize {
    let bytes = match &area.bytes {
        Bytes::Fixed(size) => *size,
        Bytes::Counted { element, count: expr } => {
            let times = expr.evaluate(&|_| Some(count)).expect("an extent");
            element * u64::try_from(times.max(0)).expect("a count")
        }
        Bytes::HiddenLength | Bytes::ToNul => 6,
        Bytes::Carried { .. } | Bytes::Unknown { .. } => 0,
    };
    usize::try_from(bytes).expect("a size")
}

fn bytes(contract: &Contract, ty: &Type, length: usize, count: i64, seed: &mut u8) -> Vec<u8> {
    if let Type::Int(size, _) = contract.scalar(ty) {
        return count.to_le_bytes()[..usize::from(*size)].to_vec();
    }
    let mut bytes: Vec<u8> = (0..length)
        .map(|_| {
            *seed = seed.wrapping_mul(5).wrapping_add(77);
            (*seed).max(1)
        })
        .collect();
    if *ty == Type::Cstr
        && let Some(last) = bytes.last_mut()
    {
        *last = 0;
    }
    bytes
}
