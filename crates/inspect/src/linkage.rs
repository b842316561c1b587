//! What the dynamic linker fills in: the slots of the global offset table, the stubs in front of them, and the tables of
//! data that hold addresses of routines.
//!
//! Read from `.rela.dyn`, `.rela.plt` and `.relr.dyn`; an executable at fixed addresses has none for its own routines, so
//! that its data is searched for their addresses.

use std::collections::HashMap;
use std::ops::Range;

use iced_x86::{Code, Decoder, DecoderOptions};

use crate::binary::{Binary, Kind};

/// What a slot of the global offset table will hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Slot {
    /// The address of a routine by its name, from whichever image defines it first.
    Named(String),
    /// An address in this image.
    Here(u64),
}

/// The dynamic side of an image.
#[derive(Debug, Default)]
pub struct Linkage {
    slots: HashMap<u64, Slot>,
    /// Slots by the name they hold, ascending.
    named: Vec<(String, u64)>,
    /// Slots by the address of this image they hold, ascending.
    here: Vec<(u64, u64)>,
    /// (address of a routine, place in data that holds it), ascending.
    held: Vec<(u64, u64)>,
    /// (slot, stub), ascending.
    stubs: Vec<(u64, u64)>,
    slot_of_stub: HashMap<u64, u64>,
    /// Names of symbols that no other image can take the place of.
    protected: Vec<String>,
}

// Relocation types of the x86-64 ABI that put an address somewhere.
const R_64: u32 = 1;
const R_GLOB_DAT: u32 = 6;
const R_JUMP_SLOT: u32 = 7;
const R_RELATIVE: u32 = 8;

impl Linkage {
    /// Reads the relocations of `binary`.
    pub fn read(binary: &Binary) -> Linkage {
        let mut linkage = Linkage::default();
        let symbols = bytes(binary, ".dynsym");
        let strings = bytes(binary, ".dynstr");
        let tables = Tables { binary, symbols: &symbols, strings: &strings, got: got(binary) };
        for section in [".rela.dyn", ".rela.plt"] {
            for entry in bytes(binary, section).chunks_exact(24) {
                let field = |at: usize| entry[at..].first_chunk().map_or(0, |b| u64::from_le_bytes(*b));
                linkage.relocation(&tables, field(0), field(8), field(16));
            }
        }
        for place in relative(&bytes(binary, ".relr.dyn")) {
            let value = binary.bytes_at(place, 8).and_then(|b| b.first_chunk().copied());
            linkage.place(&tables, place, Slot::Here(value.map_or(0, u64::from_le_bytes)));
        }
        if binary.kind() == Kind::Executable {
            linkage.search_data(&tables);
        }
        linkage.find_stubs(binary);
        linkage.protected = tables.protected();
        linkage.held.sort_unstable();
        linkage.held.dedup();
        for (slot, what) in &linkage.slots {
            match what {
                Slot::Named(name) => linkage.named.push((name.clone(), *slot)),
                Slot::Here(address) => linkage.here.push((*address, *slot)),
            }
        }
        linkage.named.sort_unstable();
        linkage.here.sort_unstable();
        linkage
    }

    fn relocation(&mut self, tables: &Tables<'_>, place: u64, info: u64, addend: u64) {
        let what = match info as u32 {
            // What a resolver chooses (R_X86_64_IRELATIVE) is not the resolver.
            R_RELATIVE => Slot::Here(addend),
            R_64 | R_GLOB_DAT | R_JUMP_SLOT => match tables.name(info >> 32) {
                Some(name) => Slot::Named(name),
                None => return,
            },
            _ => return,
        };
        self.place(tables, place, what);
    }

    /// Notes what a place holds: a slot of the table, or data.
    fn place(&mut self, tables: &Tables<'_>, place: u64, what: Slot) {
        if crate::code::contains(&tables.got, place) {
            self.slots.insert(place, what);
            return;
        }
        let address = match &what {
            Slot::Here(address) => Some(*address),
            Slot::Named(name) => tables.binary.symbol(name).map(|s| s.address),
        };
        let entry = address.filter(|a| tables.is_entry(*a));
        self.held.extend(entry.map(|address| (address, place)));
    }

    /// Words of the data of an executable at fixed addresses that are addresses of routines.
    fn search_data(&mut self, tables: &Tables<'_>) {
        let binary = tables.binary;
        let kept = |name: &str| {
            name.starts_with(".data")
                || name.starts_with(".rodata")
                || matches!(name, ".init_array" | ".fini_array" | ".preinit_array" | ".ctors" | ".dtors")
        };
        for section in binary.sections().iter().filter(|s| kept(&s.name) && s.address != 0) {
            let len = usize::try_from(section.size.min(section.file.1)).unwrap_or(0);
            let Some(data) = binary.bytes_at(section.address, len) else { continue };
            let skip = section.address.wrapping_neg() as usize % 8;
            for (i, word) in data.get(skip..).unwrap_or_default().chunks_exact(8).enumerate() {
                let value = word.first_chunk().map_or(0, |b| u64::from_le_bytes(*b));
                if tables.is_entry(value) {
                    self.held.push((value, section.address + (skip + 8 * i) as u64));
                }
            }
        }
    }

    /// Stubs of the procedure linkage table: an optional `endbr64`, then `jmp *slot(%rip)`.
    fn find_stubs(&mut self, binary: &Binary) {
        for section in binary.sections().iter().filter(|s| s.name.starts_with(".plt") && s.address != 0) {
            let len = usize::try_from(section.size.min(section.file.1)).unwrap_or(0);
            let Some(code) = binary.bytes_at(section.address, len) else { continue };
            let mut decoder = Decoder::with_ip(64, code, section.address, DecoderOptions::NONE);
            let mut marked = None;
            while decoder.can_decode() {
                let instruction = decoder.decode();
                if instruction.code() == Code::Jmp_rm64 && instruction.is_ip_rel_memory_operand() {
                    let stub = marked.unwrap_or(instruction.ip());
                    self.stubs.push((instruction.ip_rel_memory_address(), stub));
                }
                marked = (instruction.code() == Code::Endbr64).then_some(instruction.ip());
            }
        }
        self.stubs.sort_unstable();
        self.slot_of_stub = self.stubs.iter().map(|(slot, stub)| (*stub, *slot)).collect();
    }

    /// Whether calls inside this image of its own symbol of this name always stay inside.
    pub fn is_protected(&self, name: &str) -> bool {
        self.protected.iter().any(|n| n == name)
    }

    /// What the slot at an address holds.
    pub fn slot(&self, slot: u64) -> Option<&Slot> {
        self.slots.get(&slot)
    }

    /// The slot that the stub at an address jumps through.
    pub fn stub(&self, address: u64) -> Option<u64> {
        self.slot_of_stub.get(&address).copied()
    }

    /// Stubs of a slot.
    pub fn stubs_of(&self, slot: u64) -> impl Iterator<Item = u64> {
        let from = self.stubs.partition_point(|s| s.0 < slot);
        self.stubs[from..].iter().take_while(move |s| s.0 == slot).map(|s| s.1)
    }

    /// Slots that hold the routine of this name.
    pub fn slots_named<'a>(&'a self, name: &'a str) -> impl Iterator<Item = u64> + 'a {
        let from = self.named.partition_point(|n| n.0.as_str() < name);
        self.named[from..].iter().take_while(move |n| n.0 == name).map(|n| n.1)
    }

    /// Slots that hold an address of this image.
    pub fn slots_here(&self, address: u64) -> impl Iterator<Item = u64> {
        let from = self.here.partition_point(|h| h.0 < address);
        self.here[from..].iter().take_while(move |h| h.0 == address).map(|h| h.1)
    }

    /// Places in data that hold the address of the routine at `entry`.
    pub fn held(&self, entry: u64) -> impl Iterator<Item = u64> {
        let from = self.held.partition_point(|h| h.0 < entry);
        self.held[from..].iter().take_while(move |h| h.0 == entry).map(|h| h.1)
    }
}

/// Dynamic symbols by number.
struct Tables<'a> {
    binary: &'a Binary,
    symbols: &'a [u8],
    strings: &'a [u8],
    got: Vec<Range<u64>>,
}

impl Tables<'_> {
    fn name(&self, number: u64) -> Option<String> {
        let at = usize::try_from(number).ok()?.checked_mul(24)?;
        let name: [u8; 4] = self.symbols.get(at..)?.first_chunk().copied()?;
        let rest = self.strings.get(u32::from_le_bytes(name) as usize..)?;
        let end = rest.iter().position(|b| *b == 0)?;
        (end > 0).then(|| String::from_utf8_lossy(&rest[..end]).into_owned())
    }

    /// Symbols of protected visibility.
    fn protected(&self) -> Vec<String> {
        const PROTECTED: u8 = 3;
        let entries = self.symbols.chunks_exact(24).enumerate();
        let found = entries.filter(|(_, e)| e[5] & 3 == PROTECTED && e[6..8] != [0, 0]);
        found.filter_map(|(number, _)| self.name(number as u64)).collect()
    }

    fn is_entry(&self, address: u64) -> bool {
        self.binary.functions().binary_search_by_key(&address, |f| f.address).is_ok()
    }
}

fn got(binary: &Binary) -> Vec<Range<u64>> {
    let table = binary.sections().iter().filter(|s| s.name == ".got" || s.name == ".got.plt");
    table.map(|s| s.address..s.address.saturating_add(s.size)).collect()
}

fn bytes(binary: &Binary, section: &str) -> Vec<u8> {
    binary.section_bytes(section).ok().flatten().unwrap_or_default().into_owned()
}

/// The places that `.relr.dyn` names: an even word is an address, an odd one a set of the 63 words behind the last place.
fn relative(table: &[u8]) -> Vec<u64> {
    let mut places = Vec::new();
    let mut next = 0u64;
    for word in table.chunks_exact(8) {
        let word = word.first_chunk().map_or(0, |b| u64::from_le_bytes(*b));
        if word & 1 == 0 {
            places.push(word);
            next = word.wrapping_add(8);
            continue;
        }
        for bit in 1..64 {
            if word >> bit & 1 == 1 {
                places.push(next.wrapping_add(8 * (bit - 1)));
            }
        }
        next = next.wrapping_add(63 * 8);
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packed_relocations_are_unpacked() {
        let words: [u64; 3] = [0x1000, 0b1011, 0x3000];
        let table: Vec<u8> = words.iter().flat_map(|w| w.to_le_bytes()).collect();
        assert_eq!(relative(&table), [0x1000, 0x1008, 0x1018, 0x3000]);
        assert_eq!(relative(&[1, 2, 3]), [0u64; 0]);
    }
}
