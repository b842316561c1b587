//! Which data the code of a routine refers to, and all the code that it may run.

use crate::binary::Binary;
use crate::code::{code_ranges, contains};
use iced_x86::{Decoder, DecoderOptions, Instruction, Mnemonic, OpKind, Register};
use object::read::elf::ElfFile64;
use object::{Endianness, Object, RelocationFlags};
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// Most functions looked at.
const MOST: usize = 1 << 17;

/// Looks at the functions of one image.
pub struct References<'a> {
    binary: &'a Binary,
    code: Vec<Range<u64>>,
    /// Addresses of this image that the loader writes into its tables, by where they are written.
    written: BTreeMap<u64, u64>,
}

/// Most addresses read of a table of which no symbol says where it ends.
const TABLE: u64 = 256;

impl<'a> References<'a> {
    /// Reads what the loader writes, but for the tables in `passed_over`: others read these.
    pub fn new(binary: &'a Binary, passed_over: &[Range<u64>]) -> References<'a> {
        let mut written = BTreeMap::new();
        if let Ok(file) = ElfFile64::<Endianness>::parse(binary.data())
            && let Some(relocations) = file.dynamic_relocations()
        {
            let relative = RelocationFlags::Elf { r_type: object::elf::R_X86_64_RELATIVE };
            let relative = relocations.filter(|(at, relocation)| {
                relocation.flags() == relative && !passed_over.iter().any(|table| table.contains(at))
            });
            written.extend(relative.map(|(at, relocation)| (at, relocation.addend() as u64)));
        }
        References { binary, code: code_ranges(binary), written }
    }

    /// Those of `wanted` that the code at `entry`, or code that it leads to, names. It leads to what it calls or jumps to,
    /// and to code whose address it takes itself or out of a table. Tables without a symbol that says where they end are read
    /// up to their first entry only, and what comes from elsewhere at run time is not known.
    pub fn reached(&self, entry: u64, wanted: &BTreeSet<u64>) -> BTreeSet<u64> {
        let (mut found, mut seen, mut todo) = (BTreeSet::new(), BTreeSet::new(), Vec::new());
        let mut mentioned = vec![entry];
        loop {
            for address in mentioned.drain(..) {
                if wanted.contains(&address) {
                    found.insert(address);
                }
                let function = self.binary.function_at(address).filter(|function| function.size > 0);
                if let Some(function) = function.filter(|_| contains(&self.code, address))
                    && seen.len() < MOST
                    && seen.insert(function.address)
                {
                    todo.push((function.address, function.size));
                }
            }
            let Some((start, size)) = todo.pop() else { return found };
            let Some(bytes) = self.binary.bytes_at(start, size as usize) else { continue };
            for instruction in Decoder::with_ip(64, bytes, start, DecoderOptions::NONE) {
                self.mention(&instruction, &mut mentioned);
            }
        }
    }

    /// Adds the addresses that an instruction names, and those in the tables among them.
    fn mention(&self, instruction: &Instruction, mentioned: &mut Vec<u64>) {
        for operand in 0..instruction.op_count() {
            match instruction.op_kind(operand) {
                OpKind::NearBranch64 => mentioned.push(instruction.near_branch64()),
                OpKind::Memory => {
                    let base = instruction.memory_base();
                    if matches!(base, Register::RIP | Register::EIP | Register::None) {
                        let address = instruction.memory_displacement64();
                        let whole = instruction.mnemonic() == Mnemonic::Lea;
                        mentioned.push(address);
                        // Data that a table leads to is not named by code.
                        let code = |address: &u64| contains(&self.code, *address);
                        mentioned.extend(self.table(address, whole).into_iter().filter(code));
                    }
                }
                _ => {}
            }
        }
    }

    /// What the loader writes at an address; into all of the table there, if its `whole` address is taken.
    fn table(&self, address: u64, whole: bool) -> Vec<u64> {
        let object = self.binary.object_at(address).filter(|symbol| symbol.size > 0);
        match (whole, object) {
            (false, _) => self.written.get(&address).copied().into_iter().collect(),
            (true, Some(symbol)) => {
                let end = symbol.address.saturating_add(symbol.size);
                self.written.range(address..end.max(address)).map(|(_, target)| *target).collect()
            }
            (true, None) => {
                let run = |start: u64| {
                    let places = (0..TABLE).map(move |word| start.saturating_add(8 * word));
                    places.map_while(|at| self.written.get(&at).copied())
                };
                let first = run(address).collect::<Vec<_>>();
                // As rustc makes them for `dyn`: how it is dropped, its size and alignment, its methods.
                let methods = (first.len() < 2).then(|| run(address.saturating_add(24)));
                first.into_iter().chain(methods.into_iter().flatten()).collect()
            }
        }
    }
}
