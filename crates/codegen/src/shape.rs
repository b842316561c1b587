//! What a routine looks like from Rust: one analysis, which every printer reads.

use crate::error::Unsupported;
use crate::names;
use cmp_bridge_contract::abi::{self, Piece, ReturnPlace, Role};
use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::hash::routine_hash;
use cmp_bridge_contract::model::{
    By, Contract, Exceptions, Extent, Param, Routine, StateKind, Status, Type, TypeKind, Use,
};

/// A routine, analysed.
pub(crate) struct Shape<'a> {
    pub routine: &'a Routine,
    /// Function and module name.
    pub name: String,
    pub trait_name: String,
    pub hash: u64,
    pub args: Vec<Arg<'a>>,
    pub state: Vec<StateArg>,
    /// The returned value, unless it is the status.
    pub value: Option<Scalar>,
    pub status: Option<StatusAt<'a>>,
    /// The arguments in ABI order, without the address of a returned record.
    pub abi: Vec<(Role, Vec<Piece>)>,
    pub return_address: Option<Vec<Piece>>,
    pub return_places: Vec<(ReturnPlace, u32, u32)>,
}

/// A parameter.
pub(crate) struct Arg<'a> {
    pub ident: String,
    pub kind: Kind,
    pub nullable: bool,
    /// It is a parameter of the trait's function; otherwise a slice carries it, or it is the status.
    pub shown: bool,
    pub param: &'a Param,
}

/// How a parameter appears.
pub(crate) enum Kind {
    /// By value.
    Value(Scalar),
    /// By reference, read only, handed over by value.
    In(Scalar),
    /// By reference, written; `true`: read too.
    Out(Scalar, bool),
    /// By reference, the status code.
    Status,
    /// A record or an array of fixed size, borrowed.
    Sized { ty: String, bytes: u64, mutable: bool },
    /// An array whose length is an expression.
    Slice { element: String, count: Expr, mutable: bool },
    /// Text with a hidden length.
    Text { mutable: bool },
    /// Text up to a NUL, read only.
    Cstr,
    /// An address that nobody follows.
    Opaque,
}

/// A value that travels in registers.
#[derive(Clone)]
pub(crate) struct Scalar {
    /// Its type as stored.
    pub raw: String,
    /// A truth value: shown as `bool` where it is read only.
    pub logical: bool,
}

impl Scalar {
    /// Its type where it is handed over by value.
    pub fn shown(&self) -> &str {
        if self.logical { "bool" } else { &self.raw }
    }
}

/// A state area as the routine sees it.
pub(crate) struct StateArg {
    pub ident: String,
    pub ty: String,
    pub bytes: u64,
    pub mutable: bool,
    pub symbol: String,
    /// Its symbol is not visible to a linker.
    pub local: bool,
    pub area: String,
    pub kind: StateKind,
}

/// Where the status is.
pub(crate) struct StatusAt<'a> {
    pub rule: &'a Status,
    /// The parameter that carries it; `None`: the returned value.
    pub param: Option<usize>,
    /// Its type as stored.
    pub raw: String,
    /// The integer type underneath.
    pub integer: String,
}

impl StatusAt<'_> {
    /// An integer as a value of the stored type.
    pub fn wrap(&self, integer: &str) -> String {
        if self.raw == self.integer { integer.to_string() } else { format!("{}({integer})", self.raw) }
    }

    /// A stored value as `i64`.
    pub fn widen(&self, stored: &str) -> String {
        let field = if self.raw == self.integer { stored.to_string() } else { format!("{stored}.0") };
        match self.integer.as_str() {
            "i64" => field,
            "u64" => format!("{field} as i64"),
            _ => format!("i64::from({field})"),
        }
    }
}

/// Analyses a routine, or says all that stands in the way.
pub(crate) fn analyse<'a>(
    contract: &'a Contract,
    routine: &'a Routine,
) -> Result<Shape<'a>, Vec<Unsupported>> {
    let mut faults = Faults { routine: &routine.name, list: Vec::new() };
    unsupported(contract, routine, &mut faults);
    let args = args(contract, routine, &mut faults);
    let state = state(contract, routine, &args, &mut faults);
    let status = status(contract, routine, &mut faults);
    let value = returned(contract, routine, &mut faults);
    let lowered = match abi::lower(contract, routine) {
        Ok(lowered) => Some(lowered),
        Err(error) => {
            faults.add("the signature", error.to_string());
            None
        }
    };
    let name = names::variable(&routine.name);
    if names::RESERVED_MODULES.contains(&name.as_str()) {
        faults.add("its name", "generated code needs this name itself; rename the routine in the contract");
    }
    let (Some(lowered), true) = (lowered, faults.list.is_empty()) else {
        return Err(faults.list);
    };
    let (hidden, abi): (Vec<_>, Vec<_>) = lowered
        .arguments
        .into_iter()
        .map(|argument| (argument.role, argument.pieces))
        .partition(|(role, _)| *role == Role::ReturnAddress);
    Ok(Shape {
        routine,
        trait_name: names::type_name(&routine.name),
        name,
        hash: routine_hash(contract, routine),
        args,
        state,
        value,
        status,
        abi,
        return_address: hidden.into_iter().next().map(|(_, pieces)| pieces),
        return_places: lowered.returns,
    })
}

/// What no generated code can express yet.
fn unsupported(contract: &Contract, routine: &Routine, faults: &mut Faults) {
    if routine.exceptions == Exceptions::Possible {
        let reason = "an exception may come out of it, which generated code does not stop yet; where none ever does, write \
                      `exceptions = \"none\"` in the contract";
        faults.add("its exceptions", reason);
    }
    if routine.varargs {
        faults.add(
            "its arguments",
            "variable arguments are not supported; put a routine with fixed ones around it",
        );
    }
    if routine.static_link {
        faults
            .add("its static link", "it works on the frame of the routine around it: take that one instead");
    }
    for param in routine.params.iter().filter(|param| param.by == By::Descriptor) {
        faults.add(
            format!("parameter `{}`", param.name),
            "arrays that carry their bounds are not supported yet",
        );
    }
    let Some(returns) = &routine.returns else { return };
    let trivial = |name: &String| contract.type_def(name).is_none_or(|def| def.trivial);
    match &returns.ty {
        _ if returns.by != By::Value => {
            faults.add("the returned value", "a returned address or descriptor is not supported yet");
        }
        Type::Array(..) | Type::Chars => {
            faults.add("the returned value", "returned text is not supported yet")
        }
        Type::Named(name) if !trivial(name) => {
            faults.add("the returned value", "a class with constructors, or a record of Ada that is returned in memory, is not supported yet");
        }
        _ => (),
    }
}

/// Collects what stands in the way.
struct Faults<'a> {
    routine: &'a str,
    list: Vec<Unsupported>,
}

impl Faults<'_> {
    fn add(&mut self, part: impl Into<String>, reason: impl Into<String>) {
        let routine = self.routine.to_string();
        self.list.push(Unsupported { routine, part: part.into(), reason: reason.into() });
    }
}

fn args<'a>(contract: &'a Contract, routine: &'a Routine, faults: &mut Faults) -> Vec<Arg<'a>> {
    let mut args: Vec<Arg> = Vec::new();
    for param in &routine.params {
        match kind(contract, routine, param) {
            Err(reason) => faults.add(format!("parameter `{}`", param.name), reason),
            Ok(kind) => {
                let mut ident = names::variable(&param.name);
                while args.iter().any(|other| other.ident == ident) {
                    ident.push_str("_2");
                }
                let shown = !matches!(kind, Kind::Status);
                let nullable = param.nullable && param.by == By::Reference;
                args.push(Arg { ident, kind, nullable, shown, param });
            }
        }
    }
    let carried: Vec<String> = args
        .iter()
        .filter_map(|arg| match &arg.kind {
            Kind::Slice { count: Expr::Param(name), .. } => Some(name.clone()),
            _ => None,
        })
        .collect();
    for arg in &mut args {
        if carried.contains(&arg.param.name) && arg.param.usage == Use::In && !arg.nullable {
            arg.shown = false;
        }
    }
    args
}

fn kind(contract: &Contract, routine: &Routine, param: &Param) -> Result<Kind, String> {
    if param.usage == Use::Unknown {
        return Err("its direction is not known; complete `use` in the contract".into());
    }
    if *contract.scalar(&param.ty) == Type::Fn {
        return Err("function arguments are not supported yet; leave this routine to the legacy code".into());
    }
    if param.by == By::Value {
        if !matches!(param.usage, Use::In | Use::Ignored) {
            return Err("an argument by value cannot be an output".into());
        }
        return Ok(Kind::Value(by_value(contract, &param.ty)?));
    }
    if param.usage == Use::Ignored {
        return Ok(Kind::Opaque);
    }
    if param.usage == Use::Status {
        integer(contract, &param.ty)?;
        return if param.nullable {
            Err("a status that may be absent is not supported yet".into())
        } else {
            Ok(Kind::Status)
        };
    }
    let mutable = param.usage != Use::In;
    let kind = match &param.ty {
        Type::Chars => Kind::Text { mutable },
        Type::Cstr if mutable => {
            return Err("the room behind a NUL-terminated output is not known; declare it `[char; n]`".into());
        }
        Type::Cstr => Kind::Cstr,
        Type::Array(..) if contract.size_align(&param.ty).is_none() => {
            let (element, count) = flatten(contract, &param.ty)?;
            for name in count.params() {
                entry_value(routine, name)?;
            }
            Kind::Slice { element: stored(contract, element)?, count, mutable }
        }
        ty if is_scalar(contract, ty) => {
            let scalar = scalar(contract, ty)?;
            if mutable { Kind::Out(scalar, param.usage == Use::InOut) } else { Kind::In(scalar) }
        }
        ty => Kind::Sized { ty: stored(contract, ty)?, bytes: size(contract, ty)?, mutable },
    };
    match kind {
        Kind::Slice { .. } | Kind::Text { .. } | Kind::Cstr if param.nullable => {
            Err("an array or text that may be absent is not supported yet".into())
        }
        kind => Ok(kind),
    }
}

/// The expression's parameter has a value when the routine is entered.
fn entry_value(routine: &Routine, name: &str) -> Result<(), String> {
    let known = routine.params.iter().find(|param| param.name == name);
    match known {
        Some(param) if param.nullable => Err(format!("its extent needs `{name}`, which may be absent")),
        Some(param) if matches!(param.usage, Use::In | Use::InOut) => Ok(()),
        _ => Err(format!("its extent needs `{name}`, which has no value when the routine is entered")),
    }
}

/// Element and number of elements of an array: inner extents that are not constant are multiplied out.
fn flatten<'a>(contract: &Contract, ty: &'a Type) -> Result<(&'a Type, Expr), String> {
    let Type::Array(element, Extent::Expr(extent)) = ty else {
        return Err("its extent is not known; complete it in the contract".into());
    };
    if matches!(**element, Type::Array(..)) && contract.size_align(element).is_none() {
        let (element, count) = flatten(contract, element)?;
        return Ok((element, Expr::Mul(Box::new(extent.clone()), Box::new(count))));
    }
    Ok((element, extent.clone()))
}

fn state(contract: &Contract, routine: &Routine, args: &[Arg], faults: &mut Faults) -> Vec<StateArg> {
    let mut list: Vec<StateArg> = Vec::new();
    for entry in &routine.state {
        let part = format!("state `{}`", entry.area);
        let Some(area) = contract.state_area(&entry.area) else {
            faults.add(part, "it is not defined under [state.*]");
            continue;
        };
        let mutable = match entry.usage {
            Use::In => false,
            Use::Out | Use::InOut => true,
            _ => {
                faults.add(part, "its direction is not known; complete `use` in the contract");
                continue;
            }
        };
        match stored(contract, &entry.view).and_then(|ty| Ok((ty, size(contract, &entry.view)?))) {
            Err(reason) => faults.add(part, reason),
            Ok((ty, bytes)) => {
                let mut ident = names::variable(&entry.area);
                let taken = |ident: &str| {
                    args.iter().any(|arg| arg.ident == ident) || list.iter().any(|other| other.ident == ident)
                };
                while taken(&ident) {
                    ident.push_str("_state");
                }
                let local = matches!(area.kind, StateKind::Save | StateKind::Static);
                let (symbol, kind) = (area.symbol.clone(), area.kind);
                list.push(StateArg {
                    ident,
                    ty,
                    bytes,
                    mutable,
                    symbol,
                    local,
                    area: area.name.clone(),
                    kind,
                });
            }
        }
    }
    list
}

fn status<'a>(contract: &Contract, routine: &'a Routine, faults: &mut Faults) -> Option<StatusAt<'a>> {
    let param = routine.params.iter().position(|param| param.usage == Use::Status);
    let ty = match (param, &routine.returns) {
        (Some(i), _) => &routine.params[i].ty,
        (None, Some(returns)) if returns.usage == Use::Status => &returns.ty,
        _ => return None,
    };
    let Some(rule) = &routine.status else {
        faults.add("the status", "the contract does not say what its codes mean; complete `status`");
        return None;
    };
    match integer(contract, ty) {
        Err(reason) => {
            faults.add("the status", reason);
            None
        }
        Ok((integer, bytes, signed)) => {
            for code in [Some(rule.ok), rule.panic].into_iter().flatten() {
                if !fits(code, bytes, signed) {
                    faults.add("the status", format!("code {code} does not fit in {integer}"));
                }
            }
            let raw = stored(contract, ty).unwrap_or_else(|_| integer.clone());
            Some(StatusAt { rule, param, raw, integer })
        }
    }
}

fn fits(code: i64, bytes: u8, signed: bool) -> bool {
    let bits = u32::from(bytes) * 8;
    let (low, high) = if signed {
        (-(1_i128 << (bits - 1)), (1_i128 << (bits - 1)) - 1)
    } else {
        (0, (1_i128 << bits) - 1)
    };
    (low..=high).contains(&i128::from(code))
}

fn returned(contract: &Contract, routine: &Routine, faults: &mut Faults) -> Option<Scalar> {
    let returns = routine.returns.as_ref()?;
    if returns.usage == Use::Status {
        if routine.params.iter().any(|param| param.usage == Use::Status) {
            faults.add("the returned value", "a parameter already carries the status");
        }
        return None;
    }
    match by_value(contract, &returns.ty) {
        Ok(scalar) => Some(scalar),
        Err(reason) => {
            faults.add("the returned value", reason);
            None
        }
    }
}

/// The integer under a type: Rust name, bytes, signedness.
fn integer(contract: &Contract, ty: &Type) -> Result<(String, u8, bool), String> {
    match contract.scalar(ty) {
        Type::Int(bytes, signed) => Ok((int(*bytes, *signed), *bytes, *signed)),
        _ => Err("a status code must be an integer".into()),
    }
}

fn int(bytes: u8, signed: bool) -> String {
    format!("{}{}", if signed { 'i' } else { 'u' }, u32::from(bytes) * 8)
}

/// It is handed over by value, whatever the way it travels.
fn is_scalar(contract: &Contract, ty: &Type) -> bool {
    !matches!(contract.scalar(ty), Type::Array(..) | Type::Named(_) | Type::F80 | Type::ComplexF80)
}

fn scalar(contract: &Contract, ty: &Type) -> Result<Scalar, String> {
    let logical = matches!(ty, Type::Bool | Type::Logical(_));
    Ok(Scalar { raw: stored(contract, ty)?, logical })
}

/// A type passed or returned by value.
fn by_value(contract: &Contract, ty: &Type) -> Result<Scalar, String> {
    if *contract.scalar(ty) == Type::Fn {
        return Err("function arguments are not supported yet".into());
    }
    if holds_bytes(contract, ty) {
        let what = "a long double, a union or a packed record by value is not supported yet";
        return Err(format!("{what}; leave this routine to the legacy code"));
    }
    scalar(contract, ty)
}

/// The type is kept as bytes, so that the compiler would pass it in the wrong registers.
fn holds_bytes(contract: &Contract, ty: &Type) -> bool {
    match ty {
        Type::F80 | Type::ComplexF80 => true,
        Type::Array(element, _) => holds_bytes(contract, element),
        Type::Named(name) => contract.type_def(name).is_some_and(|def| match &def.kind {
            TypeKind::Enum { .. }
            | TypeKind::Range { .. }
            | TypeKind::Fixed { .. }
            | TypeKind::Function { .. } => false,
            TypeKind::Packed { .. } | TypeKind::Opaque { .. } => true,
            // Eight bytes that hold any integer travel as one, whatever else they hold.
            TypeKind::Union(fields) => def.size > 8 || !fields.iter().any(|field| is_integer(&field.ty)),
            TypeKind::Struct(fields) => fields.iter().any(|field| {
                let align = contract.size_align(&field.ty).map_or(1, |(_, align)| align);
                let packed = align > def.align || field.offset % align != 0;
                packed || holds_bytes(contract, &field.ty)
            }),
        }),
        _ => false,
    }
}

fn is_integer(ty: &Type) -> bool {
    matches!(ty, Type::Int(..) | Type::Char | Type::Bool | Type::Logical(_) | Type::Ptr)
}

fn size(contract: &Contract, ty: &Type) -> Result<u64, String> {
    contract.size_align(ty).map(|(size, _)| size).ok_or_else(|| format!("`{ty}` has no known size"))
}

/// The Rust type of a value in memory. Whatever the bits, it is valid.
pub(crate) fn stored(contract: &Contract, ty: &Type) -> Result<String, String> {
    Ok(match ty {
        Type::Int(bytes, signed) => int(*bytes, *signed),
        Type::F32 => "f32".into(),
        Type::F64 => "f64".into(),
        Type::F80 => "X87".into(),
        Type::ComplexF32 => "Complex<f32>".into(),
        Type::ComplexF64 => "Complex<f64>".into(),
        Type::ComplexF80 => return Err("`complex_f80` is not supported yet".into()),
        Type::Bool => "Logical<u8>".into(),
        Type::Logical(bytes) => format!("Logical<{}>", int(*bytes, true)),
        Type::Char => "u8".into(),
        Type::Ptr | Type::Fn => "Address".into(),
        Type::Array(element, Extent::Expr(extent)) => match extent.constant() {
            Some(count) => format!("[{}; {}]", stored(contract, element)?, count.max(0)),
            None => return Err(format!("`{ty}` has an extent that is not constant")),
        },
        Type::Array(_, Extent::Unknown | Extent::Carried(_)) => {
            return Err(format!("`{ty}` has an extent that is not known"));
        }
        Type::Named(name) if contract.type_def(name).is_some() => names::type_name(name),
        Type::Named(name) => return Err(format!("`{name}` is not defined under [type.*]")),
        Type::Chars | Type::Cstr => return Err(format!("`{ty}` has no size of its own")),
    })
}
