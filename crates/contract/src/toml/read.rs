//! A document becomes a contract.

use super::section::{Reader, Section, shown};
use super::types::type_def;
use crate::model::*;
use crate::remote::parse_time;
use toml_edit::Document;

const TYPE_FORM: &str = "a type such as \"f64\", \"[i32; n]\", \"[u8; ?]\" or a name defined under [type.*]";
const TIME_FORM: &str = "a time such as \"200 ms\", \"5 s\" or \"1 min\"";
const CONDITION_FORM: &str = "a condition such as \"< 0\", \"!= 0\" or \"1..9\"";

/// Reads `text`. What cannot be read is reported to `reader` and replaced by something harmless.
pub(super) fn read<'t>(reader: &mut Reader<'t>, text: &'t str) -> Option<Contract> {
    let document = match Document::parse(text) {
        Ok(document) => document,
        Err(error) => {
            let at = error.span().map_or(0, |span| span.start);
            let message = shown(error.message());
            let rest = text.get(at..).unwrap_or_default().lines().next().unwrap_or_default();
            let found = if rest.is_empty() { "the end of the line".to_string() } else { shown(rest) };
            let hint = "correct it; strings stand in quotes, and a name is defined once".to_string();
            reader.push(at, "C001", message, "well-formed TOML".into(), found, hint);
            return None;
        }
    };
    let root = Section::root(document.as_table());
    reader.keys(&root, &["contract", "component", "type", "state", "routine", "proposal"]);
    version(reader, &root);
    let component = component(reader, &root);
    let types = reader.named(&root, "type").into_iter().map(|(name, s)| type_def(reader, name, &s)).collect();
    let state = reader.named(&root, "state").into_iter().map(|(name, s)| state(reader, name, &s)).collect();
    let routines = reader
        .named(&root, "routine")
        .into_iter()
        .map(|(name, s)| routine(reader, name, component.language, &s));
    let routines = routines.collect();
    let proposals = reader.tables(&root, "proposal");
    let proposals = proposals.iter().map(|section| proposal(reader, section)).collect();
    Some(Contract { component, types, state, routines, proposals })
}

fn version(reader: &mut Reader, root: &Section) {
    let found = reader.integer(root, "contract");
    if let Some(version) = reader.required(root, "contract", "1", found)
        && version != 1
    {
        let hint =
            "this contract was written by another version of cmp-bridge: scan again, or use that version";
        reader.error(
            "contract",
            "C002",
            "unknown version of the contract format".into(),
            "1",
            version.to_string(),
            hint,
        );
    }
}

fn component(reader: &mut Reader, root: &Section) -> Component {
    let mut component = Component::new("component", Language::C);
    let section = reader.table(root, "component");
    if reader
        .required(
            root,
            "component",
            "{ name = \"flight_dynamics\", language = \"fortran\" }",
            section.as_ref(),
        )
        .is_none()
    {
        return component;
    }
    let Some(section) = section else { return component };
    reader.keys(&section, &["name", "language", "target", "binary"]);
    let name = reader.string(&section, "name");
    if let Some(name) = reader.required(&section, "name", "\"flight_dynamics\"", name) {
        component.name = name;
    }
    let language = reader.word(&section, "language");
    if let Some(language) = reader.required(&section, "language", "\"c\"", language) {
        component.language = language;
    }
    component.target = reader.word(&section, "target").unwrap_or_default();
    if let Some(binary) = reader.table(&section, "binary") {
        reader.keys(&binary, &["file", "build-id"]);
        component.binary = reader.string(&binary, "file");
        component.build_id = reader.string(&binary, "build-id");
    }
    component
}

fn state(reader: &mut Reader, name: String, section: &Section) -> StateArea {
    reader.keys(section, &["symbol", "file", "size", "kind"]);
    let symbol = reader.string(section, "symbol");
    let size = reader.count(section, "size");
    let kind = reader.word(section, "kind");
    StateArea {
        name,
        symbol: reader.required(section, "symbol", "\"cst_\"", symbol).unwrap_or_default(),
        file: reader.string(section, "file"),
        size: reader.required(section, "size", "8", size).unwrap_or(1),
        kind: reader.required(section, "kind", "\"common\"", kind).unwrap_or(StateKind::Global),
    }
}

fn routine(reader: &mut Reader, name: String, language: Language, section: &Section) -> Routine {
    let facts = ["symbol", "source", "at", "params", "returns", "status", "state", "effects", "threads"];
    let known: Vec<&str> =
        facts.into_iter().chain(["exceptions", "remote", "varargs", "static-link"]).collect();
    reader.keys(section, &known);
    let symbol = reader.string(section, "symbol");
    let params = reader.tables(section, "params");
    let state = reader.tables(section, "state");
    Routine {
        name,
        symbol: reader.required(section, "symbol", "\"eck_hec_\"", symbol).unwrap_or_default(),
        source: reader.string(section, "source"),
        at: reader.string(section, "at"),
        params: params.iter().map(|section| param(reader, section)).collect(),
        returns: returns(reader, section),
        status: status(reader, section),
        state: state.iter().map(|section| state_use(reader, section)).collect(),
        effects: reader.word(section, "effects").unwrap_or(Effects::Unknown),
        threads: reader.word(section, "threads").unwrap_or(Threads::Serial),
        exceptions: reader.word(section, "exceptions").unwrap_or(Exceptions::of(language)),
        remote: remote(reader, section),
        varargs: reader.boolean(section, "varargs").unwrap_or(false),
        static_link: reader.boolean(section, "static-link").unwrap_or(false),
    }
}

pub(super) fn param(reader: &mut Reader, section: &Section) -> Param {
    reader
        .keys(section, &["name", "type", "by", "use", "nullable", "user-data", "kept", "unit", "tolerance"]);
    let name = reader.string(section, "name");
    let ty = type_at(reader, section, "type");
    let ty = reader.required(section, "type", "\"f64\"", ty).unwrap_or(Type::Char);
    let usage = reader.word(section, "use");
    let by = reader.word(section, "by");
    Param {
        name: reader.required(section, "name", "\"n\"", name).unwrap_or_default(),
        by: by.unwrap_or(if ty.is_always_by_reference() { By::Reference } else { By::Value }),
        ty,
        usage: reader.required(section, "use", "\"unknown\"", usage).unwrap_or(Use::Unknown),
        nullable: reader.boolean(section, "nullable").unwrap_or(false),
        user_data: reader.string(section, "user-data"),
        kept: reader.boolean(section, "kept"),
        unit: reader.string(section, "unit"),
        tolerance: tolerance(reader, section),
    }
}

pub(super) fn returns(reader: &mut Reader, routine: &Section) -> Option<Returns> {
    let section = reader.table(routine, "returns")?;
    reader.keys(&section, &["type", "by", "use", "release", "unit", "tolerance"]);
    let ty = type_at(reader, &section, "type");
    Some(Returns {
        ty: reader.required(&section, "type", "\"f64\"", ty).unwrap_or(Type::Char),
        by: reader.word(&section, "by").unwrap_or(By::Value),
        usage: reader.word(&section, "use").unwrap_or(Use::Out),
        release: reader.string(&section, "release"),
        unit: reader.string(&section, "unit"),
        tolerance: tolerance(reader, &section),
    })
}

fn status(reader: &mut Reader, routine: &Section) -> Option<Status> {
    let section = reader.table(routine, "status")?;
    reader.keys(&section, &["ok", "warning", "error", "panic"]);
    let ok = reader.integer(&section, "ok");
    let mut condition = |key| reader.parsed(&section, key, "C008", CONDITION_FORM, Condition::parse);
    let (warning, error) = (condition("warning"), condition("error"));
    Some(Status {
        ok: reader.required(&section, "ok", "0", ok).unwrap_or(0),
        warning,
        error,
        panic: reader.integer(&section, "panic"),
    })
}

fn remote(reader: &mut Reader, routine: &Section) -> Remote {
    let default = Remote::default();
    let Some(section) = reader.table(routine, "remote") else { return default };
    reader.keys(&section, &["idempotent", "deadline", "fallback"]);
    let deadline = reader.parsed(&section, "deadline", "C013", TIME_FORM, parse_time);
    Remote {
        idempotent: reader.boolean(&section, "idempotent").unwrap_or(default.idempotent),
        deadline: deadline.unwrap_or(default.deadline),
        fallback: reader.word(&section, "fallback").unwrap_or(default.fallback),
    }
}

fn state_use(reader: &mut Reader, section: &Section) -> StateUse {
    reader.keys(section, &["area", "view", "use"]);
    let area = reader.string(section, "area");
    let view = type_at(reader, section, "view");
    let usage = reader.word(section, "use");
    StateUse {
        area: reader.required(section, "area", "\"cst\"", area).unwrap_or_default(),
        view: reader.required(section, "view", "\"cst_view\"", view).unwrap_or(Type::Char),
        usage: reader.required(section, "use", "\"unknown\"", usage).unwrap_or(Use::Unknown),
    }
}

fn proposal(reader: &mut Reader, section: &Section) -> Proposal {
    reader.keys(section, &["routine", "set", "value", "calls", "by", "why", "conflict", "rejected"]);
    let set = reader.string(section, "set");
    let value = section.text("value");
    Proposal {
        routine: reader.string(section, "routine"),
        set: reader.required(section, "set", "\"params.n.use\"", set).unwrap_or_default(),
        value: reader.required(section, "value", "\"in\"", value).unwrap_or_default(),
        calls: reader.count(section, "calls").unwrap_or(0),
        by: reader.string(section, "by").unwrap_or_default(),
        why: reader.string(section, "why").unwrap_or_default(),
        conflict: reader.string(section, "conflict"),
        rejected: reader.boolean(section, "rejected").unwrap_or(false),
    }
}

pub(super) fn tolerance(reader: &mut Reader, parent: &Section) -> Option<Tolerance> {
    let section = reader.table(parent, "tolerance")?;
    reader.keys(&section, &["absolute", "relative", "ulp", "signed-zero"]);
    Some(Tolerance {
        absolute: reader.number(&section, "absolute"),
        relative: reader.number(&section, "relative"),
        ulp: reader.count(&section, "ulp"),
        signed_zero: reader.boolean(&section, "signed-zero").unwrap_or(false),
    })
}

pub(super) fn type_at(reader: &mut Reader, section: &Section, key: &str) -> Option<Type> {
    reader.parsed(section, key, "C007", TYPE_FORM, Type::parse)
}
