//! The module of a routine: what the agent, a relinked executable and `Control` need of it.

use crate::callbacks;
use crate::control::elements;
use crate::names;
use crate::page::{Page, tuple};
use crate::shape::{Arg, Kind, Returned, Shape, StatusAt};
use cmp_bridge_contract::abi::{Piece, Place, ReturnPlace, Role};
use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::model::{Condition, Status};

/// Prints the module of a routine.
pub(crate) fn print(shape: &Shape, functions: &[Shape], page: &mut Page) {
    page.comment("///", &format!("How `{}` is called, and how it answers.", shape.routine.name));
    page.open(&format!("pub mod {} {{", shape.name));
    page.line("use super::*;");
    page.gap();
    statics(shape, page);
    legacy(shape, page);
    if let Some(status) = &shape.status {
        outcome(status.rule, page);
    }
    call(shape, page);
    callbacks::trampolines(shape, functions, page);
    crate::answer::print(shape, functions, page);
    entry(shape, page);
    abi(shape, page);
    candidate(shape, page);
    page.close("}");
    page.gap();
}

fn statics(shape: &Shape, page: &mut Page) {
    let name = &shape.routine.name;
    page.line("/// Hash of this routine's part of the contract.");
    page.line(&format!("pub const CONTRACT_HASH: u64 = 0x{:016x};", shape.hash));
    page.gap();
    page.line("/// Where the agent writes the address of the legacy code.");
    page.line("static CODE: AtomicPtr<c_void> = support::no_control();");
    page.gap();
    if !shape.state.is_empty() {
        let count = shape.state.len();
        page.line("/// Where the agent writes the addresses of the legacy routine's state.");
        page.line(&format!("static STATE: [AtomicPtr<u8>; {count}] ="));
        page.line(&format!("    [const {{ AtomicPtr::new(core::ptr::null_mut()) }}; {count}];"));
        page.gap();
    }
    page.line("/// The place where the agent says how to reach the legacy routine.");
    page.open("pub const fn slot() -> ControlSlot {");
    page.open("ControlSlot {");
    page.line(&format!("routine: c{}.as_ptr(),", names::quoted(name)));
    page.line("contract_hash: CONTRACT_HASH,");
    page.line("address: &raw const CODE,");
    let state = if shape.state.is_empty() { "core::ptr::null()" } else { "STATE.as_ptr()" };
    page.line(&format!("state: {state},"));
    page.line(&format!("state_count: {},", shape.state.len()));
    page.close("}");
    page.close("}");
    page.gap();
}

/// Raw parameters in ABI order: name and type.
pub(crate) fn raw_params(shape: &Shape) -> Vec<(String, String)> {
    let typed = |(role, _): &(Role, Vec<Piece>)| match role {
        Role::Param(i) => shape.args.get(*i).map(|arg| (arg.ident.clone(), raw_type(shape, arg))),
        Role::Length(i) => shape.args.get(*i).map(|arg| (hidden(arg), "usize".to_string())),
        Role::ReturnAddress => {
            let ty = shape.value.as_ref().map_or("u8", |value| &value.raw);
            Some(("returned_to".to_string(), format!("*mut {ty}")))
        }
        Role::ReturnLength => Some(("returned_length".to_string(), "usize".to_string())),
    };
    shape.abi.iter().filter_map(typed).collect()
}

/// Name of a hidden length.
pub(crate) fn hidden(arg: &Arg) -> String {
    format!("{}_hidden", arg.ident.trim_end_matches('_'))
}

/// The type of an argument as it travels.
fn raw_type(shape: &Shape, arg: &Arg) -> String {
    let to = |mutable: bool, ty: &str| format!("*{} {ty}", if mutable { "mut" } else { "const" });
    match &arg.kind {
        Kind::Value(scalar) => scalar.raw.clone(),
        Kind::In(scalar) => to(false, &scalar.raw),
        Kind::Out(scalar, _) => to(true, &scalar.raw),
        Kind::Status => to(true, shape.status.as_ref().map_or("i32", |status| &status.raw)),
        Kind::Sized { ty, mutable, .. } => to(*mutable, ty),
        Kind::Slice { element, mutable, .. } => to(*mutable, element),
        Kind::Text { mutable } => to(*mutable, "u8"),
        Kind::Cstr => to(false, "u8"),
        Kind::Carried(carried) => carried.raw(),
        Kind::Opaque | Kind::Callback(_) | Kind::UserData => "Address".into(),
    }
}

/// What the routine returns, raw.
pub(crate) fn raw_return(shape: &Shape) -> Option<String> {
    match (&shape.value, &shape.status) {
        (Some(value), _) if matches!(shape.returned, Returned::Written { .. }) => {
            Some(format!("*mut {}", value.raw))
        }
        _ => answer_return(shape),
    }
}

/// What `answer` gives back: the value itself, wherever it goes.
pub(crate) fn answer_return(shape: &Shape) -> Option<String> {
    match (&shape.value, &shape.status) {
        (Some(_), _) if matches!(shape.returned, Returned::Carried(_)) => Some("Fat".into()),
        (Some(value), _) => Some(value.raw.clone()),
        (None, Some(status)) if status.param.is_none() => Some(status.raw.clone()),
        _ => None,
    }
}

fn arrow(shape: &Shape) -> String {
    raw_return(shape).map_or(String::new(), |ty| format!(" -> {ty}"))
}

fn signature(shape: &Shape) -> Vec<String> {
    raw_params(shape).iter().map(|(name, ty)| format!("{name}: {ty}")).collect()
}

/// Prints the type of the legacy code.
pub(crate) fn signature_type(shape: &Shape, page: &mut Page) {
    let types: Vec<String> = raw_params(shape).into_iter().map(|(_, ty)| ty).collect();
    page.line("/// The legacy routine's signature.");
    page.list("type Legacy = unsafe extern \"C-unwind\" fn(", &types, &format!("){};", arrow(shape)));
    page.gap();
}

fn legacy(shape: &Shape, page: &mut Page) {
    signature_type(shape, page);
    page.line("/// The legacy code: its trampoline, never its patched entry.");
    page.line("#[cfg(not(feature = \"relink\"))]");
    page.line("#[inline(always)]");
    page.open("pub(super) fn legacy() -> Legacy {");
    page.line("// SAFETY: the agent writes the address of code with this signature; until then it is a function that");
    page.line("// panics whatever its arguments.");
    page.line("unsafe { core::mem::transmute::<*mut c_void, Legacy>(CODE.load(core::sync::atomic::Ordering::Acquire)) }");
    page.close("}");
    page.gap();
    page.line("/// The legacy code, linked.");
    page.line("#[cfg(feature = \"relink\")]");
    page.line("#[inline(always)]");
    page.open("pub(super) fn legacy() -> Legacy {");
    page.line("// SAFETY: the signature is the contract's, which the C proof file holds against the header.");
    page.open("unsafe extern \"C-unwind\" {");
    let symbol = &shape.routine.symbol;
    let symbol = if shape.kept { format!("legacy_{symbol}") } else { symbol.clone() };
    page.line(&format!("#[link_name = {}]", names::quoted(&symbol)));
    page.list("fn code(", &signature(shape), &format!("){};", arrow(shape)));
    page.close("}");
    page.line("code");
    page.close("}");
    page.gap();
    if !shape.state.is_empty() {
        live(shape, page);
    }
}

fn live(shape: &Shape, page: &mut Page) {
    page.line("/// The storage of a state area in this process; null where it is not known.");
    page.line("#[cfg(not(feature = \"relink\"))]");
    page.line("#[inline(always)]");
    page.open("pub(super) fn live(index: usize) -> *mut u8 {");
    page.line("STATE[index].load(core::sync::atomic::Ordering::Acquire)");
    page.close("}");
    page.gap();
    page.line("/// The storage of a state area, linked.");
    page.line("#[cfg(feature = \"relink\")]");
    page.line("#[inline(always)]");
    page.open("pub(super) fn live(index: usize) -> *mut u8 {");
    if let Some(local) = shape.state.iter().find(|state| state.local) {
        let reason = "is local to its object file: a relinked build cannot reach it";
        page.line(&format!(
            "compile_error!(\"`{}`: the state `{}` {reason}\");",
            shape.routine.name, local.area
        ));
    }
    page.line("// SAFETY: only their addresses are used.");
    page.open("unsafe extern \"C\" {");
    for (i, state) in shape.state.iter().enumerate() {
        page.line(&format!("#[link_name = {}]", names::quoted(&state.symbol)));
        page.line(&format!("static mut AREA_{i}: u8;"));
    }
    page.close("}");
    let areas: Vec<String> = (0..shape.state.len()).map(|i| format!("&raw mut AREA_{i}")).collect();
    page.list("[", &areas, "][index]");
    page.close("}");
    page.gap();
}

fn outcome(rule: &Status, page: &mut Page) {
    page.line("/// What a status code means.");
    page.line("#[inline]");
    page.open("pub(super) fn outcome(code: i64) -> Result<Done, Failure> {");
    page.open("match code {");
    page.line(&format!("{} => Ok(Done::Ok),", rule.ok));
    if let Some(warning) = rule.warning {
        page.line(&format!("{} => Ok(Done::Warning(code)),", pattern(warning)));
    }
    page.line("_ => Err(Failure(code)),");
    page.close("}");
    page.close("}");
    page.gap();
}

fn pattern(set: Condition) -> String {
    match set {
        Condition::Less(n) => format!("..{n}"),
        Condition::LessOrEqual(n) => format!("..={n}"),
        Condition::Greater(n) => format!("code if code > {n}"),
        Condition::GreaterOrEqual(n) => format!("{n}.."),
        Condition::Equal(n) => n.to_string(),
        Condition::NotEqual(n) => format!("code if code != {n}"),
        Condition::Between(a, b) => format!("{a}..={b}"),
    }
}

/// Prints the arguments of a call as they travel.
pub(crate) fn call(shape: &Shape, page: &mut Page) {
    page.line("/// A call: arguments as they travel, and where the state is.");
    page.line("#[derive(Clone, Copy)]");
    let visible = if shape.closure.is_some() { "pub(super) " } else { "" };
    page.open(&format!("{visible}struct Call {{"));
    // A closure needs no user data.
    let dropped =
        |name: &str| shape.args.iter().any(|arg| arg.ident == name && matches!(arg.kind, Kind::UserData));
    for (name, ty) in
        raw_params(shape).into_iter().filter(|(name, _)| shape.closure.is_none() || !dropped(name))
    {
        page.line(&format!("{visible}{name}: {ty},"));
    }
    for state in &shape.state {
        page.line(&format!("{}: *mut {},", state.ident, state.ty));
    }
    page.close("}");
    page.gap();
}

fn place(place: Place) -> String {
    match place {
        Place::Gpr(index) => format!("Place::Gpr({index})"),
        Place::Xmm(index) => format!("Place::Xmm({index})"),
        Place::Stack(offset) => format!("Place::Stack({offset})"),
    }
}

fn fetched(pieces: &[Piece]) -> String {
    match pieces {
        [piece] if piece.offset == 0 => format!("support::argument(frame, {})", place(piece.place)),
        pieces => {
            let list: Vec<String> =
                pieces.iter().map(|p| format!("({}, {}, {})", place(p.place), p.offset, p.size)).collect();
            format!("support::gathered(frame, [{}])", list.join(", "))
        }
    }
}

fn entry(shape: &Shape, page: &mut Page) {
    page.line("/// Answers a call described by a frame.");
    page.line("///");
    page.line("/// # Safety");
    page.line("/// `frame` and `state` describe a call of this routine.");
    let state = if shape.state.is_empty() { "_state" } else { "state" };
    let unused = raw_params(shape).is_empty() && raw_return(shape).is_none();
    let frame = if unused { "_frame" } else { "frame" };
    let head = format!("unsafe extern \"C\" fn entry<R: {}>(", shape.trait_name);
    let params = [format!("{frame}: *mut Frame"), format!("{state}: *const *mut u8")];
    page.open_list(&head, &params, ") -> Answer {");
    page.line("// SAFETY: the frame is one of this routine: each argument is where the ABI puts it.");
    page.open("unsafe {");
    if let Some(pieces) = &shape.return_address {
        let ty = raw_return(shape).unwrap_or_default();
        page.line(&format!("let to: *mut {ty} = {};", fetched(pieces)));
        page.line("if to.is_null() || !to.is_aligned() {");
        page.line("    return Answer::DECLINED;");
        page.line("}");
    }
    page.open("let call = Call {");
    for ((name, _), (_, pieces)) in raw_params(shape).iter().zip(&shape.abi) {
        page.line(&format!("{name}: {},", fetched(pieces)));
    }
    for (i, state) in shape.state.iter().enumerate() {
        page.line(&format!("{}: (*state.add({i})).cast(),", state.ident));
    }
    page.close("};");
    let raised = if shape.raises { ", &mut None" } else { "" };
    page.open(&format!("match answer::<R>(call{raised}) {{"));
    if raw_return(shape).is_some() {
        page.open("Ok((value, answer)) => {");
        give(shape, page);
        page.line("answer");
        page.close("}");
        page.line("Err(answer) => answer,");
    } else {
        page.line("Ok(answer) | Err(answer) => answer,");
    }
    page.close("}");
    page.close("}");
    page.close("}");
    page.gap();
}

fn give(shape: &Shape, page: &mut Page) {
    if let Returned::Written { .. } = shape.returned {
        page.line("*call.returned_to = value;");
        return page.line("support::give(frame, Place::Gpr(0), &call.returned_to, 0, 8);");
    }
    if shape.return_address.is_some() {
        page.line("*to = value;");
        page.line("support::give(frame, Place::Gpr(0), &to, 0, 8);");
    }
    for (register, offset, size) in &shape.return_places {
        let register = match register {
            ReturnPlace::Gpr(index) => format!("Place::Gpr({index})"),
            ReturnPlace::Xmm(index) => format!("Place::Xmm({index})"),
            // Only a long double comes back there, and `shape` refuses those.
            ReturnPlace::X87(_) => continue,
        };
        page.line(&format!("support::give(frame, {register}, &value, {offset}, {size});"));
    }
}

fn abi(shape: &Shape, page: &mut Page) {
    let names: Vec<String> = raw_params(shape).into_iter().map(|(name, _)| name).collect();
    let mut fields = names.clone();
    fields.extend(
        shape.state.iter().enumerate().map(|(i, state)| format!("{}: live({i}).cast()", state.ident)),
    );
    let (convention, raised, argument) =
        if shape.raises { ("C-unwind", ", &mut raised", ", raised") } else { ("C", "", "") };
    page.line("/// The routine behind its exact ABI. What it cannot answer goes to the legacy code.");
    page.line("///");
    page.line("/// # Safety");
    page.line("/// The arguments are those of a call of the legacy routine.");
    let head = format!("pub unsafe extern \"{convention}\" fn abi<R: {}>(", shape.trait_name);
    page.open_list(&head, &signature(shape), &format!("){} {{", arrow(shape)));
    page.list("let call = Call { ", &fields, " };");
    if shape.raises {
        page.line("let mut raised = None;");
    }
    page.line("// SAFETY: the caller's promise.");
    page.open(&format!("match unsafe {{ answer::<R>(call{raised}) }} {{"));
    match (&shape.returned, raw_return(shape)) {
        (Returned::Written { .. }, _) => {
            page.open("Ok((value, _)) => {");
            page.line("// SAFETY: `answer` found that it fits.");
            page.line("unsafe { *returned_to = value };");
            page.line("returned_to");
            page.close("}");
        }
        (_, Some(_)) => page.line("Ok((value, _)) => value,"),
        (_, None) => page.line("Ok(_) => (),"),
    }
    page.line("// SAFETY: the caller's promise.");
    page.line(&format!("Err(answer) => unsafe {{ pass_on(call, answer{argument}) }},"));
    page.close("}");
    page.close("}");
    page.gap();
    pass_on(shape, &names, page);
}

/// Prints what becomes of a call that the rewrite does not answer.
fn pass_on(shape: &Shape, names: &[String], page: &mut Page) {
    let used = if names.is_empty() { "_" } else { "call" };
    let raised = if shape.raises { ", raised: Option<Exception>" } else { "" };
    let head = |call: &str, answer: &str, raised: &str| {
        format!("unsafe fn pass_on({call}: Call, {answer}: Answer{raised}){} {{", arrow(shape))
    };
    let arguments: Vec<String> = names.iter().map(|name| format!("call.{name}")).collect();
    page.line("/// Lets the legacy code answer.");
    page.line("///");
    page.line("/// # Safety");
    page.line("/// As for `abi`.");
    // Linked, an exception of the rewrite is no call to pass on.
    let always = shape.kept && !shape.raises;
    if !always {
        page.line("#[cfg(not(feature = \"relink\"))]");
    }
    page.line("#[cold]");
    page.open(&head(used, "_", if shape.raises { ", _: Option<Exception>" } else { "" }));
    page.line("// SAFETY: the caller's promise.");
    page.list("unsafe { legacy()(", &arguments, ") }");
    page.close("}");
    page.gap();
    if always {
        return;
    }
    let said = if shape.kept { None } else { said(shape) };
    let what = match (shape.raises, shape.kept, said.is_some()) {
        (true, true, _) => "Raises what the rewrite did, or lets the legacy code answer",
        (true, false, true) => {
            "There is no other code: raises what the rewrite did, or says by the status that it did not answer"
        }
        (true, false, false) => {
            "There is no other code: raises what the rewrite did, or that it did not answer"
        }
        (false, _, true) => {
            "There is no other code: says by the status that there is no answer, or ends the process"
        }
        (false, _, false) => "There is no other code to answer: ends the process",
    };
    page.comment("///", &format!("{what}."));
    page.line("///");
    page.line("/// # Safety");
    page.line("/// As for `abi`.");
    page.line("#[cfg(feature = \"relink\")]");
    page.line("#[cold]");
    let unread = if shape.kept { Vec::new() } else { unread(shape) };
    let reads =
        shape.kept && !names.is_empty() || said.is_some_and(|said| said.reads(shape)) || !unread.is_empty();
    let asked = !shape.kept && !shape.raises && said.is_none_or(|said| said.condition(shape).is_some());
    page.open(&head(if reads { "call" } else { "_" }, if asked { "answer" } else { "_" }, raised));
    if !unread.is_empty() {
        page.line("// Only the legacy code would have looked at these.");
        page.line(&format!("let _ = {};", tuple(&unread)));
    }
    linked(shape, &arguments, said, page);
    page.close("}");
    page.gap();
}

fn linked(shape: &Shape, arguments: &[String], said: Option<Said>, page: &mut Page) {
    let name = names::quoted(&shape.routine.name);
    if shape.raises && (shape.kept || said.is_some()) {
        page.open("if raised.is_some() {");
        page.line(&format!("raise(raised, {name});"));
        page.close("}");
    }
    if shape.kept {
        page.line("// SAFETY: the caller's promise.");
        return page.list("unsafe { legacy()(", arguments, ") }");
    }
    if let Some(said) = said {
        said.print(shape, page);
        if said.condition(shape).is_none() {
            return;
        }
    }
    if shape.raises {
        page.line(&format!("raise(raised, {name})"));
    } else {
        page.line(&format!("support::unanswered({name}, answer)"));
    }
}

/// The code of a status that says, where there is no other code to answer, that the rewrite did not.
#[derive(Clone, Copy)]
struct Said<'s> {
    status: &'s StatusAt<'s>,
    code: i64,
}

/// `None`: the routine has no such code, or nothing can be returned beside it.
fn said<'s>(shape: &'s Shape) -> Option<Said<'s>> {
    let status = shape.status.as_ref()?;
    let code = status.rule.panic?;
    (!matches!(shape.returned, Returned::Carried(_))).then_some(Said { status, code })
}

impl Said<'_> {
    fn reads(self, shape: &Shape) -> bool {
        self.condition(shape).is_some()
    }

    /// What must hold for it to be said.
    fn condition(self, shape: &Shape) -> Option<String> {
        let mut addresses: Vec<&str> = Vec::new();
        addresses.extend(self.status.param.map(|i| shape.args[i].ident.as_str()));
        if let Returned::Written { .. } = shape.returned {
            addresses.push("returned_to");
        }
        let fits = |name: &&str| format!("!call.{name}.is_null() && call.{name}.is_aligned()");
        let all: Vec<String> = addresses.iter().map(fits).collect();
        (!all.is_empty()).then(|| all.join(" && "))
    }

    fn print(self, shape: &Shape, page: &mut Page) {
        let code = self.status.wrap(&self.code.to_string());
        let zero = || format!("support::zero::<{}>()", answer_return(shape).unwrap_or_default());
        let Some(condition) = self.condition(shape) else {
            match shape.value {
                Some(_) => {
                    page.line("// SAFETY: plain data, valid whatever its bits.");
                    page.line(&format!("unsafe {{ {} }}", zero()));
                }
                None => page.line(&code),
            }
            return;
        };
        page.open(&format!("if {condition} {{"));
        page.line("// SAFETY: neither null nor misaligned; the rest is the caller's promise.");
        page.open("unsafe {");
        if let Some(i) = self.status.param {
            page.line(&format!("*call.{} = {code};", shape.args[i].ident));
        }
        let written = matches!(shape.returned, Returned::Written { .. });
        match (&shape.value, self.status.param) {
            (Some(_), _) if written => {
                page.line(&format!("*call.returned_to = {};", zero()));
                page.line("return call.returned_to;");
            }
            (Some(_), _) => page.line(&format!("return {};", zero())),
            (None, None) => page.line(&format!("return {code};")),
            (None, Some(_)) => page.line("return;"),
        }
        page.close("}");
        page.close("}");
    }
}

/// Fields of the call that only the legacy code reads: the hidden lengths of arrays of texts.
fn unread(shape: &Shape) -> Vec<String> {
    let lengths = shape.abi.iter().filter_map(|(role, _)| match role {
        Role::Length(i) => shape.args.get(*i),
        _ => None,
    });
    lengths
        .filter(|arg| !matches!(arg.kind, Kind::Text { .. }))
        .map(|arg| format!("call.{}", hidden(arg)))
        .collect()
}

fn candidate(shape: &Shape, page: &mut Page) {
    page.line("/// The legacy routine as a candidate of its own.");
    page.open("pub const fn control() -> Candidate {");
    page.line("candidate::<Direct>()");
    page.close("}");
    page.gap();
    page.line("/// `R` as the candidate of this routine.");
    page.open(&format!("pub const fn candidate<R: {}>() -> Candidate {{", shape.trait_name));
    page.open("Candidate {");
    page.line(&format!("routine: c{}.as_ptr(),", names::quoted(&shape.routine.name)));
    page.line("contract_hash: CONTRACT_HASH,");
    page.line("entry: entry::<R>,");
    page.line("abi_entry: abi::<R> as *const c_void,");
    page.line(&format!("state_count: {},", shape.state.len()));
    page.line("control_count: CONTROLS.len() as u32,");
    page.line("controls: CONTROLS.as_ptr(),");
    page.close("}");
    page.close("}");
}

/// Prints the arm of `symbol!` that exports a routine under its legacy name.
pub(crate) fn symbol(shape: &Shape, component: &str, page: &mut Page) {
    let names: Vec<String> = raw_params(shape).into_iter().map(|(name, _)| name).collect();
    page.open(&format!("({}, $rewrite:ty) => {{", shape.name));
    page.line("#[cfg(feature = \"relink\")]");
    page.open("const _: () = {");
    page.line("#[allow(unused_imports, reason = \"a signature may need none of them\")]");
    page.line(&format!("use {{$crate::{component}::*, ::cmp_bridge::support::*}};"));
    page.line("/// # Safety");
    page.line("/// From legacy callers of the routine only.");
    page.line(&format!("#[unsafe(export_name = {})]", names::quoted(&shape.routine.symbol)));
    let convention = if shape.raises { "C-unwind" } else { "C" };
    let head = format!("unsafe extern \"{convention}\" fn exported(");
    page.open_list(&head, &signature(shape), &format!("){} {{", arrow(shape)));
    page.line("// SAFETY: the legacy caller passes the arguments of this routine.");
    page.list(&format!("unsafe {{ {}::abi::<$rewrite>(", shape.name), &names, ") }");
    page.close("}");
    page.close("};");
    page.close("};");
}

/// The length of a slice or text as an expression where the scalars are in scope.
pub(crate) fn length(arg: &Arg, shape: &Shape) -> Option<String> {
    let value = |name: &str| {
        let found = shape.args.iter().find(|arg| arg.param.name == name);
        found.map_or(name.to_string(), |arg| arg.ident.clone())
    };
    match &arg.kind {
        Kind::Slice { element, count, .. } => {
            // A rewrite that is not shown the number could not tell a negative one from 0.
            let unseen = |name: &String| shape.args.iter().any(|arg| arg.param.name == *name && !arg.shown);
            let alone = matches!(count, Expr::Param(name) if unseen(name));
            let length = if alone { "length" } else { "extent" };
            Some(format!("support::{length}::<{element}>({})?", elements(&arg.param.ty, count, &value)))
        }
        Kind::Text { .. } => Some(format!("support::length::<u8>(call.{} as u64)?", hidden(arg))),
        _ => None,
    }
}

/// `a` or `(a, b)` on the left of a `let`.
pub(crate) fn bind(page: &mut Page, names: &[String], values: &[String], safety: &str) {
    if names.is_empty() {
        return;
    }
    page.comment("//", &format!("SAFETY: {safety}"));
    let line = format!("let {} = unsafe {{ {} }};", tuple(names), tuple(values));
    if values.len() == 1 || line.len() < 96 {
        return page.line(&line);
    }
    page.list(&format!("let {} = unsafe {{ (", tuple(names)), values, ") };");
}
