//! The records of a C89 stub: declared so that each machine's compiler lays them out, and how each travels.

use super::c_page::Page;
use super::c_record::{self, Record};
use super::c_types::{Types, constant, innermost};
use cmp_bridge_contract::model::{Contract, Field, Language, Target, Type, TypeDef, TypeKind};
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
            let long = may_be_long(types.contract, &Type::Named(def.name.clone()));
            let ty = match types.contract.scalar(repr) {
                Type::Int(8, true) if !long => "cmp_hyper".to_string(),
                Type::Int(8, false) if !long => "cmp_uhyper".to_string(),
                _ => types.stored(repr)?.0,
            };
            page.line(&format!("typedef {ty} {name};"));
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
    page.line(&format!("CMPB_MAYBE_UNUSED static void cmpb_walk_{name}(cmpb_xdr *cmpb_x, {name} *cmpb_v)"));
    page.open("{");
    page.lines(if loops { "size_t cmpb_i;" } else { "" });
    page.lines(if bits { "cmp_u32 cmpb_word;" } else { "" });
    page.lines("if (cmpb_x->bad)\n    return;");
    for (field, xdr) in fields {
        let member = super::c_names::plain(&field.name);
        match field.bits {
            Some((_, count)) => bit_field(types, field, &member, count, page)?,
            None => {
                let array = matches!(field.ty, Type::Array(..));
                let at = if array { format!("cmpb_v->{member}") } else { format!("&cmpb_v->{member}") };
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
        "cmpb_word = cmpb_bits(cmpb_x, (cmp_u32)cmpb_v->{member}, {count}, {});",
        if signed { 1 } else { 0 }
    ));
    page.open(&format!("if (cmpb_x->walk >= CMPB_STORE && cmpb_word != (cmp_u32)cmpb_v->{member})"));
    let cast = if signed { "(cmp_i32)" } else { "" };
    page.line(&format!(
        "cmpb_v->{member} = {cast}cmpb_word & {}u;",
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
            page.line(&format!("cmpb_bytes(cmpb_x, {at}, {count});"));
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
                page.line(&format!("cmpb_walk_{name}(cmpb_x, {at});"));
            } else {
                page.open(&format!("for (cmpb_i = 0; cmpb_i < {count} && !cmpb_x->bad; cmpb_i++)"));
                page.line(&format!("cmpb_walk_{name}(cmpb_x, ({name} *)(void *){at} + cmpb_i);"));
                page.end();
            }
        }
        (Xdr::Float, _) => page.line(&format!("cmpb_floats(cmpb_x, {at}, {count}, 4);")),
        (Xdr::Double, _) => page.line(&format!("cmpb_floats(cmpb_x, {at}, {count}, 8);")),
        (Xdr::ComplexFloat, _) => page.line(&format!("cmpb_floats(cmpb_x, {at}, {twice}, 4);")),
        (Xdr::ComplexDouble, _) => page.line(&format!("cmpb_floats(cmpb_x, {at}, {twice}, 8);")),
        (_, scalar) => {
            let wide = matches!(scalar, Type::Int(8, _) | Type::Logical(8));
            let walk = if wide { "cmpb_hypers" } else { "cmpb_ints" };
            let width = width(types, ty)?.ok_or_else(|| format!("`{ty}` does not travel"))?;
            page.line(&format!("{walk}(cmpb_x, {at}, {count}, {width});"));
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

/// C's expression of the bytes of an integer in memory, negative if it has a sign. Where the contract has 64 bits, the
/// machine may have another opinion.
pub(crate) fn width(types: &Types, ty: &Type) -> Result<Option<String>, String> {
    let stored = || types.stored(ty).map(|(base, _)| base);
    Ok(Some(match types.contract.scalar(ty) {
        Type::Int(8, true) | Type::Logical(8) => format!("-(int)sizeof({})", stored()?),
        Type::Int(8, false) => format!("(int)sizeof({})", stored()?),
        Type::Int(size, true) | Type::Logical(size) => format!("-{size}"),
        Type::Int(size, false) => size.to_string(),
        Type::Bool | Type::Char => "1".to_string(),
        _ => return Ok(None),
    }))
}

/// Whether an integer that has 64 bits on the contract's machine may be one of the languages' integers that have 32 where
/// `long` has: `long` and `size_t` in C, `Long_Integer` in Ada. On a machine of 32 bits it can only be a longer one.
pub(crate) fn may_be_long(contract: &Contract, ty: &Type) -> bool {
    if contract.component.language == Language::Fortran || contract.component.target.pointer_size() == 4 {
        return false;
    }
    if let Type::Named(name) = ty
        && let Some(def) = contract.type_def(name)
    {
        match &def.kind {
            // Its bits follow from its declaration.
            TypeKind::Fixed { .. } => return false,
            // A bound may be that of its base type.
            TypeKind::Range { first, last, .. } => {
                let short =
                    |bound: i64| i32::try_from(bound).is_ok() || bound == i64::MIN || bound == i64::MAX;
                if !short(*first) || !short(*last) {
                    return false;
                }
            }
            _ => (),
        }
    }
    matches!(contract.scalar(ty), Type::Int(8, _))
}

/// What the stub's 64-bit integers are where `long` has 32 bits. `value`, `memory`: routines pass such by value, by address.
pub(crate) fn choose_long(contract: &Contract, value: bool, memory: bool, page: &mut Page) {
    if !value && !memory {
        return;
    }
    let name = super::c_names::plain(&contract.component.name);
    let switch = format!("CMPB_{}_LONG", name.to_ascii_uppercase());
    let ada = contract.component.language == Language::Ada;
    let (long, longer) = if ada { ("Long_Integer", "Long_Long_Integer") } else { ("long", "long long") };
    page.comment(&[
        format!(
            "Some integers have 64 bits on the contract's machine. Where `long` has 32, -D{switch}=4 says that they are \
             `{long}` in the source, with 4 bytes, and -D{switch}=8 that they are `{longer}`, with 8."
        ),
    ]);
    page.line("#include <limits.h>");
    page.line(&format!("#if LONG_MAX > 2147483647L || {switch} == 8"));
    page.line("#define CMPB_LONG 8");
    page.line(&format!("#elif {switch} == 4"));
    page.line("#define CMPB_LONG 4");
    page.line("#else");
    if memory {
        page.line(&format!(
            "#error \"{name} has 64-bit integers: -D{switch}=4 if they are {long} in its source, =8 if they are {longer}\""
        ));
    } else {
        // Passed by value only: such routines are left out.
        page.line("#define CMPB_LONG 8");
    }
    page.line("#endif");
}

/// The fields of a record, none if it is something else.
pub(crate) fn fields<'a>(contract: &'a Contract, ty: &Type) -> &'a [Field] {
    let Type::Named(name) = ty else { return &[] };
    match contract.type_def(name).map(|def| &def.kind) {
        Some(TypeKind::Struct(fields) | TypeKind::Union(fields)) => fields,
        _ => &[],
    }
}

/// Records of Fortran that only name storage, such as a COMMON block, end with their last member: C may add to that what its
/// alignment wants, as nothing follows in the record.
pub(crate) fn loosened(mut contract: Contract) -> Contract {
    if contract.component.language != Language::Fortran {
        return contract;
    }
    let mut natural = Vec::new();
    for def in contract.types.iter().filter(|def| only_a_view(&contract, &def.name)) {
        let TypeKind::Struct(fields) = &def.kind else { continue };
        let ends = fields.iter().filter_map(|field| Some((field.offset, contract.size_align(&field.ty)?)));
        let ends: Vec<(u64, (u64, u64))> = ends.collect();
        let align = ends.iter().map(|(_, (_, align))| *align).max().unwrap_or(1).max(1);
        let end = ends.iter().map(|(offset, (size, _))| offset + size).max().unwrap_or(0);
        if ends.len() == fields.len() && align > def.align && end == def.size {
            natural.push((def.name.clone(), end.next_multiple_of(align), align));
        }
    }
    for def in &mut contract.types {
        if let Some((_, size, align)) = natural.iter().find(|(name, ..)| *name == def.name) {
            (def.size, def.align) = (*size, *align);
        }
    }
    contract
}

/// A type of which there is nothing but state.
fn only_a_view(contract: &Contract, name: &str) -> bool {
    let this = |ty: &Type| matches!(ty, Type::Named(of) if of == name);
    let within = |ty: &Type| this(innermost(ty));
    let routines = &contract.routines;
    let viewed = routines.iter().flat_map(|routine| &routine.state).any(|entry| this(&entry.view));
    let elsewhere = contract.types.iter().flat_map(|def| match &def.kind {
        TypeKind::Struct(fields) | TypeKind::Union(fields) => fields.iter().map(|field| &field.ty).collect(),
        _ => Vec::new(),
    });
    let passed = routines.iter().flat_map(|routine| {
        routine.params.iter().map(|param| &param.ty).chain(routine.returns.iter().map(|returns| &returns.ty))
    });
    let arrays = routines.iter().flat_map(|routine| &routine.state).map(|entry| &entry.view);
    viewed && !elsewhere.chain(passed).any(within) && !arrays.filter(|view| !this(view)).any(within)
}

/// A Fortran text: the length that is known of it, or that a hidden argument tells.
pub(crate) fn text_length(types: &Types, ty: &Type) -> Option<Option<u64>> {
    match ty {
        Type::Chars => Some(None),
        Type::Array(element, extent)
            if types.contract.component.language == Language::Fortran && **element == Type::Char =>
        {
            Some(constant(extent).and_then(|n| u64::try_from(n).ok()))
        }
        _ => None,
    }
}

/// The length of each text in an array of them: its innermost extent.
pub(crate) fn char_length(ty: &Type) -> Option<u64> {
    match ty {
        Type::Char => Some(1),
        Type::Array(element, extent) if **element == Type::Char => {
            constant(extent).and_then(|n| u64::try_from(n).ok())
        }
        Type::Array(element, _) => char_length(element),
        _ => None,
    }
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
