//! One routine as C++ callers see it: what each parameter becomes, and what stands in the wrapper's body for it.

use super::c_names::plain;
use super::c_types::{Types, constant, innermost, qualified, rank};
use super::signature::{self, Answer, Arg, Signature};
use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::model::{By, Extent, Language, Param, Routine, Type, Use};

/// A wrapper function.
pub(crate) struct Wrapper<'a> {
    pub routine: &'a Routine,
    /// Its name in the namespace.
    pub name: String,
    /// The parameters: type and name.
    pub params: Vec<String>,
    /// The names of the parameters, to pass them on.
    pub names: Vec<String>,
    /// Lines before the call.
    pub before: Vec<String>,
    /// What the call passes, in ABI order.
    pub passed: Vec<String>,
    pub answer: Returned,
    /// The variable that carries the status, if a parameter does.
    pub status: Option<String>,
}

/// What the wrapper returns of the C function's value.
pub(crate) enum Returned {
    Nothing,
    /// The status code itself.
    Status,
    /// A value: its type in C++, and whether the call's value is lifted from a complex number of C.
    Value {
        ty: String,
        complex: bool,
    },
    /// The address of the answer, which may be none: as a pointer.
    Address {
        ty: String,
    },
}

/// Analyses a routine; `Err`: the part, and the reason.
pub(crate) fn analyse<'a>(
    types: &Types<'a>,
    signature: &Signature<'a>,
    name: String,
) -> Result<Wrapper<'a>, (String, String)> {
    let routine = signature.routine;
    let mut builder =
        Builder { types, routine, carried: carried(types, routine), parts: Vec::new(), before: Vec::new() };
    let (mut params, mut names, mut status) = (Vec::new(), Vec::new(), None);
    for param in &routine.params {
        let id = builder.name(param);
        let part =
            builder.param(param, &id).map_err(|reason| (format!("parameter `{}`", param.name), reason))?;
        if let Some(shown) = &part.shown {
            params.push(shown.clone());
            names.push(id.clone());
        }
        let hidden = signature.args.iter().any(|arg| matches!(arg, Arg::Length(of) if of.name == param.name));
        if hidden && builder.length(param).is_none() {
            let length = builder.length_name(param);
            params.push(format!("std::size_t {length}"));
            names.push(length);
        }
        if param.usage == Use::Status && param.by == By::Reference && part.shown.is_none() {
            status = Some(id);
        }
        builder.parts.push(part.passed);
    }
    let answer = builder
        .answer(&signature.answer, &mut params, &mut names)
        .map_err(|reason| ("the answer".to_string(), reason))?;
    let passed = signature.args.iter().map(|arg| builder.passed(arg)).collect();
    Ok(Wrapper { routine, name, params, names, before: builder.before, passed, answer, status })
}

/// An integer parameter that the length of an array tells.
struct Carried<'a> {
    name: &'a str,
    /// The array.
    by: &'a str,
}

/// The integers that need not be passed: `n` of `[f64; n]`.
fn carried<'a>(types: &Types<'a>, routine: &'a Routine) -> Vec<Carried<'a>> {
    let mut list: Vec<Carried> = Vec::new();
    for array in routine.params.iter().filter(|param| is_view(types, param)) {
        let Type::Array(_, Extent::Expr(Expr::Param(name))) = &array.ty else { continue };
        let count = routine.params.iter().find(|param| param.name == *name);
        let read = count
            .is_some_and(|count| count.usage == Use::In && !count.nullable && count.by != By::Descriptor);
        if read && is_one_dimensional(&array.ty) && !list.iter().any(|known| known.name == name) {
            list.push(Carried { name, by: &array.name });
        }
    }
    list
}

/// An array whose length is told by an expression.
fn is_view(types: &Types, param: &Param) -> bool {
    let known = |ty: &Type| extents(ty).iter().all(|extent| matches!(extent, Extent::Expr(_)));
    param.by == By::Reference
        && !param.nullable
        && matches!(param.ty, Type::Array(..))
        && known(&param.ty)
        && types.contract.size_align(&param.ty).is_none()
}

/// Only the outermost extent is no constant.
fn is_one_dimensional(ty: &Type) -> bool {
    extents(ty).iter().skip(1).all(|extent| constant(extent).is_some())
}

fn extents(ty: &Type) -> Vec<&Extent> {
    match ty {
        Type::Array(element, extent) => std::iter::once(extent).chain(extents(element)).collect(),
        _ => Vec::new(),
    }
}

/// What a parameter becomes.
struct Part {
    /// In the wrapper's own list; `None`: callers do not see it.
    shown: Option<String>,
    /// What the call passes.
    passed: String,
}

impl Part {
    fn new(shown: String, passed: impl Into<String>) -> Part {
        Part { shown: Some(shown), passed: passed.into() }
    }
}

struct Builder<'t, 'a> {
    types: &'t Types<'a>,
    routine: &'a Routine,
    carried: Vec<Carried<'a>>,
    /// What is passed for each parameter.
    parts: Vec<String>,
    before: Vec<String>,
}

impl<'a> Builder<'_, 'a> {
    /// `this` is a word of C++.
    fn name(&self, param: &Param) -> String {
        if param.name == "this" { "self".into() } else { self.types.names.param(&param.name) }
    }

    /// A name for a local variable that no parameter has.
    fn local(&self, wanted: &str) -> String {
        let mut name = wanted.to_string();
        while self.routine.params.iter().any(|param| self.name(param) == name) {
            name.push('_');
        }
        name
    }

    fn stored(&self, ty: &Type) -> Result<(String, String), String> {
        Ok(match ty {
            Type::ComplexF32 => ("std::complex<float>".into(), String::new()),
            Type::ComplexF64 => ("std::complex<double>".into(), String::new()),
            Type::ComplexF80 => ("std::complex<long double>".into(), String::new()),
            ty => self.types.stored(ty)?,
        })
    }

    fn param(&mut self, param: &'a Param, id: &str) -> Result<Part, String> {
        if let Some(carried) = self.carried.iter().find(|carried| carried.name == param.name) {
            let array = self.routine.params.iter().find(|other| other.name == carried.by);
            let array = array.map_or(String::new(), |array| self.name(array));
            let (base, _) = self.types.stored(&param.ty)?;
            let what = self.what(&array);
            self.before
                .insert(0, format!("const {base} {id} = cmp_bridge::count<{base}>({array}.size(), {what});"));
            let address = if param.by == By::Reference { "&" } else { "" };
            return Ok(Part { shown: None, passed: format!("{address}{id}") });
        }
        match param.by {
            By::Value => self.value(param, id),
            By::Descriptor => self.descriptor(param, id),
            // The routine would do without, where it is nullable; the caller is told all the same.
            By::Reference if param.usage == Use::Status => {
                self.before.push(format!("{} {id} = 0;", self.types.stored(&param.ty)?.0));
                Ok(Part { shown: None, passed: format!("&{id}") })
            }
            By::Reference => self.reference(param, id),
        }
    }

    fn value(&self, param: &Param, id: &str) -> Result<Part, String> {
        let (base, _) = self.stored(&param.ty)?;
        let passed = if is_complex(&param.ty) { format!("cmp_bridge::lower({id})") } else { id.to_string() };
        Ok(Part::new(spaced(&base, id), passed))
    }

    fn reference(&mut self, param: &'a Param, id: &str) -> Result<Part, String> {
        let read_only = param.usage == Use::In;
        match &param.ty {
            Type::Chars if param.nullable => Ok(Part::new(self.types.param(param, id, false)?, id)),
            Type::Chars if read_only => {
                Ok(Part::new(format!("const cmp_bridge::text &{id}"), format!("{id}.data()")))
            }
            Type::Chars => {
                Ok(Part::new(format!("const cmp_bridge::view<char> &{id}"), format!("{id}.data()")))
            }
            Type::Cstr if read_only && !param.nullable => {
                Ok(Part::new(format!("const cmp_bridge::c_text &{id}"), format!("{id}.c_str()")))
            }
            Type::Array(..) if is_view(self.types, param) => self.view(param, id),
            Type::Array(..) if !param.nullable && self.types.contract.size_align(&param.ty).is_some() => {
                let (base, dims) = self.stored(&param.ty)?;
                let nested =
                    matches!(&param.ty, Type::Array(element, _) if matches!(**element, Type::Array(..)));
                let passed = if is_complex(innermost(&param.ty)) {
                    self.complex_elements(&param.ty, read_only, id)?
                } else if nested && read_only {
                    self.unconst(&param.ty, id)?
                } else {
                    id.to_string()
                };
                Ok(Part::new(format!("{} (&{id}){dims}", qualified(&base, read_only)), passed))
            }
            ty if param.nullable
                || matches!(ty, Type::Array(..) | Type::Cstr)
                || param.usage == Use::Unknown =>
            {
                Ok(Part::new(self.types.param(param, id, false)?, id))
            }
            ty if is_complex(ty) => self.complex(param, id),
            ty => {
                let (base, _) = self.types.stored(ty)?;
                let record = matches!(self.types.contract.scalar(ty), Type::Named(_));
                Ok(match (read_only, record) {
                    (true, false) => Part::new(spaced(&base, id), format!("&{id}")),
                    (true, true) => Part::new(format!("const {base} &{id}"), format!("&{id}")),
                    (false, _) => Part::new(format!("{} &{id}", base), format!("&{id}")),
                })
            }
        }
    }

    /// A complex number by reference: read from, and written to, the type of C.
    fn complex(&mut self, param: &Param, id: &str) -> Result<Part, String> {
        let (base, _) = self.stored(&param.ty)?;
        let (raw, _) = self.types.stored(&param.ty)?;
        // Both are two consecutive numbers: C++ says so of its own since C++11, and every library did before.
        let read_only = if param.usage == Use::In { "const " } else { "" };
        Ok(Part::new(
            format!("{read_only}{base} &{id}"),
            format!("reinterpret_cast<{read_only}{raw} *>(&{id})"),
        ))
    }

    /// The address of complex elements, as the C header wants it.
    fn complex_elements(&self, ty: &Type, read_only: bool, from: &str) -> Result<String, String> {
        let Type::Array(element, _) = ty else { return Ok(from.to_string()) };
        let flat = !is_one_dimensional(ty);
        let (raw, dims) = self.types.stored(if flat { innermost(ty) } else { element })?;
        let address = match (dims.is_empty(), read_only) {
            (true, true) => format!("const {raw} *"),
            (true, false) => format!("{raw} *"),
            (false, _) => format!("{raw} (*){dims}"),
        };
        let constant = if read_only && !dims.is_empty() {
            let (base, dims) = self.stored(element)?;
            format!("const_cast<{base} (*){dims}>({from})")
        } else {
            from.to_string()
        };
        Ok(format!("reinterpret_cast<{address}>({constant})"))
    }

    /// C takes no `double (*)[3]` for a `const double (*)[3]`, so the C header leaves `const` out.
    fn unconst(&self, ty: &Type, from: &str) -> Result<String, String> {
        let Type::Array(element, _) = ty else { return Ok(from.to_string()) };
        let (base, dims) = self.types.stored(element)?;
        Ok(format!("const_cast<{base} (*){dims}>({from})"))
    }

    /// An array with a length of its own.
    fn view(&mut self, param: &'a Param, id: &str) -> Result<Part, String> {
        let Type::Array(element, _) = &param.ty else { return Err("it is no array".into()) };
        let const_word = if param.usage == Use::In { "const " } else { "" };
        let (ty, passed) = if is_one_dimensional(&param.ty) {
            let (base, dims) = self.stored(element)?;
            let base = qualified(&base, !const_word.is_empty());
            let nested = !dims.is_empty() && !const_word.is_empty();
            let data = format!("{id}.data()");
            (format!("{base}{dims}"), if nested { self.unconst(&param.ty, &data)? } else { data })
        } else {
            let (base, _) = self.stored(innermost(&param.ty))?;
            (qualified(&base, !const_word.is_empty()), format!("{id}.data()"))
        };
        let passed = if is_complex(innermost(&param.ty)) {
            self.complex_elements(&param.ty, !const_word.is_empty(), &format!("{id}.data()"))?
        } else {
            passed
        };
        if !self.carried.iter().any(|carried| carried.by == param.name) {
            let needed = self.needed(&param.ty)?;
            let what = self.what(id);
            let holds = if is_one_dimensional(&param.ty) { ">=" } else { "==" };
            self.before.push(format!("cmp_bridge::need({id}.size() {holds} {needed}, {what});"));
        }
        // C++98 reads `>>` as a shift.
        let space = if ty.ends_with('>') { " " } else { "" };
        Ok(Part::new(format!("const cmp_bridge::view<{ty}{space}> &{id}"), passed))
    }

    /// How many elements an array must have. One with rows of variable length has exactly these: with others its rows would
    /// begin elsewhere.
    fn needed(&self, ty: &Type) -> Result<String, String> {
        let mut factors = Vec::new();
        let variable = if is_one_dimensional(ty) { 1 } else { usize::MAX };
        for extent in extents(ty).into_iter().take(variable) {
            let Extent::Expr(expr) = extent else { return Err("its extent is not known".into()) };
            factors.push(format!("cmp_bridge::extent({})", self.expression(expr)?));
        }
        Ok(factors.join(" * "))
    }

    /// An expression over parameters, in C++: computed with 64 bits, what is constant in it beforehand.
    fn expression(&self, expr: &Expr) -> Result<String, String> {
        if let Some(value) = expr.constant() {
            return Ok(value.to_string());
        }
        if expr.params().is_empty() {
            return Err(format!("`{expr}` is no number of 64 bits"));
        }
        let both = |a: &Expr, sign: &str, b: &Expr| {
            Ok(format!("({} {sign} {})", self.expression(a)?, self.expression(b)?))
        };
        match expr {
            Expr::Const(value) => Ok(value.to_string()),
            Expr::Param(name) => {
                let param = self.routine.params.iter().find(|param| param.name == *name);
                let id = param.map_or_else(|| plain(name), |param| self.name(param));
                Ok(format!("static_cast<cmp_i64>({id})"))
            }
            Expr::Add(a, b) => both(a, "+", b),
            Expr::Sub(a, b) => both(a, "-", b),
            Expr::Mul(a, b) => both(a, "*", b),
            Expr::Clamp(inner) => {
                let inner = self.expression(inner)?;
                Ok(format!("({inner} < 0 ? 0 : {inner})"))
            }
        }
    }

    /// Which length is wrong, for the message.
    fn what(&self, id: &str) -> String {
        format!("\"{}::{}: {id}\"", self.types.prefix, self.routine.name)
    }

    /// An array that travels with its bounds: made of a view, where it has one dimension.
    fn descriptor(&mut self, param: &'a Param, id: &str) -> Result<Part, String> {
        let ada = self.types.contract.component.language == Language::Ada;
        let (Some((element, 1, index)), false) = (signature::carried(&param.ty), param.nullable) else {
            return Ok(Part::new(self.types.param(param, id, false)?, id));
        };
        let (base, _) = self.types.stored(element)?;
        let const_word = if param.usage == Use::In && !base.ends_with('*') { "const " } else { "" };
        let class = if ada { "bounded" } else { "view" };
        let shown = format!("const cmp_bridge::{class}<{const_word}{base}> &{id}");
        let data = if const_word.is_empty() {
            format!("{id}.data()")
        } else {
            format!("const_cast<{base} *>({id}.data())")
        };
        if ada {
            let (bounds, array) = (self.local(&format!("{id}_bounds")), self.local(&format!("{id}_array")));
            let word = Type::Int(index.size, index.signed);
            let what = self.what(id);
            self.before.push(format!("const cmp_bounds_{word} {bounds} = {{"));
            self.before.push(format!("    cmp_bridge::bound<cmp_{word}>({id}.first(), {what}),"));
            self.before.push(format!("    cmp_bridge::bound<cmp_{word}>({id}.last(), {what})}};"));
            self.before.push(format!(
                "const {} {array} = {{{data}, &{bounds}}};",
                self.types.fat_pointer(&param.ty)?
            ));
            return Ok(Part::new(shown, array));
        }
        let array = self.local(&format!("{id}_array"));
        let code = fortran_code(self.types.contract.scalar(element));
        self.before.push(format!("cmp_array_1 {array} = cmp_array_1();"));
        self.before.push(format!("{array}.data = {data};"));
        self.before.push(format!("{array}.offset = static_cast<std::size_t>(-1);"));
        self.before.push(format!("{array}.elem_len = sizeof({base});"));
        self.before.push(format!("{array}.rank = 1;"));
        self.before.push(format!("{array}.type = {code};"));
        self.before.push(format!("{array}.span = static_cast<cmp_i64>(sizeof({base}));"));
        self.before.push(format!("{array}.dim[0].stride = 1;"));
        self.before.push(format!("{array}.dim[0].lower = 1;"));
        self.before.push(format!("{array}.dim[0].upper = static_cast<cmp_i64>({id}.size());"));
        Ok(Part::new(shown, format!("&{array}")))
    }

    fn answer(
        &mut self,
        answer: &Answer,
        params: &mut Vec<String>,
        names: &mut Vec<String>,
    ) -> Result<Returned, String> {
        let id = self.local("answer");
        match answer {
            Answer::Nothing => Ok(Returned::Nothing),
            Answer::Value(returns) if returns.usage == Use::Status => Ok(Returned::Status),
            Answer::Value(returns) => {
                Ok(Returned::Value { ty: self.stored(&returns.ty)?.0, complex: is_complex(&returns.ty) })
            }
            Answer::FatPointer(returns) => {
                Ok(Returned::Value { ty: self.types.fat_pointer(&returns.ty)?, complex: false })
            }
            Answer::Address(returns) => {
                Ok(Returned::Address { ty: self.types.stored(innermost(&returns.ty))?.0 })
            }
            Answer::Written => {
                let Some(returns) = &self.routine.returns else { return Ok(Returned::Nothing) };
                let shown = match (&returns.ty, returns.by) {
                    (ty, By::Descriptor) => format!("cmp_array_{} &{id}", rank(ty)),
                    (Type::Chars | Type::Array(..), _) => format!("const cmp_bridge::view<char> &{id}"),
                    (ty, _) => format!("{} &{id}", self.types.stored(ty)?.0),
                };
                // gfortran does not look at the room that a function of fixed length is given.
                if let (Type::Array(_, extent), By::Value) = (&returns.ty, returns.by)
                    && let Some(length) = constant(extent)
                {
                    let what = self.what(&id);
                    self.before.push(format!("cmp_bridge::need({id}.size() == {length}, {what});"));
                }
                params.insert(0, shown);
                names.insert(0, id);
                Ok(Returned::Nothing)
            }
        }
    }

    /// The hidden length of a text, where the wrapper knows it.
    fn length(&self, param: &Param) -> Option<String> {
        let text = !param.nullable && (matches!(param.ty, Type::Chars) || is_view(self.types, param));
        match extents(&param.ty).last().and_then(|extent| constant(extent)) {
            Some(length) => Some(length.max(0).to_string()),
            None if matches!(param.ty, Type::Char) => Some("1".into()),
            None if text => Some(format!("{}.size()", self.name(param))),
            None => None,
        }
    }

    /// The parameter that says it where the wrapper does not.
    fn length_name(&self, param: &Param) -> String {
        self.local(&format!("{}_length", param.name))
    }

    /// What the call passes for an argument.
    fn passed(&self, arg: &Arg) -> String {
        let at = |param: &Param| self.routine.params.iter().position(|other| other.name == param.name);
        match arg {
            Arg::Param(param) => at(param).map_or(String::new(), |i| self.parts[i].clone()),
            Arg::Length(param) => self.length(param).unwrap_or_else(|| self.length_name(param)),
            Arg::AnswerAddress(returns) => match (&returns.ty, returns.by) {
                (Type::Chars | Type::Array(..), By::Value) => format!("{}.data()", self.local("answer")),
                _ => format!("&{}", self.local("answer")),
            },
            Arg::AnswerLength => format!("{}.size()", self.local("answer")),
        }
    }
}

fn is_complex(ty: &Type) -> bool {
    matches!(ty, Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80)
}

fn spaced(base: &str, name: &str) -> String {
    if base.ends_with('*') { format!("{base}{name}") } else { format!("{base} {name}") }
}

/// gfortran's number of an element's type.
fn fortran_code(ty: &Type) -> u8 {
    match ty {
        Type::Int(..) => 1,
        Type::Logical(_) | Type::Bool => 2,
        Type::F32 | Type::F64 | Type::F80 => 3,
        Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80 => 4,
        Type::Char => 6,
        _ => 5,
    }
}
