//! The function between the raw arguments and the rewrite: checks, borrows, guards, writes back.

use crate::callbacks;
use crate::entry::{answer_return, bind, length};
use crate::page::Page;
use crate::shape::{Arg, Kind, Returned, Shape, StatusAt};
use cmp_bridge_contract::abi::Role;

/// Most bytes a candidate may have to restore from the stack.
const STACK_SNAPSHOT: u64 = 1024;

/// Prints `answer`.
pub(crate) fn print(shape: &Shape, functions: &[Shape], page: &mut Page) {
    let what = "Checks the arguments, lets `R` answer, and writes the outputs. `Err`: nothing is written, the legacy \
                routine must answer.";
    page.comment("///", what);
    page.line("///");
    page.line("/// # Safety");
    page.line("/// Addresses are null or valid for the extents the contract declares.");
    page.line("#[inline]");
    let returned = answer_return(shape);
    let ty = returned.as_ref().map_or("Answer".to_string(), |ty| format!("({ty}, Answer)"));
    let used = shape.abi.is_empty() && shape.state.is_empty();
    let call = if used { "_call" } else { "call" };
    let raised = if shape.raises { ", raised: &mut Option<Exception>" } else { "" };
    let name = &shape.trait_name;
    let head = match shape.closure {
        Some(_) => format!("unsafe fn answer({call}: Call, lent: &Lending<{name}<'static>>)"),
        None => format!("unsafe fn answer<R: {name}>({call}: Call{raised})"),
    };
    page.open(&format!("{head} -> Result<{ty}, Answer> {{"));
    beforehand(shape, page);
    scalars(shape, page);
    lengths(shape, page);
    areas(shape, page);
    let restores = snapshot(shape, page);
    borrows(shape, page);
    for (arg, callback) in callbacks::of(shape) {
        callbacks::closure(arg, callback, functions, page);
    }
    run(shape, restores, page);
    write(shape, page);
    page.close("}");
    page.gap();
}

/// What must hold before anything is read.
fn beforehand(shape: &Shape, page: &mut Page) {
    match &shape.returned {
        Returned::Carried(_) => page.line("let stack = secondary_stack().ok_or(Answer::DECLINED)?;"),
        Returned::Written { length: Some(length) }
            if shape.abi.iter().any(|(role, _)| *role == Role::ReturnLength) =>
        {
            page.open(&format!("if call.returned_length != {length} {{"));
            page.line("return Err(Answer::DECLINED);");
            page.close("}");
        }
        _ => (),
    }
    for (arg, _) in callbacks::of(shape).filter(|(arg, _)| !arg.nullable) {
        page.open(&format!("if call.{} == Address(0) {{", arg.ident));
        page.line("return Err(Answer::DECLINED);");
        page.close("}");
    }
}

/// Copies of the scalars, truth values checked.
fn scalars(shape: &Shape, page: &mut Page) {
    let (mut names, mut values, mut logicals) = (Vec::new(), Vec::new(), Vec::new());
    for arg in &shape.args {
        let ident = &arg.ident;
        match &arg.kind {
            Kind::In(_) | Kind::Out(..) => {
                let read = if arg.nullable { "read_nullable" } else { "read" };
                let mutable = if let Kind::Out(..) = arg.kind { "mut " } else { "" };
                names.push(format!("{mutable}{ident}"));
                values.push(format!("support::{read}(call.{ident})?"));
            }
            Kind::Cstr if arg.nullable => {
                names.push(ident.clone());
                let text = format!("support::c_text(call.{ident})");
                values.push(format!("(!call.{ident}.is_null()).then(|| {text}).transpose()?"));
            }
            Kind::Cstr => {
                names.push(ident.clone());
                values.push(format!("support::c_text(call.{ident})?"));
            }
            Kind::Carried(carried) => {
                names.push(format!("{ident}_array"));
                values.push(carried.found(ident, arg.nullable));
            }
            Kind::Value(scalar) if scalar.logical => {
                page.line(&format!("let {ident} = support::logical(call.{ident})?;"));
            }
            Kind::Value(_) | Kind::Opaque => page.line(&format!("let {ident} = call.{ident};")),
            _ => (),
        }
        match &arg.kind {
            Kind::In(scalar) if scalar.logical && arg.nullable => {
                logicals.push(format!("let {ident} = {ident}.map(support::logical).transpose()?;"));
            }
            Kind::In(scalar) if scalar.logical => {
                logicals.push(format!("let {ident} = support::logical({ident})?;"));
            }
            Kind::Out(scalar, true) if scalar.logical && arg.nullable => {
                logicals.push(format!("{ident}.map(support::logical).transpose()?;"));
            }
            Kind::Out(scalar, true) if scalar.logical => {
                logicals.push(format!("support::logical({ident})?;"))
            }
            _ => (),
        }
    }
    bind(
        page,
        &names,
        &values,
        "an address that is neither null nor misaligned is readable, by the caller's promise.",
    );
    logicals.iter().for_each(|line| page.line(line));
}

fn lengths(shape: &Shape, page: &mut Page) {
    for arg in &shape.args {
        if let Some(length) = length(arg, shape) {
            page.line(&format!("let {}_length = {length};", arg.ident));
        }
    }
}

/// The memory behind an argument, as an `Area`, and whether it may be written.
fn area(arg: &Arg) -> Option<(String, bool)> {
    let ident = &arg.ident;
    let new = if arg.nullable { "nullable" } else { "new" };
    let one = |mutable| Some((format!("Area::{new}(call.{ident}, 1)"), mutable));
    let many = |mutable| Some((format!("Area::{new}(call.{ident}, {ident}_length)"), mutable));
    match &arg.kind {
        Kind::In(_) => one(false),
        Kind::Out(..) | Kind::Status => one(true),
        Kind::Sized { mutable, .. } => one(*mutable),
        Kind::Slice { mutable, .. } | Kind::Text { mutable } => many(*mutable),
        Kind::Carried(carried) => Some((format!("{ident}_array.area()"), carried.mutable)),
        Kind::Cstr if arg.nullable => {
            let length = format!("{ident}.map_or(0, |text| text.to_bytes_with_nul().len())");
            Some((format!("Area::nullable(call.{ident}, {length})"), false))
        }
        Kind::Cstr => Some((format!("Area::new(call.{ident}, {ident}.to_bytes_with_nul().len())"), false)),
        Kind::Value(_) | Kind::Opaque | Kind::Callback(_) | Kind::UserData => None,
    }
}

fn areas(shape: &Shape, page: &mut Page) {
    let args = shape.args.iter().filter_map(area);
    let state =
        shape.state.iter().map(|state| (format!("Area::new(call.{}, 1)", state.ident), state.mutable));
    let returned = match shape.returned {
        Returned::Written { .. } => Some(("Area::new(call.returned_to, 1)".to_string(), true)),
        _ => None,
    };
    let (written, read): (Vec<_>, Vec<_>) =
        args.chain(state).chain(returned).partition(|(_, mutable)| *mutable);
    if written.is_empty() && read.is_empty() {
        return;
    }
    let plain = |areas: Vec<(String, bool)>| areas.into_iter().map(|(area, _)| area).collect::<Vec<_>>();
    page.open("support::disjoint(");
    page.list("[", &plain(written), "],");
    page.list("[", &plain(read), "],");
    page.close(")?;");
}

/// The areas a candidate writes without going through a copy, to be restored if it panics: the expression, its bytes if
/// they are known.
fn exposed(shape: &Shape) -> Vec<(String, Option<u64>)> {
    let args = shape.args.iter().filter_map(|arg| match &arg.kind {
        Kind::Sized { mutable: true, bytes, .. } => area(arg).map(|(area, _)| (area, Some(*bytes))),
        Kind::Slice { mutable: true, .. } | Kind::Text { mutable: true } => {
            area(arg).map(|(area, _)| (area, None))
        }
        Kind::Carried(carried) if carried.mutable => area(arg).map(|(area, _)| (area, None)),
        _ => None,
    });
    let state = shape.state.iter().filter(|state| state.mutable);
    args.chain(state.map(|state| (format!("Area::new(call.{}, 1)", state.ident), Some(state.bytes))))
        .collect()
}

/// How the routine says that the candidate panicked, if it can whoever calls.
fn panic_status<'s>(shape: &'s Shape) -> Option<(&'s StatusAt<'s>, i64)> {
    let status = shape.status.as_ref()?;
    let absent = status.param.is_some_and(|i| shape.args[i].nullable);
    status.rule.panic.filter(|_| !absent).map(|code| (status, code))
}

/// Prints the copy to restore after a panic, if one is needed.
fn snapshot(shape: &Shape, page: &mut Page) -> bool {
    let exposed = exposed(shape);
    let says_so = panic_status(shape).is_some();
    if (says_so && !shape.raises) || exposed.is_empty() {
        return false;
    }
    let count = exposed.len();
    let total =
        exposed.iter().map(|(_, bytes)| *bytes).sum::<Option<u64>>().filter(|total| *total <= STACK_SNAPSHOT);
    let kind = match total {
        Some(total) => format!("Snapshot::<[_; {total}], {count}>::on_stack("),
        None => format!("Snapshot::<Vec<_>, {count}>::on_heap("),
    };
    let areas: Vec<String> = exposed.into_iter().map(|(area, _)| area).collect();
    page.line("// SAFETY: the areas are readable, and nothing of them is borrowed yet.");
    page.list(&format!("let before = unsafe {{ support::{kind}["), &areas, "]) };");
    true
}

fn borrows(shape: &Shape, page: &mut Page) {
    gather(shape, page);
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for arg in &shape.args {
        let ident = &arg.ident;
        let value = match &arg.kind {
            Kind::Sized { mutable: false, .. } if arg.nullable => format!("call.{ident}.as_ref()"),
            Kind::Sized { mutable: true, .. } if arg.nullable => format!("call.{ident}.as_mut()"),
            Kind::Slice { mutable: false, .. } if arg.nullable => {
                format!("(!call.{ident}.is_null()).then(|| support::slice(call.{ident}, {ident}_length))")
            }
            Kind::Slice { mutable: true, .. } if arg.nullable => {
                format!("(!call.{ident}.is_null()).then(|| support::slice_mut(call.{ident}, {ident}_length))")
            }
            Kind::Text { mutable: false } if arg.nullable => format!(
                "(!call.{ident}.is_null()).then(|| Text::new(support::slice(call.{ident}, {ident}_length)))"
            ),
            Kind::Text { mutable: true } if arg.nullable => format!(
                "(!call.{ident}.is_null()).then(|| Text::new_mut(support::slice_mut(call.{ident}, {ident}_length)))"
            ),
            Kind::Carried(carried) => {
                names.push(if carried.is_lent() { format!("mut {ident}") } else { ident.clone() });
                values.push(carried.borrowed(ident, arg.nullable));
                continue;
            }
            Kind::Sized { mutable: false, .. } => format!("&*call.{ident}"),
            Kind::Sized { mutable: true, .. } => format!("&mut *call.{ident}"),
            Kind::Slice { mutable: false, .. } => format!("support::slice(call.{ident}, {ident}_length)"),
            Kind::Slice { mutable: true, .. } => format!("support::slice_mut(call.{ident}, {ident}_length)"),
            Kind::Text { mutable: false } => {
                format!("Text::new(support::slice(call.{ident}, {ident}_length))")
            }
            Kind::Text { mutable: true } => {
                format!("Text::new_mut(support::slice_mut(call.{ident}, {ident}_length))")
            }
            _ => continue,
        };
        names.push(ident.clone());
        values.push(value);
    }
    for state in &shape.state {
        names.push(state.ident.clone());
        values.push(format!("&{}*call.{}", if state.mutable { "mut " } else { "" }, state.ident));
    }
    bind(page, &names, &values, "every area fits, and none that may be written overlaps another.");
}

/// Copies of Fortran arrays whose elements do not lie one after the other.
fn gather(shape: &Shape, page: &mut Page) {
    for arg in &shape.args {
        let Kind::Carried(carried) = &arg.kind else { continue };
        if carried.fortran {
            let (ident, mutable) = (&arg.ident, if carried.mutable { "mut " } else { "" });
            page.line("// SAFETY: the area fits.");
            page.line(&format!("let {mutable}{ident}_items = unsafe {{ {ident}_array.gathered() }};"));
        }
    }
}

/// The rewrite's call.
fn invocation(shape: &Shape) -> String {
    let mut arguments: Vec<String> = shape
        .args
        .iter()
        .filter(|arg| arg.shown)
        .map(|arg| match arg.kind {
            Kind::Out(..) if arg.nullable => format!("{}.as_mut()", arg.ident),
            Kind::Out(..) => format!("&mut {}", arg.ident),
            Kind::Carried(ref carried) if carried.is_lent() && arg.nullable => {
                format!("{}.as_mut()", arg.ident)
            }
            Kind::Carried(ref carried) if carried.is_lent() => format!("&mut {}", arg.ident),
            Kind::Callback(ref callback) if arg.nullable => {
                format!("{}.as_mut().map(|f| f as &mut {}<'_>)", arg.ident, callback.ty)
            }
            Kind::Callback(_) => format!("&mut {}", arg.ident),
            _ => arg.ident.clone(),
        })
        .collect();
    arguments.extend(shape.state.iter().map(|state| state.ident.clone()));
    match shape.closure {
        Some(_) => format!("closure({})", arguments.join(", ")),
        None => format!("R::{}({})", shape.name, arguments.join(", ")),
    }
}

fn run(shape: &Shape, restores: bool, page: &mut Page) {
    let call = invocation(shape);
    let ok = shape.status.as_ref().map(|status| format!("{}_{}", status.rule.ok, status.integer));
    let bound = match (&shape.value, ok) {
        (None, None) | (Some(_), None) => {
            let guard = if shape.closure.is_some() { "lent.call(|closure| " } else { "support::guarded(|| " };
            page.line(&format!("let answered = {guard}{call});"));
            if shape.value.is_some() { "value" } else { "()" }
        }
        (None, Some(ok)) => {
            let code = if shape.raises {
                format!("{call}.map(|result| support::code(result, {ok}))")
            } else {
                format!("support::code({call}, {ok})")
            };
            page.line(&format!("let answered = support::guarded(|| {code});"));
            "(code, answer)"
        }
        (Some(_), Some(ok)) => {
            let (passed_on, head, tail) =
                if shape.raises { ("?", "Ok::<_, Exception>(", ")") } else { ("", "", "") };
            page.open("let answered = support::guarded(|| {");
            page.line(&format!("let (value, result) = {call}{passed_on};"));
            page.line(&format!("let (code, answer) = support::code(result, {ok});"));
            page.line(&format!("{head}(value, code, answer){tail}"));
            page.close("});");
            "(value, code, answer)"
        }
    };
    let name = if shape.raises { "answered" } else { bound };
    page.open(&format!("let Some({name}) = answered else {{"));
    panicked(shape, restores, page);
    page.close("};");
    if shape.raises {
        raised(bound, restores, page);
    }
}

/// What becomes of an exception that the rewrite raises: nothing is written, and the caller of `answer` has it.
fn raised(bound: &str, restores: bool, page: &mut Page) {
    page.open(&format!("let {bound} = match answered {{"));
    page.line("Ok(answered) => answered,");
    page.open("Err(exception) => {");
    if restores {
        page.line("// SAFETY: the borrows of these areas ended with the call.");
        page.line("unsafe { before.restore() };");
    }
    page.line("*raised = Some(exception);");
    page.line("return Err(Answer::RAISED);");
    page.close("}");
    page.close("};");
}

/// What becomes of a panic.
fn panicked(shape: &Shape, restores: bool, page: &mut Page) {
    let Some((status, code)) = panic_status(shape) else {
        if restores {
            page.line("// SAFETY: the borrows of these areas ended with the panic.");
            page.line("unsafe { before.restore() };");
        }
        page.line("return Err(Answer::PANICKED_RESTORED);");
        return;
    };
    let code = status.wrap(&code.to_string());
    if let Some(i) = status.param {
        page.line("// SAFETY: the area fits.");
        page.line(&format!("unsafe {{ *call.{} = {code} }};", shape.args[i].ident));
    }
    match (&shape.value, status.param) {
        (Some(_), _) => {
            page.line("// SAFETY: plain data, valid whatever its bits.");
            page.line(&format!(
                "return Ok((unsafe {{ support::zero::<{}>() }}, Answer::PANICKED));",
                answer_return(shape).unwrap_or_default()
            ));
        }
        (None, None) => page.line(&format!("return Ok(({code}, Answer::PANICKED));")),
        (None, Some(_)) => page.line("return Ok(Answer::PANICKED);"),
    }
}

/// The outputs that went through copies, and the answer.
fn write(shape: &Shape, page: &mut Page) {
    let mut lines = Vec::new();
    for arg in &shape.args {
        let ident = &arg.ident;
        match &arg.kind {
            Kind::Out(..) if arg.nullable => {
                lines.push(format!("if let Some({ident}) = {ident} {{"));
                lines.push(format!("    *call.{ident} = {ident};"));
                lines.push("}".into());
            }
            Kind::Out(..) => lines.push(format!("*call.{ident} = {ident};")),
            Kind::Carried(carried) if carried.fortran && carried.mutable => {
                lines.push(format!("{ident}_array.scatter(&{ident}_items);"));
            }
            Kind::Status if arg.nullable => {
                let code = shape.status.as_ref().map_or(String::new(), |status| status.wrap("code"));
                lines.push(format!("if !call.{ident}.is_null() {{"));
                lines.push(format!("    *call.{ident} = {code};"));
                lines.push("}".into());
            }
            Kind::Status => {
                let code = shape.status.as_ref().map_or(String::new(), |status| status.wrap("code"));
                lines.push(format!("*call.{ident} = {code};"));
            }
            _ => (),
        }
    }
    match lines.as_slice() {
        [] => (),
        [one] => {
            page.line("// SAFETY: the area fits.");
            page.line(&format!("unsafe {{ {} }};", one.trim_end_matches(';')));
        }
        many => {
            page.line("// SAFETY: the areas fit.");
            page.open("unsafe {");
            many.iter().for_each(|line| page.line(line));
            page.close("}");
        }
    }
    if let Returned::Carried(carried) = &shape.returned {
        page.line("// SAFETY: the legacy caller runs Ada in this thread.");
        page.line(&format!("let laid = unsafe {{ {} }};", carried.laid_down("value")));
    }
    let answer = if shape.status.is_some() { "answer" } else { "Answer::ANSWERED" };
    let value = match (&shape.value, &shape.status) {
        (Some(_), _) if matches!(shape.returned, Returned::Carried(_)) => Some("laid".into()),
        (Some(value), _) if value.logical => Some("value.into()".to_string()),
        (Some(_), _) => Some("value".into()),
        (None, Some(status)) if status.param.is_none() => Some(status.wrap("code")),
        _ => None,
    };
    match value {
        Some(value) => page.line(&format!("Ok(({value}, {answer}))")),
        None => page.line(&format!("Ok({answer})")),
    }
}
