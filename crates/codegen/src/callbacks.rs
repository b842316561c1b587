//! Routines that legacy code calls back: a closure on the Rust side, code of a known signature on the other.

use crate::control;
use crate::entry::{raw_params, raw_return};
use crate::names;
use crate::page::Page;
use crate::shape::{Arg, Callback, Kind, Shape, analyse_as};
use crate::traits::{params, returns};
use crate::{answer, entry};
use cmp_bridge_contract::model::{Contract, Param, Routine, Type, TypeDef, TypeKind, Use};

/// Analyses a parameter that is the address of a routine.
pub(crate) fn kind(contract: &Contract, param: &Param) -> Result<Callback, String> {
    let def = match &param.ty {
        Type::Named(name) => contract.type_def(name),
        _ => None,
    };
    let Some(def) = def else {
        return Err("what it calls back is not known: describe its parameters under [type.*], with `kind = \
                    \"function\"`"
            .into());
    };
    match (&def.user_data, &param.user_data) {
        (Some(name), None) => {
            return Err(format!(
                "`{name}` comes back to it: say with `user-data` which parameter carries it"
            ));
        }
        (None, Some(_)) => {
            return Err(format!("`{}` does not say with `user-data` where its data comes back", def.name));
        }
        _ => (),
    }
    if param.kept == Some(true) {
        return Err("the routine keeps it (`kept = true`), and a closure is lent for the time of a call only; leave this \
                    routine to the legacy code"
            .into());
    }
    let routine = routine(contract, def).ok_or("it is no function type")?;
    let function = analyse_as(contract, &routine, Some(def)).map_err(|faults| {
        faults.iter().map(|fault| format!("{}: {}", fault.part, fault.reason)).collect::<Vec<_>>().join("; ")
    })?;
    Ok(Callback {
        bound: bound(&function),
        module: names::variable(&def.name),
        ty: names::type_name(&def.name),
        user_data: param.user_data.as_ref().map(|name| names::variable(name)),
        released: param.kept == Some(false),
    })
}

/// What a closure of this signature implements.
fn bound(function: &Shape) -> String {
    let types: Vec<String> =
        params(function).iter().filter_map(|param| Some(param.split_once(": ")?.1.to_string())).collect();
    format!("FnMut({}){}", types.join(", "), returns(function))
}

/// A function type as a routine of its own, to be analysed like one.
fn routine(contract: &Contract, def: &TypeDef) -> Option<Routine> {
    let TypeKind::Function { params, returns } = &def.kind else { return None };
    let mut routine = Routine::new(&def.name, &def.name, contract.component.language);
    routine.exceptions = cmp_bridge_contract::model::Exceptions::None;
    (routine.params, routine.returns) = (params.clone(), returns.clone());
    // What a status means is said of routines only.
    for usage in routine.params.iter_mut().map(|param| &mut param.usage) {
        *usage = if *usage == Use::Status { Use::Out } else { *usage };
    }
    routine.returns.iter_mut().for_each(|returns| returns.usage = Use::Out);
    Some(routine)
}

/// Each function type of a contract.
pub(crate) fn routines(contract: &Contract) -> Vec<(Routine, &TypeDef)> {
    contract.types.iter().filter_map(|def| Some((routine(contract, def)?, def))).collect()
}

/// The callbacks of a routine.
pub(crate) fn of<'s>(shape: &'s Shape) -> impl Iterator<Item = (&'s Arg<'s>, &'s Callback)> {
    shape.args.iter().filter_map(|arg| match &arg.kind {
        Kind::Callback(callback) => Some((arg, callback)),
        _ => None,
    })
}

/// Prints the closure type of a signature, and the module that goes between the two sides.
pub(crate) fn print(shape: &Shape, page: &mut Page) {
    let (name, ty) = (&shape.routine.name, names::type_name(&shape.routine.name));
    page.comment("///", &format!("`{name}`: what a routine calls back."));
    crate::traits::arguments(shape, page);
    page.line(&format!("pub type {ty}<'a> = dyn {} + 'a;", bound(shape)));
    page.gap();
    page.comment("///", &format!("How `{name}` is called back."));
    page.open(&format!("pub mod {} {{", shape.name));
    page.line("use super::*;");
    page.gap();
    entry::signature_type(shape, page);
    entry::call(shape, page);
    answer::print(shape, &[], page);
    called(shape, &ty, page);
    call(shape, page);
    page.close("}");
    page.gap();
}

/// Legacy code calls a closure.
fn called(shape: &Shape, ty: &str, page: &mut Page) {
    page.line("/// Lets the closure lent at `lent` answer.");
    page.line("///");
    page.line("/// # Safety");
    page.line("/// `lent` is null or the address of a loan; `call` is a call of this signature.");
    let arrow = raw_return(shape).map_or(String::new(), |ty| format!(" -> {ty}"));
    page.open(&format!("pub(super) unsafe fn called(lent: Address, call: Call){arrow} {{"));
    let stop = stop(shape);
    page.line("// SAFETY: the caller's promise.");
    page.open(&format!("let Some(lent) = (unsafe {{ Lending::<{ty}<'static>>::at(lent) }}) else {{"));
    argue_zero(stop.as_deref(), page);
    page.line(&format!("return{};", stop.as_ref().map_or(String::new(), |stop| format!(" {stop}"))));
    page.close("};");
    page.line("// SAFETY: the caller's promise.");
    page.open("match unsafe { answer(call, lent) } {");
    page.line(match stop {
        Some(_) => "Ok((value, _)) => value,",
        None => "Ok(_) => (),",
    });
    page.open("Err(answer) => {");
    page.line("if answer == Answer::DECLINED {");
    page.line("    lent.refuse();");
    page.line("}");
    argue_zero(stop.as_deref(), page);
    stop.iter().for_each(|stop| page.line(stop));
    page.close("}");
    page.close("}");
    page.close("}");
    page.gap();
}

fn argue_zero(stop: Option<&str>, page: &mut Page) {
    if stop.is_some_and(|stop| stop.contains("unsafe")) {
        page.line("// SAFETY: every bit pattern is a value of it.");
    }
}

/// What is returned when there is no answer.
fn stop(shape: &Shape) -> Option<String> {
    let raw = &shape.value.as_ref()?.raw;
    Some(match shape.closure.and_then(|def| def.stop) {
        Some(stop) => match raw.strip_suffix('>').and_then(|raw| raw.split_once('<')) {
            Some((wrapper, inner)) => format!("{wrapper}({stop}_{inner})"),
            None if names::is_integer(raw) => stop.to_string(),
            None => format!("{raw}({stop})"),
        },
        None => format!("const {{ unsafe {{ support::zero::<{raw}>() }} }}"),
    })
}

/// A rewrite calls legacy code.
fn call(shape: &Shape, page: &mut Page) {
    let carries = shape.closure.is_some_and(|def| def.user_data.is_some());
    page.line("/// Calls the legacy code at `code`.");
    page.line("///");
    page.line("/// # Safety");
    page.line("/// It is code of this signature.");
    let mut list = vec!["code: Address".to_string()];
    list.extend(carries.then(|| "user: Address".to_string()));
    list.extend(params(shape));
    if list.len() > 7 {
        page.line("#[expect(clippy::too_many_arguments, reason = \"the legacy routine has as many\")]");
    }
    page.line("#[inline]");
    page.open_list("pub(super) unsafe fn call(", &list, &format!("){} {{", returns(shape)));
    page.line("// SAFETY: the caller's promise.");
    page.line("let legacy = unsafe { core::mem::transmute::<usize, Legacy>(code.0) };");
    control::body(shape, "legacy", page);
    page.close("}");
}

/// Prints, in the module of a routine, where legacy code finds its closures.
pub(crate) fn trampolines(shape: &Shape, functions: &[Shape], page: &mut Page) {
    for (arg, callback) in of(shape) {
        let Some(function) = functions.iter().find(|function| function.name == callback.module) else {
            continue;
        };
        let ident = &arg.ident;
        let lost = lost(arg);
        page.comment(
            "///",
            &format!("Calls back of `{ident}` that found no closure: on another thread, or after its time."),
        );
        page.line(&format!("pub(super) static {lost}: support::Lost = support::Lost::new();"));
        page.gap();
        let lent = match function.args.iter().find(|arg| matches!(arg.kind, Kind::UserData)) {
            Some(own) => own.ident.clone(),
            None => {
                let place = place(arg);
                page.open("std::thread_local! {");
                page.comment(
                    "///",
                    &format!("The closure that `{ident}` stands for while the routine runs."),
                );
                page.line(&format!("pub(super) static {place}: core::cell::Cell<Address> ="));
                page.line("    const { core::cell::Cell::new(Address(0)) };");
                page.close("}");
                page.gap();
                format!("{place}.get()")
            }
        };
        let list: Vec<String> =
            raw_params(function).into_iter().map(|(name, ty)| format!("{name}: {ty}")).collect();
        let own = |name: &String| {
            function.args.iter().any(|arg| arg.ident == *name && matches!(arg.kind, Kind::UserData))
        };
        let names: Vec<String> =
            raw_params(function).into_iter().map(|(name, _)| name).filter(|name| !own(name)).collect();
        let arrow = raw_return(function).map_or(String::new(), |ty| format!(" -> {ty}"));
        page.comment("///", &format!("What the legacy code calls for `{ident}`."));
        page.line("///");
        page.line("/// # Safety");
        page.line("/// From the legacy code only.");
        let head =
            format!("pub(super) unsafe extern \"C-unwind\" fn called_{}(", arg.ident.trim_matches('_'));
        page.open_list(&head, &list, &format!("){arrow} {{"));
        let module = &callback.module;
        page.line(&format!("let lent = {lost}.found({lent});"));
        page.line("// SAFETY: the legacy code's own call, and a loan or null.");
        let call = format!("super::{module}::Call {{ ");
        page.list(&format!("let call = {call}"), &names, " };");
        page.line(&format!("unsafe {{ super::{module}::called(lent, call) }}"));
        page.close("}");
        page.gap();
    }
}

/// The static in which a loan without user data is found.
fn place(arg: &Arg) -> String {
    format!("{}_LENT", arg.ident.trim_matches('_').to_ascii_uppercase())
}

/// The static that counts the calls back that found no closure.
fn lost(arg: &Arg) -> String {
    format!("{}_LOST", arg.ident.trim_matches('_').to_ascii_uppercase())
}

/// Prints the loan of a closure.
pub(crate) fn lend(shape: &Shape, arg: &Arg, callback: &Callback, page: &mut Page) {
    let (ident, ty) = (&arg.ident, &callback.ty);
    let long = format!("core::mem::transmute::<&mut {ty}<'_>, &mut {ty}<'static>>({ident})");
    let lost = format!("{}::{}", shape.name, lost(arg));
    page.line("// SAFETY: the loan ends before the closure does.");
    if arg.nullable {
        let closure = format!("{ident}.map(|{ident}| unsafe {{ Lending::new({long}, &{lost}) }})");
        page.line(&format!("let {ident}_lent = {closure};"));
    } else {
        page.line(&format!("let {ident}_lent = unsafe {{ Lending::new({long}, &{lost}) }};"));
    }
    if callback.user_data.is_none() {
        let (module, place) = (&shape.name, place(arg));
        let address = address(arg);
        page.line(&format!("let _{ident}_placed = support::place(&{module}::{place}, {address});"));
    }
}

/// The address of a loan.
fn address(arg: &Arg) -> String {
    let ident = &arg.ident;
    match arg.nullable {
        true => format!("{ident}_lent.as_ref().map_or(Address(0), Lending::address)"),
        false => format!("{ident}_lent.address()"),
    }
}

/// What travels for a callback.
pub(crate) fn argument(shape: &Shape, arg: &Arg) -> String {
    let ident = &arg.ident;
    let code = format!("Address({}::called_{} as *const () as usize)", shape.name, ident.trim_matches('_'));
    match arg.nullable {
        true => format!("if {ident}_lent.is_some() {{ {code} }} else {{ Address(0) }}"),
        false => code,
    }
}

/// What travels for the user data of a callback.
pub(crate) fn user_data(shape: &Shape, arg: &Arg) -> String {
    if shape.closure.is_some() {
        return "user".into();
    }
    let carried = of(shape).find(|(_, callback)| callback.user_data.as_deref() == Some(arg.ident.as_str()));
    carried.map_or("Address(0)".into(), |(arg, _)| address(arg))
}

/// Prints the end of the loans.
pub(crate) fn finish(shape: &Shape, page: &mut Page) {
    for (arg, _) in of(shape) {
        let ident = &arg.ident;
        page.line(&match arg.nullable {
            true => format!("{ident}_lent.into_iter().for_each(Lending::finish);"),
            false => format!("{ident}_lent.finish();"),
        });
    }
}

/// Prints a closure that calls the legacy code, for a rewrite.
pub(crate) fn closure(arg: &Arg, callback: &Callback, functions: &[Shape], page: &mut Page) {
    let Some(function) = functions.iter().find(|function| function.name == callback.module) else { return };
    let ident = &arg.ident;
    let mut given = vec![format!("call.{ident}")];
    given.extend(callback.user_data.iter().map(|name| format!("call.{name}")));
    given.extend(params(function).iter().filter_map(|param| Some(param.split_once(": ")?.0.to_string())));
    let head = format!("|{}|{} {{", params(function).join(", "), returns(function));
    page.line("// SAFETY: the legacy caller gave the address of code of this signature.");
    let call = format!("unsafe {{ super::{}::call(", callback.module);
    let (open, close) = match arg.nullable {
        true => (format!("let mut {ident} = (call.{ident} != Address(0)).then_some({head}"), "});"),
        false => (format!("let mut {ident} = {head}"), "};"),
    };
    page.open(&open);
    page.list(&call, &given, ") }");
    page.close(close);
}
