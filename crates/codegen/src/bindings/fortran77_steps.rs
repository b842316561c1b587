//! Between a Fortran 77 caller, which passes addresses, and a routine: one step a parameter.

use super::fortran::{
    self, Names, callback, dimensions, ends_with_nul, fault, identifier, part, plain, record,
};
use super::fortran77_arrays as arrays;
use super::fortran77_callback as thunk;
use super::words;
use crate::error::Unsupported;
use cmp_bridge_contract::abi::{self, Place, ReturnPlace, Role, has_hidden_length};
use cmp_bridge_contract::model::{By, Contract, Extent, Language, Param, Routine, Type, TypeKind, Use};

/// What one parameter becomes on its way.
#[derive(Debug, Default)]
pub(crate) struct Step {
    /// What the caller writes: name, Fortran type, remark. An array with its bounds takes extents beside it.
    pub caller: Vec<(String, String, String)>,
    /// The entry's C parameters: `double *x`.
    pub entry: Vec<(String, String)>,
    /// The entry's hidden length of this argument.
    pub length: Option<String>,
    pub locals: Vec<String>,
    pub before: Vec<String>,
    pub after: Vec<String>,
    /// What is passed on, and its C type in the routine's prototype.
    pub argument: String,
    pub c: String,
    /// The routine takes the hidden length too.
    pub passes_length: bool,
    /// The routine takes what the caller passes: no step at all.
    pub direct: bool,
    /// The variable whose address stands for none at all.
    pub none: Option<String>,
    /// Definitions before the entry: the routine that C calls back.
    pub above: Vec<String>,
}

/// C words that are no names there.
const C_WORDS: &[&str] = &[
    "auto", "break", "case", "char", "const", "default", "double", "enum", "extern", "float", "for", "goto",
    "int", "long", "register", "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union",
    "unsigned", "void", "volatile",
    // Not names of C89, but of what the adapter is compiled with.
    "inline", "restrict", "asm", "typeof", "memcpy", "memset", "strlen", "malloc", "free", "answer", "before",
];

/// The names of one entry, and what it is an entry of.
pub(crate) struct Scope<'a> {
    pub contract: &'a Contract,
    pub routine: &'a Routine,
    names: Names,
    idents: Vec<String>,
}

impl<'a> Scope<'a> {
    /// The scope of a routine's entry: its parameters have their names before anything else.
    pub fn of(contract: &'a Contract, routine: &'a Routine) -> Scope<'a> {
        let mut names = Names::with(C_WORDS);
        // A parameter with the name of the routine would hide it.
        let symbol = routine.symbol.trim_end_matches('_');
        for name in [routine.symbol.clone(), symbol.to_string(), format!("{symbol}_")] {
            names.claim(&name);
        }
        let idents = routine.params.iter().map(|param| names.take(&identifier(&param.name))).collect();
        Scope { contract, routine, names, idents }
    }

    /// The name of parameter `i`.
    pub fn ident(&self, i: usize) -> String {
        self.idents.get(i).cloned().unwrap_or_default()
    }

    /// A name that is free.
    pub fn take(&mut self, wanted: &str) -> String {
        self.names.take(wanted)
    }

    /// The name of the parameter with this value at the entry.
    pub fn value(&self, name: &str) -> Option<String> {
        fortran::entry_value(self.contract, self.routine, name)?;
        self.routine.params.iter().position(|param| param.name == name).map(|i| self.ident(i))
    }

    /// The dimensions of an array, in parentheses, as Fortran writes them.
    pub fn shape(&self, extents: &[&Extent]) -> String {
        if extents.is_empty() {
            return String::new();
        }
        let rename = |name: &str| self.value(name).map(|name| name.to_ascii_uppercase());
        let list: Vec<String> = extents
            .iter()
            .map(|extent| fortran::extent(extent, &rename).unwrap_or_else(|| "*".into()))
            .collect();
        format!("({})", list.join(","))
    }
}

/// C type of a scalar in memory or by value.
pub(crate) fn c_scalar(contract: &Contract, ty: &Type) -> Option<&'static str> {
    Some(match contract.scalar(ty) {
        Type::Int(1, true) | Type::Logical(1) => "signed char",
        Type::Int(2, true) | Type::Logical(2) => "short",
        Type::Int(4, true) | Type::Logical(4) => "int",
        Type::Int(8, true) | Type::Logical(8) => "long",
        Type::Int(1, false) | Type::Bool => "unsigned char",
        Type::Int(2, false) => "unsigned short",
        Type::Int(4, false) => "unsigned int",
        Type::Int(8, false) => "unsigned long",
        Type::F32 => "float",
        Type::F64 => "double",
        Type::F80 => "long double",
        Type::ComplexF32 => "cmp_bridge_complex8",
        Type::ComplexF64 => "cmp_bridge_complex16",
        Type::ComplexF80 => "cmp_bridge_complex20",
        Type::Char => "char",
        Type::Ptr => "void *",
        Type::Fn => "cmp_bridge_code",
        _ => return None,
    })
}

/// Fortran 77 type of a scalar.
pub(crate) fn f_scalar(contract: &Contract, ty: &Type) -> Option<String> {
    Some(match contract.scalar(ty) {
        Type::Int(bytes, _) => format!("INTEGER*{bytes}"),
        Type::Logical(bytes) => format!("LOGICAL*{bytes}"),
        Type::Bool => "LOGICAL*1".into(),
        Type::F32 => "REAL*4".into(),
        Type::F64 => "REAL*8".into(),
        Type::F80 => "REAL*10".into(),
        Type::ComplexF32 => "COMPLEX*8".into(),
        Type::ComplexF64 => "COMPLEX*16".into(),
        Type::ComplexF80 => "COMPLEX*20".into(),
        Type::Char => "CHARACTER*1".into(),
        Type::Ptr | Type::Fn => "INTEGER*8".into(),
        _ => return None,
    })
}

/// A pointer to a C type.
pub(crate) fn pointer(c: &str) -> String {
    if c.ends_with('*') { format!("{c}*") } else { format!("{c} *") }
}

/// How a record travels by value: as words of these C types, or as bytes on the stack.
pub(crate) struct ByValue {
    /// The C type.
    pub name: String,
    /// Its definition.
    pub definition: String,
    pub size: u64,
}

/// The record by value, from where the ABI puts one that is alone.
pub(crate) fn by_value(contract: &Contract, ty: &Type) -> Result<ByValue, String> {
    let def = record(contract, ty).ok_or_else(|| format!("`{ty}` is no record"))?;
    let (size, align) = contract.size_align(ty).ok_or_else(|| format!("`{ty}` has no known size"))?;
    let mut alone = Routine::new("alone", "alone", contract.component.language);
    alone.params.push(Param::new("x", ty.clone(), By::Value, Use::In));
    let lowered = abi::lower(contract, &alone).map_err(|error| error.to_string())?;
    let pieces = &lowered.arguments.first().ok_or("it has no place")?.pieces;
    let words: Vec<bool> = pieces
        .iter()
        .filter(|piece| !matches!(piece.place, Place::Stack(_)))
        .map(|p| matches!(p.place, Place::Xmm(_)))
        .collect();
    let name = format!("cmp_bridge_{}", def.name);
    let members = match (words.len(), align) {
        (0, _) if size <= 16 => {
            return Err(format!("`{}` travels in memory though it is small: it is packed", def.name));
        }
        (0, 0..=8) => format!("long words[{}];", size.div_ceil(8)),
        (0, 16) => format!("long double words[{}];", size.div_ceil(16)),
        (count, 0..=16) if count as u64 == size.div_ceil(8) => words
            .iter()
            .enumerate()
            .map(|(i, vector)| format!("{} word_{i};", if *vector { "double" } else { "long" }))
            .collect::<Vec<_>>()
            .join(" "),
        _ => return Err(format!("`{}` has an alignment or a gap that C89 cannot say", def.name)),
    };
    Ok(ByValue { definition: format!("typedef struct {{ {members} }} {name};"), name, size })
}

/// The words that a record is returned in match those that it is passed in, or it is returned in memory.
pub(crate) fn returned_in_memory(contract: &Contract, routine: &Routine) -> Result<bool, String> {
    let lowered = abi::lower(contract, routine).map_err(|error| error.to_string())?;
    let x87 = lowered.returns.iter().any(|(place, ..)| matches!(place, ReturnPlace::X87(_)));
    if x87 {
        return Err(
            "a record that comes back in the x87 registers; leave this routine to the other languages".into(),
        );
    }
    Ok(lowered.arguments.iter().any(|argument| argument.role == Role::ReturnAddress))
}

/// The step of a parameter.
pub(crate) fn step(scope: &mut Scope, i: usize) -> Result<Step, Unsupported> {
    let (routine, name) = (scope.routine, scope.ident(i));
    let param = &routine.params[i];
    let made = match param.by {
        By::Value => value(scope, param, &name),
        By::Reference => reference(scope, param, &name),
        By::Descriptor if scope.contract.component.language == Language::Ada => {
            arrays::fat(scope, param, &name)
        }
        By::Descriptor => arrays::descriptor(scope, param, &name),
    };
    made.map_err(|reason| fault(routine, part(param), reason))
}

/// Remark of a parameter.
pub(crate) fn remark(param: &Param) -> String {
    let mut list = vec![words::direction(param.usage).to_string()];
    list.extend(param.unit.as_deref().map(plain));
    list.join(", ")
}

/// What is said of an integer that Fortran takes for a signed one.
fn unsigned(contract: &Contract, ty: &Type) -> &'static str {
    if fortran::unsigned(contract, ty) { ", unsigned" } else { "" }
}

/// Adds what a caller may pass for nothing.
pub(crate) fn absent(param: &Param, how: &str) -> String {
    if param.nullable { format!("{}; may be absent: {how}", remark(param)) } else { remark(param) }
}

fn value(scope: &mut Scope, param: &Param, name: &str) -> Result<Step, String> {
    let contract = scope.contract;
    if callback(contract, &param.ty).is_some() {
        return thunk::step(scope, param, name);
    }
    let mut step = Step { argument: format!("*{name}"), ..Step::default() };
    let shown = |fortran: &str| (name.to_string(), fortran.to_string(), remark(param));
    match contract.scalar(&param.ty) {
        Type::Fn => {
            step.caller =
                vec![(name.into(), "EXTERNAL".into(), "its arguments are not in the contract".into())];
            step.entry = vec![("cmp_bridge_code".into(), name.into())];
            (step.argument, step.c, step.direct) = (name.into(), "cmp_bridge_code".into(), true);
        }
        Type::Bool => {
            step.caller = vec![shown("LOGICAL*4")];
            step.entry = vec![("int *".into(), name.into())];
            (step.argument, step.c) = (format!("(unsigned char)(*{name} != 0)"), "unsigned char".into());
        }
        Type::Char => {
            step.caller = vec![shown("CHARACTER*1")];
            step.entry = vec![("char *".into(), name.into())];
            step.length = Some(scope.take(&format!("{name}_length")));
            step.c = "char".into();
        }
        Type::Ptr => {
            step.caller = vec![(name.into(), "INTEGER*8".into(), format!("{}; an address", remark(param)))];
            step.entry = vec![("long *".into(), name.into())];
            (step.argument, step.c) = (format!("(void *)*{name}"), "void *".into());
        }
        scalar if c_scalar(contract, scalar).is_some() => {
            let c = c_scalar(contract, scalar).unwrap_or_default();
            step.caller = vec![shown(&f_scalar(contract, scalar).unwrap_or_default())];
            step.caller[0].2.push_str(unsigned(contract, &param.ty));
            step.entry = vec![(pointer(c), name.into())];
            step.c = c.into();
        }
        ty => return record_value(scope, param, ty, name),
    }
    Ok(step)
}

fn record_value(scope: &mut Scope, param: &Param, ty: &Type, name: &str) -> Result<Step, String> {
    let contract = scope.contract;
    let def = record(contract, ty).ok_or_else(|| format!("`{ty}` cannot be passed by value"))?;
    if !def.trivial {
        return Err(format!(
            "`{}` is a class with constructors of its own: it is not passed by value",
            def.name
        ));
    }
    let by_value = by_value(contract, ty)?;
    let copy = scope.take(&format!("{name}_value"));
    Ok(Step {
        caller: vec![(name.into(), record_words(&def.name, by_value.size), remark(param))],
        entry: vec![("void *".into(), name.into())],
        locals: vec![format!("{} {copy};", by_value.name)],
        before: vec![format!("memcpy(&{copy}, {name}, {});", by_value.size)],
        argument: copy,
        c: by_value.name,
        ..Step::default()
    })
}

/// How a record is told in the include file.
pub(crate) fn record_words(name: &str, size: u64) -> String {
    format!("{} ({size} bytes)", identifier(name).to_ascii_uppercase())
}

fn reference(scope: &mut Scope, param: &Param, name: &str) -> Result<Step, String> {
    let contract = scope.contract;
    let (extents, element) = dimensions(&param.ty);
    if *element == Type::Cstr {
        return cstr(scope, param, name, extents.is_empty());
    }
    if fortran::is_text(element) {
        return text(scope, param, name);
    }
    if let Some(def) = record(contract, element)
        && matches!(def.kind, TypeKind::Opaque { .. })
    {
        return Ok(Step {
            caller: vec![(
                name.into(),
                "INTEGER*8".into(),
                format!("address of a {}, {}", plain(&def.name), remark(param)),
            )],
            entry: vec![("long *".into(), name.into())],
            argument: format!("(void *)*{name}"),
            c: "void *".into(),
            ..Step::default()
        });
    }
    if *contract.scalar(&param.ty) == Type::Bool {
        return Ok(logical(scope, param, name));
    }
    let (fortran, c) = match (record(contract, element), contract.scalar(element)) {
        (Some(def), _) => (record_words(&def.name, def.size), "void".to_string()),
        (None, scalar) => {
            let f = f_scalar(contract, scalar).ok_or_else(|| format!("`{scalar}` has no Fortran 77 type"))?;
            (f, c_scalar(contract, scalar).unwrap_or("void").to_string())
        }
    };
    let shape = scope.shape(&extents);
    let c = pointer(if c == "cmp_bridge_code" { "void *" } else { &c });
    let none = none_variable(contract, element);
    let shown = absent(param, &none) + unsigned(contract, &param.ty);
    Ok(Step {
        caller: vec![(name.into(), format!("{fortran}{shape}"), shown)],
        entry: vec![(c.clone(), name.into())],
        argument: name.into(),
        c,
        direct: true,
        none: param.nullable.then_some(none),
        ..Step::default()
    })
}

/// The variable of the include file that stands for no argument of this type.
pub(crate) fn none_variable(contract: &Contract, element: &Type) -> String {
    let ty = match record(contract, element) {
        Some(_) => "REAL*8".to_string(),
        None => f_scalar(contract, element).unwrap_or_else(|| "REAL*8".into()),
    };
    format!("{}_NO_{}", identifier(&contract.component.name).to_ascii_uppercase(), ty.replace('*', ""))
}

/// A `bool` behind an address: a LOGICAL of another size.
fn logical(scope: &mut Scope, param: &Param, name: &str) -> Step {
    let copy = scope.take(&format!("{name}_value"));
    let none = format!("{}_NO_LOGICAL4", identifier(&scope.contract.component.name).to_ascii_uppercase());
    let mut step = Step {
        none: param.nullable.then(|| none.clone()),
        caller: vec![(name.into(), "LOGICAL*4".into(), absent(param, &none))],
        entry: vec![("int *".into(), name.into())],
        locals: vec![format!("unsigned char {copy} = 0;")],
        argument: if param.nullable { format!("{name} ? &{copy} : 0") } else { format!("&{copy}") },
        c: "unsigned char *".into(),
        ..Step::default()
    };
    let given = if param.nullable { format!("if ({name}) ") } else { String::new() };
    if param.usage != Use::Out {
        step.before.push(format!("{given}{copy} = (unsigned char)(*{name} != 0);"));
    }
    if param.usage != Use::In {
        step.after.push(format!("{given}*{name} = {copy} ? CMP_BRIDGE_TRUE : 0;"));
    }
    step
}

/// Text up to a NUL, which only comes in.
fn cstr(scope: &mut Scope, param: &Param, name: &str, single: bool) -> Result<Step, String> {
    if !single {
        return Err("an array of addresses of texts; put a routine with one text a call around it".into());
    }
    if !matches!(param.usage, Use::In | Use::Ignored) {
        return Err("the room behind a NUL-terminated output is not known; declare it `[char; n]`".into());
    }
    let length = scope.take(&format!("{name}_length"));
    let (room, copy) = (scope.take(&format!("{name}_room")), scope.take(&format!("{name}_text")));
    let absent = if param.nullable { "; CHAR(0) for none" } else { "" };
    let read = if param.nullable { "cmp_bridge_text_or_none" } else { "cmp_bridge_text" };
    Ok(Step {
        caller: vec![(
            name.into(),
            "CHARACTER*(*)".into(),
            format!("{}, without its trailing blanks{absent}", remark(param)),
        )],
        entry: vec![("char *".into(), name.into())],
        locals: vec![format!("char {room}[CMP_BRIDGE_ROOM];"), format!("char *{copy};")],
        before: vec![format!("{copy} = {read}({name}, {length}, {room});")],
        after: vec![format!("if ({copy} != {room}) free({copy});")],
        length: Some(length),
        argument: copy,
        c: "char *".into(),
        ..Step::default()
    })
}

/// Text of a length that is known, or that a hidden argument tells.
fn text(scope: &mut Scope, param: &Param, name: &str) -> Result<Step, String> {
    let (extents, element) = dimensions(&param.ty);
    let constant = match element {
        Type::Array(_, Extent::Expr(expr)) => expr.constant(),
        Type::Char => Some(1),
        _ => None,
    };
    let hidden = has_hidden_length(scope.contract.component.language, &param.ty);
    let star = constant.map_or("CHARACTER*(*)".to_string(), |size| format!("CHARACTER*{}", size.max(1)));
    let length = scope.take(&format!("{name}_length"));
    let mut step = Step {
        caller: vec![(name.into(), format!("{star}{}", scope.shape(&extents)), remark(param))],
        entry: vec![("char *".into(), name.into())],
        length: Some(length.clone()),
        argument: name.into(),
        c: "char *".into(),
        passes_length: hidden,
        direct: hidden,
        ..Step::default()
    };
    let none = format!("{length} == 1 && {name}[0] == '\\0' ? 0 : ");
    if let (true, Some(shown)) = (param.nullable, step.caller.first_mut()) {
        shown.2.push_str(if hidden { "; may be absent, not from Fortran 77" } else { "; CHAR(0) for none" });
    }
    if hidden || !extents.is_empty() || *element == Type::Char {
        if param.nullable && !hidden {
            step.argument = format!("{none}{name}");
        }
        return Ok(step);
    }
    let Type::Array(_, Extent::Expr(expr)) = element else {
        return Err("the room of this text is not in the contract; complete its extent".into());
    };
    let value = |name: &str| scope.value(name).map(|name| format!("(long)*{name}"));
    let size =
        fortran::expression(expr, &value).ok_or("its extent is not known when the routine is entered")?;
    bounded(scope, param, name, (&length, &size), &mut step);
    if param.nullable {
        step.argument = format!("{none}{}", step.argument);
    }
    Ok(step)
}

/// Text in room of a size that the contract tells: a copy, padded as the component pads.
fn bounded(scope: &mut Scope, param: &Param, name: &str, (length, size): (&str, &str), step: &mut Step) {
    let copy = scope.take(&format!("{name}_text"));
    let constant = size.bytes().all(|b| b.is_ascii_digit());
    let pad = if ends_with_nul(scope.contract) { "0" } else { "' '" };
    if constant {
        step.locals.push(format!("char {copy}[{size}];"));
    } else {
        step.locals.push(format!("char *{copy};"));
        step.before.push(format!("{copy} = cmp_bridge_room({size});"));
    }
    let from = if param.usage == Use::Out { "0" } else { length };
    step.before.push(format!("cmp_bridge_padded({copy}, {size}, {name}, {from}, {pad});"));
    if !matches!(param.usage, Use::In | Use::Ignored) {
        // The room of a text that is absent holds what came in, and gives that back.
        step.after.push(format!("cmp_bridge_blank_padded({name}, {length}, {copy}, {size}, {pad});"));
    }
    if !constant {
        step.after.push(format!("free({copy});"));
    }
    step.argument = copy;
}
