//! Records, enumerations and callbacks in Fortran 90: `bind(c)` types whose size the compiler checks.

use super::fortran::{self, Names, callback, dimensions, identifier, record, variable};
use super::fortran77_steps as steps;
use cmp_bridge_contract::model::{Contract, Extent, Field, Language, Type, TypeDef, TypeKind};
use std::collections::BTreeMap;

/// Whose ABI a declaration is for: a `bind(c)` interface has no LOGICAL but C's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Abi {
    C,
    Fortran,
}

/// The types of a module, and their names there.
pub(crate) struct Types<'a> {
    pub contract: &'a Contract,
    /// From the contract's names of records, opaque types and callbacks.
    pub names: BTreeMap<String, String>,
}

/// An example of each type, for the check of its size.
const ZERO: &str = "_zero";

/// The module's names for the check of a type's size: an example of it, and the check.
pub(crate) fn companions(name: &str, def: &TypeDef) -> [String; 2] {
    [format!("{name}{ZERO}"), format!("{name}_has_{}_bytes", def.size)]
}

impl Types<'_> {
    /// Type of a scalar or record.
    pub fn spelled(&self, ty: &Type, abi: Abi) -> Result<String, String> {
        let bits = |bytes: u8| u32::from(bytes) * 8;
        Ok(match (self.contract.scalar(ty), abi) {
            (Type::Int(bytes, _), _) | (Type::Logical(bytes), Abi::C) => {
                format!("integer(c_int{}_t)", bits(*bytes))
            }
            (Type::Logical(bytes), Abi::Fortran) => format!("logical({bytes})"),
            (Type::F32, _) => "real(c_float)".into(),
            (Type::F64, _) => "real(c_double)".into(),
            (Type::F80, _) => "real(c_long_double)".into(),
            (Type::ComplexF32, _) => "complex(c_float_complex)".into(),
            (Type::ComplexF64, _) => "complex(c_double_complex)".into(),
            (Type::ComplexF80, _) => "complex(c_long_double_complex)".into(),
            (Type::Bool, _) => "logical(c_bool)".into(),
            (Type::Char, _) => "character(kind=c_char)".into(),
            (Type::Ptr, _) => "type(c_ptr)".into(),
            (Type::Fn, _) => "type(c_funptr)".into(),
            (Type::Named(name), _) => match self.names.get(name) {
                Some(name) => format!("type({name})"),
                None => return Err(format!("`{name}` is not defined under [type.*]")),
            },
            (ty, _) => return Err(format!("`{ty}` has no Fortran type of its own")),
        })
    }

    /// The Fortran text of all types, each after those that it holds.
    pub fn print(&self, order: &[&str], lines: &mut Vec<String>) -> Result<(), (String, String)> {
        for name in order {
            let Some(def) = self.contract.type_def(name) else { continue };
            let fault = |reason| (format!("type `{name}`"), reason);
            match &def.kind {
                TypeKind::Opaque { of } => self.opaque(def, of.as_deref(), lines),
                TypeKind::Struct(_) | TypeKind::Union(_) | TypeKind::Packed { .. } => {
                    self.record(def, lines).map_err(fault)?
                }
                _ => (),
            }
        }
        Ok(())
    }

    /// A value of this type goes where C puts one: else the reason. The compiler lays and passes what it knows; what it
    /// only knows as bytes must be in registers or large.
    pub fn travels(&self, ty: &Type) -> Result<(), String> {
        let small = record(self.contract, ty).is_some_and(|def| def.size <= 16);
        if small && !self.natural(ty, 0) { steps::by_value(self.contract, ty).map(|_| ()) } else { Ok(()) }
    }

    /// The record and those inside lie as C lays them.
    fn natural(&self, ty: &Type, depth: u32) -> bool {
        let (_, element) = dimensions(ty);
        match record(self.contract, element).map(|def| (def, &def.kind)) {
            None => true,
            Some((def, TypeKind::Struct(fields))) => {
                depth < 32
                    && self.members(def, fields).is_some()
                    && fields.iter().all(|field| self.natural(&field.ty, depth + 1))
            }
            Some(_) => false,
        }
    }

    fn opaque(&self, def: &TypeDef, of: Option<&str>, lines: &mut Vec<String>) {
        let Some(name) = self.names.get(&def.name) else { return };
        let of = of.map_or(String::new(), |of| format!(", a {}", fortran::plain(of)));
        comment(
            lines,
            "",
            &format!(
                "The address of a {}{of}. Its inside is the component's own.",
                fortran::plain(&def.name)
            ),
        );
        lines.push(format!("type, bind(c) :: {name}"));
        lines.push("  type(c_ptr) :: address = c_null_ptr".into());
        lines.push(format!("end type {name}"));
        lines.push(String::new());
    }

    fn record(&self, def: &TypeDef, lines: &mut Vec<String>) -> Result<(), String> {
        let Some(name) = self.names.get(&def.name) else { return Ok(()) };
        let mut heading =
            format!("{}: {} bytes, aligned to {}.", fortran::plain(&def.name), def.size, def.align);
        let members = match &def.kind {
            TypeKind::Struct(fields) => self.members(def, fields),
            _ => None,
        };
        let members = match members {
            Some(members) => members,
            None => {
                heading.push_str(" Fortran has no such type: these are its bytes.");
                heading.push_str(&described(def));
                vec![self.bytes(def)?]
            }
        };
        comment(lines, "", &heading);
        lines.push(format!("type, bind(c) :: {name}"));
        for member in &members {
            member.comment.iter().for_each(|text| comment(lines, "  ", text));
            lines.push(format!("  {}", member.declaration));
        }
        lines.push(format!("end type {name}"));
        let zeros: Vec<&str> = members.iter().map(|member| member.zero.as_str()).collect();
        let [example, check] = companions(name, def);
        lines.push(format!("type({name}), parameter, private :: {example} = &"));
        push_list(lines, "  ", &format!("{name}("), &zeros, ")");
        lines.push(format!("integer, parameter, private :: {check} = &"));
        lines.push(format!("  1 / merge(1, 0, size(transfer({example}, [0_c_int8_t])) == {})", def.size));
        lines.push(String::new());
        Ok(())
    }

    /// The components of a record that lies as C lays it. None: it does not.
    fn members(&self, def: &TypeDef, fields: &[Field]) -> Option<Vec<Member>> {
        let mut names = Names::default();
        let mut list: Vec<Member> = Vec::new();
        let (mut end, mut align) = (0u64, 1u64);
        let mut unit: Option<(u64, u64)> = None;
        for field in fields {
            if field.when.is_some() {
                return None;
            }
            let (size, field_align) = self.contract.size_align(&field.ty)?;
            let text = self.field_words(field);
            if field.bits.is_some() {
                if unit == Some((field.offset, size)) {
                    list.last_mut()?.comment.push(text);
                    continue;
                }
                unit = Some((field.offset, size));
            }
            if field.offset < end || !field.offset.is_multiple_of(field_align) || size == 0 {
                return None;
            }
            self.gap(end.next_multiple_of(field_align), field.offset, &mut names, &mut list);
            let wanted =
                if field.bits.is_some() { format!("bits_{}", field.offset) } else { variable(&field.name) };
            let (declaration, zero) = self.member(&field.ty, &names.take(&wanted))?;
            list.push(Member {
                comment: vec![text].into_iter().filter(|text| !text.is_empty()).collect(),
                declaration,
                zero,
            });
            (end, align) = (field.offset + size, align.max(field_align));
        }
        if align != def.align || list.is_empty() || end > def.size {
            return None;
        }
        self.gap(end.next_multiple_of(align), def.size, &mut names, &mut list);
        Some(list)
    }

    /// Bytes between two fields that the alignment does not explain.
    fn gap(&self, from: u64, to: u64, names: &mut Names, list: &mut Vec<Member>) {
        if from < to {
            let name = names.take("unused");
            let declaration = format!("integer(c_int8_t) :: {name}({})", to - from);
            list.push(Member { comment: Vec::new(), declaration, zero: "0_c_int8_t".into() });
        }
    }

    /// What a comment says of a field.
    fn field_words(&self, field: &Field) -> String {
        let unit = field.unit.as_deref().map(fortran::plain);
        match (field.bits, unit) {
            (Some((first, count)), unit) => {
                let unit = unit.map_or(String::new(), |unit| format!(", {unit}"));
                format!(
                    "{}: ibits(bits_{}, {first}, {count}){unit}",
                    fortran::plain(&field.name),
                    field.offset
                )
            }
            (None, Some(unit)) => unit,
            (None, None) => String::new(),
        }
    }

    /// Declaration and zero of a component.
    fn member(&self, ty: &Type, name: &str) -> Option<(String, String)> {
        let (mut extents, mut element) = (Vec::new(), ty);
        while let Type::Array(inner, extent) = element {
            extents.push(match extent {
                Extent::Expr(expr) => expr.constant().filter(|count| *count > 0)?.to_string(),
                _ => return None,
            });
            element = inner;
        }
        extents.reverse();
        let shape = if extents.is_empty() { String::new() } else { format!("({})", extents.join(", ")) };
        if let Some(def) = record(self.contract, element)
            && matches!(def.kind, TypeKind::Opaque { .. })
        {
            // By value an opaque type is its bytes, not its address.
            let (size, align) = self.contract.size_align(element)?;
            let bytes = align.min(8);
            let mut all = vec![(size / bytes).to_string()];
            all.extend(extents);
            let kind = format!("c_int{}_t", bytes * 8);
            return Some((format!("integer({kind}) :: {name}({})", all.join(", ")), format!("0_{kind}")));
        }
        let spelled = self.spelled(element, Abi::C).ok()?;
        let zero = match (
            self.contract.scalar(element),
            spelled.strip_prefix("type(").and_then(|rest| rest.strip_suffix(')')),
        ) {
            (Type::Ptr, _) => "c_null_ptr".to_string(),
            (Type::Fn, _) => "c_null_funptr".to_string(),
            (_, Some(inner)) => format!("{inner}{ZERO}"),
            (Type::Char, _) => "c_null_char".to_string(),
            (Type::Bool, _) => ".false._c_bool".to_string(),
            _ => {
                let kind = spelled.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')'))?;
                match spelled.as_bytes().first() {
                    Some(b'i') => format!("0_{kind}"),
                    Some(b'r') => format!("0.0_{kind}"),
                    _ => {
                        let real = kind.trim_end_matches("_complex");
                        format!("(0.0_{real}, 0.0_{real})")
                    }
                }
            }
        };
        Some((format!("{spelled} :: {name}{shape}"), zero))
    }

    /// The bytes of a record that Fortran has no type for, in units that travel by value as the record does.
    fn bytes(&self, def: &TypeDef) -> Result<Member, String> {
        let ty = Type::Named(def.name.clone());
        let vectors =
            steps::by_value(self.contract, &ty).map(|by_value| by_value.definition).unwrap_or_default();
        let real = def.size <= 16 && vectors.contains("double word_");
        if real && vectors.contains("long word_") {
            return Err("its two halves travel in registers of different kinds, and Fortran has no type for its inside".into());
        }
        let align = def.align.clamp(1, 8);
        if def.align > 8 || def.size == 0 || !def.size.is_multiple_of(align) || (real && align < 4) {
            return Err(format!("Fortran has no type of {} bytes aligned to {}", def.size, def.align));
        }
        let (kind, zero) = match (real, align) {
            (true, 4) => ("real(c_float)".to_string(), "0.0_c_float".to_string()),
            (true, _) => ("real(c_double)".to_string(), "0.0_c_double".to_string()),
            (false, align) => (format!("integer(c_int{}_t)", align * 8), format!("0_c_int{}_t", align * 8)),
        };
        let declaration = format!("{kind} :: words({})", def.size / align);
        Ok(Member { comment: Vec::new(), declaration, zero })
    }

    /// Enumerations and the named integers of the status codes.
    pub fn constants(&self, order: &[&str], names: &mut Names, lines: &mut Vec<String>) {
        for name in order {
            let Some(def) = self.contract.type_def(name) else { continue };
            let TypeKind::Enum { repr, values } = &def.kind else { continue };
            let alone = matches!(self.contract.component.language, Language::C | Language::Cpp);
            comment(lines, "", &format!("Values of {}", fortran::plain(name)));
            let Ok(ty) = self.spelled(repr, Abi::C) else { continue };
            for (value_name, value) in values {
                let short = identifier(value_name);
                let long = format!("{}_{short}", identifier(name));
                let wanted = if alone && !names.has(&short) { short } else { long };
                if wanted.len() > fortran::LONGEST || !names.claim(&wanted) {
                    comment(
                        lines,
                        "",
                        &format!(
                            "{wanted} = {value}, which has no constant: the name is too long or another's"
                        ),
                    );
                    continue;
                }
                lines.push(format!("{ty}, parameter :: {wanted} = {}", integer(*value, &ty)));
            }
            lines.push(String::new());
        }
    }

    /// The callbacks' abstract interfaces.
    pub fn callback<'c>(&'c self, ty: &Type) -> Option<(&'c TypeDef, &'c str)> {
        let def = callback(self.contract, ty)?;
        self.names.get(&def.name).map(|name| (def, name.as_str()))
    }
}

/// An integer constant of a type; the least of a kind has no literal.
pub(crate) fn integer(value: i64, ty: &str) -> String {
    let kind = ty.split_once('(').and_then(|(_, rest)| rest.strip_suffix(')')).unwrap_or("c_int64_t");
    let bits: u32 = kind.trim_start_matches("c_int").trim_end_matches("_t").parse().unwrap_or(64);
    let half = 1i128 << (bits - 1);
    // Unsigned values above the signed ones are the same bits.
    let value = if i128::from(value) >= half { i128::from(value) - 2 * half } else { i128::from(value) };
    if value == -half { format!("-{}_{kind} - 1_{kind}", half - 1) } else { format!("{value}_{kind}") }
}

/// A component of a `bind(c)` type.
struct Member {
    comment: Vec<String>,
    declaration: String,
    zero: String,
}

/// What lies in a record that Fortran has no type for.
fn described(def: &TypeDef) -> String {
    match &def.kind {
        TypeKind::Struct(fields) | TypeKind::Union(fields) => {
            let list: Vec<String> = fields
                .iter()
                .map(|field| {
                    format!(
                        "{} {} at {}",
                        fortran::plain(&field.name),
                        fortran::plain(&field.ty.to_string()),
                        field.offset
                    )
                })
                .collect();
            format!(" Inside: {}.", list.join("; "))
        }
        TypeKind::Packed { bits, count, .. } => {
            format!(" Inside: {count} elements of {bits} bits, the first lowest.")
        }
        _ => String::new(),
    }
}

/// A comment, wrapped.
pub(crate) fn comment(lines: &mut Vec<String>, indent: &str, text: &str) {
    for line in fortran::wrapped(&fortran::plain(text), 90) {
        // No line may pass column 132.
        for piece in line.as_bytes().chunks(110) {
            lines.push(format!("{indent}! {}", String::from_utf8_lossy(piece)));
        }
    }
}

/// A list in parentheses, continued over lines.
pub(crate) fn push_list(lines: &mut Vec<String>, indent: &str, head: &str, items: &[&str], tail: &str) {
    let mut line = format!("{indent}{head}");
    for (i, item) in items.iter().enumerate() {
        let last = i + 1 == items.len();
        let piece = format!("{item}{}", if last { "" } else { ", " });
        if line.len() + piece.len() + tail.len() > 100 && line.trim().len() > head.len() {
            lines.push(format!("{} &", line.trim_end()));
            line = format!("{indent}    ");
        }
        line.push_str(&piece);
    }
    lines.push(format!("{line}{tail}"));
}

/// The dimensions of an array in a declaration.
pub(crate) fn shape(ty: &Type, rename: &dyn Fn(&str) -> Option<String>) -> String {
    let (extents, _) = dimensions(ty);
    if extents.is_empty() {
        return String::new();
    }
    let list: Vec<Option<String>> = extents
        .iter()
        .map(|extent| match extent {
            Extent::Carried(_) => Some(":".to_string()),
            known => fortran::extent(known, rename),
        })
        .collect();
    let (last, inner) =
        (list.last().cloned().flatten(), list.iter().take(extents.len() - 1).cloned().collect());
    let inner: Option<Vec<String>> = inner;
    match inner {
        // Only the last extent may be open: an array whose inner ones are not known is a run of elements.
        None => "(*)".into(),
        Some(mut all) => {
            all.push(last.unwrap_or_else(|| "*".into()));
            format!("({})", all.join(", "))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn integers_have_literals() {
        assert_eq!(integer(5, "integer(c_int32_t)"), "5_c_int32_t");
        assert_eq!(integer(-2147483648, "integer(c_int32_t)"), "-2147483647_c_int32_t - 1_c_int32_t");
        assert_eq!(integer(255, "integer(c_int8_t)"), "-1_c_int8_t");
    }

    #[test]
    fn lists_are_continued() {
        let items: Vec<String> = (0..40).map(|i| format!("item_{i}")).collect();
        let items: Vec<&str> = items.iter().map(String::as_str).collect();
        let mut lines = Vec::new();
        push_list(&mut lines, "  ", "call f(", &items, ")");
        assert!(lines.len() > 2 && lines.iter().all(|line| line.len() <= 132), "{lines:#?}");
        assert!(lines[..lines.len() - 1].iter().all(|line| line.ends_with('&')));
    }
}
