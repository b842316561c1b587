//! One pass over all machine code of an image: the branches that matter to an entry, who calls whom, where the address
//! of code is taken, and the widest vector registers in use.
//!
//! The pass is linear and starts afresh at each function known from a symbol or an unwind row, so that data between
//! functions does not spoil what follows. Where data inside a function is taken for code, branches that do not exist may
//! be found (an entry is refused that could have been hooked), and a few real ones behind the data may be missed.
//! Every instruction is decoded once, on as many threads as there are processors; what is kept grows with the calls and
//! the functions of an image, not with its instructions: jumps that stay inside a function, and do not lead into its
//! first [`PROLOGUE`] bytes, are nobody's business.
//!
//! Targets of an indirect branch are not visible in the instruction. Calls through a pointer go to an entry, never into
//! its first bytes. Jumps of a `switch` go through a table; the two kinds compilers emit are read ([`Via::Table`]): 32-bit
//! distances from the table's own address, and 64-bit addresses. Both are searched generously: whatever address a function
//! with a jump through a register mentions is tried as a table. A table of another make (hand-written code) that leads back
//! into the first bytes of a routine stays unseen; compilers never jump there, since the prologue runs once a call.

mod sweep;
mod tables;

use std::collections::BTreeMap;
use std::ops::Range;

use cmp_bridge::plan::Vector;

use crate::binary::Binary;
use crate::landing;

/// How a branch gets to its target.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Via {
    /// `jmp`, `jcc`, `loop`.
    Jump,
    /// `call`.
    Call,
    /// An entry of a jump table.
    Table,
    /// A landing pad of an exception.
    Exception,
}

/// A branch found in the code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Branch {
    /// Virtual address it leads to.
    pub target: u64,
    /// Virtual address of the branch.
    pub source: u64,
    /// How.
    pub via: Via,
}

/// What an instruction does with the address in a slot of the global offset table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SlotUse {
    /// `call *slot(%rip)`.
    Call,
    /// `jmp *slot(%rip)`: a tail call, or a stub of the procedure linkage table.
    Jump,
    /// `mov slot(%rip), reg`: the address is taken.
    Load,
}

/// A use of a slot of the global offset table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SlotAccess {
    /// Virtual address of the slot.
    pub slot: u64,
    /// Virtual address of the instruction.
    pub source: u64,
    /// What is done.
    pub what: SlotUse,
}

/// What the pass found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeMap {
    /// Ascending by target.
    branches: Vec<Branch>,
    /// Positions in `branches` of calls and jumps, ascending by source.
    by_source: Vec<u32>,
    /// (entry of a function, instruction that takes its address), ascending.
    taken: Vec<(u64, u64)>,
    /// Ascending by slot.
    slots: Vec<SlotAccess>,
    vector: Vector,
    copies: BTreeMap<String, Vec<String>>,
}

/// Bytes at the start of a function into which even its own jumps are kept: more than a patch and the instruction it cuts.
pub const PROLOGUE: u64 = 32;

impl CodeMap {
    /// Reads all executable sections of `binary`.
    pub fn sweep(binary: &Binary) -> CodeMap {
        let mut found = sweep::sweep(binary);
        let mut branches = std::mem::take(&mut found.branches);
        tables::read(binary, found.mentioned, found.tables, &mut branches);
        let pads = landing::pads(binary).into_iter();
        branches.extend(pads.map(|(target, source)| Branch { target, source, via: Via::Exception }));
        branches.sort_unstable();
        branches.dedup();
        branches.shrink_to_fit();
        let direct =
            |i: &u32| branches.get(*i as usize).is_some_and(|b| matches!(b.via, Via::Jump | Via::Call));
        let mut by_source: Vec<u32> = (0..branches.len() as u32).filter(direct).collect();
        by_source.sort_unstable_by_key(|&i| branches[i as usize].source);
        found.taken.sort_unstable();
        found.slots.sort_unstable();
        let (taken, slots, vector) = (found.taken, found.slots, found.vector);
        CodeMap { branches, by_source, taken, slots, vector, copies: find_copies(binary) }
    }

    /// Names of the copies of (parts of) the routine `name` that GCC made: `x.constprop.0`, `x.isra.0`, `x.part.0`.
    pub fn copies_of(&self, name: &str) -> &[String] {
        self.copies.get(name).map_or(&[], Vec::as_slice)
    }

    /// Branches whose target is in `range`, ascending by target.
    pub fn branches_into(&self, range: Range<u64>) -> &[Branch] {
        within(&self.branches, range, |b| b.target)
    }

    /// Direct calls and jumps at the addresses of `range`, ascending by source.
    pub fn branches_from(&self, range: Range<u64>) -> impl Iterator<Item = &Branch> {
        let source = |i: &u32| self.branches[*i as usize].source;
        within(&self.by_source, range, source).iter().map(|&i| &self.branches[i as usize])
    }

    /// Instructions that take the address of the function at `entry`.
    pub fn taken(&self, entry: u64) -> impl Iterator<Item = u64> {
        within(&self.taken, entry..entry.saturating_add(1), |t| t.0).iter().map(|t| t.1)
    }

    /// Uses of one slot of the global offset table.
    pub fn slot_uses(&self, slot: u64) -> &[SlotAccess] {
        within(&self.slots, slot..slot.saturating_add(1), |s| s.slot)
    }

    /// All uses of the global offset table, ascending by slot.
    pub fn slots(&self) -> &[SlotAccess] {
        &self.slots
    }

    /// All branches, ascending by target.
    pub fn branches(&self) -> &[Branch] {
        &self.branches
    }

    /// The widest vector registers any instruction uses.
    pub fn vector(&self) -> Vector {
        self.vector
    }
}

/// The part of a sorted list whose keys are in `range`.
fn within<T>(sorted: &[T], range: Range<u64>, key: impl Fn(&T) -> u64) -> &[T] {
    let start = sorted.partition_point(|item| key(item) < range.start);
    let end = sorted.partition_point(|item| key(item) < range.end);
    &sorted[start..end.max(start)]
}

/// Copies made by GCC, by the name of the original. `x.cold` is no copy: it only runs from x.
fn find_copies(binary: &Binary) -> BTreeMap<String, Vec<String>> {
    let mut copies: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for symbol in binary.symbols().iter().filter(|s| s.is_function() && !s.name.contains(".cold")) {
        let marks = [".constprop.", ".isra.", ".part."];
        if let Some(at) = marks.iter().filter_map(|mark| symbol.name.find(mark)).min() {
            copies.entry(symbol.name[..at].to_string()).or_default().push(symbol.name.clone());
        }
    }
    copies
}

/// Address ranges of the code: executable sections, or executable segments of a file without a section table.
pub(crate) fn code_ranges(binary: &Binary) -> Vec<Range<u64>> {
    let range = |address: u64, size: u64| address..address.saturating_add(size);
    let sections = binary.sections().iter().filter(|s| s.executable && s.address != 0 && s.file.1 != 0);
    let found: Vec<_> = sections.map(|s| range(s.address, s.file.1)).collect();
    if !found.is_empty() {
        return found;
    }
    binary.segments().iter().filter(|s| s.executable).map(|s| range(s.address, s.file.1)).collect()
}

pub(crate) fn contains(ranges: &[Range<u64>], address: u64) -> bool {
    ranges.iter().any(|r| r.contains(&address))
}
