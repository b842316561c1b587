//! Integer expressions over a routine's parameters: `n`, `2*m-1`, `(n-1)*lda+n`.

use crate::syntax::is_identifier;
use std::fmt;

/// Deepest nesting of parentheses and signs that [`Expr::parse`] accepts.
const MAX_DEPTH: u32 = 32;
/// Most constants and names in one expression.
const MAX_OPERANDS: u32 = 64;

/// An integer expression.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Expr {
    /// A constant.
    Const(i64),
    /// The value of an integer parameter, by name.
    Param(String),
    /// Sum.
    Add(Box<Expr>, Box<Expr>),
    /// Difference.
    Sub(Box<Expr>, Box<Expr>),
    /// Product.
    Mul(Box<Expr>, Box<Expr>),
    /// The same, or 0 where it is negative: one of several extents of an array. It is never written: printed, it is what is
    /// within.
    Clamp(Box<Expr>),
}

/// Why a text is not an expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("at character {at}: expected {expected}, found {found}")]
pub struct ExprError {
    /// Position in the text, in characters, from 1.
    pub at: usize,
    /// What could have stood there.
    pub expected: &'static str,
    /// What stands there.
    pub found: String,
}

/// A step of an expression in postfix order, for a stack machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'a> {
    /// Push a constant.
    Const(i64),
    /// Push the value of a parameter.
    Param(&'a str),
    /// Pop two, push their sum.
    Add,
    /// Pop two, push the difference.
    Sub,
    /// Pop two, push their product.
    Mul,
    /// Pop one, push it, or 0 where it is negative.
    Clamp,
}

impl Expr {
    /// Reads an expression: integers, names, `+`, `-`, `*`, parentheses and signs.
    pub fn parse(text: &str) -> Result<Expr, ExprError> {
        let mut parser = Parser { text, at: 0, depth: 0, operands: 0 };
        let expr = parser.sum()?;
        match parser.peek() {
            None => Ok(expr),
            Some(_) => Err(parser.error("an operator or the end")),
        }
    }

    /// The names of the parameters it needs, each once, in the order of their first appearance.
    pub fn params(&self) -> Vec<&str> {
        let mut names = Vec::new();
        for step in self.postfix() {
            if let Step::Param(name) = step
                && !names.contains(&name)
            {
                names.push(name);
            }
        }
        names
    }

    /// Its value, given those of the parameters. `None` if a parameter has none, or on overflow.
    pub fn evaluate(&self, value: &dyn Fn(&str) -> Option<i64>) -> Option<i64> {
        let mut stack: Vec<i64> = Vec::new();
        for step in self.postfix() {
            let result = match step {
                Step::Const(constant) => constant,
                Step::Param(name) => value(name)?,
                Step::Clamp => stack.pop()?.max(0),
                Step::Add | Step::Sub | Step::Mul => {
                    let right = stack.pop()?;
                    let left = stack.pop()?;
                    match step {
                        Step::Add => left.checked_add(right)?,
                        Step::Sub => left.checked_sub(right)?,
                        _ => left.checked_mul(right)?,
                    }
                }
            };
            stack.push(result);
        }
        stack.pop()
    }

    /// The product of extents: of a single one its value, which may be negative; of several none counts as less than 0, as two
    /// negative ones are no elements and not some.
    pub fn product(extents: Vec<Expr>) -> Option<Expr> {
        let several = extents.len() > 1;
        let clamped = extents.into_iter().map(|extent| match extent {
            Expr::Const(_) | Expr::Clamp(_) => extent,
            extent if several => Expr::Clamp(Box::new(extent)),
            extent => extent,
        });
        clamped.reduce(|left, right| Expr::Mul(Box::new(left), Box::new(right)))
    }

    /// Its value if it needs no parameter and does not overflow.
    pub fn constant(&self) -> Option<i64> {
        self.evaluate(&|_| None)
    }

    /// Its steps in postfix order.
    pub fn postfix(&self) -> Vec<Step<'_>> {
        let mut steps = Vec::new();
        self.push_postfix(&mut steps);
        steps
    }

    fn push_postfix<'a>(&'a self, steps: &mut Vec<Step<'a>>) {
        let (left, right, step) = match self {
            Expr::Const(value) => return steps.push(Step::Const(*value)),
            Expr::Param(name) => return steps.push(Step::Param(name)),
            Expr::Clamp(inner) => {
                inner.push_postfix(steps);
                return steps.push(Step::Clamp);
            }
            Expr::Add(left, right) => (left, right, Step::Add),
            Expr::Sub(left, right) => (left, right, Step::Sub),
            Expr::Mul(left, right) => (left, right, Step::Mul),
        };
        left.push_postfix(steps);
        right.push_postfix(steps);
        steps.push(step);
    }

    /// How strongly it binds, for printing: a negative constant needs parentheses like a difference.
    fn strength(&self) -> u8 {
        match self {
            Expr::Add(..) | Expr::Sub(..) => 0,
            Expr::Mul(..) => 1,
            Expr::Const(value) if *value < 0 => 2,
            Expr::Const(_) | Expr::Param(_) => 3,
            Expr::Clamp(inner) => inner.strength(),
        }
    }

    /// Prints `self`, in parentheses if it binds less than `least`.
    fn print(&self, least: u8, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.strength() < least { write!(out, "({self})") } else { write!(out, "{self}") }
    }
}

impl fmt::Display for Expr {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Operators associate to the left, so a right operand of the same rank keeps its parentheses: the printed text
        // reads back as the same tree.
        let (left, sign, right, ranks) = match self {
            Expr::Const(value) => return write!(out, "{value}"),
            Expr::Param(name) => return write!(out, "{name}"),
            Expr::Clamp(inner) => return write!(out, "{inner}"),
            Expr::Add(left, right) => (left, '+', right, (0, 1)),
            Expr::Sub(left, right) => (left, '-', right, (0, 1)),
            Expr::Mul(left, right) => (left, '*', right, (1, 3)),
        };
        left.print(ranks.0, out)?;
        write!(out, "{sign}")?;
        // `n--3` would be legal and unreadable.
        let least = if matches!(**right, Expr::Const(value) if value < 0) { 3 } else { ranks.1 };
        if least == 1 && leads_with_sign(right) {
            return write!(out, "({right})");
        }
        right.print(least, out)
    }
}

/// The printed form of a product starts with a minus sign.
fn leads_with_sign(expr: &Expr) -> bool {
    match expr {
        Expr::Const(value) => *value < 0,
        Expr::Mul(left, _) => leads_with_sign(left),
        Expr::Clamp(inner) => leads_with_sign(inner),
        _ => false,
    }
}

struct Parser<'a> {
    text: &'a str,
    at: usize,
    depth: u32,
    operands: u32,
}

impl Parser<'_> {
    /// The next character that is not a blank.
    fn peek(&mut self) -> Option<char> {
        let rest = &self.text[self.at..];
        let blank = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        self.at += blank;
        self.text[self.at..].chars().next()
    }

    fn eat(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.at += wanted.len_utf8();
        }
        found
    }

    fn error(&mut self, expected: &'static str) -> ExprError {
        let found = match self.peek() {
            Some(found) => format!("`{}`", found.escape_debug()),
            None => "the end".to_string(),
        };
        ExprError { at: self.text[..self.at].chars().count() + 1, expected, found }
    }

    fn sum(&mut self) -> Result<Expr, ExprError> {
        let mut left = self.product()?;
        loop {
            if self.eat('+') {
                left = Expr::Add(Box::new(left), Box::new(self.product()?));
            } else if self.eat('-') {
                left = Expr::Sub(Box::new(left), Box::new(self.product()?));
            } else {
                return Ok(left);
            }
        }
    }

    fn product(&mut self) -> Result<Expr, ExprError> {
        let mut left = self.operand()?;
        while self.eat('*') {
            left = Expr::Mul(Box::new(left), Box::new(self.operand()?));
        }
        Ok(left)
    }

    fn operand(&mut self) -> Result<Expr, ExprError> {
        self.depth += 1;
        self.operands += 1;
        if self.depth > MAX_DEPTH || self.operands > MAX_OPERANDS {
            return Err(self.error("a shorter expression"));
        }
        let operand = if self.eat('(') {
            let inner = self.sum()?;
            if !self.eat(')') {
                return Err(self.error("`)`"));
            }
            inner
        } else if self.eat('-') {
            match self.peek() {
                Some('0'..='9') => Expr::Const(self.number("-")?),
                _ => Expr::Sub(Box::new(Expr::Const(0)), Box::new(self.operand()?)),
            }
        } else {
            match self.peek() {
                Some('0'..='9') => Expr::Const(self.number("")?),
                _ => self.name()?,
            }
        };
        self.depth -= 1;
        Ok(operand)
    }

    /// The length of the next run of letters, digits and underscores.
    fn word(&mut self) -> usize {
        let rest = &self.text[self.at..];
        rest.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(rest.len())
    }

    fn number(&mut self, sign: &str) -> Result<i64, ExprError> {
        let end = self.at + self.word();
        match format!("{sign}{}", &self.text[self.at..end]).parse() {
            Ok(value) => {
                self.at = end;
                Ok(value)
            }
            Err(_) => Err(self.error("a 64-bit integer")),
        }
    }

    fn name(&mut self) -> Result<Expr, ExprError> {
        let end = self.at + self.word();
        let word = &self.text[self.at..end];
        if !is_identifier(word) {
            return Err(self.error("an integer, a parameter's name or `(`"));
        }
        let name = word.to_string();
        self.at = end;
        Ok(Expr::Param(name))
    }
}
