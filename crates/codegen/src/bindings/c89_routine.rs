//! One routine of a C89 stub: its arguments as one struct, how they travel, and the symbol that the legacy code calls.

use super::c_page::Page;
use super::c_types::{Types, innermost};
use super::c89_names::{argument, is_ours, without_underscore};
use super::c89_types::{self as records, char_length, text_length, values, width};
use super::words;
use crate::error::Unsupported;
use cmp_bridge_contract::abi::has_hidden_length;
use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::model::{By, Language, Param, Routine, Type, Use};
use cmp_bridge_contract::remote::{self, Instead, Policy};
use cmp_bridge_contract::wire::{self, Count, Item, Shape, Source, Xdr};

/// A routine, and all that is printed of it.
pub(crate) struct Stub<'a> {
    pub routine: &'a Routine,
    pub shape: Shape,
    /// Its place in the table.
    index: usize,
    hash: u64,
    procedure: u32,
    policy: Policy,
    /// Where it can be compiled, as tests of the preprocessor.
    guards: Vec<&'static str>,
    args: Vec<Arg>,
}

/// One argument in C.
struct Arg {
    /// Its C type with a blank or an asterisk behind it.
    ty: String,
    /// Its name, in the struct, too.
    name: String,
    /// What is passed on to the legacy routine.
    passed: String,
    /// A hidden length that is no other than this.
    constant: Option<u64>,
}

impl<'a> Stub<'a> {
    /// Analyses a routine: what it is in C, and why it is not.
    pub fn new(types: &Types<'a>, routine: &'a Routine, index: usize) -> Result<Stub<'a>, Vec<Unsupported>> {
        let contract = types.contract;
        let fault = |part: &str, reason: String| Unsupported {
            routine: routine.name.clone(),
            part: part.to_string(),
            reason,
        };
        let missing = |missing: cmp_bridge_contract::readiness::Missing| {
            let part = missing.path.trim_start_matches(&format!("routine.{}.", routine.name)).to_string();
            fault(&part, missing.message)
        };
        let shape = wire::shape(contract, routine)
            .map_err(|list| list.into_iter().map(missing).collect::<Vec<_>>())?;
        let policy = remote::policy(routine).map_err(|one| vec![missing(one)])?;
        let mut stub = Stub {
            routine,
            hash: shape.hash(contract, routine),
            shape,
            index,
            procedure: wire::call_procedure(contract, routine).unwrap_or_default(),
            policy,
            guards: Vec::new(),
            args: Vec::new(),
        };
        let mut faults = Vec::new();
        let areas = routine.state.iter().filter_map(|entry| contract.state_area(&entry.area));
        for symbol in areas.map(|area| &area.symbol).chain([&routine.symbol]) {
            if !super::c_names::is_identifier(symbol) {
                faults.push(fault("its symbol", format!("`{symbol}` is no name that C can define")));
            } else if is_ours(contract, symbol) {
                faults.push(fault("its symbol", format!("`{symbol}` is a name of the stub itself")));
            }
        }
        stub.answer(types).unwrap_or_else(|reason| faults.push(fault("the returned value", reason)));
        for param in &routine.params {
            let part = format!("parameter `{}`", param.name);
            stub.param(types, param).unwrap_or_else(|reason| faults.push(fault(&part, reason)));
        }
        stub.lengths(types);
        for entry in &routine.state {
            let part = format!("state `{}`", entry.area);
            stub.lies(types, &entry.view).unwrap_or_else(|reason| faults.push(fault(&part, reason)));
        }
        if faults.is_empty() { Ok(stub) } else { Err(faults) }
    }

    fn guard(&mut self, test: &'static str) {
        if !self.guards.contains(&test) {
            self.guards.push(test);
        }
    }

    /// Memory of this type lies as the local compiler lays it out.
    fn lies(&mut self, types: &Types, ty: &Type) -> Result<(), String> {
        if !records::portable(types, ty)? {
            self.guard("CMPB_HOME");
        }
        Ok(())
    }

    /// Passed or returned as C would.
    fn by_value(&mut self, types: &Types, ty: &Type) -> Result<(), String> {
        if let Type::Named(name) = ty
            && types.contract.type_def(name).is_some_and(|def| !def.trivial)
        {
            return Err(format!("a `{name}` is passed in a way of its own, which C cannot say"));
        }
        match types.contract.scalar(ty) {
            Type::Int(8, _) | Type::Logical(8) if records::may_be_long(types.contract, ty) => {
                self.guard("CMPB_BY_VALUE_64");
            }
            Type::Int(8, _) | Type::Logical(8) => self.guard("LONG_MAX > 2147483647L"),
            Type::ComplexF32 | Type::ComplexF64 => self.guard("CMPB_COMPLEX"),
            _ => (),
        }
        self.lies(types, ty)
    }

    /// Up to which size GNAT passes a record as a copy, and copies it back, is another matter on each machine.
    fn copied(&self, types: &Types, ty: &Type) -> bool {
        types.contract.component.language == Language::Ada && !records::fields(types.contract, ty).is_empty()
    }

    fn answer(&mut self, types: &Types) -> Result<(), String> {
        let Some(returns) = &self.routine.returns else { return Ok(()) };
        if returns.by != By::Value {
            return Err("it returns an address, which is good on its own machine only".into());
        }
        if returns.usage == Use::Ignored {
            return Err("it is ignored, so that it does not travel, and the caller would get none".into());
        }
        match text_length(types, &returns.ty) {
            Some(None) => Err("a text whose length its caller says does not travel yet".into()),
            Some(Some(length)) => {
                let name = "cmpb_result".to_string();
                self.args.push(Arg {
                    ty: "char *".into(),
                    passed: format!("cmpb_a->{name}"),
                    name,
                    constant: None,
                });
                self.hidden("cmpb_result_length".into(), Some(length));
                Ok(())
            }
            None => {
                if records::fields(types.contract, &returns.ty)
                    .iter()
                    .any(|field| self.copied(types, &field.ty))
                {
                    self.guard("CMPB_HOME");
                }
                self.by_value(types, &returns.ty)
            }
        }
    }

    fn param(&mut self, types: &Types, param: &Param) -> Result<(), String> {
        let name = argument(types, &param.name);
        if param.by == By::Value && self.copied(types, &param.ty) {
            self.guard("CMPB_HOME");
        }
        let ty = if param.by == By::Value {
            self.by_value(types, &param.ty)?;
            spaced(types.stored(&param.ty)?.0)
        } else if param.usage == Use::Ignored {
            "void *".into()
        } else {
            self.lies(types, &param.ty)?;
            format!("{} *", types.stored(innermost(&param.ty))?.0)
        };
        self.args.push(Arg { ty, passed: format!("cmpb_a->{name}"), name, constant: None });
        Ok(())
    }

    /// The hidden lengths of Fortran texts, behind all parameters.
    fn lengths(&mut self, types: &Types) {
        let language = types.contract.component.language;
        for param in &self.routine.params {
            if param.by != By::Value && has_hidden_length(language, &param.ty) {
                let constant = text_length(types, &param.ty).flatten().or_else(|| char_length(&param.ty));
                self.hidden(format!("cmpb_length_{}", param.name), constant);
            }
        }
    }

    fn hidden(&mut self, name: String, constant: Option<u64>) {
        let passed = match constant {
            Some(length) => format!("(CMPB_LENGTH){length}"),
            None => format!("(CMPB_LENGTH)cmpb_a->{name}"),
        };
        self.args.push(Arg { ty: "CMPB_LENGTH ".into(), passed, name, constant });
    }

    /// The types it needs definitions of.
    pub fn types(&self) -> impl Iterator<Item = &'a Type> + use<'a> {
        self.by_value_types().chain(self.by_address_types())
    }

    /// Those that it passes by value.
    pub fn by_value_types(&self) -> impl Iterator<Item = &'a Type> + use<'a> {
        let params = self.routine.params.iter().filter(|param| param.by == By::Value);
        params.map(|param| &param.ty).chain(self.routine.returns.iter().map(|returns| &returns.ty))
    }

    /// Those that lie in the program's memory.
    pub fn by_address_types(&self) -> impl Iterator<Item = &'a Type> + use<'a> {
        let params =
            self.routine.params.iter().filter(|param| param.by != By::Value && param.usage != Use::Ignored);
        params.map(|param| &param.ty).chain(self.routine.state.iter().map(|entry| &entry.view))
    }

    /// Everything of it but its line in the table.
    pub fn print(&self, types: &Types, page: &mut Page) -> Result<(), Unsupported> {
        let fault = |part: &str, reason: String| Unsupported {
            routine: self.routine.name.clone(),
            part: part.to_string(),
            reason,
        };
        page.gap();
        self.describe(page);
        self.open_guard(page);
        self.declare(types, page).map_err(|reason| fault("the signature", reason))?;
        self.ready(types, page).map_err(|reason| fault("its counts", reason))?;
        for (what, items) in self.messages() {
            self.walk(types, what, &items, page).map_err(|reason| fault("its message", reason))?;
        }
        self.fail(types, page);
        self.call(page);
        self.entry_point(types, page);
        self.close_guard(page);
        Ok(())
    }

    fn describe(&self, page: &mut Page) {
        let at = self.routine.at.as_ref().map_or(String::new(), |at| format!(" ({at})"));
        let mut text = vec![format!("{}{at}", self.routine.name)];
        for param in &self.routine.params {
            text.push(format!("    {}  {}", param.name, words::param(param)));
        }
        if !self.guards.is_empty() {
            text.push(
                "Not on every machine: what it passes has no form elsewhere that is surely the same. Where the line below \
                 does not hold, it is not compiled, and the legacy routine keeps its name."
                    .into(),
            );
        }
        page.comment(&text);
    }

    fn open_guard(&self, page: &mut Page) {
        if !self.guards.is_empty() {
            page.line(&format!("#if {}", self.guards.join(" && ")));
        }
    }

    fn close_guard(&self, page: &mut Page) {
        page.lines(if self.guards.is_empty() { "" } else { "#endif" });
    }

    /// The struct of its arguments, its type in C, and both its symbols.
    fn declare(&self, types: &Types, page: &mut Page) -> Result<(), String> {
        let name = &self.routine.name;
        page.open("typedef struct {");
        for arg in &self.args {
            let ty = if arg.ty == "CMPB_LENGTH " { "size_t " } else { &arg.ty };
            page.line(&format!("{ty}{};", arg.name));
        }
        if let Some(ty) = self.returned(types)? {
            page.line(&format!("{ty}cmpb_result;"));
        }
        for item in self.shape.inputs.iter().filter(|item| counted(item).is_some()) {
            page.line(&format!("size_t cmpb_count_{};", item.name));
        }
        page.lines(if self.args.is_empty() && self.routine.returns.is_none() {
            "int cmpb_nothing;"
        } else {
            ""
        });
        page.close(&format!("}} cmpb_args_{name};"));
        let list: Vec<String> = self.args.iter().map(|arg| arg.ty.trim_end().to_string()).collect();
        let list = if list.is_empty() { vec!["void".to_string()] } else { list };
        let answer = self.returned(types)?.unwrap_or_else(|| "void ".into());
        page.list(&format!("typedef {answer}cmpb_type_{name}("), &list, ");");
        let symbol = &self.routine.symbol;
        page.line(&format!("extern cmpb_type_{name} {symbol};"));
        page.line(&format!("extern cmpb_type_{name} legacy_{symbol} CMPB_WEAK;"));
        Ok(())
    }

    /// The C type that it returns by value.
    fn returned(&self, types: &Types) -> Result<Option<String>, String> {
        let returns =
            self.routine.returns.as_ref().filter(|returns| text_length(types, &returns.ty).is_none());
        returns.map(|returns| Ok(spaced(types.stored(&returns.ty)?.0))).transpose()
    }

    /// No address is null, every count is known, and what is written lies apart.
    fn ready(&self, types: &Types, page: &mut Page) -> Result<(), String> {
        let name = &self.routine.name;
        let mut body = Page::default();
        for arg in &self.args {
            if let Some(length) = arg.constant {
                body.line(&format!("cmpb_bad |= !cmpb_compare && cmpb_a->{} != {length};", arg.name));
            }
        }
        for item in &self.shape.inputs {
            let Some(expr) = counted(item) else { continue };
            let count = self.expression(types, expr)?;
            if item.optional {
                body.open(&format!("if (cmpb_a->{})", argument(types, &item.name)));
            }
            body.line(&format!(
                "cmpb_extent(&cmpb_a->cmpb_count_{}, {count}, cmpb_compare, &cmpb_bad);",
                item.name
            ));
            if item.optional {
                body.end();
            }
        }
        for item in &self.shape.inputs {
            self.area_of(types, item, &mut body)?;
        }
        if self.routine.returns.as_ref().is_some_and(|returns| text_length(types, &returns.ty).is_some()) {
            body.line("cmpb_area(cmpb_places, &cmpb_used, cmpb_a->cmpb_result, cmpb_a->cmpb_result_length, 1, &cmpb_bad);");
        }
        let body = body.finish();
        page.gap();
        page.line(&format!("static int cmpb_ready_{name}(void *cmpb_given, int cmpb_compare)"));
        page.open("{");
        page.line(&format!("cmpb_args_{name} *cmpb_a = (cmpb_args_{name} *)cmpb_given;"));
        match body.matches("cmpb_area(").count() {
            0 => page.line("int cmpb_bad = 0;"),
            places => {
                page.lines(&format!("cmpb_place cmpb_places[{places}];\nint cmpb_used = 0, cmpb_bad = 0;"))
            }
        }
        page.lines(&body);
        page.lines(if body.contains("cmpb_a->") { "" } else { "(void)cmpb_a;" });
        page.lines(if body.contains("cmpb_compare") { "" } else { "(void)cmpb_compare;" });
        page.line("return !cmpb_bad;");
        page.close("}");
        Ok(())
    }

    /// The line that checks where an input lies.
    fn area_of(&self, types: &Types, item: &Item, page: &mut Page) -> Result<(), String> {
        let written = u8::from(self.shape.outputs.iter().any(|output| output.source == item.source));
        let (address, ty) = match item.source {
            Source::Param(i) if self.routine.params[i].by != By::Value => {
                (format!("cmpb_a->{}", argument(types, &item.name)), &self.routine.params[i].ty)
            }
            Source::State(i) => (self.area(types, i)?, &self.routine.state[i].view),
            _ => return Ok(()),
        };
        let element = types.stored(innermost(ty))?.0;
        let count = match &item.ty {
            Xdr::String => "1".to_string(),
            Xdr::Opaque(Count::Length) => format!("cmpb_a->cmpb_length_{}", item.name),
            Xdr::Array(_, Count::Fixed(count)) | Xdr::Opaque(Count::Fixed(count)) => count.to_string(),
            Xdr::Array(..) | Xdr::Opaque(_) => format!("cmpb_a->cmpb_count_{}", item.name),
            _ => "1".to_string(),
        };
        let fortran = types.contract.component.language == Language::Fortran;
        let size = match (&item.source, records::fields(types.contract, ty)) {
            (Source::State(_), [.., last]) if fortran && last.bits.is_none() => {
                // Not what C adds behind the last member: other storage may lie there.
                let member = super::c_names::plain(&last.name);
                format!("offsetof({element}, {member}) + sizeof((({element} *)0)->{member})")
            }
            _ if count == "1" => format!("sizeof({element})"),
            _ => format!("{count} * sizeof({element})"),
        };
        if item.optional {
            page.open(&format!("if ({address})"));
        }
        page.line(&format!("cmpb_area(cmpb_places, &cmpb_used, {address}, {size}, {written}, &cmpb_bad);"));
        if item.optional {
            page.end();
        }
        Ok(())
    }

    fn expression(&self, types: &Types, expr: &Expr) -> Result<String, String> {
        let both = |name: &str, left: &Expr, right: &Expr| -> Result<String, String> {
            Ok(format!(
                "{name}({}, {}, &cmpb_bad)",
                self.expression(types, left)?,
                self.expression(types, right)?
            ))
        };
        match expr {
            Expr::Const(value) if i32::try_from(*value).is_err() => {
                Err(format!("{value} is beyond a `long`"))
            }
            Expr::Const(value) => Ok(format!("({value}L)")),
            Expr::Add(left, right) => both("cmpb_add", left, right),
            Expr::Sub(left, right) => both("cmpb_sub", left, right),
            Expr::Mul(left, right) => both("cmpb_mul", left, right),
            Expr::Clamp(inner) => Ok(format!("cmpb_elements({})", self.expression(types, inner)?)),
            Expr::Param(name) => {
                let param = self.routine.params.iter().find(|param| param.name == *name);
                let param = param.ok_or_else(|| format!("there is no parameter `{name}`"))?;
                let width = width(types, &param.ty)?.ok_or_else(|| format!("`{name}` is no integer"))?;
                let address = if param.by == By::Value { "&" } else { "" };
                Ok(format!("cmpb_long({address}cmpb_a->{}, {width}, &cmpb_bad)", argument(types, name)))
            }
        }
    }

    /// The address of a state area.
    fn area(&self, types: &Types, i: usize) -> Result<String, String> {
        let entry = &self.routine.state[i];
        let area = types.contract.state_area(&entry.area);
        area.map(|area| area.symbol.clone()).ok_or_else(|| format!("there is no state `{}`", entry.area))
    }

    /// Its messages: what each is called, and what travels in it.
    fn messages(&self) -> Vec<(&'static str, Vec<&Item>)> {
        let state = |item: &&Item| matches!(item.source, Source::State(_));
        let (states, params): (Vec<&Item>, Vec<&Item>) = self.shape.inputs.iter().partition(state);
        let mut all = vec![("inputs", params)];
        if !states.is_empty() {
            all.push(("state", states));
        }
        all.push(("outputs", self.shape.outputs.iter().collect()));
        all
    }

    fn walk(&self, types: &Types, what: &str, items: &[&Item], page: &mut Page) -> Result<(), String> {
        let name = &self.routine.name;
        page.gap();
        page.line(&format!("static void cmpb_{what}_{name}(cmpb_xdr *cmpb_x, void *cmpb_given)"));
        page.open("{");
        page.line(&format!("cmpb_args_{name} *cmpb_a = (cmpb_args_{name} *)cmpb_given;"));
        let mut body = Page::default();
        for item in items {
            self.item(types, item, what == "inputs", &mut body)?;
        }
        if let Some(Some(length)) =
            self.routine.returns.as_ref().and_then(|returns| text_length(types, &returns.ty))
            && what == "inputs"
        {
            body.line(&format!(
                "cmpb_a->cmpb_result = (char *)cmpb_room(cmpb_x, cmpb_a->cmpb_result, {length}, 1);"
            ));
        }
        let body = body.finish();
        page.lines(if body.contains("for (cmpb_i = 0") { "size_t cmpb_i;" } else { "" });
        if !body.contains("cmpb_a->") {
            page.line("(void)cmpb_a;");
        }
        page.lines(if body.contains("(cmpb_x,") { "" } else { "(void)cmpb_x;" });
        page.lines(&body);
        page.close("}");
        Ok(())
    }

    /// One value of a message. `made`: a server makes the memory it stands in.
    fn item(&self, types: &Types, item: &Item, made: bool, page: &mut Page) -> Result<(), String> {
        match item.source {
            Source::Return => {
                let returns = self.routine.returns.as_ref().ok_or("it returns nothing")?;
                let at = if text_length(types, &returns.ty).is_some() { "" } else { "&" };
                values(types, &returns.ty, &item.ty, &format!("{at}cmpb_a->cmpb_result"), None, page)
            }
            Source::State(i) => {
                let at = format!("(void *){}", self.area(types, i)?);
                let ty = &self.routine.state[i].view;
                let count = counted(item).map(|_| format!("cmpb_a->cmpb_count_{}", item.name));
                if let Some(count) = &count {
                    page.line(&format!("cmpb_count(cmpb_x, &{count}, 0);"));
                }
                let at = record_at(types, &item.ty, at);
                values(types, ty, &item.ty, &at, count.as_deref(), page)
            }
            Source::Param(i) => self.travel(types, &self.routine.params[i], item, made, page),
        }
    }

    fn travel(
        &self,
        types: &Types,
        param: &Param,
        item: &Item,
        made: bool,
        page: &mut Page,
    ) -> Result<(), String> {
        let name = argument(types, &param.name);
        if param.by == By::Value {
            return values(types, &param.ty, &item.ty, &format!("&cmpb_a->{name}"), None, page);
        }
        if item.optional {
            page.open(&format!("if (cmpb_there(cmpb_x, cmpb_a->{name} != 0)) {{"));
        }
        let count = match &item.ty {
            Xdr::Opaque(Count::Length) => Some(format!("cmpb_a->cmpb_length_{}", param.name)),
            _ => counted(item).map(|_| format!("cmpb_a->cmpb_count_{}", param.name)),
        };
        if item.ty == Xdr::String {
            page.line(&format!("cmpb_a->{name} = cmpb_text(cmpb_x, cmpb_a->{name});"));
        } else {
            if let Some(count) = &count {
                let least = match &item.ty {
                    Xdr::Array(element, _) => records::least(types.contract, element, 0),
                    _ => 1,
                };
                page.line(&format!("cmpb_count(cmpb_x, &{count}, {least});"));
            }
            if made {
                let ty = types.stored(innermost(&param.ty))?.0;
                let many = match (&count, &item.ty) {
                    (Some(count), _) => count.clone(),
                    (None, Xdr::Array(_, Count::Fixed(n)) | Xdr::Opaque(Count::Fixed(n))) => n.to_string(),
                    _ => "1".into(),
                };
                page.line(&format!(
                    "cmpb_a->{name} = ({ty} *)cmpb_room(cmpb_x, cmpb_a->{name}, {many}, sizeof({ty}));"
                ));
            }
            values(types, &param.ty, &item.ty, &format!("cmpb_a->{name}"), count.as_deref(), page)?;
        }
        if item.optional {
            page.close("}");
        }
        Ok(())
    }

    /// The code that says that nobody answered.
    fn failure(&self) -> Option<i64> {
        match (self.policy.unsent, self.policy.unsure) {
            (Instead::Status(code), _) | (_, Instead::Status(code)) => Some(code),
            _ => self.routine.status.as_ref().and_then(|status| status.failure()),
        }
    }

    /// Where the status stands, by name.
    fn status_place(&self, types: &Types) -> Option<(String, bool)> {
        if self.routine.returns.as_ref().is_some_and(|returns| returns.usage == Use::Status) {
            return Some(("cmpb_result".into(), false));
        }
        let param = self.routine.params.iter().find(|p| p.usage == Use::Status && p.by == By::Reference)?;
        Some((argument(types, &param.name), true))
    }

    fn fail(&self, types: &Types, page: &mut Page) {
        let (Some(code), Some((place, address))) = (self.failure(), self.status_place(types)) else { return };
        let name = &self.routine.name;
        page.gap();
        page.line(&format!("static void cmpb_fail_{name}(void *cmpb_given)"));
        page.open("{");
        page.line(&format!("cmpb_args_{name} *cmpb_a = (cmpb_args_{name} *)cmpb_given;"));
        if address {
            page.lines(&format!("if (cmpb_a->{place})\n    *cmpb_a->{place} = {code};"));
        } else {
            page.line(&format!("cmpb_a->{place} = {code};"));
        }
        page.close("}");
    }

    fn call(&self, page: &mut Page) {
        let name = &self.routine.name;
        page.gap();
        page.line(&format!("static void cmpb_call_{name}(void *cmpb_given, void (*cmpb_whose)(void))"));
        page.open("{");
        page.line(&format!("cmpb_args_{name} *cmpb_a = (cmpb_args_{name} *)cmpb_given;"));
        let list: Vec<String> = self.args.iter().map(|arg| arg.passed.clone()).collect();
        let by_value =
            self.routine.returns.is_some() && self.args.first().is_none_or(|a| a.name != "cmpb_result");
        let answer = if by_value { "cmpb_a->cmpb_result = " } else { "" };
        page.list(&format!("{answer}((cmpb_type_{name} *)cmpb_whose)("), &list, ");");
        page.lines(if list.is_empty() && answer.is_empty() { "(void)cmpb_a;" } else { "" });
        page.close("}");
    }

    /// The symbol that the legacy code calls.
    fn entry_point(&self, types: &Types, page: &mut Page) {
        let (name, symbol) = (&self.routine.name, &self.routine.symbol);
        let answer = self.returned(types).ok().flatten();
        let list: Vec<String> = self.args.iter().map(|arg| format!("{}{}", arg.ty, arg.name)).collect();
        let list = if list.is_empty() { vec!["void".to_string()] } else { list };
        let word = answer.clone().unwrap_or_else(|| "void ".into());
        page.gap();
        page.list(&format!("{word}{symbol}("), &list, ")");
        page.open("{");
        page.line(&format!("cmpb_args_{name} cmpb_args;"));
        page.line("memset(&cmpb_args, 0, sizeof cmpb_args);");
        for arg in &self.args {
            let cast = if arg.ty == "CMPB_LENGTH " { "(size_t)" } else { "" };
            page.line(&format!("cmpb_args.{} = {cast}{};", arg.name, arg.name));
        }
        page.line(&format!("cmpb_call(&CMPB_STUB, {}, &cmpb_args);", self.index));
        page.lines(if answer.is_some() { "return cmpb_args.cmpb_result;" } else { "" });
        page.close("}");
        if let Some(plain) = without_underscore(types.contract, symbol) {
            self.other_name(&word, &plain, page);
        }
    }

    /// The same under the name that other compilers of Fortran give it.
    fn other_name(&self, word: &str, plain: &str, page: &mut Page) {
        let (name, symbol) = (&self.routine.name, &self.routine.symbol);
        let names: Vec<String> = (1..=self.args.len()).map(|i| format!("cmpb_{i}")).collect();
        let list: Vec<String> =
            self.args.iter().zip(&names).map(|(arg, name)| format!("{}{name}", arg.ty)).collect();
        let list = if list.is_empty() { vec!["void".to_string()] } else { list };
        let back = if word == "void " { "" } else { "return " };
        page.line("#ifdef CMPB_BOTH_NAMES");
        // Where the stub is compiled for plain names, the symbol is a macro that stands for one.
        page.line(&format!("#undef {symbol}"));
        page.lines("#undef CMPB_ONE\n#undef CMPB_OTHER\n#ifdef CMPB_PLAIN");
        page.lines(&format!("#define CMPB_ONE {plain}\n#define CMPB_OTHER {symbol}\n#else"));
        page.lines(&format!("#define CMPB_ONE {symbol}\n#define CMPB_OTHER {plain}\n#endif"));
        page.line(&format!("extern cmpb_type_{name} CMPB_OTHER;"));
        page.list(&format!("{word}CMPB_OTHER("), &list, ")");
        page.open("{");
        page.list(&format!("{back}CMPB_ONE("), &names, ");");
        page.close("}");
        page.line("#endif");
    }

    /// Its line in the table.
    pub fn entry(&self, types: &Types, last: bool, page: &mut Page) {
        let (name, comma) = (&self.routine.name, if last { "" } else { "," });
        let mut facts = Vec::new();
        if self.policy.again {
            facts.push("CMPB_IDEMPOTENT");
        }
        match (self.policy.unsent, self.policy.unsure) {
            (Instead::Status(_), _) => facts.push("CMPB_FAIL_STATUS"),
            (Instead::Legacy, Instead::Status(_)) => facts.push("CMPB_IO"),
            _ => (),
        }
        let facts = if facts.is_empty() { "0".to_string() } else { facts.join(" | ") };
        let state = self.messages().iter().any(|(what, _)| *what == "state");
        let fail = self.failure().is_some() && self.status_place(types).is_some();
        let optional =
            |there: bool, what: &str| if there { format!("cmpb_{what}_{name}") } else { "0".into() };
        self.open_guard(page);
        page.line(&format!(
            "{{\"{name}\", {}, 0x{:08x}u, 0x{:08x}u, {facts}, {}, sizeof(cmpb_args_{name}), cmpb_ready_{name}, cmpb_inputs_{name},",
            self.procedure,
            self.hash >> 32,
            self.hash & 0xffff_ffff,
            self.policy.deadline.as_millis(),
        ));
        page.line(&format!(
            " {}, cmpb_outputs_{name}, {}, cmpb_call_{name}, CMPB_LINKED(legacy_{}), CMPB_NEW}}{comma}",
            optional(state, "state"),
            optional(fail, "fail"),
            self.routine.symbol
        ));
        if !self.guards.is_empty() {
            page.lines(&format!("#else\nCMPB_NOT_HERE(\"{name}\"){comma}"));
        }
        self.close_guard(page);
    }
}

/// The address of storage, as that of the record in it.
fn record_at(types: &Types, xdr: &Xdr, at: String) -> String {
    match xdr {
        Xdr::Struct(name) => format!("({} *){at}", types.names.ty(name)),
        _ => at,
    }
}

/// The expression of an array's count.
fn counted(item: &Item) -> Option<&Expr> {
    match &item.ty {
        Xdr::Array(_, Count::Expr(expr)) | Xdr::Opaque(Count::Expr(expr)) => Some(expr),
        _ => None,
    }
}

/// `double `, `void *`.
fn spaced(base: String) -> String {
    if base.ends_with('*') { base } else { base + " " }
}
