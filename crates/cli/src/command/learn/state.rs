//! Storage beside the parameters: what the watched calls read and wrote of it, by name.

use super::facts::AreaSample;
use super::infer::{Case, Learnt, quoted};
use super::record::Variable;
use cmp_bridge_contract::areas::Owner;
use cmp_bridge_contract::model::{Contract, Field, StateArea, StateKind, Type, TypeDef, TypeKind, Use};
use cmp_bridge_contract::syntax::{Word, is_identifier};
use cmp_bridge_inspect::binary::{Binding, Symbol};
use std::path::Path;

/// Calls that must show a direction other than `inout`.
const FOR_STATE: usize = 5;

/// Proposes directions of declared state, and state that is not declared.
pub fn infer(case: &Case<'_>, learnt: &mut Learnt) {
    let declared = case.known.areas.len();
    for (index, area) in case.known.areas.iter().enumerate() {
        if let Owner::State(i) = area.owner {
            let entry = &case.known.routine.state[i];
            let what = format!("state.{}", entry.area);
            match direction(case, index, None) {
                // Said for want of evidence: that does not contradict what a person knows.
                Concluded::Is(Use::InOut, _, _) if entry.usage == Use::Out && !is_read(case, index) => {}
                Concluded::Is(usage, why, calls) => {
                    let value = value(&entry.view, usage, None);
                    learnt.propose(case, &what, value, calls, why);
                }
                _ if entry.usage != Use::Unknown => {}
                Concluded::Unclear(why) => learnt.silent(&what, why),
                Concluded::Untouched => {
                    learnt.silent(&what, format!("untouched in {} watched calls", case.samples.len()));
                }
            }
        }
    }
    for (at, variable) in case.background.variables.iter().enumerate() {
        let index = declared + at;
        let name = &variable.symbol.name;
        let (usage, why, calls) = match direction(case, index, Some(&variable.symbol)) {
            Concluded::Is(usage, why, calls) => (usage, why, calls),
            Concluded::Unclear(why) => {
                learnt.silent(&format!("state ({name})"), why);
                continue;
            }
            Concluded::Untouched => continue,
        };
        if usage == Use::In && is_constant(case, index, variable) {
            learnt
                .notes
                .push(format!("reads `{name}`, which held the same in all calls as in the file: a table"));
            continue;
        }
        let Some(area) = area(case, variable) else {
            learnt.silent(&format!("state ({name})"), "its symbol cannot be told from others of that name");
            continue;
        };
        let view = view(case, variable, &area);
        let is_new = case.known.contract.state_area(&area.name).is_none();
        let definition = is_new.then_some(&area);
        learnt.propose(case, &format!("state.{}", area.name), value(&view, usage, definition), calls, why);
    }
}

/// Data that watched calls touched and that were not captured with them.
pub fn elsewhere(case: &Case<'_>, learnt: &mut Learnt) {
    let mut told = std::collections::BTreeSet::new();
    for (_, address) in case.elsewhere {
        let Some(symbol) = case.binary.object_at(*address) else { continue };
        if told.insert(&symbol.name) {
            let why = "it is touched, but was not captured with the calls: record them with `learn`";
            learnt.silent(&format!("state ({})", symbol.name), why);
        }
    }
}

/// What is concluded of a state area.
enum Concluded {
    /// The watched calls did not touch it.
    Untouched,
    /// Its direction, what was seen, and in how many calls.
    Is(Use, String, u64),
    /// Not enough was seen.
    Unclear(String),
}

/// What the watched calls did to a state area.
fn direction(case: &Case<'_>, index: usize, symbol: Option<&Symbol>) -> Concluded {
    let areas: Vec<&AreaSample> = case.samples.iter().filter_map(|sample| sample.areas.get(index)).collect();
    let calls = areas.len();
    let (read, written) =
        (areas.iter().filter(|a| a.input).count(), areas.iter().filter(|a| a.written).count());
    let stored = symbol.is_none_or(|symbol| {
        let end = symbol.address.saturating_add(symbol.size);
        case.background.closure.open
            || case.background.closure.stored.range(symbol.address..end).next().is_some()
    });
    let why = format!("read before it is written in {read} of {calls} watched calls, written in {written}");
    match (read, written) {
        (0, 0) => Concluded::Untouched,
        (_, 0) if !stored => {
            Concluded::Is(Use::In, format!("{why}; its code only loads from it"), calls as u64)
        }
        (_, 0) if calls < FOR_STATE => {
            Concluded::Unclear(format!("read and not written, but in {calls} calls only"))
        }
        (_, 0) => Concluded::Is(Use::In, why, calls as u64),
        (0, _) if written == calls && calls >= FOR_STATE && areas.iter().all(|area| area.whole) => {
            Concluded::Is(Use::Out, why, calls as u64)
        }
        // What one call leaves alone, another one or its caller sees.
        _ => Concluded::Is(Use::InOut, why, calls as u64),
    }
}

/// A watched call read it before it wrote it.
fn is_read(case: &Case<'_>, index: usize) -> bool {
    case.samples.iter().filter_map(|sample| sample.areas.get(index)).any(|area| area.input)
}

/// The bytes were those of the file in all watched calls, and nothing wrote them.
fn is_constant(case: &Case<'_>, index: usize, variable: &Variable) -> bool {
    let size = variable.symbol.size as usize;
    let zeros = vec![0; size];
    let initial = case.binary.bytes_at(variable.symbol.address, size).unwrap_or(&zeros);
    let digest = super::facts::digest(initial);
    case.samples.iter().filter_map(|sample| sample.areas.get(index)).all(|area| area.before == digest)
}

/// The area of the contract at this symbol, or one to add.
fn area(case: &Case<'_>, variable: &Variable) -> Option<StateArea> {
    let symbol = &variable.symbol;
    let base = |path: &str| Path::new(path).file_name().map(|name| name.to_string_lossy().into_owned());
    let same = |area: &&StateArea| {
        let file = area.file.as_deref().and_then(base);
        area.symbol == symbol.name && (file.is_none() || file == symbol.file.as_deref().and_then(base))
    };
    if let Some(area) = case.known.contract.state.iter().find(same) {
        return Some(area.clone());
    }
    let local = symbol.binding == Binding::Local;
    let twins: Vec<_> =
        case.binary.symbols_named(&symbol.name).filter(|other| other.address != symbol.address).collect();
    if local && twins.iter().any(|other| other.file == symbol.file) {
        return None;
    }
    let stem = symbol.file.as_deref().filter(|_| !twins.is_empty());
    let stem =
        stem.and_then(|file| Path::new(file).file_stem()).map(|stem| stem.to_string_lossy().into_owned());
    let plain = stem.map_or(symbol.name.clone(), |stem| format!("{stem}_{}", symbol.name));
    let scanned = case.scanned.iter().flat_map(|contract| &contract.state).find(same);
    let kind = scanned.map(|area| area.kind).unwrap_or(match symbol.name.rsplit_once('.') {
        Some((_, number)) if local && number.bytes().all(|b| b.is_ascii_digit()) => StateKind::Save,
        _ if local => StateKind::Static,
        _ => StateKind::Global,
    });
    Some(StateArea {
        name: free_name(case.known.contract, scanned.map_or(&plain, |area| &area.name)),
        symbol: symbol.name.clone(),
        file: symbol.file.as_deref().filter(|_| local).and_then(base),
        size: symbol.size,
        kind,
    })
}

/// An identifier that the contract does not have yet.
fn free_name(contract: &Contract, symbol: &str) -> String {
    let plain: String =
        symbol.chars().map(|c| if c.is_ascii_alphanumeric() || c == '_' { c } else { '_' }).collect();
    let plain = plain.trim_matches('_').to_ascii_lowercase();
    let base = if is_identifier(&plain) { plain } else { format!("state_{plain}") };
    let free = |name: &String| contract.state_area(name).is_none();
    if free(&base) {
        return base;
    }
    (2..).map(|n| format!("{base}_{n}")).find(free).unwrap_or(base)
}

/// How the routine sees it: as it was scanned, if the contract has that type; else as another routine does; else as bytes.
fn view(case: &Case<'_>, variable: &Variable, area: &StateArea) -> Type {
    let contract = case.known.contract;
    let size = |ty: &Type| contract.size_align(ty).map(|(size, _)| size);
    for scanned in case.scanned {
        let names = scanned.state.iter().filter(|other| other.symbol == variable.symbol.name);
        let mut routines = scanned.routines.iter().filter(|r| r.symbol == case.known.routine.symbol);
        if let (Some(name), Some(routine)) = (names.map(|area| &area.name).next(), routines.next())
            && let Some(entry) = routine.state.iter().find(|entry| entry.area == *name)
            && let Some(view) = known_as(contract, scanned, &entry.view)
            && size(&view) == Some(area.size)
        {
            return view;
        }
    }
    let others = contract.routines.iter().flat_map(|routine| &routine.state);
    let mut same = others.filter(|entry| entry.area == area.name && size(&entry.view) == Some(area.size));
    let bytes = || Type::parse(&format!("[u8; {}]", area.size)).unwrap_or(Type::Char);
    let known = case.types.get(&variable.symbol.address).filter(|ty| size(ty) == Some(area.size));
    same.next().map(|entry| entry.view.clone()).or_else(|| known.cloned()).unwrap_or_else(bytes)
}

/// A scanned type as the contract names it: a record of the same fields at the same offsets, whatever its name.
fn known_as(contract: &Contract, scanned: &Contract, ty: &Type) -> Option<Type> {
    match ty {
        Type::Array(inner, extent) => {
            Some(Type::Array(Box::new(known_as(contract, scanned, inner)?), extent.clone()))
        }
        Type::Named(name) => {
            let wanted = scanned.type_def(name)?;
            let TypeKind::Struct(fields) = &wanted.kind else { return None };
            let same = |def: &&TypeDef| match &def.kind {
                TypeKind::Struct(others) => {
                    let alike =
                        |a: &Field, b: &Field| a.name == b.name && a.offset == b.offset && a.ty == b.ty;
                    def.size == wanted.size
                        && others.len() == fields.len()
                        && others.iter().zip(fields).all(|(a, b)| alike(a, b))
                }
                _ => false,
            };
            Some(Type::Named(contract.types.iter().find(same)?.name.clone()))
        }
        other => Some(other.clone()),
    }
}

/// As TOML.
fn value(view: &Type, usage: Use, definition: Option<&StateArea>) -> String {
    let mut text = format!("{{ view = {}, use = {}", quoted(&view.to_string()), quoted(usage.name()));
    if let Some(area) = definition {
        text += &format!(", symbol = {}", quoted(&area.symbol));
        area.file.iter().for_each(|file| text += &format!(", file = {}", quoted(file)));
        text += &format!(", size = {}, kind = {}", area.size, quoted(area.kind.name()));
    }
    text + " }"
}
