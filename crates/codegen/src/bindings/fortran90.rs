//! Fortran 90: a module with explicit interfaces of a component's routines, and friendly procedures around them.
//!
//! Where the ABI is C's, `bind(c)` interfaces; where it is Fortran's, the interfaces of external procedures, which the
//! friendly ones overload. Procedures of a Fortran module that pass arrays with their bounds are declared as separate module
//! procedures (Fortran 2008), in a module of the same name: that is their symbol, and the compiler makes the descriptors.

use super::File;
use super::fortran::{self, Names, fault, identifier, plain, record, stem};
use super::fortran90_routine::{Printed, Reach, prepare, reach};
use super::fortran90_types::{Abi, Types, comment, companions, integer, shape};
use super::signature::reached;
use super::words;
use crate::error::Unsupported;
use cmp_bridge_contract::model::{
    By, Contract, Language, Param, Returns, Routine, StateKind, Type, TypeKind,
};
use std::collections::BTreeMap;

/// The names that the module takes from `iso_c_binding`, where it uses them.
const INTRINSIC: &[&str] = &[
    "c_associated",
    "c_bool",
    "c_char",
    "c_double",
    "c_double_complex",
    "c_f_pointer",
    "c_float",
    "c_float_complex",
    "c_funloc",
    "c_funptr",
    "c_int16_t",
    "c_int32_t",
    "c_int64_t",
    "c_int8_t",
    "c_loc",
    "c_long_double",
    "c_long_double_complex",
    "c_null_char",
    "c_null_funptr",
    "c_null_ptr",
    "c_ptr",
    "c_size_t",
];

/// The files of the bindings.
pub(crate) fn print(contract: &Contract, routines: &[&Routine]) -> Result<Vec<File>, Vec<Unsupported>> {
    let component = identifier(&contract.component.name);
    let first = |reason: String| {
        vec![Unsupported {
            routine: routines.first().map_or(String::new(), |r| r.name.clone()),
            part: "the module".into(),
            reason,
        }]
    };
    if component.len() > fortran::LONGEST - 6 {
        return Err(first(format!("the component's name `{component}` is too long for a Fortran module")));
    }
    let mut names = Names::with(INTRINSIC);
    ["text_to_chars", "chars_to_text", "text_at", "ada_array", "wrong_call", "what", component.as_str()]
        .iter()
        .for_each(|name| {
            names.claim(name);
        });
    let public = public_names(contract, routines, &mut names)?;
    let order = reached(contract, routines);
    let types = Types { contract, names: type_names(contract, &order, &mut names) };
    let printed = prepared(&types, routines, &public, &mut names)?;
    let module = Module { contract, component: &component, types: &types, order: &order, printed: &printed };
    let text = module.print(routines, &mut names).map_err(|(part, reason)| {
        // A type's fault is that of the first routine that needs it.
        let of = |routine: &&&Routine| {
            reached(contract, &[**routine]).iter().any(|name| part == format!("type `{name}`"))
        };
        let user = routines.iter().find(of).or(routines.first());
        vec![Unsupported { routine: user.map_or(String::new(), |user| user.name.clone()), part, reason }]
    })?;
    Ok(vec![File { name: format!("{component}.f90"), text }])
}

/// The names of the routines in the module.
fn public_names(
    contract: &Contract,
    routines: &[&Routine],
    names: &mut Names,
) -> Result<Vec<String>, Vec<Unsupported>> {
    let mut faults = Vec::new();
    let mut list = Vec::new();
    let none = Types { contract, names: BTreeMap::new() };
    for routine in routines {
        // A procedure of Fortran's keeps the name by which Fortran calls it.
        let name = match reach(&none, routine) {
            Reach::External(name) => name,
            _ if fortran::is_taken(&identifier(&routine.name)) => {
                format!("{}_{}", identifier(&contract.component.name), identifier(&routine.name))
            }
            _ => identifier(&routine.name),
        };
        if !names.claim(&name) {
            let reason = format!(
                "`{name}` is the name of the module, of another routine or of what the module needs; Fortran does not tell \
                 case: rename it in the contract"
            );
            faults.push(fault(routine, "its name", reason));
        }
        list.push(name);
    }
    if faults.is_empty() { Ok(list) } else { Err(faults) }
}

fn prepared(
    types: &Types,
    routines: &[&Routine],
    public: &[String],
    names: &mut Names,
) -> Result<Vec<Printed>, Vec<Unsupported>> {
    let (mut list, mut faults) = (Vec::new(), Vec::new());
    for (routine, name) in routines.iter().zip(public) {
        let mut raw_name = format!("{name}_c");
        while names.has(&raw_name) {
            raw_name.push_str("_c");
        }
        match prepare(types, routine, name, &raw_name) {
            Ok(printed) => {
                for other in printed.other_names() {
                    if !names.claim(&other) {
                        faults.push(fault(
                            routine,
                            "its name",
                            format!("`{other}`, which it needs, is another's: rename it"),
                        ));
                    }
                }
                list.push(printed);
            }
            Err(more) => faults.extend(more),
        }
    }
    if faults.is_empty() { Ok(list) } else { Err(faults) }
}

/// The names of records, opaque types and callbacks in the module.
fn type_names(contract: &Contract, order: &[&str], names: &mut Names) -> BTreeMap<String, String> {
    let mut map = BTreeMap::new();
    for name in order {
        let Some(def) = contract.type_def(name) else { continue };
        if matches!(def.kind, TypeKind::Enum { .. } | TypeKind::Range { .. } | TypeKind::Fixed { .. }) {
            continue;
        }
        let mut wanted = identifier(name);
        // Room for the suffixes of its size check.
        wanted.truncate(fortran::LONGEST - 24);
        if names.has(&wanted) {
            wanted.push_str("_t");
        }
        let free = |names: &Names, name: &str| {
            !names.has(name) && !companions(name, def).iter().any(|other| names.has(other))
        };
        let (stem, mut n) = (wanted.clone(), 2);
        while !free(names, &wanted) {
            wanted = format!("{stem}_{n}");
            n += 1;
        }
        names.claim(&wanted);
        for other in companions(&wanted, def) {
            names.claim(&other);
        }
        map.insert((*name).to_string(), wanted);
    }
    map
}

/// The module's parts.
struct Module<'a> {
    contract: &'a Contract,
    component: &'a str,
    types: &'a Types<'a>,
    order: &'a [&'a str],
    printed: &'a [Printed],
}

impl Module<'_> {
    fn print(&self, routines: &[&Routine], names: &mut Names) -> Result<String, (String, String)> {
        let mut definitions = Vec::new();
        self.types.print(self.order, &mut definitions)?;
        if routines.iter().flat_map(|routine| &routine.params).any(|param| param.by == By::Descriptor)
            && self.contract.component.language == Language::Ada
        {
            definitions.extend(ADA_ARRAY.lines().map(str::to_string));
            definitions.push(String::new());
        }
        self.callbacks(&mut definitions)?;
        let mut text = self.head();
        let modules = self.modules();
        let separate = !modules.is_empty();
        let types_module = format!("{}_types", self.component);
        if separate {
            let mut none = definitions.clone();
            none.insert(0, String::new());
            module(&mut text, &types_module, &[], &none, &[]);
            for name in &modules {
                self.stub(&mut text, name, &types_module);
            }
        }
        let mut body = vec![format!(
            "character(len={}), protected, save :: what = &",
            words::what(self.contract).len() + 1
        )];
        body.push(format!("  '{} '", words::what(self.contract)));
        body.push(String::new());
        if !separate {
            body.extend(definitions);
        }
        self.statuses(routines, names, &mut body);
        self.types.constants(self.order, names, &mut body);
        self.state(routines, names, &mut body);
        self.printed.iter().for_each(|printed| printed.declare(&mut body));
        let mut procedures = Vec::new();
        self.printed.iter().for_each(|printed| printed.define(&mut procedures));
        self.helpers(&mut procedures);
        let mut uses: Vec<String> = Vec::new();
        if separate {
            uses.push(format!("use {types_module}"));
            for printed in self.printed {
                if let Reach::Module { module, procedure } = &printed.reach {
                    uses.push(format!("use {module}, only: {} => {procedure}", printed.name));
                }
            }
        }
        module(&mut text, self.component, &uses, &body, &procedures);
        Ok(text)
    }

    fn head(&self) -> String {
        let mut lines = vec![format!("! {}", words::what(self.contract)), "!".to_string()];
        let component = self.component;
        comment(&mut lines, "", &format!("What Fortran 90 and later call {component} by: use {component}."));
        comment(
            &mut lines,
            "",
            "Needs iso_c_binding (Fortran 2003). A routine `x` that converts its arguments has a plain interface `x_c` beside it.",
        );
        if self.contract.component.language == Language::Ada {
            comment(&mut lines, "", "The main program is Ada, or calls adainit first and adafinal last.");
        }
        if !self.modules().is_empty() {
            comment(
                &mut lines,
                "",
                "Procedures of modules that pass arrays with their bounds are declared once more, in modules of the same names \
                 (Fortran 2008). Compile this file in a folder that has no .mod file of the component's own.",
            );
        }
        lines.join("\n") + "\n"
    }

    /// The Fortran modules whose procedures are declared once more.
    fn modules(&self) -> Vec<String> {
        let mut list: Vec<String> = Vec::new();
        for printed in self.printed {
            if let Reach::Module { module, .. } = &printed.reach
                && !list.contains(module)
            {
                list.push(module.clone());
            }
        }
        list
    }

    fn stub(&self, text: &mut String, name: &str, types_module: &str) {
        let mut body = vec![String::new(), "interface".to_string()];
        for printed in self.printed {
            if matches!(&printed.reach, Reach::Module { module, .. } if module == name) {
                printed.interface("  ", "module ", &mut body);
            }
        }
        body.push("end interface".into());
        module(text, name, &[format!("use {types_module}")], &body, &[]);
    }

    /// The interfaces of procedures that are passed.
    fn callbacks(&self, lines: &mut Vec<String>) -> Result<(), (String, String)> {
        for name in self.order {
            let Some(def) = self.contract.type_def(name) else { continue };
            let TypeKind::Function { params, returns } = &def.kind else { continue };
            let fault = |reason| (format!("type `{name}`"), reason);
            self.callback(name, params, returns, lines).map_err(fault)?;
        }
        Ok(())
    }

    fn callback(
        &self,
        name: &str,
        params: &[Param],
        returns: &Option<Returns>,
        lines: &mut Vec<String>,
    ) -> Result<(), String> {
        let Some(name) = self.types.names.get(name) else { return Ok(()) };
        let fortran = self.contract.component.language == Language::Fortran;
        let abi = if fortran { Abi::Fortran } else { Abi::C };
        let mut scope = Names::with(&["answer", name]);
        let mut idents = Vec::new();
        let mut declarations = Vec::new();
        let mut shaped = Vec::new();
        for param in params {
            let ident = scope.take(&fortran::variable(&param.name));
            let text = self.callback_dummy(param, abi, &ident)?;
            if text.ends_with(')') {
                shaped.push(text)
            } else {
                declarations.push(text)
            }
            idents.push(ident);
        }
        declarations.extend(shaped);
        let result = match returns {
            None => None,
            Some(returns) if returns.by != By::Value => Some("type(c_ptr)".to_string()),
            Some(returns) => Some(self.types.spelled(&returns.ty, abi)?),
        };
        let word = if result.is_some() { "function" } else { "subroutine" };
        let idents: Vec<&str> = idents.iter().map(String::as_str).collect();
        let mut tail = ")".to_string();
        tail.push_str(if result.is_some() { " result(answer)" } else { "" });
        tail.push_str(if fortran { "" } else { " bind(c)" });
        comment(lines, "", &format!("A procedure of yours that the component calls: {}.", plain(name)));
        lines.push("abstract interface".into());
        super::fortran90_types::push_list(lines, "  ", &format!("{word} {name}("), &idents, &tail);
        lines.push("    import".into());
        lines.extend(declarations.iter().map(|text| format!("    {text}")));
        lines.extend(result.map(|ty| format!("    {ty} :: answer")));
        lines.push(format!("  end {word} {name}"));
        lines.push("end interface".into());
        lines.push(String::new());
        Ok(())
    }

    /// An argument of a procedure that is passed.
    fn callback_dummy(&self, param: &Param, abi: Abi, ident: &str) -> Result<String, String> {
        use cmp_bridge_contract::model::Use;
        let intent = match param.usage {
            Use::In => ", intent(in)",
            Use::Out | Use::Status => ", intent(out)",
            Use::InOut => ", intent(inout)",
            Use::Ignored | Use::Unknown => "",
        };
        if param.by == By::Descriptor {
            return Err(format!("it calls back with `{}`, an array with its bounds", plain(&param.name)));
        }
        if self.types.callback(&param.ty).is_some() {
            return Ok(format!("type(c_funptr), value :: {ident}"));
        }
        let (_, element) = fortran::dimensions(&param.ty);
        let text = fortran::is_text(element);
        match (param.by, abi) {
            (By::Value, _) => {
                self.types.travels(&param.ty)?;
                Ok(format!("{}, value :: {ident}", self.types.spelled(&param.ty, abi)?))
            }
            (_, Abi::C) if text => Ok(format!("character(kind=c_char){intent} :: {ident}(*)")),
            (_, Abi::Fortran) if text => {
                let shape = shape(&param.ty, &|_| None);
                Ok(format!("character(len=*){intent} :: {ident}{shape}"))
            }
            _ => {
                let rename = |name: &str| Some(fortran::variable(name));
                let spelled = self.types.spelled(element, abi)?;
                let value = if record(self.contract, element)
                    .is_some_and(|def| matches!(def.kind, TypeKind::Opaque { .. }))
                {
                    ", value"
                } else {
                    intent
                };
                Ok(format!("{spelled}{value} :: {ident}{}", shape(&param.ty, &rename)))
            }
        }
    }

    /// Status codes that have one value.
    fn statuses(&self, routines: &[&Routine], names: &mut Names, lines: &mut Vec<String>) {
        let known: Vec<(&Routine, Vec<(&str, i64)>)> = routines
            .iter()
            .filter_map(|routine| {
                let status = routine.status.as_ref()?;
                let seen = |code: i64| fortran::seen(self.contract, routine, code);
                let mut codes = vec![("ok", seen(status.ok))];
                codes.extend(status.panic.map(|code| ("panic", seen(code))));
                Some((*routine, codes))
            })
            .collect();
        let Some((_, first)) = known.first() else { return };
        let agreed = known.iter().all(|(_, codes)| codes == first);
        comment(lines, "", "Status codes");
        let mut constant = |prefix: &str, codes: &[(&str, i64)]| {
            for (word, code) in codes {
                let name = format!("{prefix}_{word}");
                let fits = i32::try_from(*code).is_ok();
                let ty = if fits { "integer(c_int32_t)" } else { "integer(c_int64_t)" };
                if name.len() > fortran::LONGEST || !names.claim(&name) {
                    comment(
                        lines,
                        "",
                        &format!("{name} = {code}, which has no constant: the name is too long or another's"),
                    );
                } else {
                    lines.push(format!("{ty}, parameter :: {name} = {}", integer(*code, ty)));
                }
            }
        };
        if agreed {
            constant(self.component, first);
        } else {
            known.iter().for_each(|(routine, codes)| constant(&identifier(&routine.name), codes));
        }
        lines.push(String::new());
    }

    /// COMMON blocks and global variables.
    fn state(&self, routines: &[&Routine], names: &mut Names, lines: &mut Vec<String>) {
        for common in fortran::commons(self.contract, routines) {
            let Some(block) = stem(common.symbol) else { continue };
            let Some(declared) = self.variable(common.view) else {
                comment(
                    lines,
                    "",
                    &format!(
                        "COMMON /{block}/ is not declared: Fortran has no type for `{}`.",
                        plain(&common.view.to_string())
                    ),
                );
                continue;
            };
            let name = names.take(&format!("{block}_common"));
            comment(lines, "", &format!("COMMON /{block}/, {} bytes, as its routines see it.", common.size));
            for other in &common.others {
                comment(lines, "", &format!("Other routines see it as {}.", plain(&other.to_string())));
            }
            // A `common` statement would be the same storage; gfortran lets no block and type have one name.
            lines.push(format!("{}, bind(c, name='{}') :: {name}{}", declared.0, common.symbol, declared.1));
            lines.push(String::new());
        }
        for area in
            self.contract.state.iter().filter(|area| area.kind == StateKind::Global && area.file.is_none())
        {
            let view =
                routines.iter().flat_map(|routine| &routine.state).find(|state| state.area == area.name);
            let Some(declared) = view.and_then(|state| self.variable(&state.view)) else { continue };
            let name = names.take(&identifier(&area.name));
            if name.len() > fortran::LONGEST || area.symbol.contains(['\'', '"', '&']) {
                continue;
            }
            comment(lines, "", &format!("The global variable {}.", plain(&area.symbol)));
            lines.push(format!("{}, bind(c, name='{}') :: {name}{}", declared.0, area.symbol, declared.1));
            lines.push(String::new());
        }
    }

    /// Type and shape of a variable of that view.
    fn variable(&self, view: &Type) -> Option<(String, String)> {
        let (mut inner, mut extents) = (view, Vec::new());
        while let Type::Array(element, extent) = inner {
            extents.push(fortran::extent(extent, &|_| None)?);
            inner = element;
        }
        extents.reverse();
        if record(self.contract, inner).is_some_and(|def| matches!(def.kind, TypeKind::Opaque { .. })) {
            return None;
        }
        let shape = if extents.is_empty() { String::new() } else { format!("({})", extents.join(", ")) };
        Some((self.types.spelled(inner, Abi::C).ok()?, shape))
    }

    /// Procedures that the others use.
    fn helpers(&self, lines: &mut Vec<String>) {
        let used = |word: &str, lines: &[String]| lines.iter().any(|line| line.contains(word));
        let texts =
            self.order.iter().filter_map(|name| self.contract.type_def(name)).any(|def| match &def.kind {
                TypeKind::Struct(fields) => {
                    fields.iter().any(|field| field.ty.to_string().contains("[char;"))
                }
                _ => false,
            });
        for (word, helper) in [
            ("text_to_chars(", include_str!("fortran/to_chars.f90")),
            ("chars_to_text(", include_str!("fortran/to_text.f90")),
            ("text_at(", include_str!("fortran/text_at.f90")),
            ("wrong_call(", include_str!("fortran/wrong_call.f90")),
        ] {
            if used(word, lines) || (texts && word.contains("chars")) {
                lines.push(String::new());
                lines.extend(helper.lines().map(str::to_string));
            }
        }
    }
}

/// Appends a module.
fn module(text: &mut String, name: &str, uses: &[String], body: &[String], procedures: &[String]) {
    let all: String = body.iter().chain(procedures).flat_map(|line| [line.as_str(), "\n"]).collect();
    let intrinsic: Vec<&str> = INTRINSIC.iter().copied().filter(|word| holds_word(&all, word)).collect();
    let mut lines = vec![String::new(), format!("module {name}")];
    if !intrinsic.is_empty() {
        super::fortran90_types::push_list(
            &mut lines,
            "  ",
            "use, intrinsic :: iso_c_binding, only: ",
            &intrinsic,
            "",
        );
    }
    lines.extend(uses.iter().map(|text| format!("  {text}")));
    lines.push("  implicit none".into());
    if !body.first().is_some_and(String::is_empty) {
        lines.push(String::new());
    }
    let indented = body.iter().map(|text| if text.is_empty() { String::new() } else { format!("  {text}") });
    lines.extend(indented.flat_map(folded));
    while lines.last().is_some_and(String::is_empty) {
        lines.pop();
    }
    if !procedures.is_empty() {
        lines.extend([String::new(), "contains".to_string()]);
        lines.extend(procedures.iter().cloned().flat_map(folded));
        lines.push(String::new());
    }
    lines.push(format!("end module {name}"));
    text.push_str(&lines.join("\n"));
    text.push('\n');
}

/// A line of code, continued where it would pass the last column of free form.
fn folded(line: String) -> Vec<String> {
    const ROOM: usize = 110;
    let mut list = Vec::new();
    let mut rest = line;
    while rest.len() > ROOM && !rest.trim_start().starts_with('!') {
        let indent = rest.len() - rest.trim_start().len();
        let quoted = |at: usize| rest[..at].matches('\'').count() % 2 == 1;
        let place = |at: &usize| rest[..*at].ends_with([' ', ',', '(', '+', '*']) && !quoted(*at);
        let (cut, mark) = match (indent + 8..ROOM).rev().find(place) {
            Some(at) => (at, ""),
            // Within a text the next line goes on where this one ends.
            None => (ROOM, "&"),
        };
        let (head, tail) = rest.split_at(cut);
        list.push(if mark.is_empty() { format!("{} &", head.trim_end()) } else { format!("{head}&") });
        rest = format!("{}{mark}{tail}", " ".repeat(indent.min(8) + 4));
    }
    list.push(rest);
    list
}

/// The word stands in the code, comments left out.
fn holds_word(text: &str, word: &str) -> bool {
    let part = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.lines().map(|line| line.trim_start()).filter(|line| !line.starts_with('!')).any(|line| {
        line.match_indices(word).any(|(at, _)| {
            // `0_c_int8_t` holds the kind `c_int8_t`.
            let literal =
                line[..at].strip_suffix('_').is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()));
            let before = !literal && line[..at].chars().next_back().is_some_and(part);
            let after = line[at + word.len()..].chars().next().is_some_and(part);
            !before && !after
        })
    })
}

const ADA_ARRAY: &str = "\
! An Ada array that carries its bounds.
type, bind(c) :: ada_array
  type(c_ptr) :: data = c_null_ptr
  type(c_ptr) :: bounds = c_null_ptr
end type ada_array";

#[cfg(test)]
mod tests {
    use super::folded;

    #[test]
    fn a_long_line_is_continued() {
        let sum = (0..40).map(|i| format!("term_{i}")).collect::<Vec<_>>().join("+");
        let lines = folded(format!("  real :: x({sum})"));
        assert!(lines.len() > 2 && lines.iter().all(|line| line.len() <= 132), "{lines:#?}");
        assert!(lines[..lines.len() - 1].iter().all(|line| line.ends_with(" &")));
        let lines = folded(format!("  name='{}')", "x".repeat(300)));
        assert!(lines.len() > 2 && lines[1].trim_start().starts_with("&x"), "{lines:#?}");
        assert_eq!(folded("  ! a comment".repeat(20)).len(), 1);
    }
}
