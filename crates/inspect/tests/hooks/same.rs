//! Holds moved code against the original, instruction by instruction, with a decoder.

use cmp_bridge::plan::FixupKind;
use cmp_bridge_inspect::prologue::Relocated;
use iced_x86::{Decoder, DecoderOptions, FlowControl, Instruction, OpKind};

const DISTANCE: u64 = 0x1000;

/// The code and one of its targets are further apart than 2 GiB: the agent refuses such a patch.
pub const OUT_OF_REACH: &str = "out of reach";

fn decode(bytes: &[u8], at: usize, address: u64) -> Result<Instruction, String> {
    let rest = bytes.get(at..).ok_or_else(|| format!("offset {at} is outside"))?;
    let instruction =
        Decoder::with_ip(64, rest, address.wrapping_add(at as u64), DecoderOptions::NONE).decode();
    if instruction.is_invalid() { Err(format!("no instruction at {at}")) } else { Ok(instruction) }
}

/// Moved code completed for `address`.
fn completed(moved: &Relocated, address: u64) -> Result<Vec<u8>, String> {
    let mut code = moved.code.clone();
    for fixup in &moved.fixups {
        let at = usize::from(fixup.at);
        let (bytes, size) = match fixup.kind {
            FixupKind::Relative32 => {
                let distance = fixup.target.wrapping_sub(address.wrapping_add(u64::from(fixup.end)));
                i32::try_from(distance as i64).map_err(|_| OUT_OF_REACH)?;
                (distance.to_le_bytes(), 4)
            }
            FixupKind::Absolute64 => (fixup.target.to_le_bytes(), 8),
        };
        let place = code.get_mut(at..at + size).ok_or("a fix-up outside the code")?;
        place.copy_from_slice(&bytes[..size]);
    }
    Ok(code)
}

/// What an instruction does, whatever its place: operands, and where it leads.
fn essence(instruction: &Instruction) -> String {
    let mut text = format!("{:?}", instruction.mnemonic());
    for i in 0..instruction.op_count() {
        text += &match instruction.op_kind(i) {
            OpKind::Register => format!(" {:?}", instruction.op_register(i)),
            OpKind::Memory if instruction.is_ip_rel_memory_operand() => {
                format!(" [{:#x}]:{:?}", instruction.ip_rel_memory_address(), instruction.memory_size())
            }
            OpKind::Memory => format!(
                " {:?}:[{:?}+{:?}*{}+{:#x}]:{:?}",
                instruction.memory_segment(),
                instruction.memory_base(),
                instruction.memory_index(),
                instruction.memory_index_scale(),
                instruction.memory_displacement64(),
                instruction.memory_size()
            ),
            OpKind::NearBranch64 => format!(" ->{:#x}", instruction.near_branch64()),
            // Not an immediate: an operand that the instruction implies, as of the string instructions and `maskmovq`.
            kind => match instruction.try_immediate(i) {
                Ok(value) => format!(" {value:#x}"),
                Err(_) => format!(" {kind:?}"),
            },
        };
    }
    // A branch may lose a prefix that means nothing (`bnd`, hints).
    if instruction.flow_control() != FlowControl::Next {
        return text;
    }
    if instruction.has_lock_prefix() || instruction.has_rep_prefix() || instruction.has_repne_prefix() {
        text += " prefixed";
    }
    text
}

fn differ(what: &str, original: impl std::fmt::Debug, moved: impl std::fmt::Debug) -> Result<(), String> {
    Err(format!("{what}: original {original:?}, moved {moved:?}"))
}

/// The moved code does what `bytes` at `entry` do, as far as a decoder can tell.
pub fn check(bytes: &[u8], entry: u64, moved: &Relocated) -> Result<(), String> {
    let address = entry.wrapping_add(DISTANCE);
    let code = completed(moved, address)?;
    if moved.rows.first().map(|r| (r.code, r.original)) != Some((0, 0)) || code.len() > 255 {
        return Err(format!("rows {:?}, {} bytes", moved.rows, code.len()));
    }
    let (mut at, mut original_at, mut row) = (0, 0, 0);
    while row < moved.rows.len() {
        let here = moved.rows[row];
        if (usize::from(here.code), usize::from(here.original)) != (at, original_at) {
            return differ("a row is out of step", (at, original_at), here);
        }
        let copy = decode(&code, at, address)?;
        at += copy.len();
        if original_at == moved.original_len {
            let back = entry.wrapping_add(original_at as u64);
            if copy.flow_control() != FlowControl::UnconditionalBranch || copy.near_branch64() != back {
                return differ("the jump back", back, essence(&copy));
            }
            return if row + 1 == moved.rows.len() {
                Ok(())
            } else {
                Err("code behind the jump back".into())
            };
        }
        let original = decode(bytes, original_at, entry)?;
        original_at += original.len();
        row += 1;
        if matches!(original.flow_control(), FlowControl::Call | FlowControl::IndirectCall) {
            check_call(&original, &copy, decode(&code, at, address)?, &code, address)?;
            if moved.rows.get(row).map(|r| usize::from(r.code)) != Some(at) || row + 1 != moved.rows.len() {
                return Err("a moved call has two rows and is the last".into());
            }
            return Ok(());
        }
        let ends = matches!(
            original.flow_control(),
            FlowControl::UnconditionalBranch | FlowControl::IndirectBranch | FlowControl::Return
        );
        if essence(&original) != essence(&copy) {
            return differ("an instruction", essence(&original), essence(&copy));
        }
        if ends != (row == moved.rows.len()) {
            return Err("the last instruction falls through, or one before does not".into());
        }
    }
    Ok(())
}

/// `call` against `push [literal]; jmp`.
fn check_call(
    call: &Instruction,
    push: &Instruction,
    jump: Instruction,
    code: &[u8],
    address: u64,
) -> Result<(), String> {
    let at = push.ip_rel_memory_address().wrapping_sub(address) as usize;
    let literal = code.get(at..at.saturating_add(8)).ok_or("the literal is outside")?;
    let literal = u64::from_le_bytes(literal.try_into().map_err(|_| "8 bytes")?);
    if push.mnemonic() != iced_x86::Mnemonic::Push || literal != call.next_ip() {
        return differ("the return address", call.next_ip(), literal);
    }
    let (wanted, found) = (essence(call).replacen("Call", "Jmp", 1), essence(&jump));
    if wanted == found { Ok(()) } else { differ("a call", wanted, found) }
}
