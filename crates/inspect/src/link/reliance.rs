//! What callers compiled together with a routine may rely on beyond its ABI.
//!
//! `gcc -O2` looks into a routine when it compiles its callers of the same file. Where the routine calls nothing outside
//! of the file, they may keep values in registers that the ABI lets it overwrite, because it does not (`-fipa-ra`), and
//! may leave the stack less aligned than the ABI asks, because it does not care. Where it calls anything else, the
//! compiler assumes the worst of that, and its callers keep to the ABI.

use iced_x86::{FlowControl, OpKind};

use super::references::{body, instructions, part_of};
use super::unit::{Symbol, Unit};

/// Calls that the compiler adds and does not count.
const NOT_COUNTED: &[&str] = &["__fentry__", "mcount", "_mcount", "__stack_chk_fail", "__tls_get_addr"];
/// How deep calls inside one object are followed.
const MAX_DEPTH: usize = 64;

/// Code as compilers make it that do not optimise: a frame of its own, whatever it does. A single routine may have been
/// optimised all the same (`__attribute__((optimize))`), and debug information does not say so.
pub fn has_frame(unit: &Unit, symbol: &Symbol) -> bool {
    const FRAME: &[u8] = &[0x55, 0x48, 0x89, 0xe5];
    let bytes = body(symbol).and_then(|(section, range)| {
        let (from, to) = (usize::try_from(range.start).ok()?, usize::try_from(range.end).ok()?);
        unit.sections.get(section)?.data.get(from..to)
    });
    let bytes = bytes.unwrap_or_default();
    bytes.strip_prefix(&[0xf3, 0x0f, 0x1e, 0xfa]).unwrap_or(bytes).starts_with(FRAME)
}

/// Whether the compiler had to assume that a routine overwrites all that the ABI lets it.
pub fn calls_outside(unit: &Unit, symbol: &Symbol) -> bool {
    let mut seen = Vec::new();
    follow(unit, symbol, &mut seen, 0)
}

fn follow(unit: &Unit, symbol: &Symbol, seen: &mut Vec<String>, depth: usize) -> bool {
    if depth > MAX_DEPTH || seen.contains(&symbol.name) {
        return false;
    }
    seen.push(symbol.name.clone());
    let mut outside = false;
    let mut inner = Vec::new();
    let parts = unit.symbols.iter().filter(|s| s.function() && part_of(&s.name, &symbol.name));
    for part in parts {
        let Some((section, range)) = body(part) else { continue };
        instructions(unit, section, |instruction, _| {
            if !range.contains(&instruction.ip()) {
                return;
            }
            let call = instruction.flow_control() == FlowControl::Call;
            outside |= instruction.flow_control() == FlowControl::IndirectCall;
            let branch = matches!(instruction.op0_kind(), OpKind::NearBranch64 | OpKind::NearBranch32);
            if !branch {
                return;
            }
            let relocs = unit.relocs_in(section, instruction.ip()..instruction.next_ip());
            match relocs.first().and_then(|r| unit.target(r)) {
                Some(target) if !target.defined() => {
                    outside |= call && !NOT_COUNTED.contains(&target.name.as_str());
                }
                Some(target) => inner.push(target.name.clone()),
                None => {
                    let target = unit.function_at(section, instruction.near_branch_target());
                    inner.extend(target.filter(|_| call).map(|t| t.name.clone()));
                }
            }
        });
    }
    outside
        || inner
            .iter()
            .any(|name| unit.definition(name).is_some_and(|next| follow(unit, next, seen, depth + 1)))
}
