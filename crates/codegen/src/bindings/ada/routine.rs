//! One routine: what Ada callers see of it, and how its body calls the symbol.

use super::lengths::{self, Lengths};
use super::names::{Scope, mixed};
use super::profile_hint;
use super::text::{Mode, Parameter};
use super::types::{Fault, Types};
use super::{answer, param};
use crate::bindings::signature::{self, Arg, Signature};
use crate::error::Unsupported;
use cmp_bridge_contract::model::{Contract, Language, Param, Routine, Type, TypeKind, Use};
use std::collections::BTreeMap;

/// A subprogram of the package.
pub(super) struct Sub<'a> {
    pub routine: &'a Routine,
    pub name: String,
    pub formals: Vec<Formal>,
    /// The function's result.
    pub result: Option<String>,
    pub result_about: String,
    pub call: Call,
    /// Declarations of its body, beside the imported one.
    pub locals: Vec<String>,
    /// Statements before and after the call.
    pub before: Vec<String>,
    pub after: Vec<String>,
    /// Where what the call returns goes.
    pub returned: Returned,
}

/// A parameter that callers see.
pub(super) struct Formal {
    /// Its name in the contract.
    pub key: String,
    pub parameter: Parameter,
    pub about: Vec<String>,
}

/// The call of the symbol.
#[derive(Default)]
pub(super) struct Call {
    pub parameters: Vec<Parameter>,
    pub actuals: Vec<String>,
    pub result: Option<String>,
}

/// Where what the call returns goes.
pub(super) enum Returned {
    /// A call of a procedure.
    Nothing,
    /// Into an object, as this expression, in which `{}` is the call.
    Into(String, String),
    /// It is what the function returns, as this expression.
    Result(String),
}

/// What is being made of a routine.
pub(super) struct Draft<'t, 'a> {
    pub types: &'t mut Types<'a>,
    pub routine: &'a Routine,
    /// Ada names of the parameters, by the contract's.
    pub names: BTreeMap<&'a str, String>,
    pub scope: Scope,
    pub lengths: Lengths,
    pub sub: Sub<'a>,
    /// What to pass for each parameter, by its name in the contract.
    pub passed: BTreeMap<String, (Parameter, String)>,
}

impl<'a> Draft<'_, 'a> {
    pub fn contract(&self) -> &'a Contract {
        self.types.contract
    }

    pub fn is_ada(&self) -> bool {
        self.contract().component.language == Language::Ada
    }

    /// A parameter that callers see.
    pub fn formal(&mut self, param: &Param, mode: Mode, ty: String) -> String {
        let name = self.name(&param.name);
        let mut about: Vec<String> = param.unit.iter().cloned().collect();
        if param.nullable {
            about.push("may be null".into());
        }
        let parameter = Parameter { name: name.clone(), mode, ty, default: None, is_array: false };
        self.sub.formals.push(Formal { key: param.name.clone(), parameter, about });
        name
    }

    /// The Ada name of a parameter.
    pub fn name(&self, key: &str) -> String {
        self.names.get(key).cloned().unwrap_or_else(|| mixed(key))
    }

    /// An object of the body.
    pub fn local(&mut self, wanted: &str) -> String {
        self.scope.take(wanted)
    }

    /// What the call of the symbol gets for a parameter.
    pub fn pass(&mut self, param: &Param, mode: Mode, ty: String, actual: String) {
        let name = self.name(&param.name);
        self.passed.insert(
            param.name.clone(),
            (Parameter { name, mode, ty, default: None, is_array: false }, actual),
        );
    }

    pub fn kind(&self, ty: &Type) -> Option<&'a TypeKind> {
        match ty {
            Type::Named(name) => self.contract().type_def(name).map(|def| &def.kind),
            _ => None,
        }
    }

    /// Refuses what the routine gave back where Ada has no such value.
    pub fn check_valid(&mut self, object: &str, ty: &Type) {
        let checked = match (ty, self.kind(ty)) {
            (Type::Named(name), Some(TypeKind::Enum { .. })) => {
                self.types.literals.contains_key(name.as_str())
            }
            (_, Some(TypeKind::Range { .. })) => true,
            _ => false,
        };
        if checked {
            let what = format!("{}: {object} has none of its values", self.sub.name);
            let what = super::text::quoted(&what);
            self.sub.after.push(super::text::call(6, "Check", &[format!("{object}'Valid"), what], ";"));
        }
    }
}

/// Makes the subprogram, or says all that stands in the way.
pub(super) fn make<'a>(
    types: &mut Types<'a>,
    routine: &'a Routine,
    name: String,
) -> Result<Sub<'a>, Vec<Unsupported>> {
    let fault = |part: String, reason: String| Unsupported { routine: routine.name.clone(), part, reason };
    if routine.varargs {
        let reason = "variable arguments are not supported; put a routine with fixed ones around it";
        return Err(vec![fault("its arguments".into(), reason.into())]);
    }
    let signature = signature::of(types.contract, routine).map_err(|fault| vec![fault])?;
    let mut scope = types.parameter_scope();
    let names: BTreeMap<&str, String> =
        routine.params.iter().map(|param| (param.name.as_str(), scope.take(&param.name))).collect();
    let lengths = Lengths::of(types.contract, routine, &|key| names.get(key).cloned().unwrap_or_default());
    let sub = Sub {
        routine,
        name,
        formals: Vec::new(),
        result: None,
        result_about: String::new(),
        call: Call::default(),
        locals: Vec::new(),
        before: Vec::new(),
        after: Vec::new(),
        returned: Returned::Nothing,
    };
    let mut draft = Draft { types, routine, names, scope, lengths, sub, passed: BTreeMap::new() };
    let mut faults = Vec::new();
    for param in &routine.params {
        if let Err(reason) = param::plan(&mut draft, param) {
            faults.push(fault(format!("parameter `{}`", param.name), reason));
        }
    }
    for param in &routine.params {
        if let Err(reason) = checks(&mut draft, param) {
            faults.push(fault(format!("parameter `{}`", param.name), reason));
        }
    }
    if let Err(reason) = answer::plan(&mut draft, &signature) {
        faults.push(fault("the returned value".into(), reason));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    assemble(&mut draft, &signature).map_err(|reason| vec![fault("the signature".into(), reason)])?;
    answer::shape(&mut draft).map_err(|reason| vec![fault("the returned value".into(), reason)])?;
    profile_hint::order(&mut draft);
    Ok(draft.sub)
}

/// Arguments of the call in ABI order.
fn assemble(draft: &mut Draft<'_, '_>, signature: &Signature<'_>) -> Result<(), Fault> {
    let mut list = std::mem::take(&mut draft.sub.call);
    for arg in &signature.args {
        let (parameter, actual) = match arg {
            Arg::Param(param) => match draft.passed.remove(param.name.as_str()) {
                Some(passed) => passed,
                None => return Err(format!("nothing is passed for `{}`", param.name)),
            },
            Arg::Length(param) => {
                let name = draft.scope.take(&format!("{}_length", param.name));
                let ty = "Interfaces.C.size_t".to_string();
                let actual = param::hidden_length(draft, param)?;
                (Parameter { name, mode: Mode::In, ty, default: None, is_array: false }, actual)
            }
            Arg::AnswerAddress(_) => {
                let name = draft.scope.take("answer");
                let ty = "System.Address".to_string();
                (
                    Parameter { name, mode: Mode::In, ty, default: None, is_array: false },
                    "Result'Address".into(),
                )
            }
            Arg::AnswerLength => {
                let name = draft.scope.take("answer_length");
                let ty = "Interfaces.C.size_t".to_string();
                (
                    Parameter { name, mode: Mode::In, ty, default: None, is_array: false },
                    "Result'Length".into(),
                )
            }
        };
        list.parameters.push(parameter);
        list.actuals.push(actual);
    }
    if list.result.is_some() {
        for (parameter, actual) in list.parameters.iter().zip(&list.actuals) {
            if parameter.is_array && parameter.mode != Mode::In {
                // GNAT sees it read only.
                draft.sub.locals.push(format!("      pragma Warnings (Off, {actual});"));
            }
        }
        by_address(&mut list);
    }
    draft.sub.call = list;
    Ok(())
}

/// Ada 95 functions have `in` parameters only: what is written is passed by its address, or as an array that is by reference
/// whatever its mode.
fn by_address(call: &mut Call) {
    for (parameter, actual) in call.parameters.iter_mut().zip(&mut call.actuals) {
        if parameter.mode == Mode::In {
            continue;
        }
        parameter.mode = Mode::In;
        if !parameter.is_array {
            parameter.ty = "System.Address".into();
            actual.push_str("'Address");
        }
    }
}

/// What must hold between the lengths of arrays and other parameters.
fn checks(draft: &mut Draft<'_, '_>, param: &Param) -> Result<(), Fault> {
    if !matches!(param.ty, Type::Array(..))
        || matches!(param.usage, Use::Ignored | Use::Unknown)
        || draft.contract().size_align(&param.ty).is_some()
        || param.by == cmp_bridge_contract::model::By::Descriptor
    {
        return Ok(());
    }
    let name = draft.name(&param.name);
    let target = if param.nullable { format!("{name}.all") } else { name.clone() };
    for (extent, length) in lengths::extents(draft.contract(), &param.ty, &target) {
        if let Some(reason) = lengths::unknown(draft.routine, extent) {
            return Err(reason);
        }
        let cmp_bridge_contract::model::Extent::Expr(expr) = extent else { continue };
        let params = expr.params();
        // The array that gives `n` needs no check of it.
        if params.iter().any(|name| draft.lengths.given.get(*name) == Some(&length)) && params.len() == 1 {
            continue;
        }
        let integer = |key: &str| {
            let found = draft.routine.params.iter().find(|param| param.name == key);
            found.is_some_and(|param| *draft.contract().scalar(&param.ty) == Type::Int(4, true))
        };
        let plain = params.iter().all(|key| integer(key));
        let text = lengths::expression(expr, plain, &|key| draft.name(key));
        let wanted = match expr.constant() {
            Some(count) => count.max(0).to_string(),
            None if plain => format!("Integer'Max ({text}, 0)"),
            None => format!("Long_Long_Integer'Max ({text}, 0)"),
        };
        let holds = match param.nullable {
            true => format!("{name} = null or else {length} = {wanted}"),
            false => format!("{length} = {wanted}"),
        };
        let what = format!("{}: {length} is not {expr}", draft.sub.name);
        draft.sub.before.push(super::text::call(6, "Check", &[holds, super::text::quoted(&what)], ";"));
    }
    Ok(())
}
