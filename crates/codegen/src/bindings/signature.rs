//! What a caller passes, in ABI order, hidden arguments included: one analysis, which the printers of bindings read.

use crate::error::Unsupported;
use cmp_bridge_contract::abi::{self, Role};
use cmp_bridge_contract::model::{
    By, Contract, Extent, Index, Language, Param, Returns, Routine, Type, TypeKind,
};

/// A routine as its callers see it.
pub(crate) struct Signature<'a> {
    pub routine: &'a Routine,
    /// In ABI order.
    pub args: Vec<Arg<'a>>,
    pub answer: Answer<'a>,
}

/// One argument.
#[derive(Clone, Copy)]
pub(crate) enum Arg<'a> {
    /// Parameter `i` of the contract.
    Param(&'a Param),
    /// The hidden length of the text parameter `i`, a `size_t` by value.
    Length(&'a Param),
    /// The address where the caller wants the answer.
    AnswerAddress(&'a Returns),
    /// The room there, a `size_t` by value.
    AnswerLength,
}

/// How the answer comes back.
#[derive(Clone, Copy)]
pub(crate) enum Answer<'a> {
    Nothing,
    /// As every C compiler returns a value of this type, a large record included.
    Value(&'a Returns),
    /// An address of it.
    Address(&'a Returns),
    /// Ada: the address of its data and that of its bounds.
    FatPointer(&'a Returns),
    /// Through [`Arg::AnswerAddress`] (and [`Arg::AnswerLength`]).
    Written,
}

/// Analyses a routine.
pub(crate) fn of<'a>(contract: &'a Contract, routine: &'a Routine) -> Result<Signature<'a>, Unsupported> {
    let fault = |part: &str, reason: String| Unsupported {
        routine: routine.name.clone(),
        part: part.to_string(),
        reason,
    };
    if routine.static_link {
        let reason = "it works on the frame of the routine around it: take that one instead";
        return Err(fault("its static link", reason.into()));
    }
    // What follows the fixed arguments changes nothing about them.
    let fixed = Routine { varargs: false, ..routine.clone() };
    let lowered = abi::lower(contract, &fixed).map_err(|error| fault("the signature", error.to_string()))?;
    let answer = answer(contract, routine);
    let mut args = Vec::new();
    for argument in &lowered.arguments {
        args.push(match (argument.role, &routine.returns, &answer) {
            (Role::Param(i), ..) => Arg::Param(&routine.params[i]),
            (Role::Length(i), ..) => Arg::Length(&routine.params[i]),
            (Role::ReturnAddress, Some(returns), Answer::Written) => Arg::AnswerAddress(returns),
            (Role::ReturnLength, ..) => Arg::AnswerLength,
            // A compiler passes the address of a large record itself.
            (Role::ReturnAddress, ..) => continue,
        });
    }
    Ok(Signature { routine, args, answer })
}

fn answer<'a>(contract: &Contract, routine: &'a Routine) -> Answer<'a> {
    let Some(returns) = &routine.returns else { return Answer::Nothing };
    let language = contract.component.language;
    let text = matches!(&returns.ty, Type::Chars)
        || matches!(&returns.ty, Type::Array(element, _) if **element == Type::Char);
    let trivial = match &returns.ty {
        Type::Named(name) => contract.type_def(name).is_none_or(|def| def.trivial),
        _ => true,
    };
    match returns.by {
        By::Reference => Answer::Address(returns),
        By::Descriptor if language == Language::Ada => Answer::FatPointer(returns),
        By::Descriptor => Answer::Written,
        By::Value if language == Language::Fortran && text => Answer::Written,
        By::Value if !trivial => Answer::Written,
        By::Value => Answer::Value(returns),
    }
}

/// An array that carries its bounds: its element, its rank, and the integer type of its bounds. `None`: it is none, or its
/// bounds are of different types.
pub(crate) fn carried(ty: &Type) -> Option<(&Type, u64, Index)> {
    let (mut element, mut rank, mut index) = (ty, 0, None);
    while let Type::Array(inner, Extent::Carried(bounds)) = element {
        if index.is_some_and(|index| index != *bounds) {
            return None;
        }
        (element, rank, index) = (inner, rank + 1, Some(*bounds));
    }
    index.map(|index| (element, rank, index))
}

/// The names of the types that the routines reach, each after those that it holds by value.
pub(crate) fn reached<'a>(contract: &'a Contract, routines: &[&'a Routine]) -> Vec<&'a str> {
    let mut walk = Walk { contract, started: Vec::new(), done: Vec::new() };
    for routine in routines {
        walk.signature(&routine.params, &routine.returns);
        routine.state.iter().for_each(|entry| walk.visit(&entry.view));
    }
    walk.done
}

struct Walk<'a> {
    contract: &'a Contract,
    started: Vec<&'a str>,
    done: Vec<&'a str>,
}

impl<'a> Walk<'a> {
    fn signature(&mut self, params: &'a [Param], returns: &'a Option<Returns>) {
        params.iter().for_each(|param| self.visit(&param.ty));
        returns.iter().for_each(|returns| self.visit(&returns.ty));
    }

    fn visit(&mut self, ty: &'a Type) {
        let name = match ty {
            Type::Array(element, _) => return self.visit(element),
            Type::Named(name) => name.as_str(),
            _ => return,
        };
        if self.started.contains(&name) {
            return;
        }
        self.started.push(name);
        match self.contract.type_def(name).map(|def| &def.kind) {
            Some(TypeKind::Struct(fields) | TypeKind::Union(fields)) => {
                fields.iter().for_each(|field| self.visit(&field.ty));
            }
            Some(TypeKind::Function { params, returns }) => self.signature(params, returns),
            Some(TypeKind::Packed { element, .. }) => self.visit(element),
            _ => (),
        }
        self.done.push(name);
    }
}
