//! The values of a message by name, in an order that no file decides: that of the names. Once as Rust reads them out of memory
//! by the contract, once as a C program does by the names of the structures that rpcgen made.

use cmp_bridge_contract::areas::{self, Owner};
use cmp_bridge_contract::lift::{Endian, Value, lift};
use cmp_bridge_contract::model::{By, Contract, Routine, Type};
use cmp_bridge_contract::wire::{Count, Item, Source, Xdr, fields};
use cmp_bridge_wire::Native;
use cmp_bridge_wire::xdr::{canonical_f32, canonical_f64};
use std::fmt::Write;

/// Values of a message.
pub fn values(contract: &Contract, routine: &Routine, items: &[Item], native: &Native) -> Vec<u64> {
    let mut sorted: Vec<&Item> = items.iter().collect();
    sorted.sort_by(|a, b| a.name.cmp(&b.name));
    let mut out = Vec::new();
    for item in sorted {
        let (ty, bytes) = memory(contract, routine, item.source, native);
        if item.optional {
            out.push(u64::from(bytes.is_some()));
        }
        if let Some(bytes) = bytes {
            let value = lift(contract, ty, bytes, Endian::Little).expect("a value");
            visit(contract, &item.ty, &value, &mut out);
        }
    }
    out
}

fn memory<'n>(
    contract: &'n Contract,
    routine: &'n Routine,
    source: Source,
    native: &'n Native,
) -> (&'n Type, Option<&'n [u8]>) {
    let areas = areas::of(contract, routine).expect("areas");
    let area = |owner| native.area(areas.iter().position(|area| area.owner == owner).expect("an area"));
    match source {
        Source::Param(i) if routine.params[i].by == By::Value => {
            (&routine.params[i].ty, Some(native.value(i)))
        }
        Source::Param(i) => (&routine.params[i].ty, area(Owner::Param(i))),
        Source::State(i) => (&routine.state[i].view, area(Owner::State(i))),
        Source::Return => (&routine.returns.as_ref().expect("an answer").ty, Some(native.returned())),
    }
}

fn visit(contract: &Contract, ty: &Xdr, value: &Value, out: &mut Vec<u64>) {
    match (ty, value) {
        (Xdr::Int | Xdr::Hyper, Value::Int(v) | Value::Enum { value: v, .. }) => out.push(*v as i64 as u64),
        (Xdr::UnsignedInt | Xdr::UnsignedHyper, Value::Int(v) | Value::Enum { value: v, .. }) => {
            out.push(*v as u64)
        }
        (Xdr::UnsignedInt, Value::Bool(byte)) => out.push(u64::from(*byte)),
        (Xdr::UnsignedInt, Value::Text(text)) if text.len() == 1 => out.push(u64::from(text[0])),
        (Xdr::Float, Value::Float { bits, .. }) => out.push(u64::from(canonical_f32(*bits as u32))),
        (Xdr::Double, Value::Float { bits, .. }) => out.push(canonical_f64(*bits as u64)),
        (Xdr::ComplexFloat, Value::Complex { re, im, .. }) => {
            out.extend([re, im].map(|bits| u64::from(canonical_f32(*bits as u32))));
        }
        (Xdr::ComplexDouble, Value::Complex { re, im, .. }) => {
            out.extend([re, im].map(|bits| canonical_f64(*bits as u64)));
        }
        (Xdr::String | Xdr::Opaque(_), value) => {
            let mut bytes = Vec::new();
            flatten_bytes(value, &mut bytes);
            if !matches!(ty, Xdr::Opaque(Count::Fixed(_))) {
                out.push(bytes.len() as u64);
            }
            out.extend(bytes.iter().map(|byte| u64::from(*byte)));
        }
        (Xdr::Array(element, count), value) => {
            let mut elements = Vec::new();
            flatten(value, &mut elements);
            if !matches!(count, Count::Fixed(_)) {
                out.push(elements.len() as u64);
            }
            elements.into_iter().for_each(|value| visit(contract, element, value, out));
        }
        (Xdr::Struct(name), Value::Record(values)) => {
            for (field, ty) in sorted_fields(contract, name) {
                let (_, value) = values.iter().find(|(name, _)| *name == field).expect("a field");
                visit(contract, &ty, value, out);
            }
        }
        _ => panic!("{ty:?} is not lifted to {value:?}"),
    }
}

fn flatten<'v>(value: &'v Value, out: &mut Vec<&'v Value>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| flatten(item, out)),
        value => out.push(value),
    }
}

fn flatten_bytes(value: &Value, out: &mut Vec<u8>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| flatten_bytes(item, out)),
        Value::Text(text) => out.extend(text),
        Value::Int(number) => out.push(*number as u8),
        value => panic!("{value:?} is no text and no bytes"),
    }
}

fn sorted_fields(contract: &Contract, name: &str) -> Vec<(String, Xdr)> {
    let mut list: Vec<(String, Xdr)> = fields(contract, name)
        .expect("a record")
        .into_iter()
        .map(|(field, ty)| (field.name.clone(), ty))
        .collect();
    list.sort_by(|a, b| a.0.cmp(&b.0));
    list
}

/// Prints the same in C, of the structures that an RPC language file declares.
pub struct Walks<'a> {
    contract: &'a Contract,
    x: &'a str,
    text: String,
    messages: Vec<String>,
}

impl<'a> Walks<'a> {
    pub fn new(contract: &'a Contract, x: &'a str) -> Walks<'a> {
        let mut walks = Walks { contract, x, text: String::new(), messages: Vec::new() };
        // The file has a record behind those that it contains.
        let order: Vec<&str> =
            x.lines().filter_map(|line| line.strip_prefix("struct ")?.strip_suffix(" {")).collect();
        for ty in order {
            let def = contract.types.iter().find(|def| walks.record(&def.name).as_deref() == Some(ty));
            if let Some(def) = def {
                walks.function(ty, &sorted_fields(contract, &def.name));
            }
        }
        walks
    }

    /// The name of a record's structure.
    fn record(&self, name: &str) -> Option<String> {
        let mut known = format!("{}_{name}", self.contract.component.name);
        for _ in 0..4 {
            if self.x.contains(&format!("struct {known} {{")) {
                return Some(known);
            }
            known.push('_');
        }
        None
    }

    /// The name of a member of a structure: the contract's, or with a `_` behind it.
    fn member(&self, structure: &str, name: &str) -> String {
        let block =
            self.x.split(&format!("struct {structure} {{")).nth(1).and_then(|rest| rest.split("};").next());
        let block = block.expect("a structure");
        let there = |name: &str| {
            [";", "[", "<"]
                .iter()
                .any(|end| [" ", "*"].iter().any(|start| block.contains(&format!("{start}{name}{end}"))))
        };
        [name.to_string(), format!("{name}_")].into_iter().find(|name| there(name)).expect("a member")
    }

    fn function(&mut self, ty: &str, members: &[(String, Xdr)]) {
        let mut body = String::new();
        for (name, xdr) in members {
            let member = self.member(ty, name);
            self.value(xdr, &format!("v->{member}"), &member, &mut body);
        }
        writeln!(
            self.text,
            "static void walk_{ty}(void *of)\n{{\n    {ty} *v = of;\n    (void) v;\n{body}}}\n"
        )
        .expect("text");
    }

    fn value(&self, xdr: &Xdr, place: &str, member: &str, out: &mut String) {
        let scalar = |ty: &str| format!("    visit_{ty}(&{place});\n");
        let text = match xdr {
            Xdr::Int => scalar("int"),
            Xdr::UnsignedInt => scalar("u_int"),
            Xdr::Hyper => scalar("quad_t"),
            Xdr::UnsignedHyper => scalar("u_quad_t"),
            Xdr::Float => scalar("float"),
            Xdr::Double => scalar("double"),
            Xdr::ComplexFloat => format!("    visit_float(&{place}.re);\n    visit_float(&{place}.im);\n"),
            Xdr::ComplexDouble => format!("    visit_double(&{place}.re);\n    visit_double(&{place}.im);\n"),
            Xdr::String => scalar("text"),
            Xdr::Struct(name) => format!("    walk_{}(&{place});\n", self.record(name).expect("a record")),
            Xdr::Opaque(Count::Fixed(0)) | Xdr::Array(_, Count::Fixed(0)) => String::new(),
            Xdr::Opaque(Count::Fixed(count)) => format!("    visit_bytes({place}, {count});\n"),
            Xdr::Opaque(_) => {
                let (len, val) = (format!("{place}.{member}_len"), format!("{place}.{member}_val"));
                format!("    visit_count(&{len}, (void **) &{val}, 1);\n    visit_bytes({val}, {len});\n")
            }
            Xdr::Array(element, count) => {
                let (head, count, element_place) = match count {
                    Count::Fixed(count) => (String::new(), count.to_string(), format!("{place}[i]")),
                    _ => {
                        let (len, val) = (format!("{place}.{member}_len"), format!("{place}.{member}_val"));
                        let head = format!("    visit_count(&{len}, (void **) &{val}, sizeof *{val});\n");
                        (head, len, format!("{val}[i]"))
                    }
                };
                let mut inner = String::new();
                self.value(element, &element_place, "", &mut inner);
                let inner = inner.trim();
                format!(
                    "{head}    {{\n        u_int i;\n        for (i = 0; i < {count} && !broken; i++) {{\n            {inner}\n        }}\n    }}\n"
                )
            }
        };
        out.push_str(&text);
    }

    /// A message of items; its number.
    pub fn message(&mut self, ty: &str, items: &[Item]) -> usize {
        let mut sorted: Vec<&Item> = items.iter().collect();
        sorted.sort_by(|a, b| a.name.cmp(&b.name));
        let mut body = String::new();
        for item in sorted {
            let member = self.member(ty, &item.name);
            if !item.optional {
                self.value(&item.ty, &format!("v->{member}"), &member, &mut body);
                continue;
            }
            let mut inner = String::new();
            self.value(&item.ty, &format!("(*v->{member})"), &format!("{ty}_{member}"), &mut inner);
            write!(
                body,
                "    if (visit_presence((void **) &v->{member}, sizeof *v->{member})) {{\n{inner}    }}\n"
            )
            .expect("text");
        }
        writeln!(
            self.text,
            "static void walk_{ty}(void *of)\n{{\n    {ty} *v = of;\n    (void) v;\n{body}}}\n"
        )
        .expect("text");
        self.opaque(ty, &format!("walk_{ty}"))
    }

    /// A message whose values are not visited.
    pub fn whole(&mut self, ty: &str) -> usize {
        self.opaque(ty, "NULL")
    }

    fn opaque(&mut self, ty: &str, walk: &str) -> usize {
        self.messages.push(format!("    {{ sizeof({ty}), (xdrproc_t) xdr_{ty}, {walk} }},\n"));
        self.messages.len() - 1
    }

    /// The C file.
    pub fn finish(self) -> String {
        format!("{}static const message messages[] = {{\n{}}};\n", self.text, self.messages.concat())
    }
}
