//! A re-scan changes only what differs: every comment, blank and order of an existing file stays.

use super::{read, read_unchecked, refine, section::Reader, write};
use crate::diagnostics::Diagnostics;
use crate::model::{Condition, Contract, Type};
use crate::remote::{DEFAULT_DEADLINE, parse_time};
use toml_edit::{Array, DocumentMut, InlineTable, Item, Table, TableLike, Value};

/// Brings an existing contract file up to date with a new scan. The binary's facts (symbols, sizes, offsets, types, `at`)
/// follow the scan; directions, units, tolerances, status, effects, threads, and extents filled in by a person stay.
/// Nothing that the scan does not speak of is removed. Fails if the existing text cannot be read.
pub fn merge_into(existing: &str, file: &str, new: &Contract) -> Result<String, Diagnostics> {
    let old = read_unchecked(existing, file)?;
    let merged = refine::refined(&old, new);
    let wanted = write::write(&merged);
    // Both are known to be TOML: the first was just read, the second just written.
    let (Ok(mut document), Ok(wanted)) = (existing.parse::<DocumentMut>(), wanted.parse::<DocumentMut>())
    else {
        let mut reader = Reader::new(file, existing);
        read::read(&mut reader, existing);
        return Err(reader.into_diagnostics());
    };
    sync_table(document.as_table_mut(), wanted.as_table());
    let text = document.to_string();
    let (first, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let body = if is_header(first) { rest } else { &text };
    Ok(format!("{}\n{body}", write::header(&merged)))
}

/// The line is one that [`write::header`] prints: any other is a person's.
pub(super) fn is_header(line: &str) -> bool {
    let hash = line.trim_end().rsplit(' ').next().unwrap_or_default();
    line.starts_with("# @(#) ") && hash.len() == 16 && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Makes `table` say what `wanted` says.
fn sync_table(table: &mut dyn TableLike, whole: &dyn TableLike) {
    let obsolete: Vec<String> = table
        .iter()
        .filter(|(key, item)| !whole.contains_key(key) && !is_default(key, item, whole))
        .map(|(key, _)| key.to_string())
        .collect();
    for key in obsolete {
        table.remove(&key);
    }
    for (key, wanted) in whole.iter() {
        match table.get_mut(key) {
            Some(item) => sync_item(key, item, wanted),
            None if is_default(key, wanted, whole) => (),
            None => {
                table.insert(key, without_position(wanted.clone()));
            }
        }
    }
}

fn sync_item(key: &str, item: &mut Item, wanted: &Item) {
    if let (Some(table), Some(wanted)) = (item.as_inline_table_mut(), wanted.as_table_like()) {
        return sync_inline(table, wanted);
    }
    if let (Some(table), Some(wanted)) = (item.as_table_like_mut(), wanted.as_table_like()) {
        return sync_table(table, wanted);
    }
    if let (Some(value), Some(wanted)) = (item.as_value_mut(), wanted.as_value()) {
        return sync_value(key, value, wanted);
    }
    *item = without_position(wanted.clone());
}

fn sync_value(key: &str, value: &mut Value, wanted: &Value) {
    if same(key, value, wanted) {
        return;
    }
    match (&mut *value, wanted) {
        (Value::Array(array), Value::Array(wanted)) if wanted.iter().any(Value::is_inline_table) => {
            sync_array(array, wanted);
        }
        (Value::InlineTable(table), Value::InlineTable(wanted)) => sync_inline(table, wanted),
        (value, _) => {
            let decor = value.decor().clone();
            *value = wanted.clone();
            *value.decor_mut() = decor;
        }
    }
}

/// An inline table keeps its single blanks when a key comes last.
fn sync_inline(table: &mut InlineTable, wanted: &dyn TableLike) {
    let before = table.len();
    sync_table(table, wanted);
    if table.len() == before {
        return;
    }
    let last = table.len().saturating_sub(1);
    for (i, (_, value)) in table.iter_mut().enumerate() {
        let suffix = value.decor().suffix().and_then(|suffix| suffix.as_str()).unwrap_or_default();
        if suffix.trim().is_empty() {
            value.decor_mut().set_suffix(if i == last { " " } else { "" });
        }
    }
}

/// Rebuilds an array of inline tables in the order of `wanted`: old elements with their comments where there are any.
fn sync_array(array: &mut Array, wanted: &Array) {
    let one_line = !array.is_empty() && !array.to_string().contains('\n');
    // A comment behind an element belongs to it, but stands before the next one in the document's eyes.
    let trailing = array.trailing().as_str().unwrap_or_default().to_string();
    let mut heads: Vec<(String, String)> = array.iter().map(|v| split_prefix(prefix(v))).collect();
    heads.push(split_prefix(&trailing));
    let old: Vec<Value> = array.iter().cloned().collect();
    let mut rebuilt = Array::new();
    let mut behind = if old.is_empty() { String::new() } else { heads[0].0.clone() };
    for element in wanted.iter() {
        let position = old.iter().position(|old| identity(old) == identity(element));
        let mut value = match position {
            Some(i) => {
                let mut value = old[i].clone();
                sync_value("", &mut value, element);
                value
            }
            None => element.clone(),
        };
        let own = match position {
            Some(i) => heads[i].1.clone(),
            None if one_line => " ".to_string(),
            None => split_prefix(prefix(element)).1,
        };
        value.decor_mut().set_prefix(format!("{behind}{own}"));
        behind = position.map_or(String::new(), |i| heads[i + 1].0.clone());
        rebuilt.push_formatted(value);
    }
    let end =
        if old.is_empty() { wanted.trailing().as_str().unwrap_or_default() } else { &heads[old.len()].1 };
    rebuilt.set_trailing(format!("{behind}{end}"));
    rebuilt.set_trailing_comma(!one_line && !wanted.is_empty() && (array.trailing_comma() || old.is_empty()));
    *rebuilt.decor_mut() = array.decor().clone();
    *array = rebuilt;
}

fn prefix(value: &Value) -> &str {
    value.decor().prefix().and_then(|prefix| prefix.as_str()).unwrap_or_default()
}

/// A comment on the line of the element before, and the rest.
fn split_prefix(prefix: &str) -> (String, String) {
    match prefix.find('\n') {
        Some(end) if prefix[..end].contains('#') => (prefix[..end].to_string(), prefix[end..].to_string()),
        _ => (String::new(), prefix.to_string()),
    }
}

/// What an element is known by: its `name` or its `area`.
fn identity(value: &Value) -> Option<&str> {
    let table = value.as_inline_table()?;
    table.get("name").or_else(|| table.get("area"))?.as_str()
}

/// Both say the same, however it is written.
fn same(key: &str, value: &Value, wanted: &Value) -> bool {
    match (value, wanted) {
        (Value::String(a), Value::String(b)) => {
            let (a, b) = (a.value(), b.value());
            a == b
                || match key {
                    "type" | "view" | "repr" | "element" => {
                        matches!((Type::parse(a), Type::parse(b)), (Ok(a), Ok(b)) if a == b)
                    }
                    "warning" | "error" => {
                        matches!((Condition::parse(a), Condition::parse(b)), (Ok(a), Ok(b)) if a == b)
                    }
                    "deadline" => matches!((parse_time(a), parse_time(b)), (Ok(a), Ok(b)) if a == b),
                    _ => false,
                }
        }
        (Value::Integer(a), Value::Integer(b)) => a.value() == b.value(),
        (Value::Integer(a), Value::Float(b)) => *a.value() as f64 == *b.value(),
        (Value::Float(a), Value::Float(b)) => a.value().to_bits() == b.value().to_bits(),
        (Value::Boolean(a), Value::Boolean(b)) => a.value() == b.value(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| same(key, a, b))
        }
        _ => false,
    }
}

/// The key of this table says what its absence says: a person may have written it out, or left it out.
fn is_default(key: &str, item: &Item, table: &dyn TableLike) -> bool {
    match key {
        "by" => {
            let ty = table.get("type").and_then(Item::as_str).and_then(|text| Type::parse(text).ok());
            // A returned value, which has no name, is one whatever its type.
            let param = table.contains_key("name");
            let by_reference = param && ty.is_some_and(|ty| ty.is_always_by_reference());
            item.as_str() == Some(if by_reference { "reference" } else { "value" })
        }
        // A field is `inout`, a returned value, which has no name, is `out`.
        "use" => item.as_str() == Some(if table.contains_key("name") { "inout" } else { "out" }),
        "effects" => item.as_str() == Some("unknown"),
        "threads" => item.as_str() == Some("serial"),
        "target" => item.as_str() == Some("x86-64"),
        "trivial" => item.as_bool() == Some(true),
        "nullable" | "signed-zero" | "varargs" | "static-link" => item.as_bool() == Some(false),
        "idempotent" => item.as_bool() == Some(false),
        "deadline" => item.as_str().is_some_and(|text| parse_time(text) == Ok(DEFAULT_DEADLINE)),
        "fallback" => item.as_str() == Some("legacy"),
        "remote" => item
            .as_table_like()
            .is_some_and(|remote| remote.iter().all(|(key, item)| is_default(key, item, remote))),
        "params" | "state" => item.as_array().is_some_and(Array::is_empty),
        _ => false,
    }
}

/// A table to insert takes its place after its siblings, not the one it had in another document.
fn without_position(mut item: Item) -> Item {
    if let Some(table) = item.as_table_mut() {
        forget_position(table);
    }
    item
}

fn forget_position(table: &mut Table) {
    table.set_position(None);
    for (_, item) in table.iter_mut() {
        if let Some(child) = item.as_table_mut() {
            forget_position(child);
        }
    }
}
