//! Paths to parts of values: `pos[2]`, `bulletin.mu`.

use cmp_bridge_contract::lift::Value;
use cmp_bridge_contract::literal::Literal;
use cmp_bridge_contract::lower::{LowerError, lower_into};
use cmp_bridge_contract::model::{Contract, Type, TypeKind};

/// One step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Field(String),
    Index(usize),
}

/// The name a path begins with, and the steps behind it; `None` where it is no path.
fn split(path: &str) -> Option<(&str, Vec<Step>)> {
    let end = path.find(['.', '[']).unwrap_or(path.len());
    let (name, mut rest) = path.split_at(end);
    let mut steps = Vec::new();
    while !rest.is_empty() {
        if let Some(index) = rest.strip_prefix('[') {
            let (index, after) = index.split_once(']')?;
            steps.push(Step::Index(index.trim().parse().ok()?));
            rest = after;
        } else {
            let field = rest.strip_prefix('.')?;
            let end = field.find(['.', '[']).unwrap_or(field.len());
            steps.push(Step::Field(field[..end].to_owned()));
            rest = &field[end..];
        }
    }
    (!name.is_empty()).then_some((name, steps))
}

/// The name a path begins with.
pub fn head(path: &str) -> &str {
    &path[..path.find(['.', '[']).unwrap_or(path.len())]
}

/// The part of a value that a path, without its name, leads to.
pub fn part<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    let (_, steps) = split(path)?;
    steps.into_iter().try_fold(value, |value, step| match (value, step) {
        (Value::Record(fields), Step::Field(name)) => {
            fields.iter().find(|(field, _)| *field == name).map(|(_, value)| value)
        }
        (Value::Array(items), Step::Index(index)) => items.get(index),
        _ => None,
    })
}

/// Writes a value to the part of `bytes`, an image of `ty`, that `path` leads to.
pub fn write(
    contract: &Contract,
    path: &str,
    ty: &Type,
    literal: &Literal,
    bytes: &mut [u8],
) -> Result<(), LowerError> {
    let no_part = |found: &str| LowerError {
        path: path.to_owned(),
        expected: format!("a part of {ty}, as name.field[2]"),
        found: found.to_owned(),
        hint: String::new(),
    };
    let (_, steps) = split(path).ok_or_else(|| no_part("no path"))?;
    let (mut ty, mut range) = (ty.clone(), 0..bytes.len());
    for (i, step) in steps.iter().enumerate() {
        let last = i + 1 == steps.len();
        match (step, &ty) {
            (Step::Field(name), Type::Named(record)) => {
                let fields = match contract.type_def(record).map(|def| &def.kind) {
                    Some(TypeKind::Struct(fields) | TypeKind::Union(fields)) => fields,
                    _ => return Err(no_part("a type without fields")),
                };
                let field = fields.iter().find(|field| field.name == *name);
                if last || field.is_none() {
                    let record = Literal::Record(vec![(name.clone(), literal.clone())]);
                    return lower_into(contract, path, &ty, &record, &mut bytes[range]);
                }
                let Some(field) = field else { return Err(no_part("no such field")) };
                let size = contract.size_align(&field.ty).map_or(0, |(size, _)| size as usize);
                let start = range.start + field.offset as usize;
                range = start..start + size;
                ty = field.ty.clone();
            }
            (Step::Index(index), Type::Array(element, _)) => {
                let size = contract.size_align(element).map(|(size, _)| size as usize);
                let size = size.ok_or_else(|| no_part("elements of no known size"))?;
                let start = index.checked_mul(size).and_then(|at| range.start.checked_add(at));
                let start = start.ok_or_else(|| no_part("an index beyond it"))?;
                if start + size > range.end {
                    return Err(no_part("an index beyond it"));
                }
                range = start..start + size;
                ty = (**element).clone();
            }
            _ => return Err(no_part(&format!("{ty}, which has no such part"))),
        }
        if range.end > bytes.len() {
            return Err(no_part("a part outside it"));
        }
    }
    lower_into(contract, path, &ty, literal, &mut bytes[range])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_split() {
        let field = |name: &str| Step::Field(name.to_owned());
        assert_eq!(split("pos"), Some(("pos", vec![])));
        assert_eq!(split("a.b[2].c"), Some(("a", vec![field("b"), Step::Index(2), field("c")])));
        for bad in ["", ".a", "a[", "a[x]", "a[1]b"] {
            assert_eq!(split(bad), None, "{bad}");
        }
    }
}
