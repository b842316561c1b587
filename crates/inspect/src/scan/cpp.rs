//! Routines of C++ (as g++ and clang pass them on x86-64: the Itanium C++ ABI).
//!
//! - `this` is a parameter, by reference and never null; in a constructor `"out"`.
//! - What is `const` is `use = "in"` where it is a number, or a class without members of its own. No compiler says which
//!   members are `mutable`: that a `const` object of another class is not written cannot be known.
//! - A reference is by reference and never null. A pointer is one as in C; to a class with virtual functions, or one whose
//!   inside is not described, it leads to one object and may be null.
//! - A class that is not trivial travels as the address of a copy, and is returned through a hidden address.

use std::collections::{HashMap, HashSet};

use cmp_bridge_contract::model::{By, Extent, Param, Returns, Type, TypeKind, Use};
use gimli::constants::*;

use super::cpp_names::{self, Named, Words, bare, identifier};
use super::cpp_types::Travel;
use super::refusal::{Problem, Reason};
use super::signature::{Source, SourceParam, arrivals, param_names};
use super::types::{Draft, Plain, Scope};
use crate::binary::Binary;
use crate::dwarf::location::{Home, Passing};
use crate::dwarf::routines::Index;
use crate::dwarf::{DebugInfo, Die, DieRef, Language};

/// What a parameter is.
struct Passed {
    ty: Type,
    by: By,
    usage: Use,
    nullable: bool,
}

impl Passed {
    fn value(ty: Type, usage: Use) -> Passed {
        Passed { ty, by: By::Value, usage, nullable: false }
    }

    fn address(ty: Type, usage: Use, nullable: bool) -> Passed {
        Passed { ty, by: By::Reference, usage, nullable }
    }
}

/// The parameters, `this` first.
pub(crate) fn params<'s>(
    draft: &mut Draft<'_, 's>,
    source: &Source<'_, 's>,
    symbol: &str,
) -> Result<Vec<(Param, Option<String>)>, Problem> {
    let words = Words::read(symbol);
    let name = source.subprogram.name.as_deref().unwrap_or_default();
    if let Some(words) = words.as_ref().filter(|words| !words.agrees(name)) {
        return Err(Problem::new(Reason::NameDiffers, format!("{} is called {name}", words.text())));
    }
    let count = source.params.iter().filter(|p| !p.artificial).count();
    if let Some(words) = words.as_ref().filter(|words| !words.counts(count, symbol)) {
        return Err(Problem::new(Reason::ParameterCount, format!("{count} of {}", words.text())));
    }
    let names = param_names(source.params.iter());
    let arrivals = arrivals(draft, source, &names);
    let scope = Scope { arrivals: &arrivals, entry: source.subprogram.address, unknown_extents: true };
    let mut params = Vec::new();
    for (item, name) in source.params.iter().zip(&names) {
        let passed = match item.artificial {
            true => hidden(draft, item, words.as_ref(), scope),
            false => argument(draft, item.ty, Some(&item.located), name, scope),
        };
        let Passed { ty, by, usage, nullable } = passed.map_err(|p| p.within(name))?;
        params.push((Param { nullable, ..Param::new(name.clone(), ty, by, usage) }, item.at.clone()));
    }
    Ok(params)
}

/// `this`, and what constructors and destructors of classes with virtual bases are given.
fn hidden<'s>(
    draft: &mut Draft<'_, 's>,
    item: &SourceParam<'s>,
    words: Option<&Words>,
    scope: Scope<'_>,
) -> Result<Passed, Problem> {
    match item.name.as_str() {
        "this" | "__closure" => {}
        "__vtt_parm" => return Ok(Passed::value(Type::Ptr, Use::Ignored)),
        other => return Err(Problem::new(Reason::HiddenArgument, other)),
    }
    let target = match draft.plain(item.ty)? {
        Some(plain) if plain.die.tag() == DW_TAG_pointer_type => {
            draft.info.reference(&plain.die, DW_AT_type)?
        }
        _ => return Err(Problem::new(Reason::HiddenArgument, item.name.clone())),
    };
    let object = draft.plain(target)?;
    let ty = match draft.convert(target, "this", scope) {
        // A class that no unit describes.
        Err(problem) if problem.reason == Reason::Type => return Ok(Passed::value(Type::Ptr, Use::Unknown)),
        other => other?,
    };
    let usage = match words {
        Some(words) if words.is_constructor() => Use::Out,
        Some(words) if words.is_destructor() => Use::Unknown,
        _ => match object {
            // What a lambda captures is not `mutable` where its call is `const`.
            Some(object) if object.is_const && item.name == "__closure" => {
                if draft.has_mutable(&object.die, true, 0)? { Use::Unknown } else { Use::In }
            }
            object => direction(draft, &ty, object.is_some_and(|object| object.is_const)),
        },
    };
    Ok(Passed::address(ty, usage, false))
}

/// What is `const` is only read, unless a part of it may be `mutable`.
fn direction(draft: &Draft<'_, '_>, ty: &Type, is_const: bool) -> Use {
    if is_const && !draft.classes.is_mutable(ty) { Use::In } else { Use::Unknown }
}

fn argument<'s>(
    draft: &mut Draft<'_, 's>,
    at: Option<DieRef>,
    located: Option<&Die<'s>>,
    name: &str,
    scope: Scope<'_>,
) -> Result<Passed, Problem> {
    let Some(plain) = draft.plain(at)? else {
        return Err(Problem::new(Reason::Type, "void"));
    };
    match plain.die.tag() {
        DW_TAG_reference_type | DW_TAG_rvalue_reference_type => reference(draft, &plain, name, scope),
        DW_TAG_pointer_type => pointer(draft, at, &plain, name, scope),
        DW_TAG_class_type | DW_TAG_structure_type | DW_TAG_union_type => {
            let travel = match draft.travel(plain.die.at) {
                Travel::Unknown => located.map_or(Travel::Unknown, |die| arrives(draft, die, scope.entry)),
                known => known,
            };
            let ty = draft.convert(at, name, scope)?;
            match travel {
                Travel::Bits => passable(draft, at, &ty).map(|()| Passed::value(ty, Use::In)),
                // The copy belongs to the routine, which may change it or move its inside away.
                Travel::Address | Travel::Uncopied => Ok(Passed::address(ty, Use::Unknown, false)),
                Travel::Unknown | Travel::Stack => Err(Problem::new(Reason::ClassPassing, ty.to_string())),
            }
        }
        _ => {
            let ty = draft.convert(at, name, scope)?;
            draft.whole_by_value(at, &ty)?;
            Ok(Passed::value(ty, Use::In))
        }
    }
}

/// What the place of a parameter says of how its class travels. On the stack it may be for reasons of its own.
fn arrives<'s>(draft: &Draft<'_, 's>, located: &Die<'s>, entry: u64) -> Travel {
    match (draft.info.passing(located, entry), draft.info.home(located, entry)) {
        (Passing::Reference, _) => Travel::Address,
        (Passing::Value, Some((Home::Register(_), Passing::Value))) => Travel::Bits,
        _ => Travel::Unknown,
    }
}

/// A parameter of a signature: there is no code that could say how it arrives.
pub(crate) fn unplaced<'s>(
    draft: &mut Draft<'_, 's>,
    at: Option<DieRef>,
    (name, hint): (&str, &str),
) -> Result<Param, Problem> {
    let scope = Scope { unknown_extents: true, ..Scope::default() };
    let Passed { ty, by, usage, nullable } = argument(draft, at, None, hint, scope)?;
    Ok(Param { nullable, ..Param::new(name, ty, by, usage) })
}

/// What travels as bits must be described: its inside decides where.
fn passable(draft: &mut Draft<'_, '_>, at: Option<DieRef>, ty: &Type) -> Result<(), Problem> {
    let Type::Named(name) = ty else { return Ok(()) };
    match draft.contract.type_def(name).map(|def| &def.kind) {
        Some(TypeKind::Opaque { .. }) => {
            Err(Problem::new(Reason::Type, format!("{name} by value, whose inside cannot be described")))
        }
        // g++ passes nothing at all, where the rules for its size say memory.
        _ if draft.is_empty(ty) && draft.contract.size_align(ty).is_none_or(|(size, _)| size > 16) => {
            Err(Problem::new(Reason::ClassPassing, format!("{name} is large and empty")))
        }
        _ => draft.whole_by_value(at, ty),
    }
}

/// What an address leads to.
enum Target {
    /// Something described.
    Data(Type, Use),
    /// Code.
    Code,
    /// Something only declared, of no type, or that cannot be described.
    Unknown,
}

fn target<'s>(
    draft: &mut Draft<'_, 's>,
    at: Option<DieRef>,
    name: &str,
    scope: Scope<'_>,
) -> Result<Target, Problem> {
    let Some(plain) = draft.plain(at)? else {
        return Ok(Target::Unknown);
    };
    let mut is_const = plain.is_const;
    match plain.die.tag() {
        DW_TAG_subroutine_type => return Ok(Target::Code),
        DW_TAG_unspecified_type => return Ok(Target::Unknown),
        DW_TAG_class_type | DW_TAG_structure_type | DW_TAG_union_type if draft.is_hidden_now(&plain.die) => {
            return Ok(Target::Unknown);
        }
        DW_TAG_array_type => {
            // The qualifier of an array is that of its elements.
            let element = draft.info.reference(&plain.die, DW_AT_type)?;
            is_const |= draft.plain(element)?.is_some_and(|e| e.is_const);
        }
        _ => {}
    }
    match draft.convert(at, name, scope) {
        Ok(ty) => {
            let usage = direction(draft, &ty, is_const);
            Ok(Target::Data(ty, usage))
        }
        Err(problem) if problem.reason == Reason::Type => {
            let text = format!("{name}: the target of the address is not described: {}", problem.detail);
            draft.notes.push(text);
            Ok(Target::Unknown)
        }
        Err(problem) => Err(problem),
    }
}

fn reference<'s>(
    draft: &mut Draft<'_, 's>,
    plain: &Plain<'s>,
    name: &str,
    scope: Scope<'_>,
) -> Result<Passed, Problem> {
    let at = draft.info.reference(&plain.die, DW_AT_type)?;
    Ok(match target(draft, at, name, scope)? {
        Target::Data(ty, usage) => Passed::address(ty, usage, false),
        Target::Code => Passed::value(Type::Fn, Use::In),
        Target::Unknown => Passed::value(Type::Ptr, Use::Unknown),
    })
}

fn pointer<'s>(
    draft: &mut Draft<'_, 's>,
    whole: Option<DieRef>,
    plain: &Plain<'s>,
    name: &str,
    scope: Scope<'_>,
) -> Result<Passed, Problem> {
    let at = draft.info.reference(&plain.die, DW_AT_type)?;
    let address = draft.plain(at)?.is_some_and(|p| {
        matches!(p.die.tag(), DW_TAG_pointer_type | DW_TAG_reference_type | DW_TAG_rvalue_reference_type)
    });
    if address {
        return Ok(Passed::value(Type::Ptr, Use::Unknown));
    }
    Ok(match target(draft, at, name, scope)? {
        Target::Code => Passed::value(draft.convert(whole, name, scope)?, Use::In),
        Target::Unknown => Passed::value(Type::Ptr, Use::Unknown),
        // One object: there is no array of what is larger than its type says, or of what nobody copies.
        Target::Data(ty, usage) if is_single(draft, &ty) => Passed::address(ty, usage, true),
        Target::Data(ty, usage) => Passed::address(Type::Array(Box::new(ty), Extent::Unknown), usage, false),
    })
}

fn is_single(draft: &Draft<'_, '_>, ty: &Type) -> bool {
    let Type::Named(name) = ty else { return false };
    let opaque = draft.contract.type_def(name).is_some_and(|def| matches!(def.kind, TypeKind::Opaque { .. }));
    opaque || draft.classes.is_polymorphic(ty)
}

/// What a routine returns.
pub(crate) fn returned<'s>(
    draft: &mut Draft<'_, 's>,
    at: Option<DieRef>,
    name: &str,
) -> Result<Option<Returns>, Problem> {
    let scope = Scope { unknown_extents: true, ..Scope::default() };
    let Some(plain) = draft.plain(at)? else {
        return Ok(None);
    };
    match plain.die.tag() {
        DW_TAG_reference_type | DW_TAG_rvalue_reference_type => {
            let at = draft.info.reference(&plain.die, DW_AT_type)?;
            return Ok(Some(match target(draft, at, name, scope)? {
                Target::Data(ty, _) if draft.contract.size_align(&ty).is_some() => {
                    Returns { by: By::Reference, ..Returns::new(ty, Use::Unknown) }
                }
                Target::Code => Returns::new(Type::Fn, Use::Unknown),
                _ => Returns::new(Type::Ptr, Use::Unknown),
            }));
        }
        DW_TAG_class_type | DW_TAG_structure_type | DW_TAG_union_type => {
            let travel = draft.travel(plain.die.at);
            let ty = draft.convert(at, name, scope)?;
            return match travel {
                Travel::Unknown | Travel::Stack => Err(Problem::new(Reason::ClassPassing, ty.to_string())),
                Travel::Bits => passable(draft, at, &ty).map(|()| Some(Returns::new(ty, Use::Out))),
                Travel::Address | Travel::Uncopied => Ok(Some(Returns::new(ty, Use::Out))),
            };
        }
        _ => {}
    }
    let ty = draft.convert(at, name, scope)?;
    let address = matches!(draft.contract.scalar(&ty), Type::Ptr | Type::Fn);
    Ok(Some(Returns::new(ty, if address { Use::Unknown } else { Use::Out })))
}

/// Why a symbol has no debug information.
pub(crate) fn undescribed(symbol: &str) -> Reason {
    let thunk = ["_ZTh", "_ZTv", "_ZTc"].iter().any(|prefix| symbol.starts_with(prefix));
    if thunk { Reason::Thunk } else { Reason::NoDebugInformation }
}

/// Names of the C++ routines, by address. A pattern without `*` and `?` can only mean routines whose own name is a part of
/// it, and none of another own name can share a name with those.
pub(crate) fn names(
    binary: &Binary,
    info: &DebugInfo<'_>,
    index: &Index,
    patterns: &[String],
) -> HashMap<u64, String> {
    let everything = patterns.is_empty() || patterns.iter().any(|p| p.contains(['*', '?']));
    let mut routines = Vec::new();
    let mut seen = HashSet::new();
    for subprogram in &index.subprograms {
        let name = subprogram.name.as_deref().unwrap_or_default();
        if info.language(subprogram.origin.unit) != Language::Cpp || !seen.insert(subprogram.address) {
            continue;
        }
        // Constructors and operators have other words in their names.
        let odd = name.starts_with(['~', '<']) || name.starts_with("operator");
        let meant = |p: &String| p.contains(identifier(bare(name)).as_str()) || p.contains("construct");
        if !(everything || odd || patterns.iter().any(meant)) {
            continue;
        }
        let Some(symbol) = super::symbol_of(binary, subprogram) else { continue };
        let symbol = whole_symbol(binary, subprogram.address, &symbol.name);
        routines.push(Named { address: subprogram.address, symbol, name });
    }
    // Those that are not asked for, or have no debug information, keep their names for themselves.
    let parts: Vec<String> = routines.iter().map(|r| identifier(bare(r.name))).collect();
    let named = |symbol: &str| everything || parts.iter().any(|p| symbol.contains(p.as_str()));
    let mangled = |symbol: &str| {
        symbol.starts_with("_Z")
            && !symbol.starts_with("_ZT")
            && !symbol.starts_with("_ZG")
            && !symbol.contains('.')
    };
    for symbol in binary.symbols().iter().filter(|s| s.is_function() && mangled(&s.name)) {
        if named(&symbol.name) && seen.insert(symbol.address) {
            let name = whole_symbol(binary, symbol.address, &symbol.name);
            routines.push(Named { address: symbol.address, symbol: name, name });
        }
    }
    cpp_names::assign(&routines)
}

/// The symbol that names a routine: that of the complete object, where the routine that builds or destroys it is the one
/// for its base part, too.
fn whole_symbol<'b>(binary: &'b Binary, address: u64, symbol: &'b str) -> &'b str {
    let complete = binary.symbols_at(address).find(|s| builds_whole(symbol, &s.name));
    complete.map_or(symbol, |s| s.name.as_str())
}

/// `whole` is the constructor or destructor of the complete object, `base` the one for its part in a derived class.
fn builds_whole(base: &str, whole: &str) -> bool {
    let pairs = [("C2", "C1"), ("D2Ev", "D1Ev")];
    base.len() == whole.len()
        && pairs.iter().any(|(two, one)| base != whole && base.replacen(two, one, 1) == whole)
}

/// Two symbols of one address are the same routine: g++ gives most constructors and destructors two names.
pub(crate) fn is_same_routine(one: &str, other: &str) -> bool {
    builds_whole(one, other) || builds_whole(other, one)
}

/// The prototype in the words of the source, for a symbol that says it.
pub(crate) fn prototype(symbol: &str) -> Option<String> {
    Words::read(symbol).map(|words| words.text())
}
