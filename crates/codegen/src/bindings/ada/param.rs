//! Parameters: what callers give, and what the call of the symbol gets for it.

use super::routine::Draft;
use super::text::Mode;
use super::types::{Fault, dimensions, is_fixed_text};
use crate::bindings::signature::carried;
use cmp_bridge_contract::model::{By, Language, Param, Type, TypeKind, Use};

const ADDRESS: &str = "System.Address";

/// A record larger than this is passed by its address where the convention is Ada's.
const ADA_BY_VALUE: u64 = 16;

/// Plans a parameter.
pub(super) fn plan(draft: &mut Draft<'_, '_>, param: &Param) -> Result<(), Fault> {
    if param.usage == Use::Unknown {
        return Err("its direction is not known; complete `use` in the contract".into());
    }
    if let Some(given) = draft.lengths.given.get(&param.name).cloned() {
        return length(draft, param, &given);
    }
    match param.by {
        By::Value => by_value(draft, param),
        By::Descriptor => descriptor(draft, param),
        By::Reference => by_reference(draft, param),
    }
}

/// A parameter that an array's length gives.
fn length(draft: &mut Draft<'_, '_>, param: &Param, given: &str) -> Result<(), Fault> {
    let base = draft.types.stored(draft.contract().scalar(&param.ty))?;
    let name = draft.name(&param.name);
    draft.sub.locals.push(format!("      {name} : constant {base} := {given};"));
    match param.by {
        By::Value => draft.pass(param, Mode::In, base, name),
        _ => draft.pass(param, Mode::In, ADDRESS.into(), format!("{name}'Address")),
    }
    Ok(())
}

/// A value as callers know it, the type that travels, and the expression that makes it of `name`.
pub(super) fn travelling(
    draft: &mut Draft<'_, '_>,
    ty: &Type,
    name: &str,
) -> Result<(String, String, String), Fault> {
    let contract = draft.contract();
    let same = |mark: String| Ok((mark.clone(), mark, name.to_string()));
    if let Some(raw) = truth(draft, ty)? {
        return Ok(("Boolean".into(), raw, format!("Boolean'Pos ({name})")));
    }
    match (ty, draft.kind(ty)) {
        (Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80, _) => {
            let raw = complex(draft, ty)?;
            let mark = draft.types.stored(ty)?;
            Ok((mark, raw, format!("(Re => {name}.Re, Im => {name}.Im)")))
        }
        (_, Some(TypeKind::Range { repr, .. })) => {
            let mark = draft.types.stored(ty)?;
            Ok((mark, draft.types.stored(repr)?, name.to_string()))
        }
        (_, Some(TypeKind::Packed { .. })) => {
            let (size, _) = contract.size_align(ty).unwrap_or_default();
            if !matches!(size, 1 | 2 | 4 | 8) {
                return Err(format!("`{ty}` by value is not a whole word"));
            }
            let mark = draft.types.stored(ty)?;
            let raw = draft.types.stored(&Type::Int(size as u8, false))?;
            let to = draft.local(&format!("{name}_word"));
            draft.sub.locals.push(format!(
                "      function {to} is new Ada.Unchecked_Conversion\n        ({mark}, {raw});"
            ));
            Ok((mark, raw, format!("{to} ({name})")))
        }
        (_, Some(TypeKind::Opaque { .. })) => Err(format!("`{ty}` has an inside that is not known")),
        (Type::Named(key), Some(TypeKind::Struct(fields) | TypeKind::Union(fields))) => {
            let def = contract.type_def(key);
            let size = def.map_or(0, |def| def.size);
            let variant = fields.iter().any(|field| field.when.is_some());
            if def.is_some_and(|def| !def.trivial) {
                return Err("a class with constructors by value is not printed in Ada".into());
            }
            if draft.is_ada() && size > ADA_BY_VALUE {
                return Err(format!("GNAT passes {size} bytes by their address"));
            }
            if !draft.is_ada() && variant {
                return Err("a record with variants by value has no like in C".into());
            }
            same(draft.types.stored(ty)?)
        }
        _ => same(draft.types.stored(ty)?),
    }
}

/// The type in which a truth value travels.
pub(super) fn truth(draft: &mut Draft<'_, '_>, ty: &Type) -> Result<Option<String>, Fault> {
    match ty {
        Type::Bool => draft.types.word(1, false).map(Some),
        Type::Logical(bytes) => draft.types.word(*bytes, true).map(Some),
        _ => Ok(None),
    }
}

/// A complex number that is passed as C passes it.
pub(super) fn complex(draft: &mut Draft<'_, '_>, ty: &Type) -> Result<String, Fault> {
    let (name, part) = match ty {
        Type::ComplexF32 => ("C_Complex", "Float"),
        Type::ComplexF80 => ("C_Long_Double_Complex", "Long_Long_Float"),
        _ => ("C_Double_Complex", "Long_Float"),
    };
    draft.types.derived(name, |types, name| {
        types.inner.push(format!(
            "   type {name} is record\n      Re, Im : {part};\n   end record;\n   \
             pragma Convention (C_Pass_By_Copy, {name});\n   pragma Complex_Representation ({name});"
        ));
        Ok(())
    })
}

fn by_value(draft: &mut Draft<'_, '_>, param: &Param) -> Result<(), Fault> {
    let name = draft.name(&param.name);
    if let Some(of) = constrained(draft, param) {
        draft.pass(param, Mode::In, "Boolean".into(), format!("{of}'Constrained"));
        return Ok(());
    }
    let (mark, raw, actual) = travelling(draft, &param.ty, &name)?;
    draft.formal(param, Mode::In, mark);
    if param.usage == Use::Ignored && raw == ADDRESS {
        absent(draft, "System.Null_Address");
    }
    if matches!(draft.kind(&param.ty), Some(TypeKind::Function { .. })) && !param.nullable {
        let what = super::text::quoted(&format!("{}: {name} is null", draft.sub.name));
        draft.sub.before.push(super::text::call(6, "Check", &[format!("{name} /= null"), what], ";"));
    }
    draft.pass(param, Mode::In, raw, actual);
    Ok(())
}

/// Ada: the Boolean that says whether the record before it may change its discriminants.
fn constrained(draft: &Draft<'_, '_>, param: &Param) -> Option<String> {
    let of = param.name.strip_suffix("_constrained").filter(|_| draft.is_ada() && param.ty == Type::Bool)?;
    let record = draft.routine.params.iter().find(|other| other.name == of && other.by == By::Reference)?;
    match draft.kind(&record.ty) {
        Some(TypeKind::Struct(fields)) if fields.iter().any(|field| field.when.is_some()) => {
            Some(draft.name(of))
        }
        _ => None,
    }
}

/// The parameter just added may be left out.
pub(super) fn absent(draft: &mut Draft<'_, '_>, value: &'static str) {
    if let Some(formal) = draft.sub.formals.last_mut() {
        formal.parameter.default = Some(value);
    }
}

pub(super) fn mode(usage: Use) -> Mode {
    match usage {
        Use::Out | Use::Status => Mode::Out,
        Use::InOut => Mode::InOut,
        Use::In | Use::Ignored | Use::Unknown => Mode::In,
    }
}

fn descriptor(draft: &mut Draft<'_, '_>, param: &Param) -> Result<(), Fault> {
    if draft.contract().component.language == Language::Fortran {
        return super::shaped::plan(draft, param);
    }
    if param.nullable {
        return Err("an array with its bounds that may be absent is not printed in Ada".into());
    }
    let Some((element, rank, index)) = carried(&param.ty) else {
        return Err("its bounds are not all carried, or are of different types".into());
    };
    let mark = draft.types.unconstrained(element, rank as usize, index)?;
    let name = draft.formal(param, mode(param.usage), mark.clone());
    draft.pass(param, mode(param.usage), mark, name);
    if let Some((parameter, _)) = draft.passed.get_mut(&param.name) {
        parameter.is_array = true;
    }
    Ok(())
}

fn by_reference(draft: &mut Draft<'_, '_>, param: &Param) -> Result<(), Fault> {
    let contract = draft.contract();
    if matches!(draft.kind(&param.ty), Some(TypeKind::Opaque { .. })) {
        let mark = draft.types.stored(&param.ty)?;
        let name = draft.formal(param, Mode::In, mark);
        if !param.nullable {
            let what = super::text::quoted(&format!("{}: {name} is null", draft.sub.name));
            let holds = format!("not Is_Null ({name})");
            draft.sub.before.push(super::text::call(6, "Check", &[holds, what], ";"));
        }
        draft.pass(param, Mode::In, ADDRESS.into(), format!("{name}.Where"));
        return Ok(());
    }
    if param.usage == Use::Ignored {
        let name = draft.formal(param, Mode::In, ADDRESS.into());
        absent(draft, "System.Null_Address");
        draft.pass(param, Mode::In, ADDRESS.into(), name);
        return Ok(());
    }
    if param.usage == Use::Status {
        return super::answer::status_parameter(draft, param);
    }
    match &param.ty {
        Type::Cstr if param.usage != Use::In => {
            Err("the room behind a NUL-terminated output is not known; declare it `[char; n]`".into())
        }
        Type::Cstr => cstr(draft, param),
        Type::Chars => array(draft, param, "String".into()),
        Type::Array(..) if contract.size_align(&param.ty).is_none() => {
            let (extents, element) = dimensions(&param.ty);
            let mark = draft.types.unconstrained(element, extents.len(), Default::default())?;
            array(draft, param, mark)
        }
        _ if param.nullable => nullable(draft, param),
        ty => {
            let composite = matches!(
                contract.scalar(ty),
                Type::Named(_) | Type::Array(..) | Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80
            );
            if composite { sized(draft, param) } else { scalar(draft, param) }
        }
    }
}

/// Text up to a NUL, which is added.
fn cstr(draft: &mut Draft<'_, '_>, param: &Param) -> Result<(), Fault> {
    let copy = draft.local(&format!("{}_c", param.name));
    if !param.nullable {
        let name = draft.formal(param, Mode::In, "String".into());
        draft.sub.locals.push(format!("      {copy} : constant String := {name} & Character'Val (0);"));
        draft.pass(param, Mode::In, ADDRESS.into(), format!("{copy}'Address"));
        return Ok(());
    }
    let mark = draft.types.access("String", Use::In)?;
    let name = draft.formal(param, Mode::In, mark.clone());
    absent(draft, "null");
    let terminated = draft.types.derived("Terminated", |types, function| {
        types.inner.push(format!(
            "   function {function} (Text : {mark}) return String is\n   begin\n      \
             if Text = null then\n         return \"\";\n      end if;\n      \
             return Text.all & Character'Val (0);\n   end {function};"
        ));
        Ok(())
    })?;
    draft.sub.locals.push(format!("      {copy} : constant String := {terminated} ({name});"));
    where_present(draft, param, &name, &format!("{copy}'Address"));
    Ok(())
}

/// Passes an address, or null.
fn where_present(draft: &mut Draft<'_, '_>, param: &Param, name: &str, address: &str) {
    let at = draft.local(&format!("{}_at", param.name));
    draft.sub.locals.push(format!("      {at} : System.Address := System.Null_Address;"));
    draft
        .sub
        .before
        .push(format!("      if {name} /= null then\n         {at} := {address};\n      end if;"));
    draft.pass(param, Mode::In, ADDRESS.into(), at);
}

/// An array whose length is the caller's.
fn array(draft: &mut Draft<'_, '_>, param: &Param, mark: String) -> Result<(), Fault> {
    if param.nullable {
        let access = draft.types.access(&mark, param.usage)?;
        let name = draft.formal(param, Mode::In, access);
        absent(draft, "null");
        where_present(draft, param, &name, &format!("{name}.all'Address"));
        return Ok(());
    }
    let name = draft.formal(param, mode(param.usage), mark);
    draft.pass(param, Mode::In, ADDRESS.into(), format!("{name}'Address"));
    Ok(())
}

/// A record, a union or an array of known extent.
fn sized(draft: &mut Draft<'_, '_>, param: &Param) -> Result<(), Fault> {
    let mark = draft.types.stored(&param.ty)?;
    let name = draft.formal(param, mode(param.usage), mark);
    draft.pass(param, Mode::In, ADDRESS.into(), format!("{name}'Address"));
    Ok(())
}

/// Something of known size that may be absent.
fn nullable(draft: &mut Draft<'_, '_>, param: &Param) -> Result<(), Fault> {
    let mark = draft.types.stored(&param.ty)?;
    let access = draft.types.access(&mark, param.usage)?;
    let name = draft.formal(param, Mode::In, access.clone());
    absent(draft, "null");
    draft.pass(param, Mode::In, access, name);
    Ok(())
}

/// A scalar whose address is passed.
fn scalar(draft: &mut Draft<'_, '_>, param: &Param) -> Result<(), Fault> {
    let (name, ty) = (draft.name(&param.name), &param.ty);
    let copy = draft.local(&format!("{}_raw", param.name));
    if let Some(raw) = truth(draft, ty)? {
        draft.formal(param, mode(param.usage), "Boolean".into());
        let before = if param.usage == Use::Out { "0".to_string() } else { format!("Boolean'Pos ({name})") };
        if param.usage == Use::In {
            draft.sub.locals.push(format!("      {copy} : constant {raw} := {before};"));
            draft.pass(param, Mode::In, ADDRESS.into(), format!("{copy}'Address"));
            return Ok(());
        }
        draft.sub.locals.push(format!("      {copy} : {raw} := {before};"));
        draft.sub.after.push(format!("      {name} := {copy} /= 0;"));
        draft.pass(param, Mode::InOut, raw, copy);
        return Ok(());
    }
    let mark = draft.types.stored(ty)?;
    let base = match draft.kind(ty) {
        Some(TypeKind::Range { repr, .. }) => draft.types.stored(repr)?,
        _ => mark.clone(),
    };
    draft.formal(param, mode(param.usage), mark);
    if param.usage == Use::In {
        draft.pass(param, Mode::In, ADDRESS.into(), format!("{name}'Address"));
        return Ok(());
    }
    draft.pass(param, mode(param.usage), base, name.clone());
    draft.check_valid(&name, ty);
    Ok(())
}

/// The hidden length of a text parameter.
pub(super) fn hidden_length(draft: &mut Draft<'_, '_>, param: &Param) -> Result<String, Fault> {
    let name = draft.name(&param.name);
    let (_, element) = dimensions(&param.ty);
    let length = match (&param.ty, element) {
        (Type::Char, _) => return Ok("1".into()),
        (_, element) if is_fixed_text(element) => {
            let (extents, _) = dimensions(element);
            return match extents.first() {
                Some(cmp_bridge_contract::model::Extent::Expr(expr)) => {
                    Ok(expr.constant().unwrap_or(0).max(0).to_string())
                }
                _ => Err("its length is not known".into()),
            };
        }
        (Type::Chars | Type::Array(..), _) if !param.nullable => return Ok(format!("{name}'Length")),
        (Type::Chars | Type::Array(..), _) => draft.local(&format!("{}_room", param.name)),
        _ => return Err("its length is not known".into()),
    };
    draft.sub.locals.push(format!("      {length} : Interfaces.C.size_t := 0;"));
    draft.sub.before.push(format!(
        "      if {name} /= null then\n         {length} := {name}.all'Length;\n      end if;"
    ));
    Ok(length)
}
