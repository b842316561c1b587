//! The trait a rewrite implements.

use crate::names::doc;
use crate::page::Page;
use crate::shape::{Arg, Kind, Shape};
use cmp_bridge_contract::model::{Effects, StateKind, Threads, Tolerance, Use};

/// Prints the trait of a routine.
pub(crate) fn print(shape: &Shape, page: &mut Page) {
    let routine = shape.routine;
    let at = routine.at.as_ref().map_or(String::new(), |at| format!(", {}", doc(at)));
    page.comment("///", &format!("The routine `{}` (symbol `{}`{at}).", routine.name, routine.symbol));
    page.line("///");
    let effects = match routine.effects {
        Effects::None => "no effect beside its outputs",
        Effects::State => "writes its declared state only",
        Effects::Io => "does input or output: it is never run twice",
        Effects::Unknown => "what else it does is not known",
    };
    let threads = match routine.threads {
        Threads::Serial => "one thread at a time",
        Threads::Free => "any number of threads",
    };
    page.comment("///", &format!("Effects: {effects}. Called by {threads}."));
    page.open(&format!("pub trait {} {{", shape.trait_name));
    page.comment("///", &format!("Answers a call of `{}`.", routine.symbol));
    arguments(shape, page);
    convention(shape, page);
    if params(shape).len() > 7 {
        page.line("#[expect(clippy::too_many_arguments, reason = \"the legacy routine has as many\")]");
    }
    page.list(&format!("fn {}(", shape.name), &params(shape), &format!("){};", returns(shape)));
    page.close("}");
    page.gap();
}

pub(crate) fn arguments(shape: &Shape, page: &mut Page) {
    arguments_of(shape, &|_| true, page);
}

/// Documents the parameters that are shown and wanted.
pub(crate) fn arguments_of(shape: &Shape, wanted: &dyn Fn(&Arg) -> bool, page: &mut Page) {
    if !shape.args.iter().any(|arg| arg.shown && wanted(arg)) && shape.state.is_empty() {
        return;
    }
    page.line("///");
    for arg in shape.args.iter().filter(|arg| arg.shown && wanted(arg)) {
        let mut words = vec![direction(arg.param.usage).to_string()];
        words.extend(arg.param.unit.iter().map(|unit| doc(unit)));
        if let Kind::Slice { .. } | Kind::Sized { .. } | Kind::Carried(_) = arg.kind {
            words.push(format!("`{}`", arg.param.ty));
        }
        if arg.nullable {
            words.push("may be absent".into());
        }
        words.extend(arg.param.tolerance.iter().filter_map(tolerance));
        page.comment("///", &format!("- `{}`: {}", arg.ident, words.join(", ")));
    }
    for state in &shape.state {
        let kind = match state.kind {
            StateKind::Common => "COMMON block",
            StateKind::Save => "saved variable",
            StateKind::Static => "file-local variable",
            StateKind::Global => "global variable",
        };
        let direction = if state.mutable { "read and written" } else { "read" };
        page.comment("///", &format!("- `{}`: {kind} `{}`, {direction}", state.ident, state.area));
    }
}

fn direction(usage: Use) -> &'static str {
    match usage {
        Use::In => "in",
        Use::Out => "out",
        Use::InOut => "in and out",
        Use::Status => "status",
        Use::Ignored => "not looked at",
        Use::Unknown => "direction unknown",
    }
}

fn tolerance(tolerance: &Tolerance) -> Option<String> {
    let mut words = Vec::new();
    words.extend(tolerance.absolute.map(|distance| format!("{distance:e} absolute")));
    words.extend(tolerance.relative.map(|distance| format!("{distance:e} relative")));
    words.extend(tolerance.ulp.map(|distance| format!("{distance} ULP")));
    (!words.is_empty()).then(|| format!("tolerance {}", words.join(" or ")))
}

pub(crate) fn convention(shape: &Shape, page: &mut Page) {
    let unit = shape.routine.returns.iter().find_map(|returns| returns.unit.as_ref());
    if let Some(unit) = unit {
        page.line("///");
        page.comment("///", &format!("Returns a value in {}.", doc(unit)));
    }
    if shape.raises {
        page.line("///");
        page.line("/// # Errors");
        page.comment(
            "///",
            "An exception: of the legacy routine, or one that the rewrite raises in its place.",
        );
    }
    let Some(status) = &shape.status else { return };
    let rule = status.rule;
    let mut words = vec![format!("{} is [`Done::Ok`]", rule.ok)];
    words.extend(rule.warning.map(|set| format!("{} a warning", doc(&set.to_string()))));
    words.extend(rule.error.map(|set| format!("{} an error", doc(&set.to_string()))));
    words.extend(rule.panic.map(|code| format!("a panic becomes {code}")));
    page.line("///");
    page.comment("///", &format!("Status: {}.", words.join(", ")));
}

/// The parameters of the trait's function.
pub(crate) fn params(shape: &Shape) -> Vec<String> {
    let shown = shape.args.iter().filter(|arg| arg.shown);
    let mut list: Vec<String> = shown.map(|arg| format!("{}: {}", arg.ident, shown_type(arg))).collect();
    for state in &shape.state {
        let reference = if state.mutable { "&mut " } else { "&" };
        list.push(format!("{}: {reference}{}", state.ident, state.ty));
    }
    list
}

pub(crate) fn shown_type(arg: &Arg) -> String {
    let borrowed = |mutable: bool, ty: &str| format!("{}{ty}", if mutable { "&mut " } else { "&" });
    let plain = match &arg.kind {
        Kind::Value(scalar) | Kind::In(scalar) => scalar.shown().to_string(),
        Kind::Out(scalar, _) => borrowed(true, &scalar.raw),
        Kind::Sized { ty, mutable, .. } => borrowed(*mutable, ty),
        Kind::Slice { element, mutable, .. } => borrowed(*mutable, &format!("[{element}]")),
        Kind::Text { mutable } => borrowed(*mutable, "Text"),
        Kind::Cstr => "&CStr".into(),
        Kind::Carried(carried) => carried.shown(),
        Kind::Callback(callback) => format!("&mut {}<'_>", callback.ty),
        Kind::Opaque | Kind::Status | Kind::UserData => "Address".into(),
    };
    if arg.nullable && !matches!(arg.kind, Kind::Opaque) { format!("Option<{plain}>") } else { plain }
}

/// What the trait's function returns, with the arrow.
pub(crate) fn returns(shape: &Shape) -> String {
    let result = "Result<Done, Failure>";
    let returned = match (&shape.value, &shape.status) {
        (None, None) => None,
        (None, Some(_)) => Some(result.to_string()),
        (Some(value), None) => Some(value.shown().to_string()),
        (Some(value), Some(_)) => Some(format!("({}, {result})", value.shown())),
    };
    match (returned, shape.raises) {
        (None, false) => String::new(),
        (Some(ty), false) => format!(" -> {ty}"),
        (ty, true) => format!(" -> Result<{}, Exception>", ty.unwrap_or("()".into())),
    }
}
