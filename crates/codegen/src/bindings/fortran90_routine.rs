//! One routine in Fortran 90: its interface, and the friendly procedure around it.

use super::fortran::{self, fault, is_text, plain, record, refusals, stem};
use super::fortran90_dummy::{Dummy, Maker, whole};
use super::fortran90_types::{Abi, Types, comment, integer, push_list};
use super::words;
use crate::error::Unsupported;
use cmp_bridge_contract::abi::{self, Role};
use cmp_bridge_contract::model::{By, Condition, Contract, Extent, Language, Routine, Type, TypeKind, Use};

/// How the module reaches a routine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Reach {
    /// An external procedure of Fortran's, of this name.
    External(String),
    /// A procedure of a Fortran module, declared once more in a module of that name.
    Module { module: String, procedure: String },
    /// `bind(c)`, by its symbol.
    Symbol,
}

/// What comes back.
#[derive(Debug, Clone)]
enum Answer {
    None,
    /// Type in the interface; type in the procedure around it; how to convert `answer_raw`.
    Value {
        raw: String,
        shown: String,
        convert: Option<String>,
    },
    /// Written to a first argument: its declaration, and the length that follows it.
    Written {
        raw: (String, String),
        length: Option<String>,
        shown: String,
        function: bool,
    },
    /// A text at an address.
    Cstr,
}

/// A routine, ready to print.
pub(crate) struct Printed {
    /// Its name in the module.
    pub name: String,
    pub reach: Reach,
    /// The name of the interface in the module.
    raw_name: String,
    comments: Vec<String>,
    dummies: Vec<Dummy>,
    answer: Answer,
    /// The procedure around the interface, if there is anything to convert.
    wrapped: bool,
    warning: Option<String>,
    /// `warning` must be given: without it the call is the routine's own.
    warning_needed: bool,
    symbol: String,
    /// The C routine that takes back the text that was returned.
    pub release: Option<String>,
}

/// The routine that takes back a text that was returned.
const RELEASE: &str = "\
interface
  subroutine release_answer(address) bind(c, name='SYMBOL')
    import :: c_ptr
    type(c_ptr), value :: address
  end subroutine release_answer
end interface";

/// How a routine is reached.
pub(crate) fn reach(types: &Types, routine: &Routine) -> Reach {
    if types.contract.component.language != Language::Fortran {
        return Reach::Symbol;
    }
    let text = routine.returns.as_ref().is_some_and(|returns| returns.ty == Type::Chars);
    if let (Some(name), false) = (stem(&routine.symbol), text) {
        return Reach::External(name.to_string());
    }
    let parts = routine.symbol.strip_prefix("__").and_then(|rest| rest.split_once("_MOD_"));
    // What only Fortran itself passes.
    let described = routine
        .params
        .iter()
        .any(|param| param.by == By::Descriptor || fortran::callback(types.contract, &param.ty).is_some());
    match parts {
        Some((module, procedure)) if described => {
            Reach::Module { module: module.to_string(), procedure: procedure.to_string() }
        }
        _ => Reach::Symbol,
    }
}

/// Prepares a routine: `name` is its name in the module, `raw_name` that of its interface if it needs another one.
pub(crate) fn prepare(
    types: &Types,
    routine: &Routine,
    name: &str,
    raw_name: &str,
) -> Result<Printed, Vec<Unsupported>> {
    let mut faults = refusals(routine);
    let reach = reach(types, routine);
    let abi = if reach == Reach::Symbol { Abi::C } else { Abi::Fortran };
    let mut maker = Maker::of(types, routine, abi, &[name, raw_name]);
    let dummies = match maker.dummies() {
        Ok(dummies) => dummies,
        Err(more) => {
            faults.extend(more);
            Vec::new()
        }
    };
    faults.extend(unwritable(types, routine, &reach));
    let answer = match answer(types, routine, abi) {
        Ok(answer) => answer,
        Err(reason) => {
            faults.push(fault(routine, "the returned value", reason));
            Answer::None
        }
    };
    let warning = warning(types, routine, &dummies);
    let converted = dummies.iter().any(|dummy| dummy.converts)
        || matches!(&answer, Answer::Value { convert: Some(_), .. } | Answer::Written { .. } | Answer::Cstr);
    // Procedures of Fortran's own keep their interface; the friendly one stands beside it under the same name, where
    // no argument that may be absent makes one call fit both.
    let warning_needed = abi == Abi::Fortran && !converted;
    let both =
        matches!(reach, Reach::External(_)) && converted && routine.params.iter().any(|param| param.nullable);
    let wrapped = (converted || warning.is_some()) && !matches!(reach, Reach::Module { .. }) && !both;
    let raw_name = match (&reach, wrapped) {
        (Reach::External(name), _) => name.clone(),
        (Reach::Module { procedure, .. }, _) => procedure.clone(),
        (Reach::Symbol, true) => raw_name.to_string(),
        (Reach::Symbol, false) => name.to_string(),
    };
    if let Some(long) = [name, &raw_name].iter().find(|name| name.len() > fortran::LONGEST) {
        let reason = format!(
            "`{long}` has {} characters, and Fortran takes {}; {}",
            long.len(),
            fortran::LONGEST,
            fortran::shorten(routine, matches!(reach, Reach::External(_)))
        );
        faults.push(fault(routine, "its name", reason));
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let (name, symbol) = (name.to_string(), routine.symbol.clone());
    let release =
        if matches!(answer, Answer::Cstr) { fortran::release(types.contract, routine) } else { None };
    let comments = comments(types.contract, routine, &dummies, release.as_deref());
    Ok(Printed {
        name,
        reach,
        raw_name,
        comments,
        dummies,
        answer,
        wrapped,
        warning,
        warning_needed,
        symbol,
        release,
    })
}

/// What no declaration of Fortran's can say of a routine.
fn unwritable(types: &Types, routine: &Routine, reach: &Reach) -> Vec<Unsupported> {
    let mut faults = Vec::new();
    if routine.symbol.contains(['\'', '"', '&']) {
        faults.push(fault(
            routine,
            "its symbol",
            format!("`{}` cannot be written as a binding label", routine.symbol),
        ));
    }
    if routine.params.iter().any(|param| {
        param.by == By::Value
            && types.callback(&param.ty).is_none()
            && *types.contract.scalar(&param.ty) != Type::Fn
    }) && matches!(reach, Reach::Module { .. })
    {
        faults.push(fault(
            routine,
            "its arguments",
            "a module procedure with arguments by value and arrays with bounds",
        ));
    }
    faults
}

/// What a person must know.
fn comments(contract: &Contract, routine: &Routine, dummies: &[Dummy], release: Option<&str>) -> Vec<String> {
    let mut list = vec![format!("{}", plain(routine.source.as_deref().unwrap_or(&routine.name)))];
    let width = dummies.iter().map(|dummy| dummy.name.len()).max().unwrap_or(0);
    for dummy in dummies {
        list.push(format!("  {:width$}  {}", dummy.name, dummy.remark));
        if let Some((_, first)) = &dummy.first {
            list.push(format!("  {first}: its first index for Ada, 1 if absent"));
        }
    }
    if let Some(returns) = &routine.returns {
        let unsigned = if fortran::unsigned(contract, &returns.ty) { ", unsigned" } else { "" };
        list.push(format!("Returns: {}{unsigned}.", plain(&words::returns(returns))));
    }
    if let Some(status) = &routine.status {
        list.push(format!("Status: {}.", words::status(status)));
    }
    list.extend(words::remarks(routine).iter().map(|remark| plain(remark)));
    list.extend(
        release.map(|name| format!("The text is given back, with {}, once it is copied.", plain(name))),
    );
    list
}

/// The expression that says whether the answer is a warning.
fn warning(types: &Types, routine: &Routine, dummies: &[Dummy]) -> Option<String> {
    let set = routine.status.as_ref()?.warning?;
    let (carrier, ty) = match routine.params.iter().position(|param| param.usage == Use::Status) {
        Some(i) if routine.params[i].nullable => return None,
        Some(i) => (dummies.get(i)?.name.clone(), &routine.params[i].ty),
        None => ("answer".to_string(), &routine.returns.as_ref()?.ty),
    };
    let long = |n: i64| i32::try_from(n).is_err();
    let far = match set {
        Condition::Between(a, b) => long(a) || long(b),
        Condition::Less(n)
        | Condition::LessOrEqual(n)
        | Condition::Greater(n)
        | Condition::GreaterOrEqual(n)
        | Condition::Equal(n)
        | Condition::NotEqual(n) => long(n),
    };
    let carrier = whole(types, ty, &carrier);
    // The bits of the greatest values are those of negative ones.
    let greatest = *types.contract.scalar(ty) == Type::Int(8, false);
    let number = |n: i64| if far { integer(n, "integer(c_int64_t)") } else { n.to_string() };
    let carrier = if far { format!("int({carrier}, c_int64_t)") } else { carrier };
    let below = |text: String| if greatest { format!("{carrier} >= 0 .and. {text}") } else { text };
    let above = |text: String| if greatest { format!("{carrier} < 0 .or. {text}") } else { text };
    Some(match set {
        Condition::Less(n) => below(format!("{carrier} < {}", number(n))),
        Condition::LessOrEqual(n) => below(format!("{carrier} <= {}", number(n))),
        Condition::Greater(n) => above(format!("{carrier} > {}", number(n))),
        Condition::GreaterOrEqual(n) => above(format!("{carrier} >= {}", number(n))),
        Condition::Equal(n) => format!("{carrier} == {}", number(n)),
        Condition::NotEqual(n) => format!("{carrier} /= {}", number(n)),
        Condition::Between(a, b) => {
            below(format!("{carrier} >= {} .and. {carrier} <= {}", number(a), number(b)))
        }
    })
}

fn answer(types: &Types, routine: &Routine, abi: Abi) -> Result<Answer, String> {
    let Some(returns) = &routine.returns else { return Ok(Answer::None) };
    let contract = types.contract;
    let opaque =
        |ty: &Type| record(contract, ty).is_some_and(|def| matches!(def.kind, TypeKind::Opaque { .. }));
    match returns.by {
        By::Reference if returns.ty == Type::Cstr => return Ok(Answer::Cstr),
        By::Reference => {
            let raw =
                if opaque(&returns.ty) { types.spelled(&returns.ty, abi)? } else { "type(c_ptr)".into() };
            return Ok(Answer::Value { shown: raw.clone(), raw, convert: None });
        }
        By::Descriptor => return Err(fortran::returned_array(contract)),
        By::Value => (),
    }
    if contract.component.language == Language::Fortran && is_text(&returns.ty) && returns.ty != Type::Char {
        let size = match &returns.ty {
            Type::Array(_, Extent::Expr(expr)) => {
                Some(expr.constant().ok_or("a text of a length that is not constant")?)
            }
            _ => None,
        };
        let star = size.map_or("*".to_string(), |size| size.to_string());
        let shown = format!("character(len={star})");
        if abi == Abi::Fortran {
            return Ok(Answer::Value { raw: shown.clone(), shown, convert: None });
        }
        let raw = ("character(kind=c_char), intent(out)".to_string(), "(*)".to_string());
        return Ok(Answer::Written {
            raw,
            length: Some("answer_length".into()),
            shown,
            function: size.is_some(),
        });
    }
    if opaque(&returns.ty) {
        return Err(format!("`{}` by value, whose inside is not described", returns.ty));
    }
    let raw = types.spelled(&returns.ty, abi)?;
    types.travels(&returns.ty)?;
    let convert = match (contract.scalar(&returns.ty), abi) {
        (Type::Bool, _) => Some("logical(answer_raw)".to_string()),
        (Type::Logical(_), Abi::C) => Some("answer_raw /= 0".to_string()),
        _ => None,
    };
    if let Some(convert) = convert {
        return Ok(Answer::Value { raw, shown: "logical".into(), convert: Some(convert) });
    }
    let trivial = record(contract, &returns.ty).is_none_or(|def| def.trivial);
    if !trivial {
        let lowered = abi::lower(contract, routine).map_err(|error| error.to_string())?;
        debug_assert!(lowered.arguments.iter().any(|argument| argument.role == Role::ReturnAddress));
        let written = (format!("{raw}, intent(out)"), String::new());
        return Ok(Answer::Written { raw: written, length: None, shown: raw, function: true });
    }
    Ok(Answer::Value { shown: raw.clone(), raw, convert: None })
}

impl Printed {
    /// The body of the interface.
    pub fn interface(&self, indent: &str, prefix: &str, lines: &mut Vec<String>) {
        let mut names: Vec<&str> = Vec::new();
        let mut declarations: Vec<String> = Vec::new();
        let mut shaped: Vec<String> = Vec::new();
        let mut declare = |attributes: &str, name: &str, shape: &str| {
            let text = format!("{attributes} :: {name}{shape}");
            if shape.is_empty() { declarations.push(text) } else { shaped.push(text) }
        };
        if let Answer::Written { raw, length, .. } = &self.answer {
            names.push("answer");
            declare(&raw.0, "answer", &raw.1);
            if let Some(length) = length {
                names.push(length);
                declare("integer(c_size_t), value", length, "");
            }
        }
        for dummy in &self.dummies {
            names.push(&dummy.name);
            declare(&dummy.raw.0, &dummy.name, &dummy.raw.1);
        }
        for length in self.dummies.iter().filter_map(|dummy| dummy.raw_length.as_ref()) {
            names.push(length);
            declare("integer(c_size_t), value", length, "");
        }
        let result = match &self.answer {
            Answer::Value { raw, .. } => Some(raw.as_str()),
            Answer::Cstr => Some("type(c_ptr)"),
            _ => None,
        };
        let word = if result.is_some() { "function" } else { "subroutine" };
        let mut tail = ")".to_string();
        if result.is_some() {
            tail.push_str(" result(answer)");
        }
        let mut binding = None;
        if self.reach == Reach::Symbol {
            let text = format!(" bind(c, name='{}')", self.symbol);
            if self.symbol.len() < 60 {
                tail.push_str(&text);
            } else {
                binding = Some(text);
            }
        }
        let head = format!("{prefix}{word} {}(", self.raw_name);
        let end = if binding.is_some() { format!("{tail} &") } else { tail };
        push_list(lines, indent, &head, &names, &end);
        lines.extend(binding.map(|text| format!("{indent}   {text}")));
        lines.extend(
            ["import".to_string()]
                .iter()
                .filter(|_| prefix.is_empty())
                .map(|text| format!("{indent}  {text}")),
        );
        declarations.extend(shaped);
        if let Some(raw) = result {
            declarations.push(format!("{raw} :: answer"));
        }
        lines.extend(declarations.iter().map(|text| format!("{indent}  {text}")));
        lines.push(format!("{indent}end {word} {}", self.raw_name));
    }

    /// The declarations of the module: what the routine is, and its interface.
    pub fn declare(&self, lines: &mut Vec<String>) {
        self.comment(lines);
        if let Reach::Module { module, procedure } = &self.reach {
            lines.push(format!("! (`{}` is {procedure} of the module {module}.)", self.name));
            lines.push(String::new());
            return;
        }
        let generic = self.wrapped && self.reach != Reach::Symbol;
        lines.push(if generic { format!("interface {}", self.name) } else { "interface".to_string() });
        self.interface("  ", "", lines);
        if generic {
            lines.push(format!("  module procedure {}", self.procedure()));
        }
        lines.push("end interface".into());
        if generic {
            lines.push(format!("private :: {}", self.procedure()));
        }
        lines.push(String::new());
    }

    fn comment(&self, lines: &mut Vec<String>) {
        for text in &self.comments {
            if text.starts_with("  ") && text.len() < 120 {
                lines.push(format!("! {text}"));
            } else {
                comment(lines, "", text);
            }
        }
    }

    /// The name of the procedure around the interface.
    fn procedure(&self) -> String {
        if self.reach == Reach::Symbol { self.name.clone() } else { format!("{}_checked", self.name) }
    }

    /// The names that it takes in the module, beside its own.
    pub fn other_names(&self) -> Vec<String> {
        match (&self.reach, self.wrapped) {
            (Reach::Module { .. }, _) | (_, false) => Vec::new(),
            (Reach::Symbol, true) => vec![self.raw_name.clone()],
            (Reach::External(_), true) => vec![self.procedure()],
        }
    }

    /// The procedure around the interface.
    pub fn define(&self, lines: &mut Vec<String>) {
        if !self.wrapped {
            return;
        }
        let name = self.procedure();
        let function = match &self.answer {
            Answer::Value { .. } | Answer::Cstr => true,
            Answer::Written { function, .. } => *function,
            Answer::None => false,
        };
        let (names, declarations, locals) = self.declarations(function);
        let word = if function { "function" } else { "subroutine" };
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        let result = if function { ") result(answer)" } else { ")" };
        lines.push(String::new());
        push_list(lines, "  ", &format!("{word} {name}("), &names, result);
        let mut body: Vec<String> = declarations;
        body.extend(locals);
        body.extend(self.dummies.iter().flat_map(|dummy| dummy.wrong.clone()));
        body.extend(self.dummies.iter().flat_map(|dummy| dummy.before.clone()));
        lines.extend(body.iter().map(|text| format!("    {text}")));
        self.call(lines);
        let after = self.dummies.iter().flat_map(|dummy| &dummy.after);
        lines.extend(after.map(|text| format!("    {text}")));
        match &self.answer {
            Answer::Value { convert: Some(convert), .. } => lines.push(format!("    answer = {convert}")),
            Answer::Cstr => {
                lines.push("    answer = text_at(answer_raw)".into());
                lines.extend(self.release.iter().map(|_| "    call release_answer(answer_raw)".to_string()));
            }
            _ => (),
        }
        if let Some(warning) = &self.warning {
            let given = if self.warning_needed { "" } else { "if (present(warning)) " };
            lines.push(format!("    {given}warning = {warning}"));
        }
        lines.push(format!("  end {word} {name}"));
    }

    /// Names, declarations and locals of the procedure around the interface.
    fn declarations(&self, function: bool) -> (Vec<String>, Vec<String>, Vec<String>) {
        let (mut names, mut plain, mut shaped) = (Vec::new(), Vec::new(), Vec::new());
        if let (Answer::Written { shown, .. }, false) = (&self.answer, function) {
            names.push("answer".to_string());
            plain.push(format!("{shown}, intent(out) :: answer"));
        }
        for dummy in &self.dummies {
            let Some((attributes, shape)) = &dummy.shown else { continue };
            names.push(dummy.name.clone());
            let text = format!("{attributes} :: {}{shape}", dummy.name);
            if shape.is_empty() || shape.contains(':') { plain.push(text) } else { shaped.push(text) }
        }
        for (attributes, name) in self.dummies.iter().filter_map(|dummy| dummy.first.as_ref()) {
            names.push(name.clone());
            plain.push(format!("{attributes} :: {name}"));
        }
        if self.warning.is_some() {
            names.push("warning".into());
            let optional = if self.warning_needed { "" } else { ", optional" };
            plain.push(format!("logical, intent(out){optional} :: warning"));
        }
        plain.extend(shaped);
        let mut locals: Vec<String> = self.dummies.iter().flat_map(|dummy| dummy.locals.clone()).collect();
        match &self.answer {
            Answer::Value { raw, convert: Some(_), shown } => {
                plain.push(format!("{shown} :: answer"));
                locals.push(format!("{raw} :: answer_raw"));
            }
            Answer::Value { shown, .. } => plain.push(format!("{shown} :: answer")),
            Answer::Written { shown, .. } if function => plain.push(format!("{shown} :: answer")),
            Answer::Cstr => {
                plain.push("character(len=:), allocatable :: answer".into());
                locals.push("type(c_ptr) :: answer_raw".into());
                if let Some(symbol) = &self.release {
                    let text = RELEASE.replace("SYMBOL", symbol);
                    locals.extend(text.lines().map(str::to_string));
                }
            }
            _ => (),
        }
        (names, plain, locals)
    }

    /// The call of the routine.
    fn call(&self, lines: &mut Vec<String>) {
        let mut arguments: Vec<&str> = Vec::new();
        if let Answer::Written { length, .. } = &self.answer {
            arguments.push("answer");
            if length.is_some() {
                arguments.push("len(answer, c_size_t)");
            }
        }
        arguments.extend(self.dummies.iter().map(|dummy| dummy.argument.as_str()));
        let lengths = self.dummies.iter().filter(|dummy| dummy.raw_length.is_some());
        arguments.extend(lengths.map(|dummy| dummy.argument_length.as_str()));
        let head = match &self.answer {
            Answer::Value { convert: Some(_), .. } | Answer::Cstr => {
                format!("answer_raw = {}(", self.raw_name)
            }
            Answer::Value { .. } => format!("answer = {}(", self.raw_name),
            _ => format!("call {}(", self.raw_name),
        };
        push_list(lines, "    ", &head, &arguments, ")");
    }
}
