//! What a routine returns: its answer, its status, the `out` scalars of an Ada routine.

use super::param::{complex, truth};
use super::profile_hint;
use super::routine::{Draft, Formal, Returned};
use super::text::{Mode, Parameter};
use super::types::{Fault, is_fixed_text};
use crate::bindings::signature::{Answer, Signature, carried};
use cmp_bridge_contract::model::{Condition, Field, Param, Returns, Status, Type, TypeKind, Use};

/// Plans what becomes of the answer.
pub(super) fn plan<'a>(draft: &mut Draft<'_, 'a>, signature: &Signature<'a>) -> Result<(), Fault> {
    let returns = match signature.answer {
        Answer::Nothing => return Ok(()),
        Answer::Value(returns) if returns.usage == Use::Status => return returned_status(draft, returns),
        Answer::Value(returns) => {
            value(draft, returns)?;
            returns
        }
        Answer::Address(returns) => {
            address(draft, returns)?;
            returns
        }
        Answer::FatPointer(returns) => {
            let (element, rank, index) =
                carried(&returns.ty).ok_or("its bounds are not all carried, or are of different types")?;
            let mark = draft.types.unconstrained(element, rank as usize, index)?;
            draft.sub.call.result = Some(mark.clone());
            draft.sub.result = Some(mark);
            draft.sub.returned = Returned::Result("{}".into());
            returns
        }
        Answer::Written => {
            let Some(returns) = &draft.routine.returns else { return Ok(()) };
            written(draft, returns)?;
            returns
        }
    };
    draft.sub.result_about = returns.unit.clone().unwrap_or_default();
    Ok(())
}

/// What is written where the caller says.
fn written(draft: &mut Draft<'_, '_>, returns: &Returns) -> Result<(), Fault> {
    match &returns.ty {
        Type::Chars => Err("its length is the caller's choice, which the contract does not say".into()),
        Type::Array(..) if !is_fixed_text(&returns.ty) => Err(
            "a descriptor of gfortran is not read from Ada: put a routine with an array parameter around it"
                .into(),
        ),
        ty => {
            draft.sub.result = Some(draft.types.stored(ty)?);
            Ok(())
        }
    }
}

/// What is returned as an address.
fn address(draft: &mut Draft<'_, '_>, returns: &Returns) -> Result<(), Fault> {
    if draft.is_ada() {
        return Err(
            "it lies on Ada's secondary stack, behind an address whose type is not known to be one".into()
        );
    }
    let (mark, result, expression) = match (&returns.ty, draft.kind(&returns.ty)) {
        (Type::Cstr, _) => (
            "Interfaces.C.Strings.chars_ptr".to_string(),
            "String".to_string(),
            "Interfaces.C.Strings.Value ({})",
        ),
        (ty, Some(TypeKind::Opaque { .. })) => {
            let mark = draft.types.stored(ty)?;
            give(draft, "Result", "Result".into(), Mode::InOut, mark, Vec::new());
            draft.sub.call.result = Some("System.Address".into());
            draft.sub.returned = Returned::Into("Result.Where".into(), "{}".into());
            return Ok(());
        }
        (ty, _) if draft.contract().size_align(ty).is_none() => {
            return Err("the extent of what it points to is not known".into());
        }
        (ty, _) => {
            let mark = draft.types.stored(ty)?;
            let access = draft.types.access(&mark, Use::InOut)?;
            (access.clone(), access, "{}")
        }
    };
    draft.sub.call.result = Some(mark);
    draft.sub.result = Some(result);
    draft.sub.returned = Returned::Result(expression.into());
    Ok(())
}

/// Adds a parameter that the contract does not list.
fn give(draft: &mut Draft<'_, '_>, key: &str, name: String, mode: Mode, ty: String, about: Vec<String>) {
    let parameter = Parameter { name, mode, ty, default: None, is_array: false };
    draft.sub.formals.push(Formal { key: key.to_string(), parameter, about });
}

/// What is returned as a value.
fn value<'a>(draft: &mut Draft<'_, 'a>, returns: &'a Returns) -> Result<(), Fault> {
    if let Some(fields) = of_parameters(draft, returns) {
        return parameters(draft, returns, fields);
    }
    let (mark, raw, expression) = back(draft, &returns.ty)?;
    draft.sub.call.result = Some(raw);
    if let Some((key, mode)) = profile_hint::only_output(draft.routine).filter(|_| draft.is_ada()) {
        let name = match mode {
            Mode::InOut => {
                let name = draft.name(&key);
                set_in_out(draft, &key);
                name
            }
            _ => {
                let name = draft.scope.take(&key);
                let about = returns.unit.iter().cloned().collect();
                give(draft, &key, name.clone(), Mode::Out, mark, about);
                name
            }
        };
        draft.sub.returned = Returned::Into(name.clone(), expression);
        draft.check_valid(&name, &returns.ty);
        return Ok(());
    }
    draft.sub.result = Some(mark);
    draft.sub.returned = Returned::Result(expression);
    if matches!(draft.kind(&returns.ty), Some(TypeKind::Enum { .. })) {
        draft.check_valid("Result", &returns.ty);
    }
    Ok(())
}

fn set_in_out(draft: &mut Draft<'_, '_>, key: &str) {
    if let Some(formal) = draft.sub.formals.iter_mut().find(|formal| formal.key == key) {
        formal.parameter.mode = Mode::InOut;
    }
}

/// A returned value as callers know it, the type that travels, and the expression that makes one of the other.
fn back(draft: &mut Draft<'_, '_>, ty: &Type) -> Result<(String, String, String), Fault> {
    let as_is = || "{}".to_string();
    if let Some(raw) = truth(draft, ty)? {
        return Ok(("Boolean".into(), raw, "{} /= 0".into()));
    }
    let mark = draft.types.stored(ty)?;
    let variant = |fields: &[Field]| fields.iter().any(|field| field.when.is_some());
    match draft.kind(ty) {
        _ if matches!(ty, Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80) => {
            let raw = complex(draft, ty)?;
            let of = draft.types.derived(&format!("{raw}_Of"), |types, name| {
                types.inner.push(format!(
                    "   function {name} (Value : {raw})\n     return {mark} is\n   begin\n      \
                     return (Re => Value.Re, Im => Value.Im);\n   end {name};"
                ));
                Ok(())
            })?;
            Ok((mark, raw, format!("{of} ({{}})")))
        }
        Some(TypeKind::Range { repr, .. }) => Ok((mark, draft.types.stored(repr)?, as_is())),
        Some(TypeKind::Packed { .. }) => {
            let (size, _) = draft.contract().size_align(ty).unwrap_or_default();
            if !matches!(size, 1 | 2 | 4 | 8) {
                return Err(format!("`{ty}` by value is not a whole word"));
            }
            let raw = draft.types.stored(&Type::Int(size as u8, false))?;
            let from = draft.local("From_Word");
            draft.sub.locals.push(format!(
                "      function {from} is new Ada.Unchecked_Conversion\n        ({raw}, {mark});"
            ));
            Ok((mark, raw, format!("{from} ({{}})")))
        }
        Some(TypeKind::Struct(fields)) if !draft.is_ada() && variant(fields) => {
            Err("a record with variants by value has no like in C".into())
        }
        // GNAT returns a small array as the record that holds it.
        Some(TypeKind::Struct(fields)) => match fields.as_slice() {
            [only] if draft.is_ada() && only.name == "value" && matches!(only.ty, Type::Array(..)) => {
                let array = draft.types.stored(&only.ty)?;
                Ok((array, mark, "{}.Value".into()))
            }
            _ => Ok((mark.clone(), mark, as_is())),
        },
        _ => Ok((mark.clone(), mark, as_is())),
    }
}

/// The record in which GNAT returns the `out` scalars of a routine: it has the routine's name.
fn of_parameters<'a>(draft: &Draft<'_, 'a>, returns: &'a Returns) -> Option<&'a [Field]> {
    let own = format!("{}_return", draft.routine.name);
    match (&returns.ty, draft.kind(&returns.ty)) {
        (Type::Named(name), Some(TypeKind::Struct(fields))) if draft.is_ada() && *name == own => Some(fields),
        _ => None,
    }
}

/// Gives each field of that record to the parameter of its name.
fn parameters<'a>(draft: &mut Draft<'_, 'a>, returns: &Returns, fields: &'a [Field]) -> Result<(), Fault> {
    let known = draft.types.visible.len();
    let mark = draft.types.stored(&returns.ty)?;
    // Only the body needs the record itself.
    if draft.types.visible.len() > known
        && let Some(text) = draft.types.visible.pop()
    {
        draft.types.inner.push(text);
    }
    draft.sub.call.result = Some(mark.clone());
    draft.sub.locals.push(format!("      Back : {mark};"));
    draft.sub.returned = Returned::Into("Back".into(), "{}".into());
    let mut scope = draft.types.field_scope();
    for field in fields {
        let component = scope.take(&field.name);
        let ty = draft.types.stored(&field.ty)?;
        if field.name == "RETVAL" {
            draft.sub.result = Some(ty);
            draft.sub.after.push(format!("      Result := Back.{component};"));
            draft.check_valid("Result", &field.ty);
            continue;
        }
        let formal = draft.sub.formals.iter().find(|formal| formal.key == field.name);
        let name = match formal.map(|formal| formal.parameter.name.clone()) {
            Some(name) => {
                set_in_out(draft, &field.name);
                name
            }
            None => {
                let name = draft.scope.take(&field.name);
                give(draft, &field.name, name.clone(), Mode::Out, ty, field.unit.iter().cloned().collect());
                name
            }
        };
        draft.sub.after.push(format!("      {name} := Back.{component};"));
        draft.check_valid(&name, &field.ty);
    }
    Ok(())
}

/// The status rule of the routine; the contract must have one.
fn rule<'a>(draft: &Draft<'_, 'a>) -> Result<&'a Status, Fault> {
    let routine = draft.routine;
    routine
        .status
        .as_ref()
        .ok_or_else(|| "the contract does not say what its codes mean; complete `status`".into())
}

/// The integer that carries a status: its name, and the codes it can hold.
fn carrier(draft: &mut Draft<'_, '_>, ty: &Type) -> Result<(String, Codes), Fault> {
    match draft.contract().scalar(ty) {
        Type::Int(4, false) | Type::Int(8, _) => {
            Err("a status code of this type may be more than an Integer of Ada holds".into())
        }
        scalar @ Type::Int(size, signed) => {
            let (size, signed) = (u32::from(*size).min(4), *signed);
            let name = draft.types.stored(scalar)?;
            let all = 1_i64 << (8 * size);
            Ok((name, if signed { (-all / 2, all / 2 - 1) } else { (0, all - 1) }))
        }
        _ => Err("a status code must be an integer".into()),
    }
}

/// The least and the greatest code that there can be.
type Codes = (i64, i64);

/// Plans the parameter that carries the status.
pub(super) fn status_parameter(draft: &mut Draft<'_, '_>, param: &Param) -> Result<(), Fault> {
    let rule = rule(draft)?;
    let (base, range) = carrier(draft, &param.ty)?;
    let name = draft.name(&param.name);
    let object = match (rule.warning, base.as_str()) {
        (Some(_), "Integer") => name.clone(),
        (Some(_), _) => draft.local(&format!("{}_raw", param.name)),
        (None, _) => name.clone(),
    };
    if rule.warning.is_some() {
        draft.formal(param, Mode::Out, "Integer".into());
    }
    codes(draft, rule, &object, (&base, range), &name);
    draft.pass(param, Mode::Out, base, object);
    Ok(())
}

/// Plans a status that is returned.
fn returned_status(draft: &mut Draft<'_, '_>, returns: &Returns) -> Result<(), Fault> {
    let rule = rule(draft)?;
    let (base, range) = carrier(draft, &returns.ty)?;
    let object = if rule.warning.is_some() && base == "Integer" { "Status" } else { "Back" };
    if rule.warning.is_some() {
        give(draft, "Status", "Status".into(), Mode::Out, "Integer".into(), Vec::new());
    }
    codes(draft, rule, object, (&base, range), "Status");
    draft.sub.call.result = Some(base);
    draft.sub.returned = Returned::Into(object.into(), "{}".into());
    Ok(())
}

/// Raises what is an error, first of all that follows the call; keeps what is a warning.
fn codes(draft: &mut Draft<'_, '_>, rule: &Status, object: &str, carrier: (&str, Codes), formal: &str) {
    let (base, range) = carrier;
    let code = if base == "Integer" { object.to_string() } else { format!("Integer ({object})") };
    let name = super::text::quoted(&draft.sub.name);
    let raising = super::text::call(9, "Raise_Error", &[name, code.clone()], ";");
    let mut text = match is_error(rule, &code, range) {
        Some(test) => {
            draft.types.raises = true;
            format!("      if {test} then\n{raising}\n      end if;")
        }
        None => String::new(),
    };
    if rule.warning.is_some() {
        if object != formal {
            draft.sub.locals.push(format!("      {object} : {base};"));
            text.push_str(&format!("{}      {formal} := {code};", if text.is_empty() { "" } else { "\n" }));
        }
    } else {
        draft.sub.locals.push(format!("      {object} : {base};"));
    }
    draft.sub.after.insert(0, text);
}

/// The code is neither success nor a warning; `None`: no code is an error.
fn is_error(rule: &Status, code: &str, range: Codes) -> Option<String> {
    let mut wrong = vec![range];
    wrong = without(&wrong, (rule.ok, rule.ok));
    for (first, last) in rule.warning.iter().flat_map(ranges) {
        wrong = without(&wrong, (first, last));
    }
    let tests: Vec<String> = wrong.iter().map(|(first, last)| within(code, *first, *last, range)).collect();
    match (wrong.as_slice(), tests.as_slice()) {
        ([], _) => None,
        // All but one code.
        ([(_, before), (after, _)], _) if before + 2 == *after => Some(format!("{code} /= {}", before + 1)),
        (_, tests) => Some(tests.join(" or else ")),
    }
}

/// The codes of a condition, as ranges.
fn ranges(condition: &Condition) -> Vec<Codes> {
    match *condition {
        Condition::Less(n) => vec![(i64::MIN, n.saturating_sub(1))],
        Condition::LessOrEqual(n) => vec![(i64::MIN, n)],
        Condition::Greater(n) => vec![(n.saturating_add(1), i64::MAX)],
        Condition::GreaterOrEqual(n) => vec![(n, i64::MAX)],
        Condition::Equal(n) => vec![(n, n)],
        Condition::NotEqual(n) => vec![(i64::MIN, n.saturating_sub(1)), (n.saturating_add(1), i64::MAX)],
        Condition::Between(a, b) => vec![(a, b)],
    }
}

/// What is left of `all` without a range, in order.
fn without(all: &[Codes], (first, last): Codes) -> Vec<Codes> {
    let mut left = Vec::new();
    for &(a, b) in all {
        if last < a || first > b {
            left.push((a, b));
            continue;
        }
        left.extend((a < first).then(|| (a, first.saturating_sub(1))));
        left.extend((last < b).then(|| (last.saturating_add(1), b)));
    }
    left
}

/// Tests for a range of codes without asking what the type says already, of which GNAT would warn.
fn within(code: &str, first: i64, last: i64, (least, greatest): Codes) -> String {
    match (first <= least, last >= greatest) {
        (true, true) => "True".to_string(),
        _ if first == last => format!("{code} = {first}"),
        (true, false) => format!("{code} < {}", last + 1),
        (false, true) => format!("{code} > {}", first - 1),
        (false, false) => format!("{code} in {first} .. {last}"),
    }
}

/// Decides between function and procedure: Ada 95 functions have no `out` parameters.
pub(super) fn shape(draft: &mut Draft<'_, '_>) -> Result<(), Fault> {
    let Some(mark) = draft.sub.result.clone() else { return Ok(()) };
    let writes = draft.sub.formals.iter().any(|formal| formal.parameter.mode != Mode::In);
    let unconstrained = draft.types.is_unconstrained(&mark);
    if unconstrained && (writes || !draft.sub.after.is_empty()) {
        return Err(
            "an array of any length is returned beside other results, which Ada 95 has no way to give".into(),
        );
    }
    if writes {
        let about = Some(draft.sub.result_about.clone()).filter(|about| !about.is_empty());
        give(draft, "RETVAL", "Result".into(), Mode::Out, mark, about.into_iter().collect());
        draft.sub.result = None;
        if let Returned::Result(expression) = &draft.sub.returned {
            draft.sub.returned = Returned::Into("Result".into(), expression.clone());
        }
    }
    Ok(())
}
