//! The text forms of the model's small parts: types, conditions, and the words for directions and the like.

use crate::expr::{Expr, ExprError};
use crate::model::{
    By, Condition, Effects, Exceptions, Extent, Fallback, Index, Language, StateKind, Target, Threads, Type,
    Use, When,
};
use std::fmt;

/// Deepest nesting of arrays.
const MAX_NESTING: usize = 8;
/// Longest identifier.
const MAX_IDENTIFIER: usize = 255;

/// Why a text is not a type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TypeError {
    /// Neither a built-in type nor an identifier.
    #[error("`{0}` is not a type")]
    Name(String),
    /// An array that is not `[T; extent]`.
    #[error("`{0}` is not an array `[type; extent]`")]
    Array(String),
    /// Too many arrays in each other.
    #[error("arrays are nested more than {MAX_NESTING} deep")]
    Nesting,
    /// The extent is no expression.
    #[error("extent `{text}`: {error}")]
    Extent {
        /// The extent's text.
        text: String,
        /// What is wrong with it.
        error: ExprError,
    },
}

/// Why a text is not a condition.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a condition such as `< 0`, `> 0`, `= 3`, `!= 0`, `>= 2`, `<= -2` or `1..9`")]
pub struct ConditionError(pub String);

/// The text is an ASCII letter or underscore followed by letters, digits and underscores, and is not `_` alone.
pub fn is_identifier(text: &str) -> bool {
    let mut bytes = text.bytes();
    bytes.next().is_some_and(|b| b.is_ascii_alphabetic() || b == b'_')
        && bytes.all(|b| b.is_ascii_alphanumeric() || b == b'_')
        && text != "_"
        && text.len() <= MAX_IDENTIFIER
}

/// Built-in types that have no parameter, with their names.
pub const BUILT_IN: [(&str, Type); 24] = [
    ("i8", Type::Int(1, true)),
    ("i16", Type::Int(2, true)),
    ("i32", Type::Int(4, true)),
    ("i64", Type::Int(8, true)),
    ("u8", Type::Int(1, false)),
    ("u16", Type::Int(2, false)),
    ("u32", Type::Int(4, false)),
    ("u64", Type::Int(8, false)),
    ("f32", Type::F32),
    ("f64", Type::F64),
    ("f80", Type::F80),
    ("complex_f32", Type::ComplexF32),
    ("complex_f64", Type::ComplexF64),
    ("complex_f80", Type::ComplexF80),
    ("bool", Type::Bool),
    ("logical8", Type::Logical(1)),
    ("logical16", Type::Logical(2)),
    ("logical32", Type::Logical(4)),
    ("logical64", Type::Logical(8)),
    ("char", Type::Char),
    ("chars", Type::Chars),
    ("cstr", Type::Cstr),
    ("ptr", Type::Ptr),
    ("fn", Type::Fn),
];

impl Type {
    /// Arrays and strings are passed by their address only.
    pub fn is_always_by_reference(&self) -> bool {
        matches!(self, Type::Array(..) | Type::Chars | Type::Cstr)
    }

    /// Reads a type: `f64`, `[f64; 3]`, `[[i32; 2]; n]`, `[u8; ?]` or the name of a definition.
    pub fn parse(text: &str) -> Result<Type, TypeError> {
        Self::parse_nested(text.trim_matches([' ', '\t']), 0)
    }

    fn parse_nested(text: &str, depth: usize) -> Result<Type, TypeError> {
        if depth > MAX_NESTING {
            return Err(TypeError::Nesting);
        }
        let Some(inner) = text.strip_prefix('[') else {
            return match BUILT_IN.iter().find(|(name, _)| *name == text) {
                Some((_, ty)) => Ok(ty.clone()),
                None if is_identifier(text) => Ok(Type::Named(text.to_string())),
                None => Err(TypeError::Name(text.to_string())),
            };
        };
        let array = || TypeError::Array(text.to_string());
        let inner = inner.strip_suffix(']').ok_or_else(array)?;
        let (element, extent) = inner.rsplit_once(';').ok_or_else(array)?;
        let (element, extent) = (element.trim_matches([' ', '\t']), extent.trim_matches([' ', '\t']));
        let element = Self::parse_nested(element, depth + 1)?;
        let extent = match extent {
            "?" => Extent::Unknown,
            text if text.starts_with(':') => {
                Extent::Carried(Index::parse(&text[1..]).ok_or_else(|| TypeError::Name(text.to_string()))?)
            }
            text => Extent::Expr(
                Expr::parse(text).map_err(|error| TypeError::Extent { text: text.to_string(), error })?,
            ),
        };
        Ok(Type::Array(Box::new(element), extent))
    }
}

impl fmt::Display for Type {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Named(name) => out.pad(name),
            Type::Array(element, extent) => out.pad(&format!("[{element}; {extent}]")),
            _ => match BUILT_IN.iter().find(|(_, ty)| ty == self) {
                Some((name, _)) => out.pad(name),
                // Sizes that no target has: validation refuses them, printing need not.
                None => out.pad(&format!("{self:?}")),
            },
        }
    }
}

impl fmt::Display for Extent {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Extent::Unknown => write!(out, "?"),
            Extent::Expr(expr) => write!(out, "{expr}"),
            Extent::Carried(index) if *index == Index::default() => write!(out, ":"),
            Extent::Carried(index) => write!(out, ":{}", Type::Int(index.size, index.signed)),
        }
    }
}

impl Index {
    /// Reads what follows the `:` of an extent: nothing, or an integer type.
    fn parse(text: &str) -> Option<Index> {
        match BUILT_IN.iter().find(|(name, _)| *name == text) {
            Some((_, Type::Int(size, signed))) => Some(Index { size: *size, signed: *signed }),
            _ => text.is_empty().then(Index::default),
        }
    }
}

impl When {
    /// Reads `kind = 1`, `kind 1..3 | = 5` or `kind not = 1 | = 2`.
    pub fn parse(text: &str) -> Result<When, ConditionError> {
        let error = || ConditionError(text.to_string());
        let (field, rest) = text.trim().split_once(' ').ok_or_else(error)?;
        if !is_identifier(field) {
            return Err(error());
        }
        let rest = rest.trim();
        let (negated, rest) = match rest.strip_prefix("not ") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        let any_of = rest.split('|').map(Condition::parse).collect::<Result<Vec<_>, _>>()?;
        Ok(When { field: field.to_string(), negated, any_of })
    }
}

impl fmt::Display for When {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let conditions: Vec<String> = self.any_of.iter().map(Condition::to_string).collect();
        let not = if self.negated { "not " } else { "" };
        write!(out, "{} {not}{}", self.field, conditions.join(" | "))
    }
}

impl Condition {
    /// Reads `< 0`, `> 0`, `= 3`, `!= 0`, `>= 2`, `<= -2` or `1..9`.
    pub fn parse(text: &str) -> Result<Condition, ConditionError> {
        let error = || ConditionError(text.to_string());
        let number = |digits: &str| digits.trim().parse::<i64>().map_err(|_| error());
        let trimmed = text.trim();
        if let Some((low, high)) = trimmed.split_once("..") {
            let (low, high) = (number(low)?, number(high)?);
            return if low <= high { Ok(Condition::Between(low, high)) } else { Err(error()) };
        }
        let digits = trimmed.trim_start_matches(['<', '>', '=', '!']);
        let value = || number(digits);
        match &trimmed[..trimmed.len() - digits.len()] {
            "<" => Ok(Condition::Less(value()?)),
            "<=" => Ok(Condition::LessOrEqual(value()?)),
            ">" => Ok(Condition::Greater(value()?)),
            ">=" => Ok(Condition::GreaterOrEqual(value()?)),
            "=" => Ok(Condition::Equal(value()?)),
            "!=" => Ok(Condition::NotEqual(value()?)),
            _ => Err(error()),
        }
    }

    /// The condition includes `value`.
    pub fn holds(&self, value: i64) -> bool {
        let (low, high) = self.bounds();
        match self {
            Condition::NotEqual(excluded) => value != *excluded,
            _ => low.is_none_or(|low| low <= value) && high.is_none_or(|high| value <= high),
        }
    }

    /// The condition includes no integer at all, such as `< -9223372036854775808`.
    pub fn is_empty(&self) -> bool {
        match self {
            Condition::Less(bound) => *bound == i64::MIN,
            Condition::Greater(bound) => *bound == i64::MAX,
            Condition::Between(low, high) => low > high,
            _ => false,
        }
    }

    /// A 64-bit integer that both include, if there is one.
    pub fn common(&self, other: &Condition) -> Option<i64> {
        // Every condition is an interval, or all but one point: a common point, if any, is next to a bound.
        let mut candidates = vec![i64::MIN, i64::MAX, 0];
        for condition in [self, other] {
            let (low, high) = condition.bounds();
            for bound in [low, high].into_iter().flatten() {
                candidates.extend([bound.saturating_sub(1), bound, bound.saturating_add(1)]);
            }
        }
        candidates.into_iter().find(|value| self.holds(*value) && other.holds(*value))
    }

    /// Least and greatest value; for [`Condition::NotEqual`] the excluded one.
    fn bounds(&self) -> (Option<i64>, Option<i64>) {
        match *self {
            // An empty set has crossed bounds.
            Condition::Less(bound) => match bound.checked_sub(1) {
                Some(high) => (None, Some(high)),
                None => (Some(1), Some(0)),
            },
            Condition::Greater(bound) => match bound.checked_add(1) {
                Some(low) => (Some(low), None),
                None => (Some(1), Some(0)),
            },
            Condition::LessOrEqual(bound) => (None, Some(bound)),
            Condition::GreaterOrEqual(bound) => (Some(bound), None),
            Condition::Equal(value) | Condition::NotEqual(value) => (Some(value), Some(value)),
            Condition::Between(low, high) => (Some(low), Some(high)),
        }
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Condition::Less(bound) => write!(out, "< {bound}"),
            Condition::LessOrEqual(bound) => write!(out, "<= {bound}"),
            Condition::Greater(bound) => write!(out, "> {bound}"),
            Condition::GreaterOrEqual(bound) => write!(out, ">= {bound}"),
            Condition::Equal(value) => write!(out, "= {value}"),
            Condition::NotEqual(value) => write!(out, "!= {value}"),
            Condition::Between(low, high) => write!(out, "{low}..{high}"),
        }
    }
}

/// The words of an enumeration of the model, as they stand in a contract.
pub trait Word: Copy + PartialEq + Sized + 'static {
    /// Every value and its word.
    const WORDS: &'static [(&'static str, Self)];

    /// The word for this value.
    fn name(self) -> &'static str {
        Self::WORDS.iter().find(|(_, value)| *value == self).map_or("unknown", |(word, _)| word)
    }

    /// The value of that word.
    fn from_name(word: &str) -> Option<Self> {
        Self::WORDS.iter().find(|(known, _)| *known == word).map(|(_, value)| *value)
    }
}

macro_rules! words {
    ($type:ident: $($word:literal = $value:ident),+) => {
        impl Word for $type {
            const WORDS: &'static [(&'static str, Self)] = &[$(($word, $type::$value)),+];
        }
        impl fmt::Display for $type {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.pad(self.name())
            }
        }
    };
}

words!(Use: "in" = In, "out" = Out, "inout" = InOut, "status" = Status, "ignored" = Ignored, "unknown" = Unknown);
words!(By: "value" = Value, "reference" = Reference, "descriptor" = Descriptor);
words!(Exceptions: "none" = None, "possible" = Possible);
words!(Target: "x86-64" = X86_64, "i386" = I386, "pa-risc" = PaRisc, "64-bit-little" = Other64Little,
    "64-bit-big" = Other64Big, "32-bit-little" = Other32Little, "32-bit-big" = Other32Big);
words!(Effects: "none" = None, "state" = State, "io" = Io, "unknown" = Unknown);
words!(Fallback: "legacy" = Legacy, "status" = Status);
words!(Threads: "serial" = Serial, "free" = Free);
words!(Language: "c" = C, "c++" = Cpp, "fortran" = Fortran, "ada" = Ada);
words!(StateKind: "common" = Common, "save" = Save, "static" = Static, "global" = Global);
