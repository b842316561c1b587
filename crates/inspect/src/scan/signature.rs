//! A routine of the debug information as a routine of a contract.

use std::collections::{HashMap, HashSet};

use cmp_bridge_contract::model::{By, Extent, Language, Param, Returns, Routine, Type, TypeKind, Use};
use gimli::constants::*;

use super::names::identifier;
use super::refusal::{Problem, Reason};
use super::types::{Draft, Plain, Scope};
use super::{ada, convention, cpp, fortran, state, widened};
use crate::binary::Binary;
use crate::dwarf::location::Arrival;
use crate::dwarf::routines::Subprogram;
use crate::dwarf::{DebugInfo, Die, DieRef, flag};

/// Records of the C library that a program only passes on.
pub(crate) const OPAQUE: [&str; 4] = ["__va_list_tag", "_IO_FILE", "__dirstream", "__jmp_buf_tag"];

/// Most parameters of a routine. C compilers promise 127, Fortran has no limit.
const MAX_PARAMS: usize = 512;

/// A routine under examination.
pub(crate) struct Source<'i, 's> {
    pub subprogram: &'i Subprogram,
    /// Parameters, each with its declaration first and its place in the code, when that is another DIE, last.
    pub params: Vec<SourceParam<'s>>,
    /// Local variables and COMMON blocks.
    pub locals: Vec<Die<'s>>,
    /// Type of the returned value.
    pub returns: Option<DieRef>,
    pub varargs: bool,
}

/// A parameter under examination.
pub(crate) struct SourceParam<'s> {
    /// Name in the source; empty if it has none.
    pub name: String,
    /// The DIE that has its location.
    pub located: Die<'s>,
    pub artificial: bool,
    pub ty: Option<DieRef>,
    pub at: Option<String>,
}

/// A described routine.
pub(crate) struct Described {
    pub routine: Routine,
    /// `file:line` of each parameter.
    pub param_at: Vec<Option<String>>,
}

/// Reads the routine into `draft`: its types and state are added, the routine is returned.
pub(crate) fn describe<'s>(
    draft: &mut Draft<'_, 's>,
    binary: &Binary,
    source: &Source<'_, 's>,
    name: String,
    symbol: String,
) -> Result<Described, Problem> {
    convention::admit(draft, source)?;
    if draft.contract.component.language == Language::Ada {
        return ada::describe(draft, binary, source, name, symbol);
    }
    let (described, returns) = match draft.contract.component.language {
        Language::Cpp => {
            let params = cpp::params(draft, source, &symbol)?;
            (params, cpp::returned(draft, source.returns, &format!("{name}_result")))
        }
        Language::Fortran => match fortran::params(draft, source)? {
            (params, Some(hidden)) => (params, Ok(Some(hidden))),
            (params, None) => (params, returned(draft, source, &name)),
        },
        _ => (c_params(draft, source)?, returned(draft, source, &name)),
    };
    let returns = returns.map_err(|p| p.within("returned value"))?;
    let state = state::uses(draft, binary, source, &name)?;
    let (params, param_at) = described.into_iter().unzip();
    let language = draft.contract.component.language;
    let mut routine = Routine {
        at: source.subprogram.at.clone(),
        params,
        returns,
        state,
        varargs: source.varargs,
        // The member function of a class inside a routine receives no link to that one's frame.
        static_link: source.subprogram.nested && !draft.is_cpp(),
        source: cpp::prototype(&symbol).filter(|_| draft.is_cpp()),
        ..Routine::new(name, symbol, language)
    };
    if language == Language::C {
        widened::floats(binary, &draft.contract, &mut routine, source.subprogram.address);
    }
    convention::verify(draft, binary, source, &routine)?;
    Ok(Described { routine, param_at })
}

impl<'i, 's> Source<'i, 's> {
    /// Gathers what belongs to a routine.
    pub(crate) fn read(info: &DebugInfo<'s>, subprogram: &'i Subprogram) -> Result<Source<'i, 's>, Problem> {
        let die = info.die(subprogram.die)?;
        let chain = info.origins(&die)?;
        let mut returns = None;
        for part in &chain {
            returns = returns.or(info.reference(part, DW_AT_type)?);
        }
        let mut source =
            Source { subprogram, params: Vec::new(), locals: Vec::new(), returns, varargs: false };
        let mut packed = HashMap::new();
        let own = with_packs(info, info.children(subprogram.die)?, &mut packed)?;
        // A member function is declared in its class, where its parameters rarely have names.
        let whole = chain.iter().rev().find(|d| !flag(d, DW_AT_declaration)).map_or(subprogram.die, |d| d.at);
        let declared = match whole == subprogram.die {
            true => Vec::new(),
            false => with_packs(info, info.children(whole)?, &mut packed)?,
        };
        source.varargs = own.iter().chain(&declared).any(|c| c.tag() == DW_TAG_unspecified_parameters);
        // The abstract instance has every parameter; the concrete one has their places, perhaps not of all.
        let list = if declared.iter().any(|c| c.tag() == DW_TAG_formal_parameter) { &declared } else { &own };
        let formal = |list: &[Die<'s>]| list.iter().filter(|c| c.tag() == DW_TAG_formal_parameter).count();
        if formal(list) > MAX_PARAMS || formal(&own) > MAX_PARAMS {
            return Err(Problem::new(Reason::Damaged, format!("more than {MAX_PARAMS} parameters")));
        }
        for param in list.iter().filter(|c| c.tag() == DW_TAG_formal_parameter) {
            let mut located = param.clone();
            for candidate in own.iter().filter(|c| c.tag() == DW_TAG_formal_parameter) {
                if info.origins(candidate)?.iter().any(|o| o.at == param.at) {
                    located = candidate.clone();
                }
            }
            let absent = located.at == param.at && whole != subprogram.die;
            let pack = packed.get(&param.at);
            let mut param = SourceParam::read(info, param, located)?;
            if let Some(name) = pack.filter(|_| param.name.is_empty()) {
                param.name.clone_from(name);
            }
            // g++ describes the constructors of a class together: what only some of them are given stands with those.
            if !(absent && param.artificial && matches!(param.name.as_str(), "__in_chrg" | "__vtt_parm")) {
                source.params.push(param);
            }
        }
        for part in &chain {
            collect_locals(info, part, &mut source.locals)?;
        }
        Ok(source)
    }
}

impl<'s> SourceParam<'s> {
    /// A parameter that nobody wrote. A Fortran descriptor, an array of CHARACTER*(*) and the parameters of a routine with
    /// ENTRY points are marked artificial, too, but have the names that a person wrote.
    pub(crate) fn is_hidden(&self) -> bool {
        self.artificial && self.name.starts_with(['_', '.'])
    }

    fn read(info: &DebugInfo<'s>, declared: &Die<'s>, located: Die<'s>) -> Result<SourceParam<'s>, Problem> {
        let chain = info.origins(declared)?;
        let mut ty = None;
        for part in &chain {
            ty = ty.or(info.reference(part, DW_AT_type)?);
        }
        Ok(SourceParam {
            name: chain.iter().find_map(|d| info.name(d)).unwrap_or_default(),
            artificial: chain.iter().any(|d| flag(d, DW_AT_artificial)),
            at: chain.iter().find_map(|d| info.declared_at(d)),
            ty,
            located,
        })
    }
}

/// The children of a routine, with the parameters of each pack (`T... t`) in its place. Their names are `t_0`, `t_1` ...
fn with_packs<'s>(
    info: &DebugInfo<'s>,
    children: Vec<Die<'s>>,
    names: &mut HashMap<DieRef, String>,
) -> Result<Vec<Die<'s>>, Problem> {
    let mut flat = Vec::new();
    for child in children {
        if child.tag() != DW_TAG_GNU_formal_parameter_pack {
            flat.push(child);
            continue;
        }
        let pack = info.origins(&child)?.iter().find_map(|d| info.name(d)).unwrap_or_else(|| "pack".into());
        let params = info.children(child.at)?;
        for (i, param) in params.into_iter().filter(|c| c.tag() == DW_TAG_formal_parameter).enumerate() {
            names.insert(param.at, format!("{pack}_{i}"));
            flat.push(param);
        }
    }
    Ok(flat)
}

/// Variables and COMMON blocks of a routine's own scopes, without those of inlined or inner routines. What only completes
/// an earlier one is not another.
pub(super) fn collect_locals<'s>(
    info: &DebugInfo<'s>,
    routine: &Die<'s>,
    locals: &mut Vec<Die<'s>>,
) -> Result<(), Problem> {
    let mut known = HashSet::new();
    for local in locals.iter() {
        known.extend(info.origins(local)?.iter().map(|d| d.at));
    }
    let mut found = Vec::new();
    collect_scopes(info, info.children(routine.at)?, &mut found, 0)?;
    locals.extend(found.into_iter().filter(|local| !known.contains(&local.at)));
    Ok(())
}

fn collect_scopes<'s>(
    info: &DebugInfo<'s>,
    children: Vec<Die<'s>>,
    locals: &mut Vec<Die<'s>>,
    depth: u32,
) -> Result<(), Problem> {
    for child in children {
        match child.tag() {
            DW_TAG_variable | DW_TAG_common_block => locals.push(child),
            DW_TAG_lexical_block if depth < 32 => {
                collect_scopes(info, info.children(child.at)?, locals, depth + 1)?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// Identifiers for the parameters, unique in the routine.
pub(crate) fn param_names<'p, 's: 'p>(params: impl Iterator<Item = &'p SourceParam<'s>>) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for (i, param) in params.enumerate() {
        let fallback = format!("arg{}", i + 1);
        let base = identifier(&param.name, &fallback);
        let mut name = base.clone();
        for number in 2.. {
            if !names.contains(&name) {
                break;
            }
            name = format!("{base}_{number}");
        }
        names.push(name);
    }
    names
}

/// Where each parameter is at the entry, for the bounds of arrays.
pub(crate) fn arrivals<'s>(draft: &Draft<'_, 's>, source: &Source<'_, 's>, names: &[String]) -> Vec<Arrival> {
    let mut arrivals = Vec::new();
    for (param, name) in source.params.iter().filter(|p| !p.is_hidden()).zip(names) {
        let Some((home, passing)) = draft.info.home(&param.located, source.subprogram.address) else {
            continue;
        };
        let plain = draft.plain(param.ty).ok().flatten();
        let integer = plain.filter(|p| {
            matches!(
                p.die.entry.attr_value(DW_AT_encoding),
                Some(gimli::AttributeValue::Encoding(DW_ATE_signed | DW_ATE_unsigned))
            )
        });
        let integer_size = integer.and_then(|p| draft.byte_size(&p.die)).and_then(|s| u8::try_from(s).ok());
        arrivals.push(Arrival { name: name.clone(), home, passing, integer_size });
    }
    arrivals
}

/// A parameter of which only type and direction are known.
pub(crate) fn param(name: &str, ty: Type, by: By, usage: Use) -> Param {
    Param::new(name, ty, by, usage)
}

/// A parameter, and where it is declared.
pub(crate) type Placed = (Param, Option<String>);

fn c_params<'s>(draft: &mut Draft<'_, 's>, source: &Source<'_, 's>) -> Result<Vec<Placed>, Problem> {
    let names = param_names(source.params.iter());
    let arrivals = arrivals(draft, source, &names);
    let scope = Scope { arrivals: &arrivals, entry: source.subprogram.address, unknown_extents: true };
    let mut params = Vec::new();
    for (item, name) in source.params.iter().zip(&names) {
        let (mut ty, by, usage) = c_param(draft, item.ty, name, scope).map_err(|p| p.within(name))?;
        if ty == Type::F32 && by == By::Value && !source.subprogram.prototyped {
            // A routine without a prototype receives its floats as doubles, whatever it declares.
            ty = Type::F64;
        }
        params.push((param(name, ty, by, usage), item.at.clone()));
    }
    Ok(params)
}

/// The signature behind the address of a routine.
pub(crate) fn function<'s>(
    draft: &mut Draft<'_, 's>,
    die: &Die<'s>,
    name: &str,
) -> Result<TypeKind, Problem> {
    let info = draft.info;
    let scope = Scope { unknown_extents: true, ..Scope::default() };
    let children = info.children(die.at)?;
    if children.iter().any(|c| c.tag() == DW_TAG_unspecified_parameters) {
        return Err(Problem::new(Reason::Varargs, ""));
    }
    let mut params: Vec<Param> = Vec::new();
    for (i, child) in children.iter().filter(|c| c.tag() == DW_TAG_formal_parameter).enumerate() {
        // Signatures rarely name their parameters.
        let fallback = format!("arg{}", i + 1);
        let own = info.name(child).map_or(fallback.clone(), |n| identifier(&n, &fallback));
        let own = if params.iter().any(|p| p.name == own) { fallback } else { own };
        let hint = format!("{name}_{own}");
        let at = info.reference(child, DW_AT_type)?;
        not_around_itself(draft, at)?;
        if draft.is_cpp() {
            params.push(cpp::unplaced(draft, at, (&own, &hint))?);
            continue;
        }
        let (ty, by, usage) = c_param(draft, at, &hint, scope)?;
        params.push(param(&own, ty, by, usage));
    }
    let result = info.reference(die, DW_AT_type)?;
    not_around_itself(draft, result)?;
    let returns = match draft.plain(result)? {
        None => None,
        Some(_) if draft.is_cpp() => cpp::returned(draft, result, &format!("{name}_result"))?,
        Some(_) => {
            let ty = draft.convert(result, &format!("{name}_result"), scope)?;
            draft.whole_by_value(result, &ty)?;
            Some(Returns::new(ty, Use::Out))
        }
    };
    Ok(TypeKind::Function { params, returns })
}

/// A callback may receive, as a value, the record it stands in: of that nothing can be said before the callback is known.
fn not_around_itself<'s>(draft: &mut Draft<'_, 's>, at: Option<DieRef>) -> Result<(), Problem> {
    let Some(Plain { die, .. }) = draft.plain(at)? else { return Ok(()) };
    let class = matches!(die.tag(), DW_TAG_structure_type | DW_TAG_class_type | DW_TAG_union_type);
    if class && draft.is_open_somewhere(&die) {
        let name = draft.info.name(&die).unwrap_or_default();
        return Err(Problem::new(Reason::Type, format!("{name} by value, which holds this callback")));
    }
    Ok(())
}

fn c_param<'s>(
    draft: &mut Draft<'_, 's>,
    at: Option<DieRef>,
    name: &str,
    scope: Scope<'_>,
) -> Result<(Type, By, Use), Problem> {
    let Some(plain) = draft.plain(at)? else {
        return Err(Problem::new(Reason::Type, "void"));
    };
    if plain.die.tag() != DW_TAG_pointer_type {
        let ty = draft.convert(at, name, scope)?;
        draft.whole_by_value(at, &ty)?;
        return Ok((ty, By::Value, Use::In));
    }
    let target = draft.info.reference(&plain.die, DW_AT_type)?;
    match pointee(draft, target, name, scope)? {
        Pointee::Code => Ok((draft.convert(at, name, scope)?, By::Value, Use::In)),
        Pointee::Opaque => Ok((Type::Ptr, By::Value, Use::Unknown)),
        Pointee::Data { ty, is_const } => {
            let usage = if is_const { Use::In } else { Use::Unknown };
            // How many elements are there is not in the type: `double *` may be one or a thousand, and so may a record.
            Ok((Type::Array(Box::new(ty), Extent::Unknown), By::Reference, usage))
        }
    }
}

/// What a C pointer leads to.
enum Pointee {
    Code,
    Opaque,
    Data { ty: Type, is_const: bool },
}

fn pointee<'s>(
    draft: &mut Draft<'_, 's>,
    target: Option<DieRef>,
    name: &str,
    scope: Scope<'_>,
) -> Result<Pointee, Problem> {
    let Some(Plain { die, mut is_const, .. }) = draft.plain(target)? else {
        return Ok(Pointee::Opaque);
    };
    match die.tag() {
        DW_TAG_subroutine_type => return Ok(Pointee::Code),
        DW_TAG_pointer_type | DW_TAG_unspecified_type => return Ok(Pointee::Opaque),
        DW_TAG_structure_type | DW_TAG_union_type => {
            let opaque = draft.info.name(&die).is_some_and(|n| OPAQUE.contains(&n.as_str()));
            // A callback that is given the record it stands in: that one is being described.
            if opaque || flag(&die, DW_AT_declaration) || draft.is_open(die.at) {
                return Ok(Pointee::Opaque);
            }
        }
        DW_TAG_array_type => {
            // The qualifier of an array is that of its elements.
            let element = draft.info.reference(&die, DW_AT_type)?;
            is_const |= draft.plain(element)?.is_some_and(|e| e.is_const);
        }
        _ => {}
    }
    match draft.convert(target, name, scope) {
        Ok(ty) => Ok(Pointee::Data { ty, is_const }),
        Err(problem) if problem.reason == Reason::Type => {
            // The address itself can still be described.
            draft
                .notes
                .push(format!("{name}: the target of the address is not described: {}", problem.detail));
            Ok(Pointee::Opaque)
        }
        Err(problem) => Err(problem),
    }
}

fn returned<'s>(
    draft: &mut Draft<'_, 's>,
    source: &Source<'_, 's>,
    routine: &str,
) -> Result<Option<Returns>, Problem> {
    if draft.plain(source.returns)?.is_none() {
        return Ok(None);
    }
    let ty = draft.convert(source.returns, &format!("{routine}_result"), Scope::default());
    let ty = ty?;
    if !draft.is_fortran() {
        draft.whole_by_value(source.returns, &ty)?;
    }
    let usage = if matches!(ty, Type::Ptr | Type::Fn) { Use::Unknown } else { Use::Out };
    Ok(Some(Returns::new(ty, usage)))
}
