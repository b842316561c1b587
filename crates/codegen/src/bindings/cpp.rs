//! A C++ header over the C header: namespaces, references, views, status as a value or as exceptions.

use super::File;
use super::c::{self, NAMESPACE};
use super::c_names::{namespace_fault, plain};
use super::c_page::Page;
use super::c_types::Types;
use super::cpp_routine::{self, Returned, Wrapper};
use super::signature;
use super::words;
use crate::error::Unsupported;
use cmp_bridge_contract::model::{Contract, Routine, TypeKind, Use};
use std::collections::BTreeSet;

/// What all headers have in common.
const COMMON: &str = include_str!("cmp_bridge.hpp");

/// Prints `<component>.hpp` and the C header that it stands on.
pub(crate) fn print(contract: &Contract, routines: &[&Routine]) -> Result<Vec<File>, Vec<Unsupported>> {
    let mut files = c::print(contract, routines)?;
    let types = Types::new(contract, routines)?;
    let component = plain(&contract.component.name);
    let (mut page, mut faults) = (Page::default(), Vec::new());
    let mut taken = used(&types);
    let symbols: Vec<&str> = routines.iter().map(|routine| routine.symbol.as_str()).collect();
    if taken.contains(&component) || routines.iter().any(|routine| routine.symbol == component) {
        let reason = "a type or a symbol has the namespace's name; rename the component".to_string();
        return Err(vec![c::of_component(routines, &component, reason)]);
    }
    if let Some(reason) = namespace_fault(&component) {
        return Err(vec![c::of_component(routines, &component, reason)]);
    }
    head(contract, &component, &symbols, &mut page);
    page.line(&format!("namespace {component} {{"));
    page.gap();
    names(&types, &mut page);
    let mut throwing = Page::default();
    for routine in routines {
        let result = wrapper(&types, routine, &mut taken, &mut page, &mut throwing);
        result.unwrap_or_else(|fault| faults.push(fault));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let throwing = throwing.finish();
    if !throwing.is_empty() {
        page.line("#ifdef CMP_BRIDGE_EXCEPTIONS");
        page.comment(&[
            "The same routines: an error is thrown as cmp_bridge::error, a warning is returned.".into()
        ]);
        page.line("namespace throwing {");
        page.gap();
        page.lines(throwing.trim_end());
        page.gap();
        page.lines("}\n#endif");
        page.gap();
    }
    page.lines("}\n\n#endif");
    files.insert(0, File { name: format!("{component}.hpp"), text: page.finish() });
    files.push(File { name: "cmp_bridge.hpp".into(), text: COMMON.into() });
    Ok(files)
}

fn head(contract: &Contract, component: &str, symbols: &[&str], page: &mut Page) {
    let guard = format!("{}_HPP", component.to_ascii_uppercase());
    page.line(&format!("/* {} */", words::what(contract)));
    page.comment(&[format!(
        "The routines of `{}`, written in {}, for callers in C++98 and later. From its contract; do not change by hand.",
        contract.component.name, contract.component.language
    )]);
    let upper = component.to_ascii_uppercase();
    page.lines(&format!("#ifndef {guard}\n#define {guard}\n"));
    page.gap();
    page.comment(
        &["Who wants the symbols at file scope, too, includes the C header before this one.".into()],
    );
    page.lines(&format!(
        "#ifndef {upper}_H\n#define {upper}_IN_NAMESPACE\n#endif\n#include \"{component}.h\"\n#include \"cmp_bridge.hpp\""
    ));
    page.gap();
    page.lines(&format!("#ifndef {upper}_IN_NAMESPACE\nnamespace {component} {{\nnamespace {NAMESPACE} {{"));
    symbols.iter().for_each(|symbol| page.line(&format!("using ::{symbol};")));
    page.lines("}\n}\n#endif");
    page.gap();
}

/// The names that types and enumeration values have in the namespace, and those that C++ code needs there.
fn used(types: &Types) -> BTreeSet<String> {
    let mut taken = BTreeSet::from(["throwing".to_string(), NAMESPACE.to_string()]);
    for def in types.definitions() {
        taken.insert(types.names.ty(&def.name));
        if let TypeKind::Enum { values, .. } = &def.kind {
            taken.extend(values.iter().map(|(value, _)| types.names.value(&def.name, value)));
        }
    }
    taken
}

/// Types and enumeration values, by their names in the namespace.
fn names(types: &Types, page: &mut Page) {
    for def in types.definitions() {
        page.line(&format!("using ::{};", types.names.ty(&def.name)));
        if let TypeKind::Enum { values, .. } = &def.kind {
            // The larger ones are macros, and have no namespace.
            for (value, _) in values.iter().filter(|(_, value)| i32::try_from(*value).is_ok()) {
                page.line(&format!("using ::{};", types.names.value(&def.name, value)));
            }
        }
    }
    page.gap();
}

fn wrapper(
    types: &Types,
    routine: &Routine,
    taken: &mut BTreeSet<String>,
    page: &mut Page,
    throwing: &mut Page,
) -> Result<(), Unsupported> {
    let mut name = plain(&routine.name);
    while !taken.insert(name.clone()) {
        name.push('_');
    }
    let signature = signature::of(types.contract, routine)?;
    if routine.varargs {
        page.comment(&[format!("{}: takes variable arguments, as in C.", routine.name)]);
        page.line(&format!("using {NAMESPACE}::{};", routine.symbol));
        page.gap();
        return Ok(());
    }
    let wrapper = cpp_routine::analyse(types, &signature, name).map_err(|(part, reason)| Unsupported {
        routine: routine.name.clone(),
        part,
        reason,
    })?;
    describe(types, &wrapper, page);
    function(types, &wrapper, page);
    if wrapper.status.is_some() || matches!(wrapper.answer, Returned::Status) {
        thrower(types, &wrapper, throwing);
    } else {
        throwing.line(&format!("using {}::{};", types.prefix, wrapper.name));
    }
    Ok(())
}

fn describe(types: &Types, wrapper: &Wrapper, page: &mut Page) {
    let routine = wrapper.routine;
    let source = routine.source.as_ref().map_or(String::new(), |source| format!(": {source}"));
    let mut text = vec![format!("{}{source}", routine.name), String::new()];
    let shown = routine.params.iter().filter_map(|param| {
        let id = if param.name == "this" { "self".to_string() } else { types.names.param(&param.name) };
        wrapper.names.contains(&id).then_some((id, param))
    });
    let shown: Vec<_> = shown.collect();
    let width = shown.iter().map(|(id, _)| id.len()).max().unwrap_or(0);
    for (id, param) in shown {
        text.push(format!("    {id:width$}  {}", words::param(param)));
    }
    if let Some(returns) = routine.returns.as_ref().filter(|returns| returns.usage != Use::Ignored) {
        text.push(format!("    returns {}", words::returns(returns)));
    }
    if let Some(rule) = &routine.status {
        text.push(String::new());
        text.push(format!("Status: {}.", words::status(rule)));
    }
    text.push(String::new());
    text.push(words::remarks(routine).join(" "));
    page.comment(&text);
}

/// A name for a variable of ours that no parameter and no variable of the wrapper has.
fn own(wrapper: &Wrapper, wanted: &str) -> String {
    let mut name = wanted.to_string();
    while wrapper.routine.params.iter().any(|param| plain(&param.name) == name) {
        name.push('_');
    }
    name
}

/// What the wrapper returns, and the answer as a parameter where the status is returned.
fn returned(wrapper: &Wrapper) -> (String, Option<String>) {
    let status = wrapper.status.is_some();
    let id = own(wrapper, "answer");
    match &wrapper.answer {
        Returned::Status => ("cmp_bridge::status".into(), None),
        Returned::Nothing if status => ("cmp_bridge::status".into(), None),
        Returned::Nothing => ("void".into(), None),
        Returned::Value { ty, .. } if status => ("cmp_bridge::status".into(), Some(format!("{ty} &{id}"))),
        Returned::Address { ty } if status => ("cmp_bridge::status".into(), Some(format!("{ty} *&{id}"))),
        Returned::Value { ty, .. } => (ty.clone(), None),
        Returned::Address { ty } => (format!("{ty} *"), None),
    }
}

fn function(types: &Types, wrapper: &Wrapper, page: &mut Page) {
    let (ty, answer) = returned(wrapper);
    let mut params = wrapper.params.clone();
    params.extend(answer.clone());
    let nodiscard = if ty == "cmp_bridge::status" { "CMP_BRIDGE_NODISCARD " } else { "" };
    let space = if ty.ends_with('&') || ty.ends_with('*') { "" } else { " " };
    page.list(&format!("{nodiscard}inline {ty}{space}{}(", wrapper.name), &params, ")");
    page.open("{");
    wrapper.before.iter().for_each(|line| page.line(line));
    let (code, id) = (own(wrapper, "code"), own(wrapper, "answer"));
    let call = |head: &str, tail: &str| {
        (format!("{head}{NAMESPACE}::{}(", wrapper.routine.symbol), format!("){tail};"))
    };
    let (head, tail) = match (&wrapper.answer, &answer) {
        (Returned::Nothing, _) => call("", ""),
        (Returned::Status, _) => call(&format!("const cmp_i64 {code} = static_cast<cmp_i64>("), ")"),
        (Returned::Value { complex: true, .. }, None) => call("return cmp_bridge::lift(", ")"),
        (Returned::Value { complex: true, .. }, Some(_)) => call(&format!("{id} = cmp_bridge::lift("), ")"),
        (Returned::Value { .. } | Returned::Address { .. }, Some(_)) => call(&format!("{id} = "), ""),
        (Returned::Value { .. } | Returned::Address { .. }, None) => call("return ", ""),
    };
    page.list(&head, &wrapper.passed, &tail);
    if ty == "cmp_bridge::status" {
        if let Some(id) = &wrapper.status {
            page.line(&format!("const cmp_i64 {code} = static_cast<cmp_i64>({id});"));
        }
        outcome(types, wrapper, &code, page);
    }
    page.close("}");
    page.gap();
}

/// What a code means.
fn outcome(types: &Types, wrapper: &Wrapper, code: &str, page: &mut Page) {
    let prefix = format!("{}_{}", types.prefix, wrapper.routine.name).to_ascii_uppercase();
    let warns = wrapper.routine.status.as_ref().is_some_and(|rule| rule.warning.is_some());
    let warning = if warns { format!("{prefix}_WARNING({code})") } else { "false".to_string() };
    page.list(
        "return cmp_bridge::status(",
        &[code.to_string(), format!("{prefix}_OK({code})"), warning],
        ");",
    );
}

/// The same with exceptions: the answer is returned, and a warning kept where the caller asks.
fn thrower(types: &Types, wrapper: &Wrapper, page: &mut Page) {
    let (_, answer) = returned(wrapper);
    let full = format!("{}::{}", types.prefix, wrapper.name);
    let mut params = wrapper.params.clone();
    let mut names = wrapper.names.clone();
    let (ty, body) = match (&wrapper.answer, answer) {
        (Returned::Value { ty, .. }, Some(_)) => (ty.clone(), true),
        (Returned::Address { ty }, Some(_)) => (format!("{ty} *"), true),
        _ => ("cmp_bridge::status".to_string(), false),
    };
    let [answer, warning, ended] = ["answer", "warning", "ended"].map(|wanted| own(wrapper, wanted));
    if body {
        params.push(format!("cmp_bridge::status *{warning} = 0"));
        names.push(answer.clone());
    }
    let space = if ty.ends_with('*') { "" } else { " " };
    page.list(&format!("inline {ty}{space}{}(", wrapper.name), &params, ")");
    page.open("{");
    if !body {
        page.list(&format!("return cmp_bridge::checked(\"{full}\", {full}("), &names, "));");
    } else {
        page.line(&format!("{ty}{space}{answer};"));
        page.list(
            &format!("const cmp_bridge::status {ended} = cmp_bridge::checked(\"{full}\", {full}("),
            &names,
            "));",
        );
        page.lines(&format!("if ({warning} != 0)\n    *{warning} = {ended};\nreturn {answer};"));
    }
    page.close("}");
    page.gap();
}
