//! Signatures and types: what the contract declares against what the binary has.

use cmp_bridge_contract::abi::has_hidden_length;
use cmp_bridge_contract::model::{
    By, Contract, Extent, Field, Index, Language, Param, Returns, Routine, Type, TypeDef, TypeKind, Use,
};

use super::Findings;
use crate::finding::{Code, Finding};
use crate::scan::{Described, Draft};

/// Two contracts under comparison, on behalf of one routine.
pub(super) struct Comparison<'a> {
    pub declared: &'a Contract,
    pub found: &'a Contract,
    /// Names in `found` that are not those of the source.
    pub made_up: &'a [String],
    pub routine: &'a str,
    pub found_at: Option<String>,
    pub findings: &'a mut Findings,
    /// Pairs of type names that were compared.
    pub seen: Vec<(String, String)>,
}

/// Compares the signature of a routine.
pub(super) fn signature(
    contract: &Contract,
    routine: &Routine,
    draft: &Draft<'_, '_>,
    described: &Described,
    findings: &mut Findings,
) {
    let found = &described.routine;
    let mut comparison = Comparison {
        declared: contract,
        found: &draft.contract,
        made_up: &draft.made_up,
        routine: &routine.name,
        found_at: found.at.clone(),
        findings,
        seen: Vec::new(),
    };
    let base = format!("routine.{}", routine.name);
    if routine.varargs != found.varargs {
        let word = |varargs| if varargs { "variable arguments" } else { "a fixed list of arguments" };
        let hint = "write `varargs = true`, which keeps it from being hooked, or write a routine of fixed arguments around it";
        let (expected, found) = (word(routine.varargs).to_string(), word(found.varargs).to_string());
        return comparison.report(Code::Varargs, &format!("{base}.varargs"), expected, found, hint);
    }
    if routine.static_link != found.static_link {
        let word = |link| if link { "a hidden link to an enclosing routine's frame" } else { "no such link" };
        let hint = "a routine inside another one works on the frame of that one: write `static-link = true`";
        let (expected, found) = (word(routine.static_link).to_string(), word(found.static_link).to_string());
        comparison.report(Code::Passing, &format!("{base}.static-link"), expected, found, hint);
    }
    if routine.params.len() != found.params.len() {
        let names: Vec<&str> = found.params.iter().map(|p| p.name.as_str()).collect();
        comparison.report(
            Code::ParameterCount,
            &format!("{base}.params"),
            format!("{} parameters", routine.params.len()),
            format!("{} parameters: {}", found.params.len(), names.join(", ")),
            "list the parameters as the source does; hidden lengths are not listed",
        );
        return;
    }
    for ((declared, found), at) in routine.params.iter().zip(&found.params).zip(&described.param_at) {
        comparison.found_at = at.clone().or_else(|| described.routine.at.clone());
        comparison.param(declared, found, &format!("{base}.params.{}", declared.name));
    }
    comparison.found_at = found.at.clone();
    comparison.returns(routine.returns.as_ref(), found.returns.as_ref(), &format!("{base}.returns"));
}

impl Comparison<'_> {
    pub(super) fn report(&mut self, code: Code, declared: &str, expected: String, found: String, hint: &str) {
        self.findings.push(Finding {
            code,
            routine: Some(self.routine.to_string()),
            declared: declared.to_string(),
            found_at: self.found_at.clone(),
            expected,
            found,
            hint: hint.into(),
        });
    }

    pub(super) fn param(&mut self, declared: &Param, found: &Param, path: &str) {
        if declared.name != found.name {
            let hint = "harmless; the source's own name is easier to find";
            self.report(Code::Name, &format!("{path}.name"), declared.name.clone(), found.name.clone(), hint);
        }
        let address = |p: &Param| p.by == By::Reference || matches!(p.ty, Type::Ptr);
        match (declared.by, found.by) {
            // An address whose target the binary does not know: a person does, or does not care.
            (_, By::Value) if found.ty == Type::Ptr && address(declared) => return,
            (By::Value, By::Reference) if declared.ty == Type::Ptr && !self.hidden(found) => return,
            (declared_by, found_by) if declared_by != found_by => {
                let word = |by| match by {
                    By::Value => "by value",
                    By::Reference => "by reference",
                    By::Descriptor => "by descriptor",
                };
                let found_text = format!("{} ({})", word(found.by), found.ty);
                let hint = "the routine would take a value for an address, or an address for a value";
                let path = format!("{path}.by");
                return self.report(Code::Passing, &path, word(declared.by).into(), found_text, hint);
            }
            _ => {}
        }
        if self.hidden(declared) != self.hidden(found) {
            let word = |hidden| if hidden { "a hidden length" } else { "no hidden length" };
            let expected = format!("{} ({})", word(self.hidden(declared)), declared.ty);
            let found = format!("{} ({})", word(self.hidden(found)), found.ty);
            let hint = "`chars` and `char` of a Fortran contract have a hidden length; bytes are `u8`";
            return self.report(Code::HiddenLength, &format!("{path}.type"), expected, found, hint);
        }
        self.pointed(declared, found, &format!("{path}.type"));
    }

    fn hidden(&self, param: &Param) -> bool {
        param.by == By::Reference && has_hidden_length(self.declared.component.language, &param.ty)
    }

    /// Types of a parameter that travels the same way on both sides.
    fn pointed(&mut self, declared: &Param, found: &Param, path: &str) {
        let is_text = |ty: &Type| matches!(ty, Type::Char | Type::Int(1, _));
        match (&declared.ty, &found.ty) {
            // Text of a declared length is text.
            (Type::Array(element, _), Type::Chars) if **element == Type::Char => {}
            (Type::Char, Type::Chars) => {}
            (Type::Cstr, Type::Array(element, _)) if is_text(element) => {}
            // A pointer of C, C++ or Ada does not say how many: one is as good as an array.
            (single, Type::Array(element, Extent::Unknown))
                if !matches!(single, Type::Array(..))
                    && self.declared.component.language != Language::Fortran =>
            {
                self.types(single, element, path, Code::ParameterType, false);
            }
            (declared_type, found_type) => {
                self.types(declared_type, found_type, path, Code::ParameterType, declared.by == By::Value);
            }
        }
    }

    pub(super) fn returns(&mut self, declared: Option<&Returns>, found: Option<&Returns>, path: &str) {
        match (declared, found) {
            (None, None) => {}
            (Some(declared), Some(found)) => {
                if declared.by != found.by {
                    let hint = "what a routine returns decides which registers it writes";
                    let (expected, found) = (declared.by.to_string(), found.by.to_string());
                    return self.report(Code::Returns, &format!("{path}.by"), expected, found, hint);
                }
                self.types(&declared.ty, &found.ty, &format!("{path}.type"), Code::Returns, true);
            }
            (declared, found) => {
                let text = |r: Option<&Returns>| r.map_or("nothing".to_string(), |r| r.ty.to_string());
                let hint = "what a routine returns decides which registers it writes";
                self.report(Code::Returns, path, text(declared), text(found), hint);
            }
        }
    }

    /// Two types. `exact`: extents must be equal, for they decide the size.
    pub(super) fn types(&mut self, declared: &Type, found: &Type, path: &str, code: Code, exact: bool) {
        let is_text = |ty: &Type| matches!(ty, Type::Char | Type::Int(1, _));
        match (declared, found) {
            (Type::Array(declared, d), Type::Array(found, f)) => {
                self.extents(d, f, path, code, exact);
                match (is_array(declared), is_array(found)) {
                    // A table declared flat, or one with its rows: the same elements in the same order.
                    (false, true) if !exact => self.types(declared, innermost(found), path, code, true),
                    _ if is_text(declared) && is_text(found) => {}
                    _ => self.types(declared, found, path, code, true),
                }
            }
            (Type::Named(declared), Type::Named(found)) => self.named(declared, found, path, code),
            (Type::Char, Type::Int(1, true)) | (Type::Int(1, true), Type::Char) => {}
            // `char *` is a byte buffer as often as a text.
            _ if is_text(declared) && is_text(found) && !exact => {}
            // C passes enumerations as the integers they are.
            _ if self.declared.scalar(declared) == self.found.scalar(found) => {}
            _ => {
                let found_text = self.describe(found);
                let hint = "write the type that was found; sizes and registers follow from it";
                self.report(code, path, declared.to_string(), found_text, hint);
            }
        }
    }

    fn describe(&self, ty: &Type) -> String {
        match ty {
            Type::Named(name) => match self.found.type_def(name) {
                Some(def) => format!("{name} ({} bytes)", def.size),
                None => name.clone(),
            },
            other => other.to_string(),
        }
    }

    fn extents(&mut self, declared: &Extent, found: &Extent, path: &str, code: Code, exact: bool) {
        if let (Extent::Carried(d), Extent::Carried(f)) = (declared, found)
            && d != f
        {
            let word = |index: &Index| {
                format!(
                    "bounds of {} bytes, {}",
                    index.size,
                    if index.signed { "signed" } else { "unsigned" }
                )
            };
            let hint = "the bounds are read as integers of the index type: `:u8` for a small enumeration";
            return self.report(code, path, word(d), word(f), hint);
        }
        let constant = |extent: &Extent| match extent {
            Extent::Expr(e) => e.constant(),
            Extent::Unknown | Extent::Carried(_) => None,
        };
        let (Some(d), Some(f)) = (constant(declared), constant(found)) else {
            return;
        };
        if d == f {
            return;
        }
        let texts = (format!("{d} elements"), format!("{f} elements"));
        match (exact, d > f) {
            (true, _) => {
                let code = if code == Code::ParameterType { Code::Extent } else { code };
                self.report(
                    code,
                    path,
                    texts.0,
                    texts.1,
                    "correct the extent: the elements behind it move with it",
                );
            }
            (false, true) => {
                let hint = "the routine declares fewer: what lies behind them is not its own";
                self.report(Code::Extent, path, texts.0, texts.1, hint);
            }
            (false, false) => {
                let hint = "fine when the routine uses no more than that";
                self.report(Code::ExtentShorter, path, texts.0, texts.1, hint);
            }
        }
    }

    fn named(&mut self, declared: &str, found: &str, path: &str, code: Code) {
        let pair = (declared.to_string(), found.to_string());
        if self.seen.contains(&pair) {
            return;
        }
        self.seen.push(pair);
        let (Some(d), Some(f)) = (self.declared.type_def(declared), self.found.type_def(found)) else {
            let hint = "define it under [type.*]";
            return self.report(code, path, declared.into(), format!("{found}, which is defined"), hint);
        };
        let path = format!("type.{declared}");
        if declared != found && !self.made_up.iter().any(|name| name == found) {
            let hint = "harmless; the source's own name is easier to find";
            self.report(Code::Name, &path, declared.into(), found.into(), hint);
        }
        self.layout(d, f, &path);
        match (&d.kind, &f.kind) {
            (TypeKind::Struct(d), TypeKind::Struct(f)) | (TypeKind::Union(d), TypeKind::Union(f)) => {
                self.fields(d, f, &path);
            }
            (TypeKind::Enum { values: d, .. }, TypeKind::Enum { values: f, .. }) => self.values(d, f, &path),
            (
                TypeKind::Function { params: d, returns: dr },
                TypeKind::Function { params: f, returns: fr },
            ) => {
                if d.len() != f.len() {
                    let hint = "a callback with other parameters reads what nobody passes";
                    let texts = (format!("{} parameters", d.len()), format!("{} parameters", f.len()));
                    self.report(code, &path, texts.0, texts.1, hint);
                }
                for (i, (d, f)) in d.iter().zip(f).enumerate() {
                    self.param(d, &as_one(d, f), &format!("{path}.params.{i}"));
                }
                self.returns(dr.as_ref(), fr.as_ref(), &format!("{path}.returns"));
            }
            // A person may describe what the binary does not, and leave out what nobody needs.
            (_, TypeKind::Opaque { .. }) | (TypeKind::Opaque { .. }, _) => {}
            (d, f) if kind(d) == kind(f) => {
                if d != f {
                    let hint = "scan again: the type has changed";
                    self.report(Code::TypeSize, &path, words(d), words(f), hint);
                }
            }
            _ => {
                let hint = "struct, union and enum are passed differently";
                self.report(Code::TypeKind, &path, kind(&d.kind).into(), kind(&f.kind).into(), hint);
            }
        }
    }

    fn layout(&mut self, declared: &TypeDef, found: &TypeDef, path: &str) {
        let text = |def: &TypeDef| match &def.kind {
            TypeKind::Enum { repr, .. } => repr.to_string(),
            _ => format!("{} bytes, aligned {}", def.size, def.align),
        };
        if declared.trivial != found.trivial {
            let word = |trivial| if trivial { "trivial" } else { "not trivial" };
            let hint =
                "write `trivial` as the binary has it: what is not trivial travels as the address of a copy";
            let texts = (word(declared.trivial).to_string(), word(found.trivial).to_string());
            self.report(Code::TypeKind, &format!("{path}.trivial"), texts.0, texts.1, hint);
        }
        let hidden = |def: &TypeDef| matches!(def.kind, TypeKind::Opaque { .. });
        let opaque = hidden(declared) || hidden(found);
        if opaque && declared.size != found.size {
            let hint = "scan again: the class has changed, or was compiled with other options";
            let size = |def: &TypeDef| format!("{} bytes", def.size);
            self.report(Code::TypeSize, path, size(declared), size(found), hint);
        }
        if text(declared) != text(found) && kind(&declared.kind) == kind(&found.kind) && !opaque {
            let hint = "scan again: the record has changed, or was compiled with other options";
            self.report(Code::TypeSize, path, text(declared), text(found), hint);
        }
    }

    fn fields(&mut self, declared: &[Field], found: &[Field], path: &str) {
        let mut matched = vec![false; found.len()];
        for field in declared {
            let path = format!("{path}.{}", field.name);
            let by_name = found.iter().position(|f| f.name == field.name);
            let by_place = || (0..found.len()).find(|&i| !matched[i] && place(&found[i]) == place(field));
            let Some(index) = by_name.or_else(by_place) else {
                let hint = "remove it, or scan again";
                self.report(Code::FieldExtra, &path, place(field), "no such field".into(), hint);
                continue;
            };
            matched[index] = true;
            let other = &found[index];
            if field.name != other.name {
                let hint = "harmless; the source's own name is easier to find";
                self.report(Code::Name, &path, field.name.clone(), other.name.clone(), hint);
            }
            if place(field) != place(other) {
                self.report(Code::FieldOffset, &path, place(field), place(other), "correct the offset");
            }
            if field.when != other.when {
                let word =
                    |field: &Field| field.when.as_ref().map_or("always".to_string(), |when| when.to_string());
                let hint = "a component of a variant is there for the values of its discriminant that the binary has";
                self.report(Code::FieldType, &format!("{path}.when"), word(field), word(other), hint);
            }
            // A field that is not compared may be declared as plain bytes.
            let sizes = (self.declared.size_align(&field.ty), self.found.size_align(&other.ty));
            let masked = field.usage == Use::Ignored && sizes.0.map(|s| s.0) == sizes.1.map(|s| s.0);
            if !masked {
                self.types(&field.ty, &other.ty, &format!("{path}.type"), Code::FieldType, true);
            }
        }
        for (field, _) in found.iter().zip(matched).filter(|(_, matched)| !matched) {
            let found = format!("{} ({})", field.name, place(field));
            let hint = "add it, with use = \"ignored\" when it is not to be compared";
            self.report(Code::FieldMissing, path, "a field for every byte that is used".into(), found, hint);
        }
    }

    fn values(&mut self, declared: &[(String, i64)], found: &[(String, i64)], path: &str) {
        let text = |value: Option<&(String, i64)>| value.map_or("none".to_string(), |v| v.1.to_string());
        let names = declared.iter().chain(found).map(|(name, _)| name);
        for name in names {
            let (d, f) = (declared.iter().find(|v| v.0 == *name), found.iter().find(|v| v.0 == *name));
            if d.map(|v| v.1) != f.map(|v| v.1) {
                let hint = "write the values that were found: others are refused at run time";
                self.report(Code::EnumValue, &format!("{path}.values.{name}"), text(d), text(f), hint);
            }
        }
    }
}

fn is_array(ty: &Type) -> bool {
    matches!(ty, Type::Array(..))
}

fn innermost(ty: &Type) -> &Type {
    match ty {
        Type::Array(element, _) => innermost(element),
        other => other,
    }
}

/// What a definition says, for those kinds that fit a line.
pub(super) fn words(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Range { repr, first, last } => format!("{repr} from {first} to {last}"),
        TypeKind::Fixed { repr, small: (n, d) } => format!("{repr} times {n}/{d}"),
        TypeKind::Packed { element, bits, count } => {
            format!("{count} times {bits} bits of {element}")
        }
        TypeKind::Opaque { of: Some(of) } => format!("opaque {of}"),
        other => self::kind(other).to_string(),
    }
}

pub(super) fn kind(kind: &TypeKind) -> &'static str {
    match kind {
        TypeKind::Struct(_) => "struct",
        TypeKind::Union(_) => "union",
        TypeKind::Enum { .. } => "enum",
        TypeKind::Function { .. } => "function",
        TypeKind::Range { .. } => "range",
        TypeKind::Fixed { .. } => "fixed",
        TypeKind::Packed { .. } => "packed",
        TypeKind::Opaque { .. } => "opaque",
    }
}

/// Where a field is. Bits are counted from the record's start: the storage unit they are written in does not matter.
pub(super) fn place(field: &Field) -> String {
    match field.bits {
        None => format!("offset {}", field.offset),
        Some((first, count)) => {
            format!(
                "bits {}..{}",
                field.offset * 8 + u64::from(first),
                field.offset * 8 + u64::from(first + count)
            )
        }
    }
}

/// A parameter of a callback as the contract would put it: a pointer says as little of how many in a signature as anywhere.
fn as_one(declared: &Param, found: &Param) -> Param {
    let ty = match &found.ty {
        Type::Array(element, Extent::Unknown) if !matches!(declared.ty, Type::Array(..)) => {
            (**element).clone()
        }
        other => other.clone(),
    };
    Param { ty, ..found.clone() }
}
