//! State: its symbols, its sizes, and the routine's own views of it.

use cmp_bridge_contract::model::{Contract, Field, Routine, StateArea, Type, TypeKind, Use};

use super::Findings;
use crate::binary::{Binary, Binding, Symbol};
use crate::finding::{Code, Finding};
use crate::scan::Draft;

/// Records, tables and scalars of one view that are looked at.
const MAX_STEPS: u32 = 16_384;
/// How deep they may contain each other.
const MAX_DEPTH: u32 = 32;

/// The areas of the contract against the symbols of the binary.
pub(super) fn check_areas(contract: &Contract, binary: &Binary, findings: &mut Findings) {
    for area in &contract.state {
        let report = |code, field: &str, at, expected: String, found: String, hint: &str| Finding {
            code,
            routine: None,
            declared: format!("state.{}.{field}", area.name),
            found_at: at,
            expected,
            found,
            hint: hint.into(),
        };
        let candidates = symbols(area, binary);
        match candidates.as_slice() {
            [] => findings.push(report(
                Code::StateMissing,
                "symbol",
                None,
                area.symbol.clone(),
                "no such data symbol".into(),
                "was the storage optimised away, or renumbered by another build?",
            )),
            [symbol] if symbol.size != 0 && symbol.size < area.size => findings.push(report(
                Code::StateSize,
                "size",
                Some(format!("address {:#x}", symbol.address)),
                area.size.to_string(),
                symbol.size.to_string(),
                "what lies behind the symbol belongs to somebody else: correct the size",
            )),
            [_] => {}
            several => findings.push(report(
                Code::StateMissing,
                "symbol",
                None,
                format!("one symbol {}", area.symbol),
                format!("{} local symbols of that name", several.len()),
                "add `file` to tell them apart",
            )),
        }
    }
}

fn symbols<'b>(area: &StateArea, binary: &'b Binary) -> Vec<&'b Symbol> {
    let all: Vec<&Symbol> = binary.symbols_named(&area.symbol).filter(|s| !s.is_function()).collect();
    match &area.file {
        // `strip -g` takes the names of the source files with it.
        Some(file) => all.into_iter().filter(|s| s.file.as_ref().is_none_or(|f| f == file)).collect(),
        None => match all.iter().find(|s| s.binding != Binding::Local) {
            Some(global) => vec![*global],
            None => all,
        },
    }
}

/// The state a routine uses, against the COMMON blocks and static variables it has.
pub(super) fn check_uses(
    contract: &Contract,
    routine: &Routine,
    draft: &Draft<'_, '_>,
    found: &Routine,
    findings: &mut Findings,
) {
    for usage in &found.state {
        let Some(area) = draft.contract.state_area(&usage.area) else {
            continue;
        };
        let same = |a: &StateArea| a.symbol == area.symbol && (a.file.is_none() || a.file == area.file);
        let declared = routine.state.iter().find(|u| contract.state_area(&u.area).is_some_and(same));
        let report = |code, path: String, expected, found_text, hint: &str| Finding {
            code,
            routine: Some(routine.name.clone()),
            declared: path,
            found_at: found.at.clone(),
            expected,
            found: found_text,
            hint: hint.into(),
        };
        let path = format!("routine.{}.state", routine.name);
        let Some(declared) = declared else {
            let expected = "every storage that outlives the call".into();
            let found_text = format!("{} ({} bytes)", area.symbol, area.size);
            let hint = "declare it: a replay without it starts from other values";
            findings.push(report(Code::StateUndeclared, path, expected, found_text, hint));
            continue;
        };
        // With EQUIVALENCE the routine itself sees several types there: any of them is right.
        if draft.shared.contains(&usage.area) {
            continue;
        }
        // Where the variables of the block are is not said: a person may know.
        if is_bytes(&draft.contract, &usage.view) {
            continue;
        }
        let views = (scalars(contract, &declared.view), scalars(&draft.contract, &usage.view));
        if let Some((code, field, expected, found_text)) = view_mismatch(&views.0, &views.1) {
            let path = format!("{path}.{}{field}", declared.area);
            let hint = "the routine's own view of the storage decides: write its types and places";
            findings.push(report(code, path, expected, found_text, hint));
        }
    }
}

/// A view that the scan could only describe as bytes.
fn is_bytes(contract: &Contract, view: &Type) -> bool {
    let Type::Named(name) = view else { return false };
    match contract.type_def(name).map(|def| &def.kind) {
        Some(TypeKind::Struct(fields)) => {
            matches!(fields.as_slice(), [field] if matches!(&field.ty, Type::Array(element, _) if **element == Type::Int(1, false)))
        }
        _ => false,
    }
}

/// A scalar in a view.
pub(super) struct Scalar {
    pub offset: u64,
    pub size: u64,
    pub ty: Type,
    /// `.name` of the field of the view it is in; empty for a view without fields.
    pub field: String,
}

/// The scalars of a view, ascending, as far as [`MAX_STEPS`]. How they are grouped into tables and records does not
/// matter: a COMMON block is storage. Unions are left out: they have no type of their own. So is what is not compared: it
/// may be declared as plain bytes.
pub(super) fn scalars(contract: &Contract, view: &Type) -> Vec<Scalar> {
    let mut flat = Flat { contract, steps: MAX_STEPS, list: Vec::new() };
    let fields = match view {
        Type::Named(name) => contract.type_def(name).map(|d| &d.kind),
        _ => None,
    };
    match fields {
        Some(TypeKind::Struct(fields)) => {
            for field in fields.iter().filter(|f| is_compared(f)) {
                flat.add(&field.ty, field.offset, &format!(".{}", field.name), 0);
            }
        }
        _ => flat.add(view, 0, "", 0),
    }
    flat.list.sort_by_key(|s| s.offset);
    flat.list
}

fn is_compared(field: &Field) -> bool {
    field.bits.is_none() && field.usage != Use::Ignored
}

/// A view being taken apart.
struct Flat<'c> {
    contract: &'c Contract,
    steps: u32,
    list: Vec<Scalar>,
}

impl Flat<'_> {
    fn add(&mut self, ty: &Type, base: u64, field: &str, depth: u32) {
        let Some(steps) = self.steps.checked_sub(1).filter(|_| depth < MAX_DEPTH) else {
            return;
        };
        self.steps = steps;
        let contract = self.contract;
        let scalar = contract.scalar(ty);
        match scalar {
            Type::Named(name) => {
                if let Some(TypeKind::Struct(fields)) = contract.type_def(name).map(|d| &d.kind) {
                    for inner in fields.iter().filter(|f| is_compared(f)) {
                        self.add(&inner.ty, base.saturating_add(inner.offset), field, depth + 1);
                    }
                }
            }
            Type::Array(element, _) => {
                let (total, one) = (contract.size_align(scalar), contract.size_align(element));
                let (Some((total, _)), Some((one @ 1.., _))) = (total, one) else {
                    return;
                };
                for i in 0..total / one {
                    self.add(element, base.saturating_add(i * one), field, depth + 1);
                    if self.steps == 0 {
                        return;
                    }
                }
            }
            _ => {
                if let Some((size, _)) = contract.size_align(scalar) {
                    let field = field.to_string();
                    self.list.push(Scalar { offset: base, size, ty: scalar.clone(), field });
                }
            }
        }
    }
}

/// The first scalar of the declared view that the routine sees as another type or at another place. What one side
/// does not show is not compared.
pub(super) fn view_mismatch(declared: &[Scalar], found: &[Scalar]) -> Option<(Code, String, String, String)> {
    for scalar in declared {
        let end = scalar.offset.saturating_add(scalar.size);
        let at = found.partition_point(|f| f.offset < scalar.offset);
        let text = |s: &Scalar| format!("{} at offset {}", s.ty, s.offset);
        match found.get(at) {
            Some(same) if same.offset == scalar.offset => {
                let bytes = |ty: &Type| matches!(ty, Type::Char | Type::Int(1, _));
                if same.ty != scalar.ty && !(bytes(&same.ty) && bytes(&scalar.ty)) {
                    return Some((Code::FieldType, scalar.field.clone(), text(scalar), text(same)));
                }
            }
            next => {
                let before = at.checked_sub(1).and_then(|i| found.get(i));
                let reaches = |f: &&Scalar| f.offset < end && scalar.offset < f.offset.saturating_add(f.size);
                if let Some(other) = [before, next].into_iter().flatten().find(reaches) {
                    return Some((Code::FieldOffset, scalar.field.clone(), text(scalar), text(other)));
                }
            }
        }
    }
    None
}
