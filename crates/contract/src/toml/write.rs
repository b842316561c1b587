//! A contract becomes a document, laid out to be read and to be compared line by line.

use crate::hash::{contract_hash, format_hash};
use crate::model::*;
use crate::remote::Time;
use crate::syntax::Word;
use std::fmt::Write;
use toml_edit::{Key, Value};

/// Cells longer than this do not push the others to the right.
const WIDEST: usize = 32;

/// `key = value` pairs of one inline table; `None` leaves the column blank.
type Row = Vec<Option<(&'static str, String)>>;

pub(super) fn write(contract: &Contract) -> String {
    let mut out = header(contract);
    out.push_str("\ncontract = 1\n\n[component]\n");
    let component = &contract.component;
    pair(&mut out, "name", &string(&component.name));
    pair(&mut out, "language", &word(component.language));
    if component.target != Target::default() {
        pair(&mut out, "target", &word(component.target));
    }
    let binary: Row = vec![
        component.binary.as_ref().map(|file| ("file", string(file))),
        component.build_id.as_ref().map(|id| ("build-id", string(id))),
    ];
    if binary.iter().any(Option::is_some) {
        pair(&mut out, "binary", &inline(&binary));
    }
    for def in &contract.types {
        type_def(&mut out, def);
    }
    for area in &contract.state {
        state(&mut out, area);
    }
    for routine in &contract.routines {
        write_routine(&mut out, routine, component.language);
    }
    for proposal in &contract.proposals {
        write_proposal(&mut out, proposal);
    }
    out
}

/// One table of the array at the end of the file.
pub(super) fn write_proposal(out: &mut String, proposal: &Proposal) {
    out.push_str("\n[[proposal]]\n");
    proposal.routine.iter().for_each(|name| pair(out, "routine", &string(name)));
    pair(out, "set", &string(&proposal.set));
    pair(out, "value", &proposal.value);
    pair(out, "calls", &proposal.calls.to_string());
    pair(out, "by", &string(&proposal.by));
    pair(out, "why", &string(&proposal.why));
    proposal.conflict.iter().for_each(|text| pair(out, "conflict", &string(text)));
    if proposal.rejected {
        pair(out, "rejected", "true");
    }
}

/// The first line of a contract file.
pub(super) fn header(contract: &Contract) -> String {
    // A name with a line break cannot be valid, and must not end the comment.
    let name: String = contract.component.name.chars().filter(|c| !c.is_control()).collect();
    format!("# @(#) {name} contract {}", format_hash(contract_hash(contract)))
}

fn string(text: &str) -> String {
    Value::from(text).to_string()
}

fn word(value: impl Word) -> String {
    format!("\"{}\"", value.name())
}

fn number(value: f64) -> String {
    // Rust's own form has exponents, as people write tolerances; TOML writes the others its own way.
    if value.is_finite() { format!("{value:?}") } else { Value::from(value).to_string() }
}

// Writing to a String cannot fail: the results below are dropped.

fn pair(out: &mut String, key: &str, value: &str) {
    let _ = writeln!(out, "{key} = {value}");
}

fn section(out: &mut String, kind: &str, name: &str) {
    let _ = writeln!(out, "\n[{kind}.{}]", Key::new(name).display_repr());
}

fn inline(row: &Row) -> String {
    let cells: Vec<String> = row.iter().flatten().map(|(key, value)| format!("{key} = {value}")).collect();
    format!("{{ {} }}", cells.join(", "))
}

/// An array of inline tables, one a line, the first `aligned` columns under each other.
fn table(out: &mut String, key: &str, rows: &[Row], aligned: usize) {
    if rows.is_empty() {
        return pair(out, key, "[]");
    }
    let cell = |cell: &Option<(&str, String)>| cell.as_ref().map(|(key, value)| format!("{key} = {value}"));
    let width = |column: usize| {
        let widths = rows.iter().filter_map(|row| cell(row.get(column)?)).map(|cell| cell.chars().count());
        widths.filter(|width| *width <= WIDEST).max()
    };
    let widths: Vec<Option<usize>> = (0..aligned).map(width).collect();
    let _ = writeln!(out, "{key} = [");
    for row in rows {
        let mut line = String::new();
        let last = row.iter().rposition(Option::is_some);
        for (column, value) in row.iter().enumerate() {
            let width = widths.get(column).copied().flatten();
            match (cell(value), width) {
                (Some(cell), _) if Some(column) == last => line.push_str(&cell),
                (Some(cell), width) => {
                    // Two more for the comma and the blank.
                    let _ = write!(line, "{:<1$}", cell + ", ", width.unwrap_or(0) + 2);
                }
                (None, Some(width)) if last.is_some_and(|last| column < last) => {
                    let _ = write!(line, "{:1$}", "", width + 2);
                }
                (None, _) => (),
            }
        }
        let _ = writeln!(out, "  {{ {line} }},");
    }
    out.push_str("]\n");
}

fn type_def(out: &mut String, def: &TypeDef) {
    section(out, "type", &def.name);
    match &def.kind {
        TypeKind::Struct(fields) => record(out, def, "struct", fields),
        TypeKind::Union(fields) => record(out, def, "union", fields),
        TypeKind::Enum { repr, values } => {
            kind_and_repr(out, "enum", repr);
            let values: Vec<String> = values
                .iter()
                .map(|(name, value)| format!("{} = {value}", Key::new(name).display_repr()))
                .collect();
            pair(out, "values", &format!("{{ {} }}", values.join(", ")));
        }
        TypeKind::Range { repr, first, last } => {
            kind_and_repr(out, "range", repr);
            pair(out, "first", &first.to_string());
            pair(out, "last", &last.to_string());
        }
        TypeKind::Fixed { repr, small: (numerator, denominator) } => {
            kind_and_repr(out, "fixed", repr);
            pair(out, "small", &string(&format!("{numerator}/{denominator}")));
        }
        TypeKind::Packed { element, bits, count } => {
            layout(out, def, "packed");
            pair(out, "element", &string(&element.to_string()));
            pair(out, "bits", &bits.to_string());
            pair(out, "count", &count.to_string());
        }
        TypeKind::Opaque { of } => {
            layout(out, def, "opaque");
            of.iter().for_each(|of| pair(out, "of", &string(of)));
            def.release.iter().for_each(|name| pair(out, "release", &string(name)));
        }
        TypeKind::Function { params, returns } => {
            pair(out, "kind", "\"function\"");
            signature(out, params, returns);
            def.user_data.iter().for_each(|name| pair(out, "user-data", &string(name)));
            def.stop.iter().for_each(|value| pair(out, "stop", &value.to_string()));
        }
    }
}

fn record(out: &mut String, def: &TypeDef, kind: &str, fields: &[Field]) {
    layout(out, def, kind);
    let rows: Vec<Row> = fields.iter().map(field).collect();
    table(out, "fields", &rows, 3);
}

fn layout(out: &mut String, def: &TypeDef, kind: &str) {
    pair(out, "kind", &string(kind));
    pair(out, "size", &def.size.to_string());
    pair(out, "align", &def.align.to_string());
    if !def.trivial {
        pair(out, "trivial", "false");
    }
}

fn kind_and_repr(out: &mut String, kind: &str, repr: &Type) {
    pair(out, "kind", &string(kind));
    pair(out, "repr", &string(&repr.to_string()));
}

fn field(field: &Field) -> Row {
    let usage = (field.usage != Use::InOut).then(|| ("use", word(field.usage)));
    vec![
        Some(("name", string(&field.name))),
        Some(("type", string(&field.ty.to_string()))),
        Some(("offset", field.offset.to_string())),
        field.bits.map(|(first, count)| ("bits", format!("[{first}, {count}]"))),
        usage,
        field.when.as_ref().map(|when| ("when", string(&when.to_string()))),
        unit(&field.unit),
        tolerance(&field.tolerance),
    ]
}

fn unit(unit: &Option<String>) -> Option<(&'static str, String)> {
    unit.as_ref().map(|unit| ("unit", string(unit)))
}

fn tolerance(tolerance: &Option<Tolerance>) -> Option<(&'static str, String)> {
    let tolerance = tolerance.as_ref()?;
    let row: Row = vec![
        tolerance.absolute.map(|value| ("absolute", number(value))),
        tolerance.relative.map(|value| ("relative", number(value))),
        tolerance.ulp.map(|value| ("ulp", value.to_string())),
        tolerance.signed_zero.then(|| ("signed-zero", "true".to_string())),
    ];
    Some(("tolerance", inline(&row)))
}

fn state(out: &mut String, area: &StateArea) {
    section(out, "state", &area.name);
    pair(out, "symbol", &string(&area.symbol));
    if let Some(file) = &area.file {
        pair(out, "file", &string(file));
    }
    pair(out, "size", &area.size.to_string());
    pair(out, "kind", &word(area.kind));
}

fn signature(out: &mut String, params: &[Param], returns: &Option<Returns>) {
    let rows: Vec<Row> = params.iter().map(param).collect();
    table(out, "params", &rows, 4);
    if let Some(returns) = returns {
        let row: Row = vec![
            Some(("type", string(&returns.ty.to_string()))),
            (returns.by != By::Value).then(|| ("by", word(returns.by))),
            Some(("use", word(returns.usage))),
            returns.release.as_ref().map(|name| ("release", string(name))),
            unit(&returns.unit),
            tolerance(&returns.tolerance),
        ];
        pair(out, "returns", &inline(&row));
    }
}

fn write_routine(out: &mut String, routine: &Routine, language: Language) {
    section(out, "routine", &routine.name);
    pair(out, "symbol", &string(&routine.symbol));
    routine.source.iter().for_each(|source| pair(out, "source", &string(source)));
    routine.at.iter().for_each(|at| pair(out, "at", &string(at)));
    signature(out, &routine.params, &routine.returns);
    if let Some(status) = &routine.status {
        let condition = |condition: &Option<Condition>| condition.map(|c| string(&c.to_string()));
        let row: Row = vec![
            Some(("ok", status.ok.to_string())),
            condition(&status.warning).map(|text| ("warning", text)),
            condition(&status.error).map(|text| ("error", text)),
            status.panic.map(|code| ("panic", code.to_string())),
        ];
        pair(out, "status", &inline(&row));
    }
    if !routine.state.is_empty() {
        let row = |entry: &StateUse| -> Row {
            vec![
                Some(("area", string(&entry.area))),
                Some(("view", string(&entry.view.to_string()))),
                Some(("use", word(entry.usage))),
            ]
        };
        let rows: Vec<Row> = routine.state.iter().map(row).collect();
        table(out, "state", &rows, 2);
    }
    pair(out, "effects", &word(routine.effects));
    pair(out, "threads", &word(routine.threads));
    if routine.exceptions != Exceptions::of(language) {
        pair(out, "exceptions", &word(routine.exceptions));
    }
    let (remote, usual) = (routine.remote, Remote::default());
    if remote != usual {
        let row: Row = vec![
            (remote.idempotent != usual.idempotent).then(|| ("idempotent", remote.idempotent.to_string())),
            (remote.deadline != usual.deadline)
                .then(|| ("deadline", string(&Time(remote.deadline).to_string()))),
            (remote.fallback != usual.fallback).then(|| ("fallback", word(remote.fallback))),
        ];
        pair(out, "remote", &inline(&row));
    }
    for (key, holds) in [("varargs", routine.varargs), ("static-link", routine.static_link)] {
        if holds {
            pair(out, key, "true");
        }
    }
}

fn param(param: &Param) -> Row {
    // What follows from the type is not said again; an array by value is printed, to be refused where it is read.
    let implied = param.by == if param.ty.is_always_by_reference() { By::Reference } else { By::Value };
    vec![
        Some(("name", string(&param.name))),
        Some(("type", string(&param.ty.to_string()))),
        (!implied).then(|| ("by", word(param.by))),
        Some(("use", word(param.usage))),
        param.nullable.then(|| ("nullable", "true".to_string())),
        param.user_data.as_ref().map(|name| ("user-data", string(name))),
        param.kept.map(|kept| ("kept", kept.to_string())),
        unit(&param.unit),
        tolerance(&param.tolerance),
    ]
}
