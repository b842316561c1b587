//! Addresses of routines: access types of convention C, so that legacy code can call an Ada subprogram.

use super::text::{Mode, Parameter, headed};
use super::types::{Fault, Types, is_fixed_text};
use crate::bindings::signature::{self, Answer, Arg};
use cmp_bridge_contract::model::{By, Contract, Language, Param, Returns, Routine, Type, TypeKind, Use};

/// Declares the access type of a signature.
pub(super) fn access(
    types: &mut Types<'_>,
    def: &cmp_bridge_contract::model::TypeDef,
    params: &[Param],
    returns: &Option<Returns>,
    ada: &str,
) -> Result<(), Fault> {
    let contract = types.contract;
    let mut routine = Routine::new(&def.name, &def.name, Language::C);
    routine.params = params.to_vec();
    routine.returns = returns.clone();
    let signature = signature::of(contract, &routine).map_err(|fault| fault.reason)?;
    let mut scope = types.parameter_scope();
    let mut list = Vec::new();
    for arg in &signature.args {
        let parameter = match arg {
            Arg::Param(param) => {
                let (mode, ty) = passed(types, param, returns.is_some())
                    .map_err(|f| format!("parameter `{}`: {f}", param.name))?;
                Parameter { name: scope.take(&param.name), mode, ty, default: None, is_array: false }
            }
            Arg::Length(param) => {
                let name = scope.take(&format!("{}_length", param.name));
                Parameter {
                    name,
                    mode: Mode::In,
                    ty: "Interfaces.C.size_t".into(),
                    default: None,
                    is_array: false,
                }
            }
            Arg::AnswerAddress(_) | Arg::AnswerLength => {
                return Err("a callback that returns text or a class is not printed in Ada".into());
            }
        };
        list.push(parameter);
    }
    let result = match signature.answer {
        Answer::Nothing => None,
        Answer::Value(returns) => Some(value(types, &returns.ty)?),
        Answer::Address(_) => Some("System.Address".to_string()),
        Answer::FatPointer(_) | Answer::Written => {
            return Err("a callback that returns an array is not printed in Ada".into());
        }
    };
    // `type T is access procedure (...)`: a profile without a name.
    let kind = if result.is_some() { "function" } else { "procedure" };
    let text = headed(3, &format!("type {ada} is access {kind}"), &list, result.as_deref(), ";");
    types.visible.push(format!("{text}\n   pragma Convention (C, {ada});"));
    Ok(())
}

/// A value that a callback gets or gives.
fn value(types: &mut Types<'_>, ty: &Type) -> Result<String, Fault> {
    let record = matches!(kind(types.contract, ty), Some(TypeKind::Packed { .. } | TypeKind::Opaque { .. }));
    if record || matches!(ty, Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80) {
        return Err(format!("`{ty}` by value is not printed in Ada"));
    }
    types.stored(ty)
}

fn kind<'a>(contract: &'a Contract, ty: &Type) -> Option<&'a TypeKind> {
    match ty {
        Type::Named(name) => contract.type_def(name).map(|def| &def.kind),
        _ => None,
    }
}

/// `function`: Ada 95 functions have `in` parameters only.
fn passed(types: &mut Types<'_>, param: &Param, function: bool) -> Result<(Mode, String), Fault> {
    let address = || Ok((Mode::In, "System.Address".to_string()));
    let contract = types.contract;
    if param.by == By::Descriptor {
        return Err("an array that carries its bounds is not printed in a callback".into());
    }
    if param.by == By::Value {
        return Ok((Mode::In, value(types, &param.ty)?));
    }
    let mode = match param.usage {
        Use::Out | Use::Status => Mode::Out,
        Use::Ignored | Use::Unknown => return address(),
        Use::In | Use::InOut => Mode::InOut,
    };
    let sized = contract.size_align(&param.ty).is_some();
    match &param.ty {
        ty if !sized || matches!(kind(contract, ty), Some(TypeKind::Opaque { .. })) => address(),
        ty @ Type::Array(..) => {
            let mode = if param.usage == Use::In { Mode::In } else { mode };
            if param.nullable || is_fixed_text(ty) || (function && mode != Mode::In) {
                address()
            } else {
                Ok((mode, types.stored(ty)?))
            }
        }
        ty => {
            let mark = types.stored(ty)?;
            let composite = matches!(
                contract.scalar(ty),
                Type::Named(_) | Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80
            );
            // What C passes by address is no `in` scalar of Ada.
            if composite || param.nullable || function || param.usage == Use::In {
                return Ok((Mode::In, types.access(&mark, param.usage)?));
            }
            Ok((mode, mark))
        }
    }
}
