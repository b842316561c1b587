//! What changed in the types that both releases use.

use cmp_bridge_contract::model::{Field, Param, Returns, Type, TypeDef, TypeKind};

use super::super::compare::{kind, place, words};
use super::Release;
use crate::finding::Code;

/// Most routines that a finding names.
const MAX_NAMED: usize = 12;

impl<'a> Release<'a> {
    /// The same bytes with the same meaning, as far as this place goes: definitions are noted as a pair and compared once.
    pub(super) fn same(&mut self, old: &'a Type, new: &'a Type, buffer: bool) -> bool {
        let bytes = |ty: &Type| matches!(ty, Type::Char | Type::Int(1, _));
        match (old, new) {
            (Type::Array(a, x), Type::Array(b, y)) => x == y && self.same(a, b, buffer),
            (Type::Named(a), Type::Named(b)) => {
                match (self.old.type_def(a).map(|d| &d.kind), self.new.type_def(b).map(|d| &d.kind)) {
                    (Some(_), Some(_)) => {
                        if self.known.insert((a, b)) {
                            self.pairs.push((a, b));
                        }
                        true
                    }
                    _ => a == b,
                }
            }
            _ if bytes(old)
                && bytes(new)
                && (buffer || matches!((old, new), (Type::Char, _) | (_, Type::Char))) =>
            {
                true
            }
            // C passes enumerations as the integers they are.
            _ => self.old.scalar(old) == self.new.scalar(new),
        }
    }

    pub(super) fn describe_old(&self, ty: &Type) -> String {
        describe(self.old.type_def(&ty.to_string()), ty)
    }

    pub(super) fn describe_new(&self, ty: &Type) -> String {
        describe(self.new.type_def(&ty.to_string()), ty)
    }

    /// Compares the definitions that stand for each other. The list grows while it is read.
    pub(super) fn types(&mut self) {
        let mut next = 0;
        while let Some((old, new)) = self.pairs.get(next).copied() {
            next += 1;
            let (Some(before), Some(after)) = (self.old.type_def(old), self.new.type_def(new)) else {
                continue;
            };
            self.definition(before, after);
        }
    }

    /// Reports a change of a definition, with the routines it concerns.
    fn change(&mut self, code: Code, def: &TypeDef, field: &str, expected: String, found: String) {
        let touched = self.touched.get(&def.name).map_or(&[][..], Vec::as_slice);
        let more = touched.len().saturating_sub(MAX_NAMED);
        let mut names = touched.iter().copied().take(MAX_NAMED).collect::<Vec<_>>().join(", ");
        if more > 0 {
            names += &format!(" and {more} more");
        }
        let hint = match names.is_empty() {
            true => "no routine leads to it".to_owned(),
            false => format!("touches {names}"),
        };
        let path = format!("type.{}{field}", def.name);
        self.report(code, None, &path, expected, found, &hint);
    }

    fn definition(&mut self, old: &'a TypeDef, new: &'a TypeDef) {
        match (&old.kind, &new.kind) {
            (TypeKind::Struct(a), TypeKind::Struct(b)) | (TypeKind::Union(a), TypeKind::Union(b)) => {
                if (old.size, old.align) != (new.size, new.align) {
                    let text = |def: &TypeDef| format!("{} bytes, aligned {}", def.size, def.align);
                    self.change(Code::RecordSize, new, "", text(old), text(new));
                }
                self.fields(new, a, b);
            }
            (TypeKind::Enum { repr: a, values: before }, TypeKind::Enum { repr: b, values: after }) => {
                if a != b {
                    self.change(Code::RecordSize, new, ".repr", a.to_string(), b.to_string());
                }
                self.values(new, before, after);
            }
            (
                TypeKind::Function { params: a, returns: before },
                TypeKind::Function { params: b, returns: after },
            ) => self.signature(new, (a, before.as_ref()), (b, after.as_ref())),
            (a, b) if kind(a) == kind(b) => {
                if (a, old.size) != (b, new.size) {
                    let text = |def: &TypeDef| format!("{}, {} bytes", words(&def.kind), def.size);
                    self.change(Code::RecordSize, new, "", text(old), text(new));
                }
            }
            (a, b) => self.change(Code::KindChanged, new, "", kind(a).into(), kind(b).into()),
        }
    }

    /// The signature of a callback.
    fn signature(
        &mut self,
        def: &TypeDef,
        (old, before): (&'a [Param], Option<&'a Returns>),
        (new, after): (&'a [Param], Option<&'a Returns>),
    ) {
        let list = |params: &[Param]| {
            let words: Vec<String> = params.iter().map(|p| format!("{} {}", p.by, p.ty)).collect();
            format!("({})", words.join(", "))
        };
        let same = |a: &Returns, b: &Returns| a.by == b.by;
        let mut equal = old.len() == new.len();
        for (a, b) in old.iter().zip(new) {
            equal &= a.by == b.by && self.same(&a.ty, &b.ty, true);
        }
        equal &= match (before, after) {
            (None, None) => true,
            (Some(a), Some(b)) => same(a, b) && self.same(&a.ty, &b.ty, false),
            _ => false,
        };
        if !equal {
            let text = |params: &[Param], returns: Option<&Returns>| match returns {
                Some(returns) => format!("{} -> {}", list(params), returns.ty),
                None => list(params),
            };
            self.change(Code::ParameterChanged, def, "", text(old, before), text(new, after));
        }
    }

    fn values(&mut self, def: &TypeDef, old: &[(String, i64)], new: &[(String, i64)]) {
        for (name, value) in old {
            let found = new.iter().find(|v| v.0 == *name).map(|v| v.1);
            if found != Some(*value) {
                let found = found.map_or("none".to_owned(), |v| v.to_string());
                let field = format!(".values.{name}");
                self.change(Code::EnumChanged, def, &field, value.to_string(), found);
            }
        }
        for (name, value) in new.iter().filter(|v| !old.iter().any(|o| o.0 == v.0)) {
            let field = format!(".values.{name}");
            self.change(Code::EnumAdded, def, &field, "none".into(), value.to_string());
        }
    }

    fn fields(&mut self, def: &TypeDef, old: &'a [Field], new: &'a [Field]) {
        let mut matched = vec![false; new.len()];
        for before in old {
            let by_name = new.iter().position(|f| f.name == before.name);
            let renamed = |i: &usize| {
                !matched[*i]
                    && place(&new[*i]) == place(before)
                    && new[*i].ty == before.ty
                    && !old.iter().any(|o| o.name == new[*i].name)
            };
            let Some(index) = by_name.or_else(|| (0..new.len()).find(renamed)) else {
                let field = format!(".{}", before.name);
                let expected = format!("{} at {}", before.ty, place(before));
                self.change(Code::FieldRemoved, def, &field, expected, "no such field".into());
                continue;
            };
            matched[index] = true;
            let after = &new[index];
            let field = format!(".{}", after.name);
            if before.name != after.name {
                self.change(Code::FieldRenamed, def, &field, before.name.clone(), after.name.clone());
            }
            if place(before) != place(after) {
                self.change(Code::FieldMoved, def, &field, place(before), place(after));
            }
            if !self.same(&before.ty, &after.ty, false) {
                let texts = (self.describe_old(&before.ty), self.describe_new(&after.ty));
                self.change(Code::FieldChanged, def, &format!("{field}.type"), texts.0, texts.1);
            }
        }
        for (after, _) in new.iter().zip(matched).filter(|(_, matched)| !matched) {
            let found = format!("{} at {}", after.ty, place(after));
            self.change(Code::FieldAdded, def, &format!(".{}", after.name), "no such field".into(), found);
        }
    }
}

fn describe(def: Option<&TypeDef>, ty: &Type) -> String {
    match def {
        Some(def) => format!("{ty} ({} bytes)", def.size),
        None => ty.to_string(),
    }
}
