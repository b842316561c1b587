//! What a routine can reach: the functions it calls, the imports, and the data of its image that their code mentions.
//!
//! Calls through pointers are not followed; that there are any is said.

use std::collections::{BTreeSet, HashMap, HashSet};

use iced_x86::{
    Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory, Mnemonic, OpAccess, OpKind,
    Register,
};
use object::read::elf::ElfFile64;
use object::{Endianness, Object, ObjectSymbol, ObjectSymbolTable, RelocationFlags, RelocationTarget};

use crate::binary::Binary;

/// Most functions followed from one routine.
const MAX_FUNCTIONS: usize = 4096;

/// What a routine can reach.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Closure {
    /// Names of the functions of other images that it calls.
    pub imports: BTreeSet<String>,
    /// Writable addresses that the code mentions.
    pub data: BTreeSet<u64>,
    /// Those of them that it does not only load from: it stores there, or takes the address.
    pub stored: BTreeSet<u64>,
    /// Where it may write memory that is neither its stack nor named by the instruction.
    pub sites: BTreeSet<Site>,
    /// Where it may read memory that is neither its stack nor named by the instruction, and the calls of other images.
    pub loads: BTreeSet<Site>,
    /// It uses variables of its thread, or takes their address.
    pub thread: bool,
    /// It loads addresses from tables that the loader filled: where they lead is not known.
    pub indirect: bool,
    /// Something in it calls or jumps through a pointer, or is too large to follow.
    pub open: bool,
    /// Something in it calls the system itself.
    pub system: bool,
}

/// A place in the code that may write through an address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Site {
    /// The instruction.
    pub address: u64,
    /// Bytes it writes; 0 where it may be any number, as in a call of another image.
    pub width: u64,
}

/// Functions of libraries that only compute, and write nothing through addresses, without the letters that tell their forms apart.
const NUMERIC: [&str; 24] = [
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sqrt",
    "exp",
    "log",
    "pow",
    "fmod",
    "floor",
    "ceil",
    "round",
    "trunc",
    "fabs",
    "hypot",
    "cbrt",
    "strlen",
    "strcmp",
    "strncmp",
    "memcmp",
    "_gfortran_compare_string",
    "_gfortran_pow_",
];

/// Follows routines of one binary.
pub struct Follower<'a> {
    binary: &'a Binary,
    /// Names of imported functions by the place that holds their address.
    slots: HashMap<u64, String>,
    /// Variables of other images that the loader copied here: theirs, not this program's.
    copies: HashSet<u64>,
    reached: HashMap<u64, Reach>,
}

/// What one function mentions.
#[derive(Clone, Default)]
struct Reach {
    calls: Vec<u64>,
    imports: Vec<String>,
    data: Vec<u64>,
    stored: Vec<u64>,
    sites: Vec<Site>,
    loads: Vec<Site>,
    thread: bool,
    indirect: bool,
    open: bool,
    system: bool,
}

impl<'a> Follower<'a> {
    /// Reads the names of the imports.
    pub fn new(binary: &'a Binary) -> Follower<'a> {
        let (mut slots, mut copies) = (HashMap::new(), HashSet::new());
        if let Ok(file) = ElfFile64::<Endianness>::parse(binary.data())
            && let (Some(relocations), Some(symbols)) =
                (file.dynamic_relocations(), file.dynamic_symbol_table())
        {
            for (at, relocation) in relocations {
                if relocation.flags() == (RelocationFlags::Elf { r_type: object::elf::R_X86_64_COPY }) {
                    copies.insert(at);
                }
                if let RelocationTarget::Symbol(index) = relocation.target()
                    && let Ok(symbol) = symbols.symbol_by_index(index)
                    && let Ok(name) = symbol.name()
                {
                    slots.insert(at, name.to_string());
                }
            }
        }
        Follower { binary, slots, copies, reached: HashMap::new() }
    }

    /// What the routine at `entry` can reach.
    pub fn follow(&mut self, entry: u64) -> Closure {
        let mut closure = Closure::default();
        let mut seen = HashSet::from([entry]);
        let mut todo = vec![entry];
        while let Some(entry) = todo.pop() {
            if seen.len() > MAX_FUNCTIONS {
                closure.open = true;
                break;
            }
            let reach = match self.reached.get(&entry) {
                Some(reach) => reach.clone(),
                None => {
                    let reach = self.read(entry);
                    self.reached.insert(entry, reach.clone());
                    reach
                }
            };
            closure.imports.extend(reach.imports);
            closure.data.extend(reach.data);
            closure.stored.extend(reach.stored);
            closure.sites.extend(reach.sites);
            closure.loads.extend(reach.loads);
            closure.thread |= reach.thread;
            closure.indirect |= reach.indirect;
            closure.open |= reach.open;
            closure.system |= reach.system;
            todo.extend(reach.calls.into_iter().filter(|target| seen.insert(*target)));
        }
        closure
    }

    /// Whether the code from one address to another mentions a place, or the variable of this name through the loader's
    /// tables.
    pub(crate) fn mentions(&self, code: (u64, u64), place: &std::ops::Range<u64>, name: &str) -> bool {
        use OpKind::{Immediate32, Immediate32to64, Immediate64};
        let size = usize::try_from(code.1.saturating_sub(code.0)).unwrap_or(usize::MAX);
        // What cannot be read may mention anything.
        let Some(bytes) = self.binary.bytes_at(code.0, size) else { return true };
        Decoder::with_ip(64, bytes, code.0, DecoderOptions::NONE).into_iter().any(|instruction| {
            let memory = match instruction.is_ip_rel_memory_operand() {
                true => instruction.ip_rel_memory_address(),
                false => instruction.memory_displacement64(),
            };
            place.contains(&memory)
                || self.slots.get(&memory).is_some_and(|slot| slot == name)
                || (0..instruction.op_count()).any(|operand| {
                    matches!(instruction.op_kind(operand), Immediate32 | Immediate32to64 | Immediate64)
                        && place.contains(&instruction.immediate(operand))
                })
        })
    }

    fn read(&self, entry: u64) -> Reach {
        let mut reach = Reach::default();
        // An unwind row may cover all the linkage code at once: it is not one function.
        if self.is_linkage(entry) {
            match self.import(entry) {
                Some(name) => reach.imports.push(name),
                None => reach.open = true,
            }
            return reach;
        }
        let function = self.binary.function_at(entry);
        let Some((start, size)) = function.map(|f| (f.address, f.size)).filter(|(_, size)| *size > 0) else {
            match self.import(entry) {
                Some(name) => reach.imports.push(name),
                None => reach.open = true,
            }
            return reach;
        };
        let Some(bytes) = self.binary.bytes_at(start, size as usize) else {
            reach.open = true;
            return reach;
        };
        let mut decoder = Decoder::with_ip(64, bytes, start, DecoderOptions::NONE);
        let mut instruction = Instruction::default();
        let mut framed = false;
        while decoder.can_decode() {
            decoder.decode_out(&mut instruction);
            framed |= instruction.mnemonic() == Mnemonic::Mov
                && instruction.op0_register() == Register::RBP
                && instruction.op1_register() == Register::RSP;
            self.instruction(&instruction, start..start.saturating_add(size), &mut reach);
            reach.sites.extend(self.site(&instruction, framed, false));
            reach.loads.extend(self.site(&instruction, framed, true));
            reach.thread |= is_of_thread(&instruction);
        }
        reach
    }

    fn instruction(&self, instruction: &Instruction, own: std::ops::Range<u64>, reach: &mut Reach) {
        if instruction.is_ip_rel_memory_operand() {
            let address = instruction.ip_rel_memory_address();
            match (instruction.flow_control(), self.slots.get(&address)) {
                (FlowControl::IndirectCall | FlowControl::IndirectBranch, Some(name)) => {
                    reach.imports.push(name.clone());
                    return;
                }
                _ => self.mention(address, loads_only(instruction), reach),
            }
            // The relocated tables hold addresses of data.
            reach.indirect |= self.in_table(address) && instruction.mnemonic() != Mnemonic::Lea;
        } else if instruction.memory_base() == Register::None && instruction.memory_displacement64() != 0 {
            self.mention(instruction.memory_displacement64(), loads_only(instruction), reach);
        }
        for operand in 0..instruction.op_count() {
            use OpKind::{Immediate32, Immediate32to64, Immediate64};
            if matches!(instruction.op_kind(operand), Immediate32 | Immediate32to64 | Immediate64) {
                self.mention(instruction.immediate(operand), false, reach);
            }
        }
        match instruction.flow_control() {
            FlowControl::Call | FlowControl::UnconditionalBranch | FlowControl::ConditionalBranch
                if instruction.op0_kind() == OpKind::NearBranch64 =>
            {
                let target = instruction.near_branch64();
                if !own.contains(&target) {
                    let whole = match self.is_linkage(target) {
                        true => target,
                        false => self.binary.function_at(target).map_or(target, |f| f.address),
                    };
                    reach.calls.push(whole);
                }
            }
            FlowControl::IndirectCall => reach.open = true,
            // Jumps of a `switch` stay inside; jumps to another function through a pointer do not load a table first.
            FlowControl::IndirectBranch if instruction.op0_kind() == OpKind::Memory => reach.open = true,
            FlowControl::Interrupt => reach.system = true,
            _ => {}
        }
        reach.system |= matches!(instruction.mnemonic(), Mnemonic::Syscall | Mnemonic::Sysenter);
    }

    /// The instruction as a place that may write through an address; or read, if `loads`.
    fn site(&self, instruction: &Instruction, framed: bool, loads: bool) -> Option<Site> {
        let address = instruction.ip();
        match instruction.flow_control() {
            FlowControl::IndirectCall => {
                let slot =
                    instruction.is_ip_rel_memory_operand().then(|| instruction.ip_rel_memory_address());
                let name = slot.and_then(|slot| self.slots.get(&slot));
                return (!name.is_some_and(|name| is_numeric(name))).then_some(Site { address, width: 0 });
            }
            FlowControl::Call | FlowControl::UnconditionalBranch
                if instruction.op0_kind() == OpKind::NearBranch64
                    && self.is_linkage(instruction.near_branch64()) =>
            {
                let name = self.import(instruction.near_branch64());
                return (!name.is_some_and(|name| is_numeric(&name))).then_some(Site { address, width: 0 });
            }
            _ => {}
        }
        let mut factory = InstructionInfoFactory::new();
        let writes = factory.info(instruction).used_memory().iter().filter(|memory| {
            let own = matches!(memory.base(), Register::RSP | Register::RIP | Register::EIP)
                || (memory.base() == Register::None && memory.index() == Register::None)
                || framed && memory.base() == Register::RBP;
            let reads = matches!(memory.access(), OpAccess::Read | OpAccess::CondRead);
            let changes = matches!(memory.access(), OpAccess::ReadWrite | OpAccess::ReadCondWrite);
            let none = matches!(memory.access(), OpAccess::None | OpAccess::NoMemAccess);
            !own && !none && if loads { reads || changes } else { !reads }
        });
        let width = writes.map(|memory| memory.memory_size().size() as u64).max()?;
        let repeated = instruction.has_rep_prefix() || instruction.has_repne_prefix();
        Some(Site { address, width: if repeated { 0 } else { width } })
    }

    fn mention(&self, address: u64, only_loaded: bool, reach: &mut Reach) {
        if self.is_data(address) {
            reach.data.push(address);
            if !only_loaded {
                reach.stored.push(address);
            }
        }
    }

    /// The import that a piece of linkage code leads to.
    fn import(&self, entry: u64) -> Option<String> {
        let bytes = self.binary.bytes_at(entry, 16)?;
        let mut decoder = Decoder::with_ip(64, bytes, entry, DecoderOptions::NONE);
        for _ in 0..4 {
            let instruction = decoder.decode();
            if instruction.flow_control() == FlowControl::IndirectBranch
                && instruction.is_ip_rel_memory_operand()
            {
                return self.slots.get(&instruction.ip_rel_memory_address()).cloned();
            }
        }
        None
    }

    fn is_linkage(&self, address: u64) -> bool {
        let inside = |section: &crate::binary::Section| {
            address >= section.address && address - section.address < section.size
        };
        self.binary.sections().iter().any(|s| s.name.starts_with(".plt") && inside(s))
    }

    fn in_table(&self, address: u64) -> bool {
        self.binary.sections().iter().any(|section| {
            section.writable
                && section.address != 0
                && address >= section.address
                && address - section.address < section.size
                && LINKAGE.contains(&section.name.as_str())
        })
    }

    fn is_data(&self, address: u64) -> bool {
        let inside = |section: &crate::binary::Section| {
            section.address != 0 && address >= section.address && address - section.address < section.size
        };
        !self.copies.contains(&address)
            && self.binary.sections().iter().any(|section| {
                section.writable
                    && !section.executable
                    && inside(section)
                    && !LINKAGE.contains(&section.name.as_str())
            })
    }
}

/// Whether a function of a library only computes, and writes nothing through addresses. `sinf` and `sinl` are `sin`;
/// `sincos` is none of them.
pub fn is_numeric(name: &str) -> bool {
    NUMERIC.iter().any(|base| {
        let rest = name.strip_prefix(base);
        rest.is_some_and(|rest| {
            base.ends_with('_') || matches!(rest, "" | "f" | "l" | "2" | "2f" | "10" | "h")
        })
    })
}

/// It uses memory of its thread, but for the word that guards the stack.
fn is_of_thread(instruction: &Instruction) -> bool {
    const GUARD: u64 = 0x28;
    matches!(instruction.segment_prefix(), Register::FS | Register::GS)
        && (0..instruction.op_count()).any(|operand| instruction.op_kind(operand) == OpKind::Memory)
        && (instruction.memory_base() != Register::None || instruction.memory_displacement64() != GUARD)
}

/// The memory operand is read and nothing else.
fn loads_only(instruction: &Instruction) -> bool {
    let mut factory = InstructionInfoFactory::new();
    let memory = factory.info(instruction).used_memory();
    !memory.is_empty() && memory.iter().all(|m| matches!(m.access(), OpAccess::Read | OpAccess::CondRead))
}

/// What the loader and the linker's own code write there is nobody's state.
pub const LINKAGE: [&str; 8] =
    [".got", ".got.plt", ".init_array", ".fini_array", ".dynamic", ".data.rel.ro", ".tdata", ".tbss"];
