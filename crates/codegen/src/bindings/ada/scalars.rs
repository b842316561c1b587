//! Declarations of enumerations, ranges and fixed-point types.

use super::types::{Fault, Types};
use cmp_bridge_contract::model::{Type, TypeDef, TypeKind};

/// The name that Ada itself has for a definition.
pub(super) fn standard(name: &str, kind: &TypeKind) -> Option<&'static str> {
    let integer = Type::Int(4, true);
    match kind {
        TypeKind::Range { repr, first: 0, last: 2_147_483_647 } if *repr == integer && name == "natural" => {
            Some("Natural")
        }
        TypeKind::Range { repr, first: 1, last: 2_147_483_647 } if *repr == integer && name == "positive" => {
            Some("Positive")
        }
        TypeKind::Fixed { repr: Type::Int(8, true), small: (1, 1_000_000_000) } if name == "duration" => {
            Some("Duration")
        }
        _ => None,
    }
}

/// Bits and sign of the integer underneath.
fn integer(repr: &Type) -> Result<(u32, bool), Fault> {
    match repr {
        Type::Int(bytes @ (1 | 2 | 4 | 8), signed) => Ok((u32::from(*bytes) * 8, *signed)),
        other => Err(format!("`{other}` cannot be underneath")),
    }
}

/// Named integers. What Ada's enumerations cannot hold stays an integer with constants.
pub(super) fn enumeration(
    types: &mut Types<'_>,
    def: &TypeDef,
    repr: &Type,
    values: &[(String, i64)],
    ada: &str,
) -> Result<(), Fault> {
    let (bits, _) = integer(repr)?;
    let mut sorted: Vec<&(String, i64)> = values.iter().collect();
    sorted.sort_by_key(|(_, value)| *value);
    if sorted.iter().any(|(_, value)| i32::try_from(*value).is_err()) {
        let base = types.stored(repr)?;
        let mut text = format!("   subtype {ada} is {base};");
        for (name, value) in sorted {
            let name = types.scope.take(name);
            text.push_str(&format!("\n   {name} : constant {ada} := {};", literal(*value, &base)));
        }
        types.visible.push(text);
        return Ok(());
    }
    let mut literals: Vec<(String, i64)> = Vec::new();
    let mut aliases: Vec<(String, String)> = Vec::new();
    for (name, value) in sorted {
        let known = literals.iter().find(|(_, other)| other == value).map(|(literal, _)| literal.clone());
        match known {
            Some(literal) => aliases.push((types.scope.take(name), literal)),
            None => {
                let beside: Vec<String> = literals.iter().map(|(literal, _)| literal.clone()).collect();
                literals.push((types.scope.take_literal(name, &beside), *value));
            }
        }
    }
    let names: Vec<String> = literals.iter().map(|(name, _)| name.clone()).collect();
    let mut text = super::text::call(3, &format!("type {ada} is"), &names, ";");
    if literals.iter().zip(0_i64..).any(|((_, value), position)| *value != position) {
        let pairs: Vec<String> = literals.iter().map(|(name, value)| format!("{name} => {value}")).collect();
        text.push_str(&format!("\n{}", super::text::call(3, &format!("for {ada} use"), &pairs, ";")));
    }
    // In a bit field only the least size will do; elsewhere the size is that of the integer underneath.
    let size = if in_bits(types, &def.name) { "Object_Size" } else { "Size" };
    text.push_str(&format!("\n   for {ada}'{size} use {bits};"));
    for (alias, literal) in aliases {
        text.push_str(&format!("\n   {alias} : constant {ada} := {literal};"));
    }
    types.literals.insert(def.name.clone(), literals);
    types.visible.push(text);
    Ok(())
}

/// The type stands in a bit field, or in a packed array.
fn in_bits(types: &Types<'_>, name: &str) -> bool {
    types.contract.types.iter().any(|def| match &def.kind {
        TypeKind::Struct(fields) | TypeKind::Union(fields) => fields
            .iter()
            .any(|field| field.bits.is_some() && matches!(&field.ty, Type::Named(found) if found == name)),
        TypeKind::Packed { element, .. } => matches!(element, Type::Named(found) if found == name),
        _ => false,
    })
}

/// Integers of a subtype.
pub(super) fn range(
    types: &mut Types<'_>,
    repr: &Type,
    first: i64,
    last: i64,
    ada: &str,
) -> Result<(), Fault> {
    integer(repr)?;
    let base = types.stored(repr)?;
    let (first, last) = (literal(first, &base), literal(last, &base));
    types.visible.push(format!("   subtype {ada} is {base}\n     range {first} .. {last};"));
    Ok(())
}

/// A value of an integer type whose operators are not directly visible.
pub(super) fn literal(value: i64, mark: &str) -> String {
    if value < 0 && mark != "Integer" { format!("{mark} ({value})") } else { value.to_string() }
}

/// Fixed-point numbers.
pub(super) fn fixed(
    types: &mut Types<'_>,
    repr: &Type,
    (numerator, denominator): (u64, u64),
    ada: &str,
) -> Result<(), Fault> {
    let (bits, signed) = integer(repr)?;
    if bits == 64 && !signed {
        return Err("Ada has no fixed-point type of 64 bits without sign".into());
    }
    let (low, high) = if signed {
        (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1)
    } else {
        (0, (1_i128 << bits) - 1)
    };
    let times = |bound: i128| bound.checked_mul(i128::from(numerator)).ok_or("its range is too large");
    let (low, high) = (times(low)?, times(high)?);
    let ratio = format!("{numerator}.0 / {denominator}.0");
    types.visible.push(format!(
        "   type {ada} is delta {ratio}\n     range {low}.0 / {denominator}.0 .. {high}.0 / {denominator}.0;\n   \
         for {ada}'Small use {ratio};\n   for {ada}'Size use {bits};"
    ));
    Ok(())
}
