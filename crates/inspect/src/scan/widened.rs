//! `float` parameters that arrive as `double`: those of a K&R definition. Under a prototype (of a header) debug information
//! calls such a definition prototyped, and says `float`; only the code shows what is in the register.

use crate::binary::Binary;
use cmp_bridge_contract::abi::{Place, Role, lower};
use cmp_bridge_contract::model::{By, Contract, Routine, Type};
use iced_x86::{
    Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory, Mnemonic, OpAccess, Register,
};

/// Bytes of code looked at.
const BYTES: usize = 128;

/// Writes `f64` for the `f32` parameters that the code at `entry` takes for doubles.
pub(crate) fn floats(binary: &Binary, contract: &Contract, routine: &mut Routine, entry: u64) {
    let is_float = |routine: &Routine, i: usize| {
        let param = &routine.params[i];
        param.ty == Type::F32 && param.by == By::Value
    };
    if !(0..routine.params.len()).any(|i| is_float(routine, i)) {
        return;
    }
    // A double is in the register where a float would be.
    let Ok(lowered) = lower(contract, routine) else { return };
    for i in 0..routine.params.len() {
        let place = lowered.word(Role::Param(i), 0).filter(|_| is_float(routine, i));
        if let Some(Place::Xmm(n)) = place
            && is_double(binary, entry, Register::XMM0 + u32::from(n))
        {
            routine.params[i].ty = Type::F64;
        }
    }
}

/// Whether the first instruction that reads a register reads a double there.
fn is_double(binary: &Binary, entry: u64, register: Register) -> bool {
    let bytes = (1..=BYTES).rev().find_map(|len| binary.bytes_at(entry, len)).unwrap_or_default();
    let mut factory = InstructionInfoFactory::new();
    for instruction in Decoder::with_ip(64, bytes, entry, DecoderOptions::NONE).iter() {
        let mut used = factory.info(&instruction).used_registers().iter();
        let used = used.find(|used| used.register().full_register() == register.full_register());
        if let Some(used) = used {
            let read = !matches!(used.access(), OpAccess::Write | OpAccess::CondWrite | OpAccess::None);
            return read && takes_double(&instruction, register);
        }
        if instruction.is_invalid() || instruction.flow_control() != FlowControl::Next {
            break;
        }
    }
    false
}

/// It converts or stores the double in that register: no compiler does so to a float.
fn takes_double(instruction: &Instruction, register: Register) -> bool {
    let source = instruction.op_count().saturating_sub(1);
    instruction.op_register(source) == register
        && matches!(
            instruction.mnemonic(),
            Mnemonic::Cvtsd2ss
                | Mnemonic::Vcvtsd2ss
                | Mnemonic::Movsd
                | Mnemonic::Vmovsd
                | Mnemonic::Movlpd
                | Mnemonic::Vmovlpd
        )
}
