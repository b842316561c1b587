//! Procedures that a Fortran 77 caller passes to a routine which calls them as C does: a small C routine in between, which
//! takes values and passes addresses.

use super::fortran::{Names, callback, dimensions, identifier, is_text, plain, record};
use super::fortran77_steps::{ByValue, Scope, Step, by_value, c_scalar, f_scalar, pointer, record_words};
use cmp_bridge_contract::abi::has_hidden_length;
use cmp_bridge_contract::model::{By, Contract, Extent, Param, Returns, Type, TypeKind, Use};

/// One argument of the call back.
struct Back {
    /// C parameter.
    c: String,
    name: String,
    /// What the Fortran procedure gets.
    passed: String,
    passed_type: String,
    /// The hidden length that it gets.
    length: Option<String>,
    /// A local of the routine in between, and its value.
    local: Option<String>,
    /// As the Fortran procedure sees it.
    shown: String,
    direct: bool,
}

/// The step of a procedure argument.
pub(crate) fn step(scope: &mut Scope, param: &Param, name: &str) -> Result<Step, String> {
    let contract = scope.contract;
    let def = callback(contract, &param.ty).ok_or("it is no callback")?;
    let TypeKind::Function { params, returns } = &def.kind else { return Err("it is no callback".into()) };
    let backs = backs(contract, params)?;
    let (answer, fortran_answer, answer_direct) = answer(contract, returns)?;
    let shown: Vec<&str> = backs.iter().map(|back| back.shown.as_str()).collect();
    let kind = fortran_answer.clone().map_or("SUBROUTINE".into(), |ty| format!("{ty} FUNCTION"));
    let mut remark = format!("{kind} of ({})", shown.join(", "));
    if param.nullable {
        remark.push_str("; may be absent: %VAL(0)");
    }
    let mut step = Step {
        caller: vec![(name.into(), "EXTERNAL".into(), remark)],
        entry: vec![("cmp_bridge_code".into(), name.into())],
        argument: name.into(),
        c: "cmp_bridge_code".into(),
        direct: true,
        ..Step::default()
    };
    if backs.iter().all(|back| back.direct) && answer_direct {
        return Ok(step);
    }
    step.direct = false;
    let thunk = format!("cmp_bridge_{}_{name}", identifier(&scope.routine.name));
    let call = Thunk { name: &thunk, backs: &backs, answer: &answer, fortran_answer: &fortran_answer };
    step.above = call.print();
    let before = scope.take(&format!("{name}_before"));
    step.locals.push(format!("cmp_bridge_code {before};"));
    step.before = vec![format!("{before} = {thunk}_calls;"), format!("{thunk}_calls = {name};")];
    step.after = vec![format!("{thunk}_calls = {before};")];
    step.argument = if param.nullable {
        format!("{name} ? (cmp_bridge_code){thunk} : 0")
    } else {
        format!("(cmp_bridge_code){thunk}")
    };
    Ok(step)
}

/// What comes back out of the Fortran procedure: C type of the routine in between, Fortran type, no step between them.
fn answer(contract: &Contract, returns: &Option<Returns>) -> Result<(String, Option<String>, bool), String> {
    let Some(returns) = returns else { return Ok(("void".into(), None, true)) };
    let refused =
        || format!("it calls back for a `{}`, which a Fortran 77 function cannot return so", returns.ty);
    if returns.by != By::Value {
        return Err(refused());
    }
    match contract.scalar(&returns.ty) {
        Type::Bool => Ok(("unsigned char".into(), Some("LOGICAL*4".into()), false)),
        Type::Char | Type::ComplexF80 | Type::Fn | Type::Chars => Err(refused()),
        scalar => {
            let c = c_scalar(contract, scalar).ok_or_else(refused)?;
            Ok((c.into(), f_scalar(contract, scalar), true))
        }
    }
}

fn backs(contract: &Contract, params: &[Param]) -> Result<Vec<Back>, String> {
    let mut names = Names::with(&["answer", "code"]);
    let mut list = Vec::new();
    for param in params {
        let name = names.take(&format!("{}_", identifier(&param.name)));
        let refused = |why: &str| format!("it calls back with `{}`, {why}", plain(&param.name));
        let back = match param.by {
            By::Descriptor => return Err(refused("an array with its bounds")),
            By::Value => by_value_back(contract, param, &name).map_err(|why| refused(&why))?,
            By::Reference => by_reference_back(contract, param, &name).map_err(|why| refused(&why))?,
        };
        list.push(back);
    }
    Ok(list)
}

fn by_value_back(contract: &Contract, param: &Param, name: &str) -> Result<Back, String> {
    let mut back = Back {
        c: String::new(),
        name: name.into(),
        passed: format!("&{name}"),
        passed_type: String::new(),
        length: None,
        local: None,
        shown: String::new(),
        direct: false,
    };
    if callback(contract, &param.ty).is_some() || *contract.scalar(&param.ty) == Type::Fn {
        (back.c, back.passed_type) = ("cmp_bridge_code".into(), "cmp_bridge_code".into());
        (back.passed, back.shown, back.direct) = (name.into(), "EXTERNAL".into(), true);
        return Ok(back);
    }
    match contract.scalar(&param.ty) {
        Type::Bool => {
            back.c = "unsigned char".into();
            back.local = Some(format!("int {name}logical = {name} ? CMP_BRIDGE_TRUE : 0;"));
            (back.passed, back.passed_type) = (format!("&{name}logical"), "int *".into());
            back.shown = "LOGICAL*4".into();
        }
        Type::Char => {
            (back.c, back.passed_type) = ("char".into(), "char *".into());
            (back.length, back.shown) = (Some("1".into()), "CHARACTER*1".into());
        }
        scalar if c_scalar(contract, scalar).is_some() => {
            let c = c_scalar(contract, scalar).unwrap_or_default();
            (back.c, back.passed_type) = (c.into(), pointer(c));
            back.shown = f_scalar(contract, scalar).unwrap_or_default();
        }
        ty => {
            let ByValue { name: c, size, .. } = by_value(contract, ty)?;
            (back.passed_type, back.shown) = ("void *".into(), record_words(&c["cmp_bridge_".len()..], size));
            back.c = c;
        }
    }
    Ok(back)
}

fn by_reference_back(contract: &Contract, param: &Param, name: &str) -> Result<Back, String> {
    let (extents, element) = dimensions(&param.ty);
    let mut back = Back {
        c: "void *".into(),
        name: name.into(),
        passed: name.into(),
        passed_type: "void *".into(),
        length: None,
        local: None,
        shown: String::new(),
        direct: true,
    };
    let stars = if extents.is_empty() { "" } else { "(*)" };
    if *element == Type::Cstr {
        if !extents.is_empty() || param.usage != Use::In {
            return Err("a text that it wants back".into());
        }
        (back.c, back.passed_type) = ("char *".into(), "char *".into());
        back.length = Some(format!("strlen({name})"));
        (back.shown, back.direct) = ("CHARACTER*(*)".into(), false);
        return Ok(back);
    }
    if is_text(element) {
        if has_hidden_length(contract.component.language, &param.ty) {
            back.shown = "CHARACTER*(*)".into();
            return Ok(back);
        }
        let constant = match element {
            Type::Array(_, Extent::Expr(expr)) => expr.constant(),
            _ => Some(1),
        };
        let size = constant.ok_or("a text whose room is not constant")?.max(1);
        (back.c, back.passed_type) = ("char *".into(), "char *".into());
        (back.length, back.direct) = (Some(size.to_string()), false);
        back.shown = format!("CHARACTER*{size}{stars}");
        return Ok(back);
    }
    if *contract.scalar(&param.ty) == Type::Bool {
        return Err("the address of a bool".into());
    }
    back.shown = match record(contract, element) {
        Some(def) => record_words(&def.name, def.size),
        None => f_scalar(contract, element).ok_or_else(|| format!("a `{element}`"))?,
    } + stars;
    Ok(back)
}

/// The C routine in between.
struct Thunk<'a> {
    name: &'a str,
    backs: &'a [Back],
    answer: &'a str,
    fortran_answer: &'a Option<String>,
}

impl Thunk<'_> {
    fn print(&self) -> Vec<String> {
        let list = |items: Vec<String>| if items.is_empty() { "void".to_string() } else { items.join(", ") };
        let params = list(self.backs.iter().map(|back| declared(&back.c, &back.name)).collect());
        let mut types: Vec<String> = self.backs.iter().map(|back| back.passed_type.clone()).collect();
        let mut passed: Vec<String> = self.backs.iter().map(|back| back.passed.clone()).collect();
        for length in self.backs.iter().filter_map(|back| back.length.as_ref()) {
            types.push("cmp_bridge_length".into());
            passed.push(format!("(cmp_bridge_length){length}"));
        }
        let (name, answer) = (self.name, self.answer);
        let fortran = match self.fortran_answer.as_deref() {
            Some("LOGICAL*4") if answer == "unsigned char" => "int",
            _ => answer,
        };
        let mut lines = vec![
            format!("/* What {name} calls: set during the call, one thread at a time. */"),
            format!("static cmp_bridge_code {name}_calls;"),
            String::new(),
            format!("static {answer} {name}({params})"),
            "{".into(),
        ];
        lines.extend(
            self.backs.iter().filter_map(|back| back.local.as_ref()).map(|local| format!("    {local}")),
        );
        let call = format!("(({fortran} (*)({})){name}_calls)({})", list(types), passed.join(", "));
        lines.push(match (answer, fortran) {
            ("void", _) => format!("    {call};"),
            ("unsigned char", "int") => format!("    return (unsigned char)({call} != 0);"),
            _ => format!("    return {call};"),
        });
        lines.extend(["}".to_string(), String::new()]);
        lines
    }
}

/// A C parameter.
pub(crate) fn declared(c: &str, name: &str) -> String {
    if c.ends_with('*') { format!("{c}{name}") } else { format!("{c} {name}") }
}
