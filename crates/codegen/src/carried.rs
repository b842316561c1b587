//! Arrays that travel with their bounds: what they are in Rust, and what goes between the two.

use crate::shape::{Arg, stored};
use cmp_bridge_contract::model::{Contract, Extent, Language, Type};

/// An array that travels with its bounds.
pub(crate) struct Carried {
    /// Rust type of an element.
    pub element: String,
    /// Number of dimensions.
    pub rank: usize,
    /// A gfortran descriptor; otherwise an Ada fat pointer.
    pub fortran: bool,
    pub mutable: bool,
    /// Integer type of Ada's bounds.
    index: String,
    /// What gfortran calls the element.
    kind: u8,
}

impl Carried {
    /// Analyses the type of an array passed by descriptor.
    pub fn of(contract: &Contract, ty: &Type, mutable: bool) -> Result<Carried, String> {
        let (mut element, mut indices) = (ty, Vec::new());
        while let Type::Array(inner, Extent::Carried(index)) = element {
            indices.push(*index);
            element = inner;
        }
        let Some(first) = indices.first() else {
            return Err("only extents written `:` travel with an array; complete it in the contract".into());
        };
        if indices.iter().any(|index| index != first) {
            return Err("its dimensions have indices of different types, which is not supported".into());
        }
        let sign = if first.signed { 'i' } else { 'u' };
        Ok(Carried {
            element: stored(contract, element)?,
            rank: indices.len(),
            fortran: contract.component.language == Language::Fortran,
            mutable,
            index: format!("{sign}{}", u32::from(first.size) * 8),
            kind: kind(contract, element),
        })
    }

    /// A slice is enough: nobody sees the bounds.
    fn is_slice(&self) -> bool {
        self.fortran && self.rank == 1
    }

    /// Its type as a parameter.
    pub fn shown(&self) -> String {
        let Carried { element, rank, mutable, .. } = self;
        let dimensions = if *rank == 1 { String::new() } else { format!(", {rank}") };
        match (self.is_slice(), mutable) {
            (true, false) => format!("&[{element}]"),
            (true, true) => format!("&mut [{element}]"),
            (false, false) => format!("View<'_, {element}{dimensions}>"),
            (false, true) => format!("&mut ViewMut<'_, {element}{dimensions}>"),
        }
    }

    /// Its type as it travels.
    pub fn raw(&self) -> String {
        if self.fortran { format!("*const Descriptor<{}>", self.rank) } else { "Fat".into() }
    }

    /// Where it is, from the raw argument: an expression that fails with an answer.
    pub fn found(&self, ident: &str, nullable: bool) -> String {
        let Carried { element, rank, index, .. } = self;
        if self.fortran {
            format!("support::described::<{element}, {rank}>(call.{ident}, {nullable})?")
        } else {
            format!("support::fat::<{element}, {index}, {rank}>(call.{ident})?")
        }
    }

    /// What the rewrite borrows.
    pub fn borrowed(&self, ident: &str, nullable: bool) -> String {
        let (what, from) = match (self.is_slice(), self.mutable) {
            (true, false) => ("slice", "&"),
            (true, true) => ("slice_mut", "&mut "),
            (false, false) => ("view", "&"),
            (false, true) => ("view_mut", "&mut "),
        };
        let from = if self.fortran { format!("{from}{ident}_items") } else { format!("{from}[]") };
        let borrowed = format!("{ident}_array.{what}({from})");
        if nullable { format!("{ident}_array.present({borrowed})") } else { borrowed }
    }

    /// It is lent to the rewrite by a borrow of a variable.
    pub fn is_lent(&self) -> bool {
        self.mutable && !self.is_slice()
    }

    /// What is made of a trait's parameter before the call.
    pub fn prepared(&self, arg: &Arg) -> String {
        let (ident, rank) = (&arg.ident, self.rank);
        let data = if self.mutable { "as_mut_ptr" } else { "as_ptr" };
        if !self.fortran {
            let bounds = 2 * rank;
            return format!(
                "let {ident}_bounds = support::bounds::<{}, {rank}, {bounds}>(\"{ident}\", {ident}.first(), {ident}.extents());",
                self.index
            );
        }
        let extents = if rank == 1 { format!("[{ident}.len()]") } else { format!("{ident}.extents()") };
        let descriptor = format!("Descriptor::<{rank}>::new({ident}.{data}(), {extents}, {})", self.kind);
        if arg.nullable {
            format!("let {ident}_descriptor = {ident}.map(|{ident}| {descriptor});")
        } else {
            format!("let {ident}_descriptor = {descriptor};")
        }
    }

    /// The argument as it travels, from what was prepared.
    pub fn argument(&self, arg: &Arg) -> String {
        let ident = &arg.ident;
        match (self.fortran, arg.nullable) {
            (true, false) => format!("&{ident}_descriptor"),
            (true, true) => {
                format!("{ident}_descriptor.as_ref().map_or(core::ptr::null(), core::ptr::from_ref)")
            }
            (false, _) => {
                let data = if self.mutable { "as_mut_ptr().cast()" } else { "as_ptr().cast_mut().cast()" };
                format!("Fat {{ data: {ident}.{data}, bounds: {ident}_bounds.as_ptr().cast() }}")
            }
        }
    }

    /// A copy of what Ada returned.
    pub fn copied(&self, fat: &str) -> String {
        format!("support::copied::<{}, {}>({fat})", self.element, self.index)
    }

    /// An array on the secondary stack.
    pub fn laid_down(&self, array: &str) -> String {
        format!("support::laid_down::<{}, {}>(stack, &{array})?", self.element, self.index)
    }
}

/// Integer 1, logical 2, real 3, complex 4, record 5, text 6.
fn kind(contract: &Contract, element: &Type) -> u8 {
    match contract.scalar(element) {
        Type::Bool | Type::Logical(_) => 2,
        Type::F32 | Type::F64 | Type::F80 => 3,
        Type::ComplexF32 | Type::ComplexF64 | Type::ComplexF80 => 4,
        Type::Named(_) => 5,
        Type::Char | Type::Array(..) => 6,
        _ => 1,
    }
}
