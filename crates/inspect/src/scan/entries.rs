//! ENTRY points of Fortran.
//!
//! gfortran puts the body of a routine with ENTRY points into a routine of its own, `master.0.first`, and makes of each
//! entry a few instructions that call it, or a copy of it where it is optimised. What the entries have in COMMON and SAVE
//! stands in the master.

use std::collections::BTreeSet;

use gimli::constants::*;
use iced_x86::{Decoder, DecoderOptions, Instruction, OpKind};

use super::refusal::Problem;
use super::signature::Source;
use crate::binary::Binary;
use crate::dwarf::{DebugInfo, Die, DieRef, flag};

/// Most bytes of an entry that are looked at: it only passes its arguments on.
const MAX_CODE: u64 = 4096;
/// How deep inlined copies are looked for.
const MAX_DEPTH: u32 = 16;

/// What stands for the body of an entry.
pub(super) enum Master<'s> {
    /// This is no entry.
    None,
    /// The routine that has its variables.
    Known(Die<'s>),
    /// It is one, as it seems, and its body could not be told.
    Unknown,
}

/// Finds the body of an entry.
pub(super) fn master<'s>(
    info: &DebugInfo<'s>,
    binary: &Binary,
    source: &Source<'_, 's>,
) -> Result<Master<'s>, Problem> {
    let visible: Vec<_> = source.params.iter().filter(|p| !p.is_hidden()).collect();
    if !visible.iter().all(|p| p.artificial) || source.locals.iter().any(|l| l.tag() == DW_TAG_common_block) {
        return Ok(Master::None);
    }
    let mut masters: Vec<(String, Die<'s>)> = Vec::new();
    let mut routines = info.children(info.root(source.subprogram.origin.unit)?)?;
    // That of a module procedure is in the module.
    let modules: Vec<DieRef> = routines.iter().filter(|d| d.tag() == DW_TAG_module).map(|d| d.at).collect();
    for module in modules {
        routines.extend(info.children(module)?);
    }
    for child in routines {
        let name = info.name(&child).filter(|n| child.tag() == DW_TAG_subprogram && n.starts_with("master."));
        let Some(name) = name.filter(|_| !flag(&child, DW_AT_declaration)) else {
            continue;
        };
        // A master receives the arguments of all its entries.
        let own: Vec<_> = info.children(child.at)?.iter().filter_map(|c| info.name(c)).collect();
        if visible.iter().all(|p| own.contains(&p.name)) {
            masters.push((name, child));
        }
    }
    if masters.is_empty() {
        return Ok(Master::None);
    }
    let mut found = BTreeSet::new();
    copies(info, source.subprogram.die, &masters, &mut found, 0)?;
    for name in called(binary, source.subprogram.address) {
        let named = masters.iter().filter(|(master, _)| *master == name);
        found.extend(named.map(|(_, die)| die.at));
    }
    let mut found = masters.into_iter().filter(|(_, die)| found.contains(&die.at));
    match (found.next(), found.next()) {
        (Some((_, die)), None) => Ok(Master::Known(die)),
        (None, _) if visible.is_empty() => Ok(Master::None),
        _ => Ok(Master::Unknown),
    }
}

/// Masters of which there is a copy in the routine.
fn copies<'s>(
    info: &DebugInfo<'s>,
    at: DieRef,
    masters: &[(String, Die<'s>)],
    found: &mut BTreeSet<DieRef>,
    depth: u32,
) -> Result<(), Problem> {
    for child in info.children(at)? {
        if child.tag() == DW_TAG_inlined_subroutine {
            let chain = info.origins(&child)?;
            let of = masters.iter().find(|(_, die)| chain.iter().any(|d| d.at == die.at));
            found.extend(of.map(|(_, die)| die.at));
        }
        let inside = matches!(child.tag(), DW_TAG_inlined_subroutine | DW_TAG_lexical_block);
        if inside && depth < MAX_DEPTH {
            copies(info, child.at, masters, found, depth + 1)?;
        }
    }
    Ok(())
}

/// Names of the masters that the code at `entry` calls or jumps to, as the debug information has them.
fn called(binary: &Binary, entry: u64) -> Vec<String> {
    let Some(function) = binary.function_at(entry).filter(|f| f.address == entry) else {
        return Vec::new();
    };
    let size = function.size.min(MAX_CODE) as usize;
    let mut names = Vec::new();
    let mut decoder =
        Decoder::with_ip(64, binary.bytes_at(entry, size).unwrap_or_default(), entry, DecoderOptions::NONE);
    let mut instruction = Instruction::default();
    while decoder.can_decode() {
        decoder.decode_out(&mut instruction);
        if instruction.op_count() != 1 || instruction.op0_kind() != OpKind::NearBranch64 {
            continue;
        }
        for symbol in binary.symbols_at(instruction.near_branch64()) {
            // With or without the underscore, and what the optimiser puts behind: `master.0.st_.constprop.0`.
            let Some(rest) = symbol.name.strip_prefix("master.") else { continue };
            let parts: Vec<&str> = rest.splitn(3, '.').collect();
            if let [number, own, ..] = parts[..] {
                let own = own.strip_suffix('_').unwrap_or(own);
                names.push(format!("master.{number}.{own}"));
            }
        }
    }
    names
}
