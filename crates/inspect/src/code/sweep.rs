//! The pass itself: every instruction once, on several threads.

use std::ops::Range;

use cmp_bridge::plan::Vector;
use iced_x86::{
    Code, Decoder, DecoderOptions, EncodingKind, FlowControl, Instruction, Mnemonic, OpKind, Register,
};

use super::tables::{Candidate, TableForm};
use super::{Branch, PROLOGUE, SlotAccess, SlotUse, Via, code_ranges};
use crate::binary::{Binary, Kind};

/// What the instructions of some functions show.
pub(super) struct Found {
    pub branches: Vec<Branch>,
    pub vector: Vector,
    /// Addresses of data that code mentions: a table ends where the next one may begin.
    pub mentioned: Vec<u64>,
    pub tables: Vec<Candidate>,
    /// (entry, instruction): addresses of functions that code takes.
    pub taken: Vec<(u64, u64)>,
    pub slots: Vec<SlotAccess>,
}

impl Found {
    fn new() -> Found {
        Found {
            branches: Vec::new(),
            vector: Vector::Xmm,
            mentioned: Vec::new(),
            tables: Vec::new(),
            taken: Vec::new(),
            slots: Vec::new(),
        }
    }

    fn add(&mut self, mut other: Found) {
        self.branches.append(&mut other.branches);
        self.vector = self.vector.max(other.vector);
        self.mentioned.append(&mut other.mentioned);
        self.tables.append(&mut other.tables);
        self.taken.append(&mut other.taken);
        self.slots.append(&mut other.slots);
    }
}

/// Code below this size is read by one thread: starting others would take longer.
const WORTH_SHARING: u64 = 1 << 20;
/// Threads that read code; more only wait for memory.
const MAX_THREADS: usize = 8;

/// Reads all code of `binary`.
pub(super) fn sweep(binary: &Binary) -> Found {
    let parts: Vec<Range<u64>> =
        code_ranges(binary).into_iter().flat_map(|code| split(binary, code)).collect();
    let bytes: u64 = parts.iter().map(|p| p.end - p.start).sum();
    let processors = std::thread::available_parallelism().map_or(1, usize::from).min(MAX_THREADS);
    let threads = if bytes < WORTH_SHARING { 1 } else { processors };
    let context = Context::new(binary);
    let mut found = Found::new();
    std::thread::scope(|scope| {
        // Each thread reads neighbours, of about the same number of bytes.
        let shares = share(&parts, bytes / threads as u64 + 1);
        let workers: Vec<_> = shares
            .into_iter()
            .map(|share| {
                let context = &context;
                scope.spawn(move || context.read(share))
            })
            .collect();
        for worker in workers {
            match worker.join() {
                Ok(part) => found.add(part),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    });
    found
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

/// Cuts a list of parts into shares of about `bytes` each.
fn share(parts: &[Range<u64>], bytes: u64) -> Vec<&[Range<u64>]> {
    let mut shares = Vec::new();
    let (mut start, mut size) = (0, 0u64);
    for (i, part) in parts.iter().enumerate() {
        size = size.saturating_add(part.end - part.start);
        if size >= bytes {
            shares.push(&parts[start..=i]);
            (start, size) = (i + 1, 0);
        }
    }
    shares.push(&parts[start..]);
    shares
}

/// What the reading of an instruction needs to know of the image.
struct Context<'a> {
    binary: &'a Binary,
    /// Sections that hold the global offset table.
    slots: Vec<Range<u64>>,
    /// The image stands at fixed addresses: a constant may be one.
    fixed: bool,
}

impl<'a> Context<'a> {
    fn new(binary: &'a Binary) -> Context<'a> {
        let table = binary.sections().iter().filter(|s| s.name == ".got" || s.name == ".got.plt");
        let slots = table.map(|s| s.address..s.address.saturating_add(s.size)).collect();
        Context { binary, slots, fixed: binary.kind() == Kind::Executable }
    }

    fn read(&self, parts: &[Range<u64>]) -> Found {
        let mut found = Found::new();
        for part in parts {
            self.function(part.clone(), &mut found);
        }
        found
    }

    fn function(&self, part: Range<u64>, found: &mut Found) {
        let Ok(len) = usize::try_from(part.end - part.start) else { return };
        let Some(bytes) = self.binary.bytes_at(part.start, len) else { return };
        let mut decoder = Decoder::with_ip(64, bytes, part.start, DecoderOptions::NONE);
        let mut instruction = Instruction::default();
        let own = found.mentioned.len();
        let mut forms = Vec::new();
        let mut jump = None;
        // Jumps that stay inside and lead behind the prologue.
        let inner = part.start.saturating_add(PROLOGUE)..part.end;
        while decoder.can_decode() {
            decoder.decode_out(&mut instruction);
            if instruction.is_invalid() {
                continue;
            }
            found.vector = found.vector.max(widest(&instruction));
            if let Some(branch) = direct(&instruction) {
                if branch.via == Via::Call || !inner.contains(&branch.target) {
                    found.branches.push(branch);
                }
                continue;
            }
            if let Some((address, form)) = possible_table(&instruction) {
                found.mentioned.push(address);
                forms.push(form);
            }
            self.addresses(&instruction, found);
            if instruction.code() == Code::Jmp_rm64 && !instruction.is_ip_rel_memory_operand() {
                jump = Some(instruction.ip());
            }
        }
        if let Some(jump) = jump {
            let own = found.mentioned[own..].iter().zip(forms);
            found.tables.extend(own.map(|(&address, form)| (address, form, jump)));
        }
    }

    /// Notes addresses of functions: in the instruction itself, or in a slot of the global offset table.
    fn addresses(&self, instruction: &Instruction, found: &mut Found) {
        let source = instruction.ip();
        if instruction.is_ip_rel_memory_operand() {
            let address = instruction.ip_rel_memory_address();
            if instruction.mnemonic() == Mnemonic::Lea {
                if self.is_entry(address) {
                    found.taken.push((address, source));
                }
            } else if let Some(what) = slot_use(instruction)
                && super::contains(&self.slots, address)
            {
                found.slots.push(SlotAccess { slot: address, source, what });
            }
        }
        // `movq $routine, place(%rip)` has both.
        if self.fixed {
            let kinds = (0..instruction.op_count()).map(|i| (i, instruction.op_kind(i)));
            let constant = |(i, kind)| match kind {
                OpKind::Immediate32 | OpKind::Immediate32to64 | OpKind::Immediate64 => {
                    Some(instruction.immediate(i))
                }
                _ => None,
            };
            let entries = kinds.filter_map(constant).filter(|address| self.is_entry(*address));
            found.taken.extend(entries.map(|address| (address, source)));
        }
    }

    fn is_entry(&self, address: u64) -> bool {
        self.binary.functions().binary_search_by_key(&address, |f| f.address).is_ok()
    }
}

fn slot_use(instruction: &Instruction) -> Option<SlotUse> {
    match instruction.code() {
        Code::Call_rm64 => Some(SlotUse::Call),
        Code::Jmp_rm64 => Some(SlotUse::Jump),
        Code::Mov_r64_rm64 | Code::Push_rm64 | Code::Cmp_r64_rm64 => Some(SlotUse::Load),
        _ => None,
    }
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
