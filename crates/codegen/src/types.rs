//! Records, unions and enumerations as Rust types whose layout the compiler checks.

use crate::accessors;
use crate::error::Unsupported;
use crate::names;
use crate::page::Page;
use crate::shape::{Shape, stored};
use cmp_bridge_contract::model::{By, Contract, Field, Routine, Type, TypeDef, TypeKind, Use};

/// Prints every type the routines reach, in the order of the contract.
pub(crate) fn print(contract: &Contract, shapes: &[Shape], page: &mut Page) -> Result<(), Vec<Unsupported>> {
    let wanted = reached(contract, shapes);
    let mut faults = Vec::new();
    for def in contract.types.iter().filter(|def| wanted.contains(&def.name.as_str())) {
        if let Err(reason) = define(contract, def, page) {
            let part = format!("type `{}`", def.name);
            faults.push(Unsupported { routine: user(contract, shapes, &def.name), part, reason });
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults) }
}

/// The names of the types that the routines reach.
pub(crate) fn reached<'a>(contract: &'a Contract, shapes: &[Shape<'a>]) -> Vec<&'a str> {
    let mut names = Vec::new();
    for shape in shapes {
        let params = shape.routine.params.iter().map(|param| &param.ty);
        let views = shape.routine.state.iter().map(|entry| &entry.view);
        let returns = shape.routine.returns.iter().map(|returns| &returns.ty);
        params.chain(views).chain(returns).for_each(|ty| reach(contract, ty, &mut names));
    }
    names
}

/// The first routine that reaches a type.
pub(crate) fn user(contract: &Contract, shapes: &[Shape], name: &str) -> String {
    let uses = |shape: &&Shape| reached(contract, std::slice::from_ref(*shape)).contains(&name);
    shapes.iter().find(uses).map_or(String::new(), |shape| shape.routine.name.clone())
}

fn reach<'a>(contract: &'a Contract, ty: &'a Type, names: &mut Vec<&'a str>) {
    match ty {
        Type::Array(element, _) => reach(contract, element, names),
        Type::Named(name) if !names.contains(&name.as_str()) => {
            names.push(name);
            match contract.type_def(name).map(|def| &def.kind) {
                Some(TypeKind::Struct(fields) | TypeKind::Union(fields)) => {
                    fields.iter().for_each(|field| reach(contract, &field.ty, names));
                }
                Some(TypeKind::Function { params, returns }) => {
                    params.iter().for_each(|param| reach(contract, &param.ty, names));
                    returns.iter().for_each(|returns| reach(contract, &returns.ty, names));
                }
                _ => (),
            }
        }
        _ => (),
    }
}

fn define(contract: &Contract, def: &TypeDef, page: &mut Page) -> Result<(), String> {
    let name = names::type_name(&def.name);
    match &def.kind {
        TypeKind::Enum { repr, values } => enumeration(contract, def, repr, values, page)?,
        TypeKind::Union(fields) => {
            let list: Vec<String> =
                fields.iter().map(|field| format!("`{}`: `{}`", field.name, field.ty)).collect();
            bytes(def, &format!("Union `{}` of {}: kept as bytes.", def.name, list.join(", ")), page);
            accessors::fields(contract, &name, fields, page)?;
        }
        TypeKind::Packed { element, bits, count } => {
            let each = if *bits == 1 { "one bit".to_string() } else { format!("{bits} bits") };
            bytes(def, &format!("`{}`: {count} times {each} of `{element}`, kept as bytes.", def.name), page);
            accessors::packed(contract, &name, element, *bits, *count, page)?;
        }
        TypeKind::Opaque { of } => {
            let what = of.as_deref().unwrap_or("not described");
            if is_handle(contract, def) {
                handle(def, what, page);
                return Ok(());
            }
            bytes(def, &format!("`{}` ({what}): its inside is not for a rewrite to touch.", def.name), page);
        }
        TypeKind::Struct(fields) if fields.iter().any(|field| field.when.is_some()) => {
            bytes(def, &format!("`{}`, a record with variants: kept as bytes.", def.name), page);
            accessors::fields(contract, &name, fields, page)?;
        }
        TypeKind::Struct(fields) => record(contract, def, fields, page)?,
        TypeKind::Range { repr, first, last } => {
            accessors::range(&name, &def.name, &stored(contract, repr)?, *first, *last, page);
        }
        TypeKind::Fixed { repr, small } => {
            accessors::fixed(&name, &def.name, &stored(contract, repr)?, *small, page);
        }
        // Where it is called back, a closure stands for it; elsewhere it is an address.
        TypeKind::Function { .. } => return Ok(()),
    }
    page.gap();
    Ok(())
}

/// Whether it is only ever seen behind the address of somebody who owns it: nobody makes one, copies it or looks inside.
fn is_handle(contract: &Contract, def: &TypeDef) -> bool {
    fn holds(ty: &Type, name: &str) -> bool {
        match ty {
            Type::Array(element, _) => holds(element, name),
            Type::Named(found) => found == name,
            _ => false,
        }
    }
    let stored = |ty: &Type| holds(ty, &def.name);
    let inside = contract.types.iter().any(|other| match &other.kind {
        TypeKind::Struct(fields) | TypeKind::Union(fields) => fields.iter().any(|field| stored(&field.ty)),
        TypeKind::Packed { element, .. } => stored(element),
        TypeKind::Function { params, returns } => {
            params.iter().any(|param| stored(&param.ty)) || returns.iter().any(|returns| stored(&returns.ty))
        }
        _ => false,
    });
    let moved = |routine: &Routine| {
        let named = Type::Named(def.name.clone());
        let other = |by: By, ty: &Type| stored(ty) && (by != By::Reference || *ty != named);
        routine.state.iter().any(|entry| stored(&entry.view))
            || routine
                .params
                .iter()
                .any(|param| other(param.by, &param.ty) || stored(&param.ty) && param.usage == Use::Out)
            || routine.returns.iter().any(|returns| other(returns.by, &returns.ty))
    };
    def.release.is_some() && !inside && !contract.routines.iter().any(moved)
}

fn handle(def: &TypeDef, what: &str, page: &mut Page) {
    let name = names::type_name(&def.name);
    page.comment("///", &format!("`{}` ({what}): its inside is not for Rust to touch.", def.name));
    page.line(&format!("#[repr(C, align({}))]", def.align));
    page.line("#[derive(Debug, PartialEq)]");
    page.open(&format!("pub struct {name} {{"));
    page.line(&format!("bytes: [u8; {}],", def.size));
    page.close("}");
    page.gap();
    layout(&name, def, &[("bytes".into(), 0)], page);
    page.gap();
}

/// A type that is kept as bytes.
fn bytes(def: &TypeDef, text: &str, page: &mut Page) {
    let name = names::type_name(&def.name);
    page.comment("///", text);
    page.line(&format!("#[repr(C, align({}))]", def.align));
    page.line("#[derive(Debug, Clone, Copy, PartialEq)]");
    page.open(&format!("pub struct {name} {{"));
    page.line("/// All of it.");
    page.line(&format!("pub bytes: [u8; {}],", def.size));
    page.close("}");
    page.gap();
    zero(&name, page);
    layout(&name, def, &[("bytes".into(), 0)], page);
}

fn enumeration(
    contract: &Contract,
    def: &TypeDef,
    repr: &Type,
    values: &[(String, i64)],
    page: &mut Page,
) -> Result<(), String> {
    let (name, repr) = (names::type_name(&def.name), stored(contract, repr)?);
    page.comment(
        "///",
        &format!("Enumeration `{}`: an integer, so that legacy code may hold other values.", def.name),
    );
    page.line("#[repr(transparent)]");
    page.line("#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]");
    page.line(&format!("pub struct {name}(pub {repr});"));
    page.gap();
    page.open(&format!("impl {name} {{"));
    let mut taken: Vec<String> = vec!["ZERO".into()];
    page.line("/// The value 0.");
    page.line("pub const ZERO: Self = Self(0);");
    for (value_name, value) in values {
        let constant = names::constant(value_name);
        if taken.contains(&constant) {
            // `ZERO` is there already; two names that differ in case only cannot both be.
            if constant == "ZERO" && *value == 0 {
                continue;
            }
            return Err(format!("the name `{value_name}` is taken"));
        }
        page.comment("///", &format!("`{value_name}`"));
        page.line(&format!("pub const {constant}: Self = Self({value});"));
        taken.push(constant);
    }
    page.close("}");
    Ok(())
}

/// A stretch of a record.
struct Item {
    offset: u64,
    size: u64,
    align: u64,
    name: String,
    ty: String,
    doc: String,
    /// Bit fields: field, first bit in this item.
    bits: Vec<(Field, u32)>,
}

fn items(contract: &Contract, fields: &[Field]) -> Result<Vec<Item>, String> {
    let mut items: Vec<Item> = Vec::new();
    for field in fields {
        let (size, align) = contract
            .size_align(&field.ty)
            .ok_or_else(|| format!("field `{}` has no known size", field.name))?;
        let Some((first, count)) = field.bits else {
            let ty = stored(contract, &field.ty)?;
            let doc = documentation(field);
            let name = names::field(&field.name);
            items.push(Item { offset: field.offset, size, align, name, ty, doc, bits: Vec::new() });
            continue;
        };
        // The bytes these bits are in; bit fields that share a byte share an item.
        let start = field.offset + u64::from(first / 8);
        let end = field.offset + u64::from((first + count).div_ceil(8));
        let within = first % 8;
        match items.last_mut() {
            Some(last)
                if !last.bits.is_empty() && start < last.offset + last.size && start >= last.offset =>
            {
                last.bits.push((field.clone(), within + 8 * (start - last.offset) as u32));
                last.size = last.size.max(end - last.offset);
                last.ty = format!("[u8; {}]", last.size);
            }
            _ => items.push(Item {
                offset: start,
                size: end - start,
                align: 1,
                name: format!("bits_{start}"),
                ty: format!("[u8; {}]", end - start),
                doc: "Bit fields; see the functions that read and store them.".into(),
                bits: vec![(field.clone(), within)],
            }),
        }
    }
    items.sort_by_key(|item| item.offset);
    Ok(items)
}

pub(crate) fn documentation(field: &Field) -> String {
    let unit = field.unit.as_ref().map_or(String::new(), |unit| format!(", in {}", names::doc(unit)));
    format!("`{}`{unit}.", field.name)
}

fn padding(from: u64, to: u64) -> Item {
    let size = to - from;
    let (name, ty) = (format!("padding_{from}"), format!("[u8; {size}]"));
    Item { offset: from, size, align: 1, name, ty, doc: "Padding.".into(), bits: Vec::new() }
}

fn record(contract: &Contract, def: &TypeDef, fields: &[Field], page: &mut Page) -> Result<(), String> {
    let mut listed: Vec<Item> = Vec::new();
    let items = items(contract, fields)?;
    let widest = items.iter().map(|item| item.align).max().unwrap_or(1);
    let packed = widest > def.align || items.iter().any(|item| item.offset % item.align != 0);
    let mut at = 0;
    for item in items {
        if item.offset < at {
            return Err(format!("field `{}` overlaps the one before; describe it as a union", item.name));
        }
        let natural = if packed { at } else { at.next_multiple_of(item.align) };
        if natural != item.offset {
            listed.push(padding(at, item.offset));
        }
        at = item.offset + item.size;
        listed.push(item);
    }
    let natural = if packed { at } else { at.next_multiple_of(def.align.max(1)) };
    if natural != def.size {
        listed.push(padding(at, def.size));
    }
    for (i, item) in listed.iter().enumerate() {
        if listed[..i].iter().any(|other| other.name == item.name) {
            return Err(format!("the field name `{}` is taken", item.name));
        }
    }
    let name = names::type_name(&def.name);
    page.comment("///", &format!("Record `{}`.", def.name));
    page.line(&match (packed, widest == def.align) {
        (true, _) => "#[repr(C, packed)]".to_string(),
        (false, true) => "#[repr(C)]".to_string(),
        (false, false) => format!("#[repr(C, align({}))]", def.align),
    });
    if packed && def.align != 1 {
        return Err("a packed record aligned to more than a byte is not supported yet".into());
    }
    page.line("#[derive(Debug, Clone, Copy, PartialEq)]");
    page.open(&format!("pub struct {name} {{"));
    for item in &listed {
        page.comment("///", &item.doc);
        page.line(&format!("pub {}: {},", item.name, item.ty));
    }
    page.close("}");
    page.gap();
    zero(&name, page);
    bit_fields(contract, &name, &listed, page)?;
    let offsets: Vec<(String, u64)> = listed.iter().map(|item| (item.name.clone(), item.offset)).collect();
    layout(&name, def, &offsets, page);
    Ok(())
}

fn zero(name: &str, page: &mut Page) {
    page.open(&format!("impl {name} {{"));
    page.line("/// All bits zero.");
    page.line("// SAFETY: plain data, valid whatever its bits.");
    page.line("pub const ZERO: Self = unsafe { core::mem::zeroed() };");
    page.close("}");
    page.gap();
}

fn bit_fields(contract: &Contract, name: &str, items: &[Item], page: &mut Page) -> Result<(), String> {
    if items.iter().all(|item| item.bits.is_empty()) {
        return Ok(());
    }
    page.open(&format!("impl {name} {{"));
    let fields = items.iter().flat_map(|item| item.bits.iter().map(move |bits| (item, bits)));
    for (i, (item, (field, first))) in fields.enumerate() {
        if i > 0 {
            page.gap();
        }
        let count = field.bits.map_or(0, |(_, count)| count);
        bit_field(contract, item, field, *first, count, page)?;
    }
    page.close("}");
    page.gap();
    Ok(())
}

fn bit_field(
    contract: &Contract,
    item: &Item,
    field: &Field,
    first: u32,
    count: u32,
    page: &mut Page,
) -> Result<(), String> {
    let getter = names::field(&field.name);
    let BitAccess { shown, read, store } =
        bit_access(contract, field, &format!("self.{}", item.name), first, count)?;
    page.comment("///", &documentation(field));
    page.open(&format!("pub fn {getter}(&self) -> {shown} {{"));
    read.iter().for_each(|line| page.line(line));
    page.close("}");
    page.gap();
    page.comment("///", &format!("Stores `{}`: its low {count} bits.", field.name));
    page.open(&format!("pub fn set_{}(&mut self, value: {shown}) {{", getter.trim_end_matches('_')));
    store.iter().for_each(|line| page.line(line));
    page.close("}");
    Ok(())
}

/// How bits are read and stored, in a function with `self` and, to store, `value`.
pub(crate) struct BitAccess {
    pub shown: String,
    pub read: Vec<String>,
    pub store: Vec<String>,
}

/// Bits of the bytes at `place`, as the integer or truth value they stand for.
pub(crate) fn bit_access(
    contract: &Contract,
    field: &Field,
    place: &str,
    first: u32,
    count: u32,
) -> Result<BitAccess, String> {
    let scalar = contract.scalar(&field.ty);
    let (shown, signed) = match scalar {
        Type::Bool | Type::Logical(_) => ("bool".to_string(), false),
        Type::Int(_, signed) => (stored(contract, scalar)?, *signed),
        Type::Char => (stored(contract, scalar)?, false),
        _ => return Err(format!("bit field `{}` is not an integer", field.name)),
    };
    let bits = if signed { "signed_bits" } else { "bits" };
    let read = format!("support::{bits}(&{place}, {first}, {count})");
    let read = match shown.as_str() {
        "bool" => format!("{read} != 0"),
        "u64" | "i64" => read,
        other => format!("{read} as {other}"),
    };
    let value = match (shown.as_str(), signed) {
        ("u64", _) => "value",
        (_, true) => "value as u64",
        (_, false) => "u64::from(value)",
    };
    let store = vec![format!("support::set_bits(&mut {place}, {first}, {count}, {value});")];
    Ok(BitAccess { shown, read: vec![read], store })
}

fn layout(name: &str, def: &TypeDef, offsets: &[(String, u64)], page: &mut Page) {
    page.open("const _: () = {");
    page.line(&format!("assert!(size_of::<{name}>() == {});", def.size));
    page.line(&format!("assert!(align_of::<{name}>() == {});", def.align));
    for (field, offset) in offsets {
        page.line(&format!("assert!(core::mem::offset_of!({name}, {field}) == {offset});"));
    }
    page.close("};");
}
