//! What the instructions of one routine show.

use iced_x86::{
    Code, CpuidFeature, Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory, Mnemonic,
    OpAccess, OpKind, Register,
};

use crate::binary::{Binary, Function};

/// Facts of one routine's instructions. An address is that of the first instruction of its kind.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Body {
    /// Computes on the x87.
    pub x87: Option<u64>,
    /// Multiplies and adds with one rounding.
    pub fused: Option<u64>,
    /// Moves the stack pointer by a number only known at run time.
    pub variable_frame: Option<u64>,
    /// Reads r10 before it writes it: a link to another frame.
    pub static_link: Option<u64>,
    /// Calls through a register or memory other than the global offset table.
    pub indirect: Vec<u64>,
    /// Enters the system.
    pub system: Option<u64>,
}

/// Longest code of one routine that is looked at.
const MAX_BYTES: u64 = 1 << 24;

/// Decodes the routine.
pub(super) fn read(binary: &Binary, function: &Function) -> Body {
    let mut body = Body::default();
    let len = function.size.min(MAX_BYTES) as usize;
    let Some(bytes) = binary.bytes_at(function.address, len) else { return body };
    let mut decoder = Decoder::with_ip(64, bytes, function.address, DecoderOptions::NONE);
    let mut instruction = Instruction::default();
    let mut entry = Entry { info: InstructionInfoFactory::new(), open: true };
    while decoder.can_decode() {
        decoder.decode_out(&mut instruction);
        if instruction.is_invalid() {
            continue;
        }
        let at = instruction.ip();
        if body.static_link.is_none() && entry.reads_r10(&instruction) {
            body.static_link = Some(at);
        }
        for feature in instruction.code().cpuid_features() {
            match feature {
                CpuidFeature::FPU | CpuidFeature::FPU287 | CpuidFeature::FPU387
                    if !controls(&instruction) =>
                {
                    body.x87.get_or_insert(at);
                }
                CpuidFeature::FMA | CpuidFeature::FMA4 => {
                    body.fused.get_or_insert(at);
                }
                CpuidFeature::AVX512F if is_fused(&instruction) => {
                    body.fused.get_or_insert(at);
                }
                _ => {}
            }
        }
        if moves_stack(&instruction) {
            body.variable_frame.get_or_insert(at);
        }
        match instruction.code() {
            Code::Call_rm64 if !instruction.is_ip_rel_memory_operand() => body.indirect.push(at),
            Code::Syscall => {
                body.system.get_or_insert(at);
            }
            _ => {}
        }
    }
    body
}

/// The straight line of instructions at the entry.
struct Entry {
    info: InstructionInfoFactory,
    open: bool,
}

impl Entry {
    fn reads_r10(&mut self, instruction: &Instruction) -> bool {
        if !self.open {
            return false;
        }
        self.open = instruction.flow_control() == FlowControl::Next;
        // `push %r10` only saves it, and `xor %r10, %r10` only clears it.
        let registers = self.info.info(instruction).used_registers();
        let mut reads = false;
        for used in registers.iter().filter(|r| r.register().full_register() == Register::R10) {
            match used.access() {
                OpAccess::Read | OpAccess::CondRead | OpAccess::ReadWrite | OpAccess::ReadCondWrite => {
                    reads = true
                }
                _ => {}
            }
            self.open = false;
        }
        reads
    }
}

/// Instructions of the x87 that compute nothing.
fn controls(instruction: &Instruction) -> bool {
    use Mnemonic::*;
    matches!(
        instruction.mnemonic(),
        Fldcw | Fnstcw | Fstcw | Fnstenv | Fldenv | Fnstsw | Fstsw | Fnclex | Fclex | Fninit | Finit | Wait
    )
}

fn is_fused(instruction: &Instruction) -> bool {
    let name = format!("{:?}", instruction.mnemonic());
    ["Vfmadd", "Vfmsub", "Vfnmadd", "Vfnmsub"].iter().any(|begin| name.starts_with(begin))
}

/// `sub reg, %rsp`: room for an array of variable length.
fn moves_stack(instruction: &Instruction) -> bool {
    instruction.mnemonic() == Mnemonic::Sub
        && instruction.op0_register() == Register::RSP
        && instruction.op1_kind() == OpKind::Register
}
