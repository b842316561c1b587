//! A contract held against C headers.

use cmp_bridge_contract::abi::has_hidden_length;
use cmp_bridge_contract::model::{By, Contract, Extent, Language, Param, Routine, Type, Use};

use super::Findings;
use super::compare::Comparison;
use super::state::{scalars, view_mismatch};
use crate::finding::{Code, Finding};
use crate::header::Header;
use crate::scan::Refusal;

/// Compares a contract with the prototypes and records of its headers. The findings are in the order of the contract.
///
/// A header speaks C, whatever the language of the component: a Fortran routine appears with an address for each argument
/// and with its hidden lengths, a LOGICAL as an integer. That is no disagreement.
pub fn check_header(contract: &Contract, header: &Header) -> Vec<Finding> {
    let mut findings = Findings::default();
    check_areas(contract, header, &mut findings);
    for routine in &contract.routines {
        check_views(contract, header, routine, &mut findings);
        let Some(found) = header.contract.routines.iter().find(|r| r.symbol == routine.symbol) else {
            let refusal = header.refused.iter().find(|r| r.symbol.as_deref() == Some(&routine.symbol));
            findings.push(missing(routine, refusal));
            continue;
        };
        let mut comparison = Comparison {
            declared: contract,
            found: &header.contract,
            made_up: &header.made_up,
            routine: &routine.name,
            found_at: found.at.clone(),
            findings: &mut findings,
            seen: Vec::new(),
        };
        if header.unprototyped.contains(&found.symbol) {
            // `int f();` says nothing of the parameters.
            let (path, hint) = (
                format!("routine.{}.params", routine.name),
                "write the parameters into the header: no compiler checks calls by this one either",
            );
            let expected = match routine.params.len() {
                1 => "1 parameter".to_owned(),
                n => format!("{n} parameters"),
            };
            comparison.report(Code::HeaderPrototype, &path, expected, "none that are said".into(), hint);
            returns(&mut comparison, routine, found);
            continue;
        }
        let places = header.param_at.get(&found.symbol).map_or(&[][..], Vec::as_slice);
        compare(&mut comparison, routine, found, places);
    }
    findings.all
}

/// Storage that the headers declare is as large there.
fn check_areas(contract: &Contract, header: &Header, findings: &mut Findings) {
    for area in &contract.state {
        let Some((ty, at)) = header.variables.get(&area.symbol) else { continue };
        let Some((size, _)) = header.contract.size_align(ty).filter(|(size, _)| *size < area.size) else {
            continue;
        };
        findings.push(Finding {
            code: Code::StateSize,
            routine: None,
            declared: format!("state.{}.size", area.name),
            found_at: at.clone(),
            expected: area.size.to_string(),
            found: size.to_string(),
            hint: "what lies behind it belongs to somebody else: correct the size, or the header".into(),
        });
    }
}

/// What a routine sees in storage is what the headers say is there.
fn check_views(contract: &Contract, header: &Header, routine: &Routine, findings: &mut Findings) {
    for usage in &routine.state {
        let area = contract.state_area(&usage.area);
        let Some((ty, at)) = area.and_then(|area| header.variables.get(&area.symbol)) else { continue };
        let views = (scalars(contract, &usage.view), scalars(&header.contract, ty));
        if let Some((code, field, expected, found)) = view_mismatch(&views.0, &views.1) {
            findings.push(Finding {
                code,
                routine: Some(routine.name.clone()),
                declared: format!("routine.{}.state.{}{field}", routine.name, usage.area),
                found_at: at.clone(),
                expected,
                found,
                hint: "C callers see the storage by the header: one of the two is wrong".into(),
            });
        }
    }
}

fn missing(routine: &Routine, refusal: Option<&Refusal>) -> Finding {
    let (code, field, expected, found, hint) = match refusal {
        None => (
            Code::HeaderMissing,
            "symbol",
            format!("a prototype of {}", routine.symbol),
            "none".into(),
            "was it renamed, or is it declared in another header? Several can be given",
        ),
        Some(refusal) => (
            Code::NotDescribable,
            "params",
            "a fixed list of plain arguments".into(),
            format!("{} ({})", refusal.reason.text(), refusal.detail),
            "remove the routine from the contract; write a routine of plain arguments around it",
        ),
    };
    Finding {
        code,
        routine: Some(routine.name.clone()),
        declared: format!("routine.{}.{field}", routine.name),
        found_at: refusal.and_then(|r| r.at.clone()),
        expected,
        found,
        hint: hint.into(),
    }
}

fn compare(comparison: &mut Comparison<'_>, routine: &Routine, found: &Routine, places: &[Option<String>]) {
    let base = format!("routine.{}", routine.name);
    if routine.varargs != found.varargs {
        let word = |varargs| if varargs { "variable arguments" } else { "a fixed list of arguments" };
        let hint = "write `varargs = true`, which keeps it from being hooked, or write a routine of fixed arguments around it";
        let (expected, found) = (word(routine.varargs).to_owned(), word(found.varargs).to_owned());
        return comparison.report(Code::Varargs, &format!("{base}.varargs"), expected, found, hint);
    }
    let language = comparison.declared.component.language;
    let text = text_function(language, routine, found);
    let (found, places) = match &text {
        Some(text) => (text, places.get(2..).unwrap_or_default()),
        None => (found, places),
    };
    let hidden = |p: &&Param| p.by == By::Reference && has_hidden_length(language, &p.ty);
    let texts: Vec<&Param> = routine.params.iter().filter(hidden).collect();
    let count = routine.params.len();
    let is_length = |p: &Param| p.by == By::Value && matches!(p.ty, Type::Int(8, _));
    let lengths = found.params.get(count..).unwrap_or_default();
    if found.params.len() == count && !texts.is_empty() {
        for text in &texts {
            comparison.report(
                Code::HiddenLength,
                &format!("{base}.params.{}.type", text.name),
                format!("a hidden length ({})", text.ty),
                "no argument behind the others".into(),
                "a Fortran CHARACTER has its length as a size_t behind the last argument: correct the header",
            );
        }
    } else if lengths.len() != texts.len() || found.params.len() < count || !lengths.iter().all(is_length) {
        let names: Vec<&str> = found.params.iter().map(|p| p.name.as_str()).collect();
        let expected = match texts.len() {
            0 => format!("{count} parameters"),
            n => format!("{count} parameters and {n} hidden lengths"),
        };
        return comparison.report(
            Code::ParameterCount,
            &format!("{base}.params"),
            expected,
            format!("{} parameters: {}", found.params.len(), names.join(", ")),
            "list the parameters as the source does; hidden lengths are not listed",
        );
    }
    for (i, (declared, found)) in routine.params.iter().zip(&found.params).enumerate() {
        let at = places.get(i).cloned().flatten();
        comparison.found_at = at.or_else(|| comparison.found_at.take());
        let path = format!("{base}.params.{}", declared.name);
        let mut seen = found.clone();
        seen.ty = as_declared(language, declared, &found.ty);
        comparison.param(declared, &seen, &path);
        let written = matches!(declared.usage, Use::Out | Use::InOut | Use::Status);
        if written && found.by == By::Reference && found.usage == Use::In {
            comparison.report(
                Code::HeaderConst,
                &format!("{path}.use"),
                declared.usage.to_string(),
                "const".into(),
                "correct the direction, or the header: a C caller may pass what must not be written",
            );
        }
    }
    returns(comparison, routine, found);
}

fn returns(comparison: &mut Comparison<'_>, routine: &Routine, found: &Routine) {
    let language = comparison.declared.component.language;
    comparison.found_at = found.at.clone();
    let mut returns = found.returns.clone();
    if let (Some(found), Some(declared)) = (&mut returns, &routine.returns) {
        found.ty = in_language(language, &declared.ty, &found.ty);
    }
    comparison.returns(
        routine.returns.as_ref(),
        returns.as_ref(),
        &format!("routine.{}.returns", routine.name),
    );
}

/// A CHARACTER function, which for C has its result and the length of it as first parameters, as Fortran would put it.
fn text_function(language: Language, routine: &Routine, found: &Routine) -> Option<Routine> {
    let returns = routine.returns.as_ref().filter(|_| language == Language::Fortran)?;
    let is_text = match &returns.ty {
        Type::Chars => true,
        Type::Array(element, _) => **element == Type::Char,
        _ => false,
    };
    let [result, length, ..] = found.params.as_slice() else { return None };
    let hidden = result.by == By::Reference && length.by == By::Value && matches!(length.ty, Type::Int(8, _));
    if !is_text || !hidden || found.returns.is_some() {
        return None;
    }
    let params = found.params[2..].to_vec();
    Some(Routine { params, returns: Some(returns.clone()), ..found.clone() })
}

/// The type a C header gives a parameter, as the contract's language would put it.
fn as_declared(language: Language, declared: &Param, found: &Type) -> Type {
    let Type::Array(element, extent) = found else {
        return in_language(language, &declared.ty, found);
    };
    let is_text = |ty: &Type| matches!(ty, Type::Char | Type::Int(1, _));
    if has_hidden_length(language, &declared.ty) && is_text(innermost(found)) {
        return Type::Chars;
    }
    let one =
        matches!(extent, Extent::Unknown) || matches!(extent, Extent::Expr(e) if e.constant() == Some(1));
    if !matches!(declared.ty, Type::Array(..) | Type::Chars | Type::Cstr) && one {
        return in_language(language, &declared.ty, element);
    }
    // `double *` for a table with rows: the same elements in the same order.
    if let (Type::Array(row, _), Extent::Unknown) = (&declared.ty, extent)
        && matches!(**row, Type::Array(..))
        && !matches!(**element, Type::Array(..))
        && innermost(row) == &in_language(language, innermost(row), element)
    {
        return declared.ty.clone();
    }
    in_language(language, &declared.ty, found)
}

/// C has no LOGICAL.
fn in_language(language: Language, declared: &Type, found: &Type) -> Type {
    match (declared, found) {
        (Type::Logical(size), Type::Int(other, true)) if size == other && language == Language::Fortran => {
            declared.clone()
        }
        (Type::Array(declared, _), Type::Array(found, extent)) => {
            Type::Array(Box::new(in_language(language, declared, found)), extent.clone())
        }
        _ => found.clone(),
    }
}

fn innermost(ty: &Type) -> &Type {
    match ty {
        Type::Array(element, _) => innermost(element),
        other => other,
    }
}
