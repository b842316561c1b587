//! The function between the raw arguments and the rewrite: checks, borrows, guards, writes back.

use crate::entry::{bind, length, raw_return};
use crate::page::Page;
use crate::shape::{Arg, Kind, Shape};

/// Most bytes a candidate may have to restore from the stack.
const STACK_SNAPSHOT: u64 = 1024;

/// Prints `answer`.
pub(crate) fn print(shape: &Shape, page: &mut Page) {
    let what = "Checks the arguments, lets `R` answer, and writes the outputs. `Err`: nothing is written, the legacy \
                routine must answer.";
    page.comment("///", what);
    page.line("///");
    page.line("/// # Safety");
    page.line("/// Addresses are null or valid for the extents the contract declares.");
    page.line("#[inline]");
    let returned = raw_return(shape);
    let ty = returned.as_ref().map_or("Answer".to_string(), |ty| format!("({ty}, Answer)"));
    let used = shape.abi.is_empty() && shape.state.is_empty();
    let call = if used { "_call" } else { "call" };
    let raised = if shape.raises { ", raised: &mut Option<Exception>" } else { "" };
    let head = format!("unsafe fn answer<R: {}>({call}: Call{raised})", shape.trait_name);
    page.open(&format!("{head} -> Result<{ty}, Answer> {{"));
    scalars(shape, page);
    lengths(shape, page);
    areas(shape, page);
    let restores = snapshot(shape, page);
    borrows(shape, page);
    run(shape, restores, page);
    write(shape, page);
    page.close("}");
    page.gap();
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
            Kind::Cstr => {
                names.push(ident.clone());
                values.push(format!("support::c_text(call.{ident})?"));
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
        Kind::Cstr => Some((format!("Area::new(call.{ident}, {ident}.to_bytes_with_nul().len())"), false)),
        Kind::Value(_) | Kind::Opaque => None,
    }
}

fn areas(shape: &Shape, page: &mut Page) {
    let args = shape.args.iter().filter_map(area);
    let state =
        shape.state.iter().map(|state| (format!("Area::new(call.{}, 1)", state.ident), state.mutable));
    let (written, read): (Vec<_>, Vec<_>) = args.chain(state).partition(|(_, mutable)| *mutable);
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
        _ => None,
    });
    let state = shape.state.iter().filter(|state| state.mutable);
    args.chain(state.map(|state| (format!("Area::new(call.{}, 1)", state.ident), Some(state.bytes))))
        .collect()
}

/// Prints the copy to restore after a panic, if one is needed.
fn snapshot(shape: &Shape, page: &mut Page) -> bool {
    let exposed = exposed(shape);
    let says_so = shape.status.as_ref().is_some_and(|status| status.rule.panic.is_some());
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
    let (mut names, mut values) = (Vec::new(), Vec::new());
    for arg in &shape.args {
        let ident = &arg.ident;
        let value = match &arg.kind {
            Kind::Sized { mutable: false, .. } if arg.nullable => format!("call.{ident}.as_ref()"),
            Kind::Sized { mutable: true, .. } if arg.nullable => format!("call.{ident}.as_mut()"),
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

/// The rewrite's call.
fn invocation(shape: &Shape) -> String {
    let mut arguments: Vec<String> = shape
        .args
        .iter()
        .filter(|arg| arg.shown)
        .map(|arg| match arg.kind {
            Kind::Out(..) if arg.nullable => format!("{}.as_mut()", arg.ident),
            Kind::Out(..) => format!("&mut {}", arg.ident),
            _ => arg.ident.clone(),
        })
        .collect();
    arguments.extend(shape.state.iter().map(|state| state.ident.clone()));
    format!("R::{}({})", shape.name, arguments.join(", "))
}

fn run(shape: &Shape, restores: bool, page: &mut Page) {
    let call = invocation(shape);
    let ok = shape.status.as_ref().map(|status| format!("{}_{}", status.rule.ok, status.integer));
    let bound = match (&shape.value, ok) {
        (None, None) | (Some(_), None) => {
            page.line(&format!("let answered = support::guarded(|| {call});"));
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
    let says_so = shape.status.as_ref().and_then(|status| status.rule.panic.map(|code| (status, code)));
    let Some((status, code)) = says_so else {
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
        (Some(value), _) => {
            page.line("// SAFETY: plain data, valid whatever its bits.");
            page.line(&format!(
                "return Ok((unsafe {{ support::zero::<{}>() }}, Answer::PANICKED));",
                value.raw
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
    let answer = if shape.status.is_some() { "answer" } else { "Answer::ANSWERED" };
    let value = match (&shape.value, &shape.status) {
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
