//! Sizes and alignments for the target the contract was scanned from (x86-64 Linux).

use crate::model::{Contract, Extent, Routine, StateArea, Type, TypeDef, TypeKind};

/// Most bytes any one value may have. Larger numbers in a contract are refused, so that sizes never overflow.
pub const MAX_SIZE: u64 = 1 << 40;

/// How deep definitions may contain each other by value.
const MAX_DEPTH: u32 = 64;
/// Most parts of one value that are looked at: unions in unions make more of them than they have bytes.
const MAX_VISITS: u32 = 4096;

impl Contract {
    /// The definition of that name under `[type.*]`.
    pub fn type_def(&self, name: &str) -> Option<&TypeDef> {
        self.types.iter().find(|def| def.name == name)
    }

    /// The routine of that name.
    pub fn routine(&self, name: &str) -> Option<&Routine> {
        self.routines.iter().find(|routine| routine.name == name)
    }

    /// The state area of that name.
    pub fn state_area(&self, name: &str) -> Option<&StateArea> {
        self.state.iter().find(|area| area.name == name)
    }

    /// Size and alignment in bytes. `None`: undefined, unsized (`chars`, `cstr`, an extent that is not constant), or
    /// larger than [`MAX_SIZE`].
    pub fn size_align(&self, ty: &Type) -> Option<(u64, u64)> {
        let (size, align) = match ty {
            Type::Named(name) => {
                let def = self.type_def(name)?;
                match &def.kind {
                    TypeKind::Enum { .. }
                    | TypeKind::Range { .. }
                    | TypeKind::Fixed { .. }
                    | TypeKind::Function { .. } => self.size_align_of_scalar(self.scalar(ty))?,
                    TypeKind::Struct(_)
                    | TypeKind::Union(_)
                    | TypeKind::Packed { .. }
                    | TypeKind::Opaque { .. } => (def.size, def.align),
                }
            }
            Type::Array(element, Extent::Expr(extent)) => {
                let (size, align) = self.size_align(element)?;
                let count = u64::try_from(extent.constant()?.max(0)).ok()?;
                (size.checked_mul(count)?, align)
            }
            scalar => self.size_align_of_scalar(scalar)?,
        };
        (size <= MAX_SIZE).then_some((size, align))
    }

    /// An address is as long as the target's; the other scalars are what they are called.
    fn size_align_of_scalar(&self, ty: &Type) -> Option<(u64, u64)> {
        let pointer = self.component.target.pointer_size();
        match ty {
            Type::Ptr | Type::Fn => Some((pointer, pointer)),
            // i386 aligns eight bytes to four inside records; what a record says of its own fields stands in the record.
            _ => scalar_size_align(ty),
        }
    }

    /// The scalar under a name that stands for one: an enumeration, a range and a fixed-point type are their `repr`, the
    /// address of a routine is `fn`. Any other type is itself.
    pub fn scalar<'a>(&'a self, ty: &'a Type) -> &'a Type {
        match ty {
            Type::Named(name) => match self.type_def(name).map(|def| &def.kind) {
                Some(
                    TypeKind::Enum { repr, .. } | TypeKind::Range { repr, .. } | TypeKind::Fixed { repr, .. },
                ) => repr,
                Some(TypeKind::Function { .. }) => &Type::Fn,
                _ => ty,
            },
            _ => ty,
        }
    }

    /// Calls `visit` with every scalar inside a value of type `ty`, and its offset; stops at the first `false`.
    /// Returns false if it was stopped, or if the type is unsized, undefined or contains itself.
    pub(crate) fn each_scalar(&self, ty: &Type, visit: &mut dyn FnMut(ScalarAt) -> bool) -> bool {
        self.each_scalar_at(ty, (0, None), 0, &mut MAX_VISITS.clone(), visit)
    }

    fn each_scalar_at(
        &self,
        ty: &Type,
        (offset, bits): (u64, Option<(u32, u32)>),
        depth: u32,
        visits: &mut u32,
        visit: &mut dyn FnMut(ScalarAt) -> bool,
    ) -> bool {
        if depth > MAX_DEPTH || *visits == 0 {
            return false;
        }
        *visits -= 1;
        match self.scalar(ty) {
            Type::Named(name) => match self.type_def(name).map(|def| &def.kind) {
                Some(TypeKind::Struct(fields) | TypeKind::Union(fields)) => fields.iter().all(|field| {
                    offset.checked_add(field.offset).is_some_and(|offset| {
                        self.each_scalar_at(&field.ty, (offset, field.bits), depth + 1, visits, visit)
                    })
                }),
                // Packed bits are passed as the integers they fill.
                Some(TypeKind::Packed { .. }) => {
                    let size = self.size_align(ty).map_or(0, |(size, _)| size);
                    (0..size).all(|i| {
                        let byte = Type::Int(1, false);
                        visit(ScalarAt {
                            ty: byte,
                            offset: offset.saturating_add(i),
                            size: 1,
                            align: 1,
                            bits: None,
                        })
                    })
                }
                _ => false,
            },
            array @ Type::Array(element, _) => {
                let (Some((total, _)), Some((size, _))) = (self.size_align(array), self.size_align(element))
                else {
                    return false;
                };
                let count = total.checked_div(size).unwrap_or(0);
                (0..count).all(|i| {
                    // Below the total, which is limited.
                    let at = offset.saturating_add(i * size);
                    self.each_scalar_at(element, (at, None), depth + 1, visits, visit)
                })
            }
            scalar => match scalar_size_align(scalar) {
                Some((size, align)) => visit(ScalarAt { ty: scalar.clone(), offset, size, align, bits }),
                None => false,
            },
        }
    }
}

/// A scalar inside a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ScalarAt {
    pub ty: Type,
    pub offset: u64,
    pub size: u64,
    pub align: u64,
    /// For a bit field: first bit and number of bits.
    pub bits: Option<(u32, u32)>,
}

/// Size and alignment of a built-in type that has a size.
pub fn scalar_size_align(ty: &Type) -> Option<(u64, u64)> {
    Some(match ty {
        Type::Int(size, _) | Type::Logical(size) => (u64::from(*size), u64::from(*size)),
        Type::F32 => (4, 4),
        Type::F64 | Type::Ptr | Type::Fn => (8, 8),
        Type::F80 => (16, 16),
        Type::ComplexF32 => (8, 4),
        Type::ComplexF64 => (16, 8),
        Type::ComplexF80 => (32, 16),
        Type::Bool | Type::Char => (1, 1),
        Type::Chars | Type::Cstr | Type::Array(..) | Type::Named(_) => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Component, Field, Language};

    fn contract(types: Vec<TypeDef>) -> Contract {
        let component = Component::new("c", Language::C);
        Contract { component, types, state: Vec::new(), routines: Vec::new(), proposals: Vec::new() }
    }

    #[test]
    fn sizes_follow_the_target() {
        let point = TypeDef::new("point", TypeKind::Struct(vec![]), 24, 8);
        let values = vec![("A".to_string(), 0)];
        let color = TypeDef::new("color", TypeKind::Enum { repr: Type::Int(2, false), values }, 99, 99);
        let contract = contract(vec![point, color]);
        for (text, expected) in [
            ("f80", Some((16, 16))),
            ("complex_f32", Some((8, 4))),
            ("[complex_f64; 3]", Some((48, 8))),
            ("[[point; 2]; 2*2-1]", Some((144, 8))),
            ("[i8; 0-3]", Some((0, 1))),
            ("color", Some((2, 2))),
            ("[i32; n]", None),
            ("[i32; ?]", None),
            ("chars", None),
            ("nowhere", None),
            ("[i64; 9223372036854775807]", None),
        ] {
            let ty = Type::parse(text).expect(text);
            assert_eq!(contract.size_align(&ty), expected, "{text}");
        }
    }

    #[test]
    fn a_record_inside_itself_ends() {
        let field = Field::new("next", Type::Named("node".into()), 0);
        let node = TypeDef::new("node", TypeKind::Struct(vec![field]), 8, 8);
        let contract = contract(vec![node]);
        assert!(!contract.each_scalar(&Type::Named("node".into()), &mut |_| true));
    }
}
