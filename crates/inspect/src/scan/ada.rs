//! Subprograms of Ada (as GNAT passes their parameters).
//!
//! Decisions a reader of a scanned contract should know:
//! - A scalar, a small record or an access value is passed by value; when it is `out` or `in out`, what becomes of it is
//!   returned: alone as the returned value, several (or beside a function's result, `RETVAL`) as a record whose fields
//!   carry the parameters' names.
//! - Other records and constrained arrays are passed by address, unconstrained ones with their bounds
//!   (`by = "descriptor"`). Whether such a parameter is `in`, `out` or `in out` is not in the debug information.
//! - An access to an object is that object by reference, and may be null. An access to a scalar is an array of unknown
//!   extent: GNAT describes an array of convention C or Fortran in the same words.
//! - An array small enough for registers is passed as a record of one field, `value`.
//! - A parameter of a record type with defaults for its discriminants is followed by a Boolean, `..._constrained`.
//! - What is volatile or atomic, or of a size that depends on discriminants, is passed and returned in memory whatever its
//!   size (`trivial = false`), and so is what holds such a record.
//! - Where a parameter arrives is held against the debug information's own word; a routine that disagrees is refused.
//! - Package variables are state areas; which routine uses them is not in the debug information.

use cmp_bridge_contract::abi::{self, Place, Role};
use cmp_bridge_contract::model::{
    By, Extent, Field, Param, Returns, Routine, StateArea, StateKind, Type, TypeDef, TypeKind, Use,
};
use gimli::constants::*;

use super::ada_types::plain_name;
use super::entry::{Entry, reads_first_register, static_link};
use super::names::identifier;
use super::refusal::{Problem, Reason};
use super::signature::{Described, Source, SourceParam, param_names};
use super::types::Draft;
use crate::binary::{Binary, Binding, Symbol};
use crate::dwarf::routines::Subprogram;
use crate::dwarf::{DebugInfo, Die, DieRef, flag};

/// Most package variables of a contract.
const MAX_AREAS: usize = 1024;

/// How a parameter is passed.
pub(super) struct Passed {
    pub ty: Type,
    pub by: By,
    pub usage: Use,
    pub nullable: bool,
}

impl Passed {
    fn value(ty: Type, usage: Use) -> Passed {
        Passed { ty, by: By::Value, usage, nullable: false }
    }

    /// An address of which nothing else can be said.
    fn address() -> Passed {
        Passed { nullable: true, ..Passed::value(Type::Ptr, Use::Unknown) }
    }
}

/// Refuses what is no subprogram of its own.
pub(super) fn admit(
    binary: &Binary,
    info: &DebugInfo<'_>,
    subprogram: &Subprogram,
    symbol: &Symbol,
) -> Result<(), Problem> {
    let name = subprogram.name.as_deref().unwrap_or_default();
    let unit = info.unit_name(subprogram.origin.unit);
    let file = unit.rsplit('/').next().unwrap_or(unit);
    let library = matches!(symbol.name.as_str(), "adainit" | "adafinal");
    if library || name.starts_with("ada_main__") || file.starts_with("b~") || file.starts_with("b__") {
        return Err(Problem::new(Reason::Binder, ""));
    }
    if main_program(binary).is_some_and(|main| main == symbol.name) {
        return Err(Problem::new(Reason::ProgramEntry, ""));
    }
    if name.ends_with("TB") || name.ends_with("TKB") {
        return Err(Problem::new(Reason::TaskBody, ""));
    }
    Ok(())
}

/// The symbol of the main program, where the binder says it.
fn main_program(binary: &Binary) -> Option<String> {
    let address = binary.symbol("__gnat_ada_main_program_name")?.address;
    let bytes = (1..=256).map_while(|len| binary.bytes_at(address, len)).last()?;
    let text = bytes.split(|b| *b == 0).next()?;
    std::str::from_utf8(text).ok().map(str::to_string)
}

/// Reads the subprogram into `draft`.
pub(super) fn describe<'s>(
    draft: &mut Draft<'_, 's>,
    binary: &Binary,
    source: &Source<'_, 's>,
    name: String,
    symbol: String,
) -> Result<Described, Problem> {
    let entry = Entry::read(draft.info, binary, source.subprogram)?;
    let mut renamed: Vec<SourceParam<'s>> = Vec::new();
    let mut absent: Option<&str> = None;
    for item in &source.params {
        match (arrives(draft, &entry, item)?, absent) {
            (true, None) => renamed.push(rename(item)),
            // GNAT lists the parameters first, then the local variables.
            (true, Some(earlier)) => {
                let text = format!("{} arrives, and {earlier} before it does not", item.name);
                return Err(Problem::new(Reason::PassingUnknown, text));
            }
            (false, _) => absent = Some(&item.name),
        }
    }
    let names = param_names(renamed.iter());
    let mut params = Vec::new();
    for (item, param) in renamed.iter().zip(&names) {
        let passed = passed(draft, item.ty, param, 0).map_err(|p| p.within(param))?;
        let Passed { ty, by, usage, nullable } = passed;
        params.push(Param { nullable, ..Param::new(param, ty, by, usage) });
    }
    let returns = returned(draft, source.returns, &name, 0).map_err(|p| p.within("returned value"))?;
    let language = draft.contract.component.language;
    let routine = Routine {
        source: Some(profile(draft, source, &renamed)?),
        at: source.subprogram.at.clone(),
        params,
        returns,
        varargs: source.varargs,
        static_link: static_link(draft.info, binary, source.subprogram)?,
        ..Routine::new(name, symbol, language)
    };
    let lowered = abi::lower(&draft.contract, &routine);
    let lowered = lowered.map_err(|e| Problem::new(Reason::Type, e.to_string()))?;
    let places: Vec<_> = renamed.iter().enumerate().map(|(i, p)| (Role::Param(i), &p.located)).collect();
    entry.verify(draft.info, &places, &routine, &lowered)?;
    let first = lowered.arguments.iter().flat_map(|a| &a.pieces).any(|p| p.place == Place::Gpr(0));
    if !first && !lowered.returns.is_empty() && reads_first_register(binary, source.subprogram) {
        return Err(Problem::new(
            Reason::HiddenArgument,
            "an address in the first register, perhaps of the result",
        ));
    }
    let param_at = renamed.iter().map(|p| p.at.clone()).collect();
    Ok(Described { routine, param_at })
}

/// Whether a parameter arrives. Without optimisation, a scalar that is only `out` is listed as a parameter, too: it is a
/// local variable of the subprogram, whose value is returned.
fn arrives<'s>(draft: &Draft<'_, 's>, entry: &Entry, item: &SourceParam<'s>) -> Result<bool, Problem> {
    let Some(plain) = draft.plain(item.ty)? else {
        return Ok(true);
    };
    if plain.is_const || plain.die.tag() == DW_TAG_reference_type {
        return Ok(true);
    }
    match entry.arrival(draft.info, &item.located) {
        Some(arrives) => Ok(arrives),
        None => Err(Problem::new(Reason::PassingUnknown, format!("whether {} arrives", item.name))),
    }
}

/// Names of the parameters GNAT adds are made readable: `sO` says whether `s` is constrained, `aL` how deep the object is
/// declared that `a` leads to. A person's names are in lower case.
fn rename<'s>(item: &SourceParam<'s>) -> SourceParam<'s> {
    let name = match (item.name.strip_suffix('O'), item.name.strip_suffix('L')) {
        (Some(of), _) if !of.is_empty() => format!("{of}_constrained"),
        (_, Some(of)) if !of.is_empty() => format!("{of}_level"),
        _ => item.name.clone(),
    };
    SourceParam { name, located: item.located.clone(), at: item.at.clone(), ..*item }
}

/// How a parameter of the type at `at` is passed.
pub(super) fn passed<'s>(
    draft: &mut Draft<'_, 's>,
    at: Option<DieRef>,
    name: &str,
    depth: u32,
) -> Result<Passed, Problem> {
    let Some(plain) = draft.plain(at)? else {
        return Err(Problem::new(Reason::Type, "no type"));
    };
    let die = plain.die;
    match die.tag() {
        DW_TAG_reference_type => {
            let target = draft.info.reference(&die, DW_AT_type)?;
            object(draft, target, name, false, depth)
        }
        DW_TAG_pointer_type => {
            let target = draft.info.reference(&die, DW_AT_type)?;
            let code = draft.plain(target)?.is_some_and(|t| t.die.tag() == DW_TAG_subroutine_type);
            match code {
                true => Ok(Passed::value(draft.ada_type(at, name, depth)?, Use::In)),
                false => object(draft, target, name, true, depth),
            }
        }
        DW_TAG_structure_type if draft.is_fat(&die)? => match draft.fat_array(&die, name, depth) {
            // An access type has a name of its own, the pair of addresses that of its array.
            Ok(ty) => {
                let nullable = plain.alias.is_some();
                Ok(Passed { ty, by: By::Descriptor, usage: Use::Unknown, nullable })
            }
            Err(problem) if problem.reason == Reason::Type => {
                draft
                    .notes
                    .push(format!("{name}: an array and its bounds, not described: {}", problem.detail));
                Ok(Passed::value(draft.fat_pointer(), Use::Unknown))
            }
            Err(problem) => Err(problem),
        },
        _ => {
            let ty = draft.ada_type(at, name, depth)?;
            let usage = if ty == Type::Ptr { Use::Unknown } else { Use::In };
            draft.certain_place(&ty)?;
            let name = plain_name_of(draft, &die, plain.alias, name);
            Ok(Passed::value(in_registers(draft, ty, &name, draft.is_volatile(at)?), usage))
        }
    }
}

/// An object by its address.
fn object<'s>(
    draft: &mut Draft<'_, 's>,
    target: Option<DieRef>,
    name: &str,
    nullable: bool,
    depth: u32,
) -> Result<Passed, Problem> {
    let Some(plain) = draft.plain(target)? else {
        return Ok(Passed::address());
    };
    if matches!(plain.die.tag(), DW_TAG_pointer_type | DW_TAG_reference_type) && nullable {
        return Ok(Passed::address());
    }
    match draft.ada_type(target, name, depth) {
        // GNAT describes an array of convention C or Fortran as an access to its component: it may be one, or many.
        Ok(ty) if nullable && is_scalar(draft, &ty) => {
            let ty = Type::Array(Box::new(ty), Extent::Unknown);
            Ok(Passed { ty, by: By::Reference, usage: Use::Unknown, nullable })
        }
        Ok(ty) => Ok(Passed { ty, by: By::Reference, usage: Use::Unknown, nullable }),
        Err(problem) if problem.reason == Reason::Type => {
            draft
                .notes
                .push(format!("{name}: what the address leads to is not described: {}", problem.detail));
            Ok(Passed { nullable, ..Passed::address() })
        }
        Err(problem) => Err(problem),
    }
}

/// A number, a character, an enumeration.
fn is_scalar(draft: &Draft<'_, '_>, ty: &Type) -> bool {
    match ty {
        Type::Array(..) => false,
        Type::Named(name) => draft.contract.type_def(name).is_some_and(|def| {
            matches!(def.kind, TypeKind::Enum { .. } | TypeKind::Range { .. } | TypeKind::Fixed { .. })
        }),
        _ => true,
    }
}

/// Arrays have no place in registers by themselves: a record of one field says the same.
fn in_registers(draft: &mut Draft<'_, '_>, ty: Type, name: &str, is_volatile: bool) -> Type {
    if !matches!(ty, Type::Array(..)) {
        return ty;
    }
    let Some((size, align)) = draft.contract.size_align(&ty) else {
        return ty;
    };
    let name = format!("{name}_value");
    if !draft.made_up.contains(&name) {
        draft.made_up.push(name.clone());
    }
    let trivial = size > 16 || !(is_volatile || draft.travels_by_address(&ty));
    let kind = TypeKind::Struct(vec![Field::new("value", ty, 0)]);
    draft.define(TypeDef { trivial, ..TypeDef::new(name, kind, size, align) })
}

fn plain_name_of<'s>(draft: &Draft<'_, 's>, die: &Die<'s>, alias: Option<String>, hint: &str) -> String {
    let name = draft.info.name(die).or(alias);
    identifier(plain_name(name.as_deref().unwrap_or(hint)), "array")
}

/// What a subprogram returns: the result of a function, or what becomes of parameters passed by copy.
pub(super) fn returned<'s>(
    draft: &mut Draft<'_, 's>,
    at: Option<DieRef>,
    routine: &str,
    depth: u32,
) -> Result<Option<Returns>, Problem> {
    let Some(plain) = draft.plain(at)? else {
        return Ok(None);
    };
    let die = plain.die;
    let hint = format!("{routine}_return");
    if die.tag() == DW_TAG_reference_type {
        let target = draft.info.reference(&die, DW_AT_type)?;
        let Passed { ty, by, .. } = object(draft, target, &hint, false, depth)?;
        return Ok(Some(Returns { by, ..Returns::new(ty, Use::Unknown) }));
    }
    if die.tag() == DW_TAG_structure_type && draft.is_fat(&die)? {
        let Passed { ty, by, .. } = passed(draft, at, &hint, depth)?;
        return Ok(Some(Returns { by, ..Returns::new(ty, Use::Unknown) }));
    }
    let ty = match draft.info.name(&die).as_deref() {
        Some("RETURN") => copies(draft, &die, &hint, depth)?,
        _ => {
            let ty = draft.ada_type(at, &hint, depth)?;
            draft.certain_place(&ty)?;
            let name = plain_name_of(draft, &die, plain.alias, &hint);
            in_registers(draft, ty, &name, draft.is_volatile(at)?)
        }
    };
    let usage = if matches!(ty, Type::Ptr | Type::Fn) { Use::Unknown } else { Use::Out };
    Ok(Some(Returns::new(ty, usage)))
}

/// The record of the parameters that are returned.
fn copies<'s>(draft: &mut Draft<'_, 's>, die: &Die<'s>, name: &str, depth: u32) -> Result<Type, Problem> {
    let def = draft.ada_definition(die, name.to_string(), depth)?;
    if let TypeKind::Struct(fields) = &def.kind {
        fields.iter().try_for_each(|field| draft.certain_place(&field.ty))?;
    }
    if !draft.made_up.contains(&def.name) {
        draft.made_up.push(def.name.clone());
    }
    match def.kind {
        // What is volatile in the source is a copy here, but for a record inside.
        TypeKind::Struct(fields) => {
            let trivial = def.size > 16 || !fields.iter().any(|field| draft.travels_by_address(&field.ty));
            Ok(draft.define(TypeDef { trivial, kind: TypeKind::Struct(fields), ..def }))
        }
        _ => Err(Problem::new(Reason::Type, "returned copies that are not described")),
    }
}

/// The subprogram as Ada would declare it, as far as the debug information says.
fn profile<'s>(
    draft: &Draft<'_, 's>,
    source: &Source<'_, 's>,
    params: &[SourceParam<'s>],
) -> Result<String, Problem> {
    let full = source.subprogram.name.as_deref().unwrap_or_default();
    // `__2` tells overloads apart for the linker.
    let name = match full.rsplit_once("__") {
        Some((name, number)) if !number.is_empty() && number.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => full,
    };
    let mut text = name.replace("__", ".");
    let (copies, result) = returned_names(draft, source)?;
    let mut parts = Vec::new();
    for item in params {
        let mode = if copies.iter().any(|(name, _)| *name == item.name) { "in out " } else { "" };
        parts.push(format!("{} : {mode}{}", item.name, type_text(draft, item.ty)?));
    }
    for (name, ty) in copies.iter().filter(|(name, _)| params.iter().all(|p| p.name != *name)) {
        parts.push(format!("{name} : out {}", type_text(draft, *ty)?));
    }
    if !parts.is_empty() {
        text.push_str(&format!(" ({})", parts.join("; ")));
    }
    if let Some(result) = result {
        text.push_str(&format!(" return {}", type_text(draft, Some(result))?));
    }
    Ok(text)
}

/// A returned parameter and its type.
type Copied = (String, Option<DieRef>);

/// The parameters that are returned by copy, and the type of a function's result.
fn returned_names<'s>(
    draft: &Draft<'_, 's>,
    source: &Source<'_, 's>,
) -> Result<(Vec<Copied>, Option<DieRef>), Problem> {
    let Some(plain) = draft.plain(source.returns)? else {
        return Ok((Vec::new(), None));
    };
    if draft.info.name(&plain.die).as_deref() != Some("RETURN") {
        return Ok((Vec::new(), source.returns));
    }
    let (mut copies, mut result) = (Vec::new(), None);
    for member in draft.info.children(plain.die.at)? {
        let (name, ty) = (draft.info.name(&member), draft.info.reference(&member, DW_AT_type)?);
        match name {
            Some(name) if name == "RETVAL" => result = ty,
            Some(name) => copies.push((name, ty)),
            None => {}
        }
    }
    Ok((copies, result))
}

/// A type in the words of the source.
fn type_text<'s>(draft: &Draft<'_, 's>, mut at: Option<DieRef>) -> Result<String, Problem> {
    let mut prefix = "";
    for _ in 0..8 {
        let Some(next) = at else { break };
        let die = draft.info.die(next)?;
        match (die.tag(), draft.info.name(&die)) {
            (DW_TAG_reference_type | DW_TAG_const_type | DW_TAG_volatile_type, _) => {}
            // An anonymous access type has a made-up name, in upper case.
            (DW_TAG_pointer_type, _) => prefix = "access ",
            (DW_TAG_subroutine_type, _) => return Ok(format!("{prefix}subprogram")),
            (_, Some(name)) => return Ok(format!("{prefix}{}", plain_name(&name).replace("__", "."))),
            (_, None) => {}
        }
        at = draft.info.reference(&die, DW_AT_type)?;
    }
    Ok(format!("{prefix}<unnamed>"))
}

/// Adds the variables of the packages of these units as state areas.
pub(super) fn package_state<'s>(
    draft: &mut Draft<'_, 's>,
    binary: &Binary,
    units: impl Iterator<Item = usize>,
) -> Result<(), Problem> {
    for unit in units {
        let root = draft.info.root(unit)?;
        for die in draft.info.children(root)? {
            if die.tag() == DW_TAG_variable && draft.contract.state.len() < MAX_AREAS {
                package_variable(draft, binary, &die)?;
            }
        }
    }
    Ok(())
}

fn package_variable<'s>(draft: &mut Draft<'_, 's>, binary: &Binary, die: &Die<'s>) -> Result<(), Problem> {
    let chain = draft.info.origins(die)?;
    let any = |attribute| chain.iter().any(|d| flag(d, attribute));
    let Some(address) = draft.info.static_address(die).filter(|_| !any(DW_AT_artificial)) else {
        return Ok(());
    };
    let writable =
        binary.segments().iter().any(|s| s.writable && address >= s.address && address - s.address < s.size);
    let name = chain.iter().find_map(|d| draft.info.name(d));
    let (Some(name), Some(symbol), true) = (name, binary.object_at(address), writable) else {
        return Ok(());
    };
    let file = if symbol.binding == Binding::Local { symbol.file.clone() } else { None };
    let known = draft.contract.state.iter().any(|a| a.symbol == symbol.name && a.file == file);
    let name = identifier(plain_name(&name), "variable");
    if known || symbol.address != address || symbol.size == 0 || draft.contract.state_area(&name).is_some() {
        return Ok(());
    }
    let kind = if file.is_some() { StateKind::Static } else { StateKind::Global };
    let area = StateArea { name, symbol: symbol.name.clone(), file, size: symbol.size, kind };
    draft.contract.state.push(area);
    Ok(())
}
