//! The JSON schema of a contract, from one table a section. Words and built-in types are those of the model.

use cmp_bridge_contract::layout::MAX_SIZE;
use cmp_bridge_contract::model::{
    By, Effects, Exceptions, Fallback, Language, StateKind, Target, Threads, Use,
};
use cmp_bridge_contract::syntax::{BUILT_IN, Word};
use serde_json::{Map, Value, json};

const IDENTIFIER: &str = "^[A-Za-z_][A-Za-z0-9_]*$";
/// A name, or arrays around one; whether the brackets match is left to `check`.
const TYPE: &str = r"^[ \t]*(\[[ \t]*)*[A-Za-z_][A-Za-z0-9_]*[ \t]*(;[^\[\];]+\][ \t]*)*$";
const CONDITION: &str = r"^\s*((<=?|>=?|=|!=)\s*-?[0-9]+|-?[0-9]+\s*\.\.\s*-?[0-9]+)\s*$";
const TIME: &str = r"^\s*[0-9]+\s*(ms|s|min)\s*$";
const WHEN: &str = concat!(
    r"^\s*[A-Za-z_][A-Za-z0-9_]* (\s*not )?\s*((<=?|>=?|=|!=)\s*-?[0-9]+|-?[0-9]+\s*\.\.\s*-?[0-9]+)",
    r"(\s*\|\s*((<=?|>=?|=|!=)\s*-?[0-9]+|-?[0-9]+\s*\.\.\s*-?[0-9]+))*\s*$"
);

/// One key of a table.
struct Key {
    name: &'static str,
    required: bool,
    schema: Value,
    help: &'static str,
}

fn must(name: &'static str, schema: Value, help: &'static str) -> Key {
    Key { name, required: true, schema, help }
}

fn may(name: &'static str, schema: Value, help: &'static str) -> Key {
    Key { name, required: false, schema, help }
}

/// A table of exactly these keys.
fn table(keys: Vec<Key>) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for Key { name, required: needed, mut schema, help } in keys {
        // Beside a reference nothing counts in draft 7.
        if schema.get("$ref").is_some() {
            schema = json!({ "allOf": [schema] });
        }
        schema["description"] = help.into();
        properties.insert(name.to_owned(), schema);
        if needed {
            required.push(name);
        }
    }
    json!({ "type": "object", "properties": properties, "required": required, "additionalProperties": false })
}

fn text() -> Value {
    json!({ "type": "string" })
}

fn identifier() -> Value {
    json!({ "type": "string", "pattern": IDENTIFIER, "maxLength": 255 })
}

fn flag() -> Value {
    json!({ "type": "boolean" })
}

fn integer() -> Value {
    json!({ "type": "integer" })
}

fn bytes() -> Value {
    json!({ "type": "integer", "minimum": 0, "maximum": MAX_SIZE })
}

fn one_of<W: Word>() -> Value {
    let words: Vec<&str> = W::WORDS.iter().map(|(word, _)| *word).collect();
    json!({ "type": "string", "enum": words })
}

fn reference(name: &str) -> Value {
    json!({ "$ref": format!("#/definitions/{name}") })
}

fn list(of: Value) -> Value {
    json!({ "type": "array", "items": of })
}

/// `[section.NAME]`.
fn named(of: Value) -> Value {
    json!({ "type": "object", "propertyNames": identifier(), "additionalProperties": of })
}

/// The schema.
pub fn contract_schema() -> Value {
    let mut schema = table(vec![
        must("contract", json!({ "const": 1 }), "Version of the format."),
        must("component", component(), "Whose routines these are."),
        may("type", named(reference("definition")), "Records, unions, enumerations and other named types."),
        may(
            "state",
            named(state()),
            "Storage that outlives a call: COMMON blocks, SAVE and static variables, globals.",
        ),
        may("routine", named(routine()), "The routines."),
        may(
            "proposal",
            list(proposal()),
            "What a command proposes; `cmp-bridge accept` makes facts of them.",
        ),
    ]);
    schema["$schema"] = "http://json-schema.org/draft-07/schema#".into();
    schema["title"] = "cmp-bridge contract".into();
    schema["description"] = "What is known of the routines of one component, neutral of language.".into();
    let types: Vec<&str> = BUILT_IN.iter().map(|(name, _)| *name).collect();
    schema["definitions"] = json!({
        "type": { "type": "string", "pattern": TYPE, "maxLength": 65536, "examples": types },
        "condition": { "type": "string", "pattern": CONDITION, "examples": ["< 0", "!= 0", "1..9"] },
        "tolerance": tolerance(),
        "param": param(),
        "returns": returns(),
        "field": field(),
        "definition": { "anyOf": definitions() },
    });
    schema
}

fn component() -> Value {
    let binary = table(vec![
        may("file", text(), "File name of the executable or library the facts were read from."),
        may(
            "build-id",
            json!({ "type": "string", "pattern": "^([0-9a-f][0-9a-f]){1,64}$" }),
            "Its GNU build-id: the contract speaks of that build only.",
        ),
    ]);
    table(vec![
        must("name", identifier(), "An identifier, such as flight_dynamics."),
        must("language", one_of::<Language>(), "Decides the hidden parts of the calling convention."),
        may("target", one_of::<Target>(), "The machine whose layouts these are; x86-64 unless written."),
        may("binary", binary, "What the contract was scanned from."),
    ])
}

fn proposal() -> Value {
    let any = json!({ "type": ["string", "integer", "number", "boolean", "object", "array"] });
    table(vec![
        may("routine", text(), "The routine it speaks of; a type or a state area has none."),
        must("set", text(), "What it sets, as keys: params.n.use."),
        must("value", any, "To what."),
        may("calls", json!({ "type": "integer", "minimum": 0 }), "The number of calls behind it."),
        may("by", text(), "The command that proposes it: learn or calibrate."),
        may("why", text(), "The evidence, in words."),
        may("conflict", text(), "What a person wrote there, which it contradicts."),
        may("rejected", flag(), "A person does not want it; it is not proposed again."),
    ])
}

fn tolerance() -> Value {
    let positive = || json!({ "type": "number", "minimum": 0 });
    table(vec![
        may("absolute", positive(), "Largest absolute distance, in the field's unit."),
        may("relative", positive(), "Largest distance relative to the control's magnitude."),
        may(
            "ulp",
            json!({ "type": "integer", "minimum": 0 }),
            "Largest distance in units in the last place.",
        ),
        may("signed-zero", flag(), "+0 and -0 are told apart."),
    ])
}

fn described() -> Vec<Key> {
    vec![
        may("unit", text(), "Physical unit."),
        may("tolerance", reference("tolerance"), "How far control and candidate may differ."),
    ]
}

fn param() -> Value {
    let mut keys = vec![
        must("name", identifier(), "Unique in the routine."),
        must("type", reference("type"), "The type of what is passed, or of what the address leads to."),
        may("by", one_of::<By>(), "How it travels. Arrays and strings always travel by reference."),
        must("use", one_of::<Use>(), "Its direction. `unknown` is enough for the routes legacy and record."),
        may("nullable", flag(), "The address may be null."),
        may("user-data", identifier(), "For a function: the parameter whose address it is given back."),
        may("kept", flag(), "For a function: whether it may be called after the routine has returned."),
    ];
    keys.extend(described());
    table(keys)
}

fn returns() -> Value {
    let mut keys = vec![
        must("type", reference("type"), "The type of the value."),
        may("by", one_of::<By>(), "Whether an address of the value is returned."),
        may("use", one_of::<Use>(), "`out`, `status`, or `ignored` when it is not compared."),
        may(
            "release",
            identifier(),
            "For an address: the routine by which the caller releases what it leads to, or `free`. Without it, the caller does \
             not release it, whatever its type says.",
        ),
    ];
    keys.extend(described());
    table(keys)
}

fn field() -> Value {
    let bit = || json!({ "type": "integer", "minimum": 0, "maximum": u32::MAX });
    let pair = json!({ "type": "array", "items": [bit(), bit()], "minItems": 2, "maxItems": 2 });
    let mut keys = vec![
        must("name", identifier(), "Unique in the record."),
        must("type", reference("type"), "Its type."),
        must("offset", bytes(), "In bytes; of the storage unit for a bit field."),
        may("bits", pair, "First bit and number of bits."),
        may("use", one_of::<Use>(), "`ignored` for addresses and padding."),
        may(
            "when",
            json!({ "type": "string", "pattern": WHEN, "examples": ["kind = 1", "kind not 2..4 | = 7"] }),
            "For a component of a variant: when it is there.",
        ),
    ];
    keys.extend(described());
    table(keys)
}

/// A table for each kind of definition.
fn definitions() -> Vec<Value> {
    let align =
        || json!({ "type": "integer", "enum": [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096] });
    let layout = || vec![must("size", bytes(), "In bytes."), must("align", align(), "In bytes.")];
    let trivial = || may("trivial", flag(), "False for a C++ class that is passed by the address of a copy.");
    let repr = || must("repr", reference("type"), "The integer type underneath.");
    let fields = || may("fields", list(reference("field")), "At ascending offsets.");
    let integers = json!({ "type": "object", "additionalProperties": integer() });
    let params = || may("params", list(reference("param")), "Its parameters.");
    let kind = |word: &'static str, optional: bool, mut keys: Vec<Key>| {
        let schema = json!({ "const": word });
        keys.insert(0, Key { name: "kind", required: !optional, schema, help: "What it is." });
        table(keys)
    };
    let record = || layout().into_iter().chain([trivial(), fields()]).collect();
    let numbered = |names: [&'static str; 2]| names.map(|name| must(name, integer(), "Included."));
    vec![
        kind("struct", true, record()),
        kind("union", false, record()),
        kind("enum", true, vec![repr(), must("values", integers, "Name and value.")]),
        kind(
            "function",
            false,
            vec![
                params(),
                may("returns", reference("returns"), "What it returns."),
                may("user-data", identifier(), "Its parameter that carries the caller's own data."),
                may("stop", integer(), "What it returns to be called no more."),
            ],
        ),
        kind("range", false, [repr()].into_iter().chain(numbered(["first", "last"])).collect()),
        kind(
            "fixed",
            false,
            vec![
                repr(),
                must(
                    "small",
                    json!({ "type": "string", "pattern": "^\\s*[0-9]+\\s*(/\\s*[0-9]+\\s*)?$" }),
                    "Value of the last bit.",
                ),
            ],
        ),
        kind(
            "packed",
            false,
            layout()
                .into_iter()
                .chain([
                    must("element", reference("type"), "What the bits of one element stand for."),
                    must(
                        "bits",
                        json!({ "type": "integer", "minimum": 1, "maximum": 64 }),
                        "Bits of one element.",
                    ),
                    must("count", json!({ "type": "integer", "minimum": 0 }), "Number of elements."),
                ])
                .collect(),
        ),
        kind(
            "opaque",
            false,
            layout()
                .into_iter()
                .chain([
                    trivial(),
                    may("of", text(), "Its name in the source."),
                    may(
                        "release",
                        identifier(),
                        "The routine that ends the life of one. A routine that gives one away says so in `returns`.",
                    ),
                ])
                .collect(),
        ),
    ]
}

fn state() -> Value {
    table(vec![
        must("symbol", text(), "The symbol at its start."),
        may("file", text(), "Source file of a local symbol."),
        must("size", json!({ "type": "integer", "minimum": 1, "maximum": MAX_SIZE }), "In bytes."),
        must("kind", one_of::<StateKind>(), "What it is in the source."),
    ])
}

fn remote() -> Value {
    let time = json!({ "type": "string", "pattern": TIME });
    table(vec![
        may("idempotent", flag(), "Making a call twice does no more than making it once."),
        may("deadline", time, "How long a call may take in all. \"1 s\" if it is absent."),
        may("fallback", one_of::<Fallback>(), "What the caller gets when no answer comes."),
    ])
}

fn routine() -> Value {
    let status = table(vec![
        must("ok", integer(), "The code of success."),
        may("warning", reference("condition"), "Codes of warnings: answers that are still valid."),
        may("error", reference("condition"), "Codes of errors."),
        may("panic", integer(), "The code that a panic of the candidate becomes. Must be an error."),
    ]);
    let uses = table(vec![
        must("area", identifier(), "A name defined under [state.*]."),
        must("view", reference("type"), "The type this routine sees there."),
        must("use", one_of::<Use>(), "Its direction."),
    ]);
    table(vec![
        must("symbol", text(), "The linkage name, as in the symbol table."),
        may("source", text(), "Its name in the words of its language."),
        may("at", text(), "file:line of the declaration."),
        may(
            "params",
            json!({ "type": "array", "items": reference("param"), "maxItems": 255 }),
            "In the order of the source, without hidden ones.",
        ),
        may("returns", reference("returns"), "What it returns."),
        may("status", status, "How it says that it failed."),
        may("state", list(uses), "Storage outside its parameters that it reads or writes."),
        may("effects", one_of::<Effects>(), "What else it does. `io` is never done twice."),
        may("threads", one_of::<Threads>(), "Who may call it at the same time."),
        may("exceptions", one_of::<Exceptions>(), "Whether an exception may come out of it."),
        may("remote", remote(), "What is agreed on calls that another machine answers."),
        may("varargs", flag(), "It takes more arguments than its parameters say."),
        may("static-link", flag(), "It receives the address of its enclosing routine's frame."),
    ])
}
