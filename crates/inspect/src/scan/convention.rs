//! The calling convention: what is described must be what the System V ABI says, and where the debug information or the
//! first instructions show it, it is compared.

use cmp_bridge_contract::abi::{self, Role};
use cmp_bridge_contract::model::{Routine, Target};
use gimli::AttributeValue;
use gimli::constants::*;

use super::entry::Entry;
use super::refusal::{Problem, Reason};
use super::signature::Source;
use super::types::Draft;
use crate::binary::Binary;
use crate::dwarf::Die;

/// Options of a compiler that change where arguments or results travel, or who saves a register.
const OPTIONS: [&str; 13] = [
    "-mabi=ms",
    "-fpcc-struct-return",
    "-freg-struct-return",
    "-mregparm",
    "-msseregparm",
    "-mno-sse",
    "-mno-80387",
    "-mno-fp-ret-in-387",
    "-mgeneral-regs-only",
    "-msoft-float",
    "-mx32",
    "-fcall-used-",
    "-fcall-saved-",
];

/// Refuses what is compiled for, or says to have, another convention.
pub(super) fn admit(draft: &Draft<'_, '_>, source: &Source<'_, '_>) -> Result<(), Problem> {
    let info = draft.info;
    if draft.contract.component.target != Target::X86_64 {
        return Ok(());
    }
    let refuse = |text: String| Err(Problem::new(Reason::CallingConvention, text));
    let subprogram = source.subprogram;
    for unit in [subprogram.origin.unit, subprogram.die.unit] {
        let mut words = info.producer(unit).split_whitespace();
        if let Some(option) = words.find(|word| changes(word)) {
            return refuse(format!("compiled with {option}"));
        }
    }
    for die in info.origins(&info.die(subprogram.die)?)? {
        match die.entry.attr_value(DW_AT_calling_convention) {
            None => {}
            Some(AttributeValue::CallingConvention(DW_CC_normal | DW_CC_program)) => {}
            Some(AttributeValue::CallingConvention(other)) => return refuse(other.to_string()),
            Some(other) => return refuse(format!("{other:?}")),
        }
    }
    Ok(())
}

/// Whether an option changes the convention. `-mno-sse4` and the like do not, as SSE2 carries the arguments.
fn changes(word: &str) -> bool {
    OPTIONS.iter().any(|option| match word.strip_prefix(option) {
        Some("") => true,
        Some("2") => *option == "-mno-sse",
        Some(rest) => rest.starts_with('=') || option.ends_with('-'),
        None => false,
    })
}

/// Compares the places of the arguments with those that the ABI gives what was described.
pub(super) fn verify<'s>(
    draft: &Draft<'_, 's>,
    binary: &Binary,
    source: &Source<'_, 's>,
    routine: &Routine,
) -> Result<(), Problem> {
    // Variable arguments follow the fixed ones, and do not move them.
    let fixed = Routine { varargs: false, ..routine.clone() };
    let Ok(lowered) = abi::lower(&draft.contract, &fixed) else {
        // What has no place cannot be called or hooked.
        return Ok(());
    };
    let entry = Entry::read(draft.info, binary, source.subprogram)?;
    let places = match draft.is_fortran() {
        true => fortran_places(source),
        false => source.params.iter().enumerate().map(|(i, p)| (Role::Param(i), &p.located)).collect(),
    };
    entry.verify(draft.info, &places, routine, &lowered)
}

/// What a person wrote comes first; what gfortran adds is a length, the presence of an argument, or the result.
fn fortran_places<'p, 's>(source: &'p Source<'_, 's>) -> Vec<(Role, &'p Die<'s>)> {
    let visible: Vec<&str> =
        source.params.iter().filter(|p| !p.is_hidden()).map(|p| p.name.as_str()).collect();
    let shown = source.params.iter().filter(|p| !p.is_hidden()).enumerate();
    let mut places: Vec<_> = shown.map(|(i, p)| (Role::Param(i), &p.located)).collect();
    for item in source.params.iter().filter(|p| p.is_hidden()) {
        match item.name.as_str() {
            name if name.starts_with("__result") => places.push((Role::ReturnAddress, &item.located)),
            name if name.starts_with(".__result") => places.push((Role::ReturnLength, &item.located)),
            name => {
                // A length; of the presence of an argument by value nothing is found.
                let of = visible.iter().position(|v| Some(*v) == name.get(1..));
                places.extend(of.map(|i| (Role::Length(i), &item.located)));
            }
        }
    }
    places
}

#[cfg(test)]
mod tests {
    use super::changes;

    #[test]
    fn options_that_change_the_convention() {
        let changing = ["-mabi=ms", "-mregparm=3", "-mno-sse", "-mno-sse2", "-mx32", "-fcall-saved-rcx"];
        assert!(changing.into_iter().all(changes));
        let harmless = ["-mabi=sysv", "-mno-sse4", "-mno-sse4.1", "-mno-sse3", "-O2", "-m64", "-msse2"];
        assert!(!harmless.into_iter().any(changes));
    }
}
