//! Parameters of Fortran routines (as gfortran passes them).

use cmp_bridge_contract::abi::has_hidden_length;
use cmp_bridge_contract::model::{By, Language, Returns, Type, TypeDef, TypeKind, Use};
use gimli::constants::*;

use super::names::identifier;
use super::refusal::{Problem, Reason};
use super::signature::{Placed, Source, SourceParam, arrivals, param, param_names};
use super::types::{Draft, Plain, Scope, constant};
use crate::dwarf::location::Passing;
use crate::dwarf::{Die, flag};

/// The parameters a person wrote, and a result that is returned through hidden arguments. Hidden lengths are checked, and
/// follow from the types.
pub(crate) fn params<'s>(
    draft: &mut Draft<'_, 's>,
    source: &Source<'_, 's>,
) -> Result<(Vec<Placed>, Option<Returns>), Problem> {
    if is_function(draft, source)? && draft.info.producer(source.subprogram.die.unit).contains("-ff2c") {
        return Err(Problem::new(Reason::CallingConvention, "a function compiled with -ff2c"));
    }
    let (mut lengths, mut flags) = (Vec::new(), Vec::new());
    let mut returns = None;
    for item in source.params.iter().filter(|p| p.is_hidden()) {
        match item.name.as_str() {
            name if name.starts_with("__result") => returns = Some(result(draft, item)?),
            name if name.starts_with(".__result") => {}
            _ => match hidden_size(draft, item)? {
                8 => lengths.push(item.name[1..].to_string()),
                _ => flags.push(item),
            },
        }
    }
    let visible: Vec<&SourceParam<'s>> = source.params.iter().filter(|p| !p.is_hidden()).collect();
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
    if let Some(left) = lengths.first() {
        return Err(Problem::new(Reason::HiddenArgument, format!("_{left}")));
    }
    // Whether an OPTIONAL argument by value is there follows the arguments themselves. Where it stands among hidden lengths
    // is not known here.
    let text = params.iter().any(|(p, _): &Placed| has_hidden_length(Language::Fortran, &p.ty));
    if text && !flags.is_empty() {
        return Err(Problem::new(
            Reason::HiddenArgument,
            "whether an OPTIONAL argument is there, beside text",
        ));
    }
    for flag in flags {
        let name = format!("{}_present", identifier(&flag.name[1..], "argument"));
        params.push((param(&name, Type::Logical(1), By::Value, Use::In), None));
    }
    Ok((params, returns))
}

/// It returns something, by itself or through a hidden argument.
fn is_function<'s>(draft: &Draft<'_, 's>, source: &Source<'_, 's>) -> Result<bool, Problem> {
    let hidden = source.params.iter().any(|p| p.is_hidden() && p.name.starts_with("__result"));
    Ok(hidden || draft.plain(source.returns)?.is_some())
}

/// Size of a hidden argument: 8 for a length, 1 for the presence of an OPTIONAL argument by value.
fn hidden_size<'s>(draft: &Draft<'_, 's>, item: &SourceParam<'s>) -> Result<u64, Problem> {
    let plain = draft.plain(item.ty)?;
    match plain.and_then(|p| draft.byte_size(&p.die)) {
        Some(size @ (1 | 8)) => Ok(size),
        // gfortran before 8: the upper half of the register is not defined.
        Some(size) => Err(Problem::new(
            Reason::HiddenArgument,
            format!("{}: a CHARACTER length of {size} bytes, expected 8", item.name),
        )),
        None => Err(Problem::new(Reason::HiddenArgument, item.name.clone())),
    }
}

/// The result that a hidden argument leads to: text, or an array through a descriptor.
fn result<'s>(draft: &mut Draft<'_, 's>, item: &SourceParam<'s>) -> Result<Returns, Problem> {
    let unknown = || Problem::new(Reason::HiddenArgument, "the result");
    let mut plain = draft.plain(item.ty)?.ok_or_else(unknown)?;
    if matches!(plain.die.tag(), DW_TAG_reference_type | DW_TAG_pointer_type) {
        let target = draft.info.reference(&plain.die, DW_AT_type)?;
        plain = draft.plain(target)?.ok_or_else(unknown)?;
    }
    match plain.die.tag() {
        // Also text of a constant length: the type behind a reference is the bare CHARACTER then.
        DW_TAG_string_type => match draft.byte_size(&plain.die) {
            Some(size) if size > 1 => {
                Ok(Returns::new(Type::Array(Box::new(Type::Char), constant(size)), Use::Out))
            }
            _ => Ok(Returns::new(Type::Chars, Use::Out)),
        },
        DW_TAG_base_type if draft.info.name(&plain.die).is_some_and(|n| n.starts_with("character")) => {
            Ok(Returns::new(Type::Chars, Use::Out))
        }
        DW_TAG_array_type if is_descriptor(&plain.die) => {
            let ty = draft.described_array(&plain.die, &item.name)?;
            Ok(Returns { by: By::Descriptor, ..Returns::new(ty, Use::Out) })
        }
        _ => Err(unknown()),
    }
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
            (true, true) => Err(Problem::new(Reason::HiddenArgument, "a CHARACTER function as argument")),
            (false, true) => {
                let text =
                    "CHARACTER of a length that the routine may change (LEN=:, ALLOCATABLE or POINTER)";
                Err(Problem::new(Reason::HiddenArgument, text))
            }
            (false, false) => match passing {
                Passing::Value => Ok((Type::Ptr, By::Value)),
                Passing::Reference => Ok((Type::Ptr, By::Reference)),
                Passing::Unknown => Err(Problem::new(Reason::PassingUnknown, "")),
            },
        };
    }
    if is_descriptor(&plain.die) {
        return Ok((draft.described_array(&plain.die, name)?, By::Descriptor));
    }
    let is_text = is_text(draft, &plain)?;
    if hidden && plain.die.tag() == DW_TAG_structure_type && flag(&plain.die, DW_AT_declaration) {
        // gfortran says nothing of the type of an assumed-shape array of CHARACTER*(*): not even its rank.
        return Err(Problem::new(Reason::ArrayDescriptor, "of CHARACTER*(*)"));
    }
    if hidden && !is_text {
        return Err(Problem::new(Reason::HiddenArgument, "a hidden argument beside a value"));
    }
    match plain.die.tag() {
        DW_TAG_string_type if hidden => return Ok((Type::Chars, By::Reference)),
        DW_TAG_string_type | DW_TAG_array_type => {}
        DW_TAG_structure_type if draft.info.name(&plain.die).is_some_and(|n| n.starts_with("__class_")) => {
            return class(draft, &plain);
        }
        _ => {}
    }
    let ty = draft.convert(item.ty, name, scope)?;
    // Text without a hidden length (`bind(C)`) is bytes: `char` would promise a length in a Fortran contract.
    let ty = if is_text && !hidden { bytes(ty) } else { ty };
    match (passing, &ty) {
        (_, Type::Array(..)) | (Passing::Reference, _) => Ok((ty, By::Reference)),
        (Passing::Value, _) => Ok((ty, By::Value)),
        (Passing::Unknown, _) => Err(Problem::new(Reason::PassingUnknown, "")),
    }
}

/// A CLASS argument: the address of a container that holds the address of the object and that of its type.
fn class<'s>(draft: &mut Draft<'_, 's>, plain: &Plain<'s>) -> Result<(Type, By), Problem> {
    let name = draft.info.name(&plain.die).unwrap_or_default();
    let size = draft.byte_size(&plain.die).filter(|size| *size >= 16 && size % 8 == 0);
    let size = size.ok_or_else(|| Problem::new(Reason::Polymorphic, ""))?;
    let of = format!("CLASS ({})", name.trim_start_matches("__class_").trim_end_matches("_t"));
    let kind = TypeKind::Opaque { of: Some(of) };
    let name = identifier(name.trim_start_matches('_'), "class_t");
    Ok((draft.define(TypeDef::new(name, kind, size, 8)), By::Reference))
}

/// An array that is passed with its bounds: assumed shape, allocatable or pointer.
fn is_descriptor(die: &Die<'_>) -> bool {
    die.tag() == DW_TAG_array_type
        && [DW_AT_data_location, DW_AT_allocated, DW_AT_associated].iter().any(|a| die.entry.has_attr(*a))
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
