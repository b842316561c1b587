//! Arrays that carry their bounds, for a Fortran 77 caller: it passes the array and its extents, and the adapter makes what
//! the routine expects, an Ada fat pointer or a gfortran array descriptor.

use super::fortran::{is_text, record};
use super::fortran77_steps::{Scope, Step, absent, f_scalar, record_words, remark};
use super::signature::carried;
use cmp_bridge_contract::abi::has_hidden_length;
use cmp_bridge_contract::model::{Contract, Extent, Param, Type};

/// The extents that a caller passes beside an array, the one that varies fastest first.
fn extents(scope: &mut Scope, name: &str, rank: u64, step: &mut Step) -> Vec<String> {
    let mut list = Vec::new();
    for i in 1..=rank {
        let wanted = if rank == 1 { format!("{name}_n") } else { format!("{name}_n{i}") };
        let extent = scope.take(&wanted);
        let what = if rank == 1 { "number of elements".to_string() } else { format!("extent {i}") };
        step.caller.push((
            extent.clone(),
            "INTEGER*4".into(),
            format!("in, {what} of {}", name.to_ascii_uppercase()),
        ));
        step.entry.push(("int *".into(), extent.clone()));
        list.push(extent);
    }
    list
}

/// The bounds of a dimension, which a caller passes beside an array of Ada's.
fn bounds_of(scope: &mut Scope, name: &str, rank: u64, dimension: u64, step: &mut Step) -> (String, String) {
    let number = if rank == 1 { String::new() } else { dimension.to_string() };
    let mut bound = |word: &str| {
        let bound = scope.take(&format!("{name}_{word}{number}"));
        step.caller.push((bound.clone(), "INTEGER*4".into(), format!("in, {word} index")));
        step.entry.push(("int *".into(), bound.clone()));
        bound
    };
    (bound("first"), bound("last"))
}

/// The Fortran type of an element.
fn spelled(contract: &Contract, element: &Type) -> Result<String, String> {
    match record(contract, element) {
        Some(def) => Ok(record_words(&def.name, def.size)),
        None => f_scalar(contract, element)
            .ok_or_else(|| format!("an array of `{element}` has no Fortran 77 type")),
    }
}

/// What the caller writes for the array itself.
fn array(
    contract: &Contract,
    param: &Param,
    element: &Type,
    name: &str,
    rank: u64,
) -> Result<(String, String, String), String> {
    let fortran = spelled(contract, element)?;
    let names: Vec<String> = (1..=rank)
        .map(|i| if rank == 1 { format!("{name}_n") } else { format!("{name}_n{i}") }.to_ascii_uppercase())
        .collect();
    Ok((name.to_string(), format!("{fortran}({})", names.join(",")), absent(param, "a negative extent")))
}

/// Ada: two addresses, of the data and of the bounds.
pub(crate) fn fat(scope: &mut Scope, param: &Param, name: &str) -> Result<Step, String> {
    let (element, rank, index) = carried(&param.ty).ok_or("its bounds are of different types")?;
    let c_index = match (index.size, index.signed) {
        (1, true) => "signed char",
        (1, false) => "unsigned char",
        (2, true) => "short",
        (2, false) => "unsigned short",
        (4, true) => "int",
        (4, false) => "unsigned int",
        (_, true) => "long",
        (_, false) => "unsigned long",
    };
    let bounds = scope.take(&format!("{name}_bounds"));
    let fat = scope.take(&format!("{name}_fat"));
    let mut step = Step { c: "cmp_bridge_fat".into(), argument: fat.clone(), ..Step::default() };
    step.locals = vec![format!("{c_index} {bounds}[{}];", 2 * rank), format!("cmp_bridge_fat {fat};")];
    let mut set = |at: u64, first: &str, last: String| {
        if index.size < 8 {
            for bound in [first, last.as_str()].iter().filter(|bound| **bound != "1") {
                step.before.push(format!("cmp_bridge_outside((long)({c_index}){bound} != (long){bound});"));
            }
        }
        step.before.push(format!("{bounds}[{}] = ({c_index}){first};", 2 * at));
        step.before.push(format!("{bounds}[{}] = ({c_index}){last};", 2 * at + 1));
    };
    if *element == Type::Char && rank == 1 {
        let length = scope.take(&format!("{name}_length"));
        set(0, "1", length.clone());
        step.caller = vec![(name.into(), "CHARACTER*(*)".into(), remark(param))];
        step.entry = vec![("char *".into(), name.into())];
        step.length = Some(length);
    } else {
        let mut shown = Vec::new();
        let mut beside = Step::default();
        for dimension in 1..=rank {
            let (first, last) = bounds_of(scope, name, rank, dimension, &mut beside);
            shown.push(format!("{}:{}", first.to_ascii_uppercase(), last.to_ascii_uppercase()));
            // Ada's first index varies slowest.
            set(rank - dimension, &format!("*{first}"), format!("*{last}"));
        }
        let (fortran, given) = (spelled(scope.contract, element)?, remark(param));
        step.caller = vec![(name.into(), format!("{fortran}({})", shown.join(",")), given)];
        step.caller.append(&mut beside.caller);
        step.entry = vec![("void *".into(), name.into())];
        step.entry.append(&mut beside.entry);
    }
    if param.nullable {
        return Err("an Ada array with its bounds that may be absent".into());
    }
    step.before.push(format!("{fat}.data = {name};"));
    step.before.push(format!("{fat}.bounds = {bounds};"));
    Ok(step)
}

/// gfortran: the address of a descriptor.
pub(crate) fn descriptor(scope: &mut Scope, param: &Param, name: &str) -> Result<Step, String> {
    let contract = scope.contract;
    let (mut element, mut rank) = (&param.ty, 0);
    while let Type::Array(inner, Extent::Carried(_)) = element {
        (element, rank) = (inner, rank + 1);
    }
    let text = is_text(element) && has_hidden_length(contract.component.language, element);
    let shown = if text {
        let size = contract.size_align(element).map_or("(*)".into(), |(size, _)| size.to_string());
        (name.to_string(), format!("CHARACTER*{size}(*)"), absent(param, "not from Fortran 77"))
    } else {
        array(contract, param, element, name, rank)?
    };
    let mut step = Step { c: format!("cmp_bridge_array{rank} *"), ..Step::default() };
    let made = scope.take(&format!("{name}_array"));
    step.caller.push(shown);
    step.entry.push(("void *".into(), name.into()));
    step.locals.push(format!("cmp_bridge_array{rank} {made};"));
    let list = extents(scope, name, rank, &mut step);
    let size = match (text, contract.size_align(element)) {
        (true, _) => {
            let length = scope.take(&format!("{name}_length"));
            step.length = Some(length.clone());
            step.passes_length = true;
            format!("(long){length}")
        }
        (false, Some((size, _))) => size.to_string(),
        (false, None) => return Err(format!("`{element}` has no known size")),
    };
    let code = type_code(contract, element);
    step.before.push(format!("memset(&{made}, 0, sizeof {made});"));
    step.before.push(format!("{made}.data = {name};"));
    step.before.push(format!("{made}.element = {size};"));
    step.before.push(format!("{made}.span = {size};"));
    step.before.push(format!("{made}.rank = {rank};"));
    step.before.push(format!("{made}.type = {code};"));
    for (i, extent) in list.iter().enumerate() {
        let stride = match i.checked_sub(1) {
            None => "1".to_string(),
            Some(before) => format!("{made}.dim[{before}].stride * *{}", list[before]),
        };
        step.before.push(format!("{made}.dim[{i}].stride = {stride};"));
        step.before.push(format!("{made}.dim[{i}].first = 1;"));
        step.before.push(format!("{made}.dim[{i}].last = *{extent};"));
        step.before.push(format!("{made}.offset -= {made}.dim[{i}].stride;"));
    }
    step.argument = match list.first().filter(|_| param.nullable) {
        // Fortran 77 passes no null address without an extension.
        Some(extent) => format!("{name} && *{extent} >= 0 ? &{made} : 0"),
        None => format!("&{made}"),
    };
    Ok(step)
}

/// gfortran's number for a type.
fn type_code(contract: &Contract, element: &Type) -> u8 {
    match contract.scalar(element) {
        Type::Int(..) => 1,
        Type::Logical(_) | Type::Bool => 2,
        Type::F32 | Type::F64 | Type::F80 => 3,
        Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80 => 4,
        ty if is_text(ty) => 6,
        _ => 5,
    }
}
