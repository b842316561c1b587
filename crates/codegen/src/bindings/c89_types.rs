//! The records of a C89 stub: declared so that each machine's compiler lays them out, and how each travels.

use super::c_page::Page;
use super::c_record::{self, Record};
use super::c_types::{Types, innermost};
use cmp_bridge_contract::model::{Contract, Field, Target, Type, TypeDef, TypeKind};
use cmp_bridge_contract::wire::{self, Count, Xdr};

/// The definitions that these types need, each after those that it holds by value.
pub(crate) fn needed<'a>(contract: &'a Contract, types: impl Iterator<Item = &'a Type>) -> Vec<&'a TypeDef> {
    let mut found: Vec<&TypeDef> = Vec::new();
    types.for_each(|ty| need(contract, ty, &mut found, 0));
    found
}

/// Types that contain themselves end at this depth.
const MAX_DEPTH: u32 = 64;

fn need<'a>(contract: &'a Contract, ty: &'a Type, found: &mut Vec<&'a TypeDef>, depth: u32) {
    let Type::Named(name) = innermost(ty) else { return };
    let Some(def) = contract.type_def(name) else { return };
    if depth > MAX_DEPTH || found.iter().any(|known| known.name == def.name) {
        return;
    }
    if let TypeKind::Struct(fields) | TypeKind::Union(fields) = &def.kind {
        fields.iter().for_each(|field| need(contract, &field.ty, found, depth + 1));
    }
    found.push(def);
}

/// Whether every C compiler lays a type out as the routine's own compiler does, from the members alone. If not, it lies so
/// on the contract's machine only. An error: C cannot say it at all.
pub(crate) fn portable(types: &Types, ty: &Type) -> Result<bool, String> {
    let mut all = true;
    for def in needed(types.contract, std::iter::once(ty)) {
        all &= match &def.kind {
            TypeKind::Struct(_) | TypeKind::Union(_) => match c_record::declare(types, def)? {
                Record::Bytes | Record::Members { aligned: Some(_), .. } => {
                    return Err(format!("`{}` has members that lie where C puts none", def.name));
                }
                Record::Members { lines, packed, .. } => {
                    !packed && !lines.iter().any(|line| line.starts_with("char padding_"))
                }
            },
            TypeKind::Packed { .. } | TypeKind::Opaque { .. } => {
                return Err(format!("the inside of `{}` is not described", def.name));
            }
            _ => true,
        };
        all &= !matches!(types.contract.scalar(&Type::Named(def.name.clone())), Type::F80 | Type::ComplexF80);
    }
    Ok(all && !matches!(innermost(ty), Type::F80 | Type::ComplexF80))
}

/// The test of the preprocessor for the contract's own machine.
pub(crate) fn home(target: Target) -> &'static str {
    match target {
        Target::X86_64 => "defined(__x86_64__) && LONG_MAX > 2147483647L",
        Target::I386 => "defined(__i386__)",
        Target::PaRisc => "(defined(__hppa__) || defined(__hppa)) && LONG_MAX == 2147483647L",
        Target::Other64Little | Target::Other64Big => "LONG_MAX > 2147483647L",
        Target::Other32Little | Target::Other32Big => "LONG_MAX == 2147483647L",
    }
}

/// One definition, and for the contract's own machine the proof that it lies as the contract says.
pub(crate) fn define(types: &Types, def: &TypeDef, page: &mut Page) -> Result<(), String> {
    let name = types.names.ty(&def.name);
    let (word, fields) = match &def.kind {
        TypeKind::Enum { repr, .. } | TypeKind::Range { repr, .. } | TypeKind::Fixed { repr, .. } => {
            page.line(&format!("typedef {} {name};", types.stored(repr)?.0));
            return Ok(());
        }
        TypeKind::Function { .. } => {
            page.line(&format!("typedef cmp_fn {name};"));
            return Ok(());
        }
        TypeKind::Packed { .. } | TypeKind::Opaque { .. } => return Ok(()),
        TypeKind::Struct(fields) => ("struct", fields),
        TypeKind::Union(fields) => ("union", fields),
    };
    let Record::Members { lines, packed, .. } = c_record::declare(types, def)? else {
        return Err(format!("`{}` has members that lie where C puts none", def.name));
    };
    page.gap();
    let alone = packed || lines.iter().any(|line| line.starts_with("char padding_"));
    if alone {
        page.line("#if CMPB_HOME");
    }
    if packed {
        page.line("#pragma pack(1)");
    }
    page.open(&format!("typedef {word} {name} {{"));
    lines.iter().for_each(|line| page.line(line));
    page.close(&format!("}} {name};"));
    if packed {
        page.line("#pragma pack()");
    }
    if !alone {
        page.line("#if CMPB_HOME");
    }
    page.line(&format!("CMP_LAYOUT(size_of_{name}, sizeof({name}) == {});", def.size));
    for field in fields.iter().filter(|field| field.bits.is_none()) {
        let member = super::c_names::plain(&field.name);
        page.line(&format!(
            "CMP_LAYOUT(offset_of_{name}_{member}, offsetof({name}, {member}) == {});",
            field.offset
        ));
    }
    page.line("#endif");
    Ok(())
}

/// How a record travels: field by field, by name.
pub(crate) fn walk_record(types: &Types, def: &TypeDef, page: &mut Page) -> Result<(), String> {
    let name = types.names.ty(&def.name);
    let fields = wire::fields(types.contract, &def.name)
        .ok_or_else(|| format!("the fields of `{}` do not all travel", def.name))?;
    let bits = fields.iter().any(|(field, _)| field.bits.is_some());
    let loops =
        fields.iter().any(|(_, xdr)| matches!(xdr, Xdr::Array(of, _) if matches!(**of, Xdr::Struct(_))));
    let alone = !portable(types, &Type::Named(def.name.clone()))?;
    page.gap();
    if alone {
        page.line("#if CMPB_HOME");
    }
    page.line(&format!("CMPB_MAYBE_UNUSED static void walk_{name}(cmpb_xdr *x, {name} *v)"));
    page.open("{");
    page.lines(if loops { "size_t i;" } else { "" });
    page.lines(if bits { "cmp_u32 bits;" } else { "" });
    page.lines("if (x->bad)\n    return;");
    for (field, xdr) in fields {
        let member = super::c_names::plain(&field.name);
        match field.bits {
            Some((_, count)) => bit_field(types, field, &member, count, page)?,
            None => {
                let array = matches!(field.ty, Type::Array(..));
                let at = if array { format!("v->{member}") } else { format!("&v->{member}") };
                values(types, &field.ty, &xdr, &at, None, page)?;
            }
        }
    }
    page.close("}");
    page.lines(if alone { "#endif" } else { "" });
    Ok(())
}

fn bit_field(types: &Types, field: &Field, member: &str, count: u32, page: &mut Page) -> Result<(), String> {
    let signed = match types.contract.scalar(&field.ty) {
        Type::Int(size, signed) if *size <= 4 => *signed,
        Type::Logical(size) if *size <= 4 => true,
        Type::Bool | Type::Char => false,
        other => return Err(format!("field `{}`: bits of `{other}` do not travel", field.name)),
    };
    page.line(&format!(
        "bits = cmpb_bits(x, (cmp_u32)v->{member}, {count}, {});",
        if signed { 1 } else { 0 }
    ));
    page.open(&format!("if (x->walk >= CMPB_STORE && bits != (cmp_u32)v->{member})"));
    let cast = if signed { "(cmp_i32)" } else { "" };
    page.line(&format!(
        "v->{member} = {cast}bits & {}u;",
        if count >= 32 { u32::MAX } else { (1 << count) - 1 }
    ));
    page.end();
    Ok(())
}

/// Values in memory, the first at `at`. `count`: C's expression of how many, where the contract has no constant.
pub(crate) fn values(
    types: &Types,
    ty: &Type,
    xdr: &Xdr,
    at: &str,
    count: Option<&str>,
    page: &mut Page,
) -> Result<(), String> {
    let (element, count) = match xdr {
        Xdr::Opaque(known) => {
            let count = written(known, count)?;
            page.line(&format!("cmpb_bytes(x, {at}, {count});"));
            return Ok(());
        }
        Xdr::Array(element, known) => (&**element, written(known, count)?),
        other => (other, "1".to_string()),
    };
    let twice = if count == "1" { "2".to_string() } else { format!("2 * {count}") };
    let (ty, scalar) = (innermost(ty), types.contract.scalar(innermost(ty)));
    match (element, scalar) {
        (Xdr::Struct(name), _) => {
            let name = types.names.ty(name);
            if count == "1" {
                page.line(&format!("walk_{name}(x, {at});"));
            } else {
                page.open(&format!("for (i = 0; i < {count} && !x->bad; i++)"));
                page.line(&format!("walk_{name}(x, ({name} *)(void *){at} + i);"));
                page.end();
            }
        }
        (Xdr::Float, _) => page.line(&format!("cmpb_floats(x, {at}, {count}, 4);")),
        (Xdr::Double, _) => page.line(&format!("cmpb_floats(x, {at}, {count}, 8);")),
        (Xdr::ComplexFloat, _) => page.line(&format!("cmpb_floats(x, {at}, {twice}, 4);")),
        (Xdr::ComplexDouble, _) => page.line(&format!("cmpb_floats(x, {at}, {twice}, 8);")),
        (_, scalar) => {
            let width = width(scalar).ok_or_else(|| format!("`{ty}` does not travel"))?;
            page.line(&format!("cmpb_ints(x, {at}, {count}, {width});"));
        }
    }
    Ok(())
}

fn written(known: &Count, count: Option<&str>) -> Result<String, String> {
    match (known, count) {
        (Count::Fixed(fixed), _) => Ok(fixed.to_string()),
        (_, Some(count)) => Ok(count.to_string()),
        (_, None) => Err("its number of elements is not constant".into()),
    }
}

/// Bytes of an integer in memory, negative if it has a sign.
pub(crate) fn width(scalar: &Type) -> Option<i32> {
    Some(match scalar {
        Type::Int(size, true) | Type::Logical(size) => -i32::from(*size),
        Type::Int(size, false) => i32::from(*size),
        Type::Bool | Type::Char => 1,
        _ => return None,
    })
}

/// The fewest bytes of one element on the wire.
pub(crate) fn least(contract: &Contract, xdr: &Xdr, depth: u32) -> u64 {
    let count = |known: &Count| match known {
        Count::Fixed(count) => *count,
        Count::Expr(_) | Count::Length => 0,
    };
    match xdr {
        Xdr::Int | Xdr::UnsignedInt | Xdr::Float | Xdr::String => 4,
        Xdr::Hyper | Xdr::UnsignedHyper | Xdr::Double | Xdr::ComplexFloat => 8,
        Xdr::ComplexDouble => 16,
        Xdr::Opaque(known) => count(known),
        Xdr::Array(element, known) => least(contract, element, depth).saturating_mul(count(known)),
        Xdr::Struct(_) if depth > MAX_DEPTH => 0,
        Xdr::Struct(name) => {
            let fields = wire::fields(contract, name).unwrap_or_default();
            fields.iter().fold(0, |sum: u64, (_, ty)| sum.saturating_add(least(contract, ty, depth + 1)))
        }
    }
}
