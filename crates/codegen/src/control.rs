//! `Direct`: the trait implemented by calling the legacy routine.

use crate::callbacks;
use crate::names;
use crate::page::{Page, tuple};
use crate::shape::{Arg, Kind, Returned, Shape};
use crate::traits::{params, returns};
use cmp_bridge_contract::abi::Role;
use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::model::{Extent, Threads, Type};

/// Prints `impl Trait for Direct`.
pub(crate) fn print(shape: &Shape, page: &mut Page) {
    page.open(&format!("impl {} for Direct {{", shape.trait_name));
    page.line("#[inline]");
    page.open_list(&format!("fn {}(", shape.name), &params(shape), &format!("){} {{", returns(shape)));
    body(shape, &format!("{}::legacy()", shape.name), page);
    page.close("}");
    page.close("}");
    page.gap();
}

/// Prints what calls the legacy code, where the trait's parameters are in scope. `callee` is the code.
pub(crate) fn body(shape: &Shape, callee: &str, page: &mut Page) {
    lengths(shape, page);
    for arg in &shape.args {
        prepare(shape, arg, page);
    }
    if let Some(status) = &shape.status
        && let Some(i) = status.param
    {
        let ok = status.wrap(&status.rule.ok.to_string());
        page.line(&format!("let mut {}: {} = {ok};", shape.args[i].ident, status.raw));
    }
    if !shape.state.is_empty() {
        lend(shape, page);
    }
    call(shape, callee, page);
}

/// Integers that a slice carries, and the lengths of the other slices.
fn lengths(shape: &Shape, page: &mut Page) {
    let slices = || {
        shape.args.iter().filter_map(|arg| match &arg.kind {
            Kind::Slice { count, .. } => Some((&arg.ident, count, arg.nullable, &arg.param.ty)),
            _ => None,
        })
    };
    let mut used = Vec::new();
    for arg in shape.args.iter().filter(|arg| !arg.shown) {
        let (Kind::Value(scalar) | Kind::In(scalar)) = &arg.kind else { continue };
        let carries = |count: &Expr| *count == Expr::Param(arg.param.name.clone());
        let carrier = slices().find(|(_, count, nullable, _)| !nullable && carries(count));
        if let Some((slice, ..)) = carrier {
            used.push(slice);
            page.line(&format!("let {}: {} = support::count({slice}.len());", arg.ident, scalar.raw));
        }
    }
    for (slice, count, nullable, ty) in slices().filter(|(slice, ..)| !used.contains(slice)) {
        let expected = elements(ty, count, &|name| shown_value(shape, name));
        let check = format!("support::expect_length(\"{slice}\", {slice}.len(), {expected});");
        match nullable {
            false => page.line(&check),
            true => {
                page.open(&format!("if let Some({slice}) = &{slice} {{"));
                page.line(&check);
                page.close("}");
            }
        }
    }
}

/// An extent as Rust: the integer itself, or exact arithmetic. `value` prints a parameter's value.
pub(crate) fn expression(expr: &Expr, value: &dyn Fn(&str) -> String) -> String {
    match expr {
        Expr::Const(constant) => format!("{constant}_i64"),
        Expr::Param(name) => value(name),
        composed => wide(composed, value),
    }
}

/// The number of elements of an array: of each dimension on its own, since two that are negative are empty, too.
pub(crate) fn elements(ty: &Type, count: &Expr, value: &dyn Fn(&str) -> String) -> String {
    let (mut dimensions, mut inner) = (Vec::new(), ty);
    while let Type::Array(element, Extent::Expr(extent)) = inner {
        dimensions.push(extent);
        inner = element;
    }
    // What has a fixed size is an element.
    while dimensions.len() > 1 && dimensions.last().is_some_and(|extent| extent.constant().is_some()) {
        dimensions.pop();
    }
    if dimensions.len() < 2 {
        return expression(count, value);
    }
    let each = dimensions.iter().map(|extent| format!("{}.max(0)", wide(extent, value)));
    each.reduce(|total, extent| format!("{total}.saturating_mul({extent})")).unwrap_or_default()
}

/// An expression as `i128`.
fn wide(expr: &Expr, value: &dyn Fn(&str) -> String) -> String {
    let (a, operation, b) = match expr {
        Expr::Const(constant) => return format!("{constant}_i128"),
        Expr::Param(name) => return format!("i128::from({})", value(name)),
        Expr::Add(a, b) => (a, "saturating_add", b),
        Expr::Sub(a, b) => (a, "saturating_sub", b),
        Expr::Mul(a, b) => (a, "saturating_mul", b),
        Expr::Clamp(inner) => return format!("{}.max(0)", wide(inner, value)),
    };
    let b = match &**b {
        Expr::Const(constant) => constant.to_string(),
        other => wide(other, value),
    };
    format!("{}.{operation}({b})", wide(a, value))
}

/// The value of a parameter where the trait's parameters are in scope.
fn shown_value(shape: &Shape, name: &str) -> String {
    match shape.args.iter().find(|arg| arg.param.name == name) {
        Some(Arg { ident, kind: Kind::Out(..), .. }) => format!("*{ident}"),
        Some(arg) => arg.ident.clone(),
        None => name.to_string(),
    }
}

/// Truth values as the legacy code stores them, and what travels beside arrays, texts and closures.
fn prepare(shape: &Shape, arg: &Arg, page: &mut Page) {
    match &arg.kind {
        Kind::Carried(carried) => return page.line(&carried.prepared(arg)),
        Kind::Callback(callback) => return callbacks::lend(shape, arg, callback, page),
        Kind::Text { .. } if arg.nullable => {
            let ident = &arg.ident;
            return page
                .line(&format!("let {ident}_length = {ident}.as_ref().map_or(0, |text| text.len());"));
        }
        _ => (),
    }
    let (Kind::Value(scalar) | Kind::In(scalar)) = &arg.kind else { return };
    if !scalar.logical {
        return;
    }
    let (ident, raw) = (&arg.ident, scalar.raw.replacen('<', "::<", 1));
    if arg.nullable {
        page.line(&format!("let {ident} = {ident}.map({raw}::from);"));
    } else {
        page.line(&format!("let {ident} = {raw}::from({ident});"));
    }
}

fn lend(shape: &Shape, page: &mut Page) {
    let module = &shape.name;
    if shape.routine.threads == Threads::Free {
        page.line(
            "// SAFETY: `live` is null or leads to the storage of the legacy routine, which nobody writes.",
        );
        page.open("unsafe {");
        for (i, state) in shape.state.iter().enumerate() {
            let (area, ident) = (names::quoted(&state.area), &state.ident);
            page.line(&format!("support::expect_stored({area}, {module}::live({i}), {ident});"));
        }
        return page.close("}");
    }
    let lent: Vec<String> = shape
        .state
        .iter()
        .enumerate()
        .map(|(i, state)| {
            let lend = if state.mutable { "lend" } else { "lend_read" };
            format!("support::{lend}({module}::live({i}), {})", state.ident)
        })
        .collect();
    page.line("// SAFETY: `live` is null or leads to the storage of the legacy routine.");
    page.line(&format!("let _lent = unsafe {{ {} }};", tuple(&lent)));
}

/// The one place where the legacy code is called.
fn call(shape: &Shape, callee: &str, page: &mut Page) {
    let module = &shape.name;
    let arguments: Vec<String> = shape.abi.iter().map(|(role, _)| argument(shape, role)).collect();
    prepare_return(shape, page);
    page.line("// SAFETY: the arguments are what the contract declares.");
    let plain = shape.status.is_none()
        && matches!(shape.returned, Returned::Value)
        && callbacks::of(shape).next().is_none()
        && shape.value.as_ref().is_none_or(|value| !value.logical);
    let (guard, guarded, ok, ended) =
        if shape.raises { ("self::caught(|| ", ")", "Ok(", ")") } else { ("", "", "", "") };
    if plain {
        let end = if shape.value.is_some() || shape.raises { "" } else { ";" };
        let (head, tail) = (format!("{guard}unsafe {{ {callee}("), format!(") }}{guarded}{end}"));
        return page.list(&head, &arguments, &tail);
    }
    let keep = match (&shape.value, &shape.status) {
        (Some(_), _) if matches!(shape.returned, Returned::Carried(_)) => "let fat = ",
        (Some(_), _) if !matches!(shape.returned, Returned::Written { .. }) => "let value = ",
        (None, Some(status)) if status.param.is_none() => "let code = ",
        _ => "",
    };
    let tail = if shape.raises { ") })?;" } else { ") };" };
    page.list(&format!("{keep}{guard}unsafe {{ {callee}("), &arguments, tail);
    callbacks::finish(shape, page);
    let copied = match &shape.returned {
        Returned::Carried(carried) => {
            page.line("// SAFETY: what Ada returned stays until the mark is released.");
            Some(format!("unsafe {{ {} }}", carried.copied("fat")))
        }
        _ => None,
    };
    let outcome = shape.status.as_ref().map(|status| {
        let stored = status.param.map_or("code", |i| &shape.args[i].ident);
        format!("{module}::outcome({})", status.widen(stored))
    });
    let value = shape.value.as_ref().map(|value| match &copied {
        Some(copied) => copied,
        None if value.logical => "value.0 != 0",
        None => "value",
    });
    match (value, outcome) {
        (Some(value), Some(outcome)) => page.line(&format!("{ok}({value}, {outcome}){ended}")),
        (Some(one), None) => page.line(&format!("{ok}{one}{ended}")),
        (None, Some(one)) => page.line(&format!("{ok}{one}{ended}")),
        (None, None) if shape.raises => page.line("Ok(())"),
        (None, None) => (),
    }
}

/// Room for a value that is not returned in registers.
fn prepare_return(shape: &Shape, page: &mut Page) {
    match (&shape.returned, &shape.value) {
        (Returned::Written { .. }, Some(value)) => {
            page.line("// SAFETY: plain data, valid whatever its bits.");
            page.line(&format!("let mut value = unsafe {{ support::zero::<{}>() }};", value.raw));
        }
        (Returned::Carried(_), _) => {
            page.line("// SAFETY: who calls an Ada routine has elaborated Ada, and is the only one to call this from Rust now.");
            page.line("let _mark = unsafe { SecondaryStack::expect(secondary_stack()).marked() };");
        }
        _ => (),
    }
}

fn argument(shape: &Shape, role: &Role) -> String {
    let (Role::Param(i) | Role::Length(i)) = role else {
        return match (role, &shape.returned) {
            (Role::ReturnLength, Returned::Written { length: Some(length) }) => length.to_string(),
            _ => "&mut value".into(),
        };
    };
    let Some(arg) = shape.args.get(*i) else { return String::new() };
    let ident = &arg.ident;
    if let Role::Length(_) = role {
        return hidden_length(shape, arg);
    }
    let option = |null: &str, from: &str| format!("{ident}.map_or(core::ptr::{null}(), core::ptr::{from})");
    match &arg.kind {
        Kind::Value(_) | Kind::Opaque => ident.clone(),
        Kind::In(_) if arg.nullable => {
            format!("{ident}.as_ref().map_or(core::ptr::null(), core::ptr::from_ref)")
        }
        Kind::Sized { mutable: false, .. } if arg.nullable => option("null", "from_ref"),
        Kind::Out(..) | Kind::Sized { mutable: true, .. } if arg.nullable => option("null_mut", "from_mut"),
        Kind::Slice { mutable: false, .. } if arg.nullable => {
            format!("{ident}.map_or(core::ptr::null(), <[_]>::as_ptr)")
        }
        Kind::Slice { mutable: true, .. } if arg.nullable => {
            format!("{ident}.map_or(core::ptr::null_mut(), <[_]>::as_mut_ptr)")
        }
        Kind::Text { mutable: false } if arg.nullable => {
            format!("{ident}.map_or(core::ptr::null(), |text| text.bytes().as_ptr())")
        }
        Kind::Text { mutable: true } if arg.nullable => {
            format!("{ident}.map_or(core::ptr::null_mut(), |text| text.bytes_mut().as_mut_ptr())")
        }
        Kind::Cstr if arg.nullable => {
            format!("{ident}.map_or(core::ptr::null(), |text| text.as_ptr().cast())")
        }
        Kind::Carried(carried) => carried.argument(arg),
        Kind::Callback(_) => callbacks::argument(shape, arg),
        Kind::UserData => callbacks::user_data(shape, arg),
        Kind::In(_) => format!("&{ident}"),
        Kind::Status => format!("&mut {ident}"),
        Kind::Out(..) | Kind::Sized { .. } => ident.clone(),
        Kind::Slice { mutable: false, .. } => format!("{ident}.as_ptr()"),
        Kind::Slice { mutable: true, .. } => format!("{ident}.as_mut_ptr()"),
        Kind::Text { mutable: false } => format!("{ident}.bytes().as_ptr()"),
        Kind::Text { mutable: true } => format!("{ident}.bytes_mut().as_mut_ptr()"),
        Kind::Cstr => format!("{ident}.as_ptr().cast()"),
    }
}

/// The hidden length of a CHARACTER argument: of the text, or of one element of an array of texts.
fn hidden_length(shape: &Shape, arg: &Arg) -> String {
    if let Kind::Text { .. } = arg.kind {
        return format!("{}{}", arg.ident, if arg.nullable { "_length" } else { ".len()" });
    }
    match innermost(&arg.param.ty) {
        None => "1".into(),
        Some(extent) => match extent.constant() {
            Some(length) => length.max(0).to_string(),
            None => {
                let length = wide(extent, &|name| shown_value(shape, name));
                format!("usize::try_from({length}).unwrap_or(0)")
            }
        },
    }
}

/// The extent of the innermost array.
fn innermost(ty: &Type) -> Option<&Expr> {
    match ty {
        Type::Array(element, extent) => innermost(element).or(match extent {
            Extent::Expr(extent) => Some(extent),
            Extent::Unknown | Extent::Carried(_) => None,
        }),
        _ => None,
    }
}
