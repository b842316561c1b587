//! Accepted proposals become facts of the file: comments, blanks and order of everything else stay.

use super::{merge::is_header, propose::with, read_unchecked, write};
use crate::diagnostics::Diagnostics;
use crate::model::{Contract, Proposal, Type};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// What a person chose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Choice {
    /// It becomes a fact.
    Accept,
    /// It stays where it is, marked as rejected.
    Reject,
    /// Not now.
    Leave,
}

/// What came of the choices.
#[derive(Debug, Clone, PartialEq)]
pub struct Accepted {
    /// The new text.
    pub text: String,
    /// The proposals that are facts now.
    pub accepted: Vec<Proposal>,
    /// Those that were rejected.
    pub rejected: Vec<Proposal>,
    /// Those that remain.
    pub left: Vec<Proposal>,
}

/// Why nothing was changed.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum AcceptError {
    /// The file cannot be read, or would no longer be a contract.
    #[error(transparent)]
    Contract(#[from] Diagnostics),
    /// A proposal about something that the file does not have.
    #[error("the proposal {place} = {value} has no place in this contract")]
    Misplaced {
        /// What it is about.
        place: String,
        /// What it says.
        value: String,
    },
}

/// Applies the choices. Fails, and changes nothing, where the file cannot be read or would not be a contract afterwards.
pub fn accept(
    existing: &str,
    file: &str,
    choose: &dyn Fn(&Proposal) -> Choice,
) -> Result<Accepted, AcceptError> {
    let contract = read_unchecked(existing, file)?;
    let Ok(mut document) = existing.parse::<DocumentMut>() else {
        return Err(Diagnostics(Vec::new()).into());
    };
    let mut outcome =
        Accepted { text: String::new(), accepted: Vec::new(), rejected: Vec::new(), left: Vec::new() };
    for proposal in &contract.proposals {
        match choose(proposal) {
            Choice::Leave => outcome.left.push(proposal.clone()),
            Choice::Reject => outcome.rejected.push(Proposal { rejected: true, ..proposal.clone() }),
            Choice::Accept => {
                if apply(&mut document, proposal).is_none() {
                    let (place, value) = (proposal.place(), proposal.value.clone());
                    return Err(AcceptError::Misplaced { place, value });
                }
                outcome.accepted.push(proposal.clone());
            }
        }
    }
    let remaining = outcome.left.iter().chain(&outcome.rejected).cloned().collect::<Vec<_>>();
    outcome.text = with(&document.to_string(), &remaining);
    if outcome.accepted.is_empty() {
        return Ok(outcome);
    }
    // A file that was whole stays whole: what two proposals make together is checked as what a person writes is.
    let changed = Contract::from_toml(&outcome.text, file)?;
    let (first, rest) = outcome.text.split_once('\n').unwrap_or((&outcome.text, ""));
    if is_header(first) {
        outcome.text = format!("{}\n{rest}", write::header(&changed));
    }
    Ok(outcome)
}

/// Makes the document say what the proposal says; `None` where it has no place for it.
fn apply(document: &mut DocumentMut, proposal: &Proposal) -> Option<()> {
    let value: Value = proposal.value.parse().ok()?;
    let keys: Vec<&str> = proposal.set.split('.').collect();
    let root = document.as_table_mut();
    let Some(name) = &proposal.routine else {
        let ["type", name, "fields", field, key] = keys[..] else { return None };
        let fields = root.get_mut("type")?.as_table_like_mut()?.get_mut(name)?;
        let field = element(fields.as_table_like_mut()?.get_mut("fields")?, "name", field)?;
        put(field, key, value);
        return Some(());
    };
    match keys[..] {
        ["params", param, key] => {
            let param = element(routine(root, name)?.get_mut("params")?, "name", param)?;
            let ty = value.as_str().filter(|_| key == "type").and_then(|text| Type::parse(text).ok());
            put(param, key, value);
            // What is always passed by address is not said to be; of anything else it must be said.
            match ty.map(|ty| ty.is_always_by_reference()) {
                Some(true) => drop(param.remove("by")),
                Some(false) => put(param, "by", "reference".into()),
                None => {}
            }
        }
        ["returns", key] => put(routine(root, name)?.get_mut("returns")?.as_inline_table_mut()?, key, value),
        ["effects"] => set(routine(root, name)?, "effects", value),
        ["status"] => status(routine(root, name)?, value.as_inline_table()?)?,
        ["state", area] => state(root, name, area, value.as_inline_table()?)?,
        _ => return None,
    }
    Some(())
}

fn routine<'d>(root: &'d mut Table, name: &str) -> Option<&'d mut dyn TableLike> {
    root.get_mut("routine")?.as_table_like_mut()?.get_mut(name)?.as_table_like_mut()
}

/// The inline table of an array in which `key` is `name`.
fn element<'d>(array: &'d mut Item, key: &str, name: &str) -> Option<&'d mut InlineTable> {
    let tables = array.as_array_mut()?.iter_mut().filter_map(Value::as_inline_table_mut);
    let mut same = tables.filter(|table| table.get(key).and_then(Value::as_str) == Some(name));
    same.next()
}

/// Sets a key of an inline table; a new one comes last, between single blanks.
fn put(table: &mut InlineTable, key: &str, mut value: Value) {
    match table.get_mut(key) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            let last = table.iter().last().map(|(key, _)| key.to_string());
            if let Some(last) = last.and_then(|last| table.get_mut(&last)) {
                last.decor_mut().set_suffix("");
            }
            value.decor_mut().set_prefix(" ");
            value.decor_mut().set_suffix(" ");
            table.insert(key, value);
        }
    }
}

/// Sets a key of a table, keeping what stands behind the old value.
fn set(table: &mut dyn TableLike, key: &str, mut value: Value) {
    match table.get_mut(key).and_then(Item::as_value_mut) {
        Some(old) => {
            *value.decor_mut() = old.decor().clone();
            *old = value;
        }
        None => {
            table.insert(key, Item::Value(value));
        }
    }
}

/// `{ carrier = "ier", ok = 0, error = "< 0" }`: the convention, and who carries the code.
fn status(routine: &mut dyn TableLike, wanted: &InlineTable) -> Option<()> {
    let mut convention = wanted.clone();
    let carrier = convention.remove("carrier")?;
    let carrier = carrier.as_str()?;
    let whom = match carrier {
        "return" => routine.get_mut("returns")?.as_inline_table_mut()?,
        param => element(routine.get_mut("params")?, "name", param)?,
    };
    put(whom, "use", "status".into());
    convention.fmt();
    convention.decor_mut().set_prefix(" ");
    set(routine, "status", Value::InlineTable(convention));
    Some(())
}

/// `{ view = "cst", use = "in" }`, and for storage that the file does not have yet its symbol, size and kind.
fn state(root: &mut Table, name: &str, area: &str, wanted: &InlineTable) -> Option<()> {
    if wanted.contains_key("symbol") {
        let areas = root.entry("state").or_insert_with(|| {
            let mut areas = Table::new();
            areas.set_implicit(true);
            Item::Table(areas)
        });
        let areas = areas.as_table_like_mut()?;
        if areas.get(area).is_none() {
            let mut definition = Table::new();
            for key in ["symbol", "file", "size", "kind"] {
                if let Some(value) = wanted.get(key) {
                    definition.insert(key, Item::Value(value.clone().decorated(" ", "")));
                }
            }
            areas.insert(area, Item::Table(definition));
        }
    }
    let (view, usage) = (wanted.get("view")?, wanted.get("use")?);
    let routine = routine(root, name)?;
    if routine.get("state").is_none() {
        routine.insert("state", Item::Value(Value::Array(Array::new())));
    }
    let list = routine.get_mut("state")?;
    if let Some(entry) = element(list, "area", area) {
        put(entry, "use", usage.clone());
        return Some(());
    }
    let mut entry = InlineTable::new();
    entry.insert("area", area.into());
    entry.insert("view", view.clone());
    entry.insert("use", usage.clone());
    entry.fmt();
    list.as_array_mut()?.push(Value::InlineTable(entry));
    Some(())
}
