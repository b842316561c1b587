//! The C89 side of the Fortran 77 bindings: an entry by reference for each routine that Fortran 77 cannot call as it is, and
//! the spelling of its symbol that is missing.

use super::fortran::{self, fault, identifier, is_text, record, stem};
use super::fortran77_callback::declared;
use super::fortran77_steps::{self as steps, Scope, Step, c_scalar, f_scalar, record_words};
use super::words;
use crate::error::Unsupported;
use cmp_bridge_contract::model::{By, Contract, Language, Routine, Type, TypeKind};
use std::collections::BTreeSet;

/// How the answer comes back to a Fortran 77 caller.
#[derive(Debug)]
pub(crate) enum Answer {
    /// A subroutine.
    None,
    /// A function: Fortran type, C type, and whether it needs no step.
    Function { fortran: String, c: String, direct: bool },
    /// A CHARACTER function of a Fortran routine, of a length that the contract knows or the caller says.
    Text(String),
    /// A last argument that is written: a record.
    Record { type_name: String, size: u64, c: Option<String> },
    /// A last argument that is written: text that the routine returns the address of.
    Cstr,
}

/// A routine as a Fortran 77 program calls it.
pub(crate) struct Entry<'a> {
    pub routine: &'a Routine,
    /// Its Fortran name.
    pub name: String,
    /// Its name for compilers that append no underscore, where that is another one; empty if it has none.
    pub plain_name: Option<String>,
    /// The symbols that the adapter defines.
    pub symbols: Vec<String>,
    pub steps: Vec<Step>,
    pub answer: Answer,
    /// The name of the argument that the answer is written to.
    pub result: String,
    result_length: String,
    /// Definitions of records by value that it needs.
    pub definitions: Vec<String>,
    /// The text that comes back is memory of C's, which its receiver gives back.
    pub releases: bool,
}

/// The entries of the routines.
pub(crate) fn entries<'a>(
    contract: &'a Contract,
    routines: &[&'a Routine],
) -> Result<Vec<Entry<'a>>, Vec<Unsupported>> {
    let mut faults = Vec::new();
    let mut taken: BTreeSet<String> =
        contract.routines.iter().map(|routine| routine.symbol.clone()).collect();
    let none = none_block(contract);
    taken.extend([format!("{none}_"), none]);
    let mut names = fortran::Names::default();
    let mut list = Vec::new();
    for routine in routines {
        match entry(contract, routine, &mut taken) {
            Err(more) => faults.extend(more),
            Ok(entry) => {
                let both = [Some(&entry.name), entry.plain_name.as_ref()];
                faults.extend(
                    both.into_iter()
                        .flatten()
                        .filter(|name| !name.is_empty())
                        .filter_map(|name| name_fault(routine, name, &mut names)),
                );
                list.push(entry);
            }
        }
    }
    if faults.is_empty() { Ok(list) } else { Err(faults) }
}

/// The COMMON block whose address stands for no argument; no symbol of the component's has its name.
pub(crate) fn none_block(contract: &Contract) -> String {
    let mut name = format!("{}_none", identifier(&contract.component.name));
    let routines = contract.routines.iter().map(|routine| &routine.symbol);
    let symbols: BTreeSet<&str> =
        routines.chain(contract.state.iter().map(|area| &area.symbol)).map(String::as_str).collect();
    while symbols.contains(name.as_str()) || symbols.contains(format!("{name}_").as_str()) {
        name.push_str("_v");
    }
    name
}

/// Why a name cannot be the routine's.
fn name_fault(routine: &Routine, name: &str, names: &mut fortran::Names) -> Option<Unsupported> {
    if name.len() > super::fortran77::LONGEST_NAME {
        let reason = format!(
            "`{name}` has {} characters, and compilers of Fortran 77 tell {} apart; {}",
            name.len(),
            super::fortran77::LONGEST_NAME,
            fortran::shorten(routine, routine.symbol.starts_with(|c: char| c.is_ascii_alphabetic()))
        );
        return Some(fault(routine, "its name", reason));
    }
    if !names.claim(name) {
        let reason =
            format!("another routine is `{name}` in Fortran, which does not tell case; rename one of them");
        return Some(fault(routine, "its name", reason));
    }
    None
}

fn entry<'a>(
    contract: &'a Contract,
    routine: &'a Routine,
    taken: &mut BTreeSet<String>,
) -> Result<Entry<'a>, Vec<Unsupported>> {
    let mut faults = fortran::refusals(routine);
    let mut scope = Scope::of(contract, routine);
    let mut made = Vec::new();
    for i in 0..routine.params.len() {
        match steps::step(&mut scope, i) {
            Ok(step) => made.push(step),
            Err(fault) => faults.push(fault),
        }
    }
    let answer = answer(contract, routine).map_err(|reason| fault(routine, "the returned value", reason));
    let c_name = |symbol: &str| {
        symbol.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && !symbol.starts_with(|c: char| c.is_ascii_digit())
    };
    if !c_name(&routine.symbol) {
        faults.push(fault(routine, "its symbol", format!("C cannot write `{}`", routine.symbol)));
    }
    let answer = match (answer, faults.is_empty()) {
        (Ok(answer), true) => answer,
        (Err(fault), _) => {
            faults.push(fault);
            return Err(faults);
        }
        (Ok(_), false) => return Err(faults),
    };
    // Fortran's own routines take a null address for an absent argument; others get it from the adapter.
    let own = stem(&routine.symbol).is_some();
    let direct = made.iter().all(|step| step.direct && (own || step.none.is_none()))
        && matches!(answer, Answer::None | Answer::Text(_) | Answer::Function { direct: true, .. });
    let (name, plain_name, symbols) = spellings(contract, routine, direct, taken);
    taken.extend(symbols.iter().cloned());
    made.iter_mut().for_each(|step| absent_by_variable(&none_block(contract), direct, step));
    let (result, result_length) = (scope.take("result"), scope.take("result_length"));
    let definitions =
        definitions(contract, routine, &answer).map_err(|reason| vec![fault(routine, "a record", reason)])?;
    let releases = matches!(answer, Answer::Cstr)
        && fortran::release(contract, routine).is_some_and(|symbol| symbol == "free");
    Ok(Entry {
        routine,
        name,
        plain_name,
        symbols,
        steps: made,
        answer,
        result,
        result_length,
        definitions,
        releases,
    })
}

/// The address of the variable for none becomes no address. Where nothing stands between, only an extension passes that.
fn absent_by_variable(block: &str, direct: bool, step: &mut Step) {
    let Some(none) = step.none.clone() else { return };
    if direct {
        step.none = None;
        step.caller.iter_mut().for_each(|row| row.2 = row.2.replace(&none, "%VAL(0)"));
        return;
    }
    let Some((_, name)) = step.entry.first() else { return };
    let test = format!("if ((void *){name} == {block}_ || (void *){name} == {block})");
    let set = format!("    {name} = 0;");
    step.before.splice(0..0, [test, set]);
}

/// The name that Fortran 77, which knows global names only, calls a routine by: its symbol's, if people can read that.
/// A mangled one is replaced by the contract's name, with the component's before it where that is not too long.
fn called(contract: &Contract, routine: &Routine) -> String {
    let symbol = routine.symbol.trim_end_matches('_');
    if symbol.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return symbol.to_ascii_lowercase();
    }
    let (component, name) = (identifier(&contract.component.name), identifier(&routine.name));
    let long = format!("{component}_{name}");
    if name.starts_with(&format!("{component}_")) || long.len() > super::fortran77::LONGEST_NAME {
        name
    } else {
        long
    }
}

/// The Fortran name of a routine, that for compilers that append nothing if it is another, and the symbols to define.
fn spellings(
    contract: &Contract,
    routine: &Routine,
    direct: bool,
    taken: &BTreeSet<String>,
) -> (String, Option<String>, Vec<String>) {
    let symbol = routine.symbol.as_str();
    let free = |name: &str| !taken.contains(name);
    if direct && let Some(stem) = stem(symbol) {
        let missing = if free(stem) { vec![stem.to_string()] } else { Vec::new() };
        return (stem.to_string(), None, missing);
    }
    if direct && stem(&format!("{symbol}_")).is_some() {
        let missing = format!("{symbol}_");
        return (symbol.to_string(), None, if free(&missing) { vec![missing] } else { Vec::new() });
    }
    let mut name = called(contract, routine);
    while !free(&format!("{name}_")) {
        name.push_str("_f");
    }
    let with_underscore = format!("{name}_");
    if free(&name) {
        return (name.clone(), None, vec![with_underscore, name]);
    }
    let mut plain = format!("{name}_f");
    while !free(&plain) {
        plain.push_str("_f");
    }
    if plain.len() > super::fortran77::LONGEST_NAME {
        return (name, Some(String::new()), vec![with_underscore]);
    }
    (name, Some(plain.clone()), vec![with_underscore, plain])
}

fn answer(contract: &Contract, routine: &Routine) -> Result<Answer, String> {
    let Some(returns) = &routine.returns else { return Ok(Answer::None) };
    match returns.by {
        By::Reference if returns.ty == Type::Cstr => return Ok(Answer::Cstr),
        By::Reference => {
            return Ok(Answer::Function { fortran: "INTEGER*8".into(), c: "void *".into(), direct: true });
        }
        By::Descriptor => return Err(fortran::returned_array(contract)),
        By::Value => (),
    }
    if contract.component.language == Language::Fortran && is_text(&returns.ty) && returns.ty != Type::Char {
        let size = contract.size_align(&returns.ty).map_or("(*)".to_string(), |(size, _)| size.to_string());
        return Ok(Answer::Text(format!("CHARACTER*{size}")));
    }
    match contract.scalar(&returns.ty) {
        Type::Bool => {
            Ok(Answer::Function { fortran: "LOGICAL*4".into(), c: "unsigned char".into(), direct: false })
        }
        Type::Char => Ok(Answer::Function { fortran: "CHARACTER*1".into(), c: "char".into(), direct: false }),
        scalar if c_scalar(contract, scalar).is_some() => Ok(Answer::Function {
            fortran: f_scalar(contract, scalar).unwrap_or_default(),
            c: c_scalar(contract, scalar).unwrap_or_default().into(),
            direct: true,
        }),
        ty => {
            let def = record(contract, ty).ok_or_else(|| format!("`{ty}` cannot be returned"))?;
            let in_memory = steps::returned_in_memory(contract, routine)?;
            let size = contract.size_align(ty).map_or(def.size, |(size, _)| size);
            let c = if in_memory { None } else { Some(steps::by_value(contract, ty)?.name) };
            Ok(Answer::Record { type_name: def.name.clone(), size, c })
        }
    }
}

/// The records by value that a routine and what it calls back need in C.
fn definitions(contract: &Contract, routine: &Routine, answer: &Answer) -> Result<Vec<String>, String> {
    let mut list = Vec::new();
    let mut add = |ty: &Type| -> Result<(), String> {
        if record(contract, ty).is_some() {
            let definition = steps::by_value(contract, ty)?.definition;
            if !list.contains(&definition) {
                list.push(definition);
            }
        }
        Ok(())
    };
    for param in routine.params.iter().filter(|param| param.by == By::Value) {
        add(&param.ty)?;
        if let Some(TypeKind::Function { params, .. }) =
            fortran::callback(contract, &param.ty).map(|def| &def.kind)
        {
            for param in params.iter().filter(|param| param.by == By::Value) {
                add(&param.ty)?;
            }
        }
    }
    if let (Answer::Record { c: Some(_), .. }, Some(returns)) = (answer, &routine.returns) {
        add(&returns.ty)?;
    }
    Ok(list)
}

impl Entry<'_> {
    /// The routine's prototype.
    fn prototype(&self) -> String {
        let mut types = Vec::new();
        let returns = match &self.answer {
            Answer::None => "void".to_string(),
            Answer::Function { c, .. } => c.clone(),
            Answer::Text(_) => {
                types.extend(["char *".to_string(), "size_t".to_string()]);
                "void".into()
            }
            Answer::Record { c: Some(c), .. } => c.clone(),
            Answer::Record { c: None, .. } => {
                types.push("void *".into());
                "void".into()
            }
            Answer::Cstr => "char *".into(),
        };
        types.extend(self.steps.iter().map(|step| step.c.clone()));
        types.extend(self.steps.iter().filter(|step| step.passes_length).map(|_| "size_t".to_string()));
        let list = if types.is_empty() { "void".to_string() } else { types.join(", ") };
        format!("extern {}({list});", declared(&returns, &self.routine.symbol))
    }

    /// The parameters of the entry, in order: declarations and names.
    fn parameters(&self) -> Vec<(String, String)> {
        let mut list = Vec::new();
        let length = |name: &String| (declared("cmp_bridge_length", name), name.clone());
        let hidden_result = self.text_result();
        if hidden_result {
            list.push((declared("char *", &self.result), self.result.clone()));
            list.push(length(&self.result_length));
        }
        for (c, name) in self.steps.iter().flat_map(|step| &step.entry) {
            list.push((declared(c, name), name.clone()));
        }
        match &self.answer {
            Answer::Record { .. } => list.push((declared("void *", &self.result), self.result.clone())),
            Answer::Cstr => list.push((declared("char *", &self.result), self.result.clone())),
            _ => (),
        }
        list.extend(self.steps.iter().filter_map(|step| step.length.as_ref()).map(length));
        if matches!(self.answer, Answer::Cstr) {
            list.push(length(&self.result_length));
        }
        list
    }

    /// It is a CHARACTER function.
    fn text_result(&self) -> bool {
        matches!(self.answer, Answer::Text(_))
            || matches!(&self.answer, Answer::Function { c, .. } if c == "char")
    }

    /// The type that the entry returns.
    fn entry_type(&self) -> &str {
        match &self.answer {
            Answer::Function { c, .. } if c == "char" => "void",
            Answer::Function { direct: false, .. } => "int",
            Answer::Function { c, .. } => c,
            _ => "void",
        }
    }

    /// The call of the routine.
    fn call(&self) -> String {
        let mut arguments = Vec::new();
        match &self.answer {
            Answer::Text(_) => {
                arguments.extend([self.result.clone(), format!("(size_t){}", self.result_length)])
            }
            Answer::Record { c: None, .. } => arguments.push(self.result.clone()),
            _ => (),
        }
        arguments.extend(self.steps.iter().map(|step| step.argument.clone()));
        let passed = self.steps.iter().filter(|step| step.passes_length);
        arguments
            .extend(passed.filter_map(|step| step.length.as_ref()).map(|length| format!("(size_t){length}")));
        format!("{}({})", self.routine.symbol, arguments.join(", "))
    }

    /// The C text of the entry. Nothing if every spelling is there already.
    pub fn print(&self, out: &mut String) {
        let Some((first, others)) = self.symbols.split_first() else { return };
        let mut line = |text: &str| {
            out.push_str(text);
            out.push('\n');
        };
        line(&format!("/* {} */", self.name.to_ascii_uppercase()));
        line(&self.prototype());
        line("");
        self.steps.iter().flat_map(|step| &step.above).for_each(|above| line(above));
        let parameters = self.parameters();
        let head = |symbol: &str| {
            let list: Vec<&str> = parameters.iter().map(|(declared, _)| declared.as_str()).collect();
            let list = if list.is_empty() { "void".to_string() } else { list.join(", ") };
            format!("{}({list})", declared(self.entry_type(), symbol))
        };
        line(&format!("{}\n{{", head(first)));
        self.body().iter().for_each(|text| line(&format!("    {text}")));
        line("}\n");
        for other in others {
            let names: Vec<&str> = parameters.iter().map(|(_, name)| name.as_str()).collect();
            let call = format!("{first}({});", names.join(", "));
            let call = if self.entry_type() == "void" { call } else { format!("return {call}") };
            line(&format!("{}\n{{\n    {call}\n}}\n", head(other)));
        }
    }

    /// The statements of the entry.
    fn body(&self) -> Vec<String> {
        let mut lines: Vec<String> = self.steps.iter().flat_map(|step| step.locals.clone()).collect();
        let after: Vec<&String> = self.steps.iter().flat_map(|step| &step.after).collect();
        let call = self.call();
        let kept = match &self.answer {
            Answer::Function { direct: true, c, .. } if !after.is_empty() => Some(c.clone()),
            Answer::Function { direct: false, c, .. } => Some(c.clone()),
            Answer::Record { c: Some(c), .. } => Some(c.clone()),
            Answer::Cstr => Some("char *".to_string()),
            _ => None,
        };
        lines.extend(kept.iter().map(|c| format!("{};", declared(c, "answer"))));
        let lengths = self.steps.iter().filter_map(|step| step.length.as_ref());
        for length in lengths {
            let read = |lines: &[String]| lines.iter().any(|text| text.contains(length.as_str()));
            let used = call.contains(length.as_str())
                || self.steps.iter().any(|step| read(&step.before) || read(&step.after));
            if !used {
                lines.push(format!("(void){length};"));
            }
        }
        lines.extend(self.steps.iter().flat_map(|step| step.before.clone()));
        lines.push(match (&kept, &self.answer) {
            (Some(_), _) => format!("answer = {call};"),
            (None, Answer::Function { .. }) => format!("return {call};"),
            (None, _) => format!("{call};"),
        });
        // The answer may lie in a text that is given back next.
        if matches!(self.answer, Answer::Cstr) {
            lines.push(format!("cmp_bridge_returned({}, {}, answer);", self.result, self.result_length));
        }
        lines.extend(after.into_iter().cloned());
        match &self.answer {
            Answer::Function { c, .. } if c == "char" => {
                lines.push(format!(
                    "cmp_bridge_blank_padded({}, {}, &answer, 1, ' ');",
                    self.result, self.result_length
                ));
            }
            Answer::Function { direct: false, .. } => {
                lines.push("return answer ? CMP_BRIDGE_TRUE : 0;".into())
            }
            Answer::Function { .. } if kept.is_some() => lines.push("return answer;".into()),
            Answer::Record { c: Some(_), size, .. } => {
                lines.push(format!("memcpy({}, &answer, {size});", self.result));
            }
            Answer::Cstr if self.releases => lines.push("free(answer);".into()),
            _ => (),
        }
        lines
    }

    /// What the answer is called in the include file's comment.
    pub fn result_row(&self) -> Option<(String, String, String)> {
        match &self.answer {
            Answer::Record { type_name, size, .. } => {
                Some((self.result.clone(), record_words(type_name, *size), "out, the answer".into()))
            }
            Answer::Cstr => Some((
                self.result.clone(),
                "CHARACTER*(*)".into(),
                "out, the answer; blank if there is none".into(),
            )),
            _ => None,
        }
    }
}

/// The file of the adapter.
pub(crate) fn print(contract: &Contract, entries: &[Entry]) -> String {
    let component = identifier(&contract.component.name);
    let mut body = String::new();
    let mut definitions: Vec<&String> = Vec::new();
    for entry in entries {
        for definition in entry.definitions.iter().filter(|_| !entry.symbols.is_empty()) {
            if !definitions.contains(&definition) {
                definitions.push(definition);
            }
        }
        entry.print(&mut body);
    }
    let mut text = HEAD.replace("COMPONENT", &component).replace("WHAT", &words::what(contract));
    let mut types = String::new();
    for (name, definition) in TYPES {
        if body.contains(name) || *name == "cmp_bridge_length" {
            types.push_str(definition);
        }
    }
    for rank in 1..=7 {
        if body.contains(&format!("cmp_bridge_array{rank}")) {
            types.push_str(&ARRAY.replace("RANK", &rank.to_string()));
        }
    }
    let none = none_block(contract);
    if body.contains(&format!("(void *){none}")) || body.contains(&format!("== {none})")) {
        let upper = none.to_ascii_uppercase();
        types.push_str(&format!(
            "\n/* COMMON /{upper}/: who passes a variable of it passes nothing. */\ndouble {none}_[2], {none}[2];\n"
        ));
    }
    for definition in definitions {
        types.push_str(definition);
        types.push('\n');
    }
    text.push_str(&types);
    for (names, helper) in HELPERS {
        if names.iter().any(|name| body.contains(&format!("{name}("))) {
            text.push('\n');
            text.push_str(helper);
        }
    }
    text.push('\n');
    text.push_str(&body);
    while text.ends_with("\n\n") {
        text.pop();
    }
    text
}

const HEAD: &str = include_str!("fortran/head.c");
const ARRAY: &str = "
/* An array of RANK dimensions as gfortran 8 and later describes it. */
typedef struct {
    void *data;
    long offset;
    size_t element;
    int version;
    signed char rank, type;
    short attribute;
    long span;
    struct { long stride, first, last; } dim[RANK];
} cmp_bridge_arrayRANK;
";

/// Types of the adapter, printed where they are used.
const TYPES: &[(&str, &str)] = &[
    ("cmp_bridge_code", "typedef void (*cmp_bridge_code)(void);\n"),
    ("cmp_bridge_complex8", "typedef struct { float re, im; } cmp_bridge_complex8;\n"),
    ("cmp_bridge_complex16", "typedef struct { double re, im; } cmp_bridge_complex16;\n"),
    (
        "cmp_bridge_complex20",
        "#ifndef __GNUC__\n#error \"complex long double: gcc only\"\n#endif\n\
         __extension__ typedef long double __complex__ cmp_bridge_complex20;\n",
    ),
    ("cmp_bridge_fat", "typedef struct { void *data, *bounds; } cmp_bridge_fat;\n"),
];

/// Routines of the adapter, printed where they are used.
const HELPERS: &[(&[&str], &str)] = &[
    (&["cmp_bridge_text", "cmp_bridge_text_or_none", "cmp_bridge_room"], include_str!("fortran/room.c")),
    (&["cmp_bridge_text", "cmp_bridge_text_or_none"], include_str!("fortran/text.c")),
    (&["cmp_bridge_text_or_none"], include_str!("fortran/none.c")),
    (&["cmp_bridge_padded"], include_str!("fortran/padded.c")),
    (&["cmp_bridge_blank_padded", "cmp_bridge_returned"], include_str!("fortran/blank.c")),
    (&["cmp_bridge_returned"], include_str!("fortran/returned.c")),
    (&["cmp_bridge_outside"], include_str!("fortran/outside.c")),
];
