//! The functions of `Control`: the legacy routines for who calls them from Rust. Outputs are returned, closures are called
//! back, what the legacy code gives away is owned, and a routine for one thread at a time asks for the right to call it.

use crate::callbacks;
use crate::names::doc;
use crate::owners::{Given, Owners, Taken};
use crate::page::{Page, tuple};
use crate::shape::{Arg, Kind, Shape};
use crate::traits::{arguments_of, convention, shown_type};
use cmp_bridge_contract::model::{Threads, Use};

/// Outputs larger than this stay where the caller puts them.
const RETURNED: u64 = 256;

/// Prints `impl Control` for a routine.
pub(crate) fn print(shape: &Shape, owners: &Owners, page: &mut Page) {
    let outputs = outputs(shape, owners);
    if let [_, _, ..] = outputs.as_slice() {
        outputs_type(shape, &outputs, page);
    }
    let errors = Errors::of(shape);
    page.open("impl Control {");
    page.comment("///", &format!("Calls `{}`.", shape.routine.symbol));
    arguments_of(shape, &|arg| !is_output(arg), page);
    convention(shape, page);
    if let Some(told) = owners.told(shape) {
        page.line("///");
        page.comment("///", &told);
    }
    errors.document(page);
    let demands = demands(shape, owners);
    document(shape, &demands, page);
    let list = params(shape, owners);
    if list.len() > 7 {
        page.line("#[expect(clippy::too_many_arguments, reason = \"the legacy routine has as many\")]");
    }
    page.line("#[inline]");
    let lifetime = if owners.lends(shape) { "<'o>" } else { "" };
    let safety = if demands.is_empty() { "" } else { "unsafe " };
    let head = format!("pub {safety}fn {}{lifetime}(", shape.name);
    page.open_list(&head, &list, &format!("){} {{", returns(shape, &outputs, &errors)));
    body(shape, owners, &outputs, &errors, page);
    page.close("}");
    page.close("}");
    page.gap();
}

/// What a caller must see to, since neither the contract nor a type does.
fn demands(shape: &Shape, owners: &Owners) -> Vec<String> {
    let mut list = Vec::new();
    for (arg, _) in callbacks::of(shape).filter(|(_, callback)| !callback.released) {
        let unsaid = "the contract does not say whether the routine keeps it (`kept`)";
        list.push(format!(
            "`{}` is called back before the routine returns, and never again: {unsaid}.",
            arg.ident
        ));
    }
    let args = shape.args.iter().filter(|arg| arg.addressed && !is_output(arg));
    let args = args.filter(|arg| owners.taken(shape, arg).is_none()).map(|arg| &arg.ident);
    let state = shape.state.iter().filter(|state| state.addressed).map(|state| &state.ident);
    for ident in args.chain(state) {
        list.push(format!("What `{ident}` holds or leads to is what the legacy routine expects there."));
    }
    for arg in shape.args.iter().filter(|arg| arg.shown && owners.releases_unowned(shape, arg)) {
        list.push(format!("`{}` was given away by a legacy routine, and is not released yet.", arg.ident));
    }
    list
}

/// Documents those demands, and why a routine for any number of threads is serial here.
fn document(shape: &Shape, demands: &[String], page: &mut Page) {
    if shape.serial() && shape.routine.threads == Threads::Free {
        let why = match shape.state.is_empty() {
            true => {
                "Ada's run-time may have one secondary stack for all threads, where the value is returned"
            }
            false => "its state is one for all threads",
        };
        page.line("///");
        page.comment("///", &format!("One thread at a time may call it from Rust: {why}."));
    }
    if !demands.is_empty() {
        page.line("///");
        page.line("/// # Safety");
        page.comment("///", &demands.join(" "));
    }
}

/// Something that comes back.
struct Output {
    ident: String,
    ty: String,
    /// The expression that gives it.
    value: String,
    doc: String,
}

/// It is returned, not written where the caller says.
fn is_output(arg: &Arg) -> bool {
    let out = arg.param.usage == Use::Out && !arg.nullable;
    match &arg.kind {
        Kind::Out(_, false) => out,
        Kind::Sized { bytes, .. } => out && *bytes <= RETURNED,
        _ => false,
    }
}

fn outputs(shape: &Shape, owners: &Owners) -> Vec<Output> {
    let mut list = Vec::new();
    if let Some(value) = &shape.value {
        let unit = shape.routine.returns.as_ref().and_then(|returns| returns.unit.as_ref());
        let (ty, expression) = match owners.given(shape) {
            Some(Given { ty, value }) => (ty, value),
            None => (value.shown().to_string(), "value".to_string()),
        };
        list.push(Output { ident: "value".into(), ty, value: expression, doc: described("The value", unit) });
    }
    for arg in shape.args.iter().filter(|arg| is_output(arg)) {
        let doc = described(&format!("`{}`", arg.param.name), arg.param.unit.as_ref());
        let ident = arg.ident.clone();
        list.push(match &arg.kind {
            Kind::Out(scalar, _) if scalar.logical => {
                Output { value: format!("{ident}.0 != 0"), ty: "bool".into(), ident, doc }
            }
            Kind::Out(scalar, _) => Output { value: ident.clone(), ty: scalar.raw.clone(), ident, doc },
            Kind::Sized { ty, .. } => Output { value: ident.clone(), ty: ty.clone(), ident, doc },
            _ => continue,
        });
    }
    list
}

fn described(what: &str, unit: Option<&String>) -> String {
    unit.map_or(format!("{what}."), |unit| format!("{what}, in {}.", doc(unit)))
}

/// Name of the record of a routine's outputs.
pub(crate) fn outputs_name(shape: &Shape) -> String {
    format!("{}Outputs", shape.trait_name)
}

fn outputs_type(shape: &Shape, outputs: &[Output], page: &mut Page) {
    page.comment("///", &format!("What `{}` gives.", shape.routine.symbol));
    let plain = outputs.iter().all(|output| !output.ty.contains("Owned") && !output.ty.contains("Array<"));
    page.line(if plain { "#[derive(Debug, Clone, Copy, PartialEq)]" } else { "#[derive(Debug)]" });
    let lifetime = if outputs.iter().any(|output| output.ty.contains("'o")) { "<'o>" } else { "" };
    page.open(&format!("pub struct {}{lifetime} {{", outputs_name(shape)));
    for output in outputs {
        page.comment("///", &output.doc);
        page.line(&format!("pub {}: {},", output.ident, output.ty));
    }
    page.close("}");
    page.gap();
}

/// What can come instead of an answer.
struct Errors {
    /// Type of the error.
    ty: Option<&'static str>,
    calls_back: bool,
}

impl Errors {
    fn of(shape: &Shape) -> Errors {
        let calls_back = callbacks::of(shape).next().is_some();
        let ty = match (calls_back, shape.raises, shape.status.is_some()) {
            (false, false, false) => None,
            (false, false, true) => Some("Failure"),
            (false, true, false) => Some("Exception"),
            _ => Some("CallError"),
        };
        Errors { ty, calls_back }
    }

    fn document(&self, page: &mut Page) {
        if self.calls_back {
            page.line("///");
            page.line("/// # Errors");
            page.line("/// A panic of what is called back ends there, and is told as an error.");
        }
    }
}

/// Parameters: the right to call, then those of the trait that are no outputs.
fn params(shape: &Shape, owners: &Owners) -> Vec<String> {
    let mut list = Vec::new();
    if shape.serial() {
        list.push("_serial: &Serial".to_string());
    }
    for arg in shape.args.iter().filter(|arg| arg.shown && !is_output(arg)) {
        let ident = &arg.ident;
        list.push(match (&arg.kind, owners.taken(shape, arg)) {
            (_, Some(taken)) => taken.param(ident),
            (Kind::Callback(_), None) if arg.nullable => format!("{ident}: {}", shown_type(arg)),
            (Kind::Callback(callback), None) => format!("mut {ident}: impl {}", callback.bound),
            _ => format!("{ident}: {}", shown_type(arg)),
        });
    }
    for state in &shape.state {
        let reference = if state.mutable { "&mut " } else { "&" };
        list.push(format!("{}: {reference}{}", state.ident, state.ty));
    }
    list
}

fn returns(shape: &Shape, outputs: &[Output], errors: &Errors) -> String {
    let given = match outputs {
        [] => None,
        [one] => Some(one.ty.clone()),
        more => {
            let lifetime = if more.iter().any(|output| output.ty.contains("'o")) { "<'o>" } else { "" };
            Some(outputs_name(shape) + lifetime)
        }
    };
    let answer = match (given, shape.status.is_some()) {
        (None, true) => Some("Done".to_string()),
        (Some(given), true) => Some(format!("({given}, Done)")),
        (given, false) => given,
    };
    match (answer, errors.ty) {
        (None, None) => String::new(),
        (Some(answer), None) => format!(" -> {answer}"),
        (answer, Some(error)) => format!(" -> Result<{}, {error}>", answer.unwrap_or("()".into())),
    }
}

fn body(shape: &Shape, owners: &Owners, outputs: &[Output], errors: &Errors, page: &mut Page) {
    let (mut names, mut zeros) = (Vec::new(), Vec::new());
    for arg in shape.args.iter().filter(|arg| is_output(arg)) {
        let (Kind::Out(_, _) | Kind::Sized { .. }) = &arg.kind else { continue };
        let ty = match &arg.kind {
            Kind::Out(scalar, _) => &scalar.raw,
            Kind::Sized { ty, .. } => ty,
            _ => continue,
        };
        names.push(format!("mut {}", arg.ident));
        zeros.push(format!("support::zero::<{ty}>()"));
    }
    let plain = "every output is plain data, valid whatever its bits.";
    crate::entry::bind(page, &names, &zeros, plain);
    for arg in &shape.args {
        owners.taken(shape, arg).iter().for_each(|taken| taken.prepare(&arg.ident, page));
    }
    let list = given_arguments(shape, owners);
    let call = format!("<Direct as {}>::{}(", shape.trait_name, shape.name);
    if is_the_traits(shape, owners) {
        return page.list(&call, &list, if returns(shape, outputs, errors).is_empty() { ");" } else { ")" });
    }
    let (before, after) = match (errors.calls_back, shape.raises) {
        (true, true) => ("support::relayed(|| ", ")??"),
        (true, false) => ("support::relayed(|| ", ")?"),
        (false, true) => ("", "?"),
        (false, false) => ("", ""),
    };
    let bound = match (&shape.value, &shape.status) {
        (None, None) => "",
        (Some(_), None) => "let value = ",
        (None, Some(_)) => "let done = ",
        (Some(_), Some(_)) => "let (value, done) = ",
    };
    let failed = if shape.value.is_none() && shape.status.is_some() { "?" } else { "" };
    page.list(&format!("{bound}{before}{call}"), &list, &format!("){after}{failed};"));
    if shape.value.is_some() && shape.status.is_some() {
        page.line("let done = done?;");
    }
    owners.safety(shape).iter().for_each(|line| page.comment("//", line));
    give(shape, outputs, errors, page);
}

/// What comes back is what the trait's function gives.
fn is_the_traits(shape: &Shape, owners: &Owners) -> bool {
    let both = shape.status.is_some() && (shape.value.is_some() || shape.raises);
    !both
        && !shape.args.iter().any(is_output)
        && owners.given(shape).is_none()
        && callbacks::of(shape).next().is_none()
}

fn give(shape: &Shape, outputs: &[Output], errors: &Errors, page: &mut Page) {
    let given = match outputs {
        [] => None,
        [one] => Some(one.value.clone()),
        more => {
            let fields: Vec<String> = more.iter().map(field).collect();
            Some(format!("{} {{ {} }}", outputs_name(shape), fields.join(", ")))
        }
    };
    let answer = match (given, shape.status.is_some()) {
        (None, true) => Some("done".to_string()),
        (Some(given), true) => Some(tuple(&[given, "done".into()])),
        (given, false) => given,
    };
    match (answer, errors.ty) {
        (None, None) => (),
        (Some(answer), None) => page.line(&answer),
        (answer, Some(_)) => page.line(&format!("Ok({})", answer.unwrap_or("()".into()))),
    }
}

fn field(output: &Output) -> String {
    let name = &output.ident;
    if *name == output.value { name.clone() } else { format!("{name}: {}", output.value) }
}

/// What the trait's function is given.
fn given_arguments(shape: &Shape, owners: &Owners) -> Vec<String> {
    let mut list = Vec::new();
    for arg in shape.args.iter().filter(|arg| arg.shown) {
        let ident = &arg.ident;
        list.push(match (&arg.kind, owners.taken(shape, arg)) {
            (_, Some(taken)) => taken.argument(ident),
            (Kind::Callback(_), None) if !arg.nullable => format!("&mut {ident}"),
            _ if is_output(arg) => format!("&mut {ident}"),
            _ => ident.clone(),
        });
    }
    list.extend(shape.state.iter().map(|state| state.ident.clone()));
    list
}

impl Taken {
    fn param(&self, ident: &str) -> String {
        format!("{ident}: {}", self.ty)
    }

    fn prepare(&self, ident: &str, page: &mut Page) {
        if self.ends {
            let mutable = if self.mutable { "mut " } else { "" };
            page.line(&format!("let {mutable}{ident} = core::mem::ManuallyDrop::new({ident});"));
        }
        if self.mutable {
            page.line("// SAFETY: only the legacy routine changes it.");
            page.line(&format!("let {ident} = unsafe {{ {ident}.value_mut() }};"));
        }
    }

    fn argument(&self, ident: &str) -> String {
        match (self.ends, self.address, self.mutable) {
            (_, true, _) => format!("{ident}.address()"),
            (true, false, false) => format!("&{ident}"),
            (_, false, _) => ident.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_are_told() {
        assert_eq!(described("The value", Some(&"m/s".to_string())), "The value, in m/s.");
    }
}
