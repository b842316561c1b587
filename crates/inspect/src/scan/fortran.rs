//! Parameters of Fortran routines (as gfortran passes them).

use cmp_bridge_contract::model::{By, Param, Type, Use};
use gimli::constants::*;

use super::refusal::{Problem, Reason};
use super::signature::{Source, SourceParam, arrivals, param, param_names};
use super::types::{Draft, Plain, Scope};
use crate::dwarf::location::Passing;

/// The parameters a person wrote. Hidden lengths are checked, and follow from the types.
pub(crate) fn params<'s>(
    draft: &mut Draft<'_, 's>,
    source: &Source<'_, 's>,
) -> Result<Vec<(Param, Option<String>)>, Problem> {
    let mut lengths = Vec::new();
    for item in &source.params {
        // A descriptor or an array of CHARACTER*(*) is marked artificial, too, but has the name a person wrote.
        match item.artificial {
            true if item.name.starts_with("__result") || item.name.starts_with(".__result") => {
                return Err(result_problem(draft, item));
            }
            true if item.name.starts_with(['_', '.']) => lengths.push(length(draft, item)?),
            true => return Err(artificial_problem(draft, item)?),
            false => {}
        }
    }
    let visible: Vec<&SourceParam<'s>> = source.params.iter().filter(|p| !p.artificial).collect();
    let names = param_names(visible.iter().copied());
    let arrivals = arrivals(draft, source, &names);
    let scope = Scope { arrivals: &arrivals, entry: source.subprogram.address, unknown_extents: true };
    let mut params = Vec::new();
    for (item, name) in visible.into_iter().zip(&names) {
        let hidden = lengths.iter().position(|l| *l == item.name).map(|i| lengths.remove(i)).is_some();
        let (ty, by) = one(draft, item, hidden, name, scope).map_err(|p| p.within(name))?;
        let usage = if by == By::Value && ty != Type::Ptr { Use::In } else { Use::Unknown };
        params.push((param(name, ty, by, usage), item.at.clone()));
    }
    match lengths.first() {
        Some(left) => Err(Problem::new(Reason::HiddenArgument, format!("_{left}"))),
        None => Ok(params),
    }
}

/// Whose length a hidden argument is.
fn length<'s>(draft: &Draft<'_, 's>, item: &SourceParam<'s>) -> Result<String, Problem> {
    let plain = draft.plain(item.ty)?;
    match plain.and_then(|p| draft.byte_size(&p.die)) {
        Some(8) => Ok(item.name[1..].to_string()),
        Some(1) => {
            Err(Problem::new(Reason::HiddenArgument, "whether an OPTIONAL argument by value is present"))
        }
        // gfortran before 8: the upper half of the register is not defined.
        Some(size) => Err(Problem::new(
            Reason::HiddenArgument,
            format!("{}: a CHARACTER length of {size} bytes, expected 8", item.name),
        )),
        None => Err(Problem::new(Reason::HiddenArgument, item.name.clone())),
    }
}

fn result_problem<'s>(draft: &Draft<'_, 's>, item: &SourceParam<'s>) -> Problem {
    let target = draft.plain(item.ty).ok().flatten();
    match target.map(|p| p.die.tag()) {
        Some(DW_TAG_array_type) => Problem::new(Reason::ArrayFunction, ""),
        Some(DW_TAG_reference_type | DW_TAG_pointer_type | DW_TAG_string_type) => {
            Problem::new(Reason::CharacterFunction, "")
        }
        _ => Problem::new(Reason::HiddenArgument, "the result"),
    }
}

/// Why a parameter with a name of its own is marked artificial.
fn artificial_problem<'s>(draft: &mut Draft<'_, 's>, item: &SourceParam<'s>) -> Result<Problem, Problem> {
    let plain = draft.plain(item.ty)?;
    if plain.is_some_and(|p| p.die.tag() == DW_TAG_array_type) {
        let scope = Scope { unknown_extents: true, ..Scope::default() };
        let reason = match draft.convert(item.ty, &item.name, scope) {
            Err(problem) if problem.reason == Reason::ArrayDescriptor => Reason::ArrayDescriptor,
            _ => Reason::CharacterArray,
        };
        return Ok(Problem::new(reason, item.name.clone()));
    }
    // The parameters of a routine with ENTRY points are copies: its body is elsewhere.
    Ok(Problem::new(Reason::EntryPoint, ""))
}

fn one<'s>(
    draft: &mut Draft<'_, 's>,
    item: &SourceParam<'s>,
    hidden: bool,
    name: &str,
    scope: Scope<'_>,
) -> Result<(Type, By), Problem> {
    let passing = draft.info.passing(&item.located, scope.entry);
    let Some(plain) = draft.plain(item.ty)? else {
        // `type(c_ptr), value` and `type(*)`: the address of something without type.
        return match passing {
            Passing::Reference => Ok((Type::Ptr, By::Value)),
            _ => Err(Problem::new(Reason::PassingUnknown, "")),
        };
    };
    if let Some(procedure) = procedure(draft, &plain)? {
        // A dummy procedure is the address of its code, and its location is that of the address.
        return match (procedure, hidden) {
            (true, false) => Ok((Type::Fn, By::Value)),
            (_, true) => Err(Problem::new(Reason::HiddenArgument, "a CHARACTER function as argument")),
            (false, false) => match passing {
                Passing::Value => Ok((Type::Ptr, By::Value)),
                Passing::Reference => Ok((Type::Ptr, By::Reference)),
                Passing::Unknown => Err(Problem::new(Reason::PassingUnknown, "")),
            },
        };
    }
    let is_text = is_text(draft, &plain)?;
    if hidden && !is_text {
        return Err(Problem::new(Reason::HiddenArgument, "a hidden argument beside a value"));
    }
    match plain.die.tag() {
        DW_TAG_string_type if hidden => return Ok((Type::Chars, By::Reference)),
        DW_TAG_string_type | DW_TAG_array_type => {}
        DW_TAG_structure_type if draft.info.name(&plain.die).is_some_and(|n| n.starts_with("__class_")) => {
            return Err(Problem::new(Reason::Polymorphic, ""));
        }
        _ => {}
    }
    let ty = draft.convert(item.ty, name, scope).map_err(|p| match (is_text, p.reason) {
        (true, Reason::Type) => Problem::new(Reason::CharacterArray, ""),
        _ => p,
    })?;
    // Text without a hidden length (`bind(C)`) is bytes: `char` would promise a length in a Fortran contract.
    let ty = if is_text && !hidden { bytes(ty) } else { ty };
    match (passing, &ty) {
        (_, Type::Array(..)) | (Passing::Reference, _) => Ok((ty, By::Reference)),
        (Passing::Value, _) => Ok((ty, By::Value)),
        (Passing::Unknown, _) => Err(Problem::new(Reason::PassingUnknown, "")),
    }
}

/// `Some(true)` for the address of code, `Some(false)` for another address.
fn procedure<'s>(draft: &Draft<'_, 's>, plain: &Plain<'s>) -> Result<Option<bool>, Problem> {
    match plain.die.tag() {
        DW_TAG_subroutine_type => Ok(Some(true)),
        DW_TAG_pointer_type | DW_TAG_reference_type => {
            let target = draft.info.reference(&plain.die, DW_AT_type)?;
            let target = draft.plain(target)?;
            Ok(Some(target.is_some_and(|t| t.die.tag() == DW_TAG_subroutine_type)))
        }
        _ => Ok(None),
    }
}

/// A CHARACTER or an array of them.
fn is_text<'s>(draft: &Draft<'_, 's>, plain: &Plain<'s>) -> Result<bool, Problem> {
    if plain.die.tag() != DW_TAG_array_type {
        return Ok(plain.die.tag() == DW_TAG_string_type);
    }
    let element = draft.info.reference(&plain.die, DW_AT_type)?;
    Ok(draft.plain(element)?.is_some_and(|e| e.die.tag() == DW_TAG_string_type))
}

/// The same with `u8` for `char`.
fn bytes(ty: Type) -> Type {
    match ty {
        Type::Char => Type::Int(1, false),
        Type::Array(element, extent) => Type::Array(Box::new(bytes(*element)), extent),
        other => other,
    }
}
