//! The values of a recorded call, as text and as JSON.

use crate::evidence::{CallId, Known, ending};
use cmp_bridge::entry::{Completeness, Returned};
use cmp_bridge_contract::abi::Role;
use cmp_bridge_contract::areas::Owner;
use cmp_bridge_contract::lift::{Endian, FloatKind, Value, lift};
use cmp_bridge_contract::model::{By, Type};
use cmp_bridge_journal::{Call, Captured, Outcome};
use serde_json::{Map, json};

/// A named value, or what can be said where there is none.
pub struct Shown {
    /// Such as `pos` or `state.cst`.
    pub name: String,
    /// The value.
    pub value: Result<Value, String>,
    /// What is known of its completeness.
    pub note: &'static str,
}

impl Shown {
    /// `pos=[1.0, 2.0]`, no longer than `room` characters.
    pub fn text(&self, room: usize) -> String {
        let value = match &self.value {
            Ok(value) => text(value),
            Err(why) => why.clone(),
        };
        let value = match value.char_indices().nth(room) {
            Some((end, _)) => format!("{}...", &value[..end]),
            None => value,
        };
        format!("{}={value}{}", self.name, self.note)
    }

    fn json(&self) -> serde_json::Value {
        match &self.value {
            Ok(value) if self.note.is_empty() => json_value(value),
            Ok(value) => json!({ "value": json_value(value), "note": self.note.trim() }),
            Err(why) => json!({ "note": why }),
        }
    }
}

/// What went in: arguments and state before the call.
pub fn inputs(known: &Known<'_>, call: &Call) -> Vec<Shown> {
    let mut shown = Vec::new();
    for (i, param) in known.routine.params.iter().enumerate() {
        match param.by {
            By::Value => {
                let bytes = known.argument(call, Role::Param(i));
                let bytes = bytes.ok_or_else(|| "not in the registers".to_owned());
                let value = bytes.and_then(|bytes| lifted(known, &param.ty, &bytes));
                shown.push(Shown { name: param.name.clone(), value, note: "" });
            }
            By::Descriptor => {
                shown.extend(owned(known, &call.before, Owner::Bounds(i)));
                shown.extend(owned(known, &call.before, Owner::Param(i)));
            }
            By::Reference => shown.extend(owned(known, &call.before, Owner::Param(i))),
        }
    }
    for i in 0..known.routine.state.len() {
        shown.extend(owned(known, &call.before, Owner::State(i)));
    }
    shown
}

/// What came out: the returned value and the written areas.
pub fn outputs(known: &Known<'_>, returned: &Returned, after: &[Captured]) -> Vec<Shown> {
    let mut shown = Vec::new();
    if let Some((ty, bytes)) = known.returned(returned) {
        shown.push(Shown { name: "return".to_owned(), value: lifted(known, ty, &bytes), note: "" });
    }
    shown.extend(after.iter().map(|captured| area(known, captured)));
    shown
}

fn owned(known: &Known<'_>, captured: &[Captured], owner: Owner) -> Option<Shown> {
    let index = known.areas.iter().position(|area| area.owner == owner)?;
    captured.iter().find(|captured| usize::from(captured.area) == index).map(|captured| area(known, captured))
}

fn area(known: &Known<'_>, captured: &Captured) -> Shown {
    let name = known.label(captured.area.into());
    let absent = |why: &str| Shown { name: name.clone(), value: Err(why.to_owned()), note: "" };
    let note = match captured.completeness {
        Completeness::Full => "",
        Completeness::Partial => " (and more: the extent is not known)",
        Completeness::Clamped => " (cut to what is mapped, or to the limit)",
        Completeness::Null => return absent("null"),
        Completeness::Unreadable => return absent("unreadable"),
    };
    let Some(area) = known.areas.get(usize::from(captured.area)) else {
        return absent("not an area of the contract");
    };
    Shown { name: name.clone(), value: lifted(known, &area.ty, &captured.bytes), note }
}

fn lifted(known: &Known<'_>, ty: &Type, bytes: &[u8]) -> Result<Value, String> {
    lift(known.contract, ty, bytes, Endian::Little).map_err(|error| error.to_string())
}

/// A call on one line.
pub fn line(known: &Known<'_>, call: &Call, room: usize) -> String {
    let join = |shown: Vec<Shown>| shown.iter().map(|s| s.text(room)).collect::<Vec<_>>().join(" ");
    let mut out = format!("{} {}", CallId::of(call), known.routine.name);
    if call.depth > 0 {
        out += &format!(" (depth {})", call.depth);
    }
    out += &format!(" {}", join(inputs(known, call)));
    match &call.outcome {
        Outcome::Returned { returned, after } => {
            out += &format!(" -> {}", join(outputs(known, returned, after)))
        }
        other => out += &format!(" -> {}", ending(other)),
    }
    out
}

/// A call, with every value on a line of its own.
pub fn whole(known: &Known<'_>, call: &Call) -> String {
    let mut out = format!("call {} of {}, depth {}\n", CallId::of(call), known.routine.name, call.depth);
    let mut section = |title: &str, shown: Vec<Shown>| {
        out += &format!("  {title}\n");
        shown.iter().for_each(|value| out += &format!("    {}\n", value.text(usize::MAX)));
    };
    section("before", inputs(known, call));
    match &call.outcome {
        Outcome::Returned { returned, after } => section("after", outputs(known, returned, after)),
        other => section(ending(other), Vec::new()),
    }
    if let Some(candidate) = &call.candidate {
        let title = format!("candidate (answer {})", candidate.answer.0);
        section(&title, outputs(known, &candidate.returned, &candidate.after));
    }
    out
}

/// A call as JSON.
pub fn json_call(known: &Known<'_>, call: &Call) -> serde_json::Value {
    let object = |shown: Vec<Shown>| -> serde_json::Value {
        shown.iter().map(|value| (value.name.clone(), value.json())).collect::<Map<_, _>>().into()
    };
    let mut out = json!({
        "call": CallId::of(call).to_string(),
        "routine": known.routine.name,
        "depth": call.depth,
        "before": object(inputs(known, call)),
    });
    match &call.outcome {
        Outcome::Returned { returned, after } => out["after"] = object(outputs(known, returned, after)),
        other => out["ended"] = json!(ending(other)),
    }
    if let Some(candidate) = &call.candidate {
        out["candidate"] = object(outputs(known, &candidate.returned, &candidate.after));
        out["answer"] = json!(candidate.answer.0);
    }
    out
}

/// A value as text.
pub fn text(value: &Value) -> String {
    let list = |values: &[Value]| values.iter().map(text).collect::<Vec<_>>().join(", ");
    match value {
        Value::Int(number) => number.to_string(),
        Value::Float { bits, kind } => float(*bits, *kind),
        Value::Complex { re, im, kind } => format!("({}, {})", float(*re, *kind), float(*im, *kind)),
        Value::Bool(0) => "false".to_owned(),
        Value::Bool(1) => "true".to_owned(),
        Value::Bool(other) => format!("bool {other}"),
        Value::Text(bytes) => format!("{:?}", latin1(bytes)),
        Value::Address(address) => format!("{address:#x}"),
        Value::Bytes(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Value::Array(values) => format!("[{}]", list(values)),
        Value::Record(fields) => {
            let fields: Vec<_> =
                fields.iter().map(|(name, value)| format!("{name}={}", text(value))).collect();
            format!("{{{}}}", fields.join(", "))
        }
        Value::Enum { value, name: Some(name) } => format!("{name} ({value})"),
        Value::Enum { value, name: None } => value.to_string(),
    }
}

/// A value as JSON.
pub fn json_value(value: &Value) -> serde_json::Value {
    match value {
        Value::Int(number) => i64::try_from(*number).map_or_else(|_| json!(number.to_string()), |n| json!(n)),
        Value::Float { bits, kind } => json_float(*bits, *kind),
        Value::Complex { re, im, kind } => json!([json_float(*re, *kind), json_float(*im, *kind)]),
        Value::Array(values) => values.iter().map(json_value).collect::<Vec<_>>().into(),
        Value::Record(fields) => {
            fields.iter().map(|(name, value)| (name.clone(), json_value(value))).collect::<Map<_, _>>().into()
        }
        Value::Bool(0) => json!(false),
        Value::Bool(1) => json!(true),
        Value::Text(bytes) => json!(latin1(bytes)),
        Value::Enum { value, name } => json!({ "value": value.to_string(), "name": name }),
        other => json!(text(other)),
    }
}

fn latin1(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}

fn double(bits: u128, kind: FloatKind) -> f64 {
    match kind {
        FloatKind::F32 => f64::from(f32::from_bits(bits as u32)),
        FloatKind::F64 => f64::from_bits(bits as u64),
        FloatKind::F80 => extended(bits),
    }
}

/// The double nearest to an x87 extended number, which only serves to be read.
fn extended(bits: u128) -> f64 {
    let (mantissa, exponent) = (bits as u64, (bits >> 64) as i32 & 0x7fff);
    let sign = if bits >> 79 & 1 == 1 { -1.0 } else { 1.0 };
    match (exponent, mantissa << 1) {
        (0x7fff, 0) => sign * f64::INFINITY,
        (0x7fff, _) => f64::NAN,
        _ => sign * (mantissa as f64) * 2f64.powi(exponent - 16383 - 63),
    }
}

fn float(bits: u128, kind: FloatKind) -> String {
    match kind {
        FloatKind::F32 => format!("{:?}", f32::from_bits(bits as u32)),
        _ => format!("{:?}", double(bits, kind)),
    }
}

/// JSON has no NaN and no infinity: they are text.
fn json_float(bits: u128, kind: FloatKind) -> serde_json::Value {
    let number = double(bits, kind);
    if number.is_finite() { json!(number) } else { json!(float(bits, kind)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extended_numbers_are_read() {
        // From the Intel manual's table of constants: 1, pi and -infinity.
        for (bits, expected) in [
            (0x3fff_8000_0000_0000_0000, 1.0),
            (0x4000_c90f_daa2_2168_c235, std::f64::consts::PI),
            (0xffff_8000_0000_0000_0000, f64::NEG_INFINITY),
            (0, 0.0),
        ] {
            assert_eq!(extended(bits), expected);
        }
    }

    #[test]
    fn values_are_read_aloud() {
        let one = Value::Float { bits: 0x3ff0_0000_0000_0000, kind: FloatKind::F64 };
        let nan = Value::Float { bits: 0x7fc0_0000, kind: FloatKind::F32 };
        let record = Value::Record(vec![
            ("a".into(), Value::Array(vec![one, nan])),
            ("t".into(), Value::Text(b"\xe9t\xe9 ".to_vec())),
            ("e".into(), Value::Enum { value: 2, name: Some("SAFE".into()) }),
        ]);
        assert_eq!(text(&record), "{a=[1.0, NaN], t=\"été \", e=SAFE (2)}");
        let json = r#"{"a":[1.0,"NaN"],"t":"été ","e":{"value":"2","name":"SAFE"}}"#;
        assert_eq!(json_value(&record), serde_json::from_str::<serde_json::Value>(json).expect("JSON"));
    }
}
