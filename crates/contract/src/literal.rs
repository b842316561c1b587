//! Values as people write them: on a command line, in a test. Only a type makes bytes of them (see [`crate::lower`]).

use crate::lift::{FloatKind, Value};
use crate::model::Type;
use std::fmt;

/// Deepest nesting that is read.
const MAX_DEPTH: u32 = 32;

/// A value as written.
#[derive(Debug, Clone, PartialEq)]
pub enum Literal {
    /// `null`
    Null,
    /// `12`, `-1`, `0x1f`
    Int(i128),
    /// `1.5`, `1e-3`, `0x1.8p3`, `nan`, `-inf`: rounded once for each format it may become.
    Float {
        /// As a double.
        double: f64,
        /// As a single.
        single: f32,
    },
    /// `f64:0x7ff8000000000000`: a number by its bits.
    Bits {
        /// The bits.
        bits: u128,
        /// Their format.
        kind: FloatKind,
    },
    /// `(1.0, -2.0)`: a complex number.
    Pair(Box<Literal>, Box<Literal>),
    /// `"text"`: ISO-8859-1.
    Text(Vec<u8>),
    /// `hex:00ff`: memory as it is.
    Bytes(Vec<u8>),
    /// `[1, 2]`
    Array(Vec<Literal>),
    /// `{a=1, b=[2, 3]}`: what is not named stays as it is, or zero.
    Record(Vec<(String, Literal)>),
    /// `true`, `false`, or a name of an enumeration.
    Name(String),
    /// `[f64; 3]`: room, all bits zero.
    Room(Type),
}

/// Why a text is no value.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {at}: expected {expected}, found {found}")]
pub struct LiteralError {
    /// Position in the text, in characters, from 1.
    pub at: usize,
    /// What could have stood there.
    pub expected: &'static str,
    /// What stands there.
    pub found: String,
}

impl Literal {
    /// Reads a value.
    pub fn parse(text: &str) -> Result<Literal, LiteralError> {
        let trimmed = text.trim();
        if trimmed.starts_with('[')
            && trimmed.contains(';')
            && let Ok(ty) = Type::parse(trimmed)
        {
            return Ok(Literal::Room(ty));
        }
        let mut parser = Parser { text, at: 0, depth: 0 };
        let literal = parser.value()?;
        match parser.peek() {
            None => Ok(literal),
            Some(_) => Err(parser.error("the end")),
        }
    }

    /// Text of the Latin alphabet; `None` where a character has no place in ISO-8859-1.
    pub fn latin1(text: &str) -> Option<Literal> {
        let bytes: Option<Vec<u8>> = text.chars().map(|c| u8::try_from(u32::from(c)).ok()).collect();
        Some(Literal::Text(bytes?))
    }

    /// A number of that format.
    pub fn float(bits: u128, kind: FloatKind) -> Literal {
        match kind {
            FloatKind::F64 => {
                let double = f64::from_bits(bits as u64);
                if double.is_nan() {
                    return Literal::Bits { bits, kind };
                }
                Literal::Float { double, single: double as f32 }
            }
            FloatKind::F32 => {
                let single = f32::from_bits(bits as u32);
                if single.is_nan() {
                    return Literal::Bits { bits, kind };
                }
                // As a person would write it: the shortest decimal of the single.
                let double = format!("{single:?}").parse().unwrap_or(f64::from(single));
                if double as f32 != single {
                    return Literal::Bits { bits, kind };
                }
                Literal::Float { double, single }
            }
            FloatKind::F80 => Literal::Bits { bits, kind },
        }
    }

    /// What it is, for a message.
    pub fn what(&self) -> String {
        match self {
            Literal::Null => "null".to_owned(),
            Literal::Int(_) => format!("the integer {self}"),
            Literal::Float { .. } | Literal::Bits { .. } => format!("the number {self}"),
            Literal::Pair(..) => "a complex number".to_owned(),
            Literal::Text(bytes) => format!("a text of {} bytes", bytes.len()),
            Literal::Bytes(bytes) => format!("{} bytes", bytes.len()),
            Literal::Array(items) => format!("an array of {} elements", items.len()),
            Literal::Record(_) => "a record".to_owned(),
            Literal::Name(name) => format!("the name `{name}`"),
            Literal::Room(ty) => format!("room for {ty}"),
        }
    }
}

impl From<&Value> for Literal {
    fn from(value: &Value) -> Literal {
        match value {
            Value::Int(number) => Literal::Int(*number),
            Value::Float { bits, kind } => Literal::float(*bits, *kind),
            Value::Complex { re, im, kind } => {
                Literal::Pair(Box::new(Literal::float(*re, *kind)), Box::new(Literal::float(*im, *kind)))
            }
            Value::Bool(0) => Literal::Name("false".to_owned()),
            Value::Bool(1) => Literal::Name("true".to_owned()),
            Value::Bool(other) => Literal::Bytes(vec![*other]),
            Value::Text(bytes) => Literal::Text(bytes.clone()),
            Value::Address(0) => Literal::Null,
            Value::Address(address) => Literal::Int(i128::from(*address)),
            Value::Bytes(bytes) => Literal::Bytes(bytes.clone()),
            Value::Array(values) => Literal::Array(values.iter().map(Literal::from).collect()),
            Value::Record(fields) => Literal::Record(
                fields.iter().map(|(name, value)| (name.clone(), Literal::from(value))).collect(),
            ),
            Value::Enum { name: Some(name), .. } => Literal::Name(name.clone()),
            Value::Enum { value, name: None } => Literal::Int(*value),
        }
    }
}

macro_rules! integers {
    ($($integer:ty)*) => {
        $(impl From<$integer> for Literal {
            fn from(number: $integer) -> Literal {
                Literal::Int(number as i128)
            }
        })*
    };
}
integers!(i8 i16 i32 i64 i128 isize u8 u16 u32 u64 usize);

impl From<f64> for Literal {
    fn from(double: f64) -> Literal {
        Literal::Float { double, single: double as f32 }
    }
}

impl From<f32> for Literal {
    fn from(single: f32) -> Literal {
        Literal::Float { double: f64::from(single), single }
    }
}

impl From<bool> for Literal {
    fn from(truth: bool) -> Literal {
        Literal::Name(truth.to_string())
    }
}

/// Text. What ISO-8859-1 cannot hold stays a name, which no text takes: the error then says so.
impl From<&str> for Literal {
    fn from(text: &str) -> Literal {
        Literal::latin1(text).unwrap_or_else(|| Literal::Name(text.to_owned()))
    }
}

impl From<String> for Literal {
    fn from(text: String) -> Literal {
        Literal::from(text.as_str())
    }
}

impl<T: Into<Literal>> From<Vec<T>> for Literal {
    fn from(items: Vec<T>) -> Literal {
        Literal::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Literal>, const N: usize> From<[T; N]> for Literal {
    fn from(items: [T; N]) -> Literal {
        Literal::Array(items.into_iter().map(Into::into).collect())
    }
}

impl<T: Into<Literal> + Clone> From<&[T]> for Literal {
    fn from(items: &[T]) -> Literal {
        Literal::Array(items.iter().cloned().map(Into::into).collect())
    }
}

/// A complex number.
impl From<(f64, f64)> for Literal {
    fn from((re, im): (f64, f64)) -> Literal {
        Literal::Pair(Box::new(re.into()), Box::new(im.into()))
    }
}

impl<T: Into<Literal>> From<Option<T>> for Literal {
    fn from(value: Option<T>) -> Literal {
        value.map_or(Literal::Null, Into::into)
    }
}

impl fmt::Display for Literal {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Literal::Null => write!(out, "null"),
            Literal::Int(number) => write!(out, "{number}"),
            // A single is printed as one: the shortest text that reads back as both.
            Literal::Float { double, single } if !double.is_finite() => {
                write!(out, "{}", format!("{single:?}").to_lowercase())
            }
            Literal::Float { double, .. } => write!(out, "{double:?}"),
            Literal::Bits { bits, kind } => {
                let kind = match kind {
                    FloatKind::F32 => "f32",
                    FloatKind::F64 => "f64",
                    FloatKind::F80 => "f80",
                };
                write!(out, "{kind}:{bits:#x}")
            }
            Literal::Pair(re, im) => write!(out, "({re}, {im})"),
            Literal::Text(bytes) => {
                write!(out, "\"")?;
                for byte in bytes {
                    match byte {
                        b'"' | b'\\' => write!(out, "\\{}", char::from(*byte))?,
                        b' '..=b'~' | 0xa0..=0xff => write!(out, "{}", char::from(*byte))?,
                        other => write!(out, "\\x{other:02x}")?,
                    }
                }
                write!(out, "\"")
            }
            Literal::Bytes(bytes) => {
                write!(out, "hex:")?;
                bytes.iter().try_for_each(|byte| write!(out, "{byte:02x}"))
            }
            Literal::Array(items) => list(out, "[", items.iter(), "]", |item, out| write!(out, "{item}")),
            Literal::Record(fields) => {
                list(out, "{", fields.iter(), "}", |(name, value), out| write!(out, "{name}={value}"))
            }
            Literal::Name(name) => write!(out, "{name}"),
            Literal::Room(ty) => write!(out, "{ty}"),
        }
    }
}

fn list<T>(
    out: &mut fmt::Formatter<'_>,
    open: &str,
    items: impl Iterator<Item = T>,
    close: &str,
    each: impl Fn(T, &mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    write!(out, "{open}")?;
    for (i, item) in items.enumerate() {
        if i > 0 {
            write!(out, ", ")?;
        }
        each(item, out)?;
    }
    write!(out, "{close}")
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
}

impl Parser<'_> {
    /// The next character that is not a blank.
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        self.at += rest.len() - rest.trim_start().len();
        self.text[self.at..].chars().next()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn error(&mut self, expected: &'static str) -> LiteralError {
        let found = match self.peek() {
            Some(found) => format!("`{}`", found.escape_debug()),
            None => "the end".to_owned(),
        };
        LiteralError { at: self.text[..self.at].chars().count() + 1, expected, found }
    }

    fn value(&mut self) -> Result<Literal, LiteralError> {
        const VALUE: &str = "a number, \"text\", [array], {record}, a name or null";
        if self.depth >= MAX_DEPTH {
            return Err(self.error("fewer brackets inside each other"));
        }
        self.depth += 1;
        let literal = match self.peek() {
            Some('[') => Literal::Array(self.items('[', ']', Parser::value)?),
            Some('{') => Literal::Record(self.items('{', '}', Parser::field)?),
            Some('(') => {
                let mut pair = self.items('(', ')', Parser::value)?;
                match (pair.pop(), pair.pop(), pair.is_empty()) {
                    (Some(im), Some(re), true) => Literal::Pair(Box::new(re), Box::new(im)),
                    _ => return Err(self.error("two numbers in the parentheses before this")),
                }
            }
            Some('"') => Literal::Text(self.quoted()?),
            Some(c) if c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.' | '_') => self.word(VALUE)?,
            _ => return Err(self.error(VALUE)),
        };
        self.depth -= 1;
        Ok(literal)
    }

    fn items<T>(
        &mut self,
        open: char,
        close: char,
        item: impl Fn(&mut Self) -> Result<T, LiteralError>,
    ) -> Result<Vec<T>, LiteralError> {
        self.eat(open);
        let mut items = Vec::new();
        while !self.eat(close) {
            if !items.is_empty() && !self.eat(',') {
                return Err(self.error("`,` or the closing bracket"));
            }
            items.push(item(self)?);
        }
        Ok(items)
    }

    fn field(&mut self) -> Result<(String, Literal), LiteralError> {
        self.peek();
        let rest = &self.text[self.at..];
        let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len());
        let name = rest[..end].to_owned();
        if name.is_empty() {
            return Err(self.error("the name of a field"));
        }
        self.at += end;
        if !self.eat('=') && !self.eat(':') {
            return Err(self.error("`=`"));
        }
        Ok((name, self.value()?))
    }

    fn quoted(&mut self) -> Result<Vec<u8>, LiteralError> {
        self.at += 1;
        let mut bytes = Vec::new();
        loop {
            let mut rest = self.text[self.at..].chars();
            let Some(c) = rest.next() else { return Err(self.error("`\"` at the end of the text")) };
            if c == '"' {
                self.at += 1;
                return Ok(bytes);
            }
            if c != '\\' {
                let byte = u8::try_from(u32::from(c));
                bytes.push(byte.map_err(|_| self.error("a character of ISO-8859-1"))?);
                self.at += c.len_utf8();
                continue;
            }
            let escaped = rest.next();
            let (byte, length) = match escaped {
                Some('n') => (b'\n', 2),
                Some('t') => (b'\t', 2),
                Some('r') => (b'\r', 2),
                Some('0') => (0, 2),
                Some('"' | '\\') => (escaped.map_or(0, |c| c as u8), 2),
                Some('x') => {
                    let digits = self.text.get(self.at + 2..self.at + 4);
                    let byte = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok());
                    (byte.ok_or_else(|| self.error("two hexadecimal digits behind \\x"))?, 4)
                }
                _ => return Err(self.error("\\n, \\t, \\r, \\0, \\\", \\\\ or \\x41")),
            };
            bytes.push(byte);
            self.at += length;
        }
    }

    fn word(&mut self, expected: &'static str) -> Result<Literal, LiteralError> {
        let rest = &self.text[self.at..];
        let inside = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '+' | '.' | '_' | ':');
        let end = rest.find(|c: char| !inside(c)).unwrap_or(rest.len());
        let literal = word(&rest[..end]).ok_or_else(|| self.error(expected))?;
        self.at += end;
        Ok(literal)
    }
}

fn word(word: &str) -> Option<Literal> {
    if word == "null" {
        return Some(Literal::Null);
    }
    if let Some((kind, bits)) = word.split_once(':') {
        return tagged(kind, bits);
    }
    let (sign, digits) = match word.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, word.strip_prefix('+').unwrap_or(word)),
    };
    let float = |double: f64| {
        let double = f64::from(sign as i8) * double;
        Literal::Float { double, single: double as f32 }
    };
    match digits.to_ascii_lowercase().as_str() {
        "nan" => return Some(float(f64::NAN)),
        "inf" | "infinity" => return Some(float(f64::INFINITY)),
        hex if hex.starts_with("0x") => {
            let hex = &hex[2..];
            if hex.contains(['.', 'p']) {
                return hex_float(hex).map(float);
            }
            return Some(Literal::Int(sign * i128::from_str_radix(hex, 16).ok()?));
        }
        binary if binary.starts_with("0b") => {
            return Some(Literal::Int(sign * i128::from_str_radix(&binary[2..], 2).ok()?));
        }
        _ => {}
    }
    if digits.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        let plain: String = digits.chars().filter(|c| *c != '_').collect();
        if let Ok(number) = plain.parse::<i128>() {
            return Some(Literal::Int(sign * number));
        }
        // Fortran writes a double's exponent with a D.
        let plain = plain.replace(['d', 'D'], "e");
        let signed = if sign < 0 { format!("-{plain}") } else { plain };
        return Some(Literal::Float { double: signed.parse().ok()?, single: signed.parse().ok()? });
    }
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    (sign == 1 && digits == word && word.chars().all(is_name)).then(|| Literal::Name(word.to_owned()))
}

/// `hex:00ff`, `f64:0x3ff0000000000000`
fn tagged(kind: &str, digits: &str) -> Option<Literal> {
    if kind == "hex" {
        let bytes = digits.as_bytes().chunks(2).map(|pair| {
            let pair =
                std::str::from_utf8(pair).ok().filter(|pair| pair.len() == 2 && !pair.contains('+'))?;
            u8::from_str_radix(pair, 16).ok()
        });
        return Some(Literal::Bytes(bytes.collect::<Option<_>>()?));
    }
    let bits = u128::from_str_radix(digits.strip_prefix("0x")?, 16).ok()?;
    let (kind, width) = match kind {
        "f32" => (FloatKind::F32, 32),
        "f64" => (FloatKind::F64, 64),
        "f80" => (FloatKind::F80, 80),
        _ => return None,
    };
    (bits >> width == 0).then_some(Literal::Bits { bits, kind })
}

/// C's hexadecimal floating point behind its `0x`; at most 53 significant bits are exact.
fn hex_float(text: &str) -> Option<f64> {
    let (mantissa, exponent) = match text.split_once('p') {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (text, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = format!("{whole}{fraction}");
    if digits.is_empty() || digits.len() > 15 || !digits.bytes().all(|b| b.is_ascii_hexdigit()) {
        return None;
    }
    let exponent = exponent.checked_sub(4 * fraction.len() as i32)?.clamp(-1200, 1200);
    let half = exponent / 2;
    let integer = u64::from_str_radix(&digits, 16).ok()?;
    Some(integer as f64 * 2f64.powi(half) * 2f64.powi(exponent - half))
}
