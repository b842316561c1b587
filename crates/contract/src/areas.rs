//! The memory a call may touch: one [`Area`] for each parameter passed by address, for a returned record, and for each
//! declared state area. Recording, replay and comparison number areas in the order of [`of`].

use crate::abi::{self, AbiError, Role};
use crate::expr::Expr;
use crate::layout::MAX_SIZE;
use crate::model::{By, Contract, Extent, Index, Language, Routine, Type, TypeKind, Use};

/// What an area belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Owner {
    /// Parameter `i`.
    Param(usize),
    /// The bounds of parameter `i`, which is passed by descriptor. Stands before the parameter's own area.
    Bounds(usize),
    /// The returned record in memory.
    Return,
    /// Entry `i` of the routine's `state`.
    State(usize),
}

/// How many bytes an area has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Bytes {
    /// As many.
    Fixed(u64),
    /// Element size times an expression over integer parameters (negative counts as 0).
    Counted {
        /// Bytes of one element.
        element: u64,
        /// Number of elements.
        count: Expr,
    },
    /// The hidden length of the `chars` parameter itself.
    HiddenLength,
    /// Up to and including the first NUL.
    ToNul,
    /// Element size times what the bounds beside it say.
    Carried {
        /// Bytes of one element.
        element: u64,
        /// The extents it carries, in the order of the bounds.
        extents: Vec<Index>,
    },
    /// Not known; the size of one element, at least.
    Unknown {
        /// Bytes of one element.
        element: u64,
    },
}

/// A piece of memory a call may touch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Area {
    /// What it belongs to.
    pub owner: Owner,
    /// The type found there.
    pub ty: Type,
    /// Its size.
    pub bytes: Bytes,
    /// The routine may write it: it is captured after the call, too. (Every area is captured before.)
    pub written: bool,
    /// Required alignment.
    pub align: u64,
}

/// The areas of a routine: parameters by reference in order, the returned record, the entries of `state` in order.
pub fn of(contract: &Contract, routine: &Routine) -> Result<Vec<Area>, AbiError> {
    let mut areas = Vec::new();
    let written = |usage| !matches!(usage, Use::In | Use::Ignored);
    for (i, param) in routine.params.iter().enumerate() {
        if param.by == By::Descriptor {
            let (bounds, data) = descriptor(contract, i, &param.ty, written(param.usage))?;
            areas.extend([bounds, data]);
        }
        if param.by == By::Reference && !is_opaque(contract, &param.ty) {
            areas.push(area(contract, Owner::Param(i), &param.ty, written(param.usage))?);
        }
    }
    if let Some(returns) = routine.returns.as_ref().filter(|returns| returns.by == By::Value) {
        let hidden = abi::lower(contract, routine)?.arguments.iter().any(|a| a.role == Role::ReturnAddress);
        if hidden {
            areas.push(area(contract, Owner::Return, &returns.ty, true)?);
        }
    }
    for (i, entry) in routine.state.iter().enumerate() {
        let whole =
            contract.state_area(&entry.area).ok_or_else(|| AbiError::UndefinedState(entry.area.clone()))?;
        let mut area = area(contract, Owner::State(i), &entry.view, written(entry.usage))?;
        // What is seen of an area is never more than the area: a view of unknown extent is all of it.
        match area.bytes {
            Bytes::Fixed(size) => area.bytes = Bytes::Fixed(size.min(whole.size)),
            _ => area.bytes = Bytes::Fixed(whole.size),
        }
        areas.push(area);
    }
    Ok(areas)
}

/// Bytes of a gfortran array descriptor before its dimensions, and of each of these.
const DESCRIPTOR: (u64, u64) = (40, 24);

/// The bounds of an array that carries them, and its data. Ada: the bounds themselves, first and last of each dimension.
/// Fortran: the descriptor, as 64-bit words, which holds the address of the data.
fn descriptor(contract: &Contract, i: usize, ty: &Type, written: bool) -> Result<(Area, Area), AbiError> {
    let (mut extents, mut element, mut rank) = (Vec::new(), ty, 0);
    while let Type::Array(inner, extent @ (Extent::Carried(_) | Extent::Unknown)) = element {
        if **inner == Type::Char && *extent == Extent::Unknown {
            break;
        }
        if let Extent::Carried(index) = extent {
            extents.push(*index);
        }
        (element, rank) = (inner, rank + 1);
    }
    let fortran = contract.component.language == Language::Fortran;
    let (word, words) = match (fortran, extents.first()) {
        (true, _) => (Type::Int(8, true), (DESCRIPTOR.0 + rank * DESCRIPTOR.1) / 8),
        (false, first) => {
            let index = first.copied().unwrap_or_default();
            (Type::Int(index.size, index.signed), 2 * rank)
        }
    };
    let ty_of_bounds = Type::Array(Box::new(word), Extent::Expr(Expr::Const(words as i64)));
    let mut bounds = area(contract, Owner::Bounds(i), &ty_of_bounds, false)?;
    let (bytes, align) = match contract.size_align(element) {
        // Bounds of different types lie at offsets of their own, which nothing needs yet.
        Some((size, align))
            if extents.len() as u64 == rank && extents.windows(2).all(|pair| pair[0] == pair[1]) =>
        {
            (Bytes::Carried { element: size, extents }, align)
        }
        known => (Bytes::Unknown { element: known.map_or(1, |(size, _)| size) }, 1),
    };
    bounds.written = false;
    Ok((bounds, Area { owner: Owner::Param(i), ty: ty.clone(), bytes, written, align }))
}

/// Storage whose inside nobody knows is not captured: only its address is an argument.
fn is_opaque(contract: &Contract, ty: &Type) -> bool {
    let mut ty = ty;
    while let Type::Array(element, _) = ty {
        ty = element;
    }
    match ty {
        Type::Named(name) => {
            matches!(contract.type_def(name).map(|def| &def.kind), Some(TypeKind::Opaque { .. }))
        }
        _ => false,
    }
}

fn area(contract: &Contract, owner: Owner, ty: &Type, written: bool) -> Result<Area, AbiError> {
    let (bytes, align) = match ty {
        Type::Chars => (Bytes::HiddenLength, 1),
        Type::Cstr => (Bytes::ToNul, 1),
        Type::Array(..) => extent(contract, ty)?,
        _ => {
            let (size, align) = size_align(contract, ty)?;
            (Bytes::Fixed(size), align)
        }
    };
    Ok(Area { owner, ty: ty.clone(), bytes, written, align })
}

/// The size of an array: constant extents multiply the element, the others the count.
fn extent(contract: &Contract, array: &Type) -> Result<(Bytes, u64), AbiError> {
    let mut extents = Vec::new();
    let mut element = array;
    while let Type::Array(inner, extent) = element {
        extents.push(extent);
        element = inner;
    }
    let (mut size, align) = size_align(contract, element)?;
    let too_large = || AbiError::TooLarge(array.to_string());
    let mut counts: Vec<Expr> = Vec::new();
    let mut unknown = false;
    // Innermost first: a constant extent inside the first variable one is part of the element.
    for extent in extents.into_iter().rev() {
        match extent {
            Extent::Unknown | Extent::Carried(_) => unknown = true,
            Extent::Expr(expr) => match (expr.constant(), unknown, counts.is_empty()) {
                (Some(times), false, true) => {
                    let times = u64::try_from(times).unwrap_or(0);
                    size = size.checked_mul(times).filter(|s| *s <= MAX_SIZE).ok_or_else(too_large)?;
                }
                _ => counts.insert(0, expr.clone()),
            },
        }
    }
    let bytes = match (unknown, Expr::product(counts)) {
        (true, _) => Bytes::Unknown { element: size },
        (false, None) => Bytes::Fixed(size),
        (false, Some(count)) => Bytes::Counted { element: size, count },
    };
    Ok((bytes, align))
}

fn size_align(contract: &Contract, ty: &Type) -> Result<(u64, u64), AbiError> {
    contract.size_align(ty).ok_or_else(|| match ty {
        Type::Named(name) if contract.type_def(name).is_none() => AbiError::Undefined(name.clone()),
        Type::Chars | Type::Cstr => AbiError::ByValue(ty.to_string()),
        _ => AbiError::TooLarge(ty.to_string()),
    })
}
