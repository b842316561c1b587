//! The records of a component on two machines: what moves, what changes size, what means nothing on the other.

use cmp_bridge_contract::model::{Contract, Extent, Field, Target, Type, TypeDef, TypeKind, Use};

use super::compare::{kind, place};
use super::{Findings, Side, Undescribed};
use crate::finding::{Code, Finding};

/// Compares the records of two contracts by field: the same sources, compiled for two machines. What only one of them
/// describes is a finding; routines are not compared.
pub fn check_layout<'a>(a: impl Into<Side<'a>>, b: impl Into<Side<'a>>) -> Vec<Finding> {
    let (side_a, side_b) = (a.into(), b.into());
    let (a, b) = (side_a.contract, side_b.contract);
    let (on_a, on_b) = (a.component.target, b.component.target);
    let beside = [side_a.undescribed, side_b.undescribed];
    let mut pair = Pair { a, on_a, b, on_b, beside, findings: Findings::default() };
    pair.targets();
    let mut met: Vec<&str> = Vec::new();
    for def in &a.types {
        match counterpart(def, b) {
            Some(other) => {
                met.push(&other.name);
                pair.definition(def, other);
            }
            None => pair.missing(&def.name, def.size, false),
        }
    }
    for def in b.types.iter().filter(|def| !met.contains(&def.name.as_str())) {
        pair.missing(&def.name, def.size, true);
    }
    pair.findings.all
}

/// The same type on the other side. Views of a COMMON block are numbered as they are met, which is not in the same order on
/// two machines: they are known by their members.
fn counterpart<'a>(def: &TypeDef, other: &'a Contract) -> Option<&'a TypeDef> {
    let Some(block) = viewed(&def.name) else { return other.type_def(&def.name) };
    let names = |def: &TypeDef| match &def.kind {
        TypeKind::Struct(fields) => fields.iter().map(|field| field.name.clone()).collect(),
        _ => Vec::new(),
    };
    let wanted = names(def);
    other.types.iter().find(|known| viewed(&known.name) == Some(block) && names(known) == wanted)
}

/// The block of a view that a scan named: `cst` of `cst_view` and `cst_view_2`.
fn viewed(name: &str) -> Option<&str> {
    let base = name.trim_end_matches(|c: char| c.is_ascii_digit());
    let base = if base.len() < name.len() { base.strip_suffix('_')? } else { base };
    base.strip_suffix("_view")
}

struct Pair<'a> {
    a: &'a Contract,
    on_a: Target,
    b: &'a Contract,
    on_b: Target,
    /// What the two sides have and do not describe.
    beside: [Option<&'a Undescribed>; 2],
    findings: Findings,
}

impl Pair<'_> {
    fn report(&mut self, code: Code, path: &str, expected: String, found: String, hint: &str) {
        self.findings.push(Finding {
            code,
            routine: None,
            declared: path.to_owned(),
            found_at: None,
            expected: format!("{}: {expected}", self.on_a),
            found: format!("{}: {found}", self.on_b),
            hint: hint.to_owned(),
        });
    }

    fn targets(&mut self) {
        let (a, b) = (self.on_a, self.on_b);
        if a.is_big_endian() != b.is_big_endian() {
            let word = |t: Target| {
                if t.is_big_endian() { "most significant byte first" } else { "least significant byte first" }
            };
            let hint = "send values, not bytes: the wire format of cmp-bridge does";
            self.report(Code::LayoutEndian, "component", word(a).into(), word(b).into(), hint);
        }
        if a.pointer_size() != b.pointer_size() {
            let word = |t: Target| format!("addresses and long of {} bytes", t.pointer_size());
            let hint = "use types of a stated size in records that both machines read";
            self.report(Code::LayoutWords, "component", word(a), word(b), hint);
        }
    }

    fn missing(&mut self, name: &str, size: u64, only_b: bool) {
        let remark = self.beside[usize::from(!only_b)].and_then(|beside| beside.type_remark(name));
        let (none, hint) = match remark {
            Some(why) => (
                format!("a type that is not described: {why}"),
                "compare it by hand: what one side does not describe is not known to be equal",
            ),
            None => ("no such type".to_owned(), "compare the same sources, compiled with the same options"),
        };
        let one = format!("{name}, {size} bytes");
        let (expected, found) = if only_b { (none, one) } else { (one, none) };
        self.report(Code::LayoutMissing, &format!("type.{name}"), expected, found, hint);
    }

    fn definition(&mut self, a: &TypeDef, b: &TypeDef) {
        let path = format!("type.{}", a.name);
        match (&a.kind, &b.kind) {
            (TypeKind::Struct(x), TypeKind::Struct(y)) | (TypeKind::Union(x), TypeKind::Union(y)) => {
                self.size(&path, a.size, b.size);
                if a.align != b.align {
                    let hint = "what stands behind it may move";
                    self.report(Code::LayoutAlign, &path, a.align.to_string(), b.align.to_string(), hint);
                }
                self.fields(&path, x, y);
            }
            // The address of a routine is an address, whatever its signature.
            (TypeKind::Function { .. }, TypeKind::Function { .. }) => {}
            (TypeKind::Enum { values: x, .. }, TypeKind::Enum { values: y, .. }) => {
                let size = |contract: &Contract, target, name: &str| {
                    size_of(contract, target, &Type::Named(name.to_owned()), 0).unwrap_or(0)
                };
                let sizes = (size(self.a, self.on_a, &a.name), size(self.b, self.on_b, &b.name));
                self.size(&path, sizes.0, sizes.1);
                self.values(&path, x, y);
            }
            (x, y) if kind(x) == kind(y) => {
                let size = |contract: &Contract, target, def: &TypeDef| {
                    size_of(contract, target, &Type::Named(def.name.clone()), 0).unwrap_or(def.size)
                };
                self.size(&path, size(self.a, self.on_a, a), size(self.b, self.on_b, b));
            }
            (x, y) => {
                let hint = "compare the same sources";
                self.report(Code::LayoutKind, &path, kind(x).into(), kind(y).into(), hint);
            }
        }
    }

    fn size(&mut self, path: &str, a: u64, b: u64) {
        if a != b {
            let hint = "copying the bytes of one into the other reads or writes beyond its end";
            self.report(Code::LayoutSize, path, format!("{a} bytes"), format!("{b} bytes"), hint);
        }
    }

    fn values(&mut self, path: &str, a: &[(String, i64)], b: &[(String, i64)]) {
        let value = |values: &[(String, i64)], name: &str| values.iter().find(|v| v.0 == name).map(|v| v.1);
        let only_b = b.iter().filter(|v| value(a, &v.0).is_none());
        for (name, _) in a.iter().chain(only_b) {
            let (x, y) = (value(a, name), value(b, name));
            if x != y {
                let text = |v: Option<i64>| v.map_or("none".to_owned(), |v| v.to_string());
                let hint = "compare the same sources";
                self.report(Code::LayoutValue, &format!("{path}.values.{name}"), text(x), text(y), hint);
            }
        }
    }

    fn fields(&mut self, path: &str, a: &[Field], b: &[Field]) {
        for field in a {
            let path = format!("{path}.{}", field.name);
            match b.iter().find(|other| other.name == field.name) {
                Some(other) => self.field(&path, field, other),
                None => {
                    let expected = format!("{} at {}", field.ty, place(field));
                    let hint = "compare the same sources, compiled with the same options";
                    self.report(Code::LayoutField, &path, expected, "no such field".into(), hint);
                }
            }
        }
        for field in b.iter().filter(|field| !a.iter().any(|other| other.name == field.name)) {
            let found = format!("{} at {}", field.ty, place(field));
            let hint = "compare the same sources, compiled with the same options";
            let path = format!("{path}.{}", field.name);
            self.report(Code::LayoutField, &path, "no such field".into(), found, hint);
        }
    }

    fn field(&mut self, path: &str, a: &Field, b: &Field) {
        // Bits are counted from the other end on a machine of the other byte order: only their number can be compared.
        let swapped = self.on_a.is_big_endian() != self.on_b.is_big_endian();
        let bits = |field: &Field| field.bits.map(|(_, count)| count);
        let (at_a, at_b) = match (a.bits, b.bits) {
            (Some(_), Some(_)) if swapped => {
                (format!("unit at {}", a.offset), format!("unit at {}", b.offset))
            }
            // How many bits is another question than where they begin.
            (Some((x, _)), Some((y, _))) if bits(a) != bits(b) => {
                let first = |f: &Field, bit: u32| format!("bit {}", f.offset * 8 + u64::from(bit));
                (first(a, x), first(b, y))
            }
            _ => (place(a), place(b)),
        };
        if at_a != at_b {
            let hint = "read it by its name on each machine, never by its offset";
            self.report(Code::LayoutOffset, path, at_a, at_b, hint);
        }
        if bits(a) != bits(b) {
            let text = |count: Option<u32>| count.map_or("no bit field".to_owned(), |n| format!("{n} bits"));
            self.report(Code::LayoutWidth, path, text(bits(a)), text(bits(b)), "compare the same sources");
            return;
        }
        let (class_a, class_b) = (class(self.a, &a.ty), class(self.b, &b.ty));
        if class_a != class_b {
            let texts = (a.ty.to_string(), b.ty.to_string());
            return self.report(Code::LayoutType, path, texts.0, texts.1, "compare the same sources");
        }
        let sizes = (size_of(self.a, self.on_a, &a.ty, 0), size_of(self.b, self.on_b, &b.ty, 0));
        // A record of another size is reported where it is defined.
        if sizes.0 != sizes.1 && a.bits.is_none() && !class_a.starts_with("record") {
            let text = |ty: &Type, size: Option<u64>| match size {
                Some(size) => format!("{ty}, {size} bytes"),
                None => format!("{ty}, of unknown size"),
            };
            let hint = "use a type of a stated size in records that both machines read";
            let texts = (text(&a.ty, sizes.0), text(&b.ty, sizes.1));
            self.report(Code::LayoutWidth, path, texts.0, texts.1, hint);
        }
        if class_a == "address" && (a.usage != Use::Ignored || b.usage != Use::Ignored) {
            let hint = "an address means nothing on the other machine: write use = \"ignored\"";
            self.report(Code::LayoutAddress, path, a.ty.to_string(), b.ty.to_string(), hint);
        }
    }
}

/// What kind of value a type is, whatever its size.
fn class(contract: &Contract, ty: &Type) -> String {
    match ty {
        Type::Int(1, _) | Type::Char | Type::Bool | Type::Chars | Type::Cstr => "byte".into(),
        Type::Int(..) | Type::Logical(_) => "integer".into(),
        Type::F32 | Type::F64 | Type::F80 => "real".into(),
        Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80 => "complex".into(),
        Type::Ptr | Type::Fn => "address".into(),
        Type::Array(element, _) => class(contract, element),
        Type::Named(name) => match contract.type_def(name).map(|def| &def.kind) {
            Some(TypeKind::Enum { .. } | TypeKind::Range { .. } | TypeKind::Fixed { .. }) => "integer".into(),
            Some(TypeKind::Function { .. }) => "address".into(),
            _ => format!("record {name}"),
        },
    }
}

/// Size of a type on a target. `None`: it has none, or a definition is missing.
fn size_of(contract: &Contract, target: Target, ty: &Type, depth: u32) -> Option<u64> {
    match ty {
        Type::Ptr | Type::Fn => Some(target.pointer_size()),
        Type::F80 => Some(if target == Target::I386 { 12 } else { 16 }),
        Type::Array(element, Extent::Expr(extent)) if depth < 16 => {
            let count = u64::try_from(extent.constant()?).ok()?;
            size_of(contract, target, element, depth + 1)?.checked_mul(count)
        }
        Type::Named(name) => match contract.type_def(name).map(|def| (&def.kind, def.size))? {
            (
                TypeKind::Enum { repr, .. } | TypeKind::Range { repr, .. } | TypeKind::Fixed { repr, .. },
                _,
            ) => contract.size_align(repr).map(|(size, _)| size),
            (TypeKind::Function { .. }, _) => Some(target.pointer_size()),
            (_, size) => Some(size),
        },
        _ => contract.size_align(ty).map(|(size, _)| size),
    }
}
