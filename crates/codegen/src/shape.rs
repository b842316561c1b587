//! What a routine looks like from Rust: one analysis, which every printer reads.

use crate::callbacks;
use crate::carried::Carried;
use crate::error::Unsupported;
use crate::names;
use cmp_bridge_contract::abi::{self, Piece, ReturnPlace, Role};
use cmp_bridge_contract::expr::Expr;
use cmp_bridge_contract::hash::routine_hash;
use cmp_bridge_contract::model::{
    By, Contract, Exceptions, Extent, Param, Returns, Routine, StateKind, Status, Threads, Type, TypeDef,
    TypeKind, Use,
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
    /// How it comes back.
    pub returned: Returned,
    /// It stands for what is called back: a closure answers, not a rewrite.
    pub closure: Option<&'a TypeDef>,
    pub status: Option<StatusAt<'a>>,
    /// A C++ or Ada exception may come out of it.
    pub raises: bool,
    /// A relinked build keeps its legacy code, under another name.
    pub kept: bool,
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
    /// The legacy code may follow an address that whoever calls it makes up.
    pub addressed: bool,
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
    /// An array that travels with its bounds.
    Carried(Carried),
    /// A routine to call back.
    Callback(Callback),
    /// The address that a callback is given back: a closure needs none.
    UserData,
}

/// How a returned value comes back.
pub(crate) enum Returned {
    /// As the compiler returns a value of its type.
    Value,
    /// Written where a hidden argument says; text has its length in another one.
    Written { length: Option<u64> },
    /// With its bounds, on Ada's secondary stack.
    Carried(Carried),
}

/// A routine to call back.
pub(crate) struct Callback {
    /// Module of its signature.
    pub module: String,
    /// Type of a closure of this signature.
    pub ty: String,
    /// What such a closure implements.
    pub bound: String,
    /// The argument that travels with it and comes back to it.
    pub user_data: Option<String>,
    /// The contract says that nobody calls it back once the routine has returned.
    pub released: bool,
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
    /// As for [`Arg`].
    pub addressed: bool,
}

impl Shape<'_> {
    /// One thread at a time may call it from Rust: the contract says so, or the storage of its state, or Ada's secondary
    /// stack, is one for all threads.
    pub fn serial(&self) -> bool {
        let shared = !self.state.is_empty() || matches!(self.returned, Returned::Carried(_));
        self.routine.threads == Threads::Serial || shared
    }
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
    analyse_as(contract, routine, None)
}

/// Analyses what a function type stands for, given as a routine.
pub(crate) fn analyse_as<'a>(
    contract: &'a Contract,
    routine: &'a Routine,
    closure: Option<&'a TypeDef>,
) -> Result<Shape<'a>, Vec<Unsupported>> {
    let mut faults = Faults { routine: &routine.name, list: Vec::new() };
    unsupported(routine, &mut faults);
    let args = args(contract, routine, closure, &mut faults);
    let state = state(contract, routine, &args, &mut faults);
    let status = status(contract, routine, &mut faults);
    let (value, returned) = returned(contract, routine, &mut faults);
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
        .partition(|(role, _)| *role == Role::ReturnAddress && matches!(returned, Returned::Value));
    Ok(Shape {
        routine,
        trait_name: names::type_name(&routine.name),
        name,
        hash: routine_hash(contract, routine),
        args,
        state,
        value,
        status,
        raises: routine.exceptions == Exceptions::Possible,
        kept: false,
        returned,
        closure,
        abi,
        return_address: hidden.into_iter().next().map(|(_, pieces)| pieces),
        return_places: lowered.returns,
    })
}

/// What no generated code can express yet.
fn unsupported(routine: &Routine, faults: &mut Faults) {
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

fn args<'a>(
    contract: &'a Contract,
    routine: &'a Routine,
    closure: Option<&TypeDef>,
    faults: &mut Faults,
) -> Vec<Arg<'a>> {
    let mut args: Vec<Arg> = Vec::new();
    let user_data: Vec<&String> = match closure {
        Some(def) => def.user_data.iter().collect(),
        None => routine.params.iter().filter_map(|param| param.user_data.as_ref()).collect(),
    };
    for param in &routine.params {
        let kind = match user_data.contains(&&param.name) {
            true => Ok(Kind::UserData),
            false => kind(contract, routine, param, closure.is_some()),
        };
        match kind {
            Err(reason) => faults.add(format!("parameter `{}`", param.name), reason),
            Ok(kind) => {
                let mut ident = names::variable(&param.name);
                while args.iter().any(|other| other.ident == ident) {
                    ident.push_str("_2");
                }
                if derived(&ident, routine) {
                    ident.push('_');
                }
                let shown = !matches!(kind, Kind::Status | Kind::UserData);
                let read = param.usage != Use::Out && !matches!(kind, Kind::Callback(_));
                let addressed =
                    shown && (matches!(kind, Kind::Opaque) || read && leads_on(contract, &param.ty));
                let nullable = param.nullable && (param.by != By::Value || matches!(kind, Kind::Callback(_)));
                args.push(Arg { ident, kind, nullable, shown, addressed, param });
            }
        }
    }
    let carried: Vec<String> = args
        .iter()
        .filter_map(|arg| match &arg.kind {
            Kind::Slice { count: Expr::Param(name), .. } if !arg.nullable => Some(name.clone()),
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

/// Printed functions have a variable of that name beside another parameter.
fn derived(ident: &str, routine: &Routine) -> bool {
    const BESIDE: [&str; 9] =
        ["_array", "_bounds", "_code", "_descriptor", "_hidden", "_items", "_length", "_lent", "_placed"];
    let others = || routine.params.iter().map(|param| names::variable(&param.name));
    BESIDE
        .iter()
        .filter_map(|end| ident.strip_suffix(end))
        .any(|stem| others().any(|other| other.trim_matches('_') == stem.trim_start_matches('_')))
}

/// A value of this type holds an address that legacy code may follow.
pub(crate) fn leads_on(contract: &Contract, ty: &Type) -> bool {
    fn search<'a>(contract: &'a Contract, ty: &'a Type, seen: &mut Vec<&'a str>) -> bool {
        match ty {
            Type::Ptr | Type::Fn => true,
            Type::Array(element, _) => search(contract, element, seen),
            Type::Named(name) if !seen.contains(&name.as_str()) => {
                seen.push(name);
                match contract.type_def(name).map(|def| &def.kind) {
                    Some(TypeKind::Struct(fields) | TypeKind::Union(fields)) => {
                        fields.iter().any(|field| search(contract, &field.ty, seen))
                    }
                    Some(TypeKind::Opaque { .. } | TypeKind::Function { .. }) => true,
                    _ => false,
                }
            }
            _ => false,
        }
    }
    search(contract, ty, &mut Vec::new())
}

fn kind(contract: &Contract, routine: &Routine, param: &Param, closure: bool) -> Result<Kind, String> {
    if param.usage == Use::Unknown {
        return Err("its direction is not known; complete `use` in the contract".into());
    }
    if *contract.scalar(&param.ty) == Type::Fn && param.usage != Use::Ignored {
        return match closure {
            true => Err("what is called back cannot call back in turn".into()),
            false => callbacks::kind(contract, param).map(Kind::Callback),
        };
    }
    if param.by == By::Descriptor && param.usage != Use::Ignored {
        return Carried::of(contract, &param.ty, param.usage != Use::In).map(Kind::Carried);
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
        return Ok(Kind::Status);
    }
    let mutable = param.usage != Use::In;
    Ok(match &param.ty {
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
    })
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
        let count = Expr::product(vec![extent.clone(), count]).unwrap_or(Expr::Const(0));
        return Ok((element, count));
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
                let addressed = leads_on(contract, &entry.view);
                list.push(StateArg {
                    ident,
                    ty,
                    bytes,
                    mutable,
                    symbol,
                    local,
                    area: area.name.clone(),
                    kind,
                    addressed,
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

fn returned(contract: &Contract, routine: &Routine, faults: &mut Faults) -> (Option<Scalar>, Returned) {
    let Some(returns) = &routine.returns else { return (None, Returned::Value) };
    if returns.usage == Use::Status {
        if routine.params.iter().any(|param| param.usage == Use::Status) {
            faults.add("the returned value", "a parameter already carries the status");
        }
        return (None, Returned::Value);
    }
    match returned_value(contract, returns) {
        Ok((scalar, returned)) => (Some(scalar), returned),
        Err(reason) => {
            faults.add("the returned value", reason);
            (None, Returned::Value)
        }
    }
}

fn returned_value(contract: &Contract, returns: &Returns) -> Result<(Scalar, Returned), String> {
    let plain = |raw: String| Scalar { raw, logical: false };
    let trivial = |name: &String| contract.type_def(name).is_none_or(|def| def.trivial);
    match (returns.by, &returns.ty) {
        (By::Reference, Type::Cstr) => Ok((plain("Lasting<u8>".into()), Returned::Value)),
        (By::Reference, ty) => Ok((plain(format!("Lasting<{}>", stored(contract, ty)?)), Returned::Value)),
        (By::Descriptor, ty) => {
            let carried = Carried::of(contract, ty, true)?;
            if carried.fortran {
                return Err("how many elements its caller has room for is not known: write the extent, or \
                            leave this routine to the legacy code"
                    .into());
            }
            if carried.rank != 1 {
                return Err("a returned array of several dimensions is not supported".into());
            }
            Ok((plain(format!("Array<{}>", carried.element)), Returned::Carried(carried)))
        }
        (By::Value, Type::Chars) => Err("how long the text is that its caller has room for is not known: \
                                         write \"[char; n]\""
            .into()),
        (By::Value, ty @ Type::Array(_, extent)) => {
            let length = match extent {
                Extent::Expr(extent) => extent.constant().and_then(|n| u64::try_from(n).ok()),
                _ => None,
            };
            let length = length.ok_or("the length of the text is not known; complete it in the contract")?;
            Ok((plain(stored(contract, ty)?), Returned::Written { length: Some(length) }))
        }
        (By::Value, ty @ Type::Named(name)) if !trivial(name) => {
            Ok((plain(stored(contract, ty)?), Returned::Written { length: None }))
        }
        (By::Value, ty) => Ok((by_value(contract, ty)?, Returned::Value)),
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
    if !passes(contract, ty) {
        let what = "a long double, or a floating-point number in a union, by value is not supported yet";
        return Err(format!("{what}; leave this routine to the legacy code"));
    }
    scalar(contract, ty)
}

/// The compiler passes the Rust type as the ABI passes the legacy one: what is kept as bytes is so when it travels in memory,
/// or in integer registers.
fn passes(contract: &Contract, ty: &Type) -> bool {
    if !holds_bytes(contract, ty) {
        return true;
    }
    if matches!(contract.scalar(ty), Type::F80 | Type::ComplexF80) {
        return false;
    }
    if contract.size_align(ty).is_some_and(|(size, _)| size > 16) {
        return true;
    }
    let mut routine = Routine::new("one", "one", contract.component.language);
    routine.params.push(Param::new("value", ty.clone(), By::Value, Use::In));
    abi::lower(contract, &routine).is_ok_and(|lowered| {
        let mut pieces = lowered.arguments.iter().flat_map(|argument| &argument.pieces);
        pieces.all(|piece| matches!(piece.place, abi::Place::Gpr(_)))
    })
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
            TypeKind::Packed { .. } => false,
            TypeKind::Opaque { .. } => true,
            TypeKind::Struct(fields) if fields.iter().any(|field| field.when.is_some()) => {
                fields.iter().any(|field| holds_floats(contract, &field.ty))
            }
            // Eight bytes that hold any integer travel as one, whatever else they hold.
            TypeKind::Union(fields) => {
                let integer = def.size <= 8 && fields.iter().any(|field| is_integer(&field.ty));
                !integer && fields.iter().any(|field| holds_floats(contract, &field.ty))
            }
            TypeKind::Struct(fields) => fields.iter().any(|field| {
                let align = contract.size_align(&field.ty).map_or(1, |(_, align)| align);
                let packed = align > def.align || field.offset % align != 0;
                packed || holds_bytes(contract, &field.ty)
            }),
        }),
        _ => false,
    }
}

/// There is a floating-point number in it.
fn holds_floats(contract: &Contract, ty: &Type) -> bool {
    match contract.scalar(ty) {
        Type::Array(element, _) => holds_floats(contract, element),
        Type::Named(name) => contract.type_def(name).is_some_and(|def| match &def.kind {
            TypeKind::Struct(fields) | TypeKind::Union(fields) => {
                fields.iter().any(|field| holds_floats(contract, &field.ty))
            }
            _ => false,
        }),
        scalar => !is_integer(scalar),
    }
}

fn is_integer(ty: &Type) -> bool {
    matches!(ty, Type::Int(..) | Type::Char | Type::Bool | Type::Logical(_) | Type::Ptr | Type::Fn)
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
        Type::ComplexF80 => "Complex<X87>".into(),
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
        Type::Named(_) if *contract.scalar(ty) == Type::Fn => "Address".into(),
        Type::Named(name) if contract.type_def(name).is_some() => names::type_name(name),
        Type::Named(name) => return Err(format!("`{name}` is not defined under [type.*]")),
        Type::Chars | Type::Cstr => return Err(format!("`{ty}` has no size of its own")),
    })
}
