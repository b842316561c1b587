//! Storage that outlives a call: COMMON blocks, SAVE and static variables.

use cmp_bridge_contract::model::{Field, StateArea, StateKind, StateUse, Type, TypeDef, TypeKind, Use};
use gimli::constants::*;

use super::block_data::{Belongs, Place};
use super::entries::{self, Master};
use super::names::identifier;
use super::refusal::{Problem, Reason};
use super::signature::{Source, collect_locals};
use super::types::{Draft, Scope, constant};
use crate::binary::{Binary, Binding, Symbol};
use crate::dwarf::{Die, DieRef, flag};

/// A variable at a fixed address.
struct Member {
    name: String,
    offset: u64,
    ty: Type,
    size: u64,
    line: u64,
}

/// A piece of storage and the variables a routine has in it.
struct Storage<'b> {
    symbol: &'b Symbol,
    kind: StateKind,
    /// Name of the COMMON block, or of the first variable.
    name: String,
    members: Vec<Member>,
}

/// The routine's state. Areas and views are added to the draft; directions are not known.
pub(crate) fn uses<'s>(
    draft: &mut Draft<'_, 's>,
    binary: &Binary,
    source: &Source<'_, 's>,
    routine: &str,
) -> Result<Vec<StateUse>, Problem> {
    let mut storages: Vec<Storage<'_>> = Vec::new();
    let mut locals = source.locals.clone();
    let (mut master, mut places) = (None, None);
    if draft.is_fortran() {
        match entries::master(draft.info, binary, source)? {
            Master::None => {}
            Master::Known(die) => {
                collect_locals(draft.info, &die, &mut locals)?;
                master = Some(die);
            }
            Master::Unknown => draft.notes.push(format!(
                "{routine}: an ENTRY whose body could not be told: its COMMON and SAVE variables are not described"
            )),
        }
    }
    for local in &locals {
        if local.tag() == DW_TAG_common_block {
            if let Some(place) = place(draft, binary, source, master.as_ref(), &mut places)?
                && !is_own(draft, binary, place, local, routine)?
            {
                continue;
            }
            common(draft, binary, local, routine, &mut storages)?;
        } else {
            variable(draft, binary, local, routine, &mut storages, StateKind::Save)?;
        }
    }
    let mut uses = Vec::new();
    for storage in storages {
        let area = area(draft, &storage, routine);
        if overlaps(&storage.members) {
            draft.shared.push(area.clone());
        }
        let Some(view) = view(draft, storage, routine) else {
            continue;
        };
        uses.push(StateUse { area, view, usage: Use::Unknown });
    }
    Ok(uses)
}

/// Where the routine stands, or the one that has the body of this entry, looked up once.
fn place<'b, 's, 'p>(
    draft: &mut Draft<'_, 's>,
    binary: &'b Binary,
    source: &Source<'_, 's>,
    master: Option<&Die<'s>>,
    known: &'p mut Option<Option<Place<'b>>>,
) -> Result<Option<&'p mut Place<'b>>, Problem> {
    if known.is_none() {
        let own = draft.info.die(source.subprogram.die)?;
        let (die, ranges) = match master {
            Some(master) => (master, &[][..]),
            None => (&own, source.subprogram.ranges.as_slice()),
        };
        *known = Some(Place::of(draft, binary, die, ranges)?);
    }
    Ok(known.as_mut().and_then(Option::as_mut))
}

/// The block is declared in the routine that lists it.
fn is_own<'s>(
    draft: &mut Draft<'_, 's>,
    binary: &Binary,
    place: &mut Place<'_>,
    block: &Die<'s>,
    routine: &str,
) -> Result<bool, Problem> {
    let chain = draft.info.origins(block)?;
    let name = chain.iter().find_map(|d| draft.info.linkage_name(d).or_else(|| draft.info.name(d)));
    let name = name.unwrap_or_default();
    let Some(symbol) = binary.symbol(&name) else { return Ok(true) };
    let mut variables = Vec::new();
    for part in &chain {
        variables.extend(draft.info.children(part.at)?.into_iter().filter(|d| d.tag() == DW_TAG_variable));
    }
    match place.belongs(draft.info, &variables, symbol)? {
        Belongs::Own => Ok(true),
        Belongs::Other => Ok(false),
        Belongs::Unused => {
            let name = name.trim_end_matches('_');
            draft.notes.push(format!(
                "{routine}: COMMON /{name}/ of an INCLUDE file is left out: its code does not use it, and it may be that of a \
                 BLOCK DATA"
            ));
            Ok(false)
        }
    }
}

fn common<'b, 's>(
    draft: &mut Draft<'_, 's>,
    binary: &'b Binary,
    block: &Die<'s>,
    routine: &str,
    storages: &mut Vec<Storage<'b>>,
) -> Result<(), Problem> {
    let chain = draft.info.origins(block)?;
    let name = chain.iter().find_map(|d| draft.info.name(d)).unwrap_or_default();
    let symbol = chain.iter().find_map(|d| draft.info.linkage_name(d)).unwrap_or_else(|| name.clone());
    let name = match symbol.as_str() {
        "__BLNK__" => "blank".to_string(),
        _ => identifier(&name, "blank"),
    };
    let Some(symbol) = binary.symbol(&symbol) else {
        draft.notes.push(format!("{routine}: COMMON /{name}/ has no symbol {symbol} in the binary"));
        return Ok(());
    };
    if !storages.iter().any(|s| std::ptr::eq(s.symbol, symbol)) {
        storages.push(Storage { symbol, kind: StateKind::Common, name, members: Vec::new() });
    }
    let mut members = Vec::new();
    for part in &chain {
        members.extend(draft.info.children(part.at)?);
    }
    members.retain(|member| member.tag() == DW_TAG_variable);
    let mut located = true;
    for member in &members {
        let chain = draft.info.origins(member)?;
        located &= chain.iter().any(|d| draft.info.static_address(d).is_some());
    }
    if !located {
        let described = chain.last().unwrap_or(block);
        return sequence(draft, described, symbol, routine, storages);
    }
    for member in &members {
        variable(draft, binary, member, routine, storages, StateKind::Common)?;
    }
    Ok(())
}

/// A block of a routine that is inlined somewhere: gfortran lists its variables in their order, and leaves out where they
/// are. They follow each other, aligned; where that does not make the size of the block, its bytes are all that is known.
fn sequence<'s>(
    draft: &mut Draft<'_, 's>,
    block: &Die<'s>,
    symbol: &Symbol,
    routine: &str,
    storages: &mut [Storage<'_>],
) -> Result<(), Problem> {
    let Some(storage) = storages.iter_mut().find(|s| std::ptr::eq(s.symbol, symbol)) else {
        return Ok(());
    };
    let (mut members, mut end, mut largest, mut whole) = (Vec::new(), 0_u64, 1_u64, true);
    for die in draft.info.children(block.at)?.iter().filter(|d| d.tag() == DW_TAG_variable) {
        let chain = draft.info.origins(die)?;
        let name = chain.iter().find_map(|d| draft.info.name(d)).unwrap_or_default();
        let at = declared_type(draft, &chain)?;
        let ty = draft.convert(at, &format!("{routine}_{name}"), Scope::default()).ok();
        let Some((ty, (size, align))) = ty.and_then(|ty| Some((ty.clone(), draft.contract.size_align(&ty)?)))
        else {
            whole = false;
            break;
        };
        let offset = end.next_multiple_of(align.max(1));
        largest = largest.max(align);
        end = offset.saturating_add(size);
        let line = die.entry.attr_value(DW_AT_decl_line).and_then(|l| l.udata_value()).unwrap_or(u64::MAX);
        members.push(Member { name: identifier(&name, "member"), offset, ty, size, line });
    }
    // The symbol may have the size that an object of its alignment has.
    let sizes = [Some(end), end.checked_next_multiple_of(largest)];
    if !whole || !sizes.contains(&Some(symbol.size)) {
        // Another list of the same block may be located.
        if storage.members.is_empty() && symbol.size > 0 {
            draft.notes.push(format!(
                "{routine}: COMMON /{}/ is described as bytes: where its variables are is not said",
                storage.name
            ));
            let ty = Type::Array(Box::new(Type::Int(1, false)), constant(symbol.size));
            members =
                vec![Member { name: "bytes".to_string(), offset: 0, ty, size: symbol.size, line: u64::MAX }];
        } else {
            members.clear();
        }
    }
    for member in members {
        if storage.members.iter().all(|m| (&m.name, m.offset) != (&member.name, member.offset)) {
            storage.members.push(member);
        }
    }
    Ok(())
}

/// The type of a variable, wherever it is given.
fn declared_type<'s>(draft: &Draft<'_, 's>, chain: &[Die<'s>]) -> Result<Option<DieRef>, Problem> {
    for part in chain {
        if let Some(at) = draft.info.reference(part, DW_AT_type)? {
            return Ok(Some(at));
        }
    }
    Ok(None)
}

fn variable<'b, 's>(
    draft: &mut Draft<'_, 's>,
    binary: &'b Binary,
    die: &Die<'s>,
    routine: &str,
    storages: &mut Vec<Storage<'b>>,
    kind: StateKind,
) -> Result<(), Problem> {
    // Where a routine is inlined, too, its variables may be described in one place and located in another.
    let chain = draft.info.origins(die)?;
    let any = |attribute| chain.iter().any(|d| flag(d, attribute));
    let Some(name) = chain.iter().find_map(|d| draft.info.name(d)) else {
        return Ok(());
    };
    // An external one declared inside is a global, but for one that C++ shares between the copies of an inline routine.
    let shared = chain.iter().find_map(|d| draft.info.linkage_name(d)).is_some_and(|n| n.starts_with("_ZZ"));
    let global = kind == StateKind::Save && any(DW_AT_external) && !(draft.is_cpp() && shared);
    // What is only declared here may be completed by another DIE, as gfortran does where it is in a NAMELIST.
    if any(DW_AT_artificial) || flag(die, DW_AT_declaration) || global {
        return Ok(());
    }
    if chain.iter().any(|d| draft.info.is_thread_local(d)) {
        draft.notes.push(format!("{routine}: {name} is another variable in each thread, and not described"));
        return Ok(());
    }
    // A variable the compiler put into read-only storage is a constant.
    let address = chain.iter().find_map(|d| draft.info.static_address(d));
    let Some(address) = address.filter(|address| is_writable(binary, *address)) else {
        return Ok(());
    };
    let common = storages.iter().find(|s| s.kind == StateKind::Common && covers(s.symbol, address));
    let symbol = match (kind, common) {
        (StateKind::Common, Some(storage)) => Some(storage.symbol),
        _ => binary.object_at(address),
    };
    let Some(symbol) = symbol else {
        draft.notes.push(format!("{routine}: {name} is static storage without a symbol"));
        return Ok(());
    };
    let at = declared_type(draft, &chain)?;
    if is_constant(draft, at)? {
        return Ok(());
    }
    let ty = match draft.convert(at, &format!("{routine}_{name}"), Scope::default()) {
        Ok(ty) => ty,
        Err(problem) if problem.reason != Reason::Damaged => {
            draft.notes.push(format!("{routine}: state {name} is not described: {}", problem.reason.text()));
            return Ok(());
        }
        Err(problem) => return Err(problem.within(&name)),
    };
    let Some((size, _)) = draft.contract.size_align(&ty) else {
        return Ok(());
    };
    let line = chain.iter().find_map(|d| d.entry.attr_value(DW_AT_decl_line)?.udata_value());
    let line = line.unwrap_or(u64::MAX);
    let member =
        Member { name: identifier(&name, "member"), offset: address - symbol.address, ty, size, line };
    match storages.iter_mut().find(|s| std::ptr::eq(s.symbol, symbol)) {
        // gfortran lists a COMMON block twice in a routine that includes it and is inlined elsewhere.
        Some(storage)
            if storage.members.iter().any(|m| (&m.name, m.offset) == (&member.name, member.offset)) => {}
        Some(storage) => storage.members.push(member),
        None => storages.push(Storage { symbol, kind, name: member.name.clone(), members: vec![member] }),
    }
    Ok(())
}

/// Some members share bytes.
fn overlaps(members: &[Member]) -> bool {
    let mut ranges: Vec<(u64, u64)> = members.iter().map(|m| (m.offset, m.offset + m.size)).collect();
    ranges.sort_unstable();
    ranges.windows(2).any(|w| w[1].0 < w[0].1)
}

/// A record has each byte once, EQUIVALENCE gives several names to some: of the two ways to choose, the longer or the
/// shorter variables first, the one that covers more bytes, or else names more of them.
fn disjoint(members: Vec<Member>) -> (Vec<Member>, Vec<Member>) {
    let choose = |longest: bool| {
        let mut order: Vec<usize> = (0..members.len()).collect();
        order.sort_by_key(|&i| if longest { u64::MAX - members[i].size } else { members[i].size });
        let mut kept: Vec<usize> = Vec::new();
        for i in order {
            let (start, end) = (members[i].offset, members[i].offset + members[i].size);
            if kept.iter().all(|&k| members[k].offset >= end || members[k].offset + members[k].size <= start)
            {
                kept.push(i);
            }
        }
        let bytes: u64 = kept.iter().map(|&i| members[i].size).sum();
        (bytes, kept.len(), kept)
    };
    let (short, long) = (choose(false), choose(true));
    let kept = if (long.0, long.1) > (short.0, short.1) { long.2 } else { short.2 };
    let (kept, left): (Vec<_>, Vec<_>) = members.into_iter().enumerate().partition(|(i, _)| kept.contains(i));
    let only = |list: Vec<(usize, Member)>| list.into_iter().map(|(_, member)| member).collect();
    (only(kept), only(left))
}

fn covers(symbol: &Symbol, address: u64) -> bool {
    address >= symbol.address && address - symbol.address < symbol.size.max(1)
}

/// Declared `const`: in a position-independent image a table of addresses is written once, by the loader.
fn is_constant(draft: &Draft<'_, '_>, mut at: Option<DieRef>) -> Result<bool, Problem> {
    for _ in 0..8 {
        match draft.plain(at)? {
            Some(plain) if plain.is_const => return Ok(true),
            Some(plain) if plain.die.tag() == DW_TAG_array_type => {
                at = draft.info.reference(&plain.die, DW_AT_type)?;
            }
            _ => break,
        }
    }
    Ok(false)
}

fn is_writable(binary: &Binary, address: u64) -> bool {
    binary.segments().iter().any(|s| s.writable && address >= s.address && address - s.address < s.size)
}

/// Finds or adds the state area of a storage, and returns its name.
fn area<'s>(draft: &mut Draft<'_, 's>, storage: &Storage<'_>, routine: &str) -> String {
    let symbol = storage.symbol;
    let file = if symbol.binding == Binding::Local { symbol.file.clone() } else { None };
    let state = &mut draft.contract.state;
    if let Some(known) = state.iter().find(|a| a.symbol == symbol.name && a.file == file) {
        return known.name.clone();
    }
    let base = match storage.kind {
        StateKind::Common => storage.name.clone(),
        _ => format!("{routine}_{}", storage.name),
    };
    let mut name = base.clone();
    for number in 2.. {
        if state.iter().all(|a| a.name != name) {
            break;
        }
        name = format!("{base}_{number}");
    }
    let end = storage.members.iter().map(|m| m.offset.saturating_add(m.size)).max().unwrap_or(0);
    let size = if symbol.size == 0 { end } else { symbol.size };
    state.push(StateArea { name: name.clone(), symbol: symbol.name.clone(), file, size, kind: storage.kind });
    name
}

/// What the routine sees there: the variable itself when it is alone at the start, else a record of its own.
fn view<'s>(draft: &mut Draft<'_, 's>, storage: Storage<'_>, routine: &str) -> Option<Type> {
    let Storage { kind, name, mut members, .. } = storage;
    if let [only] = members.as_slice()
        && only.offset == 0
        && kind != StateKind::Common
    {
        return Some(only.ty.clone());
    }
    members.sort_by_key(|m| (m.offset, m.line));
    let (kept, left_out) = disjoint(members);
    for member in left_out {
        let text = format!("{routine}: {} shares storage with other variables and is left out", member.name);
        draft.notes.push(text);
    }
    let end = kept.iter().map(|m| m.offset + m.size).max().unwrap_or(0);
    let mut fields: Vec<Field> = Vec::new();
    for Member { name, offset, ty, .. } in kept {
        fields.push(Field::new(name, ty, offset));
    }
    if fields.is_empty() {
        return None;
    }
    // Not rounded up to the alignment: the storage may end there.
    let align = draft.natural_align(&fields, end);
    let name = match kind {
        StateKind::Common => format!("{name}_view"),
        _ => format!("{routine}_{name}_view"),
    };
    Some(draft.define(TypeDef::new(name, TypeKind::Struct(fields), end, align)))
}

/// What the debug information says of variables of a binary: the types of numbers and of tables of numbers, by address.
pub(super) fn numbers(
    binary: &Binary,
    info: &crate::dwarf::DebugInfo<'_>,
    addresses: &std::collections::BTreeSet<u64>,
) -> std::collections::BTreeMap<u64, Type> {
    let component = cmp_bridge_contract::model::Component::new("c", cmp_bridge_contract::model::Language::C);
    let mut draft = Draft::new(info, component);
    let mut found = std::collections::BTreeMap::new();
    let roots = (0..).map_while(|unit| info.root(unit).ok());
    for die in roots.filter_map(|root| info.children(root).ok()).flatten() {
        if die.tag() != DW_TAG_variable {
            continue;
        }
        let Some(address) = info.static_address(&die).filter(|address| addresses.contains(address)) else {
            continue;
        };
        // A definition may leave its type to its declaration.
        let Ok(chain) = info.origins(&die) else { continue };
        let mut types = chain.iter().filter_map(|die| info.reference(die, DW_AT_type).ok().flatten());
        let ty = types.next().and_then(|at| draft.convert(Some(at), "variable", Scope::default()).ok());
        let Some(ty) = ty.filter(is_number) else { continue };
        let size = draft.contract.size_align(&ty).map(|(size, _)| size);
        if size.is_some() && size == binary.object_at(address).map(|symbol| symbol.size) {
            found.insert(address, ty);
        }
    }
    found
}

/// A number, or a table of them with one index.
fn is_number(ty: &Type) -> bool {
    let number = |ty: &Type| matches!(ty, Type::F32 | Type::F64 | Type::Int(..));
    match ty {
        Type::Array(element, _) => number(element),
        other => number(other),
    }
}
