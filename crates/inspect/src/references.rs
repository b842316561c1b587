//! Which data the code of an image refers to.

use crate::binary::Binary;
use crate::code::code_ranges;
use iced_x86::{Decoder, DecoderOptions, OpKind};
use std::collections::BTreeSet;

/// Those of `addresses` (link-time) that an instruction names, relative to its own address or as they are. Code that only
/// reaches them through a pointer in other data is not counted.
pub fn referred(binary: &Binary, addresses: &BTreeSet<u64>) -> BTreeSet<u64> {
    let mut found = BTreeSet::new();
    for range in code_ranges(binary) {
        let Some(code) = binary.bytes_at(range.start, (range.end - range.start) as usize) else { continue };
        for instruction in Decoder::with_ip(64, code, range.start, DecoderOptions::NONE) {
            let memory = (0..instruction.op_count()).any(|i| instruction.op_kind(i) == OpKind::Memory);
            let address = instruction.memory_displacement64();
            let fixed = instruction.is_ip_rel_memory_operand()
                || instruction.memory_base() == iced_x86::Register::None;
            if memory && fixed && addresses.contains(&address) {
                found.insert(address);
            }
        }
    }
    found
}
