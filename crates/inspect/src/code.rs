//! One pass over all machine code of an image: every direct branch, and the widest vector registers in use.
//!
//! The pass is linear and starts afresh at each function known from a symbol or an unwind row, so that data between
//! functions does not spoil what follows. Where data inside a function is taken for code, branches that do not exist may
//! be found (an entry is refused that could have been hooked), and a few real ones behind the data may be missed.
//!
//! Targets of an indirect branch are not visible in the instruction. Calls through a pointer go to an entry, never into
//! its first bytes. Jumps of a `switch` go through a table; the two kinds compilers emit are read ([`Via::Table`]): 32-bit
//! distances from the table's own address, and 64-bit addresses. Both are searched generously: whatever address a function
//! with a jump through a register mentions is tried as a table. A table of another make (hand-written code) that leads back
//! into the first bytes of a routine stays unseen; compilers never jump there, since the prologue runs once a call.

use std::collections::BTreeMap;
use std::ops::Range;

use cmp_bridge::plan::Vector;
use iced_x86::{
    Code, Decoder, DecoderOptions, EncodingKind, FlowControl, Instruction, Mnemonic, OpKind, Register,
};

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

/// What the pass found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeMap {
    branches: Vec<Branch>,
    vector: Vector,
    copies: BTreeMap<String, Vec<String>>,
}

/// More entries than any `switch` has: bounds the reading of data that is no table.
const MAX_TABLE_ENTRIES: usize = 65_536;

impl CodeMap {
    /// Reads all executable sections of `binary`.
    pub fn sweep(binary: &Binary) -> CodeMap {
        let mut sweep = Sweep {
            binary,
            branches: Vec::new(),
            vector: Vector::Xmm,
            mentioned: Vec::new(),
            tables: Vec::new(),
        };
        for code in code_ranges(binary) {
            for part in split(binary, code) {
                sweep.function(part);
            }
        }
        sweep.read_tables();
        let pads = landing::pads(binary).into_iter();
        sweep.branches.extend(pads.map(|(target, source)| Branch { target, source, via: Via::Exception }));
        sweep.branches.sort_unstable();
        sweep.branches.dedup();
        CodeMap { branches: sweep.branches, vector: sweep.vector, copies: find_copies(binary) }
    }

    /// Names of the copies of (parts of) the routine `name` that GCC made: `x.constprop.0`, `x.isra.0`, `x.part.0`.
    pub fn copies_of(&self, name: &str) -> &[String] {
        self.copies.get(name).map_or(&[], Vec::as_slice)
    }

    /// Branches whose target is in `range`, ascending by target.
    pub fn branches_into(&self, range: Range<u64>) -> &[Branch] {
        let start = self.branches.partition_point(|b| b.target < range.start);
        let end = self.branches.partition_point(|b| b.target < range.end);
        &self.branches[start..end.max(start)]
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

/// Cuts a range of code at the starts of functions.
fn split(binary: &Binary, code: Range<u64>) -> Vec<Range<u64>> {
    let functions = binary.functions();
    let first = functions.partition_point(|f| f.address <= code.start);
    let starts = functions[first..].iter().map(|f| f.address).take_while(|a| *a < code.end);
    let mut parts = Vec::new();
    let mut at = code.start;
    for start in starts.chain([code.end]) {
        parts.push(at..start);
        at = start;
    }
    parts
}

/// How the entries of a jump table are written.
#[derive(Clone, Copy)]
enum TableForm {
    /// 32-bit distances from the table.
    Distances,
    /// 64-bit addresses.
    Addresses,
}

struct Sweep<'a> {
    binary: &'a Binary,
    branches: Vec<Branch>,
    vector: Vector,
    /// Addresses of data that code mentions: a table ends where the next one may begin.
    mentioned: Vec<u64>,
    /// Possible tables: address, form, and the jump through a register of the same function.
    tables: Vec<(u64, TableForm, u64)>,
}

impl Sweep<'_> {
    fn function(&mut self, part: Range<u64>) {
        let Ok(len) = usize::try_from(part.end - part.start) else { return };
        let Some(bytes) = self.binary.bytes_at(part.start, len) else { return };
        let mut decoder = Decoder::with_ip(64, bytes, part.start, DecoderOptions::NONE);
        let mut instruction = Instruction::default();
        let mut data = Vec::new();
        let mut jump = None;
        while decoder.can_decode() {
            decoder.decode_out(&mut instruction);
            if instruction.is_invalid() {
                continue;
            }
            self.vector = self.vector.max(widest(&instruction));
            if let Some(found) = direct(&instruction) {
                self.branches.push(found);
            }
            data.extend(possible_table(&instruction));
            if instruction.code() == Code::Jmp_rm64 && !instruction.is_ip_rel_memory_operand() {
                jump = Some(instruction.ip());
            }
        }
        self.mentioned.extend(data.iter().map(|(address, _)| *address));
        if let Some(jump) = jump {
            self.tables.extend(data.into_iter().map(|(address, form)| (address, form, jump)));
        }
    }

    fn read_tables(&mut self) {
        self.mentioned.sort_unstable();
        self.mentioned.dedup();
        let code = code_ranges(self.binary);
        let tables = std::mem::take(&mut self.tables);
        for (table, form, source) in tables.into_iter().filter(|(a, ..)| !contains(&code, *a)) {
            let next = self.mentioned.partition_point(|m| *m <= table);
            let end = self.mentioned.get(next).copied().unwrap_or(u64::MAX);
            self.read_table(table..end, form, source, &code);
        }
    }

    /// Reads entries as long as they lead to code.
    fn read_table(&mut self, table: Range<u64>, form: TableForm, source: u64, code: &[Range<u64>]) {
        let entry_size = match form {
            TableForm::Distances => 4,
            TableForm::Addresses => 8,
        };
        let entries = (table.end - table.start) as usize / entry_size;
        for index in 0..entries.min(MAX_TABLE_ENTRIES) {
            let address = table.start + (index * entry_size) as u64;
            let Some(bytes) = self.binary.bytes_at(address, entry_size) else { return };
            let target = match *bytes {
                [a, b, c, d] => {
                    let distance = i64::from(i32::from_le_bytes([a, b, c, d]));
                    table.start.wrapping_add_signed(distance)
                }
                [a, b, c, d, e, f, g, h] => u64::from_le_bytes([a, b, c, d, e, f, g, h]),
                _ => return,
            };
            if !contains(code, target) {
                return;
            }
            self.branches.push(Branch { target, source, via: Via::Table });
        }
    }
}

fn contains(ranges: &[Range<u64>], address: u64) -> bool {
    ranges.iter().any(|r| r.contains(&address))
}

fn direct(instruction: &Instruction) -> Option<Branch> {
    let via = match instruction.flow_control() {
        FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch | FlowControl::XbeginXabortXend => {
            Via::Jump
        }
        FlowControl::Call => Via::Call,
        _ => return None,
    };
    if !matches!(instruction.op0_kind(), OpKind::NearBranch64) {
        return None;
    }
    Some(Branch { target: instruction.near_branch64(), source: instruction.ip(), via })
}

/// The address of data an instruction mentions, if it may be that of a jump table: `lea table(%rip), reg`, or an operand
/// `table(,reg,8)` as in code for a fixed address.
fn possible_table(instruction: &Instruction) -> Option<(u64, TableForm)> {
    if instruction.mnemonic() == Mnemonic::Lea && instruction.is_ip_rel_memory_operand() {
        return Some((instruction.ip_rel_memory_address(), TableForm::Distances));
    }
    let indexed = instruction.memory_index_scale() == 8
        && instruction.memory_base() == Register::None
        && instruction.memory_index() != Register::None;
    indexed.then(|| (instruction.memory_displacement64(), TableForm::Addresses))
}

/// The vector registers one instruction uses.
fn widest(instruction: &Instruction) -> Vector {
    match instruction.code().encoding() {
        EncodingKind::Legacy | EncodingKind::D3NOW => return Vector::Xmm,
        EncodingKind::VEX | EncodingKind::XOP => {}
        _ => return Vector::Zmm, // EVEX, and whatever comes after it
    }
    if matches!(instruction.mnemonic(), Mnemonic::Vzeroupper | Mnemonic::Vzeroall) {
        return Vector::Ymm;
    }
    let mut vector = Vector::Xmm;
    for register in (0..instruction.op_count()).map(|i| instruction.op_register(i)) {
        if register.is_k() {
            vector = Vector::Zmm;
        } else if register.is_vector_register() {
            // Writing an xmm register by a VEX instruction clears the upper half of the ymm register.
            vector = vector.max(Vector::Ymm);
        }
    }
    vector
}
