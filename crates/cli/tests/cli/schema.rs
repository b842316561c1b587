//! The JSON schema of contracts: kept in the repository, accepts what `check` accepts, rejects what it rejects.

use crate::support::CONTRACT;
use cmp_bridge_cli::command::schema::contract_schema;
use cmp_bridge_contract::model::Contract;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use toml_edit::{DocumentMut, Item, TableLike};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A document as JSON, for the validator.
fn table(table: &dyn TableLike) -> Value {
    table.iter().map(|(key, item)| (key.to_owned(), value(item))).collect::<Map<_, _>>().into()
}

fn value(item: &Item) -> Value {
    if let Some(inner) = item.as_table_like() {
        return table(inner);
    }
    let Some(value) = item.as_value() else { return Value::Null };
    match value {
        toml_edit::Value::String(text) => text.value().as_str().into(),
        toml_edit::Value::Integer(number) => (*number.value()).into(),
        toml_edit::Value::Float(number) => (*number.value()).into(),
        toml_edit::Value::Boolean(flag) => (*flag.value()).into(),
        toml_edit::Value::Array(array) => {
            array.iter().map(|v| self::value(&Item::Value(v.clone()))).collect()
        }
        other => other.to_string().into(),
    }
}

fn json_of(text: &str) -> Value {
    table(text.parse::<DocumentMut>().expect("TOML").as_table())
}

fn validator() -> jsonschema::Validator {
    jsonschema::draft7::new(&contract_schema()).expect("a schema")
}

fn faults(validator: &jsonschema::Validator, text: &str) -> Vec<String> {
    let json = json_of(text);
    validator.iter_errors(&json).map(|e| format!("{}: {e}", e.instance_path())).collect()
}

#[test]
fn the_file_is_current() {
    let file = root().join("contracts/contract.schema.json");
    let printed = format!("{:#}\n", contract_schema());
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&file, &printed).expect("a writable file");
    }
    let kept = std::fs::read_to_string(&file).expect("the schema; UPDATE_EXPECT=1 writes it");
    assert_eq!(kept, printed, "{} differs; UPDATE_EXPECT=1 writes it anew", file.display());
    let did = std::process::Command::new(env!("CARGO_BIN_EXE_cmp-bridge")).arg("schema").output();
    assert_eq!(String::from_utf8(did.expect("cmp-bridge").stdout).expect("UTF-8"), printed);
    assert!(jsonschema::draft7::meta::is_valid(&contract_schema()), "not a schema itself");
}

#[test]
fn every_contract_of_the_repository_is_accepted() {
    let mut files = Vec::new();
    for folder in ["contracts", "crates", "tests", "examples"] {
        contracts(&root().join(folder), &mut files);
    }
    assert!(files.len() > 15, "{files:?}");
    let validator = validator();
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a contract");
        assert_eq!(faults(&validator, &text), Vec::<String>::new(), "{}", file.display());
    }
}

fn contracts(folder: &Path, files: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a folder").flatten() {
        let path = entry.path();
        if path.is_dir() && !path.ends_with("target") {
            contracts(&path, files);
        } else if path.extension().is_some_and(|e| e == "toml") {
            let text = std::fs::read_to_string(&path).unwrap_or_default();
            if text.lines().any(|line| line == "contract = 1") && Contract::from_toml(&text, "").is_ok() {
                files.push(path);
            }
        }
    }
}

/// Every kind of definition and every key.
const FULL: &str = r#"
contract = 1
[component]
name = "full"
language = "ada"
target = "x86-64"
binary = { file = "a", build-id = "00ff" }
[type.record]
size = 16
align = 8
trivial = true
fields = [
  { name = "kind", type = "i32", offset = 0 },
  { name = "flag", type = "u32", offset = 4, bits = [0, 1], use = "ignored" },
  { name = "x", type = "f64", offset = 8, when = "kind = 1", unit = "m", tolerance = { absolute = 1, relative = 1e-9, ulp = 2, signed-zero = true } },
]
[type.either]
kind = "union"
size = 4
align = 4
fields = []
[type.mode]
repr = "u8"
values = { OFF = 0 }
[type.each]
kind = "function"
params = [{ name = "x", type = "f64", use = "in" }]
returns = { type = "i32" }
[type.day]
kind = "range"
repr = "i32"
first = 1
last = 31
[type.volt]
kind = "fixed"
repr = "i16"
small = "1/128"
[type.bits]
kind = "packed"
size = 2
align = 1
element = "bool"
bits = 1
count = 16
[type.hidden]
kind = "opaque"
size = 32
align = 8
of = "std::string"
[state.cst]
symbol = "cst_"
file = "a.f"
size = 8
kind = "common"
[routine.r]
symbol = "r"
source = "pkg.r"
at = "a.adb:1"
params = [
  { name = "n", type = "i32", by = "value", use = "in" },
  { name = "v", type = "[[f64; 3]; 2*(n-1)]", use = "in", nullable = false },
  { name = "ier", type = "i32", by = "reference", use = "status" },
]
returns = { type = "f64", by = "value", use = "out", unit = "m" }
status = { ok = 0, warning = "1..9", error = "< 0", panic = -9 }
state = [{ area = "cst", view = "f64", use = "inout" }]
effects = "state"
threads = "serial"
exceptions = "none"
remote = { idempotent = true, deadline = "200 ms", fallback = "legacy" }
varargs = false
static-link = false
"#;

/// What an edit must be for both `check` and the schema to reject it.
const WRONG: &[(&str, &str)] = &[
    ("contract = 1", "contract = 2"),
    ("contract = 1", "contract = \"1\""),
    ("name = \"full\"", "name = \"fu ll\""),
    ("name = \"full\"", "title = \"full\""),
    ("language = \"ada\"", "language = \"cobol\""),
    ("target = \"x86-64\"", "target = \"vax\""),
    ("build-id = \"00ff\"", "build-id = \"00f\""),
    ("size = 16\nalign = 8", "align = 8"),
    ("size = 16\nalign = 8", "size = -16\nalign = 8"),
    ("size = 16\nalign = 8", "size = 16\nalign = 3"),
    ("offset = 8, when", "when"),
    ("bits = [0, 1]", "bits = [0]"),
    ("bits = [0, 1]", "bits = 0"),
    ("when = \"kind = 1\"", "when = \"kind\""),
    ("absolute = 1,", "absolute = \"1\","),
    ("ulp = 2", "ulp = -2"),
    ("signed-zero", "signed_zero"),
    ("kind = \"union\"", "kind = \"unions\""),
    ("values = { OFF = 0 }", "values = { OFF = 0.5 }"),
    ("values = { OFF = 0 }", "values = [0]"),
    ("repr = \"u8\"\n", ""),
    ("first = 1\n", ""),
    ("small = \"1/128\"", "small = \"1:128\""),
    ("element = \"bool\"", "elements = \"bool\""),
    ("symbol = \"cst_\"\n", ""),
    ("size = 8\nkind = \"common\"", "size = 0\nkind = \"common\""),
    ("kind = \"common\"", "kind = \"blank\""),
    ("symbol = \"r\"\n", ""),
    ("\"[[f64; 3]; 2*(n-1)]\"", "\"[[f64; 3]; 2*(n-1)\""),
    ("\"[[f64; 3]; 2*(n-1)]\"", "\"f64[3]\""),
    ("by = \"value\", use = \"in\"", "by = \"name\", use = \"in\""),
    ("by = \"value\", use = \"in\"", "by = \"value\", use = \"sideways\""),
    ("by = \"value\", use = \"in\"", "by = \"value\""),
    ("nullable = false", "nullable = \"no\""),
    ("ok = 0, ", ""),
    ("warning = \"1..9\"", "warning = \"1-9\""),
    ("area = \"cst\", ", ""),
    ("effects = \"state\"", "effects = \"some\""),
    ("threads = \"serial\"", "threads = 1"),
    ("exceptions = \"none\"", "exceptions = \"never\""),
    ("idempotent = true", "idempotent = \"yes\""),
    ("deadline = \"200 ms\"", "deadline = 200"),
    ("deadline = \"200 ms\"", "deadline = \"0.2 s\""),
    ("fallback = \"legacy\"", "fallback = \"shadow\""),
    ("fallback = \"legacy\"", "instead = \"legacy\""),
    ("static-link", "static_link"),
];

#[test]
fn wrong_contracts_are_rejected_by_both() {
    let validator = validator();
    if let Err(errors) = Contract::from_toml(FULL, "full.toml") {
        panic!("{errors}");
    }
    for text in [FULL, CONTRACT] {
        assert_eq!(faults(&validator, text), Vec::<String>::new());
    }
    for (right, wrong) in WRONG {
        let text = FULL.replacen(right, wrong, 1);
        assert_ne!(text, FULL, "{right}");
        assert!(Contract::from_toml(&text, "wrong.toml").is_err(), "check accepts {wrong}");
        let faults = faults(&validator, &text);
        // An unmatched bracket is only seen by `check`.
        let brackets = wrong.matches('[').count() != wrong.matches(']').count();
        assert!(brackets || !faults.is_empty(), "the schema accepts {wrong}");
    }
}

/// The keys that the reader knows are those of the schema, in every table: its own message lists them.
#[test]
fn the_schema_knows_the_keys_that_the_reader_knows() {
    let schema = contract_schema();
    let definitions = schema["definitions"]["definition"]["anyOf"].as_array().expect("kinds");
    let mut every: Vec<&str> = definitions.iter().flat_map(|d| keys(&d["properties"])).collect();
    every.sort_unstable();
    every.dedup();
    let at = |path: &str| keys(schema.pointer(path).expect(path));
    for (place, known) in [
        ("contract = 1\n", at("/properties")),
        ("[component]\n", at("/properties/component/properties")),
        ("binary = { ", at("/properties/component/properties/binary/properties")),
        ("[type.record]\n", every),
        ("{ name = \"kind\", ", at("/definitions/field/properties")),
        ("tolerance = { ", at("/definitions/tolerance/properties")),
        ("[state.cst]\n", at("/properties/state/additionalProperties/properties")),
        ("[routine.r]\n", at("/properties/routine/additionalProperties/properties")),
        ("{ name = \"n\", ", at("/definitions/param/properties")),
        ("returns = { type = \"f64\", ", at("/definitions/returns/properties")),
        ("status = { ", at("/properties/routine/additionalProperties/properties/status/properties")),
        ("state = [{ ", at("/properties/routine/additionalProperties/properties/state/items/properties")),
    ] {
        let more = if place.ends_with('\n') { "zzz = 1\n" } else { "zzz = 1, " };
        let errors =
            Contract::from_toml(&FULL.replacen(place, &format!("{place}{more}"), 1), "").unwrap_err();
        let unknown =
            errors.0.iter().find(|e| e.code == "C003").unwrap_or_else(|| panic!("{place}: {errors}"));
        let mut expected: Vec<&str> = unknown.expected.split('`').skip(1).step_by(2).collect();
        expected.sort_unstable();
        let mut known = known;
        known.sort_unstable();
        assert_eq!(known, expected, "{place}");
    }
}

fn keys(properties: &Value) -> Vec<&str> {
    properties.as_object().expect("properties").keys().map(String::as_str).collect()
}

#[test]
fn the_validator_validates() {
    let validator =
        jsonschema::draft7::new(&json!({ "type": "object", "required": ["a"] })).expect("a schema");
    assert!(!validator.is_valid(&json!({})) && validator.is_valid(&json!({ "a": 1 })));
}
