//! What the code at the entry of a routine does with its arguments.
//!
//! Without optimisation each argument is stored into the frame first, and the debug information names the place in the
//! frame: together they say in which register a parameter arrives, or that it does not arrive at all.

use std::collections::{HashMap, HashSet};

use cmp_bridge_contract::abi::{Lowered, Place, Role};
use cmp_bridge_contract::model::Routine;
use gimli::constants::*;
use iced_x86::{
    Code, Decoder, DecoderOptions, FlowControl, Instruction, InstructionInfoFactory, Mnemonic, OpAccess,
    OpKind, Register,
};

use super::refusal::{Problem, Reason};
use crate::binary::Binary;
use crate::dwarf::location::Home;
use crate::dwarf::routines::Subprogram;
use crate::dwarf::{DebugInfo, Die};

/// Instructions at an entry that are looked at.
const INSTRUCTIONS: usize = 512;
/// Bytes they have at most.
const BYTES: usize = 4096;
/// The first argument registers of each class, as DWARF numbers them (System V ABI, figure 3.36).
const GENERAL: [(Register, u16); 6] = [
    (Register::RDI, 5),
    (Register::RSI, 4),
    (Register::RDX, 1),
    (Register::RCX, 2),
    (Register::R8, 8),
    (Register::R9, 9),
];

/// The entry of a subprogram.
pub(super) struct Entry {
    address: u64,
    /// Compiled with optimisation: what is listed as a parameter arrives.
    optimised: bool,
    /// Offsets of the debug information are from the canonical frame address.
    frame_is_cfa: bool,
    /// Offsets from the canonical frame address at which an argument register is stored. `None`: there is no frame of the
    /// form that code without optimisation has.
    stored: Option<HashMap<i64, Home>>,
}

impl Entry {
    /// Reads the first instructions.
    pub(super) fn read(
        info: &DebugInfo<'_>,
        binary: &Binary,
        subprogram: &Subprogram,
    ) -> Result<Entry, Problem> {
        let address = subprogram.address;
        let die = info.die(subprogram.die)?;
        let optimised = is_optimised(info.producer(subprogram.origin.unit));
        let frame_is_cfa = info.frame_is_cfa(&die);
        let stored = (!optimised && frame_is_cfa).then(|| stores(code(binary, address), address));
        Ok(Entry { address, optimised, frame_is_cfa, stored: stored.flatten() })
    }

    /// Whether a parameter arrives; `None` if that cannot be told.
    pub(super) fn arrival<'s>(&self, info: &DebugInfo<'s>, located: &Die<'s>) -> Option<bool> {
        match info.frame_slot(located, self.address) {
            _ if self.optimised => Some(true),
            Some(slot) => self.stored.as_ref().map(|stored| stored.contains_key(&slot)),
            None => Some(true),
        }
    }

    /// The debug information says of most arguments where they are at the entry: that must be where the ABI puts them.
    pub(super) fn verify<'s>(
        &self,
        info: &DebugInfo<'s>,
        places: &[(Role, &Die<'s>)],
        routine: &Routine,
        lowered: &Lowered,
    ) -> Result<(), Problem> {
        for (role, located) in places {
            let argument = lowered.arguments.iter().find(|a| a.role == *role);
            let place = argument.and_then(|a| a.pieces.first()).map(|p| p.place);
            let (Some(home), Some(place)) = (self.home(info, located), place) else {
                continue;
            };
            if dwarf_home(place) != home {
                let name = match role {
                    Role::Param(i) => routine.params.get(*i).map_or("", |p| p.name.as_str()).to_string(),
                    other => format!("{other:?}"),
                };
                let text = format!("{name} arrives in {home:?}, and {:?} was expected", dwarf_home(place));
                return Err(Problem::new(Reason::PassingUnknown, text));
            }
        }
        Ok(())
    }

    /// Where an argument is at the entry, as far as the debug information and the first stores tell.
    fn home<'s>(&self, info: &DebugInfo<'s>, located: &Die<'s>) -> Option<Home> {
        let slot = info.argument_slot(located, self.address);
        let stored = slot.zip(self.stored.as_ref()).and_then(|(slot, stored)| stored.get(&slot).copied());
        let said = || info.home(located, self.address).map(|(home, _)| home);
        let home = stored.or_else(said)?;
        // An offset from another register than the canonical frame address is not one from the arguments.
        (self.frame_is_cfa || !matches!(home, Home::Stack(_))).then_some(home)
    }
}

/// The last `-O` of a command line counts.
fn is_optimised(producer: &str) -> bool {
    producer.split_whitespace().rfind(|word| word.starts_with("-O")).is_some_and(|word| word != "-O0")
}

/// A place in the words of DWARF.
fn dwarf_home(place: Place) -> Home {
    match place {
        Place::Gpr(number) => {
            Home::Register(GENERAL.get(usize::from(number)).map_or(u16::MAX, |(_, dwarf)| *dwarf))
        }
        Place::Xmm(number) => Home::Register(17 + u16::from(number)),
        Place::Stack(offset) => Home::Stack(i64::from(offset)),
    }
}

fn code(binary: &Binary, address: u64) -> &[u8] {
    // Near the end of a section there is less.
    let sizes = [BYTES, BYTES / 4, BYTES / 16, 64, 16, 4, 1];
    sizes.into_iter().find_map(|len| binary.bytes_at(address, len)).unwrap_or_default()
}

/// Whether the code takes the frame of the routine around it, in r10.
pub(super) fn static_link(
    info: &DebugInfo<'_>,
    binary: &Binary,
    subprogram: &Subprogram,
) -> Result<bool, Problem> {
    let die = info.die(subprogram.die)?;
    let said = info.origins(&die)?.iter().any(|d| d.entry.has_attr(DW_AT_static_link));
    let address = subprogram.address;
    Ok(said || reads_at_entry(code(binary, address), address, Register::R10))
}

/// Whether the code takes the first argument register, as far as that shows before the first jump.
pub(super) fn reads_first_register(binary: &Binary, subprogram: &Subprogram) -> bool {
    reads_at_entry(code(binary, subprogram.address), subprogram.address, Register::RDI)
}

/// Reads a register before anything wrote it: at an entry r10 holds nothing but a static link.
fn reads_at_entry(bytes: &[u8], address: u64, register: Register) -> bool {
    let mut factory = InstructionInfoFactory::new();
    let decoder = Decoder::with_ip(64, bytes, address, DecoderOptions::NONE);
    for instruction in decoder.into_iter().take(INSTRUCTIONS) {
        let mut written = false;
        for used in factory.info(&instruction).used_registers() {
            if used.register().full_register() != register {
                continue;
            }
            match used.access() {
                OpAccess::Read | OpAccess::ReadWrite | OpAccess::CondRead | OpAccess::ReadCondWrite => {
                    return true;
                }
                OpAccess::Write => written = true,
                _ => {}
            }
        }
        if written || !goes_on(&instruction) {
            return false;
        }
    }
    false
}

fn goes_on(instruction: &Instruction) -> bool {
    matches!(instruction.flow_control(), FlowControl::Next | FlowControl::ConditionalBranch)
}

/// Where argument registers are stored into the frame by `push rbp; mov rbp, rsp` and what follows, up to the first
/// branch. A register moved to another one first (as narrow arguments are) counts as itself.
fn stores(bytes: &[u8], address: u64) -> Option<HashMap<i64, Home>> {
    let mut decoder = Decoder::with_ip(64, bytes, address, DecoderOptions::NONE);
    let mut next = || decoder.can_decode().then(|| decoder.decode());
    let mut first = next()?;
    if first.code() == Code::Endbr64 {
        first = next()?;
    }
    let second = next()?;
    let pushes = first.mnemonic() == Mnemonic::Push && first.op0_register() == Register::RBP;
    let moves = second.mnemonic() == Mnemonic::Mov
        && (second.op0_register(), second.op1_register()) == (Register::RBP, Register::RSP);
    if !pushes || !moves {
        return None;
    }
    let mut holds: HashMap<Register, Home> =
        GENERAL.iter().map(|(register, dwarf)| (*register, Home::Register(*dwarf))).collect();
    holds.extend((0..8).map(|i| (Register::ZMM0 + i, Home::Register(17 + i as u16))));
    let mut stored = HashMap::new();
    let mut overwritten = HashSet::new();
    let mut factory = InstructionInfoFactory::new();
    for _ in 0..INSTRUCTIONS {
        let Some(instruction) = next() else { break };
        if instruction.flow_control() != FlowControl::Next {
            break;
        }
        let to_frame = instruction.op0_kind() == OpKind::Memory && instruction.memory_base() == Register::RBP;
        let from = (instruction.op_count() == 2 && instruction.op1_kind() == OpKind::Register)
            .then(|| instruction.op1_register().full_register());
        let from_register = from.and_then(|register| holds.get(&register).copied());
        let source = from_register.or_else(|| loaded(&instruction, &stored));
        let source = source.filter(|_| is_move(&instruction));
        if to_frame {
            // After the push, rbp is 16 below the canonical frame address.
            let slot = (instruction.memory_displacement64() as i64).wrapping_sub(16);
            // A second store is the program's own.
            if overwritten.insert(slot)
                && let Some(home) = source
            {
                stored.insert(slot, home);
            }
        }
        for used in factory.info(&instruction).used_registers() {
            if matches!(
                used.access(),
                OpAccess::Write | OpAccess::ReadWrite | OpAccess::CondWrite | OpAccess::ReadCondWrite
            ) {
                holds.remove(&used.register().full_register());
            }
        }
        if let (OpKind::Register, Some(home)) = (instruction.op0_kind(), source) {
            holds.insert(instruction.op0_register().full_register(), home);
        }
    }
    Some(stored)
}

/// The argument that is loaded from above the return address, or from where it was stored: below the return address is the
/// saved rbp.
fn loaded(instruction: &Instruction, stored: &HashMap<i64, Home>) -> Option<Home> {
    let offset = (instruction.memory_displacement64() as i64).wrapping_sub(16);
    let loads = instruction.op_count() == 2
        && instruction.op1_kind() == OpKind::Memory
        && instruction.memory_base() == Register::RBP
        && instruction.memory_index() == Register::None;
    match loads {
        true if offset >= 0 => Some(Home::Stack(offset)),
        true => stored.get(&offset).copied(),
        false => None,
    }
}

fn is_move(instruction: &Instruction) -> bool {
    matches!(
        instruction.mnemonic(),
        Mnemonic::Mov
            | Mnemonic::Movss
            | Mnemonic::Movsd
            | Mnemonic::Movaps
            | Mnemonic::Movapd
            | Mnemonic::Movq
            | Mnemonic::Movd
            | Mnemonic::Movups
            | Mnemonic::Movdqa
            | Mnemonic::Movdqu
            | Mnemonic::Movzx
            | Mnemonic::Movlps
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arguments_stored_into_the_frame() {
        // push rbp; mov rbp,rsp; mov ecx,edi; mov [rbp-32],rsi; mov eax,edx; mov edx,ecx; mov [rbp-20],dx;
        // mov [rbp-24],al; movsd [rbp-40],xmm0; mov word [rbp-2],1000; mov rsi,0; mov [rbp-48],rsi; ret
        let bytes = b"\x55\x48\x89\xe5\x89\xf9\x48\x89\x75\xe0\x89\xd0\x89\xca\x66\x89\x55\xec\x88\x45\xe8\
            \xf2\x0f\x11\x45\xd8\x66\xc7\x45\xfe\xe8\x03\x48\xc7\xc6\x00\x00\x00\x00\x48\x89\x75\xd0\xc3";
        let stored = stores(bytes, 0x1000).expect("a frame");
        let expected = [(-48, 4), (-36, 5), (-40, 1), (-56, 17)].map(|(slot, r)| (slot, Home::Register(r)));
        assert_eq!(stored, HashMap::from(expected));
        assert_eq!(stores(b"\x89\xf8\xc3", 0), None);
        assert_eq!(stores(b"", 0), None);
    }

    #[test]
    fn a_static_link_is_read_before_it_is_written() {
        // mov rax,[r10+8]; ret / lea r10,[rsp+8]; push r10; ret / xor r10d,r10d; mov rax,r10; ret / jmp; mov rax,r10
        for (bytes, expected) in [
            (&b"\x49\x8b\x42\x08\xc3"[..], true),
            (b"\x4c\x8d\x54\x24\x08\x41\x52\xc3", false),
            (b"\x45\x31\xd2\x4c\x89\xd0\xc3", false),
            (b"\xeb\x03\x4c\x89\xd0\xc3", false),
            (b"", false),
        ] {
            assert_eq!(reads_at_entry(bytes, 0x1000, Register::R10), expected, "{bytes:x?}");
        }
    }
}
