//! Moves the first instructions of a routine elsewhere, so that a 5-byte jump can take their place.
//!
//! The moved code does exactly what the original did: no register, flag or byte of the stack differs afterwards. Memory
//! reached relative to the instruction pointer and branch targets stay where they were, through [`Fixup`]s. A `call`
//! pushes its *original* return address from a literal behind the code and jumps, so that the callee, the unwinder and
//! whoever looks at the return address see the legacy code; therefore a moved call is the last moved instruction.
//!
//! What cannot be moved with that exactness is refused with an [`Obstacle`]. User-space shadow stacks (CET) would object
//! to the pushed return address; no glibc of our hosts enables them.

use cmp_bridge::plan::{Fixup, FixupKind, Row};
use iced_x86::{Code, Decoder, DecoderError, DecoderOptions, FlowControl, Instruction, Mnemonic, Register};

/// Length of the `jmp rel32` that replaces the start of a routine.
pub const PATCH_BYTES: usize = 5;

/// The start of a routine, ready to run elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relocated {
    /// How many bytes at the entry the patch replaces: whole instructions, or a routine shorter than the patch and some
    /// of the padding behind it.
    pub original_len: usize,
    /// The moved instructions, a jump to the first one that stayed (unless the last one never falls through), and the
    /// literals they need.
    pub code: Vec<u8>,
    /// Places in `code` to complete once its address is known.
    pub fixups: Vec<Fixup>,
    /// One row for each instruction of `code`.
    pub rows: Vec<Row>,
}

impl Relocated {
    /// For an entry of which nothing is moved: a trap, which nobody reaches.
    pub(crate) fn nothing() -> Relocated {
        let rows = vec![Row { code: 0, original: 0 }];
        Relocated { original_len: 0, code: vec![0xcc], fixups: Vec::new(), rows }
    }
}

/// Why the start of a routine cannot be moved. Offsets count from the entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// The routine and the padding behind it have no room for the jump.
    #[error(
        "only {found} bytes are free before the next code or the end of the section, the jump of a hook needs {PATCH_BYTES}"
    )]
    TooShort {
        /// Bytes there are.
        found: usize,
    },
    /// Not an instruction.
    #[error("the bytes at +{offset} are not an instruction of 64-bit code")]
    Invalid {
        /// Where.
        offset: usize,
    },
    /// An instruction whose effect depends on where it stands.
    #[error("the `{mnemonic}` at +{offset} cannot be moved: {why}")]
    Immovable {
        /// Where.
        offset: usize,
        /// Its name.
        mnemonic: String,
        /// The reason.
        why: &'static str,
    },
    /// A branch or an address inside the bytes to replace.
    #[error("the `{mnemonic}` at +{offset} leads to +{target}, inside the bytes to replace")]
    Inside {
        /// Where.
        offset: usize,
        /// Its name.
        mnemonic: String,
        /// Where it leads.
        target: usize,
    },
    /// A branch back to the entry: a loop around the whole routine.
    #[error(
        "the `{mnemonic}` at +{offset} goes back to the entry, so each turn of that loop would be taken for a call"
    )]
    Loop {
        /// Where.
        offset: usize,
        /// Its name.
        mnemonic: String,
    },
    /// A call that is not the last instruction to move.
    #[error("the call at +{offset} returns to +{to}, inside the bytes to replace")]
    ReturnsInside {
        /// Where.
        offset: usize,
        /// Where it returns to.
        to: usize,
    },
}

/// Moves the instructions at `entry`, whose bytes and those after them are `bytes`.
///
/// `bytes` must end where foreign code begins: at the next routine or the end of the section. 64 bytes are always enough.
pub fn relocate(bytes: &[u8], entry: u64) -> Result<Relocated, Obstacle> {
    let start = Start::decode(bytes, entry)?;
    let mut mover = Mover {
        bytes,
        entry,
        original_len: start.len,
        code: Vec::new(),
        fixups: Vec::new(),
        rows: Vec::new(),
        return_address: None,
    };
    for instruction in &start.instructions {
        mover.place(instruction)?;
    }
    if start.falls_through {
        mover.row(start.len);
        mover.jump(&[0xe9], entry.wrapping_add(start.len as u64));
    }
    mover.place_return_address();
    Ok(Relocated { original_len: start.len, code: mover.code, fixups: mover.fixups, rows: mover.rows })
}

/// The instructions to move.
struct Start {
    instructions: Vec<Instruction>,
    len: usize,
    falls_through: bool,
}

impl Start {
    fn decode(bytes: &[u8], entry: u64) -> Result<Start, Obstacle> {
        let mut decoder = Decoder::with_ip(64, bytes, entry, DecoderOptions::NONE);
        let mut start = Start { instructions: Vec::new(), len: 0, falls_through: true };
        while start.len < PATCH_BYTES && start.falls_through {
            if start.len >= bytes.len() {
                return Err(Obstacle::TooShort { found: bytes.len() });
            }
            let instruction = decoder.decode();
            if instruction.is_invalid() {
                return Err(match decoder.last_error() {
                    DecoderError::NoMoreBytes if bytes.len() < PATCH_BYTES => {
                        Obstacle::TooShort { found: bytes.len() }
                    }
                    _ => Obstacle::Invalid { offset: start.len },
                });
            }
            start.len += instruction.len();
            start.falls_through = !ends_the_path(&instruction);
            start.instructions.push(instruction);
        }
        if start.len < PATCH_BYTES {
            start.take_padding(bytes)?;
        }
        Ok(start)
    }

    /// A routine that ends before the patch does: what follows may be overwritten if it is padding.
    fn take_padding(&mut self, bytes: &[u8]) -> Result<(), Obstacle> {
        if let Some(last) = self.instructions.last().filter(|i| is_call(i)) {
            // A call that is expected to return comes back to what would be replaced.
            return Err(Obstacle::ReturnsInside { offset: self.len - last.len(), to: self.len });
        }
        let free = self.len + padding(&bytes[self.len..]);
        if free < PATCH_BYTES {
            return Err(Obstacle::TooShort { found: free });
        }
        self.len = PATCH_BYTES;
        Ok(())
    }
}

/// Number of bytes of `int3` and no-operations at the start of `bytes`.
pub(crate) fn padding(bytes: &[u8]) -> usize {
    let mut decoder = Decoder::new(64, bytes, DecoderOptions::NONE);
    let mut end = 0;
    while decoder.can_decode() {
        let instruction = decoder.decode();
        if !matches!(instruction.mnemonic(), Mnemonic::Nop | Mnemonic::Int3) || instruction.is_invalid() {
            break;
        }
        end = decoder.position();
    }
    end
}

/// The instruction after this one is only reached by a branch (or, after a call, by its return).
fn ends_the_path(instruction: &Instruction) -> bool {
    is_call(instruction)
        || matches!(
            instruction.flow_control(),
            FlowControl::UnconditionalBranch | FlowControl::IndirectBranch | FlowControl::Return
        )
}

fn is_call(instruction: &Instruction) -> bool {
    matches!(instruction.code(), Code::Call_rel32_64 | Code::Call_rm64)
}

fn name(instruction: &Instruction) -> String {
    format!("{:?}", instruction.mnemonic()).to_lowercase()
}

/// Writes the moved code.
struct Mover<'a> {
    bytes: &'a [u8],
    entry: u64,
    original_len: usize,
    code: Vec<u8>,
    fixups: Vec<Fixup>,
    rows: Vec<Row>,
    /// The displacement that must lead to the literal, and the return address to put there.
    return_address: Option<(usize, u64)>,
}

impl Mover<'_> {
    fn offset(&self, instruction: &Instruction) -> usize {
        instruction.ip().wrapping_sub(self.entry) as usize
    }

    fn original<'a>(&'a self, instruction: &Instruction) -> &'a [u8] {
        let offset = self.offset(instruction);
        &self.bytes[offset..offset + instruction.len()]
    }

    /// The next instruction of `code` stands for the original one at `offset`. At most five instructions of 15 bytes
    /// are moved, so offsets never leave 16 bits.
    fn row(&mut self, offset: usize) {
        self.rows.push(Row { code: self.code.len() as u16, original: offset as u16 });
    }

    /// A branch instruction made of `opcode` and a 32-bit displacement to complete.
    fn jump(&mut self, opcode: &[u8], target: u64) {
        self.code.extend_from_slice(opcode);
        let at = self.code.len();
        self.code.extend_from_slice(&[0; 4]);
        self.fixup(at, self.code.len(), target);
    }

    fn fixup(&mut self, at: usize, end: usize, target: u64) {
        self.fixups.push(Fixup { kind: FixupKind::Relative32, at: at as u16, end: end as u16, target });
    }

    fn place(&mut self, instruction: &Instruction) -> Result<(), Obstacle> {
        self.row(self.offset(instruction));
        let code = instruction.code();
        match instruction.flow_control() {
            FlowControl::Next => self.copy(instruction),
            FlowControl::IndirectBranch if code == Code::Jmp_rm64 => self.copy(instruction),
            FlowControl::Return if matches!(code, Code::Retnq | Code::Retnq_imm16) => self.copy(instruction),
            FlowControl::UnconditionalBranch if instruction.is_jmp_short_or_near() => {
                self.branch(instruction, &[0xe9])
            }
            FlowControl::ConditionalBranch if instruction.is_jcc_short_or_near() => {
                // iced numbers the conditions like the processor does, after `None` = 0.
                let condition = (instruction.condition_code() as u8).wrapping_sub(1) & 15;
                self.branch(instruction, &[0x0f, 0x80 | condition])
            }
            FlowControl::Call if code == Code::Call_rel32_64 => self.call(instruction),
            FlowControl::IndirectCall if code == Code::Call_rm64 => self.call_indirect(instruction),
            other => Err(immovable(instruction, self.offset(instruction), why_not(other))),
        }
    }

    fn copy(&mut self, instruction: &Instruction) -> Result<(), Obstacle> {
        let original = self.original(instruction).to_vec();
        self.copy_as(instruction, &original)
    }

    /// Copies `bytes`, a form of `instruction` of the same length, completing a displacement from the instruction pointer.
    fn copy_as(&mut self, instruction: &Instruction, bytes: &[u8]) -> Result<(), Obstacle> {
        let offset = self.offset(instruction);
        if matches!(instruction.memory_base(), Register::EIP) {
            return Err(immovable(
                instruction,
                offset,
                "it reaches memory through a 32-bit instruction pointer",
            ));
        }
        let begin = self.code.len();
        self.code.extend_from_slice(bytes);
        if !instruction.is_ip_rel_memory_operand() {
            return Ok(());
        }
        let target = instruction.ip_rel_memory_address();
        // A routine may take its own address, but its first bytes are not there to be read.
        if instruction.mnemonic() != Mnemonic::Lea || target != self.entry {
            self.outside(instruction, target)?;
        }
        let Some(at) = displacement(bytes, instruction) else {
            return Err(immovable(instruction, offset, "its displacement has no known place"));
        };
        self.code[begin + at..begin + at + 4].fill(0);
        self.fixup(begin + at, begin + bytes.len(), target);
        Ok(())
    }

    fn branch(&mut self, instruction: &Instruction, opcode: &[u8]) -> Result<(), Obstacle> {
        let target = self.branch_target(instruction)?;
        self.outside(instruction, target)?;
        self.jump(opcode, target);
        Ok(())
    }

    fn branch_target(&self, instruction: &Instruction) -> Result<u64, Obstacle> {
        let prefixes = instruction.len().saturating_sub(2);
        if self.original(instruction).iter().take(prefixes).take_while(|b| is_prefix(**b)).any(|b| *b == 0x66)
        {
            let why = "processors do not agree on a branch with an operand-size prefix";
            return Err(immovable(instruction, self.offset(instruction), why));
        }
        Ok(instruction.near_branch_target())
    }

    /// `call target` becomes `push [rip+literal]; jmp target`.
    fn call(&mut self, instruction: &Instruction) -> Result<(), Obstacle> {
        let target = self.branch_target(instruction)?;
        let offset = self.offset(instruction);
        if target == instruction.next_ip() {
            return Err(immovable(instruction, offset, "it only reads its own address"));
        }
        // A call of the entry is a recursion, and a real call; elsewhere inside it would find replaced bytes.
        if target != self.entry {
            self.outside(instruction, target)?;
        }
        self.push_return_address(instruction);
        self.row(offset);
        self.jump(&[0xe9], target);
        Ok(())
    }

    /// `call *operand` becomes `push [rip+literal]; jmp *operand`, if the push changes neither the operand nor the state
    /// a fault would show.
    fn call_indirect(&mut self, instruction: &Instruction) -> Result<(), Obstacle> {
        let offset = self.offset(instruction);
        let through_memory = instruction.op0_kind() == iced_x86::OpKind::Memory;
        if through_memory && !instruction.is_ip_rel_memory_operand() {
            return Err(immovable(instruction, offset, "it calls through memory that may fault"));
        }
        if !through_memory && instruction.op0_register() == Register::RSP {
            return Err(immovable(instruction, offset, "it calls through the stack pointer"));
        }
        let mut jump = self.original(instruction).to_vec();
        let modrm = jump.len() - if through_memory { 5 } else { 1 };
        jump[modrm] = jump[modrm] & !0x38 | 0x20; // ff /2 is call, ff /4 is jmp
        self.push_return_address(instruction);
        self.row(offset);
        self.copy_as(instruction, &jump)
    }

    fn push_return_address(&mut self, call: &Instruction) {
        self.code.extend_from_slice(&[0xff, 0x35]);
        self.return_address = Some((self.code.len(), call.next_ip()));
        self.code.extend_from_slice(&[0; 4]);
    }

    fn place_return_address(&mut self) {
        let Some((displacement, address)) = self.return_address else { return };
        let at = self.code.len();
        let distance = (at - (displacement + 4)) as u32;
        self.code[displacement..displacement + 4].copy_from_slice(&distance.to_le_bytes());
        self.code.extend_from_slice(&[0; 8]);
        let (at, end) = (at as u16, self.code.len() as u16);
        self.fixups.push(Fixup { kind: FixupKind::Absolute64, at, end, target: address });
    }

    /// Refuses a target in the bytes to replace.
    fn outside(&self, instruction: &Instruction, target: u64) -> Result<(), Obstacle> {
        let inside = target.wrapping_sub(self.entry);
        if inside >= self.original_len as u64 {
            return Ok(());
        }
        let (offset, mnemonic) = (self.offset(instruction), name(instruction));
        Err(match inside {
            0 if !instruction.is_ip_rel_memory_operand() => Obstacle::Loop { offset, mnemonic },
            _ => Obstacle::Inside { offset, mnemonic, target: inside as usize },
        })
    }
}

fn is_prefix(byte: u8) -> bool {
    matches!(byte, 0x26 | 0x2e | 0x36 | 0x3e | 0x40..=0x4f | 0x64..=0x67 | 0xf0 | 0xf2 | 0xf3)
}

/// Where the four bytes of the displacement from the instruction pointer are.
fn displacement(bytes: &[u8], instruction: &Instruction) -> Option<usize> {
    let mut decoder = Decoder::with_ip(64, bytes, instruction.ip(), DecoderOptions::NONE);
    let offsets = decoder.decode();
    let offsets = decoder.get_constant_offsets(&offsets);
    (offsets.has_displacement() && offsets.displacement_size() == 4).then(|| offsets.displacement_offset())
}

fn immovable(instruction: &Instruction, offset: usize, why: &'static str) -> Obstacle {
    Obstacle::Immovable { offset, mnemonic: name(instruction), why }
}

fn why_not(flow: FlowControl) -> &'static str {
    match flow {
        FlowControl::UnconditionalBranch | FlowControl::IndirectBranch => "it is a far branch",
        FlowControl::ConditionalBranch => "it has no form with a 32-bit displacement",
        FlowControl::Return => "it is a far or privileged return",
        FlowControl::Call | FlowControl::IndirectCall => {
            "it enters the system or another segment and leaves its address behind"
        }
        FlowControl::Interrupt => "it traps, and the trap would name another address",
        FlowControl::XbeginXabortXend => "it is part of a hardware transaction",
        FlowControl::Exception => "it always faults",
        FlowControl::Next => "its place matters",
    }
}
