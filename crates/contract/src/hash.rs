//! Hashes by which both ends of a boundary know that they speak of the same routine.
//!
//! What decides how bytes are read or written is hashed; units, tolerances, source positions, build-ids and comments are
//! not, so that a maintainer may complete those without rebuilding a module.

use crate::model::{By, Contract, Field, Param, Returns, Routine, Status, Type, TypeKind};
use crate::syntax::Word;
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Hash of everything that decides how a call of this routine is made and read.
pub fn routine_hash(contract: &Contract, routine: &Routine) -> u64 {
    truncated(&canonical(contract, routine))
}

/// Hash of the whole contract: of its component's name and language and of all its routines, whatever their order.
pub fn contract_hash(contract: &Contract) -> u64 {
    let mut parts: Vec<String> = contract.routines.iter().map(|r| canonical(contract, r)).collect();
    parts.sort();
    let component = &contract.component;
    let mut text = String::new();
    line(&mut text, "component", &[&component.name, component.language.name()]);
    truncated(&(text + &parts.concat()))
}

/// A hash as it is printed: 16 hexadecimal digits.
pub fn format_hash(hash: u64) -> String {
    format!("{hash:016x}")
}

fn truncated(text: &str) -> u64 {
    let digest = Sha256::digest(text.as_bytes());
    digest.iter().take(8).fold(0, |hash, byte| (hash << 8) | u64::from(*byte))
}

/// One line of canonical text. Words are quoted, so that no two different lists look the same.
fn line(out: &mut String, key: &str, words: &[&str]) {
    out.push_str(key);
    for word in words {
        // Writing to a String cannot fail.
        let _ = write!(out, " {word:?}");
    }
    out.push('\n');
}

/// A line for a fact that few have.
fn fact(out: &mut String, key: &str, value: &Option<String>) {
    value.iter().for_each(|value| line(out, key, &[value]));
}

/// The routine and all that its types and state lead to, in an order that does not depend on the file's.
fn canonical(contract: &Contract, routine: &Routine) -> String {
    let mut text = String::new();
    let mut types = BTreeSet::new();
    let language = contract.component.language.name();
    line(&mut text, "routine", &[&routine.name, &routine.symbol, language]);
    for (word, holds) in [("varargs", routine.varargs), ("static-link", routine.static_link)] {
        if holds {
            line(&mut text, word, &[]);
        }
    }
    signature(&routine.params, &routine.returns, &mut text);
    reach_signature(contract, &routine.params, &routine.returns, &mut types);
    if let Some(status) = &routine.status {
        line(&mut text, "status", &[&status_words(status)]);
    }
    for entry in &routine.state {
        let size = contract.state_area(&entry.area).map_or(String::new(), |area| area.size.to_string());
        line(&mut text, "state", &[&entry.area, &size, &entry.view.to_string(), entry.usage.name()]);
        reach(contract, &entry.view, &mut types);
    }
    for name in types {
        define(contract, name, &mut text);
    }
    text
}

/// The lines of a list of parameters and of a returned value.
fn signature(params: &[Param], returns: &Option<Returns>, text: &mut String) {
    for param in params {
        let nullable = if param.nullable { "nullable" } else { "" };
        let words = [&param.name, &param.ty.to_string(), param.by.name(), param.usage.name(), nullable];
        line(text, "param", &words);
        fact(text, "user-data", &param.user_data);
    }
    if let Some(returns) = returns {
        let ty = returns.ty.to_string();
        match returns.by {
            By::Value => line(text, "returns", &[&ty, returns.usage.name()]),
            by => line(text, "returns", &[&ty, by.name(), returns.usage.name()]),
        }
        fact(text, "release", &returns.release);
    }
}

fn reach_signature<'a>(
    contract: &'a Contract,
    params: &'a [Param],
    returns: &'a Option<Returns>,
    names: &mut BTreeSet<&'a str>,
) {
    params.iter().for_each(|param| reach(contract, &param.ty, names));
    returns.iter().for_each(|returns| reach(contract, &returns.ty, names));
}

fn status_words(status: &Status) -> String {
    let word = |condition: &Option<crate::model::Condition>| {
        condition.map_or(String::new(), |condition| condition.to_string())
    };
    let panic = status.panic.map_or(String::new(), |code| code.to_string());
    format!("{}; {}; {}; {panic}", status.ok, word(&status.warning), word(&status.error))
}

/// Collects the names of the definitions that `ty` leads to.
fn reach<'a>(contract: &'a Contract, ty: &'a Type, names: &mut BTreeSet<&'a str>) {
    match ty {
        Type::Array(element, _) => reach(contract, element, names),
        Type::Named(name) if names.insert(name) => match contract.type_def(name).map(|def| &def.kind) {
            Some(TypeKind::Struct(fields) | TypeKind::Union(fields)) => {
                fields.iter().for_each(|field| reach(contract, &field.ty, names));
            }
            Some(TypeKind::Function { params, returns }) => {
                reach_signature(contract, params, returns, names);
            }
            Some(TypeKind::Packed { element, .. }) => reach(contract, element, names),
            _ => (),
        },
        _ => (),
    }
}

fn define(contract: &Contract, name: &str, text: &mut String) {
    let Some(def) = contract.type_def(name) else {
        return line(text, "undefined", &[name]);
    };
    let size_align = [def.size.to_string(), def.align.to_string()];
    if !def.trivial {
        line(text, "not-trivial", &[name]);
    }
    match &def.kind {
        TypeKind::Struct(fields) => {
            line(text, "struct", &[name, &size_align[0], &size_align[1]]);
            fields.iter().for_each(|field| define_field(field, text));
        }
        TypeKind::Union(fields) => {
            line(text, "union", &[name, &size_align[0], &size_align[1]]);
            fields.iter().for_each(|field| define_field(field, text));
        }
        TypeKind::Enum { repr, values } => {
            line(text, "enum", &[name, &repr.to_string()]);
            for (name, value) in values {
                line(text, "value", &[name, &value.to_string()]);
            }
        }
        TypeKind::Function { params, returns } => {
            line(text, "function", &[name]);
            signature(params, returns, text);
            fact(text, "user-data", &def.user_data);
            fact(text, "stop", &def.stop.map(|value| value.to_string()));
        }
        TypeKind::Range { repr, first, last } => {
            line(text, "range", &[name, &repr.to_string(), &first.to_string(), &last.to_string()]);
        }
        TypeKind::Fixed { repr, small: (n, d) } => {
            line(text, "fixed", &[name, &repr.to_string(), &n.to_string(), &d.to_string()]);
        }
        TypeKind::Packed { element, bits, count } => {
            let words = [name, &element.to_string(), &bits.to_string(), &count.to_string()];
            line(text, "packed", &words);
        }
        TypeKind::Opaque { .. } => {
            line(text, "opaque", &[name, &size_align[0], &size_align[1]]);
            fact(text, "release", &def.release);
        }
    }
}

fn define_field(field: &Field, text: &mut String) {
    let bits = field.bits.map_or(String::new(), |(first, count)| format!("{first} {count}"));
    let words = [&field.name, &field.ty.to_string(), &field.offset.to_string(), &bits, field.usage.name()];
    line(text, "field", &words);
    if let Some(when) = &field.when {
        line(text, "when", &[&when.to_string()]);
    }
}
