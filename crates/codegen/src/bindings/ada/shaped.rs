//! Assumed-shape arrays of Fortran: the descriptor that gfortran (8 and later) expects, made of an Ada array.

use super::param::{absent, mode};
use super::routine::Draft;
use super::text::{Mode, call};
use super::types::{Fault, Types};
use crate::bindings::signature::carried;
use cmp_bridge_contract::model::{Param, Type};

/// Plans a parameter that travels as the address of a descriptor.
pub(super) fn plan(draft: &mut Draft<'_, '_>, param: &Param) -> Result<(), Fault> {
    let (element, rank, index) = carried(&param.ty).ok_or("its bounds are not all carried")?;
    let rank = rank as usize;
    let mark = draft.types.unconstrained(element, rank, index)?;
    let (size, _) = draft.contract().size_align(element).ok_or("its elements have no size")?;
    let kind = kind(draft.contract().scalar(element));
    let ty = descriptor(draft.types, rank)?;
    let object = draft.local(&format!("{}_descriptor", param.name));
    let value = |array: &str| {
        let length = |i: usize| match rank {
            1 => format!("{array}'Length"),
            _ => format!("{array}'Length ({})", i + 1),
        };
        let mut stride = vec!["1".to_string()];
        for i in 1..rank {
            let before = (0..i).map(&length).collect::<Vec<_>>().join(" * ");
            stride.push(before);
        }
        let dims: Vec<String> =
            (0..rank).map(|i| format!("{} => ({}, 1, {})", i + 1, stride[i], length(i))).collect();
        let offset = stride.iter().map(|stride| format!(" - {stride}")).collect::<String>();
        vec![
            format!("Data => {array}'Address"),
            format!("Offset => 0{offset}"),
            format!("Length => {size}"),
            "Version => 0".into(),
            format!("Rank => {rank}"),
            format!("Kind => {kind}"),
            "Attribute => 0".into(),
            format!("Span => {size}"),
            format!("Dim => ({})", dims.join(", ")),
        ]
    };
    let address = format!("{object}'Address");
    if param.nullable {
        let access = draft.types.access(&mark, param.usage)?;
        let name = draft.formal(param, Mode::In, access);
        absent(draft, "null");
        draft.sub.locals.push(format!("      {object} : {ty};"));
        let at = draft.local(&format!("{}_at", param.name));
        draft.sub.locals.push(format!("      {at} : System.Address := System.Null_Address;"));
        let value = call(9, &format!("{object} :="), &value(&format!("{name}.all")), ";");
        draft.sub.before.push(format!(
            "      if {name} /= null then\n{value}\n         {at} := {address};\n      end if;"
        ));
        draft.pass(param, Mode::In, "System.Address".into(), at);
        return Ok(());
    }
    let name = draft.formal(param, mode(param.usage), mark);
    draft.sub.locals.push(call(6, &format!("{object} : constant {ty} :="), &value(&name), ";"));
    draft.pass(param, Mode::In, "System.Address".into(), address);
    Ok(())
}

/// The number that libgfortran has for a type.
fn kind(element: &Type) -> u8 {
    match element {
        Type::Logical(_) => 2,
        Type::F32 | Type::F64 | Type::F80 => 3,
        Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80 => 4,
        Type::Named(_) => 5,
        Type::Char | Type::Chars | Type::Array(..) => 6,
        _ => 1,
    }
}

/// Declares the descriptor of arrays of that rank in the body.
fn descriptor(types: &mut Types<'_>, rank: usize) -> Result<String, Fault> {
    // A type of the body, so that its operators are visible there.
    let word = types.word(8, true)?;
    let dimension = types.derived("Dimension", |types, name| {
        types.inner.push(format!(
            "   --  What gfortran knows of a dimension of an array: strides in elements\n   type {name} is record\n      \
             Stride, Lower, Upper : {word};\n   end record;\n   pragma Convention (C, {name});"
        ));
        Ok(())
    })?;
    types.derived(&format!("Descriptor_{rank}"), |types, name| {
        types.inner.push(format!(
            "   type {dimension}s_{rank} is array (1 .. {rank}) of {dimension};\n   type {name} is record\n      \
             Data      : System.Address;\n      Offset    : {word};\n      \
             Length    : Interfaces.Unsigned_64;\n      Version   : Interfaces.Integer_32;\n      \
             Rank      : Interfaces.Integer_8;\n      Kind      : Interfaces.Integer_8;\n      \
             Attribute : Interfaces.Integer_16;\n      Span      : {word};\n      \
             Dim       : {dimension}s_{rank};\n   end record;\n   pragma Convention (C, {name});"
        ));
        Ok(())
    })
}
