//! Arrays of CHARACTER*(*): the texts lie one behind the other, and the hidden length is that of one of them.

use std::collections::BTreeMap;

use cmp_bridge_contract::literal::Literal;
use cmp_bridge_contract::model::{By, Contract, Extent, Language, Param, Type};

use crate::request::{ArgumentError, MAX_AREA};

/// Texts as they lie in memory.
pub(crate) struct Texts {
    pub(crate) bytes: Vec<u8>,
    /// Bytes of one of them.
    pub(crate) length: u64,
}

/// The parameter is an array of texts whose length is a hidden argument.
pub(crate) fn is_list(contract: &Contract, param: &Param) -> bool {
    if contract.component.language != Language::Fortran || param.by != By::Reference {
        return false;
    }
    let (extents, element) = dimensions(&param.ty);
    *element == Type::Char && extents.len() > 1 && matches!(extents.last(), Some(Extent::Unknown))
}

impl Texts {
    /// The texts of an argument, shorter ones padded with blanks; `None` for a null address.
    pub(crate) fn read(
        param: &Param,
        literal: &Literal,
        numbers: &BTreeMap<String, i64>,
    ) -> Result<Option<Texts>, ArgumentError> {
        let refuse = |found: String| ArgumentError::Texts {
            name: param.name.clone(),
            ty: param.ty.to_string(),
            found,
        };
        let (count, length, texts) = match literal {
            Literal::Null => return Ok(None),
            Literal::Array(_) => {
                let mut texts = Vec::new();
                leaves(literal, &mut texts).map_err(|other| refuse(other.what()))?;
                let length = texts.iter().map(|text| text.len()).max().unwrap_or(0);
                (texts.len(), length, texts)
            }
            Literal::Room(room) => {
                let (extents, element) = dimensions(room);
                let counts: Option<Vec<usize>> = extents.iter().map(|extent| constant(extent)).collect();
                match (element, counts.as_deref().and_then(|counts| counts.split_last())) {
                    (Type::Char, Some((length, counts @ [_, ..]))) => {
                        let count = counts.iter().try_fold(1_usize, |all, n| all.checked_mul(*n));
                        (count.unwrap_or(usize::MAX), *length, Vec::new())
                    }
                    _ => return Err(refuse(format!("room for {room}"))),
                }
            }
            other => return Err(refuse(other.what())),
        };
        if let Some(expected) = expected(param, numbers).filter(|expected| *expected != count as i64) {
            return Err(ArgumentError::Extent {
                name: param.name.clone(),
                ty: param.ty.to_string(),
                expected: format!("{expected} texts"),
                found: format!("{count}"),
            });
        }
        let size = count.checked_mul(length).filter(|size| *size as u64 <= MAX_AREA);
        let mut bytes = vec![b' '; size.ok_or_else(|| refuse(format!("more than {MAX_AREA} bytes")))?];
        if length > 0 {
            for (place, text) in bytes.chunks_mut(length).zip(texts) {
                place[..text.len()].copy_from_slice(text);
            }
        }
        Ok(Some(Texts { bytes, length: length as u64 }))
    }
}

/// The extents of an array, outermost first, and its element.
fn dimensions(mut ty: &Type) -> (Vec<&Extent>, &Type) {
    let mut extents = Vec::new();
    while let Type::Array(element, extent) = ty {
        extents.push(extent);
        ty = element;
    }
    (extents, ty)
}

fn constant(extent: &Extent) -> Option<usize> {
    match extent {
        Extent::Expr(expr) => usize::try_from(expr.constant()?).ok(),
        _ => None,
    }
}

/// How many texts there are, where the contract knows.
fn expected(param: &Param, numbers: &BTreeMap<String, i64>) -> Option<i64> {
    let (extents, _) = dimensions(&param.ty);
    let (_, outer) = extents.split_last()?;
    outer.iter().try_fold(1_i64, |all, extent| match extent {
        Extent::Expr(expr) => {
            all.checked_mul(expr.evaluate(&|name: &str| numbers.get(name).copied())?.max(0))
        }
        _ => None,
    })
}

/// The texts of a list, or of a list of lists.
fn leaves<'l>(literal: &'l Literal, texts: &mut Vec<&'l [u8]>) -> Result<(), &'l Literal> {
    match literal {
        Literal::Text(text) => texts.push(text),
        Literal::Array(items) => {
            for item in items {
                leaves(item, texts)?;
            }
        }
        other => return Err(other),
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cmp_bridge_contract::model::{Component, Use};

    fn read(ty: &str, literal: &str, n: i64) -> Result<Option<(Vec<u8>, u64)>, ArgumentError> {
        let param = Param::new("t", Type::parse(ty).expect("a type"), By::Reference, Use::Unknown);
        let literal: Literal = Literal::parse(literal).expect("a literal");
        let read = Texts::read(&param, &literal, &BTreeMap::from([("n".to_string(), n)]));
        read.map(|texts| texts.map(|texts| (texts.bytes, texts.length)))
    }

    #[test]
    fn the_length_is_that_of_one_text() {
        let padded = Ok(Some((b"ab  cdef".to_vec(), 4)));
        assert_eq!(read("[[char; ?]; n]", "[\"ab\", \"cdef\"]", 2), padded);
        assert_eq!(read("[[char; ?]; ?]", "[\"ab\", \"cdef\"]", 0), padded);
        assert_eq!(read("[[[char; ?]; 1]; n]", "[[\"ab\"], [\"cdef\"]]", 2), padded);
        assert_eq!(read("[[char; ?]; n]", "[[char; 8]; 3]", 3), Ok(Some((vec![b' '; 24], 8))));
        assert_eq!(read("[[char; ?]; n]", "null", 3), Ok(None));
    }

    #[test]
    fn what_is_no_list_of_texts_is_refused() {
        for literal in ["\"abcdef\"", "hex:4142", "[1, 2]", "[\"ab\", 2]", "[char; 24]"] {
            let refused = read("[[char; ?]; n]", literal, 2);
            assert!(matches!(refused, Err(ArgumentError::Texts { .. })), "{literal}: {refused:?}");
        }
        let refused = read("[[char; ?]; n]", "[\"ab\"]", 2);
        assert!(matches!(refused, Err(ArgumentError::Extent { .. })), "{refused:?}");
    }

    #[test]
    fn only_arrays_of_texts_of_unknown_length_are_lists() {
        let contract = Contract {
            component: Component::new("texts", Language::Fortran),
            types: Vec::new(),
            state: Vec::new(),
            routines: Vec::new(),
            proposals: Vec::new(),
        };
        let list = |ty: &str| {
            let ty = Type::parse(ty).expect("a type");
            is_list(&contract, &Param::new("t", ty, By::Reference, Use::Unknown))
        };
        assert!(list("[[char; ?]; n]") && list("[[char; ?]; ?]"));
        assert!(!list("[[char; 8]; n]") && !list("[char; ?]") && !list("chars") && !list("[[f64; ?]; ?]"));
    }
}
