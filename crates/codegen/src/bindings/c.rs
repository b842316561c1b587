//! A C header: C89 and later, and C++ within `extern "C"`.

use super::File;
use super::c_names::{header_fault, is_identifier, plain};
use super::c_page::Page;
use super::c_types::{self, Types, constant, innermost, rank};
use super::signature::{self, Answer, Arg, Signature};
use super::words;
use crate::error::Unsupported;
use cmp_bridge_contract::model::{
    By, Condition, Contract, Exceptions, Language, Returns, Routine, StateKind, Status, Type, Use,
};
use std::collections::BTreeSet;

/// What all headers have in common.
const COMMON: &str = include_str!("cmp_bridge.h");

/// The namespace, in that of the component, where the C++ header has the symbols declared: at file scope, a call by the
/// wrapper's name alone would find both.
pub(crate) const NAMESPACE: &str = "extern_c";

/// Prints `<component>.h`, and `cmp_bridge.h` beside it.
pub(crate) fn print(contract: &Contract, routines: &[&Routine]) -> Result<Vec<File>, Vec<Unsupported>> {
    let types = Types::new(contract, routines)?;
    let mut faults = Vec::new();
    let mut signatures = Vec::new();
    for routine in routines {
        match signature(&types, routine) {
            Ok(signature) => signatures.push(signature),
            Err(fault) => faults.push(fault),
        }
    }
    let component = plain(&contract.component.name);
    if let Some(reason) = header_fault(&component) {
        return Err(vec![of_component(routines, &component, reason)]);
    }
    let mut page = Page::default();
    head(contract, &component, &mut page);
    if let Err((name, reason)) = c_types::print(&types, &mut page) {
        let routine = routines.first().map_or(String::new(), |routine| routine.name.clone());
        faults.push(Unsupported { routine, part: format!("type `{name}`"), reason });
    }
    bounds(&types, routines, &mut page).unwrap_or_else(|fault| faults.push(fault));
    let (upper, inner) =
        (component.to_ascii_uppercase(), format!("{component} {{\nnamespace {NAMESPACE} {{"));
    page.lines(&format!("#ifdef {upper}_IN_NAMESPACE\nnamespace {inner}\n#endif"));
    page.gap();
    for signature in &signatures {
        declare(&types, signature, &mut page).unwrap_or_else(|fault| faults.push(fault));
    }
    state(&types, routines, &mut page).unwrap_or_else(|fault| faults.push(fault));
    if !faults.is_empty() {
        return Err(faults);
    }
    page.lines(&format!("#ifdef {upper}_IN_NAMESPACE\n}}\n}}\n#endif"));
    page.gap();
    page.lines("#ifdef __cplusplus\n}\n#endif\n\n#endif");
    let header = File { name: format!("{component}.h"), text: page.finish() };
    Ok(vec![header, File { name: "cmp_bridge.h".into(), text: COMMON.into() }])
}

/// What is wrong with the component itself, not with one routine.
pub(crate) fn of_component(routines: &[&Routine], component: &str, reason: String) -> Unsupported {
    let routine = routines.first().map_or(String::new(), |routine| routine.name.clone());
    Unsupported { routine, part: format!("component `{component}`"), reason }
}

/// The signature, and what C cannot say of it.
fn signature<'a>(types: &Types<'a>, routine: &'a Routine) -> Result<Signature<'a>, Unsupported> {
    let fault = |part: String, reason: String| Unsupported { routine: routine.name.clone(), part, reason };
    if !is_identifier(&routine.symbol) {
        let reason =
            format!("`{}` is no name that C can call: export the routine under another", routine.symbol);
        return Err(fault("its symbol".into(), reason));
    }
    for param in routine.params.iter().filter(|param| param.by == By::Value) {
        let part = format!("parameter `{}`", param.name);
        types.by_value(&param.ty).map_err(|reason| fault(part, reason))?;
    }
    if let Some(returns) = routine.returns.as_ref().filter(|returns| returns.by == By::Value) {
        types.by_value(&returns.ty).map_err(|reason| fault("the returned value".into(), reason))?;
    }
    signature::of(types.contract, routine)
}

fn head(contract: &Contract, component: &str, page: &mut Page) {
    let (what, guard) = (words::what(contract), format!("{}_H", component.to_ascii_uppercase()));
    page.line(&format!("/* {what} */"));
    page.comment(&[format!(
        "The routines of `{}`, written in {}, for callers in C (C89 and later) and C++. From its contract; \
         do not change by hand.",
        contract.component.name, contract.component.language
    )]);
    page.lines(&format!("#ifndef {guard}\n#define {guard}\n\n#include \"cmp_bridge.h\""));
    page.gap();
    page.line(&format!("static const char {component}_what[] CMP_KEPT ="));
    page.line(&format!("    \"{what}\";"));
    page.gap();
    page.lines("#ifdef __cplusplus\nextern \"C\" {\n#endif");
    page.gap();
}

/// The records that stand for arrays with their bounds.
fn bounds(types: &Types, routines: &[&Routine], page: &mut Page) -> Result<(), Unsupported> {
    let ada = types.contract.component.language == Language::Ada;
    let (mut seen, mut ranks, mut indices) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for routine in routines {
        let fault =
            |part: &str, reason| Unsupported { routine: routine.name.clone(), part: part.into(), reason };
        let params =
            routine.params.iter().filter(|p| p.by == By::Descriptor).map(|p| (p.name.as_str(), &p.ty));
        let returns =
            routine.returns.iter().filter(|r| r.by == By::Descriptor).map(|r| ("the answer", &r.ty));
        for (part, ty) in params.chain(returns) {
            if !ada {
                ranks.insert(rank(ty));
                continue;
            }
            let name = types.fat_pointer(ty).map_err(|reason| fault(part, reason))?;
            let Some((element, rank, index)) = signature::carried(ty).filter(|_| seen.insert(name.clone()))
            else {
                continue;
            };
            let word = Type::Int(index.size, index.signed);
            if indices.insert(word.to_string()) {
                let (base, _) = types.stored(&word).map_err(|reason| fault(part, reason))?;
                page.lines(&format!(
                    "#ifndef CMP_BOUNDS_{word}\n#define CMP_BOUNDS_{word}\n/* First and last index of a dimension; first > \
                     last: no element. */\ntypedef struct cmp_bounds_{word} {{ {base} first, last; }} cmp_bounds_{word};\n#endif"
                ));
                page.gap();
            }
            let (base, _) = types.stored(element).map_err(|reason| fault(part, reason))?;
            page.comment(&[format!("An Ada array with {rank} pair(s) of bounds, passed by value.")]);
            let star = if base.ends_with('*') { "*" } else { " *" };
            page.open(&format!("typedef struct {name} {{"));
            page.line(&format!("{base}{star}data;"));
            page.line(&format!("const cmp_bounds_{word} *bounds;"));
            page.close(&format!("}} {name};"));
            page.gap();
        }
    }
    ranks.into_iter().for_each(|rank| fortran_descriptor(rank, page));
    Ok(())
}

/// gfortran's array descriptor (GCC 8 and later).
fn fortran_descriptor(rank: u32, page: &mut Page) {
    page.lines(&format!("#ifndef CMP_ARRAY_{rank}\n#define CMP_ARRAY_{rank}"));
    page.comment(&[
        format!("A Fortran array of rank {rank} with its bounds, as gfortran 8 and later pass it."),
        "    data     the first element".into(),
        "    offset   what is added to the sum of index * stride to count from the first element".into(),
        "    span     bytes from one element to the next, like `elem_len`".into(),
        "    type     1 integer, 2 logical, 3 real, 4 complex, 5 derived, 6 character".into(),
        "    stride   elements from one index of the dimension to the next".into(),
    ]);
    page.lines(&format!(
        "typedef struct cmp_array_{rank} {{\n    void *data;\n    size_t offset;\n    size_t elem_len;\n    int version;\n    \
         signed char rank, type;\n    short attribute;\n    cmp_i64 span;\n    struct {{\n        cmp_i64 stride, lower, \
         upper;\n    }} dim[{rank}];\n}} cmp_array_{rank};"
    ));
    page.line(&format!(
        "CMP_LAYOUT(size_of_cmp_array_{rank}, sizeof(cmp_array_{rank}) == {});",
        40 + 24 * rank
    ));
    page.lines("#endif");
    page.gap();
}

/// One routine.
fn declare(types: &Types, signature: &Signature, page: &mut Page) -> Result<(), Unsupported> {
    let routine = signature.routine;
    let fault = |part: String, reason| Unsupported { routine: routine.name.clone(), part, reason };
    let mut list = Vec::new();
    for arg in &signature.args {
        let name = argument_name(types, routine, arg);
        list.push(match arg {
            Arg::Param(param) => types
                .param(param, &name, false)
                .map_err(|reason| fault(format!("parameter `{}`", param.name), reason))?,
            Arg::Length(..) | Arg::AnswerLength => format!("size_t {name}"),
            Arg::AnswerAddress(returns) if returns.by == By::Descriptor => {
                format!("cmp_array_{} *{name}", rank(&returns.ty))
            }
            Arg::AnswerAddress(returns) => types
                .address(innermost(&returns.ty), false, true, &name, false)
                .map_err(|reason| fault("the returned value".into(), reason))?,
        });
    }
    if routine.varargs {
        list.push("...".into());
    } else if list.is_empty() {
        list.push("void".into());
    }
    let answer = answer(types, signature).map_err(|reason| fault("the returned value".into(), reason))?;
    describe(types, signature, page);
    page.list(&format!("extern {answer}{}(", routine.symbol), &list, ");");
    let alias = format!("{}_{}", types.prefix, routine.name);
    if routine.symbol.starts_with("_Z") || routine.symbol.contains("__") {
        page.line(&format!("#define {alias} {}", routine.symbol));
    }
    if let Some(rule) = &routine.status {
        status(&alias.to_ascii_uppercase(), rule, page);
    }
    page.gap();
    Ok(())
}

/// A class that is not trivial for calls: written through a hidden address, which is also returned.
fn class_answer<'a>(signature: &Signature<'a>) -> Option<&'a Returns> {
    let returns = signature.routine.returns.as_ref()?;
    let class = matches!(returns.ty, Type::Named(_)) && returns.by == By::Value;
    (class && matches!(signature.answer, Answer::Written)).then_some(returns)
}

/// What stands before the routine's name.
fn answer(types: &Types, signature: &Signature) -> Result<String, String> {
    let spaced = |base: String| if base.ends_with('*') { base } else { base + " " };
    if let Some(returns) = class_answer(signature) {
        return types.address(&returns.ty, false, true, "", false);
    }
    Ok(match &signature.answer {
        Answer::Nothing | Answer::Written => "void ".into(),
        Answer::Value(returns) => spaced(types.stored(&returns.ty)?.0),
        Answer::Address(returns) => types.address(innermost(&returns.ty), false, true, "", false)?,
        Answer::FatPointer(returns) => spaced(types.fat_pointer(&returns.ty)?),
    })
}

/// The name of an argument, hidden ones included.
pub(crate) fn argument_name(types: &Types, routine: &Routine, arg: &Arg) -> String {
    let mut name = match arg {
        Arg::Param(param) => return types.names.param(&param.name),
        Arg::Length(param) => format!("{}_length", param.name),
        Arg::AnswerAddress(_) => "answer".to_string(),
        Arg::AnswerLength => "answer_length".to_string(),
    };
    while routine.params.iter().any(|param| types.names.param(&param.name) == name) {
        name.push('_');
    }
    name
}

/// The comment above a declaration.
fn describe(types: &Types, signature: &Signature, page: &mut Page) {
    let routine = signature.routine;
    let mut text = Vec::new();
    let source = routine.source.as_ref().map_or(String::new(), |source| format!(": {source}"));
    let at = routine.at.as_ref().map_or(String::new(), |at| format!(" ({at})"));
    text.push(format!("{}{source}{at}", routine.name));
    text.push(String::new());
    let names: Vec<String> = signature.args.iter().map(|arg| argument_name(types, routine, arg)).collect();
    let width = names.iter().map(String::len).max().unwrap_or(0);
    for (arg, name) in signature.args.iter().zip(&names) {
        let facts = match arg {
            Arg::Param(param) => words::param(param),
            Arg::Length(param) => format!("in, the number of characters of `{}`", param.name),
            Arg::AnswerAddress(returns) => format!("out, {}", words::returns(returns)),
            Arg::AnswerLength => match routine.returns.as_ref().map(|returns| &returns.ty) {
                Some(Type::Array(_, extent)) if constant(extent).is_some() => format!(
                    "in, the room for the answer: {}, whatever it says here",
                    constant(extent).unwrap_or(0)
                ),
                _ => "in, the room for the answer, which is padded with blanks".into(),
            },
        };
        text.push(format!("    {name:width$}  {facts}"));
    }
    if let (Answer::Value(returns) | Answer::Address(returns), true) =
        (&signature.answer, returns_matter(signature))
    {
        text.push(format!("    returns {}", words::returns(returns)));
    }
    if class_answer(signature).is_some() {
        text.push("    returns the address of the answer".into());
    }
    if let Answer::FatPointer(_) = signature.answer {
        text.push(
            "    returns the answer, on Ada's secondary stack: copy it before the next call of Ada".into(),
        );
    }
    if let Some(rule) = &routine.status {
        text.push(String::new());
        text.push(format!("Status: {}.", words::status(rule)));
    }
    text.push(String::new());
    text.push(words::remarks(routine).join(" "));
    if routine.exceptions == Exceptions::Possible {
        text.push("A C frame between it and who catches must be compiled with -fexceptions.".into());
    }
    page.comment(&text);
}

fn returns_matter(signature: &Signature) -> bool {
    signature.routine.returns.as_ref().is_some_and(|returns| returns.usage != Use::Ignored)
}

/// One macro a class of codes.
fn status(prefix: &str, rule: &Status, page: &mut Page) {
    page.line(&format!("#define {prefix}_OK(code) ((code) == {})", rule.ok));
    if let Some(set) = rule.warning {
        page.line(&format!("#define {prefix}_WARNING(code) ({})", test(set)));
    }
    let warned = if rule.warning.is_some() { format!(" && !{prefix}_WARNING(code)") } else { String::new() };
    page.line(&format!("#define {prefix}_ERROR(code) (!{prefix}_OK(code){warned})"));
}

/// A test of `code`.
fn test(set: Condition) -> String {
    match set {
        Condition::Less(n) => format!("(code) < {n}"),
        Condition::LessOrEqual(n) => format!("(code) <= {n}"),
        Condition::Greater(n) => format!("(code) > {n}"),
        Condition::GreaterOrEqual(n) => format!("(code) >= {n}"),
        Condition::Equal(n) => format!("(code) == {n}"),
        Condition::NotEqual(n) => format!("(code) != {n}"),
        Condition::Between(a, b) => format!("(code) >= {a} && (code) <= {b}"),
    }
}

/// Storage that a linker finds, where all routines see it alike.
fn state(types: &Types, routines: &[&Routine], page: &mut Page) -> Result<(), Unsupported> {
    let mut seen = BTreeSet::new();
    for routine in routines {
        for entry in &routine.state {
            let Some(area) =
                types.contract.state_area(&entry.area).filter(|area| seen.insert(area.name.as_str()))
            else {
                continue;
            };
            let part = format!("state `{}`", area.name);
            let views =
                routines.iter().flat_map(|routine| &routine.state).filter(|other| other.area == entry.area);
            let alike = views.clone().all(|other| other.view == entry.view);
            let linked =
                matches!(area.kind, StateKind::Common | StateKind::Global) && is_identifier(&area.symbol);
            if !linked || !alike {
                continue;
            }
            let fault = |reason| Unsupported { routine: routine.name.clone(), part, reason };
            let (base, dims) = types.stored(&entry.view).map_err(fault)?;
            let star = if base.ends_with('*') { "" } else { " " };
            page.comment(&[format!("State `{}`.", area.name)]);
            page.line(&format!("extern {base}{star}{}{dims};", area.symbol));
            page.gap();
        }
    }
    Ok(())
}
